/* SPDX-License-Identifier: Apache-2.0 */
/* Matching rows and judging pairs. */
#include <math.h>

#include "engine/records/compare-private.h"
#include "engine/records/ranksum.h"
#include "engine/records/run-private.h"

#define PUBLISHED_TIE 0.02 /* SPEC 6 */
#define SIGNIFICANT   0.05

enum
{
  MAX_PAIRS = 10000,
  MAX_VALUES = 64 /* of an axis that are kept apart for warnings; more are several all the same */
};

/* --- one pair --- */

static void
judge_figures (MoePair *pair)
{
  if (fabs (pair->ratio - 1) >= PUBLISHED_TIE)
    pair->verdict = pair->ratio > 1 ? MOE_VERDICT_FASTER : MOE_VERDICT_SLOWER;
}

/* Times turned round are rates: a's time over b's. */
static void
judge_samples (MoePair *pair)
{
  MoeRankSum sum;
  moe_rank_sum (pair->a->samples_s, pair->n_a, pair->b->samples_s, pair->n_b, &sum);
  pair->p = sum.p;
  pair->lower = fmin (sum.lower, pair->ratio);
  pair->upper = fmax (sum.upper, pair->ratio);
  pair->coverage = sum.coverage;
  pair->too_few = sum.least_p >= SIGNIFICANT;
  if (sum.p < SIGNIFICANT)
    pair->verdict = sum.quotient > 1 ? MOE_VERDICT_FASTER : MOE_VERDICT_SLOWER;
}

/* The samples are times of steps; of blocks with other numbers of tokens they say nothing. */
static gboolean
has_samples (const MoeRecord *a, const MoeRecord *b)
{
  return a->n_samples > 0 && b->n_samples > 0 && a->has_shape && b->has_shape
         && a->shape.tokens == b->shape.tokens;
}

gboolean
moe_compare_records (const MoeRecord *a, const MoeRecord *b, MoePair *pair)
{
  *pair = (MoePair){ .a = a,
                     .b = b,
                     .ratio = b->tokens_per_s / a->tokens_per_s,
                     .lower = NAN,
                     .upper = NAN,
                     .coverage = NAN,
                     .p = NAN,
                     .n_a = a->n_samples,
                     .n_b = b->n_samples,
                     .verdict = MOE_VERDICT_UNCLEAR };
  if (!isfinite (pair->ratio))
    return FALSE;
  if (has_samples (a, b))
    judge_samples (pair);
  else
    judge_figures (pair);
  return TRUE;
}

const char *
moe_pair_verdict (const MoePair *pair)
{
  gboolean interval = !isnan (pair->p);
  switch (pair->verdict)
    {
    case MOE_VERDICT_FASTER:
      return interval ? "faster" : "faster (no interval)";
    case MOE_VERDICT_SLOWER:
      return interval ? "slower" : "slower (no interval)";
    case MOE_VERDICT_UNCLEAR:
      break;
    }
  return pair->too_few ? "no clear difference (too few samples)" : "no clear difference";
}

/* --- matching --- */

/* What two rows must have in common, as a hash table's key. */
typedef struct Key
{
  gboolean has_shape;
  MoeShape shape;
  gint64 topk;
  gint64 fraction; /* in thousandths: files tell no more */
  const char *values[MOE_N_AXES];
} Key;

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;
  guint64 hash = (guint64)key->topk * 31 + (guint64)key->fraction;
  const guint64 parts[] = { key->shape.tokens, key->shape.hidden, key->shape.mlp_dim,
                            key->shape.experts, key->shape.shared_dim };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    hash = (hash ^ parts[i]) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    hash = (hash ^ (guintptr)key->values[axis]) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return (guint)(hash >> 32);
}

static gboolean
key_equal (gconstpointer a, gconstpointer b)
{
  const Key *x = a, *y = b;
  if (x->has_shape != y->has_shape || !moe_shape_equal (&x->shape, &y->shape) || x->topk != y->topk
      || x->fraction != y->fraction)
    return FALSE;
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (x->values[axis] != y->values[axis])
      return FALSE;
  return TRUE;
}

/* `modeless`: whatever the null mode. */
static Key
make_key (const MoeComparison *comparison, const MoeRecord *record, gboolean modeless)
{
  Key key = { .has_shape = record->has_shape,
              .topk = record->topk,
              .fraction = llround (1000 * record->null_target) };
  if (record->has_shape)
    key.shape = record->shape;
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (comparison->is_key[axis] && !(modeless && axis == MOE_AXIS_NULL_MODE))
      key.values[axis] = moe_record_identity (record, axis);
  return key;
}

static gboolean
is_comparable (const MoeRecord *record)
{
  return record->tokens_per_s > 0 && !isnan (record->null_target);
}

/* A row and its run, in the lists that the hash table holds. */
typedef struct Row
{
  const MoeRun *run;
  const MoeRecord *record;
  gboolean matched;
} Row;

static gboolean
same_point (const MoeRecord *a, const MoeRecord *b)
{
  return llround (1000 * a->null_target) == llround (1000 * b->null_target)
         && moe_record_same_curve (a, b);
}

static guint
point_hash (gconstpointer data)
{
  const MoeRecord *record = data;
  return moe_record_curve_hash (record) * 31 + (guint)llround (1000 * record->null_target);
}

static gboolean
point_equal (gconstpointer a, gconstpointer b)
{
  return same_point (a, b);
}

/* The rows of a side, each point once. */
static GArray *
collect_rows (const MoeSide *side, gsize *n_repeats)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GHashTable) seen = g_hash_table_new (point_hash, point_equal);
  for (guint i = 0; i < side->runs->len; i++)
    {
      const MoeRun *run = g_ptr_array_index (side->runs, i);
      for (gsize j = 0; j < moe_run_get_n_records (run); j++)
        {
          Row row = { run, moe_run_get_record (run, j), FALSE };
          if (!is_comparable (row.record))
            continue;
          if (g_hash_table_add (seen, (gpointer)row.record))
            g_array_append_val (rows, row);
          else
            ++*n_repeats;
        }
    }
  return rows;
}

static void
add_to_index (GHashTable *index, Key key, guint row)
{
  GArray *list = g_hash_table_lookup (index, &key);
  if (list == NULL)
    {
      list = g_array_new (FALSE, FALSE, sizeof (guint));
      g_hash_table_insert (index, g_memdup2 (&key, sizeof key), list);
    }
  g_array_append_val (list, row);
}

/* f = 0 is the same in every mode: a row there is found by its mode, and without it. */
static GHashTable *
index_rows (const MoeComparison *comparison, const GArray *rows)
{
  GHashTable *index =
      g_hash_table_new_full (key_hash, key_equal, g_free, (GDestroyNotify)g_array_unref);
  for (guint i = 0; i < rows->len; i++)
    {
      const MoeRecord *record = g_array_index (rows, Row, i).record;
      add_to_index (index, make_key (comparison, record, FALSE), i);
      if (comparison->is_key[MOE_AXIS_NULL_MODE] && record->null_target == 0)
        add_to_index (index, make_key (comparison, record, TRUE), i);
    }
  return index;
}

static const GArray *
find_partners (const MoeComparison *comparison, GHashTable *index, const MoeRecord *record)
{
  Key key = make_key (comparison, record, FALSE);
  const GArray *list = g_hash_table_lookup (index, &key);
  if (list != NULL || record->null_target != 0)
    return list;
  key = make_key (comparison, record, TRUE);
  return g_hash_table_lookup (index, &key);
}

static void
add_pair (MoeComparison *comparison, Row *a, Row *b)
{
  MoePair pair;
  if (!moe_compare_records (a->record, b->record, &pair))
    return;
  pair.run_a = a->run;
  pair.run_b = b->run;
  a->matched = b->matched = TRUE;
  if (comparison->pairs->len < MAX_PAIRS)
    g_array_append_val (comparison->pairs, pair);
  else
    comparison->n_left_out++;
}

static void
collect_unmatched (MoeSide *side, const GArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    if (!g_array_index (rows, Row, i).matched)
      g_ptr_array_add (side->unmatched, (gpointer)g_array_index (rows, Row, i).record);
}

static void
match_rows (MoeComparison *comparison)
{
  g_autoptr (GArray) rows_a = collect_rows (&comparison->a, &comparison->n_repeats);
  g_autoptr (GArray) rows_b = collect_rows (&comparison->b, &comparison->n_repeats);
  g_autoptr (GHashTable) index = index_rows (comparison, rows_a);
  for (guint i = 0; i < rows_b->len && comparison->n_left_out == 0; i++)
    {
      Row *b = &g_array_index (rows_b, Row, i);
      const GArray *partners = find_partners (comparison, index, b->record);
      for (guint j = 0; partners != NULL && j < partners->len && comparison->n_left_out == 0; j++)
        add_pair (comparison, &g_array_index (rows_a, Row, g_array_index (partners, guint, j)), b);
    }
  collect_unmatched (&comparison->a, rows_a);
  collect_unmatched (&comparison->b, rows_b);
}

/* --- the sides --- */

static void
note_value (GPtrArray *values, const char *value)
{
  if (value != NULL && values->len < MAX_VALUES && !g_ptr_array_find (values, value, NULL))
    g_ptr_array_add (values, (gpointer)value);
}

static void
note_values (MoeSide *side, const MoeRecord *record)
{
  if (!is_comparable (record))
    return;
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      note_value (side->told[axis], moe_record_axis (record, axis));
      note_value (side->values[axis], moe_record_identity (record, axis));
    }
}

static void
side_init (MoeSide *side, MoeRun *const *runs, gsize n_runs)
{
  g_autoptr (GString) name = g_string_new (NULL);
  side->runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  side->unmatched = g_ptr_array_new ();
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      side->values[axis] = g_ptr_array_new ();
      side->told[axis] = g_ptr_array_new ();
    }
  for (gsize i = 0; i < n_runs; i++)
    {
      g_ptr_array_add (side->runs, moe_run_ref (runs[i]));
      g_string_append_printf (name, "%s%s", i > 0 ? ", " : "", moe_run_get_title (runs[i]));
      for (gsize j = 0; j < moe_run_get_n_records (runs[i]); j++)
        note_values (side, moe_run_get_record (runs[i], j));
    }
  side->name = g_strdup (name->str);
}

static void
side_clear (MoeSide *side)
{
  g_ptr_array_unref (side->runs);
  g_ptr_array_unref (side->unmatched);
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      g_ptr_array_unref (side->values[axis]);
      g_ptr_array_unref (side->told[axis]);
    }
  g_free (side->name);
}

static void
choose_keys (MoeComparison *comparison)
{
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      guint n_a = comparison->a.values[axis]->len, n_b = comparison->b.values[axis]->len;
      gboolean told = n_a > 0 && n_b > 0;
      comparison->is_key[axis] = told && (n_a > 1 || n_b > 1 || axis == MOE_AXIS_PASS);
    }
}

MoeComparison *
moe_compare (MoeRun *const *a, gsize n_a, MoeRun *const *b, gsize n_b)
{
  MoeComparison *comparison = g_new0 (MoeComparison, 1);
  side_init (&comparison->a, a, n_a);
  side_init (&comparison->b, b, n_b);
  comparison->pairs = g_array_new (FALSE, FALSE, sizeof (MoePair));
  choose_keys (comparison);
  match_rows (comparison);
  comparison->warnings = moe_compare_warn (comparison);
  comparison->headline = moe_compare_headline (comparison);
  return comparison;
}

void
moe_comparison_free (MoeComparison *comparison)
{
  if (comparison == NULL)
    return;
  side_clear (&comparison->a);
  side_clear (&comparison->b);
  g_array_unref (comparison->pairs);
  g_strfreev (comparison->warnings);
  g_free (comparison->headline);
  g_free (comparison);
}

const char *
moe_comparison_get_name_a (const MoeComparison *comparison)
{
  return comparison->a.name;
}

const char *
moe_comparison_get_name_b (const MoeComparison *comparison)
{
  return comparison->b.name;
}

gsize
moe_comparison_get_n_pairs (const MoeComparison *comparison)
{
  return comparison->pairs->len;
}

const MoePair *
moe_comparison_get_pair (const MoeComparison *comparison, gsize index)
{
  g_return_val_if_fail (index < comparison->pairs->len, NULL);
  return &g_array_index (comparison->pairs, MoePair, index);
}

gsize
moe_comparison_count (const MoeComparison *comparison, MoeVerdict verdict)
{
  gsize n = 0;
  for (guint i = 0; i < comparison->pairs->len; i++)
    n += g_array_index (comparison->pairs, MoePair, i).verdict == verdict;
  return n;
}

gsize
moe_comparison_get_n_unmatched_a (const MoeComparison *comparison)
{
  return comparison->a.unmatched->len;
}

gsize
moe_comparison_get_n_unmatched_b (const MoeComparison *comparison)
{
  return comparison->b.unmatched->len;
}

gsize
moe_comparison_get_n_repeats (const MoeComparison *comparison)
{
  return comparison->n_repeats;
}

const char *const *
moe_comparison_get_warnings (const MoeComparison *comparison)
{
  return (const char *const *)comparison->warnings;
}

const char *
moe_comparison_get_headline (const MoeComparison *comparison)
{
  return comparison->headline;
}
