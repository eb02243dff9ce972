/* SPDX-License-Identifier: Apache-2.0 */
/* What a long measurement owes the desktop: that it does not fall asleep meanwhile, word when it is
 * over and nobody looks, and a warning when the machine is not at its best. */
#include "ui/window/window-private.h"

#include "engine/machine/noise.h"
#include "engine/sweep/quantities.h"

#include <glib/gi18n.h>
#include <string.h>

/* A run this long is one that people turn away from. */
static const gint64 LONG_RUN_US = 30 * G_USEC_PER_SEC;
static const gint64 POWER_EVERY_US = 10 * G_USEC_PER_SEC;

static guint
inhibit (NullcurveWindow *self)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  if (application == NULL)
    return 0;
  return gtk_application_inhibit (application, GTK_WINDOW (self),
                                  GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_LOGOUT,
                                  _ ("A measurement goes on"));
}

static void
uninhibit (NullcurveWindow *self, guint cookie)
{
  GtkApplication *application = gtk_window_get_application (GTK_WINDOW (self));
  if (application != NULL)
    gtk_application_uninhibit (application, cookie);
}

static void
notify (NullcurveWindow *self, const char *title, const char *body)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  if (application == NULL)
    return;
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  g_notification_set_default_action (notification, "app.show-window");
  g_application_send_notification (application, "run-ended", notification);
}

static const NullcurveDesktop real_desktop = { inhibit, uninhibit, notify, g_get_monotonic_time };

/* --- a run --- */

void
nullcurve_window_desktop_begin (NullcurveWindow *self)
{
  self->run_began_us = self->desktop->now_us ();
  self->inhibited = self->desktop->inhibit (self);
}

static void
let_go (NullcurveWindow *self)
{
  if (self->inhibited != 0)
    self->desktop->uninhibit (self, self->inhibited);
  self->inhibited = 0;
}

void
nullcurve_window_desktop_end (NullcurveWindow *self,
                              const char *title,
                              gsize measured,
                              const char *problem)
{
  gint64 lasted_us = self->desktop->now_us () - self->run_began_us;
  let_go (self);
  if (lasted_us < LONG_RUN_US || gtk_window_is_active (GTK_WINDOW (self)))
    return;
  g_autofree char *duration = moe_text_duration ((double)lasted_us / G_USEC_PER_SEC);
  g_autofree char *points =
      g_strdup_printf (g_dngettext (NULL, "%zu point", "%zu points", measured), measured);
  /* Translators: "24 points in 2 min 10 s" */
  g_autofree char *body = g_strdup_printf (_ ("%s in %s"), points, duration);
  g_autofree char *heading =
      g_strdup_printf (problem != NULL ? _ ("“%s” ended early") : _ ("“%s” is measured"), title);
  self->desktop->notify (self, heading, problem != NULL ? problem : body);
}

/* --- power --- */

static char *
dup_warning (const MoeNoise *noise)
{
  if (noise->power == MOE_POWER_BATTERY)
    return g_strdup (
        _ ("On battery: the processor may be held back. Plug the machine in before you measure."));
  if (strcmp (noise->profile, "low-power") == 0)
    return g_strdup (_ ("The power mode is “Power Saver”. Choose another in the system menu before "
                        "you measure."));
  if (strcmp (noise->governor, "powersave") == 0)
    return g_strdup (
        _ ("The CPU governor is “powersave”: its clock follows the load. “performance” "
           "gives steadier figures."));
  return NULL;
}

void
nullcurve_window_check_power (NullcurveWindow *self)
{
  MoeNoise noise;
  moe_noise_look (self->sys_root, &noise);
  g_autofree char *warning = dup_warning (&noise);
  self->power_checked_us = self->desktop->now_us ();
  nullcurve_setup_panel_set_warning (self->setup, warning);
}

/* Somebody may pull the plug while it measures. */
void
nullcurve_window_check_power_at_times (NullcurveWindow *self)
{
  if (self->desktop->now_us () - self->power_checked_us >= POWER_EVERY_US)
    nullcurve_window_check_power (self);
}

void
nullcurve_window_init_desktop (NullcurveWindow *self)
{
  self->desktop = &real_desktop;
  self->sys_root = "";
  g_signal_connect (self, "notify::is-active", G_CALLBACK (nullcurve_window_check_power), NULL);
  nullcurve_window_check_power (self);
}

void
nullcurve_window_dispose_desktop (NullcurveWindow *self)
{
  let_go (self);
}
