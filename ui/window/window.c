/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/window.h"

#include "engine/formats/reference-rows.h"
#include "ui/notice.h"
#include "ui/resources.h"
#include "ui/window/window-private.h"

#include <glib/gi18n.h>
#include <string.h>

enum
{
  RUN_REQUESTED,
  STOP_REQUESTED,
  PAUSE_REQUESTED,
  MEASURE_REQUESTED,
  SETUP_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (NullcurveWindow, nullcurve_window, ADW_TYPE_APPLICATION_WINDOW)

void
nullcurve_window_toast (NullcurveWindow *self, const char *message)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  nullcurve_notice_say (GTK_WIDGET (self), message);
}

void
nullcurve_window_show_error (NullcurveWindow *self, const char *heading, const char *body)
{
  nullcurve_notice_error (GTK_WIDGET (self), heading, body);
}

void
nullcurve_window_set_data_dir (NullcurveWindow *self, const char *data_dir)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  nullcurve_file_desk_set_data_dir (self->files, data_dir);
  /* Two small files that ship with the program: read at once, so that the first look is the whole.
   */
  g_autoptr (GPtrArray) runs =
      data_dir != NULL ? moe_formats_read_reference (data_dir, NULL) : NULL;
  if (runs != NULL)
    nullcurve_teaser_set_runs (self->teaser, (MoeRun *const *)runs->pdata, runs->len);
}

NullcurveChartPage *
nullcurve_window_get_page (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->page;
}

NullcurveSweepQueue *
nullcurve_window_get_queue (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->queue;
}

NullcurveSetupPanel *
nullcurve_window_get_setup (NullcurveWindow *self)
{
  g_return_val_if_fail (NULLCURVE_IS_WINDOW (self), NULL);
  return self->setup;
}

static void
update_empty_forecast (NullcurveWindow *self)
{
  const char *problem = nullcurve_setup_panel_get_problem (self->setup);
  g_autofree char *setup = nullcurve_setup_panel_describe (self->setup);
  gtk_label_set_label (self->empty_forecast, problem != NULL ? problem : setup);
}

static void
setup_changed_cb (NullcurveWindow *self)
{
  /* While a run goes on the title says what runs, not what might run next. */
  if (!nullcurve_window_get_running (self))
    {
      g_autofree char *subtitle = nullcurve_setup_panel_describe (self->setup);
      adw_window_title_set_subtitle (self->title, subtitle);
    }
  update_empty_forecast (self);
  nullcurve_window_update_actions (self);
  nullcurve_window_update_ready (self);
  g_signal_emit (self, signals[SETUP_CHANGED], 0);
}

static void
close_response_cb (NullcurveWindow *self, const char *response)
{
  if (strcmp (response, "stop") != 0)
    return;
  self->close_after_stop = TRUE;
  if (nullcurve_window_get_running (self))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.stop", NULL);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
ask_to_close (NullcurveWindow *self)
{
  if (self->close_dialog != NULL)
    return;
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Stop the Run and Close?"),
                                              _ ("The points measured so far are kept in the run "
                                                 "file."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _ ("_Keep Running"),
                                    "stop", _ ("_Stop and Close"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "stop",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (close_response_cb), self,
                           G_CONNECT_SWAPPED);
  g_set_weak_pointer (&self->close_dialog, dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
nullcurve_window_close_request (GtkWindow *window)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (window);
  if (nullcurve_window_get_running (self))
    {
      ask_to_close (self);
      return GDK_EVENT_STOP;
    }
  nullcurve_file_desk_close (self->files);
  nullcurve_window_save_settings (self);
  return GTK_WINDOW_CLASS (nullcurve_window_parent_class)->close_request (window);
}

/* What one came for has the focus first. */
static void
nullcurve_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (nullcurve_window_parent_class)->map (widget);
  gtk_widget_grab_focus (GTK_WIDGET (NULLCURVE_WINDOW (widget)->run_button));
}

static void
install_help_overlay (NullcurveWindow *self)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource (NULLCURVE_RESOURCE_BASE "help-overlay.ui");
  GtkShortcutsWindow *overlay =
      GTK_SHORTCUTS_WINDOW (gtk_builder_get_object (builder, "help_overlay"));
  gtk_application_window_set_help_overlay (GTK_APPLICATION_WINDOW (self), overlay);
}

static void
active_cb (NullcurveWindow *self)
{
  nullcurve_window_check_power (self, FALSE);
}

static void
nullcurve_window_dispose (GObject *object)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (object);
  if (self->files != NULL)
    nullcurve_file_desk_close (self->files);
  g_clear_object (&self->files);
  g_signal_handlers_disconnect_by_func (self, active_cb, NULL);
  g_clear_pointer (&self->desktop, nullcurve_desktop_free);
  nullcurve_window_dispose_runs (self);
  G_OBJECT_CLASS (nullcurve_window_parent_class)->dispose (object);
}

static void
nullcurve_window_finalize (GObject *object)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (object);
  g_clear_object (&self->runs);
  g_clear_object (&self->queue);
  g_clear_weak_pointer (&self->close_dialog);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (nullcurve_window_parent_class)->finalize (object);
}

static const struct
{
  const char *name;
  gssize offset;
} children[] = {
#define CHILD(member)                                                                              \
  {                                                                                                \
#member, G_STRUCT_OFFSET(NullcurveWindow, member)                                              \
  }
  CHILD (open_button),    CHILD (page),        CHILD (teaser),         CHILD (toasts),
  CHILD (title),          CHILD (run_button),  CHILD (stop_button),    CHILD (runs_flap),
  CHILD (setup_flap),     CHILD (setup),       CHILD (run_list),       CHILD (stack),
  CHILD (progress),       CHILD (ready_modes), CHILD (ready_dispatch), CHILD (empty_run_button),
  CHILD (empty_forecast), CHILD (queue_list),  CHILD (pause_button),
#undef CHILD
};

static guint
add_signal (NullcurveWindowClass *klass, const char *name)
{
  return g_signal_new (name, G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
nullcurve_window_class_init (NullcurveWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  object_class->dispose = nullcurve_window_dispose;
  object_class->finalize = nullcurve_window_finalize;
  widget_class->map = nullcurve_window_map;
  GTK_WINDOW_CLASS (klass)->close_request = nullcurve_window_close_request;
  signals[RUN_REQUESTED] = add_signal (klass, "run-requested");
  signals[STOP_REQUESTED] = add_signal (klass, "stop-requested");
  signals[MEASURE_REQUESTED] = add_signal (klass, "measure-requested");
  signals[SETUP_CHANGED] = add_signal (klass, "setup-changed");
  signals[PAUSE_REQUESTED] =
      g_signal_new ("pause-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                    NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);

  g_type_ensure (NULLCURVE_TYPE_CHART_PAGE);
  g_type_ensure (NULLCURVE_TYPE_QUEUE_LIST);
  g_type_ensure (NULLCURVE_TYPE_RUN_LIST);
  g_type_ensure (NULLCURVE_TYPE_SETUP_PANEL);
  g_type_ensure (NULLCURVE_TYPE_SWEEP_PROGRESS);
  g_type_ensure (NULLCURVE_TYPE_TEASER);
  gtk_widget_class_set_template_from_resource (widget_class, NULLCURVE_RESOURCE_BASE "window.ui");
  for (gsize i = 0; i < G_N_ELEMENTS (children); i++)
    gtk_widget_class_bind_template_child_full (widget_class, children[i].name, FALSE,
                                               children[i].offset);
  gtk_widget_class_bind_template_child_full (widget_class, "undo_menu", FALSE, 0);
  gtk_widget_class_bind_template_child_full (widget_class, "recent_menu", FALSE, 0);
  gtk_widget_class_bind_template_child_full (widget_class, "drop_hint", FALSE, 0);
  nullcurve_window_install_actions (widget_class);
}

/* The arrow of a split button has a tooltip, which names nothing. */
static void
name_open_arrow (NullcurveWindow *self)
{
  GtkWidget *child = gtk_widget_get_first_child (self->open_button);
  for (; child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_MENU_BUTTON (child))
      gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      _ ("Recent files and the run library"), -1);
}

static void
init_queue (NullcurveWindow *self)
{
  static const char *const told[] = { "items-changed", "changed", "notify::state" };
  self->queue = nullcurve_sweep_queue_new ();
  nullcurve_queue_list_set_queue (self->queue_list, self->queue);
  nullcurve_sweep_progress_set_queue (self->progress, self->queue);
  for (gsize i = 0; i < G_N_ELEMENTS (told); i++)
    g_signal_connect_object (self->queue, told[i], G_CALLBACK (nullcurve_window_update_actions),
                             self, G_CONNECT_SWAPPED);
}

static void
init_desktop (NullcurveWindow *self)
{
  self->desktop = nullcurve_desktop_new (NULL, self, "");
  g_signal_connect (self, "notify::is-active", G_CALLBACK (active_cb), NULL);
  active_cb (self);
}

static void
nullcurve_window_init (NullcurveWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  name_open_arrow (self);
  install_help_overlay (self);
  init_queue (self);
  nullcurve_window_init_runs (self);
  init_desktop (self);
  g_signal_connect_swapped (self->setup, "changed", G_CALLBACK (setup_changed_cb), self);
  setup_changed_cb (self);
}

GtkWidget *
nullcurve_window_new (GtkApplication *application)
{
  nullcurve_resources_init ();
  return g_object_new (NULLCURVE_TYPE_WINDOW, "application", application, NULL);
}
