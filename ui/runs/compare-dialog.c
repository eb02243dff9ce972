/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/compare-dialog.h"

#include "engine/judge/compare.h"
#include "ui/resources.h"
#include "ui/words/comparison.h"
#include "ui/words/judged.h"

#include <glib/gi18n.h>

struct _NullcurveCompareDialog
{
  AdwWindow parent_instance;

  GtkDropDown *choice_a;
  GtkDropDown *choice_b;
  GtkLabel *headline;
  GtkLabel *warnings;
  GtkTextBuffer *table;

  GPtrArray *runs;
  MoeComparison *comparison;
};

G_DEFINE_FINAL_TYPE (NullcurveCompareDialog, nullcurve_compare_dialog, ADW_TYPE_WINDOW)

static MoeRun *
chosen_run (NullcurveCompareDialog *self, GtkDropDown *choice)
{
  return g_ptr_array_index (self->runs, gtk_drop_down_get_selected (choice));
}

static void
compare_cb (NullcurveCompareDialog *self)
{
  MoeRun *a = chosen_run (self, self->choice_a), *b = chosen_run (self, self->choice_b);
  g_clear_pointer (&self->comparison, moe_comparison_free);
  self->comparison = moe_compare (&a, 1, &b, 1);
  g_autofree char *lines = nullcurve_words_guards (self->comparison, NULLCURVE_SIDES_LETTERS);
  g_autofree char *headline = nullcurve_words_headline (self->comparison, NULLCURVE_SIDES_LETTERS);
  g_autoptr (GString) text = nullcurve_words_comparison_text (self->comparison);
  gtk_label_set_label (self->headline, headline);
  gtk_label_set_label (self->warnings, lines);
  gtk_widget_set_visible (GTK_WIDGET (self->warnings), *lines != '\0');
  gtk_text_buffer_set_text (self->table, text->str, (int)text->len);
}

static void
copy_cb (NullcurveCompareDialog *self)
{
  g_autoptr (GString) text = nullcurve_words_comparison_markdown (self->comparison);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
}

static void
nullcurve_compare_dialog_finalize (GObject *object)
{
  NullcurveCompareDialog *self = NULLCURVE_COMPARE_DIALOG (object);
  g_clear_pointer (&self->comparison, moe_comparison_free);
  g_clear_pointer (&self->runs, g_ptr_array_unref);
  G_OBJECT_CLASS (nullcurve_compare_dialog_parent_class)->finalize (object);
}

static void
nullcurve_compare_dialog_class_init (NullcurveCompareDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->finalize = nullcurve_compare_dialog_finalize;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "compare-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveCompareDialog, choice_a);
  gtk_widget_class_bind_template_child (widget_class, NullcurveCompareDialog, choice_b);
  gtk_widget_class_bind_template_child (widget_class, NullcurveCompareDialog, headline);
  gtk_widget_class_bind_template_child (widget_class, NullcurveCompareDialog, warnings);
  gtk_widget_class_bind_template_child (widget_class, NullcurveCompareDialog, table);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
nullcurve_compare_dialog_init (NullcurveCompareDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
nullcurve_compare_dialog_new (GtkWindow *parent, GPtrArray *runs, guint a, guint b)
{
  g_return_val_if_fail (runs->len >= 2 && a < runs->len && b < runs->len, NULL);
  NullcurveCompareDialog *self =
      g_object_new (NULLCURVE_TYPE_COMPARE_DIALOG, "transient-for", parent, NULL);
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  for (guint i = 0; i < runs->len; i++)
    gtk_string_list_append (titles, moe_run_get_title (g_ptr_array_index (runs, i)));
  self->runs = g_ptr_array_ref (runs);
  gtk_drop_down_set_model (self->choice_a, G_LIST_MODEL (titles));
  gtk_drop_down_set_model (self->choice_b, G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (self->choice_a, a);
  gtk_drop_down_set_selected (self->choice_b, b);
  g_signal_connect_swapped (self->choice_a, "notify::selected", G_CALLBACK (compare_cb), self);
  g_signal_connect_swapped (self->choice_b, "notify::selected", G_CALLBACK (compare_cb), self);
  compare_cb (self);
  return GTK_WIDGET (self);
}
