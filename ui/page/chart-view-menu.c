/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with a chart, and the menu that offers it. */
#include "ui/page/chart-view-private.h"

#include <glib/gi18n.h>

void
nullcurve_chart_view_update_actions (NullcurveChartView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const gboolean has_data = self->figure != NULL && nullcurve_figure_has_data (self->figure);

  gtk_widget_action_set_enabled (widget, "chart.zoom-in", has_data);
  gtk_widget_action_set_enabled (widget, "chart.zoom-out",
                                 has_data && nullcurve_viewport_is_zoomed (&self->zoom.now));
  gtk_widget_action_set_enabled (widget, "chart.zoom-undo", self->zoom.before->len > 0);
  gtk_widget_action_set_enabled (widget, "chart.zoom-reset",
                                 nullcurve_viewport_is_zoomed (&self->zoom.now));
  gtk_widget_action_set_enabled (widget, "chart.copy-readout", self->readout != NULL);
  gtk_widget_action_set_enabled (widget, "chart.hide-curve",
                                 self->has_crosshair && self->crosshair.has_selected);
  gtk_widget_action_set_enabled (widget, "chart.show-curves", g_hash_table_size (self->hidden) > 0);
  gtk_widget_action_set_enabled (widget, "chart.curves", self->figure != NULL);
}

static GMenuModel *
new_model (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) readout = g_menu_new ();
  g_autoptr (GMenu) zoom = g_menu_new ();
  g_autoptr (GMenu) curves = g_menu_new ();

  g_menu_append (readout, _ ("_Copy Readout"), "chart.copy-readout");
  g_menu_append (zoom, _ ("Zoom _In"), "chart.zoom-in");
  g_menu_append (zoom, _ ("Zoom _Out"), "chart.zoom-out");
  g_menu_append (zoom, _ ("_Undo Zoom"), "chart.zoom-undo");
  g_menu_append (zoom, _ ("_Reset Zoom"), "chart.zoom-reset");
  g_menu_append (curves, _ ("_Hide This Curve"), "chart.hide-curve");
  g_menu_append (curves, _ ("_Show All Curves"), "chart.show-curves");
  g_menu_append (curves, _ ("Cur_ves…"), "chart.curves");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (readout));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (zoom));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (curves));
  return G_MENU_MODEL (menu);
}

static void
popup (NullcurveChartView *self, double x, double y)
{
  const GdkRectangle at = { (int)x, (int)y, 1, 1 };

  if (self->menu == NULL)
    {
      g_autoptr (GMenuModel) model = new_model ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* What the menu is about must not go away with the pointer. */
static void
on_menu_pressed (GtkGestureClick *click, int n_press, double x, double y, NullcurveChartView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  nullcurve_chart_view_point_at (self, x, y);
  self->by_pointer = FALSE;
  popup (self, x, y);
}

/* By keys it opens at the crosshair. */
static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  double x = 0.5 * gtk_widget_get_width (widget);
  double y = 0.5 * gtk_widget_get_height (widget);

  if (self->has_crosshair && nullcurve_chart_view_ensure_layout (self)
      && self->layout->n_panels > 0)
    {
      const gsize cell = nullcurve_layout_cell (self->layout, self->crosshair.facet, 0);
      const NullcurveRect *plot = &self->layout->panels[cell].plot;

      x = CLAMP (nullcurve_layout_x (self->layout, cell, self->crosshair.x), plot->x,
                 plot->x + plot->width);
      y = plot->y + 0.5 * plot->height;
    }
  popup (self, x, y);
}

void
nullcurve_chart_view_install_menu (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "chart.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F10, GDK_SHIFT_MASK, "chart.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Menu, 0, "chart.menu", NULL);
}

void
nullcurve_chart_view_init_menu (NullcurveChartView *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_menu_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
