/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge/findings.h"

#include <math.h>
#include <stdlib.h>

#include "engine/bench/stats.h"
#include "engine/judge/compare.h"
#include "engine/records/curves.h"
#include "engine/records/rates.h"
#include "engine/records/speedup.h"

static void
finding_free (gpointer data)
{
  MoeFinding *finding = data;
  g_free (finding->words);
  g_free (finding->label);
  g_array_unref (finding->steps);
  g_ptr_array_unref (finding->records);
  g_ptr_array_unref (finding->points);
  g_free (finding);
}

static GArray *
collect_steps (const GPtrArray *points)
{
  GArray *steps = g_array_new (FALSE, TRUE, sizeof (MoeStep));
  for (guint i = 1; i < points->len; i++)
    {
      MoeStep step = { .from = g_ptr_array_index (points, i - 1),
                       .to = g_ptr_array_index (points, i) };
      g_array_append_val (steps, step);
    }
  return steps;
}

static void
find_gain (MoeFinding *finding)
{
  const MoeSpread *speedup = &finding->speedup;
  finding->kind = moe_run_speedup (finding->run, finding->last, &finding->speedup);
  finding->ideal = 1 / (1 - moe_record_realized (finding->last));
  finding->realised = speedup->median / finding->ideal;
  finding->realised_lower = speedup->lower / finding->ideal;
  finding->realised_upper = speedup->upper / finding->ideal;
}

static void
add_finding (GPtrArray *findings,
             const MoeCurve *curve,
             const MoeLabels *own_labels,
             const MoeLabels *all_labels)
{
  g_autoptr (GPtrArray) points = moe_curve_points (curve);
  if (points->len < 2)
    return;
  MoeFinding *finding = g_new0 (MoeFinding, 1);
  finding->run = curve->run;
  finding->words = moe_labels_join (curve, own_labels, MOE_LABEL_RUN);
  finding->label = moe_labels_join (curve, all_labels, MOE_LABEL_RUN);
  finding->base = moe_curve_at (curve, 0, FALSE);
  finding->first = g_ptr_array_index (points, 0);
  finding->last = g_ptr_array_index (points, points->len - 1);
  finding->n_points = points->len;
  finding->records = g_ptr_array_ref (curve->records);
  finding->points = g_ptr_array_ref (points);
  finding->steps = collect_steps (points);
  find_gain (finding);
  finding->has_rest = moe_rest_find (finding->run, finding->last, &finding->rest);
  g_ptr_array_add (findings, finding);
}

/* --- judging --- */

guint
moe_findings_end_of_run (const GPtrArray *findings, guint from)
{
  const MoeFinding *first = g_ptr_array_index (findings, from);
  guint end = from + 1;
  while (end < findings->len
         && ((const MoeFinding *)g_ptr_array_index (findings, end))->run == first->run)
    end++;
  return end;
}

/* All steps of a run are answers to one question, and so are its curves. */
static void
judge_run (GPtrArray *findings, guint from, guint to)
{
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (MoeJudgePair));
  g_autoptr (GArray) curves = g_array_new (FALSE, FALSE, sizeof (MoeJudgePair));
  const MoeFinding *first = g_ptr_array_index (findings, from);
  MoeJudgeTerms terms = moe_compare_terms (first->run, first->run);
  guint next = 0;
  for (guint i = from; i < to; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      MoeJudgePair curve = { .a = finding->first, .b = finding->last, .same_rounds = TRUE };
      g_array_append_val (curves, curve);
      for (guint j = 0; j < finding->steps->len; j++)
        {
          const MoeStep *step = &g_array_index (finding->steps, MoeStep, j);
          MoeJudgePair pair = { .a = step->from, .b = step->to, .same_rounds = TRUE };
          g_array_append_val (steps, pair);
        }
    }
  moe_judge ((MoeJudgePair *)(void *)steps->data, steps->len, &terms, NULL);
  moe_judge ((MoeJudgePair *)(void *)curves->data, curves->len, &terms, NULL);
  for (guint i = from; i < to; i++)
    {
      MoeFinding *finding = g_ptr_array_index (findings, i);
      finding->overall = g_array_index (curves, MoeJudgePair, i - from).judged;
      for (guint j = 0; j < finding->steps->len; j++)
        g_array_index (finding->steps, MoeStep, j).judged =
            g_array_index (steps, MoeJudgePair, next++).judged;
    }
}

static gboolean
is_deeper (const MoeStep *step, const MoeStep *than)
{
  return than == NULL || step->judged.ratio < than->judged.ratio;
}

static gsize
least_more (gsize before, gsize more)
{
  return more > 0 && (before == 0 || more < before) ? more : before;
}

static void
count_step (MoeTrend *trend, const MoeFinding *finding, const MoeStep *step)
{
  const MoeJudged *judged = &step->judged;
  trend->steps++;
  trend->rises += judged->verdict == MOE_VERDICT_FASTER;
  trend->falls += judged->verdict == MOE_VERDICT_SLOWER;
  trend->same += judged->verdict == MOE_VERDICT_SAME;
  trend->open += judged->verdict == MOE_VERDICT_OPEN;
  trend->sampled |= judged->method >= MOE_METHOD_ROUNDS;
  trend->more_starts = least_more (trend->more_starts, judged->more_starts);
  trend->more_rounds = least_more (trend->more_rounds, judged->more_rounds);
  if (judged->verdict != MOE_VERDICT_SLOWER || !is_deeper (step, trend->deepest_step))
    return;
  trend->deepest = finding;
  trend->deepest_step = step;
}

MoeTrend
moe_findings_trend (const GPtrArray *findings, guint from, guint to)
{
  MoeTrend trend = { 0 };
  for (guint i = from; i < to; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      trend.curves++;
      trend.rising += finding->overall.verdict == MOE_VERDICT_FASTER;
      trend.falling += finding->overall.verdict == MOE_VERDICT_SLOWER;
      for (guint j = 0; j < finding->steps->len; j++)
        count_step (&trend, finding, &g_array_index (finding->steps, MoeStep, j));
    }
  return trend;
}

GPtrArray *
moe_findings_new (MoeRun *const *runs, gsize n_runs)
{
  MoeLabels all_labels, own_labels = { 0 };
  const MoeRun *run = NULL;
  GPtrArray *findings = g_ptr_array_new_with_free_func (finding_free);
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, n_runs);
  moe_labels_find (curves, NULL, &all_labels);
  for (guint i = 0; i < curves->len; i++)
    {
      const MoeCurve *curve = g_ptr_array_index (curves, i);
      if (curve->run != run)
        moe_labels_find (curves, curve->run, &own_labels);
      run = curve->run;
      add_finding (findings, curve, &own_labels, &all_labels);
    }
  for (guint from = 0, to; from < findings->len; from = to)
    {
      to = moe_findings_end_of_run (findings, from);
      judge_run (findings, from, to);
    }
  return findings;
}

int
moe_finding_leading_kind (const MoeFinding *finding)
{
  const MoeRest *rest = &finding->rest;
  const MoeRestPart *first = &rest->parts[0];
  if (!finding->has_rest || !rest->has_stages || rest->excess_s <= rest->doubt_s
      || first->kind == MOE_N_STAGE_KINDS)
    return -1;
  double second_s = rest->n_parts > 1 ? rest->parts[1].excess_s : 0;
  return first->excess_s - second_s > rest->doubt_s ? (int)first->kind : -1;
}

static void
count_lead (MoeGains *gains, const MoeFinding *finding)
{
  int kind = moe_finding_leading_kind (finding);
  gains->told++;
  if (kind >= 0)
    gains->leads[kind]++;
  else
    gains->undecided++;
  if (gains->worst == NULL || finding->realised < gains->worst->realised)
    gains->worst = finding;
}

MoeGains
moe_findings_gains (const GPtrArray *findings, guint from, guint to)
{
  MoeGains gains = { 0 };
  for (guint i = from; i < to; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      gains.without_base += finding->base == NULL;
      if (finding->has_rest && finding->rest.has_stages)
        count_lead (&gains, finding);
      if (!isfinite (finding->realised))
        continue;
      if (gains.largest == NULL || finding->speedup.median > gains.largest->speedup.median)
        gains.largest = finding;
      if (gains.least == NULL || finding->realised < gains.least->realised)
        gains.least = finding;
      if (gains.most == NULL || finding->realised > gains.most->realised)
        gains.most = finding;
    }
  return gains;
}

MoeCostModel
moe_finding_cost (const MoeFinding *finding)
{
  return moe_cost_model_fit ((const MoeRecord *const *)finding->points->pdata,
                             finding->points->len);
}

static gboolean
same_but_topk (const MoeFinding *a, const MoeFinding *b)
{
  MoeRecord record = *a->last;
  record.topk = b->last->topk;
  return a->run == b->run && moe_record_same_curve (&record, b->last);
}

gboolean
moe_findings_joint_cost (const GPtrArray *findings, guint index, MoeCostModel *model)
{
  const MoeFinding *first = g_ptr_array_index (findings, index);
  g_autoptr (GPtrArray) points = g_ptr_array_new ();
  for (guint i = 0; i < findings->len; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      if (!same_but_topk (first, finding))
        continue;
      if (i < index)
        return FALSE;
      g_ptr_array_extend (points, finding->points, NULL, NULL);
    }
  if (points->len == first->points->len)
    return FALSE;
  *model = moe_cost_model_fit_with_intervals ((const MoeRecord *const *)points->pdata, points->len);
  return TRUE;
}

gboolean
moe_finding_has_gain (const MoeFinding *finding)
{
  return finding->base != NULL && finding->base != finding->last && isfinite (finding->realised);
}

static gboolean
comes_first (const MoeFinding *finding, const MoeFinding *than)
{
  if (finding->last->null_target != than->last->null_target)
    return finding->last->null_target > than->last->null_target;
  if (finding->rest.has_stages != than->rest.has_stages)
    return finding->rest.has_stages;
  return finding->realised < than->realised;
}

const MoeFinding *
moe_findings_foremost (const GPtrArray *findings, guint from, guint to)
{
  const MoeFinding *first = NULL;
  for (guint i = from; i < to; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      if (moe_finding_has_gain (finding) && (first == NULL || comes_first (finding, first)))
        first = finding;
    }
  return first;
}
