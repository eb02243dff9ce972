/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/deltas.h"

#include <glib/gi18n.h>
#include <math.h>

#define MINUS "\342\210\222"
#define NBSP  "\302\240"

/* The comparison of one run as it was; shared by the deltas that it still holds for. */
typedef struct Compared
{
  MoeComparison *comparison;
  guint64 baseline_changes;
  guint64 run_changes;
} Compared;

struct NullcurveDeltas
{
  guint references;
  MoeRun *baseline;
  GHashTable *compared; /* MoeRun -> Compared, a reference */
  GHashTable *pairs;    /* MoeRecord -> MoePair, of the comparisons */
};

static void
compared_clear (gpointer data)
{
  moe_comparison_free (((Compared *)data)->comparison);
}

static void
compared_unref (gpointer data)
{
  g_rc_box_release_full (data, compared_clear);
}

static Compared *
compare (MoeRun *baseline, MoeRun *run)
{
  Compared *compared = g_rc_box_new (Compared);

  compared->comparison = moe_compare (&baseline, 1, &run, 1);
  compared->baseline_changes = moe_run_get_changes (baseline);
  compared->run_changes = moe_run_get_changes (run);
  return compared;
}

/* What the earlier deltas say of the run, if nothing has changed since; NULL otherwise. */
static Compared *
find_compared (const NullcurveDeltas *earlier, const MoeRun *baseline, const MoeRun *run)
{
  Compared *compared = earlier != NULL && earlier->baseline == baseline
                           ? g_hash_table_lookup (earlier->compared, run)
                           : NULL;

  return compared != NULL && compared->baseline_changes == moe_run_get_changes (baseline)
                 && compared->run_changes == moe_run_get_changes (run)
             ? compared
             : NULL;
}

static void
add_run (NullcurveDeltas *deltas, MoeRun *run, const NullcurveDeltas *earlier)
{
  Compared *known = find_compared (earlier, deltas->baseline, run);
  Compared *compared = known != NULL ? g_rc_box_acquire (known) : compare (deltas->baseline, run);

  for (gsize i = 0; i < compared->comparison->pairs->len; i++)
    {
      const MoePair *pair = moe_comparison_get_pair (compared->comparison, i);

      g_hash_table_insert (deltas->pairs, (gpointer)pair->b, (gpointer)pair);
    }
  g_hash_table_insert (deltas->compared, run, compared);
}

/* Are these the runs that the deltas are of, as they were then? */
static gboolean
still_hold (const NullcurveDeltas *deltas, MoeRun *baseline, MoeRun *const *runs, gsize n_runs)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  if (deltas == NULL || deltas->baseline != baseline)
    return FALSE;
  for (gsize i = 0; i < n_runs; i++)
    if (runs[i] != baseline)
      {
        if (find_compared (deltas, baseline, runs[i]) == NULL)
          return FALSE;
        g_hash_table_add (seen, runs[i]);
      }
  return g_hash_table_size (seen) == g_hash_table_size (deltas->compared);
}

NullcurveDeltas *
nullcurve_deltas_renew (NullcurveDeltas *earlier,
                        MoeRun *baseline,
                        MoeRun *const *runs,
                        gsize n_runs)
{
  NullcurveDeltas *deltas;

  if (still_hold (earlier, baseline, runs, n_runs))
    return nullcurve_deltas_ref (earlier);
  deltas = g_new0 (NullcurveDeltas, 1);
  deltas->references = 1;
  deltas->baseline = moe_run_ref (baseline);
  deltas->compared = g_hash_table_new_full (NULL, NULL, NULL, compared_unref);
  deltas->pairs = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < n_runs; i++)
    if (runs[i] != baseline && !g_hash_table_contains (deltas->compared, runs[i]))
      add_run (deltas, runs[i], earlier);
  return deltas;
}

NullcurveDeltas *
nullcurve_deltas_ref (NullcurveDeltas *deltas)
{
  deltas->references++;
  return deltas;
}

void
nullcurve_deltas_unref (NullcurveDeltas *deltas)
{
  if (deltas == NULL || --deltas->references > 0)
    return;
  g_hash_table_unref (deltas->pairs);
  g_hash_table_unref (deltas->compared);
  moe_run_unref (deltas->baseline);
  g_free (deltas);
}

MoeRun *
nullcurve_deltas_get_baseline (const NullcurveDeltas *deltas)
{
  return deltas->baseline;
}

const MoePair *
nullcurve_deltas_find (const NullcurveDeltas *deltas, const MoeRecord *record)
{
  return deltas != NULL ? g_hash_table_lookup (deltas->pairs, record) : NULL;
}

const MoeComparison *
nullcurve_deltas_get (const NullcurveDeltas *deltas, const MoeRun *run)
{
  const Compared *compared = deltas != NULL ? g_hash_table_lookup (deltas->compared, run) : NULL;

  return compared != NULL ? compared->comparison : NULL;
}
