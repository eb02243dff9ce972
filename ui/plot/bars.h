/* SPDX-License-Identifier: Apache-2.0 */
/* The bars of a figure as text: a line for each row and side, with what it is worth. */
#pragma once

#include "ui/figure/bars.h"
#include "ui/plot/options.h"

G_BEGIN_DECLS

/* Append title, sides and rows; every line of at most options->width cells, which is within the
 * limits of a plot. */
void nullcurve_plot_append_bars (GString *text,
                                 const NullcurveBars *bars,
                                 const NullcurvePlotOptions *options);

G_END_DECLS
