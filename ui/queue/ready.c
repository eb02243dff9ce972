/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/ready.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct Comparison
{
  const char *option;
  const char *values[MOE_MAX_SETUPS];
  const char *words[MOE_MAX_SETUPS]; /* after the name of the setup */
  const char *title;                 /* of the verdict */
  const char *what;                  /* it measures; NULL of one of several */
  gboolean needs_nulls;
} Comparison;

static const Comparison comparisons[NULLCURVE_READY_EASY_WAYS] = {
  [NULLCURVE_READY_MODES] = { "null-routing-mode",
                              { "independent", "take_until_null" },
                              { N_ ("independent"), N_ ("take until null") },
                              N_ ("Take until null against independent"),
                              N_ ("Measure this setup with both null modes and say which is "
                                  "faster"),
                              TRUE },
  [NULLCURVE_READY_DISPATCH] = { "null-dispatch",
                                 { "compact", "carry" },
                                 { N_ ("compact"), N_ ("carry") },
                                 N_ ("Carry against compact"),
                                 N_ ("Measure this setup with null slots dropped and with null "
                                     "slots carried along"),
                                 TRUE },
  [NULLCURVE_READY_REMAP] = { "null-dispatch",
                              { "compact", "remap" },
                              { N_ ("compact"), N_ ("remap") },
                              N_ ("Remap against compact"),
                              N_ ("Measure this setup with null slots dropped and with null slots "
                                  "computed as expert 0"),
                              TRUE },
  [NULLCURVE_READY_ZERO_EXPERT] = { "null-dispatch",
                                    { "compact", "zero_expert" },
                                    { N_ ("compact"), N_ ("zero experts") },
                                    N_ ("Zero experts against compact"),
                                    N_ ("Measure this setup with null slots dropped and with null "
                                        "slots computed by extra experts of zeros"),
                                    TRUE },
};

/* One after the other: each is measured in the same rounds as compact, ... */
static const Comparison *const easy_ways[] = { &comparisons[NULLCURVE_READY_DISPATCH],
                                               &comparisons[NULLCURVE_READY_REMAP],
                                               &comparisons[NULLCURVE_READY_ZERO_EXPERT] };

/* ... or as the fixed top-k. */
#define RULE(value, words, title)                                                                  \
  {                                                                                                \
    "k-rule", { "fixed", value }, { N_ ("fixed k"), words }, title                                 \
  }
static const Comparison rules[] = {
  RULE ("top_p", N_ ("top-p"), N_ ("Top-p against fixed k")),
  RULE ("min_p", N_ ("min-p"), N_ ("Min-p against fixed k")),
  RULE ("entropy", N_ ("entropy"), N_ ("Entropy against fixed k")),
  RULE ("expert_choice", N_ ("expert choice"), N_ ("Expert choice against fixed k")),
  RULE ("token_rounding", N_ ("token rounding"), N_ ("Token rounding against fixed k")),
};

const char *
nullcurve_ready_describe (NullcurveReady ready)
{
  if (ready == NULLCURVE_READY_EASY_WAYS)
    return _ (
        "What does the easy way cost? Measure this setup with null slots dropped beside each of "
        "the three other ways: carried along, computed as expert 0, computed by experts of zeros");
  if (ready == NULLCURVE_READY_K_RULES)
    return _ ("Measure this setup with its fixed top-k beside each rule that it allows by which "
              "tokens take unlike numbers of experts, at the same mean: top-p, min-p, entropy, "
              "expert choice, token rounding");
  return _ (comparisons[ready].what);
}

/* --- plans --- */

struct NullcurveReadyPlans
{
  const NullcurveSweepSetup *setup;
  GPtrArray *planned; /* of Planned */
};

typedef struct Planned
{
  MoeOptions options;
  NullcurveSweepPlan plan;
} Planned;

static void
planned_free (gpointer data)
{
  Planned *planned = data;
  nullcurve_sweep_plan_clear (&planned->plan);
  g_free (planned);
}

NullcurveReadyPlans *
nullcurve_ready_plans_new (const NullcurveSweepSetup *setup)
{
  NullcurveReadyPlans *plans = g_new (NullcurveReadyPlans, 1);
  plans->setup = setup;
  plans->planned = g_ptr_array_new_with_free_func (planned_free);
  return plans;
}

void
nullcurve_ready_plans_free (NullcurveReadyPlans *plans)
{
  g_ptr_array_unref (plans->planned);
  g_free (plans);
}

/* Copies of one setup are the same in every byte where nothing was set. */
static const Planned *
find_plan (NullcurveReadyPlans *plans, const MoeOptions *options)
{
  for (guint i = 0; i < plans->planned->len; i++)
    {
      Planned *planned = g_ptr_array_index (plans->planned, i);
      if (memcmp (&planned->options, options, sizeof *options) == 0)
        return planned;
    }
  Planned *planned = g_new0 (Planned, 1);
  memcpy (&planned->options, options, sizeof *options);
  nullcurve_sweep_plan_make (&planned->plan, plans->setup, options);
  g_ptr_array_add (plans->planned, planned);
  return planned;
}

/* The setup with one of the comparison's values. */
static const Planned *
find_side (NullcurveReadyPlans *plans, const Comparison *comparison, gsize side)
{
  MoeOptions options;
  memcpy (&options, &plans->setup->options, sizeof options);
  moe_options_set (&options, comparison->option, comparison->values[side], NULL);
  return find_plan (plans, &options);
}

static gboolean
has_null_slots (const MoePlan *plan)
{
  gboolean any = FALSE;
  for (size_t i = 0; i < plan->n_points; i++)
    any = any || plan->points[i].routing.null_target > 0;
  return any;
}

static char *
dup_problem (const Comparison *comparison, NullcurveReadyPlans *plans)
{
  const Planned *a = find_side (plans, comparison, 0), *b = find_side (plans, comparison, 1);
  const MoeOptionSpec *spec = moe_option_spec_find (comparison->option);
  MoeError error = { 0 };
  if (!nullcurve_sweep_plans_fit (&a->plan, &b->plan, &error))
    return g_strdup (error.message);
  if (comparison->needs_nulls && !has_null_slots (&a->plan.plan))
    return g_strdup (_ ("Set a null fraction above 0: without null slots the two are the same."));
  const char *same = moe_options_unneeded (&b->options, spec);
  if (same != NULL)
    return g_strdup_printf (_ ("The two are the same: %s."), same);
  return NULL;
}

/* --- comparisons --- */

/* The comparisons that can be made.  *problem, NULL before, tells why not where all that are asked
 * for have to be, and of the k rules where none can: these are as many as the setup allows. */
static GPtrArray *
find_possible (NullcurveReady ready, NullcurveReadyPlans *plans, char **problem)
{
  GPtrArray *possible = g_ptr_array_new ();
  const Comparison *one[] = { NULL }, *of_rules[G_N_ELEMENTS (rules)];
  const Comparison *const *all = one;
  gsize n = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    of_rules[i] = &rules[i];
  if (ready == NULLCURVE_READY_EASY_WAYS)
    all = easy_ways, n = G_N_ELEMENTS (easy_ways);
  else if (ready == NULLCURVE_READY_K_RULES)
    all = of_rules, n = G_N_ELEMENTS (rules);
  else
    one[0] = &comparisons[ready];
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *own = dup_problem (all[i], plans);
      if (own == NULL)
        g_ptr_array_add (possible, (gpointer)all[i]);
      else if (*problem == NULL)
        *problem = g_steal_pointer (&own);
    }
  if (possible->len == n || (ready == NULLCURVE_READY_K_RULES && possible->len > 0))
    g_clear_pointer (problem, g_free);
  return possible;
}

char *
nullcurve_ready_dup_problem (NullcurveReady ready, NullcurveReadyPlans *plans)
{
  char *problem = NULL;
  g_ptr_array_unref (find_possible (ready, plans, &problem));
  return problem;
}

static NullcurveJobItem *
new_job (const Comparison *comparison, NullcurveReadyPlans *plans, const char *shape_name)
{
  NullcurveJobItem *jobs[MOE_MAX_SETUPS];
  for (gsize i = 0; i < MOE_MAX_SETUPS; i++)
    {
      const Planned *planned = find_side (plans, comparison, i);
      g_autofree char *name = g_strdup_printf ("%s, %s", shape_name, _ (comparison->words[i]));
      jobs[i] =
          nullcurve_job_item_new (name, &planned->options, planned->plan.forecast.time_total_s);
    }
  nullcurve_job_item_beside (jobs[1], jobs[0], _ (comparison->title));
  return jobs[1];
}

GPtrArray *
nullcurve_ready_new_jobs (NullcurveReady ready, NullcurveReadyPlans *plans, const char *shape_name)
{
  GPtrArray *jobs = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *problem = NULL;
  g_autoptr (GPtrArray) possible = find_possible (ready, plans, &problem);
  for (guint i = 0; i < possible->len; i++)
    g_ptr_array_add (jobs, new_job (g_ptr_array_index (possible, i), plans, shape_name));
  return jobs;
}
