/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/recent-files.h"

#include "engine/sweep/library.h"

#include <gtk/gtk.h>

enum
{
  MAX_RECENT = 8
};

#define RECENT_APPLICATION "Nullcurve"

void
nullcurve_recent_files_note (const MoeRun *run)
{
  const char *source = moe_run_get_source (run);
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
append_info (GMenu *menu, GtkRecentInfo *info, const char *action)
{
  g_autofree char *name = gtk_recent_info_get_short_name (info);
  /* An underline in a file's name is no mnemonic. */
  g_auto (GStrv) parts = g_strsplit (name, "_", -1);
  g_autofree char *label = g_strjoinv ("__", parts);
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
  g_menu_item_set_action_and_target (item, action, "s", gtk_recent_info_get_uri (info));
  g_menu_append_item (menu, item);
}

void
nullcurve_recent_files_fill (GMenu *menu, const char *action)
{
  GList *infos = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  infos = g_list_sort (infos, compare_newest_first);
  g_menu_remove_all (menu);
  for (GList *l = infos; l != NULL; l = l->next)
    if (gtk_recent_info_has_application (l->data, RECENT_APPLICATION)
        && g_menu_model_get_n_items (G_MENU_MODEL (menu)) < MAX_RECENT)
      append_info (menu, l->data, action);
  g_list_free_full (infos, (GDestroyNotify)gtk_recent_info_unref);
}
