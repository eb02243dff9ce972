/* SPDX-License-Identifier: Apache-2.0 */
/* Rank 0 leads and the others serve, as threads: what is asked of the one backend happens on all
 * ranks, and what goes wrong on one of them is known on rank 0. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/backends/ranks/lead.h"
#include "engine/backends/ranks/serve.h"
#include "engine/draw/sampling.h"
#include "tests/ranks/ranked-backend.h"
#include "tests/ranks/thread-transport.h"

typedef void (*LeadFunction) (MoeRanks *ranks, const MoeBackend *backend);

typedef struct Rank
{
  ThreadHub *hub;
  size_t rank;
  LeadFunction lead;
  MoeCancel *cancel;
} Rank;

static const MoeBackend *
find_ranked (const char *name, MoeDtype dtype, MoeError *error)
{
  g_assert_cmpint (dtype, ==, MOE_DTYPE_BFLOAT16);
  if (strcmp (name, "ranked") == 0)
    return &ranked_backend;
  moe_error_set (error, MOE_ERROR_UNSUPPORTED, "there is no %s here", name);
  return NULL;
}

static size_t
some_memory (void)
{
  return 12000;
}

static gpointer
rank_main (gpointer data)
{
  static const MoeServeHost host = { find_ranked, some_memory };
  Rank *r = data;
  MoePeer peer;
  MoeRanks *ranks = NULL;
  moe_peer_self (&peer);
  if (r->rank == 3)
    peer.machine[0] ^= 1; /* alone on another machine */
  g_assert_cmpint (
      moe_ranks_new (thread_transport_new (r->hub, r->rank), &peer, r->cancel, &ranks, NULL), ==,
      MOE_OK);
  if (r->rank == 0)
    {
      r->lead (ranks, moe_lead (ranks, &ranked_backend));
      g_assert_cmpint (moe_lead_quit (ranks, NULL), ==, MOE_OK);
    }
  else
    g_assert_cmpint (moe_serve (ranks, &host, r->cancel, NULL), ==, MOE_OK);
  moe_ranks_free (ranks, true);
  return NULL;
}

static MoeCancel cancels[RANKED_MAX];

static void
run_ranks (size_t size, LeadFunction lead)
{
  ThreadHub *hub = thread_hub_new (size);
  GThread *threads[RANKED_MAX];
  Rank ranks[RANKED_MAX];
  memset (ranked_log, 0, sizeof ranked_log);
  for (size_t i = 0; i < size; i++)
    {
      moe_cancel_init (&cancels[i]);
      ranks[i] = (Rank){ hub, i, lead, &cancels[i] };
      threads[i] = g_thread_new ("rank", rank_main, &ranks[i]);
    }
  for (size_t i = 0; i < size; i++)
    g_thread_join (threads[i]);
  g_assert_cmpuint (thread_hub_stopped_together (hub), ==, size);
  thread_hub_free (hub);
  for (size_t i = 0; i < size; i++)
    g_assert_cmpuint (ranked_log[i].opened, ==, ranked_log[i].closed);
}

static MoeProblem
problem_of (size_t shards, MoeEpCommPath path)
{
  return (MoeProblem){
    .shape = { .tokens = 24, .hidden = 5, .mlp_dim = 3, .experts = 12, .shared_dim = 2 },
    .choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16,
    .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
    .max_topk = 2,
    .max_rows = 48,
    .choice[MOE_CHOICE_PARALLEL_MODE] = shards > 1 ? MOE_PARALLEL_EP : MOE_PARALLEL_NONE,
    .choice[MOE_CHOICE_EP_COMM_PATH] = path,
    .ep_size = shards,
    .threads = 1,
  };
}

static MoeBlock
block_of (const MoeProblem *problem)
{
  return (MoeBlock){ .shape = problem->shape,
                     .topk = 2,
                     .choice[MOE_CHOICE_DTYPE] = problem->choice[MOE_CHOICE_DTYPE],
                     .choice[MOE_CHOICE_PASS] = problem->choice[MOE_CHOICE_PASS],
                     .choice[MOE_CHOICE_PARALLEL_MODE] = problem->choice[MOE_CHOICE_PARALLEL_MODE],
                     .ep_size = problem->ep_size };
}

static MoeRouting
sample_routing (size_t topk)
{
  MoeRoutingSpec spec = { .tokens = 24,
                          .experts = 12,
                          .topk = topk,
                          .null_target = 0.4,
                          .keeps_null_weights = true,
                          .seed = 3 };
  MoeRouting routing;
  g_assert_cmpint (moe_routing_sample (&spec, &routing, NULL), ==, MOE_OK);
  return routing;
}

static MoeBackendState *
open_state (const MoeBackend *backend, const MoeProblem *problem)
{
  MoeBackendState *state = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (backend->open (problem, &cancels[0], &state, &error), ==, MOE_OK);
  return state;
}

static void
prepare_state (const MoeBackend *backend, MoeBackendState *state, const MoeProblem *problem)
{
  MoeRouting routing = sample_routing (2);
  MoeBlock block = block_of (problem);
  g_assert_cmpint (backend->prepare (state, &block, &routing, NULL), ==, MOE_OK);
  moe_routing_clear (&routing);
}

/* Stage times are means, bytes and losses sums. */
static void
check_steps (const MoeBackend *backend, MoeBackendState *state, size_t size)
{
  MoeStageTimes times = { .time_s = { [MOE_STAGE_UP] = 100 }, .comm_bytes = 7 };
  double loss = NAN;
  double bytes = 2.0 * (double)(size - 1) * 100 * sizeof (float);
  double mean = (double)(size + 1) / 2;
  g_assert_cmpint (backend->forward (state, &times, &loss, NULL), ==, MOE_OK);
  g_assert_cmpfloat (loss, ==, ranked_loss (size));
  g_assert_cmpfloat_with_epsilon (times.time_s[MOE_STAGE_UP], 100 + mean, 1e-9);
  g_assert_cmpfloat (times.comm_bytes, ==, 7 + bytes);
  g_assert_cmpint (backend->backward (state, &times, NULL), ==, MOE_OK);
  g_assert_cmpfloat_with_epsilon (times.time_s[MOE_STAGE_UP], 100 + 2 * mean, 1e-9);
  g_assert_cmpfloat (times.comm_bytes, ==, 7 + 2 * bytes);
  g_assert_cmpint (backend->forward (state, NULL, NULL, NULL), ==, MOE_OK);
}

static void
lead_steps (MoeRanks *ranks, const MoeBackend *backend)
{
  size_t size = moe_ranks_size (ranks);
  MoeProblem problem = problem_of (size, MOE_EP_COMPACT_PSUM);
  MoeBackendState *state = open_state (backend, &problem);
  MoeTrace trace = { 0 };
  prepare_state (backend, state, &problem);
  prepare_state (backend, state, &problem);
  backend->poison (state);
  check_steps (backend, state, size);
  backend->trace (state, &trace);
  backend->close (state);
  backend->close (NULL);
}

static void
test_steps (void)
{
  MoeRouting routing = sample_routing (2);
  int64_t idx_sum = 0;
  double weight_sum = 0;
  for (size_t i = 0; i < 48; i++)
    {
      idx_sum += routing.topk_idx[i];
      weight_sum += (double)routing.topk_weights[i];
      weight_sum += (double)routing.null_weights[i];
    }
  moe_routing_clear (&routing);
  for (size_t size = 1; size <= 4; size++)
    {
      run_ranks (size, lead_steps);
      for (size_t i = 0; i < size; i++)
        {
          g_assert_cmpuint (ranked_log[i].opened, ==, 1);
          g_assert_cmpuint (ranked_log[i].prepared, ==, 2);
          g_assert_cmpuint (ranked_log[i].forwards, ==, 2);
          g_assert_cmpuint (ranked_log[i].backwards, ==, 1);
          g_assert_cmpuint (ranked_log[i].poisoned, ==, 1);
          g_assert_cmpuint (ranked_log[i].traced, ==, i == 0);
          g_assert_cmpint (ranked_log[i].idx_sum, ==, idx_sum);
          g_assert_cmpfloat (ranked_log[i].weight_sum, ==, weight_sum);
        }
    }
}

static void
read_all (const MoeBackend *backend, MoeBackendState *state, const MoeShape *shape)
{
  for (int t = 0; t < MOE_N_TENSORS; t++)
    {
      MoeTensor tensor = (MoeTensor)t;
      size_t n = moe_tensor_elements (tensor, shape);
      g_autofree float *out = g_new0 (float, n);
      for (size_t first = 0; first < n; first += 1 + n / 7)
        {
          g_assert_cmpint (backend->read (state, tensor, first, n - first, out, NULL), ==, MOE_OK);
          for (size_t i = first; i < n; i++)
            g_assert_cmpfloat (out[i - first], ==, ranked_value (tensor, i));
          g_assert_cmpint (backend->read (state, tensor, first, 1, out, NULL), ==, MOE_OK);
          g_assert_cmpfloat (out[0], ==, ranked_value (tensor, first));
        }
    }
}

/* Every element is fetched from the rank that holds it. */
static void
lead_reads (MoeRanks *ranks, const MoeBackend *backend)
{
  for (int path = 0; path < (int)moe_choices[MOE_CHOICE_EP_COMM_PATH].names.n; path++)
    {
      MoeProblem problem = problem_of (moe_ranks_size (ranks), (MoeEpCommPath)path);
      MoeBackendState *state = open_state (backend, &problem);
      read_all (backend, state, &problem.shape);
      backend->close (state);
    }
}

static void
test_reads (void)
{
  for (size_t size = 1; size <= 4; size++)
    run_ranks (size, lead_reads);
}

static const char *const functions[] = { "open", "prepare", "forward", "backward", "read" };

static MoeStatus
call_until_failure (const MoeBackend *backend, const MoeProblem *problem, MoeError *error)
{
  MoeBackendState *state = NULL;
  MoeBlock block = block_of (problem);
  MoeRouting routing = sample_routing (2);
  MoeStageTimes times = { 0 };
  size_t n = moe_tensor_elements (MOE_TENSOR_W2, &problem->shape);
  g_autofree float *out = g_new (float, n);
  MoeStatus status = backend->open (problem, &cancels[0], &state, error);
  if (status == MOE_OK)
    status = backend->prepare (state, &block, &routing, error);
  if (status == MOE_OK)
    status = backend->forward (state, &times, NULL, error);
  if (status == MOE_OK)
    status = backend->backward (state, &times, error);
  if (status == MOE_OK)
    status = backend->read (state, MOE_TENSOR_W2, 0, n, out, error);
  backend->close (state);
  moe_routing_clear (&routing);
  return status;
}

/* An error of any rank reaches rank 0 with its name, and the ranks go on. */
static void
lead_failures (MoeRanks *ranks, const MoeBackend *backend)
{
  size_t size = moe_ranks_size (ranks);
  MoeProblem problem = problem_of (size, MOE_EP_COMPACT_PSUM);
  g_autofree char *expected = ranked_failure.rank == 0
                                  ? g_strdup_printf ("%s failed here", ranked_failure.function)
                                  : g_strdup_printf ("Rank %zu: %s failed here",
                                                     ranked_failure.rank, ranked_failure.function);
  MoeError error = { 0 };
  g_assert_cmpint (call_until_failure (backend, &problem, &error), ==, ranked_failure.status);
  g_assert_cmpstr (error.message, ==, expected);
  g_assert_cmpint (moe_ranks_status (ranks, NULL), ==, MOE_OK);
}

static void
test_failures (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (functions); i++)
    for (size_t rank = 0; rank < 3; rank++)
      {
        ranked_failure = (RankedFailure){ functions[i], rank, MOE_ERROR_MEMORY };
        run_ranks (3, lead_failures);
        ranked_failure = (RankedFailure){ .function = "" };
      }
}

/* A stop on rank 1 ends the step everywhere; afterwards all can go on. */
static void
lead_stopped (MoeRanks *ranks, const MoeBackend *backend)
{
  MoeProblem problem = problem_of (moe_ranks_size (ranks), MOE_EP_COMPACT_PSUM);
  MoeBackendState *state = open_state (backend, &problem);
  MoeError error = { 0 };
  prepare_state (backend, state, &problem);
  for (size_t rank = 0; rank < moe_ranks_size (ranks); rank++)
    {
      moe_cancel_request (&cancels[rank]);
      g_assert_cmpint (backend->forward (state, NULL, NULL, &error), ==, MOE_ERROR_CANCELLED);
      g_assert_nonnull (strstr (error.message, "stopped in the middle of a step"));
      g_assert_cmpint (backend->backward (state, NULL, NULL), ==, MOE_ERROR_CANCELLED);
      atomic_store (&cancels[rank].requested, false);
      g_assert_cmpint (backend->forward (state, NULL, NULL, &error), ==, MOE_OK);
    }
  backend->close (state);
}

static void
test_stopped (void)
{
  run_ranks (3, lead_stopped);
}

static void
lead_facts (MoeRanks *ranks, const MoeBackend *backend)
{
  size_t size = moe_ranks_size (ranks), bytes = 0;
  MoeBackendFacts facts;
  MoeMemoryNeed need;
  MoeProblem problem = problem_of (size, MOE_EP_COMPACT_PSUM);
  backend->facts (0, &facts);
  g_autofree char *device = g_strdup_printf ("CPU, %zu ranks (threads)", size);
  g_assert_cmpstr (facts.device, ==, device);
  g_assert_cmpstr (backend->name, ==, "ranked");
  g_assert_cmpint (backend->probe (NULL), ==, MOE_OK);

  g_assert_cmpint (backend->memory (&problem, &need, NULL), ==, MOE_OK);
  g_assert_cmpuint (need.total_bytes, ==, size > 1 ? 1000 : 4000);
  g_assert_cmpint (moe_lead_available_memory (ranks, some_memory, &bytes, NULL), ==, MOE_OK);
  g_assert_cmpuint (bytes, ==, 12000 / MIN (size, 3)); /* three of four share a machine */
}

static void
test_facts (void)
{
  run_ranks (1, lead_facts);
  run_ranks (2, lead_facts);
  run_ranks (4, lead_facts);
}

static void
lead_refusals (MoeRanks *ranks, const MoeBackend *backend)
{
  MoeProblem problem = problem_of (2, MOE_EP_COMPACT_PSUM);
  MoeBlock block = block_of (&problem);
  MoeBackendState *state = NULL;
  MoeError error = { 0 };
  g_assert_cmpuint (moe_ranks_size (ranks), ==, 3);
  g_assert_cmpint (backend->supports (&block, &error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.option, ==, "ep-size");
  g_assert_cmpstr (error.message, ==,
                   "--ep-size 2: there are 3 ranks, each of them one shard; allowed is 3.");
  g_assert_cmpint (backend->open (&problem, NULL, &state, &error), ==, MOE_ERROR_UNSUPPORTED);
  g_assert_null (state);
  block.ep_size = 3;
  g_assert_cmpint (backend->supports (&block, &error), ==, MOE_OK);

  problem = problem_of (3, MOE_EP_COMPACT_PSUM);
  state = open_state (backend, &problem);
  MoeRouting routing = sample_routing (3);
  block = block_of (&problem);
  g_assert_cmpint (backend->prepare (state, &block, &routing, &error), ==, MOE_ERROR_INVALID);
  moe_routing_clear (&routing);
  backend->close (state);
}

static void
test_refusals (void)
{
  run_ranks (3, lead_refusals);
}

/* Without expert parallelism rank 0 works alone. */
static void
lead_alone (MoeRanks *ranks, const MoeBackend *backend)
{
  MoeProblem problem = problem_of (1, MOE_EP_COMPACT_PSUM);
  MoeBackendState *state = open_state (backend, &problem);
  g_assert_cmpuint (moe_ranks_size (ranks), ==, 3);
  prepare_state (backend, state, &problem);
  check_steps (backend, state, 1);
  read_all (backend, state, &problem.shape);
  backend->poison (state);
  backend->close (state);
}

static void
test_alone (void)
{
  run_ranks (3, lead_alone);
  g_assert_cmpuint (ranked_log[0].opened, ==, 1);
  g_assert_cmpuint (ranked_log[1].opened + ranked_log[2].opened, ==, 0);
}

/* A backend that another rank lacks. */
static void
lead_unknown (MoeRanks *ranks, const MoeBackend *backend)
{
  MoeBackend other = ranked_backend;
  other.name = "rare";
  (void)backend;
  MoeProblem problem = problem_of (moe_ranks_size (ranks), MOE_EP_COMPACT_PSUM);
  MoeBackendState *state = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (moe_lead (ranks, &other)->open (&problem, NULL, &state, &error), ==,
                   MOE_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error.message, ==, "Rank 1: there is no rare here");
  g_assert_null (state);
}

static void
test_unknown (void)
{
  run_ranks (2, lead_unknown);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lead/steps", test_steps);
  g_test_add_func ("/lead/reads", test_reads);
  g_test_add_func ("/lead/failures", test_failures);
  g_test_add_func ("/lead/stopped", test_stopped);
  g_test_add_func ("/lead/facts", test_facts);
  g_test_add_func ("/lead/refusals", test_refusals);
  g_test_add_func ("/lead/alone", test_alone);
  g_test_add_func ("/lead/unknown-backend", test_unknown);
  return g_test_run ();
}
