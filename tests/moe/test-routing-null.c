/* SPDX-License-Identifier: Apache-2.0 */
/* What each null mode promises (SPEC 2): the fraction, the pattern within a token, the
 * chances that SPEC prints, and the edges. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/draw/null-slots.h"
#include "engine/draw/sampling.h"
#include "engine/moe/rng.h"
#include "engine/moe/routing.h"
#include "tests/moe/draw-routing.h"

static bool
is_null (const MoeRouting *routing, size_t slot)
{
  return (size_t)routing->topk_idx[slot] >= routing->experts;
}

/* Real slots of a token, which must be its first ones. */
static size_t
kept_prefix (const MoeRouting *routing, size_t token)
{
  size_t kept = 0;
  for (size_t j = 0; j < routing->topk; j++)
    if (!is_null (routing, token * routing->topk + j))
      {
        g_assert_cmpuint (kept, ==, j);
        kept++;
      }
  return kept;
}

/* The acceptance figure: within 0.005 at T = 32768, E = 60, default seeds; the router within one
 * slot in 10,000. */
static void
test_realized (gconstpointer data)
{
  MoeNullMode mode = (MoeNullMode)GPOINTER_TO_INT (data);
  double bound = mode == MOE_NULL_MODE_ROUTER ? 1e-4 : 0.005;
  for (size_t k = 2; k <= 8; k *= 2)
    for (int tenths = 1; tenths <= 9; tenths++)
      {
        MoeRoutingSpec spec = {
          .tokens = 32768,
          .experts = 60,
          .topk = k,
          .null_mode = mode,
          .null_target = tenths / 10.0,
        };
        MoeRouting routing = draw_routing (&spec);
        g_assert_cmpfloat_with_epsilon (routing.null_realized, spec.null_target, bound);
        moe_routing_clear (&routing);
      }
}

/* As the fraction grows no null slot becomes real again. */
static void
test_nested (gconstpointer data)
{
  MoeRouting smaller = { 0 };
  for (int percent = 5; percent < 100; percent += 5)
    {
      MoeRoutingSpec spec = {
        .tokens = 1000,
        .experts = 60,
        .topk = 8,
        .null_mode = (MoeNullMode)GPOINTER_TO_INT (data),
        .null_target = percent / 100.0,
      };
      MoeRouting larger = draw_routing (&spec);
      if (smaller.tokens > 0)
        for (size_t slot = 0; slot < 8000; slot++)
          g_assert_false (is_null (&smaller, slot) && !is_null (&larger, slot));
      g_assert_cmpuint (larger.null_assignments, >, smaller.null_assignments);
      moe_routing_clear (&smaller);
      smaller = larger;
    }
  moe_routing_clear (&smaller);
}

static void
test_hazard_printed (void)
{
  g_assert_cmpfloat_with_epsilon (moe_routing_hazard (0.1, 8), 0.0235, 5e-5);
  g_assert_cmpfloat_with_epsilon (moe_routing_hazard (0.5, 8), 0.1570, 5e-5);
  g_assert_cmpfloat_with_epsilon (moe_routing_hazard (0.9, 8), 0.5552, 5e-5);
  g_assert_cmpfloat_with_epsilon (moe_routing_hazard (0.5, 2), 0.3820, 5e-5);
  g_assert_cmpfloat_with_epsilon (moe_routing_hazard (0.5, 2), (3.0 - sqrt (5.0)) / 2.0, 1e-12);
}

static void
test_hazard_equation (void)
{
  for (size_t k = 1; k <= 64; k++)
    for (int percent = 0; percent < 100; percent++)
      {
        double f = percent / 100.0, q = moe_routing_hazard (f, k), kept = 0.0;
        for (size_t j = 1; j <= k; j++)
          kept += pow (1.0 - q, (double)j);
        /* an error of 1e-12 in q is one of at most (k + 1) / 2 times that in f */
        g_assert_cmpfloat_with_epsilon (1.0 - kept / (double)k, f, 1e-12 * ((double)k + 1));
        if (k == 1)
          g_assert_cmpfloat_with_epsilon (q, f, 1e-12);
      }
}

/* A prefix is kept, and as many tokens keep n experts as q says: none with chance q. */
static void
test_take_until_null (void)
{
  static const double targets[] = { 0.1, 0.5, 0.9 };
  for (size_t i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      MoeRoutingSpec spec = {
        .tokens = 20000,
        .experts = 60,
        .topk = 8,
        .null_mode = MOE_NULL_MODE_TAKE_UNTIL_NULL,
        .null_target = targets[i],
      };
      MoeRouting routing = draw_routing (&spec);
      size_t histogram[9], counted[9] = { 0 };
      double q = moe_routing_hazard (targets[i], 8);
      for (size_t t = 0; t < spec.tokens; t++)
        counted[kept_prefix (&routing, t)]++;
      moe_routing_kept_histogram (&routing, histogram);
      g_assert_cmpmem (histogram, sizeof histogram, counted, sizeof counted);
      for (size_t n = 0; n <= 8; n++)
        {
          double chance = pow (1.0 - q, (double)n) * (n < 8 ? q : 1.0);
          double expected = chance * 20000;
          g_assert_cmpfloat_with_epsilon ((double)counted[n], expected,
                                          5.0 * sqrt (expected * (1.0 - chance)) + 1.0);
        }
      moe_routing_clear (&routing);
    }
}

/* Slots are null independently: pairs of slots of a token are both null with chance f^2. */
static void
test_independent (void)
{
  MoeRoutingSpec spec = { .tokens = 40000, .experts = 60, .topk = 4, .null_target = 0.3 };
  MoeRouting routing = draw_routing (&spec);
  for (size_t a = 0; a < 4; a++)
    for (size_t b = a; b < 4; b++)
      {
        double chance = a == b ? 0.3 : 0.09, both = 0.0;
        for (size_t t = 0; t < 40000; t++)
          both += is_null (&routing, 4 * t + a) && is_null (&routing, 4 * t + b);
        g_assert_cmpfloat_with_epsilon (both, 40000 * chance,
                                        5.0 * sqrt (40000 * chance * (1.0 - chance)));
      }
  moe_routing_clear (&routing);
}

/* Null weights are dropped and the rest stay as they were at f = 0. */
static void
test_real_weights_stay (gconstpointer data)
{
  MoeRoutingSpec spec = { .tokens = 500, .experts = 60, .topk = 4 };
  MoeRouting full = draw_routing (&spec);
  spec.null_mode = (MoeNullMode)GPOINTER_TO_INT (data);
  spec.null_target = 0.5;
  MoeRouting routing = draw_routing (&spec);
  for (size_t slot = 0; slot < 2000; slot++)
    if (!is_null (&routing, slot))
      {
        g_assert_cmpint (routing.topk_idx[slot], ==, full.topk_idx[slot]);
        g_assert_cmpfloat (routing.topk_weights[slot], ==, full.topk_weights[slot]);
      }
  moe_routing_clear (&full);
  moe_routing_clear (&routing);
}

/* The null logits' shift b lies between the largest lead over its token's noise of a slot that
 * lost and the smallest of one that stayed. */
typedef struct Shift
{
  double b;
  double uncertainty;
} Shift;

/* How many real slots each token keeps, and with which weights, when the null logit is noise + b:
 * SPEC's rule, literally. */
static void
check_router_with (const MoeRouting *routing, const MoeRoutingSpec *spec, Shift shift)
{
  const double b = shift.b;
  const size_t e = spec->experts, k = spec->topk;
  const size_t least = k - MIN (routing->null_experts, k);
  g_autofree float *logits = g_new (float, e);
  for (size_t t = 0; t < spec->tokens; t++)
    {
      float noise;
      size_t above = 0;
      double sum = 0.0;
      moe_rng_normal (spec->null_seed, MOE_STREAM_NULL_LOGITS, t, 1, 1.0f, &noise);
      moe_rng_normal (spec->seed, MOE_STREAM_LOGITS, t * e, e, 1.0f, logits);
      for (size_t i = 0; i < e; i++)
        above += (double)logits[i] - noise > b;
      size_t kept = CLAMP (above, least, k);
      g_assert_cmpuint (kept_prefix (routing, t), ==, kept);
      for (size_t j = 0; j < kept; j++)
        sum += exp ((double)logits[routing->topk_idx[t * k + j]]);
      sum += (double)(k - kept) * exp ((double)noise + b);
      for (size_t j = 0; j < kept; j++)
        g_assert_cmpfloat_with_epsilon (routing->topk_weights[t * k + j],
                                        exp ((double)logits[routing->topk_idx[t * k + j]]) / sum,
                                        1e-6 + shift.uncertainty);
    }
}

static Shift
find_router_shift (const MoeRouting *routing, const MoeRoutingSpec *spec)
{
  const size_t k = spec->topk;
  MoeRoutingSpec full_spec = *spec;
  full_spec.null_target = 0.0;
  MoeRouting full = draw_routing (&full_spec);
  g_autofree float *logits = g_new (float, spec->experts);
  double lost = -INFINITY, stayed = INFINITY;
  for (size_t t = 0; t < spec->tokens; t++)
    {
      float noise;
      moe_rng_normal (spec->null_seed, MOE_STREAM_NULL_LOGITS, t, 1, 1.0f, &noise);
      moe_rng_normal (spec->seed, MOE_STREAM_LOGITS, t * spec->experts, spec->experts, 1.0f,
                      logits);
      for (size_t j = k - MIN (routing->null_experts, k); j < k; j++)
        {
          double lead = (double)logits[full.topk_idx[t * k + j]] - noise;
          if (is_null (routing, t * k + j))
            lost = MAX (lost, lead);
          else
            stayed = MIN (stayed, lead);
        }
    }
  g_assert_cmpfloat (lost, <, stayed);
  moe_routing_clear (&full);
  return (Shift){ 0.5 * (lost + stayed), 0.5 * (stayed - lost) };
}

/* Every token is null as a whole or not at all, and as many as the fraction says. */
static size_t
null_tokens (const MoeRouting *routing, bool *null)
{
  const size_t k = routing->topk;
  size_t n = 0;
  for (size_t t = 0; t < routing->tokens; t++)
    {
      null[t] = is_null (routing, t * k);
      n += null[t];
      for (size_t j = 1; j < k; j++)
        g_assert_cmpint (is_null (routing, t * k + j), ==, null[t]);
    }
  g_assert_cmpuint (routing->null_assignments, ==, n * k);
  return n;
}

static MoeRoutingSpec
token_spec (MoeNullTokens which, size_t tokens, double target)
{
  return (MoeRoutingSpec){ .tokens = tokens,
                           .experts = 60,
                           .topk = 4,
                           .null_mode = MOE_NULL_MODE_ROUTER,
                           .null_granularity = MOE_NULL_GRANULARITY_TOKEN,
                           .null_tokens = which,
                           .null_target = target,
                           .null_seed = 3 };
}

static void
test_tokens_realized (gconstpointer data)
{
  static const size_t tokens[] = { 1, 2, 3, 67, 4096 };
  const MoeNullTokens which = (MoeNullTokens)GPOINTER_TO_INT (data);
  for (size_t i = 0; i < G_N_ELEMENTS (tokens); i++)
    for (int percent = 1; percent < 100; percent++)
      {
        MoeRoutingSpec spec = token_spec (which, tokens[i], percent / 100.0);
        g_autofree bool *null = g_new (bool, tokens[i]);
        MoeRouting routing = draw_routing (&spec);
        size_t n = null_tokens (&routing, null);
        g_assert_cmpfloat (fabs ((double)n - spec.null_target * (double)tokens[i]), <, 1);
        g_assert_cmpuint (n, <, tokens[i]);
        for (size_t t = 0; which == MOE_NULL_TOKENS_TAIL && t < tokens[i]; t++)
          g_assert_cmpint (null[t], ==, t >= tokens[i] - n);
        moe_routing_clear (&routing);
      }
}

/* Tokens that are null stay it as the fraction grows; who is left has what it would have without
 * null routing. */
static void
test_tokens_nested (gconstpointer data)
{
  const MoeNullTokens which = (MoeNullTokens)GPOINTER_TO_INT (data);
  MoeRoutingSpec spec = token_spec (which, 500, 0);
  MoeRouting full = draw_routing (&spec);
  bool before[500] = { false }, null[500];
  for (int tenths = 1; tenths < 10; tenths++)
    {
      spec = token_spec (which, 500, tenths / 10.0);
      spec.renormalize = tenths % 2 == 0; /* which changes nothing */
      MoeRouting routing = draw_routing (&spec);
      g_assert_cmpuint (null_tokens (&routing, null), ==, (size_t)tenths * 50);
      for (size_t slot = 0; slot < 2000; slot++)
        {
          g_assert_true (null[slot / 4] || !before[slot / 4]);
          g_assert_cmpfloat (routing.topk_weights[slot], ==,
                             null[slot / 4] ? 0 : full.topk_weights[slot]);
          if (!null[slot / 4])
            g_assert_cmpint (routing.topk_idx[slot], ==, full.topk_idx[slot]);
        }
      memcpy (before, null, sizeof before);
      moe_routing_clear (&routing);
    }
  moe_routing_clear (&full);
}

/* Every token is as likely to be drawn as any other: over seeds, counts of tenths of the batch obey
 * the hypergeometric law's variance. */
static void
test_tokens_random (void)
{
  double chi = 0;
  for (uint64_t seed = 0; seed < 200; seed++)
    {
      bool null[1000];
      MoeRoutingSpec spec = token_spec (MOE_NULL_TOKENS_RANDOM, 1000, 0.4);
      spec.null_seed = seed;
      MoeRouting routing = draw_routing (&spec);
      null_tokens (&routing, null);
      for (size_t tenth = 0; tenth < 10; tenth++)
        {
          double n = 0;
          for (size_t t = tenth * 100; t < tenth * 100 + 100; t++)
            n += null[t];
          chi += (n - 40) * (n - 40) / (100 * 0.4 * 0.6 * 900 / 999);
        }
      moe_routing_clear (&routing);
    }
  /* 200 times 10 squares of unit variance, nine of them free: mean 2000, deviation 67 at most */
  g_assert_cmpfloat_with_epsilon (chi, 2000, 270);
}

/* Where null slots keep their weights, all of a token's add up to 1, renormalised or not, and the
 * real ones are what they are where null weights are dropped. */
static void
test_kept_weights (gconstpointer data)
{
  for (int renormalize = 0; renormalize < 2; renormalize++)
    {
      MoeRoutingSpec spec = { .tokens = 400,
                              .experts = 12,
                              .topk = 4,
                              .null_mode = (MoeNullMode)GPOINTER_TO_INT (data),
                              .null_target = 0.6,
                              .seed = 5,
                              .null_seed = 6 };
      MoeRouting dropped = draw_routing (&spec);
      spec.keeps_null_weights = true;
      spec.renormalize = renormalize != 0;
      MoeRouting kept = draw_routing (&spec);
      g_assert_null (dropped.null_weights);
      g_assert_cmpmem (kept.topk_idx, 1600 * sizeof (int32_t), dropped.topk_idx,
                       1600 * sizeof (int32_t));
      g_assert_cmpmem (kept.topk_weights, 1600 * sizeof (float), dropped.topk_weights,
                       1600 * sizeof (float));
      g_autofree float *weights = moe_routing_dup_weights (&kept);
      for (size_t t = 0; t < 400; t++)
        {
          double sum = 0;
          for (size_t slot = 4 * t; slot < 4 * t + 4; slot++)
            {
              sum += (double)weights[slot];
              g_assert_cmpint (kept.null_weights[slot] > 0, ==, is_null (&kept, slot));
              g_assert_cmpfloat (weights[slot], ==,
                                 is_null (&kept, slot) ? kept.null_weights[slot]
                                                       : kept.topk_weights[slot]);
            }
          g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
        }
      moe_routing_clear (&dropped);
      moe_routing_clear (&kept);
    }
}

/* The mode tells which slots are null; where tokens are, there is none, nor has it a reach. */
static void
test_tokens_without_mode (void)
{
  MoeRoutingSpec spec = token_spec (MOE_NULL_TOKENS_RANDOM, 300, 0.7);
  spec.null_experts = 1;
  MoeRouting router = draw_routing (&spec);
  for (int mode = 0; mode < MOE_NULL_MODE_ROUTER; mode++)
    {
      spec.null_mode = (MoeNullMode)mode;
      MoeRouting other = draw_routing (&spec);
      g_assert_cmpmem (other.topk_idx, 1200 * sizeof (int32_t), router.topk_idx,
                       1200 * sizeof (int32_t));
      g_assert_cmpmem (other.topk_weights, 1200 * sizeof (float), router.topk_weights,
                       1200 * sizeof (float));
      moe_routing_clear (&other);
    }
  moe_routing_clear (&router);
}

static void
test_router_rule (void)
{
  static const struct
  {
    size_t k;
    size_t null_experts;
    double target;
  } cases[] = { { 8, 0, 0.5 }, { 8, 0, 0.1 }, { 8, 0, 0.9 },  { 8, 3, 0.25 },
                { 4, 1, 0.2 }, { 1, 0, 0.5 }, { 60, 0, 0.5 }, { 2, 40, 0.3 } };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeRoutingSpec spec = {
        .tokens = 600,
        .experts = 60,
        .topk = cases[i].k,
        .null_mode = MOE_NULL_MODE_ROUTER,
        .null_experts = cases[i].null_experts,
        .null_target = cases[i].target,
        .null_seed = 3,
      };
      MoeRouting routing = draw_routing (&spec);
      double wanted = cases[i].target * (double)(600 * cases[i].k);
      /* logits have no ties to speak of: the closest whole number of slots */
      g_assert_cmpfloat_with_epsilon ((double)routing.null_assignments, wanted, 0.5 + 1e-9);
      check_router_with (&routing, &spec, find_router_shift (&routing, &spec));
      moe_routing_clear (&routing);
    }
}

/* The largest fraction that N < k null experts can reach is reached. */
static void
test_router_reach (void)
{
  MoeRoutingSpec spec = {
    .tokens = 300,
    .experts = 60,
    .topk = 8,
    .null_mode = MOE_NULL_MODE_ROUTER,
    .null_experts = 2,
    .null_target = 0.25,
  };
  MoeRouting routing = draw_routing (&spec);
  g_assert_cmpuint (routing.null_assignments, ==, 600);
  for (size_t t = 0; t < 300; t++)
    g_assert_cmpuint (kept_prefix (&routing, t), ==, 6);
  moe_routing_clear (&routing);
}

static void
test_null_experts (void)
{
  const MoeNullMode independent = MOE_NULL_MODE_INDEPENDENT, router = MOE_NULL_MODE_ROUTER;
  g_assert_cmpuint (moe_routing_null_experts (independent, 5, 60, 8, 0.5), ==, 5);
  g_assert_cmpuint (moe_routing_null_experts (router, 5, 60, 8, 0.5), ==, 5);
  g_assert_cmpuint (moe_routing_null_experts (independent, 0, 60, 8, 0.5), ==, 60);
  g_assert_cmpuint (moe_routing_null_experts (independent, 0, 60, 8, 0.9), ==, 540);
  g_assert_cmpuint (moe_routing_null_experts (independent, 0, 60, 8, 0.1), ==, 7);
  g_assert_cmpuint (moe_routing_null_experts (router, 0, 60, 8, 0.1), ==, 8);
  g_assert_cmpuint (moe_routing_null_experts (router, 0, 60, 8, 0.5), ==, 60);
  g_assert_cmpuint (moe_routing_null_experts (MOE_NULL_MODE_TAKE_UNTIL_NULL, 0, 60, 8, 0.001), ==,
                    1);
}

/* However many slots come out null, slot 0 of token 0 is kept when all do; weights stay finite. */
static void
test_one_slot_stays (gconstpointer data)
{
  static const size_t sizes[][3] = { { 1, 4, 1 }, { 1, 4, 4 }, { 1, 1, 1 }, { 2, 3, 2 } };
  size_t rescued = 0;
  for (size_t i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (uint64_t seed = 0; seed < 40; seed++)
      {
        MoeRoutingSpec spec = {
          .tokens = sizes[i][0],
          .experts = sizes[i][1],
          .topk = sizes[i][2],
          .null_mode = (MoeNullMode)GPOINTER_TO_INT (data),
          .null_target = 0.99,
          .renormalize = seed % 2 == 1,
          .seed = seed,
          .null_seed = seed,
        };
        MoeRouting routing = draw_routing (&spec);
        g_assert_cmpuint (routing.real_assignments, >=, 1);
        rescued += routing.real_assignments == 1 && !is_null (&routing, 0);
        for (size_t slot = 0; slot < spec.tokens * spec.topk; slot++)
          if (!is_null (&routing, slot))
            {
              g_assert_cmpfloat (routing.topk_weights[slot], >, 0.0f);
              g_assert_cmpfloat (routing.topk_weights[slot], <=, 1.0f);
            }
        moe_routing_clear (&routing);
      }
  g_assert_cmpuint (rescued, >, 120);
}

static void
test_all_experts_chosen (gconstpointer data)
{
  MoeRoutingSpec spec = {
    .tokens = 5000,
    .experts = 6,
    .topk = 6,
    .null_mode = (MoeNullMode)GPOINTER_TO_INT (data),
    .null_target = 0.5,
  };
  MoeRouting routing = draw_routing (&spec);
  g_assert_cmpfloat_with_epsilon (routing.null_realized, 0.5, 0.02);
  for (size_t t = 0; t < spec.tokens; t++)
    {
      unsigned seen = 0;
      for (size_t slot = 6 * t; slot < 6 * t + 6; slot++)
        if (!is_null (&routing, slot))
          {
            g_assert_cmphex (seen & (1u << routing.topk_idx[slot]), ==, 0);
            seen |= 1u << routing.topk_idx[slot];
          }
    }
  moe_routing_clear (&routing);
}

static void
add_for_modes (const char *name, GTestDataFunc test, int modes)
{
  for (int mode = 0; mode < modes; mode++)
    {
      g_autofree char *path = g_strdup_printf ("/moe/routing-null/%s/%s", name,
                                               moe_choice_name (MOE_CHOICE_NULL_MODE, mode));
      g_test_add_data_func (path, GINT_TO_POINTER (mode), test);
    }
}

static void
add_for_tokens (const char *name, GTestDataFunc test)
{
  for (int which = 0; which < (int)moe_choices[MOE_CHOICE_NULL_TOKENS].names.n; which++)
    {
      g_autofree char *path = g_strdup_printf ("/moe/routing-null/tokens/%s/%s", name,
                                               moe_choice_name (MOE_CHOICE_NULL_TOKENS, which));
      g_test_add_data_func (path, GINT_TO_POINTER (which), test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_for_modes ("realized", test_realized, 3);
  add_for_modes ("nested", test_nested, 3);
  add_for_modes ("real-weights-stay", test_real_weights_stay, 2);
  add_for_modes ("one-slot-stays", test_one_slot_stays, 3);
  add_for_modes ("all-experts-chosen", test_all_experts_chosen, 3);
  add_for_modes ("kept-weights", test_kept_weights, 3);
  g_test_add_func ("/moe/routing-null/hazard/printed", test_hazard_printed);
  g_test_add_func ("/moe/routing-null/hazard/equation", test_hazard_equation);
  g_test_add_func ("/moe/routing-null/take-until-null", test_take_until_null);
  g_test_add_func ("/moe/routing-null/independent", test_independent);
  g_test_add_func ("/moe/routing-null/router/rule", test_router_rule);
  g_test_add_func ("/moe/routing-null/router/reach", test_router_reach);
  g_test_add_func ("/moe/routing-null/null-experts", test_null_experts);
  add_for_tokens ("realized", test_tokens_realized);
  add_for_tokens ("nested", test_tokens_nested);
  g_test_add_func ("/moe/routing-null/tokens/at-random", test_tokens_random);
  g_test_add_func ("/moe/routing-null/tokens/without-mode", test_tokens_without_mode);
  return g_test_run ();
}
