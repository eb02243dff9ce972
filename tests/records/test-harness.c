/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/harness/harness.h"
#include "engine/records/axes.h"
#include "engine/records/record.h"
#include "engine/records/run.h"
#include "engine/text/intern.h"
#include "tests/records/harness-lines.h"
#include "tests/records/support.h"

static void
test_log_reads (void)
{
  g_autoptr (MoeRun) run = test_read (test_log, "sweep.log");
  test_assert_summary (run, 3, 0, 0);
  test_assert_notes (run, NULL);
  g_assert_cmpint (moe_run_get_format (run), ==, MOE_RUN_FORMAT_HARNESS_LOG);
  g_assert_cmpstr (moe_run_get_title (run), ==, "sweep.log");
  g_assert_cmpstr (moe_run_get_fact (run, "devices"), ==, "[TpuDevice(id=0), TpuDevice(id=1)]");
  const MoeRecord *record = moe_run_get_record (run, 1);
  g_assert_true (record->has_shape);
  g_assert_cmpuint (record->shape.tokens, ==, 32768);
  g_assert_cmpuint (record->shape.experts, ==, 60);
  g_assert_cmpint (record->topk, ==, 8);
  g_assert_cmpfloat (record->null_target, ==, 0.1);
  g_assert_cmpfloat (record->null_realized, ==, 0.101);
  g_assert_cmpint (record->null_assignments, ==, 26400);
  g_assert_cmpint (record->real_assignments, ==, 235744);
  g_assert_cmpfloat (record->tflops, ==, 343.774);
  g_assert_cmpfloat (record->tokens_per_s, ==, 920847);
  g_assert_cmpstr (record->choice[MOE_CHOICE_DISTRIBUTION], ==, "random");
  g_assert_cmpstr (record->choice[MOE_CHOICE_QUEUE_MODE], ==, "full");
  g_assert_cmpstr (record->choice[MOE_CHOICE_PASS], ==, "forward_backward");
  g_assert_cmpstr (record->choice[MOE_CHOICE_IMPL], ==, "fused_w13");
  g_assert_cmpstr (record->choice[MOE_CHOICE_GROUPING], ==, "gmm");
  g_assert_cmpstr (record->choice[MOE_CHOICE_DTYPE], ==, "bfloat16");
  g_assert_null (record->choice[MOE_CHOICE_ACCELERATOR]);
  g_assert_null (record->samples_s);

  record = moe_run_get_record (run, 2);
  g_assert_cmpuint (record->shape.tokens, ==, 65536);
  g_assert_cmpuint (record->shape.experts, ==, 128);
  g_assert_cmpstr (record->choice[MOE_CHOICE_NULL_MODE], ==, "take_until_null");
}

/* What must read like SHAPE RESULT. */
static void
assert_reads (const char *text, gsize length)
{
  g_autoptr (MoeRun) run = test_read_n (text, length, "x.log");
  const MoeRecord *record = moe_run_get_record (run, 0);
  test_assert_summary (run, 1, 0, 0);
  test_assert_notes (run, NULL);
  g_assert_true (record->has_shape);
  g_assert_cmpuint (record->shape.mlp_dim, ==, 1408);
  g_assert_cmpint (record->topk, ==, 8);
  g_assert_cmpstr (record->choice[MOE_CHOICE_NULL_MODE], ==, "independent");
  g_assert_cmpstr (record->choice[MOE_CHOICE_GROUPING], ==, "gmm");
  g_assert_cmpfloat (record->null_target, ==, 0.1);
  g_assert_cmpint (record->real_assignments, ==, 235744);
  g_assert_cmpfloat (record->tokens_per_s, ==, 920847);
}

static void
test_crlf (void)
{
  g_autofree char *text = test_to_crlf (SHAPE RESULT);
  assert_reads (text, strlen (text));
  assert_reads (text, strlen (text) - 1); /* the very last LF missing */
}

static void
test_bom (void)
{
  static const char text[] = "\xEF\xBB\xBF" SHAPE RESULT;
  assert_reads (text, strlen (text));
  static const char result_first[] = "\xEF\xBB\xBF" RESULT;
  g_autoptr (MoeRun) run = test_read (result_first, "x.log");
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 1);
}

static void
test_colours (void)
{
  static const char text[] =
      "\033[1;36mshape\033[0m tokens=\033[33m32768\033[m hidden=2048 mlp_dim=1408 experts=60\n"
      "\033]0;a window title\007\033(B\033[?25l\033[32mRESULT\033[0m distribution=random "
      "pass=forward impl=fused_w13 backend=\033[38;5;208mgmm\033[0m topk=8 "
      "null_target=0.1\033[1m00 null_realized=0.101 null_assignments=26400 "
      "real_assignments=235744 tflops=343.774 tokens_per_s=920847.000000\033[0m\n";
  assert_reads (text, strlen (text));
  /* A broken escape costs no more than its line. */
  static const char broken[] = "\033]0;never ended\n" SHAPE "\033[\n" RESULT "\033";
  assert_reads (broken, strlen (broken));
}

static void
test_progress_bars (void)
{
  static const char text[] = SHAPE " 10%|#   |\r 90%|### |\r" RESULT;
  assert_reads (text, strlen (text));
  static const char classic[] =
      "shape tokens=32768 hidden=2048 mlp_dim=1408 experts=60\rRESULT " PAIRS "\r";
  assert_reads (classic, strlen (classic));
}

static void
test_prefixes (void)
{
  static const char text[] =
      "(pid=1234) 2026-02-17 14:20:01 shape tokens=32768 hidden=2048 mlp_dim=1408 experts=60\n"
      "XRESULT topk=1 null_target=0.2 tokens_per_s=1.000000\n"
      "_RESULT topk=1 null_target=0.2 tokens_per_s=1.000000\n"
      "7RESULT topk=1 null_target=0.2 tokens_per_s=1.000000\n"
      "RESULTS topk=1 null_target=0.2 tokens_per_s=1.000000\n"
      "no RESULT yet\n"
      "(worker pid=77, ip=10.0.0.1) [INFO]\tRESULT " PAIRS "\n";
  assert_reads (text, strlen (text));
}

/* What launchers, loggers and progress bars write in front of a line, with no blank between. */
static void
test_glued_prefixes (void)
{
  static const char *const prefixes[] = {
    "[1,0]<stdout>:", "INFO:root:", "100%|##| 3/3 [00:01]", "\"", "rank0|", "\xc2\xa0"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      g_autofree char *text = g_strconcat (prefixes[i], "devices=[CudaDevice(id=0)]\n", prefixes[i],
                                           SHAPE, prefixes[i], RESULT, NULL);
      g_autoptr (MoeRun) run = test_read (text, "x.log");
      assert_reads (text, strlen (text));
      g_assert_cmpstr (moe_run_get_fact (run, "devices"), ==, "[CudaDevice(id=0)]");
    }
  g_autoptr (MoeRun) others =
      test_read ("the devices=8 of a mesh, num_devices=[4]\n" SHAPE RESULT, "x.log");
  g_assert_null (moe_run_get_fact (others, "devices"));
}

static void
test_keys_in_any_order (void)
{
  static const char text[] =
      SHAPE "RESULT tokens_per_s=920847.000000 extra=1 real_assignments=235744 topk=8 "
            "shape=1x1x1x1 tflops=343.774 host=a=b null_target=0.100 backend=gmm impl=fast "
            "word null_realized=0.1 null_assignments=26400\n";
  assert_reads (text, strlen (text));
}

#define KERNEL_SHAPE                                                                               \
  "devices=[CudaDevice(id=0), CudaDevice(id=1)]\n"                                                 \
  "shape tokens=1000 hidden=20 mlp_dim=30 experts=8 topk=2 shared_expert_dim=10 dtype=bfloat16 "   \
  "distribution=runs bench_pass=forward_backward capacity_factor=1.25\n"
#define KERNEL_ROW "RESULT kernel=current ep=8 pass=forward time_s=0.500000 tokens_per_s=2000.00\n"

/* Rows tell a kernel, shards, pass and time; the shape line above has the rest. */
static void
test_kernel_form (void)
{
  g_autoptr (MoeRun) run = test_read (
      KERNEL_SHAPE "CHECK ep=8 out_max_abs=1.250000e-02 grad_max_abs=3.125000e-02\n" KERNEL_ROW
                   "RESULT kernel=legacy ep=1 time_s=0.250000\n"
                   "PROFILE kernel=current ep=8 dir=/tmp/traces\n"
                   "CHECK your mail\nPROFILE of a person=1\n",
      "x.log");
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run, NULL);
  const MoeRecord *first = moe_run_get_record (run, 0), *second = moe_run_get_record (run, 1);
  g_assert_cmpstr (first->kernel, ==, "current");
  g_assert_cmpint (first->ep_size, ==, 8);
  g_assert_cmpstr (first->choice[MOE_CHOICE_PARALLEL_MODE], ==, "ep");
  g_assert_cmpstr (first->choice[MOE_CHOICE_PASS], ==, "forward");
  g_assert_cmpstr (first->choice[MOE_CHOICE_DISTRIBUTION], ==, "runs");
  g_assert_cmpstr (first->choice[MOE_CHOICE_DTYPE], ==, "bfloat16");
  g_assert_cmpstr (first->choice[MOE_CHOICE_NULL_MODE], ==, "independent");
  g_assert_cmpint (first->topk, ==, 2);
  g_assert_cmpfloat (first->null_target, ==, 0);
  g_assert_cmpfloat (first->capacity_factor, ==, 1.25);
  g_assert_cmpfloat (first->tokens_per_s, ==, 2000);
  double forward = 6.0 * 20 * 30 * 2000 + 6.0 * 1000 * 20 * 10;
  g_assert_cmpfloat_with_epsilon (first->tflops, forward / 0.5 / 1e12, 1e-15);

  g_assert_cmpstr (second->choice[MOE_CHOICE_PARALLEL_MODE], ==, "none");
  g_assert_cmpint (second->ep_size, ==, -1);
  g_assert_cmpstr (second->choice[MOE_CHOICE_PASS], ==, "forward_backward");
  g_assert_cmpfloat (second->tokens_per_s, ==, 4000);
  g_assert_cmpfloat_with_epsilon (second->tflops, 3 * forward / 0.25 / 1e12, 1e-15);
  g_assert_false (moe_record_same_curve (first, second));

  g_assert_cmpstr (moe_run_get_fact (run, "check ep=8"), ==,
                   "out_max_abs=1.250000e-02 grad_max_abs=3.125000e-02");
  g_assert_cmpstr (moe_run_get_fact (run, "profile kernel=current ep=8"), ==, "dir=/tmp/traces");
  g_assert_cmpuint (moe_run_get_n_facts (run), ==, 3);
}

/* A last line that was cut is no row in this form either. */
static void
test_kernel_form_cut (void)
{
  static const char one[] = KERNEL_SHAPE KERNEL_ROW, two[] = KERNEL_SHAPE KERNEL_ROW KERNEL_ROW;
  gsize shortest = strlen (KERNEL_SHAPE "RESULT kernel=c");
  for (gsize length = shortest; length <= strlen (one); length++)
    {
      g_autoptr (MoeRun) run =
          test_read_n (two, length + strlen (KERNEL_ROW), "x.log"); /* the first is whole */
      test_assert_summary (run, length + 1 >= strlen (one) ? 2 : 1, 0,
                           length + 1 >= strlen (one) ? 0 : 1);
    }
  g_autoptr (MoeRun) sole = test_read_n (one, strlen (one) - 1, "x.log");
  test_assert_summary (sole, 1, 0, 0);
  g_autofree char *cut = g_strndup (one, strlen (one) - 2);
  g_autofree char *message = test_read_error (cut, "x.log", MOE_FORMATS_ERROR_EMPTY);
  g_assert_nonnull (strstr (message, "is cut off"));
}

/* What several rows share is not said of each: "both" and lists tell nothing of one. */
static void
test_options_stand_in_for_keys (void)
{
  static const char row[] = "RESULT tokens_per_s=5.000000 tflops=1.000000\n";
  g_autofree char *text = g_strconcat (
      "shape tokens=1 hidden=2 mlp_dim=3 experts=4 topk=3 backend=gmm impl=both queue_mode=full "
      "null_route_frac=0.5 null_route_frac_list= null_route_sweep=False\n",
      row,
      "shape tokens=1 hidden=2 mlp_dim=3 experts=4 topk=3 topk_list= impl=fast "
      "null_route_frac=0.5 null_route_sweep=True\n",
      row, "shape tokens=1 hidden=2 mlp_dim=3 experts=4 topk=3 topk_list=2,4 impl=fast\n", row,
      NULL);
  g_autoptr (MoeRun) run = test_read (text, "x.log");
  const MoeRecord *record = moe_run_get_record (run, 0);
  test_assert_summary (run, 1, 0, 2);
  test_assert_notes (run, "Line 4: null_target is missing; the row is skipped.\n"
                          "Line 6: topk is missing; the row is skipped.");
  g_assert_cmpint (record->topk, ==, 3);
  g_assert_cmpfloat (record->null_target, ==, 0.5);
  g_assert_cmpstr (record->choice[MOE_CHOICE_GROUPING], ==, "gmm");
  g_assert_cmpstr (record->choice[MOE_CHOICE_QUEUE_MODE], ==, "full");
  g_assert_null (record->choice[MOE_CHOICE_IMPL]);
}

static void
test_without_null_mode (void)
{
  static const char text[] = SHAPE "RESULT backend=gmm topk=8 null_target=0.100 "
                                   "real_assignments=235744 tokens_per_s=920847.000000\n";
  assert_reads (text, strlen (text));
}

static void
test_chatter_is_skipped (void)
{
  static const char text[] =
      SHAPE "[random] mode=full pass=forward topk=8 impl=fused_w13 tokens_per_s=920847.00\n"
            "[random] mode=full pass=forward topk=8 impl=fused_w13 backend=gmm\n"
            "[random] topk=8 impl=fused_w13 null_route target=0.100 realized=0.101\n"
            "x shape (4, 5)\nRUN for your lives\nrun_stats runs=5\n" RESULT;
  assert_reads (text, strlen (text));
}

static void
test_nearest_shape_wins (void)
{
  static const char run_line[] = "RUN mode=independent shape=1024,2,3,4 topk=2 null=0.0\n";
  g_autofree char *text =
      g_strconcat (SHAPE, run_line, RESULT, SHAPE, RESULT_2, run_line, RESULT, NULL);
  g_autoptr (MoeRun) run = test_read (text, "x.log");
  test_assert_summary (run, 3, 0, 0);
  g_assert_cmpuint (moe_run_get_record (run, 0)->shape.tokens, ==, 1024);
  g_assert_cmpint (moe_run_get_record (run, 0)->topk, ==, 8); /* the row's own */
  g_assert_cmpuint (moe_run_get_record (run, 1)->shape.tokens, ==, 32768);
  g_assert_cmpuint (moe_run_get_record (run, 2)->shape.tokens, ==, 1024);
}

static void
test_topk_of_the_run_line (void)
{
  g_autoptr (MoeRun) run = test_read (
      "RUN shape=1024,2,3,4 topk=2\nRESULT null_target=0.1 tokens_per_s=5.000000\n", "x.log");
  g_assert_cmpint (moe_run_get_record (run, 0)->topk, ==, 2);
}

static void
test_context_of_the_shape_line (void)
{
  g_autoptr (MoeRun) run =
      test_read ("shape tokens=1 hidden=2 mlp_dim=3 experts=4 shared_expert_dim=16 dtype=float32 "
                 "accelerator=openblas null_dispatch=carry\n" RESULT
                 "shape tokens=1 hidden=2 mlp_dim=3 experts=4 accelerator=auto\n" RESULT,
                 "x.log");
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_cmpuint (record->shape.shared_dim, ==, 16);
  g_assert_cmpstr (record->choice[MOE_CHOICE_DTYPE], ==, "float32");
  g_assert_cmpstr (record->choice[MOE_CHOICE_ACCELERATOR], ==, "openblas");
  g_assert_cmpstr (record->choice[MOE_CHOICE_NULL_DISPATCH], ==, "carry");
  g_assert_null (
      moe_run_get_record (run, 1)->choice[MOE_CHOICE_ACCELERATOR]); /* "auto" is nobody */
}

static void
test_missing_shape_line (void)
{
  g_autoptr (MoeRun) run = test_read (RESULT RESULT_2, "x.log");
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run,
                     "2 rows have no readable shape or RUN line before; the shape is missing.");
  g_assert_false (moe_run_get_record (run, 0)->has_shape);
  g_assert_cmpfloat (moe_run_get_record (run, 1)->tokens_per_s, ==, 1833742);
}

static void
test_broken_shape_line (void)
{
  /* An older shape must not be taken for the one that cannot be read. */
  g_autoptr (MoeRun) run = test_read (
      SHAPE RESULT "shape tokens=3276x hidden=2048 mlp_dim=1408 experts=60\n" RESULT_2, "x.log");
  test_assert_summary (run, 2, 0, 0);
  g_assert_true (moe_run_get_record (run, 0)->has_shape);
  g_assert_false (moe_run_get_record (run, 1)->has_shape);
  test_assert_notes (run,
                     "Line 3: the shape line cannot be read; the rows after it have no shape.\n"
                     "1 row has no readable shape or RUN line before; the shape is missing.");
}

static void
test_summary_repeats (void)
{
  static const char *const endings[] = {
    "RESULT_SUMMARY\n" RESULT RESULT_2,
    "RESULT_SUMMARY rows=2\n" RESULT_2 RESULT,
    "RESULT_SUMMARY " RESULT "RESULT_SUMMARY " RESULT_2,
    "RESULT_SUMMARY " PAIRS "\n" RESULT_2,
    "(pid=3) RESULT_SUMMARY\n(pid=3) " RESULT "(pid=3) " RESULT_2,
  };
  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++)
    {
      g_autofree char *text = g_strconcat (SHAPE, RESULT, RESULT_2, endings[i], NULL);
      g_autoptr (MoeRun) run = test_read (text, "x.log");
      test_assert_summary (run, 2, 2, 0);
      test_assert_notes (run, NULL);
    }
}

static void
test_summary_repeats_of_several_shapes (void)
{
  /* The nearest shape of a repeat is not the one of the row that it repeats. */
  g_autofree char *text = g_strconcat (SHAPE, RESULT, "RUN shape=65536,3072,3072,128 topk=8\n",
                                       RESULT_2, "RESULT_SUMMARY\n", RESULT, RESULT_2, NULL);
  g_autoptr (MoeRun) run = test_read (text, "x.log");
  test_assert_summary (run, 2, 2, 0);
}

static void
test_summary_with_a_new_row (void)
{
  g_autoptr (MoeRun) run = test_read (SHAPE RESULT "RESULT_SUMMARY\n" RESULT RESULT_2, "x.log");
  test_assert_summary (run, 2, 1, 0);
  test_assert_notes (run, "1 row after RESULT_SUMMARY, equal to no earlier one, is new.");
  g_assert_cmpfloat (moe_run_get_record (run, 1)->tokens_per_s, ==, 1833742);
}

static void
test_equal_rows_without_summary_are_rows (void)
{
  g_autoptr (MoeRun) run = test_read (SHAPE RESULT RESULT, "x.log");
  test_assert_summary (run, 2, 0, 0);
}

static void
test_concatenated_runs (void)
{
  static const char one[] = SHAPE RESULT RESULT_2 "RESULT_SUMMARY\n" RESULT RESULT_2;
  g_autofree char *text = g_strconcat (one, one, NULL);
  g_autoptr (MoeRun) run = test_read (text, "x.log");
  test_assert_summary (run, 4, 4, 0);
  test_assert_notes (run, NULL);
}

/* Cut SHAPE RESULT RESULT_2 after every byte of its last line. */
static void
test_truncated_last_line (void)
{
  static const char text[] = SHAPE RESULT RESULT_2;
  gsize start = strlen (SHAPE RESULT), whole = strlen (text);
  for (gsize length = start; length <= whole; length++)
    {
      g_autoptr (MoeRun) run = test_read_n (text, length, "x.log");
      gboolean complete = length >= whole - 1; /* with or without its newline */
      g_assert_cmpuint (moe_run_get_n_records (run), ==, complete ? 2 : 1);
      /* Too little to know that a row was meant. */
      gboolean silent = complete || length < start + strlen ("RESULT");
      g_assert_cmpuint (moe_run_get_summary (run)->rows_skipped, ==, silent ? 0 : 1);
      test_assert_notes (run,
                         silent ? NULL : "Line 3: the last line is cut off; the row is skipped.");
    }
}

static void
test_truncated_only_line (void)
{
  /* No row before it to compare with: the harness's own format decides. */
  g_autoptr (MoeRun) whole = test_read (SHAPE "RESULT " PAIRS, "x.log");
  test_assert_summary (whole, 1, 0, 0);
  g_autofree char *cut = g_strndup (SHAPE "RESULT " PAIRS, strlen (SHAPE "RESULT " PAIRS) - 3);
  g_autofree char *message = test_read_error (cut, "x.log", MOE_FORMATS_ERROR_EMPTY);
  g_assert_cmpstr (message, ==,
                   "x.log, line 2: the last line is cut off, and there is no RESULT line that "
                   "could be read.");
}

static void
test_unequal_decimals (void)
{
  /* Lines that somebody else wrote: a short number is no sign of a cut. */
  static const char row[] = "RESULT topk=8 null_target=0.1 tokens_per_s=";
  g_autofree char *text = g_strconcat (SHAPE, row, "12.25\n", row, "12.125\n", row, "7.5", NULL);
  g_autoptr (MoeRun) run = test_read (text, "x.log");
  test_assert_summary (run, 3, 0, 0);
  g_autofree char *whole = g_strconcat (SHAPE, row, "1225\n", row, "1212", NULL);
  g_autoptr (MoeRun) numbers = test_read (whole, "x.log");
  test_assert_summary (numbers, 2, 0, 0);
}

static void
test_truncated_in_any_order (void)
{
  static const char row[] = "RESULT tokens_per_s=5.000000 tflops=6.000000 null_target=0.100 "
                            "topk=8 real_assignments=235744 null_assignments=26400 impl=fast";
  g_autofree char *text = g_strconcat (SHAPE, row, "\n", row, NULL);
  g_autoptr (MoeRun) whole = test_read (text, "x.log");
  test_assert_summary (whole, 2, 0, 0);
  for (gsize cut = 1; cut <= strlen ("null_assignments=26400 impl=fast"); cut++)
    {
      g_autoptr (MoeRun) run = test_read_n (text, strlen (text) - cut, "x.log");
      test_assert_summary (run, 1, 0, 1);
    }
}

static void
test_faulty_rows_are_skipped (void)
{
  static const struct
  {
    const char *row;
    const char *reason;
  } cases[] = {
    { "topk=8 null_target=0.1 tokens_per_s=nan", "tokens_per_s “nan” is not a number" },
    { "topk=8 null_target=0.1 tokens_per_s=12abc", "tokens_per_s “12abc” is not a number" },
    { "topk=8 null_target=0,1 tokens_per_s=5", "null_target “0,1” is not a number" },
    { "topk=8 null_target=1.5 tokens_per_s=5", "null_target “1.5” must be at least 0 and below 1" },
    { "topk=-8 null_target=0.1 tokens_per_s=5", "topk “-8” is not a whole number" },
    { "topk=8 null_realized=0.1 tokens_per_s=5", "null_target is missing" },
    { "topk=8 null_mode=router tokens_per_s=5", "null_target is missing" },
    { "topk=8 null_target= tokens_per_s=5", "null_target is missing" },
    { "topk=8 null_target=0.1", "tokens_per_s and tflops are missing" },
    { "kernel=current ep=0 time_s=0.5", "ep “0” must be from 1 to 10^12" },
    { "kernel=current ep=2 time_s=0", "time_s “0” must be from 1e-12 to 1e9 seconds" },
    { "topk=8 topk=9 null_target=0.1 tokens_per_s=5",
      "topk “9” comes after another value of the same key" },
    { "topk=8 null_target=0.1 tokens_per_s=5 impl=\xff\xfe", "impl “��” is not UTF-8 text" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text =
          g_strconcat (SHAPE, RESULT, "RESULT ", cases[i].row, "\n", RESULT_2, NULL);
      g_autofree char *note = g_strdup_printf ("Line 3: %s; the row is skipped.", cases[i].reason);
      g_autoptr (MoeRun) run = test_read (text, "x.log");
      test_assert_summary (run, 2, 0, 1);
      test_assert_notes (run, note);
    }
}

static void
test_nul_bytes (void)
{
  static const char text[] =
      SHAPE "RESULT topk=8 null_target=0.1 tokens_per_s=5\0 7\n\0\0\n" RESULT;
  g_autoptr (MoeRun) run = test_read_n (text, sizeof text - 1, "x.log");
  test_assert_summary (run, 1, 0, 1);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->tokens_per_s, ==, 920847);
}

static void
test_missing_values (void)
{
  g_autoptr (MoeRun) run =
      test_read (SHAPE "RESULT topk=8 null_target=0.900 tflops=5.000000\n", "x.log");
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_true (isnan (record->tokens_per_s) && isnan (record->null_realized));
  g_assert_cmpint (record->null_assignments, ==, -1);
  g_assert_null (record->choice[MOE_CHOICE_IMPL]);
}

static void
test_no_rows (void)
{
  g_autofree char *message = test_read_error (SHAPE "hello\n", "x.log", MOE_FORMATS_ERROR_EMPTY);
  g_assert_cmpstr (message, ==, "x.log, line 2: the log ends without a RESULT line.");
  g_autofree char *bad =
      test_read_error ("shape tokens=1 hidden=2 mlp_dim=3 experts=4\n"
                       "RESULT kernel=current ep=1 pass=forward time_s=0.500000\n",
                       "x.log", MOE_FORMATS_ERROR_EMPTY);
  g_assert_cmpstr (bad, ==,
                   "x.log, line 2: topk is missing, and there is no RESULT line that could be "
                   "read.");
}

static void
test_many_rows (void)
{
  g_autoptr (GString) text = g_string_new (SHAPE);
  for (int i = 0; i < 100000; i++)
    g_string_append_printf (text,
                            "RESULT distribution=random mode=full pass=forward impl=fused_w13 "
                            "backend=gmm topk=8 null_mode=independent null_target=0.100 "
                            "null_realized=0.101 null_assignments=26400 real_assignments=235744 "
                            "tflops=343.774000 tokens_per_s=%d.500000\n",
                            1 + i);
  g_string_append (text, "RESULT_SUMMARY\n");
  g_string_append_len (text, text->str + strlen (SHAPE), (gssize)(text->len - strlen (SHAPE)));
  gint64 start = g_get_monotonic_time ();
  g_autoptr (MoeRun) run = test_read_n (text->str, text->len, "x.log");
  g_test_message ("%.3f s", (double)(g_get_monotonic_time () - start) / 1e6);
  test_assert_summary (run, 100000, 100000, 0);
  g_assert_cmpfloat (moe_run_get_record (run, 99999)->tokens_per_s, ==, 100000.5);
}

/* The rows behind the last that is read are left out, and the log says so. */
static void
test_too_many_rows (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (gsize i = 0; i < MOE_FORMATS_MAX_ROWS + 2; i++)
    g_string_append_printf (text,
                            "RESULT distribution=random mode=full pass=forward impl=fast "
                            "backend=gmm topk=%zu null_mode=independent null_target=%.2f "
                            "null_realized=%.2f null_assignments=1 real_assignments=2 "
                            "tokens_per_s=%zu\n",
                            1 + i / 100, (double)(i % 100) / 100, (double)(i % 100) / 100,
                            1000 + i);
  g_autoptr (MoeRun) run = test_read (text->str, "long.log");
  test_assert_summary (run, MOE_FORMATS_MAX_ROWS, 0, 2);
  g_assert_nonnull (strstr (moe_run_get_summary (run)->notes, "there are more rows than are read"));
}

static void
test_result_line (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 1);
  record.tflops = 1.0 / 3;
  record.tokens_per_s = 920847.25;
  record.null_realized = 0.50049;
  g_autoptr (GString) line = moe_formats_result_line (&record);
  g_assert_cmpstr (line->str, ==,
                   "RESULT distribution=random mode=full pass=forward_backward impl=fused_w13 "
                   "backend=gmm topk=4 null_mode=independent null_target=0.500 "
                   "null_realized=0.500 null_assignments=8192 real_assignments=8192 "
                   "tflops=0.333333 tokens_per_s=920847.250000\n");

  /* Made of processor time: marked, and no TF/s. */
  record.tflops = NAN;
  record.time_source = moe_text_intern ("processor");
  g_autoptr (GString) marked = moe_formats_result_line (&record);
  g_assert_true (g_str_has_suffix (marked->str, "real_assignments=8192 tokens_per_s=920847.250000 "
                                                "time_source=processor\n"));
  g_autofree char *both = g_strconcat (line->str, marked->str, line->str, marked->str, NULL);
  for (gsize cut = 0; cut < 2; cut++) /* the end of the last line may be missing */
    {
      g_autoptr (MoeRun) back = test_read_n (both, strlen (both) - cut, "x.log");
      test_assert_summary (back, 4, 0, 0);
      g_assert_cmpstr (moe_run_get_record (back, 3)->time_source, ==, "processor");
      g_assert_null (moe_run_get_record (back, 2)->time_source);
    }

  moe_record_init (&record);
  record.topk = 2;
  g_autoptr (GString) missing = moe_formats_result_line (&record);
  g_assert_cmpstr (missing->str, ==, "RESULT topk=2\n");
}

static void
test_written_lines_read_back (void)
{
  MoeOptions options;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ 4096, 512, 352, 60, 0 };
  options.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_FLOAT32;
  g_autoptr (MoeRun) run = test_run_new ();
  g_autoptr (GString) text = moe_formats_shape_line (&options);
  g_assert_true (g_str_has_prefix (text->str, "shape tokens=4096 hidden=512 mlp_dim=352 "
                                              "experts=60 "));
  g_assert_true (g_str_has_suffix (text->str, "\n"));
  g_assert_nonnull (strstr (text->str, " iters=5"));
  for (gsize i = 0; i < 2; i++)
    {
      MoePointFacts facts = { .null_experts = 60, .expert_load_max = 9 };
      const MoeRecord *record = moe_run_get_record (run, i);
      g_autoptr (GString) chatter = moe_formats_chatter (record, &facts, TRUE);
      g_autoptr (GString) line = moe_formats_result_line (record);
      g_string_append (text, chatter->str);
      g_string_append (text, line->str);
    }
  g_autoptr (MoeRun) back = test_read (text->str, "x.log");
  test_assert_summary (back, 2, 0, 0);
  test_assert_notes (back, NULL);
  const MoeRecord *record = moe_run_get_record (back, 1);
  g_assert_true (moe_shape_equal (&record->shape, &options.shape));
  g_assert_cmpstr (record->choice[MOE_CHOICE_DTYPE], ==, "float32");
  g_assert_cmpstr (record->choice[MOE_CHOICE_NULL_DISPATCH], ==, "compact");
  g_assert_cmpfloat_with_epsilon (record->tokens_per_s, moe_run_get_record (run, 1)->tokens_per_s,
                                  1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/harness/log", test_log_reads);
  g_test_add_func ("/harness/crlf", test_crlf);
  g_test_add_func ("/harness/bom", test_bom);
  g_test_add_func ("/harness/colours", test_colours);
  g_test_add_func ("/harness/progress-bars", test_progress_bars);
  g_test_add_func ("/harness/prefixes", test_prefixes);
  g_test_add_func ("/harness/glued-prefixes", test_glued_prefixes);
  g_test_add_func ("/harness/kernel-form", test_kernel_form);
  g_test_add_func ("/harness/kernel-form-cut", test_kernel_form_cut);
  g_test_add_func ("/harness/options-stand-in-for-keys", test_options_stand_in_for_keys);
  g_test_add_func ("/harness/keys-in-any-order", test_keys_in_any_order);
  g_test_add_func ("/harness/without-null-mode", test_without_null_mode);
  g_test_add_func ("/harness/chatter-is-skipped", test_chatter_is_skipped);
  g_test_add_func ("/harness/nearest-shape-wins", test_nearest_shape_wins);
  g_test_add_func ("/harness/topk-of-the-run-line", test_topk_of_the_run_line);
  g_test_add_func ("/harness/context-of-the-shape-line", test_context_of_the_shape_line);
  g_test_add_func ("/harness/missing-shape-line", test_missing_shape_line);
  g_test_add_func ("/harness/broken-shape-line", test_broken_shape_line);
  g_test_add_func ("/harness/summary-repeats", test_summary_repeats);
  g_test_add_func ("/harness/summary-repeats-of-several-shapes",
                   test_summary_repeats_of_several_shapes);
  g_test_add_func ("/harness/summary-with-a-new-row", test_summary_with_a_new_row);
  g_test_add_func ("/harness/equal-rows-without-summary", test_equal_rows_without_summary_are_rows);
  g_test_add_func ("/harness/concatenated-runs", test_concatenated_runs);
  g_test_add_func ("/harness/truncated-last-line", test_truncated_last_line);
  g_test_add_func ("/harness/truncated-only-line", test_truncated_only_line);
  g_test_add_func ("/harness/unequal-decimals", test_unequal_decimals);
  g_test_add_func ("/harness/truncated-in-any-order", test_truncated_in_any_order);
  g_test_add_func ("/harness/faulty-rows-are-skipped", test_faulty_rows_are_skipped);
  g_test_add_func ("/harness/nul-bytes", test_nul_bytes);
  g_test_add_func ("/harness/missing-values", test_missing_values);
  g_test_add_func ("/harness/no-rows", test_no_rows);
  g_test_add_func ("/harness/many-rows", test_many_rows);
  g_test_add_func ("/harness/too-many-rows", test_too_many_rows);
  g_test_add_func ("/harness/result-line", test_result_line);
  g_test_add_func ("/harness/written-lines-read-back", test_written_lines_read_back);
  return g_test_run ();
}
