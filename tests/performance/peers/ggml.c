/* SPDX-License-Identifier: Apache-2.0 */
/* The block as ik_llama.cpp computes it on a CPU: gate, up and activation in one operation over all
 * experts, down, and the weighted sum, on tensors of the type that the block is asked for.  Weights
 * lie as its files have them, each output's row along the sum. */
#include "tests/performance/peers/peer.h"

#include <ggml.h>
#include <stdlib.h>
#include <string.h>

struct PeerState
{
  PeerProblem problem;
  struct ggml_context *context;
  struct ggml_tensor *x, *gate, *up, *down, *ids, *weights, *y;
  struct ggml_cgraph *graph;
  struct ggml_cplan plan;
};

static void
store (struct ggml_tensor *tensor, size_t first, size_t n, const float *values)
{
  char *data = (char *)tensor->data + first * ggml_type_size (tensor->type);
  if (tensor->type == GGML_TYPE_F32)
    memcpy (data, values, n * sizeof *values);
  else
    ggml_fp32_to_bf16_row (values, (ggml_bf16_t *)data, (int64_t)n);
}

/* Each expert's [rows][columns] turned round. */
static bool
take_weights (const PeerProblem *problem,
              MoeTensor tensor,
              size_t rows,
              size_t columns,
              struct ggml_tensor *out,
              MoeError *error)
{
  const size_t n = rows * columns;
  float *given = malloc (2 * n * sizeof *given), *turned = given + n;
  MoeStatus status = given != NULL ? MOE_OK
                                   : moe_error_set (error, MOE_ERROR_MEMORY,
                                                    "There is no memory for the peer's weights.");
  for (size_t e = 0; status == MOE_OK && e < problem->shape.experts; e++)
    {
      status = problem->backend->read (problem->state, tensor, e * n, n, given, error);
      for (size_t c = 0; status == MOE_OK && c < columns; c++)
        for (size_t r = 0; r < rows; r++)
          turned[c * rows + r] = given[r * columns + c];
      if (status == MOE_OK)
        store (out, e * n, n, turned);
    }
  free (given);
  return status == MOE_OK;
}

static bool
take_tensors (PeerState *s, MoeError *error)
{
  const PeerProblem *p = &s->problem;
  const size_t hidden = p->shape.hidden, mlp = p->shape.mlp_dim;
  return p->backend->read (p->state, MOE_TENSOR_X, 0, p->shape.tokens * hidden, s->x->data, error)
             == MOE_OK
         && take_weights (p, MOE_TENSOR_W1, hidden, mlp, s->gate, error)
         && take_weights (p, MOE_TENSOR_W3, hidden, mlp, s->up, error)
         && take_weights (p, MOE_TENSOR_W2, mlp, hidden, s->down, error);
}

static size_t
tensor_bytes (const PeerProblem *p)
{
  const size_t slots = p->shape.tokens * p->topk, element = p->dtype == MOE_DTYPE_FLOAT32 ? 4 : 2;
  return 3 * p->shape.experts * p->shape.hidden * p->shape.mlp_dim * element
         + 4
               * (2 * p->shape.tokens * p->shape.hidden
                  + slots * (p->shape.hidden + p->shape.mlp_dim) + 2 * slots)
         + (1u << 20);
}

static void
build (PeerState *s)
{
  const PeerProblem *p = &s->problem;
  const int64_t tokens = (int64_t)p->shape.tokens, hidden = (int64_t)p->shape.hidden,
                mlp = (int64_t)p->shape.mlp_dim, experts = (int64_t)p->shape.experts,
                topk = (int64_t)p->topk;
  const enum ggml_type type = p->dtype == MOE_DTYPE_FLOAT32 ? GGML_TYPE_F32 : GGML_TYPE_BF16;
  struct ggml_context *c = s->context;
  s->x = ggml_new_tensor_3d (c, GGML_TYPE_F32, hidden, 1, tokens);
  s->gate = ggml_new_tensor_3d (c, type, hidden, mlp, experts);
  s->up = ggml_new_tensor_3d (c, type, hidden, mlp, experts);
  s->down = ggml_new_tensor_3d (c, type, mlp, hidden, experts);
  s->ids = ggml_new_tensor_2d (c, GGML_TYPE_I32, topk, tokens);
  s->weights = ggml_new_tensor_3d (c, GGML_TYPE_F32, 1, topk, tokens);
  struct ggml_tensor *act = ggml_moe_up_gate (c, s->up, s->gate, s->x, s->ids, GGML_UNARY_OP_SILU);
  struct ggml_tensor *rows = ggml_mul_mat_id (c, s->down, act, s->ids);
  s->y = ggml_mul_multi_add (c, rows, s->weights);
  s->graph = ggml_new_graph (c);
  ggml_build_forward_expand (s->graph, s->y);
  s->plan = ggml_graph_plan (s->graph, (int)p->threads);
  s->plan.work_data = malloc (s->plan.work_size > 0 ? s->plan.work_size : 1);
}

static void
peer_close (PeerState *s)
{
  if (s == NULL)
    return;
  free (s->plan.work_data);
  ggml_free (s->context);
  free (s);
}

static PeerState *
peer_open (const PeerProblem *problem, MoeError *error)
{
  PeerState *s = calloc (1, sizeof *s);
  if (s != NULL)
    {
      s->problem = *problem;
      s->context = ggml_init ((struct ggml_init_params){ .mem_size = tensor_bytes (problem) });
    }
  if (s != NULL && s->context != NULL)
    build (s);
  if (s == NULL || s->context == NULL || s->plan.work_data == NULL)
    {
      moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for the peer.");
      peer_close (s);
      return NULL;
    }
  if (take_tensors (s, error))
    return s;
  peer_close (s);
  return NULL;
}

static void
peer_route (PeerState *s, const MoeRouting *routing)
{
  const size_t n = routing->tokens * routing->topk;
  int32_t *ids = s->ids->data;
  /* Slots of no expert are left out, and count as zeros. */
  for (size_t i = 0; i < n; i++)
    ids[i] = routing->topk_idx[i] < (int32_t)routing->experts ? routing->topk_idx[i] : -1;
  memcpy (s->weights->data, routing->topk_weights, n * sizeof *routing->topk_weights);
}

static bool
peer_step (PeerState *s)
{
  return ggml_graph_compute (s->graph, &s->plan) == GGML_STATUS_SUCCESS;
}

static const float *
peer_output (const PeerState *s)
{
  return s->y->data;
}

const Peer peer = {
  .name = "ik_llama.cpp",
  .open = peer_open,
  .route = peer_route,
  .step = peer_step,
  .output = peer_output,
  .close = peer_close,
};
