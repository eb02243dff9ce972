/* SPDX-License-Identifier: Apache-2.0 */
/* Slot by slot, one vector at a time, no tiles, no threads: speed is not wanted
 * here.  Matrices are walked row by row, as they lie in memory. */
#include "engine/moe/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/size.h"

/* One run.  The vectors hold a token's or a slot's values. */
typedef struct Work
{
  const MoeShape *shape;
  const MoeRouting *routing;
  const MoeReferenceInputs *in;
  MoeReferenceOutputs *out;
  double *gate;   /* [M] x w1 */
  double *up;     /* [M] x w3 */
  double *act;    /* [M] silu (gate) * up */
  double *d_gate; /* [M] gradients of L for the same */
  double *d_up;   /* [M] */
  double *d_y;    /* [H] */
} Work;

/* y[n] += a * x[n] */
static void
add_scaled (double *y, double a, const float *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] += a * (double)x[i];
}

/* y[n] += a * x[n] */
static void
add_scaled_double (double *y, double a, const double *x, size_t n)
{
  for (size_t i = 0; i < n; i++)
    y[i] += a * x[i];
}

static double
dot (const double *a, const float *b, size_t n)
{
  double sum = 0.0;
  for (size_t i = 0; i < n; i++)
    sum += a[i] * (double)b[i];
  return sum;
}

static double
sigmoid (double v)
{
  return 1.0 / (1.0 + exp (-v));
}

/* gate, up and act [M] of one token x[H] in one expert. */
static void
activate (Work *work, size_t token, size_t expert)
{
  const size_t h = work->shape->hidden, m = work->shape->mlp_dim;
  const float *x = work->in->x + token * h;
  const float *w1 = work->in->w1 + expert * h * m; /* [H,M] */
  const float *w3 = work->in->w3 + expert * h * m; /* [H,M] */

  memset (work->gate, 0, m * sizeof *work->gate);
  memset (work->up, 0, m * sizeof *work->up);
  for (size_t i = 0; i < h; i++)
    {
      add_scaled (work->gate, (double)x[i], w1 + i * m, m);
      add_scaled (work->up, (double)x[i], w3 + i * m, m);
    }
  for (size_t c = 0; c < m; c++)
    work->act[c] = work->gate[c] * sigmoid (work->gate[c]) * work->up[c];
}

/* y[H] += p * act w2 for one real slot. */
static void
forward_slot (Work *work, size_t token, size_t expert, double p)
{
  const size_t h = work->shape->hidden, m = work->shape->mlp_dim;
  const float *w2 = work->in->w2 + expert * m * h; /* [M,H] */
  activate (work, token, expert);
  for (size_t c = 0; c < m; c++)
    add_scaled (work->out->y + token * h, p * work->act[c], w2 + c * h, h);
}

/* Adds one real slot's part to dx, dw1, dw3 and dw2; d_y[H] is the token's dL/dy. */
static void
backward_slot (Work *work, size_t token, size_t expert, double p)
{
  const size_t h = work->shape->hidden, m = work->shape->mlp_dim;
  const float *x = work->in->x + token * h;
  const float *w1 = work->in->w1 + expert * h * m;
  const float *w3 = work->in->w3 + expert * h * m;
  const float *w2 = work->in->w2 + expert * m * h;
  double *dx = work->out->dx + token * h;

  activate (work, token, expert);
  for (size_t c = 0; c < m; c++)
    {
      double g = work->gate[c], s = sigmoid (g);
      double d_act = p * dot (work->d_y, w2 + c * h, h);
      work->d_gate[c] = d_act * work->up[c] * (s + g * s * (1.0 - s));
      work->d_up[c] = d_act * g * s;
      add_scaled_double (work->out->dw2 + (expert * m + c) * h, p * work->act[c], work->d_y, h);
    }
  for (size_t i = 0; i < h; i++)
    {
      size_t row = (expert * h + i) * m;
      add_scaled_double (work->out->dw1 + row, (double)x[i], work->d_gate, m);
      add_scaled_double (work->out->dw3 + row, (double)x[i], work->d_up, m);
      dx[i] += dot (work->d_gate, w1 + i * m, m) + dot (work->d_up, w3 + i * m, m);
    }
}

/* Calls `slot` for every real slot of a token, best first. */
static void
for_real_slots (Work *work,
                size_t token,
                void (*slot) (Work *work, size_t token, size_t expert, double p))
{
  const MoeRouting *routing = work->routing;
  for (size_t j = 0; j < routing->topk; j++)
    {
      size_t at = token * routing->topk + j;
      size_t expert = (size_t)routing->topk_idx[at];
      if (expert < routing->experts)
        slot (work, token, expert, (double)routing->topk_weights[at]);
    }
}

static void
run_forward (Work *work)
{
  const size_t h = work->shape->hidden, elements = work->shape->tokens * h;
  double squares = 0.0;
  memset (work->out->y, 0, elements * sizeof (double));
  for (size_t token = 0; token < work->shape->tokens; token++)
    {
      double token_squares = 0.0;
      for_real_slots (work, token, forward_slot);
      for (size_t i = 0; i < h; i++)
        token_squares += work->out->y[token * h + i] * work->out->y[token * h + i];
      squares += token_squares;
    }
  work->out->loss = squares / (double)elements;
}

static void
run_backward (Work *work)
{
  const MoeShape *shape = work->shape;
  const size_t h = shape->hidden;
  const size_t weights = shape->experts * h * shape->mlp_dim;
  const double scale = 2.0 / ((double)shape->tokens * (double)h);
  memset (work->out->dx, 0, shape->tokens * h * sizeof (double));
  memset (work->out->dw1, 0, weights * sizeof (double));
  memset (work->out->dw3, 0, weights * sizeof (double));
  memset (work->out->dw2, 0, weights * sizeof (double));
  for (size_t token = 0; token < shape->tokens; token++)
    {
      for (size_t i = 0; i < h; i++)
        work->d_y[i] = scale * work->out->y[token * h + i];
      for_real_slots (work, token, backward_slot);
    }
}

static MoeStatus
check_arguments (const MoeShape *shape, const MoeRouting *routing, MoeError *error)
{
  if (shape->shared_dim != 0)
    return moe_error_set_option (
        error, MOE_ERROR_UNSUPPORTED, "shared-expert-dim",
        "The reference has no shared expert yet, but shared_dim is %zu: allowed is 0.",
        shape->shared_dim);
  if (routing->tokens != shape->tokens || routing->experts != shape->experts)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "The routing is for %zu tokens and %zu experts, but the shape has %zu "
                          "and %zu: they must be the same.",
                          routing->tokens, routing->experts, shape->tokens, shape->experts);
  return MOE_OK;
}

MoeStatus
moe_reference_run (const MoeShape *shape,
                   const MoeRouting *routing,
                   const MoeReferenceInputs *in,
                   MoeReferenceOutputs *out,
                   MoeError *error)
{
  MoeStatus status = check_arguments (shape, routing, error);
  if (status != MOE_OK)
    return status;

  const size_t h = shape->hidden, m = shape->mlp_dim;
  size_t vectors, bytes;
  double *scratch = NULL;
  if (moe_size_mul (m, 5, &vectors) && moe_size_add (vectors, h, &vectors)
      && moe_size_mul (vectors, sizeof *scratch, &bytes))
    scratch = malloc (bytes);
  if (scratch == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY,
                          "There is not enough memory for the reference's vectors of hidden %zu "
                          "and mlp_dim %zu.",
                          h, m);

  Work work = {
    .shape = shape,
    .routing = routing,
    .in = in,
    .out = out,
    .gate = scratch,
    .up = scratch + m,
    .act = scratch + 2 * m,
    .d_gate = scratch + 3 * m,
    .d_up = scratch + 4 * m,
    .d_y = scratch + 5 * m,
  };
  run_forward (&work);
  if (out->dx != NULL)
    run_backward (&work);
  free (scratch);
  return MOE_OK;
}

double
moe_relative_error (const float *actual, const double *expected, size_t n)
{
  double difference = 0.0, norm = 0.0;
  for (size_t i = 0; i < n; i++)
    {
      double d = (double)actual[i] - expected[i];
      difference += d * d;
      norm += expected[i] * expected[i];
    }
  if (!isfinite (difference))
    return INFINITY;
  if (norm == 0.0)
    return difference == 0.0 ? 0.0 : INFINITY;
  return sqrt (difference / norm);
}
