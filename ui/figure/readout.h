/* SPDX-License-Identifier: Apache-2.0 */
/* What a figure says in words: the values at one x, row by row, and a summary of the whole. */
#pragma once

#include "ui/figure/axis.h"
#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* What stands for an interval that says nothing, to be translated: the longest that a spread is. */
extern const char *const nullcurve_readout_wild;

typedef struct NullcurveReadoutCell
{
  char value[NULLCURVE_AXIS_LABEL_SIZE];  /* "—" when missing */
  char spread[NULLCURVE_AXIS_LABEL_SIZE]; /* "±0.8 %", or empty */
} NullcurveReadoutCell;

typedef struct NullcurveReadoutRow
{
  gsize series;                               /* index in the figure */
  const char *label;                          /* the series' own, lives with the figure */
  gboolean measured;                          /* has a value in any panel */
  gssize points[NULLCURVE_FIGURE_MAX_PANELS]; /* index of the point read; -1: none */
  NullcurveReadoutCell cells[NULLCURVE_FIGURE_MAX_PANELS];
  char bound[NULLCURVE_AXIS_LABEL_SIZE]; /* "71 %" of what is possible there, or empty */
  const char *note; /* of the first point that has one, lives with the figure; NULL: none */
} NullcurveReadoutRow;

typedef struct NullcurveReadout
{
  char *title; /* "null fraction 0.50 (realised 0.501)" */
  double x;
  gsize n_panels;
  GArray *rows; /* of NullcurveReadoutRow: series shown, current ones first; in a stack the largest
                   first */
  char *sum; /* of a stack: "in all 32.6 µs/slot, ideal 19.1, 13.5 above it"; NULL: it is none */
} NullcurveReadout;

/* The end of a band in words: whole numbers, as counts are, without decimals. */
void nullcurve_format_end (NullcurveUnit unit, double value, char text[NULLCURVE_AXIS_LABEL_SIZE]);

/* The values of every series shown at x (matched to within 1e-9).  Lives no longer than the
 * figure; free with nullcurve_readout_free (). */
NullcurveReadout *nullcurve_readout_new (const NullcurveFigure *figure, double x);

/* The same of the series in one facet only, whose title then comes first. */
#define NULLCURVE_ALL_FACETS G_MAXSIZE
NullcurveReadout *nullcurve_readout_new_in (const NullcurveFigure *figure, double x, gsize facet);
void nullcurve_readout_free (NullcurveReadout *readout);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveReadout, nullcurve_readout_free)

const NullcurveReadoutRow *nullcurve_readout_get_row (const NullcurveReadout *readout, gsize index);

/* As plain text, one line a series, to be copied or spoken. */
char *nullcurve_readout_to_text (const NullcurveReadout *readout, const NullcurveFigure *figure);

/* The figure in sentences: what is plotted, and where each series begins and ends. */
char *nullcurve_figure_summarise (const NullcurveFigure *figure);

G_END_DECLS
