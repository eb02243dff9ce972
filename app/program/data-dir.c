/* SPDX-License-Identifier: Apache-2.0 */
#include "app/program/data-dir.h"

#include "app/program/places.h"
#include "engine/draw/given-file.h"
#include "engine/sweep/presets.h"

static void
add (GPtrArray *folders, char *folder)
{
  if (folder == NULL || g_ptr_array_find_with_equal_func (folders, folder, g_str_equal, NULL))
    g_free (folder);
  else
    g_ptr_array_add (folders, folder);
}

static GPtrArray *
find_folders (void)
{
  GPtrArray *folders = g_ptr_array_new_with_free_func (g_free);
  const char *chosen = g_getenv ("NULLCURVE_DATA_DIR");
  if (chosen != NULL && *chosen != '\0')
    {
      add (folders, g_strdup (chosen));
      return folders;
    }
  add (folders, nullcurve_places_shared ("nullcurve"));
  add (folders, nullcurve_places_source ("data"));
  add (folders, g_strdup (NULLCURVE_PKGDATADIR));
  return folders;
}

char *
nullcurve_data_dir_find (const char *name)
{
  g_autoptr (GPtrArray) folders = find_folders ();
  for (guint i = 0; i < folders->len; i++)
    {
      g_autofree char *path = g_build_filename (folders->pdata[i], name, NULL);
      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }
  return NULL;
}

void
nullcurve_data_dir_offer (void)
{
  g_autofree char *path = nullcurve_data_dir_find (MOE_PRESETS_LOADS);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;
  moe_given_look_in (folder);
}

char *
nullcurve_data_dir_list (void)
{
  g_autoptr (GPtrArray) folders = find_folders ();
  g_ptr_array_add (folders, NULL);
  return g_strjoinv (", ", (char **)folders->pdata);
}
