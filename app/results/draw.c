/* SPDX-License-Identifier: Apache-2.0 */
#include "app/results/draw.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/command-line/error.h"
#include "app/command-line/tell.h"
#include "engine/text/tame.h"
#include "ui/figure/palettes.h"
#include "ui/views/curves.h"

enum
{
  MOST_CAPTION = 2000 /* letters */
};

/* The palette index of each run, as the window gives them one after the other. */
static guint *
choose_palettes (gsize n_runs)
{
  guint *palettes = g_new0 (guint, n_runs + 1);
  for (gsize i = 0; i < n_runs; i++)
    palettes[i] = nullcurve_palettes_choose (palettes, i, -1);
  return palettes;
}

static gboolean
refuse_curve (const NullcurveBenchArgs *args, const GPtrArray *curves, GError **error)
{
  g_autoptr (GString) list = g_string_new (NULL);
  g_autofree char *shown = g_utf8_make_valid (args->look.curve, -1);
  for (guint i = 0; i < curves->len; i++)
    g_string_append_printf (list, "%s%u (%s)", i > 0 ? ", " : "", i + 1,
                            ((const NullcurveCurve *)g_ptr_array_index (curves, i))->label);
  return nullcurve_bench_refuse (error,
                                 _ ("--chart-curve \"%s\" is no curve of the run in hand: allowed "
                                    "is %s."),
                                 shown, list->str);
}

/* The place of the curve that is asked for among those of the run. */
static gboolean
find_curve (const NullcurveBenchArgs *args, MoeRun *run, guint *curve, GError **error)
{
  const NullcurveBenchDrawing *drawing = &args->drawing;
  g_autoptr (GPtrArray) curves = nullcurve_curves_new (&run, 1);
  *curve = (guint)drawing->curve - 1;
  if (args->look.curve == NULL || (drawing->label == NULL && *curve < curves->len))
    return TRUE;
  for (guint i = 0; drawing->label != NULL && i < curves->len; i++)
    if (strcmp (((const NullcurveCurve *)g_ptr_array_index (curves, i))->label, drawing->label)
        == 0)
      {
        *curve = i;
        return TRUE;
      }
  return refuse_curve (args, curves, error);
}

/* The run in hand: the chosen one, else the last. */
static gsize
current_of (const NullcurveBenchArgs *args, gsize n_runs)
{
  return args->drawing.run > 0 && args->drawing.run <= n_runs ? args->drawing.run - 1 : n_runs - 1;
}

NullcurveFigure *
nullcurve_bench_figure (const NullcurveBenchArgs *args,
                        MoeRun *const *runs,
                        gsize n_runs,
                        GError **error)
{
  const NullcurveBenchDrawing *drawing = &args->drawing;
  NullcurveViewChoice choice = drawing->view;
  NullcurveThroughputOptions state;
  g_autofree guint *palettes = choose_palettes (n_runs);
  g_autoptr (NullcurveDeltas) deltas = choice.scale == NULLCURVE_VIEW_BASELINE
                                           ? nullcurve_deltas_renew (NULL, runs[0], runs, n_runs)
                                           : NULL;
  gsize current = current_of (args, n_runs);
  if (!find_curve (args, runs[current], &choice.curve, error))
    return NULL;
  nullcurve_throughput_options_init (&state);
  state.current_run = (gssize)current;
  state.run_palettes = palettes;
  state.deltas = deltas;
  return nullcurve_view_figure (&choice, runs, n_runs, &state);
}

/* Whose caption and provenance the chart gets: the first run is what others are held against. */
static GPtrArray *
find_drawn (const NullcurveBenchArgs *args, MoeRun *const *runs, gsize n_runs)
{
  const NullcurveViewChoice *choice = &args->drawing.view;
  NullcurveThroughputOptions state;
  g_autoptr (NullcurveDeltas) deltas = choice->scale == NULLCURVE_VIEW_BASELINE
                                           ? nullcurve_deltas_renew (NULL, runs[0], runs, n_runs)
                                           : NULL;
  nullcurve_throughput_options_init (&state);
  state.current_run = (gssize)current_of (args, n_runs);
  state.deltas = deltas;
  return nullcurve_view_drawn_runs (choice, runs, n_runs, &state);
}

/* A size that was asked for is kept to, whatever it leaves out; but not in silence. */
static void
tell_unnamed (const NullcurveFigure *figure, const NullcurveExportOptions *options)
{
  NullcurveExportFit fit;

  nullcurve_chart_export_fit (figure, options, &fit);
  if (fit.n_unnamed > 0)
    nullcurve_bench_tell (g_dngettext (NULL,
                                       "The legend has no room for %zu curve: give --chart-size "
                                       "more height, or --chart-letters smaller letters.\n",
                                       "The legend has no room for %zu curves: give --chart-size "
                                       "more height, or --chart-letters smaller letters.\n",
                                       fit.n_unnamed),
                          fit.n_unnamed);
}

gboolean
nullcurve_bench_draw (const NullcurveBenchArgs *args,
                      MoeRun *const *runs,
                      gsize n_runs,
                      GError **error)
{
  g_autofree char *caption = NULL;
  g_autofree char *provenance = NULL;
  g_autofree char *own = NULL;
  NullcurveExportOptions options;
  g_autoptr (NullcurveFigure) figure = nullcurve_bench_figure (args, runs, n_runs, error);
  if (figure == NULL)
    return FALSE;
  g_autoptr (GPtrArray) drawn = find_drawn (args, runs, n_runs);
  nullcurve_export_choice_fill (&args->drawing.document, (MoeRun *const *)drawn->pdata, drawn->len,
                                &options, &caption, &provenance);
  if (args->drawing.caption != NULL)
    options.caption = own = moe_text_tame (args->drawing.caption, MOST_CAPTION);
  tell_unnamed (figure, &options);
  return nullcurve_chart_export (figure, args->chart, &options, error);
}
