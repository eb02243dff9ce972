/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/kept-zoom.h"

#include <math.h>

GVariant *
nullcurve_kept_zoom_pack (const NullcurveViewport *zoom)
{
  GVariantBuilder builder;
  g_variant_builder_init (&builder, G_VARIANT_TYPE (NULLCURVE_KEPT_ZOOM_TYPE));
  if (nullcurve_viewport_is_zoomed (zoom))
    {
      g_variant_builder_add (&builder, "(dd)", zoom->x.lo, zoom->x.hi);
      for (gsize i = 0; i < G_N_ELEMENTS (zoom->y); i++)
        g_variant_builder_add (&builder, "(dd)", zoom->y[i].lo, zoom->y[i].hi);
    }
  return g_variant_builder_end (&builder);
}

static NullcurveSpan
read_span (GVariant *kept, gsize index)
{
  NullcurveSpan span = { 0 };
  if (index < g_variant_n_children (kept))
    g_variant_get_child (kept, index, "(dd)", &span.lo, &span.hi);
  /* Its length is one too: no two ends are so far apart that it has none. */
  return nullcurve_span_is_set (&span) && isfinite (span.hi - span.lo) ? span
                                                                       : (NullcurveSpan){ 0 };
}

void
nullcurve_kept_zoom_unpack (GVariant *kept, NullcurveViewport *zoom)
{
  zoom->x = read_span (kept, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (zoom->y); i++)
    zoom->y[i] = read_span (kept, i + 1);
}
