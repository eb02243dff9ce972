/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that others wrote: marin's benches, and the bounds. */
#include "engine/formats/benches.h"
#include "engine/json/foreign.h"
#include "engine/records/axes.h"
#include "engine/records/curves.h"
#include "tests/records/support.h"

static MoeSpan
span_of (const char *text)
{
  return moe_span (text, strlen (text));
}

static MoeRun *
read_fixture (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "fixtures", "odd-logs", name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (moe_run_get_format (run), ==, MOE_RUN_FORMAT_BENCH_JSON);
  return run;
}

static void
test_padding (void)
{
  g_autoptr (MoeRun) run = read_fixture ("bench-padding.json");
  test_assert_summary (run, 2, 0, 0);
  test_assert_notes (run, "The bench does not tell hidden and intermediate size and the number of "
                          "experts: there is no shape, and there are no TF/s.");
  const MoeRecord *counted = moe_run_get_record (run, 0), *skipped = moe_run_get_record (run, 1);
  g_assert_true (moe_record_same_curve (counted, skipped));
  g_assert_cmpstr (skipped->kernel, ==, "ragged_all_to_all");
  g_assert_cmpstr (skipped->choice[MOE_CHOICE_ACCELERATOR], ==, "NVIDIA H100 80GB HBM3");
  g_assert_true (moe_record_is (skipped, MOE_CHOICE_PASS, MOE_PASS_FORWARD_BACKWARD));
  g_assert_false (skipped->has_shape);
  g_assert_cmpint (skipped->topk, ==, 4);
  g_assert_cmpfloat (counted->null_target, ==, 0);
  g_assert_cmpfloat (counted->tokens_per_s, ==, 512000);
  g_assert_cmpfloat (skipped->null_target, ==, 0.5);
  g_assert_cmpfloat (skipped->null_realized, ==, 0.5);
  g_assert_cmpint (skipped->null_assignments, ==, 8192);
  g_assert_cmpint (skipped->real_assignments, ==, 16384 - 8192 - 16);
  g_assert_cmpfloat (skipped->tokens_per_s, ==, 819200);
  g_assert_true (isnan (skipped->tflops));
  g_assert_cmpstr (moe_run_get_fact (run, "peak bytes ragged_all_to_all padding-counted"), ==,
                   "1073741824");
}

static void
test_expert_parallel (void)
{
  static const struct
  {
    const char *kernel;
    double time_s;
  } rows[] = { { "ring", 0.01 }, { "deepep", 0.008 } };
  g_autoptr (MoeRun) run = read_fixture ("bench-ep.txt");
  test_assert_summary (run, 2, 0, 1);
  test_assert_notes (run, "Line 2: results[2]: no time is told; the row is skipped.");
  for (gsize i = 0; i < 2; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_true (moe_shape_equal (&record->shape, &(MoeShape){ 32768, 2560, 1280, 64, 0 }));
      g_assert_cmpint (record->topk, ==, 4);
      g_assert_cmpfloat (record->null_target, ==, 0);
      g_assert_cmpstr (record->kernel, ==, rows[i].kernel);
      g_assert_true (moe_record_is (record, MOE_CHOICE_PASS, MOE_PASS_FORWARD));
      g_assert_cmpstr (record->choice[MOE_CHOICE_DTYPE], ==, "bfloat16");
      g_assert_cmpstr (moe_record_axis (record, MOE_CHOICE_PARALLEL_MODE), ==, "ep, 8 shards");
      g_assert_cmpfloat (record->capacity_factor, ==, 1.25);
      g_assert_cmpfloat_with_epsilon (record->tokens_per_s, 32768 / rows[i].time_s, 1e-6);
      g_assert_cmpfloat_with_epsilon (record->tflops,
                                      6.0 * 32768 * 4 * 2560 * 1280 / rows[i].time_s / 1e12, 1e-9);
    }
  g_assert_cmpstr (moe_run_get_fact (run, "devices"), ==, "8");
  g_assert_cmpstr (moe_run_get_fact (run, "max relative difference to ring of deepep"), ==,
                   "0.00781250");
}

static void
test_legs (void)
{
  g_autoptr (MoeRun) run = read_fixture ("bench-legs.txt");
  test_assert_summary (run, 2, 0, 1);
  test_assert_notes (run, "Line 2: results[2]: no time is told; the row is skipped.");
  const MoeRecord *part = moe_run_get_record (run, 0), *whole = moe_run_get_record (run, 1);
  g_assert_true (moe_shape_equal (&part->shape, &(MoeShape){ 1024, 64, 32, 3, 0 }));
  g_assert_cmpint (part->topk, ==, 1);
  g_assert_cmpstr (part->kernel, ==, "quack");
  g_assert_cmpstr (part->choice[MOE_CHOICE_PASS], ==, "fwd_down");
  g_assert_cmpfloat_with_epsilon (part->tokens_per_s, 1024 / 0.0001, 1e-6);
  g_assert_cmpfloat (part->tflops, ==, 0.041943);
  g_assert_true (moe_record_is (whole, MOE_CHOICE_PASS, MOE_PASS_FORWARD_BACKWARD));
  g_assert_cmpfloat_with_epsilon (whole->tokens_per_s, 1024 / 0.0005, 1e-6);
  g_assert_cmpfloat_with_epsilon (whole->tflops, 18.0 * 1024 * 64 * 32 / 0.0005 / 1e12, 1e-12);
  g_assert_false (moe_record_same_curve (part, whole));
}

/* One case alone, several objects one after the other, some that are none. */
static void
test_forms (void)
{
#define CASE(ms)                                                                                   \
  "{\"case\": \"padding-counted\", \"implementation\": \"scatter\", \"tokens\": 64, "              \
  "\"valid_tokens\": 64, \"top_k\": 2, \"forward_only\": true, \"mean_step_ms\": " ms "}\n"
  g_autoptr (MoeRun) run = test_read (
      CASE ("1.0") "{\"results\": 5} {\"results\": [1, {\"a\": 2}, null]}\nlog {not json}\n[" CASE (
          "2.0") ", " CASE ("-3") "]\n" CASE ("\"4\"") CASE ("1e999") "{\"mean_step_ms\": ",
      "x.json");
  test_assert_summary (run, 2, 0, 3);
  g_assert_cmpfloat (moe_run_get_record (run, 1)->tokens_per_s, ==, 32000);
  g_assert_nonnull (
      strstr (moe_run_get_summary (run)->notes,
              "Line 5: results[0]: time_s “-0.003” must be from 1e-12 to 1e9 seconds; "
              "the row is skipped."));
  g_autofree char *none =
      test_read_error ("{\"mean_step_ms\": {}}\n", "x.json", MOE_FORMATS_ERROR_UNKNOWN);
  g_assert_nonnull (strstr (none, "marin's benches"));
}

static void
test_measure (void)
{
  static const struct
  {
    const char *text;
    gsize length;
  } cases[] = {
    { "{}", 2 },
    { "{\"a\": [1, {\"}\": \"\\\"}\"}]} x", 24 },
    { "{", 0 },
    { "", 0 },
    { "[1]", 0 },
    { "{\"a\nb\": 1}", 0 },
    { "{\"a\\", 0 },
    { "{'\"': {'\"': 1}}", 0 },
    { "{/*\"*/\"a\": 1}", 0 },
    { "{#\n}", 0 },
    { "{_}", 0 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpuint (moe_json_measure (span_of (cases[i].text), NULL), ==, cases[i].length);

  gsize scanned;
  g_autofree char *deep = g_strnfill (100000, '{');
  g_assert_cmpuint (moe_json_measure (span_of (deep), &scanned), ==, 0);
  g_assert_cmpuint (scanned, <=, MOE_JSON_MAX_DEPTH + 1);
  g_autofree char *blanks = g_strnfill (2 * MOE_JSON_MAX_BYTES, ' ');
  blanks[0] = '{';
  blanks[2 * MOE_JSON_MAX_BYTES - 1] = '}';
  g_assert_cmpuint (moe_json_measure (span_of (blanks), &scanned), ==, 0);
  g_assert_cmpuint (scanned, ==, MOE_JSON_MAX_BYTES);
}

/* What json-glib would stumble over: Python's numbers, halves of surrogates, no UTF-8. */
static void
test_parse (void)
{
  static const char text[] =
      "{\"a\": NaN, \"b\": -Infinity, \"c\": \"\\ud800x\\u0000\\udc00\", "
      "\"d\": \"\\ud83d\\ude00 NaN\", \"e\": -1.5e3, \"f\": true, \"g\": 1e999}";
  g_autoptr (JsonNode) root = moe_json_parse (span_of (text));
  g_assert_nonnull (root);
  JsonObject *object = json_node_get_object (root);
  g_assert_true (isnan (moe_json_get_real (object, "a")));
  g_assert_true (isnan (moe_json_get_real (object, "b")));
  g_assert_cmpstr (moe_json_get_text (object, "c"), ==, "\uFFFDx\uFFFD\uFFFD");
  g_assert_cmpstr (moe_json_get_text (object, "d"), ==, "\U0001F600 NaN");
  g_assert_cmpfloat (moe_json_get_real (object, "e"), ==, -1500);
  g_assert_true (isnan (moe_json_get_real (object, "f")));
  g_assert_true (isnan (moe_json_get_real (object, "g")));
  g_assert_null (moe_json_get_text (object, "a"));
  g_assert_null (moe_json_get_object (object, "c"));
  g_assert_null (moe_json_parse (span_of ("{\"a\": \"\xff\"}")));
  g_assert_null (moe_json_parse (span_of ("{a: 1}")));
  g_assert_null (moe_json_parse (span_of ("{} {}")));
}

/* json-glib takes what follows a "\\u" unseen, the quote that ends the string too, and reads on in
 * what the string hid; of that memory it loses some. */
static void
test_escapes (void)
{
  static const char *const none[] = { "{\"a\": \"\\u12\"}", "{\"a\\u--\": 1}", "{\"a\": \"\\q\"}",
                                      "{\"a\": \"\\777\"}", "{\"a\": \"\\" };
  for (gsize i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_assert_cmpuint (moe_json_measure (span_of (none[i]), NULL), ==, 0);
      g_assert_null (moe_json_parse (span_of (none[i])));
    }
  g_autoptr (JsonNode) root =
      moe_json_parse (span_of ("{\"\\u0061\": \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}"));
  g_assert_nonnull (root);
  g_assert_cmpstr (moe_json_get_text (json_node_get_object (root), "a"), ==, "\"\\/\b\f\n\r\t");
}

static void
test_messages (void)
{
  static const struct
  {
    const char *line, *message;
  } cases[] = {
    { "{\"log\":\"a\\n\",\"stream\":\"stdout\"}", "a\n" },
    { " {\"level\": \"info\", \"msg\": \"b \\\"c\\\"\"}\r", "b \"c\"" },
    { "{\"MESSAGE\": \"d\"}", "d" },
    { "{\"log\": 5}", NULL },
    { "{'log': 'a'}", NULL },
    { "plain", NULL },
    { "{\"log\": \"cut", NULL },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *message = moe_json_dup_message (span_of (cases[i].line));
      g_assert_cmpstr (message, ==, cases[i].message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/benches/padding", test_padding);
  g_test_add_func ("/benches/expert-parallel", test_expert_parallel);
  g_test_add_func ("/benches/legs", test_legs);
  g_test_add_func ("/benches/forms", test_forms);
  g_test_add_func ("/json/measure", test_measure);
  g_test_add_func ("/json/parse", test_parse);
  g_test_add_func ("/json/escapes", test_escapes);
  g_test_add_func ("/json/messages", test_messages);
  return g_test_run ();
}
