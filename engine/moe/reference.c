/* SPDX-License-Identifier: Apache-2.0 */
/* Slot by slot, one vector at a time, no tiles, no threads: speed is not wanted
 * here.  Matrices are walked row by row, as they lie in memory. */
#include "engine/moe/reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/size.h"

/* One gated MLP, an expert's or the shared one's: its matrices and their gradients. */
typedef struct Mlp
{
  size_t width;    /* W: mlp_dim or shared_dim */
  const float *w1; /* [H,W] gate */
  const float *w3; /* [H,W] up */
  const float *w2; /* [W,H] down */
  double *dw1;
  double *dw3;
  double *dw2;
} Mlp;

/* One run.  The vectors hold the values of a token in one MLP; W is the larger of the widths. */
typedef struct Work
{
  const MoeShape *shape;
  const MoeRouting *routing;
  const MoeReferenceInputs *in;
  MoeReferenceOutputs *out;
  double *gate;   /* [W] x w1 */
  double *up;     /* [W] x w3 */
  double *act;    /* [W] silu (gate) * up */
  double *d_gate; /* [W] gradients of L for the same */
  double *d_up;   /* [W] */
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

/* A matrix that may be missing, some elements further. */
static double *
part_of (double *matrix, size_t first)
{
  return matrix != NULL ? matrix + first : NULL;
}

static Mlp
expert_mlp (const Work *work, size_t expert)
{
  const size_t m = work->shape->mlp_dim, first = expert * work->shape->hidden * m;
  return (Mlp){ .width = m,
                .w1 = work->in->w1 + first,
                .w3 = work->in->w3 + first,
                .w2 = work->in->w2 + first,
                .dw1 = part_of (work->out->dw1, first),
                .dw3 = part_of (work->out->dw3, first),
                .dw2 = part_of (work->out->dw2, first) };
}

static Mlp
shared_mlp (const Work *work)
{
  return (Mlp){ .width = work->shape->shared_dim,
                .w1 = work->in->sw1,
                .w3 = work->in->sw3,
                .w2 = work->in->sw2,
                .dw1 = work->out->dsw1,
                .dw3 = work->out->dsw3,
                .dw2 = work->out->dsw2 };
}

/* gate, up and act [W] of one token x[H]. */
static void
activate (Work *work, size_t token, const Mlp *mlp)
{
  const size_t h = work->shape->hidden, w = mlp->width;
  const float *x = work->in->x + token * h;

  memset (work->gate, 0, w * sizeof *work->gate);
  memset (work->up, 0, w * sizeof *work->up);
  for (size_t i = 0; i < h; i++)
    {
      add_scaled (work->gate, (double)x[i], mlp->w1 + i * w, w);
      add_scaled (work->up, (double)x[i], mlp->w3 + i * w, w);
    }
  for (size_t c = 0; c < w; c++)
    work->act[c] = work->gate[c] * sigmoid (work->gate[c]) * work->up[c];
}

/* y[H] += p * act w2 of one token. */
static void
forward_mlp (Work *work, size_t token, const Mlp *mlp, double p)
{
  const size_t h = work->shape->hidden;
  activate (work, token, mlp);
  for (size_t c = 0; c < mlp->width; c++)
    add_scaled (work->out->y + token * h, p * work->act[c], mlp->w2 + c * h, h);
}

/* Adds the part of one token in one MLP to dx and the MLP's gradients; d_y[H] is the token's
 * dL/dy. */
static void
backward_mlp (Work *work, size_t token, const Mlp *mlp, double p)
{
  const size_t h = work->shape->hidden, w = mlp->width;
  const float *x = work->in->x + token * h;
  double *dx = work->out->dx + token * h;

  activate (work, token, mlp);
  for (size_t c = 0; c < w; c++)
    {
      double g = work->gate[c], s = sigmoid (g);
      double d_act = p * dot (work->d_y, mlp->w2 + c * h, h);
      work->d_gate[c] = d_act * work->up[c] * (s + g * s * (1.0 - s));
      work->d_up[c] = d_act * g * s;
      add_scaled_double (mlp->dw2 + c * h, p * work->act[c], work->d_y, h);
    }
  for (size_t i = 0; i < h; i++)
    {
      add_scaled_double (mlp->dw1 + i * w, (double)x[i], work->d_gate, w);
      add_scaled_double (mlp->dw3 + i * w, (double)x[i], work->d_up, w);
      dx[i] += dot (work->d_gate, mlp->w1 + i * w, w) + dot (work->d_up, mlp->w3 + i * w, w);
    }
}

/* Calls `pass` for the expert of every real slot of a token, best first, and then, unweighted, for
 * the shared expert. */
static void
for_mlps (Work *work,
          size_t token,
          void (*pass) (Work *work, size_t token, const Mlp *mlp, double p))
{
  const MoeRouting *routing = work->routing;
  for (size_t j = 0; j < routing->topk; j++)
    {
      size_t at = token * routing->topk + j;
      size_t expert = (size_t)routing->topk_idx[at];
      if (expert >= routing->experts)
        continue;
      Mlp mlp = expert_mlp (work, expert);
      pass (work, token, &mlp, (double)routing->topk_weights[at]);
    }
  if (work->shape->shared_dim > 0)
    {
      Mlp mlp = shared_mlp (work);
      pass (work, token, &mlp, 1.0);
    }
}

/* What a null slot with a weight adds: its weight times x, or its null expert's v. */
static void
forward_nulls (Work *work, size_t token)
{
  const MoeRouting *routing = work->routing;
  const size_t h = work->shape->hidden, k = routing->topk;
  for (size_t at = token * k; routing->null_weights != NULL && at < (token + 1) * k; at++)
    {
      size_t id = (size_t)routing->topk_idx[at];
      if (id < routing->experts)
        continue;
      const float *added =
          work->in->v != NULL ? work->in->v + (id - routing->experts) * h : work->in->x + token * h;
      add_scaled (work->out->y + token * h, (double)routing->null_weights[at], added, h);
    }
}

static void
backward_nulls (Work *work, size_t token)
{
  const MoeRouting *routing = work->routing;
  const size_t h = work->shape->hidden, k = routing->topk;
  for (size_t at = token * k; routing->null_weights != NULL && at < (token + 1) * k; at++)
    {
      size_t id = (size_t)routing->topk_idx[at];
      if (id < routing->experts)
        continue;
      double *gradient = work->in->v != NULL ? work->out->dv + (id - routing->experts) * h
                                             : work->out->dx + token * h;
      add_scaled_double (gradient, (double)routing->null_weights[at], work->d_y, h);
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
      for_mlps (work, token, forward_mlp);
      forward_nulls (work, token);
      for (size_t i = 0; i < h; i++)
        token_squares += work->out->y[token * h + i] * work->out->y[token * h + i];
      squares += token_squares;
    }
  work->out->loss = squares / (double)elements;
}

static void
clear_gradients (Work *work)
{
  const MoeShape *shape = work->shape;
  MoeReferenceOutputs *out = work->out;
  double *const gradients[] = { out->dx,   out->dw1,  out->dw3,  out->dw2,
                                out->dsw1, out->dsw3, out->dsw2, out->dv };
  for (int i = MOE_TENSOR_DX; i <= MOE_TENSOR_DV; i++)
    if (moe_tensor_exists ((MoeTensor)i, shape, MOE_PASS_FORWARD_BACKWARD))
      memset (gradients[i - MOE_TENSOR_DX], 0,
              moe_tensor_elements ((MoeTensor)i, shape) * sizeof (double));
}

static void
run_backward (Work *work)
{
  const size_t h = work->shape->hidden;
  const double scale = 2.0 / ((double)work->shape->tokens * (double)h);
  clear_gradients (work);
  for (size_t token = 0; token < work->shape->tokens; token++)
    {
      for (size_t i = 0; i < h; i++)
        work->d_y[i] = scale * work->out->y[token * h + i];
      for_mlps (work, token, backward_mlp);
      backward_nulls (work, token);
    }
}

static MoeStatus
check_arguments (const MoeShape *shape, const MoeRouting *routing, MoeError *error)
{
  if (routing->tokens != shape->tokens || routing->experts != shape->experts)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "The routing is for %zu tokens and %zu experts, but the shape has %zu "
                          "and %zu: they must be the same.",
                          routing->tokens, routing->experts, shape->tokens, shape->experts);
  if (shape->null_vectors > 0 && shape->null_vectors < routing->null_experts)
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "The routing has %zu null experts, but there are %zu null vectors.",
                          routing->null_experts, shape->null_vectors);
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

  const size_t h = shape->hidden, w = moe_size_max (shape->mlp_dim, shape->shared_dim);
  size_t vectors, bytes;
  double *scratch = NULL;
  if (moe_size_mul (w, 5, &vectors) && moe_size_add (vectors, h, &vectors)
      && moe_size_mul (vectors, sizeof *scratch, &bytes))
    scratch = malloc (bytes);
  if (scratch == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY,
                          "There is not enough memory for the reference's vectors of hidden %zu "
                          "and mlp_dim or shared_dim %zu.",
                          h, w);

  Work work = {
    .shape = shape,
    .routing = routing,
    .in = in,
    .out = out,
    .gate = scratch,
    .up = scratch + w,
    .act = scratch + 2 * w,
    .d_gate = scratch + 3 * w,
    .d_up = scratch + 4 * w,
    .d_y = scratch + 5 * w,
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
