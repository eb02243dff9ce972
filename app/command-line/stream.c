/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/command-line/error.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"

enum
{
  LINE_SIZE = 64 /* of what is said to a run: what is longer is nothing that it knows */
};

/* Whose end means that somebody is gone. */
static gboolean
has_other_end (int fd)
{
  struct stat status;
  return fstat (fd, &status) == 0 && (S_ISFIFO (status.st_mode) || S_ISSOCK (status.st_mode));
}

/* Whether the run is to stand still, as it was said last. */
static int paused;

/* A word, the last of a line that may have come in pieces.  Others are not listened to. */
static void
hear (const char *word)
{
  if (g_str_equal (word, "pause"))
    g_atomic_int_set (&paused, TRUE);
  else if (g_str_equal (word, "continue"))
    g_atomic_int_set (&paused, FALSE);
}

static void
hear_piece (char line[LINE_SIZE], const char *piece, gsize length)
{
  gsize n = strlen (line);
  for (gsize i = 0; i < length; i++)
    if (piece[i] == '\n')
      {
        hear (line);
        line[n = 0] = '\0';
      }
    else if (n + 1 < LINE_SIZE)
      {
        line[n++] = piece[i];
        line[n] = '\0';
      }
}

static gboolean
is_at_end (int fd, char line[LINE_SIZE])
{
  char piece[256];
  gssize n = read (fd, piece, sizeof piece);
  if (n > 0)
    hear_piece (line, piece, (gsize)n);
  return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
}

gboolean
nullcurve_bench_stream_is_paused (void)
{
  return g_atomic_int_get (&paused) && !moe_cancel_requested (nullcurve_bench_signals_cancel ());
}

static gpointer
watch_cb (gpointer data)
{
  struct pollfd ends[] = { { .fd = GPOINTER_TO_INT (data) },
                           { .fd = has_other_end (STDIN_FILENO) ? STDIN_FILENO : -1,
                             .events = POLLIN } };
  char line[LINE_SIZE] = "";
  for (;;)
    {
      if (poll (ends, G_N_ELEMENTS (ends), -1) < 0 && errno != EINTR)
        return NULL;
      if (ends[0].revents != 0)
        {
          nullcurve_bench_tell (_ ("Nobody reads the run any more: it stops."));
          break;
        }
      if (ends[1].revents != 0 && is_at_end (STDIN_FILENO, line))
        {
          nullcurve_bench_tell (_ ("Standard input was closed: the run stops."));
          break;
        }
    }
  nullcurve_bench_signals_hang_up ();
  return NULL;
}

int
nullcurve_bench_stream_begin (GError **error)
{
  int fd = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
  fflush (stdout);
  if (fd < 0 || dup2 (STDERR_FILENO, STDOUT_FILENO) < 0)
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                   _ ("--journal - needs standard output and standard error to be open: %s."),
                   g_strerror (errno));
      return -1;
    }
  /* A file takes what comes. */
  if (has_other_end (fd) || has_other_end (STDIN_FILENO))
    g_thread_unref (
        g_thread_new ("peer", watch_cb, GINT_TO_POINTER (has_other_end (fd) ? fd : -1)));
  return fd;
}
