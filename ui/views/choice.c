/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/views/choice.h"

#include <glib/gi18n.h>

#include "ui/figure/by-experts.h"
#include "ui/figure/facets.h"
#include "ui/figure/style.h"
#include "ui/views/against.h"
#include "ui/views/efficiency.h"

static const char *const views[NULLCURVE_N_VIEWS] = { "throughput", "where", "efficiency",
                                                      "stages",     "load",  "table" };
static const char *const scales[NULLCURVE_N_VIEW_SCALES] = { "absolute", "relative", "baseline" };
static const char *const facets[NULLCURVE_N_FACETINGS] = { "none", "shape", "topk" };
static const char *const alongs[NULLCURVE_N_ALONGS] = { "fraction", "tokens",   "experts",
                                                        "topk",     "capacity", "step" };
static const char *const phases[NULLCURVE_N_STAGE_PHASES] = { "all", "forward", "backward" };
static const char *const what_ifs[NULLCURVE_N_WHAT_IFS] = { "nothing", "fixed-halved",
                                                            "weights-once" };
static const char *const stage_scales[NULLCURVE_N_STAGE_SCALES] = { "slot", "token", "excess" };

static const char *const load_scales[NULLCURVE_N_LOAD_SCALES] = { "experts", "cost", "throughput" };

const MoeNames nullcurve_view_names = { views, G_N_ELEMENTS (views) };
const MoeNames nullcurve_view_scale_names = { scales, G_N_ELEMENTS (scales) };
const MoeNames nullcurve_faceting_names = { facets, G_N_ELEMENTS (facets) };
const MoeNames nullcurve_along_names = { alongs, G_N_ELEMENTS (alongs) };
const MoeNames nullcurve_stage_phase_names = { phases, G_N_ELEMENTS (phases) };
const MoeNames nullcurve_what_if_names = { what_ifs, G_N_ELEMENTS (what_ifs) };
const MoeNames nullcurve_stage_scale_names = { stage_scales, G_N_ELEMENTS (stage_scales) };

const MoeNames nullcurve_load_scale_names = { load_scales, G_N_ELEMENTS (load_scales) };

/* Among several runs nothing else would say whose curve it is. */
static void
name_run (NullcurveFigure *figure, const MoeRun *run)
{
  NullcurvePanel *panel = &figure->panels[0];
  const char *title = moe_run_get_title (run);
  g_autofree char *words = NULL;

  if (title == NULL || panel->subtitle == NULL)
    return;
  words = g_strdup_printf ("%s; %s", title, panel->subtitle);
  nullcurve_figure_set_text (&panel->subtitle, words);
}

gboolean
nullcurve_view_is_of_curve (const NullcurveViewChoice *choice)
{
  return choice->view == NULLCURVE_VIEW_WHERE || choice->view == NULLCURVE_VIEW_STAGES
         || (choice->view == NULLCURVE_VIEW_LOAD
             && choice->load_scale != NULLCURVE_LOAD_THROUGHPUT);
}

gboolean
nullcurve_view_has_experts (NullcurveView view)
{
  return view != NULLCURVE_VIEW_WHERE && view != NULLCURVE_VIEW_LOAD;
}

gboolean
nullcurve_view_has_what_if (const NullcurveViewChoice *choice)
{
  return choice->view == NULLCURVE_VIEW_EFFICIENCY
         || (choice->view == NULLCURVE_VIEW_THROUGHPUT && choice->along == NULLCURVE_ALONG_FRACTION
             && choice->scale != NULLCURVE_VIEW_BASELINE);
}

/* The colour of a run; where nobody chose them, by its place. */
static guint
palette_of (const NullcurveThroughputOptions *state, gsize index)
{
  return state->run_palettes != NULL ? state->run_palettes[index] : (guint)index;
}

static NullcurveFigure *
make_where (const NullcurveViewChoice *choice,
            MoeRun *const *runs,
            gsize n_runs,
            const NullcurveThroughputOptions *state)
{
  NullcurveWhereOptions options = { .curve = choice->curve,
                                    .at = choice->at,
                                    .part = choice->part,
                                    .palette = palette_of (state, (gsize)state->current_run),
                                    .baseline_palette = NULLCURVE_PALETTE_MUTED,
                                    .deltas = state->deltas };

  for (gsize i = 0; state->deltas != NULL && i < n_runs; i++)
    if (runs[i] == nullcurve_deltas_get_baseline (state->deltas))
      options.baseline_palette = palette_of (state, i);
  return nullcurve_figure_where (runs[state->current_run], &options);
}

/* Where the time of one curve goes, or what routing gave its experts. */
static NullcurveFigure *
make_curve_figure (const NullcurveViewChoice *choice,
                   MoeRun *const *runs,
                   gsize n_runs,
                   const NullcurveThroughputOptions *state)
{
  const NullcurveStagesOptions options = { choice->curve, choice->phase, choice->stage_scale,
                                           state->deltas };
  NullcurveFigure *figure;
  MoeRun *run;

  if (state->current_run < 0 || (gsize)state->current_run >= n_runs)
    {
      figure = nullcurve_figure_new ();
      nullcurve_figure_set_text (&figure->empty_text,
                                 _ ("Choose a run to see where its time goes."));
      return figure;
    }
  run = runs[state->current_run];
  figure = choice->view == NULLCURVE_VIEW_WHERE ? make_where (choice, runs, n_runs, state)
           : choice->view == NULLCURVE_VIEW_LOAD
               ? (choice->load_scale == NULLCURVE_LOAD_COST
                      ? nullcurve_figure_load_cost (run, options.curve, options.deltas)
                      : nullcurve_figure_load (run, options.curve, options.deltas))
               : nullcurve_figure_stages (run, &options);
  if (n_runs > 1 && choice->view != NULLCURVE_VIEW_WHERE)
    name_run (figure, run);
  return figure;
}

/* Throughput against a baseline that there is not yet. */
static NullcurveFigure *
make_unpinned (void)
{
  NullcurveFigure *figure = nullcurve_figure_new ();

  nullcurve_figure_add_panel (figure, _ ("Tokens/s relative to the baseline"), NULL,
                              NULLCURVE_UNIT_RATIO);
  nullcurve_figure_set_text (&figure->empty_text,
                             _ ("No run is pinned as the baseline. Select the run to compare with "
                                "and press B, or choose Pin Run as Baseline in the menu."));
  return figure;
}

static NullcurveFigure *
make_runs_figure (const NullcurveViewChoice *choice,
                  MoeRun *const *runs,
                  gsize n_runs,
                  const NullcurveThroughputOptions *state)
{
  NullcurveThroughputOptions options = *state;

  options.relative = choice->scale == NULLCURVE_VIEW_RELATIVE;
  options.log_y = choice->log_y;
  options.show_bound = choice->limits;
  if (choice->view == NULLCURVE_VIEW_EFFICIENCY)
    return nullcurve_figure_efficiency (runs, n_runs, &options);
  if (choice->view == NULLCURVE_VIEW_LOAD)
    return nullcurve_figure_load_throughput (runs, n_runs, &options);
  if (choice->along != NULLCURVE_ALONG_FRACTION)
    return nullcurve_figure_along (runs, n_runs, choice->along, &options);
  if (choice->scale == NULLCURVE_VIEW_BASELINE)
    return options.deltas != NULL ? nullcurve_figure_against (runs, n_runs, &options)
                                  : make_unpinned ();
  return nullcurve_figure_throughput (runs, n_runs, &options);
}

static void
add_what_if (const NullcurveViewChoice *choice,
             MoeRun *const *runs,
             gsize n_runs,
             const NullcurveThroughputOptions *state,
             NullcurveFigure *figure)
{
  if (choice->what_if == NULLCURVE_WHAT_IF_NOTHING || !nullcurve_view_has_what_if (choice))
    return;
  nullcurve_what_if_add (figure, choice->what_if,
                         choice->view == NULLCURVE_VIEW_EFFICIENCY  ? NULLCURVE_WHAT_IF_OF_SPEEDUP
                         : choice->scale == NULLCURVE_VIEW_RELATIVE ? NULLCURVE_WHAT_IF_OF_GAIN
                                                                    : NULLCURVE_WHAT_IF_OF_RATE,
                         runs, n_runs, state);
}

GPtrArray *
nullcurve_view_drawn_runs (const NullcurveViewChoice *choice,
                           MoeRun *const *runs,
                           gsize n_runs,
                           const NullcurveThroughputOptions *state)
{
  const gboolean one = nullcurve_view_is_of_curve (choice);
  const MoeRun *baseline = choice->view == NULLCURVE_VIEW_WHERE && state->deltas != NULL
                               ? nullcurve_deltas_get_baseline (state->deltas)
                               : NULL;
  GPtrArray *drawn = g_ptr_array_new ();

  for (gsize i = 0; i < n_runs; i++)
    if (one ? (gssize)i == state->current_run || runs[i] == baseline
            : state->run_hidden == NULL || !state->run_hidden[i])
      g_ptr_array_add (drawn, runs[i]);
  return drawn;
}

NullcurveFigure *
nullcurve_view_figure (const NullcurveViewChoice *choice,
                       MoeRun *const *runs,
                       gsize n_runs,
                       const NullcurveThroughputOptions *state)
{
  NullcurveFigure *figure = nullcurve_view_is_of_curve (choice)
                                ? make_curve_figure (choice, runs, n_runs, state)
                                : make_runs_figure (choice, runs, n_runs, state);

  add_what_if (choice, runs, n_runs, state, figure);
  /* Null fractions only: what else may stand on an x axis has no ideal. */
  if (choice->x_experts && nullcurve_view_has_experts (choice->view)
      && figure->x == NULLCURVE_X_FRACTION)
    nullcurve_figure_by_experts (figure);
  if (choice->x_ideal && figure->x == NULLCURVE_X_FRACTION)
    figure->x_scale = NULLCURVE_SCALE_SPEEDUP;
  if (nullcurve_view_is_of_curve (choice) || choice->view == NULLCURVE_VIEW_EFFICIENCY
      || choice->view == NULLCURVE_VIEW_LOAD || choice->along == NULLCURVE_ALONG_FRACTION)
    nullcurve_figure_split (figure, choice->facets);
  return figure;
}
