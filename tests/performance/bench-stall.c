/* SPDX-License-Identifier: Apache-2.0 */
/* How long the window does not answer while the engine uses every core: the longest gap between
 * two beats of its main loop during a Quick sweep, less the time between beats.
 *
 * The target is below 100 ms.  Gaps of the same loop while nothing is measured stand beside it:
 * they are the machine's.  It needs a display.
 *
 *   bench-stall [sweeps]      default 3
 *   bench-stall --check       one, at a size that tells nothing */
#include <stdio.h>
#include <stdlib.h>

#include "app/session.h"
#include "engine/sweep/presets.h"
#include "tests/performance/bench.h"
#include "tests/ui/ui-fixture.h"

enum
{
  DEFAULT_SWEEPS = 3,
  BEAT_MS = 4,
  IDLE_BEATS = 500,
  CHECK_BEATS = 5,
  TARGET_MS = 100
};

typedef struct Pulse
{
  gint64 last_us; /* 0 before the first beat */
  gint64 longest_us;
  gsize beats;
} Pulse;

static gboolean
beat (gpointer data)
{
  Pulse *pulse = data;
  gint64 now = g_get_monotonic_time ();
  if (pulse->last_us > 0)
    pulse->longest_us = MAX (pulse->longest_us, now - pulse->last_us - 1000 * BEAT_MS);
  pulse->last_us = now;
  pulse->beats++;
  return G_SOURCE_CONTINUE;
}

/* A pulse before all else: what holds it up holds up the pointer too. */
static guint
start_pulse (Pulse *pulse)
{
  *pulse = (Pulse){ 0 };
  return g_timeout_add_full (G_PRIORITY_HIGH, BEAT_MS, beat, pulse, NULL);
}

static double
longest_ms (const Pulse *pulse)
{
  return (double)pulse->longest_us / 1000;
}

static void
wait_until (NullcurveWindow *window, NullcurveSession *session, gboolean running)
{
  while (nullcurve_window_get_running (window) != running
         || nullcurve_session_get_busy (session) != running)
    g_main_context_iteration (NULL, TRUE);
}

static double
measure_idle (gsize beats)
{
  Pulse pulse;
  guint id = start_pulse (&pulse);
  while (pulse.beats < beats)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
  return longest_ms (&pulse);
}

static double
measure_sweep (NullcurveWindow *window, NullcurveSession *session, gsize *beats)
{
  Pulse pulse;
  guint id = start_pulse (&pulse);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.run", NULL);
  wait_until (window, session, TRUE);
  wait_until (window, session, FALSE);
  g_source_remove (id);
  *beats = pulse.beats;
  return longest_ms (&pulse);
}

int
main (int argc, char *argv[])
{
  bool check = bench_take_check (&argc, argv);
  gsize sweeps = argc > 1 ? (gsize)atoi (argv[1]) : check ? 1 : DEFAULT_SWEEPS;
  MoeOptions options;
  int no_arguments = 1;
  double worst = 0;
  setvbuf (stdout, NULL, _IOLBF, 0);
  if (!fixture_ui_init_check (&no_arguments, &argv))
    {
      fprintf (stderr, "bench-stall: there is no display to open a window on\n");
      return BENCH_EXIT_SKIPPED;
    }
  g_autoptr (AdwApplication) application = fixture_application_new ();
  moe_presets_init_options (&options);
  if (check)
    fixture_shrink_options (&options);
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  g_autoptr (NullcurveSession) session = nullcurve_session_new (window);
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
  gtk_window_present (GTK_WINDOW (window));
  while (nullcurve_session_get_busy (session))
    g_main_context_iteration (NULL, TRUE);

  printf ("idle: longest stall %.1f ms\n", measure_idle (check ? CHECK_BEATS : IDLE_BEATS));
  for (gsize i = 0; i < sweeps; i++)
    {
      gsize beats;
      double stall = measure_sweep (window, session, &beats);
      printf ("sweep %zu: longest stall %.1f ms in %zu beats\n", i + 1, stall, beats);
      worst = MAX (worst, stall);
    }
  printf ("The longest stall is %.1f ms; the target is below %d ms: %s\n", worst, TARGET_MS,
          worst < TARGET_MS ? "met" : "missed");
  gtk_window_destroy (GTK_WINDOW (window));
  return 0;
}
