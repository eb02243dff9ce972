/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/runs.h"

#include "engine/base/size.h"
#include "engine/moe/rng.h"

#include <math.h>
#include <stdlib.h>

/* Number `run` has two uniforms of the stream for itself: one for its length, one for its expert.
 */
static void
draw_run (uint64_t seed, size_t run, double *length_draw, double *expert_draw)
{
  float uniform[2];
  moe_rng_uniform (seed, MOE_STREAM_RUNS, 2 * (uint64_t)run, 2, uniform);
  *length_draw = (double)uniform[0];
  *expert_draw = (double)uniform[1];
}

/* Geometric (p), at least 1 and at most `most`, by walking down the chances (1-p)^n that a run is
 * longer than n: multiplications only, so that every machine finds the same length. */
static size_t
run_length (double p, double draw, size_t most)
{
  double longer = 1.0 - p;
  size_t length = 1;
  for (; length < most && longer >= 1.0 - draw; length++)
    longer *= 1.0 - p;
  return length;
}

/* One of the experts with the lowest load; `previous` is left out when there are others. */
static size_t
choose_expert (const size_t *loads, size_t experts, size_t previous, double draw)
{
  size_t least = SIZE_MAX, candidates = 0;
  for (size_t e = 0; e < experts; e++)
    {
      if (loads[e] < least)
        {
          least = loads[e];
          candidates = 0;
        }
      candidates += loads[e] == least;
    }
  bool others = candidates > 1 && previous < experts && loads[previous] == least;
  size_t skip = (size_t)(draw * (double)(others ? candidates - 1 : candidates));
  for (size_t e = 0; e < experts; e++)
    if (loads[e] == least && !(others && e == previous) && skip-- == 0)
      return e;
  return 0; /* not reached: draw < 1 */
}

bool
moe_routing_assign_runs (const MoeRoutingSpec *spec, uint32_t *assigned)
{
  const double mean = fmax (2.0, 1.0 / (1.0 - spec->run_alpha));
  const double p = fmin (fmax (1.0 / mean, 0.01), 0.9);
  size_t *loads = calloc (spec->experts, sizeof *loads);
  size_t previous = SIZE_MAX;
  if (loads == NULL)
    return false;
  for (size_t token = 0, run = 0; token < spec->tokens; run++)
    {
      double length_draw, expert_draw;
      draw_run (spec->seed, run, &length_draw, &expert_draw);
      size_t length = run_length (p, length_draw, spec->tokens - token);
      size_t expert = choose_expert (loads, spec->experts, previous, expert_draw);
      loads[expert] += length;
      previous = expert;
      for (size_t end = token + length; token < end; token++)
        assigned[token] = (uint32_t)expert;
    }
  free (loads);
  return true;
}

static int
compare_lengths (const void *a, const void *b)
{
  const uint32_t *x = a, *y = b;
  return (*x > *y) - (*x < *y);
}

/* The value below which a part of the sorted numbers lies, linear between the nearest ranks. */
static double
quantile (const uint32_t *sorted, size_t n, double part)
{
  double rank = part * (double)(n - 1);
  size_t low = (size_t)rank;
  size_t high = moe_size_min (low + 1, n - 1);
  return sorted[low] + (rank - (double)low) * ((double)sorted[high] - (double)sorted[low]);
}

bool
moe_routing_measure_runs (MoeRouting *routing)
{
  const size_t tokens = routing->tokens, k = routing->topk;
  uint32_t *lengths = malloc (tokens * sizeof *lengths);
  size_t runs = 0;
  if (lengths == NULL)
    return false;
  for (size_t token = 0; token < tokens; token++)
    {
      if (token == 0 || routing->topk_idx[token * k] != routing->topk_idx[(token - 1) * k])
        lengths[runs++] = 0;
      lengths[runs - 1]++;
    }
  qsort (lengths, runs, sizeof *lengths, compare_lengths);
  routing->run_lengths = (MoeRunLengths){
    .runs = runs,
    .mean = (double)tokens / (double)runs,
    .p95 = quantile (lengths, runs, 0.95),
    .max = lengths[runs - 1],
  };
  free (lengths);
  return true;
}
