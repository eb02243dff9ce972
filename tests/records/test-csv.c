/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "engine/formats/csv.h"
#include "engine/formats/formats.h"
#include "engine/formats/reference-rows.h"
#include "engine/records/axes.h"
#include "engine/records/rates.h"
#include "engine/records/record.h"
#include "engine/records/run.h"
#include "engine/text/intern.h"
#include "engine/text/tame.h"
#include "tests/records/support.h"

#define HEADER "shape,topk,null_target,null_realized,tflops,tokens_per_s\n"
#define ROW    "32768x2048x1408x60,8,0.1,0.101,343.774,920847\n"
#define ROW_2  "32768x2048x1408x60,8,0.9,0.899,76.137,1833742\n"

static void
assert_round_trip (const MoeRun *run)
{
  g_autoptr (GString) first = moe_formats_to_csv (run);
  g_autoptr (MoeRun) back = test_read_n (first->str, first->len, "back.csv");
  g_autoptr (GString) second = moe_formats_to_csv (back);
  g_assert_cmpint (moe_run_get_format (back), ==, MOE_RUN_FORMAT_NULLCURVE_CSV);
  g_assert_cmpstr (first->str, ==, second->str);
  g_assert_cmpstr (moe_run_get_title (back), ==, moe_run_get_title (run));
  g_assert_cmpuint (moe_run_get_n_records (back), ==, moe_run_get_n_records (run));
}

static void
test_round_trip (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  assert_round_trip (run);

  MoeRecord stepped = *moe_run_get_record (run, 1);
  stepped.steps = 12;
  moe_run_replace (run, 1, &stepped);
  assert_round_trip (run);

  g_autoptr (GString) text = moe_formats_to_csv (run);
  g_autoptr (MoeRun) back = test_read (text->str, "back.csv");
  const MoeRecord *a = moe_run_get_record (run, 1), *b = moe_run_get_record (back, 1);
  g_assert_cmpint (moe_run_get_record (back, 0)->steps, ==, -1);
  g_assert_cmpint (b->steps, ==, 12);
  g_assert_true (moe_record_same_curve (a, b));
  g_assert_cmpfloat (a->tokens_per_s, ==, b->tokens_per_s);
  g_assert_cmpfloat (a->tflops, ==, b->tflops);
  g_assert_cmpmem (a->samples_s, a->n_samples * sizeof (double), b->samples_s,
                   b->n_samples * sizeof (double));
  g_assert_cmpfloat (a->stage_s[MOE_STAGE_WAIT], ==, b->stage_s[MOE_STAGE_WAIT]);
  g_assert_cmpfloat (a->max_relative_error, ==, b->max_relative_error);
  g_assert_true (isnan (b->loss));
  g_assert_cmpstr (moe_run_get_fact (back, "cpu"), ==, "A CPU @ 3.0 GHz: fast");
  g_assert_true (g_str_has_prefix (text->str, "# nullcurve-csv: 1\n# title: A measured run\n"));
}

static void
test_round_trip_of_all_axes (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 0);
  record.shape.shared_dim = 8;
  record.choice[MOE_CHOICE_PACK_STRATEGY] = moe_text_intern ("tuple_sort");
  record.choice[MOE_CHOICE_PERMUTE_MODE] = moe_text_intern ("repeat_sort");
  record.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("drop");
  record.capacity_factor = 1.1;
  record.capacity = 301;
  record.dropped_assignments = 0;
  record.choice[MOE_CHOICE_SHARED_FUSED] = moe_text_intern ("true");
  record.choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("ep");
  record.choice[MOE_CHOICE_EP_COMM_PATH] = moe_text_intern ("compact_psum");
  record.ep_size = 2;
  record.comm_bytes = 1.5e9;
  record.run_alpha = 0.98;
  record.run_noise_scale = 0.35;
  record.choice[MOE_CHOICE_K_RULE] = moe_text_intern ("token_rounding");
  record.skew = (MoeRecordSkew){ 1.25, 16, 0.8, NULL, 64 };
  record.active_experts = 57;
  record.runs = 81;
  record.run_mean = 50.567901234567;
  record.run_p95 = 149.25;
  record.run_max = 211;
  record.load_min = 0;
  record.load_max = 700;
  record.load_std = 27.3;
  record.balance.p25 = 240.75;
  record.balance.p50 = 271;
  record.balance.p75 = 300.5;
  record.balance = (MoeRecordBalance){ 240.75, 271, 300.5, { 0.75, 0.5, 0.25 }, 1200 };
  record.n_kept = 7; /* more than k, by the rule */
  for (int n = 0; n < 7; n++)
    record.kept[n] = n == 6 ? 4096 - 15 : n;
  moe_run_append (run, &record);
  assert_round_trip (run);

  g_autoptr (GString) text = moe_formats_to_csv (run);
  g_autoptr (MoeRun) back = test_read (text->str, "back.csv");
  const MoeRecord *got = moe_run_get_record (back, 2);
  g_assert_true (moe_record_same_curve (got, &record));
  g_assert_cmpint (got->dropped_assignments, ==, 0);
  g_assert_cmpfloat (got->comm_bytes, ==, 1.5e9);
  g_assert_cmpint (got->ep_size, ==, 2);
  g_assert_cmpint (got->runs, ==, 81);
  g_assert_cmpfloat (got->run_mean, ==, 50.567901234567);
  g_assert_cmpfloat (got->run_p95, ==, 149.25);
  g_assert_cmpint (got->run_max, ==, 211);
  g_assert_cmpfloat (got->skew.zipf_exponent, ==, 1.25);
  g_assert_cmpint (got->skew.hot_experts, ==, 16);
  g_assert_cmpfloat (got->skew.hot_share, ==, 0.8);
  g_assert_cmpint (got->active_experts, ==, 57);
  g_assert_cmpint (got->load_min, ==, 0);
  g_assert_cmpint (got->load_max, ==, 700);
  g_assert_cmpfloat (got->load_std, ==, 27.3);
  g_assert_cmpfloat (got->balance.p25, ==, 240.75);
  g_assert_cmpfloat (got->balance.p50, ==, 271);
  g_assert_cmpfloat (got->balance.p75, ==, 300.5);
  g_assert_cmpfloat (got->balance.tile_share[MOE_TILES_16], ==, 0.75);
  g_assert_cmpfloat (got->balance.tile_share[MOE_TILES_128], ==, 0.25);
  g_assert_cmpint (got->balance.shard_load_max, ==, 1200);
  g_assert_cmpint (got->skew.tile, ==, 64);
  g_assert_cmpuint (got->n_kept, ==, 7);
  g_assert_cmpmem (got->kept, sizeof got->kept, record.kept, sizeof record.kept);
  g_assert_cmpstr (got->choice[MOE_CHOICE_SHARED_FUSED], ==, "true");
}

/* Earlier versions counted padding as work.  With samples the useful work is told anew, without
 * them the figure stays what it was. */
static void
test_padding_of_earlier_versions (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 0);
  record.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("pad");
  record.capacity = 300;
  record.tflops = 99;
  moe_run_replace (run, 0, &record);
  record.n_samples = 0;
  moe_run_append (run, &record);
  g_autoptr (GString) text = moe_formats_to_csv (run);
  g_autoptr (MoeRun) back = test_read (text->str, "back.csv");
  const MoeRecord *sampled = moe_run_get_record (back, 0);
  g_assert_cmpfloat_with_epsilon (
      sampled->tflops, moe_record_flops (sampled) * sampled->tokens_per_s / 4096 / 1e12, 1e-9);
  g_assert_cmpfloat (sampled->tokens_per_s, ==, record.tokens_per_s);
  g_assert_cmpfloat (moe_run_get_record (back, 2)->tflops, ==, 99);
  assert_round_trip (back);
}

/* How each sample was taken, and that the figures are made accordingly. */
static void
test_round_trip_of_taken (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  const MoeTaken told = { 2, 7, 0.125, 0.5, 0.001, 12, 0.0101 };
  MoeTaken start_only = moe_taken_unknown ();
  start_only.start = 4294967295;
  moe_run_add_sample (run, 1, 0.25, NULL, &told);
  moe_run_add_sample (run, 1, 0.3, NULL, &start_only);
  assert_round_trip (run);

  g_autoptr (GString) text = moe_formats_to_csv (run);
  g_assert_nonnull (strstr (text->str, ",wall,5,4,,0.07"));
  g_assert_nonnull (strstr (text->str, ",0;0;0;2;4294967295,0;1;2;7;0,;;;0.5;,;;;0.125;,;;;0.001;,"
                                       ";;;12;,;;;0.0101;,"));
  g_autoptr (MoeRun) back = test_read (text->str, "back.csv");
  const MoeRecord *record = moe_run_get_record (back, 1);
  g_assert_null (moe_run_get_record (back, 0)->taken);
  g_assert_cmpmem (&record->taken[3], sizeof told, &told, sizeof told);
  g_assert_cmpuint (record->taken[4].start, ==, 4294967295);
  g_assert_true (isnan (record->taken[4].anchor_s) && record->taken[4].switches == -1);
  g_assert_cmpstr (record->time_source, ==, "wall");

  /* All that are known are disturbed: the spread is that of processor times. */
  MoeRecord busy = *record;
  MoeTaken taken[5];
  for (guint i = 0; i < 5; i++)
    taken[i] = (MoeTaken){ 0, i, 0.0625, 0.9, NAN, -1, NAN };
  busy.taken = taken;
  moe_run_replace (back, 1, &busy);
  assert_round_trip (back);
  g_autoptr (GString) processor = moe_formats_to_csv (back);
  g_assert_nonnull (strstr (processor->str, ",0.0625,0.0625,0.0625,0.0625,0.0625,0.9375,processor,"
                                            "5,5,,"));
  g_assert_nonnull (strstr (processor->str, ",0.0625;0.0625;0.0625;0.0625;0.0625,,,,"));
}

/* A file of before these columns: missing, never 0. */
static void
test_older_columns (void)
{
  g_autoptr (MoeRun) run = test_read (
      "# nullcurve-csv: 1\n# title: Old\n# host: h\n"
      "shape,topk,null_mode,null_target,tflops,tokens_per_s,n,samples_s,pass,null_dispatch,"
      "remat_mode,shared_expert_dim,stage_pack_s,stage_wait_s\n"
      "1x2x3x4,1,independent,0.5,0.25,8,2,0.125;0.125,forward,compact,none,0,0.001,0.002\n",
      "old.csv");
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_cmpuint (record->n_samples, ==, 2);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_WAIT], ==, 0.002);
  g_assert_true (isnan (record->stage_s[MOE_STAGE_COMM]));
  g_assert_null (record->choice[MOE_CHOICE_PACK_STRATEGY]);
  g_assert_null (record->choice[MOE_CHOICE_CAPACITY_POLICY]);
  g_assert_null (record->choice[MOE_CHOICE_PARALLEL_MODE]);
  g_assert_null (record->choice[MOE_CHOICE_SHARED_FUSED]);
  g_assert_cmpint (record->capacity, ==, -1);
  g_assert_cmpint (record->dropped_assignments, ==, -1);
  g_assert_cmpint (record->ep_size, ==, -1);
  g_assert_cmpint (record->runs, ==, -1);
  g_assert_cmpint (record->load_min, ==, -1);
  g_assert_true (isnan (record->comm_bytes) && isnan (record->run_alpha)
                 && isnan (record->load_std));
  g_assert_true (isnan (record->balance.p25) && isnan (record->balance.p50)
                 && isnan (record->balance.p75));
  g_assert_cmpuint (record->n_kept, ==, 0);
  g_assert_null (record->taken);
  assert_round_trip (run);
}

/* Experts kept per token: a count for each number from none to all, of every token. */
static void
test_kept_faults (void)
{
  static const struct
  {
    const char *kept, *complaint;
  } rows[] = {
    { "1;0;2", "does not have one count more than topk" },
    { "1;1", "does not add up to the tokens" },
    { "1;-1", "is not a list of counts" },
    { "1;", "is not a list of counts" },
    { "0;2000000000000", "has a count that is out of range" },
    { "1;0;2,fixed", "does not have one count more than topk" },
    { "1;0;1,top_p", "does not add up to the tokens" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("# nullcurve-csv: 1\nshape,topk,null_target,tokens_per_s,kept_tokens%s\n"
                           "3x2x3x4,1,0.5,8,%s\n",
                           strchr (rows[i].kept, ',') != NULL ? ",k_rule" : "", rows[i].kept);
      g_autofree char *message = test_read_error (text, "kept.csv", MOE_FORMATS_ERROR_INVALID);
      g_assert_nonnull (strstr (message, rows[i].complaint));
    }
  g_autoptr (GString) many = g_string_new ("0");
  for (int n = 0; n < MOE_KEPT_MAX + 1; n++)
    g_string_append (many, ";0");
  g_autofree char *text =
      g_strdup_printf ("# nullcurve-csv: 1\nshape,topk,null_target,tokens_per_s,kept_tokens\n"
                       "3x2x3x99,65,0.5,8,%s\n",
                       many->str);
  g_autofree char *message = test_read_error (text, "kept.csv", MOE_FORMATS_ERROR_INVALID);
  g_assert_nonnull (strstr (message, "has more than 65 counts"));
}

/* Blank lines, and those of blanks, before the headings and between them and the facts count in the
 * numbers of lines and for nothing else. */
static void
test_blank_lines (void)
{
  static const char *const heads[] = { "\n", "\r\n \t\n", "# a remark\n\n", "\n# a remark\n\n\n" };
  static const char rows[] = "shape,topk,null_target,tflops,tokens_per_s\n3x2x3x4,1,0.5,1,8\n";
  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      g_autofree char *text = g_strconcat (heads[i], rows, NULL);
      g_autofree char *broken = g_strconcat (heads[i], rows, "3x2x3x4,x,0.5,1,8\n", NULL);
      gsize line = 3;
      for (const char *p = heads[i]; *p != '\0'; p++)
        line += *p == '\n';
      g_autoptr (MoeRun) run = test_read (text, "blank.csv");
      g_assert_cmpuint (moe_run_get_n_records (run), ==, 1);
      g_assert_cmpfloat (moe_run_get_record (run, 0)->tokens_per_s, ==, 8);
      g_autoptr (MoeRun) odd = test_read (broken, "blank.csv");
      g_autofree char *told = g_strdup_printf ("line %zu", line);
      g_assert_cmpuint (moe_run_get_n_records (odd), ==, 1);
      g_assert_nonnull (strstr (moe_run_get_summary (odd)->first_skip, told));
    }
  g_autofree char *own = g_strconcat ("# nullcurve-csv: 1\n\n# title: x\n\n", rows, NULL);
  g_autoptr (MoeRun) run = test_read (own, "own.csv");
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 1);
  g_assert_cmpstr (moe_run_get_title (run), ==, "x");
}

static void
test_round_trip_hostile (void)
{
  static const char *const texts[] = { "",
                                       "a\nb\r\nc\\n\\",
                                       "  blanks  ",
                                       "# not a fact: really",
                                       ":",
                                       "quote \" comma , semicolon ;",
                                       "\xff\xfe broken",
                                       "\033[31mred\033[0m",
                                       "nullcurve-csv: 2",
                                       "Überschrift – 表" };
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (MoeRun) run = test_run_new ();
      MoeRecord record = *moe_run_get_record (run, 0);
      moe_run_set_title (run, texts[i]);
      moe_run_set_fact (run, texts[i], texts[i]);
      moe_run_set_fact (run, "value", texts[i]);
      g_autofree char *impl = moe_text_tame (texts[i], MOE_TEXT_MAX_NAME);
      record.choice[MOE_CHOICE_IMPL] = moe_text_intern (impl);
      moe_run_append (run, &record);
      assert_round_trip (run);
    }
}

static void
test_round_trip_missing (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Empty record");
  MoeRecord record;
  moe_record_init (&record);
  moe_run_append (run, &record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 1, 2, 3, 4, 5 };
  record.tflops = INFINITY; /* stands for nothing that was measured */
  moe_run_append (run, &record);
  assert_round_trip (run);

  g_autoptr (GString) text = moe_formats_to_csv (run);
  g_autoptr (MoeRun) back = test_read (text->str, "back.csv");
  const MoeRecord *empty = moe_run_get_record (back, 0);
  g_assert_false (empty->has_shape);
  g_assert_cmpint (empty->topk, ==, -1);
  g_assert_true (isnan (empty->tokens_per_s));
  g_assert_null (empty->choice[MOE_CHOICE_NULL_MODE]);
  g_assert_cmpuint (moe_run_get_record (back, 1)->shape.shared_dim, ==, 5);
  g_assert_true (isnan (moe_run_get_record (back, 1)->tflops));
}

static void
test_other_sources_round_trip (void)
{
  g_autoptr (MoeRun) log = test_read (test_log, "sweep.log");
  g_autoptr (GPtrArray) reference = test_reference_runs ();
  assert_round_trip (log);
  assert_round_trip (g_ptr_array_index (reference, 0));
  assert_round_trip (g_ptr_array_index (reference, 1));
  for (gsize i = 2; i < 4; i++)
    {
      g_autoptr (MoeRun) run = moe_reference_read (g_getenv ("NULLCURVE_DATA_DIR"), i, NULL);
      assert_round_trip (run);
    }
}

static void
test_files (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MoeRun) run = test_run_new ();
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "a run.csv", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  for (int i = 0; i < 2; i++) /* the second time over the first */
    {
      g_assert_true (moe_formats_write_csv (run, file, &error));
      g_assert_no_error (error);
    }
  g_autoptr (MoeRun) back = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (moe_run_get_source (back), ==, path);
  g_assert_cmpstr (moe_run_get_title (back), ==, "A measured run");

  g_autofree char *beside = g_strconcat (path, ".tmp", NULL);
  g_assert_false (g_file_test (beside, G_FILE_TEST_EXISTS));
  test_folder_remove (folder);

  g_assert_null (moe_formats_read_file (file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "a run.csv could not be read: "));
  g_clear_error (&error);
  g_assert_false (moe_formats_write_csv (run, file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "a run.csv could not be written: "));
}

static void
test_too_large (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "large.log", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_assert_true (g_file_set_contents (path, "x", 1, &error));
  g_assert_cmpint (truncate (path, (off_t)MOE_FORMATS_MAX_BYTES + 1), ==, 0); /* a hole */
  g_assert_null (moe_formats_read_file (file, NULL, &error));
  g_assert_error (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_LARGE);
  g_assert_cmpstr (error->message, ==,
                   "large.log: the file is larger than 256 MiB, the most that is read.");
  test_folder_remove (folder);
}

static GString *
table_of (gsize n_rows)
{
  GString *text = g_string_new ("shape,topk,null_target,tokens_per_s\n");
  for (gsize i = 0; i < n_rows; i++)
    g_string_append_printf (text, "8x4x4x2,1,%g,%zu\n", (double)(i % 100) / 100, 1000 + i);
  return text;
}

/* A row of 30 bytes is a record of thousands: a table of the largest size would take all memory. */
static void
test_too_many_rows (void)
{
  g_autoptr (GString) text = table_of (MOE_FORMATS_MAX_ROWS);
  g_autoptr (MoeRun) run = test_read (text->str, "most.csv");
  g_assert_cmpuint (moe_run_get_n_records (run), ==, MOE_FORMATS_MAX_ROWS);
  g_string_append (text, "8x4x4x2,1,0.5,7\n");
  g_autofree char *message = test_read_error (text->str, "more.csv", MOE_FORMATS_ERROR_LARGE);
  g_assert_cmpstr (message, ==,
                   "more.csv, line 100002: there are more than 100000 rows, the most that are "
                   "read.");
}

static void
test_logbook (void)
{
  g_autoptr (MoeRun) run =
      test_read (HEADER ROW "65536x3072x3072x128,2,0.9,,,869324\n", "logbook.csv");
  g_assert_cmpint (moe_run_get_format (run), ==, MOE_RUN_FORMAT_LOGBOOK_CSV);
  g_assert_cmpstr (moe_run_get_title (run), ==, "logbook.csv");
  g_assert_cmpuint (moe_run_get_summary (run)->rows_read, ==, 2);
  g_assert_null (moe_run_get_summary (run)->notes);
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_cmpuint (record->shape.mlp_dim, ==, 1408);
  g_assert_cmpint (record->topk, ==, 8);
  g_assert_cmpfloat (record->null_target, ==, 0.1);
  g_assert_cmpfloat (record->null_realized, ==, 0.101);
  g_assert_cmpfloat (record->tflops, ==, 343.774);
  g_assert_cmpfloat (record->tokens_per_s, ==, 920847);
  g_assert_cmpstr (record->choice[MOE_CHOICE_NULL_MODE], ==, "independent");
  record = moe_run_get_record (run, 1);
  g_assert_true (isnan (record->null_realized) && isnan (record->tflops));
}

/* What must read like plain HEADER ROW. */
static void
assert_reads (const char *text)
{
  g_autoptr (MoeRun) run = test_read (text, "x.csv");
  g_assert_cmpint (moe_run_get_format (run), ==, MOE_RUN_FORMAT_LOGBOOK_CSV);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 1);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->tokens_per_s, ==, 920847);
  g_assert_cmpint (moe_run_get_record (run, 0)->topk, ==, 8);
  g_assert_true (moe_run_get_record (run, 0)->has_shape);
}

static void
test_logbook_forms (void)
{
  g_autofree char *crlf = test_to_crlf (HEADER ROW);
  assert_reads (crlf);
  assert_reads ("\xEF\xBB\xBF" HEADER ROW);
  assert_reads ("\n\n# from the logbook\n" HEADER "# a remark\n\n" ROW "\n\n");
  assert_reads (HEADER "32768x2048x1408x60,8,0.1,0.101,343.774,920847"); /* no last newline */
  assert_reads ("\033[1mshape\033[0m,topk,null_target,tokens_per_s\n32768x2048x1408x60,8,0.1,"
                "\033[32m920847\033[0m\n");
  assert_reads ("shape, topk, null_target, tokens_per_s\n 32768x2048x1408x60 , 8 , 0.1 , 920847 "
                "\n");
  assert_reads ("\"tokens_per_s\",\"remark\",\"null_target\",\"shape\",\"topk\"\n\"920847\","
                "\"a, \"\"b\"\"\nc\",0.1,\"32768x2048x1408x60\",8\n");
}

static void
test_logbook_null_mode (void)
{
  g_autoptr (MoeRun) run = test_read (
      "shape,topk,null_target,null_mode,tokens_per_s\n1x2x3x4,1,0.1, take_until_null ,5\n"
      "1x2x3x4,1,0.1,,5\n",
      "x.csv");
  g_assert_true (moe_run_get_record (run, 0)->choice[MOE_CHOICE_NULL_MODE]
                 == moe_text_intern ("take_until_null"));
  g_assert_true (moe_run_get_record (run, 1)->choice[MOE_CHOICE_NULL_MODE]
                 == moe_text_intern ("independent"));
}

static void
assert_refused (const char *text, MoeFormatsError code, const char *message)
{
  g_autofree char *told = test_read_error (text, "x.csv", code);
  g_assert_cmpstr (told, ==, message);
}

static void
test_logbook_faults (void)
{
  static const struct
  {
    const char *row;
    const char *reason;
  } cases[] = {
    { "1x2x3x4,8,0.1,,1,12abc", "tokens_per_s “12abc” is not a number" },
    { "1x2x3x4,8,0.1,,OOM,5", "tflops “OOM” is not a number" },
    { "1x2x3x4,8,0.1,,inf,5", "tflops “inf” is not a number" },
    { "1x2x3x4,8,0.1,,0x10,5", "tflops “0x10” is not a number" },
    { "1x2x3x4,8,0.1,,\"1,5\",5", "tflops “1,5” is not a number" },
    { "1x2x3x4,8,0.1,,1e999,5", "tflops “1e999” is not a number" },
    { "1x2x3x4,8,1.0,,1,5", "null_target “1.0” must be at least 0 and below 1" },
    { "1x2x3x4,8,0.1,,1,0", "tokens_per_s “0” must be from 1e-9 to 1e15" },
    { "1x2x3x4,0,0.1,,1,5", "topk “0” must be from 1 to 10^12" },
    { "1x2x3x4,8.5,0.1,,1,5", "topk “8.5” is not a whole number" },
    { "1x2x3,8,0.1,,1,5",
      "shape “1x2x3” is not a shape; it must read TOKENSxHIDDENxMLP_DIMxEXPERTS, each from 1 to "
      "10^12" },
    { "1x2x3x4,8,0.1,1,5", "the row has 5 fields where the header has 6" },
    { "1x2x3x4", "the row has 1 field where the header has 6" },
    { "1x2x3x4,8,0.1,,1,5,6", "the row has 7 fields where the header has 6" },
    { "1x2x3x4,8,0.1,,1,\"5", "the quoted field that starts here is never closed" },
    { "1x2x3x4,8,0.1,,1,5\"",
      "a quotation mark stands inside a field that does not start with one" },
    { "1x2x3x4,8,0.1,,1,\"5\"6",
      "there is text between a closing quotation mark and the next comma" },
    { "1x2x3x4,8,0.1,,1,\xff", "tokens_per_s “\uFFFD” is not a number" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      /* With others that are read all the same, and alone. */
      g_autofree char *text = g_strconcat (HEADER ROW, cases[i].row, "\n", ROW_2, NULL);
      g_autofree char *note = g_strdup_printf ("Line 3: %s; the row is skipped.", cases[i].reason);
      g_autoptr (MoeRun) run = test_read (text, "x.csv");
      test_assert_summary (run, 2, 0, 1);
      test_assert_notes (run, note);
      g_assert_cmpfloat (moe_run_get_record (run, 1)->tokens_per_s, ==, 1833742);
      g_autofree char *alone = g_strconcat (HEADER, cases[i].row, "\n", NULL);
      g_autofree char *message = g_strdup_printf ("x.csv, line 2: %s.", cases[i].reason);
      assert_refused (alone, MOE_FORMATS_ERROR_INVALID, message);
    }
}

/* What is no value, no whole row, no row or none of the file's own. */
static void
test_odd_cells (void)
{
  static const char *const missing[] = {
    "", "nan", "NaN", "NA", "N/A", "#N/A", "null", "None", "-"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (missing); i++)
    {
      g_autofree char *text =
          g_strconcat (HEADER "32768x2048x1408x60,8.0,0.1,", missing[i], ",", missing[i],
                       ",920847.0\n,,,,,\n , ,,,,\n\n", ROW_2, NULL);
      g_autoptr (MoeRun) run = test_read (text, "x.csv");
      const MoeRecord *record = moe_run_get_record (run, 0);
      test_assert_summary (run, 2, 0, 0);
      test_assert_notes (run, NULL);
      g_assert_cmpint (record->topk, ==, 8);
      g_assert_cmpfloat (record->tokens_per_s, ==, 920847);
      g_assert_true (isnan (record->tflops) && isnan (record->null_realized));
    }
  /* Commas behind the last field, and holes of a copied file in front of a row and as one. */
  static const char holes[] =
      "\0\0\0" HEADER "\0\0" ROW "\0\0\0\n32768x2048x1408x60,8,0.9,,,5,,\n\0\0";
  g_autoptr (MoeRun) run = test_read_n (holes, sizeof holes - 1, "x.csv");
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run, NULL);
  /* Quotation marks that nobody closes cost their own row alone. */
  g_autoptr (MoeRun) inches =
      test_read ("remark,shape,topk,null_target,tokens_per_s\n\"5,1x2x3x4,1,0,5\n"
                 "\"6,1x2x3x4,1,0.1,6\n7\",1x2x3x4,1,0.2,7\n\"8\" 9\",1x2x3x4,1,0.3,8\n",
                 "x.csv");
  g_assert_cmpuint (moe_run_get_summary (inches)->rows_skipped, >=, 1);
  g_assert_cmpfloat (moe_run_get_record (inches, moe_run_get_n_records (inches) - 1)->tokens_per_s,
                     >=, 7);
}

static void
test_repeated_points (void)
{
  g_autoptr (MoeRun) one = test_read (HEADER ROW ROW_2 ROW, "x.csv");
  test_assert_summary (one, 3, 0, 0);
  test_assert_notes (one, "Line 4 repeats the point of an earlier line; the first counts.");
  g_autoptr (MoeRun) more = test_read (HEADER ROW ROW ROW_2 ROW_2, "x.csv");
  test_assert_notes (more, "2 lines repeat points of earlier ones, the first of them line 3; the "
                           "first line of a point counts.");
  g_autoptr (MoeRun) others =
      test_read ("shape,topk,null_target,impl,tokens_per_s\n1x2x3x4,1,0,fast,5\n"
                 "1x2x3x4,1,0,scatter,5\n1x2x3x4,2,0,fast,5\n",
                 "x.csv");
  test_assert_notes (others, NULL);
}

/* The harness's options as columns: other names, a shape in four, no null words. */
static void
test_options_as_columns (void)
{
  g_autoptr (MoeRun) run =
      test_read (",device,parallel,implementation,bench_pass,tokens,hidden,mlp_dim,experts,topk,"
                 "shared_expert_dim,shared_fused,pack,remat,time_s\n"
                 "0,H100,EP8,deepep,forward,1000.0,20,30,8,2,10,True,argsort,none,0.5\n"
                 "1,H100,none,ring,forward,1000,20,30,8,2,0,0,,,0.25\n"
                 "2,H100,none,ring,forward,0,20,30,8,2,0,0,,,0.25\n",
                 "x.csv");
  const MoeRecord *first = moe_run_get_record (run, 0), *second = moe_run_get_record (run, 1);
  test_assert_summary (run, 2, 0, 1);
  test_assert_notes (run, "There is no column “null_target”: all rows count as f = 0.\n"
                          "Line 4: tokens “0” must be a whole number from 1 to 10^12; the row is "
                          "skipped.");
  g_assert_true (moe_shape_equal (&first->shape, &(MoeShape){ 1000, 20, 30, 8, 10 }));
  g_assert_cmpfloat (first->null_target, ==, 0);
  g_assert_cmpstr (first->choice[MOE_CHOICE_ACCELERATOR], ==, "H100");
  g_assert_cmpstr (first->kernel, ==, "deepep");
  g_assert_cmpstr (moe_record_axis (first, MOE_CHOICE_PARALLEL_MODE), ==, "ep, 8 shards");
  g_assert_cmpstr (first->choice[MOE_CHOICE_SHARED_FUSED], ==, "true");
  g_assert_cmpstr (first->choice[MOE_CHOICE_REMAT_MODE], ==, "none");
  g_assert_cmpfloat (first->tokens_per_s, ==, 2000);
  double forward = 6.0 * 20 * 30 * 2000 + 6.0 * 1000 * 20 * 10;
  g_assert_cmpfloat_with_epsilon (first->tflops, forward / 0.5 / 1e12, 1e-15);
  g_assert_cmpstr (second->choice[MOE_CHOICE_PARALLEL_MODE], ==, "none");
  g_assert_null (second->choice[MOE_CHOICE_SHARED_FUSED]);
}

static void
test_header_faults (void)
{
  assert_refused ("shape,null_target,tokens_per_s\n1x2x3x4,0,5\n", MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 1: the header has no column “topk”.");
  assert_refused ("tokens,hidden,experts,topk,tflops\n1,2,4,8,5\n", MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 1: the header has no column “shape”.");
  assert_refused ("\nshape,topk,null_target\n1x2x3x4,8,0\n", MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 2: the header has neither a column “tokens_per_s” nor “tflops”.");
  assert_refused ("shape,topk,topk,null_target,tflops\n", MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 1: the column “topk” is there twice.");
  assert_refused (HEADER, MOE_FORMATS_ERROR_EMPTY,
                  "x.csv, line 2: the file ends without a row of data.");
  assert_refused ("# nullcurve-csv: 2\n", MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 1: the file says format version “2”; this program reads version 1.");
  assert_refused ("# nullcurve-csv: 1\n# title\n", MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 2: a line that starts with # must read “# key: value”.");
  assert_refused ("# nullcurve-csv: 1\n# a: b\n", MOE_FORMATS_ERROR_EMPTY,
                  "x.csv, line 3: there is no header row.");
}

static void
test_samples_must_agree (void)
{
  assert_refused ("# nullcurve-csv: 1\nshape,topk,null_target,tokens_per_s,n,samples_s\n"
                  "1x2x3x4,1,0,5,3,0.1;0.2\n",
                  MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 3: n does not agree with the number of samples in samples_s.");
  assert_refused ("# nullcurve-csv: 1\nshape,topk,null_target,tokens_per_s,n,samples_s\n"
                  "1x2x3x4,1,0,5,2,0.1;\n",
                  MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 3: samples_s “0.1;” is not a list of numbers joined by semicolons.");
}

static void
test_taken_faults (void)
{
#define TAKEN_HEADER "# nullcurve-csv: 1\nshape,topk,null_target,tokens_per_s,samples_s,"
#define TAKEN_ROW    "1x2x3x4,1,0,5,0.1;0.2,"
  static const char agree[] =
      "x.csv, line 3: a list that starts with sample_ does not have as many "
      "entries as samples_s.";
  assert_refused (TAKEN_HEADER "sample_shares\n" TAKEN_ROW "1\n", MOE_FORMATS_ERROR_INVALID, agree);
  assert_refused (TAKEN_HEADER "sample_shares\n" TAKEN_ROW "1;;\n", MOE_FORMATS_ERROR_INVALID,
                  agree);
  assert_refused (TAKEN_HEADER "sample_shares,sample_switches\n" TAKEN_ROW "1;1,1\n",
                  MOE_FORMATS_ERROR_INVALID, agree);
  assert_refused (TAKEN_HEADER "sample_shares\n1x2x3x4,1,0,5,,1\n", MOE_FORMATS_ERROR_INVALID,
                  agree);
  assert_refused (TAKEN_HEADER "sample_shares\n" TAKEN_ROW "1;-1\n", MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 3: sample_shares “1;-1” has an entry that is out of range.");
  assert_refused (
      TAKEN_HEADER "sample_starts\n" TAKEN_ROW "0;\n", MOE_FORMATS_ERROR_INVALID,
      "x.csv, line 3: sample_starts “0;” is not a list of numbers joined by semicolons.");
  assert_refused (TAKEN_HEADER "sample_starts\n" TAKEN_ROW "0;4294967296\n",
                  MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 3: sample_starts “0;4294967296” has an entry that is out of range.");

  /* Rounds that are not told are the samples' order. */
  g_autoptr (MoeRun) run = test_read (TAKEN_HEADER "sample_shares\n" TAKEN_ROW "0.5;\n", "x.csv");
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_cmpuint (record->taken[1].round, ==, 1);
  g_assert_cmpfloat (record->taken[0].share, ==, 0.5);
}

static void
test_edited_by_a_spreadsheet (void)
{
  /* The facts gone and CRLF: still a logbook CSV with every column that it knows. */
  g_autoptr (MoeRun) run = test_run_new ();
  g_autoptr (GString) text = moe_formats_to_csv (run);
  g_autofree char *table = test_to_crlf (strstr (text->str, "shape,topk"));
  g_autoptr (MoeRun) back = test_read (table, "saved.csv");
  g_assert_cmpint (moe_run_get_format (back), ==, MOE_RUN_FORMAT_LOGBOOK_CSV);
  g_assert_cmpuint (moe_run_get_record (back, 0)->n_samples, ==, 3);
  g_assert_cmpstr (moe_run_get_record (back, 0)->choice[MOE_CHOICE_DTYPE], ==, "float32");

  g_autofree char *crlf = test_to_crlf (text->str);
  g_autoptr (MoeRun) whole = test_read (crlf, "saved.csv");
  g_autoptr (GString) again = moe_formats_to_csv (whole);
  g_assert_cmpstr (again->str, ==, text->str);
}

static void
test_not_ours (void)
{
  static const char message[] =
      "x.csv, line 1: this is neither a Nullcurve CSV or run file, nor a logbook CSV (a header "
      "with shape, topk, null_target, tokens_per_s), nor a harness log (RESULT lines), "
      "nor the JSON of one of marin's benches.";
  assert_refused ("", MOE_FORMATS_ERROR_EMPTY, "x.csv, line 1: the file is empty.");
  assert_refused ("\xEF\xBB\xBF", MOE_FORMATS_ERROR_EMPTY, "x.csv, line 1: the file is empty.");
  assert_refused ("\xFF\xFEs", MOE_FORMATS_ERROR_UNKNOWN,
                  "x.csv, line 1: the file is UTF-16 text; save it as UTF-8.");
  assert_refused ("Dear diary,\n", MOE_FORMATS_ERROR_UNKNOWN, message);
  assert_refused ("name,tokens,hidden\nQuick,4096,512\n", MOE_FORMATS_ERROR_UNKNOWN, message);
  assert_refused ("\x89PNG\r\n\x1a\n", MOE_FORMATS_ERROR_UNKNOWN, message);
}

static void
test_many_facts (void)
{
  g_autoptr (GString) text = g_string_new ("# nullcurve-csv: 1\n");
  for (int i = 0; i < 1001; i++)
    g_string_append_printf (text, "# key %d: value\n", i);
  g_string_append (text, HEADER ROW);
  assert_refused (text->str, MOE_FORMATS_ERROR_INVALID,
                  "x.csv, line 1002: there are more than 1000 “# key: value” lines.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/blank-lines", test_blank_lines);
  g_test_add_func ("/csv/round-trip", test_round_trip);
  g_test_add_func ("/csv/round-trip-of-all-axes", test_round_trip_of_all_axes);
  g_test_add_func ("/csv/padding-of-earlier-versions", test_padding_of_earlier_versions);
  g_test_add_func ("/csv/round-trip-of-taken", test_round_trip_of_taken);
  g_test_add_func ("/csv/taken-faults", test_taken_faults);
  g_test_add_func ("/csv/older-columns", test_older_columns);
  g_test_add_func ("/csv/kept-faults", test_kept_faults);
  g_test_add_func ("/csv/round-trip-hostile", test_round_trip_hostile);
  g_test_add_func ("/csv/round-trip-missing", test_round_trip_missing);
  g_test_add_func ("/csv/other-sources-round-trip", test_other_sources_round_trip);
  g_test_add_func ("/csv/files", test_files);
  g_test_add_func ("/csv/too-large", test_too_large);
  g_test_add_func ("/csv/too-many-rows", test_too_many_rows);
  g_test_add_func ("/csv/logbook", test_logbook);
  g_test_add_func ("/csv/logbook-forms", test_logbook_forms);
  g_test_add_func ("/csv/logbook-null-mode", test_logbook_null_mode);
  g_test_add_func ("/csv/logbook-faults", test_logbook_faults);
  g_test_add_func ("/csv/odd-cells", test_odd_cells);
  g_test_add_func ("/csv/repeated-points", test_repeated_points);
  g_test_add_func ("/csv/options-as-columns", test_options_as_columns);
  g_test_add_func ("/csv/header-faults", test_header_faults);
  g_test_add_func ("/csv/samples-must-agree", test_samples_must_agree);
  g_test_add_func ("/csv/edited-by-a-spreadsheet", test_edited_by_a_spreadsheet);
  g_test_add_func ("/csv/not-ours", test_not_ours);
  g_test_add_func ("/csv/many-facts", test_many_facts);
  return g_test_run ();
}
