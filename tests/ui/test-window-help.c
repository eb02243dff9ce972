/* SPDX-License-Identifier: Apache-2.0 */
/* The help, what a bug report says, and that nothing in the window is without a name. */
#include <math.h>
#include <string.h>

#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/help/debug-info.h"
#include "ui/help/help-text.h"
#include "ui/help/help-window.h"
#include "ui/page/export-dialog.h"
#include "ui/page/teaser.h"
#include "ui/window/window.h"

static AdwApplication *application;

static void
test_markup (void)
{
  g_autofree char *markup = nullcurve_help_text_markup ("a < **b** `c<d` *e* [f & g](h.md) 2 * 3");
  g_autofree char *title = nullcurve_help_text_title ("# One\ntwo");
  g_assert_cmpstr (markup, ==,
                   "a &lt; <b>b</b> <tt>c&lt;d</tt> <i>e</i> <a href=\"h.md\">f &amp; g</a> 2 * 3");
  g_assert_cmpstr (title, ==, "One");
  g_assert_null (nullcurve_help_text_title ("One"));
}

static char *
read_page (const char *page)
{
  g_autofree char *path = g_strconcat ("/io/github/nullcurve/Nullcurve/help/", page, ".md", NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_assert_nonnull (bytes);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* What stands between two marks, each time, in order. */
static char *
join_between (const char *text, const char *open, const char *close)
{
  GString *all = g_string_new (NULL);
  const char *at = text;
  while ((at = strstr (at, open)) != NULL)
    {
      const char *start = at + strlen (open);
      const char *end = strstr (start, close);
      g_assert_nonnull (end);
      g_string_append_len (all, start, end - start);
      g_string_append_c (all, '\n');
      at = end + strlen (close);
    }
  return g_string_free (all, FALSE);
}

/* What each block begins with: the mark of a heading or an item, or nothing. */
static char *
join_marks (const char *text)
{
  GString *all = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      gsize length = strspn (lines[i], "#-.0123456789");
      if (*lines[i] == '\0')
        continue;
      if (lines[i][length] == ' ')
        g_string_append_len (all, lines[i], (gssize)length);
      g_string_append_c (all, '\n');
    }
  return g_string_free (all, FALSE);
}

static void
assert_same_between (const char *a, const char *b, const char *open, const char *close)
{
  g_autofree char *in_a = join_between (a, open, close);
  g_autofree char *in_b = join_between (b, open, close);
  g_assert_cmpstr (in_a, ==, in_b);
}

/* A page that was changed in one language only differs in its blocks, its links or its code. */
static void
test_german_twins (void)
{
  const char *const *pages = nullcurve_help_window_pages ();
  for (gsize i = 0; pages[i] != NULL; i++)
    {
      g_autofree char *twin = g_strconcat ("de/", pages[i], NULL);
      g_autofree char *english = read_page (pages[i]);
      g_autofree char *german = read_page (twin);
      g_autofree char *english_marks = join_marks (english);
      g_autofree char *german_marks = join_marks (german);
      g_test_message ("%s", twin);
      g_assert_cmpstr (english_marks, ==, german_marks);
      assert_same_between (english, german, "](", ")");
      assert_same_between (english, german, "`", "`");
    }
}

/* Every link of every page leads somewhere, and all that is written is markup; a language without
 * pages is shown the English ones. */
static void
test_pages (void)
{
  NullcurveHelpWindow *window = NULLCURVE_HELP_WINDOW (nullcurve_help_window_new (NULL));
  const char *const *pages = nullcurve_help_window_pages ();
  gtk_window_present (GTK_WINDOW (window));
  for (gsize i = 0; pages[i] != NULL; i++)
    {
      g_autofree char *text = read_page (pages[i]);
      g_autofree char *title = nullcurve_help_text_title (text);
      g_assert_nonnull (title);
      g_assert_true (nullcurve_help_window_show (window, pages[i]));
      fixture_settle ();
      g_assert_cmpstr (nullcurve_help_window_get_page (window), ==, pages[i]);
      g_assert_true (fixture_has_label (GTK_WIDGET (window), title));
      for (const char *at = text; (at = strstr (at, "](")) != NULL; at += 2)
        {
          g_autofree char *target = g_strndup (at + 2, strcspn (at + 2, ".)"));
          g_assert_true (g_strv_contains (pages, target));
        }
    }
  g_assert_false (nullcurve_help_window_show (window, "nowhere"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_debug_info (void)
{
  static const char *const wanted[] = { "Nullcurve: ", "GTK: 4.",  "libadwaita: 1.", "GLib: 2.",
                                        "OpenBLAS",    "\nCPU: ",  "\nThreads: ",    "Free memory",
                                        "\nKernel: ",  "Display: " };
  g_autofree char *facts = nullcurve_debug_info_new (fixture_backends ());
  g_autofree char *without = nullcurve_debug_info_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (wanted); i++)
    if (strstr (facts, wanted[i]) == NULL)
      g_error ("“%s” is not in:\n%s", wanted[i], facts);
  g_assert_null (strstr (without, "usable"));
}

/* The first page shows the published host's curve, from the rows that ship. */
static void
test_teaser (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (isnan (nullcurve_teaser_get_reached (fixture_window_child (window, "teaser"))));
  nullcurve_window_set_data_dir (window, g_getenv ("NULLCURVE_DATA_DIR"));
  fixture_settle ();
  g_assert_cmpfloat_with_epsilon (
      nullcurve_teaser_get_reached (fixture_window_child (window, "teaser")), 1833742.0 / 858766.0,
      1e-9);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* --- names --- */

static gboolean
has_text (GtkWidget *widget)
{
  const char *text = NULL;
  if (GTK_IS_LABEL (widget))
    text = gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_INSCRIPTION (widget))
    text = gtk_inscription_get_text (GTK_INSCRIPTION (widget));
  if (text != NULL && *text != '\0')
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_visible (child) && has_text (child))
      return TRUE;
  return FALSE;
}

/* What a screen reader can say of it. */
static gboolean
has_name (GtkWidget *widget)
{
  GtkAccessible *accessible = GTK_ACCESSIBLE (widget);
  return gtk_test_accessible_has_property (accessible, GTK_ACCESSIBLE_PROPERTY_LABEL)
         || gtk_test_accessible_has_relation (accessible, GTK_ACCESSIBLE_RELATION_LABELLED_BY)
         || has_text (widget);
}

/* The inner parts of a control are named by it. */
static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_DROP_DOWN (widget)
         || GTK_IS_SPIN_BUTTON (widget) || GTK_IS_ENTRY (widget) || GTK_IS_SWITCH (widget)
         || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_SEARCH_ENTRY (widget)
         || GTK_IS_PROGRESS_BAR (widget) || GTK_IS_DRAWING_AREA (widget)
         || NULLCURVE_IS_CHART_VIEW (widget);
}

static void
describe (GtkWidget *widget)
{
  g_autoptr (GString) path = g_string_new (NULL);
  for (GtkWidget *at = widget; at != NULL; at = gtk_widget_get_parent (at))
    {
      g_string_prepend (path, G_OBJECT_TYPE_NAME (at));
      g_string_prepend_c (path, '/');
    }
  g_test_message ("no name: %s", path->str);
}

/* Returns how many have none. */
static guint
count_nameless (GtkWidget *widget)
{
  guint n = 0;
  /* Every expander row has one, whether it is wanted or not. */
  if (GTK_IS_SWITCH (widget) && !gtk_widget_get_visible (widget))
    return 0;
  if (is_control (widget))
    {
      if (has_name (widget))
        return 0;
      describe (widget);
      return 1;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_nameless (child);
  return n;
}

static void
test_everything_has_a_name (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  NullcurveExportChoice choice;
  nullcurve_export_choice_init (&choice);
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (window), fixture_backends ());
  gtk_window_present (GTK_WINDOW (window));
  fixture_settle ();
  g_assert_cmpuint (count_nameless (GTK_WIDGET (window)), ==, 0);
  GtkWidget *others[] = {
    nullcurve_export_dialog_new (GTK_WINDOW (window), nullcurve_figure_new (), NULL, &choice),
    nullcurve_help_window_new (GTK_WINDOW (window)),
  };
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      gtk_window_present (GTK_WINDOW (others[i]));
      fixture_settle ();
      g_assert_cmpuint (count_nameless (others[i]), ==, 0);
      gtk_window_destroy (GTK_WINDOW (others[i]));
    }
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  g_setenv ("LANGUAGE", "xx", TRUE);
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/help/markup", test_markup);
  g_test_add_func ("/help/pages", test_pages);
  g_test_add_func ("/help/german-twins", test_german_twins);
  g_test_add_func ("/help/debug-info", test_debug_info);
  g_test_add_func ("/help/teaser", test_teaser);
  g_test_add_func ("/help/everything-has-a-name", test_everything_has_a_name);
  int status = g_test_run ();
  g_object_unref (application);
  return status;
}
