/* SPDX-License-Identifier: Apache-2.0 */
/* The window in German.  The locale is C.UTF-8, which every system has, with LANGUAGE on top of it:
 * no locale needs to be generated. */
#include <glib/gi18n.h>
#include <string.h>

#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/help/help-window.h"
#include "ui/views/stages.h"
#include "ui/views/throughput.h"
#include "ui/window/window.h"

static AdwApplication *application;

/* The charts speak it too, wherever they are drawn. */
static void
test_chart (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Quick");
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_throughput (&run, 1, NULL);
  g_autoptr (NullcurveFigure) stages = nullcurve_figure_stages (run, NULL);
  g_assert_cmpstr (figure->x_label, ==, "Null-Anteil");
  g_assert_cmpstr (stages->title, ==, "Wohin die Zeit geht");
  g_assert_cmpstr (stages->panels[0].title, ==, "Zeit je behaltenem Platz (µs)");
}

static void
test_window (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (window), fixture_backends ());
  gtk_window_present (GTK_WINDOW (window));
  fixture_settle ();
  /* From a template, from code, and with a plural. */
  g_assert_cmpstr (gtk_button_get_label (fixture_window_child (window, "empty_run_button")), ==,
                   "Diesen Aufbau messen");
  g_autofree char *setup = nullcurve_setup_panel_describe (nullcurve_window_get_setup (window));
  g_assert_nonnull (strstr (setup, "vorwärts + rückwärts"));
  g_assert_cmpstr (g_dngettext (NULL, "%zu point", "%zu points", 1), ==, "%zu Punkt");
  g_assert_cmpstr (g_dngettext (NULL, "%zu point", "%zu points", 2), ==, "%zu Punkte");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_help (void)
{
  NullcurveHelpWindow *window = NULLCURVE_HELP_WINDOW (nullcurve_help_window_new (NULL));
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (nullcurve_help_window_show (window, "comparing"));
  fixture_settle ();
  /* In the list of pages, and in the page alone. */
  g_assert_true (fixture_has_label (GTK_WIDGET (window), "Erste Schritte"));
  g_assert_true (fixture_has_label (GTK_WIDGET (window), "Eine Vergleichsbasis"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  bindtextdomain ("nullcurve", g_getenv ("NULLCURVE_LOCALE_DIR"));
  bind_textdomain_codeset ("nullcurve", "UTF-8");
  textdomain ("nullcurve");
  application = fixture_application_new ();
  g_test_add_func ("/translation/window", test_window);
  g_test_add_func ("/translation/chart", test_chart);
  g_test_add_func ("/translation/help", test_help);
  int status = g_test_run ();
  g_object_unref (application);
  return status;
}
