/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/plot/plot.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/figure/figure-axes.h"
#include "ui/figure/style.h"
#include "ui/plot/bars.h"
#include "ui/plot/canvas.h"
#include "ui/plot/letters.h"

enum
{
  MOST_INTERVALS = 4, /* curves in a chart */
  ROWS_PER_TICK = 2,
  GAP = 3,    /* between entries of the legend */
  LINE = 2,   /* cells before a mark's label */
  DOTTED = 3, /* every third dot of a reference, */
  DASHED = 2, /* every second of a bound */
  SPARSE = 5  /* and every fifth of the first band */
};

/* What a curve is told by. */
typedef struct Mark
{
  gunichar letter;
  gunichar hollow; /* of points made of processor time */
  int colour;
} Mark;

typedef struct Plot
{
  const NullcurveFigure *figure;
  NullcurvePlotOptions options;
  GString *text;
  Mark *marks;       /* one a series */
  gboolean in_parts; /* a colour says the run, a mark the value that differs inside it */
  gsize y_width;     /* of the value labels of all panels */
} Plot;

/* One panel of one facet, while it is drawn. */
typedef struct Chart
{
  const Plot *plot;
  NullcurveCanvas *canvas;
  gsize panel;
  gsize facet;
  NullcurveAxis x;
  NullcurveAxis y;
} Chart;

/* --- marks --- */

static const gunichar marks[2][NULLCURVE_N_MARKERS][2] = {
  { { 0x25cf, 0x25cb },
    { 0x25a0, 0x25a1 },
    { 0x25b2, 0x25b3 },
    { 0x25c6, 0x25c7 },
    { 0x25bc, 0x25bd },
    { 0x2605, 0x2606 },
    { '+', '+' },
    { 0xd7, 0xd7 } },
  { { '@', 'o' },
    { '#', '=' },
    { '^', '^' },
    { '*', '*' },
    { '%', '%' },
    { '$', '$' },
    { '+', '+' },
    { 'x', 'x' } },
};

static gboolean
is_worn (const Mark *all, gsize n, gunichar letter)
{
  for (gsize i = 0; i < n; i++)
    if (all[i].letter == letter)
      return TRUE;
  return FALSE;
}

static NullcurveMarker
marker_of (guint palette)
{
  NullcurveChartStyle style;
  NullcurveSeriesStyle look;

  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_PRINT);
  nullcurve_chart_style_series (&style, palette, &look);
  return look.marker;
}

/* What an entry of the legend in parts is told by: a colour or a marker, of which there are few. */
static guint
sign_of (const NullcurveKey *key)
{
  return key->part == NULLCURVE_PART_RUN ? nullcurve_palette_colour (key->palette)
                                         : (guint)marker_of (key->palette);
}

/* Is the legend in parts, and has each run a colour and each value a mark of its own?  There are no
 * dashes here, and where there are no colours either every curve has a mark. */
static gboolean
is_in_parts (const Plot *plot)
{
  const GPtrArray *keys = plot->figure->keys;
  guint seen[2] = { 0, 0 };

  if (!plot->options.coloured || keys == NULL || keys->len == 0)
    return FALSE;
  for (guint i = 0; i < keys->len; i++)
    {
      const NullcurveKey *key = g_ptr_array_index (keys, i);
      guint *signs = &seen[key->part == NULLCURVE_PART_RUN ? 0 : 1];
      const guint bit = 1u << sign_of (key);

      if (key->part == NULLCURVE_PART_OTHER || (*signs & bit) != 0)
        return FALSE;
      *signs |= bit;
    }
  return TRUE;
}

/* The drawing's marker, unless a curve before has it: then a shape that none has, then a letter. */
static Mark
choose_mark (const Plot *plot, gsize index)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (plot->figure, index);
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const gunichar (*shapes)[2] = marks[plot->options.ascii ? 1 : 0];
  gsize shape = marker_of (series->palette);
  Mark mark = { .colour = (int)nullcurve_palette_colour (series->palette) };

  for (gsize i = 0;
       !plot->in_parts && is_worn (plot->marks, index, shapes[shape][0]) && i < NULLCURVE_N_MARKERS;
       i++)
    shape = i;
  mark.letter = shapes[shape][0];
  mark.hollow = shapes[shape][1];
  for (gsize i = 0;
       !plot->in_parts && is_worn (plot->marks, index, mark.letter) && letters[i] != '\0'; i++)
    mark.letter = mark.hollow = (gunichar)letters[i];
  return mark;
}

/* Those that share an entry of the legend share a mark; what is not shown wears none. */
static void
choose_marks (Plot *plot)
{
  const gsize n = plot->figure->series->len;

  plot->marks = g_new0 (Mark, n + 1);
  plot->in_parts = is_in_parts (plot);
  for (gsize i = 0; i < n; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (plot->figure, i);

      if (series->band)
        plot->marks[i].colour = (int)nullcurve_palette_colour (series->palette);
      else if (nullcurve_series_is_shown (series))
        plot->marks[i] = series->entry < i ? plot->marks[series->entry] : choose_mark (plot, i);
    }
}

/* --- data --- */

static double
place_x (const Chart *chart, double x)
{
  return nullcurve_axis_map (&chart->x, x);
}

static double
place_y (const Chart *chart, double y)
{
  return nullcurve_axis_map (&chart->y, y);
}

static gboolean
is_in_chart (const Chart *chart, const NullcurveSeries *series)
{
  return nullcurve_series_is_shown (series) && series->facet == chart->facet;
}

static void
draw_path (const Chart *chart, const GArray *path, gsize stride, int colour)
{
  for (guint i = 1; i < path->len; i++)
    {
      const NullcurveXY *from = &g_array_index (path, NullcurveXY, i - 1);
      const NullcurveXY *to = &g_array_index (path, NullcurveXY, i);

      nullcurve_canvas_line (chart->canvas, place_x (chart, from->x), place_y (chart, from->y),
                             place_x (chart, to->x), place_y (chart, to->y), stride, colour);
    }
}

static void
draw_references (const Chart *chart)
{
  const GPtrArray *references = chart->plot->figure->panels[chart->panel].references;

  for (guint i = 0; i < references->len; i++)
    {
      const NullcurveReference *reference = g_ptr_array_index (references, i);
      const double y = place_y (chart, reference->y);

      if (isfinite (reference->y))
        nullcurve_canvas_line (chart->canvas, 0.0, y, 1.0, y, DOTTED, NULLCURVE_CANVAS_PLAIN);
      draw_path (chart, reference->curve, DOTTED, NULLCURVE_CANVAS_PLAIN);
    }
}

/* A value between two points; NaN where one of them is missing. */
static double
between (const NullcurvePoint *a, const NullcurvePoint *b, double x, double of_a, double of_b)
{
  const double t = b->x > a->x ? (x - a->x) / (b->x - a->x) : 0.0;

  return isfinite (a->y) && isfinite (b->y) ? of_a + t * (of_b - of_a) : NAN;
}

/* The two points around x; FALSE outside of the curve. */
static gboolean
find_around (const NullcurveSeries *series,
             gsize panel,
             double x,
             const NullcurvePoint **a,
             const NullcurvePoint **b)
{
  const gsize n = nullcurve_series_n_points (series, panel);

  for (gsize i = 0; i < n; i++)
    {
      *b = nullcurve_series_get_point (series, panel, i);
      *a = nullcurve_series_get_point (series, panel, i > 0 ? i - 1 : 0);
      if (x <= (*b)->x + 1e-9)
        return x >= (*a)->x - 1e-9;
    }
  return FALSE;
}

/* The value of x at a place. */
static double
x_at (const Chart *chart, double place)
{
  const double lo = nullcurve_scale_forward (chart->x.scale, chart->x.min);
  const double hi = nullcurve_scale_forward (chart->x.scale, chart->x.max);

  return nullcurve_scale_backward (chart->x.scale, lo + place * (hi - lo));
}

/* Later bands, which lie within, are denser. */
static void
draw_band (const Chart *chart, gsize index, gsize sparseness)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (chart->plot->figure, index);
  const gsize n = nullcurve_canvas_n_dot_columns (chart->canvas);

  for (gsize i = 0; i < n; i++)
    {
      const double place = n > 1 ? (double)i / (double)(n - 1) : 0.0;
      const double x = x_at (chart, place);
      const NullcurvePoint *a;
      const NullcurvePoint *b;

      if (!find_around (series, chart->panel, x, &a, &b))
        continue;
      nullcurve_canvas_shade (chart->canvas, place,
                              place_y (chart, between (a, b, x, a->lower, b->lower)),
                              place_y (chart, between (a, b, x, a->upper, b->upper)), sparseness,
                              chart->plot->marks[index].colour);
    }
}

static gsize
sparseness_of (const NullcurveFigure *figure, gsize index)
{
  gsize sparseness = SPARSE;

  for (gsize i = 0; i < index; i++)
    if (nullcurve_figure_get_series (figure, i)->band && sparseness > 2)
      sparseness -= 3;
  return sparseness;
}

static void
draw_bands (const Chart *chart)
{
  const NullcurveFigure *figure = chart->plot->figure;

  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (is_in_chart (chart, series) && series->band)
        draw_band (chart, i, sparseness_of (figure, i));
    }
}

/* An area is filled with its mark: from the height where it stands to its top. */
static void
fill_area (const Chart *chart, gsize index, gsize columns, gsize rows)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (chart->plot->figure, index);
  const Mark *mark = &chart->plot->marks[index];

  for (gsize column = 0; column < columns; column++)
    {
      const double x = x_at (chart, columns > 1 ? (double)column / (double)(columns - 1) : 0.0);
      const NullcurvePoint *a;
      const NullcurvePoint *b;
      double base;
      double top;

      if (!find_around (series, chart->panel, x, &a, &b))
        continue;
      base = place_y (chart, between (a, b, x, a->base, b->base));
      top = place_y (chart, between (a, b, x, nullcurve_point_top (a), nullcurve_point_top (b)));
      for (gsize row = 0; row < rows; row++)
        {
          const double middle = 1.0 - ((double)row + 0.5) / (double)rows;

          if (middle >= base && middle < top)
            nullcurve_canvas_put_cell (chart->canvas, column, row, mark->letter, mark->colour);
        }
    }
}

static void
draw_interval (const Chart *chart, const NullcurvePoint *point, int colour)
{
  const double x = place_x (chart, point->x);

  if (isfinite (point->y) && isfinite (point->lower) && isfinite (point->upper))
    nullcurve_canvas_line (chart->canvas, x, place_y (chart, point->lower), x,
                           place_y (chart, point->upper), 1, colour);
}

static void
draw_lines (const Chart *chart, gsize index, gboolean with_intervals)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (chart->plot->figure, index);
  const int colour = chart->plot->marks[index].colour;
  const NullcurvePoint *before = NULL;

  draw_path (chart, series->bound[chart->panel], DASHED, colour);
  for (gsize i = 0; i < nullcurve_series_n_points (series, chart->panel); i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, chart->panel, i);

      if (with_intervals)
        draw_interval (chart, point, colour);
      if (before != NULL && isfinite (before->y) && isfinite (point->y))
        nullcurve_canvas_line (chart->canvas, place_x (chart, before->x),
                               place_y (chart, before->y), place_x (chart, point->x),
                               place_y (chart, point->y), 1, colour);
      before = point;
    }
}

static void
draw_marks (const Chart *chart, gsize index)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (chart->plot->figure, index);
  const Mark *mark = &chart->plot->marks[index];

  for (gsize i = 0; i < nullcurve_series_n_points (series, chart->panel); i++)
    {
      const NullcurvePoint *point = nullcurve_series_get_point (series, chart->panel, i);

      nullcurve_canvas_put (chart->canvas, place_x (chart, point->x), place_y (chart, point->y),
                            point->processor ? mark->hollow : mark->letter, mark->colour);
    }
}

/* The series of a chart as they are drawn, what lies on top last: those of the run in hand, and
 * among them what is named first.  Bands are not among them. */
static GArray *
order_of (const Chart *chart)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_autoptr (GArray) reading = g_array_new (FALSE, FALSE, sizeof (gsize));

  nullcurve_figure_get_order (chart->plot->figure, reading);
  for (guint i = reading->len; i-- > 0;)
    {
      const gsize index = g_array_index (reading, gsize, i);
      const NullcurveSeries *series = nullcurve_figure_get_series (chart->plot->figure, index);

      if (is_in_chart (chart, series) && !series->band
          && nullcurve_series_n_points (series, chart->panel) > 0)
        g_array_append_val (order, index);
    }
  return order;
}

static void
draw_data (const Chart *chart, gsize columns, gsize rows)
{
  g_autoptr (GArray) order = order_of (chart);
  const gboolean stacked = chart->plot->figure->panels[chart->panel].stacked;

  draw_bands (chart);
  for (guint i = 0; stacked && i < order->len; i++)
    fill_area (chart, g_array_index (order, gsize, i), columns, rows);
  draw_references (chart);
  for (guint i = 0; !stacked && i < order->len; i++)
    draw_lines (chart, g_array_index (order, gsize, i), order->len <= MOST_INTERVALS);
  for (guint i = 0; !stacked && i < order->len; i++)
    draw_marks (chart, g_array_index (order, gsize, i));
}

/* --- words --- */

static char *
plain (const Plot *plot, const char *words)
{
  return nullcurve_letters_plain (words, plot->options.ascii);
}

/* Bold, where there are escapes; as much as fits. */
static void
append_line (const Plot *plot, const char *words, gboolean bold)
{
  g_autofree char *all = words != NULL ? plain (plot, words) : g_strdup ("");
  g_autofree char *line = nullcurve_letters_cut (all, plot->options.width, plot->options.ascii);

  g_string_append_printf (plot->text,
                          bold && plot->options.coloured ? "\033[1m%s\033[0m\n" : "%s\n", line);
}

static void
append_wrapped (const Plot *plot, const char *words)
{
  g_autofree char *all = plain (plot, words);

  nullcurve_letters_append_wrapped (plot->text, all, plot->options.width, plot->options.ascii);
}

/* "Tokens/s  tokens per second, median and 95 % interval" */
static void
append_header (const Plot *plot, const NullcurvePanel *panel)
{
  g_autofree char *title = plain (plot, panel->title != NULL ? panel->title : "");
  g_autofree char *subtitle = panel->subtitle != NULL ? plain (plot, panel->subtitle) : NULL;
  const gsize taken = nullcurve_letters_width (title) + 2;

  if (subtitle == NULL || taken + 10 > plot->options.width)
    {
      append_line (plot, title, TRUE);
      return;
    }
  g_autofree char *rest =
      nullcurve_letters_cut (subtitle, plot->options.width - taken, plot->options.ascii);
  g_string_append_printf (
      plot->text, plot->options.coloured ? "\033[1m%s\033[0m  %s\n" : "%s  %s\n", title, rest);
}

/* --- the legend --- */

/* Entries one behind the other, in as many lines as it takes. */
typedef struct Legend
{
  const Plot *plot;
  gsize column;
} Legend;

/* Two cells of what is drawn: they come before the label. */
static void
append_entry (Legend *legend, const char *swatch, gsize swatch_width, const char *label)
{
  const Plot *plot = legend->plot;
  g_autofree char *words = plain (plot, label);
  g_autofree char *fit =
      nullcurve_letters_cut (words, plot->options.width - swatch_width - 1, plot->options.ascii);
  const gsize width = swatch_width + 1 + nullcurve_letters_width (fit);

  if (legend->column > 0 && legend->column + GAP + width > plot->options.width)
    {
      g_string_append_c (plot->text, '\n');
      legend->column = 0;
    }
  else if (legend->column > 0)
    {
      g_string_append_printf (plot->text, "%*s", GAP, "");
      legend->column += GAP;
    }
  g_string_append_printf (plot->text, "%s %s", swatch, fit);
  legend->column += width;
}

/* A cell with nothing in it but a pattern. */
static void
append_pattern (const Plot *plot, GString *swatch, gsize sparseness, gsize stride, int colour)
{
  g_autoptr (NullcurveCanvas) canvas = nullcurve_canvas_new (LINE, 1, plot->options.ascii);
  const gsize n = nullcurve_canvas_n_dot_columns (canvas);

  for (gsize i = 0; sparseness > 0 && i < n; i++)
    nullcurve_canvas_shade (canvas, (double)i / (double)(n - 1), 0.0, 1.0, sparseness, colour);
  if (stride > 0)
    nullcurve_canvas_line (canvas, 0.0, 0.5, 1.0, 0.5, stride, colour);
  nullcurve_canvas_append_row (canvas, 0, plot->options.coloured, swatch);
  if (stride == DOTTED && !plot->options.ascii)
    g_string_append_c (swatch, ' ');
}

/* Are all of its points of processor time? */
static gboolean
is_hollow (const Plot *plot, const NullcurveSeries *series)
{
  gboolean any = FALSE;

  for (gsize panel = 0; panel < plot->figure->n_panels; panel++)
    for (gsize i = 0; i < nullcurve_series_n_points (series, panel); i++)
      {
        const NullcurvePoint *point = nullcurve_series_get_point (series, panel, i);

        if (isfinite (point->y) && !point->processor)
          return FALSE;
        any = any || isfinite (point->y);
      }
  return any;
}

static void
append_series_entry (Legend *legend, gsize index)
{
  const Plot *plot = legend->plot;
  const NullcurveSeries *series = nullcurve_figure_get_series (plot->figure, index);
  const Mark *mark = &plot->marks[index];
  g_autoptr (GString) swatch = g_string_new (NULL);

  if (series->band)
    append_pattern (plot, swatch, sparseness_of (plot->figure, index), 0, mark->colour);
  else
    nullcurve_canvas_append_letter (swatch, is_hollow (plot, series) ? mark->hollow : mark->letter,
                                    mark->colour, plot->options.coloured);
  append_entry (legend, swatch->str, series->band ? LINE : 1, series->label);
}

/* A block in the run's colour, or the mark of a value, which is of no run. */
static void
append_key (Legend *legend, const NullcurveKey *key)
{
  const Plot *plot = legend->plot;
  const gboolean run = key->part == NULLCURVE_PART_RUN;
  const gunichar block = plot->options.ascii ? '|' : 0x2588;
  g_autoptr (GString) swatch = g_string_new (NULL);

  nullcurve_canvas_append_letter (
      swatch, run ? block : marks[plot->options.ascii ? 1 : 0][sign_of (key)][0],
      run ? (int)sign_of (key) : NULLCURVE_CANVAS_PLAIN, run);
  append_entry (legend, swatch->str, 1, key->label);
}

static void
append_references (Legend *legend)
{
  const NullcurveFigure *figure = legend->plot->figure;
  g_autoptr (GPtrArray) told = g_ptr_array_new ();

  for (gsize p = 0; p < figure->n_panels; p++)
    for (guint i = 0;
         nullcurve_figure_panel_has_data (figure, p) && i < figure->panels[p].references->len; i++)
      {
        const NullcurveReference *reference = g_ptr_array_index (figure->panels[p].references, i);

        if (reference->label == NULL
            || g_ptr_array_find_with_equal_func (told, reference->label, g_str_equal, NULL))
          continue;
        g_ptr_array_add (told, reference->label);
        append_entry (legend, legend->plot->options.ascii ? ".." : "··", LINE, reference->label);
      }
}

static void
append_legend (const Plot *plot)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (gsize));
  Legend legend = { plot, 0 };

  for (guint i = 0; plot->in_parts && i < plot->figure->keys->len; i++)
    append_key (&legend, g_ptr_array_index (plot->figure->keys, i));
  if (!plot->in_parts)
    nullcurve_figure_get_entries (plot->figure, entries);
  for (guint i = 0; i < entries->len; i++)
    append_series_entry (&legend, g_array_index (entries, gsize, i));
  append_references (&legend);
  if (nullcurve_figure_has_bounds (plot->figure))
    append_entry (&legend, plot->options.ascii ? "--" : "╌╌", LINE, plot->figure->bound_label);
  if (legend.column > 0)
    g_string_append_c (plot->text, '\n');
}

/* --- a chart --- */

/* The tick in a row, or NULL. */
static const NullcurveTick *
find_tick (const Chart *chart, gsize row)
{
  for (gsize i = 0; i < chart->y.n_ticks; i++)
    if (nullcurve_canvas_row (chart->canvas, place_y (chart, chart->y.ticks[i].value)) == row)
      return &chart->y.ticks[i];
  return NULL;
}

static void
append_rows (const Chart *chart)
{
  const Plot *plot = chart->plot;

  for (gsize row = 0; row < plot->options.rows; row++)
    {
      const NullcurveTick *tick = find_tick (chart, row);
      g_autofree char *label = plain (plot, tick != NULL ? tick->label : "");
      const char *line =
          plot->options.ascii ? (tick != NULL ? "+" : "|") : (tick != NULL ? "┤" : "│");

      g_string_append_printf (plot->text, "%*s%s %s",
                              (int)(plot->y_width - nullcurve_letters_width (label)), "", label,
                              line);
      nullcurve_canvas_append_row (chart->canvas, row, plot->options.coloured, plot->text);
      g_string_append_c (plot->text, '\n');
    }
}

static void
append_x_line (const Chart *chart, gsize columns)
{
  const Plot *plot = chart->plot;
  g_autoptr (NullcurveCanvas) line = nullcurve_canvas_new (columns, 1, plot->options.ascii);

  for (gsize i = 0; i < columns; i++)
    nullcurve_canvas_put_cell (line, i, 0, plot->options.ascii ? '-' : 0x2500,
                               NULLCURVE_CANVAS_PLAIN);
  for (gsize i = 0; i < chart->x.n_ticks; i++)
    nullcurve_canvas_put (line, place_x (chart, chart->x.ticks[i].value), 0.0,
                          plot->options.ascii ? '+' : 0x252c, NULLCURVE_CANVAS_PLAIN);
  g_string_append_printf (plot->text, "%*s %s", (int)plot->y_width, "",
                          plot->options.ascii ? "+" : "└");
  nullcurve_canvas_append_row (line, 0, FALSE, plot->text);
  g_string_append_c (plot->text, '\n');
}

/* In the middle below their ticks, within the width, apart from each other. */
static void
append_x_labels (const Chart *chart, gsize columns)
{
  const Plot *plot = chart->plot;
  gsize end = 0;

  g_string_append_printf (plot->text, "%*s", (int)plot->y_width + 2, "");
  for (gsize i = 0; i < chart->x.n_ticks; i++)
    {
      g_autofree char *label = plain (plot, chart->x.ticks[i].label);
      const gsize width = nullcurve_letters_width (label);
      const gsize at =
          nullcurve_canvas_column (chart->canvas, place_x (chart, chart->x.ticks[i].value));
      const gsize start = MIN (at - MIN (at, width / 2), columns - MIN (columns, width));

      if (start < end + (end > 0))
        continue;
      g_string_append_printf (plot->text, "%*s%s", (int)(start - end), "", label);
      end = start + width;
    }
  g_string_append_c (plot->text, '\n');
}

static gsize
n_columns (const Plot *plot)
{
  return plot->options.width - plot->y_width - 2;
}

static void
init_x (Chart *chart, gsize columns)
{
  NullcurveSpan full;
  gsize label = 3;

  /* Deeper zoom has longer labels, which want to be further apart. */
  for (int pass = 0; pass < 2; pass++)
    {
      nullcurve_figure_init_x_axis (chart->plot->figure, (double)columns, (double)label + 3.0,
                                    &chart->x, &full);
      for (gsize i = 0; i < chart->x.n_ticks; i++)
        label = MAX (label, nullcurve_letters_width (chart->x.ticks[i].label));
    }
}

static void
init_y (const Plot *plot, gsize panel, NullcurveAxis *axis)
{
  NullcurveSpan full;

  nullcurve_figure_init_y_axis (plot->figure, panel, (double)plot->options.rows, ROWS_PER_TICK,
                                axis, &full);
}

static void
append_chart (const Plot *plot, gsize panel, gsize facet)
{
  const gsize columns = n_columns (plot);
  g_autoptr (NullcurveCanvas) canvas =
      nullcurve_canvas_new (columns, plot->options.rows, plot->options.ascii);
  Chart chart = { .plot = plot, .canvas = canvas, .panel = panel, .facet = facet };

  init_x (&chart, columns);
  init_y (plot, panel, &chart.y);
  draw_data (&chart, columns, plot->options.rows);
  append_rows (&chart);
  append_x_line (&chart, columns);
  append_x_labels (&chart, columns);
}

/* --- the whole --- */

/* Value labels of all panels take as much, so that their x axes stand below each other. */
static void
measure_labels (Plot *plot)
{
  for (gsize panel = 0; panel < plot->figure->n_panels; panel++)
    {
      NullcurveAxis axis;

      init_y (plot, panel, &axis);
      for (gsize i = 0; i < axis.n_ticks; i++)
        {
          g_autofree char *label = plain (plot, axis.ticks[i].label);

          plot->y_width = MAX (plot->y_width, nullcurve_letters_width (label));
        }
    }
  plot->y_width = MIN (plot->y_width, plot->options.width / 3);
}

static void
append_x_name (const Plot *plot)
{
  const char *label = nullcurve_figure_x_label (plot->figure);
  g_autofree char *words = label != NULL ? plain (plot, label) : NULL;
  const gsize columns = n_columns (plot);
  gsize width;

  if (words == NULL)
    return;
  width = nullcurve_letters_width (words);
  g_string_append_printf (plot->text, "%*s",
                          (int)(plot->y_width + 2 + (columns - MIN (columns, width)) / 2), "");
  g_autofree char *fit = nullcurve_letters_cut (words, columns, plot->options.ascii);
  g_string_append_printf (plot->text, "%s\n", fit);
}

static void
append_panel (const Plot *plot, gsize panel)
{
  const NullcurvePanel *source = &plot->figure->panels[panel];
  const gsize n = nullcurve_figure_n_facets (plot->figure);

  g_string_append_c (plot->text, '\n');
  if (!nullcurve_figure_panel_has_data (plot->figure, panel))
    {
      g_autofree char *words =
          g_strdup_printf ("%s: %s", source->title,
                           source->empty_text != NULL ? source->empty_text : _ ("no values"));

      append_wrapped (plot, words);
      return;
    }
  append_header (plot, source);
  for (gsize facet = 0; facet < n; facet++)
    {
      if (!nullcurve_figure_facet_has_data (plot->figure, panel, facet))
        continue;
      if (n > 1)
        append_line (plot, g_ptr_array_index (plot->figure->facets, facet), FALSE);
      append_chart (plot, panel, facet);
    }
  append_x_name (plot);
}

gsize
nullcurve_plot_n_charts (const NullcurveFigure *figure)
{
  gsize n = 0;

  for (gsize panel = 0; panel < figure->n_panels; panel++)
    for (gsize facet = 0; facet < nullcurve_figure_n_facets (figure); facet++)
      n += nullcurve_figure_facet_has_data (figure, panel, facet);
  return n;
}

static void
append_all (Plot *plot)
{
  const NullcurveFigure *figure = plot->figure;

  append_line (plot, figure->title, TRUE);
  if (figure->subtitle != NULL)
    append_line (plot, figure->subtitle, FALSE);
  if (!nullcurve_figure_has_data (figure))
    {
      append_wrapped (plot, figure->empty_text != NULL ? figure->empty_text : _ ("no values"));
      return;
    }
  if (figure->bars != NULL)
    nullcurve_plot_append_bars (plot->text, figure->bars, &plot->options);
  append_legend (plot);
  measure_labels (plot);
  for (gsize panel = 0; panel < figure->n_panels; panel++)
    append_panel (plot, panel);
}

GString *
nullcurve_plot_figure (const NullcurveFigure *figure, const NullcurvePlotOptions *options)
{
  Plot plot = { .figure = figure, .options = *options, .text = g_string_new (NULL) };

  plot.options.width =
      CLAMP (options->width, NULLCURVE_PLOT_LEAST_WIDTH, NULLCURVE_PLOT_MOST_WIDTH);
  plot.options.rows = CLAMP (options->rows, NULLCURVE_PLOT_LEAST_ROWS, NULLCURVE_PLOT_MOST_ROWS);
  choose_marks (&plot);
  append_all (&plot);
  g_free (plot.marks);
  return plot.text;
}
