/* SPDX-License-Identifier: Apache-2.0 */
/* What the harness and Nullcurve print around a row: facts of its point that the row itself does
 * not tell.  Every line tells which point it speaks of, more or less; a point's lines stand
 * together. */
#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/harness-private.h"

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

void
moe_chatter_clear (MoeChatter *chatter)
{
  moe_record_init (&chatter->record);
  chatter->n_told = 0;
}

/* The columns of keys[], looked up once. */
static const MoeColumn *
column_of_key (gsize index)
{
  static const MoeColumn *columns[G_N_ELEMENTS (keys)];
  static gsize ready = 0;
  if (g_once_init_enter (&ready))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
        columns[i] = moe_column_find (moe_span (keys[i].column, strlen (keys[i].column)));
      g_once_init_leave (&ready, 1);
    }
  return columns[index];
}

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

static const MoeColumn *
find_column (MoeSpan word, MoeSpan key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if ((keys[i].word[0] == '\0' || moe_span_equal (word, keys[i].word))
        && moe_span_equal (key, keys[i].key))
      return column_of_key (i);
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
  while (moe_harness_next_token (&rest, &token))
    {
      if (moe_harness_split_token (token, &key, &value))
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
      gboolean starts = at == line.text || g_ascii_isspace (at[-1]);
      at++;
      for (gsize i = 0; starts && i < moe_distribution_names.n; i++)
        {
          const char *name = moe_distribution_names.names[i];
          gsize length = strlen (name);
          if ((gsize)(end - at) < length + 2 || memcmp (at, name, length) != 0 || at[length] != ']'
              || at[length + 1] != ' ')
            continue;
          *rest = moe_span (at + length + 1, (gsize)(end - at) - length - 1);
          return g_intern_string (name);
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

static gboolean
is_missing (const MoeRecord *record, const MoeColumn *column)
{
  if (column->kind == MOE_COLUMN_TEXT)
    return *(const char *const *)const_member (record, column) == NULL;
  if (column->kind == MOE_COLUMN_COUNT)
    return *(const gint64 *)const_member (record, column) < 0;
  return isnan (*(const double *)const_member (record, column));
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
  const gsize names[] = { G_STRUCT_OFFSET (MoeRecord, mode), G_STRUCT_OFFSET (MoeRecord, pass),
                          G_STRUCT_OFFSET (MoeRecord, topk), G_STRUCT_OFFSET (MoeRecord, impl),
                          G_STRUCT_OFFSET (MoeRecord, distribution) };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (column->offset == names[i])
      return TRUE;
  return FALSE;
}

static void
note_told (MoeChatter *chatter, const MoeColumn *column)
{
  for (gsize i = 0; i < chatter->n_told; i++)
    if (chatter->told[i] == column)
      return;
  if (chatter->n_told < MOE_CHATTER_MAX_TOLD)
    chatter->told[chatter->n_told++] = column;
}

gboolean
moe_chatter_read (MoeSpan line, MoeRow *row, MoeChatter *said, char **fault)
{
  MoeSpan rest, word, token, key, value;
  const char *distribution = find_distribution (line, &rest);
  *fault = NULL;
  if (distribution == NULL || !find_kind (rest, &word))
    return FALSE;
  moe_chatter_clear (said);
  moe_row_reset (row);
  while (moe_harness_next_token (&rest, &token))
    {
      const MoeColumn *column =
          moe_harness_split_token (token, &key, &value) ? find_column (word, key) : NULL;
      const char *reason = column != NULL ? moe_row_read (row, column, value) : NULL;
      if (column == NULL || value.length == 0)
        continue;
      if (reason == NULL)
        note_told (said, column);
      else if (*fault == NULL)
        {
          g_autofree char *quote = moe_fault_quote (value);
          *fault = g_strdup_printf ("%.*s “%s” %s", (int)key.length, key.text, quote,
                                    moe_words (reason));
        }
    }
  if (said->n_told == 0)
    return *fault != NULL;
  said->record = row->record;
  said->record.distribution = distribution;
  note_told (said, moe_column_find (moe_span ("distribution", strlen ("distribution"))));
  return TRUE;
}

gboolean
moe_chatter_add (MoeChatter *chatter, const MoeChatter *said)
{
  for (gsize i = 0; i < said->n_told; i++)
    if (!is_missing (&chatter->record, said->told[i])
        && !(is_name (said->told[i])
             && same_value (&chatter->record, &said->record, said->told[i])))
      return FALSE;
  for (gsize i = 0; i < said->n_told; i++)
    {
      copy_value (&chatter->record, &said->record, said->told[i]);
      note_told (chatter, said->told[i]);
    }
  return TRUE;
}

void
moe_chatter_fill (const MoeChatter *chatter, MoeRecord *record)
{
  if (isnan (chatter->record.tokens_per_s) || isnan (record->tokens_per_s))
    return;
  for (gsize i = 0; i < chatter->n_told; i++)
    if (!is_missing (record, chatter->told[i])
        && !same_value (&chatter->record, record, chatter->told[i]))
      return;
  for (gsize i = 0; i < chatter->n_told; i++)
    if (chatter->told[i]->decimals < 0 && is_missing (record, chatter->told[i]))
      copy_value (record, &chatter->record, chatter->told[i]);
}

gboolean
moe_chatter_take_stage (const MoeChatter *said, MoeRecord *record)
{
  const MoeColumn *stage = NULL;
  for (gsize i = 0; i < said->n_told; i++)
    {
      const MoeColumn *column = said->told[i];
      if (is_stage_column (column))
        stage = column;
      else if (!is_name (column) || is_missing (record, column)
               || !same_value (&said->record, record, column))
        return FALSE;
    }
  /* With a queue that was filled before, the time of the row has no pack, but the stages do. */
  if (stage == NULL || !is_missing (record, stage) || g_strcmp0 (record->mode, "prequeue") == 0)
    return FALSE;
  copy_value (record, &said->record, stage);
  return TRUE;
}
