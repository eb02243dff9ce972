/* SPDX-License-Identifier: Apache-2.0 */
/* What a chart shows: panels above one another over one x axis, and series that run through all
 * of them.  Plain data without a look or a size: style.h gives it looks, layout.h a place.
 *
 * A figure owns everything reachable from it.  Fields may be set directly; text fields with
 * nullcurve_figure_set_text (), lists only through the functions here.  Missing values are NaN and
 * leave gaps.  Build it in one thread, then treat it as read-only. */
#pragma once

#include <glib.h>

#include "ui/figure/bars.h"
#include "ui/figure/viewport.h"

G_BEGIN_DECLS

enum
{
  NULLCURVE_FIGURE_MAX_PANELS = NULLCURVE_VIEWPORT_MAX_PANELS,
  NULLCURVE_FIGURE_MAX_FACETS = 12
};

/* How the values of a y axis are written. */
typedef enum NullcurveUnit
{
  NULLCURVE_UNIT_RATE,  /* SI prefixes: "200 k", "1.2 M" */
  NULLCURVE_UNIT_PLAIN, /* "0.25" */
  NULLCURVE_UNIT_RATIO, /* "2.5×" */
  NULLCURVE_UNIT_SHARE, /* "25 %" of 0.25 */
} NullcurveUnit;

/* What stands on the x axis, for those to whom that matters. */
typedef enum NullcurveX
{
  NULLCURVE_X_OTHER, /* whatever its label says */
  NULLCURVE_X_FRACTION,
  NULLCURVE_X_EXPERTS, /* that a token keeps, of k (1 - f) */
} NullcurveX;

typedef struct NullcurveXY
{
  double x;
  double y;
} NullcurveXY;

/* One measured point in one panel. */
typedef struct NullcurvePoint
{
  double x;
  double x_realised; /* what x came out as; NaN when not told */
  double y;          /* median; NaN: missing, a gap */
  double base;       /* where y stands on, in a stacked panel; 0 elsewhere */
  double lower;      /* interval around y; NaN when there is none */
  double upper;
  double *samples; /* owned, in the unit of y; NULL when there are none */
  gsize n_samples;
  gsize n_disturbed;   /* the last of them: others took part of the processors meanwhile */
  gboolean processor;  /* y is made of processor time, since too few are undisturbed */
  double others_share; /* of the processors, that others took then; NaN when not known */
  double bound_share;  /* of what is possible there, 0 .. 1; NaN when not known */
  gboolean measuring;  /* being measured now */
  char *aside;         /* what a readout says in place of the spread; NULL: the spread */
  char *note;          /* and in the column of figure->note_label; NULL: nothing */
} NullcurvePoint;

/* A dotted line to compare with: horizontal at `y`, or a curve through `curve`. */
typedef struct NullcurveReference
{
  char *label;
  double y;        /* NaN for a curve */
  GArray *curve;   /* of NullcurveXY in ascending x; empty for a horizontal line */
  gboolean dashed; /* to be told from another that is dotted */
  gboolean keyed;  /* told of in the legend, not on its line */
  gboolean ideal;  /* of a stacked panel: where all of it would be at best */
  gssize series;   /* computed of this one: in its colour, faintly, wherever it is; -1: of none */
} NullcurveReference;

typedef struct NullcurvePanel
{
  char *title;    /* "Time per token (µs)": with the unit, whatever else has no room */
  char *brief;    /* where there is little, as over a readout's column; NULL: the title */
  char *subtitle; /* "tokens per second, median and 95 % interval"; may be NULL */
  NullcurveScale scale;
  NullcurveUnit unit;
  double weight;         /* share of the height; 1 by default */
  gboolean stacked;      /* series are areas on top of one another, the first one lowest */
  char *empty_text;      /* why no series has a value here; NULL: "no values" */
  GPtrArray *references; /* of NullcurveReference */
} NullcurvePanel;

/* By what a figure is split into small multiples. */
typedef enum NullcurveFaceting
{
  NULLCURVE_FACETS_NONE,
  NULLCURVE_FACETS_SHAPE,
  NULLCURVE_FACETS_TOPK,
  NULLCURVE_N_FACETINGS
} NullcurveFaceting;

/* What a curve is: a run, and up to two values in which the curves of runs differ. */
typedef enum NullcurvePart
{
  NULLCURVE_PART_RUN,   /* has a hue */
  NULLCURVE_PART_VALUE, /* has a marker, and a dash where there is no other value */
  NULLCURVE_PART_OTHER, /* has a dash */
  NULLCURVE_N_PARTS
} NullcurvePart;

/* An entry of a legend in parts: all series of a run, or of a value. */
typedef struct NullcurveKey
{
  char *label;
  guint palette;
  NullcurvePart part;
  gboolean dash; /* what of the look it is that says so, of a value */
  gboolean marker;
} NullcurveKey;

typedef struct NullcurveSeries
{
  char *label;
  guint palette;    /* colour, marker and dash: see nullcurve_chart_style_series () */
  gboolean current; /* of the run in hand, not one that it is compared with */
  gboolean visible; /* FALSE: as if it were not there */
  gboolean hidden;  /* by its entry in the legend, which stays; nullcurve_figure_hide () */
  double topk;      /* experts of a token at f = 0; 0: not known */
  gboolean band;    /* an area from lower to upper, without line or marker */
  char *key;        /* names it when the figure is made anew; its label unless set */
  char *detail;     /* all that is known of it, for a readout of it alone; NULL: the label is all */
  gsize facet;      /* where it is drawn, of figure->facets; 0 when there are none */
  gsize entry;      /* the first series of those that share its entry in the legend */
  char *parts[NULLCURVE_N_PARTS]; /* what it is, in words; NULL: not told, or nothing differs */
  guint part_ranks[NULLCURVE_N_PARTS];              /* of values, by which they get their looks */
  NullcurveFaceting part_facets[NULLCURVE_N_PARTS]; /* what tells it where the figure is split */
  char *facet_titles[NULLCURVE_N_FACETINGS];        /* where it goes when split; NULL: not known */
  char *facet_labels[NULLCURVE_N_FACETINGS];        /* what it is called there */
  GArray *points[NULLCURVE_FIGURE_MAX_PANELS];      /* of NullcurvePoint, ascending x */
  GArray *forecast[NULLCURVE_FIGURE_MAX_PANELS];    /* of NullcurveXY: points to come */
  GArray *bound[NULLCURVE_FIGURE_MAX_PANELS];       /* of NullcurveXY: no value can be above */
} NullcurveSeries;

typedef struct NullcurveFigure
{
  char *title;
  char *subtitle;
  NullcurveX x;      /* nullcurve_figure_set_x () */
  char *x_label;     /* of any other x to be set */
  char *empty_text;  /* shown when no visible series has a point */
  char *bound_label; /* what the bounds of the series are, for the legend; NULL: no word of them */
  char *note_label;  /* what the notes of points are; NULL where none has one */
  char *date;        /* ISO 8601, of the data; dates exported documents; may be NULL */
  double x_end;      /* that the x axis has at least; 0.9 by default */
  NullcurveScale x_scale;     /* linear, or by ideal speed-up */
  gboolean octaves;           /* a log x axis has its ticks at powers of two */
  gboolean scattered;         /* points stand for themselves: no line joins them */
  gsize n_aside;              /* panels behind the n_panels, which are not drawn */
  gsize front;                /* which of all is the one that is, while there are some aside */
  NullcurveViewport viewport; /* what of it is shown: all of it by default */
  GPtrArray *facets;          /* of char *, titles of the small multiples; empty: one chart */
  double marker;              /* an x that was chosen, as a line through all panels; NaN: none */
  NullcurveBars *bars;        /* beside the panels; NULL: none */
  gsize n_panels;
  NullcurvePanel panels[NULLCURVE_FIGURE_MAX_PANELS];
  GPtrArray *series; /* of NullcurveSeries */
  GPtrArray *keys;   /* of NullcurveKey: the legend lists these; empty or NULL: the series */
} NullcurveFigure;

/* An empty figure; free with nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_new (void);
void nullcurve_figure_free (NullcurveFigure *figure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveFigure, nullcurve_figure_free)

/* Replace a text field (the address of one, such as &figure->title) by a copy; NULL clears it. */
void nullcurve_figure_set_text (char **field, const char *text);

/* Say what x is; the label says so too. */
void nullcurve_figure_set_x (NullcurveFigure *figure, NullcurveX x);

/* The next panel, or NULL when there are NULLCURVE_FIGURE_MAX_PANELS already.  Owned by the
 * figure. */
NullcurvePanel *nullcurve_figure_add_panel (NullcurveFigure *figure,
                                            const char *title,
                                            const char *subtitle,
                                            NullcurveUnit unit);

/* What a panel is called where there is little room. */
const char *nullcurve_panel_brief (const NullcurvePanel *panel);

/* A visible series without points, owned by the figure. */
NullcurveSeries *
nullcurve_figure_add_series (NullcurveFigure *figure, const char *label, guint palette);
NullcurveSeries *nullcurve_figure_get_series (const NullcurveFigure *figure, gsize index);

/* Insert a point in order of x (after equal ones) and return it; the address holds until the
 * next point is added.  x must be finite. */
NullcurvePoint *
nullcurve_series_add_point (NullcurveSeries *series, gsize panel, double x, double y);
gsize nullcurve_series_n_points (const NullcurveSeries *series, gsize panel);
const NullcurvePoint *
nullcurve_series_get_point (const NullcurveSeries *series, gsize panel, gsize index);
/* The point at x (to within 1e-9), one with a value before one without; -1 when there is none. */
gssize nullcurve_series_find (const NullcurveSeries *series, gsize panel, double x);
/* Where the point is drawn: base + y. */
double nullcurve_point_top (const NullcurvePoint *point);
void nullcurve_point_set_interval (NullcurvePoint *point, double lower, double upper);

/* Keep a copy of the raw values; the last n_disturbed are those that others disturbed. */
void nullcurve_point_set_samples (NullcurvePoint *point,
                                  const double *samples,
                                  gsize n_samples,
                                  gsize n_disturbed);

/* Add a point to come; in ascending x. */
void nullcurve_series_add_forecast (NullcurveSeries *series, gsize panel, double x, double y);

/* Add a point of the series' bound; in ascending x.  What is not finite is left out. */
void nullcurve_series_add_bound (NullcurveSeries *series, gsize panel, double x, double y);

/* Is the series drawn, and are its points to be found? */
gboolean nullcurve_series_is_shown (const NullcurveSeries *series);

/* Has the series anything to draw, hidden or not? */
gboolean nullcurve_figure_draws (const NullcurveFigure *figure, const NullcurveSeries *series);

/* Hide a series and those that share its entry in the legend, or bring them back; stacked panels
 * close ranks. */
void nullcurve_figure_hide (NullcurveFigure *figure, gsize index, gboolean hidden);

/* Is it drawn as an area - a band, or part of a stack - rather than as a line? */
gboolean nullcurve_figure_is_area (const NullcurveFigure *figure, const NullcurveSeries *series);

/* Bands of many curves cover each other: where more than three are shown in a facet, the one whose
 * interval alone is an area, that in front; the others have whiskers.  NULL: all are areas. */
const NullcurveSeries *nullcurve_figure_only_band (const NullcurveFigure *figure, gsize facet);

/* Is there a bound to be seen, of a visible series, and a label for it? */
gboolean nullcurve_figure_has_bounds (const NullcurveFigure *figure);

/* Let every visible series of a stacked panel stand on the visible ones before it, point by point,
 * what is negative hanging below zero: sets their bases.  To be called when all points are there;
 * missing values count as 0. */
void nullcurve_figure_stack (NullcurveFigure *figure, gsize panel);

/* The labelled references that a legend tells of: keyed ones, and those of stacked panels, whose
 * areas leave no room for words on a line.  NULL beyond the last. */
const NullcurveReference *nullcurve_figure_get_legend_reference (const NullcurveFigure *figure,
                                                                 gsize index);

/* Has a series shown a value or a forecast in this panel, or in one facet of it? */
gboolean nullcurve_figure_panel_has_data (const NullcurveFigure *figure, gsize panel);
gboolean nullcurve_figure_facet_has_data (const NullcurveFigure *figure, gsize panel, gsize facet);

void nullcurve_panel_add_line (NullcurvePanel *panel, const char *label, double y);

/* A curve to add points to with nullcurve_reference_add (), owned by the panel. */
NullcurveReference *nullcurve_panel_add_curve (NullcurvePanel *panel, const char *label);
void nullcurve_reference_add (NullcurveReference *reference, double x, double y);

/* Draw one of its panels alone, counted as they were added, or all again (-1, and what is none). */
void nullcurve_figure_show_panel (NullcurveFigure *figure, gssize panel);

/* Does a visible series have a value or a forecast in any panel? */
gboolean nullcurve_figure_has_data (const NullcurveFigure *figure);

/* Is a point of a visible series within a viewport, in any panel? */
gboolean nullcurve_figure_shows_any (const NullcurveFigure *figure,
                                     const NullcurveViewport *viewport);

/* Append the indices (gsize) of the series shown as a readout lists them: those of the run in hand
 * first, so that they are there when room ends. */
void nullcurve_figure_get_order (const NullcurveFigure *figure, GArray *order);

/* The same for a legend: hidden series too, and one of those that share an entry; none that has
 * nothing to draw. */
void nullcurve_figure_get_entries (const NullcurveFigure *figure, GArray *order);

/* How many charts it is drawn as: 1 unless it was split. */
gsize nullcurve_figure_n_facets (const NullcurveFigure *figure);

/* Ends of the x axis: 0 and x_end, widened by points beyond them. */
void nullcurve_figure_x_range (const NullcurveFigure *figure, double *lo, double *hi);

/* Smallest and largest of what must be seen in a panel: medians, forecasts, bounds, areas, what is
 * computed of series, and horizontal lines that are within reach of them.  Intervals and
 * undisturbed samples widen it by a quarter at most: one sample that was held up does not press all
 * curves flat.  FALSE when there is nothing. On a log panel only positive values count. */
gboolean
nullcurve_figure_y_range (const NullcurveFigure *figure, gsize panel, double *lo, double *hi);

G_END_DECLS
