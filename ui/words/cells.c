/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/cells.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/records/numbers.h"
#include "ui/words/tables.h"

const char *
nullcurve_words_label (MoeLabel label)
{
  /* Translators: what was measured in one go, as a heading */
  return label == MOE_LABEL_RUN ? C_ ("noun", "Run")
                                : _ (moe_axis_title ((MoeAxis)(label - MOE_LABEL_FIRST_AXIS)));
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
