/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/layout.h"

#include <math.h>

#include "ui/figure/figure-axes.h"

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
  double left;   /* where the panels begin: the left margin, or the right of bars */
  double gutter; /* left of the plots: y labels */
  double right;  /* right edge of the plots */
  double outer;  /* of what stands above them and beside them */
  gboolean compact;
  gboolean legend_first; /* the last panels go for it */
} Builder;

/* Lines of text that a plot is high at least where others may take from it. */
static const double least_rows = 5.0;

/* Left edge of the plots. */
static double
left_edge (const Builder *builder)
{
  return fmin (builder->left + builder->gutter, builder->layout->width);
}

/* The legend. */

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

static double
header_height (const Builder *builder)
{
  return nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_PANEL)
         + (builder->compact ? 4.0 : 9.0);
}

/* What so many panels take whose plots are just high enough to read a curve in. */
static double
least_panels (const Builder *builder, gsize n)
{
  const double labels = builder->row + 6.0;
  const double gaps = (double)n * (builder->compact ? 8.0 : 16.0);

  return (double)n * (header_height (builder) + least_rows * builder->row)
         + (builder->compact ? 1.0 : (double)n) * labels + gaps;
}

/* In rows above the panels.  A file names every curve: where that takes more than the panels leave,
 * in smaller letters, and where these do not do either, the last panels go. */
static double
place_legend_rows (Builder *builder, double y, double bottom, NullcurveLegendPlaces *places)
{
  NullcurveLayout *layout = builder->layout;
  const double least = 0.2 * layout->height;
  const gsize n_panels = builder->figure->n_panels;
  NullcurveLegendRoom room = { NULLCURVE_FONT_TICK, left_edge (builder), builder->outer, y, least };
  double below = y;

  for (int attempt = 0; attempt < (builder->style->whole_legend ? 4 : 1); attempt++)
    {
      room.font = attempt % 2 == 0 ? NULLCURVE_FONT_TICK : NULLCURVE_FONT_CAPTION;
      if (builder->style->whole_legend)
        room.most_height =
            fmax (bottom - y - least_panels (builder, attempt < 2 ? n_panels : 1), least);
      below = nullcurve_legend_place_rows (builder->figure, builder->style, builder->text,
                                           builder->order, &room, places);
      layout->legend_font = room.font;
      builder->legend_first = attempt >= 2;
      if (places->left_off == 0)
        break;
    }
  return below;
}

/* Beside the first panel's title when it fits there, else in rows above, down to `bottom` at most;
 * returns the y below. */
static double
place_legend (Builder *builder, double y, double bottom)
{
  NullcurveLayout *layout = builder->layout;
  const double left = left_edge (builder);
  const double total =
      nullcurve_legend_row_width (builder->figure, builder->style, builder->text, builder->order);
  const double title = nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_PANEL);
  NullcurveLegendPlaces places = { .items = layout->legend };
  NullcurveLegendRoom room = { NULLCURVE_FONT_TICK, left, builder->right, y, builder->row };

  g_array_set_size (layout->legend, 0);
  layout->legend_font = NULLCURVE_FONT_TICK;
  layout->legend_left_off = 0;
  layout->legend_more = (NullcurveRect){ 0 };
  builder->legend_first = FALSE;
  if (builder->order->len == 0 || builder->style->hide_legend || builder->figure->n_panels == 0
      || layout->height < 160.0)
    return y;
  if (total <= builder->right - left - header_words_width (builder))
    {
      room.left = builder->right - total;
      room.top = y + 0.5 * (title - builder->row);
      nullcurve_legend_place_row (builder->figure, builder->style, builder->text, builder->order,
                                  &room, &places);
      return y;
    }
  if (total <= builder->outer - left)
    {
      nullcurve_legend_place_row (builder->figure, builder->style, builder->text, builder->order,
                                  &room, &places);
      return y + builder->row + (builder->compact ? 4.0 : 12.0);
    }
  y = place_legend_rows (builder, y, bottom, &places);
  layout->legend_left_off = places.left_off;
  layout->legend_more = places.more;
  return y + (builder->compact ? 0.0 : 6.0);
}

/* The panels. */

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
init_y (Builder *builder, gsize index, NullcurvePanelLayout *place)
{
  const double spacing = CLAMP (0.2 * place->plot.height, 1.45 * builder->row, 2.4 * builder->row);

  nullcurve_figure_init_y_axis (builder->figure, index, place->plot.height, spacing, &place->y,
                                &place->y_full);
}

/* The width of the widest of words and an axis' labels. */
static double
widest_tick (Builder *builder, const char *words, const NullcurveAxis *axis)
{
  double widest = nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, words);

  for (gsize i = 0; i < axis->n_ticks; i++)
    widest = fmax (widest, nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK,
                                                       axis->ticks[i].label));
  return widest;
}

static void
init_x (Builder *builder, NullcurvePanelLayout *place)
{
  double label = widest_tick (builder, "0.00", &place->x);

  /* Deeper zoom has longer labels, which want to be further apart. */
  for (int pass = 0; pass < 2; pass++)
    {
      nullcurve_figure_init_x_axis (builder->figure, place->plot.width,
                                    label + builder->style->font_size, &place->x, &place->x_full);
      label = widest_tick (builder, "0.00", &place->x);
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
choose_grid (const Builder *builder, double width, double height)
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
place_cells (Builder *builder, gsize index, const NullcurveRect *area, double labels)
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
        builder->left, place->plot.y,
        facet % grid.columns == 0 ? fmax (area->x - builder->left - 8.0, 0.0) : 0.0, height
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
room_for (const Builder *builder, double y, double bottom, gsize n_panels)
{
  const double labels = builder->row + 6.0;
  const double gap = builder->compact ? 8.0 : 16.0;
  const double labelled = builder->compact ? 1.0 : (double)n_panels;

  return fmax (bottom - y - (double)n_panels * header_height (builder) - labelled * labels
                   - ((double)n_panels - 1.0) * gap,
               0.0);
}

/* Small multiples come first, and a file's legend: the last panels go before the plots get too low
 * to be read. */
static void
choose_panels (Builder *builder, double y, double bottom)
{
  NullcurveLayout *layout = builder->layout;
  gsize n = layout->n_panels;

  /* Nor is there a grid of nothing. */
  while (layout->n_facets > 1 && n > 1 && layout->has_data
         && !nullcurve_figure_panel_has_data (builder->figure, n - 1))
    n--;
  while ((layout->n_facets > 1 || builder->legend_first) && n > 1)
    {
      const double height = room_for (builder, y, bottom, n) / (double)n;
      const Grid grid = choose_grid (builder, builder->right - left_edge (builder), height);
      const double least = layout->n_facets > 1 ? 6.0 : least_rows;

      if (cell_height (&grid, height) >= least * builder->row)
        break;
      n--;
    }
  layout->n_panels = n;
}

/* Stack the panels from y down to bottom. */
static void
place_panels (Builder *builder, double y, double bottom)
{
  NullcurveLayout *layout = builder->layout;
  const double header = header_height (builder);
  const double labels = builder->row + 6.0;
  const double gap = builder->compact ? 8.0 : 16.0;
  const double left = round (left_edge (builder));
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

/* The whole. */

/* Of words over the panels: a file has two lines for those that one cuts. */
static double
words_height (const Builder *builder, NullcurveFont font, const char *words, double width)
{
  const double line = nullcurve_chart_text_height (builder->text, font);

  if (!builder->style->whole_legend
      || nullcurve_chart_text_width (builder->text, font, words) <= width)
    return line;
  return nullcurve_chart_text_block_height (builder->text, font, words, fmax (width, 1.0),
                                            2.2 * line);
}

/* The figure's own title and subtitle; returns the y below them. */
static double
place_title (Builder *builder)
{
  NullcurveLayout *layout = builder->layout;
  const double left = builder->figure->bars != NULL ? builder->pad : left_edge (builder);
  const double width = fmax (layout->width - left - builder->pad, 0.0);
  double y = builder->pad;

  layout->title = layout->subtitle = (NullcurveRect){ 0 };
  if (!builder->style->show_title || builder->figure->title == NULL || layout->height < 200.0)
    return y;
  layout->title = (NullcurveRect){
    left, y, width, words_height (builder, NULLCURVE_FONT_TITLE, builder->figure->title, width)
  };
  y += layout->title.height + 2.0;
  if (builder->figure->subtitle != NULL && layout->height >= 300.0)
    {
      layout->subtitle = (NullcurveRect){ left, y, width,
                                          words_height (builder, NULLCURVE_FONT_TICK,
                                                        builder->figure->subtitle, width) };
      y += layout->subtitle.height;
    }
  return y + (builder->compact ? 4.0 : 10.0);
}

/* Bars stand beside the panels where both have the width to be read, else above; where that leaves
 * no height for panels, there are none.  Returns the y where the panels begin. */
static double
place_bars (Builder *builder, double y, double bottom)
{
  NullcurveLayout *layout = builder->layout;
  const double em = builder->style->font_size;
  const double width = fmax (layout->width - 2.0 * builder->pad, 0.0);
  const gboolean beside = width >= 52.0 * em;
  const gboolean above = !beside && bottom - y >= 30.0 * builder->row;
  NullcurveRect area = { builder->pad, y, width, fmax (bottom - y, 0.0) };

  if (beside)
    area.width = floor (0.6 * width);
  else if (above)
    area.height = floor (0.62 * (bottom - y));
  g_clear_pointer (&layout->bars, nullcurve_bars_layout_free);
  layout->bars =
      nullcurve_bars_layout_new (builder->figure->bars, builder->style, builder->text, &area);
  builder->left = beside ? area.x + area.width + 2.0 * em : builder->pad;
  layout->n_panels = beside || above ? builder->figure->n_panels : 0;
  return above ? y + area.height + em : y;
}

/* Room for the readout is taken from the panels before they are placed; returns the bottom that is
 * left to them. */
static double
keep_dock (Builder *builder, double bottom)
{
  NullcurveDock *dock = &builder->layout->dock;

  if (!builder->style->dock_readout)
    return bottom;
  nullcurve_dock_plan (dock, builder->figure, builder->style, builder->text,
                       builder->outer - builder->left, builder->layout->height);
  if (dock->rect.height <= 0.0)
    return bottom;
  if (dock->beside)
    {
      builder->right -= floor (dock->rect.width + 2.0 * builder->style->font_size);
      return bottom;
    }
  dock->rect.x = builder->left;
  dock->rect.y = builder->layout->height - dock->rect.height;
  builder->compact =
      builder->compact || dock->rect.y < (double)builder->figure->n_panels * 13.0 * builder->row;
  return dock->rect.y - (builder->compact ? 2.0 : 6.0);
}

/* Beside the panels, which are from y to bottom. */
static void
place_dock_beside (Builder *builder, double y, double bottom)
{
  NullcurveDock *dock = &builder->layout->dock;
  const NullcurveRect room = { builder->outer - dock->rect.width, y, dock->rect.width,
                               fmax (bottom - y, 0.0) };

  if (dock->beside)
    nullcurve_dock_stand (dock, &room);
}

static void
lay_out_once (Builder *builder)
{
  NullcurveLayout *layout = builder->layout;
  const gboolean has_label = builder->figure->x_label != NULL && layout->height >= 180.0;
  double bottom = layout->height - builder->pad;
  double y = place_title (builder);

  layout->x_label = (NullcurveRect){ 0 };
  layout->n_panels = builder->figure->n_panels;
  builder->right = builder->outer;
  if (builder->figure->bars != NULL)
    y = place_bars (builder, y, bottom);
  layout->dock = (NullcurveDock){ 0 };
  if (layout->n_panels == 0)
    return;
  bottom = keep_dock (builder, bottom);
  if (has_label)
    {
      bottom -= builder->row;
      layout->x_label =
          (NullcurveRect){ left_edge (builder), bottom,
                           fmax (builder->right - left_edge (builder), 0.0), builder->row };
      bottom -= builder->compact ? 1.0 : 4.0;
    }
  y = place_legend (builder, y, bottom);
  place_panels (builder, y, bottom);
  place_dock_beside (builder, y, layout->height - builder->pad);
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
  const double last_label = nullcurve_chart_text_width (text, NULLCURVE_FONT_TICK, "0.0");

  layout->figure = figure;
  layout->style = style;
  layout->text = text;
  layout->width = fmax (width, 0.0);
  layout->height = fmax (height, 0.0);
  layout->has_data = nullcurve_figure_has_data (figure);
  layout->n_facets = nullcurve_figure_n_facets (figure);
  layout->n_panels = figure->n_panels;
  layout->panels = g_new0 (NullcurvePanelLayout, MAX (layout->n_facets * figure->n_panels, 1));
  layout->legend = g_array_new (FALSE, FALSE, sizeof (NullcurveLegendItem));
  nullcurve_legend_append_entries (figure, order);
  builder.order = order;
  builder.row = nullcurve_chart_text_height (text, NULLCURVE_FONT_TICK);
  builder.compact = layout->height < MAX (figure->n_panels, 1) * 13.0 * builder.row;
  builder.pad = layout->width < 420.0 || layout->height < 320.0 ? 6.0 : 14.0;
  builder.left = builder.pad;
  builder.outer =
      fmax (floor (layout->width - fmax (builder.pad, ceil (0.5 * last_label) + 2.0)), 0.0);
  /* The gutter follows from the tick labels, these from the heights, these from the legend's
   * rows, and these from the gutter: it settles at once or by one more round. */
  for (int pass = 0; pass < 3; pass++)
    {
      double widest = 0.0;

      lay_out_once (&builder);
      for (gsize i = 0; i < layout->n_panels; i++)
        widest = fmax (widest, ceil (widest_tick (&builder, "", &layout->panels[i].y)));
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
  nullcurve_bars_layout_free (layout->bars);
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
