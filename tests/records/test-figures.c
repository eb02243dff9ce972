/* SPDX-License-Identifier: Apache-2.0 */
/* What figures are made of, and that they follow the samples one by one. */
#include "engine/bench/stats.h"
#include "engine/records/figures.h"
#include "engine/records/rates.h"
#include "engine/records/record.h"
#include "engine/records/run.h"
#include "engine/records/running-median.h"
#include "engine/records/speedup.h"
#include "tests/records/support.h"

static const MoeTaken quiet = {
  .cpu_s = 0.1, .share = 0.99, .stolen_s = 0, .switches = 0, .anchor_s = 0.01, .others = 0.1
};

static MoeTaken
taken_of (uint32_t start, uint32_t round, double cpu_s, double share)
{
  MoeTaken taken = quiet;
  taken.start = start;
  taken.round = round;
  taken.cpu_s = cpu_s;
  taken.share = share;
  return taken;
}

/* f = 0 and f = 0.5 of the test run without their samples. */
static MoeRun *
unsampled_run (void)
{
  g_autoptr (MoeRun) full = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  for (gsize i = 0; i < 2; i++)
    {
      MoeRecord record = *moe_run_get_record (full, i);
      record.n_samples = 0;
      record.time_source = NULL;
      moe_run_append (run, &record);
    }
  return run;
}

static void
add (MoeRun *run, gsize index, double time_s, uint32_t round, double cpu_s, double share)
{
  MoeTaken taken = taken_of (0, round, cpu_s, share);
  moe_run_add_sample (run, index, time_s, NULL, &taken);
}

static void
assert_figures (const MoeRecord *record, const char *source, const double *expected, gsize n)
{
  g_autofree double *times = NULL;
  g_assert_cmpuint (moe_record_figures (record, &times), ==, n);
  g_assert_cmpmem (times, n * sizeof *times, expected, n * sizeof *expected);
  g_assert_cmpstr (record->time_source, ==, source);
  g_assert_cmpfloat (record->tokens_per_s, ==, 4096 / moe_median (times, n));
}

static void
test_running_median (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (11);
  for (int round = 0; round < 50; round++)
    {
      MoeRunningMedian median = { 0 };
      double values[200];
      g_assert_true (isnan (moe_running_median_get (&median)));
      moe_running_median_add (&median, NAN);
      g_assert_true (isnan (moe_running_median_get (&median)));
      for (gsize n = 0; n < G_N_ELEMENTS (values); n++)
        {
          /* Few different values, many different ones, rising, falling. */
          values[n] = round % 4 == 0   ? g_rand_int_range (random, 0, 4)
                      : round % 4 == 1 ? g_rand_double_range (random, -1, 1)
                      : round % 4 == 2 ? (double)n
                                       : -(double)n;
          moe_running_median_add (&median, values[n]);
          g_autofree double *sorted = g_memdup2 (values, (n + 1) * sizeof *sorted);
          g_assert_cmpfloat (moe_running_median_get (&median), ==, moe_median (sorted, n + 1));
        }
      moe_running_median_clear (&median);
    }
}

/* With two undisturbed samples of three, and more of them later. */
static void
test_wall_or_processor (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  g_assert_null (record->time_source);

  add (run, 0, 0.20, 0, 0.10, 0.5);
  assert_figures (record, "processor", (double[]){ 0.10 }, 1);
  g_assert_true (isnan (record->tflops));
  add (run, 0, 0.11, 1, 0.11, 1.0);
  add (run, 0, 0.13, 2, 0.12, 0.97);
  assert_figures (record, "processor", (double[]){ 0.10, 0.11, 0.12 }, 3);
  g_assert_true (isnan (record->tflops));
  add (run, 0, 0.12, 3, 0.115, 0.99);
  assert_figures (record, "wall", (double[]){ 0.11, 0.13, 0.12 }, 3);
  g_assert_false (isnan (record->tflops));
  add (run, 0, 0.50, 4, 0.10, 0.2);
  assert_figures (record, "wall", (double[]){ 0.11, 0.13, 0.12 }, 3);

  MoeSpread spread;
  g_assert_true (moe_record_rate_spread (record, &spread));
  g_assert_cmpuint (spread.n, ==, 3);
  g_assert_cmpfloat (spread.min, ==, 4096 / 0.13);
}

/* A single processor time that is not known leaves wall times only. */
static void
test_unknown_processor_time (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  add (run, 0, 0.20, 0, NAN, 0.5);
  add (run, 0, 0.30, 1, 0.1, 0.5);
  assert_figures (record, "wall", (double[]){ 0.20, 0.30 }, 2);
  g_assert_false (isnan (record->tflops));

  /* Not told at all: as good as undisturbed. */
  moe_run_add_sample (run, 1, 0.25, NULL, NULL);
  assert_figures (moe_run_get_record (run, 1), "wall", (double[]){ 0.25 }, 1);
  g_assert_null (moe_run_get_record (run, 1)->taken);
}

static void
test_told_later (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  moe_run_add_sample (run, 0, 0.2, NULL, NULL);
  moe_run_add_sample (run, 0, 0.3, NULL, NULL);
  add (run, 0, 0.4, 7, 0.1, 0.5);
  moe_run_add_sample (run, 0, 0.5, NULL, NULL);
  static const uint32_t rounds[] = { 0, 1, 7, 3 };
  for (gsize i = 0; i < 4; i++)
    {
      g_assert_cmpuint (record->taken[i].round, ==, rounds[i]);
      g_assert_true (isnan (record->taken[i].share) == (i != 2));
    }
  assert_figures (record, "wall", (double[]){ 0.2, 0.3, 0.5 }, 3);
}

/* Sample by sample comes to the same as all at once. */
static void
test_same_as_at_once (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  g_autoptr (MoeRun) run = unsampled_run ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  for (uint32_t i = 0; i < 300; i++)
    {
      add (run, 0, g_rand_double_range (random, 0.1, 0.2), i,
           g_rand_double_range (random, 0.05, 0.1), g_rand_double_range (random, 0.9, 1));
      g_autofree double *times = NULL;
      gsize n = moe_record_figures (record, &times);
      g_assert_cmpfloat (record->tokens_per_s, ==, 4096 / moe_median (times, n));
    }

  /* A copy goes on as the original does. */
  g_autoptr (MoeRun) copy = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  moe_run_append (copy, record);
  add (copy, 0, 0.15, 300, 0.07, 1);
  add (run, 0, 0.15, 300, 0.07, 1);
  const MoeRecord *copied = moe_run_get_record (copy, 0);
  g_assert_true (copied->taken != record->taken);
  g_assert_cmpuint (copied->taken[300].round, ==, 300);
  g_assert_cmpfloat (copied->tokens_per_s, ==, record->tokens_per_s);
}

static void
test_stages (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  static const double shares[] = { 0.5, 0.6, 1, 0.5, 1, 1 };
  static const double expected[] = { 1, 1.5, 3, 3, 4, 5 };
  for (uint32_t i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      MoeStageTimes stages = { .comm_bytes = 0 };
      MoeTaken taken = taken_of (0, i, 0.1, shares[i]);
      for (int k = 0; k < MOE_N_STAGES; k++)
        stages.time_s[k] = k == MOE_STAGE_WAIT ? NAN : i + 1;
      moe_run_add_sample (run, 0, 0.1, &stages, &taken);
      g_assert_cmpfloat (record->stage_s[MOE_STAGE_PACK], ==, expected[i]);
      g_assert_true (isnan (record->stage_s[MOE_STAGE_WAIT]));
    }
}

/* Only rounds in which nobody disturbed either side make pairs, wherever they stand. */
static void
test_pairs_by_round (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  MoeSpread spread;
  static const struct
  {
    uint32_t start, round;
    double base_s, null_s; /* NaN: no such sample */
    double share;          /* of f = 0 */
  } rounds[] = {
    { 0, 0, 1, 0.5, 1 },   { 0, 1, 9, 0.5, 0.5 }, { 0, 2, 1, NAN, 1 }, { 1, 0, 2, 1, 1 },
    { 1, 4, NAN, 0.1, 1 }, { 1, 6, 4, 2, 1 },     { 1, 5, 2, 1, 1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rounds); i++)
    {
      MoeTaken base = taken_of (rounds[i].start, rounds[i].round, 0.1, rounds[i].share);
      MoeTaken null = taken_of (rounds[i].start, rounds[i].round, 0.1, 1);
      if (!isnan (rounds[i].base_s))
        moe_run_add_sample (run, 0, rounds[i].base_s, NULL, &base);
      if (!isnan (rounds[i].null_s))
        moe_run_add_sample (run, 1, rounds[i].null_s, NULL, &null);
    }
  const MoeRecord *record = moe_run_get_record (run, 1);
  g_assert_cmpint (moe_run_speedup (run, record, &spread), ==, MOE_SPEEDUP_PAIRED);
  g_assert_cmpuint (spread.n, ==, 4);
  g_assert_cmpfloat (spread.min, ==, 2);
  g_assert_cmpfloat (spread.max, ==, 2);
}

static void
test_too_few_pairs (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  MoeSpread spread;
  for (uint32_t i = 0; i < 4; i++)
    {
      add (run, 0, 1, i, 0.1, 1);
      add (run, 1, 0.5, i + 2, 0.1, 1);
    }
  g_assert_cmpint (moe_run_speedup (run, moe_run_get_record (run, 1), &spread), ==,
                   MOE_SPEEDUP_UNPAIRED);
  g_assert_cmpfloat (spread.median, ==, 2);
}

/* A time of processors makes no pair with a time of the clock. */
static void
test_processor_speedup (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  MoeSpread spread;
  for (uint32_t i = 0; i < 6; i++)
    {
      add (run, 0, 0.2, i, 0.2, 1);
      add (run, 1, 3, i, 0.1, 0.1);
    }
  const MoeRecord *record = moe_run_get_record (run, 1);
  g_assert_false (moe_run_paired_speedup (run, record, &spread));
  g_assert_cmpint (moe_run_speedup (run, record, &spread), ==, MOE_SPEEDUP_UNPAIRED);
  g_assert_cmpfloat (spread.median, ==, 2);
}

/* Two times of processors do: round by round, whatever others did to the clock meanwhile. */
static void
test_processor_pairs (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  MoeSpread spread;
  for (uint32_t i = 0; i < 6; i++)
    {
      double drift = i < 3 ? 1 : 2;
      add (run, 0, 3, i, 0.2 * drift, 0.1);
      add (run, 1, 5, i, 0.1 * drift, 0.1);
    }
  const MoeRecord *record = moe_run_get_record (run, 1);
  g_assert_cmpstr (record->time_source, ==, "processor");
  g_assert_true (moe_run_paired_speedup (run, record, &spread));
  g_assert_cmpuint (spread.n, ==, 6);
  g_assert_cmpfloat_with_epsilon (spread.median, 2, 1e-12);
  g_assert_cmpfloat (spread.upper, <, 2.1);
}

/* The median of ratios is not the ratio of medians here: both come from the first. */
static void
test_efficiency_is_of_the_speedup (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  MoeSpread spread;
  static const double base_s[] = { 1, 2, 9, 3, 6 }, null_s[] = { 0.8, 1, 6, 2, 4 };
  for (uint32_t i = 0; i < 5; i++)
    {
      add (run, 0, base_s[i], i, 0.1, 1);
      add (run, 1, null_s[i], i, 0.1, 1);
    }
  const MoeRecord *record = moe_run_get_record (run, 1);
  g_assert_cmpint (moe_run_speedup (run, record, &spread), ==, MOE_SPEEDUP_PAIRED);
  g_assert_cmpfloat_with_epsilon (spread.median, 1.5, 1e-12);
  g_assert_cmpfloat (moe_run_null_efficiency (run, record), ==, 0.5 * spread.median);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/figures/running-median", test_running_median);
  g_test_add_func ("/figures/wall-or-processor", test_wall_or_processor);
  g_test_add_func ("/figures/unknown-processor-time", test_unknown_processor_time);
  g_test_add_func ("/figures/told-later", test_told_later);
  g_test_add_func ("/figures/same-as-at-once", test_same_as_at_once);
  g_test_add_func ("/figures/stages", test_stages);
  g_test_add_func ("/figures/pairs-by-round", test_pairs_by_round);
  g_test_add_func ("/figures/too-few-pairs", test_too_few_pairs);
  g_test_add_func ("/figures/processor-speedup", test_processor_speedup);
  g_test_add_func ("/figures/processor-speedup-pairs", test_processor_pairs);
  g_test_add_func ("/figures/efficiency-is-of-the-speedup", test_efficiency_is_of_the_speedup);
  return g_test_run ();
}
