/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/chart/layout-private.h"

double
nullcurve_layout_left_edge (const NullcurveLayoutBuilder *builder)
{
  return fmin (builder->pad + builder->gutter, builder->layout->width);
}

/* The figure's own title and subtitle; returns the y below them. */
static double
place_title (NullcurveLayoutBuilder *builder)
{
  NullcurveLayout *layout = builder->layout;
  const double width =
      fmax (layout->width - nullcurve_layout_left_edge (builder) - builder->pad, 0.0);
  double y = builder->pad;

  layout->title = layout->subtitle = (NullcurveRect){ 0 };
  if (!builder->style->show_title || builder->figure->title == NULL || layout->height < 200.0)
    return y;
  layout->title =
      (NullcurveRect){ nullcurve_layout_left_edge (builder), y, width,
                       nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_TITLE) };
  y += layout->title.height + 2.0;
  if (builder->figure->subtitle != NULL && layout->height >= 300.0)
    {
      layout->subtitle =
          (NullcurveRect){ nullcurve_layout_left_edge (builder), y, width, builder->row };
      y += builder->row;
    }
  return y + (builder->compact ? 4.0 : 10.0);
}

static double
widest_label (NullcurveLayoutBuilder *builder, const NullcurveAxis *axis)
{
  double widest = 0.0;

  for (gsize i = 0; i < axis->n_ticks; i++)
    widest = fmax (widest, nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK,
                                                       axis->ticks[i].label));
  return ceil (widest);
}

static void
lay_out_once (NullcurveLayoutBuilder *builder)
{
  NullcurveLayout *layout = builder->layout;
  const gboolean has_label = builder->figure->x_label != NULL && layout->height >= 180.0;
  double bottom = layout->height - builder->pad;
  double y = place_title (builder);

  layout->x_label = (NullcurveRect){ 0 };
  if (has_label)
    {
      bottom -= builder->row;
      layout->x_label =
          (NullcurveRect){ nullcurve_layout_left_edge (builder), bottom,
                           fmax (builder->right - nullcurve_layout_left_edge (builder), 0.0),
                           builder->row };
      bottom -= builder->compact ? 1.0 : 4.0;
    }
  y = nullcurve_layout_place_legend (builder, y);
  nullcurve_layout_place_panels (builder, y, bottom);
}

/* Entries of what is not a series: bounds, and references that cannot bear their words. */
static void
append_lines (const NullcurveFigure *figure, GArray *order)
{
  gsize entry = NULLCURVE_LEGEND_BOUND;

  if (nullcurve_figure_has_bounds (figure))
    g_array_append_val (order, entry);
  if (!nullcurve_figure_has_data (figure))
    return;
  for (gsize i = 0; nullcurve_figure_get_legend_reference (figure, i) != NULL; i++)
    {
      entry = NULLCURVE_LEGEND_REFERENCE (i);
      g_array_append_val (order, entry);
    }
}

NullcurveLayout *
nullcurve_layout_new (const NullcurveFigure *figure,
                      const NullcurveChartStyle *style,
                      NullcurveChartText *text,
                      double width,
                      double height)
{
  NullcurveLayout *layout = g_new0 (NullcurveLayout, 1);
  NullcurveLayoutBuilder builder = {
    .layout = layout, .figure = figure, .style = style, .text = text
  };
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gsize));
  const double last_label = nullcurve_chart_text_width (text, NULLCURVE_FONT_TICK, "0.0");

  layout->width = fmax (width, 0.0);
  layout->height = fmax (height, 0.0);
  layout->has_data = nullcurve_figure_has_data (figure);
  layout->n_facets = nullcurve_figure_n_facets (figure);
  layout->n_panels = figure->n_panels;
  layout->panels = g_new0 (NullcurvePanelLayout, MAX (layout->n_facets * figure->n_panels, 1));
  layout->legend = g_array_new (FALSE, FALSE, sizeof (NullcurveLegendItem));
  nullcurve_figure_get_entries (figure, order);
  append_lines (figure, order);
  builder.order = order;
  builder.row = nullcurve_chart_text_height (text, NULLCURVE_FONT_TICK);
  builder.compact = layout->height < MAX (figure->n_panels, 1) * 13.0 * builder.row;
  builder.pad = layout->width < 420.0 || layout->height < 320.0 ? 6.0 : 14.0;
  builder.right =
      fmax (floor (layout->width - fmax (builder.pad, ceil (0.5 * last_label) + 2.0)), 0.0);
  /* The gutter follows from the tick labels, these from the heights, these from the legend's
   * rows, and these from the gutter: it settles at once or by one more round. */
  for (int pass = 0; pass < 3; pass++)
    {
      double widest = 0.0;

      lay_out_once (&builder);
      for (gsize i = 0; i < layout->n_panels; i++)
        widest = fmax (widest, widest_label (&builder, &layout->panels[i].y));
      if (pass > 0 && widest + 8.0 <= builder.gutter)
        break;
      builder.gutter = fmax (builder.gutter, widest + 8.0);
    }
  return layout;
}

void
nullcurve_layout_free (NullcurveLayout *layout)
{
  if (layout == NULL)
    return;
  g_array_unref (layout->legend);
  g_free (layout->panels);
  g_free (layout);
}

gsize
nullcurve_layout_cell (const NullcurveLayout *layout, gsize facet, gsize panel)
{
  return facet * layout->n_panels + panel;
}

gboolean
nullcurve_layout_shows (const NullcurveLayout *layout, gsize cell, double px, double py)
{
  const NullcurveRect *plot = &layout->panels[cell].plot;

  return px >= plot->x - 1.0 && px <= plot->x + plot->width + 1.0 && py >= plot->y - 1.0
         && py <= plot->y + plot->height + 1.0;
}

static double
distance_to (const NullcurveRect *rect, double px, double py)
{
  const double dx = fmax (fmax (rect->x - px, px - rect->x - rect->width), 0.0);
  const double dy = fmax (fmax (rect->y - py, py - rect->y - rect->height), 0.0);

  return hypot (dx, dy);
}

gsize
nullcurve_layout_cell_at (const NullcurveLayout *layout, double px, double py)
{
  double nearest = INFINITY;
  gsize found = 0;

  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      const double distance = distance_to (&layout->panels[cell].plot, px, py);

      if (distance < nearest)
        {
          nearest = distance;
          found = cell;
        }
    }
  return found;
}

/* Pixels so far outside that no zoom brings them back, and still within what cairo can count. */
static double
countable (double pixels)
{
  static const double far = 4e6;

  return CLAMP (pixels, -far, far);
}

double
nullcurve_layout_x (const NullcurveLayout *layout, gsize cell, double value)
{
  const NullcurvePanelLayout *place = &layout->panels[cell];

  return countable (place->plot.x + place->plot.width * nullcurve_axis_map (&place->x, value));
}

double
nullcurve_layout_y (const NullcurveLayout *layout, gsize cell, double value)
{
  const NullcurvePanelLayout *place = &layout->panels[cell];

  return countable (place->plot.y
                    + place->plot.height * (1.0 - nullcurve_axis_map (&place->y, value)));
}
