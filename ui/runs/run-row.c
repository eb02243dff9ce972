/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-row.h"

#include "ui/resources.h"
#include "ui/runs/run-colours.h"
#include "ui/runs/run-swatch.h"
#include "ui/words/cells.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

struct _NullcurveRunRow
{
  GtkListBoxRow parent_instance;

  GtkMenuButton *colour;
  NullcurveRunSwatch *swatch;
  GtkStack *title_stack;
  GtkWidget *name_box;
  GtkLabel *title;
  GtkEditable *entry;
  GtkLabel *words;
  GtkWidget *pin_mark;
  GtkImage *live_mark; /* nothing that moves: every frame would cost what is measured */
  GtkToggleButton *show;
  GtkMenuButton *more;
  GtkLabel *figure;
  GtkWidget *guard; /* a sign: the words are what it says when asked */

  NullcurveRunsModel *runs;
  NullcurveRunItem *item;
  gboolean movable;
  gboolean editing;
  guint leave_id;
  guint open_id; /* what waits for the row to be seen, and what it opens then */
  guint frames_to_open;
  GtkMenuButton *to_open;
};

enum
{
  FRAMES_TO_BE_SEEN = 60 /* the side bar slides in for a third of that */
};

G_DEFINE_FINAL_TYPE (NullcurveRunRow, nullcurve_run_row, GTK_TYPE_LIST_BOX_ROW)

/* Words */

static void
name_widget (gpointer widget, const char *format, const char *title)
{
  g_autofree char *label = g_strdup_printf (format, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
name_buttons (NullcurveRunRow *self, const char *title)
{
  gboolean shown = nullcurve_run_item_get_visible (self->item);
  name_widget (self->show, shown ? _ ("Hide “%s”") : _ ("Show “%s”"), title);
  name_widget (self->more, _ ("What to do with “%s”"), title);
  name_widget (self->colour, _ ("Colour of “%s”"), title);
  name_widget (self->entry, _ ("New name of “%s”"), title);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->show),
                               shown ? _ ("Hide in the charts") : _ ("Show in the charts"));
  gtk_button_set_icon_name (GTK_BUTTON (self->show),
                            shown ? "view-reveal-symbolic" : "view-conceal-symbolic");
}

static const char *
verdict_class (MoeVerdict verdict)
{
  return verdict == MOE_VERDICT_FASTER   ? "success"
         : verdict == MOE_VERDICT_SLOWER ? "error"
                                         : "dim-label";
}

/* "4.3×", and what that is. */
static char *
dup_gain (NullcurveRunRow *self, char **tooltip)
{
  double gain = nullcurve_run_item_get_gain (self->item);
  if (isnan (gain))
    return g_strdup ("");
  g_autofree char *figure = moe_cell_times (gain);
  *tooltip = g_strdup_printf (_ ("Gained at its highest null fraction: %s"), figure);
  return g_steal_pointer (&figure);
}

static char *
dup_delta (const NullcurveRunDelta *delta, char **tooltip)
{
  *tooltip = *delta->verdict_text != '\0'
                 ? g_strdup_printf ("%s, %s", delta->ratio_text, delta->verdict_text)
                 : g_strdup (delta->ratio_text);
  return g_strdup (delta->brief);
}

static void
update_figure (NullcurveRunRow *self)
{
  const NullcurveRunDelta *delta = nullcurve_run_item_get_delta (self->item);
  static const char *const classes[] = { "success", "error", "dim-label" };
  const char *guard = delta != NULL ? delta->guard : "";
  g_autofree char *tooltip = NULL;
  g_autofree char *figure = delta != NULL ? dup_delta (delta, &tooltip) : dup_gain (self, &tooltip);
  gtk_label_set_label (self->figure, figure);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->figure), tooltip);
  gtk_widget_set_visible (self->guard, *guard != '\0');
  g_autofree char *doubt =
      g_strdup_printf ("%s\n%s", _ ("What makes the two hard to compare"), guard);
  gtk_widget_set_tooltip_text (self->guard, doubt);
  for (gsize i = 0; i < G_N_ELEMENTS (classes); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->figure), classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (self->figure),
                            delta != NULL ? verdict_class (delta->verdict) : "dim-label");
}

/* How far its measuring is; NULL: it is not measured. */
static const char *
live_words (NullcurveRunRow *self)
{
  if (!nullcurve_run_item_get_live (self->item))
    return NULL;
  return nullcurve_run_item_get_paused (self->item) ? _ ("paused") : _ ("being measured");
}

static void
update_live_mark (NullcurveRunRow *self)
{
  gboolean paused = nullcurve_run_item_get_paused (self->item);
  gtk_widget_set_visible (GTK_WIDGET (self->live_mark), live_words (self) != NULL);
  gtk_image_set_from_icon_name (self->live_mark,
                                paused ? "media-playback-pause-symbolic" : "media-record-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->live_mark),
                               paused ? _ ("Paused") : _ ("Being measured"));
}

/* All that the row says, for those who hear it. */
static char *
describe (NullcurveRunRow *self, const char *title)
{
  const NullcurveRunDelta *delta = nullcurve_run_item_get_delta (self->item);
  GString *text = g_string_new (title);
  if (nullcurve_run_item_get_pinned (self->item))
    g_string_append_printf (text, ", %s", _ ("baseline"));
  if (live_words (self) != NULL)
    g_string_append_printf (text, ", %s", live_words (self));
  if (delta != NULL && *delta->verdict_text != '\0')
    g_string_append_printf (text, ", %s, %s", delta->ratio_text, delta->verdict_text);
  if (delta != NULL && *delta->guard != '\0')
    g_string_append_printf (text, ", %s", delta->guard);
  return g_string_free (text, FALSE);
}

static void
update (NullcurveRunRow *self)
{
  const char *title = nullcurve_run_item_get_title (self->item);
  gboolean shown = nullcurve_run_item_get_visible (self->item);
  const char *words = nullcurve_run_item_get_words (self->item);
  g_autofree char *subtitle = nullcurve_run_item_dup_subtitle (self->item);
  g_autofree char *all =
      g_strdup_printf ("%s%s%s\n%s", title, *words != '\0' ? "\n" : "", words, subtitle);
  g_autofree char *description = describe (self, title);
  gtk_label_set_label (self->title, title);
  gtk_label_set_label (self->words, words);
  gtk_widget_set_visible (GTK_WIDGET (self->words), *words != '\0');
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_box), all);
  nullcurve_run_swatch_set_palette (self->swatch, nullcurve_run_item_get_palette (self->item));
  gtk_widget_set_opacity (GTK_WIDGET (self->swatch), shown ? 1.0 : 0.4);
  update_live_mark (self);
  gtk_widget_set_visible (self->pin_mark, nullcurve_run_item_get_pinned (self->item));
  if (shown)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "not-shown");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "not-shown");
  gtk_toggle_button_set_active (self->show, shown);
  update_figure (self);
  name_buttons (self, title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, description,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
}

static void
show_clicked_cb (NullcurveRunRow *self)
{
  gboolean shown = gtk_toggle_button_get_active (self->show);
  if (shown != nullcurve_run_item_get_visible (self->item))
    nullcurve_runs_model_show (self->runs, self->item, shown);
}

/* With Ctrl it alone is shown, and all when it is already. */
static void
eye_pressed_cb (NullcurveRunRow *self, int n_press, double x, double y, GtkGestureClick *click)
{
  GdkModifierType state =
      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click));
  if ((state & GDK_CONTROL_MASK) == 0)
    return;
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_autoptr (GPtrArray) shown = nullcurve_runs_model_dup_runs (self->runs, TRUE);
  gboolean alone = shown->len == 1 && nullcurve_run_item_get_visible (self->item);
  g_ptr_array_add (one, self->item);
  nullcurve_runs_model_show_only (self->runs, alone ? NULL : one);
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* The name, edited in place */

static void
stop_editing (NullcurveRunRow *self, gboolean take)
{
  if (!self->editing)
    return;
  self->editing = FALSE;
  g_autofree char *title = g_strdup (gtk_editable_get_text (self->entry));
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  gboolean focused = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->entry));
  gtk_stack_set_visible_child (self->title_stack, self->name_box);
  if (focused)
    gtk_widget_grab_focus (GTK_WIDGET (self));
  if (take)
    nullcurve_runs_model_rename (self->runs, self->item, title);
}

void
nullcurve_run_row_edit (NullcurveRunRow *self)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ROW (self));
  gtk_editable_set_text (self->entry, nullcurve_run_item_get_title (self->item));
  gtk_stack_set_visible_child (self->title_stack, GTK_WIDGET (self->entry));
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  gtk_editable_select_region (self->entry, 0, -1);
  self->editing = TRUE;
}

static void
entry_activate_cb (NullcurveRunRow *self)
{
  stop_editing (self, TRUE);
}

/* A window that somebody looks away from keeps what has its focus, and the name half written. */
static gboolean
left_cb (gpointer data)
{
  NullcurveRunRow *self = data;
  self->leave_id = 0;
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->entry)))
    stop_editing (self, TRUE);
  return G_SOURCE_REMOVE;
}

/* Where the focus went is known a moment later. */
static void
entry_leave_cb (NullcurveRunRow *self)
{
  if (self->leave_id == 0)
    self->leave_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, left_cb, self, NULL);
}

static gboolean
entry_key_cb (NullcurveRunRow *self, guint key)
{
  if (key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;
  stop_editing (self, FALSE);
  return GDK_EVENT_STOP;
}

static void
title_pressed_cb (NullcurveRunRow *self, int n_press)
{
  if (n_press == 2)
    nullcurve_run_row_edit (self);
}

/* Menus */

/* Is it where a person sees it? */
static gboolean
is_in_view (NullcurveRunRow *self, GtkWidget *window)
{
  graphene_rect_t place;
  return gtk_widget_get_mapped (GTK_WIDGET (self))
         && gtk_widget_compute_bounds (GTK_WIDGET (self), window, &place) && place.origin.y > -1
         && place.origin.y + place.size.height < (float)gtk_widget_get_height (window) + 1;
}

/* Whether nothing had to be done; else it will be in view after a layout. */
static gboolean
scroll_to (NullcurveRunRow *self)
{
  graphene_rect_t place;
  GtkWidget *window = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_SCROLLED_WINDOW);
  GtkWidget *port = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_VIEWPORT);
  if (window == NULL || port == NULL || is_in_view (self, window))
    return TRUE;
  GtkWidget *content = gtk_viewport_get_child (GTK_VIEWPORT (port));
  if (gtk_widget_compute_bounds (GTK_WIDGET (self), content, &place))
    {
      double top = (double)place.origin.y + gtk_widget_get_margin_top (content);
      gtk_adjustment_clamp_page (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (window)),
                                 top, top + (double)place.size.height);
    }
  return FALSE;
}

static gboolean
open_seen_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  NullcurveRunRow *self = NULLCURVE_RUN_ROW (widget);
  if (!scroll_to (self) && --self->frames_to_open > 0)
    return G_SOURCE_CONTINUE;
  self->open_id = 0;
  if (self->frames_to_open > 0)
    gtk_menu_button_popup (self->to_open);
  return G_SOURCE_REMOVE;
}

/* What opens at a row that is scrolled away would open beyond the window, and where that is beyond
 * every monitor not at all. */
static void
open_in_view (NullcurveRunRow *self, GtkMenuButton *button)
{
  if (scroll_to (self))
    {
      gtk_menu_button_popup (button);
      return;
    }
  self->to_open = button;
  self->frames_to_open = FRAMES_TO_BE_SEEN;
  if (self->open_id == 0)
    self->open_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), open_seen_cb, NULL, NULL);
}

gboolean
nullcurve_run_row_show (NullcurveRunRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ROW (self), TRUE);
  return gtk_widget_get_height (GTK_WIDGET (self)) > 0 && scroll_to (self);
}

void
nullcurve_run_row_open_menu (NullcurveRunRow *self)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ROW (self));
  open_in_view (self, self->more);
}

void
nullcurve_run_row_open_colours (NullcurveRunRow *self)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ROW (self));
  open_in_view (self, self->colour);
}

/* Not when it is pressed: a menu that takes the release leaves the row looking pressed. */
static void
right_released_cb (NullcurveRunRow *self)
{
  nullcurve_run_row_open_menu (self);
}

static gboolean
menu_key_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  nullcurve_run_row_open_menu (NULLCURVE_RUN_ROW (widget));
  return TRUE;
}

/* The menu acts on the run in hand. */
static void
select_me_cb (NullcurveRunRow *self)
{
  nullcurve_runs_model_select (self->runs, self->item);
}

static void
recolour_action (GtkWidget *widget, const char *name, GVariant *colour)
{
  NullcurveRunRow *self = NULLCURVE_RUN_ROW (widget);
  gtk_menu_button_popdown (self->colour);
  nullcurve_runs_model_recolour (self->runs, self->item, g_variant_get_int32 (colour));
}

static void
create_colours_cb (GtkMenuButton *button, gpointer data)
{
  NullcurveRunRow *self = data;
  gtk_menu_button_set_popover (
      button,
      nullcurve_run_colours_new ("row.recolour", nullcurve_run_item_get_palette (self->item)));
}

/* Drag and drop within the list */

static GdkContentProvider *
prepare_cb (NullcurveRunRow *self)
{
  return self->editing ? NULL
                       : gdk_content_provider_new_typed (NULLCURVE_TYPE_RUN_ITEM, self->item);
}

static void
drag_begin_cb (NullcurveRunRow *self, GdkDrag *drag, GtkDragSource *source)
{
  g_autoptr (GdkPaintable) picture = gtk_widget_paintable_new (GTK_WIDGET (self));
  gtk_drag_source_set_icon (source, picture, 12, 12);
}

static gboolean
drop_cb (NullcurveRunRow *self, const GValue *value)
{
  guint position;
  if (!self->movable || !G_VALUE_HOLDS (value, NULLCURVE_TYPE_RUN_ITEM)
      || g_value_get_object (value) == self->item
      || !nullcurve_runs_model_find (self->runs, self->item, &position))
    return FALSE;
  nullcurve_runs_model_move (self->runs, g_value_get_object (value), position);
  return TRUE;
}

static void
init_drag (NullcurveRunRow *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (NULLCURVE_TYPE_RUN_ITEM, GDK_ACTION_MOVE);
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect_swapped (source, "prepare", G_CALLBACK (prepare_cb), self);
  g_signal_connect_swapped (source, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

void
nullcurve_run_row_set_movable (NullcurveRunRow *self, gboolean movable)
{
  g_return_if_fail (NULLCURVE_IS_RUN_ROW (self));
  self->movable = movable;
}

NullcurveRunItem *
nullcurve_run_row_get_item (NullcurveRunRow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_ROW (self), NULL);
  return self->item;
}

GtkWidget *
nullcurve_run_row_new (NullcurveRunsModel *runs, NullcurveRunItem *item)
{
  NullcurveRunRow *self = g_object_new (NULLCURVE_TYPE_RUN_ROW, NULL);
  self->runs = g_object_ref (runs);
  self->item = g_object_ref (item);
  g_signal_connect_object (item, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (item, "listed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

static void
nullcurve_run_row_dispose (GObject *object)
{
  NullcurveRunRow *self = NULLCURVE_RUN_ROW (object);
  self->editing = FALSE;
  g_clear_handle_id (&self->leave_id, g_source_remove);
  g_clear_object (&self->item);
  g_clear_object (&self->runs);
  if (self->colour != NULL) /* colours that are being opened would keep the window */
    gtk_menu_button_set_popover (self->colour, NULL);
  G_OBJECT_CLASS (nullcurve_run_row_parent_class)->dispose (object);
}

static void
nullcurve_run_row_class_init (NullcurveRunRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = nullcurve_run_row_dispose;
  g_type_ensure (NULLCURVE_TYPE_RUN_SWATCH);
  gtk_widget_class_set_template_from_resource (widget_class, NULLCURVE_RESOURCE_BASE "run-row.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, colour);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, swatch);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, title_stack);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, title);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, name_box);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, words);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, figure);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, entry);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, pin_mark);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, live_mark);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, show);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, more);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunRow, guard);
  gtk_widget_class_bind_template_callback (widget_class, show_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, eye_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_leave_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, title_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, right_released_cb);
  gtk_widget_class_install_action (widget_class, "row.recolour", "i", recolour_action);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Menu, 0, menu_key_cb, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, menu_key_cb, NULL);
}

static void
nullcurve_run_row_init (NullcurveRunRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->colour, create_colours_cb, self, NULL);
  g_signal_connect_object (gtk_menu_button_get_popover (self->more), "show",
                           G_CALLBACK (select_me_cb), self, G_CONNECT_SWAPPED);
  init_drag (self);
}
