/* SPDX-License-Identifier: Apache-2.0 */
/* Loads that are not even: balanced to the last slot, zipf and hot against their laws. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "engine/draw/laws.h"
#include "engine/draw/sampling.h"
#include "tests/moe/draw-routing.h"

enum
{
  SEEDS = 20,
  TOKENS = 4000
};

static void
assert_no_expert_twice (const MoeRouting *routing)
{
  for (size_t t = 0; t < routing->tokens; t++)
    for (size_t j = 1; j < routing->topk; j++)
      for (size_t i = 0; i < j; i++)
        g_assert_cmpint (routing->topk_idx[t * routing->topk + i], !=,
                         routing->topk_idx[t * routing->topk + j]);
}

static void
test_balanced (void)
{
  static const struct
  {
    size_t tokens, experts, topk;
  } cases[] = { { 1, 1, 1 }, { 7, 5, 3 }, { 13, 6, 6 }, { 64, 8, 2 }, { 100, 60, 8 } };
  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      MoeRoutingSpec spec = { .tokens = cases[c].tokens,
                              .experts = cases[c].experts,
                              .topk = cases[c].topk,
                              .distribution = MOE_DISTRIBUTION_BALANCED,
                              .seed = c };
      MoeRouting routing = draw_routing (&spec);
      for (size_t slot = 0; slot < spec.tokens * spec.topk; slot++)
        {
          g_assert_cmpint (routing.topk_idx[slot], ==, slot % spec.experts);
          g_assert_cmpfloat (routing.topk_weights[slot], ==, (float)(1.0 / (double)spec.topk));
        }
      assert_no_expert_twice (&routing);
      moe_routing_clear (&routing);
    }
}

/* Null slots on top: every mode still comes as close to the fraction as equal logits allow. */
static void
test_balanced_with_nulls (void)
{
  for (int mode = MOE_NULL_MODE_INDEPENDENT; mode <= MOE_NULL_MODE_ROUTER; mode++)
    {
      MoeRoutingSpec spec = { .tokens = TOKENS,
                              .experts = 12,
                              .topk = 4,
                              .distribution = MOE_DISTRIBUTION_BALANCED,
                              .null_mode = (MoeNullMode)mode,
                              .null_target = 0.5 };
      MoeRouting routing = draw_routing (&spec);
      g_assert_cmpfloat_with_epsilon (routing.null_realized, 0.5, 0.02);
      moe_routing_clear (&routing);
    }
}

/* --- chi-square --- */

/* Of one slot of every token over all seeds, against law[E] over places in the order.  Each seed
 * gives E - 1 degrees of freedom; a sum of so many is normal, and seeds are fixed. */
static void
assert_law (const MoeRoutingSpec *given, size_t slot, const double *law)
{
  MoeRoutingSpec spec = *given;
  double statistic = 0, df = SEEDS * (double)(spec.experts - 1);
  for (spec.seed = 0; spec.seed < SEEDS; spec.seed++)
    {
      MoeRouting routing = draw_routing (&spec);
      g_autofree uint32_t *order = g_new (uint32_t, spec.experts);
      g_autofree size_t *counts = g_new0 (size_t, spec.experts);
      moe_law_order (spec.seed, spec.experts, order);
      for (size_t t = 0; t < spec.tokens; t++)
        counts[routing.topk_idx[t * spec.topk + slot]]++;
      for (size_t i = 0; i < spec.experts; i++)
        {
          double expected = law[i] * (double)spec.tokens;
          double off = (double)counts[order[i]] - expected;
          g_assert_cmpfloat (expected, >=, 5); /* else it is no chi-square */
          statistic += off * off / expected;
        }
      moe_routing_clear (&routing);
    }
  g_assert_cmpfloat (statistic, <, df + 3.5 * sqrt (2 * df));
  g_assert_cmpfloat (statistic, >, df - 3.5 * sqrt (2 * df));
}

static void
zipf_law (double exponent, size_t experts, double *law)
{
  double sum = 0;
  for (size_t i = 0; i < experts; i++)
    sum += law[i] = pow ((double)(i + 1), -exponent);
  for (size_t i = 0; i < experts; i++)
    law[i] /= sum;
}

static void
test_zipf_first_slot (void)
{
  static const struct
  {
    size_t experts, topk;
    double exponent;
  } cases[] = { { 8, 1, 1 },    { 60, 1, 1 }, { 60, 8, 1 }, { 60, 4, 0.5 },
                { 16, 2, 1.5 }, { 30, 3, 0 }, { 2, 2, 3 } };
  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      double law[60];
      MoeRoutingSpec spec = { .tokens = TOKENS,
                              .experts = cases[c].experts,
                              .topk = cases[c].topk,
                              .distribution = MOE_DISTRIBUTION_ZIPF,
                              .zipf_exponent = cases[c].exponent };
      zipf_law (spec.zipf_exponent, spec.experts, law);
      assert_law (&spec, 0, law);
    }
}

/* Drawn one after the other without putting back: the second and the third slot's exact laws. */
static void
test_zipf_later_slots (void)
{
  enum
  {
    EXPERTS = 9
  };
  double p[EXPERTS], second[EXPERTS] = { 0 }, third[EXPERTS] = { 0 };
  MoeRoutingSpec spec = { .tokens = TOKENS,
                          .experts = EXPERTS,
                          .topk = 3,
                          .distribution = MOE_DISTRIBUTION_ZIPF,
                          .zipf_exponent = 1 };
  zipf_law (1, EXPERTS, p);
  for (size_t a = 0; a < EXPERTS; a++)
    for (size_t b = 0; b < EXPERTS; b++)
      {
        double both = a != b ? p[a] * p[b] / (1 - p[a]) : 0;
        second[b] += both;
        for (size_t c = 0; c < EXPERTS; c++)
          third[c] += c != a && c != b ? both * p[c] / (1 - p[a] - p[b]) : 0;
      }
  assert_law (&spec, 1, second);
  assert_law (&spec, 2, third);

  double included = p[0] + second[0] + third[0];
  g_assert_cmpfloat (moe_law_fullest_share (&spec), >=, included);
  g_assert_cmpfloat (moe_law_fullest_share (&spec), <, 1.1 * included);
}

/* Every slot follows the law, whatever place it has among its token's. */
static void
test_hot_slots (void)
{
  static const struct
  {
    size_t experts, topk, hot;
    double share;
  } cases[] = { { 60, 1, 16, 0.8 }, { 60, 4, 16, 0.8 }, { 60, 3, 4, 0.5 }, { 12, 5, 4, 0.7 } };
  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      double law[60];
      MoeRoutingSpec spec = { .tokens = TOKENS,
                              .experts = cases[c].experts,
                              .topk = cases[c].topk,
                              .distribution = MOE_DISTRIBUTION_HOT,
                              .hot_experts = cases[c].hot,
                              .hot_share = cases[c].share };
      for (size_t i = 0; i < spec.experts; i++)
        law[i] = i < spec.hot_experts
                     ? spec.hot_share / (double)spec.hot_experts
                     : (1 - spec.hot_share) / (double)(spec.experts - spec.hot_experts);
      for (size_t j = 0; j < spec.topk; j++)
        assert_law (&spec, j, law);
      g_assert_cmpfloat_with_epsilon (moe_law_fullest_share (&spec),
                                      fmax (law[0], law[spec.experts - 1]) * (double)spec.topk,
                                      1e-12);
    }
}

/* Of every token's slots as many are hot as the share says, rounded up or down; also where there
 * are no more experts of a kind than that. */
static void
test_hot_tokens (void)
{
  static const struct
  {
    size_t experts, topk, hot;
    double share;
  } cases[] = { { 8, 4, 3, 0.7 }, { 8, 5, 4, 0.8 }, { 5, 4, 2, 0.5 }, { 2, 1, 1, 0.9 } };
  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      MoeRoutingSpec spec = { .tokens = TOKENS,
                              .experts = cases[c].experts,
                              .topk = cases[c].topk,
                              .distribution = MOE_DISTRIBUTION_HOT,
                              .hot_experts = cases[c].hot,
                              .hot_share = cases[c].share,
                              .seed = 3 };
      MoeRouting routing = draw_routing (&spec);
      uint32_t order[8];
      bool is_hot[8] = { false };
      double wanted = (double)spec.topk * spec.hot_share;
      size_t all = 0;
      moe_law_order (spec.seed, spec.experts, order);
      for (size_t i = 0; i < spec.hot_experts; i++)
        is_hot[order[i]] = true;
      for (size_t t = 0; t < spec.tokens; t++)
        {
          size_t n = 0;
          for (size_t j = 0; j < spec.topk; j++)
            n += is_hot[routing.topk_idx[t * spec.topk + j]];
          g_assert_cmpfloat ((double)n, >, wanted - 1);
          g_assert_cmpfloat ((double)n, <, wanted + 1);
          all += n;
        }
      g_assert_cmpfloat_with_epsilon ((double)all / TOKENS, wanted, 0.03);
      assert_no_expert_twice (&routing);
      moe_routing_clear (&routing);
    }
}

/* Which slots are null has nothing to do with which are hot. */
static void
test_hot_share_beside_nulls (void)
{
  for (int mode = MOE_NULL_MODE_INDEPENDENT; mode <= MOE_NULL_MODE_ROUTER; mode++)
    {
      size_t counts[60], hot = 0;
      uint32_t order[60];
      MoeRoutingSpec spec = { .tokens = 4 * TOKENS,
                              .experts = 60,
                              .topk = 4,
                              .distribution = MOE_DISTRIBUTION_HOT,
                              .hot_experts = 16,
                              .hot_share = 0.8,
                              .null_mode = (MoeNullMode)mode,
                              .null_target = 0.5 };
      MoeRouting routing = draw_routing (&spec);
      moe_law_order (spec.seed, 60, order);
      moe_routing_expert_counts (&routing, counts);
      for (size_t i = 0; i < 16; i++)
        hot += counts[order[i]];
      g_assert_cmpfloat_with_epsilon ((double)hot / (double)routing.real_assignments, 0.8, 0.01);
      moe_routing_clear (&routing);
    }
}

/* A token's experts depend on its number alone, not on how many there are beside it; weights add
 * up; another seed favours others. */
static void
test_repeatable (void)
{
  static const MoeDistribution distributions[] = { MOE_DISTRIBUTION_BALANCED, MOE_DISTRIBUTION_ZIPF,
                                                   MOE_DISTRIBUTION_HOT };
  for (size_t d = 0; d < G_N_ELEMENTS (distributions); d++)
    {
      MoeRoutingSpec spec = { .tokens = 301,
                              .experts = 40,
                              .topk = 6,
                              .distribution = distributions[d],
                              .zipf_exponent = 1,
                              .hot_experts = 8,
                              .hot_share = 0.75,
                              .seed = 5 };
      MoeRouting all = draw_routing (&spec);
      spec.tokens = 77;
      MoeRouting few = draw_routing (&spec);
      g_assert_cmpmem (few.topk_idx, 77 * 6 * sizeof (int32_t), all.topk_idx,
                       77 * 6 * sizeof (int32_t));
      g_assert_cmpmem (few.topk_weights, 77 * 6 * sizeof (float), all.topk_weights,
                       77 * 6 * sizeof (float));
      for (size_t t = 0; t < 77; t++)
        {
          double sum = 0;
          for (size_t j = 0; j < 6; j++)
            {
              sum += (double)few.topk_weights[t * 6 + j];
              g_assert_true (j == 0
                             || few.topk_weights[t * 6 + j] <= few.topk_weights[t * 6 + j - 1]);
            }
          g_assert_cmpfloat_with_epsilon (sum, 1, 1e-6);
        }
      assert_no_expert_twice (&all);
      spec.seed = 6;
      MoeRouting other = draw_routing (&spec);
      g_assert_true ((memcmp (few.topk_idx, other.topk_idx, 77 * 6 * sizeof (int32_t)) != 0)
                     == (d > 0));
      moe_routing_clear (&other);
      moe_routing_clear (&few);
      moe_routing_clear (&all);
    }
}

/* A permutation; over many seeds every expert is as often the first. */
static void
test_order (void)
{
  size_t first[10] = { 0 };
  for (uint64_t seed = 0; seed < 5000; seed++)
    {
      uint32_t order[10];
      unsigned seen = 0;
      moe_law_order (seed, 10, order);
      for (size_t i = 0; i < 10; i++)
        seen |= 1u << order[i];
      g_assert_cmpuint (seen, ==, (1u << 10) - 1);
      first[order[0]]++;
    }
  for (size_t e = 0; e < 10; e++)
    g_assert_cmpfloat_with_epsilon ((double)first[e], 500, 4 * sqrt (450));
}

/* What a forecast expects, beside what is sampled. */
static void
test_active_experts (void)
{
  static const struct
  {
    MoeDistribution distribution;
    size_t tokens, topk;
    double tolerance; /* no token has an expert twice, which reaches a few more */
  } cases[] = {
    { MOE_DISTRIBUTION_RANDOM, 32, 1, 0.01 },   { MOE_DISTRIBUTION_ZIPF, 32, 1, 0.02 },
    { MOE_DISTRIBUTION_ZIPF, 200, 1, 0.02 },    { MOE_DISTRIBUTION_ZIPF, 32, 8, 0.12 },
    { MOE_DISTRIBUTION_HOT, 32, 1, 0.02 },      { MOE_DISTRIBUTION_HOT, 32, 8, 0.05 },
    { MOE_DISTRIBUTION_BALANCED, 32, 1, 1e-9 }, { MOE_DISTRIBUTION_BALANCED, 32, 8, 1e-9 },
  };
  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      size_t active = 0;
      MoeRoutingSpec spec = { .tokens = cases[c].tokens,
                              .experts = 128,
                              .topk = cases[c].topk,
                              .distribution = cases[c].distribution,
                              .zipf_exponent = 1,
                              .hot_experts = 16,
                              .hot_share = 0.8 };
      for (spec.seed = 0; spec.seed < 400; spec.seed++)
        {
          size_t counts[128];
          MoeRouting routing = draw_routing (&spec);
          moe_routing_expert_counts (&routing, counts);
          for (size_t e = 0; e < 128; e++)
            active += counts[e] > 0;
          moe_routing_clear (&routing);
        }
      double expected = moe_law_active_experts (&spec, (double)(spec.tokens * spec.topk));
      g_assert_cmpfloat_with_epsilon ((double)active / 400 / expected, 1, cases[c].tolerance);
    }
  MoeRoutingSpec even = { .experts = 8, .topk = 1 };
  g_assert_cmpfloat (moe_law_active_experts (&even, 0), ==, 0);
  g_assert_cmpfloat_with_epsilon (moe_law_active_experts (&even, 1), 1, 1e-12);
  g_assert_cmpfloat_with_epsilon (moe_law_active_experts (&even, 3), 8 * (1 - pow (7.0 / 8, 3)),
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (moe_law_active_experts (&even, 1e6), 8, 1e-9);
  even.experts = 1;
  g_assert_cmpfloat (moe_law_active_experts (&even, 5), ==, 1);
}

static void
test_refused (void)
{
  static const struct
  {
    MoeDistribution distribution;
    double exponent;
    size_t hot;
    double share;
    const char *option, *said;
  } cases[] = {
    { MOE_DISTRIBUTION_ZIPF, -0.5, 1, 0.5, "zipf-exponent",
      "--zipf-exponent -0.5: allowed is 0 to 10." },
    { MOE_DISTRIBUTION_ZIPF, 11, 1, 0.5, "zipf-exponent", "allowed is 0 to 10." },
    { MOE_DISTRIBUTION_ZIPF, NAN, 1, 0.5, "zipf-exponent", "nan" },
    { MOE_DISTRIBUTION_HOT, 1, 3, 0, "hot-share", "allowed is above 0 and below 1." },
    { MOE_DISTRIBUTION_HOT, 1, 3, 1, "hot-share", "allowed is above 0 and below 1." },
    { MOE_DISTRIBUTION_HOT, 1, 3, NAN, "hot-share", "nan" },
    { MOE_DISTRIBUTION_HOT, 1, 0, 0.5, "hot-experts", "2 hot experts and 2 others" },
    { MOE_DISTRIBUTION_HOT, 1, 1, 0.5, "hot-experts", "2 hot experts and 2 others" },
    { MOE_DISTRIBUTION_HOT, 1, 7, 0.5, "hot-experts", "2 hot experts and 2 others" },
    { MOE_DISTRIBUTION_HOT, 1, 9, 0.5, "hot-experts", "2 hot experts and 2 others" },
  };
  for (size_t c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      MoeRouting routing = { 0 };
      MoeError error = { 0 };
      MoeRoutingSpec spec = { .tokens = 4,
                              .experts = 8,
                              .topk = 4,
                              .distribution = cases[c].distribution,
                              .zipf_exponent = cases[c].exponent,
                              .hot_experts = cases[c].hot,
                              .hot_share = cases[c].share };
      g_assert_cmpint (moe_routing_sample (&spec, &routing, &error), ==, MOE_ERROR_INVALID);
      g_assert_cmpstr (error.option, ==, cases[c].option);
      g_assert_nonnull (strstr (error.message, cases[c].said));
      g_assert_null (routing.topk_idx);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/routing-laws/balanced", test_balanced);
  g_test_add_func ("/routing-laws/balanced-with-nulls", test_balanced_with_nulls);
  g_test_add_func ("/routing-laws/zipf-first-slot", test_zipf_first_slot);
  g_test_add_func ("/routing-laws/zipf-later-slots", test_zipf_later_slots);
  g_test_add_func ("/routing-laws/hot-slots", test_hot_slots);
  g_test_add_func ("/routing-laws/hot-tokens", test_hot_tokens);
  g_test_add_func ("/routing-laws/hot-share-beside-nulls", test_hot_share_beside_nulls);
  g_test_add_func ("/routing-laws/repeatable", test_repeatable);
  g_test_add_func ("/routing-laws/order", test_order);
  g_test_add_func ("/routing-laws/active-experts", test_active_experts);
  g_test_add_func ("/routing-laws/refused", test_refused);
  return g_test_run ();
}
