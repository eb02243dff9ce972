/* SPDX-License-Identifier: Apache-2.0 */
/* What the machine does meanwhile, from a folder that looks like /proc and /sys. */
#include "app/machine-watch.h"
#include "engine/threads/topology.h"
#include "tests/ui/ui-fixture.h"

#include <string.h>

static char *root;

static void
put (const char *path, const char *text)
{
  g_autofree char *full = g_strconcat (root, path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (full, text, -1, NULL));
}

static void
put_of_all (const char *format, const char *text)
{
  for (size_t i = 0; i < 1024; i++)
    if (moe_topology_allows (i))
      {
        g_auto (GStrv) parts = g_strsplit (format, "#", 2);
        g_autofree char *path = g_strdup_printf ("%s%zu%s", parts[0], i, parts[1]);
        put (path, text);
      }
}

static void
test_unknown (void)
{
  g_autoptr (NullcurveMachineWatch) watch = nullcurve_machine_watch_new ("/nowhere");
  nullcurve_machine_watch_look (watch);
  g_assert_cmpstr (nullcurve_machine_watch_get_text (watch), ==, "");
}

static void
count_cb (NullcurveMachineWatch *watch, guint *count)
{
  (*count)++;
}

static gboolean
has_looked (gpointer count)
{
  return *(guint *)count >= 2;
}

/* Looks by itself only as long as somebody sees it, and wants to. */
static GtkWidget *
new_seen_window (NullcurveMachineWatch *watch)
{
  GtkWidget *window = gtk_window_new ();
  nullcurve_machine_watch_set_window (watch, GTK_WINDOW (window));
  g_assert_false (nullcurve_machine_watch_get_active (watch));
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (nullcurve_machine_watch_get_active (watch));
  return window;
}

static void
test_seen (void)
{
  g_autoptr (NullcurveMachineWatch) watch = nullcurve_machine_watch_new (root);
  GtkWidget *window = new_seen_window (watch);
  nullcurve_machine_watch_set_wanted (watch, FALSE);
  g_assert_false (nullcurve_machine_watch_get_active (watch));
  nullcurve_machine_watch_set_wanted (watch, TRUE);
  g_assert_true (nullcurve_machine_watch_get_active (watch));
  gtk_widget_set_visible (window, FALSE);
  g_assert_false (nullcurve_machine_watch_get_active (watch));
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (nullcurve_machine_watch_get_active (watch));
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_false (nullcurve_machine_watch_get_active (watch));
}

/* Small moves change nothing on the screen; of another machine nothing is told. */
static void
test_stands_still (void)
{
  guint count = 0;
  const char *clocks = "/sys/devices/system/cpu/cpu#/cpufreq/scaling_cur_freq";
  put_of_all (clocks, "4150000\n");
  g_autoptr (NullcurveMachineWatch) watch = nullcurve_machine_watch_new (root);
  nullcurve_machine_watch_look (watch);
  g_signal_connect (watch, "changed", G_CALLBACK (count_cb), &count);
  put_of_all (clocks, "4190000\n");
  nullcurve_machine_watch_look (watch);
  g_assert_cmpuint (count, ==, 0);
  put_of_all (clocks, "3100000\n");
  nullcurve_machine_watch_look (watch);
  g_assert_cmpuint (count, ==, 1);
  g_assert_true (g_str_has_prefix (nullcurve_machine_watch_get_text (watch), "3.10 GHz"));
  nullcurve_machine_watch_set_wanted (watch, FALSE);
  g_assert_cmpstr (nullcurve_machine_watch_get_text (watch), ==, "");
  put_of_all (clocks, "4150000\n");
}

/* How often it was slowed down is told of the run as long as that goes on, else for a while. */
static void
test_throttlings (void)
{
  const char *throttled = "/sys/devices/system/cpu/cpu#/thermal_throttle/core_throttle_count";
  g_autoptr (NullcurveMachineWatch) watch = nullcurve_machine_watch_new (root);
  put_of_all (throttled, "20\n");
  nullcurve_machine_watch_set_measuring (watch, TRUE);
  put_of_all (throttled, "21\n");
  for (int i = 0; i < 40; i++)
    nullcurve_machine_watch_look (watch);
  g_assert_nonnull (strstr (nullcurve_machine_watch_get_text (watch), "slowed down"));
  nullcurve_machine_watch_set_measuring (watch, FALSE);
  nullcurve_machine_watch_look (watch);
  g_assert_null (strstr (nullcurve_machine_watch_get_text (watch), "slowed down"));
  put_of_all (throttled, "22\n");
  nullcurve_machine_watch_look (watch);
  g_assert_nonnull (strstr (nullcurve_machine_watch_get_text (watch), "slowed down"));
  for (int i = 0; i < 40; i++)
    nullcurve_machine_watch_look (watch);
  g_assert_null (strstr (nullcurve_machine_watch_get_text (watch), "slowed down"));
}

static void
test_tells (void)
{
  const char *throttled = "/sys/devices/system/cpu/cpu#/thermal_throttle/core_throttle_count";
  put_of_all ("/sys/devices/system/cpu/cpu#/cpufreq/scaling_cur_freq", "4150000\n");
  put_of_all (throttled, "7\n");
  put ("/sys/class/hwmon/hwmon0/name", "acpitz\n");
  put ("/sys/class/hwmon/hwmon0/temp1_input", "99000\n");
  put ("/sys/class/hwmon/hwmon1/name", "k10temp\n");
  put ("/sys/class/hwmon/hwmon1/temp1_input", "61750\n");
  put ("/sys/class/hwmon/hwmon1/temp2_input", "odd\n");
  put ("/sys/class/thermal/thermal_zone0/type", "x86_pkg_temp\n");
  put ("/sys/class/thermal/thermal_zone0/temp", "58000\n");
  g_autoptr (NullcurveMachineWatch) watch = nullcurve_machine_watch_new (root);
  guint count = 0;
  GtkWidget *window = new_seen_window (watch);
  g_signal_connect (watch, "changed", G_CALLBACK (count_cb), &count);
  nullcurve_machine_watch_look (watch);
  g_assert_cmpstr (nullcurve_machine_watch_get_text (watch), ==, "4.15 GHz · 62 °C");
  put_of_all (throttled, "8\n");
  fixture_wait (has_looked, &count);
  g_assert_true (g_str_has_prefix (nullcurve_machine_watch_get_text (watch),
                                   "4.15 GHz · 62 °C · slowed down "));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  root = g_dir_make_tmp ("nullcurve-watch-XXXXXX", NULL);
  g_test_add_func ("/machine-watch/unknown", test_unknown);
  g_test_add_func ("/machine-watch/tells", test_tells);
  g_test_add_func ("/machine-watch/seen", test_seen);
  g_test_add_func ("/machine-watch/stands-still", test_stands_still);
  g_test_add_func ("/machine-watch/throttlings", test_throttlings);
  int result = g_test_run ();
  g_free (root);
  return result;
}
