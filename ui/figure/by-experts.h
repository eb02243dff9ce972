/* SPDX-License-Identifier: Apache-2.0 */
/* A figure over the experts that a token keeps: where cost is by the slot, all curves of one shape
 * lie on one line, whatever their top-k. */
#pragma once

#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* Put everything of a figure over null fractions at k (1 - f).  Series whose top-k is not known
 * (series->topk of 0) are taken out of sight; curves to compare with are of the null fraction, and
 * stay where all series have one top-k only. */
void nullcurve_figure_by_experts (NullcurveFigure *figure);

G_END_DECLS
