/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/plot/canvas.h"

#include <math.h>

#include "ui/figure/style.h"

enum
{
  BRAILLE = 0x2800,
  MAX_STEPS = 100000 /* of a line; clipped ones are far shorter */
};

typedef struct Cell
{
  gunichar letter; /* 0: its dots */
  guint8 dots; /* a braille pattern; in ASCII bit 0 for the upper half and bit 1 for the lower */
  int colour;  /* of what was drawn last */
} Cell;

struct NullcurveCanvas
{
  gsize columns;
  gsize rows;
  gsize dots_x; /* of a cell */
  gsize dots_y;
  gboolean ascii;
  Cell *cells;
};

NullcurveCanvas *
nullcurve_canvas_new (gsize columns, gsize rows, gboolean ascii)
{
  NullcurveCanvas *canvas = g_new0 (NullcurveCanvas, 1);

  canvas->columns = MAX (columns, 1);
  canvas->rows = MAX (rows, 1);
  canvas->dots_x = ascii ? 1 : 2;
  canvas->dots_y = ascii ? 2 : 4;
  canvas->ascii = ascii;
  canvas->cells = g_new0 (Cell, canvas->columns * canvas->rows);
  for (gsize i = 0; i < canvas->columns * canvas->rows; i++)
    canvas->cells[i].colour = NULLCURVE_CANVAS_PLAIN;
  return canvas;
}

void
nullcurve_canvas_free (NullcurveCanvas *canvas)
{
  if (canvas == NULL)
    return;
  g_free (canvas->cells);
  g_free (canvas);
}

/* --- places --- */

gsize
nullcurve_canvas_n_dot_columns (const NullcurveCanvas *canvas)
{
  return canvas->columns * canvas->dots_x;
}

static gsize
n_dot_rows (const NullcurveCanvas *canvas)
{
  return canvas->rows * canvas->dots_y;
}

/* The first and the last dot are at 0 and 1. */
static gsize
dot_of (double place, gsize n)
{
  return (gsize)lround (CLAMP (place, 0.0, 1.0) * (double)(n - 1));
}

gsize
nullcurve_canvas_column (const NullcurveCanvas *canvas, double x)
{
  return dot_of (x, nullcurve_canvas_n_dot_columns (canvas)) / canvas->dots_x;
}

gsize
nullcurve_canvas_row (const NullcurveCanvas *canvas, double y)
{
  return dot_of (1.0 - y, n_dot_rows (canvas)) / canvas->dots_y;
}

static gboolean
is_inside (double place)
{
  const double slack = 1e-9;

  return place >= -slack && place <= 1.0 + slack;
}

/* --- drawing --- */

static void
set_dot (NullcurveCanvas *canvas, gsize x, gsize y, int colour)
{
  static const guint8 bits[4][2] = {
    { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
  };
  Cell *cell = &canvas->cells[y / canvas->dots_y * canvas->columns + x / canvas->dots_x];

  cell->dots |= canvas->ascii ? (guint8)(1u << (y % 2)) : bits[y % 4][x % 2];
  cell->colour = colour;
}

/* The part of a line within 0 .. 1 on one axis: narrows the stretch from *from to *to. */
static gboolean
clip (double start, double end, double *from, double *to)
{
  const double length = end - start;
  double enter;
  double leave;

  if (length == 0.0)
    return is_inside (start);
  enter = (0.0 - start) / length;
  leave = (1.0 - start) / length;
  *from = fmax (*from, fmin (enter, leave));
  *to = fmin (*to, fmax (enter, leave));
  return *from <= *to;
}

void
nullcurve_canvas_line (
    NullcurveCanvas *canvas, double x0, double y0, double x1, double y1, gsize stride, int colour)
{
  const gsize columns = nullcurve_canvas_n_dot_columns (canvas);
  const gsize rows = n_dot_rows (canvas);
  double from = 0.0;
  double to = 1.0;
  gsize steps;

  if (!isfinite (x0) || !isfinite (y0) || !isfinite (x1) || !isfinite (y1)
      || !clip (x0, x1, &from, &to) || !clip (y0, y1, &from, &to))
    return;
  steps = (gsize)CLAMP (
      ceil ((to - from) * fmax (fabs (x1 - x0) * (double)columns, fabs (y1 - y0) * (double)rows)),
      1.0, MAX_STEPS);
  for (gsize i = 0; i <= steps; i += stride)
    {
      const double t = from + (to - from) * (double)i / (double)steps;

      set_dot (canvas, dot_of (x0 + t * (x1 - x0), columns),
               dot_of (1.0 - (y0 + t * (y1 - y0)), rows), colour);
    }
}

void
nullcurve_canvas_shade (
    NullcurveCanvas *canvas, double x, double y0, double y1, gsize sparseness, int colour)
{
  gsize column;
  gsize last;

  if (!is_inside (x) || !isfinite (y0) || !isfinite (y1) || fmax (y0, y1) < 0.0
      || fmin (y0, y1) > 1.0)
    return;
  column = dot_of (x, nullcurve_canvas_n_dot_columns (canvas));
  last = dot_of (1.0 - fmin (y0, y1), n_dot_rows (canvas));
  for (gsize row = dot_of (1.0 - fmax (y0, y1), n_dot_rows (canvas)); row <= last; row++)
    if ((row + 2 * column) % sparseness == 0)
      set_dot (canvas, column, row, colour);
}

void
nullcurve_canvas_put_cell (
    NullcurveCanvas *canvas, gsize column, gsize row, gunichar letter, int colour)
{
  g_return_if_fail (column < canvas->columns && row < canvas->rows);
  canvas->cells[row * canvas->columns + column] = (Cell){ .letter = letter, .colour = colour };
}

void
nullcurve_canvas_put (NullcurveCanvas *canvas, double x, double y, gunichar letter, int colour)
{
  if (is_inside (x) && is_inside (y))
    nullcurve_canvas_put_cell (canvas, nullcurve_canvas_column (canvas, x),
                               nullcurve_canvas_row (canvas, y), letter, colour);
}

/* --- printing --- */

static gunichar
letter_of (const NullcurveCanvas *canvas, const Cell *cell)
{
  static const char halves[] = { ' ', '\'', '.', ':' };

  if (cell->letter != 0)
    return cell->letter;
  if (canvas->ascii)
    return (gunichar)halves[cell->dots & 3];
  return cell->dots != 0 ? (gunichar)(BRAILLE + cell->dots) : ' ';
}

/* The terminal's own eight colours, which suit its background, in the order of the palette: blue,
 * vermilion, purple, green, ochre, pink, grey, sky. */
static const char *const escapes[NULLCURVE_STYLE_N_COLOURS + 1] = {
  "\033[94m", "\033[31m", "\033[35m", "\033[32m", "\033[33m",
  "\033[95m", "\033[37m", "\033[36m", "\033[90m",
};

static void
switch_colour (GString *text, int *now, int colour)
{
  if (*now == colour)
    return;
  if (*now != NULLCURVE_CANVAS_PLAIN)
    g_string_append (text, "\033[0m");
  if (colour != NULLCURVE_CANVAS_PLAIN)
    g_string_append (text, escapes[CLAMP (colour, 0, NULLCURVE_STYLE_N_COLOURS)]);
  *now = colour;
}

void
nullcurve_canvas_append_row (const NullcurveCanvas *canvas,
                             gsize row,
                             gboolean coloured,
                             GString *text)
{
  const Cell *cells = &canvas->cells[row * canvas->columns];
  gsize end = canvas->columns;
  int now = NULLCURVE_CANVAS_PLAIN;

  while (end > 0 && letter_of (canvas, &cells[end - 1]) == ' ')
    end--;
  for (gsize i = 0; i < end; i++)
    {
      const gunichar letter = letter_of (canvas, &cells[i]);

      if (coloured && letter != ' ')
        switch_colour (text, &now, cells[i].colour);
      g_string_append_unichar (text, letter);
    }
  switch_colour (text, &now, NULLCURVE_CANVAS_PLAIN);
}

void
nullcurve_canvas_append_letter (GString *text, gunichar letter, int colour, gboolean coloured)
{
  int now = NULLCURVE_CANVAS_PLAIN;

  if (coloured)
    switch_colour (text, &now, colour);
  g_string_append_unichar (text, letter);
  switch_colour (text, &now, NULLCURVE_CANVAS_PLAIN);
}
