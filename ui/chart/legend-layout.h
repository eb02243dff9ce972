/* SPDX-License-Identifier: Apache-2.0 */
/* What a legend lists and where its entries go.  Two ways: on screen it may take a fifth of the
 * height, shortens names and says how many curves it does not list, since a pointer finds them; in
 * a file, which answers no question, it names every curve and takes the height that needs. */
#pragma once

#include "ui/chart/rect.h"
#include "ui/chart/text.h"
#include "ui/figure/figure.h"
#include "ui/figure/style.h"

G_BEGIN_DECLS

/* The one entry that stands for the bounds of all series, those of references, and of keys. */
#define NULLCURVE_LEGEND_BOUND        G_MAXSIZE
#define NULLCURVE_LEGEND_REFERENCE(i) (G_MAXSIZE - 1 - (gsize)(i))
#define NULLCURVE_LEGEND_KEY(i)       (G_MAXSIZE / 2 + (gsize)(i))

typedef struct NullcurveLegendItem
{
  gsize series;       /* index in the figure, or one of the above */
  NullcurveRect rect; /* swatch and label; several lines high where the label is wrapped */
} NullcurveLegendItem;

/* Where a legend may go, in pixels, and in which letters. */
typedef struct NullcurveLegendRoom
{
  NullcurveFont font;
  double left;
  double right;
  double top;
  double most_height;
} NullcurveLegendRoom;

/* Where it went. */
typedef struct NullcurveLegendPlaces
{
  GArray *items;      /* of NullcurveLegendItem, borrowed; emptied first */
  gsize left_off;     /* entries that found no room */
  NullcurveRect more; /* where "+ 3 more" goes; empty when all are listed */
} NullcurveLegendPlaces;

/* The series of an entry in the legend, its key, or the reference it is of, each NULL where it is
 * of something else; and what the entry says. */
const NullcurveSeries *nullcurve_legend_series (const NullcurveFigure *figure, gsize entry);
const char *nullcurve_legend_label (const NullcurveFigure *figure, gsize entry);
const NullcurveReference *nullcurve_legend_reference (const NullcurveFigure *figure, gsize entry);

const NullcurveKey *nullcurve_legend_key (const NullcurveFigure *figure, gsize entry);

/* Does an entry stand for a series, of which there may be several; and are all of these hidden?  Of
 * bounds and references there are none. */
gboolean nullcurve_legend_has (const NullcurveFigure *figure, gsize entry, gsize series);
gboolean nullcurve_legend_is_hidden (const NullcurveFigure *figure, gsize entry);

/* Append the entries (gsize) that a figure has: keys, or series that draw something, hidden ones
 * too, bounds, and references that cannot bear their words. */
void nullcurve_legend_append_entries (const NullcurveFigure *figure, GArray *entries);

/* Width of the line and marker before a legend's label. */
double nullcurve_legend_swatch_width (const NullcurveChartStyle *style);

/* Width of all entries in one row. */
double nullcurve_legend_row_width (const NullcurveFigure *figure,
                                   const NullcurveChartStyle *style,
                                   NullcurveChartText *text,
                                   const GArray *entries);

/* Put all entries into one row that begins at the room's left and top. */
void nullcurve_legend_place_row (const NullcurveFigure *figure,
                                 const NullcurveChartStyle *style,
                                 NullcurveChartText *text,
                                 const GArray *entries,
                                 const NullcurveLegendRoom *room,
                                 NullcurveLegendPlaces *places);

/* Put the entries into rows, as style->whole_legend says; returns the y below them.  What the room
 * has no height for is left off. */
double nullcurve_legend_place_rows (const NullcurveFigure *figure,
                                    const NullcurveChartStyle *style,
                                    NullcurveChartText *text,
                                    const GArray *entries,
                                    const NullcurveLegendRoom *room,
                                    NullcurveLegendPlaces *places);

G_END_DECLS
