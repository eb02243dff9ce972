/* SPDX-License-Identifier: Apache-2.0 */
/* Which view is shown, what its values are divided by, and the bar that chooses. */
#include "ui/window/window-private.h"

#include <glib/gi18n.h>

static const char *const view_names[NULLCURVE_N_VIEWS] = {
  [NULLCURVE_VIEW_THROUGHPUT] = "throughput", [NULLCURVE_VIEW_EFFICIENCY] = "efficiency",
  [NULLCURVE_VIEW_STAGES] = "stages",         [NULLCURVE_VIEW_LOAD] = "load",
  [NULLCURVE_VIEW_TABLE] = "table",
};

static const char *const view_titles[NULLCURVE_N_VIEWS] = {
  [NULLCURVE_VIEW_THROUGHPUT] = N_ ("Throughput"), [NULLCURVE_VIEW_EFFICIENCY] = N_ ("Efficiency"),
  [NULLCURVE_VIEW_STAGES] = N_ ("Stages"),         [NULLCURVE_VIEW_LOAD] = N_ ("Load"),
  [NULLCURVE_VIEW_TABLE] = N_ ("Table"),
};

static const char *const relation_names[NULLCURVE_N_RELATIONS] = {
  [NULLCURVE_RELATION_ABSOLUTE] = "absolute",
  [NULLCURVE_RELATION_RELATIVE] = "relative",
  [NULLCURVE_RELATION_BASELINE] = "baseline",
};

/* Short, as the bar is. */
static const char *const relation_titles[NULLCURVE_N_RELATIONS] = {
  [NULLCURVE_RELATION_ABSOLUTE] = N_ ("Absolute"),
  [NULLCURVE_RELATION_RELATIVE] = N_ ("Relative"),
  [NULLCURVE_RELATION_BASELINE] = N_ ("Baseline"),
};

const char *
nullcurve_window_view_name (NullcurveView view)
{
  return view_names[view];
}

const char *
nullcurve_window_scale_name (NullcurveRelation relation)
{
  return relation_names[relation];
}

static int
find_name (const char *const *names, int n, const char *name)
{
  for (int i = 0; i < n; i++)
    if (g_strcmp0 (name, names[i]) == 0)
      return i;
  return 0;
}

/* What the bar offers follows the view: nothing that would do nothing. */
void
nullcurve_window_update_bar (NullcurveWindow *self)
{
  gboolean table = self->view == NULLCURVE_VIEW_TABLE;
  gboolean throughput = self->view == NULLCURVE_VIEW_THROUGHPUT;
  gtk_menu_button_set_label (self->view_button, _ (view_titles[self->view]));
  gtk_menu_button_set_label (self->scale_button, _ (relation_titles[self->relation]));
  gtk_widget_set_visible (GTK_WIDGET (self->scale_button), throughput);
  gtk_widget_set_visible (GTK_WIDGET (self->limits_button), throughput);
  gtk_widget_set_visible (GTK_WIDGET (self->axes_button), !table);
  gtk_stack_set_visible_child_name (self->middle, table ? "table" : "chart");
}

void
nullcurve_window_set_view (NullcurveWindow *self, NullcurveView view)
{
  if (self->view == view)
    return;
  self->view = view;
  nullcurve_window_update_bar (self);
  nullcurve_window_update_actions (self);
  g_object_notify (G_OBJECT (self), "view");
  nullcurve_window_queue_chart (self);
}

void
nullcurve_window_set_relation (NullcurveWindow *self, NullcurveRelation relation)
{
  if (self->relation == relation)
    return;
  self->relation = relation;
  /* An offer that was taken, or made needless, need not hang on. */
  if (relation != NULLCURVE_RELATION_ABSOLUTE && self->offer != NULL)
    adw_toast_dismiss (self->offer);
  nullcurve_window_update_bar (self);
  g_object_notify (G_OBJECT (self), "scale");
  nullcurve_window_queue_chart (self);
}

/* "absolute" and "relative" were views before they became scales of one. */
void
nullcurve_window_set_view_by_name (NullcurveWindow *self, const char *name)
{
  gboolean absolute = g_strcmp0 (name, "absolute") == 0,
           relative = g_strcmp0 (name, "relative") == 0;
  if (absolute || relative)
    nullcurve_window_set_relation (self, relative ? NULLCURVE_RELATION_RELATIVE
                                                  : NULLCURVE_RELATION_ABSOLUTE);
  nullcurve_window_set_view (self, (NullcurveView)find_name (view_names, NULLCURVE_N_VIEWS, name));
}

void
nullcurve_window_set_scale_by_name (NullcurveWindow *self, const char *name)
{
  nullcurve_window_set_relation (
      self, (NullcurveRelation)find_name (relation_names, NULLCURVE_N_RELATIONS, name));
}

void
nullcurve_window_install_views (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_property_action (widget_class, "win.view", "view");
  gtk_widget_class_install_property_action (widget_class, "win.scale", "scale");
}
