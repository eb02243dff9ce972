/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/render.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/chart/draw.h"
#include "ui/figure/figure-axes.h"

typedef struct Canvas
{
  cairo_t *cr;
  const NullcurveLayout *layout;
  const NullcurveFigure *figure;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
} Canvas;

static void
draw_text (const Canvas *canvas,
           NullcurveFont font,
           const NullcurveColour *colour,
           const char *words,
           double x,
           double y,
           NullcurveAlign align)
{
  nullcurve_draw_set_colour (canvas->cr, colour, 1.0);
  nullcurve_chart_text_draw (canvas->text, canvas->cr, font, words, x, y, align, -1.0);
}

/* Words that start at a rectangle's left and end with it; in one of several lines, on these. */
static void
draw_text_in (const Canvas *canvas,
              NullcurveFont font,
              const NullcurveColour *colour,
              const char *words,
              const NullcurveRect *rect)
{
  if (rect->width <= 0.0 || rect->height <= 0.0 || words == NULL)
    return;
  nullcurve_draw_set_colour (canvas->cr, colour, 1.0);
  if (rect->height > 1.5 * nullcurve_chart_text_height (canvas->text, font))
    nullcurve_chart_text_draw_block (canvas->text, canvas->cr, font, words, rect->x, rect->y,
                                     rect->width, rect->height);
  else
    nullcurve_chart_text_draw (canvas->text, canvas->cr, font, words, rect->x,
                               nullcurve_rect_middle (rect), NULLCURVE_ALIGN_START, rect->width);
}

static void
draw_background (const Canvas *canvas)
{
  if (!canvas->style->paint_background)
    return;
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->background, 1.0);
  cairo_rectangle (canvas->cr, 0.0, 0.0, canvas->layout->width, canvas->layout->height);
  cairo_fill (canvas->cr);
}

static void
draw_grid (const Canvas *canvas, gsize cell)
{
  const NullcurvePanelLayout *place = &canvas->layout->panels[cell];

  nullcurve_draw_set_colour (canvas->cr, &canvas->style->grid, 1.0);
  for (gsize i = 0; i < place->y.n_ticks; i++)
    nullcurve_draw_hline (canvas->cr, place->plot.x, place->plot.x + place->plot.width,
                          nullcurve_layout_y (canvas->layout, cell, place->y.ticks[i].value), 1.0);
}

/* A label on its line, kept readable by a halo where it crosses other lines. */
static void
draw_reference_label (const Canvas *canvas, gsize cell, const char *label, double x, double y)
{
  /* Small multiples need not all say the same. */
  if (label == NULL || cell >= canvas->layout->n_panels)
    return;
  nullcurve_draw_set_solid (canvas->cr);
  nullcurve_chart_text_path (canvas->text, canvas->cr, NULLCURVE_FONT_TICK, label, x, y,
                             NULLCURVE_ALIGN_END);
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->background, 0.85);
  cairo_set_line_width (canvas->cr, 4.0);
  cairo_set_line_join (canvas->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (canvas->cr);
  draw_text (canvas, NULLCURVE_FONT_TICK, &canvas->style->text_dim, label, x, y,
             NULLCURVE_ALIGN_END);
}

/* Dots along a line: round caps on dashes of no length; or dashes proper. */
static void
set_dots (const Canvas *canvas, const NullcurveReference *reference)
{
  const double dash[2] = { reference->dashed ? 6.0 : 0.0, reference->dashed ? 5.0 : 4.0 };
  const NullcurveSeries *series =
      reference->series >= 0
          ? nullcurve_figure_get_series (canvas->figure, (gsize)reference->series)
          : NULL;
  NullcurveSeriesStyle look = { .colour = canvas->style->reference };

  if (series != NULL)
    nullcurve_chart_style_series (canvas->style, series->palette, &look);
  nullcurve_draw_set_colour (canvas->cr, &look.colour, series != NULL ? 0.7 : 1.0);
  cairo_set_line_cap (canvas->cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (canvas->cr, 1.5);
  cairo_set_dash (canvas->cr, dash, 2, 0.0);
}

static void
draw_reference_line (const Canvas *canvas, gsize cell, const NullcurveReference *reference)
{
  const NullcurveRect *plot = &canvas->layout->panels[cell].plot;
  const double y = nullcurve_layout_y (canvas->layout, cell, reference->y);
  const double row = nullcurve_chart_text_height (canvas->text, NULLCURVE_FONT_TICK);

  if (!(y >= plot->y - 0.5 && y <= plot->y + plot->height + 0.5))
    return;
  set_dots (canvas, reference);
  cairo_move_to (canvas->cr, plot->x, y);
  cairo_line_to (canvas->cr, plot->x + plot->width, y);
  cairo_stroke (canvas->cr);
  draw_reference_label (canvas, cell, reference->label, plot->x + plot->width,
                        y - 0.5 * row - 2.0 < plot->y - 0.5 * row ? y + 0.5 * row + 2.0
                                                                  : y - 0.5 * row - 2.0);
}

/* Where the label of a curve goes: level with where it leaves the plot, left of the curve by the
 * label's lower edge (the curves rise). */
static void
label_curve (const Canvas *canvas, gsize cell, const NullcurveReference *reference)
{
  const NullcurveRect *plot = &canvas->layout->panels[cell].plot;
  const double row = nullcurve_chart_text_height (canvas->text, NULLCURVE_FONT_TICK);
  double centre = NAN;

  for (gsize i = reference->curve->len; i-- > 0;)
    {
      const NullcurveXY *xy = &g_array_index (reference->curve, NullcurveXY, i);
      const double x = nullcurve_layout_x (canvas->layout, cell, xy->x);
      const double y = nullcurve_layout_y (canvas->layout, cell, xy->y);

      if (!(y >= plot->y && y <= plot->y + plot->height && x >= plot->x)
          || x > plot->x + plot->width + 0.5)
        continue;
      if (isnan (centre))
        centre = fmax (y, plot->y + 0.5 * row + 3.0);
      if (y < centre + 0.5 * row)
        continue;
      draw_reference_label (canvas, cell, reference->label, x - 6.0, centre);
      return;
    }
}

static void
draw_reference_curve (const Canvas *canvas, gsize cell, const NullcurveReference *reference)
{
  const NullcurveRect *plot = &canvas->layout->panels[cell].plot;

  cairo_save (canvas->cr);
  cairo_rectangle (canvas->cr, plot->x - 2.0, plot->y - 1.0, plot->width + 4.0, plot->height + 2.0);
  cairo_clip (canvas->cr);
  for (gsize i = 0; i < reference->curve->len; i++)
    {
      const NullcurveXY *xy = &g_array_index (reference->curve, NullcurveXY, i);
      const double x = nullcurve_layout_x (canvas->layout, cell, xy->x);
      const double y = nullcurve_layout_y (canvas->layout, cell, xy->y);

      if (isfinite (x) && isfinite (y))
        cairo_line_to (canvas->cr, x, y);
    }
  set_dots (canvas, reference);
  cairo_stroke (canvas->cr);
  cairo_restore (canvas->cr);
}

/* What is computed of a series is where that is. */
static gboolean
is_in_cell (const Canvas *canvas, gsize cell, const NullcurveReference *reference)
{
  const NullcurveSeries *series;

  if (reference->series < 0)
    return TRUE;
  series = nullcurve_figure_get_series (canvas->figure, (gsize)reference->series);
  return nullcurve_series_is_shown (series) && series->facet == cell / canvas->layout->n_panels;
}

static void
draw_references (const Canvas *canvas, gsize cell, const NullcurvePanel *source)
{
  cairo_new_path (canvas->cr);
  for (gsize i = 0; canvas->layout->has_data && i < source->references->len; i++)
    {
      const NullcurveReference *reference = g_ptr_array_index (source->references, i);

      if (!is_in_cell (canvas, cell, reference))
        continue;
      if (isfinite (reference->y))
        draw_reference_line (canvas, cell, reference);
      else
        draw_reference_curve (canvas, cell, reference);
      /* Over areas words would be hard to read: there they are in the legend. */
      if (!isfinite (reference->y) && !source->stacked && !reference->keyed)
        label_curve (canvas, cell, reference);
    }
  nullcurve_draw_set_solid (canvas->cr);
  cairo_set_line_cap (canvas->cr, CAIRO_LINE_CAP_BUTT);
}

static void
draw_axes (const Canvas *canvas, gsize cell)
{
  const NullcurvePanelLayout *place = &canvas->layout->panels[cell];
  const NullcurveRect *plot = &place->plot;
  const double bottom = plot->y + plot->height;

  nullcurve_draw_set_colour (canvas->cr, &canvas->style->axis, 1.0);
  nullcurve_draw_hline (canvas->cr, plot->x, plot->x + plot->width, bottom, 1.0);
  for (gsize i = 0; i < place->x.n_ticks; i++)
    nullcurve_draw_vline (canvas->cr,
                          nullcurve_layout_x (canvas->layout, cell, place->x.ticks[i].value),
                          bottom, bottom + 4.0, 1.0);
  for (gsize i = 0; place->x_labels.height > 0.0 && i < place->x.n_ticks; i++)
    draw_text (canvas, NULLCURVE_FONT_TICK, &canvas->style->text_dim, place->x.ticks[i].label,
               nullcurve_layout_x (canvas->layout, cell, place->x.ticks[i].value),
               nullcurve_rect_middle (&place->x_labels), NULLCURVE_ALIGN_MIDDLE);
  for (gsize i = 0; place->y_labels.width > 0.0 && i < place->y.n_ticks; i++)
    draw_text (canvas, NULLCURVE_FONT_TICK, &canvas->style->text_dim, place->y.ticks[i].label,
               place->y_labels.x + place->y_labels.width,
               nullcurve_layout_y (canvas->layout, cell, place->y.ticks[i].value),
               NULLCURVE_ALIGN_END);
}

/* In the present colour and dash: a line, or a box for an area. */
static void
draw_swatch (const Canvas *canvas, double x, double y, double width, gboolean area)
{
  const double half = 0.35 * canvas->style->font_size;

  if (area)
    {
      cairo_rectangle (canvas->cr, x + width - 3.0 * half, y - half, 3.0 * half, 2.0 * half);
      cairo_fill (canvas->cr);
    }
  else
    {
      cairo_move_to (canvas->cr, x, y);
      cairo_line_to (canvas->cr, x + width, y);
      cairo_stroke (canvas->cr);
    }
  nullcurve_draw_set_solid (canvas->cr);
}

/* Hidden entries stay, faint, so that they can be brought back. */
static double
entry_alpha (const Canvas *canvas, gsize entry)
{
  const gboolean strong = canvas->style->kind == NULLCURVE_STYLE_HIGH_CONTRAST
                          || canvas->style->kind == NULLCURVE_STYLE_HIGH_CONTRAST_DARK;

  return !nullcurve_legend_is_hidden (canvas->figure, entry) ? 1.0 : strong ? 0.6 : 0.45;
}

/* A run's hue, as an area; a value's dash and marker, which are of no run. */
static void
draw_key_swatch (const Canvas *canvas, gsize entry, const NullcurveRect *rect, double width)
{
  const NullcurveKey *key = nullcurve_legend_key (canvas->figure, entry);
  const double y = nullcurve_rect_middle (rect);
  NullcurveSeriesStyle look;

  nullcurve_chart_style_series (canvas->style, key->palette, &look);
  if (key->part == NULLCURVE_PART_RUN)
    {
      nullcurve_draw_set_colour (canvas->cr, &look.colour, entry_alpha (canvas, entry));
      draw_swatch (canvas, rect->x, y, width, TRUE);
      return;
    }
  look.colour = canvas->style->text_dim;
  if (!key->dash)
    look.n_dash = 0;
  nullcurve_draw_set_colour (canvas->cr, &look.colour, entry_alpha (canvas, entry));
  nullcurve_draw_set_dash (canvas->cr, &look, canvas->style->line_width);
  draw_swatch (canvas, rect->x, y, width, FALSE);
  if (key->marker && !nullcurve_legend_is_hidden (canvas->figure, entry))
    nullcurve_draw_marker (canvas->cr, look.marker, rect->x + 0.5 * width, y,
                           canvas->style->marker_radius, &look.colour, &canvas->style->background);
}

static void
draw_legend_swatch (const Canvas *canvas, gsize entry, const NullcurveRect *rect, double width)
{
  const NullcurveSeries *series = nullcurve_legend_series (canvas->figure, entry);
  const NullcurveReference *reference = nullcurve_legend_reference (canvas->figure, entry);
  const gboolean area = series != NULL && nullcurve_figure_is_area (canvas->figure, series);
  const double y = nullcurve_rect_middle (rect);
  NullcurveSeriesStyle look;

  if (nullcurve_legend_key (canvas->figure, entry) != NULL)
    {
      draw_key_swatch (canvas, entry, rect, width);
      return;
    }
  if (reference != NULL)
    set_dots (canvas, reference);
  else if (series == NULL)
    {
      nullcurve_draw_set_colour (canvas->cr, &canvas->style->text_dim, 1.0);
      nullcurve_draw_set_bound_dash (canvas->cr, canvas->style->line_width);
    }
  else
    {
      nullcurve_chart_style_series (canvas->style, series->palette, &look);
      nullcurve_draw_set_colour (canvas->cr, &look.colour, entry_alpha (canvas, entry));
      nullcurve_draw_set_dash (canvas->cr, &look, canvas->style->line_width);
    }
  if (series == NULL || !canvas->figure->scattered)
    draw_swatch (canvas, rect->x, y, width, area);
  nullcurve_draw_set_solid (canvas->cr);
  if (series != NULL && !area && !series->hidden)
    nullcurve_draw_marker (canvas->cr, look.marker, rect->x + 0.5 * width, y,
                           canvas->style->marker_radius, &look.colour, &canvas->style->background);
}

static void
draw_legend_item (const Canvas *canvas, const NullcurveLegendItem *item)
{
  const double swatch = nullcurve_legend_swatch_width (canvas->style);
  const double gap = 0.4 * canvas->style->font_size;
  const double row = nullcurve_chart_text_height (canvas->text, canvas->layout->legend_font);
  const char *words = nullcurve_legend_label (canvas->figure, item->series);
  /* A wrapped label's swatch is on its first line. */
  const NullcurveRect first = { item->rect.x, item->rect.y, item->rect.width,
                                fmin (item->rect.height, row) };
  const NullcurveRect label = { item->rect.x + swatch + gap, item->rect.y,
                                item->rect.width - swatch - gap + 1.0, item->rect.height };

  draw_legend_swatch (canvas, item->series, &first, swatch);
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->text, entry_alpha (canvas, item->series));
  if (item->rect.height > row)
    nullcurve_chart_text_draw_block (canvas->text, canvas->cr, canvas->layout->legend_font, words,
                                     label.x, label.y, label.width, label.height);
  else
    nullcurve_chart_text_draw_name (canvas->text, canvas->cr, canvas->layout->legend_font, words,
                                    label.x, nullcurve_rect_middle (&label), label.width);
}

static void
draw_legend (const Canvas *canvas)
{
  const NullcurveLayout *layout = canvas->layout;

  for (gsize i = 0; i < layout->legend->len; i++)
    draw_legend_item (canvas, &g_array_index (layout->legend, NullcurveLegendItem, i));
  if (layout->legend_left_off > 0)
    {
      g_autofree char *more = g_strdup_printf (_ ("+ %zu more"), layout->legend_left_off);

      draw_text_in (canvas, canvas->layout->legend_font, &canvas->style->text_dim, more,
                    &layout->legend_more);
    }
}

static const char *
empty_words (const NullcurveFigure *figure)
{
  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (series->visible && series->hidden)
        return _ ("All curves are hidden: click in the legend to bring them back.");
    }
  return figure->empty_text;
}

static void
draw_empty (const Canvas *canvas)
{
  const char *words = empty_words (canvas->figure);
  const NullcurveRect *plot;

  if (canvas->layout->has_data || words == NULL || canvas->layout->n_panels == 0)
    return;
  plot = &canvas->layout->panels[0].plot;
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->text_dim, 1.0);
  nullcurve_chart_text_draw_wrapped (canvas->text, canvas->cr, NULLCURVE_FONT_EMPTY, words,
                                     plot->x + 0.5 * plot->width, nullcurve_rect_middle (plot),
                                     fmin (plot->width, 420.0));
}

/* A panel without values beside one that has some says so, lest it look broken. */
static void
draw_empty_cell (const Canvas *canvas, gsize facet, gsize panel)
{
  const gsize cell = nullcurve_layout_cell (canvas->layout, facet, panel);
  const NullcurveRect *plot = &canvas->layout->panels[cell].plot;
  const char *words = canvas->figure->panels[panel].empty_text;

  if (!canvas->layout->has_data || nullcurve_figure_facet_has_data (canvas->figure, panel, facet))
    return;
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->text_dim, 1.0);
  nullcurve_chart_text_draw (
      canvas->text, canvas->cr, NULLCURVE_FONT_TICK,
      words != NULL && canvas->layout->n_facets == 1 ? words : _ ("no values"),
      plot->x + 0.5 * plot->width, nullcurve_rect_middle (plot), NULLCURVE_ALIGN_MIDDLE, -1.0);
}

/* Of the x that was chosen: a line with a handle at its head. */
static void
draw_marker (const Canvas *canvas, gsize cell)
{
  const NullcurveRect *plot = &canvas->layout->panels[cell].plot;
  const double x = nullcurve_layout_x (canvas->layout, cell, canvas->figure->marker);
  const double half = 0.42 * canvas->style->font_size;

  if (!canvas->layout->has_data || !nullcurve_layout_shows (canvas->layout, cell, x, plot->y))
    return;
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->text_dim, 0.7);
  nullcurve_draw_vline (canvas->cr, x, plot->y, plot->y + plot->height, 1.0);
  if (cell >= canvas->layout->n_panels * canvas->layout->n_facets
      || cell % canvas->layout->n_panels != 0)
    return;
  cairo_new_path (canvas->cr);
  cairo_move_to (canvas->cr, x - half, plot->y - half);
  cairo_line_to (canvas->cr, x + half, plot->y - half);
  cairo_line_to (canvas->cr, x + half, plot->y + 0.4 * half);
  cairo_line_to (canvas->cr, x, plot->y + 1.4 * half);
  cairo_line_to (canvas->cr, x - half, plot->y + 0.4 * half);
  cairo_close_path (canvas->cr);
  nullcurve_draw_set_colour (canvas->cr, &canvas->style->text_dim, 1.0);
  cairo_fill (canvas->cr);
}

/* Areas would hide what they are compared with: it comes after them. */
static void
draw_cell_back (const Canvas *canvas, gsize facet, gsize panel)
{
  const gsize cell = nullcurve_layout_cell (canvas->layout, facet, panel);
  const NullcurvePanel *source = &canvas->figure->panels[panel];

  draw_grid (canvas, cell);
  if (!source->stacked)
    draw_references (canvas, cell, source);
  nullcurve_draw_panel_data (canvas->cr, canvas->layout, facet, panel, NULLCURVE_DEPTH_BACK);
}

static void
draw_cell_front (const Canvas *canvas, gsize facet, gsize panel)
{
  const gsize cell = nullcurve_layout_cell (canvas->layout, facet, panel);
  const NullcurvePanelLayout *place = &canvas->layout->panels[cell];
  const NullcurvePanel *source = &canvas->figure->panels[panel];

  nullcurve_draw_panel_data (canvas->cr, canvas->layout, facet, panel, NULLCURVE_DEPTH_FRONT);
  if (source->stacked)
    draw_references (canvas, cell, source);
  draw_axes (canvas, cell);
  if (isfinite (canvas->figure->marker))
    draw_marker (canvas, cell);
  draw_empty_cell (canvas, facet, panel);
  if (canvas->layout->n_facets > 1)
    draw_text_in (canvas, NULLCURVE_FONT_TICK_BOLD, &canvas->style->text,
                  g_ptr_array_index (canvas->figure->facets, facet), &place->facet);
}

static void
for_each_cell (const Canvas *canvas, void (*draw) (const Canvas *, gsize facet, gsize panel))
{
  for (gsize panel = 0; panel < canvas->layout->n_panels; panel++)
    for (gsize facet = 0; facet < canvas->layout->n_facets; facet++)
      draw (canvas, facet, panel);
}

static void
draw_panel_words (const Canvas *canvas, gsize panel)
{
  const NullcurvePanelLayout *place = &canvas->layout->panels[panel];
  const NullcurvePanel *source = &canvas->figure->panels[panel];

  draw_text_in (canvas, NULLCURVE_FONT_PANEL, &canvas->style->text, source->title, &place->title);
  draw_text_in (canvas, NULLCURVE_FONT_TICK, &canvas->style->text_dim, source->subtitle,
                &place->subtitle);
}

static Canvas
canvas_of (cairo_t *cr, const NullcurveLayout *layout)
{
  return (Canvas){ cr, layout, layout->figure, layout->style, layout->text };
}

void
nullcurve_chart_render_back (cairo_t *cr, const NullcurveLayout *layout)
{
  const Canvas canvas = canvas_of (cr, layout);

  cairo_save (cr);
  cairo_new_path (cr);
  draw_background (&canvas);
  for_each_cell (&canvas, draw_cell_back);
  draw_legend (&canvas);
  cairo_restore (cr);
}

void
nullcurve_chart_render_front (cairo_t *cr, const NullcurveLayout *layout)
{
  const NullcurveFigure *figure = layout->figure;
  const NullcurveChartStyle *style = layout->style;
  const Canvas canvas = canvas_of (cr, layout);

  cairo_save (cr);
  cairo_new_path (cr);
  if (layout->bars != NULL)
    nullcurve_draw_bars (cr, layout);
  for_each_cell (&canvas, draw_cell_front);
  for (gsize i = 0; i < layout->n_panels; i++)
    draw_panel_words (&canvas, i);
  draw_text_in (&canvas, NULLCURVE_FONT_TITLE, &style->text, figure->title, &layout->title);
  draw_text_in (&canvas, NULLCURVE_FONT_TICK, &style->text_dim, figure->subtitle,
                &layout->subtitle);
  if (layout->x_label.height > 0.0)
    draw_text (&canvas, NULLCURVE_FONT_TICK, &style->text_dim, nullcurve_figure_x_label (figure),
               layout->x_label.x + 0.5 * layout->x_label.width,
               nullcurve_rect_middle (&layout->x_label), NULLCURVE_ALIGN_MIDDLE);
  draw_empty (&canvas);
  cairo_restore (cr);
}

void
nullcurve_chart_render_laid_out (cairo_t *cr, const NullcurveLayout *layout)
{
  nullcurve_chart_render_back (cr, layout);
  nullcurve_chart_render_front (cr, layout);
}

void
nullcurve_chart_render (cairo_t *cr,
                        double width,
                        double height,
                        const NullcurveFigure *figure,
                        const NullcurveChartStyle *style)
{
  g_autoptr (NullcurveChartText) text = nullcurve_chart_text_new (style);
  g_autoptr (NullcurveLayout) layout = nullcurve_layout_new (figure, style, text, width, height);

  nullcurve_chart_render_laid_out (cr, layout);
}
