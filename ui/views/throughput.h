/* SPDX-License-Identifier: Apache-2.0 */
/* The throughput figure: tokens/s above TF/s, against the null fraction, from records. */
#pragma once

#include "engine/records/run.h"
#include "ui/figure/figure.h"
#include "ui/views/deltas.h"

G_BEGIN_DECLS

/* Names a curve: the index of its run in the list and its index among that run's curves, in order
 * of appearance; NullcurveSeries has the same in source_run and curve. */
typedef struct NullcurveCurveId
{
  gsize run;
  guint curve;
} NullcurveCurveId;

/* Plain data; arrays are borrowed for the call. */
typedef struct NullcurveThroughputOptions
{
  gboolean relative; /* each curve divided by its own f = 0 median */
  gboolean log_y;
  gssize current_run;         /* the run in hand, -1: none */
  gssize measuring_record;    /* record of the current run being measured now, -1: none */
  guint palette_start;        /* palette index of the first curve; hidden curves count too */
  const guint *run_palettes;  /* of each run's first curve, instead; may be NULL */
  const gboolean *run_hidden; /* one for each run, or NULL */
  const NullcurveCurveId *hidden_curves;
  gsize n_hidden_curves;
  /* Expected tokens/s, in parallel with the current run's records, NaN where not known; used for
   * records that have no rate yet.  May be NULL or shorter than the records. */
  const double *forecast_tokens_per_s;
  gsize n_forecast;
  double dense_tflops; /* a horizontal line in the lower panel; NaN: none */
  /* Draw the roofline bound of each curve of the current run (of the first when there is none)
   * and its dense matmul rate, as far as the run tells its limits. */
  gboolean show_bound;
  /* What the readout says of each point against a baseline; NULL: nothing.  Borrowed. */
  const NullcurveDeltas *deltas;
  const char *title;      /* NULL: made from the runs */
  const char *empty_text; /* NULL: a sentence of our own */
} NullcurveThroughputOptions;

/* Absolute, linear, no current run, nothing hidden. */
void nullcurve_throughput_options_init (NullcurveThroughputOptions *options);

/* The curve that a speed-up follows when all removed work becomes speed, from 0 to x_max. */
void nullcurve_throughput_add_ideal (NullcurvePanel *panel, double x_max);

/* Let the point say how its record compares with the baseline of the options, if it does. */
void nullcurve_throughput_note (const NullcurveThroughputOptions *options,
                                const MoeRecord *record,
                                NullcurvePoint *point);

/* Do the options hide the curve, or its whole run? */
gboolean
nullcurve_throughput_hides (const NullcurveThroughputOptions *options, gsize run, guint curve);

/* The palette index of a curve, which is number `position` of all. */
guint nullcurve_throughput_palette (const NullcurveThroughputOptions *options,
                                    gsize run,
                                    guint curve,
                                    guint position);

/* The figure of these runs, in the order given; free with nullcurve_figure_free ().  It copies
 * what it needs.  `options` may be NULL for the defaults. */
NullcurveFigure *nullcurve_figure_throughput (MoeRun *const *runs,
                                              gsize n_runs,
                                              const NullcurveThroughputOptions *options);

G_END_DECLS
