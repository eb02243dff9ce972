/* SPDX-License-Identifier: Apache-2.0 */
/* 500 random runs: no two sentences of what is said about one contradict each other, and each says
 * what the judge said. */
#include <math.h>
#include <string.h>

#include "engine/judge/findings.h"
#include "engine/text/intern.h"
#include "ui/report/report.h"
#include "ui/words/comparison.h"
#include "ui/words/conclusion.h"
#include "ui/words/judged.h"
#include "ui/words/logbook.h"

enum
{
  RUNS = 500,
  MAX_FALLS_LISTED = 20
};

static const double fractions[] = { 0, 0.1, 0.3, 0.5, 0.7, 0.9 };

static double
between (GRand *random, double low, double high)
{
  return g_rand_double_range (random, low, high);
}

static void
add_samples (MoeRun *run, gsize index, GRand *random, double time_s, double noise)
{
  guint starts = (guint)g_rand_int_range (random, 1, 5),
        rounds = (guint)g_rand_int_range (random, 1, 9);
  for (guint i = 0; i < starts * rounds; i++)
    {
      MoeTaken taken = moe_taken_unknown ();
      taken.start = i / rounds;
      taken.round = i;
      taken.share = g_rand_double (random) < 0.1 ? 0.7 : 0.99;
      taken.cpu_s = time_s;
      taken.anchor_s = 0.01;
      moe_run_add_sample (run, index, time_s * (1 + noise * between (random, -1, 1)), NULL, &taken);
    }
}

/* Curves that rise, fall, stay or wander, under noise from none to much; now and then figures
 * without samples. */
static MoeRun *
random_run (GRand *random, const char *title)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  gboolean figures = g_rand_double (random) < 0.15;
  double noise = pow (10, between (random, -3.5, -0.7));
  double slope = between (random, -0.3, 1), wander = g_rand_boolean (random) ? 0 : 0.2;
  guint n = (guint)g_rand_int_range (random, 2, G_N_ELEMENTS (fractions) + 1);
  for (gint64 topk = 2; topk <= 8; topk *= 2)
    {
      for (guint i = 0; i < n; i++)
        {
          MoeRecord record;
          double time_s = 0.1 * (double)topk * (1 - slope * fractions[i])
                          * (1 + wander * between (random, -1, 1));
          moe_record_init (&record);
          record.has_shape = TRUE;
          record.shape = (MoeShape){ 1000, 8, 8, 16, 0 };
          record.topk = topk;
          record.null_target = record.null_realized = fractions[i];
          record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
          record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
          record.tokens_per_s = figures ? 1000 / time_s : NAN;
          gsize index = moe_run_append (run, &record);
          if (!figures)
            add_samples (run, index, random, time_s, noise);
        }
      if (g_rand_boolean (random))
        break;
    }
  return run;
}

static gsize
count (const char *text, const char *part)
{
  gsize n = 0;
  for (const char *at = text; (at = strstr (at, part)) != NULL; at += strlen (part))
    n++;
  return n;
}

/* Every trend that is told is this one. */
static void
assert_trend (const char *text, const MoeTrend *trend, const char *mark)
{
  static const char *const claims[] = { "Tokens/s is not monotonic in f", "rising with every step",
                                        "never falling", "nowhere falls for sure" };
  g_autofree char *words = nullcurve_words_trend (trend, mark);
  g_assert_nonnull (strstr (text, words));
  for (gsize i = 0; i < G_N_ELEMENTS (claims); i++)
    g_assert_cmpuint (count (text, claims[i]), ==, count (words, claims[i]));
  g_assert_true ((strstr (text, claims[0]) != NULL) == (trend->falls > 0));
  g_assert_true ((strstr (text, claims[1]) != NULL) == (trend->rises == trend->steps));
}

/* The falls that table (e) lists are those that the judge calls so. */
static void
assert_falls (const char *text, const GPtrArray *findings, const MoeTrend *trend)
{
  g_assert_cmpuint (count (text, " falls from f = "), ==, MIN (trend->falls, MAX_FALLS_LISTED));
  g_assert_cmpuint (trend->rises + trend->falls + trend->same + trend->open, ==, trend->steps);
  for (guint i = 0; i < findings->len; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      gboolean falls = finding->overall.verdict == MOE_VERDICT_SLOWER;
      g_assert_false (falls && finding->last->tokens_per_s > finding->first->tokens_per_s);
    }
}

static void
assert_gains (char *const *lines, const GPtrArray *findings)
{
  gsize open = 0, said = 0;
  for (guint i = 0; i < findings->len; i++)
    open +=
        ((const MoeFinding *)g_ptr_array_index (findings, i))->overall.verdict == MOE_VERDICT_OPEN;
  for (; *lines != NULL; lines++)
    said += strstr (*lines, "whether that is a difference is open") != NULL;
  g_assert_cmpuint (said, ==, open);
}

/* SPEC 3: speed-up and efficiency of a row are one number, within whose interval the rates lie
 * where they are of the same rounds. */
static void
assert_rows_agree (const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      MoeSpread speedup;
      const MoeRecord *record = moe_run_get_record (run, i);
      moe_run_speedup (run, record, &speedup);
      double efficiency = moe_run_null_efficiency (run, record);
      if (isnan (efficiency))
        continue;
      g_assert_cmpfloat_with_epsilon (efficiency, speedup.median * (1 - record->null_realized),
                                      1e-12);
      g_assert_cmpfloat (speedup.lower, <=, speedup.median);
      g_assert_cmpfloat (speedup.upper, >=, speedup.median);
    }
}

static void
test_one_run (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  for (int i = 0; i < RUNS; i++)
    {
      g_autoptr (MoeRun) run = random_run (random, "Random");
      g_autoptr (GPtrArray) runs = g_ptr_array_new ();
      g_ptr_array_add (runs, run);
      g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
      MoeTrend trend = moe_findings_trend (findings, 0, findings->len);
      g_autoptr (GString) report = nullcurve_report_markdown (runs);
      g_autoptr (GString) logbook = moe_tables_logbook (&run, 1, 0);
      g_auto (GStrv) lines = nullcurve_words_findings_lines (run);
      g_autofree char *conclusion =
          g_strndup (report->str, (gsize)(strstr (report->str, "## (a)") - report->str));
      assert_trend (conclusion, &trend, "**");
      assert_trend (logbook->str, &trend, "");
      g_autofree char *all = g_strjoinv ("\n", lines);
      assert_trend (all, &trend, "");
      assert_falls (logbook->str, findings, &trend);
      assert_gains (lines, findings);
      assert_rows_agree (run);
    }
}

/* --- two runs --- */

static gsize
rows_with (const char *table, const char *verdict)
{
  g_auto (GStrv) lines = g_strsplit (table, "\n", -1);
  gsize n = 0;
  for (char **line = lines; *line != NULL; line++)
    n += g_str_has_suffix (*line, verdict);
  return n;
}

static void
assert_count (const char *headline, const char *words, gsize n)
{
  g_autofree char *said = g_strdup_printf ("%s at %zu", words, n);
  g_assert_true ((strstr (headline, said) != NULL) == (n > 0));
}

static void
test_two_runs (void)
{
  static const char *const heads[] = { [MOE_VERDICT_OPEN] = "Whether B is faster",
                                       [MOE_VERDICT_FASTER] = "B is faster",
                                       [MOE_VERDICT_SLOWER] = "B is slower",
                                       [MOE_VERDICT_SAME] = "A and B are equally fast" };
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  for (int i = 0; i < RUNS; i++)
    {
      g_autoptr (MoeRun) a = random_run (random, "A"), b = random_run (random, "B");
      g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
      const MoeJudged *joint = &comparison->joint;
      gsize n = comparison->pairs->len;
      gsize faster = moe_comparison_count (comparison, MOE_VERDICT_FASTER);
      gsize slower = moe_comparison_count (comparison, MOE_VERDICT_SLOWER);
      g_autofree char *headline = nullcurve_words_headline (comparison, NULLCURVE_SIDES_LETTERS);
      g_autoptr (GString) text = nullcurve_words_comparison_text (comparison);
      g_assert_cmpuint (n, >, 0);
      g_assert_true (g_str_has_prefix (headline, heads[joint->verdict]));
      g_assert_true (g_str_has_prefix (text->str, headline));
      if (n > 1)
        {
          assert_count (headline, "faster", faster);
          assert_count (headline, "slower", slower);
        }
      g_assert_cmpuint (rows_with (text->str, " faster")
                            + rows_with (text->str, "faster (single figures)"),
                        ==, faster);
      g_assert_cmpuint (rows_with (text->str, " slower")
                            + rows_with (text->str, "slower (single figures)"),
                        ==, slower);
      /* All together are not called the one where every single point is called the other. */
      g_assert_false (joint->verdict == MOE_VERDICT_FASTER && slower == n);
      g_assert_false (joint->verdict == MOE_VERDICT_SLOWER && faster == n);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/consistent/one-run", test_one_run);
  g_test_add_func ("/consistent/two-runs", test_two_runs);
  return g_test_run ();
}
