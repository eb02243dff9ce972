/* SPDX-License-Identifier: Apache-2.0 */
/* A GPU's sensors, as a management library that is made for tests tells them. */
#include "app/device-watch.h"
#include "tests/ui/ui-fixture.h"

#include <string.h>

static const MoeDevice device = { .name = "NVIDIA Test", .address = "00000000:1B:00.0" };

static gboolean
has_figures (gpointer watch)
{
  return strstr (nullcurve_device_watch_get_text (watch), "MHz") != NULL;
}

static gboolean
has_reason (gpointer watch)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "test");
  nullcurve_device_watch_describe (watch, run);
  return moe_run_get_fact (run, "device telemetry") != NULL;
}

static gboolean
is_gone (gpointer weak)
{
  return g_atomic_pointer_get ((gpointer *)weak) == NULL;
}

static void
count_cb (NullcurveDeviceWatch *watch, guint *count)
{
  (*count)++;
}

static void
assert_finalised (NullcurveDeviceWatch *watch)
{
  gpointer weak = watch;
  g_object_add_weak_pointer (G_OBJECT (watch), &weak);
  g_object_unref (watch);
  fixture_wait (is_gone, &weak);
}

static void
test_tells (void)
{
  NullcurveDeviceWatch *watch =
      nullcurve_device_watch_new (&device, g_getenv ("NULLCURVE_FAKE_NVML"));
  guint count = 0;
  g_signal_connect (watch, "changed", G_CALLBACK (count_cb), &count);
  g_assert_cmpstr (nullcurve_device_watch_get_text (watch), ==, "NVIDIA Test");
  fixture_wait (has_figures, watch);
  g_assert_cmpuint (count, ==, 1);
  /* It has no sensor of power. */
  g_assert_cmpstr (nullcurve_device_watch_get_text (watch), ==,
                   "NVIDIA Test · 41 °C · 1980 MHz · memory 3201 MHz");

  nullcurve_device_watch_stop (watch);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "test");
  nullcurve_device_watch_describe (watch, run);
  g_assert_cmpstr (moe_run_get_fact (run, "device temperature"), ==, "41 C");
  g_assert_cmpstr (moe_run_get_fact (run, "device clock"), ==, "1980 MHz");
  g_assert_cmpstr (moe_run_get_fact (run, "device memory clock"), ==, "3201 MHz");
  g_assert_null (moe_run_get_fact (run, "device power"));
  g_assert_null (moe_run_get_fact (run, "device telemetry"));
  assert_finalised (watch);
}

static void
test_says_why_not (void)
{
  NullcurveDeviceWatch *watch =
      nullcurve_device_watch_new (&device, g_getenv ("NULLCURVE_BROKEN_NVML"));
  fixture_wait (has_reason, watch);
  g_assert_cmpstr (nullcurve_device_watch_get_text (watch), ==, "NVIDIA Test");
  assert_finalised (watch);
}

/* Stopped before the library has opened: what opens is closed again. */
static void
test_stops_early (void)
{
  NullcurveDeviceWatch *watch =
      nullcurve_device_watch_new (&device, g_getenv ("NULLCURVE_FAKE_NVML"));
  gpointer weak = watch;
  guint count = 0;
  g_signal_connect (watch, "changed", G_CALLBACK (count_cb), &count);
  g_object_add_weak_pointer (G_OBJECT (watch), &weak);
  nullcurve_device_watch_stop (watch);
  g_object_unref (watch);
  /* The thread that opened it may hold it last. */
  fixture_wait (is_gone, &weak);
  g_assert_cmpuint (count, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/device-watch/tells", test_tells);
  g_test_add_func ("/device-watch/says-why-not", test_says_why_not);
  g_test_add_func ("/device-watch/stops-early", test_stops_early);
  return g_test_run ();
}
