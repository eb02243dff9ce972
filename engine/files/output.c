/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* O_TMPFILE */
#include "engine/files/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* What drafts are called that have to have a name, and six more letters. */
#define ASIDE ".nullcurve-"
/* Where the files of this process have names, even those that have none elsewhere. */
#define OWN_FILES "/proc/self/fd"

enum
{
  MAX_LINKS = 40, /* of one name, as the kernel counts them */
  MAX_NAMES = 100 /* tried */
};

static gboolean
fail (int code, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (code), g_strerror (code));
  return FALSE;
}

/* The number in "/proc/self/fd/1", also by the folder's other names; -1 when it is not there. */
static int
descriptor_of (const char *name)
{
  g_autofree char *folder = g_path_get_dirname (name);
  g_autofree char *base = g_path_get_basename (name);
  char own[64], place[PATH_MAX];
  g_snprintf (own, sizeof own, "/proc/%ld/fd", (long)getpid ());
  if (!g_ascii_isdigit (base[0]) || realpath (folder, place) == NULL || strcmp (place, own) != 0)
    return -1;
  return (int)g_ascii_strtoull (base, NULL, 10);
}

/* The name itself, or what it leads to by way of links, which need not be there.  *descriptor: the
 * open file of this process that it stands for, as /dev/stdout does; -1: none. */
static char *
follow_links (const char *path, int *descriptor)
{
  char *name = g_strdup (path);
  *descriptor = -1;
  for (int i = 0; i < MAX_LINKS; i++)
    {
      *descriptor = descriptor_of (name);
      g_autofree char *link = *descriptor < 0 ? g_file_read_link (name, NULL) : NULL;
      if (link == NULL)
        break;
      g_autofree char *folder = g_path_get_dirname (name);
      g_free (name);
      name = g_path_is_absolute (link) ? g_strdup (link) : g_build_filename (folder, link, NULL);
    }
  return name;
}

gboolean
moe_output_is_stream (const char *path)
{
  struct stat facts;
  int descriptor;
  g_free (follow_links (path, &descriptor));
  if (stat (path, &facts) != 0 || S_ISDIR (facts.st_mode))
    return FALSE;
  return descriptor >= 0 || !S_ISREG (facts.st_mode);
}

gboolean
moe_output_check (const char *path, GError **error)
{
  struct stat facts;
  if (stat (path, &facts) == 0)
    {
      if (S_ISDIR (facts.st_mode))
        return fail (EISDIR, error);
      return access (path, W_OK) == 0 || fail (errno, error);
    }
  if (errno != ENOENT)
    return fail (errno, error);
  int descriptor;
  g_autofree char *name = follow_links (path, &descriptor);
  g_autofree char *folder = g_path_get_dirname (name);
  return access (folder, W_OK | X_OK) == 0 || fail (errno, error);
}

gboolean
moe_output_same (const char *a, const char *b)
{
  struct stat first, second;
  gboolean there = stat (a, &first) == 0;
  if (there != (stat (b, &second) == 0))
    return FALSE;
  if (there)
    return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
  int descriptor;
  g_autofree char *name = follow_links (a, &descriptor), *other = follow_links (b, &descriptor);
  g_autofree char *name_folder = g_path_get_dirname (name),
                  *other_folder = g_path_get_dirname (other);
  g_autofree char *base = g_path_get_basename (name), *other_base = g_path_get_basename (other);
  return strcmp (base, other_base) == 0 && stat (name_folder, &first) == 0
         && stat (other_folder, &second) == 0 && first.st_dev == second.st_dev
         && first.st_ino == second.st_ino;
}

static gboolean
write_all (int file, const char *bytes, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize n = write (file, bytes, length);
      if (n < 0 && errno != EINTR)
        return fail (errno, error);
      bytes += MAX (n, 0);
      length -= (gsize)MAX (n, 0);
    }
  return TRUE;
}

/* What cannot be brought to the disk because there is none, a pipe say, is no failure. */
static gboolean
bring_to_disk (int file, GError **error)
{
  return fsync (file) == 0 || errno == EINVAL || errno == EROFS || fail (errno, error);
}

static gboolean
close_file (int file, gboolean good, GError **error)
{
  return (close (file) == 0 || !good || fail (errno, error)) && good;
}

/* A file that this process has open is written where it is, after what was printed.  A pipe that
 * nobody reads is told, not waited for. */
static int
open_stream (const char *path, int descriptor)
{
  if (descriptor >= 0)
    {
      fflush (stdout);
      return fcntl (descriptor, F_DUPFD_CLOEXEC, 0);
    }
  int file = open (path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int flags = file >= 0 ? fcntl (file, F_GETFL) : -1;
  if (flags >= 0)
    fcntl (file, F_SETFL, flags & ~O_NONBLOCK);
  return file;
}

static gboolean
write_stream (const char *path, int descriptor, const char *bytes, gsize length, GError **error)
{
  int file = open_stream (path, descriptor);
  if (file < 0)
    return fail (errno, error);
  return close_file (file, write_all (file, bytes, length, error), error);
}

static gboolean
write_in_place (const char *path, const char *bytes, gsize length, GError **error)
{
  int file = open (path, O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return fail (errno, error);
  gboolean good = write_all (file, bytes, length, error)
                  && (ftruncate (file, (off_t)length) == 0 || fail (errno, error))
                  && bring_to_disk (file, error);
  return close_file (file, good, error);
}

/* As the file was that it replaces; where that is not ours to give, it stays this user's. */
static void
take_over (int file, const struct stat *before)
{
  if (fchown (file, before->st_uid, before->st_gid) != 0
      && fchown (file, (uid_t)-1, before->st_gid) != 0)
    g_debug ("the owner of a file that is replaced cannot be kept: %s", g_strerror (errno));
  if (fchmod (file, before->st_mode & 07777) != 0)
    g_debug ("the mode of a file that is replaced cannot be kept: %s", g_strerror (errno));
}

void
moe_output_sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int file = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file >= 0)
    {
      bring_to_disk (file, NULL);
      close (file);
    }
}

/* --- drafts --- */

struct MoeOutputDraft
{
  int file;
  char *folder;
  char *aside; /* NULL: it has no name, and goes with the process that makes it */
};

/* As tidy_folder () asks for. */
static gboolean
take_lock (int file)
{
  return flock (file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

/* A name that nothing has.  -1 and errno when there can be none. */
static int
make_aside (MoeOutputDraft *draft)
{
  draft->aside = g_build_filename (draft->folder, ASIDE "XXXXXX", NULL);
  int file = g_mkstemp_full (draft->aside, O_RDWR | O_CLOEXEC, 0666);
  int code = errno;
  if (file < 0)
    g_clear_pointer (&draft->aside, g_free);
  else if (!take_lock (file))
    g_debug ("the draft of an output is taken for a stale one");
  errno = code;
  return file;
}

MoeOutputDraft *
moe_output_draft_new (const char *folder, GError **error)
{
  MoeOutputDraft *draft = g_new0 (MoeOutputDraft, 1);
  draft->folder = g_strdup (folder);
  draft->file = -1;
#ifdef O_TMPFILE
  if (access (OWN_FILES, X_OK) == 0)
    draft->file = open (folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
#endif
  if (draft->file < 0)
    draft->file = make_aside (draft);
  if (draft->file >= 0)
    return draft;
  fail (errno, error);
  moe_output_draft_free (draft);
  return NULL;
}

int
moe_output_draft_get_file (const MoeOutputDraft *draft)
{
  return draft->file;
}

/* 0, or errno. */
static int
link_draft (const MoeOutputDraft *draft, const char *name)
{
  g_autofree char *own = g_strdup_printf (OWN_FILES "/%d", draft->file);
  if (draft->aside != NULL)
    return link (draft->aside, name) == 0 ? 0 : errno;
  return linkat (AT_FDCWD, own, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
}

/* One without a name gets one beside that to be, for the moment between two calls. */
static int
name_aside (MoeOutputDraft *draft)
{
  int code = EEXIST;
  for (int i = 0; i < MAX_NAMES && code == EEXIST; i++)
    {
      g_autofree char *base = g_strdup_printf (ASIDE "%06x", g_random_int () & 0xffffff);
      g_autofree char *name = g_build_filename (draft->folder, base, NULL);
      code = link_draft (draft, name);
      if (code == 0)
        draft->aside = g_steal_pointer (&name);
    }
  return code;
}

static int
rename_draft (MoeOutputDraft *draft, const char *name)
{
  if (g_rename (draft->aside, name) != 0)
    return errno;
  g_clear_pointer (&draft->aside, g_free);
  return 0;
}

/* link () replaces nothing, so two programs cannot take one name; a file system without links gets
 * a rename. */
static int
place_new (MoeOutputDraft *draft, const char *name)
{
  gboolean named = draft->aside != NULL;
  int code = link_draft (draft, name);
  if (named && code == 0)
    {
      g_unlink (draft->aside);
      g_clear_pointer (&draft->aside, g_free);
    }
  if (!named || (code != EPERM && code != ENOTSUP && code != ENOSYS))
    return code;
  return g_file_test (name, G_FILE_TEST_EXISTS) ? EEXIST : rename_draft (draft, name);
}

static int
place_draft (MoeOutputDraft *draft, const char *name, gboolean replace)
{
  if (fsync (draft->file) != 0 && errno != EINVAL && errno != EROFS)
    return errno;
  if (!replace)
    return place_new (draft, name);
  int code = draft->aside == NULL ? name_aside (draft) : 0;
  return code != 0 ? code : rename_draft (draft, name);
}

gboolean
moe_output_draft_place (MoeOutputDraft *draft, const char *name, gboolean replace, GError **error)
{
  int code = place_draft (draft, name, replace);
  if (code == 0)
    moe_output_sync_folder (name);
  return code == 0 || fail (code, error);
}

void
moe_output_draft_free (MoeOutputDraft *draft)
{
  if (draft == NULL)
    return;
  if (draft->aside != NULL)
    g_unlink (draft->aside);
  if (draft->file >= 0)
    close (draft->file);
  g_free (draft->aside);
  g_free (draft->folder);
  g_free (draft);
}

/* --- what was left of drafts --- */

static gboolean
is_aside (const char *name)
{
  return g_str_has_prefix (name, ASIDE) && strlen (name) == strlen (ASIDE) + 6;
}

/* This user's, a plain file, and nobody is at it. */
static void
remove_stale (const char *path)
{
  struct stat facts;
  int file = open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (file < 0)
    return;
  if (fstat (file, &facts) == 0 && S_ISREG (facts.st_mode) && facts.st_uid == geteuid ()
      && flock (file, LOCK_EX | LOCK_NB) == 0)
    g_unlink (path);
  close (file);
}

void
moe_output_tidy (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_aside (name))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);
        remove_stale (path);
      }
  g_clear_pointer (&dir, g_dir_close);
}

/* Once for each folder that this process writes into. */
static void
tidy_once (const char *folder)
{
  static GMutex mutex;
  static GHashTable *tidied;
  g_mutex_lock (&mutex);
  if (tidied == NULL)
    tidied = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_hash_table_add (tidied, g_strdup (folder)))
    moe_output_tidy (folder);
  g_mutex_unlock (&mutex);
}

/* --- writing --- */

/* `before`: the file that is there; NULL: none.  *code: why no file could be made beside it, or
 * could not take its place. */
static gboolean
write_beside (const char *name,
              const struct stat *before,
              const char *bytes,
              gsize length,
              int *code,
              GError **error)
{
  g_autofree char *folder = g_path_get_dirname (name);
  tidy_once (folder);
  MoeOutputDraft *draft = moe_output_draft_new (folder, error);
  if (draft == NULL)
    {
      *code = errno;
      return FALSE;
    }
  if (before != NULL)
    take_over (draft->file, before);
  gboolean good = write_all (draft->file, bytes, length, error);
  if (good && (*code = place_draft (draft, name, TRUE)) != 0)
    good = fail (*code, error);
  if (good)
    moe_output_sync_folder (name);
  moe_output_draft_free (draft);
  return good;
}

/* The folder, or what is mounted there, has the place; lack of space is not such a reason. */
static gboolean
is_placeless (int code)
{
  return code == EACCES || code == EPERM || code == EBUSY || code == EXDEV;
}

gboolean
moe_output_write (const char *path, const void *bytes, gsize length, GError **error)
{
  struct stat facts;
  int descriptor, code = 0;
  g_autoptr (GError) failure = NULL;
  g_autofree char *name = follow_links (path, &descriptor);
  if (!moe_output_check (path, error))
    return FALSE;
  gboolean there = stat (path, &facts) == 0;
  if (there && (descriptor >= 0 || !S_ISREG (facts.st_mode)))
    return write_stream (path, descriptor, bytes, length, error);
  if (there && facts.st_nlink > 1)
    return write_in_place (name, bytes, length, error);
  if (write_beside (name, there ? &facts : NULL, bytes, length, &code, &failure))
    return TRUE;
  if (there && is_placeless (code))
    return write_in_place (name, bytes, length, error);
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

gboolean
moe_output_write_file (GFile *file, const void *bytes, gsize length, GError **error)
{
  g_autofree char *path = g_file_get_path (file);
  if (path != NULL && g_file_is_native (file))
    return moe_output_write (path, bytes, length, error);
  return g_file_replace_contents (file, bytes, length, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL,
                                  error);
}
