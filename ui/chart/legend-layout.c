/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/legend-layout.h"

#include <math.h>

#include "ui/figure/keys.h"

/* What placing works with. */
typedef struct Placer
{
  const NullcurveFigure *figure;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
  const GArray *entries;
  const NullcurveLegendRoom *room;
  NullcurveLegendPlaces *places;
  NullcurveFont font;
  double row; /* height of a line */
  double gap; /* between entries */
} Placer;

static const double row_gap = 4.0;

const NullcurveSeries *
nullcurve_legend_series (const NullcurveFigure *figure, gsize entry)
{
  return entry < figure->series->len ? nullcurve_figure_get_series (figure, entry) : NULL;
}

const NullcurveKey *
nullcurve_legend_key (const NullcurveFigure *figure, gsize entry)
{
  const gsize first = NULLCURVE_LEGEND_KEY (0);

  return figure->keys != NULL && entry >= first && entry - first < figure->keys->len
             ? g_ptr_array_index (figure->keys, entry - first)
             : NULL;
}

const NullcurveReference *
nullcurve_legend_reference (const NullcurveFigure *figure, gsize entry)
{
  return entry < figure->series->len || entry == NULLCURVE_LEGEND_BOUND
                 || nullcurve_legend_key (figure, entry) != NULL
             ? NULL
             : nullcurve_figure_get_legend_reference (figure, G_MAXSIZE - 1 - entry);
}

const char *
nullcurve_legend_label (const NullcurveFigure *figure, gsize entry)
{
  const NullcurveSeries *series = nullcurve_legend_series (figure, entry);
  const NullcurveKey *key = nullcurve_legend_key (figure, entry);
  const NullcurveReference *reference = nullcurve_legend_reference (figure, entry);

  return series != NULL      ? series->label
         : key != NULL       ? key->label
         : reference != NULL ? reference->label
                             : figure->bound_label;
}

gboolean
nullcurve_legend_has (const NullcurveFigure *figure, gsize entry, gsize series)
{
  const NullcurveKey *key = nullcurve_legend_key (figure, entry);
  const NullcurveSeries *one = nullcurve_figure_get_series (figure, series);

  return key != NULL ? nullcurve_key_has (key, one) : one->entry == entry;
}

gboolean
nullcurve_legend_is_hidden (const NullcurveFigure *figure, gsize entry)
{
  gsize n = 0;

  for (gsize i = 0; i < figure->series->len; i++)
    if (nullcurve_legend_has (figure, entry, i))
      {
        if (!nullcurve_figure_get_series (figure, i)->hidden)
          return FALSE;
        n++;
      }
  return n > 0;
}

/* Keys of what is drawn, the runs first; FALSE when there are none. */
static gboolean
append_keys (const NullcurveFigure *figure, GArray *entries)
{
  for (gsize k = 0; figure->keys != NULL && k < figure->keys->len; k++)
    {
      const gsize entry = NULLCURVE_LEGEND_KEY (k);

      g_array_append_val (entries, entry);
    }
  return figure->keys != NULL && figure->keys->len > 0;
}

void
nullcurve_legend_append_entries (const NullcurveFigure *figure, GArray *entries)
{
  gsize entry = NULLCURVE_LEGEND_BOUND;

  if (!append_keys (figure, entries))
    nullcurve_figure_get_entries (figure, entries);
  if (nullcurve_figure_has_bounds (figure))
    g_array_append_val (entries, entry);
  if (!nullcurve_figure_has_data (figure))
    return;
  for (gsize i = 0; nullcurve_figure_get_legend_reference (figure, i) != NULL; i++)
    {
      entry = NULLCURVE_LEGEND_REFERENCE (i);
      g_array_append_val (entries, entry);
    }
}

double
nullcurve_legend_swatch_width (const NullcurveChartStyle *style)
{
  return 2.9 * style->font_size;
}

/* Of what stands before a label. */
static double
label_offset (const NullcurveChartStyle *style)
{
  return nullcurve_legend_swatch_width (style) + 0.4 * style->font_size;
}

static Placer
placer_of (const NullcurveFigure *figure,
           const NullcurveChartStyle *style,
           NullcurveChartText *text,
           const GArray *entries,
           const NullcurveLegendRoom *room,
           NullcurveLegendPlaces *places)
{
  Placer placer = { .figure = figure,
                    .style = style,
                    .text = text,
                    .entries = entries,
                    .room = room,
                    .places = places,
                    .font = room != NULL ? room->font : NULLCURVE_FONT_TICK,
                    .gap = 1.4 * style->font_size };

  placer.row = nullcurve_chart_text_height (text, placer.font);
  if (places != NULL)
    {
      g_array_set_size (places->items, 0);
      places->left_off = 0;
      places->more = (NullcurveRect){ 0 };
    }
  return placer;
}

static gsize
entry_at (const Placer *placer, gsize place)
{
  return g_array_index (placer->entries, gsize, place);
}

/* Width of the entry at a place of the order, on one line. */
static double
width_at (const Placer *placer, gsize place)
{
  const char *label = nullcurve_legend_label (placer->figure, entry_at (placer, place));

  return label_offset (placer->style)
         + ceil (nullcurve_chart_text_width (placer->text, placer->font, label));
}

static double
widest_of (const Placer *placer)
{
  double widest = 0.0;

  for (gsize i = 0; i < placer->entries->len; i++)
    widest = fmax (widest, width_at (placer, i));
  return widest;
}

static void
add_item (Placer *placer, gsize place, NullcurveRect rect)
{
  NullcurveLegendItem item = { entry_at (placer, place), rect };

  g_array_append_val (placer->places->items, item);
}

static double
row_width (const Placer *placer)
{
  double total = 0.0;

  for (gsize i = 0; i < placer->entries->len; i++)
    total += width_at (placer, i) + (i > 0 ? placer->gap : 0.0);
  return total;
}

double
nullcurve_legend_row_width (const NullcurveFigure *figure,
                            const NullcurveChartStyle *style,
                            NullcurveChartText *text,
                            const GArray *entries)
{
  const Placer placer = placer_of (figure, style, text, entries, NULL, NULL);

  return row_width (&placer);
}

void
nullcurve_legend_place_row (const NullcurveFigure *figure,
                            const NullcurveChartStyle *style,
                            NullcurveChartText *text,
                            const GArray *entries,
                            const NullcurveLegendRoom *room,
                            NullcurveLegendPlaces *places)
{
  Placer placer = placer_of (figure, style, text, entries, room, places);
  double x = room->left;

  for (gsize i = 0; i < entries->len; i++)
    {
      const double width = width_at (&placer, i);

      add_item (&placer, i, (NullcurveRect){ x, room->top, width, placer.row });
      x += width + placer.gap;
    }
}

/* On screen. */

static double
available_width (const Placer *placer)
{
  return fmax (placer->room->right - placer->room->left, 1.0);
}

/* Columns of this width, one at least. */
static gsize
columns_of (const Placer *placer, double width)
{
  return (gsize)fmax (floor ((available_width (placer) + placer->gap) / (width + placer->gap)),
                      1.0);
}

/* Of so many columns, none wider than the widest entry. */
static double
column_width (const Placer *placer, gsize columns)
{
  return fmin (widest_of (placer),
               (available_width (placer) + placer->gap) / (double)columns - placer->gap);
}

/* Entries in a row of the grid.  Where not all entries find room at their full width, they are
 * narrowed - names lose their ends - as long as they can be told apart. */
static gsize
count_columns (const Placer *placer, gsize max_rows)
{
  const gsize full = columns_of (placer, widest_of (placer));
  const gsize most = columns_of (placer, 16.0 * placer->style->font_size);
  const gsize wanted = (placer->entries->len + max_rows - 1) / max_rows;

  return MAX (full, MIN (wanted, most));
}

/* Rows of equal columns, as many as the height allows. */
static double
place_grid (Placer *placer)
{
  const NullcurveLegendRoom *room = placer->room;
  const gsize n = placer->entries->len;
  const double pitch = placer->row + row_gap;
  const gsize max_rows = (gsize)fmax (floor (room->most_height / pitch), 1.0);
  const gsize most = count_columns (placer, max_rows);
  const double widest = column_width (placer, most);
  const gsize rows = MIN ((n + most - 1) / most, max_rows);
  /* Rows of equal length where all fit: six are three and three, not five and one. */
  const gsize columns = n <= most * rows ? (n + rows - 1) / rows : most;
  const gsize capacity = columns * rows;
  const gsize shown = n <= capacity ? n : capacity - 1;
  const double step = widest + placer->gap;

  for (gsize i = 0; i < shown; i++)
    add_item (placer, i,
              (NullcurveRect){ room->left + (double)(i % columns) * step,
                               room->top + (double)(i / columns) * pitch, widest, placer->row });
  placer->places->left_off = n - shown;
  if (shown < n)
    placer->places->more =
        (NullcurveRect){ room->left + (double)(shown % columns) * step,
                         room->top + (double)(shown / columns) * pitch, widest, placer->row };
  return room->top + (double)rows * pitch + 4.0;
}

/* In files. */

/* The height of an entry in a column of `width`: a long name is wrapped. */
static double
height_at (const Placer *placer, gsize place, double width)
{
  const char *label = nullcurve_legend_label (placer->figure, entry_at (placer, place));

  if (width_at (placer, place) <= width)
    return placer->row;
  return fmax (placer->row,
               nullcurve_chart_text_block_height (placer->text, placer->font, label,
                                                  fmax (width - label_offset (placer->style), 1.0),
                                                  100.0 * placer->row));
}

/* Columns of equal width, filled row by row; a row is as high as the highest of its entries.  The
 * height it takes; `draw`: entries are placed as far as the room is high. */
static double
place_columns (Placer *placer, gsize columns, gboolean draw)
{
  const NullcurveLegendRoom *room = placer->room;
  const gsize n = placer->entries->len;
  const double width = column_width (placer, columns);
  double used = 0.0;

  for (gsize first = 0; first < n; first += columns)
    {
      const gsize end = MIN (first + columns, n);
      double height = placer->row;

      for (gsize i = first; i < end; i++)
        height = fmax (height, height_at (placer, i, width));
      if (draw && first > 0 && used + height > room->most_height)
        {
          placer->places->left_off = n - first;
          placer->places->more =
              (NullcurveRect){ room->left, room->top + used, width, placer->row };
          return used + placer->row + row_gap;
        }
      for (gsize i = first; draw && i < end; i++)
        add_item (placer, i,
                  (NullcurveRect){ room->left + (double)(i - first) * (width + placer->gap),
                                   room->top + used, fmin (width, available_width (placer)),
                                   height_at (placer, i, width) });
      used += height + row_gap;
    }
  return used;
}

/* As many columns as take the least height without wrapping names into slivers: the fewest of
 * those, so that names stay whole and stand below each other. */
static double
place_whole (Placer *placer)
{
  const NullcurveLegendRoom *room = placer->room;
  const double available = available_width (placer);
  const gsize most = columns_of (placer, 12.0 * placer->style->font_size);
  gsize best = 1;
  double least = INFINITY;

  for (gsize columns = 1; columns <= MAX (most, placer->entries->len); columns++)
    {
      double height;

      /* More columns than that only where every name fits. */
      if (columns > most
          && (double)columns * (widest_of (placer) + placer->gap) > available + placer->gap)
        break;
      height = place_columns (placer, columns, FALSE);
      if (height < least - 1.0)
        {
          least = height;
          best = columns;
        }
    }
  return room->top + place_columns (placer, best, TRUE) + 4.0;
}

double
nullcurve_legend_place_rows (const NullcurveFigure *figure,
                             const NullcurveChartStyle *style,
                             NullcurveChartText *text,
                             const GArray *entries,
                             const NullcurveLegendRoom *room,
                             NullcurveLegendPlaces *places)
{
  Placer placer = placer_of (figure, style, text, entries, room, places);

  return style->whole_legend ? place_whole (&placer) : place_grid (&placer);
}
