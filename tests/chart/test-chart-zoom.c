/* SPDX-License-Identifier: Apache-2.0 */
/* The chart as an instrument: zoom, hidden curves, and what stays from figure to figure. */
#include <adwaita.h>
#include <math.h>

#include "tests/chart/chart-fixtures.h"
#include "tests/chart/chart-stage.h"
#include "ui/chart/layout.h"
#include "ui/views/efficiency.h"
#include "ui/views/stages.h"

static void
act (ChartStage *stage, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (stage->view), action, NULL));
}

static double
x_length (ChartStage *stage)
{
  const NullcurveViewport *viewport = nullcurve_chart_view_get_viewport (stage->view);

  return viewport->x.hi - viewport->x.lo;
}

static gboolean
is_zoomed (ChartStage *stage)
{
  return nullcurve_viewport_is_zoomed (nullcurve_chart_view_get_viewport (stage->view));
}

/* The layout of what is shown, made as the view makes it but for the font. */
static NullcurveLayout *
lay_out (ChartStage *stage)
{
  g_autoptr (NullcurveChartText) text = NULL;
  NullcurveChartStyle style;

  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_LIGHT);
  text = nullcurve_chart_text_new (&style);
  return nullcurve_layout_new (nullcurve_chart_view_get_figure (stage->view), &style, text,
                               gtk_widget_get_width (GTK_WIDGET (stage->view)),
                               gtk_widget_get_height (GTK_WIDGET (stage->view)));
}

static GtkWidget *
reset_button (ChartStage *stage)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (stage->view));

  while (child != NULL && !GTK_IS_BUTTON (child))
    child = gtk_widget_get_next_sibling (child);
  g_assert_nonnull (child);
  return child;
}

static void
test_drag (ChartStage *stage, gconstpointer data)
{
  g_autoptr (NullcurveLayout) layout = lay_out (stage);
  const NullcurveRect *plot = &layout->panels[0].plot;
  const double y = plot->y + 0.5 * plot->height;
  const NullcurveViewport *viewport = nullcurve_chart_view_get_viewport (stage->view);

  g_assert_false (gtk_widget_get_visible (reset_button (stage)));
  /* A click is no rectangle. */
  nullcurve_chart_view_drag (stage->view, 300.0, y, 303.0, y + 2.0, FALSE);
  g_assert_false (is_zoomed (stage));
  /* Nearly level: x alone, and the two thirds to the right. */
  nullcurve_chart_view_drag (stage->view, plot->x + plot->width / 3.0, y, plot->x + plot->width,
                             y + 5.0, FALSE);
  g_assert_cmpfloat_with_epsilon (viewport->x.lo, 0.3, 0.02);
  g_assert_cmpfloat_with_epsilon (viewport->x.hi, 0.9, 0.02);
  g_assert_false (nullcurve_span_is_set (&viewport->y[0]));
  g_assert_true (gtk_widget_get_visible (reset_button (stage)));
  nullcurve_chart_view_drag (stage->view, 300.0, plot->y + 10.0, 500.0, y, FALSE);
  g_assert_true (nullcurve_span_is_set (&viewport->y[0]));
  g_assert_false (nullcurve_span_is_set (&viewport->y[1]));
  act (stage, "chart.zoom-undo");
  g_assert_false (nullcurve_span_is_set (&viewport->y[0]));
  g_assert_true (is_zoomed (stage));
  g_signal_emit_by_name (reset_button (stage), "clicked");
  chart_stage_draw (stage);
  g_assert_false (is_zoomed (stage));
  g_assert_false (gtk_widget_get_visible (reset_button (stage)));
  act (stage, "chart.zoom-undo");
  g_assert_true (is_zoomed (stage));
}

static void
test_pan (ChartStage *stage, gconstpointer data)
{
  double lo;

  nullcurve_chart_view_turn (stage->view, 350.0, 100.0, 0.5, FALSE);
  lo = nullcurve_chart_view_get_viewport (stage->view)->x.lo;
  nullcurve_chart_view_drag (stage->view, 350.0, 100.0, 250.0, 130.0, TRUE);
  g_assert_cmpfloat (nullcurve_chart_view_get_viewport (stage->view)->x.lo, >, lo + 0.05);
  g_assert_cmpfloat_with_epsilon (x_length (stage), 0.45, 1e-6);
  /* A whole drag is one step. */
  act (stage, "chart.zoom-undo");
  g_assert_cmpfloat_with_epsilon (nullcurve_chart_view_get_viewport (stage->view)->x.lo, lo, 1e-9);
}

/* About the pointer: what the crosshair reads there it still reads. */
static void
test_wheel (ChartStage *stage, gconstpointer data)
{
  g_autoptr (NullcurveLayout) layout = lay_out (stage);
  g_autofree char *before = NULL;
  const double x = nullcurve_layout_x (layout, 0, 0.6);

  nullcurve_chart_view_point_at (stage->view, x, 100.0);
  before = g_strdup (nullcurve_chart_view_get_readout (stage->view));
  for (int i = 0; i < 6; i++)
    nullcurve_chart_view_turn (stage->view, x, 100.0, 1.0 / 1.2, FALSE);
  nullcurve_chart_view_point_at (stage->view, x, 100.0);
  g_assert_cmpstr (nullcurve_chart_view_get_readout (stage->view), ==, before);
  /* Turns in a row are one step. */
  act (stage, "chart.zoom-undo");
  g_assert_false (is_zoomed (stage));
  nullcurve_chart_view_turn (stage->view, x, 100.0, 0.5, TRUE);
  g_assert_true (nullcurve_span_is_set (&nullcurve_chart_view_get_viewport (stage->view)->y[0]));
}

/* Another figure whose points are all elsewhere is shown whole; a moment without points in sight is
 * no reason to leave. */
static void
test_zoom_goes_with_its_data (ChartStage *stage, gconstpointer data)
{
  const double xs[] = { 0.1, 0.2 };

  nullcurve_chart_view_turn (stage->view, 640.0, 100.0, 0.3, FALSE);
  g_assert_true (is_zoomed (stage));
  g_assert_cmpfloat (nullcurve_chart_view_get_viewport (stage->view)->x.lo, >, 0.3);
  for (int empty = 1; empty >= 0; empty--)
    {
      NullcurveFigure *figure = fixture_figure_crowded (1);
      NullcurveSeries *series;

      nullcurve_figure_get_series (figure, 0)->visible = FALSE;
      series = nullcurve_figure_add_series (figure, "elsewhere", 1);
      for (gsize i = 0; i < G_N_ELEMENTS (xs); i++)
        nullcurve_series_add_point (series, 0, xs[i], 1e5);
      nullcurve_chart_view_dress (stage->view, figure);
      nullcurve_chart_view_set_figure (stage->view, figure);
      g_assert_false (is_zoomed (stage));
    }
}

/* The keys that undo a zoom go to what was zoomed. */
static void
test_zoom_takes_keys (ChartStage *stage, gconstpointer data)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (stage->view)));

  gtk_window_set_focus (window, NULL);
  nullcurve_chart_view_turn (stage->view, 350.0, 100.0, 0.5, FALSE);
  g_assert_true (gtk_window_get_focus (window) == GTK_WIDGET (stage->view));
  gtk_window_set_focus (window, NULL);
  nullcurve_chart_view_drag (stage->view, 350.0, 100.0, 250.0, 130.0, TRUE);
  g_assert_true (gtk_window_get_focus (window) == GTK_WIDGET (stage->view));
}

static void
test_keys (ChartStage *stage, gconstpointer data)
{
  chart_stage_press (stage, GDK_KEY_plus, 0);
  g_assert_cmpfloat_with_epsilon (x_length (stage), 0.6, 1e-6);
  chart_stage_press (stage, GDK_KEY_minus, 0);
  g_assert_false (is_zoomed (stage));
  chart_stage_press (stage, GDK_KEY_plus, GDK_CONTROL_MASK);
  g_assert_true (nullcurve_span_is_set (&nullcurve_chart_view_get_viewport (stage->view)->y[0]));
  chart_stage_press (stage, GDK_KEY_0, 0);
  g_assert_false (is_zoomed (stage));
  chart_stage_press (stage, GDK_KEY_BackSpace, 0);
  g_assert_true (is_zoomed (stage));
}

/* Whoever walks out of what is shown takes it along. */
static void
test_walk_pans (ChartStage *stage, gconstpointer data)
{
  const NullcurveViewport *viewport = nullcurve_chart_view_get_viewport (stage->view);

  chart_stage_press (stage, GDK_KEY_Home, 0);
  for (int i = 0; i < 4; i++)
    chart_stage_press (stage, GDK_KEY_plus, 0);
  g_assert_cmpfloat (viewport->x.hi, <, 0.5);
  chart_stage_press (stage, GDK_KEY_End, 0);
  g_assert_cmpfloat_with_epsilon (viewport->x.hi, 0.9, 1e-6);
}

/* A run goes on below a zoomed chart; another view has the same x, and its own y. */
static void
test_new_figures (ChartStage *stage, gconstpointer data)
{
  const NullcurveViewport *viewport = nullcurve_chart_view_get_viewport (stage->view);
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  NullcurveSpan x;

  fixture_run_add_curve (run, 2, "compact", 2000.0);
  fixture_run_add_curve (run, 4, "compact", 1000.0);
  nullcurve_chart_view_turn (stage->view, 350.0, 100.0, 0.5, FALSE);
  nullcurve_chart_view_turn (stage->view, 350.0, 100.0, 0.5, TRUE);
  x = viewport->x;
  nullcurve_chart_view_set_figure (stage->view, chart_stage_figure ());
  g_assert_true (nullcurve_span_is_set (&viewport->y[0]));
  nullcurve_chart_view_set_figure (stage->view, nullcurve_figure_efficiency (&run, 1, NULL));
  g_assert_cmpfloat (viewport->x.lo, ==, x.lo);
  g_assert_cmpfloat (viewport->x.hi, ==, x.hi);
  g_assert_false (nullcurve_span_is_set (&viewport->y[0]));
  g_assert_cmpfloat (nullcurve_chart_view_get_figure (stage->view)->viewport.x.lo, ==, x.lo);
}

/* One crosshair through the views: the curve and its x are found in each that has them, and
 * again after one that has not. */
static void
test_crosshair_through_views (ChartStage *stage, gconstpointer data)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");

  fixture_run_add_curve (run, 2, "compact", 2000.0);
  fixture_run_add_curve (run, 4, "compact", 1000.0);
  chart_stage_press (stage, GDK_KEY_End, 0);
  chart_stage_press (stage, GDK_KEY_Left, 0);
  chart_stage_press (stage, GDK_KEY_Down, 0);
  nullcurve_chart_view_set_figure (stage->view, nullcurve_figure_efficiency (&run, 1, NULL));
  g_assert_true (g_str_has_prefix (stage->heard, "null fraction 0.80 "));
  nullcurve_chart_view_set_figure (stage->view, nullcurve_figure_stages (run, 0));
  g_assert_null (stage->heard);
  nullcurve_chart_view_set_figure (stage->view, chart_stage_figure ());
  g_assert_true (g_str_has_prefix (stage->heard, "null fraction 0.80 "));
  /* On the second curve still: there is none after it, and one before. */
  g_assert_false (chart_stage_press (stage, GDK_KEY_Tab, 0));
  g_assert_true (chart_stage_press (stage, GDK_KEY_Tab, GDK_SHIFT_MASK));
}

/* Tab walks from curve to curve, and leaves at either end. */
static void
test_tab (ChartStage *stage, gconstpointer data)
{
  g_assert_false (chart_stage_press (stage, GDK_KEY_Tab, 0));
  chart_stage_press (stage, GDK_KEY_Right, 0);
  g_assert_false (chart_stage_press (stage, GDK_KEY_Tab, GDK_SHIFT_MASK));
  g_assert_true (chart_stage_press (stage, GDK_KEY_Tab, 0));
  g_assert_false (chart_stage_press (stage, GDK_KEY_Tab, 0));
  g_assert_true (chart_stage_press (stage, GDK_KEY_Tab, GDK_SHIFT_MASK));
  g_assert_false (chart_stage_press (stage, GDK_KEY_Tab, GDK_SHIFT_MASK));
  chart_stage_press (stage, GDK_KEY_Escape, 0);
  g_assert_false (chart_stage_press (stage, GDK_KEY_Tab, 0));
}

static gboolean
is_shown (ChartStage *stage, gsize series)
{
  return nullcurve_series_is_shown (
      nullcurve_figure_get_series (nullcurve_chart_view_get_figure (stage->view), series));
}

static void
test_toggle (ChartStage *stage, gconstpointer data)
{
  g_autoptr (NullcurveFigure) exported = chart_stage_figure ();

  nullcurve_chart_view_toggle (stage->view, 0, FALSE);
  g_assert_false (is_shown (stage, 0));
  g_assert_true (is_shown (stage, 1));
  /* New samples do not bring it back, and a file shows what the screen shows. */
  nullcurve_chart_view_set_figure (stage->view, chart_stage_figure ());
  g_assert_false (is_shown (stage, 0));
  nullcurve_chart_view_dress (stage->view, exported);
  g_assert_true (nullcurve_figure_get_series (exported, 0)->hidden);
  nullcurve_chart_view_toggle (stage->view, 0, FALSE);
  g_assert_true (is_shown (stage, 0));
  /* This one only; once more: all. */
  nullcurve_chart_view_toggle (stage->view, 1, TRUE);
  g_assert_false (is_shown (stage, 0));
  g_assert_true (is_shown (stage, 1));
  nullcurve_chart_view_toggle (stage->view, 1, TRUE);
  g_assert_true (is_shown (stage, 0));
  /* All hidden: no crosshair, and a way back. */
  chart_stage_press (stage, GDK_KEY_Right, 0);
  nullcurve_chart_view_toggle (stage->view, 0, FALSE);
  nullcurve_chart_view_toggle (stage->view, 1, FALSE);
  g_assert_null (nullcurve_chart_view_get_readout (stage->view));
  act (stage, "chart.show-curves");
  g_assert_true (is_shown (stage, 0));
  g_assert_true (is_shown (stage, 1));
}

/* H hides the curve of the walk, which goes on on the next one. */
static void
test_hide_by_key (ChartStage *stage, gconstpointer data)
{
  chart_stage_press (stage, GDK_KEY_End, 0);
  chart_stage_press (stage, GDK_KEY_h, 0);
  g_assert_false (is_shown (stage, 0));
  g_assert_true (is_shown (stage, 1));
  g_assert_nonnull (nullcurve_chart_view_get_readout (stage->view));
  g_assert_null (strstr (nullcurve_chart_view_get_readout (stage->view), "top-2:"));
  chart_stage_press (stage, GDK_KEY_h, GDK_SHIFT_MASK);
  g_assert_true (is_shown (stage, 0));
}

static GtkWidget *
find_check (GtkWidget *widget, const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_CHECK_BUTTON (widget)
      && g_strcmp0 (gtk_check_button_get_label (GTK_CHECK_BUTTON (widget)), label) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_check (child, label);
  return found;
}

static void
test_list (ChartStage *stage, gconstpointer data)
{
  GtkWidget *check;

  nullcurve_chart_view_set_figure (stage->view, fixture_figure_crowded (40));
  act (stage, "chart.curves");
  chart_stage_draw (stage);
  check = find_check (GTK_WIDGET (stage->view), "a run with a long name, top-39");
  g_assert_nonnull (check);
  g_assert_true (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), FALSE);
  g_assert_false (is_shown (stage, 38));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  g_assert_true (is_shown (stage, 38));
  /* An open popover outlives its window by a moment, in which GDK 4.8 looks for its surface. */
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (check, GTK_TYPE_POPOVER)));
  chart_stage_draw (stage);
}

/* Zoomed pixels differ; everything again, they are the same. */
static void
test_drawn (ChartStage *stage, gconstpointer data)
{
  g_autoptr (GdkTexture) before = NULL;
  g_autoptr (GdkTexture) zoomed = NULL;
  g_autoptr (GdkTexture) after = NULL;

  nullcurve_chart_view_clear_readout (stage->view);
  chart_stage_draw (stage);
  before = chart_stage_shoot (stage);
  nullcurve_chart_view_drag (stage->view, 200.0, 80.0, 400.0, 180.0, FALSE);
  chart_stage_draw (stage);
  zoomed = chart_stage_shoot (stage);
  chart_stage_press (stage, GDK_KEY_0, 0);
  chart_stage_draw (stage);
  after = chart_stage_shoot (stage);
  g_assert_cmpuint (chart_stage_count_different (before, zoomed), >, 3000);
  g_assert_cmpuint (chart_stage_count_different (before, after), ==, 0);
}

static void
add (const char *path, void (*test) (ChartStage *stage, gconstpointer data))
{
  g_test_add (path, ChartStage, NULL, chart_stage_set_up, test, chart_stage_tear_down);
}

static void
on_moved (NullcurveChartView *view, double x, double *moved)
{
  *moved = x;
}

static void
on_stepped (NullcurveChartView *view, int direction, int *stepped)
{
  *stepped += direction;
}

/* A drag that begins on the marker moves it and zooms nothing; beside it, it zooms. */
static void
test_marker (ChartStage *stage, gconstpointer data)
{
  NullcurveFigure *figure = chart_stage_figure ();
  double moved = NAN;
  int stepped = 0;

  figure->marker = 0.8;
  nullcurve_chart_view_set_figure (stage->view, figure);
  g_signal_connect (stage->view, "marker-moved", G_CALLBACK (on_moved), &moved);
  g_signal_connect (stage->view, "marker-stepped", G_CALLBACK (on_stepped), &stepped);
  g_autoptr (NullcurveLayout) layout = lay_out (stage);
  const NullcurveRect *plot = &layout->panels[0].plot;
  const double from = nullcurve_layout_x (layout, 0, 0.8);

  nullcurve_chart_view_drag (stage->view, from, plot->y + 40.0,
                             nullcurve_layout_x (layout, 0, 0.31), plot->y + 60.0, FALSE);
  g_assert_cmpfloat_with_epsilon (moved, 0.31, 0.03);
  g_assert_false (nullcurve_viewport_is_zoomed (nullcurve_chart_view_get_viewport (stage->view)));
  g_assert_true (chart_stage_press (stage, GDK_KEY_Left, GDK_CONTROL_MASK));
  g_assert_cmpint (stepped, ==, -1);
  nullcurve_chart_view_drag (stage->view, from - 60.0, plot->y + 40.0, from - 200.0, plot->y + 60.0,
                             FALSE);
  g_assert_true (nullcurve_viewport_is_zoomed (nullcurve_chart_view_get_viewport (stage->view)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  add ("/chart-zoom/drag", test_drag);
  add ("/chart-zoom/pan", test_pan);
  add ("/chart-zoom/wheel", test_wheel);
  add ("/chart-zoom/goes-with-its-data", test_zoom_goes_with_its_data);
  add ("/chart-zoom/takes-keys", test_zoom_takes_keys);
  add ("/chart-zoom/keys", test_keys);
  add ("/chart-zoom/walk-pans", test_walk_pans);
  add ("/chart-zoom/new-figures", test_new_figures);
  add ("/chart-zoom/crosshair-through-views", test_crosshair_through_views);
  add ("/chart-zoom/tab", test_tab);
  add ("/chart-zoom/toggle", test_toggle);
  add ("/chart-zoom/hide-by-key", test_hide_by_key);
  add ("/chart-zoom/list", test_list);
  add ("/chart-zoom/marker", test_marker);
  add ("/chart-zoom/drawn", test_drawn);
  return g_test_run ();
}
