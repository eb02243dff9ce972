/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/queue/side-sweeps.h"

#include "ui/queue/sweep-progress.h"

#include <glib/gi18n.h>

struct _NullcurveSideSweeps
{
  GtkBox parent_instance;

  GPtrArray *strips; /* of Strip */
};

typedef struct Strip
{
  NullcurveSweepQueue *queue;
  char *place;
  GtkWidget *box;
  GtkWidget *pause;
  GtkWidget *stop;
} Strip;

static guint changed_signal;

G_DEFINE_FINAL_TYPE (NullcurveSideSweeps, nullcurve_side_sweeps, GTK_TYPE_BOX)

static void
strip_free (gpointer data)
{
  Strip *strip = data;
  g_object_unref (strip->queue);
  g_free (strip->place);
  g_free (strip);
}

static void
pause_cb (NullcurveSweepQueue *queue)
{
  nullcurve_sweep_queue_pause (queue,
                               nullcurve_sweep_queue_get_state (queue) == NULLCURVE_SWEEP_GOING);
}

static void
stop_cb (NullcurveSweepQueue *queue)
{
  nullcurve_sweep_queue_stop (queue);
}

/* Several strips have the same buttons: those who only hear them are told of which place each is.
 */
static void
name_button (GtkWidget *button, const char *words, const char *place)
{
  g_autofree char *label = g_strdup_printf ("%s, %s", words, place);
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
show_state (Strip *strip)
{
  NullcurveSweepState state = nullcurve_sweep_queue_get_state (strip->queue);
  gboolean going = state == NULLCURVE_SWEEP_GOING;
  const char *words = going ? _ ("Pause") : _ ("Go on measuring");
  gboolean can = state != NULLCURVE_SWEEP_NONE && state != NULLCURVE_SWEEP_STOPPING;
  gtk_button_set_icon_name (GTK_BUTTON (strip->pause), going ? "media-playback-pause-symbolic"
                                                             : "media-playback-start-symbolic");
  name_button (strip->pause, words, strip->place);
  gtk_widget_set_sensitive (strip->pause, can);
  gtk_widget_set_sensitive (strip->stop, can);
}

static GtkWidget *
new_button (NullcurveSweepQueue *queue,
            const char *place,
            const char *icon,
            const char *words,
            GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  name_button (button, words, place);
  g_signal_connect_object (button, "clicked", callback, queue, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
new_name (const char *name)
{
  GtkWidget *label = gtk_label_new (name);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 12);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (label, "heading");
  return label;
}

NullcurveSweepQueue *
nullcurve_side_sweeps_add (NullcurveSideSweeps *self, const char *name)
{
  g_return_val_if_fail (NULLCURVE_IS_SIDE_SWEEPS (self), NULL);
  Strip *strip = g_new0 (Strip, 1);
  GtkWidget *progress = g_object_new (NULLCURVE_TYPE_SWEEP_PROGRESS, "hexpand", TRUE, "valign",
                                      GTK_ALIGN_CENTER, NULL);
  strip->queue = nullcurve_sweep_queue_new ();
  strip->place = g_strdup (name);
  strip->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  strip->pause = new_button (strip->queue, name, "media-playback-pause-symbolic", _ ("Pause"),
                             G_CALLBACK (pause_cb));
  strip->stop = new_button (strip->queue, name, "media-playback-stop-symbolic", _ ("Stop"),
                            G_CALLBACK (stop_cb));
  gtk_widget_add_css_class (strip->box, "side-strip");
  gtk_box_append (GTK_BOX (strip->box), new_name (name));
  gtk_box_append (GTK_BOX (strip->box), progress);
  gtk_box_append (GTK_BOX (strip->box), strip->pause);
  gtk_box_append (GTK_BOX (strip->box), strip->stop);
  nullcurve_sweep_progress_set_queue (NULLCURVE_SWEEP_PROGRESS (progress), strip->queue);
  g_signal_connect_swapped (strip->queue, "state-changed", G_CALLBACK (show_state), strip);
  gtk_box_append (GTK_BOX (self), strip->box);
  g_ptr_array_add (self->strips, strip);
  g_signal_emit (self, changed_signal, 0);
  return strip->queue;
}

void
nullcurve_side_sweeps_remove (NullcurveSideSweeps *self, NullcurveSweepQueue *queue)
{
  g_return_if_fail (NULLCURVE_IS_SIDE_SWEEPS (self));
  for (guint i = 0; i < self->strips->len; i++)
    {
      Strip *strip = g_ptr_array_index (self->strips, i);
      if (strip->queue != queue)
        continue;
      g_signal_handlers_disconnect_by_func (queue, show_state, strip);
      gtk_box_remove (GTK_BOX (self), strip->box);
      g_ptr_array_remove_index (self->strips, i);
      g_signal_emit (self, changed_signal, 0);
      return;
    }
}

guint
nullcurve_side_sweeps_get_n (NullcurveSideSweeps *self)
{
  g_return_val_if_fail (NULLCURVE_IS_SIDE_SWEEPS (self), 0);
  return self->strips->len;
}

void
nullcurve_side_sweeps_stop_all (NullcurveSideSweeps *self)
{
  g_return_if_fail (NULLCURVE_IS_SIDE_SWEEPS (self));
  for (guint i = 0; i < self->strips->len; i++)
    nullcurve_sweep_queue_stop (((Strip *)g_ptr_array_index (self->strips, i))->queue);
}

static void
nullcurve_side_sweeps_dispose (GObject *object)
{
  NullcurveSideSweeps *self = NULLCURVE_SIDE_SWEEPS (object);
  for (guint i = 0; i < self->strips->len; i++)
    {
      Strip *strip = g_ptr_array_index (self->strips, i);
      g_signal_handlers_disconnect_by_func (strip->queue, show_state, strip);
    }
  g_ptr_array_set_size (self->strips, 0);
  G_OBJECT_CLASS (nullcurve_side_sweeps_parent_class)->dispose (object);
}

static void
nullcurve_side_sweeps_finalize (GObject *object)
{
  g_ptr_array_unref (NULLCURVE_SIDE_SWEEPS (object)->strips);
  G_OBJECT_CLASS (nullcurve_side_sweeps_parent_class)->finalize (object);
}

static void
nullcurve_side_sweeps_class_init (NullcurveSideSweepsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = nullcurve_side_sweeps_dispose;
  G_OBJECT_CLASS (klass)->finalize = nullcurve_side_sweeps_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_side_sweeps_init (NullcurveSideSweeps *self)
{
  self->strips = g_ptr_array_new_with_free_func (strip_free);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
}
