/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs to a program is found from where it stands, with nothing in the environment. */
#include "tests/app/bench-fixture.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

typedef struct
{
  char *root; /* where an installation was moved to */
  char *program;
} Moved;

static char *
make_folders (const char *root, const char *below)
{
  char *path = g_build_filename (root, below, NULL);
  g_assert_cmpint (g_mkdir_with_parents (path, 0755), ==, 0);
  return path;
}

static void
copy (const char *from, const char *to)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
}

/* A file with this text or, without one, a copy of `from`. */
static char *
add_file (
    const char *root, const char *folder, const char *name, const char *text, const char *from)
{
  g_autofree char *parents = make_folders (root, folder);
  char *path = g_build_filename (parents, name, NULL);
  if (text != NULL)
    g_assert_true (g_file_set_contents (path, text, -1, NULL));
  else
    copy (from, path);
  return path;
}

static void
set_up (Moved *moved, gconstpointer folder)
{
  moved->root = temporary_folder ();
  moved->program =
      add_file (moved->root, folder, "nullcurve-bench", NULL, BUILD_FOLDER "/app/nullcurve-bench");
  g_setenv ("NULLCURVE_BENCH", moved->program, TRUE);
}

static void
tear_down (Moved *moved, gconstpointer folder)
{
  g_setenv ("NULLCURVE_BENCH", BUILD_FOLDER "/app/nullcurve-bench", TRUE);
  remove_tree (moved->root);
  g_free (moved->program);
  g_free (moved->root);
}

static const char presets[] = "name,tokens,hidden,mlp_dim,experts,topk,source\n"
                              "Elsewhere,64,32,16,4,2,a test\n";

static void
test_built (void)
{
  g_auto (BenchResult) english = BENCH ("--preset", "none");
  g_auto (BenchResult) german = BENCH ("--preset", "none", "--lang", "de");
  assert_refused (&english, "is not one of the presets", "Quick");
  assert_refused (&german, "ist keine der Vorgaben", "Quick");
}

static void
test_moved (Moved *moved, gconstpointer folder)
{
  g_free (add_file (moved->root, DATADIR "/nullcurve", "presets.csv", presets, NULL));
  g_free (add_file (moved->root, LOCALEDIR "/de/LC_MESSAGES", "nullcurve.mo", NULL,
                    BUILD_FOLDER "/po/de/LC_MESSAGES/nullcurve.mo"));
  g_auto (BenchResult) german = BENCH ("--preset", "none", "--lang", "de");
  assert_refused (&german, "ist keine der Vorgaben", "erlaubt ist Elsewhere.");
}

/* Words from a file that others can write are none of the program's. */
static void
test_strange_words (Moved *moved, gconstpointer folder)
{
  g_free (add_file (moved->root, DATADIR "/nullcurve", "presets.csv", presets, NULL));
  g_autofree char *words = add_file (moved->root, LOCALEDIR "/de/LC_MESSAGES", "nullcurve.mo", NULL,
                                     BUILD_FOLDER "/po/de/LC_MESSAGES/nullcurve.mo");
  g_assert_cmpint (g_chmod (words, 0666), ==, 0);
  g_auto (BenchResult) result = BENCH ("--preset", "none", "--lang", "de");
  assert_refused (&result, "is not one of the presets", "allowed is Elsewhere.");
}

/* Where nothing is, the folders that were looked in are named. */
static void
test_missing (Moved *moved, gconstpointer folder)
{
  g_autofree char *beside = g_build_filename (moved->root, DATADIR, "nullcurve", NULL);
  g_auto (BenchResult) result = BENCH ("--preset", "none");
  if (g_file_test (PKGDATADIR "/presets.csv", G_FILE_TEST_EXISTS))
    assert_refused (&result, "is not one of the presets", "Quick");
  else
    {
      g_assert_cmpint (result.status, ==, 1);
      assert_contains (result.err, "which is in none of the folders looked in: ");
      assert_contains (result.err, beside);
      assert_contains (result.err, PKGDATADIR);
    }
  g_setenv ("NULLCURVE_DATA_DIR", moved->root, TRUE);
  g_auto (BenchResult) chosen = BENCH ("--preset", "none");
  g_unsetenv ("NULLCURVE_DATA_DIR");
  g_autofree char *only = g_strdup_printf ("looked in: %s. ", moved->root);
  g_assert_cmpint (chosen.status, ==, 1);
  assert_contains (chosen.err, only);
}

/* A copy of a build folder is none; a folder whose record names it is. */
static void
test_record (Moved *moved, gconstpointer folder)
{
  g_autofree char *record = add_file (moved->root, "engine/base", "build-folder", NULL,
                                      BUILD_FOLDER "/engine/base/build-folder");
  g_free (add_file (moved->root, "sources/data", "presets.csv", presets, NULL));
  g_auto (BenchResult) copied = BENCH ("--preset", "none");
  g_assert_null (strstr (copied.err, "Elsewhere"));

  g_autofree char *text = g_strdup_printf ("%s\n%s/sources\n", moved->root, moved->root);
  g_assert_true (g_file_set_contents (record, text, -1, NULL));
  g_auto (BenchResult) built = BENCH ("--preset", "none");
  assert_refused (&built, "is not one of the presets", "allowed is Elsewhere.");

  g_assert_true (g_file_set_contents (record, "", -1, NULL));
  g_auto (BenchResult) damaged = BENCH ("--preset", "none");
  g_assert_null (strstr (damaged.err, "Elsewhere"));
}

int
main (int argc, char **argv)
{
  static const char *const variables[] = { "NULLCURVE_DATA_DIR", "NULLCURVE_LOCALE_DIR",
                                           "NULLCURVE_BACKEND_DIR", "LANGUAGE" };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++)
    g_unsetenv (variables[i]);
  g_assert_cmpint (g_chdir ("/"), ==, 0);
  g_test_add_func ("/places/built", test_built);
  g_test_add ("/places/moved", Moved, "bin", set_up, test_moved, tear_down);
  g_test_add ("/places/strange-words", Moved, "bin", set_up, test_strange_words, tear_down);
  g_test_add ("/places/missing", Moved, "bin", set_up, test_missing, tear_down);
  g_test_add ("/places/record", Moved, "app", set_up, test_record, tear_down);
  return g_test_run ();
}
