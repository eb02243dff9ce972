/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/verify.h"

#include "engine/base/size.h"
#include "engine/draw/sampling.h"
#include "engine/moe/capacity.h"
#include "engine/moe/reference.h"
#include "engine/options/plan.h"

#include <math.h>
#include <stdlib.h>

double
moe_verify_tolerance (MoeDtype dtype, const MoeShape *shape)
{
  size_t terms = moe_size_min (shape->hidden, shape->mlp_dim);
  if (shape->shared_dim > 0)
    terms = moe_size_min (terms, shape->shared_dim);
  double usual = dtype == MOE_DTYPE_BFLOAT16 ? 1.5e-2 : 1e-5;
  return usual * (1 + 1 / sqrt ((double)moe_size_max (terms, 1)));
}

/* Everything that a comparison holds: inputs and the backend's outputs in float32, the
 * reference's in double. */
typedef struct Comparison
{
  float *tensors[MOE_N_TENSORS];
  double *expected[MOE_N_TENSORS]; /* outputs only */
  MoeRouting routing;
  MoeRouting kept; /* what a capacity policy leaves of it; without one, the same arrays */
  MoeBackendState *state;
} Comparison;

static void
comparison_clear (Comparison *c, const MoeBackend *backend)
{
  backend->close (c->state);
  if (c->kept.topk_idx != c->routing.topk_idx)
    moe_routing_clear (&c->kept);
  moe_routing_clear (&c->routing);
  for (size_t i = 0; i < MOE_N_TENSORS; i++)
    {
      free (c->tensors[i]);
      free (c->expected[i]);
    }
}

static MoeStatus
comparison_take (Comparison *c, const MoeShape *shape, MoePass pass, MoeError *error)
{
  for (int i = 0; i < MOE_N_TENSORS; i++)
    {
      if (!moe_tensor_exists ((MoeTensor)i, shape, pass))
        continue;
      size_t n = moe_tensor_elements ((MoeTensor)i, shape);
      c->tensors[i] = malloc (n * sizeof (float));
      if (moe_tensor_is_output ((MoeTensor)i))
        c->expected[i] = malloc (n * sizeof (double));
      if (c->tensors[i] == NULL || (moe_tensor_is_output ((MoeTensor)i) && c->expected[i] == NULL))
        return moe_error_set (error, MOE_ERROR_MEMORY,
                              "no memory to compare %zu elements of %s with the reference", n,
                              moe_name_of (&moe_tensor_names, i));
    }
  return MOE_OK;
}

/* One poisoned step; the backend's outputs end up in c->tensors and its loss in *loss. */
static MoeStatus
run_step (Comparison *c,
          const MoeBackend *backend,
          size_t device,
          const MoeBlock *block,
          uint64_t seed,
          size_t threads,
          double *loss,
          MoeError *error)
{
  MoeProblem problem;
  size_t slots = block->shape.tokens * block->topk;
  bool padded = block->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_PAD;
  moe_problem_of_block (block, seed, threads,
                        padded ? block->shape.experts * block->capacity : slots, &problem);
  problem.device = device;
  MoeStatus status = backend->open (&problem, NULL, &c->state, error);
  if (status == MOE_OK)
    status = backend->prepare (c->state, block, &c->routing, error);
  if (status != MOE_OK)
    return status;
  backend->poison (c->state);
  status = backend->forward (c->state, NULL, loss, error);
  if (status == MOE_OK && block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    status = backend->backward (c->state, NULL, error);
  for (int i = 0; status == MOE_OK && i < MOE_N_TENSORS; i++)
    if (c->tensors[i] != NULL)
      status =
          backend->read (c->state, (MoeTensor)i, 0,
                         moe_tensor_elements ((MoeTensor)i, &block->shape), c->tensors[i], error);
  return status;
}

static void
result_raise (MoeVerifyResult *result, double error)
{
  if (!(error <= result->worst))
    result->worst = error;
}

static MoeStatus
compare (
    Comparison *c, const MoeShape *shape, double loss, MoeVerifyResult *result, MoeError *error)
{
  MoeReferenceInputs in = { .x = c->tensors[MOE_TENSOR_X],
                            .w1 = c->tensors[MOE_TENSOR_W1],
                            .w3 = c->tensors[MOE_TENSOR_W3],
                            .w2 = c->tensors[MOE_TENSOR_W2],
                            .sw1 = c->tensors[MOE_TENSOR_SW1],
                            .sw3 = c->tensors[MOE_TENSOR_SW3],
                            .sw2 = c->tensors[MOE_TENSOR_SW2],
                            .v = c->tensors[MOE_TENSOR_V] };
  MoeReferenceOutputs out = { .y = c->expected[MOE_TENSOR_Y],
                              .dx = c->expected[MOE_TENSOR_DX],
                              .dw1 = c->expected[MOE_TENSOR_DW1],
                              .dw3 = c->expected[MOE_TENSOR_DW3],
                              .dw2 = c->expected[MOE_TENSOR_DW2],
                              .dsw1 = c->expected[MOE_TENSOR_DSW1],
                              .dsw3 = c->expected[MOE_TENSOR_DSW3],
                              .dsw2 = c->expected[MOE_TENSOR_DSW2],
                              .dv = c->expected[MOE_TENSOR_DV] };
  MoeStatus status = moe_reference_run (shape, &c->kept, &in, &out, error);
  if (status != MOE_OK)
    return status;

  for (int i = 0; i < MOE_N_TENSORS; i++)
    {
      result->error[i] = NAN;
      if (c->expected[i] == NULL)
        continue;
      result->error[i] = moe_relative_error (c->tensors[i], c->expected[i],
                                             moe_tensor_elements ((MoeTensor)i, shape));
      result_raise (result, result->error[i]);
    }
  result->loss_error = out.loss == 0 ? fabs (loss) : fabs (loss - out.loss) / out.loss;
  result_raise (result, result->loss_error);
  return MOE_OK;
}

static MoeStatus
sample_kept (Comparison *c, const MoeBlock *block, MoeError *error)
{
  c->kept = c->routing;
  if (block->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE)
    return MOE_OK;
  return moe_capacity_apply (&c->routing, block->choice[MOE_CHOICE_PACK_STRATEGY], block->capacity,
                             &c->kept, NULL, error);
}

MoeStatus
moe_verify_block (const MoeBackend *backend,
                  size_t device,
                  const MoeBlock *block,
                  const MoeRoutingSpec *routing,
                  uint64_t seed,
                  size_t threads,
                  MoeVerifyResult *result,
                  MoeError *error)
{
  Comparison c = { 0 };
  double loss = NAN;
  MoeBlock own = *block;
  MoeRoutingSpec spec = *routing;
  *result = (MoeVerifyResult){ 0 };
  spec.keeps_null_weights = moe_weighs_nulls (block->choice);
  MoeStatus status = backend->supports (block, error);
  if (status == MOE_OK)
    status = moe_routing_sample (&spec, &c.routing, error);
  own.shape.null_vectors =
      block->choice[MOE_CHOICE_NULL_KIND] == MOE_NULL_KIND_CONSTANT ? c.routing.null_experts : 0;
  own.shape.zero_experts = moe_has_zero_experts (block->choice) ? c.routing.null_experts : 0;
  block = &own;
  if (status == MOE_OK)
    status = sample_kept (&c, block, error);
  if (status == MOE_OK)
    status = comparison_take (&c, &block->shape, block->choice[MOE_CHOICE_PASS], error);
  if (status == MOE_OK)
    status = run_step (&c, backend, device, block, seed, threads, &loss, error);
  if (status == MOE_OK)
    status = compare (&c, &block->shape, loss, result, error);
  comparison_clear (&c, backend);
  return status;
}
