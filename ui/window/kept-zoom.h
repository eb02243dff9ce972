/* SPDX-License-Identifier: Apache-2.0 */
/* What part of the chart is shown, as a setting keeps it. */
#pragma once

#include "ui/figure/viewport.h"

G_BEGIN_DECLS

/* The ends of x, then those of each y; empty: everything is shown. */
#define NULLCURVE_KEPT_ZOOM_TYPE "a(dd)"

/* Floating. */
GVariant *nullcurve_kept_zoom_pack (const NullcurveViewport *zoom);

/* Spans that are none, such as one from NaN, are automatic. */
void nullcurve_kept_zoom_unpack (GVariant *kept, NullcurveViewport *zoom);

G_END_DECLS
