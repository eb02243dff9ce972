/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/elsewhere/errand.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#include "engine/elsewhere/arguments.h"
#include "engine/formats/formats.h"
#include "engine/formats/journal.h"
#include "engine/sweep/library.h"

enum
{
  INTERVAL_MS = 250, /* between two readings of the run at least, */
  REST = 5           /* and so many times what the last one took */
};

/* Main thread only but for what `finish` and the strings are, which nobody changes. */
struct MoeErrand
{
  gatomicrefcount references;
  MoeErrandHooks hooks;
  MoeRelay *relay; /* NULL: it has not begun, or is over */
  gboolean dead;   /* nobody wants to hear of it */
  gboolean stopping;
  GCancellable *cancellable;

  /* That the relay is begun with, once the earlier run is read */
  MoePlace place; /* its strings are owned */
  char **environment;
  char **arguments;
  char *title;
  char *path;
  char *before;
  gboolean pausing;

  /* The run as it grows */
  gboolean grown;   /* since it was read last */
  gboolean reading; /* now */
  gint64 began_us;  /* the reading */
  gint64 took_us;
  guint timer;
  gsize samples_asked; /* 0: not told */

  /* The end */
  MoeRelayEnd end;
  gsize samples;
  gboolean has_run;
  char *problem;
};

static MoeErrand *
errand_ref (MoeErrand *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
errand_unref (gpointer data)
{
  MoeErrand *self = data;
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free ((char *)self->place.host);
  g_free ((char *)self->place.through);
  g_free ((char *)self->place.program);
  g_strfreev (self->environment);
  g_strfreev (self->arguments);
  g_free (self->title);
  g_free (self->path);
  g_free (self->before);
  g_free (self->problem);
  g_object_unref (self->cancellable);
  g_free (self);
}

/* --- the run as it grows --- */

static void schedule (MoeErrand *self);

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const MoeErrand *self = data;
  g_autoptr (GFile) file = g_file_new_for_path (self->path);
  GError *error = NULL;
  MoeRun *run = moe_formats_read_file (file, cancellable, &error);
  if (run != NULL)
    g_task_return_pointer (task, run, (GDestroyNotify)moe_run_unref);
  else
    g_task_return_error (task, error);
}

/* What cannot be read yet may be whole at the next reading. */
static void
read_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  MoeErrand *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (MoeRun) run = g_task_propagate_pointer (G_TASK (result), NULL);
  self->reading = FALSE;
  self->took_us = g_get_monotonic_time () - self->began_us;
  if (self->dead || self->relay == NULL)
    return;
  if (run != NULL && self->hooks.grown != NULL)
    self->hooks.grown (self->hooks.data, run);
  schedule (self);
}

static void
run_in_thread (MoeErrand *self, GTaskThreadFunc thread, GAsyncReadyCallback callback)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, callback, NULL);
  g_task_set_task_data (task, errand_ref (self), errand_unref);
  g_task_run_in_thread (task, thread);
}

static gboolean
due_cb (gpointer data)
{
  MoeErrand *self = data;
  self->timer = 0;
  self->grown = FALSE;
  self->reading = TRUE;
  self->began_us = g_get_monotonic_time ();
  run_in_thread (self, read_thread, read_cb);
  return G_SOURCE_REMOVE;
}

static void
schedule (MoeErrand *self)
{
  if (self->dead || !self->grown || self->reading || self->timer != 0)
    return;
  gint64 rest_ms = REST * self->took_us / 1000;
  self->timer = g_timeout_add ((guint)CLAMP (rest_ms, INTERVAL_MS, 60 * 1000), due_cb, self);
}

static void
grown_cb (gpointer data)
{
  MoeErrand *self = data;
  self->grown = TRUE;
  schedule (self);
}

static void
progress_cb (gpointer data, const MoeRelayProgress *progress)
{
  MoeErrand *self = data;
  if (progress->state.samples_total > 0)
    self->samples_asked = progress->state.samples_total;
  if (self->hooks.progress != NULL)
    self->hooks.progress (self->hooks.data, progress);
}

/* --- its end --- */

static gsize
count_samples (const MoeRun *run)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

static MoeRun *
read_run (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  return moe_formats_read_file (file, NULL, NULL);
}

/* What a group had counts no more once it is measured anew: a whole run may have less samples than
 * what it went on with, one that broke off again has to have as many. */
static gboolean
has_all_of (const MoeRun *run, const char *before)
{
  g_autoptr (MoeRun) earlier = read_run (before);
  return earlier == NULL || g_strcmp0 (moe_run_get_fact (run, "state"), "complete") == 0
         || count_samples (run) >= count_samples (earlier);
}

/* Where the run is from now on: what went on with an earlier run takes its place, or that stays as
 * well. */
static const char *
take_place (const MoeErrand *self, const MoeRun *run)
{
  if (self->before == NULL || !has_all_of (run, self->before)
      || g_rename (self->path, self->before) != 0)
    return self->path;
  return self->before;
}

/* The run tells where it is from, and what it is called here. */
static void
conclude_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const MoeErrand *self = data;
  g_autofree char *place = moe_place_describe (&self->place);
  MoeJournal *journal = moe_journal_reopen (self->path, NULL);
  if (journal != NULL)
    {
      moe_journal_set_fact (journal, "place", place, NULL);
      moe_journal_set_fact (journal, "title", self->title, NULL);
    }
  moe_journal_close (journal, NULL);
  MoeRun *run = read_run (self->path);
  if (run != NULL)
    moe_run_set_source (run, take_place (self, run));
  g_task_return_pointer (task, run, (GDestroyNotify)moe_run_unref);
}

static gboolean
is_broken (const MoeErrand *self)
{
  return self->end != MOE_RELAY_ENDED && self->samples > 0 && !self->stopping;
}

static void
finish (MoeErrand *self, MoeRun *run)
{
  const MoeErrandResult result = { .run = run,
                                   .broken = run != NULL && is_broken (self),
                                   .problem = self->stopping ? NULL : self->problem };
  if (!self->dead)
    self->hooks.finished (self->hooks.data, &result);
}

static void
concluded_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  MoeErrand *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (MoeRun) run = g_task_propagate_pointer (G_TASK (result), NULL);
  finish (self, run);
}

/* Why it ended as it did; NULL: as it should. */
static char *
explain (const MoeErrand *self, const MoeRelayResult *result)
{
  g_autofree char *place = moe_place_describe (&self->place);
  if (result->end == MOE_RELAY_BROKEN && result->samples > 0 && self->samples_asked > 0)
    return g_strdup_printf (
        _ ("Interrupted after %zu of %zu samples: the connection to %s, or what measured there, "
           "broke off.  They are kept, and the run can be gone on with."),
        result->samples, MAX (self->samples_asked, result->samples), place);
  if (result->problem != NULL)
    return g_strdup (result->problem);
  if (result->samples > 0)
    return NULL;
  if (result->said != NULL && result->status != 0)
    return g_strdup (result->said);
  return g_strdup_printf (_ ("Nothing was measured at %s."), place);
}

static gboolean
over_cb (gpointer data)
{
  MoeErrand *self = data;
  g_clear_pointer (&self->relay, moe_relay_free);
  g_clear_handle_id (&self->timer, g_source_remove);
  if (self->samples > 0)
    run_in_thread (self, conclude_thread, concluded_cb);
  else
    {
      if (self->has_run)
        moe_journal_remove_bare (self->path);
      finish (self, NULL);
    }
  return G_SOURCE_REMOVE;
}

static void
hear_of_end (MoeErrand *self)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, over_cb, errand_ref (self), errand_unref);
}

static void
done_cb (gpointer data, const MoeRelayResult *result)
{
  MoeErrand *self = data;
  self->end = result->end;
  self->samples = result->samples;
  self->has_run = result->has_run;
  self->problem = explain (self, result);
  hear_of_end (self);
}

/* --- beginning --- */

static gboolean
begin (MoeErrand *self, GBytes *first, GError **error)
{
  const MoeRelayHooks hooks = {
    .data = self, .progress = progress_cb, .grown = grown_cb, .done = done_cb
  };
  self->relay = moe_relay_start (&self->place, (const char *const *)self->arguments, self->path,
                                 first, &hooks, error);
  if (self->relay != NULL && self->pausing)
    moe_relay_pause (self->relay, TRUE);
  if (self->relay != NULL && self->stopping)
    moe_relay_stop (self->relay);
  return self->relay != NULL;
}

static void
before_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const MoeErrand *self = data;
  GError *error = NULL;
  GBytes *bytes = moe_relay_read_before (self->before, &error);
  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify)g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
before_cb (GObject *source, GAsyncResult *result, gpointer unused)
{
  MoeErrand *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) first = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->dead || (first != NULL && begin (self, first, &error)))
    return;
  self->end = MOE_RELAY_UNKEPT;
  self->problem = g_strdup (error->message);
  hear_of_end (self);
}

static char *
dup_path (const char *name)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  char *path = NULL;
  for (guint attempt = 0; attempt < 100; attempt++)
    {
      g_free (path);
      path = moe_library_dup_path (name, now, attempt);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        break;
    }
  return path;
}

static char **
dup_arguments (const MoeOptions *options, gboolean resume)
{
  g_auto (GStrv) asked = moe_options_to_arguments (options);
  g_autoptr (GStrvBuilder) all = g_strv_builder_new ();
  g_strv_builder_addv (all, (const char **)asked);
  if (resume)
    g_strv_builder_add (all, "--resume=-");
  return g_strv_builder_end (all);
}

static void
copy_place (MoeErrand *self, const MoePlace *place)
{
  self->environment = g_strdupv ((char **)place->environment);
  self->place = (MoePlace){ .host = g_strdup (place->host),
                            .through = g_strdup (place->through),
                            .program = g_strdup (place->program),
                            .environment = (const char *const *)self->environment };
}

MoeErrand *
moe_errand_start (const MoePlace *place,
                  const MoeOptions *options,
                  const char *name,
                  const char *title,
                  const char *before,
                  const MoeErrandHooks *hooks,
                  GError **error)
{
  MoeErrand *self = g_new0 (MoeErrand, 1);
  g_atomic_ref_count_init (&self->references);
  self->hooks = *hooks;
  self->cancellable = g_cancellable_new ();
  copy_place (self, place);
  self->arguments = dup_arguments (options, before != NULL);
  self->title = g_strdup (title);
  self->path = dup_path (name);
  self->before = g_strdup (before);
  if (before != NULL)
    run_in_thread (self, before_thread, before_cb);
  else if (!begin (self, NULL, error))
    {
      errand_unref (self);
      return NULL;
    }
  return self;
}

char *
moe_errand_show_command (const MoePlace *place, const MoeOptions *options, GError **error)
{
  g_auto (GStrv) arguments = dup_arguments (options, FALSE);
  return moe_relay_show_command (place, (const char *const *)arguments, error);
}

void
moe_errand_stop (MoeErrand *self)
{
  self->stopping = TRUE;
  if (self->relay != NULL)
    moe_relay_stop (self->relay);
}

void
moe_errand_pause (MoeErrand *self, gboolean pause)
{
  if (self->pausing == pause)
    return;
  self->pausing = pause;
  if (self->relay != NULL)
    moe_relay_pause (self->relay, pause);
}

void
moe_errand_free (MoeErrand *self)
{
  if (self == NULL)
    return;
  self->dead = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->timer, g_source_remove);
  g_clear_pointer (&self->relay, moe_relay_free);
  errand_unref (self);
}
