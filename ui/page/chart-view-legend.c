/* SPDX-License-Identifier: Apache-2.0 */
/* Hiding and showing curves: by a click on their entry in the legend, by a key, or in a list of
 * all of them, which has room for those that the legend has none for. */
#include "ui/page/chart-view-private.h"

#include <glib/gi18n.h>

static gboolean
is_hidden (NullcurveChartView *self, const NullcurveSeries *series)
{
  return g_hash_table_contains (self->hidden, series->key);
}

/* Curves are known by their keys, so that they stay hidden in figures to come. */
void
nullcurve_chart_view_apply_hidden (NullcurveChartView *self, NullcurveFigure *figure)
{
  for (gsize i = 0; i < figure->series->len; i++)
    if (nullcurve_figure_get_series (figure, i)->entry == i)
      nullcurve_figure_hide (figure, i, FALSE);
  for (gsize i = 0; i < figure->series->len; i++)
    if (is_hidden (self, nullcurve_figure_get_series (figure, i)))
      nullcurve_figure_hide (figure, i, TRUE);
}

/* All that share the entry. */
static void
set_hidden (NullcurveChartView *self, gsize entry, gboolean hidden)
{
  for (gsize i = 0; i < self->figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (self->figure, i);

      if (series->entry != entry)
        continue;
      if (hidden)
        g_hash_table_add (self->hidden, g_strdup (series->key));
      else
        g_hash_table_remove (self->hidden, series->key);
    }
}

/* The point that was chosen may have gone, or come back. */
static void
update (NullcurveChartView *self)
{
  const gsize panel = self->crosshair.selected.panel;

  nullcurve_chart_view_apply_hidden (self, self->figure);
  if (self->has_crosshair)
    nullcurve_chart_view_find_again (self, self->crosshair.x, panel);
  nullcurve_chart_view_invalidate (self);
  nullcurve_chart_view_update_readout (self);
  nullcurve_chart_view_update_accessible (self);
}

static gboolean
is_alone (NullcurveChartView *self, gsize entry)
{
  for (gsize i = 0; i < self->figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (self->figure, i);

      if (series->visible && series->entry == i && series->hidden != (i != entry))
        return FALSE;
    }
  return TRUE;
}

void
nullcurve_chart_view_toggle (NullcurveChartView *self, gsize index, gboolean only)
{
  const NullcurveSeries *series;
  gboolean alone;

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  g_return_if_fail (self->figure != NULL && index < self->figure->series->len);
  series = nullcurve_figure_get_series (self->figure, index);
  alone = is_alone (self, series->entry);
  if (!only)
    set_hidden (self, series->entry, !series->hidden);
  for (gsize i = 0; only && i < self->figure->series->len; i++)
    if (nullcurve_figure_get_series (self->figure, i)->entry == i)
      set_hidden (self, i, !alone && i != series->entry);
  update (self);
}

static void
show_all (NullcurveChartView *self)
{
  g_hash_table_remove_all (self->hidden);
  if (self->figure != NULL)
    update (self);
}

static void
show_all_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_all (NULLCURVE_CHART_VIEW (widget));
}

/* The curve of the crosshair; a walk goes on on the next one. */
static void
hide_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  NullcurveHit next = self->crosshair.selected;
  gsize series;

  if (self->figure == NULL || !self->has_crosshair || !self->crosshair.has_selected)
    return;
  series = next.series;
  if (nullcurve_hit_step_series (self->figure, &next, 1))
    {
      g_free (self->chosen);
      self->chosen = g_strdup (nullcurve_figure_get_series (self->figure, next.series)->key);
    }
  nullcurve_chart_view_toggle (self, series, FALSE);
}

static gboolean
is_in (const NullcurveRect *rect, double x, double y)
{
  const double slack = 3.0;

  return rect->width > 0.0 && x >= rect->x - slack && x <= rect->x + rect->width + slack
         && y >= rect->y - slack && y <= rect->y + rect->height + slack;
}

static NullcurveLegendPlace
find_entry (NullcurveChartView *self, double x, double y, gsize *item)
{
  if (!nullcurve_chart_view_ensure_layout (self))
    return NULLCURVE_LEGEND_NOTHING;
  for (gsize i = 0; i < self->layout->legend->len; i++)
    {
      const NullcurveLegendItem *entry =
          &g_array_index (self->layout->legend, NullcurveLegendItem, i);

      *item = i;
      if (nullcurve_legend_series (self->figure, entry->series) != NULL
          && is_in (&entry->rect, x, y))
        return NULLCURVE_LEGEND_ENTRY;
    }
  return self->layout->legend_left_off > 0 && is_in (&self->layout->legend_more, x, y)
             ? NULLCURVE_LEGEND_MORE
             : NULLCURVE_LEGEND_NOTHING;
}

gboolean
nullcurve_chart_view_hover_legend (NullcurveChartView *self, double x, double y)
{
  gsize item = 0;
  const NullcurveLegendPlace place = find_entry (self, x, y, &item);

  if (place != self->hovered || item != self->hovered_item)
    {
      self->hovered = place;
      self->hovered_item = item;
      nullcurve_chart_view_update_cursor (self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  return place != NULLCURVE_LEGEND_NOTHING;
}

gboolean
nullcurve_chart_view_click_legend (
    NullcurveChartView *self, double x, double y, int n_press, GdkModifierType modifiers)
{
  gsize item = 0;
  const NullcurveLegendPlace place = find_entry (self, x, y, &item);
  const gboolean only = n_press == 2 || (modifiers & GDK_CONTROL_MASK) != 0;

  if (place == NULLCURVE_LEGEND_MORE)
    nullcurve_chart_view_show_curves (self);
  else if (place == NULLCURVE_LEGEND_ENTRY)
    nullcurve_chart_view_toggle (
        self, g_array_index (self->layout->legend, NullcurveLegendItem, item).series, only);
  return place != NULLCURVE_LEGEND_NOTHING;
}

static void
on_check (GtkCheckButton *check, NullcurveChartView *self)
{
  const char *key = g_object_get_data (G_OBJECT (check), "key");

  for (gsize i = 0; self->figure != NULL && i < self->figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (self->figure, i);

      if (!g_str_equal (series->key, key))
        continue;
      set_hidden (self, series->entry, !gtk_check_button_get_active (check));
      update (self);
      return;
    }
}

static GtkWidget *
new_check (NullcurveChartView *self, const NullcurveSeries *series)
{
  GtkWidget *check = gtk_check_button_new_with_label (series->label);

  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), !series->hidden);
  g_object_set_data_full (G_OBJECT (check), "key", g_strdup (series->key), g_free);
  g_signal_connect_object (check, "toggled", G_CALLBACK (on_check), self, 0);
  return check;
}

static void
on_show_all (GtkButton *button, NullcurveChartView *self)
{
  show_all (self);
  gtk_popover_popdown (GTK_POPOVER (self->curves));
}

static GtkWidget *
new_list (NullcurveChartView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *all = gtk_button_new_with_mnemonic (_ ("Show _All"));
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (gsize));

  nullcurve_figure_get_entries (self->figure, order);
  for (gsize i = 0; i < order->len; i++)
    gtk_box_append (GTK_BOX (list),
                    new_check (self, nullcurve_figure_get_series (
                                         self->figure, g_array_index (order, gsize, i))));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), 320);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  g_signal_connect_object (all, "clicked", G_CALLBACK (on_show_all), self, 0);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), all);
  return box;
}

void
nullcurve_chart_view_show_curves (NullcurveChartView *self)
{
  GdkRectangle at = { 0 };
  const NullcurveRect *rect = NULL;

  if (!nullcurve_chart_view_ensure_layout (self))
    return;
  if (self->layout->legend_left_off > 0)
    rect = &self->layout->legend_more;
  else if (self->layout->legend->len > 0)
    rect = &g_array_index (self->layout->legend, NullcurveLegendItem, 0).rect;
  if (rect != NULL)
    at = (GdkRectangle){ (int)rect->x, (int)rect->y, (int)rect->width, (int)rect->height };
  if (self->curves == NULL)
    {
      self->curves = gtk_popover_new ();
      gtk_widget_set_parent (self->curves, GTK_WIDGET (self));
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->curves), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Curves"), -1);
    }
  gtk_popover_set_child (GTK_POPOVER (self->curves), new_list (self));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->curves), &at);
  gtk_popover_popup (GTK_POPOVER (self->curves));
}

static void
curves_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_chart_view_show_curves (NULLCURVE_CHART_VIEW (widget));
}

static gboolean
on_tooltip (GtkWidget *widget, int x, int y, gboolean by_keys, GtkTooltip *tooltip, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (by_keys || self->hovered == NULLCURVE_LEGEND_NOTHING)
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->hovered == NULLCURVE_LEGEND_MORE
                                     ? _ ("List all curves (L)")
                                     : _ ("Click to hide or show, Ctrl+click for this one only"));
  return TRUE;
}

void
nullcurve_chart_view_install_legend (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "chart.hide-curve", NULL, hide_action);
  gtk_widget_class_install_action (class, "chart.show-curves", NULL, show_all_action);
  gtk_widget_class_install_action (class, "chart.curves", NULL, curves_action);
  gtk_widget_class_add_binding_action (class, GDK_KEY_h, 0, "chart.hide-curve", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_h, GDK_SHIFT_MASK, "chart.show-curves", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_l, 0, "chart.curves", NULL);
}

void
nullcurve_chart_view_init_legend (NullcurveChartView *self)
{
  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
}
