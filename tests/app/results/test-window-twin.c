/* SPDX-License-Identifier: Apache-2.0 */
/* The same choices make the same bytes, in the window and in its twin for terminals. */
#include <glib/gstdio.h>
#include <string.h>

#include "engine/formats/formats.h"
#include "tests/app/bench-fixture.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/export/export-choice.h"
#include "ui/page/chart-page.h"
#include "ui/views/choice.h"

static AdwApplication *application;
static GSettings *settings;
static char *folder;
static char *first; /* two runs of top-2 and top-4 with stages and loads, of different titles */
static char *second;

static void
find_files (void)
{
  folder = temporary_folder ();
  first = g_test_build_filename (G_TEST_DIST, "fixtures", "two-topk.csv", NULL);
  second = g_build_filename (folder, "second.csv", NULL);
  g_autoptr (MoeRun) run = read_run (first);
  g_autoptr (GFile) file = g_file_new_for_path (second);
  moe_run_set_title (run, "The other run");
  g_assert_true (moe_formats_write_csv (run, file, NULL));
}

/* What is chosen in the window, and on the command line. */
typedef struct Case
{
  const char *view, *scale, *facets, *along;
  gboolean x_ideal, log_y, limits;
  guint curve, phase, n_runs;
  NullcurveExportFormat format;
  NullcurveExportPreset preset;
  double size[NULLCURVE_N_EXPORT_NUMBERS]; /* 0: the preset's */
  NullcurveExportLook look;
  gboolean caption, no_title, no_legend;
  const char *words[16];
} Case;

static const Case cases[] = {
  { .n_runs = 1, .preset = NULLCURVE_EXPORT_COLUMNS },
  { .n_runs = 2, .format = NULLCURVE_EXPORT_SVG, .preset = NULLCURVE_EXPORT_COLUMNS },
  { .scale = "relative",
    .log_y = TRUE,
    .n_runs = 2,
    .format = NULLCURVE_EXPORT_PDF,
    .preset = NULLCURVE_EXPORT_SLIDE,
    .caption = TRUE,
    .words = { "--chart-scale", "relative", "--chart-log-y", "--chart-size", "slide",
               "--chart-caption", "machine" } },
  { .scale = "baseline",
    .n_runs = 2,
    .format = NULLCURVE_EXPORT_SVG,
    .preset = NULLCURVE_EXPORT_COLUMN,
    .look = NULLCURVE_EXPORT_LOOK_LIGHT,
    .no_legend = TRUE,
    .words = { "--chart-scale", "baseline", "--chart-size", "column", "--chart-look", "light",
               "--chart-no-legend" } },
  { .limits = TRUE,
    .facets = "topk",
    .x_ideal = TRUE,
    .n_runs = 2,
    .preset = NULLCURVE_EXPORT_CUSTOM,
    .size = { 9.5, 6.25, 10.5, 75 },
    .words = { "--chart-limits", "--chart-facets", "topk", "--chart-x-ideal", "--chart-size",
               "9.5x6.25", "--chart-letters", "10.5", "--chart-dpi", "75" } },
  { .along = "topk",
    .log_y = TRUE,
    .n_runs = 2,
    .format = NULLCURVE_EXPORT_SVG,
    .preset = NULLCURVE_EXPORT_COLUMNS,
    .words = { "--chart-along", "topk", "--chart-log-y" } },
  { .view = "efficiency",
    .facets = "shape",
    .n_runs = 2,
    .preset = NULLCURVE_EXPORT_COLUMNS,
    .look = NULLCURVE_EXPORT_LOOK_DARK,
    .no_title = TRUE,
    .words = { "--chart-view", "efficiency", "--chart-facets", "shape", "--chart-look", "dark",
               "--chart-no-title" } },
  { .view = "stages",
    .curve = 1,
    .phase = NULLCURVE_STAGE_PHASE_BACKWARD,
    .n_runs = 2,
    .preset = NULLCURVE_EXPORT_COLUMNS,
    .words = { "--chart-view", "stages", "--chart-curve", "top-4", "--chart-phase", "backward" } },
  { .view = "stages",
    .scale = "baseline",
    .n_runs = 2,
    .format = NULLCURVE_EXPORT_SVG,
    .preset = NULLCURVE_EXPORT_COLUMNS,
    .words = { "--chart-view", "stages", "--chart-scale", "baseline" } },
  { .view = "where",
    .scale = "baseline",
    .n_runs = 2,
    .format = NULLCURVE_EXPORT_SVG,
    .preset = NULLCURVE_EXPORT_COLUMNS,
    .words = { "--chart-view", "where", "--chart-scale", "baseline" } },
  { .view = "load",
    .curve = 1,
    .n_runs = 1,
    .format = NULLCURVE_EXPORT_PDF,
    .preset = NULLCURVE_EXPORT_COLUMNS,
    .words = { "--chart-view", "load", "--chart-curve", "2" } },
};

/* As the dialog leaves it. */
static void
remember_export (const Case *c)
{
  NullcurveExportChoice choice;
  nullcurve_export_choice_init (&choice);
  nullcurve_export_choice_set_preset (&choice, c->preset);
  for (int i = 0; i < NULLCURVE_N_EXPORT_NUMBERS; i++)
    if (c->size[i] > 0)
      nullcurve_export_choice_set_number (&choice, (NullcurveExportNumber)i, c->size[i]);
  nullcurve_export_choice_set_look (&choice, c->look);
  choice.format = c->format;
  choice.caption = c->caption;
  choice.options.title = !c->no_title;
  choice.options.legend = !c->no_legend;
  g_settings_set_value (settings, "export", nullcurve_export_choice_to_variant (&choice));
}

static void
open_file (NullcurveWindow *window, const char *path)
{
  NullcurveRunsModel *runs = nullcurve_window_get_runs (window);
  g_autoptr (MoeRun) run = read_run (path);
  nullcurve_runs_model_select (runs, nullcurve_runs_model_add (runs, run));
}

static GBytes *
export_from_window (const Case *c, GFile *file)
{
  remember_export (c);
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  NullcurveChartPage *page = nullcurve_window_get_page (window);
  NullcurveRunsModel *runs = nullcurve_window_get_runs (window);
  nullcurve_chart_page_set_settings (page, settings);
  gtk_window_present (GTK_WINDOW (window));
  open_file (window, first);
  if (c->n_runs > 1)
    open_file (window, second);
  if (g_strcmp0 (c->scale, "baseline") == 0)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (runs), 0);
      nullcurve_runs_model_set_baseline (runs, item);
    }
  g_object_set (page, "view", c->view != NULL ? c->view : "throughput", "scale",
                c->scale != NULL ? c->scale : "absolute", "facets",
                c->facets != NULL ? c->facets : "none", "along",
                c->along != NULL ? c->along : "fraction", "x-ideal", c->x_ideal, "log-y", c->log_y,
                "limits", c->limits, NULL);
  fixture_settle ();
  gtk_drop_down_set_selected (fixture_page_child (window, "curve_choice"), c->curve);
  gtk_drop_down_set_selected (fixture_page_child (window, "phase_choice"), c->phase);
  g_assert_true (nullcurve_chart_page_export_chart (page, file));
  fixture_assert_window_finalised (GTK_WINDOW (window));
  return g_file_load_bytes (file, NULL, NULL, NULL);
}

static GBytes *
export_from_twin (const Case *c, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autoptr (GPtrArray) line = g_ptr_array_new ();
  g_ptr_array_add (line, (char *)"--chart");
  g_ptr_array_add (line, path);
  for (gsize i = 0; c->words[i] != NULL; i++)
    g_ptr_array_add (line, (char *)c->words[i]);
  g_ptr_array_add (line, (char *)"--of");
  g_ptr_array_add (line, first);
  if (c->n_runs > 1)
    g_ptr_array_add (line, second);
  g_ptr_array_add (line, NULL);
  g_auto (BenchResult) result = bench_run ((const char *const *)line->pdata);
  assert_status (&result, 0);
  return g_file_load_bytes (file, NULL, NULL, NULL);
}

static void
test_same_bytes (gconstpointer data)
{
  const Case *c = data;
  g_autofree char *name = g_strdup_printf ("chart.%s", nullcurve_export_format_name (c->format));
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) window = export_from_window (c, file);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_autoptr (GBytes) twin = export_from_twin (c, file);
  g_assert_nonnull (window);
  g_assert_nonnull (twin);
  g_assert_cmpuint (g_bytes_get_size (window), ==, g_bytes_get_size (twin));
  g_assert_true (g_bytes_equal (window, twin));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  settings = g_settings_new ("io.github.nullcurve.Nullcurve");
  find_files ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/window-twin/same-bytes/%zu", i);
      g_test_add_data_func (path, &cases[i], test_same_bytes);
    }
  int result = g_test_run ();
  remove_tree (folder);
  g_object_unref (settings);
  g_object_unref (application);
  return result;
}
