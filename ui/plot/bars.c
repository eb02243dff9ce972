/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/plot/bars.h"

#include <math.h>

#include "ui/figure/style.h"
#include "ui/plot/canvas.h"
#include "ui/plot/letters.h"

enum
{
  GAP = 2,         /* cells between columns */
  NOTES_WIDTH = 60 /* from this width on there is a line below with the cause */
};

typedef struct Table
{
  const NullcurveBars *bars;
  const NullcurvePlotOptions *options;
  GString *text;
  gsize label;
  gsize value;
  gsize share;
  gsize columns; /* of the bars */
} Table;

static char *
plain (const Table *table, const char *words)
{
  return nullcurve_letters_plain (words != NULL ? words : "", table->options->ascii);
}

static gsize
width_of (const Table *table, const char *words)
{
  g_autofree char *text = plain (table, words);

  return nullcurve_letters_width (text);
}

static void
measure (Table *table)
{
  const gsize width = table->options->width;

  for (gsize i = 0; i < table->bars->rows->len; i++)
    {
      const NullcurveBarRow *row = nullcurve_bars_get_row (table->bars, i);

      table->label = MAX (table->label, width_of (table, row->label));
      for (gsize side = 0; side < table->bars->n_sides; side++)
        {
          table->value = MAX (table->value, width_of (table, row->bars[side].value));
          table->share = MAX (table->share, width_of (table, row->bars[side].share));
        }
    }
  table->label = MIN (table->label, width / 3);
  table->value = MIN (table->value, width / 5);
  table->share = MIN (table->share, width / 5);
  table->columns = width - table->label - table->value - table->share - 3 * GAP;
}

/* Parts are full, wholes are shaded; sides differ in their letter. */
static gunichar
letter_of (const Table *table, const NullcurveBarRow *row, gsize side)
{
  const gboolean part = row->kind == NULLCURVE_BAR_PART;

  if (table->options->ascii)
    return part ? (side == 0 ? '#' : '=') : (side == 0 ? ':' : '.');
  return part ? (side == 0 ? 0x2588 : 0x2593) : (side == 0 ? 0x2592 : 0x2591);
}

static int
colour_of (const Table *table, const NullcurveBarRow *row, gsize side)
{
  const guint palette = table->bars->n_sides > 1 ? table->bars->palettes[side] : row->palette;

  return row->kind == NULLCURVE_BAR_PART || table->bars->n_sides > 1
             ? (int)nullcurve_palette_colour (palette)
             : NULLCURVE_CANVAS_PLAIN;
}

/* At least one cell, for what is anything. */
static void
append_bar (const Table *table, const NullcurveBarRow *row, gsize side)
{
  const NullcurveBar *bar = &row->bars[side];
  g_autoptr (NullcurveCanvas) canvas =
      nullcurve_canvas_new (table->columns, 1, table->options->ascii);
  const gsize before = table->text->len;
  double lo, hi;

  nullcurve_bars_range (table->bars, &lo, &hi);
  if (isfinite (bar->from) && isfinite (bar->to))
    {
      const double scale = (double)table->columns / (hi - lo);
      const gsize from = (gsize)round ((fmin (bar->from, bar->to) - lo) * scale);
      const gsize to = (gsize)round ((fmax (bar->from, bar->to) - lo) * scale);

      for (gsize i = MIN (from, table->columns - 1); i < MAX (to, from + 1) && i < table->columns;
           i++)
        nullcurve_canvas_put_cell (canvas, i, 0, letter_of (table, row, side),
                                   colour_of (table, row, side));
    }
  /* Without colours first: escapes take no cells. */
  nullcurve_canvas_append_row (canvas, 0, FALSE, table->text);
  const gsize taken = nullcurve_letters_width (table->text->str + before);

  g_string_truncate (table->text, before);
  nullcurve_canvas_append_row (canvas, 0, table->options->coloured, table->text);
  g_string_append_printf (table->text, "%*s", (int)(table->columns - taken), "");
}

/* Words in a column, to its right end where they are a figure. */
static void
append_cell (const Table *table, const char *words, gsize width, gboolean right)
{
  g_autofree char *all = plain (table, words);
  g_autofree char *fit = nullcurve_letters_cut (all, width, table->options->ascii);
  const int blanks = (int)(width - nullcurve_letters_width (fit));

  if (right)
    g_string_append_printf (table->text, "%*s%s", blanks, "", fit);
  else
    g_string_append_printf (table->text, "%s%*s", fit, blanks, "");
}

static void
trim_line (GString *text)
{
  while (text->len > 0 && text->str[text->len - 1] == ' ')
    g_string_truncate (text, text->len - 1);
  g_string_append_c (text, '\n');
}

static void
append_row (const Table *table, const NullcurveBarRow *row)
{
  for (gsize side = 0; side < table->bars->n_sides; side++)
    {
      append_cell (table, side == 0 ? row->label : "", table->label, FALSE);
      g_string_append_printf (table->text, "%*s", GAP, "");
      append_bar (table, row, side);
      g_string_append_printf (table->text, "%*s", GAP, "");
      append_cell (table, row->bars[side].value, table->value, TRUE);
      g_string_append_printf (table->text, "%*s", GAP, "");
      append_cell (table, row->bars[side].share, table->share, TRUE);
      trim_line (table->text);
    }
  if (row->note == NULL || table->options->width < NOTES_WIDTH)
    return;
  g_string_append (table->text, "  ");
  append_cell (table, row->note, table->options->width - 2, FALSE);
  trim_line (table->text);
}

static void
append_words (const Table *table, const char *words, gboolean bold)
{
  g_autofree char *all = plain (table, words);
  g_autofree char *fit = nullcurve_letters_cut (all, table->options->width, table->options->ascii);

  if (words != NULL)
    g_string_append_printf (table->text,
                            bold && table->options->coloured ? "\033[1m%s\033[0m\n" : "%s\n", fit);
}

/* The letters of the two runs, and what they are called. */
static void
append_sides (const Table *table)
{
  const NullcurveBarRow any = { .kind = NULLCURVE_BAR_PART };

  for (gsize side = 0; table->bars->n_sides > 1 && side < table->bars->n_sides; side++)
    {
      nullcurve_canvas_append_letter (table->text, letter_of (table, &any, side),
                                      colour_of (table, &any, side), table->options->coloured);
      g_string_append_c (table->text, ' ');
      append_cell (table, table->bars->sides[side], table->options->width - 2, FALSE);
      trim_line (table->text);
    }
}

void
nullcurve_plot_append_bars (GString *text,
                            const NullcurveBars *bars,
                            const NullcurvePlotOptions *options)
{
  Table table = { .bars = bars, .options = options, .text = text };

  measure (&table);
  g_string_append_c (text, '\n');
  append_words (&table, bars->title, TRUE);
  append_words (&table, bars->subtitle, FALSE);
  append_sides (&table);
  for (gsize i = 0; i < bars->rows->len; i++)
    append_row (&table, nullcurve_bars_get_row (bars, i));
  g_string_append_c (text, '\n');
}
