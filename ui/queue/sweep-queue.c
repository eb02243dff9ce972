/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/sweep-queue.h"

#include <math.h>

struct _NullcurveSweepQueue
{
  GObject parent_instance;

  GListStore *jobs;
  gboolean held;
  guint n_done;   /* one after the other since the queue began to work */
  double done_s;  /* what they took */
  double sweep_s; /* what the one under way takes, as far as that is known */

  NullcurveJobItem *taken; /* last, until its sweep ends */
  MoeRun *run;             /* of the sweep under way; NULL: there is none */
  MoePlan plan;
  gboolean planned; /* `plan` is that sweep's */
  MoeProgress progress;
  gboolean told;     /* there is `progress` */
  gboolean stopping; /* a person asked for it */
  gboolean pausing;  /* likewise */
  gboolean paused;   /* it stands still */
};

enum
{
  CHANGED,
  STATE_CHANGED,
  PROGRESS,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static GType
get_item_type (GListModel *model)
{
  return NULLCURVE_TYPE_JOB_ITEM;
}

static guint
get_n_items (GListModel *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (NULLCURVE_SWEEP_QUEUE (model)->jobs));
}

static gpointer
get_item (GListModel *model, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (NULLCURVE_SWEEP_QUEUE (model)->jobs), position);
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (NullcurveSweepQueue,
                               nullcurve_sweep_queue,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

/* --- the jobs that wait --- */

static void
insert (NullcurveSweepQueue *self, guint place, NullcurveJobItem *job)
{
  g_list_store_insert (self->jobs, place, job);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
nullcurve_sweep_queue_append (NullcurveSweepQueue *self, NullcurveJobItem *job)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  insert (self, get_n_items (G_LIST_MODEL (self)), job);
}

void
nullcurve_sweep_queue_prepend (NullcurveSweepQueue *self, NullcurveJobItem *job)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  insert (self, 0, job);
}

void
nullcurve_sweep_queue_hold (NullcurveSweepQueue *self, gboolean held)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  self->held = held && get_n_items (G_LIST_MODEL (self)) > 0;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
nullcurve_sweep_queue_get_held (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), FALSE);
  return self->held;
}

gboolean
nullcurve_sweep_queue_find (NullcurveSweepQueue *self, NullcurveJobItem *job, guint *place)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), FALSE);
  return g_list_store_find (self->jobs, job, place);
}

void
nullcurve_sweep_queue_remove (NullcurveSweepQueue *self, NullcurveJobItem *job)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  guint position;
  if (!g_list_store_find (self->jobs, job, &position))
    return;
  g_list_store_remove (self->jobs, position);
  nullcurve_sweep_queue_hold (self, self->held);
}

void
nullcurve_sweep_queue_replace (NullcurveSweepQueue *self,
                               NullcurveJobItem *job,
                               NullcurveJobItem *other)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  gpointer added = other;
  guint position;
  if (!g_list_store_find (self->jobs, job, &position))
    return;
  g_list_store_splice (self->jobs, position, 1, &added, 1);
  g_signal_emit (self, signals[CHANGED], 0);
}

char **
nullcurve_sweep_queue_dup_paths (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  GPtrArray *paths = g_ptr_array_new ();
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurveJobItem) job = get_item (G_LIST_MODEL (self), i);
      if (nullcurve_job_item_get_path (job) != NULL)
        g_ptr_array_add (paths, g_strdup (nullcurve_job_item_get_path (job)));
    }
  g_ptr_array_add (paths, NULL);
  return (char **)g_ptr_array_free (paths, FALSE);
}

void
nullcurve_sweep_queue_move (NullcurveSweepQueue *self, NullcurveJobItem *job, guint place)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  guint position;
  if (place >= get_n_items (G_LIST_MODEL (self)) || !g_list_store_find (self->jobs, job, &position))
    return;
  g_autoptr (NullcurveJobItem) moved = g_object_ref (job);
  g_list_store_remove (self->jobs, position);
  g_list_store_insert (self->jobs, place, moved);
}

void
nullcurve_sweep_queue_clear (NullcurveSweepQueue *self)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  g_list_store_remove_all (self->jobs);
  nullcurve_sweep_queue_hold (self, FALSE);
}

void
nullcurve_sweep_queue_restore (NullcurveSweepQueue *self, GPtrArray *jobs)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  if (jobs->len == 0)
    return;
  self->held = TRUE;
  g_list_store_splice (self->jobs, get_n_items (G_LIST_MODEL (self)), 0, jobs->pdata, jobs->len);
  g_signal_emit (self, signals[CHANGED], 0);
}

static gboolean
is_waiting (NullcurveSweepQueue *self)
{
  return !self->held && get_n_items (G_LIST_MODEL (self)) > 0;
}

/* The first that can be measured now: at a place that measures already nothing else is. */
static NullcurveJobItem *
take_first (NullcurveSweepQueue *self, gboolean also_here)
{
  for (guint i = 0; is_waiting (self) && i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurveJobItem) job = get_item (G_LIST_MODEL (self), i);
      NullcurvePlace *place = nullcurve_job_item_get_place (job);
      if ((place != NULL ? nullcurve_place_get_busy (place) : !also_here)
          || nullcurve_job_item_is_unread (job))
        continue;
      g_list_store_remove (self->jobs, i);
      return g_steal_pointer (&job);
    }
  return NULL;
}

NullcurveJobItem *
nullcurve_sweep_queue_take (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  /* One that was taken before is over, or could not begin. */
  g_clear_object (&self->taken);
  NullcurveJobItem *job = take_first (self, TRUE);
  g_set_object (&self->taken, job);
  return job;
}

NullcurveJobItem *
nullcurve_sweep_queue_get_due (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  return self->run == NULL ? self->taken : NULL;
}

NullcurveJobItem *
nullcurve_sweep_queue_take_beside (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  return take_first (self, FALSE);
}

double
nullcurve_sweep_queue_get_expected_s (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NAN);
  double total_s = 0;
  for (guint i = 0; i < get_n_items (G_LIST_MODEL (self)); i++)
    {
      g_autoptr (NullcurveJobItem) job = get_item (G_LIST_MODEL (self), i);
      total_s += nullcurve_job_item_get_expected_s (job);
    }
  return total_s;
}

/* --- the sweep under way --- */

static void
clear_sweep (NullcurveSweepQueue *self)
{
  if (self->planned)
    moe_plan_clear (&self->plan);
  g_clear_pointer (&self->run, moe_run_unref);
  self->planned = self->told = self->stopping = self->pausing = self->paused = FALSE;
}

void
nullcurve_sweep_queue_begin (NullcurveSweepQueue *self, MoeRun *run, const MoePlan *plan)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self) && self->run == NULL);
  self->run = moe_run_ref (run);
  self->planned = moe_plan_copy (plan, &self->plan, NULL) == MOE_OK;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

void
nullcurve_sweep_queue_update (NullcurveSweepQueue *self, const MoeProgress *progress)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self) && self->run != NULL);
  double sweep_s = progress->remaining_s / (1 - progress->fraction);
  self->progress = *progress;
  self->told = TRUE;
  if (isfinite (sweep_s))
    self->sweep_s = sweep_s;
  g_signal_emit (self, signals[PROGRESS], 0);
}

void
nullcurve_sweep_queue_grow (NullcurveSweepQueue *self, MoeRun *run)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self) && self->run != NULL);
  moe_run_ref (run);
  moe_run_unref (self->run);
  self->run = run;
}

NullcurveJobItem *
nullcurve_sweep_queue_end (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  NullcurveJobItem *job = g_steal_pointer (&self->taken);
  /* It counts as done while others wait. */
  gboolean more = is_waiting (self);
  self->n_done = more ? self->n_done + 1 : 0;
  self->done_s = more ? self->done_s + self->sweep_s : 0;
  self->sweep_s = 0;
  clear_sweep (self);
  g_signal_emit (self, signals[STATE_CHANGED], 0);
  return job;
}

gboolean
nullcurve_sweep_queue_stop (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), FALSE);
  if (self->run == NULL || self->stopping)
    return FALSE;
  self->stopping = TRUE;
  nullcurve_sweep_queue_hold (self, TRUE);
  g_signal_emit (self, signals[STATE_CHANGED], 0);
  return TRUE;
}

gboolean
nullcurve_sweep_queue_pause (NullcurveSweepQueue *self, gboolean pause)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), FALSE);
  if (self->run == NULL || self->stopping)
    return FALSE;
  self->pausing = pause;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
  return TRUE;
}

void
nullcurve_sweep_queue_set_paused (NullcurveSweepQueue *self, gboolean paused)
{
  g_return_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self));
  if (self->run == NULL || self->paused == paused)
    return;
  self->paused = paused;
  g_signal_emit (self, signals[STATE_CHANGED], 0);
}

NullcurveSweepState
nullcurve_sweep_queue_get_state (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULLCURVE_SWEEP_NONE);
  if (self->run == NULL)
    return NULLCURVE_SWEEP_NONE;
  if (self->stopping)
    return NULLCURVE_SWEEP_STOPPING;
  if (!self->pausing)
    return NULLCURVE_SWEEP_GOING;
  return self->paused ? NULLCURVE_SWEEP_PAUSED : NULLCURVE_SWEEP_PAUSING;
}

MoeRun *
nullcurve_sweep_queue_get_run (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  return self->run;
}

const MoePlan *
nullcurve_sweep_queue_get_plan (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  return self->planned ? &self->plan : NULL;
}

const MoeProgress *
nullcurve_sweep_queue_get_progress (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NULL);
  return self->told ? &self->progress : NULL;
}

gssize
nullcurve_sweep_queue_get_point (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), -1);
  gboolean at_point = self->told
                      && (self->progress.phase == MOE_RUN_PHASE_WARMUP
                          || self->progress.phase == MOE_RUN_PHASE_MEASURE);
  return at_point ? (gssize)self->progress.point : -1;
}

/* --- all of them --- */

guint
nullcurve_sweep_queue_get_place (NullcurveSweepQueue *self, guint *n_sweeps)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), 0);
  *n_sweeps = self->n_done + 1 + (self->held ? 0 : get_n_items (G_LIST_MODEL (self)));
  return self->n_done + 1;
}

/* NaN: not known of one. */
static double
get_waiting_s (NullcurveSweepQueue *self)
{
  return self->held ? 0 : nullcurve_sweep_queue_get_expected_s (self);
}

double
nullcurve_sweep_queue_get_share (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), 0);
  double all_s = self->done_s + self->sweep_s + get_waiting_s (self);
  double fraction = self->told ? self->progress.fraction : 0;
  double share = all_s > 0 ? (self->done_s + fraction * self->sweep_s) / all_s : fraction;
  return CLAMP (share, 0, 1);
}

double
nullcurve_sweep_queue_get_remaining_s (NullcurveSweepQueue *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SWEEP_QUEUE (self), NAN);
  double waiting_s = get_waiting_s (self);
  return self->told ? self->progress.remaining_s + (isnan (waiting_s) ? 0 : waiting_s) : NAN;
}

static void
nullcurve_sweep_queue_finalize (GObject *object)
{
  NullcurveSweepQueue *self = NULLCURVE_SWEEP_QUEUE (object);
  clear_sweep (self);
  g_clear_object (&self->taken);
  g_clear_object (&self->jobs);
  G_OBJECT_CLASS (nullcurve_sweep_queue_parent_class)->finalize (object);
}

static void
nullcurve_sweep_queue_class_init (NullcurveSweepQueueClass *klass)
{
  static const char *const names[N_SIGNALS] = { "changed", "state-changed", "progress" };
  G_OBJECT_CLASS (klass)->finalize = nullcurve_sweep_queue_finalize;
  for (int i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i], NULLCURVE_TYPE_SWEEP_QUEUE, G_SIGNAL_RUN_LAST, 0, NULL,
                               NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_sweep_queue_init (NullcurveSweepQueue *self)
{
  self->jobs = g_list_store_new (NULLCURVE_TYPE_JOB_ITEM);
  g_signal_connect_object (self->jobs, "items-changed", G_CALLBACK (g_list_model_items_changed),
                           self, G_CONNECT_SWAPPED);
}

NullcurveSweepQueue *
nullcurve_sweep_queue_new (void)
{
  return g_object_new (NULLCURVE_TYPE_SWEEP_QUEUE, NULL);
}
