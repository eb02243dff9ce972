/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/run-row.h"

#include "ui/run-swatch.h"
#include "ui/ui.h"

#include <glib/gi18n.h>

struct _NullcurveRunRow
{
  GtkListBoxRow parent_instance;

  NullcurveRunSwatch *swatch;
  GtkLabel *title;
  GtkLabel *subtitle;
  GtkWidget *live_mark; /* nothing that moves: every frame would cost what is measured */
  GtkToggleButton *show;
  GtkButton *remove;

  NullcurveRunItem *item;
  GBinding *show_binding;
  gulong changed_id, notify_id;
};

enum
{
  REMOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveRunRow, nullcurve_run_row, GTK_TYPE_LIST_BOX_ROW)

static void
name_buttons (NullcurveRunRow *self, const char *title)
{
  gboolean shown = nullcurve_run_item_get_visible (self->item);
  g_autofree char *show = g_strdup_printf (shown ? _ ("Hide “%s”") : _ ("Show “%s”"), title);
  g_autofree char *remove = g_strdup_printf (_ ("Remove “%s” from the list"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->show), GTK_ACCESSIBLE_PROPERTY_LABEL, show,
                                  -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->remove), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  remove, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->show),
                               shown ? _ ("Hide in the charts") : _ ("Show in the charts"));
  gtk_button_set_icon_name (GTK_BUTTON (self->show),
                            shown ? "view-reveal-symbolic" : "view-conceal-symbolic");
}

static void
update (NullcurveRunRow *self)
{
  const char *title = moe_run_get_title (nullcurve_run_item_get_run (self->item));
  gboolean live = nullcurve_run_item_get_live (self->item);
  gboolean shown = nullcurve_run_item_get_visible (self->item);
  g_autofree char *subtitle = nullcurve_run_item_dup_subtitle (self->item);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->subtitle, subtitle);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
  nullcurve_run_swatch_set_palette (self->swatch, nullcurve_run_item_get_palette (self->item));
  gtk_widget_set_opacity (GTK_WIDGET (self->swatch), shown ? 1.0 : 0.4);
  gtk_widget_set_visible (self->live_mark, live);
  gtk_widget_set_visible (GTK_WIDGET (self->remove), !live);
  name_buttons (self, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
}

static void
remove_clicked_cb (NullcurveRunRow *self)
{
  g_signal_emit (self, signals[REMOVE], 0);
}

NullcurveRunItem *
nullcurve_run_row_get_item (NullcurveRunRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ROW (self), NULL);
  return self->item;
}

GtkWidget *
nullcurve_run_row_new (NullcurveRunItem *item)
{
  NullcurveRunRow *self = g_object_new (NULLCURVE_TYPE_RUN_ROW, NULL);
  self->item = g_object_ref (item);
  self->changed_id = g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  self->notify_id = g_signal_connect_swapped (item, "notify", G_CALLBACK (update), self);
  self->show_binding = g_object_bind_property (item, "visible", self->show, "active",
                                               G_BINDING_SYNC_CREATE | G_BINDING_BIDIRECTIONAL);
  update (self);
  return GTK_WIDGET (self);
}

static void
nullcurve_run_row_dispose (GObject *object)
{
  NullcurveRunRow *self = NULLCURVE_RUN_ROW (object);
  if (self->item != NULL)
    {
      g_clear_pointer (&self->show_binding, g_binding_unbind);
      g_clear_signal_handler (&self->changed_id, self->item);
      g_clear_signal_handler (&self->notify_id, self->item);
    }
  g_clear_object (&self->item);
  G_OBJECT_CLASS (nullcurve_run_row_parent_class)->dispose (object);
}

static void
nullcurve_run_row_class_init (NullcurveRunRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = nullcurve_run_row_dispose;
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);
  g_type_ensure (NULLCURVE_TYPE_RUN_SWATCH);
  gtk_widget_class_set_template_from_resource (widget_class, NULLCURVE_RESOURCE_BASE "run-row.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, swatch);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, title);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, subtitle);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, live_mark);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, show);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, remove_clicked_cb);
}

static void
nullcurve_run_row_init (NullcurveRunRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
