/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>
#include <string.h>

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
  moe_spread_of (NULL, 0, &point.speedup);
  return point;
}

static void
assert_advice (const MoeAdvicePoint *points, size_t n, const MoeNoise *noise, const char *expected)
{
  MoeAdvice advice;
  g_autoptr (GString) text = g_string_new (NULL);
  moe_advice_of (points, n, noise, &advice);
  for (size_t i = 0; i < advice.n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", advice.text[i]);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_nothing_to_say (void)
{
  MoeNoise noise = quiet ();
  const MoeAdvicePoint points[] = { point (0, 0.01), point (0.5, 0.049) };
  assert_advice (points, 2, &noise, "");
  assert_advice (NULL, 0, &noise, "");

  /* What does no harm is not spoken of. */
  noise.others_busy = 1.9;
  noise.power = MOE_POWER_BATTERY;
  assert_advice (points, 2, &noise, "");
}

static void
test_load (void)
{
  MoeNoise noise = quiet ();
  const MoeAdvicePoint points[] = { point (0, 0.01), point (0.8, 0.15), point (0.9, 0.07) };
  noise.others_busy = 1.3;
  assert_advice (points, 2, &noise,
                 "The samples of f = 0.8 spread by ±15 %: other processes use 1.3 of 2 "
                 "processors; close them or raise --iters.");
  /* Tasks are no processors. */
  noise.others_busy = NAN;
  noise.others_waiting = 227.6;
  assert_advice (points, 2, &noise,
                 "The samples of f = 0.8 spread by ±15 %: 227.6 tasks of other processes run or "
                 "wait for the 2 processors; close them or raise --iters.");
  noise.others_busy = 1.3;
  noise.others_waiting = NAN;
  noise.stolen = 0.25;
  assert_advice (
      points, 3, &noise,
      "The samples of f = 0.8 spread by ±15 % (1 more point exceeds ±5 %): other "
      "processes use 1.3 of 2 processors; close them or raise --iters.\n"
      "Besides, the hypervisor takes 0.25 of 2 processors away; measure when its host is "
      "quiet, or raise --iters.");
}

/* Each cause alone. */
static void
test_causes (void)
{
  const MoeAdvicePoint points[] = { point (0.25, 0.1) };
  const struct
  {
    MoeNoise noise;
    const char *cause;
  } cases[] = {
    { { .threads = 4, .processors = 1 }, "4 threads share 1 processor; lower --threads to 1" },
    { { .processors = 2, .throttlings = 3 }, "slowed itself down 3 times for heat or power" },
    { { .processors = 2, .power = MOE_POWER_BATTERY }, "runs on battery; plug it in" },
    { { .processors = 2, .governor = "powersave" }, "the governor powersave changes the clock" },
    { { .processors = 2, .governor = "ondemand" }, "the governor ondemand changes the clock" },
    { { .processors = 2, .governor = "performance" }, "no cause is seen from here; raise --iters" },
    { { .processors = 2, .others_busy = NAN, .stolen = NAN, .throttlings = -1 },
      "no cause is seen from here, where slowing down for heat cannot be read; raise --iters" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeAdvice advice;
      moe_advice_of (points, 1, &cases[i].noise, &advice);
      g_test_message ("%s", advice.text[0]);
      g_assert_cmpuint (advice.n, ==, 1);
      g_assert_true (
          g_str_has_prefix (advice.text[0], "The samples of f = 0.25 spread by ±10 %: "));
      g_assert_nonnull (strstr (advice.text[0], cases[i].cause));
      g_assert_true (g_str_has_suffix (advice.text[0], "."));
    }
}

static void
test_sampling (void)
{
  MoeNoise noise = quiet ();
  const double few[] = { 0.9, 1.0, 1.1 };
  MoeAdvicePoint points[] = { point (0, 0.01), point (0.5, 0.1) };
  moe_spread_of (few, 3, &points[1].rate);
  points[1].sample_s = 0.0015;
  points[1].topk = 8;
  assert_advice (points, 2, &noise,
                 "The samples of f = 0.5 at top-8 spread by ±10 %: 3 samples are too few for an "
                 "interval of 95 %; give --iters 6 or more.\n"
                 "Besides, a sample lasts 1.5 ms only; raise --min-sample-time to 0.02 or more.");
  /* One sample spreads by nothing that could be judged. */
  moe_spread_of (few, 1, &points[1].rate);
  assert_advice (points, 2, &noise, "");
}

static void
test_undecided (void)
{
  MoeNoise noise = quiet ();
  const double tie[] = { 0.97, 0.99, 1.0, 1.02, 1.03, 1.05 };
  const double close[] = { 0.995, 0.999, 1.0, 1.001, 1.003, 1.005 };
  MoeAdvicePoint points[] = { point (0, 0.01), point (0.1, 0.03) };
  noise.others_busy = 0.5;
  moe_spread_of (tie, 6, &points[1].speedup);
  assert_advice (points, 2, &noise,
                 "Whether f = 0.1 is faster or slower than f = 0 is open (0.97 to 1.05 times as "
                 "fast): other processes use 0.5 of 2 processors; close them or raise --iters.");
  /* Within 1 % is a tie, which is a result. */
  moe_spread_of (close, 6, &points[1].speedup);
  assert_advice (points, 2, &noise, "");
}

static void
test_coretype (void)
{
  MoeNoise noise = quiet ();
  const MoeAdvicePoint points[] = { point (0, 0.01) };
  g_strlcpy (noise.coretype, "Haswell", sizeof noise.coretype);
  assert_advice (
      points, 1, &noise,
      "OPENBLAS_CORETYPE is set to Haswell, so OpenBLAS may not use the kernels made for "
      "this processor: unset it.");
}

/* However much is wrong, it stays a few sentences, none of them cut. */
static void
test_everything (void)
{
  MoeAdvice advice;
  MoeNoise noise = { .threads = 1024,
                     .processors = 1000,
                     .others_busy = 999.9,
                     .stolen = 999.99,
                     .throttlings = INT64_MAX,
                     .power = MOE_POWER_BATTERY };
  const double wild[] = { 0.5, 1, 2 };
  MoeAdvicePoint points[2] = { point (0, 0.9), point (0.30000000000000004, 0.9) };
  memset (noise.governor, 'g', sizeof noise.governor - 1);
  memset (noise.coretype, 'c', sizeof noise.coretype - 1);
  moe_spread_of (wild, 3, &points[1].speedup);
  points[1].topk = G_MAXSIZE;
  moe_advice_of (points, 2, &noise, &advice);
  g_assert_cmpuint (advice.n, ==, MOE_ADVICE_MAX);
  for (size_t i = 0; i < advice.n; i++)
    g_assert_true (g_str_has_suffix (advice.text[i], "."));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/advice/nothing", test_nothing_to_say);
  g_test_add_func ("/bench/advice/load", test_load);
  g_test_add_func ("/bench/advice/causes", test_causes);
  g_test_add_func ("/bench/advice/sampling", test_sampling);
  g_test_add_func ("/bench/advice/undecided", test_undecided);
  g_test_add_func ("/bench/advice/coretype", test_coretype);
  g_test_add_func ("/bench/advice/everything", test_everything);
  return g_test_run ();
}
