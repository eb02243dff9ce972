/* SPDX-License-Identifier: Apache-2.0 */
/* The efficiency and stages figures: values, stacking, and what is drawn of them. */
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "ui/chart/render.h"
#include "ui/figure/readout.h"
#include "ui/views/choice.h"
#include "ui/views/efficiency.h"
#include "ui/views/stages.h"

static const NullcurvePoint *
point_at (const NullcurveFigure *figure, gsize series, gsize panel, gsize index)
{
  return nullcurve_series_get_point (nullcurve_figure_get_series (figure, series), panel, index);
}

static void
test_efficiency_values (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  g_autoptr (NullcurveFigure) figure = NULL;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  figure = nullcurve_figure_efficiency (&run, 1, NULL);
  g_assert_cmpuint (figure->n_panels, ==, 3);
  for (gsize i = 0; i < 10; i++)
    {
      const double f = 0.1 * (double)i;
      const double speedup = fixture_rate (1000.0, f) / fixture_rate (1000.0, 0.0);
      const double left = 1.0 - point_at (figure, 0, 1, i)->x_realised;

      g_assert_cmpfloat_with_epsilon (point_at (figure, 0, 0, i)->y, speedup, 1e-6);
      g_assert_cmpfloat_with_epsilon (point_at (figure, 0, 1, i)->y, speedup * left, 1e-6);
      g_assert_true (isnan (point_at (figure, 0, 2, i)->y)); /* the run tells no limits */
    }
  g_assert_cmpuint (figure->panels[0].references->len, ==, 1);
  g_assert_nonnull (strstr (figure->panels[0].subtitle, "round by round"));
}

/* Points to come, and the one in work beside its samples, so that a surprise shows. */
static void
test_efficiency_forecast (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  g_autoptr (NullcurveFigure) figure = NULL;
  const double rates[] = { 1000.0, 1500.0, 1900.0 };
  NullcurveThroughputOptions options;
  const GArray *forecast;

  fixture_run_add (run, 4, "independent", "compact", 0.0, 1000.0);
  fixture_run_add (run, 4, "independent", "compact", 0.5, 1400.0);
  fixture_run_add (run, 4, "independent", "compact", 0.8, NAN);
  nullcurve_throughput_options_init (&options);
  options.current_run = 0;
  options.measuring_record = 1;
  options.forecast_tokens_per_s = rates;
  options.n_forecast = G_N_ELEMENTS (rates);
  figure = nullcurve_figure_efficiency (&run, 1, &options);
  forecast = nullcurve_figure_get_series (figure, 0)->forecast[0];
  g_assert_cmpuint (forecast->len, ==, 2);
  g_assert_cmpfloat_with_epsilon (g_array_index (forecast, NullcurveXY, 0).y, 1.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (g_array_index (forecast, NullcurveXY, 1).y, 1.9, 1e-6);
  forecast = nullcurve_figure_get_series (figure, 0)->forecast[1];
  g_assert_cmpfloat_with_epsilon (g_array_index (forecast, NullcurveXY, 1).y, 0.38, 1e-3);
  nullcurve_figure_free (g_steal_pointer (&figure));
  figure = nullcurve_figure_throughput (&run, 1, &options);
  forecast = nullcurve_figure_get_series (figure, 0)->forecast[0];
  g_assert_cmpuint (forecast->len, ==, 2);
  g_assert_cmpfloat (g_array_index (forecast, NullcurveXY, 0).x, ==, 0.5);
}

static void
test_efficiency_without_base (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  g_autoptr (NullcurveFigure) figure = NULL;

  fixture_run_add (run, 4, "independent", "compact", 0.5, 2000.0);
  figure = nullcurve_figure_efficiency (&run, 1, NULL);
  g_assert_false (nullcurve_figure_panel_has_data (figure, 0));
  g_assert_nonnull (strstr (figure->panels[0].subtitle, "no row at f = 0"));
}

static void
test_efficiency_hides (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  g_autoptr (NullcurveFigure) figure = NULL;
  const gboolean hidden = TRUE;
  NullcurveThroughputOptions options;

  fixture_run_add_curve (run, 2, "compact", 1000.0);
  fixture_run_add_curve (run, 4, "compact", 1000.0);
  nullcurve_throughput_options_init (&options);
  options.run_hidden = &hidden;
  figure = nullcurve_figure_efficiency (&run, 1, &options);
  g_assert_false (nullcurve_figure_get_series (figure, 0)->visible);
  g_assert_false (nullcurve_figure_get_series (figure, 1)->visible);
}

/* A curve of two points whose stages are known: f = 0 and 0.5. */
static MoeRun *
run_with_stages (void)
{
  MoeRun *run = fixture_run_new ("Run");

  for (int half = 0; half < 2; half++)
    {
      const gsize index =
          fixture_run_add (run, 4, "independent", "compact", 0.5 * half, 1000.0 * (half + 1));
      MoeRecord record = *moe_run_get_record (run, index);
      const double scale = (double)record.shape.tokens * 1e-6; /* one microsecond per token */

      for (int stage = 0; stage < MOE_N_STAGES; stage++)
        record.stage_s[stage] = 0.0;
      record.stage_s[MOE_STAGE_UP] = 4.0 * scale / (half + 1);
      record.stage_s[MOE_STAGE_DOWN] = 2.0 * scale / (half + 1);
      record.stage_s[MOE_STAGE_UP_WGRAD] = 3.0 * scale;
      record.stage_s[MOE_STAGE_WAIT] = 1.0 * scale;
      moe_run_replace (run, index, &record);
    }
  return run;
}

static const NullcurveStagesOptions per_token = { .scale = NULLCURVE_STAGE_PER_TOKEN };

static void
test_stage_kinds (void)
{
  g_autoptr (MoeRun) run = run_with_stages ();
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_stages (run, &per_token);
  const MoeRecord *record = moe_run_get_record (run, 0);
  double sum = 0.0, all = 0.0;

  for (gsize kind = 0; kind < figure->series->len; kind++)
    {
      const double us =
          nullcurve_series_get_point (nullcurve_figure_get_series (figure, kind), 0, 0)->y;

      sum += isfinite (us) ? 1e-6 * us * (double)record->shape.tokens : 0.0;
    }
  for (int stage = 0; stage < MOE_N_STAGES; stage++)
    all += record->stage_s[stage];
  g_assert_cmpfloat_with_epsilon (sum, all, 1e-12); /* every stage has a kind */
}

static void
test_stages_stack (void)
{
  g_autoptr (MoeRun) run = run_with_stages ();
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_stages (run, &per_token);
  double lo, hi;

  g_assert_cmpfloat_with_epsilon (point_at (figure, MOE_STAGE_KIND_FORWARD, 0, 0)->y, 6.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (point_at (figure, MOE_STAGE_KIND_WGRAD, 0, 0)->base, 6.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (point_at (figure, MOE_STAGE_KIND_WAIT, 0, 0)->base, 9.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (point_at (figure, MOE_STAGE_KIND_FORWARD, 1, 1)->y, 3.0 / 7.0,
                                  1e-9);
  g_assert_cmpfloat_with_epsilon (
      nullcurve_point_top (point_at (figure, MOE_STAGE_KIND_WAIT, 1, 1)), 1.0, 1e-9);
  g_assert_false (nullcurve_figure_get_series (figure, MOE_STAGE_KIND_PACK)->visible);
  g_assert_true (nullcurve_figure_y_range (figure, 0, &lo, &hi));
  g_assert_cmpfloat_with_epsilon (hi, 10.0, 1e-9);
  g_assert_cmpuint (figure->panels[0].references->len, ==, 1);
}

static gboolean
is_null (const MoeRecord *record, gconstpointer data)
{
  return record->null_target > 0.0;
}

/* What shrinks with the work is level, what does not rises: by the slots of a token, of which half
 * are kept at 0.5. */
static void
test_stages_per_slot (void)
{
  g_autoptr (MoeRun) run = run_with_stages ();
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_stages (run, NULL);
  const NullcurveReference *ideal = g_ptr_array_index (figure->panels[0].references, 0);

  for (gsize i = 0; i < 2; i++)
    {
      g_assert_cmpfloat_with_epsilon (point_at (figure, MOE_STAGE_KIND_FORWARD, 0, i)->y, 6.0 / 4.0,
                                      1e-9);
      g_assert_cmpfloat_with_epsilon (point_at (figure, MOE_STAGE_KIND_WGRAD, 0, i)->y,
                                      i == 0 ? 3.0 / 4.0 : 3.0 / 2.0, 1e-9);
    }
  for (guint i = 0; i < ideal->curve->len; i++)
    g_assert_cmpfloat_with_epsilon (g_array_index (ideal->curve, NullcurveXY, i).y, 10.0 / 4.0,
                                    1e-9);
}

/* What a readout of the stack says first is what took longest, and what all of it comes to. */
static void
test_stages_readout (void)
{
  g_autoptr (MoeRun) run = run_with_stages ();
  MoeRecord record = *moe_run_get_record (run, 1);
  record.stage_s[MOE_STAGE_WAIT] *= 4.0;
  moe_run_replace (run, 1, &record);
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_stages (run, &per_token);
  g_autoptr (NullcurveReadout) base = nullcurve_readout_new (figure, 0.0);
  g_autoptr (NullcurveReadout) half = nullcurve_readout_new (figure, 0.5);
  g_autofree char *text = nullcurve_readout_to_text (half, figure);
  g_assert_cmpuint (half->rows->len, ==, 3);
  g_assert_cmpuint (nullcurve_readout_get_row (base, 0)->series, ==, MOE_STAGE_KIND_FORWARD);
  g_assert_cmpuint (nullcurve_readout_get_row (base, 2)->series, ==, MOE_STAGE_KIND_WAIT);
  g_assert_cmpuint (nullcurve_readout_get_row (half, 0)->series, ==, MOE_STAGE_KIND_WAIT);
  g_assert_cmpstr (base->sum, ==, "in all 10.00 µs/token, ideal 10.00, 0.00 above it");
  g_assert_cmpstr (half->sum, ==, "in all 10.00 µs/token, ideal 5.00, 5.00 above it");
  g_assert_nonnull (strstr (text, half->sum));

  g_autoptr (MoeRun) alone = moe_run_subset (run, is_null, NULL);
  g_autoptr (NullcurveFigure) without = nullcurve_figure_stages (alone, &per_token);
  g_autoptr (NullcurveReadout) bare = nullcurve_readout_new (without, 0.5);
  g_assert_cmpstr (bare->sum, ==, "in all 10.00 µs/token");
}

/* The height of the stack is what is lost; what shrank by more than the work hangs below zero. */
static void
test_stages_excess (void)
{
  g_autoptr (MoeRun) run = run_with_stages ();
  g_autoptr (MoeRun) alone = moe_run_subset (run, is_null, NULL);
  MoeRecord record = *moe_run_get_record (run, 1);
  const NullcurveStagesOptions excess = { .scale = NULLCURVE_STAGE_EXCESS };
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveFigure) empty = NULL;
  const NullcurvePoint *point;
  const NullcurveReference *all;

  record.stage_s[MOE_STAGE_UP] *= 0.5; /* 2 of 4 µs at f = 0: 1 less than half */
  moe_run_replace (run, 1, &record);
  figure = nullcurve_figure_stages (run, &excess);
  point = point_at (figure, MOE_STAGE_KIND_FORWARD, 0, 1);
  g_assert_cmpfloat_with_epsilon (nullcurve_point_top (point), -1.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (point->base, 0.0, 1e-9);
  point = point_at (figure, MOE_STAGE_KIND_WGRAD, 0, 1);
  g_assert_cmpfloat_with_epsilon (point->base, 0.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (point->y, 1.5, 1e-9);
  g_assert_cmpfloat_with_epsilon (
      nullcurve_point_top (point_at (figure, MOE_STAGE_KIND_WAIT, 0, 1)), 2.0, 1e-9);
  all = g_ptr_array_index (figure->panels[0].references, 0);
  g_assert_cmpfloat_with_epsilon (g_array_index (all->curve, NullcurveXY, 1).y, 1.0, 1e-9);
  empty = nullcurve_figure_stages (alone, &excess);
  g_assert_false (nullcurve_figure_panel_has_data (empty, 0));
  g_assert_true (nullcurve_figure_panel_has_data (empty, 1));
  g_assert_nonnull (strstr (empty->panels[0].empty_text, "f = 0"));
}

static void
test_stages_missing (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Run");
  g_autoptr (NullcurveFigure) figure = NULL;
  g_autoptr (NullcurveFigure) beyond = NULL;

  fixture_run_add_curve (run, 4, "compact", 1000.0);
  figure = nullcurve_figure_stages (run, NULL);
  g_assert_false (nullcurve_figure_has_data (figure));
  beyond = nullcurve_figure_stages (run, &(NullcurveStagesOptions){ .curve = 7 });
  g_assert_false (nullcurve_figure_has_data (beyond));
}

/* At k (1 - f), whichever way it came about; what is of the fraction alone stays only where there
 * is one top-k. */
static void
test_by_experts (void)
{
  MoeRun *runs[2] = { fixture_run_new ("Run"), run_with_stages () };
  NullcurveViewChoice choice = { .view = NULLCURVE_VIEW_EFFICIENCY, .x_experts = TRUE };
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveFigure) several = NULL;
  g_autoptr (NullcurveFigure) one = NULL;
  g_autoptr (NullcurveFigure) load = NULL;
  double lo, hi;

  fixture_run_add_curve (runs[0], 2, "compact", 2000.0);
  fixture_run_add_curve (runs[0], 4, "compact", 1000.0);
  nullcurve_throughput_options_init (&state);
  state.current_run = 0;
  several = nullcurve_view_figure (&choice, runs, 1, &state);
  g_assert_cmpstr (several->x_label, ==, "experts per token");
  g_assert_cmpint (several->x, ==, NULLCURVE_X_EXPERTS);
  for (gsize s = 0; s < 2; s++)
    for (gsize i = 0; i < 10; i++)
      {
        const double experts = (s == 0 ? 2.0 : 4.0) * (0.1 + 0.1 * (double)i);

        g_assert_cmpfloat_with_epsilon (point_at (several, s, 0, i)->x, experts, 1e-9);
        g_assert_cmpfloat_with_epsilon (point_at (several, s, 0, i)->x_realised, experts, 1e-3);
      }
  g_assert_cmpfloat_with_epsilon (point_at (several, 0, 0, 9)->y, 1.0, 1e-9); /* f = 0 */
  g_assert_cmpuint (several->panels[0].references->len, ==, 0);
  g_assert_cmpuint (several->panels[1].references->len, ==, 1); /* level: of any x */
  nullcurve_figure_x_range (several, &lo, &hi);
  g_assert_cmpfloat (lo, ==, 0.0);
  g_assert_cmpfloat (hi, ==, 4.0);
  choice.view = NULLCURVE_VIEW_STAGES;
  one = nullcurve_view_figure (&choice, &runs[1], 1, &state);
  g_assert_cmpfloat (point_at (one, MOE_STAGE_KIND_FORWARD, 0, 0)->x, ==, 2.0);
  g_assert_cmpuint (one->panels[0].references->len, ==, 1);
  choice.view = NULLCURVE_VIEW_LOAD;
  load = nullcurve_view_figure (&choice, runs, 1, &state);
  g_assert_cmpstr (load->x_label, ==, "null fraction");
  g_assert_cmpint (load->x, ==, NULLCURVE_X_FRACTION);
  moe_run_unref (runs[0]);
  moe_run_unref (runs[1]);
}

static guint32
pixel_of (const NullcurveColour *colour)
{
  return (guint32)lround (255.0 * colour->red) << 16 | (guint32)lround (255.0 * colour->green) << 8
         | (guint32)lround (255.0 * colour->blue);
}

/* Pixels of a figure whose colour is nearer to `colour` than to white. */
static guint
count_near (cairo_surface_t *surface, const NullcurveColour *colour)
{
  const guint32 wanted = pixel_of (colour);
  const int stride = cairo_image_surface_get_stride (surface);
  guint n = 0;

  cairo_surface_flush (surface);
  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      {
        const guint32 pixel =
            *(const guint32 *)(const void *)(cairo_image_surface_get_data (surface) + y * stride
                                             + 4 * x);
        int off = 0;

        for (int shift = 0; shift < 24; shift += 8)
          off += ABS ((int)((pixel >> shift) & 0xff) - (int)((wanted >> shift) & 0xff));
        n += off < 130;
      }
  return n;
}

/* Areas cover what lines would not. */
static void
test_stages_drawn (void)
{
  g_autoptr (MoeRun) run = run_with_stages ();
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_stages (run, NULL);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 400);
  cairo_t *cr = cairo_create (surface);
  NullcurveChartStyle style;
  guint area;

  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_PRINT);
  nullcurve_chart_render (cr, 400, 400, figure, &style);
  area = count_near (surface, &style.series[MOE_STAGE_KIND_FORWARD]);
  g_assert_cmpuint (area, >, 5000);
  figure->panels[0].stacked = figure->panels[1].stacked = FALSE;
  nullcurve_chart_render (cr, 400, 400, figure, &style);
  g_assert_cmpuint (count_near (surface, &style.series[MOE_STAGE_KIND_FORWARD]), <, area / 3);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
test_share_unit (void)
{
  char text[NULLCURVE_AXIS_LABEL_SIZE];

  nullcurve_format_value (NULLCURVE_UNIT_SHARE, 0.25, text);
  g_assert_cmpstr (text, ==, "25.0\302\240%");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/efficiency/forecast", test_efficiency_forecast);
  g_test_add_func ("/chart/efficiency/values", test_efficiency_values);
  g_test_add_func ("/chart/efficiency/without-base", test_efficiency_without_base);
  g_test_add_func ("/chart/efficiency/hides", test_efficiency_hides);
  g_test_add_func ("/chart/stages/kinds", test_stage_kinds);
  g_test_add_func ("/chart/stages/stack", test_stages_stack);
  g_test_add_func ("/chart/stages/per-slot", test_stages_per_slot);
  g_test_add_func ("/chart/stages/readout", test_stages_readout);
  g_test_add_func ("/chart/stages/excess", test_stages_excess);
  g_test_add_func ("/chart/stages/missing", test_stages_missing);
  g_test_add_func ("/chart/stages/drawn", test_stages_drawn);
  g_test_add_func ("/chart/by-experts", test_by_experts);
  g_test_add_func ("/chart/share-unit", test_share_unit);
  return g_test_run ();
}
