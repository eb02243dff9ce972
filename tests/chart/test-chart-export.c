/* SPDX-License-Identifier: Apache-2.0 */
/* Files: valid, reproducible, whole or not there. */
#include <glib/gstdio.h>
#include <string.h>

#include "tests/chart/chart-fixtures.h"
#include "ui/export/export-choice.h"
#include "ui/export/export-set.h"
#include "ui/export/export.h"
#include "ui/export/provenance.h"

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

/* Every format says where its data come from, and can be opened all the same. */
static void
test_provenance (Folder *folder, gconstpointer data)
{
  static const char *const names[] = { "chart.png", "chart.svg", "chart.pdf" };
  static const char *const wanted[] = { "A <fine> processor", "<desc>Run", "/Keywords (Run" };
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (2);
  g_autofree char *png = g_build_filename (folder->path, names[0], NULL);
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Run");
  g_autofree char *provenance = NULL;
  NullcurveExportOptions options;
  cairo_surface_t *surface;

  moe_run_set_fact (run, "cpu", "A <fine> processor");
  moe_run_set_fact (run, "threads", "2");
  moe_run_set_fact (run, "nobody asks", "for this");
  provenance = nullcurve_provenance_full (&run, 1);
  g_assert_cmpstr (provenance, ==, "Run\ncpu: A <fine> processor\nthreads: 2");
  nullcurve_export_options_init (&options);
  options.provenance = provenance;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GBytes) bytes = export(folder, names[i], figure, &options);
      g_assert_true (contains (bytes, wanted[i]));
    }
  surface = cairo_image_surface_create_from_png (png);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  moe_run_unref (run);
}

static void
test_caption (Folder *folder, gconstpointer data)
{
  MoeRun *runs[2] = { moe_run_new (MOE_RUN_FORMAT_MEASURED, "One"),
                      moe_run_new (MOE_RUN_FORMAT_LOGBOOK_CSV, "Two") };
  g_autofree char *caption = NULL;

  moe_run_set_fact (runs[0], "cpu", "EPYC");
  moe_run_set_fact (runs[0], "threads", "2");
  moe_run_set_fact (runs[0], "dtype", "float32");
  moe_run_set_fact (runs[0], "date", "2026-11-23T12:00:00+01:00");
  caption = nullcurve_provenance_caption (runs, 2);
  g_assert_cmpstr (caption, ==, "One: EPYC, 2 threads, float32, 2026-11-23\nTwo");
  g_assert_null (nullcurve_provenance_caption (runs, 0));
  moe_run_unref (runs[0]);
  moe_run_unref (runs[1]);
}

/* Dark pixels of a row band, where only a caption can have put them. */
static guint
count_ink (const NullcurveExportOptions *options, double from, double to)
{
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_new ();
  cairo_surface_t *surface =
      cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int)options->width, (int)options->height);
  cairo_t *cr = cairo_create (surface);
  guint n = 0;

  nullcurve_chart_export_draw (cr, figure, options);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = (int)(from * options->height); y < (int)(to * options->height); y++)
    for (int x = 0; x < (int)options->width; x++)
      {
        const guint8 *row =
            cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);
        n += row[4 * x] < 0xc0;
      }
  cairo_surface_destroy (surface);
  return n;
}

static void
test_caption_is_drawn (Folder *folder, gconstpointer data)
{
  NullcurveExportOptions options;

  nullcurve_export_options_init (&options);
  options.caption = "Measured on a machine with a long name, again and again.";
  g_assert_cmpuint (count_ink (&options, 0.94, 1.0), >, 50);
  options.caption = NULL;
  g_assert_cmpuint (count_ink (&options, 0.94, 1.0), ==, 0);
}

/* Letters of 7 to 9 points in print, and larger ones on a slide. */
static void
test_presets (Folder *folder, gconstpointer data)
{
  NullcurveExportChoice choice, back;

  nullcurve_export_choice_init (&choice);
  nullcurve_export_options_init (&choice.options);
  for (int i = NULLCURVE_N_EXPORT_PRESETS; i-- > 0;)
    {
      g_autoptr (GVariant) variant = NULL;

      nullcurve_export_choice_set_preset (&choice, (NullcurveExportPreset)i);
      variant = g_variant_ref_sink (nullcurve_export_choice_to_variant (&choice));
      nullcurve_export_choice_from_variant (&back, variant);
      g_assert_cmpint (back.preset, ==, i);
      g_assert_cmpfloat (back.options.width, ==, choice.options.width);
      if (i == NULLCURVE_EXPORT_CUSTOM)
        g_assert_cmpfloat (choice.options.width, ==, 960.0);
      if (i == NULLCURVE_EXPORT_SLIDE)
        g_assert_cmpfloat_with_epsilon (choice.options.width / choice.options.height, 16.0 / 9.0,
                                        1e-9);
    }
  g_assert_cmpint (choice.preset, ==, NULLCURVE_EXPORT_COLUMN);
  g_assert_cmpfloat_with_epsilon (choice.options.width, 3.35 * 96.0, 1e-9);
  g_assert_cmpfloat (choice.options.font_size * 0.75, >=, 7.0);
  g_assert_cmpfloat (choice.options.font_size * 0.75, <=, 9.0);
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

/* Ten curves with names as long as comparisons have them, in every size that is offered. */
static void
test_names_every_curve (Folder *folder, gconstpointer data)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (10);
  NullcurveExportChoice choice;

  for (gsize i = 0; i < 10; i++)
    {
      NullcurveSeries *series = nullcurve_figure_get_series (figure, i);
      g_autofree char *label = g_strdup_printf (
          "workstation 4096×512×352×60 after the change of the allocator, top-%zu carry", i);

      nullcurve_figure_set_text (&series->label, label);
    }
  nullcurve_export_choice_init (&choice);
  choice.options.caption = "one run\nanother run\na third run, whose words take a line more";
  for (int preset = 0; preset < NULLCURVE_EXPORT_CUSTOM; preset++)
    {
      NullcurveExportFit fit;

      nullcurve_export_choice_set_preset (&choice, (NullcurveExportPreset)preset);
      nullcurve_chart_export_fit (figure, &choice.options, &fit);
      g_assert_cmpuint (fit.n_unnamed, ==, 0);
      /* A slide is as high as it is: the last chart goes before a name does. */
      g_assert_cmpuint (fit.n_panels, >=, preset == NULLCURVE_EXPORT_SLIDE ? 1 : 2);
      g_assert_cmpfloat (fit.height, >=, choice.options.height);
      if (preset == NULLCURVE_EXPORT_SLIDE)
        g_assert_cmpfloat (fit.height, ==, choice.options.height);
    }
}

/* Pixels of a PNG, from its header. */
static guint32
side_of (GBytes *png, gsize offset)
{
  guint32 side;

  memcpy (&side, (const guint8 *)g_bytes_get_data (png, NULL) + offset, sizeof side);
  return GUINT32_FROM_BE (side);
}

static void
test_slide (Folder *folder, gconstpointer data)
{
  g_autoptr (NullcurveFigure) figure = fixture_figure_crowded (3);
  g_autoptr (GBytes) png = NULL;
  NullcurveExportChoice choice;

  nullcurve_export_choice_init (&choice);
  nullcurve_export_choice_set_preset (&choice, NULLCURVE_EXPORT_SLIDE);
  png = export(folder, "slide.png", figure, &choice.options);
  g_assert_cmpuint (side_of (png, 16), ==, 4000);
  g_assert_cmpuint (side_of (png, 20), ==, 2250);
}

/* What became of a set. */
typedef struct Written
{
  gboolean done;
  gboolean all;
  guint written;
  guint told; /* by progress last */
  guint n_told;
  GError *error;
} Written;

static void
progress_cb (guint written, guint n, gpointer data)
{
  Written *result = data;

  g_assert_false (result->done);
  g_assert_cmpuint (written, <=, n);
  g_assert_cmpuint (written, >, result->told);
  result->told = written;
  result->n_told++;
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Written *written = data;

  written->all = nullcurve_export_set_write_finish (result, &written->written, &written->error);
  written->done = TRUE;
}

/* Charts of these names; waits for them. */
static Written
write_set (const Folder *folder, const char *const *stems, GCancellable *cancellable)
{
  NullcurveExportSet *set = nullcurve_export_set_new (folder->path, NULLCURVE_EXPORT_SVG);
  NullcurveExportOptions options;
  Written written = { 0 };

  nullcurve_export_options_init (&options);
  for (gsize i = 0; stems[i] != NULL; i++)
    {
      g_autofree char *caption = g_strdup_printf ("Chart %s", stems[i]);

      options.caption = caption;
      nullcurve_export_set_add (set, fixture_figure_crowded (2), stems[i], &options);
    }
  nullcurve_export_set_write (set, cancellable, progress_cb, written_cb, &written);
  while (!written.done)
    g_main_context_iteration (NULL, TRUE);
  return written;
}

static void
test_set (Folder *folder, gconstpointer data)
{
  const char *const stems[] = { "a", "b", "a", NULL };
  const Written written = write_set (folder, stems, NULL);
  g_autofree char *second = g_build_filename (folder->path, "a-2.svg", NULL);

  g_assert_true (written.all);
  g_assert_no_error (written.error);
  g_assert_cmpuint (written.written, ==, 3);
  g_assert_cmpuint (written.n_told, ==, 3);
  g_assert_cmpuint (folder_count (folder), ==, 3);
  g_assert_true (g_file_test (second, G_FILE_TEST_EXISTS));
}

/* What comes after a fault is not begun; what was written is told. */
static void
test_set_fails (Folder *folder, gconstpointer data)
{
  const char *const stems[] = { "a", "no-such-folder/b", "c", NULL };
  Written written = write_set (folder, stems, NULL);

  g_assert_false (written.all);
  g_assert_error (written.error, NULLCURVE_EXPORT_ERROR, NULLCURVE_EXPORT_ERROR_WRITE);
  g_assert_cmpuint (written.written, ==, 1);
  g_assert_cmpuint (folder_count (folder), ==, 1);
  g_clear_error (&written.error);
}

static void
test_set_is_stopped (Folder *folder, gconstpointer data)
{
  const char *const stems[] = { "a", "b", NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Written written;

  g_cancellable_cancel (cancellable);
  written = write_set (folder, stems, cancellable);
  g_assert_false (written.all);
  g_assert_error (written.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (written.written, ==, 0);
  g_assert_cmpuint (folder_count (folder), ==, 0);
  g_clear_error (&written.error);
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
  add ("/chart/export/provenance", test_provenance);
  add ("/chart/export/caption", test_caption);
  add ("/chart/export/caption-is-drawn", test_caption_is_drawn);
  add ("/chart/export/presets", test_presets);
  add ("/chart/export/names-every-curve", test_names_every_curve);
  add ("/chart/export/slide", test_slide);
  add ("/chart/export/set", test_set);
  add ("/chart/export/set-fails", test_set_fails);
  add ("/chart/export/set-is-stopped", test_set_is_stopped);
  add ("/chart/export/unknown-extension", test_unknown_extension);
  add ("/chart/export/size-limits", test_size_limits);
  add ("/chart/export/unwritable", test_unwritable);
  return g_test_run ();
}
