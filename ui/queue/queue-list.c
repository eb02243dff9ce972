/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/queue-list.h"

#include "engine/sweep/quantities.h"
#include "ui/resources.h"

#include <glib/gi18n.h>
#include <math.h>

struct _NullcurveQueueList
{
  AdwBin parent_instance;

  GtkListBox *list;
  GtkLabel *summary;
  GtkWidget *go_on;

  NullcurveSweepQueue *queue;
};

G_DEFINE_FINAL_TYPE (NullcurveQueueList, nullcurve_queue_list, ADW_TYPE_BIN)

/* "3 waiting · about 12 min", or that they are held. */
static char *
summarise (NullcurveQueueList *self, guint n, gboolean held)
{
  double total_s = nullcurve_sweep_queue_get_expected_s (self->queue);
  g_autofree char *count =
      g_strdup_printf (held ? g_dngettext (NULL, "%u waiting, held", "%u waiting, held", n)
                            : g_dngettext (NULL, "%u waiting", "%u waiting", n),
                       n);
  if (isnan (total_s))
    return g_steal_pointer (&count);
  g_autofree char *time = moe_text_duration (total_s);
  return g_strdup_printf (_ ("%s · about %s"), count, time);
}

static void
update (NullcurveQueueList *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->queue));
  gboolean held = nullcurve_sweep_queue_get_held (self->queue);
  g_autofree char *summary = summarise (self, n, held);
  gtk_label_set_label (self->summary, summary);
  gtk_widget_set_visible (self->go_on, held);
  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
}

static void
remove_cb (GtkWidget *button, NullcurveQueueList *self)
{
  nullcurve_sweep_queue_remove (self->queue, g_object_get_data (G_OBJECT (button), "job"));
}

static GtkWidget *
new_remove_button (NullcurveQueueList *self, NullcurveJobItem *job)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  g_autofree char *label =
      g_strdup_printf (_ ("Take %s out of the queue"), nullcurve_job_item_get_name (job));
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Take out of the queue"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data_full (G_OBJECT (button), "job", g_object_ref (job), g_object_unref);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, 0);
  return button;
}

/* Rows change their places by hand or by key */

static NullcurveJobItem *
job_of (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "job");
}

static void
move_to (NullcurveQueueList *self, NullcurveJobItem *job, guint place)
{
  guint present;
  if (!nullcurve_sweep_queue_find (self->queue, job, &present) || place == present
      || place >= g_list_model_get_n_items (G_LIST_MODEL (self->queue)))
    return;
  nullcurve_sweep_queue_move (self->queue, job, place);
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->list, (int)place);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

static gboolean
key_cb (GtkEventController *controller,
        guint key,
        guint code,
        GdkModifierType state,
        NullcurveQueueList *self)
{
  NullcurveJobItem *job = job_of (gtk_event_controller_get_widget (controller));
  guint place;
  if ((state & GDK_ALT_MASK) == 0 || (key != GDK_KEY_Up && key != GDK_KEY_Down))
    return GDK_EVENT_PROPAGATE;
  if (nullcurve_sweep_queue_find (self->queue, job, &place) && (key == GDK_KEY_Down || place > 0))
    move_to (self, job, key == GDK_KEY_Down ? place + 1 : place - 1);
  return GDK_EVENT_STOP;
}

static GdkContentProvider *
prepare_cb (GtkDragSource *source)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (source));
  return gdk_content_provider_new_typed (NULLCURVE_TYPE_JOB_ITEM, job_of (row));
}

static gboolean
drop_cb (GtkDropTarget *target, const GValue *value, double x, double y, NullcurveQueueList *self)
{
  GtkWidget *row = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (target));
  guint place;
  if (!G_VALUE_HOLDS (value, NULLCURVE_TYPE_JOB_ITEM)
      || !nullcurve_sweep_queue_find (self->queue, job_of (row), &place))
    return FALSE;
  move_to (self, g_value_get_object (value), place);
  return TRUE;
}

static void
let_move (NullcurveQueueList *self, GtkWidget *row)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (NULLCURVE_TYPE_JOB_ITEM, GDK_ACTION_MOVE);
  GtkEventController *keys = gtk_event_controller_key_new ();
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  g_signal_connect (source, "prepare", G_CALLBACK (prepare_cb), NULL);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, 0);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, 0);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (target));
  gtk_widget_add_controller (row, keys);
  gtk_widget_set_tooltip_text (row, _ ("Drag to another place, or press Alt+Up or Alt+Down"));
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  GtkWidget *row = adw_action_row_new ();
  g_object_set_data_full (G_OBJECT (row), "job", g_object_ref (item), g_object_unref);
  let_move (user_data, row);
  g_autofree char *words = nullcurve_job_item_describe (item);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), nullcurve_job_item_get_name (item));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), words);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), new_remove_button (user_data, item));
  return row;
}

void
nullcurve_queue_list_set_queue (NullcurveQueueList *self, NullcurveSweepQueue *queue)
{
  g_return_if_fail (NULLCURVE_IS_QUEUE_LIST (self) && self->queue == NULL);
  self->queue = g_object_ref (queue);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (queue), create_row, self, NULL);
  g_signal_connect_object (queue, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (queue, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
nullcurve_queue_list_dispose (GObject *object)
{
  NullcurveQueueList *self = NULLCURVE_QUEUE_LIST (object);
  if (self->list != NULL)
    gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
  self->list = NULL;
  g_clear_object (&self->queue);
  G_OBJECT_CLASS (nullcurve_queue_list_parent_class)->dispose (object);
}

static void
nullcurve_queue_list_class_init (NullcurveQueueListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = nullcurve_queue_list_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               NULLCURVE_RESOURCE_BASE "queue-list.ui");
  gtk_widget_class_bind_template_child (widget_class, NullcurveQueueList, list);
  gtk_widget_class_bind_template_child (widget_class, NullcurveQueueList, summary);
  gtk_widget_class_bind_template_child (widget_class, NullcurveQueueList, go_on);
}

static void
nullcurve_queue_list_init (NullcurveQueueList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
