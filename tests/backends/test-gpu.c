/* SPDX-License-Identifier: Apache-2.0 */
/* What the GPU block plans: the operations of a step in their order, one kernel or many products,
 * where a stop is looked for, what is told when the device fails; and the arithmetic of kernels.
 * That it computes the right thing is tested with the other backends. */
#include <glib.h>

#include "engine/backends/gpu/block.h"
#include "engine/backends/gpu/normal.h"
#include "engine/backends/gpu/program.h"
#include "engine/backends/gpu/rates.h"
#include "engine/backends/gpu/rows.h"
#include "engine/backends/gpu/state.h"
#include "engine/backends/parts/waves.h"
#include "engine/draw/sampling.h"
#include "engine/moe/rng.h"
#include "engine/options/plan.h"
#include "tests/backends/host-gpu.h"

#include <math.h>

/* --- arithmetic --- */

static void
test_normals (void)
{
  static const uint64_t firsts[] = { 0, 1, 6, (uint64_t)1 << 33 };
  float expected[1001];
  for (size_t i = 0; i < G_N_ELEMENTS (firsts); i++)
    for (uint64_t seed = 0; seed < ((uint64_t)1 << 41); seed = seed * 977 + 5)
      {
        moe_rng_normal (seed, MOE_STREAM_W2, firsts[i], G_N_ELEMENTS (expected), 0.37f, expected);
        for (size_t j = 0; j < G_N_ELEMENTS (expected); j++)
          {
            float actual = moe_gpu_normal (seed, MOE_STREAM_W2, firsts[i] + j, 0.37f);
            g_assert_cmpmem (&actual, sizeof actual, &expected[j], sizeof actual);
          }
      }
}

static double
weighted_activation (double gate, double up, double weight)
{
  return weight * gate / (1 + exp (-gate)) * up;
}

/* The gradients are those that differences show. */
static void
test_swiglu (void)
{
  for (double gate = -20; gate <= 20; gate += 0.37)
    for (double up = -3; up <= 3; up += 0.9)
      {
        const double weight = 0.7, dact = 1.3, step = 1e-5;
        MoeGpuGradient d = moe_gpu_swiglu_backward ((float)gate, (float)up, 0.7f, 1.3f);
        double dgate = (weighted_activation (gate + step, up, weight)
                        - weighted_activation (gate - step, up, weight))
                       / (2 * step) * dact;
        double dup = (weighted_activation (gate, up + step, weight)
                      - weighted_activation (gate, up - step, weight))
                     / (2 * step) * dact;
        double act = weighted_activation (gate, up, weight);
        g_assert_cmpfloat_with_epsilon ((double)d.act, act, 1e-5 + 1e-6 * fabs (act));
        g_assert_cmpfloat_with_epsilon ((double)d.dgate, dgate, 1e-5 + 1e-5 * fabs (dgate));
        g_assert_cmpfloat_with_epsilon ((double)d.dup, dup, 1e-5 + 1e-5 * fabs (dup));
        g_assert_cmpfloat ((double)moe_gpu_swiglu ((float)gate, (float)up, 0.7f), ==,
                           (double)d.act);
      }
  /* Far out nothing becomes infinite or not-a-number. */
  g_assert_cmpfloat ((double)moe_gpu_swiglu (-1e30f, 2, 1), ==, 0);
  g_assert_cmpfloat ((double)moe_gpu_swiglu_backward (-1e30f, 2, 1, 1).dgate, ==, 0);
}

static void
test_searches (void)
{
  const uint32_t keys[] = { 0, 0, 2, 2, 2, 7 };
  uint32_t row[] = { 9, MOE_GPU_NO_ROW, 2, 5 }, slot[] = { 0, 1, 2, 3 };
  g_assert_cmpuint (moe_gpu_lower_bound (keys, 6, 0), ==, 0);
  g_assert_cmpuint (moe_gpu_lower_bound (keys, 6, 1), ==, 2);
  g_assert_cmpuint (moe_gpu_lower_bound (keys, 6, 2), ==, 2);
  g_assert_cmpuint (moe_gpu_lower_bound (keys, 6, 3), ==, 5);
  g_assert_cmpuint (moe_gpu_lower_bound (keys, 6, 8), ==, 6);
  moe_gpu_sort_rows (row, slot, 4);
  g_assert_cmpuint (row[0], ==, 2);
  g_assert_cmpuint (slot[0], ==, 2);
  g_assert_cmpuint (row[2], ==, 9);
  g_assert_cmpuint (slot[2], ==, 0);
  g_assert_cmpuint (row[3], ==, MOE_GPU_NO_ROW);
  g_assert_cmpuint (moe_gpu_bucket (3, 8, 0, 0), ==, 3);
  g_assert_cmpuint (moe_gpu_bucket (8, 8, 1, 0), ==, 8);
  g_assert_cmpuint (moe_gpu_bucket (11, 8, 0, 0), ==, 9);
  g_assert_cmpuint (moe_gpu_bucket (11, 8, 0, 1), ==, 0);
  g_assert_cmpuint (moe_gpu_bucket (3, 8, 0, 1), ==, 3);
  g_assert_cmpuint (moe_gpu_rows_for (9, 5, MOE_CAPACITY_NONE), ==, 9);
  g_assert_cmpuint (moe_gpu_rows_for (9, 5, MOE_CAPACITY_DROP), ==, 5);
  g_assert_cmpuint (moe_gpu_rows_for (2, 5, MOE_CAPACITY_DROP), ==, 2);
  g_assert_cmpuint (moe_gpu_rows_for (2, 5, MOE_CAPACITY_PAD), ==, 5);
  g_assert_cmpuint (moe_gpu_descending (0.5f), <, moe_gpu_descending (0.25f));
}

/* --- planning --- */

static void
test_waves (void)
{
  /* Experts of 4, 0, 5 and 9 rows, then 6 null rows. */
  const size_t rows[] = { 0, 4, 4, 9, 18, 24 };
  const MoeWave expected[] = {
    { 0, 3, 0, 9 },
    { 3, 4, 9, 18 + 1 },
    { 4, 4, 19, 24 },
  };
  MoeWave wave = { 0 };
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      wave = moe_wave_next (&wave, rows, 4, rows[5], 10);
      g_assert_cmpuint (wave.first_expert, ==, expected[i].first_expert);
      g_assert_cmpuint (wave.end_expert, ==, expected[i].end_expert);
      g_assert_cmpuint (wave.first_row, ==, expected[i].first_row);
      g_assert_cmpuint (wave.end_row, ==, expected[i].end_row);
    }
}

/* One small point, opened and prepared. */
typedef struct Rig
{
  MoeBlock block;
  MoeRoutingSpec spec;
  MoeProblem problem;
  MoeRouting routing;
  MoeBackendState *state;
} Rig;

static Rig
plain (void)
{
  host_gpu_counts = (HostGpuCounts){ 0 };
  return (Rig){ .block = { .shape = { 40, 16, 8, 6, 0 },
                           .topk = 3,
                           .choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16,
                           .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                           .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                           .ep_size = 1 },
                .spec = { .tokens = 40, .experts = 6, .topk = 3, .null_target = 0.5 } };
}

static void
rig_open (Rig *rig, const MoeCancel *cancel)
{
  MoeError error = { 0 };
  moe_problem_of_block (&rig->block, 3, 1, 40 * 3, &rig->problem);
  g_assert_cmpint (moe_routing_sample (&rig->spec, &rig->routing, NULL), ==, MOE_OK);
  MoeStatus status = moe_gpu_open (&host_gpu_ops, &rig->problem, cancel, &rig->state, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpint (status, ==, MOE_OK);
}

static void
rig_prepare (Rig *rig)
{
  g_assert_cmpint (moe_gpu_prepare (rig->state, &rig->block, &rig->routing, NULL), ==, MOE_OK);
}

static void
rig_clear (Rig *rig)
{
  moe_gpu_close (rig->state);
  moe_routing_clear (&rig->routing);
  g_assert_cmpuint (host_gpu_counts.open, ==, 0);
}

static char *
describe_ops (const Rig *rig, void (*make) (const MoeBackendState *state, MoeGpuProgram *program))
{
  static const char names[] = "PrgmcezaCnLsk"; /* one letter for each kind */
  g_autofree MoeGpuOp *ops = g_new0 (MoeGpuOp, MOE_GPU_MAX_OPS);
  MoeGpuProgram program = { .ops = ops };
  GString *text = g_string_new (NULL);
  make (rig->state, &program);
  for (size_t i = 0; i < program.n; i++)
    g_string_append_c (text, names[ops[i].kind]);
  return g_string_free (text, FALSE);
}

static void
assert_ops (const Rig *rig, const char *forward, const char *backward)
{
  g_autofree char *f = describe_ops (rig, moe_gpu_program_forward);
  g_autofree char *b = describe_ops (rig, moe_gpu_program_backward);
  g_assert_cmpstr (f, ==, forward);
  if (backward != NULL)
    g_assert_cmpstr (b, ==, backward);
}

/* P pack, r repeat, g gather, m products, c clear, e clear empty experts, z activation, a its
 * backward, C combine, L loss, s scale. */
static void
test_order (void)
{
  Rig rig = plain ();
  rig_open (&rig, NULL);
  rig_prepare (&rig);
  assert_ops (&rig, "PgmzmCL", "smammmC");
  rig_clear (&rig);

  /* Two products each for gate and up; null rows are cleared; x is repeated and put back. */
  rig = plain ();
  rig.block.choice[MOE_CHOICE_IMPL] = MOE_IMPL_BASELINE;
  rig.block.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY;
  rig.block.choice[MOE_CHOICE_PERMUTE_MODE] = MOE_PERMUTE_REPEAT_SORT;
  rig_open (&rig, NULL);
  rig_prepare (&rig);
  assert_ops (&rig, "PrgmmczmcCL", "smcammmcmmgC");
  rig_clear (&rig);

  /* The shared expert comes before the combine, and its gradients before dx. */
  rig = plain ();
  rig.block.shape.shared_dim = 8;
  rig_open (&rig, NULL);
  rig_prepare (&rig);
  assert_ops (&rig, "PgmzmmmzmCL", "smammmsmammmmmC");
  rig_clear (&rig);

  /* What is packed and gathered beforehand is no part of the step. */
  rig = plain ();
  rig.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  rig.block.choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
  rig_open (&rig, NULL);
  rig_prepare (&rig);
  assert_ops (&rig, "mzmCL", NULL);
  g_assert_cmpuint (host_gpu_counts.ops[MOE_GPU_PACK], ==, 1);
  rig_clear (&rig);
}

/* Gradients of experts without rows are cleared, and no product is asked for them. */
static void
test_empty_experts (void)
{
  Rig rig = plain ();
  rig.block.shape.experts = rig.spec.experts = 100;
  rig_open (&rig, NULL);
  for (size_t i = 0; i < 40 * 3; i++)
    rig.routing.topk_idx[i] = i % 3 == 0 ? (int32_t)(i % 2) * 50 : 100;
  rig_prepare (&rig);
  assert_ops (&rig, "PgmzmCL", "eesmammmC");
  host_gpu_counts.products = host_gpu_counts.grouped = 0;
  g_assert_cmpint (moe_gpu_forward (rig.state, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_gpu_backward (rig.state, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (host_gpu_counts.products, ==, 0);
  g_assert_cmpuint (host_gpu_counts.grouped, ==, 6);
  rig_clear (&rig);
}

/* Experts with few rows are computed by one kernel, where there is one for the sides. */
static void
test_grouped (void)
{
  g_assert_true (moe_gpu_wants_grouped (100 * 60, 60));
  g_assert_false (moe_gpu_wants_grouped (4000 * 60, 60));
  g_assert_false (moe_gpu_wants_grouped (100, 1)); /* a kernel for one is a product */

  Rig rig = plain ();
  rig.block.choice[MOE_CHOICE_GROUPING] = MOE_GROUPING_RAGGED_DOT; /* walks the experts */
  rig_open (&rig, NULL);
  rig_prepare (&rig);
  g_assert_cmpint (moe_gpu_forward (rig.state, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (host_gpu_counts.grouped, ==, 0);
  g_assert_cmpuint (host_gpu_counts.products, ==, 2 * 6);
  rig_clear (&rig);

  rig = plain ();
  rig.block.shape.hidden = 17;
  rig_open (&rig, NULL);
  rig_prepare (&rig);
  g_assert_cmpint (moe_gpu_forward (rig.state, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpuint (host_gpu_counts.grouped, ==, 0);
  g_assert_cmpuint (host_gpu_counts.products, ==, 2 * 6);
  rig_clear (&rig);
}

static void
test_compare_grouped (void)
{
  double difference;
  host_gpu_counts = (HostGpuCounts){ 0 };
  g_assert_cmpint (moe_gpu_compare_grouped (&host_gpu_ops, 0, &difference, NULL), ==, MOE_OK);
  g_assert_cmpfloat (difference, ==, 0);
  g_assert_cmpuint (host_gpu_counts.grouped, ==, 4);
  host_gpu_counts.spoil_grouped = true;
  g_assert_cmpint (moe_gpu_compare_grouped (&host_gpu_ops, 0, &difference, NULL), ==, MOE_OK);
  g_assert_cmpfloat (difference, >, 0.01);
  g_assert_cmpuint (host_gpu_counts.open, ==, 0);
}

/* A long step is cut into lists, so that a stop need not wait for all of it; what fits into no
 * more lists stays together. */
static void
test_lists (void)
{
  Rig rig = plain ();
  g_autofree MoeGpuOp *ops = g_new0 (MoeGpuOp, MOE_GPU_MAX_OPS);
  rig_open (&rig, NULL);
  rig_prepare (&rig);
  rig.state->problem.shape.hidden = rig.state->problem.shape.mlp_dim = 1 << 20;
  MoeGpuProgram forward = { .ops = ops }, backward = { .ops = ops };
  moe_gpu_program_forward (rig.state, &forward);
  g_assert_cmpuint (forward.n_lists, ==, 3);
  g_assert_cmpuint (forward.list_end[0], ==, 3); /* up */
  g_assert_cmpuint (forward.list_end[2], ==, forward.n);
  moe_gpu_program_backward (rig.state, &backward);
  g_assert_cmpuint (backward.n_lists, ==, 4);
  g_assert_cmpuint (backward.list_end[3], ==, backward.n);
  rig_clear (&rig);
}

static void
test_failures (void)
{
  Rig rig = plain ();
  MoeError error = { 0 };
  MoeCancel cancel;
  moe_cancel_init (&cancel);
  rig_open (&rig, &cancel);
  rig_prepare (&rig);
  host_gpu_counts.fail_launch = host_gpu_counts.launches + 1;
  g_assert_cmpint (moe_gpu_forward (rig.state, NULL, NULL, &error), ==, MOE_ERROR_BACKEND);
  g_assert_nonnull (strstr (error.message, "gone away"));
  g_assert_cmpint (moe_gpu_forward (rig.state, NULL, NULL, &error), ==, MOE_OK);
  moe_cancel_request (&cancel);
  g_assert_cmpint (moe_gpu_backward (rig.state, NULL, &error), ==, MOE_ERROR_CANCELLED);
  rig_clear (&rig);

  rig = plain ();
  host_gpu_counts.missing_bytes = 100;
  moe_problem_of_block (&rig.block, 3, 1, 40 * 3, &rig.problem);
  g_assert_cmpint (moe_gpu_open (&host_gpu_ops, &rig.problem, NULL, &rig.state, &error), ==,
                   MOE_ERROR_MEMORY);
  rig_clear (&rig);

  /* Rows that no launch could number are refused, however short they are. */
  MoeProblem problem = rig.problem;
  MoeMemoryNeed need;
  problem.shape = (MoeShape){ .tokens = (size_t)1 << 31, .hidden = 1, .mlp_dim = 1, .experts = 2 };
  problem.max_topk = 1;
  g_assert_cmpint (moe_gpu_memory (&host_gpu_ops, &problem, &need, &error), ==, MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "more rows than a device can number"));

  rig.block.choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
  rig.block.ep_size = 2;
  g_assert_cmpint (moe_gpu_supports (&rig.block, &error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.option, ==, "parallel-mode");
}

/* The same inputs as on the host's processors. */
static void
test_inputs (void)
{
  Rig rig = plain ();
  rig.block.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_FLOAT32;
  rig.block.shape.shared_dim = 8;
  rig_open (&rig, NULL);
  for (int tensor = MOE_TENSOR_X; tensor <= MOE_TENSOR_SW2; tensor++)
    {
      size_t n = moe_tensor_elements ((MoeTensor)tensor, &rig.block.shape);
      g_autofree float *expected = g_new (float, n), *actual = g_new (float, n);
      moe_tensor_fill ((MoeTensor)tensor, &rig.block.shape, 3, 0, n, expected);
      g_assert_cmpint (moe_gpu_read (rig.state, (MoeTensor)tensor, 0, n, actual, NULL), ==, MOE_OK);
      g_assert_cmpmem (actual, n * sizeof *actual, expected, n * sizeof *expected);
      /* A piece that begins and ends within rows. */
      g_assert_cmpint (moe_gpu_read (rig.state, (MoeTensor)tensor, 5, n - 9, actual, NULL), ==,
                       MOE_OK);
      g_assert_cmpmem (actual, (n - 9) * sizeof *actual, expected + 5, (n - 9) * sizeof *expected);
    }
  rig_clear (&rig);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gpu/normals", test_normals);
  g_test_add_func ("/gpu/swiglu", test_swiglu);
  g_test_add_func ("/gpu/searches", test_searches);
  g_test_add_func ("/gpu/waves", test_waves);
  g_test_add_func ("/gpu/order", test_order);
  g_test_add_func ("/gpu/empty-experts", test_empty_experts);
  g_test_add_func ("/gpu/grouped", test_grouped);
  g_test_add_func ("/gpu/compare-grouped", test_compare_grouped);
  g_test_add_func ("/gpu/lists", test_lists);
  g_test_add_func ("/gpu/failures", test_failures);
  g_test_add_func ("/gpu/inputs", test_inputs);
  return g_test_run ();
}
