/* SPDX-License-Identifier: Apache-2.0 */
/* What a skewed load costs: one expert with half of all assignments (every token goes there with
 * one of its two slots), against all experts alike.
 *
 * Both routings have the same number of assignments and so the same FLOPs.  They are measured in
 * turn within one run and compared pair by pair.  The target is a loss below 10 %.
 *
 *   bench-skew [accelerator [threads [rounds]]]      default auto 2 15, on 4096x1024x704x16 top-2
 *   bench-skew --check                               a moment, at a size that tells nothing */
#include "engine/bench/stats.h"
#include "engine/options/plan.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/base/clock.h"
#include "tests/performance/bench.h"

enum
{
  MAX_TOKENS = 4096,
  EXPERTS = 16,
  TOPK = 2,
  MAX_SLOTS = MAX_TOKENS * TOPK,
  DEFAULT_THREADS = 2,
  DEFAULT_ROUNDS = 15,
  MAX_ROUNDS = 200,
  N_LOADS = 2
};

static const double target_loss = 0.10;
static const MoeShape usual_shape = { MAX_TOKENS, 1024, 704, EXPERTS, 0 };
static const MoeShape check_shape = { 64, 32, 16, EXPERTS, 0 };

typedef struct Load
{
  const char *name;
  int32_t ids[MAX_SLOTS];
  float weights[MAX_SLOTS];
  MoeRouting routing;
  double step_s[MAX_ROUNDS];
} Load;

static void
load_init (Load *load, const char *name, size_t tokens)
{
  load->name = name;
  for (size_t i = 0; i < tokens * TOPK; i++)
    load->weights[i] = 1.0f / TOPK;
  load->routing = (MoeRouting){ .tokens = tokens,
                                .experts = EXPERTS,
                                .topk = TOPK,
                                .topk_idx = load->ids,
                                .topk_weights = load->weights,
                                .real_assignments = tokens * TOPK };
}

/* Every expert gets the same number of tokens. */
static void
balance (Load *load, size_t tokens)
{
  load_init (load, "balanced", tokens);
  for (size_t i = 0; i < tokens * TOPK; i++)
    load->ids[i] = (int32_t)(i % EXPERTS);
}

/* All tokens go to expert 0 with one of their two slots: half of the assignments.  The other slots
 * are spread over the others. */
static void
skew (Load *load, size_t tokens)
{
  load_init (load, "skewed", tokens);
  for (size_t t = 0; t < tokens; t++)
    {
      load->ids[TOPK * t] = 0;
      load->ids[TOPK * t + 1] = (int32_t)(1 + t % (EXPERTS - 1));
    }
}

typedef struct Bench
{
  MoeBlock block;
  const MoeBackend *backend;
  MoeBackendState *state;
  Load loads[N_LOADS];
} Bench;

static MoeStatus
bench_open (
    Bench *b, const MoeShape *shape, const char *accelerator, size_t threads, MoeError *error)
{
  b->block = (MoeBlock){ .shape = *shape,
                         .topk = TOPK,
                         .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                         .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                         .ep_size = 1 };
  MoeProblem problem;
  moe_problem_of_block (&b->block, 0, threads, shape->tokens * TOPK, &problem);
  balance (&b->loads[0], shape->tokens);
  skew (&b->loads[1], shape->tokens);
  b->backend = moe_backend_find (accelerator, MOE_DTYPE_FLOAT32, error);
  return b->backend == NULL ? error->status : b->backend->open (&problem, NULL, &b->state, error);
}

static MoeStatus
step (Bench *b, Load *load, double *step_s, MoeError *error)
{
  MoeClock clock = moe_clock_monotonic ();
  MoeStatus status = b->backend->prepare (b->state, &b->block, &load->routing, error);
  uint64_t start = moe_clock_now (&clock);
  if (status == MOE_OK)
    status = b->backend->forward (b->state, NULL, NULL, error);
  if (status == MOE_OK)
    status = b->backend->backward (b->state, NULL, error);
  *step_s = 1e-9 * (double)(moe_clock_now (&clock) - start);
  return status;
}

/* Round 0 warms up and is not kept; every other round runs backwards. */
static MoeStatus
bench_rounds (Bench *b, size_t rounds, MoeError *error)
{
  MoeStatus status = MOE_OK;
  for (size_t round = 0; status == MOE_OK && round <= rounds; round++)
    for (size_t i = 0; status == MOE_OK && i < N_LOADS; i++)
      {
        Load *load = &b->loads[round % 2 == 0 ? i : N_LOADS - 1 - i];
        double step_s;
        status = step (b, load, &step_s, error);
        if (round > 0)
          load->step_s[round - 1] = step_s;
      }
  return status;
}

static void
bench_print (Bench *b, size_t threads, size_t rounds)
{
  MoeSpread ratio;
  double ratios[MAX_ROUNDS];
  char shape[MOE_SHAPE_TEXT_SIZE];
  moe_shape_format (&b->block.shape, shape);
  printf ("%s top-%d forward_backward float32, %s, %zu threads, %zu rounds\n", shape, TOPK,
          b->backend->title, threads, rounds);
  for (size_t i = 0; i < rounds; i++)
    ratios[i] = b->loads[1].step_s[i] / b->loads[0].step_s[i];
  for (size_t i = 0; i < N_LOADS; i++)
    printf ("  %-8s median %.1f ms a step\n", b->loads[i].name,
            1e3 * moe_median (b->loads[i].step_s, rounds));
  moe_spread_of (ratios, rounds, &ratio);
  printf ("  one expert with half of the assignments: %+.1f %% (%+.1f .. %+.1f %%), target below "
          "%+.0f %%: %s\n",
          100 * (ratio.median - 1), 100 * (ratio.lower - 1), 100 * (ratio.upper - 1),
          100 * target_loss, ratio.median - 1 < target_loss ? "met" : "missed");
}

int
main (int argc, char **argv)
{
  bool check = bench_take_check (&argc, argv);
  size_t threads = argc > 2 ? strtoull (argv[2], NULL, 10) : DEFAULT_THREADS;
  size_t rounds = argc > 3 ? strtoull (argv[3], NULL, 10) : check ? 1 : DEFAULT_ROUNDS;
  MoeError error = { 0 };
  Bench *b = calloc (1, sizeof *b);
  if (argc > 4 || threads < 1 || rounds < 1 || rounds > MAX_ROUNDS || b == NULL)
    {
      fprintf (stderr,
               "usage: bench-skew [--check | accelerator [threads [rounds]]], rounds up to %d\n",
               MAX_ROUNDS);
      free (b);
      return 2;
    }
  MoeStatus status = bench_open (b, check ? &check_shape : &usual_shape,
                                 argc > 1 ? argv[1] : "auto", threads, &error);
  if (status == MOE_OK)
    status = bench_rounds (b, rounds, &error);
  if (status == MOE_OK)
    bench_print (b, threads, rounds);
  else
    fprintf (stderr, "bench-skew: %s\n", error.message);
  if (b->backend != NULL)
    b->backend->close (b->state);
  free (b);
  return status == MOE_OK ? 0 : 1;
}
