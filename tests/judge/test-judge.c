/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "engine/judge/starts.h"
#include "engine/text/intern.h"
#include "tests/judge/noise-models.h"

enum
{
  POINTS = 10
};

/* Outcomes of many comparisons. */
typedef struct Tally
{
  guint comparisons;
  guint anything; /* any point, or all together, is called faster or slower */
  guint found;    /* all together are called slower */
  guint opposite; /* any point, or all together, is called faster */
} Tally;

static Tally
judge_many (
    const NoiseModel *model, const NoisePlan *plan, double slower, gboolean side_by_side, guint n)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (20261128);
  Tally tally = { .comparisons = n };
  for (guint i = 0; i < n; i++)
    {
      MoeJudgePair pairs[POINTS];
      MoeJudged joint;
      noise_measure (random, model, plan, slower, side_by_side, pairs);
      moe_judge (pairs, plan->points, NULL, &joint);
      gboolean faster = joint.verdict == MOE_VERDICT_FASTER;
      gboolean differs = faster || joint.verdict == MOE_VERDICT_SLOWER;
      for (gsize p = 0; p < plan->points; p++)
        {
          faster |= pairs[p].judged.verdict == MOE_VERDICT_FASTER;
          differs |= pairs[p].judged.verdict == MOE_VERDICT_FASTER
                     || pairs[p].judged.verdict == MOE_VERDICT_SLOWER;
        }
      tally.anything += differs;
      tally.opposite += faster;
      tally.found += joint.verdict == MOE_VERDICT_SLOWER;
      noise_free (pairs, plan->points);
    }
  return tally;
}

/* Of 2,000 comparisons of equal things at most 5 % say that anything differs, plus what sampling
 * may add to that (three standard deviations of a share of 5 %: 1.5 %). */
static void
check_equal (gboolean side_by_side)
{
  gsize n;
  const NoiseModel *models = noise_models (&n);
  const NoisePlan plan = { POINTS, .starts = 3, .rounds = 8 };
  for (gsize i = 0; i < n; i++)
    {
      Tally tally = judge_many (&models[i], &plan, 1, side_by_side, 2000);
      g_test_message ("%s: %u of %u", models[i].name, tally.anything, tally.comparisons);
      g_assert_cmpuint (tally.anything, <=, 2000 * 0.065);
    }
}

static void
test_equal_side_by_side (void)
{
  check_equal (TRUE);
}

static void
test_equal_runs (void)
{
  check_equal (FALSE);
}

/* One start of each, which is all that a plain --iters gives. */
static void
test_equal_single_starts (void)
{
  gsize n;
  const NoiseModel *models = noise_models (&n);
  const NoisePlan plan = { POINTS, .starts = 1, .rounds = 12 };
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (judge_many (&models[i], &plan, 1, FALSE, 1000).anything, <=, 1000 * 0.07);
}

/* 3 % of more work, side by side: found in 95 of 100 comparisons, and never turned around. */
static void
test_planted (void)
{
  gsize n;
  const NoiseModel *models = noise_models (&n);
  const NoisePlan plan = { POINTS, .starts = 3, .rounds = 8 };
  for (gsize i = 0; i < n; i++)
    {
      Tally tally = judge_many (&models[i], &plan, 1.03, TRUE, 1000);
      g_test_message ("%s: %u of %u", models[i].name, tally.found, tally.comparisons);
      g_assert_cmpuint (tally.found, >=, 950);
      g_assert_cmpuint (tally.opposite, ==, 0);
    }
}

/* More samples of one start make no surer what another start would show. */
static void
test_many_samples_of_one_start (void)
{
  const NoiseModel model = { "starts", .sample = 0.01, .start = 0.01 };
  const NoisePlan plan = { POINTS, .starts = 1, .rounds = 200 };
  Tally tally = judge_many (&model, &plan, 1, FALSE, 200);
  g_assert_cmpuint (tally.anything, <=, 10);
}

/* --- single pairs --- */

typedef struct Pair
{
  MoeRecord a, b;
  double times[2][64];
  MoeTaken taken[2][64];
} Pair;

/* n samples around `time_a` and `time_b`, 1 % up and down by turns, in `starts` starts. */
static void
pair_init (Pair *pair, gsize n, gsize starts, double time_a, double time_b)
{
  MoeRecord *const sides[] = { &pair->a, &pair->b };
  const double times[] = { time_a, time_b };
  for (int side = 0; side < 2; side++)
    {
      MoeRecord *record = sides[side];
      moe_record_init (record);
      record->has_shape = TRUE;
      record->shape = (MoeShape){ .tokens = 100, .hidden = 8, .mlp_dim = 8, .experts = 8 };
      record->samples_s = pair->times[side];
      record->taken = pair->taken[side];
      record->n_samples = n;
      record->time_source = moe_text_intern ("wall");
      record->tokens_per_s = 100 / times[side];
      for (gsize i = 0; i < n; i++)
        {
          pair->times[side][i] = times[side] * (1 + 0.01 * ((int)((i + (gsize)side) % 3) - 1));
          pair->taken[side][i] = moe_taken_unknown ();
          pair->taken[side][i].round = (uint32_t)i;
          pair->taken[side][i].start = (uint32_t)(i * starts / n);
        }
    }
}

static void
set_anchors (Pair *pair, double a, double b)
{
  for (gsize i = 0; i < pair->a.n_samples; i++)
    {
      pair->taken[0][i].anchor_s = a;
      pair->taken[1][i].anchor_s = b;
    }
}

static MoeJudged
judge_one (const MoeRecord *a, const MoeRecord *b, gboolean same_rounds, const MoeJudgeTerms *terms)
{
  MoeJudgePair pair = { .a = a, .b = b, .same_rounds = same_rounds };
  moe_judge (&pair, 1, terms, NULL);
  return pair.judged;
}

static void
test_verdicts (void)
{
  Pair pair;
  pair_init (&pair, 24, 3, 0.1, 0.08);
  MoeJudged judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.method, ==, MOE_METHOD_ROUNDS);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_FASTER);
  g_assert_cmpfloat_with_epsilon (judged.ratio, 1.25, 0.01);
  g_assert_cmpuint (judged.n_a, ==, 24);
  g_assert_cmpuint (judged.starts_a, ==, 3);
  judged = judge_one (&pair.b, &pair.a, TRUE, NULL);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_SLOWER);
  pair_init (&pair, 48, 6, 0.1, 0.1);
  judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_SAME);
  g_assert_cmpfloat (judged.margin, ==, 0.01);
  pair_init (&pair, 4, 1, 0.1, 0.099);
  judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_OPEN);
  g_assert_cmpint (judged.hindrance, ==, MOE_HINDRANCE_NOISE);
  g_assert_cmpuint (judged.more_rounds, >, 0);
}

/* Half the tokens in half the time are as many a second. */
static void
test_other_tokens (void)
{
  Pair pair;
  pair_init (&pair, 48, 6, 0.1, 0.05);
  pair.b.shape.tokens = 50;
  pair.b.tokens_per_s = pair.a.tokens_per_s;
  MoeJudged judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.method, ==, MOE_METHOD_ROUNDS);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_SAME);
  g_assert_cmpfloat_with_epsilon (judged.ratio, 1, 0.005);
}

/* A wider precision turns what is open into the same. */
static void
test_precision (void)
{
  Pair pair;
  MoeJudgeTerms terms = { .precision = 0.05 };
  pair_init (&pair, 12, 3, 0.1, 0.1);
  g_assert_cmpint (judge_one (&pair.a, &pair.b, TRUE, NULL).verdict, !=, MOE_VERDICT_FASTER);
  MoeJudged judged = judge_one (&pair.a, &pair.b, TRUE, &terms);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_SAME);
  g_assert_cmpfloat (judged.margin, ==, 0.05);
}

/* Two single starts: 4 % is open where nobody knows what starts differ by, and told why; where that
 * is known to be little, it is a difference. */
static void
test_single_starts (void)
{
  Pair pair;
  MoeJudgeTerms known = { .starts = { .sd = 0.002, .df = 20 } };
  pair_init (&pair, 20, 1, 0.1, 0.096);
  MoeJudged judged = judge_one (&pair.a, &pair.b, FALSE, NULL);
  g_assert_cmpint (judged.method, ==, MOE_METHOD_STARTS);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_OPEN);
  judged = judge_one (&pair.a, &pair.b, FALSE, &known);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_FASTER);
}

/* A machine that was slower as a whole is told by its anchors. */
static void
test_anchors (void)
{
  Pair pair;
  MoeJudgeTerms known = { .starts = { .sd = 0.002, .df = 20 } };
  pair_init (&pair, 20, 1, 0.1, 0.11);
  set_anchors (&pair, 0.010, 0.011);
  MoeJudged judged = judge_one (&pair.a, &pair.b, FALSE, &known);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_OPEN);
  g_assert_cmpint (judged.hindrance, ==, MOE_HINDRANCE_ANCHORS);
  g_assert_cmpfloat_with_epsilon (judged.anchored, 1, 0.01);
  set_anchors (&pair, 0.010, 0.010);
  judged = judge_one (&pair.a, &pair.b, FALSE, &known);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_SLOWER);
}

/* Disturbed samples have no say; rounds are pairs only where neither side was disturbed. */
static void
test_disturbed (void)
{
  Pair pair;
  pair_init (&pair, 24, 3, 0.1, 0.1);
  for (gsize i = 0; i < 24; i += 4)
    {
      pair.times[0][i] = 0.5;
      pair.taken[0][i].share = 0.4;
    }
  MoeJudged judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpuint (judged.n_a, ==, 18);
  g_assert_cmpfloat_with_epsilon (judged.ratio, 1, 0.01);
}

/* Processor time is judged against its like only. */
static void
test_sources (void)
{
  Pair pair;
  pair_init (&pair, 24, 3, 0.1, 0.05);
  pair.a.time_source = moe_text_intern ("processor");
  for (gsize i = 0; i < 24; i++)
    pair.taken[0][i].cpu_s = pair.times[0][i];
  MoeJudged judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_OPEN);
  g_assert_cmpint (judged.hindrance, ==, MOE_HINDRANCE_SOURCES);
  pair.b.time_source = pair.a.time_source;
  for (gsize i = 0; i < 24; i++)
    pair.taken[1][i].cpu_s = pair.times[1][i];
  judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_FASTER);
}

static void
test_figures (void)
{
  Pair pair;
  pair_init (&pair, 0, 1, 0.1, 0.0985);
  MoeJudged judged = judge_one (&pair.a, &pair.b, FALSE, NULL);
  g_assert_cmpint (judged.method, ==, MOE_METHOD_FIGURES);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_SAME);
  g_assert_true (isnan (judged.p));
  pair_init (&pair, 0, 1, 0.1, 0.097);
  g_assert_cmpint (judge_one (&pair.a, &pair.b, FALSE, NULL).verdict, ==, MOE_VERDICT_FASTER);
  pair.b.tokens_per_s = NAN;
  judged = judge_one (&pair.a, &pair.b, FALSE, NULL);
  g_assert_cmpint (judged.method, ==, MOE_METHOD_NONE);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_OPEN);
}

/* One or two samples: a ratio, but nothing about how sure it is. */
static void
test_few (void)
{
  Pair pair;
  pair_init (&pair, 1, 1, 0.1, 0.08);
  MoeJudged judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.verdict, ==, MOE_VERDICT_OPEN);
  g_assert_cmpint (judged.hindrance, ==, MOE_HINDRANCE_FEW);
  g_assert_cmpfloat_with_epsilon (judged.ratio, 0.099 / 0.08, 1e-9);
  pair.taken[0][0].round = 7; /* no round in common: the ratio of the figures */
  judged = judge_one (&pair.a, &pair.b, TRUE, NULL);
  g_assert_cmpint (judged.hindrance, ==, MOE_HINDRANCE_FEW);
  g_assert_cmpfloat_with_epsilon (judged.ratio, 1.25, 1e-9);
}

/* The more points, the smaller p has to be for each of them. */
static void
test_many_points (void)
{
  Pair same[9], one;
  MoeJudgePair pairs[10];
  MoeJudged joint;
  pair_init (&one, 6, 1, 0.1, 0.0965);
  pairs[0] = (MoeJudgePair){ .a = &one.a, .b = &one.b, .same_rounds = TRUE };
  for (gsize i = 0; i < 9; i++)
    {
      pair_init (&same[i], 6, 1, 0.1, 0.1);
      pairs[i + 1] = (MoeJudgePair){ .a = &same[i].a, .b = &same[i].b, .same_rounds = TRUE };
    }
  moe_judge (pairs, 10, NULL, &joint);
  MoeJudged alone = judge_one (&one.a, &one.b, TRUE, NULL);
  g_assert_cmpfloat (pairs[0].judged.p, ==, alone.p);
  g_assert_cmpfloat (pairs[0].judged.adjusted, >, 5 * alone.adjusted);
  g_assert_cmpint (joint.verdict, !=, MOE_VERDICT_FASTER);
}

/* What starts differ by is read off a run with several, and nothing off a run with one. */
static void
test_starts (void)
{
  const NoisePlan several = { POINTS, .starts = 40, .rounds = 6 },
                  single = { POINTS, .starts = 1, .rounds = 40 };
  const NoiseModel model = { "starts", .sample = 0.02, .start = 0.01 };
  const NoisePlan *const plans[] = { &several, &single };
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  for (int i = 0; i < 2; i++)
    {
      MoeJudgePair pairs[POINTS];
      g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Run");
      noise_measure (random, &model, plans[i], 1, FALSE, pairs);
      for (gsize p = 0; p < POINTS; p++)
        moe_run_append (run, pairs[p].a);
      MoeStartSpread spread = moe_starts_measure (run);
      if (i == 0)
        g_assert_cmpfloat_with_epsilon (spread.sd, 0.01, 0.003);
      g_assert_cmpfloat (spread.df, ==, i == 0 ? 39 : 0);
      noise_free (pairs, POINTS);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/judge/equal-side-by-side", test_equal_side_by_side);
  g_test_add_func ("/judge/equal-runs", test_equal_runs);
  g_test_add_func ("/judge/equal-single-starts", test_equal_single_starts);
  g_test_add_func ("/judge/planted", test_planted);
  g_test_add_func ("/judge/many-samples-of-one-start", test_many_samples_of_one_start);
  g_test_add_func ("/judge/verdicts", test_verdicts);
  g_test_add_func ("/judge/other-tokens", test_other_tokens);
  g_test_add_func ("/judge/precision", test_precision);
  g_test_add_func ("/judge/single-starts", test_single_starts);
  g_test_add_func ("/judge/anchors", test_anchors);
  g_test_add_func ("/judge/disturbed", test_disturbed);
  g_test_add_func ("/judge/sources", test_sources);
  g_test_add_func ("/judge/figures", test_figures);
  g_test_add_func ("/judge/few", test_few);
  g_test_add_func ("/judge/many-points", test_many_points);
  g_test_add_func ("/judge/starts", test_starts);
  return g_test_run ();
}
