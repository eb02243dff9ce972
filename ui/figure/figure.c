/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/figure/figure.h"

#include <glib/gi18n.h>
#include <math.h>

/* Values of x that differ by less are one: fractions are written, not computed with. */
static const double same_x = 1e-9;

/* Labels come from files that others wrote; what draws them insists on UTF-8. */
static char *
make_text (const char *text)
{
  return text != NULL ? g_utf8_make_valid (text, -1) : NULL;
}

static void
point_clear (gpointer data)
{
  NullcurvePoint *point = data;

  g_clear_pointer (&point->samples, g_free);
  g_clear_pointer (&point->aside, g_free);
  g_clear_pointer (&point->note, g_free);
}

static void
reference_free (gpointer data)
{
  NullcurveReference *reference = data;

  g_free (reference->label);
  g_array_unref (reference->curve);
  g_free (reference);
}

static void
series_free (gpointer data)
{
  NullcurveSeries *series = data;

  for (gsize i = 0; i < NULLCURVE_FIGURE_MAX_PANELS; i++)
    {
      g_array_unref (series->points[i]);
      g_array_unref (series->forecast[i]);
      g_array_unref (series->bound[i]);
    }
  for (gsize i = 0; i < NULLCURVE_N_FACETINGS; i++)
    {
      g_free (series->facet_titles[i]);
      g_free (series->facet_labels[i]);
    }
  for (gsize i = 0; i < NULLCURVE_N_PARTS; i++)
    g_free (series->parts[i]);
  g_free (series->key);
  g_free (series->detail);
  g_free (series->label);
  g_free (series);
}

NullcurveFigure *
nullcurve_figure_new (void)
{
  NullcurveFigure *figure = g_new0 (NullcurveFigure, 1);

  figure->series = g_ptr_array_new_with_free_func (series_free);
  figure->facets = g_ptr_array_new_with_free_func (g_free);
  figure->marker = NAN;
  figure->x_end = 0.9;
  return figure;
}

void
nullcurve_figure_free (NullcurveFigure *figure)
{
  if (figure == NULL)
    return;
  for (gsize i = 0; i < figure->n_panels + figure->n_aside; i++)
    {
      g_free (figure->panels[i].title);
      g_free (figure->panels[i].brief);
      g_free (figure->panels[i].subtitle);
      g_free (figure->panels[i].empty_text);
      g_ptr_array_unref (figure->panels[i].references);
    }
  g_ptr_array_unref (figure->series);
  g_ptr_array_unref (figure->facets);
  g_clear_pointer (&figure->keys, g_ptr_array_unref);
  nullcurve_bars_free (figure->bars);
  g_free (figure->title);
  g_free (figure->subtitle);
  g_free (figure->x_label);
  g_free (figure->empty_text);
  g_free (figure->bound_label);
  g_free (figure->note_label);
  g_free (figure->date);
  g_free (figure);
}

void
nullcurve_figure_set_text (char **field, const char *text)
{
  char *copy = make_text (text);

  g_free (*field);
  *field = copy;
}

void
nullcurve_figure_set_x (NullcurveFigure *figure, NullcurveX x)
{
  static const char *const labels[] = {
    [NULLCURVE_X_FRACTION] = N_ ("null fraction"), [NULLCURVE_X_EXPERTS] = N_ ("experts per token")
  };

  figure->x = x;
  nullcurve_figure_set_text (&figure->x_label, labels[x] != NULL ? _ (labels[x]) : NULL);
}

NullcurvePanel *
nullcurve_figure_add_panel (NullcurveFigure *figure,
                            const char *title,
                            const char *subtitle,
                            NullcurveUnit unit)
{
  NullcurvePanel *panel;

  if (figure->n_panels == NULLCURVE_FIGURE_MAX_PANELS)
    return NULL;
  panel = &figure->panels[figure->n_panels++];
  panel->title = make_text (title);
  panel->subtitle = make_text (subtitle);
  panel->unit = unit;
  panel->weight = 1.0;
  panel->references = g_ptr_array_new_with_free_func (reference_free);
  return panel;
}

const char *
nullcurve_panel_brief (const NullcurvePanel *panel)
{
  return panel->brief != NULL ? panel->brief : panel->title;
}

NullcurveSeries *
nullcurve_figure_add_series (NullcurveFigure *figure, const char *label, guint palette)
{
  NullcurveSeries *series = g_new0 (NullcurveSeries, 1);

  series->label = make_text (label);
  series->key = g_strdup (series->label);
  series->entry = figure->series->len;
  series->palette = palette;
  series->visible = TRUE;
  for (gsize i = 0; i < NULLCURVE_FIGURE_MAX_PANELS; i++)
    {
      series->points[i] = g_array_new (FALSE, TRUE, sizeof (NullcurvePoint));
      g_array_set_clear_func (series->points[i], point_clear);
      series->forecast[i] = g_array_new (FALSE, FALSE, sizeof (NullcurveXY));
      series->bound[i] = g_array_new (FALSE, FALSE, sizeof (NullcurveXY));
    }
  g_ptr_array_add (figure->series, series);
  return series;
}

gsize
nullcurve_figure_n_facets (const NullcurveFigure *figure)
{
  return MAX (figure->facets->len, 1);
}

NullcurveSeries *
nullcurve_figure_get_series (const NullcurveFigure *figure, gsize index)
{
  return index < figure->series->len ? g_ptr_array_index (figure->series, index) : NULL;
}

NullcurvePoint *
nullcurve_series_add_point (NullcurveSeries *series, gsize panel, double x, double y)
{
  GArray *points = series->points[panel];
  NullcurvePoint point = { .x = x,
                           .x_realised = NAN,
                           .y = y,
                           .lower = NAN,
                           .upper = NAN,
                           .bound_share = NAN,
                           .others_share = NAN };
  guint at = points->len;

  while (at > 0 && g_array_index (points, NullcurvePoint, at - 1).x > x)
    at--;
  g_array_insert_val (points, at, point);
  return &g_array_index (points, NullcurvePoint, at);
}

gsize
nullcurve_series_n_points (const NullcurveSeries *series, gsize panel)
{
  return series->points[panel]->len;
}

gssize
nullcurve_series_find (const NullcurveSeries *series, gsize panel, double x)
{
  gssize found = -1;

  for (gsize i = 0; i < series->points[panel]->len; i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, panel, i);

      if (fabs (point->x - x) > same_x)
        continue;
      if (isfinite (point->y))
        return (gssize)i;
      if (found < 0)
        found = (gssize)i;
    }
  return found;
}

const NullcurvePoint *
nullcurve_series_get_point (const NullcurveSeries *series, gsize panel, gsize index)
{
  return &g_array_index (series->points[panel], NullcurvePoint, index);
}

void
nullcurve_point_set_interval (NullcurvePoint *point, double lower, double upper)
{
  point->lower = lower;
  point->upper = upper;
}

void
nullcurve_point_set_samples (NullcurvePoint *point,
                             const double *samples,
                             gsize n_samples,
                             gsize n_disturbed)
{
  g_free (point->samples);
  point->samples = n_samples > 0 ? g_memdup2 (samples, n_samples * sizeof *samples) : NULL;
  point->n_samples = n_samples;
  point->n_disturbed = n_disturbed;
}

void
nullcurve_series_add_forecast (NullcurveSeries *series, gsize panel, double x, double y)
{
  NullcurveXY xy = { x, y };

  g_array_append_val (series->forecast[panel], xy);
}

void
nullcurve_series_add_bound (NullcurveSeries *series, gsize panel, double x, double y)
{
  NullcurveXY xy = { x, y };

  if (isfinite (y))
    g_array_append_val (series->bound[panel], xy);
}

static NullcurveReference *
add_reference (NullcurvePanel *panel, const char *label, double y)
{
  NullcurveReference *reference = g_new0 (NullcurveReference, 1);

  reference->label = make_text (label);
  reference->y = y;
  reference->series = -1;
  reference->curve = g_array_new (FALSE, FALSE, sizeof (NullcurveXY));
  g_ptr_array_add (panel->references, reference);
  return reference;
}

void
nullcurve_panel_add_line (NullcurvePanel *panel, const char *label, double y)
{
  add_reference (panel, label, y);
}

NullcurveReference *
nullcurve_panel_add_curve (NullcurvePanel *panel, const char *label)
{
  return add_reference (panel, label, NAN);
}

void
nullcurve_reference_add (NullcurveReference *reference, double x, double y)
{
  NullcurveXY xy = { x, y };

  g_array_append_val (reference->curve, xy);
}

double
nullcurve_point_top (const NullcurvePoint *point)
{
  return point->base + point->y;
}

gboolean
nullcurve_series_is_shown (const NullcurveSeries *series)
{
  return series->visible && !series->hidden;
}

/* The sum of what stands between zero and a point of series `above`, on the side that it is on. */
static double
stack_height (const NullcurveFigure *figure, gsize panel, gsize above, double x, gboolean negative)
{
  double height = 0.0;

  for (gsize s = 0; s < above; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      for (gsize i = 0; nullcurve_series_is_shown (series) && i < series->points[panel]->len; i++)
        {
          const NullcurvePoint *point = nullcurve_series_get_point (series, panel, i);

          if (fabs (point->x - x) < same_x && isfinite (point->y) && (point->y < 0.0) == negative)
            height += point->y;
        }
    }
  return height;
}

void
nullcurve_figure_stack (NullcurveFigure *figure, gsize panel)
{
  for (gsize s = 0; s < figure->series->len; s++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      for (gsize i = 0; i < series->points[panel]->len; i++)
        {
          NullcurvePoint *point = &g_array_index (series->points[panel], NullcurvePoint, i);

          point->base = stack_height (figure, panel, s, point->x, point->y < 0.0);
        }
    }
}

void
nullcurve_figure_hide (NullcurveFigure *figure, gsize index, gboolean hidden)
{
  const gsize entry = nullcurve_figure_get_series (figure, index)->entry;

  for (gsize s = 0; s < figure->series->len; s++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      if (series->entry == entry)
        series->hidden = hidden;
    }
  for (gsize p = 0; p < figure->n_panels; p++)
    if (figure->panels[p].stacked)
      nullcurve_figure_stack (figure, p);
}

static gboolean
series_has_data (const NullcurveSeries *series, gsize panel)
{
  for (gsize i = 0; i < series->points[panel]->len; i++)
    if (isfinite (nullcurve_series_get_point (series, panel, i)->y))
      return TRUE;
  return series->forecast[panel]->len > 0;
}

gboolean
nullcurve_figure_facet_has_data (const NullcurveFigure *figure, gsize panel, gsize facet)
{
  for (gsize s = 0; s < figure->series->len; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      if (nullcurve_series_is_shown (series) && series->facet == facet
          && series_has_data (series, panel))
        return TRUE;
    }
  return FALSE;
}

gboolean
nullcurve_figure_panel_has_data (const NullcurveFigure *figure, gsize panel)
{
  for (gsize facet = 0; facet < nullcurve_figure_n_facets (figure); facet++)
    if (nullcurve_figure_facet_has_data (figure, panel, facet))
      return TRUE;
  return FALSE;
}

gboolean
nullcurve_figure_has_data (const NullcurveFigure *figure)
{
  for (gsize p = 0; p < figure->n_panels; p++)
    if (nullcurve_figure_panel_has_data (figure, p))
      return TRUE;
  return FALSE;
}

static gboolean
is_within (const NullcurveSpan *span, double value)
{
  return !nullcurve_span_is_set (span) || (value >= span->lo && value <= span->hi);
}

static void
swap_arrays (GArray **arrays, gsize a, gsize b)
{
  GArray *kept = arrays[a];

  arrays[a] = arrays[b];
  arrays[b] = kept;
}

static void
swap_panels (NullcurveFigure *figure, gsize a, gsize b)
{
  const NullcurvePanel panel = figure->panels[a];
  const NullcurveSpan span = figure->viewport.y[a];

  figure->panels[a] = figure->panels[b];
  figure->panels[b] = panel;
  figure->viewport.y[a] = figure->viewport.y[b];
  figure->viewport.y[b] = span;
  for (gsize i = 0; i < figure->series->len; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      swap_arrays (series->points, a, b);
      swap_arrays (series->forecast, a, b);
      swap_arrays (series->bound, a, b);
    }
}

void
nullcurve_figure_show_panel (NullcurveFigure *figure, gssize panel)
{
  const gsize n = figure->n_panels + figure->n_aside;

  swap_panels (figure, 0, figure->front);
  figure->n_panels = n;
  figure->n_aside = figure->front = 0;
  if (panel < 0 || (gsize)panel >= n)
    return;
  figure->front = (gsize)panel;
  swap_panels (figure, 0, figure->front);
  figure->n_panels = 1;
  figure->n_aside = n - 1;
}

gboolean
nullcurve_figure_shows_any (const NullcurveFigure *figure, const NullcurveViewport *viewport)
{
  for (gsize s = 0; s < figure->series->len; s++)
    for (gsize p = 0; p < figure->n_panels; p++)
      {
        const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

        for (gsize i = 0; series->visible && i < series->points[p]->len; i++)
          {
            const NullcurvePoint *point = nullcurve_series_get_point (series, p, i);

            if (isfinite (point->y) && is_within (&viewport->x, point->x)
                && is_within (&viewport->y[p], nullcurve_point_top (point)))
              return TRUE;
          }
      }
  return FALSE;
}

gboolean
nullcurve_figure_is_area (const NullcurveFigure *figure, const NullcurveSeries *series)
{
  if (series->band)
    return TRUE;
  for (gsize panel = 0; panel < figure->n_panels; panel++)
    if (nullcurve_series_n_points (series, panel) > 0)
      return figure->panels[panel].stacked;
  return FALSE;
}

const NullcurveSeries *
nullcurve_figure_only_band (const NullcurveFigure *figure, gsize facet)
{
  const gsize most = 3;
  const NullcurveSeries *front = NULL;
  gsize n = 0;

  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (!nullcurve_series_is_shown (series) || series->facet != facet || series->band)
        continue;
      n++;
      if (front == NULL || (series->current && !front->current))
        front = series;
    }
  return n > most ? front : NULL;
}

const NullcurveReference *
nullcurve_figure_get_legend_reference (const NullcurveFigure *figure, gsize index)
{
  for (gsize p = 0; p < figure->n_panels; p++)
    for (guint i = 0; i < figure->panels[p].references->len; i++)
      {
        const NullcurveReference *reference = g_ptr_array_index (figure->panels[p].references, i);

        if (reference->label != NULL && (figure->panels[p].stacked || reference->keyed)
            && index-- == 0)
          return reference;
      }
  return NULL;
}

gboolean
nullcurve_figure_has_bounds (const NullcurveFigure *figure)
{
  if (figure->bound_label == NULL)
    return FALSE;
  for (gsize s = 0; s < figure->series->len; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      for (gsize p = 0; nullcurve_series_is_shown (series) && p < figure->n_panels; p++)
        if (series->bound[p]->len > 0)
          return TRUE;
    }
  return FALSE;
}

gboolean
nullcurve_figure_draws (const NullcurveFigure *figure, const NullcurveSeries *series)
{
  for (gsize panel = 0; panel < figure->n_panels; panel++)
    if (series_has_data (series, panel))
      return TRUE;
  return FALSE;
}

/* Has the series an entry in the legend, and one of those that share it something to draw? */
static gboolean
is_entry (const NullcurveFigure *figure, gsize index)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, index);

  if (!series->visible || series->entry != index)
    return FALSE;
  if (nullcurve_figure_draws (figure, series))
    return TRUE;
  for (gsize i = index + 1; i < figure->series->len; i++)
    {
      const NullcurveSeries *other = nullcurve_figure_get_series (figure, i);

      if (other->visible && other->entry == index && nullcurve_figure_draws (figure, other))
        return TRUE;
    }
  return FALSE;
}

/* Current ones first; a legend's entries or all that is shown. */
static void
get_order (const NullcurveFigure *figure, gboolean entries, GArray *order)
{
  for (int compared = 0; compared < 2; compared++)
    for (gsize i = 0; i < figure->series->len; i++)
      {
        const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);
        const gboolean listed = entries ? is_entry (figure, i) : nullcurve_series_is_shown (series);

        if (listed && (series->current ? 0 : 1) == compared)
          g_array_append_val (order, i);
      }
}

void
nullcurve_figure_get_order (const NullcurveFigure *figure, GArray *order)
{
  get_order (figure, FALSE, order);
}

void
nullcurve_figure_get_entries (const NullcurveFigure *figure, GArray *order)
{
  get_order (figure, TRUE, order);
}

void
nullcurve_figure_x_range (const NullcurveFigure *figure, double *lo, double *hi)
{
  *lo = 0.0;
  *hi = figure->x_end;
  for (gsize s = 0; s < figure->series->len; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      for (gsize p = 0; nullcurve_series_is_shown (series) && p < figure->n_panels; p++)
        for (gsize i = 0; i < series->points[p]->len; i++)
          {
            const double x = nullcurve_series_get_point (series, p, i)->x;

            *lo = MIN (*lo, x);
            *hi = MAX (*hi, x);
          }
    }
  if (!(*hi > *lo))
    *hi = *lo + fmax (1.0, 0.01 * fabs (*lo));
}

typedef struct Range
{
  double lo;
  double hi;
  gboolean positive; /* only positive values count */
} Range;

static void
range_add (Range *range, double value)
{
  if (!isfinite (value) || (range->positive && value <= 0.0))
    return;
  range->lo = fmin (range->lo, value);
  range->hi = fmax (range->hi, value);
}

/* The figures themselves; an area's are its edges. */
static void
range_add_series (Range *range, const NullcurveSeries *series, gsize panel)
{
  for (gsize i = 0; i < series->points[panel]->len; i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, panel, i);

      range_add (range, nullcurve_point_top (point));
      if (!series->band)
        continue;
      range_add (range, point->lower);
      range_add (range, point->upper);
    }
  for (gsize i = 0; i < series->forecast[panel]->len; i++)
    range_add (range, g_array_index (series->forecast[panel], NullcurveXY, i).y);
  for (gsize i = 0; i < series->bound[panel]->len; i++)
    range_add (range, g_array_index (series->bound[panel], NullcurveXY, i).y);
}

/* How far intervals and samples may widen a range. */
static Range
range_reach (const Range *range)
{
  const double more = 0.25;
  const double length = fmax (range->hi, 0.0) - fmin (range->lo, 0.0);

  if (range->positive)
    return (Range){ range->lo / (1.0 + more), range->hi * (1.0 + more), TRUE };
  return (Range){ range->lo - more * length, range->hi + more * length, FALSE };
}

static void
range_add_within (Range *range, const Range *reach, double value)
{
  if (isfinite (value))
    range_add (range, CLAMP (value, reach->lo, reach->hi));
}

static void
range_add_spreads (Range *range, const Range *reach, const NullcurveSeries *series, gsize panel)
{
  for (gsize i = 0; i < series->points[panel]->len; i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, panel, i);

      range_add_within (range, reach, point->lower);
      range_add_within (range, reach, point->upper);
      for (gsize k = 0; k + point->n_disturbed < point->n_samples; k++)
        range_add_within (range, reach, point->samples[k]);
    }
}

/* A line far above the data would press them flat; it is then left out of the picture. */
static void
range_add_lines (Range *range, const NullcurvePanel *panel)
{
  const double reach = 2.0 * range->hi;

  for (gsize i = 0; i < panel->references->len; i++)
    {
      const NullcurveReference *reference = g_ptr_array_index (panel->references, i);

      if (isfinite (reference->y) && reference->y <= reach)
        range_add (range, reference->y);
      for (guint k = 0; reference->series >= 0 && k < reference->curve->len; k++)
        range_add (range, g_array_index (reference->curve, NullcurveXY, k).y);
    }
}

gboolean
nullcurve_figure_y_range (const NullcurveFigure *figure, gsize panel, double *lo, double *hi)
{
  Range range = { INFINITY, -INFINITY, figure->panels[panel].scale == NULLCURVE_SCALE_LOG };
  Range reach;

  for (gsize s = 0; s < figure->series->len; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      if (nullcurve_series_is_shown (series))
        range_add_series (&range, series, panel);
    }
  if (!(range.hi >= range.lo))
    return FALSE;
  reach = range_reach (&range);
  for (gsize s = 0; s < figure->series->len; s++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, s);

      if (nullcurve_series_is_shown (series))
        range_add_spreads (&range, &reach, series, panel);
    }
  range_add_lines (&range, &figure->panels[panel]);
  *lo = range.lo;
  *hi = range.hi;
  return TRUE;
}
