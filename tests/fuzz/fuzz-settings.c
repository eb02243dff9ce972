/* SPDX-License-Identifier: Apache-2.0 */
/* What the window keeps in settings that anybody can write: what was open, what waited, the last
 * setup, own presets, places, the zoom, how charts are exported.  An input is a GVariant in text
 * form, or the bytes of one. */
#include "tests/fuzz/fuzz.h"

#include <math.h>
#include <string.h>

#include "engine/sweep/quantities.h"
#include "ui/chart/render.h"
#include "ui/export/export-choice.h"
#include "ui/files/loader.h"
#include "ui/files/open-runs.h"
#include "ui/places/places.h"
#include "ui/presets/own-presets.h"
#include "ui/queue/kept-jobs.h"
#include "ui/window/kept-zoom.h"

#define OPEN_TYPE G_VARIANT_TYPE ("a(ssibb)")

/* As GSettings gives it: of the type, in normal form. */
static GVariant *
read_variant (const char *text, const uint8_t *data, size_t size, const GVariantType *type)
{
  gboolean is_text = g_utf8_validate_len (text, size, NULL); /* no NUL in it either */
  GVariant *value = is_text ? g_variant_parse (type, text, NULL, NULL, NULL) : NULL;
  if (value == NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (data, size);
      g_autoptr (GVariant) raw = g_variant_ref_sink (g_variant_new_from_bytes (type, bytes, FALSE));
      value = g_variant_get_normal_form (raw);
    }
  return g_variant_take_ref (value);
}

static void
add_loaded (GPtrArray *loaded, NullcurveLoaded *one, gsize i)
{
  /* Every third is not there any more. */
  one->run = i % 3 == 2 ? NULL : moe_run_new (MOE_RUN_FORMAT_JOURNAL, "run");
  g_autofree char *source = g_strdup_printf ("/tmp/%zu.csv", i / 2);
  if (one->run != NULL)
    moe_run_set_source (one->run, source);
  g_ptr_array_add (loaded, one);
}

static void
check_open (GVariant *open)
{
  gsize n = g_variant_n_children (open);
  if (n > 50)
    return;
  g_autoptr (GPtrArray) files = nullcurve_open_runs_list_files (open);
  g_autoptr (GPtrArray) loaded = g_ptr_array_new ();
  g_autofree NullcurveLoaded *all = g_new0 (NullcurveLoaded, n + 1);
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  fuzz_require (files->len == n);
  for (gsize i = 0; i < n; i++)
    add_loaded (loaded, &all[i], i);
  guint missing = nullcurve_open_runs_restore (open, "file:///tmp/0.csv", loaded, runs);
  guint listed = g_list_model_get_n_items (G_LIST_MODEL (runs));
  fuzz_require (missing + listed <= n);
  g_autoptr (GVariant) kept = g_variant_ref_sink (nullcurve_open_runs_save (runs));
  fuzz_require (g_variant_n_children (kept) == listed);
  for (guint i = 0; i < listed; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (runs), i);
      fuzz_require (fuzz_is_plain (nullcurve_run_item_get_title (item)));
    }
  for (gsize i = 0; i < n; i++)
    g_clear_pointer (&all[i].run, moe_run_unref);
}

/* What is kept of what was read is the same again. */
static void
check_queue (GVariant *kept)
{
  gsize n = g_variant_n_children (kept);
  if (n > 50)
    return;
  g_autoptr (NullcurveSweepQueue) queue = nullcurve_sweep_queue_new ();
  g_autoptr (NullcurveSweepQueue) again = nullcurve_sweep_queue_new ();
  g_autoptr (NullcurvePlaces) places = nullcurve_places_new ();
  guint missing = nullcurve_kept_jobs_restore (kept, queue, places);
  guint waiting = g_list_model_get_n_items (G_LIST_MODEL (queue));
  fuzz_require (missing + waiting == n);
  fuzz_require (nullcurve_sweep_queue_get_held (queue) == (waiting > 0));
  for (guint i = 0; i < waiting; i++)
    {
      g_autoptr (NullcurveJobItem) job = g_list_model_get_item (G_LIST_MODEL (queue), i);
      g_autofree char *words = nullcurve_job_item_describe (job);
      fuzz_require (fuzz_is_plain (nullcurve_job_item_get_name (job)) && fuzz_is_plain (words));
    }
  g_autoptr (GVariant) first = g_variant_ref_sink (nullcurve_kept_jobs_save (queue));
  fuzz_require (nullcurve_kept_jobs_restore (first, again, places) == 0);
  g_autoptr (GVariant) second = g_variant_ref_sink (nullcurve_kept_jobs_save (again));
  fuzz_require (g_variant_equal (first, second));
}

/* A name once, and what is kept of what was read is the same again. */
static void
check_presets (GVariant *kept)
{
  g_autoptr (NullcurveOwnPresets) presets = nullcurve_own_presets_new ();
  g_autoptr (NullcurveOwnPresets) again = nullcurve_own_presets_new ();
  nullcurve_own_presets_unpack (presets, kept);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (presets));
  fuzz_require (n <= g_variant_n_children (kept));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveOwnPreset) preset = g_list_model_get_item (G_LIST_MODEL (presets), i);
      const char *name = nullcurve_own_preset_get_name (preset);
      fuzz_require (*name != '\0' && fuzz_is_plain (name));
      fuzz_require (nullcurve_own_presets_find (presets, name) == preset);
      fuzz_require (nullcurve_own_presets_match (presets, nullcurve_own_preset_get_options (preset))
                    != NULL);
    }
  g_autoptr (GVariant) first = g_variant_ref_sink (nullcurve_own_presets_pack (presets));
  nullcurve_own_presets_unpack (again, first);
  g_autoptr (GVariant) second = g_variant_ref_sink (nullcurve_own_presets_pack (again));
  fuzz_require (g_variant_equal (first, second));
}

/* Whatever a place is, it is told whether anything can be started there. */
static void
check_places (GVariant *kept)
{
  g_autoptr (NullcurvePlaces) places = nullcurve_places_new ();
  g_autoptr (NullcurvePlaces) again = nullcurve_places_new ();
  nullcurve_places_unpack (places, kept);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (places)); i++)
    {
      g_autoptr (NullcurvePlace) place = g_list_model_get_item (G_LIST_MODEL (places), i);
      g_autoptr (GError) error = NULL;
      gboolean good = nullcurve_place_check (place, &error);
      fuzz_require_told (good, error);
      fuzz_require (fuzz_is_plain (nullcurve_place_get_name (place)));
      fuzz_require (nullcurve_places_find (places, nullcurve_place_get_name (place)) == place);
    }
  g_autoptr (GVariant) first = g_variant_ref_sink (nullcurve_places_pack (places));
  nullcurve_places_unpack (again, first);
  g_autoptr (GVariant) second = g_variant_ref_sink (nullcurve_places_pack (again));
  fuzz_require (g_variant_equal (first, second));
}

static gboolean
is_sound (const NullcurveSpan *span)
{
  return (span->lo == 0 && span->hi == 0)
         || (span->lo < span->hi && isfinite (span->hi - span->lo));
}

/* A chart of it can be laid out and drawn. */
static void
draw_zoomed (const NullcurveViewport *zoom)
{
  g_autoptr (NullcurveFigure) figure = nullcurve_figure_new ();
  NullcurveChartStyle style;
  nullcurve_figure_add_panel (figure, "Tokens/s", NULL, NULLCURVE_UNIT_RATE);
  NullcurveSeries *series = nullcurve_figure_add_series (figure, "Curve", 0);
  for (int i = 0; i < 5; i++)
    nullcurve_series_add_point (series, 0, 0.2 * i, 1e5 * (i + 1));
  figure->viewport = *zoom;
  nullcurve_chart_style_init (&style, NULLCURVE_STYLE_LIGHT);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, 320, 240);
  cairo_t *cr = cairo_create (surface);
  nullcurve_chart_render (cr, 320, 240, figure, &style);
  fuzz_require (cairo_status (cr) == CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* Any bytes are a zoom, and drawing takes its time: only what somebody wrote as one is drawn. */
static void
check_zoom (GVariant *kept, const char *text)
{
  g_autoptr (GVariant) written =
      g_str_has_prefix (text, "[(")
          ? g_variant_parse (G_VARIANT_TYPE (NULLCURVE_KEPT_ZOOM_TYPE), text, NULL, NULL, NULL)
          : NULL;
  NullcurveViewport zoom, again;
  nullcurve_kept_zoom_unpack (kept, &zoom);
  fuzz_require (is_sound (&zoom.x));
  for (gsize i = 0; i < G_N_ELEMENTS (zoom.y); i++)
    fuzz_require (is_sound (&zoom.y[i]));
  g_autoptr (GVariant) first = g_variant_ref_sink (nullcurve_kept_zoom_pack (&zoom));
  nullcurve_kept_zoom_unpack (first, &again);
  fuzz_require (nullcurve_viewport_equal (&zoom, &again));
  if (written != NULL && nullcurve_viewport_is_zoomed (&zoom))
    draw_zoomed (&zoom);
}

static void
check_export (GVariant *settings)
{
  NullcurveExportChoice choice;
  nullcurve_export_choice_from_variant (&choice, settings);
  fuzz_require (choice.options.width >= 100 && choice.options.width <= 10000);
  fuzz_require (choice.options.height >= 100 && choice.options.height <= 10000);
  fuzz_require (choice.options.dpi >= 24 && choice.options.dpi <= 1200);
  fuzz_require (choice.options.font_size >= 4 && choice.options.font_size <= 100);
  g_autoptr (GVariant) kept = g_variant_ref_sink (nullcurve_export_choice_to_variant (&choice));
  fuzz_require (g_variant_is_of_type (kept, G_VARIANT_TYPE_VARDICT));
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  *(GPtrArray **)data = nullcurve_loader_read_finish (result, NULL);
}

/* A URI of the published rows, or of anything else that is no file here. */
static void
check_published (const char *text)
{
  GPtrArray *loaded = NULL;
  g_autoptr (GFile) file = g_file_new_for_uri (text);
  nullcurve_loader_read_async (&file, 1, g_getenv ("NULLCURVE_DATA_DIR"), NULL, loaded_cb, &loaded);
  while (loaded == NULL)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < loaded->len; i++)
    {
      const NullcurveLoaded *one = g_ptr_array_index (loaded, i);
      fuzz_require ((one->run == NULL) != (one->error == NULL));
    }
  g_ptr_array_unref (loaded);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  MoeOptions options;
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GVariant) open = read_variant (text, data, size, OPEN_TYPE);
  g_autoptr (GVariant) settings = read_variant (text, data, size, G_VARIANT_TYPE_VARDICT);
  g_autoptr (GVariant) queue =
      read_variant (text, data, size, G_VARIANT_TYPE (NULLCURVE_KEPT_JOBS_TYPE));
  g_autoptr (GVariant) presets =
      read_variant (text, data, size, G_VARIANT_TYPE (NULLCURVE_OWN_PRESETS_TYPE));
  g_autoptr (GVariant) places =
      read_variant (text, data, size, G_VARIANT_TYPE (NULLCURVE_PLACES_TYPE));
  g_autoptr (GVariant) zoom =
      read_variant (text, data, size, G_VARIANT_TYPE (NULLCURVE_KEPT_ZOOM_TYPE));
  check_open (open);
  check_presets (presets);
  check_places (places);
  check_zoom (zoom, text);
  check_queue (queue);
  check_export (settings);
  moe_options_init (&options);
  moe_text_to_options (text, &options);
  if (g_str_has_prefix (text, NULLCURVE_PUBLISHED_URI))
    check_published (text);
  fuzz_end ();
  return 0;
}
