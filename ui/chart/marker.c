/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/marker.h"

#include <math.h>

static const double reach_px = 5.0;
static const double handle_px = 9.0; /* that its handle stands above the plot */

gboolean
nullcurve_marker_is_at (const NullcurveLayout *layout, double px, double py)
{
  for (gsize cell = 0; layout->has_data && isfinite (layout->figure->marker)
                       && cell < layout->n_facets * layout->n_panels;
       cell++)
    {
      const NullcurveRect *plot = &layout->panels[cell].plot;
      const double x = nullcurve_layout_x (layout, cell, layout->figure->marker);
      const double above = cell % layout->n_panels == 0 ? handle_px : 0.0;

      if (nullcurve_layout_shows (layout, cell, x, plot->y) && fabs (px - x) <= reach_px
          && py >= plot->y - above && py <= plot->y + plot->height)
        return TRUE;
    }
  return FALSE;
}

double
nullcurve_marker_value (const NullcurveLayout *layout, double px, double py)
{
  const NullcurvePanelLayout *place = &layout->panels[nullcurve_layout_cell_at (layout, px, py)];
  const double lo = nullcurve_scale_forward (place->x.scale, place->x.min);
  const double hi = nullcurve_scale_forward (place->x.scale, place->x.max);
  const double share = (px - place->plot.x) / fmax (place->plot.width, 1.0);

  return nullcurve_scale_backward (place->x.scale, lo + CLAMP (share, 0.0, 1.0) * (hi - lo));
}
