/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/chart-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "ui/chart/hit.h"
#include "ui/figure/readout.h"
#include "ui/hands/legend.h"
#include "ui/hands/walk.h"
#include "ui/hands/zooming.h"
#include "ui/page/chart-paint.h"
#include "ui/page/curves-list.h"

/* A turn of the wheel, a press of a key. */
static const double turn = 1.2;
static const double press = 1.5;
/* Pixels that two fingers move for one unit. */
static const double finger_px = 10.0;

struct _NullcurveChartView
{
  GtkWidget parent_instance;

  NullcurveFigure *figure;
  NullcurveChartStyle style;

  /* Follow from figure, style and size; dropped together by invalidate (). */
  NullcurveChartText *text;
  NullcurveLayout *layout;
  GskRenderNode *data;     /* the chart without the crosshair: hovering does not draw it again */
  double data_scale;       /* device pixels to a pixel in it */
  NullcurveChartBack back; /* stays while only the run in hand is another */

  NullcurveWalk walk;
  NullcurveZooming zooming;
  NullcurveLegend legend;

  char *readout;
  char *spoken; /* what assistive technology was told last */
  double pinch;
  gboolean space_held;
  gboolean marker_held; /* from a press at held_x, held_y on */
  double held_x;
  double held_y;
  double pointer_x;
  double pointer_y;

  GtkWidget *reset_button;
  GtkWidget *curves; /* popover with all curves; NULL when there is none */
  GtkWidget *menu;   /* likewise */
};

G_DEFINE_FINAL_TYPE (NullcurveChartView, nullcurve_chart_view, GTK_TYPE_WIDGET)

/* The bars of what is shown; NULL: it has none. */
static const NullcurveBars *
get_bars (NullcurveChartView *self)
{
  return self->figure != NULL ? self->figure->bars : NULL;
}

/* The one place that decides what can be done now. */
static void
update_actions (NullcurveChartView *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  const NullcurveZoom *zoom = &self->zooming.zoom;
  const gboolean has_data = self->figure != NULL && nullcurve_figure_has_data (self->figure);
  const gboolean is_zoomed = nullcurve_viewport_is_zoomed (&zoom->now);

  gtk_widget_action_set_enabled (widget, "chart.zoom-in", has_data);
  gtk_widget_action_set_enabled (widget, "chart.zoom-out", has_data && is_zoomed);
  gtk_widget_action_set_enabled (widget, "chart.zoom-undo", zoom->before->len > 0);
  gtk_widget_action_set_enabled (widget, "chart.zoom-reset", is_zoomed);
  gtk_widget_action_set_enabled (widget, "chart.copy-readout",
                                 self->readout != NULL || get_bars (self) != NULL);
  gtk_widget_action_set_enabled (widget, "chart.hide-curve",
                                 self->walk.shown && self->walk.crosshair.has_selected);
  gtk_widget_action_set_enabled (widget, "chart.show-curves",
                                 g_hash_table_size (self->legend.hidden) > 0);
  gtk_widget_action_set_enabled (widget, "chart.curves", self->figure != NULL);
}

static void
invalidate (NullcurveChartView *self)
{
  g_clear_pointer (&self->data, gsk_render_node_unref);
  g_clear_pointer (&self->layout, nullcurve_layout_free);
  /* The button stands in the plot, which may have moved. */
  if (gtk_widget_get_visible (self->reset_button))
    gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
update_style (NullcurveChartView *self)
{
  NullcurveChartStyle style;

  nullcurve_chart_follow_desktop (&style, GTK_WIDGET (self));
  if (nullcurve_chart_style_equal (&style, &self->style))
    return;
  self->style = style;
  g_clear_pointer (&self->text, nullcurve_chart_text_free);
  nullcurve_chart_back_clear (&self->back);
  invalidate (self);
}

/* The layout of what is shown; NULL without a figure. */
static const NullcurveLayout *
get_layout (NullcurveChartView *self)
{
  if (self->figure == NULL)
    return NULL;
  if (self->text == NULL)
    self->text = nullcurve_chart_text_new (&self->style);
  if (self->layout == NULL)
    self->layout = nullcurve_layout_new (self->figure, &self->style, self->text,
                                         gtk_widget_get_width (GTK_WIDGET (self)),
                                         gtk_widget_get_height (GTK_WIDGET (self)));
  return self->layout;
}

/* What a screen reader says: what is shown, after what is read now. */
static void
update_accessible (NullcurveChartView *self)
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

/* The crosshair or the figure is another. */
static void
update_readout (NullcurveChartView *self)
{
  g_autofree char *text = nullcurve_walk_read (&self->walk, self->figure);

  if (g_strcmp0 (text, self->readout) != 0)
    {
      g_free (self->readout);
      self->readout = g_steal_pointer (&text);
      update_accessible (self);
      g_signal_emit_by_name (self, "readout-changed", self->readout);
    }
  update_actions (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static gboolean
is_on_marker (NullcurveChartView *self, double x, double y)
{
  const NullcurveLayout *layout = get_layout (self);

  return layout != NULL && nullcurve_marker_is_at (layout, x, y);
}

static void
update_cursor (NullcurveChartView *self)
{
  const char *name = NULL;

  if (self->zooming.drag == NULLCURVE_DRAG_PAN)
    name = "grabbing";
  else if (self->space_held)
    name = "grab";
  else if (self->zooming.drag == NULLCURVE_DRAG_BAND)
    name = "crosshair";
  else if (self->marker_held || is_on_marker (self, self->pointer_x, self->pointer_y))
    name = "ew-resize";
  else if (self->legend.hovered != NULLCURVE_LEGEND_NOTHING)
    name = "pointer";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

/* Show what is zoomed to. */
static void
apply_zoom (NullcurveChartView *self)
{
  const NullcurveViewport *now = &self->zooming.zoom.now;

  if (self->figure != NULL)
    self->figure->viewport = *now;
  gtk_widget_set_visible (self->reset_button, nullcurve_viewport_is_zoomed (now));
  invalidate (self);
  update_actions (self);
  g_signal_emit_by_name (self, "zoomed");
}

/* Do the same values stand on the y axes, so that ranges of them still mean something? */
static gboolean
same_y (const NullcurveFigure *a, const NullcurveFigure *b)
{
  if (a->n_panels != b->n_panels)
    return FALSE;
  for (gsize p = 0; p < a->n_panels; p++)
    if (a->panels[p].unit != b->panels[p].unit
        || g_strcmp0 (a->panels[p].title, b->panels[p].title) != 0)
      return FALSE;
  return TRUE;
}

/* What is zoomed and hidden stays as far as the new figure is of the same things. */
static void
follow_figure (NullcurveChartView *self, const NullcurveFigure *old)
{
  if (nullcurve_viewport_is_zoomed (&self->zooming.zoom.now)
      && nullcurve_figure_shows_any (old, &self->zooming.zoom.now)
      && !nullcurve_figure_shows_any (self->figure, &self->zooming.zoom.now))
    {
      nullcurve_zoom_forget (&self->zooming.zoom);
      self->walk.shown = FALSE;
    }
  if (g_strcmp0 (old->x_label, self->figure->x_label) != 0)
    {
      nullcurve_zoom_forget (&self->zooming.zoom);
      self->walk.shown = FALSE;
    }
  else if (!same_y (old, self->figure))
    nullcurve_zoom_forget_y (&self->zooming.zoom);
}

void
nullcurve_chart_view_dress (NullcurveChartView *self, NullcurveFigure *figure)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  figure->viewport = self->zooming.zoom.now;
  nullcurve_legend_apply (&self->legend, figure);
}

void
nullcurve_chart_view_set_figure (NullcurveChartView *self, NullcurveFigure *figure)
{
  NullcurveFigure *old;

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  old = self->figure;
  self->figure = figure;
  if (figure != NULL && old != NULL)
    follow_figure (self, old);
  if (figure != NULL)
    nullcurve_chart_view_dress (self, figure);
  if (figure == NULL)
    self->walk.shown = FALSE;
  else if (self->walk.shown)
    nullcurve_walk_find_again (&self->walk, figure);
  apply_zoom (self);
  update_readout (self);
  update_accessible (self);
  nullcurve_figure_free (old);
}

const NullcurveFigure *
nullcurve_chart_view_get_figure (NullcurveChartView *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_VIEW (self), NULL);
  return self->figure;
}

const char *
nullcurve_chart_view_get_readout (NullcurveChartView *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_VIEW (self), NULL);
  return self->readout;
}

const NullcurveViewport *
nullcurve_chart_view_get_viewport (NullcurveChartView *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_VIEW (self), NULL);
  return &self->zooming.zoom.now;
}

void
nullcurve_chart_view_set_viewport (NullcurveChartView *self, const NullcurveViewport *viewport)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  nullcurve_zoom_forget (&self->zooming.zoom);
  self->zooming.zoom.now = *viewport;
  apply_zoom (self);
}

/* The crosshair. */

void
nullcurve_chart_view_clear_readout (NullcurveChartView *self)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  if (!self->walk.shown)
    return;
  self->walk.shown = FALSE;
  update_readout (self);
}

gboolean
nullcurve_chart_view_choose (NullcurveChartView *self, const char *key, double x)
{
  gboolean there;

  g_return_val_if_fail (NULLCURVE_IS_CHART_VIEW (self), FALSE);
  if (self->figure == NULL)
    return FALSE;
  there = nullcurve_walk_choose (&self->walk, self->figure, key, x);
  update_readout (self);
  return there;
}

void
nullcurve_chart_view_point_at (NullcurveChartView *self, double x, double y)
{
  const NullcurveLayout *layout;

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  layout = get_layout (self);
  if (layout == NULL)
    return;
  nullcurve_walk_point_at (&self->walk, layout, x, y);
  update_readout (self);
}

/* A zoomed chart moves with whoever walks out of it. */
static void
reveal (NullcurveChartView *self)
{
  const NullcurveHit *at = &self->walk.crosshair.selected;
  const NullcurvePoint *point = nullcurve_hit_point (self->figure, at);
  const NullcurveLayout *layout = get_layout (self);

  if (at->panel < layout->n_panels
      && nullcurve_zooming_reveal (
          &self->zooming, layout,
          nullcurve_layout_cell (layout, self->walk.crosshair.facet, at->panel), point->x,
          nullcurve_point_top (point)))
    apply_zoom (self);
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

static void
walked (NullcurveChartView *self)
{
  reveal (self);
  update_readout (self);
  announce (self);
}

/* Another row is to be looked at: whoever makes the figures is asked for the one of that row. */
static void
choose_row (NullcurveChartView *self, gssize index)
{
  const NullcurveBars *bars = get_bars (self);
  const NullcurveBarRow *row = index >= 0 ? nullcurve_bars_get_row (bars, (gsize)index) : NULL;
  const NullcurveBarRow *now =
      bars->chosen >= 0 ? nullcurve_bars_get_row (bars, (gsize)bars->chosen) : NULL;

  if (row != NULL && (now == NULL || now->key != row->key))
    g_signal_emit_by_name (self, "row-chosen", row->key);
}

/* Up and down go from row to row where there are bars. */
static gboolean
walk_rows (NullcurveChartView *self, NullcurveStep step)
{
  if (get_bars (self) == NULL
      || (step != NULLCURVE_STEP_PREVIOUS_SERIES && step != NULLCURVE_STEP_NEXT_SERIES))
    return FALSE;
  choose_row (self, self->figure->bars->chosen + (step == NULLCURVE_STEP_NEXT_SERIES ? 1 : -1));
  return TRUE;
}

static gboolean
on_walk (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (walk_rows (self, (NullcurveStep)g_variant_get_int32 (args)))
    return TRUE;
  if (self->figure == NULL
      || !nullcurve_walk_step (&self->walk, self->figure,
                               (NullcurveStep)g_variant_get_int32 (args)))
    return FALSE;
  walked (self);
  return TRUE;
}

/* Tab goes from curve to curve while somebody walks, and from the last one on to the next widget:
 * nobody is held here. */
static gboolean
on_tab (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  /* On the button of the chart Tab is the button's. */
  if (!nullcurve_walk_is_on_point (&self->walk, self->figure) || self->walk.by_pointer
      || gtk_widget_get_focus_child (widget) != NULL
      || !nullcurve_walk_next_series (&self->walk, self->figure, g_variant_get_int32 (args)))
    return FALSE;
  walked (self);
  return TRUE;
}

static gboolean
on_step_marker (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->figure == NULL || !isfinite (self->figure->marker))
    return FALSE;
  g_signal_emit_by_name (self, "marker-stepped", g_variant_get_int32 (args));
  return TRUE;
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->zooming.has_band)
    {
      nullcurve_zooming_drag_cancel (&self->zooming);
      gtk_widget_queue_draw (widget);
      return TRUE;
    }
  if (!self->walk.shown)
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
  else if (get_bars (self) != NULL)
    {
      g_autofree char *rows = nullcurve_bars_to_text (get_bars (self));

      gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), rows);
    }
}

/* Zooming. */

/* Whoever zooms or drags means the chart with the keys that follow: 0 and Backspace, which undo it,
 * must not edit the field that was edited last. */
static void
take_keys (NullcurveChartView *self)
{
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    gtk_widget_grab_focus (GTK_WIDGET (self));
}

void
nullcurve_chart_view_turn (
    NullcurveChartView *self, double x, double y, double factor, gboolean of_y)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  take_keys (self);
  if (nullcurve_zooming_turn (&self->zooming, get_layout (self), x, y, factor, of_y,
                              g_get_monotonic_time ()))
    apply_zoom (self);
}

static void
drag_update (NullcurveChartView *self, double x, double y)
{
  if (nullcurve_zooming_drag_update (&self->zooming, get_layout (self), x, y))
    apply_zoom (self);
  if (self->zooming.has_band)
    nullcurve_chart_view_clear_readout (self);
  update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
drag_end (NullcurveChartView *self)
{
  if (nullcurve_zooming_drag_end (&self->zooming, get_layout (self)))
    apply_zoom (self);
  update_cursor (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* Take hold of the marker, or leave bars alone, in which there is nothing to zoom; TRUE when the
 * drag is none of zooming. */
static gboolean
grab (NullcurveChartView *self, double x, double y)
{
  const NullcurveLayout *layout = get_layout (self);

  take_keys (self);
  self->marker_held = is_on_marker (self, x, y);
  return self->marker_held
         || (layout != NULL && layout->bars != NULL
             && nullcurve_bars_layout_covers (layout->bars, x, y));
}

static void
pull_marker (NullcurveChartView *self, double x, double y)
{
  if (!self->marker_held)
    return;
  nullcurve_chart_view_clear_readout (self);
  g_signal_emit_by_name (self, "marker-moved", nullcurve_marker_value (get_layout (self), x, y));
}

static void
let_marker_go (NullcurveChartView *self)
{
  self->marker_held = FALSE;
  update_cursor (self);
}

void
nullcurve_chart_view_drag (
    NullcurveChartView *self, double from_x, double from_y, double to_x, double to_y, gboolean pan)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  if (grab (self, from_x, from_y))
    {
      pull_marker (self, to_x, to_y);
      let_marker_go (self);
      return;
    }
  nullcurve_zooming_drag_begin (&self->zooming, get_layout (self), from_x, from_y,
                                pan ? NULLCURVE_DRAG_PAN : NULLCURVE_DRAG_BAND);
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
      || self->legend.hovered != NULLCURVE_LEGEND_NOTHING)
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  self->held_x = x;
  self->held_y = y;
  if (grab (self, x, y))
    return;
  nullcurve_zooming_drag_begin (&self->zooming, get_layout (self), x, y,
                                pan ? NULLCURVE_DRAG_PAN : NULLCURVE_DRAG_BAND);
}

static void
on_drag_update (GtkGestureDrag *gesture, double dx, double dy, NullcurveChartView *self)
{
  if (self->marker_held)
    pull_marker (self, self->held_x + dx, self->held_y + dy);
  else
    drag_update (self, self->zooming.from_x + dx, self->zooming.from_y + dy);
}

static void
on_drag_end (GtkGestureDrag *gesture, double dx, double dy, NullcurveChartView *self)
{
  let_marker_go (self);
  drag_end (self);
}

/* A drag that somebody else took over means nothing. */
static void
on_drag_cancel (GtkGesture *gesture, GdkEventSequence *sequence, NullcurveChartView *self)
{
  nullcurve_zooming_drag_cancel (&self->zooming);
  let_marker_go (self);
  drag_end (self);
}

static gboolean
pan_fingers (NullcurveChartView *self, const NullcurveLayout *layout, double dx, double dy)
{
  if (!nullcurve_viewport_is_zoomed (&self->zooming.zoom.now))
    return FALSE;
  if (nullcurve_zooming_pan (&self->zooming, layout,
                             nullcurve_layout_cell_at (layout, self->pointer_x, self->pointer_y),
                             -dx, -dy, g_get_monotonic_time ()))
    apply_zoom (self);
  return TRUE;
}

static gboolean
on_scroll (GtkEventControllerScroll *scroll, double dx, double dy, NullcurveChartView *self)
{
  GtkEventController *controller = GTK_EVENT_CONTROLLER (scroll);
  const GdkModifierType modifiers = gtk_event_controller_get_current_event_state (controller);
  const gboolean held = (modifiers & (GDK_CONTROL_MASK | GDK_SHIFT_MASK)) != 0;
  const gboolean fingers = gtk_event_controller_scroll_get_unit (scroll) == GDK_SCROLL_UNIT_SURFACE;
  const NullcurveLayout *layout = get_layout (self);
  /* Shift may have turned the wheel on its side. */
  const double by = dy != 0.0 ? dy : dx;

  if (!nullcurve_zooming_is_possible (layout))
    return FALSE;
  if (fingers && !held)
    return pan_fingers (self, layout, dx, dy);
  nullcurve_chart_view_turn (self, self->pointer_x, self->pointer_y,
                             pow (turn, fingers ? by / finger_px : by), held && !fingers);
  return TRUE;
}

static void
on_pinch_begin (GtkGesture *gesture, GdkEventSequence *sequence, NullcurveChartView *self)
{
  self->pinch = 1.0;
  nullcurve_zooming_drag_cancel (&self->zooming);
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
  update_cursor (self);
  return TRUE;
}

static void
let_space_go (NullcurveChartView *self)
{
  self->space_held = FALSE;
  update_cursor (self);
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
zoom_by_key (GtkWidget *widget, double factor, gboolean of_y)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const NullcurveLayout *layout = get_layout (self);
  gsize cell;
  double x, y;

  if (!nullcurve_zooming_is_possible (layout))
    return;
  nullcurve_walk_locate (&self->walk, layout, &cell, &x, &y);
  nullcurve_chart_view_turn (self, x, y, factor, of_y);
}

static void
zoom_in_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by_key (widget, 1.0 / press, FALSE);
}

static void
zoom_out_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  zoom_by_key (widget, press, FALSE);
}

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (nullcurve_zoom_undo (&self->zooming.zoom))
    apply_zoom (self);
}

/* The button goes away with the zoom; the focus stays with the chart. */
static void
reset_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (gtk_widget_has_focus (self->reset_button))
    gtk_widget_grab_focus (widget);
  if (nullcurve_zoom_reset (&self->zooming.zoom))
    apply_zoom (self);
}

static gboolean
on_zoom_y (GtkWidget *widget, GVariant *args, gpointer data)
{
  zoom_by_key (widget, g_variant_get_boolean (args) ? 1.0 / press : press, TRUE);
  return TRUE;
}

static gboolean
on_pan (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const NullcurveLayout *layout = get_layout (self);
  int right, up;
  gsize cell;
  double x, y;

  if (!nullcurve_zooming_is_possible (layout)
      || !nullcurve_viewport_is_zoomed (&self->zooming.zoom.now))
    return FALSE;
  g_variant_get (args, "(ii)", &right, &up);
  nullcurve_walk_locate (&self->walk, layout, &cell, &x, &y);
  if (nullcurve_zooming_nudge (&self->zooming, layout, cell, right, up))
    apply_zoom (self);
  return TRUE;
}

/* The legend, and the list of all curves. */

/* Other curves are hidden: the point that was chosen may have gone, or come back. */
static void
update_hidden (NullcurveChartView *self)
{
  nullcurve_legend_apply (&self->legend, self->figure);
  if (self->walk.shown)
    nullcurve_walk_find_again (&self->walk, self->figure);
  invalidate (self);
  update_readout (self);
  update_accessible (self);
}

void
nullcurve_chart_view_toggle (NullcurveChartView *self, gsize index, gboolean only)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  g_return_if_fail (self->figure != NULL && index < self->figure->series->len);
  nullcurve_legend_toggle (&self->legend, self->figure, index, only);
  update_hidden (self);
}

static void
show_curves_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  g_hash_table_remove_all (self->legend.hidden);
  if (self->figure != NULL)
    update_hidden (self);
}

/* The curve of the crosshair; a walk goes on on the next one. */
static void
hide_curve_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->figure == NULL || !self->walk.shown || !self->walk.crosshair.has_selected)
    return;
  nullcurve_walk_choose_next (&self->walk, self->figure);
  nullcurve_chart_view_toggle (self, self->walk.crosshair.selected.series, FALSE);
}

static void
set_curve_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const char *key;
  gboolean shown;

  g_variant_get (parameter, "(&sb)", &key, &shown);
  for (gsize i = 0; self->figure != NULL && i < self->figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (self->figure, i);

      if (g_str_equal (series->key, key))
        nullcurve_legend_set_hidden (&self->legend, self->figure, series->entry, !shown);
    }
  if (self->figure != NULL)
    update_hidden (self);
}

static void
curves_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const NullcurveLayout *layout = get_layout (self);
  GdkRectangle at = { 0 };
  const NullcurveRect *rect = NULL;

  if (layout == NULL)
    return;
  if (layout->legend_left_off > 0)
    rect = &layout->legend_more;
  else if (layout->legend->len > 0)
    rect = &g_array_index (layout->legend, NullcurveLegendItem, 0).rect;
  if (rect != NULL)
    at = (GdkRectangle){ (int)rect->x, (int)rect->y, (int)rect->width, (int)rect->height };
  if (self->curves == NULL)
    {
      self->curves = gtk_popover_new ();
      gtk_widget_set_parent (self->curves, widget);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->curves), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Curves"), -1);
    }
  gtk_popover_set_child (GTK_POPOVER (self->curves), nullcurve_curves_list_new (self->figure));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->curves), &at);
  gtk_popover_popup (GTK_POPOVER (self->curves));
}

/* Follow the pointer; TRUE when it is on an entry. */
static gboolean
hover_legend (NullcurveChartView *self, double x, double y)
{
  if (nullcurve_legend_hover (&self->legend, get_layout (self), x, y))
    {
      update_cursor (self);
      gtk_widget_queue_draw (GTK_WIDGET (self));
    }
  return self->legend.hovered != NULLCURVE_LEGEND_NOTHING;
}

static gboolean
on_tooltip (GtkWidget *widget, int x, int y, gboolean by_keys, GtkTooltip *tooltip, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (!by_keys && is_on_marker (self, x, y))
    {
      gtk_tooltip_set_text (tooltip, _ ("The null fraction of “Where it goes”: drag it to another "
                                        "(Ctrl+Left, Ctrl+Right)"));
      return TRUE;
    }
  if (by_keys || self->legend.hovered == NULLCURVE_LEGEND_NOTHING)
    return FALSE;
  gtk_tooltip_set_text (tooltip, self->legend.hovered == NULLCURVE_LEGEND_MORE
                                     ? _ ("List all curves (L)")
                                     : _ ("Click to hide or show, Ctrl+click for this one only"));
  return TRUE;
}

/* The pointer. */

/* Rows are chosen by pointing at them; TRUE when the pointer is where they are. */
static gboolean
hover_bars (NullcurveChartView *self, double x, double y)
{
  const NullcurveLayout *layout = get_layout (self);

  if (layout == NULL || layout->bars == NULL || !nullcurve_bars_layout_covers (layout->bars, x, y))
    return FALSE;
  hover_legend (self, x, y);
  if (self->walk.by_pointer)
    nullcurve_chart_view_clear_readout (self);
  choose_row (self, nullcurve_bars_layout_find (layout->bars, x, y));
  return TRUE;
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, NullcurveChartView *self)
{
  /* GTK tells of a pointer that rests when what is below it changes: no reason to end a walk,
   * or to bring back what Escape took away. */
  const gboolean rests = x == self->pointer_x && y == self->pointer_y;

  self->pointer_x = x;
  self->pointer_y = y;
  if (rests || self->zooming.has_band || self->zooming.drag == NULLCURVE_DRAG_PAN
      || self->marker_held)
    return;
  update_cursor (self);
  if (hover_bars (self, x, y))
    return;
  if (!hover_legend (self, x, y))
    nullcurve_chart_view_point_at (self, x, y);
  else if (self->walk.by_pointer)
    nullcurve_chart_view_clear_readout (self);
}

/* Neither is a window that opens below it. */
static void
on_enter (GtkEventControllerMotion *motion, double x, double y, NullcurveChartView *self)
{
  if (!self->walk.shown || self->walk.by_pointer)
    {
      on_motion (motion, x, y, self);
      return;
    }
  self->pointer_x = x;
  self->pointer_y = y;
}

static void
on_leave (GtkEventControllerMotion *motion, NullcurveChartView *self)
{
  self->pointer_x = self->pointer_y = -1.0;
  hover_legend (self, -1.0, -1.0);
  if (self->walk.by_pointer)
    nullcurve_chart_view_clear_readout (self);
}

static gboolean
click_legend (NullcurveChartView *self, double x, double y, gboolean only)
{
  if (!hover_legend (self, x, y))
    return FALSE;
  if (self->legend.hovered == NULLCURVE_LEGEND_MORE)
    gtk_widget_activate_action (GTK_WIDGET (self), "chart.curves", NULL);
  else
    nullcurve_chart_view_toggle (
        self, g_array_index (self->layout->legend, NullcurveLegendItem, self->legend.item).series,
        only);
  return TRUE;
}

/* A click keeps the crosshair when the pointer leaves, for the keys to go on from; two show
 * everything again. */
static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, NullcurveChartView *self)
{
  const GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (click_legend (self, x, y, n_press == 2 || (modifiers & GDK_CONTROL_MASK) != 0))
    return;
  if (hover_bars (self, x, y) || is_on_marker (self, x, y))
    return;
  if (n_press == 2)
    gtk_widget_activate_action (GTK_WIDGET (self), "chart.zoom-reset", NULL);
  nullcurve_chart_view_point_at (self, x, y);
  self->walk.by_pointer = FALSE;
}

/* The menu. */

static GMenuModel *
new_model (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) readout = g_menu_new ();
  g_autoptr (GMenu) zoom = g_menu_new ();
  g_autoptr (GMenu) curves = g_menu_new ();

  g_menu_append (readout, _ ("_Copy Readout"), "chart.copy-readout");
  g_menu_append (zoom, _ ("Zoom _In"), "chart.zoom-in");
  g_menu_append (zoom, _ ("Zoom _Out"), "chart.zoom-out");
  g_menu_append (zoom, _ ("_Undo Zoom"), "chart.zoom-undo");
  g_menu_append (zoom, _ ("_Reset Zoom"), "chart.zoom-reset");
  g_menu_append (curves, _ ("_Hide This Curve"), "chart.hide-curve");
  g_menu_append (curves, _ ("_Show All Curves"), "chart.show-curves");
  g_menu_append (curves, _ ("Cur_ves…"), "chart.curves");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (readout));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (zoom));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (curves));
  return G_MENU_MODEL (menu);
}

static void
popup (NullcurveChartView *self, double x, double y)
{
  const GdkRectangle at = { (int)x, (int)y, 1, 1 };

  if (self->menu == NULL)
    {
      g_autoptr (GMenuModel) model = new_model ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* What the menu is about must not go away with the pointer. */
static void
on_menu_pressed (GtkGestureClick *click, int n_press, double x, double y, NullcurveChartView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  nullcurve_chart_view_point_at (self, x, y);
  self->walk.by_pointer = FALSE;
  popup (self, x, y);
}

/* By keys it opens at the crosshair. */
static void
menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const NullcurveLayout *layout = get_layout (self);
  double x = 0.5 * gtk_widget_get_width (widget);
  double y = 0.5 * gtk_widget_get_height (widget);
  gsize cell;

  if (self->walk.shown && layout != NULL && layout->n_panels > 0)
    {
      const NullcurveRect *plot;

      nullcurve_walk_locate (&self->walk, layout, &cell, &x, &y);
      plot = &layout->panels[cell].plot;
      x = CLAMP (x, plot->x, plot->x + plot->width);
      y = plot->y + 0.5 * plot->height;
    }
  popup (self, x, y);
}

/* Drawing. */

static void
draw_chart (NullcurveChartView *self,
            const NullcurveLayout *layout,
            GtkSnapshot *snapshot,
            const graphene_rect_t *bounds)
{
  const double scale = nullcurve_chart_device_scale (GTK_WIDGET (self));

  if (self->data_scale != scale)
    g_clear_pointer (&self->data, gsk_render_node_unref);
  if (self->data == NULL)
    self->data = nullcurve_chart_paint (layout, bounds, scale, &self->back);
  self->data_scale = scale;
  gtk_snapshot_append_node (snapshot, self->data);
  nullcurve_chart_paint_hovered (snapshot, &self->legend, layout);
  if (self->zooming.has_band)
    nullcurve_chart_paint_band (snapshot, &self->zooming.band, layout);
  if (layout->has_data)
    nullcurve_chart_paint_crosshair (snapshot, layout,
                                     self->walk.shown ? &self->walk.crosshair : NULL);
}

static void
nullcurve_chart_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (
      0.0f, 0.0f, (float)gtk_widget_get_width (widget), (float)gtk_widget_get_height (widget));
  const NullcurveLayout *layout;

  if (bounds.size.width <= 0.0f || bounds.size.height <= 0.0f)
    return;
  layout = get_layout (self);
  if (layout != NULL)
    draw_chart (self, layout, snapshot, &bounds);
  gtk_widget_snapshot_child (widget, self->reset_button, snapshot);
  if (gtk_widget_has_visible_focus (widget))
    nullcurve_chart_paint_focus (snapshot, &bounds, &self->style);
}

/* In the upper left of the first plot, where curves that rise leave room. */
static void
place_reset_button (NullcurveChartView *self)
{
  const NullcurveLayout *layout;
  const NullcurveRect *plot;
  GtkRequisition natural;

  if (!gtk_widget_get_visible (self->reset_button))
    return;
  gtk_widget_get_preferred_size (self->reset_button, NULL, &natural);
  layout = get_layout (self);
  if (layout == NULL || layout->n_panels == 0)
    return;
  plot = &layout->panels[0].plot;
  gtk_widget_size_allocate (
      self->reset_button,
      &(GtkAllocation){ (int)plot->x + 8, (int)plot->y + 8, natural.width, natural.height }, -1);
}

static void
nullcurve_chart_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->layout != NULL && (self->layout->width != width || self->layout->height != height))
    {
      g_clear_pointer (&self->data, gsk_render_node_unref);
      g_clear_pointer (&self->layout, nullcurve_layout_free);
    }
  place_reset_button (self);
  if (self->curves != NULL)
    gtk_popover_present (GTK_POPOVER (self->curves));
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
nullcurve_chart_view_measure (GtkWidget *widget,
                              GtkOrientation orientation,
                              int for_size,
                              int *minimum,
                              int *natural,
                              int *minimum_baseline,
                              int *natural_baseline)
{
  const gboolean horizontal = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = horizontal ? 240 : 180;
  *natural = horizontal ? 640 : 520;
}

static void
nullcurve_chart_view_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (nullcurve_chart_view_parent_class)->css_changed (widget, change);
  update_style (NULLCURVE_CHART_VIEW (widget));
}

static void
nullcurve_chart_view_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  GTK_WIDGET_CLASS (nullcurve_chart_view_parent_class)->state_flags_changed (widget, previous);
  if ((previous ^ gtk_widget_get_state_flags (widget))
      & (GTK_STATE_FLAG_FOCUSED | GTK_STATE_FLAG_FOCUS_VISIBLE))
    gtk_widget_queue_draw (widget);
}

static void
nullcurve_chart_view_dispose (GObject *object)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (object);

  g_clear_pointer (&self->curves, gtk_widget_unparent);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->reset_button, gtk_widget_unparent);
  G_OBJECT_CLASS (nullcurve_chart_view_parent_class)->dispose (object);
}

static void
nullcurve_chart_view_finalize (GObject *object)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (object);

  g_clear_pointer (&self->data, gsk_render_node_unref);
  nullcurve_chart_back_clear (&self->back);
  g_clear_pointer (&self->layout, nullcurve_layout_free);
  g_clear_pointer (&self->text, nullcurve_chart_text_free);
  g_clear_pointer (&self->figure, nullcurve_figure_free);
  nullcurve_legend_clear (&self->legend);
  nullcurve_zooming_clear (&self->zooming);
  nullcurve_walk_clear (&self->walk);
  g_free (self->readout);
  g_free (self->spoken);
  G_OBJECT_CLASS (nullcurve_chart_view_parent_class)->finalize (object);
}

/* Keys and actions. */

static void
add_walk (
    GtkWidgetClass *class, guint key, guint keypad, GdkModifierType modifiers, NullcurveStep step)
{
  gtk_widget_class_add_binding (class, key, modifiers, on_walk, "i", (int)step);
  gtk_widget_class_add_binding (class, keypad, modifiers, on_walk, "i", (int)step);
}

static void
install_walk (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "chart.copy-readout", NULL, copy_action);
  add_walk (class, GDK_KEY_Left, GDK_KEY_KP_Left, 0, NULLCURVE_STEP_PREVIOUS_POINT);
  add_walk (class, GDK_KEY_Right, GDK_KEY_KP_Right, 0, NULLCURVE_STEP_NEXT_POINT);
  add_walk (class, GDK_KEY_Home, GDK_KEY_KP_Home, 0, NULLCURVE_STEP_FIRST_POINT);
  add_walk (class, GDK_KEY_End, GDK_KEY_KP_End, 0, NULLCURVE_STEP_LAST_POINT);
  add_walk (class, GDK_KEY_Up, GDK_KEY_KP_Up, 0, NULLCURVE_STEP_PREVIOUS_SERIES);
  add_walk (class, GDK_KEY_Down, GDK_KEY_KP_Down, 0, NULLCURVE_STEP_NEXT_SERIES);
  add_walk (class, GDK_KEY_Up, GDK_KEY_KP_Up, GDK_CONTROL_MASK, NULLCURVE_STEP_PREVIOUS_SERIES);
  add_walk (class, GDK_KEY_Down, GDK_KEY_KP_Down, GDK_CONTROL_MASK, NULLCURVE_STEP_NEXT_SERIES);
  gtk_widget_class_add_binding (class, GDK_KEY_Left, GDK_CONTROL_MASK, on_step_marker, "i", -1);
  gtk_widget_class_add_binding (class, GDK_KEY_Right, GDK_CONTROL_MASK, on_step_marker, "i", 1);
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

static void
install_zoom (GtkWidgetClass *class)
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
install_legend (GtkWidgetClass *class)
{
  gtk_widget_class_install_action (class, "chart.hide-curve", NULL, hide_curve_action);
  gtk_widget_class_install_action (class, "chart.show-curves", NULL, show_curves_action);
  gtk_widget_class_install_action (class, "chart.set-curve", "(sb)", set_curve_action);
  gtk_widget_class_install_action (class, "chart.curves", NULL, curves_action);
  gtk_widget_class_install_action (class, "chart.menu", NULL, menu_action);
  gtk_widget_class_add_binding_action (class, GDK_KEY_h, 0, "chart.hide-curve", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_h, GDK_SHIFT_MASK, "chart.show-curves", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_l, 0, "chart.curves", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_F10, GDK_SHIFT_MASK, "chart.menu", NULL);
  gtk_widget_class_add_binding_action (class, GDK_KEY_Menu, 0, "chart.menu", NULL);
}

static void
nullcurve_chart_view_class_init (NullcurveChartViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = nullcurve_chart_view_dispose;
  G_OBJECT_CLASS (class)->finalize = nullcurve_chart_view_finalize;
  widget_class->snapshot = nullcurve_chart_view_snapshot;
  widget_class->size_allocate = nullcurve_chart_view_size_allocate;
  widget_class->measure = nullcurve_chart_view_measure;
  widget_class->css_changed = nullcurve_chart_view_css_changed;
  widget_class->state_flags_changed = nullcurve_chart_view_state_flags_changed;
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  install_walk (widget_class);
  install_zoom (widget_class);
  install_legend (widget_class);
  g_signal_new ("readout-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("zoomed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  g_signal_new ("marker-moved", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  g_signal_new ("marker-stepped", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_INT);
  g_signal_new ("row-chosen", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
add_reset_button (NullcurveChartView *self)
{
  self->reset_button = gtk_button_new_with_label (_ ("Reset Zoom"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->reset_button), "chart.zoom-reset");
  gtk_widget_set_tooltip_text (self->reset_button, _ ("Show everything (0 or double click)"));
  gtk_widget_add_css_class (self->reset_button, "chart-reset");
  gtk_widget_set_visible (self->reset_button, FALSE);
  gtk_widget_set_cursor_from_name (self->reset_button, "default");
  gtk_widget_set_parent (self->reset_button, GTK_WIDGET (self));
}

static void
add_controller (NullcurveChartView *self, gpointer controller)
{
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (controller));
}

static void
add_pointer (NullcurveChartView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *menu = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  add_controller (self, motion);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  add_controller (self, click);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (menu), GDK_BUTTON_SECONDARY);
  g_signal_connect (menu, "pressed", G_CALLBACK (on_menu_pressed), self);
  add_controller (self, menu);
}

static void
add_zooming (NullcurveChartView *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  GtkEventController *scroll =
      gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);

  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (drag), 0);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (on_drag_update), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (on_drag_cancel), self);
  add_controller (self, drag);
  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), self);
  add_controller (self, scroll);
  g_signal_connect (pinch, "begin", G_CALLBACK (on_pinch_begin), self);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), self);
  add_controller (self, pinch);
}

static void
add_keys (NullcurveChartView *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  g_signal_connect (keys, "key-released", G_CALLBACK (on_key_released), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (let_space_go), self);
  add_controller (self, keys);
  add_controller (self, focus);
}

static void
nullcurve_chart_view_init (NullcurveChartView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();

  self->pointer_x = self->pointer_y = -1.0;
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  add_reset_button (self);
  add_pointer (self);
  add_zooming (self);
  add_keys (self);
  nullcurve_zooming_init (&self->zooming);
  nullcurve_legend_init (&self->legend);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  g_signal_connect (self, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  update_style (self);
  update_actions (self);
  update_accessible (self);
}

GtkWidget *
nullcurve_chart_view_new (void)
{
  return g_object_new (NULLCURVE_TYPE_CHART_VIEW, NULL);
}
