/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/bars-layout.h"

#include <math.h>

/* What one pass of laying out works with. */
typedef struct Builder
{
  NullcurveBarsLayout *layout;
  const NullcurveBars *bars;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
  double row;     /* height of a line of tick text */
  double caption; /* and of a note */
  double gap;     /* between columns */
} Builder;

/* How high a row is. */
typedef struct Pitch
{
  double bar;  /* of each side */
  double note; /* of the line below; 0: no room */
  double gap;
  gboolean all_notes; /* else of the chosen row alone */
} Pitch;

static double
width_of (const Builder *builder, const char *words)
{
  return words != NULL
             ? ceil (nullcurve_chart_text_width (builder->text, NULLCURVE_FONT_TICK, words))
             : 0.0;
}

static double
widest_label (const Builder *builder)
{
  double widest = 0.0;

  for (gsize i = 0; i < builder->bars->rows->len; i++)
    widest = fmax (widest, width_of (builder, nullcurve_bars_get_row (builder->bars, i)->label));
  return widest;
}

/* Of the words of a column and of its head, which may take two lines less than it wants. */
static double
widest_words (const Builder *builder, gboolean shares)
{
  double widest = 0.0;

  for (gsize i = 0; i < builder->bars->rows->len; i++)
    for (gsize side = 0; side < builder->bars->n_sides; side++)
      {
        const NullcurveBar *bar = &nullcurve_bars_get_row (builder->bars, i)->bars[side];

        widest = fmax (widest, width_of (builder, shares ? bar->share : bar->value));
      }
  if (widest > 0.0)
    widest = fmax (widest, width_of (builder, shares ? builder->bars->share_label
                                                     : builder->bars->value_label));
  return widest;
}

/* Square and name of each run, to the right where the title leaves room, else below it; returns
 * the y below. */
static double
place_sides (Builder *builder, const NullcurveRect *area, double y)
{
  NullcurveBarsLayout *layout = builder->layout;
  const double swatch = 1.3 * builder->style->font_size;
  double x = area->x;

  if (builder->bars->n_sides < 2)
    return y;
  for (gsize side = 0; side < builder->bars->n_sides; side++)
    {
      const double wanted = swatch + width_of (builder, builder->bars->sides[side]) + 1.0;
      const double most = 0.5 * area->width - builder->gap;

      layout->sides[side] = (NullcurveRect){ x, y, fmax (fmin (wanted, most), 0.0), builder->row };
      x += layout->sides[side].width + 2.0 * builder->gap;
    }
  return y + builder->row + 4.0;
}

/* Returns the y below. */
static double
place_header (Builder *builder, const NullcurveRect *area)
{
  NullcurveBarsLayout *layout = builder->layout;
  const gboolean low = area->height < 13.0 * builder->row;
  const double height = nullcurve_chart_text_height (builder->text, NULLCURVE_FONT_PANEL);
  double y = area->y;

  layout->title = (NullcurveRect){ area->x, y, area->width, height };
  y += height + (low ? 2.0 : 4.0);
  if (builder->bars->subtitle != NULL && !low)
    {
      layout->subtitle = (NullcurveRect){ area->x, y, area->width, builder->row };
      y += builder->row + 4.0;
    }
  return place_sides (builder, area, y);
}

/* Labels take what they need up to a third, words what they need; the bars have the rest. */
static void
place_columns (Builder *builder, const NullcurveRect *area)
{
  NullcurveBarsLayout *layout = builder->layout;
  const double right = area->x + area->width;
  const double label = fmin (widest_label (builder), 0.34 * area->width);
  double value = widest_words (builder, FALSE);
  double share = widest_words (builder, TRUE);
  double x = area->x + label + builder->gap;

  /* Heads are worth less than bars that can be compared. */
  if (right - x - value - share - 2.0 * builder->gap < 0.3 * area->width)
    {
      value = fmin (value, 5.0 * builder->style->font_size);
      share = fmin (share, 3.6 * builder->style->font_size);
    }
  if (right - x - value - share - 2.0 * builder->gap < 0.15 * area->width)
    share = 0.0;
  layout->shares = (NullcurveRect){ right - share, area->y, share, area->height };
  layout->values = (NullcurveRect){ right - share - (share > 0.0 ? builder->gap : 0.0) - value,
                                    area->y, value, area->height };
  layout->plot =
      (NullcurveRect){ x, area->y, fmax (layout->values.x - builder->gap - x, 0.0), area->height };
}

static double
height_of (const Builder *builder, const Pitch *pitch, gsize n)
{
  const double notes = pitch->all_notes ? (double)n : 1.0;

  return (double)n * ((double)builder->bars->n_sides * pitch->bar + pitch->gap)
         + notes * pitch->note;
}

static gboolean
any_note (const Builder *builder)
{
  for (gsize i = 0; i < builder->bars->rows->len; i++)
    if (nullcurve_bars_get_row (builder->bars, i)->note != NULL)
      return TRUE;
  return FALSE;
}

/* The first of these that fits, and what is left goes between the rows. */
static Pitch
choose_pitch (const Builder *builder, double height, gsize n)
{
  const double line = builder->row + 2.0;
  const double note = any_note (builder) ? builder->caption + 2.0 : 0.0;
  const Pitch wanted[] = {
    { line + 2.0, note, 8.0, TRUE }, { line, note, 4.0, TRUE },         { line, note, 3.0, FALSE },
    { line, 0.0, 3.0, FALSE },       { builder->row, 0.0, 0.0, FALSE },
  };
  Pitch pitch = wanted[G_N_ELEMENTS (wanted) - 1];

  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (height_of (builder, &wanted[i], n) <= height)
      {
        pitch = wanted[i];
        break;
      }
  if (n > 0 && height > height_of (builder, &pitch, n))
    pitch.gap += fmin ((height - height_of (builder, &pitch, n)) / (double)n, builder->row);
  return pitch;
}

static void
add_row (Builder *builder, const NullcurveRect *area, const Pitch *pitch, gsize index, double *y)
{
  const NullcurveBars *bars = builder->bars;
  const NullcurveBarsLayout *layout = builder->layout;
  const gboolean has_note = nullcurve_bars_get_row (bars, index)->note != NULL && pitch->note > 0.0
                            && (pitch->all_notes || bars->chosen == (gssize)index);
  const double height = (double)bars->n_sides * pitch->bar;
  NullcurveBarRowLayout row = { .row = index };
  double top = *y + 0.5 * pitch->gap;

  row.rect = (NullcurveRect){ area->x, *y, area->width,
                              height + pitch->gap + (has_note ? pitch->note : 0.0) };
  row.label =
      (NullcurveRect){ area->x, top, fmax (layout->plot.x - builder->gap - area->x, 0.0), height };
  for (gsize side = 0; side < bars->n_sides; side++)
    row.bars[side] = (NullcurveRect){ layout->plot.x, top + (double)side * pitch->bar,
                                      layout->plot.width, pitch->bar };
  if (has_note)
    row.note = (NullcurveRect){ area->x, top + height,
                                fmax (layout->values.x - area->x, 0.0) + layout->values.width,
                                pitch->note };
  *y += row.rect.height;
  g_array_append_val (layout->rows, row);
}

/* All of them, or the first and the last where room ends: the last is the whole. */
static void
place_rows (Builder *builder, const NullcurveRect *area)
{
  const gsize n = builder->bars->rows->len;
  const double least = (double)builder->bars->n_sides * builder->row;
  const gsize fit = MIN (n, (gsize)fmax (floor (area->height / least), 2.0));
  const Pitch pitch = choose_pitch (builder, area->height, fit);
  double y = area->y;

  for (gsize i = 0; i < n; i++)
    if (i + 1 < fit || i + 1 == n)
      add_row (builder, area, &pitch, i, &y);
  builder->layout->plot.y = area->y;
  builder->layout->plot.height = fmax (y - area->y, 0.0);
}

NullcurveBarsLayout *
nullcurve_bars_layout_new (const NullcurveBars *bars,
                           const NullcurveChartStyle *style,
                           NullcurveChartText *text,
                           const NullcurveRect *area)
{
  NullcurveBarsLayout *layout = g_new0 (NullcurveBarsLayout, 1);
  Builder builder = { layout, bars, style, text, 0.0, 0.0, 0.0 };
  NullcurveRect rows = *area;
  double y;

  builder.row = nullcurve_chart_text_height (text, NULLCURVE_FONT_TICK);
  builder.caption = nullcurve_chart_text_height (text, NULLCURVE_FONT_CAPTION);
  builder.gap = 0.8 * style->font_size;
  layout->rows = g_array_new (FALSE, FALSE, sizeof (NullcurveBarRowLayout));
  layout->area = *area;
  nullcurve_bars_range (bars, &layout->lo, &layout->hi);
  y = place_header (&builder, area);
  if (area->height >= 13.0 * builder.row)
    {
      layout->heads = (NullcurveRect){ area->x, y, area->width, builder.row };
      y += builder.row + 2.0;
    }
  rows.height = fmax (area->y + area->height - y, 0.0);
  rows.y = y;
  place_columns (&builder, &rows);
  place_rows (&builder, &rows);
  return layout;
}

void
nullcurve_bars_layout_free (NullcurveBarsLayout *layout)
{
  if (layout == NULL)
    return;
  g_array_unref (layout->rows);
  g_free (layout);
}

double
nullcurve_bars_layout_x (const NullcurveBarsLayout *layout, double value)
{
  return layout->plot.x
         + layout->plot.width * (value - layout->lo) / fmax (layout->hi - layout->lo, 1e-300);
}

gboolean
nullcurve_bars_layout_covers (const NullcurveBarsLayout *layout, double px, double py)
{
  const NullcurveRect *area = &layout->area;

  return px >= 0.0 && px < area->x + area->width && py >= area->y && py < area->y + area->height;
}

gssize
nullcurve_bars_layout_find (const NullcurveBarsLayout *layout, double px, double py)
{
  for (guint i = 0; i < layout->rows->len; i++)
    {
      const NullcurveBarRowLayout *row = &g_array_index (layout->rows, NullcurveBarRowLayout, i);

      if (px >= row->rect.x && px < row->rect.x + row->rect.width && py >= row->rect.y
          && py < row->rect.y + row->rect.height)
        return (gssize)row->row;
    }
  return -1;
}
