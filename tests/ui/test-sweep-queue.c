/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps that wait, the one under way, and the jobs that are made for it: without a display. */
#include "engine/sweep/presets.h"
#include "ui/queue/ready.h"
#include "ui/queue/sweep-queue.h"

#include <math.h>

static void
append (NullcurveSweepQueue *queue, const char *name, double expected_s)
{
  MoeOptions options;
  moe_presets_init_options (&options);
  g_autoptr (NullcurveJobItem) job = nullcurve_job_item_new (name, &options, expected_s);
  nullcurve_sweep_queue_append (queue, job);
}

static void
assert_order (NullcurveSweepQueue *queue, const char *const *names)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (queue));
  g_assert_cmpuint (n, ==, g_strv_length ((GStrv)names));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveJobItem) job = g_list_model_get_item (G_LIST_MODEL (queue), i);
      g_assert_cmpstr (nullcurve_job_item_get_name (job), ==, names[i]);
    }
}

/* What waits changes places; what was broken off before comes first. */
static void
test_order (void)
{
  g_autoptr (NullcurveSweepQueue) queue = nullcurve_sweep_queue_new ();
  append (queue, "A", NAN);
  append (queue, "B", 2);
  append (queue, "C", 3);
  g_assert_true (isnan (nullcurve_sweep_queue_get_expected_s (queue)));
  g_autoptr (NullcurveJobItem) a = g_list_model_get_item (G_LIST_MODEL (queue), 0);
  g_autoptr (NullcurveJobItem) c = g_list_model_get_item (G_LIST_MODEL (queue), 2);
  nullcurve_sweep_queue_move (queue, c, 0);
  nullcurve_sweep_queue_move (queue, c, 3);
  assert_order (queue, (const char *const[]){ "C", "A", "B", NULL });
  nullcurve_sweep_queue_remove (queue, a);
  nullcurve_sweep_queue_remove (queue, a);
  g_assert_cmpfloat (nullcurve_sweep_queue_get_expected_s (queue), ==, 5);
  nullcurve_sweep_queue_prepend (queue, a);
  assert_order (queue, (const char *const[]){ "A", "C", "B", NULL });
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* Nothing is taken while it is held, and an empty queue is not. */
static void
test_hold (void)
{
  g_autoptr (NullcurveSweepQueue) queue = nullcurve_sweep_queue_new ();
  guint changes = 0;
  g_signal_connect_swapped (queue, "changed", G_CALLBACK (count_cb), &changes);
  nullcurve_sweep_queue_hold (queue, TRUE);
  g_assert_false (nullcurve_sweep_queue_get_held (queue));
  append (queue, "A", NAN);
  nullcurve_sweep_queue_hold (queue, TRUE);
  g_assert_null (nullcurve_sweep_queue_take (queue));
  nullcurve_sweep_queue_hold (queue, FALSE);
  g_assert_cmpuint (changes, ==, 4);
  g_autoptr (NullcurveJobItem) job = nullcurve_sweep_queue_take (queue);
  g_assert_nonnull (job);
  append (queue, "B", NAN);
  nullcurve_sweep_queue_hold (queue, TRUE);
  nullcurve_sweep_queue_clear (queue);
  g_assert_false (nullcurve_sweep_queue_get_held (queue));
}

static void
begin (NullcurveSweepQueue *queue)
{
  MoeOptions options;
  MoePlan plan;
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "run");
  moe_presets_init_options (&options);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  nullcurve_sweep_queue_begin (queue, run, &plan);
  moe_plan_clear (&plan);
}

/* Asked for, reached, taken back; and a stop goes before, which holds what waits. */
static void
test_state (void)
{
  g_autoptr (NullcurveSweepQueue) queue = nullcurve_sweep_queue_new ();
  append (queue, "next", 1);
  g_assert_false (nullcurve_sweep_queue_pause (queue, TRUE));
  g_assert_false (nullcurve_sweep_queue_stop (queue));
  begin (queue);
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_GOING);
  g_assert_true (nullcurve_sweep_queue_pause (queue, TRUE));
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_PAUSING);
  nullcurve_sweep_queue_set_paused (queue, TRUE);
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_PAUSED);
  g_assert_true (nullcurve_sweep_queue_pause (queue, FALSE));
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_GOING);
  g_assert_true (nullcurve_sweep_queue_stop (queue));
  g_assert_false (nullcurve_sweep_queue_stop (queue));
  g_assert_false (nullcurve_sweep_queue_pause (queue, TRUE));
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_STOPPING);
  g_assert_true (nullcurve_sweep_queue_get_held (queue));
  g_assert_null (nullcurve_sweep_queue_end (queue));
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_NONE);
  g_assert_null (nullcurve_sweep_queue_get_plan (queue));
}

/* Half of a sweep of 30 seconds is done. */
static void
assert_half (NullcurveSweepQueue *queue, double share, guint place, guint n, double remaining_s)
{
  guint n_sweeps;
  MoeProgress progress = { .phase = MOE_RUN_PHASE_MEASURE, .fraction = 0.5, .remaining_s = 15 };
  nullcurve_sweep_queue_update (queue, &progress);
  g_assert_cmpfloat_with_epsilon (nullcurve_sweep_queue_get_share (queue), share, 1e-9);
  g_assert_cmpuint (nullcurve_sweep_queue_get_place (queue, &n_sweeps), ==, place);
  g_assert_cmpuint (n_sweeps, ==, n);
  g_assert_cmpfloat (nullcurve_sweep_queue_get_remaining_s (queue), ==, remaining_s);
  g_assert_cmpint (nullcurve_sweep_queue_get_point (queue), ==, 0);
}

/* One progress over the sweep under way, those before it and those that wait. */
static void
test_progress (void)
{
  g_autoptr (NullcurveSweepQueue) queue = nullcurve_sweep_queue_new ();
  begin (queue);
  g_assert_cmpint (nullcurve_sweep_queue_get_point (queue), ==, -1);
  assert_half (queue, 0.5, 1, 1, 15);
  append (queue, "second", 30);
  assert_half (queue, 0.25, 1, 2, 45);
  g_assert_null (nullcurve_sweep_queue_end (queue));

  g_autoptr (NullcurveJobItem) taken = nullcurve_sweep_queue_take (queue);
  begin (queue);
  assert_half (queue, 0.75, 2, 2, 15);
  g_autoptr (NullcurveJobItem) job = nullcurve_sweep_queue_end (queue);
  g_assert_true (job == taken);

  begin (queue);
  assert_half (queue, 0.5, 1, 1, 15);
}

static char *
dup_problem (NullcurveReady ready, const NullcurveSweepSetup *setup)
{
  g_autoptr (NullcurveReadyPlans) plans = nullcurve_ready_plans_new (setup);
  return nullcurve_ready_dup_problem (ready, plans);
}

static GPtrArray *
new_jobs (NullcurveReady ready, const NullcurveSweepSetup *setup)
{
  g_autoptr (NullcurveReadyPlans) plans = nullcurve_ready_plans_new (setup);
  return nullcurve_ready_new_jobs (ready, plans, "Quick");
}

/* One job of two sweeps that differ in one option; none where the two would be the same. */
static void
test_ready (void)
{
  NullcurveSweepSetup setup = { 0 };
  moe_presets_init_options (&setup.options);
  g_assert_null (dup_problem (NULLCURVE_READY_DISPATCH, &setup));
  g_autoptr (GPtrArray) jobs = new_jobs (NULLCURVE_READY_DISPATCH, &setup);
  g_assert_cmpuint (jobs->len, ==, 1);
  NullcurveJobItem *job = g_ptr_array_index (jobs, 0);
  NullcurveJobItem *first = nullcurve_job_item_get_first (job);
  g_assert_cmpstr (nullcurve_job_item_get_name (job), ==, "Quick, carry");
  g_assert_cmpstr (nullcurve_job_item_get_name (first), ==, "Quick, compact");
  g_assert_cmpstr (nullcurve_job_item_get_title (job), ==, "Carry against compact");
  MoeOptions options = *nullcurve_job_item_get_options (job);
  moe_options_set (&options, "null-dispatch", "compact", NULL);
  g_assert_cmpmem (&options, sizeof options, nullcurve_job_item_get_options (first),
                   sizeof options);

  /* The easy ways, each beside what is cheapest. */
  static const char *const names[] = { "Quick, carry", "Quick, remap", "Quick, zero experts" };
  g_assert_null (dup_problem (NULLCURVE_READY_EASY_WAYS, &setup));
  g_autoptr (GPtrArray) ways = new_jobs (NULLCURVE_READY_EASY_WAYS, &setup);
  g_assert_cmpuint (ways->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < ways->len; i++)
    {
      NullcurveJobItem *way = g_ptr_array_index (ways, i);
      NullcurveJobItem *beside = nullcurve_job_item_get_first (way);
      g_assert_cmpstr (nullcurve_job_item_get_name (way), ==, names[i]);
      g_assert_cmpstr (nullcurve_job_item_get_name (beside), ==, "Quick, compact");
      g_assert_cmpint (nullcurve_job_item_get_options (way)->choice[MOE_CHOICE_NULL_DISPATCH], ==,
                       MOE_NULL_DISPATCH_CARRY + i);
    }

  /* The k rules that the setup allows, each beside a fixed k, whatever rule the form has. */
  static const char *const rules[] = { "Quick, top-p", "Quick, min-p", "Quick, entropy",
                                       "Quick, expert choice", "Quick, token rounding" };
  setup.options.choice[MOE_CHOICE_K_RULE] = MOE_K_RULE_ENTROPY;
  setup.options.tile = 1;
  for (guint leaves_none = 0; leaves_none < 2; leaves_none++)
    {
      const double fractions[] = { 0.5, 0.9 };
      setup.options.null_route_frac_list = (MoeFractionList){ { fractions[leaves_none] }, 1 };
      g_assert_null (dup_problem (NULLCURVE_READY_K_RULES, &setup));
      g_autoptr (GPtrArray) beside = new_jobs (NULLCURVE_READY_K_RULES, &setup);
      g_assert_cmpuint (beside->len, ==, leaves_none ? 3 : 5);
      for (guint i = 0; i < beside->len; i++)
        {
          NullcurveJobItem *rule = g_ptr_array_index (beside, i);
          NullcurveJobItem *fixed = nullcurve_job_item_get_first (rule);
          g_assert_cmpstr (nullcurve_job_item_get_name (rule), ==, rules[i + 2 * leaves_none]);
          g_assert_cmpstr (nullcurve_job_item_get_name (fixed), ==, "Quick, fixed k");
          g_assert_cmpint (nullcurve_job_item_get_options (fixed)->choice[MOE_CHOICE_K_RULE], ==,
                           MOE_K_RULE_FIXED);
        }
    }
  setup.options.choice[MOE_CHOICE_DISTRIBUTION] = 1u << MOE_DISTRIBUTION_BALANCED;
  g_autofree char *no_logits = dup_problem (NULLCURVE_READY_K_RULES, &setup);
  g_assert_nonnull (strstr (no_logits, "no logits"));
  setup.options.choice[MOE_CHOICE_DISTRIBUTION] = 1u << MOE_DISTRIBUTION_RANDOM;
  g_autofree char *other = dup_problem (NULLCURVE_READY_EASY_WAYS, &setup);
  g_assert_nonnull (strstr (other, "--k-rule entropy"));
  g_autofree char *same = dup_problem (NULLCURVE_READY_MODES, &setup);
  g_assert_nonnull (strstr (same, "The two are the same"));
  setup.options.choice[MOE_CHOICE_K_RULE] = MOE_K_RULE_FIXED;

  setup.options.choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
  g_autofree char *refused = dup_problem (NULLCURVE_READY_EASY_WAYS, &setup);
  g_assert_nonnull (strstr (refused, "zero_expert"));
  g_assert_null (dup_problem (NULLCURVE_READY_REMAP, &setup));

  setup.options.null_route_frac_list = (MoeFractionList){ { 0 }, 1 };
  g_autofree char *problem = dup_problem (NULLCURVE_READY_DISPATCH, &setup);
  g_assert_nonnull (problem);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/queue/order", test_order);
  g_test_add_func ("/queue/hold", test_hold);
  g_test_add_func ("/queue/state", test_state);
  g_test_add_func ("/queue/progress", test_progress);
  g_test_add_func ("/queue/ready", test_ready);
  return g_test_run ();
}
