/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/resume.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/bench/settle.h"
#include "engine/host/environment.h"
#include "engine/records/axes.h"
#include "engine/sweep/quantities.h"

/* Is it the same experiment? */

static char *
compare_fact (const MoeRun *before, const char *key, const char *now, const char *name)
{
  const char *then = moe_run_get_fact (before, key);
  if (g_strcmp0 (then, now) == 0)
    return NULL;
  if (then == NULL)
    return g_strdup_printf (
        _ ("%s: the file does not tell its %s, so its points cannot stand beside "
           "new ones."),
        name, key);
  return g_strdup_printf (
      _ ("%s: its points were measured with %s %s, and this is %s; points of both "
         "in one run could not be compared."),
      name, key, then, now);
}

/* Does it change the numbers without a row of the file telling so in all versions?  Of choices
 * those do that neither the harness's rows tell nor every chart. */
static gboolean
is_decisive (const MoeOptionSpec *spec)
{
  static const char *const numbers[] = {
    "shared-expert-dim",
    "capacity-factor",
    "run-alpha",
    "run-noise-scale",
    "zipf-exponent",
    "hot-experts",
    "hot-share",
    "tile",
    "loads-row",
    "trace-layer",
    "seed",
    "null-experts",
    "null-route-seed",
    "renormalize-real-after-null",
    "ep-size",
    "warmup",
    "starts",
    "until-settled",
    "min-sample-time",
    NULL,
  };
  if (spec->choice != NULL)
    return !spec->choice->told_by_result && !spec->choice->common;
  return g_strv_contains (numbers, spec->name);
}

/* Is it of no effect beside the others? */
static gboolean
is_idle (const MoeOptionSpec *spec, const MoeOptions *options)
{
  static const struct
  {
    MoeNeeds needs;
    MoeDistribution distribution;
  } numbers[] = {
    { MOE_NEEDS_RUNS, MOE_DISTRIBUTION_RUNS },   { MOE_NEEDS_ZIPF, MOE_DISTRIBUTION_ZIPF },
    { MOE_NEEDS_HOT, MOE_DISTRIBUTION_HOT },     { MOE_NEEDS_LOADS, MOE_DISTRIBUTION_LOADS },
    { MOE_NEEDS_TRACE, MOE_DISTRIBUTION_TRACE },
  };
  if (spec->needs == MOE_NEEDS_ROUNDING)
    return !moe_options_ask (options, MOE_CHOICE_K_RULE, MOE_K_RULE_TOKEN_ROUNDING);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (spec->needs == numbers[i].needs)
      return !moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, numbers[i].distribution);
  return FALSE;
}

static char *
compare_option (const MoeOptions *then,
                const MoeOptions *now,
                const MoeOptionSpec *spec,
                const char *name)
{
  char old_value[MOE_OPTION_VALUE_SIZE], new_value[MOE_OPTION_VALUE_SIZE];
  if (is_idle (spec, now) || moe_options_same (then, now, spec))
    return NULL;
  moe_options_format (then, spec, old_value, sizeof old_value);
  moe_options_format (now, spec, new_value, sizeof new_value);
  return g_strdup_printf (
      _ ("%s: its points were measured with --%s %s, and now it is %s: allowed is "
         "the same value."),
      name, spec->name, old_value, new_value);
}

static char *
compare_options (const MoeRun *before, const MoeOptions *now, const char *name)
{
  gsize n;
  MoeOptions then;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  const char *line = moe_run_get_fact (before, "options");
  char *hindrance = NULL;
  if (line == NULL)
    return g_strdup_printf (_ ("%s: the file does not tell its options, so its points cannot stand "
                               "beside new ones."),
                            name);
  moe_options_init (&then);
  moe_text_to_options (line, &then);
  for (gsize i = 0; hindrance == NULL && i < n; i++)
    if (is_decisive (&specs[i]))
      hindrance = compare_option (&then, now, &specs[i], name);
  return hindrance;
}

/* A file does not tell of ranks when one process measured it alone. */
static char *
compare_ranks (const MoeRun *before, gsize ranks, const char *name)
{
  const char *then = moe_run_get_fact (before, "ranks");
  g_autofree char *now = g_strdup_printf ("%zu", MAX (ranks, 1));
  if (strcmp (then != NULL ? then : "1", now) == 0)
    return NULL;
  if (then == NULL)
    return g_strdup_printf (_ ("%s: its points were measured on 1 rank, and here is %s: allowed is "
                               "the same number."),
                            name, now);
  return g_strdup_printf (_ ("%s: its points were measured on %s ranks, and here is %s: allowed is "
                             "the same number."),
                          name, then, now);
}

char *
moe_resume_find_hindrance (const MoeRun *before, const MoePlan *plan, const char *name)
{
  const char *dtype = moe_choice_name (MOE_CHOICE_DTYPE, plan->options.choice[MOE_CHOICE_DTYPE]);
  g_autofree char *threads = g_strdup_printf ("%zu", plan->threads);
  char *hindrance = compare_fact (before, "cpu", moe_environment_cpu (), name);
  if (hindrance == NULL)
    hindrance = compare_fact (before, "dtype", dtype, name);
  if (hindrance == NULL)
    hindrance = compare_fact (before, "threads", threads, name);
  if (hindrance == NULL)
    hindrance = compare_ranks (before, plan->options.ranks, name);
  return hindrance != NULL ? hindrance : compare_options (before, &plan->options, name);
}

char *
moe_resume_find_other_backend (const MoeRun *before, const char *backend, const char *name)
{
  return compare_fact (before, "accelerator", backend, name);
}

/* Points */

void
moe_resume_expect (const MoePoint *point, const char *accelerator, MoeRecord *record)
{
  const MoePointFacts unknown = { .real_assignments = SIZE_MAX };
  moe_record_from_point (record, point, &unknown, accelerator);
}

gboolean
moe_resume_is_of_point (const MoeRecord *record, const MoeRecord *expected)
{
  return moe_fraction_equal (record->null_target, expected->null_target)
         && moe_record_same_curve (record, expected);
}

const MoeRecord *
moe_resume_find_record (const MoeRun *before, const MoeRecord *expected)
{
  const MoeRecord *found = NULL;
  for (gsize i = 0; i < moe_run_get_n_records (before); i++)
    {
      const MoeRecord *record = moe_run_get_record (before, i);
      if (record->n_samples > 0 && moe_resume_is_of_point (record, expected)
          && (found == NULL || record->n_samples > found->n_samples))
        found = record;
    }
  return found;
}

gsize
moe_resume_group_size (const MoePlan *plan, gsize first)
{
  gsize n = 1;
  while (first + n < plan->n_points && plan->points[first + n].group == plan->points[first].group)
    n++;
  return n;
}

/* Whole points */

typedef struct Count
{
  gsize all;
  gsize good; /* that nobody disturbed */
} Count;

static Count
count_start (const MoeRecord *record, gsize start)
{
  Count count = { 0 };
  for (gsize i = 0; i < record->n_samples; i++)
    if (record->taken[i].start == start)
      {
        count.all++;
        count.good += !moe_taken_is_disturbed (&record->taken[i]);
      }
  return count;
}

/* A source that does not tell of starts is older than they are. */
static gboolean
has_its_samples (const MoeRecord *record, const MoePlan *plan)
{
  if (record == NULL || record->taken == NULL)
    return record != NULL && record->n_samples >= plan->options.iters;
  for (gsize start = 0; start < moe_plan_starts (plan); start++)
    {
      gsize quota = moe_plan_quota (plan, start);
      Count count = count_start (record, start);
      if (count.good < quota && count.all < 2 * quota)
        return FALSE;
    }
  return TRUE;
}

static gsize
count_starts (const MoeRecord *record)
{
  gsize n = 0;
  for (gsize i = 0; i < record->n_samples; i++)
    n = MAX (n, (gsize)record->taken[i].start + 1);
  return n;
}

static gboolean
add_record (MoeSettle *settle, gsize at, const MoeRecord *record)
{
  for (gsize i = 0; i < record->n_samples; i++)
    if (moe_settle_add (settle, 0, at, &record->taken[i], record->samples_s[i], NULL) != MOE_OK)
      return FALSE;
  return TRUE;
}

static gboolean
are_settled (const MoePlan *plan, MoeSettle *settle, const MoeRecord *const *records, gsize n)
{
  for (gsize at = 0; at < n; at++)
    if (records[at]->taken == NULL || count_starts (records[at]) < moe_plan_starts (plan)
        || !add_record (settle, at, records[at]))
      return FALSE;
  for (gsize at = 0; at < n; at++)
    {
      gsize trials;
      double half = moe_settle_half_width (settle, at, MOE_SETTLE_ALL_STARTS, &trials);
      if (trials == 0 || !(half <= plan->options.precision))
        return FALSE;
    }
  return TRUE;
}

static gboolean
is_group_settled (const MoePlan *plan, const MoeRecord *const *records, gsize first, gsize n)
{
  MoeSettle *settle = NULL;
  int base = MOE_SETTLE_NO_BASE;
  for (gsize i = 0; i < n; i++)
    {
      if (records[first + i] == NULL)
        return FALSE;
      if (base == MOE_SETTLE_NO_BASE && plan->points[first + i].routing.null_target == 0)
        base = (int)i;
    }
  if (moe_settle_new (n, 1, base, &settle, NULL) != MOE_OK)
    return FALSE;
  gboolean settled = are_settled (plan, settle, &records[first], n);
  moe_settle_free (settle);
  return settled;
}

/* Did the earlier run come to its end, with no wider intervals and no less time allowed? */
static gboolean
was_complete (const MoeRun *before, const MoeOptions *now)
{
  MoeOptions then;
  const char *line = moe_run_get_fact (before, "options");
  if (line == NULL || g_strcmp0 (moe_run_get_fact (before, "state"), "complete") != 0)
    return FALSE;
  moe_options_init (&then);
  moe_text_to_options (line, &then);
  return then.until_settled && then.precision <= now->precision && then.budget_s >= now->budget_s;
}

void
moe_resume_find_carried (const MoeRun *before,
                         const MoePlan *plan,
                         const MoeRecord *const *records,
                         gboolean *carried)
{
  gboolean complete = was_complete (before, &plan->options);
  for (gsize first = 0, n; first < plan->n_points; first += n)
    {
      n = moe_resume_group_size (plan, first);
      gboolean settled =
          plan->options.until_settled && !complete && is_group_settled (plan, records, first, n);
      for (gsize i = first; i < first + n; i++)
        carried[i] = !plan->options.until_settled ? has_its_samples (records[i], plan)
                     : complete                   ? records[i] != NULL
                                                  : settled;
    }
}

/* What is left */

static gboolean
all_carried (const gboolean *carried, gsize first, gsize n)
{
  for (gsize i = first; i < first + n; i++)
    if (!carried[i])
      return FALSE;
  return TRUE;
}

static void
measure_group (
    const MoePlan *plan, gboolean *carried, gsize first, gsize n, MoePlan *todo, gsize *origin)
{
  for (gsize i = first; i < first + n; i++)
    {
      carried[i] = FALSE;
      origin[todo->n_points] = i;
      todo->points[todo->n_points] = plan->points[i];
      todo->points[todo->n_points].index = todo->n_points;
      todo->points[todo->n_points].group = todo->n_groups;
      todo->n_points++;
    }
  todo->n_groups++;
}

void
moe_resume_narrow (const MoePlan *plan, gboolean *carried, MoePlan *todo, gsize *origin)
{
  todo->n_points = todo->n_groups = 0;
  for (gsize first = 0, n; first < plan->n_points; first += n)
    {
      n = moe_resume_group_size (plan, first);
      if (!all_carried (carried, first, n))
        measure_group (plan, carried, first, n, todo, origin);
    }
}
