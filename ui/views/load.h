/* SPDX-License-Identifier: Apache-2.0 */
/* The load figure: what the routing of one curve gives its experts and its tokens. */
#pragma once

#include "ui/figure/figure.h"
#include "ui/views/deltas.h"

G_BEGIN_DECLS

/* Two panels against the null fraction: how many tokens an expert gets (all experts and the middle
 * half of them as bands, the mean as a line), and how many experts a token keeps (shares of the
 * tokens, stacked).  `curve` is the index among the curves of the run.  With `deltas` (may be NULL)
 * the readout tells the baseline's figures too.  Copies what it needs; free with
 * nullcurve_figure_free (). */
NullcurveFigure *nullcurve_figure_load (MoeRun *run, guint curve, const NullcurveDeltas *deltas);

G_END_DECLS
