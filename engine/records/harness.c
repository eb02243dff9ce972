/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the published harness's output (SPEC 5): noisy logs in which the lines that matter
 * are found, and what cannot be read is skipped and noted. */
#define _GNU_SOURCE /* memmem () */
#include <math.h>
#include <string.h>

#include "engine/records/formats-private.h"

enum
{
  MAX_KEYS = 64 /* columns; one bit each */
};
G_STATIC_ASSERT ((int)MOE_N_COLUMNS <= (int)MAX_KEYS);

static const char cut_off[] = "the last line is cut off";

/* What the lines before a row said about it. */
typedef struct Context
{
  gboolean has_shape;
  MoeShape shape;
  gint64 run_topk; /* of a RUN line; -1 */
  const char *dtype;
  const char *accelerator;
  const char *null_dispatch;
  const char *remat_mode;
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
  char *first_fault;
  gsize first_fault_line;

  MoeRow row;
  guint64 keys;                    /* of the row being read */
  guint64 previous_keys;           /* of the last good row; 0 before the first */
  int previous_decimals[MAX_KEYS]; /* 0 when rows differ, so that they tell nothing */
  GHashTable *first_with_hash;     /* of rows, once a summary was met */
  GArray *next_with_hash;          /* gsize, per record; G_MAXSIZE ends a chain */
} Log;

/* Find `word` at the start of the line or after a blank, and followed by a blank or the end. */
static gboolean
find_word (MoeSpan line, const char *word, MoeSpan *after)
{
  gsize length = strlen (word);
  const char *end = line.text + line.length, *at = line.text;
  while (at != NULL && (gsize)(end - at) >= length)
    {
      at = memmem (at, (gsize)(end - at), word, length);
      if (at == NULL)
        return FALSE;
      gboolean starts = at == line.text || g_ascii_isspace (at[-1]);
      gboolean ends = at + length == end || g_ascii_isspace (at[length]);
      if (starts && ends)
        {
          *after = moe_span (at + length, (gsize)(end - at) - length);
          return TRUE;
        }
      at += length;
    }
  return FALSE;
}

static gboolean
next_token (MoeSpan *rest, MoeSpan *token)
{
  gsize start = 0, end;
  while (start < rest->length && g_ascii_isspace (rest->text[start]))
    start++;
  for (end = start; end < rest->length && !g_ascii_isspace (rest->text[end]);)
    end++;
  *token = moe_span (rest->text + start, end - start);
  *rest = moe_span (rest->text + end, rest->length - end);
  return token->length > 0;
}

static gboolean
split_token (MoeSpan token, MoeSpan *key, MoeSpan *value)
{
  const char *equals = memchr (token.text, '=', token.length);
  if (equals == NULL)
    return FALSE;
  gsize length = (gsize)(equals - token.text);
  *key = moe_span (token.text, length);
  *value = moe_span (equals + 1, token.length - length - 1);
  return TRUE;
}

/* The value of `key` among the tokens of a line. */
static gboolean
find_value (MoeSpan rest, const char *key, MoeSpan *value)
{
  MoeSpan token, name;
  while (next_token (&rest, &token))
    if (split_token (token, &name, value) && moe_span_equal (name, key))
      return TRUE;
  return FALSE;
}

static const char *
interned_value (MoeSpan rest, const char *key)
{
  MoeSpan value;
  if (!find_value (rest, key, &value) || value.length == 0 || value.length > 64
      || !g_utf8_validate_len (value.text, value.length, NULL))
    return NULL;
  g_autofree char *copy = g_strndup (value.text, value.length);
  return g_intern_string (copy);
}

static void
forget_context (Log *log)
{
  log->context = (Context){ .run_topk = -1 };
  log->in_summary = FALSE; /* such a line starts another run */
  log->known = TRUE;
}

static gboolean
read_dimension (MoeSpan rest, const char *key, gint64 least, size_t *value)
{
  MoeSpan text;
  gint64 count;
  if (!find_value (rest, key, &text) || !moe_number_parse_count (text, &count) || count < least
      || count > G_GINT64_CONSTANT (1000000000000))
    return FALSE;
  *value = (size_t)count;
  return TRUE;
}

static gboolean
read_shape_line (Log *log, MoeSpan rest)
{
  MoeSpan value;
  MoeShape shape = { 0 };
  if (!find_value (rest, "tokens", &value))
    return FALSE;
  forget_context (log);
  gboolean good = read_dimension (rest, "tokens", 1, &shape.tokens)
                  && read_dimension (rest, "hidden", 1, &shape.hidden)
                  && read_dimension (rest, "mlp_dim", 1, &shape.mlp_dim)
                  && read_dimension (rest, "experts", 1, &shape.experts);
  if (good && find_value (rest, "shared_expert_dim", &value))
    good = read_dimension (rest, "shared_expert_dim", 0, &shape.shared_dim);
  if (!good)
    {
      moe_run_note (log->run,
                    "Line %" G_GSIZE_FORMAT
                    ": the shape line cannot be read; the rows after it have no shape.",
                    log->line);
      return TRUE;
    }
  const char *accelerator = interned_value (rest, "accelerator");
  log->context.has_shape = TRUE;
  log->context.shape = shape;
  log->context.dtype = interned_value (rest, "dtype");
  log->context.null_dispatch = interned_value (rest, "null_dispatch");
  log->context.remat_mode = interned_value (rest, "remat_mode");
  log->context.accelerator = g_strcmp0 (accelerator, "auto") == 0 ? NULL : accelerator;
  return TRUE;
}

static gboolean
read_run_line (Log *log, MoeSpan rest)
{
  MoeSpan value;
  if (!find_value (rest, "shape", &value))
    return FALSE;
  forget_context (log);
  log->context.has_shape = moe_number_parse_shape (value, ',', &log->context.shape);
  if (!log->context.has_shape)
    moe_run_note (log->run,
                  "Line %" G_GSIZE_FORMAT
                  ": the RUN line's shape cannot be read; the rows after it have no shape.",
                  log->line);
  if (find_value (rest, "topk", &value) && moe_number_parse_count (value, &log->context.run_topk)
      && log->context.run_topk < 1)
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
  while (fault == NULL && next_token (&rest, &token) && !moe_span_equal (token, "RESULT"))
    {
      last->is_pair = split_token (token, &key, &last->value);
      last->column = last->is_pair ? find_result_column (key) : NULL;
      if (last->column == NULL)
        continue;
      *found = TRUE;
      const char *reason = (log->keys & column_bit (last->column)) != 0
                               ? "comes after another value of the same key"
                               : moe_row_read (&log->row, last->column, last->value);
      if (reason != NULL)
        {
          g_autofree char *quote = moe_fault_quote (last->value);
          fault = g_strdup_printf ("%s “%s” %s", last->column->name, quote, reason);
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
    return g_strdup ("topk is missing");
  if (isnan (record->null_target))
    return g_strdup ("null_target is missing");
  if (isnan (record->tokens_per_s) && isnan (record->tflops))
    return g_strdup ("tokens_per_s and tflops are missing");
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

static gboolean
is_cut_count (const Log *log)
{
  const MoeRecord *record = &log->row.record;
  gint64 topk = record->topk >= 0 ? record->topk : log->context.run_topk;
  if (!log->context.has_shape || record->null_assignments < 0 || record->real_assignments < 0)
    return FALSE;
  double slots = (double)log->context.shape.tokens * (double)topk;
  return (double)record->null_assignments + (double)record->real_assignments != slots;
}

/* Was the file's last line, which has no end, cut in the middle?  The harness always writes the
 * same keys and so many decimals, so a row that has fewer than the row before was. */
static gboolean
is_cut (const Log *log, const LastToken *last)
{
  guint64 wanted = log->previous_keys;
  if (wanted == 0)
    wanted = column_bit (moe_column_find (moe_span ("tokens_per_s", 12)))
             | column_bit (moe_column_find (moe_span ("tflops", 6)));
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

/* What a repeat repeats: the line, not the shape that the lines before it gave it. */
static guint64
hash_row (const MoeRecord *record)
{
  guint64 bits[] = { 0,
                     0,
                     0,
                     (guint64)record->null_assignments,
                     (guint64)record->real_assignments,
                     (guintptr)record->null_mode,
                     (guintptr)record->distribution,
                     (guintptr)record->mode,
                     (guintptr)record->pass,
                     (guintptr)record->impl,
                     (guintptr)record->backend };
  memcpy (&bits[0], &record->tokens_per_s, sizeof (double));
  memcpy (&bits[1], &record->tflops, sizeof (double));
  memcpy (&bits[2], &record->null_target, sizeof (double));
  guint64 hash = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (bits); i++)
    {
      hash = (hash ^ bits[i]) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
      hash ^= hash >> 32;
    }
  return hash;
}

static gboolean
same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static gboolean
same_row (const MoeRecord *a, const MoeRecord *b)
{
  return (a->topk < 0 || a->topk == b->topk) && same_number (a->null_target, b->null_target)
         && same_number (a->null_realized, b->null_realized) && same_number (a->tflops, b->tflops)
         && same_number (a->tokens_per_s, b->tokens_per_s)
         && a->null_assignments == b->null_assignments && a->real_assignments == b->real_assignments
         && a->null_mode == b->null_mode && a->distribution == b->distribution && a->mode == b->mode
         && a->pass == b->pass && a->impl == b->impl && a->backend == b->backend;
}

static void
remember_row (Log *log, gsize index)
{
  gsize next = G_MAXSIZE;
  guint64 hash = hash_row (moe_run_get_record (log->run, index));
  gpointer first = g_hash_table_lookup (log->first_with_hash, &hash);
  if (first != NULL)
    next = GPOINTER_TO_SIZE (first) - 1;
  g_array_append_val (log->next_with_hash, next);
  g_hash_table_insert (log->first_with_hash, g_memdup2 (&hash, sizeof hash),
                       GSIZE_TO_POINTER (index + 1));
}

static gboolean
is_repeat (Log *log, const MoeRecord *record)
{
  if (log->first_with_hash == NULL)
    {
      log->first_with_hash = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      log->next_with_hash = g_array_new (FALSE, FALSE, sizeof (gsize));
    }
  while (log->next_with_hash->len < moe_run_get_n_records (log->run))
    remember_row (log, log->next_with_hash->len);

  guint64 hash = hash_row (record);
  gsize at = GPOINTER_TO_SIZE (g_hash_table_lookup (log->first_with_hash, &hash));
  for (at = at == 0 ? G_MAXSIZE : at - 1; at != G_MAXSIZE;
       at = g_array_index (log->next_with_hash, gsize, at))
    if (same_row (record, moe_run_get_record (log->run, at)))
      return TRUE;
  return FALSE;
}

static void
add_row (Log *log)
{
  MoeRecord *record = &log->row.record;
  const Context *context = &log->context;
  record->has_shape = context->has_shape;
  record->shape = context->shape;
  record->dtype = context->dtype;
  record->accelerator = context->accelerator;
  record->null_dispatch = context->null_dispatch;
  record->remat_mode = context->remat_mode;
  if (record->topk < 0)
    record->topk = context->run_topk;
  log->shapeless += !context->has_shape;
  log->added_by_summary += log->in_summary;
  moe_run_append (log->run, record);
  moe_run_edit_summary (log->run)->rows_read++;
}

static void
skip_row (Log *log, const char *fault)
{
  moe_run_edit_summary (log->run)->rows_skipped++;
  moe_run_note (log->run, "Line %" G_GSIZE_FORMAT ": %s; the row is skipped.", log->line, fault);
  if (log->first_fault == NULL)
    {
      log->first_fault = g_strdup (fault);
      log->first_fault_line = log->line;
    }
}

static void
remember_form (Log *log, MoeSpan rest)
{
  MoeSpan token, key, value;
  while (next_token (&rest, &token) && !moe_span_equal (token, "RESULT"))
    {
      const MoeColumn *column = split_token (token, &key, &value) ? find_result_column (key) : NULL;
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
  log->known = TRUE;
  if (fault == NULL)
    fault = check_required (log);
  if (!terminated && (fault != NULL || is_cut (log, &last)))
    {
      skip_row (log, cut_off);
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
  if (log->in_summary && is_repeat (log, &log->row.record))
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

static void
read_line (Log *log, MoeSpan line, gboolean terminated)
{
  MoeSpan rest;
  if (find_word (line, "RESULT_SUMMARY", &rest))
    {
      MoeSpan row;
      log->in_summary = TRUE;
      log->known = TRUE;
      read_row (log, find_word (rest, "RESULT", &row) ? row : rest, terminated);
    }
  else if (find_word (line, "RESULT", &rest))
    {
      if (!read_row (log, rest, terminated) && !terminated)
        skip_row (log, cut_off);
    }
  else if (find_word (line, "shape", &rest) && read_shape_line (log, rest))
    return;
  else if (find_word (line, "RUN", &rest) && read_run_line (log, rest))
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
                  "%" G_GSIZE_FORMAT
                  " rows have no readable shape or RUN line before them; their shape is missing.",
                  log->shapeless);
  if (log->added_by_summary > 0)
    moe_run_note (log->run,
                  "%" G_GSIZE_FORMAT
                  " rows after RESULT_SUMMARY equal no earlier row and are taken as new ones.",
                  log->added_by_summary);
}

static gboolean
check_result (Log *log, GError **error)
{
  if (moe_run_get_n_records (log->run) > 0)
    return TRUE;
  if (!log->known)
    moe_fault_set (error, MOE_FORMATS_ERROR_UNKNOWN, log->name, 1,
                   "this is neither a Nullcurve CSV or run file, nor a logbook CSV (a header with "
                   "shape, topk, null_target, tokens_per_s), nor a harness log (RESULT lines).");
  else if (log->first_fault != NULL)
    moe_fault_set (error, MOE_FORMATS_ERROR_EMPTY, log->name, log->first_fault_line,
                   "%s, and there is no RESULT line that could be read.", log->first_fault);
  else
    moe_fault_set (error, MOE_FORMATS_ERROR_EMPTY, log->name, log->line,
                   "the log ends without a RESULT line.");
  return FALSE;
}

MoeRun *
moe_harness_read (MoeSpan text, const char *name, GError **error)
{
  gsize n;
  MoeSpan line;
  gboolean terminated;
  const MoeColumn *columns = moe_columns (&n);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_HARNESS_LOG, name);
  Log log = { .name = name, .run = run, .context.run_topk = -1 };
  for (gsize i = 0; i < n; i++)
    log.previous_decimals[i] = columns[i].decimals;

  moe_row_init (&log.row);
  while (moe_lines_next (&text, &line, &terminated))
    {
      log.line++;
      read_line_parts (&log, line, terminated);
    }
  moe_row_clear (&log.row);
  add_closing_notes (&log);
  gboolean good = check_result (&log, error);
  g_clear_pointer (&log.first_with_hash, g_hash_table_unref);
  g_clear_pointer (&log.next_with_hash, g_array_unref);
  g_free (log.first_fault);
  return good ? g_steal_pointer (&run) : NULL;
}
