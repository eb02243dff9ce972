/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/runs/run-list.h"

#include "engine/records/run-noise.h"
#include "ui/resources.h"
#include "ui/words/advice.h"
#include "ui/words/conclusion.h"
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

  NullcurveRunsModel *runs;
  NullcurveRunItem *selected; /* what the card is of: the model's */
  gulong selected_id;
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

static void
select_row (NullcurveRunList *self)
{
  NullcurveRunRow *row = nullcurve_run_list_get_row (self, self->selected);
  if (row != NULL)
    gtk_list_box_select_row (self->list, GTK_LIST_BOX_ROW (row));
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
}

/* A row that is taken away leaves none selected; which is the next is for the model to say. */
static void
row_selected_cb (NullcurveRunList *self, GtkListBoxRow *row)
{
  if (row != NULL)
    nullcurve_runs_model_select (self->runs, nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)));
}

/* A row that moved is a new one, and has lost the keyboard. */
static void
moved_cb (NullcurveRunList *self, NullcurveRunItem *item)
{
  NullcurveRunRow *row = nullcurve_run_list_get_row (self, item);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  return nullcurve_run_row_new (NULLCURVE_RUN_LIST (user_data)->runs, item);
}

static void
runs_changed_cb (NullcurveRunList *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->runs));
  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (self->empty, n == 0);
  select_row (self);
}

void
nullcurve_run_list_set_runs (NullcurveRunList *self, NullcurveRunsModel *runs)
{
  g_return_if_fail (NULLCURVE_IS_RUN_LIST (self) && self->runs == NULL);
  self->runs = g_object_ref (runs);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (runs), create_row, self, NULL);
  /* After the list box's own handler, so that the rows are there. */
  g_signal_connect_object (runs, "items-changed", G_CALLBACK (runs_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (runs, "notify::selected", G_CALLBACK (selected_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "compared", G_CALLBACK (update_comparison), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runs, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  runs_changed_cb (self);
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
  GtkListBoxRow *row;
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->list, i)) != NULL; i++)
    if (nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)) == item)
      return NULLCURVE_RUN_ROW (row);
  return NULL;
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
  g_clear_object (&self->runs);
  G_OBJECT_CLASS (nullcurve_run_list_parent_class)->dispose (object);
}

static void
nullcurve_run_list_class_init (NullcurveRunListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = nullcurve_run_list_dispose;
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
