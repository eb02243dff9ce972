/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/parts/columns.h"

#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/bench/stats.h"
#include "engine/formats/parts/csv-row.h"
#include "engine/records/figures.h"
#include "engine/records/rates.h"
#include "engine/text/intern.h"
#include "engine/text/tame.h"

/* Far beyond any machine, but such that what is computed from them stays finite. */
#define MAX_RATE     1e15
#define MIN_RATE     1e-9
#define MAX_TIME_S   1e9
#define MIN_TIME_S   1e-12
#define MAX_COUNT    9e18
#define MAX_BYTES    1e24
#define RATE_RANGE   MOE_WORDS ("must be from 1e-9 to 1e15")
#define TIME_RANGE   MOE_WORDS ("must be from 1e-12 to 1e9 seconds")
#define STAGE_RANGE  MOE_WORDS ("must be from 0 to 1e9 seconds")
#define BYTES_RANGE  MOE_WORDS ("must be from 0 to 1e24 bytes")
#define SHARE_RANGE  MOE_WORDS ("must be from 0 to 1")
#define LENGTH_RANGE MOE_WORDS ("must be from 0 to 9e18")
#define KEPT_RANGE   MOE_WORDS ("has a count that is out of range (0 to 10^12)")
#define LIST_RANGE   MOE_WORDS ("has an entry that is out of range")

enum
{
  MAX_TEXT_BYTES = 1024,
  MAX_TAKEN = 10000000 /* entries, which take much more memory than text */
};

#define FIELD(name)       G_STRUCT_OFFSET (MoeRecord, name)
#define CHOICE_OFFSET(at) (FIELD (choice) + (at) * sizeof (const char *))
#define SPREAD(name)      G_STRUCT_OFFSET (MoeSpread, name)
#define TAKEN(name)       G_STRUCT_OFFSET (MoeTaken, name)

static const char *const time_source_names[] = { "wall", "processor" };
static const MoeNames time_sources = { time_source_names, G_N_ELEMENTS (time_source_names) };

/* The place of a choice; all else about it is in its row. */
#define CHOICE(choice)                                                                             \
  {                                                                                                \
    .kind = MOE_COLUMN_TEXT, .offset = CHOICE_OFFSET (choice)                                      \
  }

static const MoeColumn rows[] = {
  { "shape", MOE_COLUMN_SHAPE, 0, 0, 0 },
  { "topk", MOE_COLUMN_COUNT, FIELD (topk), 1, 1e12, MOE_WORDS ("must be from 1 to 10^12"),
    .told_by_result = TRUE },
  CHOICE (MOE_CHOICE_NULL_MODE),
  { "null_target", MOE_COLUMN_REAL, FIELD (null_target), 0, 1 - 1e-12,
    MOE_WORDS ("must be at least 0 and below 1"), .told_by_result = TRUE, .decimals = 3 },
  { "null_realized", MOE_COLUMN_REAL, FIELD (null_realized), 0, 1,
    MOE_WORDS ("must be from 0 to 1"), .told_by_result = TRUE, .decimals = 3 },
  { "null_assignments", MOE_COLUMN_COUNT, FIELD (null_assignments), 0, MAX_COUNT,
    .told_by_result = TRUE },
  { "real_assignments", MOE_COLUMN_COUNT, FIELD (real_assignments), 0, MAX_COUNT,
    .told_by_result = TRUE },
  { "tflops", MOE_COLUMN_REAL, FIELD (tflops), 0, MAX_RATE, MOE_WORDS ("must be from 0 to 1e15"),
    .told_by_result = TRUE, .decimals = 6 },
  { "tokens_per_s", MOE_COLUMN_REAL, FIELD (tokens_per_s), MIN_RATE, MAX_RATE, RATE_RANGE,
    .told_by_result = TRUE, .decimals = 6 },
  { "time_s", MOE_COLUMN_TIME, SPREAD (median), MIN_TIME_S, MAX_TIME_S, TIME_RANGE,
    .told_by_result = TRUE, .decimals = 6 },
  { "time_min_s", MOE_COLUMN_DERIVED, SPREAD (min), MIN_TIME_S, MAX_TIME_S, TIME_RANGE },
  { "time_max_s", MOE_COLUMN_DERIVED, SPREAD (max), MIN_TIME_S, MAX_TIME_S, TIME_RANGE },
  { "time_lower_s", MOE_COLUMN_DERIVED, SPREAD (lower), MIN_TIME_S, MAX_TIME_S, TIME_RANGE },
  { "time_upper_s", MOE_COLUMN_DERIVED, SPREAD (upper), MIN_TIME_S, MAX_TIME_S, TIME_RANGE },
  { "coverage", MOE_COLUMN_DERIVED, SPREAD (coverage), 0, 1, MOE_WORDS ("must be from 0 to 1") },
  { "time_source", MOE_COLUMN_TEXT, FIELD (time_source), .names = &time_sources,
    .told_by_result = TRUE },
  { "n", MOE_COLUMN_N_SAMPLES, 0, 0, MAX_COUNT },
  { "n_used", MOE_COLUMN_N_USED, 0, 0, MAX_COUNT },
  { "steps_per_sample", MOE_COLUMN_COUNT, FIELD (steps), 1, 1e12,
    MOE_WORDS ("must be from 1 to 10^12") },
  { "samples_s", MOE_COLUMN_SAMPLES, 0, MIN_TIME_S, MAX_TIME_S, TIME_RANGE },
  { "sample_starts", MOE_COLUMN_TAKEN_ORDINAL, TAKEN (start), 0, G_MAXUINT32, LIST_RANGE },
  { "sample_rounds", MOE_COLUMN_TAKEN_ORDINAL, TAKEN (round), 0, G_MAXUINT32, LIST_RANGE },
  { "sample_shares", MOE_COLUMN_TAKEN_REAL, TAKEN (share), 0, MAX_RATE, LIST_RANGE },
  { "sample_cpu_s", MOE_COLUMN_TAKEN_REAL, TAKEN (cpu_s), 0, MAX_TIME_S, LIST_RANGE },
  { "sample_stolen_s", MOE_COLUMN_TAKEN_REAL, TAKEN (stolen_s), 0, MAX_TIME_S, LIST_RANGE },
  { "sample_switches", MOE_COLUMN_TAKEN_COUNT, TAKEN (switches), 0, MAX_COUNT, LIST_RANGE },
  { "sample_anchor_s", MOE_COLUMN_TAKEN_REAL, TAKEN (anchor_s), 0, MAX_TIME_S, LIST_RANGE },
  { "sample_others", MOE_COLUMN_TAKEN_REAL, TAKEN (others), 0, MAX_RATE, LIST_RANGE },
  CHOICE (MOE_CHOICE_DISTRIBUTION),
  CHOICE (MOE_CHOICE_QUEUE_MODE),
  CHOICE (MOE_CHOICE_PASS),
  CHOICE (MOE_CHOICE_IMPL),
  { "kernel", MOE_COLUMN_TEXT, FIELD (kernel), .told_by_result = TRUE },
  CHOICE (MOE_CHOICE_GROUPING),
  CHOICE (MOE_CHOICE_ACCELERATOR),
  CHOICE (MOE_CHOICE_DTYPE),
  CHOICE (MOE_CHOICE_NULL_DISPATCH),
  CHOICE (MOE_CHOICE_NULL_GRANULARITY),
  CHOICE (MOE_CHOICE_NULL_TOKENS),
  CHOICE (MOE_CHOICE_NULL_KIND),
  { "null_vectors", MOE_COLUMN_NULL_VECTORS, 0, 0, 1e12, MOE_WORDS ("must be from 0 to 10^12") },
  { "zero_experts", MOE_COLUMN_ZERO_EXPERTS, 0, 0, 1e12, MOE_WORDS ("must be from 0 to 10^12") },
  CHOICE (MOE_CHOICE_REMAT_MODE),
  CHOICE (MOE_CHOICE_PACK_STRATEGY),
  CHOICE (MOE_CHOICE_PERMUTE_MODE),
  CHOICE (MOE_CHOICE_CAPACITY_POLICY),
  { "capacity_factor", MOE_COLUMN_REAL, FIELD (capacity_factor), 0, MAX_RATE,
    MOE_WORDS ("must be from 0 to 1e15") },
  { "capacity", MOE_COLUMN_COUNT, FIELD (capacity), 0, MAX_COUNT },
  { "dropped_assignments", MOE_COLUMN_COUNT, FIELD (dropped_assignments), 0, MAX_COUNT },
  { "shared_expert_dim", MOE_COLUMN_SHARED_DIM, 0, 0, 1e12, MOE_WORDS ("must be from 0 to 10^12") },
  CHOICE (MOE_CHOICE_SHARED_FUSED),
  CHOICE (MOE_CHOICE_PARALLEL_MODE),
  CHOICE (MOE_CHOICE_EP_COMM_PATH),
  { "ep_size", MOE_COLUMN_COUNT, FIELD (ep_size), 1, 1e12, MOE_WORDS ("must be from 1 to 10^12") },
  { "comm_bytes", MOE_COLUMN_REAL, FIELD (comm_bytes), 0, MAX_BYTES, BYTES_RANGE },
  { "run_alpha", MOE_COLUMN_REAL, FIELD (run_alpha), 0, 1, MOE_WORDS ("must be from 0 to 1") },
  { "run_noise_scale", MOE_COLUMN_REAL, FIELD (run_noise_scale), 0, MAX_RATE,
    MOE_WORDS ("must be from 0 to 1e15") },
  { "zipf_exponent", MOE_COLUMN_REAL, FIELD (skew.zipf_exponent), 0, MAX_RATE,
    MOE_WORDS ("must be from 0 to 1e15") },
  { "hot_experts", MOE_COLUMN_COUNT, FIELD (skew.hot_experts), 0, MAX_COUNT },
  { "hot_share", MOE_COLUMN_REAL, FIELD (skew.hot_share), 0, 1, MOE_WORDS ("must be from 0 to 1") },
  { "routing_file", MOE_COLUMN_TEXT, FIELD (skew.file) },
  CHOICE (MOE_CHOICE_K_RULE),
  { "tile", MOE_COLUMN_COUNT, FIELD (skew.tile), 1, MAX_COUNT },
  { "runs", MOE_COLUMN_COUNT, FIELD (runs), 0, MAX_COUNT },
  { "run_mean", MOE_COLUMN_REAL, FIELD (run_mean), 0, MAX_COUNT, LENGTH_RANGE },
  { "run_p95", MOE_COLUMN_REAL, FIELD (run_p95), 0, MAX_COUNT, LENGTH_RANGE },
  { "run_max", MOE_COLUMN_COUNT, FIELD (run_max), 0, MAX_COUNT },
  { "active_experts", MOE_COLUMN_COUNT, FIELD (active_experts), 0, MAX_COUNT },
  { "load_min", MOE_COLUMN_COUNT, FIELD (load_min), 0, MAX_COUNT },
  { "load_max", MOE_COLUMN_COUNT, FIELD (load_max), 0, MAX_COUNT },
  { "load_std", MOE_COLUMN_REAL, FIELD (load_std), 0, MAX_COUNT, LENGTH_RANGE },
  { "load_p25", MOE_COLUMN_REAL, FIELD (balance.p25), 0, MAX_COUNT, LENGTH_RANGE },
  { "load_p50", MOE_COLUMN_REAL, FIELD (balance.p50), 0, MAX_COUNT, LENGTH_RANGE },
  { "load_p75", MOE_COLUMN_REAL, FIELD (balance.p75), 0, MAX_COUNT, LENGTH_RANGE },
  { "tile_share_16", MOE_COLUMN_REAL, FIELD (balance.tile_share[MOE_TILES_16]), 0, 1, SHARE_RANGE },
  { "tile_share_64", MOE_COLUMN_REAL, FIELD (balance.tile_share[MOE_TILES_64]), 0, 1, SHARE_RANGE },
  { "tile_share_128", MOE_COLUMN_REAL, FIELD (balance.tile_share[MOE_TILES_128]), 0, 1,
    SHARE_RANGE },
  { "shard_load_max", MOE_COLUMN_COUNT, FIELD (balance.shard_load_max), 0, MAX_COUNT },
  { "kept_tokens", MOE_COLUMN_KEPT, 0, 0, 1e12, KEPT_RANGE },
  { "loss", MOE_COLUMN_REAL, FIELD (loss), -G_MAXDOUBLE, G_MAXDOUBLE },
  { "max_relative_error", MOE_COLUMN_REAL, FIELD (max_relative_error), 0, G_MAXDOUBLE,
    MOE_WORDS ("must be at least 0") },
};

static MoeColumn
column_of_choice (MoeChoice choice)
{
  const MoeChoiceSpec *spec = &moe_choices[choice];
  return (MoeColumn){
    .name = spec->column,
    .kind = MOE_COLUMN_TEXT,
    .offset = CHOICE_OFFSET (choice),
    .names = spec->told_by_result ? &spec->names : NULL,
    .told_by_result = spec->told_by_result,
  };
}

static MoeColumn
column_of_stage (int stage)
{
  g_autofree char *name = g_strdup_printf ("stage_%s_s", moe_name_of (&moe_stage_names, stage));
  return (MoeColumn){
    .name = moe_text_intern (name),
    .kind = MOE_COLUMN_REAL,
    .offset = FIELD (stage_s) + (gsize)stage * sizeof (double),
    .max = MAX_TIME_S,
    .range = STAGE_RANGE,
  };
}

/* Choices that have no place among the rows come after them. */
static void
make_columns (MoeColumn columns[MOE_N_COLUMNS])
{
  gboolean placed[MOE_N_CHOICES] = { FALSE };
  gsize n = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      MoeChoice choice = (rows[i].offset - FIELD (choice)) / sizeof (const char *);
      columns[n++] = rows[i].name != NULL ? rows[i] : column_of_choice (choice);
      if (rows[i].name == NULL)
        placed[choice] = TRUE;
    }
  for (MoeChoice c = 0; c < MOE_N_CHOICES; c++)
    if (!placed[c])
      columns[n++] = column_of_choice (c);
  g_assert (n == MOE_N_FIXED_COLUMNS);
  for (int i = 0; i < MOE_N_STAGES; i++)
    columns[n++] = column_of_stage (i);
}

const MoeColumn *
moe_columns (gsize *n)
{
  static MoeColumn columns[MOE_N_COLUMNS];
  static gsize ready = 0;
  if (g_once_init_enter (&ready))
    {
      make_columns (columns);
      g_once_init_leave (&ready, 1);
    }
  *n = G_N_ELEMENTS (columns);
  return columns;
}

const MoeColumn *
moe_column_find (MoeSpan name)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  for (gsize i = 0; i < n; i++)
    if (moe_span_equal (name, columns[i].name))
      return &columns[i];
  return NULL;
}

void
moe_row_init (MoeRow *row)
{
  *row = (MoeRow){ .samples = g_array_new (FALSE, FALSE, sizeof (double)),
                   .taken = g_array_new (FALSE, FALSE, sizeof (MoeTaken)) };
  moe_row_reset (row);
}

void
moe_row_clear (MoeRow *row)
{
  g_array_unref (row->samples);
  g_array_unref (row->taken);
}

void
moe_row_reset (MoeRow *row)
{
  moe_record_init (&row->record);
  g_array_set_size (row->samples, 0);
  g_array_set_size (row->taken, 0);
  row->least_taken = G_MAXSIZE;
  row->has_rounds = FALSE;
  row->n_samples = -1;
  row->shared_dim = -1;
  row->null_vectors = -1;
  row->zero_experts = -1;
  row->time_s = NAN;
}

static const char *
read_real (const MoeColumn *column, MoeSpan field, double *value)
{
  double number;
  if (!moe_number_parse_real (field, &number))
    return MOE_WORDS ("is not a number");
  if (number < column->min || number > column->max)
    return column->range;
  *value = number;
  return NULL;
}

static const char *
read_count (const MoeColumn *column, MoeSpan field, gint64 *value)
{
  gint64 number;
  if (!moe_number_parse_whole (field, &number))
    return MOE_WORDS ("is not a whole number");
  if ((double)number < column->min || (double)number > column->max)
    return column->range != NULL ? column->range : MOE_WORDS ("is too large");
  *value = number;
  return NULL;
}

static const char *
read_text (const MoeColumn *column, MoeSpan field, const char **value)
{
  char copy[MAX_TEXT_BYTES + 1];
  if (field.length > MAX_TEXT_BYTES)
    return MOE_WORDS ("is longer than 1024 bytes");
  if (!g_utf8_validate_len (field.text, field.length, NULL))
    return MOE_WORDS ("is not UTF-8 text");
  memcpy (copy, field.text, field.length);
  copy[field.length] = '\0';
  g_autofree char *tame = moe_text_tame (copy, MOE_TEXT_MAX_NAME);
  *value = moe_text_intern (tame);
  return NULL;
}

static const char *
read_samples (const MoeColumn *column, MoeSpan field, GArray *samples)
{
  gboolean more = TRUE;
  while (more)
    {
      double time_s = NAN;
      MoeSpan part = moe_span_trim (moe_span_take (&field, ';', &more));
      const char *reason = read_real (column, part, &time_s);
      if (reason != NULL)
        return reason == column->range
                   ? MOE_WORDS ("has a sample that is out of range (1e-12 to 1e9 seconds)")
                   : MOE_WORDS ("is not a list of numbers joined by semicolons");
      g_array_append_val (samples, time_s);
    }
  return NULL;
}

/* One entry of a list; where one may be missing it is empty. */
static const char *
read_entry (const MoeColumn *column, MoeSpan entry, MoeTaken *taken)
{
  const char *reason;
  gint64 ordinal = 0;
  void *member = (char *)taken + column->offset;
  if (entry.length == 0 && column->kind != MOE_COLUMN_TAKEN_ORDINAL)
    return NULL;
  if (column->kind == MOE_COLUMN_TAKEN_REAL)
    reason = read_real (column, entry, member);
  else if (column->kind == MOE_COLUMN_TAKEN_COUNT)
    reason = read_count (column, entry, member);
  else
    {
      reason = read_count (column, entry, &ordinal);
      *(uint32_t *)member = (uint32_t)ordinal;
    }
  return reason == NULL || reason == column->range
             ? reason
             : MOE_WORDS ("is not a list of numbers joined by semicolons");
}

static const char *
read_taken (const MoeColumn *column, MoeSpan field, MoeRow *row)
{
  const MoeTaken unknown = moe_taken_unknown ();
  gboolean more = TRUE;
  gsize n = 0;
  row->has_rounds |= column->offset == TAKEN (round);
  for (; more; n++)
    {
      MoeSpan part = moe_span_trim (moe_span_take (&field, ';', &more));
      if (n == MAX_TAKEN)
        return MOE_WORDS ("has more than 10^7 entries");
      if (n == row->taken->len)
        g_array_append_val (row->taken, unknown);
      const char *reason = read_entry (column, part, &g_array_index (row->taken, MoeTaken, n));
      if (reason != NULL)
        return reason;
    }
  row->least_taken = MIN (row->least_taken, n);
  return NULL;
}

static const char *
read_kept (const MoeColumn *column, MoeSpan field, MoeRecord *record)
{
  gboolean more = TRUE;
  for (record->n_kept = 0; more; record->n_kept++)
    {
      MoeSpan part = moe_span_trim (moe_span_take (&field, ';', &more));
      if (record->n_kept > MOE_KEPT_MAX)
        return MOE_WORDS ("has more than 65 counts");
      const char *reason = read_count (column, part, &record->kept[record->n_kept]);
      if (reason != NULL)
        return reason == column->range ? reason
                                       : MOE_WORDS ("is not a list of counts joined by semicolons");
    }
  return NULL;
}

const char *
moe_row_read (MoeRow *row, const MoeColumn *column, MoeSpan field)
{
  double checked;
  gint64 counted;
  void *member = (char *)&row->record + column->offset;
  if (column->kind != MOE_COLUMN_TEXT)
    field = moe_span_trim (field);
  if (field.length == 0)
    return NULL;
  switch (column->kind)
    {
    case MOE_COLUMN_SHAPE:
      row->record.has_shape = moe_number_parse_shape (field, 'x', &row->record.shape);
      return row->record.has_shape
                 ? NULL
                 : MOE_WORDS (
                     "is not a shape; it must read TOKENSxHIDDENxMLP_DIMxEXPERTS, each from 1 to "
                     "10^12");
    case MOE_COLUMN_SHARED_DIM:
      return read_count (column, field, &row->shared_dim);
    case MOE_COLUMN_NULL_VECTORS:
      return read_count (column, field, &row->null_vectors);
    case MOE_COLUMN_ZERO_EXPERTS:
      return read_count (column, field, &row->zero_experts);
    case MOE_COLUMN_COUNT:
      return read_count (column, field, member);
    case MOE_COLUMN_REAL:
      return read_real (column, field, member);
    case MOE_COLUMN_TEXT:
      return read_text (column, field, member);
    case MOE_COLUMN_SAMPLES:
      return read_samples (column, field, row->samples);
    case MOE_COLUMN_TAKEN_ORDINAL:
    case MOE_COLUMN_TAKEN_COUNT:
    case MOE_COLUMN_TAKEN_REAL:
      return read_taken (column, field, row);
    case MOE_COLUMN_N_SAMPLES:
      return read_count (column, field, &row->n_samples);
    case MOE_COLUMN_N_USED:
      return read_count (column, field, &counted);
    case MOE_COLUMN_KEPT:
      return read_kept (column, field, &row->record);
    case MOE_COLUMN_DERIVED:
      return read_real (column, field, &checked);
    case MOE_COLUMN_TIME:
      return read_real (column, field, &row->time_s);
    }
  return NULL;
}

/* Every token keeps some number of experts, from none to all of its top-k, or as a k rule says. */
static const char *
check_kept (const MoeRecord *record)
{
  const char *rule = record->choice[MOE_CHOICE_K_RULE];
  gint64 tokens = 0;
  if (record->n_kept == 0)
    return NULL;
  for (gsize i = 0; i < record->n_kept; i++)
    tokens += record->kept[i];
  if (record->topk >= 0 && record->topk + 1 != (gint64)record->n_kept
      && (rule == NULL || moe_record_is (record, MOE_CHOICE_K_RULE, MOE_K_RULE_FIXED)))
    return MOE_WORDS ("kept_tokens does not have one count more than topk");
  if (record->has_shape && tokens != (gint64)record->shape.tokens)
    return MOE_WORDS ("kept_tokens does not add up to the tokens of the shape");
  return NULL;
}

/* The lists of how samples were taken belong to as many samples. */
static const char *
finish_taken (MoeRow *row)
{
  if (row->least_taken == G_MAXSIZE)
    return NULL;
  if (row->least_taken != row->samples->len || row->taken->len != row->samples->len)
    return MOE_WORDS ("a list that starts with sample_ does not have as many entries as samples_s");
  row->record.taken = (MoeTaken *)row->taken->data;
  for (gsize i = 0; !row->has_rounds && i < row->taken->len; i++)
    row->record.taken[i].round = (uint32_t)i;
  return NULL;
}

const char *
moe_row_finish (MoeRow *row)
{
  MoeRecord *record = &row->record;
  if (row->n_samples >= 0 && row->samples->len > 0 && row->n_samples != (gint64)row->samples->len)
    return MOE_WORDS ("n does not agree with the number of samples in samples_s");
  if (record->has_shape)
    record->shape.shared_dim = (size_t)MAX (row->shared_dim, 0);
  else if (row->shared_dim > 0)
    return MOE_WORDS ("shared_expert_dim is given without a shape");
  if (record->has_shape)
    {
      record->shape.null_vectors = (size_t)MAX (row->null_vectors, 0);
      record->shape.zero_experts = (size_t)MAX (row->zero_experts, 0);
    }
  if (row->samples->len > 0)
    {
      record->samples_s = (double *)row->samples->data;
      record->n_samples = row->samples->len;
    }
  moe_record_fill_rates (record, row->time_s);
  const char *reason = finish_taken (row);
  return reason != NULL ? reason : check_kept (record);
}

void
moe_columns_append_header (GString *text)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  for (gsize i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      g_string_append (text, columns[i].name);
    }
  g_string_append_c (text, '\n');
}

static void
append_samples (GString *text, const MoeRecord *record)
{
  for (gsize i = 0; i < record->n_samples; i++)
    {
      if (i > 0)
        g_string_append_c (text, ';');
      moe_number_append_shortest (text, record->samples_s[i]);
    }
}

static void
append_count (GString *text, gint64 count)
{
  if (count >= 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, count);
}

/* A value that is missing is an empty entry; where all are, the whole field is. */
static void
append_taken (GString *text, const MoeColumn *column, const MoeRecord *record)
{
  gsize start = text->len, n = record->taken != NULL ? record->n_samples : 0;
  for (gsize i = 0; i < n; i++)
    {
      const void *member = (const char *)&record->taken[i] + column->offset;
      if (i > 0)
        g_string_append_c (text, ';');
      if (column->kind == MOE_COLUMN_TAKEN_REAL)
        moe_number_append_shortest (text, *(const double *)member);
      else if (column->kind == MOE_COLUMN_TAKEN_COUNT)
        append_count (text, *(const gint64 *)member);
      else
        append_count (text, *(const uint32_t *)member);
    }
  if (text->len - start + 1 == n)
    g_string_truncate (text, start);
}

static void
append_kept (GString *text, const MoeRecord *record)
{
  for (gsize i = 0; i < record->n_kept; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ";" : "", record->kept[i]);
}

static void
append_field (GString *text,
              const MoeColumn *column,
              const MoeRecord *record,
              const MoeSpread *times)
{
  const void *member = (const char *)record + column->offset;
  char shape[MOE_SHAPE_TEXT_SIZE];
  switch (column->kind)
    {
    case MOE_COLUMN_SHAPE:
      moe_shape_format (&record->shape, shape);
      g_string_append (text, record->has_shape ? shape : "");
      break;
    case MOE_COLUMN_SHARED_DIM:
      append_count (text, record->has_shape ? (gint64)record->shape.shared_dim : -1);
      break;
    case MOE_COLUMN_NULL_VECTORS:
      append_count (text, record->has_shape && record->shape.null_vectors > 0
                              ? (gint64)record->shape.null_vectors
                              : -1);
      break;
    case MOE_COLUMN_ZERO_EXPERTS:
      append_count (text, record->has_shape && record->shape.zero_experts > 0
                              ? (gint64)record->shape.zero_experts
                              : -1);
      break;
    case MOE_COLUMN_COUNT:
      append_count (text, *(const gint64 *)member);
      break;
    case MOE_COLUMN_REAL:
      moe_number_append_shortest (text, *(const double *)member);
      break;
    case MOE_COLUMN_TEXT:
      moe_csv_append_field (text, *(const char *const *)member);
      break;
    case MOE_COLUMN_SAMPLES:
      append_samples (text, record);
      break;
    case MOE_COLUMN_N_SAMPLES:
      append_count (text, record->n_samples > 0 ? (gint64)record->n_samples : -1);
      break;
    case MOE_COLUMN_TAKEN_ORDINAL:
    case MOE_COLUMN_TAKEN_COUNT:
    case MOE_COLUMN_TAKEN_REAL:
      append_taken (text, column, record);
      break;
    case MOE_COLUMN_N_USED:
      append_count (text, times->n > 0 ? (gint64)times->n : -1);
      break;
    case MOE_COLUMN_KEPT:
      append_kept (text, record);
      break;
    case MOE_COLUMN_DERIVED:
    case MOE_COLUMN_TIME:
      moe_number_append_shortest (text, *(const double *)((const char *)times + column->offset));
      break;
    }
}

static void
measure_times (const MoeRecord *record, MoeSpread *times)
{
  g_autofree double *values = NULL;
  gsize n_values = moe_record_figures (record, &values);
  moe_spread_of (values, n_values, times);
}

void
moe_columns_append_row (GString *text, const MoeRecord *record)
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  MoeSpread times;
  measure_times (record, &times);
  for (gsize i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (text, ',');
      append_field (text, &columns[i], record, &times);
    }
  g_string_append_c (text, '\n');
}

void
moe_columns_count (const MoeRecord *record, gsize counts[MOE_N_COLUMNS])
{
  gsize n;
  const MoeColumn *columns = moe_columns (&n);
  g_autoptr (GString) field = g_string_new (NULL);
  MoeSpread times;
  measure_times (record, &times);
  for (gsize i = 0; i < n; i++)
    {
      g_string_truncate (field, 0);
      append_field (field, &columns[i], record, &times);
      counts[i] += field->len > 0;
    }
}
