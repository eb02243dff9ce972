/* SPDX-License-Identifier: Apache-2.0 */
#include "app/program/data-dir.h"

static char *
existing (char *path)
{
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return path;
  g_free (path);
  return NULL;
}

/* An executable in build/app has the data two folders up. */
static char *
in_source_tree (const char *name)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (program == NULL)
    return NULL;
  g_autofree char *folder = g_path_get_dirname (program);
  g_autofree char *path = g_build_filename (folder, "..", "..", "data", name, NULL);
  return existing (g_canonicalize_filename (path, NULL));
}

char *
nullcurve_data_dir_find (const char *name)
{
  const char *chosen = g_getenv ("NULLCURVE_DATA_DIR");
  if (chosen != NULL && *chosen != '\0')
    return existing (g_build_filename (chosen, name, NULL));

  char *installed = existing (g_build_filename (NULLCURVE_PKGDATADIR, name, NULL));
  return installed != NULL ? installed : in_source_tree (name);
}
