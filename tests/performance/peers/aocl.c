/* SPDX-License-Identifier: Apache-2.0 */
/* The block by the matrix products of AOCL-DLP, the library under ZenDNN: weights reordered once, a
 * product for each expert with tokens.  The library brings no block, so gathering, activation and
 * the weighted sum are ours, as is the schedule: experts are shared among threads of OpenMP, the
 * fullest first, and each one's columns are cut in as many parts as there are threads, so that a
 * single expert has work for all. */
#include "tests/performance/peers/peer.h"

#include <classic/aocl_gemm_interface_apis.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/bfloat16.h"

/* One weight of all experts, cut by columns. */
typedef struct Weights
{
  size_t rows, columns; /* of an expert's matrix */
  size_t parts;
  void **reordered; /* [E][parts] */
} Weights;

struct PeerState
{
  PeerProblem problem;
  size_t element;
  Weights gate, up, down;
  void *x;        /* [T][H] of the dtype */
  void *rows;     /* [R][H] */
  void *act;      /* [R][M] */
  float *gates;   /* [R][M] */
  float *ups;     /* [R][M] */
  float *outs;    /* [R][H] */
  float *y;       /* [T][H] */
  size_t *token;  /* [R], by expert */
  size_t *place;  /* [T][k]: the row of a slot, or R */
  float *weights; /* [T][k] */
  size_t *first;  /* [E + 1], rows of an expert */
  size_t *order;  /* [E], experts with rows, the fullest first */
  size_t n_active;
  size_t n_rows;
};

/* Where part `part` of the columns begins: a multiple of 64, as the library's panels are. */
static size_t
part_at (const Weights *w, size_t part)
{
  return part == w->parts ? w->columns : w->columns * part / w->parts / 64 * 64;
}

static void *
reorder (const PeerState *s, const Weights *w, const float *values, size_t part)
{
  const md_t k = (md_t)w->rows, first = (md_t)part_at (w, part);
  const md_t n = (md_t)part_at (w, part + 1) - first, ld = (md_t)w->columns;
  if (n == 0)
    return NULL;
  if (s->problem.dtype == MOE_DTYPE_FLOAT32)
    {
      void *out = aligned_alloc (
          64, (aocl_get_reorder_buf_size_f32f32f32of32 ('r', 'n', 'B', k, n, NULL) + 63) / 64 * 64);
      if (out != NULL)
        aocl_reorder_f32f32f32of32 ('r', 'n', 'B', values + first, out, k, n, ld, NULL);
      return out;
    }
  void *out = aligned_alloc (
      64, (aocl_get_reorder_buf_size_bf16bf16f32of32 ('r', 'n', 'B', k, n, NULL) + 63) / 64 * 64);
  bfloat16 *narrow = malloc (w->rows * w->columns * sizeof *narrow);
  for (size_t i = 0; narrow != NULL && i < w->rows * w->columns; i++)
    narrow[i] = (bfloat16)moe_bf16_from_float (values[i]);
  if (narrow != NULL && out != NULL)
    aocl_reorder_bf16bf16f32of32 ('r', 'n', 'B', narrow + first, out, k, n, ld, NULL);
  free (narrow);
  return out;
}

static bool
take_weights (PeerState *s, MoeTensor tensor, size_t rows, size_t columns, Weights *w)
{
  const PeerProblem *p = &s->problem;
  const size_t n = rows * columns, experts = p->shape.experts;
  MoeError error = { 0 };
  float *given = malloc (n * sizeof *given);
  *w = (Weights){ rows, columns, p->threads, calloc (experts * p->threads, sizeof (void *)) };
  bool good = given != NULL && w->reordered != NULL;
  for (size_t e = 0; good && e < experts; e++)
    {
      good = p->backend->read (p->state, tensor, e * n, n, given, &error) == MOE_OK;
      for (size_t part = 0; good && part < w->parts; part++)
        w->reordered[e * w->parts + part] = reorder (s, w, given, part);
    }
  free (given);
  return good;
}

static bool
take_x (PeerState *s)
{
  const PeerProblem *p = &s->problem;
  const size_t n = p->shape.tokens * p->shape.hidden;
  MoeError error = { 0 };
  if (p->backend->read (p->state, MOE_TENSOR_X, 0, n, s->y, &error) != MOE_OK)
    return false;
  if (p->dtype == MOE_DTYPE_FLOAT32)
    memcpy (s->x, s->y, n * sizeof (float));
  else
    for (size_t i = 0; i < n; i++)
      ((uint16_t *)s->x)[i] = moe_bf16_from_float (s->y[i]);
  return true;
}

/* c[rows,columns of the part] = a[rows,k] w. */
static void
product (const PeerState *s,
         const Weights *w,
         size_t e,
         size_t part,
         size_t row,
         const void *a,
         float *c)
{
  const md_t m = (md_t)(s->first[e + 1] - row), k = (md_t)w->rows;
  const md_t first = (md_t)part_at (w, part), n = (md_t)part_at (w, part + 1) - first;
  const void *b = w->reordered[e * w->parts + part];
  const char *at = (const char *)a + row * w->rows * s->element;
  float *to = c + row * w->columns + first;
  if (n == 0)
    return;
  if (s->problem.dtype == MOE_DTYPE_FLOAT32)
    aocl_gemm_f32f32f32of32 ('r', 'n', 'n', m, n, k, 1, (const float *)(const void *)at, k, 'n', b,
                             n, 'r', 0, to, (md_t)w->columns, NULL);
  else
    aocl_gemm_bf16bf16f32of32 ('r', 'n', 'n', m, n, k, 1, (const bfloat16 *)(const void *)at, k,
                               'n', b, n, 'r', 0, to, (md_t)w->columns, NULL);
}

static void
activate (PeerState *s, size_t row, size_t end)
{
  const size_t mlp = s->problem.shape.mlp_dim;
  for (size_t i = row * mlp; i < end * mlp; i++)
    {
      const float value = s->gates[i] / (1 + expf (-s->gates[i])) * s->ups[i];
      if (s->problem.dtype == MOE_DTYPE_FLOAT32)
        ((float *)s->act)[i] = value;
      else
        ((uint16_t *)s->act)[i] = moe_bf16_from_float (value);
    }
}

static bool
peer_step (PeerState *s)
{
  const size_t hidden = s->problem.shape.hidden, tokens = s->problem.shape.tokens;
  const size_t topk = s->problem.topk, line = hidden * s->element;
  const long parts = (long)s->problem.threads, tasks = (long)s->n_active * parts;
#pragma omp parallel num_threads((int)s->problem.threads)
  {
#pragma omp for schedule(static)
    for (long r = 0; r < (long)s->n_rows; r++)
      memcpy ((char *)s->rows + (size_t)r * line, (char *)s->x + s->token[r] * line, line);
#pragma omp for schedule(dynamic, 1)
    for (long i = 0; i < tasks; i++)
      {
        const size_t e = s->order[i / parts], part = (size_t)(i % parts);
        product (s, &s->gate, e, part, s->first[e], s->rows, s->gates);
        product (s, &s->up, e, part, s->first[e], s->rows, s->ups);
      }
#pragma omp for schedule(static)
    for (long r = 0; r < (long)s->n_rows; r++)
      activate (s, (size_t)r, (size_t)r + 1);
#pragma omp for schedule(dynamic, 1)
    for (long i = 0; i < tasks; i++)
      {
        const size_t e = s->order[i / parts];
        product (s, &s->down, e, (size_t)(i % parts), s->first[e], s->act, s->outs);
      }
#pragma omp for schedule(static)
    for (long t = 0; t < (long)tokens; t++)
      {
        float *y = s->y + (size_t)t * hidden;
        memset (y, 0, hidden * sizeof *y);
        for (size_t slot = (size_t)t * topk; slot < ((size_t)t + 1) * topk; slot++)
          if (s->place[slot] < s->n_rows)
            {
              const float *out = s->outs + s->place[slot] * hidden, weight = s->weights[slot];
              for (size_t h = 0; h < hidden; h++)
                y[h] += weight * out[h];
            }
      }
  }
  return true;
}

static void
peer_route (PeerState *s, const MoeRouting *routing)
{
  const size_t experts = routing->experts, slots = routing->tokens * routing->topk;
  memset (s->first, 0, (experts + 1) * sizeof *s->first);
  for (size_t i = 0; i < slots; i++)
    if (routing->topk_idx[i] < (int32_t)experts)
      s->first[routing->topk_idx[i] + 1]++;
  s->n_active = 0;
  for (size_t e = 0; e < experts; e++)
    {
      const size_t n = s->first[e + 1];
      size_t at = s->n_active;
      for (; n > 0 && at > 0 && s->first[s->order[at - 1] + 1] - s->first[s->order[at - 1]] < n;
           at--)
        s->order[at] = s->order[at - 1];
      if (n > 0)
        {
          s->order[at] = e;
          s->n_active++;
        }
      s->first[e + 1] += s->first[e];
    }
  s->n_rows = s->first[experts];
  memcpy (s->weights, routing->topk_weights, slots * sizeof *s->weights);
  size_t *next = malloc ((experts + 1) * sizeof *next);
  memcpy (next, s->first, (experts + 1) * sizeof *next);
  for (size_t i = 0; i < slots; i++)
    {
      const int32_t e = routing->topk_idx[i];
      s->place[i] = e < (int32_t)experts ? next[e]++ : s->n_rows;
      if (e < (int32_t)experts)
        s->token[s->place[i]] = i / routing->topk;
    }
  free (next);
}

static void
free_weights (const PeerState *s, Weights *w)
{
  for (size_t i = 0; w->reordered != NULL && i < s->problem.shape.experts * w->parts; i++)
    free (w->reordered[i]);
  free (w->reordered);
}

static void
peer_close (PeerState *s)
{
  if (s == NULL)
    return;
  Weights *weights[] = { &s->gate, &s->up, &s->down };
  void *arrays[] = { s->x, s->rows,  s->act,   s->gates,   s->ups,   s->outs,
                     s->y, s->token, s->place, s->weights, s->first, s->order };
  for (size_t i = 0; i < sizeof weights / sizeof *weights; i++)
    free_weights (s, weights[i]);
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
    free (arrays[i]);
  free (s);
}

static bool
take_memory (PeerState *s)
{
  const MoeShape *shape = &s->problem.shape;
  const size_t slots = shape->tokens * s->problem.topk;
  void **arrays[] = { &s->x,
                      &s->rows,
                      &s->act,
                      (void **)&s->gates,
                      (void **)&s->ups,
                      (void **)&s->outs,
                      (void **)&s->y,
                      (void **)&s->token,
                      (void **)&s->place,
                      (void **)&s->weights,
                      (void **)&s->first,
                      (void **)&s->order };
  const size_t bytes[] = { shape->tokens * shape->hidden * s->element,
                           slots * shape->hidden * s->element,
                           slots * shape->mlp_dim * s->element,
                           slots * shape->mlp_dim * sizeof (float),
                           slots * shape->mlp_dim * sizeof (float),
                           slots * shape->hidden * sizeof (float),
                           shape->tokens * shape->hidden * sizeof (float),
                           slots * sizeof (size_t),
                           slots * sizeof (size_t),
                           slots * sizeof (float),
                           (shape->experts + 1) * sizeof (size_t),
                           shape->experts * sizeof (size_t) };
  for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++)
    if ((*arrays[i] = aligned_alloc (64, (bytes[i] + 63) / 64 * 64)) == NULL)
      return false;
  return true;
}

static PeerState *
peer_open (const PeerProblem *problem, MoeError *error)
{
  const size_t hidden = problem->shape.hidden, mlp = problem->shape.mlp_dim;
  PeerState *s = calloc (1, sizeof *s);
  bool good = s != NULL;
  if (good)
    {
      s->problem = *problem;
      s->element = moe_dtype_bytes (problem->dtype);
      good = take_memory (s) && take_x (s) && take_weights (s, MOE_TENSOR_W1, hidden, mlp, &s->gate)
             && take_weights (s, MOE_TENSOR_W3, hidden, mlp, &s->up)
             && take_weights (s, MOE_TENSOR_W2, mlp, hidden, &s->down);
    }
  if (good)
    return s;
  moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for the peer.");
  peer_close (s);
  return NULL;
}

static const float *
peer_output (const PeerState *s)
{
  return s->y;
}

const Peer peer = {
  .name = "AOCL-DLP",
  .open = peer_open,
  .route = peer_route,
  .step = peer_step,
  .output = peer_output,
  .close = peer_close,
};
