/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of data, and what is not. */
#include <glib.h>
#include <math.h>
#include <string.h>

#include "ui/findings.h"

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
  record.null_mode = g_intern_string ("independent");
  record.pass = g_intern_string ("forward");
  record.tokens_per_s = n == 0 ? rates[0] : NAN;
  gsize index = moe_run_append (run, &record);
  for (gsize i = 0; i < n; i++)
    moe_run_add_sample (run, index, 1000 / rates[i], NULL, NULL);
}

static char *
describe (const MoeRun *run)
{
  g_auto (GStrv) lines = nullcurve_findings_describe (run);
  g_assert_nonnull (lines[0]);
  return g_strjoinv ("\n", lines);
}

static void
test_rises (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  add_point (run, 4, 0.0, (double[]){ 100, 101, 99, 100 }, 4);
  add_point (run, 4, 0.5, (double[]){ 180, 181, 179, 180 }, 4);
  g_autofree char *text = describe (run);
  g_assert_nonnull (strstr (text, "rises with every step"));
  g_assert_nonnull (strstr (text, "At f = 0.5: 1.80× of f = 0, ideal 2×."));
}

static void
test_overlap_is_no_rise (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  add_point (run, 4, 0.0, (double[]){ 100, 112, 90, 100 }, 4);
  add_point (run, 4, 0.1, (double[]){ 105, 106, 104, 105 }, 4);
  g_autofree char *text = describe (run);
  g_assert_null (strstr (text, "every step"));
  g_assert_nonnull (strstr (text, "0 of 1 steps"));
  g_assert_nonnull (strstr (text, "too little to tell apart"));
}

static void
test_three_samples_claim_nothing (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  add_point (run, 4, 0.0, (double[]){ 100, 100, 100 }, 3);
  add_point (run, 4, 0.5, (double[]){ 200, 200, 200 }, 3);
  g_autofree char *text = describe (run);
  g_assert_nonnull (strstr (text, "Fewer than 4 samples"));
  g_assert_null (strstr (text, "rises"));
}

static void
test_published_tie (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_LOGBOOK_CSV, "r");
  add_point (run, 4, 0.0, (double[]){ 100 }, 0);
  add_point (run, 4, 0.1, (double[]){ 101.5 }, 0);
  add_point (run, 4, 0.2, (double[]){ 110 }, 0);
  g_autofree char *text = describe (run);
  g_assert_nonnull (strstr (text, "rises in 1 of 2 steps"));
}

static void
test_falls (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  add_point (run, 2, 0.0, (double[]){ 100, 101, 99, 100 }, 4);
  add_point (run, 2, 0.5, (double[]){ 80, 81, 79, 80 }, 4);
  add_point (run, 8, 0.0, (double[]){ 50, 51, 49, 50 }, 4);
  add_point (run, 8, 0.5, (double[]){ 80, 81, 79, 80 }, 4);
  g_autofree char *text = describe (run);
  g_assert_nonnull (strstr (text, "rises in 1 of 2 steps of f and falls in 1"));
  g_assert_nonnull (strstr (text, "Top-8: 1.60× at f = 0.5, ideal 2×."));
}

static void
test_nothing_to_say (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "r");
  g_autofree char *empty = describe (run);
  add_point (run, 4, 0.0, (double[]){ 100, 100, 100, 100 }, 4);
  g_autofree char *one = describe (run);
  g_assert_nonnull (strstr (empty, "needed"));
  g_assert_cmpstr (one, ==, empty);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/findings/rises", test_rises);
  g_test_add_func ("/findings/overlap-is-no-rise", test_overlap_is_no_rise);
  g_test_add_func ("/findings/three-samples-claim-nothing", test_three_samples_claim_nothing);
  g_test_add_func ("/findings/published-tie", test_published_tie);
  g_test_add_func ("/findings/falls", test_falls);
  g_test_add_func ("/findings/nothing-to-say", test_nothing_to_say);
  return g_test_run ();
}
