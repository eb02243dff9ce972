/* SPDX-License-Identifier: Apache-2.0 */
/* From records to the throughput figure, and the figure in words. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/formats/formats.h"
#include "engine/formats/reference-rows.h"
#include "engine/judge/bound.h"
#include "engine/records/speedup.h"
#include "engine/text/intern.h"
#include "tests/chart/chart-fixtures.h"
#include "ui/figure/figure-axes.h"
#include "ui/figure/readout.h"
#include "ui/figure/style.h"
#include "ui/views/along.h"
#include "ui/views/load.h"
#include "ui/views/throughput.h"
#include "ui/words/shape-names.h"

static const NullcurveSeries *
series_at (const NullcurveFigure *figure, gsize index)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, index);

  g_assert_nonnull (series);
  return series;
}

static void
test_one_run (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  const NullcurveSeries *series;
  const NullcurvePoint *point;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  figure = nullcurve_figure_throughput (&run, 1, NULL);
  g_assert_cmpuint (figure->n_panels, ==, 2);
  g_assert_cmpstr (figure->panels[0].title, ==, "Tokens/s");
  g_assert_cmpstr (figure->panels[0].subtitle, ==, "tokens per second, median and range");
  /* Of figures below 1 TF/s. */
  g_assert_cmpstr (figure->panels[1].title, ==, "GF/s");
  g_assert_cmpstr (figure->title, ==, "Quick");
  g_assert_cmpstr (figure->date, ==, "2026-02-17T12:00:00+01:00");
  g_assert_cmpstr (
      figure->subtitle, ==,
      "4096×512×352×60 · top-4 · independent · compact · forward + backward · float32");
  g_assert_cmpuint (figure->series->len, ==, 1);
  series = series_at (figure, 0);
  g_assert_cmpstr (series->label, ==, "top-4");
  g_assert_false (series->current);
  g_assert_cmpuint (nullcurve_series_n_points (series, 0), ==, 10);
  point = nullcurve_series_get_point (series, 0, 5);
  g_assert_cmpfloat_with_epsilon (point->x, 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (point->y, fixture_rate (1000.0, 0.5), 1e-6);
  g_assert_cmpuint (point->n_samples, ==, FIXTURE_N_SAMPLES);
  g_assert_cmpfloat_with_epsilon (point->lower, point->y / 1.03, 1e-6 * point->y);
  g_assert_cmpfloat_with_epsilon (point->upper, point->y / 0.97, 1e-6 * point->y);
}

/* What nobody chose is not said: what there was before there was a choice. */
static void
test_told_choices (void)
{
  static const char *const words[] = { "slot", "token" };

  for (gsize w = 0; w < G_N_ELEMENTS (words); w++)
    {
      g_autoptr (MoeRun) run = fixture_run_new ("Quick");
      g_autoptr (NullcurveFigure) figure = NULL;

      fixture_run_add_curve (run, 4, "compact", 1000.0);
      for (gsize i = 0; i < moe_run_get_n_records (run); i++)
        {
          MoeRecord record = *moe_run_get_record (run, i);

          record.choice[MOE_CHOICE_NULL_GRANULARITY] = moe_text_intern (words[w]);
          moe_run_replace (run, i, &record);
        }
      figure = nullcurve_figure_throughput (&run, 1, NULL);
      g_assert_true ((strstr (figure->subtitle, words[w]) != NULL) == (w == 1));
    }
}

/* Rows of padding are no work; the readout says beside the TF/s how many there are. */
static void
test_padding (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Padded");
  fixture_run_add (run, 4, "independent", "compact", 0.0, 1000.0);
  fixture_run_add (run, 4, "independent", "compact", 0.5, 2000.0);
  MoeRecord record = *moe_run_get_record (run, 0);
  record.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("pad");
  record.capacity = 400;
  record.real_assignments = 16384;
  moe_run_replace (run, 0, &record);
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_throughput (&run, 1, NULL);
  g_autoptr (NullcurveReadout) padded = nullcurve_readout_new (figure, 0.0);
  const NullcurveReadoutRow *row = nullcurve_readout_get_row (padded, 0);
  g_assert_cmpstr (row->cells[1].spread, ==, "32 % padding");
  g_assert_null (strstr (row->cells[0].spread, "padding"));
}

/* Samples that others disturbed stand last; where all were, the point is of processor time, has no
 * TF/s, and the readout says what happened. */
static void
test_taken (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Busy");
  const double times_s[] = { 0.1, 0.4, 0.11, 0.1, 0.1 };
  fixture_run_add (run, 4, "independent", "compact", 0.0, NAN);
  fixture_run_add (run, 4, "independent", "compact", 0.5, NAN);
  for (guint i = 0; i < G_N_ELEMENTS (times_s); i++)
    {
      MoeTaken taken = moe_taken_unknown ();
      taken.round = i;
      taken.cpu_s = 0.1;
      taken.share = i == 1 ? 0.25 : 1.0;
      moe_run_add_sample (run, 0, times_s[i], NULL, &taken);
      taken.share = 0.25;
      moe_run_add_sample (run, 1, 0.4, NULL, &taken);
    }
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_throughput (&run, 1, NULL);
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  const NullcurvePoint *good = nullcurve_series_get_point (series, 0, 0);
  const NullcurvePoint *busy = nullcurve_series_get_point (series, 0, 1);
  g_assert_cmpuint (good->n_samples, ==, 5);
  g_assert_cmpuint (good->n_disturbed, ==, 1);
  g_assert_cmpfloat_with_epsilon (good->samples[4], 4096 / 0.4, 1e-6);
  g_assert_false (good->processor);
  g_assert_true (busy->processor);
  g_assert_cmpfloat_with_epsilon (busy->y, 4096 / 0.1, 1e-6);
  g_assert_cmpfloat (busy->others_share, ==, 0.75);
  g_assert_true (isfinite (nullcurve_series_get_point (series, 1, 0)->y));
  g_assert_true (isnan (nullcurve_series_get_point (series, 1, 1)->y));
  g_assert_nonnull (strstr (figure->panels[0].subtitle, "hollow: processor time, faint"));
  g_autoptr (NullcurveReadout) at_busy = nullcurve_readout_new (figure, 0.5);
  g_autoptr (NullcurveReadout) at_good = nullcurve_readout_new (figure, 0.0);
  g_assert_nonnull (strstr (at_busy->title, "other processes took 75 % meanwhile"));
  g_assert_null (strstr (at_good->title, "processor"));
}

/* Work per second of a point and of its samples follows from tokens/s by one factor: in GF/s, as
 * all of it is below 1 TF/s. */
static void
test_tflops (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  const NullcurvePoint *point;
  double expected;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  figure = nullcurve_figure_throughput (&run, 1, NULL);
  point = nullcurve_series_get_point (series_at (figure, 0), 1, 5);
  expected = fixture_rate (1000.0, 0.5) * 18.0 * 512.0 * 352.0 * 2.0 / 1e9;
  g_assert_cmpfloat_with_epsilon (point->y, expected, 1e-9 * expected);
  g_assert_cmpfloat_with_epsilon (point->samples[0], expected, 1e-9 * expected);
  g_assert_cmpfloat_with_epsilon (point->lower, expected / 1.03, 1e-9 * expected);
}

static void
test_labels_tell_what_differs (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (MoeRun) other = fixture_run_new ("yesterday");
  MoeRun *runs[2] = { run, other };
  g_autoptr (NullcurveFigure) one = NULL;
  g_autoptr (NullcurveFigure) two = NULL;

  fixture_run_add (run, 2, "independent", "compact", 0.0, 100.0);
  fixture_run_add (run, 4, "independent", "compact", 0.0, 100.0);
  one = nullcurve_figure_throughput (runs, 1, NULL);
  g_assert_cmpstr (series_at (one, 0)->label, ==, "top-2");
  g_assert_cmpstr (series_at (one, 1)->label, ==, "top-4");

  fixture_run_add (other, 4, "take_until_null", "carry", 0.5, 100.0);
  two = nullcurve_figure_throughput (runs, 2, NULL);
  g_assert_cmpuint (two->series->len, ==, 3);
  g_assert_cmpstr (series_at (two, 0)->label, ==, "Quick, top-2");
  g_assert_cmpstr (series_at (two, 2)->label, ==, "yesterday");
  g_assert_nonnull (strstr (series_at (two, 2)->detail, "top-4"));
  g_assert_nonnull (strstr (series_at (two, 2)->detail, "take until null"));
  g_assert_cmpuint (nullcurve_palette_of_run (series_at (two, 1)->palette), ==, 0);
  g_assert_cmpuint (nullcurve_palette_of_run (series_at (two, 2)->palette), ==, 1);
}

static void
test_labels_are_unique (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  MoeRun *runs[3] = { run, run, run };
  g_autoptr (NullcurveFigure) figure = NULL;

  fixture_run_add (run, 4, "independent", "compact", 0.0, 100.0);
  figure = nullcurve_figure_throughput (runs, 3, NULL);
  g_assert_cmpstr (series_at (figure, 0)->label, ==, "Quick");
  g_assert_cmpstr (series_at (figure, 1)->label, ==, "Quick (2)");
  g_assert_cmpstr (series_at (figure, 2)->label, ==, "Quick (3)");
}

static void
test_missing_stays_missing (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  const NullcurveSeries *series;

  fixture_run_add (run, 4, "independent", "compact", 0.0, 100.0);
  fixture_run_add (run, 4, "independent", "compact", 0.1, NAN);
  fixture_run_add (run, 4, "independent", "compact", NAN, 100.0);
  figure = nullcurve_figure_throughput (&run, 1, NULL);
  series = series_at (figure, 0);
  g_assert_cmpuint (nullcurve_series_n_points (series, 0), ==, 2);
  g_assert_true (isnan (nullcurve_series_get_point (series, 0, 1)->y));
  g_assert_true (isnan (nullcurve_series_get_point (series, 1, 1)->y));
}

static void
test_relative (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveThroughputOptions options;
  const NullcurveReference *ideal;
  const NullcurvePoint *point;
  MoeSpread speedup;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  fixture_run_add (run, 8, "independent", "compact", 0.5, 700.0);
  nullcurve_throughput_options_init (&options);
  options.relative = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  point = nullcurve_series_get_point (series_at (figure, 0), 0, 5);
  g_assert_cmpfloat_with_epsilon (point->y, fixture_rate (1.0, 0.5), 1e-9);
  /* As the tables and the judge tell it. */
  moe_run_speedup (run, moe_run_get_record (run, 5), &speedup);
  g_assert_cmpfloat (point->lower, ==, speedup.lower);
  g_assert_cmpfloat (point->upper, ==, speedup.upper);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series_at (figure, 0), 1, 5)->y,
                                  fixture_rate (0.5, 0.5), 1e-3);
  g_assert_false (series_at (figure, 1)->visible);
  g_assert_cmpuint (nullcurve_series_n_points (series_at (figure, 1), 0), ==, 0);
  g_assert_nonnull (
      g_strstr_len (figure->panels[0].subtitle, -1, "; 1 curve not shown: no row at f = 0"));
  g_assert_cmpuint (figure->panels[0].references->len, ==, 1);
  g_assert_cmpuint (figure->panels[1].references->len, ==, 0);
  ideal = g_ptr_array_index (figure->panels[0].references, 0);
  g_assert_true (isnan (ideal->y));
  g_assert_cmpfloat_with_epsilon (g_array_index (ideal->curve, NullcurveXY, 50).y, 2.0, 1e-12);
  g_assert_cmpuint (ideal->curve->len, ==, 91);
}

/* An interval that says nothing is said, and covers no chart. */
static void
test_wild (void)
{
  static const double base_s[] = { 0.1, 0.1, 0.1 }, half_s[] = { 0.001, 0.05, 2.0 };
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveReadout) readout = NULL;
  NullcurveThroughputOptions options;
  const NullcurvePoint *point;

  fixture_run_add (run, 4, "independent", "compact", 0.0, NAN);
  fixture_run_add (run, 4, "independent", "compact", 0.5, NAN);
  for (int i = 0; i < 3; i++)
    {
      moe_run_add_sample (run, 0, base_s[i], NULL, NULL);
      moe_run_add_sample (run, 1, half_s[i], NULL, NULL);
    }
  nullcurve_throughput_options_init (&options);
  options.relative = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  point = nullcurve_series_get_point (series_at (figure, 0), 0, 1);
  g_assert_cmpfloat_with_epsilon (point->y, 2.0, 1e-9);
  g_assert_false (point->upper > point->lower);
  readout = nullcurve_readout_new (figure, 0.5);
  g_assert_cmpstr (nullcurve_readout_get_row (readout, 0)->cells[0].spread, ==, "more than 2×");
}

/* Who measures is not told to press Run. */
static void
test_empty_while_measuring (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) at_rest = nullcurve_figure_throughput (NULL, 0, NULL);
  g_autoptr (NullcurveFigure) measuring = NULL;
  NullcurveThroughputOptions options;

  fixture_run_add (run, 4, "independent", "compact", 0.0, NAN);
  nullcurve_throughput_options_init (&options);
  options.current_run = options.measuring_record = 0;
  measuring = nullcurve_figure_throughput (&run, 1, &options);
  g_assert_nonnull (strstr (at_rest->empty_text, "press Run"));
  g_assert_null (strstr (measuring->empty_text, "press Run"));
}

/* Of rounds, not of medians: a machine that was slow in one round was so for both. */
static void
test_relative_of_rounds (void)
{
  static const double base_s[] = { 0.1, 0.2, 0.3 }, half_s[] = { 0.1, 0.3, 0.1 };
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveThroughputOptions options;

  fixture_run_add (run, 4, "independent", "compact", 0.0, NAN);
  fixture_run_add (run, 4, "independent", "compact", 0.5, NAN);
  for (int i = 0; i < 3; i++)
    {
      moe_run_add_sample (run, 0, base_s[i], NULL, NULL);
      moe_run_add_sample (run, 1, half_s[i], NULL, NULL);
    }
  nullcurve_throughput_options_init (&options);
  options.relative = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series_at (figure, 0), 0, 1)->y, 1.0,
                                  1e-9);
}

static void
test_options (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  const guint palette = 3;
  const double forecast[] = { 50.0, 60.0 };
  NullcurveThroughputOptions options;
  const NullcurveXY *to_come;

  fixture_run_add (run, 4, "independent", "compact", 0.0, 100.0);
  fixture_run_add (run, 4, "independent", "compact", 0.5, NAN);
  fixture_run_add (run, 8, "independent", "compact", 0.0, 100.0);
  nullcurve_throughput_options_init (&options);
  options.current_run = 0;
  options.measuring_record = 1;
  options.run_palettes = &palette;
  options.forecast_tokens_per_s = forecast;
  options.n_forecast = G_N_ELEMENTS (forecast);
  options.log_y = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  g_assert_true (series_at (figure, 0)->current);
  g_assert_true (series_at (figure, 0)->visible);
  g_assert_true (series_at (figure, 1)->visible);
  g_assert_cmpuint (nullcurve_palette_of_run (series_at (figure, 0)->palette), ==, 3);
  g_assert_cmpuint (nullcurve_palette_of_run (series_at (figure, 1)->palette), ==, 3);
  g_assert_true (nullcurve_series_get_point (series_at (figure, 0), 0, 1)->measuring);
  g_assert_false (nullcurve_series_get_point (series_at (figure, 0), 0, 0)->measuring);
  g_assert_cmpuint (series_at (figure, 0)->forecast[0]->len, ==, 1);
  to_come = &g_array_index (series_at (figure, 0)->forecast[0], NullcurveXY, 0);
  g_assert_cmpfloat (to_come->y, ==, 60.0);
  to_come = &g_array_index (series_at (figure, 0)->forecast[1], NullcurveXY, 0);
  g_assert_cmpfloat_with_epsilon (to_come->y, 60.0 * 18.0 * 512.0 * 352.0 * 2.0 / 1e9, 1e-12);
  g_assert_cmpint (figure->panels[0].scale, ==, NULLCURVE_SCALE_LOG);
}

static void
test_no_runs (void)
{
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_throughput (NULL, 0, NULL);
  g_autofree char *summary = nullcurve_figure_summarise (figure);

  g_assert_false (nullcurve_figure_has_data (figure));
  g_assert_cmpstr (summary, ==, figure->empty_text);
}

/* Points stay in order of x however they come. */
static void
test_points_sorted (void)
{
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_new ();
  NullcurveSeries *series;

  nullcurve_figure_add_panel (figure, "Value", NULL, NULLCURVE_UNIT_PLAIN);
  series = nullcurve_figure_add_series (figure, "line", 0);
  nullcurve_series_add_point (series, 0, 0.5, 1.0);
  nullcurve_series_add_point (series, 0, 0.1, 2.0);
  nullcurve_series_add_point (series, 0, 0.3, 3.0);
  nullcurve_series_add_point (series, 0, 0.3, 4.0);
  for (gsize i = 1; i < 4; i++)
    g_assert_cmpfloat (nullcurve_series_get_point (series, 0, i - 1)->x, <=,
                       nullcurve_series_get_point (series, 0, i)->x);
  g_assert_cmpfloat (nullcurve_series_get_point (series, 0, 2)->y, ==, 4.0);
}

/* Labels come from files: whatever bytes they hold, the figure's words are UTF-8. */
static void
test_invalid_text (void)
{
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_new ();
  const NullcurveSeries *series = nullcurve_figure_add_series (figure, "bad \xff\xfe label", 0);

  nullcurve_figure_set_text (&figure->title, "\xc3(");
  g_assert_true (g_utf8_validate (series->label, -1, NULL));
  g_assert_true (g_utf8_validate (figure->title, -1, NULL));
}

static void
test_readout (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveReadout) readout = NULL;
  g_autofree char *text = NULL;
  const NullcurveReadoutRow *row;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  fixture_run_add (run, 8, "independent", "compact", 0.0, 100.0);
  figure = nullcurve_figure_throughput (&run, 1, NULL);
  readout = nullcurve_readout_new (figure, 0.5);
  g_assert_cmpstr (readout->title, ==, "null fraction 0.50 (realised 0.500)");
  g_assert_cmpuint (readout->rows->len, ==, 2);
  row = nullcurve_readout_get_row (readout, 0);
  g_assert_true (row->measured);
  g_assert_cmpstr (row->cells[0].value, ==, "1.818\302\240k");
  g_assert_cmpstr (row->cells[0].spread, ==, "±3.0\302\240%");
  g_assert_cmpint (row->points[1], ==, 5);
  row = nullcurve_readout_get_row (readout, 1);
  g_assert_false (row->measured);
  g_assert_cmpstr (row->cells[0].value, ==, "—");
  g_assert_cmpstr (row->cells[0].spread, ==, "");
  text = nullcurve_readout_to_text (readout, figure);
  g_assert_nonnull (g_strstr_len (text, -1, "\ntop-4: Tokens/s 1.818"));
  g_assert_nonnull (g_strstr_len (text, -1, "\ntop-8: no value"));
}

/* A series of y = 10 at three x, one of which has a sample and an interval far away. */
static NullcurveFigure *
figure_with_outlier (double away)
{
  const double samples[] = { 9.9, 10.0, away };
  NullcurveFigure *figure = nullcurve_figure_new ();
  NullcurveSeries *series;

  nullcurve_figure_add_panel (figure, "Rate", NULL, NULLCURVE_UNIT_RATE);
  series = nullcurve_figure_add_series (figure, "curve", 0);
  for (int i = 0; i < 3; i++)
    nullcurve_series_add_point (series, 0, 0.3 * i, 10.0);
  nullcurve_point_set_samples (&g_array_index (series->points[0], NullcurvePoint, 1), samples, 3,
                               0);
  nullcurve_point_set_interval (&g_array_index (series->points[0], NullcurvePoint, 1),
                                fmin (away, 9.9), fmax (away, 10.0));
  return figure;
}

/* Medians make the axis; what one sample was held up by does not. */
static void
test_outliers_do_not_scale (void)
{
  g_autoptr (NullcurveFigure) near = figure_with_outlier (11.0);
  g_autoptr (NullcurveFigure) far = figure_with_outlier (1e6);
  g_autoptr (NullcurveFigure) low = figure_with_outlier (1e-6);
  double lo, hi;

  g_assert_true (nullcurve_figure_y_range (near, 0, &lo, &hi));
  g_assert_cmpfloat_with_epsilon (hi, 11.0, 1e-12);
  g_assert_true (nullcurve_figure_y_range (far, 0, &lo, &hi));
  g_assert_cmpfloat_with_epsilon (hi, 12.5, 1e-12);
  low->panels[0].scale = NULLCURVE_SCALE_LOG;
  g_assert_true (nullcurve_figure_y_range (low, 0, &lo, &hi));
  g_assert_cmpfloat_with_epsilon (lo, 8.0, 1e-12);
  /* The edges of an area are what it shows. */
  nullcurve_figure_get_series (far, 0)->band = TRUE;
  g_assert_true (nullcurve_figure_y_range (far, 0, &lo, &hi));
  g_assert_cmpfloat (hi, ==, 1e6);
}

static void
test_wild_readout (void)
{
  g_autoptr (NullcurveFigure) figure = figure_with_outlier (1e6);
  g_autoptr (NullcurveReadout) readout = nullcurve_readout_new (figure, 0.3);

  g_assert_cmpstr (nullcurve_readout_get_row (readout, 0)->cells[0].spread, ==, "more than 2×");
}

static const MoeLimits some_limits = { .peak_flops_per_s = 2e11,
                                       .read_bytes_per_s = 4e10,
                                       .write_bytes_per_s = 4e10,
                                       .calibration = { .flops_per_s = 1.5e11 } };

/* A run far below the bound of its machine. */
static MoeRun *
bounded_run_new (void)
{
  MoeRun *run = fixture_run_new ("Quick");

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  moe_run_set_limits (run, &some_limits);
  return run;
}

static void
assert_bound_over_points (const NullcurveSeries *series, gsize panel)
{
  const GArray *bound = series->bound[panel];

  g_assert_cmpuint (bound->len, >, 10);
  g_assert_cmpfloat (g_array_index (bound, NullcurveXY, 0).x, ==, 0.0);
  g_assert_cmpfloat_with_epsilon (g_array_index (bound, NullcurveXY, bound->len - 1).x, 0.9, 1e-12);
  for (guint i = 1; i < bound->len; i++)
    g_assert_cmpfloat (g_array_index (bound, NullcurveXY, i).x, >,
                       g_array_index (bound, NullcurveXY, i - 1).x);
  g_assert_cmpfloat (g_array_index (bound, NullcurveXY, 0).y, >,
                     nullcurve_series_get_point (series, panel, 0)->y);
}

static void
test_bound (void)
{
  g_autoptr (MoeRun) run = bounded_run_new ();
  g_autoptr (NullcurveFigure) plain = nullcurve_figure_throughput (&run, 1, NULL);
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveThroughputOptions options;
  const NullcurveSeries *series;
  const NullcurveReference *dense;
  double expected;
  double hi;
  double lo;

  g_assert_false (nullcurve_figure_has_bounds (plain));
  g_assert_cmpuint (plain->panels[1].references->len, ==, 0);

  nullcurve_throughput_options_init (&options);
  options.show_bound = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  series = series_at (figure, 0);
  g_assert_true (nullcurve_figure_has_bounds (figure));
  g_assert_cmpstr (figure->bound_label, ==, "roofline bound");
  assert_bound_over_points (series, 0);
  assert_bound_over_points (series, 1);
  expected = moe_run_bound_tokens_per_s (run, moe_run_get_record (run, 0));
  g_assert_cmpfloat_with_epsilon (g_array_index (series->bound[0], NullcurveXY, 0).y, expected,
                                  1e-9 * expected);
  dense = g_ptr_array_index (figure->panels[1].references, 0);
  g_assert_cmpfloat_with_epsilon (dense->y, 150.0, 1e-9);

  /* All of it is in the picture. */
  g_assert_true (nullcurve_figure_y_range (figure, 0, &lo, &hi));
  g_assert_cmpfloat (hi, >=,
                     g_array_index (series->bound[0], NullcurveXY, series->bound[0]->len - 1).y);
}

static void
test_bound_relative (void)
{
  g_autoptr (MoeRun) run = bounded_run_new ();
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveThroughputOptions options;
  const MoeRecord *first = moe_run_get_record (run, 0);
  double expected;

  nullcurve_throughput_options_init (&options);
  options.show_bound = options.relative = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  expected = moe_run_bound_tokens_per_s (run, first) / first->tokens_per_s;
  g_assert_cmpfloat_with_epsilon (g_array_index (series_at (figure, 0)->bound[0], NullcurveXY, 0).y,
                                  expected, 1e-9 * expected);
  /* A dense rate has no place among ratios. */
  g_assert_cmpuint (figure->panels[1].references->len, ==, 0);
}

/* Only the run in hand has its bounds drawn; one that does not tell its limits says so. */
static void
test_bound_of_current (void)
{
  g_autoptr (MoeRun) mine = bounded_run_new ();
  g_autoptr (MoeRun) theirs = fixture_run_new ("theirs");
  MoeRun *runs[2] = { theirs, mine };
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveFigure) other = NULL;
  NullcurveThroughputOptions options;

  fixture_run_add_curve (theirs, 4, "compact", 1000.0);
  nullcurve_throughput_options_init (&options);
  options.show_bound = TRUE;
  options.current_run = 1;
  figure = nullcurve_figure_throughput (runs, 2, &options);
  g_assert_cmpuint (series_at (figure, 0)->bound[0]->len, ==, 0);
  g_assert_cmpuint (series_at (figure, 1)->bound[0]->len, >, 0);
  options.current_run = 0;
  other = nullcurve_figure_throughput (runs, 2, &options);
  g_assert_false (nullcurve_figure_has_bounds (other));
  g_assert_nonnull (g_strstr_len (other->panels[0].subtitle, -1, "does not tell its machine"));
}

static void
test_readout_bound (void)
{
  g_autoptr (MoeRun) run = bounded_run_new ();
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveReadout) readout = NULL;
  g_autofree char *text = NULL;
  g_autofree char *expected = NULL;

  figure = nullcurve_figure_throughput (&run, 1, NULL);
  readout = nullcurve_readout_new (figure, 0.5);
  text = nullcurve_readout_to_text (readout, figure);
  expected = g_strdup_printf (", %.0f\302\240%% of bound",
                              100.0 * moe_run_bound_share (run, moe_run_get_record (run, 5)));
  g_assert_true (g_str_has_suffix (text, expected));
}

/* A panel that stays empty beside a full one says why. */
static void
test_no_tflops (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Published");
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveThroughputOptions options;
  MoeRecord record;

  moe_record_init (&record);
  record.topk = 8;
  record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
  for (int tenth = 0; tenth < 2; tenth++)
    {
      record.null_target = tenth / 10.0;
      record.tokens_per_s = 1e5 * (1 + tenth);
      record.tflops = tenth > 0 ? 100.0 : NAN;
      moe_run_append (run, &record);
    }
  nullcurve_throughput_options_init (&options);
  options.relative = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  g_assert_true (nullcurve_figure_panel_has_data (figure, 0));
  g_assert_false (nullcurve_figure_panel_has_data (figure, 1));
  g_assert_nonnull (g_strstr_len (figure->panels[1].empty_text, -1, "f = 0"));
}

/* Without rates of work the panel says whether the rows lack them, or what they are made of. */
static void
test_no_work (void)
{
  static const char *const sources[] = { NULL, "processor" };
  static const char *const words[] = { "tell no TF/s", "undisturbed" };
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr (MoeRun) run = fixture_run_new ("Run");
      MoeRecord record;
      moe_record_init (&record);
      record.topk = 8;
      record.null_target = 0.5;
      record.tokens_per_s = 1e5;
      record.time_source = sources[i] != NULL ? moe_text_intern (sources[i]) : NULL;
      moe_run_append (run, &record);
      NullcurveFigure *figures[] = { nullcurve_figure_throughput (&run, 1, NULL),
                                     nullcurve_figure_along (&run, 1, NULLCURVE_ALONG_TOKENS, NULL),
                                     nullcurve_figure_load_throughput (&run, 1, NULL) };
      for (gsize k = 0; k < G_N_ELEMENTS (figures); k++)
        {
          g_assert_nonnull (strstr (figures[k]->panels[1].empty_text, words[i]));
          nullcurve_figure_free (figures[k]);
        }
    }
}

/* Titles tell runs apart; where they do not, what differs between the runs does. */
static void
test_labels_of_namesakes (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (MoeRun) other = fixture_run_new ("Quick");
  MoeRun *runs[2] = { run, other };
  g_autoptr (NullcurveFigure) figure = NULL;

  fixture_run_add (run, 2, "independent", "compact", 0.0, 100.0);
  fixture_run_add (run, 4, "independent", "compact", 0.0, 100.0);
  fixture_run_add (other, 4, "independent", "carry", 0.0, 100.0);
  fixture_run_add (other, 8, "independent", "carry", 0.0, 100.0);
  figure = nullcurve_figure_throughput (runs, 2, NULL);
  g_assert_cmpstr (series_at (figure, 0)->label, ==, "Quick, top-2");
  g_assert_cmpstr (series_at (figure, 1)->label, ==, "Quick, top-4, compact");
  g_assert_cmpstr (series_at (figure, 2)->label, ==, "Quick, top-4, carry");
  g_assert_cmpstr (series_at (figure, 3)->label, ==, "Quick, top-8");
}

/* The published rows: sixteen curves, each told in a few words, all of which fit a legend. */
static void
test_labels_of_published (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = moe_formats_read_reference (g_getenv ("NULLCURVE_DATA_DIR"), &error);
  g_autoptr (NullcurveFigure) figure = NULL;

  g_assert_no_error (error);
  figure = nullcurve_figure_throughput ((MoeRun *const *)runs->pdata, runs->len, NULL);
  g_assert_cmpstr (series_at (figure, 0)->label, ==, "TPU v5p, top-2, S");
  g_assert_cmpstr (series_at (figure, 8)->label, ==, "TPU v5p, top-8, L");
  g_assert_cmpstr (series_at (figure, 9)->label, ==, "TPU v5p, modes, S, independent");
  g_assert_cmpstr (series_at (figure, figure->series->len - 1)->label, ==,
                   "TPU v5p, modes, L, take until null");
  g_assert_nonnull (strstr (series_at (figure, 0)->detail, "TPU v5p (published)"));
  g_assert_nonnull (strstr (series_at (figure, 0)->detail, "ep, 4 shards"));
  g_assert_nonnull (strstr (series_at (figure, 0)->detail, "32768×2048×1408×60"));
}

/* 0 TF/s are drawn at 0, and a row without tokens/s is a gap. */
static void
test_zero_and_gap (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
      g_test_build_filename (G_TEST_DIST, "fixtures", "odd-logs", "zero-tflops.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MoeRun) run = moe_formats_read_file (file, NULL, &error);
  g_autoptr (NullcurveFigure) figure = NULL;

  g_assert_no_error (error);
  figure = nullcurve_figure_throughput (&run, 1, NULL);
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 0), 1, 5)->y, ==, 0.0);
  g_assert_true (isnan (nullcurve_series_get_point (series_at (figure, 0), 0, 6)->y));
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 0), 0, 5)->y, ==, 1300000.0);
}

static MoeRun *
read_set (const char *name)
{
  g_autoptr (GError) error = NULL;
  MoeRun *run = moe_reference_read (g_getenv ("NULLCURVE_DATA_DIR"),
                                    moe_reference_find (name)->first, &error);

  g_assert_no_error (error);
  return run;
}

/* Published rows without null slots stand along what they vary. */
static void
test_along (void)
{
  g_autoptr (MoeRun) gpus = read_set ("gpus");
  g_autoptr (MoeRun) reports = read_set ("harness-v5p");
  MoeRun *const both[] = { gpus, reports };
  g_autoptr (NullcurveFigure) tokens =
      nullcurve_figure_along (both, 1, NULLCURVE_ALONG_TOKENS, NULL);
  g_autoptr (NullcurveFigure) topk = nullcurve_figure_along (both, 2, NULLCURVE_ALONG_TOPK, NULL);
  g_autoptr (NullcurveFigure) experts = NULL;
  g_autoptr (NullcurveFigure) capacity = NULL;
  static const double xs[] = { 32768, 65536, 131072, 262144 };

  /* The four sizes of one kernel on H100; no two others differ in the tokens alone. */
  g_assert_cmpuint (tokens->series->len, ==, 1);
  g_assert_cmpstr (tokens->x_label, ==, "tokens");
  g_assert_nonnull (strstr (tokens->panels[0].subtitle, "7 curves of a single point are left out"));
  for (gsize i = 0; i < G_N_ELEMENTS (xs); i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series_at (tokens, 0), 0, i);

      g_assert_cmpfloat (point->x, ==, xs[i]);
      g_assert_cmpfloat (point->y, >, 3e6);
    }
  /* Each curve ascends, has two points at least and a name of its own, the run's in front. */
  g_assert_cmpuint (topk->series->len, >, 5);
  for (guint i = 0; i < topk->series->len; i++)
    {
      const NullcurveSeries *series = series_at (topk, i);

      g_assert_cmpuint (
          MAX (nullcurve_series_n_points (series, 0), nullcurve_series_n_points (series, 1)), >=,
          2);
      for (gsize j = 1; j < nullcurve_series_n_points (series, 0); j++)
        g_assert_cmpfloat (nullcurve_series_get_point (series, 0, j - 1)->x, <,
                           nullcurve_series_get_point (series, 0, j)->x);
      for (guint j = 0; j < i; j++)
        g_assert_cmpstr (series->label, !=, series_at (topk, j)->label);
    }
  g_assert_nonnull (strstr (series_at (topk, 0)->label, "H100 and B200, "));
  experts = nullcurve_figure_along (&both[1], 1, NULLCURVE_ALONG_EXPERTS, NULL);
  g_assert_cmpuint (experts->series->len, >, 0);
  capacity = nullcurve_figure_along (&both[1], 1, NULLCURVE_ALONG_CAPACITY, NULL);
  g_assert_cmpuint (capacity->series->len, >=, 2); /* drop and pad */
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (capacity, 0), 1, 0)->x, ==, 0.5);
}

/* A step as when decoding: its time up to the 99th percentile, the experts that it touches beside
 * those of even routing, its bytes per second, and whether its weights were in a cache. */
static void
test_along_step (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Decode");
  g_autoptr (NullcurveFigure) figure = NULL;
  const double samples[] = { 0.002, 0.001, 0.001, 0.009 };
  const NullcurveReference *expected;
  const NullcurvePoint *point;
  MoeRecord record;

  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 0, 1000, 1000, 8, 0 };
  record.topk = 2;
  record.choice[MOE_CHOICE_PASS] = "forward";
  record.choice[MOE_CHOICE_DTYPE] = "float32";
  for (int i = 0; i < 6; i++)
    {
      record.null_target = i < 3 ? 0 : 0.5;
      record.shape.tokens = (gsize)1 << (2 * (i % 3));
      record.real_assignments = (gint64)record.shape.tokens * (i < 3 ? 2 : 1);
      record.active_experts = MIN (8, record.real_assignments);
      record.tokens_per_s = (double)record.shape.tokens / 0.001;
      moe_run_append (run, &record);
      for (gsize s = 0; s < G_N_ELEMENTS (samples); s++)
        moe_run_add_sample (run, (gsize)i, samples[s], NULL, NULL);
    }
  /* Four experts' weights, 48 MB, against four times the caches; one expert's, 12 MB. */
  moe_run_set_fact (run, "cache bytes", "6000000");
  figure = nullcurve_figure_along (&run, 1, NULLCURVE_ALONG_STEP, NULL);
  g_assert_cmpuint (figure->n_panels, ==, 3);
  g_assert_cmpuint (figure->series->len, ==, 2);
  g_assert_cmpstr (series_at (figure, 1)->label, ==, "f = 0.5");
  g_assert_cmpint (figure->x_scale, ==, NULLCURVE_SCALE_LOG);
  g_assert_true (figure->octaves);
  g_assert_cmpint (figure->panels[0].scale, ==, NULLCURVE_SCALE_LOG);
  g_assert_null (strstr (figure->subtitle, "weights"));
  point = nullcurve_series_get_point (series_at (figure, 0), 0, 1);
  g_assert_cmpfloat (point->x, ==, 4);
  g_assert_cmpfloat_with_epsilon (point->y, 1.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (point->upper, 9, 1e-9);
  g_assert_cmpstr (point->aside, ==, "p99 9.00, cold weights");
  point = nullcurve_series_get_point (series_at (figure, 1), 0, 0);
  g_assert_cmpstr (point->aside, ==, "p99 9.00, warm weights");
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 0), 1, 0)->y, ==, 2);
  /* Two experts' weights, x and y in 1.5 ms. */
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series_at (figure, 0), 2, 0)->y,
                                  (2 * 12e6 + 2 * 4000) / 1.5e-3 / 1e9, 1e-6);
  expected = g_ptr_array_index (figure->panels[1].references, 0);
  g_assert_cmpint (expected->series, ==, 0);
  g_assert_cmpfloat_with_epsilon (
      g_array_index (expected->curve, NullcurveXY, expected->curve->len - 1).y,
      8 * (1 - pow (0.75, 16)), 1e-9);

  /* What is so of all points, and where the FLOPs become the floor, stands above them. */
  g_autoptr (NullcurveFigure) cold = NULL;
  const MoeLimits limits = { .calibration = { .flops_per_s = 1e12, .bytes_per_s = 1e11 },
                             .peak_flops_per_s = 1e12,
                             .read_bytes_per_s = 1e11,
                             .write_bytes_per_s = 1e11 };
  moe_run_set_fact (run, "cache bytes", "1000");
  moe_run_set_limits (run, &limits);
  cold = nullcurve_figure_along (&run, 1, NULLCURVE_ALONG_STEP, NULL);
  g_assert_nonnull (strstr (cold->subtitle, "cold weights"));
  g_assert_null (strstr (cold->subtitle, "takes over"));
  const MoeLimits slow = { .calibration = { .flops_per_s = 1e9, .bytes_per_s = 1e11 },
                           .peak_flops_per_s = 1e9,
                           .read_bytes_per_s = 1e11,
                           .write_bytes_per_s = 1e11 };
  g_autoptr (NullcurveFigure) bound = NULL;
  moe_run_set_limits (run, &slow);
  bound = nullcurve_figure_along (&run, 1, NULLCURVE_ALONG_STEP, NULL);
  g_assert_nonnull (strstr (bound->subtitle, "compute takes over at 1 tokens"));

  /* Of every curve: sixteen tokens of two slots have four rows for each expert, those of one two.
   */
  const MoeLimits between = { .calibration = { .flops_per_s = 1.5e11, .bytes_per_s = 1e11 },
                              .peak_flops_per_s = 1.5e11,
                              .read_bytes_per_s = 1e11,
                              .write_bytes_per_s = 1e11 };
  g_autoptr (NullcurveFigure) unlike = NULL;
  moe_run_set_limits (run, &between);
  unlike = nullcurve_figure_along (&run, 1, NULLCURVE_ALONG_STEP, NULL);
  g_assert_nonnull (
      strstr (unlike->subtitle, "compute takes over at tokens: f = 0: 16; f = 0.5: "));
  point = nullcurve_series_get_point (series_at (unlike, 0), 0, 2);
  g_assert_nonnull (strstr (point->aside, "compute takes over"));
  point = nullcurve_series_get_point (series_at (unlike, 1), 0, 2);
  g_assert_null (strstr (point->aside, "compute takes over"));
}

/* What uneven loads cost, and throughput against it: of 8 experts with 4 rows each on average the
 * fullest has 12, of two shards one has 20 of 32. */
static MoeRun *
new_uneven_run (void)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Uneven");
  MoeRecord record;

  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 16, 10, 10, 8, 0 };
  record.topk = 2;
  record.ep_size = 2;
  record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
  for (int i = 0; i < 2; i++)
    {
      record.null_target = record.null_realized = i * 0.5;
      record.real_assignments = i == 0 ? 32 : 16;
      record.load_max = 12;
      record.active_experts = 5 - i;
      record.balance = (MoeRecordBalance){ 0, 2, 8, { 0.4, 0.1, 0.05 }, i == 0 ? 20 : -1 };
      record.tokens_per_s = 1000 * (i + 1);
      record.tflops = 0.002;
      moe_run_append (run, &record);
    }
  record.null_target = 0.6;
  record.load_max = -1;
  moe_run_append (run, &record);
  return run;
}

static void
test_load_cost (void)
{
  g_autoptr (MoeRun) run = new_uneven_run ();
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_load_cost (run, 0, NULL);
  g_autoptr (NullcurveFigure) none = nullcurve_figure_load_cost (run, 7, NULL);

  g_assert_cmpuint (figure->n_panels, ==, 3);
  g_assert_cmpuint (figure->series->len, ==, 6);
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 0), 0, 0)->y, ==, 3);
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 0), 0, 1)->y, ==, 6);
  g_assert_cmpuint (nullcurve_series_n_points (series_at (figure, 0), 0), ==, 2);
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 1), 0, 0)->y, ==, 1.25);
  g_assert_cmpuint (nullcurve_series_n_points (series_at (figure, 1), 0), ==, 1);
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 2), 1, 0)->y, ==, 0.4);
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 4), 1, 0)->y, ==, 0.05);
  g_assert_cmpfloat (nullcurve_series_get_point (series_at (figure, 5), 2, 1)->y, ==, 4);
  g_assert_false (nullcurve_figure_has_data (none));
}

static void
test_load_throughput (void)
{
  g_autoptr (MoeRun) run = new_uneven_run ();
  MoeRun *const runs[] = { run, run };
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_load_throughput (runs, 2, NULL);
  const NullcurvePoint *point = nullcurve_series_get_point (series_at (figure, 1), 0, 1);
  NullcurveAxis axis;
  NullcurveSpan full;

  g_assert_true (figure->scattered);
  g_assert_cmpuint (figure->series->len, ==, 2);
  g_assert_cmpuint (nullcurve_series_n_points (series_at (figure, 0), 0), ==, 2);
  g_assert_cmpfloat (point->x, ==, 6);
  g_assert_cmpfloat (point->y, ==, 2000);
  g_assert_cmpstr (point->aside, ==, "f = 0.5");
  /* The marks stand off the ends. */
  nullcurve_figure_init_x_axis (figure, 500, 40, &axis, &full);
  g_assert_cmpfloat (axis.min, <, 3);
  g_assert_cmpfloat (axis.max, >, 6);
}

/* Rows with null slots have no part in it, and those of one size alone are no curve. */
static void
test_along_nothing (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Sweep");
  MoeRecord record;
  g_autoptr (NullcurveFigure) figure = NULL;

  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 64, 32, 16, 8, 0 };
  record.topk = 2;
  for (int i = 0; i < 3; i++)
    {
      record.null_target = 0.4 * i;
      record.shape.tokens = 64u << i;
      record.tokens_per_s = 1000;
      moe_run_append (run, &record);
    }
  figure = nullcurve_figure_along (&run, 1, NULLCURVE_ALONG_TOKENS, NULL);
  g_assert_cmpuint (figure->series->len, ==, 0);
  g_assert_nonnull (strstr (figure->empty_text, "No two rows"));
  record.null_target = 0;
  moe_run_append (run, &record);
  nullcurve_figure_free (g_steal_pointer (&figure));
  figure = nullcurve_figure_along (&run, 1, NULLCURVE_ALONG_TOKENS, NULL);
  g_assert_cmpuint (figure->series->len, ==, 1);
  g_assert_cmpuint (nullcurve_series_n_points (series_at (figure, 0), 0), ==, 2);
}

static const char *
name_of (gsize tokens, gsize hidden, gsize mlp_dim, gsize experts)
{
  MoeRecord record;

  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ tokens, hidden, mlp_dim, experts, 0 };
  return nullcurve_shape_brief (&record);
}

/* Every shape of data/presets.csv has a name in charts. */
static void
test_shapes_have_names (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), "presets.csv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (g_strstrip (text), "\n", -1);
  for (gsize i = 1; lines[i] != NULL; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[i], ",", -1);
      const char *name = name_of (strtoul (fields[1], NULL, 10), strtoul (fields[2], NULL, 10),
                                  strtoul (fields[3], NULL, 10), strtoul (fields[4], NULL, 10));

      g_test_message ("%s: %s", fields[0], name);
      g_assert_null (strstr (name, "×"));
    }
  g_assert_cmpstr (name_of (4096, 2048, 1408, 60), ==, "S/8");
  g_assert_cmpstr (name_of (5000, 2048, 1408, 60), ==, "5000×2048×1408×60");
}

/* A title is cut rather than what tells the curves of its run apart. */
static void
test_labels_are_short (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick, top-4");
  g_autoptr (MoeRun) other = fixture_run_new ("A title that has no end that one could see");
  MoeRun *runs[2] = { run, other };
  g_autoptr (NullcurveFigure) figure = NULL;

  fixture_run_add (run, 4, "independent", "compact", 0.0, 100.0);
  fixture_run_add (other, 2, "independent", "compact", 0.0, 100.0);
  fixture_run_add (other, 8, "independent", "compact", 0.0, 100.0);
  figure = nullcurve_figure_throughput (runs, 2, NULL);
  g_assert_cmpstr (series_at (figure, 0)->label, ==, "Quick, top-4");
  g_assert_cmpstr (series_at (figure, 2)->label, ==, "A title that h…one could see, top-8");
}

static void
test_summary (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autofree char *summary = NULL;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  figure = nullcurve_figure_throughput (&run, 1, NULL);
  summary = nullcurve_figure_summarise (figure);
  g_assert_true (g_str_has_prefix (
      summary, "Tokens/s and GF/s against null fraction, 1 curve. top-4: Tokens/s from "));
  g_assert_nonnull (g_strstr_len (summary, -1, "at 0.9"));
}

/* Of many curves the one in front alone keeps its area. */
static void
test_only_band (void)
{
  g_autoptr (NullcurveFigure) three = fixture_figure_crowded (3);
  g_autoptr (NullcurveFigure) five = fixture_figure_crowded (5);

  g_assert_null (nullcurve_figure_only_band (three, 0));
  g_assert_true (nullcurve_figure_only_band (five, 0) == series_at (five, 0));
  nullcurve_figure_get_series (five, 0)->current = FALSE;
  nullcurve_figure_get_series (five, 2)->current = TRUE;
  g_assert_true (nullcurve_figure_only_band (five, 0) == series_at (five, 2));
  nullcurve_figure_hide (five, 2, TRUE);
  g_assert_true (nullcurve_figure_only_band (five, 0) == series_at (five, 0));
  nullcurve_figure_hide (five, 1, TRUE);
  g_assert_null (nullcurve_figure_only_band (five, 0));
}

/* One panel alone, another, and all again as they were. */
static void
test_show_panel (void)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (2);
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 1);
  g_autofree char *first = g_strdup (figure->panels[0].title);
  g_autofree char *second = g_strdup (figure->panels[1].title);
  const double low = nullcurve_series_get_point (series, 0, 2)->y;
  const double high = nullcurve_series_get_point (series, 1, 2)->y;

  nullcurve_figure_show_panel (figure, 1);
  g_assert_cmpuint (figure->n_panels, ==, 1);
  g_assert_cmpstr (figure->panels[0].title, ==, second);
  g_assert_cmpfloat (nullcurve_series_get_point (series, 0, 2)->y, ==, high);
  nullcurve_figure_show_panel (figure, 0);
  g_assert_cmpuint (figure->n_panels, ==, 1);
  g_assert_cmpstr (figure->panels[0].title, ==, first);
  nullcurve_figure_show_panel (figure, 7);
  g_assert_cmpuint (figure->n_panels, ==, 2);
  g_assert_cmpstr (figure->panels[0].title, ==, first);
  g_assert_cmpstr (figure->panels[1].title, ==, second);
  g_assert_cmpfloat (nullcurve_series_get_point (series, 0, 2)->y, ==, low);
  nullcurve_figure_show_panel (figure, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/figure/one-run", test_one_run);
  g_test_add_func ("/chart/figure/taken", test_taken);
  g_test_add_func ("/chart/figure/told-choices", test_told_choices);
  g_test_add_func ("/chart/figure/padding", test_padding);
  g_test_add_func ("/chart/figure/tflops", test_tflops);
  g_test_add_func ("/chart/figure/labels-tell-what-differs", test_labels_tell_what_differs);
  g_test_add_func ("/chart/figure/labels-are-unique", test_labels_are_unique);
  g_test_add_func ("/chart/figure/missing-stays-missing", test_missing_stays_missing);
  g_test_add_func ("/chart/figure/relative", test_relative);
  g_test_add_func ("/chart/figure/wild", test_wild);
  g_test_add_func ("/chart/figure/empty-while-measuring", test_empty_while_measuring);
  g_test_add_func ("/chart/figure/relative-of-rounds", test_relative_of_rounds);
  g_test_add_func ("/chart/figure/options", test_options);
  g_test_add_func ("/chart/figure/no-runs", test_no_runs);
  g_test_add_func ("/chart/figure/points-sorted", test_points_sorted);
  g_test_add_func ("/chart/figure/invalid-text", test_invalid_text);
  g_test_add_func ("/chart/figure/readout", test_readout);
  g_test_add_func ("/chart/figure/outliers-do-not-scale", test_outliers_do_not_scale);
  g_test_add_func ("/chart/figure/wild-readout", test_wild_readout);
  g_test_add_func ("/chart/figure/summary", test_summary);
  g_test_add_func ("/chart/figure/bound", test_bound);
  g_test_add_func ("/chart/figure/bound-relative", test_bound_relative);
  g_test_add_func ("/chart/figure/bound-of-current", test_bound_of_current);
  g_test_add_func ("/chart/figure/readout-bound", test_readout_bound);
  g_test_add_func ("/chart/figure/no-tflops", test_no_tflops);
  g_test_add_func ("/chart/figure/labels-are-short", test_labels_are_short);
  g_test_add_func ("/chart/figure/no-work", test_no_work);
  g_test_add_func ("/chart/figure/labels-of-namesakes", test_labels_of_namesakes);
  g_test_add_func ("/chart/figure/labels-of-published", test_labels_of_published);
  g_test_add_func ("/chart/zero-and-gap", test_zero_and_gap);
  g_test_add_func ("/chart/along", test_along);
  g_test_add_func ("/chart/along-step", test_along_step);
  g_test_add_func ("/chart/load-cost", test_load_cost);
  g_test_add_func ("/chart/load-throughput", test_load_throughput);
  g_test_add_func ("/chart/along-nothing", test_along_nothing);
  g_test_add_func ("/chart/figure/shapes-have-names", test_shapes_have_names);
  g_test_add_func ("/chart/figure/only-band", test_only_band);
  g_test_add_func ("/chart/figure/show-panel", test_show_panel);
  return g_test_run ();
}
