/* SPDX-License-Identifier: Apache-2.0 */
#include "app/job-sweep.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/judge/bound.h"
#include "engine/judge/starts.h"
#include "engine/records/run-noise.h"
#include "engine/sweep/library.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "engine/sweep/resume.h"
#include "ui/runs/run-item.h"
#include "ui/words/advice.h"

static gboolean
add_setup (MoeSweep *sweep,
           gsize side,
           const MoeOptions *options,
           const MoeAccelerator *machine,
           char **problem)
{
  MoeError error = { 0 };
  if (machine->backend == NULL)
    *problem = g_strdup (machine->failure);
  else if (moe_sweep_add_leg (sweep, side, options, &error) != MOE_OK)
    *problem = g_strdup (error.message);
  else
    moe_sweep_set_backend (sweep, side, machine->backend,
                           machine->measured ? &machine->limits.calibration : NULL);
  return *problem == NULL;
}

static gboolean
go_on_with (MoeSweep *sweep, MoeRun *before, char **problem)
{
  const char *title = moe_run_get_title (before);
  *problem = moe_resume_find_hindrance (before, moe_sweep_get_plan (sweep, 0), title);
  if (*problem == NULL)
    *problem = moe_resume_find_other_backend (before, sweep->sides[0].backend->name, title);
  if (*problem == NULL)
    moe_sweep_resume (sweep, before, TRUE);
  return *problem == NULL;
}

/* A sweep of the queue was fit when it was put there, which may be long ago. */
static gboolean
check_fit (MoeSweep *sweep, gsize side, char **problem)
{
  MoeError error = { 0 };
  const MoeSweepLeg *leg = moe_sweep_get_leg (sweep, side, 0);
  if (moe_sweep_forecast (sweep, side, 0, moe_available_memory (), &error) != MOE_OK
      || (!leg->forecast.fits
          && moe_forecast_require_fit (&leg->todo, sweep->sides[side].backend, &leg->forecast,
                                       &error)
                 != MOE_OK))
    *problem = g_strdup (error.message);
  return *problem == NULL;
}

MoeSweep *
nullcurve_job_sweep_new (const MoeOptions *options,
                         const MoeAccelerator *const *machines,
                         gsize n,
                         MoeRun *before,
                         char **problem)
{
  g_autoptr (MoeSweep) sweep = moe_sweep_new ();
  *problem = NULL;
  for (gsize s = 0; s < n; s++)
    if (!add_setup (sweep, s, &options[s], machines[s], problem))
      return NULL;
  if (before != NULL && !go_on_with (sweep, before, problem))
    return NULL;
  for (gsize s = 0; s < n; s++)
    if (!check_fit (sweep, s, problem))
      return NULL;
  moe_sweep_choose_turns (sweep);
  return g_steal_pointer (&sweep);
}

/* --- its runs --- */

static gboolean
is_title_taken (GListModel *runs, const char *title)
{
  for (guint i = 0; i < g_list_model_get_n_items (runs); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (runs, i);
      if (strcmp (moe_run_get_title (nullcurve_run_item_get_run (item)), title) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What of the setup its name tells, but for what the shape's name says already. */
static char *
changes_for (const char *shape_name, const MoeOptions *options)
{
  MoeOptions defaults;
  moe_presets_init_options (&defaults);
  g_autofree char *block = moe_text_block_plain (options);
  g_autofree char *changes = g_str_equal (shape_name, block)
                                 ? moe_text_changes_beside_block (options, &defaults)
                                 : moe_text_changes (options, &defaults);
  g_auto (GStrv) parts = g_strsplit (changes, ", ", -1);
  GString *told = g_string_new (NULL);
  for (gsize i = 0; parts[i] != NULL; i++)
    {
      g_autofree char *part = g_strconcat (", ", parts[i], NULL);
      if (*parts[i] != '\0' && strstr (shape_name, part) == NULL)
        g_string_append (told, part);
    }
  return g_string_free (told, FALSE);
}

char *
nullcurve_job_sweep_title (const char *shape_name,
                           const MoeOptions *options,
                           GListModel *runs,
                           GDateTime *now)
{
  static const char *const times[] = { "%H:%M", "%H:%M:%S" };
  g_autofree char *topk = moe_text_topk (options);
  g_autofree char *changes = changes_for (shape_name, options);
  char *title = NULL;
  for (guint i = 0; title == NULL || is_title_taken (runs, title); i++)
    {
      g_autofree char *time = g_date_time_format (now, times[MIN (i, 1)]);
      g_autofree char *number = i > 1 ? g_strdup_printf (" (%u)", i) : g_strdup ("");
      g_free (title);
      title = g_strdup_printf ("%s, %s%s · %s%s", shape_name, topk, changes, time, number);
    }
  return title;
}

/* An empty run that tells all about itself: its limits travel with its files. */
static void
describe (MoeRun *run, const MoeAccelerator *machine, const char *rounds)
{
  if (machine->why != NULL)
    moe_run_set_fact (run, "accelerator chosen", machine->why);
  if (machine->measured)
    moe_run_set_limits (run, &machine->limits);
  moe_run_set_fact (run, "rounds", rounds);
}

void
nullcurve_job_sweep_open (MoeSweep *sweep,
                          const MoeAccelerator *const *machines,
                          const char *const *names,
                          GListModel *runs,
                          const char *path,
                          char **problem)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GError) error = NULL;
  g_autofree char *rounds = sweep->n_sides > 1 ? g_uuid_string_random () : NULL;
  for (gsize s = 0; s < sweep->n_sides; s++)
    {
      MoeSweepSide *side = &sweep->sides[s];
      g_autofree char *title =
          nullcurve_job_sweep_title (names[s], &moe_sweep_get_plan (sweep, s)->options, runs, now);
      moe_sweep_open (sweep, s, sweep->in_place ? moe_run_get_title (sweep->before) : title, NULL);
      if (!sweep->in_place)
        describe (side->run, machines[s], rounds);
      g_clear_error (&error);
      if (sweep->in_place)
        moe_sweep_keep_in_place (sweep, path, &error);
      else
        moe_sweep_keep_in_library (sweep, s, names[s], now, &error);
      moe_run_set_source (side->run, side->journal_path);
    }
  *problem = error != NULL
                 ? g_strdup_printf (_ ("This run is not kept in a file: %s"), error->message)
                 : NULL;
}

MoeTraceFile *
nullcurve_job_sweep_new_trace (const MoeSweep *sweep, char **problem)
{
  g_autofree char *dir = moe_library_dup_dir ();
  g_autoptr (GError) error = NULL;
  for (gsize s = 0; s < sweep->n_sides; s++)
    if (sweep->sides[s].backend->trace == NULL)
      {
        *problem = g_strdup_printf (_ ("There is no trace: %s cannot tell what its threads do"),
                                    sweep->sides[s].backend->title);
        return NULL;
      }
  MoeTraceFile *trace = moe_trace_file_new (dir, &error);
  if (trace == NULL)
    *problem = g_strdup (error->message);
  return trace;
}

/* --- its end --- */

/* Of this machine only what this run has measured, and rightly. */
static void
learn (const MoeSweep *sweep, gsize side, MoeRun *run)
{
  const MoePlan *plan = moe_sweep_get_plan (sweep, side);
  moe_sweep_raise_limits (sweep, side, run, TRUE);
  if (!sweep->sides[side].disagreed && sweep->before == NULL)
    moe_starts_learn (run, sweep->sides[side].backend, plan->threads,
                      plan->options.choice[MOE_CHOICE_DTYPE]);
}

MoeRun *
nullcurve_job_sweep_finish (MoeSweep *sweep, gsize side, const MoeNoise *noise)
{
  MoeAdvice advice;
  MoeRun *run = moe_sweep_collect (sweep, side);
  if (moe_run_get_n_records (run) > 0)
    {
      learn (sweep, side, run);
      moe_run_advise (run, noise, &advice);
      g_auto (GStrv) sentences = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_OPTIONS);
      moe_sweep_tell (sweep, side, run, noise, (const char *const *)sentences,
                      g_strv_length (sentences));
    }
  if (sweep->sides[side].disagreed)
    moe_run_set_fact (run, "warning", "a point disagrees with the reference");
  return run;
}

char *
nullcurve_job_sweep_finish_trace (MoeTraceFile *trace, const MoeRun *run)
{
  g_autoptr (MoeTraceFile) file = trace;
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;
  if (file == NULL || moe_run_get_n_records (run) == 0)
    return NULL;
  if (!moe_trace_file_finish (file, run, &path, &error))
    return g_strdup (error->message);
  g_autofree char *shown = g_filename_display_name (path);
  return g_strdup_printf (_ ("The trace is in %s"), shown);
}
