/* SPDX-License-Identifier: Apache-2.0 */
/* The block computed slowly and obviously, in double precision: what every backend
 * is held against, itself checked by finite differences. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/routing.h"
#include "engine/moe/tensors.h"

/* Borrowed inputs, float32 row-major, shapes as in tensors.h. */
typedef struct MoeReferenceInputs
{
  const float *x;
  const float *w1;
  const float *w3;
  const float *w2;
  const float *sw1; /* shared expert; NULL together when shared_dim = 0 */
  const float *sw3;
  const float *sw2;
  const float *v; /* with null kind constant, else NULL: null slots that have weights add x */
} MoeReferenceInputs;

/* Outputs in double, row-major, owned by the caller; all gradients may be NULL together for a
 * forward pass, those of the shared expert when shared_dim = 0.  Every element is written. */
typedef struct MoeReferenceOutputs
{
  double *y;
  double *dx;
  double *dw1;
  double *dw3;
  double *dw2;
  double *dsw1;
  double *dsw3;
  double *dsw2;
  double loss; /* mean (y^2) over T*H */
  double *dv;  /* beside v */
} MoeReferenceOutputs;

/* Compute y and, when out->dx is set, the gradients of L = mean (y^2).  Routing and weights are
 * constants.  Time O(R H M + T H S); MOE_ERROR_INVALID when the routing is for another shape,
 * MOE_ERROR_MEMORY when scratch memory (O(H + M + S)) is refused. */
MoeStatus moe_reference_run (const MoeShape *shape,
                             const MoeRouting *routing,
                             const MoeReferenceInputs *in,
                             MoeReferenceOutputs *out,
                             MoeError *error);

/* Norm-wise relative error ||a - b|| / ||b|| over n elements; 0 when both are all zeros, infinity
 * when b is zero and a is not or when a has a value that is not finite. */
double moe_relative_error (const float *actual, const double *expected, size_t n);
