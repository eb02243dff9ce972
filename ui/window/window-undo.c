/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of the list of runs that a person makes, and takes back. */
#include "ui/window/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

typedef enum ChangeKind
{
  CHANGE_REMOVE,
  CHANGE_RENAME,
  CHANGE_RECOLOUR,
  CHANGE_MOVE,
  CHANGE_SHOW,
  CHANGE_PIN,
} ChangeKind;

typedef struct Change
{
  ChangeKind kind;
  NullcurveWindow *window; /* which owns the stack that owns this */
  GPtrArray *items;        /* of NullcurveRunItem *; in the order of the list */
  GArray *positions;       /* of guint, where those items were removed from */
  int before, after;       /* palette, position, visible */
  char *old_title, *new_title;
  NullcurveRunItem *old_pin, *new_pin;
} Change;

static Change *
change_new (NullcurveWindow *window, ChangeKind kind, NullcurveRunItem *item)
{
  Change *change = g_new0 (Change, 1);
  change->kind = kind;
  change->window = window;
  change->items = g_ptr_array_new_with_free_func (g_object_unref);
  change->positions = g_array_new (FALSE, FALSE, sizeof (guint));
  if (item != NULL)
    g_ptr_array_add (change->items, g_object_ref (item));
  return change;
}

static void
change_free (gpointer data)
{
  Change *change = data;
  g_ptr_array_unref (change->items);
  g_array_unref (change->positions);
  g_free (change->old_title);
  g_free (change->new_title);
  g_clear_object (&change->old_pin);
  g_clear_object (&change->new_pin);
  g_free (change);
}

static void
remove_items (const Change *change)
{
  for (guint i = 0; i < change->items->len; i++)
    nullcurve_window_remove_run (change->window, g_ptr_array_index (change->items, i));
}

/* Where it was; runs that came meanwhile may have moved the end. */
static void
insert_item (NullcurveWindow *self, NullcurveRunItem *item, guint position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  if (!g_list_store_find (self->runs, item, NULL))
    g_list_store_insert (self->runs, MIN (position, n), item);
}

static void
insert_items (const Change *change)
{
  NullcurveWindow *self = change->window;
  for (guint i = 0; i < change->items->len; i++)
    insert_item (self, g_ptr_array_index (change->items, i),
                 g_array_index (change->positions, guint, i));
  if (change->old_pin != NULL && self->baseline == NULL
      && g_list_store_find (self->runs, change->old_pin, NULL))
    nullcurve_window_set_baseline (self, change->old_pin);
  nullcurve_run_list_select (self->run_list, g_ptr_array_index (change->items, 0));
}

static void
move_item (NullcurveWindow *self, NullcurveRunItem *item, guint to)
{
  guint from, n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  if (!g_list_store_find (self->runs, item, &from))
    return;
  to = MIN (to, n - 1);
  /* In one go: for no moment is the item gone from the list. */
  guint first = MIN (from, to), length = MAX (from, to) - first + 1;
  g_autoptr (GPtrArray) order = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < length; i++)
    g_ptr_array_add (order, g_list_model_get_item (G_LIST_MODEL (self->runs), first + i));
  gpointer moved = g_ptr_array_steal_index (order, from - first);
  g_ptr_array_insert (order, (int)(to - first), moved);
  g_list_store_splice (self->runs, first, length, order->pdata, length);
  nullcurve_run_list_focus (self->run_list, item);
}

static void
apply_pin (const Change *change, gboolean forward)
{
  NullcurveRunItem *pin = forward ? change->new_pin : change->old_pin;
  if (pin == NULL || g_list_store_find (change->window->runs, pin, NULL))
    nullcurve_window_set_baseline (change->window, pin);
}

static void
apply (gpointer data, gboolean forward)
{
  const Change *change = data;
  NullcurveRunItem *item = change->items->len > 0 ? g_ptr_array_index (change->items, 0) : NULL;
  int value = forward ? change->after : change->before;
  switch (change->kind)
    {
    case CHANGE_REMOVE:
      if (forward)
        remove_items (change);
      else
        insert_items (change);
      break;
    case CHANGE_RENAME:
      nullcurve_run_item_set_title (item, forward ? change->new_title : change->old_title);
      nullcurve_window_keep_title (change->window, item);
      break;
    case CHANGE_RECOLOUR:
      nullcurve_run_item_set_palette (item, value);
      nullcurve_window_queue_chart (change->window);
      break;
    case CHANGE_MOVE:
      move_item (change->window, item, (guint)value);
      break;
    case CHANGE_SHOW:
      nullcurve_run_item_set_visible (item, value);
      break;
    case CHANGE_PIN:
      apply_pin (change, forward);
      break;
    }
}

static void
do_change (Change *change, const char *label)
{
  nullcurve_undo_stack_do (change->window->undo, label, apply, change, change_free);
}

void
nullcurve_window_rename_run (NullcurveWindow *self, NullcurveRunItem *item, const char *title)
{
  g_autofree char *name = g_strstrip (g_strdup (title));
  const char *present = nullcurve_run_item_get_title (item);
  if (*name == '\0' || g_strcmp0 (name, present) == 0)
    return;
  Change *change = change_new (self, CHANGE_RENAME, item);
  change->old_title = g_strdup (present);
  change->new_title = g_steal_pointer (&name);
  do_change (change, _ ("Rename Run"));
}

void
nullcurve_window_recolour_run (NullcurveWindow *self, NullcurveRunItem *item, int palette)
{
  Change *change = change_new (self, CHANGE_RECOLOUR, item);
  change->before = nullcurve_run_item_get_palette (item);
  change->after = palette;
  if (change->before == change->after)
    change_free (change);
  else
    do_change (change, _ ("Recolour Run"));
}

void
nullcurve_window_move_run (NullcurveWindow *self, NullcurveRunItem *item, guint position)
{
  guint from, n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  if (!g_list_store_find (self->runs, item, &from) || position >= n || position == from)
    return;
  Change *change = change_new (self, CHANGE_MOVE, item);
  change->before = (int)from;
  change->after = (int)position;
  do_change (change, _ ("Move Run"));
}

void
nullcurve_window_show_run (NullcurveWindow *self, NullcurveRunItem *item, gboolean shown)
{
  if (nullcurve_run_item_get_visible (item) == !!shown)
    return;
  Change *change = change_new (self, CHANGE_SHOW, item);
  change->before = !shown;
  change->after = !!shown;
  do_change (change, shown ? _ ("Show Run") : _ ("Hide Run"));
}

void
nullcurve_window_pin_run (NullcurveWindow *self, NullcurveRunItem *item)
{
  if (item == self->baseline)
    return;
  Change *change = change_new (self, CHANGE_PIN, NULL);
  g_set_object (&change->old_pin, self->baseline);
  g_set_object (&change->new_pin, item);
  do_change (change, item != NULL ? _ ("Pin Baseline") : _ ("Unpin Baseline"));
}

/* A toast whose button undoes only as long as that undoes what the toast tells. */
static void
offer_undo (NullcurveWindow *self, const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  g_set_weak_pointer (&self->undo_toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
remove_with_undo (NullcurveWindow *self, Change *change, const char *label, const char *message)
{
  if (change->items->len == 0)
    {
      change_free (change);
      return;
    }
  for (guint i = 0; i < change->items->len; i++)
    if (g_ptr_array_index (change->items, i) == self->baseline)
      g_set_object (&change->old_pin, self->baseline);
  do_change (change, label);
  offer_undo (self, message);
}

static void
add_removed (Change *change, NullcurveRunItem *item)
{
  guint position;
  if (nullcurve_window_is_live (change->window, item)
      || !g_list_store_find (change->window->runs, item, &position))
    return;
  g_ptr_array_add (change->items, g_object_ref (item));
  g_array_append_val (change->positions, position);
}

void
nullcurve_window_delete_run (NullcurveWindow *self, NullcurveRunItem *item)
{
  Change *change = change_new (self, CHANGE_REMOVE, NULL);
  g_autofree char *message =
      g_strdup_printf (_ ("“%s” removed from the list"), nullcurve_run_item_get_title (item));
  add_removed (change, item);
  remove_with_undo (self, change, _ ("Remove Run"), message);
}

void
nullcurve_window_clear_runs (NullcurveWindow *self)
{
  Change *change = change_new (self, CHANGE_REMOVE, NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      add_removed (change, item);
    }
  g_autofree char *message =
      g_strdup_printf (g_dngettext (NULL, "%u run removed from the list",
                                    "%u runs removed from the list", change->items->len),
                       change->items->len);
  remove_with_undo (self, change, _ ("Clear List"), message);
}

/* The actions */

static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_undo_stack_undo (NULLCURVE_WINDOW (widget)->undo);
}

static void
redo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_undo_stack_redo (NULLCURVE_WINDOW (widget)->undo);
}

static void
clear_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_window_clear_runs (NULLCURVE_WINDOW (widget));
}

static void
append_item (GMenu *menu,
             const char *plain,
             const char *format,
             const char *label,
             const char *action,
             const char *accel)
{
  g_autofree char *text = label != NULL ? g_strdup_printf (format, label) : g_strdup (plain);
  g_autoptr (GMenuItem) item = g_menu_item_new (text, action);
  g_menu_item_set_attribute (item, "accel", "s", accel);
  g_menu_append_item (menu, item);
}

static void
stack_changed_cb (NullcurveWindow *self)
{
  const char *undo = nullcurve_undo_stack_get_undo_label (self->undo);
  const char *redo = nullcurve_undo_stack_get_redo_label (self->undo);
  if (self->undo_toast != NULL)
    adw_toast_dismiss (self->undo_toast);
  g_menu_remove_all (self->undo_menu);
  append_item (self->undo_menu, _ ("_Undo"), _ ("_Undo %s"), undo, "win.undo", "<Primary>z");
  append_item (self->undo_menu, _ ("_Redo"), _ ("_Redo %s"), redo, "win.redo", "<Primary><Shift>z");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.undo", undo != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.redo", redo != NULL);
}

void
nullcurve_window_install_undo (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_install_action (widget_class, "win.redo", NULL, redo_action);
  gtk_widget_class_install_action (widget_class, "win.clear-runs", NULL, clear_action);
  /* Bindings, not accelerators: an entry that has the focus undoes its own text first. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK,
                                       "win.redo", NULL);
}

void
nullcurve_window_init_undo (NullcurveWindow *self)
{
  self->undo = nullcurve_undo_stack_new ();
  g_signal_connect_object (self->undo, "changed", G_CALLBACK (stack_changed_cb), self,
                           G_CONNECT_SWAPPED);
  stack_changed_cb (self);
}
