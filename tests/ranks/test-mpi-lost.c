/* SPDX-License-Identifier: Apache-2.0 */
/* A rank that ends in the middle of an exchange ends the others with a message, and no rank hangs:
 * whether mpirun puts an end to them all, as it does by itself, or leaves them alone. */
#include <glib.h>
#include <string.h>

static void
test_lost (gconstpointer data)
{
  const char *option = data;
  g_autofree char *loser =
      g_build_filename (g_getenv ("G_TEST_BUILDDIR"), "ranks", "mpi-loser", NULL);
  const char *argv[] = { MPIRUN, "-n", "3", loser, NULL, NULL };
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr (GError) error = NULL;
  if (option != NULL)
    {
      argv[1] = option;
      argv[2] = "-n";
      argv[3] = "3";
      argv[4] = loser;
    }
  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s\n%s", out, err);
  g_assert_nonnull (strstr (out, "rank 0: Rank 2 was lost: its process "));
  if (option != NULL)
    g_assert_nonnull (strstr (out, "rank 1: Rank 2 was lost: its process "));
  g_assert_null (strstr (out, "rank 2:"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/mpi/lost/ended-by-mpirun", NULL, test_lost);
  g_test_add_data_func ("/mpi/lost/left-alone", "--enable-recovery", test_lost);
  return g_test_run ();
}
