/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "engine/records/numbers.h"
#include "engine/records/run-private.h"
#include "engine/records/tables-private.h"

/* Fractions are written with three decimals; nearer ones are the same. */
#define FRACTION_TOLERANCE 5e-4

static void
curve_free (gpointer data)
{
  MoeCurve *curve = data;
  g_ptr_array_unref (curve->records);
  g_free (curve);
}

/* g_ptr_array_sort () keeps the order of equal elements. */
static int
compare_fractions (gconstpointer a, gconstpointer b)
{
  const MoeRecord *left = *(const MoeRecord *const *)a, *right = *(const MoeRecord *const *)b;
  return (left->null_target > right->null_target) - (left->null_target < right->null_target);
}

static void
collect_run (const MoeRun *run, GPtrArray *curves)
{
  g_autoptr (GHashTable) known = g_hash_table_new (moe_record_curve_hash, moe_record_curve_equal);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      MoeCurve *curve = g_hash_table_lookup (known, record);
      if (curve == NULL)
        {
          curve = g_new0 (MoeCurve, 1);
          *curve = (MoeCurve){ run, record, g_ptr_array_new () };
          g_ptr_array_add (curves, curve);
          g_hash_table_insert (known, (gpointer)record, curve);
        }
      if (!isnan (record->null_target))
        g_ptr_array_add (curve->records, (gpointer)record);
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
      g_ptr_array_sort (curve->records, compare_fractions);
    }
  return curves;
}

const MoeRecord *
moe_curve_at (const MoeCurve *curve, double null_target, gboolean own)
{
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      if (fabs (record->null_target - null_target) < FRACTION_TOLERANCE
          && !isnan (record->tokens_per_s))
        return record;
    }
  if (own || null_target != 0)
    return NULL;
  const MoeRecord *baseline = moe_run_find_baseline (curve->run, curve->first);
  return baseline != NULL && !isnan (baseline->tokens_per_s) ? baseline : NULL;
}

static MoeAxis
axis_of (MoeLabel label)
{
  return (MoeAxis)(label - MOE_LABEL_FIRST_AXIS);
}

const char *
moe_label_title (MoeLabel label)
{
  return label == MOE_LABEL_RUN ? "Run" : moe_axis_title (axis_of (label));
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
moe_labels_find (const GPtrArray *curves, MoeLabels *labels)
{
  *labels = (MoeLabels){ 0 };
  for (guint i = 1; i < curves->len; i++)
    for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
      labels->shown[label] |=
          !same_label (g_ptr_array_index (curves, 0), g_ptr_array_index (curves, i), label);
}

char *
moe_labels_describe (const MoeCurve *curve, const MoeLabels *labels, MoeLabel skip)
{
  GString *text = g_string_new (NULL);
  for (MoeLabel label = 0; label < MOE_N_LABELS; label++)
    {
      const char *value = moe_label_value (curve, label);
      if (!labels->shown[label] || label == skip || value == NULL)
        continue;
      if (text->len > 0)
        g_string_append (text, ", ");
      moe_cell_append_text (text, value);
    }
  return g_string_free (text, FALSE);
}

void
moe_cell_append_percent (GString *text, double ratio)
{
  double percent = 100 * (ratio - 1);
  if (!isfinite (percent))
    {
      g_string_append (text, MOE_TABLES_MISSING);
      return;
    }
  if (fabs (percent) < 0.005)
    percent = 0; /* no "-0.00" */
  g_string_append (text, percent >= 0 ? "+" : "");
  moe_number_append_fixed (text, percent, 2);
  g_string_append (text, " %");
}

void
moe_cell_append_fraction (GString *text, double fraction)
{
  if (!isfinite (fraction))
    {
      g_string_append (text, MOE_TABLES_MISSING);
      return;
    }
  moe_number_append_fixed (text, fraction, 3);
  for (int i = 0; i < 2 && text->str[text->len - 1] == '0'; i++)
    g_string_truncate (text, text->len - 1);
}

/* Three decimals, as the logbook has them; below 1 three digits, so that small figures do not end
 * up as 0.001. */
static void
append_small (GString *text, double value)
{
  if (fabs (value) < 1)
    moe_number_append_significant (text, value, 3);
  else
    moe_number_append_fixed (text, value, 3);
}

void
moe_cell_append_rate (GString *text, double tokens_per_s)
{
  if (!isfinite (tokens_per_s))
    g_string_append (text, MOE_TABLES_MISSING);
  else if (tokens_per_s < 100)
    append_small (text, tokens_per_s);
  else
    moe_number_append_grouped (text, tokens_per_s);
}

void
moe_cell_append_tflops (GString *text, double tflops)
{
  if (isfinite (tflops))
    append_small (text, tflops);
  else
    g_string_append (text, MOE_TABLES_MISSING);
}

void
moe_cell_append_shape (GString *text, const MoeRecord *record)
{
  char shape[MOE_SHAPE_TEXT_SIZE];
  if (!record->has_shape)
    {
      g_string_append (text, MOE_TABLES_MISSING);
      return;
    }
  moe_shape_format (&record->shape, shape);
  g_string_append (text, shape);
  if (record->shape.shared_dim > 0)
    g_string_append_printf (text, "+%zu", record->shape.shared_dim);
}

void
moe_cell_append_topk (GString *text, const MoeRecord *record)
{
  if (record->topk >= 0)
    g_string_append_printf (text, "%" G_GINT64_FORMAT, record->topk);
  else
    g_string_append (text, MOE_TABLES_MISSING);
}

void
moe_cell_append_text (GString *text, const char *value)
{
  if (value == NULL)
    {
      g_string_append (text, MOE_TABLES_MISSING);
      return;
    }
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);
      if (character < 0x80 && strchr ("|\\`*[]<", (char)character) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_unichar (text, g_unichar_iscntrl (character) ? ' ' : character);
    }
}

char *
moe_tables_format_rate (double tokens_per_s)
{
  GString *text = g_string_new (NULL);
  if (!isfinite (tokens_per_s))
    g_string_append (text, MOE_TABLES_MISSING);
  else if (tokens_per_s < 999.95)
    moe_number_append_fixed (text, tokens_per_s, 1);
  else
    {
      gboolean millions = tokens_per_s >= 999950;
      moe_number_append_fixed (text, tokens_per_s / (millions ? 1e6 : 1e3), millions ? 2 : 1);
      g_string_append (text, millions ? " M" : " k");
    }
  return g_string_free (text, FALSE);
}

char *
moe_tables_format_full_rate (double tokens_per_s)
{
  GString *text = g_string_new (NULL);
  moe_cell_append_rate (text, tokens_per_s);
  return g_string_free (text, FALSE);
}
