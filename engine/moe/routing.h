/* SPDX-License-Identifier: Apache-2.0 */
/* Routing: which experts each token goes to, with which weights, and which of its
 * slots are null (SPEC 2).  Sampled once per point, outside every timed region. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/types.h"

typedef struct MoeRoutingSpec
{
  size_t tokens;
  size_t experts;
  size_t topk; /* 1 .. experts */
  MoeDistribution distribution;
  double run_alpha;       /* runs: mean run length max (2, 1 / (1 - alpha)); 0 <= alpha < 1 */
  double run_noise_scale; /* runs: standard deviation of the logits; >= 0 */
  MoeNullMode null_mode;
  double null_target;  /* f, 0 <= f < 1; 0 disables null routing */
  size_t null_experts; /* N; 0: derived from f and E as SPEC 2 says */
  bool renormalize;    /* divide real weights by their sum per token */
  uint64_t seed;       /* logits */
  uint64_t null_seed;  /* null slots and null logits */
} MoeRoutingSpec;

/* Lengths of the runs of consecutive tokens whose best expert, before null routing, is the same. */
typedef struct MoeRunLengths
{
  size_t runs;
  double mean;
  double p95; /* linear between the two nearest ranks */
  size_t max;
} MoeRunLengths;

typedef struct MoeRouting
{
  size_t tokens;
  size_t experts;
  size_t topk;
  size_t null_experts;     /* N used; 0 when f = 0 */
  int32_t *topk_idx;       /* [tokens, topk], best first; ids >= experts are null */
  float *topk_weights;     /* [tokens, topk], as used in the combine: 0 at null slots */
  size_t null_assignments; /* null slots among tokens * topk */
  size_t real_assignments; /* R = tokens * topk - null_assignments */
  double null_realized;    /* null_assignments / (tokens * topk) */
  MoeRunLengths run_lengths;
} MoeRouting;

/* Sample a routing.  On success the caller owns the arrays in *routing and releases them with
 * moe_routing_clear ().  Same spec, same routing, on every machine.  Errors:
 * MOE_ERROR_INVALID (topk, f, N, run_alpha or run_noise_scale out of range; with `router` and
 * explicit N < k a target above N/k, named), MOE_ERROR_MEMORY. */
MoeStatus moe_routing_sample (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error);

/* Frees the arrays and zeroes the struct; safe on a zeroed struct. */
void moe_routing_clear (MoeRouting *routing);

/* Assignments of each real expert: counts[experts]. */
void moe_routing_expert_counts (const MoeRouting *routing, size_t *counts);

/* Tokens that keep exactly n real experts: histogram[topk + 1]. */
void moe_routing_kept_histogram (const MoeRouting *routing, size_t *histogram);

/* The hazard q of take_until_null: solves 1 - (1/k) sum_{j=1..k} (1-q)^j = f by bisection to
 * 1e-12.  0 <= f < 1, k >= 1. */
double moe_routing_hazard (double null_target, size_t topk);

/* N: null_experts when > 0, else derived: router max (k, round (E f / (1-f))), the other modes
 * max (1, round (E f / (1-f))). */
size_t moe_routing_null_experts (
    MoeNullMode mode, size_t null_experts, size_t experts, size_t topk, double null_target);
