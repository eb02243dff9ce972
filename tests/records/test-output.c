/* SPDX-License-Identifier: Apache-2.0 */
/* Files that a person named: whole or as before, with mode, links and neighbours as they were. */
#define _GNU_SOURCE
#include "engine/files/output.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
put (const char *path, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_assert_true (moe_output_write (path, text, strlen (text), &error));
  g_assert_no_error (error);
}

static void
assert_holds (const char *path, const char *text)
{
  g_autofree char *found = NULL;
  g_assert_true (g_file_get_contents (path, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, text);
}

static void
assert_fails (const char *path, int code)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (moe_output_write (path, "text", 4, &error));
  g_assert_error (error, G_IO_ERROR, code);
}

/* Names in the folder, those that begin with a dot too. */
static guint
count_files (void)
{
  guint n = 0;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_plain (void)
{
  g_autofree char *path = path_of ("plain.csv");
  g_autofree char *neighbour = path_of ("plain.csv.tmp");
  struct stat facts;
  put (neighbour, "a stranger's");
  put (path, "first");
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  put (path, "second, longer");
  put (path, "third");
  assert_holds (path, "third");
  assert_holds (neighbour, "a stranger's");
  g_assert_cmpint (g_stat (path, &facts), ==, 0);
  g_assert_cmpint (facts.st_mode & 07777, ==, 0600);
  g_assert_cmpuint (count_files (), ==, 2);
  g_unlink (path);
  g_unlink (neighbour);
}

static void
test_links (void)
{
  g_autofree char *path = path_of ("target.csv"), *soft = path_of ("soft.csv"),
                  *dangling = path_of ("dangling.csv"), *later = path_of ("later.csv"),
                  *hard = path_of ("hard.csv");
  put (path, "one");
  g_assert_cmpint (symlink ("target.csv", soft), ==, 0);
  g_assert_cmpint (symlink (later, dangling), ==, 0);
  put (soft, "through a link");
  assert_holds (path, "through a link");
  g_assert_true (g_file_test (soft, G_FILE_TEST_IS_SYMLINK));
  put (dangling, "made");
  assert_holds (later, "made");
  g_assert_true (g_file_test (dangling, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpint (link (path, hard), ==, 0);
  put (hard, "both");
  assert_holds (path, "both");
  g_assert_true (moe_output_same (hard, soft));
  g_assert_true (moe_output_same (dangling, later));
  g_assert_false (moe_output_same (dangling, path));
  const char *made[] = { path, soft, dangling, later, hard };
  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    g_assert_cmpint (g_unlink (made[i]), ==, 0);
}

static void
test_same_before_it_is_there (void)
{
  g_autofree char *path = path_of ("new.csv"), *round = path_of ("./new.csv"),
                  *other = path_of ("other.csv");
  g_assert_true (moe_output_same (path, round));
  g_assert_false (moe_output_same (path, other));
}

static void
test_refused (void)
{
  g_autofree char *nowhere = path_of ("none/x.csv");
  g_autoptr (GError) error = NULL;
  assert_fails (folder, G_IO_ERROR_IS_DIRECTORY);
  assert_fails (nowhere, G_IO_ERROR_NOT_FOUND);
  assert_fails ("/dev/full", G_IO_ERROR_NO_SPACE);
  g_assert_false (moe_output_check (nowhere, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* A pipe is a stream, and one without a reader is no reason to wait. */
static void
test_pipe (void)
{
  g_autofree char *fifo = path_of ("fifo");
  char read_back[16] = { 0 };
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_true (moe_output_is_stream (fifo));
  assert_fails (fifo, g_io_error_from_errno (ENXIO));
  int reader = open (fifo, O_RDONLY | O_NONBLOCK);
  g_assert_cmpint (reader, >=, 0);
  put (fifo, "piped");
  g_assert_cmpint (read (reader, read_back, sizeof read_back), ==, 5);
  g_assert_cmpstr (read_back, ==, "piped");
  close (reader);
  g_unlink (fifo);
}

/* What this process has open as /dev/fd/N is written where it stands, whatever it is. */
static void
test_descriptor (void)
{
  g_autofree char *path = path_of ("open.txt");
  int file = open (path, O_RDWR | O_CREAT, 0600);
  g_autofree char *name = g_strdup_printf ("/dev/fd/%d", file);
  g_assert_cmpint (write (file, "before ", 7), ==, 7);
  g_assert_true (moe_output_is_stream (name));
  g_assert_false (moe_output_is_stream (path));
  put (name, "during ");
  g_assert_cmpint (write (file, "after", 5), ==, 5);
  close (file);
  assert_holds (path, "before during after");
  g_unlink (path);
}

/* /dev holds plain files too. */
static void
test_shared_memory (void)
{
  g_autofree char *path = g_strdup_printf ("/dev/shm/nullcurve-output-%d.csv", (int)getpid ());
  if (g_access ("/dev/shm", W_OK) != 0)
    return;
  put (path, "first");
  put (path, "second");
  assert_holds (path, "second");
  g_unlink (path);
}

enum
{
  NOT_ALLOWED = 77
};

/* In a process that sees mounts of its own: a file that is one, which no other can take the place
 * of.  What the process ends with. */
static int
write_mount (const char *source, const char *target)
{
  g_autoptr (GError) error = NULL;
  int spaces = CLONE_NEWNS | (geteuid () == 0 ? 0 : CLONE_NEWUSER);
  if (unshare (spaces) != 0 || mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0
      || mount (source, target, NULL, MS_BIND, NULL) != 0)
    return NOT_ALLOWED;
  if (!moe_output_check (target, &error) || !moe_output_write (target, "after", 5, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  return 0;
}

/* As a container has files: it is written in place, and nothing is left beside it. */
static void
test_mount (void)
{
  g_autofree char *source = path_of ("source.txt");
  g_autofree char *target = path_of ("target.txt");
  int status;
  put (source, "before, and longer");
  put (target, "hidden");
  pid_t child = fork ();
  if (child == 0)
    _exit (write_mount (source, target));
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  if (WEXITSTATUS (status) == NOT_ALLOWED)
    g_test_skip ("mounts are not allowed here");
  else
    {
      g_assert_cmpint (WEXITSTATUS (status), ==, 0);
      assert_holds (source, "after");
      assert_holds (target, "hidden");
      g_assert_cmpuint (count_files (), ==, 2);
    }
  g_unlink (source);
  g_unlink (target);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("nullcurve-output-XXXXXX", NULL);
  g_test_add_func ("/output/plain", test_plain);
  g_test_add_func ("/output/links", test_links);
  g_test_add_func ("/output/same-before-it-is-there", test_same_before_it_is_there);
  g_test_add_func ("/output/refused", test_refused);
  g_test_add_func ("/output/pipe", test_pipe);
  g_test_add_func ("/output/descriptor", test_descriptor);
  g_test_add_func ("/output/shared-memory", test_shared_memory);
  g_test_add_func ("/output/mount", test_mount);
  int status = g_test_run ();
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
  return status;
}
