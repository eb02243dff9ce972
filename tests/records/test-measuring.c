/* SPDX-License-Identifier: Apache-2.0 */
/* Who else measures, as long as its process lives. */
#include "engine/host/measuring.h"
#include "tests/records/support.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that measures `title` until it is killed; returns once it does. */
static pid_t
start_other (const char *title)
{
  int ready[2];
  char byte;
  g_assert_no_errno (pipe (ready));
  pid_t child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      moe_measuring_begin (title);
      if (write (ready[1], "x", 1) == 1)
        for (;;)
          pause ();
      _exit (1);
    }
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  close (ready[1]);
  return child;
}

static void
end_other (pid_t child)
{
  g_assert_no_errno (kill (child, SIGKILL));
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
}

static void
test_other (void)
{
  g_assert_null (moe_measuring_find_other ());
  pid_t child = start_other ("Quick,\ntop-4");
  g_autofree char *other = moe_measuring_find_other ();
  g_assert_cmpstr (other, ==, "Quick, top-4");
  /* Its own does not count, nor one that was killed. */
  MoeMeasuring *own = moe_measuring_begin ("own");
  end_other (child);
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
