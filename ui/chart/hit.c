/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/hit.h"

#include <math.h>

static gboolean
has_place (const NullcurveFigure *figure, gsize panel, const NullcurvePoint *point)
{
  return isfinite (point->y)
         && (point->y > 0.0 || figure->panels[panel].scale == NULLCURVE_SCALE_LINEAR);
}

gboolean
nullcurve_hit_is_valid (const NullcurveFigure *figure, const NullcurveHit *hit)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit->series);

  return series != NULL && nullcurve_series_is_shown (series) && hit->panel < figure->n_panels
         && hit->index < nullcurve_series_n_points (series, hit->panel)
         && has_place (figure, hit->panel,
                       nullcurve_series_get_point (series, hit->panel, hit->index));
}

const NullcurvePoint *
nullcurve_hit_point (const NullcurveFigure *figure, const NullcurveHit *hit)
{
  if (!nullcurve_hit_is_valid (figure, hit))
    return NULL;
  return nullcurve_series_get_point (nullcurve_figure_get_series (figure, hit->series), hit->panel,
                                     hit->index);
}

/* Call `visit` for every point that counts. */
typedef void (*Visit) (const NullcurveHit *hit, const NullcurvePoint *point, gpointer data);

static void
visit_points (const NullcurveFigure *figure, Visit visit, gpointer data)
{
  NullcurveHit hit;

  for (hit.series = 0; hit.series < figure->series->len; hit.series++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit.series);

      if (!nullcurve_series_is_shown (series))
        continue;
      for (hit.panel = 0; hit.panel < figure->n_panels; hit.panel++)
        for (hit.index = 0; hit.index < nullcurve_series_n_points (series, hit.panel); hit.index++)
          {
            const NullcurvePoint *point = nullcurve_series_get_point (series, hit.panel, hit.index);

            if (has_place (figure, hit.panel, point))
              visit (&hit, point, data);
          }
    }
}

typedef struct Search
{
  const NullcurveLayout *layout;
  double px;
  double py;
  double best; /* distance in pixels; nothing found while infinite */
  double x;
  NullcurveHit hit;
} Search;

/* Pixels of a point; FALSE when they are not in its plot: it is out of sight. */
static gboolean
find_pixels (const Search *search,
             const NullcurveHit *hit,
             const NullcurvePoint *point,
             double *px,
             double *py)
{
  const gsize facet = nullcurve_figure_get_series (search->layout->figure, hit->series)->facet;
  const gsize cell = nullcurve_layout_cell (search->layout, facet, hit->panel);

  if (hit->panel >= search->layout->n_panels)
    return FALSE;
  *px = nullcurve_layout_x (search->layout, cell, point->x);
  *py = nullcurve_layout_y (search->layout, cell, nullcurve_point_top (point));
  return nullcurve_layout_shows (search->layout, cell, *px, *py);
}

static void
visit_column (const NullcurveHit *hit, const NullcurvePoint *point, gpointer data)
{
  Search *search = data;
  double px, py;

  if (find_pixels (search, hit, point, &px, &py) && fabs (px - search->px) < search->best)
    {
      search->best = fabs (px - search->px);
      search->x = point->x;
    }
}

gboolean
nullcurve_hit_nearest_x (const NullcurveLayout *layout, double px, double *x)
{
  Search search = { .layout = layout, .px = px, .best = INFINITY };

  visit_points (layout->figure, visit_column, &search);
  if (!isfinite (search.best))
    return FALSE;
  *x = search.x;
  return TRUE;
}

static void
visit_near (const NullcurveHit *hit, const NullcurvePoint *point, gpointer data)
{
  Search *search = data;
  double px, py;

  if (find_pixels (search, hit, point, &px, &py)
      && hypot (px - search->px, py - search->py) < search->best)
    {
      search->best = hypot (px - search->px, py - search->py);
      search->hit = *hit;
    }
}

gboolean
nullcurve_hit_nearest_point (
    const NullcurveLayout *layout, double px, double py, double radius, NullcurveHit *hit)
{
  Search search = { .layout = layout, .px = px, .py = py, .best = INFINITY };

  visit_points (layout->figure, visit_near, &search);
  if (!(search.best <= radius))
    return FALSE;
  *hit = search.hit;
  return TRUE;
}

gboolean
nullcurve_hit_end_point (const NullcurveFigure *figure, NullcurveHit *hit, int direction)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit->series);
  gsize n;

  if (series == NULL || !nullcurve_series_is_shown (series) || hit->panel >= figure->n_panels)
    return FALSE;
  n = nullcurve_series_n_points (series, hit->panel);
  for (gsize i = 0; i < n; i++)
    {
      const gsize index = direction < 0 ? i : n - 1 - i;

      if (has_place (figure, hit->panel, nullcurve_series_get_point (series, hit->panel, index)))
        {
          hit->index = index;
          return TRUE;
        }
    }
  return FALSE;
}

/* The first point of a series in `panel`, or in the first panel that has one. */
static gboolean
enter_series (const NullcurveFigure *figure, gsize series, gsize panel, NullcurveHit *hit)
{
  NullcurveHit found = { series, panel, 0 };

  if (nullcurve_hit_end_point (figure, &found, -1))
    {
      *hit = found;
      return TRUE;
    }
  for (found.panel = 0; found.panel < figure->n_panels; found.panel++)
    if (nullcurve_hit_end_point (figure, &found, -1))
      {
        *hit = found;
        return TRUE;
      }
  return FALSE;
}

/* The first series that can be entered, in the order of a walk. */
static gboolean
enter_first (const NullcurveFigure *figure, NullcurveHit *hit)
{
  for (gsize facet = 0; facet < nullcurve_figure_n_facets (figure); facet++)
    for (gsize i = 0; i < figure->series->len; i++)
      if (nullcurve_figure_get_series (figure, i)->facet == facet
          && enter_series (figure, i, hit->panel, hit))
        return TRUE;
  return FALSE;
}

gboolean
nullcurve_hit_first (const NullcurveFigure *figure, NullcurveHit *hit)
{
  for (gsize i = 0; i < figure->series->len; i++)
    if (nullcurve_figure_get_series (figure, i)->current && enter_series (figure, i, 0, hit))
      return TRUE;
  hit->panel = 0;
  return enter_first (figure, hit);
}

gboolean
nullcurve_hit_step_point (const NullcurveFigure *figure, NullcurveHit *hit, int direction)
{
  NullcurveHit next = *hit;

  if (!nullcurve_hit_is_valid (figure, hit))
    return FALSE;
  while (direction > 0 || next.index > 0)
    {
      next.index += direction > 0 ? 1 : -1;
      if (next.index >= nullcurve_series_n_points (
              nullcurve_figure_get_series (figure, hit->series), hit->panel))
        return FALSE;
      if (nullcurve_hit_is_valid (figure, &next))
        {
          *hit = next;
          return TRUE;
        }
    }
  return FALSE;
}

static void
move_near (const NullcurveFigure *figure, NullcurveHit *hit, double x)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit->series);
  double best = INFINITY;

  for (gsize i = 0; i < nullcurve_series_n_points (series, hit->panel); i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, hit->panel, i);

      if (has_place (figure, hit->panel, point) && fabs (point->x - x) < best)
        {
          best = fabs (point->x - x);
          hit->index = i;
        }
    }
}

/* Series are walked through facet by facet: where a series stands in that order. */
static gsize
walk_place (const NullcurveFigure *figure, gsize index)
{
  return nullcurve_figure_get_series (figure, index)->facet * figure->series->len + index;
}

/* The nearest series after (before) `from` that can be entered; FALSE when there is none. */
static gboolean
step_from (const NullcurveFigure *figure, gsize place, int direction, NullcurveHit *hit)
{
  const gsize panel = hit->panel;
  gsize best = 0;
  gboolean found = FALSE;

  for (gsize i = 0; i < figure->series->len; i++)
    {
      const gsize at = walk_place (figure, i);
      NullcurveHit entered = *hit;

      if ((direction > 0 ? at <= place : at >= place)
          || (found && (direction > 0 ? at > best : at < best))
          || !enter_series (figure, i, panel, &entered))
        continue;
      best = at;
      found = TRUE;
      *hit = entered;
    }
  return found;
}

gboolean
nullcurve_hit_next_series (const NullcurveFigure *figure, NullcurveHit *hit, int direction)
{
  const NullcurvePoint *from = nullcurve_hit_point (figure, hit);

  if (from == NULL || !step_from (figure, walk_place (figure, hit->series), direction, hit))
    return FALSE;
  move_near (figure, hit, from->x);
  return TRUE;
}

gboolean
nullcurve_hit_step_series (const NullcurveFigure *figure, NullcurveHit *hit, int direction)
{
  const gsize end = figure->series->len * nullcurve_figure_n_facets (figure);
  const NullcurvePoint *from = nullcurve_hit_point (figure, hit);
  NullcurveHit next = *hit;

  if (from == NULL)
    return FALSE;
  if (nullcurve_hit_next_series (figure, hit, direction))
    return TRUE;
  /* Begin again at the other end; before the first there is no place to start from. */
  if (direction > 0 ? !enter_first (figure, &next) : !step_from (figure, end, -1, &next))
    return FALSE;
  if (next.series == hit->series)
    return FALSE;
  move_near (figure, &next, from->x);
  *hit = next;
  return TRUE;
}

/* The marker. */

static const double reach_px = 5.0;
static const double handle_px = 9.0; /* that its handle stands above the plot */

gboolean
nullcurve_marker_is_at (const NullcurveLayout *layout, double px, double py)
{
  for (gsize cell = 0; layout->has_data && isfinite (layout->figure->marker)
                       && cell < layout->n_facets * layout->n_panels;
       cell++)
    {
      const NullcurveRect *plot = &layout->panels[cell].plot;
      const double x = nullcurve_layout_x (layout, cell, layout->figure->marker);
      const double above = cell % layout->n_panels == 0 ? handle_px : 0.0;

      if (nullcurve_layout_shows (layout, cell, x, plot->y) && fabs (px - x) <= reach_px
          && py >= plot->y - above && py <= plot->y + plot->height)
        return TRUE;
    }
  return FALSE;
}

double
nullcurve_marker_value (const NullcurveLayout *layout, double px, double py)
{
  const NullcurvePanelLayout *place = &layout->panels[nullcurve_layout_cell_at (layout, px, py)];
  const double lo = nullcurve_scale_forward (place->x.scale, place->x.min);
  const double hi = nullcurve_scale_forward (place->x.scale, place->x.max);
  const double share = (px - place->plot.x) / fmax (place->plot.width, 1.0);

  return nullcurve_scale_backward (place->x.scale, lo + CLAMP (share, 0.0, 1.0) * (hi - lo));
}
