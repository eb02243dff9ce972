/* SPDX-License-Identifier: Apache-2.0 */
/* Throughput without null slots against a size of the block: published rows that have no null
 * fraction to stand along, and one's own at f = 0. */
#pragma once

#include "ui/views/throughput.h"

G_BEGIN_DECLS

/* What the x axis is.  Nothing: the null fraction, as in all other figures. */
typedef enum NullcurveAlong
{
  NULLCURVE_ALONG_FRACTION,
  NULLCURVE_ALONG_TOKENS,
  NULLCURVE_ALONG_EXPERTS,
  NULLCURVE_ALONG_TOPK,
  NULLCURVE_ALONG_CAPACITY, /* its factor */
  NULLCURVE_N_ALONGS
} NullcurveAlong;

/* The figure of the runs' rows at f = 0; free with nullcurve_figure_free ().  Rows that differ in
 * nothing else are a curve; one of a single point is left out, and told.  Of a point that is there
 * twice the first counts.  Of `options` count the run in hand, palettes, what is hidden, log_y and
 * the title; NULL: defaults.  `along` is none of the fraction.  Copies what it needs; any thread.
 */
NullcurveFigure *nullcurve_figure_along (MoeRun *const *runs,
                                         gsize n_runs,
                                         NullcurveAlong along,
                                         const NullcurveThroughputOptions *options);

G_END_DECLS
