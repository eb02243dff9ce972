/* SPDX-License-Identifier: Apache-2.0 */
/* Hold a backend against the double-precision reference. */
#pragma once

#include "engine/backends/backend.h"

/* The largest norm-wise relative error that counts as right: little more than 1e-5 in float32 and
 * 1.5e-2 in bfloat16, and twice that for sums of one term, whose roundings average out with no
 * other's.  A gradient in bfloat16 has been rounded to 8 bits some seven times on its way, which
 * makes 6e-3 typical, and 2.7e-2 possible where nothing averages it. */
double moe_verify_tolerance (MoeDtype dtype, const MoeShape *shape);

typedef struct MoeVerifyResult
{
  double error[MOE_N_TENSORS]; /* norm-wise relative error; NaN for tensors not checked */
  double loss_error;           /* relative */
  double worst;                /* largest of them */
} MoeVerifyResult;

/* Run one poisoned step of a block on a fresh state of the backend, on `device`, and compare every
 * output with the reference.  For small shapes: time O(R H M) in double, memory for two copies of
 * all tensors.  MOE_OK means that it was compared, not that it agreed: look at result->worst. */
MoeStatus moe_verify_block (const MoeBackend *backend,
                            size_t device,
                            const MoeBlock *block,
                            const MoeRoutingSpec *routing,
                            uint64_t seed,
                            size_t threads,
                            MoeVerifyResult *result,
                            MoeError *error);

/* Spot check of a real step, at any size, on the open state after forward (and backward): for one
 * token y and dx, for its best expert and the shared one a column of dw1 and dw3 and a row of dw2,
 * recomputed in double from the tensors that the backend holds.  What the block's capacity policy
 * drops counts as dropped.  Errors are relative to the norm of the sums or, where that is larger,
 * of the terms that they are made of: where these cancel, a sum is no measure of its error.  Time
 * O(k H M + H S + R/E H), with a shared expert and gradients also O(T H).  Memory O(H + k M + S),
 * with a capacity policy also O(T k). */
MoeStatus moe_verify_spot (const MoeBackend *backend,
                           MoeBackendState *state,
                           const MoeBlock *block,
                           const MoeRouting *routing,
                           size_t token,
                           MoeVerifyResult *result,
                           MoeError *error);
