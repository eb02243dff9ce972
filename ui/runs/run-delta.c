/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-delta.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/words/judged.h"

static void
judge (NullcurveRunDelta *delta, const MoeComparison *comparison)
{
  const MoeJudged *joint = &comparison->joint;
  delta->ratio = joint->ratio;
  delta->verdict = joint->verdict;
  delta->ratio_text = g_strdup_printf (_ ("%.2f× baseline"), delta->ratio);
  delta->verdict_text = nullcurve_words_verdict (joint);
}

const char *
nullcurve_run_delta_dtype (const MoeRun *run)
{
  const char *fact = moe_run_get_fact (run, "dtype");
  if (fact != NULL || moe_run_get_n_records (run) == 0)
    return fact;
  return moe_run_get_record (run, 0)->dtype;
}

static gboolean
differ (const char *a, const char *b)
{
  return a != NULL && b != NULL && !g_str_equal (a, b);
}

static void
append_guard (GString *guard, gboolean differs, const char *words)
{
  if (differs)
    g_string_append_printf (guard, "%s%s", guard->len > 0 ? ", " : "", words);
}

static gboolean
facts_differ (const MoeRun *a, const MoeRun *b, const char *key)
{
  return differ (moe_run_get_fact (a, key), moe_run_get_fact (b, key));
}

/* One word for each thing that differs, the weightiest first; the comparison itself tells all. */
static char *
describe_guard (const MoeRun *a, const MoeRun *b)
{
  GString *guard = g_string_new (NULL);
  gboolean machine = facts_differ (a, b, "host") || facts_differ (a, b, "cpu");
  gboolean backend = facts_differ (a, b, "accelerator");
  append_guard (guard, machine, _ ("other machine"));
  append_guard (guard, backend, _ ("other backend"));
  append_guard (guard, differ (nullcurve_run_delta_dtype (a), nullcurve_run_delta_dtype (b)),
                _ ("other dtype"));
  append_guard (guard, !backend && facts_differ (a, b, "blas"), _ ("other library"));
  append_guard (guard, !machine && facts_differ (a, b, "threads"), _ ("other threads"));
  return g_string_free (guard, FALSE);
}

void
nullcurve_run_delta_init (NullcurveRunDelta *delta,
                          const MoeComparison *comparison,
                          const MoeRun *baseline,
                          const MoeRun *run)
{
  *delta = (NullcurveRunDelta){ .n_pairs = comparison->pairs->len,
                                .ratio = NAN,
                                .verdict = MOE_VERDICT_OPEN };
  delta->guard = describe_guard (baseline, run);
  if (delta->n_pairs > 0)
    {
      judge (delta, comparison);
      return;
    }
  delta->ratio_text = g_strdup (_ ("no point in common with the baseline"));
  delta->verdict_text = g_strdup ("");
}

void
nullcurve_run_delta_clear (NullcurveRunDelta *delta)
{
  g_clear_pointer (&delta->ratio_text, g_free);
  g_clear_pointer (&delta->verdict_text, g_free);
  g_clear_pointer (&delta->guard, g_free);
}
