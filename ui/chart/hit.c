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

  return series != NULL && series->visible && hit->panel < figure->n_panels
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

      if (!series->visible)
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

static void
visit_column (const NullcurveHit *hit, const NullcurvePoint *point, gpointer data)
{
  Search *search = data;
  const double distance =
      fabs (nullcurve_layout_x (search->layout, hit->panel, point->x) - search->px);

  if (distance < search->best)
    {
      search->best = distance;
      search->x = point->x;
    }
}

gboolean
nullcurve_hit_nearest_x (const NullcurveFigure *figure,
                         const NullcurveLayout *layout,
                         double px,
                         double *x)
{
  Search search = { .layout = layout, .px = px, .best = INFINITY };

  visit_points (figure, visit_column, &search);
  if (!isfinite (search.best))
    return FALSE;
  *x = search.x;
  return TRUE;
}

static void
visit_near (const NullcurveHit *hit, const NullcurvePoint *point, gpointer data)
{
  Search *search = data;
  const double dx = nullcurve_layout_x (search->layout, hit->panel, point->x) - search->px;
  const double dy =
      nullcurve_layout_y (search->layout, hit->panel, nullcurve_point_top (point)) - search->py;
  const double distance = hypot (dx, dy);

  if (distance < search->best)
    {
      search->best = distance;
      search->hit = *hit;
    }
}

gboolean
nullcurve_hit_nearest_point (const NullcurveFigure *figure,
                             const NullcurveLayout *layout,
                             double px,
                             double py,
                             double radius,
                             NullcurveHit *hit)
{
  Search search = { .layout = layout, .px = px, .py = py, .best = INFINITY };

  visit_points (figure, visit_near, &search);
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

  if (series == NULL || !series->visible || hit->panel >= figure->n_panels)
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

gboolean
nullcurve_hit_first (const NullcurveFigure *figure, NullcurveHit *hit)
{
  for (gsize i = 0; i < figure->series->len; i++)
    if (nullcurve_figure_get_series (figure, i)->current && enter_series (figure, i, 0, hit))
      return TRUE;
  for (gsize i = 0; i < figure->series->len; i++)
    if (enter_series (figure, i, 0, hit))
      return TRUE;
  return FALSE;
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

gboolean
nullcurve_hit_step_series (const NullcurveFigure *figure, NullcurveHit *hit, int direction)
{
  const gsize n = figure->series->len;
  const NullcurvePoint *from = nullcurve_hit_point (figure, hit);

  if (from == NULL)
    return FALSE;
  for (gsize step = 1; step < n; step++)
    {
      const gsize series = (hit->series + (direction > 0 ? step : n - step)) % n;

      if (enter_series (figure, series, hit->panel, hit))
        {
          move_near (figure, hit, from->x);
          return TRUE;
        }
    }
  return FALSE;
}
