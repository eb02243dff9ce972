/* SPDX-License-Identifier: Apache-2.0 */
/* The roof over a run's points: the machine's limits, kept as facts of the run so that they travel
 * with its file, and the bound on tokens/s that follows from them (bench/limits.h). */
#pragma once

#include "engine/machine/limits.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Set the facts "peak flop/s", "dense flop/s", "memory read byte/s" and "memory write byte/s", and
 * "limits" when others disturbed their measurement. */
void moe_run_set_limits (MoeRun *run, const MoeLimits *limits);

/* FALSE when the run does not tell them (another program's rows, an old file).  A file of an
 * earlier version tells one rate of the memory, which then stands for both. */
gboolean moe_run_get_limits (const MoeRun *run, MoeLimits *limits);

/* The block that the record was measured with, as far as its bytes and FLOPs go, and how many of
 * its experts get a row, as expected from even loads.  FALSE when the record lacks shape, pass,
 * dtype or assignments. */
gboolean moe_record_block (const MoeRecord *record, MoeBlock *block, gsize *active_experts);

/* Tokens/s that no implementation on that machine can exceed: the record's tokens over its least
 * time by the roofline.  Experts with tokens are taken as expected from even loads.  NaN when the
 * run does not tell its limits or the record lacks shape, pass, dtype or assignments. */
double moe_run_bound_tokens_per_s (const MoeRun *run, const MoeRecord *record);

/* tokens_per_s of the record over its bound, 0 .. 1; NaN as above. */
double moe_run_bound_share (const MoeRun *run, const MoeRecord *record);

/* What the roofline's floor under a step is made of. */
typedef enum MoeFloor
{
  MOE_FLOOR_UNKNOWN,
  MOE_FLOOR_COMPUTE, /* FLOPs at the peak rate */
  MOE_FLOOR_WEIGHTS, /* memory's rate of reading or writing, whichever takes longer, and most of
                        these bytes are weights or their gradients */
  MOE_FLOOR_TOKENS,  /* the same, and most of them are x, y and dx */
} MoeFloor;

/* MOE_FLOOR_UNKNOWN where moe_run_bound_tokens_per_s () is NaN. */
MoeFloor moe_run_floor (const MoeRun *run, const MoeRecord *record);

/* Are the weights that a step reads in a cache when it begins? */
typedef enum MoeWeightsState
{
  MOE_WEIGHTS_UNKNOWN,
  MOE_WEIGHTS_COLD, /* they exceed the last-level caches four times, so that none are left of the
                       step before */
  MOE_WEIGHTS_WARM, /* some may be */
} MoeWeightsState;

/* By the fact "cache bytes" of the run; unknown without it, or on a device with caches of its own,
 * or where moe_record_block () fails. */
MoeWeightsState moe_run_weights_state (const MoeRun *run, const MoeRecord *record);

/* The record's least bytes of one step, read and written, over its time; NaN where
 * moe_record_block () fails or there is no rate. */
double moe_record_bytes_per_s (const MoeRecord *record);

/* No point is above its roof: where one is, the roof was measured too low, and is raised to what
 * the point needs; the fact "limits" says so.  To be called when the run has its points.  TRUE when
 * points made of wall time raised one, which is then true of the machine as well: *limits are the
 * limits with these. */
gboolean moe_run_raise_limits (MoeRun *run, MoeLimits *limits);

G_END_DECLS
