/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/harness/facts.h"

#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/harness/tokens.h"
#include "engine/formats/parts/faults.h"
#include "engine/text/intern.h"

/* "run_stats mean=..." is the column run_mean; lines without such a word have an empty one. */
typedef struct Key
{
  const char *word;
  const char *key;
  const char *column;
} Key;

static const Key keys[] = {
  { "", "mode", "mode" },
  { "", "pass", "pass" },
  { "", "topk", "topk" },
  { "", "impl", "impl" },
  { "", "backend", "backend" },
  { "", "remat_mode", "remat_mode" },
  { "", "parallel_mode", "parallel_mode" },
  { "", "ep_comm_path", "ep_comm_path" },
  { "", "tflops", "tflops" },
  { "", "tokens_per_s", "tokens_per_s" },
  { "run_stats", "runs", "runs" },
  { "run_stats", "mean", "run_mean" },
  { "run_stats", "p95", "run_p95" },
  { "run_stats", "max", "run_max" },
  { "load_stats", "min", "load_min" },
  { "load_stats", "max", "load_max" },
  { "load_stats", "std", "load_std" },
  { "kept_stats", "k_rule", "k_rule" },
  { "kept_stats", "kept_tokens", "kept_tokens" },
  { "capacity", "policy", "capacity_policy" },
  { "capacity", "factor", "capacity_factor" },
  { "capacity", "cap", "capacity" },
  { "capacity", "dropped", "dropped_assignments" },
  { "null_route", "target", "null_target" },
  { "null_route", "realized", "null_realized" },
  { "null_route", "null_assignments", "null_assignments" },
  { "null_route", "real_assignments", "real_assignments" },
  { "comm_stats", "shards", "ep_size" },
  { "comm_stats", "bytes", "comm_bytes" },
};

static gboolean
is_stage_column (const MoeColumn *column)
{
  return column->offset >= G_STRUCT_OFFSET (MoeRecord, stage_s)
         && column->offset
                < G_STRUCT_OFFSET (MoeRecord, stage_s) + sizeof ((MoeRecord *)0)->stage_s;
}

/* "pack_s" after the word "stage". */
static const MoeColumn *
find_stage_column (MoeSpan key)
{
  g_autofree char *name = g_strdup_printf ("stage_%.*s", (int)MIN (key.length, 64), key.text);
  const MoeColumn *column = moe_column_find (moe_span (name, strlen (name)));
  return column != NULL && is_stage_column (column) ? column : NULL;
}

const MoeColumn *
moe_facts_column (const char *name)
{
  return moe_column_find (moe_span (name, strlen (name)));
}

static const MoeColumn *
find_column (MoeSpan word, MoeSpan key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if ((keys[i].word[0] == '\0' || moe_span_equal (word, keys[i].word))
        && moe_span_equal (key, keys[i].key))
      return moe_facts_column (keys[i].column);
  return moe_span_equal (word, "stage") ? find_stage_column (key) : NULL;
}

static gboolean
is_known_word (MoeSpan word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (moe_span_equal (word, keys[i].word))
      return TRUE;
  return moe_span_equal (word, "stage");
}

/* The line's word, if it has one; FALSE when it has others too, and so is somebody else's. */
static gboolean
find_kind (MoeSpan rest, MoeSpan *word)
{
  MoeSpan token, key, value;
  *word = moe_span ("", 0);
  while (moe_token_next (&rest, &token))
    {
      if (moe_token_split (token, &key, &value))
        continue;
      if (word->length > 0 || !is_known_word (token))
        return FALSE;
      *word = token;
    }
  return TRUE;
}

/* "[random]" or "[runs]", as a word; NULL when there is none. */
static const char *
find_distribution (MoeSpan line, MoeSpan *rest)
{
  const char *at = line.text, *end = line.text + line.length;
  while ((at = memchr (at, '[', (gsize)(end - at))) != NULL)
    {
      gboolean starts = moe_token_begins (line, at);
      at++;
      for (gsize i = 0; starts && i < moe_choices[MOE_CHOICE_DISTRIBUTION].names.n; i++)
        {
          const char *name = moe_choices[MOE_CHOICE_DISTRIBUTION].names.names[i];
          gsize length = strlen (name);
          if ((gsize)(end - at) < length + 2 || memcmp (at, name, length) != 0 || at[length] != ']'
              || at[length + 1] != ' ')
            continue;
          *rest = moe_span (at + length + 1, (gsize)(end - at) - length - 1);
          return moe_text_intern (name);
        }
    }
  return NULL;
}

static void *
member (MoeRecord *record, const MoeColumn *column)
{
  return (char *)record + column->offset;
}

static const void *
const_member (const MoeRecord *record, const MoeColumn *column)
{
  return (const char *)record + column->offset;
}

static void
copy_value (MoeRecord *to, const MoeRecord *from, const MoeColumn *column)
{
  if (column->kind == MOE_COLUMN_TEXT)
    *(const char **)member (to, column) = *(const char *const *)const_member (from, column);
  else if (column->kind == MOE_COLUMN_COUNT)
    *(gint64 *)member (to, column) = *(const gint64 *)const_member (from, column);
  else
    *(double *)member (to, column) = *(const double *)const_member (from, column);
}

/* Does the record have a value in a column of one value? */
static gboolean
tells (const MoeRecord *record, const MoeColumn *column)
{
  if (column->kind == MOE_COLUMN_TEXT)
    return *(const char *const *)const_member (record, column) != NULL;
  if (column->kind == MOE_COLUMN_COUNT)
    return *(const gint64 *)const_member (record, column) >= 0;
  return column->kind == MOE_COLUMN_REAL && !isnan (*(const double *)const_member (record, column));
}

void
moe_facts_fill_missing (MoeRecord *row, const MoeRecord *from)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  for (gsize i = 0; i < n; i++)
    if (!columns[i].told_by_result && tells (from, &columns[i]) && !tells (row, &columns[i]))
      copy_value (row, from, &columns[i]);
}

/* Chatter has fewer decimals than the row. */
static gboolean
same_number (double a, double b)
{
  return fabs (a - b) <= 0.00501 + 1e-12 * fabs (b);
}

static gboolean
same_value (const MoeRecord *a, const MoeRecord *b, const MoeColumn *column)
{
  if (column->kind == MOE_COLUMN_TEXT)
    return *(const char *const *)const_member (a, column)
           == *(const char *const *)const_member (b, column);
  if (column->kind == MOE_COLUMN_COUNT)
    return *(const gint64 *)const_member (a, column) == *(const gint64 *)const_member (b, column);
  return same_number (*(const double *)const_member (a, column),
                      *(const double *)const_member (b, column));
}

/* Do these name the point, and so stand on many of its lines? */
static gboolean
is_name (const MoeColumn *column)
{
  static const char *const names[] = { "mode", "pass", "topk", "impl", "distribution", NULL };
  return g_strv_contains (names, column->name);
}

gboolean
moe_facts_read (MoeSpan line, MoeRow *row, MoeRecord *said, char **fault)
{
  MoeSpan rest, word, token, key, value;
  const char *distribution = find_distribution (line, &rest);
  gboolean any = FALSE;
  *fault = NULL;
  if (distribution == NULL || !find_kind (rest, &word))
    return FALSE;
  moe_row_reset (row);
  while (moe_token_next (&rest, &token))
    {
      const MoeColumn *column =
          moe_token_split (token, &key, &value) ? find_column (word, key) : NULL;
      const char *reason = column != NULL ? moe_row_read (row, column, value) : NULL;
      any |= column != NULL && value.length > 0 && reason == NULL;
      if (reason != NULL && *fault == NULL)
        {
          g_autofree char *quote = moe_fault_quote (value);
          *fault = g_strdup_printf ("%.*s “%s” %s", (int)key.length, key.text, quote,
                                    moe_words (reason));
        }
    }
  *said = row->record;
  said->choice[MOE_CHOICE_DISTRIBUTION] = any ? distribution : NULL;
  return any || *fault != NULL;
}

gboolean
moe_facts_add (MoeRecord *chatter, const MoeRecord *said)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  for (gsize i = 0; i < n; i++)
    if (tells (said, &columns[i]) && tells (chatter, &columns[i])
        && !(is_name (&columns[i]) && same_value (chatter, said, &columns[i])))
      return FALSE;
  for (gsize i = 0; i < n; i++)
    if (tells (said, &columns[i]))
      copy_value (chatter, said, &columns[i]);
  return TRUE;
}

void
moe_facts_fill_row (const MoeRecord *chatter, MoeRecord *row)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  if (isnan (chatter->tokens_per_s) || isnan (row->tokens_per_s))
    return;
  for (gsize i = 0; i < n; i++)
    if (tells (chatter, &columns[i]) && tells (row, &columns[i])
        && !same_value (chatter, row, &columns[i]))
      return;
  moe_facts_fill_missing (row, chatter);
}

gboolean
moe_facts_take_stage (const MoeRecord *said, MoeRecord *row)
{
  gsize n;
  const MoeColumn *stage = NULL, *columns = moe_columns (&n);
  for (gsize i = 0; i < n; i++)
    {
      const MoeColumn *column = &columns[i];
      if (!tells (said, column))
        continue;
      if (is_stage_column (column))
        stage = column;
      else if (!is_name (column) || !tells (row, column) || !same_value (said, row, column))
        return FALSE;
    }
  /* With a queue that was filled before, the time of the row has no pack, but the stages do. */
  if (stage == NULL || tells (row, stage)
      || moe_record_is (row, MOE_CHOICE_QUEUE_MODE, MOE_QUEUE_MODE_PREQUEUE))
    return FALSE;
  copy_value (row, said, stage);
  return TRUE;
}
