/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with a run of the list: by its row, its menu, or a key. */
#include "ui/window/window-private.h"

#include "engine/sweep/run-options.h"
#include "ui/figure/style.h"

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
  gtk_widget_action_set_enabled (widget, "win.measure-against",
                                 any && !nullcurve_window_is_live (self, selected)
                                     && nullcurve_setup_panel_get_problem (self->setup) == NULL);
  gtk_widget_action_set_enabled (widget, "win.run-up", any && position > 0);
  gtk_widget_action_set_enabled (widget, "win.run-down", any && position + 1 < n);
  gtk_widget_action_set_enabled (widget, "win.clear-runs",
                                 n > (guint)(self->live != NULL)
                                         + (guint)(self->live_first != NULL));
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
  if (!moe_run_to_options (nullcurve_run_item_get_run (in_hand (widget)), &options))
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

/* Colours: a run keeps the one it got when it came */

/* Palette indices that a run's curves have. */
typedef struct Worn
{
  int first, end;
} Worn;

/* Of all runs but this. */
static GArray *
list_worn (NullcurveWindow *self, NullcurveRunItem *but)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Worn));
  guint n_runs = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  for (guint i = 0; i < n_runs; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      Worn worn = { .first = nullcurve_run_item_get_palette (item) };
      worn.end = worn.first + (int)nullcurve_run_item_count_curves (item);
      if (item != but && worn.first >= 0)
        g_array_append_val (all, worn);
    }
  return all;
}

static gboolean
is_free (const GArray *all, int first, int n)
{
  for (guint i = 0; i < all->len; i++)
    {
      const Worn *worn = &g_array_index (all, Worn, i);
      if (first < worn->end && worn->first < first + n)
        return FALSE;
    }
  return TRUE;
}

/* Does another run begin with this colour, with whatever marker? */
static gboolean
is_first_of (const GArray *all, int palette)
{
  for (guint i = 0; i < all->len; i++)
    if (g_array_index (all, Worn, i).first % NULLCURVE_STYLE_N_COLOURS
        == palette % NULLCURVE_STYLE_N_COLOURS)
      return TRUE;
  return FALSE;
}

int
nullcurve_window_find_palette (NullcurveWindow *self, NullcurveRunItem *item)
{
  g_autoptr (GArray) worn = list_worn (self, item);
  int n = MAX (1, (int)nullcurve_run_item_count_curves (item)), first = 0;
  while (!is_free (worn, first, n))
    first++;
  /* What is free may begin with a colour that another run begins with; the next seven may not. */
  for (int palette = first; palette < first + NULLCURVE_STYLE_N_COLOURS; palette++)
    if (is_free (worn, palette, n) && !is_first_of (worn, palette))
      return palette;
  return first;
}

int
nullcurve_window_shift_palette (NullcurveWindow *self, NullcurveRunItem *item, int colour)
{
  g_autoptr (GArray) worn = list_worn (self, item);
  int n = MAX (1, (int)nullcurve_run_item_count_curves (item));
  for (int shift = 0; shift < NULLCURVE_STYLE_N_COLOURS; shift++)
    if (is_free (worn, colour + shift * NULLCURVE_STYLE_N_COLOURS, n))
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
}
