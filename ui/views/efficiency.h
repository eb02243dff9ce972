/* SPDX-License-Identifier: Apache-2.0 */
/* The efficiency figure: what of the removed work became speed, against the null fraction. */
#pragma once

#include "ui/views/throughput.h"

G_BEGIN_DECLS

/* Three panels: the speed-up of each curve against its own f = 0, paired round by round where that
 * is possible (moe_run_speedup ()), with the ideal 1 / (1 - f); null efficiency (SPEC 3); and the
 * share of the machine's roofline bound.  Of `options` (may be NULL) what is hidden, in hand, being
 * measured, palette and words count.  Copies what it needs; free with nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_efficiency (MoeRun *const *runs,
                                              gsize n_runs,
                                              const NullcurveThroughputOptions *options);

G_END_DECLS
