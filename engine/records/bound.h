/* SPDX-License-Identifier: Apache-2.0 */
/* The roof over a run's points: the machine's limits, kept as facts of the run so that they travel
 * with its file, and the bound on tokens/s that follows from them (bench/limits.h). */
#pragma once

#include "engine/bench/limits.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Set the facts "peak flop/s", "dense flop/s" and "memory byte/s". */
void moe_run_set_limits (MoeRun *run, const MoeLimits *limits);

/* FALSE when the run does not tell them (another program's rows, an old file). */
gboolean moe_run_get_limits (const MoeRun *run, MoeLimits *limits);

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
  MOE_FLOOR_WEIGHTS, /* memory's rate, and most of the bytes are weights and their gradients */
  MOE_FLOOR_TOKENS,  /* memory's rate, and most of the bytes are x, y and dx */
} MoeFloor;

/* MOE_FLOOR_UNKNOWN where moe_run_bound_tokens_per_s () is NaN. */
MoeFloor moe_run_floor (const MoeRun *run, const MoeRecord *record);

G_END_DECLS
