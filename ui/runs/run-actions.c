/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-actions.h"

#include "ui/notice.h"
#include "ui/runs/compare-dialog.h"
#include "ui/runs/run-properties.h"

#include <glib/gi18n.h>

static NullcurveRunsModel *
runs_of (gpointer list)
{
  return nullcurve_run_list_get_runs (list);
}

static NullcurveRunItem *
in_hand (gpointer list)
{
  return nullcurve_runs_model_get_selected (runs_of (list));
}

static void update (NullcurveRunList *list);

/* Where it was folded away. */
static void
reveal (gpointer list)
{
  GtkWidget *flap = gtk_widget_get_ancestor (list, ADW_TYPE_FLAP);
  if (flap != NULL)
    adw_flap_set_reveal_flap (ADW_FLAP (flap), TRUE);
}

static void
rename_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  reveal (list);
  nullcurve_run_row_edit (nullcurve_run_list_get_row (list, in_hand (list)));
}

static void
recolour_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  reveal (list);
  nullcurve_run_row_open_colours (nullcurve_run_list_get_row (list, in_hand (list)));
}

/* All that are selected follow the one in hand. */
static void
hide_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  g_autoptr (GPtrArray) selected = nullcurve_run_list_dup_selected (list);
  nullcurve_runs_model_show_all (runs_of (list), selected,
                                 !nullcurve_run_item_get_visible (in_hand (list)));
}

static void
show_only_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  g_autoptr (GPtrArray) selected = nullcurve_run_list_dup_selected (list);
  nullcurve_runs_model_show_only (runs_of (list), selected);
}

static void
show_all_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  nullcurve_runs_model_show_only (runs_of (list), NULL);
}

static void
properties_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  g_autofree char *subtitle = nullcurve_run_item_dup_subtitle (in_hand (list));
  gtk_window_present (GTK_WINDOW (
      nullcurve_run_properties_new (GTK_WINDOW (gtk_widget_get_root (list)),
                                    nullcurve_run_item_get_run (in_hand (list)), subtitle)));
}

static void
find_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  reveal (list);
  nullcurve_run_list_find (list);
}

/* Both say how the rows stand: what one has chosen goes with the other. */
static void
arrange_action (GSimpleAction *action, GVariant *value, gpointer list)
{
  GActionGroup *window = G_ACTION_GROUP (gtk_widget_get_root (list));
  int sort = NULLCURVE_RUN_SORT_LIST, group = NULLCURVE_RUN_GROUP_NONE;
  g_simple_action_set_state (action, value);
  g_autoptr (GVariant) sorted = g_action_group_get_action_state (window, "sort-runs");
  g_autoptr (GVariant) grouped = g_action_group_get_action_state (window, "group-runs");
  moe_name_parse (&nullcurve_run_sort_names, g_variant_get_string (sorted, NULL), &sort);
  moe_name_parse (&nullcurve_run_group_names, g_variant_get_string (grouped, NULL), &group);
  nullcurve_run_list_arrange (list, (NullcurveRunSort)sort, (NullcurveRunGroup)group);
  update (list);
}

static void
move_by (gpointer list, guint step)
{
  guint position;
  if (nullcurve_runs_model_find (runs_of (list), in_hand (list), &position))
    nullcurve_runs_model_move (runs_of (list), in_hand (list), position + step);
}

static void
up_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  move_by (list, (guint)-1); /* before the first: nowhere */
}

static void
down_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  move_by (list, 1);
}

static void
pin_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  gboolean pinned = in_hand (list) == nullcurve_runs_model_get_baseline (runs_of (list));
  nullcurve_runs_model_pin (runs_of (list), pinned ? NULL : in_hand (list));
}

static void
remove_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  g_autoptr (GPtrArray) selected = nullcurve_run_list_dup_selected (list);
  nullcurve_runs_model_delete_all (runs_of (list), selected);
}

/* The two that are selected, else the run in hand against the one above it. */
static void
compare_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (runs_of (list), FALSE);
  g_autoptr (GPtrArray) selected = nullcurve_run_list_dup_selected (list);
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (list));
  guint a, b = 0;
  nullcurve_runs_model_find (runs_of (list), in_hand (list), &b);
  a = b > 0 ? b - 1 : 1;
  for (guint i = 0; selected->len == 2 && i < 2; i++)
    if (g_ptr_array_index (selected, i) != in_hand (list))
      nullcurve_runs_model_find (runs_of (list), g_ptr_array_index (selected, i), &a);
  gtk_window_present (GTK_WINDOW (nullcurve_compare_dialog_new (window, runs, a, b)));
}

static void
clear_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  nullcurve_runs_model_clear (runs_of (list));
}

static void
undo_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  nullcurve_runs_model_undo (runs_of (list));
}

static void
redo_action (GSimpleAction *action, GVariant *parameter, gpointer list)
{
  nullcurve_runs_model_redo (runs_of (list));
}

static void
set_enabled (NullcurveRunList *list, const char *name, gboolean enabled)
{
  GActionMap *window = G_ACTION_MAP (gtk_widget_get_root (GTK_WIDGET (list)));
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (window, name)),
                               enabled);
}

static void
update (NullcurveRunList *list)
{
  NullcurveRunsModel *runs = runs_of (list);
  NullcurveRunItem *item = in_hand (list);
  guint position = 0, n = g_list_model_get_n_items (G_LIST_MODEL (runs)), n_live = 0, n_shown = 0;
  gboolean any = nullcurve_runs_model_find (runs, item, &position);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) other = g_list_model_get_item (G_LIST_MODEL (runs), i);
      n_live += nullcurve_run_item_get_live (other);
      n_shown += nullcurve_run_item_get_visible (other);
    }
  set_enabled (list, "rename-run", any);
  set_enabled (list, "recolour-run", any);
  set_enabled (list, "hide-run", any);
  gboolean movable = any && nullcurve_run_list_is_movable (list);
  set_enabled (list, "run-up", movable && position > 0);
  set_enabled (list, "run-down", movable && position + 1 < n);
  set_enabled (list, "show-only-runs", n > 1);
  set_enabled (list, "show-all-runs", n > n_shown);
  set_enabled (list, "run-properties", any);
  set_enabled (list, "find-run", n > 1);
  set_enabled (list, "pin-baseline", any && nullcurve_run_item_count_measured (item) > 0);
  set_enabled (list, "remove-run", any && !nullcurve_run_item_get_live (item));
  set_enabled (list, "compare", n > 1);
  set_enabled (list, "clear-runs", n > n_live);
}

static void
append_step (GMenu *history,
             const char *plain,
             const char *format,
             const char *label,
             const char *action,
             const char *accel)
{
  g_autofree char *text = label != NULL ? g_strdup_printf (format, label) : g_strdup (plain);
  g_autoptr (GMenuItem) item = g_menu_item_new (text, action);
  g_menu_item_set_attribute (item, "accel", "s", accel);
  g_menu_append_item (history, item);
}

static void
update_history (NullcurveRunList *list)
{
  GMenu *history = g_object_get_data (G_OBJECT (list), "history");
  const char *undo = nullcurve_runs_model_get_undo_label (runs_of (list));
  const char *redo = nullcurve_runs_model_get_redo_label (runs_of (list));
  g_menu_remove_all (history);
  append_step (history, _ ("_Undo"), _ ("_Undo %s"), undo, "win.undo", "<Primary>z");
  append_step (history, _ ("_Redo"), _ ("_Redo %s"), redo, "win.redo", "<Primary><Shift>z");
  set_enabled (list, "undo", undo != NULL);
  set_enabled (list, "redo", redo != NULL);
}

/* A toast whose button undoes only as long as that undoes what the toast tells. */
static void
deleted_cb (NullcurveRunList *list, const char *message)
{
  g_autofree char *markup = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (markup);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_action_name (toast, "win.undo");
  g_signal_connect_object (runs_of (list), "history-changed", G_CALLBACK (adw_toast_dismiss), toast,
                           G_CONNECT_SWAPPED);
  nullcurve_notice_toast (GTK_WIDGET (list), toast);
}

void
nullcurve_run_actions_add (GActionMap *window, NullcurveRunList *list, GMenu *history)
{
  static const GActionEntry entries[] = {
    { "rename-run", rename_action },
    { "recolour-run", recolour_action },
    { "hide-run", hide_action },
    { "run-up", up_action },
    { "run-down", down_action },
    { "pin-baseline", pin_action },
    { "remove-run", remove_action },
    { "compare", compare_action },
    { "clear-runs", clear_action },
    { "undo", undo_action },
    { "redo", redo_action },
    { "show-only-runs", show_only_action },
    { "show-all-runs", show_all_action },
    { "run-properties", properties_action },
    { "find-run", find_action },
    { "sort-runs", NULL, "s", "'list'", arrange_action },
    { "group-runs", NULL, "s", "'none'", arrange_action },
  };
  NullcurveRunsModel *runs = runs_of (list);
  g_action_map_add_action_entries (window, entries, G_N_ELEMENTS (entries), list);
  g_object_set_data_full (G_OBJECT (list), "history", g_object_ref (history), g_object_unref);
  g_signal_connect_object (runs, "changed", G_CALLBACK (update), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "notify::live", G_CALLBACK (update), list, G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "history-changed", G_CALLBACK (update_history), list,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "deleted", G_CALLBACK (deleted_cb), list, G_CONNECT_SWAPPED);
  update (list);
  update_history (list);
}
