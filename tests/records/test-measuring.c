/* SPDX-License-Identifier: Apache-2.0 */
/* Who else measures, as long as its process lives. */
#include "tests/records/other-measuring.h"
#include "tests/records/support.h"

static void
test_other (void)
{
  g_assert_null (moe_measuring_find_other ());
  pid_t child = other_measuring_start ("Quick,\ntop-4");
  g_autofree char *other = moe_measuring_find_other ();
  g_assert_cmpstr (other, ==, "Quick, top-4");
  /* Its own does not count, nor one that was killed. */
  MoeMeasuring *own = moe_measuring_begin ("own");
  other_measuring_end (child);
  g_assert_null (moe_measuring_find_other ());
  moe_measuring_end (own);
}

/* The file of a process that is no more is taken over, whatever is in it. */
static void
test_again (void)
{
  for (int i = 0; i < 2; i++)
    {
      MoeMeasuring *own = moe_measuring_begin ("own");
      g_assert_null (moe_measuring_find_other ());
      moe_measuring_end (own);
    }
}

/* Where it cannot be told, nothing is. */
static void
test_no_folder (void)
{
  if (g_test_subprocess ())
    {
      g_setenv ("XDG_RUNTIME_DIR", "/proc/nowhere", TRUE);
      MoeMeasuring *own = moe_measuring_begin ("own");
      g_assert_null (moe_measuring_find_other ());
      moe_measuring_end (own);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  char *folder = test_folder_new ();
  char *ours = g_build_filename (folder, "nullcurve", NULL);
  g_setenv ("XDG_RUNTIME_DIR", folder, TRUE);
  g_test_add_func ("/measuring/other", test_other);
  g_test_add_func ("/measuring/again", test_again);
  g_test_add_func ("/measuring/no-folder", test_no_folder);
  int status = g_test_run ();
  if (g_file_test (ours, G_FILE_TEST_IS_DIR))
    test_folder_remove (ours);
  else
    g_free (ours);
  test_folder_remove (folder);
  return status;
}
