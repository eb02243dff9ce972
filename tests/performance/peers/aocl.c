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
  size_t *next;   /* [E], while routing */
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

/* n values as the library takes them. */
static void
store (const PeerState *s, const float *values, size_t n, void *out)
{
  if (s->problem.dtype == MOE_DTYPE_FLOAT32)
    memcpy (out, values, n * sizeof *values);
  else
    for (size_t i = 0; i < n; i++)
      ((uint16_t *)out)[i] = moe_bf16_from_float (values[i]);
}

static void *
new_lines (size_t bytes)
{
  return aligned_alloc (64, (bytes + 63) / 64 * 64);
}

/* Part `part` of an expert's stored matrix; NULL where memory is refused. */
static void *
reorder (const PeerState *s, const Weights *w, const void *matrix, size_t part)
{
  const md_t k = (md_t)w->rows, ld = (md_t)w->columns, first = (md_t)part_at (w, part);
  const md_t n = (md_t)part_at (w, part + 1) - first;
  const bool wide = s->problem.dtype == MOE_DTYPE_FLOAT32;
  if (n == 0)
    return new_lines (64);
  void *out =
      new_lines (wide ? aocl_get_reorder_buf_size_f32f32f32of32 ('r', 'n', 'B', k, n, NULL)
                      : aocl_get_reorder_buf_size_bf16bf16f32of32 ('r', 'n', 'B', k, n, NULL));
  if (out != NULL && wide)
    aocl_reorder_f32f32f32of32 ('r', 'n', 'B', (const float *)matrix + first, out, k, n, ld, NULL);
  else if (out != NULL)
    aocl_reorder_bf16bf16f32of32 ('r', 'n', 'B', (const bfloat16 *)matrix + first, out, k, n, ld,
                                  NULL);
  return out;
}

static MoeStatus
no_memory (MoeError *error)
{
  return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for the peer.");
}

static MoeStatus
take_weights (
    PeerState *s, MoeTensor tensor, size_t rows, size_t columns, Weights *w, MoeError *error)
{
  const PeerProblem *p = &s->problem;
  const size_t n = rows * columns, experts = p->shape.experts;
  float *given = malloc (n * sizeof *given);
  void *matrix = malloc (n * s->element);
  *w = (Weights){ rows, columns, p->threads, calloc (experts * p->threads, sizeof (void *)) };
  MoeStatus status =
      given != NULL && matrix != NULL && w->reordered != NULL ? MOE_OK : no_memory (error);
  for (size_t e = 0; status == MOE_OK && e < experts; e++)
    {
      void **reordered = w->reordered + e * w->parts;
      status = p->backend->read (p->state, tensor, e * n, n, given, error);
      if (status == MOE_OK)
        store (s, given, n, matrix);
      for (size_t part = 0; status == MOE_OK && part < w->parts; part++)
        if ((reordered[part] = reorder (s, w, matrix, part)) == NULL)
          status = no_memory (error);
    }
  free (matrix);
  free (given);
  return status;
}

/* By way of y, which has the size and holds nothing yet. */
static MoeStatus
take_x (PeerState *s, MoeError *error)
{
  const PeerProblem *p = &s->problem;
  const size_t n = p->shape.tokens * p->shape.hidden;
  MoeStatus status = p->backend->read (p->state, MOE_TENSOR_X, 0, n, s->y, error);
  if (status == MOE_OK)
    store (s, s->y, n, s->x);
  return status;
}

/* The rows of an expert by a part of its columns: c[R,columns] from a[R,rows]. */
static void
product (const PeerState *s, const Weights *w, size_t e, size_t part, const void *a, float *c)
{
  const size_t row = s->first[e];
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
activate (PeerState *s, size_t row)
{
  const size_t mlp = s->problem.shape.mlp_dim;
  for (size_t i = row * mlp; i < (row + 1) * mlp; i++)
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
        product (s, &s->gate, e, part, s->rows, s->gates);
        product (s, &s->up, e, part, s->rows, s->ups);
      }
#pragma omp for schedule(static)
    for (long r = 0; r < (long)s->n_rows; r++)
      activate (s, (size_t)r);
#pragma omp for schedule(dynamic, 1)
    for (long i = 0; i < tasks; i++)
      {
        const size_t e = s->order[i / parts], part = (size_t)(i % parts);
        product (s, &s->down, e, part, s->act, s->outs);
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
  moe_routing_expert_counts (routing, s->next);
  s->first[0] = s->n_active = 0;
  for (size_t e = 0; e < experts; e++)
    {
      const size_t n = s->next[e];
      size_t at = s->n_active;
      s->first[e + 1] = s->first[e] + n;
      if (n == 0)
        continue;
      for (; at > 0 && s->next[s->order[at - 1]] < n; at--)
        s->order[at] = s->order[at - 1];
      s->order[at] = e;
      s->n_active++;
    }
  s->n_rows = s->first[experts];
  memcpy (s->weights, routing->topk_weights, slots * sizeof *s->weights);
  memcpy (s->next, s->first, experts * sizeof *s->next);
  for (size_t i = 0; i < slots; i++)
    {
      const int32_t e = routing->topk_idx[i];
      s->place[i] = e < (int32_t)experts ? s->next[e]++ : s->n_rows;
      if (e < (int32_t)experts)
        s->token[s->place[i]] = i / routing->topk;
    }
}

static void
free_weights (const PeerState *s, Weights *w)
{
  for (size_t i = 0; w->reordered != NULL && i < s->problem.shape.experts * w->parts; i++)
    free (w->reordered[i]);
  free (w->reordered);
}

typedef struct Array
{
  void **at;
  size_t bytes;
} Array;

enum
{
  N_ARRAYS = 13
};

static void
list_arrays (PeerState *s, Array arrays[N_ARRAYS])
{
  const size_t tokens = s->problem.shape.tokens, hidden = s->problem.shape.hidden,
               mlp = s->problem.shape.mlp_dim, experts = s->problem.shape.experts,
               slots = tokens * s->problem.topk;
  const Array all[N_ARRAYS] = {
    { &s->x, tokens * hidden * s->element },
    { &s->rows, slots * hidden * s->element },
    { &s->act, slots * mlp * s->element },
    { (void **)&s->gates, slots * mlp * sizeof *s->gates },
    { (void **)&s->ups, slots * mlp * sizeof *s->ups },
    { (void **)&s->outs, slots * hidden * sizeof *s->outs },
    { (void **)&s->y, tokens * hidden * sizeof *s->y },
    { (void **)&s->token, slots * sizeof *s->token },
    { (void **)&s->place, slots * sizeof *s->place },
    { (void **)&s->weights, slots * sizeof *s->weights },
    { (void **)&s->first, (experts + 1) * sizeof *s->first },
    { (void **)&s->next, experts * sizeof *s->next },
    { (void **)&s->order, experts * sizeof *s->order },
  };
  memcpy (arrays, all, sizeof all);
}

static MoeStatus
take_memory (PeerState *s, MoeError *error)
{
  Array arrays[N_ARRAYS];
  list_arrays (s, arrays);
  for (size_t i = 0; i < N_ARRAYS; i++)
    if ((*arrays[i].at = new_lines (arrays[i].bytes)) == NULL)
      return no_memory (error);
  return MOE_OK;
}

static void
peer_close (PeerState *s)
{
  if (s == NULL)
    return;
  Array arrays[N_ARRAYS];
  list_arrays (s, arrays);
  for (size_t i = 0; i < N_ARRAYS; i++)
    free (*arrays[i].at);
  free_weights (s, &s->gate);
  free_weights (s, &s->up);
  free_weights (s, &s->down);
  free (s);
}

static PeerState *
peer_open (const PeerProblem *problem, MoeError *error)
{
  const size_t hidden = problem->shape.hidden, mlp = problem->shape.mlp_dim;
  PeerState *s = calloc (1, sizeof *s);
  if (s == NULL)
    {
      no_memory (error);
      return NULL;
    }
  s->problem = *problem;
  s->element = moe_dtype_bytes (problem->dtype);
  if (take_memory (s, error) == MOE_OK && take_x (s, error) == MOE_OK
      && take_weights (s, MOE_TENSOR_W1, hidden, mlp, &s->gate, error) == MOE_OK
      && take_weights (s, MOE_TENSOR_W3, hidden, mlp, &s->up, error) == MOE_OK
      && take_weights (s, MOE_TENSOR_W2, mlp, hidden, &s->down, error) == MOE_OK)
    return s;
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
