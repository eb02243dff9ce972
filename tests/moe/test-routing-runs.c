/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of tokens that are routed alike: drawn as SPEC 2 says, and their lengths told. */
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/draw/sampling.h"
#include "engine/moe/rng.h"
#include "engine/moe/routing.h"
#include "tests/moe/draw-routing.h"

/* Lowest loads in the order of ids, without the previous expert when it is not the only one. */
static GArray *
candidates_of (const size_t *loads, size_t experts, size_t previous)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (size_t));
  size_t least = SIZE_MAX;
  for (size_t e = 0; e < experts; e++)
    least = MIN (least, loads[e]);
  for (size_t e = 0; e < experts; e++)
    if (loads[e] == least)
      g_array_append_val (ids, e);
  for (guint i = 0; ids->len > 1 && i < ids->len; i++)
    if (g_array_index (ids, size_t, i) == previous)
      g_array_remove_index (ids, i);
  return ids;
}

/* The walk once more, with logarithms: run i draws its length from uniform 2i of the stream and its
 * expert from uniform 2i + 1.  Returns the number of runs. */
static size_t
expect_assigned (const MoeRoutingSpec *spec, double p, int32_t *assigned)
{
  g_autofree size_t *loads = g_new0 (size_t, spec->experts);
  size_t previous = SIZE_MAX, run = 0;
  for (size_t token = 0; token < spec->tokens; run++)
    {
      float u[2];
      moe_rng_uniform (spec->seed, MOE_STREAM_RUNS, 2 * run, 2, u);
      size_t length = (size_t)floor (log1p (-(double)u[0]) / log1p (-p)) + 1;
      g_autoptr (GArray) ids = candidates_of (loads, spec->experts, previous);
      previous = g_array_index (ids, size_t, (size_t)((double)u[1] * ids->len));
      for (size_t end = MIN (token + length, spec->tokens); token < end; token++)
        {
          assigned[token] = (int32_t)previous;
          loads[previous]++;
        }
    }
  return run;
}

static const struct
{
  double alpha;
  double p; /* clamp (1 / max (2, 1 / (1 - alpha)), 0.01, 0.9) */
} alphas[] = {
  { 0.0, 0.5 }, { 0.5, 0.5 }, { 0.75, 0.25 }, { 0.98, 1 - 0.98 }, { 0.999, 0.01 },
};

/* Without noise a token's best expert is that of its run. */
static void
test_walk (void)
{
  static const size_t experts[] = { 1, 2, 7, 60 };
  enum
  {
    TOKENS = 3000
  };
  for (size_t a = 0; a < G_N_ELEMENTS (alphas); a++)
    for (size_t e = 0; e < G_N_ELEMENTS (experts); e++)
      {
        MoeRoutingSpec spec = {
          .tokens = TOKENS,
          .experts = experts[e],
          .topk = 1,
          .distribution = MOE_DISTRIBUTION_RUNS,
          .run_alpha = alphas[a].alpha,
          .seed = 3 + e,
        };
        int32_t assigned[TOKENS];
        expect_assigned (&spec, alphas[a].p, assigned);
        MoeRouting routing = draw_routing (&spec);
        g_assert_cmpmem (routing.topk_idx, TOKENS * sizeof (int32_t), assigned, sizeof assigned);
        moe_routing_clear (&routing);
      }
}

/* Runs are geometric, at least 1 token long, their mean 1/p. */
static void
test_lengths_drawn (void)
{
  enum
  {
    TOKENS = 60000
  };
  g_autofree int32_t *assigned = g_new (int32_t, TOKENS);
  for (size_t a = 0; a < G_N_ELEMENTS (alphas); a++)
    {
      MoeRoutingSpec spec = { .tokens = TOKENS,
                              .experts = 64,
                              .topk = 1,
                              .distribution = MOE_DISTRIBUTION_RUNS,
                              .run_alpha = alphas[a].alpha };
      size_t runs = expect_assigned (&spec, alphas[a].p, assigned);
      MoeRouting routing = draw_routing (&spec);
      /* Neighbouring runs hardly ever share an expert, so that runs of the best expert are runs. */
      g_assert_cmpfloat_with_epsilon (routing.run_lengths.mean * alphas[a].p, 1, 0.1);
      g_assert_cmpuint (routing.run_lengths.runs, <=, runs);
      g_assert_cmpuint (routing.run_lengths.runs, >=, runs - runs / 100);
      moe_routing_clear (&routing);
    }
}

/* The expert with the fewest tokens is next: loads differ by less than the longest run. */
static void
test_balance (void)
{
  MoeRoutingSpec spec = { .tokens = 20000,
                          .experts = 16,
                          .topk = 1,
                          .distribution = MOE_DISTRIBUTION_RUNS,
                          .run_alpha = 0.9 };
  size_t counts[16], least = SIZE_MAX, most = 0;
  MoeRouting routing = draw_routing (&spec);
  moe_routing_expert_counts (&routing, counts);
  for (size_t e = 0; e < 16; e++)
    {
      least = MIN (least, counts[e]);
      most = MAX (most, counts[e]);
    }
  g_assert_cmpuint (most - least, <=, routing.run_lengths.max);
  moe_routing_clear (&routing);
}

/* Logits are noise of the given scale, and 6 more at the run's expert; ties go by id. */
static void
check_noise (double scale)
{
  enum
  {
    TOKENS = 400,
    EXPERTS = 12,
    TOPK = 4
  };
  MoeRoutingSpec spec = { .tokens = TOKENS,
                          .experts = EXPERTS,
                          .topk = TOPK,
                          .distribution = MOE_DISTRIBUTION_RUNS,
                          .run_alpha = 0.75,
                          .run_noise_scale = scale,
                          .seed = 8 };
  int32_t assigned[TOKENS];
  expect_assigned (&spec, 0.25, assigned);
  MoeRouting routing = draw_routing (&spec);
  for (size_t t = 0; t < TOKENS; t++)
    {
      float logits[EXPERTS];
      moe_rng_normal (8, MOE_STREAM_LOGITS, t * EXPERTS, EXPERTS, (float)scale, logits);
      logits[assigned[t]] += 6.0f;
      assert_top_of_logits (&routing, t, TOPK, logits, EXPERTS);
    }
  moe_routing_clear (&routing);
}

static void
test_noise (void)
{
  static const double scales[] = { 0, 0.35, 1, 20, 1e6 };
  for (size_t i = 0; i < G_N_ELEMENTS (scales); i++)
    check_noise (scales[i]);
}

/* As numpy.percentile (lengths, 95) has it. */
static void
check_lengths (const MoeRouting *routing, const int32_t *best)
{
  g_autoptr (GArray) lengths = g_array_new (FALSE, FALSE, sizeof (guint));
  for (size_t t = 0; t < routing->tokens; t++)
    {
      guint one = 1;
      if (t > 0 && best[t] == best[t - 1])
        g_array_index (lengths, guint, lengths->len - 1)++;
      else
        g_array_append_val (lengths, one);
    }
  for (guint i = 1; i < lengths->len; i++) /* insertion sort: few */
    for (guint j = i;
         j > 0 && g_array_index (lengths, guint, j) < g_array_index (lengths, guint, j - 1); j--)
      {
        guint swapped = g_array_index (lengths, guint, j);
        g_array_index (lengths, guint, j) = g_array_index (lengths, guint, j - 1);
        g_array_index (lengths, guint, j - 1) = swapped;
      }
  double rank = 0.95 * (lengths->len - 1);
  guint low = (guint)floor (rank), high = (guint)ceil (rank);
  double part = rank - low;
  g_assert_cmpuint (routing->run_lengths.runs, ==, lengths->len);
  g_assert_cmpuint (routing->run_lengths.max, ==, g_array_index (lengths, guint, lengths->len - 1));
  g_assert_cmpfloat (routing->run_lengths.mean, ==, (double)routing->tokens / lengths->len);
  g_assert_cmpfloat_with_epsilon (routing->run_lengths.p95,
                                  (1 - part) * g_array_index (lengths, guint, low)
                                      + part * g_array_index (lengths, guint, high),
                                  1e-9);
}

static void
test_lengths_told (void)
{
  for (int distribution = 0; distribution < 2; distribution++)
    for (size_t tokens = 1; tokens < 900; tokens += 1 + tokens / 2)
      {
        MoeRoutingSpec spec = { .tokens = tokens,
                                .experts = 9,
                                .topk = 2,
                                .distribution = (MoeDistribution)distribution,
                                .run_alpha = 0.8,
                                .run_noise_scale = 1.5 };
        MoeRouting routing = draw_routing (&spec);
        g_autofree int32_t *best = g_new (int32_t, tokens);
        for (size_t t = 0; t < tokens; t++)
          best[t] = routing.topk_idx[2 * t];
        check_lengths (&routing, best);
        moe_routing_clear (&routing);

        /* Null routing, whatever it makes of the best slots, does not change them. */
        spec.null_target = 0.6;
        routing = draw_routing (&spec);
        check_lengths (&routing, best);
        moe_routing_clear (&routing);
      }
}

static void
test_one_expert (void)
{
  MoeRoutingSpec spec = { .tokens = 50, .experts = 1, .topk = 1 };
  MoeRouting routing = draw_routing (&spec);
  g_assert_cmpuint (routing.run_lengths.runs, ==, 1);
  g_assert_cmpfloat (routing.run_lengths.mean, ==, 50);
  g_assert_cmpfloat (routing.run_lengths.p95, ==, 50);
  g_assert_cmpuint (routing.run_lengths.max, ==, 50);
  moe_routing_clear (&routing);
}

/* Another seed, other runs and other noise; the null seed touches neither. */
static void
test_seed (void)
{
  MoeRoutingSpec spec = {
    .tokens = 500, .experts = 8, .topk = 1, .distribution = MOE_DISTRIBUTION_RUNS, .run_alpha = 0.5
  };
  MoeRouting a = draw_routing (&spec);
  spec.null_seed = 1;
  MoeRouting b = draw_routing (&spec);
  spec.seed = 1;
  MoeRouting c = draw_routing (&spec);
  size_t differs = 0;
  g_assert_cmpmem (a.topk_idx, 500 * sizeof (int32_t), b.topk_idx, 500 * sizeof (int32_t));
  for (size_t t = 0; t < 500; t++)
    differs += a.topk_idx[t] != c.topk_idx[t];
  g_assert_cmpuint (differs, >, 200);
  moe_routing_clear (&a);
  moe_routing_clear (&b);
  moe_routing_clear (&c);
}

static uint64_t
hash_words (uint64_t hash, const void *data, size_t n)
{
  const uint32_t *words = data;
  for (size_t i = 0; i < n; i++)
    hash = (hash ^ words[i]) * UINT64_C (1099511628211);
  return hash;
}

/* FNV-1a of ids and weights. */
static void
test_same_everywhere (void)
{
  MoeRoutingSpec spec = { .tokens = 1000,
                          .experts = 60,
                          .topk = 8,
                          .distribution = MOE_DISTRIBUTION_RUNS,
                          .run_alpha = 0.98,
                          .run_noise_scale = 0.35,
                          .null_mode = MOE_NULL_MODE_ROUTER,
                          .null_target = 0.5,
                          .seed = 5,
                          .null_seed = 6 };
  MoeRouting routing = draw_routing (&spec);
  uint64_t hash = hash_words (UINT64_C (14695981039346656037), routing.topk_idx, 8000);
  hash = hash_words (hash, routing.topk_weights, 8000);
  g_assert_cmphex (hash, ==, UINT64_C (0x1f283934261a6845));
  moe_routing_clear (&routing);
}

static const struct
{
  const char *name;
  double alpha;
  double noise;
  const char *option;
  const char *text;
} refused[] = {
  { "alpha-1", 1, 0.35, "run-alpha", "--run-alpha 1: allowed is 0 up to, but not including, 1." },
  { "alpha-negative", -0.1, 0.35, "run-alpha", "--run-alpha -0.1:" },
  { "alpha-nan", NAN, 0.35, "run-alpha", "nan" },
  { "noise-negative", 0.5, -1, "run-noise-scale", "--run-noise-scale -1: allowed is 0 to 1e+06." },
  { "noise-infinite", 0.5, INFINITY, "run-noise-scale", "inf" },
  { "noise-nan", 0.5, NAN, "run-noise-scale", "nan" },
};

static void
test_refused (gconstpointer data)
{
  size_t i = GPOINTER_TO_SIZE (data);
  MoeRoutingSpec spec = { .tokens = 4,
                          .experts = 4,
                          .topk = 1,
                          .distribution = MOE_DISTRIBUTION_RUNS,
                          .run_alpha = refused[i].alpha,
                          .run_noise_scale = refused[i].noise };
  MoeRouting routing = { 0 };
  MoeError error = { 0 };
  g_assert_cmpint (moe_routing_sample (&spec, &routing, &error), ==, MOE_ERROR_INVALID);
  g_assert_cmpstr (error.option, ==, refused[i].option);
  g_assert_nonnull (strstr (error.message, refused[i].text));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moe/routing-runs/walk", test_walk);
  g_test_add_func ("/moe/routing-runs/lengths-drawn", test_lengths_drawn);
  g_test_add_func ("/moe/routing-runs/balance", test_balance);
  g_test_add_func ("/moe/routing-runs/noise", test_noise);
  g_test_add_func ("/moe/routing-runs/lengths-told", test_lengths_told);
  g_test_add_func ("/moe/routing-runs/one-expert", test_one_expert);
  g_test_add_func ("/moe/routing-runs/seed", test_seed);
  g_test_add_func ("/moe/routing-runs/same-everywhere", test_same_everywhere);
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *path = g_strconcat ("/moe/routing-runs/refused/", refused[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_refused);
    }
  return g_test_run ();
}
