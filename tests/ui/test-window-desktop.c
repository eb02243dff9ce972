/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement owes the desktop, on a desktop that is made up. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/ui/ui-fixture.h"
#include "ui/setup/forecast-card.h"
#include "ui/setup/setup-panel.h"
#include "ui/window/window-private.h"

static AdwApplication *application;

static guint n_inhibited, n_notified;
static gint64 now_us;
static char *last_title, *last_body;

static guint
fake_inhibit (NullcurveWindow *window)
{
  n_inhibited++;
  return 7;
}

static void
fake_uninhibit (NullcurveWindow *window, guint cookie)
{
  g_assert_cmpuint (cookie, ==, 7);
  n_inhibited--;
}

static void
fake_notify (NullcurveWindow *window, const char *title, const char *body)
{
  n_notified++;
  g_free (last_title);
  last_title = g_strdup (title);
  g_free (last_body);
  last_body = g_strdup (body);
}

static gint64
fake_now_us (void)
{
  return now_us;
}

static const NullcurveDesktop fake = { fake_inhibit, fake_uninhibit, fake_notify, fake_now_us };

static NullcurveWindow *
new_window (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  nullcurve_setup_panel_set_backends (window->setup, fixture_backends ());
  window->desktop = &fake;
  n_notified = 0;
  /* Not presented: so it is not the active window. */
  return window;
}

/* A run of one point, lasting so long. */
static void
run (NullcurveWindow *window, gint64 seconds, const char *problem)
{
  MoeOptions options;
  MoePlan plan;
  MoeRecord record;
  double time_s = 1e-3;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "A run");
  moe_options_init (&options);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  moe_record_init (&record);
  record.topk = 4;
  record.null_target = 0;
  record.tokens_per_s = 100;
  record.samples_s = &time_s;
  record.n_samples = 1;
  moe_run_append (run, &record);
  nullcurve_window_begin_run (window, run, &plan, NULL);
  g_assert_cmpuint (n_inhibited, ==, 1);
  now_us += seconds * G_USEC_PER_SEC;
  nullcurve_window_end_run (window, run, problem);
  g_assert_cmpuint (n_inhibited, ==, 0);
  moe_plan_clear (&plan);
}

static void
test_notification (void)
{
  NullcurveWindow *window = new_window ();
  run (window, 5, NULL);
  g_assert_cmpuint (n_notified, ==, 0);
  run (window, 125, NULL);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpstr (last_title, ==, "“A run” is measured");
  g_assert_cmpstr (last_body, ==, "1 point in 2 min 05 s");
  run (window, 40, "The memory was gone.");
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_cmpstr (last_title, ==, "“A run” ended early");
  g_assert_cmpstr (last_body, ==, "The memory was gone.");
  fixture_answer_dialog ("close");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* A window that goes away in the middle lets the machine sleep again. */
static void
test_close_while_inhibited (void)
{
  NullcurveWindow *window = new_window ();
  nullcurve_window_desktop_begin (window);
  g_assert_cmpuint (n_inhibited, ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
  g_assert_cmpuint (n_inhibited, ==, 0);
}

static void
put (const char *root, const char *path, const char *text)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
}

static const char *
warning_of (NullcurveWindow *window)
{
  nullcurve_window_check_power (window);
  return nullcurve_forecast_card_get_warning (fixture_child (window->setup, "forecast"));
}

static void
test_power (void)
{
  NullcurveWindow *window = new_window ();
  g_autofree char *root = g_dir_make_tmp ("nullcurve-sys-XXXXXX", NULL);
  window->sys_root = root;
  g_assert_null (warning_of (window));
  put (root, "/sys/firmware/acpi/platform_profile", "balanced\n");
  g_assert_null (warning_of (window));
  put (root, "/sys/firmware/acpi/platform_profile", "low-power\n");
  g_assert_nonnull (strstr (warning_of (window), "Power Saver"));
  put (root, "/sys/class/power_supply/BAT0/type", "Battery\n");
  put (root, "/sys/class/power_supply/BAT0/status", "Discharging\n");
  g_assert_nonnull (strstr (warning_of (window), "Plug the machine in"));
  /* It is looked at again while a run goes on, but not all the time. */
  put (root, "/sys/class/power_supply/BAT0/status", "Charging\n");
  nullcurve_window_check_power_at_times (window);
  g_assert_nonnull (
      nullcurve_forecast_card_get_warning (fixture_child (window->setup, "forecast")));
  now_us += 11 * G_USEC_PER_SEC;
  nullcurve_window_check_power_at_times (window);
  g_assert_nonnull (
      strstr (nullcurve_forecast_card_get_warning (fixture_child (window->setup, "forecast")),
              "Power Saver"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/desktop/notification", test_notification);
  g_test_add_func ("/desktop/close-while-inhibited", test_close_while_inhibited);
  g_test_add_func ("/desktop/power", test_power);
  int status = g_test_run ();
  g_object_unref (application);
  g_free (last_title);
  g_free (last_body);
  return status;
}
