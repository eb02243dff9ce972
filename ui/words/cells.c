/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/cells.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/records/numbers.h"

const char *
nullcurve_words_label (MoeLabel label)
{
  /* Translators: what was measured in one go, as a heading */
  return label == MOE_LABEL_RUN ? C_ ("noun", "Run")
                                : _ (moe_axis_title ((MoeAxis)(label - MOE_LABEL_FIRST_AXIS)));
}

static char *
missing (void)
{
  return g_strdup (MOE_TABLES_MISSING);
}

char *
moe_cell_percent (double ratio)
{
  double percent = 100 * (ratio - 1);
  if (!isfinite (percent))
    return missing ();
  if (fabs (percent) < 0.005)
    percent = 0; /* no "-0.00" */
  g_autofree char *number = moe_number_fixed (percent, 2, " %");
  return g_strconcat (percent >= 0 ? "+" : "", number, NULL);
}

char *
moe_cell_fraction (double fraction)
{
  if (!isfinite (fraction))
    return missing ();
  char *text = moe_number_fixed (fraction, 3, "");
  gsize length = strlen (text);
  for (int i = 0; i < 2 && text[length - 1] == '0'; i++)
    text[--length] = '\0';
  return text;
}

/* Three decimals, as the logbook has them; below 1 three digits, so that small figures do not end
 * up as 0.001. */
char *
moe_cell_tflops (double tflops)
{
  if (!isfinite (tflops))
    return missing ();
  return fabs (tflops) < 1 ? moe_number_significant (tflops, 3) : moe_number_fixed (tflops, 3, "");
}

char *
moe_cell_work (const MoeWorkUnit *unit, double tflops)
{
  if (!isfinite (tflops))
    return missing ();
  return unit->per_tflops > 1 ? moe_number_significant (tflops * unit->per_tflops, 3)
                              : moe_cell_tflops (tflops);
}

char *
moe_cell_rate (double tokens_per_s)
{
  if (!isfinite (tokens_per_s) || tokens_per_s < 100)
    return moe_cell_tflops (tokens_per_s);
  return moe_number_grouped (tokens_per_s);
}

char *
moe_cell_short_rate (double tokens_per_s)
{
  gboolean millions = tokens_per_s >= 999950;
  if (!isfinite (tokens_per_s))
    return missing ();
  if (tokens_per_s < 999.95)
    return moe_number_fixed (tokens_per_s, 1, "");
  return millions ? moe_number_fixed (tokens_per_s / 1e6, 2, " M")
                  : moe_number_fixed (tokens_per_s / 1e3, 1, " k");
}

char *
moe_cell_shape (const MoeRecord *record)
{
  char shape[MOE_SHAPE_TEXT_SIZE];
  if (!record->has_shape)
    return missing ();
  moe_shape_format (&record->shape, shape);
  return record->shape.shared_dim > 0 ? g_strdup_printf ("%s+%zu", shape, record->shape.shared_dim)
                                      : g_strdup (shape);
}

char *
moe_cell_topk (const MoeRecord *record)
{
  return record->topk >= 0 ? g_strdup_printf ("%" G_GINT64_FORMAT, record->topk) : missing ();
}

char *
moe_cell_clean (const char *value, const char *marks)
{
  g_autofree char *valid = g_utf8_make_valid (value, -1);
  GString *text = g_string_new (NULL);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);
      if (character < 0x80 && strchr (marks, (char)character) != NULL)
        g_string_append_c (text, '\\');
      g_string_append_unichar (text, g_unichar_iscntrl (character) ? ' ' : character);
    }
  return g_string_free (text, FALSE);
}

char *
moe_cell_text (const char *value)
{
  return value != NULL ? moe_cell_clean (value, "|\\`*[]<") : missing ();
}

char *
moe_cell_seconds (double time_s)
{
  static const struct
  {
    double unit_s;
    const char *name;
  } units[] = { { 1, " s" }, { 1e-3, " ms" }, { 1e-6, " µs" }, { 1e-9, " ns" } };
  gsize i = 0;
  while (i + 1 < G_N_ELEMENTS (units) && fabs (time_s) < 0.9995 * units[i].unit_s)
    i++;
  double value = time_s / units[i].unit_s;
  int decimals = fabs (value) < 9.995 ? 2 : fabs (value) < 99.95 ? 1 : 0;
  return moe_number_fixed (value, decimals, units[i].name);
}

char *
moe_cell_times (double ratio)
{
  return moe_number_fixed (ratio, ratio < 10 ? 2 : 1, "×");
}

char *
moe_cell_share (double share)
{
  return moe_number_fixed (100 * share, 0, " %");
}
