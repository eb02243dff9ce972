/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/readout.h"

#include <glib/gi18n.h>
#include <math.h>

#define NBSP       "\302\240"
#define EN_DASH    "\342\200\223"
#define PLUS_MINUS "\302\261"

const char *const nullcurve_readout_wild = N_ ("more than 2×");

void
nullcurve_format_end (NullcurveUnit unit, double value, char text[NULLCURVE_AXIS_LABEL_SIZE])
{
  if (fabs (value) < 1e4 && unit != NULLCURVE_UNIT_SHARE && unit != NULLCURVE_UNIT_RATIO)
    g_ascii_formatd (text, NULLCURVE_AXIS_LABEL_SIZE, "%.4g", value);
  else
    nullcurve_format_value (unit, value, text);
}

/* "12–80" */
static void
fill_band (NullcurveReadoutCell *cell, const NullcurvePoint *point, NullcurveUnit unit)
{
  char lower[NULLCURVE_AXIS_LABEL_SIZE];
  char upper[NULLCURVE_AXIS_LABEL_SIZE];

  nullcurve_format_end (unit, point->lower, lower);
  nullcurve_format_end (unit, point->upper, upper);
  g_snprintf (cell->value, sizeof cell->value, "%s" EN_DASH "%s", lower, upper);
}

static void
fill_cell (NullcurveReadoutCell *cell, const NullcurvePoint *point, NullcurveUnit unit)
{
  char percent[G_ASCII_DTOSTR_BUF_SIZE];
  double spread;

  nullcurve_format_value (unit, point != NULL ? point->y : NAN, cell->value);
  cell->spread[0] = '\0';
  if (point != NULL && point->aside != NULL)
    {
      g_strlcpy (cell->spread, point->aside, sizeof cell->spread);
      return;
    }
  if (point == NULL || !isfinite (point->y) || !(point->upper > point->lower) || point->y == 0.0)
    return;
  spread = 100.0 * (point->upper - point->lower) / (2.0 * fabs (point->y));
  if (spread > 100.0)
    {
      g_strlcpy (cell->spread, _ (nullcurve_readout_wild), sizeof cell->spread);
      return;
    }
  g_ascii_formatd (percent, sizeof percent, spread < 9.95 ? "%.1f" : "%.0f", spread);
  g_snprintf (cell->spread, sizeof cell->spread, PLUS_MINUS "%s" NBSP "%%", percent);
}

static void
fill_bound (NullcurveReadoutRow *row, const NullcurvePoint *point)
{
  char percent[G_ASCII_DTOSTR_BUF_SIZE];

  if (point == NULL || !isfinite (point->y) || !isfinite (point->bound_share)
      || row->bound[0] != '\0')
    return;
  g_ascii_formatd (percent, sizeof percent, "%.0f", 100.0 * point->bound_share);
  g_snprintf (row->bound, sizeof row->bound, "%s" NBSP "%%", percent);
}

/* Has the series points in some panel? */
static gboolean
is_elsewhere (const NullcurveFigure *figure, const NullcurveSeries *series)
{
  for (gsize p = 0; p < figure->n_panels; p++)
    if (nullcurve_series_n_points (series, p) > 0)
      return TRUE;
  return FALSE;
}

static void
add_row (NullcurveReadout *readout, const NullcurveFigure *figure, gsize index)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, index);
  NullcurveReadoutRow row = { .series = index, .label = series->label };

  for (gsize p = 0; p < figure->n_panels; p++)
    {
      const gssize at = nullcurve_series_find (series, p, readout->x);
      const NullcurvePoint *point =
          at >= 0 ? nullcurve_series_get_point (series, p, (gsize)at) : NULL;

      row.points[p] = point != NULL && isfinite (point->y) ? at : -1;
      row.measured = row.measured || row.points[p] >= 0;
      fill_cell (&row.cells[p], point, figure->panels[p].unit);
      if (series->band && row.points[p] >= 0)
        {
          fill_band (&row.cells[p], point, figure->panels[p].unit);
          row.cells[p].spread[0] = '\0';
        }
      /* A panel that the series is not of at all misses nothing. */
      if (nullcurve_series_n_points (series, p) == 0 && is_elsewhere (figure, series))
        row.cells[p].value[0] = '\0';
      fill_bound (&row, point);
      if (row.note == NULL && point != NULL && isfinite (point->y))
        row.note = point->note;
    }
  g_array_append_val (readout->rows, row);
}

/* Smallest and largest realised x of the rows. */
static gboolean
realised_range (const NullcurveReadout *readout,
                const NullcurveFigure *figure,
                double *lo,
                double *hi)
{
  *lo = INFINITY;
  *hi = -INFINITY;
  for (gsize i = 0; i < readout->rows->len; i++)
    {
      const NullcurveReadoutRow *row = nullcurve_readout_get_row (readout, i);
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, row->series);

      for (gsize p = 0; p < readout->n_panels; p++)
        if (row->points[p] >= 0)
          {
            const NullcurvePoint *point =
                nullcurve_series_get_point (series, p, (gsize)row->points[p]);

            *lo = fmin (*lo, point->x_realised);
            *hi = fmax (*hi, point->x_realised);
          }
    }
  return *hi >= *lo;
}

/* Which share others took of the processors at the points made of processor time: "hollow:
 * processor time, other processes took 60 % meanwhile". */
static void
append_source (GString *title, const NullcurveReadout *readout, const NullcurveFigure *figure)
{
  double lo = INFINITY, hi = -INFINITY;
  gboolean any = FALSE;

  for (gsize i = 0; i < readout->rows->len; i++)
    {
      const NullcurveReadoutRow *row = nullcurve_readout_get_row (readout, i);
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, row->series);

      for (gsize p = 0; p < readout->n_panels; p++)
        {
          const NullcurvePoint *point =
              row->points[p] >= 0 ? nullcurve_series_get_point (series, p, (gsize)row->points[p])
                                  : NULL;

          if (point == NULL || !point->processor)
            continue;
          any = TRUE;
          lo = fmin (lo, point->others_share);
          hi = fmax (hi, point->others_share);
        }
    }
  if (!any)
    return;
  if (!(hi >= lo))
    g_string_append (title, _ (" · hollow: processor time"));
  else if (round (100.0 * lo) == round (100.0 * hi))
    g_string_append_printf (
        title, _ (" · hollow: processor time, other processes took %.0f %% meanwhile"), 100.0 * hi);
  else
    g_string_append_printf (
        title, _ (" · hollow: processor time, other processes took %.0f to %.0f %% meanwhile"),
        100.0 * lo, 100.0 * hi);
}

static char *
make_title (const NullcurveReadout *readout, const NullcurveFigure *figure, gsize facet)
{
  g_autoptr (GString) title = g_string_new (NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  char other[G_ASCII_DTOSTR_BUF_SIZE];
  const gboolean many = readout->x >= 10.0 && readout->x == floor (readout->x); /* of something */
  const gboolean hundredths = fabs (readout->x * 100.0 - round (readout->x * 100.0)) < 1e-6;
  double lo;
  double hi;

  if (facet < figure->facets->len)
    g_string_append_printf (title, "%s, ", (char *)g_ptr_array_index (figure->facets, facet));
  g_string_append_printf (title, "%s %s", figure->x_label != NULL ? figure->x_label : "x",
                          g_ascii_formatd (number, sizeof number,
                                           many         ? "%.0f"
                                           : hundredths ? "%.2f"
                                                        : "%.4g",
                                           readout->x));
  if (realised_range (readout, figure, &lo, &hi))
    {
      g_ascii_formatd (number, sizeof number, "%.3f", lo);
      g_ascii_formatd (other, sizeof other, "%.3f", hi);
      if (g_str_equal (number, other))
        g_string_append_printf (title, _ (" (realised %s)"), number);
      else
        g_string_append_printf (title, _ (" (realised %s–%s)"), number, other);
    }
  append_source (title, readout, figure);
  return g_string_free (g_steal_pointer (&title), FALSE);
}

/* --- of a stack: the panel that is one, if it is the first --- */

/* NaN: it has none there. */
static double
value_of (const NullcurveFigure *figure, const NullcurveReadoutRow *row)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, row->series);

  return row->points[0] >= 0 ? nullcurve_series_get_point (series, 0, (gsize)row->points[0])->y
                             : NAN;
}

static int
compare_values (gconstpointer a, gconstpointer b, gpointer figure)
{
  const NullcurveReadoutRow *x = a, *y = b;
  const double left = value_of (figure, x), right = value_of (figure, y);

  if (isnan (left) || isnan (right) || left == right)
    return isnan (left) - isnan (right);
  return left > right ? -1 : 1;
}

/* Where the ideal is at x: on the line between its points; NaN: there is none. */
static double
ideal_at (const NullcurvePanel *panel, double x)
{
  for (guint i = 0; i < panel->references->len; i++)
    {
      const NullcurveReference *reference = g_ptr_array_index (panel->references, i);

      for (guint k = 1; reference->ideal && k < reference->curve->len; k++)
        {
          const NullcurveXY *a = &g_array_index (reference->curve, NullcurveXY, k - 1);
          const NullcurveXY *b = &g_array_index (reference->curve, NullcurveXY, k);

          if (x >= a->x - 1e-9 && x <= b->x + 1e-9 && b->x > a->x)
            return a->y + (b->y - a->y) * (x - a->x) / (b->x - a->x);
        }
    }
  return NAN;
}

/* All of it, and how far that is from the ideal. */
static char *
describe_sum (const NullcurveReadout *readout, const NullcurveFigure *figure)
{
  const NullcurvePanel *panel = &figure->panels[0];
  const double ideal = ideal_at (panel, readout->x);
  char all[NULLCURVE_AXIS_LABEL_SIZE], best[NULLCURVE_AXIS_LABEL_SIZE],
      excess[NULLCURVE_AXIS_LABEL_SIZE];
  double sum = 0.0;
  gboolean any = FALSE;

  for (gsize i = 0; i < readout->rows->len; i++)
    {
      const double value = value_of (figure, nullcurve_readout_get_row (readout, i));

      any = any || isfinite (value);
      sum += isfinite (value) ? value : 0.0;
    }
  if (!any)
    return NULL;
  nullcurve_format_value (panel->unit, sum, all);
  nullcurve_format_value (panel->unit, ideal, best);
  nullcurve_format_value (panel->unit, fabs (sum - ideal), excess);
  if (!isfinite (ideal))
    return g_strdup_printf (_ ("in all %s %s"), all, nullcurve_panel_brief (panel));
  return g_strdup_printf (sum >= ideal ? _ ("in all %s %s, ideal %s, %s above it")
                                       : _ ("in all %s %s, ideal %s, %s below it"),
                          all, nullcurve_panel_brief (panel), best, excess);
}

NullcurveReadout *
nullcurve_readout_new (const NullcurveFigure *figure, double x)
{
  return nullcurve_readout_new_in (figure, x, NULLCURVE_ALL_FACETS);
}

NullcurveReadout *
nullcurve_readout_new_in (const NullcurveFigure *figure, double x, gsize facet)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gsize));
  NullcurveReadout *readout = g_new0 (NullcurveReadout, 1);

  readout->x = x;
  readout->n_panels = figure->n_panels;
  readout->rows = g_array_new (FALSE, FALSE, sizeof (NullcurveReadoutRow));
  nullcurve_figure_get_order (figure, order);
  for (gsize i = 0; i < order->len; i++)
    {
      const gsize index = g_array_index (order, gsize, i);

      if (facet == NULLCURVE_ALL_FACETS
          || nullcurve_figure_get_series (figure, index)->facet == facet)
        add_row (readout, figure, index);
    }
  readout->title = make_title (readout, figure, facet);
  if (figure->n_panels > 0 && figure->panels[0].stacked)
    {
      g_array_sort_with_data (readout->rows, compare_values, (gpointer)figure);
      readout->sum = describe_sum (readout, figure);
    }
  return readout;
}

void
nullcurve_readout_free (NullcurveReadout *readout)
{
  if (readout == NULL)
    return;
  g_array_unref (readout->rows);
  g_free (readout->title);
  g_free (readout->sum);
  g_free (readout);
}

const NullcurveReadoutRow *
nullcurve_readout_get_row (const NullcurveReadout *readout, gsize index)
{
  return &g_array_index (readout->rows, NullcurveReadoutRow, index);
}

static void
append_cells (GString *text, const NullcurveFigure *figure, const NullcurveReadoutRow *row)
{
  const char *comma = "";

  for (gsize p = 0; row->measured && p < figure->n_panels; p++)
    {
      const NullcurveReadoutCell *cell = &row->cells[p];

      if (cell->value[0] == '\0')
        continue;
      g_string_append_printf (text, "%s %s %s%s%s", comma,
                              nullcurve_panel_brief (&figure->panels[p]), cell->value,
                              cell->spread[0] != '\0' ? " " : "", cell->spread);
      comma = ",";
    }
}

char *
nullcurve_readout_to_text (const NullcurveReadout *readout, const NullcurveFigure *figure)
{
  g_autoptr (GString) text = g_string_new (readout->title);

  if (readout->sum != NULL)
    g_string_append_printf (text, "\n%s", readout->sum);
  for (gsize i = 0; i < readout->rows->len; i++)
    {
      const NullcurveReadoutRow *row = nullcurve_readout_get_row (readout, i);

      g_string_append_printf (text, "\n%s:", row->label);
      if (!row->measured)
        g_string_append (text, _ (" no value"));
      append_cells (text, figure, row);
      if (row->bound[0] != '\0')
        g_string_append_printf (text, _ (", %s of bound"), row->bound);
      if (row->note != NULL && figure->note_label != NULL)
        g_string_append_printf (text, "; %s: %s", figure->note_label, row->note);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
append_value_at (GString *text, NullcurveUnit unit, const NullcurvePoint *point)
{
  char value[NULLCURVE_AXIS_LABEL_SIZE];
  char x[G_ASCII_DTOSTR_BUF_SIZE];

  nullcurve_format_value (unit, point->y, value);
  g_ascii_formatd (x, sizeof x, point->x >= 1e4 ? "%.0f" : "%.4g", point->x);
  g_string_append_printf (text, _ (" %s at %s"), value, x);
}

enum
{
  MOST_SUMMARISED = 20 /* curves that are told one by one */
};

/* "Tokens/s from 1.2 M at 0 to 2.0 M at 0.9" */
static gboolean
append_ends (GString *text,
             const NullcurveFigure *figure,
             const NullcurveSeries *series,
             gsize panel)
{
  const NullcurvePoint *first = NULL;
  const NullcurvePoint *last = NULL;

  for (gsize i = 0; i < nullcurve_series_n_points (series, panel); i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, panel, i);

      if (!isfinite (point->y))
        continue;
      first = first != NULL ? first : point;
      last = point;
    }
  if (first == NULL)
    return FALSE;
  g_string_append_printf (text, "%s%s", nullcurve_panel_brief (&figure->panels[panel]),
                          first != last ? _ (" from") : "");
  append_value_at (text, figure->panels[panel].unit, first);
  if (first != last)
    {
      g_string_append (text, _ (" to"));
      append_value_at (text, figure->panels[panel].unit, last);
    }
  return TRUE;
}

static void
append_series (GString *text, const NullcurveFigure *figure, const NullcurveSeries *series)
{
  g_autoptr (GString) ends = g_string_new (NULL);

  for (gsize p = 0; p < figure->n_panels; p++)
    {
      const gsize before = ends->len;

      if (before > 0)
        g_string_append (ends, ", ");
      if (!append_ends (ends, figure, series, p))
        g_string_truncate (ends, before);
    }
  g_string_append (text, " ");
  if (series->facet < figure->facets->len)
    g_string_append_printf (text, "%s, ",
                            (char *)g_ptr_array_index (figure->facets, series->facet));
  g_string_append_printf (text, "%s: %s.", series->label,
                          ends->len > 0 ? ends->str : _ ("no values yet"));
}

char *
nullcurve_figure_summarise (const NullcurveFigure *figure)
{
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n = 0, told = 0;

  if (!nullcurve_figure_has_data (figure))
    return g_strdup (figure->empty_text != NULL ? figure->empty_text : _ ("No values to show."));
  if (figure->bars != NULL)
    {
      g_autofree char *rows = nullcurve_bars_to_text (figure->bars);

      g_string_append_printf (text, "%s\n", rows);
    }
  for (gsize p = 0; p < figure->n_panels; p++)
    g_string_append_printf (text, "%s%s",
                            p == 0                      ? ""
                            : p + 1 == figure->n_panels ? _ (" and ")
                                                        : ", ",
                            nullcurve_panel_brief (&figure->panels[p]));
  if (figure->x_label != NULL)
    g_string_append_printf (text, _ (" against %s"), figure->x_label);
  for (gsize i = 0; i < figure->series->len; i++)
    n += nullcurve_series_is_shown (nullcurve_figure_get_series (figure, i)) ? 1 : 0;
  g_string_append_printf (text, g_dngettext (NULL, ", %zu curve.", ", %zu curves.", n), n);
  /* Nobody listens to hundreds. */
  for (gsize i = 0; i < figure->series->len && told < MOST_SUMMARISED; i++)
    if (nullcurve_series_is_shown (nullcurve_figure_get_series (figure, i)))
      {
        append_series (text, figure, nullcurve_figure_get_series (figure, i));
        told++;
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
