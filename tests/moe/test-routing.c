/* SPDX-License-Identifier: Apache-2.0 */
/* Routing: the experts and weights against a plain computation from the same logits,
 * and what all null modes share.  What each null mode promises is in test-routing-null.c. */
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/draw/sampling.h"
#include "engine/moe/rng.h"
#include "engine/moe/routing.h"
#include "tests/moe/draw-routing.h"

static void
check_against_sorting (const MoeRoutingSpec *spec)
{
  const size_t e = spec->experts;
  g_autofree float *logits = g_new (float, e);
  MoeRouting routing = draw_routing (spec);
  for (size_t t = 0; t < spec->tokens; t++)
    {
      moe_rng_normal (spec->seed, MOE_STREAM_LOGITS, t * e, e, 1.0f, logits);
      assert_top_of_logits (&routing, t, spec->topk, logits, e);
    }
  moe_routing_clear (&routing);
}

static void
test_top_k (void)
{
  static const MoeRoutingSpec specs[] = {
    { .tokens = 500, .experts = 60, .topk = 8 },
    { .tokens = 200, .experts = 60, .topk = 1, .seed = 9 },
    { .tokens = 200, .experts = 7, .topk = 7, .seed = 1 },
    { .tokens = 1, .experts = 1, .topk = 1 },
    { .tokens = 1, .experts = 5, .topk = 2 },
    { .tokens = 3, .experts = 5000, .topk = 3 }, /* more experts than one batch of logits */
  };
  for (size_t i = 0; i < G_N_ELEMENTS (specs); i++)
    check_against_sorting (&specs[i]);
}

/* Among 3000 float32 logits of a token some are equal: the lower id comes first. */
static void
test_ties (void)
{
  const MoeRoutingSpec spec = { .tokens = 20, .experts = 3000, .topk = 3000 };
  g_autofree float *logits = g_new (float, spec.tokens *spec.experts);
  MoeRouting routing = draw_routing (&spec);
  size_t ties = 0;
  moe_rng_normal (0, MOE_STREAM_LOGITS, 0, spec.tokens * spec.experts, 1.0f, logits);
  for (size_t t = 0; t < spec.tokens; t++)
    for (size_t j = 1; j < spec.topk; j++)
      {
        const int32_t *id = routing.topk_idx + t * spec.topk + j;
        const float *row = logits + t * spec.experts;
        g_assert_cmpfloat (row[id[-1]], >=, row[id[0]]);
        if (row[id[-1]] == row[id[0]])
          {
            ties++;
            g_assert_cmpint (id[-1], <, id[0]);
          }
      }
  g_assert_cmpuint (ties, >, 0);
  moe_routing_clear (&routing);
}

static void
test_without_null (void)
{
  for (int mode = 0; mode < 3; mode++)
    {
      MoeRoutingSpec spec = {
        .tokens = 100,
        .experts = 16,
        .topk = 4,
        .null_mode = (MoeNullMode)mode,
        .null_experts = 5,
        .renormalize = mode == 1,
      };
      MoeRouting routing = draw_routing (&spec);
      g_assert_cmpuint (routing.null_experts, ==, 0);
      g_assert_cmpuint (routing.null_assignments, ==, 0);
      g_assert_cmpuint (routing.real_assignments, ==, 400);
      g_assert_cmpfloat (routing.null_realized, ==, 0.0);
      for (size_t t = 0; t < 100; t++)
        {
          double sum = 0.0;
          for (size_t j = 0; j < 4; j++)
            {
              g_assert_cmpint (routing.topk_idx[4 * t + j], <, 16);
              sum += routing.topk_weights[4 * t + j];
            }
          g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-6);
        }
      moe_routing_clear (&routing);
    }
}

/* Counts add up and agree with the ids, and every null slot has its id E + (flat slot % N) and
 * weight 0. */
static void
test_accounting (void)
{
  for (int mode = 0; mode < 3; mode++)
    for (size_t n = 0; n <= 6; n += 3)
      {
        MoeRoutingSpec spec = {
          .tokens = 700,
          .experts = 20,
          .topk = 4,
          .null_mode = (MoeNullMode)mode,
          .null_target = 0.4,
          .null_experts = n,
        };
        MoeRouting r = draw_routing (&spec);
        size_t counts[20], histogram[5];
        size_t nulls = 0, real = 0, tokens = 0, kept = 0;
        size_t expected_n = n > 0 ? n : 13; /* round (20 * 0.4 / 0.6) */
        g_assert_cmpuint (r.null_experts, ==, expected_n);
        for (size_t slot = 0; slot < 2800; slot++)
          if (r.topk_idx[slot] >= 20)
            {
              g_assert_cmpint (r.topk_idx[slot], ==, 20 + slot % expected_n);
              g_assert_cmpfloat (r.topk_weights[slot], ==, 0.0f);
              nulls++;
            }
          else
            g_assert_cmpfloat (r.topk_weights[slot], >, 0.0f);
        g_assert_cmpuint (r.null_assignments, ==, nulls);
        g_assert_cmpuint (r.real_assignments, ==, 2800 - nulls);
        g_assert_cmpfloat (r.null_realized, ==, (double)nulls / 2800);

        moe_routing_expert_counts (&r, counts);
        moe_routing_kept_histogram (&r, histogram);
        for (size_t e = 0; e < 20; e++)
          real += counts[e];
        for (size_t j = 0; j <= 4; j++)
          {
            tokens += histogram[j];
            kept += j * histogram[j];
          }
        g_assert_cmpuint (real, ==, r.real_assignments);
        g_assert_cmpuint (kept, ==, r.real_assignments);
        g_assert_cmpuint (tokens, ==, 700);
        moe_routing_clear (&r);
      }
}

/* Real weights keep their proportions; with renormalisation they sum to 1 where there are any. */
static void
test_renormalize (void)
{
  for (int mode = 0; mode < 3; mode++)
    {
      MoeRoutingSpec spec = {
        .tokens = 400,
        .experts = 30,
        .topk = 5,
        .null_mode = (MoeNullMode)mode,
        .null_target = 0.6,
      };
      MoeRouting plain = draw_routing (&spec);
      spec.renormalize = true;
      MoeRouting whole = draw_routing (&spec);
      size_t less_than_1 = 0;
      g_assert_cmpmem (plain.topk_idx, 2000 * sizeof (int32_t), whole.topk_idx,
                       2000 * sizeof (int32_t));
      for (size_t t = 0; t < 400; t++)
        {
          double plain_sum = 0.0, whole_sum = 0.0;
          for (size_t j = 5 * t; j < 5 * t + 5; j++)
            {
              plain_sum += plain.topk_weights[j];
              whole_sum += whole.topk_weights[j];
            }
          if (plain_sum == 0.0)
            {
              g_assert_cmpfloat (whole_sum, ==, 0.0);
              continue;
            }
          less_than_1 += plain_sum < 0.999;
          g_assert_cmpfloat_with_epsilon (whole_sum, 1.0, 1e-6);
          for (size_t j = 5 * t; j < 5 * t + 5; j++)
            g_assert_cmpfloat_with_epsilon (whole.topk_weights[j],
                                            plain.topk_weights[j] / plain_sum, 1e-6);
        }
      g_assert_cmpuint (less_than_1, >, 100);
      moe_routing_clear (&plain);
      moe_routing_clear (&whole);
    }
}

static uint64_t
hash_words (uint64_t hash, const void *data, size_t n)
{
  const uint32_t *words = data;
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ words[i]) * UINT64_C (1099511628211);
  return hash;
}

/* FNV-1a of ids and weights, made without vector instructions: the same on every machine. */
static void
test_same_everywhere (void)
{
  static const uint64_t expected[] = {
    UINT64_C (0x36f93b24f7781bfa),
    UINT64_C (0x600a31bf2ebc1aa6),
    UINT64_C (0x909159c889fffab6),
  };
  for (int mode = 0; mode < 3; mode++)
    {
      MoeRoutingSpec spec = {
        .tokens = 1000,
        .experts = 60,
        .topk = 8,
        .null_mode = (MoeNullMode)mode,
        .null_target = 0.5,
        .renormalize = mode == MOE_NULL_MODE_TAKE_UNTIL_NULL,
        .seed = 5,
        .null_seed = 6,
      };
      MoeRouting routing = draw_routing (&spec);
      uint64_t hash = hash_words (UINT64_C (14695981039346656037), routing.topk_idx, 8000);
      hash = hash_words (hash, routing.topk_weights, 8000);
      g_assert_cmphex (hash, ==, expected[mode]);
      moe_routing_clear (&routing);
    }
}

/* The logits' seed decides the experts, the null seed which slots are null. */
static void
test_seeds (void)
{
  MoeRoutingSpec spec = { .tokens = 300, .experts = 60, .topk = 4, .null_target = 0.5 };
  MoeRouting a = draw_routing (&spec);
  spec.null_seed = 1;
  MoeRouting b = draw_routing (&spec);
  spec.seed = 1;
  MoeRouting c = draw_routing (&spec);
  size_t null_differs = 0, expert_differs = 0;
  for (size_t slot = 0; slot < 1200; slot++)
    {
      bool a_null = a.topk_idx[slot] >= 60, b_null = b.topk_idx[slot] >= 60;
      null_differs += a_null != b_null;
      if (!a_null && !b_null)
        g_assert_cmpint (a.topk_idx[slot], ==, b.topk_idx[slot]);
      g_assert_true (b_null == (c.topk_idx[slot] >= 60));
      expert_differs += b.topk_idx[slot] != c.topk_idx[slot];
    }
  g_assert_cmpuint (null_differs, >, 400);
  g_assert_cmpuint (expert_differs, >, 400);
  moe_routing_clear (&a);
  moe_routing_clear (&b);
  moe_routing_clear (&c);
}

static const struct
{
  const char *name;
  MoeRoutingSpec spec;
  MoeStatus status;
  const char *option;
  const char *text; /* part of the sentence */
} refused[] = {
  { "tokens", { .experts = 4, .topk = 1 }, MOE_ERROR_INVALID, "tokens", "--tokens 0" },
  { "experts", { .tokens = 4, .topk = 1 }, MOE_ERROR_INVALID, "experts", "--experts 0" },
  { "topk-0", { .tokens = 4, .experts = 4 }, MOE_ERROR_INVALID, "topk", "1 to 4" },
  { "topk-over", { .tokens = 4, .experts = 4, .topk = 5 }, MOE_ERROR_INVALID, "topk", "1 to 4" },
  { "slots",
    { .tokens = SIZE_MAX / 2, .experts = 8, .topk = 4 },
    MOE_ERROR_INVALID,
    "tokens",
    "tokens times topk" },
  { "slots-32-bit",
    { .tokens = UINT32_MAX, .experts = 8, .topk = 1 },
    MOE_ERROR_INVALID,
    "tokens",
    "tokens times topk" },
  { "fraction-1",
    { .tokens = 4, .experts = 4, .topk = 1, .null_target = 1.0 },
    MOE_ERROR_INVALID,
    "null-route-frac",
    "--null-route-frac 1:" },
  { "fraction-negative",
    { .tokens = 4, .experts = 4, .topk = 1, .null_target = -0.1 },
    MOE_ERROR_INVALID,
    "null-route-frac",
    "-0.1" },
  { "fraction-nan",
    { .tokens = 4, .experts = 4, .topk = 1, .null_target = NAN },
    MOE_ERROR_INVALID,
    "null-route-frac",
    "nan" },
  { "fraction-next-to-1",
    { .tokens = 4, .experts = 4, .topk = 1, .null_target = 1.0 - 0x1p-52 },
    MOE_ERROR_INVALID,
    "null-route-frac",
    "too many null experts" },
  { "null-experts",
    { .tokens = 4, .experts = 4, .topk = 1, .null_target = 0.5, .null_experts = INT32_MAX },
    MOE_ERROR_INVALID,
    "null-experts",
    "--null-experts 2147483647" },
  { "router-reach",
    { .tokens = 4,
      .experts = 60,
      .topk = 8,
      .null_mode = MOE_NULL_MODE_ROUTER,
      .null_target = 0.51,
      .null_experts = 4 },
    MOE_ERROR_INVALID,
    "null-route-frac",
    "allowed is 0 to 0.5 " },
};

static void
test_refused (gconstpointer data)
{
  size_t i = GPOINTER_TO_SIZE (data);
  MoeRouting routing = { .tokens = 77 };
  MoeError error = { 0 };
  g_assert_cmpint (moe_routing_sample (&refused[i].spec, &routing, &error), ==, refused[i].status);
  g_assert_cmpint (error.status, ==, refused[i].status);
  g_assert_cmpstr (error.option, ==, refused[i].option);
  g_assert_nonnull (strstr (error.message, refused[i].text));
  g_assert_true (g_str_has_suffix (error.message, "."));
  g_assert_cmpuint (routing.tokens, ==, 77);
  g_assert_cmpint (moe_routing_sample (&refused[i].spec, &routing, NULL), ==, refused[i].status);
}

static void
test_clear (void)
{
  MoeRouting routing = { 0 };
  moe_routing_clear (&routing);
  routing = draw_routing (&(MoeRoutingSpec){ .tokens = 2, .experts = 2, .topk = 1 });
  moe_routing_clear (&routing);
  g_assert_null (routing.topk_idx);
  g_assert_null (routing.topk_weights);
  g_assert_cmpuint (routing.tokens, ==, 0);
  moe_routing_clear (&routing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moe/routing/top-k", test_top_k);
  g_test_add_func ("/moe/routing/ties", test_ties);
  g_test_add_func ("/moe/routing/without-null", test_without_null);
  g_test_add_func ("/moe/routing/accounting", test_accounting);
  g_test_add_func ("/moe/routing/renormalize", test_renormalize);
  g_test_add_func ("/moe/routing/same-everywhere", test_same_everywhere);
  g_test_add_func ("/moe/routing/seeds", test_seeds);
  g_test_add_func ("/moe/routing/clear", test_clear);
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *path = g_strconcat ("/moe/routing/refused/", refused[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_refused);
    }
  return g_test_run ();
}
