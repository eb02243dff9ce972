/* SPDX-License-Identifier: Apache-2.0 */
/* The window's choice of axes and small multiples, and that what is zoomed, hidden and split on
 * screen is so in a file. */
#include <math.h>

#include "engine/text/intern.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"

static AdwApplication *application;

/* One run of top-2 and top-4, at f = 0 and 0.5. */
static void
add_run (NullcurveWindow *window, const char *title, gsize mlp_dim)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  for (int i = 0; i < 4; i++)
    {
      MoeRecord record;
      moe_record_init (&record);
      record.has_shape = TRUE;
      record.shape = (MoeShape){ 64, 32, mlp_dim, 8, 0 };
      record.topk = i < 2 ? 2 : 4;
      record.null_target = record.null_realized = 0.5 * (i % 2);
      record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
      record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
      moe_run_append (run, &record);
      moe_run_add_sample (run, (gsize)i, 0.01 * (i + 1), NULL, NULL);
    }
  nullcurve_runs_model_add (nullcurve_window_get_runs (window), run);
  fixture_settle ();
}

static const NullcurveFigure *
figure_of (NullcurveWindow *window)
{
  return fixture_figure (window);
}

static void
activate (NullcurveWindow *window, const char *action, const char *target)
{
  g_assert_true (target != NULL
                     ? gtk_widget_activate_action (GTK_WIDGET (window), action, "s", target)
                     : gtk_widget_activate_action (GTK_WIDGET (window), action, NULL));
  fixture_settle ();
}

static void
test_ideal (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  add_run (window, "one", 16);
  g_assert_cmpint (figure_of (window)->x_scale, ==, NULLCURVE_SCALE_LINEAR);
  activate (window, "win.x-ideal", NULL);
  g_assert_cmpint (figure_of (window)->x_scale, ==, NULLCURVE_SCALE_SPEEDUP);
  g_assert_cmpint (figure_of (window)->panels[0].scale, ==, NULLCURVE_SCALE_LOG);
  /* What it brought along it takes with it. */
  activate (window, "win.x-ideal", NULL);
  g_assert_cmpint (figure_of (window)->panels[0].scale, ==, NULLCURVE_SCALE_LINEAR);
  activate (window, "win.x-ideal", NULL);
  activate (window, "win.log-y", NULL);
  g_assert_cmpint (figure_of (window)->x_scale, ==, NULLCURVE_SCALE_SPEEDUP);
  g_assert_cmpint (figure_of (window)->panels[0].scale, ==, NULLCURVE_SCALE_LINEAR);
  activate (window, "win.x-ideal", NULL);
  g_assert_cmpint (figure_of (window)->x_scale, ==, NULLCURVE_SCALE_LINEAR);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* There is one x axis: choosing another takes back the first. */
static void
test_experts (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  add_run (window, "one", 16);
  activate (window, "win.x-ideal", NULL);
  activate (window, "win.x-experts", NULL);
  g_assert_cmpint (figure_of (window)->x_scale, ==, NULLCURVE_SCALE_LINEAR);
  g_assert_cmpstr (figure_of (window)->x_label, ==, "experts per token");
  g_assert_true (isnan (figure_of (window)->marker));
  activate (window, "win.x-ideal", NULL);
  g_assert_cmpint (figure_of (window)->x_scale, ==, NULLCURVE_SCALE_SPEEDUP);
  g_assert_cmpstr (figure_of (window)->x_label, ==, "null fraction");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_facets (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  add_run (window, "one", 16);
  add_run (window, "two", 24);
  g_assert_cmpuint (nullcurve_figure_n_facets (figure_of (window)), ==, 1);
  activate (window, "win.facets", "topk");
  g_assert_cmpuint (nullcurve_figure_n_facets (figure_of (window)), ==, 2);
  g_assert_cmpstr (g_ptr_array_index (figure_of (window)->facets, 1), ==, "top-4");
  activate (window, "win.facets", "shape");
  g_assert_cmpstr (g_ptr_array_index (figure_of (window)->facets, 0), ==, "64×32×16×8");
  activate (window, "win.view", "efficiency");
  g_assert_cmpuint (nullcurve_figure_n_facets (figure_of (window)), ==, 2);
  activate (window, "win.facets", "none");
  g_assert_cmpuint (nullcurve_figure_n_facets (figure_of (window)), ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* A file shows what the screen shows. */
static void
test_export (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  add_run (window, "one", 16);
  activate (window, "win.facets", "topk");
  nullcurve_chart_view_turn (fixture_chart (window), 200, 150, 0.5, FALSE);
  nullcurve_chart_view_toggle (fixture_chart (window), 0, FALSE);
  g_autoptr (NullcurveFigure) figure =
      nullcurve_chart_page_make_figure (nullcurve_window_get_page (window));
  g_assert_cmpuint (nullcurve_figure_n_facets (figure), ==, 2);
  g_assert_true (nullcurve_span_is_set (&figure->viewport.x));
  g_assert_true (nullcurve_figure_get_series (figure, 0)->hidden);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/window-axes/ideal", test_ideal);
  g_test_add_func ("/window-axes/experts", test_experts);
  g_test_add_func ("/window-axes/facets", test_facets);
  g_test_add_func ("/window-axes/export", test_export);
  int result = g_test_run ();
  g_object_unref (application);
  return result;
}
