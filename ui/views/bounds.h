/* SPDX-License-Identifier: Apache-2.0 */
/* The roof over a curve: the roofline bound (records/bound.h) as a line through the fractions. */
#pragma once

#include "engine/records/run.h"
#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* Useful TFLOP per token of a record: turns a rate into TF/s; NaN when it does not tell enough. */
double nullcurve_bounds_tflop_per_token (const MoeRecord *record);

/* Give a series its bounds in two panels, tokens/s and TF/s, from x_lo to x_hi (null fractions),
 * each divided by its base.  `record` stands for the curve; the assignments at each fraction are
 * the expected ones.  Does nothing when the run does not tell its limits. */
void nullcurve_bounds_add (NullcurveSeries *series,
                           const MoeRun *run,
                           const MoeRecord *record,
                           double x_lo,
                           double x_hi,
                           const double bases[2]);

/* The dense matmul rate of the machine that made the run, TF/s; NaN when it is not told. */
double nullcurve_bounds_dense_tflops (const MoeRun *run);

G_END_DECLS
