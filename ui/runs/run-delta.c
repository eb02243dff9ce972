/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-delta.h"

#include <glib/gi18n.h>

#include "ui/words/judged.h"

const char *
nullcurve_run_delta_dtype (const MoeRun *run)
{
  const char *fact = moe_run_get_fact (run, "dtype");
  if (fact != NULL || moe_run_get_n_records (run) == 0)
    return fact;
  return moe_run_get_record (run, 0)->choice[MOE_CHOICE_DTYPE];
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

NullcurveRunDelta *
nullcurve_run_delta_new (const MoeComparison *comparison, const MoeRun *baseline, const MoeRun *run)
{
  NullcurveRunDelta *delta = g_new0 (NullcurveRunDelta, 1);
  gboolean any = comparison->pairs->len > 0;
  const MoeJudged *joint = &comparison->joint;
  delta->verdict = any ? joint->verdict : MOE_VERDICT_OPEN;
  delta->brief = any ? g_strdup_printf ("%.2f×", joint->ratio) : g_strdup ("–");
  delta->ratio_text = any ? g_strdup_printf (_ ("%.2f× baseline"), joint->ratio)
                          : g_strdup (_ ("no point in common with the baseline"));
  delta->verdict_text = any ? nullcurve_words_verdict (joint) : g_strdup ("");
  delta->guard = describe_guard (baseline, run);
  return delta;
}

void
nullcurve_run_delta_free (NullcurveRunDelta *delta)
{
  g_free (delta->brief);
  g_free (delta->ratio_text);
  g_free (delta->verdict_text);
  g_free (delta->guard);
  g_free (delta);
}
