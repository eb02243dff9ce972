/* SPDX-License-Identifier: Apache-2.0 */
/* What is said when a run is over: what its figures are made of, and what is not settled. */
#include <glib/gi18n.h>
#include <math.h>

#include "app/bench-private.h"
#include "engine/records/trials.h"

enum
{
  MAX_NAMED = 3 /* points, in a sentence */
};

/* Others that take less than a sample may lose without being disturbed are no cause. */
static const double WORTH_TELLING = 1 - MOE_TAKEN_LEAST_SHARE;

/* Sum of what others took of the time of a record's samples, and how many tell it. */
static void
add_taken_by_others (const MoeRecord *record, double *sum, gsize *n)
{
  for (gsize i = 0; record->taken != NULL && i < record->n_samples; i++)
    if (!isnan (record->taken[i].share))
      {
        *sum += MAX (0, 1 - record->taken[i].share);
        *n += 1;
      }
}

/* --- figures made of processor time --- */

static gboolean
has_several_topk (const MoeRun *run)
{
  for (gsize i = 1; i < moe_run_get_n_records (run); i++)
    if (moe_run_get_record (run, i)->topk != moe_run_get_record (run, 0)->topk)
      return TRUE;
  return FALSE;
}

static void
append_name (GString *names, const MoeRecord *record, gboolean with_topk)
{
  g_string_append_printf (names, "%sf = %g", names->len > 0 ? ", " : "", record->null_target);
  if (with_topk)
    g_string_append_printf (names, _ (" at top-%zu"), (gsize)record->topk);
}

static char *
describe_processors (const MoeRun *run)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gsize all = moe_run_get_n_records (run), n = 0, told = 0;
  double taken = 0;
  for (gsize i = 0; i < all; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (!moe_record_is_processor (record))
        continue;
      if (n++ < MAX_NAMED)
        append_name (names, record, has_several_topk (run));
      add_taken_by_others (record, &taken, &told);
    }
  if (n == 0)
    return NULL;
  if (n > MAX_NAMED)
    g_string_append_printf (names, _ (" and %zu more"), n - MAX_NAMED);
  g_autofree char *why =
      told > 0 ? g_strdup_printf (_ (": other work took %.0f %% of the time of the samples"),
                                  100 * taken / (double)told)
               : g_strdup ("");
  return g_strdup_printf (g_dngettext (NULL,
                                       "%zu of %zu points is made of processor time (%s), since "
                                       "the machine did not get quiet%s.",
                                       "%zu of %zu points are made of processor time (%s), since "
                                       "the machine did not get quiet%s.",
                                       n),
                          n, all, names->str, why);
}

GPtrArray *
nullcurve_bench_closing (const MoeRun *run)
{
  GPtrArray *sentences = g_ptr_array_new_with_free_func (g_free);
  char *processors = describe_processors (run);
  if (processors != NULL)
    g_ptr_array_add (sentences, processors);
  return sentences;
}

/* --- until settled --- */

static void
count_settled (const GPtrArray *jobs, gsize *settled, gsize *all)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      gboolean settles = job->plan.options.until_settled && job->left_out == NULL;
      *settled += settles ? job->settled : 0;
      *all += settles ? job->todo.n_points : 0;
    }
}

/* ": other work took 12 % of the time of the samples", or nothing. */
static char *
describe_cause (const NullcurveBench *bench)
{
  double taken = 0;
  gsize told = 0;
  for (gsize s = 0; s < bench->n_sides; s++)
    for (gsize i = 0; i < moe_run_get_n_records (bench->sides[s].run); i++)
      add_taken_by_others (moe_run_get_record (bench->sides[s].run, i), &taken, &told);
  if (told == 0 || taken / (double)told < WORTH_TELLING)
    return g_strdup ("");
  return g_strdup_printf (_ (": other work took %.0f %% of the time of the samples"),
                          100 * taken / (double)told);
}

char *
nullcurve_bench_unsettled (const NullcurveBench *bench)
{
  const GPtrArray *jobs = bench->sides[0].jobs;
  const NullcurveBenchJob *first = g_ptr_array_index (jobs, 0);
  const MoeOptions *options = &first->plan.options;
  gsize settled = 0, all = 0;
  count_settled (jobs, &settled, &all);
  if (settled >= all)
    return NULL;
  g_autofree char *cause = describe_cause (bench);
  g_autofree char *starts =
      options->starts > 0 ? g_strdup_printf (_ ("%zu starts or "), options->starts) : g_strdup ("");
  return g_strdup_printf (g_dngettext (NULL,
                                       "%zu of %zu points is not known to ±%g %% after %sa budget "
                                       "of %g s for each group%s; raise --budget or --precision.",
                                       "%zu of %zu points are not known to ±%g %% after %sa budget "
                                       "of %g s for each group%s; raise --budget or --precision.",
                                       all - settled),
                          all - settled, all, 100 * options->precision, starts, options->budget_s,
                          cause);
}
