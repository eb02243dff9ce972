/* SPDX-License-Identifier: Apache-2.0 */
/* Zoom and pan.  Dragging draws a rectangle to zoom to; with the middle button, Shift or Space it
 * pans.  The wheel zooms x about the pointer, with Ctrl or Shift y; two fingers pan, and zoom with
 * Ctrl or by pinching. */
#include "ui/page/chart-view-private.h"

#include <math.h>

/* A turn of the wheel, a press of a key. */
static const double turn = 1.2;
static const double press = 1.5;
/* Turns that follow one another so soon are one step to undo. */
static const gint64 one_turn_us = 700000;
/* Pixels that two fingers move for one unit. */
static const double finger_px = 10.0;

void
nullcurve_chart_view_update_cursor (NullcurveChartView *self)
{
  const char *name = NULL;

  if (self->drag == NULLCURVE_DRAG_PAN)
    name = "grabbing";
  else if (self->space_held)
    name = "grab";
  else if (self->drag == NULLCURVE_DRAG_BAND)
    name = "crosshair";
  else if (self->hovered != NULLCURVE_LEGEND_NOTHING)
    name = "pointer";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

void
nullcurve_chart_view_apply_zoom (NullcurveChartView *self)
{
  if (self->figure != NULL)
    self->figure->viewport = self->zoom.now;
  gtk_widget_set_visible (self->reset_button, nullcurve_viewport_is_zoomed (&self->zoom.now));
  nullcurve_chart_view_invalidate (self);
  nullcurve_chart_view_update_actions (self);
}

const NullcurveViewport *
nullcurve_chart_view_get_viewport (NullcurveChartView *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_VIEW (self), NULL);
  return &self->zoom.now;
}

static void
step (NullcurveChartView *self, const NullcurveViewport *viewport, gboolean merge)
{
  if (nullcurve_zoom_step (&self->zoom, viewport, merge))
    nullcurve_chart_view_apply_zoom (self);
}

static gboolean
can_zoom (NullcurveChartView *self)
{
  return nullcurve_chart_view_ensure_layout (self) && self->layout->has_data
         && self->layout->n_panels > 0;
}

void
nullcurve_chart_view_turn (
    NullcurveChartView *self, double x, double y, double factor, gboolean of_y)
{
  const gint64 now_us = g_get_monotonic_time ();
  NullcurveViewport viewport;

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  if (!can_zoom (self))
    return;
  viewport = nullcurve_pixels_zoom (self->layout, &self->zoom.now, x, y, factor, of_y);
  step (self, &viewport, now_us - self->turned_us < one_turn_us);
  self->turned_us = now_us;
}

static void
drag_begin (NullcurveChartView *self, double x, double y, NullcurveDrag drag)
{
  self->drag = can_zoom (self) ? drag : NULLCURVE_DRAG_NONE;
  self->drag_x = x;
  self->drag_y = y;
  self->drag_moved = FALSE;
  self->drag_from = self->zoom.now;
  self->has_band = FALSE;
}

static void
drag_update (NullcurveChartView *self, double x, double y)
{
  if (self->drag == NULLCURVE_DRAG_NONE || !can_zoom (self))
    return;
  if (self->drag == NULLCURVE_DRAG_BAND)
    {
      self->has_band =
          nullcurve_band_init (&self->band, self->layout, self->drag_x, self->drag_y, x, y);
      if (self->has_band)
        nullcurve_chart_view_clear_readout (self);
    }
  else
    {
      const gsize cell = nullcurve_layout_cell_at (self->layout, self->drag_x, self->drag_y);
      const NullcurveViewport viewport = nullcurve_pixels_pan (self->layout, &self->drag_from, cell,
                                                               x - self->drag_x, y - self->drag_y);

      step (self, &viewport, self->drag_moved);
      self->drag_moved = TRUE;
    }
  nullcurve_chart_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_end (NullcurveChartView *self)
{
  if (self->has_band && can_zoom (self))
    {
      const NullcurveViewport viewport =
          nullcurve_band_zoom (&self->band, self->layout, &self->zoom.now);

      step (self, &viewport, FALSE);
    }
  self->drag = NULLCURVE_DRAG_NONE;
  self->has_band = FALSE;
  nullcurve_chart_view_update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
nullcurve_chart_view_drag (
    NullcurveChartView *self, double from_x, double from_y, double to_x, double to_y, gboolean pan)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  drag_begin (self, from_x, from_y, pan ? NULLCURVE_DRAG_PAN : NULLCURVE_DRAG_BAND);
  drag_update (self, to_x, to_y);
  drag_end (self);
}

static void
on_drag_begin (GtkGestureDrag *gesture, double x, double y, NullcurveChartView *self)
{
  const guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (gesture));
  const GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));
  const gboolean pan =
      button == GDK_BUTTON_MIDDLE || self->space_held || (modifiers & GDK_SHIFT_MASK) != 0;

  if ((button != GDK_BUTTON_PRIMARY && button != GDK_BUTTON_MIDDLE)
      || self->hovered != NULLCURVE_LEGEND_NOTHING)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  drag_begin (self, x, y, pan ? NULLCURVE_DRAG_PAN : NULLCURVE_DRAG_BAND);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, NullcurveChartView *self)
{
  drag_update (self, self->drag_x + dx, self->drag_y + dy);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, NullcurveChartView *self)
{
  drag_end (self);
}

/* A drag that somebody else took over means nothing. */
static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, NullcurveChartView *self)
{
  self->has_band = FALSE;
  drag_end (self);
}

static gboolean
pan_fingers (NullcurveChartView *self, double dx, double dy)
{
  const gint64 now_us = g_get_monotonic_time ();
  NullcurveViewport viewport;

  if (!nullcurve_viewport_is_zoomed (&self->zoom.now))
    return FALSE;
  viewport = nullcurve_pixels_pan (
      self->layout, &self->zoom.now,
      nullcurve_layout_cell_at (self->layout, self->pointer_x, self->pointer_y), -dx, -dy);
  step (self, &viewport, now_us - self->turned_us < one_turn_us);
  self->turned_us = now_us;
  return TRUE;
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, NullcurveChartView *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (scroll);
  const GdkModifierType modifiers = gtk_event_controller_get_current_event_state (controller);
  const gboolean held = (modifiers & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0;
  const gboolean fingers = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_SURFACE;
  /* Shift may have turned the wheel on its side. */
  const double by = dy != 0.0 ? dy : dx;

  if (!can_zoom (self))
    return FALSE;
  if (fingers && !held)
    return pan_fingers (self, dx, dy);
  nullcurve_chart_view_turn (self, self->pointer_x, self->pointer_y,
                             pow (turn, fingers ? by / finger_px : by), held && !fingers);
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, NullcurveChartView *self)
{
  self->pinch = 1.0;
  self->drag = NULLCURVE_DRAG_NONE;
  self->has_band = FALSE;
}

static void
on_pinch (GtkGestureZoom *gesture, double scale, NullcurveChartView *self)
{
  double x = self->pointer_x;
  double y = self->pointer_y;

  gtk_gesture_get_bounding_box_center (GTK_GESTURE (gesture), &x, &y);
  if (scale > 0.0)
    nullcurve_chart_view_turn (self, x, y, self->pinch / scale, FALSE);
  self->pinch = scale;
}

static gboolean
on_key (GtkEventControllerKey *key,
        guint keyval,
        guint code,
        GdkModifierType modifiers,
        NullcurveChartView *self)
{
  if (keyval != GDK_KEY_space || (modifiers & GDK_CONTROL_MASK) != 0)
    return FALSE;
  self->space_held = TRUE;
  nullcurve_chart_view_update_cursor (self);
  return TRUE;
}

static void
let_space_go (NullcurveChartView *self)
{
  self->space_held = FALSE;
  nullcurve_chart_view_update_cursor (self);
}

static void
on_key_released (GtkEventControllerKey *key,
                 guint keyval,
                 guint code,
                 GdkModifierType modifiers,
                 NullcurveChartView *self)
{
  if (keyval == GDK_KEY_space)
    let_space_go (self);
}

/* Keys zoom about the crosshair, or the middle of what is shown. */
static void
zoom_by_key (NullcurveChartView *self, double factor, gboolean of_y)
{
  const NullcurveCrosshair *at = &self->crosshair;
  const NullcurvePoint *point = NULL;
  const NullcurvePanelLayout *place;
  gsize cell = 0;
  double x, y;

  if (!can_zoom (self))
    return;
  if (self->has_crosshair && at->has_selected)
    point = nullcurve_hit_point (self->figure, &at->selected);
  if (point != NULL && at->selected.panel < self->layout->n_panels)
    cell = nullcurve_layout_cell (self->layout, at->facet, at->selected.panel);
  place = &self->layout->panels[cell];
  x = place->plot.x + 0.5 * place->plot.width;
  y = place->plot.y + 0.5 * place->plot.height;
  if (self->has_crosshair)
    x = nullcurve_layout_x (self->layout, cell, at->x);
  if (point != NULL)
    y = nullcurve_layout_y (self->layout, cell, nullcurve_point_top (point));
  nullcurve_chart_view_turn (self, x, y, factor, of_y);
}

static void
zoom_in_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by_key (NULLCURVE_CHART_VIEW (widget), 1.0 / press, FALSE);
}

static void
zoom_out_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by_key (NULLCURVE_CHART_VIEW (widget), press, FALSE);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (nullcurve_zoom_undo (&self->zoom))
    nullcurve_chart_view_apply_zoom (self);
}

/* The button goes away with the zoom; the focus stays with the chart. */
static void
reset_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (gtk_widget_has_focus (self->reset_button))
    gtk_widget_grab_focus (widget);
  if (nullcurve_zoom_reset (&self->zoom))
    nullcurve_chart_view_apply_zoom (self);
}

static gboolean
on_zoom_y (GtkWidget *widget, GVariant *args, gpointer data)
{
  zoom_by_key (NULLCURVE_CHART_VIEW (widget), g_variant_get_boolean (args) ? 1.0 / press : press,
               TRUE);
  return TRUE;
}

/* A fifth of what is shown, for those without a pointer. */
static gboolean
on_pan (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const NullcurvePanelLayout *place;
  NullcurveViewport viewport;
  int right, up;
  gsize panel = 0;

  if (!can_zoom (self) || !nullcurve_viewport_is_zoomed (&self->zoom.now))
    return FALSE;
  g_variant_get (args, "(ii)", &right, &up);
  if (self->has_crosshair && self->crosshair.has_selected
      && self->crosshair.selected.panel < self->layout->n_panels)
    panel = self->crosshair.selected.panel;
  place = &self->layout->panels[panel];
  viewport = nullcurve_pixels_pan (self->layout, &self->zoom.now, panel,
                                   -0.2 * right * place->plot.width, 0.2 * up * place->plot.height);
  step (self, &viewport, FALSE);
  return TRUE;
}

static void
add_pan (GtkWidgetClass *class, guint key, int right, int up)
{
  gtk_widget_class_add_binding (class, key, GDK_SHIFT_MASK, on_pan, "(ii)", right, up);
}

static void
add_zoom (GtkWidgetClass *class, guint key, gboolean in)
{
  gtk_widget_class_add_binding_action (class, key, 0, in ? "chart.zoom-in" : "chart.zoom-out",
                                       NULL);
  gtk_widget_class_add_binding (class, key, GDK_CONTROL_MASK, on_zoom_y, "b", in);
}

void
nullcurve_chart_view_install_zoom (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "chart.zoom-in", NULL, zoom_in_action);
  gtk_widget_class_install_action (class, "chart.zoom-out", NULL, zoom_out_action);
  gtk_widget_class_install_action (class, "chart.zoom-undo", NULL, undo_action);
  gtk_widget_class_install_action (class, "chart.zoom-reset", NULL, reset_action);
  /* Menus show the last key of an action. */
  add_zoom (class, GDK_KEY_KP_Add, TRUE);
  add_zoom (class, GDK_KEY_equal, TRUE);
  add_zoom (class, GDK_KEY_plus, TRUE);
  add_zoom (class, GDK_KEY_KP_Subtract, FALSE);
  add_zoom (class, GDK_KEY_minus, FALSE);
  add_pan (class, GDK_KEY_Left, -1, 0);
  add_pan (class, GDK_KEY_Right, 1, 0);
  add_pan (class, GDK_KEY_Up, 0, 1);
  add_pan (class, GDK_KEY_Down, 0, -1);
  for (int control = 1; control >= 0; control--)
    {
      const GdkModifierType modifiers = control ? GDK_CONTROL_MASK : 0;

      gtk_widget_class_add_binding_action (class, GDK_KEY_KP_0, modifiers, "chart.zoom-reset",
                                           NULL);
      gtk_widget_class_add_binding_action (class, GDK_KEY_0, modifiers, "chart.zoom-reset", NULL);
    }
  gtk_widget_class_add_binding_action (class, GDK_KEY_Left, GDK_ALT_MASK, "chart.zoom-undo", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_BackSpace, 0, "chart.zoom-undo", NULL);
}

static void
add_drag (NullcurveChartView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
}

static void
add_keys (NullcurveChartView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_released), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (let_space_go), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}

void
nullcurve_chart_view_init_zoom (NullcurveChartView *self)
{
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *pinch = gtk_gesture_zoom_new ();

  nullcurve_zoom_init (&self->zoom);
  add_drag (self);
  add_keys (self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  gtk_widget_add_controller (GTK_WIDGET (self), scroll);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (pinch));
}
