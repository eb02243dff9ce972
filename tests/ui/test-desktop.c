/* SPDX-License-Identifier: Apache-2.0 */
/* What a measurement owes the desktop, on a desktop that is made up. */
#include <glib/gstdio.h>
#include <string.h>

#include "ui/window/desktop.h"

static guint n_inhibited, n_notified;
static gint64 now_us;
static char *last_title, *last_body;

static guint
fake_inhibit (gpointer window)
{
  n_inhibited++;
  return 7;
}

static void
fake_uninhibit (gpointer window, guint cookie)
{
  g_assert_cmpuint (cookie, ==, 7);
  n_inhibited--;
}

static void
fake_notify (gpointer window, const char *title, const char *body)
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

static gboolean looked_at;

static gboolean
fake_is_looked_at (gpointer window)
{
  return looked_at;
}

static const NullcurveDesktopCalls fake = { fake_inhibit, fake_uninhibit, fake_is_looked_at,
                                            fake_notify, fake_now_us };

/* A run of one point, lasting so long. */
static void
run (NullcurveDesktop *desktop, gint64 seconds, const char *problem)
{
  nullcurve_desktop_begin (desktop);
  g_assert_cmpuint (n_inhibited, ==, 1);
  now_us += seconds * G_USEC_PER_SEC;
  nullcurve_desktop_end (desktop, "A run", 1, problem);
  g_assert_cmpuint (n_inhibited, ==, 0);
}

static void
test_notification (void)
{
  NullcurveDesktop *desktop = nullcurve_desktop_new (&fake, NULL, "");
  run (desktop, 5, NULL);
  g_assert_cmpuint (n_notified, ==, 0);
  run (desktop, 125, NULL);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpstr (last_title, ==, "“A run” is measured");
  g_assert_cmpstr (last_body, ==, "1 point in 2 min 05 s");
  run (desktop, 40, "The memory was gone.");
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_cmpstr (last_title, ==, "“A run” ended early");
  g_assert_cmpstr (last_body, ==, "The memory was gone.");
  looked_at = TRUE;
  run (desktop, 125, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  nullcurve_desktop_free (desktop);
}

/* Who goes away in the middle lets the machine sleep again. */
static void
test_close_while_inhibited (void)
{
  NullcurveDesktop *desktop = nullcurve_desktop_new (&fake, NULL, "");
  nullcurve_desktop_begin (desktop);
  g_assert_cmpuint (n_inhibited, ==, 1);
  nullcurve_desktop_free (desktop);
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

static void
test_power (void)
{
  g_autofree char *root = g_dir_make_tmp ("nullcurve-sys-XXXXXX", NULL);
  NullcurveDesktop *desktop = nullcurve_desktop_new (&fake, NULL, root);
  g_assert_null (nullcurve_desktop_check_power (desktop, FALSE));
  put (root, "/sys/firmware/acpi/platform_profile", "balanced\n");
  g_assert_null (nullcurve_desktop_check_power (desktop, FALSE));
  put (root, "/sys/firmware/acpi/platform_profile", "low-power\n");
  g_assert_nonnull (strstr (nullcurve_desktop_check_power (desktop, FALSE), "Power Saver"));
  put (root, "/sys/class/power_supply/BAT0/type", "Battery\n");
  put (root, "/sys/class/power_supply/BAT0/status", "Discharging\n");
  g_assert_nonnull (strstr (nullcurve_desktop_check_power (desktop, FALSE), "Plug the machine in"));
  /* It is looked at again while a run goes on, but not all the time. */
  put (root, "/sys/class/power_supply/BAT0/status", "Charging\n");
  g_assert_nonnull (strstr (nullcurve_desktop_check_power (desktop, TRUE), "Plug the machine in"));
  now_us += 11 * G_USEC_PER_SEC;
  g_assert_nonnull (strstr (nullcurve_desktop_check_power (desktop, TRUE), "Power Saver"));
  nullcurve_desktop_free (desktop);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/desktop/notification", test_notification);
  g_test_add_func ("/desktop/close-while-inhibited", test_close_while_inhibited);
  g_test_add_func ("/desktop/power", test_power);
  int status = g_test_run ();
  g_free (last_title);
  g_free (last_body);
  return status;
}
