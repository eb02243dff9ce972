/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of a null-routed Mixture-of-Experts block: its shape, the kinds of
 * everything that can be chosen, and their names in options and text formats. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of names; the position of a name is the value of the enumeration it belongs to. */
typedef struct MoeNames
{
  const char *const *names;
  size_t n;
} MoeNames;

/* The name of `value`, or "?" when it is outside the list. */
const char *moe_name_of (const MoeNames *names, int value);

/* Find `text` in the list; false (and *value untouched) when it is not there. */
bool moe_name_parse (const MoeNames *names, const char *text, int *value);

/* Storage and matmul inputs; sums are float32 in both. */
typedef enum MoeDtype
{
  MOE_DTYPE_FLOAT32,
  MOE_DTYPE_BFLOAT16,
} MoeDtype;
extern const MoeNames moe_dtype_names;

size_t moe_dtype_bytes (MoeDtype dtype);

typedef enum MoePass
{
  MOE_PASS_FORWARD,
  MOE_PASS_FORWARD_BACKWARD,
} MoePass;
extern const MoeNames moe_pass_names;

/* Grouped-matmul strategy, the harness's `--backend`. */
typedef enum MoeGrouping
{
  MOE_GROUPING_GMM,
  MOE_GROUPING_RAGGED_DOT,
} MoeGrouping;
extern const MoeNames moe_grouping_names;

typedef enum MoeImpl
{
  MOE_IMPL_BASELINE,
  MOE_IMPL_FUSED_W13,
  MOE_IMPL_PREWEIGHT,
  MOE_IMPL_FUSED_W13_PREWEIGHT,
  MOE_IMPL_SCATTER,
  MOE_IMPL_FAST,
} MoeImpl;
extern const MoeNames moe_impl_names;

typedef enum MoeDistribution
{
  MOE_DISTRIBUTION_RANDOM,
  MOE_DISTRIBUTION_RUNS,
} MoeDistribution;
extern const MoeNames moe_distribution_names;

typedef enum MoeNullMode
{
  MOE_NULL_MODE_INDEPENDENT,
  MOE_NULL_MODE_TAKE_UNTIL_NULL,
  MOE_NULL_MODE_ROUTER,
} MoeNullMode;
extern const MoeNames moe_null_mode_names;

/* What happens to null slots in dispatch (SPEC 2). */
typedef enum MoeNullDispatch
{
  MOE_NULL_DISPATCH_COMPACT, /* dropped before dispatch */
  MOE_NULL_DISPATCH_CARRY,   /* ride along through gather, activation and combine */
} MoeNullDispatch;
extern const MoeNames moe_null_dispatch_names;

typedef enum MoeQueueMode
{
  MOE_QUEUE_MODE_FULL,
  MOE_QUEUE_MODE_PREQUEUE,
} MoeQueueMode;
extern const MoeNames moe_queue_mode_names;

/* What the backward computes again instead of finding it saved. */
typedef enum MoeRematMode
{
  MOE_REMAT_NONE,       /* nothing */
  MOE_REMAT_EXPERT_MLP, /* gather, up and activation; only the expert outputs have all rows */
  MOE_REMAT_COMBINE,    /* the gather; gate, up and activation are kept */
} MoeRematMode;
extern const MoeNames moe_remat_mode_names;

/* How the assignments of an expert are ordered before they are worked on. */
typedef enum MoePackStrategy
{
  MOE_PACK_ARGSORT,           /* stable by expert */
  MOE_PACK_TUPLE_SORT,        /* by (expert, position) */
  MOE_PACK_EXPERT_SCORE_SORT, /* by (expert, -weight of the token's first slot), ties by position */
} MoePackStrategy;
extern const MoeNames moe_pack_strategy_names;

typedef enum MoePermuteMode
{
  MOE_PERMUTE_DIRECT_TAKE, /* rows are gathered straight from x */
  MOE_PERMUTE_REPEAT_SORT, /* x is repeated k times, then permuted */
} MoePermuteMode;
extern const MoeNames moe_permute_mode_names;

/* What bounds the rows of an expert. */
typedef enum MoeCapacityPolicy
{
  MOE_CAPACITY_NONE,
  MOE_CAPACITY_DROP, /* assignments beyond the capacity are dropped */
  MOE_CAPACITY_PAD,  /* and experts with fewer are filled up with rows of zeros */
} MoeCapacityPolicy;
extern const MoeNames moe_capacity_policy_names;

typedef enum MoeParallelMode
{
  MOE_PARALLEL_NONE,
  MOE_PARALLEL_EP, /* every shard holds its own experts */
} MoeParallelMode;
extern const MoeNames moe_parallel_mode_names;

typedef enum MoeEpCommPath
{
  MOE_EP_COMPACT_PSUM, /* all tokens on every shard, outputs all-reduced */
  MOE_EP_RING_AG_RS,   /* tokens sharded: all-gather in, reduce-scatter out */
} MoeEpCommPath;
extern const MoeNames moe_ep_comm_path_names;

/* Stages of one step; every backend reports its time in these. */
typedef enum MoeStage
{
  MOE_STAGE_PACK,           /* order the assignments by expert */
  MOE_STAGE_GATHER,         /* copy token rows into expert order */
  MOE_STAGE_UP,             /* x w1 and x w3 */
  MOE_STAGE_ACTIVATION,     /* silu (gate) * up */
  MOE_STAGE_DOWN,           /* activation w2 */
  MOE_STAGE_COMBINE,        /* weighted sum per token */
  MOE_STAGE_COMBINE_BWD,    /* gradient of the combine: scaled rows in expert order */
  MOE_STAGE_DOWN_DGRAD,     /* dout w2^T */
  MOE_STAGE_ACTIVATION_BWD, /* gradient of silu (gate) * up */
  MOE_STAGE_UP_DGRAD,       /* dh w13^T */
  MOE_STAGE_DOWN_WGRAD,     /* dw2 = activation^T dout */
  MOE_STAGE_UP_WGRAD,       /* dw13 = x^T dh */
  MOE_STAGE_GATHER_BWD,     /* dx: sum of the rows of each token */
  MOE_STAGE_SHARED,         /* the shared expert, all of its forward */
  MOE_STAGE_SHARED_BWD,     /* and of its backward */
  MOE_STAGE_COMM,           /* exchange between shards in the forward */
  MOE_STAGE_COMM_BWD,       /* and in the backward */
  MOE_STAGE_WAIT,           /* threads idle at a join: imbalance and scheduling */
  MOE_N_STAGES
} MoeStage;
extern const MoeNames moe_stage_names; /* "pack", "gather", ... "combine_bwd", ... "wait" */

/* Seconds of each stage in one step.  On several threads a stage's figure is the sum over
 * the threads divided by their number, so that the stages add up to the step's time. */
typedef struct MoeStageTimes
{
  double time_s[MOE_N_STAGES];
  double comm_bytes; /* sent by all shards together; 0 without expert parallelism */
} MoeStageTimes;

/* T tokens, H hidden, M mlp_dim, E experts, S shared_dim (0: no shared expert). */
typedef struct MoeShape
{
  size_t tokens;
  size_t hidden;
  size_t mlp_dim;
  size_t experts;
  size_t shared_dim;
} MoeShape;

bool moe_shape_equal (const MoeShape *a, const MoeShape *b);

enum
{
  MOE_SHAPE_TEXT_SIZE = 96
};

/* "32768x2048x1408x60" as the logbook writes it (tokens x hidden x mlp_dim x experts). */
void moe_shape_format (const MoeShape *shape, char text[MOE_SHAPE_TEXT_SIZE]);

/* Everything that decides how one step is computed; routing decides on what. */
typedef struct MoeBlock
{
  MoeShape shape;
  size_t topk;
  MoeDtype dtype;
  MoePass pass;
  MoeGrouping grouping;
  MoeImpl impl;
  MoeNullDispatch null_dispatch;
  MoeQueueMode queue_mode;
  MoeRematMode remat_mode;
  MoePackStrategy pack_strategy;
  MoePermuteMode permute_mode;
  MoeCapacityPolicy capacity_policy;
  size_t capacity;   /* rows of an expert at most; 0 with MOE_CAPACITY_NONE */
  bool shared_fused; /* the shared expert's gate and up in one matmul */
  MoeParallelMode parallel_mode;
  MoeEpCommPath ep_comm_path;
  size_t ep_size; /* shards; 1 without expert parallelism */
} MoeBlock;

/* What an implementation (SPEC 4, --impl) consists of. */
bool moe_impl_fuses_w13 (MoeImpl impl);  /* one matmul for gate and up */
bool moe_impl_preweights (MoeImpl impl); /* weights are applied before w2 */
bool moe_impl_scatters (MoeImpl impl);   /* the combine adds rows into tokens */
