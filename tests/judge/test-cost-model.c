/* SPDX-License-Identifier: Apache-2.0 */
/* The cost model: the figures that the published rows obey, costs that were planted, and where
 * there is no line to be had. */
#include "engine/judge/cost-model.h"

#include "engine/bench/runner.h"
#include "engine/moe/flops.h"
#include "engine/records/curves.h"
#include "tests/bench/fake-backend.h"
#include "tests/records/support.h"

static MoeCostModel
model_of (const GPtrArray *records)
{
  return moe_cost_model_fit_with_intervals ((const MoeRecord *const *)records->pdata, records->len);
}

/* --- the published rows --- */

typedef struct Published
{
  gsize experts; /* of shape S, M, L */
  gint64 topk;
  double fixed_ms;         /* SPEC 3, from f = 0.1 and 0.9 */
  double share_at_0_9;     /* of the step there */
  double off_at_0_percent; /* of the row at f = 0, which was left out; NaN: none is published */
} Published;

static const Published published[] = {
  { 60, 2, 15.81, 0.97, NAN },  { 60, 4, 16.11, 0.94, NAN },  { 60, 8, 15.66, 0.88, -0.9 },
  { 64, 2, 19.24, 0.97, NAN },  { 64, 4, 19.51, 0.95, NAN },  { 64, 8, 18.94, 0.89, -1.4 },
  { 128, 2, 72.51, 0.96, NAN }, { 128, 4, 72.86, 0.93, NAN }, { 128, 8, 74.20, 0.87, -1.7 },
};

/* Rows of the first set, of a shape told by its experts; of one top-k, or (-1) of all. */
static GPtrArray *
published_rows (const MoeRun *run, gsize experts, gint64 topk, double least_fraction)
{
  GPtrArray *rows = g_ptr_array_new ();
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (record->shape.experts == experts && (topk < 0 || record->topk == topk)
          && record->null_target >= least_fraction)
        g_ptr_array_add (rows, (gpointer)record);
    }
  return rows;
}

static void
test_published (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  const MoeRun *run = g_ptr_array_index (runs, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
    {
      const Published *p = &published[i];
      g_autoptr (GPtrArray) two = published_rows (run, p->experts, p->topk, 0.05);
      g_autoptr (GPtrArray) all = published_rows (run, p->experts, p->topk, 0);
      MoeCostModel model = model_of (two);
      g_assert_cmpint (model.state, ==, MOE_COST_TWO);
      g_assert_true (isnan (model.fixed_lower_s) && isnan (model.error));
      g_assert_cmpfloat_with_epsilon (1e3 * model.fixed_s, p->fixed_ms, 0.0051);
      g_assert_cmpfloat_with_epsilon (moe_cost_model_fixed_share (&model, 0.1 * (double)p->topk),
                                      p->share_at_0_9, 0.0051);
      if (isnan (p->off_at_0_percent))
        continue;
      const MoeRecord *at_0 = g_ptr_array_index (all, 0);
      double told_s = moe_cost_model_step_s (&model, (double)p->topk);
      g_assert_cmpfloat_with_epsilon (100 * (told_s / moe_record_step_s (at_0) - 1),
                                      p->off_at_0_percent, 0.051);
      model = model_of (all);
      g_assert_cmpint (model.state, ==, MOE_COST_STRAIGHT);
      g_assert_cmpfloat (model.error, <, 0.02);
      g_assert_cmpfloat_with_epsilon (model.fixed_s, 1e-3 * p->fixed_ms, 2e-5 * p->fixed_ms);
    }
}

/* Null at f is the same as a top-k of k (1 - f): all rows of a shape are on one line. */
static void
test_published_jointly (void)
{
  g_autoptr (GPtrArray) runs = test_reference_runs ();
  static const gsize experts[] = { 60, 64, 128 };
  for (gsize i = 0; i < G_N_ELEMENTS (experts); i++)
    {
      g_autoptr (GPtrArray) rows = published_rows (g_ptr_array_index (runs, 0), experts[i], -1, 0);
      MoeCostModel model = model_of (rows);
      g_assert_cmpuint (model.n_points, ==, rows->len);
      g_assert_cmpint (model.state, ==, MOE_COST_STRAIGHT);
      g_assert_cmpfloat (model.error, <, 0.02);
      for (guint j = 0; j < rows->len; j++)
        {
          const MoeRecord *row = g_ptr_array_index (rows, j);
          double told_s = moe_cost_model_step_s (&model, moe_record_experts_per_token (row));
          g_assert_cmpfloat_with_epsilon (told_s / moe_record_step_s (row), 1, 0.03);
        }
    }
}

/* --- planted costs --- */

typedef struct Grown
{
  MoeRun *run;
  gsize records[16]; /* by point */
} Grown;

static void
grow_point (void *data, const MoePoint *point, const MoePointFacts *facts)
{
  Grown *grown = data;
  MoeRecord record;
  moe_record_from_point (&record, point, facts, "fake");
  grown->records[point->index] = moe_run_append (grown->run, &record);
}

static void
grow_sample (void *data, const MoeSample *sample)
{
  Grown *grown = data;
  moe_run_add_sample (grown->run, grown->records[sample->point], sample->time_s, &sample->stages,
                      &sample->taken);
}

static MoeRun *
measure (const char *const settings[][2])
{
  MoeOptions options;
  MoePlan plan;
  MoeError error = { 0 };
  Grown grown = { .run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Planted") };
  MoeClock clock = fake_clock ();
  MoeRunEvents events = { .data = &grown, .point = grow_point, .sample = grow_sample };
  moe_options_init_single (&options);
  for (gsize i = 0; settings[i][0] != NULL; i++)
    g_assert_cmpint (moe_options_set (&options, settings[i][0], settings[i][1], &error), ==,
                     MOE_OK);
  g_assert_cmpint (moe_plan_new (&options, &plan, &error), ==, MOE_OK);
  const MoeSetup setup = { &plan, &fake_backend, NULL };
  g_assert_cmpint (moe_run_setups (&setup, 1, false, &clock, NULL, &events, &error), ==, MOE_OK);
  moe_plan_clear (&plan);
  return grown.run;
}

/* Samples differ by some percent, one of 23 by much more, as on a machine with others on it. */
static double noise_s[23];

static void
plant (double row_s, double token_s, double call_s)
{
  fake_machine_reset ();
  fake_machine.row_s = row_s;
  fake_machine.token_s = token_s;
  fake_machine.call_s = call_s;
  for (gsize i = 0; i < G_N_ELEMENTS (noise_s); i++)
    noise_s[i] = i == 5 ? 0.3 : 1e-3 * (double)(7 * i % 23);
  fake_machine.cycle_s = noise_s;
  fake_machine.n_cycle = G_N_ELEMENTS (noise_s);
}

#define TOKENS 200
static void
assert_near (double told, double planted)
{
  g_assert_cmpfloat_with_epsilon (told / planted, 1, 0.05);
}

/* One curve: what a row costs is the slots', what a token and a step cost is fixed, and each is
 * found in the stage that it was planted in. */
static void
test_planted (void)
{
  const char *const settings[][2] = {
    { "tokens", "200" },   { "hidden", "16" }, { "mlp-dim", "8" },
    { "experts", "10" },   { "topk", "4" },    { "null-route-frac-list", "0.0,0.3,0.5,0.7,0.9" },
    { "iters", "12" },     { "warmup", "0" },  { "min-sample-time", "0" },
    { "wait-quiet", "0" }, { NULL, NULL }
  };
  double row_s = 2e-3, token_s = 2e-3, call_s = 0.1;
  plant (row_s, token_s, call_s);
  g_autoptr (MoeRun) run = measure (settings);
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);
  g_assert_cmpuint (curves->len, ==, 1);
  g_autoptr (GPtrArray) points = moe_curve_points (g_ptr_array_index (curves, 0));
  MoeCostModel model = model_of (points);
  g_assert_cmpuint (model.n_points, ==, 5);
  g_assert_cmpint (model.state, ==, MOE_COST_STRAIGHT);
  assert_near (model.fixed_s, call_s + TOKENS * token_s);
  assert_near (model.per_expert_s, TOKENS * row_s);
  g_assert_cmpfloat (model.fixed_lower_s, <=, model.fixed_s);
  g_assert_cmpfloat (model.fixed_upper_s, >=, model.fixed_s);
  g_assert_cmpfloat (model.fixed_upper_s - model.fixed_lower_s, <, 0.1 * model.fixed_s);
  g_assert_true (model.has_stages);
  assert_near (model.stage_fixed_s[MOE_STAGE_COMBINE], TOKENS * token_s);
  assert_near (model.stage_fixed_s[MOE_STAGE_PACK], call_s);
  assert_near (model.stage_per_expert_s[MOE_STAGE_UP], TOKENS * row_s);
  double fixed_s = model.other_fixed_s, per_expert_s = model.other_per_expert_s;
  for (int i = 0; i < MOE_N_STAGES; i++)
    {
      fixed_s += model.stage_fixed_s[i];
      per_expert_s += model.stage_per_expert_s[i];
    }
  g_assert_cmpfloat_with_epsilon (fixed_s, model.fixed_s, 1e-9);
  g_assert_cmpfloat_with_epsilon (per_expert_s, model.per_expert_s, 1e-9);
  g_assert_cmpfloat (fabs (model.other_fixed_s), <, 0.02 * model.fixed_s);
}

/* --- no line --- */

static MoeRun *
run_of (const double *fractions, const double *times_s, gsize n, gint64 topk)
{
  g_autoptr (MoeRun) from = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_LOGBOOK_CSV, "Rows");
  for (gsize i = 0; i < n; i++)
    {
      MoeRecord record = *moe_run_get_record (from, 0);
      record.shape.tokens = 1000;
      record.topk = topk;
      record.null_target = record.null_realized = fractions[i];
      record.n_samples = 0;
      record.samples_s = NULL;
      record.taken = NULL;
      record.tokens_per_s = 1000 / times_s[i];
      moe_run_append (run, &record);
    }
  return run;
}

static MoeCostModel
model_of_run (const MoeRun *run)
{
  g_autoptr (GPtrArray) records = g_ptr_array_new ();
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    g_ptr_array_add (records, (gpointer)moe_run_get_record (run, i));
  return model_of (records);
}

static void
test_bent (void)
{
  static const double f[] = { 0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9 };
  static const double t[] = { 1, 0.8, 0.6, 0.4, 0.38, 0.36, 0.34 };
  static const double up[] = { 1, 0.8, 0.9 };
  g_autoptr (MoeRun) run = run_of (f, t, 7, 4);
  MoeCostModel model = model_of_run (run);
  g_assert_cmpint (model.state, ==, MOE_COST_BENT);
  g_assert_cmpfloat (model.error, >, MOE_COST_MOST_ERROR);
  g_assert_cmpfloat_with_epsilon (model.bend, 4 * (1 - 0.6), 1e-9);
  /* Three points, which a line through two of them fits by half. */
  g_autoptr (MoeRun) three = run_of (f, up, 3, 4);
  g_assert_cmpint (model_of_run (three).state, ==, MOE_COST_BENT);
}

/* A straight line that one point is off stays one. */
static void
test_one_off (void)
{
  static const double f[] = { 0, 0.2, 0.4, 0.6, 0.8, 0.9 };
  static const double t[] = { 1, 0.84, 0.68, 0.9, 0.36, 0.28 };
  g_autoptr (MoeRun) run = run_of (f, t, 6, 4);
  MoeCostModel model = model_of_run (run);
  g_assert_cmpint (model.state, ==, MOE_COST_STRAIGHT);
  g_assert_cmpfloat_with_epsilon (model.fixed_s, 0.2, 1e-9);
  g_assert_cmpfloat_with_epsilon (model.per_expert_s, 0.2, 1e-9);
}

static void
test_few (void)
{
  static const double f[] = { 0, 0.5 }, t[] = { 1, 0.6 }, same[] = { 0.5, 0.5 };
  g_autoptr (MoeRun) one = run_of (f, t, 1, 4);
  g_autoptr (MoeRun) two = run_of (f, t, 2, 4);
  g_autoptr (MoeRun) repeated = run_of (same, t, 2, 4);
  MoeCostModel model = model_of_run (one);
  g_assert_cmpint (model.state, ==, MOE_COST_NONE);
  g_assert_true (isnan (model.fixed_s));
  g_assert_cmpint (model_of_run (repeated).state, ==, MOE_COST_NONE);
  model = model_of_run (two);
  g_assert_cmpint (model.state, ==, MOE_COST_TWO);
  g_assert_cmpfloat_with_epsilon (model.fixed_s, 0.2, 1e-9);
  g_assert_cmpfloat_with_epsilon (moe_cost_model_fixed_share (&model, 4), 0.2, 1e-9);
  /* Of two curves, two points tell nothing: who says that the fixed part is the same? */
  const MoeRecord *halves[] = { moe_run_get_record (two, 0), NULL };
  g_autoptr (MoeRun) other = run_of (f, t, 1, 2);
  halves[1] = moe_run_get_record (other, 0);
  g_assert_cmpint (moe_cost_model_fit_with_intervals (halves, 2).state, ==, MOE_COST_NONE);
  g_assert_cmpint (moe_cost_model_fit_with_intervals (NULL, 0).state, ==, MOE_COST_NONE);
}

/* --- how sure --- */

static MoeRun *
noisy_run (GRand *random, gsize rounds)
{
  static const double f[] = { 0, 0.3, 0.6, 0.9 };
  g_autoptr (MoeRun) from = test_run_new ();
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Noise");
  for (gsize i = 0; i < G_N_ELEMENTS (f); i++)
    {
      MoeRecord record = *moe_run_get_record (from, 0);
      record.topk = 4;
      record.null_target = record.null_realized = f[i];
      record.n_samples = 0;
      record.samples_s = NULL;
      record.taken = NULL;
      moe_run_append (run, &record);
      for (gsize j = 0; j < rounds; j++)
        {
          double off = 0;
          for (int k = 0; k < 12; k++)
            off += g_rand_double (random) - 0.5; /* N(0,1), nearly */
          moe_run_add_sample (run, i, (1 + 4 * (1 - f[i])) * (1 + 0.02 * off), NULL, NULL);
        }
    }
  return run;
}

/* Of 100 intervals of 95 % few miss. */
static void
test_intervals (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);
  int fixed = 0, per_expert = 0;
  for (int i = 0; i < 100; i++)
    {
      g_autoptr (MoeRun) run = noisy_run (random, 30);
      MoeCostModel model = model_of_run (run);
      fixed += model.fixed_lower_s <= 1 && 1 <= model.fixed_upper_s;
      per_expert += model.per_expert_lower_s <= 1 && 1 <= model.per_expert_upper_s;
      g_assert_cmpfloat (model.fixed_upper_s - model.fixed_lower_s, <, 0.1);
    }
  g_assert_cmpint (fixed, >=, 88);
  g_assert_cmpint (per_expert, >=, 88);
  /* Too few rounds for any. */
  g_autoptr (MoeRun) few = noisy_run (random, 4);
  g_assert_true (isnan (model_of_run (few).fixed_lower_s));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cost-model/published", test_published);
  g_test_add_func ("/cost-model/published-jointly", test_published_jointly);
  g_test_add_func ("/cost-model/planted", test_planted);
  g_test_add_func ("/cost-model/bent", test_bent);
  g_test_add_func ("/cost-model/one-off", test_one_off);
  g_test_add_func ("/cost-model/few", test_few);
  g_test_add_func ("/cost-model/intervals", test_intervals);
  return g_test_run ();
}
