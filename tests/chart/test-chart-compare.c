/* SPDX-License-Identifier: Apache-2.0 */
/* What figures say against a baseline, and the load figure: values, words, and what is drawn. */
#include <math.h>
#include <string.h>

#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"
#include "ui/chart/render.h"
#include "ui/figure/readout.h"
#include "ui/views/against.h"
#include "ui/views/efficiency.h"
#include "ui/views/load.h"
#include "ui/views/stages.h"

static const NullcurvePoint *
point_at (const NullcurveFigure *figure, gsize series, gsize panel, gsize index)
{
  return nullcurve_series_get_point (nullcurve_figure_get_series (figure, series), panel, index);
}

static MoeRun *
new_run (const char *title, double rate)
{
  MoeRun *run = fixture_run_new (title);

  fixture_run_add_curve (run, 4, "compact", rate);
  return run;
}

static void
test_deltas (void)
{
  g_autoptr (MoeRun) base = new_run ("Base", 1000.0);
  g_autoptr (MoeRun) fast = new_run ("Fast", 2000.0);
  MoeRun *runs[] = { base, fast };
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, base, runs, 2);
  const MoePair *pair = nullcurve_deltas_find (deltas, moe_run_get_record (fast, 3));

  g_assert_true (nullcurve_deltas_get_baseline (deltas) == base);
  g_assert_null (nullcurve_deltas_get (deltas, base));
  g_assert_nonnull (nullcurve_deltas_get (deltas, fast));
  g_assert_nonnull (pair);
  g_assert_true (pair->a == moe_run_get_record (base, 3));
  g_assert_null (nullcurve_deltas_find (deltas, moe_run_get_record (base, 3)));
  g_assert_null (nullcurve_deltas_find (NULL, moe_run_get_record (fast, 3)));
  g_assert_cmpfloat_with_epsilon (pair->judged.ratio, 2, 0.01);
  g_assert_cmpuint (pair->judged.n_a, ==, 5);
}

/* What has not changed is not worked out again; what has, is. */
static void
test_deltas_renewed (void)
{
  g_autoptr (MoeRun) base = new_run ("Base", 1000.0);
  g_autoptr (MoeRun) fast = new_run ("Fast", 2000.0);
  g_autoptr (MoeRun) slow = new_run ("Slow", 500.0);
  MoeRun *runs[] = { base, fast, slow };
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, base, runs, 3);
  g_autoptr (NullcurveDeltas) same = nullcurve_deltas_renew (deltas, base, runs, 3);
  g_autoptr (NullcurveDeltas) fewer = nullcurve_deltas_renew (deltas, base, runs, 2);
  g_autoptr (NullcurveDeltas) changed = NULL;
  g_autoptr (NullcurveDeltas) other = nullcurve_deltas_renew (deltas, fast, runs, 3);

  g_assert_true (same == deltas);
  g_assert_true (fewer != deltas);
  g_assert_true (nullcurve_deltas_get (fewer, fast) == nullcurve_deltas_get (deltas, fast));
  g_assert_null (nullcurve_deltas_get (fewer, slow));
  g_assert_null (nullcurve_deltas_get (other, fast));
  g_assert_nonnull (nullcurve_deltas_get (other, base));

  fixture_run_add (slow, 8, "independent", "compact", 0.5, 100.0);
  changed = nullcurve_deltas_renew (deltas, base, runs, 3);
  g_assert_true (nullcurve_deltas_get (changed, fast) == nullcurve_deltas_get (deltas, fast));
  g_assert_true (nullcurve_deltas_get (changed, slow) != nullcurve_deltas_get (deltas, slow));
  /* The others may go: what was taken over stays. */
  g_clear_pointer (&deltas, nullcurve_deltas_unref);
  g_clear_pointer (&same, nullcurve_deltas_unref);
  g_clear_pointer (&fewer, nullcurve_deltas_unref);
  g_assert_nonnull (nullcurve_deltas_find (changed, moe_run_get_record (fast, 3)));
}

static void
test_against (void)
{
  g_autoptr (MoeRun) base = new_run ("Base", 1000.0);
  g_autoptr (MoeRun) fast = new_run ("Fast", 2000.0);
  MoeRun *runs[] = { base, fast };
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, base, runs, 2);
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveReadout) readout = NULL;
  g_autofree char *text = NULL;
  NullcurveThroughputOptions options;

  nullcurve_throughput_options_init (&options);
  options.deltas = deltas;
  fixture_run_add (fast, 8, "independent", "compact", 0.5, 100.0);
  figure = nullcurve_figure_against (runs, 2, &options);
  g_assert_false (nullcurve_figure_get_series (figure, 0)->visible);
  g_assert_cmpuint (nullcurve_series_n_points (nullcurve_figure_get_series (figure, 1), 0), ==, 10);
  for (gsize i = 0; i < 10; i++)
    {
      const double rate = moe_run_get_record (base, i)->tokens_per_s;
      const NullcurvePoint *point = point_at (figure, 1, 0, i);

      g_assert_cmpfloat_with_epsilon (point->y, 2.0, 1e-6);
      g_assert_cmpfloat (point->lower, <, 2.0);
      g_assert_cmpfloat (point->upper, >, 2.0);
      g_assert_cmpfloat_with_epsilon (point_at (figure, 1, 1, i)->y, -0.5e6 / rate, 1e-3);
    }
  g_assert_nonnull (strstr (figure->panels[0].subtitle, "1 point has no match"));
  readout = nullcurve_readout_new (figure, 0.3);
  text = nullcurve_readout_to_text (readout, figure);
  g_assert_nonnull (strstr (text, "; against the baseline: 2.00×, faster, p "));
}

static void
test_against_nothing (void)
{
  g_autoptr (MoeRun) base = new_run ("Base", 1000.0);
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, base, &base, 1);
  g_autoptr (NullcurveFigure) figure = NULL;
  NullcurveThroughputOptions options;

  nullcurve_throughput_options_init (&options);
  options.deltas = deltas;
  figure = nullcurve_figure_against (&base, 1, &options);
  g_assert_false (nullcurve_figure_has_data (figure));
  g_assert_nonnull (strstr (figure->empty_text, "besides the baseline"));
}

/* Throughput and efficiency say it too. */
static void
test_notes (void)
{
  g_autoptr (MoeRun) base = new_run ("Base", 1000.0);
  g_autoptr (MoeRun) fast = new_run ("Fast", 2000.0);
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, base, &fast, 1);
  g_autoptr (NullcurveFigure) throughput = NULL;
  g_autoptr (NullcurveFigure) efficiency = NULL;
  NullcurveThroughputOptions options;

  nullcurve_throughput_options_init (&options);
  throughput = nullcurve_figure_throughput (&fast, 1, &options);
  g_assert_null (point_at (throughput, 0, 0, 0)->note);
  g_clear_pointer (&throughput, nullcurve_figure_free);
  options.deltas = deltas;
  throughput = nullcurve_figure_throughput (&fast, 1, &options);
  g_assert_nonnull (strstr (point_at (throughput, 0, 0, 0)->note, "2.00×"));
  efficiency = nullcurve_figure_efficiency (&fast, 1, &options);
  g_assert_nonnull (strstr (point_at (efficiency, 0, 0, 0)->note, "faster"));
}

/* Forward 6 and 3 µs per token, backward 3, waiting 1. */
static MoeRun *
new_staged_run (const char *title, double factor)
{
  MoeRun *run = fixture_run_new (title);

  for (int half = 0; half < 2; half++)
    {
      const gsize index =
          fixture_run_add (run, 4, "independent", "compact", 0.5 * half, 1000.0 * (half + 1));
      MoeRecord record = *moe_run_get_record (run, index);
      const double scale = factor * (double)record.shape.tokens * 1e-6;

      record.stage_s[MOE_STAGE_UP] = 6.0 * scale / (half + 1);
      record.stage_s[MOE_STAGE_UP_WGRAD] = 3.0 * scale;
      record.stage_s[MOE_STAGE_WAIT] = 1.0 * scale;
      moe_run_replace (run, index, &record);
    }
  return run;
}

static void
test_phases (void)
{
  g_autoptr (MoeRun) run = new_staged_run ("Run", 1.0);
  NullcurveStagesOptions options = { .phase = NULLCURVE_STAGE_PHASE_FORWARD,
                                     .scale = NULLCURVE_STAGE_PER_TOKEN };
  g_autoptr (NullcurveFigure) forward = nullcurve_figure_stages (run, &options);
  g_autoptr (NullcurveFigure) backward = NULL;
  const NullcurveXY *ideal;

  g_assert_true (nullcurve_stages_has_backward (run));
  g_assert_true (nullcurve_figure_get_series (forward, MOE_STAGE_KIND_FORWARD)->visible);
  g_assert_false (nullcurve_figure_get_series (forward, MOE_STAGE_KIND_WGRAD)->visible);
  g_assert_false (nullcurve_figure_get_series (forward, MOE_STAGE_KIND_WAIT)->visible);
  g_assert_cmpfloat_with_epsilon (point_at (forward, MOE_STAGE_KIND_FORWARD, 1, 0)->y, 1.0, 1e-9);
  ideal = &g_array_index (
      ((NullcurveReference *)g_ptr_array_index (forward->panels[0].references, 0))->curve,
      NullcurveXY, 0);
  g_assert_cmpfloat_with_epsilon (ideal->y, 6.0, 1e-9);

  options.phase = NULLCURVE_STAGE_PHASE_BACKWARD;
  backward = nullcurve_figure_stages (run, &options);
  g_assert_false (nullcurve_figure_get_series (backward, MOE_STAGE_KIND_FORWARD)->visible);
  g_assert_cmpfloat_with_epsilon (point_at (backward, MOE_STAGE_KIND_WGRAD, 0, 1)->base, 0.0, 1e-9);
}

/* Kind by kind, and the sum as a line; where forward ends is drawn into the shares. */
static void
test_stages_against (void)
{
  g_autoptr (MoeRun) base = new_staged_run ("Base", 1.0);
  g_autoptr (MoeRun) slow = new_staged_run ("Slow", 1.5);
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, base, &slow, 1);
  const NullcurveStagesOptions options = { .deltas = deltas, .scale = NULLCURVE_STAGE_PER_TOKEN };
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_stages (slow, &options);
  const NullcurveReference *sum = g_ptr_array_index (figure->panels[0].references, 1);
  const NullcurveReference *divider = g_ptr_array_index (figure->panels[1].references, 0);

  g_assert_cmpstr (point_at (figure, MOE_STAGE_KIND_FORWARD, 0, 1)->note, ==, "+1.5 \302\265s");
  g_assert_cmpstr (sum->label, ==, "baseline");
  g_assert_true (sum->dashed);
  /* Over areas there is no room for words: the legend has them. */
  g_assert_true (nullcurve_figure_get_legend_reference (figure, 1) == sum);
  g_assert_null (nullcurve_figure_get_legend_reference (figure, 2));
  g_assert_cmpstr (nullcurve_legend_label (figure, NULLCURVE_LEGEND_REFERENCE (0)), ==,
                   "ideal: f = 0 times (1 \342\210\222 f)");
  g_assert_nonnull (strstr (figure->panels[1].subtitle, "forward below the dotted line"));
  g_assert_cmpfloat_with_epsilon (g_array_index (sum->curve, NullcurveXY, 1).y, 7.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (g_array_index (divider->curve, NullcurveXY, 0).y, 0.6, 1e-9);
}

/* Four tokens in ten keep none, the others two of two, at f = 0.5; all keep two at f = 0. */
static MoeRun *
new_loaded_run (const char *title, gboolean quartiles)
{
  MoeRun *run = fixture_run_new (title);

  for (int half = 0; half < 2; half++)
    {
      const gsize index =
          fixture_run_add (run, 2, "independent", "compact", 0.5 * half, 1000.0 * (half + 1));
      MoeRecord record = *moe_run_get_record (run, index);

      record.real_assignments = half ? 4800 : 8000;
      record.load_min = 10;
      record.load_max = 200;
      record.load_std = 20.0;
      record.balance.p25 = quartiles ? 70.5 : NAN;
      record.balance.p75 = quartiles ? 90.0 : NAN;
      record.n_kept = quartiles ? 3 : 0;
      record.kept[0] = half ? 1600 : 0;
      record.kept[2] = half ? 2400 : 4000;
      moe_run_replace (run, index, &record);
    }
  return run;
}

static void
test_load (void)
{
  g_autoptr (MoeRun) run = new_loaded_run ("Run", TRUE);
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_load (run, 0, NULL);
  g_autoptr (NullcurveReadout) readout = nullcurve_readout_new (figure, 0.5);
  g_autofree char *text = nullcurve_readout_to_text (readout, figure);

  g_assert_cmpuint (figure->n_panels, ==, 2);
  g_assert_cmpuint (figure->series->len, ==, 6);
  g_assert_true (nullcurve_figure_get_series (figure, 0)->band);
  g_assert_cmpfloat (point_at (figure, 0, 0, 0)->lower, ==, 10.0);
  g_assert_cmpfloat (point_at (figure, 0, 0, 0)->upper, ==, 200.0);
  g_assert_cmpfloat_with_epsilon (point_at (figure, 2, 0, 1)->y, 80.0, 1e-9); /* 60 experts */
  g_assert_cmpfloat_with_epsilon (point_at (figure, 3, 1, 1)->y, 0.4, 1e-9);
  g_assert_false (nullcurve_figure_get_series (figure, 4)->visible); /* none keeps one */
  g_assert_cmpfloat_with_epsilon (nullcurve_point_top (point_at (figure, 5, 1, 1)), 1.0, 1e-9);
  g_assert_nonnull (strstr (text, "all experts: Tokens per expert 10\342\200\223200\n"));
  g_assert_nonnull (strstr (text, "middle half: Tokens per expert 70.5\342\200\22390\n"));
  g_assert_nonnull (strstr (text, "mean: Tokens per expert 80.00 cv 0.25\n"));
  g_assert_nonnull (strstr (text, "keep none: Experts kept per token 40.0\302\240%"));
}

/* Logs of the harness tell the extremes only; published rows nothing. */
static void
test_load_missing (void)
{
  g_autoptr (MoeRun) log = new_loaded_run ("Log", FALSE);
  g_autoptr (MoeRun) published = new_run ("Published", 1000.0);
  g_autoptr (NullcurveFigure) partly = nullcurve_figure_load (log, 0, NULL);
  g_autoptr (NullcurveFigure) empty = nullcurve_figure_load (published, 0, NULL);

  g_assert_true (nullcurve_figure_panel_has_data (partly, 0));
  g_assert_false (nullcurve_figure_panel_has_data (partly, 1));
  g_assert_nonnull (partly->panels[1].empty_text);
  g_assert_false (nullcurve_figure_has_data (empty));
  g_assert_nonnull (strstr (empty->empty_text, "do not tell how their tokens were routed"));
}

static void
test_load_against (void)
{
  g_autoptr (MoeRun) base = new_loaded_run ("Base", TRUE);
  g_autoptr (MoeRun) run = new_loaded_run ("Run", TRUE);
  g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, base, &run, 1);
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_load (run, 0, deltas);

  g_assert_cmpstr (figure->note_label, ==, "baseline");
  g_assert_cmpstr (point_at (figure, 0, 0, 1)->note, ==, "10\342\200\223200");
  g_assert_cmpstr (point_at (figure, 3, 1, 1)->note, ==, "40.0\302\240%");
}

/* Many experts kept: no more bins than can be told apart, and every token in one of them. */
static void
test_load_bins (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  const gsize index = fixture_run_add (run, 20, "independent", "compact", 0.5, 1000.0);
  MoeRecord record = *moe_run_get_record (run, index);
  g_autoptr (NullcurveFigure) figure = NULL;
  double sum = 0.0;

  record.n_kept = 21;
  for (gsize n = 0; n <= 20; n++)
    record.kept[n] = (gint64)n;
  moe_run_replace (run, index, &record);
  figure = nullcurve_figure_load (run, 0, NULL);
  g_assert_cmpuint (figure->series->len, <=, 3 + 9);
  for (gsize i = 3; i < figure->series->len; i++)
    sum += point_at (figure, i, 1, 0)->y;
  g_assert_cmpfloat_with_epsilon (sum, 1.0, 1e-9);
  g_assert_cmpstr (nullcurve_figure_get_series (figure, 4)->label, ==, "keep 1\342\200\2233");
  g_assert_cmpstr (nullcurve_figure_get_series (figure, figure->series->len - 1)->label, ==,
                   "keep 19\342\200\22320");
}

static void
test_tint (void)
{
  NullcurveChartStyle style;
  NullcurveSeriesStyle faint, full, whole;

  for (int kind = NULLCURVE_STYLE_LIGHT; kind <= NULLCURVE_STYLE_PRINT; kind++)
    {
      nullcurve_chart_style_init (&style, (NullcurveStyleKind)kind);
      nullcurve_chart_style_series (&style, nullcurve_palette_tint (3, 0.2), &faint);
      nullcurve_chart_style_series (&style, nullcurve_palette_tint (3, 1.0), &full);
      nullcurve_chart_style_series (&style, 3, &whole);
      g_assert_cmpfloat_with_epsilon (full.colour.red, whole.colour.red, 1e-6);
      g_assert_cmpfloat (fixture_contrast (&faint.colour, &style.background), <,
                         fixture_contrast (&full.colour, &style.background));
      g_assert_cmpfloat (fixture_contrast (&faint.colour, &style.background), >, 1.1);
    }
}

/* A band covers its inside. */
static void
test_band_drawn (void)
{
  g_autoptr (MoeRun) run = new_loaded_run ("Run", TRUE);
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_load (run, 0, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 400);
  cairo_t *cr = cairo_create (surface);
  NullcurveChartStyle style;
  guint coloured = 0;

  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_PRINT);
  nullcurve_chart_render (cr, 400, 400, figure, &style);
  cairo_surface_flush (surface);
  for (int y = 0; y < 200; y++)
    for (int x = 0; x < 400; x++)
      {
        const guint32 pixel = *(
            const guint32 *)(const void *)(cairo_image_surface_get_data (surface)
                                           + y * cairo_image_surface_get_stride (surface) + 4 * x);

        coloured += (pixel & 0xff) > ((pixel >> 16) & 0xff) + 8; /* blue, faintly */
      }
  g_assert_cmpuint (coloured, >, 5000);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/deltas", test_deltas);
  g_test_add_func ("/chart/deltas/renewed", test_deltas_renewed);
  g_test_add_func ("/chart/against", test_against);
  g_test_add_func ("/chart/against/nothing", test_against_nothing);
  g_test_add_func ("/chart/against/notes", test_notes);
  g_test_add_func ("/chart/stages/phases", test_phases);
  g_test_add_func ("/chart/stages/against", test_stages_against);
  g_test_add_func ("/chart/load", test_load);
  g_test_add_func ("/chart/load/missing", test_load_missing);
  g_test_add_func ("/chart/load/against", test_load_against);
  g_test_add_func ("/chart/load/bins", test_load_bins);
  g_test_add_func ("/chart/tint", test_tint);
  g_test_add_func ("/chart/band-drawn", test_band_drawn);
  return g_test_run ();
}
