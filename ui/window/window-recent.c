/* SPDX-License-Identifier: Apache-2.0 */
/* The files that were opened last, in the menu beside Open. */
#include "ui/window/window-private.h"

#include "engine/sweep/library.h"

#include <glib/gi18n.h>

enum
{
  MAX_RECENT = 8
};

#define RECENT_APPLICATION "Nullcurve"

void
nullcurve_window_note_recent (NullcurveWindow *self, MoeRun *run)
{
  const char *source = moe_run_get_source (run);
  /* The library has a list of its own. */
  if (source == NULL || moe_library_owns (source))
    return;
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (source);
  g_autofree char *uri = g_file_get_uri (file);
  GtkRecentData data = { .mime_type = (char *)"text/plain",
                         .app_name = (char *)RECENT_APPLICATION,
                         .app_exec = (char *)"nullcurve %u" };
  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

static int
compare_newest_first (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_modified ((GtkRecentInfo *)b),
                              gtk_recent_info_get_modified ((GtkRecentInfo *)a));
}

static void
append_info (GMenu *menu, GtkRecentInfo *info)
{
  g_autofree char *name = gtk_recent_info_get_short_name (info);
  /* An underline in a file's name is no mnemonic. */
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
  g_menu_item_set_action_and_target (item, "win.open-recent", "s", gtk_recent_info_get_uri (info));
  g_menu_append_item (menu, item);
}

static void
update_recent (NullcurveWindow *self)
{
  GList *infos = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  guint n = 0;
  infos = g_list_sort (infos, compare_newest_first);
  g_menu_remove_all (self->recent_menu);
  for (GList *l = infos; l != NULL && n < MAX_RECENT; l = l->next)
    if (gtk_recent_info_has_application (l->data, RECENT_APPLICATION))
      {
        append_info (self->recent_menu, l->data);
        n++;
      }
  g_list_free_full (infos, (GDestroyNotify)gtk_recent_info_unref);
}

static void
open_recent_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GFile) file = g_file_new_for_uri (g_variant_get_string (parameter, NULL));
  nullcurve_window_open_files (NULLCURVE_WINDOW (widget), &file, 1);
}

void
nullcurve_window_install_recent (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.open-recent", "s", open_recent_action);
}

void
nullcurve_window_init_recent (NullcurveWindow *self)
{
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (update_recent),
                           self, G_CONNECT_SWAPPED);
  update_recent (self);
}
