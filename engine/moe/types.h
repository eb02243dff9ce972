/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of a null-routed Mixture-of-Experts block: its shape, its stages, and all that
 * decides how one step of it is computed. */
#pragma once

#include "engine/moe/choices.h"

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

/* Kinds of work: the stages and their backward twins, put together so that few enough are left to
 * be told apart.  In the order of a step, as they are stacked. */
typedef enum MoeStageKind
{
  MOE_STAGE_KIND_FORWARD, /* up, down */
  MOE_STAGE_KIND_ACTIVATION,
  MOE_STAGE_KIND_MOVE, /* gather and combine */
  MOE_STAGE_KIND_PACK,
  MOE_STAGE_KIND_SHARED,
  MOE_STAGE_KIND_EXCHANGE, /* between shards */
  MOE_STAGE_KIND_DGRAD,    /* gradients of rows; from here on backward */
  MOE_STAGE_KIND_WGRAD,    /* gradients of weights */
  MOE_STAGE_KIND_ACTIVATION_BWD,
  MOE_STAGE_KIND_MOVE_BWD,
  MOE_STAGE_KIND_SHARED_BWD,
  MOE_STAGE_KIND_EXCHANGE_BWD,
  MOE_STAGE_KIND_WAIT, /* of either */
  MOE_N_STAGE_KINDS
} MoeStageKind;

MoeStageKind moe_stage_kind_of (MoeStage stage);

/* Sum of the values of the stages of a kind, in any unit; NaN when none of them is
 * told. */
double moe_stage_kind_sum (const double values[MOE_N_STAGES], MoeStageKind kind);

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
  size_t null_vectors; /* N with null kind constant, else 0: of a point, not of what is compared */
  size_t zero_experts; /* N with null dispatch zero_expert, else 0; likewise */
} MoeShape;

/* But for what follows from the null experts of a point. */
bool moe_shape_equal (const MoeShape *a, const MoeShape *b);

enum
{
  MOE_SHAPE_TEXT_SIZE = 96
};

/* "32768x2048x1408x60" as the logbook writes it (tokens x hidden x mlp_dim x experts). */
void moe_shape_format (const MoeShape *shape, char text[MOE_SHAPE_TEXT_SIZE]);

/* The most experts that a token may keep: slots that memory is taken for. */
size_t moe_most_kept (MoeKRule rule, size_t topk, size_t experts);

/* Everything that decides how one step is computed; routing decides on what. */
typedef struct MoeBlock
{
  MoeShape shape;
  size_t topk;
  size_t capacity;               /* rows of an expert at most; 0 with MOE_CAPACITY_NONE */
  size_t ep_size;                /* shards; 1 without expert parallelism */
  uint8_t choice[MOE_N_CHOICES]; /* values by MoeChoice; those of the routing are in its spec */
} MoeBlock;

/* The same of a block. */
size_t moe_block_most_kept (const MoeBlock *block);
