/* SPDX-License-Identifier: Apache-2.0 */
/* All curves of a figure to be hidden or shown, those too that the legend has no room for.  Main
 * thread only. */
#pragma once

#include <gtk/gtk.h>

#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* A list for a popover; it keeps nothing of the figure.  It activates chart.set-curve (key of the
 * curve, whether it is shown) and chart.show-curves of a widget that it is in. */
GtkWidget *nullcurve_curves_list_new (const NullcurveFigure *figure);

G_END_DECLS
