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
  NULLCURVE_ALONG_STEP,     /* tokens, but what stands against them is one step as when decoding */
  NULLCURVE_N_ALONGS
} NullcurveAlong;

/* The figure of the runs' rows at f = 0; free with nullcurve_figure_free ().  Rows that differ in
 * nothing else are a curve; one of a single point is left out, and told.  Of a point that is there
 * twice the first counts.  Of `options` count the run in hand, palettes, what is hidden, log_y and
 * the title; NULL: defaults.  Of a step every null fraction has a curve, of the time that it takes,
 * the experts that it touches beside those of even routing, and the bytes per second that it reads
 * and writes at least.  `along` is none of the fraction.  Copies what it needs; any thread.
 */
NullcurveFigure *nullcurve_figure_along (MoeRun *const *runs,
                                         gsize n_runs,
                                         NullcurveAlong along,
                                         const NullcurveThroughputOptions *options);

G_END_DECLS
