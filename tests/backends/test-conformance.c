/* SPDX-License-Identifier: Apache-2.0 */
/* The one test that every backend must pass: poisoned steps of many small blocks against the
 * double-precision reference. */
#include <glib.h>

#include "engine/backends/backend.h"
#include "engine/base/target.h"
#include "engine/bench/verify.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

typedef struct Case
{
  const char *name;
  MoeShape shape;
  size_t topk;
  MoeNullMode mode;
  MoeNullDispatch dispatch;
  double fraction;
  bool renormalize;
  MoePass pass;
  size_t threads;
  MoeDtype dtype;
  MoeRematMode remat;
} Case;

typedef struct Subject
{
  const MoeBackend *backend;
  Case c;
} Subject;

static MoeBlock
block_of (const Case *c)
{
  return (MoeBlock){ .shape = c->shape,
                     .topk = c->topk,
                     .dtype = c->dtype,
                     .pass = c->pass,
                     .remat_mode = c->remat,
                     .impl = MOE_IMPL_FUSED_W13,
                     .null_dispatch = c->dispatch };
}

static MoeRoutingSpec
routing_of (const Case *c, uint64_t seed)
{
  return (MoeRoutingSpec){ .tokens = c->shape.tokens,
                           .experts = c->shape.experts,
                           .topk = c->topk,
                           .null_mode = c->mode,
                           .null_target = c->fraction,
                           .renormalize = c->renormalize,
                           .seed = seed,
                           .null_seed = seed + 1 };
}

static void
test_case (gconstpointer data)
{
  const Subject *subject = data;
  const Case *c = &subject->c;
  MoeBlock block = block_of (c);
  for (uint64_t seed = 0; seed < 2; seed++)
    {
      MoeRoutingSpec routing = routing_of (c, seed);
      MoeVerifyResult result;
      MoeError error = { 0 };
      MoeStatus status =
          moe_verify_block (subject->backend, &block, &routing, seed, c->threads, &result, &error);
      g_assert_cmpstr (error.message, ==, "");
      g_assert_cmpint (status, ==, MOE_OK);
      g_assert_cmpfloat (result.worst, <=, moe_verify_tolerance (block.dtype));
      g_assert_false (isnan (result.error[MOE_TENSOR_Y]));
      g_assert_cmpint (isnan (result.error[MOE_TENSOR_DW2]), ==, c->pass == MOE_PASS_FORWARD);
    }
}

static void
add_case (const MoeBackend *backend, Case c)
{
  Subject *subject = g_new (Subject, 1);
  *subject = (Subject){ backend, c };
  g_autofree char *path =
      g_strdup_printf ("/conformance/%s/%s/%s/%s/%s/%s/k%zu/f%.2f/%s/%s/t%zu", backend->name,
                       moe_name_of (&moe_dtype_names, (int)c.dtype), c.name,
                       moe_name_of (&moe_remat_mode_names, (int)c.remat),
                       moe_name_of (&moe_null_mode_names, (int)c.mode),
                       moe_name_of (&moe_null_dispatch_names, (int)c.dispatch), c.topk, c.fraction,
                       c.renormalize ? "renormalised" : "plain",
                       moe_name_of (&moe_pass_names, (int)c.pass), c.threads);
  g_test_add_data_func_full (path, subject, test_case, g_free);
}

/* Every mode, dispatch, fraction and renormalisation on one shape whose sides divide nothing. */
static void
add_grid (const MoeBackend *backend, MoeDtype dtype)
{
  const double fractions[] = { 0, 0.1, 0.5, 0.9, 0.99 };
  const size_t topks[] = { 1, 3, 7 };
  for (int mode = 0; mode < (int)moe_null_mode_names.n; mode++)
    for (int dispatch = 0; dispatch < (int)moe_null_dispatch_names.n; dispatch++)
      for (size_t f = 0; f < G_N_ELEMENTS (fractions); f++)
        for (size_t k = 0; k < G_N_ELEMENTS (topks); k++)
          for (int renormalize = 0; renormalize < 2; renormalize++)
            add_case (backend, (Case){ "odd-sides",
                                       { .tokens = 67, .hidden = 37, .mlp_dim = 29, .experts = 7 },
                                       topks[k],
                                       (MoeNullMode)mode,
                                       (MoeNullDispatch)dispatch,
                                       fractions[f],
                                       renormalize != 0,
                                       MOE_PASS_FORWARD_BACKWARD,
                                       2,
                                       dtype });
}

static void
add_edges (const MoeBackend *backend, MoeDtype dtype)
{
  const Case base = { .name = "",
                      .topk = 2,
                      .dispatch = MOE_NULL_DISPATCH_COMPACT,
                      .pass = MOE_PASS_FORWARD_BACKWARD,
                      .threads = 2,
                      .dtype = dtype };
  for (int dispatch = 0; dispatch < (int)moe_null_dispatch_names.n; dispatch++)
    {
      Case c = base;
      c.dispatch = (MoeNullDispatch)dispatch;

      c.name = "one-token";
      c.shape = (MoeShape){ .tokens = 1, .hidden = 24, .mlp_dim = 16, .experts = 5 };
      add_case (backend, c);
      c.fraction = 0.9;
      add_case (backend, c);

      c.name = "one-expert";
      c.shape = (MoeShape){ .tokens = 50, .hidden = 8, .mlp_dim = 12, .experts = 1 };
      c.topk = 1;
      c.fraction = 0.3;
      add_case (backend, c);

      c.name = "sides-of-one";
      c.shape = (MoeShape){ .tokens = 3, .hidden = 1, .mlp_dim = 1, .experts = 2 };
      add_case (backend, c);

      c.name = "many-empty-experts";
      c.shape = (MoeShape){ .tokens = 6, .hidden = 40, .mlp_dim = 20, .experts = 64 };
      c.topk = 2;
      c.fraction = 0.5;
      add_case (backend, c);

      /* Rows per expert large enough to be cut into several tiles, columns into several slices. */
      c.name = "split-tiles";
      c.shape = (MoeShape){ .tokens = 700, .hidden = 300, .mlp_dim = 130, .experts = 2 };
      c.topk = 1;
      for (size_t threads = 1; threads <= 4; threads++)
        {
          c.threads = threads;
          add_case (backend, c);
        }

      /* Enough rows for several waves of experts, and of null rows. */
      c.name = "waves";
      c.shape = (MoeShape){ .tokens = 1500, .hidden = 24, .mlp_dim = 16, .experts = 16 };
      c.topk = 2;
      c.threads = 2;
      for (int remat = 0; remat < (int)moe_remat_mode_names.n; remat++)
        for (double fraction = 0; fraction < 1; fraction += 0.3)
          {
            c.remat = (MoeRematMode)remat;
            c.fraction = fraction;
            add_case (backend, c);
          }
      c.remat = MOE_REMAT_EXPERT_MLP;
      c.shape = (MoeShape){ .tokens = 9, .hidden = 12, .mlp_dim = 10, .experts = 4 };
      c.name = "one-wave";
      add_case (backend, c);
      c.remat = MOE_REMAT_NONE;

      c.name = "forward-only";
      c.shape = (MoeShape){ .tokens = 130, .hidden = 33, .mlp_dim = 18, .experts = 6 };
      c.pass = MOE_PASS_FORWARD;
      add_case (backend, c);
    }
}

/* A step repeated with the same routing gives the same bytes; other thread counts agree closely. */
static void
read_gradients (const MoeBackend *backend, size_t threads, GArray *out, double *loss)
{
  MoeShape shape = { .tokens = 200, .hidden = 48, .mlp_dim = 32, .experts = 9 };
  MoeBlock block = {
    .shape = shape, .topk = 3, .pass = MOE_PASS_FORWARD_BACKWARD, .impl = MOE_IMPL_FUSED_W13
  };
  MoeRoutingSpec spec = { .tokens = 200, .experts = 9, .topk = 3, .null_target = 0.4 };
  MoeProblem problem = {
    .shape = shape, .pass = block.pass, .max_topk = 3, .max_rows = 600, .threads = threads
  };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->open (&problem, NULL, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->prepare (state, &block, &routing, NULL), ==, MOE_OK);
  for (int step = 0; step < 2; step++)
    {
      g_assert_cmpint (backend->forward (state, NULL, loss, NULL), ==, MOE_OK);
      g_assert_cmpint (backend->backward (state, NULL, NULL), ==, MOE_OK);
    }
  for (int i = MOE_TENSOR_Y; i < MOE_N_TENSORS; i++)
    {
      size_t n = moe_tensor_elements ((MoeTensor)i, &shape), at = out->len;
      g_array_set_size (out, out->len + (guint)n);
      g_assert_cmpint (
          backend->read (state, (MoeTensor)i, 0, n, &g_array_index (out, float, at), NULL), ==,
          MOE_OK);
    }
  backend->close (state);
  moe_routing_clear (&routing);
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

/* The spot check of full-size steps sees what the whole comparison sees, and sees a wrong result.
 */
static void
test_spot_check (gconstpointer data)
{
  const MoeBackend *backend = data;
  MoeShape shape = { .tokens = 90, .hidden = 70, .mlp_dim = 33, .experts = 5 };
  MoeBlock block = {
    .shape = shape, .topk = 2, .pass = MOE_PASS_FORWARD_BACKWARD, .impl = MOE_IMPL_FUSED_W13
  };
  MoeRoutingSpec spec = { .tokens = 90, .experts = 5, .topk = 2 };
  MoeProblem problem = {
    .shape = shape, .pass = block.pass, .max_topk = 2, .max_rows = 180, .seed = 3, .threads = 2
  };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  MoeVerifyResult result;
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->open (&problem, NULL, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->prepare (state, &block, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->forward (state, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->backward (state, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_verify_spot (backend, state, &block, &routing, 41, &result, NULL), ==,
                   MOE_OK);
  g_assert_cmpfloat (result.worst, <=, 1e-5);
  for (int i = MOE_TENSOR_Y; i < MOE_N_TENSORS; i++)
    g_assert_cmpfloat (result.error[i], <=, 1e-5);

  backend->poison (state);
  g_assert_cmpint (moe_verify_spot (backend, state, &block, &routing, 41, &result, NULL), ==,
                   MOE_OK);
  g_assert_false (result.worst <= 1e-5);

  /* Another routing than the one that was computed: also wrong. */
  MoeRouting other = { 0 };
  spec.seed = 9;
  g_assert_cmpint (moe_routing_sample (&spec, &other, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->forward (state, NULL, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->backward (state, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_verify_spot (backend, state, &block, &other, 41, &result, NULL), ==, MOE_OK);
  g_assert_false (result.worst <= 1e-3);
  backend->close (state);
  moe_routing_clear (&routing);
  moe_routing_clear (&other);
}

static void
test_stage_times (gconstpointer data)
{
  const MoeBackend *backend = data;
  MoeShape shape = { .tokens = 300, .hidden = 64, .mlp_dim = 48, .experts = 4 };
  MoeBlock block = {
    .shape = shape, .topk = 2, .pass = MOE_PASS_FORWARD_BACKWARD, .impl = MOE_IMPL_FUSED_W13
  };
  MoeRoutingSpec spec = { .tokens = 300, .experts = 4, .topk = 2 };
  MoeProblem problem = {
    .shape = shape, .pass = block.pass, .max_topk = 2, .max_rows = 600, .threads = 2
  };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  MoeStageTimes times = { 0 };
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->open (&problem, NULL, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->prepare (state, &block, &routing, NULL), ==, MOE_OK);
  gint64 start = g_get_monotonic_time ();
  g_assert_cmpint (backend->forward (state, &times, NULL, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->backward (state, &times, NULL), ==, MOE_OK);
  double wall_s = 1e-6 * (double)(g_get_monotonic_time () - start + 2), sum_s = 0;
  for (int i = 0; i < MOE_N_STAGES; i++)
    {
      g_assert_cmpfloat (times.time_s[i], >=, 0);
      if (i != MOE_STAGE_WAIT)
        g_assert_cmpfloat (times.time_s[i], >, 0);
      sum_s += times.time_s[i];
    }
  g_assert_cmpfloat (sum_s, <=, wall_s);
  backend->close (state);
  moe_routing_clear (&routing);
}

static void
test_refusals (gconstpointer data)
{
  const MoeBackend *backend = data;
  MoeShape shape = { .tokens = 20, .hidden = 8, .mlp_dim = 8, .experts = 4 };
  MoeBlock block = { .shape = shape, .topk = 2, .impl = MOE_IMPL_FUSED_W13 };
  MoeRoutingSpec spec = { .tokens = 20, .experts = 4, .topk = 2 };
  MoeProblem problem = { .shape = shape, .max_topk = 1, .max_rows = 20, .threads = 1 };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->open (&problem, NULL, &state, &error), ==, MOE_OK);
  g_assert_cmpint (backend->prepare (state, &block, &routing, &error), ==, MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, "40 rows"));
  float value;
  g_assert_cmpint (backend->read (state, MOE_TENSOR_DW1, 0, 1, &value, &error), ==,
                   MOE_ERROR_INVALID);
  backend->close (state);

  problem.shape.tokens = problem.shape.hidden = SIZE_MAX / 4;
  MoeMemoryNeed need;
  g_assert_cmpint (backend->memory (&problem, &need, &error), ==, MOE_ERROR_INVALID);

  block.dtype = MOE_DTYPE_BFLOAT16;
  if (backend->supports (&block, &error) != MOE_OK)
    g_assert_cmpstr (error.option, ==, "dtype");
  backend->close (NULL);
  moe_routing_clear (&routing);
}

static void
test_cancelled (gconstpointer data)
{
  const MoeBackend *backend = data;
  MoeShape shape = { .tokens = 64, .hidden = 16, .mlp_dim = 16, .experts = 4 };
  MoeBlock block = { .shape = shape, .topk = 2, .impl = MOE_IMPL_FUSED_W13 };
  MoeRoutingSpec spec = { .tokens = 64, .experts = 4, .topk = 2 };
  MoeProblem problem = { .shape = shape, .max_topk = 2, .max_rows = 128, .threads = 2 };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  MoeCancel cancel;
  moe_cancel_init (&cancel);
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->open (&problem, &cancel, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->prepare (state, &block, &routing, NULL), ==, MOE_OK);
  moe_cancel_request (&cancel);
  g_assert_cmpint (backend->forward (state, NULL, NULL, NULL), ==, MOE_ERROR_CANCELLED);
  backend->close (state);
  state = NULL;
  g_assert_cmpint (backend->open (&problem, &cancel, &state, NULL), ==, MOE_ERROR_CANCELLED);
  g_assert_null (state);
  moe_routing_clear (&routing);
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
      backends[i]->facts (&facts);
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

static bool
supports_dtype (const MoeBackend *backend, MoeDtype dtype)
{
  MoeBlock block = { .shape = { .tokens = 1, .hidden = 1, .mlp_dim = 1, .experts = 1 },
                     .topk = 1,
                     .dtype = dtype,
                     .impl = MOE_IMPL_FUSED_W13 };
  return backend->supports (&block, NULL) == MOE_OK;
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

/* The forecast is what a sweep really takes, to within 5 %, steps included. */
static void
test_memory_forecast (gconstpointer data)
{
  const MoeBackend *backend = data;
  MoeShape shape = { .tokens = 8192, .hidden = 512, .mlp_dim = 256, .experts = 16 };
  MoeBlock block = {
    .shape = shape, .topk = 2, .pass = MOE_PASS_FORWARD_BACKWARD, .impl = MOE_IMPL_FUSED_W13
  };
  MoeRoutingSpec spec = { .tokens = 8192, .experts = 16, .topk = 2 };
  MoeProblem problem = {
    .shape = shape, .pass = block.pass, .max_topk = 2, .max_rows = 16384, .threads = 2
  };
  MoeRouting routing = { 0 };
  MoeBackendState *state = NULL;
  MoeMemoryNeed need;
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->memory (&problem, &need, NULL), ==, MOE_OK);
  g_assert_cmpuint (need.total_bytes, ==,
                    need.weights_bytes + need.gradients_bytes + need.activations_bytes);

  /* A first step lets the library take what it keeps for itself. */
  for (int trial = 0; trial < 2; trial++)
    {
      size_t before = resident_bytes ();
      g_assert_cmpint (backend->open (&problem, NULL, &state, NULL), ==, MOE_OK);
      g_assert_cmpint (backend->prepare (state, &block, &routing, NULL), ==, MOE_OK);
      g_assert_cmpint (backend->forward (state, NULL, NULL, NULL), ==, MOE_OK);
      g_assert_cmpint (backend->backward (state, NULL, NULL), ==, MOE_OK);
      double taken = (double)resident_bytes () - (double)before;
      if (trial == 1)
        {
          g_assert_cmpfloat (taken, >=, 0.95 * (double)need.total_bytes);
          /* A sanitizer's shadow of the memory is resident too. */
          if (!MOE_SANITIZED)
            g_assert_cmpfloat (taken, <=, 1.05 * (double)need.total_bytes);
        }
      backend->close (state);
    }
  moe_routing_clear (&routing);
}

/* Remat really lowers the memory, and refuses a load that would not fit what was taken. */
static void
test_remat_memory (gconstpointer data)
{
  const MoeBackend *backend = data;
  MoeProblem problem = { .shape = { .tokens = 4096, .hidden = 64, .mlp_dim = 64, .experts = 64 },
                         .pass = MOE_PASS_FORWARD_BACKWARD,
                         .max_topk = 4,
                         .max_rows = 4 * 4096,
                         .threads = 2 };
  MoeMemoryNeed none, combine, mlp;
  g_assert_cmpint (backend->memory (&problem, &none, NULL), ==, MOE_OK);
  problem.remat_mode = MOE_REMAT_COMBINE;
  g_assert_cmpint (backend->memory (&problem, &combine, NULL), ==, MOE_OK);
  problem.remat_mode = MOE_REMAT_EXPERT_MLP;
  g_assert_cmpint (backend->memory (&problem, &mlp, NULL), ==, MOE_OK);
  g_assert_cmpuint (combine.activations_bytes * 10, <, none.activations_bytes * 8);
  g_assert_cmpuint (mlp.activations_bytes * 10, <, none.activations_bytes * 5);

  /* Every token goes to expert 0. */
  MoeRouting routing = { .tokens = 4096, .experts = 64, .topk = 1, .real_assignments = 4096 };
  g_autofree int32_t *idx = g_new0 (int32_t, 4096);
  g_autofree float *weights = g_new0 (float, 4096);
  routing.topk_idx = idx;
  routing.topk_weights = weights;
  MoeBlock block = { .shape = problem.shape,
                     .topk = 1,
                     .pass = problem.pass,
                     .impl = MOE_IMPL_FUSED_W13,
                     .remat_mode = MOE_REMAT_EXPERT_MLP };
  MoeBackendState *state = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (backend->open (&problem, NULL, &state, NULL), ==, MOE_OK);
  g_assert_cmpint (backend->prepare (state, &block, &routing, &error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.option, ==, "remat-mode");
  g_assert_nonnull (strstr (error.message, "4096 rows"));
  backend->close (state);
}

static void
add_subject (const char *name, const MoeBackend *backend, GTestDataFunc function)
{
  g_autofree char *path = g_strdup_printf ("/backend/%s/%s", backend->name, name);
  g_test_add_data_func (path, backend, function);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/registry", test_registry);
  size_t n;
  const MoeBackend *const *backends = moe_backends (&n);
  for (size_t i = 0; i < n; i++)
    {
      if (backends[i]->probe (NULL) != MOE_OK)
        continue; /* not usable on this machine; the registry's own test tells why */
      for (int dtype = 0; dtype < (int)moe_dtype_names.n; dtype++)
        if (supports_dtype (backends[i], (MoeDtype)dtype))
          {
            add_grid (backends[i], (MoeDtype)dtype);
            add_edges (backends[i], (MoeDtype)dtype);
          }
      add_subject ("repeatable", backends[i], test_repeatable);
      add_subject ("spot-check", backends[i], test_spot_check);
      add_subject ("stage-times", backends[i], test_stage_times);
      add_subject ("memory-forecast", backends[i], test_memory_forecast);
      add_subject ("remat-memory", backends[i], test_remat_memory);
      add_subject ("refusals", backends[i], test_refusals);
      add_subject ("cancelled", backends[i], test_cancelled);
    }
  return g_test_run ();
}
