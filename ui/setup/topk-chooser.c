/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/setup/topk-chooser.h"

#include "ui/resources.h"
#include "ui/setup/typed.h"

#include <glib/gi18n.h>
#include <string.h>

static const gsize usual[] = { 1, 2, 4, 6, 8 };

struct _NullcurveTopkChooser
{
  GtkBox parent_instance;

  GtkBox *chips;
  GtkToggleButton *chip[G_N_ELEMENTS (usual)];
  GtkToggleButton *more;
  GtkEditable *others;
  gboolean setting;
};

enum
{
  CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveTopkChooser, nullcurve_topk_chooser, GTK_TYPE_BOX)

static void
emit_changed (NullcurveTopkChooser *self)
{
  if (!self->setting)
    g_signal_emit (self, signals[CHANGED], 0);
}

/* In order, each once. */
static void
add_size (MoeSizeList *list, gsize value)
{
  gsize at = 0;
  while (at < list->n && list->values[at] < value)
    at++;
  if (list->n == MOE_OPTIONS_MAX_LIST || (at < list->n && list->values[at] == value))
    return;
  memmove (&list->values[at + 1], &list->values[at], (list->n - at) * sizeof list->values[0]);
  list->values[at] = value;
  list->n++;
}

gboolean
nullcurve_topk_chooser_get (NullcurveTopkChooser *self, MoeSizeList *list, MoeError *error)
{
  MoeOptions parsed;
  moe_options_init (&parsed);
  g_autofree char *text =
      nullcurve_typed_plain (moe_option_spec_find ("topk-list"),
                             gtk_editable_get_text (self->others), nullcurve_typed_has_comma ());
  if (gtk_toggle_button_get_active (self->more) && text[0] != '\0'
      && moe_options_set (&parsed, "topk-list", text, error) != MOE_OK)
    return FALSE;

  *list = (MoeSizeList){ 0 };
  for (gsize i = 0; i < parsed.topk_list.n; i++)
    add_size (list, parsed.topk_list.values[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++)
    if (gtk_toggle_button_get_active (self->chip[i]))
      add_size (list, usual[i]);
  if (list->n > 0)
    return TRUE;
  moe_error_set_option (error, MOE_ERROR_INVALID, "topk-list", "%s",
                        _ ("Choose at least one top-k to measure."));
  return FALSE;
}

/* Index of a usual value, or -1. */
static int
usual_index (gsize value)
{
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++)
    if (usual[i] == value)
      return (int)i;
  return -1;
}

void
nullcurve_topk_chooser_set (NullcurveTopkChooser *self, const MoeSizeList *list)
{
  self->setting = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++)
    gtk_toggle_button_set_active (self->chip[i], FALSE);
  g_autoptr (GString) others = g_string_new (NULL);
  for (gsize i = 0; i < list->n; i++)
    {
      int index = usual_index (list->values[i]);
      if (index >= 0)
        gtk_toggle_button_set_active (self->chip[index], TRUE);
      else
        g_string_append_printf (others, "%s%zu", others->len > 0 ? "," : "", list->values[i]);
    }
  gtk_editable_set_text (self->others, others->str);
  gtk_toggle_button_set_active (self->more, others->len > 0);
  self->setting = FALSE;
}

static void
add_chip (NullcurveTopkChooser *self, gsize index)
{
  g_autofree char *label = g_strdup_printf ("%zu", usual[index]);
  g_autofree char *name = g_strdup_printf (_ ("Measure top-%zu"), usual[index]);
  GtkWidget *chip = gtk_toggle_button_new_with_label (label);
  gtk_widget_add_css_class (chip, "chip");
  gtk_accessible_update_property (GTK_ACCESSIBLE (chip), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_swapped (chip, "toggled", G_CALLBACK (emit_changed), self);
  gtk_box_insert_child_after (self->chips, chip,
                              index == 0 ? NULL : GTK_WIDGET (self->chip[index - 1]));
  self->chip[index] = GTK_TOGGLE_BUTTON (chip);
}

static void
more_toggled_cb (NullcurveTopkChooser *self)
{
  gboolean open = gtk_toggle_button_get_active (self->more);
  gtk_widget_set_visible (GTK_WIDGET (self->others), open);
  if (open && !self->setting)
    gtk_widget_grab_focus (GTK_WIDGET (self->others));
  emit_changed (self);
}

static void
nullcurve_topk_chooser_class_init (NullcurveTopkChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "topk-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveTopkChooser, chips);
  gtk_widget_class_bind_template_child (widget_class, NullcurveTopkChooser, more);
  gtk_widget_class_bind_template_child (widget_class, NullcurveTopkChooser, others);
  gtk_widget_class_bind_template_callback (widget_class, more_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, emit_changed);
}

static void
nullcurve_topk_chooser_init (NullcurveTopkChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (gsize i = 0; i < G_N_ELEMENTS (usual); i++)
    add_chip (self, i);
}
