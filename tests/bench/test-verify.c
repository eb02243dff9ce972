/* SPDX-License-Identifier: Apache-2.0 */
/* Both checks against the reference accept what is right and see every tensor that is not: on a
 * backend that is right by decree, or wrong in one tensor. */
#include "engine/draw/sampling.h"
#include "tests/bench/fake-backend.h"

#include <math.h>

static const struct
{
  const char *name;
  MoePass pass;
  size_t shared_dim;
  MoeCapacityPolicy policy;
  MoePackStrategy strategy;
  double null_target;
} cases[] = {
  { "forward", MOE_PASS_FORWARD, 0, MOE_CAPACITY_NONE, MOE_PACK_ARGSORT, 0 },
  { "plain", MOE_PASS_FORWARD_BACKWARD, 0, MOE_CAPACITY_NONE, MOE_PACK_ARGSORT, 0 },
  { "null", MOE_PASS_FORWARD_BACKWARD, 0, MOE_CAPACITY_NONE, MOE_PACK_ARGSORT, 0.6 },
  { "shared", MOE_PASS_FORWARD_BACKWARD, 30, MOE_CAPACITY_NONE, MOE_PACK_ARGSORT, 0.6 },
  { "shared-narrow", MOE_PASS_FORWARD_BACKWARD, 1, MOE_CAPACITY_NONE, MOE_PACK_ARGSORT, 0 },
  { "shared-forward", MOE_PASS_FORWARD, 5, MOE_CAPACITY_NONE, MOE_PACK_ARGSORT, 0 },
  { "drop", MOE_PASS_FORWARD_BACKWARD, 0, MOE_CAPACITY_DROP, MOE_PACK_ARGSORT, 0 },
  { "drop-by-score", MOE_PASS_FORWARD_BACKWARD, 7, MOE_CAPACITY_DROP, MOE_PACK_EXPERT_SCORE_SORT,
    0 },
  { "pad", MOE_PASS_FORWARD_BACKWARD, 0, MOE_CAPACITY_PAD, MOE_PACK_TUPLE_SORT, 0 },
};

static MoeBlock
block_of (size_t i)
{
  return (MoeBlock){
    .shape = { .tokens = 90,
               .hidden = 12,
               .mlp_dim = 9,
               .experts = 6,
               .shared_dim = cases[i].shared_dim },
    .topk = 3,
    .choice[MOE_CHOICE_PASS] = cases[i].pass,
    .choice[MOE_CHOICE_PACK_STRATEGY] = cases[i].strategy,
    .choice[MOE_CHOICE_CAPACITY_POLICY] = cases[i].policy,
    .capacity = cases[i].policy == MOE_CAPACITY_NONE ? 0 : 30,
    .ep_size = 1,
  };
}

static MoeRoutingSpec
routing_of (size_t i)
{
  return (MoeRoutingSpec){
    .tokens = 90, .experts = 6, .topk = 3, .null_target = cases[i].null_target, .seed = 2
  };
}

static void
verify_block (size_t i, MoeVerifyResult *result)
{
  MoeBlock block = block_of (i);
  MoeRoutingSpec spec = routing_of (i);
  g_assert_cmpint (moe_verify_block (&fake_backend, 0, &block, &spec, 1, 1, result, NULL), ==,
                   MOE_OK);
}

/* One step, checked at a few tokens: the worst of the results. */
static void
verify_spot (size_t i, MoeVerifyResult *worst)
{
  MoeBlock block = block_of (i);
  MoeRoutingSpec spec = routing_of (i);
  MoeProblem problem = { .shape = block.shape,
                         .choice[MOE_CHOICE_PASS] = block.choice[MOE_CHOICE_PASS],
                         .max_topk = 3,
                         .ep_size = 1,
                         .threads = 1 };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (fake_backend.open (&problem, NULL, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (fake_backend.prepare (state, &block, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (fake_backend.forward (state, NULL, NULL, NULL), ==, MOE_OK);
  if (block.choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD)
    g_assert_cmpint (fake_backend.backward (state, NULL, NULL), ==, MOE_OK);
  *worst = (MoeVerifyResult){ 0 };
  for (size_t token = 0; token < 90; token += 13)
    {
      MoeVerifyResult result;
      g_assert_cmpint (
          moe_verify_spot (&fake_backend, state, &block, &routing, token, &result, NULL), ==,
          MOE_OK);
      for (int t = 0; t < MOE_N_TENSORS; t++)
        worst->error[t] = fmax (worst->error[t], result.error[t]);
      worst->worst = fmax (worst->worst, result.worst);
    }
  fake_backend.close (state);
  moe_routing_clear (&routing);
}

static void
check_with (void (*verify) (size_t i, MoeVerifyResult *result), size_t i)
{
  MoeBlock block = block_of (i);
  MoeVerifyResult result;
  fake_machine_reset ();
  verify (i, &result);
  g_assert_cmpfloat (result.worst, <, 1e-6);

  for (int tensor = MOE_TENSOR_Y; tensor < MOE_N_TENSORS; tensor++)
    {
      if (!moe_tensor_exists ((MoeTensor)tensor, &block.shape, block.choice[MOE_CHOICE_PASS]))
        continue;
      fake_machine_reset ();
      fake_machine.spoilt = (MoeTensor)tensor;
      verify (i, &result);
      g_assert_cmpfloat (result.worst, >, 5e-3);
      g_assert_cmpfloat (result.error[tensor], >, 5e-3);
    }
}

static void
test_block (gconstpointer data)
{
  check_with (verify_block, GPOINTER_TO_SIZE (data));
}

static void
test_spot (gconstpointer data)
{
  check_with (verify_spot, GPOINTER_TO_SIZE (data));
}

/* A backend that keeps what the policy drops, or that leaves the shared expert out, is found out.
 */
static void
test_other_block (void)
{
  MoeBlock block = block_of (1), dropping = block_of (6);
  MoeRoutingSpec spec = routing_of (1);
  MoeProblem problem = { .shape = block.shape,
                         .choice[MOE_CHOICE_PASS] = block.choice[MOE_CHOICE_PASS],
                         .max_topk = 3,
                         .ep_size = 1,
                         .threads = 1 };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  double worst = 0;
  fake_machine_reset ();
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (fake_backend.open (&problem, NULL, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (fake_backend.prepare (state, &block, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (fake_backend.forward (state, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (fake_backend.backward (state, NULL, NULL), ==, MOE_OK);
  for (size_t token = 0; token < 90; token++)
    {
      MoeVerifyResult result;
      g_assert_cmpint (
          moe_verify_spot (&fake_backend, state, &dropping, &routing, token, &result, NULL), ==,
          MOE_OK);
      worst = fmax (worst, result.worst);
    }
  g_assert_cmpfloat (worst, >, 0.1);
  fake_backend.close (state);
  moe_routing_clear (&routing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *block = g_strconcat ("/verify/block/", cases[i].name, NULL);
      g_autofree char *spot = g_strconcat ("/verify/spot/", cases[i].name, NULL);
      g_test_add_data_func (block, GSIZE_TO_POINTER (i), test_block);
      g_test_add_data_func (spot, GSIZE_TO_POINTER (i), test_spot);
    }
  g_test_add_func ("/verify/spot/other-block", test_other_block);
  return g_test_run ();
}
