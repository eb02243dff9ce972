/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/worker.h"

#include <math.h>
#include <string.h>

#include "engine/formats/journal.h"
#include "engine/threads/pause.h"

enum
{
  NEWS_INTERVAL_MS = 250 /* drawing takes from the processors that are measured */
};

/* What the job's thread has told, and the main thread has not heard yet. */
typedef struct News
{
  GArray *events; /* of MoeSweepEvent */
  MoeProgress progress;
  gboolean progressed;
  gboolean paused, paused_changed;
  GPtrArray *told; /* sentences about the journals */
  gboolean looked; /* the job's `backends` are there */
  const MoeBackend *measuring;
  gsize step, n_steps; /* step 0: nothing of the kind */
  gboolean over;
  MoeNoise noise; /* meaningful when a run is over */
  MoeStatus status;
  MoeError error;
} News;

/* Finding out about the machine, or a run.  Shared by the main thread, the job's thread and the
 * pending source; what is not marked otherwise is set before the thread starts and not changed
 * after. */
typedef struct Job
{
  gatomicrefcount references;
  MoeWorker *worker; /* not owned; main thread only */
  guint64 generation;
  MoeCancel cancel;
  MoePause pause;

  /* Of a run; its journals and the trace are the job's thread's only */
  MoeSweep *sweep;     /* NULL: finding out */
  MoeTraceFile *trace; /* not owned */
  MoeNoiseWatch watch; /* the job's thread's only, too */

  /* Of finding out */
  gboolean again;
  gboolean has_looked;       /* so far */
  MoeAccelerator machine;    /* the job's thread's only until it is over */
  MoeAccelerators *backends; /* likewise, until they are told of */

  GMutex mutex; /* for all below: the snapshot */
  News news;
  gboolean pending; /* a source is on the main context */
} Job;

struct _MoeWorker
{
  GObject parent_instance;

  MoeWorkerCallbacks callbacks;
  guint64 generation;
  Job *job; /* NULL: idle */
  GThread *thread;
  gboolean has_looked;
};

G_DEFINE_FINAL_TYPE (MoeWorker, moe_worker, G_TYPE_OBJECT)

static Job *
job_ref (Job *job)
{
  g_atomic_ref_count_inc (&job->references);
  return job;
}

static void
job_unref (Job *job)
{
  if (!g_atomic_ref_count_dec (&job->references))
    return;
  g_clear_pointer (&job->sweep, moe_sweep_unref);
  moe_accelerator_clear (&job->machine);
  g_clear_pointer (&job->backends, moe_accelerators_unref);
  g_array_unref (job->news.events);
  g_ptr_array_unref (job->news.told);
  g_mutex_clear (&job->mutex);
  moe_pause_clear (&job->pause);
  g_free (job);
}

static Job *
job_new (MoeWorker *worker)
{
  Job *job = g_new0 (Job, 1);
  g_atomic_ref_count_init (&job->references);
  job->worker = worker;
  job->generation = ++worker->generation;
  job->news.events = g_array_new (FALSE, FALSE, sizeof (MoeSweepEvent));
  job->news.told = g_ptr_array_new_with_free_func (g_free);
  moe_cancel_init (&job->cancel);
  moe_pause_init (&job->pause);
  g_mutex_init (&job->mutex);
  return job;
}

/* Main thread: hand over what has come together. */

static void
take_news (Job *job, News *news)
{
  g_mutex_lock (&job->mutex);
  *news = job->news;
  job->news.events = g_array_new (FALSE, FALSE, sizeof (MoeSweepEvent));
  job->news.told = g_ptr_array_new_with_free_func (g_free);
  job->news.progressed = job->news.paused_changed = job->news.looked = FALSE;
  job->news.step = 0;
  job->pending = FALSE;
  g_mutex_unlock (&job->mutex);
}

/* The thread has said its last word: wait for it to end, which it is about to. */
static void
retire_job (MoeWorker *self)
{
  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_pointer (&self->job, job_unref);
}

/* A callback may shut the worker down: what is left is then of no interest. */
static void
deliver_run (MoeWorker *self, Job *job, const News *news)
{
  const MoeWorkerCallbacks *callbacks = &self->callbacks;
  for (guint i = 0; i < news->events->len; i++)
    moe_sweep_take (job->sweep, &g_array_index (news->events, MoeSweepEvent, i));
  if (news->events->len > 0 || news->progressed)
    callbacks->news (callbacks->data, &news->progress, news->events->len > 0);
  for (guint i = 0; self->job == job && callbacks->told != NULL && i < news->told->len; i++)
    callbacks->told (callbacks->data, g_ptr_array_index (news->told, i));
  if (self->job == job && news->paused_changed && callbacks->paused != NULL)
    callbacks->paused (callbacks->data, news->paused);
  if (self->job != job || !news->over)
    return;
  retire_job (self);
  callbacks->finished (callbacks->data, news->status, &news->error, &news->noise);
}

static void
deliver_machine (MoeWorker *self, Job *job, const News *news)
{
  const MoeWorkerCallbacks *callbacks = &self->callbacks;
  if (news->looked)
    {
      self->has_looked = TRUE;
      callbacks->looked (callbacks->data, job->backends);
    }
  if (self->job == job && news->step > 0 && !news->over)
    callbacks->measuring (callbacks->data, news->measuring, news->step, news->n_steps);
  if (self->job != job || !news->over)
    return;
  job_ref (job);
  retire_job (self);
  callbacks->found_out (callbacks->data, news->status == MOE_OK ? &job->machine : NULL);
  job_unref (job);
}

static gboolean
deliver_cb (gpointer data)
{
  Job *job = data;
  News news;
  take_news (job, &news);
  MoeWorker *self = job->worker;
  /* A job that is not the present one is of no interest any more. */
  if (self != NULL && job->generation == self->generation && self->job == job)
    {
      g_object_ref (self);
      if (job->sweep != NULL)
        deliver_run (self, job, &news);
      else
        deliver_machine (self, job, &news);
      g_object_unref (self);
    }
  g_array_unref (news.events);
  g_ptr_array_unref (news.told);
  return G_SOURCE_REMOVE;
}

/* Job's thread */

static void
announce_locked (Job *job, guint delay_ms)
{
  if (job->pending)
    return;
  job->pending = TRUE;
  g_timeout_add_full (G_PRIORITY_DEFAULT, delay_ms, deliver_cb, job_ref (job),
                      (GDestroyNotify)job_unref);
}

static void
event_cb (gpointer data, const MoeSweepEvent *event)
{
  Job *job = data;
  g_mutex_lock (&job->mutex);
  g_array_append_val (job->news.events, *event);
  announce_locked (job, NEWS_INTERVAL_MS);
  g_mutex_unlock (&job->mutex);
}

static void
told_cb (gpointer data, gsize side, const char *sentence)
{
  Job *job = data;
  g_mutex_lock (&job->mutex);
  g_ptr_array_add (job->news.told, g_strdup (sentence));
  announce_locked (job, 0);
  g_mutex_unlock (&job->mutex);
}

static void
progress_cb (gpointer data, const MoeProgress *progress)
{
  Job *job = data;
  g_mutex_lock (&job->mutex);
  job->news.progress = *progress;
  job->news.progressed = TRUE;
  announce_locked (job, NEWS_INTERVAL_MS);
  g_mutex_unlock (&job->mutex);
}

static void
tell_paused (Job *job, gboolean paused)
{
  g_mutex_lock (&job->mutex);
  job->news.paused = paused;
  job->news.paused_changed = TRUE;
  announce_locked (job, 0);
  g_mutex_unlock (&job->mutex);
}

/* What the machine does during a pause is nothing to the run. */
static bool
pause_cb (void *data)
{
  Job *job = data;
  MoeNoiseWatch pause;
  if (!moe_pause_requested (&job->pause) || moe_cancel_requested (&job->cancel))
    return false;
  moe_noise_start (&pause, "");
  tell_paused (job, TRUE);
  moe_pause_wait (&job->pause);
  tell_paused (job, FALSE);
  moe_noise_skip (&job->watch, &pause, "");
  return true;
}

/* What cannot be written is told when the trace is finished. */
static void
traced_cb (gpointer data, gsize side, const MoePoint *point, const MoeTrace *step)
{
  Job *job = data;
  gsize lost;
  g_autofree char *point_name = moe_trace_file_name_point (point, FALSE);
  g_autofree char *name = job->sweep->n_sides > 1
                              ? g_strdup_printf ("%s %s", side == 0 ? "A" : "B", point_name)
                              : g_strdup (point_name);
  moe_trace_file_add (job->trace, name, step, &lost, NULL);
}

static MoeStatus
run_job (Job *job, MoeError *error)
{
  MoeClock clock = moe_clock_monotonic ();
  MoeSweepHooks hooks = { .data = job,
                          .event = event_cb,
                          .progress = progress_cb,
                          .pause = pause_cb,
                          .told = told_cb,
                          .traced = job->trace != NULL ? traced_cb : NULL };
  MoeNoise noise;
  moe_noise_start (&job->watch, "");
  MoeStatus status = moe_sweep_run (job->sweep, 0, &clock, &job->cancel, &hooks, error);
  moe_noise_stop (&job->watch, "", moe_sweep_get_plan (job->sweep, 0)->threads, &noise);
  moe_sweep_close_journals (job->sweep, status == MOE_OK ? "complete" : "stopped");
  g_mutex_lock (&job->mutex);
  job->news.noise = noise;
  g_mutex_unlock (&job->mutex);
  return status;
}

static void
step_cb (gpointer data, const MoeBackend *backend, gsize step, gsize n_steps)
{
  Job *job = data;
  g_mutex_lock (&job->mutex);
  job->news.measuring = backend;
  job->news.step = step;
  job->news.n_steps = n_steps;
  announce_locked (job, 0);
  g_mutex_unlock (&job->mutex);
}

static MoeStatus
machine_job (Job *job)
{
  if (!job->has_looked)
    {
      job->backends = moe_accelerators_look ();
      g_mutex_lock (&job->mutex);
      job->news.looked = TRUE;
      announce_locked (job, 0);
      g_mutex_unlock (&job->mutex);
    }
  return moe_accelerator_find_out (&job->machine, job->again, &job->cancel, step_cb, job);
}

static gpointer
job_thread (gpointer data)
{
  Job *job = data;
  MoeError error = { 0 };
  MoeStatus status = job->sweep != NULL ? run_job (job, &error) : machine_job (job);

  g_mutex_lock (&job->mutex);
  job->news.over = TRUE;
  job->news.status = status;
  job->news.error = error;
  announce_locked (job, 0);
  g_mutex_unlock (&job->mutex);
  job_unref (job);
  return NULL;
}

/* Main thread */

static void
start_job (MoeWorker *self, Job *job)
{
  self->job = job;
  self->thread =
      g_thread_new (job->sweep != NULL ? "measure" : "machine", job_thread, job_ref (job));
}

gboolean
moe_worker_find_out (MoeWorker *self, const MoeOptions *options, gboolean again)
{
  g_return_val_if_fail (MOE_IS_WORKER (self), FALSE);
  if (self->job != NULL)
    return FALSE;
  Job *job = job_new (self);
  moe_accelerator_init (&job->machine, options);
  job->again = again;
  job->has_looked = self->has_looked;
  start_job (self, job);
  return TRUE;
}

gboolean
moe_worker_run (MoeWorker *self, MoeSweep *sweep, MoeTraceFile *trace)
{
  g_return_val_if_fail (MOE_IS_WORKER (self), FALSE);
  g_return_val_if_fail (moe_sweep_n_legs (sweep) == 1, FALSE);
  if (self->job != NULL)
    return FALSE;
  Job *job = job_new (self);
  job->sweep = moe_sweep_ref (sweep);
  job->trace = trace;
  start_job (self, job);
  return TRUE;
}

void
moe_worker_cancel (MoeWorker *self)
{
  g_return_if_fail (MOE_IS_WORKER (self));
  if (self->job == NULL)
    return;
  moe_cancel_request (&self->job->cancel);
  moe_pause_set (&self->job->pause, false);
}

void
moe_worker_pause (MoeWorker *self, gboolean pause)
{
  g_return_if_fail (MOE_IS_WORKER (self));
  if (self->job != NULL && self->job->sweep != NULL)
    moe_pause_set (&self->job->pause, pause && !moe_cancel_requested (&self->job->cancel));
}

gboolean
moe_worker_get_busy (MoeWorker *self)
{
  g_return_val_if_fail (MOE_IS_WORKER (self), FALSE);
  return self->job != NULL;
}

void
moe_worker_shutdown (MoeWorker *self)
{
  g_return_if_fail (MOE_IS_WORKER (self));
  self->generation++;
  if (self->job == NULL)
    return;
  moe_worker_cancel (self);
  self->job->worker = NULL;
  retire_job (self);
}

static void
moe_worker_dispose (GObject *object)
{
  MoeWorker *self = MOE_WORKER (object);
  moe_worker_shutdown (self);
  G_OBJECT_CLASS (moe_worker_parent_class)->dispose (object);
}

static void
moe_worker_class_init (MoeWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = moe_worker_dispose;
}

static void
moe_worker_init (MoeWorker *self)
{
}

MoeWorker *
moe_worker_new (const MoeWorkerCallbacks *callbacks)
{
  MoeWorker *self = g_object_new (MOE_TYPE_WORKER, NULL);
  self->callbacks = *callbacks;
  return self;
}
