/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with a run of the list: by its row, its menu, or a key. */
#include "ui/window-private.h"

#include "ui/chart/style.h"
#include "ui/run-setup.h"

#include <glib/gi18n.h>

static NullcurveRunItem *
in_hand (GtkWidget *widget)
{
  return nullcurve_run_list_get_selected (NULLCURVE_WINDOW (widget)->run_list);
}

void
nullcurve_window_update_list (NullcurveWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  NullcurveRunItem *selected = in_hand (widget);
  guint position = 0, n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  gboolean any = selected != NULL && g_list_store_find (self->runs, selected, &position);
  gtk_widget_action_set_enabled (widget, "win.rename-run", any);
  gtk_widget_action_set_enabled (widget, "win.recolour-run", any);
  gtk_widget_action_set_enabled (widget, "win.hide-run", any);
  gtk_widget_action_set_enabled (widget, "win.use-setup", any);
  gtk_widget_action_set_enabled (widget, "win.run-up", any && position > 0);
  gtk_widget_action_set_enabled (widget, "win.run-down", any && position + 1 < n);
  gtk_widget_action_set_enabled (widget, "win.clear-runs", n > (self->live != NULL ? 1u : 0u));
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  adw_flap_set_reveal_flap (self->runs_flap, TRUE);
  nullcurve_run_list_rename (self->run_list, in_hand (widget));
}

static void
recolour_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  nullcurve_run_list_recolour (NULLCURVE_WINDOW (widget)->run_list, in_hand (widget));
}

static void
hide_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveRunItem *item = in_hand (widget);
  nullcurve_window_show_run (NULLCURVE_WINDOW (widget), item,
                             !nullcurve_run_item_get_visible (item));
}

static void
move_by (GtkWidget *widget, int step)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  NullcurveRunItem *item = in_hand (widget);
  guint position;
  if (item != NULL && g_list_store_find (self->runs, item, &position) && (step > 0 || position > 0))
    nullcurve_window_move_run (self, item, position + (guint)step);
}

static void
up_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  move_by (widget, -1);
}

static void
down_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  move_by (widget, 1);
}

/* What the run does not tell stays as it is set up. */
static void
use_setup_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  MoeOptions options;
  nullcurve_setup_panel_get_options (self->setup, &options);
  if (!nullcurve_run_setup (nullcurve_run_item_get_run (in_hand (widget)), &options))
    {
      nullcurve_window_toast (self, _ ("This run does not tell how it was measured"));
      return;
    }
  nullcurve_setup_panel_set_options (self->setup, &options);
  adw_flap_set_reveal_flap (self->setup_flap, TRUE);
  nullcurve_window_toast (self, _ ("The setup is that of the run now"));
}

/* What the rows ask for */

static void
rename_cb (NullcurveWindow *self, NullcurveRunItem *item, const char *title)
{
  nullcurve_window_rename_run (self, item, title);
}

static void
recolour_cb (NullcurveWindow *self, NullcurveRunItem *item, int colour)
{
  nullcurve_window_recolour_run (self, item, nullcurve_window_shift_palette (self, item, colour));
}

static void
show_cb (NullcurveWindow *self, NullcurveRunItem *item, gboolean shown)
{
  nullcurve_window_show_run (self, item, shown);
}

static void
move_cb (NullcurveWindow *self, NullcurveRunItem *item, NullcurveRunItem *target)
{
  guint position;
  if (g_list_store_find (self->runs, target, &position))
    nullcurve_window_move_run (self, item, position);
}

/* The baseline, and what the others are against it */

static void
compare_all (NullcurveWindow *self)
{
  MoeRun *baseline = self->baseline != NULL ? nullcurve_run_item_get_run (self->baseline) : NULL;
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      nullcurve_run_item_set_pinned (item, item == self->baseline);
      nullcurve_run_item_compare (item, baseline);
    }
}

static gboolean
compare_cb (gpointer data)
{
  NullcurveWindow *self = data;
  self->compare_id = 0;
  compare_all (self);
  return G_SOURCE_REMOVE;
}

/* While a run grows this is asked for several times a second. */
void
nullcurve_window_compare_run (NullcurveWindow *self, NullcurveRunItem *item)
{
  if (self->baseline == item)
    nullcurve_window_queue_compare (self);
  else if (self->baseline != NULL)
    nullcurve_run_item_compare (item, nullcurve_run_item_get_run (self->baseline));
}

void
nullcurve_window_queue_compare (NullcurveWindow *self)
{
  if (self->compare_id == 0)
    self->compare_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, compare_cb, self, NULL);
}

/* Colours: a run keeps the one it got when it came */

static gboolean
is_free (NullcurveWindow *self, NullcurveRunItem *but, int first, int n)
{
  guint n_runs = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n_runs; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      int taken = nullcurve_run_item_get_palette (item);
      int end = taken + (int)nullcurve_run_item_count_curves (item);
      if (item != but && taken >= 0 && first < end && taken < first + n)
        return FALSE;
    }
  return TRUE;
}

/* Does another run begin with this colour, with whatever marker? */
static gboolean
is_worn (NullcurveWindow *self, NullcurveRunItem *but, int palette)
{
  guint n_runs = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n_runs; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      int worn = nullcurve_run_item_get_palette (item);
      if (item != but && worn >= 0
          && worn % NULLCURVE_STYLE_N_COLOURS == palette % NULLCURVE_STYLE_N_COLOURS)
        return TRUE;
    }
  return FALSE;
}

int
nullcurve_window_find_palette (NullcurveWindow *self, NullcurveRunItem *item)
{
  int n = MAX (1, (int)nullcurve_run_item_count_curves (item)), first = 0;
  while (!is_free (self, item, first, n))
    first++;
  /* What is free may begin with a colour that another run begins with; the next seven may not. */
  for (int palette = first; palette < first + NULLCURVE_STYLE_N_COLOURS; palette++)
    if (is_free (self, item, palette, n) && !is_worn (self, item, palette))
      return palette;
  return first;
}

int
nullcurve_window_shift_palette (NullcurveWindow *self, NullcurveRunItem *item, int colour)
{
  int n = MAX (1, (int)nullcurve_run_item_count_curves (item));
  for (int shift = 0; shift < NULLCURVE_STYLE_N_COLOURS; shift++)
    if (is_free (self, item, colour + shift * NULLCURVE_STYLE_N_COLOURS, n))
      return colour + shift * NULLCURVE_STYLE_N_COLOURS;
  return colour;
}

void
nullcurve_window_install_list (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.rename-run", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "win.recolour-run", NULL, recolour_action);
  gtk_widget_class_install_action (widget_class, "win.hide-run", NULL, hide_action);
  gtk_widget_class_install_action (widget_class, "win.run-up", NULL, up_action);
  gtk_widget_class_install_action (widget_class, "win.run-down", NULL, down_action);
  gtk_widget_class_install_action (widget_class, "win.use-setup", NULL, use_setup_action);
}

void
nullcurve_window_init_list (NullcurveWindow *self)
{
  g_signal_connect_swapped (self->run_list, "rename", G_CALLBACK (rename_cb), self);
  g_signal_connect_swapped (self->run_list, "recolour", G_CALLBACK (recolour_cb), self);
  g_signal_connect_swapped (self->run_list, "show-run", G_CALLBACK (show_cb), self);
  g_signal_connect_swapped (self->run_list, "move", G_CALLBACK (move_cb), self);
  g_signal_connect (self, "notify::baseline", G_CALLBACK (nullcurve_window_queue_compare), NULL);
}
