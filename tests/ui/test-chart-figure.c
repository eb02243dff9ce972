/* SPDX-License-Identifier: Apache-2.0 */
/* From records to the throughput figure, and the figure in words. */
#include <math.h>

#include "tests/ui/chart-fixtures.h"
#include "ui/chart/readout.h"
#include "ui/chart/throughput.h"

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
  g_assert_cmpstr (figure->panels[1].title, ==, "TF/s");
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

/* TF/s of a point and of its samples follow from tokens/s by one factor. */
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
  expected = fixture_rate (1000.0, 0.5) * 18.0 * 512.0 * 352.0 * 2.0 / 1e12;
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
  g_assert_cmpstr (series_at (two, 0)->label, ==, "Quick, top-2, independent, compact");
  g_assert_cmpstr (series_at (two, 2)->label, ==, "yesterday, top-4, take until null, carry");
  g_assert_cmpint (series_at (two, 2)->source_run, ==, 1);
  g_assert_cmpuint (series_at (two, 2)->curve, ==, 0);
  g_assert_cmpuint (series_at (two, 2)->palette, ==, 2);
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

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  fixture_run_add (run, 8, "independent", "compact", 0.5, 700.0);
  nullcurve_throughput_options_init (&options);
  options.relative = TRUE;
  options.dense_tflops = 0.2;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  point = nullcurve_series_get_point (series_at (figure, 0), 0, 5);
  g_assert_cmpfloat_with_epsilon (point->y, fixture_rate (1.0, 0.5), 1e-9);
  g_assert_cmpfloat_with_epsilon (point->upper, point->y / 0.97, 1e-9);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series_at (figure, 0), 1, 5)->y,
                                  fixture_rate (0.5, 0.5), 1e-3);
  g_assert_cmpstr (series_at (figure, 1)->label, ==, "top-8 (no f = 0 row)");
  g_assert_cmpuint (nullcurve_series_n_points (series_at (figure, 1), 0), ==, 0);
  g_assert_cmpuint (figure->panels[0].references->len, ==, 1);
  g_assert_cmpuint (figure->panels[1].references->len, ==, 0);
  ideal = g_ptr_array_index (figure->panels[0].references, 0);
  g_assert_true (isnan (ideal->y));
  g_assert_cmpfloat_with_epsilon (g_array_index (ideal->curve, NullcurveXY, 50).y, 2.0, 1e-12);
  g_assert_cmpuint (ideal->curve->len, ==, 91);
}

static void
test_options (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  g_autoptr (NullcurveFigure) figure = NULL;
  const NullcurveCurveId hidden = { 0, 1 };
  const double forecast[] = { 50.0, 60.0 };
  NullcurveThroughputOptions options;
  const NullcurveXY *to_come;

  fixture_run_add (run, 4, "independent", "compact", 0.0, 100.0);
  fixture_run_add (run, 4, "independent", "compact", 0.5, NAN);
  fixture_run_add (run, 8, "independent", "compact", 0.0, 100.0);
  nullcurve_throughput_options_init (&options);
  options.current_run = 0;
  options.measuring_record = 1;
  options.palette_start = 3;
  options.hidden_curves = &hidden;
  options.n_hidden_curves = 1;
  options.forecast_tokens_per_s = forecast;
  options.n_forecast = G_N_ELEMENTS (forecast);
  options.dense_tflops = 0.2;
  options.log_y = TRUE;
  figure = nullcurve_figure_throughput (&run, 1, &options);
  g_assert_true (series_at (figure, 0)->current);
  g_assert_true (series_at (figure, 0)->visible);
  g_assert_false (series_at (figure, 1)->visible);
  g_assert_cmpuint (series_at (figure, 0)->palette, ==, 3);
  g_assert_true (nullcurve_series_get_point (series_at (figure, 0), 0, 1)->measuring);
  g_assert_false (nullcurve_series_get_point (series_at (figure, 0), 0, 0)->measuring);
  g_assert_cmpuint (series_at (figure, 0)->forecast[0]->len, ==, 1);
  to_come = &g_array_index (series_at (figure, 0)->forecast[0], NullcurveXY, 0);
  g_assert_cmpfloat (to_come->y, ==, 60.0);
  to_come = &g_array_index (series_at (figure, 0)->forecast[1], NullcurveXY, 0);
  g_assert_cmpfloat_with_epsilon (to_come->y, 60.0 * 18.0 * 512.0 * 352.0 * 2.0 / 1e12, 1e-12);
  g_assert_cmpint (figure->panels[0].scale, ==, NULLCURVE_SCALE_LOG);
  g_assert_cmpuint (figure->panels[1].references->len, ==, 1);
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
      summary, "Tokens/s and TF/s against null fraction, 1 curve. top-4: Tokens/s from "));
  g_assert_nonnull (g_strstr_len (summary, -1, "at 0.9"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/figure/one-run", test_one_run);
  g_test_add_func ("/chart/figure/tflops", test_tflops);
  g_test_add_func ("/chart/figure/labels-tell-what-differs", test_labels_tell_what_differs);
  g_test_add_func ("/chart/figure/labels-are-unique", test_labels_are_unique);
  g_test_add_func ("/chart/figure/missing-stays-missing", test_missing_stays_missing);
  g_test_add_func ("/chart/figure/relative", test_relative);
  g_test_add_func ("/chart/figure/options", test_options);
  g_test_add_func ("/chart/figure/no-runs", test_no_runs);
  g_test_add_func ("/chart/figure/points-sorted", test_points_sorted);
  g_test_add_func ("/chart/figure/invalid-text", test_invalid_text);
  g_test_add_func ("/chart/figure/readout", test_readout);
  g_test_add_func ("/chart/figure/summary", test_summary);
  return g_test_run ();
}
