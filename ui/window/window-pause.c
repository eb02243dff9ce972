/* SPDX-License-Identifier: Apache-2.0 */
/* Holding the run that is being measured: between samples, so that its numbers stay clean. */
#include "ui/window/window-private.h"

#include <glib/gi18n.h>

void
nullcurve_window_update_pause (NullcurveWindow *self)
{
  GtkWidget *button = GTK_WIDGET (self->pause_button);
  gboolean running = nullcurve_window_get_running (self);
  const char *words = self->paused ? _ ("Go on measuring (Ctrl+Shift+P)")
                                   : _ ("Pause before the next sample (Ctrl+Shift+P)");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.pause", running && !self->stopping);
  gtk_widget_set_visible (button, running);
  gtk_button_set_icon_name (GTK_BUTTON (button), self->paused ? "media-playback-start-symbolic"
                                                              : "media-playback-pause-symbolic");
  gtk_widget_set_tooltip_text (button, words);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  self->paused ? _ ("Go on measuring") : _ ("Pause"), -1);
}

static void
show_state (NullcurveWindow *self)
{
  if (self->stopping)
    return;
  if (self->held)
    gtk_label_set_label (self->progress_what, _ ("Paused"));
  else if (self->paused)
    gtk_label_set_label (self->progress_what, _ ("Pausing after this sample…"));
  if (self->held)
    gtk_label_set_label (self->progress_left, "");
}

static void
set_paused (NullcurveWindow *self, gboolean paused)
{
  if (self->paused == paused)
    return;
  self->paused = paused;
  show_state (self);
  nullcurve_window_update_pause (self);
}

void
nullcurve_window_forget_pause (NullcurveWindow *self)
{
  self->held = FALSE;
  set_paused (self, FALSE);
}

void
nullcurve_window_show_held (NullcurveWindow *self, gboolean held)
{
  g_return_if_fail (NULLCURVE_IS_WINDOW (self));
  if (!nullcurve_window_get_running (self) || self->held == held)
    return;
  self->held = held;
  show_state (self);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  NullcurveWindow *self = NULLCURVE_WINDOW (widget);
  if (!nullcurve_window_get_running (self) || self->stopping)
    return;
  set_paused (self, !self->paused);
  g_signal_emit_by_name (self, "pause-requested", self->paused);
}

void
nullcurve_window_install_pause (NullcurveWindowClass *klass)
{
  g_signal_new ("pause-requested", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 1, G_TYPE_BOOLEAN);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "win.pause", NULL, pause_action);
}
