/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/hands/walk.h"

#include "ui/figure/readout.h"

/* How near the pointer must come for a point to be chosen. */
static const double reach_px = 24.0;

void
nullcurve_walk_clear (NullcurveWalk *walk)
{
  g_free (walk->chosen);
  *walk = (NullcurveWalk){ 0 };
}

static void
go_to (NullcurveWalk *walk,
       const NullcurveFigure *figure,
       const NullcurveCrosshair *crosshair,
       gboolean by_pointer)
{
  walk->shown = TRUE;
  walk->by_pointer = by_pointer;
  walk->crosshair = *crosshair;
  if (crosshair->has_selected)
    {
      const NullcurveSeries *series =
          nullcurve_figure_get_series (figure, crosshair->selected.series);

      g_free (walk->chosen);
      walk->chosen = g_strdup (series->key);
      walk->crosshair.facet = series->facet;
    }
}

void
nullcurve_walk_point_at (NullcurveWalk *walk, const NullcurveLayout *layout, double px, double py)
{
  NullcurveCrosshair crosshair = { .pointer_y = py };

  walk->shown = nullcurve_hit_nearest_x (layout, px, &crosshair.x);
  if (!walk->shown)
    return;
  crosshair.facet = nullcurve_layout_cell_at (layout, px, py) / MAX (layout->n_panels, 1);
  crosshair.has_selected =
      nullcurve_hit_nearest_point (layout, px, py, reach_px, &crosshair.selected);
  if (crosshair.has_selected)
    crosshair.x = nullcurve_hit_point (layout->figure, &crosshair.selected)->x;
  go_to (walk, layout->figure, &crosshair, TRUE);
}

gboolean
nullcurve_walk_is_on_point (const NullcurveWalk *walk, const NullcurveFigure *figure)
{
  return figure != NULL && walk->shown && walk->crosshair.has_selected
         && nullcurve_hit_is_valid (figure, &walk->crosshair.selected);
}

static void
go_to_point (NullcurveWalk *walk, const NullcurveFigure *figure, const NullcurveHit *hit)
{
  const NullcurveCrosshair next = { .x = nullcurve_hit_point (figure, hit)->x,
                                    .has_selected = TRUE,
                                    .selected = *hit };

  go_to (walk, figure, &next, FALSE);
}

static void
step_from (const NullcurveFigure *figure, NullcurveHit *hit, NullcurveStep step)
{
  switch (step)
    {
    case NULLCURVE_STEP_PREVIOUS_POINT:
    case NULLCURVE_STEP_NEXT_POINT:
      nullcurve_hit_step_point (figure, hit, step == NULLCURVE_STEP_NEXT_POINT ? 1 : -1);
      break;
    case NULLCURVE_STEP_FIRST_POINT:
    case NULLCURVE_STEP_LAST_POINT:
      nullcurve_hit_end_point (figure, hit, step == NULLCURVE_STEP_LAST_POINT ? 1 : -1);
      break;
    case NULLCURVE_STEP_PREVIOUS_SERIES:
    case NULLCURVE_STEP_NEXT_SERIES:
    default:
      nullcurve_hit_step_series (figure, hit, step == NULLCURVE_STEP_NEXT_SERIES ? 1 : -1);
      break;
    }
}

gboolean
nullcurve_walk_step (NullcurveWalk *walk, const NullcurveFigure *figure, NullcurveStep step)
{
  NullcurveHit next = walk->crosshair.selected;

  if (!nullcurve_figure_has_data (figure))
    return FALSE;
  if (nullcurve_walk_is_on_point (walk, figure))
    step_from (figure, &next, step);
  else if (!nullcurve_hit_first (figure, &next))
    return FALSE;
  else if (step == NULLCURVE_STEP_LAST_POINT)
    step_from (figure, &next, step);
  go_to_point (walk, figure, &next);
  return TRUE;
}

gboolean
nullcurve_walk_next_series (NullcurveWalk *walk, const NullcurveFigure *figure, int direction)
{
  NullcurveHit next = walk->crosshair.selected;

  if (!nullcurve_hit_next_series (figure, &next, direction))
    return FALSE;
  go_to_point (walk, figure, &next);
  return TRUE;
}

void
nullcurve_walk_choose_next (NullcurveWalk *walk, const NullcurveFigure *figure)
{
  NullcurveHit next = walk->crosshair.selected;

  if (!nullcurve_hit_step_series (figure, &next, 1))
    return;
  g_free (walk->chosen);
  walk->chosen = g_strdup (nullcurve_figure_get_series (figure, next.series)->key);
}

/* The point of a series at x, in this panel. */
static gboolean
find_at (const NullcurveFigure *figure, NullcurveHit *hit, double x)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit->series);
  const gssize at =
      hit->panel < figure->n_panels ? nullcurve_series_find (series, hit->panel, x) : -1;

  hit->index = (gsize)at;
  return at >= 0 && nullcurve_hit_is_valid (figure, hit);
}

/* In the same panel, or in the first that has it. */
static gboolean
find_in_panels (const NullcurveFigure *figure, NullcurveHit *hit, double x, gsize panel)
{
  hit->panel = panel;
  if (find_at (figure, hit, x))
    return TRUE;
  for (hit->panel = 0; hit->panel < figure->n_panels; hit->panel++)
    if (find_at (figure, hit, x))
      return TRUE;
  return FALSE;
}

void
nullcurve_walk_find_again (NullcurveWalk *walk, const NullcurveFigure *figure)
{
  NullcurveCrosshair *at = &walk->crosshair;
  NullcurveHit hit = { 0 };

  at->has_selected = FALSE;
  at->facet = MIN (at->facet, nullcurve_figure_n_facets (figure) - 1);
  for (; walk->chosen != NULL && hit.series < figure->series->len; hit.series++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit.series);

      if (!g_str_equal (series->key, walk->chosen)
          || !find_in_panels (figure, &hit, at->x, at->selected.panel))
        continue;
      at->has_selected = TRUE;
      at->selected = hit;
      at->facet = series->facet;
      return;
    }
}

char *
nullcurve_walk_read (const NullcurveWalk *walk, const NullcurveFigure *figure)
{
  g_autoptr (NullcurveReadout) readout = NULL;

  if (!walk->shown || figure == NULL || !nullcurve_figure_has_data (figure))
    return NULL;
  readout = nullcurve_readout_new_in (figure, walk->crosshair.x, walk->crosshair.facet);
  return nullcurve_readout_to_text (readout, figure);
}

void
nullcurve_walk_locate (
    const NullcurveWalk *walk, const NullcurveLayout *layout, gsize *cell, double *px, double *py)
{
  const NullcurveCrosshair *at = &walk->crosshair;
  const gboolean on_point = nullcurve_walk_is_on_point (walk, layout->figure);
  const NullcurveRect *plot;

  *cell = 0;
  if (walk->shown)
    *cell = nullcurve_layout_cell (
        layout, at->facet,
        on_point && at->selected.panel < layout->n_panels ? at->selected.panel : 0);
  plot = &layout->panels[*cell].plot;
  *px = walk->shown ? nullcurve_layout_x (layout, *cell, at->x) : plot->x + 0.5 * plot->width;
  *py =
      on_point ? nullcurve_layout_y (
          layout, *cell, nullcurve_point_top (nullcurve_hit_point (layout->figure, &at->selected)))
               : plot->y + 0.5 * plot->height;
}

gboolean
nullcurve_walk_choose (NullcurveWalk *walk,
                       const NullcurveFigure *figure,
                       const char *key,
                       double x)
{
  g_free (walk->chosen);
  walk->chosen = g_strdup (key);
  walk->crosshair = (NullcurveCrosshair){ .x = x };
  walk->by_pointer = FALSE;
  nullcurve_walk_find_again (walk, figure);
  walk->shown = walk->crosshair.has_selected;
  return walk->shown;
}
