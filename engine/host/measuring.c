/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/host/measuring.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/text/tame.h"

#define PREFIX "measuring-"

enum
{
  MAX_TEXT = 300, /* bytes of a title that are looked at */
  MAX_FILES = 1000
};

struct MoeMeasuring
{
  char *path; /* NULL: it could not be told */
  int fd;
};

static char *
dup_folder (void)
{
  return g_build_filename (g_get_user_runtime_dir (), "nullcurve", NULL);
}

static char *
dup_name (void)
{
  return g_strdup_printf (PREFIX "%ld", (long)getpid ());
}

/* No link is followed and no pipe waited for: it is a file of ours, or nothing. */
static int
open_file (const char *path, int flags)
{
  struct stat status;
  int fd = open (path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0 || (fstat (fd, &status) == 0 && S_ISREG (status.st_mode)))
    return fd;
  close (fd);
  return -1;
}

MoeMeasuring *
moe_measuring_begin (const char *what)
{
  MoeMeasuring *self = g_new0 (MoeMeasuring, 1);
  g_autofree char *folder = dup_folder ();
  g_autofree char *name = dup_name ();
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autofree char *title = moe_text_tame (what, MOE_TEXT_MAX_NAME);
  g_mkdir_with_parents (folder, 0700);
  self->fd = open_file (path, O_RDWR | O_CREAT);
  if (self->fd < 0)
    return self;
  /* A title that is cut short or missing is no reason not to measure. */
  if (flock (self->fd, LOCK_EX | LOCK_NB) == 0 && ftruncate (self->fd, 0) == 0
      && write (self->fd, title, strlen (title)) >= 0)
    self->path = g_steal_pointer (&path);
  return self;
}

void
moe_measuring_end (MoeMeasuring *self)
{
  if (self == NULL)
    return;
  if (self->path != NULL)
    g_unlink (self->path);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->path);
  g_free (self);
}

/* What its process measures; NULL: it has ended, or never began. */
static char *
read_held (const char *path)
{
  char text[MAX_TEXT + 1] = "";
  int fd = open_file (path, O_RDONLY);
  char *title = NULL;
  if (fd < 0)
    return NULL;
  if (flock (fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    {
      ssize_t got = read (fd, text, MAX_TEXT);
      text[MAX (got, 0)] = '\0';
      title = moe_text_tame (text, MOE_TEXT_MAX_NAME);
    }
  close (fd);
  return title;
}

char *
moe_measuring_find_other (void)
{
  g_autofree char *folder = dup_folder ();
  g_autofree char *own = dup_name ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  for (int i = 0; dir != NULL && i < MAX_FILES && (name = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      char *title =
          g_str_has_prefix (name, PREFIX) && !g_str_equal (name, own) ? read_held (path) : NULL;
      if (title != NULL)
        return title;
    }
  return NULL;
}
