/* SPDX-License-Identifier: Apache-2.0 */
/* What each k rule promises (SPEC 2): as many rows in all as the fixed top-k, and a law by which
 * tokens, or experts, share them.  Laws are asked of logits that are drawn again here. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/draw/k-rules.h"
#include "engine/draw/sampling.h"
#include "engine/moe/rng.h"
#include "tests/moe/draw-routing.h"

enum
{
  TOKENS = 1024,
  EXPERTS = 60,
  TOPK = 4,
  TILE = 16,
  N_RULES = MOE_K_RULE_TOKEN_ROUNDING + 1
};

static const MoeDistribution distributions[] = { MOE_DISTRIBUTION_RANDOM, MOE_DISTRIBUTION_RUNS,
                                                 MOE_DISTRIBUTION_ZIPF };

static MoeRoutingSpec
spec_of (MoeKRule rule, double fraction)
{
  return (MoeRoutingSpec){ .tokens = TOKENS,
                           .experts = EXPERTS,
                           .topk = TOPK,
                           .k_rule = rule,
                           .tile = TILE,
                           .run_alpha = 0.98,
                           .run_noise_scale = 0.35,
                           .zipf_exponent = 1,
                           .null_target = fraction,
                           .seed = 11 };
}

static gboolean
leaves_none (MoeKRule rule)
{
  return rule != MOE_K_RULE_TOP_P && rule != MOE_K_RULE_MIN_P;
}

/* Real slots of a token, which must be its first ones, each another expert. */
static gsize
kept_of (const MoeRouting *routing, gsize token)
{
  const int32_t *id = routing->topk_idx + token * routing->topk;
  gsize kept = 0;
  for (gsize j = 0; j < routing->topk; j++)
    if ((gsize)id[j] < routing->experts)
      {
        g_assert_cmpuint (kept, ==, j);
        for (gsize i = 0; i < j; i++)
          g_assert_cmpint (id[i], !=, id[j]);
        kept++;
      }
  return kept;
}

/* Weights of a token add up to 1, and fall; a token that keeps nothing has none. */
static void
check_weights (const MoeRouting *routing, gsize token, gsize kept)
{
  const float *weight = routing->topk_weights + token * routing->topk;
  double sum = 0;
  for (gsize j = 0; j < routing->topk; j++)
    {
      sum += weight[j];
      if (j >= kept)
        g_assert_cmpfloat (weight[j], ==, 0);
      else if (j > 0)
        g_assert_cmpfloat (weight[j], <=, weight[j - 1]);
    }
  g_assert_cmpfloat_with_epsilon (sum, kept > 0 ? 1 : 0, 1e-6);
}

/* The acceptance figure: the realised mean within 0.1 % of k (1 - f), here to within half a row; of
 * token_rounding to within half a tile. */
static void
test_mean (gconstpointer data)
{
  const MoeKRule rule = (MoeKRule)GPOINTER_TO_INT (data);
  for (gsize d = 0; d < G_N_ELEMENTS (distributions); d++)
    for (int tenths = 0; tenths < 10; tenths += 3)
      for (gsize k = 1; k <= 8; k *= 2)
        {
          MoeRoutingSpec spec = spec_of (rule, tenths / 10.0);
          spec.distribution = distributions[d];
          spec.topk = k;
          spec.tokens = 4096;
          double wanted = 4096 * (double)k * (1 - spec.null_target);
          if (!leaves_none (rule) && wanted < 4095.5)
            continue;
          MoeRouting routing = draw_routing (&spec);
          gsize rows = 0, widest = 0;
          for (gsize t = 0; t < spec.tokens; t++)
            {
              gsize kept = kept_of (&routing, t);
              check_weights (&routing, t, kept);
              g_assert_true (kept > 0 || leaves_none (rule));
              rows += kept;
              widest = MAX (widest, kept);
            }
          g_assert_cmpuint (widest, ==, routing.topk);
          g_assert_cmpuint (rows, ==, routing.real_assignments);
          g_assert_cmpuint (rows, ==, moe_k_rule_rows (&spec));
          g_assert_cmpuint (routing.null_assignments, ==, 4096 * k - rows);
          double most = rule == MOE_K_RULE_TOKEN_ROUNDING ? 0.5 * TILE + 0.5 : 0.5;
          g_assert_cmpfloat (fabs ((double)rows - wanted), <=, most + 1e-6);
          if (rule != MOE_K_RULE_TOKEN_ROUNDING || wanted > 8200)
            g_assert_cmpfloat (fabs ((double)rows / wanted - 1), <=, 0.001);
          moe_routing_clear (&routing);
        }
}

/* --- laws --- */

typedef struct Router
{
  double *p;      /* [T,E] probabilities */
  double *sorted; /* [T,E] likewise, the largest first */
} Router;

static int
descending (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return (x < y) - (x > y);
}

/* Of the distribution `random`. */
static Router
make_router (const MoeRoutingSpec *spec)
{
  const gsize T = spec->tokens, E = spec->experts;
  g_autofree float *logit = g_new (float, T *E);
  Router router = { g_new (double, T *E), g_new (double, T *E) };
  moe_rng_normal (spec->seed, MOE_STREAM_LOGITS, 0, T * E, 1.0f, logit);
  for (gsize t = 0; t < T; t++)
    {
      double sum = 0;
      for (gsize e = 0; e < E; e++)
        sum += exp (logit[t * E + e]);
      for (gsize e = 0; e < E; e++)
        router.p[t * E + e] = exp (logit[t * E + e]) / sum;
      memcpy (router.sorted + t * E, router.p + t * E, E * sizeof (double));
      qsort (router.sorted + t * E, E, sizeof (double), descending);
    }
  return router;
}

static void
clear_router (Router *router)
{
  g_free (router->p);
  g_free (router->sorted);
}

static double
mass (const double *sorted, gsize n)
{
  double sum = 0;
  for (gsize j = 0; j < n; j++)
    sum += sorted[j];
  return sum;
}

static double
perplexity (const double *p)
{
  double entropy = 0;
  for (gsize e = 0; e < EXPERTS; e++)
    entropy -= p[e] * log (p[e]);
  return exp (entropy);
}

/* For what parameters a token keeps n: above *low, up to *high. */
static void
parameters_of (MoeKRule rule, const double *sorted, gsize n, double *low, double *high)
{
  *low = -INFINITY;
  *high = INFINITY;
  if (rule == MOE_K_RULE_TOP_P)
    {
      *low = mass (sorted, n - 1);
      *high = mass (sorted, n);
    }
  else if (rule == MOE_K_RULE_MIN_P)
    {
      *low = n < EXPERTS ? sorted[n] / sorted[0] : 0;
      *high = sorted[n - 1] / sorted[0];
    }
  else
    {
      *low = ((double)n - 0.5) / perplexity (sorted);
      *high = ((double)n + 0.5) / perplexity (sorted);
    }
}

/* One parameter explains what all tokens keep, and they keep their best experts. */
static void
test_by_token (gconstpointer data)
{
  const MoeKRule rule = (MoeKRule)GPOINTER_TO_INT (data);
  for (int quarters = 0; quarters < 3; quarters++)
    {
      MoeRoutingSpec spec = spec_of (rule, quarters / 4.0);
      MoeRouting routing = draw_routing (&spec);
      Router router = make_router (&spec);
      double least = -INFINITY, most = INFINITY;
      gsize unlike = 0;
      for (gsize t = 0; t < TOKENS; t++)
        {
          const double *sorted = router.sorted + t * EXPERTS;
          gsize kept = kept_of (&routing, t);
          double low, high;
          for (gsize j = 0; j < kept; j++)
            g_assert_cmpfloat (
                router.p[t * EXPERTS + (gsize)routing.topk_idx[t * routing.topk + j]], ==,
                sorted[j]);
          parameters_of (rule, sorted, kept, &low, &high);
          least = MAX (least, low);
          most = MIN (most, high);
          unlike += kept != kept_of (&routing, 0);
        }
      g_assert_cmpfloat (least, <=, most * (1 + 1e-6));
      g_assert_cmpuint (unlike, >, TOKENS / 100);
      clear_router (&router);
      moe_routing_clear (&routing);
    }
}

/* chosen[E,T] */
static gboolean *
chosen_by (const MoeRouting *routing)
{
  gboolean *chosen = g_new0 (gboolean, EXPERTS * TOKENS);
  for (gsize i = 0; i < TOKENS * routing->topk; i++)
    if (routing->topk_idx[i] < EXPERTS)
      chosen[(gsize)routing->topk_idx[i] * TOKENS + i / routing->topk] = TRUE;
  return chosen;
}

static gsize
count (const gboolean *of)
{
  gsize n = 0;
  for (gsize t = 0; t < TOKENS; t++)
    n += of[t];
  return n;
}

/* Of tokens of one kind (`is` says so, NULL: all) none that is left out is more probable than one
 * that is taken. */
static void
check_best (
    const Router *router, gsize expert, const gboolean *taken, const gboolean *is, gboolean kind)
{
  double worst = INFINITY, best = -INFINITY;
  for (gsize t = 0; t < TOKENS; t++)
    {
      double p = router->p[t * EXPERTS + expert];
      if (is != NULL && is[t] != kind)
        continue;
      if (taken[t])
        worst = MIN (worst, p);
      else
        best = MAX (best, p);
    }
  g_assert_cmpfloat (best, <=, worst * (1 + 1e-5));
}

static void
test_expert_choice (void)
{
  for (int tenths = 0; tenths < 10; tenths += 3)
    {
      MoeRoutingSpec spec = spec_of (MOE_K_RULE_EXPERT_CHOICE, tenths / 10.0);
      MoeRouting routing = draw_routing (&spec);
      Router router = make_router (&spec);
      g_autofree gboolean *chosen = chosen_by (&routing);
      for (gsize e = 0; e < EXPERTS; e++)
        {
          gsize n = count (chosen + e * TOKENS), even = routing.real_assignments / EXPERTS;
          g_assert_true (n == even || n == even + 1);
          check_best (&router, e, chosen + e * TOKENS, NULL, FALSE);
        }
      clear_router (&router);
      moe_routing_clear (&routing);
    }
}

static void
test_token_rounding (void)
{
  MoeRoutingSpec usual = spec_of (MOE_K_RULE_FIXED, 0);
  MoeRouting fixed = draw_routing (&usual);
  g_autofree gboolean *top = chosen_by (&fixed);
  for (int tenths = 0; tenths < 10; tenths += 3)
    {
      MoeRoutingSpec spec = spec_of (MOE_K_RULE_TOKEN_ROUNDING, tenths / 10.0);
      MoeRouting routing = draw_routing (&spec);
      Router router = make_router (&spec);
      g_autofree gboolean *chosen = chosen_by (&routing);
      double low = -INFINITY, high = INFINITY;
      for (gsize e = 0; e < EXPERTS; e++)
        {
          const gboolean *own = chosen + e * TOKENS, *asked = top + e * TOKENS;
          gsize n = count (own), wanted = count (asked), both = 0;
          g_assert_cmpuint (n % TILE, ==, 0);
          for (gsize t = 0; t < TOKENS; t++)
            both += own[t] && asked[t];
          g_assert_cmpuint (both, ==, MIN (n, wanted));
          check_best (&router, e, own, asked, TRUE);
          check_best (&router, e, own, asked, FALSE);
          low = MAX (low, ((double)n / TILE - 0.5) / (double)wanted);
          high = MIN (high, ((double)n / TILE + 0.5) / (double)wanted);
        }
      g_assert_cmpfloat (low, <=, high * (1 + 1e-9));
      clear_router (&router);
      moe_routing_clear (&routing);
    }
  moe_routing_clear (&fixed);
}

/* --- edges --- */

/* As the fraction grows no token gets an expert that it had not; and the same spec is the same
 * routing. */
static void
test_nested (gconstpointer data)
{
  const MoeKRule rule = (MoeKRule)GPOINTER_TO_INT (data);
  MoeRouting larger = { 0 };
  for (int percent = 0; percent <= 75; percent += 15)
    {
      MoeRoutingSpec spec = spec_of (rule, percent / 100.0);
      MoeRouting routing = draw_routing (&spec), again = draw_routing (&spec);
      gsize slots = TOKENS * routing.topk;
      g_assert_cmpmem (routing.topk_idx, slots * sizeof (int32_t), again.topk_idx,
                       slots * sizeof (int32_t));
      g_assert_cmpmem (routing.topk_weights, slots * sizeof (float), again.topk_weights,
                       slots * sizeof (float));
      for (gsize t = 0; larger.tokens > 0 && t < TOKENS; t++)
        for (gsize j = 0; j < kept_of (&routing, t); j++)
          g_assert_cmpint (routing.topk_idx[t * routing.topk + j], ==,
                           larger.topk_idx[t * larger.topk + j]);
      moe_routing_clear (&larger);
      moe_routing_clear (&again);
      larger = routing;
    }
  moe_routing_clear (&larger);
}

/* Tokens of a run without noise are all alike, and still as many rows are taken as are asked for.
 */
static void
test_ties (gconstpointer data)
{
  const MoeKRule rule = (MoeKRule)GPOINTER_TO_INT (data);
  MoeRoutingSpec spec = spec_of (rule, 0.3);
  spec.distribution = MOE_DISTRIBUTION_RUNS;
  spec.run_noise_scale = 0;
  MoeRouting routing = draw_routing (&spec);
  gsize rows = 0;
  for (gsize t = 0; t < TOKENS; t++)
    rows += kept_of (&routing, t);
  g_assert_cmpuint (rows, ==, moe_k_rule_rows (&spec));
  moe_routing_clear (&routing);
}

/* More experts than a token may take; few tokens, one token, one expert. */
static void
test_sizes (gconstpointer data)
{
  static const struct
  {
    gsize tokens;
    gsize experts;
    gsize topk;
    double fraction;
    double noise; /* of runs; 0: random */
  } cases[] = {
    { 300, 200, 8, 0, 0 },    { 300, 200, 64, 0.25, 0 }, { 300, 1000, 32, 0, 1e6 },
    { 40, 500, 20, 0.1, 50 }, { 1, 5, 2, 0.4, 0 },       { 1, 1, 1, 0, 0 },
    { 7, 3, 3, 0, 0 },        { 3, 64, 2, 0.5, 0 },      { 33, 65, 1, 0, 0.1 },
  };
  const MoeKRule rule = (MoeKRule)GPOINTER_TO_INT (data);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeRoutingSpec spec = spec_of (rule, cases[i].fraction);
      spec.tokens = cases[i].tokens;
      spec.experts = cases[i].experts;
      spec.topk = cases[i].topk;
      spec.distribution = cases[i].noise > 0 ? MOE_DISTRIBUTION_RUNS : MOE_DISTRIBUTION_RANDOM;
      spec.run_noise_scale = cases[i].noise;
      spec.tile = cases[i].tokens > 8 ? 8 : 1;
      MoeRouting routing = draw_routing (&spec);
      gsize rows = 0;
      for (gsize t = 0; t < spec.tokens; t++)
        {
          gsize kept = kept_of (&routing, t);
          check_weights (&routing, t, kept);
          rows += kept;
        }
      g_assert_cmpuint (routing.topk, <=, moe_most_kept (rule, spec.topk, spec.experts));
      g_assert_cmpuint (rows, ==, routing.real_assignments);
      g_assert_cmpuint (rows, ==, moe_k_rule_rows (&spec));
      moe_routing_clear (&routing);
    }
}

/* Runs are those of the best expert, as without a rule. */
static void
test_run_lengths (gconstpointer data)
{
  MoeRoutingSpec spec = spec_of (MOE_K_RULE_FIXED, 0);
  spec.distribution = MOE_DISTRIBUTION_RUNS;
  MoeRouting fixed = draw_routing (&spec);
  spec.k_rule = (MoeKRule)GPOINTER_TO_INT (data);
  MoeRouting routing = draw_routing (&spec);
  g_assert_cmpuint (routing.run_lengths.runs, ==, fixed.run_lengths.runs);
  g_assert_cmpuint (routing.run_lengths.max, ==, fixed.run_lengths.max);
  moe_routing_clear (&routing);
  moe_routing_clear (&fixed);
}

static void
test_refused (void)
{
  static const struct
  {
    MoeKRule rule;
    MoeDistribution distribution;
    gsize topk;
    gsize tile;
    double fraction;
    MoeNullGranularity granularity;
    const char *option;
    const char *piece;
  } cases[] = {
    { MOE_K_RULE_TOP_P, MOE_DISTRIBUTION_BALANCED, 4, 16, 0, 0, "k-rule",
      "allowed is --distribution random, runs or zipf." },
    { MOE_K_RULE_EXPERT_CHOICE, MOE_DISTRIBUTION_HOT, 4, 16, 0, 0, "k-rule", "no logits" },
    { MOE_K_RULE_MIN_P, MOE_DISTRIBUTION_RANDOM, 4, 16, 0.8, 0, "k-rule",
      "top-4 at a null fraction of 0.8 is 0.8 for each" },
    { MOE_K_RULE_TOP_P, MOE_DISTRIBUTION_RANDOM, 1, 16, 0.1, 0, "k-rule", "one expert at least" },
    { MOE_K_RULE_TOKEN_ROUNDING, MOE_DISTRIBUTION_RANDOM, 4, 2000, 0, 0, "tile",
      "allowed is 1 to 1024." },
    { MOE_K_RULE_TOKEN_ROUNDING, MOE_DISTRIBUTION_RANDOM, 1, 1000, 0.9, 0, "tile",
      "not one tile; allowed is up to 102." },
    { MOE_K_RULE_ENTROPY, MOE_DISTRIBUTION_RANDOM, 65, 16, 0, 0, "k-rule", "up to top-64." },
    { MOE_K_RULE_ENTROPY, MOE_DISTRIBUTION_RANDOM, 4, 16, 0.5, MOE_NULL_GRANULARITY_TOKEN,
      "null-granularity", "allowed is slot." },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeRoutingSpec spec = spec_of (cases[i].rule, cases[i].fraction);
      MoeRouting routing = { 0 };
      MoeError error = { 0 };
      spec.distribution = cases[i].distribution;
      spec.experts = 80;
      spec.topk = cases[i].topk;
      spec.tile = cases[i].tile;
      spec.hot_experts = 8;
      spec.hot_share = 0.5;
      spec.null_granularity = cases[i].granularity;
      g_assert_cmpint (moe_routing_sample (&spec, &routing, &error), ==, MOE_ERROR_INVALID);
      g_assert_cmpstr (error.option, ==, cases[i].option);
      if (strstr (error.message, cases[i].piece) == NULL)
        g_error ("\"%s\" does not say \"%s\"", error.message, cases[i].piece);
    }
}

static void
add_rule (MoeKRule rule)
{
  static const struct
  {
    const char *name;
    GTestDataFunc test;
  } tests[] = {
    { "mean", test_mean },
    { "ties", test_ties },
    { "sizes", test_sizes },
    { "run-lengths", test_run_lengths },
  };
  const char *name = moe_choice_name (MOE_CHOICE_K_RULE, (int)rule);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/k-rules/%s/%s", name, tests[i].name);
      g_test_add_data_func (path, GINT_TO_POINTER (rule), tests[i].test);
    }
  if (rule > MOE_K_RULE_ENTROPY)
    return;
  g_autofree char *law = g_strdup_printf ("/k-rules/%s/law", name);
  g_autofree char *nested = g_strdup_printf ("/k-rules/%s/nested", name);
  g_test_add_data_func (law, GINT_TO_POINTER (rule), test_by_token);
  g_test_add_data_func (nested, GINT_TO_POINTER (rule), test_nested);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int rule = MOE_K_RULE_TOP_P; rule < N_RULES; rule++)
    add_rule ((MoeKRule)rule);
  g_test_add_func ("/k-rules/expert_choice/law", test_expert_choice);
  g_test_add_func ("/k-rules/token_rounding/law", test_token_rounding);
  g_test_add_func ("/k-rules/refused", test_refused);
  return g_test_run ();
}
