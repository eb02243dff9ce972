/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/chart/draw.h"

/* The fill of stacked areas: strong, since nothing else carries their meaning. */
#define AREA_ALPHA 0.85

#define DOT_RADIUS 1.9

/* Of a dot's strength, for a sample that was disturbed. */
#define FAINT 0.4

enum
{
  MANY_SAMPLES = 200 /* of one curve */
};

/* One series in one panel, on its way to the surface. */
typedef struct Pen
{
  cairo_t *cr;
  const NullcurveLayout *layout;
  const NullcurveChartStyle *style;
  const NullcurveSeries *series;
  NullcurveSeriesStyle look;
  gsize panel;
  gsize cell;                       /* where the panel is drawn */
  NullcurveDepth depth;             /* of which series */
  const NullcurveSeries *only_band; /* of many curves; NULL: all have one */
} Pen;

static double
pen_x (const Pen *pen, double value)
{
  return nullcurve_layout_x (pen->layout, pen->cell, value);
}

/* Pixel row; what a log axis has no place for sits on its lower end. */
static double
pen_y (const Pen *pen, double value)
{
  const NullcurvePanelLayout *place = &pen->layout->panels[pen->cell];

  if (place->y.scale == NULLCURVE_SCALE_LOG && isfinite (value) && value <= 0.0)
    return place->plot.y + place->plot.height;
  return nullcurve_layout_y (pen->layout, pen->cell, value);
}

static const NullcurvePoint *
pen_point (const Pen *pen, gsize index)
{
  return nullcurve_series_get_point (pen->series, pen->panel, index);
}

static gsize
pen_n_points (const Pen *pen)
{
  return nullcurve_series_n_points (pen->series, pen->panel);
}

static gboolean
has_value (const Pen *pen, gsize index)
{
  const NullcurvePoint *point = pen_point (pen, index);

  return isfinite (point->y) && isfinite (pen_x (pen, point->x))
         && (point->y > 0.0 || pen->layout->panels[pen->cell].y.scale == NULLCURVE_SCALE_LINEAR);
}

/* Is a point in sight?  Markers are drawn whole or not at all. */
static gboolean
in_sight (const Pen *pen, double x, double y)
{
  return nullcurve_layout_shows (pen->layout, pen->cell, x, y);
}

static gboolean
has_interval (const Pen *pen, gsize index)
{
  const NullcurvePoint *point = pen_point (pen, index);

  return has_value (pen, index) && isfinite (point->lower) && isfinite (point->upper);
}

static void
draw_whisker (const Pen *pen, gsize index)
{
  const NullcurvePoint *point = pen_point (pen, index);
  const double x = pen_x (pen, point->x);
  const double top = pen_y (pen, point->upper);
  const double bottom = pen_y (pen, point->lower);

  nullcurve_draw_set_colour (pen->cr, &pen->look.colour, 0.7);
  cairo_set_line_width (pen->cr, 1.2);
  cairo_move_to (pen->cr, x, top);
  cairo_line_to (pen->cr, x, bottom);
  cairo_move_to (pen->cr, x - 3.0, top);
  cairo_line_to (pen->cr, x + 3.0, top);
  cairo_move_to (pen->cr, x - 3.0, bottom);
  cairo_line_to (pen->cr, x + 3.0, bottom);
  cairo_stroke (pen->cr);
}

/* The band over points first .. last, which all have intervals. */
static void
draw_band (const Pen *pen, gsize first, gsize last)
{
  if (first == last)
    {
      draw_whisker (pen, first);
      return;
    }
  for (gsize i = first; i <= last; i++)
    cairo_line_to (pen->cr, pen_x (pen, pen_point (pen, i)->x),
                   pen_y (pen, pen_point (pen, i)->upper));
  for (gsize i = last + 1; i-- > first;)
    cairo_line_to (pen->cr, pen_x (pen, pen_point (pen, i)->x),
                   pen_y (pen, pen_point (pen, i)->lower));
  cairo_close_path (pen->cr);
  nullcurve_draw_set_colour (pen->cr, &pen->look.colour,
                             pen->series->band ? AREA_ALPHA : pen->style->band_alpha);
  cairo_fill (pen->cr);
}

static void
draw_bands (const Pen *pen)
{
  const gsize n = pen_n_points (pen);
  const gboolean area = pen->series->band
                        || (!pen->layout->figure->scattered
                            && (pen->only_band == NULL || pen->only_band == pen->series));

  nullcurve_draw_set_solid (pen->cr);
  for (gsize i = 0; i < n; i++)
    {
      gsize last = i;

      if (!has_interval (pen, i))
        continue;
      while (area && last + 1 < n && has_interval (pen, last + 1))
        last++;
      draw_band (pen, i, last);
      i = last;
    }
}

static gsize
count_samples (const Pen *pen)
{
  gsize n = 0;

  for (gsize i = 0; i < pen_n_points (pen); i++)
    n += pen_point (pen, i)->n_samples;
  return n;
}

/* So many dots are a cloud anyway: of squares it takes half the time of a whole chart. */
static void
add_dot (const Pen *pen, double x, double y, gboolean crowded)
{
  const double radius = DOT_RADIUS;
  const double half = 0.89 * radius; /* of a square of the same area */

  cairo_new_sub_path (pen->cr);
  if (crowded)
    cairo_rectangle (pen->cr, x - half, y - half, 2.0 * half, 2.0 * half);
  else
    cairo_arc (pen->cr, x, y, radius, 0.0, 2.0 * G_PI);
}

/* A sample that the axis does not reach: a small wedge at the edge says where it went. */
static void
add_wedge (const Pen *pen, double x, gboolean above)
{
  const NullcurveRect *plot = &pen->layout->panels[pen->cell].plot;
  const double size = 3.0;
  const double edge = above ? plot->y : plot->y + plot->height;
  const double foot = edge + (above ? size : -size);

  cairo_move_to (pen->cr, x, edge);
  cairo_line_to (pen->cr, x + size, foot);
  cairo_line_to (pen->cr, x - size, foot);
  cairo_close_path (pen->cr);
}

/* Zoomed, what is out of sight is so by choice. */
static gboolean
is_beyond (const Pen *pen, double value)
{
  const NullcurvePanelLayout *place = &pen->layout->panels[pen->cell];
  const gboolean whole = place->y.min <= place->y_full.lo && place->y.max >= place->y_full.hi;

  return whole && (value < place->y.min || value > place->y.max);
}

/* Samples from .. to - 1 of a point. */
static void
add_samples (const Pen *pen, const NullcurvePoint *point, gsize from, gsize to, gboolean crowded)
{
  for (gsize k = from; k < to; k++)
    {
      const double x = pen_x (pen, point->x);
      const double y = pen_y (pen, point->samples[k]);

      if (!isfinite (x) || !isfinite (y))
        continue;
      if (is_beyond (pen, point->samples[k]))
        add_wedge (pen, x, point->samples[k] > pen->layout->panels[pen->cell].y.max);
      else
        add_dot (pen, x, y, crowded);
    }
}

/* What others disturbed is there to be seen, and no more. */
static void
draw_raw (const Pen *pen)
{
  const gboolean crowded = count_samples (pen) > MANY_SAMPLES;

  for (int disturbed = 0; disturbed < 2; disturbed++)
    {
      for (gsize i = 0; i < pen_n_points (pen); i++)
        {
          const NullcurvePoint *point = pen_point (pen, i);
          const gsize n_good = point->n_samples - point->n_disturbed;

          add_samples (pen, point, disturbed ? n_good : 0, disturbed ? point->n_samples : n_good,
                       crowded);
        }
      nullcurve_draw_set_colour (pen->cr, &pen->look.colour,
                                 (disturbed ? FAINT : 1.0) * pen->style->dot_alpha);
      cairo_fill (pen->cr);
    }
}

static gboolean
has_value_at (const Pen *pen, double x)
{
  for (gsize i = 0; i < pen_n_points (pen); i++)
    if (has_value (pen, i) && pen_point (pen, i)->x == x)
      return TRUE;
  return FALSE;
}

static void
move_to_last_before (const Pen *pen, double x)
{
  for (gsize i = pen_n_points (pen); i-- > 0;)
    if (has_value (pen, i) && pen_point (pen, i)->x < x)
      {
        cairo_move_to (pen->cr, pen_x (pen, pen_point (pen, i)->x),
                       pen_y (pen, pen_point (pen, i)->y));
        return;
      }
}

/* Points to come, from the last measured one before them.  A point that is measured again keeps
 * the mark of what was expected, but no line leads there any more. */
static void
draw_forecast (const Pen *pen)
{
  const GArray *forecast = pen->series->forecast[pen->panel];
  const double width = 0.8 * pen->style->line_width;
  const double dash[2] = { 1.0 * width, 2.5 * width };
  gboolean begun = FALSE;

  for (gsize i = 0; i < forecast->len; i++)
    {
      const NullcurveXY *xy = &g_array_index (forecast, NullcurveXY, i);

      if (!isfinite (xy->y) || !isfinite (pen_x (pen, xy->x)) || has_value_at (pen, xy->x))
        continue;
      if (!begun)
        move_to_last_before (pen, xy->x);
      begun = TRUE;
      cairo_line_to (pen->cr, pen_x (pen, xy->x), pen_y (pen, xy->y));
    }
  if (!begun)
    return;
  nullcurve_draw_set_colour (pen->cr, &pen->look.colour, 0.6);
  cairo_set_line_width (pen->cr, width);
  cairo_set_line_cap (pen->cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_dash (pen->cr, dash, 2, 0.0);
  cairo_stroke (pen->cr);
  nullcurve_draw_set_solid (pen->cr);
}

/* Open, small and faint: nobody takes them for points measured. */
static void
draw_forecast_marks (const Pen *pen)
{
  const GArray *forecast = pen->series->forecast[pen->panel];

  for (gsize i = 0; i < forecast->len; i++)
    {
      const NullcurveXY *xy = &g_array_index (forecast, NullcurveXY, i);
      const double x = pen_x (pen, xy->x);
      const double y = pen_y (pen, xy->y);

      if (!in_sight (pen, x, y))
        continue;
      cairo_new_path (pen->cr);
      cairo_arc (pen->cr, x, y, 0.65 * pen->style->marker_radius, 0.0, 2.0 * G_PI);
      nullcurve_draw_set_colour (pen->cr, &pen->style->background, 1.0);
      cairo_fill_preserve (pen->cr);
      nullcurve_draw_set_colour (pen->cr, &pen->look.colour, 0.7);
      cairo_set_line_width (pen->cr, 1.2);
      cairo_stroke (pen->cr);
    }
}

static void
draw_line (const Pen *pen)
{
  gboolean open = FALSE;

  if (pen->series->band || pen->layout->figure->scattered)
    return;
  for (gsize i = 0; i < pen_n_points (pen); i++)
    {
      const NullcurvePoint *point = pen_point (pen, i);

      if (!has_value (pen, i))
        {
          open = FALSE;
          continue;
        }
      if (open)
        cairo_line_to (pen->cr, pen_x (pen, point->x), pen_y (pen, point->y));
      else
        cairo_move_to (pen->cr, pen_x (pen, point->x), pen_y (pen, point->y));
      open = TRUE;
    }
  nullcurve_draw_set_colour (pen->cr, &pen->look.colour, 1.0);
  nullcurve_draw_set_dash (pen->cr, &pen->look,
                           pen->style->line_width + (pen->series->current ? 0.4 : 0.0));
  cairo_stroke (pen->cr);
  nullcurve_draw_set_solid (pen->cr);
}

/* Markers shrink before they run into each other. */
static double
marker_radius (const Pen *pen)
{
  const gsize n = pen_n_points (pen);
  const double width = pen->layout->panels[pen->cell].plot.width;
  double span;

  if (n < 2 || pen->layout->figure->scattered)
    return pen->style->marker_radius;
  span = fabs (pen_x (pen, pen_point (pen, n - 1)->x) - pen_x (pen, pen_point (pen, 0)->x));
  if (span <= 0.0)
    span = width;
  return CLAMP (0.3 * span / (double)(n - 1), 1.6, pen->style->marker_radius);
}

static void
draw_markers (const Pen *pen)
{
  const double radius = marker_radius (pen);

  if (pen->series->band)
    return;
  for (gsize i = 0; i < pen_n_points (pen); i++)
    {
      const double x = pen_x (pen, pen_point (pen, i)->x);
      const double y = pen_y (pen, pen_point (pen, i)->y);

      if (!has_value (pen, i) || !in_sight (pen, x, y))
        continue;
      nullcurve_draw_marker (pen->cr, pen->look.marker, x, y, radius, &pen->look.colour,
                             &pen->style->background);
      if (pen_point (pen, i)->processor)
        nullcurve_draw_hollow (pen->cr, pen->look.marker, x, y, radius, &pen->style->background);
    }
}

static double
forecast_at (const Pen *pen, double x)
{
  const GArray *forecast = pen->series->forecast[pen->panel];

  for (gsize i = 0; i < forecast->len; i++)
    {
      const NullcurveXY *xy = &g_array_index (forecast, NullcurveXY, i);

      if (fabs (xy->x - x) < 1e-9)
        return xy->y;
    }
  return NAN;
}

/* A ring around the point in work; dashed, at its forecast, before the first sample. */
static void
draw_measuring (const Pen *pen)
{
  const double dash[2] = { 2.5, 2.5 };

  for (gsize i = 0; i < pen_n_points (pen); i++)
    {
      const NullcurvePoint *point = pen_point (pen, i);
      const gboolean started = has_value (pen, i);
      const double x = pen_x (pen, point->x);
      const double y = pen_y (pen, started ? point->y : forecast_at (pen, point->x));

      if (!point->measuring || !in_sight (pen, x, y))
        continue;
      nullcurve_draw_set_colour (pen->cr, &pen->look.colour, 0.75);
      cairo_set_line_width (pen->cr, 1.8);
      cairo_set_dash (pen->cr, dash, started ? 0 : 2, 0.0);
      cairo_new_path (pen->cr);
      cairo_arc (pen->cr, x, y, 2.25 * pen->style->marker_radius, 0.0, 2.0 * G_PI);
      cairo_stroke (pen->cr);
      nullcurve_draw_set_solid (pen->cr);
    }
}

static void
draw_bound (const Pen *pen)
{
  const GArray *bound = pen->series->bound[pen->panel];

  for (gsize i = 0; i < bound->len; i++)
    {
      const NullcurveXY *xy = &g_array_index (bound, NullcurveXY, i);

      if (isfinite (pen_x (pen, xy->x)))
        cairo_line_to (pen->cr, pen_x (pen, xy->x), pen_y (pen, xy->y));
    }
  nullcurve_draw_set_colour (pen->cr, &pen->look.colour, 0.9);
  nullcurve_draw_set_bound_dash (pen->cr, pen->style->line_width);
  cairo_stroke (pen->cr);
  nullcurve_draw_set_solid (pen->cr);
}

/* What a series adds to those below it; its line is drawn along the top. */
static void
draw_area (const Pen *pen)
{
  const gsize n = pen_n_points (pen);

  for (gsize first = 0; first < n; first++)
    {
      gsize end = first;

      while (end < n && has_value (pen, end))
        end++;
      for (gsize i = first; i < end; i++)
        cairo_line_to (pen->cr, pen_x (pen, pen_point (pen, i)->x),
                       pen_y (pen, nullcurve_point_top (pen_point (pen, i))));
      for (gsize i = end; i-- > first;)
        cairo_line_to (pen->cr, pen_x (pen, pen_point (pen, i)->x),
                       pen_y (pen, pen_point (pen, i)->base));
      cairo_close_path (pen->cr);
      first = end;
    }
  nullcurve_draw_set_colour (pen->cr, &pen->look.colour, AREA_ALPHA);
  cairo_fill_preserve (pen->cr);
  nullcurve_draw_set_solid (pen->cr);
  nullcurve_draw_set_colour (pen->cr, &pen->style->background, 1.0);
  cairo_set_line_width (pen->cr, 0.8);
  cairo_stroke (pen->cr);
}

static void
draw_lines (const Pen *pen)
{
  draw_forecast (pen);
  draw_line (pen);
}

static void
for_each_series (Pen *pen, gsize facet, void (*draw) (const Pen *pen))
{
  const NullcurveFigure *figure = pen->layout->figure;

  for (gsize i = figure->series->len; i-- > 0;)
    {
      pen->series = nullcurve_figure_get_series (figure, i);
      if (!nullcurve_series_is_shown (pen->series) || pen->series->facet != facet
          || pen->series->current != (pen->depth == NULLCURVE_DEPTH_FRONT))
        continue;
      nullcurve_chart_style_series (pen->style, pen->series->palette, &pen->look);
      draw (pen);
    }
}

/* Zoomed lines leave the plot, and intervals wider than the axis: where they end, half their width
 * may stand out.  Dots and marks in sight are drawn whole. */
static void
clip_plot (const Pen *pen, double over_x, double over_y)
{
  const NullcurveRect *plot = &pen->layout->panels[pen->cell].plot;

  cairo_rectangle (pen->cr, plot->x - over_x, plot->y - over_y, plot->width + 2.0 * over_x,
                   plot->height + 2.0 * over_y);
  cairo_clip (pen->cr);
  cairo_new_path (pen->cr);
}

void
nullcurve_draw_panel_data (
    cairo_t *cr, const NullcurveLayout *layout, gsize facet, gsize panel, NullcurveDepth depth)
{
  const NullcurveFigure *figure = layout->figure;
  const NullcurveChartStyle *style = layout->style;
  const double over = 2.5 * style->marker_radius;
  const double tight = 0.5 * style->line_width;
  const gboolean zoomed = nullcurve_viewport_is_zoomed (&figure->viewport);
  Pen pen = { .cr = cr, .layout = layout, .style = style, .panel = panel, .depth = depth };

  pen.cell = nullcurve_layout_cell (layout, facet, panel);
  pen.only_band = nullcurve_figure_only_band (figure, facet);
  cairo_save (cr);
  clip_plot (&pen, zoomed ? tight : over, zoomed ? tight : DOT_RADIUS);
  if (figure->panels[panel].stacked)
    for_each_series (&pen, facet, draw_area);
  else
    {
      for_each_series (&pen, facet, draw_bands);
      for_each_series (&pen, facet, draw_bound);
      for_each_series (&pen, facet, draw_raw);
      for_each_series (&pen, facet, draw_lines);
    }
  cairo_restore (cr);
  if (figure->panels[panel].stacked)
    return;
  cairo_save (cr);
  clip_plot (&pen, over, over);
  for_each_series (&pen, facet, draw_forecast_marks);
  for_each_series (&pen, facet, draw_markers);
  for_each_series (&pen, facet, draw_measuring);
  cairo_restore (cr);
}
