/* SPDX-License-Identifier: Apache-2.0 */
/* The application: one window, files given to it, keys. */
#include "app/application.h"
#include "engine/threads/team.h"
#include "tests/ui/ui-fixture.h"
#include "ui/help/help-window.h"
#include "ui/window/window.h"

#include <string.h>

static NullcurveApplication *application;

static void
start_application (void)
{
  g_autoptr (GError) error = NULL;
  application = nullcurve_application_new ();
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
}

static NullcurveWindow *
only_window (void)
{
  GList *windows = gtk_application_get_windows (GTK_APPLICATION (application));
  g_assert_cmpuint (g_list_length (windows), ==, 1);
  return NULLCURVE_WINDOW (windows->data);
}

static gboolean
has_read (gpointer window)
{
  return !nullcurve_file_desk_get_loading (nullcurve_window_get_files (window))
         && g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (window))) > 0;
}

static void
test_open (void)
{
  g_autoptr (GFile) file =
      fixture_file_new ("given.csv", "shape,topk,null_target,null_realized,tflops,tokens_per_s\n"
                                     "4096x512x352x60,4,0.0,0.0,1.0,1000\n");
  g_application_open (G_APPLICATION (application), &file, 1, "");
  NullcurveWindow *window = only_window ();
  fixture_wait (has_read, window);

  /* A second start comes to the same window and takes nothing away. */
  g_application_activate (G_APPLICATION (application));
  g_assert_true (only_window () == window);
  g_application_open (G_APPLICATION (application), &file, 1, "");
  g_assert_true (only_window () == window);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (window))),
                    >=, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_keys (void)
{
  static const char *const bound[] = {
    "app.quit",  "window.close",        "win.run",          "win.stop",
    "win.open",  "win.export-csv",      "win.export-chart", "win.open-reference",
    "win.log-y", "win.scale::relative", "win.limits"
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bound); i++)
    {
      g_auto (GStrv) keys =
          gtk_application_get_accels_for_action (GTK_APPLICATION (application), bound[i]);
      g_assert_nonnull (keys[0]);
    }
}

/* Every accelerator of the overlay, in GTK's own spelling. */
static void
collect_shortcuts (GtkWidget *widget, GHashTable *keys)
{
  g_autofree char *accelerators = NULL;
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget))
    g_object_get (widget, "accelerator", &accelerators, NULL);
  g_auto (GStrv) words = g_strsplit (accelerators != NULL ? accelerators : "", " ", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      guint key;
      GdkModifierType modifiers;
      if (*words[i] != '\0' && gtk_accelerator_parse (words[i], &key, &modifiers))
        g_hash_table_add (keys, gtk_accelerator_name (key, modifiers));
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_shortcuts (child, keys);
}

/* What has a key stands in the window of shortcuts. */
static void
test_shortcuts_are_told (void)
{
  g_application_activate (G_APPLICATION (application));
  NullcurveWindow *window = only_window ();
  g_autoptr (GHashTable) keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (GTK_APPLICATION (application));
  collect_shortcuts (
      GTK_WIDGET (gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window))), keys);
  for (gsize i = 0; actions[i] != NULL; i++)
    {
      g_auto (GStrv) accels =
          gtk_application_get_accels_for_action (GTK_APPLICATION (application), actions[i]);
      gboolean told = FALSE;
      for (gsize j = 0; accels[j] != NULL; j++)
        told |= g_hash_table_contains (keys, accels[j]);
      if (!told)
        g_error ("no shortcut is told for %s", actions[i]);
    }
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static GtkWindow *
find_toplevel (GType type)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (G_TYPE_CHECK_INSTANCE_TYPE (l->data, type))
      return l->data;
  return NULL;
}

/* Help comes once, About tells the machine, and a notification brings the window back. */
static void
test_help_and_about (void)
{
  g_application_activate (G_APPLICATION (application));
  g_action_group_activate_action (G_ACTION_GROUP (application), "help", NULL);
  GtkWindow *help = find_toplevel (NULLCURVE_TYPE_HELP_WINDOW);
  g_assert_nonnull (help);
  g_action_group_activate_action (G_ACTION_GROUP (application), "help", NULL);
  gtk_window_destroy (help);
  fixture_settle ();
  g_assert_null (find_toplevel (NULLCURVE_TYPE_HELP_WINDOW));

  g_action_group_activate_action (G_ACTION_GROUP (application), "about", NULL);
  GtkWindow *about = find_toplevel (ADW_TYPE_ABOUT_WINDOW);
  g_assert_nonnull (about);
  g_assert_nonnull (strstr (adw_about_window_get_debug_info (ADW_ABOUT_WINDOW (about)), "CPU: "));
  gtk_window_destroy (about);
  g_action_group_activate_action (G_ACTION_GROUP (application), "show-window", NULL);
  fixture_settle ();
  fixture_assert_window_finalised (GTK_WINDOW (only_window ()));
}

static void
test_quit_closes (void)
{
  g_application_activate (G_APPLICATION (application));
  g_action_group_activate_action (G_ACTION_GROUP (application), "quit", NULL);
  fixture_settle ();
  g_assert_null (gtk_application_get_windows (GTK_APPLICATION (application)));
}

int
main (int argc, char *argv[])
{
  fixture_ui_init (&argc, &argv);
  fixture_keep_limits (moe_team_default_size ());
  start_application ();
  g_test_add_func ("/application/open", test_open);
  g_test_add_func ("/application/keys", test_keys);
  g_test_add_func ("/application/shortcuts-are-told", test_shortcuts_are_told);
  g_test_add_func ("/application/help-and-about", test_help_and_about);
  g_test_add_func ("/application/quit-closes", test_quit_closes);
  int failed = g_test_run ();
  g_object_unref (application);
  return failed;
}
