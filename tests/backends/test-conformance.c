/* SPDX-License-Identifier: Apache-2.0 */
/* The one test that every backend must pass: poisoned steps of many small blocks against the
 * double-precision reference. */
#include <glib.h>

#include "engine/backends/backend.h"
#include "engine/base/target.h"
#include "engine/bench/verify.h"
#include "engine/draw/given.h"
#include "engine/draw/k-rules.h"

#include "tests/backends/host-gpu.h"

#include <math.h>
#include <string.h>

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
  MoeNullGranularity granularity;
  MoeKRule rule;
  MoeNullTokens tokens;
  MoeNullKind kind;
  MoeDistribution distribution;
  const MoeGiven *given; /* of loads and trace */
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
                     .choice[MOE_CHOICE_DTYPE] = c->dtype,
                     .choice[MOE_CHOICE_PASS] = c->pass,
                     .choice[MOE_CHOICE_REMAT_MODE] = c->remat,
                     .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                     .choice[MOE_CHOICE_NULL_DISPATCH] = c->dispatch,
                     .choice[MOE_CHOICE_NULL_KIND] = c->kind,
                     .choice[MOE_CHOICE_K_RULE] = c->rule };
}

static MoeRoutingSpec
routing_of (const Case *c, uint64_t seed)
{
  return (MoeRoutingSpec){ .tokens = c->shape.tokens,
                           .experts = c->shape.experts,
                           .topk = c->topk,
                           .distribution = c->distribution,
                           .run_alpha = 0.8,
                           .run_noise_scale = 0.35,
                           .zipf_exponent = 1.2,
                           .hot_experts = c->topk,
                           .hot_share = 0.7,
                           .given = c->given,
                           .k_rule = c->rule,
                           .tile = c->shape.tokens > 8 ? 8 : 1,
                           .null_mode = c->mode,
                           .null_granularity = c->granularity,
                           .null_tokens = c->tokens,
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
      MoeStatus status = moe_verify_block (subject->backend, 0, &block, &routing, seed, c->threads,
                                           &result, &error);
      g_assert_cmpstr (error.message, ==, "");
      g_assert_cmpint (status, ==, MOE_OK);
      g_assert_cmpfloat (result.worst, <=,
                         moe_verify_tolerance (block.choice[MOE_CHOICE_DTYPE], &block.shape));
      g_assert_false (isnan (result.error[MOE_TENSOR_Y]));
      g_assert_cmpint (isnan (result.error[MOE_TENSOR_DW2]), ==, c->pass == MOE_PASS_FORWARD);
      g_assert_cmpint (isnan (result.error[MOE_TENSOR_DV]), ==,
                       c->pass == MOE_PASS_FORWARD || c->kind != MOE_NULL_KIND_CONSTANT);
    }
}

static void
add_case (const MoeBackend *backend, Case c)
{
  Subject *subject = g_new (Subject, 1);
  *subject = (Subject){ backend, c };
  g_autofree char *path =
      g_strdup_printf ("/conformance/%s/%s/%s/%s/%s/%s/%s/%s/%s/k%zu/f%.2f/%s/%s/t%zu",
                       backend->name, moe_choice_name (MOE_CHOICE_DTYPE, c.dtype), c.name,
                       moe_choice_name (MOE_CHOICE_REMAT_MODE, c.remat),
                       moe_choice_name (MOE_CHOICE_NULL_MODE, c.mode),
                       moe_choice_name (MOE_CHOICE_NULL_DISPATCH, c.dispatch),
                       moe_choice_name (MOE_CHOICE_NULL_KIND, c.kind),
                       moe_choice_name (MOE_CHOICE_DISTRIBUTION, c.distribution),
                       moe_choice_name (MOE_CHOICE_K_RULE, c.rule), c.topk, c.fraction,
                       c.renormalize ? "renormalised" : "plain",
                       moe_choice_name (MOE_CHOICE_PASS, c.pass), c.threads);
  g_test_add_data_func_full (path, subject, test_case, g_free);
}

/* One of many that differ by a loop's turn.  Sanitizers slow everything down many times: they get
 * every seventh, and as no loop has a multiple of seven turns, some with each value of each. */
static void
add_one_of_many (const MoeBackend *backend, Case c)
{
  static size_t n;
  if (!MOE_SANITIZED || n++ % 7 == 0)
    add_case (backend, c);
}

/* Every mode, dispatch, fraction and renormalisation on one shape whose sides divide nothing. */
static void
add_grid (const MoeBackend *backend, MoeDtype dtype)
{
  const double fractions[] = { 0, 0.1, 0.5, 0.9, 0.99 };
  const size_t topks[] = { 1, 3, 7 };
  for (int mode = 0; mode < (int)moe_choices[MOE_CHOICE_NULL_MODE].names.n; mode++)
    for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
         dispatch++)
      for (size_t f = 0; f < G_N_ELEMENTS (fractions); f++)
        for (size_t k = 0; k < G_N_ELEMENTS (topks); k++)
          for (int renormalize = 0; renormalize < 2; renormalize++)
            add_one_of_many (backend,
                             (Case){ "odd-sides",
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
  for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n; dispatch++)
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

      /* Rows per expert large enough to be cut into several tiles, columns into several slices:
       * the dearest of all, so each dispatch has one number of threads. */
      c.name = "split-tiles";
      c.shape = (MoeShape){ .tokens = 700, .hidden = 300, .mlp_dim = 130, .experts = 2 };
      c.topk = 1;
      c.threads = 1 + (size_t)dispatch;
      add_case (backend, c);

      /* Enough rows for several waves of experts, and of null rows. */
      c.name = "waves";
      c.shape = (MoeShape){ .tokens = 1500, .hidden = 24, .mlp_dim = 16, .experts = 16 };
      c.topk = 2;
      c.threads = 2;
      for (int remat = 0; remat < (int)moe_choices[MOE_CHOICE_REMAT_MODE].names.n; remat++)
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

      c.granularity = MOE_NULL_GRANULARITY_TOKEN;
      for (int tokens = 0; tokens < (int)moe_choices[MOE_CHOICE_NULL_TOKENS].names.n; tokens++)
        for (double fraction = 0.2; fraction < 1; fraction += 0.39)
          {
            c.name = tokens == MOE_NULL_TOKENS_TAIL ? "null-tail" : "null-tokens";
            c.tokens = (MoeNullTokens)tokens;
            c.fraction = fraction;
            add_case (backend, c);
          }
      c.granularity = MOE_NULL_GRANULARITY_SLOT;

      c.name = "forward-only";
      c.shape = (MoeShape){ .tokens = 130, .hidden = 33, .mlp_dim = 18, .experts = 6 };
      c.pass = MOE_PASS_FORWARD;
      add_case (backend, c);
    }
}

/* What null slots add: every kind beside every mode and dispatch, with slots of which all are null,
 * experts without tokens, tokens without experts, sides of one, and more null experts than slots.
 */
static void
add_kinds (const MoeBackend *backend, MoeDtype dtype)
{
  static const struct
  {
    const char *name;
    MoeShape shape;
    size_t topk;
  } shapes[] = {
    { "odd-sides", { .tokens = 67, .hidden = 37, .mlp_dim = 29, .experts = 7 }, 3 },
    { "one-token", { .tokens = 1, .hidden = 24, .mlp_dim = 16, .experts = 5 }, 2 },
    { "sides-of-one", { .tokens = 3, .hidden = 1, .mlp_dim = 1, .experts = 2 }, 1 },
    { "empty-experts", { .tokens = 6, .hidden = 40, .mlp_dim = 20, .experts = 64 }, 2 },
    { "wide", { .tokens = 140, .hidden = 530, .mlp_dim = 20, .experts = 3, .shared_dim = 9 }, 2 },
  };
  static const double fractions[] = { 0, 0.3, 0.5, 0.97 };
  for (int kind = MOE_NULL_KIND_COPY; kind < (int)moe_choices[MOE_CHOICE_NULL_KIND].names.n; kind++)
    for (int dispatch = 0; dispatch < (int)moe_choices[MOE_CHOICE_NULL_DISPATCH].names.n;
         dispatch++)
      for (int mode = 0; mode <= (int)moe_choices[MOE_CHOICE_NULL_MODE].names.n; mode++)
        for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
          {
            double fraction = fractions[(i + (size_t)mode) % G_N_ELEMENTS (fractions)];
            bool tokens = mode == (int)moe_choices[MOE_CHOICE_NULL_MODE].names.n;
            if (fraction == 0 && kind == MOE_NULL_KIND_CONSTANT)
              fraction = 0.7;
            add_one_of_many (backend,
                             (Case){ .name = shapes[i].name,
                                     .shape = shapes[i].shape,
                                     .topk = shapes[i].topk,
                                     .mode = tokens ? 0 : (MoeNullMode)mode,
                                     .granularity = tokens ? MOE_NULL_GRANULARITY_TOKEN : 0,
                                     .dispatch = (MoeNullDispatch)dispatch,
                                     .fraction = fraction,
                                     .renormalize = mode == 1,
                                     .pass = i == 1 ? MOE_PASS_FORWARD : MOE_PASS_FORWARD_BACKWARD,
                                     .threads = 1 + i % 3,
                                     .dtype = dtype,
                                     .kind = (MoeNullKind)kind });
          }
}

/* Tokens that take unlike numbers of experts: many, one, none; experts that get nobody; one token,
 * one row in all, sides of one, and every thread count up to the experts. */
static void
add_rules (const MoeBackend *backend, MoeDtype dtype)
{
  static const struct
  {
    const char *name;
    MoeShape shape;
    size_t topk;
  } shapes[] = {
    { "odd-sides", { .tokens = 67, .hidden = 37, .mlp_dim = 29, .experts = 7 }, 3 },
    { "one-token", { .tokens = 1, .hidden = 24, .mlp_dim = 16, .experts = 5 }, 2 },
    { "sides-of-one", { .tokens = 3, .hidden = 1, .mlp_dim = 1, .experts = 2 }, 1 },
    { "empty-experts", { .tokens = 19, .hidden = 40, .mlp_dim = 20, .experts = 70 }, 2 },
    { "wide", { .tokens = 140, .hidden = 530, .mlp_dim = 20, .experts = 9, .shared_dim = 9 }, 2 },
  };
  static const double fractions[] = { 0, 0.4, 0.97 };
  for (int rule = MOE_K_RULE_TOP_P; rule < (int)moe_choices[MOE_CHOICE_K_RULE].names.n; rule++)
    for (size_t f = 0; f < G_N_ELEMENTS (fractions); f++)
      for (size_t i = 0; i < G_N_ELEMENTS (shapes); i++)
        {
          Case c = { .name = shapes[i].name,
                     .shape = shapes[i].shape,
                     .topk = shapes[i].topk,
                     .rule = (MoeKRule)rule,
                     .fraction = fractions[f],
                     .remat = (MoeRematMode)((f + i) % 3),
                     .pass = MOE_PASS_FORWARD_BACKWARD,
                     .threads = 1 + (f + i) % 3,
                     .dtype = dtype };
          MoeRoutingSpec routing = routing_of (&c, 0);
          if (moe_k_rule_check (&routing, NULL) == MOE_OK)
            add_one_of_many (backend, c);
        }
}

/* Where routing comes from: what is drawn by some law, dealt by recorded loads or recorded, with
 * nulls and weights. */
static void
add_source (const MoeBackend *backend, Case c)
{
  static const double fractions[] = { 0, 0.5, 0.97 };
  for (int rule = 0; rule < (int)moe_choices[MOE_CHOICE_K_RULE].names.n; rule++)
    for (size_t f = 0; f < G_N_ELEMENTS (fractions); f++)
      {
        c.rule = (MoeKRule)rule;
        c.fraction = fractions[f];
        c.mode = (MoeNullMode)(rule == MOE_K_RULE_FIXED ? f : 0);
        c.dispatch = rule == MOE_K_RULE_FIXED ? (MoeNullDispatch)f : MOE_NULL_DISPATCH_COMPACT;
        c.threads = 1 + f;
        MoeRoutingSpec routing = routing_of (&c, 0);
        if (moe_k_rule_check (&routing, NULL) == MOE_OK)
          add_one_of_many (backend, c);
      }
}

/* As many rows as slots, most of them for two experts, and some experts without any. */
static const MoeGiven *
given_loads (void)
{
  static const char text[] = "model,tokens,topk,experts,rows\nx,67,3,7,67 60 40 30 4\n";
  static MoeGiven given;
  if (given.tokens == 0)
    g_assert_cmpint (moe_given_parse_loads (text, strlen (text), 1, &given, NULL), ==, MOE_OK);
  return &given;
}

/* Every fifth slot was null, and one token had nothing. */
static const MoeGiven *
given_trace (void)
{
  static MoeGiven given;
  const MoeGivenAsk ask = { .distribution = MOE_DISTRIBUTION_TRACE };
  g_autoptr (GString) text = g_string_new ("token,layer,slot,expert,weight\n");
  if (given.tokens > 0)
    return &given;
  for (int t = 0; t < 67; t++)
    for (int j = 0; j < 3; j++)
      {
        bool null = t == 11 || (t * 3 + j) % 5 == 0;
        g_string_append_printf (text, "%d,0,%d,%d,0.%d\n", t, j, null ? -1 : (t * t + j) % 7,
                                1 + (t + j) % 9);
      }
  g_assert_cmpint (moe_given_parse_trace (text->str, text->len, &ask, &given, NULL), ==, MOE_OK);
  return &given;
}

static void
add_sources (const MoeBackend *backend, MoeDtype dtype)
{
  Case c = { .name = "sources",
             .shape = { .tokens = 67, .hidden = 37, .mlp_dim = 29, .experts = 7 },
             .topk = 3,
             .pass = MOE_PASS_FORWARD_BACKWARD,
             .dtype = dtype };
  for (int d = 0; d < (int)moe_choices[MOE_CHOICE_DISTRIBUTION].names.n; d++)
    {
      c.distribution = (MoeDistribution)d;
      c.given = d == MOE_DISTRIBUTION_LOADS   ? given_loads ()
                : d == MOE_DISTRIBUTION_TRACE ? given_trace ()
                                              : NULL;
      add_source (backend, c);
    }
}

static bool
supports_dtype (const MoeBackend *backend, MoeDtype dtype)
{
  MoeBlock block = { .shape = { .tokens = 1, .hidden = 1, .mlp_dim = 1, .experts = 1 },
                     .topk = 1,
                     .choice[MOE_CHOICE_DTYPE] = dtype,
                     .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13 };
  return backend->supports (&block, NULL) == MOE_OK;
}

static void
add_all (const MoeBackend *backend)
{
  for (int dtype = 0; dtype < (int)moe_choices[MOE_CHOICE_DTYPE].names.n; dtype++)
    if (supports_dtype (backend, (MoeDtype)dtype))
      {
        add_grid (backend, (MoeDtype)dtype);
        add_edges (backend, (MoeDtype)dtype);
        add_kinds (backend, (MoeDtype)dtype);
        add_rules (backend, (MoeDtype)dtype);
        add_sources (backend, (MoeDtype)dtype);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  size_t n;
  const MoeBackend *const *backends = moe_backends (&n);
  for (size_t i = 0; i < n; i++)
    if (backends[i]->probe (NULL) == MOE_OK) /* if not, test-backend asserts that it says why */
      add_all (backends[i]);
  add_all (&host_gpu_backend);
  return g_test_run ();
}
