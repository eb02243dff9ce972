/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge/judge.h"

#include <math.h>
#include <string.h>

#include "engine/records/trials.h"

enum
{
  MOST_MORE = 1000 /* rounds or starts that are worth proposing */
};

static MoeSeries
series_of (const GArray *trials)
{
  return (MoeSeries){ (const MoeTrial *)(const void *)trials->data, trials->len };
}

/* --- how a pair can be judged --- */

/* Times of steps are times of tokens where the shape tells how many there are. */
static gboolean
has_samples (const MoeRecord *a, const MoeRecord *b)
{
  return a->n_samples > 0 && b->n_samples > 0 && a->has_shape && b->has_shape;
}

static MoeMethod
method_of (const MoeJudgePair *pair)
{
  double ratio = pair->b->tokens_per_s / pair->a->tokens_per_s;
  if (!isfinite (ratio) || !(ratio > 0))
    return MOE_METHOD_NONE;
  if (!has_samples (pair->a, pair->b))
    return MOE_METHOD_FIGURES;
  return pair->same_rounds ? MOE_METHOD_ROUNDS : MOE_METHOD_STARTS;
}

/* --- evidence --- */

/* What a pair shows, or several together. */
typedef struct Evidence
{
  MoeEstimate raw; /* of the logarithm of b's rate over a's */
  gsize n_a, n_b, starts_a, starts_b;
} Evidence;

/* The trials of a pair, made once: its quotients, or those of each side; NULL where there are
 * none. */
typedef struct Trials
{
  GArray *quotients;
  GArray *a, *b;
} Trials;

typedef struct Terms
{
  double margin;
  gboolean starts_known;
  MoeStartSpread starts;
} Terms;

static Terms
terms_of (const MoeJudgeTerms *terms)
{
  gboolean known = terms != NULL && terms->starts.df > 0;
  return (Terms){
    .margin = terms != NULL && terms->precision > 0 ? terms->precision : MOE_JUDGE_LEAST_EFFECT,
    .starts_known = known,
    .starts = known ? terms->starts : moe_start_spread_unknown (),
  };
}

static Trials
trials_of_pair (const MoeJudgePair *pair, MoeMethod method)
{
  Trials trials = { 0 };
  if (method == MOE_METHOD_ROUNDS)
    trials.quotients = moe_record_quotients (pair->a, pair->b);
  else if (method == MOE_METHOD_STARTS)
    {
      trials.a = moe_record_trials (pair->a, FALSE);
      trials.b = moe_record_trials (pair->b, FALSE);
    }
  return trials;
}

static void
trials_clear (Trials *trials)
{
  g_clear_pointer (&trials->quotients, g_array_unref);
  g_clear_pointer (&trials->a, g_array_unref);
  g_clear_pointer (&trials->b, g_array_unref);
}

static MoeEstimate
missing_estimate (void)
{
  return (MoeEstimate){ .mean = NAN, .se = NAN, .df = NAN };
}

/* Of lists[n], none of them NULL. */
static MoeEstimate
estimate_lists (GArray *const *lists, gsize n, const MoeStartSpread *known)
{
  MoeEstimate estimate = missing_estimate ();
  g_autofree MoeSeries *series = g_new (MoeSeries, n);
  for (gsize i = 0; i < n; i++)
    series[i] = series_of (lists[i]);
  moe_estimate_series (series, n, known, &estimate);
  return estimate;
}

static Evidence
weigh_rounds (GArray *const *quotients, gsize n)
{
  MoeStartSpread known = moe_start_spread_of_rounds ();
  MoeEstimate raw = estimate_lists (quotients, n, &known);
  return (Evidence){
    .raw = raw, .n_a = raw.n, .n_b = raw.n, .starts_a = raw.starts, .starts_b = raw.starts
  };
}

/* Times of a less those of b: the logarithm of b's rate over a's. */
static Evidence
weigh_starts (GArray *const *a, GArray *const *b, gsize n, const Terms *terms)
{
  MoeEstimate of_a = estimate_lists (a, n, &terms->starts);
  MoeEstimate of_b = estimate_lists (b, n, &terms->starts);
  return (Evidence){ .raw = moe_estimate_difference (&of_b, &of_a),
                     .n_a = of_a.n,
                     .n_b = of_b.n,
                     .starts_a = of_a.starts,
                     .starts_b = of_b.starts };
}

static gboolean
add_anchored (GPtrArray *lists, const MoeRecord *record)
{
  GArray *trials = moe_record_trials (record, TRUE);
  if (trials == NULL)
    return FALSE;
  g_ptr_array_add (lists, trials);
  return TRUE;
}

/* The same in anchors; the mean is NaN where a sample has none. */
static MoeEstimate
weigh_anchored (MoeJudgePair *const *pairs, gsize n, const Terms *terms)
{
  g_autoptr (GPtrArray) a = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  g_autoptr (GPtrArray) b = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  for (gsize i = 0; i < n; i++)
    {
      if (!add_anchored (a, pairs[i]->a) || !add_anchored (b, pairs[i]->b))
        return missing_estimate ();
    }
  return weigh_starts ((GArray *const *)a->pdata, (GArray *const *)b->pdata, n, terms).raw;
}

/* --- verdicts --- */

static MoeVerdict
word_for (double log_ratio, double half_width, double p, double margin)
{
  double effect = fabs (expm1 (log_ratio));
  if (p < MOE_JUDGE_SIGNIFICANT && effect >= MOE_JUDGE_LEAST_EFFECT)
    return log_ratio > 0 ? MOE_VERDICT_FASTER : MOE_VERDICT_SLOWER;
  if (log_ratio - half_width > log1p (-margin) && log_ratio + half_width < log1p (margin))
    return MOE_VERDICT_SAME;
  return MOE_VERDICT_OPEN;
}

/* How often the evidence must be there again for the interval to clear 0 or to fit the margin,
 * whichever is nearer. */
static double
times_needed (double log_ratio, double half_width, double margin)
{
  double distance = fabs (log_ratio);
  double target = fmax (distance, log1p (margin) - distance);
  double ratio = half_width / target;
  return ratio * ratio;
}

static gsize
more_of (gsize n, double times)
{
  double more = ceil ((double)MAX (n, 1) * times) - (double)n;
  return more > 0 && more <= MOST_MORE ? (gsize)more : 0;
}

static void
propose (MoeJudged *judged, double half_width)
{
  double times = times_needed (log (judged->ratio), half_width, judged->margin);
  gsize starts = MIN (judged->starts_a, judged->starts_b);
  if (judged->method == MOE_METHOD_ROUNDS && starts == 1)
    judged->more_rounds = more_of (judged->n_a, times);
  else
    judged->more_starts = more_of (starts, times);
}

/* A machine that was slower as a whole was slower for the anchors too: a difference that goes with
 * them is the machine's.  By the anchors it must point the same way, for the better part of its
 * size, and surely so. */
static gboolean
agrees_by_anchors (const MoeJudged *judged, const MoeEstimate *anchored)
{
  double mean = judged->verdict == MOE_VERDICT_FASTER ? anchored->mean : -anchored->mean;
  return isnan (mean)
         || (expm1 (fabs (mean)) >= MOE_JUDGE_LEAST_EFFECT && mean > 0
             && moe_estimate_p (anchored) < MOE_JUDGE_SIGNIFICANT);
}

static void
ask_anchors (MoeJudged *judged, MoeJudgePair *const *pairs, gsize n, const Terms *terms)
{
  MoeEstimate anchored = weigh_anchored (pairs, n, terms);
  judged->anchored = exp (anchored.mean);
  if (agrees_by_anchors (judged, &anchored))
    return;
  judged->verdict = MOE_VERDICT_OPEN;
  judged->hindrance = MOE_HINDRANCE_ANCHORS;
}

/* Once p is adjusted: the word.  The anchors of pairs[n], of which it is, are asked for where it
 * depends on them. */
static void
decide (MoeJudged *judged,
        const MoeEstimate *raw,
        MoeJudgePair *const *pairs,
        gsize n,
        const Terms *terms)
{
  double half_width = log (judged->upper / judged->lower) / 2;
  if (judged->hindrance == MOE_HINDRANCE_SOURCES)
    return;
  if (isnan (half_width))
    {
      judged->hindrance = MOE_HINDRANCE_FEW;
      return;
    }
  judged->verdict = word_for (raw->mean, half_width, judged->adjusted, judged->margin);
  gboolean differs = judged->verdict == MOE_VERDICT_FASTER || judged->verdict == MOE_VERDICT_SLOWER;
  if (judged->method == MOE_METHOD_STARTS && !terms->starts_known
      && judged->verdict != MOE_VERDICT_OPEN
      && fabs (expm1 (raw->mean)) < MOE_JUDGE_UNKNOWN_STARTS_TIE
      && MIN (judged->starts_a, judged->starts_b) < 3)
    {
      judged->verdict = MOE_VERDICT_OPEN;
      judged->hindrance = MOE_HINDRANCE_UNKNOWN_STARTS;
    }
  else if (differs && judged->method == MOE_METHOD_STARTS)
    ask_anchors (judged, pairs, n, terms);
  else if (judged->verdict == MOE_VERDICT_OPEN)
    judged->hindrance =
        judged->adjusted < MOE_JUDGE_SIGNIFICANT ? MOE_HINDRANCE_SMALL : MOE_HINDRANCE_NOISE;
  if (judged->verdict == MOE_VERDICT_OPEN && judged->hindrance != MOE_HINDRANCE_ANCHORS)
    propose (judged, half_width);
}

static MoeJudged
judged_by_figures (double ratio)
{
  MoeJudged judged = { .method = MOE_METHOD_FIGURES,
                       .ratio = ratio,
                       .lower = NAN,
                       .upper = NAN,
                       .p = NAN,
                       .adjusted = NAN,
                       .anchored = NAN,
                       .margin = MOE_JUDGE_FIGURES_TIE,
                       .verdict = MOE_VERDICT_SAME };
  if (fabs (ratio - 1) >= MOE_JUDGE_FIGURES_TIE)
    judged.verdict = ratio > 1 ? MOE_VERDICT_FASTER : MOE_VERDICT_SLOWER;
  return judged;
}

/* All but the word, for which p has to be adjusted first. */
static MoeJudged
judged_by_evidence (MoeMethod method, const Evidence *evidence, const Terms *terms)
{
  double half_width = moe_estimate_half_width (&evidence->raw);
  double p = moe_estimate_p (&evidence->raw);
  return (MoeJudged){ .method = method,
                      .ratio = exp (evidence->raw.mean),
                      .lower = exp (evidence->raw.mean - half_width),
                      .upper = exp (evidence->raw.mean + half_width),
                      .p = p,
                      .adjusted = p,
                      .margin = terms->margin,
                      .anchored = NAN,
                      .n_a = evidence->n_a,
                      .n_b = evidence->n_b,
                      .starts_a = evidence->starts_a,
                      .starts_b = evidence->starts_b };
}

static gboolean
mixes_sources (const MoeJudgePair *pair)
{
  return moe_record_is_processor (pair->a) != moe_record_is_processor (pair->b);
}

static Evidence
weigh (const Trials *trials, const Terms *terms)
{
  if (trials->quotients != NULL)
    return weigh_rounds (&trials->quotients, 1);
  if (trials->a != NULL && trials->b != NULL)
    return weigh_starts (&trials->a, &trials->b, 1, terms);
  return (Evidence){ .raw = missing_estimate () };
}

/* Without a spread of its own a pair falls back on the ratio of its figures, unjudged. */
static void
begin_pair (MoeJudgePair *pair, Trials *trials, Evidence *evidence, const Terms *terms)
{
  MoeMethod method = method_of (pair);
  double ratio = pair->b->tokens_per_s / pair->a->tokens_per_s;
  *trials = mixes_sources (pair) ? (Trials){ 0 } : trials_of_pair (pair, method);
  *evidence = weigh (trials, terms);
  pair->judged = judged_by_figures (ratio);
  pair->judged.method = method;
  if (method == MOE_METHOD_NONE)
    pair->judged.verdict = MOE_VERDICT_OPEN;
  if (method < MOE_METHOD_ROUNDS)
    return;
  pair->judged = judged_by_evidence (method, evidence, terms);
  if (isnan (evidence->raw.mean))
    pair->judged.ratio = ratio;
  if (mixes_sources (pair))
    pair->judged.hindrance = MOE_HINDRANCE_SOURCES;
}

static void
adjust (MoeJudgePair *pairs, gsize n)
{
  g_autofree double *p = g_new (double, n);
  g_autofree size_t *scratch = g_new (size_t, n);
  for (gsize i = 0; i < n; i++)
    p[i] = pairs[i].judged.hindrance == MOE_HINDRANCE_SOURCES ? NAN : pairs[i].judged.p;
  moe_holm (p, n, scratch);
  for (gsize i = 0; i < n; i++)
    pairs[i].judged.adjusted = p[i];
}

/* --- all pairs together --- */

/* Those that a joint test can take: with samples, one kind of time and the method of most. */
typedef struct Joint
{
  MoeMethod method;
  GPtrArray *pairs;          /* MoeJudgePair * */
  GPtrArray *first, *second; /* their trials: quotients, or those of a and of b */
} Joint;

static gboolean
can_join (const MoeJudged *judged, MoeMethod method)
{
  return judged->method == method && judged->hindrance != MOE_HINDRANCE_SOURCES
         && !isnan (judged->p);
}

static gsize
count_joinable (const MoeJudgePair *pairs, gsize n, MoeMethod method)
{
  gsize able = 0;
  for (gsize i = 0; i < n; i++)
    able += can_join (&pairs[i].judged, method);
  return able;
}

static void
joint_init (Joint *joint, MoeJudgePair *pairs, const Trials *trials, gsize n)
{
  gsize rounds = count_joinable (pairs, n, MOE_METHOD_ROUNDS);
  gsize starts = count_joinable (pairs, n, MOE_METHOD_STARTS);
  joint->method = rounds >= starts ? MOE_METHOD_ROUNDS : MOE_METHOD_STARTS;
  joint->pairs = g_ptr_array_new ();
  joint->first = g_ptr_array_new ();
  joint->second = g_ptr_array_new ();
  for (gsize i = 0; i < n; i++)
    {
      if (!can_join (&pairs[i].judged, joint->method))
        continue;
      gboolean paired = joint->method == MOE_METHOD_ROUNDS;
      g_ptr_array_add (joint->pairs, &pairs[i]);
      g_ptr_array_add (joint->first, paired ? trials[i].quotients : trials[i].a);
      g_ptr_array_add (joint->second, trials[i].b);
    }
}

static void
joint_clear (Joint *joint)
{
  g_ptr_array_unref (joint->pairs);
  g_ptr_array_unref (joint->first);
  g_ptr_array_unref (joint->second);
}

static MoeJudged
judge_figures_jointly (const MoeJudgePair *pairs, gsize n)
{
  double sum = 0;
  gsize told = 0;
  for (gsize i = 0; i < n; i++)
    if (pairs[i].judged.method == MOE_METHOD_FIGURES)
      {
        sum += log (pairs[i].judged.ratio);
        told++;
      }
  MoeJudged judged = judged_by_figures (told > 0 ? exp (sum / (double)told) : NAN);
  if (told == 0)
    {
      judged.method = MOE_METHOD_NONE;
      judged.verdict = MOE_VERDICT_OPEN;
    }
  return judged;
}

/* Nothing can be tested jointly: what the figures say, or else why the first pair is open. */
static MoeJudged
judge_without_test (const MoeJudgePair *pairs, gsize n)
{
  MoeJudged judged = judge_figures_jointly (pairs, n);
  for (gsize i = 0; judged.method == MOE_METHOD_NONE && i < n; i++)
    if (pairs[i].judged.method >= MOE_METHOD_ROUNDS)
      judged = pairs[i].judged;
  return judged;
}

static MoeJudged
judge_jointly (const Joint *joint, const Terms *terms)
{
  guint n = joint->pairs->len;
  GArray *const *first = (GArray *const *)joint->first->pdata;
  Evidence evidence = joint->method == MOE_METHOD_ROUNDS
                          ? weigh_rounds (first, n)
                          : weigh_starts (first, (GArray *const *)joint->second->pdata, n, terms);
  MoeJudged judged = judged_by_evidence (joint->method, &evidence, terms);
  judged.n_a = MAX (1, evidence.n_a / n);
  judged.n_b = MAX (1, evidence.n_b / n);
  MoeJudgePair *const *pairs = (MoeJudgePair *const *)joint->pairs->pdata;
  decide (&judged, &evidence.raw, pairs, n, terms);
  /* Whoever compares runs is told both ratios, also where the word does not depend on it. */
  if (joint->method == MOE_METHOD_STARTS && isnan (judged.anchored))
    judged.anchored = exp (weigh_anchored (pairs, n, terms).mean);
  return judged;
}

void
moe_judge (MoeJudgePair *pairs, gsize n, const MoeJudgeTerms *given, MoeJudged *result)
{
  Joint joint;
  Terms terms = terms_of (given);
  g_autofree Evidence *evidence = g_new (Evidence, n);
  g_autofree Trials *trials = g_new (Trials, n);
  for (gsize i = 0; i < n; i++)
    begin_pair (&pairs[i], &trials[i], &evidence[i], &terms);
  adjust (pairs, n);
  for (gsize i = 0; i < n; i++)
    {
      MoeJudgePair *pair = &pairs[i];
      if (pair->judged.method >= MOE_METHOD_ROUNDS)
        decide (&pair->judged, &evidence[i].raw, &pair, 1, &terms);
    }
  joint_init (&joint, pairs, trials, n);
  if (result != NULL)
    *result = joint.pairs->len > 0 ? judge_jointly (&joint, &terms) : judge_without_test (pairs, n);
  joint_clear (&joint);
  for (gsize i = 0; i < n; i++)
    trials_clear (&trials[i]);
}
