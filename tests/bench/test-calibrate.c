/* SPDX-License-Identifier: Apache-2.0 */
/* Who is measured when, and which tries count. */
#include <math.h>

#include "tests/bench/fake-contenders.h"

static const MoeBackend *const both[] = { &fake_quick, &fake_native };

static MoeStatus
calibrate (MoeCancel *cancel, MoeCalibrated results[2])
{
  MoeQuiet quiet = fake_contenders_quiet ();
  MoeMeasureAsk ask = { .threads = FAKE_THREADS, .quiet = &quiet, .cancel = cancel };
  return moe_calibrate (&ask, both, 2, results, NULL);
}

/* A dense block of 2048 tokens, 512 x 512: 18 H M T FLOPs.  Its rate is somewhat above this, since
 * some of the time goes to the bytes. */
static void
assert_dense_rate (const MoeCalibrated *result, double step_s)
{
  double flops_per_s = 18.0 * 512 * 512 * 2048 / step_s;
  g_assert_cmpint (result->status, ==, MOE_OK);
  g_assert_cmpfloat (result->calibration.flops_per_s, >, 0.9 * flops_per_s);
  g_assert_cmpfloat (result->calibration.flops_per_s, <, 2.5 * flops_per_s);
}

/* Each round has every backend once, with its two blocks, and every other round is reversed. */
static void
test_turns (void)
{
  MoeCalibrated results[2];
  fake_contenders_reset ();
  g_assert_cmpint (calibrate (NULL, results), ==, MOE_OK);
  g_assert_cmpstr (fake_contenders.calls->str, ==, "Q Q N N N N Q Q Q Q N N ");
  assert_dense_rate (&results[0], 0.01);
  assert_dense_rate (&results[1], 0.02);
  g_assert_cmpfloat_with_epsilon (
      results[0].calibration.flops_per_s / results[1].calibration.flops_per_s, 2, 1e-3);
  g_assert_cmpfloat_with_epsilon (results[0].calibration.touch_bytes_per_s, 1e6, 1e4);
  g_assert_false (results[0].circumstances.disturbed);
  g_assert_cmpfloat (results[0].circumstances.share, ==, 1);
}

/* The first round was disturbed, and although its steps were shorter they do not count; one round
 * more makes up for it. */
static void
test_disturbed_tries (void)
{
  MoeCalibrated quiet[2], results[2];
  fake_contenders_reset ();
  calibrate (NULL, quiet);
  fake_contenders_reset ();
  fake_contenders.loud_opens = 4;
  g_assert_cmpint (calibrate (NULL, results), ==, MOE_OK);
  g_assert_cmpuint (fake_contenders.opens, ==, 4 * 4);
  g_assert_false (results[0].circumstances.disturbed);
  g_assert_cmpfloat_with_epsilon (results[0].calibration.flops_per_s,
                                  quiet[0].calibration.flops_per_s, 1e8);

  /* Only the one that was disturbed tries again. */
  fake_contenders_reset ();
  fake_contenders.loud_opens = 2;
  calibrate (NULL, results);
  g_assert_cmpstr (fake_contenders.calls->str, ==, "Q Q N N N N Q Q Q Q N N Q Q ");
}

/* When it does not get quiet it ends after three times the rounds, says so, and goes by the
 * processor time. */
static void
test_never_quiet (void)
{
  MoeCalibrated quiet[2], results[2];
  fake_contenders_reset ();
  calibrate (NULL, quiet);
  fake_contenders_reset ();
  fake_contenders.waiting = 0.1;
  fake_contenders.others = 1.5;
  fake_contenders.step_s[0] /= 0.9;
  g_assert_cmpint (calibrate (NULL, results), ==, MOE_OK);
  g_assert_cmpuint (fake_contenders.opens, ==, 4 * MOE_TRIES_ROUNDS);
  g_assert_cmpfloat_with_epsilon (
      results[0].calibration.flops_per_s / quiet[0].calibration.flops_per_s, 1, 1e-3);
  g_assert_true (results[0].circumstances.disturbed);
  g_assert_cmpfloat_with_epsilon (results[0].circumstances.share, 0.9, 1e-3);
  g_assert_cmpfloat_with_epsilon (results[0].circumstances.others_busy, 1.5, 1e-3);
}

/* Steps that take seconds are not tried nine times. */
static void
test_patience (void)
{
  MoeCalibrated results[2];
  fake_contenders_reset ();
  fake_contenders.waiting = 0.1;
  fake_contenders.step_s[0] = fake_contenders.step_s[1] = 10;
  calibrate (NULL, results);
  g_assert_cmpuint (fake_contenders.opens, ==, 4 * MOE_TRIES_WANTED);
}

/* One that fails does not keep the other from being measured, and does not try again. */
static void
test_failure (void)
{
  MoeCalibrated results[2];
  fake_contenders_reset ();
  fake_contenders.fail_open = 2;
  g_assert_cmpint (calibrate (NULL, results), ==, MOE_OK);
  g_assert_cmpint (results[0].status, ==, MOE_ERROR_BACKEND);
  g_assert_cmpstr (results[0].error.message, ==, "broken");
  g_assert_cmpstr (fake_contenders.calls->str, ==, "Q Q N N N N N N ");
  assert_dense_rate (&results[1], 0.02);
}

static void
test_cancelled (void)
{
  MoeCalibrated results[2];
  MoeCancel cancel;
  fake_contenders_reset ();
  moe_cancel_init (&cancel);
  fake_contenders.cancel_at = &cancel;
  fake_contenders.cancel_open = 3;
  g_assert_cmpint (calibrate (&cancel, results), ==, MOE_ERROR_CANCELLED);
  g_assert_cmpuint (fake_contenders.opens, <=, 4);
}

/* 2 threads for 1 s: 0.1 s of waiting and 0.1 s taken by the hypervisor are 10 % of it; waiting for
 * one another is none of it. */
static void
test_share (void)
{
  MoeQuietCount before = { 10, 5, 20, 1 }, after = { 11.5, 5.1, 22, 1.1 };
  g_assert_cmpfloat_with_epsilon (moe_quiet_share (&before, &after, 2, 1), 0.9, 1e-12);
  after.waited_s = 7; /* others of its threads waited too */
  g_assert_cmpfloat_with_epsilon (moe_quiet_share (&before, &after, 2, 1), 0.75, 1e-12);
  after.waited_s = 5.1;
  after.stolen_s = NAN;
  g_assert_cmpfloat_with_epsilon (moe_quiet_share (&before, &after, 2, 1), 0.95, 1e-12);
  after.waited_s = NAN; /* then the processor time is all there is */
  g_assert_cmpfloat_with_epsilon (moe_quiet_share (&before, &after, 2, 1), 0.75, 1e-12);
  after.own_s = NAN;
  g_assert_true (isnan (moe_quiet_share (&before, &after, 2, 1)));
}

static void
test_others (void)
{
  MoeQuietCount before = { 10, 5, 20, 1 }, after = { 11, 5, 22.5, 1 };
  g_assert_cmpfloat_with_epsilon (moe_quiet_others (&before, &after, 2), 0.75, 1e-12);
  after.busy_s = before.busy_s;
  g_assert_true (isnan (moe_quiet_others (&before, &after, 2)));
  after.busy_s = NAN;
  g_assert_true (isnan (moe_quiet_others (&before, &after, 2)));
}

static void
test_quiet_now (void)
{
  MoeQuiet quiet = fake_contenders_quiet ();
  fake_contenders_reset ();
  fake_contenders.others = 0.05;
  g_assert_true (moe_quiet_now (&quiet));
  fake_contenders.others = 0.2;
  g_assert_false (moe_quiet_now (&quiet));
}

static void
test_tries (void)
{
  MoeTries tries;
  moe_tries_init (&tries);
  g_assert_cmpfloat (moe_tries_seconds (&tries), ==, INFINITY);
  moe_tries_add (&tries, 9, 9, 0); /* nothing was had, and yet it was not done in no time */
  g_assert_cmpfloat (moe_tries_seconds (&tries), ==, 9);
  moe_tries_add (&tries, 3, 3.5, 0.99);
  moe_tries_add (&tries, 1, 2, 0.5);
  moe_tries_add (&tries, 4, 4, 0.98);
  g_assert_false (moe_tries_enough (&tries));
  g_assert_cmpfloat (moe_tries_seconds (&tries), ==, 2 * 0.5);
  g_assert_cmpfloat (moe_tries_share (&tries), ==, 0.5);
  moe_tries_add (&tries, 5, 5, NAN); /* nothing is known against it */
  g_assert_true (moe_tries_enough (&tries));
  g_assert_cmpfloat (moe_tries_seconds (&tries), ==, 3);
  g_assert_cmpfloat (moe_tries_share (&tries), ==, 0.99);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibrate/turns", test_turns);
  g_test_add_func ("/calibrate/disturbed-tries", test_disturbed_tries);
  g_test_add_func ("/calibrate/never-quiet", test_never_quiet);
  g_test_add_func ("/calibrate/patience", test_patience);
  g_test_add_func ("/calibrate/failure", test_failure);
  g_test_add_func ("/calibrate/cancelled", test_cancelled);
  g_test_add_func ("/calibrate/share", test_share);
  g_test_add_func ("/calibrate/others", test_others);
  g_test_add_func ("/calibrate/quiet-now", test_quiet_now);
  g_test_add_func ("/calibrate/tries", test_tries);
  return g_test_run ();
}
