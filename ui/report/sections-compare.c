/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge/compare.h"

#include "ui/report/sections-private.h"
#include "ui/words/judged.h"
#include <glib/gi18n.h>

enum
{
  MAX_COMPARISONS = 6
};

typedef struct AxisValue
{
  MoeAxis axis;
  const char *value;
} AxisValue;

static gboolean
has_value (const MoeRecord *record, gconstpointer data)
{
  const AxisValue *wanted = data;
  return moe_record_axis (record, wanted->axis) == wanted->value;
}

static MoeRun *
run_of_value (const MoeRun *run, MoeAxis axis, const char *value)
{
  const AxisValue wanted = { axis, value };
  MoeRun *subset = moe_run_subset (run, has_value, &wanted);
  g_autofree char *title = g_strdup_printf ("%s, %s", moe_run_get_title (run), value);
  moe_run_set_title (subset, title);
  return subset;
}

static void
append_comparison (GString *text, const MoeComparison *comparison)
{
  g_autoptr (GString) markdown = nullcurve_words_comparison_markdown (comparison);
  g_string_append_printf (text, "\n%s", markdown->str);
}

/* The values of an axis in a run, in order of appearance. */
static GPtrArray *
values_of (const MoeRun *run, MoeAxis axis)
{
  GPtrArray *values = g_ptr_array_new ();
  for (gsize i = 0; i < moe_run_get_n_records (run) && values->len < MAX_COMPARISONS; i++)
    {
      const char *value = moe_record_axis (moe_run_get_record (run, i), axis);
      if (value != NULL && !g_ptr_array_find (values, value, NULL))
        g_ptr_array_add (values, (gpointer)value);
    }
  return values;
}

/* The first value against each of the others, within each run. */
static void
add_axis_comparison (NullcurveReport *report, MoeAxis axis, const char *heading)
{
  GString *text = nullcurve_report_heading (heading);
  gsize n = 0;
  for (guint i = 0; i < report->runs->len; i++)
    {
      const MoeRun *run = nullcurve_report_get_run (report->runs, i);
      g_autoptr (GPtrArray) values = values_of (run, axis);
      for (guint j = 1; j < values->len && n < MAX_COMPARISONS; j++)
        {
          g_autoptr (MoeRun) a = run_of_value (run, axis, g_ptr_array_index (values, 0));
          g_autoptr (MoeRun) b = run_of_value (run, axis, g_ptr_array_index (values, j));
          g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
          if (moe_comparison_get_n_pairs (comparison) == 0)
            continue;
          append_comparison (text, comparison);
          n++;
        }
    }
  if (n > 0)
    nullcurve_report_add_text (report, text);
  else
    g_string_free (text, TRUE);
}

void
nullcurve_report_append_modes (const NullcurveReport *report, GString *text)
{
  for (guint i = 0; i < report->runs->len; i++)
    {
      const MoeRun *run = nullcurve_report_get_run (report->runs, i);
      g_autoptr (GPtrArray) values = values_of (run, MOE_AXIS_NULL_MODE);
      for (guint j = 1; j < values->len; j++)
        {
          const char *first = g_ptr_array_index (values, 0), *other = g_ptr_array_index (values, j);
          g_autoptr (MoeRun) a = run_of_value (run, MOE_AXIS_NULL_MODE, first);
          g_autoptr (MoeRun) b = run_of_value (run, MOE_AXIS_NULL_MODE, other);
          g_autoptr (MoeComparison) comparison = moe_compare (&a, 1, &b, 1);
          g_autofree char *headline =
              nullcurve_words_headline (comparison, NULLCURVE_SIDES_LETTERS);
          if (moe_comparison_get_n_pairs (comparison) > 0)
            g_string_append_printf (text, "- **`%s` (B) against `%s` (A)**: %s\n", other, first,
                                    headline);
        }
    }
}

static void
add_run_comparisons (NullcurveReport *report)
{
  GString *text = nullcurve_report_heading (_ ("Runs against each other"));
  gsize n = 0;
  for (guint i = 1; i < report->runs->len && n < MAX_COMPARISONS; i++)
    {
      MoeRun *first = nullcurve_report_get_run (report->runs, 0);
      MoeRun *other = nullcurve_report_get_run (report->runs, i);
      g_autoptr (MoeComparison) comparison = moe_compare (&first, 1, &other, 1);
      if (moe_comparison_get_n_pairs (comparison) == 0)
        continue;
      append_comparison (text, comparison);
      n++;
    }
  if (n > 0)
    nullcurve_report_add_text (report, text);
  else
    g_string_free (text, TRUE);
}

void
nullcurve_report_add_comparisons (NullcurveReport *report)
{
  add_axis_comparison (report, MOE_AXIS_NULL_MODE, _ ("Null modes, point by point"));
  add_axis_comparison (report, MOE_AXIS_DISPATCH, _ ("Null dispatch, point by point"));
  add_run_comparisons (report);
}
