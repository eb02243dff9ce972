/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of verdicts. */
#include <math.h>
#include <string.h>

#include "tests/records/support.h"
#include "ui/words/comparison.h"
#include "ui/words/judged.h"

static MoeJudged
judged (MoeMethod method, MoeVerdict verdict, double ratio)
{
  return (MoeJudged){ .method = method,
                      .verdict = verdict,
                      .ratio = ratio,
                      .lower = method >= MOE_METHOD_ROUNDS ? ratio - 0.01 : NAN,
                      .upper = method >= MOE_METHOD_ROUNDS ? ratio + 0.01 : NAN,
                      .p = method >= MOE_METHOD_ROUNDS ? 0.004 : NAN,
                      .adjusted = method >= MOE_METHOD_ROUNDS ? 0.04 : NAN,
                      .anchored = NAN,
                      .margin = 0.01,
                      .n_a = method >= MOE_METHOD_ROUNDS ? 24 : 0,
                      .n_b = method >= MOE_METHOD_ROUNDS ? 24 : 0 };
}

static void
assert_words (char *words, const char *expected)
{
  g_assert_cmpstr (words, ==, expected);
  g_free (words);
}

static void
test_verdicts (void)
{
  MoeJudged faster = judged (MOE_METHOD_ROUNDS, MOE_VERDICT_FASTER, 1.031);
  MoeJudged same = judged (MOE_METHOD_STARTS, MOE_VERDICT_SAME, 0.999);
  MoeJudged figure = judged (MOE_METHOD_FIGURES, MOE_VERDICT_SLOWER, 0.9);
  MoeJudged tie = judged (MOE_METHOD_FIGURES, MOE_VERDICT_SAME, 1.01);
  assert_words (nullcurve_words_judged (&faster), "+3.1\302\240%, faster, p = 0.040, n = 24/24");
  assert_words (nullcurve_words_interval (&faster), "+2.1\302\240% to +4.1\302\240%");
  assert_words (nullcurve_words_verdict (&same), "the same within 1 %");
  assert_words (nullcurve_words_judged (&figure), "−10.0\302\240%, slower (single figures)");
  assert_words (nullcurve_words_verdict (&tie), "a tie (single figures)");
  g_assert_null (nullcurve_words_interval (&figure));
  g_assert_null (nullcurve_words_open (&faster));
  assert_words (nullcurve_words_delta (2.5), "2.50×");
  assert_words (nullcurve_words_delta (0.9999), "+0.0\302\240%");
  assert_words (nullcurve_words_delta (NAN), "–");
}

/* Whatever keeps a verdict open has a sentence of its own. */
static void
test_hindrances (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (MoeHindrance hindrance = MOE_HINDRANCE_NOISE; hindrance <= MOE_HINDRANCE_FEW; hindrance++)
    {
      MoeJudged open = judged (MOE_METHOD_STARTS, MOE_VERDICT_OPEN, 1.02);
      open.hindrance = hindrance;
      g_assert_true (g_hash_table_add (seen, nullcurve_words_open (&open)));
    }
  MoeJudged open = judged (MOE_METHOD_ROUNDS, MOE_VERDICT_OPEN, 1.02);
  open.hindrance = MOE_HINDRANCE_NOISE;
  open.more_rounds = 12;
  assert_words (nullcurve_words_open (&open),
                "The interval is too wide; about 12 more rounds would settle it.");
}

#define COLUMNS "shape,topk,null_mode,null_target,tokens_per_s,impl"

static MoeRun *
run_of (const char *title, const char *rows)
{
  g_autofree char *text =
      g_strconcat ("# nullcurve-csv: 1\n# title: ", title, "\n" COLUMNS "\n", rows, NULL);
  return test_read (text, "x.csv");
}

static void
test_headlines (void)
{
  g_autoptr (MoeRun) a = run_of ("A", "1x2x3x4,2,independent,0.1,100,\n"
                                      "1x2x3x4,2,independent,0.2,100,\n"
                                      "1x2x3x4,2,independent,0.3,100,\n");
  g_autoptr (MoeRun) b = run_of ("B", "1x2x3x4,2,independent,0.1,110,\n"
                                      "1x2x3x4,2,independent,0.2,120,\n"
                                      "1x2x3x4,2,independent,0.3,90,\n");
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  assert_words (
      nullcurve_words_headline (comparison, NULLCURVE_SIDES_LETTERS),
      "B is faster: +5.9\302\240% over 3 points. Point by point: faster at 2, slower at 1. These "
      "are single figures without samples, so that there is no interval; less than 2 % is "
      "a tie.");
  g_autofree char *ours = nullcurve_words_headline (comparison, NULLCURVE_SIDES_BASELINE);
  g_assert_true (g_str_has_prefix (ours, "This run is faster: "));
  g_autoptr (MoeComparison) nothing = moe_compare (NULL, 0, NULL, 0);
  g_autofree char *none = nullcurve_words_headline (nothing, NULLCURVE_SIDES_LETTERS);
  g_assert_true (g_str_has_prefix (none, "No point of the one has a partner in the other"));
}

static void
test_guards (void)
{
  char *one[] = { "x", NULL }, *two[] = { "y", "z", "u", "v", NULL }, *none[] = { NULL };
  MoeGuard guard = { .kind = MOE_GUARD_HOST, .a = one, .b = two };
  assert_words (nullcurve_words_guard (&guard, NULLCURVE_SIDES_LETTERS),
                "The machines differ: x in A, y, z, u and 1 more in B.");
  assert_words (nullcurve_words_guard (&guard, NULLCURVE_SIDES_BASELINE),
                "The machines differ: x in the baseline, y, z, u and 1 more in this run.");
  guard.kind = MOE_GUARD_TIMED;
  guard.b = none;
  assert_words (nullcurve_words_guard (&guard, NULLCURVE_SIDES_LETTERS),
                "A was timed x; B does not say so.");
  guard = (MoeGuard){ .kind = MOE_GUARD_LOAD, .a = none, .b = none, .busy_a = 0.04, .busy_b = 1.7 };
  assert_words (nullcurve_words_guard (&guard, NULLCURVE_SIDES_LETTERS),
                "Other processes kept processors busy meanwhile: 0.0 with A, 1.7 with B.");
}

static void
test_texts (void)
{
  g_autoptr (MoeRun) a = test_run_sampled (3, 1), b = test_run_sampled (3, 1.25);
  moe_run_set_title (a, "Faster");
  moe_run_set_title (b, "Faster");
  moe_run_set_fact (a, "rounds", "1");
  moe_run_set_fact (b, "rounds", "1");
  MoeRecord lonely = *moe_run_get_record (b, 0);
  lonely.null_target = 0.75;
  moe_run_append (b, &lonely);
  moe_run_set_title (a, "Slow | <b>");
  moe_run_set_fact (b, "host", "bench\n2");
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_autoptr (GString) text = nullcurve_words_comparison_text (comparison);
  g_autoptr (GString) markdown = nullcurve_words_comparison_markdown (comparison);
  g_assert_true (
      g_str_has_prefix (text->str, "B is faster: +25.0\302\240% over 2 points, 95 % interval "));
  g_assert_nonnull (strstr (text->str, "\nA: Slow | <b>\nB: Faster\nWarning: The machines differ: "
                                       "bench-1 in A, bench 2 in B.\n\nshape "));
  g_assert_nonnull (strstr (text->str, "24 rounds, 3 starts  faster\n"));
  g_assert_nonnull (
      strstr (text->str, "1 row of B without a partner: 4096x512x352x60 top-4 f = 0.75 "));
  g_assert_nonnull (strstr (markdown->str, "\n- A: Slow \\| \\<b>\n"));
  g_assert_nonnull (strstr (markdown->str, "| 24 rounds, 3 starts | faster |\n"));
  g_assert_true (g_str_has_suffix (markdown->str, "fused_w13.\n"));
}

/* Five starts of four rounds, timed on a machine whose anchors take `anchor_s`. */
static MoeRun *
run_with_anchors (const char *title, double time_s, double anchor_s)
{
  MoeRun *run = run_of (title, "8x2x3x4,2,independent,0.1,100,\n");
  for (guint i = 0; i < 20; i++)
    {
      MoeTaken taken = moe_taken_unknown ();
      taken.start = i / 4;
      taken.round = i;
      taken.anchor_s = anchor_s;
      moe_run_add_sample (run, 0, time_s * (1 + 1e-3 * (double)(i * 7 % 5)), NULL, &taken);
    }
  return run;
}

/* Separate runs with anchors have a column and a line for them, others do not. */
static void
test_anchored (void)
{
  g_autoptr (MoeRun) a = run_with_anchors ("A", 1, 0.01);
  g_autoptr (MoeRun) b = run_with_anchors ("B", 0.5, 0.008);
  g_autoptr (MoeRun) bare = run_with_anchors ("C", 0.5, NAN);
  g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
  g_autoptr (GString) text = nullcurve_words_comparison_text (comparison);
  g_assert_nonnull (strstr (text->str, "  anchored  "));
  g_assert_nonnull (strstr (text->str, "+60.0\302\240%"));
  g_assert_nonnull (strstr (text->str, "\nAnchored: "));
  g_autoptr (MoeComparison) without = moe_compare (&a, 1, &bare, 1);
  g_autoptr (GString) markdown = nullcurve_words_comparison_markdown (without);
  g_assert_null (strstr (markdown->str, "nchored"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/comparison/verdicts", test_verdicts);
  g_test_add_func ("/words/comparison/hindrances", test_hindrances);
  g_test_add_func ("/words/comparison/headlines", test_headlines);
  g_test_add_func ("/words/comparison/guards", test_guards);
  g_test_add_func ("/words/comparison/texts", test_texts);
  g_test_add_func ("/words/comparison/anchored", test_anchored);
  return g_test_run ();
}
