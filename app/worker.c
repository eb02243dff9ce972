/* SPDX-License-Identifier: Apache-2.0 */
#include "app/worker.h"

#include <string.h>

enum
{
  NEWS_INTERVAL_MS = 66
};

/* One calibration or run.  Shared by the main thread, the job's thread and the pending source;
 * what is not marked otherwise is set before the thread starts and not changed after. */
typedef struct Job
{
  gatomicrefcount references;
  NullcurveWorker *worker; /* not owned; main thread only */
  guint64 generation;
  gboolean is_run;
  const MoeBackend *backend;
  gsize threads;
  MoeDtype dtype;
  MoePlan plan; /* of a run */
  MoeCancel cancel;

  /* The job's thread only */
  MoeCalibration calibration;
  gboolean has_calibration;
  MoeJournal *journal;

  GMutex mutex; /* for all below: the snapshot */
  GArray *events;
  MoeProgress progress;
  gboolean progressed;
  gboolean calibration_told; /* the job made one: `told_calibration`, or `calibration_error` */
  gboolean calibration_ok;
  MoeCalibration told_calibration;
  MoeError calibration_error;
  char *journal_problem;
  gboolean over;
  MoeStatus status;
  MoeError error;
  gboolean pending; /* a source is on the main context */
} Job;

struct _NullcurveWorker
{
  GObject parent_instance;

  NullcurveWorkerCallbacks callbacks;
  guint64 generation;
  Job *job; /* NULL: idle */
  GThread *thread;
};

G_DEFINE_FINAL_TYPE (NullcurveWorker, nullcurve_worker, G_TYPE_OBJECT)

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
  moe_plan_clear (&job->plan);
  g_array_unref (job->events);
  g_free (job->journal_problem);
  g_mutex_clear (&job->mutex);
  g_free (job);
}

static Job *
job_new (NullcurveWorker *worker, const MoeBackend *backend, gsize threads, MoeDtype dtype)
{
  Job *job = g_new0 (Job, 1);
  g_atomic_ref_count_init (&job->references);
  job->worker = worker;
  job->generation = ++worker->generation;
  job->backend = backend;
  job->threads = threads;
  job->dtype = dtype;
  job->events = g_array_new (FALSE, FALSE, sizeof (NullcurveWorkerEvent));
  moe_cancel_init (&job->cancel);
  g_mutex_init (&job->mutex);
  return job;
}

/* Main thread: hand over what has come together. */

typedef struct News
{
  GArray *events;
  MoeProgress progress;
  gboolean progressed, calibration_told, calibration_ok, over;
  MoeCalibration calibration;
  MoeError calibration_error;
  char *journal_problem;
  MoeStatus status;
  MoeError error;
} News;

static void
take_news (Job *job, News *news)
{
  g_mutex_lock (&job->mutex);
  job->pending = FALSE;
  news->events = job->events;
  job->events = g_array_new (FALSE, FALSE, sizeof (NullcurveWorkerEvent));
  news->progress = job->progress;
  news->progressed = job->progressed;
  news->calibration_told = job->calibration_told;
  news->calibration_ok = job->calibration_ok;
  news->calibration = job->told_calibration;
  news->calibration_error = job->calibration_error;
  job->calibration_told = FALSE;
  job->progressed = FALSE;
  news->over = job->over;
  news->status = job->status;
  news->error = job->error;
  news->journal_problem = job->over ? g_steal_pointer (&job->journal_problem) : NULL;
  g_mutex_unlock (&job->mutex);
}

/* The thread has said its last word: wait for it to end, which it is about to. */
static void
retire_job (NullcurveWorker *self)
{
  g_clear_pointer (&self->thread, g_thread_join);
  g_clear_pointer (&self->job, job_unref);
}

static void
deliver (NullcurveWorker *self, Job *job, const News *news)
{
  const NullcurveWorkerCallbacks *callbacks = &self->callbacks;
  gboolean is_run = job->is_run;
  if (news->calibration_told)
    callbacks->calibrated (callbacks->data, news->calibration_ok ? &news->calibration : NULL,
                           &news->calibration_error);
  /* A callback may have shut the worker down. */
  if (self->job == job && is_run && (news->events->len > 0 || news->progressed))
    callbacks->news (callbacks->data, (const NullcurveWorkerEvent *)news->events->data,
                     news->events->len, &news->progress);
  if (self->job != job || !news->over)
    return;
  retire_job (self);
  if (is_run)
    callbacks->finished (callbacks->data, news->status, &news->error, news->journal_problem);
  else
    callbacks->idle (callbacks->data);
}

static gboolean
deliver_cb (gpointer data)
{
  Job *job = data;
  News news;
  take_news (job, &news);
  NullcurveWorker *self = job->worker;
  /* A job that is not the present one is of no interest any more. */
  if (self != NULL && job->generation == self->generation && self->job == job)
    {
      g_object_ref (self);
      deliver (self, job, &news);
      g_object_unref (self);
    }
  g_array_unref (news.events);
  g_free (news.journal_problem);
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
append_event (Job *job, const NullcurveWorkerEvent *event)
{
  g_mutex_lock (&job->mutex);
  g_array_append_val (job->events, *event);
  announce_locked (job, NEWS_INTERVAL_MS);
  g_mutex_unlock (&job->mutex);
}

/* A full disk must not end a run: it is told once, and the run goes on without its file. */
static void
give_up_journal (Job *job, GError *error)
{
  g_mutex_lock (&job->mutex);
  if (job->journal_problem == NULL)
    job->journal_problem = g_strdup (error->message);
  g_mutex_unlock (&job->mutex);
  moe_journal_close (g_steal_pointer (&job->journal), "incomplete");
  g_error_free (error);
}

static void
progress_cb (void *data, const MoeProgress *progress)
{
  Job *job = data;
  g_mutex_lock (&job->mutex);
  job->progress = *progress;
  job->progressed = TRUE;
  announce_locked (job, NEWS_INTERVAL_MS);
  g_mutex_unlock (&job->mutex);
}

static void
point_cb (void *data, const MoePoint *point, const MoePointFacts *facts)
{
  Job *job = data;
  NullcurveWorkerEvent event = { .kind = NULLCURVE_WORKER_POINT, .facts = *facts };
  append_event (job, &event);
  if (job->journal == NULL)
    return;
  MoeRecord record;
  GError *error = NULL;
  moe_record_from_point (&record, point, facts, job->backend->name);
  if (!moe_journal_add_point (job->journal, point->index, &record, &error))
    give_up_journal (job, error);
}

static void
sample_cb (void *data, const MoeSample *sample)
{
  Job *job = data;
  NullcurveWorkerEvent event = { .kind = NULLCURVE_WORKER_SAMPLE, .sample = *sample };
  GError *error = NULL;
  if (job->journal != NULL
      && !moe_journal_add_sample (job->journal, sample->point, sample->time_s, sample->steps,
                                  &sample->stages, &error))
    give_up_journal (job, error);
  append_event (job, &event);
}

static void
verified_cb (void *data, const MoeVerification *verification)
{
  NullcurveWorkerEvent event = { .kind = NULLCURVE_WORKER_VERIFIED, .verification = *verification };
  append_event (data, &event);
}

static void
calibrate_job (Job *job)
{
  MoeClock clock = moe_clock_monotonic ();
  MoeError error = { 0 };
  MoeStatus status = moe_calibrate (job->backend, job->threads, job->dtype, &clock, &job->cancel,
                                    &job->calibration, &error);
  job->has_calibration = status == MOE_OK;
  if (status == MOE_ERROR_CANCELLED)
    return;
  g_mutex_lock (&job->mutex);
  job->calibration_told = TRUE;
  job->calibration_ok = job->has_calibration;
  job->told_calibration = job->calibration;
  job->calibration_error = error;
  announce_locked (job, 0);
  g_mutex_unlock (&job->mutex);
}

static MoeStatus
run_job (Job *job, MoeError *error)
{
  MoeClock clock = moe_clock_monotonic ();
  MoeRunEvents events = { .data = job,
                          .progress = progress_cb,
                          .point = point_cb,
                          .verified = verified_cb,
                          .sample = sample_cb };
  MoeStatus status =
      moe_run (&job->plan, job->backend, job->has_calibration ? &job->calibration : NULL, &clock,
               &job->cancel, &events, error);
  moe_journal_close (g_steal_pointer (&job->journal), status == MOE_OK ? "complete" : "stopped");
  return status;
}

static gpointer
job_thread (gpointer data)
{
  Job *job = data;
  MoeStatus status = MOE_OK;
  MoeError error = { 0 };
  if (!job->has_calibration)
    calibrate_job (job);
  if (job->is_run)
    status = run_job (job, &error);

  g_mutex_lock (&job->mutex);
  job->over = TRUE;
  job->status = status;
  job->error = error;
  announce_locked (job, 0);
  g_mutex_unlock (&job->mutex);
  job_unref (job);
  return NULL;
}

/* Main thread */

static void
start_job (NullcurveWorker *self, Job *job)
{
  self->job = job;
  self->thread = g_thread_new (job->is_run ? "measure" : "calibrate", job_thread, job_ref (job));
}

gboolean
nullcurve_worker_calibrate (NullcurveWorker *self,
                            const MoeBackend *backend,
                            gsize threads,
                            MoeDtype dtype)
{
  g_return_val_if_fail (NULLCURVE_IS_WORKER (self), FALSE);
  if (self->job != NULL)
    return FALSE;
  start_job (self, job_new (self, backend, threads, dtype));
  return TRUE;
}

gboolean
nullcurve_worker_run (NullcurveWorker *self,
                      const MoePlan *plan,
                      const MoeBackend *backend,
                      const MoeCalibration *calibration,
                      MoeJournal *journal)
{
  g_return_val_if_fail (NULLCURVE_IS_WORKER (self), FALSE);
  if (self->job != NULL)
    return FALSE;
  Job *job = job_new (self, backend, plan->threads, plan->options.dtype);
  if (moe_plan_copy (plan, &job->plan, NULL) != MOE_OK)
    {
      job_unref (job);
      return FALSE;
    }
  job->is_run = TRUE;
  job->journal = journal;
  job->has_calibration = calibration != NULL;
  if (calibration != NULL)
    job->calibration = *calibration;
  start_job (self, job);
  return TRUE;
}

void
nullcurve_worker_cancel (NullcurveWorker *self)
{
  g_return_if_fail (NULLCURVE_IS_WORKER (self));
  if (self->job != NULL)
    moe_cancel_request (&self->job->cancel);
}

gboolean
nullcurve_worker_get_busy (NullcurveWorker *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WORKER (self), FALSE);
  return self->job != NULL;
}

void
nullcurve_worker_shutdown (NullcurveWorker *self)
{
  g_return_if_fail (NULLCURVE_IS_WORKER (self));
  self->generation++;
  if (self->job == NULL)
    return;
  moe_cancel_request (&self->job->cancel);
  self->job->worker = NULL;
  retire_job (self);
}

static void
nullcurve_worker_dispose (GObject *object)
{
  nullcurve_worker_shutdown (NULLCURVE_WORKER (object));
  G_OBJECT_CLASS (nullcurve_worker_parent_class)->dispose (object);
}

static void
nullcurve_worker_class_init (NullcurveWorkerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_worker_dispose;
}

static void
nullcurve_worker_init (NullcurveWorker *self)
{
}

NullcurveWorker *
nullcurve_worker_new (const NullcurveWorkerCallbacks *callbacks)
{
  NullcurveWorker *self = g_object_new (NULLCURVE_TYPE_WORKER, NULL);
  self->callbacks = *callbacks;
  return self;
}
