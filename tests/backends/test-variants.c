/* SPDX-License-Identifier: Apache-2.0 */
/* Every way of SPEC 4 to compute the block, and expert parallelism within one process, on every
 * backend against the double-precision reference: poisoned steps of small blocks with sides that
 * divide nothing. */
#include <glib.h>

#include "engine/backends/backend.h"
#include "engine/base/target.h"
#include "engine/bench/verify.h"
#include "engine/moe/capacity.h"

#include "tests/backends/host-gpu.h"

#include <math.h>

typedef struct Subject
{
  const MoeBackend *backend;
  MoeBlock block;
  double fraction;
  MoeNullMode mode;
  MoeNullGranularity granularity;
  MoeKRule rule;
  MoeNullTokens tokens;
  MoeDistribution distribution;
  size_t threads;
} Subject;

static MoeRoutingSpec
routing_of (const Subject *s, uint64_t seed)
{
  return (MoeRoutingSpec){ .tokens = s->block.shape.tokens,
                           .experts = s->block.shape.experts,
                           .topk = s->block.topk,
                           .distribution = s->distribution,
                           .run_alpha = 0.8,
                           .run_noise_scale = 0.35,
                           .zipf_exponent = 1,
                           .k_rule = s->rule,
                           .tile = 8,
                           .null_mode = s->mode,
                           .null_granularity = s->granularity,
                           .null_tokens = s->tokens,
                           .null_target = s->fraction,
                           .seed = seed,
                           .null_seed = seed + 1 };
}

static void
test_subject (gconstpointer data)
{
  const Subject *s = data;
  MoeRoutingSpec routing = routing_of (s, 5);
  MoeVerifyResult result;
  MoeError error = { 0 };
  MoeStatus status =
      moe_verify_block (s->backend, 0, &s->block, &routing, 7, s->threads, &result, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpint (status, ==, MOE_OK);
  g_assert_cmpfloat (result.worst, <=,
                     moe_verify_tolerance (s->block.choice[MOE_CHOICE_DTYPE], &s->block.shape));
  g_assert_cmpint (isnan (result.error[MOE_TENSOR_DW2]), ==,
                   s->block.choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD);
  g_assert_cmpint (isnan (result.error[MOE_TENSOR_DSW2]), ==,
                   s->block.choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD
                       || s->block.shape.shared_dim == 0);
}

/* Sanitizers slow everything down many times: they get every fifth case, which is still some of
 * every family. */
static void
add_subject (const char *family, const Subject *s)
{
  static size_t n;
  MoeError error = { 0 };
  if (MOE_SANITIZED && n++ % 5 != 0)
    return;
  const MoeBlock *b = &s->block;
  /* What a backend does not compute it says, and why. */
  if (s->backend->supports (b, &error) != MOE_OK)
    {
      g_assert_nonnull (error.option);
      return;
    }
  g_autofree char *path = g_strdup_printf (
      "/variants/%s/%s/%s/%s/%s/%s/%s/%s/f%.1f/%s-%s/%s%zu/S%zu%s/%s%zu/t%zu", family,
      s->backend->name, moe_choice_name (MOE_CHOICE_DTYPE, b->choice[MOE_CHOICE_DTYPE]),
      moe_choice_name (MOE_CHOICE_PASS, b->choice[MOE_CHOICE_PASS]),
      moe_choice_name (MOE_CHOICE_IMPL, b->choice[MOE_CHOICE_IMPL]),
      moe_choice_name (MOE_CHOICE_GROUPING, b->choice[MOE_CHOICE_GROUPING]),
      moe_choice_name (MOE_CHOICE_REMAT_MODE, b->choice[MOE_CHOICE_REMAT_MODE]),
      moe_choice_name (MOE_CHOICE_NULL_DISPATCH, b->choice[MOE_CHOICE_NULL_DISPATCH]), s->fraction,
      moe_choice_name (MOE_CHOICE_PACK_STRATEGY, b->choice[MOE_CHOICE_PACK_STRATEGY]),
      moe_choice_name (MOE_CHOICE_PERMUTE_MODE, b->choice[MOE_CHOICE_PERMUTE_MODE]),
      moe_choice_name (MOE_CHOICE_CAPACITY_POLICY, b->choice[MOE_CHOICE_CAPACITY_POLICY]),
      b->capacity, b->shape.shared_dim, b->choice[MOE_CHOICE_SHARED_FUSED] ? "f" : "",
      moe_choice_name (MOE_CHOICE_EP_COMM_PATH, b->choice[MOE_CHOICE_EP_COMM_PATH]), b->ep_size,
      s->threads);
  g_test_add_data_func_full (path, g_memdup2 (s, sizeof *s), test_subject, g_free);
}

static Subject
plain (const MoeBackend *backend, MoeDtype dtype)
{
  return (Subject){ .backend = backend,
                    .block = { .shape = { .tokens = 67, .hidden = 37, .mlp_dim = 29, .experts = 7 },
                               .topk = 3,
                               .choice[MOE_CHOICE_DTYPE] = dtype,
                               .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                               .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                               .ep_size = 1 },
                    .threads = 2 };
}

/* Implementations and groupings, with all that changes what they read and write. */
static void
add_impls (const MoeBackend *backend, MoeDtype dtype)
{
  static const double fractions[] = { 0, 0.5, 0.9 };
  Subject s = plain (backend, dtype);
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
      for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
           dispatch++)
        for (size_t f = 0; f < G_N_ELEMENTS (fractions); f++)
          for (int remat = 0; remat < (int)moe_choices[MOE_CHOICE_REMAT_MODE].names.n; remat++)
            {
              s.block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
              s.block.choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
              s.block.choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch;
              s.block.choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)remat;
              s.fraction = fractions[f];
              add_subject ("impl", &s);
            }
}

static void
add_shared (const MoeBackend *backend, MoeDtype dtype)
{
  Subject s = plain (backend, dtype);
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
      for (int fused = 0; fused < 2; fused++)
        for (int pass = 0; pass < (int)moe_choices[MOE_CHOICE_PASS].names.n; pass++)
          for (size_t wide = 0; wide < 2; wide++)
            {
              s.block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
              s.block.choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
              s.block.choice[MOE_CHOICE_PASS] = (MoePass)pass;
              s.block.choice[MOE_CHOICE_SHARED_FUSED] = fused != 0;
              s.block.shape.shared_dim = wide != 0 ? 131 : 11;
              s.fraction = 0.5;
              s.threads = 1 + wide;
              add_subject ("shared", &s);
            }
}

/* Orders, permutations and capacities; with remat, waves too. */
static void
add_orders (const MoeBackend *backend, MoeDtype dtype)
{
  static const double factors[] = { 0.1, 1.0, 2.5 };
  Subject s = plain (backend, dtype);
  for (int strategy = 0; strategy < (int)moe_choices[MOE_CHOICE_PACK_STRATEGY].names.n; strategy++)
    for (int permute = 0; permute < (int)moe_choices[MOE_CHOICE_PERMUTE_MODE].names.n; permute++)
      for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
        for (int remat = 0; remat < (int)moe_choices[MOE_CHOICE_REMAT_MODE].names.n; remat++)
          {
            MoeBlock *b = &s.block;
            b->choice[MOE_CHOICE_PACK_STRATEGY] = (MoePackStrategy)strategy;
            b->choice[MOE_CHOICE_PERMUTE_MODE] = (MoePermuteMode)permute;
            b->choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
            b->choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)remat;
            b->choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_NONE;
            b->capacity = 0;
            s.fraction = 0.4;
            b->choice[MOE_CHOICE_NULL_DISPATCH] =
                remat == 0 ? MOE_NULL_DISPATCH_CARRY : MOE_NULL_DISPATCH_COMPACT;
            add_subject ("order", &s);
            b->choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_REMAP;
            add_subject ("order-remap", &s);
            b->choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_COMPACT;
            s.fraction = 0;
            for (int policy = MOE_CAPACITY_DROP;
                 policy < (int)moe_choices[MOE_CHOICE_CAPACITY_POLICY].names.n; policy++)
              for (size_t f = 0; f < G_N_ELEMENTS (factors); f++)
                {
                  b->choice[MOE_CHOICE_CAPACITY_POLICY] = (MoeCapacityPolicy)policy;
                  b->capacity =
                      moe_capacity_rows (factors[f], b->shape.tokens, b->topk, b->shape.experts);
                  add_subject ("capacity", &s);
                }
          }
}

/* Pack and gather are done in prepare (): what is left must still be right. */
static void
add_prequeue (const MoeBackend *backend, MoeDtype dtype)
{
  Subject s = plain (backend, dtype);
  s.block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  s.block.choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
  s.fraction = 0.3;
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
      for (int permute = 0; permute < (int)moe_choices[MOE_CHOICE_PERMUTE_MODE].names.n; permute++)
        for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
             dispatch++)
          {
            s.block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
            s.block.choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
            s.block.choice[MOE_CHOICE_PERMUTE_MODE] = (MoePermuteMode)permute;
            s.block.choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch;
            s.block.choice[MOE_CHOICE_REMAT_MODE] =
                impl % 2 == 0 ? MOE_REMAT_NONE : MOE_REMAT_EXPERT_MLP;
            add_subject ("prequeue", &s);
          }
}

/* Rows enough for several waves of experts, and runs of tokens that crowd into few of them. */
static void
add_waves (const MoeBackend *backend, MoeDtype dtype)
{
  Subject s = plain (backend, dtype);
  s.block.shape = (MoeShape){ .tokens = 1500, .hidden = 24, .mlp_dim = 16, .experts = 16 };
  s.block.topk = 2;
  s.distribution = MOE_DISTRIBUTION_RUNS;
  for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
    for (int remat = 0; remat < (int)moe_choices[MOE_CHOICE_REMAT_MODE].names.n; remat++)
      for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
        {
          s.block.choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
          s.block.choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)remat;
          s.block.choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
          s.block.choice[MOE_CHOICE_PERMUTE_MODE] =
              impl % 2 == 0 ? MOE_PERMUTE_REPEAT_SORT : MOE_PERMUTE_DIRECT_TAKE;
          s.fraction = 0.3;
          s.block.shape.shared_dim = impl % 3 == 0 ? 20 : 0;
          add_subject ("waves", &s);
        }
}

static void
add_edges (const MoeBackend *backend, MoeDtype dtype)
{
  Subject s = plain (backend, dtype);
  for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
    for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
      {
        MoeBlock *b = &s.block;
        b->choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
        b->choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
        s.threads = 3;
        s.fraction = 0;
        b->shape = (MoeShape){ .tokens = 1, .hidden = 9, .mlp_dim = 5, .experts = 2 };
        b->shape.shared_dim = 1;
        b->topk = 2;
        add_subject ("tiny", &s);
        /* Many more null slots than real ones, and tokens that keep none; one slot, and all. */
        for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
             dispatch++)
          for (size_t k = 1; k <= 6; k += 5)
            {
              b->choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch;
              b->shape = (MoeShape){ .tokens = 130, .hidden = 21, .mlp_dim = 19, .experts = 6 };
              b->topk = k;
              s.fraction = 0.99;
              add_subject (k == 1 ? "nearly-all-null-of-one" : "nearly-all-null", &s);
            }
        b->choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_COMPACT;
        b->topk = 2;
        s.fraction = 0.9;
        b->shape = (MoeShape){ .tokens = 5, .hidden = 40, .mlp_dim = 20, .experts = 64 };
        add_subject ("empty-experts", &s);
        b->shape = (MoeShape){ .tokens = 300, .hidden = 270, .mlp_dim = 130, .experts = 3 };
        b->topk = 3;
        s.fraction = 0.2;
        add_subject ("every-expert", &s);
      }
}

/* Shards are groups of threads; the result is that of one. */
static void
add_shards (const MoeBackend *backend, MoeDtype dtype)
{
  static const size_t sizes[] = { 2, 3, 4, 12 };
  Subject s = plain (backend, dtype);
  MoeBlock *b = &s.block;
  b->shape = (MoeShape){ .tokens = 72, .hidden = 37, .mlp_dim = 29, .experts = 12 };
  b->choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
  for (int path = 0; path < (int)moe_choices[MOE_CHOICE_EP_COMM_PATH].names.n; path++)
    for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
        for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
          for (int shared = 0; shared < 2; shared++)
            {
              b->choice[MOE_CHOICE_EP_COMM_PATH] = (MoeEpCommPath)path;
              b->ep_size = sizes[i];
              b->choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
              b->choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
              b->shape.shared_dim = shared != 0 ? 13 : 0;
              b->choice[MOE_CHOICE_SHARED_FUSED] = impl % 2 == 0;
              b->choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)((impl + shared) % 3);
              b->choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)(impl % 3);
              b->choice[MOE_CHOICE_PERMUTE_MODE] =
                  impl == 4 ? MOE_PERMUTE_REPEAT_SORT : MOE_PERMUTE_DIRECT_TAKE;
              s.fraction = grouping == 0 ? 0.4 : 0;
              s.threads = sizes[i] + (size_t)shared;
              add_subject ("shards", &s);
            }
}

/* Weights packed before: in every layout, on every way through the experts, with few rows and many,
 * on shards, beside a shared expert, and where the queue is made before, too. */
static void
add_prepack (const MoeBackend *backend, MoeDtype dtype)
{
  Subject s = plain (backend, dtype);
  MoeBlock *b = &s.block;
  b->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  b->choice[MOE_CHOICE_PREPACK] = true;
  b->shape =
      (MoeShape){ .tokens = 67, .hidden = 137, .mlp_dim = 75, .experts = 6, .shared_dim = 70 };
  for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
    for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
      for (int fused = 0; fused < 2; fused++)
        for (int few = 0; few < 2; few++)
          for (size_t shards = 1; shards <= 2; shards++)
            {
              b->choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
              b->choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
              b->choice[MOE_CHOICE_SHARED_FUSED] = fused != 0;
              b->choice[MOE_CHOICE_QUEUE_MODE] = (MoeQueueMode)fused;
              b->choice[MOE_CHOICE_PARALLEL_MODE] =
                  shards > 1 ? MOE_PARALLEL_EP : MOE_PARALLEL_NONE;
              b->ep_size = shards;
              b->shape.tokens = few ? 4 : 67;
              s.fraction = few ? 0 : 0.3;
              s.threads = 2 + shards;
              add_subject ("prepack", &s);
            }
}

/* Where the last tokens are null, a shard may have nothing but such tokens; where they ride along,
 * all of their rows. */
static void
add_null_tokens (const MoeBackend *backend, MoeDtype dtype)
{
  Subject s = plain (backend, dtype);
  MoeBlock *b = &s.block;
  b->shape = (MoeShape){ .tokens = 400, .hidden = 12, .mlp_dim = 10, .experts = 12 };
  s.granularity = MOE_NULL_GRANULARITY_TOKEN;
  for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n; dispatch++)
    for (int tokens = 0; tokens < (int)moe_choices[MOE_CHOICE_NULL_TOKENS].names.n; tokens++)
      for (int path = -1; path < (int)moe_choices[MOE_CHOICE_EP_COMM_PATH].names.n; path++)
        for (int scatter = 0; scatter < 2; scatter++)
          {
            b->choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch;
            b->choice[MOE_CHOICE_PARALLEL_MODE] = path < 0 ? MOE_PARALLEL_NONE : MOE_PARALLEL_EP;
            b->choice[MOE_CHOICE_EP_COMM_PATH] = (uint8_t)(path < 0 ? 0 : path);
            b->choice[MOE_CHOICE_IMPL] = scatter ? MOE_IMPL_FAST : MOE_IMPL_PREWEIGHT;
            b->ep_size = path < 0 ? 1 : 4;
            s.tokens = (MoeNullTokens)tokens;
            s.fraction = scatter ? 0.5 : 0.85;
            s.threads = 4;
            add_subject (tokens == MOE_NULL_TOKENS_TAIL ? "null-tail" : "null-tokens", &s);
          }
}

/* What null slots add, in every way of combining rows and on shards. */
static void
add_kinds (const MoeBackend *backend, MoeDtype dtype)
{
  static const size_t sizes[] = { 1, 3, 4 };
  Subject s = plain (backend, dtype);
  MoeBlock *b = &s.block;
  size_t n = 0;
  b->shape = (MoeShape){ .tokens = 72, .hidden = 37, .mlp_dim = 29, .experts = 12 };
  for (int kind = MOE_NULL_KIND_COPY; kind < (int)moe_choices[MOE_CHOICE_NULL_KIND].names.n; kind++)
    for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
      for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
        for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
             dispatch++)
          for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++, n++)
            for (int path = 0; path < (sizes[i] > 1 ? 2 : 1); path++)
              {
                b->choice[MOE_CHOICE_NULL_KIND] = (MoeNullKind)kind;
                b->choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
                b->choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
                b->choice[MOE_CHOICE_NULL_DISPATCH] = (MoeNullDispatch)dispatch;
                b->choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)(n % 3);
                b->choice[MOE_CHOICE_PERMUTE_MODE] = (MoePermuteMode)(n / 3 % 2);
                b->choice[MOE_CHOICE_PARALLEL_MODE] =
                    sizes[i] > 1 ? MOE_PARALLEL_EP : MOE_PARALLEL_NONE;
                b->choice[MOE_CHOICE_EP_COMM_PATH] = (MoeEpCommPath)path;
                b->ep_size = sizes[i];
                b->shape.shared_dim = n % 4 == 0 ? 13 : 0;
                s.fraction = 0.6;
                s.threads = sizes[i] + n % 2;
                b->choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_FULL;
                b->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
                add_subject (kind == MOE_NULL_KIND_COPY ? "copy" : "constant", &s);
                b->choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
                b->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
                if (grouping == 0)
                  add_subject (kind == MOE_NULL_KIND_COPY ? "copy-prequeue" : "constant-prequeue",
                               &s);
              }
}

/* Unlike numbers of experts for each token, in every way of ordering, computing and combining rows,
 * and on shards of which one may get next to nothing. */
static void
add_rules (const MoeBackend *backend, MoeDtype dtype)
{
  static const size_t sizes[] = { 1, 3, 4 };
  Subject s = plain (backend, dtype);
  MoeBlock *b = &s.block;
  size_t n = 0;
  b->shape = (MoeShape){ .tokens = 72, .hidden = 37, .mlp_dim = 29, .experts = 12 };
  for (int rule = MOE_K_RULE_TOP_P; rule < (int)moe_choices[MOE_CHOICE_K_RULE].names.n; rule++)
    for (int impl = 0; impl < (int)moe_choices[MOE_CHOICE_IMPL].names.n; impl++)
      for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
        for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++, n++)
          for (int path = 0; path < (sizes[i] > 1 ? 2 : 1); path++)
            {
              s.rule = (MoeKRule)rule;
              s.distribution = n % 2 == 0 ? MOE_DISTRIBUTION_ZIPF : MOE_DISTRIBUTION_RUNS;
              b->choice[MOE_CHOICE_K_RULE] = (uint8_t)rule;
              b->choice[MOE_CHOICE_IMPL] = (MoeImpl)impl;
              b->choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
              b->choice[MOE_CHOICE_REMAT_MODE] = (MoeRematMode)(n % 3);
              b->choice[MOE_CHOICE_PACK_STRATEGY] = (MoePackStrategy)(n / 3 % 3);
              b->choice[MOE_CHOICE_PARALLEL_MODE] =
                  sizes[i] > 1 ? MOE_PARALLEL_EP : MOE_PARALLEL_NONE;
              b->choice[MOE_CHOICE_EP_COMM_PATH] = (MoeEpCommPath)path;
              b->ep_size = sizes[i];
              b->shape.shared_dim = n % 4 == 0 ? 13 : 0;
              s.fraction = n % 5 == 0 ? 0 : 0.6;
              s.threads = sizes[i] + n % 2;
              b->choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_FULL;
              b->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
              add_subject (moe_choice_name (MOE_CHOICE_K_RULE, rule), &s);
              b->choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
              b->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
              g_autofree char *prequeue =
                  g_strconcat (moe_choice_name (MOE_CHOICE_K_RULE, rule), "-prequeue", NULL);
              if (grouping == 0)
                add_subject (prequeue, &s);
            }
}

/* Tokens that the shards do not divide, prequeued steps, and capacities on shards. */
static void
add_odd_shards (const MoeBackend *backend, MoeDtype dtype)
{
  Subject s = plain (backend, dtype);
  MoeBlock *b = &s.block;
  b->choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
  b->ep_size = 3;
  b->shape.experts = 6;
  b->shape.shared_dim = 9;
  s.threads = 3;
  add_subject ("odd-tokens", &s);
  b->shape.tokens = 2; /* fewer than shards */
  for (int grouping = 0; grouping < (int)moe_choices[MOE_CHOICE_GROUPING].names.n; grouping++)
    {
      b->choice[MOE_CHOICE_GROUPING] = (MoeGrouping)grouping;
      add_subject ("few-tokens", &s);
    }
  b->shape.tokens = 66;
  for (int path = 0; path < (int)moe_choices[MOE_CHOICE_EP_COMM_PATH].names.n; path++)
    {
      b->choice[MOE_CHOICE_EP_COMM_PATH] = (MoeEpCommPath)path;
      b->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
      b->choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_FULL;
      b->choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_DROP;
      b->capacity = 20;
      add_subject ("shards-capacity", &s);
      b->choice[MOE_CHOICE_CAPACITY_POLICY] = MOE_CAPACITY_NONE;
      b->capacity = 0;
      b->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
      b->choice[MOE_CHOICE_QUEUE_MODE] = MOE_QUEUE_MODE_PREQUEUE;
      add_subject ("shards-prequeue", &s);
    }
}

static bool
supports_dtype (const MoeBackend *backend, MoeDtype dtype)
{
  MoeBlock block = { .shape = { .tokens = 1, .hidden = 1, .mlp_dim = 1, .experts = 1 },
                     .topk = 1,
                     .choice[MOE_CHOICE_DTYPE] = dtype,
                     .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                     .ep_size = 1 };
  return backend->supports (&block, NULL) == MOE_OK;
}

static void
add_all (const MoeBackend *backend, MoeDtype dtype)
{
  add_impls (backend, dtype);
  add_prepack (backend, dtype);
  add_shared (backend, dtype);
  add_orders (backend, dtype);
  add_prequeue (backend, dtype);
  add_waves (backend, dtype);
  add_edges (backend, dtype);
  add_shards (backend, dtype);
  add_odd_shards (backend, dtype);
  add_null_tokens (backend, dtype);
  add_kinds (backend, dtype);
  add_rules (backend, dtype);
}

static void
add_dtypes (const MoeBackend *backend)
{
  for (int dtype = 0; dtype < (int)moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
    if (supports_dtype (backend, (MoeDtype)dtype))
      add_all (backend, (MoeDtype)dtype);
}

int
main (int argc, char **argv)
{
  size_t n;
  const MoeBackend *const *backends = moe_backends (&n);
  g_test_init (&argc, &argv, NULL);

  for (size_t i = 0; i < n; i++)
    if (backends[i]->probe (NULL) == MOE_OK) /* if not, test-backend asserts that it says why */
      add_dtypes (backends[i]);
  add_dtypes (&host_gpu_backend);
  return g_test_run ();
}
