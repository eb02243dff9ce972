/* SPDX-License-Identifier: Apache-2.0 */
/* The share that steps reach of the roof over them: the time that their FLOPs and least bytes would
 * take at this machine's rates, over the time they took.
 *
 * What a shared machine can read drifts within minutes, so the rates are measured before and after
 * every single step, and a share is against the mean of both.  Single shares mean little where
 * other programs disturb now the step and now a probe: medians are told, with their intervals, by
 * the clock and by processor time.
 *
 *   bench-roof [ACCELERATOR [ROUNDS]]
 *
 * Without arguments: native, 9 rounds.  With --check: for a moment, at sizes that tell nothing. */
#include "engine/backends/backend.h"
#include "engine/base/clock.h"
#include "engine/bench/stats.h"
#include "engine/draw/sampling.h"
#include "engine/machine/limits.h"
#include "engine/machine/peak.h"
#include "engine/moe/flops.h"
#include "engine/options/plan.h"
#include "engine/threads/arena.h"
#include "engine/threads/team.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/performance/bench.h"

enum
{
  MAX_ROUNDS = 99,
  DEFAULT_ROUNDS = 9,
  PEAK_ROUNDS = 1000000,
  EXPERTS = 60
};

typedef struct Point
{
  MoePass pass;
  size_t tokens;
  double fraction;
} Point;

static const Point points[] = {
  { MOE_PASS_FORWARD, 1, 0 },
  { MOE_PASS_FORWARD, 8, 0 },
  { MOE_PASS_FORWARD, 32, 0 },
  { MOE_PASS_FORWARD, 128, 0 },
  { MOE_PASS_FORWARD_BACKWARD, 4096, 0 },
  { MOE_PASS_FORWARD_BACKWARD, 4096, 0.5 },
  { MOE_PASS_FORWARD_BACKWARD, 4096, 0.9 },
};

enum
{
  N_POINTS = sizeof points / sizeof points[0]
};

/* By the clock, and by the processor time of all threads, each for its share: where other programs
 * take turns on the processors, only the latter says something. */
typedef enum Way
{
  WALL,
  PROCESSOR,
  N_WAYS
} Way;

typedef struct Moment
{
  double s[N_WAYS];
} Moment;

static Moment
now (size_t threads)
{
  struct timespec cpu = { 0 };
  MoeClock clock = moe_clock_monotonic ();
  Moment moment = { 0 };
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &cpu);
  moment.s[WALL] = 1e-9 * (double)moe_clock_now (&clock);
  moment.s[PROCESSOR] = ((double)cpu.tv_sec + 1e-9 * (double)cpu.tv_nsec) / (double)threads;
  return moment;
}

static Moment
since (size_t threads, Moment start)
{
  Moment moment = now (threads);
  for (int way = 0; way < N_WAYS; way++)
    moment.s[way] -= start.s[way];
  return moment;
}

/* --- the rates of this moment --- */

typedef struct Probe
{
  MoeTeam *team;
  MoeArena *arena; /* huge pages, as tensors have */
  uint64_t *words;
  size_t n;
  MoeDtype dtype;
  MoePeakRead how; /* to read */
  double flops;    /* of one thread */
  atomic_uint_fast64_t sink;
} Probe;

static uint64_t *
share_of (const Probe *probe, size_t thread, size_t *n)
{
  *n = probe->n / moe_team_size (probe->team) / 8 * 8;
  return probe->words + thread * *n;
}

static void
probe_peak (void *data, size_t thread)
{
  Probe *probe = data;
  float sink = (float)thread;
  double flops = moe_peak_multiply_add (probe->dtype, PEAK_ROUNDS, &sink);
  if (thread == 0)
    probe->flops = flops;
  atomic_fetch_add (&probe->sink, sink > 1);
}

static void
probe_read (void *data, size_t thread)
{
  Probe *probe = data;
  size_t n;
  const uint64_t *words = share_of (probe, thread, &n);
  atomic_fetch_add (&probe->sink, moe_peak_read (words, n, probe->how));
}

static void
probe_write (void *data, size_t thread)
{
  size_t n;
  uint64_t *words = share_of (data, thread, &n);
  moe_peak_write (words, n, thread + 1);
}

typedef struct Rates
{
  MoeLimits by[N_WAYS];
} Rates;

static Moment
seconds_of (Probe *probe, MoeTeamFunction function)
{
  size_t threads = moe_team_size (probe->team);
  Moment start = now (threads);
  moe_team_run (probe->team, function, probe);
  return since (threads, start);
}

/* Writing first: pages that were never written to may be read from nowhere. */
static Rates
rates_now (Probe *probe)
{
  Rates rates = { 0 };
  double bytes = (double)(probe->n * sizeof (uint64_t));
  Moment write = seconds_of (probe, probe_write), read = { { INFINITY, INFINITY } };
  for (probe->how = 0; probe->how < MOE_PEAK_READ_WAYS; probe->how++)
    {
      Moment once = seconds_of (probe, probe_read);
      for (int way = 0; way < N_WAYS; way++)
        read.s[way] = fmin (read.s[way], once.s[way]);
    }
  Moment peak = seconds_of (probe, probe_peak);
  for (int way = 0; way < N_WAYS; way++)
    {
      rates.by[way].write_bytes_per_s = bytes / write.s[way];
      rates.by[way].read_bytes_per_s = bytes / read.s[way];
      rates.by[way].peak_flops_per_s =
          (double)moe_team_size (probe->team) * probe->flops / peak.s[way];
    }
  return rates;
}

static MoeLimits
mean_of (const MoeLimits *a, const MoeLimits *b)
{
  MoeLimits mean = { 0 };
  mean.write_bytes_per_s = 0.5 * (a->write_bytes_per_s + b->write_bytes_per_s);
  mean.read_bytes_per_s = 0.5 * (a->read_bytes_per_s + b->read_bytes_per_s);
  mean.peak_flops_per_s = 0.5 * (a->peak_flops_per_s + b->peak_flops_per_s);
  return mean;
}

static MoeStatus
probe_init (Probe *probe, bool check, MoeError *error)
{
  long cache = -1;
#ifdef _SC_LEVEL3_CACHE_SIZE
  cache = sysconf (_SC_LEVEL3_CACHE_SIZE);
#endif
  size_t bytes = moe_limits_stream_bytes (cache > 0 ? (size_t)cache : 0, SIZE_MAX);
  probe->n = (check ? (size_t)1 << 16 : bytes) / sizeof (uint64_t);
  MoeStatus status = moe_team_new (moe_team_default_size (), &probe->team, error);
  if (status == MOE_OK)
    status = moe_arena_new (probe->n * sizeof (uint64_t), &probe->arena, error);
  if (status == MOE_OK)
    status = moe_arena_touch (probe->arena, probe->team, NULL, error);
  if (status == MOE_OK)
    probe->words = moe_arena_take (probe->arena, probe->n * sizeof (uint64_t));
  return status;
}

static void
probe_clear (Probe *probe)
{
  moe_arena_free (probe->arena);
  moe_team_free (probe->team);
}

/* --- the steps --- */

typedef struct Bench
{
  MoePlan plan;
  const MoeBackend *backend;
  MoeBackendState *state;
  MoeRouting routing;
  size_t active; /* experts with tokens */
  double flops;
} Bench;

static size_t
count_active (const MoeRouting *routing)
{
  size_t counts[EXPERTS], active = 0;
  moe_routing_expert_counts (routing, counts);
  for (size_t e = 0; e < EXPERTS; e++)
    active += counts[e] > 0;
  return active;
}

static MoeStatus
bench_open (Bench *b,
            const char *accelerator,
            const Point *point,
            MoeDtype dtype,
            bool check,
            MoeError *error)
{
  MoeOptions options;
  MoeProblem problem;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ .tokens = point->tokens, .experts = EXPERTS };
  options.shape.hidden = check ? 32 : 2048;
  options.shape.mlp_dim = check ? 16 : 1408;
  options.topk = 4;
  options.choice[MOE_CHOICE_PASS] = (int)point->pass;
  options.choice[MOE_CHOICE_DTYPE] = (int)dtype;
  options.null_route_frac_list.values[0] = point->fraction;
  options.null_route_frac_list.n = 1;
  MoeStatus status = moe_plan_new (&options, &b->plan, error);
  b->backend = status == MOE_OK ? moe_backend_find (accelerator, dtype, error) : NULL;
  if (b->backend == NULL)
    return error->status;
  moe_plan_problem (&b->plan, 0, b->plan.n_points, &problem);
  status = b->backend->open (&problem, NULL, &b->state, error);
  const MoePoint *only = &b->plan.points[0];
  if (status == MOE_OK)
    status = moe_routing_sample (&only->routing, &b->routing, error);
  if (status == MOE_OK)
    status = b->backend->prepare (b->state, &only->block, &b->routing, error);
  if (status != MOE_OK)
    return status;
  b->active = count_active (&b->routing);
  b->flops = moe_flops (&only->block.shape, only->block.choice[MOE_CHOICE_PASS],
                        (double)b->routing.real_assignments);
  return MOE_OK;
}

static void
bench_close (Bench *b)
{
  if (b->backend != NULL)
    b->backend->close (b->state);
  moe_routing_clear (&b->routing);
  moe_plan_clear (&b->plan);
}

static MoeStatus
step (Bench *b, Moment *took, MoeError *error)
{
  Moment start = now (b->plan.threads);
  MoeStatus status = b->backend->forward (b->state, NULL, NULL, error);
  if (status == MOE_OK
      && b->plan.points[0].block.choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    status = b->backend->backward (b->state, NULL, error);
  *took = since (b->plan.threads, start);
  return status;
}

/* What is kept of the rounds of one point. */
typedef struct Kept
{
  double times[MAX_ROUNDS];
  double shares[N_WAYS][MAX_ROUNDS];
  double reads[MAX_ROUNDS];
} Kept;

static void
print_spread (const char *words, double *values, size_t n, double unit, int decimals)
{
  MoeSpread spread;
  moe_spread_of (values, n, &spread);
  printf ("%s %.*f (%.*f .. %.*f)", words, decimals, spread.median / unit, decimals,
          spread.lower / unit, decimals, spread.upper / unit);
}

static void
print_point (const Bench *b, MoeDtype dtype, Kept *kept, size_t rounds)
{
  char shape[MOE_SHAPE_TEXT_SIZE];
  const MoePoint *point = &b->plan.points[0];
  moe_shape_format (&point->block.shape, shape);
  printf ("%s %s %s f %.1f\n", shape, moe_choice_name (MOE_CHOICE_DTYPE, (int)dtype),
          moe_choice_name (MOE_CHOICE_PASS, point->block.choice[MOE_CHOICE_PASS]),
          b->plan.options.null_route_frac_list.values[0]);
  print_spread ("  share of the roof", kept->shares[WALL], rounds, 1, 2);
  print_spread (", by processor time", kept->shares[PROCESSOR], rounds, 1, 2);
  print_spread ("; a step takes ms", kept->times, rounds, 1e-3, 2);
  print_spread (", memory is read at GB/s", kept->reads, rounds, 1e9, 1);
  printf ("\n");
  fflush (stdout);
}

/* The first step warms up and is not kept. */
static MoeStatus
bench_rounds (Bench *b, Probe *probe, size_t rounds, MoeError *error)
{
  Kept kept;
  Moment took;
  MoeStatus status = step (b, &took, error);
  Rates before = rates_now (probe);
  for (size_t i = 0; status == MOE_OK && i < rounds; i++)
    {
      status = step (b, &took, error);
      Rates after = rates_now (probe);
      for (int way = 0; way < N_WAYS; way++)
        {
          MoeLimits mean = mean_of (&before.by[way], &after.by[way]);
          double least_s =
              moe_limits_least_time_s (&mean, &b->plan.points[0].block, b->flops, b->active);
          kept.shares[way][i] = least_s / took.s[way];
        }
      kept.times[i] = took.s[WALL];
      kept.reads[i] =
          0.5 * (before.by[PROCESSOR].read_bytes_per_s + after.by[PROCESSOR].read_bytes_per_s);
      before = after;
    }
  if (status == MOE_OK)
    print_point (b, probe->dtype, &kept, rounds);
  return status;
}

int
main (int argc, char **argv)
{
  bool check = bench_take_check (&argc, argv);
  const char *accelerator = argc > 1 ? argv[1] : "native";
  size_t rounds = argc > 2 ? strtoul (argv[2], NULL, 10) : check ? 1 : DEFAULT_ROUNDS;
  MoeError error = { 0 };
  Probe probe = { 0 };
  if (argc > 3 || rounds < 1 || rounds > MAX_ROUNDS)
    {
      fprintf (stderr, "usage: bench-roof [--check | ACCELERATOR [ROUNDS]], ROUNDS 1 .. %d\n",
               (int)MAX_ROUNDS);
      return 2;
    }
  MoeStatus status = probe_init (&probe, check, &error);
  for (size_t dtype = 0; status == MOE_OK && dtype < moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
    for (size_t i = 0; status == MOE_OK && i < N_POINTS; i++)
      {
        Bench b = { 0 };
        probe.dtype = (MoeDtype)dtype;
        status = bench_open (&b, accelerator, &points[i], probe.dtype, check, &error);
        if (status == MOE_OK)
          status = bench_rounds (&b, &probe, rounds, &error);
        bench_close (&b);
      }
  if (status != MOE_OK)
    fprintf (stderr, "bench-roof: %s\n", error.message);
  probe_clear (&probe);
  return status == MOE_OK ? 0 : 1;
}
