/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/draw.h"

#include <math.h>

void
nullcurve_draw_set_colour (cairo_t *cr, const NullcurveColour *colour, double alpha)
{
  cairo_set_source_rgba (cr, colour->red, colour->green, colour->blue, colour->alpha * alpha);
}

static gboolean
is_vector (cairo_t *cr)
{
  const cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));

  return type == CAIRO_SURFACE_TYPE_PDF || type == CAIRO_SURFACE_TYPE_SVG
         || type == CAIRO_SURFACE_TYPE_PS;
}

/* Centre a stroke so that its edges fall on device pixels; `at` and `width` in user units. */
static void
snap (cairo_t *cr, gboolean vertical, double *at, double *width)
{
  double x = vertical ? *at : 0.0;
  double y = vertical ? 0.0 : *at;
  double sx = *width;
  double sy = *width;
  double pixels;
  double *device = vertical ? &x : &y;

  if (is_vector (cr))
    return;
  cairo_user_to_device (cr, &x, &y);
  cairo_user_to_device_distance (cr, &sx, &sy);
  pixels = fmax (round (fabs (vertical ? sx : sy)), 1.0);
  *device = floor (*device - 0.5 * pixels + 0.5) + 0.5 * pixels;
  cairo_device_to_user (cr, &x, &y);
  sx = sy = pixels;
  cairo_device_to_user_distance (cr, &sx, &sy);
  *at = vertical ? x : y;
  *width = fabs (vertical ? sx : sy);
}

void
nullcurve_draw_hline (cairo_t *cr, double x0, double x1, double y, double width)
{
  snap (cr, FALSE, &y, &width);
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, x0, y);
  cairo_line_to (cr, x1, y);
  cairo_stroke (cr);
}

void
nullcurve_draw_vline (cairo_t *cr, double x, double y0, double y1, double width)
{
  snap (cr, TRUE, &x, &width);
  cairo_set_line_width (cr, width);
  cairo_move_to (cr, x, y0);
  cairo_line_to (cr, x, y1);
  cairo_stroke (cr);
}

void
nullcurve_draw_set_dash (cairo_t *cr, const NullcurveSeriesStyle *look, double line_width)
{
  double lengths[G_N_ELEMENTS (look->dash)];

  for (int i = 0; i < look->n_dash; i++)
    lengths[i] = look->dash[i] * line_width;
  cairo_set_line_width (cr, line_width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, lengths, look->n_dash, 0.0);
}

void
nullcurve_draw_set_bound_dash (cairo_t *cr, double line_width)
{
  const double width = 0.6 * line_width;
  const double lengths[] = { 7.0 * width, 2.5 * width, 1.2 * width, 2.5 * width };

  cairo_set_line_width (cr, width);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_dash (cr, lengths, G_N_ELEMENTS (lengths), 0.0);
}

void
nullcurve_draw_set_solid (cairo_t *cr)
{
  cairo_set_dash (cr, NULL, 0, 0.0);
}

/* A regular polygon, its first corner at `angle` (radians, clockwise from the right). */
static void
polygon_path (cairo_t *cr, double x, double y, double radius, int corners, double angle)
{
  for (int i = 0; i < corners; i++)
    {
      const double turn = angle + 2.0 * G_PI * i / corners;

      cairo_line_to (cr, x + radius * cos (turn), y + radius * sin (turn));
    }
  cairo_close_path (cr);
}

/* An upright cross of two bars, turned by `angle`. */
static void
bars_path (cairo_t *cr, double x, double y, double radius, double angle)
{
  const double half = 0.30 * radius;
  const double corners[12][2] = { { half, -half },  { radius, -half },  { radius, half },
                                  { half, half },   { half, radius },   { -half, radius },
                                  { -half, half },  { -radius, half },  { -radius, -half },
                                  { -half, -half }, { -half, -radius }, { half, -radius } };

  for (gsize i = 0; i < G_N_ELEMENTS (corners); i++)
    cairo_line_to (cr, x + corners[i][0] * cos (angle) - corners[i][1] * sin (angle),
                   y + corners[i][0] * sin (angle) + corners[i][1] * cos (angle));
  cairo_close_path (cr);
}

/* Radii are chosen so that the shapes look equally large, not so that they measure equal. */
static void
marker_path (cairo_t *cr, NullcurveMarker marker, double x, double y, double radius)
{
  cairo_new_path (cr);
  switch (marker)
    {
    case NULLCURVE_MARKER_SQUARE:
      cairo_rectangle (cr, x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius);
      break;
    case NULLCURVE_MARKER_TRIANGLE:
      polygon_path (cr, x, y + 0.15 * radius, 1.3 * radius, 3, -0.5 * G_PI);
      break;
    case NULLCURVE_MARKER_DIAMOND:
      polygon_path (cr, x, y, 1.28 * radius, 4, -0.5 * G_PI);
      break;
    case NULLCURVE_MARKER_TRIANGLE_DOWN:
      polygon_path (cr, x, y - 0.15 * radius, 1.3 * radius, 3, 0.5 * G_PI);
      break;
    case NULLCURVE_MARKER_PENTAGON:
      polygon_path (cr, x, y, 1.15 * radius, 5, -0.5 * G_PI);
      break;
    case NULLCURVE_MARKER_PLUS:
      bars_path (cr, x, y, 1.25 * radius, 0.0);
      break;
    case NULLCURVE_MARKER_CROSS:
      bars_path (cr, x, y, 1.25 * radius, 0.25 * G_PI);
      break;
    case NULLCURVE_MARKER_CIRCLE:
    default:
      cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
      cairo_close_path (cr);
      break;
    }
}

void
nullcurve_draw_marker (cairo_t *cr,
                       NullcurveMarker marker,
                       double x,
                       double y,
                       double radius,
                       const NullcurveColour *colour,
                       const NullcurveColour *halo)
{
  nullcurve_draw_set_solid (cr);
  if (halo != NULL && halo->alpha > 0.0)
    {
      /* A larger marker below is much cheaper than a stroke around; bars would hardly grow. */
      const gboolean bars = marker == NULLCURVE_MARKER_PLUS || marker == NULLCURVE_MARKER_CROSS;

      marker_path (cr, bars ? NULLCURVE_MARKER_CIRCLE : marker, x, y, 1.38 * radius);
      nullcurve_draw_set_colour (cr, halo, 1.0);
      cairo_fill (cr);
    }
  marker_path (cr, marker, x, y, radius);
  nullcurve_draw_set_colour (cr, colour, 1.0);
  cairo_fill (cr);
}

/* Where the background shows through, white is what paper is. */
void
nullcurve_draw_hollow (cairo_t *cr,
                       NullcurveMarker marker,
                       double x,
                       double y,
                       double radius,
                       const NullcurveColour *background)
{
  const gboolean bars = marker == NULLCURVE_MARKER_PLUS || marker == NULLCURVE_MARKER_CROSS;
  const NullcurveColour white = { 1.0, 1.0, 1.0, 1.0 };

  marker_path (cr, bars ? NULLCURVE_MARKER_CIRCLE : marker, x, y, (bars ? 0.4 : 0.6) * radius);
  nullcurve_draw_set_colour (cr, background->alpha > 0.0 ? background : &white, 1.0);
  cairo_fill (cr);
}
