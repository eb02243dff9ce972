/* SPDX-License-Identifier: Apache-2.0 */
/* Showing results to others: the export dialog, the clipboard. */
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/files/save-dialog.h"
#include "ui/page/export-dialog.h"
#include "ui/page/table-text.h"

#include <string.h>

static AdwApplication *application;

static NullcurveWindow *
new_window (const char *csv)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (window), fixture_backends ());
  gtk_window_present (GTK_WINDOW (window));
  if (csv != NULL)
    fixture_open_text (window, "some.csv", csv);
  fixture_settle ();
  return window;
}

static NullcurveExportDialog *
find_export_dialog (void)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (NULLCURVE_IS_EXPORT_DIALOG (l->data))
      return l->data;
  return NULL;
}

static GObject *
child_of (NullcurveExportDialog *dialog, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (dialog), NULLCURVE_TYPE_EXPORT_DIALOG, name);
}

/* The row of that title in the dialog. */
static AdwActionRow *
find_row (GtkWidget *widget, const char *title)
{
  AdwActionRow *found = NULL;
  if (ADW_IS_ACTION_ROW (widget)
      && g_str_equal (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (widget)), title))
    return ADW_ACTION_ROW (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_row (child, title);
  return found;
}

static gpointer
field_of (NullcurveExportDialog *dialog, const char *title)
{
  return adw_action_row_get_activatable_widget (find_row (GTK_WIDGET (dialog), title));
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* A preset brings its sizes; who changes one of them has left the preset. */
static void
test_dialog (void)
{
  NullcurveExportChoice choice;
  NullcurveWindow *window = new_window (FIXTURE_CSV);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.export-chart", NULL);
  fixture_settle ();
  NullcurveExportDialog *dialog = find_export_dialog ();
  g_assert_nonnull (dialog);
  guint saves = 0;
  g_signal_connect_swapped (dialog, "save", G_CALLBACK (count_cb), &saves);
  g_signal_handlers_disconnect_matched (dialog, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL,
                                        nullcurve_window_get_page (window));

  g_object_set (child_of (dialog, "size"), "selected", NULLCURVE_EXPORT_SLIDE, NULL);
  g_object_set (child_of (dialog, "format"), "selected", NULLCURVE_EXPORT_PDF, NULL);
  g_object_set (child_of (dialog, "look"), "selected", 2, NULL);
  g_object_set (field_of (dialog, "Caption"), "active", TRUE, NULL);
  fixture_settle ();
  nullcurve_export_dialog_get_choice (dialog, &choice);
  g_assert_cmpint (choice.preset, ==, NULLCURVE_EXPORT_SLIDE);
  g_assert_cmpint (choice.format, ==, NULLCURVE_EXPORT_PDF);
  g_assert_cmpint (choice.options.style, ==, NULLCURVE_STYLE_DARK);
  g_assert_cmpfloat (choice.options.height, ==, 720.0);
  g_assert_true (choice.caption);
  g_assert_false (
      gtk_widget_get_sensitive (GTK_WIDGET (find_row (GTK_WIDGET (dialog), "Resolution, dpi"))));

  /* 13.33 inches, as the field shows them, are those of the preset: no pixel is lost on the way. */
  g_signal_emit_by_name (gtk_window_get_default_widget (GTK_WINDOW (dialog)), "clicked");
  nullcurve_export_dialog_get_choice (dialog, &choice);
  g_assert_cmpint (choice.preset, ==, NULLCURVE_EXPORT_SLIDE);
  g_assert_cmpfloat (choice.options.width, ==, 1280.0);

  gtk_spin_button_set_value (field_of (dialog, "Width, inches"), 5.0);
  nullcurve_export_dialog_get_choice (dialog, &choice);
  g_assert_cmpfloat_with_epsilon (choice.options.width, 480.0, 1e-9);
  g_assert_cmpint (choice.preset, ==, NULLCURVE_EXPORT_CUSTOM);
  g_signal_emit_by_name (gtk_window_get_default_widget (GTK_WINDOW (dialog)), "clicked");
  g_assert_cmpuint (saves, ==, 2);
  gtk_window_destroy (GTK_WINDOW (dialog));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_choice_is_remembered (void)
{
  NullcurveExportChoice choice, back;
  nullcurve_export_choice_init (&choice);
  choice.format = NULLCURVE_EXPORT_SVG;
  choice.preset = NULLCURVE_EXPORT_CUSTOM;
  choice.options.width = 333;
  choice.options.style = NULLCURVE_STYLE_DARK;
  choice.options.legend = FALSE;
  choice.caption = TRUE;
  g_autoptr (GVariant) variant = g_variant_ref_sink (nullcurve_export_choice_to_variant (&choice));
  nullcurve_export_choice_from_variant (&back, variant);
  g_assert_cmpint (back.format, ==, choice.format);
  g_assert_cmpint (back.preset, ==, choice.preset);
  g_assert_cmpfloat (back.options.width, ==, 333);
  g_assert_cmpint (back.options.style, ==, NULLCURVE_STYLE_DARK);
  g_assert_true (!back.options.legend && back.options.title && back.caption);

  /* Nonsense changes nothing. */
  g_autoptr (GVariant) nonsense = g_variant_ref_sink (
      g_variant_new_parsed ("{'width': <-5.0>, 'look': <77>, 'format': <3>, 'preset': <'slide'>}"));
  nullcurve_export_choice_from_variant (&back, nonsense);
  g_assert_cmpint (back.format, ==, NULLCURVE_EXPORT_PNG);
  g_assert_cmpint (back.options.style, ==, NULLCURVE_STYLE_PRINT);
  g_assert_cmpfloat (back.options.height, ==, 720.0);
}

static void
test_export_has_provenance (void)
{
  NullcurveWindow *window = new_window (FIXTURE_CSV);
  g_autoptr (GFile) file = fixture_file_new ("chart.svg", NULL);
  g_autofree char *text = NULL;
  g_autofree char *name = nullcurve_chart_page_dup_export_name (nullcurve_window_get_page (window));
  g_assert_cmpstr (name, ==, "some.csv-throughput.png");
  g_assert_true (nullcurve_chart_page_export_chart (nullcurve_window_get_page (window), file));
  g_assert_true (g_file_load_contents (file, NULL, &text, NULL, NULL, NULL));
  g_assert_nonnull (strstr (text, "<desc>some.csv"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static GtkWidget *
find_entry_row (GtkWidget *widget)
{
  GtkWidget *found = ADW_IS_ENTRY_ROW (widget) ? widget : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_entry_row (child);
  return found;
}

/* The words of the title are what a person types, there and in the file, and only in this one. */
static void
test_title (void)
{
  NullcurveWindow *window = new_window (FIXTURE_CSV);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.export-chart", NULL);
  fixture_settle ();
  NullcurveExportDialog *dialog = find_export_dialog ();
  GtkWidget *row = find_entry_row (GTK_WIDGET (dialog));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "some.csv");
  g_assert_null (nullcurve_export_dialog_dup_title (dialog));
  gtk_editable_set_text (GTK_EDITABLE (row), "Figure 3");
  g_autofree char *typed = nullcurve_export_dialog_dup_title (dialog);
  g_assert_cmpstr (typed, ==, "Figure 3");
  g_object_set (field_of (dialog, "Title"), "active", FALSE, NULL);
  g_assert_false (gtk_widget_get_visible (row));
  g_assert_cmpint (nullcurve_export_dialog_get_panel (dialog), ==, -1);
  g_object_set (find_row (GTK_WIDGET (dialog), "Charts"), "selected", 2, NULL);
  g_assert_cmpint (nullcurve_export_dialog_get_panel (dialog), ==, 1);
  gtk_window_destroy (GTK_WINDOW (dialog));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static guint
count_files (const char *folder, const char *part)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;
  while ((name = g_dir_read_name (dir)) != NULL)
    n += strstr (name, part) != NULL;
  return n;
}

static gboolean
is_enabled (NullcurveWindow *window, const char *action)
{
  return g_action_group_get_action_enabled (G_ACTION_GROUP (window), action);
}

/* Write all views, and wait for them; how often the window came to do anything else meanwhile. */
static guint
export_views (NullcurveWindow *window, GFile *folder)
{
  NullcurveChartPage *page = nullcurve_window_get_page (window);
  guint n = 0;
  g_assert_true (nullcurve_chart_page_export_views (page, folder));
  g_assert_true (nullcurve_chart_page_is_exporting (page));
  g_assert_false (is_enabled (window, "export-views"));
  g_assert_true (is_enabled (window, "stop-export"));
  for (; nullcurve_chart_page_is_exporting (page); n++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (is_enabled (window, "export-views"));
  g_assert_false (is_enabled (window, "stop-export"));
  return n;
}

/* Every view with something to show, by run and view; what is there already stays. */
static void
test_all_views (void)
{
  NullcurveWindow *window = new_window (FIXTURE_CSV);
  g_autofree char *path = g_dir_make_tmp ("nullcurve-views-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  g_object_set (nullcurve_window_get_page (window), "view", "efficiency", NULL);
  fixture_settle ();
  g_assert_cmpuint (export_views (window, folder), >, 0);
  fixture_assert_chosen (window, "view", "efficiency");
  g_assert_cmpuint (count_files (path, "some.csv-throughput.png"), ==, 1);
  g_assert_cmpuint (count_files (path, "some.csv-efficiency.png"), ==, 1);
  g_assert_cmpuint (count_files (path, "table"), ==, 0);
  const guint n = count_files (path, "");
  export_views (window, folder);
  g_assert_cmpuint (count_files (path, ""), ==, 2 * n);
  g_assert_cmpuint (count_files (path, "some.csv-throughput-2.png"), ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Are all files there whole? */
static void
assert_whole (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length;
      g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
      g_assert_cmpmem (bytes + length - 8, 4, "IEND", 4);
    }
}

/* They can be stopped, and the window closed, at any time: what is there is whole. */
static void
test_views_are_stopped (void)
{
  g_autofree char *path = g_dir_make_tmp ("nullcurve-views-XXXXXX", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (path);
  for (int closed = 0; closed < 2; closed++)
    {
      NullcurveWindow *window = new_window (FIXTURE_CSV);
      NullcurveChartPage *page = nullcurve_window_get_page (window);
      g_assert_true (nullcurve_chart_page_export_views (page, folder));
      if (!closed)
        {
          gtk_widget_activate_action (GTK_WIDGET (window), "win.stop-export", NULL);
          while (nullcurve_chart_page_is_exporting (page))
            g_main_context_iteration (NULL, TRUE);
          g_assert_true (is_enabled (window, "export-views"));
          assert_whole (path);
        }
      fixture_assert_window_finalised (GTK_WINDOW (window));
    }
}

static char *
read_back (GFile *file)
{
  char *bytes = NULL;
  g_assert_true (g_file_load_contents (file, NULL, &bytes, NULL, NULL, NULL));
  return bytes;
}

/* A name that got its ending after the file dialog had asked: nothing is lost unasked. */
static void
test_asks_before_replacing (void)
{
  NullcurveWindow *window = new_window (FIXTURE_CSV);
  g_autoptr (GFile) there = fixture_file_new ("precious.md", "precious");
  g_autoptr (GFile) folder = g_file_get_parent (there);
  g_autoptr (GFile) asked = g_file_get_child (folder, "precious");
  nullcurve_save_dialog_write (GTK_WIDGET (nullcurve_window_get_page (window)), asked, there,
                               (NullcurveSave)nullcurve_chart_page_export_report);
  fixture_answer_dialog ("cancel");
  g_autofree char *kept = read_back (there);
  g_assert_cmpstr (kept, ==, "precious");

  nullcurve_save_dialog_write (GTK_WIDGET (nullcurve_window_get_page (window)), asked, there,
                               (NullcurveSave)nullcurve_chart_page_export_report);
  fixture_answer_dialog ("replace");
  g_autofree char *report = read_back (there);
  g_assert_cmpstr (report, !=, "precious");

  /* The dialog asked about this very name. */
  nullcurve_save_dialog_write (GTK_WIDGET (nullcurve_window_get_page (window)), there, there,
                               (NullcurveSave)nullcurve_chart_page_export_report);
  g_assert_null (fixture_find_dialog ());
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_copy_chart (void)
{
  NullcurveWindow *window = new_window (FIXTURE_CSV);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.copy-chart", NULL);
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  g_assert_true (gdk_content_formats_contain_mime_type (formats, "image/png"));
  g_assert_true (gdk_content_formats_contain_mime_type (formats, "image/svg+xml"));
  g_assert_true (gdk_content_formats_contain_gtype (formats, GDK_TYPE_TEXTURE));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Values for programs are in full and without the looks of the table. */
static void
test_copy_table (void)
{
  NullcurveWindow *window = new_window (FIXTURE_CSV);
  GListModel *rows = fixture_rows (window);
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (window));
  g_autofree char *markdown = nullcurve_table_text (rows, "markdown");
  g_autofree char *csv = nullcurve_table_text (rows, "csv");
  g_autofree char *tsv = nullcurve_table_text (rows, "tsv");
  g_assert_true (g_str_has_prefix (markdown, "| Run | Shape |"));
  g_assert_nonnull (strstr (markdown, "\n| --- | --- | ---: |"));
  g_assert_nonnull (strstr (csv, "\nsome.csv,4096×512×352×60,4,"));
  g_assert_nonnull (strstr (csv, ",1800,"));
  g_assert_nonnull (strstr (tsv, "\nsome.csv\t4096×512×352×60\t4\t"));
  g_assert_null (nullcurve_table_text (rows, "doc"));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.copy-table", "s", "tsv");
  g_assert_true (
      gdk_content_formats_contain_gtype (gdk_clipboard_get_formats (clipboard), G_TYPE_STRING));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/present/dialog", test_dialog);
  g_test_add_func ("/present/choice-is-remembered", test_choice_is_remembered);
  g_test_add_func ("/present/export-has-provenance", test_export_has_provenance);
  g_test_add_func ("/present/title", test_title);
  g_test_add_func ("/present/all-views", test_all_views);
  g_test_add_func ("/present/views-are-stopped", test_views_are_stopped);
  g_test_add_func ("/present/asks-before-replacing", test_asks_before_replacing);
  g_test_add_func ("/present/copy-chart", test_copy_chart);
  g_test_add_func ("/present/copy-table", test_copy_table);
  int status = g_test_run ();
  g_object_unref (application);
  return status;
}
