/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <math.h>

#include "ui/chart/draw.h"
#include "ui/chart/render.h"
#include "ui/figure/readout.h"

enum
{
  MAX_ROWS = 16, /* more would be a table, and hide the curves */
  MANY_ROWS = 8  /* beyond these, series without a value here are left out */
};

static const double max_share = 0.45;    /* of the plots' height, that the box may take */
static const double least_width = 400.0; /* that the box may have where the line is in the middle */

typedef struct Overlay
{
  cairo_t *cr;
  const NullcurveLayout *layout;
  const NullcurveFigure *figure;
  const NullcurveChartStyle *style;
  NullcurveChartText *text;
  const NullcurveCrosshair *crosshair;
  const NullcurveReadout *readout;
} Overlay;

/* A row that may be shown, and how much it is wanted. */
typedef struct Wanted
{
  const NullcurveReadoutRow *row;
  gboolean current; /* of the run in hand */
  gboolean selected;
  double distance; /* pixels from the eye to the nearest of its points */
  gsize place;     /* in the readout */
} Wanted;

/* Measures of the readout box. */
typedef struct Box
{
  NullcurveRect rect;
  double pad;
  double row;     /* pitch of the rows */
  double swatch;  /* marker and the gap behind it */
  double gap;     /* between columns */
  double label;   /* width of the labels' column */
  gsize n_panels; /* columns that fit */
  double cells[NULLCURVE_FIGURE_MAX_PANELS];
  double values[NULLCURVE_FIGURE_MAX_PANELS]; /* the same with their titles */
  double spreads[NULLCURVE_FIGURE_MAX_PANELS];
  double bound;       /* width of the column with the share of the bound; 0: none */
  double note;        /* width of the last column, what else is to be said; 0: none */
  const char *detail; /* below the title, of the point selected or the stack; NULL: nothing */
  GArray *rows;       /* of Wanted: those that are shown */
  gsize n_left_off;
} Box;

static const char *const bound_head = N_ ("of bound");

/* Spreads of panels derive from the same times: one column of them says it all. */
static gboolean
shows_spread (gsize panel)
{
  return panel == 0;
}

static gboolean
shows_row (const Overlay *overlay, const NullcurveReadoutRow *row)
{
  return row->measured || overlay->readout->rows->len <= MANY_ROWS;
}

static double
width_of (const Overlay *overlay, const char *words)
{
  return ceil (nullcurve_chart_text_width (overlay->text, NULLCURVE_FONT_TICK, words));
}

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

static gsize
count_heads (const Overlay *overlay, const Box *box)
{
  return 1 + (overlay->readout->n_panels > 1 || overlay->figure->note_label != NULL ? 1 : 0)
         + (box->detail != NULL ? 1 : 0);
}

static gsize
count_fitting (const Overlay *overlay, const Box *box)
{
  double top, bottom, room;

  plots_span (overlay->layout, &top, &bottom);
  room = max_share * (bottom - top) - 2.0 * box->pad;
  return (gsize)CLAMP (floor (room / box->row) - (double)count_heads (overlay, box), 2.0,
                       (double)MAX_ROWS);
}

static gboolean
has_stack (const NullcurveFigure *figure)
{
  for (gsize p = 0; p < figure->n_panels; p++)
    if (figure->panels[p].stacked)
      return TRUE;
  return FALSE;
}

/* What is pointed at stays, even where the run in hand has more curves than there is room for. */
static void
keep_selected (GArray *rows, gsize n_kept)
{
  for (gsize i = n_kept; i < rows->len; i++)
    if (g_array_index (rows, Wanted, i).selected)
      g_array_index (rows, Wanted, n_kept - 1) = g_array_index (rows, Wanted, i);
}

/* All rows in the figure's order while there is room; else those that are wanted most, and a line
 * that says how many are missing. */
static void
choose_rows (const Overlay *overlay, Box *box)
{
  const double eye = eye_y (overlay);
  const gsize fit = count_fitting (overlay, box);

  for (gsize i = 0; i < overlay->readout->rows->len; i++)
    {
      const NullcurveReadoutRow *row = nullcurve_readout_get_row (overlay->readout, i);
      const Wanted wanted = { row,
                              nullcurve_figure_get_series (overlay->figure, row->series)->current,
                              overlay->crosshair->has_selected
                                  && overlay->crosshair->selected.series == row->series,
                              distance_to_row (overlay, row, eye), i };

      if (shows_row (overlay, row))
        g_array_append_val (box->rows, wanted);
    }
  if (box->rows->len <= fit)
    return;
  g_array_sort (box->rows, compare_wanted);
  keep_selected (box->rows, fit - 1);
  box->n_left_off = box->rows->len - (fit - 1);
  g_array_set_size (box->rows, (guint)(fit - 1));
  /* A stack is read in its order. */
  if (has_stack (overlay->figure))
    g_array_sort (box->rows, compare_places);
}

static void
measure_row (const Overlay *overlay, Box *box, const NullcurveReadoutRow *row)
{
  box->label = fmax (box->label, width_of (overlay, row->label));
  if (row->bound[0] != '\0')
    box->bound = fmax (fmax (box->bound, width_of (overlay, _ (bound_head))),
                       width_of (overlay, row->bound));
  if (row->note != NULL && overlay->figure->note_label != NULL)
    box->note = fmax (fmax (box->note, width_of (overlay, overlay->figure->note_label)),
                      width_of (overlay, row->note));
  for (gsize p = 0; p < overlay->readout->n_panels; p++)
    {
      box->values[p] = fmax (box->values[p], width_of (overlay, row->cells[p].value));
      if (shows_spread (p) && row->cells[p].spread[0] != '\0')
        box->spreads[p] = fmax (box->spreads[p], width_of (overlay, row->cells[p].spread));
    }
}

static void
measure_columns (const Overlay *overlay, Box *box)
{
  for (guint i = 0; i < box->rows->len; i++)
    measure_row (overlay, box, g_array_index (box->rows, Wanted, i).row);
  for (gsize p = 0; p < overlay->readout->n_panels; p++)
    {
      box->cells[p] = box->values[p];
      box->values[p] = fmax (
          box->cells[p], width_of (overlay, nullcurve_panel_brief (&overlay->figure->panels[p])));
    }
}

static double
columns_width (const Box *box)
{
  double width = 0.0;

  for (gsize p = 0; p < box->n_panels; p++)
    width += box->gap + box->values[p]
             + (box->spreads[p] > 0.0 ? 0.5 * box->gap + box->spreads[p] : 0.0);
  return width + (box->bound > 0.0 ? box->gap + box->bound : 0.0)
         + (box->note > 0.0 ? box->gap + box->note : 0.0);
}

static double
line_x (const Overlay *overlay)
{
  const gsize cell = nullcurve_layout_cell (overlay->layout, overlay->crosshair->facet, 0);

  return nullcurve_layout_x (overlay->layout, cell, overlay->crosshair->x);
}

/* Width on the wider side of the line; across it only where that would be too little to read. */
static double
box_room (const Overlay *overlay)
{
  const double line = line_x (overlay);
  const double beside = fmax (line, overlay->layout->width - line) - 18.0;

  return fmax (fmin (fmax (beside, least_width), overlay->layout->width - 8.0), 0.0);
}

/* A column is worth more than all of its title. */
static void
shorten_titles (const Overlay *overlay, Box *box)
{
  for (gsize p = 0; p < box->n_panels; p++)
    box->values[p] = fmax (box->cells[p], fmin (box->values[p], 7.0 * overlay->style->font_size));
}

static void
fit_width (const Overlay *overlay, Box *box)
{
  const double room = box_room (overlay) - 2.0 * box->pad - box->swatch;
  const double title = ceil (nullcurve_chart_text_width (overlay->text, NULLCURVE_FONT_TICK_BOLD,
                                                         overlay->readout->title));
  double width;

  box->n_panels = overlay->readout->n_panels;
  if (box->label + columns_width (box) > room)
    shorten_titles (overlay, box);
  if (box->label + columns_width (box) > room)
    box->bound = 0.0;
  /* A comparison is worth more than the last panel, but not than the first. */
  while (box->n_panels > 1 && box->note > 0.0 && box->label + columns_width (box) > room)
    box->n_panels--;
  if (0.5 * box->label + columns_width (box) > room)
    {
      box->note = 0.0;
      box->n_panels = overlay->readout->n_panels;
    }
  while (box->n_panels > 1 && box->label + columns_width (box) > room)
    box->n_panels--;
  box->label = fmin (box->label, fmax (room - columns_width (box), 0.0));
  /* What long labels end in the legend says too; the box must not hide the curves for them. */
  box->label = fmin (box->label, fmax (0.36 * overlay->layout->width, 160.0));
  width = fmax (box->swatch + box->label + columns_width (box), title);
  if (overlay->readout->sum != NULL)
    width = fmax (width, width_of (overlay, overlay->readout->sum));
  box->rect.width = fmin (width + 2.0 * box->pad, box_room (overlay));
  /* A long title leaves air: it goes between labels and values. */
  box->label = fmax (box->rect.width - 2.0 * box->pad - box->swatch - columns_width (box), 0.0);
}

static void
fit_height (const Overlay *overlay, Box *box)
{
  const gsize rows = count_heads (overlay, box) + box->rows->len + (box->n_left_off > 0 ? 1 : 0);

  box->rect.height =
      fmin (2.0 * box->pad + box->row * (double)rows, fmax (overlay->layout->height - 8.0, 0.0));
}

/* Beside the line, to the right if there is room, never outside; at the bottom of the plots when
 * somebody looks at their upper half, else at the top: what is looked at stays free. */
static void
place_box (const Overlay *overlay, Box *box)
{
  const NullcurveLayout *layout = overlay->layout;
  const double line = line_x (overlay);
  double top, bottom;

  box->rect.x = line + 14.0;
  if (box->rect.x + box->rect.width > layout->width - 4.0)
    box->rect.x = line - 14.0 - box->rect.width;
  if (box->rect.x < 4.0)
    box->rect.x =
        line < 0.5 * layout->width ? fmax (layout->width - box->rect.width - 4.0, 0.0) : 4.0;
  plots_span (layout, &top, &bottom);
  box->rect.y =
      eye_y (overlay) < 0.5 * (top + bottom) ? bottom - 8.0 - box->rect.height : top + 8.0;
  box->rect.y = fmax (fmin (box->rect.y, layout->height - box->rect.height - 4.0), 0.0);
}

static void
rounded_path (cairo_t *cr, const NullcurveRect *rect, double radius)
{
  const double right = rect->x + rect->width;
  const double bottom = rect->y + rect->height;

  cairo_new_path (cr);
  cairo_arc (cr, right - radius, rect->y + radius, radius, -0.5 * G_PI, 0.0);
  cairo_arc (cr, right - radius, bottom - radius, radius, 0.0, 0.5 * G_PI);
  cairo_arc (cr, rect->x + radius, bottom - radius, radius, 0.5 * G_PI, G_PI);
  cairo_arc (cr, rect->x + radius, rect->y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
draw_frame (const Overlay *overlay, const Box *box)
{
  rounded_path (overlay->cr, &box->rect, 6.0);
  nullcurve_draw_set_colour (overlay->cr, &overlay->style->readout_background, 1.0);
  cairo_fill_preserve (overlay->cr);
  nullcurve_draw_set_colour (overlay->cr, &overlay->style->readout_border, 1.0);
  cairo_set_line_width (overlay->cr, 1.0);
  cairo_stroke (overlay->cr);
}

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

/* Right edges of a panel's value column. */
static double
value_edge (const Box *box, gsize panel)
{
  double x = box->rect.x + box->pad + box->swatch + box->label;

  for (gsize p = 0; p <= panel; p++)
    {
      x += box->gap + box->values[p];
      if (p < panel && box->spreads[p] > 0.0)
        x += 0.5 * box->gap + box->spreads[p];
    }
  return x;
}

/* Right edge of the share of the bound, after all panels. */
static double
bound_edge (const Box *box)
{
  return box->rect.x + box->pad + box->swatch + box->label + columns_width (box)
         - (box->note > 0.0 ? box->gap + box->note : 0.0);
}

/* Left edge of the note, which ends the row. */
static double
note_edge (const Box *box)
{
  return box->rect.x + box->rect.width - box->pad - box->note;
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
draw_row (const Overlay *overlay, const Box *box, const NullcurveReadoutRow *row, double y)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (overlay->figure, row->series);
  const NullcurveColour *colour =
      row->measured ? &overlay->style->readout_text : &overlay->style->readout_dim;
  const double left = box->rect.x + box->pad;
  NullcurveSeriesStyle look;

  nullcurve_chart_style_series (overlay->style, series->palette, &look);
  if (nullcurve_figure_is_area (overlay->figure, series))
    draw_square (overlay, &look.readout_colour, left, y);
  else
    nullcurve_draw_marker (overlay->cr, look.marker, left + 4.5, y, overlay->style->marker_radius,
                           &look.readout_colour, NULL);
  draw_words (overlay, colour, row->label, left + box->swatch, y, NULLCURVE_ALIGN_START,
              box->label);
  for (gsize p = 0; p < box->n_panels; p++)
    {
      const double edge = value_edge (box, p);

      draw_words (overlay, colour, row->cells[p].value, edge, y, NULLCURVE_ALIGN_END, -1.0);
      if (box->spreads[p] > 0.0)
        draw_words (overlay, &overlay->style->readout_dim, row->cells[p].spread,
                    edge + 0.5 * box->gap + box->spreads[p], y, NULLCURVE_ALIGN_END, -1.0);
    }
  if (box->bound > 0.0)
    draw_words (overlay, colour, row->bound, bound_edge (box), y, NULLCURVE_ALIGN_END, -1.0);
  if (box->note > 0.0 && row->note != NULL)
    draw_words (overlay, colour, row->note, note_edge (box), y, NULLCURVE_ALIGN_START, -1.0);
}

/* Title, all that is known of the curve pointed at, and over the columns which panel they read. */
static double
draw_heads (const Overlay *overlay, const Box *box)
{
  double y = box->rect.y + box->pad + 0.5 * box->row;

  nullcurve_draw_set_colour (overlay->cr, &overlay->style->readout_text, 1.0);
  nullcurve_chart_text_draw (overlay->text, overlay->cr, NULLCURVE_FONT_TICK_BOLD,
                             overlay->readout->title, box->rect.x + box->pad, y,
                             NULLCURVE_ALIGN_START, box->rect.width - 2.0 * box->pad);
  y += box->row;
  if (box->detail != NULL)
    {
      draw_words (overlay, &overlay->style->readout_dim, box->detail, box->rect.x + box->pad, y,
                  NULLCURVE_ALIGN_START, box->rect.width - 2.0 * box->pad);
      y += box->row;
    }
  if (overlay->readout->n_panels < 2 && overlay->figure->note_label == NULL)
    return y;
  for (gsize p = 0; p < box->n_panels; p++)
    draw_words (overlay, &overlay->style->readout_dim,
                nullcurve_panel_brief (&overlay->figure->panels[p]), value_edge (box, p), y,
                NULLCURVE_ALIGN_END, box->values[p] + 1.0);
  if (box->bound > 0.0)
    draw_words (overlay, &overlay->style->readout_dim, _ (bound_head), bound_edge (box), y,
                NULLCURVE_ALIGN_END, -1.0);
  if (box->note > 0.0)
    draw_words (overlay, &overlay->style->readout_dim, overlay->figure->note_label, note_edge (box),
                y, NULLCURVE_ALIGN_START, -1.0);
  return y + box->row;
}

/* Worth a line where there are other curves: alone, its subtitle says the same.  Of a stack it is
 * what all of it comes to. */
static const char *
find_detail (const Overlay *overlay)
{
  if (overlay->readout->sum != NULL)
    return overlay->readout->sum;
  if (!overlay->crosshair->has_selected || overlay->readout->rows->len < 2)
    return NULL;
  return nullcurve_figure_get_series (overlay->figure, overlay->crosshair->selected.series)->detail;
}

/* What it says and where it goes; its rows are the caller's to free. */
static Box
arrange_box (const Overlay *overlay)
{
  Box box = { .pad = 10.0, .swatch = 16.0, .gap = 14.0, .detail = find_detail (overlay) };

  box.rows = g_array_new (FALSE, FALSE, sizeof (Wanted));
  box.row = nullcurve_chart_text_height (overlay->text, NULLCURVE_FONT_TICK) + 4.0;
  choose_rows (overlay, &box);
  measure_columns (overlay, &box);
  fit_width (overlay, &box);
  fit_height (overlay, &box);
  place_box (overlay, &box);
  return box;
}

static void
draw_box (const Overlay *overlay)
{
  const Box box = arrange_box (overlay);
  double y;

  draw_frame (overlay, &box);
  y = draw_heads (overlay, &box);
  for (guint i = 0; i < box.rows->len; i++, y += box.row)
    draw_row (overlay, &box, g_array_index (box.rows, Wanted, i).row, y);
  if (box.n_left_off > 0)
    {
      g_autofree char *more = g_strdup_printf (_ ("+ %zu more"), box.n_left_off);

      draw_words (overlay, &overlay->style->readout_dim, more, box.rect.x + box.pad + box.swatch, y,
                  NULLCURVE_ALIGN_START, -1.0);
    }
  g_array_unref (box.rows);
}

NullcurveRect
nullcurve_chart_place_readout (const NullcurveLayout *layout, const NullcurveCrosshair *crosshair)
{
  g_autoptr (NullcurveReadout) readout =
      nullcurve_readout_new_in (layout->figure, crosshair->x, crosshair->facet);
  const Overlay overlay = { NULL,         layout,    layout->figure, layout->style,
                            layout->text, crosshair, readout };
  const Box box = arrange_box (&overlay);

  g_array_unref (box.rows);
  return box.rect;
}

/* Through every panel, leaving the words between them alone. */
static void
draw_line (const Overlay *overlay)
{
  const NullcurveLayout *layout = overlay->layout;
  const double dash[2] = { 3.0, 3.0 };

  nullcurve_draw_set_colour (overlay->cr, &overlay->style->crosshair, 1.0);
  cairo_set_line_cap (overlay->cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_dash (overlay->cr, dash, 2, 0.0);
  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      const NullcurveRect *plot = &layout->panels[cell].plot;
      const double x = nullcurve_layout_x (layout, cell, overlay->crosshair->x);

      /* The point may be out of sight. */
      if (x >= plot->x - 1.0 && x <= plot->x + plot->width + 1.0)
        nullcurve_draw_vline (overlay->cr, x, plot->y, plot->y + plot->height, 1.0);
    }
  nullcurve_draw_set_solid (overlay->cr);
}

static gboolean
is_selected (const Overlay *overlay, gsize series, gsize panel, gsize index)
{
  const NullcurveHit *hit = &overlay->crosshair->selected;

  return overlay->crosshair->has_selected && hit->series == series && hit->panel == panel
         && hit->index == index;
}

static void
ring_point (const Overlay *overlay, const NullcurveReadoutRow *row, gsize panel)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (overlay->figure, row->series);
  const gsize cell = nullcurve_layout_cell (overlay->layout, series->facet, panel);
  const gsize index = (gsize)row->points[panel];
  const NullcurvePoint *point = nullcurve_series_get_point (series, panel, index);
  const gboolean selected = is_selected (overlay, row->series, panel, index);
  const double x = nullcurve_layout_x (overlay->layout, cell, point->x);
  const double y = nullcurve_layout_y (overlay->layout, cell, nullcurve_point_top (point));
  NullcurveSeriesStyle look;

  if (!nullcurve_layout_shows (overlay->layout, cell, x, y))
    return;
  nullcurve_chart_style_series (overlay->style, series->palette, &look);
  cairo_new_path (overlay->cr);
  cairo_arc (overlay->cr, x, y, overlay->style->marker_radius * (selected ? 2.1 : 1.6), 0.0,
             2.0 * G_PI);
  nullcurve_draw_set_colour (overlay->cr, &look.colour, selected ? 0.25 : 0.12);
  cairo_fill_preserve (overlay->cr);
  nullcurve_draw_set_colour (overlay->cr, selected ? &overlay->style->text : &look.colour, 1.0);
  cairo_set_line_width (overlay->cr, selected ? 2.0 : 1.2);
  cairo_stroke (overlay->cr);
}

/* In every facet, whichever is read. */
static void
draw_rings (const Overlay *overlay)
{
  g_autoptr (NullcurveReadout) all = nullcurve_readout_new (overlay->figure, overlay->crosshair->x);

  for (gsize i = 0; i < all->rows->len; i++)
    {
      const NullcurveReadoutRow *row = nullcurve_readout_get_row (all, i);

      for (gsize p = 0; p < overlay->layout->n_panels; p++)
        if (row->points[p] >= 0)
          ring_point (overlay, row, p);
    }
}

void
nullcurve_chart_render_crosshair (cairo_t *cr,
                                  const NullcurveLayout *layout,
                                  const NullcurveCrosshair *crosshair)
{
  g_autoptr (NullcurveReadout) readout = NULL;
  Overlay overlay = { cr, layout, layout->figure, layout->style, layout->text, crosshair, NULL };

  if (layout->n_panels == 0 || !isfinite (crosshair->x))
    return;
  readout = nullcurve_readout_new_in (layout->figure, crosshair->x, crosshair->facet);
  overlay.readout = readout;
  cairo_save (cr);
  cairo_new_path (cr);
  draw_line (&overlay);
  draw_rings (&overlay);
  draw_box (&overlay);
  cairo_restore (cr);
}
