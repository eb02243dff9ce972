/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "engine/bench/line.h"

enum
{
  MOST = 40
};

/* Some line through two of the points is as good as any other. */
static double
least_deviation (const MoeLinePoint *points, size_t n)
{
  double least = INFINITY;
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < i; j++)
      if (points[i].x != points[j].x)
        {
          double slope = (points[i].y - points[j].y) / (points[i].x - points[j].x);
          MoeLine line = { points[i].y - slope * points[i].x, slope };
          least = fmin (least, moe_line_deviation (&line, points, n));
        }
  return least;
}

/* Against every line that could be the best one; x of a few fractions, as samples have. */
static void
test_least (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  for (int round = 0; round < 300; round++)
    {
      MoeLinePoint points[MOST];
      MoeLineSlope scratch[MOST];
      MoeLine line;
      size_t n = (size_t)g_rand_int_range (random, 3, MOST + 1);
      for (size_t i = 0; i < n; i++)
        {
          double x = 1 - 0.3 * (double)(i % 4), noise = g_rand_double (random);
          points[i] = (MoeLinePoint){ x, 1 + 2 * x + (i % 7 == 0 ? 5 : 0.1) * noise,
                                      g_rand_double_range (random, 0.5, 2) };
        }
      g_assert_true (moe_line_fit (points, n, scratch, &line));
      g_assert_cmpfloat_with_epsilon (moe_line_deviation (&line, points, n),
                                      least_deviation (points, n), 1e-9);
    }
}

/* Points that were held up do not turn it, whole numbers of weight count as repeats, none at 0. */
static void
test_weights (void)
{
  MoeLinePoint points[] = { { 0, 1, 1 }, { 1, 3, 1 },    { 2, 5, 1 },
                            { 3, 7, 1 }, { 1.5, 40, 1 }, { 2.5, 90, 0 } };
  MoeLinePoint turned[] = { { 0, 1, 1 }, { 1, 3, 1 }, { 2, 9, 5 } };
  MoeLineSlope scratch[6];
  MoeLine line;
  g_assert_true (moe_line_fit (points, 6, scratch, &line));
  g_assert_cmpfloat_with_epsilon (line.at_0, 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (line.slope, 2, 1e-12);
  g_assert_cmpfloat_with_epsilon (moe_line_at (&line, 10), 21, 1e-12);
  g_assert_true (moe_line_fit (turned, 3, scratch, &line));
  g_assert_cmpfloat_with_epsilon (moe_line_at (&line, 2), 9, 1e-12);
  g_assert_cmpfloat_with_epsilon (moe_line_at (&line, 0), 1, 1e-12);
}

static void
test_refused (void)
{
  const MoeLinePoint points[] = { { 1, 1, 1 }, { 1, 2, 1 }, { 2, 3, 0 } };
  MoeLineSlope scratch[3];
  MoeLine line = { 5, 6 };
  g_assert_false (moe_line_fit (points, 0, scratch, &line));
  g_assert_false (moe_line_fit (points, 1, scratch, &line));
  g_assert_false (moe_line_fit (points, 3, scratch, &line));
  g_assert_cmpfloat (line.at_0, ==, 5);
  g_assert_cmpfloat (line.slope, ==, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/line/least", test_least);
  g_test_add_func ("/line/weights", test_weights);
  g_test_add_func ("/line/refused", test_refused);
  return g_test_run ();
}
