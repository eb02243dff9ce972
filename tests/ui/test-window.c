/* SPDX-License-Identifier: Apache-2.0 */
/* The window without a worker: actions, files, published rows, export, and that nothing is left
 * behind when it closes. */
#include "engine/judge/bound.h"
#include "engine/records/run-noise.h"
#include "engine/text/intern.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/files/reference-dialog.h"

#include <math.h>
#include <string.h>

static AdwApplication *application;

/* A button knows whether its action can be done. */
static gboolean
is_enabled (NullcurveWindow *window, const char *action)
{
  GtkBox *box = GTK_BOX (adw_toast_overlay_get_child (fixture_window_child (window, "toasts")));
  GtkWidget *probe = gtk_button_new ();
  gtk_actionable_set_action_name (GTK_ACTIONABLE (probe), action);
  gtk_box_append (box, probe);
  gboolean enabled = gtk_widget_get_sensitive (probe);
  gtk_box_remove (box, probe);
  return enabled;
}

static const char *
page (NullcurveWindow *window)
{
  return gtk_stack_get_visible_child_name (fixture_window_child (window, "stack"));
}

static void
test_empty (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_assert_cmpstr (page (window), ==, "empty");
  g_assert_true (is_enabled (window, "win.run"));
  g_assert_false (is_enabled (window, "win.stop"));
  g_assert_true (is_enabled (window, "win.open"));
  g_assert_true (is_enabled (window, "win.open-reference"));
  g_assert_false (is_enabled (window, "win.export-csv"));
  g_assert_false (is_enabled (window, "win.export-chart"));
  g_assert_false (is_enabled (window, "win.remove-run"));
  g_assert_true (gtk_widget_get_visible (fixture_window_child (window, "run_button")));
  g_assert_false (gtk_widget_get_visible (fixture_window_child (window, "stop_button")));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_cannot_run (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  MoeOptions options, bad;
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  bad = options;
  bad.topk = 61;
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &bad);
  g_assert_false (is_enabled (window, "win.run"));
  const char *tooltip = gtk_widget_get_tooltip_text (fixture_window_child (window, "run_button"));
  g_assert_cmpstr (tooltip, ==,
                   nullcurve_setup_panel_get_problem (nullcurve_window_get_setup (window)));
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
  g_assert_true (is_enabled (window, "win.run"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_no_data_dir (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  nullcurve_window_set_data_dir (window, NULL);
  g_assert_false (is_enabled (window, "win.open-reference"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_open_good (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  g_assert_cmpstr (page (window), ==, "charts");
  g_assert_null (fixture_find_dialog ());
  g_assert_true (is_enabled (window, "win.export-csv"));
  g_assert_true (is_enabled (window, "win.export-chart"));
  g_assert_true (is_enabled (window, "win.remove-run"));
  g_assert_cmpuint (g_list_model_get_n_items (fixture_rows (window)), ==, 2);
  const char *findings = fixture_list_text (window, "findings_text");
  g_assert_nonnull (strstr (findings, "1.80×"));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.remove-run", NULL);
  fixture_settle ();
  g_assert_cmpuint (fixture_n_runs (window), ==, 0);
  g_assert_cmpstr (page (window), ==, "empty");
  g_assert_false (is_enabled (window, "win.export-csv"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_open_bad (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  fixture_open_text (window, "bad.csv",
                     "shape,topk,null_target,null_realized,tflops,tokens_per_s\n"
                     "4096x512x352x60,4,0.0,0.0,1.0,fast\n");
  AdwMessageDialog *dialog = fixture_find_dialog ();
  g_assert_nonnull (dialog);
  const char *body = adw_message_dialog_get_body (dialog);
  g_assert_nonnull (strstr (body, "bad.csv"));
  g_assert_nonnull (strstr (body, "line 2"));
  fixture_answer_dialog ("close");
  /* Nothing already loaded is lost. */
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_open_mixed (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (GFile) good = fixture_file_new ("good.csv", FIXTURE_CSV);
  g_autoptr (GFile) absent = fixture_file_new ("absent.csv", NULL);
  GFile *files[] = { absent, good };
  nullcurve_file_desk_open (nullcurve_window_get_files (window), files, 2);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  g_assert_nonnull (strstr (adw_message_dialog_get_body (fixture_find_dialog ()), "absent.csv"));
  fixture_answer_dialog ("close");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_drop (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (GFile) file = fixture_file_new ("dropped.csv", FIXTURE_CSV);
  GSList link = { file, NULL };
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &link);
  g_signal_emit_by_name (fixture_find_drop_target (GTK_WIDGET (window)), "drop", &value, 5.0, 5.0,
                         &taken);
  g_assert_true (taken);
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_published (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-reference", "s", "null-rows");
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_null (fixture_find_dialog ());
  guint listed = fixture_n_runs (window);
  g_assert_cmpuint (listed, ==, 2);
  g_autoptr (NullcurveRunItem) first =
      g_list_model_get_item (G_LIST_MODEL (nullcurve_window_get_runs (window)), 0);
  g_assert_cmpuint (nullcurve_run_item_count_measured (first), ==, 21);
  g_assert_cmpint (nullcurve_run_item_get_palette (first), >=, 0);

  /* A second time shows what is there and reads nothing twice. */
  nullcurve_run_item_set_visible (first, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-reference", "s", "null-rows");
  fixture_wait (fixture_has_read, window);
  g_assert_cmpuint (fixture_n_runs (window), ==, listed);
  g_assert_true (nullcurve_run_item_get_visible (first));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Asked for while a file is being read, and twice, since nothing came of it at once. */
static void
test_published_meanwhile (void)
{
  g_autoptr (GFile) file = fixture_file_new ("meanwhile.csv", FIXTURE_CSV);
  NullcurveWindow *window = fixture_window_new (application);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &file, 1);
  g_assert_true (nullcurve_file_desk_get_loading (nullcurve_window_get_files (window)));
  for (int i = 0; i < 2; i++)
    gtk_widget_activate_action (GTK_WIDGET (window), "win.show-reference", "s", "null-rows");
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_cmpuint (fixture_n_runs (window), ==, 3);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static GtkWidget *
find_reference_dialog (void)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (NULLCURVE_IS_REFERENCE_DIALOG (l->data) && gtk_widget_get_visible (l->data))
      return l->data;
  return NULL;
}

static void
collect_checks (GtkWidget *widget, GPtrArray *checks)
{
  if (GTK_IS_CHECK_BUTTON (widget))
    g_ptr_array_add (checks, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_checks (child, checks);
}

static void
read_cb (NullcurveFileDesk *files, const char *message, gboolean relative, gboolean *suggested)
{
  *suggested = relative;
}

/* A set is chosen of all that there are; nothing chosen shows nothing. */
static void
test_choose_published (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  gboolean relative = TRUE;
  g_signal_connect (nullcurve_window_get_files (window), "read", G_CALLBACK (read_cb), &relative);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-reference", NULL);
  fixture_settle ();
  GtkWidget *dialog = find_reference_dialog ();
  g_assert_nonnull (dialog);
  GtkWidget *show = gtk_window_get_default_widget (GTK_WINDOW (dialog));
  g_autoptr (GPtrArray) checks = g_ptr_array_new ();
  collect_checks (dialog, checks);
  gsize n;
  const MoeReferenceSet *sets = moe_reference_sets (&n);
  g_assert_cmpuint (checks->len, ==, n);
  g_assert_true (gtk_check_button_get_active (g_ptr_array_index (checks, 0)));
  gtk_check_button_set_active (g_ptr_array_index (checks, 0), FALSE);
  g_assert_false (gtk_widget_get_sensitive (show));
  gtk_check_button_set_active (g_ptr_array_index (checks, 1), TRUE);
  gtk_check_button_set_active (g_ptr_array_index (checks, 2), TRUE);
  g_signal_emit_by_name (show, "clicked");
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_null (find_reference_dialog ());
  g_assert_cmpuint (fixture_n_runs (window), ==, sets[1].n_runs + sets[2].n_runs);
  g_autoptr (NullcurveRunItem) first =
      g_list_model_get_item (G_LIST_MODEL (nullcurve_window_get_runs (window)), 0);
  g_assert_cmpuint (moe_run_get_n_records (nullcurve_run_item_get_run (first)), ==, 289);
  /* Of rows at f = 0 alone figures relative to it would all be 1. */
  g_assert_false (relative);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-reference", "s", "null-rows");
  fixture_wait (fixture_has_read, window);
  g_assert_true (relative);

  /* What is in the list already is ticked. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.open-reference", NULL);
  fixture_settle ();
  dialog = find_reference_dialog ();
  g_autoptr (GPtrArray) again = g_ptr_array_new ();
  collect_checks (dialog, again);
  for (guint i = 0; i < n; i++)
    g_assert_true (gtk_check_button_get_active (g_ptr_array_index (again, i)));
  gtk_window_close (GTK_WINDOW (dialog));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_view (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  fixture_assert_chosen (window, "view", "throughput");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.scale", "s", "relative");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.log-y", NULL);
  fixture_settle ();
  fixture_assert_chosen (window, "scale", "relative");
  gboolean log_y;
  g_object_get (nullcurve_window_get_page (window), "log-y", &log_y, NULL);
  g_assert_true (log_y);
  const NullcurveFigure *figure = fixture_figure (window);
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series, 0, 1)->y, 1.8, 1e-9);
  g_assert_cmpint (figure->panels[0].scale, ==, NULLCURVE_SCALE_LOG);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_hide (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  g_autoptr (NullcurveRunItem) item =
      g_list_model_get_item (G_LIST_MODEL (nullcurve_window_get_runs (window)), 0);
  nullcurve_run_item_set_visible (item, FALSE);
  fixture_settle ();
  g_assert_false (nullcurve_figure_has_data (fixture_figure (window)));
  g_assert_cmpuint (g_list_model_get_n_items (fixture_rows (window)), ==, 0);
  nullcurve_run_item_set_visible (item, TRUE);
  fixture_settle ();
  g_assert_true (nullcurve_figure_has_data (fixture_figure (window)));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
assert_starts_with (GFile *file, const char *magic)
{
  g_autofree char *contents = NULL;
  gsize length;
  g_assert_true (g_file_load_contents (file, NULL, &contents, &length, NULL, NULL));
  g_assert_cmpuint (length, >, strlen (magic));
  g_assert_cmpint (memcmp (contents, magic, strlen (magic)), ==, 0);
}

static void
test_export (void)
{
  static const struct
  {
    const char *name, *magic;
  } charts[] = { { "chart.png", "\x89PNG" }, { "chart.svg", "<?xml" }, { "chart.pdf", "%PDF" } };
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  for (gsize i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      g_autoptr (GFile) file = fixture_file_new (charts[i].name, NULL);
      g_assert_true (nullcurve_chart_page_export_chart (nullcurve_window_get_page (window), file));
      assert_starts_with (file, charts[i].magic);
    }
  g_autoptr (GFile) csv = fixture_file_new ("out.csv", NULL);
  g_assert_true (nullcurve_chart_page_export_csv (nullcurve_window_get_page (window), csv));
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &csv, 1);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
  g_assert_cmpuint (fixture_n_runs (window), ==, 2);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_export_fails (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/folder/out.csv");
  g_assert_false (nullcurve_chart_page_export_csv (nullcurve_window_get_page (window), nowhere));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (fixture_find_dialog ()), "out.csv"));
  fixture_answer_dialog ("close");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static char *
cell (GListModel *rows, guint row, NullcurvePointColumn column)
{
  g_autoptr (NullcurvePointItem) point = g_list_model_get_item (rows, row);
  return nullcurve_point_item_dup_text (point, column);
}

static gboolean
has_column (NullcurveWindow *window, const char *title)
{
  GtkWidget *table = fixture_page_child (window, "table");
  GtkColumnView *view =
      GTK_COLUMN_VIEW (gtk_widget_get_template_child (table, NULLCURVE_TYPE_POINTS_TABLE, "view"));
  GListModel *columns = gtk_column_view_get_columns (view);
  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      if (g_str_equal (gtk_column_view_column_get_title (column), title))
        return gtk_column_view_column_get_visible (column);
    }
  g_assert_not_reached ();
}

static const char *
same_in_all_rows (NullcurveWindow *window)
{
  GtkWidget *label = GTK_WIDGET (gtk_widget_get_template_child (
      fixture_page_child (window, "table"), NULLCURVE_TYPE_POINTS_TABLE, "same"));
  return gtk_widget_get_visible (label) ? gtk_label_get_label (GTK_LABEL (label)) : NULL;
}

/* What all rows have in common has no column, but is told once; what nobody knows is not told. */
static void
test_table_columns (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  g_assert_false (has_column (window, "Top-k"));
  g_assert_false (has_column (window, "Mode"));
  g_assert_false (has_column (window, "Run"));
  g_assert_false (has_column (window, "± %"));
  g_assert_false (has_column (window, "Samples"));
  g_assert_false (has_column (window, "Verdict"));
  g_assert_true (has_column (window, "Null f"));
  g_assert_true (has_column (window, "Gain"));
  g_assert_true (g_str_has_prefix (same_in_all_rows (window), "Same in all rows: Shape "));
  g_assert_nonnull (strstr (same_in_all_rows (window), " · Top-k 4 · Mode independent"));
  g_assert_null (strstr (same_in_all_rows (window), "Samples"));
  fixture_open_text (window, "other.csv",
                     "shape,topk,null_target,tokens_per_s\n1x2x3x9,8,0.0,100\n1x2x3x9,8,0.1,110\n");
  g_assert_true (has_column (window, "Top-k"));
  g_assert_true (has_column (window, "Run"));
  g_assert_cmpstr (same_in_all_rows (window), ==, "Same in all rows: Mode independent");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* One row differs from none, but what was measured of it has its columns. */
static void
test_table_one_row (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "one.csv",
                     "shape,topk,null_target,null_realized,tokens_per_s\n1x2x3x9,8,0.5,0.5,100\n");
  g_assert_true (has_column (window, "Tokens/s"));
  g_assert_true (has_column (window, "Real f"));
  g_assert_false (has_column (window, "Gain"));
  g_assert_false (has_column (window, "Top-k"));
  g_assert_nonnull (strstr (same_in_all_rows (window), "Top-k 8"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* What a person shows or puts away stays so, whatever the rows are, until all is as at first. */
static void
test_table_chooser (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  GtkWidget *table = fixture_page_child (window, "table");
  g_autofree char *tick_topk = g_strdup_printf ("columns.column-%d", NULLCURVE_POINT_COLUMN_TOPK);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  gtk_widget_activate_action (table, "table.hide-column", "i", NULLCURVE_POINT_COLUMN_SPEEDUP);
  gtk_widget_activate_action (table, tick_topk, NULL);
  g_assert_false (has_column (window, "Gain"));
  g_assert_true (has_column (window, "Top-k"));
  g_assert_null (strstr (same_in_all_rows (window), "Top-k"));
  fixture_open_text (window, "other.csv",
                     "shape,topk,null_target,tokens_per_s\n1x2x3x9,4,0.0,100\n1x2x3x9,4,0.1,110\n");
  g_assert_false (has_column (window, "Gain"));
  g_assert_true (has_column (window, "Top-k"));
  gtk_widget_activate_action (table, tick_topk, NULL);
  g_assert_false (has_column (window, "Top-k"));
  gtk_widget_activate_action (table, "table.show-columns", NULL);
  g_assert_true (has_column (window, "Gain"));
  g_assert_true (has_column (window, "Samples"));
  g_assert_null (same_in_all_rows (window));
  gtk_widget_activate_action (table, "table.reset-columns", NULL);
  g_assert_true (has_column (window, "Gain"));
  g_assert_false (has_column (window, "Samples"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_table (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  GListModel *rows = fixture_rows (window);
  static const struct
  {
    NullcurvePointColumn column;
    const char *text;
  } expected[] = {
    { NULLCURVE_POINT_COLUMN_TOPK, "4" },          { NULLCURVE_POINT_COLUMN_MODE, "independent" },
    { NULLCURVE_POINT_COLUMN_TARGET, "0.50" },     { NULLCURVE_POINT_COLUMN_REALISED, "0.5000" },
    { NULLCURVE_POINT_COLUMN_SPREAD, "–" },        { NULLCURVE_POINT_COLUMN_SPEEDUP, "1.80×" },
    { NULLCURVE_POINT_COLUMN_EFFICIENCY, "0.90" }, { NULLCURVE_POINT_COLUMN_SAMPLES, "–" },
    { NULLCURVE_POINT_COLUMN_BOUND, "–" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *text = cell (rows, 1, expected[i].column);
      g_assert_cmpstr (text, ==, expected[i].text);
    }
  g_autoptr (NullcurvePointItem) a = g_list_model_get_item (rows, 0);
  g_autoptr (NullcurvePointItem) b = g_list_model_get_item (rows, 1);
  g_assert_cmpint (nullcurve_point_item_compare (a, b, NULLCURVE_POINT_COLUMN_RATE), <, 0);
  g_assert_cmpint (nullcurve_point_item_compare (a, b, NULLCURVE_POINT_COLUMN_TFLOPS), >, 0);
  g_assert_cmpint (nullcurve_point_item_compare (a, b, NULLCURVE_POINT_COLUMN_SPREAD), ==, 0);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* What the menu of a row does: its point alone waits to be measured, or is text for a sheet. */
static void
test_table_row (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", "table");
  fixture_settle ();
  GtkWidget *table = fixture_page_child (window, "table");
  GtkColumnView *view =
      GTK_COLUMN_VIEW (gtk_widget_get_template_child (table, NULLCURVE_TYPE_POINTS_TABLE, "view"));
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (window);
  gtk_widget_activate_action (table, "table.measure-again", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);

  gtk_selection_model_select_item (gtk_column_view_get_model (view), 1, TRUE);
  gtk_widget_activate_action (table, "table.measure-again", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 1);
  g_autoptr (NullcurveJobItem) job = g_list_model_get_item (G_LIST_MODEL (queue), 0);
  const MoeOptions *options = nullcurve_job_item_get_options (job);
  g_assert_cmpuint (options->shape.tokens, ==, 4096);
  g_assert_cmpuint (options->topk, ==, 4);
  g_assert_cmpuint (options->topk_list.n, ==, 0);
  g_assert_cmpuint (options->null_route_frac_list.n, ==, 1);
  g_assert_cmpfloat (options->null_route_frac_list.values[0], ==, 0.5);
  /* Of no run, and of none of its points. */
  gtk_widget_activate_action (GTK_WIDGET (window), "win.measure-point", "(uu)", 0, 9);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.measure-point", "(uu)", 9, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 1);

  gtk_widget_activate_action (table, "table.copy-row", NULL);
  GdkContentProvider *content = gdk_clipboard_get_content (gtk_widget_get_clipboard (table));
  g_auto (GValue) value = G_VALUE_INIT;
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (gdk_content_provider_get_value (content, &value, NULL));
  g_auto (GStrv) lines = g_strsplit (g_value_get_string (&value), "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_nonnull (strstr (lines[1], "\t0.5\t"));
  nullcurve_sweep_queue_clear (queue);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* A run as a worker tells it, without one. */
static void
test_measured_run (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  MoeOptions options;
  MoePlan plan;
  MoeRecord record;
  MoeError error = { 0 };
  guint runs = 0, stops = 0;
  g_signal_connect_swapped (window, "run-requested", G_CALLBACK (count_cb), &runs);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.run", NULL);
  g_assert_cmpuint (runs, ==, 1);

  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpint (moe_plan_new (&options, &plan, &error), ==, MOE_OK);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Quick");
  MoePointFacts facts = { .real_assignments = 16384 };
  moe_record_from_point (&record, &plan.points[0], &facts, "openblas");
  moe_run_append (run, &record);
  nullcurve_window_begin_run (window, NULL, run, &plan, NULL);
  g_signal_connect_swapped (nullcurve_window_get_queue (window), "state-changed",
                            G_CALLBACK (count_cb), &stops);
  g_assert_true (nullcurve_window_get_running (window));
  g_assert_false (is_enabled (window, "win.run"));
  g_assert_true (is_enabled (window, "win.stop"));
  g_assert_false (is_enabled (window, "win.remove-run"));
  g_assert_true (gtk_widget_get_visible (fixture_window_child (window, "stop_button")));
  /* Nothing is lost by it. */
  g_assert_false (gtk_widget_has_css_class (fixture_window_child (window, "stop_button"),
                                            "destructive-action"));

  moe_run_add_sample (run, 0, 0.5, NULL, NULL);
  MoeProgress progress = {
    .phase = MOE_RUN_PHASE_MEASURE, .round = 2, .fraction = 0.61, .remaining_s = 42
  };
  nullcurve_window_update_run (window, &progress, TRUE);
  fixture_settle ();
  g_assert_cmpstr (
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "what")), ==,
      "top-4, null 0, sample 3 of 5");
  g_assert_cmpstr (
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "percent")),
      ==, "61 %");
  g_assert_cmpstr (
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "left")), ==,
      "42 s left");
  const NullcurveFigure *figure = fixture_figure (window);
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  g_assert_true (nullcurve_series_get_point (series, 0, 0)->measuring);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  g_assert_cmpuint (stops, ==, 1);
  g_assert_false (is_enabled (window, "win.stop"));
  nullcurve_window_end_run (window, NULL, run, NULL);
  fixture_settle ();
  g_assert_false (nullcurve_window_get_running (window));
  g_assert_cmpuint (fixture_n_runs (window), ==, 1);
  g_assert_true (is_enabled (window, "win.run"));
  moe_plan_clear (&plan);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Asked for, reached, taken back; a stop ends it too. */
static void
test_pause (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  MoeOptions options;
  MoePlan plan;
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (window);
  MoeProgress progress = { .phase = MOE_RUN_PHASE_MEASURE, .fraction = 0.5, .remaining_s = 42 };
  g_assert_false (is_enabled (window, "win.pause"));
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Quick");
  nullcurve_window_begin_run (window, NULL, run, &plan, NULL);
  g_assert_true (gtk_widget_get_visible (fixture_window_child (window, "pause_button")));

  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause", NULL);
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_PAUSING);
  const char *what =
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "what"));
  g_assert_true (g_str_has_prefix (what, "Pausing"));
  nullcurve_sweep_queue_set_paused (queue, TRUE);
  nullcurve_window_update_run (window, &progress, FALSE);
  g_assert_cmpstr (
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "what")), ==,
      "Paused");
  NullcurveRunItem *live = nullcurve_runs_model_get_live (nullcurve_window_get_runs (window));
  g_assert_true (nullcurve_run_item_get_paused (live));
  g_assert_cmpstr (
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "left")), ==,
      "");

  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause", NULL);
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_GOING);
  g_assert_false (nullcurve_run_item_get_paused (live));
  nullcurve_sweep_queue_set_paused (queue, FALSE);
  nullcurve_window_update_run (window, &progress, FALSE);
  g_assert_cmpstr (
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "left")), ==,
      "42 s left");

  gtk_widget_activate_action (GTK_WIDGET (window), "win.pause", NULL);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stop", NULL);
  g_assert_false (is_enabled (window, "win.pause"));
  nullcurve_window_end_run (window, NULL, run, NULL);
  g_assert_cmpint (nullcurve_sweep_queue_get_state (queue), ==, NULLCURVE_SWEEP_NONE);
  g_assert_false (gtk_widget_get_visible (fixture_window_child (window, "pause_button")));
  moe_plan_clear (&plan);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static gboolean
is_gone (gpointer weak)
{
  return *(gpointer *)weak == NULL;
}

/* With a window that closes goes what is in it, also behind the flaps. */
static void
test_all_gone (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  gpointer parts[] = { window, nullcurve_window_get_setup (window),
                       nullcurve_window_get_page (window),
                       fixture_window_child (window, "run_list"),
                       nullcurve_window_get_runs (window) };
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  fixture_open_text (window, "bad.csv", "shape\n");
  fixture_answer_dialog ("close");
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    g_object_add_weak_pointer (parts[i], &parts[i]);
  gtk_window_close (GTK_WINDOW (window));
  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    fixture_wait (is_gone, &parts[i]);
}

/* The strip of a sweep beside says of its buttons what they do now, and at which place. */
static void
test_side_strip (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  NullcurveSideSweeps *sides = nullcurve_window_get_sides (window);
  MoeOptions options;
  MoePlan plan;
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Quick");
  NullcurveSweepQueue *queue = nullcurve_side_sweeps_add (sides, "rack");
  nullcurve_sweep_queue_begin (queue, run, &plan);
  GtkWidget *strip = gtk_widget_get_last_child (GTK_WIDGET (sides));
  GtkWidget *pause = gtk_widget_get_prev_sibling (gtk_widget_get_last_child (strip));
  gtk_test_accessible_assert_property (pause, GTK_ACCESSIBLE_PROPERTY_LABEL, "Pause, rack");
  g_signal_emit_by_name (pause, "clicked");
  gtk_test_accessible_assert_property (pause, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Go on measuring, rack");
  g_signal_emit_by_name (pause, "clicked");
  gtk_test_accessible_assert_property (pause, GTK_ACCESSIBLE_PROPERTY_LABEL, "Pause, rack");
  nullcurve_sweep_queue_end (queue);
  nullcurve_side_sweeps_remove (sides, queue);
  moe_plan_clear (&plan);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static gboolean
is_folded (gpointer window)
{
  return adw_flap_get_folded (fixture_window_child (window, "setup_flap"));
}

static gboolean
is_unfolded (gpointer window)
{
  return !is_folded (window);
}

static gboolean
resize_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer unused)
{
  gtk_widget_queue_resize (widget);
  return G_SOURCE_CONTINUE;
}

/* In a narrow window the setup folds once there is a run, and has its place again in a wide one or
 * without a run; also in a frame in which something above it is laid out anew. */
static void
test_fold (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  gtk_widget_add_tick_callback (fixture_window_child (window, "title"), resize_cb, NULL, NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  fixture_settle ();
  g_assert_true (is_unfolded (window));
  fixture_open_text (window, "good.csv", FIXTURE_CSV);
  fixture_wait (is_folded, window);
  gtk_window_set_default_size (GTK_WINDOW (window), 1500, 900);
  fixture_wait (is_unfolded, window);
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  fixture_wait (is_folded, window);
  /* Of the two that stand beside the charts it is the first to go. */
  for (int width = 1100; width < 1500; width += 40)
    {
      gtk_window_set_default_size (GTK_WINDOW (window), width, 760);
      fixture_wait_frame (GTK_WIDGET (window));
      fixture_settle ();
      g_assert_true (is_folded (window)
                     || !adw_flap_get_folded (fixture_window_child (window, "runs_flap")));
    }
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  fixture_wait (is_folded, window);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.remove-run", NULL);
  fixture_wait (is_unfolded, window);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_run_that_fails (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  MoeOptions options;
  MoePlan plan;
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Quick");
  nullcurve_window_begin_run (window, NULL, run, &plan, NULL);
  nullcurve_window_end_run (window, NULL, run, "The library is gone.");
  g_assert_cmpstr (adw_message_dialog_get_body (fixture_find_dialog ()), ==,
                   "The library is gone.");
  fixture_answer_dialog ("close");
  g_assert_cmpuint (fixture_n_runs (window), ==, 0);
  moe_plan_clear (&plan);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* One record with samples, of a run that knows its machine's limits. */
static MoeRun *
new_measured_run (const double *samples_s, gsize n)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Mine");
  MoeLimits limits = fixture_limits ();
  MoeRecord record;
  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 4096, 512, 352, 60, 0 };
  record.topk = 4;
  record.null_target = record.null_realized = 0.5;
  record.real_assignments = record.null_assignments = 8192;
  record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward_backward");
  record.choice[MOE_CHOICE_DTYPE] = moe_text_intern ("float32");
  record.steps = 100;
  gsize index = moe_run_append (run, &record);
  for (gsize i = 0; i < n; i++)
    moe_run_add_sample (run, index, samples_s[i], NULL, NULL);
  moe_run_set_limits (run, &limits);
  return run;
}

static void
test_limits (void)
{
  static const double samples_s[] = { 0.2655, 0.2655, 0.2655, 0.2655, 0.2655, 0.2655 };
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) run = new_measured_run (samples_s, G_N_ELEMENTS (samples_s));
  g_assert_false (is_enabled (window, "win.limits"));
  nullcurve_runs_model_add (nullcurve_window_get_runs (window), run);
  fixture_settle ();
  const NullcurveFigure *figure = fixture_figure (window);
  g_assert_false (nullcurve_figure_has_bounds (figure));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.limits", NULL);
  fixture_settle ();
  figure = fixture_figure (window);
  g_assert_true (nullcurve_figure_has_bounds (figure));

  GListModel *rows = fixture_rows (window);
  g_autofree char *share = cell (rows, 0, NULLCURVE_POINT_COLUMN_BOUND);
  g_autofree char *expected =
      g_strdup_printf ("%.0f %%", 100 * moe_run_bound_share (run, moe_run_get_record (run, 0)));
  g_assert_cmpstr (share, ==, expected);
  g_assert_cmpstr (share, !=, "0 %");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Samples that spread are warned of; of a run that goes on they are not yet. */
static void
test_warnings (void)
{
  static const double samples_s[] = { 0.20, 0.26, 0.35, 0.22, 0.31, 0.24 };
  NullcurveWindow *window = fixture_window_new (application);
  MoeNoise noise = {
    .threads = 2, .processors = 2, .others_busy = 1.5, .stolen = 0, .throttlings = 0
  };
  g_autoptr (MoeRun) run = new_measured_run (samples_s, G_N_ELEMENTS (samples_s));
  NullcurveRunItem *item = nullcurve_runs_model_add (nullcurve_window_get_runs (window), run);
  nullcurve_run_item_set_live (item, TRUE);
  nullcurve_run_item_touch (item);
  const char *during = fixture_list_text (window, "warnings_text");
  g_assert_cmpstr (during, ==, "");
  nullcurve_run_item_set_live (item, FALSE);
  moe_run_set_noise (run, &noise);
  nullcurve_run_item_touch (item);
  const char *after = fixture_list_text (window, "warnings_text");
  g_assert_nonnull (strstr (after, "other processes"));
  /* In the words of the form. */
  g_assert_nonnull (strstr (after, "raise Samples"));
  g_assert_null (strstr (after, "--"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_measure_machine (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  guint asked = 0;
  g_signal_connect_swapped (window, "measure-requested", G_CALLBACK (count_cb), &asked);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.measure-machine", NULL);
  g_assert_cmpuint (asked, ==, 1);
  nullcurve_window_show_measuring (window, "Measuring: one of two", 0.5);
  g_assert_true (gtk_revealer_get_reveal_child (
      fixture_child (fixture_window_child (window, "progress"), "revealer")));
  g_assert_cmpstr (
      gtk_label_get_label (fixture_child (fixture_window_child (window, "progress"), "what")), ==,
      "Measuring: one of two");
  g_assert_false (is_enabled (window, "win.measure-machine"));
  g_assert_true (is_enabled (window, "win.run"));
  nullcurve_window_show_measuring (window, NULL, 0);
  g_assert_false (gtk_revealer_get_reveal_child (
      fixture_child (fixture_window_child (window, "progress"), "revealer")));
  g_assert_true (is_enabled (window, "win.measure-machine"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* While a run grows a column that has told a difference stays; once it is over it goes where there
 * is none any more. */
static void
test_table_grows (void)
{
  static const double samples_s[] = { 0.20 };
  NullcurveWindow *window = fixture_window_new (application);
  NullcurveRunsModel *runs = nullcurve_window_get_runs (window);
  g_autoptr (MoeRun) run = new_measured_run (samples_s, 1);
  moe_run_append (run, moe_run_get_record (run, 0));
  NullcurveRunItem *item = nullcurve_runs_model_begin (runs, run);
  g_assert_false (has_column (window, "Samples"));
  g_assert_nonnull (strstr (same_in_all_rows (window), "Samples 1"));
  for (gsize i = 0; i < 2; i++)
    {
      moe_run_add_sample (run, i, 0.21, NULL, NULL);
      nullcurve_runs_model_touch_live (runs);
      g_assert_true (has_column (window, "Samples"));
    }
  nullcurve_runs_model_end (runs, item, run);
  g_assert_false (has_column (window, "Samples"));
  g_assert_nonnull (strstr (same_in_all_rows (window), "Samples 2"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* With one run every column has room in a window of 1280 pixels, and numbers stand right. */
static void
test_table_fits (void)
{
  static const double samples_s[] = { 0.20, 0.26, 0.35, 0.22, 0.31, 0.24 };
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) run = new_measured_run (samples_s, G_N_ELEMENTS (samples_s));
  nullcurve_runs_model_add (nullcurve_window_get_runs (window), run);
  fixture_settle ();
  int minimum;
  GtkWidget *view = GTK_WIDGET (gtk_widget_get_template_child (
      fixture_page_child (window, "table"), NULLCURVE_TYPE_POINTS_TABLE, "view"));
  gtk_widget_measure (view, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  /* 1280 less setup, runs and their separators */
  g_assert_cmpint (minimum, <=, 1280 - 312 - 296 - 12);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_settings (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_assert_nonnull (source);
  g_autoptr (GSettingsSchema) schema =
      g_settings_schema_source_lookup (source, NULLCURVE_APP_ID, TRUE);
  g_assert_nonnull (schema);
  g_autoptr (GSettings) settings = g_settings_new_full (schema, NULL, NULL);
  MoeOptions options;

  NullcurveWindow *window = fixture_window_new (application);
  nullcurve_window_set_settings (window, settings);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpuint (options.shape.tokens, ==, 4096);
  options.shape.tokens = 1234;
  options.choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_ROUTER;
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
  g_object_set (nullcurve_window_get_page (window), "view", "stages", NULL);
  g_object_set (nullcurve_window_get_page (window), "scale", "relative", NULL);
  g_object_set (nullcurve_window_get_page (window), "limits", TRUE, NULL);
  gboolean stays;
  g_signal_emit_by_name (window, "close-request", &stays);
  g_assert_false (stays);
  fixture_assert_window_finalised (GTK_WINDOW (window));

  window = fixture_window_new (application);
  nullcurve_window_set_settings (window, settings);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpuint (options.shape.tokens, ==, 1234);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_ROUTER);
  fixture_assert_chosen (window, "view", "stages");
  fixture_assert_chosen (window, "scale", "relative");
  gboolean limits;
  g_object_get (nullcurve_window_get_page (window), "limits", &limits, NULL);
  g_assert_true (limits);
  fixture_assert_window_finalised (GTK_WINDOW (window));

  /* A line from another version, or damaged, does no harm. */
  g_settings_set_string (settings, "last-setup", "tokens=0 hidden=x what=ever experts= = ==");
  window = fixture_window_new (application);
  nullcurve_window_set_settings (window, settings);
  g_assert_null (nullcurve_setup_panel_get_problem (nullcurve_window_get_setup (window)));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_close_while_reading (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (GFile) file = fixture_file_new ("good.csv", FIXTURE_CSV);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &file, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/window/empty", test_empty);
  g_test_add_func ("/window/cannot-run", test_cannot_run);
  g_test_add_func ("/window/no-data-dir", test_no_data_dir);
  g_test_add_func ("/window/open-good", test_open_good);
  g_test_add_func ("/window/open-bad", test_open_bad);
  g_test_add_func ("/window/open-mixed", test_open_mixed);
  g_test_add_func ("/window/drop", test_drop);
  g_test_add_func ("/window/published", test_published);
  g_test_add_func ("/window/published-meanwhile", test_published_meanwhile);
  g_test_add_func ("/window/choose-published", test_choose_published);
  g_test_add_func ("/window/view", test_view);
  g_test_add_func ("/window/hide", test_hide);
  g_test_add_func ("/window/export", test_export);
  g_test_add_func ("/window/export-fails", test_export_fails);
  g_test_add_func ("/window/table", test_table);
  g_test_add_func ("/window/table-columns", test_table_columns);
  g_test_add_func ("/window/table-one-row", test_table_one_row);
  g_test_add_func ("/window/table-chooser", test_table_chooser);
  g_test_add_func ("/window/table-grows", test_table_grows);
  g_test_add_func ("/window/table-row", test_table_row);
  g_test_add_func ("/window/measured-run", test_measured_run);
  g_test_add_func ("/window/pause", test_pause);
  g_test_add_func ("/window/side-strip", test_side_strip);
  g_test_add_func ("/window/fold", test_fold);
  g_test_add_func ("/window/all-gone", test_all_gone);
  g_test_add_func ("/window/run-that-fails", test_run_that_fails);
  g_test_add_func ("/window/limits", test_limits);
  g_test_add_func ("/window/warnings", test_warnings);
  g_test_add_func ("/window/measure-machine", test_measure_machine);
  g_test_add_func ("/window/table-fits", test_table_fits);
  g_test_add_func ("/window/settings", test_settings);
  g_test_add_func ("/window/close-while-reading", test_close_while_reading);
  int failed = g_test_run ();
  g_object_unref (application);
  return failed;
}
