/* SPDX-License-Identifier: Apache-2.0 */
/* The figure of what runs are compared with a baseline, against the null fraction. */
#pragma once

#include "ui/views/throughput.h"

G_BEGIN_DECLS

/* Two panels: tokens/s as a multiple of the baseline's at the matching point, with the interval of
 * that ratio; and the difference in time per token.  The baseline is options->deltas', and is not
 * drawn itself.  Of the other options what is hidden, in hand, being measured, palette and words
 * count.  Copies what it needs; free with nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_against (MoeRun *const *runs,
                                           gsize n_runs,
                                           const NullcurveThroughputOptions *options);

G_END_DECLS
