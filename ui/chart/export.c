/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/export.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "ui/chart/render.h"

G_DEFINE_QUARK (nullcurve - export - error - quark, nullcurve_export_error)

typedef enum Format
{
  FORMAT_UNKNOWN = -1,
  FORMAT_PNG,
  FORMAT_SVG,
  FORMAT_PDF,
} Format;

static const char *const extensions[] = { ".png", ".svg", ".pdf" };

enum
{
  MAX_PNG_SIDE = 32767 /* of cairo's image surfaces */
};

void
nullcurve_export_options_init (NullcurveExportOptions *options)
{
  *options = (NullcurveExportOptions){ 960.0, 720.0, 192.0, NULLCURVE_STYLE_PRINT };
}

static Format
format_of (const char *path)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    if (g_str_has_suffix (lower, extensions[i]))
      return (Format)i;
  return FORMAT_UNKNOWN;
}

gboolean
nullcurve_export_knows_extension (const char *path)
{
  return format_of (path) != FORMAT_UNKNOWN;
}

static gboolean
check_size (const char *path, Format format, const NullcurveExportOptions *options, GError **error)
{
  const double side = fmax (options->width, options->height) * options->dpi / 96.0;

  if (!(options->width >= 100.0 && options->width <= 10000.0 && options->height >= 100.0
        && options->height <= 10000.0 && options->dpi >= 24.0 && options->dpi <= 1200.0))
    g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_SIZE,
                 "The chart “%s” cannot be %gx%g at %g dots per inch: width and height must be "
                 "100 to 10000, the resolution 24 to 1200.",
                 path, options->width, options->height, options->dpi);
  else if (format == FORMAT_PNG && side > MAX_PNG_SIDE)
    g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_SIZE,
                 "The chart “%s” would be %.0f pixels wide or high; a PNG can have at most %d.",
                 path, side, MAX_PNG_SIDE);
  else
    return TRUE;
  return FALSE;
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
create_surface (Format format, const NullcurveExportOptions *options, GByteArray *bytes)
{
  const double scale = options->dpi / 96.0;
  cairo_surface_t *surface;

  switch (format)
    {
    case FORMAT_SVG:
      surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, options->width,
                                                     options->height);
      cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
      return surface;
    case FORMAT_PDF:
      return cairo_pdf_surface_create_for_stream (append_bytes, bytes, options->width * 0.75,
                                                  options->height * 0.75);
    case FORMAT_PNG:
    case FORMAT_UNKNOWN:
    default:
      return cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                         (int)fmax (round (options->width * scale), 1.0),
                                         (int)fmax (round (options->height * scale), 1.0));
    }
}

/* Set always, or cairo would take the clock's time. */
static void
set_pdf_metadata (cairo_surface_t *surface, const NullcurveFigure *figure)
{
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATE_DATE,
                                  figure->date != NULL ? figure->date : "1970-01-01T00:00:00Z");
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR,
                                  "Nullcurve " NULLCURVE_VERSION);
  if (figure->title != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, figure->title);
  if (figure->subtitle != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_SUBJECT, figure->subtitle);
}

static cairo_status_t
draw (const NullcurveFigure *figure,
      Format format,
      const NullcurveExportOptions *options,
      GByteArray *bytes)
{
  cairo_surface_t *surface = create_surface (format, options, bytes);
  cairo_t *cr = cairo_create (surface);
  NullcurveChartStyle style;
  cairo_status_t status;

  nullcurve_chart_style_init (&style, options->style);
  style.show_title = TRUE;
  if (format == FORMAT_PDF)
    {
      set_pdf_metadata (surface, figure);
      cairo_scale (cr, 0.75, 0.75);
    }
  else if (format == FORMAT_PNG)
    cairo_scale (cr, options->dpi / 96.0, options->dpi / 96.0);
  nullcurve_chart_render (cr, options->width, options->height, figure, &style);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (format == FORMAT_PNG && status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  return status;
}

/* cairo names groups in SVG by a counter of the whole process ("surface7"): count anew in each
 * document, so that the same figure gives the same bytes. */
static void
renumber_surfaces (GByteArray *bytes)
{
  static const char word[] = "surface";
  const gsize word_length = sizeof word - 1;
  g_autofree char *text = g_strndup ((const char *)bytes->data, bytes->len);
  g_autoptr (GHashTable) numbers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const char *from = text;
  const char *found;

  g_byte_array_set_size (bytes, 0);
  while ((found = strstr (from, word)) != NULL)
    {
      const char *digits = found + word_length;
      const gsize n_digits = strspn (digits, "0123456789");

      g_byte_array_append (bytes, (const guint8 *)from, (guint)(digits - from));
      if (n_digits > 0)
        {
          char *old = g_strndup (digits, n_digits);
          g_autofree char *number = NULL;

          if (!g_hash_table_contains (numbers, old))
            g_hash_table_insert (numbers, g_strdup (old),
                                 GUINT_TO_POINTER (g_hash_table_size (numbers) + 1));
          number = g_strdup_printf ("%u", GPOINTER_TO_UINT (g_hash_table_lookup (numbers, old)));
          g_byte_array_append (bytes, (const guint8 *)number, (guint)strlen (number));
          g_free (old);
        }
      from = digits + n_digits;
    }
  g_byte_array_append (bytes, (const guint8 *)from, (guint)strlen (from));
}

/* An SVG's title is what viewers and screen readers call it. */
static void
insert_svg_title (GByteArray *bytes, const char *title)
{
  g_autofree char *text = g_strndup ((const char *)bytes->data, bytes->len);
  g_autofree char *element = NULL;
  const char *root = strstr (text, "<svg");
  const char *end = root != NULL ? strchr (root, '>') : NULL;

  if (title == NULL || end == NULL)
    return;
  element = g_markup_printf_escaped ("\n<title>%s</title>", title);
  g_byte_array_set_size (bytes, 0);
  g_byte_array_append (bytes, (const guint8 *)text, (guint)(end + 1 - text));
  g_byte_array_append (bytes, (const guint8 *)element, (guint)strlen (element));
  g_byte_array_append (bytes, (const guint8 *)(end + 1), (guint)strlen (end + 1));
}

/* The whole document, or NULL. */
static GByteArray *
make_document (const NullcurveFigure *figure,
               const char *path,
               Format format,
               const NullcurveExportOptions *options,
               GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_status_t status;

  if (!check_size (path, format, options, error))
    return NULL;
  status = draw (figure, format, options, bytes);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_DRAW,
                   "The chart “%s” could not be drawn: %s.", path, cairo_status_to_string (status));
      return NULL;
    }
  if (format == FORMAT_SVG)
    {
      renumber_surfaces (bytes);
      insert_svg_title (bytes, figure->title);
    }
  return g_steal_pointer (&bytes);
}

GBytes *
nullcurve_chart_export_svg (const NullcurveFigure *figure,
                            const char *name,
                            const NullcurveExportOptions *options,
                            GError **error)
{
  GByteArray *bytes = make_document (figure, name, FORMAT_SVG, options, error);

  return bytes != NULL ? g_byte_array_free_to_bytes (bytes) : NULL;
}

gboolean
nullcurve_chart_export (const NullcurveFigure *figure,
                        const char *path,
                        const NullcurveExportOptions *options,
                        GError **error)
{
  const Format format = format_of (path);
  g_autoptr (GByteArray) bytes = NULL;
  g_autoptr (GError) cause = NULL;
  NullcurveExportOptions defaults;

  nullcurve_export_options_init (&defaults);
  if (options == NULL)
    options = &defaults;
  if (format == FORMAT_UNKNOWN)
    {
      g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_EXTENSION,
                   "The chart “%s” has no known extension: it must end in .png, .svg or .pdf.",
                   path);
      return FALSE;
    }
  bytes = make_document (figure, path, format, options, error);
  if (bytes == NULL)
    return FALSE;
  if (g_file_set_contents_full (path, (const char *)bytes->data, (gssize)bytes->len,
                                G_FILE_SET_CONTENTS_CONSISTENT, 0666, &cause))
    return TRUE;
  g_set_error (error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_WRITE,
               "The chart “%s” could not be written: %s.", path, cause->message);
  return FALSE;
}
