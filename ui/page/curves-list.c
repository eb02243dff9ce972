/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/curves-list.h"

#include <glib/gi18n.h>

static void
on_check (GtkCheckButton *check, const char *key)
{
  gtk_widget_activate_action (GTK_WIDGET (check), "chart.set-curve", "(sb)", key,
                              gtk_check_button_get_active (check));
}

static void
free_key (gpointer key, GClosure *closure)
{
  g_free (key);
}

static GtkWidget *
new_check (const NullcurveSeries *series)
{
  GtkWidget *check = gtk_check_button_new_with_label (series->label);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), !series->hidden);
  g_signal_connect_data (check, "toggled", G_CALLBACK (on_check), g_strdup (series->key), free_key,
                         0);
  return check;
}

static void
on_show_all (GtkWidget *button, gpointer data)
{
  gtk_widget_activate_action (button, "chart.show-curves", NULL);
  gtk_popover_popdown (GTK_POPOVER (gtk_widget_get_ancestor (button, GTK_TYPE_POPOVER)));
}

GtkWidget *
nullcurve_curves_list_new (const NullcurveFigure *figure)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *all = gtk_button_new_with_mnemonic (_ ("Show _All"));
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gsize));

  nullcurve_figure_get_entries (figure, order);
  for (gsize i = 0; i < order->len; i++)
    gtk_box_append (GTK_BOX (list), new_check (nullcurve_figure_get_series (
                                        figure, g_array_index (order, gsize, i))));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 320);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  g_signal_connect (all, "clicked", G_CALLBACK (on_show_all), NULL);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), all);
  return box;
}
