/* SPDX-License-Identifier: Apache-2.0 */
#include "app/application.h"

#include <glib/gi18n.h>

#include "app/program/data-dir.h"
#include "app/program/places.h"
#include "app/session.h"
#include "ui/help/debug-info.h"
#include "ui/help/help-window.h"
#include "ui/help/shortcuts.h"
#include "ui/resources.h"
#include "ui/window/window.h"

struct _NullcurveApplication
{
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (NullcurveApplication, nullcurve_application, ADW_TYPE_APPLICATION)

/* A schema of another version can lack what this program asks for, which would end it: first comes
 * what was installed or built with it. */
static GSettingsSchema *
find_schema_in (const char *folder)
{
  g_autoptr (GSettingsSchemaSource) source =
      folder != NULL ? g_settings_schema_source_new_from_directory (
          folder, g_settings_schema_source_get_default (), FALSE, NULL)
                     : NULL;
  return source != NULL ? g_settings_schema_source_lookup (source, NULLCURVE_APP_ID, FALSE) : NULL;
}

static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *usual = g_settings_schema_source_get_default ();
  g_autofree char *shared = nullcurve_places_shared ("glib-2.0/schemas");
  g_autofree char *built = nullcurve_places_built ("data");
  GSettingsSchema *schema = find_schema_in (shared);
  if (schema == NULL)
    schema = find_schema_in (built);
  if (schema == NULL && usual != NULL)
    schema = g_settings_schema_source_lookup (usual, NULLCURVE_APP_ID, TRUE);
  return schema;
}

/* Settings are a comfort: without their schema everything still works. */
static GSettings *
find_settings (void)
{
  g_autoptr (GSettingsSchema) schema = find_schema ();
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}

static NullcurveWindow *
ensure_window (GApplication *application)
{
  GtkWindow *present = gtk_application_get_active_window (GTK_APPLICATION (application));
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (application)); l; l = l->next)
    if (NULLCURVE_IS_WINDOW (l->data))
      present = l->data;
  if (NULLCURVE_IS_WINDOW (present))
    return NULLCURVE_WINDOW (present);

  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  g_autofree char *reference = nullcurve_data_dir_find ("reference");
  if (reference != NULL)
    {
      g_autofree char *data_dir = g_path_get_dirname (reference);
      nullcurve_window_set_data_dir (window, data_dir);
    }
  g_autoptr (GSettings) settings = find_settings ();
  nullcurve_window_set_settings (window, settings);
  /* The window holds the session. */
  g_object_unref (nullcurve_session_new (window));
  nullcurve_file_desk_restore (nullcurve_window_get_files (window));
  g_auto (GStrv) waiting = nullcurve_sweep_queue_dup_paths (nullcurve_window_get_queue (window));
  nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (window),
                                            (const char *const *)waiting);
  return window;
}

static void
nullcurve_application_activate (GApplication *application)
{
  gtk_window_present (GTK_WINDOW (ensure_window (application)));
}

static void
nullcurve_application_open (GApplication *application, GFile **files, int n, const char *hint)
{
  NullcurveWindow *window = ensure_window (application);
  gtk_window_present (GTK_WINDOW (window));
  nullcurve_file_desk_open (nullcurve_window_get_files (window), files, (gsize)n);
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *parent = gtk_application_get_active_window (user_data);
  NullcurveWindow *window = ensure_window (user_data);
  g_autofree char *facts = nullcurve_debug_info_new (
      nullcurve_setup_panel_get_backends (nullcurve_window_get_setup (window)));
  adw_show_about_window (
      parent, "application-name", "Nullcurve", "application-icon", NULLCURVE_APP_ID, "version",
      NULLCURVE_VERSION, "developer-name", _ ("The Nullcurve developers"), "license-type",
      GTK_LICENSE_APACHE_2_0, "comments",
      _ ("Measures what null routing buys a mixture-of-experts layer."), "debug-info", facts,
      "debug-info-filename", "nullcurve-debug-info.txt", "translator-credits",
      /* Translators: your names, one a line */
      _ ("translator-credits"), NULL);
}

/* One window of it, brought to the front when it is there already. */
static void
help_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (NULLCURVE_IS_HELP_WINDOW (l->data))
      {
        gtk_window_present (l->data);
        return;
      }
  gtk_window_present (
      GTK_WINDOW (nullcurve_help_window_new (GTK_WINDOW (ensure_window (user_data)))));
}

/* Closing asks when a run goes on; quitting must not be the way around it. */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (user_data));
  for (GList *l = windows; l != NULL; l = l->next)
    gtk_window_close (l->data);
}

/* From a notification. */
static void
show_window_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gtk_window_present (GTK_WINDOW (ensure_window (user_data)));
}

static const GActionEntry actions[] = {
  { "about", about_action, NULL, NULL, NULL, { 0 } },
  { "help", help_action, NULL, NULL, NULL, { 0 } },
  { "quit", quit_action, NULL, NULL, NULL, { 0 } },
  { "show-window", show_window_action, NULL, NULL, NULL, { 0 } },
};

static void
nullcurve_application_startup (GApplication *application)
{
  G_APPLICATION_CLASS (nullcurve_application_parent_class)->startup (application);
  nullcurve_resources_init ();
  gtk_window_set_default_icon_name (NULLCURVE_APP_ID);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions),
                                   application);
  nullcurve_shortcuts_bind (GTK_APPLICATION (application));
}

static void
nullcurve_application_class_init (NullcurveApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  application_class->startup = nullcurve_application_startup;
  application_class->activate = nullcurve_application_activate;
  application_class->open = nullcurve_application_open;
}

static void
nullcurve_application_init (NullcurveApplication *self)
{
}

NullcurveApplication *
nullcurve_application_new (void)
{
  return g_object_new (NULLCURVE_TYPE_APPLICATION, "application-id", NULLCURVE_APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}
