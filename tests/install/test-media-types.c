/* SPDX-License-Identifier: Apache-2.0 */
/* A desktop that knows the program's media types tells its files from others', and by what. */
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/formats/csv.h"
#include "engine/formats/journal.h"

#define JOURNAL "application/x-nullcurve-journal"
#define TABLE   "application/x-nullcurve-csv"

static const char *desktop_file;

static void
test_types (void)
{
  static const struct
  {
    const char *name, *text, *type;
  } files[] = {
    { "a.journal", MOE_JOURNAL_MAGIC " 1\n", JOURNAL },
    { "a", MOE_JOURNAL_MAGIC " 1\n", JOURNAL },
    { "a.journal", NULL, JOURNAL },
    { "a.csv", MOE_CSV_MAGIC " 1\nshape,topk\n", TABLE },
    { "a.csv", "\xEF\xBB\xBF" MOE_CSV_MAGIC " 1\nshape,topk\n", TABLE },
    { "a", MOE_CSV_MAGIC " 1\nshape,topk\n", TABLE },
    { "a.csv", "shape,topk\n1,2\n", "text/csv" },
    { "a.csv", "# of somebody else\n1,2\n", "text/csv" },
    { "a.csv", NULL, "text/csv" },
    { "a.txt", "shape,topk\n", "text/plain" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      gsize length = files[i].text != NULL ? strlen (files[i].text) : 0;
      g_autofree char *type =
          g_content_type_guess (files[i].name, (const guchar *)files[i].text, length, NULL);
      g_test_message ("%s, \"%s\"", files[i].name, files[i].text != NULL ? files[i].text : "");
      g_assert_cmpstr (type, ==, files[i].type);
    }
  /* What opens any text or table opens these as well. */
  g_assert_true (g_content_type_is_a (JOURNAL, "text/plain"));
  g_assert_true (g_content_type_is_a (TABLE, "text/csv"));
}

static void
test_offered (void)
{
  g_autoptr (GKeyFile) desktop = g_key_file_new ();
  g_autoptr (GError) error = NULL;
  g_key_file_load_from_file (desktop, desktop_file, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  g_auto (GStrv) types = g_key_file_get_string_list (desktop, G_KEY_FILE_DESKTOP_GROUP,
                                                     G_KEY_FILE_DESKTOP_KEY_MIME_TYPE, NULL, NULL);
  g_autofree char *command =
      g_key_file_get_string (desktop, G_KEY_FILE_DESKTOP_GROUP, G_KEY_FILE_DESKTOP_KEY_EXEC, NULL);
  g_assert_nonnull (types);
  g_assert_true (g_strv_contains ((const char *const *)types, JOURNAL));
  g_assert_true (g_strv_contains ((const char *const *)types, TABLE));
  g_assert_nonnull (strstr (command, "%U"));
}

/* A data folder that holds the media types, made by the desktop's own tool; it is the user's. */
static char *
make_database (const char *tool, const char *types)
{
  g_autoptr (GError) error = NULL;
  char *home = g_dir_make_tmp ("nullcurve-types-XXXXXX", &error);
  g_assert_no_error (error);
  g_autofree char *mime = g_build_filename (home, "mime", NULL);
  g_autofree char *packages = g_build_filename (mime, "packages", NULL);
  g_autofree char *path = g_build_filename (packages, "nullcurve.xml", NULL);
  g_autofree char *text = NULL;
  gsize length;
  int status;
  g_assert_cmpint (g_mkdir_with_parents (packages, 0755), ==, 0);
  g_assert_true (g_file_get_contents (types, &text, &length, NULL));
  g_assert_true (g_file_set_contents (path, text, (gssize)length, NULL));
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  const char *command[] = { tool, mime, NULL };
  g_autofree char *said = NULL;
  g_spawn_sync (NULL, (char **)command, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, &said, &status,
                &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (said, ==, "");
  return home;
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  for (const char *name; folder != NULL && (name = g_dir_read_name (folder)) != NULL;)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);
      remove_folder (child);
    }
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 4);
  desktop_file = argv[3];
  g_autofree char *home = make_database (argv[1], argv[2]);
  g_test_add_func ("/media-types/types", test_types);
  g_test_add_func ("/media-types/offered", test_offered);
  int status = g_test_run ();
  remove_folder (home);
  return status;
}
