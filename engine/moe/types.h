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
  MOE_STAGE_WAIT,           /* threads idle at a join: imbalance and scheduling */
  MOE_N_STAGES
} MoeStage;
extern const MoeNames moe_stage_names; /* "pack", "gather", ... "combine_bwd", ... "wait" */

/* Seconds of each stage in one step.  On several threads a stage's figure is the sum over
 * the threads divided by their number, so that the stages add up to the step's time. */
typedef struct MoeStageTimes
{
  double time_s[MOE_N_STAGES];
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
} MoeBlock;
