/* SPDX-License-Identifier: Apache-2.0 */
/* A figure as text for a terminal: the panels that have something to show, one below the other,
 * with the axes that a drawing has (ui/figure/figure-axes.h), curves of dots and a mark for every
 * point.  Needs no display. */
#pragma once

#include "ui/figure/figure.h"
#include "ui/plot/options.h"

G_BEGIN_DECLS

/* The charts that the figure is split into, and has something to show in: facets times panels. */
gsize nullcurve_plot_n_charts (const NullcurveFigure *figure);

/* The text, lines of at most options->width cells that end in a newline.  Curves that differ have
 * marks that differ, as far as there are letters: those of the drawing first, then A to Z and a to
 * z.  Where two points fall into one cell, that of the run in hand, and of the curve named first,
 * shows.  Intervals are drawn where at most four curves share a chart. */
GString *nullcurve_plot_figure (const NullcurveFigure *figure, const NullcurvePlotOptions *options);

G_END_DECLS
