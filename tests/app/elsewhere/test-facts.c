/* SPDX-License-Identifier: Apache-2.0 */
/* What nullcurve-bench tells a program of the machine and of a sweep to come: lines of key=value.
 */
#include <glib.h>
#include <string.h>

#include "tests/app/bench-fixture.h"

/* Every line is one; a key is told once. */
static GHashTable *
read_facts (const char *text)
{
  GHashTable *facts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_assert_cmpstr (lines[0], ==, "nullcurve-interface=1");
  for (gsize i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      const char *sign = strchr (lines[i], '=');
      g_assert_nonnull (sign);
      g_assert_true (g_hash_table_insert (facts, g_strndup (lines[i], (gsize)(sign - lines[i])),
                                          g_strdup (sign + 1)));
    }
  return facts;
}

static const char *fact (GHashTable *facts, const char *format, ...) G_GNUC_PRINTF (2, 3);

static const char *
fact (GHashTable *facts, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *key = g_strdup_vprintf (format, list);
  va_end (list);
  return g_hash_table_lookup (facts, key);
}

static double
number (GHashTable *facts, const char *key)
{
  const char *value = fact (facts, "%s", key);
  g_assert_nonnull (value);
  return g_ascii_strtod (value, NULL);
}

/* Whatever has no reason against it computes. */
static void
test_machine (void)
{
  static const char *const dtypes[] = { "float32", "bfloat16" };
  g_auto (BenchResult) result = BENCH ("--facts");
  assert_status (&result, 0);
  g_autoptr (GHashTable) facts = read_facts (result.out);
  g_auto (GStrv) names = g_strsplit (fact (facts, "accelerators"), ",", -1);
  g_assert_cmpstr (fact (facts, "version"), ==, NULLCURVE_VERSION);
  g_assert_cmpfloat (number (facts, "cores"), >=, 1);
  g_assert_cmpfloat (number (facts, "memory_available_bytes"), >, 1e6);
  g_assert_true (g_strv_contains ((const char *const *)names, "native"));
  g_assert_cmpstr (fact (facts, "accelerator.native.float32"), ==, "yes");
  for (gsize i = 0; names[i] != NULL; i++)
    for (gsize d = 0; d < G_N_ELEMENTS (dtypes); d++)
      {
        const char *can = fact (facts, "accelerator.%s.%s", names[i], dtypes[d]);
        const char *reason = fact (facts, "accelerator.%s.%s.reason", names[i], dtypes[d]);
        g_assert_true (g_strcmp0 (can, reason == NULL ? "yes" : "no") == 0);
      }
}

/* The sweep's sizes as the plan has them; nothing is measured, so there is no RESULT. */
static void
test_sweep (void)
{
  g_auto (BenchResult) result =
      BENCH (TINY, "--null-route-sweep", "--accelerator", "native", "--forecast");
  assert_status (&result, 0);
  g_assert_null (strstr (result.out, "RESULT"));
  g_autoptr (GHashTable) facts = read_facts (result.out);
  g_assert_cmpstr (fact (facts, "accelerator"), ==, "native");
  g_assert_cmpstr (fact (facts, "forecasts"), ==, "1");
  g_assert_cmpstr (fact (facts, "forecast.1.shape"), ==, "64x32x16x4");
  g_assert_cmpstr (fact (facts, "forecast.1.points"), ==, "9");
  g_assert_cmpstr (fact (facts, "forecast.1.fits"), ==, "yes");
  g_assert_cmpfloat (number (facts, "forecast.1.memory_bytes"), >, 0);
  g_assert_cmpfloat (number (facts, "forecast.1.time_s"), >, 0);
  g_auto (BenchResult) matrix = BENCH ("--matrix", "logbook", "--scale", "4096", "--scale-widths",
                                       "16", "--accelerator", "native", "--forecast");
  assert_status (&matrix, 0);
  g_autoptr (GHashTable) many = read_facts (matrix.out);
  g_autofree char *last = g_strdup_printf ("forecast.%s.fits", fact (many, "forecasts"));
  g_assert_cmpfloat (number (many, "forecasts"), >, 1);
  g_assert_nonnull (fact (many, "%s", last));
}

static void
test_refused (void)
{
  g_auto (BenchResult) large =
      BENCH ("--tokens", "100000000", "--accelerator", "native", "--forecast");
  assert_refused (&large, "GiB", "fit");
  g_auto (BenchResult) written = BENCH ("--forecast", "--csv", "x.csv");
  assert_refused (&written, "--csv", "--forecast");
  g_auto (BenchResult) measured = BENCH ("--facts", "--topk", "2");
  assert_refused (&measured, "--topk", "--facts");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/facts/machine", test_machine);
  g_test_add_func ("/facts/sweep", test_sweep);
  g_test_add_func ("/facts/refused", test_refused);
  return g_test_run ();
}
