/* SPDX-License-Identifier: Apache-2.0 */
/* Options beside each other: what does not go together, what changes nothing, how many shards. */
#include <glib.h>
#include <string.h>

#include "engine/options/options.h"

/* A small valid request. */
static MoeOptions
small (void)
{
  MoeOptions options;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ 64, 32, 16, 8, 0 };
  return options;
}

/* "name=value name=value flag" */
static void
set_all (MoeOptions *options, const char *settings)
{
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);
  for (size_t i = 0; words[i] != NULL && *words[i] != '\0'; i++)
    {
      MoeError error = { 0 };
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      if (moe_options_set (options, pair[0], pair[1], &error) != MOE_OK)
        g_error ("%s", error.message);
    }
}

static const struct
{
  const char *name;
  const char *settings;
  const char *option;
  const char *pieces[3];
} refused[] = {
  { "capacity-needs-factor",
    "capacity-policy=drop",
    "capacity-factor",
    { "--capacity-factor 0 is out of range", "--capacity-policy drop", "above 0" } },
  { "capacity-with-null",
    "capacity-policy=drop capacity-factor=1 null-route-frac=0.25",
    "capacity-policy",
    { "--capacity-policy drop", "--null-route-frac asks for 0.25", "allowed is none" } },
  { "capacity-with-sweep",
    "capacity-policy=pad capacity-factor=1 null-route-sweep",
    "capacity-policy",
    { "--capacity-policy pad", "--null-route-sweep asks for 0.9", "allowed is none" } },
  { "pad-with-ep",
    "capacity-policy=pad capacity-factor=1 parallel-mode=ep",
    "capacity-policy",
    { "--capacity-policy pad", "--parallel-mode ep", "none or drop" } },
  { "pad-with-too-many-rows",
    "capacity-policy=pad capacity-factor=1000000 tokens=1000000 experts=60000",
    "capacity-factor",
    { "--capacity-factor 1e+06", "1000000 rows for each of 60000 experts", "4294967294" } },
  { "rule-without-logits",
    "k-rule=top_p distribution=random,balanced",
    "k-rule",
    { "--k-rule top_p", "--distribution balanced", "random, runs or zipf" } },
  { "rule-that-leaves-none-without",
    "k-rule=min_p null-route-frac-list=0.5,0.9",
    "k-rule",
    { "--k-rule min_p", "top-4 at a null fraction of 0.9", "entropy, expert_choice" } },
  { "rule-with-carried-nulls",
    "k-rule=entropy null-route-frac=0.5 null-dispatch=carry",
    "null-dispatch",
    { "--null-dispatch carry", "--k-rule entropy, which leaves no slot null", "is compact" } },
  { "rule-with-null-vectors",
    "k-rule=entropy null-kind=constant",
    "null-kind",
    { "--null-kind constant", "leaves no slot null", "is zero" } },
  { "rule-with-null-tokens",
    "k-rule=entropy null-route-frac=0.5 null-granularity=token",
    "null-granularity",
    { "--null-granularity token", "--k-rule entropy", "is slot" } },
  { "rule-with-a-capacity",
    "k-rule=top_p capacity-policy=drop capacity-factor=1",
    "capacity-policy",
    { "--capacity-policy drop", "--k-rule top_p", "is none" } },
  { "rule-with-repeated-tokens",
    "k-rule=top_p dispatch-permute-mode=repeat_sort",
    "dispatch-permute-mode",
    { "--dispatch-permute-mode repeat_sort", "no common k", "is direct_take" } },
  { "rule-of-too-many",
    "k-rule=top_p topk=65 experts=100",
    "k-rule",
    { "more than 64 experts", "top-65", "up to top-64" } },
  { "tile-of-more-than-all",
    "k-rule=token_rounding",
    "tile",
    { "--tile 128", "64 tokens", "1 to 64" } },
  { "packed-weights-that-change",
    "prepack bench-pass=forward_backward",
    "prepack",
    { "--prepack does not go with --bench-pass forward_backward", "in every step",
      "allowed is --bench-pass forward." } },
  { "more-starts-than-samples",
    "iters=3 starts=4",
    "starts",
    { "--starts 4 is out of range", "--iters 3", "0 to 3" } },
  { "shards-of-experts",
    "parallel-mode=ep ep-size=3",
    "ep-size",
    { "--ep-size 3", "divide the 8 experts", "1, 2, 4, 8" } },
  { "shards-of-tokens",
    "parallel-mode=ep ep-size=8 ep-comm-path=ring_ag_rs tokens=60",
    "ep-size",
    { "--ep-size 8", "the 8 experts and the 60 tokens", "1, 2, 4." } },
};

static void
test_refused (gconstpointer data)
{
  size_t i = GPOINTER_TO_SIZE (data);
  MoeOptions options = small ();
  MoeError error = { 0 };
  set_all (&options, refused[i].settings);
  g_assert_cmpint (moe_options_validate (&options, &error), ==, MOE_ERROR_INVALID);
  g_assert_cmpstr (error.option, ==, refused[i].option);
  for (size_t p = 0; p < G_N_ELEMENTS (refused[i].pieces); p++)
    if (strstr (error.message, refused[i].pieces[p]) == NULL)
      g_error ("\"%s\" does not say \"%s\"", error.message, refused[i].pieces[p]);
}

static void
test_allowed (void)
{
  static const char *const cases[] = {
    "capacity-policy=drop capacity-factor=0.5",
    "capacity-policy=pad capacity-factor=1.25",
    "capacity-policy=drop capacity-factor=1 parallel-mode=ep",
    "capacity-policy=drop capacity-factor=1 baseline", /* f = 0 is no null routing */
    "capacity-policy=pad capacity-factor=1000000",
    "parallel-mode=ep ep-size=8 tokens=60",
    "parallel-mode=ep ep-size=4 ep-comm-path=ring_ag_rs tokens=60",
    "parallel-mode=ep ep-size=1",
    "queue-mode=both bench-pass=forward_backward",
    "null-route-sweep remat-mode=combine bench-pass=forward_backward parallel-mode=ep",
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions options = small ();
      MoeError error = { 0 };
      set_all (&options, cases[i]);
      moe_options_validate (&options, &error);
      g_assert_cmpstr (error.message, ==, "");
    }
}

/* Each has a size without its last setting, and none with it. */
static void
test_bytes (void)
{
  static const char *const cases[][2] = {
    { "hidden=16777216 mlp-dim=16777216 tokens=4294967293 topk=1 experts=1",
      "shared-expert-dim=16777216" },
    { "hidden=16777216 mlp-dim=16777216 tokens=262144 topk=1 experts=1000 capacity-factor=1000000",
      "capacity-policy=pad" },
    { "hidden=16777216 tokens=1073741823", "parallel-mode=ep" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions options = small ();
      MoeError error = { 0 };
      set_all (&options, cases[i][0]);
      g_assert_cmpint (moe_options_validate (&options, &error), ==, MOE_OK);
      set_all (&options, cases[i][1]);
      g_assert_cmpint (moe_options_validate (&options, &error), ==, MOE_ERROR_INVALID);
      g_assert_cmpstr (error.option, ==, "tokens");
      g_assert_nonnull (strstr (error.message, "more bytes than can be counted"));
    }
}

/* Options whose value is of no consequence say so, once each, in the order of the table. */
static const struct
{
  const char *settings;
  const char *notes[4];
} noted[] = {
  { "", { NULL } },
  { "use-custom-sort-vjp",
    { "--use-custom-sort-vjp changes nothing: the backward here is written by hand and has no "
      "autodiff variant." } },
  { "queue-mode=prequeue", { NULL } },
  { "queue-mode=prequeue bench-pass=forward_backward",
    { "--queue-mode prequeue changes nothing: prequeue is for --bench-pass forward only, so only "
      "full is measured." } },
  { "queue-mode=both bench-pass=forward_backward",
    { "--queue-mode both changes nothing: prequeue is for --bench-pass forward only, so only full "
      "is measured." } },
  { "capacity-factor=1.25",
    { "--capacity-factor 1.25 changes nothing: --capacity-policy is none." } },
  { "capacity-factor=1.25 capacity-policy=drop", { NULL } },
  { "run-alpha=0.5 run-noise-scale=1",
    { "--run-alpha 0.5 changes nothing: --distribution does not include runs.",
      "--run-noise-scale 1 changes nothing: --distribution does not include runs." } },
  { "run-alpha=0.5 distribution=both", { NULL } },
  { "renormalize-real-after-null distribution=balanced null-routing-mode=router "
    "null-route-frac=0.5",
    { "--renormalize-real-after-null changes nothing: a token's slots are all null or none of "
      "them, as --distribution balanced has equal logits." } },
  { "renormalize-real-after-null distribution=balanced null-routing-mode=router "
    "null-route-frac=0.2 null-experts=1",
    { NULL } },
  { "zipf-exponent=2 hot-experts=3",
    { "--zipf-exponent 2 changes nothing: --distribution does not include zipf.",
      "--hot-experts 3 changes nothing: --distribution does not include hot." } },
  { "zipf-exponent=2 hot-experts=3 hot-share=0.5 distribution=zipf,hot", { NULL } },
  { "tile=16", { "--tile 16 changes nothing: --k-rule is not token_rounding." } },
  { "tile=16 k-rule=entropy", { "--tile 16 changes nothing: --k-rule is not token_rounding." } },
  { "tile=16 k-rule=token_rounding",
    { "--k-rule token_rounding changes the function that is computed: tokens lose experts, or get "
      "others, so that rows fill tiles." } },
  { "k-rule=top_p topk=1",
    { "--k-rule top_p changes nothing: every token takes one expert, or "
      "all, by any rule." } },
  { "k-rule=entropy topk=1", { NULL } },
  { "k-rule=expert_choice topk=8",
    { "--k-rule expert_choice changes nothing: every token takes one "
      "expert, or all, by any rule." } },
  { "k-rule=expert_choice topk=8 null-route-frac=0.5", { NULL } },
  { "k-rule=entropy null-route-frac=0.5 null-routing-mode=router null-experts=4 null-route-seed=3 "
    "renormalize-real-after-null",
    { "--null-routing-mode router changes nothing: --k-rule says how many experts tokens take, and "
      "no slot is null.",
      "--null-experts 4 changes nothing: --k-rule says how many experts tokens take, and no slot "
      "is "
      "null.",
      "--null-route-seed 3 changes nothing: --k-rule says how many experts tokens take, and no "
      "slot "
      "is null.",
      "--renormalize-real-after-null changes nothing: --k-rule says how many experts tokens take, "
      "and no slot is null." } },
  { "iters=9 until-settled",
    { "--iters 9 changes nothing: --until-settled takes as many samples as it needs." } },
  { "precision=0.02 budget=5",
    { "--precision 0.02 changes nothing: --until-settled is not given.",
      "--budget 5 changes nothing: --until-settled is not given." } },
  { "precision=0.02 budget=5 until-settled starts=50",
    { "--precision 0.02 changes nothing: no null fraction above 0 is measured." } },
  { "precision=0.02 budget=5 until-settled null-route-frac=0.5", { NULL } },
  { "shared-fused", { "--shared-fused changes nothing: --shared-expert-dim is 0." } },
  { "shared-fused shared-expert-dim=4", { NULL } },
  { "ep-comm-path=ring_ag_rs ep-size=4",
    { "--ep-comm-path ring_ag_rs changes nothing: --parallel-mode is none.",
      "--ep-size 4 changes nothing: --parallel-mode is none." } },
  { "ep-comm-path=ring_ag_rs ep-size=4 parallel-mode=ep", { NULL } },
  { "null-routing-mode=router null-experts=4 null-dispatch=carry",
    { "--null-routing-mode router changes nothing: no null fraction above 0 is measured.",
      "--null-experts 4 changes nothing: no null fraction above 0 is measured.",
      "--null-dispatch carry changes nothing: no null fraction above 0 is measured." } },
  { "remat-mode=combine",
    { "--remat-mode combine recomputes nothing, since --bench-pass is forward: it only saves "
      "memory, "
      "as experts are worked on in waves." } },
  { "remat-mode=none", { NULL } },
  { "remat-mode=combine bench-pass=forward_backward", { NULL } },
  { "null-route-frac=0.5 topk=1 null-routing-mode=take_until_null renormalize-real-after-null",
    { "--null-routing-mode take_until_null changes nothing: with top-1 it is the same as "
      "independent.",
      "--renormalize-real-after-null changes nothing: with top-1 the weight of a slot is 1." } },
  { "null-route-frac=0.5 topk=1 null-routing-mode=router", { NULL } },
  { "threads=1 parallel-mode=ep ep-comm-path=ring_ag_rs",
    { "--parallel-mode ep changes nothing: there is only one shard.",
      "--ep-comm-path ring_ag_rs changes nothing: there is only one shard." } },
  { "threads=2 parallel-mode=ep ep-size=1",
    { "--parallel-mode ep changes nothing: there is only one shard." } },
  { "threads=3 parallel-mode=ep ep-size=4",
    { "--threads 3 changes nothing: each of the --ep-size shards takes a thread of its own." } },
  { "threads=4 parallel-mode=ep ep-size=4", { NULL } },
  { "threads=2 parallel-mode=ep", { NULL } },
  { "tokens=3 tokens-list=2,4", { "--tokens 3 changes nothing: --tokens-list wins." } },
  { "experts=6 experts-list=4,8", { "--experts 6 changes nothing: --experts-list wins." } },
  { "topk=3 topk-list=2", { "--topk 3 changes nothing: --topk-list wins." } },
  { "null-route-frac=0.5 null-route-sweep",
    { "--null-route-frac 0.5 changes nothing: --null-route-sweep wins." } },
  { "null-route-frac=0 null-route-sweep null-route-frac-list=0.1",
    { "--null-route-frac 0 changes nothing: --null-route-frac-list wins.",
      "--null-route-sweep changes nothing: --null-route-frac-list wins." } },
  { "baseline", { "--baseline changes nothing: fraction 0 is measured without it." } },
  { "baseline null-route-frac=0.5", { NULL } },
  { "baseline null-route-frac-list=0,0.5",
    { "--baseline changes nothing: fraction 0 is measured without it." } },
  { "null-route-seed=4 renormalize-real-after-null",
    { "--null-route-seed 4 changes nothing: no null fraction above 0 is measured.",
      "--renormalize-real-after-null changes nothing: no null fraction above 0 is measured." } },
  { "null-routing-mode=router null-route-seed=4 renormalize-real-after-null null-experts=9 "
    "null-dispatch=carry null-route-frac=0.1",
    { NULL } },
};

static bool
is_set (const char *settings, const char *name)
{
  g_auto (GStrv) words = g_strsplit (settings, " ", -1);
  for (size_t i = 0; words[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (words[i], "=", 2);
      if (g_strcmp0 (pair[0], name) == 0)
        return true;
    }
  return false;
}

static void
test_notes (void)
{
  for (size_t i = 0; i < G_N_ELEMENTS (noted); i++)
    {
      MoeOptions options = small ();
      size_t n_specs, n = 0;
      const MoeOptionSpec *specs = moe_option_specs (&n_specs);
      set_all (&options, noted[i].settings);
      g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
      for (size_t s = 0; s < n_specs; s++)
        {
          char text[256] = "as it was";
          bool given = is_set (noted[i].settings, specs[s].name);
          bool idle = moe_options_note (&options, &specs[s], text, sizeof text);
          if (!idle)
            g_assert_cmpstr (text, ==, "as it was");
          else if (given)
            g_assert_cmpstr (text, ==, noted[i].notes[n++]);
        }
      g_assert_null (n < 4 ? noted[i].notes[n] : NULL);
    }
}

static void
test_shards (void)
{
  static const struct
  {
    const char *settings;
    size_t threads;
    size_t shards;
  } cases[] = {
    { "", 8, 1 },
    { "ep-size=4", 8, 1 },
    { "parallel-mode=ep ep-size=4", 2, 4 },
    { "parallel-mode=ep ep-size=1", 8, 1 },
    { "parallel-mode=ep", 8, 8 },
    { "parallel-mode=ep", 7, 4 },
    { "parallel-mode=ep", 3, 2 },
    { "parallel-mode=ep", 1, 1 },
    { "parallel-mode=ep", 100, 8 },
    { "parallel-mode=ep experts=60", 16, 15 },
    { "parallel-mode=ep experts=60 ep-comm-path=ring_ag_rs", 16, 4 }, /* of 64 tokens */
    { "parallel-mode=ep experts=7 ep-comm-path=ring_ag_rs", 16, 1 },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions options = small ();
      set_all (&options, cases[i].settings);
      g_assert_cmpuint (moe_options_shards (&options, cases[i].threads), ==, cases[i].shards);
    }
}

/* Each rank is one shard. */
static void
test_ranks (void)
{
  static const struct
  {
    const char *settings;
    size_t ranks;
    const char *option; /* refused, or NULL */
    const char *piece;
  } cases[] = {
    { "parallel-mode=ep", 4, NULL, NULL },
    { "parallel-mode=ep ep-size=4", 4, NULL, NULL },
    { "parallel-mode=ep ep-size=2", 4, "ep-size", "0 or 4" },
    { "parallel-mode=ep", 3, "ep-size", "divide the 8 experts" },
    { "", 4, "parallel-mode", "allowed is ep" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions options = small ();
      MoeError error = { 0 };
      set_all (&options, cases[i].settings);
      options.ranks = cases[i].ranks;
      MoeStatus status = moe_options_validate (&options, &error);
      g_assert_cmpint (status, ==, cases[i].option == NULL ? MOE_OK : MOE_ERROR_INVALID);
      if (cases[i].option == NULL)
        {
          g_assert_cmpuint (moe_options_shards (&options, 1), ==, cases[i].ranks);
          continue;
        }
      g_assert_cmpstr (error.option, ==, cases[i].option);
      g_assert_nonnull (strstr (error.message, cases[i].piece));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autofree char *path = g_strconcat ("/bench/options/refused/", refused[i].name, NULL);
      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_refused);
    }
  g_test_add_func ("/bench/options/allowed", test_allowed);
  g_test_add_func ("/bench/options/bytes", test_bytes);
  g_test_add_func ("/bench/options/notes", test_notes);
  g_test_add_func ("/bench/options/shards", test_shards);
  g_test_add_func ("/bench/options/ranks", test_ranks);
  return g_test_run ();
}
