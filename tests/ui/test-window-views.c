/* SPDX-License-Identifier: Apache-2.0 */
/* The views of the window and the baseline that they are compared with. */
#include "tests/ui/ui-fixture.h"
#include "ui/window-private.h"

#include <math.h>
#include <string.h>

static AdwApplication *application;

static NullcurveWindow *
new_window (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  nullcurve_setup_panel_set_backends (window->setup, fixture_backends ());
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 760);
  gtk_window_present (GTK_WINDOW (window));
  fixture_settle ();
  return window;
}

static void
close_window (NullcurveWindow *window)
{
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
activate (NullcurveWindow *window, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
  fixture_settle ();
}

/* Five samples a point, one in a hundred apart, at f = 0 and 0.5; `rate` at f = 0. */
static MoeRun *
new_run (const char *title, double rate)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  for (int i = 0; i < 2; i++)
    {
      MoeRecord record;
      moe_record_init (&record);
      record.has_shape = TRUE;
      record.shape = (MoeShape){ 64, 32, 16, 8, 0 };
      record.topk = 4;
      record.null_target = record.null_realized = 0.5 * i;
      record.real_assignments = i == 0 ? 256 : 128;
      record.pass = g_intern_static_string ("forward");
      record.null_mode = g_intern_static_string ("independent");
      record.stage_s[MOE_STAGE_UP] = 32e-6 / (1 + i);
      moe_run_append (run, &record);
      for (int n = 0; n < 5; n++)
        moe_run_add_sample (run, (gsize)i, 64 / (rate * (1 + 0.8 * i)) * (1 + 0.01 * n), NULL);
    }
  return run;
}

static NullcurveRunItem *
add_run (NullcurveWindow *window, const char *title, double rate)
{
  g_autoptr (MoeRun) run = new_run (title, rate);
  NullcurveRunItem *item = nullcurve_window_add_run (window, run);
  fixture_settle ();
  return item;
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_pin (void)
{
  NullcurveWindow *window = new_window ();
  guint changes = 0;
  g_signal_connect_swapped (window, "notify::baseline", G_CALLBACK (count_cb), &changes);
  activate (window, "win.pin-baseline");
  g_assert_null (nullcurve_window_get_baseline (window));

  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1100);
  nullcurve_run_list_select (window->run_list, a);
  activate (window, "win.pin-baseline");
  g_assert_true (nullcurve_window_get_baseline (window) == a);
  nullcurve_run_list_select (window->run_list, b);
  activate (window, "win.pin-baseline");
  g_assert_true (nullcurve_window_get_baseline (window) == b);
  activate (window, "win.pin-baseline");
  g_assert_null (nullcurve_window_get_baseline (window));
  g_assert_cmpuint (changes, ==, 3);

  nullcurve_window_set_baseline (window, a);
  nullcurve_window_remove_run (window, a);
  fixture_settle ();
  g_assert_null (nullcurve_window_get_baseline (window));
  g_assert_cmpuint (changes, ==, 5);
  close_window (window);
}

static void
choose (NullcurveWindow *window, const char *action, const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (window), action, "s", name);
  fixture_settle ();
}

static void
test_switch (void)
{
  static const char *const names[NULLCURVE_N_VIEWS] = { "throughput", "efficiency", "stages",
                                                        "load", "table" };
  NullcurveWindow *window = new_window ();
  add_run (window, "A", 1000);
  for (int view = NULLCURVE_N_VIEWS; view-- > 0;)
    {
      choose (window, "win.view", names[view]);
      g_assert_cmpint (window->view, ==, view);
      g_assert_cmpstr (gtk_stack_get_visible_child_name (window->middle), ==,
                       view == NULLCURVE_VIEW_TABLE ? "table" : "chart");
      g_assert_cmpint (gtk_widget_get_visible (GTK_WIDGET (window->scale_button)), ==,
                       view == NULLCURVE_VIEW_THROUGHPUT);
    }
  choose (window, "win.scale", "relative");
  g_assert_cmpint (window->relation, ==, NULLCURVE_RELATION_RELATIVE);
  g_assert_cmpstr (gtk_menu_button_get_label (window->scale_button), ==, "Relative to f = 0");
  choose (window, "win.scale", "absolute");
  g_assert_cmpint (window->relation, ==, NULLCURVE_RELATION_ABSOLUTE);
  close_window (window);
}

/* Settings of a version in which relative was a view of its own. */
static void
test_old_settings (void)
{
  g_autoptr (GSettings) settings = g_settings_new (NULLCURVE_APP_ID);
  NullcurveWindow *window = new_window ();
  g_settings_set_string (settings, "view", "relative");
  nullcurve_window_set_settings (window, settings);
  g_assert_cmpint (window->view, ==, NULLCURVE_VIEW_THROUGHPUT);
  g_assert_cmpint (window->relation, ==, NULLCURVE_RELATION_RELATIVE);
  nullcurve_window_save_settings (window);
  g_autofree char *view = g_settings_get_string (settings, "view");
  g_autofree char *scale = g_settings_get_string (settings, "scale");
  g_assert_cmpstr (view, ==, "throughput");
  g_assert_cmpstr (scale, ==, "relative");
  close_window (window);
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/window/views/pin", test_pin);
  g_test_add_func ("/window/views/switch", test_switch);
  g_test_add_func ("/window/views/old-settings", test_old_settings);
  int status = g_test_run ();
  g_clear_object (&application);
  return status;
}
