/* SPDX-License-Identifier: Apache-2.0 */
/* Result files as people have them: each of fixtures/odd-logs reads as its README says. */
#include "engine/records/axes.h"
#include "engine/records/curves.h"
#include "tests/records/support.h"

static MoeRun *
read_fixture (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "odd-logs", name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  return run;
}

static void
test_kernel_form (void)
{
  static const struct
  {
    const char *kernel;
    double time_s, tokens_per_s;
  } rows[] = { { "current", 0.013146, 9970631.70 },
               { "deepep_transport_capped_prewarmed", 0.010900, 12025297.24 } };
  g_autoptr (MoeRun) run = read_fixture ("harness-kernel-form.txt");
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run, NULL);
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);
  g_assert_cmpuint (curves->len, ==, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_true (moe_shape_equal (&record->shape, &(MoeShape){ 131072, 2048, 768, 128, 0 }));
      g_assert_cmpint (record->topk, ==, 2);
      g_assert_cmpfloat (record->null_target, ==, 0);
      g_assert_true (moe_record_is (record, MOE_CHOICE_PASS, MOE_PASS_FORWARD));
      g_assert_cmpstr (moe_record_axis (record, MOE_AXIS_KERNEL), ==, rows[i].kernel);
      g_assert_cmpstr (moe_record_axis (record, MOE_CHOICE_PARALLEL_MODE), ==, "ep, 8 shards");
      g_assert_cmpfloat (record->tokens_per_s, ==, rows[i].tokens_per_s);
      g_assert_cmpfloat_with_epsilon (record->tflops,
                                      6.0 * 131072 * 2 * 2048 * 768 / rows[i].time_s / 1e12, 1e-9);
    }
}

/* The same two rows, whatever was written in front of them. */
static void
test_two_rows (gconstpointer name)
{
  g_autoptr (MoeRun) run = read_fixture (name);
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run, NULL);
  for (gsize i = 0; i < 2; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_true (moe_shape_equal (&record->shape, &(MoeShape){ 64, 32, 16, 8, 0 }));
      g_assert_cmpint (record->topk, ==, 2);
      g_assert_cmpfloat (record->null_target, ==, i == 0 ? 0 : 0.5);
      g_assert_cmpfloat (record->tokens_per_s, ==, i == 0 ? 1000 : 1600);
      g_assert_cmpstr (record->choice[MOE_CHOICE_PARALLEL_MODE], ==, "ep");
    }
}

static void
test_oom_cell (void)
{
  g_autoptr (MoeRun) run = read_fixture ("oom-cell.csv");
  test_assert_summary (run, 2, 0, 1);
  test_assert_notes (run, "Line 3: tflops “OOM” is not a number; the row is skipped.");
  g_autofree char *told = moe_run_describe_load (run);
  g_assert_cmpstr (told, ==,
                   "2 rows read. 1 row is skipped: line 3: tflops “OOM” is not a number.");
}

static void
test_pandas (void)
{
  g_autoptr (MoeRun) run = read_fixture ("pandas-float-topk.csv");
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run, NULL);
  for (gsize i = 0; i < 2; i++)
    g_assert_cmpint (moe_run_get_record (run, i)->topk, ==, 8);
  g_assert_cmpfloat (moe_run_get_record (run, 1)->tokens_per_s, ==, 920847);
}

static void
test_repeated_point (void)
{
  g_autoptr (MoeRun) run = read_fixture ("repeated-point.csv");
  test_assert_summary (run, 3, 0, 0);
  test_assert_notes (run, "Line 3 repeats the point of an earlier line; the first counts.");
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);
  g_autoptr (GPtrArray) points = moe_curve_points (g_ptr_array_index (curves, 0));
  g_assert_cmpuint (curves->len, ==, 1);
  g_assert_cmpuint (points->len, ==, 2);
}

static void
test_zero_tflops (void)
{
  g_autoptr (MoeRun) run = read_fixture ("zero-tflops.csv");
  test_assert_summary (run, 10, 0, 0);
  test_assert_notes (run, NULL);
  g_assert_cmpfloat (moe_run_get_record (run, 5)->tflops, ==, 0);
  g_assert_true (isnan (moe_run_get_record (run, 6)->tokens_per_s));
}

static void
test_many_samples (void)
{
  static const char *const names[] = { "many-samples-a.csv", "many-samples-b.csv" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (MoeRun) run = read_fixture (names[i]);
      test_assert_summary (run, 1, 0, 0);
      g_assert_cmpuint (moe_run_get_record (run, 0)->n_samples, ==, 1024);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/odd-files/kernel-form", test_kernel_form);
  g_test_add_data_func ("/odd-files/mpirun", "mpirun-tag-output.txt", test_two_rows);
  g_test_add_data_func ("/odd-files/progress-bar", "glued-progress-bar.txt", test_two_rows);
  g_test_add_data_func ("/odd-files/logging", "python-logging.txt", test_two_rows);
  g_test_add_data_func ("/odd-files/docker", "docker-json.txt", test_two_rows);
  g_test_add_func ("/odd-files/oom-cell", test_oom_cell);
  g_test_add_func ("/odd-files/pandas", test_pandas);
  g_test_add_func ("/odd-files/repeated-point", test_repeated_point);
  g_test_add_func ("/odd-files/zero-tflops", test_zero_tflops);
  g_test_add_func ("/odd-files/many-samples", test_many_samples);
  return g_test_run ();
}
