/* SPDX-License-Identifier: Apache-2.0 */
/* Reports: what they say, that nothing in them can be told apart from data, and that files are
 * whole or not there.  No display needed. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "engine/formats/csv.h"
#include "engine/formats/formats.h"
#include "engine/formats/reference-rows.h"
#include "engine/judge/bound.h"
#include "engine/records/run-noise.h"
#include "engine/text/intern.h"
#include "ui/report/charts.h"
#include "ui/report/cut.h"
#include "ui/report/markdown.h"
#include "ui/report/report.h"
#include "ui/views/curves.h"
#include "ui/views/throughput.h"

static void
assert_has (const GString *text, const char *part)
{
  if (strstr (text->str, part) == NULL)
    {
      g_test_message ("missing: %s\nin:\n%.20000s", part, text->str);
      g_test_fail ();
    }
}

static void
assert_lacks (const GString *text, const char *part)
{
  const char *found = strstr (text->str, part);
  if (found != NULL)
    {
      g_test_message ("unwanted: %s\nin: %.200s", part, MAX (found - 80, (const char *)text->str));
      g_test_fail ();
    }
}

static gsize
count (const GString *text, const char *part)
{
  gsize n = 0;
  for (const char *at = text->str; (at = strstr (at, part)) != NULL; at += strlen (part))
    n++;
  return n;
}

static GPtrArray *
published_runs (void)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *runs = moe_formats_read_reference (g_getenv ("NULLCURVE_DATA_DIR"), &error);
  g_assert_no_error (error);
  return runs;
}

/* Two modes of one shape at four fractions, six samples a point, with stages and facts. */
static MoeRun *
measured_run (const char *title)
{
  static const double fractions[] = { 0, 0.1, 0.5, 0.9 };
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  moe_run_set_fact (run, "host", "bench-1");
  moe_run_set_fact (run, "version", "0.1.0");
  moe_run_set_fact (run, "date", "2026-11-24T05:43:17.199828Z");
  moe_run_set_fact (run, "command", "nullcurve-bench --preset Quick");
  moe_run_set_fact (run, "options", "tokens=1000 hidden=64");
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (fractions); i++)
    {
      MoeRecord record;
      double f = fractions[i % G_N_ELEMENTS (fractions)];
      double time_s = (0.02 + 0.08 * (1 - f)) * (i < G_N_ELEMENTS (fractions) ? 1 : 1.1);
      moe_record_init (&record);
      record.has_shape = TRUE;
      record.shape = (MoeShape){ 1000, 64, 48, 8, 0 };
      record.topk = 2;
      record.null_target = record.null_realized = f;
      record.real_assignments = (gint64)lround (2000 * (1 - f));
      record.null_assignments = 2000 - record.real_assignments;
      record.choice[MOE_CHOICE_NULL_MODE] =
          moe_text_intern (i < G_N_ELEMENTS (fractions) ? "independent" : "take_until_null");
      record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
      record.choice[MOE_CHOICE_IMPL] = moe_text_intern ("fused_w13");
      record.choice[MOE_CHOICE_DTYPE] = moe_text_intern ("float32");
      record.load_min = 200;
      record.load_max = 300;
      gsize index = moe_run_append (run, &record);
      for (int j = 0; j < 6; j++)
        {
          MoeStageTimes stages = { .comm_bytes = 0 };
          stages.time_s[MOE_STAGE_PACK] = 0.02;
          stages.time_s[MOE_STAGE_UP] = time_s - 0.02;
          moe_run_add_sample (run, index, time_s * (1 + 0.001 * j), &stages, NULL);
        }
    }
  return run;
}

static GPtrArray *
one_run (MoeRun *run)
{
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  g_ptr_array_add (runs, run);
  return runs;
}

/* --- what it says --- */

/* SPEC 6: table (b) from the shipped rows. */
static void
test_published (void)
{
  g_autoptr (GPtrArray) runs = published_runs ();
  g_autoptr (GString) text = nullcurve_report_markdown (runs);
  g_assert_true (g_str_has_prefix (text->str, "# Null-Routed MoE Benchmark\n"));
  assert_has (text,
              "| TPU v5p (published) | independent | `32768x2048x1408x60` | 858,766 | 920,847 "
              "| +7.23 % |\n");
  assert_has (text, "| 765,115 | 821,075 | +7.31 % |\n");
  assert_has (text, "| 354,834 | 383,765 | +8.15 % |\n");
  assert_has (text, "arithmetic mean gain across 3 shapes +7.57 %, geometric mean +7.56 %\n");
  assert_has (text, "**Tokens/s is monotonic in f, rising with every step**");
  assert_has (text, "**The largest gain** is 2.17×");
  assert_has (text, "| 2 | 1,572,435 | 2,001,485 | +27.29 % | 146.826 | 20.886 | -85.77 % |\n");
  assert_has (text,
              "| TPU v5p (published) | independent | 32768x2048x1408x60 | 8 | 1.000 | 0.965 | "
              "0.214 |\n");
  assert_has (text, "- Single figures without samples, so that there are no intervals");
  assert_has (text, "- timed: without sorting and packing, which were done once on the host.\n");
  assert_has (text, "of each step that no null slot removes");
  assert_has (text, "## Runs against each other\n\n**A and B are equally fast: ");
  assert_has (text, " over 9 points. Point by point: the same at 9. These are single figures");
  assert_lacks (text, "data:image"); /* tables only */
}

/* Alone, the first shipped run reads as the logbook does. */
static void
test_published_alone (void)
{
  g_autoptr (GPtrArray) both = published_runs ();
  g_autoptr (GPtrArray) runs = one_run (moe_run_ref (g_ptr_array_index (both, 0)));
  g_autoptr (GString) text = nullcurve_report_markdown (runs);
  assert_has (text, "# Null-Routed MoE Benchmark: TPU v5p (published)\n");
  assert_has (text, "| Shape | tokens/s @0.0 | tokens/s @0.1 | gain |\n"
                    "| --- | ---: | ---: | ---: |\n"
                    "| `32768x2048x1408x60` | 858,766 | 920,847 | +7.23 % |\n"
                    "| `32768x2048x2048x64` | 765,115 | 821,075 | +7.31 % |\n"
                    "| `65536x3072x3072x128` | 354,834 | 383,765 | +8.15 % |\n\n"
                    "- arithmetic mean gain across 3 shapes +7.57 %, geometric mean +7.56 %\n");
  assert_lacks (text, "## Runs against each other");
}

static void
test_measured (void)
{
  g_autoptr (GPtrArray) runs = one_run (measured_run ("My run"));
  g_autoptr (GString) text = nullcurve_report_markdown (runs);
  static const char *const parts[] = {
    "# Null-Routed MoE Benchmark: My run\n",
    "| host | date | points |\n",
    "| bench-1 | 2026-11-24 05:43 | 8 |\n",
    "## Conclusion\n\n- **`take_until_null` (B) against `independent` (A)**: B is slower: ",
    "\n- **Tokens/s is monotonic in f, rising with every step**: of 6 steps from",
    "From the lowest to the highest fraction 2 of 2 curves rise.",
    "- **The largest gain** is 3.57×, from f = 0.0 to 0.9",
    "above all: pack in 2 of 2 curves.",
    "## Warnings and advice\n\nNothing to warn of",
    "## (a) End-to-end delta",
    "## (d) Null modes against `independent`",
    "## Null modes, point by point\n\n**B is slower: ",
    "## Null efficiency\n",
    "| independent | 1000x64x48x8 | 2 | 1.000 | 0.978 | 0.833 | 0.357 |\n",
    "## Stages\n",
    "| independent | 1000x64x48x8 | 2 | 0.9 | 28.000 | 71.4 | 28.6 |\n",
    "## Points\n",
    "## Routing\n",
    "| independent | 1000x64x48x8 | 2 | 0.0 | 200 | 300 | 1.20 |\n",
    "## Environment\n",
    "| rows | 8 points measured. |\n",
    "| version | 0.1.0 |\n",
    "## Command lines\n\n```\nnullcurve-bench --preset Quick\n```\n",
    "with these options in force:\n\n```\ntokens=1000 hidden=64\n```\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    assert_has (text, parts[i]);
  assert_lacks (text, "## Null dispatch, point by point");
}

/* A small run says that it is one: few rows, far from the floor, and that made of weights. */
static void
test_size_of_the_work (void)
{
  static const MoeLimits wrong = { .peak_flops_per_s = 1e6,
                                   .read_bytes_per_s = 1e6,
                                   .write_bytes_per_s = 1e6,
                                   .calibration = { .flops_per_s = 1e6 } };
  static const MoeLimits slow_memory = { .peak_flops_per_s = 1e15,
                                         .read_bytes_per_s = 1e12,
                                         .write_bytes_per_s = 1e12,
                                         .calibration = { .flops_per_s = 1e11 } };
  static const MoeLimits slow_cores = { .peak_flops_per_s = 1e9,
                                        .read_bytes_per_s = 1e11,
                                        .write_bytes_per_s = 1e11,
                                        .calibration = { .flops_per_s = 1e9 } };
  g_autoptr (GPtrArray) runs = one_run (measured_run ("My run"));
  MoeRun *run = g_ptr_array_index (runs, 0);
  g_autoptr (GString) plain = nullcurve_report_markdown (runs);
  moe_run_set_fact (run, "scale", "32");
  moe_run_set_limits (run, &slow_cores);
  g_autoptr (GString) cores = nullcurve_report_markdown (runs);
  moe_run_set_limits (run, &wrong);
  g_autoptr (GString) beyond = nullcurve_report_markdown (runs);
  moe_run_set_limits (run, &slow_memory);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      MoeRecord record = *moe_run_get_record (run, i);
      record.shape = (MoeShape){ 32, 512, 352, 64, 0 };
      moe_run_replace (run, i, &record);
    }
  g_autoptr (GString) memory = nullcurve_report_markdown (runs);
  assert_has (plain, "## How large the work is\n\n- An expert gets 25 to 250 rows a step, in the "
                     "mean over all experts.\n");
  assert_lacks (plain, "of the roofline");
  assert_has (cores, "- The tokens of the published experiment are divided by 32, its weights are "
                     "not.\n");
  assert_has (cores, " % of the roofline, the floor under a step");
  assert_lacks (cores, "the floor is the reading");
  assert_has (beyond, "- Tokens/s is above what this machine's limits allow");
  assert_lacks (beyond, "% of the roofline");
  assert_has (memory, "- At every point the floor is the reading and writing of weights");
}

static void
test_runs_against_each_other (void)
{
  g_autoptr (GPtrArray) runs = one_run (measured_run ("First"));
  MoeRun *second = measured_run ("Second");
  moe_run_set_fact (second, "host", "bench-2");
  moe_run_set_fact (second, "state", "stopped");
  g_ptr_array_add (runs, second);
  g_autoptr (GString) text = nullcurve_report_markdown (runs);
  assert_has (text,
              "## Runs against each other\n\n**Whether B is faster or slower than A is open: ");
  assert_has (text, "\n\n- A: First\n- B: Second\n\nWhat differs between the sides:\n\n"
                    "- The machines differ: bench-1 in A, bench-2 in B.\n");
  assert_has (text, "### Second\n\n- The run is “stopped”: points or samples may be missing.\n");
}

static void
test_warnings (void)
{
  g_autoptr (GError) error = NULL;
  static const char log[] = "shape tokens=1000 hidden=2 mlp_dim=3 experts=4\n"
                            "RESULT topk=2 null_target=0 tokens_per_s=100.000000\n"
                            "RESULT topk=2 null_target=x tokens_per_s=100.000000\n";
  MoeRun *run = moe_formats_read_data (log, strlen (log), "a.log", &error);
  g_assert_no_error (error);
  g_autoptr (GPtrArray) runs = one_run (run);
  g_autoptr (GString) text = nullcurve_report_markdown (runs);
  assert_has (text, "- 1 row read. 1 row is skipped: line 3: null_target “x” is not a number.\n");

  MoeRun *wrong = measured_run ("Wrong");
  MoeRecord record = *moe_run_get_record (wrong, 0);
  record.max_relative_error = 0.5;
  record.n_samples = 3;
  moe_run_replace (wrong, 0, &record);
  g_autoptr (GPtrArray) wrong_runs = one_run (wrong);
  g_autoptr (GString) told = nullcurve_report_markdown (wrong_runs);
  assert_has (told, "- 1 point differs from the double-precision reference by up to 0.5 relative");
  assert_has (told, "- Some points have fewer than 4 samples");
}

/* No more is said to be in order than was told. */
static void
test_reference_checks (void)
{
  for (gsize n_told = 0; n_told <= 8; n_told += 4)
    {
      MoeRun *run = measured_run ("My run");
      for (gsize i = 0; i < n_told; i++)
        moe_run_set_check (run, i, NAN, 1e-7);
      g_autoptr (GPtrArray) runs = one_run (run);
      g_autoptr (GString) text = nullcurve_report_markdown (runs);
      assert_has (text,
                  n_told == 0   ? "Nothing to warn of: rows and samples are in order. Whether "
                                  "the results were checked against the reference is not told.\n"
                  : n_told == 4 ? "rows and samples are in order, and so are the reference "
                                  "checks of 4 of 8 points; of the others none is told.\n"
                                : "Nothing to warn of: rows, samples and reference checks are "
                                  "in order.\n");
    }
}

/* What disturbed the run is told by its file. */
static void
test_noise (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) measured = measured_run ("My run");
  const MoeNoise noise = { .processors = 2, .others_busy = 1.7, .stolen = NAN, .throttlings = -1 };
  MoeRecord record = *moe_run_get_record (measured, 1);
  g_autofree double *samples_s = g_memdup2 (record.samples_s, record.n_samples * sizeof (double));
  for (gsize i = 0; i < record.n_samples; i++)
    samples_s[i] *= 1 + 0.1 * (double)i;
  record.samples_s = samples_s;
  moe_run_replace (measured, 1, &record);
  moe_run_set_noise (measured, &noise);
  g_autoptr (GString) csv = moe_formats_to_csv (measured);
  g_autoptr (GPtrArray) runs =
      one_run (moe_formats_read_data (csv->str, csv->len, "a.csv", &error));
  g_assert_no_error (error);
  g_autoptr (GString) text = nullcurve_report_markdown (runs);
  assert_has (text, "other processes use 1.7 of 2 processors");
}

/* --- HTML --- */

static void
test_html (void)
{
  g_autoptr (GPtrArray) runs = one_run (measured_run ("My run"));
  g_autoptr (GString) html = nullcurve_report_html (runs);
  g_assert_true (g_str_has_prefix (html->str, "<!DOCTYPE html>\n<html lang=\"en\">\n"));
  g_assert_true (g_str_has_suffix (html->str, "</html>\n"));
  assert_has (html, "<title>Null-Routed MoE Benchmark: My run</title>");
  assert_has (html, "<meta name=\"color-scheme\" content=\"light dark\">");
  assert_has (html, "default-src 'none'");
  assert_has (html, "<h2 id=\"conclusion\">Conclusion</h2>");
  assert_has (html, "<a href=\"#a-end-to-end-delta-null-fraction");
  assert_has (html, "<dt>Largest gain</dt><dd class=\"value\">3.57×</dd>");
  assert_has (html, "<dt>Realised of the ideal</dt><dd class=\"value\">35.7 %</dd>");
  assert_has (html, "<dt>Rise with f</dt><dd class=\"value\">2 of 2 curves</dd>");
  assert_has (html, "<dt>Eats the rest</dt><dd class=\"value\">pack</dd>");
  assert_has (html, "<td class=\"n\">0.357</td>");
  assert_has (html, "<pre><code>nullcurve-bench --preset Quick\n</code></pre>");

  /* Throughput, gain, and of two curves where it goes and the stages, each in two looks. */
  g_assert_cmpuint (count (html, "<figure>"), ==, 6);
  g_assert_cmpuint (count (html, "\"data:image/svg+xml;base64,"), ==, 12);
  g_assert_cmpuint (count (html, " alt=\""), ==, 6);

  /* Complete in itself. */
  static const char *const unwanted[] = { "<script", "http://", "https://", "<link",
                                          "@import", "url(",    "file:" };
  for (gsize i = 0; i < G_N_ELEMENTS (unwanted); i++)
    assert_lacks (html, unwanted[i]);

  g_autoptr (GString) again = nullcurve_report_html (runs);
  g_assert_cmpstr (html->str, ==, again->str);
}

static void
test_gain_figure (void)
{
  g_autoptr (MoeRun) run = measured_run ("My run");
  g_autoptr (NullcurveFigure) figure = nullcurve_report_figure_gain (&run, 1, "T");
  g_assert_cmpuint (figure->series->len, ==, 2);
  g_assert_cmpuint (figure->n_panels, ==, 2);
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  g_assert_cmpuint (nullcurve_series_n_points (series, 0), ==, 4);
  const NullcurvePoint *gain = nullcurve_series_get_point (series, 0, 3);
  const NullcurvePoint *efficiency = nullcurve_series_get_point (series, 1, 3);
  g_assert_cmpfloat (gain->x, ==, 0.9);
  g_assert_cmpfloat_with_epsilon (gain->y, 0.1 / 0.028, 1e-9);
  g_assert_cmpfloat_with_epsilon (efficiency->y, 0.1 / 0.028 * 0.1, 1e-9);
  g_assert_cmpfloat (gain->lower, <=, gain->y);
  g_assert_cmpfloat (gain->upper, >=, gain->y);
  g_assert_cmpfloat_with_epsilon (efficiency->lower, gain->lower * 0.1, 1e-9);

  /* Rows without f = 0 have nothing to show. */
  g_autoptr (GPtrArray) runs = published_runs ();
  g_autoptr (NullcurveFigure) published =
      nullcurve_report_figure_gain ((MoeRun *const *)runs->pdata, 1, "T");
  g_assert_false (nullcurve_figure_get_series (published, 0)->visible); /* top-2 */
  g_assert_true (nullcurve_figure_get_series (published, 2)->visible);  /* top-8 */
}

static void
test_stage_figure (void)
{
  g_autoptr (MoeRun) run = measured_run ("My run");
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  const MoeFinding *finding = g_ptr_array_index (findings, 0);
  g_autoptr (NullcurveFigure) figure = nullcurve_report_figure_stages (finding, "T");
  g_assert_cmpuint (figure->series->len, ==, 2); /* stages that take no time have no line */
  const NullcurveSeries *pack = nullcurve_figure_get_series (figure, 1);
  g_assert_cmpstr (pack->label, ==, "pack");
  g_assert_cmpuint (nullcurve_series_n_points (pack, 0), ==, 4); /* of the one mode */
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (pack, 0, 0)->y, 20000, 1e-6);

  g_autoptr (GPtrArray) runs = published_runs ();
  g_autoptr (GPtrArray) none = moe_findings_new ((MoeRun *const *)runs->pdata, 1);
  g_assert_null (nullcurve_report_figure_stages (g_ptr_array_index (none, 0), "T"));
}

/* The charts are SVG, and the dark one is another than the light one. */
static void
test_html_charts (void)
{
  g_autoptr (GPtrArray) runs = one_run (measured_run ("My run"));
  g_autoptr (GString) html = nullcurve_report_html (runs);
  static const char start[] = "data:image/svg+xml;base64,";
  const char *dark = strstr (html->str, start), *light = strstr (dark + 1, start);
  gsize dark_length = strcspn (dark, "\""), light_length = strcspn (light, "\""), length;
  g_assert_true (dark_length != light_length || memcmp (dark, light, dark_length) != 0);
  g_autofree char *encoded = g_strndup (light + strlen (start), light_length - strlen (start));
  g_autofree guchar *svg = g_base64_decode (encoded, &length);
  g_autofree char *text = g_strndup ((const char *)svg, length);
  g_assert_nonnull (strstr (text, "<svg"));
  g_assert_nonnull (strstr (text, "</svg>"));
  g_assert_nonnull (strstr (text, "<title>Where it goes at 1000x64x48x8, top-2"));
}

/* Elements in the order of their opening and closing, so that none of the input's can hide. */
static void
assert_well_formed (const GString *html)
{
  static const char *const single[] = { "meta", "img", "source", "!DOCTYPE" };
  g_autoptr (GPtrArray) open = g_ptr_array_new_with_free_func (g_free);
  for (const char *at = strchr (html->str, '<'); at != NULL; at = strchr (at + 1, '<'))
    {
      gboolean closes = at[1] == '/';
      const char *name_start = at + 1 + closes;
      g_autofree char *name = g_strndup (name_start, strcspn (name_start, " >\n"));
      gboolean alone = FALSE;
      for (gsize i = 0; i < G_N_ELEMENTS (single); i++)
        alone |= strcmp (name, single[i]) == 0;
      if (alone)
        continue;
      if (!closes)
        {
          g_ptr_array_add (open, g_steal_pointer (&name));
          continue;
        }
      g_assert_cmpuint (open->len, >, 0);
      g_assert_cmpstr (g_ptr_array_index (open, open->len - 1), ==, name);
      g_ptr_array_set_size (open, (int)open->len - 1);
    }
  g_assert_cmpuint (open->len, ==, 0);
}

static void
test_well_formed (void)
{
  g_autoptr (GPtrArray) measured = one_run (measured_run ("My run"));
  g_autoptr (GPtrArray) published = published_runs ();
  g_autoptr (GString) one = nullcurve_report_html (measured);
  g_autoptr (GString) two = nullcurve_report_html (published);
  assert_well_formed (one);
  assert_well_formed (two);
}

#define HOSTILE                                                                                    \
  "</title><script>alert(1)</script>\"><img src=x onerror=y> | `a` ```\n# x\n- **b** &lt;"

static MoeRun *
hostile_run (void)
{
  MoeRun *run = measured_run (HOSTILE);
  static const char *const facts[] = { "host",  "cpu",   "command",  "options", "date",
                                       "state", "timed", "governor", HOSTILE };
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    moe_run_set_fact (run, facts[i], HOSTILE);
  for (gsize i = 0; i < moe_run_get_n_records (run); i += 2)
    {
      MoeRecord record = *moe_run_get_record (run, i);
      record.choice[MOE_CHOICE_IMPL] = record.choice[MOE_CHOICE_NULL_DISPATCH] =
          record.choice[MOE_CHOICE_ACCELERATOR] = moe_text_intern (HOSTILE);
      moe_run_replace (run, i, &record);
    }
  moe_run_append (run, moe_run_get_record (run, 0));
  return run;
}

static void
test_hostile (void)
{
  g_autoptr (GPtrArray) runs = one_run (hostile_run ());
  g_ptr_array_add (runs, hostile_run ());
  g_autoptr (GString) html = nullcurve_report_html (runs);
  g_autoptr (GString) markdown = nullcurve_report_markdown (runs);
  assert_lacks (html, "<script");
  assert_lacks (html, "<img src=x");
  assert_lacks (html, "onerror=y>");
  assert_well_formed (html);
  g_assert_cmpuint (count (html, "<h1>"), ==, 1);
  g_assert_cmpuint (count (html, "</title>"), ==, 1);
  g_assert_true (g_utf8_validate_len (html->str, html->len, NULL));

  /* In Markdown every < of the input is escaped, but in code, where it needs not be. */
  g_auto (GStrv) lines = g_strsplit (markdown->str, "\n", -1);
  gboolean code = FALSE;
  for (char **line = lines; *line != NULL; line++)
    {
      if (strspn (*line, "`") >= 3)
        code = !code;
      for (const char *at = *line; !code && (at = strchr (at, '<')) != NULL; at++)
        if (at[1] != ' ' && (at == *line || at[-1] != '\\'))
          g_error ("not escaped: %s", *line);
      g_assert_false (!code && g_str_has_prefix (*line, "# x"));
    }
  g_assert_false (code);
}

/* Curves by the hundred get tables and a sentence instead of a chart. */
static void
test_many_curves (void)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Many");
  g_autoptr (MoeRun) from = measured_run ("x");
  for (int i = 0; i < 300; i++)
    {
      g_autofree char *name = g_strdup_printf ("impl-%d", i);
      MoeRecord record = *moe_run_get_record (from, 0);
      record.choice[MOE_CHOICE_IMPL] = moe_text_intern (name);
      moe_run_append (run, &record);
    }
  g_autoptr (GPtrArray) runs = one_run (run);
  g_autoptr (GString) html = nullcurve_report_html (runs);
  assert_has (html, "There are more than 40 curves at 1000x64x48x8, too many for a chart.");
  g_assert_cmpuint (count (html, "<figure>"), ==, 0);
  assert_has (html, "No curve has tokens/s at two null fractions");
}

/* --- Markdown to HTML --- */

static void
assert_converts (const char *markdown, const char *wanted)
{
  g_autoptr (GString) html = g_string_new (NULL);
  nullcurve_markdown_to_html (html, markdown);
  g_assert_cmpstr (html->str, ==, wanted);
}

/* Curves of ten points at as many shapes. */
static MoeRun *
large_run (gsize n_shapes, gsize n_points)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Large");
  for (gsize i = 0; i < n_shapes * n_points; i++)
    {
      MoeRecord record;
      moe_record_init (&record);
      record.has_shape = TRUE;
      record.shape = (MoeShape){
        .tokens = 64 * (1 + i / n_points), .hidden = 32, .mlp_dim = 16, .experts = 4
      };
      record.topk = 2;
      record.null_target = (double)(i % n_points) / (double)n_points;
      record.tokens_per_s = 1e6 + (double)i;
      moe_run_append (run, &record);
    }
  return run;
}

/* What is too much for a page is left out, and that is said; what is just enough is not. */
static void
test_large (void)
{
  g_autoptr (GPtrArray) runs = one_run (large_run (NULLCURVE_REPORT_MOST_POINTS / 10, 10));
  g_autoptr (GString) whole = nullcurve_report_markdown (runs);
  assert_lacks (whole, "this report is of the first");
  g_autoptr (GPtrArray) more = one_run (large_run (NULLCURVE_REPORT_MOST_POINTS, 10));
  g_autoptr (GString) cut = nullcurve_report_markdown (more);
  g_autofree char *told = g_strdup_printf (
      "- Large has %d points, and this report is of the first %d; the others are in its file.",
      10 * NULLCURVE_REPORT_MOST_POINTS, (int)NULLCURVE_REPORT_MOST_POINTS);
  assert_has (cut, told);
  g_assert_cmpuint (cut->len, <, whole->len + 2000);
  g_assert_cmpuint (moe_run_get_n_records (g_ptr_array_index (more, 0)), ==,
                    10 * NULLCURVE_REPORT_MOST_POINTS);
}

/* Many runs share what there is; each keeps enough to show a curve. */
static void
test_many_runs (void)
{
  GString *told;
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (guint i = 0; i <= NULLCURVE_REPORT_MOST_RUNS; i++)
    g_ptr_array_add (runs, large_run (1, i == 0 ? 90 : 30));
  g_autoptr (GPtrArray) cut = nullcurve_report_cut (runs, &told);
  g_assert_cmpuint (cut->len, ==, NULLCURVE_REPORT_MOST_RUNS);
  g_assert_cmpuint (moe_run_get_n_records (g_ptr_array_index (cut, 0)), ==, 50);
  g_assert_true (g_ptr_array_index (cut, 1) == g_ptr_array_index (runs, 1));
  assert_has (told, "- There are 101 runs, and this report is of the first 100.");
  assert_has (told, "- Large has 90 points, and this report is of the first 50;");
  g_string_free (told, TRUE);
}

static void
check_left_out (gsize n_curves, gsize n_points, const char *told, guint curves_drawn)
{
  g_autoptr (MoeRun) run = large_run (n_curves, n_points);
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (&run, 1);
  g_autofree char *left_out = nullcurve_curves_left_out (curves);
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_throughput (&run, 1, NULL);
  gsize n = 0;
  g_assert_cmpstr (left_out, ==, told);
  g_assert_cmpuint (curves->len, ==, curves_drawn);
  g_assert_cmpuint (figure->series->len, ==, curves_drawn);
  for (guint i = 0; i < curves_drawn; i++)
    n += nullcurve_series_n_points (nullcurve_figure_get_series (figure, i), 0);
  g_assert_cmpuint (n, <=, NULLCURVE_CURVES_MOST_POINTS);
  g_assert_true (told == NULL || g_str_has_suffix (figure->subtitle, told));
}

static void
test_large_charts (void)
{
  check_left_out (200, 50, NULL, 200);
  check_left_out (201, 2, "200 of 201 curves are drawn", 200);
  check_left_out (1, 12000, "1 of 1 curves and 10000 of 12000 points are drawn", 1);
  check_left_out (400, 60, "200 of 400 curves and 10000 of 12000 points are drawn", 200);
}

static void
test_markdown (void)
{
  assert_converts ("# A & b\n", "<h1>A &amp; b</h1>\n");
  assert_converts ("## (a) End, to `end`\n",
                   "<h2 id=\"a-end-to-end\">(a) End, to <code>end</code></h2>\n");
  assert_converts ("one\ntwo\n\nthree", "<p>one two</p>\n<p>three</p>\n");
  assert_converts ("**bold** and \\**not\\** `a<b`",
                   "<p><strong>bold</strong> and **not** <code>a&lt;b</code></p>\n");
  assert_converts ("a ** b ` c", "<p>a ** b ` c</p>\n");
  assert_converts ("\\<b\\> <i> \\| \\\\ \\é", "<p>&lt;b&gt; &lt;i&gt; | \\ é</p>\n");
  assert_converts ("- a\n- b\n  - c\n  - d\n- e\n",
                   "<ul>\n<li>a</li>\n<li>b</li>\n<li class=\"sub\"><ul>\n<li>c</li>\n<li>d</li>\n"
                   "</ul></li>\n<li>e</li>\n</ul>\n");
  assert_converts ("- a\n  - b\n",
                   "<ul>\n<li>a</li>\n<li class=\"sub\"><ul>\n<li>b</li>\n</ul></li>\n"
                   "</ul>\n");
  assert_converts (
      "| a | b |\n| --- | ---: |\n| x\\|y | 1 |\n",
      "<div class=\"table\"><table>\n<thead>\n<tr><th>a</th><th class=\"n\">b</th></tr>\n"
      "</thead>\n<tbody>\n<tr><td>x|y</td><td class=\"n\">1</td></tr>\n</tbody>\n"
      "</table></div>\n");
  assert_converts ("| no table\n", "<p>| no table</p>\n");
  assert_converts ("````\n```\n<x>\n````\nafter",
                   "<pre><code>```\n&lt;x&gt;\n</code></pre>\n<p>after</p>\n");
  assert_converts ("```\nnever ended", "<pre><code>never ended\n</code></pre>\n");
  assert_converts ("a\x01\xff"
                   "b\"'",
                   "<p>a \xef\xbf\xbd"
                   "b&quot;&#39;</p>\n");
  assert_converts ("", "");
  assert_converts ("trailing \\", "<p>trailing \\</p>\n");
}

/* No bytes make it crash or yield an element that is not its own. */
static void
test_markdown_of_noise (void)
{
  static const char letters[] = "|-#`*\\ \n<>&a\xc3\xa9:";
  guint64 state = 88172645463325252u;
  for (int i = 0; i < 3000; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL), html = g_string_new (NULL);
      for (int j = 0; j < 80; j++)
        {
          state ^= state << 13;
          state ^= state >> 7;
          state ^= state << 17;
          g_string_append_c (text, letters[state % (sizeof letters - 1)]);
        }
      nullcurve_markdown_to_html (html, text->str);
      g_assert_true (g_utf8_validate (html->str, -1, NULL));
      assert_well_formed (html);
    }
}

/* --- files --- */

static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("nullcurve-report-XXXXXX", &error);
  g_autoptr (GPtrArray) runs = one_run (measured_run ("My run"));
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  static const char *const names[] = { "r.md", "r.HTML", "r.htm" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (folder, names[i], NULL), *text = NULL;
      g_autofree char *beside = g_strconcat (path, ".tmp", NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_assert_true (nullcurve_report_knows_extension (path));
      for (int j = 0; j < 2; j++) /* the second time over the first */
        {
          g_assert_true (nullcurve_report_write (runs, file, &error));
          g_assert_no_error (error);
        }
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_true (g_str_has_prefix (text, i == 0 ? "# Null" : "<!DOCTYPE html>"));
      g_assert_false (g_file_test (beside, G_FILE_TEST_EXISTS));

      /* Nothing to report leaves what is there as it was. */
      g_assert_false (nullcurve_report_write (none, file, &error));
      g_assert_error (error, NULLCURVE_REPORT_ERROR, NULLCURVE_REPORT_ERROR_EMPTY);
      g_clear_error (&error);
      g_autofree char *after = NULL;
      g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
      g_assert_cmpstr (text, ==, after);
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_bad_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = one_run (measured_run ("My run"));
  g_autoptr (GFile) pdf = g_file_new_for_path ("/tmp/report.pdf");
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/folder/report.md");
  g_assert_false (nullcurve_report_knows_extension ("report.pdf"));
  g_assert_false (nullcurve_report_write (runs, pdf, &error));
  g_assert_error (error, NULLCURVE_REPORT_ERROR, NULLCURVE_REPORT_ERROR_EXTENSION);
  g_assert_cmpstr (error->message, ==,
                   "The report “/tmp/report.pdf” has no known extension: it must end in .md, .html "
                   "or .htm.");
  g_clear_error (&error);
  g_assert_false (nullcurve_report_write (runs, nowhere, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "/nonexistent/folder/report.md could not be written"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/published", test_published);
  g_test_add_func ("/report/published-alone", test_published_alone);
  g_test_add_func ("/report/measured", test_measured);
  g_test_add_func ("/report/size-of-the-work", test_size_of_the_work);
  g_test_add_func ("/report/runs-against-each-other", test_runs_against_each_other);
  g_test_add_func ("/report/warnings", test_warnings);
  g_test_add_func ("/report/reference-checks", test_reference_checks);
  g_test_add_func ("/report/noise", test_noise);
  g_test_add_func ("/report/html", test_html);
  g_test_add_func ("/report/gain-figure", test_gain_figure);
  g_test_add_func ("/report/stage-figure", test_stage_figure);
  g_test_add_func ("/report/html-charts", test_html_charts);
  g_test_add_func ("/report/well-formed", test_well_formed);
  g_test_add_func ("/report/hostile", test_hostile);
  g_test_add_func ("/report/many-curves", test_many_curves);
  g_test_add_func ("/report/large", test_large);
  g_test_add_func ("/report/many-runs", test_many_runs);
  g_test_add_func ("/report/large-charts", test_large_charts);
  g_test_add_func ("/report/markdown", test_markdown);
  g_test_add_func ("/report/markdown-of-noise", test_markdown_of_noise);
  g_test_add_func ("/report/files", test_files);
  g_test_add_func ("/report/bad-files", test_bad_files);
  return g_test_run ();
}
