/* SPDX-License-Identifier: Apache-2.0 */
/* From the start of the process to the first frame of the window: libraries, settings, templates,
 * layout and drawing.  The target is below 1 s.  Needs a display.
 *
 * The program starts itself with the moment as an argument, runs the real application, and leaves
 * after its first frame.
 *
 *   bench-start [starts]      default 7
 *   bench-start --check       one */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/application.h"
#include "engine/bench/stats.h"
#include "tests/performance/bench.h"
#include "ui/window/window.h"

enum
{
  DEFAULT_STARTS = 7,
  MAX_STARTS = 100
};

static const double target_s = 1.0;
static const char child_flag[] = "--started-at";

static gint64 started_us;

static void
after_paint_cb (GdkFrameClock *clock, gpointer data)
{
  printf ("%.6f\n", (double)(g_get_monotonic_time () - started_us) / G_USEC_PER_SEC);
  fflush (stdout);
  _Exit (0);
}

static void
mapped_cb (GtkWidget *window)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (after_paint_cb),
                    NULL);
}

static void
window_added_cb (GtkApplication *application, GtkWindow *window)
{
  if (NULLCURVE_IS_WINDOW (window))
    g_signal_connect (window, "map", G_CALLBACK (mapped_cb), NULL);
}

static int
run_child (char *program)
{
  char *argv[] = { program, NULL };
  g_autoptr (NullcurveApplication) application = nullcurve_application_new ();
  g_application_set_flags (G_APPLICATION (application),
                           G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_signal_connect (application, "window-added", G_CALLBACK (window_added_cb), NULL);
  return g_application_run (G_APPLICATION (application), 1, argv);
}

/* Seconds to the first frame; NaN, with a message, when there was none. */
static double
start_once (const char *program)
{
  g_autofree char *moment = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
  const char *argv[] = { program, child_flag, moment, NULL };
  g_autofree char *output = NULL;
  g_autofree char *complaint = NULL;
  g_autoptr (GError) error = NULL;
  int status;
  if (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &complaint,
                    &status, &error)
      && g_spawn_check_wait_status (status, &error) && output[0] != '\0')
    return g_ascii_strtod (output, NULL);
  fprintf (stderr, "bench-start: no frame came: %s\n%s",
           error != NULL ? error->message : "the program ended before", complaint);
  return NAN;
}

int
main (int argc, char *argv[])
{
  if (argc == 3 && strcmp (argv[1], child_flag) == 0)
    {
      started_us = g_ascii_strtoll (argv[2], NULL, 10);
      return run_child (argv[0]);
    }
  bool check = bench_take_check (&argc, argv);
  size_t n = (size_t)CLAMP (argc > 1 ? atoi (argv[1]) : check ? 1 : DEFAULT_STARTS, 1, MAX_STARTS);
  double times[MAX_STARTS];
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!gtk_init_check ())
    {
      fprintf (stderr, "bench-start: there is no display to open a window on\n");
      return BENCH_EXIT_SKIPPED;
    }
  for (size_t i = 0; i < n; i++)
    {
      times[i] = start_once (argv[0]);
      if (!(times[i] > 0))
        return 1;
      printf ("start %zu: first frame after %.0f ms\n", i + 1, 1e3 * times[i]);
    }
  double median = moe_median (times, n);
  printf ("The window is there after %.0f ms (median); the target is below %.0f ms: %s\n",
          1e3 * median, 1e3 * target_s, median < target_s ? "met" : "missed");
  return 0;
}
