/* SPDX-License-Identifier: Apache-2.0 */
/* How a chart looks: colours, markers, dashes, sizes and fonts for one kind of background.
 * Hue is the run.  Marker and dash are what differs inside it, or, where nothing does, the run once
 * more, so that then no reader needs colour; the eight hues can be told apart by people who do not
 * see all colours. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  NULLCURVE_STYLE_N_COLOURS = 8
};

/* The palette index of what is nobody's: drawn like secondary text, with a round marker. */
#define NULLCURVE_PALETTE_MUTED G_MAXUINT

/* A palette index for the colour of another, mixed with the background: `strength` from 0, hardly
 * to be seen, to 1, the colour itself.  For areas that are shades of one thing; drawn without
 * dashes. */
guint nullcurve_palette_tint (guint palette, double strength);

/* A palette index is that of a run: its hue, and for those beyond the eighth its shade.  Alone it
 * is drawn with a marker and a dash of its own.  This is the one of a curve of the run whose marker
 * and dash say what it is in the run: of `marker` and `dash`, from 0; the same in every run. */
guint nullcurve_palette_wear (guint palette, guint marker, guint dash);

/* The run's, of an index that says more. */
guint nullcurve_palette_of_run (guint palette);

/* Which of the NULLCURVE_STYLE_N_COLOURS an index is of, a tint's too; NULLCURVE_STYLE_N_COLOURS
 * for what is nobody's. */
guint nullcurve_palette_colour (guint palette);

typedef struct NullcurveColour
{
  double red; /* sRGB, 0 .. 1, not premultiplied */
  double green;
  double blue;
  double alpha;
} NullcurveColour;

typedef enum NullcurveStyleKind
{
  NULLCURVE_STYLE_LIGHT,
  NULLCURVE_STYLE_DARK,
  NULLCURVE_STYLE_HIGH_CONTRAST,
  NULLCURVE_STYLE_HIGH_CONTRAST_DARK,
  NULLCURVE_STYLE_PRINT, /* light on white, with the figure's title: for papers */
} NullcurveStyleKind;

typedef enum NullcurveMarker
{
  NULLCURVE_MARKER_CIRCLE,
  NULLCURVE_MARKER_SQUARE,
  NULLCURVE_MARKER_TRIANGLE,
  NULLCURVE_MARKER_DIAMOND,
  NULLCURVE_MARKER_TRIANGLE_DOWN,
  NULLCURVE_MARKER_PENTAGON,
  NULLCURVE_MARKER_PLUS,
  NULLCURVE_MARKER_CROSS,
  NULLCURVE_N_MARKERS
} NullcurveMarker;

/* Plain data, copy freely; sizes in pixels (of the chart's own coordinates). */
typedef struct NullcurveChartStyle
{
  NullcurveStyleKind kind;
  NullcurveColour background;
  gboolean paint_background; /* FALSE: what lies below shows; it should look like `background` */
  gboolean show_title;       /* FALSE where the window's header says it already */
  gboolean hide_legend;      /* where words beside the chart tell the curves */
  gboolean whole_legend;     /* it names every curve, whatever height that takes: in files */
  gboolean dock_readout;     /* room is kept for what a crosshair reads: on screen */
  NullcurveColour text;
  NullcurveColour text_dim;
  NullcurveColour axis;
  NullcurveColour grid;
  NullcurveColour reference;
  NullcurveColour crosshair;
  NullcurveColour series[NULLCURVE_STYLE_N_COLOURS];
  double band_alpha;
  double dot_alpha;
  double line_width;
  double marker_radius;
  double font_size; /* of tick labels; the others follow it */
  char font_family[96];
} NullcurveChartStyle;

/* What one series is drawn with. */
typedef struct NullcurveSeriesStyle
{
  NullcurveColour colour;
  NullcurveMarker marker;
  double dash[4]; /* in multiples of the line's width */
  int n_dash;     /* 0: solid */
} NullcurveSeriesStyle;

void nullcurve_chart_style_init (NullcurveChartStyle *style, NullcurveStyleKind kind);

gboolean nullcurve_chart_style_equal (const NullcurveChartStyle *a, const NullcurveChartStyle *b);

/* The look of palette index `palette`; after the eight colours shades, markers and dashes shift, so
 * that 64 runs in a row still differ from each other. */
void nullcurve_chart_style_series (const NullcurveChartStyle *style,
                                   guint palette,
                                   NullcurveSeriesStyle *series);

G_END_DECLS
