/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/files/journal-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/input.h"
#include "engine/base/words.h"
#include "engine/files/output.h"

enum
{
  SYNC_US = 1000 * 1000, /* nothing stays off the disk for longer, while lines come */
  ATTEMPTS = 10,         /* to find a free name, or a file that nobody else is looking at */
  PIECE = 1 << 16
};

struct MoeJournalFile
{
  int fd;
  char *path;         /* NULL: a stream */
  GString *held;      /* not in the file yet; its first line may be there in part */
  gint64 unsynced_us; /* since when there is something in the file that is not on the disk; 0: is */
  gint64 written_us;  /* something was */
  char *notice;
};

static gboolean
fail (const char *format, const char *path, int code, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code), moe_words (format), name,
               g_strerror (code));
  return FALSE;
}

static gboolean
fail_write (const MoeJournalFile *self, int code, GError **error)
{
  if (self->path == NULL)
    {
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   moe_words ("The run could not be written to a stream: %s."), g_strerror (code));
      return FALSE;
    }
  return fail (MOE_WORDS ("The run file %s could not be written: %s."), self->path, code, error);
}

static MoeJournalFile *
file_new (int fd, const char *path)
{
  MoeJournalFile *self = g_new0 (MoeJournalFile, 1);
  self->fd = fd;
  self->path = g_strdup (path);
  self->held = g_string_new (NULL);
  self->written_us = g_get_monotonic_time ();
  return self;
}

/* --- making and opening --- */

/* Does the name lead to the file?  Where that cannot be told, it is taken to. */
static gboolean
leads_to (const char *path, int fd)
{
  struct stat named, open;
  if (fstat (fd, &open) != 0)
    return TRUE;
  if (g_stat (path, &named) != 0)
    return errno != ENOENT && errno != ENOTDIR;
  return named.st_dev == open.st_dev && named.st_ino == open.st_ino;
}

/* Whoever finds the file later can tell whether this process still writes it.  Where files cannot
 * be locked nobody can tell. */
static gboolean
take_lock (int fd)
{
  return flock (fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* The descriptor, or -1 and errno.  Between making and locking it somebody who tidies up may take
 * it for one that nobody writes. */
static int
make_locked (const char *path)
{
  for (int i = 0; i < ATTEMPTS; i++)
    {
      int fd = g_open (path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
      if (fd < 0)
        return -1;
      if (take_lock (fd) && leads_to (path, fd))
        return fd;
      close (fd);
      g_usleep (1000);
    }
  errno = EBUSY;
  return -1;
}

MoeJournalFile *
moe_journal_file_create (const char *path, GError **error)
{
  int fd = make_locked (path);
  if (fd < 0)
    {
      fail (MOE_WORDS ("The run file %s could not be created: %s."), path, errno, error);
      return NULL;
    }
  moe_output_sync_folder (path);
  return file_new (fd, path);
}

MoeJournalFile *
moe_journal_file_open (const char *path, GError **error)
{
  int fd = g_open (path, O_RDWR | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (fd < 0 || !moe_input_is_plain (fd, MOE_INPUT_MAX_BYTES))
    {
      int code = errno;
      if (fd >= 0)
        close (fd);
      errno = code;
      fail (MOE_WORDS ("The run file %s could not be opened: %s."), path, errno, error);
      return NULL;
    }
  /* Another process may have put a whole new one in its place meanwhile. */
  if (take_lock (fd) && leads_to (path, fd))
    return file_new (fd, path);
  g_autofree char *name = g_filename_display_name (path);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
               moe_words ("The run file %s is being written already."), name);
  close (fd);
  return NULL;
}

gboolean
moe_journal_file_is_busy (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
  if (fd < 0)
    return FALSE;
  gboolean busy = flock (fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close (fd);
  return busy;
}

MoeJournalFile *
moe_journal_file_stream (int fd, GError **error)
{
  int own = fcntl (fd, F_DUPFD_CLOEXEC, 0);
  if (own >= 0)
    return file_new (own, NULL);
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
               moe_words ("The run could not be written to a stream: %s."), g_strerror (errno));
  return NULL;
}

/* --- its contents --- */

GString *
moe_journal_file_read (MoeJournalFile *self, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *piece = g_malloc (PIECE);
  gssize n;
  while ((n = pread (self->fd, piece, PIECE, (off_t)text->len)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          fail (MOE_WORDS ("The run file %s could not be read: %s."), self->path, errno, error);
          return NULL;
        }
      g_string_append_len (text, piece, n);
    }
  return g_steal_pointer (&text);
}

gboolean
moe_journal_file_cut (MoeJournalFile *self, gsize length)
{
  return ftruncate (self->fd, (off_t)length) == 0;
}

const char *
moe_journal_file_get_path (const MoeJournalFile *self)
{
  return self->path;
}

char *
moe_journal_file_take_notice (MoeJournalFile *self)
{
  return g_steal_pointer (&self->notice);
}

/* --- growing --- */

/* What was written is cut from the front of `text`.  0, or errno. */
static int
write_front (int fd, GString *text)
{
  gsize done = 0;
  int code = 0;
  while (code == 0 && done < text->len)
    {
      gssize n = write (fd, text->str + done, text->len - done);
      if (n >= 0)
        done += (gsize)n;
      else if (errno != EINTR)
        code = errno;
    }
  g_string_erase (text, 0, (gssize)done);
  return code;
}

/* What has no disk below it is on none.  0, or errno. */
static int
bring_to_disk (int fd)
{
  return fdatasync (fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOSYS ? 0 : errno;
}

/* "run.journal", then "run-2.journal", "run-3.journal"... */
static char *
name_anew (const char *path, int attempt)
{
  const char *ending = ".journal";
  gsize stem = strlen (path);
  if (attempt == 0)
    return g_strdup (path);
  if (g_str_has_suffix (path, ending))
    stem -= strlen (ending);
  return g_strdup_printf ("%.*s-%d%s", (int)stem, path, attempt + 1, path + stem);
}

/* Where nothing is yet: a stranger's file is left alone.  -1 and errno when there is no such place,
 * or none that can be written. */
static int
make_anew (const char *path, char **name)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_mkdir_with_parents (folder, 0755);
  for (int i = 0; i < ATTEMPTS; i++)
    {
      g_autofree char *candidate = name_anew (path, i);
      int fd = make_locked (candidate);
      if (fd >= 0)
        *name = g_steal_pointer (&candidate);
      if (fd >= 0 || errno != EEXIST)
        return fd;
    }
  return -1;
}

static void
note_anew (MoeJournalFile *self, const char *name)
{
  g_autofree char *old = g_filename_display_name (self->path);
  g_autofree char *shown = g_filename_display_name (name);
  g_free (self->notice);
  self->notice = g_strdup_printf (moe_words ("The run file %s was deleted, moved or replaced while "
                                             "it was written.  All that was measured is kept in "
                                             "%s."),
                                  old, shown);
}

/* All that the file has and what is held, in a new one. */
static gboolean
begin_anew (MoeJournalFile *self, GError **error)
{
  g_autofree char *name = NULL;
  struct stat before;
  g_autoptr (GString) text = moe_journal_file_read (self, error);
  if (text == NULL)
    return FALSE;
  int fd = make_anew (self->path, &name);
  if (fd < 0)
    return fail (MOE_WORDS ("The run file %s was deleted, moved or replaced, and could not be made "
                            "anew: %s."),
                 self->path, errno, error);
  g_string_append_len (text, self->held->str, (gssize)self->held->len);
  if (fstat (self->fd, &before) == 0 && fchmod (fd, before.st_mode & 07777) != 0)
    g_debug ("the mode of a run file cannot be kept: %s", g_strerror (errno));
  int code = write_front (fd, text);
  if (code == 0)
    code = bring_to_disk (fd);
  if (code != 0)
    {
      g_unlink (name);
      close (fd);
      return fail_write (self, code, error);
    }
  moe_output_sync_folder (name);
  note_anew (self, name);
  close (self->fd);
  self->fd = fd;
  g_free (self->path);
  self->path = g_steal_pointer (&name);
  g_string_truncate (self->held, 0);
  self->unsynced_us = 0;
  return TRUE;
}

gboolean
moe_journal_file_sync (MoeJournalFile *self, GError **error)
{
  if (!moe_journal_file_add (self, "", 0, error))
    return FALSE;
  int code = self->unsynced_us != 0 ? bring_to_disk (self->fd) : 0;
  if (code != 0)
    return fail (MOE_WORDS ("The run file %s could not be brought to the disk: %s."), self->path,
                 code, error);
  self->unsynced_us = 0;
  return TRUE;
}

/* Were the next line to come as late as this one, would something be off the disk for too long? */
static gboolean
sync_if_due (MoeJournalFile *self, GError **error)
{
  gint64 now = g_get_monotonic_time ();
  gint64 pace = now - self->written_us;
  if (self->unsynced_us == 0)
    self->unsynced_us = now;
  self->written_us = now;
  /* A clock that was put back tells nothing. */
  gint64 age = now - self->unsynced_us;
  return (age >= 0 && pace >= 0 && age + pace < SYNC_US) || moe_journal_file_sync (self, error);
}

/* What nobody took is not held for somebody else. */
static gboolean
add_to_stream (MoeJournalFile *self, GError **error)
{
  int code = write_front (self->fd, self->held);
  g_string_truncate (self->held, 0);
  return code == 0 || fail_write (self, code, error);
}

gboolean
moe_journal_file_add (MoeJournalFile *self, const char *text, gsize length, GError **error)
{
  g_string_append_len (self->held, text, (gssize)length);
  if (self->path == NULL)
    return add_to_stream (self, error);
  if (!leads_to (self->path, self->fd))
    return begin_anew (self, error);
  if (self->held->len == 0)
    return TRUE;
  int code = write_front (self->fd, self->held);
  return code == 0 ? sync_if_due (self, error) : fail_write (self, code, error);
}

void
moe_journal_file_close (MoeJournalFile *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_string_free (self->held, TRUE);
  g_free (self->path);
  g_free (self->notice);
  g_free (self);
}
