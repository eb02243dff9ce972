/* SPDX-License-Identifier: Apache-2.0 */
/* The lines around the rows of a harness log: written, read, and not believed when in doubt. */
#include "engine/formats/harness/harness.h"
#include "engine/records/record.h"
#include "engine/records/run.h"
#include "engine/text/intern.h"
#include "tests/records/harness-lines.h"
#include "tests/records/support.h"

static void
test_chatter (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 1);
  MoePointFacts facts = { .null_experts = 60,
                          .null_assignments = 8192,
                          .real_assignments = 8192,
                          .null_realized = 0.5,
                          .expert_load_min = 100,
                          .expert_load_max = 170,
                          .expert_load_std = 12.3456 };
  record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
  record.choice[MOE_CHOICE_REMAT_MODE] = moe_text_intern ("none");
  record.choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("none");
  record.choice[MOE_CHOICE_EP_COMM_PATH] = moe_text_intern ("compact_psum");
  record.choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("none");
  record.stage_s[MOE_STAGE_SHARED] = record.stage_s[MOE_STAGE_COMM] = 0;
  record.tokens_per_s = 920847.251;
  record.tflops = 0.98765;
  g_autoptr (GString) text = moe_formats_chatter (&record, &facts, TRUE);
#define POINT "[random] mode=full pass=forward topk=4 impl=fused_w13 "
  g_assert_cmpstr (text->str, ==,
                   POINT
                   "backend=gmm\n" POINT "remat_mode=none\n" POINT "parallel_mode=none\n" POINT
                   "ep_comm_path=compact_psum\n" POINT "time_s=0.071429\n" POINT
                   "tflops=0.988\n" POINT "tokens_per_s=920847.25\n"
                   "[random] topk=4 impl=fused_w13 load_stats min=100 max=170 std=12.35 "
                   "cv=0.0904\n"
                   "[random] topk=4 impl=fused_w13 capacity policy=none factor=0.000 cap=0 "
                   "dropped=0 drop_frac=0.0000\n"
                   "[random] topk=4 impl=fused_w13 null_route target=0.500 realized=0.500 "
                   "null_experts=60 null_assignments=8192 real_assignments=8192\n"
                   "[random] pass=forward stage pack_s=0.003000\n"
                   "[random] pass=forward stage up_s=0.007000\n"
                   "[random] pass=forward stage down_s=0.005000\n"
                   "[random] pass=forward stage combine_s=0.006000\n"
                   "[random] pass=forward stage_pct pack=14.3 up=33.3 down=23.8 combine=28.6\n");

  g_autoptr (GString) quiet = moe_formats_chatter (&record, &facts, FALSE);
  g_assert_null (strstr (quiet->str, "stage"));
  record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward_backward");
  g_autoptr (GString) both = moe_formats_chatter (&record, &facts, TRUE);
  g_assert_nonnull (
      strstr (both->str, "[random] pass=forward_backward stage up_wgrad_s=0.012000\n"));
  g_assert_null (strstr (both->str, "stage comm_s="));
  g_assert_nonnull (strstr (both->str, "stage comm_bwd_s=0.017000\n"));
}

/* Everything that there can be: runs, a capacity, a shared expert, shards. */
static void
fill_all (MoeRecord *record, MoePointFacts *facts)
{
  *facts = (MoePointFacts){ .real_assignments = 16300,
                            .dropped_assignments = 84,
                            .expert_load_min = 10,
                            .expert_load_max = 700,
                            .expert_load_std = 27.3,
                            .run_lengths = { 81, 50.567, 149.25, 211 } };
  record->choice[MOE_CHOICE_DISTRIBUTION] = moe_text_intern ("runs");
  record->null_target = 0;
  record->null_assignments = 0;
  record->real_assignments = 16300;
  record->choice[MOE_CHOICE_CAPACITY_POLICY] = moe_text_intern ("drop");
  record->capacity_factor = 1.25;
  record->capacity = 342;
  record->dropped_assignments = 84;
  record->choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern ("ep");
  record->choice[MOE_CHOICE_EP_COMM_PATH] = moe_text_intern ("ring_ag_rs");
  record->ep_size = 4;
  record->comm_bytes = 123456789;
  record->choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
}

static void
test_chatter_of_all_axes (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 0);
  MoePointFacts facts;
  fill_all (&record, &facts);
  g_autoptr (GString) text = moe_formats_chatter (&record, &facts, TRUE);
#define AT "[runs] mode=full pass=forward topk=4 impl=fused_w13 "
#define OF "[runs] topk=4 impl=fused_w13 "
#define PCT                                                                                        \
  "[runs] pass=forward stage_pct pack=5.9 up=13.7 down=9.8 combine=11.8 shared=27.5 comm=31.4\n"
  static const char *const lines[] = {
    AT "parallel_mode=ep\n",
    AT "ep_comm_path=ring_ag_rs\n",
    OF "run_stats runs=81 mean=50.57 p95=149.25 max=211\n" OF
       "load_stats min=10 max=700 std=27.30 cv=0.1000\n" OF
       "capacity policy=drop factor=1.250 cap=342 dropped=84 drop_frac=0.0051\n" OF
       "null_route target=0.000 realized=0.000 null_experts=0 null_assignments=0 "
       "real_assignments=16300\n" OF "comm_stats shards=4 bytes=123456789\n",
    "[runs] pass=forward stage combine_s=0.006000\n"
    "[runs] pass=forward stage shared_s=0.014000\n"
    "[runs] pass=forward stage comm_s=0.016000\n" PCT,
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_test_message ("%s", lines[i]);
      g_assert_nonnull (strstr (text->str, lines[i]));
    }
}

/* What our own log tells of a row comes back. */
static void
test_chatter_fills_rows (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 0);
  MoePointFacts facts;
  fill_all (&record, &facts);
  g_autoptr (GString) chatter = moe_formats_chatter (&record, &facts, TRUE);
  g_autoptr (GString) row = moe_formats_result_line (&record);
  g_autofree char *text = g_strconcat (
      "shape tokens=4096 hidden=512 mlp_dim=352 experts=60 shared_expert_dim=8 shared_fused=True "
      "routing_pack_strategy=tuple_sort dispatch_permute_mode=repeat_sort run_alpha=0.9 "
      "run_noise_scale=0.5 ep_size=0\n",
      chatter->str, row->str, NULL);
  g_autoptr (MoeRun) back = test_read (text, "x.log");
  const MoeRecord *got = moe_run_get_record (back, 0);
  test_assert_summary (back, 1, 0, 0);
  test_assert_notes (back, NULL);
  g_assert_cmpint (got->runs, ==, 81);
  g_assert_cmpfloat (got->run_mean, ==, 50.57);
  g_assert_cmpfloat (got->run_p95, ==, 149.25);
  g_assert_cmpint (got->run_max, ==, 211);
  g_assert_cmpint (got->load_min, ==, 10);
  g_assert_cmpint (got->load_max, ==, 700);
  g_assert_cmpfloat (got->load_std, ==, 27.3);
  g_assert_cmpstr (got->choice[MOE_CHOICE_CAPACITY_POLICY], ==, "drop");
  g_assert_cmpfloat (got->capacity_factor, ==, 1.25);
  g_assert_cmpint (got->capacity, ==, 342);
  g_assert_cmpint (got->dropped_assignments, ==, 84);
  g_assert_cmpstr (got->choice[MOE_CHOICE_PARALLEL_MODE], ==, "ep");
  g_assert_cmpstr (got->choice[MOE_CHOICE_EP_COMM_PATH], ==, "ring_ag_rs");
  g_assert_cmpint (got->ep_size, ==, 4);
  g_assert_cmpfloat (got->comm_bytes, ==, 123456789);
  g_assert_cmpfloat (got->stage_s[MOE_STAGE_COMBINE], ==, 0.006);
  g_assert_cmpfloat (got->stage_s[MOE_STAGE_COMM], ==, 0.016);
  g_assert_true (isnan (got->stage_s[MOE_STAGE_WAIT]));
  g_assert_cmpstr (got->choice[MOE_CHOICE_PACK_STRATEGY], ==, "tuple_sort");
  g_assert_cmpstr (got->choice[MOE_CHOICE_PERMUTE_MODE], ==, "repeat_sort");
  g_assert_cmpstr (got->choice[MOE_CHOICE_SHARED_FUSED], ==, "true");
  g_assert_cmpfloat (got->run_alpha, ==, 0.9);
  g_assert_cmpfloat (got->run_noise_scale, ==, 0.5);
}

#define POINT_LINES                                                                                \
  "[random] mode=full pass=forward topk=8 impl=fused_w13 backend=gmm\n"                            \
  "[random] mode=full pass=forward topk=8 impl=fused_w13 tokens_per_s=920847.00\n"
#define LOAD "[random] topk=8 impl=fused_w13 load_stats min=1 max=9 std=2.00 cv=0.5\n"
#define ROW                                                                                        \
  "RESULT distribution=random mode=full pass=forward impl=fused_w13 backend=gmm topk=8 "           \
  "null_target=0.100 tokens_per_s=920847.000000\n"

/* Lines that may be of another point tell nothing. */
static void
test_doubtful_chatter (void)
{
  static const char *const texts[] = {
    LOAD ROW, /* no rate: whose load is it? */
    "[random] topk=4 impl=fused_w13 load_stats min=1 max=9 std=2\n" POINT_LINES ROW,
    POINT_LINES "[random] topk=8 impl=fast load_stats min=1 max=9 std=2\n" ROW,
    "[random] mode=full pass=forward topk=8 impl=fused_w13 tokens_per_s=920846.98\n" LOAD ROW,
    POINT_LINES LOAD "[random] topk=8 impl=fused_w13 null_route target=0.200\n" ROW,
    POINT_LINES LOAD "RESULT topk=8\n" ROW,
    POINT_LINES LOAD SHAPE ROW,
    POINT_LINES "[random] topk=8 impl=fused_w13 load_stats skipped min=1 max=9 std=2\n" ROW,
    POINT_LINES "[other] topk=8 impl=fused_w13 load_stats min=1 max=9 std=2\n" ROW,
  };
  g_autoptr (MoeRun) sure = test_read (SHAPE POINT_LINES LOAD ROW, "x.log");
  g_assert_cmpint (moe_run_get_record (sure, 0)->load_max, ==, 9);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = g_strconcat (SHAPE, texts[i], NULL);
      g_autoptr (MoeRun) run = test_read (text, "x.log");
      g_test_message ("%s", texts[i]);
      g_assert_cmpuint (moe_run_get_n_records (run), ==, 1);
      g_assert_cmpint (moe_run_get_record (run, 0)->load_max, ==, -1);
    }
}

/* A sentence is no list of facts, even where it has some of their form. */
static void
test_sentences_with_pairs (void)
{
  static const char *const lines[] = {
    "[random] pass=forward stage_timing skipped for parallel_mode=ep\n",
    "[random] pass=forward skipped stage pack_s=0.5\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *text = g_strconcat (SHAPE, POINT_LINES, lines[i], ROW, NULL);
      g_autoptr (MoeRun) run = test_read (text, "x.log");
      g_assert_null (moe_run_get_record (run, 0)->choice[MOE_CHOICE_PARALLEL_MODE]);
      g_assert_true (isnan (moe_run_get_record (run, 0)->stage_s[MOE_STAGE_PACK]));
    }
}

static void
test_faulty_chatter (void)
{
  g_autoptr (MoeRun) run = test_read (
      SHAPE POINT_LINES "[random] topk=8 impl=fused_w13 load_stats min=-1 max=9 std=nan\n" ROW,
      "x.log");
  const MoeRecord *record = moe_run_get_record (run, 0);
  test_assert_summary (run, 1, 0, 0);
  test_assert_notes (run, "Line 4: min “-1” is not a whole number; it is left out.");
  g_assert_cmpint (record->load_min, ==, -1);
  g_assert_cmpint (record->load_max, ==, 9);
  g_assert_true (isnan (record->load_std));

  /* Cut off in the middle of a number. */
  g_autoptr (MoeRun) cut =
      test_read (ROW POINT_LINES "[random] topk=8 impl=fused_w13 load_stats m", "x.log");
  test_assert_notes (cut, "1 row has no readable shape or RUN line before; the shape is missing.");
}

/* The harness itself times its stages after the row. */
static void
test_stages_after_the_row (void)
{
#define STAGES                                                                                     \
  "[random] pass=forward stage pack_s=0.001000\n[random] pass=forward stage up_s=0.002000\n"       \
  "[random] pass=forward stage_pct pack=33.3 up=66.7 down=0.0 combine=0.0\n"
  g_autoptr (MoeRun) run = test_read (SHAPE ROW STAGES ROW, "x.log");
  test_assert_summary (run, 2, 0, 0);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->stage_s[MOE_STAGE_PACK], ==, 0.001);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->stage_s[MOE_STAGE_UP], ==, 0.002);
  g_assert_true (isnan (moe_run_get_record (run, 0)->stage_s[MOE_STAGE_DOWN]));
  g_assert_true (isnan (moe_run_get_record (run, 1)->stage_s[MOE_STAGE_PACK]));

  g_autoptr (MoeRun) prequeue =
      test_read (SHAPE "RESULT distribution=random mode=prequeue pass=forward topk=8 null_target=0 "
                       "tokens_per_s=5\n" STAGES,
                 "x.log");
  g_assert_true (isnan (moe_run_get_record (prequeue, 0)->stage_s[MOE_STAGE_PACK]));
  g_autoptr (MoeRun) other =
      test_read (SHAPE "RESULT distribution=runs mode=full pass=forward topk=8 null_target=0 "
                       "tokens_per_s=5\n" STAGES,
                 "x.log");
  g_assert_true (isnan (moe_run_get_record (other, 0)->stage_s[MOE_STAGE_PACK]));
}

/* The first versions of the harness had no RESULT lines and no null routing. */
static void
test_without_result_lines (void)
{
#define OLD_SHAPE                                                                                  \
  "shape tokens=32768 hidden=2048 mlp_dim=1408 experts=60 topk=8 capacity_policy=none\n"
  static const char text[] = OLD_SHAPE POINT_LINES LOAD
      "[random] mode=full pass=forward topk=8 impl=fast backend=gmm\n"
      "[random] mode=full pass=forward topk=8 impl=fast tflops=3.500\n"
      "[random] mode=full pass=forward topk=8 impl=fast tokens_per_s=5.25\n"
      "[random] mode=full pass=forward topk=8 impl=scatter backend=gmm\n";
  g_autoptr (MoeRun) run = test_read (text, "x.log");
  const MoeRecord *first = moe_run_get_record (run, 0), *second = moe_run_get_record (run, 1);
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run,
                     "There are no RESULT lines; the rows are those that the lines of the kind "
                     "“[random] ... tokens_per_s=” tell.");
  g_assert_true (first->has_shape);
  g_assert_cmpfloat (first->tokens_per_s, ==, 920847);
  g_assert_cmpfloat (first->null_target, ==, 0);
  g_assert_cmpint (first->load_max, ==, 9);
  g_assert_cmpint (first->real_assignments, ==, -1);
  g_assert_cmpstr (second->choice[MOE_CHOICE_IMPL], ==, "fast");
  g_assert_cmpfloat (second->tflops, ==, 3.5);

  /* The last line may be cut off in the middle of its number. */
  static const char cut[] =
      OLD_SHAPE POINT_LINES "[random] mode=full pass=forward topk=8 impl=fast tokens_per_s=5";
  g_autoptr (MoeRun) one = test_read (cut, "x.log");
  test_assert_summary (one, 1, 0, 0);

  /* A later version's log without its RESULT lines: the fraction must be told. */
  g_autoptr (MoeRun) later = test_read (
      SHAPE "shape tokens=1 hidden=2 mlp_dim=3 experts=4 null_route_frac=0.0\n" POINT_LINES
            "[random] topk=8 impl=fused_w13 null_route target=0.300 realized=0.299\n" POINT_LINES,
      "x.log");
  test_assert_summary (later, 1, 0, 0);
  g_assert_cmpfloat (moe_run_get_record (later, 0)->null_target, ==, 0.3);
}

static void
test_choices_that_there_were_not (void)
{
  g_autoptr (MoeRun) run = test_read (
      "shape tokens=1 hidden=2 mlp_dim=3 experts=4 shared_expert_dim=0 shared_fused=False "
      "capacity_policy=none capacity_factor=1.5 parallel_mode=none ep_comm_path=ring_ag_rs "
      "ep_size=8 run_alpha=0.5\n" ROW,
      "x.log");
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_null (record->choice[MOE_CHOICE_SHARED_FUSED]);
  g_assert_true (isnan (record->capacity_factor) && isnan (record->run_alpha));
  g_assert_cmpint (record->ep_size, ==, -1);
  g_assert_cmpstr (record->choice[MOE_CHOICE_EP_COMM_PATH], ==, "ring_ag_rs");
  g_assert_cmpstr (record->choice[MOE_CHOICE_CAPACITY_POLICY], ==, "none");
}

/* Where assignments are dropped, a whole last line does not look cut off. */
static void
test_dropped_rows_are_whole (void)
{
  static const char row[] = "RESULT tokens_per_s=5.000000 tflops=6.000000 null_target=0.000 topk=8 "
                            "null_assignments=0 real_assignments=262000";
  g_autofree char *with =
      g_strconcat ("shape tokens=32768 hidden=2048 mlp_dim=1408 experts=60 capacity_policy=drop "
                   "capacity_factor=1.0\n",
                   row, "\n", row, NULL);
  g_autofree char *without = g_strconcat (SHAPE, row, "\n", row, NULL);
  g_autoptr (MoeRun) dropping = test_read (with, "x.log");
  g_autoptr (MoeRun) whole = test_read (without, "x.log");
  test_assert_summary (dropping, 2, 0, 0);
  test_assert_summary (whole, 1, 0, 1);
}

static void
assert_load (const char *text, const char *sentence)
{
  g_autoptr (MoeRun) run = test_read (text, "x.log");
  g_autofree char *told = moe_run_describe_load (run);
  g_assert_cmpstr (told, ==, sentence);
}

static void
test_load_in_words (void)
{
  assert_load (SHAPE RESULT, "1 row read.");
  assert_load (SHAPE RESULT RESULT_2 "RESULT_SUMMARY\n" RESULT,
               "2 rows read; 1 repeat after RESULT_SUMMARY is left out.");
  assert_load (
      SHAPE RESULT "RESULT topk=8 null_target= tokens_per_s=5\n" RESULT_2
                   "RESULT_SUMMARY\n" RESULT RESULT_2,
      "2 rows read; 2 repeats after RESULT_SUMMARY are left out. 1 row is skipped: line 3: "
      "null_target is missing.");
  assert_load (SHAPE RESULT "RESULT topk=8\nRESULT topk=x\n",
               "1 row read. 2 rows are skipped, the first for line 3: tokens_per_s and tflops are "
               "missing.");
  assert_load (RESULT,
               "1 row read. 1 row has no readable shape or RUN line before; the shape is missing.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chatter/chatter", test_chatter);
  g_test_add_func ("/chatter/chatter-of-all-axes", test_chatter_of_all_axes);
  g_test_add_func ("/chatter/chatter-fills-rows", test_chatter_fills_rows);
  g_test_add_func ("/chatter/doubtful-chatter", test_doubtful_chatter);
  g_test_add_func ("/chatter/sentences-with-pairs", test_sentences_with_pairs);
  g_test_add_func ("/chatter/faulty-chatter", test_faulty_chatter);
  g_test_add_func ("/chatter/stages-after-the-row", test_stages_after_the_row);
  g_test_add_func ("/chatter/without-result-lines", test_without_result_lines);
  g_test_add_func ("/chatter/choices-that-there-were-not", test_choices_that_there_were_not);
  g_test_add_func ("/chatter/dropped-rows-are-whole", test_dropped_rows_are_whole);
  g_test_add_func ("/chatter/load-in-words", test_load_in_words);
  return g_test_run ();
}
