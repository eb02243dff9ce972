/* SPDX-License-Identifier: Apache-2.0 */
/* The axes of a figure at one size, zoomed as its viewport says: for whoever draws it, in pixels or
 * in the cells of a terminal.  Lengths are in the unit of whoever draws.  Pure functions. */
#pragma once

#include "ui/figure/axis.h"

G_BEGIN_DECLS

/* The value axis of a panel, its ticks `spacing` apart and more; without ticks where the panel has
 * nothing but zeroes, or nothing.  *full: the ends that it would have without a viewport. */
void nullcurve_figure_init_y_axis (const NullcurveFigure *figure,
                                   gsize panel,
                                   double length,
                                   double spacing,
                                   NullcurveAxis *axis,
                                   NullcurveSpan *full);

/* The x axis, whose labels take `label` with what keeps them apart. */
void nullcurve_figure_init_x_axis (const NullcurveFigure *figure,
                                   double length,
                                   double label,
                                   NullcurveAxis *axis,
                                   NullcurveSpan *full);

/* What stands on it; may be NULL. */
const char *nullcurve_figure_x_label (const NullcurveFigure *figure);

G_END_DECLS
