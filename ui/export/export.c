/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/export/export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n.h>
#include <math.h>

#include "engine/files/output.h"
#include "ui/chart/render.h"
#include "ui/export/document.h"

G_DEFINE_QUARK (nullcurve - export - error - quark, nullcurve_export_error)

static const char *const extensions[NULLCURVE_N_EXPORT_FORMATS] = { ".png", ".svg", ".pdf" };

enum
{
  MAX_PNG_SIDE = 32767 /* of cairo's image surfaces */
};

void
nullcurve_export_options_init (NullcurveExportOptions *options)
{
  *options = (NullcurveExportOptions){ .width = 960.0,
                                       .height = 720.0,
                                       .dpi = 192.0,
                                       .font_size = 12.0,
                                       .style = NULLCURVE_STYLE_PRINT,
                                       .title = TRUE,
                                       .legend = TRUE };
}

const char *
nullcurve_export_format_name (NullcurveExportFormat format)
{
  return extensions[format] + 1;
}

/* By the ending of a name. */
static NullcurveExportFormat
format_of (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    if (g_str_has_suffix (lower, extensions[i]))
      return (NullcurveExportFormat)i;
  return NULLCURVE_EXPORT_UNKNOWN;
}

gboolean
nullcurve_export_knows_extension (const char *path)
{
  return format_of (path) != NULLCURVE_EXPORT_UNKNOWN;
}

gboolean
nullcurve_export_is_bitmap (const char *path)
{
  return format_of (path) == NULLCURVE_EXPORT_PNG;
}

static gboolean
check_size (const char *path,
            NullcurveExportFormat format,
            const NullcurveExportOptions *options,
            GError **error)
{
  const double side = fmax (options->width, options->height) * options->dpi / 96.0;

  if (!(options->width >= 100.0 && options->width <= 10000.0 && options->height >= 100.0
        && options->height <= 10000.0 && options->dpi >= 24.0 && options->dpi <= 1200.0
        && options->font_size >= 4.0 && options->font_size <= 100.0))
    g_set_error (
        error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_SIZE,
        _ ("The chart “%s” cannot be %gx%g at %g dots per inch with letters of %g: width and "
           "height must be 100 to 10000, the resolution 24 to 1200, letters 4 to 100."),
        path, options->width, options->height, options->dpi, options->font_size);
  else if (format == NULLCURVE_EXPORT_PNG && side > MAX_PNG_SIDE)
    g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_SIZE,
                 _ ("The chart “%s” would be %.0f pixels wide or high; a PNG can have at most %d."),
                 path, side, MAX_PNG_SIDE);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_extension (const char *path, GError **error)
{
  if (nullcurve_export_knows_extension (path))
    return TRUE;
  g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_EXTENSION,
               _ ("The chart “%s” has no known extension: it must end in .png, .svg or .pdf."),
               path);
  return FALSE;
}

gboolean
nullcurve_export_check (const char *path, const NullcurveExportOptions *options, GError **error)
{
  return check_extension (path, error) && check_size (path, format_of (path), options, error);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
create_surface (NullcurveExportFormat format,
                const NullcurveExportOptions *options,
                GByteArray *bytes)
{
  const double scale = options->dpi / 96.0;
  cairo_surface_t *surface;

  switch (format)
    {
    case NULLCURVE_EXPORT_SVG:
      surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, options->width,
                                                     options->height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
      return surface;
    case NULLCURVE_EXPORT_PDF:
      return cairo_pdf_surface_create_for_stream (append_bytes, bytes, options->width * 0.75,
                                                  options->height * 0.75);
    case NULLCURVE_EXPORT_PNG:
    case NULLCURVE_EXPORT_UNKNOWN:
    default:
      return cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                         (int)fmax (round (options->width * scale), 1.0),
                                         (int)fmax (round (options->height * scale), 1.0));
    }
}

/* On one line, which cairo writes as it stands. */
static void
set_pdf_keywords (cairo_surface_t *surface, const char *provenance)
{
  g_autoptr (GString) line = g_string_new (provenance);

  g_string_replace (line, "\n\n", " | ", 0);
  g_string_replace (line, "\n", "; ", 0);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_KEYWORDS, line->str);
}

/* Set always, or cairo would take the clock's time. */
static void
set_pdf_metadata (cairo_surface_t *surface, const NullcurveFigure *figure, const char *provenance)
{
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                  figure->date != NULL ? figure->date : "1970-01-01T00:00:00Z");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR,
                                  "Nullcurve " NULLCURVE_VERSION);
  if (figure->title != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, figure->title);
  if (figure->subtitle != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, figure->subtitle);
  if (provenance != NULL)
    set_pdf_keywords (surface, provenance);
}

static void
init_style (NullcurveChartStyle *style, const NullcurveExportOptions *options)
{
  nullcurve_chart_style_init (style, options->style);
  style->line_width *= options->font_size / style->font_size;
  style->marker_radius *= options->font_size / style->font_size;
  style->font_size = options->font_size;
  style->show_title = options->title;
  style->hide_legend = !options->legend;
  style->whole_legend = TRUE;
}

/* Small, wrapped to the chart's width, at most half of it high; its height with the margin below,
 * drawn unless `cr` is NULL. */
static double
place_caption (cairo_t *cr, const NullcurveExportOptions *options, const NullcurveChartStyle *style)
{
  g_autoptr (NullcurveChartText) text = nullcurve_chart_text_new (style);
  const NullcurveColour *ink = &style->text_dim;
  const double margin = style->font_size;
  const double width = fmax (options->width - 2.0 * margin, 1.0);
  const double most = 0.5 * options->height;
  const double height = margin
                        + nullcurve_chart_text_block_height (text, NULLCURVE_FONT_CAPTION,
                                                             options->caption, width, most);

  if (cr == NULL)
    return height;
  cairo_save (cr);
  cairo_set_source_rgb (cr, ink->red, ink->green, ink->blue);
  nullcurve_chart_text_draw_block (text, cr, NULLCURVE_FONT_CAPTION, options->caption, margin,
                                   options->height - height, width, most);
  cairo_restore (cr);
  return height;
}

static void
draw_fitted (cairo_t *cr, const NullcurveFigure *figure, const NullcurveExportOptions *options)
{
  NullcurveChartStyle style;
  double caption_height = 0.0;

  init_style (&style, options);
  /* As one, lest a seam shows between chart and caption. */
  cairo_save (cr);
  cairo_set_source_rgb (cr, style.background.red, style.background.green, style.background.blue);
  cairo_rectangle (cr, 0.0, 0.0, ceil (options->width), ceil (options->height));
  cairo_fill (cr);
  cairo_restore (cr);
  style.paint_background = FALSE;
  if (options->caption != NULL)
    caption_height = place_caption (cr, options, &style);
  nullcurve_chart_render (cr, options->width, options->height - caption_height, figure, &style);
}

/* How it fits into one height; *readable: plots are high enough to read a curve in. */
static void
fit_into (const NullcurveFigure *figure,
          const NullcurveExportOptions *options,
          NullcurveExportFit *fit,
          gboolean *readable)
{
  NullcurveChartStyle style;
  g_autoptr (NullcurveChartText) text = NULL;
  g_autoptr (NullcurveLayout) layout = NULL;
  double caption_height;
  double least;

  init_style (&style, options);
  caption_height = options->caption != NULL ? place_caption (NULL, options, &style) : 0.0;
  text = nullcurve_chart_text_new (&style);
  layout =
      nullcurve_layout_new (figure, &style, text, options->width, options->height - caption_height);
  least = 6.0 * nullcurve_chart_text_height (text, NULLCURVE_FONT_TICK);
  *fit = (NullcurveExportFit){ .height = options->height,
                               .n_panels = layout->n_panels,
                               .n_wanted = layout->n_panels,
                               .n_unnamed = layout->legend_left_off };
  for (gsize i = layout->n_panels; i < figure->n_panels; i++)
    if (nullcurve_figure_panel_has_data (figure, i))
      fit->n_wanted = i + 1;
  *readable = fit->n_panels == fit->n_wanted && fit->n_unnamed == 0;
  for (gsize i = 0; i < layout->n_panels; i++)
    *readable = *readable && layout->panels[i].plot.height >= least;
}

void
nullcurve_chart_export_fit (const NullcurveFigure *figure,
                            const NullcurveExportOptions *options,
                            NullcurveExportFit *fit)
{
  const double most = 4.0 * options->height;
  NullcurveExportOptions higher = *options;
  gboolean readable;

  fit_into (figure, &higher, fit, &readable);
  while (options->may_grow && !readable && 1.1 * higher.height <= most)
    {
      higher.height *= 1.1;
      fit_into (figure, &higher, fit, &readable);
    }
}

/* The options with the height that the document gets. */
static NullcurveExportOptions
grown (const NullcurveFigure *figure, const NullcurveExportOptions *options)
{
  NullcurveExportOptions fitted = *options;
  NullcurveExportFit fit;

  if (!options->may_grow)
    return fitted;
  nullcurve_chart_export_fit (figure, options, &fit);
  fitted.height = fit.height;
  fitted.may_grow = FALSE;
  return fitted;
}

void
nullcurve_chart_export_draw (cairo_t *cr,
                             const NullcurveFigure *figure,
                             const NullcurveExportOptions *options)
{
  const NullcurveExportOptions fitted = grown (figure, options);

  draw_fitted (cr, figure, &fitted);
}

static cairo_status_t
draw (const NullcurveFigure *figure,
      NullcurveExportFormat format,
      const NullcurveExportOptions *options,
      GByteArray *bytes)
{
  cairo_surface_t *surface = create_surface (format, options, bytes);
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  if (format == NULLCURVE_EXPORT_PDF)
    {
      set_pdf_metadata (surface, figure, options->provenance);
      cairo_scale (cr, 0.75, 0.75);
    }
  else if (format == NULLCURVE_EXPORT_PNG)
    cairo_scale (cr, options->dpi / 96.0, options->dpi / 96.0);
  draw_fitted (cr, figure, options);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (format == NULLCURVE_EXPORT_PNG && status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

/* The whole document, or NULL. */
static GByteArray *
make_document (const NullcurveFigure *figure,
               const char *path,
               NullcurveExportFormat format,
               const NullcurveExportOptions *options,
               GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const NullcurveExportOptions fitted = grown (figure, options);
  cairo_status_t status;

  if (!check_size (path, format, &fitted, error))
    return NULL;
  status = draw (figure, format, &fitted, bytes);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_DRAW,
                   _ ("The chart “%s” could not be drawn: %s."), path,
                   cairo_status_to_string (status));
      return NULL;
    }
  if (format == NULLCURVE_EXPORT_SVG)
    nullcurve_document_finish_svg (bytes, figure, options->provenance);
  else if (format == NULLCURVE_EXPORT_PNG)
    nullcurve_document_finish_png (bytes, figure, options->provenance, options->dpi);
  return g_steal_pointer (&bytes);
}

GBytes *
nullcurve_chart_export_bytes (const NullcurveFigure *figure,
                              NullcurveExportFormat format,
                              const char *name,
                              const NullcurveExportOptions *options,
                              GError **error)
{
  GByteArray *bytes = make_document (figure, name, format, options, error);

  return bytes != NULL ? g_byte_array_free_to_bytes (bytes) : NULL;
}

gboolean
nullcurve_chart_export (const NullcurveFigure *figure,
                        const char *path,
                        const NullcurveExportOptions *options,
                        GError **error)
{
  const NullcurveExportFormat format = format_of (path);
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GError) cause = NULL;
  NullcurveExportOptions defaults;

  nullcurve_export_options_init (&defaults);
  if (options == NULL)
    options = &defaults;
  if (!check_extension (path, error))
    return FALSE;
  bytes = make_document (figure, path, format, options, error);
  if (bytes == NULL)
    return FALSE;
  if (moe_output_write (path, bytes->data, bytes->len, &cause))
    return TRUE;
  g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_WRITE,
               _ ("The chart “%s” could not be written: %s."), path, cause->message);
  return FALSE;
}
