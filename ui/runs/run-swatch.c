/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-swatch.h"

#include "ui/chart/draw.h"

#include <adwaita.h>

enum
{
  SIZE_PX = 16
};

struct _NullcurveRunSwatch
{
  GtkWidget parent_instance;

  int palette;
};

G_DEFINE_FINAL_TYPE (NullcurveRunSwatch, nullcurve_run_swatch, GTK_TYPE_WIDGET)

void
nullcurve_run_swatch_set_palette (NullcurveRunSwatch *self, int palette)
{
  g_return_if_fail (NULLCURVE_IS_RUN_SWATCH (self));
  if (self->palette == palette)
    return;
  self->palette = palette;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static NullcurveStyleKind
style_kind (AdwStyleManager *manager)
{
  if (adw_style_manager_get_high_contrast (manager))
    return adw_style_manager_get_dark (manager) ? NULLCURVE_STYLE_HIGH_CONTRAST_DARK
                                                : NULLCURVE_STYLE_HIGH_CONTRAST;
  return adw_style_manager_get_dark (manager) ? NULLCURVE_STYLE_DARK : NULLCURVE_STYLE_LIGHT;
}

static void
nullcurve_run_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  NullcurveRunSwatch *self = NULLCURVE_RUN_SWATCH (widget);
  if (self->palette < 0)
    return;
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  NullcurveChartStyle style;
  NullcurveSeriesStyle series;
  nullcurve_chart_style_init (&style, style_kind (adw_style_manager_get_default ()));
  nullcurve_chart_style_series (&style, (guint)self->palette, &series);
  cairo_t *cr =
      gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  NullcurveColour no_halo = series.colour;
  no_halo.alpha = 0;
  nullcurve_draw_marker (cr, series.marker, width / 2.0, height / 2.0, SIZE_PX * 0.36,
                         &series.colour, &no_halo);
  cairo_destroy (cr);
}

static void
nullcurve_run_swatch_measure (GtkWidget *widget,
                              GtkOrientation orientation,
                              int for_size,
                              int *minimum,
                              int *natural,
                              int *minimum_baseline,
                              int *natural_baseline)
{
  *minimum = *natural = SIZE_PX;
  *minimum_baseline = *natural_baseline = -1;
}

static void
nullcurve_run_swatch_class_init (NullcurveRunSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  widget_class->snapshot = nullcurve_run_swatch_snapshot;
  widget_class->measure = nullcurve_run_swatch_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
nullcurve_run_swatch_init (NullcurveRunSwatch *self)
{
  self->palette = -1;
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (gtk_widget_queue_draw),
                           self, G_CONNECT_SWAPPED);
}
