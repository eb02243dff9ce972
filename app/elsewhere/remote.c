/* SPDX-License-Identifier: Apache-2.0 */
#include "app/elsewhere/remote.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "app/bench/progress.h"
#include "app/command-line/error.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"
#include "app/results/output.h"
#include "engine/elsewhere/told.h"
#include "engine/formats/formats.h"
#include "engine/formats/journal.h"
#include "engine/remote/relay.h"
#include "engine/sweep/library.h"

enum
{
  LOOK_MS = 100,   /* how often signals are asked for */
  PATIENCE_S = 600 /* with answers: a place may have to wait for its turn and to measure itself */
};

typedef struct Errand
{
  const NullcurveBenchArgs *args;
  MoePlace place;
  char *path;       /* of the run file */
  GPtrArray *lines; /* of an answer; NULL: nothing was asked */
  GMainLoop *loop;
  MoeRelay *relay;
  NullcurveBenchProgress progress;
  MoeRelayResult result;
  char *problem;
  gboolean spoken; /* something was said there */
  char *version;   /* what an answer tells of another one there; NULL: nothing */
} Errand;

gboolean
nullcurve_bench_is_elsewhere (const NullcurveBenchArgs *args)
{
  return args->place.on != NULL || args->place.through != NULL;
}

/* --- what is asked for there --- */

static void
add_option (GStrvBuilder *options, const char *name, const char *value)
{
  g_autofree char *option =
      value != NULL ? g_strdup_printf ("--%s=%s", name, value) : g_strdup_printf ("--%s", name);
  g_strv_builder_add (options, option);
}

/* What only the last of counts, which was told here. */
static gboolean
is_given_again (const NullcurveBenchArgs *args, guint index)
{
  const NullcurveBenchGiven *given = (const NullcurveBenchGiven *)args->given->data;
  for (guint i = index + 1; i < args->given->len; i++)
    if (given[i].spec == given[index].spec)
      return TRUE;
  return FALSE;
}

/* Which sweep is meant; where its results go is said here. */
static char **
options_there (const NullcurveBenchArgs *args)
{
  g_autoptr (GStrvBuilder) options = g_strv_builder_new ();
  const struct
  {
    const char *name, *value;
  } own[] = {
    { "preset", args->preset },    { "matrix", args->matrix_name },
    { "scale", args->scale_text }, { "scale-widths", args->scale_widths_text },
    { "lang", args->language },    { "resume", args->resume != NULL ? "-" : NULL },
  };
  const struct
  {
    const char *name;
    gboolean given;
  } flags[] = { { "facts", args->asks.facts },
                { "forecast", args->asks.forecast },
                { "calibrate", args->asks.calibrate } };
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    if (own[i].value != NULL)
      add_option (options, own[i].name, own[i].value);
  for (gsize i = 0; i < G_N_ELEMENTS (flags); i++)
    if (flags[i].given)
      add_option (options, flags[i].name, NULL);
  for (guint i = 0; i < args->given->len; i++)
    {
      const NullcurveBenchGiven *given = &g_array_index (args->given, NullcurveBenchGiven, i);
      if (!is_given_again (args, i))
        add_option (options, given->spec->name, given->value);
    }
  return g_strv_builder_end (options);
}

/* --- what is heard --- */

/* What the program prints on standard output where nobody reads a journal there. */
static gboolean
is_result (const char *sentence)
{
  static const char *const starts[] = { "RESULT", "shape ", "devices=", "[" };
  for (gsize i = 0; i < G_N_ELEMENTS (starts); i++)
    if (g_str_has_prefix (sentence, starts[i]))
      return TRUE;
  return FALSE;
}

static void
said_cb (gpointer data, const char *sentence)
{
  Errand *errand = data;
  nullcurve_bench_progress_erase (&errand->progress);
  if (is_result (sentence))
    nullcurve_bench_print ("%s", sentence);
  else
    nullcurve_bench_tell ("%s", sentence);
}

static void
progress_cb (gpointer data, const MoeRelayProgress *progress)
{
  Errand *errand = data;
  nullcurve_bench_progress_show (&errand->progress, &progress->state, NULL);
}

static void
done_cb (gpointer data, const MoeRelayResult *result)
{
  Errand *errand = data;
  errand->result = *result;
  errand->spoken = result->said != NULL;
  if (errand->args->asks.facts && result->problem == NULL)
    errand->version = moe_told_version (result->facts);
  errand->problem = g_strdup (result->problem);
  g_main_loop_quit (errand->loop);
}

static gboolean
look_cb (gpointer data)
{
  Errand *errand = data;
  if (moe_cancel_requested (nullcurve_bench_signals_cancel ()))
    moe_relay_stop (errand->relay);
  return G_SOURCE_CONTINUE;
}

/* --- afterwards --- */

/* The run tells where it is from; a file that cannot be added to has it without. */
static MoeRun *
read_run (const Errand *errand, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (errand->path);
  g_autofree char *place = moe_place_describe (&errand->place);
  MoeJournal *journal = moe_journal_reopen (errand->path, NULL);
  if (journal != NULL)
    moe_journal_set_fact (journal, "place", place, NULL);
  moe_journal_close (journal, NULL);
  MoeRun *run = moe_formats_read_file (file, NULL, &failure);
  if (run == NULL)
    g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED, "%s",
                 failure->message);
  return run;
}

static gboolean
make_results (const Errand *errand, GError **error)
{
  g_autofree char *shown = g_filename_display_name (errand->path);
  g_autofree char *place = moe_place_describe (&errand->place);
  nullcurve_bench_tell (_ ("Measured at %s.  Journal is in %s.\n"), place, shown);
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  MoeRun *run = read_run (errand, error);
  if (run == NULL)
    return FALSE;
  g_ptr_array_add (runs, run);
  return moe_run_get_n_records (run) == 0
         || nullcurve_bench_output_finish (errand->args, runs, error);
}

static gboolean
conclude (Errand *errand, int *status, GError **error)
{
  const MoeRelayResult *result = &errand->result;
  gboolean stopped = moe_cancel_requested (nullcurve_bench_signals_cancel ());
  if (result->samples > 0 && result->end != MOE_RELAY_FORGED && !make_results (errand, error))
    return FALSE;
  if (result->end == MOE_RELAY_ENDED || stopped)
    {
      *status = stopped ? nullcurve_bench_signals_status () : result->status;
      return TRUE;
    }
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED, "%s", errand->problem);
  return FALSE;
}

static char *
path_here (const NullcurveBenchArgs *args, const MoePlace *place)
{
  if (args->journal != NULL)
    return g_strdup (args->journal);
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *name = moe_place_describe (place);
  char *path = NULL;
  moe_library_tidy (dir);
  for (guint attempt = 0; attempt < 100; attempt++)
    {
      g_free (path);
      path = moe_library_dup_path (name, now, attempt);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        break;
    }
  return path;
}

static gboolean
read_before (const char *path, GBytes **before, GError **error)
{
  g_autoptr (GError) failure = NULL;
  if (path == NULL)
    return TRUE;
  *before = moe_relay_read_before (path, &failure);
  return *before != NULL
         || nullcurve_bench_refuse (error, "--resume %s: %s", path, failure->message);
}

/* Until it is over; FALSE when it could not be started. */
static gboolean
wait_for (Errand *errand, const GError *failure, GError **error)
{
  if (errand->relay == NULL)
    return nullcurve_bench_refuse (error, "%s", failure->message);
  errand->loop = g_main_loop_new (NULL, FALSE);
  guint look = g_timeout_add (LOOK_MS, look_cb, errand);
  nullcurve_bench_progress_init (&errand->progress, errand->args->progress);
  g_main_loop_run (errand->loop);
  nullcurve_bench_progress_erase (&errand->progress);
  g_source_remove (look);
  moe_relay_free (errand->relay);
  g_main_loop_unref (errand->loop);
  return TRUE;
}

static gboolean
measure (Errand *errand, const char *const *options, int *status, GError **error)
{
  const MoeRelayHooks hooks = {
    .data = errand, .progress = progress_cb, .said = said_cb, .done = done_cb
  };
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) before = NULL;
  if (!read_before (errand->args->resume, &before, error))
    return FALSE;
  errand->path = path_here (errand->args, &errand->place);
  errand->relay = moe_relay_start (&errand->place, options, errand->path, before, &hooks, &failure);
  return wait_for (errand, failure, error) && conclude (errand, status, error);
}

/* --- what only asks --- */

static gboolean
asks_only (const NullcurveBenchArgs *args)
{
  return args->asks.facts || args->asks.forecast || args->asks.calibrate;
}

static void
answer_cb (gpointer data, const char *line)
{
  g_ptr_array_add (((Errand *)data)->lines, g_strdup (line));
}

/* What was answered is printed once it is whole and known to be an answer; a refusal there was told
 * as it came. */
static gboolean
conclude_question (const Errand *errand, int *status, GError **error)
{
  const MoeRelayResult *result = &errand->result;
  gboolean stopped = moe_cancel_requested (nullcurve_bench_signals_cancel ());
  gboolean answered = !stopped && result->end == MOE_RELAY_ENDED;
  g_autofree char *shown = moe_place_describe (&errand->place);
  if (!stopped && (!answered || (errand->problem != NULL && !errand->spoken)))
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR,
                   answered ? result->status : NULLCURVE_BENCH_ERROR_FAILED, "%s", errand->problem);
      return FALSE;
    }
  for (guint i = 0; answered && i < errand->lines->len; i++)
    nullcurve_bench_print ("%s", (const char *)g_ptr_array_index (errand->lines, i));
  if (answered)
    nullcurve_bench_tell (_ ("Asked at %s.\n"), shown);
  if (errand->version != NULL)
    nullcurve_bench_tell ("%s", errand->version);
  *status = stopped ? nullcurve_bench_signals_status () : result->status;
  return TRUE;
}

static gboolean
ask (Errand *errand, const char *const *options, int *status, GError **error)
{
  const MoeRelayHooks hooks = {
    .data = errand, .said = said_cb, .answer = answer_cb, .done = done_cb
  };
  g_autoptr (GError) failure = NULL;
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  errand->lines = lines;
  errand->relay = errand->args->asks.calibrate
                      ? moe_relay_ask_words (&errand->place, options, PATIENCE_S, &hooks, &failure)
                      : moe_relay_ask (&errand->place, options, PATIENCE_S, &hooks, &failure);
  return wait_for (errand, failure, error) && conclude_question (errand, status, error);
}

/* --- the whole --- */

/* What would have to be brought there, or back from there. */
static gboolean
check (const NullcurveBenchArgs *args, GError **error)
{
  const char *clash = args->versus != NULL                       ? "versus"
                      : args->resume != NULL && asks_only (args) ? "resume"
                      : args->dump_dir != NULL                   ? "dump-tensors"
                      : args->trace_dir != NULL                  ? "trace-dir"
                                                                 : NULL;
  const char *journal = g_strcmp0 (args->journal, "-") == 0 ? "journal -" : NULL;
  if (journal == NULL && args->journal != NULL && g_file_test (args->journal, G_FILE_TEST_EXISTS))
    return nullcurve_bench_output_refuse_journal (args->journal, error);
  if (clash == NULL && journal == NULL)
    return nullcurve_bench_output_check (args, error);
  return nullcurve_bench_refuse (
      error,
      _ ("--%s does not go with --%s: allowed is a sweep that is measured there as a whole."),
      clash != NULL ? clash : journal, args->place.on != NULL ? "on" : "through");
}

gboolean
nullcurve_bench_elsewhere (const NullcurveBenchArgs *args, int *status, GError **error)
{
  Errand errand = { .args = args,
                    .place = { .host = args->place.on,
                               .through = args->place.through,
                               .program = args->place.there } };
  g_auto (GStrv) options = options_there (args);
  if (!check (args, error))
    return FALSE;
  nullcurve_bench_signals_watch ();
  gboolean done = asks_only (args) ? ask (&errand, (const char *const *)options, status, error)
                                   : measure (&errand, (const char *const *)options, status, error);
  g_free (errand.path);
  g_free (errand.problem);
  g_free (errand.version);
  return done;
}
