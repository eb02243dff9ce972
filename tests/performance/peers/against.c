/* SPDX-License-Identifier: Apache-2.0 */
/* Our forward against a peer's, with the same x, weights and routing, in one process: step by step
 * in turn, the order changed every round, and told as the peer's time over ours (above 1: ours is
 * faster).  A peer whose y is not ours within the dtype's tolerance is refused.
 *
 *   against-NAME [--prepack] [--rounds N] [--threads N] [--dtype float32|bfloat16] T H M E k
 *
 * prints a line of a table for each null fraction 0, 0.5 and 0.9.  Processor time is told beside
 * wall time, since on a machine that others use it is the one that says something. */
#define _GNU_SOURCE /* CPU_ZERO () */
#include "engine/bench/stats.h"
#include "engine/draw/sampling.h"
#include "engine/machine/limits.h"
#include "engine/moe/flops.h"
#include "engine/options/plan.h"
#include "tests/performance/peers/peer.h"

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum
{
  N_FRACTIONS = 3,
  MOST_ROUNDS = 1001
};

static const double fractions[N_FRACTIONS] = { 0.0, 0.5, 0.9 };
static const double LEAST_TRY_S = 0.02; /* of shorter steps several are one try */
/* Norm-wise, between two programs that both round. */
static const double tolerance[] = { [MOE_DTYPE_FLOAT32] = 1e-4, [MOE_DTYPE_BFLOAT16] = 1.5e-2 };

typedef struct Asked
{
  MoeOptions options;
  size_t rounds;
} Asked;

typedef struct Times
{
  double wall[MOST_ROUNDS];
  double cpu[MOST_ROUNDS];
} Times;

typedef struct Against
{
  MoePlan plan;
  const MoeBackend *backend;
  MoeBackendState *state;
  PeerState *peer;
  double read_bytes_per_s;
  cpu_set_t processors[2]; /* that this thread may use, of ours and of theirs: our team binds its
                              threads, of which theirs must not be born */
  Times ours, ratios;
} Against;

static double
seconds (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static bool
step_ours (Against *a, MoeError *error)
{
  return a->backend->forward (a->state, NULL, NULL, error) == MOE_OK;
}

static bool
step_theirs (Against *a, MoeError *error)
{
  if (peer.step (a->peer))
    return true;
  moe_error_set (error, MOE_ERROR_INVALID, "%s failed.", peer.name);
  return false;
}

typedef bool (*Step) (Against *a, MoeError *error);
static const Step steps[] = { step_ours, step_theirs };

static bool
time_steps (Against *a, size_t whose, size_t n, double *wall_s, double *cpu_s, MoeError *error)
{
  cpu_set_t *processors = &a->processors[whose];
  sched_setaffinity (0, sizeof *processors, processors);
  double wall = seconds (CLOCK_MONOTONIC), cpu = seconds (CLOCK_PROCESS_CPUTIME_ID);
  for (size_t i = 0; i < n; i++)
    if (!steps[whose](a, error))
      return false;
  *wall_s = (seconds (CLOCK_MONOTONIC) - wall) / (double)n;
  *cpu_s = (seconds (CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)n;
  sched_getaffinity (0, sizeof *processors, processors);
  return true;
}

/* Both have done this step: is it the same y? */
static bool
agree (Against *a, const MoePoint *point, MoeError *error)
{
  const size_t n = point->block.shape.tokens * point->block.shape.hidden;
  const double allowed = tolerance[a->plan.options.choice[MOE_CHOICE_DTYPE]];
  const float *theirs = peer.output (a->peer);
  double difference = 0, norm = 0;
  float *ours = malloc (n * sizeof *ours);
  if (ours == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for y.") == MOE_OK;
  MoeStatus status = a->backend->read (a->state, MOE_TENSOR_Y, 0, n, ours, error);
  for (size_t i = 0; status == MOE_OK && i < n; i++)
    {
      difference += pow ((double)theirs[i] - (double)ours[i], 2);
      norm += pow ((double)ours[i], 2);
    }
  free (ours);
  if (status == MOE_OK && !(sqrt (difference / norm) <= allowed))
    status = moe_error_set (error, MOE_ERROR_INVALID,
                            "%s computes something else: its y differs by %.2g, allowed is %.2g.",
                            peer.name, sqrt (difference / norm), allowed);
  return status == MOE_OK;
}

static bool
measure (Against *a, const MoePoint *point, size_t rounds, MoeError *error)
{
  double wall[2], cpu[2];
  size_t n[2];
  for (int warm = 0; warm < 2; warm++)
    for (size_t i = 0; i < 2; i++)
      if (!time_steps (a, i, 1, &wall[i], &cpu[i], error))
        return false;
  if (!agree (a, point, error))
    return false;
  for (int i = 0; i < 2; i++)
    n[i] = 1 + (size_t)(LEAST_TRY_S / fmax (wall[i], 1e-6));
  for (size_t round = 0; round < rounds; round++)
    {
      for (size_t turn = 0; turn < 2; turn++)
        {
          const size_t i = (turn + round) % 2;
          if (!time_steps (a, i, n[i], &wall[i], &cpu[i], error))
            return false;
        }
      a->ours.wall[round] = wall[0];
      a->ours.cpu[round] = cpu[0];
      a->ratios.wall[round] = wall[1] / wall[0];
      a->ratios.cpu[round] = cpu[1] / cpu[0];
    }
  return true;
}

static size_t
count_active (const MoeRouting *routing)
{
  size_t counts[4096], n = 0;
  if (routing->experts > sizeof counts / sizeof counts[0])
    return routing->experts;
  moe_routing_expert_counts (routing, counts);
  for (size_t e = 0; e < routing->experts; e++)
    n += counts[e] > 0;
  return n;
}

static void
print_point (Against *a, const MoePoint *point, const MoeRouting *routing, size_t rounds)
{
  const MoeLeastBytes bytes = moe_limits_least_bytes (&point->block, count_active (routing));
  const double flops =
      moe_flops (&point->block.shape, MOE_PASS_FORWARD, (double)routing->real_assignments);
  MoeSpread wall, cpu;
  moe_spread_of (a->ratios.wall, rounds, &wall);
  moe_spread_of (a->ratios.cpu, rounds, &cpu);
  const double time_s = moe_median (a->ours.wall, rounds);
  printf ("| T%zu H%zu M%zu E%zu k%zu | %s | %.1f | %.2f (%.2f to %.2f) | %.2f (%.2f to %.2f) | "
          "%.3f ms | %.0f GF/s | %.1f GB/s, %.0f %% |\n",
          point->block.shape.tokens, point->block.shape.hidden, point->block.shape.mlp_dim,
          point->block.shape.experts, point->block.topk,
          moe_choice_name (MOE_CHOICE_DTYPE, point->block.choice[MOE_CHOICE_DTYPE]),
          point->routing.null_target, wall.median, wall.lower, wall.upper, cpu.median, cpu.lower,
          cpu.upper, 1e3 * time_s, flops / time_s / 1e9, bytes.read / time_s / 1e9,
          100 * bytes.read / time_s / a->read_bytes_per_s);
  fflush (stdout);
}

static bool
run_point (Against *a, const MoePoint *point, size_t rounds, MoeError *error)
{
  MoeRouting routing = { 0 };
  bool done = moe_routing_sample (&point->routing, &routing, error) == MOE_OK
              && a->backend->prepare (a->state, &point->block, &routing, error) == MOE_OK;
  if (done)
    peer.route (a->peer, &routing);
  done = done && measure (a, point, rounds, error);
  if (done)
    print_point (a, point, &routing, rounds);
  moe_routing_clear (&routing);
  return done;
}

static bool
run (Against *a, const Asked *asked, MoeError *error)
{
  MoeProblem problem;
  MoeLimits limits;
  const MoeDtype dtype = asked->options.choice[MOE_CHOICE_DTYPE];
  for (int i = 0; i < 2; i++)
    sched_getaffinity (0, sizeof a->processors[i], &a->processors[i]);
  if (moe_plan_new (&asked->options, &a->plan, error) != MOE_OK)
    return false;
  a->backend = moe_backend_find ("native", dtype, error);
  if (a->backend == NULL)
    return false;
  const MoeQuiet quiet = moe_quiet_machine ();
  const MoeMeasureAsk ask = { .threads = a->plan.threads, .dtype = dtype, .quiet = &quiet };
  if (moe_limits_measure (&ask, &a->backend, 1, &limits, error) != MOE_OK
      || error->status != MOE_OK)
    return false;
  a->read_bytes_per_s = limits.read_bytes_per_s;
  moe_plan_problem (&a->plan, 0, a->plan.n_points, &problem);
  if (a->backend->open (&problem, NULL, &a->state, error) != MOE_OK)
    return false;
  const PeerProblem theirs = {
    .backend = a->backend,
    .state = a->state,
    .shape = a->plan.options.shape,
    .dtype = dtype,
    .topk = a->plan.options.topk,
    .threads = a->plan.threads,
  };
  a->peer = peer.open (&theirs, error);
  bool done = a->peer != NULL;
  for (size_t i = 0; done && i < a->plan.n_points; i++)
    done = run_point (a, &a->plan.points[i], asked->rounds, error);
  return done;
}

static bool
set (MoeOptions *options, const char *name, const char *value)
{
  MoeError error;
  if (moe_options_set (options, name, value, &error) == MOE_OK)
    return true;
  fprintf (stderr, "against: %s\n", error.message);
  return false;
}

static bool
parse (int argc, char **argv, Asked *asked)
{
  static const char *const shape[] = { "tokens", "hidden", "mlp-dim", "experts", "topk" };
  int n = 0;
  moe_options_init_single (&asked->options);
  asked->rounds = 5;
  asked->options.null_route_frac_list.n = N_FRACTIONS;
  memcpy (asked->options.null_route_frac_list.values, fractions, sizeof fractions);
  bool good = set (&asked->options, "bench-pass", "forward");
  for (int i = 1; good && i < argc; i++)
    if (strcmp (argv[i], "--prepack") == 0)
      good = set (&asked->options, "prepack", "true");
    else if (strcmp (argv[i], "--rounds") == 0 && i + 1 < argc)
      asked->rounds = strtoull (argv[++i], NULL, 10);
    else if (strncmp (argv[i], "--", 2) == 0 && i + 1 < argc)
      {
        good = set (&asked->options, argv[i] + 2, argv[i + 1]);
        i++;
      }
    else
      good = n < 5 && set (&asked->options, shape[n++], argv[i]);
  return good && n == 5 && asked->rounds >= 1 && asked->rounds <= MOST_ROUNDS;
}

int
main (int argc, char **argv)
{
  Asked asked;
  MoeError error = { 0 };
  if (!parse (argc, argv, &asked))
    {
      fprintf (stderr,
               "usage: against [--prepack] [--rounds N] [--threads N] [--dtype D] T H M E k\n");
      return 2;
    }
  Against *a = calloc (1, sizeof *a);
  const bool done = a != NULL && run (a, &asked, &error);
  if (!done)
    fprintf (stderr, "against: %s\n", error.message);
  if (a != NULL)
    {
      peer.close (a->peer);
      if (a->backend != NULL)
        a->backend->close (a->state);
      moe_plan_clear (&a->plan);
    }
  free (a);
  return done ? 0 : 1;
}
