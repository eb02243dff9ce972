/* SPDX-License-Identifier: Apache-2.0 */
/* A waterfall: rows, their bars, what holds them together, and words. */
#include <math.h>

#include "ui/chart/draw.h"

typedef struct Canvas
{
  cairo_t *cr;
  const NullcurveBars *bars;
  const NullcurveBarsLayout *place;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
} Canvas;

static void
draw_words (const Canvas *canvas,
            NullcurveFont font,
            const NullcurveColour *colour,
            const char *words,
            const NullcurveRect *rect,
            NullcurveAlign align)
{
  if (words == NULL || rect->width <= 0.0 || rect->height <= 0.0)
    return;
  nullcurve_draw_set_colour (canvas->cr, colour, 1.0);
  nullcurve_chart_text_draw (canvas->text, canvas->cr, font, words,
                             align == NULLCURVE_ALIGN_END ? rect->x + rect->width : rect->x,
                             nullcurve_rect_middle (rect), align, rect->width + 1.0);
}

static gboolean
is_strong (const NullcurveChartStyle *style)
{
  return style->kind == NULLCURVE_STYLE_HIGH_CONTRAST
         || style->kind == NULLCURVE_STYLE_HIGH_CONTRAST_DARK;
}

/* A run's hue where there are two; else the kind's, and grey for what is no kind. */
static NullcurveColour
colour_of (const Canvas *canvas, const NullcurveBarRow *row, gsize side)
{
  NullcurveSeriesStyle look;

  if (canvas->bars->n_sides == 1 && row->kind != NULLCURVE_BAR_PART)
    return row->kind == NULLCURVE_BAR_WHOLE ? canvas->style->text : canvas->style->text_dim;
  nullcurve_chart_style_series (
      canvas->style, canvas->bars->n_sides > 1 ? canvas->bars->palettes[side] : row->palette,
      &look);
  return look.colour;
}

/* How much of the colour fills it: what is doubtful, and what would be there anyway, is faint. */
static double
strength_of (const Canvas *canvas, const NullcurveBarRow *row, const NullcurveBar *bar)
{
  if (row->kind == NULLCURVE_BAR_IDEAL)
    return is_strong (canvas->style) ? 0.45 : 0.3;
  if (row->kind == NULLCURVE_BAR_WHOLE)
    return 0.75;
  return bar->doubtful ? 0.35 : 1.0;
}

static NullcurveRect
bar_rect (const Canvas *canvas, const NullcurveBar *bar, const NullcurveRect *slot)
{
  const double from = nullcurve_bars_layout_x (canvas->place, fmin (bar->from, bar->to));
  const double to = nullcurve_bars_layout_x (canvas->place, fmax (bar->from, bar->to));
  const double inset = canvas->bars->n_sides > 1 ? 1.5 : 2.0;

  /* Nothing is thinner than what can be seen. */
  return (NullcurveRect){ from, slot->y + inset, fmax (to - from, 1.0),
                          fmax (slot->height - 2.0 * inset, 1.0) };
}

static void
draw_bar (const Canvas *canvas, const NullcurveBarRow *row, gsize side, const NullcurveRect *slot)
{
  const NullcurveBar *bar = &row->bars[side];
  const NullcurveColour colour = colour_of (canvas, row, side);
  NullcurveRect rect;

  if (!isfinite (bar->from) || !isfinite (bar->to))
    return;
  rect = bar_rect (canvas, bar, slot);
  cairo_rectangle (canvas->cr, rect.x, rect.y, rect.width, rect.height);
  nullcurve_draw_set_colour (canvas->cr, &colour, strength_of (canvas, row, bar));
  cairo_fill (canvas->cr);
  if (row->kind == NULLCURVE_BAR_PART && !bar->doubtful)
    return;
  cairo_rectangle (canvas->cr, rect.x + 0.5, rect.y + 0.5, fmax (rect.width - 1.0, 0.0),
                   fmax (rect.height - 1.0, 0.0));
  nullcurve_draw_set_colour (canvas->cr, &colour, 0.8);
  cairo_set_line_width (canvas->cr, 1.0);
  cairo_stroke (canvas->cr);
}

/* From where a bar ends to where the next one begins. */
static void
draw_links (const Canvas *canvas, gsize side)
{
  const GArray *rows = canvas->place->rows;

  nullcurve_draw_set_colour (canvas->cr, &canvas->style->axis, 0.6);
  for (guint i = 0; i + 1 < rows->len; i++)
    {
      const NullcurveBarRowLayout *at = &g_array_index (rows, NullcurveBarRowLayout, i);
      const NullcurveBarRowLayout *next = &g_array_index (rows, NullcurveBarRowLayout, i + 1);
      const double end = nullcurve_bars_get_row (canvas->bars, at->row)->bars[side].to;

      if (isfinite (end))
        nullcurve_draw_vline (canvas->cr, nullcurve_bars_layout_x (canvas->place, end),
                              at->bars[side].y + at->bars[side].height - 2.0,
                              next->bars[side].y + 2.0, 1.0);
    }
}

/* What the others stand on, past all rows but not through their words: everything to its right is
 * what is asked about. */
static void
draw_ideal (const Canvas *canvas, gsize side)
{
  const NullcurveBarRow *ideal = nullcurve_bars_get_row (canvas->bars, 0);
  const double dots[2] = { 0.0, 4.0 };

  if (ideal == NULL || !isfinite (ideal->bars[side].to))
    return;
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->reference, 1.0);
  cairo_set_line_cap (canvas->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_dash (canvas->cr, dots, 2, 0.0);
  for (guint i = 0; i < canvas->place->rows->len; i++)
    {
      const NullcurveRect *slot =
          &g_array_index (canvas->place->rows, NullcurveBarRowLayout, i).bars[side];

      nullcurve_draw_vline (canvas->cr,
                            nullcurve_bars_layout_x (canvas->place, ideal->bars[side].to), slot->y,
                            slot->y + slot->height, 1.5);
    }
  nullcurve_draw_set_solid (canvas->cr);
  cairo_set_line_cap (canvas->cr, CAIRO_LINE_CAP_BUTT);
}

/* The row that the panels beside are of. */
static void
draw_chosen (const Canvas *canvas, const NullcurveBarRowLayout *place)
{
  const double radius = 5.0;
  const NullcurveRect rect = { place->rect.x - 6.0, place->rect.y, place->rect.width + 12.0,
                               place->rect.height };

  cairo_new_path (canvas->cr);
  cairo_arc (canvas->cr, rect.x + rect.width - radius, rect.y + radius, radius, -0.5 * G_PI, 0.0);
  cairo_arc (canvas->cr, rect.x + rect.width - radius, rect.y + rect.height - radius, radius, 0.0,
             0.5 * G_PI);
  cairo_arc (canvas->cr, rect.x + radius, rect.y + rect.height - radius, radius, 0.5 * G_PI, G_PI);
  cairo_arc (canvas->cr, rect.x + radius, rect.y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (canvas->cr);
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->text,
                             is_strong (canvas->style) ? 0.14 : 0.06);
  cairo_fill (canvas->cr);
}

static void
draw_values (const Canvas *canvas, const NullcurveBarRow *row, const NullcurveBarRowLayout *place)
{
  const gboolean whole = row->kind != NULLCURVE_BAR_PART;
  const NullcurveBarsLayout *columns = canvas->place;

  for (gsize side = 0; side < canvas->bars->n_sides; side++)
    {
      const NullcurveBar *bar = &row->bars[side];
      const NullcurveRect *slot = &place->bars[side];
      const NullcurveRect value = { columns->values.x, slot->y, columns->values.width,
                                    slot->height };
      const NullcurveRect share = { columns->shares.x, slot->y, columns->shares.width,
                                    slot->height };

      draw_words (canvas, whole ? NULLCURVE_FONT_TICK : NULLCURVE_FONT_TICK_BOLD,
                  bar->doubtful ? &canvas->style->text_dim : &canvas->style->text, bar->value,
                  &value, NULLCURVE_ALIGN_END);
      draw_words (canvas, NULLCURVE_FONT_TICK, &canvas->style->text_dim, bar->share, &share,
                  NULLCURVE_ALIGN_END);
    }
}

static void
draw_row (const Canvas *canvas, const NullcurveBarRowLayout *place)
{
  const NullcurveBarRow *row = nullcurve_bars_get_row (canvas->bars, place->row);

  for (gsize side = 0; side < canvas->bars->n_sides; side++)
    draw_bar (canvas, row, side, &place->bars[side]);
  draw_words (canvas, NULLCURVE_FONT_TICK, &canvas->style->text, row->label, &place->label,
              NULLCURVE_ALIGN_START);
  draw_values (canvas, row, place);
  draw_words (canvas, NULLCURVE_FONT_CAPTION, &canvas->style->text_dim, row->note, &place->note,
              NULLCURVE_ALIGN_START);
}

/* A square in each run's hue and its name. */
static void
draw_sides (const Canvas *canvas)
{
  const double size = 0.75 * canvas->style->font_size;

  for (gsize side = 0; canvas->bars->n_sides > 1 && side < canvas->bars->n_sides; side++)
    {
      const NullcurveRect *rect = &canvas->place->sides[side];
      const NullcurveRect name = { rect->x + 1.3 * canvas->style->font_size, rect->y,
                                   rect->width - 1.3 * canvas->style->font_size, rect->height };
      NullcurveSeriesStyle look;

      nullcurve_chart_style_series (canvas->style, canvas->bars->palettes[side], &look);
      nullcurve_draw_set_colour (canvas->cr, &look.colour, 1.0);
      cairo_rectangle (canvas->cr, rect->x, nullcurve_rect_middle (rect) - 0.5 * size, size, size);
      cairo_fill (canvas->cr);
      draw_words (canvas, NULLCURVE_FONT_TICK, &canvas->style->text, canvas->bars->sides[side],
                  &name, NULLCURVE_ALIGN_START);
    }
}

static void
draw_heads (const Canvas *canvas)
{
  const NullcurveBarsLayout *place = canvas->place;
  const NullcurveRect value = { place->values.x, place->heads.y, place->values.width,
                                place->heads.height };
  const NullcurveRect share = { place->shares.x, place->heads.y, place->shares.width,
                                place->heads.height };

  draw_words (canvas, NULLCURVE_FONT_CAPTION, &canvas->style->text_dim, canvas->bars->value_label,
              &value, NULLCURVE_ALIGN_END);
  draw_words (canvas, NULLCURVE_FONT_CAPTION, &canvas->style->text_dim, canvas->bars->share_label,
              &share, NULLCURVE_ALIGN_END);
}

void
nullcurve_draw_bars (cairo_t *cr, const NullcurveLayout *layout)
{
  const Canvas canvas = { cr, layout->figure->bars, layout->bars, layout->style, layout->text };
  const GArray *rows = layout->bars->rows;

  draw_words (&canvas, NULLCURVE_FONT_PANEL, &canvas.style->text, canvas.bars->title,
              &canvas.place->title, NULLCURVE_ALIGN_START);
  draw_words (&canvas, NULLCURVE_FONT_TICK, &canvas.style->text_dim, canvas.bars->subtitle,
              &canvas.place->subtitle, NULLCURVE_ALIGN_START);
  draw_sides (&canvas);
  draw_heads (&canvas);
  for (guint i = 0; i < rows->len; i++)
    {
      const NullcurveBarRowLayout *place = &g_array_index (rows, NullcurveBarRowLayout, i);

      if (canvas.bars->chosen == (gssize)place->row)
        draw_chosen (&canvas, place);
    }
  for (gsize side = 0; side < canvas.bars->n_sides; side++)
    {
      draw_ideal (&canvas, side);
      draw_links (&canvas, side);
    }
  for (guint i = 0; i < rows->len; i++)
    draw_row (&canvas, &g_array_index (rows, NullcurveBarRowLayout, i));
}
