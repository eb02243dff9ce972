/* SPDX-License-Identifier: Apache-2.0 */
/* The legend as something to click: which curves it hides, in this figure and in those to come, and
 * which of its entries the pointer is on.  Plain data: no display. */
#pragma once

#include "ui/chart/layout.h"

G_BEGIN_DECLS

typedef enum NullcurveLegendPlace
{
  NULLCURVE_LEGEND_NOTHING,
  NULLCURVE_LEGEND_ENTRY, /* of a series */
  NULLCURVE_LEGEND_MORE,  /* "+ 3 more" */
} NullcurveLegendPlace;

typedef struct NullcurveLegend
{
  GHashTable *hidden; /* of char *: keys of the curves that are hidden */
  NullcurveLegendPlace hovered;
  gsize item; /* the hovered entry, in the layout's legend */
} NullcurveLegend;

void nullcurve_legend_init (NullcurveLegend *legend);
void nullcurve_legend_clear (NullcurveLegend *legend);

/* Follow the pointer; TRUE when it came to something else.  `layout` NULL: it is on nothing. */
gboolean
nullcurve_legend_hover (NullcurveLegend *legend, const NullcurveLayout *layout, double x, double y);

/* The rectangle of what is hovered; NULL for nothing, and when the layout has it no more. */
const NullcurveRect *nullcurve_legend_hovered_rect (const NullcurveLegend *legend,
                                                    const NullcurveLayout *layout);

/* Hide in a figure what is hidden, and nothing else. */
void nullcurve_legend_apply (const NullcurveLegend *legend, NullcurveFigure *figure);

/* Hide or show an entry of the figure, all curves that share it.  It shows once this is applied. */
void nullcurve_legend_set_hidden (NullcurveLegend *legend,
                                  const NullcurveFigure *figure,
                                  gsize entry,
                                  gboolean hidden);

/* An entry, or that of a series; `only`: its curves alone are shown, or all when they already are.
 */
void nullcurve_legend_toggle (NullcurveLegend *legend,
                              const NullcurveFigure *figure,
                              gsize index,
                              gboolean only);

G_END_DECLS
