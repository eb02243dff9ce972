/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "engine/bench/contrast.h"

/* Tables of Student's t (two-sided). */
static void
test_student (void)
{
  g_assert_cmpfloat_with_epsilon (moe_student_quantile (0.05, 1), 12.7062, 1e-3);
  g_assert_cmpfloat_with_epsilon (moe_student_quantile (0.05, 2), 4.3027, 1e-3);
  g_assert_cmpfloat_with_epsilon (moe_student_quantile (0.01, 10), 3.1693, 1e-3);
  g_assert_cmpfloat_with_epsilon (moe_student_p (2.2281, 10), 0.05, 1e-4);
  g_assert_cmpfloat_with_epsilon (moe_student_p (1.959964, 1e9), 0.05, 1e-5);
  g_assert_cmpfloat_with_epsilon (moe_student_p (1.959964, INFINITY), 0.05, 1e-5);
  g_assert_cmpfloat (moe_student_p (0, 3), ==, 1);
  g_assert_true (isnan (moe_student_p (NAN, 3)));
  g_assert_true (isnan (moe_student_quantile (0.05, 0)));
}

static void
test_holm (void)
{
  double p[] = { 0.04, 0.01, NAN, 0.03, 0.9 };
  size_t scratch[5];
  moe_holm (p, 5, scratch);
  g_assert_cmpfloat_with_epsilon (p[1], 0.04, 1e-12);
  g_assert_cmpfloat_with_epsilon (p[3], 0.09, 1e-12);
  g_assert_cmpfloat_with_epsilon (p[0], 0.09, 1e-12); /* never less than a smaller one's */
  g_assert_cmpfloat_with_epsilon (p[4], 0.9, 1e-12);
  g_assert_true (isnan (p[2]));
}

static MoeEstimate
estimate (const MoeTrial *trials, size_t n, MoeStartSpread known)
{
  MoeEstimate result;
  MoeSeries series = { trials, n };
  g_assert_true (moe_estimate_series (&series, 1, &known, &result));
  return result;
}

/* One start: its trimmed mean, in which one wild round has no say. */
static void
test_one_start (void)
{
  MoeTrial trials[10];
  for (uint32_t i = 0; i < 10; i++)
    trials[i] = (MoeTrial){ 0, i, i % 2 == 0 ? 1.0 : 1.02 };
  MoeEstimate calm = estimate (trials, 10, (MoeStartSpread){ 0, 6 });
  trials[4].value = 50;
  MoeEstimate wild = estimate (trials, 10, (MoeStartSpread){ 0, 6 });
  g_assert_cmpfloat_with_epsilon (calm.mean, 1.01, 1e-9);
  g_assert_cmpfloat_with_epsilon (wild.mean, 1.01, 0.005);
  g_assert_cmpfloat (wild.se, <, 2 * calm.se);
  g_assert_cmpuint (calm.n, ==, 10);
  g_assert_cmpuint (calm.starts, ==, 1);
}

/* However many rounds a start has, it stays one start. */
static void
test_rounds_are_no_starts (void)
{
  enum
  {
    N = 3000
  };
  g_autofree MoeTrial *trials = g_new (MoeTrial, N);
  for (uint32_t i = 0; i < N; i++)
    trials[i] = (MoeTrial){ 0, i, (i * 7919u % 100) * 1e-4 };
  MoeStartSpread known = { 0.01, 8 };
  MoeEstimate few = estimate (trials, 30, known), many = estimate (trials, N, known);
  g_assert_cmpfloat (many.se, >=, 0.01);
  g_assert_cmpfloat (many.se, >, 0.9 * few.se);
}

/* Starts that disagree by more than their rounds explain widen the error beyond the rounds'. */
static void
test_starts_disagree (void)
{
  MoeTrial together[24], apart[24];
  for (uint32_t i = 0; i < 24; i++)
    {
      double noise = i % 2 == 0 ? 0.001 : -0.001;
      together[i] = (MoeTrial){ i / 8, i, noise };
      apart[i] = (MoeTrial){ i / 8, i, noise + 0.03 * (double)(i / 8) };
    }
  MoeStartSpread known = moe_start_spread_of_rounds ();
  MoeEstimate close = estimate (together, 24, known), wide = estimate (apart, 24, known);
  g_assert_cmpuint (wide.starts, ==, 3);
  g_assert_cmpfloat (wide.se, >, 2 * close.se);
  MoeSeries series = { apart, 24 };
  MoeStartSpread measured = moe_start_spread_measure (&series, 1);
  g_assert_cmpfloat_with_epsilon (measured.sd, 0.03, 0.001);
  g_assert_cmpfloat (measured.df, ==, 2);
  series.trials = together;
  g_assert_cmpfloat (moe_start_spread_measure (&series, 1).sd, <, 0.001);
}

/* What hits all points of a round alike does not become surer by having more points. */
static void
test_points_of_a_round_go_together (void)
{
  MoeTrial trials[12], opposite[12];
  MoeSeries alike[8], mixed[8];
  MoeStartSpread known = { 0, 6 };
  MoeEstimate one, eight, cancelling;
  for (uint32_t i = 0; i < 12; i++)
    {
      double noise = (i * 5 % 12) * 0.01;
      trials[i] = (MoeTrial){ 0, i, noise };
      opposite[i] = (MoeTrial){ 0, i, -noise };
    }
  for (int i = 0; i < 8; i++)
    {
      alike[i] = (MoeSeries){ trials, 12 };
      mixed[i] = (MoeSeries){ i % 2 == 0 ? trials : opposite, 12 };
    }
  g_assert_true (moe_estimate_series (alike, 1, &known, &one));
  g_assert_true (moe_estimate_series (alike, 8, &known, &eight));
  g_assert_true (moe_estimate_series (mixed, 8, &known, &cancelling));
  g_assert_cmpfloat_with_epsilon (eight.se, one.se, 1e-9);
  g_assert_cmpfloat (cancelling.se, <, 1e-9);
}

/* A series that lacks a start shifts nobody's mean. */
static void
test_missing_start (void)
{
  MoeTrial low[16], high[8];
  for (uint32_t i = 0; i < 16; i++)
    low[i] = (MoeTrial){ i / 8, i, 1 + (i % 2) * 0.001 };
  for (uint32_t i = 0; i < 8; i++)
    high[i] = (MoeTrial){ 1, 8 + i, 2 + (i % 2) * 0.001 };
  MoeSeries both[] = { { low, 16 }, { high, 8 } };
  MoeStartSpread known = moe_start_spread_of_rounds ();
  MoeEstimate joint;
  g_assert_true (moe_estimate_series (both, 2, &known, &joint));
  g_assert_cmpfloat_with_epsilon (joint.mean, 1.5005, 1e-6);
  g_assert_cmpfloat (joint.se, <, 0.01);
}

static void
test_nothing (void)
{
  MoeEstimate result;
  MoeTrial one = { 0, 0, 1.5 };
  MoeTrial far_apart[] = { { 0, 0, 1 }, { 0, 4000000000u, 1 } };
  MoeSeries none = { NULL, 0 }, single = { &one, 1 }, broken = { far_apart, 2 };
  MoeStartSpread known = moe_start_spread_of_rounds ();
  g_assert_false (moe_estimate_series (&none, 1, &known, &result));
  g_assert_true (isnan (result.mean));
  g_assert_true (moe_estimate_series (&single, 1, &known, &result));
  g_assert_cmpfloat (result.mean, ==, 1.5);
  g_assert_true (isnan (result.se));
  g_assert_true (isnan (moe_estimate_p (&result)));
  g_assert_false (moe_estimate_series (&broken, 1, &known, &result));
}

/* In 2,000 runs of three starts the 95 % interval misses the truth about one time in twenty. */
static void
test_coverage (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  MoeStartSpread known = moe_start_spread_of_rounds ();
  int missed = 0;
  for (int run = 0; run < 2000; run++)
    {
      MoeTrial trials[24];
      for (uint32_t i = 0; i < 24; i++)
        {
          double sum = 0;
          for (int k = 0; k < 12; k++)
            sum += g_rand_double (random) - 0.5;
          trials[i] = (MoeTrial){ i / 8, i, 0.02 * sum };
        }
      MoeEstimate result = estimate (trials, 24, known);
      missed += fabs (result.mean) > moe_estimate_half_width (&result);
    }
  g_assert_cmpint (missed, <, 130);
  g_assert_cmpint (missed, >, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contrast/student", test_student);
  g_test_add_func ("/contrast/holm", test_holm);
  g_test_add_func ("/contrast/one-start", test_one_start);
  g_test_add_func ("/contrast/rounds-are-no-starts", test_rounds_are_no_starts);
  g_test_add_func ("/contrast/starts-disagree", test_starts_disagree);
  g_test_add_func ("/contrast/points-go-together", test_points_of_a_round_go_together);
  g_test_add_func ("/contrast/missing-start", test_missing_start);
  g_test_add_func ("/contrast/nothing", test_nothing);
  g_test_add_func ("/contrast/coverage", test_coverage);
  return g_test_run ();
}
