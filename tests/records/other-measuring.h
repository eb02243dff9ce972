/* SPDX-License-Identifier: Apache-2.0 */
/* Another process that measures, as long as it is let. */
#pragma once

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/host/measuring.h"

/* Returns once it measures `title`. */
static inline pid_t
other_measuring_start (const char *title)
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

/* Killed, and gone. */
static inline void
other_measuring_end (pid_t child)
{
  g_assert_no_errno (kill (child, SIGKILL));
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
}
