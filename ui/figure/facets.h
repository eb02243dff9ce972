/* SPDX-License-Identifier: Apache-2.0 */
/* A figure as small multiples. */
#pragma once

#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* Split a figure into small multiples, one for each value that its series have, at most
 * NULLCURVE_FIGURE_MAX_FACETS: what is left over goes into the last.  Series that then have the
 * same label share colour and legend entry.  A figure without two values stays one chart. */
void nullcurve_figure_split (NullcurveFigure *figure, NullcurveFaceting by);

G_END_DECLS
