/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/chart/chart-fixtures.h"
#include "engine/text/intern.h"

#include <math.h>

MoeRun *
fixture_run_new (const char *title)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);

  moe_run_set_fact (run, "date", "2026-02-17T12:00:00+01:00");
  return run;
}

gsize
fixture_run_add (MoeRun *run,
                 gint64 topk,
                 const char *null_mode,
                 const char *dispatch,
                 double fraction,
                 double tokens_per_s)
{
  static const double factors[FIXTURE_N_SAMPLES] = { 1.0, 1.02, 0.97, 1.03, 0.99 };
  MoeRecord record;
  gsize index;

  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 4096, 512, 352, 60, 0 };
  record.topk = topk;
  record.null_target = fraction;
  record.null_realized = fraction;
  if (isfinite (fraction))
    {
      record.null_assignments = (gint64)round (4096.0 * (double)topk * fraction);
      record.real_assignments = 4096 * topk - record.null_assignments;
    }
  record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern (null_mode);
  record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward_backward");
  record.choice[MOE_CHOICE_DTYPE] = moe_text_intern ("float32");
  record.choice[MOE_CHOICE_NULL_DISPATCH] = moe_text_intern (dispatch);
  index = moe_run_append (run, &record);
  for (gsize i = 0; isfinite (tokens_per_s) && i < G_N_ELEMENTS (factors); i++)
    moe_run_add_sample (run, index, 4096.0 / tokens_per_s * factors[i], NULL, NULL);
  return index;
}

double
fixture_rate (double rate, double fraction)
{
  return rate / (1.0 - 0.9 * fraction);
}

void
fixture_run_add_curve (MoeRun *run, gint64 topk, const char *dispatch, double rate)
{
  for (int tenth = 0; tenth < 10; tenth++)
    fixture_run_add (run, topk, "independent", dispatch, tenth / 10.0,
                     fixture_rate (rate, tenth / 10.0));
}

NullcurveFigure *
fixture_figure_with_gap (void)
{
  NullcurveFigure *figure = nullcurve_figure_new ();
  NullcurveSeries *series;

  nullcurve_figure_set_text (&figure->title, "A line with a gap");
  nullcurve_figure_set_text (&figure->x_label, "null fraction");
  nullcurve_figure_add_panel (figure, "Value", NULL, NULLCURVE_UNIT_PLAIN);
  series = nullcurve_figure_add_series (figure, "line", 0);
  for (int tenth = 0; tenth < 10; tenth++)
    nullcurve_series_add_point (series, 0, tenth / 10.0, tenth == 5 ? NAN : tenth + 1.0);
  return figure;
}

static void
add_crowded_point (NullcurveSeries *series, gsize panel, double x, double y)
{
  const double samples[] = { 0.96 * y, y, 1.05 * y };
  NullcurvePoint *point = nullcurve_series_add_point (series, panel, x, y);

  point->x_realised = x + 0.001;
  nullcurve_point_set_interval (point, samples[0], samples[2]);
  nullcurve_point_set_samples (point, samples, G_N_ELEMENTS (samples), 0);
}

NullcurveFigure *
fixture_figure_crowded (guint n_series)
{
  NullcurveFigure *figure = nullcurve_figure_new ();

  nullcurve_figure_set_text (&figure->title, "A title that is rather long for a small chart");
  nullcurve_figure_set_text (&figure->subtitle, "4096×512×352×60 · forward + backward");
  nullcurve_figure_set_text (&figure->x_label, "null fraction");
  nullcurve_figure_add_panel (figure, "Tokens/s", "tokens per second, median and range",
                              NULLCURVE_UNIT_RATE);
  nullcurve_figure_add_panel (figure, "TF/s", "useful work only", NULLCURVE_UNIT_PLAIN);
  for (guint i = 0; i < n_series; i++)
    {
      g_autofree char *label = g_strdup_printf ("a run with a long name, top-%u", i + 1);
      NullcurveSeries *series = nullcurve_figure_add_series (figure, label, i);

      series->current = i == 0;
      for (int tenth = 0; tenth < 10; tenth++)
        {
          add_crowded_point (series, 0, tenth / 10.0, 1e5 / (i + 1.0) * (1.0 + tenth));
          add_crowded_point (series, 1, tenth / 10.0, 0.2 - 0.01 * tenth - 0.005 * i / n_series);
        }
    }
  return figure;
}
