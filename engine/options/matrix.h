/* SPDX-License-Identifier: Apache-2.0 */
/* The logbook's experiment and its follow-up as lists of sweeps to measure one after the other. */
#pragma once

#include "engine/options/options.h"

typedef enum MoeMatrix
{
  MOE_MATRIX_LOGBOOK, /* 3 shapes x top-k 2, 4, 8 x null 0.0 .. 0.9, mode independent */
  MOE_MATRIX_MODES,   /* the same for independent and take_until_null */
} MoeMatrix;
extern const MoeNames moe_matrix_names;

enum
{
  MOE_MATRIX_MAX_JOBS = 8
};

/* What the published runs had in common (SPEC 6): forward_backward, gmm, fused_w13, random routing,
 * bfloat16, 3 samples after 1 warm-up step.  For MOE_MATRIX_MODES 6 samples: it asks for a
 * difference, and fewer than 4 against 4 can show none. */
void moe_matrix_init_options (MoeMatrix matrix, MoeOptions *options);

/* Options of the matrix's own axes, which a job sets and nobody else may: "tokens", "tokens-list",
 * "topk-list", "null-route-sweep", ...  (for MOE_MATRIX_MODES also "null-routing-mode"). */
bool moe_matrix_sets (MoeMatrix matrix, const MoeOptionSpec *spec);

/* What the published shapes are divided by, for machines that do not hold them; 1 changes nothing.
 */
typedef struct
{
  size_t tokens;
  size_t widths; /* hidden and mlp-dim both: the experts' weights shrink with its square */
} MoeMatrixScale;

/* The sweeps, smallest shape first, both modes of a shape in the same rounds: each is `common` with
 * the matrix's shape (tokens divided by scale.tokens, hidden and mlp-dim by scale.widths), top-k
 * values, fractions and mode.  *n_jobs is their number.  MOE_ERROR_INVALID naming "scale" or
 * "scale-widths" when it is 0 or leaves nothing, else what moe_options_validate () finds in a job.
 */
MoeStatus moe_matrix_jobs (MoeMatrix matrix,
                           const MoeOptions *common,
                           MoeMatrixScale scale,
                           MoeOptions jobs[MOE_MATRIX_MAX_JOBS],
                           size_t *n_jobs,
                           MoeError *error);
