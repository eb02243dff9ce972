/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/growth.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>

#include "engine/host/environment.h"
#include "engine/host/machine-file.h"
#include "engine/host/measuring.h"
#include "engine/judge/bound.h"
#include "engine/records/run-noise.h"
#include "engine/sweep/library.h"
#include "engine/sweep/resume.h"

/* --- the run and its file --- */

static void
copy_facts (const MoeRun *from, MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_facts (from); i++)
    moe_run_set_fact (run, moe_run_get_fact_key (from, i), moe_run_get_fact_value (from, i));
}

/* How it ended is told no more: it goes on. */
static void
describe_again (const MoeSweep *self, MoeRun *run)
{
  const MoeRun *before = self->before;
  g_autofree char *carried = moe_sweep_describe_carried (self, NULL);
  for (gsize i = 0; i < moe_run_get_n_facts (before); i++)
    if (g_strcmp0 (moe_run_get_fact_key (before, i), "state") != 0)
      moe_run_set_fact (run, moe_run_get_fact_key (before, i), moe_run_get_fact_value (before, i));
  moe_run_set_fact (run, "resumed", carried);
}

void
moe_sweep_open (MoeSweep *self, gsize side, const char *title, const char *command_line)
{
  MoeSweepSide *of = &self->sides[side];
  of->run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  if (self->in_place)
    describe_again (self, of->run);
  else
    moe_environment_describe (of->run, moe_sweep_get_plan (self, side), of->backend, command_line);
  for (guint l = 0; l < moe_sweep_n_legs (self); l++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (self, side, l);
      for (gsize i = 0; i < leg->plan.n_points; i++)
        {
          MoeRecord expected;
          moe_resume_expect (&leg->plan.points[i], of->backend->name, &expected);
          moe_run_append (of->run, leg->points[i].carried ? leg->points[i].before : &expected);
        }
    }
}

static void
write_record (MoeJournal *journal, gsize index, const MoeRecord *record)
{
  moe_journal_add_point (journal, index, record, NULL);
  for (gsize i = 0; i < record->n_samples; i++)
    moe_journal_add_sample (journal, index, record->samples_s[i], (gsize)MAX (record->steps, 0),
                            NULL, record->taken != NULL ? &record->taken[i] : NULL, NULL);
  moe_journal_add_check (journal, index, record->loss, record->max_relative_error, NULL);
}

/* All that the earlier run has, at the places where it is measured again.  What cannot be written
 * yet is told once the run is under way. */
static void
write_before (const MoeSweep *self, MoeJournal *journal)
{
  g_autoptr (MoeRun) others = moe_run_new (MOE_RUN_FORMAT_MEASURED, "");
  gsize n = moe_sweep_count_points (self, 0);
  for (guint l = 0; l < moe_sweep_n_legs (self); l++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (self, 0, l);
      for (gsize i = 0; i < leg->plan.n_points; i++)
        if (leg->points[i].before != NULL)
          write_record (journal, leg->first + i, leg->points[i].before);
    }
  moe_sweep_append_others (self, others);
  for (gsize i = 0; i < moe_run_get_n_records (others); i++)
    write_record (journal, n + i, moe_run_get_record (others, i));
}

/* Whole before it takes the place of what there was, which nobody else may write; then it goes on
 * like any other. */
static MoeJournal *
replace_with_before (const MoeSweep *self, const char *path, GError **error)
{
  MoeJournal *old = moe_journal_reopen (path, error);
  if (old == NULL)
    return NULL;
  MoeJournal *whole = moe_journal_compose (self->sides[0].run);
  write_before (self, whole);
  gboolean good = moe_journal_write (whole, path, error);
  moe_journal_close (whole, NULL);
  moe_journal_close (old, NULL);
  return good ? moe_journal_reopen (path, error) : NULL;
}

static MoeJournal *
create (const MoeSweep *self, gsize side, const char *path, GError **error)
{
  MoeJournal *journal = moe_journal_create (path, self->sides[side].run, error);
  if (journal != NULL && self->before != NULL)
    write_before (self, journal);
  return journal;
}

static gboolean
take_journal (MoeSweep *self, gsize side, MoeJournal *journal, const char *path)
{
  MoeSweepSide *of = &self->sides[side];
  if (journal == NULL)
    return FALSE;
  of->journal = journal;
  of->journal_path = g_strdup (path);
  of->loss_told = g_new0 (gboolean, moe_sweep_count_points (self, side));
  return TRUE;
}

gboolean
moe_sweep_keep (MoeSweep *self, gsize side, const char *path, gboolean replace, GError **error)
{
  replace = replace && g_file_test (path, G_FILE_TEST_EXISTS);
  MoeJournal *journal =
      replace ? replace_with_before (self, path, error) : create (self, side, path, error);
  return take_journal (self, side, journal, path);
}

gboolean
moe_sweep_keep_in_stream (MoeSweep *self, gsize side, int fd, GError **error)
{
  MoeJournal *journal = moe_journal_stream (fd, self->sides[side].run, error);
  if (journal != NULL && self->before != NULL)
    write_before (self, journal);
  return take_journal (self, side, journal, NULL);
}

gboolean
moe_sweep_keep_in_library (
    MoeSweep *self, gsize side, const char *name, GDateTime *now, GError **error)
{
  g_autofree char *dir = moe_library_dup_dir ();
  moe_library_tidy (dir);
  for (guint attempt = 0; attempt < 10; attempt++)
    {
      g_autofree char *path = moe_library_dup_path (name, now, attempt);
      g_clear_error (error);
      if (moe_sweep_keep (self, side, path, FALSE, error))
        return TRUE;
    }
  return FALSE;
}

gboolean
moe_sweep_keep_in_place (MoeSweep *self, const char *path, GError **error)
{
  g_autofree char *carried = moe_sweep_describe_carried (self, NULL);
  MoeJournal *journal = moe_journal_reopen (path, error);
  if (journal != NULL)
    moe_journal_set_fact (journal, "resumed", carried, NULL);
  return take_journal (self, 0, journal, path);
}

static gboolean
has_samples (const MoeSweep *self, gsize side)
{
  for (gsize i = 0; i < moe_sweep_count_points (self, side); i++)
    if (self->sides[side].loss_told[i])
      return TRUE;
  return self->before != NULL;
}

/* Where it is now, and what could not be kept to the end. */
static void
close_journal (MoeSweepSide *of, const char *state)
{
  g_autoptr (GError) error = NULL;
  g_clear_pointer (&of->problem, g_free);
  if (!moe_journal_end (of->journal, state, &error))
    of->problem = g_strdup_printf (_ ("%s  The run file is incomplete."), error->message);
  else
    of->problem = moe_journal_take_notice (of->journal);
  /* What moe_sweep_tell () has to add goes the same way. */
  if (moe_journal_get_path (of->journal) == NULL)
    return;
  g_free (of->journal_path);
  of->journal_path = g_strdup (moe_journal_get_path (of->journal));
  moe_journal_close (g_steal_pointer (&of->journal), NULL);
}

void
moe_sweep_close_journals (MoeSweep *self, const char *state)
{
  for (gsize s = 0; s < self->n_sides; s++)
    {
      MoeSweepSide *of = &self->sides[s];
      if (of->journal == NULL)
        continue;
      close_journal (of, state);
      if (of->journal_path != NULL && !has_samples (self, s))
        g_unlink (of->journal_path);
    }
}

/* --- the runner's thread --- */

/* One leg under way. */
typedef struct Running
{
  MoeSweep *sweep;
  gsize leg;
  const MoeSweepHooks *hooks;
  gboolean jumped; /* the clock, and that was told */
} Running;

static gsize
origin_of (const Running *running, gsize side, gsize point)
{
  const MoeSweepLeg *leg = moe_sweep_get_leg (running->sweep, side, running->leg);
  return point < leg->todo.n_points ? leg->origin[point] : point;
}

static MoeSweepEvent
event_of (const Running *running, MoeSweepEventKind kind, gsize side, gsize point)
{
  return (MoeSweepEvent){
    .kind = kind, .side = side, .leg = running->leg, .point = origin_of (running, side, point)
  };
}

static void
say (const Running *running, gsize side, const char *sentence)
{
  if (running->hooks->told != NULL)
    running->hooks->told (running->hooks->data, side, sentence);
}

/* A full disk must not end a run: it is told once, and the run goes on.  What could not be written
 * is held by the journal, and once it could, that is told as well. */
static void
say_kept (const Running *running, gsize side, const GError *error)
{
  MoeSweepSide *of = &running->sweep->sides[side];
  g_autofree char *notice = moe_journal_take_notice (of->journal);
  if (error != NULL && of->problem == NULL)
    {
      of->problem = g_strdup (error->message);
      g_autofree char *sentence =
          g_strdup_printf (_ ("%s  Measuring goes on, and what is measured will be written as soon "
                              "as that is possible."),
                           of->problem);
      say (running, side, sentence);
    }
  else if (error == NULL && of->problem != NULL)
    {
      g_clear_pointer (&of->problem, g_free);
      say (running, side, _ ("The run file is written again, and lacks nothing."));
    }
  if (notice != NULL)
    say (running, side, notice);
}

/* All steps of a point have the same loss: it is told once. */
static gboolean
write_sample (MoeSweepSide *of, gsize index, const MoeSample *sample, GError **error)
{
  gboolean told = of->loss_told[index];
  of->loss_told[index] = TRUE;
  gboolean good = moe_journal_add_sample (of->journal, index, sample->time_s, sample->steps,
                                          &sample->stages, &sample->taken, told ? error : NULL);
  return told ? good : moe_journal_add_check (of->journal, index, sample->loss, NAN, error);
}

static gboolean
write_event (const MoeSweep *sweep, MoeSweepSide *of, const MoeSweepEvent *event, GError **error)
{
  const MoeSweepLeg *leg = moe_sweep_get_leg (sweep, event->side, event->leg);
  gsize index = leg->first + event->point;
  MoeRecord record;
  switch (event->kind)
    {
    case MOE_SWEEP_POINT:
      moe_record_from_point (&record, &leg->plan.points[event->point], &event->facts,
                             of->backend->name);
      return moe_journal_add_point (of->journal, index, &record, error);
    case MOE_SWEEP_SAMPLE:
      return write_sample (of, index, &event->sample, error);
    case MOE_SWEEP_VERIFIED:
      return moe_journal_add_check (of->journal, index, NAN, event->verification.max_relative_error,
                                    error);
    case MOE_SWEEP_DONE:
      return moe_journal_add_done (of->journal, index, error);
    }
  return TRUE;
}

/* First into the journal, then to whoever listens. */
static void
tell (Running *running, const MoeSweepEvent *event)
{
  MoeSweepSide *of = &running->sweep->sides[event->side];
  g_autoptr (GError) error = NULL;
  if (of->journal != NULL)
    {
      write_event (running->sweep, of, event, &error);
      say_kept (running, event->side, error);
    }
  running->hooks->event (running->hooks->data, event);
}

static void
on_point (void *data, const MoePoint *point, const MoePointFacts *facts)
{
  MoeSweepEvent event = event_of (data, MOE_SWEEP_POINT, facts->setup, point->index);
  event.facts = *facts;
  event.facts.point = event.point;
  tell (data, &event);
}

static void
on_verified (void *data, const MoeVerification *verification)
{
  MoeSweepEvent event =
      event_of (data, MOE_SWEEP_VERIFIED, verification->setup, verification->point);
  event.verification = *verification;
  event.verification.point = event.point;
  tell (data, &event);
}

static void
on_sample (void *data, const MoeSample *sample)
{
  MoeSweepEvent event = event_of (data, MOE_SWEEP_SAMPLE, sample->setup, sample->point);
  event.sample = *sample;
  event.sample.point = event.point;
  tell (data, &event);
}

static void
on_refused (void *data, size_t setup, const MoePoint *point)
{
  Running *running = data;
  if (!running->jumped)
    say (running, setup,
         _ ("This machine's clock jumped within a sample, which is taken again.  So will be all "
            "others that this happens to."));
  running->jumped = TRUE;
}

static void
on_point_done (void *data, size_t setup, const MoePoint *point)
{
  MoeSweepEvent event = event_of (data, MOE_SWEEP_DONE, setup, point->index);
  tell (data, &event);
}

static void
on_progress (void *data, const MoeProgress *progress)
{
  const Running *running = data;
  MoeProgress state = *progress;
  state.point = origin_of (running, state.setup, state.point);
  running->hooks->progress (running->hooks->data, &state);
}

static bool
on_pause (void *data)
{
  const Running *running = data;
  return running->hooks->pause (running->hooks->data);
}

static void
on_traced (void *data, size_t setup, const MoePoint *point, const MoeTrace *step)
{
  const Running *running = data;
  const MoeSweepLeg *leg = moe_sweep_get_leg (running->sweep, setup, running->leg);
  running->hooks->traced (running->hooks->data, setup,
                          &leg->plan.points[origin_of (running, setup, point->index)], step);
}

MoeStatus
moe_sweep_run (MoeSweep *self,
               gsize leg,
               const MoeClock *clock,
               const MoeCancel *cancel,
               const MoeSweepHooks *hooks,
               MoeError *error)
{
  MoeSetup setups[MOE_MAX_SETUPS];
  Running running = { self, leg, hooks, FALSE };
  const MoeRunEvents events = { .data = &running,
                                .progress = hooks->progress != NULL ? on_progress : NULL,
                                .point = on_point,
                                .verified = on_verified,
                                .sample = on_sample,
                                .refused = on_refused,
                                .point_done = on_point_done,
                                .pause = hooks->pause != NULL ? on_pause : NULL,
                                .traced = hooks->traced != NULL ? on_traced : NULL };
  for (gsize s = 0; s < self->n_sides; s++)
    setups[s] = (MoeSetup){ .plan = &moe_sweep_get_leg (self, s, leg)->todo,
                            .backend = self->sides[s].backend,
                            .calibration = moe_sweep_get_calibration (self, s) };
  const MoeRun *last = self->sides[self->n_sides - 1].run;
  MoeMeasuring *measuring = moe_measuring_begin (last != NULL ? moe_run_get_title (last) : "");
  MoeStatus status =
      moe_run_setups (setups, self->n_sides, self->alternate, clock, cancel, &events, error);
  moe_measuring_end (measuring);
  return status;
}

/* --- what there is so far --- */

static void
take_facts (MoeSweepSide *of, MoeSweepLeg *leg, const MoeSweepEvent *event)
{
  MoeRecord record;
  gsize index = leg->first + event->point;
  const MoeRecord *old = moe_run_get_record (of->run, index);
  leg->points[event->point].facts = event->facts;
  if (old->n_samples > 0)
    return;
  moe_record_from_point (&record, &leg->plan.points[event->point], &event->facts,
                         of->backend->name);
  record.max_relative_error = old->max_relative_error;
  moe_run_replace (of->run, index, &record);
}

static void
take_sample (MoeSweepSide *of, gsize index, const MoeSample *sample)
{
  if (isnan (moe_run_get_record (of->run, index)->loss))
    {
      MoeRecord record = *moe_run_get_record (of->run, index);
      record.loss = sample->loss;
      record.steps = (gint64)sample->steps;
      moe_run_replace (of->run, index, &record);
    }
  moe_run_add_sample (of->run, index, sample->time_s, &sample->stages, &sample->taken);
}

void
moe_sweep_take (MoeSweep *self, const MoeSweepEvent *event)
{
  MoeSweepSide *of = &self->sides[event->side];
  MoeSweepLeg *leg = moe_sweep_get_leg (self, event->side, event->leg);
  gsize index = leg->first + event->point;
  switch (event->kind)
    {
    case MOE_SWEEP_POINT:
      take_facts (of, leg, event);
      break;
    case MOE_SWEEP_SAMPLE:
      take_sample (of, index, &event->sample);
      break;
    case MOE_SWEEP_VERIFIED:
      moe_run_set_check (of->run, index, NAN, event->verification.max_relative_error);
      of->disagreed |= !event->verification.passed;
      break;
    case MOE_SWEEP_DONE:
      leg->points[event->point].done = TRUE;
      break;
    }
}

static const MoeRecord *
record_of (const MoeSweepSide *of, const MoeSweepLeg *leg, gsize point)
{
  return moe_run_get_record (of->run, leg->first + point);
}

static gboolean
is_measured (const MoeSweepSide *of, const MoeSweepLeg *leg, gsize point)
{
  return of->run != NULL && !leg->points[point].carried
         && record_of (of, leg, point)->n_samples > 0;
}

gboolean
moe_sweep_is_measured (const MoeSweep *self, gsize side, gsize leg, gsize point)
{
  return is_measured (&self->sides[side], moe_sweep_get_leg (self, side, leg), point);
}

gboolean
moe_sweep_has_measured (const MoeSweep *self, gsize side)
{
  for (guint l = 0; l < moe_sweep_n_legs (self); l++)
    for (gsize i = 0; i < moe_sweep_get_leg (self, side, l)->plan.n_points; i++)
      if (moe_sweep_is_measured (self, side, l, i))
        return TRUE;
  return FALSE;
}

const MoeRecord *
moe_sweep_get_record (const MoeSweep *self, gsize side, gsize leg, gsize point)
{
  const MoeRecord *record =
      record_of (&self->sides[side], moe_sweep_get_leg (self, side, leg), point);
  return record->n_samples > 0 ? record : NULL;
}

/* New samples beside those of an earlier run: of other starts and rounds, of which no pairs are
 * made with these. */
static void
append_both (MoeRun *run, const MoeRecord *old, const MoeRecord *new, guint32 start, guint32 round)
{
  gsize at = moe_run_append (run, old);
  for (gsize i = 0; i < new->n_samples; i++)
    moe_run_add_sample_at (run, at, new->samples_s[i], NULL,
                           new->taken != NULL ? &new->taken[i] : NULL, start, round);
  moe_run_refresh (run, at);
}

/* What an earlier run has of a group gives way to new samples only when there are all of them;
 * until then both count, as in a journal that is gone on with (journal.h). */
static void
append_group (const MoeSweepSide *of, const MoeSweepLeg *leg, gsize first, gsize n, MoeRun *run)
{
  gboolean all_new = TRUE;
  guint32 start = 0, round = 0;
  for (gsize i = first; i < first + n; i++)
    {
      all_new &= leg->points[i].done;
      if (leg->points[i].before != NULL)
        moe_record_find_free_turn (leg->points[i].before, &start, &round);
    }
  for (gsize i = first; i < first + n; i++)
    {
      const MoeRecord *old = all_new ? NULL : leg->points[i].before;
      const MoeRecord *new = record_of (of, leg, i);
      if (old != NULL && (new->n_samples == 0 || leg->points[i].carried))
        moe_run_append (run, old);
      else if (old != NULL)
        append_both (run, old, new, start, round);
      else if (new->n_samples > 0)
        moe_run_append (run, new);
    }
}

/* With nothing measured now the facts are the earlier run's: that is what its points are of. */
static MoeRun *
new_like (const MoeSweep *self, gsize side)
{
  const MoeRun *own = self->sides[side].run;
  gboolean has_news = self->before == NULL || self->in_place || moe_sweep_has_measured (self, side);
  const MoeRun *source = has_news ? own : self->before;
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, moe_run_get_title (source));
  moe_run_set_source (run, moe_run_get_source (own));
  copy_facts (source, run);
  return run;
}

MoeRun *
moe_sweep_collect (const MoeSweep *self, gsize side)
{
  const MoeSweepSide *of = &self->sides[side];
  MoeRun *run = new_like (self, side);
  for (guint l = 0; l < moe_sweep_n_legs (self); l++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (self, side, l);
      for (gsize first = 0, n; first < leg->plan.n_points; first += n)
        {
          n = moe_resume_group_size (&leg->plan, first);
          append_group (of, leg, first, n, run);
        }
    }
  if (!self->in_place)
    moe_sweep_append_others (self, run);
  return run;
}

/* --- at the end --- */

void
moe_sweep_raise_limits (const MoeSweep *self, gsize side, MoeRun *run, gboolean of_machine)
{
  const MoePlan *plan = moe_sweep_get_plan (self, side);
  const MoeSweepSide *of = &self->sides[side];
  MoeLimits limits;
  if (!of->disagreed && moe_run_raise_limits (run, &limits) && self->before == NULL && of_machine)
    moe_machine_raise (of->backend, plan->device, plan->threads,
                       plan->options.choice[MOE_CHOICE_DTYPE], &limits);
}

/* Facts that the run has come to since its journal was begun, or that are others now: how starts
 * differ, limits that were beaten.  The journal's end tells its state. */
static void
add_learnt (MoeJournal *journal, const MoeRun *begun, const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    {
      const char *key = moe_run_get_fact_key (run, i), *value = moe_run_get_fact_value (run, i);
      if (!moe_run_is_noise_fact (key) && strcmp (key, "state") != 0
          && g_strcmp0 (moe_run_get_fact (begun, key), value) != 0)
        moe_journal_set_fact (journal, key, value, NULL);
    }
}

void
moe_sweep_tell (MoeSweep *self,
                gsize side,
                MoeRun *run,
                const MoeNoise *noise,
                const char *const *warnings,
                gsize n_warnings)
{
  MoeSweepSide *of = &self->sides[side];
  moe_run_set_noise (run, noise);
  moe_run_set_warnings (run, warnings, n_warnings);
  MoeJournal *journal = g_steal_pointer (&of->journal); /* a stream */
  if (journal == NULL && of->journal_path != NULL)
    journal = moe_journal_reopen (of->journal_path, NULL);
  if (journal == NULL)
    return;
  add_learnt (journal, of->run, run);
  moe_journal_add_noise (journal, run, NULL);
  moe_journal_close (journal, NULL);
}
