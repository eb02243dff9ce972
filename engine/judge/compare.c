/* SPDX-License-Identifier: Apache-2.0 */
/* Matching rows, judging pairs, and what stands in the way of taking a difference for one of the
 * code. */
#include "engine/judge/compare.h"

#include <math.h>
#include <string.h>

#include "engine/judge/starts.h"
#include "engine/records/axes.h"

enum
{
  MAX_PAIRS = 10000,
  MAX_VALUES = 64 /* of an axis that are kept apart for warnings; more are several all the same */
};

/* Of runs that are compared. */
typedef struct Side
{
  MoeRun *const *runs;
  gsize n_runs;
  GPtrArray *values[MOE_N_AXES]; /* different moe_record_identity (), in order of appearance */
  GPtrArray *told[MOE_N_AXES];   /* different moe_record_axis () */
  gboolean several_shapes;
  const MoeRecord *first; /* comparable */
} Side;

/* A comparison while it is made. */
typedef struct Work
{
  MoeComparison *comparison;
  Side a;
  Side b;
  gboolean is_key[MOE_N_AXES]; /* rows must agree in it */
  gboolean shape_is_key;
} Work;

/* --- matching --- */

/* What two rows must have in common, as a hash table's key. */
typedef struct Key
{
  gboolean has_shape;
  MoeShape shape;
  gint64 topk;
  gint64 fraction; /* in thousandths */
  const char *values[MOE_N_AXES];
} Key;

/* `modeless`: whatever the null mode. */
static GBytes *
make_key (const Work *work, const MoeRecord *record, gboolean modeless)
{
  Key key;
  memset (&key, 0, sizeof key); /* its gaps are part of the key */
  key.has_shape = record->has_shape;
  key.topk = record->topk;
  key.fraction = moe_fraction_thousandths (record->null_target);
  if (record->has_shape && work->shape_is_key)
    key.shape = record->shape;
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (work->is_key[axis] && !(modeless && axis == MOE_CHOICE_NULL_MODE))
      key.values[axis] = moe_record_identity (record, axis);
  return g_bytes_new (&key, sizeof key);
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

static guint
point_hash (gconstpointer data)
{
  const MoeRecord *record = data;
  return moe_record_curve_hash (record) * 31
         + (guint)moe_fraction_thousandths (record->null_target);
}

static gboolean
point_equal (gconstpointer left, gconstpointer right)
{
  const MoeRecord *a = left, *b = right;
  return moe_fraction_equal (a->null_target, b->null_target) && moe_record_same_curve (a, b);
}

/* The rows of a side, each point once. */
static GArray *
collect_rows (const Side *side, gsize *n_repeats)
{
  GArray *rows = g_array_new (FALSE, FALSE, sizeof (Row));
  g_autoptr (GHashTable) seen = g_hash_table_new (point_hash, point_equal);
  for (gsize i = 0; i < side->n_runs; i++)
    {
      const MoeRun *run = side->runs[i];
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

/* Takes the key. */
static void
add_to_index (GHashTable *index, GBytes *key, guint row)
{
  GArray *list = g_hash_table_lookup (index, key);
  if (list == NULL)
    g_hash_table_insert (index, g_bytes_ref (key),
                         list = g_array_new (FALSE, FALSE, sizeof (guint)));
  g_array_append_val (list, row);
  g_bytes_unref (key);
}

/* f = 0 is the same in every mode: a row there is found by its mode, and without it. */
static GHashTable *
index_rows (const Work *work, const GArray *rows)
{
  GHashTable *index = g_hash_table_new_full (
      g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, (GDestroyNotify)g_array_unref);
  for (guint i = 0; i < rows->len; i++)
    {
      const MoeRecord *record = g_array_index (rows, Row, i).record;
      add_to_index (index, make_key (work, record, FALSE), i);
      if (work->is_key[MOE_CHOICE_NULL_MODE] && moe_fraction_equal (record->null_target, 0))
        add_to_index (index, make_key (work, record, TRUE), i);
    }
  return index;
}

static const GArray *
find_partners (const Work *work, GHashTable *index, const MoeRecord *record)
{
  g_autoptr (GBytes) key = make_key (work, record, FALSE);
  const GArray *list = g_hash_table_lookup (index, key);
  if (list != NULL || !moe_fraction_equal (record->null_target, 0))
    return list;
  g_autoptr (GBytes) modeless = make_key (work, record, TRUE);
  return g_hash_table_lookup (index, modeless);
}

/* FALSE once there are as many as are kept. */
static gboolean
add_pair (MoeComparison *comparison, Row *a, Row *b)
{
  MoePair pair = { .run_a = a->run, .run_b = b->run, .a = a->record, .b = b->record };
  a->matched = b->matched = TRUE;
  comparison->is_cut = comparison->pairs->len >= MAX_PAIRS;
  if (!comparison->is_cut)
    g_array_append_val (comparison->pairs, pair);
  return !comparison->is_cut;
}

static void
collect_unmatched (GPtrArray *unmatched, const GArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    if (!g_array_index (rows, Row, i).matched)
      g_ptr_array_add (unmatched, (gpointer)g_array_index (rows, Row, i).record);
}

/* Once a comparison is cut nobody has looked whether the rest has partners. */
static void
match_rows (Work *work)
{
  MoeComparison *comparison = work->comparison;
  g_autoptr (GArray) rows_a = collect_rows (&work->a, &comparison->n_repeats);
  g_autoptr (GArray) rows_b = collect_rows (&work->b, &comparison->n_repeats);
  g_autoptr (GHashTable) index = index_rows (work, rows_a);
  for (guint i = 0; i < rows_b->len && !comparison->is_cut; i++)
    {
      Row *b = &g_array_index (rows_b, Row, i);
      const GArray *partners = find_partners (work, index, b->record);
      for (guint j = 0; partners != NULL && j < partners->len; j++)
        if (!add_pair (comparison, &g_array_index (rows_a, Row, g_array_index (partners, guint, j)),
                       b))
          break;
    }
  if (comparison->is_cut)
    return;
  collect_unmatched (comparison->unmatched_a, rows_a);
  collect_unmatched (comparison->unmatched_b, rows_b);
}

/* --- judging --- */

/* Were the two measured in the same rounds?  They are the same run, or tell the same `rounds`. */
static gboolean
share_rounds (const MoeRun *a, const MoeRun *b)
{
  const char *rounds = moe_run_get_fact (a, "rounds");
  return a == b || (rounds != NULL && g_strcmp0 (rounds, moe_run_get_fact (b, "rounds")) == 0);
}

static gboolean
same_fact (const MoeRun *a, const MoeRun *b, const char *key)
{
  return g_strcmp0 (moe_run_get_fact (a, key), moe_run_get_fact (b, key)) == 0;
}

MoeJudgeTerms
moe_compare_terms (const MoeRun *a, const MoeRun *b)
{
  MoeStartSpread of_a, of_b;
  MoeJudgeTerms terms = { .precision = MOE_JUDGE_LEAST_EFFECT };
  if (same_fact (a, b, "host") && same_fact (a, b, "cpu") && moe_starts_told (a, &of_a)
      && moe_starts_told (b, &of_b))
    terms.starts = of_a.df > of_b.df ? of_a : of_b;
  return terms;
}

static void
judge_pairs (MoeComparison *comparison)
{
  guint n = comparison->pairs->len;
  g_autofree MoeJudgePair *judged = g_new0 (MoeJudgePair, n);
  MoeJudgeTerms terms = { 0 };
  for (guint i = 0; i < n; i++)
    {
      const MoePair *pair = &g_array_index (comparison->pairs, MoePair, i);
      if (i == 0)
        terms = moe_compare_terms (pair->run_a, pair->run_b);
      judged[i] = (MoeJudgePair){ .a = pair->a,
                                  .b = pair->b,
                                  .same_rounds = share_rounds (pair->run_a, pair->run_b) };
    }
  moe_judge (judged, n, &terms, &comparison->joint);
  for (guint i = 0; i < n; i++)
    g_array_index (comparison->pairs, MoePair, i).judged = judged[i].judged;
}

/* --- guards --- */

/* Processors in use by others from which on their load is worth a word, and by how much the sides
 * must differ in it. */
#define BUSY 0.1

/* Facts of runs that should be the same.  Those with an axis are only looked at where the rows do
 * not tell it. */
static const struct
{
  const char *fact;
  MoeAxis axis;
} guards[] = {
  [MOE_GUARD_HOST] = { "host", MOE_N_AXES },
  [MOE_GUARD_CPU] = { "cpu", MOE_N_AXES },
  [MOE_GUARD_DEVICE] = { "device", MOE_N_AXES },
  [MOE_GUARD_ACCELERATOR] = { "accelerator", MOE_CHOICE_ACCELERATOR },
  [MOE_GUARD_LIBRARY] = { "blas", MOE_N_AXES },
  [MOE_GUARD_KERNELS] = { "blas kernels", MOE_N_AXES },
  [MOE_GUARD_CORETYPE] = { "OPENBLAS_CORETYPE", MOE_N_AXES },
  [MOE_GUARD_DTYPE] = { "dtype", MOE_CHOICE_DTYPE },
  [MOE_GUARD_THREADS] = { "threads", MOE_N_AXES },
  [MOE_GUARD_RANKS] = { "ranks", MOE_N_AXES },
  [MOE_GUARD_GOVERNOR] = { "governor", MOE_N_AXES },
  [MOE_GUARD_VERSION] = { "version", MOE_N_AXES },
  [MOE_GUARD_TIMED] = { "timed", MOE_N_AXES },
};
G_STATIC_ASSERT (G_N_ELEMENTS (guards) == MOE_N_GUARD_FACTS);

/* The different values of a fact among the runs of a side. */
static GPtrArray *
fact_values (const Side *side, const char *fact)
{
  GPtrArray *values = g_ptr_array_new ();
  for (gsize i = 0; i < side->n_runs; i++)
    {
      const char *value = moe_run_get_fact (side->runs[i], fact);
      if (value != NULL && !g_ptr_array_find_with_equal_func (values, value, g_str_equal, NULL))
        g_ptr_array_add (values, (gpointer)value);
    }
  return values;
}

static gboolean
same_values (const GPtrArray *a, const GPtrArray *b)
{
  for (guint i = 0; i < a->len; i++)
    if (!g_ptr_array_find_with_equal_func ((GPtrArray *)b, g_ptr_array_index (a, i), g_str_equal,
                                           NULL))
      return FALSE;
  return a->len == b->len;
}

static char **
copy_values (const GPtrArray *values)
{
  char **copy = g_new0 (char *, values->len + 1);
  for (guint i = 0; i < values->len; i++)
    copy[i] = g_strdup (g_ptr_array_index (values, i));
  return copy;
}

static void
guard_clear (gpointer data)
{
  MoeGuard *guard = data;
  g_strfreev (guard->a);
  g_strfreev (guard->b);
}

static void
add_guard (MoeComparison *comparison,
           MoeGuardKind kind,
           MoeAxis axis,
           const GPtrArray *a,
           const GPtrArray *b)
{
  MoeGuard guard = { .kind = kind,
                     .axis = axis,
                     .a = copy_values (a),
                     .b = copy_values (b),
                     .busy_a = NAN,
                     .busy_b = NAN };
  g_array_append_val (comparison->guards, guard);
}

/* Only a side that leaves something out says what it timed. */
static void
check_fact (const Work *work, MoeGuardKind kind)
{
  MoeAxis axis = guards[kind].axis;
  g_autoptr (GPtrArray) a = fact_values (&work->a, guards[kind].fact);
  g_autoptr (GPtrArray) b = fact_values (&work->b, guards[kind].fact);
  if (axis != MOE_N_AXES && work->a.told[axis]->len > 0 && work->b.told[axis]->len > 0)
    return;
  gboolean both = a->len > 0 && b->len > 0, either = a->len > 0 || b->len > 0;
  if (both ? !same_values (a, b) : either && kind == MOE_GUARD_TIMED)
    add_guard (work->comparison, kind, MOE_N_AXES, a, b);
}

/* An axis that rows need not agree in, since each side has one value. */
static void
check_axis (const Work *work, MoeAxis axis)
{
  const GPtrArray *a = work->a.told[axis], *b = work->b.told[axis];
  if (!work->is_key[axis] && a->len > 0 && b->len > 0 && !same_values (a, b))
    add_guard (work->comparison, MOE_GUARD_AXIS, axis, a, b);
}

/* The most that others used beside any run of the side. */
static double
load_of (const Side *side)
{
  double most = NAN;
  for (gsize i = 0; i < side->n_runs; i++)
    most = fmax (most, moe_run_get_real (side->runs[i], "others busy"));
  return most;
}

/* Side by side both had the same company. */
static void
check_load (const Work *work)
{
  MoeGuard guard = { .kind = MOE_GUARD_LOAD,
                     .axis = MOE_N_AXES,
                     .a = g_new0 (char *, 1),
                     .b = g_new0 (char *, 1),
                     .busy_a = load_of (&work->a),
                     .busy_b = load_of (&work->b) };
  if (work->comparison->joint.method == MOE_METHOD_STARTS
      && fmax (guard.busy_a, guard.busy_b) > BUSY)
    g_array_append_val (work->comparison->guards, guard);
  else
    guard_clear (&guard);
}

static void
add_guards (const Work *work)
{
  MoeComparison *comparison = work->comparison;
  comparison->guards = g_array_new (FALSE, FALSE, sizeof (MoeGuard));
  g_array_set_clear_func (comparison->guards, guard_clear);
  check_load (work);
  for (MoeGuardKind kind = 0; kind < MOE_N_GUARD_FACTS; kind++)
    check_fact (work, kind);
  /* What differs between two that are measured side by side is what is asked. */
  for (MoeAxis axis = 0; comparison->joint.method != MOE_METHOD_ROUNDS && axis < MOE_N_AXES; axis++)
    check_axis (work, axis);
}

/* --- the sides --- */

static void
note_value (GPtrArray *values, const char *value)
{
  if (value != NULL && values->len < MAX_VALUES && !g_ptr_array_find (values, value, NULL))
    g_ptr_array_add (values, (gpointer)value);
}

static void
note_values (Side *side, const MoeRecord *record)
{
  if (!is_comparable (record))
    return;
  if (side->first == NULL)
    side->first = record;
  side->several_shapes |= !moe_record_same_shape (record, side->first);
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      note_value (side->told[axis], moe_record_axis (record, axis));
      note_value (side->values[axis], moe_record_identity (record, axis));
    }
}

static void
side_init (Side *side, MoeRun *const *runs, gsize n_runs)
{
  *side = (Side){ .runs = runs, .n_runs = n_runs };
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      side->values[axis] = g_ptr_array_new ();
      side->told[axis] = g_ptr_array_new ();
    }
  for (gsize i = 0; i < n_runs; i++)
    for (gsize j = 0; j < moe_run_get_n_records (runs[i]); j++)
      note_values (side, moe_run_get_record (runs[i], j));
}

static void
side_clear (Side *side)
{
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      g_ptr_array_unref (side->values[axis]);
      g_ptr_array_unref (side->told[axis]);
    }
}

/* Whoever measures two shapes side by side wants them compared. */
static gboolean
side_by_side (const Work *work)
{
  return work->a.n_runs == 1 && work->b.n_runs == 1
         && share_rounds (work->a.runs[0], work->b.runs[0]);
}

static void
choose_keys (Work *work)
{
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    {
      guint n_a = work->a.values[axis]->len, n_b = work->b.values[axis]->len;
      gboolean told = n_a > 0 && n_b > 0;
      work->is_key[axis] = told && (n_a > 1 || n_b > 1 || axis == MOE_CHOICE_PASS);
    }
  const Side *a = &work->a, *b = &work->b;
  work->shape_is_key = a->several_shapes || b->several_shapes || a->first == NULL
                       || b->first == NULL || !side_by_side (work);
}

/* Their titles joined; keeps them alive. */
static char *
take_runs (GPtrArray *kept, const Side *side)
{
  GString *name = g_string_new (NULL);
  for (gsize i = 0; i < side->n_runs; i++)
    {
      g_ptr_array_add (kept, moe_run_ref (side->runs[i]));
      g_string_append_printf (name, "%s%s", i > 0 ? ", " : "", moe_run_get_title (side->runs[i]));
    }
  return g_string_free (name, FALSE);
}

MoeComparison *
moe_compare (MoeRun *const *a, gsize n_a, MoeRun *const *b, gsize n_b)
{
  MoeComparison *comparison = g_new0 (MoeComparison, 1);
  Work work = { .comparison = comparison };
  side_init (&work.a, a, n_a);
  side_init (&work.b, b, n_b);
  comparison->runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  comparison->name_a = take_runs (comparison->runs, &work.a);
  comparison->name_b = take_runs (comparison->runs, &work.b);
  comparison->pairs = g_array_new (FALSE, FALSE, sizeof (MoePair));
  comparison->unmatched_a = g_ptr_array_new ();
  comparison->unmatched_b = g_ptr_array_new ();
  choose_keys (&work);
  match_rows (&work);
  judge_pairs (comparison);
  add_guards (&work);
  side_clear (&work.a);
  side_clear (&work.b);
  return comparison;
}

void
moe_comparison_free (MoeComparison *comparison)
{
  if (comparison == NULL)
    return;
  g_ptr_array_unref (comparison->runs);
  g_free (comparison->name_a);
  g_free (comparison->name_b);
  g_array_unref (comparison->pairs);
  g_ptr_array_unref (comparison->unmatched_a);
  g_ptr_array_unref (comparison->unmatched_b);
  g_array_unref (comparison->guards);
  g_free (comparison);
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
    n += g_array_index (comparison->pairs, MoePair, i).judged.verdict == verdict;
  return n;
}
