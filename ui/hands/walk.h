/* SPDX-License-Identifier: Apache-2.0 */
/* The crosshair as something that moves: put there by the pointer, walked from point to point by
 * keys.  It remembers the curve that it was on, and finds its point again in a figure made anew.
 * Plain data: no display. */
#pragma once

#include "ui/chart/render.h"

G_BEGIN_DECLS

typedef enum NullcurveStep
{
  NULLCURVE_STEP_PREVIOUS_POINT,
  NULLCURVE_STEP_NEXT_POINT,
  NULLCURVE_STEP_FIRST_POINT,
  NULLCURVE_STEP_LAST_POINT,
  NULLCURVE_STEP_PREVIOUS_SERIES,
  NULLCURVE_STEP_NEXT_SERIES,
} NullcurveStep;

/* One of zeroes is nowhere. */
typedef struct NullcurveWalk
{
  gboolean shown;      /* where there are no data, it waits for some at its x */
  gboolean by_pointer; /* goes away with the pointer */
  NullcurveCrosshair crosshair;
  char *chosen; /* key of the curve chosen last, to be found in other figures; NULL: none */
} NullcurveWalk;

void nullcurve_walk_clear (NullcurveWalk *walk);

/* To the points nearest to a pixel, as the pointer does; away where there are none. */
void
nullcurve_walk_point_at (NullcurveWalk *walk, const NullcurveLayout *layout, double px, double py);

/* Is a point of the figure (NULL: none) chosen, to go on from? */
gboolean nullcurve_walk_is_on_point (const NullcurveWalk *walk, const NullcurveFigure *figure);

/* The first step only shows where the walk begins.  FALSE where there is nothing to walk on. */
gboolean
nullcurve_walk_step (NullcurveWalk *walk, const NullcurveFigure *figure, NullcurveStep step);

/* To the point of a curve, by its key, at x; FALSE, and nowhere, where the figure has none. */
gboolean nullcurve_walk_choose (NullcurveWalk *walk,
                                const NullcurveFigure *figure,
                                const char *key,
                                double x);

/* From curve to curve, of one who is on a point; FALSE, and no step, beyond the last. */
gboolean
nullcurve_walk_next_series (NullcurveWalk *walk, const NullcurveFigure *figure, int direction);

/* The chosen curve is about to go: the walk will go on on the next one. */
void nullcurve_walk_choose_next (NullcurveWalk *walk, const NullcurveFigure *figure);

/* The chosen point in another figure, if it is there; the crosshair keeps its x if not. */
void nullcurve_walk_find_again (NullcurveWalk *walk, const NullcurveFigure *figure);

/* What the crosshair reads, one line a curve; NULL when that is nothing.  Owned by the caller. */
char *nullcurve_walk_read (const NullcurveWalk *walk, const NullcurveFigure *figure);

/* Where it is in a layout with panels: the pixel in the middle of its plot's height, or at the
 * chosen point; the middle of the first plot when it is not shown. */
void nullcurve_walk_locate (
    const NullcurveWalk *walk, const NullcurveLayout *layout, gsize *cell, double *px, double *py);

G_END_DECLS
