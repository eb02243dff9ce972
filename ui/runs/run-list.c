/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-list.h"

#include "engine/records/run-advice.h"
#include "engine/records/run-noise.h"
#include "ui/resources.h"
#include "ui/runs/run-row.h"
#include "ui/words/advice.h"
#include "ui/words/findings.h"
#include "ui/words/judged.h"

#include <glib/gi18n.h>

struct _NullcurveRunList
{
  AdwBin parent_instance;

  GtkListBox *list;
  GtkWidget *empty;
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

  NullcurveDeltas *deltas;
  GListModel *runs;
  gulong runs_id;
  NullcurveRunItem *selected;
  gulong selected_id;
};

enum
{
  PROP_SELECTED = 1,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

enum
{
  REMOVE,
  RENAME,
  RECOLOUR,
  SHOW_RUN,
  MOVE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

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
  const MoeComparison *comparison = run != NULL ? nullcurve_deltas_get (self->deltas, run) : NULL;
  gtk_widget_set_visible (self->comparison, comparison != NULL);
  if (comparison == NULL)
    {
      set_text (self->comparison_text, "");
      set_text (self->guard_text, "");
      return;
    }
  g_autofree char *head =
      g_strdup_printf (_ ("Against “%s”"), moe_comparison_get_name_a (comparison));
  g_autofree char *text = nullcurve_words_headline (comparison, NULLCURVE_SIDES_BASELINE);
  g_autofree char *guard = nullcurve_words_guards (comparison, NULLCURVE_SIDES_BASELINE);
  set_text (self->comparison_head, head);
  set_text (self->comparison_text, text);
  set_text (self->guard_text, guard);
  gtk_widget_set_visible (self->guard, *guard != '\0');
}

void
nullcurve_run_list_set_deltas (NullcurveRunList *self, NullcurveDeltas *deltas)
{
  g_return_if_fail (NULLCURVE_IS_RUN_LIST (self));
  g_clear_pointer (&self->deltas, nullcurve_deltas_unref);
  self->deltas = deltas != NULL ? nullcurve_deltas_ref (deltas) : NULL;
  update_comparison (self);
}

char *
nullcurve_run_list_dup_comparison (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  return g_strdup (gtk_label_get_label (self->comparison_text));
}

char *
nullcurve_run_list_dup_guard (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  return g_strdup (gtk_label_get_label (self->guard_text));
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
  update_comparison (self);
  update_warnings (self);
}

static void
set_selected (NullcurveRunList *self, NullcurveRunItem *item)
{
  if (self->selected == item)
    return;
  if (self->selected != NULL)
    g_clear_signal_handler (&self->selected_id, self->selected);
  g_set_object (&self->selected, item);
  if (item != NULL)
    self->selected_id =
        g_signal_connect_swapped (item, "changed", G_CALLBACK (update_findings), self);
  update_findings (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SELECTED]);
}

static void
row_selected_cb (NullcurveRunList *self, GtkListBoxRow *row)
{
  set_selected (self, row != NULL ? nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)) : NULL);
}

static void
row_select_cb (NullcurveRunRow *row, NullcurveRunList *self)
{
  gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
}

static void
row_rename_cb (NullcurveRunRow *row, const char *title, NullcurveRunList *self)
{
  g_signal_emit (self, signals[RENAME], 0, nullcurve_run_row_get_item (row), title);
}

static void
row_recolour_cb (NullcurveRunRow *row, int colour, NullcurveRunList *self)
{
  g_signal_emit (self, signals[RECOLOUR], 0, nullcurve_run_row_get_item (row), colour);
}

static void
row_show_cb (NullcurveRunRow *row, gboolean shown, NullcurveRunList *self)
{
  g_signal_emit (self, signals[SHOW_RUN], 0, nullcurve_run_row_get_item (row), shown);
}

static void
row_move_cb (NullcurveRunRow *row, NullcurveRunItem *dropped, NullcurveRunList *self)
{
  g_signal_emit (self, signals[MOVE], 0, dropped, nullcurve_run_row_get_item (row));
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = nullcurve_run_row_new (item);
  g_signal_connect_object (row, "select", G_CALLBACK (row_select_cb), user_data, 0);
  g_signal_connect_object (row, "rename", G_CALLBACK (row_rename_cb), user_data, 0);
  g_signal_connect_object (row, "recolour", G_CALLBACK (row_recolour_cb), user_data, 0);
  g_signal_connect_object (row, "show-run", G_CALLBACK (row_show_cb), user_data, 0);
  g_signal_connect_object (row, "move", G_CALLBACK (row_move_cb), user_data, 0);
  return row;
}

static void
runs_changed_cb (NullcurveRunList *self)
{
  guint n = self->runs != NULL ? g_list_model_get_n_items (self->runs) : 0;
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (self->empty, n == 0);
  /* Something is in hand as long as there is anything. */
  if (n > 0 && gtk_list_box_get_selected_row (self->list) == NULL)
    gtk_list_box_select_row (self->list, gtk_list_box_get_row_at_index (self->list, (int)n - 1));
}

static void
drop_runs (NullcurveRunList *self)
{
  if (self->runs != NULL)
    g_clear_signal_handler (&self->runs_id, self->runs);
  g_clear_object (&self->runs);
}

void
nullcurve_run_list_set_runs (NullcurveRunList *self, GListModel *runs)
{
  g_return_if_fail (NULLCURVE_IS_RUN_LIST (self));
  drop_runs (self);
  gtk_list_box_bind_model (self->list, runs, create_row, self, NULL);
  if (runs != NULL)
    {
      self->runs = g_object_ref (runs);
      /* After the list box's own handler, so that the rows are there. */
      self->runs_id = g_signal_connect_data (runs, "items-changed", G_CALLBACK (runs_changed_cb),
                                             self, NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
    }
  runs_changed_cb (self);
}

NullcurveRunItem *
nullcurve_run_list_get_selected (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  return self->selected;
}

GtkWidget *
nullcurve_run_list_get_row (NullcurveRunList *self, NullcurveRunItem *item)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)) == item)
      return GTK_WIDGET (row);
  return NULL;
}

void
nullcurve_run_list_select (NullcurveRunList *self, NullcurveRunItem *item)
{
  GtkWidget *row = nullcurve_run_list_get_row (self, item);
  if (row != NULL)
    gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
}

void
nullcurve_run_list_focus (NullcurveRunList *self, NullcurveRunItem *item)
{
  GtkWidget *row = nullcurve_run_list_get_row (self, item);
  nullcurve_run_list_select (self, item);
  if (row != NULL)
    gtk_widget_grab_focus (row);
}

void
nullcurve_run_list_rename (NullcurveRunList *self, NullcurveRunItem *item)
{
  GtkWidget *row = nullcurve_run_list_get_row (self, item);
  if (row != NULL)
    nullcurve_run_row_edit (NULLCURVE_RUN_ROW (row));
}

void
nullcurve_run_list_recolour (NullcurveRunList *self, NullcurveRunItem *item)
{
  GtkWidget *row = nullcurve_run_list_get_row (self, item);
  if (row != NULL)
    nullcurve_run_row_open_colours (NULLCURVE_RUN_ROW (row));
}

char *
nullcurve_run_list_dup_findings (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  return g_strdup (gtk_label_get_label (self->findings_text));
}

char *
nullcurve_run_list_dup_warnings (NullcurveRunList *self)
{
  g_return_val_if_fail (NULLCURVE_IS_RUN_LIST (self), NULL);
  return g_strdup (gtk_label_get_label (self->warnings_text));
}

static void
nullcurve_run_list_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_SELECTED)
    g_value_set_object (value, NULLCURVE_RUN_LIST (object)->selected);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
nullcurve_run_list_dispose (GObject *object)
{
  NullcurveRunList *self = NULLCURVE_RUN_LIST (object);
  drop_runs (self);
  if (self->selected != NULL)
    g_clear_signal_handler (&self->selected_id, self->selected);
  g_clear_object (&self->selected);
  g_clear_pointer (&self->deltas, nullcurve_deltas_unref);
  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
      self->list = NULL;
    }
  G_OBJECT_CLASS (nullcurve_run_list_parent_class)->dispose (object);
}

static guint
add_signal (NullcurveRunListClass *klass, const char *name, GType argument)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 2, NULLCURVE_TYPE_RUN_ITEM, argument);
}

static void
nullcurve_run_list_class_init (NullcurveRunListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->get_property = nullcurve_run_list_get_property;
  object_class->dispose = nullcurve_run_list_dispose;
  props[PROP_SELECTED] =
      g_param_spec_object ("selected", NULL, NULL, NULLCURVE_TYPE_RUN_ITEM,
                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, props);
  signals[REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, NULLCURVE_TYPE_RUN_ITEM);
  signals[RENAME] = add_signal (klass, "rename", G_TYPE_STRING);
  signals[RECOLOUR] = add_signal (klass, "recolour", G_TYPE_INT);
  signals[SHOW_RUN] = add_signal (klass, "show-run", G_TYPE_BOOLEAN);
  signals[MOVE] = add_signal (klass, "move", NULLCURVE_TYPE_RUN_ITEM);
  gtk_widget_class_set_template_from_resource (widget_class, NULLCURVE_RESOURCE_BASE "run-list.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, list);
  gtk_widget_class_bind_template_child (widget_class, NullcurveRunList, empty);
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
