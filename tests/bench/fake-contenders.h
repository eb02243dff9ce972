/* SPDX-License-Identifier: Apache-2.0 */
/* Two backends of the processor that compute nothing, on a machine whose time and load are what a
 * test says, so that it can assert who is measured when, and what is made of it. */
#pragma once

#include <glib.h>

#include "engine/machine/limits.h"

typedef struct FakeContenders
{
  GString *calls;    /* "Q Q N N ": a block opened of quick, of native */
  double step_s[2];  /* what a step of the dense block takes, of quick and native; the sparse one's
                        takes half of it */
  double waiting;    /* part of their time that the threads wait while others run */
  guint loud_opens;  /* how many blocks from the first have half of the processors */
  double others;     /* processors that others keep busy */
  double peak_try_s; /* what a try of peak and memory takes */
  guint fail_open;   /* number, from 1, of the open that fails; 0: none */
  MoeCancel *cancel_at; /* requested at open cancel_open */
  guint cancel_open;

  guint opens;
  gboolean counted; /* since the last look at the clock */
  MoeQuietCount usage;
  double now_s;
} FakeContenders;

enum
{
  FAKE_THREADS = 2
};

extern FakeContenders fake_contenders;
extern const MoeBackend fake_quick, fake_native; /* "quick", "native" */

/* A quiet machine on which quick takes 10 ms and native 20. */
void fake_contenders_reset (void);
MoeQuiet fake_contenders_quiet (void);
