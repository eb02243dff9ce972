/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/field-row.h"

#include "ui/resources.h"

struct _NullcurveFieldRow
{
  AdwPreferencesRow parent_instance;

  GtkBox *beside;
  GtkBox *below;
  GtkLabel *title;
  GtkLabel *note;
  GtkLabel *problem;
  GtkWidget *control; /* the one the title names; not owned */
};

enum
{
  PROP_NOTE = 1,
  PROP_PROBLEM,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static void nullcurve_field_row_buildable_init (GtkBuildableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (NullcurveFieldRow,
                               nullcurve_field_row,
                               ADW_TYPE_PREFERENCES_ROW,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                      nullcurve_field_row_buildable_init))

static GtkBuildableIface *parent_buildable;

static void
name_control (NullcurveFieldRow *self, GtkWidget *control)
{
  self->control = control;
  gtk_label_set_mnemonic_widget (self->title, control);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  self->title, NULL, GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->note, self->problem, NULL, -1);
}

void
nullcurve_field_row_add (NullcurveFieldRow *self, GtkWidget *control, gboolean below)
{
  g_return_if_fail (NULLCURVE_IS_FIELD_ROW (self));
  gtk_box_append (below ? self->below : self->beside, control);
  if (below)
    gtk_widget_set_visible (GTK_WIDGET (self->below), TRUE);
  if (self->control == NULL)
    name_control (self, control);
}

static void
nullcurve_field_row_add_child (GtkBuildable *buildable,
                               GtkBuilder *builder,
                               GObject *child,
                               const char *type)
{
  NullcurveFieldRow *self = NULLCURVE_FIELD_ROW (buildable);
  /* Until the template is filled in, children are the template's own. */
  if (self->beside == NULL || !GTK_IS_WIDGET (child))
    {
      parent_buildable->add_child (buildable, builder, child, type);
      return;
    }
  nullcurve_field_row_add (self, GTK_WIDGET (child), g_strcmp0 (type, "below") == 0);
}

static void
nullcurve_field_row_buildable_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = nullcurve_field_row_add_child;
}

static void
set_line (GtkLabel *label, const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static const char *
get_line (GtkLabel *label)
{
  const char *text = gtk_label_get_label (label);
  return *text != '\0' ? text : NULL;
}

void
nullcurve_field_row_set_note (NullcurveFieldRow *self, const char *note)
{
  g_return_if_fail (NULLCURVE_IS_FIELD_ROW (self));
  if (g_strcmp0 (get_line (self->note), note) == 0)
    return;
  set_line (self->note, note);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NOTE]);
}

const char *
nullcurve_field_row_get_note (NullcurveFieldRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_FIELD_ROW (self), NULL);
  return get_line (self->note);
}

void
nullcurve_field_row_set_problem (NullcurveFieldRow *self, const char *problem)
{
  g_return_if_fail (NULLCURVE_IS_FIELD_ROW (self));
  if (g_strcmp0 (get_line (self->problem), problem) == 0)
    return;
  set_line (self->problem, problem);
  if (problem != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), "invalid");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "invalid");
  if (self->control != NULL)
    gtk_accessible_update_state (
        GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
        problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBLEM]);
}

const char *
nullcurve_field_row_get_problem (NullcurveFieldRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_FIELD_ROW (self), NULL);
  return get_line (self->problem);
}

static void
nullcurve_field_row_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  NullcurveFieldRow *self = NULLCURVE_FIELD_ROW (object);
  if (id == PROP_NOTE)
    g_value_set_string (value, get_line (self->note));
  else if (id == PROP_PROBLEM)
    g_value_set_string (value, get_line (self->problem));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
nullcurve_field_row_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  NullcurveFieldRow *self = NULLCURVE_FIELD_ROW (object);
  if (id == PROP_NOTE)
    nullcurve_field_row_set_note (self, g_value_get_string (value));
  else if (id == PROP_PROBLEM)
    nullcurve_field_row_set_problem (self, g_value_get_string (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
nullcurve_field_row_class_init (NullcurveFieldRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = nullcurve_field_row_get_property;
  object_class->set_property = nullcurve_field_row_set_property;
  props[PROP_NOTE] =
      g_param_spec_string ("note", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  props[PROP_PROBLEM] =
      g_param_spec_string ("problem", NULL, NULL, NULL,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, beside);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, below);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, title);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, note);
  gtk_widget_class_bind_template_child (widget_class, NullcurveFieldRow, problem);
}

static void
nullcurve_field_row_init (NullcurveFieldRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
nullcurve_field_row_new (void)
{
  return g_object_new (NULLCURVE_TYPE_FIELD_ROW, NULL);
}
