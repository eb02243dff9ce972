/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine's limits allow a point, and what raises them. */
#include "engine/judge/bound.h"
#include "engine/records/rates.h"
#include "engine/text/intern.h"
#include "tests/records/support.h"

/* What is padded must be computed too, and so bounds the rate. */
static void
test_bound_of_policies (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeLimits limits = { .peak_flops_per_s = 1e12,
                       .read_bytes_per_s = 1e18,
                       .write_bytes_per_s = 1e18 };
  MoeRecord record = *moe_run_get_record (run, 0);
  record.real_assignments = 16000;
  limits.calibration.flops_per_s = 5e11;
  moe_run_set_limits (run, &limits);
  g_assert_cmpfloat_with_epsilon (moe_run_bound_tokens_per_s (run, &record),
                                  4096 / (18.0 * 512 * 352 * 16000 / 1e12), 1e-3);
  record.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("pad");
  record.capacity = 300;
  g_assert_cmpfloat_with_epsilon (moe_run_bound_tokens_per_s (run, &record),
                                  4096 / (18.0 * 512 * 352 * 60 * 300 / 1e12), 1e-3);
  record.capacity = -1;
  g_assert_true (isnan (moe_run_bound_tokens_per_s (run, &record)));
}

/* A file of an earlier version tells one rate of the memory; it stands for both. */
static void
test_bound_of_old_files (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeLimits limits;
  moe_run_set_fact (run, "peak flop/s", "1e12");
  moe_run_set_fact (run, "dense flop/s", "5e11");
  g_assert_false (moe_run_get_limits (run, &limits));
  moe_run_set_fact (run, "memory byte/s", "4e10");
  g_assert_true (moe_run_get_limits (run, &limits));
  g_assert_cmpfloat (limits.read_bytes_per_s, ==, 4e10);
  g_assert_cmpfloat (limits.write_bytes_per_s, ==, 4e10);
  moe_run_set_fact (run, "memory read byte/s", "5e10");
  moe_run_set_fact (run, "memory write byte/s", "3e10");
  g_assert_true (moe_run_get_limits (run, &limits));
  g_assert_cmpfloat (limits.read_bytes_per_s, ==, 5e10);
  g_assert_cmpfloat (limits.write_bytes_per_s, ==, 3e10);
  moe_run_set_fact (run, "memory read byte/s", "fast");
  g_assert_true (moe_run_get_limits (run, &limits));
  g_assert_cmpfloat (limits.read_bytes_per_s, ==, 4e10);
}

/* A point above its roof raises it, which the run tells; a figure made of processor time says
 * nothing about the machine. */
static void
test_raised_limits (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeLimits limits = { .peak_flops_per_s = 1e6,
                       .read_bytes_per_s = 1e18,
                       .write_bytes_per_s = 1e18,
                       .calibration = { .flops_per_s = 1e5 } };
  MoeLimits reached;
  g_assert_false (moe_run_raise_limits (run, &reached)); /* it tells no limits */
  moe_run_set_limits (run, &limits);
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_cmpfloat (moe_run_bound_share (run, record), >, 1);
  g_assert_true (moe_run_raise_limits (run, &reached));
  g_assert_cmpfloat (reached.peak_flops_per_s, >, 1e6);
  g_assert_cmpstr (moe_run_get_fact (run, "limits"), ==,
                   "raised to what a point of this run reached");
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    g_assert_false (moe_run_bound_share (run, moe_run_get_record (run, i)) > 1 + 1e-5);

  g_autoptr (MoeRun) busy = test_run_new ();
  for (gsize i = 0; i < moe_run_get_n_records (busy); i++)
    {
      MoeRecord of_processor = *moe_run_get_record (busy, i);
      of_processor.n_samples = 0; /* figures without samples */
      of_processor.time_source = moe_text_intern ("processor");
      moe_run_replace (busy, i, &of_processor);
    }
  moe_run_set_limits (busy, &limits);
  g_assert_false (moe_run_raise_limits (busy, &reached));
  g_assert_false (moe_run_bound_share (busy, moe_run_get_record (busy, 0)) > 1 + 1e-5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bound/of-policies", test_bound_of_policies);
  g_test_add_func ("/bound/of-old-files", test_bound_of_old_files);
  g_test_add_func ("/bound/raised-limits", test_raised_limits);
  return g_test_run ();
}
