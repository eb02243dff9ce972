/* SPDX-License-Identifier: Apache-2.0 */
/* The throughput figure: tokens/s above TF/s, against the null fraction, from records. */
#pragma once

#include "ui/views/curves.h"
#include "ui/views/deltas.h"

G_BEGIN_DECLS

/* Plain data; arrays are borrowed for the call. */
typedef struct NullcurveThroughputOptions
{
  gboolean relative; /* each curve divided by its own f = 0 median */
  gboolean log_y;
  gssize current_run;         /* the run in hand, -1: none */
  gssize measuring_record;    /* record of the current run being measured now, -1: none */
  const guint *run_palettes;  /* of each run; NULL: from 0 on */
  const gboolean *run_hidden; /* one for each run, or NULL */
  /* Expected tokens/s, in parallel with the current run's records, NaN where not known; used for
   * records that have no rate yet.  May be NULL or shorter than the records. */
  const double *forecast_tokens_per_s;
  gsize n_forecast;
  /* Draw the roofline bound of each curve of the current run (of the first when there is none)
   * and its dense matmul rate, as far as the run tells its limits. */
  gboolean show_bound;
  /* What the readout says of each point against a baseline; NULL: nothing.  Borrowed. */
  const NullcurveDeltas *deltas;
  const char *title; /* NULL: made from the runs */
} NullcurveThroughputOptions;

/* Absolute, linear, no current run, nothing hidden. */
void nullcurve_throughput_options_init (NullcurveThroughputOptions *options);

/* The curve that a speed-up follows when all removed work becomes speed, from 0 to x_max. */
void nullcurve_throughput_add_ideal (NullcurvePanel *panel, double x_max);

/* Let the point say how its record compares with the baseline of the options, if it does. */
void nullcurve_throughput_note (const NullcurveThroughputOptions *options,
                                const MoeRecord *record,
                                NullcurvePoint *point);

/* The series of a curve, without points yet. */
NullcurveSeries *nullcurve_throughput_add_series (const NullcurveThroughputOptions *options,
                                                  NullcurveFigure *figure,
                                                  const NullcurveCurve *curve);

/* Is the curve's record at this place being measured now? */
gboolean nullcurve_throughput_is_measuring (const NullcurveThroughputOptions *options,
                                            const NullcurveCurve *curve,
                                            guint place);

/* Tokens/s to be expected of it; NaN where that is not known. */
double nullcurve_throughput_expected (const NullcurveThroughputOptions *options,
                                      const NullcurveCurve *curve,
                                      guint place);

/* The figure of these runs, in the order given; free with nullcurve_figure_free ().  It copies
 * what it needs.  `options` may be NULL for the defaults. */
NullcurveFigure *nullcurve_figure_throughput (MoeRun *const *runs,
                                              gsize n_runs,
                                              const NullcurveThroughputOptions *options);

G_END_DECLS
