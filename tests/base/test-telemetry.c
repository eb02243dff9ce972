/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>

#include "engine/base/telemetry.h"

#include <math.h>

#define ADDRESS "00000000:1B:00.0"

static char *
library (const char *name)
{
  g_autofree char *file = g_strdup_printf ("libfake-nvml%s.so", name);
  return g_test_build_filename (G_TEST_BUILT, file, NULL);
}

static void
test_sensors (void)
{
  g_autofree char *path = library ("");
  MoeTelemetry *telemetry = NULL;
  MoeTelemetrySample sample;
  MoeError error = { 0 };
  MoeStatus status = moe_telemetry_open (path, ADDRESS, &telemetry, &error);
  g_assert_cmpstr (error.message, ==, "");
  g_assert_cmpint (status, ==, MOE_OK);
  g_assert_cmpstr (moe_telemetry_driver (telemetry), ==, "580.65.06");
  moe_telemetry_sample (telemetry, &sample);
  g_assert_cmpfloat (sample.temperature_c, ==, 41);
  g_assert_cmpfloat (sample.sm_clock_hz, ==, 1980e6);
  g_assert_cmpfloat (sample.memory_clock_hz, ==, 3201e6);
  g_assert_true (isnan (sample.power_w)); /* the call failed */
  g_assert_true (isnan (sample.busy));    /* there is no such call */
  moe_telemetry_close (telemetry);
}

/* A library of which only the beginning is there. */
static void
test_bare (void)
{
  g_autofree char *path = library ("-bare");
  MoeTelemetry *telemetry = NULL;
  MoeTelemetrySample sample;
  g_assert_cmpint (moe_telemetry_open (path, ADDRESS, &telemetry, NULL), ==, MOE_OK);
  g_assert_cmpstr (moe_telemetry_driver (telemetry), ==, "");
  moe_telemetry_sample (telemetry, &sample);
  g_assert_true (isnan (sample.temperature_c));
  g_assert_true (isnan (sample.sm_clock_hz));
  g_assert_true (isnan (sample.memory_clock_hz));
  moe_telemetry_close (telemetry);
}

static void
assert_refused (const char *path, const char *address, const char *reason)
{
  MoeTelemetry *telemetry = NULL;
  MoeError error = { 0 };
  g_assert_cmpint (moe_telemetry_open (path, address, &telemetry, &error), ==,
                   MOE_ERROR_UNSUPPORTED);
  g_assert_null (telemetry);
  g_assert_nonnull (strstr (error.message, reason));
  g_assert_nonnull (strstr (error.message, "nvml"));
}

static void
test_reasons (void)
{
  g_autofree char *good = library (""), *broken = library ("-broken"),
                  *useless = library ("-useless"), *absent = library ("-absent");
  assert_refused (absent, ADDRESS, "cannot be opened");
  assert_refused (useless, ADDRESS, "lacks functions");
  assert_refused (broken, ADDRESS, "Driver Not Loaded");
  assert_refused (good, "00000000:FF:00.0", "Not Found");
  /* What was refused leaves the library as it was found. */
  assert_refused (good, "00000000:FF:00.0", "Not Found");
  moe_telemetry_close (NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/telemetry/sensors", test_sensors);
  g_test_add_func ("/telemetry/bare", test_bare);
  g_test_add_func ("/telemetry/reasons", test_reasons);
  return g_test_run ();
}
