/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "engine/bench/stats.h"

static void
test_nothing (void)
{
  MoeSpread spread;
  moe_spread_of (NULL, 0, &spread);
  g_assert_cmpuint (spread.n, ==, 0);
  g_assert_true (isnan (spread.min) && isnan (spread.max) && isnan (spread.mean));
  g_assert_true (isnan (spread.median) && isnan (spread.lower) && isnan (spread.upper));
  g_assert_true (isnan (moe_median (NULL, 0)));
}

static void
test_median (void)
{
  double odd[] = { 5, 1, 3 };
  double even[] = { 4, 1, 3, 2 };
  g_assert_cmpfloat (moe_median (odd, 3), ==, 3.0);
  g_assert_cmpfloat (moe_median (even, 4), ==, 2.5);
  g_assert_cmpfloat (moe_median (&odd[2], 1), ==, 5.0);
  g_assert_cmpfloat (odd[0], ==, 1.0);
  g_assert_cmpfloat (even[3], ==, 4.0);
}

static void
test_one_value (void)
{
  double value[] = { 0.25 };
  MoeSpread spread;
  moe_spread_of (value, 1, &spread);
  g_assert_cmpuint (spread.n, ==, 1);
  g_assert_cmpfloat (spread.lower, ==, 0.25);
  g_assert_cmpfloat (spread.upper, ==, 0.25);
  g_assert_cmpfloat_with_epsilon (spread.coverage, 0.0, 1e-12);
  g_assert_cmpfloat (moe_spread_relative (&spread), ==, 0.0);
}

/* Too few values: the interval is min .. max, and its coverage is told. */
static void
test_few_values (void)
{
  double values[] = { 2, 4, 1, 5, 9 };
  MoeSpread spread;
  moe_spread_of (values, 5, &spread);
  g_assert_cmpfloat (spread.min, ==, 1.0);
  g_assert_cmpfloat (spread.max, ==, 9.0);
  g_assert_cmpfloat (spread.lower, ==, 1.0);
  g_assert_cmpfloat (spread.upper, ==, 9.0);
  g_assert_cmpfloat (spread.median, ==, 4.0);
  g_assert_cmpfloat_with_epsilon (spread.mean, 4.2, 1e-12);
  g_assert_cmpfloat_with_epsilon (spread.coverage, 1.0 - 2.0 / 32.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (moe_spread_relative (&spread), 1.0, 1e-12);
  spread.upper = 9.1;
  g_assert_true (moe_spread_is_wild (&spread));
}

/* Ranks from the tables of the sign test (two-sided, 95 %): n, rank from either end. */
static void
test_known_ranks (void)
{
  const struct
  {
    size_t n;
    size_t rank;
    double coverage;
  } cases[] = {
    { 6, 1, 0.96875 },   { 8, 1, 0.9921875 }, { 9, 2, 0.9609375 }, { 10, 2, 0.978516 },
    { 15, 4, 0.964844 }, { 20, 6, 0.958611 }, { 25, 8, 0.956715 }, { 100, 40, 0.964800 },
  };
  double values[100];
  for (size_t i = 0; i < 100; i++)
    values[i] = (double)i + 1.0;
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeSpread spread;
      moe_spread_of (values, cases[i].n, &spread);
      g_assert_cmpfloat (spread.lower, ==, (double)cases[i].rank);
      g_assert_cmpfloat (spread.upper, ==, (double)(cases[i].n + 1 - cases[i].rank));
      g_assert_cmpfloat_with_epsilon (spread.coverage, cases[i].coverage, 1e-5);
    }
}

/* Beyond n = 1074 the smallest probabilities are no doubles any more. */
static void
test_many_values (void)
{
  enum
  {
    N = 5000
  };
  g_autofree double *values = g_new (double, N);
  MoeSpread spread;
  for (int i = 0; i < N; i++)
    values[i] = (double)(N - i);
  moe_spread_of (values, N, &spread);
  g_assert_cmpfloat (spread.median, ==, 2500.5);
  /* n/2 - 1.96 sqrt (n) / 2 = 2430.7 */
  g_assert_cmpfloat (spread.lower, >=, 2430.0);
  g_assert_cmpfloat (spread.lower, <=, 2432.0);
  g_assert_cmpfloat_with_epsilon (spread.lower + spread.upper, N + 1.0, 1e-9);
  g_assert_cmpfloat (spread.coverage, >=, 0.95);
  g_assert_cmpfloat (spread.coverage, <, 0.952);
}

/* Of medians that were not measured in pairs. */
static void
test_ratio (void)
{
  double base[] = { 4, 8, 6, 4, 8, 6 };
  double other[] = { 2, 4, 3, 2, 4, 3.1 };
  MoeSpread apart, a, b;
  moe_spread_of (base, 6, &a);
  moe_spread_of (other, 6, &b);
  moe_spread_ratio (&a, &b, &apart);
  g_assert_cmpuint (apart.n, ==, 6);
  g_assert_cmpfloat (apart.lower, ==, 4.0 / 4.0);
  g_assert_cmpfloat (apart.upper, ==, 8.0 / 2.0);
  g_assert_cmpfloat_with_epsilon (apart.median, 6 / 3.05, 1e-12);
  g_assert_cmpfloat_with_epsilon (apart.coverage, 0.9375, 1e-12);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/stats/nothing", test_nothing);
  g_test_add_func ("/bench/stats/median", test_median);
  g_test_add_func ("/bench/stats/one-value", test_one_value);
  g_test_add_func ("/bench/stats/few-values", test_few_values);
  g_test_add_func ("/bench/stats/known-ranks", test_known_ranks);
  g_test_add_func ("/bench/stats/many-values", test_many_values);
  g_test_add_func ("/bench/stats/ratio", test_ratio);
  return g_test_run ();
}
