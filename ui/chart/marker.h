/* SPDX-License-Identifier: Apache-2.0 */
/* The chosen x of a figure as something to be taken hold of.  Pure functions. */
#pragma once

#include "ui/chart/layout.h"

G_BEGIN_DECLS

/* Is a pixel on the marker, or as good as? */
gboolean nullcurve_marker_is_at (const NullcurveLayout *layout, double px, double py);

/* The x that a pixel means in the plot that it is in or nearest to, within the ends of the axis. */
double nullcurve_marker_value (const NullcurveLayout *layout, double px, double py);

G_END_DECLS
