/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/records/support.h"
#include "engine/text/intern.h"

#include <glib/gstdio.h>

#include "engine/formats/reference-rows.h"

const char test_log[] =
    "RUN shape=32768,2048,1408,60 topk=8\n"
    "devices=[TpuDevice(id=0), TpuDevice(id=1)]\n"
    "shape tokens=32768 hidden=2048 mlp_dim=1408 experts=60 topk=8 dtype=bfloat16 backend=gmm "
    "impl=fused_w13 shared_expert_dim=0 bench_pass=forward_backward null_route_frac=0.0\n"
    "[random] mode=full pass=forward_backward topk=8 impl=fused_w13 backend=gmm\n"
    "[random] mode=full pass=forward_backward topk=8 impl=fused_w13 tokens_per_s=858766.00\n"
    "[random] topk=8 impl=fused_w13 load_stats min=4210 max=4533 std=61.20 cv=0.0140\n"
    "RESULT distribution=random mode=full pass=forward_backward impl=fused_w13 backend=gmm "
    "topk=8 null_mode=independent null_target=0.000 null_realized=0.000 null_assignments=0 "
    "real_assignments=262144 tflops=356.512000 tokens_per_s=858766.000000\n"
    "RESULT distribution=random mode=full pass=forward_backward impl=fused_w13 backend=gmm "
    "topk=8 null_mode=independent null_target=0.100 null_realized=0.101 null_assignments=26400 "
    "real_assignments=235744 tflops=343.774000 tokens_per_s=920847.000000\n"
    "RUN mode=take_until_null shape=65536,3072,3072,128 topk=4\n"
    "RESULT distribution=random mode=full pass=forward_backward impl=fused_w13 backend=gmm "
    "topk=4 null_mode=take_until_null null_target=0.900 null_realized=0.899 "
    "null_assignments=235667 real_assignments=26477 tflops=56.790000 "
    "tokens_per_s=835862.000000\n";

static void
fill_record (MoeRecord *record, double null_target)
{
  moe_record_init (record);
  record->has_shape = TRUE;
  record->shape = (MoeShape){ 4096, 512, 352, 60, 0 };
  record->topk = 4;
  record->null_target = null_target;
  record->null_realized = null_target;
  record->null_assignments = (gint64)(16384 * null_target);
  record->real_assignments = 16384 - record->null_assignments;
  record->choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
  record->choice[MOE_CHOICE_DISTRIBUTION] = moe_text_intern ("random");
  record->choice[MOE_CHOICE_QUEUE_MODE] = moe_text_intern ("full");
  record->choice[MOE_CHOICE_PASS] = moe_text_intern ("forward_backward");
  record->choice[MOE_CHOICE_IMPL] = moe_text_intern ("fused_w13");
  record->choice[MOE_CHOICE_GROUPING] = moe_text_intern ("gmm");
  record->choice[MOE_CHOICE_ACCELERATOR] = moe_text_intern ("openblas");
  record->choice[MOE_CHOICE_DTYPE] = moe_text_intern ("float32");
  record->choice[MOE_CHOICE_NULL_DISPATCH] = moe_text_intern ("compact");
}

MoeRun *
test_run_new (void)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "A measured run");
  MoeRecord record;
  MoeStageTimes stages = { .comm_bytes = 0 };
  for (int i = 0; i < MOE_N_STAGES; i++)
    stages.time_s[i] = 0.001 * (i + 1);
  moe_run_set_fact (run, "host", "bench-1");
  moe_run_set_fact (run, "cpu", "A CPU @ 3.0 GHz: fast");
  fill_record (&record, 0.0);
  record.loss = 1.25;
  moe_run_append (run, &record);
  fill_record (&record, 0.5);
  record.max_relative_error = 3.1e-7;
  moe_run_append (run, &record);
  for (int i = 0; i < 3; i++)
    {
      moe_run_add_sample (run, 0, 0.1 + 0.01 / 3 * i, &stages, NULL);
      moe_run_add_sample (run, 1, 0.07 + 0.01 / 7 * i, &stages, NULL);
    }
  return run;
}

MoeRun *
test_run_sampled (gsize starts, double factor)
{
  g_autoptr (MoeRun) from = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Run");
  for (gsize i = 0; i < moe_run_get_n_records (from); i++)
    {
      MoeRecord record = *moe_run_get_record (from, i);
      double time_s = record.samples_s[0] / factor;
      record.n_samples = 0;
      record.taken = NULL;
      moe_run_append (run, &record);
      for (gsize j = 0; j < 8 * starts; j++)
        {
          MoeTaken taken = moe_taken_unknown ();
          taken.start = (uint32_t)(j / 8);
          taken.round = (uint32_t)j;
          moe_run_add_sample (run, i, time_s * (1 + 0.002 * (double)((j + i) % 3)), NULL, &taken);
        }
    }
  moe_run_set_fact (run, "host", "bench-1");
  return run;
}

MoeRun *
test_read_n (const char *text, gsize length, const char *name)
{
  g_autoptr (GError) error = NULL;
  MoeRun *run = moe_formats_read_data (text, length, name, &error);
  g_assert_no_error (error);
  g_assert_nonnull (run);
  return run;
}

MoeRun *
test_read (const char *text, const char *name)
{
  return test_read_n (text, strlen (text), name);
}

char *
test_read_error (const char *text, const char *name, MoeFormatsError code)
{
  g_autoptr (GError) error = NULL;
  MoeRun *run = moe_formats_read_data (text, strlen (text), name, &error);
  g_assert_null (run);
  g_assert_error (error, MOE_FORMATS_ERROR, (int)code);
  return g_strdup (error->message);
}

char *
test_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("nullcurve-records-XXXXXX", &error);
  g_assert_no_error (error);
  return folder;
}

void
test_folder_remove (char *folder)
{
  const char *name;
  GDir *dir = g_dir_open (folder, 0, NULL);
  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_dir_close (dir);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

char *
test_to_crlf (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  return g_strjoinv ("\r\n", lines);
}

GPtrArray *
test_reference_runs (void)
{
  g_autoptr (GError) error = NULL;
  const char *data_dir = g_getenv ("NULLCURVE_DATA_DIR");
  g_assert_nonnull (data_dir);
  GPtrArray *runs = moe_formats_read_reference (data_dir, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (runs->len, ==, 2);
  return runs;
}

void
test_assert_summary (const MoeRun *run, gsize rows, gsize repeated, gsize skipped)
{
  const MoeLoadSummary *summary = moe_run_get_summary (run);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, rows);
  g_assert_cmpuint (summary->rows_read, ==, rows);
  g_assert_cmpuint (summary->rows_repeated, ==, repeated);
  g_assert_cmpuint (summary->rows_skipped, ==, skipped);
}

void
test_assert_notes (const MoeRun *run, const char *notes)
{
  g_assert_cmpstr (moe_run_get_summary (run)->notes, ==, notes);
}
