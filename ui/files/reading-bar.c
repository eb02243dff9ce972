/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/files/reading-bar.h"

#include <glib/gi18n.h>

enum
{
  GLANCE_MS = 400
};

struct _NullcurveReadingBar
{
  AdwBin parent_instance;

  GtkWidget *spinner;
  GtkLabel *label;
  guint show_id; /* it is not there yet; 0: it is, or is not to be */
};

G_DEFINE_FINAL_TYPE (NullcurveReadingBar, nullcurve_reading_bar, ADW_TYPE_BIN)

static void
set_there (NullcurveReadingBar *self, gboolean there)
{
  gtk_widget_set_visible (GTK_WIDGET (self), there);
  g_object_set (self->spinner, "spinning", there, NULL);
}

static gboolean
show_cb (gpointer data)
{
  NullcurveReadingBar *self = data;
  self->show_id = 0;
  set_there (self, TRUE);
  return G_SOURCE_REMOVE;
}

void
nullcurve_reading_bar_show (NullcurveReadingBar *self, const char *what)
{
  g_return_if_fail (NULLCURVE_IS_READING_BAR (self));
  if (what == NULL)
    {
      g_clear_handle_id (&self->show_id, g_source_remove);
      set_there (self, FALSE);
      return;
    }
  gtk_label_set_label (self->label, what);
  if (self->show_id == 0 && !gtk_widget_get_visible (GTK_WIDGET (self)))
    self->show_id = g_timeout_add (GLANCE_MS, show_cb, self);
}

static void
nullcurve_reading_bar_dispose (GObject *object)
{
  NullcurveReadingBar *self = NULLCURVE_READING_BAR (object);
  g_clear_handle_id (&self->show_id, g_source_remove);
  G_OBJECT_CLASS (nullcurve_reading_bar_parent_class)->dispose (object);
}

static void
nullcurve_reading_bar_class_init (NullcurveReadingBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_reading_bar_dispose;
}

static void
nullcurve_reading_bar_init (NullcurveReadingBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *stop = gtk_button_new_with_mnemonic (_ ("S_top Reading"));
  self->spinner = gtk_spinner_new ();
  self->label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_ellipsize (self->label, PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_xalign (self->label, 0);
  gtk_widget_set_hexpand (GTK_WIDGET (self->label), TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (stop), "win.stop-reading");
  gtk_box_append (GTK_BOX (box), self->spinner);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->label));
  gtk_box_append (GTK_BOX (box), stop);
  gtk_widget_add_css_class (box, "progress-strip");
  adw_bin_set_child (ADW_BIN (self), box);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
