/* SPDX-License-Identifier: Apache-2.0 */
/* Routing: which experts each token goes to, with which weights, and which of its
 * slots are null (SPEC 2).  See sampling.h for how one is made. */
#pragma once

#include "engine/moe/types.h"

typedef struct MoeRoutingSpec
{
  size_t tokens;
  size_t experts;
  size_t topk; /* 1 .. experts */
  MoeDistribution distribution;
  double run_alpha;       /* runs: mean run length max (2, 1 / (1 - alpha)); 0 <= alpha < 1 */
  double run_noise_scale; /* runs: standard deviation of the logits; >= 0 */
  double zipf_exponent;   /* zipf: the expert of rank r weighs r^-s; 0 <= s <= 10 */
  size_t hot_experts; /* hot: so many experts get hot_share of the assignments, 0 < share < 1; */
  double hot_share;   /* they and the others must be enough for a token's slots */
  const struct MoeGiven *given; /* loads and trace: what was read of a file (draw/given.h), which
                                   has these tokens and this top-k; borrowed */
  MoeKRule k_rule; /* not fixed: tokens take unlike numbers of experts, as many in all */
  size_t tile;     /* token_rounding: tokens that experts take together */
  MoeNullMode null_mode;
  MoeNullGranularity null_granularity; /* token: whole tokens are null, whatever the mode ... */
  MoeNullTokens null_tokens;           /* ... and these */
  double null_target;                  /* f, 0 <= f < 1; 0 disables null routing */
  size_t null_experts;                 /* N; 0: derived from f and E as SPEC 2 says */
  bool keeps_null_weights;             /* null slots have weights too, and take part in their sum */
  bool renormalize;                    /* divide real weights by their sum per token */
  uint64_t seed;                       /* logits */
  uint64_t null_seed;                  /* null slots and null logits */
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
  size_t topk;         /* slots of a token; by a k rule as many as any token needs */
  size_t null_experts; /* N used; 0 when f = 0, and by a k rule, which leaves slots empty */
  int32_t *topk_idx;   /* [tokens, topk], best first; ids >= experts are null */
  float *topk_weights; /* [tokens, topk], as used in the combine: 0 at null slots */
  float
      *null_weights; /* [tokens, topk] of the null slots, 0 at real ones; NULL: they add nothing */
  size_t null_assignments; /* null slots among tokens * topk; by a k rule what real_assignments are
                              fewer than tokens times the topk of the spec, as next */
  size_t real_assignments; /* R = tokens * topk - null_assignments */
  double null_realized;    /* null_assignments / (tokens * topk) */
  MoeRunLengths run_lengths;
} MoeRouting;

/* Frees the arrays and zeroes the struct; safe on a zeroed struct. */
void moe_routing_clear (MoeRouting *routing);

/* The weights of all slots, [tokens, topk], those of null slots that add something among them; free
 * () them.  NULL when memory is refused. */
float *moe_routing_dup_weights (const MoeRouting *routing);

/* Assignments of each real expert: counts[experts]. */
void moe_routing_expert_counts (const MoeRouting *routing, size_t *counts);

/* Tokens that keep exactly n real experts: histogram[topk + 1]. */
void moe_routing_kept_histogram (const MoeRouting *routing, size_t *histogram);
