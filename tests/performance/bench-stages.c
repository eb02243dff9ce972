/* SPDX-License-Identifier: Apache-2.0 */
/* What the stage times cost: time stamps taken in one step x the cost of one, against the step's
 * duration on all its threads.  The target is below 0.5 %.
 *
 * The time stamps are counted where they are taken: this program's clock_gettime () stands in front
 * of the C library's.
 *
 *   bench-stages [accelerator]      default auto
 *   bench-stages --check            a moment, at the smaller size alone */
#define _GNU_SOURCE /* RTLD_NEXT */
#include "engine/bench/stats.h"
#include "engine/draw/sampling.h"
#include "engine/options/plan.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "engine/base/clock.h"
#include "tests/performance/bench.h"

enum
{
  ROUNDS = 7,
  CLOCK_CALLS = 2000000
};

static const double target = 0.005;

typedef int (*ClockGettime) (clockid_t clock, struct timespec *time);

static ClockGettime real_clock_gettime;
static atomic_bool counting;
static atomic_size_t counted;

int
clock_gettime (clockid_t clock, struct timespec *time)
{
  if (atomic_load_explicit (&counting, memory_order_relaxed))
    atomic_fetch_add_explicit (&counted, 1, memory_order_relaxed);
  return real_clock_gettime (clock, time);
}

/* Before any other thread and any call of the clock. */
__attribute__ ((constructor)) static void
find_clock (void)
{
  void *symbol = dlsym (RTLD_NEXT, "clock_gettime");
  memcpy (&real_clock_gettime, &symbol, sizeof symbol);
}

static double
now_s (void)
{
  struct timespec now;
  real_clock_gettime (CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double
cost_of_clock (void)
{
  struct timespec now;
  double start = now_s ();
  for (int i = 0; i < CLOCK_CALLS; i++)
    real_clock_gettime (CLOCK_MONOTONIC, &now);
  return (now_s () - start) / CLOCK_CALLS;
}

static MoeStatus
step (const MoeBackend *backend, MoeBackendState *state, double *step_s, MoeError *error)
{
  MoeStageTimes stages = { { 0 } };
  double start = now_s ();
  MoeStatus status = backend->forward (state, &stages, NULL, error);
  if (status == MOE_OK)
    status = backend->backward (state, &stages, error);
  *step_s = now_s () - start;
  return status;
}

/* One point: the stamps of a step, counted once, and the median time of the others. */
static MoeStatus
measure (const MoeBackend *backend,
         MoeBackendState *state,
         const MoePoint *point,
         size_t threads,
         double stamp_s,
         MoeError *error)
{
  MoeRouting routing = { 0 };
  double times[ROUNDS], first_s;
  MoeStatus status = moe_routing_sample (&point->routing, &routing, error);
  if (status == MOE_OK)
    status = backend->prepare (state, &point->block, &routing, error);
  atomic_store (&counted, 0);
  atomic_store (&counting, true);
  if (status == MOE_OK)
    status = step (backend, state, &first_s, error);
  atomic_store (&counting, false);
  for (size_t i = 0; status == MOE_OK && i < ROUNDS; i++)
    status = step (backend, state, &times[i], error);
  if (status == MOE_OK)
    {
      double step_s = moe_median (times, ROUNDS);
      double stamps = (double)atomic_load (&counted);
      double share = stamps * stamp_s / (step_s * (double)threads);
      printf ("  null %.1f: %.0f time stamps in a step of %.2f ms: %.4f %%, target below %.1f %%: "
              "%s\n",
              point->routing.null_target, stamps, 1e3 * step_s, 100 * share, 100 * target,
              share < target ? "met" : "missed");
    }
  moe_routing_clear (&routing);
  return status;
}

static MoeStatus
run_shape (const MoeBackend *backend, const MoeShape *shape, double stamp_s, MoeError *error)
{
  MoeOptions options;
  MoePlan plan;
  MoeProblem problem;
  MoeBackendState *state = NULL;
  char text[MOE_SHAPE_TEXT_SIZE];
  moe_options_init_single (&options);
  options.shape = *shape;
  options.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  moe_options_set (&options, "null-route-frac-list", "0,0.5,0.9", NULL);
  MoeStatus status = moe_plan_new (&options, &plan, error);
  if (status != MOE_OK)
    return status;
  moe_plan_problem (&plan, 0, plan.n_points, &problem);
  moe_shape_format (shape, text);
  printf ("%s top-%zu forward_backward float32, %s, %zu threads\n", text, options.topk,
          backend->title, plan.threads);
  status = backend->open (&problem, NULL, &state, error);
  for (size_t i = 0; status == MOE_OK && i < plan.n_points; i++)
    status = measure (backend, state, &plan.points[i], plan.threads, stamp_s, error);
  backend->close (state);
  moe_plan_clear (&plan);
  return status;
}

int
main (int argc, char **argv)
{
  const MoeShape shapes[] = { { 4096, 512, 352, 60, 0 }, { 256, 128, 64, 16, 0 } };
  bool check = bench_take_check (&argc, argv);
  MoeError error = { 0 };
  const MoeBackend *backend =
      moe_backend_find (argc > 1 ? argv[1] : "auto", MOE_DTYPE_FLOAT32, &error);
  MoeStatus status = backend != NULL ? MOE_OK : error.status;
  double stamp_s = cost_of_clock ();
  printf ("one time stamp costs %.1f ns\n", 1e9 * stamp_s);
  for (size_t i = check ? 1 : 0; status == MOE_OK && i < sizeof shapes / sizeof shapes[0]; i++)
    status = run_shape (backend, &shapes[i], stamp_s, &error);
  if (status != MOE_OK)
    fprintf (stderr, "bench-stages: %s\n", error.message);
  return status == MOE_OK ? 0 : 1;
}
