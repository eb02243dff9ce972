/* SPDX-License-Identifier: Apache-2.0 */
/* --calibrate: what goes with it, what it prints, and that it is kept. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "app/bench/calibrate.h"
#include "engine/base/module.h"
#include "engine/host/machine-limits.h"
#include "tests/app/bench-fixture.h"

static void
test_refusals (void)
{
  static const char *const others[][2] = {
    { "--iters", "3" },    { "--csv", "x.csv" }, { "--matrix", "modes" },       { "--table", NULL },
    { "--logbook", NULL }, { "--topk", "2" },    { "--accelerator", "native" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_auto (BenchResult) result = BENCH ("--calibrate", others[i][0], others[i][1]);
      assert_refused (&result, others[i][0], "--calibrate");
    }
  g_auto (BenchResult) files = BENCH ("--calibrate", "--report", "x.md", "x.csv");
  assert_refused (&files, "--calibrate", "");
}

static void
test_table (void)
{
  gsize n;
  const MoeBackend *const *backends = moe_backends (&n);
  g_assert_cmpuint (n, >=, 2);
  MoeLimits limits[2] = { { .peak_flops_per_s = 5e11,
                            .read_bytes_per_s = 4.33e10,
                            .write_bytes_per_s = 2e10,
                            .calibration = { .flops_per_s = 4e11 } } };
  limits[0].calibration_circumstances =
      (MoeCircumstances){ .disturbed = TRUE, .others_busy = 1.66, .date_s = 1790000000 };
  MoeError errors[2] = { { 0 }, { .status = MOE_ERROR_BACKEND, .message = "It is broken." } };
  GString *table = nullcurve_bench_calibrate_table (backends, limits, errors, 2);
  g_auto (GStrv) lines = g_strsplit (table->str, "\n", -1);
  g_string_free (table, TRUE);
  g_assert_cmpuint (g_strv_length (lines), ==, 4);
  assert_contains (lines[0], "dense matmul");
  g_assert_true (g_str_has_prefix (lines[1], backends[0]->title));
  assert_contains (lines[1], "400 GF/s");
  assert_contains (lines[1], "80.0 %");
  assert_contains (lines[1], "43.3 GB/s");
  assert_contains (lines[1], "2026-09-2");
  assert_contains (lines[1], "others used 1.7 of ");
  assert_contains (lines[1], "(disturbed)");
  assert_contains (lines[2], "It is broken.");

  limits[0].calibration_circumstances = (MoeCircumstances){ .others_busy = NAN };
  GString *quiet = nullcurve_bench_calibrate_table (backends, limits, errors, 1);
  assert_contains (quiet->str, "unknown\n");
  g_assert_null (strstr (quiet->str, "disturbed"));
  g_string_free (quiet, TRUE);
}

static BenchResult
run_small (const char *accelerator)
{
  return BENCH ("--tokens", "16", "--hidden", "16", "--mlp-dim", "16", "--experts", "2", "--topk",
                "1", "--iters", "1", "--min-sample-time", "0", "--threads", "1", "--accelerator",
                accelerator);
}

/* A module that is cut off is told of where it might have been taken, and there only. */
static void
assert_tells_of_damage (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "libnullcurve-onednn.so", NULL);
  g_autofree char *usual = g_strdup (g_getenv (MOE_MODULE_DIR_VARIABLE));
  g_assert_true (g_file_set_contents (path, "\177ELF", -1, NULL));
  g_setenv (MOE_MODULE_DIR_VARIABLE, folder, TRUE);
  g_auto (BenchResult) any = run_small ("auto"), native = run_small ("native");
  g_setenv (MOE_MODULE_DIR_VARIABLE, usual, TRUE);
  assert_status (&any, 0);
  assert_contains (any.err,
                   "nullcurve-bench: Note: The oneDNN module cannot be opened: the file is "
                   "cut off, or no shared library.");
  g_assert_null (strstr (any.err, "CUDA module"));
  assert_status (&native, 0);
  g_assert_null (strstr (native.err, "module"));
}

/* Every backend that can has its line, and the file says when. */
static void
test_measures (void)
{
  const MoeBackend *backends[MOE_MAX_CONTENDERS];
  gsize n = moe_machine_list (MOE_DTYPE_FLOAT32, backends, NULL);
  g_autofree char *cache = temporary_folder ();
  g_autofree char *path = g_build_filename (cache, "nullcurve", "machine.ini", NULL);
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_auto (BenchResult) result = BENCH ("--calibrate", "--threads", "1");
  assert_status (&result, 0);
  assert_contains (result.out, "float32, 1 thread\n");
  g_autofree char *kept = read_text (path);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *line = g_strdup_printf ("%s ", backends[i]->title);
      g_autofree char *group = g_strdup_printf ("; %s; ", backends[i]->name);
      g_assert_cmpuint (count_lines (result.out, line), ==, 1);
      assert_contains (kept, group);
    }
  assert_contains (kept, "\ndate=2");
  assert_tells_of_damage (cache);
  remove_tree (cache);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/calibrate/refusals", test_refusals);
  g_test_add_func ("/app/bench/calibrate/table", test_table);
  g_test_add_func ("/app/bench/calibrate/measures", test_measures);
  return g_test_run ();
}
