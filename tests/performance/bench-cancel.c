/* SPDX-License-Identifier: Apache-2.0 */
/* How soon a step stops that is asked to in its middle: the longest of a few tries, against the
 * target of 250 ms.
 *
 * The shape is S (hidden 2048, mlp_dim 1408, 60 experts) at top-8 and f = 0 with 8192 tokens
 * instead of 32768, so that it fits 8 GB.  Work is cut into tiles of a bounded number of FLOPs,
 * which both numbers of tokens reach, so the wait for the tiles in progress is the same.
 *
 *   bench-cancel [accelerator [float32|bfloat16]]      default auto float32
 *   bench-cancel --check                               a moment, at a size that tells nothing */
#include "engine/base/clock.h"
#include "engine/draw/sampling.h"
#include "engine/machine/forecast.h"
#include "engine/options/plan.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#include "tests/performance/bench.h"

enum
{
  TRIES = 5
};

static const double target_s = 0.25;
static const MoeShape usual_shape = { 8192, 2048, 1408, 60, 0 };
static const MoeShape check_shape = { 256, 64, 32, 8, 0 };

typedef struct Bench
{
  MoePlan plan;
  const MoeBackend *backend;
  MoeBackendState *state;
  MoeRouting routing;
  MoeCancel cancel;
  double step_s; /* undisturbed */
  bool check;    /* of so short a step, some are over before they are stopped */
} Bench;

/* Raises the flag after a while. */
typedef struct Stopper
{
  MoeCancel *cancel;
  double after_s;
  uint64_t asked_ns;
} Stopper;

static uint64_t
now_ns (void)
{
  MoeClock clock = moe_clock_monotonic ();
  return moe_clock_now (&clock);
}

static void *
stop_later (void *data)
{
  Stopper *stopper = data;
  struct timespec left = { .tv_sec = (time_t)stopper->after_s };
  left.tv_nsec = (long)(1e9 * (stopper->after_s - (double)left.tv_sec));
  while (nanosleep (&left, &left) != 0 && errno == EINTR)
    ;
  stopper->asked_ns = now_ns ();
  moe_cancel_request (stopper->cancel);
  return NULL;
}

static MoeStatus
bench_open (Bench *b, const char *accelerator, MoeDtype dtype, MoeError *error)
{
  MoeOptions options;
  MoeProblem problem;
  MoeForecast forecast;
  moe_options_init_single (&options);
  moe_cancel_init (&b->cancel);
  options.shape = b->check ? check_shape : usual_shape;
  options.topk = 8;
  options.choice[MOE_CHOICE_DTYPE] = dtype;
  options.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  MoeStatus status = moe_plan_new (&options, &b->plan, error);
  b->backend = status == MOE_OK ? moe_backend_find (accelerator, dtype, error) : NULL;
  if (b->backend == NULL)
    return error->status;
  status = moe_forecast (&b->plan, b->backend, NULL, moe_available_memory (), &forecast, error);
  if (status == MOE_OK)
    status = moe_forecast_require_fit (&b->plan, b->backend, &forecast, error);
  if (status != MOE_OK)
    return status;
  moe_plan_problem (&b->plan, 0, b->plan.n_points, &problem);
  status = b->backend->open (&problem, &b->cancel, &b->state, error);
  if (status == MOE_OK)
    status = moe_routing_sample (&b->plan.points[0].routing, &b->routing, error);
  if (status == MOE_OK)
    status = b->backend->prepare (b->state, &b->plan.points[0].block, &b->routing, error);
  return status;
}

static MoeStatus
run_step (Bench *b, MoeError *error)
{
  MoeStatus status = b->backend->forward (b->state, NULL, NULL, error);
  return status == MOE_OK ? b->backend->backward (b->state, NULL, error) : status;
}

/* Stop a step after a share of its usual time; *wait_s is how long it took to come back. */
static MoeStatus
try_stop (Bench *b, double share, double *wait_s, MoeError *error)
{
  Stopper stopper = { .cancel = &b->cancel, .after_s = share * b->step_s };
  pthread_t thread;
  moe_cancel_init (&b->cancel);
  if (pthread_create (&thread, NULL, stop_later, &stopper) != 0)
    return moe_error_set (error, MOE_ERROR_BACKEND, "no thread could be started");
  MoeStatus status = run_step (b, error);
  uint64_t back_ns = now_ns ();
  pthread_join (thread, NULL);
  *wait_s = 1e-9 * (double)(back_ns - stopper.asked_ns);
  if (status == MOE_OK && !b->check)
    return moe_error_set (error, MOE_ERROR_BACKEND, "the step was over before it was stopped");
  return status == MOE_ERROR_CANCELLED ? MOE_OK : status;
}

static MoeStatus
bench_run (Bench *b, MoeError *error)
{
  char shape[MOE_SHAPE_TEXT_SIZE];
  double worst_s = 0;
  uint64_t start = now_ns ();
  MoeStatus status = run_step (b, error);
  b->step_s = 1e-9 * (double)(now_ns () - start);
  if (status != MOE_OK)
    return status;
  moe_shape_format (&b->plan.options.shape, shape);
  printf ("%s top-8 forward_backward %s, %s, %zu threads; a step takes %.1f s\n", shape,
          moe_choice_name (MOE_CHOICE_DTYPE, b->plan.options.choice[MOE_CHOICE_DTYPE]),
          b->backend->title, b->plan.threads, b->step_s);
  for (int i = 0; status == MOE_OK && i < TRIES; i++)
    {
      /* Early enough to be within a step that is a third quicker than the first. */
      double wait_s = 0, share = 0.7 * (2 * i + 1) / (2 * TRIES);
      status = try_stop (b, share, &wait_s, error);
      if (status != MOE_OK)
        return status;
      printf ("  stopped at %2.0f %% of the step: back after %.0f ms\n", 100 * share, 1e3 * wait_s);
      worst_s = wait_s > worst_s ? wait_s : worst_s;
    }
  printf ("  longest of %d: %.0f ms, target %.0f ms: %s\n", TRIES, 1e3 * worst_s, 1e3 * target_s,
          worst_s <= target_s ? "met" : "missed");
  return status;
}

int
main (int argc, char **argv)
{
  Bench b = { .check = bench_take_check (&argc, argv) };
  MoeError error = { 0 };
  int dtype = MOE_DTYPE_FLOAT32;
  if (argc > 3
      || (argc > 2 && !moe_name_parse (&moe_choices[MOE_CHOICE_DTYPE].names, argv[2], &dtype)))
    {
      fprintf (stderr, "usage: bench-cancel [--check | accelerator [float32|bfloat16]]\n");
      return 2;
    }
  MoeStatus status = bench_open (&b, argc > 1 ? argv[1] : "auto", (MoeDtype)dtype, &error);
  if (status == MOE_OK)
    status = bench_run (&b, &error);
  if (status != MOE_OK)
    fprintf (stderr, "bench-cancel: %s\n", error.message);
  if (b.backend != NULL)
    b.backend->close (b.state);
  moe_routing_clear (&b.routing);
  moe_plan_clear (&b.plan);
  return status == MOE_OK ? 0 : 1;
}
