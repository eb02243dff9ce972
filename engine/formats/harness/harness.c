/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the published harness's output (SPEC 5): noisy logs in which the lines that matter
 * are found, and what cannot be read is skipped and noted. */
#define _GNU_SOURCE /* memmem () */
#include "engine/formats/harness/harness.h"

#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/harness/facts.h"
#include "engine/formats/harness/repeats.h"
#include "engine/formats/harness/tokens.h"
#include "engine/formats/parts/columns.h"
#include "engine/formats/parts/lines.h"
#include "engine/json/foreign.h"
#include "engine/records/rates.h"
#include "engine/text/intern.h"

enum
{
  MAX_KEYS = 64,          /* columns that a RESULT line may have; one bit each */
  MAX_ASIDES = 32,        /* CHECK and PROFILE lines that are kept, */
  MAX_ASIDE_BYTES = 1000, /* and of each */
};

static const char cut_off[] = MOE_WORDS ("the last line is cut off");

typedef struct Log
{
  const char *name;
  MoeRun *run;
  MoeRecord told;        /* what the lines before a row say of it */
  gboolean before_nulls; /* a shape line of a version without null routing */
  gsize line;
  gboolean known;      /* a line was seen that only such logs have */
  gboolean in_summary; /* after RESULT_SUMMARY, before the next run's first line */
  gsize shapeless;     /* rows without a shape line before them */
  gsize added_by_summary;
  gsize n_asides; /* CHECK and PROFILE lines */

  MoeRecord
      chatter; /* what was said of a point since the last row; without a distribution: nothing */
  MoeRow chatter_row;
  GArray *from_chatter; /* MoeRecord, while there is no RESULT line */
  gboolean has_result;
  gboolean is_held; /* the last row, which may get stage times from the lines after it */
  MoeRecord held;

  MoeRow row;
  guint64 keys;                    /* of the row being read */
  guint64 previous_keys;           /* of the last good row; 0 before the first */
  int previous_decimals[MAX_KEYS]; /* 0 when rows differ, so that they tell nothing */
  GHashTable *rows;                /* const MoeRecord * of the run: its first n_rows */
  gsize n_rows;
} Log;

static void
skip_row (Log *log, const char *fault)
{
  moe_run_note_skip (log->run, log->line, fault);
  moe_run_note (log->run, "Line %zu: %s; the row is skipped.", log->line, fault);
  moe_record_init (&log->chatter);
}

static void
append_record (Log *log, const MoeRecord *record)
{
  if (moe_run_get_n_records (log->run) >= MOE_FORMATS_MAX_ROWS)
    {
      skip_row (log, moe_words ("there are more rows than are read"));
      return;
    }
  log->shapeless += !record->has_shape;
  moe_run_append (log->run, record);
  moe_run_edit_summary (log->run)->rows_read++;
}

static void
release_row (Log *log)
{
  if (log->is_held)
    append_record (log, &log->held);
  log->is_held = FALSE;
}

/* What is told of choices that there were not. */
static void
drop_idle_choices (MoeRecord *record)
{
  double told_factor = record->capacity_factor;
  if (!record->has_shape || record->shape.shared_dim == 0)
    record->choice[MOE_CHOICE_SHARED_FUSED] = NULL;
  if (record->choice[MOE_CHOICE_CAPACITY_POLICY] == NULL
      || moe_record_is (record, MOE_CHOICE_CAPACITY_POLICY, MOE_CAPACITY_NONE))
    {
      record->capacity_factor = NAN;
      record->capacity = record->dropped_assignments = -1;
    }
  if (record->choice[MOE_CHOICE_CAPACITY_POLICY] == NULL && told_factor > 0)
    record->capacity_factor = told_factor; /* the present harness knows one policy, unnamed */
  if (!moe_record_is (record, MOE_CHOICE_PARALLEL_MODE, MOE_PARALLEL_EP))
    {
      record->ep_size = -1;
      record->comm_bytes = NAN;
    }
  if (!moe_record_is (record, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_RUNS))
    record->run_alpha = record->run_noise_scale = NAN;
  if (!moe_record_is (record, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_ZIPF))
    record->skew.zipf_exponent = NAN;
  if (!moe_record_is (record, MOE_CHOICE_K_RULE, MOE_K_RULE_TOKEN_ROUNDING))
    record->skew.tile = -1;
  if (!moe_record_is (record, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_HOT))
    {
      record->skew.hot_experts = -1;
      record->skew.hot_share = NAN;
    }
}

/* Complete a row with what the lines before it said. */
static void
apply_context (Log *log, MoeRecord *record)
{
  record->has_shape = log->told.has_shape;
  record->shape = log->told.shape;
  if (record->topk < 0)
    record->topk = log->told.topk;
  for (MoeChoice c = 0; c < MOE_N_CHOICES; c++)
    if (record->choice[c] == NULL)
      record->choice[c] = log->told.choice[c];
  moe_facts_fill_missing (record, &log->told);
  drop_idle_choices (record);
}

/* A point that has no RESULT line, of a version of the harness that printed none.  Where null
 * routing may have been on, the point must say how much. */
static void
keep_chatter (Log *log)
{
  MoeRecord record = log->chatter;
  moe_record_init (&log->chatter);
  if (log->has_result || isnan (record.tokens_per_s) || record.topk < 0
      || (isnan (record.null_target) && !log->before_nulls))
    return;
  if (isnan (record.null_target))
    record.null_target = 0;
  record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
  apply_context (log, &record);
  g_array_append_val (log->from_chatter, record);
}

static void
forget_context (Log *log)
{
  release_row (log);
  keep_chatter (log);
  moe_record_init (&log->told);
  log->told.null_target = 0;
  log->before_nulls = FALSE;
  log->in_summary = FALSE; /* such a line starts another run */
  log->known = TRUE;
}

static gboolean
read_dimension (MoeSpan rest, const char *key, gint64 least, size_t *value)
{
  MoeSpan text;
  gint64 count;
  if (!moe_token_value (rest, key, &text) || !moe_number_parse_whole (text, &count) || count < least
      || count > G_GINT64_CONSTANT (1000000000000))
    return FALSE;
  *value = (size_t)count;
  return TRUE;
}

/* Python writes True. */
static const char *
lower_case (const char *word)
{
  g_autofree char *lower = word != NULL ? g_ascii_strdown (word, -1) : NULL;
  return moe_text_intern (lower);
}

/* The options of a shape line that go by the names of columns; one that cannot be read is as good
 * as not told. */
static void
read_option (Log *log, MoeSpan rest, const char *name)
{
  MoeSpan value;
  if (moe_token_value (rest, name, &value))
    moe_row_read (&log->row, moe_facts_column (name), value);
}

/* Does the value of an option stand for several, of which each row has one? */
static gboolean
is_several (MoeSpan value)
{
  return moe_span_equal (value, "both") || memchr (value.text, ',', value.length) != NULL;
}

/* By the name of the column or, as rows tell it, by that of the option. */
static void
read_choice (Log *log, MoeSpan rest, const MoeChoiceSpec *choice)
{
  MoeSpan value;
  g_autofree char *option = g_strdelimit (g_strdup (choice->option), "-", '_');
  gboolean told = moe_token_value (rest, choice->column, &value)
                  || (choice->told_by_result && moe_token_value (rest, option, &value));
  if (told && !(choice->told_by_result && is_several (value)))
    moe_row_read (&log->row, moe_facts_column (choice->column), value);
}

/* What a row has that tells no top-k: the option, unless a list took its place. */
static gint64
read_topk (MoeSpan rest)
{
  MoeSpan value;
  gint64 topk;
  if (moe_token_value (rest, "topk_list", &value) && value.length > 0)
    return -1;
  return moe_token_value (rest, "topk", &value) && moe_number_parse_whole (value, &topk)
                 && topk >= 1
             ? topk
             : -1;
}

/* The same of the null fraction: versions without that option have none. */
static double
read_null_fraction (Log *log, MoeSpan rest)
{
  MoeSpan value;
  if (!moe_token_value (rest, "null_route_frac", &value))
    return 0;
  if ((moe_token_value (rest, "null_route_frac_list", &value) && value.length > 0)
      || (moe_token_value (rest, "null_route_sweep", &value) && !moe_span_equal (value, "False")
          && !moe_span_equal (value, "false")))
    return NAN;
  moe_token_value (rest, "null_route_frac", &value);
  moe_row_read (&log->row, moe_facts_column ("null_target"), value);
  return log->row.record.null_target;
}

static void
read_choices (Log *log, MoeSpan rest)
{
  static const char *const numbers[] = { "capacity_factor", "ep_size",       "run_alpha",
                                         "run_noise_scale", "zipf_exponent", "hot_experts",
                                         "hot_share",       "tile" };
  const char **told = log->told.choice;
  moe_row_reset (&log->row);
  for (MoeChoice c = 0; c < MOE_N_CHOICES; c++)
    read_choice (log, rest, &moe_choices[c]);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    read_option (log, rest, numbers[i]);
  log->told = log->row.record;
  log->told.topk = read_topk (rest);
  log->told.null_target = read_null_fraction (log, rest);
  told[MOE_CHOICE_SHARED_FUSED] = lower_case (told[MOE_CHOICE_SHARED_FUSED]);
  if (g_strcmp0 (told[MOE_CHOICE_ACCELERATOR], "auto") == 0)
    told[MOE_CHOICE_ACCELERATOR] = NULL; /* nobody in particular */
}

static gboolean
read_shape_line (Log *log, MoeSpan rest)
{
  MoeSpan value;
  MoeShape shape = { 0 };
  if (!moe_token_value (rest, "tokens", &value))
    return FALSE;
  forget_context (log);
  gboolean good = read_dimension (rest, "tokens", 1, &shape.tokens)
                  && read_dimension (rest, "hidden", 1, &shape.hidden)
                  && read_dimension (rest, "mlp_dim", 1, &shape.mlp_dim)
                  && read_dimension (rest, "experts", 1, &shape.experts);
  if (good && moe_token_value (rest, "shared_expert_dim", &value))
    good = read_dimension (rest, "shared_expert_dim", 0, &shape.shared_dim);
  if (!good)
    {
      moe_run_note (log->run,
                    "Line %zu: the shape line cannot be read; the rows after it have no shape.",
                    log->line);
      return TRUE;
    }
  read_choices (log, rest);
  log->told.has_shape = TRUE;
  log->told.shape = shape;
  log->before_nulls = !moe_token_value (rest, "null_route_frac", &value);
  return TRUE;
}

static gboolean
read_run_line (Log *log, MoeSpan rest)
{
  MoeSpan value;
  if (!moe_token_value (rest, "shape", &value))
    return FALSE;
  forget_context (log);
  log->told.has_shape = moe_number_parse_shape (value, ',', &log->told.shape);
  if (!log->told.has_shape)
    moe_run_note (log->run,
                  "Line %zu: the RUN line's shape cannot be read; the rows after it have no shape.",
                  log->line);
  log->told.topk = read_topk (rest);
  return TRUE;
}

/* Its place among the columns that RESULT lines have. */
static gsize
column_index (const MoeColumn *column)
{
  gsize n, place = 0;
  for (const MoeColumn *before = moe_columns (&n); before < column; before++)
    place += before->told_by_result;
  g_assert (place < MAX_KEYS);
  return place;
}

static guint64
column_bit (const MoeColumn *column)
{
  return G_GUINT64_CONSTANT (1) << column_index (column);
}

/* The shards of a row of the present harness; older ones have them on other lines. */
static gboolean
is_shards (MoeSpan key)
{
  return moe_span_equal (key, "ep");
}

/* A key that RESULT lines have, or NULL. */
static const MoeColumn *
find_result_column (MoeSpan key)
{
  const MoeColumn *column = moe_column_find (key);
  return column != NULL && column->told_by_result ? column : NULL;
}

static int
count_decimals (MoeSpan value)
{
  const char *point = memchr (value.text, '.', value.length);
  return point == NULL ? 0 : (int)(value.text + value.length - point) - 1;
}

/* The last token of a row, for judging whether it was cut. */
typedef struct LastToken
{
  gboolean is_pair;
  const MoeColumn *column; /* NULL for keys that do not matter */
  MoeSpan value;
} LastToken;

/* "ep=8"; one shard is no expert parallelism.  NULL, or why it is bad. */
static char *
read_shards (Log *log, MoeSpan value)
{
  MoeRecord *record = &log->row.record;
  const char *reason = moe_row_read (&log->row, moe_facts_column ("ep_size"), value);
  if (reason != NULL)
    {
      g_autofree char *quote = moe_fault_quote (value);
      return g_strdup_printf ("ep “%s” %s", quote, moe_words (reason));
    }
  if (record->ep_size >= 1)
    record->choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern (moe_choice_name (
        MOE_CHOICE_PARALLEL_MODE, record->ep_size > 1 ? MOE_PARALLEL_EP : MOE_PARALLEL_NONE));
  return NULL;
}

/* Read the pairs of a RESULT line into log->row.  NULL, or why the row is bad.  *found says
 * whether there were any pairs of ours at all. */
static char *
read_pairs (Log *log, MoeSpan rest, LastToken *last, gboolean *found)
{
  MoeSpan token, key;
  char *fault = NULL;
  moe_row_reset (&log->row);
  log->keys = 0;
  *last = (LastToken){ 0 };
  *found = FALSE;
  while (fault == NULL && moe_token_next (&rest, &token) && !moe_span_equal (token, "RESULT"))
    {
      last->is_pair = moe_token_split (token, &key, &last->value);
      last->column = last->is_pair ? find_result_column (key) : NULL;
      if (last->is_pair && is_shards (key))
        {
          fault = read_shards (log, last->value);
          continue;
        }
      if (last->column == NULL)
        continue;
      *found = TRUE;
      const char *reason = (log->keys & column_bit (last->column)) != 0
                               ? MOE_WORDS ("comes after another value of the same key")
                               : moe_row_read (&log->row, last->column, last->value);
      if (reason != NULL)
        {
          g_autofree char *quote = moe_fault_quote (last->value);
          fault = g_strdup_printf ("%s “%s” %s", last->column->name, quote, moe_words (reason));
        }
      log->keys |= column_bit (last->column);
    }
  return fault;
}

/* Does the row say anything of nulls?  The present harness does not, nor did the first: f is 0. */
static gboolean
tells_nulls (const Log *log)
{
  static const char *const keys_of_nulls[] = { "null_mode", "null_target", "null_realized",
                                               "null_assignments" };
  for (gsize i = 0; i < G_N_ELEMENTS (keys_of_nulls); i++)
    if ((log->keys & column_bit (moe_facts_column (keys_of_nulls[i]))) != 0)
      return TRUE;
  return FALSE;
}

static char *
check_required (Log *log)
{
  MoeRecord *record = &log->row.record;
  if (!tells_nulls (log))
    record->null_target = log->told.null_target;
  if (record->topk < 0 && log->told.topk < 0)
    return g_strdup (moe_words ("topk is missing"));
  if (isnan (record->null_target))
    return g_strdup (moe_words ("null_target is missing"));
  if (isnan (record->tokens_per_s) && isnan (record->tflops)
      && (isnan (log->row.time_s) || !log->told.has_shape))
    return g_strdup (moe_words ("tokens_per_s and tflops are missing"));
  return NULL;
}

static gboolean
is_cut_text (const MoeColumn *column, MoeSpan value)
{
  for (gsize i = 0; column->names != NULL && i < column->names->n; i++)
    if (moe_span_equal (value, column->names->names[i]))
      return FALSE;
  return TRUE;
}

/* Where a capacity drops assignments, those of a row need not add up to its slots. */
static gboolean
may_drop (const Log *log)
{
  const char *policy = log->chatter.choice[MOE_CHOICE_CAPACITY_POLICY] != NULL
                           ? log->chatter.choice[MOE_CHOICE_CAPACITY_POLICY]
                           : log->told.choice[MOE_CHOICE_CAPACITY_POLICY];
  return policy != NULL && !g_str_equal (policy, "none");
}

static gboolean
is_cut_count (const Log *log)
{
  const MoeRecord *record = &log->row.record;
  gint64 topk = record->topk >= 0 ? record->topk : log->told.topk;
  if (!log->told.has_shape || record->null_assignments < 0 || record->real_assignments < 0
      || may_drop (log))
    return FALSE;
  double slots = (double)log->told.shape.tokens * (double)topk;
  return (double)record->null_assignments + (double)record->real_assignments != slots;
}

/* A row of the harness's present form. */
static gboolean
tells_time (const Log *log)
{
  return (log->keys & column_bit (moe_facts_column ("time_s"))) != 0;
}

/* Decimals that a whole value has, where nothing was cut off: those of the row before. */
static int
wanted_decimals (const Log *log, const MoeColumn *column)
{
  enum
  {
    DECIMALS_OF_RATES = 2 /* of the present form */
  };
  int wanted = log->previous_decimals[column_index (column)];
  return log->previous_keys == 0 && tells_time (log) ? MIN (wanted, DECIMALS_OF_RATES) : wanted;
}

/* The keys that a whole row has: those of the row before.  One that is made of processor time has
 * its mark instead of the TF/s. */
static guint64
wanted_keys (const Log *log)
{
  guint64 tflops = column_bit (moe_facts_column ("tflops"));
  guint64 mark = column_bit (moe_facts_column ("time_source"));
  guint64 wanted = log->previous_keys;
  if (wanted == 0)
    wanted = column_bit (moe_facts_column ("tokens_per_s")) | (tells_time (log) ? 0 : tflops);
  return wanted & ~((log->keys & mark) != 0 ? tflops : mark);
}

/* Was the file's last line, which has no end, cut in the middle?  The harness always writes the
 * same keys and so many decimals, so a row that has fewer than the row before was. */
static gboolean
is_cut (const Log *log, const LastToken *last)
{
  guint64 wanted = wanted_keys (log);
  if (!last->is_pair || last->value.length == 0 || (log->keys & wanted) != wanted)
    return TRUE;
  if (last->column == NULL)
    return FALSE;
  switch (last->column->kind)
    {
    case MOE_COLUMN_TEXT:
      return is_cut_text (last->column, last->value);
    case MOE_COLUMN_REAL:
    case MOE_COLUMN_TIME:
      return count_decimals (last->value) < wanted_decimals (log, last->column);
    default:
      return is_cut_count (log);
    }
}

/* The row waits for the lines after it. */
static void
add_row (Log *log)
{
  log->held = log->row.record;
  log->is_held = TRUE;
  moe_facts_fill_row (&log->chatter, &log->held);
  moe_record_init (&log->chatter);
  apply_context (log, &log->held);
  moe_record_fill_rates (&log->held, log->row.time_s);
  log->added_by_summary += log->in_summary;
}

static void
remember_form (Log *log, MoeSpan rest)
{
  MoeSpan token, key, value;
  while (moe_token_next (&rest, &token) && !moe_span_equal (token, "RESULT"))
    {
      const MoeColumn *column =
          moe_token_split (token, &key, &value) ? find_result_column (key) : NULL;
      if (column == NULL || (column->kind != MOE_COLUMN_REAL && column->kind != MOE_COLUMN_TIME))
        continue;
      int *known = &log->previous_decimals[column_index (column)];
      int decimals = count_decimals (value);
      gboolean first = log->previous_keys == 0;
      *known = first || *known == decimals ? decimals : 0;
    }
  log->previous_keys = log->keys;
}

/* Does a row of the run say the same as the one that was read? */
static gboolean
is_repeat (Log *log)
{
  for (; log->n_rows < moe_run_get_n_records (log->run); log->n_rows++)
    g_hash_table_add (log->rows, (gpointer)moe_run_get_record (log->run, log->n_rows));
  return g_hash_table_contains (log->rows, &log->row.record);
}

/* Read what stands after RESULT; FALSE when that is no row at all. */
static gboolean
read_row (Log *log, MoeSpan rest, gboolean terminated)
{
  LastToken last;
  gboolean found;
  g_autofree char *fault = read_pairs (log, rest, &last, &found);
  if (!found)
    return FALSE;
  log->known = log->has_result = TRUE;
  release_row (log);
  if (fault == NULL)
    fault = check_required (log);
  if (!terminated && (fault != NULL || is_cut (log, &last)))
    {
      skip_row (log, moe_words (cut_off));
      return TRUE;
    }
  if (fault != NULL)
    {
      skip_row (log, fault);
      return TRUE;
    }
  if (log->row.record.choice[MOE_CHOICE_NULL_MODE] == NULL)
    log->row.record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
  remember_form (log, rest);
  if (log->in_summary && is_repeat (log))
    moe_run_edit_summary (log->run)->rows_repeated++;
  else
    add_row (log);
  return TRUE;
}

/* "devices=[...]" of whatever prints the devices of jax. */
static gboolean
find_devices (MoeSpan line, MoeSpan *rest)
{
  static const char word[] = "devices=";
  const char *at = memmem (line.text, line.length, word, strlen (word));
  if (at == NULL || !moe_token_begins (line, at))
    return FALSE;
  gsize before = (gsize)(at - line.text) + strlen (word);
  *rest = moe_span (line.text + before, line.length - before);
  return rest->length > 0 && (at == line.text || rest->text[0] == '[');
}

/* What the harness says of a kernel besides its rates, as facts of the run: how far its results lie
 * from those of another ("check ep=8"), and where its profile is ("profile kernel=current ep=8").
 */
static void
read_aside (Log *log, const char *word, MoeSpan rest)
{
  MoeSpan token, name, value;
  g_autoptr (GString) key = g_string_new (word);
  g_autoptr (GString) said = g_string_new (NULL);
  gsize length = MIN (rest.length, MAX_ASIDE_BYTES);
  rest = moe_span (rest.text, length);
  while (moe_token_next (&rest, &token))
    {
      if (!moe_token_split (token, &name, &value))
        return; /* a line of somebody else's */
      gboolean names = is_shards (name) || moe_span_equal (name, "kernel");
      GString *part = names ? key : said;
      g_string_append_printf (part, "%s%.*s", part->len > 0 ? " " : "", (int)token.length,
                              token.text);
    }
  if (said->len == 0 || ++log->n_asides > MAX_ASIDES)
    return;
  g_autofree char *fact = g_utf8_make_valid (said->str, -1);
  moe_run_set_fact (log->run, key->str, fact);
}

static void
read_devices (Log *log, MoeSpan rest)
{
  if (moe_run_get_fact (log->run, "devices") != NULL)
    return;
  g_autofree char *devices = g_utf8_make_valid (rest.text, (gssize)MIN (rest.length, 1000));
  moe_run_set_fact (log->run, "devices", devices);
}

/* FALSE when the line is no chatter.  One that may be cut off tells nothing for sure. */
static gboolean
read_chatter (Log *log, MoeSpan line, gboolean terminated)
{
  MoeRecord said;
  g_autofree char *fault = NULL;
  if (!terminated || !moe_facts_read (line, &log->chatter_row, &said, &fault))
    return FALSE;
  log->known = TRUE;
  if (fault != NULL)
    moe_run_note (log->run, "Line %zu: %s; it is left out.", log->line, fault);
  if (log->chatter.choice[MOE_CHOICE_DISTRIBUTION] == NULL && log->is_held
      && moe_facts_take_stage (&said, &log->held))
    return TRUE;
  if (!moe_facts_add (&log->chatter, &said))
    {
      keep_chatter (log);
      moe_facts_add (&log->chatter, &said);
    }
  return TRUE;
}

static void
read_line (Log *log, MoeSpan line, gboolean terminated)
{
  MoeSpan rest;
  /* A hole that a copied file has behind its line. */
  while (line.length > 0 && line.text[line.length - 1] == '\0')
    line.length--;
  if (read_chatter (log, line, terminated))
    return;
  if (moe_token_find (line, "RESULT_SUMMARY", &rest))
    {
      MoeSpan row;
      log->in_summary = TRUE;
      log->known = TRUE;
      read_row (log, moe_token_find (rest, "RESULT", &row) ? row : rest, terminated);
    }
  else if (moe_token_find (line, "RESULT", &rest))
    {
      if (!read_row (log, rest, terminated) && !terminated)
        skip_row (log, moe_words (cut_off));
    }
  else if (moe_token_find (line, "shape", &rest) && read_shape_line (log, rest))
    return;
  else if (moe_token_find (line, "RUN", &rest) && read_run_line (log, rest))
    return;
  else if (moe_token_find (line, "CHECK", &rest))
    read_aside (log, "check", rest);
  else if (moe_token_find (line, "PROFILE", &rest))
    read_aside (log, "profile", rest);
  else if (find_devices (line, &rest))
    read_devices (log, rest);
}

/* Progress bars draw themselves again after a CR; whatever follows one is a line too. */
static void
read_plain (Log *log, MoeSpan line, gboolean terminated)
{
  const char *end;
  while (line.length > 0 && (end = memchr (line.text, '\r', line.length)) != NULL)
    {
      gsize length = (gsize)(end - line.text);
      read_line (log, moe_span (line.text, length), TRUE);
      line = moe_span (end + 1, line.length - length - 1);
    }
  read_line (log, line, terminated);
}

/* A line that a container's log or a logger wrapped is what the program said; FALSE when it is
 * not. */
static gboolean
read_wrapped (Log *log, MoeSpan line)
{
  MoeSpan part;
  g_autofree char *message = moe_json_dup_message (line), *buffer = NULL;
  if (message == NULL)
    return FALSE;
  MoeSpan said = moe_lines_strip_escapes (moe_span (message, strlen (message)), &buffer);
  while (moe_lines_next (&said, &part, NULL))
    read_plain (log, part, TRUE);
  return TRUE;
}

static void
read_line_parts (Log *log, MoeSpan line, gboolean terminated)
{
  if (!read_wrapped (log, line))
    read_plain (log, line, terminated);
}

static void
add_closing_notes (Log *log)
{
  if (log->shapeless > 0)
    moe_run_note (log->run,
                  log->shapeless == 1 ? MOE_WORDS ("%zu row has no readable shape or RUN line "
                                                   "before; the shape is missing.")
                                      : MOE_WORDS ("%zu rows have no readable shape or RUN line "
                                                   "before; the shape is missing."),
                  log->shapeless);
  if (log->added_by_summary > 0)
    moe_run_note (log->run,
                  log->added_by_summary == 1
                      ? MOE_WORDS ("%zu row after RESULT_SUMMARY, equal to no earlier one, is new.")
                      : MOE_WORDS ("%zu rows after RESULT_SUMMARY, equal to no earlier one, are "
                                   "new."),
                  log->added_by_summary);
}

/* Whole logs of versions without RESULT lines. */
static void
add_from_chatter (Log *log)
{
  for (guint i = 0; !log->has_result && i < log->from_chatter->len; i++)
    append_record (log, &g_array_index (log->from_chatter, MoeRecord, i));
  if (!log->has_result && log->from_chatter->len > 0)
    moe_run_note (log->run, "There are no RESULT lines; the rows are those that the lines of the "
                            "kind “[random] ... tokens_per_s=” tell.");
}

static gboolean
check_result (Log *log, GError **error)
{
  const MoeLoadSummary *summary = moe_run_get_summary (log->run);
  if (moe_run_get_n_records (log->run) > 0)
    return TRUE;
  if (!log->known)
    moe_fault_set (
        error, MOE_FORMATS_ERROR_UNKNOWN, log->name, 1,
        "this is neither a Nullcurve CSV or run file, nor a logbook CSV (a header with "
        "shape, topk, null_target, tokens_per_s), nor a harness log (RESULT lines), nor the JSON "
        "of one of marin's benches.");
  else if (summary->first_skip != NULL)
    g_set_error (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_EMPTY,
                 moe_words ("%s, %s, and there is no RESULT line that could be read."), log->name,
                 summary->first_skip);
  else
    moe_fault_set (error, MOE_FORMATS_ERROR_EMPTY, log->name, log->line,
                   "the log ends without a RESULT line.");
  return FALSE;
}

static void
log_init (Log *log)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  for (gsize i = 0; i < MOE_N_FIXED_COLUMNS; i++)
    if (columns[i].told_by_result)
      log->previous_decimals[column_index (&columns[i])] = columns[i].decimals;
  log->rows = g_hash_table_new (moe_repeat_hash, moe_repeat_equal);
  log->from_chatter = g_array_new (FALSE, FALSE, sizeof (MoeRecord));
  moe_record_init (&log->told);
  log->told.null_target = 0;
  moe_record_init (&log->chatter);
  moe_row_init (&log->chatter_row);
  moe_row_init (&log->row);
}

static void
log_clear (Log *log)
{
  moe_row_clear (&log->row);
  moe_row_clear (&log->chatter_row);
  g_array_unref (log->from_chatter);
  g_hash_table_unref (log->rows);
}

MoeRun *
moe_harness_read (MoeSpan text, const char *name, GError **error)
{
  MoeSpan line;
  gboolean terminated;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_HARNESS_LOG, name);
  Log log = { .name = name, .run = run };
  log_init (&log);
  while (moe_lines_next (&text, &line, &terminated))
    {
      log.line++;
      read_line_parts (&log, line, terminated);
    }
  release_row (&log);
  keep_chatter (&log);
  add_from_chatter (&log);
  add_closing_notes (&log);
  gboolean good = check_result (&log, error);
  log_clear (&log);
  return good ? g_steal_pointer (&run) : NULL;
}
