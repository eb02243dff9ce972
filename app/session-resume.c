/* SPDX-License-Identifier: Apache-2.0 */
/* A run that was broken off, measured to its end: only what it lacks, into its own file. */
#include <glib/gi18n.h>

#include "app/session-private.h"
#include "engine/sweep/quantities.h"
#include "engine/sweep/resume.h"
#include "ui/files/loader.h"

static MoeRun *
before_of (NullcurveSession *self)
{
  return nullcurve_job_item_get_before (self->job);
}

/* What the earlier run has of a point of the plan; NULL when it has no samples of it. */
static const MoeRecord *
find_before (NullcurveSession *self, gsize point)
{
  MoeRecord expected;
  moe_resume_expect (&self->setups[0].plan.points[point], self->setups[0].backend->name, &expected);
  return moe_resume_find_record (before_of (self), &expected);
}

static gboolean
refuse (NullcurveSession *self, char *why)
{
  nullcurve_window_toast (self->window, why);
  g_free (why);
  return FALSE;
}

static char *
find_hindrance (NullcurveSession *self)
{
  MoeRun *before = before_of (self);
  const char *title = moe_run_get_title (before);
  char *hindrance = moe_resume_find_hindrance (before, &self->setups[0].plan, title);
  return hindrance != NULL
             ? hindrance
             : moe_resume_find_other_backend (before, self->setups[0].backend->name, title);
}

/* Nothing is missing but the file's end. */
static gboolean
finish_file (NullcurveSession *self)
{
  const char *path = nullcurve_job_item_get_path (self->job);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  moe_journal_close (moe_journal_reopen (path, NULL, 0, NULL), "complete");
  nullcurve_file_desk_open (nullcurve_window_get_files (self->window), &file, 1);
  return refuse (self, g_strdup (_ ("The run lacks nothing: every point has its samples")));
}

gboolean
nullcurve_session_narrow (NullcurveSession *self)
{
  gsize n = self->setups[0].plan.n_points;
  char *hindrance = find_hindrance (self);
  if (hindrance != NULL)
    return refuse (self, hindrance);
  if (moe_plan_copy (&self->setups[0].plan, &self->todo, NULL) != MOE_OK)
    return refuse (self, g_strdup (_ ("There is no memory left to begin.")));
  g_autofree gboolean *carried = g_new (gboolean, n);
  g_autofree const MoeRecord **records = g_new (const MoeRecord *, n);
  self->origin = g_new (gsize, n);
  for (gsize i = 0; i < n; i++)
    records[i] = find_before (self, i);
  moe_resume_find_carried (before_of (self), &self->setups[0].plan, records, carried);
  moe_resume_narrow (&self->setups[0].plan, carried, &self->todo, self->origin);
  if (self->todo.n_points > 0)
    return TRUE;
  nullcurve_session_forget_resumed (self);
  return finish_file (self);
}

static gboolean
is_to_do (NullcurveSession *self, gsize point)
{
  for (gsize i = 0; i < self->todo.n_points; i++)
    if (self->origin[i] == point)
      return TRUE;
  return FALSE;
}

static char *
describe_resumed (NullcurveSession *self)
{
  const char *date = moe_run_get_fact (before_of (self), "date");
  return g_strdup_printf ("%zu of %zu points were carried over, of %s",
                          self->setups[0].plan.n_points - self->todo.n_points,
                          self->setups[0].plan.n_points, date != NULL ? date : "an unknown date");
}

MoeRun *
nullcurve_session_new_resumed_run (NullcurveSession *self)
{
  const MoeRun *before = before_of (self);
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, moe_run_get_title (before));
  g_autofree char *resumed = describe_resumed (self);
  for (gsize i = 0; i < moe_run_get_n_facts (before); i++)
    if (g_strcmp0 (moe_run_get_fact_key (before, i), "state") != 0)
      moe_run_set_fact (run, moe_run_get_fact_key (before, i), moe_run_get_fact_value (before, i));
  moe_run_set_fact (run, "resumed", resumed);
  for (gsize i = 0; i < self->setups[0].plan.n_points; i++)
    {
      MoeRecord expected;
      moe_resume_expect (&self->setups[0].plan.points[i], self->setups[0].backend->name, &expected);
      moe_run_append (run, is_to_do (self, i) ? &expected : find_before (self, i));
    }
  return run;
}

MoeJournal *
nullcurve_session_reopen_journal (NullcurveSession *self)
{
  g_autoptr (GError) error = NULL;
  const char *path = nullcurve_job_item_get_path (self->job);
  g_autofree char *resumed = describe_resumed (self);
  MoeJournal *journal = moe_journal_reopen (path, self->origin, self->todo.n_points, &error);
  g_free (self->setups[0].journal_path);
  self->setups[0].journal_path = journal != NULL ? g_strdup (path) : NULL;
  if (journal != NULL)
    moe_journal_set_fact (journal, "resumed", resumed, NULL);
  else
    {
      g_autofree char *message =
          g_strdup_printf (_ ("This run is not kept in a file: %s"), error->message);
      nullcurve_window_toast (self->window, message);
    }
  return journal;
}

static gsize
origin_of (NullcurveSession *self, gsize point)
{
  return self->origin != NULL && point < self->todo.n_points ? self->origin[point] : point;
}

void
nullcurve_session_map_event (NullcurveSession *self, MoeWorkerEvent *event)
{
  if (event->kind == MOE_WORKER_POINT)
    event->facts.point = origin_of (self, event->facts.point);
  else if (event->kind == MOE_WORKER_SAMPLE)
    event->sample.point = origin_of (self, event->sample.point);
  else
    event->verification.point = origin_of (self, event->verification.point);
}

void
nullcurve_session_map_progress (NullcurveSession *self, MoeProgress *progress)
{
  progress->point = origin_of (self, progress->point);
}

void
nullcurve_session_forget_resumed (NullcurveSession *self)
{
  if (self->origin != NULL)
    moe_plan_clear (&self->todo);
  g_clear_pointer (&self->origin, g_free);
}

/* Reading what there is */

typedef struct Asked
{
  NullcurveSession *session;
  char *path;
} Asked;

/* The same options with the same backend; whether the machine is the same is seen later. */
static NullcurveJobItem *
new_job (MoeRun *before, const char *path)
{
  MoeOptions options;
  const char *line = moe_run_get_fact (before, "options");
  const char *accelerator = moe_run_get_fact (before, "accelerator");
  if (line == NULL)
    return NULL;
  moe_options_init_single (&options);
  moe_text_to_options (line, &options);
  if (accelerator != NULL)
    g_strlcpy (options.accelerator, accelerator, sizeof options.accelerator);
  NullcurveJobItem *job = nullcurve_job_item_new (moe_run_get_title (before), &options, NAN);
  nullcurve_job_item_set_before (job, before, path);
  return job;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Asked *asked = data;
  g_autoptr (NullcurveSession) self = asked->session;
  g_autofree char *path = asked->path;
  g_free (asked);
  g_autoptr (GPtrArray) results = nullcurve_loader_read_finish (result, NULL);
  if (results == NULL || self->window == NULL)
    return;
  const NullcurveLoaded *loaded = g_ptr_array_index (results, 0);
  g_autoptr (NullcurveJobItem) job = loaded->run != NULL ? new_job (loaded->run, path) : NULL;
  if (job != NULL)
    nullcurve_sweep_queue_prepend (nullcurve_window_get_queue (self->window), job);
  else
    nullcurve_window_toast (self->window, loaded->error != NULL
                                              ? loaded->error->message
                                              : _ ("This run does not tell how it was measured"));
}

void
nullcurve_session_resume (NullcurveSession *self, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  Asked *asked = g_new0 (Asked, 1);
  asked->session = g_object_ref (self);
  asked->path = g_strdup (path);
  nullcurve_loader_read_async (&file, 1, NULL, NULL, read_cb, asked);
}
