/* SPDX-License-Identifier: Apache-2.0 */
/* What the crosshair reads, in the dock. */
#include <glib/gi18n.h>
#include <math.h>

#include "ui/chart/draw.h"
#include "ui/chart/render.h"

/* In widths of letters: what is left of a label where a comparison takes its room. */
static const double label_beside_note = 6.0;

typedef struct Overlay
{
  cairo_t *cr;
  const NullcurveLayout *layout;
  const NullcurveFigure *figure;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
  const NullcurveCrosshair *crosshair;
  const NullcurveReadout *readout;
  const NullcurveDock *dock;
} Overlay;

/* A row that may be shown, and how much it is wanted. */
typedef struct Wanted
{
  gsize place;      /* in the readout */
  gboolean current; /* of the run in hand */
  gboolean selected;
  double distance; /* pixels from the eye to the nearest of its points */
} Wanted;

/* Widths of the columns of what is shown: the dock's, or more where words take more. */
typedef struct Columns
{
  gsize panels[NULLCURVE_FIGURE_MAX_PANELS]; /* which of the figure's they are of */
  double values[NULLCURVE_FIGURE_MAX_PANELS];
  double spread;
  double bound;
  double note;
  double label;
} Columns;

static double
width_of (const Overlay *overlay, const char *words)
{
  return ceil (nullcurve_chart_text_width (overlay->text, NULLCURVE_FONT_TICK, words));
}

/* --- which rows --- */

/* From the top of the first plot to the bottom of the last. */
static void
plots_span (const NullcurveLayout *layout, double *top, double *bottom)
{
  *top = INFINITY;
  *bottom = -INFINITY;
  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      const NullcurveRect *plot = &layout->panels[cell].plot;

      *top = fmin (*top, plot->y);
      *bottom = fmax (*bottom, plot->y + plot->height);
    }
}

/* Top and bottom of a point in pixels: the same, but for an area. */
static void
point_span (const Overlay *overlay,
            const NullcurveSeries *series,
            gsize panel,
            const NullcurvePoint *point,
            double *top,
            double *bottom)
{
  const gsize cell = nullcurve_layout_cell (overlay->layout, series->facet, panel);
  const double y = nullcurve_point_top (point);
  const double upper = series->band ? point->upper : y;
  const double lower = series->band                             ? point->lower
                       : overlay->figure->panels[panel].stacked ? point->base
                                                                : y;

  *top = nullcurve_layout_y (overlay->layout, cell, upper);
  *bottom = nullcurve_layout_y (overlay->layout, cell, lower);
}

/* The height at which somebody looks: the selected point's, the pointer's, or the middle. */
static double
eye_y (const Overlay *overlay)
{
  const NullcurveHit *hit = &overlay->crosshair->selected;
  double top, bottom;

  if (overlay->crosshair->has_selected && hit->panel < overlay->layout->n_panels)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (overlay->figure, hit->series);

      point_span (overlay, series, hit->panel,
                  nullcurve_series_get_point (series, hit->panel, hit->index), &top, &bottom);
      if (isfinite (top))
        return top;
    }
  if (overlay->crosshair->pointer_y > 0.0)
    return overlay->crosshair->pointer_y;
  plots_span (overlay->layout, &top, &bottom);
  return 0.5 * (top + bottom);
}

static double
distance_to_row (const Overlay *overlay, const NullcurveReadoutRow *row, double eye)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (overlay->figure, row->series);
  double distance = INFINITY;

  for (gsize p = 0; p < overlay->layout->n_panels; p++)
    if (row->points[p] >= 0)
      {
        double top, bottom;

        point_span (overlay, series, p,
                    nullcurve_series_get_point (series, p, (gsize)row->points[p]), &top, &bottom);
        distance = fmin (distance, fmax (fmax (top - eye, eye - bottom), 0.0));
      }
  return distance;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
  const Wanted *x = a, *y = b;

  return x->place < y->place ? -1 : x->place > y->place;
}

static int
compare_wanted (gconstpointer a, gconstpointer b)
{
  const Wanted *x = a, *y = b;

  if (x->current != y->current)
    return x->current ? -1 : 1;
  if (x->distance != y->distance)
    return x->distance < y->distance ? -1 : 1;
  return compare_places (a, b);
}

/* What is pointed at stays, even where the run in hand has more curves than there is room for. */
static void
keep_selected (GArray *rows, gsize n_kept)
{
  for (gsize i = n_kept; i < rows->len; i++)
    if (g_array_index (rows, Wanted, i).selected)
      g_array_index (rows, Wanted, n_kept - 1) = g_array_index (rows, Wanted, i);
}

/* A series without a value here is left out only where room is short. */
static GArray *
collect_wanted (const Overlay *overlay, gboolean measured_only)
{
  const double eye = eye_y (overlay);
  const NullcurveCrosshair *at = overlay->crosshair;
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (Wanted));

  for (gsize i = 0; i < overlay->readout->rows->len; i++)
    {
      const NullcurveReadoutRow *row = nullcurve_readout_get_row (overlay->readout, i);
      const Wanted one = { i, nullcurve_figure_get_series (overlay->figure, row->series)->current,
                           at->has_selected && at->selected.series == row->series,
                           distance_to_row (overlay, row, eye) };

      if (row->measured || !measured_only)
        g_array_append_val (wanted, one);
    }
  return wanted;
}

/* Rows keep the readout's order, whichever are there: nobody's eye has to look for them. */
static gsize
choose_rows (const Overlay *overlay, GArray *rows)
{
  const gsize fit = nullcurve_dock_n_slots (overlay->dock);
  g_autoptr (GArray) wanted = collect_wanted (overlay, overlay->readout->rows->len > fit);
  const gsize n = wanted->len;
  const gsize shown = n <= fit ? n : fit - 1;

  if (shown < n)
    {
      g_array_sort (wanted, compare_wanted);
      if (shown > 0)
        keep_selected (wanted, shown);
      g_array_set_size (wanted, (guint)shown);
      g_array_sort (wanted, compare_places);
    }
  for (guint i = 0; i < wanted->len; i++)
    g_array_append_val (rows, g_array_index (wanted, Wanted, i).place);
  return n - shown;
}

gsize
nullcurve_chart_choose_rows (const NullcurveLayout *layout,
                             const NullcurveCrosshair *crosshair,
                             const NullcurveReadout *readout,
                             GArray *rows)
{
  const Overlay overlay = { NULL,         layout,    layout->figure, layout->style,
                            layout->text, crosshair, readout,        &layout->dock };

  return choose_rows (&overlay, rows);
}

/* --- columns --- */

/* Where only one panel's values have room, they are of the one that is pointed at. */
static gsize
panel_of (const Overlay *overlay, gsize column)
{
  const NullcurveCrosshair *at = overlay->crosshair;

  return overlay->dock->n_panels == 1 && at->has_selected ? at->selected.panel
                                                          : overlay->dock->panels[column];
}

static void
measure_row (const Overlay *overlay, const NullcurveReadoutRow *row, Columns *columns)
{
  const NullcurveDock *dock = overlay->dock;

  for (gsize i = 0; i < dock->n_panels; i++)
    columns->values[i] =
        fmax (columns->values[i], width_of (overlay, row->cells[columns->panels[i]].value));
  if (dock->spread > 0.0)
    columns->spread =
        fmax (columns->spread, width_of (overlay, row->cells[columns->panels[0]].spread));
  if (dock->bound > 0.0)
    columns->bound = fmax (columns->bound, width_of (overlay, row->bound));
  if (dock->note > 0.0 && row->note != NULL)
    columns->note = fmax (columns->note, width_of (overlay, row->note));
}

static double
after (const NullcurveDock *dock, double width)
{
  return width > 0.0 ? dock->column + width : 0.0;
}

static void
fit_columns (const Overlay *overlay, const GArray *rows, Columns *columns)
{
  const NullcurveDock *dock = overlay->dock;
  const double least = label_beside_note * overlay->style->font_size;
  double width = dock->swatch;

  *columns = (Columns){ .spread = dock->spread, .bound = dock->bound, .note = dock->note };
  for (gsize i = 0; i < dock->n_panels; i++)
    {
      columns->panels[i] = panel_of (overlay, i);
      columns->values[i] = dock->values[i];
    }
  for (guint i = 0; i < rows->len; i++)
    measure_row (overlay,
                 nullcurve_readout_get_row (overlay->readout, g_array_index (rows, gsize, i)),
                 columns);
  for (gsize i = 0; i < dock->n_panels; i++)
    width += dock->column + columns->values[i];
  width += 0.5 * after (dock, 2.0 * columns->spread) + after (dock, columns->bound)
           + after (dock, columns->note);
  columns->label = dock->block - width;
  if (columns->label < least && columns->note > 0.0)
    {
      columns->note = fmax (columns->note - (least - columns->label), 1.0);
      columns->label = least;
    }
  columns->label = fmax (columns->label, 0.0);
}

/* --- drawing --- */

static void
draw_words (const Overlay *overlay,
            const NullcurveColour *colour,
            const char *words,
            double x,
            double y,
            NullcurveAlign align,
            double max_width)
{
  nullcurve_draw_set_colour (overlay->cr, colour, 1.0);
  nullcurve_chart_text_draw (overlay->text, overlay->cr, NULLCURVE_FONT_TICK, words, x, y, align,
                             max_width);
}

/* As in the legend. */
static void
draw_square (const Overlay *overlay, const NullcurveColour *colour, double left, double y)
{
  const double half = 0.35 * overlay->style->font_size;

  nullcurve_draw_set_colour (overlay->cr, colour, 1.0);
  cairo_rectangle (overlay->cr, left, y - half, 3.0 * half, 2.0 * half);
  cairo_fill (overlay->cr);
}

static void
draw_label (const Overlay *overlay,
            const Columns *columns,
            const NullcurveReadoutRow *row,
            double left,
            double y)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (overlay->figure, row->series);
  NullcurveSeriesStyle look;

  nullcurve_chart_style_series (overlay->style, series->palette, &look);
  if (nullcurve_figure_is_area (overlay->figure, series))
    draw_square (overlay, &look.colour, left, y);
  else
    nullcurve_draw_marker (overlay->cr, look.marker, left + 4.5, y, overlay->style->marker_radius,
                           &look.colour, NULL);
  nullcurve_draw_set_colour (
      overlay->cr, row->measured ? &overlay->style->text : &overlay->style->text_dim, 1.0);
  nullcurve_chart_text_draw_name (overlay->text, overlay->cr, NULLCURVE_FONT_TICK, row->label,
                                  left + overlay->dock->swatch, y, columns->label);
}

/* What stands in the columns of one line: of a row, or, without one, their names, of which the
 * first has the room of the labels too. */
static void
draw_cells (const Overlay *overlay,
            const Columns *columns,
            const NullcurveReadoutRow *row,
            double left,
            double y)
{
  const NullcurveDock *dock = overlay->dock;
  const NullcurveColour *dim = &overlay->style->text_dim;
  const NullcurveColour *colour = row != NULL && row->measured ? &overlay->style->text : dim;
  double x = left + dock->swatch + columns->label;

  for (gsize i = 0; i < dock->n_panels; i++)
    {
      const gsize panel = columns->panels[i];

      x += dock->column + columns->values[i];
      draw_words (overlay, colour,
                  row != NULL ? row->cells[panel].value
                              : nullcurve_panel_brief (&overlay->figure->panels[panel]),
                  x, y, NULLCURVE_ALIGN_END,
                  row == NULL && i == 0 ? x - left : columns->values[i] + 1.0);
      if (i > 0 || columns->spread <= 0.0)
        continue;
      x += 0.5 * dock->column + columns->spread;
      if (row != NULL)
        draw_words (overlay, dim, row->cells[panel].spread, x, y, NULLCURVE_ALIGN_END, -1.0);
    }
  x += after (dock, columns->bound);
  if (columns->bound > 0.0)
    draw_words (overlay, colour, row != NULL ? row->bound : _ (nullcurve_dock_bound_head), x, y,
                NULLCURVE_ALIGN_END, -1.0);
  if (columns->note > 0.0)
    draw_words (overlay, colour, row != NULL ? row->note : overlay->figure->note_label,
                x + dock->column, y, NULLCURVE_ALIGN_START, columns->note + 1.0);
}

/* Below what is selected. */
static void
draw_shade (const Overlay *overlay, double left, double y)
{
  nullcurve_draw_set_colour (overlay->cr, &overlay->style->text, 0.09);
  cairo_rectangle (overlay->cr, left - 4.0, y - 0.5 * overlay->dock->row,
                   overlay->dock->block + 8.0, overlay->dock->row);
  cairo_fill (overlay->cr);
}

static void
draw_row (const Overlay *overlay,
          const Columns *columns,
          const NullcurveReadoutRow *row,
          double left,
          double y)
{
  const NullcurveCrosshair *at = overlay->crosshair;

  if (at->has_selected && at->selected.series == row->series && overlay->readout->rows->len > 1)
    draw_shade (overlay, left, y);
  draw_label (overlay, columns, row, left, y);
  draw_cells (overlay, columns, row, left, y);
}

/* All that is known of the curve pointed at is worth saying where there are other curves: alone,
 * its subtitle says the same.  Of a stack it is what all of it comes to. */
static const char *
find_detail (const Overlay *overlay)
{
  if (overlay->readout->sum != NULL)
    return overlay->readout->sum;
  if (!overlay->crosshair->has_selected || overlay->readout->rows->len < 2)
    return NULL;
  return nullcurve_figure_get_series (overlay->figure, overlay->crosshair->selected.series)->detail;
}

/* The middle of a line, counted from the top. */
static double
line_y (const NullcurveDock *dock, gsize line)
{
  return dock->rect.y + dock->pad + ((double)line + 0.5) * dock->row;
}

/* On one line below the panels; beside them on two each, the second below the first. */
static void
draw_title (const Overlay *overlay)
{
  const NullcurveDock *dock = overlay->dock;
  const NullcurveRect *rect = &dock->rect;
  const char *title = overlay->readout->title;
  const char *detail = find_detail (overlay);
  const double em = overlay->style->font_size;
  double used;

  nullcurve_draw_set_colour (overlay->cr, &overlay->style->text, 1.0);
  if (!dock->beside)
    {
      used = ceil (nullcurve_chart_text_width (overlay->text, NULLCURVE_FONT_TICK_BOLD, title));
      nullcurve_chart_text_draw (overlay->text, overlay->cr, NULLCURVE_FONT_TICK_BOLD, title,
                                 rect->x, line_y (dock, 0), NULLCURVE_ALIGN_START, rect->width);
      if (detail != NULL && used + 4.0 * em < rect->width)
        draw_words (overlay, &overlay->style->text_dim, detail, rect->x + used + em,
                    line_y (dock, 0), NULLCURVE_ALIGN_START, rect->width - used - em);
      return;
    }
  used = nullcurve_chart_text_block_height (overlay->text, NULLCURVE_FONT_TICK_BOLD, title,
                                            rect->width, 2.0 * dock->row);
  nullcurve_chart_text_draw_block (overlay->text, overlay->cr, NULLCURVE_FONT_TICK_BOLD, title,
                                   rect->x, rect->y + dock->pad, rect->width, 2.0 * dock->row);
  nullcurve_draw_set_colour (overlay->cr, &overlay->style->text_dim, 1.0);
  if (detail != NULL)
    nullcurve_chart_text_draw_block (overlay->text, overlay->cr, NULLCURVE_FONT_TICK, detail,
                                     rect->x, rect->y + dock->pad + used, rect->width,
                                     2.0 * dock->row);
}

/* Tells the dock from the panels. */
static void
draw_edge (const Overlay *overlay)
{
  const NullcurveRect *rect = &overlay->dock->rect;

  nullcurve_draw_set_colour (overlay->cr, &overlay->style->grid, 1.0);
  if (overlay->dock->beside)
    nullcurve_draw_vline (overlay->cr, rect->x - overlay->style->font_size, rect->y,
                          rect->y + rect->height, 1.0);
  else
    nullcurve_draw_hline (overlay->cr, rect->x, rect->x + rect->width, rect->y, 1.0);
}

/* Slots go down a block, then to the next. */
static double
slot_left (const NullcurveDock *dock, gsize slot)
{
  return dock->rect.x + (double)(slot / dock->lines) * (dock->block + dock->gap);
}

static double
slot_y (const NullcurveDock *dock, gsize slot)
{
  return line_y (dock, dock->heads + slot % dock->lines);
}

static void
draw_rows (const Overlay *overlay)
{
  const NullcurveDock *dock = overlay->dock;
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (gsize));
  const gsize left_off = choose_rows (overlay, rows);
  Columns columns;

  fit_columns (overlay, rows, &columns);
  for (gsize slot = 0; slot < rows->len; slot++)
    {
      const double left = slot_left (dock, slot);

      if (dock->named && slot % dock->lines == 0)
        draw_cells (overlay, &columns, NULL, left, line_y (dock, dock->heads - 1));
      draw_row (overlay, &columns,
                nullcurve_readout_get_row (overlay->readout, g_array_index (rows, gsize, slot)),
                left, slot_y (dock, slot));
    }
  if (left_off > 0)
    {
      g_autofree char *more = g_strdup_printf (_ ("+ %zu more"), left_off);

      draw_words (overlay, &overlay->style->text_dim, more,
                  slot_left (dock, rows->len) + dock->swatch, slot_y (dock, rows->len),
                  NULLCURVE_ALIGN_START, -1.0);
    }
}

/* With the edge, and what is shaded. */
NullcurveRect
nullcurve_chart_dock_extents (const NullcurveLayout *layout)
{
  const NullcurveRect *rect = &layout->dock.rect;
  const double margin = ceil (2.0 * layout->style->font_size);

  if (rect->height <= 0.0)
    return (NullcurveRect){ 0.0, 0.0, 0.0, 0.0 };
  return (NullcurveRect){ rect->x - margin, rect->y, rect->width + 2.0 * margin, rect->height };
}

void
nullcurve_draw_dock (cairo_t *cr,
                     const NullcurveLayout *layout,
                     const NullcurveCrosshair *crosshair,
                     const NullcurveReadout *readout)
{
  const Overlay overlay = { cr,           layout,    layout->figure, layout->style,
                            layout->text, crosshair, readout,        &layout->dock };
  const NullcurveRect extents = nullcurve_chart_dock_extents (layout);

  if (layout->dock.rect.height <= 0.0)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  cairo_rectangle (cr, extents.x, extents.y, extents.width, extents.height);
  cairo_clip (cr);
  draw_edge (&overlay);
  draw_title (&overlay);
  draw_rows (&overlay);
  cairo_restore (cr);
}

void
nullcurve_chart_render_idle (cairo_t *cr, const NullcurveLayout *layout)
{
  const Overlay overlay = { cr,           layout, layout->figure, layout->style,
                            layout->text, NULL,   NULL,           &layout->dock };
  const NullcurveRect *rect = &layout->dock.rect;

  if (rect->height <= 0.0 || !layout->has_data)
    return;
  cairo_save (cr);
  cairo_new_path (cr);
  draw_edge (&overlay);
  nullcurve_draw_set_colour (cr, &layout->style->text_dim, 1.0);
  nullcurve_chart_text_draw_block (
      layout->text, cr, NULLCURVE_FONT_TICK,
      _ ("Point at a curve, or press an arrow key, to read its values here."), rect->x,
      rect->y + layout->dock.pad, rect->width, rect->height - layout->dock.pad);
  cairo_restore (cr);
}
