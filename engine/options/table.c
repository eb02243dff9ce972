/* SPDX-License-Identifier: Apache-2.0 */
/* The table of options itself: names, ranges, help and defaults. */
#include "engine/options/options.h"

#include "engine/base/words.h"

#include <string.h>

#define N_ELEMENTS(array) (sizeof (array) / sizeof (array)[0])

/* Words of --accelerator; which of them are here is asked of the backends. */
static const char *const accelerator_list[] = { "auto", "openblas", "onednn", "native", "cuda" };
static const MoeNames accelerator_names = { accelerator_list, N_ELEMENTS (accelerator_list) };

#define SHAPE    MOE_WORDS ("Shape")
#define COMPUTE  MOE_WORDS ("Computation")
#define ROUTING  MOE_WORDS ("Routing")
#define NULLS    MOE_WORDS ("Null routing")
#define PARALLEL MOE_WORDS ("Expert parallelism")
#define MACHINE  MOE_WORDS ("Machine")
#define MEASURE  MOE_WORDS ("Measuring")

#define MAX_DIM     (1u << 24)
#define MAX_COUNT   1000000u
#define MAX_STARTS  100
#define MAX_THREADS 1024 /* and shards, which have at least one each */

#define FIELD(member) .offset = offsetof (MoeOptions, member)

static const MoeOptionSpec table[] = {
  { "tokens", "tokens", "T", MOE_WORDS ("tokens in the batch"), SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.tokens), .min = 1, .max = UINT32_MAX - 2u },
  { "hidden", "hidden", "H", MOE_WORDS ("width of a token"), SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.hidden), .min = 1, .max = MAX_DIM },
  { "mlp-dim", "mlp_dim", "M", MOE_WORDS ("inner width of one expert"), SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.mlp_dim), .min = 1, .max = MAX_DIM },
  { "experts", "experts", "E", MOE_WORDS ("real experts"), SHAPE, MOE_OPTION_SIZE,
    FIELD (shape.experts), .min = 1, .max = MAX_DIM },
  { "topk", "topk", "K", MOE_WORDS ("experts chosen per token, 1 to E"), SHAPE, MOE_OPTION_SIZE,
    FIELD (topk), .min = 1, .max = MAX_DIM },
  { "topk-list", "topk_list", "K,K,...",
    MOE_WORDS ("measure several top-k values; wins over --topk"), SHAPE, MOE_OPTION_SIZE_LIST,
    FIELD (topk_list), .min = 1, .max = MAX_DIM },
  { "shared-expert-dim", "shared_expert_dim", "S",
    MOE_WORDS ("inner width of a shared expert that every token visits; 0 for none"), SHAPE,
    MOE_OPTION_SIZE, FIELD (shape.shared_dim), .min = 0, .max = MAX_DIM },
  { "shared-fused", "shared_fused", NULL,
    MOE_WORDS ("fuse the shared expert's gate and up matmuls"), SHAPE, MOE_OPTION_FLAG,
    FIELD (shared_fused) },

  { "dtype", "dtype", "float32|bfloat16", MOE_WORDS ("storage and matmul inputs; sums are float32"),
    COMPUTE, MOE_OPTION_CHOICE, FIELD (dtype), .names = &moe_dtype_names },
  { "bench-pass", "bench_pass", "forward|forward_backward",
    MOE_WORDS ("what one timed step computes"), COMPUTE, MOE_OPTION_CHOICE, FIELD (pass),
    .names = &moe_pass_names },
  { "backend", "backend", "gmm|ragged_dot",
    MOE_WORDS (
        "grouped matmul: gmm schedules expert tiles over the cores, ragged_dot walks the experts"),
    COMPUTE, MOE_OPTION_CHOICE, FIELD (grouping), .names = &moe_grouping_names },
  { "impl", "impl", "baseline|fused_w13|preweight|fused_w13_preweight|scatter|fast|both",
    MOE_WORDS ("how the block is computed; both is all six"), COMPUTE, MOE_OPTION_CHOICE_SET,
    FIELD (impls), .names = &moe_impl_names },
  { "queue-mode", "queue_mode", "full|prequeue|both",
    MOE_WORDS ("prequeue leaves routing pack and gather outside the timed region; forward only"),
    COMPUTE, MOE_OPTION_CHOICE_SET, FIELD (queue_modes), .names = &moe_queue_mode_names },
  { "routing-pack-strategy", "routing_pack_strategy", "argsort|tuple_sort|expert_score_sort",
    MOE_WORDS ("order of the assignments of an expert"), COMPUTE, MOE_OPTION_CHOICE,
    FIELD (routing_pack_strategy), .names = &moe_pack_strategy_names },
  { "dispatch-permute-mode", "dispatch_permute_mode", "direct_take|repeat_sort",
    MOE_WORDS ("gather straight from x, or repeat it k times and permute"), COMPUTE,
    MOE_OPTION_CHOICE, FIELD (dispatch_permute_mode), .names = &moe_permute_mode_names },
  { "use-custom-sort-vjp", "use_custom_sort_vjp", NULL,
    MOE_WORDS ("accepted for the harness's sake: the backward here is written by hand"), COMPUTE,
    MOE_OPTION_FLAG, FIELD (use_custom_sort_vjp) },
  { "remat-mode", "remat_mode", "none|expert_mlp|combine",
    MOE_WORDS ("what the backward recomputes instead of saving"), COMPUTE, MOE_OPTION_CHOICE,
    FIELD (remat_mode), .names = &moe_remat_mode_names },
  { "capacity-policy", "capacity_policy", "none|drop|pad",
    MOE_WORDS ("bound the rows of an expert; with null routing only none"), COMPUTE,
    MOE_OPTION_CHOICE, FIELD (capacity_policy), .names = &moe_capacity_policy_names },
  { "capacity-factor", "capacity_factor", "X", MOE_WORDS ("capacity is max(1, ceil(X T k / E))"),
    COMPUTE, MOE_OPTION_REAL, FIELD (capacity_factor), .low = 0.0, .high = 1e6 },

  { "distribution", "distribution", "random|runs|both", MOE_WORDS ("how router logits are drawn"),
    ROUTING, MOE_OPTION_CHOICE_SET, FIELD (distributions), .names = &moe_distribution_names },
  { "run-alpha", "run_alpha", "X", MOE_WORDS ("runs: mean run length is max(2, 1/(1-X))"), ROUTING,
    MOE_OPTION_REAL, FIELD (run_alpha), .low = 0.0, .high = 1.0, .high_open = true },
  { "run-noise-scale", "run_noise_scale", "X",
    MOE_WORDS ("runs: standard deviation of the other logits"), ROUTING, MOE_OPTION_REAL,
    FIELD (run_noise_scale), .low = 0.0, .high = 1e6 },
  { "seed", "seed", "N", MOE_WORDS ("seed of x, the weights and the logits"), ROUTING,
    MOE_OPTION_SEED, FIELD (seed), .max = UINT64_MAX },

  { "null-route-frac", "null_route_frac", "F",
    MOE_WORDS ("share of slots that go to no expert, 0 <= F < 1"), NULLS, MOE_OPTION_REAL,
    FIELD (null_route_frac), .low = 0.0, .high = 1.0, .high_open = true },
  { "null-route-frac-list", "null_route_frac_list", "F,F,...",
    MOE_WORDS ("measure several fractions; wins over --null-route-sweep"), NULLS,
    MOE_OPTION_FRACTION_LIST, FIELD (null_route_frac_list), .low = 0.0, .high = 1.0,
    .high_open = true },
  { "null-route-sweep", "null_route_sweep", NULL,
    MOE_WORDS ("measure 0.1, 0.2, ... 0.9; wins over --null-route-frac"), NULLS, MOE_OPTION_FLAG,
    FIELD (null_route_sweep) },
  { "baseline", "baseline", NULL,
    MOE_WORDS ("measure fraction 0 too, paired with every other fraction"), NULLS, MOE_OPTION_FLAG,
    FIELD (baseline) },
  { "null-routing-mode", "null_routing_mode", "independent|take_until_null|router",
    MOE_WORDS ("which slots are null"), NULLS, MOE_OPTION_CHOICE, FIELD (null_routing_mode),
    .names = &moe_null_mode_names },
  { "null-experts", "null_experts", "N",
    MOE_WORDS ("identical null experts; 0: derived from E and F"), NULLS, MOE_OPTION_SIZE,
    FIELD (null_experts), .min = 0, .max = MAX_DIM },
  { "null-route-seed", "null_route_seed", "N", MOE_WORDS ("seed of the null slots"), NULLS,
    MOE_OPTION_SEED, FIELD (null_route_seed), .max = UINT64_MAX },
  { "renormalize-real-after-null", "renormalize_real_after_null", NULL,
    MOE_WORDS ("divide a token's real weights by their sum"), NULLS, MOE_OPTION_FLAG,
    FIELD (renormalize_real_after_null) },
  { "null-dispatch", "null_dispatch", "compact|carry",
    MOE_WORDS ("drop null slots before dispatch, or carry them as the published harness does"),
    NULLS, MOE_OPTION_CHOICE, FIELD (null_dispatch), .names = &moe_null_dispatch_names },

  { "parallel-mode", "parallel_mode", "none|ep", MOE_WORDS ("ep spreads the experts over shards"),
    PARALLEL, MOE_OPTION_CHOICE, FIELD (parallel_mode), .names = &moe_parallel_mode_names },
  { "ep-comm-path", "ep_comm_path", "compact_psum|ring_ag_rs",
    MOE_WORDS ("how shards exchange tokens"), PARALLEL, MOE_OPTION_CHOICE, FIELD (ep_comm_path),
    .names = &moe_ep_comm_path_names },
  { "ep-size", "ep_size", "N", MOE_WORDS ("shards; 0: as many as the threads can share evenly"),
    PARALLEL, MOE_OPTION_SIZE, FIELD (ep_size), .min = 0, .max = MAX_THREADS },

  { "accelerator", "accelerator", "auto|openblas|onednn|native|cuda[:N]",
    MOE_WORDS ("who does the matmuls; auto takes the best that works here"), MACHINE,
    MOE_OPTION_ACCELERATOR, FIELD (accelerator), .names = &accelerator_names },
  { "threads", "threads", "N", MOE_WORDS ("threads to compute on; 0: one for each physical core"),
    MACHINE, MOE_OPTION_SIZE, FIELD (threads), .min = 0, .max = MAX_THREADS },

  { "iters", "iters", "N",
    MOE_WORDS ("timed samples per point; --until-settled takes as many as it needs instead"),
    MEASURE, MOE_OPTION_SIZE, FIELD (iters), .min = 1, .max = MAX_COUNT },
  { "warmup", "warmup", "N", MOE_WORDS ("steps before the samples"), MEASURE, MOE_OPTION_SIZE,
    FIELD (warmup), .min = 0, .max = MAX_COUNT },
  { "starts", "starts", "N",
    MOE_WORDS ("take memory anew N times, with as many of the samples in each: starts differ more "
               "than their "
               "samples do; 0: once, or with --until-settled three times and as often as it takes"),
    MEASURE, MOE_OPTION_SIZE, FIELD (starts), .min = 0, .max = MAX_STARTS },
  { "until-settled", "until_settled", NULL,
    MOE_WORDS ("take samples until every ratio to f = 0 is known within --precision, at 95 %"),
    MEASURE, MOE_OPTION_FLAG, FIELD (until_settled) },
  { "precision", "precision", "X", MOE_WORDS ("of --until-settled: 0.01 is +-1 %"), MEASURE,
    MOE_OPTION_REAL, FIELD (precision), .low = 0.0001, .high = 0.5 },
  { "budget", "budget", "S",
    MOE_WORDS (
        "seconds after which --until-settled ends all the same, for each group of fractions"),
    MEASURE, MOE_OPTION_REAL, FIELD (budget_s), .low = 0.01, .high = 86400.0 },
  { "wait-quiet", "wait_quiet", "S",
    MOE_WORDS ("wait up to S seconds before the first sample while other work on the machine is "
               "ending; 0 not "
               "to wait"),
    MEASURE, MOE_OPTION_REAL, FIELD (wait_quiet_s), .low = 0.0, .high = 600.0 },
  { "min-sample-time", "min_sample_time", "S",
    MOE_WORDS ("seconds that a sample lasts at least: short steps are repeated and the time of one "
               "is told; 0 "
               "for one step per sample; with --warmup 0 a first step that is not a sample shows "
               "how often"),
    MEASURE, MOE_OPTION_REAL, FIELD (min_sample_time_s), .low = 0.0, .high = 60.0 },
  { "stage-timing", "stage_timing", NULL, MOE_WORDS ("print the time of every stage"), MEASURE,
    MOE_OPTION_FLAG, FIELD (stage_timing) },
};

static void
choose_all (MoeChoiceSet *set, const MoeNames *names)
{
  for (size_t i = 0; i < names->n; i++)
    set->has[i] = true;
}

void
moe_options_init (MoeOptions *options)
{
  *options = (MoeOptions){
    .shape = { .tokens = 32768, .hidden = 2048, .mlp_dim = 4096, .experts = 8 },
    .topk = 4,
    .run_alpha = 0.98,
    .run_noise_scale = 0.35,
    .iters = 5,
    .warmup = 2,
    .precision = 0.01,
    .budget_s = 60,
    .wait_quiet_s = 10,
    .min_sample_time_s = 0.02,
    .accelerator = "auto",
  };
  choose_all (&options->impls, &moe_impl_names);
  choose_all (&options->distributions, &moe_distribution_names);
  options->queue_modes.has[MOE_QUEUE_MODE_FULL] = true;
}

void
moe_options_init_single (MoeOptions *options)
{
  moe_options_init (options);
  options->impls = (MoeChoiceSet){ .has = { [MOE_IMPL_FUSED_W13] = true } };
  options->distributions = (MoeChoiceSet){ .has = { [MOE_DISTRIBUTION_RANDOM] = true } };
}

const MoeOptionSpec *
moe_option_specs (size_t *n)
{
  *n = N_ELEMENTS (table);
  return table;
}

static bool
same_name (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++)
    if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b))
      return false;
  return *a == *b;
}

const MoeOptionSpec *
moe_option_spec_find (const char *name)
{
  for (size_t i = 0; name != NULL && i < N_ELEMENTS (table); i++)
    if (same_name (table[i].name, name))
      return &table[i];
  return NULL;
}
