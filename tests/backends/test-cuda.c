/* SPDX-License-Identifier: Apache-2.0 */
/* The CUDA module as it is, on a card that is none: a runtime and a cuBLASLt of the tests' own, the
 * kernels thread by thread.  What it asks of them, in which order and with which sides and strides,
 * must give what the reference gives. */
#include <glib.h>

#include "engine/backends/backend.h"
#include "engine/bench/verify.h"
#include "engine/draw/sampling.h"
#include "engine/moe/capacity.h"
#include "engine/options/plan.h"
#include "tests/backends/fake-cuda.h"

#include <math.h>

extern const MoeBackend moe_backend_module;

static const MoeBackend *const cuda = &moe_backend_module;

static const FakeCuda good = { .driver = 13000, .major = 9, .free_bytes = (size_t)1 << 30 };

static MoeBlock
plain (MoeDtype dtype)
{
  return (MoeBlock){ .shape = { .tokens = 21, .hidden = 24, .mlp_dim = 16, .experts = 6 },
                     .topk = 2,
                     .choice[MOE_CHOICE_DTYPE] = dtype,
                     .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                     .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                     .ep_size = 1 };
}

static void
assert_right (const MoeBlock *block, double fraction)
{
  MoeRoutingSpec spec = { .tokens = block->shape.tokens,
                          .experts = block->shape.experts,
                          .topk = block->topk,
                          .null_target = fraction,
                          .seed = 3,
                          .null_seed = 4 };
  MoeVerifyResult result;
  MoeError error = { 0 };
  MoeStatus status = moe_verify_block (cuda, 0, block, &spec, 7, 1, &result, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpint (status, ==, MOE_OK);
  g_assert_cmpfloat (result.worst, <=,
                     moe_verify_tolerance (block->choice[MOE_CHOICE_DTYPE], &block->shape));
  g_assert_cmpuint (fake_cuda.allocations, ==, 0);
  g_assert_cmpuint (fake_cuda.graphs, ==, 0);
}

static void
test_steps (void)
{
  fake_cuda = good;
  for (int dtype = 0; dtype < (int)moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
    for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
      {
        MoeBlock block = plain ((MoeDtype)dtype);
        block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
        block.choice[MOE_CHOICE_GROUPING] = (MoeGrouping)(impl / 3);
        block.choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)(impl % 2);
        block.choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)(impl % 3);
        block.choice[MOE_CHOICE_PERMUTE_MODE] = (MoePermuteMode)(impl / 2 % 2);
        block.shape.shared_dim = impl % 2 == 0 ? 8 : 0;
        block.choice[MOE_CHOICE_SHARED_FUSED] = impl == 2;
        assert_right (&block, 0.4);
      }
}

/* Sides that divide nothing, experts without rows, capacities, packing beforehand. */
static void
test_edges (void)
{
  fake_cuda = good;
  MoeBlock block = plain (MOE_DTYPE_BFLOAT16);
  block.shape.hidden = 13;
  block.shape.mlp_dim = 7;
  block.shape.experts = 40;
  assert_right (&block, 0.8);
  block = plain (MOE_DTYPE_BFLOAT16);
  block.shape.experts = 40;
  assert_right (&block, 0.8);
  block = plain (MOE_DTYPE_FLOAT32);
  block.choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_PAD;
  block.capacity = 5;
  assert_right (&block, 0);
  block.choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_DROP;
  block.choice[MOE_CHOICE_PACK_STRATEGY] = MOE_PACK_EXPERT_SCORE_SORT;
  assert_right (&block, 0);
  block = plain (MOE_DTYPE_BFLOAT16);
  block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  block.choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
  assert_right (&block, 0.3);
}

/* Stages of a step have times, and the card's rates come from a product and a copy. */
static void
test_times (void)
{
  fake_cuda = good;
  MoeBlock block = plain (MOE_DTYPE_BFLOAT16);
  MoeRoutingSpec spec = { .tokens = 21, .experts = 6, .topk = 2 };
  MoeRouting routing = { 0 };
  MoeProblem problem;
  MoeBackendState *state = NULL;
  MoeStageTimes times = { 0 };
  double loss = 0;
  moe_problem_of_block (&block, 1, 1, 42, &problem);
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (cuda->open (&problem, NULL, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (cuda->prepare (state, &block, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (cuda->forward (state, &times, &loss, NULL), ==, MOE_OK);
  g_assert_cmpint (cuda->backward (state, &times, NULL), ==, MOE_OK);
  g_assert_cmpfloat (loss, >, 0);
  for (int stage = 0; stage < MOE_STAGE_SHARED; stage++)
    g_assert_cmpfloat (times.time_s[stage], >, 0);
  cuda->close (state);
  moe_routing_clear (&routing);
}

static void
assert_refused (FakeCuda card, const char *reason)
{
  MoeError error = { 0 };
  fake_cuda = card;
  g_assert_cmpint (cuda->probe (&error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.option, ==, "accelerator");
  if (strstr (error.message, reason) == NULL)
    g_error ("\"%s\" does not tell \"%s\"", error.message, reason);
}

static void
test_refusals (void)
{
  FakeCuda card = good;
  card.count_error = 35;
  assert_refused (card, "too old");
  card.driver = 0;
  assert_refused (card, "no NVIDIA driver");
  card.count_error = 100;
  assert_refused (card, "no NVIDIA GPU");
  card.count_error = 999;
  assert_refused (card, "cannot be started");
  card = good;
  card.major = 7;
  card.minor = 5;
  assert_refused (card, "8.0");

  MoeDevice device;
  g_assert_cmpint (cuda->device (0, &device, NULL), ==, MOE_OK);
  g_assert_nonnull (strstr (device.reason, "7.5"));
  fake_cuda = good;
  g_assert_cmpint (cuda->probe (NULL), ==, MOE_OK);
  g_assert_cmpint (cuda->device (0, &device, NULL), ==, MOE_OK);
  g_assert_cmpstr (device.reason, ==, "");
  g_assert_cmpstr (device.name, ==, "Fake GPU");
  g_assert_cmpstr (device.address, ==, "0000:1B:00.0");
  g_assert_cmpuint (device.free_bytes, ==, good.free_bytes);
}

/* What the card lacks or gets wrong is told, and nothing is left behind. */
static void
test_failures (void)
{
  MoeBlock block = plain (MOE_DTYPE_BFLOAT16);
  MoeProblem problem;
  MoeBackendState *state = NULL;
  MoeError error = { 0 };
  moe_problem_of_block (&block, 1, 1, 42, &problem);
  fake_cuda = good;
  fake_cuda.free_bytes = 1 << 20;
  g_assert_cmpint (cuda->open (&problem, NULL, &state, &error), ==, MOE_ERROR_MEMORY);
  g_assert_nonnull (strstr (error.message, "no memory left"));
  g_assert_cmpuint (fake_cuda.allocations, ==, 0);

  MoeRoutingSpec spec = { .tokens = 21, .experts = 6, .topk = 2 };
  MoeRouting routing = { 0 };
  fake_cuda = good;
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (cuda->open (&problem, NULL, &state, NULL), ==, MOE_OK);
  block.choice[MOE_CHOICE_GROUPING] = MOE_GROUPING_RAGGED_DOT; /* single products only */
  for (size_t product = 1; product < 40; product += 13)
    {
      fake_cuda.products = 0;
      fake_cuda.fail_product = product;
      MoeStatus status = cuda->prepare (state, &block, &routing, &error);
      /* One that fails is chosen anew where there is a choice. */
      g_assert_true (status == MOE_OK || status == MOE_ERROR_BACKEND);
    }
  fake_cuda.fail_product = 0;
  g_assert_cmpint (cuda->prepare (state, &block, &routing, NULL), ==, MOE_OK);
  cuda->close (state);
  moe_routing_clear (&routing);
  g_assert_cmpuint (fake_cuda.allocations, ==, 0);
  g_assert_cmpuint (fake_cuda.graphs, ==, 0);
}

static void
test_facts (void)
{
  MoeBackendFacts facts;
  fake_cuda = good;
  cuda->facts (0, &facts);
  g_assert_cmpstr (facts.library, ==, "cuBLASLt 13.0.0");
  g_assert_cmpstr (facts.device, ==, "Fake GPU");
  g_assert_true (g_str_has_suffix (facts.driver, "CUDA 13.0"));
  g_assert_true (g_str_has_prefix (facts.runtime, "CUDA "));
  g_assert_cmpstr (facts.kernels, ==, "grouped kernel where experts have few rows");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cuda/facts", test_facts);
  g_test_add_func ("/cuda/steps", test_steps);
  g_test_add_func ("/cuda/edges", test_edges);
  g_test_add_func ("/cuda/times", test_times);
  g_test_add_func ("/cuda/refusals", test_refusals);
  g_test_add_func ("/cuda/failures", test_failures);
  return g_test_run ();
}
