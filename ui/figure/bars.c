/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/bars.h"

#include <math.h>

static void
row_free (gpointer data)
{
  NullcurveBarRow *row = data;

  for (gsize side = 0; side < NULLCURVE_BARS_MOST_SIDES; side++)
    {
      g_free (row->bars[side].value);
      g_free (row->bars[side].share);
    }
  g_free (row->label);
  g_free (row->note);
  g_free (row);
}

NullcurveBars *
nullcurve_bars_new (gsize n_sides)
{
  NullcurveBars *bars = g_new0 (NullcurveBars, 1);

  bars->n_sides = CLAMP (n_sides, 1, NULLCURVE_BARS_MOST_SIDES);
  bars->rows = g_ptr_array_new_with_free_func (row_free);
  bars->chosen = -1;
  return bars;
}

void
nullcurve_bars_free (NullcurveBars *bars)
{
  if (bars == NULL)
    return;
  for (gsize side = 0; side < NULLCURVE_BARS_MOST_SIDES; side++)
    g_free (bars->sides[side]);
  g_ptr_array_unref (bars->rows);
  g_free (bars->title);
  g_free (bars->subtitle);
  g_free (bars->value_label);
  g_free (bars->share_label);
  g_free (bars);
}

NullcurveBarRow *
nullcurve_bars_add_row (
    NullcurveBars *bars, NullcurveBarKind kind, int key, const char *label, guint palette)
{
  NullcurveBarRow *row = g_new0 (NullcurveBarRow, 1);

  row->kind = kind;
  row->key = key;
  row->label = g_utf8_make_valid (label, -1);
  row->palette = palette;
  for (gsize side = 0; side < NULLCURVE_BARS_MOST_SIDES; side++)
    row->bars[side].from = row->bars[side].to = NAN;
  g_ptr_array_add (bars->rows, row);
  return row;
}

const NullcurveBarRow *
nullcurve_bars_get_row (const NullcurveBars *bars, gsize index)
{
  return index < bars->rows->len ? g_ptr_array_index (bars->rows, index) : NULL;
}

void
nullcurve_bars_range (const NullcurveBars *bars, double *lo, double *hi)
{
  *lo = *hi = 0.0;
  for (gsize i = 0; i < bars->rows->len; i++)
    for (gsize side = 0; side < bars->n_sides; side++)
      {
        const NullcurveBar *bar = &nullcurve_bars_get_row (bars, i)->bars[side];

        if (!isfinite (bar->from) || !isfinite (bar->to))
          continue;
        *lo = fmin (*lo, fmin (bar->from, bar->to));
        *hi = fmax (*hi, fmax (bar->from, bar->to));
      }
  if (!(*hi > *lo))
    *hi = *lo + 1.0;
}

/* "top-8: 3.41 (53 %)", without a name where there is one side. */
static void
append_side (GString *text, const NullcurveBars *bars, const NullcurveBarRow *row, gsize side)
{
  const NullcurveBar *bar = &row->bars[side];

  if (bar->value == NULL)
    return;
  g_string_append (text, side > 0 && row->bars[0].value != NULL ? "; " : " ");
  if (bars->sides[side] != NULL)
    g_string_append_printf (text, "%s: ", bars->sides[side]);
  g_string_append (text, bar->value);
  if (bar->share != NULL)
    g_string_append_printf (text, " (%s)", bar->share);
}

char *
nullcurve_bars_to_text (const NullcurveBars *bars)
{
  GString *text = g_string_new (bars->title);

  if (bars->value_label != NULL)
    g_string_append_printf (text, ", %s", bars->value_label);
  for (gsize i = 0; i < bars->rows->len; i++)
    {
      const NullcurveBarRow *row = nullcurve_bars_get_row (bars, i);

      g_string_append_printf (text, "\n%s:", row->label);
      for (gsize side = 0; side < bars->n_sides; side++)
        append_side (text, bars, row, side);
      if (row->note != NULL)
        g_string_append_printf (text, "; %s", row->note);
    }
  return g_string_free (text, FALSE);
}
