/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/progress.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "engine/bench/phases.h"
#include "engine/sweep/quantities.h"

enum
{
  INTERVAL_US = 100000,
  USUAL_COLUMNS = 80
};

void
nullcurve_bench_progress_init (NullcurveBenchProgress *progress, const char *form)
{
  const char *terminal = g_getenv ("TERM");
  *progress = (NullcurveBenchProgress){ 0 };
  progress->lines = form != NULL;
  progress->enabled =
      progress->lines
      || (isatty (STDERR_FILENO) && terminal != NULL && strcmp (terminal, "dumb") != 0);
}

static const char *
phase_words (MoeRunPhase phase)
{
  switch (phase)
    {
    case MOE_RUN_PHASE_CHECK:
      return _ ("checking against the reference");
    case MOE_RUN_PHASE_SETUP:
      return _ ("filling memory");
    case MOE_RUN_PHASE_QUIET:
      return _ ("waiting for a quiet machine");
    case MOE_RUN_PHASE_WARMUP:
      return _ ("warming up");
    case MOE_RUN_PHASE_MEASURE:
      return _ ("measuring");
    case MOE_RUN_PHASE_DONE:
      break;
    }
  return _ ("done");
}

static void
append_value (GString *line, const char *key, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (isfinite (value))
    g_string_append_printf (line, " %s=%s", key,
                            g_ascii_formatd (text, sizeof text, "%.6g", value));
}

char *
nullcurve_bench_progress_line (const MoeProgress *state, const MoePoint *point)
{
  GString *line = g_string_new (NULL);
  g_string_append_printf (line, "progress phase=%s", moe_run_phase_name (state->phase));
  append_value (line, "share", state->fraction);
  if (point != NULL)
    {
      append_value (line, "topk", (double)point->block.topk);
      append_value (line, "f", point->routing.null_target);
    }
  if (state->samples_total > 0)
    {
      append_value (line, "samples", (double)state->samples_done);
      append_value (line, "of", (double)state->samples_total);
    }
  if (state->to_settle > 0)
    {
      append_value (line, "settled", (double)state->settled);
      append_value (line, "to_settle", (double)state->to_settle);
    }
  append_value (line, "left_s", state->remaining_s);
  return g_string_free (line, FALSE);
}

/* A line that wraps cannot be erased, so it is cut to the terminal's width. */
static gsize
terminal_columns (void)
{
  struct winsize size;
  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    return size.ws_col;
  return USUAL_COLUMNS;
}

char *
nullcurve_bench_progress_describe (const MoeProgress *state, const MoePoint *point)
{
  GString *line = g_string_new (NULL);
  g_string_append_printf (line, "%3.0f %%  %s", 100.0 * state->fraction,
                          phase_words (state->phase));
  if (point != NULL)
    g_string_append_printf (line, _ (" top-%zu, null %.2f"), point->block.topk,
                            point->routing.null_target);
  if (state->samples_total > 0)
    g_string_append_printf (line, _ (", %zu of %zu samples"), state->samples_done,
                            state->samples_total);
  if (state->to_settle > 0)
    g_string_append_printf (line, _ (", %zu of %zu points settled"), state->settled,
                            state->to_settle);
  if (!isnan (state->remaining_s))
    {
      g_autofree char *left = moe_text_duration (state->remaining_s);
      g_string_append_printf (line, _ (", %s left"), left);
    }
  return g_string_free (line, FALSE);
}

void
nullcurve_bench_progress_show (NullcurveBenchProgress *progress,
                               const MoeProgress *state,
                               const MoePoint *point)
{
  gint64 now_us = g_get_monotonic_time ();
  gboolean same = progress->lines ? progress->phase == state->phase : progress->shown;
  if (!progress->enabled || (same && now_us - progress->shown_us < INTERVAL_US))
    return;
  progress->shown_us = now_us;
  progress->phase = state->phase;
  if (progress->lines)
    {
      g_autofree char *next = nullcurve_bench_progress_line (state, point);
      fprintf (stderr, "%s\n", next);
      return;
    }
  if (state->phase == MOE_RUN_PHASE_DONE)
    {
      nullcurve_bench_progress_erase (progress);
      return;
    }
  g_autofree char *line = nullcurve_bench_progress_describe (state, point);
  g_autofree char *cut =
      g_utf8_substring (line, 0, MIN ((glong)terminal_columns () - 1, g_utf8_strlen (line, -1)));
  fprintf (stderr, "\r\033[K%s", cut);
  fflush (stderr);
  progress->shown = TRUE;
}

void
nullcurve_bench_progress_pause (NullcurveBenchProgress *progress)
{
  if (progress->lines)
    fputs ("progress phase=paused\n", stderr);
}

void
nullcurve_bench_progress_erase (NullcurveBenchProgress *progress)
{
  if (!progress->shown)
    return;
  fputs ("\r\033[K", stderr);
  fflush (stderr);
  progress->shown = FALSE;
}
