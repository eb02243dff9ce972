/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/sampling.h"
#include "tests/bench/fake-backend.h"

#include "engine/bench/runner.h"
#include "engine/moe/capacity.h"

#include <math.h>
#include <string.h>

typedef struct Log
{
  GString *events; /* "point 0, sample 1.0, ..." */
  double last_fraction;
  double last_remaining_s;
  size_t n_samples;
  size_t samples_done;
  size_t samples_total;
  MoeTaken taken[64]; /* of the first samples */
  uint32_t last_start;
  size_t settled;
  size_t to_settle;
  double total_s;
  size_t verified;
  MoePointFacts facts[8];
  size_t trace_events;
  uint64_t traced_ns;
} Log;

static void
log_point (void *data, const MoePoint *point, const MoePointFacts *facts)
{
  Log *log = data;
  g_assert_cmpuint (point->index, ==, facts->point);
  g_assert_cmpuint (facts->real_assignments + facts->null_assignments + facts->dropped_assignments,
                    ==, point->routing.tokens * point->routing.topk);
  if (point->index < G_N_ELEMENTS (log->facts))
    log->facts[point->index] = *facts;
  g_assert_cmpuint (facts->expert_load_min, <=, facts->expert_load_max);
  g_string_append_printf (log->events, "%s%zu ", facts->setup == 0 ? "point" : "Point",
                          point->index);
}

static void
log_sample (void *data, const MoeSample *sample)
{
  Log *log = data;
  if (log->n_samples < G_N_ELEMENTS (log->taken))
    log->taken[log->n_samples] = sample->taken;
  log->n_samples++;
  log->last_start = sample->taken.start;
  g_assert_cmpuint (sample->taken.round, ==, sample->round);
  log->total_s += sample->time_s;
  g_assert_cmpfloat (sample->stages.time_s[MOE_STAGE_UP], ==, sample->time_s);
  g_assert_cmpfloat (sample->loss, >, 0);
  g_string_append_printf (log->events, "%c%zu.%zu", sample->setup == 0 ? 's' : 'S', sample->point,
                          sample->round);
  if (sample->steps != 1)
    g_string_append_printf (log->events, "x%zu", sample->steps);
  g_string_append_c (log->events, ' ');
}

static void
log_done (void *data, size_t setup, const MoePoint *point)
{
  g_string_append_printf (((Log *)data)->events, "%s%zu ", setup == 0 ? "done" : "Done",
                          point->index);
}

static void
log_traced (void *data, size_t setup, const MoePoint *point, const MoeTrace *trace)
{
  Log *log = data;
  log->trace_events = trace->n;
  for (size_t i = 0; i < trace->n; i++)
    log->traced_ns += trace->events[i].end_ns - trace->events[i].begin_ns;
  g_string_append_printf (log->events, "traced%zu ", point->index);
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
  g_assert_cmpuint (progress->samples_done, >=, log->samples_done);
  log->samples_done = progress->samples_done;
  log->samples_total = progress->samples_total;
  log->settled = progress->settled;
  log->to_settle = progress->to_settle;
  log->last_fraction = progress->fraction;
  log->last_remaining_s = progress->remaining_s;
}

/* "name=value name=value": 200 tokens, two points unless told otherwise. */
static void
make_plan (MoePlan *plan, const char *settings)
{
  MoeOptions options;
  MoeError error = { 0 };
  moe_options_init_single (&options);
  g_autofree char *all =
      g_strconcat ("tokens=200 hidden=16 mlp-dim=8 experts=10 topk=4 threads=2 "
                   "null-route-frac-list=0.0,0.5 iters=2 warmup=0 min-sample-time=0 "
                   "wait-quiet=0 ",
                   settings, NULL);
  g_auto (GStrv) words = g_strsplit (all, " ", -1);
  for (size_t i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      if (moe_options_set (&options, pair[0], pair[1], &error) != MOE_OK)
        g_error ("%s", error.message);
    }
  if (moe_plan_new (&options, plan, &error) != MOE_OK)
    g_error ("%s", error.message);
}

static void
small_plan (MoePlan *plan, const char *iters, const char *warmup, const char *min_sample_time)
{
  g_autofree char *settings =
      g_strdup_printf ("iters=%s warmup=%s min-sample-time=%s", iters, warmup, min_sample_time);
  make_plan (plan, settings);
}

static MoeRunEvents
log_events (Log *log)
{
  return (MoeRunEvents){ .data = log,
                         .progress = log_progress,
                         .point = log_point,
                         .verified = log_verified,
                         .sample = log_sample,
                         .point_done = log_done };
}

static MoeStatus
run_one (const MoePlan *plan,
         const MoeBackend *backend,
         const MoeCalibration *calibration,
         const MoeClock *clock,
         const MoeCancel *cancel,
         const MoeRunEvents *events,
         MoeError *error)
{
  const MoeSetup setup = { plan, backend, calibration };
  return moe_run_setups (&setup, 1, false, clock, cancel, events, error);
}

static MoeStatus
run (const MoePlan *plan,
     Log *log,
     const MoeCalibration *calibration,
     const MoeCancel *cancel,
     MoeError *error)
{
  MoeClock clock = fake_clock ();
  MoeRunEvents events = log_events (log);
  return run_one (plan, &fake_backend, calibration, &clock, cancel, &events, error);
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

/* A forward_backward step has both, in samples, in the check and in what is told of time. */
static void
test_backward (void)
{
  MoePlan plan;
  MoeError error = { 0 };
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  fake_machine.comm_bytes = 100;
  make_plan (&plan, "bench-pass=forward_backward iters=1 shared-expert-dim=6 queue-mode=both");
  run (&plan, &log, NULL, NULL, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s0.0 s1.0 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN 0.0 b 0.5 b CLOSE");
  g_assert_cmpfloat (log.total_s, ==, 2 * 0.5);
  g_assert_cmpfloat (log.facts[0].flops, ==, 18.0 * 16 * 8 * 800 + 18.0 * 200 * 16 * 6);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* A disturbed sample is published, and taken again in a round of its own, with f = 0 to pair it. */
static void
test_retake (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  fake_machine.shares[1] = 0.5; /* point 1 in round 0 */
  fake_machine.anchor_s = 0.01;
  small_plan (&plan, "2", "0", "0");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s0.0 s1.0 s1.1 s0.1 s0.2 s1.2 done0 done1 ");
  g_assert_cmpuint (log.samples_total, ==, 4);
  g_assert_cmpuint (log.samples_done, ==, 4);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_assert_cmpfloat_with_epsilon (log.taken[1].share, 0.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (log.taken[1].cpu_s, 0.125, 1e-9);
  g_assert_cmpint (log.taken[1].switches, ==, 1);
  g_assert_cmpfloat_with_epsilon (log.taken[2].share, 1, 1e-9);
  g_assert_cmpuint (log.taken[5].round, ==, 2);
  g_assert_cmpfloat_with_epsilon (log.taken[5].anchor_s, 0.01, 1e-9);
  g_assert_cmpuint (fake_machine.anchors, ==, 3);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

static void
count_refused (void *data, size_t setup, const MoePoint *point)
{
  g_string_append_printf (((Log *)data)->events, "refused%zu ", point->index);
}

static MoeStatus
run_with_jumps (const char *iters, Log *log, MoeError *error)
{
  MoePlan plan;
  MoeClock clock = fake_clock ();
  MoeRunEvents events = log_events (log);
  events.refused = count_refused;
  small_plan (&plan, iters, "0", "0");
  MoeStatus status = run_one (&plan, &fake_backend, NULL, &clock, NULL, &events, error);
  moe_plan_clear (&plan);
  return status;
}

/* The clock is put back within a sample, by much or by a part of it: its time is told to nobody. */
static void
test_clock_put_back (void)
{
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  fake_machine.first_s[1] = -5; /* point 1 in round 0 */
  fake_machine.shares[4] = 4;   /* threads had four times the time: point 0 in round 1 */
  g_assert_cmpint (run_with_jumps ("2", &log, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==,
                   "point0 point1 s0.0 refused1 s1.0 s1.1 refused0 s0.1 done0 done1 ");
  g_assert_cmpfloat (log.total_s, ==, 4 * 0.25);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
}

/* One that is put back in every sample times nothing: that is said, and nothing hangs. */
static void
test_clock_of_no_use (void)
{
  Log log = { .events = g_string_new (NULL) };
  MoeError error = { 0 };
  fake_machine_reset ();
  fake_machine.now_ns = UINT64_C (1) << 60;
  fake_machine.step_s = -1;
  g_assert_cmpint (run_with_jumps ("2", &log, &error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error.message, "monotonic clock jumped"));
  g_assert_cmpuint (log.n_samples, ==, 0);
  g_string_free (log.events, TRUE);
}

/* Rounds that are short beside the anchor share one. */
static void
test_short_rounds (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  fake_machine.step_s = 0.01; /* rounds of 0.02 */
  fake_machine.anchor_s = 0.01;
  small_plan (&plan, "12", "0", "0");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (fake_machine.anchors, ==, 3); /* before rounds 0, 5 and 10 */
  for (size_t i = 0; i < 24; i++)
    g_assert_cmpfloat_with_epsilon (log.taken[i].anchor_s, 0.01, 1e-9);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* A machine that does not get quiet ends a run all the same, with twice the samples. */
static void
test_never_quiet (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  for (size_t i = 0; i < G_N_ELEMENTS (fake_machine.shares); i++)
    fake_machine.shares[i] = 0.9;
  make_plan (&plan, "iters=3 null-route-frac-list=0.5");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "point0 s0.0 s0.1 s0.2 s0.3 s0.4 s0.5 done0 ");
  g_assert_cmpuint (log.samples_done, ==, 3);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Where threads cannot tell what they used, every sample counts. */
static void
test_unknown_usage (void)
{
  MoePlan plan;
  MoeClock clock = fake_clock ();
  Log log = { .events = g_string_new (NULL) };
  MoeRunEvents events = { .data = &log, .sample = log_sample };
  MoeBackend backend = fake_backend;
  backend.usage = NULL;
  backend.anchor = NULL;
  fake_machine_reset ();
  small_plan (&plan, "2", "0", "0");
  g_assert_cmpint (run_one (&plan, &backend, NULL, &clock, NULL, &events, NULL), ==, MOE_OK);
  g_assert_cmpuint (log.n_samples, ==, 4);
  g_assert_true (isnan (log.taken[0].share) && isnan (log.taken[0].anchor_s));
  g_assert_cmpint (log.taken[0].switches, ==, -1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Samples are dealt over the starts, each with a warm-up of its own; rounds count on, and what is
 * known of a point is told once. */
static void
test_starts (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  make_plan (&plan, "iters=3 warmup=1 starts=2");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "point0 point1 s1.0 s0.0 s0.1 s1.1 s0.2 s1.2 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==,
                   "OPEN 0.0 0.5 0.5 0.0 0.0 0.5 CLOSEOPEN 0.5 0.0 0.0 0.5 CLOSE");
  g_assert_cmpuint (log.verified, ==, 2);
  g_assert_cmpuint (log.taken[3].start, ==, 0);
  g_assert_cmpuint (log.taken[4].start, ==, 1);
  g_assert_cmpuint (log.samples_done, ==, 6);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* A start gives up what it lacks for itself alone: the next one has its own samples to take. */
static void
test_retake_by_start (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  fake_machine.shares[0] = fake_machine.shares[1] = 0.5;
  make_plan (&plan, "iters=2 starts=2 null-route-frac-list=0.5");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "point0 s0.0 s0.1 s0.2 done0 ");
  g_assert_cmpuint (log.taken[2].start, ==, 1);
  g_assert_cmpuint (log.samples_done, ==, 2);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Traced is where the last samples were taken. */
static void
test_traced_in_last_start (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeClock clock = fake_clock ();
  MoeRunEvents events = {
    .data = &log, .sample = log_sample, .point_done = log_done, .traced = log_traced
  };
  fake_machine_reset ();
  make_plan (&plan, "starts=2");
  g_assert_cmpint (run_one (&plan, &fake_backend, NULL, &clock, NULL, &events, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "s0.0 s1.0 s1.1 s0.1 traced0 traced1 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN 0.0 0.5 CLOSEOPEN 0.5 0.0 0.0* 0.5* CLOSE");
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Each number of tokens has an opening of its own in every start. */
static void
test_batches (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  make_plan (&plan, "iters=2 starts=2 tokens-list=200,100 null-route-frac-list=0.5");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (fake_machine.opens, ==, 4);
  g_assert_cmpstr (log.events->str, ==, "point0 s0.0 point1 s1.0 s0.1 done0 s1.1 done1 ");
  g_assert_cmpuint (log.samples_done, ==, 4);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* So has each number of experts. */
static void
test_expert_counts (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  make_plan (&plan, "iters=2 starts=2 experts-list=8,16 null-route-frac-list=0.5");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (fake_machine.opens, ==, 4);
  g_assert_cmpstr (log.events->str, ==, "point0 s0.0 point1 s1.0 s0.1 done0 s1.1 done1 ");
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Three starts of four rounds are the least, and enough where nothing varies. */
static void
test_settles_at_once (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  make_plan (&plan, "until-settled=true");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (fake_machine.opens, ==, 3);
  g_assert_cmpuint (log.n_samples, ==, 3 * 4 * 2);
  g_assert_true (g_str_has_suffix (log.events->str, "s0.11 done0 done1 "));
  g_assert_cmpuint (log.taken[23].start, ==, 2);
  g_assert_cmpuint (log.samples_total, ==, 0);
  g_assert_cmpuint (log.settled, ==, 2);
  g_assert_cmpuint (log.to_settle, ==, 2);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Where starts differ, more of them follow, for the group that needs them only. */
static void
test_more_starts (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  fake_machine.uneven[0] = 1.04;
  fake_machine.uneven[1] = 0.96;
  make_plan (&plan, "until-settled=true budget=600 precision=0.02");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (fake_machine.opens, >, 3);
  g_assert_cmpuint (log.settled, ==, 2);
  g_assert_cmpuint (log.n_samples, ==, fake_machine.opens * 8);
  g_assert_cmpuint (log.last_start, ==, fake_machine.opens - 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* What does not settle ends with the budget, not a round later. */
static void
test_budget (void)
{
  static const double noisy_s[] = { 0.25, 0.4, 0.2, 0.3, 0.6, 0.25, 0.35 };
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  fake_machine.cycle_s = noisy_s;
  fake_machine.n_cycle = G_N_ELEMENTS (noisy_s);
  make_plan (&plan, "until-settled=true budget=30");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpfloat (log.total_s, >=, 30);
  g_assert_cmpfloat (log.total_s, <=, 30 + 3 * 1.0);
  g_assert_cmpuint (fake_machine.opens, ==, 3);
  g_assert_cmpuint (log.settled, ==, 1); /* f = 0 is equal to itself */
  g_assert_cmpuint (log.to_settle, ==, 2);
  g_assert_cmpfloat (log.last_fraction, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* Points that are known well enough leave the rounds to those that are not, with f = 0. */
static void
test_widest_gets_rounds (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  /* The third point is noisy, whichever way round the points are taken. */
  static const double noisy_s[] = { 0.25, 0.25, 0.4, 0.2, 0.25, 0.25,
                                    0.25, 0.25, 0.3, 0.6, 0.25, 0.25 };
  fake_machine_reset ();
  fake_machine.cycle_s = noisy_s;
  fake_machine.n_cycle = G_N_ELEMENTS (noisy_s);
  make_plan (&plan,
             "until-settled=true starts=1 precision=0.02 budget=12 null-route-frac-list=0,0.5,0.9");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_nonnull (strstr (log.events->str, "s1.3 "));
  g_assert_null (strstr (log.events->str, "s1.4 "));
  g_assert_nonnull (strstr (log.events->str, "s2.4 "));
  g_assert_nonnull (strstr (log.events->str, "s0.4 "));
  g_assert_cmpuint (fake_machine.opens, ==, 1);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

static MoeStatus
run_two (const char *a, const char *b, bool alternate, Log *log, MoeError *error)
{
  MoePlan plans[2];
  MoeClock clock = fake_clock ();
  MoeRunEvents events = log_events (log);
  make_plan (&plans[0], a);
  make_plan (&plans[1], b);
  MoeSetup setups[] = { { &plans[0], &fake_backend, NULL }, { &plans[1], &fake_backend, NULL } };
  fake_machine_reset ();
  MoeStatus status = moe_run_setups (setups, 2, alternate, &clock, NULL, &events, error);
  moe_plan_clear (&plans[0]);
  moe_plan_clear (&plans[1]);
  return status;
}

/* Side by side both are open, and a round takes each point of the one and of the other, in turned
 * order the next time. */
static void
test_side_by_side (void)
{
  Log log = { .events = g_string_new (NULL) };
  g_assert_cmpint (run_two ("", "impl=fast", false, &log, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==,
                   "point0 point1 Point0 Point1 s0.0 S0.0 s1.0 S1.0 S1.1 s1.1 S0.1 s0.1 "
                   "done0 done1 Done0 Done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==,
                   "OPEN OPEN 0.0 0.0 0.5 0.5 0.5 0.5 0.0 0.0 CLOSECLOSE");
  g_assert_cmpuint (log.verified, ==, 4);
  g_assert_cmpuint (log.samples_total, ==, 8);
  g_assert_cmpuint (log.samples_done, ==, 8);
  g_assert_cmpuint (fake_machine.anchors, ==, 2); /* one a round */
  g_string_free (log.events, TRUE);
}

/* Where both do not fit they take turns in each start, with the same rounds, the other first the
 * next time. */
static void
test_alternate (void)
{
  Log log = { .events = g_string_new (NULL) };
  g_assert_cmpint (run_two ("starts=2", "impl=fast", true, &log, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==,
                   "point0 point1 s0.0 s1.0 Point0 Point1 S1.0 S0.0 S0.1 S1.1 s1.1 s0.1 "
                   "done0 done1 Done0 Done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==,
                   "OPEN 0.0 0.5 CLOSEOPEN 0.5 0.0 CLOSEOPEN 0.0 0.5 CLOSEOPEN 0.5 0.0 CLOSE");
  g_string_free (log.events, TRUE);
}

/* What settles is the ratio of the two, of starts where they take turns. */
static void
test_two_settle (void)
{
  for (int alternate = 0; alternate < 2; alternate++)
    {
      Log log = { .events = g_string_new (NULL) };
      g_assert_cmpint (run_two ("until-settled=true", "impl=fast", alternate != 0, &log, NULL), ==,
                       MOE_OK);
      g_assert_cmpuint (log.settled, ==, 2);
      g_assert_cmpuint (fake_machine.opens, ==, 3 * 2);
      g_assert_cmpuint (log.n_samples, ==, 3 * 4 * (alternate != 0 ? 8 : 4));
      g_string_free (log.events, TRUE);
    }
}

static void
test_unequal_setups (void)
{
  Log log = { .events = g_string_new (NULL) };
  MoeError error = { 0 };
  g_assert_cmpint (run_two ("", "null-route-frac-list=0,0.5,0.9", false, &log, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_cmpstr (error.option, ==, "versus");
  g_assert_nonnull (strstr (error.message, "null fractions alone"));
  g_assert_nonnull (strstr (error.message, "has 2, the second's 3"));
  g_assert_cmpint (run_two ("", "topk-list=2,4", false, &log, &error), ==, MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "number of curves alone"));
  g_assert_cmpstr (log.events->str, ==, "");
  g_string_free (log.events, TRUE);
}

static void
keep_comm_bytes (void *data, const MoeSample *sample)
{
  *(double *)data = sample->stages.comm_bytes;
}

/* Exchanged bytes are, like stage times, those of one step. */
static void
test_comm_bytes (void)
{
  MoePlan plan;
  MoeClock clock = fake_clock ();
  double comm_bytes = 0;
  MoeRunEvents events = { .data = &comm_bytes, .sample = keep_comm_bytes };
  fake_machine_reset ();
  fake_machine.comm_bytes = 100;
  make_plan (&plan, "bench-pass=forward_backward iters=1 warmup=1 min-sample-time=2");
  g_assert_cmpint (run_one (&plan, &fake_backend, NULL, &clock, NULL, &events, NULL), ==, MOE_OK);
  g_assert_cmpfloat (comm_bytes, ==, 200);
  moe_plan_clear (&plan);
}

/* What is told of a point before its samples: nulls, runs, load, and what a capacity drops. */
static int
compare_sizes (const void *a, const void *b)
{
  size_t x = *(const size_t *)a, y = *(const size_t *)b;
  return x < y ? -1 : x > y;
}

/* Distributions whose experts are not alike are checked on a small block too, which has fewer. */
static void
test_uneven_points (void)
{
  static const char *const settings[] = {
    "distribution=balanced,zipf,hot hot-experts=9 experts=10 topk=1 iters=1",
    "distribution=hot hot-experts=30 hot-share=0.3 experts=40 topk=4 iters=1",
    "distribution=hot hot-experts=1 hot-share=0.9 experts=40 topk=1 iters=1",
    "distribution=zipf zipf-exponent=5 experts=40 topk=7 iters=1",
    "k-rule=top_p distribution=random,runs,zipf experts=40 topk=7 iters=1",
    "k-rule=token_rounding tile=32 tokens=4096 experts=40 topk=1 null-route-frac=0.9 iters=1",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      MoePlan plan;
      Log log = { .events = g_string_new (NULL) };
      fake_machine_reset ();
      make_plan (&plan, settings[i]);
      g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
      moe_plan_clear (&plan);
      g_string_free (log.events, TRUE);
    }
}

static void
test_facts (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  make_plan (&plan, "distribution=both run-alpha=0.9 run-noise-scale=0.5 null-experts=3 "
                    "null-route-seed=4 iters=1");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (plan.n_points, ==, 4);
  for (size_t i = 0; i < 4; i++)
    {
      MoeRouting routing = { 0 };
      size_t counts[10], histogram[MOE_KEPT_MAX + 1], least = SIZE_MAX, most = 0, active = 0;
      const MoePointFacts *facts = &log.facts[i];
      g_assert_cmpint (moe_routing_sample (&plan.points[i].routing, &routing, NULL), ==, MOE_OK);
      moe_routing_expert_counts (&routing, counts);
      for (size_t e = 0; e < 10; e++)
        {
          least = MIN (least, counts[e]);
          most = MAX (most, counts[e]);
          active += counts[e] > 0;
        }
      g_assert_cmpuint (facts->active_experts, ==, active);
      g_assert_cmpuint (facts->null_experts, ==, i % 2 == 0 ? 0 : 3);
      g_assert_cmpuint (facts->real_assignments, ==, routing.real_assignments);
      g_assert_cmpuint (facts->null_assignments, ==, routing.null_assignments);
      g_assert_cmpfloat (facts->null_realized, ==, routing.null_realized);
      g_assert_cmpuint (facts->dropped_assignments, ==, 0);
      g_assert_cmpuint (facts->capacity, ==, 0);
      g_assert_cmpmem (&facts->run_lengths, sizeof facts->run_lengths, &routing.run_lengths,
                       sizeof routing.run_lengths);
      g_assert_cmpfloat (facts->flops, ==, 6.0 * 16 * 8 * (double)routing.real_assignments);
      g_assert_cmpuint (facts->expert_load_min, ==, least);
      g_assert_cmpuint (facts->expert_load_max, ==, most);
      g_assert_cmpfloat (facts->expert_load_std, >, 0);
      for (int tile = 0; tile < MOE_N_TILES; tile++)
        g_assert_cmpfloat (facts->tile_share[tile], ==,
                           moe_tile_share (counts, 10, moe_tile_rows[tile]));
      g_assert_cmpuint (facts->shard_load_max, ==, 0);
      /* Quartiles lie between the sorted loads that surround them. */
      qsort (counts, 10, sizeof *counts, compare_sizes);
      g_assert_cmpfloat (facts->expert_load_p25, ==,
                         (double)counts[2] + 0.25 * (double)(counts[3] - counts[2]));
      g_assert_cmpfloat (facts->expert_load_p50, ==, (double)(counts[4] + counts[5]) / 2);
      g_assert_cmpfloat (facts->expert_load_p75, ==,
                         (double)counts[6] + 0.75 * (double)(counts[7] - counts[6]));
      moe_routing_kept_histogram (&routing, histogram);
      g_assert_cmpuint (facts->n_kept, ==, routing.topk + 1);
      g_assert_cmpmem (facts->kept, facts->n_kept * sizeof (size_t), histogram,
                       facts->n_kept * sizeof (size_t));
      moe_routing_clear (&routing);
    }
  g_assert_cmpfloat (log.facts[0].run_lengths.mean, <, 2);
  g_assert_cmpfloat (log.facts[2].run_lengths.mean, >, 4);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* SPEC 2: at f = 0.5 a take_until_null token with eight slots keeps none with chance 0.157; without
 * null routing all keep eight. */
static void
test_kept (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  make_plan (&plan, "tokens=20000 topk=8 null-routing-mode=take_until_null "
                    "iters=1");
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  const MoePointFacts *none = &log.facts[0], *half = &log.facts[1];
  g_assert_cmpuint (none->n_kept, ==, 9);
  g_assert_cmpuint (none->kept[8], ==, 20000);
  g_assert_cmpuint (none->kept[0], ==, 0);
  g_assert_cmpfloat_with_epsilon ((double)half->kept[0] / 20000, 0.1570, 0.01);
  size_t tokens = 0, slots = 0;
  for (size_t n = 0; n < half->n_kept; n++)
    {
      tokens += half->kept[n];
      slots += n * half->kept[n];
    }
  g_assert_cmpuint (tokens, ==, 20000);
  g_assert_cmpuint (slots, ==, half->real_assignments);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

static void
check_capacity_facts (const char *policy, MoePackStrategy strategy)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeRouting routing = { 0 }, kept = { 0 };
  size_t dropped;
  g_autofree char *settings = g_strdup_printf (
      "null-route-frac-list=0 capacity-factor=0.9 capacity-policy=%s routing-pack-strategy=%s",
      policy, moe_choice_name (MOE_CHOICE_PACK_STRATEGY, strategy));
  fake_machine_reset ();
  make_plan (&plan, settings);
  g_assert_cmpint (run (&plan, &log, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_routing_sample (&plan.points[0].routing, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_capacity_apply (&routing, strategy, 72, &kept, &dropped, NULL), ==, MOE_OK);
  g_assert_cmpuint (dropped, >, 80);
  g_assert_cmpuint (log.facts[0].capacity, ==, 72); /* ceil (0.9 200 4 / 10) */
  g_assert_cmpuint (log.facts[0].dropped_assignments, ==, dropped);
  g_assert_cmpuint (log.facts[0].real_assignments, ==, 800 - dropped);
  g_assert_cmpfloat (log.facts[0].flops, ==,
                     6.0 * 16 * 8 * (800 - (double)dropped)); /* padding is no useful work */
  /* The small block that was checked first has a capacity of its own: 96 tokens, 8 experts. */
  g_assert_cmpuint (fake_machine.small_block.capacity, ==, 44); /* ceil (0.9 96 4 / 8) */
  moe_routing_clear (&routing);
  moe_routing_clear (&kept);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

static void
test_capacity_facts (void)
{
  check_capacity_facts ("drop", MOE_PACK_ARGSORT);
  check_capacity_facts ("drop", MOE_PACK_EXPERT_SCORE_SORT);
  check_capacity_facts ("pad", MOE_PACK_TUPLE_SORT);
}

/* The small block can be shared out among the shards like the real one. */
static void
test_small_block_of_shards (void)
{
  static const struct
  {
    const char *settings;
    size_t tokens;
    size_t experts;
  } cases[] = {
    { "tokens=300 experts=60 ep-size=3 ep-comm-path=ring_ag_rs", 96, 6 },
    { "tokens=350 experts=70 ep-size=7 ep-comm-path=ring_ag_rs", 91, 7 },
    { "tokens=200 experts=60 ep-size=20", 80, 20 },
    { "tokens=200 experts=10 ep-size=5 topk=8", 95, 10 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoePlan plan;
      MoeError error = { 0 };
      Log log = { .events = g_string_new (NULL) };
      g_autofree char *settings = g_strconcat ("parallel-mode=ep ", cases[i].settings, NULL);
      fake_machine_reset ();
      make_plan (&plan, settings);
      run (&plan, &log, NULL, NULL, &error);
      g_assert_cmpstr (error.message, ==, "");
      g_assert_cmpuint (fake_machine.small_block.shape.tokens, ==, cases[i].tokens);
      g_assert_cmpuint (fake_machine.small_block.shape.experts, ==, cases[i].experts);
      g_assert_cmpuint (fake_machine.small_block.ep_size, ==, plan.shards);
      g_string_free (log.events, TRUE);
      moe_plan_clear (&plan);
    }
}

/* Pauses before the fourth step of all, which is the first of the second round of samples. */
static bool
pause_at_fourth (void *data)
{
  g_string_append_c (((Log *)data)->events, '-');
  fake_machine.now_ns += fake_machine.steps == 4 ? G_GUINT64_CONSTANT (3600000000000) : 0;
  return fake_machine.steps == 4;
}

/* A pause lies between samples, is in none of them, and costs each point one step more. */
static void
test_pause (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeClock clock = fake_clock ();
  MoeRunEvents events = {
    .data = &log, .progress = log_progress, .sample = log_sample, .pause = pause_at_fourth
  };
  fake_machine_reset ();
  make_plan (&plan, "warmup=1");
  g_assert_cmpint (run_one (&plan, &fake_backend, NULL, &clock, NULL, &events, NULL), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "---s1.0 -s0.0 -s0.1 -s1.1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN 0.0 0.5 0.5 0.0 0.0 0.0 0.5 0.5 CLOSE");
  g_assert_cmpfloat (log.total_s, ==, 4 * 0.25);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

static MoeCancel hold_cancel;

static bool
pause_and_cancel (void *data)
{
  moe_cancel_request (&hold_cancel);
  return true;
}

static void
test_cancel_while_paused (void)
{
  MoePlan plan;
  MoeClock clock = fake_clock ();
  MoeRunEvents events = { .pause = pause_and_cancel };
  fake_machine_reset ();
  moe_cancel_init (&hold_cancel);
  make_plan (&plan, "warmup=1");
  g_assert_cmpint (run_one (&plan, &fake_backend, NULL, &clock, &hold_cancel, &events, NULL), ==,
                   MOE_ERROR_CANCELLED);
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN CLOSE");
  moe_plan_clear (&plan);
}

static MoeStatus
run_traced (const MoePlan *plan, const MoeBackend *backend, Log *log)
{
  MoeClock clock = fake_clock ();
  MoeRunEvents events = {
    .data = log, .sample = log_sample, .point_done = log_done, .traced = log_traced
  };
  return run_one (plan, backend, NULL, &clock, NULL, &events, NULL);
}

/* One recorded step for each point, after the samples of its group and outside of them. */
static void
test_traced (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  fake_machine_reset ();
  make_plan (&plan, "bench-pass=forward_backward");
  g_assert_cmpint (run_traced (&plan, &fake_backend, &log), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "s0.0 s1.0 s1.1 s0.1 traced0 traced1 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN 0.0 b 0.5 b 0.5 b 0.0 b 0.0* b 0.5* b CLOSE");
  g_assert_cmpuint (log.trace_events, ==, 2); /* forward and backward of one point */
  g_assert_cmpuint (log.traced_ns, ==, 4 * 250000000);
  g_string_free (log.events, TRUE);
  moe_plan_clear (&plan);
}

/* A backend that cannot tell is measured all the same. */
static void
test_untraceable (void)
{
  MoePlan plan;
  Log log = { .events = g_string_new (NULL) };
  MoeBackend backend = fake_backend;
  backend.trace = NULL;
  fake_machine_reset ();
  make_plan (&plan, "iters=1");
  g_assert_cmpint (run_traced (&plan, &backend, &log), ==, MOE_OK);
  g_assert_cmpstr (log.events->str, ==, "s0.0 s1.0 done0 done1 ");
  g_assert_cmpstr (fake_machine.calls->str, ==, "OPEN 0.0 0.5 CLOSE");
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
  g_test_add_func ("/runner/backward", test_backward);
  g_test_add_func ("/runner/retake", test_retake);
  g_test_add_func ("/runner/clock/put-back", test_clock_put_back);
  g_test_add_func ("/runner/clock/of-no-use", test_clock_of_no_use);
  g_test_add_func ("/runner/anchor/short-rounds", test_short_rounds);
  g_test_add_func ("/runner/retake/never-quiet", test_never_quiet);
  g_test_add_func ("/runner/retake/unknown", test_unknown_usage);
  g_test_add_func ("/runner/retake/by-start", test_retake_by_start);
  g_test_add_func ("/runner/starts", test_starts);
  g_test_add_func ("/runner/starts/traced", test_traced_in_last_start);
  g_test_add_func ("/runner/batches", test_batches);
  g_test_add_func ("/runner/expert-counts", test_expert_counts);
  g_test_add_func ("/runner/until-settled/at-once", test_settles_at_once);
  g_test_add_func ("/runner/until-settled/more-starts", test_more_starts);
  g_test_add_func ("/runner/until-settled/budget", test_budget);
  g_test_add_func ("/runner/until-settled/widest", test_widest_gets_rounds);
  g_test_add_func ("/runner/setups/side-by-side", test_side_by_side);
  g_test_add_func ("/runner/setups/alternate", test_alternate);
  g_test_add_func ("/runner/setups/settle", test_two_settle);
  g_test_add_func ("/runner/setups/unequal", test_unequal_setups);
  g_test_add_func ("/runner/comm-bytes", test_comm_bytes);
  g_test_add_func ("/runner/facts", test_facts);
  g_test_add_func ("/runner/uneven-points", test_uneven_points);
  g_test_add_func ("/runner/facts/kept", test_kept);
  g_test_add_func ("/runner/facts/capacity", test_capacity_facts);
  g_test_add_func ("/runner/small-block-of-shards", test_small_block_of_shards);
  g_test_add_func ("/runner/pause", test_pause);
  g_test_add_func ("/runner/pause/cancel", test_cancel_while_paused);
  g_test_add_func ("/runner/traced", test_traced);
  g_test_add_func ("/runner/untraceable", test_untraceable);
  return g_test_run ();
}
