/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/chart-view-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

G_DEFINE_FINAL_TYPE (NullcurveChartView, nullcurve_chart_view, GTK_TYPE_WIDGET)

void
nullcurve_chart_view_invalidate (NullcurveChartView *self)
{
  g_clear_pointer (&self->data, gsk_render_node_unref);
  g_clear_pointer (&self->layout, nullcurve_layout_free);
  /* The button stands in the plot, which may have moved. */
  if (gtk_widget_get_visible (self->reset_button))
    gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The user's font, at the size that stands to the window's text as 12 to 11 points. */
static void
follow_font (NullcurveChartView *self, NullcurveChartStyle *style)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  const PangoFontDescription *font = pango_context_get_font_description (context);
  const char *family = font != NULL ? pango_font_description_get_family (font) : NULL;
  double size = font != NULL ? (double)pango_font_description_get_size (font) / PANGO_SCALE : 0.0;
  const double dots = pango_cairo_context_get_resolution (context);

  if (family != NULL)
    {
      g_autofree char *families = g_strdup_printf ("%s,%s", family, style->font_family);

      g_strlcpy (style->font_family, families, sizeof style->font_family);
    }
  if (size > 0.0 && !pango_font_description_get_size_is_absolute (font))
    size *= (dots > 0.0 ? dots : 96.0) / 72.0;
  if (size > 0.0)
    style->font_size = CLAMP (12.0 * size / (11.0 * 96.0 / 72.0), 8.0, 48.0);
}

static void
update_style (NullcurveChartView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  const gboolean dark = adw_style_manager_get_dark (manager);
  NullcurveChartStyle style;

  if (adw_style_manager_get_high_contrast (manager))
    nullcurve_chart_style_init (&style, dark ? NULLCURVE_STYLE_HIGH_CONTRAST_DARK
                                             : NULLCURVE_STYLE_HIGH_CONTRAST);
  else
    nullcurve_chart_style_init (&style, dark ? NULLCURVE_STYLE_DARK : NULLCURVE_STYLE_LIGHT);
  style.paint_background = FALSE;
  follow_font (self, &style);
  if (nullcurve_chart_style_equal (&style, &self->style))
    return;
  self->style = style;
  g_clear_pointer (&self->text, nullcurve_chart_text_free);
  nullcurve_chart_view_invalidate (self);
}

gboolean
nullcurve_chart_view_ensure_layout (NullcurveChartView *self)
{
  if (self->figure == NULL)
    return FALSE;
  if (self->text == NULL)
    self->text = nullcurve_chart_text_new (&self->style);
  if (self->layout == NULL)
    self->layout = nullcurve_layout_new (self->figure, &self->style, self->text,
                                         gtk_widget_get_width (GTK_WIDGET (self)),
                                         gtk_widget_get_height (GTK_WIDGET (self)));
  return TRUE;
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

/* Where the chosen point is; -1 when none is. */
static gssize
chosen_panel (NullcurveChartView *self)
{
  return self->has_crosshair && self->crosshair.has_selected
             ? (gssize)self->crosshair.selected.panel
             : -1;
}

/* What is zoomed and hidden stays as far as the new figure is of the same things. */
static void
follow_figure (NullcurveChartView *self, const NullcurveFigure *old)
{
  if (g_strcmp0 (old->x_label, self->figure->x_label) != 0)
    {
      nullcurve_zoom_forget (&self->zoom);
      self->has_crosshair = FALSE;
    }
  else if (!same_y (old, self->figure))
    nullcurve_zoom_forget_y (&self->zoom);
}

void
nullcurve_chart_view_dress (NullcurveChartView *self, NullcurveFigure *figure)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  figure->viewport = self->zoom.now;
  nullcurve_chart_view_apply_hidden (self, figure);
}

void
nullcurve_chart_view_set_figure (NullcurveChartView *self, NullcurveFigure *figure)
{
  NullcurveFigure *old;
  gssize panel;

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  old = self->figure;
  panel = chosen_panel (self);
  self->figure = figure;
  if (figure != NULL && old != NULL)
    follow_figure (self, old);
  if (figure != NULL)
    nullcurve_chart_view_dress (self, figure);
  if (figure == NULL)
    self->has_crosshair = FALSE;
  else if (self->has_crosshair)
    nullcurve_chart_view_find_again (self, self->crosshair.x, (gsize)MAX (panel, 0));
  nullcurve_chart_view_apply_zoom (self);
  nullcurve_chart_view_update_readout (self);
  nullcurve_chart_view_update_accessible (self);
  nullcurve_figure_free (old);
}

const NullcurveFigure *
nullcurve_chart_view_get_figure (NullcurveChartView *self)
{
  g_return_val_if_fail (NULLCURVE_IS_CHART_VIEW (self), NULL);
  return self->figure;
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, NullcurveChartView *self)
{
  /* GTK tells of a pointer that rests when what is below it changes: no reason to end a walk,
   * or to bring back what Escape took away. */
  const gboolean rests = x == self->pointer_x && y == self->pointer_y;

  self->pointer_x = x;
  self->pointer_y = y;
  if (rests || self->has_band || self->drag == NULLCURVE_DRAG_PAN)
    return;
  if (!nullcurve_chart_view_hover_legend (self, x, y))
    nullcurve_chart_view_point_at (self, x, y);
  else if (self->by_pointer)
    nullcurve_chart_view_clear_readout (self);
}

/* Neither is a window that opens below it. */
static void
on_enter (GtkEventControllerMotion *motion, double x, double y, NullcurveChartView *self)
{
  if (!self->has_crosshair || self->by_pointer)
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
  nullcurve_chart_view_hover_legend (self, -1.0, -1.0);
  if (self->by_pointer)
    nullcurve_chart_view_clear_readout (self);
}

/* A click keeps the crosshair when the pointer leaves, for the keys to go on from; two show
 * everything again. */
static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, NullcurveChartView *self)
{
  const GdkModifierType modifiers =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));

  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (nullcurve_chart_view_click_legend (self, x, y, n_press, modifiers))
    return;
  if (n_press == 2)
    gtk_widget_activate_action (GTK_WIDGET (self), "chart.zoom-reset", NULL);
  nullcurve_chart_view_point_at (self, x, y);
  self->by_pointer = FALSE;
}

/* Device pixels to a pixel of the layout. */
static double
device_scale (NullcurveChartView *self)
{
#if GTK_CHECK_VERSION(4, 12, 0)
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self));
  GdkSurface *surface = native != NULL ? gtk_native_get_surface (native) : NULL;

  if (surface != NULL)
    return gdk_surface_get_scale (surface);
#endif
  return gtk_widget_get_scale_factor (GTK_WIDGET (self));
}

/* A node of pixels, not of strokes: some renderers would draw those anew for every frame. */
static void
ensure_data (NullcurveChartView *self, const graphene_rect_t *bounds)
{
  const double scale = device_scale (self);
  cairo_surface_t *surface;
  cairo_t *cr;

  if (self->data != NULL && self->data_scale == scale)
    return;
  g_clear_pointer (&self->data, gsk_render_node_unref);
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int)ceil (bounds->size.width * scale),
                                        (int)ceil (bounds->size.height * scale));
  cairo_surface_set_device_scale (surface, scale, scale);
  cr = cairo_create (surface);
  nullcurve_chart_render_laid_out (cr, self->layout, self->figure, &self->style, self->text);
  cairo_destroy (cr);
  self->data = gsk_cairo_node_new (bounds);
  self->data_scale = scale;
  cr = gsk_cairo_node_get_draw_context (self->data);
  cairo_set_source_surface (cr, surface, 0.0, 0.0);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static GdkRGBA
to_rgba (const NullcurveColour *colour, double alpha)
{
  return (GdkRGBA){ (float)colour->red, (float)colour->green, (float)colour->blue, (float)alpha };
}

static void
draw_outline (GtkSnapshot *snapshot,
              const graphene_rect_t *bounds,
              const GdkRGBA *colour,
              float radius,
              float width)
{
  const GdkRGBA colours[4] = { *colour, *colour, *colour, *colour };
  const float widths[4] = { width, width, width, width };
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, bounds, radius);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

/* The part that will be shown; where only x is meant, in all plots that share it. */
static void
draw_band (NullcurveChartView *self, GtkSnapshot *snapshot)
{
  const NullcurveRect *own = &self->layout->panels[self->band.cell].plot;
  const GdkRGBA fill = to_rgba (&self->style.series[0], 0.16);
  const GdkRGBA edge = to_rgba (&self->style.series[0], 0.9);

  for (gsize cell = 0; cell < self->layout->n_facets * self->layout->n_panels; cell++)
    {
      const NullcurveRect *plot = &self->layout->panels[cell].plot;
      NullcurveRect rect = self->band.rect;

      if (cell != self->band.cell && self->band.of_y)
        continue;
      rect.x += plot->x - own->x;
      rect.y += plot->y - own->y;
      if (!self->band.of_y)
        rect.height = plot->height;
      const graphene_rect_t area =
          GRAPHENE_RECT_INIT ((float)rect.x, (float)rect.y, (float)rect.width, (float)rect.height);

      gtk_snapshot_append_color (snapshot, &fill, &area);
      draw_outline (snapshot, &area, &edge, 0.0f, 1.0f);
    }
}

static void
draw_hovered_entry (NullcurveChartView *self, GtkSnapshot *snapshot)
{
  const GdkRGBA shade = to_rgba (&self->style.text, 0.09);
  const NullcurveRect *rect = &self->layout->legend_more;
  GskRoundedRect clip;

  if (self->hovered == NULLCURVE_LEGEND_ENTRY)
    {
      if (self->hovered_item >= self->layout->legend->len)
        return;
      rect = &g_array_index (self->layout->legend, NullcurveLegendItem, self->hovered_item).rect;
    }
  const graphene_rect_t area =
      GRAPHENE_RECT_INIT ((float)rect->x - 5.0f, (float)rect->y - 2.0f, (float)rect->width + 10.0f,
                          (float)rect->height + 4.0f);
  gsk_rounded_rect_init_from_rect (&clip, &area, 5.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &clip);
  gtk_snapshot_append_color (snapshot, &shade, &area);
  gtk_snapshot_pop (snapshot);
}

static void
draw_chart (NullcurveChartView *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  ensure_data (self, bounds);
  gtk_snapshot_append_node (snapshot, self->data);
  if (self->hovered != NULLCURVE_LEGEND_NOTHING)
    draw_hovered_entry (self, snapshot);
  if (self->has_band)
    draw_band (self, snapshot);
  if (self->has_crosshair && self->layout->has_data)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, bounds);

      nullcurve_chart_render_crosshair (cr, self->layout, self->figure, &self->style, self->text,
                                        &self->crosshair);
      cairo_destroy (cr);
    }
}

static void
nullcurve_chart_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (
      0.0f, 0.0f, (float)gtk_widget_get_width (widget), (float)gtk_widget_get_height (widget));

  if (bounds.size.width <= 0.0f || bounds.size.height <= 0.0f)
    return;
  if (nullcurve_chart_view_ensure_layout (self))
    draw_chart (self, snapshot, &bounds);
  gtk_widget_snapshot_child (widget, self->reset_button, snapshot);
  if (gtk_widget_has_visible_focus (widget))
    {
      const GdkRGBA accent = to_rgba (&self->style.series[0], 0.8);

      draw_outline (snapshot, &bounds, &accent, 8.0f, 2.0f);
    }
}

/* In the upper left of the first plot, where curves that rise leave room. */
static void
place_reset_button (NullcurveChartView *self)
{
  const NullcurveRect *plot;
  GtkRequisition natural;

  if (!gtk_widget_get_visible (self->reset_button))
    return;
  gtk_widget_get_preferred_size (self->reset_button, NULL, &natural);
  if (!nullcurve_chart_view_ensure_layout (self) || self->layout->n_panels == 0)
    return;
  plot = &self->layout->panels[0].plot;
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
  g_clear_pointer (&self->layout, nullcurve_layout_free);
  g_clear_pointer (&self->text, nullcurve_chart_text_free);
  g_clear_pointer (&self->figure, nullcurve_figure_free);
  g_clear_pointer (&self->hidden, g_hash_table_unref);
  nullcurve_zoom_clear (&self->zoom);
  g_free (self->chosen);
  g_free (self->readout);
  g_free (self->spoken);
  G_OBJECT_CLASS (nullcurve_chart_view_parent_class)->finalize (object);
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
  nullcurve_chart_view_install_walk (widget_class);
  nullcurve_chart_view_install_zoom (widget_class);
  nullcurve_chart_view_install_legend (widget_class);
  nullcurve_chart_view_install_menu (widget_class);
  g_signal_new ("readout-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
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
add_pointer (NullcurveChartView *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  g_signal_connect (motion, "enter", G_CALLBACK (on_enter), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
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
  nullcurve_chart_view_init_zoom (self);
  nullcurve_chart_view_init_legend (self);
  nullcurve_chart_view_init_menu (self);
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  update_style (self);
  nullcurve_chart_view_update_actions (self);
  nullcurve_chart_view_update_accessible (self);
}

GtkWidget *
nullcurve_chart_view_new (void)
{
  return g_object_new (NULLCURVE_TYPE_CHART_VIEW, NULL);
}
