/* SPDX-License-Identifier: Apache-2.0 */
/* How the chart's axes are drawn, and into how many charts it is split. */
#include <glib/gi18n.h>

#include "ui/figure/facets.h"
#include "ui/window/window-private.h"

static const char *const facet_names[NULLCURVE_N_FACETINGS] = {
  [NULLCURVE_FACETS_NONE] = "none",
  [NULLCURVE_FACETS_SHAPE] = "shape",
  [NULLCURVE_FACETS_TOPK] = "topk",
};

const char *
nullcurve_window_facets_name (NullcurveFaceting facets)
{
  return facet_names[facets];
}

/* The ideal is a straight line when both axes are logarithmic: that is what one wants of it.  The
 * vertical ones may be set back by themselves, and go back with it. */
void
nullcurve_window_set_x_ideal (NullcurveWindow *self, gboolean x_ideal)
{
  if (self->x_ideal == x_ideal)
    return;
  self->x_ideal = x_ideal;
  gboolean made_log = x_ideal ? !self->log_y : self->x_ideal_made_log;
  if (made_log)
    nullcurve_window_set_log_y (self, x_ideal);
  self->x_ideal_made_log = x_ideal && made_log;
  g_object_notify (G_OBJECT (self), "x-ideal");
  nullcurve_window_queue_chart (self);
}

/* What is no name means none. */
void
nullcurve_window_set_facets_by_name (NullcurveWindow *self, const char *name)
{
  NullcurveFaceting facets = NULLCURVE_FACETS_NONE;
  for (int by = 0; by < NULLCURVE_N_FACETINGS; by++)
    if (g_strcmp0 (name, facet_names[by]) == 0)
      facets = (NullcurveFaceting)by;
  if (self->facets == facets)
    return;
  self->facets = facets;
  g_object_notify (G_OBJECT (self), "facets");
  nullcurve_window_queue_chart (self);
}

void
nullcurve_window_arrange_figure (NullcurveWindow *self, NullcurveFigure *figure)
{
  /* Null fractions only: what else may stand on an x axis has no ideal. */
  if (self->x_ideal && g_strcmp0 (figure->x_label, _ ("null fraction")) == 0)
    figure->x_scale = NULLCURVE_SCALE_SPEEDUP;
  nullcurve_figure_split (figure, self->facets);
  nullcurve_chart_view_dress (self->chart, figure);
}

void
nullcurve_window_install_axes (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_property_action (widget_class, "win.x-ideal", "x-ideal");
  gtk_widget_class_install_property_action (widget_class, "win.facets", "facets");
}
