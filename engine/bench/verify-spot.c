/* SPDX-License-Identifier: Apache-2.0 */
/* Spot check of a real step: a few rows and columns recomputed in double from the tensors that
 * the backend holds, so that a full-size measurement is known to be of a right computation. */
#include "engine/bench/verify.h"

#include "engine/base/size.h"
#include "engine/moe/capacity.h"

#include <math.h>
#include <stdlib.h>

enum
{
  CHUNK_ROWS = 64,  /* matrix rows read from the backend at a time */
  MAX_COLUMNS = 16, /* inner columns whose gradients are compared */
  ENOUGH_TERMS = 64 /* tokens x columns that make a fair norm */
};

/* Sums beside what they could have been: for each the sum of its terms, and the sum of the squares
 * of how large each term is.  Where terms of either sign cancel, the sum is as uncertain as they
 * are and says nothing of how large an error may be. */
typedef struct Sums
{
  double *value;
  double *square;
} Sums;

/* One gated MLP that a token visits: an expert of one of its slots, or the shared one. */
typedef struct Mlp
{
  MoeTensor w1, w3, w2, dw1, dw3, dw2;
  size_t width;  /* W: mlp_dim or shared_dim */
  size_t expert; /* which part of the tensors; 0 in those of the shared expert */
  double weight; /* of its output in y */
  Sums gate, up; /* [W] of the token */
} Mlp;

/* Inner columns of an MLP, side by side. */
typedef struct Columns
{
  size_t first, n; /* n <= MAX_COLUMNS */
} Columns;

typedef struct Spot
{
  const MoeBackend *backend;
  MoeBackendState *state;
  const MoeBlock *block;
  const MoeRouting *routing; /* what is computed: without what a capacity policy drops */
  MoeVerifyResult *result;
  MoeError *error;
  size_t H, M, S;
  Mlp *mlps; /* [n_mlps] of the token: its real slots, best first, then the shared expert */
  size_t n_mlps;
  double *wide; /* scratch, all taken at once: see spot_take () */
  float *narrow;
  Sums x, y, dx, dout;    /* [H] */
  double *gates;          /* scratch for gate and up of the token's MLPs */
  Sums act, dact;         /* [max (M,S)] */
  Sums sums;              /* columns of dw1 [H,n] and of dw3 [H,n], rows of dw2 [n,H] */
  float *chunk, *chunk_y; /* [CHUNK_ROWS, max (H,M,S)] */
  float *row;             /* [max (H,M,S)], at least MAX_COLUMNS H */
  float *columns;         /* columns of w1 [H,n] and of w3 [H,n], rows of w2 [n,H] */
} Spot;

/* The next n of the scratch, and as many for the squares. */
static Sums
take_sums (double **scratch, size_t n)
{
  const Sums sums = { *scratch, *scratch + n };
  *scratch += 2 * n;
  return sums;
}

static MoeStatus
spot_take (Spot *s)
{
  size_t k = s->routing->topk, H = s->H;
  size_t wider = moe_size_max (s->M, s->S), side = moe_size_max (H, wider);
  size_t gates = 2 * (k * s->M + s->S), patch = MAX_COLUMNS * H;
  size_t row = moe_size_max (side, patch);
  s->wide = calloc (8 * H + 6 * patch + 2 * gates + 4 * wider, sizeof (double));
  s->narrow = calloc (2 * CHUNK_ROWS * side + row + 3 * patch, sizeof (float));
  s->mlps = calloc (k + 1, sizeof *s->mlps);
  if (s->wide == NULL || s->narrow == NULL || s->mlps == NULL)
    return moe_error_set (s->error, MOE_ERROR_MEMORY, "no memory for the spot check");
  double *scratch = s->wide;
  s->x = take_sums (&scratch, H);
  s->y = take_sums (&scratch, H);
  s->dx = take_sums (&scratch, H);
  s->dout = take_sums (&scratch, H);
  s->sums = take_sums (&scratch, 3 * patch);
  s->act = take_sums (&scratch, wider);
  s->dact = take_sums (&scratch, wider);
  s->gates = scratch;
  s->chunk = s->narrow;
  s->chunk_y = s->chunk + CHUNK_ROWS * side;
  s->row = s->chunk_y + CHUNK_ROWS * side;
  s->columns = s->row + row;
  return MOE_OK;
}

static const Mlp expert_tensors = { .w1 = MOE_TENSOR_W1,
                                    .w3 = MOE_TENSOR_W3,
                                    .w2 = MOE_TENSOR_W2,
                                    .dw1 = MOE_TENSOR_DW1,
                                    .dw3 = MOE_TENSOR_DW3,
                                    .dw2 = MOE_TENSOR_DW2 };
static const Mlp shared_tensors = { .w1 = MOE_TENSOR_SW1,
                                    .w3 = MOE_TENSOR_SW3,
                                    .w2 = MOE_TENSOR_SW2,
                                    .dw1 = MOE_TENSOR_DSW1,
                                    .dw3 = MOE_TENSOR_DSW3,
                                    .dw2 = MOE_TENSOR_DSW2 };

static void
add_mlp (Spot *s, const Mlp *tensors, size_t width, size_t expert, double weight)
{
  Mlp *mlp = &s->mlps[s->n_mlps++];
  *mlp = *tensors;
  mlp->width = width;
  mlp->expert = expert;
  mlp->weight = weight;
  mlp->gate = take_sums (&s->gates, width);
  mlp->up = take_sums (&s->gates, width);
}

static void
list_mlps (Spot *s, size_t token)
{
  const MoeRouting *routing = s->routing;
  for (size_t slot = token * routing->topk; slot < (token + 1) * routing->topk; slot++)
    if ((size_t)routing->topk_idx[slot] < routing->experts)
      add_mlp (s, &expert_tensors, s->M, (size_t)routing->topk_idx[slot],
               (double)routing->topk_weights[slot]);
  if (s->S > 0)
    add_mlp (s, &shared_tensors, s->S, 0, 1);
}

static MoeStatus
read_rows (Spot *s, MoeTensor tensor, size_t width, size_t row, size_t rows, float *out)
{
  return s->backend->read (s->state, tensor, row * width, rows * width, out, s->error);
}

/* One term more. */
static void
add_term (Sums sums, size_t i, double value, double square)
{
  sums.value[i] += value;
  sums.square[i] += square;
}

/* The square of what a sum's error is to be held against. */
static double
square_of (Sums sums, size_t i)
{
  return fmax (sums.value[i] * sums.value[i], sums.square[i]);
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
          Sums in,
          Sums out)
{
  for (size_t at = 0; at < rows; at += CHUNK_ROWS)
    {
      size_t n = rows - at < CHUNK_ROWS ? rows - at : CHUNK_ROWS;
      MoeStatus status = read_rows (s, tensor, columns, first_row + at, n, s->chunk);
      if (status != MOE_OK)
        return status;
      for (size_t r = 0; r < n; r++)
        for (size_t c = 0; c < columns; c++)
          {
            double w = (double)s->chunk[r * columns + c];
            size_t from = transposed ? c : at + r, to = transposed ? at + r : c;
            add_term (out, to, in.value[from] * w, square_of (in, from) * w * w);
          }
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

/* The norm of what differs, relative to the norm of how large it could have been. */
static void
note_error (Spot *s, MoeTensor tensor, const float *actual, Sums expected, size_t first, size_t n)
{
  double difference = 0, size = 0;
  for (size_t i = 0; i < n; i++)
    {
      double d = (double)actual[i] - expected.value[first + i];
      difference += d * d;
      size += square_of (expected, first + i);
    }
  double error = size > 0 ? sqrt (difference / size) : sqrt (difference);
  s->result->error[tensor] = error;
  if (!(error <= s->result->worst))
    s->result->worst = error;
}

/* What one MLP adds to the token's y; its gate and up are kept. */
static MoeStatus
mlp_forward (Spot *s, const Mlp *mlp)
{
  size_t H = s->H, W = mlp->width;
  MoeStatus status = multiply (s, mlp->w1, false, mlp->expert * H, H, W, s->x, mlp->gate);
  if (status == MOE_OK)
    status = multiply (s, mlp->w3, false, mlp->expert * H, H, W, s->x, mlp->up);
  for (size_t c = 0; c < W; c++)
    {
      double gate = mlp->gate.value[c], up = mlp->up.value[c];
      double scale = mlp->weight * sigmoid (gate);
      s->act.value[c] = scale * gate * up;
      s->act.square[c] =
          scale * scale
          * fmax (square_of (mlp->gate, c) * up * up, gate * gate * square_of (mlp->up, c));
    }
  if (status == MOE_OK)
    status = multiply (s, mlp->w2, false, mlp->expert * W, W, H, s->act, s->y);
  return status;
}

static bool
is_null (const MoeRouting *routing, size_t slot)
{
  return (size_t)routing->topk_idx[slot] >= routing->experts;
}

static bool
adds_constants (const Spot *s)
{
  return s->block->choice[MOE_CHOICE_NULL_KIND] == MOE_NULL_KIND_CONSTANT;
}

/* What the null slots of the token add to its y. */
static MoeStatus
nulls_forward (Spot *s, size_t token)
{
  const MoeRouting *routing = s->routing;
  MoeStatus status = MOE_OK;
  for (size_t slot = token * routing->topk;
       status == MOE_OK && routing->null_weights != NULL && slot < (token + 1) * routing->topk;
       slot++)
    {
      double p = (double)routing->null_weights[slot];
      if (!is_null (routing, slot))
        continue;
      if (adds_constants (s))
        status = read_rows (s, MOE_TENSOR_V, s->H,
                            (size_t)routing->topk_idx[slot] - routing->experts, 1, s->row);
      for (size_t h = 0; status == MOE_OK && h < s->H; h++)
        {
          double term = p * (adds_constants (s) ? (double)s->row[h] : s->x.value[h]);
          add_term (s->y, h, term, term * term);
        }
    }
  return status;
}

/* What copies add to its dx. */
static void
nulls_backward (Spot *s, size_t token)
{
  const MoeRouting *routing = s->routing;
  double scale = loss_scale (s);
  if (routing->null_weights == NULL || adds_constants (s))
    return;
  for (size_t slot = token * routing->topk; slot < (token + 1) * routing->topk; slot++)
    for (size_t h = 0; is_null (routing, slot) && h < s->H; h++)
      {
        double p = scale * (double)routing->null_weights[slot];
        add_term (s->dx, h, p * s->y.value[h], p * p * square_of (s->y, h));
      }
}

/* The whole gradient of the vector of the null expert whose slot is `slot`. */
static MoeStatus
check_null_vector (Spot *s, size_t slot)
{
  const MoeRouting *routing = s->routing;
  const int32_t id = routing->topk_idx[slot];
  double scale = loss_scale (s);
  MoeStatus status = MOE_OK;
  for (size_t h = 0; h < s->H; h++)
    s->sums.value[h] = s->sums.square[h] = 0;
  for (size_t i = 0; status == MOE_OK && i < routing->tokens * routing->topk; i++)
    {
      double p = scale * (double)routing->null_weights[i];
      if (routing->topk_idx[i] != id)
        continue;
      status = read_rows (s, MOE_TENSOR_Y, s->H, i / routing->topk, 1, s->row);
      for (size_t h = 0; status == MOE_OK && h < s->H; h++)
        {
          double term = p * (double)s->row[h];
          add_term (s->sums, h, term, term * term);
        }
    }
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_DV, s->H, (size_t)id - routing->experts, 1, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_DV, s->row, s->sums, 0, s->H);
  return status;
}

/* Of the token's first null slot, else of the first there is. */
static MoeStatus
check_nulls (Spot *s, size_t token)
{
  const MoeRouting *routing = s->routing;
  size_t slots = routing->tokens * routing->topk;
  if (routing->null_weights == NULL || !adds_constants (s))
    return MOE_OK;
  for (size_t i = 0; i < slots; i++)
    {
      size_t slot = (token * routing->topk + i) % slots;
      if (is_null (routing, slot))
        return check_null_vector (s, slot);
    }
  return MOE_OK;
}

static MoeStatus
token_forward (Spot *s, size_t token)
{
  size_t H = s->H;
  MoeStatus status = read_rows (s, MOE_TENSOR_X, H, token, 1, s->row);
  for (size_t h = 0; h < H; h++)
    s->x.value[h] = (double)s->row[h];
  for (size_t i = 0; status == MOE_OK && i < s->n_mlps; i++)
    status = mlp_forward (s, &s->mlps[i]);
  if (status == MOE_OK)
    status = nulls_forward (s, token);
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_Y, H, token, 1, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_Y, s->row, s->y, 0, H);
  return status;
}

/* Factors of the gradient of the activation in those of gate and up: SwiGLU's derivative.  Near its
 * minimum that of the gate is a difference of two. */
typedef struct Swiglu
{
  double dgate, dgate_size;
  double dup;
} Swiglu;

static Swiglu
swiglu_gradient (double gate, double up)
{
  double sigma = sigmoid (gate);
  return (Swiglu){ .dgate = up * sigma * (1 + gate * (1 - sigma)),
                   .dgate_size = up * sigma * (1 + fabs (gate) * (1 - sigma)),
                   .dup = gate * sigma };
}

/* What one MLP adds to the token's dx. */
static MoeStatus
mlp_backward (Spot *s, const Mlp *mlp)
{
  size_t H = s->H, W = mlp->width;
  double scale = mlp->weight * loss_scale (s);
  for (size_t h = 0; h < H; h++)
    {
      s->dout.value[h] = scale * s->y.value[h];
      s->dout.square[h] = scale * scale * square_of (s->y, h);
    }
  for (size_t c = 0; c < W; c++)
    s->dact.value[c] = s->dact.square[c] = 0;
  MoeStatus status = multiply (s, mlp->w2, true, mlp->expert * W, W, H, s->dout, s->dact);
  for (size_t c = 0; c < W; c++)
    {
      Swiglu factor = swiglu_gradient (mlp->gate.value[c], mlp->up.value[c]);
      double dact = s->dact.value[c], square = square_of (s->dact, c);
      s->dact.value[c] = dact * factor.dgate;
      s->dact.square[c] = square * factor.dgate_size * factor.dgate_size;
      s->act.value[c] = dact * factor.dup;
      s->act.square[c] = square * factor.dup * factor.dup;
    }
  if (status == MOE_OK)
    status = multiply (s, mlp->w1, true, mlp->expert * H, H, W, s->dact, s->dx);
  if (status == MOE_OK)
    status = multiply (s, mlp->w3, true, mlp->expert * H, H, W, s->act, s->dx);
  return status;
}

static MoeStatus
token_backward (Spot *s, size_t token)
{
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < s->n_mlps; i++)
    status = mlp_backward (s, &s->mlps[i]);
  nulls_backward (s, token);
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_DX, s->H, token, 1, s->row);
  if (status == MOE_OK)
    note_error (s, MOE_TENSOR_DX, s->row, s->dx, 0, s->H);
  return status;
}

/* Columns of one of an MLP's [H,W] matrices: out[H,n]. */
static MoeStatus
read_columns (Spot *s, const Mlp *mlp, const Columns *columns, MoeTensor tensor, float *out)
{
  MoeStatus status = MOE_OK;
  for (size_t h = 0; status == MOE_OK && h < s->H; h++)
    status =
        s->backend->read (s->state, tensor, (mlp->expert * s->H + h) * mlp->width + columns->first,
                          columns->n, out + h * columns->n, s->error);
  return status;
}

/* a[i stride] . b[i] over n; *square (may be NULL) receives the squares of its terms. */
static double
dot (const float *a, size_t stride, const float *b, size_t n, double *square)
{
  double sum = 0, squares = 0;
  for (size_t i = 0; i < n; i++)
    {
      double term = (double)a[i * stride] * (double)b[i];
      sum += term;
      squares += term * term;
    }
  if (square != NULL)
    *square = squares;
  return sum;
}

/* What one token, x[H] and y[H], adds to column c of n in s->sums. */
static void
add_to_column (Spot *s, const float *x, const float *y, double weight, size_t c, size_t n)
{
  size_t H = s->H;
  double dact_square, scale = weight * loss_scale (s);
  const float *w1 = s->columns + c, *w3 = w1 + n * H, *w2 = s->columns + 2 * n * H + c * H;
  double gate = dot (w1, n, x, H, NULL), up = dot (w3, n, x, H, NULL);
  double dact = scale * dot (w2, 1, y, H, &dact_square);
  Swiglu factor = swiglu_gradient (gate, up);
  double act = gate * sigmoid (gate) * up;
  dact_square = fmax (dact * dact, scale * scale * dact_square);
  for (size_t h = 0; h < H; h++)
    {
      double in = (double)x[h], out = act * scale * (double)y[h];
      double size1 = factor.dgate_size * in, size3 = factor.dup * in;
      add_term (s->sums, c + h * n, dact * factor.dgate * in, dact_square * size1 * size1);
      add_term (s->sums, n * H + c + h * n, dact * factor.dup * in, dact_square * size3 * size3);
      add_term (s->sums, 2 * n * H + c * H + h, out, out * out);
    }
}

/* What a few tokens of the same weight that lie together add to n columns. */
static MoeStatus
add_tokens (Spot *s, size_t first, size_t tokens, double weight, size_t n)
{
  MoeStatus status = read_rows (s, MOE_TENSOR_X, s->H, first, tokens, s->chunk);
  if (status == MOE_OK)
    status = read_rows (s, MOE_TENSOR_Y, s->H, first, tokens, s->chunk_y);
  for (size_t i = 0; status == MOE_OK && i < tokens; i++)
    for (size_t c = 0; c < n; c++)
      add_to_column (s, s->chunk + i * s->H, s->chunk_y + i * s->H, weight, c, n);
  return status;
}

static MoeStatus
sum_expert (Spot *s, size_t expert, size_t n)
{
  const MoeRouting *routing = s->routing;
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < routing->tokens * routing->topk; i++)
    if ((size_t)routing->topk_idx[i] == expert)
      status = add_tokens (s, i / routing->topk, 1, (double)routing->topk_weights[i], n);
  return status;
}

static MoeStatus
sum_shared (Spot *s, size_t n)
{
  MoeStatus status = MOE_OK;
  size_t tokens = s->routing->tokens;
  for (size_t at = 0; status == MOE_OK && at < tokens; at += CHUNK_ROWS)
    status = add_tokens (s, at, moe_size_min (CHUNK_ROWS, tokens - at), 1, n);
  return status;
}

static MoeStatus
compare_columns (Spot *s, const Mlp *mlp, const Columns *columns)
{
  size_t H = s->H, n = columns->n;
  MoeStatus status = read_columns (s, mlp, columns, mlp->dw1, s->row);
  if (status == MOE_OK)
    note_error (s, mlp->dw1, s->row, s->sums, 0, n * H);
  if (status == MOE_OK)
    status = read_columns (s, mlp, columns, mlp->dw3, s->row);
  if (status == MOE_OK)
    note_error (s, mlp->dw3, s->row, s->sums, n * H, n * H);
  if (status == MOE_OK)
    status = read_rows (s, mlp->dw2, H, mlp->expert * mlp->width + columns->first, n, s->row);
  if (status == MOE_OK)
    note_error (s, mlp->dw2, s->row, s->sums, 2 * n * H, n * H);
  return status;
}

static size_t
count_tokens (const Spot *s, const Mlp *mlp)
{
  const MoeRouting *routing = s->routing;
  size_t n = 0;
  if (mlp->w1 == MOE_TENSOR_SW1)
    return routing->tokens;
  for (size_t i = 0; i < routing->tokens * routing->topk; i++)
    n += (size_t)routing->topk_idx[i] == mlp->expert;
  return n;
}

/* Columns in the middle of the MLP.  What a token adds to a column is as uncertain as the sum that
 * it came of, which may have cancelled; so an expert of few tokens has more columns compared, and
 * the norm of all of them is that of many such sums. */
static Columns
choose_columns (const Spot *s, const Mlp *mlp)
{
  size_t tokens = count_tokens (s, mlp);
  size_t wanted = tokens > 0 ? (ENOUGH_TERMS + tokens - 1) / tokens : 1;
  size_t n = moe_size_min (moe_size_min (wanted, MAX_COLUMNS), mlp->width);
  return (Columns){ .first = (mlp->width - n) / 2, .n = n };
}

static MoeStatus
check_gradients (Spot *s, const Mlp *mlp)
{
  Columns columns = choose_columns (s, mlp);
  size_t H = s->H, n = columns.n;
  for (size_t i = 0; i < 3 * n * H; i++)
    s->sums.value[i] = s->sums.square[i] = 0;
  MoeStatus status = read_columns (s, mlp, &columns, mlp->w1, s->columns);
  if (status == MOE_OK)
    status = read_columns (s, mlp, &columns, mlp->w3, s->columns + n * H);
  if (status == MOE_OK)
    status = read_rows (s, mlp->w2, H, mlp->expert * mlp->width + columns.first, n,
                        s->columns + 2 * n * H);
  if (status == MOE_OK)
    status = mlp->w1 == MOE_TENSOR_SW1 ? sum_shared (s, n) : sum_expert (s, mlp->expert, n);
  return status == MOE_OK ? compare_columns (s, mlp, &columns) : status;
}

/* dx of the token, and gradients of its best expert and of the shared one. */
static MoeStatus
check_backward (Spot *s, size_t token)
{
  MoeStatus status = token_backward (s, token);
  for (size_t i = 0; status == MOE_OK && i < s->n_mlps; i++)
    if (i == 0 || s->mlps[i].w1 == MOE_TENSOR_SW1)
      status = check_gradients (s, &s->mlps[i]);
  return status == MOE_OK ? check_nulls (s, token) : status;
}

static MoeStatus
check_token (Spot *s, size_t token)
{
  MoeStatus status = spot_take (s);
  if (status == MOE_OK)
    {
      list_mlps (s, token);
      status = token_forward (s, token);
    }
  if (status == MOE_OK && s->block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    status = check_backward (s, token);
  free (s->mlps);
  free (s->wide);
  free (s->narrow);
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
  MoeRouting kept = { 0 };
  Spot s = { .backend = backend,
             .state = state,
             .block = block,
             .routing = routing,
             .result = result,
             .error = error,
             .H = block->shape.hidden,
             .M = block->shape.mlp_dim,
             .S = block->shape.shared_dim };
  *result = (MoeVerifyResult){ .loss_error = NAN };
  for (size_t i = 0; i < MOE_N_TENSORS; i++)
    result->error[i] = NAN;

  MoeStatus status = MOE_OK;
  if (block->choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_NONE)
    {
      status = moe_capacity_apply (routing, block->choice[MOE_CHOICE_PACK_STRATEGY],
                                   block->capacity, &kept, NULL, error);
      s.routing = &kept;
    }
  if (status == MOE_OK)
    status = check_token (&s, token);
  moe_routing_clear (&kept);
  return status;
}
