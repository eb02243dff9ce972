/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/page/points-table.h"

#include "ui/page/table-columns.h"
#include "ui/page/table-text.h"
#include "ui/resources.h"
#include "ui/runs/run-swatch.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* What a person wants of a column; at first nothing. */
typedef enum Wish
{
  WISH_NONE, /* it is there when it has something to say */
  WISH_SHOWN,
  WISH_HIDDEN
} Wish;

struct _NullcurvePointsTable
{
  AdwBin parent_instance;

  GtkColumnView *view;
  GtkColumnViewColumn *columns[NULLCURVE_POINT_N_COLUMNS];
  GtkSingleSelection *selection;
  GtkLabel *same;              /* what has no column, since it is so in all rows */
  GtkWidget *menu;             /* of the selected row */
  GMenu *column_menu;          /* every column, to be ticked */
  GSimpleActionGroup *actions; /* these ticks */

  NullcurveRunsModel *runs;
  GListStore *rows;
  GtkSortListModel *sorted;
  NullcurveTableColumns news;
  Wish wish[NULLCURVE_POINT_N_COLUMNS];
  guint n_runs; /* that are shown */
};

enum
{
  CHOSEN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurvePointsTable, nullcurve_points_table, ADW_TYPE_BIN)

/* Cells: a label each, brought up to date when its point says that it changed. */

static NullcurvePointColumn
factory_column (gpointer factory)
{
  return (NullcurvePointColumn)GPOINTER_TO_INT (g_object_get_data (factory, "column"));
}

/* A menu of the row, beside it. */
static void
popup (NullcurvePointsTable *self, const GdkRectangle *at)
{
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), at);
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

/* What the menu is about is selected. */
static void
cell_pressed_cb (GtkGestureClick *click, int n_press, double x, double y, GtkListItem *item)
{
  GtkWidget *cell = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (click));
  GtkWidget *widget = gtk_widget_get_ancestor (cell, NULLCURVE_TYPE_POINTS_TABLE);
  NullcurvePointsTable *self = NULLCURVE_POINTS_TABLE (widget);
  double table_x, table_y;
  gtk_single_selection_set_selected (self->selection, gtk_list_item_get_position (item));
  if (gtk_widget_translate_coordinates (cell, widget, x, y, &table_x, &table_y))
    popup (self, &(GdkRectangle){ (int)table_x, (int)table_y, 1, 1 });
}

/* The run's marker and colour before its name. */
static GtkWidget *
new_run_cell (GtkWidget *label)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (box), g_object_new (NULLCURVE_TYPE_RUN_SWATCH, NULL));
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_set_hexpand (label, TRUE);
  return box;
}

static GtkLabel *
label_of (GtkListItem *item)
{
  GtkWidget *child = gtk_list_item_get_child (item);
  return GTK_LABEL (GTK_IS_LABEL (child) ? child : gtk_widget_get_last_child (child));
}

static void
cell_setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect_object (click, "pressed", G_CALLBACK (cell_pressed_cb), item, 0);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (click));
  gtk_label_set_xalign (GTK_LABEL (label),
                        nullcurve_point_column_is_text (factory_column (factory)) ? 0 : 1);
  if (factory_column (factory) == NULLCURVE_POINT_COLUMN_RUN)
    {
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_width_chars (GTK_LABEL (label), 20);
    }
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (
      item, factory_column (factory) == NULLCURVE_POINT_COLUMN_RUN ? new_run_cell (label) : label);
}

static void
update_cell (GtkLabel *label, NullcurvePointItem *point)
{
  NullcurvePointColumn column =
      (NullcurvePointColumn)GPOINTER_TO_INT (g_object_get_data (G_OBJECT (label), "column"));
  g_autofree char *text = nullcurve_point_item_dup_text (point, column);
  if (g_strcmp0 (text, gtk_label_get_label (label)) != 0)
    gtk_label_set_label (label, text);
  if (column == NULLCURVE_POINT_COLUMN_RUN)
    nullcurve_run_swatch_set_palette (
        NULLCURVE_RUN_SWATCH (gtk_widget_get_prev_sibling (GTK_WIDGET (label))),
        nullcurve_run_item_get_palette (nullcurve_point_item_get_run (point)));
}

static void
point_changed_cb (NullcurvePointItem *point, GtkLabel *label)
{
  update_cell (label, point);
}

static void
cell_bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkLabel *label = label_of (item);
  NullcurvePointItem *point = gtk_list_item_get_item (item);
  g_object_set_data (G_OBJECT (label), "column", GINT_TO_POINTER (factory_column (factory)));
  update_cell (label, point);
  g_signal_connect (point, "changed", G_CALLBACK (point_changed_cb), label);
}

static void
cell_unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), point_changed_cb,
                                        label_of (item));
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer column)
{
  return nullcurve_point_item_compare ((NullcurvePointItem *)a, (NullcurvePointItem *)b,
                                       (NullcurvePointColumn)GPOINTER_TO_INT (column));
}

/* The name of a run is worth a column where there are several. */
static gboolean
tells (NullcurvePointsTable *self, int column)
{
  return column == NULLCURVE_POINT_COLUMN_RUN
             ? self->n_runs > 1
             : nullcurve_table_columns_tells (&self->news, (NullcurvePointColumn)column);
}

static char *
column_action (int column)
{
  return g_strdup_printf ("column-%d", column);
}

static void
show_column (NullcurvePointsTable *self, int column, gboolean shown)
{
  g_autofree char *name = column_action (column);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);
  gtk_column_view_column_set_visible (self->columns[column], shown);
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (shown));
}

/* What a person wants goes before what is found in the rows. */
static void
update_columns (NullcurvePointsTable *self)
{
  gboolean silent[NULLCURVE_POINT_N_COLUMNS];
  for (int column = 0; column < NULLCURVE_POINT_N_COLUMNS; column++)
    {
      silent[column] = self->wish[column] == WISH_NONE && !tells (self, column);
      show_column (self, column, self->wish[column] != WISH_HIDDEN && !silent[column]);
    }
  g_autofree char *same =
      nullcurve_table_columns_dup_same (&self->news, G_LIST_MODEL (self->rows), silent);
  gtk_label_set_label (self->same, same != NULL ? same : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->same), same);
  gtk_widget_set_visible (GTK_WIDGET (self->same), same != NULL);
}

/* Of a column's title: to put it away, and to say which are there. */
static void
add_column_menu (NullcurvePointsTable *self,
                 GtkColumnViewColumn *view_column,
                 NullcurvePointColumn column)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_autoptr (GMenuItem) hide = g_menu_item_new (_ ("_Hide This Column"), NULL);
  g_menu_item_set_action_and_target (hide, "table.hide-column", "i", (int)column);
  g_menu_append_item (menu, hide);
  g_menu_append_submenu (menu, _ ("_Columns"), G_MENU_MODEL (self->column_menu));
  g_menu_append (menu, _ ("_Show All Columns"), "table.show-columns");
  g_menu_append (menu, _ ("_Only What Differs"), "table.reset-columns");
  gtk_column_view_column_set_header_menu (view_column, G_MENU_MODEL (menu));
}

static void
column_ticked_cb (GSimpleAction *action, GVariant *value, NullcurvePointsTable *self)
{
  int column = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (action), "column"));
  self->wish[column] = g_variant_get_boolean (value) ? WISH_SHOWN : WISH_HIDDEN;
  update_columns (self);
}

static void
add_column_tick (NullcurvePointsTable *self, int column)
{
  g_autofree char *name = column_action (column);
  g_autofree char *full = g_strconcat ("columns.", name, NULL);
  g_autoptr (GSimpleAction) action =
      g_simple_action_new_stateful (name, NULL, g_variant_new_boolean (TRUE));
  g_object_set_data (G_OBJECT (action), "column", GINT_TO_POINTER (column));
  g_signal_connect_object (action, "change-state", G_CALLBACK (column_ticked_cb), self, 0);
  g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (action));
  g_menu_append (self->column_menu, nullcurve_point_column_title ((NullcurvePointColumn)column),
                 full);
}

static void
hide_column_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurvePointsTable *self = NULLCURVE_POINTS_TABLE (widget);
  int column = g_variant_get_int32 (parameter);
  g_return_if_fail (column >= 0 && column < NULLCURVE_POINT_N_COLUMNS);
  self->wish[column] = WISH_HIDDEN;
  update_columns (self);
}

static void
wish_all (NullcurvePointsTable *self, Wish wish)
{
  for (int column = 0; column < NULLCURVE_POINT_N_COLUMNS; column++)
    self->wish[column] = wish;
  update_columns (self);
}

static void
show_columns_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wish_all (NULLCURVE_POINTS_TABLE (widget), WISH_SHOWN);
}

static void
reset_columns_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  wish_all (NULLCURVE_POINTS_TABLE (widget), WISH_NONE);
}

/* Of the selected row. */

static void
measure_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurvePointsTable *self = NULLCURVE_POINTS_TABLE (widget);
  NullcurvePointItem *point = gtk_single_selection_get_selected_item (self->selection);
  guint run;
  if (point != NULL
      && nullcurve_runs_model_find (self->runs, nullcurve_point_item_get_run (point), &run))
    gtk_widget_activate_action (widget, "win.measure-point", "(uu)", run,
                                (guint)nullcurve_point_item_get_index (point));
}

static void
copy_row_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurvePointsTable *self = NULLCURVE_POINTS_TABLE (widget);
  NullcurvePointItem *point = gtk_single_selection_get_selected_item (self->selection);
  g_autoptr (GListStore) row = g_list_store_new (NULLCURVE_TYPE_POINT_ITEM);
  if (point == NULL)
    return;
  g_list_store_append (row, point);
  g_autofree char *text = nullcurve_table_text (G_LIST_MODEL (row), "tsv");
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

/* By keys the menu opens where the focus is. */
static void
row_menu_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurvePointsTable *self = NULLCURVE_POINTS_TABLE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  graphene_rect_t bounds;
  if (gtk_single_selection_get_selected_item (self->selection) != NULL && focus != NULL
      && gtk_widget_compute_bounds (focus, widget, &bounds))
    popup (self, &(GdkRectangle){ (int)bounds.origin.x, (int)bounds.origin.y,
                                  (int)MIN (bounds.size.width, 200), (int)bounds.size.height });
}

static void
add_row_menu (NullcurvePointsTable *self)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  g_menu_append (menu, _ ("_Measure This Point Again"), "table.measure-again");
  g_menu_append (menu, _ ("_Copy Row"), "table.copy-row");
  self->menu = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
  gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
}

static void
add_column (NullcurvePointsTable *self, NullcurvePointColumn column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_object_set_data (G_OBJECT (factory), "column", GINT_TO_POINTER (column));
  g_signal_connect (factory, "setup", G_CALLBACK (cell_setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (cell_bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (cell_unbind_cb), NULL);

  g_autoptr (GtkColumnViewColumn) view_column =
      gtk_column_view_column_new (nullcurve_point_column_title (column), factory);
  g_autoptr (GtkSorter) sorter =
      GTK_SORTER (gtk_custom_sorter_new (compare_cb, GINT_TO_POINTER (column), NULL));
  gtk_column_view_column_set_sorter (view_column, sorter);
  gtk_column_view_column_set_resizable (view_column, TRUE);
  gtk_column_view_column_set_expand (view_column, TRUE);
  add_column_menu (self, view_column, column);
  gtk_column_view_append_column (self->view, view_column);
  self->columns[column] = view_column;
}

/* Titles stand over what they name: those of numbers at the right.  The view makes its header by
 * itself, a title widget for each column in their order. */
static void
align_titles (NullcurvePointsTable *self)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (self->view));
  GtkWidget *title = header != NULL ? gtk_widget_get_first_child (header) : NULL;
  for (int column = 0; title != NULL && column < NULLCURVE_POINT_N_COLUMNS; column++)
    {
      GtkWidget *words = gtk_widget_get_first_child (title);
      if (words != NULL && !nullcurve_point_column_is_text ((NullcurvePointColumn)column))
        gtk_widget_set_halign (words, GTK_ALIGN_END);
      if (column == NULLCURVE_POINT_COLUMN_SPEEDUP)
        gtk_widget_set_tooltip_text (title, _ ("Median tokens/s divided by that at f = 0; the "
                                               "Efficiency view pairs the samples round by round"));
      title = gtk_widget_get_next_sibling (title);
    }
}

/* Rows follow the runs */

static gboolean
has_rate (const MoeRun *run, gsize record)
{
  return !isnan (moe_run_get_record (run, record)->tokens_per_s);
}

static void
add_rows (NullcurvePointsTable *self, NullcurveRunItem *item, GPtrArray *rows)
{
  MoeRun *run = nullcurve_run_item_get_run (item);
  gsize n = moe_run_get_n_records (run);
  for (gsize i = 0; i < n; i++)
    if (has_rate (run, i))
      g_ptr_array_add (rows, nullcurve_point_item_new (item, i));
}

static void
rebuild (NullcurvePointsTable *self)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_object_unref);
  NullcurveDeltas *deltas = nullcurve_runs_model_get_deltas (self->runs);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->runs)); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      if (nullcurve_run_item_get_visible (item))
        add_rows (self, item, rows);
    }
  for (guint i = 0; i < rows->len; i++)
    nullcurve_point_item_set_deltas (g_ptr_array_index (rows, i), deltas);
  g_list_store_splice (self->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (self->rows)),
                       rows->pdata, rows->len);
}

/* Do the rows from *row on begin with all points of the run?  *row: behind them. */
static gboolean
has_rows_of (NullcurvePointsTable *self, NullcurveRunItem *item, guint *row)
{
  gsize n = nullcurve_run_item_count_measured (item);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (NullcurvePointItem) point =
          g_list_model_get_item (G_LIST_MODEL (self->rows), (*row)++);
      if (point == NULL || nullcurve_point_item_get_run (point) != item)
        return FALSE;
    }
  return TRUE;
}

/* The unit that the chart has: both ask the same of the runs that are shown. */
static void
update_work (NullcurvePointsTable *self)
{
  g_autoptr (GPtrArray) shown = nullcurve_runs_model_dup_runs (self->runs, TRUE);
  const MoeWorkUnit work = moe_work_unit_of_runs ((MoeRun *const *)shown->pdata, shown->len);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      g_autoptr (NullcurvePointItem) point = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
      nullcurve_point_item_set_work (point, work);
    }
  gtk_column_view_column_set_title (self->columns[NULLCURVE_POINT_COLUMN_TFLOPS], work.name);
}

/* Cells follow by themselves; rows only have to be made anew when there are others. */
static void
runs_changed_cb (NullcurvePointsTable *self)
{
  guint row = 0, n_shown = 0;
  gboolean fit = TRUE;
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->runs)); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      if (!nullcurve_run_item_get_visible (item))
        continue;
      n_shown++;
      fit = fit && has_rows_of (self, item, &row);
    }
  fit = fit && row == g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  if (!fit)
    rebuild (self);
  update_work (self);
  if (fit)
    nullcurve_table_columns_look_again (&self->news, G_LIST_MODEL (self->rows));
  else
    nullcurve_table_columns_look (&self->news, G_LIST_MODEL (self->rows));
  self->n_runs = n_shown;
  update_columns (self);
}

/* With a baseline there are columns of what each point is against it. */
static void
compared_cb (NullcurvePointsTable *self)
{
  NullcurveDeltas *deltas = nullcurve_runs_model_get_deltas (self->runs);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i++)
    {
      g_autoptr (NullcurvePointItem) point = g_list_model_get_item (G_LIST_MODEL (self->rows), i);
      nullcurve_point_item_set_deltas (point, deltas);
    }
  nullcurve_table_columns_look_compared (&self->news, G_LIST_MODEL (self->rows));
  update_columns (self);
}

void
nullcurve_points_table_set_runs (NullcurvePointsTable *self, NullcurveRunsModel *runs)
{
  g_return_if_fail (NULLCURVE_IS_POINTS_TABLE (self) && self->runs == NULL);
  self->runs = g_object_ref (runs);
  g_signal_connect_object (runs, "changed", G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "compared", G_CALLBACK (compared_cb), self, G_CONNECT_SWAPPED);
  runs_changed_cb (self);
  compared_cb (self);
}

GListModel *
nullcurve_points_table_get_rows (NullcurvePointsTable *self)
{
  g_return_val_if_fail (NULLCURVE_IS_POINTS_TABLE (self), NULL);
  return G_LIST_MODEL (self->sorted);
}

static void
selected_cb (NullcurvePointsTable *self, GParamSpec *pspec, GtkSingleSelection *selection)
{
  NullcurvePointItem *point = gtk_single_selection_get_selected_item (selection);
  if (point != NULL)
    g_signal_emit (self, signals[CHOSEN], 0, point);
}

static void
nullcurve_points_table_dispose (GObject *object)
{
  NullcurvePointsTable *self = NULLCURVE_POINTS_TABLE (object);
  g_clear_object (&self->runs);
  g_clear_object (&self->rows);
  g_clear_object (&self->sorted);
  g_clear_object (&self->column_menu);
  g_clear_object (&self->actions);
  nullcurve_table_columns_clear (&self->news);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  G_OBJECT_CLASS (nullcurve_points_table_parent_class)->dispose (object);
}

static void
nullcurve_points_table_class_init (NullcurvePointsTableClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = nullcurve_points_table_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "points-table.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurvePointsTable, view);
  gtk_widget_class_bind_template_child (widget_class, NullcurvePointsTable, same);
  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, NULLCURVE_TYPE_POINT_ITEM);
  gtk_widget_class_install_action (widget_class, "table.measure-again", NULL, measure_again_action);
  gtk_widget_class_install_action (widget_class, "table.copy-row", NULL, copy_row_action);
  gtk_widget_class_install_action (widget_class, "table.row-menu", NULL, row_menu_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "table.row-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "table.row-menu",
                                       NULL);
  gtk_widget_class_install_action (widget_class, "table.hide-column", "i", hide_column_action);
  gtk_widget_class_install_action (widget_class, "table.show-columns", NULL, show_columns_action);
  gtk_widget_class_install_action (widget_class, "table.reset-columns", NULL, reset_columns_action);
}

static void
nullcurve_points_table_init (NullcurvePointsTable *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->rows = g_list_store_new (NULLCURVE_TYPE_POINT_ITEM);
  self->column_menu = g_menu_new ();
  self->actions = g_simple_action_group_new ();
  gtk_widget_insert_action_group (GTK_WIDGET (self), "columns", G_ACTION_GROUP (self->actions));
  for (int column = 0; column < NULLCURVE_POINT_N_COLUMNS; column++)
    add_column_tick (self, column);
  for (int column = 0; column < NULLCURVE_POINT_N_COLUMNS; column++)
    add_column (self, (NullcurvePointColumn)column);

  align_titles (self);
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  self->sorted =
      gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->rows)), g_object_ref (sorter));
  g_autoptr (GtkSelectionModel) selection =
      GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->sorted))));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  g_signal_connect_object (selection, "notify::selected-item", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_column_view_set_model (self->view, selection);
  self->selection = GTK_SINGLE_SELECTION (selection); /* the view's */
  add_row_menu (self);
}
