/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/layout.h"

#include <math.h>

/* What one pass of laying out works with. */
typedef struct Builder
{
  NullcurveLayout *layout;
  const NullcurveFigure *figure;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
  GArray *order; /* of gsize: the series of the legend, and the entry for bounds */
  double pad;
  double row;    /* height of a line of tick text */
  double gutter; /* left of the plots: y labels */
  double right;  /* right edge of the plots */
  gboolean compact;
} Builder;

double
nullcurve_layout_swatch_width (const NullcurveChartStyle *style)
{
  return 2.9 * style->font_size;
}

static double
legend_gap (const Builder *builder)
{
  return 1.4 * builder->style->font_size;
}

/* Width of the entry at a place of the order. */
static double
legend_item_width (const Builder *builder, gsize place)
{
  const gsize index = g_array_index (builder->order, gsize, place);
  const char *label = index == NULLCURVE_LEGEND_BOUND
                          ? builder->figure->bound_label
                          : nullcurve_figure_get_series (builder->figure, index)->label;

  return nullcurve_layout_swatch_width (builder->style) + 0.4 * builder->style->font_size
         + ceil (nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, label));
}

static double
header_height (const Builder *builder)
{
  return nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_PANEL)
         + (builder->compact ? 4.0 : 9.0);
}

static double
left_edge (const Builder *builder)
{
  return fmin (builder->pad + builder->gutter, builder->layout->width);
}

/* The figure's own title and subtitle; returns the y below them. */
static double
place_title (Builder *builder)
{
  NullcurveLayout *layout = builder->layout;
  const double width = fmax (layout->width - left_edge (builder) - builder->pad, 0.0);
  double y = builder->pad;

  layout->title = layout->subtitle = (NullcurveRect){ 0 };
  if (!builder->style->show_title || builder->figure->title == NULL || layout->height < 200.0)
    return y;
  layout->title =
      (NullcurveRect){ left_edge (builder), y, width,
                       nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_TITLE) };
  y += layout->title.height + 2.0;
  if (builder->figure->subtitle != NULL && layout->height >= 300.0)
    {
      layout->subtitle = (NullcurveRect){ left_edge (builder), y, width, builder->row };
      y += builder->row;
    }
  return y + (builder->compact ? 4.0 : 10.0);
}

static void
add_legend_item (Builder *builder, gsize series, NullcurveRect rect)
{
  NullcurveLegendItem item = { series, rect };

  g_array_append_val (builder->layout->legend, item);
}

typedef struct LegendNeeds
{
  gsize n;
  double total; /* in one row, gaps included */
  double widest;
} LegendNeeds;

static LegendNeeds
measure_legend (const Builder *builder)
{
  LegendNeeds needs = { builder->order->len, 0.0, 0.0 };

  for (gsize i = 0; i < needs.n; i++)
    {
      const double width = legend_item_width (builder, i);

      needs.total += width + (i > 0 ? legend_gap (builder) : 0.0);
      needs.widest = fmax (needs.widest, width);
    }
  return needs;
}

/* One row, items as wide as they are, from x on. */
static void
place_legend_row (Builder *builder, double x, double y)
{
  for (gsize i = 0; i < builder->order->len; i++)
    {
      const double width = legend_item_width (builder, i);

      add_legend_item (builder, g_array_index (builder->order, gsize, i),
                       (NullcurveRect){ x, y, width, builder->row });
      x += width + legend_gap (builder);
    }
}

/* Entries in a row of the grid.  Where not all entries find room at their full width, they are
 * narrowed - names lose their middle - as long as they can be told apart. */
static gsize
legend_columns (const Builder *builder, LegendNeeds needs, double available, gsize max_rows)
{
  const double gap = legend_gap (builder);
  const double narrowest = 25.0 * builder->style->font_size;
  const gsize full = (gsize)fmax (floor ((available + gap) / (needs.widest + gap)), 1.0);
  const gsize most = (gsize)fmax (floor ((available + gap) / (narrowest + gap)), 1.0);
  const gsize wanted = (needs.n + max_rows - 1) / max_rows;

  return MAX (full, MIN (wanted, most));
}

/* Rows of equal columns; returns the y below. */
static double
place_legend_grid (Builder *builder, double y, LegendNeeds needs)
{
  NullcurveLayout *layout = builder->layout;
  const double left = left_edge (builder);
  const double available = fmax (builder->right - left, 1.0);
  const double pitch = builder->row + 4.0;
  const gsize max_rows = (gsize)fmax (floor (0.2 * layout->height / pitch), 1.0);
  const gsize most = legend_columns (builder, needs, available, max_rows);
  const double widest =
      fmin (needs.widest, (available + legend_gap (builder)) / (double)most - legend_gap (builder));
  const gsize rows = MIN ((needs.n + most - 1) / most, max_rows);
  /* Rows of equal length where all fit: six are three and three, not five and one. */
  const gsize columns = needs.n <= most * rows ? (needs.n + rows - 1) / rows : most;
  const gsize capacity = columns * rows;
  const gsize shown = needs.n <= capacity ? needs.n : capacity - 1;

  for (gsize i = 0; i < shown; i++)
    add_legend_item (builder, g_array_index (builder->order, gsize, i),
                     (NullcurveRect){ left + (i % columns) * (widest + legend_gap (builder)),
                                      y + (i / columns) * pitch, widest, builder->row });
  layout->legend_left_off = needs.n - shown;
  if (layout->legend_left_off > 0)
    layout->legend_more =
        (NullcurveRect){ left + (shown % columns) * (widest + legend_gap (builder)),
                         y + (shown / columns) * pitch, widest, builder->row };
  return y + (double)rows * pitch + 4.0;
}

static double
header_words_width (const Builder *builder)
{
  const NullcurvePanel *panel = &builder->figure->panels[0];
  double width = nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_PANEL, panel->title);

  if (panel->subtitle != NULL && !builder->compact)
    width += builder->style->font_size
             + nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, panel->subtitle);
  return ceil (width) + 2.0 * builder->style->font_size;
}

/* The legend goes beside the first panel's title when it fits there, else in rows above. */
static double
place_legend (Builder *builder, double y)
{
  NullcurveLayout *layout = builder->layout;
  const LegendNeeds needs = measure_legend (builder);
  const double left = left_edge (builder);

  g_array_set_size (layout->legend, 0);
  layout->legend_left_off = 0;
  layout->legend_more = (NullcurveRect){ 0 };
  if (needs.n == 0 || builder->style->hide_legend || builder->figure->n_panels == 0
      || layout->height < 160.0)
    return y;
  if (needs.total <= builder->right - left - header_words_width (builder))
    {
      place_legend_row (
          builder, builder->right - needs.total,
          y
              + 0.5
                    * (nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_PANEL)
                       - builder->row));
      return y;
    }
  if (needs.total <= builder->right - left)
    {
      place_legend_row (builder, left, y);
      return y + builder->row + (builder->compact ? 4.0 : 12.0);
    }
  return place_legend_grid (builder, y, needs) + (builder->compact ? 0.0 : 6.0);
}

/* Title to the left; the subtitle takes what the title and a legend in its row leave. */
static void
place_header (Builder *builder, gsize index, double y)
{
  NullcurvePanelLayout *panel = &builder->layout->panels[index];
  const NullcurvePanel *source = &builder->figure->panels[index];
  const double left = left_edge (builder);
  const double height = nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_PANEL);
  double end = builder->right;
  double title;

  if (index == 0 && builder->layout->legend->len > 0)
    {
      const NullcurveRect *first =
          &g_array_index (builder->layout->legend, NullcurveLegendItem, 0).rect;

      if (first->y + first->height > y)
        end = first->x - builder->style->font_size;
    }
  title = ceil (nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_PANEL, source->title));
  title = fmin (title, fmax (end - left, 0.0));
  panel->title = (NullcurveRect){ left, y, title, height };
  panel->subtitle = (NullcurveRect){ 0 };
  if (source->subtitle != NULL && !builder->compact && end - left - title > 80.0)
    panel->subtitle = (NullcurveRect){ left + title + builder->style->font_size, y,
                                       end - left - title - builder->style->font_size, height };
}

static void
init_axes (Builder *builder, gsize index)
{
  NullcurvePanelLayout *panel = &builder->layout->panels[index];
  const NullcurvePanel *source = &builder->figure->panels[index];
  double lo = 0.0;
  double hi = 0.0;
  double x_lo;
  double x_hi;

  if (!nullcurve_figure_y_range (builder->figure, index, &lo, &hi))
    lo = hi = 0.0;
  nullcurve_axis_init_y (&panel->y, source->scale, source->unit, lo, hi, panel->plot.height,
                         CLAMP (0.2 * panel->plot.height, 1.45 * builder->row, 2.4 * builder->row));
  if (lo == 0.0 && hi == 0.0)
    panel->y.n_ticks = 0;
  nullcurve_figure_x_range (builder->figure, &x_lo, &x_hi);
  nullcurve_axis_init_x (&panel->x, x_lo, x_hi, panel->plot.width,
                         nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, "0.00")
                             + builder->style->font_size);
}

static double
widest_label (Builder *builder, const NullcurveAxis *axis)
{
  double widest = 0.0;

  for (gsize i = 0; i < axis->n_ticks; i++)
    widest = fmax (widest, nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK,
                                                       axis->ticks[i].label));
  return ceil (widest);
}

/* Stack the panels from y down to bottom. */
static void
place_panels (Builder *builder, double y, double bottom)
{
  NullcurveLayout *layout = builder->layout;
  const gsize n = builder->figure->n_panels;
  const double header = header_height (builder);
  const double labels = builder->row + 6.0;
  const double gap = builder->compact ? 8.0 : 16.0;
  const gsize labelled = builder->compact ? 1 : n;
  const double left = round (left_edge (builder));
  const double width = fmax (floor (builder->right - left), 0.0);
  const double room = fmax (bottom - y - n * header - labelled * labels - (n - 1) * gap, 0.0);
  double weights = 0.0;

  for (gsize i = 0; i < n; i++)
    weights += builder->figure->panels[i].weight;
  for (gsize i = 0; i < n; i++)
    {
      NullcurvePanelLayout *panel = &layout->panels[i];
      const gboolean shows_x = !builder->compact || i + 1 == n;
      const double height = floor (room * builder->figure->panels[i].weight / weights);

      place_header (builder, i, y);
      panel->plot = (NullcurveRect){ left, round (y + header), width, height };
      panel->y_labels = (NullcurveRect){ builder->pad, panel->plot.y,
                                         fmax (left - builder->pad - 8.0, 0.0), height };
      panel->x_labels = (NullcurveRect){ left, panel->plot.y + height + 6.0, width,
                                         shows_x ? builder->row : 0.0 };
      init_axes (builder, i);
      y = panel->plot.y + height + (shows_x ? labels : 0.0) + gap;
    }
}

static void
lay_out_once (Builder *builder)
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
          (NullcurveRect){ left_edge (builder), bottom,
                           fmax (builder->right - left_edge (builder), 0.0), builder->row };
      bottom -= builder->compact ? 1.0 : 4.0;
    }
  y = place_legend (builder, y);
  place_panels (builder, y, bottom);
}

NullcurveLayout *
nullcurve_layout_new (const NullcurveFigure *figure,
                      const NullcurveChartStyle *style,
                      NullcurveChartText *text,
                      double width,
                      double height)
{
  NullcurveLayout *layout = g_new0 (NullcurveLayout, 1);
  Builder builder = { .layout = layout, .figure = figure, .style = style, .text = text };
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gsize));
  const gsize bound = NULLCURVE_LEGEND_BOUND;
  const double last_label = nullcurve_chart_text_width (text, NULLCURVE_FONT_TICK, "0.0");

  layout->width = fmax (width, 0.0);
  layout->height = fmax (height, 0.0);
  layout->has_data = nullcurve_figure_has_data (figure);
  layout->n_panels = figure->n_panels;
  layout->legend = g_array_new (FALSE, FALSE, sizeof (NullcurveLegendItem));
  nullcurve_figure_get_order (figure, order);
  if (nullcurve_figure_has_bounds (figure))
    g_array_append_val (order, bound);
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
  g_free (layout);
}

double
nullcurve_layout_x (const NullcurveLayout *layout, gsize panel, double value)
{
  const NullcurvePanelLayout *place = &layout->panels[panel];

  return place->plot.x + place->plot.width * nullcurve_axis_map (&place->x, value);
}

double
nullcurve_layout_y (const NullcurveLayout *layout, gsize panel, double value)
{
  const NullcurvePanelLayout *place = &layout->panels[panel];

  return place->plot.y + place->plot.height * (1.0 - nullcurve_axis_map (&place->y, value));
}
