/* SPDX-License-Identifier: Apache-2.0 */
/* nullcurve-bench: the headless twin of the window. */
#include <stdio.h>

#include "app/bench-args.h"
#include "app/bench-error.h"
#include "app/bench-output.h"
#include "app/bench-run.h"

static int
report (const GError *error)
{
  fprintf (stderr, "nullcurve-bench: %s\n", error->message);
  return error->domain == NULLCURVE_BENCH_ERROR ? error->code : NULLCURVE_BENCH_ERROR_FAILED;
}

static void
print_help (void)
{
  g_autoptr (GString) help = nullcurve_bench_help ();
  fputs (help->str, stdout);
}

static int
serve (const NullcurveBenchArgs *args)
{
  g_autoptr (GError) error = NULL;
  int status = 0;
  gboolean done = TRUE;
  if (args->help)
    print_help ();
  else if (args->version)
    puts ("nullcurve-bench " NULLCURVE_VERSION);
  else if (args->files->len > 0)
    done = nullcurve_bench_output_logbook (args, &error);
  else
    done = nullcurve_bench_run (args, &status, &error);
  return done ? status : report (error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  NullcurveBenchArgs args;
  /* Lines reach a pipe as they are printed, so that a log can be followed. */
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!nullcurve_bench_args_parse (argc, argv, &args, &error))
    return report (error);
  int status = serve (&args);
  nullcurve_bench_args_clear (&args);
  if ((fflush (stdout) != 0 || ferror (stdout)) && status == 0)
    {
      fputs ("nullcurve-bench: Standard output could not be written.\n", stderr);
      status = NULLCURVE_BENCH_ERROR_FAILED;
    }
  return status;
}
