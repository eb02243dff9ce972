/* SPDX-License-Identifier: Apache-2.0 */
/* Write a figure to a file as PNG, SVG or PDF, chosen by the name's extension.  Needs no display.
 * The same figure and options give the same bytes.  Title, date and provenance travel in each
 * format's own metadata. */
#pragma once

#include <cairo.h>

#include "ui/figure/figure.h"
#include "ui/figure/style.h"

G_BEGIN_DECLS

#define NULLCURVE_EXPORT_ERROR (nullcurve_export_error_quark ())
GQuark nullcurve_export_error_quark (void);

typedef enum NullcurveExportError
{
  NULLCURVE_EXPORT_ERROR_EXTENSION, /* not .png, .svg or .pdf */
  NULLCURVE_EXPORT_ERROR_SIZE,      /* outside the limits below */
  NULLCURVE_EXPORT_ERROR_DRAW,      /* the surface could not be made or written */
  NULLCURVE_EXPORT_ERROR_WRITE,     /* the file could not be written */
} NullcurveExportError;

typedef enum NullcurveExportFormat
{
  NULLCURVE_EXPORT_UNKNOWN = -1,
  NULLCURVE_EXPORT_PNG,
  NULLCURVE_EXPORT_SVG,
  NULLCURVE_EXPORT_PDF,
  NULLCURVE_N_EXPORT_FORMATS
} NullcurveExportFormat;

/* Plain data.  Limits: width and height 100 .. 10000, dpi 24 .. 1200, font size 4 .. 100, and at
 * most 32767 pixels a side for PNG. */
typedef struct NullcurveExportOptions
{
  double width; /* pixels at 96 per inch */
  double height;
  double dpi;       /* of PNG: 96 gives width x height pixels, 192 twice as many a side */
  double font_size; /* of tick labels, pixels at 96 per inch; lines and markers follow it */
  NullcurveStyleKind style;
  gboolean title;
  gboolean legend;
  gboolean may_grow;      /* `height` is the least: legend and caption get what they need */
  const char *caption;    /* below the chart, small; NULL: none.  Borrowed. */
  const char *provenance; /* where the data come from, for the document's metadata; NULL: nothing
                             is told.  Borrowed. */
} NullcurveExportOptions;

/* 960 x 720, 192 dpi, 12 pixels, print, with title and legend. */
void nullcurve_export_options_init (NullcurveExportOptions *options);

/* "png", "svg" or "pdf". */
const char *nullcurve_export_format_name (NullcurveExportFormat format);

/* Does the name end in an extension that can be written? */
gboolean nullcurve_export_knows_extension (const char *path);

/* Is what such a name ends in made of pixels, for which the resolution counts? */
gboolean nullcurve_export_is_bitmap (const char *path);

/* Could a chart of this name and size be written?  Looks at the limits above, not at the disk.
 * Errors: NULLCURVE_EXPORT_ERROR_EXTENSION or _SIZE. */
gboolean
nullcurve_export_check (const char *path, const NullcurveExportOptions *options, GError **error);

/* Written as engine/files/output.h tells.  `options` may be NULL for the defaults.  The figure's
 * title and date (not the clock) go into the document. Blocking; any thread.  Errors:
 * NULLCURVE_EXPORT_ERROR, a sentence that names the file. */
gboolean nullcurve_chart_export (const NullcurveFigure *figure,
                                 const char *path,
                                 const NullcurveExportOptions *options,
                                 GError **error);

/* The same in memory; `name` is for messages only. */
GBytes *nullcurve_chart_export_bytes (const NullcurveFigure *figure,
                                      NullcurveExportFormat format,
                                      const char *name,
                                      const NullcurveExportOptions *options,
                                      GError **error);

/* What an export comes out as. */
typedef struct NullcurveExportFit
{
  double height;   /* of the document: options->height, or more where that may grow */
  gsize n_panels;  /* of the figure's charts, one above the other, that there is room for */
  gsize n_wanted;  /* of how many that have something to show */
  gsize n_unnamed; /* curves that the legend does not name for want of room */
} NullcurveExportFit;

void nullcurve_chart_export_fit (const NullcurveFigure *figure,
                                 const NullcurveExportOptions *options,
                                 NullcurveExportFit *fit);

/* What an export looks like, for a preview: draws options->width x the height of the fit, in user
 * units. */
void nullcurve_chart_export_draw (cairo_t *cr,
                                  const NullcurveFigure *figure,
                                  const NullcurveExportOptions *options);

G_END_DECLS
