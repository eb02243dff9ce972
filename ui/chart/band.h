/* SPDX-License-Identifier: Apache-2.0 */
/* The rectangle that is drawn to zoom, and what pixels mean for a viewport.  Pure functions. */
#pragma once

#include "ui/chart/layout.h"

G_BEGIN_DECLS

/* From where a drag began to where it is, within the plot where it began.  One that is nearly
 * level zooms x alone, one that is nearly upright y alone. */
typedef struct NullcurveBand
{
  gsize cell;
  gboolean of_x;
  gboolean of_y;
  NullcurveRect rect; /* in the cell's plot; all its height where only x is meant, or its width */
} NullcurveBand;

/* FALSE while the drag is too short to mean anything. */
gboolean nullcurve_band_init (NullcurveBand *band,
                              const NullcurveLayout *layout,
                              double from_x,
                              double from_y,
                              double to_x,
                              double to_y);

/* What `viewport` becomes when the band is let go. */
NullcurveViewport nullcurve_band_zoom (const NullcurveBand *band,
                                       const NullcurveLayout *layout,
                                       const NullcurveViewport *viewport);

/* Lengths of x, or of y in the panel at a pixel, times `factor`; what is at the pixel stays. */
NullcurveViewport nullcurve_pixels_zoom (const NullcurveLayout *layout,
                                         const NullcurveViewport *viewport,
                                         double px,
                                         double py,
                                         double factor,
                                         gboolean of_y);

/* Data moved by so many pixels, in x and in y of the panel of a cell. */
NullcurveViewport nullcurve_pixels_pan (const NullcurveLayout *layout,
                                        const NullcurveViewport *viewport,
                                        gsize cell,
                                        double dx,
                                        double dy);

/* Moved no further than needed for a value to be in sight. */
NullcurveViewport nullcurve_pixels_reveal (const NullcurveLayout *layout,
                                           const NullcurveViewport *viewport,
                                           gsize cell,
                                           double x,
                                           double y);

G_END_DECLS
