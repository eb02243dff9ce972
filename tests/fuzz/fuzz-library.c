/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of run files, of which one is the input; and the trash, as another program keeps it. */
#include "tests/fuzz/fuzz.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/sweep/library.h"

static void
check_folder (const char *dir)
{
  MoeOptions options;
  gsize taken, planned;
  g_autofree char *left_alone = NULL;
  g_autoptr (MoeLibraryEntry) entry = moe_library_find_interrupted (dir, &left_alone);
  fuzz_require (left_alone == NULL || fuzz_is_sentence (left_alone));
  if (entry == NULL)
    return;
  g_autofree char *words = moe_library_entry_describe (entry);
  fuzz_require (fuzz_is_plain (moe_library_entry_get_title (entry)));
  fuzz_require (g_utf8_validate (words, -1, NULL));
  fuzz_require (moe_library_entry_get_n_points (entry) > 0);
  fuzz_require (moe_library_entry_get_n_complete (entry) <= moe_library_entry_get_n_points (entry));
  moe_library_entry_get_samples (entry, &taken, &planned);
  moe_library_entry_matches (entry, "run top");
  moe_options_init (&options);
  moe_library_entry_get_options (entry, &options);
}

static void
check_trash (const char *text)
{
  g_autofree char *gone = g_build_filename (fuzz_folder (), "gone.journal", NULL);
  g_autofree char *path_line = g_strconcat ("Path=", gone, NULL);
  g_autoptr (GString) named = g_string_new (text);
  g_string_replace (named, "Path=GONE", path_line, 0);
  g_autofree char *info =
      fuzz_write ("data/Trash/info/gone.journal.trashinfo", named->str, named->len);
  g_autofree char *file = fuzz_write ("data/Trash/files/gone.journal", "", 0);
  fuzz_require (info != NULL && file != NULL);
  gboolean back = moe_library_untrash (gone);
  fuzz_require (back == g_file_test (gone, G_FILE_TEST_EXISTS));
  g_unlink (gone);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  g_autofree char *path = fuzz_write ("runs/run.journal", data, size);
  g_autofree char *dir = g_path_get_dirname (path);
  check_folder (dir);
  check_trash (text);
  fuzz_end ();
  return 0;
}
