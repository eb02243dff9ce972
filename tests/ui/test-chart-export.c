/* SPDX-License-Identifier: Apache-2.0 */
/* Files: valid, reproducible, whole or not there. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/ui/chart-fixtures.h"
#include "ui/chart/export.h"

typedef struct Folder
{
  char *path;
} Folder;

static void
folder_set_up (Folder *folder, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  folder->path = g_dir_make_tmp ("nullcurve-export-XXXXXX", &error);
  g_assert_no_error (error);
}

static gsize
folder_count (const Folder *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  gsize n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
folder_tear_down (Folder *folder, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (folder->path, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder->path, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder->path), ==, 0);
  g_free (folder->path);
}

static GBytes *export(const Folder *folder,
                      const char *name,
                      const NullcurveFigure *figure,
                      const NullcurveExportOptions *options)
{
  g_autofree char *path = g_build_filename (folder->path, name, NULL);
  g_autoptr (GError) error = NULL;
  char *contents;
  gsize length;

  g_assert_true (nullcurve_chart_export (figure, path, options, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  return g_bytes_new_take (contents, length);
}

static guint32
big_endian_at (const guint8 *data, gsize offset)
{
  guint32 value;

  memcpy (&value, data + offset, sizeof value);
  return GUINT32_FROM_BE (value);
}

static void
test_png (Folder *folder, gconstpointer data)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (3);
  NullcurveExportOptions options;
  g_autoptr (GBytes) bytes = NULL;
  const guint8 *png;

  nullcurve_export_options_init (&options);
  options.width = 400.0;
  options.height = 300.0;
  options.dpi = 144.0;
  bytes = export(folder, "chart.PNG", figure, &options);
  png = g_bytes_get_data (bytes, NULL);
  g_assert_cmpmem (png, 8, "\211PNG\r\n\032\n", 8);
  g_assert_cmpuint (big_endian_at (png, 16), ==, 600);
  g_assert_cmpuint (big_endian_at (png, 20), ==, 450);
}

/* g_strstr_len () would stop at the first zero byte. */
static gboolean
contains (GBytes *bytes, const char *words)
{
  const gsize n = strlen (words);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i + n <= length; i++)
    if (memcmp (data + i, words, n) == 0)
      return TRUE;
  return FALSE;
}

static void
test_pdf (Folder *folder, gconstpointer data)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (3);
  g_autoptr (GBytes) bytes = NULL;

  nullcurve_figure_set_text (&figure->date, "2026-02-17T12:00:00+01:00");
  bytes = export(folder, "chart.pdf", figure, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), 5, "%PDF-", 5);
  g_assert_true (contains (bytes, "20260217120000+01'00"));
  g_assert_true (contains (bytes, "/MediaBox [ 0 0 720 540 ]"));
  g_assert_true (contains (bytes, "/Title (A title that is rather long"));
}

typedef struct Outline
{
  gboolean is_svg;
  guint paths;
  char *width;
  GString *title;
  gboolean in_title;
} Outline;

static void
on_start (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          gpointer data,
          GError **error)
{
  Outline *outline = data;

  if (g_str_equal (element, "svg"))
    {
      outline->is_svg = TRUE;
      for (gsize i = 0; names[i] != NULL; i++)
        if (g_str_equal (names[i], "width"))
          outline->width = g_strdup (values[i]);
    }
  outline->paths += g_str_equal (element, "path") ? 1 : 0;
  outline->in_title = g_str_equal (element, "title");
}

static void
on_text (
    GMarkupParseContext *context, const char *text, gsize length, gpointer data, GError **error)
{
  Outline *outline = data;

  if (outline->in_title)
    g_string_append_len (outline->title, text, (gssize)length);
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer data, GError **error)
{
  ((Outline *)data)->in_title = FALSE;
}

static void
test_svg (Folder *folder, gconstpointer data)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (3);
  const GMarkupParser parser = { .start_element = on_start,
                                 .text = on_text,
                                 .end_element = on_end };
  Outline outline = { .title = g_string_new (NULL) };
  g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, &outline, NULL);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  nullcurve_figure_set_text (&figure->title, "a < b & c");
  bytes = export(folder, "chart.svg", figure, NULL);
  g_markup_parse_context_parse (context, g_bytes_get_data (bytes, NULL),
                                (gssize)g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (context, &error);
  g_assert_no_error (error);
  g_assert_true (outline.is_svg);
  g_assert_cmpuint (outline.paths, >, 50);
  g_assert_cmpstr (outline.width, ==, "960px");
  g_assert_cmpstr (outline.title->str, ==, "a < b & c");
  g_free (outline.width);
  g_string_free (outline.title, TRUE);
}

static void
test_reproducible (Folder *folder, gconstpointer data)
{
  static const char *const names[] = { "chart.png", "chart.svg", "chart.pdf" };

  for (int dated = 0; dated < 2; dated++)
    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
      {
        g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (4);
        g_autoptr (GBytes) first = NULL;
        g_autoptr (GBytes) second = NULL;
        gsize n;
        gsize m;
        const void *a;
        const void *b;

        nullcurve_figure_set_text (&figure->date, dated ? "2026-02-17T12:00:00Z" : NULL);
        first = export(folder, names[i], figure, NULL);
        second = export(folder, names[i], figure, NULL);
        a = g_bytes_get_data (first, &n);
        b = g_bytes_get_data (second, &m);
        g_assert_cmpmem (a, n, b, m);
      }
  g_assert_cmpuint (folder_count (folder), ==, G_N_ELEMENTS (names));
}

static void
check_refused (const char *path, const NullcurveExportOptions *options, int code, const char *words)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (1);
  g_autoptr (GError) error = NULL;

  g_assert_false (nullcurve_chart_export (figure, path, options, &error));
  g_assert_error (error, NULLCURVE_EXPORT_ERROR, code);
  g_assert_nonnull (strstr (error->message, words));
  g_assert_nonnull (strstr (error->message, path));
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static void
test_unknown_extension (Folder *folder, gconstpointer data)
{
  g_autofree char *path = g_build_filename (folder->path, "chart.jpeg", NULL);

  check_refused (path, NULL, NULLCURVE_EXPORT_ERROR_EXTENSION, ".png, .svg or .pdf");
  g_assert_cmpuint (folder_count (folder), ==, 0);
  g_assert_false (nullcurve_export_knows_extension ("png"));
  g_assert_true (nullcurve_export_knows_extension ("a.Svg"));
}

static void
test_size_limits (Folder *folder, gconstpointer data)
{
  g_autofree char *path = g_build_filename (folder->path, "chart.png", NULL);
  NullcurveExportOptions options;

  nullcurve_export_options_init (&options);
  options.width = 20.0;
  check_refused (path, &options, NULLCURVE_EXPORT_ERROR_SIZE, "100 to 10000");
  nullcurve_export_options_init (&options);
  options.width = 10000.0;
  options.dpi = 600.0;
  check_refused (path, &options, NULLCURVE_EXPORT_ERROR_SIZE, "32767");
  g_assert_cmpuint (folder_count (folder), ==, 0);
}

/* A folder in the file's place cannot be written over, whoever tries; it stays, and nothing else
 * is left behind. */
static void
test_unwritable (Folder *folder, gconstpointer data)
{
  g_autofree char *taken = g_build_filename (folder->path, "taken.png", NULL);
  g_autofree char *inside = g_build_filename (taken, "inside", NULL);
  g_autofree char *nowhere = g_build_filename (folder->path, "missing", "chart.pdf", NULL);

  g_assert_cmpint (g_mkdir (taken, 0700), ==, 0);
  g_assert_true (g_file_set_contents (inside, "x", 1, NULL));
  check_refused (taken, NULL, NULLCURVE_EXPORT_ERROR_WRITE, "could not be written");
  check_refused (nowhere, NULL, NULLCURVE_EXPORT_ERROR_WRITE, "could not be written");
  g_assert_cmpuint (folder_count (folder), ==, 1);
  g_assert_cmpint (g_remove (inside), ==, 0);
}

static void
add (const char *path, void (*test) (Folder *folder, gconstpointer data))
{
  g_test_add (path, Folder, NULL, folder_set_up, test, folder_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/chart/export/png", test_png);
  add ("/chart/export/pdf", test_pdf);
  add ("/chart/export/svg", test_svg);
  add ("/chart/export/reproducible", test_reproducible);
  add ("/chart/export/unknown-extension", test_unknown_extension);
  add ("/chart/export/size-limits", test_size_limits);
  add ("/chart/export/unwritable", test_unwritable);
  return g_test_run ();
}
