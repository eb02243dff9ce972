/* SPDX-License-Identifier: Apache-2.0 */
/* Spot check of a real step: a few rows and columns recomputed in double from the tensors that
 * the backend holds, so that a full-size measurement is known to be of a right computation. */
#include "engine/bench/verify.h"

#include "engine/moe/reference.h"

#include <math.h>
#include <stdlib.h>

enum
{
  CHUNK_ROWS = 64 /* matrix rows read from the backend at a time */
};

typedef struct Spot
{
  const MoeBackend *backend;
  MoeBackendState *state;
  const MoeBlock *block;
  const MoeRouting *routing;
  MoeVerifyResult *result;
  MoeError *error;
  size_t H, M;
  double *wide; /* scratch, all taken at once: see spot_take () */
  float *narrow;
  double *x, *y, *dx, *dout; /* [H] */
  double *gate, *up;         /* [k,M] of the token's slots */
  double *act, *dact;        /* [M] */
  float *chunk;              /* [CHUNK_ROWS, max (H,M)] */
  float *row;                /* [max (H,M)] */
} Spot;

static MoeStatus
spot_take (Spot *s)
{
  size_t side = s->H > s->M ? s->H : s->M;
  s->wide = calloc (4 * s->H + 2 * s->routing->topk * s->M + 2 * s->M, sizeof (double));
  s->narrow = calloc ((CHUNK_ROWS + 1) * side, sizeof (float));
  if (s->wide == NULL || s->narrow == NULL)
    return moe_error_set (s->error, MOE_ERROR_MEMORY, "no memory for the spot check");
  s->x = s->wide;
  s->y = s->x + s->H;
  s->dx = s->y + s->H;
  s->dout = s->dx + s->H;
  s->gate = s->dout + s->H;
  s->up = s->gate + s->routing->topk * s->M;
  s->act = s->up + s->routing->topk * s->M;
  s->dact = s->act + s->M;
  s->chunk = s->narrow;
  s->row = s->narrow + CHUNK_ROWS * side;
  return MOE_OK;
}

static MoeStatus
read_rows (Spot *s, MoeTensor tensor, size_t width, size_t row, size_t rows, float *out)
{
  return s->backend->read (s->state, tensor, row * width, rows * width, out, s->error);
}

/* out[columns] += in[rows] W[rows, columns], or, when transposed, out[rows] += W in[columns]; W is
 * rows first_row .. of the tensor. */
static MoeStatus
multiply (Spot *s,
          MoeTensor tensor,
          bool transposed,
          size_t first_row,
          size_t rows,
          size_t columns,
          const double *in,
          double *out)
{
  for (size_t at = 0; at < rows; at += CHUNK_ROWS)
    {
      size_t n = rows - at < CHUNK_ROWS ? rows - at : CHUNK_ROWS;
      MoeStatus status = read_rows (s, tensor, columns, first_row + at, n, s->chunk);
      if (status != MOE_OK)
        return status;
      for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < columns; c++)
          if (transposed)
            out[at + r] += in[c] * (double)s->chunk[r * columns + c];
          else
            out[c] += in[at + r] * (double)s->chunk[r * columns + c];
    }
  return MOE_OK;
}

static double
sigmoid (double x)
{
  return 1.0 / (1.0 + exp (-x));
}

static double
loss_scale (const Spot *s)
{
  return 2.0 / ((double)s->block->shape.tokens * (double)s->H);
}

static void
note_error (Spot *s, MoeTensor tensor, const float *actual, const double *expected, size_t n)
{
  double error = moe_relative_error (actual, expected, n);
  s->result->error[tensor] = error;
  if (!(error <= s->result->worst))
    s->result->worst = error;
}

/* y of one token, keeping gate and up of its slots; *first_expert is the best real expert, or
 * experts when all slots are null. */
static MoeStatus
token_forward (Spot *s, size_t token, size_t *first_expert)
{
  size_t k = s->routing->topk, E = s->routing->experts, H = s->H, M = s->M;
  MoeStatus status = read_rows (s, MOE_TENSOR_X, H, token, 1, s->row);
  for (size_t h = 0; h < H; h++)
    s->x[h] = (double)s->row[h];
  *first_expert = E;
  for (size_t j = 0; status == MOE_OK && j < k; j++)
    {
      size_t e = (size_t)s->routing->topk_idx[token * k + j];
      double weight = (double)s->routing->topk_weights[token * k + j];
      double *gate = s->gate + j * M, *up = s->up + j * M;
      if (e >= E)
        continue;
      if (*first_expert == E)
        *first_expert = e;
      status = multiply (s, MOE_TENSOR_W1, false, e * H, H, M, s->x, gate);
      if (status == MOE_OK)
        status = multiply (s, MOE_TENSOR_W3, false, e * H, H, M, s->x, up);
      for (size_t m = 0; m < M; m++)
        s->act[m] = weight * gate[m] * sigmoid (gate[m]) * up[m];
      if (status == MOE_OK)
        status = multiply (s, MOE_TENSOR_W2, false, e * M, M, H, s->act, s->y);
    }
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_Y, H, token, 1, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_Y, s->row, s->y, H);
  return status;
}

/* Gradients of gate and up (in place of dact and act) given dact: SwiGLU's derivative. */
static void
swiglu_gradient (double gate, double up, double dact, double *dgate, double *dup)
{
  double sigma = sigmoid (gate);
  *dgate = dact * up * sigma * (1 + gate * (1 - sigma));
  *dup = dact * gate * sigma;
}

static MoeStatus
token_backward (Spot *s, size_t token)
{
  size_t k = s->routing->topk, E = s->routing->experts, H = s->H, M = s->M;
  MoeStatus status = MOE_OK;
  for (size_t j = 0; status == MOE_OK && j < k; j++)
    {
      size_t e = (size_t)s->routing->topk_idx[token * k + j];
      double weight = (double)s->routing->topk_weights[token * k + j];
      if (e >= E)
        continue;
      for (size_t h = 0; h < H; h++)
        s->dout[h] = weight * loss_scale (s) * s->y[h];
      for (size_t m = 0; m < M; m++)
        s->dact[m] = 0;
      status = multiply (s, MOE_TENSOR_W2, true, e * M, M, H, s->dout, s->dact);
      for (size_t m = 0; m < M; m++)
        swiglu_gradient (s->gate[j * M + m], s->up[j * M + m], s->dact[m], &s->dact[m], &s->act[m]);
      if (status == MOE_OK)
        status = multiply (s, MOE_TENSOR_W1, true, e * H, H, M, s->dact, s->dx);
      if (status == MOE_OK)
        status = multiply (s, MOE_TENSOR_W3, true, e * H, H, M, s->act, s->dx);
    }
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_DX, H, token, 1, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_DX, s->row, s->dx, H);
  return status;
}

/* Column m of an expert's [H,M] matrix. */
static MoeStatus
read_column (Spot *s, MoeTensor tensor, size_t expert, size_t m, float *out)
{
  MoeStatus status = MOE_OK;
  for (size_t h = 0; status == MOE_OK && h < s->H; h++)
    status =
        s->backend->read (s->state, tensor, (expert * s->H + h) * s->M + m, 1, out + h, s->error);
  return status;
}

static double
dot (const float *a, const float *b, size_t n)
{
  double sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += (double)a[i] * (double)b[i];
  return sum;
}

/* What one assignment of the expert adds to column m of dw1 and dw3 and to row m of dw2. */
static MoeStatus
add_assignment (Spot *s, const float *weights, size_t token, double weight, double *sums)
{
  size_t H = s->H;
  float *x = s->chunk, *y = s->row;
  MoeStatus status = read_rows (s, MOE_TENSOR_X, H, token, 1, x);
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_Y, H, token, 1, y);
  if (status != MOE_OK)
    return status;

  double gate = dot (x, weights, H), up = dot (x, weights + H, H), dgate, dup;
  double scale = weight * loss_scale (s);
  swiglu_gradient (gate, up, scale * dot (y, weights + 2 * H, H), &dgate, &dup);
  double act = gate * sigmoid (gate) * up;
  for (size_t h = 0; h < H; h++)
    {
      sums[h] += dgate * (double)x[h];
      sums[H + h] += dup * (double)x[h];
      sums[2 * H + h] += act * scale * (double)y[h];
    }
  return MOE_OK;
}

static MoeStatus
compare_column (Spot *s, size_t expert, size_t m, const double *sums)
{
  MoeStatus status = read_column (s, MOE_TENSOR_DW1, expert, m, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_DW1, s->row, sums, s->H);
  if (status == MOE_OK)
    status = read_column (s, MOE_TENSOR_DW3, expert, m, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_DW3, s->row, sums + s->H, s->H);
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_DW2, s->H, expert * s->M + m, 1, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_DW2, s->row, sums + 2 * s->H, s->H);
  return status;
}

static MoeStatus
expert_gradients (Spot *s, size_t expert, size_t m, float *weights, double *sums)
{
  const MoeRouting *routing = s->routing;
  MoeStatus status = read_column (s, MOE_TENSOR_W1, expert, m, weights);
  if (status == MOE_OK)
    status = read_column (s, MOE_TENSOR_W3, expert, m, weights + s->H);
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_W2, s->H, expert * s->M + m, 1, weights + 2 * s->H);
  for (size_t i = 0; status == MOE_OK && i < routing->tokens * routing->topk; i++)
    if ((size_t)routing->topk_idx[i] == expert)
      status =
          add_assignment (s, weights, i / routing->topk, (double)routing->topk_weights[i], sums);
  return status == MOE_OK ? compare_column (s, expert, m, sums) : status;
}

static MoeStatus
check_expert (Spot *s, size_t expert)
{
  float *weights = malloc (3 * s->H * sizeof *weights);
  double *sums = calloc (3 * s->H, sizeof *sums);
  MoeStatus status;
  if (weights == NULL || sums == NULL)
    status = moe_error_set (s->error, MOE_ERROR_MEMORY, "no memory for the spot check");
  else
    status = expert_gradients (s, expert, s->M / 2, weights, sums);
  free (weights);
  free (sums);
  return status;
}

MoeStatus
moe_verify_spot (const MoeBackend *backend,
                 MoeBackendState *state,
                 const MoeBlock *block,
                 const MoeRouting *routing,
                 size_t token,
                 MoeVerifyResult *result,
                 MoeError *error)
{
  Spot s = { .backend = backend,
             .state = state,
             .block = block,
             .routing = routing,
             .result = result,
             .error = error,
             .H = block->shape.hidden,
             .M = block->shape.mlp_dim };
  size_t expert;
  *result = (MoeVerifyResult){ .loss_error = NAN };
  for (size_t i = 0; i < MOE_N_TENSORS; i++)
    result->error[i] = NAN;

  MoeStatus status = spot_take (&s);
  if (status == MOE_OK)
    status = token_forward (&s, token, &expert);
  if (status == MOE_OK && block->pass == MOE_PASS_FORWARD_BACKWARD)
    {
      status = token_backward (&s, token);
      if (status == MOE_OK && expert < routing->experts)
        status = check_expert (&s, expert);
    }
  free (s.wide);
  free (s.narrow);
  return status;
}
