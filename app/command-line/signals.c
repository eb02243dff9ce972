/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/signals.h"

#include <glib.h>
#include <signal.h>

static MoeCancel cancel;
static volatile sig_atomic_t caught;

static void
on_signal (int number)
{
  if (caught == 0)
    caught = number;
  moe_cancel_request (&cancel);
}

void
nullcurve_bench_signals_watch (void)
{
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_RESETHAND };
  static gboolean watching;
  if (watching)
    return;
  watching = TRUE;
  moe_cancel_init (&cancel);
  sigemptyset (&action.sa_mask);
  sigaction (SIGINT, &action, NULL);
  sigaction (SIGTERM, &action, NULL);
  /* A terminal that goes away ends the run as well, but not one that was told to outlive it. */
  struct sigaction before;
  if (sigaction (SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
    sigaction (SIGHUP, &action, NULL);
  /* Nobody reads any more, or a file may not grow: that is told where it is written. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
}

void
nullcurve_bench_signals_hang_up (void)
{
  on_signal (SIGHUP);
}

MoeCancel *
nullcurve_bench_signals_cancel (void)
{
  return &cancel;
}

int
nullcurve_bench_signals_status (void)
{
  return caught == 0 ? 0 : 128 + caught;
}
