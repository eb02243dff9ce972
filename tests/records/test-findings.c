/* SPDX-License-Identifier: Apache-2.0 */
/* What is concluded from rows, and what is left open where they do not tell. */
#include "engine/records/findings.h"

#include "engine/records/ranksum.h"
#include "tests/records/support.h"

static void
assert_has (const GString *text, const char *part)
{
  if (strstr (text->str, part) == NULL)
    {
      g_test_message ("missing: %s\nin:\n%s", part, text->str);
      g_test_fail ();
    }
}

static void
assert_lacks (const GString *text, const char *part)
{
  if (strstr (text->str, part) != NULL)
    {
      g_test_message ("unwanted: %s\nin:\n%s", part, text->str);
      g_test_fail ();
    }
}

static GString *
conclude (MoeRun *run)
{
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  return moe_findings_to_markdown (findings);
}

/* A curve of T 1000 tokens: a step at f takes times_s[i] give or take `noise`, n samples each. */
static MoeRun *
run_of_times (const double *fractions, const double *times_s, gsize n_points, gsize n, double noise)
{
  g_autoptr (MoeRun) from = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Run");
  for (gsize i = 0; i < n_points; i++)
    {
      MoeRecord record = *moe_run_get_record (from, 0);
      record.shape.tokens = 1000;
      record.null_target = record.null_realized = fractions[i];
      record.n_samples = 0;
      moe_run_append (run, &record);
      for (gsize j = 0; j < n; j++)
        {
          MoeStageTimes stages = { { 0 } };
          double time_s = times_s[i] * (1 + noise * ((double)j / (double)(n - 1) - 0.5));
          /* A tenth of the time at f = 0 is packing, whatever f; so much is w1's gradient too. */
          stages.time_s[MOE_STAGE_PACK] = 0.1 * times_s[0];
          stages.time_s[MOE_STAGE_UP] = times_s[i] - 0.1 * times_s[0];
          moe_run_add_sample (run, i, time_s, &stages, NULL);
        }
    }
  return run;
}

/* No step falls clearly where there are three samples each, but all of them together do. */
static void
test_slow_fall (void)
{
  static const double f[] = { 0, 0.2, 0.4, 0.6, 0.8 }, t[] = { 1.0, 1.01, 1.02, 1.03, 1.04 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 5, 3, 0.001);
  g_autoptr (GString) text = conclude (run);
  assert_has (text, "- **Tokens/s is not monotonic in f**: it falls in 4 of 4 steps from one null "
                    "fraction to the next, but in none by more than noise may be.");
  assert_has (text, "rises clearly with f in 0 of 1 curves and falls clearly in 1 (Kendall");
}

/* Kendall's tau-b with ties in both; p by the variance that permutation gives. */
static void
test_rank_trend (void)
{
  static const double x[] = { 0, 0, 0.5, 0.5, 0.9, 0.9 }, y[] = { 1, 1.1, 1.1, 1.3, 1.5, 1.4 };
  double p, same[] = { 1, 1, 1 };
  g_assert_cmpfloat_with_epsilon (moe_rank_trend (x, y, 6, &p), 0.8486684247915055, 1e-12);
  g_assert_cmpfloat_with_epsilon (p, 0.04349427390059603, 1e-12);
  g_assert_true (isnan (moe_rank_trend (same, y, 3, &p)));
  g_assert_cmpfloat (p, ==, 1);
  g_assert_true (isnan (moe_rank_trend (x, y, 2, &p)));
}

static void
test_clear_rise (void)
{
  static const double f[] = { 0, 0.5, 0.9 }, t[] = { 1.0, 0.6, 0.28 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 3, 7, 0.01);
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  g_assert_cmpuint (findings->len, ==, 1);
  const MoeFinding *finding = g_ptr_array_index (findings, 0);
  g_assert_cmpuint (finding->n_points, ==, 3);
  g_assert_cmpuint (finding->n_steps, ==, 2);
  g_assert_cmpuint (finding->n_clear_rises, ==, 2);
  g_assert_cmpuint (finding->n_falls, ==, 0);
  g_assert_cmpuint (finding->n_hopeless, ==, 0);
  g_assert_cmpfloat (finding->tau, >, 0.8);
  g_assert_cmpfloat (finding->tau_p, <, 0.001);
  g_assert_cmpint (finding->kind, ==, MOE_SPEEDUP_PAIRED);
  g_assert_cmpfloat_with_epsilon (finding->speedup.median, 1 / 0.28, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->ideal, 10, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->realised, 0.1 / 0.28, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->realised_lower, 0.1 / 0.28, 1e-9);

  /* Ideal scaling leaves 0.1 s; packing took 0.1 s instead of 0.01, the matmuls 0.18 for 0.09. */
  g_assert_true (finding->has_stages);
  g_assert_cmpfloat_with_epsilon (finding->ideal_s, 0.1, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->excess_s, 0.18, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->stage_excess_s[MOE_STAGE_PACK], 0.09, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->stage_excess_s[MOE_STAGE_UP], 0.09, 1e-9);

  g_autoptr (GString) text = moe_findings_to_markdown (findings);
  assert_has (text,
              "- **Tokens/s is monotonic in f**: it never falls from one null fraction to the "
              "next, at `1000x512x352x60` top-4. Of 2 steps 2 rise clearly, 0 fall clearly, "
              "and 0 are too small to tell. Over all fractions tokens/s rises clearly with f "
              "in 1 of 1 curves (Kendall's rank correlation, p < 0.05).\n");
  assert_has (text, "- **The largest gain** is 3.57× (+257.14 %), from f = 0.0 to 0.9 at "
                    "`1000x512x352x60` top-4: 1,000 to 3,571 tokens/s (3.57× to 3.57×, 95 % "
                    "interval of 7 pairs).\n");
  assert_has (text, "- **Of the ideal 1 / (1 - f)**, 35.7 % is realised at the highest f "
                    "(`1000x512x352x60` top-4, f = 0.9).\n");
  assert_has (text,
              "the samples do not tell which stage leads. At `1000x512x352x60` top-4, f = 0.9, "
              "a step takes 280 ms where ideal scaling would leave 100 ms; of the 180 ms "
              "between them 90.0 ms (50.0 %) `");
  assert_has (text,
              "| 1000x512x352x60 | 4 | 0.9 | 3.57× | 3.57× to 3.57× | 10.0× | 35.7 % | 35.7 % "
              "to 35.7 % |\n");
  assert_has (text, "| 1000x512x352x60 | 4 | 0.9 | 280 ms | 100 ms | 180 ms | 90.0 ms (50.0 %) ");
}

static void
test_leading_stage (void)
{
  static const double f[] = { 0, 0.9 }, t[] = { 1.0, 0.15 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 2, 7, 0.01);
  g_autoptr (GString) text = conclude (run);
  assert_has (text, "- **What eats the rest**, above all: `pack` (ordering the assignments). At "
                    "`1000x512x352x60` top-4, f = 0.9, a step takes 150 ms where ideal scaling "
                    "would leave 100 ms; of the 50.0 ms between them 90.0 ms (180.0 %) `pack` "
                    "(ordering the assignments).\n");

  /* The same medians with samples that spread so wide: no stage is named as leading. */
  g_autoptr (MoeRun) noisy = run_of_times (f, t, 2, 7, 1.0);
  g_autoptr (GString) doubtful = conclude (noisy);
  assert_has (doubtful,
              "- **What eats the rest**, above all: the samples do not tell which stage "
              "leads. At `1000x512x352x60` top-4, f = 0.9, a step takes 150 ms where ideal "
              "scaling would leave 100 ms, which is within the noise of the samples.\n");
  assert_has (doubtful, "| within the noise |\n");
}

static void
test_falls (void)
{
  static const double f[] = { 0, 0.3, 0.6, 0.9 }, t[] = { 1.0, 1.2, 0.5, 0.52 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 4, 8, 0.02);
  g_autoptr (GString) text = conclude (run);
  assert_has (text,
              "- **Tokens/s is not monotonic in f**: it falls in 2 of 3 steps from one null "
              "fraction to the next, in 2 of them clearly. The deepest fall is -16.67 %, from "
              "f = 0.0 to 0.3 at `1000x512x352x60` top-4.");

  /* Falls that are no more than noise. */
  static const double flat[] = { 1.0, 1.002, 0.999, 1.001 };
  g_autoptr (MoeRun) noise = run_of_times (f, flat, 4, 5, 0.2);
  g_autoptr (GString) open = conclude (noise);
  assert_has (open, "- **Tokens/s nowhere falls clearly**: it falls in 2 of 3 steps from one null "
                    "fraction to the next, but in none by more than noise may be.");
  assert_has (open, "Of 3 steps 0 rise clearly, 0 fall clearly, and 3 are too small to tell. Over "
                    "all fractions tokens/s rises clearly with f in 0 of 1 curves");
}

static void
test_no_gain (void)
{
  static const double f[] = { 0, 0.9 }, t[] = { 1.0, 1.0 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 2, 6, 0.1);
  MoeRecord record = *moe_run_get_record (run, 1);
  double samples_s[] = { 0.9, 1.1, 0.95, 1.05, 0.99, 1.01 };
  record.samples_s = samples_s;
  moe_run_replace (run, 1, &record);
  g_autoptr (GString) text = conclude (run);
  assert_has (text, "interval of 6 pairs); that is no clear difference.\n");
}

/* The logbook's three samples: no step is clear, the whole is. */
static void
test_three_samples (void)
{
  static const double f[] = { 0, 0.3, 0.6, 0.9 }, t[] = { 1.0, 0.8, 0.6, 0.4 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 4, 3, 0.05);
  g_autoptr (GString) text = conclude (run);
  assert_has (text,
              "it never falls from one null fraction to the next, at `1000x512x352x60` top-4. "
              "With fewer than 4 samples a point no single step can be told from noise. Over "
              "all fractions tokens/s rises clearly with f in 1 of 1 curves");
  assert_has (text, "(2.50× to 2.50×, range of 3 pairs)");
  assert_lacks (text, "rise clearly,");
}

static void
test_published (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GPtrArray) findings = moe_findings_new ((MoeRun *const *)runs->pdata, runs->len);
  g_autoptr (GString) text = moe_findings_to_markdown (findings);
  g_assert_cmpuint (findings->len, ==, 9 + 6);
  assert_has (text,
              "**TPU v5p (published)**\n\n- **Tokens/s is monotonic in f**: it never falls "
              "from one null fraction to the next, in all 9 curves (shape and top-k). The "
              "figures have no samples, so there are no intervals.\n"
              "- **The largest gain** is 2.17× (+117.46 %), from f = 0.0 to 0.9 at "
              "`65536x3072x3072x128` top-8: 354,834 to 771,626 tokens/s (no interval: single "
              "figures).\n"
              "- **Of the ideal 1 / (1 - f)**, 20.1 % (`32768x2048x2048x64` top-8, f = 0.9) "
              "to 21.7 % (`65536x3072x3072x128` top-8, f = 0.9) is realised at the highest f. "
              "6 curves have no row at f = 0 to be held against.\n"
              "- **What eats the rest** is not known: the rows tell no stage times");
  /* SPEC 3: 0.21; no row has an interval, so there is no column for one. */
  assert_has (text, "| TPU v5p (published) | independent | 32768x2048x1408x60 | 8 | 0.9 | 2.14× | "
                    "10.0× | 21.4 % |\n");
  assert_lacks (text, "rise clearly");
}

static void
test_nothing (void)
{
  g_autoptr (GPtrArray) none = moe_findings_new (NULL, 0);
  g_autoptr (GString) text = moe_findings_to_markdown (none);
  g_assert_cmpstr (
      text->str, ==,
      "No curve has tokens/s at two null fractions, so there is nothing to conclude.\n");
  g_autoptr (MoeRun) run = test_read ("shape,topk,null_target,tokens_per_s\n1x2x3x4,1,0.1,100\n"
                                      "1x2x3x4,1,0.5,101\n",
                                      "x.csv");
  g_autoptr (GString) baseless = conclude (run);
  assert_has (baseless, "1 of 1 steps are under 2 %, which counts as a tie.");
  assert_has (baseless, "- No curve has a row at f = 0, so there is no gain to tell.\n");
  assert_lacks (baseless, "Of the ideal");
}

static void
test_stages_that_are_not_told (void)
{
  static const double f[] = { 0, 0.9 }, t[] = { 1.0, 0.5 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 2, 6, 0.01);
  MoeRecord record = *moe_run_get_record (run, 1);
  record.stage_s[MOE_STAGE_PACK] = NAN; /* told at f = 0 only */
  moe_run_replace (run, 1, &record);
  g_autoptr (GString) text = conclude (run);
  assert_has (text, "- **What eats the rest** is not known");
}

static void
test_hostile_words (void)
{
  g_autoptr (MoeRun) run = test_read ("shape,topk,null_target,tokens_per_s,impl\n"
                                      "1x2x3x4,1,0,100,<b>|`x`\n1x2x3x4,1,0.5,150,<b>|`x`\n"
                                      "1x2x3x4,1,0,100,b\n1x2x3x4,1,0.5,140,b\n",
                                      "x.csv");
  g_autoptr (GString) text = conclude (run);
  assert_has (text, "at `1x2x3x4` top-1 (\\<b>\\|\\`x\\`): 100 to 150 tokens/s");
  assert_has (text, "| \\<b>\\|\\`x\\` | 1x2x3x4 | 1 | 0.5 |");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/findings/rank-trend", test_rank_trend);
  g_test_add_func ("/findings/clear-rise", test_clear_rise);
  g_test_add_func ("/findings/slow-fall", test_slow_fall);
  g_test_add_func ("/findings/leading-stage", test_leading_stage);
  g_test_add_func ("/findings/falls", test_falls);
  g_test_add_func ("/findings/no-gain", test_no_gain);
  g_test_add_func ("/findings/three-samples", test_three_samples);
  g_test_add_func ("/findings/published", test_published);
  g_test_add_func ("/findings/nothing", test_nothing);
  g_test_add_func ("/findings/stages-that-are-not-told", test_stages_that_are_not_told);
  g_test_add_func ("/findings/hostile-words", test_hostile_words);
  return g_test_run ();
}
