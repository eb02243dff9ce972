/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring off the main thread: one job at a time, finding out about the machine or a run.
 *
 * What a job tells is appended to a snapshot under a mutex; at most one source is pending on the
 * main context, which hands everything over in order.  A job that was replaced or dropped has an
 * older generation, and what it still tells is thrown away.  All functions are for the main
 * thread; so are the callbacks. */
#pragma once

#include "engine/sweep/accelerators.h"
#include "engine/sweep/growth.h"
#include "engine/sweep/trace-file.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define MOE_TYPE_WORKER (moe_worker_get_type ())
G_DECLARE_FINAL_TYPE (MoeWorker, moe_worker, MOE, WORKER, GObject)

typedef struct MoeWorkerCallbacks
{
  gpointer data;
  /* Which backends there are: of the first machine job, before anything is measured.  Borrowed. */
  void (*looked) (gpointer data, MoeAccelerators *backends);
  /* A machine job measures `backend` now, number `step` (from 1) of n_steps. */
  void (*measuring) (gpointer data, const MoeBackend *backend, gsize step, gsize n_steps);
  /* A machine job is over: what it found out, NULL when it was cancelled.  The worker can be given
   * another job. */
  void (*found_out) (gpointer data, const MoeAccelerator *machine);
  /* Where the run stands, a few times a second; the sweep has taken what happened since the last
   * call (`changed`: something did). */
  void (*news) (gpointer data, const MoeProgress *progress, gboolean changed);
  /* Something happened to a run's file (see growth.h); measuring goes on.  May be NULL. */
  void (*told) (gpointer data, const char *sentence);
  /* The run stands still since it was paused, or goes on again; may be NULL. */
  void (*paused) (gpointer data, gboolean paused);
  /* The run is over; no more of it comes.  `noise`: what else the machine did meanwhile. */
  void (*finished) (gpointer data, MoeStatus status, const MoeError *error, const MoeNoise *noise);
} MoeWorkerCallbacks;

MoeWorker *moe_worker_new (const MoeWorkerCallbacks *callbacks);

/* Find out about the machine for these options (see engine/sweep/accelerators.h); `again` measures
 * what is known already.  FALSE while another job goes on. */
gboolean moe_worker_find_out (MoeWorker *self, const MoeOptions *options, gboolean again);

/* Measure a sweep of one leg, whose runs are open, and close its journals.  It is kept until then,
 * and takes its events on the main thread.  `trace` (may be NULL) receives a step of every point;
 * it stays the caller's, who leaves it alone until the run is over.  FALSE while another job goes
 * on. */
gboolean moe_worker_run (MoeWorker *self, MoeSweep *sweep, MoeTraceFile *trace);

/* Ask the job to stop as soon as it can; "finished" or "found_out" follows. */
void moe_worker_cancel (MoeWorker *self);

/* Pause the run before its next sample, or let it go on; without a run nothing.  A cancelled run
 * does not stay paused. */
void moe_worker_pause (MoeWorker *self, gboolean pause);

gboolean moe_worker_get_busy (MoeWorker *self);

/* Stop and wait; no callback is called any more. */
void moe_worker_shutdown (MoeWorker *self);

G_END_DECLS
