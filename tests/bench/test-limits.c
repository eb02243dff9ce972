/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "engine/bench/limits.h"

/* 6 H M R forward, 18 with the backward, against 3 H M element bytes per expert. */
static void
test_roofline (void)
{
  MoeLimits limits = { .peak_flops_per_s = 1e9, .bytes_per_s = 1e9 };
  MoeBlock block = { .shape = { .tokens = 10, .hidden = 20, .mlp_dim = 30, .experts = 4 },
                     .pass = MOE_PASS_FORWARD };
  g_assert_cmpfloat (moe_limits_least_bytes (&block, 3), ==, 3 * 3 * 20 * 30 * 4 + 2 * 10 * 20 * 4);
  block.pass = MOE_PASS_FORWARD_BACKWARD;
  double bytes = (3 + 3 + 4) * 3 * 20 * 30 * 4 + 5 * 10 * 20 * 4;
  g_assert_cmpfloat (moe_limits_least_bytes (&block, 3), ==, bytes);
  g_assert_cmpfloat (moe_limits_least_time_s (&limits, &block, 1e6, 3), ==, 1e-3);
  g_assert_cmpfloat (moe_limits_least_time_s (&limits, &block, 1, 3), ==, bytes / 1e9);
  block.dtype = MOE_DTYPE_BFLOAT16;
  g_assert_cmpfloat (moe_limits_least_bytes (&block, 3), ==, bytes / 2);

  /* A shared expert's weights are read by both passes, its gradients written. */
  block.shape.shared_dim = 5;
  g_assert_cmpfloat (moe_limits_least_bytes (&block, 3), ==, bytes / 2 + 3 * 3 * 20 * 5 * 2);
  block.pass = MOE_PASS_FORWARD;
  g_assert_cmpfloat (moe_limits_least_bytes (&block, 3), ==,
                     3 * 3 * 20 * 30 * 2 + 2 * 10 * 20 * 2 + 3 * 20 * 5 * 2);
}

static void
test_measure (void)
{
  MoeError error = { 0 };
  MoeLimits limits;
  MoeClock clock = moe_clock_monotonic ();
  const MoeBackend *backend = moe_backend_find ("auto", MOE_DTYPE_FLOAT32, &error);
  g_assert_cmpint (
      moe_limits_measure (backend, 0, 2, MOE_DTYPE_FLOAT32, &clock, NULL, &limits, &error), ==,
      MOE_OK);
  g_assert_cmpfloat (limits.peak_flops_per_s, >=, limits.calibration.flops_per_s);
  g_assert_cmpfloat (limits.bytes_per_s, >, 1e6);
  g_assert_cmpfloat (limits.calibration.flops_per_s, >, 1e6);

  MoeCancel cancel;
  moe_cancel_init (&cancel);
  moe_cancel_request (&cancel);
  g_assert_cmpint (
      moe_limits_measure (backend, 0, 1, MOE_DTYPE_FLOAT32, &clock, &cancel, &limits, &error), ==,
      MOE_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/limits/roofline", test_roofline);
  g_test_add_func ("/limits/measure", test_measure);
  return g_test_run ();
}
