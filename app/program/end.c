/* SPDX-License-Identifier: Apache-2.0 */
#include "app/program/end.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum
{
  PATIENCE_S = 30,        /* a checker of leaks may need some of it */
  LIMITED_PATIENCE_S = 1, /* it cannot run there */
};

static volatile sig_atomic_t end_status;

static void
on_alarm (int number)
{
  (void)number;
  _exit (end_status);
}

static int
is_limited (int resource)
{
  struct rlimit limit;
  return getrlimit (resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

void
nullcurve_program_end (int status)
{
  struct sigaction action = { .sa_handler = on_alarm };
  end_status = status;
  fflush (NULL);
  signal (SIGINT, SIG_DFL);
  signal (SIGTERM, SIG_DFL);
  sigemptyset (&action.sa_mask);
  sigaction (SIGALRM, &action, NULL);
  alarm (is_limited (RLIMIT_AS) || is_limited (RLIMIT_DATA) ? LIMITED_PATIENCE_S : PATIENCE_S);
}
