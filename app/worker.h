/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring off the main thread: one job at a time, a calibration or a run.
 *
 * What a job tells is appended to a snapshot under a mutex; at most one source is pending on the
 * main context, which hands everything over in order.  A job that was replaced or dropped has an
 * older generation, and what it still tells is thrown away.  All functions are for the main
 * thread; so are the callbacks. */
#pragma once

#include "engine/bench/runner.h"
#include "engine/records/formats.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_WORKER (nullcurve_worker_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveWorker, nullcurve_worker, NULLCURVE, WORKER, GObject)

typedef enum NullcurveWorkerEventKind
{
  NULLCURVE_WORKER_POINT,    /* `facts` */
  NULLCURVE_WORKER_SAMPLE,   /* `sample` */
  NULLCURVE_WORKER_VERIFIED, /* `verification` */
} NullcurveWorkerEventKind;

typedef struct NullcurveWorkerEvent
{
  NullcurveWorkerEventKind kind;
  union
  {
    MoePointFacts facts;
    MoeSample sample;
    MoeVerification verification;
  };
} NullcurveWorkerEvent;

typedef struct NullcurveWorkerCallbacks
{
  gpointer data;
  /* Events since the last call, in order, and where the run stands; about 15 times a second at
   * most. */
  void (*news) (gpointer data,
                const NullcurveWorkerEvent *events,
                gsize n_events,
                const MoeProgress *progress);
  /* The calibration of the job (NULL when it failed); also that of a run that made its own. */
  void (*calibrated) (gpointer data, const MoeCalibration *calibration, const MoeError *error);
  /* The run is over; no more of it comes.  `journal_problem` (may be NULL): what could not be
   * kept in the run file. */
  void (*finished) (gpointer data,
                    MoeStatus status,
                    const MoeError *error,
                    const char *journal_problem);
  /* A calibration is over, told or not: the worker can be given another job. */
  void (*idle) (gpointer data);
} NullcurveWorkerCallbacks;

NullcurveWorker *nullcurve_worker_new (const NullcurveWorkerCallbacks *callbacks);

/* FALSE while another job goes on. */
gboolean nullcurve_worker_calibrate (NullcurveWorker *self,
                                     const MoeBackend *backend,
                                     gsize threads,
                                     MoeDtype dtype);

/* Measure a copy of the plan.  Without a calibration (NULL) the job makes one first.  Takes the
 * journal (may be NULL) and writes every sample to it as it comes, outside of what is timed.
 * FALSE while another job goes on, or when memory for the copy lacks; the journal is then still
 * the caller's. */
gboolean nullcurve_worker_run (NullcurveWorker *self,
                               const MoePlan *plan,
                               const MoeBackend *backend,
                               const MoeCalibration *calibration,
                               MoeJournal *journal);

/* Ask the job to stop at the next tile; "finished" follows. */
void nullcurve_worker_cancel (NullcurveWorker *self);

gboolean nullcurve_worker_get_busy (NullcurveWorker *self);

/* Stop and wait; no callback is called any more. */
void nullcurve_worker_shutdown (NullcurveWorker *self);

G_END_DECLS
