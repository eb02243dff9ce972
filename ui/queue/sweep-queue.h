/* SPDX-License-Identifier: Apache-2.0 */
/* Sweeps that are measured one after the other: those that wait, as a GListModel of
 * NullcurveJobItem, and how far the one under way and all of them are.  It measures nothing:
 * whoever does takes a job from here and tells what becomes of it.  Main thread only.
 *
 * A queue is held: nothing is taken from it until a person goes on.  A sweep is paused: it stands
 * still between two samples.
 *
 * Signals: "changed" (the jobs or whether they are held are others now: one may be there to be
 * taken), "state-changed" and "progress" (of the sweep under way). */
#pragma once

#include "engine/bench/runner.h"
#include "ui/queue/job-item.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of the sweep under way. */
typedef enum NullcurveSweepState
{
  NULLCURVE_SWEEP_NONE,    /* there is none */
  NULLCURVE_SWEEP_GOING,   /* it is being measured */
  NULLCURVE_SWEEP_PAUSING, /* it shall stand still after the sample under way */
  NULLCURVE_SWEEP_PAUSED,  /* it stands still */
  NULLCURVE_SWEEP_STOPPING /* it shall end, with what it has */
} NullcurveSweepState;

#define NULLCURVE_TYPE_SWEEP_QUEUE (nullcurve_sweep_queue_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveSweepQueue, nullcurve_sweep_queue, NULLCURVE, SWEEP_QUEUE, GObject)

NullcurveSweepQueue *nullcurve_sweep_queue_new (void);

/* --- the jobs that wait --- */

/* Let a sweep wait after, or before, all others. */
void nullcurve_sweep_queue_append (NullcurveSweepQueue *self, NullcurveJobItem *job);
void nullcurve_sweep_queue_prepend (NullcurveSweepQueue *self, NullcurveJobItem *job);
/* Those that do not wait here are ignored; an empty queue is not held. */
void nullcurve_sweep_queue_remove (NullcurveSweepQueue *self, NullcurveJobItem *job);
/* `job` is `other` now, in its place. */
void nullcurve_sweep_queue_replace (NullcurveSweepQueue *self,
                                    NullcurveJobItem *job,
                                    NullcurveJobItem *other);
void nullcurve_sweep_queue_move (NullcurveSweepQueue *self, NullcurveJobItem *job, guint place);
void nullcurve_sweep_queue_clear (NullcurveSweepQueue *self);

/* Those of an earlier start (of NullcurveJobItem), behind all others; the queue is held. */
void nullcurve_sweep_queue_restore (NullcurveSweepQueue *self, GPtrArray *jobs);

/* Where a job waits; FALSE: it does not. */
gboolean
nullcurve_sweep_queue_find (NullcurveSweepQueue *self, NullcurveJobItem *job, guint *place);

/* The run files whose rest waits here; free with g_strfreev (). */
char **nullcurve_sweep_queue_dup_paths (NullcurveSweepQueue *self);

/* The next job whose place does not measure, and which is read if it is the rest of a run; owned by
 * the caller.  NULL when none such waits or the queue is held. */
NullcurveJobItem *nullcurve_sweep_queue_take (NullcurveSweepQueue *self);
/* The same of those at other places than this machine, to be measured beside the sweep under way.
 */
NullcurveJobItem *nullcurve_sweep_queue_take_beside (NullcurveSweepQueue *self);
/* The job that was taken last and has not begun; NULL: none.  Owned by the queue. */
NullcurveJobItem *nullcurve_sweep_queue_get_due (NullcurveSweepQueue *self);

/* An empty queue cannot be held. */
void nullcurve_sweep_queue_hold (NullcurveSweepQueue *self, gboolean held);
gboolean nullcurve_sweep_queue_get_held (NullcurveSweepQueue *self);

/* Seconds that all that waits takes; NaN when that is not known of one. */
double nullcurve_sweep_queue_get_expected_s (NullcurveSweepQueue *self);

/* --- the sweep under way --- */

/* It begins: `run` grows by the caller's hand; `plan` (copied) tells the points to come. */
void nullcurve_sweep_queue_begin (NullcurveSweepQueue *self, MoeRun *run, const MoePlan *plan);
void nullcurve_sweep_queue_update (NullcurveSweepQueue *self, const MoeProgress *progress);
/* It has grown into another `run`, with the same plan. */
void nullcurve_sweep_queue_grow (NullcurveSweepQueue *self, MoeRun *run);
/* It is over.  Returns the job it was, owned by the caller; NULL when it never waited. */
NullcurveJobItem *nullcurve_sweep_queue_end (NullcurveSweepQueue *self);

/* What a person asks for, told as a change of state to whoever measures; FALSE where that is not
 * possible now.  Whoever stops one sweep does not want the next to begin by itself: the queue is
 * held. */
gboolean nullcurve_sweep_queue_stop (NullcurveSweepQueue *self);
gboolean nullcurve_sweep_queue_pause (NullcurveSweepQueue *self, gboolean pause);
/* The sweep stands still, as it was asked to, or goes on again. */
void nullcurve_sweep_queue_set_paused (NullcurveSweepQueue *self, gboolean paused);

NullcurveSweepState nullcurve_sweep_queue_get_state (NullcurveSweepQueue *self);
/* All owned by the queue; NULL when there is none. */
MoeRun *nullcurve_sweep_queue_get_run (NullcurveSweepQueue *self);
const MoePlan *nullcurve_sweep_queue_get_plan (NullcurveSweepQueue *self);
const MoeProgress *nullcurve_sweep_queue_get_progress (NullcurveSweepQueue *self);

/* The point of the plan that is being measured; -1: none. */
gssize nullcurve_sweep_queue_get_point (NullcurveSweepQueue *self);

/* --- all of them: since the queue began to work, those that wait included unless it is held --- */

/* Which one is under way, from 1, of how many. */
guint nullcurve_sweep_queue_get_place (NullcurveSweepQueue *self, guint *n_sweeps);
/* What is done of them, 0 to 1; of the sweep under way alone where it is not known how long the
 * others take. */
double nullcurve_sweep_queue_get_share (NullcurveSweepQueue *self);
/* Seconds until all are done, as far as that is known; NaN: not. */
double nullcurve_sweep_queue_get_remaining_s (NullcurveSweepQueue *self);

G_END_DECLS
