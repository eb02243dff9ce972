/* SPDX-License-Identifier: Apache-2.0 */
/* What advice finds; its words are those of tests/words/test-advice.c. */
#include <glib.h>
#include <math.h>

#include "engine/bench/advice.h"

/* A machine on which nothing goes on. */
static MoeNoise
quiet (void)
{
  return (MoeNoise){ .threads = 2, .processors = 2, .power = MOE_POWER_MAINS };
}

/* Twelve samples around 1 s, whose interval's relative half-width is about `width`. */
static MoeAdvicePoint
point (double null_target, double width)
{
  MoeAdvicePoint point = { .topk = 4, .null_target = null_target, .sample_s = 1 };
  double samples[12];
  for (int i = 0; i < 12; i++)
    samples[i] = i < 6 ? 1 - width : 1 + width;
  moe_spread_of (samples, 12, &point.rate);
  return point;
}

static void
test_nothing (void)
{
  MoeAdvice advice;
  MoeNoise noise = quiet ();
  const MoeAdvicePoint points[] = { point (0, 0.01), point (0.5, 0.049) };
  moe_advice_of (NULL, 0, &noise, &advice);
  g_assert_cmpuint (advice.n, ==, 0);

  /* What does no harm is not spoken of. */
  noise.others_busy = 1.9;
  noise.power = MOE_POWER_BATTERY;
  moe_advice_of (points, 2, &noise, &advice);
  g_assert_cmpuint (advice.n, ==, 0);
  g_assert_cmpuint (advice.n_wide, ==, 0);
  g_assert_false (advice.coretype);
}

static void
test_widest (void)
{
  MoeAdvice advice;
  MoeNoise noise = quiet ();
  MoeAdvicePoint points[] = { point (0, 0.01), point (0.8, 0.15), point (0.9, 0.07) };
  noise.others_busy = 1.3;
  noise.stolen = 0.25;
  moe_advice_of (points, 3, &noise, &advice);
  g_assert_cmpfloat (advice.widest.null_target, ==, 0.8);
  g_assert_cmpfloat_with_epsilon (advice.width, 0.15, 1e-9);
  g_assert_cmpuint (advice.n_wide, ==, 2);
  g_assert_false (advice.several_topks);
  g_assert_cmpuint (advice.n, ==, 2);
  g_assert_cmpint (advice.causes[0], ==, MOE_CAUSE_BUSY);
  g_assert_cmpint (advice.causes[1], ==, MOE_CAUSE_STOLEN);
  points[2].topk = 8;
  moe_advice_of (points, 3, &noise, &advice);
  g_assert_true (advice.several_topks);
}

/* Each cause alone. */
static void
test_causes (void)
{
  const MoeAdvicePoint points[] = { point (0.25, 0.1) };
  const struct
  {
    MoeNoise noise;
    MoeCause cause;
  } cases[] = {
    { { .threads = 4, .processors = 1 }, MOE_CAUSE_THREADS },
    { { .processors = 2, .others_busy = 0.5 }, MOE_CAUSE_BUSY },
    { { .processors = 2, .others_busy = NAN, .others_waiting = 227.6 }, MOE_CAUSE_WAITING },
    { { .processors = 2, .stolen = 0.3 }, MOE_CAUSE_STOLEN },
    { { .processors = 2, .throttlings = 3 }, MOE_CAUSE_THROTTLED },
    { { .processors = 2, .power = MOE_POWER_BATTERY }, MOE_CAUSE_BATTERY },
    { { .processors = 2, .governor = "powersave" }, MOE_CAUSE_GOVERNOR },
    { { .processors = 2, .governor = "ondemand" }, MOE_CAUSE_GOVERNOR },
    { { .processors = 2, .governor = "performance" }, MOE_CAUSE_UNSEEN },
    { { .processors = 2, .others_busy = NAN, .stolen = NAN, .throttlings = -1 }, MOE_CAUSE_UNSEEN },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeAdvice advice;
      moe_advice_of (points, 1, &cases[i].noise, &advice);
      g_assert_cmpuint (advice.n, ==, 1);
      g_assert_cmpint (advice.causes[0], ==, cases[i].cause);
    }
}

static void
test_sampling (void)
{
  MoeAdvice advice;
  MoeNoise noise = quiet ();
  double few[] = { 0.9, 1.0, 1.1 };
  MoeAdvicePoint points[] = { point (0, 0.01), point (0.5, 0.1) };
  moe_spread_of (few, 3, &points[1].rate);
  points[1].sample_s = 0.0015;
  moe_advice_of (points, 2, &noise, &advice);
  g_assert_cmpuint (advice.n, ==, 1);
  g_assert_cmpint (advice.causes[0], ==, MOE_CAUSE_SHORT);
  /* One sample spreads by nothing that could be judged. */
  moe_spread_of (few, 1, &points[1].rate);
  moe_advice_of (points, 2, &noise, &advice);
  g_assert_cmpuint (advice.n, ==, 0);
}

/* A kernel that was forced upon the library is told of samples that agree, too. */
static void
test_coretype (void)
{
  MoeAdvice advice;
  MoeNoise noise = quiet ();
  const MoeAdvicePoint points[] = { point (0, 0.01) };
  g_strlcpy (noise.coretype, "Haswell", sizeof noise.coretype);
  moe_advice_of (points, 1, &noise, &advice);
  g_assert_true (advice.coretype);
  g_assert_cmpuint (advice.n, ==, 0);
  g_assert_cmpstr (advice.noise.coretype, ==, "Haswell");
}

/* However much is wrong, only the likeliest causes are told. */
static void
test_everything (void)
{
  MoeAdvice advice;
  MoeNoise noise = { .threads = 1024,
                     .processors = 1000,
                     .others_busy = 999.9,
                     .stolen = 999.99,
                     .throttlings = INT64_MAX,
                     .power = MOE_POWER_BATTERY,
                     .governor = "powersave" };
  const MoeAdvicePoint points[] = { point (0, 0.9) };
  moe_advice_of (points, 1, &noise, &advice);
  g_assert_cmpuint (advice.n, ==, MOE_ADVICE_MAX);
  g_assert_cmpint (advice.causes[0], ==, MOE_CAUSE_THREADS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/advice/nothing", test_nothing);
  g_test_add_func ("/bench/advice/widest", test_widest);
  g_test_add_func ("/bench/advice/causes", test_causes);
  g_test_add_func ("/bench/advice/sampling", test_sampling);
  g_test_add_func ("/bench/advice/coretype", test_coretype);
  g_test_add_func ("/bench/advice/everything", test_everything);
  return g_test_run ();
}
