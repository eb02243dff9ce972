/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/chart/chart-picture.h"

#include <math.h>
#include <string.h>

void
fixture_picture_init (FixturePicture *picture,
                      const NullcurveFigure *figure,
                      NullcurveStyleKind kind,
                      int width,
                      int height)
{
  cairo_t *cr;

  nullcurve_chart_style_init (&picture->style, kind);
  picture->text = nullcurve_chart_text_new (&picture->style);
  picture->layout = nullcurve_layout_new (figure, &picture->style, picture->text, width, height);
  picture->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cr = cairo_create (picture->surface);
  nullcurve_chart_render (cr, width, height, figure, &picture->style);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (picture->surface);
}

void
fixture_picture_clear (FixturePicture *picture)
{
  cairo_surface_destroy (picture->surface);
  nullcurve_layout_free (picture->layout);
  nullcurve_chart_text_free (picture->text);
}

guint32
fixture_pixel_at (const FixturePicture *picture, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (picture->surface);
  guint32 pixel;

  memcpy (&pixel,
          data + (gsize)y * (gsize)cairo_image_surface_get_stride (picture->surface) + 4 * (gsize)x,
          sizeof pixel);
  return pixel & 0xffffff;
}

int
fixture_colour_distance (guint32 pixel, const NullcurveColour *colour)
{
  const int red = abs ((int)(pixel >> 16 & 0xff) - (int)lround (255.0 * colour->red));
  const int green = abs ((int)(pixel >> 8 & 0xff) - (int)lround (255.0 * colour->green));
  const int blue = abs ((int)(pixel & 0xff) - (int)lround (255.0 * colour->blue));

  return MAX (red, MAX (green, blue));
}

int
fixture_count_near (
    const FixturePicture *picture, const NullcurveColour *colour, double x, double y, int radius)
{
  int n = 0;

  for (int j = -radius; j <= radius; j++)
    for (int i = -radius; i <= radius; i++)
      if (fixture_colour_distance (
              fixture_pixel_at (picture, (int)lround (x) + i, (int)lround (y) + j), colour)
          < 24)
        n++;
  return n;
}

static double
linear_light (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const NullcurveColour *colour)
{
  return 0.2126 * linear_light (colour->red) + 0.7152 * linear_light (colour->green)
         + 0.0722 * linear_light (colour->blue);
}

double
fixture_contrast (const NullcurveColour *a, const NullcurveColour *b)
{
  const double la = luminance (a);
  const double lb = luminance (b);

  return (fmax (la, lb) + 0.05) / (fmin (la, lb) + 0.05);
}
