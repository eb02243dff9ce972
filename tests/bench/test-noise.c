/* SPDX-License-Identifier: Apache-2.0 */
/* Facts read from a folder that looks like /proc and /sys. */
#include <glib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

#include "engine/machine/lull.h"
#include "engine/machine/noise.h"
#include "engine/threads/topology.h"

static char *
new_root (void)
{
  char *root = g_dir_make_tmp ("nullcurve-noise-XXXXXX", NULL);
  g_assert_nonnull (root);
  return root;
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
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_tree (child);
    }
  g_assert_cmpint (g_remove (path), ==, 0);
}

/* "cpuN ..." lines of every processor of this process, each with so many ticks of 10 ms. */
static void
put_stat (const char *root, unsigned user, unsigned stolen)
{
  g_autoptr (GString) text = g_string_new ("cpu  999999 999999 9 9 9 9 9 9 0 0\n");
  for (size_t i = 0; i < 1024; i++)
    if (moe_topology_allows (i))
      g_string_append_printf (text, "cpu%zu %u 0 5 7000 3 0 0 %u 0 0\n", i, user, stolen);
  g_string_append (text, "cpu4000 77777 0 0 0 0 0 0 0 0 0\nintr 1 2 3\n");
  put (root, "/proc/stat", text->str);
}

static void
test_unknown (void)
{
  g_autofree char *root = new_root ();
  MoeNoiseWatch watch;
  MoeNoise noise;
  g_unsetenv ("OPENBLAS_CORETYPE");
  moe_noise_start (&watch, root);
  moe_noise_stop (&watch, root, 3, &noise);
  g_assert_cmpuint (noise.threads, ==, 3);
  g_assert_cmpuint (noise.processors, ==, moe_topology ()->processors);
  g_assert_true (isnan (noise.others_busy) && isnan (noise.stolen) && isnan (noise.others_waiting));
  g_assert_cmpint (noise.throttlings, ==, -1);
  g_assert_cmpint (noise.power, ==, MOE_POWER_UNKNOWN);
  g_assert_cmpstr (noise.governor, ==, "");
  g_assert_cmpstr (noise.coretype, ==, "");
  remove_tree (root);
}

/* Busy time is what all used less what this process used, over the time that passed. */
static void
test_processor_times (void)
{
  g_autofree char *root = new_root ();
  MoeNoiseWatch watch;
  MoeNoise noise;
  double n = (double)moe_topology ()->processors;
  put_stat (root, 1000, 50);
  moe_noise_start (&watch, root);
  watch.start_ns -= G_GUINT64_CONSTANT (100000000000); /* 100 s ago */
  put_stat (root, 6000, 550);
  moe_noise_stop (&watch, root, 1, &noise);
  double ticks_per_s = (double)sysconf (_SC_CLK_TCK);
  g_assert_cmpfloat_with_epsilon (noise.others_busy, n * 5000 / ticks_per_s / 100, 0.02 * n);
  g_assert_cmpfloat_with_epsilon (noise.stolen, n * 500 / ticks_per_s / 100, 0.002 * n);
  remove_tree (root);
}

/* What others did during a pause is no noise. */
static void
test_skip (void)
{
  g_autofree char *root = new_root ();
  MoeNoiseWatch watch, pause;
  MoeNoise noise;
  double n = (double)moe_topology ()->processors;
  put_stat (root, 1000, 50);
  moe_noise_start (&watch, root);
  watch.start_ns -= G_GUINT64_CONSTANT (100000000000); /* 100 s ago */
  put_stat (root, 2000, 50);
  moe_noise_start (&pause, root);
  pause.start_ns -= G_GUINT64_CONSTANT (50000000000); /* for the latter half */
  put_stat (root, 90000, 700);
  moe_noise_skip (&watch, &pause, root);
  moe_noise_stop (&watch, root, 1, &noise);
  double ticks_per_s = (double)sysconf (_SC_CLK_TCK);
  g_assert_cmpfloat_with_epsilon (noise.others_busy, n * 1000 / ticks_per_s / 50, 0.02 * n);
  g_assert_cmpfloat_with_epsilon (noise.stolen, 0, 0.002 * n);
  remove_tree (root);
}

/* Counters that stand still are none: the load average speaks. */
static void
test_load_average (void)
{
  g_autofree char *root = new_root ();
  MoeNoiseWatch watch;
  MoeNoise noise;
  put_stat (root, 0, 0);
  put (root, "/proc/loadavg", "3.50 1.00 0.50 1/100 4242\n");
  moe_noise_start (&watch, root);
  watch.start_ns -= 1000000000;
  moe_noise_stop (&watch, root, 2, &noise);
  g_assert_cmpfloat_with_epsilon (noise.others_waiting, 1.5, 1e-9);
  g_assert_true (isnan (noise.stolen) && isnan (noise.others_busy));
  moe_noise_stop (&watch, root, 8, &noise);
  g_assert_cmpfloat (noise.others_waiting, ==, 0);

  /* More ticks than there can be are of no more processors than there are. */
  put_stat (root, 1000000000, 0);
  moe_noise_stop (&watch, root, 2, &noise);
  g_assert_cmpfloat (noise.others_busy, ==, (double)moe_topology ()->processors);
  g_assert_true (isnan (noise.others_waiting));
  remove_tree (root);
}

static void
test_clock_and_power (void)
{
  g_autofree char *root = new_root ();
  MoeNoiseWatch watch;
  MoeNoise noise;
  size_t cpu = moe_topology ()->core[0].processor;
  g_autofree char *count =
      g_strdup_printf ("/sys/devices/system/cpu/cpu%zu/thermal_throttle/core_throttle_count", cpu);
  g_autofree char *governor =
      g_strdup_printf ("/sys/devices/system/cpu/cpu%zu/cpufreq/scaling_governor", cpu);
  put (root, count, "7\n");
  put (root, governor, "powersave\n");
  put (root, "/sys/class/power_supply/AC/online", "1\n");
  put (root, "/sys/class/power_supply/mouse/type", "Battery\n");
  put (root, "/sys/class/power_supply/mouse/scope", "Device\n");
  put (root, "/sys/class/power_supply/mouse/status", "Discharging\n");
  g_setenv ("OPENBLAS_CORETYPE", "Haswell", TRUE);
  moe_noise_start (&watch, root);
  put (root, count, "9\n");
  moe_noise_stop (&watch, root, 1, &noise);
  g_unsetenv ("OPENBLAS_CORETYPE");
  g_assert_cmpint (noise.throttlings, ==, 2);
  g_assert_cmpstr (noise.governor, ==, "powersave");
  g_assert_cmpstr (noise.coretype, ==, "Haswell");
  g_assert_cmpint (noise.power, ==, MOE_POWER_MAINS);

  put (root, "/sys/class/power_supply/BAT0/type", "Battery\n");
  put (root, "/sys/class/power_supply/BAT0/status", "Discharging\n");
  moe_noise_stop (&watch, root, 1, &noise);
  g_assert_cmpint (noise.power, ==, MOE_POWER_BATTERY);

  put (root, "/sys/firmware/acpi/platform_profile", "low-power\n");
  moe_noise_look (root, &noise);
  g_assert_cmpint (noise.power, ==, MOE_POWER_BATTERY);
  g_assert_cmpstr (noise.governor, ==, "powersave");
  g_assert_cmpstr (noise.profile, ==, "low-power");
  g_assert_cmpint (noise.throttlings, ==, -1);
  remove_tree (root);
}

/* Nothing to assert about a real machine but that it is sane. */
static void
test_this_machine (void)
{
  MoeNoiseWatch watch;
  MoeNoise noise;
  moe_noise_start (&watch, "");
  g_usleep (400000);
  moe_noise_stop (&watch, "", 1, &noise);
  g_assert_false (noise.others_busy < 0);
  g_assert_false (noise.stolen < 0);
  g_assert_cmpint (noise.throttlings, >=, -1);
}

/* How many looks it waits, others keeping so many processors busy at first and `factor` times as
 * many at each look. */
static size_t
looks_until_done (double busy, double factor)
{
  MoeLull lull = { 0 };
  size_t looks = 1;
  while (looks < 1000 && moe_lull_wait_on (&lull, busy))
    {
      busy *= factor;
      looks++;
    }
  return looks;
}

/* A quiet machine is not waited for, nor one that stays as busy; one that gets quiet is. */
static void
test_quiet (void)
{
  MoeLull unknown = { 0 };
  g_assert_cmpuint (looks_until_done (0.05, 1), ==, 1);
  g_assert_false (moe_lull_wait_on (&unknown, NAN));
  g_assert_cmpuint (looks_until_done (1.5, 1), ==, 1 + 12); /* three seconds more */
  g_assert_cmpuint (looks_until_done (1.5, 1.1), ==, 1 + 12);
  g_assert_cmpuint (looks_until_done (2, 0.95), ==, 60); /* 2 * 0.95^59 < 0.1 */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/noise/unknown", test_unknown);
  g_test_add_func ("/bench/noise/processor-times", test_processor_times);
  g_test_add_func ("/bench/noise/skip", test_skip);
  g_test_add_func ("/bench/noise/load-average", test_load_average);
  g_test_add_func ("/bench/noise/clock-and-power", test_clock_and_power);
  g_test_add_func ("/bench/noise/this-machine", test_this_machine);
  g_test_add_func ("/noise/quiet", test_quiet);
  return g_test_run ();
}
