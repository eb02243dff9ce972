/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart-view.h"

#include <adwaita.h>
#include <math.h>

#include "ui/chart/readout.h"
#include "ui/chart/render.h"

/* How near the pointer must come for a point to be chosen. */
static const double reach_px = 24.0;

struct _NullcurveChartView
{
  GtkWidget parent_instance;

  NullcurveFigure *figure;
  NullcurveChartStyle style;

  /* Follow from figure, style and size; dropped together by invalidate (). */
  NullcurveChartText *text;
  NullcurveLayout *layout;
  GskRenderNode *data; /* the chart without the crosshair: hovering does not draw it again */

  gboolean has_crosshair;
  gboolean by_pointer; /* goes away with the pointer */
  NullcurveCrosshair crosshair;
  char *readout;
  char *spoken; /* what assistive technology was told last */
};

G_DEFINE_FINAL_TYPE (NullcurveChartView, nullcurve_chart_view, GTK_TYPE_WIDGET)

enum
{
  READOUT_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
invalidate (NullcurveChartView *self)
{
  g_clear_pointer (&self->data, gsk_render_node_unref);
  g_clear_pointer (&self->layout, nullcurve_layout_free);
  g_clear_pointer (&self->text, nullcurve_chart_text_free);
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
  invalidate (self);
}

static gboolean
ensure_layout (NullcurveChartView *self)
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

/* Bring the readout up to date with crosshair and figure, and tell if it changed. */
static void
update_readout (NullcurveChartView *self)
{
  g_autofree char *text = NULL;

  if (self->has_crosshair && self->figure != NULL)
    {
      g_autoptr (NullcurveReadout) readout =
          nullcurve_readout_new (self->figure, self->crosshair.x);

      text = nullcurve_readout_to_text (readout, self->figure);
    }
  if (g_strcmp0 (text, self->readout) != 0)
    {
      g_free (self->readout);
      self->readout = g_steal_pointer (&text);
      update_accessible (self);
      g_signal_emit (self, signals[READOUT_CHANGED], 0, self->readout);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
set_crosshair (NullcurveChartView *self, const NullcurveCrosshair *crosshair, gboolean by_pointer)
{
  self->has_crosshair = TRUE;
  self->by_pointer = by_pointer;
  self->crosshair = *crosshair;
  update_readout (self);
}

void
nullcurve_chart_view_clear_readout (NullcurveChartView *self)
{
  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  if (!self->has_crosshair)
    return;
  self->has_crosshair = FALSE;
  update_readout (self);
}

void
nullcurve_chart_view_point_at (NullcurveChartView *self, double x, double y)
{
  NullcurveCrosshair crosshair = { 0 };

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  if (!ensure_layout (self)
      || !nullcurve_hit_nearest_x (self->figure, self->layout, x, &crosshair.x))
    {
      nullcurve_chart_view_clear_readout (self);
      return;
    }
  crosshair.has_selected =
      nullcurve_hit_nearest_point (self->figure, self->layout, x, y, reach_px, &crosshair.selected);
  if (crosshair.has_selected)
    crosshair.x = nullcurve_hit_point (self->figure, &crosshair.selected)->x;
  set_crosshair (self, &crosshair, TRUE);
}

/* Where a chosen point is in another figure: same run and curve, same panel, same x. */
static gboolean
find_again (const NullcurveFigure *from, const NullcurveFigure *to, NullcurveHit *hit)
{
  const NullcurveSeries *chosen = nullcurve_figure_get_series (from, hit->series);
  const NullcurvePoint *point = nullcurve_hit_point (from, hit);
  NullcurveHit found = { 0, hit->panel, 0 };

  if (point == NULL || hit->panel >= to->n_panels)
    return FALSE;
  for (found.series = 0; found.series < to->series->len; found.series++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (to, found.series);

      if (series->source_run != chosen->source_run || series->curve != chosen->curve)
        continue;
      for (found.index = 0; found.index < nullcurve_series_n_points (series, hit->panel);
           found.index++)
        if (fabs (nullcurve_series_get_point (series, hit->panel, found.index)->x - point->x) < 1e-9
            && nullcurve_hit_is_valid (to, &found))
          {
            *hit = found;
            return TRUE;
          }
    }
  return FALSE;
}

void
nullcurve_chart_view_set_figure (NullcurveChartView *self, NullcurveFigure *figure)
{
  NullcurveFigure *old;

  g_return_if_fail (NULLCURVE_IS_CHART_VIEW (self));
  old = self->figure;
  self->figure = figure;
  if (figure == NULL || !nullcurve_figure_has_data (figure))
    self->has_crosshair = FALSE;
  else if (self->has_crosshair && self->crosshair.has_selected)
    self->crosshair.has_selected =
        old != NULL && find_again (old, figure, &self->crosshair.selected);
  invalidate (self);
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

/* A key that moves the crosshair.  The first one only shows where the walk begins. */
static gboolean
on_walk (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const Walk step = (Walk)g_variant_get_int32 (args);
  NullcurveCrosshair next = self->crosshair;

  if (self->figure == NULL || !nullcurve_figure_has_data (self->figure))
    return FALSE;
  if (self->has_crosshair && next.has_selected
      && nullcurve_hit_is_valid (self->figure, &next.selected))
    walk (self->figure, &next.selected, step);
  else if (!nullcurve_hit_first (self->figure, &next.selected))
    return FALSE;
  else if (step == WALK_LAST_POINT)
    walk (self->figure, &next.selected, step);
  next.has_selected = TRUE;
  next.x = nullcurve_hit_point (self->figure, &next.selected)->x;
  set_crosshair (self, &next, FALSE);
  announce (self);
  return TRUE;
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (!self->has_crosshair)
    return FALSE;
  nullcurve_chart_view_clear_readout (self);
  return TRUE;
}

static gboolean
on_copy (GtkWidget *widget, GVariant *args, gpointer data)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->readout == NULL)
    return FALSE;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->readout);
  return TRUE;
}

static void
on_motion (GtkEventControllerMotion *motion, double x, double y, NullcurveChartView *self)
{
  nullcurve_chart_view_point_at (self, x, y);
}

static void
on_leave (GtkEventControllerMotion *motion, NullcurveChartView *self)
{
  if (self->by_pointer)
    nullcurve_chart_view_clear_readout (self);
}

/* A click keeps the crosshair when the pointer leaves, for the keys to go on from. */
static void
on_pressed (GtkGestureClick *click, int n_press, double x, double y, NullcurveChartView *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  nullcurve_chart_view_point_at (self, x, y);
  self->by_pointer = FALSE;
}

static void
ensure_data (NullcurveChartView *self, const graphene_rect_t *bounds)
{
  GtkSnapshot *snapshot;
  cairo_t *cr;

  if (self->data != NULL)
    return;
  snapshot = gtk_snapshot_new ();
  cr = gtk_snapshot_append_cairo (snapshot, bounds);
  nullcurve_chart_render_laid_out (cr, self->layout, self->figure, &self->style, self->text);
  cairo_destroy (cr);
  self->data = gtk_snapshot_free_to_node (snapshot);
}

static void
draw_focus (NullcurveChartView *self, GtkSnapshot *snapshot, const graphene_rect_t *bounds)
{
  const NullcurveColour *accent = &self->style.series[0];
  const GdkRGBA colour = { (float)accent->red, (float)accent->green, (float)accent->blue, 0.8f };
  const GdkRGBA colours[4] = { colour, colour, colour, colour };
  const float widths[4] = { 2.0f, 2.0f, 2.0f, 2.0f };
  GskRoundedRect outline;

  gsk_rounded_rect_init_from_rect (&outline, bounds, 8.0f);
  gtk_snapshot_append_border (snapshot, &outline, widths, colours);
}

static void
nullcurve_chart_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (
      0.0f, 0.0f, (float)gtk_widget_get_width (widget), (float)gtk_widget_get_height (widget));

  if (bounds.size.width <= 0.0f || bounds.size.height <= 0.0f)
    return;
  if (ensure_layout (self))
    {
      ensure_data (self, &bounds);
      gtk_snapshot_append_node (snapshot, self->data);
      if (self->has_crosshair)
        {
          cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

          nullcurve_chart_render_crosshair (cr, self->layout, self->figure, &self->style,
                                            self->text, &self->crosshair);
          cairo_destroy (cr);
        }
    }
  if (gtk_widget_has_visible_focus (widget))
    draw_focus (self, snapshot, &bounds);
}

static void
nullcurve_chart_view_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (widget);

  if (self->layout == NULL || self->layout->width != width || self->layout->height != height)
    invalidate (self);
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
nullcurve_chart_view_finalize (GObject *object)
{
  NullcurveChartView *self = NULLCURVE_CHART_VIEW (object);

  g_clear_pointer (&self->data, gsk_render_node_unref);
  g_clear_pointer (&self->layout, nullcurve_layout_free);
  g_clear_pointer (&self->text, nullcurve_chart_text_free);
  g_clear_pointer (&self->figure, nullcurve_figure_free);
  g_free (self->readout);
  g_free (self->spoken);
  G_OBJECT_CLASS (nullcurve_chart_view_parent_class)->finalize (object);
}

static void
add_walk (GtkWidgetClass *class, guint key, guint keypad, GdkModifierType modifiers, Walk step)
{
  gtk_widget_class_add_binding (class, key, modifiers, on_walk, "i", (int)step);
  gtk_widget_class_add_binding (class, keypad, modifiers, on_walk, "i", (int)step);
}

static void
add_bindings (GtkWidgetClass *class)
{
  add_walk (class, GDK_KEY_Left, GDK_KEY_KP_Left, 0, WALK_PREVIOUS_POINT);
  add_walk (class, GDK_KEY_Right, GDK_KEY_KP_Right, 0, WALK_NEXT_POINT);
  add_walk (class, GDK_KEY_Home, GDK_KEY_KP_Home, 0, WALK_FIRST_POINT);
  add_walk (class, GDK_KEY_End, GDK_KEY_KP_End, 0, WALK_LAST_POINT);
  add_walk (class, GDK_KEY_Up, GDK_KEY_KP_Up, 0, WALK_PREVIOUS_SERIES);
  add_walk (class, GDK_KEY_Down, GDK_KEY_KP_Down, 0, WALK_NEXT_SERIES);
  add_walk (class, GDK_KEY_Up, GDK_KEY_KP_Up, GDK_CONTROL_MASK, WALK_PREVIOUS_SERIES);
  add_walk (class, GDK_KEY_Down, GDK_KEY_KP_Down, GDK_CONTROL_MASK, WALK_NEXT_SERIES);
  gtk_widget_class_add_binding (class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_c, GDK_CONTROL_MASK, on_copy, NULL);
  gtk_widget_class_add_binding (class, GDK_KEY_Insert, GDK_CONTROL_MASK, on_copy, NULL);
}

static void
nullcurve_chart_view_class_init (NullcurveChartViewClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = nullcurve_chart_view_finalize;
  widget_class->snapshot = nullcurve_chart_view_snapshot;
  widget_class->size_allocate = nullcurve_chart_view_size_allocate;
  widget_class->measure = nullcurve_chart_view_measure;
  widget_class->css_changed = nullcurve_chart_view_css_changed;
  widget_class->state_flags_changed = nullcurve_chart_view_state_flags_changed;
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  add_bindings (widget_class);
  signals[READOUT_CHANGED] =
      g_signal_new ("readout-changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
nullcurve_chart_view_init (NullcurveChartView *self)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (motion, "enter", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (update_style), self,
                           G_CONNECT_SWAPPED);
  update_style (self);
  update_accessible (self);
}

GtkWidget *
nullcurve_chart_view_new (void)
{
  return g_object_new (NULLCURVE_TYPE_CHART_VIEW, NULL);
}
