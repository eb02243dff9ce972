/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the published harness's output (SPEC 5): noisy logs in which the lines that matter
 * are found, and what cannot be read is skipped and noted. */
#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/harness-private.h"

enum
{
  MAX_KEYS = 64 /* columns that a RESULT line may have, all of them fixed ones; one bit each */
};
G_STATIC_ASSERT ((int)MOE_N_FIXED_COLUMNS <= (int)MAX_KEYS);

static const char cut_off[] = MOE_WORDS ("the last line is cut off");

/* What the lines before a row said about it. */
typedef struct Context
{
  gboolean has_shape;
  MoeShape shape;
  gint64 run_topk;       /* of a RUN line; -1 */
  gboolean before_nulls; /* a shape line of a version without null routing */
  MoeRecord told;        /* what else the shape line said of all rows */
} Context;

typedef struct Log
{
  const char *name;
  MoeRun *run;
  Context context;
  gsize line;
  gboolean known;      /* a line was seen that only such logs have */
  gboolean in_summary; /* after RESULT_SUMMARY, before the next run's first line */
  gsize shapeless;     /* rows without a shape line before them */
  gsize added_by_summary;

  MoeChatter chatter; /* since the last row */
  MoeRow chatter_row;
  GArray *from_chatter; /* MoeRecord, while there is no RESULT line */
  gboolean has_result;
  gboolean is_held; /* the last row, which may get stage times from the lines after it */
  MoeRecord held;

  MoeRow row;
  guint64 keys;                    /* of the row being read */
  guint64 previous_keys;           /* of the last good row; 0 before the first */
  int previous_decimals[MAX_KEYS]; /* 0 when rows differ, so that they tell nothing */
  MoeRepeats repeats;
} Log;

static void
append_record (Log *log, const MoeRecord *record)
{
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
  if (!record->has_shape || record->shape.shared_dim == 0)
    record->shared_fused = NULL;
  if (record->capacity_policy == NULL || g_str_equal (record->capacity_policy, "none"))
    {
      record->capacity_factor = NAN;
      record->capacity = record->dropped_assignments = -1;
    }
  if (g_strcmp0 (record->parallel_mode, "ep") != 0)
    {
      record->ep_size = -1;
      record->comm_bytes = NAN;
    }
  if (g_strcmp0 (record->distribution, "runs") != 0)
    record->run_alpha = record->run_noise_scale = NAN;
}

/* Complete a row with what the lines before it said. */
static void
apply_context (Log *log, MoeRecord *record)
{
  const Context *context = &log->context;
  const MoeRecord *told = &context->told;
  const struct
  {
    const char **field;
    const char *told;
  } texts[] = {
    { &record->dtype, told->dtype },
    { &record->accelerator, told->accelerator },
    { &record->null_dispatch, told->null_dispatch },
    { &record->remat_mode, told->remat_mode },
    { &record->pack_strategy, told->pack_strategy },
    { &record->permute_mode, told->permute_mode },
    { &record->capacity_policy, told->capacity_policy },
    { &record->shared_fused, told->shared_fused },
    { &record->parallel_mode, told->parallel_mode },
    { &record->ep_comm_path, told->ep_comm_path },
  };
  record->has_shape = context->has_shape;
  record->shape = context->shape;
  if (record->topk < 0)
    record->topk = context->run_topk;
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    if (*texts[i].field == NULL)
      *texts[i].field = texts[i].told;
  if (isnan (record->capacity_factor))
    record->capacity_factor = told->capacity_factor;
  if (record->ep_size < 0)
    record->ep_size = told->ep_size;
  record->run_alpha = told->run_alpha;
  record->run_noise_scale = told->run_noise_scale;
  drop_idle_choices (record);
}

/* A point that has no RESULT line, of a version of the harness that printed none.  Where null
 * routing may have been on, the point must say how much. */
static void
keep_chatter (Log *log)
{
  MoeRecord record = log->chatter.record;
  moe_chatter_clear (&log->chatter);
  if (log->has_result || isnan (record.tokens_per_s) || record.topk < 0
      || (isnan (record.null_target) && !log->context.before_nulls))
    return;
  if (isnan (record.null_target))
    record.null_target = 0;
  record.null_mode = g_intern_static_string ("independent");
  apply_context (log, &record);
  g_array_append_val (log->from_chatter, record);
}

static void
forget_context (Log *log)
{
  release_row (log);
  keep_chatter (log);
  log->context = (Context){ .run_topk = -1 };
  moe_record_init (&log->context.told);
  log->in_summary = FALSE; /* such a line starts another run */
  log->known = TRUE;
}

static gboolean
read_dimension (MoeSpan rest, const char *key, gint64 least, size_t *value)
{
  MoeSpan text;
  gint64 count;
  if (!moe_harness_find_value (rest, key, &text) || !moe_number_parse_count (text, &count)
      || count < least || count > G_GINT64_CONSTANT (1000000000000))
    return FALSE;
  *value = (size_t)count;
  return TRUE;
}

/* Python writes True. */
static const char *
lower_case (const char *word)
{
  g_autofree char *lower = word != NULL ? g_ascii_strdown (word, -1) : NULL;
  return g_intern_string (lower);
}

/* The options of a shape line that go by the names of columns; one that cannot be read is as good
 * as not told. */
static void
read_choices (Log *log, MoeSpan rest)
{
  static const char *const names[] = {
    "dtype",         "accelerator",           "null_dispatch",         "remat_mode",
    "shared_fused",  "routing_pack_strategy", "dispatch_permute_mode", "capacity_policy",
    "parallel_mode", "ep_comm_path",          "capacity_factor",       "ep_size",
    "run_alpha",     "run_noise_scale",
  };
  MoeSpan value;
  moe_row_reset (&log->row);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (moe_harness_find_value (rest, names[i], &value))
      moe_row_read (&log->row, moe_column_find (moe_span (names[i], strlen (names[i]))), value);
  log->context.told = log->row.record;
  log->context.told.shared_fused = lower_case (log->row.record.shared_fused);
  if (g_strcmp0 (log->row.record.accelerator, "auto") == 0)
    log->context.told.accelerator = NULL; /* nobody in particular */
}

static gboolean
read_shape_line (Log *log, MoeSpan rest)
{
  MoeSpan value;
  MoeShape shape = { 0 };
  if (!moe_harness_find_value (rest, "tokens", &value))
    return FALSE;
  forget_context (log);
  gboolean good = read_dimension (rest, "tokens", 1, &shape.tokens)
                  && read_dimension (rest, "hidden", 1, &shape.hidden)
                  && read_dimension (rest, "mlp_dim", 1, &shape.mlp_dim)
                  && read_dimension (rest, "experts", 1, &shape.experts);
  if (good && moe_harness_find_value (rest, "shared_expert_dim", &value))
    good = read_dimension (rest, "shared_expert_dim", 0, &shape.shared_dim);
  if (!good)
    {
      moe_run_note (log->run,
                    "Line %zu: the shape line cannot be read; the rows after it have no shape.",
                    log->line);
      return TRUE;
    }
  log->context.has_shape = TRUE;
  log->context.shape = shape;
  log->context.before_nulls = !moe_harness_find_value (rest, "null_route_frac", &value);
  read_choices (log, rest);
  return TRUE;
}

static gboolean
read_run_line (Log *log, MoeSpan rest)
{
  MoeSpan value;
  if (!moe_harness_find_value (rest, "shape", &value))
    return FALSE;
  forget_context (log);
  log->context.has_shape = moe_number_parse_shape (value, ',', &log->context.shape);
  if (!log->context.has_shape)
    moe_run_note (log->run,
                  "Line %zu: the RUN line's shape cannot be read; the rows after it have no shape.",
                  log->line);
  if (moe_harness_find_value (rest, "topk", &value)
      && moe_number_parse_count (value, &log->context.run_topk) && log->context.run_topk < 1)
    log->context.run_topk = -1;
  return TRUE;
}

static gsize
column_index (const MoeColumn *column)
{
  gsize n;
  return (gsize)(column - moe_columns (&n));
}

static guint64
column_bit (const MoeColumn *column)
{
  return G_GUINT64_CONSTANT (1) << column_index (column);
}

/* A key that RESULT lines have, or NULL. */
static const MoeColumn *
find_result_column (MoeSpan key)
{
  const MoeColumn *column = moe_column_find (key);
  return column != NULL && column->decimals >= 0 ? column : NULL;
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
  while (fault == NULL && moe_harness_next_token (&rest, &token)
         && !moe_span_equal (token, "RESULT"))
    {
      last->is_pair = moe_harness_split_token (token, &key, &last->value);
      last->column = last->is_pair ? find_result_column (key) : NULL;
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

static char *
check_required (Log *log)
{
  MoeRecord *record = &log->row.record;
  if (record->topk < 0 && log->context.run_topk < 0)
    return g_strdup (moe_words ("topk is missing"));
  if (isnan (record->null_target))
    return g_strdup (moe_words ("null_target is missing"));
  if (isnan (record->tokens_per_s) && isnan (record->tflops))
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
  const char *policy = log->chatter.record.capacity_policy != NULL
                           ? log->chatter.record.capacity_policy
                           : log->context.told.capacity_policy;
  return policy != NULL && !g_str_equal (policy, "none");
}

static gboolean
is_cut_count (const Log *log)
{
  const MoeRecord *record = &log->row.record;
  gint64 topk = record->topk >= 0 ? record->topk : log->context.run_topk;
  if (!log->context.has_shape || record->null_assignments < 0 || record->real_assignments < 0
      || may_drop (log))
    return FALSE;
  double slots = (double)log->context.shape.tokens * (double)topk;
  return (double)record->null_assignments + (double)record->real_assignments != slots;
}

/* The keys that a whole row has: those of the row before.  One that is made of processor time has
 * its mark instead of the TF/s. */
static guint64
wanted_keys (const Log *log)
{
  guint64 tflops = column_bit (moe_column_find (moe_span ("tflops", 6)));
  guint64 mark = column_bit (moe_column_find (moe_span ("time_source", 11)));
  guint64 wanted = log->previous_keys;
  if (wanted == 0)
    wanted = column_bit (moe_column_find (moe_span ("tokens_per_s", 12))) | tflops;
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
      return count_decimals (last->value) < log->previous_decimals[column_index (last->column)];
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
  moe_chatter_fill (&log->chatter, &log->held);
  moe_chatter_clear (&log->chatter);
  apply_context (log, &log->held);
  log->added_by_summary += log->in_summary;
}

static void
skip_row (Log *log, const char *fault)
{
  moe_run_note_skip (log->run, log->line, fault);
  moe_run_note (log->run, "Line %zu: %s; the row is skipped.", log->line, fault);
  moe_chatter_clear (&log->chatter);
}

static void
remember_form (Log *log, MoeSpan rest)
{
  MoeSpan token, key, value;
  while (moe_harness_next_token (&rest, &token) && !moe_span_equal (token, "RESULT"))
    {
      const MoeColumn *column =
          moe_harness_split_token (token, &key, &value) ? find_result_column (key) : NULL;
      if (column == NULL || column->kind != MOE_COLUMN_REAL)
        continue;
      int *known = &log->previous_decimals[column_index (column)];
      int decimals = count_decimals (value);
      gboolean first = log->previous_keys == 0;
      *known = first || *known == decimals ? decimals : 0;
    }
  log->previous_keys = log->keys;
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
  if (log->row.record.null_mode == NULL)
    log->row.record.null_mode = g_intern_static_string ("independent");
  remember_form (log, rest);
  if (log->in_summary && moe_repeats_contain (&log->repeats, log->run, &log->row.record))
    moe_run_edit_summary (log->run)->rows_repeated++;
  else
    add_row (log);
  return TRUE;
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
  MoeChatter said;
  g_autofree char *fault = NULL;
  if (!terminated || !moe_chatter_read (line, &log->chatter_row, &said, &fault))
    return FALSE;
  log->known = TRUE;
  if (fault != NULL)
    moe_run_note (log->run, "Line %zu: %s; it is left out.", log->line, fault);
  if (log->chatter.n_told == 0 && log->is_held && moe_chatter_take_stage (&said, &log->held))
    return TRUE;
  if (!moe_chatter_add (&log->chatter, &said))
    {
      keep_chatter (log);
      moe_chatter_add (&log->chatter, &said);
    }
  return TRUE;
}

static void
read_line (Log *log, MoeSpan line, gboolean terminated)
{
  MoeSpan rest;
  if (read_chatter (log, line, terminated))
    return;
  if (moe_harness_find_word (line, "RESULT_SUMMARY", &rest))
    {
      MoeSpan row;
      log->in_summary = TRUE;
      log->known = TRUE;
      read_row (log, moe_harness_find_word (rest, "RESULT", &row) ? row : rest, terminated);
    }
  else if (moe_harness_find_word (line, "RESULT", &rest))
    {
      if (!read_row (log, rest, terminated) && !terminated)
        skip_row (log, moe_words (cut_off));
    }
  else if (moe_harness_find_word (line, "shape", &rest) && read_shape_line (log, rest))
    return;
  else if (moe_harness_find_word (line, "RUN", &rest) && read_run_line (log, rest))
    return;
  else if (line.length > 8 && memcmp (line.text, "devices=", 8) == 0)
    read_devices (log, moe_span (line.text + 8, line.length - 8));
}

/* Progress bars draw themselves again after a CR; whatever follows one is a line too. */
static void
read_line_parts (Log *log, MoeSpan line, gboolean terminated)
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
    moe_fault_set (error, MOE_FORMATS_ERROR_UNKNOWN, log->name, 1,
                   "this is neither a Nullcurve CSV or run file, nor a logbook CSV (a header with "
                   "shape, topk, null_target, tokens_per_s), nor a harness log (RESULT lines).");
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
    log->previous_decimals[i] = columns[i].decimals;
  log->from_chatter = g_array_new (FALSE, FALSE, sizeof (MoeRecord));
  moe_record_init (&log->context.told);
  moe_chatter_clear (&log->chatter);
  moe_row_init (&log->chatter_row);
  moe_row_init (&log->row);
}

static void
log_clear (Log *log)
{
  moe_row_clear (&log->row);
  moe_row_clear (&log->chatter_row);
  g_array_unref (log->from_chatter);
  moe_repeats_clear (&log->repeats);
}

MoeRun *
moe_harness_read (MoeSpan text, const char *name, GError **error)
{
  MoeSpan line;
  gboolean terminated;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_HARNESS_LOG, name);
  Log log = { .name = name, .run = run, .context.run_topk = -1 };
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
