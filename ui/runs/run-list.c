/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-list.h"

#include "engine/records/run-noise.h"
#include "ui/cards/differences.h"
#include "ui/resources.h"
#include "ui/words/advice.h"
#include "ui/words/conclusion.h"
#include "ui/words/judged.h"

#include <glib/gi18n.h>
#include <string.h>

struct _NullcurveRunList
{
  AdwBin parent_instance;

  GtkListBox *list;
  GtkWidget *scroller;
  GtkWidget *empty;
  GtkLabel *count;
  GtkWidget *find_button;
  GtkWidget *arrange_button;
  GtkEditable *find;
  GtkWidget *nothing; /* passes the filter */
  GtkWidget *findings;
  GtkLabel *findings_run;
  GtkLabel *findings_text;
  GtkWidget *comparison;
  GtkLabel *comparison_head;
  GtkLabel *comparison_text;
  GtkWidget *guard;
  GtkLabel *guard_text;
  GtkWidget *warnings;
  GtkLabel *warnings_text;

  NullcurveRunsModel *runs;
  NullcurveRunItem *selected; /* what the card is of: the model's */
  gulong selected_id;
  GtkSortListModel *sorted;
  GtkFilterListModel *filtered;
  NullcurveRunSort sort;
  NullcurveRunGroup group;
  gboolean selecting; /* rows follow the model */
  guint show_id;      /* the run in hand is to be scrolled into view; 0: it is */
  guint frames_to_show;
  guint words_id; /* in what runs differ is to be looked at; 0: it holds */
  char *grounds;  /* on which what is told of that rests; NULL: others are in the list */
};

enum
{
  FRAMES_TO_BE_SEEN = 60
};

G_DEFINE_FINAL_TYPE (NullcurveRunList, nullcurve_run_list, ADW_TYPE_BIN)

static char **
warn_of (MoeRun *run)
{
  MoeNoise noise;
  MoeAdvice advice;
  moe_run_get_noise (run, &noise);
  moe_run_advise (run, &noise, &advice);
  return nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_FORM);
}

/* While a run goes on its spread is still settling. */
static void
update_warnings (NullcurveRunList *self)
{
  g_auto (GStrv) lines = nullcurve_run_item_get_live (self->selected)
                             ? NULL
                             : warn_of (nullcurve_run_item_get_run (self->selected));
  g_autofree char *text = lines != NULL ? g_strjoinv ("\n\n", lines) : g_strdup ("");
  gtk_label_set_label (self->warnings_text, text);
  gtk_widget_set_visible (self->warnings, *text != '\0');
}

static void
set_text (GtkLabel *label, const char *text)
{
  /* A label that is set anew loses what was selected in it. */
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
update_comparison (NullcurveRunList *self)
{
  MoeRun *run = self->selected != NULL ? nullcurve_run_item_get_run (self->selected) : NULL;
  const MoeComparison *comparison =
      run != NULL ? nullcurve_deltas_get (nullcurve_runs_model_get_deltas (self->runs), run) : NULL;
  gtk_widget_set_visible (self->comparison, comparison != NULL);
  if (comparison == NULL)
    {
      set_text (self->comparison_text, "");
      set_text (self->guard_text, "");
      return;
    }
  g_autofree char *head = g_strdup_printf (_ ("Against “%s”"), comparison->name_a);
  g_autofree char *text = nullcurve_words_headline (comparison, NULLCURVE_SIDES_BASELINE);
  g_autofree char *guard = nullcurve_words_guards (comparison, NULLCURVE_SIDES_BASELINE);
  set_text (self->comparison_head, head);
  set_text (self->comparison_text, text);
  set_text (self->guard_text, guard);
  gtk_widget_set_visible (self->guard, *guard != '\0');
}

static void
update_findings (NullcurveRunList *self)
{
  gtk_widget_set_visible (self->findings, self->selected != NULL);
  if (self->selected == NULL)
    return;
  MoeRun *run = nullcurve_run_item_get_run (self->selected);
  g_auto (GStrv) lines = nullcurve_words_findings_lines (run);
  g_autofree char *text = g_strjoinv ("\n", lines);
  gtk_label_set_label (self->findings_run, moe_run_get_title (run));
  set_text (self->findings_text, text);
  update_warnings (self);
}

static GtkListBoxRow *
find_row (NullcurveRunList *self, NullcurveRunItem *item)
{
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)) == item)
      return row;
  return NULL;
}

/* A row that is selected with others stays so. */
static void
select_row (NullcurveRunList *self)
{
  GtkListBoxRow *row = find_row (self, self->selected);
  if (row == NULL || gtk_list_box_row_is_selected (row))
    return;
  self->selecting = TRUE;
  gtk_list_box_unselect_all (self->list);
  gtk_list_box_select_row (self->list, row);
  self->selecting = FALSE;
}

static gboolean
show_selected_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  NullcurveRunList *self = NULLCURVE_RUN_LIST (widget);
  GtkListBoxRow *row = find_row (self, self->selected);
  if (row != NULL && !nullcurve_run_row_show (NULLCURVE_RUN_ROW (row))
      && --self->frames_to_show > 0)
    return G_SOURCE_CONTINUE;
  self->show_id = 0;
  return G_SOURCE_REMOVE;
}

/* The run in hand is in sight.  A row that is new, or in a list that is just being revealed, has
 * its place some frames later only. */
static void
show_selected (NullcurveRunList *self)
{
  self->frames_to_show = FRAMES_TO_BE_SEEN;
  if (self->show_id == 0)
    self->show_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), show_selected_cb, NULL, NULL);
}

static void
selected_cb (NullcurveRunList *self)
{
  if (self->selected != NULL)
    g_clear_signal_handler (&self->selected_id, self->selected);
  g_set_object (&self->selected, nullcurve_runs_model_get_selected (self->runs));
  if (self->selected != NULL)
    self->selected_id =
        g_signal_connect_swapped (self->selected, "changed", G_CALLBACK (update_findings), self);
  update_findings (self);
  update_comparison (self);
  select_row (self);
  show_selected (self);
}

/* The row that was chosen last is in hand; one that was left out again is not, and one there is as
 * long as there is any. */
static void
row_selected_cb (NullcurveRunList *self, GtkListBoxRow *row)
{
  if (self->selecting || row == NULL || !gtk_list_box_row_is_selected (row))
    return;
  nullcurve_runs_model_select (self->runs, nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)));
}

static void
selected_rows_cb (NullcurveRunList *self)
{
  if (self->selecting)
    return;
  GtkListBoxRow *in_hand = find_row (self, self->selected);
  if (in_hand == NULL || gtk_list_box_row_is_selected (in_hand))
    return;
  g_autoptr (GPtrArray) selected = nullcurve_run_list_dup_selected (self);
  if (selected->len > 0)
    nullcurve_runs_model_select (self->runs, g_ptr_array_index (selected, 0));
  select_row (self);
}

/* A row that moved is a new one, and has lost the keyboard. */
static void
moved_cb (NullcurveRunList *self, NullcurveRunItem *item)
{
  GtkListBoxRow *row = find_row (self, item);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  NullcurveRunList *self = NULLCURVE_RUN_LIST (user_data);
  GtkWidget *row = nullcurve_run_row_new (self->runs, item);
  nullcurve_run_row_set_movable (NULLCURVE_RUN_ROW (row), nullcurve_run_list_is_movable (self));
  return row;
}

/* --- filter, order, headings --- */

/* Every word of what is sought, anywhere in what is known of a run. */
static gboolean
passes (gpointer object, gpointer data)
{
  NullcurveRunList *self = data;
  NullcurveRunItem *item = object;
  g_autofree char *sought = g_utf8_casefold (gtk_editable_get_text (self->find), -1);
  g_autofree char *subtitle = nullcurve_run_item_dup_subtitle (item);
  g_autofree char *all = g_strjoin ("\n", nullcurve_run_item_get_title (item),
                                    nullcurve_run_item_get_words (item), subtitle, NULL);
  g_autofree char *text = g_utf8_casefold (all, -1);
  g_auto (GStrv) parts = g_strsplit (sought, " ", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    if (strstr (text, parts[i]) == NULL)
      return FALSE;
  return TRUE;
}

static gboolean
is_filtered (NullcurveRunList *self)
{
  return gtk_filter_list_model_get_filter (self->filtered) != NULL;
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer data)
{
  NullcurveRunList *self = data;
  NullcurveRunItem *first = (gpointer)a, *second = (gpointer)b;
  gboolean by_gain = self->sort == NULLCURVE_RUN_SORT_GAIN;
  return nullcurve_run_compare (
      nullcurve_run_item_get_run (first), by_gain ? nullcurve_run_item_get_gain (first) : 0,
      nullcurve_run_item_get_run (second), by_gain ? nullcurve_run_item_get_gain (second) : 0,
      self->group, self->sort);
}

static void
update_rows (NullcurveRunList *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  guint seen = g_list_model_get_n_items (G_LIST_MODEL (self->filtered));
  g_autofree char *count = seen < n ? g_strdup_printf (_ ("%u of %u"), seen, n)
                           : n > 1  ? g_strdup_printf ("%u", n)
                                    : g_strdup ("");
  gtk_label_set_label (self->count, count);
  gtk_widget_set_visible (self->scroller, n > 0);
  gtk_widget_set_visible (self->empty, n == 0);
  gtk_widget_set_visible (self->nothing, n > 0 && seen == 0);
  gtk_widget_set_visible (self->find_button, n > 1 || is_filtered (self));
  gtk_widget_set_visible (self->arrange_button, n > 1);
  select_row (self);
}

static void
filter_cb (NullcurveRunList *self)
{
  gboolean any = *gtk_editable_get_text (self->find) != '\0';
  g_autoptr (GtkFilter) filter =
      any ? GTK_FILTER (gtk_custom_filter_new (passes, self, NULL)) : NULL;
  gtk_filter_list_model_set_filter (self->filtered, filter);
  update_rows (self);
}

/* --- in what they differ --- */

static void
tell_words (NullcurveRunList *self, const GPtrArray *runs)
{
  g_autoptr (GPtrArray) words = nullcurve_differences_new ((MoeRun *const *)runs->pdata, runs->len);
  for (guint i = 0; i < runs->len; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (self->runs), i);
      nullcurve_run_item_set_words (item, g_ptr_array_index (words, i));
    }
  /* What is sought may stand in them. */
  if (is_filtered (self))
    gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered),
                        GTK_FILTER_CHANGE_DIFFERENT);
}

/* Most changes are one more sample, in which no run differs from another. */
static gboolean
tell_words_cb (gpointer data)
{
  NullcurveRunList *self = data;
  g_autoptr (GPtrArray) runs = nullcurve_runs_model_dup_runs (self->runs, FALSE);
  g_autofree char *grounds =
      nullcurve_differences_grounds ((MoeRun *const *)runs->pdata, runs->len);
  self->words_id = 0;
  if (g_strcmp0 (grounds, self->grounds) == 0)
    return G_SOURCE_REMOVE;
  g_free (self->grounds);
  self->grounds = g_steal_pointer (&grounds);
  tell_words (self, runs);
  return G_SOURCE_REMOVE;
}

/* Once for all that changes in one go, and after the frame that shows it. */
static void
tell_words_later (NullcurveRunList *self)
{
  if (self->words_id == 0)
    self->words_id = g_idle_add_full (GDK_PRIORITY_REDRAW + 10, tell_words_cb, self, NULL);
}

/* Others are in the list, or stand elsewhere. */
static void
items_changed_cb (NullcurveRunList *self)
{
  g_clear_pointer (&self->grounds, g_free);
  tell_words_later (self);
}

static void
stop_find_cb (NullcurveRunList *self)
{
  gtk_editable_set_text (self->find, "");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->find_button), FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
find_toggled_cb (NullcurveRunList *self)
{
  gboolean active = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->find_button));
  gtk_widget_set_visible (GTK_WIDGET (self->find), active);
  if (active)
    gtk_widget_grab_focus (GTK_WIDGET (self->find));
  else
    gtk_editable_set_text (self->find, "");
}

void
nullcurve_run_list_find (NullcurveRunList *self)
{
  g_return_if_fail (NULLCURVE_IS_RUN_LIST (self));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->find_button), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->find));
}

/* A heading where a group begins. */
static void
head_cb (GtkListBoxRow *row, GtkListBoxRow *before, gpointer data)
{
  NullcurveRunList *self = data;
  MoeRun *run = nullcurve_run_item_get_run (nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)));
  MoeRun *above =
      before != NULL
          ? nullcurve_run_item_get_run (nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (before)))
          : NULL;
  g_autofree char *title = nullcurve_run_group_title (run, self->group);
  g_autofree char *last = above != NULL ? nullcurve_run_group_title (above, self->group) : NULL;
  if (title == NULL || g_strcmp0 (title, last) == 0)
    {
      gtk_list_box_row_set_header (row, NULL);
      return;
    }
  GtkWidget *label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "caption-heading");
  gtk_widget_add_css_class (label, "run-group");
  gtk_list_box_row_set_header (row, label);
}

gboolean
nullcurve_run_list_is_movable (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), FALSE);
  return self->sort == NULLCURVE_RUN_SORT_LIST && self->group == NULLCURVE_RUN_GROUP_NONE;
}

void
nullcurve_run_list_arrange (NullcurveRunList *self, NullcurveRunSort sort, NullcurveRunGroup group)
{
  g_return_if_fail (NULLCURVE_IS_RUN_LIST (self));
  self->sort = sort;
  self->group = group;
  gboolean movable = nullcurve_run_list_is_movable (self);
  g_autoptr (GtkSorter) sorter =
      movable ? NULL : GTK_SORTER (gtk_custom_sorter_new (compare_items, self, NULL));
  gtk_sort_list_model_set_sorter (self->sorted, sorter);
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    nullcurve_run_row_set_movable (NULLCURVE_RUN_ROW (row), movable);
  gtk_list_box_invalidate_headers (self->list);
  select_row (self);
}

/* Names and figures are others: so may be what passes, and where it stands. */
static void
runs_changed_cb (NullcurveRunList *self)
{
  GtkSorter *sorter = gtk_sort_list_model_get_sorter (self->sorted);
  if (sorter != NULL)
    gtk_sorter_changed (sorter, GTK_SORTER_CHANGE_DIFFERENT);
  if (is_filtered (self))
    gtk_filter_changed (gtk_filter_list_model_get_filter (self->filtered),
                        GTK_FILTER_CHANGE_DIFFERENT);
  tell_words_later (self);
}

void
nullcurve_run_list_set_runs (NullcurveRunList *self, NullcurveRunsModel *runs)
{
  g_return_if_fail (NULLCURVE_IS_RUN_LIST (self) && self->runs == NULL);
  self->runs = g_object_ref (runs);
  self->sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (runs)), NULL);
  self->filtered = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->sorted)), NULL);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->filtered), create_row, self, NULL);
  gtk_list_box_set_header_func (self->list, head_cb, self, NULL);
  /* After the list box's own handler, so that the rows are there. */
  g_signal_connect_object (self->filtered, "items-changed", G_CALLBACK (update_rows), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (runs, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "changed", G_CALLBACK (runs_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "compared", G_CALLBACK (update_comparison), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  update_rows (self);
  selected_cb (self);
}

NullcurveRunsModel *
nullcurve_run_list_get_runs (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  return self->runs;
}

NullcurveRunRow *
nullcurve_run_list_get_row (NullcurveRunList *self, NullcurveRunItem *item)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  GtkListBoxRow *row = find_row (self, item);
  if (row == NULL && is_filtered (self))
    {
      gtk_editable_set_text (self->find, "");
      filter_cb (self);
      row = find_row (self, item);
    }
  return row != NULL ? NULLCURVE_RUN_ROW (row) : NULL;
}

GPtrArray *
nullcurve_run_list_dup_selected (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  GPtrArray *selected = g_ptr_array_new ();
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (gtk_list_box_row_is_selected (row))
      g_ptr_array_add (selected, nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)));
  /* What a filter leaves out has no row. */
  if (selected->len == 0 && self->selected != NULL)
    g_ptr_array_add (selected, self->selected);
  return selected;
}

static void
nullcurve_run_list_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (nullcurve_run_list_parent_class)->map (widget);
  show_selected (NULLCURVE_RUN_LIST (widget));
}

static void
nullcurve_run_list_dispose (GObject *object)
{
  NullcurveRunList *self = NULLCURVE_RUN_LIST (object);
  if (self->selected != NULL)
    g_clear_signal_handler (&self->selected_id, self->selected);
  g_clear_object (&self->selected);
  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
      self->list = NULL;
    }
  g_clear_handle_id (&self->words_id, g_source_remove);
  g_clear_pointer (&self->grounds, g_free);
  g_clear_object (&self->filtered);
  g_clear_object (&self->sorted);
  g_clear_object (&self->runs);
  G_OBJECT_CLASS (nullcurve_run_list_parent_class)->dispose (object);
}

static void
nullcurve_run_list_class_init (NullcurveRunListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = nullcurve_run_list_dispose;
  widget_class->map = nullcurve_run_list_map;
  gtk_widget_class_set_template_from_resource (widget_class, NULLCURVE_RESOURCE_BASE "run-list.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, list);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, empty);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, scroller);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, count);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, find_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, arrange_button);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, find);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, nothing);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, findings);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, findings_run);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, findings_text);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, comparison);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, comparison_head);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, comparison_text);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, guard);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, guard_text);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, warnings);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, warnings_text);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, selected_rows_cb);
  gtk_widget_class_bind_template_callback (widget_class, filter_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_find_cb);
  gtk_widget_class_bind_template_callback (widget_class, find_toggled_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Delete, 0, "win.remove-run", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "win.rename-run", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "win.run-up", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "win.run-down",
                                       NULL);
}

static void
nullcurve_run_list_init (NullcurveRunList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
