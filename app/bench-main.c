/* SPDX-License-Identifier: Apache-2.0 */
/* nullcurve-bench: the headless twin of the window. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "app/bench/calibrate.h"
#include "app/bench/facts.h"
#include "app/bench/ranks.h"
#include "app/bench/run.h"
#include "app/command-line/args.h"
#include "app/command-line/completion.h"
#include "app/command-line/error.h"
#include "app/command-line/help.h"
#include "app/command-line/man.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"
#include "app/elsewhere/remote.h"
#include "app/program/data-dir.h"
#include "app/program/end.h"
#include "app/program/language.h"
#include "app/results/files.h"

static int
report (const GError *error)
{
  if (!nullcurve_bench_ranks_is_silent ())
    nullcurve_bench_tell ("nullcurve-bench: %s", error->message);
  return error->domain == NULLCURVE_BENCH_ERROR ? error->code : NULLCURVE_BENCH_ERROR_FAILED;
}

static void
print (GString *text)
{
  fputs (text->str, stdout);
  g_string_free (text, TRUE);
}

/* On several ranks this is what rank 0 does, and the others follow. */
static gboolean
measure (NullcurveBenchArgs *args, int *status, GError **error)
{
  nullcurve_bench_signals_watch ();
  if (!nullcurve_bench_ranks_join (error))
    return FALSE;
  if (nullcurve_bench_ranks_is_silent ())
    {
      *status = nullcurve_bench_ranks_serve ();
      return TRUE;
    }
  args->options.ranks = nullcurve_bench_ranks_size ();
  gboolean done = args->asks.forecast ? nullcurve_bench_forecast (args, status, error)
                                      : nullcurve_bench_run (args, status, error);
  nullcurve_bench_ranks_leave ();
  return done;
}

static gboolean
complete (const NullcurveBenchArgs *args, GError **error)
{
  g_auto (GStrv) presets = nullcurve_bench_preset_names (error);
  if (presets == NULL)
    return FALSE;
  print (nullcurve_bench_completion (args->help_completion, (const char *const *)presets));
  return TRUE;
}

/* What needs no measuring; on several ranks one does it for all. */
static gboolean
answer (const NullcurveBenchArgs *args, GError **error)
{
  if (nullcurve_bench_ranks_is_silent ())
    return TRUE;
  if (args->help)
    print (nullcurve_bench_help ());
  else if (args->help_man)
    {
      nullcurve_language_leave ();
      print (nullcurve_bench_man ());
    }
  else if (args->help_completion != NULL)
    return complete (args, error);
  else if (args->version)
    puts ("nullcurve-bench " NULLCURVE_VERSION);
  else if (args->asks.facts)
    nullcurve_bench_facts ();
  else
    return nullcurve_bench_files (args, error);
  return TRUE;
}

/* A machine has one calibration, however many processes were started on it. */
static gboolean
calibrate (const NullcurveBenchArgs *args, int *status, GError **error)
{
  return nullcurve_bench_ranks_is_silent () || nullcurve_bench_calibrate (args, status, error);
}

static void
say_notes (const NullcurveBenchArgs *args)
{
  for (guint i = 0; i < args->notes->len && !nullcurve_bench_ranks_is_silent (); i++)
    nullcurve_bench_tell (_ ("nullcurve-bench: Note: %s"),
                          (const char *)g_ptr_array_index (args->notes, i));
}

static int
serve (NullcurveBenchArgs *args)
{
  g_autoptr (GError) error = NULL;
  int status = 0;
  gboolean here = args->help || args->help_man || args->help_completion != NULL || args->version
                  || args->files->len > 0;
  gboolean done = !here && nullcurve_bench_is_elsewhere (args)
                      ? nullcurve_bench_elsewhere (args, &status, &error)
                  : here || args->asks.facts ? answer (args, &error)
                  : args->asks.calibrate     ? calibrate (args, &status, &error)
                                             : measure (args, &status, &error);
  return done ? status : report (error);
}

static int
run (char **argv)
{
  g_autoptr (GError) error = NULL;
  NullcurveBenchArgs args;
  if (!nullcurve_bench_args_parse (argv, &args, &error))
    return report (error);
  say_notes (&args);
  int status = serve (&args);
  nullcurve_bench_args_clear (&args);
  if ((fflush (stdout) != 0 || ferror (stdout)) && status == 0)
    {
      nullcurve_bench_tell (_ ("nullcurve-bench: Standard output could not be written.\n"));
      status = NULLCURVE_BENCH_ERROR_FAILED;
    }
  return status;
}

int
main (int argc, char **argv)
{
  /* Lines reach a pipe as they are printed, so that a log can be followed. */
  setvbuf (stdout, NULL, _IOLBF, 0);
  nullcurve_bench_tell_warnings ();
  nullcurve_language_init (nullcurve_language_find (argv));
  nullcurve_data_dir_offer ();
  int status = run (argv);
  nullcurve_program_end (status);
  return status;
}
