/* SPDX-License-Identifier: Apache-2.0 */
/* An area of a terminal to draw into: cells with letters, and dots within them (2 x 4 by braille
 * patterns, 1 x 2 in ASCII).  Places are 0 .. 1 from left to right and from bottom to top; what is
 * outside is not drawn.  For one thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Colours are indices of the palette (nullcurve_palette_colour ()), or this: the terminal's own. */
#define NULLCURVE_CANVAS_PLAIN (-1)

typedef struct NullcurveCanvas NullcurveCanvas;

/* Empty, columns x rows cells, both at least 1. */
NullcurveCanvas *nullcurve_canvas_new (gsize columns, gsize rows, gboolean ascii);
void nullcurve_canvas_free (NullcurveCanvas *canvas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveCanvas, nullcurve_canvas_free)

/* The cell of a place, the nearest one of a place outside.  Rows count from the top. */
gsize nullcurve_canvas_column (const NullcurveCanvas *canvas, double x);
gsize nullcurve_canvas_row (const NullcurveCanvas *canvas, double y);

/* A straight line; of its dots every `stride`-th is drawn. */
void nullcurve_canvas_line (
    NullcurveCanvas *canvas, double x0, double y0, double x1, double y1, gsize stride, int colour);

/* Shade a column of dots from y0 to y1: one dot in `sparseness`. */
void nullcurve_canvas_shade (
    NullcurveCanvas *canvas, double x, double y0, double y1, gsize sparseness, int colour);

/* Places of the dots' columns, from left to right. */
gsize nullcurve_canvas_n_dot_columns (const NullcurveCanvas *canvas);

/* A letter instead of dots. */
void
nullcurve_canvas_put (NullcurveCanvas *canvas, double x, double y, gunichar letter, int colour);
void nullcurve_canvas_put_cell (
    NullcurveCanvas *canvas, gsize column, gsize row, gunichar letter, int colour);

/* One row, without blanks at its end; `coloured` with the terminal's escapes. */
void nullcurve_canvas_append_row (const NullcurveCanvas *canvas,
                                  gsize row,
                                  gboolean coloured,
                                  GString *text);

/* A letter in a colour of its own. */
void nullcurve_canvas_append_letter (GString *text, gunichar letter, int colour, gboolean coloured);

G_END_DECLS
