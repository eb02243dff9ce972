/* SPDX-License-Identifier: Apache-2.0 */
/* The kernels of the CUDA module, thread by thread on the host: whole steps with them, single
 * products aside, against the double-precision reference; packing against the host's. */
#include <glib.h>

#include "engine/backends/gpu/rates.h"
#include "engine/backends/modules/cuda/kernels.h"
#include "engine/bench/verify.h"
#include "engine/moe/capacity.h"
#include "tests/backends/host-gpu.h"

#include <math.h>

/* False for what the host runs itself: single products. */
static bool
run_emulated (const MoeGpuOp *op)
{
  cudaError_t code = cudaErrorUnknown;
  switch (op->kind)
    {
    case MOE_GPU_PACK:
      code = moe_cuda_pack (&op->u.pack, NULL);
      break;
    case MOE_GPU_REPEAT:
    case MOE_GPU_GATHER:
    case MOE_GPU_SCALE:
      code = moe_cuda_rows (&op->u.rows, op->dtype, NULL);
      break;
    case MOE_GPU_CLEAR_EMPTY:
      code = moe_cuda_clear_empty (op->u.empty.to, op->u.empty.offset, op->u.empty.bytes,
                                   op->u.empty.experts, NULL);
      break;
    case MOE_GPU_ACTIVATE:
      code = moe_cuda_activate (&op->u.activate, op->dtype, NULL);
      break;
    case MOE_GPU_ACTIVATE_BWD:
      code = moe_cuda_activate_backward (&op->u.activate, op->dtype, NULL);
      break;
    case MOE_GPU_COMBINE:
      code = moe_cuda_combine (&op->u.combine, op->dtype, NULL);
      break;
    case MOE_GPU_NULL_SUMS:
      code = moe_cuda_null_sums (&op->u.null_sums, op->dtype, NULL);
      break;
    case MOE_GPU_LOSS:
      code = moe_cuda_loss (op->u.loss.squares, op->u.loss.sum, op->u.loss.n, NULL);
      break;
    case MOE_GPU_MATMUL:
      if (!op->u.matmul.grouped || !moe_cuda_grouped_fits (&op->u.matmul))
        return false;
      code = moe_cuda_grouped (&op->u.matmul, 1, NULL);
      host_gpu_counts.grouped++;
      break;
    case MOE_GPU_CLEAR:
    case MOE_GPU_COPY:
      return false;
    }
  g_assert_cmpint (code, ==, cudaSuccess);
  return true;
}

static bool
fill_emulated (const MoeGpuFill *fill)
{
  return moe_cuda_fill (fill, NULL) == cudaSuccess;
}

typedef struct Subject
{
  MoeBlock block;
  double fraction;
} Subject;

static void
test_subject (gconstpointer data)
{
  const Subject *s = data;
  const MoeBlock *b = &s->block;
  MoeRoutingSpec spec = { .tokens = b->shape.tokens,
                          .experts = b->shape.experts,
                          .topk = b->topk,
                          .null_target = s->fraction,
                          .seed = 5,
                          .null_seed = 6 };
  MoeVerifyResult result;
  MoeError error = { 0 };
  host_gpu_counts = (HostGpuCounts){ 0 };
  MoeStatus status = moe_verify_block (&host_gpu_backend, 0, b, &spec, 7, 1, &result, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpint (status, ==, MOE_OK);
  g_assert_cmpfloat (result.worst, <=,
                     moe_verify_tolerance (b->choice[MOE_CHOICE_DTYPE], &b->shape));
  g_assert_cmpuint (host_gpu_counts.ops[MOE_GPU_PACK], >, 0);
  g_assert_cmpuint (host_gpu_counts.emulated, >, 3);
}

static void
add_subject (const Subject *s)
{
  const MoeBlock *b = &s->block;
  g_autofree char *path = g_strdup_printf (
      "/kernels/%s/%zux%zux%zux%zu/S%zu/k%zu/%s/%s/%s/%s/%s/%s%zu/%s/f%.1f/%s",
      moe_choice_name (MOE_CHOICE_DTYPE, b->choice[MOE_CHOICE_DTYPE]), b->shape.tokens,
      b->shape.hidden, b->shape.mlp_dim, b->shape.experts, b->shape.shared_dim, b->topk,
      moe_choice_name (MOE_CHOICE_IMPL, b->choice[MOE_CHOICE_IMPL]),
      moe_choice_name (MOE_CHOICE_NULL_DISPATCH, b->choice[MOE_CHOICE_NULL_DISPATCH]),
      moe_choice_name (MOE_CHOICE_REMAT_MODE, b->choice[MOE_CHOICE_REMAT_MODE]),
      moe_choice_name (MOE_CHOICE_PACK_STRATEGY, b->choice[MOE_CHOICE_PACK_STRATEGY]),
      moe_choice_name (MOE_CHOICE_PERMUTE_MODE, b->choice[MOE_CHOICE_PERMUTE_MODE]),
      moe_choice_name (MOE_CHOICE_CAPACITY_POLICY, b->choice[MOE_CHOICE_CAPACITY_POLICY]),
      b->capacity, moe_choice_name (MOE_CHOICE_QUEUE_MODE, b->choice[MOE_CHOICE_QUEUE_MODE]),
      s->fraction, moe_choice_name (MOE_CHOICE_NULL_KIND, b->choice[MOE_CHOICE_NULL_KIND]));
  g_test_add_data_func_full (path, g_memdup2 (s, sizeof *s), test_subject, g_free);
}

/* Sides of whole vectors, and sides that divide nothing; one row wider than a block's threads. */
static const MoeShape shapes[] = {
  { .tokens = 23, .hidden = 40, .mlp_dim = 24, .experts = 7 },
  { .tokens = 21, .hidden = 37, .mlp_dim = 29, .experts = 5 },
  { .tokens = 3, .hidden = 2304, .mlp_dim = 8, .experts = 40, .shared_dim = 16 },
};

static Subject
plain (const MoeShape *shape, MoeDtype dtype)
{
  return (Subject){ .block = { .shape = *shape,
                               .topk = 3,
                               .choice[MOE_CHOICE_DTYPE] = dtype,
                               .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                               .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                               .ep_size = 1 },
                    .fraction = 0.4 };
}

static void
add_steps (const MoeShape *shape, MoeDtype dtype)
{
  Subject s = plain (shape, dtype);
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    {
      s.block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
      s.block.choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)(impl % 2);
      s.block.choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)(impl % 3);
      s.block.choice[MOE_CHOICE_PERMUTE_MODE] = (MoePermuteMode)(impl / 2 % 2);
      add_subject (&s);
    }
  s = plain (shape, dtype);
  for (int kind = MOE_NULL_KIND_COPY; kind <= MOE_NULL_KIND_CONSTANT; kind++)
    {
      s.block.choice[MOE_CHOICE_NULL_KIND] = (MoeNullKind)kind;
      add_subject (&s);
    }
  s = plain (shape, dtype);
  s.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  s.block.choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
  add_subject (&s);
}

static void
add_orders (const MoeShape *shape)
{
  Subject s = plain (shape, MOE_DTYPE_FLOAT32);
  for (int strategy = 0; strategy < (int)moe_choices[MOE_CHOICE_PACK_STRATEGY].names.n; strategy++)
    for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
         dispatch++)
      {
        s.block.choice[MOE_CHOICE_PACK_STRATEGY] = (MoePackStrategy)strategy;
        s.block.choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch;
        add_subject (&s);
      }
  s.fraction = 0;
  s.block.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_COMPACT;
  for (int strategy = 0; strategy < (int)moe_choices[MOE_CHOICE_PACK_STRATEGY].names.n; strategy++)
    for (int policy = MOE_CAPACITY_DROP;
         policy < (int)moe_choices[MOE_CHOICE_CAPACITY_POLICY].names.n; policy++)
      {
        s.block.choice[MOE_CHOICE_PACK_STRATEGY] = (MoePackStrategy)strategy;
        s.block.choice[MOE_CHOICE_CAPACITY_POLICY] = (MoeCapacityPolicy)policy;
        s.block.capacity = moe_capacity_rows (0.8, shape->tokens, 3, shape->experts);
        add_subject (&s);
      }
}

/* More experts than the threads that number their rows. */
static void
add_many_experts (void)
{
  const MoeShape shape = { .tokens = 90, .hidden = 8, .mlp_dim = 8, .experts = 1030 };
  Subject s = plain (&shape, MOE_DTYPE_FLOAT32);
  s.block.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY;
  s.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  add_subject (&s);
}

/* The check that a card's grouped kernel must pass before it is used. */
static void
test_compare_grouped (void)
{
  double difference;
  host_gpu_counts = (HostGpuCounts){ 0 };
  g_assert_cmpint (moe_gpu_compare_grouped (&host_gpu_ops, 0, &difference, NULL), ==, MOE_OK);
  g_assert_cmpfloat (difference, <=, 5e-3);
  g_assert_cmpuint (host_gpu_counts.grouped, ==, 4);
}

/* Sides of several tiles and of parts of them; rows of several, of one, of none. */
static void
add_grouped (void)
{
  static const MoeShape large[] = {
    { .tokens = 140, .hidden = 136, .mlp_dim = 40, .experts = 2 },
    { .tokens = 12, .hidden = 136, .mlp_dim = 8, .experts = 9 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (large); i++)
    for (int impl = MOE_IMPL_BASELINE; impl <= MOE_IMPL_FUSED_W13; impl++)
      {
        Subject s = plain (&large[i], MOE_DTYPE_BFLOAT16);
        s.block.topk = 2;
        s.block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
        add_subject (&s);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  host_gpu_run = run_emulated;
  host_gpu_fill = fill_emulated;
  host_gpu_pack_scratch = moe_cuda_pack_scratch;
  for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (int dtype = 0; dtype < (int)moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
      add_steps (&shapes[i], (MoeDtype)dtype);
  add_orders (&shapes[0]);
  add_orders (&shapes[1]);
  add_many_experts ();
  g_test_add_func ("/kernels/compare-grouped", test_compare_grouped);
  add_grouped ();
  return g_test_run ();
}
