/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of data, and what is not. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/text/intern.h"
#include "tests/records/support.h"
#include "ui/words/conclusion.h"
#include "ui/words/rest.h"

/* A point of a curve with samples of these tokens/s; n = 0: a published rate without samples. */
static void
add_point (MoeRun *run, gint64 topk, double fraction, const double *rates, gsize n)
{
  MoeRecord record;
  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 1000, 8, 8, 16, 0 };
  record.topk = topk;
  record.null_target = record.null_realized = fraction;
  record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
  record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
  record.tokens_per_s = n == 0 ? rates[0] : NAN;
  gsize index = moe_run_append (run, &record);
  for (gsize i = 0; i < n; i++)
    moe_run_add_sample (run, index, 1000 / rates[i], NULL, NULL);
}

static char *
describe (MoeRun *run)
{
  g_auto (GStrv) lines = nullcurve_words_findings_lines (run);
  g_assert_nonnull (lines[0]);
  return g_strjoinv ("\n", lines);
}

static char *
conclude (MoeRun *const *runs, gsize n)
{
  g_autoptr (GPtrArray) findings = moe_findings_new (runs, n);
  return g_string_free (nullcurve_words_findings_markdown (findings), FALSE);
}

static void
assert_has (const char *text, const char *part)
{
  if (strstr (text, part) != NULL)
    return;
  g_test_message ("missing: %s\nin:\n%s", part, text);
  g_test_fail ();
}

#define EIGHT(a, b, c) (double[]){ a, b, c, a, b, c, a, b }, 8

static void
test_rises (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  add_point (run, 4, 0.0, EIGHT (100, 101, 99));
  add_point (run, 4, 0.5, EIGHT (180, 181, 179));
  g_autofree char *text = describe (run);
  assert_has (text, "Tokens/s is monotonic in f, rising with every step: of 1 step from one null "
                    "fraction to the next 1 rises.");
  assert_has (text, "At f = 0.5 null routing buys 1.80× of the ideal 2.00× (90 % of it). The rest "
                    "is 1.11 s of each step that no null slot removes");
}

/* What is open is told as open, in the trend and in the gain, with what would settle it. */
static void
test_open (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  add_point (run, 4, 0.0, EIGHT (100, 112, 90));
  add_point (run, 4, 0.1, EIGHT (105, 95, 104));
  g_autofree char *text = describe (run);
  assert_has (text,
              "Tokens/s nowhere falls for sure: of 1 step from one null fraction to the next 1 "
              "is open.");
  assert_has (text, "; whether that is a difference is open.");
}

static void
test_published_tie (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_LOGBOOK_CSV, "r");
  add_point (run, 4, 0.0, (double[]){ 100 }, 0);
  add_point (run, 4, 0.1, (double[]){ 101.5 }, 0);
  add_point (run, 4, 0.2, (double[]){ 110 }, 0);
  g_autofree char *text = describe (run);
  assert_has (
      text,
      "Tokens/s is monotonic in f, never falling: of 2 steps from one null fraction to the next "
      "1 rises, 1 stays the same.");
  assert_has (text, "The figures have no samples; less than 2 % counts as the same.");
}

static void
test_falls (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  add_point (run, 2, 0.0, EIGHT (100, 101, 99));
  add_point (run, 2, 0.5, EIGHT (80, 81, 79));
  add_point (run, 8, 0.0, EIGHT (50, 51, 49));
  add_point (run, 8, 0.5, EIGHT (80, 81, 79));
  g_autofree char *text = describe (run);
  assert_has (text,
              "Tokens/s is not monotonic in f: of 2 steps from one null fraction to the next 1 "
              "rises, 1 falls.");
  assert_has (text,
              "The deepest fall is −20.0\302\240%, from f = 0.0 to 0.5 at `1000x8x8x16` top-2.");
  assert_has (text, "From the lowest to the highest fraction 1 of 2 curves rise, 1 fall.");
  assert_has (text, "Top-8: 1.60× at f = 0.5, ideal 2×.");
}

static void
test_nothing_to_say (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  g_autofree char *empty = describe (run);
  add_point (run, 4, 0.0, (double[]){ 100, 100, 100, 100 }, 4);
  g_autofree char *one = describe (run);
  assert_has (empty, "needed");
  g_assert_cmpstr (one, ==, empty);
  g_autofree char *markdown = conclude (NULL, 0);
  assert_has (markdown, "nothing to conclude");
}

static void
test_published (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autofree char *text = conclude ((MoeRun *const *)runs->pdata, runs->len);
  assert_has (text, "**TPU v5p (published)**\n\nAt f = 0.9 null routing buys ");
  assert_has (text, "\n- **Tokens/s is monotonic in f, rising with ");
  assert_has (text, "- **The largest gain** is 2.17×, from f = 0.0 to 0.9 at "
                    "`65536x3072x3072x128` top-8: 354,834 to 771,626 tokens/s (no interval: single "
                    "figures).\n");
  assert_has (text,
              "- **Of the ideal 1 / (1 - f)** 20.1 % (`32768x2048x2048x64` top-8, f = 0.9) to "
              "21.7 % (`65536x3072x3072x128` top-8, f = 0.9) is realised at the highest f. 6 "
              "curves have no row at f = 0 to be held against.\n");
  assert_has (text,
              "At f = 0.9 null routing buys **2.01× to 2.17×** of the ideal 10.0× (20 % to 22 % "
              "of it). The rest, at 32768x2048x2048x64 top-8, is 18.9 ms of each step that "
              "no null slot removes, 89 % of the step there; which stages it is the rows do "
              "not tell.\n");
  /* SPEC 3 has 15.7 and 18.9 from two of these three rows. */
  assert_has (text,
              "| TPU v5p (published) | independent | 32768x2048x1408x60 | 8 | 0.9 | 15.6 ms | "
              "22.5 ms | 40.9 % | 87.4 % | a straight line, median error 0.9 % |");
  assert_has (text,
              "| TPU v5p (published) | independent | 32768x2048x2048x64 | 2 | 0.9 | 19.2 ms | "
              "5.75 ms | 77.0 % | 97.1 % | from two points |");
  assert_has (text, "- All top-k of `32768x2048x1408x60`, independent together: 15.8 ms fixed and "
                    "2.78 ms for each expert that a token keeps (a straight line, median error "
                    "0.9 %).");
  /* SPEC 3: 0.21; no row has an interval, so there is no column for one. */
  assert_has (text, "| TPU v5p (published) | independent | 32768x2048x1408x60 | 8 | 0.9 | 2.14× | "
                    "10.0× | 21.4 % |\n");
}

static void
test_hostile_words (void)
{
  g_autoptr (MoeRun) run = test_read ("shape,topk,null_target,tokens_per_s,impl\n"
                                      "1x2x3x4,1,0,100,<b>|`x`\n1x2x3x4,1,0.5,150,<b>|`x`\n"
                                      "1x2x3x4,1,0,100,b\n1x2x3x4,1,0.5,140,b\n",
                                      "x.csv");
  g_autofree char *text = conclude (&run, 1);
  assert_has (text, "at `1x2x3x4` top-1 (\\<b>\\|\\`x\\`): 100 to 150 tokens/s");
  assert_has (text, "| \\<b>\\|\\`x\\` | 1x2x3x4 | 1 | 0.5 |");
}

static void
assert_cause (double bytes_per_s, double share, const char *expected)
{
  MoeRestCause cause = { MOE_REST_TOKENS, 8.39e6, bytes_per_s, share, NAN };
  g_autofree char *text = nullcurve_words_rest_cause (&cause);
  g_assert_cmpstr (text, ==, expected);
}

/* No traffic has more of memory than memory can do. */
static void
test_cause (void)
{
  assert_cause (11.6e9, 0.456,
                "touches a row for every token: 8.39 MB at 11.6 GB/s (46 % of the limit)");
  assert_cause (11.6e9, 1,
                "touches a row for every token: 8.39 MB at 11.6 GB/s (100 % of the limit)");
  assert_cause (11.6e9, 1.01,
                "touches a row for every token: 8.39 MB at 11.6 GB/s (through the caches)");
  assert_cause (11.6e9, NAN, "touches a row for every token: 8.39 MB at 11.6 GB/s");
  assert_cause (NAN, NAN, "touches a row for every token: 8.39 MB");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/findings/rises", test_rises);
  g_test_add_func ("/words/findings/open", test_open);
  g_test_add_func ("/words/findings/published-tie", test_published_tie);
  g_test_add_func ("/words/findings/falls", test_falls);
  g_test_add_func ("/words/findings/nothing-to-say", test_nothing_to_say);
  g_test_add_func ("/words/findings/published", test_published);
  g_test_add_func ("/words/findings/hostile-words", test_hostile_words);
  g_test_add_func ("/words/rest/cause", test_cause);
  return g_test_run ();
}
