/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/curves.h"

#include <math.h>

#include "engine/records/axes.h"

static void
curve_free (gpointer data)
{
  MoeCurve *curve = data;
  g_ptr_array_unref (curve->records);
  g_array_unref (curve->indices);
  g_free (curve);
}

/* g_array_sort_with_data () keeps the order of equal elements. */
static int
compare_fractions (gconstpointer a, gconstpointer b, gpointer run)
{
  double left = moe_run_get_record (run, *(const gsize *)a)->null_target;
  double right = moe_run_get_record (run, *(const gsize *)b)->null_target;
  return (left > right) - (left < right);
}

static void
collect_run (const MoeRun *run, GPtrArray *curves)
{
  g_autoptr (GHashTable) known = g_hash_table_new (moe_record_curve_hash, moe_record_curve_equal);
  MoeCurve *curve = NULL;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      /* Records of a curve stand together in most runs, which costs less to ask than a hash. */
      if (curve == NULL || !moe_record_curve_equal (curve->first, record))
        curve = g_hash_table_lookup (known, record);
      if (curve == NULL)
        {
          curve = g_new0 (MoeCurve, 1);
          *curve = (MoeCurve){ run, record, g_ptr_array_new (),
                               g_array_new (FALSE, FALSE, sizeof (gsize)) };
          g_ptr_array_add (curves, curve);
          g_hash_table_insert (known, (gpointer)record, curve);
        }
      if (!isnan (record->null_target))
        g_array_append_val (curve->indices, i);
    }
}

GPtrArray *
moe_curves_collect (MoeRun *const *runs, gsize n_runs)
{
  GPtrArray *curves = g_ptr_array_new_with_free_func (curve_free);
  for (gsize i = 0; i < n_runs; i++)
    collect_run (runs[i], curves);
  for (guint i = 0; i < curves->len; i++)
    {
      MoeCurve *curve = g_ptr_array_index (curves, i);
      g_array_sort_with_data (curve->indices, compare_fractions, (gpointer)curve->run);
      for (guint j = 0; j < curve->indices->len; j++)
        g_ptr_array_add (curve->records, (gpointer)moe_run_get_record (
                                             curve->run, g_array_index (curve->indices, gsize, j)));
    }
  return curves;
}

const MoeRecord *
moe_curve_at (const MoeCurve *curve, double null_target, gboolean own)
{
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      if (moe_fraction_equal (record->null_target, null_target) && !isnan (record->tokens_per_s))
        return record;
    }
  if (own || !moe_fraction_equal (null_target, 0))
    return NULL;
  const MoeRecord *baseline = moe_run_find_baseline (curve->run, curve->first);
  return baseline != NULL && !isnan (baseline->tokens_per_s) ? baseline : NULL;
}

GPtrArray *
moe_curve_points (const MoeCurve *curve)
{
  GPtrArray *points = g_ptr_array_new ();
  const MoeRecord *last = moe_curve_at (curve, 0, FALSE);
  if (last != NULL)
    g_ptr_array_add (points, (gpointer)last);
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      if (isnan (record->tokens_per_s)
          || (last != NULL && moe_fraction_equal (record->null_target, last->null_target)))
        continue;
      g_ptr_array_add (points, (gpointer)record);
      last = record;
    }
  return points;
}

static MoeAxis
axis_of (MoeLabel label)
{
  return (MoeAxis)(label - MOE_LABEL_FIRST_AXIS);
}

const char *
moe_label_value (const MoeCurve *curve, MoeLabel label)
{
  return label == MOE_LABEL_RUN ? moe_run_get_title (curve->run)
                                : moe_record_axis (curve->first, axis_of (label));
}

/* Two runs differ even when they have the same title. */
static gboolean
same_label (const MoeCurve *a, const MoeCurve *b, MoeLabel label)
{
  return label == MOE_LABEL_RUN ? a->run == b->run
                                : moe_record_same_axis (a->first, b->first, axis_of (label));
}

gboolean
moe_labels_same (const MoeCurve *a, const MoeCurve *b, MoeLabel skip)
{
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    if (label != skip && !same_label (a, b, label))
      return FALSE;
  return TRUE;
}

void
moe_labels_find (const GPtrArray *curves, const MoeRun *run, MoeLabels *labels)
{
  const MoeCurve *first = NULL;
  *labels = (MoeLabels){ 0 };
  for (guint i = 0; i < curves->len; i++)
    {
      const MoeCurve *curve = g_ptr_array_index (curves, i);
      if (run != NULL && curve->run != run)
        continue;
      if (first == NULL)
        first = curve;
      for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
        labels->shown[label] |= !same_label (first, curve, label);
      labels->several_shapes |= !moe_record_same_shape (first->first, curve->first);
    }
}

char *
moe_labels_join (const MoeCurve *curve, const MoeLabels *labels, MoeLabel skip)
{
  GString *text = g_string_new (NULL);
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    {
      const char *value = moe_label_value (curve, label);
      if (labels->shown[label] && label != skip && value != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", value);
    }
  return g_string_free (text, FALSE);
}
