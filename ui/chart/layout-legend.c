/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/chart/layout-private.h"

const NullcurveSeries *
nullcurve_legend_series (const NullcurveFigure *figure, gsize entry)
{
  return entry < figure->series->len ? nullcurve_figure_get_series (figure, entry) : NULL;
}

const NullcurveReference *
nullcurve_legend_reference (const NullcurveFigure *figure, gsize entry)
{
  return entry < figure->series->len || entry == NULLCURVE_LEGEND_BOUND
             ? NULL
             : nullcurve_figure_get_legend_reference (figure, G_MAXSIZE - 1 - entry);
}

const char *
nullcurve_legend_label (const NullcurveFigure *figure, gsize entry)
{
  const NullcurveSeries *series = nullcurve_legend_series (figure, entry);
  const NullcurveReference *reference = nullcurve_legend_reference (figure, entry);

  return series != NULL      ? series->label
         : reference != NULL ? reference->label
                             : figure->bound_label;
}

double
nullcurve_layout_swatch_width (const NullcurveChartStyle *style)
{
  return 2.9 * style->font_size;
}

static double
legend_gap (const NullcurveLayoutBuilder *builder)
{
  return 1.4 * builder->style->font_size;
}

/* Width of the entry at a place of the order. */
static double
legend_item_width (const NullcurveLayoutBuilder *builder, gsize place)
{
  const gsize index = g_array_index (builder->order, gsize, place);
  const char *label = nullcurve_legend_label (builder->figure, index);

  return nullcurve_layout_swatch_width (builder->style) + 0.4 * builder->style->font_size
         + ceil (nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, label));
}

static void
add_legend_item (NullcurveLayoutBuilder *builder, gsize series, NullcurveRect rect)
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
measure_legend (const NullcurveLayoutBuilder *builder)
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
place_legend_row (NullcurveLayoutBuilder *builder, double x, double y)
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
 * narrowed - names lose their ends - as long as they can be told apart. */
static gsize
legend_columns (const NullcurveLayoutBuilder *builder,
                LegendNeeds needs,
                double available,
                gsize max_rows)
{
  const double gap = legend_gap (builder);
  const double narrowest = 16.0 * builder->style->font_size;
  const gsize full = (gsize)fmax (floor ((available + gap) / (needs.widest + gap)), 1.0);
  const gsize most = (gsize)fmax (floor ((available + gap) / (narrowest + gap)), 1.0);
  const gsize wanted = (needs.n + max_rows - 1) / max_rows;

  return MAX (full, MIN (wanted, most));
}

/* Rows of equal columns; returns the y below. */
static double
place_legend_grid (NullcurveLayoutBuilder *builder, double y, LegendNeeds needs)
{
  NullcurveLayout *layout = builder->layout;
  const double left = nullcurve_layout_left_edge (builder);
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
header_words_width (const NullcurveLayoutBuilder *builder)
{
  const NullcurvePanel *panel = &builder->figure->panels[0];
  double width = nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_PANEL, panel->title);

  if (panel->subtitle != NULL && !builder->compact)
    width += builder->style->font_size
             + nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, panel->subtitle);
  return ceil (width) + 2.0 * builder->style->font_size;
}

double
nullcurve_layout_place_legend (NullcurveLayoutBuilder *builder, double y)
{
  NullcurveLayout *layout = builder->layout;
  const LegendNeeds needs = measure_legend (builder);
  const double left = nullcurve_layout_left_edge (builder);

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
