/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/findings.h"

#include <math.h>
#include <stdlib.h>

#include "engine/records/compare.h"
#include "engine/records/ranksum.h"
#include "engine/records/tables-private.h"

enum
{
  LEAST_PAIRS = 6,         /* for an interval of 95 % */
  MAX_TREND_SAMPLES = 4000 /* their pairs are looked at one by one */
};

static void
finding_free (gpointer data)
{
  MoeFinding *finding = data;
  g_free (finding->words);
  g_free (finding->label);
  g_free (finding);
}

/* The curve's records with tokens/s, each fraction once; f = 0 of another mode counts as its own.
 */
static GPtrArray *
collect_points (const MoeCurve *curve)
{
  GPtrArray *points = g_ptr_array_new ();
  const MoeRecord *base = moe_curve_at (curve, 0, FALSE);
  double last = -1;
  if (base != NULL)
    {
      g_ptr_array_add (points, (gpointer)base);
      last = base->null_target;
    }
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      if (isnan (record->tokens_per_s) || record->null_target < last + 5e-4)
        continue;
      g_ptr_array_add (points, (gpointer)record);
      last = record->null_target;
    }
  return points;
}

/* In pairs of one round drift cancels out; where there are enough, they decide. */
static MoeVerdict
judge_step (const MoeRecord *from, const MoeRecord *to, gboolean *hopeless)
{
  MoePair pair;
  MoeSpread ratios;
  gsize n = MIN (from->n_samples, to->n_samples);
  moe_compare_records (from, to, &pair);
  *hopeless = pair.too_few;
  if (n < LEAST_PAIRS || from->n_samples != to->n_samples || !moe_record_same_curve (from, to)
      || !moe_spread_of_ratios (from->samples_s, to->samples_s, n, &ratios))
    return pair.verdict;
  if (ratios.lower > 1)
    return MOE_VERDICT_FASTER;
  return ratios.upper < 1 ? MOE_VERDICT_SLOWER : MOE_VERDICT_UNCLEAR;
}

static void
note_fall (MoeFinding *finding, const MoeRecord *from, const MoeRecord *to, MoeVerdict verdict)
{
  gboolean clear = verdict == MOE_VERDICT_SLOWER;
  double deepest = finding->fall_to != NULL
                       ? finding->fall_to->tokens_per_s / finding->fall_from->tokens_per_s
                       : INFINITY;
  finding->n_falls++;
  finding->n_clear_falls += clear;
  if (clear < finding->fall_is_clear
      || (clear == finding->fall_is_clear && to->tokens_per_s / from->tokens_per_s >= deepest))
    return;
  finding->fall_from = from;
  finding->fall_to = to;
  finding->fall_is_clear = clear;
}

static void
follow_steps (MoeFinding *finding, const GPtrArray *points)
{
  for (guint i = 1; i < points->len; i++)
    {
      gboolean hopeless;
      const MoeRecord *from = g_ptr_array_index (points, i - 1),
                      *to = g_ptr_array_index (points, i);
      MoeVerdict verdict = judge_step (from, to, &hopeless);
      finding->n_steps++;
      finding->n_hopeless += hopeless;
      finding->n_clear_rises += verdict == MOE_VERDICT_FASTER;
      if (to->tokens_per_s < from->tokens_per_s)
        note_fall (finding, from, to, verdict);
    }
}

static void
find_trend (MoeFinding *finding, const GPtrArray *points)
{
  g_autoptr (GArray) fractions = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) rates = g_array_new (FALSE, FALSE, sizeof (double));
  finding->tau = finding->tau_p = NAN;
  for (guint i = 0; i < points->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (points, i);
      if (record->n_samples == 0 || rates->len + record->n_samples > MAX_TREND_SAMPLES)
        return;
      for (gsize j = 0; j < record->n_samples; j++)
        {
          double rate = 1 / record->samples_s[j];
          g_array_append_val (fractions, record->null_target);
          g_array_append_val (rates, rate);
        }
    }
  finding->tau = moe_rank_trend ((const double *)fractions->data, (const double *)rates->data,
                                 rates->len, &finding->tau_p);
}

static double
realised_fraction (const MoeRecord *record)
{
  return isnan (record->null_realized) ? record->null_target : record->null_realized;
}

static void
find_gain (MoeFinding *finding)
{
  const MoeSpread *speedup = &finding->speedup;
  finding->kind = moe_run_speedup (finding->run, finding->last, &finding->speedup);
  /* The figure is that of the rates, as in all tables; the pairs say how sure it is. */
  if (finding->kind != MOE_SPEEDUP_NONE)
    {
      finding->speedup.median = finding->last->tokens_per_s / finding->base->tokens_per_s;
      finding->speedup.lower = fmin (speedup->lower, speedup->median);
      finding->speedup.upper = fmax (speedup->upper, speedup->median);
    }
  finding->ideal = 1 / (1 - realised_fraction (finding->last));
  finding->realised = speedup->median / finding->ideal;
  finding->realised_lower = speedup->lower / finding->ideal;
  finding->realised_upper = speedup->upper / finding->ideal;
}

static double
half_width_s (const MoeRecord *record)
{
  MoeSpread times;
  moe_spread_of (record->samples_s, record->n_samples, &times);
  return times.n > 1 ? (times.upper - times.lower) / 2 : 0;
}

/* Sums of stages, so that excess and parts fit together also where the clock was read elsewhere. */
static void
find_excess (MoeFinding *finding)
{
  const MoeRecord *base = finding->base, *last = finding->last;
  double left = 1 - realised_fraction (last);
  for (int i = 0; i < MOE_N_STAGES; i++)
    {
      double before = base->stage_s[i], after = last->stage_s[i];
      finding->stage_excess_s[i] = after - left * before;
      if (isnan (before) != isnan (after))
        return;
      if (isnan (before))
        continue;
      finding->ideal_s += left * before;
      finding->excess_s += after - left * before;
    }
  finding->has_stages = finding->ideal_s > 0;
  finding->doubt_s = half_width_s (last) + left * half_width_s (base);
}

static char *
join_words (const MoeCurve *curve, const MoeLabels *labels)
{
  GString *words = g_string_new (NULL);
  for (MoeLabel label = MOE_LABEL_FIRST_AXIS; label < MOE_N_LABELS; label++)
    {
      const char *value = moe_label_value (curve, label);
      if (labels->shown[label] && value != NULL)
        g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", value);
    }
  return g_string_free (words, FALSE);
}

static void
add_finding (GPtrArray *findings,
             const MoeCurve *curve,
             const MoeLabels *own_labels,
             const MoeLabels *all_labels)
{
  g_autoptr (GPtrArray) points = collect_points (curve);
  if (points->len < 2)
    return;
  MoeFinding *finding = g_new0 (MoeFinding, 1);
  finding->run = curve->run;
  finding->words = join_words (curve, own_labels);
  finding->label = join_words (curve, all_labels);
  finding->base = moe_curve_at (curve, 0, FALSE);
  finding->first = g_ptr_array_index (points, 0);
  finding->last = g_ptr_array_index (points, points->len - 1);
  finding->n_points = points->len;
  follow_steps (finding, points);
  find_trend (finding, points);
  find_gain (finding);
  if (finding->base != NULL)
    find_excess (finding);
  g_ptr_array_add (findings, finding);
}

/* What differs among the curves of one run. */
static void
find_own_labels (const GPtrArray *curves, const MoeRun *run, MoeLabels *labels)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new ();
  for (guint i = 0; i < curves->len; i++)
    {
      const MoeCurve *curve = g_ptr_array_index (curves, i);
      if (curve->run == run)
        g_ptr_array_add (own, (gpointer)curve);
    }
  moe_labels_find (own, labels);
}

GPtrArray *
moe_findings_new (MoeRun *const *runs, gsize n_runs)
{
  MoeLabels all_labels, own_labels = { 0 };
  const MoeRun *run = NULL;
  GPtrArray *findings = g_ptr_array_new_with_free_func (finding_free);
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, n_runs);
  moe_labels_find (curves, &all_labels);
  for (guint i = 0; i < curves->len; i++)
    {
      const MoeCurve *curve = g_ptr_array_index (curves, i);
      if (curve->run != run)
        find_own_labels (curves, curve->run, &own_labels);
      run = curve->run;
      add_finding (findings, curve, &own_labels, &all_labels);
    }
  return findings;
}

gsize
moe_finding_rank_stages (const MoeFinding *finding, int stages[MOE_N_STAGES])
{
  const double *excess = finding->stage_excess_s;
  gsize n = 0;
  for (int i = 0; finding->has_stages && i < MOE_N_STAGES; i++)
    {
      gsize at = n;
      if (isnan (excess[i]))
        continue;
      for (; at > 0 && excess[stages[at - 1]] < excess[i]; at--)
        stages[at] = stages[at - 1];
      stages[at] = i;
      n++;
    }
  return n;
}
