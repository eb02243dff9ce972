/* SPDX-License-Identifier: Apache-2.0 */
/* What happens to a run file while it is written: a full disk, a file that goes away, and when it
 * is brought to the disk.  Time, room and disk are the test's own. */
#define _GNU_SOURCE
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "engine/files/journal-file.h"
#include "engine/formats/journal.h"
#include "tests/records/support.h"

static gint64 now_us = 1;
static gssize room = G_MAXSSIZE; /* bytes that may still be written */
static int synced;               /* calls */
static int sync_code;            /* what they fail with; 0: they do not */

/* These take the place of the libraries' own. */
gint64
g_get_monotonic_time (void)
{
  return now_us;
}

ssize_t
write (int fd, const void *bytes, size_t length)
{
  if (fd > STDERR_FILENO && room <= 0)
    {
      errno = ENOSPC;
      return -1;
    }
  if (fd > STDERR_FILENO)
    length = MIN (length, (size_t)room);
  ssize_t n = syscall (SYS_write, fd, bytes, length);
  if (fd > STDERR_FILENO && n > 0 && room != G_MAXSSIZE)
    room -= n;
  return n;
}

int
fdatasync (int fd)
{
  synced++;
  errno = sync_code;
  return sync_code == 0 ? 0 : -1;
}

/* --- */

typedef struct Fixture
{
  char *folder, *path;
  MoeJournalFile *file;
} Fixture;

static void
set_up (Fixture *f)
{
  g_autoptr (GError) error = NULL;
  room = G_MAXSSIZE;
  sync_code = 0;
  f->folder = test_folder_new ();
  f->path = g_build_filename (f->folder, "run.journal", NULL);
  f->file = moe_journal_file_create (f->path, &error);
  g_assert_no_error (error);
  synced = 0;
}

static void
tear_down (Fixture *f)
{
  moe_journal_file_close (f->file);
  g_free (f->path);
  test_folder_remove (f->folder);
}

static gboolean
add (Fixture *f, const char *text)
{
  return moe_journal_file_add (f->file, text, strlen (text), NULL);
}

static void
assert_contents (const char *path, const char *expected)
{
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

/* Quick lines once a second, slow ones each; never more than a second between a line and the disk.
 */
static void
test_synced (void)
{
  Fixture f;
  set_up (&f);
  for (int i = 0; i < 100; i++)
    {
      now_us += 50 * 1000;
      g_assert_true (add (&f, "quick\n"));
    }
  g_assert_cmpint (synced, >=, 5);
  g_assert_cmpint (synced, <=, 6);
  int before = synced;
  for (int i = 0; i < 10; i++)
    {
      now_us += 1000 * 1000;
      g_assert_true (add (&f, "slow\n"));
    }
  g_assert_cmpint (synced - before, ==, 10);
  now_us += 100;
  add (&f, "last\n");
  g_assert_true (moe_journal_file_sync (f.file, NULL));
  g_assert_cmpint (synced - before, ==, 11);
  g_assert_true (moe_journal_file_sync (f.file, NULL)); /* there is nothing to bring */
  g_assert_cmpint (synced - before, ==, 11);
  tear_down (&f);
}

static void
test_sync_fails (void)
{
  Fixture f;
  g_autoptr (GError) error = NULL;
  set_up (&f);
  now_us += 2000 * 1000;
  sync_code = EIO;
  g_assert_false (moe_journal_file_add (f.file, "a\n", 2, &error));
  g_assert_nonnull (strstr (error->message, "could not be brought to the disk: "));
  sync_code = 0;
  g_assert_true (add (&f, "b\n"));
  assert_contents (f.path, "a\nb\n");
  sync_code = EINVAL; /* there is no disk below it */
  now_us += 2000 * 1000;
  g_assert_true (add (&f, "c\n"));
  tear_down (&f);
}

/* Wherever in a line the room ends, what comes later is held and written when there is room. */
static void
test_full (void)
{
  for (gssize at = 0; at < 12; at++)
    {
      Fixture f;
      g_autoptr (GError) error = NULL;
      set_up (&f);
      g_assert_true (add (&f, "one\n"));
      room = at;
      gboolean fits = at >= (gssize)strlen ("two\n");
      g_assert_true (moe_journal_file_add (f.file, "two\n", 4, &error) == fits);
      if (!fits)
        g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
      if (!fits)
        g_assert_nonnull (strstr (error->message, f.path));
      add (&f, "three\n");
      add (&f, "four\n");
      g_assert_false (add (&f, "five\n"));
      room = G_MAXSSIZE;
      g_assert_true (add (&f, "six\n"));
      assert_contents (f.path, "one\ntwo\nthree\nfour\nfive\nsix\n");
      g_assert_null (moe_journal_file_take_notice (f.file));
      tear_down (&f);
    }
}

static void
assert_told (Fixture *f, const char *where)
{
  g_autofree char *notice = moe_journal_file_take_notice (f->file);
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, f->path));
  g_assert_nonnull (strstr (notice, where));
  g_assert_null (moe_journal_file_take_notice (f->file));
  g_assert_cmpstr (moe_journal_file_get_path (f->file), ==, where);
  g_assert_true (moe_journal_file_is_busy (where));
}

/* With the very next line it is there again, whole, and as private as it was. */
static void
test_deleted (void)
{
  Fixture f;
  struct stat facts;
  set_up (&f);
  add (&f, "one\n");
  g_assert_cmpint (g_chmod (f.path, 0600), ==, 0);
  g_assert_cmpint (g_unlink (f.path), ==, 0);
  g_assert_true (add (&f, "two\n"));
  assert_told (&f, f.path);
  g_assert_true (add (&f, "three\n"));
  assert_contents (f.path, "one\ntwo\nthree\n");
  g_assert_cmpint (g_stat (f.path, &facts), ==, 0);
  g_assert_cmpint (facts.st_mode & 0777, ==, 0600);
  tear_down (&f);
}

static void
test_moved (void)
{
  Fixture f;
  set_up (&f);
  g_autofree char *away = g_build_filename (f.folder, "away", NULL);
  add (&f, "one\n");
  g_assert_cmpint (g_rename (f.path, away), ==, 0);
  g_assert_true (add (&f, "two\n"));
  assert_told (&f, f.path);
  assert_contents (f.path, "one\ntwo\n");
  assert_contents (away, "one\n");
  tear_down (&f);
}

/* What stands in its place is left alone. */
static void
test_replaced (void)
{
  Fixture f;
  set_up (&f);
  g_autofree char *other = g_build_filename (f.folder, "run-2.journal", NULL);
  add (&f, "one\n");
  g_assert_true (g_file_set_contents (f.path, "mine", -1, NULL));
  g_assert_true (add (&f, "two\n"));
  assert_told (&f, other);
  assert_contents (f.path, "mine");
  assert_contents (other, "one\ntwo\n");
  tear_down (&f);
}

static void
test_folder_gone (void)
{
  Fixture f;
  set_up (&f);
  add (&f, "one\n");
  g_assert_cmpint (g_unlink (f.path), ==, 0);
  g_assert_cmpint (g_rmdir (f.folder), ==, 0);
  g_assert_true (add (&f, "two\n"));
  assert_told (&f, f.path);
  assert_contents (f.path, "one\ntwo\n");
  tear_down (&f);
}

/* Deleted to make room, say: nothing half is left, and once there is room it is whole. */
static void
test_deleted_and_full (void)
{
  Fixture f;
  g_autoptr (GError) error = NULL;
  set_up (&f);
  add (&f, "one\n");
  g_assert_cmpint (g_unlink (f.path), ==, 0);
  room = 2;
  g_assert_false (moe_journal_file_add (f.file, "two\n", 4, &error));
  g_assert_error (error, G_FILE_ERROR, G_FILE_ERROR_NOSPC);
  g_assert_false (g_file_test (f.path, G_FILE_TEST_EXISTS));
  room = G_MAXSSIZE;
  g_assert_true (add (&f, "three\n"));
  assert_told (&f, f.path);
  assert_contents (f.path, "one\ntwo\nthree\n");
  tear_down (&f);
}

/* --- journals --- */

/* A journal on a full disk, from its first line on, has every line once there is room. */
static void
test_journal_full (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  room = 10;
  MoeJournal *journal = moe_journal_create (path, run, NULL);
  g_assert_nonnull (journal);
  g_assert_false (moe_journal_add_point (journal, 0, moe_run_get_record (run, 0), NULL));
  g_assert_false (moe_journal_add_sample (journal, 0, 0.25, 1, NULL, NULL, NULL));
  room = G_MAXSSIZE;
  g_assert_true (moe_journal_add_sample (journal, 0, 0.5, 1, NULL, NULL, NULL));
  moe_journal_close (journal, "complete");
  g_autofree char *text = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  g_autoptr (MoeRun) back = test_read_n (text, length, "run.journal");
  g_assert_cmpuint (moe_run_get_record (back, 0)->n_samples, ==, 2);
  g_assert_null (moe_run_get_summary (back)->notes);
  test_folder_remove (folder);
}

static gboolean
removes (const char *path, const char *text)
{
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return moe_journal_remove_bare (path);
}

/* What was broken off before its first sample goes; nothing else does. */
static void
test_bare (void)
{
  g_autoptr (MoeRun) run = test_run_new ();
  char *folder = test_folder_new ();
  g_autofree char *path = g_build_filename (folder, "run.journal", NULL);
  g_autofree char *link = g_build_filename (folder, "link.journal", NULL);
  room = G_MAXSSIZE;
  MoeJournal *journal = moe_journal_create (path, run, NULL);
  g_assert_false (moe_journal_remove_bare (path)); /* somebody writes it */
  moe_journal_close (journal, NULL);
  g_assert_cmpint (symlink (path, link), ==, 0);
  g_assert_false (moe_journal_remove_bare (link));
  g_assert_true (moe_journal_remove_bare (path));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_true (removes (path, ""));
  g_assert_true (removes (path, "# nullcurve-journal: 1\ncolumns a,b\npoint 0 1,2\n"));
  g_assert_false (removes (path, "# nullcurve-journal: 1\npoint 0 1,2\nsample 0 0.5\n"));
  g_assert_false (removes (path, "a diary"));
  g_assert_false (moe_journal_remove_bare (folder));
  test_folder_remove (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/journal-file/synced", test_synced);
  g_test_add_func ("/journal-file/sync-fails", test_sync_fails);
  g_test_add_func ("/journal-file/full", test_full);
  g_test_add_func ("/journal-file/deleted", test_deleted);
  g_test_add_func ("/journal-file/moved", test_moved);
  g_test_add_func ("/journal-file/replaced", test_replaced);
  g_test_add_func ("/journal-file/folder-gone", test_folder_gone);
  g_test_add_func ("/journal-file/deleted-and-full", test_deleted_and_full);
  g_test_add_func ("/journal-file/journal-full", test_journal_full);
  g_test_add_func ("/journal-file/bare", test_bare);
  return g_test_run ();
}
