/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/advice.h"
#include "engine/bench/stats.h"
#include "engine/formats/reference-rows.h"
#include "engine/records/rates.h"
#include "engine/records/record.h"
#include "engine/records/run-noise.h"
#include "engine/records/run.h"
#include "engine/records/speedup.h"
#include "engine/text/intern.h"
#include "engine/text/tame.h"
#include "tests/records/support.h"

static void
test_record_starts_missing (void)
{
  MoeRecord record;
  memset (&record, 0x5a, sizeof record);
  moe_record_init (&record);
  g_assert_false (record.has_shape);
  g_assert_cmpint (record.topk, ==, -1);
  g_assert_cmpint (record.null_assignments, ==, -1);
  g_assert_cmpint (record.real_assignments, ==, -1);
  g_assert_true (isnan (record.null_target) && isnan (record.null_realized));
  g_assert_true (isnan (record.tflops) && isnan (record.tokens_per_s));
  g_assert_true (isnan (record.loss) && isnan (record.max_relative_error));
  g_assert_cmpint (record.capacity, ==, -1);
  g_assert_cmpint (record.dropped_assignments, ==, -1);
  g_assert_cmpint (record.ep_size, ==, -1);
  g_assert_cmpint (record.runs, ==, -1);
  g_assert_cmpint (record.run_max, ==, -1);
  g_assert_cmpint (record.load_min, ==, -1);
  g_assert_cmpint (record.load_max, ==, -1);
  g_assert_true (isnan (record.capacity_factor) && isnan (record.comm_bytes));
  g_assert_true (isnan (record.run_alpha) && isnan (record.run_noise_scale));
  g_assert_true (isnan (record.run_mean) && isnan (record.run_p95) && isnan (record.load_std));
  g_assert_null (record.choice[MOE_CHOICE_PACK_STRATEGY]);
  g_assert_null (record.choice[MOE_CHOICE_SHARED_FUSED]);
  g_assert_null (record.choice[MOE_CHOICE_NULL_MODE]);
  g_assert_null (record.choice[MOE_CHOICE_DTYPE]);
  g_assert_null (record.samples_s);
  for (int i = 0; i < MOE_N_STAGES; i++)
    g_assert_true (isnan (record.stage_s[i]));
}

/* What a stranger's file calls itself goes into windows, terminals and XML as it is shown here. */
static void
test_tame (void)
{
  g_autofree char *long_title = g_strnfill (4000, 'x');
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_LOGBOOK_CSV, long_title);
  g_assert_cmpint (g_utf8_strlen (moe_run_get_title (run), -1), ==, MOE_TEXT_MAX_NAME + 1);
  g_assert_true (g_str_has_suffix (moe_run_get_title (run), "x…"));
  moe_run_set_title (run, "a\x1b[31m\tb\r\nc \xe2\x80\xae"
                          "gnp.exe\xe2\x81\xa9 \xe2\x80\xa8 d\x7f");
  g_assert_cmpstr (moe_run_get_title (run), ==, "a [31m b  c gnp.exe   d ");
  moe_run_set_fact (run, "ho\nst", "one\x01two\xff");
  g_assert_cmpstr (moe_run_get_fact (run, "ho st"), ==, "one two\xef\xbf\xbd");
}

static void
test_facts (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  moe_run_set_fact (run, "host", "a");
  moe_run_set_fact (run, "cpu", "b");
  moe_run_set_fact (run, "host", "c");
  moe_run_set_fact (run, "none", NULL);
  moe_run_set_fact (run, "title", "U");
  moe_run_set_fact (run, "bad", "x\xff");
  g_assert_cmpuint (moe_run_get_n_facts (run), ==, 3);
  g_assert_cmpstr (moe_run_get_fact_key (run, 0), ==, "host");
  g_assert_cmpstr (moe_run_get_fact_value (run, 0), ==, "c");
  g_assert_cmpstr (moe_run_get_fact (run, "cpu"), ==, "b");
  g_assert_cmpstr (moe_run_get_fact (run, "bad"), ==, "x\xef\xbf\xbd");
  g_assert_null (moe_run_get_fact (run, "none"));
  g_assert_cmpstr (moe_run_get_title (run), ==, "U");
}

static void
test_references (void)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  g_assert_true (moe_run_ref (run) == run);
  moe_run_set_source (run, "/a/path");
  moe_run_unref (run);
  g_assert_cmpstr (moe_run_get_source (run), ==, "/a/path");
  moe_run_unref (run);
  moe_run_unref (NULL);
}

static void
test_append_copies (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  double samples[] = { 1, 2 };
  MoeRecord record;
  moe_record_init (&record);
  record.samples_s = samples;
  record.n_samples = 2;
  g_assert_cmpuint (moe_run_append (run, &record), ==, 0);
  const MoeRecord *first = moe_run_get_record (run, 0);
  samples[0] = 9;
  g_assert_cmpfloat (first->samples_s[0], ==, 1);
  for (gsize i = 1; i < 1000; i++)
    g_assert_cmpuint (moe_run_append (run, &record), ==, i);
  g_assert_true (moe_run_get_record (run, 0) == first);
}

static void
test_samples_make_rates (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  double median = 0.1 + 0.01 / 3;
  g_assert_cmpuint (record->n_samples, ==, 3);
  g_assert_cmpfloat (record->tokens_per_s, ==, 4096 / median);
  /* SPEC 3: 3 x 6 H M R, shared part none. */
  double flops = 18.0 * 512 * 352 * 16384;
  g_assert_cmpfloat_with_epsilon (record->tflops, flops / median / 1e12, 1e-12);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_GATHER], ==, 0.002);

  /* Stage medians are over all samples that came with stages. */
  MoeStageTimes slow = { { 0 } };
  slow.time_s[MOE_STAGE_GATHER] = 1.0;
  moe_run_add_sample (run, 0, 0.2, &slow, NULL);
  moe_run_add_sample (run, 0, 0.3, NULL, NULL);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_GATHER], ==, 0.002);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_PACK], ==, 0.001);
  moe_run_add_sample (run, 0, 0.2, &slow, NULL);
  moe_run_add_sample (run, 0, 0.2, &slow, NULL);
  moe_run_add_sample (run, 0, 0.2, &slow, NULL);
  g_assert_cmpfloat (record->stage_s[MOE_STAGE_GATHER], ==, 1.0);
}

static void
test_samples_without_shape (void)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  MoeRecord record;
  MoeSpread spread;
  moe_record_init (&record);
  record.tokens_per_s = 5;
  moe_run_append (run, &record);
  moe_run_add_sample (run, 0, 0.5, NULL, NULL);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->tokens_per_s, ==, 5);
  g_assert_true (isnan (moe_run_get_record (run, 0)->tflops));
  g_assert_false (moe_record_rate_spread (moe_run_get_record (run, 0), &spread));
  g_assert_cmpfloat (spread.median, ==, 5);
}

static void
test_rate_spread (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  MoeSpread spread;
  g_assert_true (moe_record_rate_spread (record, &spread));
  g_assert_cmpuint (spread.n, ==, 3);
  g_assert_cmpfloat (spread.max, ==, 4096 / 0.1);
  g_assert_cmpfloat (spread.median, ==, record->tokens_per_s);
  g_assert_cmpfloat (spread.lower, ==, spread.min); /* few samples: the whole range */
  g_assert_cmpfloat (spread.upper, ==, spread.max);
  g_assert_cmpfloat (spread.min, <, spread.mean);
  g_assert_cmpfloat (spread.mean, <, spread.max);
  g_assert_cmpfloat (spread.coverage, ==, 0.75);

  MoeRecord single;
  moe_record_init (&single);
  single.tokens_per_s = 100;
  g_assert_false (moe_record_rate_spread (&single, &spread));
  g_assert_cmpuint (spread.n, ==, 0);
  g_assert_cmpfloat (spread.lower, ==, 100);
  g_assert_cmpfloat (spread.upper, ==, 100);
}

static void
add_samples (MoeRun *run, gsize index, const double *samples_s, gsize n)
{
  for (gsize i = 0; i < n; i++)
    moe_run_add_sample (run, index, samples_s[i], NULL, NULL);
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
      moe_run_append (run, &record);
    }
  return run;
}

/* The machine slows down to a half in the run's middle; round by round nothing is seen of it. */
static void
test_paired_speedup (void)
{
  const double base_s[] = { 1, 1, 1, 2, 2, 2, 1 };
  const double null_s[] = { 0.5, 0.5, 0.5, 1, 1, 1, 0.5 };
  g_autoptr (MoeRun) run = unsampled_run ();
  MoeSpread spread;
  add_samples (run, 0, base_s, 7);
  add_samples (run, 1, null_s, 7);
  const MoeRecord *record = moe_run_get_record (run, 1);
  g_assert_true (moe_run_paired_speedup (run, record, &spread));
  g_assert_cmpuint (spread.n, ==, 7);
  g_assert_cmpfloat_with_epsilon (spread.median, 2, 1e-12);
  /* What is left is what another start might show. */
  g_assert_cmpfloat (spread.lower, >, 1.95);
  g_assert_cmpfloat (spread.upper, <, 2.05);
  g_assert_cmpint (moe_run_speedup (run, record, &spread), ==, MOE_SPEEDUP_PAIRED);

  /* f = 0 against itself */
  g_assert_true (moe_run_paired_speedup (run, moe_run_get_record (run, 0), &spread));
  g_assert_cmpfloat (spread.upper, ==, 1);

  /* Stopped in the middle of a round: the rounds that both have. */
  moe_run_add_sample (run, 0, 4, NULL, NULL);
  g_assert_true (moe_run_paired_speedup (run, record, &spread));
  g_assert_cmpuint (spread.n, ==, 7);
  g_assert_cmpfloat (spread.upper, <, 2.05);
}

/* Nothing is made of a speed-up that may be a tenth or ten. */
static void
test_wild_speedup (void)
{
  const double base_s[] = { 1, 1, 1, 3, 3, 3, 3 };
  const double null_s[] = { 0.1, 0.1, 1, 1, 10, 10, 10 };
  g_autoptr (MoeRun) run = unsampled_run ();
  const MoeRecord *record = moe_run_get_record (run, 1);
  MoeSpread spread;
  add_samples (run, 0, base_s, 7);
  add_samples (run, 1, null_s, 7);
  moe_run_speedup (run, record, &spread);
  g_assert_true (moe_spread_is_wild (&spread));
  g_assert_true (isnan (moe_run_null_efficiency (run, record)));
}

static void
test_unpaired_speedup (void)
{
  const double base_s[] = { 1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7 };
  const double null_s[] = { 0.5, 0.6, 0.7, 0.8, 0.9, 1.0 };
  g_autoptr (MoeRun) run = unsampled_run ();
  MoeSpread spread;
  const MoeRecord *record = moe_run_get_record (run, 1);
  g_assert_cmpint (moe_run_speedup (run, record, &spread), ==, MOE_SPEEDUP_RATES);
  g_assert_cmpuint (spread.n, ==, 0);
  g_assert_cmpfloat (spread.lower, ==, spread.upper);
  g_assert_cmpfloat_with_epsilon (
      spread.median, record->tokens_per_s / moe_run_get_record (run, 0)->tokens_per_s, 1e-12);

  add_samples (run, 0, base_s, 8);
  add_samples (run, 1, null_s, 6);
  g_assert_false (moe_run_paired_speedup (run, record, &spread));
  g_assert_cmpuint (spread.n, ==, 0);
  g_assert_true (isnan (spread.median));
  g_assert_cmpint (moe_run_speedup (run, record, &spread), ==, MOE_SPEEDUP_UNPAIRED);
  g_assert_cmpuint (spread.n, ==, 6);
  g_assert_cmpfloat_with_epsilon (spread.median, 1.35 / 0.75, 1e-12);
  g_assert_cmpfloat_with_epsilon (spread.lower, 1.0 / 1.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (spread.upper, 1.7 / 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (spread.coverage, 0.9921875 + 0.96875 - 1, 1e-12);
}

/* f = 0 of another null mode is the same work, but was not measured in the same rounds. */
static void
test_speedup_of_another_mode (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeRecord record = *moe_run_get_record (run, 1);
  MoeSpread spread;
  record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("router");
  gsize index = moe_run_append (run, &record);
  const MoeRecord *other = moe_run_get_record (run, index);
  g_assert_false (moe_run_paired_speedup (run, other, &spread));
  g_assert_cmpint (moe_run_speedup (run, other, &spread), ==, MOE_SPEEDUP_UNPAIRED);

  record.topk = 7;
  index = moe_run_append (run, &record);
  g_assert_cmpint (moe_run_speedup (run, moe_run_get_record (run, index), &spread), ==,
                   MOE_SPEEDUP_NONE);
  g_assert_true (isnan (spread.median));
}

static void
test_advise (void)
{
  g_autoptr (MoeRun) run = unsampled_run ();
  const double base_s[] = { 0.9, 1, 1, 1, 1, 1.1 }, null_s[] = { 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 };
  MoeNoise noise = { .processors = 2, .others_busy = 0.5, .coretype = "Haswell" };
  MoeAdvice advice;
  add_samples (run, 0, base_s, 6);
  add_samples (run, 1, null_s, 6);
  moe_run_advise (run, &noise, &advice);
  g_assert_cmpuint (advice.n, ==, 1);
  g_assert_cmpint (advice.causes[0], ==, MOE_CAUSE_BUSY);
  g_assert_cmpfloat (advice.widest.null_target, ==, 0);
  g_assert_false (advice.coretype);
  g_assert_false (advice.until_settled);

  MoeRecord record = *moe_run_get_record (run, 0);
  record.steps = 1;
  moe_run_replace (run, 0, &record);
  moe_run_set_fact (run, "blas", "OpenBLAS 0.3.21");
  moe_run_set_fact (run, "options", "iters=5 until_settled=true");
  moe_run_advise (run, &noise, &advice);
  g_assert_true (advice.coretype);
  g_assert_true (advice.until_settled);
}

static void
test_replace (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  MoeStageTimes slow = { { 0 } };
  MoeRecord record = *moe_run_get_record (run, 0);
  record.max_relative_error = 1e-6;
  moe_run_replace (run, 0, &record); /* shares its samples with the old one */
  g_assert_cmpfloat (moe_run_get_record (run, 0)->max_relative_error, ==, 1e-6);
  g_assert_cmpuint (moe_run_get_record (run, 0)->n_samples, ==, 3);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->samples_s[0], ==, 0.1);
  moe_run_add_sample (run, 0, 0.1, &slow, NULL); /* one of four: the median hardly moves */
  g_assert_cmpfloat (moe_run_get_record (run, 0)->stage_s[0], ==, 0.001);

  record.n_samples = 0;
  moe_run_replace (run, 0, &record);
  g_assert_null (moe_run_get_record (run, 0)->samples_s);
  moe_run_add_sample (run, 0, 0.1, &slow, NULL);
  g_assert_cmpfloat (moe_run_get_record (run, 0)->stage_s[0], ==, 0.0);
}

static void
test_baseline (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  const MoeRecord *zero = moe_run_get_record (run, 0);
  MoeRecord other = *moe_run_get_record (run, 1);
  g_assert_true (moe_run_find_baseline (run, moe_run_get_record (run, 1)) == zero);
  g_assert_true (moe_run_find_baseline (run, zero) == zero);

  /* Another null mode falls back on it until it has a row of its own. */
  other.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("router");
  g_assert_true (moe_run_find_baseline (run, &other) == zero);
  MoeRecord own = other;
  own.null_target = 0;
  gsize index = moe_run_append (run, &own);
  g_assert_true (moe_run_find_baseline (run, &other) == moe_run_get_record (run, index));
  g_assert_true (moe_run_find_baseline (run, moe_run_get_record (run, 1)) == zero);

  other.topk = 7;
  g_assert_null (moe_run_find_baseline (run, &other));
  g_assert_true (isnan (moe_run_null_efficiency (run, &other)));

  /* A replaced row is found where it is now. */
  own.topk = 7;
  moe_run_replace (run, index, &own);
  g_assert_true (moe_run_find_baseline (run, &other) == moe_run_get_record (run, index));
  own.null_target = 0.3;
  moe_run_replace (run, index, &own);
  g_assert_null (moe_run_find_baseline (run, &other));
}

static void
test_published_efficiency (void)
{
  /* SPEC 3: 0.21 at f = 0.9 on 32768x2048x1408x60 top-8. */
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  const MoeRun *run = g_ptr_array_index (runs, 0);
  const MoeRecord *record = moe_run_get_record (run, 6);
  g_assert_cmpfloat (record->tokens_per_s, ==, 1833742);
  g_assert_cmpfloat_with_epsilon (moe_run_null_efficiency (run, record), 1833742.0 / 858766.0 * 0.1,
                                  1e-12);
}

static void
test_published_accounting (void)
{
  /* SPEC 3: tflops = tokens_per_s * 18 H M k (1-f) / 1e12 to within 0.6 %. */
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  const MoeRun *run = g_ptr_array_index (runs, 0);
  gsize checked = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      double expected = record->tokens_per_s * 18.0 * (double)record->shape.hidden
                        * (double)record->shape.mlp_dim * (double)record->topk
                        * (1 - record->null_target) / 1e12;
      if (isnan (record->tflops))
        continue;
      checked++;
      g_assert_cmpfloat_with_epsilon (record->tflops / expected, 1.0, 0.006);
    }
  g_assert_cmpuint (checked, ==, 18);
}

static void
test_reference (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  const MoeRun *deltas = g_ptr_array_index (runs, 0), *modes = g_ptr_array_index (runs, 1);
  g_assert_cmpstr (moe_run_get_title (deltas), ==, "TPU v5p (published)");
  g_assert_cmpstr (moe_run_get_title (modes), ==, "TPU v5p, modes (published)");
  g_assert_cmpuint (moe_run_get_n_records (deltas), ==, 21);
  g_assert_cmpuint (moe_run_get_n_records (modes), ==, 12);
  g_assert_cmpstr (moe_run_get_fact (deltas, "date"), ==, "2026-02-17");
  g_assert_cmpstr (moe_run_get_fact (modes, "dtype"), ==, "bfloat16");
  const MoeRecord *record = moe_run_get_record (deltas, 4);
  g_assert_cmpstr (record->choice[MOE_CHOICE_PASS], ==, "forward_backward");
  g_assert_cmpstr (record->choice[MOE_CHOICE_IMPL], ==, "fused_w13");
  g_assert_cmpstr (record->choice[MOE_CHOICE_NULL_MODE], ==, "independent");
  g_assert_true (isnan (record->tflops) && isnan (record->null_realized));
  g_assert_cmpint (record->real_assignments, ==, -1);
  g_assert_cmpstr (record->choice[MOE_CHOICE_PARALLEL_MODE], ==,
                   "ep"); /* SPEC 6: over the 4 chips */
  g_assert_cmpint (record->ep_size, ==, 4);
  g_assert_cmpstr (moe_run_get_record (modes, 6)->choice[MOE_CHOICE_NULL_MODE], ==,
                   "take_until_null");

  g_assert_null (moe_formats_read_reference ("/nonexistent", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* Rates of the other sets against each other by the FLOP formula, row by row: where two of them are
 * printed they agree, where one is printed the other follows. */
static void
test_published_sets (void)
{
  static const struct
  {
    const char *name;
    gsize rows, bounded;
  } sets[] = { { "harness-v5p", 289, 16 }, { "gpus", 11, 0 } };
  const char *data_dir = g_getenv ("NULLCURVE_DATA_DIR");
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (GError) error = NULL;
      gsize bounded = 0, told = 0;
      const MoeReferenceSet *set = moe_reference_find (sets[i].name);
      g_autoptr (MoeRun) run = moe_reference_read (data_dir, set->first, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (moe_run_get_n_records (run), ==, sets[i].rows);
      g_assert_cmpuint (moe_run_get_summary (run)->rows_skipped, ==, 0);
      g_assert_nonnull (moe_run_get_fact (run, "source"));
      for (gsize j = 0; j < sets[i].rows; j++)
        {
          const MoeRecord *record = moe_run_get_record (run, j);
          const MoeShape *shape = &record->shape;
          double slots = (double)shape->tokens * (double)record->topk;
          double flops =
              6.0 * (double)shape->hidden * (double)shape->mlp_dim * slots
              + 6.0 * (double)shape->tokens * (double)shape->hidden * (double)shape->shared_dim;
          g_assert_true (record->has_shape && record->topk > 0 && record->null_target == 0);
          g_assert_cmpstr (record->choice[MOE_CHOICE_DTYPE], ==, "bfloat16");
          if (moe_record_is (record, MOE_CHOICE_PASS, MOE_PASS_FORWARD_BACKWARD))
            flops *= 3;
          else
            g_assert_true (moe_record_is (record, MOE_CHOICE_PASS, MOE_PASS_FORWARD));
          if (isnan (record->tokens_per_s))
            {
              bounded++;
              g_assert_false (
                  moe_record_is (record, MOE_CHOICE_CAPACITY_POLICY, MOE_CAPACITY_NONE));
              continue;
            }
          double time_s = (double)shape->tokens / record->tokens_per_s;
          g_assert_cmpfloat_with_epsilon (flops / time_s / 1e12 / record->tflops, 1, 1e-3);
          told++;
        }
      g_assert_cmpuint (bounded, ==, sets[i].bounded);
      g_assert_cmpuint (told + bounded, ==, sets[i].rows);
    }
}

/* The same figures as the files have them, before anything is made of anything. */
static void
test_published_times (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path =
      g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), "reference", "rows-marin-v5p.csv", NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  gsize both = 0;
  for (gsize i = 4; lines[i] != NULL && *lines[i] != '\0'; i++)
    {
      /* time_s, tflops and tokens_per_s are the last three; the shape stands before null_target. */
      g_auto (GStrv) cells = g_strsplit (lines[i], ",", -1);
      char **last = cells + g_strv_length (cells);
      double cell[12];
      for (int j = 0; j < 12; j++)
        cell[j] = *last[j - 12] != '\0' ? g_ascii_strtod (last[j - 12], NULL) : NAN;
      double tokens = cell[0], hidden = cell[1], mlp_dim = cell[2], topk = cell[4],
             shared = cell[5];
      double time_s = isnan (cell[9]) ? tokens / cell[11] : cell[9];
      double flops = 6 * hidden * mlp_dim * tokens * topk + 6 * tokens * hidden * shared;
      if (strstr (lines[i], ",forward_backward,") != NULL)
        flops *= 3;
      if (isnan (time_s) || isnan (cell[10]))
        continue;
      both++;
      g_assert_cmpfloat_with_epsilon (flops / time_s / 1e12 / cell[10], 1, 1e-4);
    }
  g_assert_cmpuint (both, ==, 64);
}

static gboolean
is_above (const MoeRecord *record, gconstpointer least)
{
  return record->null_target >= *(const double *)least;
}

static void
test_subset (void)
{
  const double least = 0.1;
  g_autoptr (MoeRun) run = test_run_new ();
  moe_run_set_source (run, "/a/path");
  g_autoptr (MoeRun) subset = moe_run_subset (run, is_above, &least);
  g_assert_cmpuint (moe_run_get_n_records (subset), ==, 1);
  g_assert_cmpfloat (moe_run_get_record (subset, 0)->null_target, ==, 0.5);
  g_assert_cmpuint (moe_run_get_record (subset, 0)->n_samples, ==, 3);
  g_assert_true (moe_run_get_record (subset, 0)->samples_s
                 != moe_run_get_record (run, 1)->samples_s);
  g_assert_cmpstr (moe_run_get_title (subset), ==, "A measured run");
  g_assert_cmpstr (moe_run_get_fact (subset, "host"), ==, "bench-1");
  g_assert_cmpstr (moe_run_get_source (subset), ==, "/a/path");
  g_assert_null (moe_run_find_baseline (subset, moe_run_get_record (subset, 0)));
}

static void
test_load_of_measured (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  g_autofree char *told = moe_run_describe_load (run);
  g_assert_cmpstr (told, ==, "2 points measured.");
}

static guint
count_lines (const char *text)
{
  guint n = 1;
  for (const char *c = text; *c != '\0'; c++)
    n += *c == '\n';
  return n;
}

static void
test_notes_are_few (void)
{
  for (guint n = 19; n <= 25; n += 1)
    {
      g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_HARNESS_LOG, "T");
      for (guint i = 0; i < n; i++)
        moe_run_note (run, "Note %u.", i);
      moe_run_finish_notes (run);
      const char *notes = moe_run_get_summary (run)->notes;
      g_assert_cmpuint (count_lines (notes), ==, MIN (n, 20));
      g_autofree char *more = g_strdup_printf ("There are %u more such notes.", n - 19);
      g_assert_cmpint (g_str_has_suffix (notes, more), ==, n > 20);
    }
}

static void
assert_same_real (double a, double b)
{
  g_assert_true (a == b || (isnan (a) && isnan (b)));
}

static void
test_noise_facts (void)
{
  const MoeNoise cases[] = {
    { .others_busy = 1.7,
      .others_waiting = NAN,
      .stolen = 0.125,
      .throttlings = 3,
      .power = MOE_POWER_BATTERY,
      .governor = "powersave",
      .profile = "low-power",
      .coretype = "Haswell",
      .threads = 2,
      .processors = 4 },
    { .others_busy = NAN, .others_waiting = 227.6, .stolen = NAN, .throttlings = -1 },
    { .others_busy = NAN, .others_waiting = NAN, .stolen = NAN, .throttlings = -1 },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      MoeNoise back;
      const MoeNoise *noise = &cases[i];
      g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
      moe_run_set_noise (run, noise);
      g_assert_cmpint (moe_run_get_noise (run, &back), ==, i < 2);
      assert_same_real (back.others_busy, noise->others_busy);
      assert_same_real (back.others_waiting, noise->others_waiting);
      assert_same_real (back.stolen, noise->stolen);
      g_assert_cmpint (back.throttlings, ==, noise->throttlings);
      g_assert_cmpint (back.power, ==, noise->power);
      g_assert_cmpstr (back.governor, ==, noise->governor);
      g_assert_cmpstr (back.profile, ==, noise->profile);
      g_assert_cmpstr (back.coretype, ==, noise->coretype);
      g_assert_cmpuint (back.threads, ==, noise->threads);
      g_assert_cmpuint (back.processors, ==, noise->processors);
    }
}

/* Facts that anybody may have written. */
static void
test_hostile_noise (void)
{
  MoeNoise noise;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  moe_run_set_fact (run, "others busy", "-1");
  moe_run_set_fact (run, "stolen", "much");
  moe_run_set_fact (run, "throttlings", "99999999999999999999");
  moe_run_set_fact (run, "power", "steam");
  moe_run_set_fact (run, "threads", "18446744073709551615");
  moe_run_set_fact (run, "governor", "a name that is much longer than any governor of this world");
  g_assert_false (moe_run_get_noise (run, &noise));
  g_assert_true (isnan (noise.others_busy) && isnan (noise.stolen));
  g_assert_cmpint (noise.throttlings, ==, -1);
  g_assert_cmpint (noise.power, ==, MOE_POWER_UNKNOWN);
  g_assert_cmpuint (noise.threads, ==, 0);
  g_assert_cmpuint (strlen (noise.governor), ==, MOE_NOISE_TEXT_SIZE - 1);
}

static void
test_warnings (void)
{
  const char *const sentences[] = { "One.", "Two." };
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "T");
  moe_run_set_warnings (run, sentences, 2);
  g_assert_cmpstr (moe_run_get_fact (run, "warning 2"), ==, "Two.");
  moe_run_set_warnings (run, sentences + 1, 1);
  g_assert_cmpstr (moe_run_get_fact (run, "warning 1"), ==, "Two.");
  g_assert_cmpstr (moe_run_get_fact (run, "warning 2"), ==, "");
  g_assert_null (moe_run_get_fact (run, "warning 3"));
}

static void
test_set_check (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  const MoeRecord *record = moe_run_get_record (run, 0);
  moe_run_set_check (run, 0, NAN, 1e-6);
  g_assert_cmpfloat (record->loss, ==, 1.25);
  g_assert_cmpfloat (record->max_relative_error, ==, 1e-6);
  moe_run_set_check (run, 0, 2, NAN);
  g_assert_cmpfloat (record->loss, ==, 2);
  g_assert_cmpfloat (record->max_relative_error, ==, 1e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run/record-starts-missing", test_record_starts_missing);
  g_test_add_func ("/run/facts", test_facts);
  g_test_add_func ("/run/references", test_references);
  g_test_add_func ("/run/append-copies", test_append_copies);
  g_test_add_func ("/run/samples-make-rates", test_samples_make_rates);
  g_test_add_func ("/run/samples-without-shape", test_samples_without_shape);
  g_test_add_func ("/run/rate-spread", test_rate_spread);
  g_test_add_func ("/run/replace", test_replace);
  g_test_add_func ("/run/baseline", test_baseline);
  g_test_add_func ("/run/published-efficiency", test_published_efficiency);
  g_test_add_func ("/run/published-accounting", test_published_accounting);
  g_test_add_func ("/run/reference", test_reference);
  g_test_add_func ("/run/notes-are-few", test_notes_are_few);
  g_test_add_func ("/run/published-sets", test_published_sets);
  g_test_add_func ("/run/published-times", test_published_times);
  g_test_add_func ("/run/subset", test_subset);
  g_test_add_func ("/run/load-of-measured", test_load_of_measured);
  g_test_add_func ("/run/speedup/paired", test_paired_speedup);
  g_test_add_func ("/run/speedup/unpaired", test_unpaired_speedup);
  g_test_add_func ("/run/speedup/wild", test_wild_speedup);
  g_test_add_func ("/run/advise", test_advise);
  g_test_add_func ("/run/speedup/another-mode", test_speedup_of_another_mode);
  g_test_add_func ("/run/noise-facts", test_noise_facts);
  g_test_add_func ("/run/hostile-noise", test_hostile_noise);
  g_test_add_func ("/run/warnings", test_warnings);
  g_test_add_func ("/run/set-check", test_set_check);
  g_test_add_func ("/run/tame", test_tame);
  return g_test_run ();
}
