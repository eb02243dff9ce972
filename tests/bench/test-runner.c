/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/fake-backend.h"

#include "engine/bench/runner.h"

#include <math.h>
#include <string.h>

typedef struct Log
{
  GString *events; /* "point 0, sample 1.0, ..." */
  double last_fraction;
  double last_remaining_s;
  size_t n_samples;
  double total_s;
  size_t verified;
} Log;

static void
log_point (void *data, const MoePoint *point, const MoePointFacts *facts)
{
  Log *log = data;
  g_assert_cmpuint (point->index, ==, facts->point);
  g_assert_cmpuint (facts->real_assignments + facts->null_assignments, ==,
                    point->routing.tokens * point->routing.topk);
  g_assert_cmpuint (facts->expert_load_min, <=, facts->expert_load_max);
  g_string_append_printf (log->events, "point%zu ", point->index);
}

static void
log_sample (void *data, const MoeSample *sample)
{
  Log *log = data;
  log->n_samples++;
  log->total_s += sample->time_s;
  g_assert_cmpfloat (sample->stages.time_s[MOE_STAGE_UP], ==, sample->time_s);
  g_assert_cmpfloat (sample->loss, >, 0);
  g_string_append_printf (log->events, "s%zu.%zu", sample->point, sample->round);
  if (sample->steps != 1)
    g_string_append_printf (log->events, "x%zu", sample->steps);
  g_string_append_c (log->events, ' ');
}

static void
log_done (void *data, const MoePoint *point)
{
  g_string_append_printf (((Log *)data)->events, "done%zu ", point->index);
}

static void
log_verified (void *data, const MoeVerification *verification)
{
  ((Log *)data)->verified++;
  g_assert_true (verification->passed
                 == (verification->max_relative_error <= verification->tolerance));
}

static void
log_progress (void *data, const MoeProgress *progress)
{
  Log *log = data;
  g_assert_cmpfloat (progress->fraction, >=, log->last_fraction);
  g_assert_cmpfloat (progress->fraction, <=, 1);
  log->last_fraction = progress->fraction;
  log->last_remaining_s = progress->remaining_s;
}

static void
small_plan (MoePlan *plan, const char *iters, const char *warmup, const char *min_sample_time)
{
  MoeOptions options;
  moe_options_init_single (&options);
  const char *settings[][2] = {
    { "tokens", "200" },        { "hidden", "16" },   { "mlp-dim", "8" },
    { "experts", "10" },        { "topk", "4" },      { "null-route-frac-list", "0.0,0.5" },
    { "iters", iters },         { "warmup", warmup }, { "min-sample-time", min_sample_time },
    { "bench-pass", "forward" }
  };
  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++)
    g_assert_cmpint (moe_options_set (&options, settings[i][0], settings[i][1], NULL), ==, MOE_OK);
  g_assert_cmpint (moe_plan_new (&options, plan, NULL), ==, MOE_OK);
}

static MoeStatus
run (const MoePlan *plan,
     Log *log,
     const MoeCalibration *calibration,
     const MoeCancel *cancel,
     MoeError *error)
{
  MoeClock clock = fake_clock ();
  MoeRunEvents events = { .data = log,
                          .progress = log_progress,
                          .point = log_point,
                          .verified = log_verified,
                          .sample = log_sample,
                          .point_done = log_done };
  return moe_run (plan, &fake_backend, calibration, &clock, cancel, &events, error);
}

/* Warm-up rounds are not published, rounds interleave the points and turn round each time. */
static void
test_order (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeError error = { 0 };
  fake_machine_reset ();
  small_plan (&plan, "3", "1", "0.02");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, &error), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s1.0 s0.0 s0.1 s1.1 s1.2 s0.2 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN 0.0 0.5 0.5 0.0 0.0 0.5 0.5 0.0 CLOSE");
  g_assert_cmpuint (log.verified, ==, 2);
  g_assert_cmpfloat (log.total_s, ==, 6 * 0.25);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* A sample has as many steps as the fastest warm-up step of its point asks for, in all rounds, and
 * tells the time of one. */
static void
test_min_sample_time (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  const double warmup_s[] = { 0.5, 0.4, 0.3, 0.2 }; /* of points 0 1 1 0 */
  memcpy (fake_machine.first_s, warmup_s, sizeof warmup_s);
  small_plan (&plan, "2", "2", "0.6");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s0.0x3 s1.0x2 s1.1x2 s0.1x3 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==,
                   "OPEN 0.0 0.5 0.5 0.0 0.0 0.0 0.0 0.5 0.5 0.5 0.5 0.0 0.0 0.0 CLOSE");
  g_assert_cmpuint (log.verified, ==, 2);
  g_assert_cmpfloat (log.total_s, ==, 4 * 0.25);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Without a warm-up the first step of each point only shows how long one takes. */
static void
test_calibration_step (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  small_plan (&plan, "1", "0", "0.5");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s1.0x2 s0.0x2 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN 0.0 0.5 0.5 0.5 0.0 0.0 CLOSE");
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Steps that a forecast did not foresee never turn progress back, and it still ends at 1. */
static void
test_unforeseen_steps (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeCalibration slow = { .flops_per_s = 1e3, .bytes_per_s = 1e12, .touch_bytes_per_s = 1e15 };
  fake_machine_reset ();
  small_plan (&plan, "3", "1", "10");
  g_assert_cmpint (run (&plan, &log, &slow, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (fake_machine.steps, ==, 2 + 2 * 3 * 40);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_assert_cmpfloat_with_epsilon (log.last_remaining_s, 0, 1e-9);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* A stop is seen between the steps of a sample; the sample is not published. */
static void
test_cancel_within_sample (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeCancel cancel;
  moe_cancel_init (&cancel);
  fake_machine_reset ();
  fake_machine.cancel = &cancel;
  fake_machine.cancel_at_step = 2 + 4 + 2; /* warm-up, a sample, half of the next */
  small_plan (&plan, "2", "1", "1");
  g_assert_cmpint (run (&plan, &log, NULL, &cancel, NULL), ==, MOE_ERROR_CANCELLED);
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s1.0x4 ");
  g_assert_cmpuint (fake_machine.steps, ==, 8);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Remaining time follows what steps really took, whatever the forecast said. */
static void
test_remaining (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeCalibration calibration = { .flops_per_s = 1e6,
                                 .bytes_per_s = 1e12,
                                 .touch_bytes_per_s = 1e15 };
  MoeCancel cancel;
  moe_cancel_init (&cancel);
  fake_machine_reset ();
  fake_machine.cancel = &cancel;
  fake_machine.cancel_at_step =
      2; /* both points once: half of the work of one warm-up, one round */
  small_plan (&plan, "1", "1", "0");
  g_assert_cmpint (run (&plan, &log, &calibration, &cancel, NULL), ==, MOE_ERROR_CANCELLED);
  g_assert_cmpuint (log.n_samples, ==, 0);
  /* Published before the second step: one of two points warmed up. */
  g_assert_cmpfloat (log.last_fraction, >, 0.2);
  g_assert_cmpfloat (log.last_fraction, <, 0.5);
  g_assert_cmpfloat (log.last_remaining_s, >, 0.25);
  g_assert_cmpfloat (log.last_remaining_s, <, 0.75);
  g_assert_true (g_str_has_suffix (fake_machine.calls->str, "CLOSE"));
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

static void
test_cancel_keeps_samples (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeCancel cancel;
  MoeError error = { 0 };
  moe_cancel_init (&cancel);
  fake_machine_reset ();
  fake_machine.cancel = &cancel;
  fake_machine.cancel_at_step = 3;
  small_plan (&plan, "5", "0", "0");
  g_assert_cmpint (run (&plan, &log, NULL, &cancel, &error), ==, MOE_ERROR_CANCELLED);
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s0.0 s1.0 s1.1 ");
  g_assert_cmpstr (error.message, !=, "");
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* A backend whose full-size step is wrong publishes no sample. */
static void
test_wrong_result (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeError error = { 0 };
  fake_machine_reset ();
  fake_machine.fail_at_step = 1;
  small_plan (&plan, "2", "0", "0");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, &error), ==, MOE_ERROR_MISMATCH);
  g_assert_cmpuint (log.n_samples, ==, 0);
  g_assert_cmpuint (log.verified, ==, 1);
  g_assert_nonnull (strstr (error.message, "Fake"));
  g_assert_nonnull (strstr (error.message, "reference"));
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runner/order", test_order);
  g_test_add_func ("/runner/min-sample-time", test_min_sample_time);
  g_test_add_func ("/runner/min-sample-time/calibration-step", test_calibration_step);
  g_test_add_func ("/runner/min-sample-time/unforeseen-steps", test_unforeseen_steps);
  g_test_add_func ("/runner/min-sample-time/cancel", test_cancel_within_sample);
  g_test_add_func ("/runner/remaining", test_remaining);
  g_test_add_func ("/runner/cancel-keeps-samples", test_cancel_keeps_samples);
  g_test_add_func ("/runner/wrong-result", test_wrong_result);
  return g_test_run ();
}
