/* SPDX-License-Identifier: Apache-2.0 */
/* Words in a chart: measured the same whatever they are drawn on, so that screen, bitmap and
 * vector output share one layout.  Needs no display. */
#pragma once

#include <cairo.h>

#include "ui/figure/style.h"

G_BEGIN_DECLS

typedef enum NullcurveFont
{
  NULLCURVE_FONT_TICK,
  NULLCURVE_FONT_TICK_BOLD,
  NULLCURVE_FONT_PANEL,   /* bold, a little larger */
  NULLCURVE_FONT_TITLE,   /* bold, of the whole chart */
  NULLCURVE_FONT_EMPTY,   /* the empty state */
  NULLCURVE_FONT_CAPTION, /* smaller than ticks */
  NULLCURVE_N_FONTS
} NullcurveFont;

typedef enum NullcurveAlign
{
  NULLCURVE_ALIGN_START,
  NULLCURVE_ALIGN_MIDDLE,
  NULLCURVE_ALIGN_END,
} NullcurveAlign;

typedef struct NullcurveChartText NullcurveChartText;

NullcurveChartText *nullcurve_chart_text_new (const NullcurveChartStyle *style);
void nullcurve_chart_text_free (NullcurveChartText *text);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveChartText, nullcurve_chart_text_free)

/* Width of one line in pixels. */
double nullcurve_chart_text_width (NullcurveChartText *text, NullcurveFont font, const char *words);

/* Height of a line of this font in pixels, the same for all words. */
double nullcurve_chart_text_height (NullcurveChartText *text, NullcurveFont font);

/* Draw one line in the source colour of `cr`, its anchor at x, vertically centred on y; cut
 * with an ellipsis beyond max_width (< 0: no limit). */
void nullcurve_chart_text_draw (NullcurveChartText *text,
                                cairo_t *cr,
                                NullcurveFont font,
                                const char *words,
                                double x,
                                double y,
                                NullcurveAlign align,
                                double max_width);

/* The same of a name, at the start: it is cut in its middle, for names differ at their ends. */
void nullcurve_chart_text_draw_name (NullcurveChartText *text,
                                     cairo_t *cr,
                                     NullcurveFont font,
                                     const char *words,
                                     double x,
                                     double y,
                                     double max_width);

/* Add its outline to the path, for a halo below it. */
void nullcurve_chart_text_path (NullcurveChartText *text,
                                cairo_t *cr,
                                NullcurveFont font,
                                const char *words,
                                double x,
                                double y,
                                NullcurveAlign align);

/* Wrapped to `width`, lines centred, the whole centred on (x, y). */
void nullcurve_chart_text_draw_wrapped (NullcurveChartText *text,
                                        cairo_t *cr,
                                        NullcurveFont font,
                                        const char *words,
                                        double x,
                                        double y,
                                        double width);

/* A block of paragraphs, wrapped to `width` and cut with an ellipsis beyond `most_height`: its
 * height in whole pixels, in which it is all there, and drawing it with its top left at (x, y). */
double nullcurve_chart_text_block_height (NullcurveChartText *text,
                                          NullcurveFont font,
                                          const char *words,
                                          double width,
                                          double most_height);
void nullcurve_chart_text_draw_block (NullcurveChartText *text,
                                      cairo_t *cr,
                                      NullcurveFont font,
                                      const char *words,
                                      double x,
                                      double y,
                                      double width,
                                      double most_height);

G_END_DECLS
