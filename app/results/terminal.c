/* SPDX-License-Identifier: Apache-2.0 */
#include "app/results/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/results/draw.h"
#include "engine/options/number.h"
#include "ui/plot/plot.h"

enum
{
  WIDTH = 80, /* where nobody tells */
  ROWS = 12,
  MOST_ROWS = 20,
  LEAST_ROWS = 8,
  HEAD = 5, /* lines above the charts, and the prompt */
  WORDS = 5 /* around each */
};

static gsize
columns_of_environment (void)
{
  uint64_t columns = 0;
  const char *text = g_getenv ("COLUMNS");
  return text != NULL && moe_options_parse_whole (text, strlen (text), &columns) == MOE_NUMBER_OK
             ? (gsize)MIN (columns, NULLCURVE_PLOT_MOST_WIDTH)
             : 0;
}

static gboolean
is_coloured (void)
{
  const char *no_colour = g_getenv ("NO_COLOR");
  return isatty (STDOUT_FILENO) && (no_colour == NULL || *no_colour == '\0')
         && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
}

/* Rows of each chart such that all of them are seen at once, if they can be. */
static void
look_at_terminal (gsize n_charts, NullcurvePlotOptions *options)
{
  struct winsize size = { 0 };
  gsize columns = columns_of_environment ();
  gboolean known = ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  *options = (NullcurvePlotOptions){
    .width = columns > 0                ? columns
             : known && size.ws_col > 0 ? size.ws_col
                                        : WIDTH,
    .rows = ROWS,
    .ascii = !g_get_charset (NULL),
    .coloured = is_coloured (),
  };
  if (known && size.ws_row > HEAD && n_charts > 0)
    {
      gsize room = (size.ws_row - HEAD) / n_charts;
      options->rows = CLAMP (room - MIN (room, WORDS), LEAST_ROWS, MOST_ROWS);
    }
}

gboolean
nullcurve_bench_plot (const NullcurveBenchArgs *args,
                      MoeRun *const *runs,
                      gsize n_runs,
                      GError **error)
{
  NullcurvePlotOptions options;
  g_autoptr (NullcurveFigure) figure = nullcurve_bench_figure (args, runs, n_runs, error);
  if (figure == NULL)
    return FALSE;
  look_at_terminal (nullcurve_plot_n_charts (figure), &options);
  g_autoptr (GString) text = nullcurve_plot_figure (figure, &options);
  fputs (text->str, stdout);
  return TRUE;
}
