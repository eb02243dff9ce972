/* SPDX-License-Identifier: Apache-2.0 */
/* What is concluded from rows, and what is left open where they do not tell. */
#include "engine/judge/findings.h"

#include "tests/records/support.h"

/* A curve of T 1000 tokens: a step at f takes times_s[i] give or take `noise`, n samples each. */
static MoeRun *
run_of_times (const double *fractions, const double *times_s, gsize n_points, gsize n, double noise)
{
  g_autoptr (MoeRun) from = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Run");
  for (gsize i = 0; i < n_points; i++)
    {
      MoeRecord record = *moe_run_get_record (from, 0);
      record.shape.tokens = 1000;
      record.null_target = record.null_realized = fractions[i];
      record.n_samples = 0;
      moe_run_append (run, &record);
      for (gsize j = 0; j < n; j++)
        {
          MoeStageTimes stages = { { 0 } };
          double time_s = times_s[i] * (1 + noise * ((double)j / (double)(n - 1) - 0.5));
          /* A tenth of the time at f = 0 is packing, whatever f; so much is w1's gradient too. */
          stages.time_s[MOE_STAGE_PACK] = 0.1 * times_s[0];
          stages.time_s[MOE_STAGE_UP] = times_s[i] - 0.1 * times_s[0];
          moe_run_add_sample (run, i, time_s, &stages, NULL);
        }
    }
  return run;
}

static const MoeFinding *
get (const GPtrArray *findings, guint index)
{
  return g_ptr_array_index (findings, index);
}

static double
excess_of (const MoeRest *rest, MoeStageKind kind)
{
  for (gsize i = 0; i < rest->n_parts; i++)
    if (rest->parts[i].kind == kind)
      return rest->parts[i].excess_s;
  return NAN;
}

static void
test_clear_rise (void)
{
  static const double f[] = { 0, 0.5, 0.9 }, t[] = { 1.0, 0.6, 0.28 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 3, 7, 0.01);
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  g_assert_cmpuint (findings->len, ==, 1);
  const MoeFinding *finding = get (findings, 0);
  MoeTrend trend = moe_findings_trend (findings, 0, 1);
  g_assert_cmpuint (finding->n_points, ==, 3);
  g_assert_cmpuint (trend.steps, ==, 2);
  g_assert_cmpuint (trend.rises, ==, 2);
  g_assert_cmpuint (trend.rising, ==, 1);
  g_assert_true (trend.sampled);
  g_assert_null (trend.deepest);
  g_assert_cmpint (finding->kind, ==, MOE_SPEEDUP_PAIRED);
  g_assert_cmpfloat_with_epsilon (finding->speedup.median, 1 / 0.28, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->ideal, 10, 1e-9);
  g_assert_cmpfloat_with_epsilon (finding->realised, 0.1 / 0.28, 1e-9);

  /* Ideal scaling leaves 0.1 s; packing took 0.1 s instead of 0.01, the matmuls 0.18 for 0.09. */
  const MoeRest *rest = &finding->rest;
  g_assert_true (finding->has_rest && rest->has_stages);
  g_assert_cmpfloat_with_epsilon (rest->ideal_s, 0.1, 1e-9);
  g_assert_cmpfloat_with_epsilon (rest->excess_s, 0.18, 1e-9);
  g_assert_cmpfloat_with_epsilon (excess_of (rest, MOE_STAGE_KIND_PACK), 0.09, 1e-9);
  g_assert_cmpfloat_with_epsilon (excess_of (rest, MOE_STAGE_KIND_FORWARD), 0.09, 1e-9);
  g_assert_cmpfloat_with_epsilon (excess_of (rest, MOE_N_STAGE_KINDS), 0, 1e-9);
  g_assert_cmpint (moe_finding_leading_kind (finding), ==, -1); /* both alike */
}

static void
test_leading_stage (void)
{
  static const double f[] = { 0, 0.9 }, t[] = { 1.0, 0.15 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 2, 7, 0.01);
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  g_assert_cmpint (moe_finding_leading_kind (get (findings, 0)), ==, MOE_STAGE_KIND_PACK);
  /* The same medians with samples that spread so wide: no stage is named as leading. */
  g_autoptr (MoeRun) noisy = run_of_times (f, t, 2, 7, 1.0);
  g_autoptr (GPtrArray) doubtful = moe_findings_new (&noisy, 1);
  g_assert_cmpint (moe_finding_leading_kind (get (doubtful, 0)), ==, -1);
}

static void
test_falls (void)
{
  static const double f[] = { 0, 0.3, 0.6, 0.9 }, t[] = { 1.0, 1.2, 0.5, 0.56 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 4, 8, 0.02);
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  MoeTrend trend = moe_findings_trend (findings, 0, 1);
  g_assert_cmpuint (trend.falls, ==, 2);
  g_assert_cmpuint (trend.rises, ==, 1);
  g_assert_true (trend.deepest == get (findings, 0));
  g_assert_cmpfloat (trend.deepest_step->from->null_target, ==, 0);
  g_assert_cmpfloat (trend.deepest_step->to->null_target, ==, 0.3);
}

/* A fall of 0.2 % in the noise is neither a fall nor the end of anything. */
static void
test_noise_is_no_fall (void)
{
  static const double f[] = { 0, 0.3, 0.6, 0.9 }, flat[] = { 1.0, 1.002, 0.999, 1.001 };
  g_autoptr (MoeRun) wide = run_of_times (f, flat, 4, 5, 0.2);
  g_autoptr (GPtrArray) findings = moe_findings_new (&wide, 1);
  MoeTrend trend = moe_findings_trend (findings, 0, 1);
  g_assert_cmpuint (trend.falls, ==, 0);
  g_assert_cmpuint (trend.rises, ==, 0);
  g_assert_cmpuint (trend.rising + trend.falling, ==, 0);
  g_assert_cmpuint (trend.open + trend.same, ==, 3);
}

static void
test_published (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  g_autoptr (GPtrArray) findings = moe_findings_new ((MoeRun *const *)runs->pdata, runs->len);
  g_assert_cmpuint (findings->len, ==, 9 + 6);
  guint end = moe_findings_end_of_run (findings, 0);
  MoeTrend trend = moe_findings_trend (findings, 0, end);
  g_assert_cmpuint (end, ==, 9);
  g_assert_cmpuint (trend.falls, ==, 0);
  g_assert_cmpuint (trend.rising, ==, 9);
  g_assert_false (trend.sampled);
  double least = INFINITY;
  for (guint i = 0; i < end; i++)
    least =
        fmin (least, isfinite (get (findings, i)->realised) ? get (findings, i)->realised : least);
  g_assert_cmpfloat_with_epsilon (least, 0.201, 0.001);
}

/* Under 2 % single figures are a tie; without f = 0 there is no gain. */
static void
test_figures (void)
{
  g_autoptr (MoeRun) run = test_read ("shape,topk,null_target,tokens_per_s\n1x2x3x4,1,0.1,100\n"
                                      "1x2x3x4,1,0.5,101\n",
                                      "x.csv");
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  MoeTrend trend = moe_findings_trend (findings, 0, 1);
  g_assert_cmpuint (trend.same, ==, 1);
  g_assert_null (get (findings, 0)->base);
  g_assert_true (isnan (get (findings, 0)->realised));
  g_autoptr (GPtrArray) none = moe_findings_new (NULL, 0);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_stages_that_are_not_told (void)
{
  static const double f[] = { 0, 0.9 }, t[] = { 1.0, 0.5 };
  g_autoptr (MoeRun) run = run_of_times (f, t, 2, 6, 0.01);
  MoeRecord record = *moe_run_get_record (run, 1);
  record.stage_s[MOE_STAGE_PACK] = NAN; /* told at f = 0 only */
  moe_run_replace (run, 1, &record);
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  const MoeRest *rest = &get (findings, 0)->rest;
  /* The matmuls took 0.9 s of which ideally 0.09 s are left, and 0.4 s are; what packing took is
   * not known at 0.9. */
  g_assert_cmpuint (rest->n_parts, ==, 2);
  g_assert_cmpfloat_with_epsilon (rest->excess_s, 0.4, 1e-9);
  g_assert_cmpfloat_with_epsilon (excess_of (rest, MOE_STAGE_KIND_FORWARD), 0.31, 1e-9);
  g_assert_cmpfloat_with_epsilon (excess_of (rest, MOE_N_STAGE_KINDS), 0.09, 1e-9);
  g_assert_true (isnan (excess_of (rest, MOE_STAGE_KIND_PACK)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/findings/clear-rise", test_clear_rise);
  g_test_add_func ("/findings/leading-stage", test_leading_stage);
  g_test_add_func ("/findings/falls", test_falls);
  g_test_add_func ("/findings/noise-is-no-fall", test_noise_is_no_fall);
  g_test_add_func ("/findings/published", test_published);
  g_test_add_func ("/findings/figures", test_figures);
  g_test_add_func ("/findings/stages-that-are-not-told", test_stages_that_are_not_told);
  return g_test_run ();
}
