/* SPDX-License-Identifier: Apache-2.0 */
/* What every backend owes besides right numbers: the same ones again, a truthful forecast, prompt
 * stops, clear refusals, and stage times that add up. */
#include <glib.h>

#include "engine/backends/backend.h"
#include "engine/base/target.h"
#include "engine/bench/verify.h"
#include "engine/draw/sampling.h"
#include "engine/options/plan.h"

#include "tests/backends/host-gpu.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A backend opened on one small point. */
typedef struct Rig
{
  const MoeBackend *backend;
  MoeBlock block;
  MoeRoutingSpec spec;
  MoeProblem problem;
  MoeRouting routing;
  MoeBackendState *state;
} Rig;

static void
rig_plan (Rig *rig, const MoeBackend *backend, MoeShape shape, size_t topk, double fraction)
{
  *rig = (Rig){ .backend = backend };
  rig->block = (MoeBlock){ .shape = shape,
                           .topk = topk,
                           .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                           .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                           .ep_size = 1 };
  rig->spec = (MoeRoutingSpec){
    .tokens = shape.tokens, .experts = shape.experts, .topk = topk, .null_target = fraction
  };
  moe_problem_of_block (&rig->block, 3, 2, shape.tokens * topk, &rig->problem);
  g_assert_cmpint (moe_routing_sample (&rig->spec, &rig->routing, NULL), ==, MOE_OK);
}

static void
rig_open (Rig *rig, const MoeCancel *cancel)
{
  g_assert_cmpint (rig->backend->open (&rig->problem, cancel, &rig->state, NULL), ==, MOE_OK);
  g_assert_cmpint (rig->backend->prepare (rig->state, &rig->block, &rig->routing, NULL), ==,
                   MOE_OK);
}

static void
rig_step (Rig *rig, MoeStageTimes *times, double *loss)
{
  g_assert_cmpint (rig->backend->forward (rig->state, times, loss, NULL), ==, MOE_OK);
  g_assert_cmpint (rig->backend->backward (rig->state, times, NULL), ==, MOE_OK);
}

static void
rig_clear (Rig *rig)
{
  rig->backend->close (rig->state);
  moe_routing_clear (&rig->routing);
}

/* A step repeated with the same routing gives the same bytes; other thread counts agree closely. */
static void
read_gradients (const MoeBackend *backend, size_t threads, GArray *out, double *loss)
{
  Rig rig;
  MoeShape shape = { .tokens = 200, .hidden = 48, .mlp_dim = 32, .experts = 9 };
  rig_plan (&rig, backend, shape, 3, 0.4);
  rig.problem.threads = threads;
  rig_open (&rig, NULL);
  rig_step (&rig, NULL, loss);
  rig_step (&rig, NULL, loss);
  for (int i = MOE_TENSOR_Y; i < MOE_N_TENSORS; i++)
    {
      if (!moe_tensor_exists ((MoeTensor)i, &shape, rig.block.choice[MOE_CHOICE_PASS]))
        continue;
      size_t n = moe_tensor_elements ((MoeTensor)i, &shape), at = out->len;
      g_array_set_size (out, out->len + (guint)n);
      g_assert_cmpint (
          backend->read (rig.state, (MoeTensor)i, 0, n, &g_array_index (out, float, at), NULL), ==,
          MOE_OK);
    }
  rig_clear (&rig);
}

static void
test_repeatable (gconstpointer data)
{
  const MoeBackend *backend = data;
  g_autoptr (GArray) first = g_array_new (FALSE, TRUE, sizeof (float));
  g_autoptr (GArray) again = g_array_new (FALSE, TRUE, sizeof (float));
  g_autoptr (GArray) single = g_array_new (FALSE, TRUE, sizeof (float));
  double loss_first, loss_again, loss_single;
  read_gradients (backend, 2, first, &loss_first);
  read_gradients (backend, 2, again, &loss_again);
  read_gradients (backend, 1, single, &loss_single);
  g_assert_cmpmem (first->data, first->len * sizeof (float), again->data,
                   again->len * sizeof (float));
  g_assert_cmpfloat (loss_first, ==, loss_again);
  g_assert_cmpfloat_with_epsilon (loss_first, loss_single, 1e-6 * loss_first);
  double difference = 0, norm = 0;
  for (guint i = 0; i < first->len; i++)
    {
      double a = g_array_index (first, float, i), b = g_array_index (single, float, i);
      difference += (a - b) * (a - b);
      norm += b * b;
    }
  g_assert_cmpfloat (sqrt (difference / norm), <=, 1e-6);
}

/* Threads share the products of few experts: y is the same with any number of them, and native
 * kernels make it of the same sums. */
static void
read_few (const MoeBackend *backend, size_t threads, gboolean ragged, float *y)
{
  Rig rig;
  MoeShape shape = { .tokens = 3, .hidden = 320, .mlp_dim = 200, .experts = 9 };
  rig_plan (&rig, backend, shape, 1, 0);
  rig.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  rig.block.choice[MOE_CHOICE_GROUPING] = ragged ? MOE_GROUPING_RAGGED_DOT : MOE_GROUPING_GMM;
  moe_problem_of_block (&rig.block, 3, threads, shape.tokens, &rig.problem);
  rig_open (&rig, NULL);
  g_assert_cmpint (backend->forward (rig.state, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->read (rig.state, MOE_TENSOR_Y, 0, shape.tokens * shape.hidden, y, NULL),
                   ==, MOE_OK);
  rig_clear (&rig);
}

static void
test_few_experts (gconstpointer data)
{
  const MoeBackend *backend = data;
  enum
  {
    N = 3 * 320
  };
  float single[N], y[N];
  read_few (backend, 1, FALSE, single);
  for (size_t threads = 1; threads <= 5; threads++)
    for (int ragged = 0; ragged < 2; ragged++)
      {
        double difference = 0, norm = 0;
        read_few (backend, threads, ragged, y);
        for (int i = 0; i < N; i++)
          {
            difference += (double)(y[i] - single[i]) * (double)(y[i] - single[i]);
            norm += (double)single[i] * (double)single[i];
          }
        g_assert_cmpfloat (norm, >, 0);
        g_assert_cmpfloat (sqrt (difference / norm), <=, 1e-6);
        if (strcmp (backend->name, "native") == 0)
          g_assert_cmpmem (y, sizeof y, single, sizeof single);
      }
}

static double
spot_error (const Rig *rig, const MoeRouting *routing)
{
  MoeVerifyResult result;
  g_assert_cmpint (
      moe_verify_spot (rig->backend, rig->state, &rig->block, routing, 41, &result, NULL), ==,
      MOE_OK);
  for (int i = MOE_TENSOR_Y; i < MOE_N_TENSORS; i++)
    g_assert_false (result.error[i] > result.worst);
  return result.worst;
}

/* The spot check of full-size steps passes right ones, and sees wrong ones. */
static void
test_spot_check (gconstpointer data)
{
  Rig rig;
  MoeRouting other = { 0 };
  rig_plan (&rig, data, (MoeShape){ .tokens = 90, .hidden = 70, .mlp_dim = 33, .experts = 5 }, 2,
            0);
  rig_open (&rig, NULL);
  rig_step (&rig, NULL, NULL);
  g_assert_cmpfloat (spot_error (&rig, &rig.routing), <=, 1e-5);
  rig.backend->poison (rig.state);
  g_assert_false (spot_error (&rig, &rig.routing) <= 1e-5);

  /* Another routing than the one that was computed: also wrong. */
  rig.spec.seed = 9;
  g_assert_cmpint (moe_routing_sample (&rig.spec, &other, NULL), ==, MOE_OK);
  rig_step (&rig, NULL, NULL);
  g_assert_false (spot_error (&rig, &other) <= 1e-3);
  moe_routing_clear (&other);
  rig_clear (&rig);
}

/* A token alone with its expert: the sums that its gradients come of may cancel, which is no fault
 * of the backend. */
static void
test_spot_check_of_few (gconstpointer data)
{
  Rig rig;
  const MoeBackend *backend = data;
  MoeShape shape = { .tokens = 256, .hidden = 64, .mlp_dim = 48, .experts = 256 };
  rig_plan (&rig, backend, shape, 1, 0);
  rig.problem.choice[MOE_CHOICE_DTYPE] = rig.block.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16;
  if (backend->supports (&rig.block, NULL) != MOE_OK)
    rig.problem.choice[MOE_CHOICE_DTYPE] = rig.block.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_FLOAT32;
  rig_open (&rig, NULL);
  rig_step (&rig, NULL, NULL);
  for (size_t token = 0; token < shape.tokens; token++)
    {
      MoeVerifyResult result;
      g_assert_cmpint (
          moe_verify_spot (backend, rig.state, &rig.block, &rig.routing, token, &result, NULL), ==,
          MOE_OK);
      g_assert_cmpfloat (
          result.worst, <=,
          moe_verify_tolerance (rig.block.choice[MOE_CHOICE_DTYPE], &rig.block.shape));
    }
  rig_clear (&rig);
}

/* Shapes of whatever width, down to sums of one term: what they round is no fault either. */
static void
test_spot_check_of_any_shape (gconstpointer data)
{
  static const size_t widths[] = { 1, 1, 2, 3, 7, 16, 33 };
  g_autoptr (GRand) dice = g_rand_new_with_seed (11);
  const MoeBackend *backend = data;
  for (int i = 0; i < 120; i++)
    {
      Rig rig;
      MoeVerifyResult result;
      size_t drawn[4];
      for (gsize d = 0; d < G_N_ELEMENTS (drawn); d++)
        drawn[d] = widths[g_rand_int_range (dice, 0, G_N_ELEMENTS (widths))];
      MoeShape shape = { .tokens = drawn[0],
                         .hidden = drawn[1],
                         .mlp_dim = drawn[2],
                         .experts = drawn[3],
                         .shared_dim = i % 3 == 0 ? drawn[0] : 0 };
      rig_plan (&rig, backend, shape, MIN (shape.experts, 2), i % 2 == 0 ? 0 : 0.4);
      rig.block.choice[MOE_CHOICE_DTYPE] = rig.problem.choice[MOE_CHOICE_DTYPE] =
          MOE_DTYPE_BFLOAT16;
      if (backend->supports (&rig.block, NULL) != MOE_OK)
        rig.block.choice[MOE_CHOICE_DTYPE] = rig.problem.choice[MOE_CHOICE_DTYPE] =
            MOE_DTYPE_FLOAT32;
      rig_open (&rig, NULL);
      rig_step (&rig, NULL, NULL);
      g_assert_cmpint (moe_verify_spot (backend, rig.state, &rig.block, &rig.routing,
                                        shape.tokens / 2, &result, NULL),
                       ==, MOE_OK);
      g_assert_cmpfloat (
          result.worst, <=,
          moe_verify_tolerance (rig.block.choice[MOE_CHOICE_DTYPE], &rig.block.shape));
      rig_clear (&rig);
    }
}

static void
test_stage_times (gconstpointer data)
{
  Rig rig;
  MoeStageTimes times = { 0 };
  rig_plan (&rig, data, (MoeShape){ .tokens = 300, .hidden = 64, .mlp_dim = 48, .experts = 4 }, 2,
            0);
  rig_open (&rig, NULL);
  gint64 start = g_get_monotonic_time ();
  rig_step (&rig, &times, NULL);
  double wall_s = 1e-6 * (double)(g_get_monotonic_time () - start + 2), sum_s = 0;
  for (int i = 0; i < MOE_N_STAGES; i++)
    {
      g_assert_cmpfloat (times.time_s[i], >=, 0);
      if (i < MOE_STAGE_SHARED)
        g_assert_cmpfloat (times.time_s[i], >, 0);
      else if (i != MOE_STAGE_WAIT)
        g_assert_cmpfloat (times.time_s[i], ==, 0); /* no shared expert, no shards */
      sum_s += times.time_s[i];
    }
  g_assert_cmpfloat (sum_s, <=, wall_s);
  rig_clear (&rig);
}

static void
test_refusals (gconstpointer data)
{
  Rig rig;
  MoeError error = { 0 };
  MoeMemoryNeed need;
  float value;
  rig_plan (&rig, data, (MoeShape){ .tokens = 20, .hidden = 8, .mlp_dim = 8, .experts = 4 }, 2, 0);
  rig.problem.choice[MOE_CHOICE_PASS] = rig.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  rig.problem.max_topk = 1;
  rig.problem.max_rows = 20;
  g_assert_cmpint (rig.backend->open (&rig.problem, NULL, &rig.state, &error), ==, MOE_OK);
  g_assert_cmpint (rig.backend->prepare (rig.state, &rig.block, &rig.routing, &error), ==,
                   MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "top-2"));
  g_assert_cmpint (rig.backend->read (rig.state, MOE_TENSOR_DW1, 0, 1, &value, &error), ==,
                   MOE_ERROR_INVALID);

  rig.problem.shape.tokens = rig.problem.shape.hidden = SIZE_MAX / 4;
  g_assert_cmpint (rig.backend->memory (&rig.problem, &need, &error), ==, MOE_ERROR_INVALID);
  rig.block.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16;
  if (rig.backend->supports (&rig.block, &error) != MOE_OK)
    g_assert_cmpstr (error.option, ==, "dtype");
  rig.backend->close (NULL);
  rig_clear (&rig);
}

static void
test_cancelled (gconstpointer data)
{
  Rig rig;
  MoeCancel cancel;
  moe_cancel_init (&cancel);
  rig_plan (&rig, data, (MoeShape){ .tokens = 64, .hidden = 16, .mlp_dim = 16, .experts = 4 }, 2,
            0);
  rig_open (&rig, &cancel);
  moe_cancel_request (&cancel);
  g_assert_cmpint (rig.backend->forward (rig.state, NULL, NULL, NULL), ==, MOE_ERROR_CANCELLED);
  rig.backend->close (rig.state);
  rig.state = NULL;
  g_assert_cmpint (rig.backend->open (&rig.problem, &cancel, &rig.state, NULL), ==,
                   MOE_ERROR_CANCELLED);
  g_assert_null (rig.state);
  rig_clear (&rig);
}

static size_t
resident_bytes (void)
{
  g_autofree char *text = NULL;
  unsigned long long total, resident;
  g_assert_true (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL));
  g_assert_cmpint (sscanf (text, "%llu %llu", &total, &resident), ==, 2);
  return (size_t)resident * (size_t)sysconf (_SC_PAGESIZE);
}

/* Of the memory where the tensors are. */
static size_t
used_bytes (const MoeBackend *backend)
{
  MoeDevice device;
  if (backend->device == NULL)
    return resident_bytes ();
  g_assert_cmpint (backend->device (0, &device, NULL), ==, MOE_OK);
  return device.total_bytes - device.free_bytes;
}

/* The forecast is what a sweep really takes, to within 5 %, steps included. */
static void
test_memory_forecast (gconstpointer data)
{
  Rig rig;
  MoeMemoryNeed need;
  rig_plan (&rig, data, (MoeShape){ .tokens = 8192, .hidden = 512, .mlp_dim = 256, .experts = 16 },
            2, 0);
  g_assert_cmpint (rig.backend->memory (&rig.problem, &need, NULL), ==, MOE_OK);
  g_assert_cmpuint (need.total_bytes, ==,
                    need.weights_bytes + need.gradients_bytes + need.activations_bytes);

  /* A first step lets the library take what it keeps for itself. */
  rig_open (&rig, NULL);
  rig_step (&rig, NULL, NULL);
  rig.backend->close (rig.state);

  size_t before = used_bytes (rig.backend);
  rig_open (&rig, NULL);
  rig_step (&rig, NULL, NULL);
  double taken = (double)used_bytes (rig.backend) - (double)before;
  g_assert_cmpfloat (taken, >=, 0.95 * (double)need.total_bytes);
  /* A sanitizer's shadow of the memory is resident too. */
  if (!MOE_SANITIZED)
    g_assert_cmpfloat (taken, <=, 1.05 * (double)need.total_bytes);
  rig_clear (&rig);
}

static size_t
activation_bytes (Rig *rig, MoeRematMode mode)
{
  MoeMemoryNeed need;
  rig->problem.choice[MOE_CHOICE_REMAT_MODE] = mode;
  g_assert_cmpint (rig->backend->memory (&rig->problem, &need, NULL), ==, MOE_OK);
  return need.activations_bytes;
}

/* Remat really lowers the memory, and refuses a load that would not fit what was taken. */
static void
test_remat_memory (gconstpointer data)
{
  Rig rig;
  MoeError error = { 0 };
  MoeShape shape = { .tokens = 4096, .hidden = 64, .mlp_dim = 64, .experts = 64 };
  rig_plan (&rig, data, shape, 4, 0);
  rig.problem.max_expert_rows = 400; /* 256 when evenly spread */
  size_t none = activation_bytes (&rig, MOE_REMAT_NONE);
  g_assert_cmpuint (activation_bytes (&rig, MOE_REMAT_COMBINE) * 10, <, none * 8);
  g_assert_cmpuint (activation_bytes (&rig, MOE_REMAT_EXPERT_MLP) * 10, <, none * 5);

  /* Every token goes to expert 0. */
  for (size_t i = 0; i < shape.tokens * 4; i++)
    rig.routing.topk_idx[i] = i % 4 == 0 ? 0 : (int32_t)shape.experts;
  rig.block.choice[MOE_CHOICE_REMAT_MODE] = rig.problem.choice[MOE_CHOICE_REMAT_MODE];
  g_assert_cmpint (rig.backend->open (&rig.problem, NULL, &rig.state, NULL), ==, MOE_OK);
  g_assert_cmpint (rig.backend->prepare (rig.state, &rig.block, &rig.routing, &error), ==,
                   MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.option, ==, "remat-mode");
  g_assert_nonnull (strstr (error.message, "4096 rows"));
  rig_clear (&rig);
}

/* The anchor works for some time on the threads of the state, and changes nothing that a step left;
 * what the threads used only grows. */
static void
test_anchor_and_usage (gconstpointer data)
{
  Rig rig;
  MoeUsage before, after;
  MoeShape shape = { .tokens = 64, .hidden = 24, .mlp_dim = 16, .experts = 4 };
  g_autofree float *y = g_new0 (float, shape.tokens *shape.hidden);
  g_autofree float *again = g_new0 (float, shape.tokens *shape.hidden);
  size_t bytes = shape.tokens * shape.hidden * sizeof *y, n = shape.tokens * shape.hidden;
  rig_plan (&rig, data, shape, 2, 0);
  if (rig.backend->anchor == NULL || rig.backend->usage == NULL)
    {
      /* Only devices have neither. */
      g_assert_true (rig.backend->n_devices != NULL || rig.backend == &host_gpu_backend);
      rig_clear (&rig);
      return;
    }
  rig_open (&rig, NULL);
  rig_step (&rig, NULL, NULL);
  rig.backend->read (rig.state, MOE_TENSOR_Y, 0, n, y, NULL);
  rig.backend->usage (rig.state, &before);
  g_assert_cmpint (rig.backend->anchor (rig.state, NULL), ==, MOE_OK);
  rig.backend->usage (rig.state, &after);
  rig.backend->read (rig.state, MOE_TENSOR_Y, 0, n, again, NULL);
  g_assert_cmpmem (y, bytes, again, bytes);
  g_assert_cmpuint (before.threads, ==, rig.problem.threads);
  g_assert_true (isfinite (before.cpu_s) && isfinite (before.waited_s));
  g_assert_cmpfloat (after.cpu_s - before.cpu_s, >, 1e-4); /* 3.2 GFLOP were done */
  g_assert_cmpfloat (after.waited_s, >=, before.waited_s);
  g_assert_cmpint (after.switches, >=, before.switches);
  rig_step (&rig, NULL, NULL);
  rig.backend->read (rig.state, MOE_TENSOR_Y, 0, n, again, NULL);
  g_assert_cmpmem (y, bytes, again, bytes);
  rig_clear (&rig);
}

static void
test_registry (void)
{
  MoeError error = { 0 };
  size_t n;
  const MoeBackend *const *backends = moe_backends (&n);
  g_assert_cmpuint (n, >=, 1);
  g_assert_nonnull (moe_backend_find ("auto", MOE_DTYPE_FLOAT32, &error));
  for (size_t i = 0; i < n; i++)
    {
      MoeBackendFacts facts;
      g_assert_cmpuint (backends[i]->abi_version, ==, MOE_BACKEND_ABI);
      backends[i]->facts (0, &facts);
      /* Usable, or there is a reason in words. */
      if (backends[i]->probe (&error) == MOE_OK)
        g_assert_cmpstr (facts.library, !=, "");
      else
        g_assert_cmpstr (error.message, !=, "");
    }
  g_assert_null (moe_backend_find ("abacus", MOE_DTYPE_FLOAT32, &error));
  g_assert_cmpint (error.status, ==, MOE_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error.message, "abacus"));
  g_assert_nonnull (strstr (error.message, "openblas"));
}

/* A number asks for a device where there are any, and for nothing where there are none. */
static void
test_names (void)
{
  size_t n;
  const MoeBackend *const *backends = moe_backends (&n);
  for (size_t i = 0; i < n; i++)
    {
      g_autofree char *numbered = g_strdup_printf ("%s:3", backends[i]->name);
      g_autofree char *longer = g_strdup_printf ("%sx", backends[i]->name);
      g_assert_true (moe_backend_is_named (backends[i], backends[i]->name));
      g_assert_false (moe_backend_is_named (backends[i], longer));
      g_assert_cmpint (moe_backend_is_named (backends[i], numbered), ==,
                       backends[i]->n_devices != NULL);
      g_assert_false (moe_backend_is_named (backends[i], "auto"));
    }
  g_assert_cmpuint (moe_backend_device_of ("auto"), ==, 0);
  g_assert_cmpuint (moe_backend_device_of ("cuda"), ==, 0);
  g_assert_cmpuint (moe_backend_device_of ("cuda:12"), ==, 12);
}

/* A device beyond those that there are is refused, with the number of them or with why there are
 * none. */
static void
test_no_such_device (void)
{
  MoeError error = { 0 };
  g_assert_null (moe_backend_find ("cuda:1000", MOE_DTYPE_FLOAT32, &error));
  g_assert_cmpint (error.status, ==, MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.option, ==, "accelerator");
  g_assert_true (strstr (error.message, "NVIDIA") != NULL || strstr (error.message, "CUDA") != NULL
                 || strstr (error.message, "no such device") != NULL);
}

static void
add_subject (const char *name, const MoeBackend *backend, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/backend/%s/%s", backend->name, name);
  g_test_add_data_func (path, backend, function);
}

static void
add_all (const MoeBackend *backend)
{
  add_subject ("repeatable", backend, test_repeatable);
  add_subject ("few-experts", backend, test_few_experts);
  add_subject ("spot-check", backend, test_spot_check);
  add_subject ("spot-check-of-few", backend, test_spot_check_of_few);
  add_subject ("spot-check-of-any-shape", backend, test_spot_check_of_any_shape);
  add_subject ("stage-times", backend, test_stage_times);
  if (backend != &host_gpu_backend) /* no product there is fast enough for so much memory */
    add_subject ("memory-forecast", backend, test_memory_forecast);
  add_subject ("remat-memory", backend, test_remat_memory);
  add_subject ("refusals", backend, test_refusals);
  add_subject ("anchor-and-usage", backend, test_anchor_and_usage);
  add_subject ("cancelled", backend, test_cancelled);
}

/* What its library counts in fewer bits than we do is refused, not cut. */
static void
test_openblas_sides (void)
{
  const struct
  {
    const char *option;
    MoeShape shape;
    const char *message;
  } cases[] = {
    { "tokens", { (size_t)3 << 30, 1, 1, 1, 0 }, "--tokens 3221225472: *up to 1073741823 *" },
    { "hidden", { 1, (size_t)1 << 31, 1, 1, 0 }, "--hidden 2147483648: *up to 1073741823 *" },
    { "mlp-dim", { 1, 1, (size_t)1 << 30, 1, 0 }, "--mlp-dim 1073741824: *up to 536870911 *" },
    { "shared-expert-dim", { 1, 1, 1, 1, SIZE_MAX }, "--shared-expert-dim *: *up to 536870911 *" },
  };
  const MoeBackend *openblas = moe_backend_find ("openblas", MOE_DTYPE_FLOAT32, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const MoeBlock block = { .shape = cases[i].shape, .topk = 1 };
      MoeError error = { 0 };
      g_assert_cmpint (openblas->supports (&block, &error), ==, MOE_ERROR_UNSUPPORTED);
      g_assert_cmpstr (error.option, ==, cases[i].option);
      g_assert_true (g_pattern_match_simple (cases[i].message, error.message));
    }
}

/* --prepack is native's; who keeps no packed weights says so, and its forecast tells of them. */
static void
test_prepack (void)
{
  size_t n;
  const MoeBackend *const *all = moe_backends (&n);
  for (size_t i = 0; i <= n; i++)
    {
      const MoeBackend *backend = i < n ? all[i] : &host_gpu_backend;
      MoeError error = { 0 };
      Rig rig;
      if (i < n && moe_backend_find (backend->name, MOE_DTYPE_FLOAT32, NULL) == NULL)
        continue;
      rig_plan (&rig, backend, (MoeShape){ 64, 256, 128, 4, 0 }, 2, 0);
      rig.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
      rig.block.choice[MOE_CHOICE_PREPACK] = true;
      MoeStatus status = backend->supports (&rig.block, &error);
      if (strcmp (backend->name, "native") == 0)
        {
          const size_t weights = (size_t)3 * 256 * 128 * 4 * sizeof (float);
          MoeMemoryNeed plain, packed;
          g_assert_cmpint (status, ==, MOE_OK);
          moe_problem_of_block (&rig.block, 3, 2, 128, &rig.problem);
          g_assert_cmpint (backend->memory (&rig.problem, &packed, NULL), ==, MOE_OK);
          rig.problem.choice[MOE_CHOICE_PREPACK] = false;
          g_assert_cmpint (backend->memory (&rig.problem, &plain, NULL), ==, MOE_OK);
          g_assert_cmpuint (packed.weights_bytes, >=, plain.weights_bytes + weights);
          g_assert_cmpuint (packed.weights_bytes, <, plain.weights_bytes + weights * 5 / 4);
        }
      else
        {
          g_assert_cmpint (status, ==, MOE_ERROR_UNSUPPORTED);
          g_assert_cmpstr (error.option, ==, "prepack");
          g_assert_true (
              g_pattern_match_simple ("--prepack: *--accelerator native.", error.message));
        }
      moe_routing_clear (&rig.routing);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/registry", test_registry);
  g_test_add_func ("/backend/names", test_names);
  g_test_add_func ("/backend/no-such-device", test_no_such_device);
  g_test_add_func ("/backend/prepack", test_prepack);
  g_test_add_func ("/backend/openblas-sides", test_openblas_sides);
  size_t n;
  const MoeBackend *const *backends = moe_backends (&n);
  for (size_t i = 0; i < n; i++)
    if (backends[i]->probe (NULL) == MOE_OK) /* if not, test_registry () asserts that it says why */
      add_all (backends[i]);
  add_all (&host_gpu_backend);
  return g_test_run ();
}
