/* SPDX-License-Identifier: Apache-2.0 */
/* What is there again after a start: without an end, as after a crash, and with one. */
#include "engine/sweep/presets.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"

#include <math.h>

static const char good_csv[] =
    "tokens,hidden,mlp_dim,experts,topk,null_target,time_s,tokens_per_s\n"
    "64,32,16,8,4,0,0.01,6400\n"
    "64,32,16,8,4,0.3,0.008,8000\n"
    "64,32,16,8,4,0.6,0.006,10666\n"
    "64,32,16,8,4,0.9,0.004,16000\n";

static AdwApplication *application;
static GSettings *settings;

static NullcurveWindow *
new_window (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (window), fixture_backends ());
  nullcurve_window_set_settings (window, settings);
  nullcurve_file_desk_restore (nullcurve_window_get_files (window));
  gtk_window_present (GTK_WINDOW (window));
  fixture_settle ();
  return window;
}

static void
reset (void)
{
  static const char *const keys[] = { "open-runs", "selected-run", "queue",
                                      "zoom",      "places",       "last-setup" };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (settings, keys[i]);
}

static gboolean
has_zoom (gpointer window)
{
  return nullcurve_viewport_is_zoomed (nullcurve_chart_view_get_viewport (fixture_chart (window)));
}

static NullcurveRunsModel *
runs_of (NullcurveWindow *window)
{
  return nullcurve_window_get_runs (window);
}

static void
open_file (NullcurveWindow *window, const char *name)
{
  fixture_open_text (window, name, good_csv);
}

static void
append_job (NullcurveWindow *window, const char *name, gsize tokens, const char *beside)
{
  MoeOptions options;
  moe_presets_init_options (&options);
  options.shape.tokens = tokens;
  g_autoptr (NullcurveJobItem) job = nullcurve_job_item_new (name, &options, NAN);
  if (beside != NULL)
    {
      options.shape.tokens++;
      nullcurve_job_item_beside (job, nullcurve_job_item_new (beside, &options, 7), "Both");
    }
  nullcurve_sweep_queue_append (nullcurve_window_get_queue (window), job);
}

static gboolean
is_kept (gpointer tokens)
{
  g_autofree char *setup = g_settings_get_string (settings, "last-setup");
  g_autofree char *word = g_strdup_printf ("tokens=%s ", (const char *)tokens);
  g_autoptr (GVariant) queue = g_settings_get_value (settings, "queue");
  g_autoptr (GVariant) zoom = g_settings_get_value (settings, "zoom");
  g_autofree char *selected = g_settings_get_string (settings, "selected-run");
  return g_str_has_prefix (setup, word) && g_variant_n_children (queue) == 2
         && g_variant_n_children (zoom) > 0 && g_str_has_suffix (selected, "kept-a.csv");
}

static void
assert_job (NullcurveWindow *window, guint place, const char *name, gsize tokens, const char *first)
{
  GListModel *queue = G_LIST_MODEL (nullcurve_window_get_queue (window));
  g_autoptr (NullcurveJobItem) job = g_list_model_get_item (queue, place);
  NullcurveJobItem *beside = nullcurve_job_item_get_first (job);
  g_assert_cmpstr (nullcurve_job_item_get_name (job), ==, name);
  g_assert_cmpuint (nullcurve_job_item_get_options (job)->shape.tokens, ==, tokens);
  g_assert_true (isnan (nullcurve_job_item_get_expected_s (job)));
  g_assert_cmpstr (beside != NULL ? nullcurve_job_item_get_name (beside) : NULL, ==, first);
  if (beside == NULL)
    return;
  g_assert_cmpuint (nullcurve_job_item_get_options (beside)->shape.tokens, ==, tokens + 1);
  g_assert_cmpfloat (nullcurve_job_item_get_expected_s (beside), ==, 7);
  g_assert_cmpstr (nullcurve_job_item_get_title (job), ==, "Both");
}

static void
assert_state (NullcurveWindow *window, const char *action, const char *is)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (window), action);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, is);
}

/* A window that is never closed is as one that was killed: what the next one finds was written
 * while it lived. */
static void
test_crash (void)
{
  NullcurveWindow *window = new_window ();
  MoeOptions options;
  open_file (window, "kept-a.csv");
  open_file (window, "kept-b.csv");
  g_autoptr (NullcurveRunItem) first = g_list_model_get_item (G_LIST_MODEL (runs_of (window)), 0);
  nullcurve_runs_model_select (runs_of (window), first);
  g_object_set (nullcurve_window_get_page (window), "scale", "relative", NULL);
  fixture_settle ();
  GtkWidget *chart = GTK_WIDGET (fixture_chart (window));
  nullcurve_chart_view_turn (fixture_chart (window), gtk_widget_get_width (chart) / 2.0,
                             gtk_widget_get_height (chart) / 3.0, 0.5, FALSE);
  const NullcurveViewport zoom = *nullcurve_chart_view_get_viewport (fixture_chart (window));
  g_assert_true (nullcurve_viewport_is_zoomed (&zoom));
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  options.shape.tokens = 777;
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sort-runs", "s", "gain");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.group-runs", "s", "shape");
  append_job (window, "One", 100, NULL);
  append_job (window, "Two", 200, "Other");
  fixture_wait (is_kept, "777");

  NullcurveWindow *again = new_window ();
  fixture_wait (fixture_has_read, again);
  fixture_wait (has_zoom, again);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (again), &options);
  g_assert_cmpuint (options.shape.tokens, ==, 777);
  fixture_assert_chosen (again, "scale", "relative");
  g_assert_true (
      nullcurve_viewport_equal (nullcurve_chart_view_get_viewport (fixture_chart (again)), &zoom));
  g_assert_cmpstr (
      nullcurve_run_item_get_title (nullcurve_runs_model_get_selected (runs_of (again))), ==,
      nullcurve_run_item_get_title (first));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_queue (again))),
                    ==, 2);
  g_assert_true (nullcurve_sweep_queue_get_held (nullcurve_window_get_queue (again)));
  assert_state (again, "sort-runs", "gain");
  assert_state (again, "group-runs", "shape");
  assert_job (again, 0, "One", 100, NULL);
  assert_job (again, 1, "Two", 200, "Other");
  fixture_assert_window_finalised (GTK_WINDOW (again));
  fixture_assert_window_finalised (GTK_WINDOW (window));
  reset ();
}

/* What was taken waits until it has begun, and no longer: from then on its own file tells of it. */
static void
test_taken (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (window);
  append_job (window, "One", 100, NULL);
  append_job (window, "Two", 200, NULL);
  g_autoptr (NullcurveJobItem) job = nullcurve_sweep_queue_take (queue);
  g_assert_true (nullcurve_sweep_queue_get_due (queue) == job);
  gboolean stays;
  g_signal_emit_by_name (window, "close-request", &stays);
  g_autoptr (GVariant) kept = g_settings_get_value (settings, "queue");
  g_assert_cmpuint (g_variant_n_children (kept), ==, 2);
  fixture_assert_window_finalised (GTK_WINDOW (window));

  window = new_window ();
  queue = nullcurve_window_get_queue (window);
  nullcurve_sweep_queue_hold (queue, FALSE);
  g_autoptr (NullcurveJobItem) again = nullcurve_sweep_queue_take (queue);
  g_assert_cmpstr (nullcurve_job_item_get_name (again), ==, "One");
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "One");
  MoePlan plan;
  g_assert_cmpint (moe_plan_new (nullcurve_job_item_get_options (again), &plan, NULL), ==, MOE_OK);
  nullcurve_window_begin_run (window, NULL, run, &plan, NULL);
  g_autoptr (GVariant) rest = g_settings_get_value (settings, "queue");
  g_assert_cmpuint (g_variant_n_children (rest), ==, 1);
  nullcurve_window_end_run (window, NULL, NULL, NULL);
  moe_plan_clear (&plan);
  fixture_assert_window_finalised (GTK_WINDOW (window));
  reset ();
}

/* The rest of a run waits as long as it was not begun, in its place among the others. */
static void
test_rest (void)
{
  MoeOptions options;
  NullcurveWindow *window = new_window ();
  moe_presets_init_options (&options);
  g_autoptr (MoeRun) before = moe_run_new (MOE_RUN_FORMAT_JOURNAL, "Before");
  g_autoptr (NullcurveJobItem) rest = nullcurve_job_item_new ("Rest", &options, NAN);
  nullcurve_job_item_set_before (rest, before, "/some/f\303\244ll \377.journal");
  append_job (window, "One", 100, NULL);
  nullcurve_sweep_queue_append (nullcurve_window_get_queue (window), rest);
  fixture_assert_window_finalised (GTK_WINDOW (window));

  window = new_window ();
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (window);
  g_auto (GStrv) paths = nullcurve_sweep_queue_dup_paths (queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 2);
  g_assert_cmpuint (g_strv_length (paths), ==, 1);
  g_assert_cmpstr (paths[0], ==, "/some/f\303\244ll \377.journal");
  nullcurve_sweep_queue_hold (queue, FALSE);
  g_autoptr (NullcurveJobItem) one = nullcurve_sweep_queue_take (queue);
  g_assert_cmpstr (nullcurve_job_item_get_name (one), ==, "One");
  /* Nobody has read the other. */
  g_assert_null (nullcurve_sweep_queue_take (queue));
  fixture_assert_window_finalised (GTK_WINDOW (window));
  reset ();
}

/* A sweep is for its place, and for no other when that is gone; a zoom goes with what it showed. */
static void
test_gone (void)
{
  g_settings_set_value (
      settings, "queue",
      g_variant_new_parsed ("[('A', 'tokens=9', -1.0, 'gone', '', '', 0.0, '', ''),"
                            " ('B', '= =', 5.0, '', '', '', 0.0, '', '')]"));
  g_settings_set_value (settings, "zoom", g_variant_new_parsed ("[(5.0, 6.0), (7.0, 8.0)]"));
  g_settings_set_value (
      settings, "open-runs",
      g_variant_new_parsed ("[('file:///nowhere/kept-a.csv', 'A', -1, true, false)]"));
  NullcurveWindow *window = new_window ();
  fixture_wait (fixture_has_read, window);
  GListModel *queue = G_LIST_MODEL (nullcurve_window_get_queue (window));
  g_assert_cmpuint (g_list_model_get_n_items (queue), ==, 1);
  g_autoptr (NullcurveJobItem) job = g_list_model_get_item (queue, 0);
  g_assert_cmpstr (nullcurve_job_item_get_name (job), ==, "B");
  g_assert_cmpfloat (nullcurve_job_item_get_expected_s (job), ==, 5);
  open_file (window, "kept-c.csv");
  g_assert_false (has_zoom (window));
  fixture_assert_window_finalised (GTK_WINDOW (window));
  reset ();
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (
      g_settings_schema_source_get_default (), NULLCURVE_APP_ID, TRUE);
  g_assert_nonnull (schema);
  settings = g_settings_new_full (schema, NULL, NULL);
  g_test_add_func ("/window/kept/crash", test_crash);
  g_test_add_func ("/window/kept/taken", test_taken);
  g_test_add_func ("/window/kept/rest", test_rest);
  g_test_add_func ("/window/kept/gone", test_gone);
  int result = g_test_run ();
  g_clear_object (&settings);
  g_object_unref (application);
  return result;
}
