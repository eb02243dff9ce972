/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "engine/options/number.h"
#include "engine/options/options.h"

/* Every row of SPEC 4, in the order of its table, and Nullcurve's own that say what is measured. */
static const char *const spec_names[] = {
  "tokens",
  "hidden",
  "mlp-dim",
  "experts",
  "topk",
  "topk-list",
  "tokens-list",
  "experts-list",
  "shared-expert-dim",
  "shared-fused",
  "dtype",
  "backend",
  "impl",
  "distribution",
  "bench-pass",
  "parallel-mode",
  "ep-comm-path",
  "ep-size",
  "queue-mode",
  "routing-pack-strategy",
  "dispatch-permute-mode",
  "use-custom-sort-vjp",
  "remat-mode",
  "capacity-policy",
  "capacity-factor",
  "prepack",
  "run-alpha",
  "run-noise-scale",
  "zipf-exponent",
  "hot-experts",
  "hot-share",
  "k-rule",
  "tile",
  "routing-file",
  "loads-row",
  "trace-layer",
  "null-route-frac",
  "null-route-frac-list",
  "null-route-sweep",
  "null-routing-mode",
  "null-experts",
  "null-route-seed",
  "renormalize-real-after-null",
  "stage-timing",
  "iters",
  "warmup",
  "starts",
  "until-settled",
  "precision",
  "budget",
  "wait-quiet",
  "seed",
  "accelerator",
  "threads",
  "null-dispatch",
  "null-kind",
  "null-granularity",
  "null-tokens",
  "baseline",
  "min-sample-time",
};

/* A small valid request. */
static MoeOptions
small (void)
{
  MoeOptions options;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ 64, 32, 16, 8, 0 };
  return options;
}

static void
set_ok (MoeOptions *options, const char *name, const char *value)
{
  MoeError error = { 0 };
  if (moe_options_set (options, name, value, &error) != MOE_OK)
    g_error ("%s", error.message);
}

static void
assert_contains (const char *text, const char *piece)
{
  if (strstr (text, piece) == NULL)
    g_error ("\"%s\" does not say \"%s\"", text, piece);
}

static void
test_table_is_complete (void)
{
  size_t n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (spec_names));
  for (size_t i = 0; i < n; i++)
    {
      const MoeOptionSpec *spec = moe_option_spec_find (spec_names[i]);
      g_assert_nonnull (spec);
      g_assert_cmpstr (spec->name, ==, spec_names[i]);
      g_assert_nonnull (specs[i].help);
      g_assert_nonnull (specs[i].group);
      g_assert_true ((specs[i].kind == MOE_OPTION_FLAG) == (specs[i].value == NULL));
      g_autofree char *key = g_strdelimit (g_strdup (spec->name), "-", '_');
      g_assert_cmpstr (spec->key, ==, key);
      g_assert_true (moe_option_spec_find (key) == spec);
    }
  g_assert_null (moe_option_spec_find ("token"));
  g_assert_null (moe_option_spec_find ("tokens2"));
  g_assert_null (moe_option_spec_find (NULL));
}

static void
test_defaults (void)
{
  static const struct
  {
    const char *name;
    const char *value;
  } expected[] = {
    { "tokens", "32768" },
    { "tokens-list", "" },
    { "experts-list", "" },
    { "hidden", "2048" },
    { "mlp-dim", "4096" },
    { "experts", "8" },
    { "topk", "4" },
    { "topk-list", "" },
    { "shared-expert-dim", "0" },
    { "dtype", "float32" },
    { "backend", "gmm" },
    { "impl", "both" },
    { "distribution", "both" },
    { "bench-pass", "forward" },
    { "parallel-mode", "none" },
    { "ep-comm-path", "compact_psum" },
    { "ep-size", "0" },
    { "shared-fused", "false" },
    { "use-custom-sort-vjp", "false" },
    { "stage-timing", "false" },
    { "queue-mode", "full" },
    { "routing-pack-strategy", "argsort" },
    { "dispatch-permute-mode", "direct_take" },
    { "remat-mode", "none" },
    { "capacity-policy", "none" },
    { "capacity-factor", "0" },
    { "prepack", "false" },
    { "run-alpha", "0.98" },
    { "run-noise-scale", "0.35" },
    { "zipf-exponent", "1" },
    { "hot-experts", "16" },
    { "hot-share", "0.8" },
    { "k-rule", "fixed" },
    { "tile", "128" },
    { "routing-file", "" },
    { "loads-row", "1" },
    { "trace-layer", "0" },
    { "null-route-frac", "0" },
    { "null-route-frac-list", "" },
    { "null-route-sweep", "false" },
    { "null-routing-mode", "independent" },
    { "null-experts", "0" },
    { "null-route-seed", "0" },
    { "renormalize-real-after-null", "false" },
    { "iters", "5" },
    { "warmup", "2" },
    { "starts", "0" },
    { "until-settled", "false" },
    { "precision", "0.01" },
    { "budget", "60" },
    { "wait-quiet", "10" },
    { "seed", "0" },
    { "accelerator", "auto" },
    { "threads", "0" },
    { "null-dispatch", "compact" },
    { "null-kind", "zero" },
    { "null-granularity", "slot" },
    { "null-tokens", "random" },
    { "baseline", "false" },
    { "min-sample-time", "0.02" },
  };
  MoeOptions options;
  MoeError error = { 0 };
  char text[256];
  g_assert_cmpuint (G_N_ELEMENTS (expected), ==, G_N_ELEMENTS (spec_names));
  moe_options_init (&options);
  for (size_t i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      int n =
          moe_options_format (&options, moe_option_spec_find (expected[i].name), text, sizeof text);
      g_assert_cmpint (n, ==, (int)strlen (text));
      g_assert_cmpstr (text, ==, expected[i].value);
    }
  g_assert_cmpint (moe_options_validate (&options, &error), ==, MOE_OK);
}

/* One implementation and one distribution, and nothing else is different. */
static void
test_single_defaults (void)
{
  MoeOptions all, single;
  size_t n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  moe_options_init (&all);
  moe_options_init_single (&single);
  g_assert_cmpint (moe_options_validate (&single, NULL), ==, MOE_OK);
  for (size_t i = 0; i < n; i++)
    {
      char usual[256], text[256];
      moe_options_format (&all, &specs[i], usual, sizeof usual);
      moe_options_format (&single, &specs[i], text, sizeof text);
      if (strcmp (specs[i].name, "impl") == 0)
        g_assert_cmpstr (text, ==, "fused_w13");
      else if (strcmp (specs[i].name, "distribution") == 0)
        g_assert_cmpstr (text, ==, "random");
      else
        g_assert_cmpstr (text, ==, usual);
    }
}

/* What format prints, set reads back to the same; each value differs from the default. */
static void
test_round_trip (void)
{
  static const char *const values[][2] = {
    { "tokens", "4294967293" },
    { "tokens-list", "1,2,4,4294967293" },
    { "experts-list", "8,16777216" },
    { "hidden", "16777216" },
    { "mlp-dim", "1" },
    { "experts", "60" },
    { "topk", "3" },
    { "topk-list", "2,4,8" },
    { "shared-expert-dim", "5632" },
    { "shared-fused", "true" },
    { "dtype", "bfloat16" },
    { "backend", "ragged_dot" },
    { "impl", "both" },
    { "impl", "baseline,fast" },
    { "distribution", "runs" },
    { "distribution", "both" },
    { "distribution", "runs,zipf" },
    { "distribution", "random,runs,balanced,zipf,hot" },
    { "bench-pass", "forward_backward" },
    { "parallel-mode", "ep" },
    { "ep-comm-path", "ring_ag_rs" },
    { "ep-size", "4" },
    { "queue-mode", "prequeue" },
    { "queue-mode", "both" },
    { "routing-pack-strategy", "expert_score_sort" },
    { "dispatch-permute-mode", "repeat_sort" },
    { "use-custom-sort-vjp", "true" },
    { "remat-mode", "combine" },
    { "capacity-policy", "pad" },
    { "capacity-factor", "1.25" },
    { "prepack", "true" },
    { "run-alpha", "0.1" },
    { "run-noise-scale", "1e-05" },
    { "zipf-exponent", "0.5" },
    { "hot-experts", "3" },
    { "hot-share", "0.25" },
    { "k-rule", "expert_choice" },
    { "tile", "16" },
    { "null-route-frac", "0.30000000000000004" },
    { "null-route-frac-list", "0,0.1,0.9" },
    { "null-route-sweep", "true" },
    { "null-routing-mode", "router" },
    { "null-experts", "12" },
    { "null-route-seed", "18446744073709551615" },
    { "renormalize-real-after-null", "true" },
    { "stage-timing", "true" },
    { "iters", "1" },
    { "warmup", "0" },
    { "seed", "7" },
    { "accelerator", "cuda:1" },
    { "threads", "1024" },
    { "null-dispatch", "carry" },
    { "null-kind", "copy" },
    { "null-granularity", "token" },
    { "null-tokens", "tail" },
    { "baseline", "true" },
    { "min-sample-time", "0.1" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    {
      MoeOptions options;
      char before[256], after[256];
      const MoeOptionSpec *spec = moe_option_spec_find (values[i][0]);
      moe_options_init_single (&options);
      moe_options_format (&options, spec, before, sizeof before);
      set_ok (&options, values[i][0], values[i][1]);
      moe_options_format (&options, spec, after, sizeof after);
      g_assert_cmpstr (after, ==, values[i][1]);
      g_assert_cmpstr (after, !=, before);
    }
}

static void
test_flags (void)
{
  MoeOptions options = small ();
  set_ok (&options, "baseline", NULL);
  g_assert_true (options.baseline);
  set_ok (&options, "baseline", "false");
  g_assert_false (options.baseline);
  set_ok (&options, "null_route_sweep", "true");
  g_assert_true (options.null_route_sweep);
  g_assert_cmpint (moe_options_set (&options, "baseline", "yes", NULL), ==, MOE_ERROR_INVALID);
  g_assert_false (options.baseline);
}

static void
test_lists (void)
{
  MoeOptions options = small ();
  set_ok (&options, "topk-list", " 2, 4 ,8");
  g_assert_cmpuint (options.topk_list.n, ==, 3);
  g_assert_cmpuint (options.topk_list.values[2], ==, 8);
  set_ok (&options, "topk-list", "");
  g_assert_cmpuint (options.topk_list.n, ==, 0);
  set_ok (&options, "null-route-frac-list", "0.5, .25,0");
  g_assert_cmpuint (options.null_route_frac_list.n, ==, 3);
  g_assert_cmpfloat (options.null_route_frac_list.values[1], ==, 0.25);
  set_ok (&options, "impl", "both");
  for (size_t i = 0; i < moe_choices[MOE_CHOICE_IMPL].names.n; i++)
    g_assert_true (moe_options_ask (&options, MOE_CHOICE_IMPL, i));
}

/* Each is refused with option, value and what is allowed, and changes nothing. */
static void
test_bad_text (void)
{
  static const struct
  {
    const char *name;
    const char *value;
    const char *allowed;
  } cases[] = {
    { "tokens", "12abc", "1 to 4294967293" },
    { "tokens", "", "1 to 4294967293" },
    { "tokens", "-3", "1 to 4294967293" },
    { "tokens", "+3", "1 to 4294967293" },
    { "tokens", " 3", "1 to 4294967293" },
    { "tokens", "0", "1 to 4294967293" },
    { "tokens", "4294967294", "1 to 4294967293" },
    { "tokens", "99999999999999999999999", "1 to 4294967293" },
    { "tokens", "1e3", "1 to 4294967293" },
    { "tokens", "0x10", "1 to 4294967293" },
    { "topk-list", "2,,4", "1 to" },
    { "topk-list", "2,4,", "1 to" },
    { "topk-list", "2 4", "1 to" },
    { "topk-list", "2,0", "1 to" },
    { "seed", "18446744073709551616", "0 to 18446744073709551615" },
    { "seed", "-1", "0 to 18446744073709551615" },
    { "null-route-frac", "1", "0 up to, but not including, 1" },
    { "null-route-frac", "1.5", "0 up to, but not including, 1" },
    { "null-route-frac", "-0.1", "0 up to, but not including, 1" },
    { "null-route-frac", "nan", "0 up to, but not including, 1" },
    { "null-route-frac", "inf", "0 up to, but not including, 1" },
    { "null-route-frac", "1e999", "0 up to, but not including, 1" },
    { "null-route-frac", "0,5", "0 up to, but not including, 1" },
    { "null-route-frac", ".", "0 up to, but not including, 1" },
    { "null-route-frac", "1e", "0 up to, but not including, 1" },
    { "null-route-frac-list", "0.1,1.0", "0 up to, but not including, 1" },
    { "null-route-frac-list", "0.1;0.2", "0 up to, but not including, 1" },
    { "threads", "1025", "0 to 1024" },
    { "ep-size", "1025", "0 to 1024" },
    { "run-alpha", "1", "0 up to, but not including, 1" },
    { "run-noise-scale", "-1", "0 to 1e+06" },
    { "zipf-exponent", "-1", "0 to 10" },
    { "hot-experts", "0", "1 to" },
    { "hot-share", "1", "0 up to, but not including, 1" },
    { "k-rule", "topp", "fixed|top_p|min_p|entropy|expert_choice|token_rounding" },
    { "tile", "0", "1 to" },
    { "capacity-factor", "-0.5", "0 to 1e+06" },
    { "capacity-policy", "dropp", "none|drop|pad" },
    { "parallel-mode", "EP", "none|ep" },
    { "ep-comm-path", "psum", "compact_psum|ring_ag_rs" },
    { "queue-mode", "queue", "full|prequeue|both" },
    { "distribution", "run", "random|runs|balanced|zipf|hot|loads|trace|both" },
    { "iters", "0", "1 to" },
    { "dtype", "float16", "float32|bfloat16" },
    { "dtype", "", "float32|bfloat16" },
    { "impl", "fused", "baseline|fused_w13|" },
    { "impl", "", "baseline|fused_w13|" },
    { "null-routing-mode", "Router", "independent|take_until_null|router" },
    { "accelerator", "tpu", "auto|openblas" },
    { "accelerator", "cuda:", "auto|openblas" },
    { "accelerator", "cuda:x", "auto|openblas" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions options = small ();
      char before[256], after[256];
      MoeError error = { 0 };
      const MoeOptionSpec *spec = moe_option_spec_find (cases[i].name);
      moe_options_format (&options, spec, before, sizeof before);
      g_assert_cmpint (moe_options_set (&options, cases[i].name, cases[i].value, &error), ==,
                       MOE_ERROR_INVALID);
      moe_options_format (&options, spec, after, sizeof after);
      g_autofree char *quoted = g_strdup_printf ("--%s \"%s\"", cases[i].name, cases[i].value);
      g_assert_cmpstr (before, ==, after);
      g_assert_cmpstr (error.option, ==, cases[i].name);
      assert_contains (error.message, quoted);
      assert_contains (error.message, cases[i].allowed);
    }
}

static void
test_hostile_text (void)
{
  MoeOptions options = small ();
  MoeError error = { 0 };
  g_autoptr (GString) list = g_string_new ("0.5");
  g_autofree char *accents = g_strnfill (200, 'x');
  for (int i = 0; i < MOE_OPTIONS_MAX_LIST; i++)
    g_string_append (list, ",0.5");
  g_assert_cmpint (moe_options_set (&options, "null-route-frac-list", list->str, &error), ==,
                   MOE_ERROR_INVALID);
  assert_contains (error.message, "up to 64");

  moe_options_set (&options, "dtype", "a\x1b[31m\nb", &error);
  g_assert_null (strpbrk (error.message, "\x1b\n"));
  for (int i = 0; i < 200; i += 2)
    memcpy (accents + i, "\xc3\xa9", 2);
  moe_options_set (&options, "dtype", accents, &error);
  g_assert_true (g_utf8_validate (error.message, -1, NULL));
  accents[199] = '\0';
  g_autofree char *odd = g_strconcat ("x", accents + 2, NULL);
  odd[strlen (odd) - 1] = '\0';
  moe_options_set (&options, "dtype", odd, &error);
  g_assert_true (g_utf8_validate (error.message, -1, NULL));
  g_assert_cmpint (moe_options_set (&options, "tokens", NULL, &error), ==, MOE_ERROR_INVALID);
  assert_contains (error.message, "--tokens needs a value");
  g_assert_cmpint (moe_options_set (&options, "no-such", "1", &error), ==, MOE_ERROR_INVALID);
  assert_contains (error.message, "--no-such");
}

static void
assert_refused (const MoeOptions *options,
                MoeStatus status,
                const char *option,
                const char *const *pieces)
{
  MoeError error = { 0 };
  g_assert_cmpint (moe_options_validate (options, &error), ==, status);
  g_assert_cmpint (error.status, ==, status);
  g_assert_cmpstr (error.option, ==, option);
  for (; *pieces != NULL; pieces++)
    assert_contains (error.message, *pieces);
}

/* Whether an accelerator works is asked of it later; that there is one of the name, here. */
static void
test_unknown_accelerator (void)
{
  MoeOptions options = small ();
  g_strlcpy (options.accelerator, "onednn:1", sizeof options.accelerator);
  assert_refused (
      &options, MOE_ERROR_UNSUPPORTED, "accelerator",
      (const char *[]){ "--accelerator onednn:1", "none of that name", "openblas", "cuda", NULL });
}

/* Every value of every choice, alone, and both ends of what lists and numbers may be. */
static void
test_working_values (void)
{
  static const char *const cases[][2] = {
    { "ep-size", "3" }, /* of no consequence without --parallel-mode ep */
    { "capacity-factor", "1.5" },
    { "run-alpha", "0" },
    { "run-alpha", "0.999" },
    { "run-noise-scale", "0" },
    { "run-noise-scale", "1000000" },
    { "zipf-exponent", "0" },
    { "zipf-exponent", "10" },
    { "hot-experts", "1" },
    { "hot-share", "0.999" },
    { "shared-expert-dim", "64" },
    { "shared-fused", NULL },
    { "prepack", NULL },
    { "accelerator", "openblas" },
    { "accelerator", "native" },
    { "accelerator", "cuda" },
    { "accelerator", "cuda:3" },
    { "use-custom-sort-vjp", NULL },
    { "renormalize-real-after-null", NULL },
    { "null-route-sweep", NULL },
    { "null-route-frac-list", "0.0,0.95" },
    { "topk-list", "1,8" },
    { "tokens-list", "1,8" },
    { "experts-list", "8,16" },
    { "topk", "8" },
    { "stage-timing", NULL },
    { "baseline", NULL },
    { "warmup", "0" },
    { "min-sample-time", "0" },
    { "min-sample-time", "60" },
    { "threads", "1" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions options = small ();
      set_ok (&options, cases[i][0], cases[i][1]);
      g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
    }

  size_t n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (size_t i = 0; i < n; i++)
    for (size_t c = 0; specs[i].names != NULL && c < specs[i].names->n; c++)
      {
        MoeOptions options = small ();
        MoeError error = { 0 };
        if (specs[i].kind == MOE_OPTION_ACCELERATOR)
          continue;
        options.capacity_factor = 1;            /* drop and pad need one */
        options.hot_experts = 4;                /* some of the 8 */
        options.tile = 16;                      /* of the 64 tokens */
        set_ok (&options, "routing-file", "x"); /* loads and trace need one; it is not read */
        set_ok (&options, specs[i].name, moe_name_of (specs[i].names, (int)c));
        moe_options_validate (&options, &error);
        g_assert_cmpstr (error.message, ==, "");
      }
}

/* A form may fill the struct without going through text. */
static void
test_raw_fields (void)
{
  MoeOptions options = small ();
  options.shape.tokens = 0;
  assert_refused (&options, MOE_ERROR_INVALID, "tokens", (const char *[]){ "--tokens 0", NULL });
  options = small ();
  options.null_route_frac = NAN;
  assert_refused (&options, MOE_ERROR_INVALID, "null-route-frac",
                  (const char *[]){ "nan", "0 up to", NULL });
  options = small ();
  options.run_alpha = 1;
  assert_refused (&options, MOE_ERROR_INVALID, "run-alpha",
                  (const char *[]){ "--run-alpha 1 is out of range", "not including, 1", NULL });
  options = small ();
  options.run_noise_scale = INFINITY;
  assert_refused (&options, MOE_ERROR_INVALID, "run-noise-scale",
                  (const char *[]){ "inf", "0 to 1e+06", NULL });
  options = small ();
  options.choice[MOE_CHOICE_CAPACITY_POLICY] = (MoeCapacityPolicy)3;
  assert_refused (&options, MOE_ERROR_INVALID, "capacity-policy",
                  (const char *[]){ "none|drop|pad", NULL });
  options = small ();
  options.null_route_frac = -0.5;
  assert_refused (&options, MOE_ERROR_INVALID, "null-route-frac", (const char *[]){ "-0.5", NULL });
  options = small ();
  options.choice[MOE_CHOICE_DTYPE] = (MoeDtype)9;
  assert_refused (&options, MOE_ERROR_INVALID, "dtype", (const char *[]){ "--dtype 9", NULL });
  options = small ();
  options.choice[MOE_CHOICE_IMPL] &= (uint8_t) ~(1u << MOE_IMPL_FUSED_W13);
  assert_refused (&options, MOE_ERROR_INVALID, "impl", (const char *[]){ "no value", NULL });
}

static void
test_topk_range (void)
{
  MoeOptions options = small ();
  options.topk = 9;
  assert_refused (&options, MOE_ERROR_INVALID, "topk",
                  (const char *[]){ "--topk 9", "1 to 8", NULL });
  set_ok (&options, "topk-list", "2,4");
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
  set_ok (&options, "topk-list", "2,12");
  assert_refused (&options, MOE_ERROR_INVALID, "topk-list",
                  (const char *[]){ "--topk-list 12", "1 to 8", NULL });
}

/* One option has a word for all there are, which is written as it is read. */
static void
test_every (void)
{
  MoeOptions options;
  MoeError error;
  char text[64];
  moe_options_init (&options);
  set_ok (&options, "trace-layer", "all");
  g_assert_cmpuint (options.file.layer, ==, SIZE_MAX);
  moe_options_format (&options, moe_option_spec_find ("trace-layer"), text, sizeof text);
  g_assert_cmpstr (text, ==, "all");
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_options_set (&options, "trace-layer", "al", &error), ==, MOE_ERROR_INVALID);
  g_assert_nonnull (strstr (error.message, ", or all"));
  g_assert_cmpint (moe_options_set (&options, "tokens", "all", &error), ==, MOE_ERROR_INVALID);
  g_assert_null (strstr (error.message, "or all"));
}

/* A file comes after loads: and trace:, whatever is in its name, and is written so that it stays
 * one word. */
static void
test_file (void)
{
  char text[1024];
  MoeOptions options = small (), again;
  set_ok (&options, "distribution", "random,loads:/a b,c/50%.csv");
  g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==,
                    1u << MOE_DISTRIBUTION_RANDOM | 1u << MOE_DISTRIBUTION_LOADS);
  g_assert_cmpstr (options.file.path, ==, "/a b,c/50%.csv");
  moe_options_format (&options, moe_option_spec_find ("routing-file"), text, sizeof text);
  g_assert_cmpstr (text, ==, "/a%20b%2Cc/50%25.csv");
  again = small ();
  set_ok (&again, "routing-file", text);
  g_assert_cmpstr (again.file.path, ==, options.file.path);
  g_assert_cmpint (moe_options_set (&options, "distribution", "wild:x", NULL), ==,
                   MOE_ERROR_INVALID);
  set_ok (&options, "distribution", "trace:x");
  set_ok (&options, "routing-file", "");
  assert_refused (&options, MOE_ERROR_INVALID, "distribution",
                  (const char *[]){ "needs a file", "trace:FILE", NULL });
  memset (text, 'x', sizeof text);
  text[MOE_OPTIONS_PATH_SIZE] = '\0';
  g_assert_cmpint (moe_options_set (&options, "routing-file", text, NULL), ==, MOE_ERROR_INVALID);
}

/* Values differ wherever they do, however long they are, and the longest has room. */
static void
test_same (void)
{
  MoeOptions a = small (), b;
  char path[MOE_OPTIONS_PATH_SIZE], text[MOE_OPTION_VALUE_SIZE];
  const MoeOptionSpec *file = moe_option_spec_find ("routing-file");
  const MoeOptionSpec *list = moe_option_spec_find ("null-route-frac-list");
  memset (path, ' ', sizeof path); /* which is written with three letters */
  path[sizeof path - 1] = '\0';
  memcpy (a.file.path, path, sizeof path);
  for (size_t i = 0; i < MOE_OPTIONS_MAX_LIST; i++)
    a.null_route_frac_list.values[i] = 1.0 / (1e9 + (double)i);
  a.null_route_frac_list.n = MOE_OPTIONS_MAX_LIST;
  b = a;
  g_assert_cmpint (moe_options_format (&a, file, text, sizeof text), <, (int)sizeof text);
  g_assert_cmpint (moe_options_format (&a, list, text, sizeof text), <, (int)sizeof text);
  g_assert_true (moe_options_same (&a, &b, file));
  g_assert_true (moe_options_same (&a, &b, list));
  b.file.path[sizeof path - 2] = 'x';
  b.null_route_frac_list.values[MOE_OPTIONS_MAX_LIST - 1] = 0.5;
  g_assert_false (moe_options_same (&a, &b, file));
  g_assert_false (moe_options_same (&a, &b, list));
  g_assert_true (moe_options_same (&a, &b, moe_option_spec_find ("tokens")));
}

/* Every number of tokens is held against every other option, and the one that does not go is
 * named. */
static void
test_batch_range (void)
{
  MoeOptions options = small ();
  set_ok (&options, "tokens-list", "1,4294967293");
  assert_refused (&options, MOE_ERROR_INVALID, "tokens-list",
                  (const char *[]){ "--tokens-list 4294967293", "--topk", "tokens", NULL });
  set_ok (&options, "tokens-list", "8,6,4");
  set_ok (&options, "parallel-mode", "ep");
  set_ok (&options, "ep-comm-path", "ring_ag_rs");
  set_ok (&options, "ep-size", "4");
  assert_refused (&options, MOE_ERROR_INVALID, "ep-size",
                  (const char *[]){ "--ep-size 4", "6 tokens", "1, 2", NULL });
  set_ok (&options, "ep-size", "0");
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
  g_assert_cmpuint (moe_options_shards (&options, 8), ==, 2);
}

/* So is every number of experts; a sweep goes along tokens or experts, not both. */
static void
test_expert_counts_range (void)
{
  MoeOptions options = small ();
  set_ok (&options, "topk", "4");
  set_ok (&options, "experts-list", "8,2");
  assert_refused (&options, MOE_ERROR_INVALID, "topk",
                  (const char *[]){ "--topk 4", "1 to 2", "experts", NULL });
  set_ok (&options, "experts-list", "8,12");
  set_ok (&options, "parallel-mode", "ep");
  set_ok (&options, "ep-size", "8");
  assert_refused (&options, MOE_ERROR_INVALID, "ep-size",
                  (const char *[]){ "--ep-size 8", "12 experts", "1, 2, 4", NULL });
  set_ok (&options, "ep-size", "0");
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
  g_assert_cmpuint (moe_options_shards (&options, 8), ==, 4);
  set_ok (&options, "tokens-list", "8,16");
  assert_refused (&options, MOE_ERROR_INVALID, "experts-list",
                  (const char *[]){ "--experts-list", "--tokens-list", "one list", NULL });
}

/* No token has an expert twice: there must be enough experts of both kinds. */
static void
test_hot_range (void)
{
  static const struct
  {
    size_t topk, hot;
    double share;
    const char *option, *said;
  } cases[] = {
    { 2, 16, 0.8, "hot-experts",
      "--hot-experts 16 is out of range: with top-2 and --hot-share 0.8 a "
      "token may need 2 hot experts and 1 others of the 8; allowed is 2 to 7." },
    { 2, 1, 0.8, "hot-experts", "allowed is 2 to 7." },
    { 2, 8, 0.8, "hot-experts", "allowed is 2 to 7." },
    { 4, 3, 0.5, "hot-experts", NULL },
    { 2, 2, 0, "hot-share", "--hot-share 0 is out of range: allowed is above 0 and below 1." },
    { 8, 4, 0.3, "hot-share", "3 hot experts and 6 others" },
  };
  for (size_t i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeOptions options = small ();
      options.topk = cases[i].topk;
      options.hot_experts = cases[i].hot;
      options.hot_share = cases[i].share;
      g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK); /* nobody asks for it */
      set_ok (&options, "distribution", "random,hot");
      if (cases[i].said == NULL)
        g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
      else
        assert_refused (&options, MOE_ERROR_INVALID, cases[i].option,
                        (const char *[]){ cases[i].said, NULL });
    }
}

static void
test_sizes (void)
{
  MoeOptions options = small ();
  options.shape.tokens = 4294967293u;
  options.topk = 1;
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
  options.topk = 2;
  assert_refused (&options, MOE_ERROR_INVALID, "tokens",
                  (const char *[]){ "--tokens 4294967293", "up to 2147483647", NULL });
  options = small ();
  options.shape = (MoeShape){ 64, 1u << 24, 1u << 24, 1u << 24, 0 };
  assert_refused (&options, MOE_ERROR_INVALID, "tokens",
                  (const char *[]){ "--hidden 16777216", "bytes", NULL });
}

static void
test_null_ranges (void)
{
  MoeOptions options = small ();
  options.choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_ROUTER;
  options.null_experts = 2;
  options.topk = 4;
  options.null_route_frac = 0.5;
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
  options.null_route_frac = 0.6;
  assert_refused (&options, MOE_ERROR_INVALID, "null-route-frac",
                  (const char *[]){ "--null-route-frac 0.6", "at most 0.5", NULL });
  set_ok (&options, "null-route-sweep", NULL);
  assert_refused (&options, MOE_ERROR_INVALID, "null-route-sweep",
                  (const char *[]){ "at most 0.5", NULL });
  options.null_experts = 4;
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);

  options = small ();
  options.null_route_frac = 1.0 - 1e-12;
  assert_refused (&options, MOE_ERROR_INVALID, "null-route-frac",
                  (const char *[]){ "null experts", NULL });
  options.null_experts = 5;
  g_assert_cmpint (moe_options_validate (&options, NULL), ==, MOE_OK);
}

static void
test_fractions (void)
{
  MoeOptions options = small ();
  double f[MOE_OPTIONS_MAX_LIST + 1];
  g_assert_cmpuint (moe_options_fractions (&options, f), ==, 1);
  g_assert_cmpfloat (f[0], ==, 0.0);
  set_ok (&options, "null-route-frac", "0.3");
  g_assert_cmpuint (moe_options_fractions (&options, f), ==, 1);
  g_assert_cmpfloat (f[0], ==, 0.3);
  set_ok (&options, "baseline", NULL);
  g_assert_cmpuint (moe_options_fractions (&options, f), ==, 2);
  g_assert_cmpfloat (f[0], ==, 0.0);
  set_ok (&options, "null-route-sweep", NULL);
  g_assert_cmpuint (moe_options_fractions (&options, f), ==, 10);
  g_assert_cmpfloat (f[3], ==, 0.3);
  g_assert_cmpfloat (f[9], ==, 0.9);
  set_ok (&options, "null-route-frac-list", "0.7,0.2,0.7,0");
  g_assert_cmpuint (moe_options_fractions (&options, f), ==, 3);
  g_assert_cmpfloat (f[0], ==, 0.0);
  g_assert_cmpfloat (f[1], ==, 0.2);
  g_assert_cmpfloat (f[2], ==, 0.7);
}

static void
test_format_cuts (void)
{
  MoeOptions options = small ();
  char text[4] = "xyz";
  const MoeOptionSpec *spec = moe_option_spec_find ("topk-list");
  set_ok (&options, "topk-list", "2,4,8");
  g_assert_cmpint (moe_options_format (&options, spec, text, sizeof text), ==, 5);
  g_assert_cmpstr (text, ==, "2,4");
  g_assert_cmpint (moe_options_format (&options, spec, NULL, 0), ==, 5);
}

static void
test_real_numbers (void)
{
  char text[64];
  double back;
  const double values[] = { 0.1, 1.0 / 3.0, 0.98, 1e-300, 123456789.0, 5e-324 };
  for (size_t i = 0; i < G_N_ELEMENTS (values); i++)
    {
      moe_options_format_real (values[i], text, sizeof text);
      g_assert_cmpint (moe_options_parse_real (text, strlen (text), &back), ==, MOE_NUMBER_OK);
      g_assert_cmpfloat (back, ==, values[i]);
    }
  moe_options_format_real (0.1, text, sizeof text);
  g_assert_cmpstr (text, ==, "0.1");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/options/every", test_every);
  g_test_add_func ("/bench/options/table-is-complete", test_table_is_complete);
  g_test_add_func ("/bench/options/defaults", test_defaults);
  g_test_add_func ("/bench/options/single-defaults", test_single_defaults);
  g_test_add_func ("/bench/options/round-trip", test_round_trip);
  g_test_add_func ("/bench/options/flags", test_flags);
  g_test_add_func ("/bench/options/lists", test_lists);
  g_test_add_func ("/bench/options/bad-text", test_bad_text);
  g_test_add_func ("/bench/options/hostile-text", test_hostile_text);
  g_test_add_func ("/bench/options/later-values", test_unknown_accelerator);
  g_test_add_func ("/bench/options/working-values", test_working_values);
  g_test_add_func ("/bench/options/raw-fields", test_raw_fields);
  g_test_add_func ("/bench/options/topk-range", test_topk_range);
  g_test_add_func ("/bench/options/same", test_same);
  g_test_add_func ("/bench/options/batch-range", test_batch_range);
  g_test_add_func ("/bench/options/expert-counts-range", test_expert_counts_range);
  g_test_add_func ("/bench/options/file", test_file);
  g_test_add_func ("/bench/options/hot-range", test_hot_range);
  g_test_add_func ("/bench/options/sizes", test_sizes);
  g_test_add_func ("/bench/options/null-ranges", test_null_ranges);
  g_test_add_func ("/bench/options/fractions", test_fractions);
  g_test_add_func ("/bench/options/format-cuts", test_format_cuts);
  g_test_add_func ("/bench/options/real-numbers", test_real_numbers);
  return g_test_run ();
}
