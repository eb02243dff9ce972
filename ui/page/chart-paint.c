/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/chart-paint.h"

#include <adwaita.h>
#include <math.h>

#include "ui/chart/render.h"

/* The user's font, at the size that stands to the window's text as 12 to 11 points. */
static void
follow_font (NullcurveChartStyle *style, GtkWidget *widget)
{
  PangoContext *context = gtk_widget_get_pango_context (widget);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  const char *family = font != NULL ? pango_font_description_get_family (font) : NULL;
  double size = font != NULL ? (double)pango_font_description_get_size (font) / PANGO_SCALE : 0.0;
  const double dots = pango_cairo_context_get_resolution (context);

  if (family != NULL)
    {
      g_autofree char *families = g_strdup_printf ("%s,%s", family, style->font_family);

      g_strlcpy (style->font_family, families, sizeof style->font_family);
    }
  if (size > 0.0 && !pango_font_description_get_size_is_absolute (font))
    size *= (dots > 0.0 ? dots : 96.0) / 72.0;
  if (size > 0.0)
    style->font_size = CLAMP (12.0 * size / (11.0 * 96.0 / 72.0), 8.0, 48.0);
}

void
nullcurve_chart_follow_desktop (NullcurveChartStyle *style, GtkWidget *widget)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  const gboolean dark = adw_style_manager_get_dark (manager);

  if (adw_style_manager_get_high_contrast (manager))
    nullcurve_chart_style_init (style, dark ? NULLCURVE_STYLE_HIGH_CONTRAST_DARK
                                            : NULLCURVE_STYLE_HIGH_CONTRAST);
  else
    nullcurve_chart_style_init (style, dark ? NULLCURVE_STYLE_DARK : NULLCURVE_STYLE_LIGHT);
  style->paint_background = FALSE;
  style->dock_readout = TRUE;
  follow_font (style, widget);
}

double
nullcurve_chart_device_scale (GtkWidget *widget)
{
#if GTK_CHECK_VERSION(4, 12, 0)
  GtkNative *native = gtk_widget_get_native (widget);
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;

  if (surface != NULL)
    return gdk_surface_get_scale (surface);
#endif
  return gtk_widget_get_scale_factor (widget);
}

void
nullcurve_chart_back_clear (NullcurveChartBack *back)
{
  g_clear_pointer (&back->surface, cairo_surface_destroy);
  for (gsize i = 0; i < G_N_ELEMENTS (back->whole); i++)
    g_clear_pointer (&back->whole[i], cairo_surface_destroy);
}

static int
device_pixels (float length, double scale)
{
  return (int)ceil (length * scale);
}

static cairo_surface_t *
new_surface (const graphene_rect_t *bounds, double scale)
{
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, device_pixels (bounds->size.width, scale),
                                  device_pixels (bounds->size.height, scale));

  cairo_surface_set_device_scale (surface, scale, scale);
  return surface;
}

static void
update_back (NullcurveChartBack *back,
             const NullcurveLayout *layout,
             const graphene_rect_t *bounds,
             double scale)
{
  const guint64 digest = nullcurve_chart_digest_back (layout);
  cairo_t *cr;

  if (back->surface != NULL && back->digest == digest && back->scale == scale)
    return;
  g_clear_pointer (&back->surface, cairo_surface_destroy);
  back->surface = new_surface (bounds, scale);
  back->digest = digest;
  back->scale = scale;
  cr = cairo_create (back->surface);
  nullcurve_chart_render_back (cr, layout);
  cairo_destroy (cr);
}

/* Pixels to draw the whole on: those of the chart before the last, which nobody shows any more.
 * Fresh ones for each sample would cost more than what is drawn on them. */
static cairo_surface_t *
take_whole (NullcurveChartBack *back, const graphene_rect_t *bounds, double scale)
{
  cairo_surface_t **whole = &back->whole[back->turn];
  double x_scale = 0.0, y_scale;

  back->turn = (back->turn + 1) % G_N_ELEMENTS (back->whole);
  if (*whole != NULL)
    cairo_surface_get_device_scale (*whole, &x_scale, &y_scale);
  if (x_scale != scale
      || cairo_image_surface_get_width (*whole) != device_pixels (bounds->size.width, scale)
      || cairo_image_surface_get_height (*whole) != device_pixels (bounds->size.height, scale))
    {
      g_clear_pointer (whole, cairo_surface_destroy);
      *whole = new_surface (bounds, scale);
    }
  return *whole;
}

/* A node of pixels, not of strokes: some renderers would draw those anew for every frame. */
GskRenderNode *
nullcurve_chart_paint (const NullcurveLayout *layout,
                       const graphene_rect_t *bounds,
                       double scale,
                       NullcurveChartBack *back)
{
  GskRenderNode *node = gsk_cairo_node_new (bounds);
  cairo_surface_t *surface = take_whole (back, bounds, scale);
  cairo_t *cr;

  update_back (back, layout, bounds, scale);
  cr = cairo_create (surface);
  cairo_set_operator (cr, CAIRO_OPERATOR_SOURCE);
  cairo_set_source_surface (cr, back->surface, 0.0, 0.0);
  cairo_paint (cr);
  cairo_set_operator (cr, CAIRO_OPERATOR_OVER);
  nullcurve_chart_render_front (cr, layout);
  cairo_destroy (cr);
  cr = gsk_cairo_node_get_draw_context (node);
  cairo_set_source_surface (cr, surface, 0.0, 0.0);
  cairo_paint (cr);
  cairo_destroy (cr);
  return node;
}

static graphene_rect_t
bounds_of (const NullcurveRect *rect)
{
  return GRAPHENE_RECT_INIT ((float)rect->x, (float)rect->y, (float)rect->width,
                             (float)rect->height);
}

/* Apart, each in its own bounds: what lies between them is not drawn again. */
void
nullcurve_chart_paint_crosshair (GtkSnapshot *snapshot,
                                 const NullcurveLayout *layout,
                                 const NullcurveCrosshair *crosshair)
{
  const NullcurveRect dock = nullcurve_chart_dock_extents (layout);
  graphene_rect_t bounds;
  cairo_t *cr;

  if (crosshair != NULL)
    {
      const NullcurveRect line = nullcurve_chart_crosshair_extents (layout, crosshair);

      bounds = bounds_of (&line);
      cr = gtk_snapshot_append_cairo (snapshot, &bounds);
      nullcurve_chart_render_line (cr, layout, crosshair);
      cairo_destroy (cr);
    }
  if (dock.height <= 0.0)
    return;
  bounds = bounds_of (&dock);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  if (crosshair != NULL)
    nullcurve_chart_render_readout (cr, layout, crosshair);
  else
    nullcurve_chart_render_idle (cr, layout);
  cairo_destroy (cr);
}

static GdkRGBA
to_rgba (const NullcurveColour *colour, double alpha)
{
  return (GdkRGBA){ (float)colour->red, (float)colour->green, (float)colour->blue, (float)alpha };
}

static void
draw_outline (GtkSnapshot *snapshot,
              const graphene_rect_t *bounds,
              const GdkRGBA *colour,
              float radius,
              float width)
{
  const GdkRGBA colours[4] = { *colour, *colour, *colour, *colour };
  const float widths[4] = { width, width, width, width };
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, bounds, radius);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

void
nullcurve_chart_paint_band (GtkSnapshot *snapshot,
                            const NullcurveBand *band,
                            const NullcurveLayout *layout)
{
  const NullcurveRect *own = &layout->panels[band->cell].plot;
  const GdkRGBA fill = to_rgba (&layout->style->series[0], 0.16);
  const GdkRGBA edge = to_rgba (&layout->style->series[0], 0.9);

  for (gsize cell = 0; cell < layout->n_facets * layout->n_panels; cell++)
    {
      const NullcurveRect *plot = &layout->panels[cell].plot;
      NullcurveRect rect = band->rect;

      if (cell != band->cell && band->of_y)
        continue;
      rect.x += plot->x - own->x;
      rect.y += plot->y - own->y;
      if (!band->of_y)
        rect.height = plot->height;
      const graphene_rect_t area =
          GRAPHENE_RECT_INIT ((float)rect.x, (float)rect.y, (float)rect.width, (float)rect.height);

      gtk_snapshot_append_color (snapshot, &fill, &area);
      draw_outline (snapshot, &area, &edge, 0.0f, 1.0f);
    }
}

void
nullcurve_chart_paint_hovered (GtkSnapshot *snapshot,
                               const NullcurveLegend *legend,
                               const NullcurveLayout *layout)
{
  const GdkRGBA shade = to_rgba (&layout->style->text, 0.09);
  const NullcurveRect *rect = nullcurve_legend_hovered_rect (legend, layout);
  graphene_rect_t area;
  GskRoundedRect clip;

  if (rect == NULL)
    return;
  graphene_rect_init (&area, (float)rect->x - 5.0f, (float)rect->y - 2.0f,
                      (float)rect->width + 10.0f, (float)rect->height + 4.0f);
  gsk_rounded_rect_init_from_rect (&clip, &area, 5.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_append_color (snapshot, &shade, &area);
  gtk_snapshot_pop (snapshot);
}

void
nullcurve_chart_paint_focus (GtkSnapshot *snapshot,
                             const graphene_rect_t *bounds,
                             const NullcurveChartStyle *style)
{
  const GdkRGBA accent = to_rgba (&style->series[0], 0.8);

  draw_outline (snapshot, bounds, &accent, 8.0f, 2.0f);
}
