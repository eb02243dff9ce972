/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/deltas.h"

#include <math.h>

#define MINUS "\342\210\222"
#define NBSP  "\302\240"

struct NullcurveDeltas
{
  guint references;
  MoeRun *baseline;
  GHashTable *comparisons; /* MoeRun -> MoeComparison, owned */
  GHashTable *pairs;       /* MoeRecord -> MoePair, of the comparisons */
};

static void
add_run (NullcurveDeltas *deltas, MoeRun *run)
{
  MoeComparison *comparison = moe_compare (&deltas->baseline, 1, &run, 1);

  for (gsize i = 0; i < moe_comparison_get_n_pairs (comparison); i++)
    {
      const MoePair *pair = moe_comparison_get_pair (comparison, i);

      g_hash_table_insert (deltas->pairs, (gpointer)pair->b, (gpointer)pair);
    }
  g_hash_table_insert (deltas->comparisons, run, comparison);
}

NullcurveDeltas *
nullcurve_deltas_new (MoeRun *baseline, MoeRun *const *runs, gsize n_runs)
{
  NullcurveDeltas *deltas = g_new0 (NullcurveDeltas, 1);

  deltas->references = 1;
  deltas->baseline = moe_run_ref (baseline);
  deltas->comparisons =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)moe_comparison_free);
  deltas->pairs = g_hash_table_new (NULL, NULL);
  for (gsize i = 0; i < n_runs; i++)
    if (runs[i] != baseline && !g_hash_table_contains (deltas->comparisons, runs[i]))
      add_run (deltas, runs[i]);
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
  g_hash_table_unref (deltas->comparisons);
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
  return deltas != NULL ? g_hash_table_lookup (deltas->comparisons, run) : NULL;
}

char *
nullcurve_delta_percent (const MoePair *pair)
{
  const double percent = 100.0 * (pair->ratio - 1.0);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, fabs (percent) < 99.95 ? "%.1f" : "%.0f", fabs (percent));
  return g_strdup_printf ("%s%s" NBSP "%%", percent < 0.0 ? MINUS : "+", number);
}

char *
nullcurve_delta_p (const MoePair *pair)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (pair->p))
    return NULL;
  if (pair->p < 0.001)
    return g_strdup ("p < 0.001");
  g_ascii_formatd (number, sizeof number, pair->p < 0.1 ? "%.1g" : "%.2f", pair->p);
  return g_strdup_printf ("p = %s", number);
}

char *
nullcurve_delta_describe (const MoePair *pair)
{
  g_autofree char *percent = nullcurve_delta_percent (pair);
  g_autofree char *p = nullcurve_delta_p (pair);
  g_autoptr (GString) words = g_string_new (percent);

  g_string_append_printf (words, ", %s", moe_pair_verdict (pair));
  if (p != NULL)
    g_string_append_printf (words, ", %s, n = %" G_GSIZE_FORMAT "/%" G_GSIZE_FORMAT, p, pair->n_a,
                            pair->n_b);
  return g_string_free (g_steal_pointer (&words), FALSE);
}
