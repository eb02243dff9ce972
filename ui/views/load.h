/* SPDX-License-Identifier: Apache-2.0 */
/* The load figure: what the routing of one curve gives its experts and its tokens. */
#pragma once

#include "ui/figure/figure.h"
#include "ui/views/deltas.h"
#include "ui/views/throughput.h"

G_BEGIN_DECLS

/* What is shown of it. */
typedef enum NullcurveLoadScale
{
  NULLCURVE_LOAD_EXPERTS,    /* what experts and tokens get */
  NULLCURVE_LOAD_COST,       /* what uneven loads cost */
  NULLCURVE_LOAD_THROUGHPUT, /* throughput against that, of all runs */
  NULLCURVE_N_LOAD_SCALES
} NullcurveLoadScale;

/* Two panels against the null fraction: how many tokens an expert gets (all experts and the middle
 * half of them as bands, the mean as a line), and how many experts a token keeps (shares of the
 * tokens, stacked).  `curve` is the index among the curves of the run.  With `deltas` (may be NULL)
 * the readout tells the baseline's figures too.  Copies what it needs; free with
 * nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_load (MoeRun *run, guint curve, const NullcurveDeltas *deltas);

/* Three panels against the null fraction, of the same: the fullest expert, and under expert
 * parallelism the fullest shard, over the mean (moe_record_imbalance ()); the useful share of the
 * rows in tiles of 16, 64 and 128 (moe_tile_share ()); experts that get any. */
NullcurveFigure *
nullcurve_figure_load_cost (MoeRun *run, guint curve, const NullcurveDeltas *deltas);

/* Tokens/s and useful work against the fullest expert over the mean: a mark for each point of the
 * runs, and nothing between them.  `options` as nullcurve_figure_throughput () has them, without
 * scale and bounds. */
NullcurveFigure *nullcurve_figure_load_throughput (MoeRun *const *runs,
                                                   gsize n_runs,
                                                   const NullcurveThroughputOptions *options);

G_END_DECLS
