/* SPDX-License-Identifier: Apache-2.0 */
/* The run that the others are compared with. */
#include "ui/window/window-private.h"

NullcurveRunItem *
nullcurve_window_get_baseline (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->baseline;
}

void
nullcurve_window_set_baseline (NullcurveWindow *self, NullcurveRunItem *item)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  g_return_if_fail (item == NULL || g_list_store_find (self->runs, item, NULL));
  if (!g_set_object (&self->baseline, item))
    return;
  g_object_notify (G_OBJECT (self), "baseline");
  if (item == NULL && self->relation == NULLCURVE_RELATION_BASELINE)
    nullcurve_window_set_relation (self, NULLCURVE_RELATION_ABSOLUTE);
  nullcurve_window_update_actions (self);
  nullcurve_window_queue_chart (self);
}

/* Pin the run in hand; a second time lets it go. */
static void
pin_baseline_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveRunItem *selected = nullcurve_run_list_get_selected (self->run_list);
  if (selected != NULL)
    nullcurve_window_pin_run (self, selected == self->baseline ? NULL : selected);
}

/* A run that is gone is nothing to compare with. */
static void
runs_changed_cb (NullcurveWindow *self)
{
  if (self->baseline != NULL && !g_list_store_find (self->runs, self->baseline, NULL))
    nullcurve_window_set_baseline (self, NULL);
}

void
nullcurve_window_install_baseline (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.pin-baseline", NULL, pin_baseline_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_b, 0, "win.pin-baseline", NULL);
}

void
nullcurve_window_init_baseline (NullcurveWindow *self)
{
  g_signal_connect_object (self->runs, "items-changed", G_CALLBACK (runs_changed_cb), self,
                           G_CONNECT_SWAPPED);
}
