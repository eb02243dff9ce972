/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <math.h>

#include "engine/bench/settle.h"

enum
{
  ROUNDS = 8
};

static MoeSettle *
new_settle (size_t points, size_t setups, int base)
{
  MoeSettle *settle = NULL;
  g_assert_cmpint (moe_settle_new (points, setups, base, &settle, NULL), ==, MOE_OK);
  return settle;
}

static MoeTaken
taken (uint32_t start, uint32_t round, double share, double cpu_s)
{
  MoeTaken taken = moe_taken_unknown ();
  taken.start = start;
  taken.round = start * ROUNDS + round;
  taken.share = share;
  taken.cpu_s = cpu_s;
  return taken;
}

/* Three starts of a point whose times wander by `noise`, its processor times by 1 in 1,000. */
static void
fill (MoeSettle *settle, size_t setup, size_t point, double time_s, double noise, double share)
{
  for (uint32_t start = 0; start < 3; start++)
    for (uint32_t round = 0; round < ROUNDS; round++)
      {
        double up = (double)((round * 5 + (uint32_t)point) % ROUNDS) / ROUNDS;
        MoeTaken how = taken (start, round, share, time_s * (1 + 0.001 * up));
        g_assert_cmpint (
            moe_settle_add (settle, setup, point, &how, time_s * (1 + noise * up), NULL), ==,
            MOE_OK);
      }
}

static double
half_width (const MoeSettle *settle, size_t point)
{
  size_t n;
  return moe_settle_half_width (settle, point, MOE_SETTLE_ALL_STARTS, &n);
}

static void
test_ratio_to_base (void)
{
  MoeSettle *settle = new_settle (3, 1, 0);
  size_t n;
  fill (settle, 0, 0, 1.0, 0.01, 1);
  fill (settle, 0, 1, 0.5, 0.01, 1);
  fill (settle, 0, 2, 0.2, 0.5, 1);
  g_assert_cmpfloat (half_width (settle, 0), ==, 0);
  g_assert_cmpfloat (half_width (settle, 1), <, 0.02);
  g_assert_cmpfloat (half_width (settle, 2), >, 0.05);
  moe_settle_half_width (settle, 1, 2, &n);
  g_assert_cmpuint (n, ==, ROUNDS);
  moe_settle_free (settle);
}

/* On a machine that does not get quiet the processor times settle it. */
static void
test_processor_times (void)
{
  MoeSettle *loud = new_settle (2, 1, 0), *quiet = new_settle (2, 1, 0);
  fill (loud, 0, 0, 1.0, 3, 0.3);
  fill (loud, 0, 1, 0.5, 3, 0.3);
  fill (quiet, 0, 0, 1.0, 3, 1);
  fill (quiet, 0, 1, 0.5, 3, 1);
  g_assert_cmpfloat (half_width (loud, 1), <, 0.02);
  g_assert_cmpfloat (half_width (quiet, 1), >, 2 * half_width (loud, 1));
  moe_settle_free (loud);
  moe_settle_free (quiet);
}

/* Where nobody tells processor times, all times count as they are. */
static void
test_nothing_known (void)
{
  MoeSettle *settle = new_settle (1, 1, MOE_SETTLE_NO_BASE);
  g_assert_true (isinf (half_width (settle, 0)));
  fill (settle, 0, 0, 1.0, 0.01, NAN);
  g_assert_cmpfloat (half_width (settle, 0), <, 0.02);
  moe_settle_free (settle);
}

static void
test_side_by_side (void)
{
  MoeSettle *settle = new_settle (1, 2, MOE_SETTLE_NO_BASE);
  fill (settle, 0, 0, 1.0, 0.01, 1);
  g_assert_true (isinf (half_width (settle, 0)));
  fill (settle, 1, 0, 1.03, 0.01, 1);
  g_assert_cmpfloat (half_width (settle, 0), <, 0.02);
  moe_settle_free (settle);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settle/ratio-to-base", test_ratio_to_base);
  g_test_add_func ("/settle/processor-times", test_processor_times);
  g_test_add_func ("/settle/nothing-known", test_nothing_known);
  g_test_add_func ("/settle/side-by-side", test_side_by_side);
  return g_test_run ();
}
