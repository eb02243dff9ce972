/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the session's files: session.c, and session-resume.c for runs that are gone on with. */
#pragma once

#include "app/device-watch.h"
#include "app/session.h"
#include "engine/formats/journal.h"
#include "engine/sweep/worker.h"

/* One of the setups that are measured: one alone, or two side by side. */
typedef struct NullcurveMeasured
{
  MoePlan plan;
  const MoeBackend *backend;
  const MoeCalibration *calibration; /* NULL: none; of one of the session's machines */
  MoeRun *run; /* grows while it is measured: record i is point i of the plan */
  char *journal_path;
  gboolean disagreed; /* a point failed the reference check */
} NullcurveMeasured;

struct _NullcurveSession
{
  GObject parent_instance;

  NullcurveWindow *window; /* not owned */
  MoeWorker *worker;

  /* Found out last and before that, as many as that is; what it holds for is in each. */
  MoeAccelerator machines[MOE_MAX_SETUPS];
  gsize n_machines;
  MoeOptions asked;      /* what the machine job under way is for */
  gboolean again;        /* that job measures what was known */
  gboolean again_wanted; /* a person asked for that */

  gboolean advancing;    /* advance () is at work; what happens meanwhile is due after that */
  gboolean due;          /* something changed that advance () decides by */
  gboolean run_wanted;   /* Run was pressed while the machine was being measured */
  NullcurveJobItem *job; /* taken from the queue: to be measured, or being measured */
  gboolean running;
  NullcurveMeasured setups[MOE_MAX_SETUPS]; /* being measured, or measured last */
  gsize n_setups;
  gboolean alternate; /* both do not fit into memory at once */
  /* Of a run that is gone on with: what of the plan is to be measured, and where in the plan that
   * is; else NULL, and all of it is. */
  MoePlan todo;
  gsize *origin;               /* [todo.n_points] */
  NullcurveDeviceWatch *watch; /* of the device that measures; NULL: none with sensors */
  MoeTraceFile *trace;         /* of the run, NULL when none was asked for */
};

/* session-resume.c */

/* Narrow what is to be measured to what the job's earlier run lacks; FALSE, with a word to the
 * person, when it cannot be gone on with, or lacks nothing. */
gboolean nullcurve_session_narrow (NullcurveSession *self);
/* The run as it grows: what there is already, and what is expected.  Then its file. */
MoeRun *nullcurve_session_new_resumed_run (NullcurveSession *self);
MoeJournal *nullcurve_session_reopen_journal (NullcurveSession *self);
/* What the worker tells of the points to measure, in terms of the whole plan. */
void nullcurve_session_map_event (NullcurveSession *self, MoeWorkerEvent *event);
void nullcurve_session_map_progress (NullcurveSession *self, MoeProgress *progress);
void nullcurve_session_forget_resumed (NullcurveSession *self);
/* Read the run file and put the rest of it first into the queue. */
void nullcurve_session_resume (NullcurveSession *self, const char *path);
