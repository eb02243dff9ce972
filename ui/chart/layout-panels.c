/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/chart/layout-private.h"

static double
header_height (const NullcurveLayoutBuilder *builder)
{
  return nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_PANEL)
         + (builder->compact ? 4.0 : 9.0);
}

/* Title to the left; the subtitle takes what the title and a legend in its row leave. */
static void
place_header (NullcurveLayoutBuilder *builder, gsize index, double y)
{
  NullcurvePanelLayout *panel = &builder->layout->panels[index];
  const NullcurvePanel *source = &builder->figure->panels[index];
  const double left = nullcurve_layout_left_edge (builder);
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

/* Zoomed, the axis ends where the viewport does. */
static void
init_y (NullcurveLayoutBuilder *builder, gsize index, NullcurvePanelLayout *place)
{
  const NullcurvePanel *source = &builder->figure->panels[index];
  NullcurveSpan span = builder->figure->viewport.y[index];
  const double spacing = CLAMP (0.2 * place->plot.height, 1.45 * builder->row, 2.4 * builder->row);
  double lo = 0.0;
  double hi = 0.0;

  if (!nullcurve_figure_y_range (builder->figure, index, &lo, &hi))
    lo = hi = 0.0;
  nullcurve_axis_init_y (&place->y, source->scale, source->unit, lo, hi, place->plot.height,
                         spacing);
  place->y_full = (NullcurveSpan){ place->y.min, place->y.max };
  if (lo == 0.0 && hi == 0.0)
    place->y.n_ticks = 0;
  else if (nullcurve_span_is_set (&span))
    {
      if (place->y.scale == NULLCURVE_SCALE_LOG && span.lo <= 0.0)
        span.lo = fmin (place->y.min, 0.5 * span.hi);
      nullcurve_axis_init_span (&place->y, place->y.scale, source->unit, span, place->plot.height,
                                spacing);
    }
}

static double
widest_tick (NullcurveLayoutBuilder *builder, const NullcurveAxis *axis)
{
  double widest = nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, "0.00");

  for (gsize i = 0; i < axis->n_ticks; i++)
    widest = fmax (widest, nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK,
                                                       axis->ticks[i].label));
  return widest;
}

/* Fractions at and above this one are off the end of an axis of speed-ups. */
static const double last_fraction = 0.99;

static void
init_x (NullcurveLayoutBuilder *builder, NullcurvePanelLayout *place)
{
  const NullcurveFigure *figure = builder->figure;
  const gboolean speedup = figure->x_scale == NULLCURVE_SCALE_SPEEDUP;
  double label = widest_tick (builder, &place->x);
  NullcurveSpan span = figure->viewport.x;

  nullcurve_figure_x_range (figure, &place->x_full.lo, &place->x_full.hi);
  if (speedup)
    place->x_full.hi = fmin (place->x_full.hi, last_fraction);
  if (!nullcurve_span_is_set (&span))
    span = place->x_full;
  /* Deeper zoom has longer labels, which want to be further apart. */
  for (int pass = 0; pass < 2; pass++)
    {
      if (speedup)
        nullcurve_axis_init_x_speedup (&place->x, span.lo, span.hi, place->plot.width,
                                       label + builder->style->font_size);
      else
        nullcurve_axis_init_x (&place->x, span.lo, span.hi, place->plot.width,
                               label + builder->style->font_size);
      label = widest_tick (builder, &place->x);
    }
}

/* How the facets of one panel stand. */
typedef struct Grid
{
  gsize n;
  gsize columns;
  gsize rows;
  double title; /* height of the titles, with the gap below */
  double gap_x;
  double gap_y;
} Grid;

static double
cell_width (const Grid *grid, double width)
{
  return fmax (floor ((width - (double)(grid->columns - 1) * grid->gap_x) / (double)grid->columns),
               0.0);
}

static double
cell_height (const Grid *grid, double height)
{
  return fmax (
      floor ((height - (double)(grid->rows - 1) * grid->gap_y) / (double)grid->rows - grid->title),
      0.0);
}

/* As many columns as make the plots largest, at a shape in which curves read well. */
static Grid
choose_grid (const NullcurveLayoutBuilder *builder, double width, double height)
{
  Grid grid = { .n = builder->layout->n_facets, .columns = 1, .rows = 1 };
  Grid best;
  double best_size = -1.0;

  if (grid.n == 1)
    return grid;
  grid.title = builder->row + 2.0;
  /* The last x label of a cell and the first of the next must not touch. */
  grid.gap_x = ceil (nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, "0.0")) + 8.0;
  grid.gap_y = builder->compact ? 4.0 : 8.0;
  best = grid;
  for (grid.columns = 1; grid.columns <= grid.n; grid.columns++)
    {
      double size;

      grid.rows = (grid.n + grid.columns - 1) / grid.columns;
      size = fmin (cell_width (&grid, width), 1.5 * cell_height (&grid, height));
      if (size > best_size)
        {
          best = grid;
          best_size = size;
        }
    }
  return best;
}

/* The cells of a panel share its area; y labels stand left of the first column, x labels below
 * the lowest of each column.  The axes of all are alike, so that they are made once. */
static void
place_cells (NullcurveLayoutBuilder *builder, gsize index, const NullcurveRect *area, double labels)
{
  NullcurveLayout *layout = builder->layout;
  const Grid grid = choose_grid (builder, area->width, area->height);
  const double width = cell_width (&grid, area->width);
  const double height = cell_height (&grid, area->height);
  const NullcurvePanelLayout *first = &layout->panels[nullcurve_layout_cell (layout, 0, index)];

  for (gsize facet = 0; facet < grid.n; facet++)
    {
      NullcurvePanelLayout *place = &layout->panels[nullcurve_layout_cell (layout, facet, index)];
      const double x = round (area->x + (double)(facet % grid.columns) * (width + grid.gap_x));
      const double y =
          round (area->y + (double)(facet / grid.columns) * (height + grid.title + grid.gap_y));
      const gboolean lowest = facet + grid.columns >= grid.n;

      place->facet =
          (NullcurveRect){ x, y, width, grid.n > 1 ? fmax (grid.title - 2.0, 0.0) : 0.0 };
      place->plot = (NullcurveRect){ x, y + grid.title, width, height };
      place->y_labels = (NullcurveRect){
        builder->pad, place->plot.y,
        facet % grid.columns == 0 ? fmax (area->x - builder->pad - 8.0, 0.0) : 0.0, height
      };
      place->x_labels = (NullcurveRect){ x, place->plot.y + height + 6.0, width,
                                         lowest && labels > 0.0 ? builder->row : 0.0 };
      if (facet == 0)
        {
          init_y (builder, index, place);
          init_x (builder, place);
          continue;
        }
      place->x = first->x;
      place->y = first->y;
      place->x_full = first->x_full;
      place->y_full = first->y_full;
    }
}

/* Height that is left for the plots of so many panels. */
static double
room_for (const NullcurveLayoutBuilder *builder, double y, double bottom, gsize n_panels)
{
  const double labels = builder->row + 6.0;
  const double gap = builder->compact ? 8.0 : 16.0;
  const double labelled = builder->compact ? 1.0 : (double)n_panels;

  return fmax (bottom - y - (double)n_panels * header_height (builder) - labelled * labels
                   - ((double)n_panels - 1.0) * gap,
               0.0);
}

/* Small multiples come first: the last panels go before the plots get too low to be read. */
static void
choose_panels (NullcurveLayoutBuilder *builder, double y, double bottom)
{
  NullcurveLayout *layout = builder->layout;
  gsize n = builder->figure->n_panels;

  /* Nor is there a grid of nothing. */
  while (layout->n_facets > 1 && n > 1 && layout->has_data
         && !nullcurve_figure_panel_has_data (builder->figure, n - 1))
    n--;
  while (layout->n_facets > 1 && n > 1)
    {
      const double height = room_for (builder, y, bottom, n) / (double)n;
      const Grid grid =
          choose_grid (builder, builder->right - nullcurve_layout_left_edge (builder), height);

      if (cell_height (&grid, height) >= 6.0 * builder->row)
        break;
      n--;
    }
  layout->n_panels = n;
}

void
nullcurve_layout_place_panels (NullcurveLayoutBuilder *builder, double y, double bottom)
{
  NullcurveLayout *layout = builder->layout;
  const double header = header_height (builder);
  const double labels = builder->row + 6.0;
  const double gap = builder->compact ? 8.0 : 16.0;
  const double left = round (nullcurve_layout_left_edge (builder));
  const double width = fmax (floor (builder->right - left), 0.0);
  double room;
  double weights = 0.0;

  choose_panels (builder, y, bottom);
  room = room_for (builder, y, bottom, layout->n_panels);
  for (gsize i = 0; i < layout->n_panels; i++)
    weights += builder->figure->panels[i].weight;
  for (gsize i = 0; i < layout->n_panels; i++)
    {
      const gboolean shows_x = !builder->compact || i + 1 == layout->n_panels;
      const double height = floor (room * builder->figure->panels[i].weight / weights);
      const NullcurveRect area = { left, round (y + header), width, height };

      place_header (builder, i, y);
      place_cells (builder, i, &area, shows_x ? labels : 0.0);
      y = area.y + height + (shows_x ? labels : 0.0) + gap;
    }
}
