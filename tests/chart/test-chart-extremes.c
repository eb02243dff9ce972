/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever finite numbers a file tells, its charts are drawn in bounded time: every view, every
 * kind of axis, whole and zoomed. */
#include <math.h>

#include "engine/judge/bound.h"
#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-picture.h"
#include "ui/figure/facets.h"
#include "ui/figure/readout.h"
#include "ui/views/against.h"
#include "ui/views/efficiency.h"
#include "ui/views/load.h"
#include "ui/views/stages.h"
#include "ui/views/throughput.h"

enum
{
  N_ROUNDS = 8
};

static double
extreme (gboolean positive)
{
  static const double numbers[] = { 0.0, 5e-324, G_MINDOUBLE, 1e-300, 1e-12, 1e-9,
                                    1.0, 1e15,   9e18,        1e300,  1e308, G_MAXDOUBLE };
  const double number = numbers[g_test_rand_int_range (0, G_N_ELEMENTS (numbers))];
  const double value = g_test_rand_bit () ? number : number * g_test_rand_double ();

  return positive ? fmax (value, 5e-324) : g_test_rand_bit () ? value : -value;
}

static gint64
extreme_count (void)
{
  static const gint64 counts[] = { 0,    1,          2,
                                   4096, G_MAXINT32, G_GINT64_CONSTANT (9000000000000000000) };

  return counts[g_test_rand_int_range (0, G_N_ELEMENTS (counts))];
}

/* Draw it, and what is read at some places. */
static void
draw (NullcurveFigure *figure)
{
  FixturePicture picture;

  g_free (nullcurve_figure_summarise (figure));
  fixture_picture_init (&picture, figure, NULLCURVE_STYLE_LIGHT, 400, 300);
  for (int i = 0; i < 2; i++)
    {
      const double x = extreme (FALSE);
      g_autoptr (NullcurveReadout) readout = nullcurve_readout_new (figure, x);
      const NullcurveCrosshair crosshair = { .x = x };
      cairo_t *cr = cairo_create (picture.surface);

      g_free (nullcurve_readout_to_text (readout, figure));
      nullcurve_chart_render_crosshair (cr, picture.layout, &crosshair);
      g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
      cairo_destroy (cr);
    }
  fixture_picture_clear (&picture);
}

/* On either kind of x axis, whole, zoomed and split.  Takes the figure over. */
static void
draw_all (NullcurveFigure *figure)
{
  for (int zoomed = 0; zoomed < 2; zoomed++)
    {
      figure->x_scale = g_test_rand_bit () ? NULLCURVE_SCALE_SPEEDUP : NULLCURVE_SCALE_LINEAR;
      figure->viewport.x = (NullcurveSpan){ zoomed * extreme (FALSE), zoomed * extreme (FALSE) };
      for (gsize p = 0; p < figure->n_panels; p++)
        figure->viewport.y[p] =
            (NullcurveSpan){ zoomed * extreme (FALSE), zoomed * extreme (FALSE) };
      draw (figure);
    }
  nullcurve_figure_split (figure, NULLCURVE_FACETS_TOPK);
  draw (figure);
  nullcurve_figure_free (figure);
}

/* The figure itself: every unit and scale of a y axis. */
static void
test_figures (void)
{
  for (int round = 0; round < N_ROUNDS / 2; round++)
    for (int scale = 0; scale <= NULLCURVE_SCALE_LOG; scale++)
      {
        NullcurveFigure *figure = nullcurve_figure_new ();
        NullcurveSeries *series;

        for (int unit = 0; unit <= NULLCURVE_UNIT_SHARE; unit++)
          {
            NullcurvePanel *panel =
                nullcurve_figure_add_panel (figure, "values", NULL, (NullcurveUnit)unit);

            panel->scale = (NullcurveScale)scale;
            panel->stacked = scale == NULLCURVE_SCALE_LINEAR && g_test_rand_bit ();
            nullcurve_panel_add_line (panel, "line", extreme (FALSE));
          }
        series = nullcurve_figure_add_series (figure, "series", 0);
        for (int i = 0; i < 24; i++)
          {
            NullcurvePoint *point =
                nullcurve_series_add_point (series, (gsize)i % 4, extreme (FALSE), extreme (FALSE));

            nullcurve_point_set_interval (point, extreme (FALSE), extreme (FALSE));
            nullcurve_series_add_bound (series, (gsize)i % 4, i, extreme (FALSE));
            nullcurve_series_add_forecast (series, (gsize)i % 4, i, extreme (FALSE));
          }
        draw_all (figure);
      }
}

static void
make_extreme (MoeRecord *record)
{
  double *const reals[] = { &record->null_target, &record->null_realized, &record->tflops,
                            &record->balance.p25, &record->balance.p50,   &record->balance.p75,
                            &record->load_std,    &record->comm_bytes,    &record->stage_s[0],
                            &record->stage_s[1],  &record->stage_s[2],    &record->stage_s[8] };
  gint64 *const counts[] = { &record->null_assignments, &record->real_assignments,
                             &record->load_min,         &record->load_max,
                             &record->kept[0],          &record->kept[1],
                             &record->kept[2],          &record->dropped_assignments };

  for (gsize i = 0; i < G_N_ELEMENTS (reals); i++)
    if (g_test_rand_bit ())
      *reals[i] = extreme (TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    if (g_test_rand_bit ())
      *counts[i] = extreme_count ();
  record->n_kept = 3;
}

static MoeRun *
new_run (const char *title)
{
  MoeRun *run = fixture_run_new (title);
  MoeLimits limits = { 0 };

  limits.calibration.flops_per_s = extreme (TRUE);
  moe_run_set_limits (run, &limits);
  for (int i = 0; i < 12; i++)
    {
      const gsize index = fixture_run_add (run, i < 6 ? 2 : 4, "independent", "compact",
                                           (i % 6) / 10.0, CLAMP (extreme (TRUE), 1e-9, 1e15));
      MoeRecord record = *moe_run_get_record (run, index);

      if (i % 6 > 0)
        make_extreme (&record);
      moe_run_replace (run, index, &record);
    }
  return run;
}

static void
draw_views (MoeRun *const *runs, const NullcurveThroughputOptions *options)
{
  const NullcurveStagesOptions stages = { .deltas = options->deltas };

  draw_all (nullcurve_figure_throughput (runs, 2, options));
  draw_all (nullcurve_figure_efficiency (runs, 2, options));
  draw_all (nullcurve_figure_against (runs, 2, options));
  draw_all (nullcurve_figure_stages (runs[0], &stages));
  draw_all (nullcurve_figure_load (runs[0], 0, options->deltas));
}

/* And every view of records. */
static void
test_views (void)
{
  for (int round = 0; round < N_ROUNDS; round++)
    {
      g_autoptr (MoeRun) a = new_run ("a");
      g_autoptr (MoeRun) b = new_run ("b");
      MoeRun *const runs[] = { a, b };
      g_autoptr (NullcurveDeltas) deltas = nullcurve_deltas_renew (NULL, a, runs, 2);
      NullcurveThroughputOptions options;

      nullcurve_throughput_options_init (&options);
      options.deltas = deltas;
      options.relative = round % 2;
      options.log_y = round / 2 % 2;
      options.show_bound = round / 4 % 2;
      draw_views (runs, &options);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/extremes/figures", test_figures);
  g_test_add_func ("/chart/extremes/views", test_views);
  return g_test_run ();
}
