/* SPDX-License-Identifier: Apache-2.0 */
/* The crosshair: put there by the pointer, walked from point to point by keys, read out. */
#include "ui/page/chart-view-private.h"

#include <math.h>

#include "ui/figure/readout.h"

/* How near the pointer must come for a point to be chosen. */
static const double reach_px = 24.0;

/* What a screen reader says: what is shown, after what is read now. */
void
nullcurve_chart_view_update_accessible (NullcurveChartView *self)
{
  g_autofree char *summary =
      self->figure != NULL ? nullcurve_figure_summarise (self->figure) : g_strdup ("No chart.");
  g_autofree char *description = self->readout != NULL
                                     ? g_strdup_printf ("%s\n%s", self->readout, summary)
                                     : g_strdup (summary);
  const char *label =
      self->figure != NULL && self->figure->title != NULL ? self->figure->title : "Chart";

  g_autofree char *spoken = g_strdup_printf ("%s\n%s", label, description);

  if (g_strcmp0 (spoken, self->spoken) == 0)
    return;
  g_free (self->spoken);
  self->spoken = g_steal_pointer (&spoken);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
}

void
nullcurve_chart_view_update_readout (NullcurveChartView *self)
{
  g_autofree char *text = NULL;

  if (self->has_crosshair && self->figure != NULL && nullcurve_figure_has_data (self->figure))
    {
      g_autoptr (NullcurveReadout) readout =
          nullcurve_readout_new_in (self->figure, self->crosshair.x, self->crosshair.facet);

      text = nullcurve_readout_to_text (readout, self->figure);
    }
  if (g_strcmp0 (text, self->readout) != 0)
    {
      g_free (self->readout);
      self->readout = g_steal_pointer (&text);
      nullcurve_chart_view_update_accessible (self);
      g_signal_emit_by_name (self, "readout-changed", self->readout);
    }
  nullcurve_chart_view_update_actions (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_crosshair (NullcurveChartView *self, const NullcurveCrosshair *crosshair, gboolean by_pointer)
{
  self->has_crosshair = TRUE;
  self->by_pointer = by_pointer;
  self->crosshair = *crosshair;
  if (crosshair->has_selected)
    {
      const NullcurveSeries *series =
          nullcurve_figure_get_series (self->figure, crosshair->selected.series);

      g_free (self->chosen);
      self->chosen = g_strdup (series->key);
      self->crosshair.facet = series->facet;
    }
  nullcurve_chart_view_update_readout (self);
}

void
nullcurve_chart_view_clear_readout (NullcurveChartView *self)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  if (!self->has_crosshair)
    return;
  self->has_crosshair = FALSE;
  nullcurve_chart_view_update_readout (self);
}

void
nullcurve_chart_view_point_at (NullcurveChartView *self, double x, double y)
{
  NullcurveCrosshair crosshair = { .pointer_y = y };

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  if (!nullcurve_chart_view_ensure_layout (self)
      || !nullcurve_hit_nearest_x (self->figure, self->layout, x, &crosshair.x))
    {
      nullcurve_chart_view_clear_readout (self);
      return;
    }
  crosshair.facet = nullcurve_layout_cell_at (self->layout, x, y) / MAX (self->layout->n_panels, 1);
  crosshair.has_selected =
      nullcurve_hit_nearest_point (self->figure, self->layout, x, y, reach_px, &crosshair.selected);
  if (crosshair.has_selected)
    crosshair.x = nullcurve_hit_point (self->figure, &crosshair.selected)->x;
  set_crosshair (self, &crosshair, TRUE);
}

const char *
nullcurve_chart_view_get_readout (NullcurveChartView *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_VIEW (self), NULL);
  return self->readout;
}

/* The point of a series at x, in this panel. */
static gboolean
find_at (const NullcurveFigure *figure, NullcurveHit *hit, double x)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit->series);

  if (hit->panel >= figure->n_panels)
    return FALSE;
  for (hit->index = 0; hit->index < nullcurve_series_n_points (series, hit->panel); hit->index++)
    if (fabs (nullcurve_series_get_point (series, hit->panel, hit->index)->x - x) < 1e-9
        && nullcurve_hit_is_valid (figure, hit))
      return TRUE;
  return FALSE;
}

/* In the same panel, or in the first that has it. */
static gboolean
find_in_panels (const NullcurveFigure *figure, NullcurveHit *hit, double x, gsize panel)
{
  hit->panel = panel;
  if (find_at (figure, hit, x))
    return TRUE;
  for (hit->panel = 0; hit->panel < figure->n_panels; hit->panel++)
    if (find_at (figure, hit, x))
      return TRUE;
  return FALSE;
}

void
nullcurve_chart_view_find_again (NullcurveChartView *self, double x, gsize panel)
{
  const NullcurveFigure *figure = self->figure;
  NullcurveHit hit = { 0 };

  self->crosshair.has_selected = FALSE;
  self->crosshair.facet = MIN (self->crosshair.facet, nullcurve_figure_n_facets (figure) - 1);
  for (; self->chosen != NULL && hit.series < figure->series->len; hit.series++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, hit.series);

      if (!g_str_equal (series->key, self->chosen) || !find_in_panels (figure, &hit, x, panel))
        continue;
      self->crosshair.has_selected = TRUE;
      self->crosshair.selected = hit;
      self->crosshair.facet = series->facet;
      return;
    }
}

static void
announce (NullcurveChartView *self)
{
#if GTK_CHECK_VERSION(4, 14, 0)
  if (self->readout != NULL)
    gtk_accessible_announce (GTK_ACCESSIBLE (self), self->readout,
                             GTK_ACCESSIBLE_ANNOUNCEMENT_PRIORITY_MEDIUM);
#endif
}

typedef enum Walk
{
  WALK_PREVIOUS_POINT,
  WALK_NEXT_POINT,
  WALK_FIRST_POINT,
  WALK_LAST_POINT,
  WALK_PREVIOUS_SERIES,
  WALK_NEXT_SERIES,
} Walk;

static void
walk (const NullcurveFigure *figure, NullcurveHit *hit, Walk step)
{
  switch (step)
    {
    case WALK_PREVIOUS_POINT:
    case WALK_NEXT_POINT:
      nullcurve_hit_step_point (figure, hit, step == WALK_NEXT_POINT ? 1 : -1);
      break;
    case WALK_FIRST_POINT:
    case WALK_LAST_POINT:
      nullcurve_hit_end_point (figure, hit, step == WALK_LAST_POINT ? 1 : -1);
      break;
    case WALK_PREVIOUS_SERIES:
    case WALK_NEXT_SERIES:
    default:
      nullcurve_hit_step_series (figure, hit, step == WALK_NEXT_SERIES ? 1 : -1);
      break;
    }
}

/* A zoomed chart moves with whoever walks out of it. */
static void
reveal (NullcurveChartView *self, const NullcurveHit *hit)
{
  const NullcurveSeries *series = nullcurve_figure_get_series (self->figure, hit->series);
  const NullcurvePoint *point = nullcurve_hit_point (self->figure, hit);
  NullcurveViewport viewport;

  if (!nullcurve_chart_view_ensure_layout (self) || hit->panel >= self->layout->n_panels)
    return;
  viewport =
      nullcurve_pixels_reveal (self->layout, &self->zoom.now,
                               nullcurve_layout_cell (self->layout, series->facet, hit->panel),
                               point->x, nullcurve_point_top (point));
  if (nullcurve_zoom_step (&self->zoom, &viewport, TRUE))
    nullcurve_chart_view_apply_zoom (self);
}

static void
walk_to (NullcurveChartView *self, const NullcurveHit *hit)
{
  const NullcurveCrosshair next = { .x = nullcurve_hit_point (self->figure, hit)->x,
                                    .has_selected = TRUE,
                                    .selected = *hit };

  reveal (self, hit);
  set_crosshair (self, &next, FALSE);
  announce (self);
}

/* A point is chosen, to go on from. */
static gboolean
is_walking (NullcurveChartView *self)
{
  return self->figure != NULL && self->has_crosshair && self->crosshair.has_selected
         && nullcurve_hit_is_valid (self->figure, &self->crosshair.selected);
}

/* A key that moves the crosshair.  The first one only shows where the walk begins. */
static gboolean
on_walk (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const Walk step = (Walk)g_variant_get_int32 (args);
  NullcurveHit next = self->crosshair.selected;

  if (self->figure == NULL || !nullcurve_figure_has_data (self->figure))
    return FALSE;
  if (is_walking (self))
    walk (self->figure, &next, step);
  else if (!nullcurve_hit_first (self->figure, &next))
    return FALSE;
  else if (step == WALK_LAST_POINT)
    walk (self->figure, &next, step);
  walk_to (self, &next);
  return TRUE;
}

/* Tab goes from curve to curve while somebody walks, and from the last one on to the next widget:
 * nobody is held here. */
static gboolean
on_tab (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  NullcurveHit next = self->crosshair.selected;

  /* On the button of the chart Tab is the button's. */
  if (!is_walking (self) || self->by_pointer || gtk_widget_get_focus_child (widget) != NULL
      || !nullcurve_hit_next_series (self->figure, &next, g_variant_get_int32 (args)))
    return FALSE;
  walk_to (self, &next);
  return TRUE;
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->has_band)
    {
      self->has_band = FALSE;
      self->drag = NULLCURVE_DRAG_NONE;
      gtk_widget_queue_draw (widget);
      return TRUE;
    }
  if (!self->has_crosshair)
    return FALSE;
  nullcurve_chart_view_clear_readout (self);
  return TRUE;
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->readout != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->readout);
}

static void
add_walk (GtkWidgetClass *class, guint key, guint keypad, GdkModifierType modifiers, Walk step)
{
  gtk_widget_class_add_binding (class, key, modifiers, on_walk, "i", (int)step);
  gtk_widget_class_add_binding (class, keypad, modifiers, on_walk, "i", (int)step);
}

void
nullcurve_chart_view_install_walk (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "chart.copy-readout", NULL, copy_action);
  add_walk (class, GDK_KEY_Left, GDK_KEY_KP_Left, 0, WALK_PREVIOUS_POINT);
  add_walk (class, GDK_KEY_Right, GDK_KEY_KP_Right, 0, WALK_NEXT_POINT);
  add_walk (class, GDK_KEY_Home, GDK_KEY_KP_Home, 0, WALK_FIRST_POINT);
  add_walk (class, GDK_KEY_End, GDK_KEY_KP_End, 0, WALK_LAST_POINT);
  add_walk (class, GDK_KEY_Up, GDK_KEY_KP_Up, 0, WALK_PREVIOUS_SERIES);
  add_walk (class, GDK_KEY_Down, GDK_KEY_KP_Down, 0, WALK_NEXT_SERIES);
  add_walk (class, GDK_KEY_Up, GDK_KEY_KP_Up, GDK_CONTROL_MASK, WALK_PREVIOUS_SERIES);
  add_walk (class, GDK_KEY_Down, GDK_KEY_KP_Down, GDK_CONTROL_MASK, WALK_NEXT_SERIES);
  gtk_widget_class_add_binding (class, GDK_KEY_Tab, 0, on_tab, "i", 1);
  gtk_widget_class_add_binding (class, GDK_KEY_KP_Tab, 0, on_tab, "i", 1);
  gtk_widget_class_add_binding (class, GDK_KEY_Tab, GDK_SHIFT_MASK, on_tab, "i", -1);
  gtk_widget_class_add_binding (class, GDK_KEY_ISO_Left_Tab, GDK_SHIFT_MASK, on_tab, "i", -1);
  gtk_widget_class_add_binding (class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Insert, GDK_CONTROL_MASK,
                                       "chart.copy-readout", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_c, GDK_CONTROL_MASK, "chart.copy-readout",
                                       NULL);
}
