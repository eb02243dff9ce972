/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window/desktop.h"

#include "engine/machine/noise.h"
#include "engine/sweep/quantities.h"

#include <glib/gi18n.h>
#include <string.h>

/* A run this long is one that people turn away from. */
static const gint64 LONG_RUN_US = 30 * G_USEC_PER_SEC;
static const gint64 POWER_EVERY_US = 10 * G_USEC_PER_SEC;

struct NullcurveDesktop
{
  const NullcurveDesktopCalls *calls;
  gpointer window;
  char *sys_root;
  guint inhibited; /* cookie while a run goes on; 0: not */
  gint64 began_us;
  gint64 power_checked_us;
  const char *warning;
};

static guint
inhibit (gpointer window)
{
  GtkApplication *application = gtk_window_get_application (window);
  if (application == NULL)
    return 0;
  return gtk_application_inhibit (application, window,
                                  GTK_APPLICATION_INHIBIT_SUSPEND | GTK_APPLICATION_INHIBIT_LOGOUT,
                                  _ ("A measurement goes on"));
}

static void
uninhibit (gpointer window, guint cookie)
{
  GtkApplication *application = gtk_window_get_application (window);
  if (application != NULL)
    gtk_application_uninhibit (application, cookie);
}

static gboolean
is_looked_at (gpointer window)
{
  return gtk_window_is_active (window);
}

static void
notify (gpointer window, const char *title, const char *body)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (window));
  if (application == NULL)
    return;
  g_autoptr (GNotification) notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  g_notification_set_default_action (notification, "app.show-window");
  g_application_send_notification (application, "run-ended", notification);
}

static const NullcurveDesktopCalls real_calls = { inhibit, uninhibit, is_looked_at, notify,
                                                  g_get_monotonic_time };

/* --- a run --- */

void
nullcurve_desktop_begin (NullcurveDesktop *self)
{
  self->began_us = self->calls->now_us ();
  self->inhibited = self->calls->inhibit (self->window);
}

static void
let_go (NullcurveDesktop *self)
{
  if (self->inhibited != 0)
    self->calls->uninhibit (self->window, self->inhibited);
  self->inhibited = 0;
}

void
nullcurve_desktop_end (NullcurveDesktop *self,
                       const char *title,
                       gsize measured,
                       const char *problem)
{
  gint64 lasted_us = self->calls->now_us () - self->began_us;
  let_go (self);
  if (lasted_us < LONG_RUN_US || self->calls->is_looked_at (self->window))
    return;
  g_autofree char *duration = moe_text_duration ((double)lasted_us / G_USEC_PER_SEC);
  g_autofree char *points =
      g_strdup_printf (g_dngettext (NULL, "%zu point", "%zu points", measured), measured);
  /* Translators: "24 points in 2 min 10 s" */
  g_autofree char *body = g_strdup_printf (_ ("%s in %s"), points, duration);
  g_autofree char *heading =
      g_strdup_printf (problem != NULL ? _ ("“%s” ended early") : _ ("“%s” is measured"), title);
  self->calls->notify (self->window, heading, problem != NULL ? problem : body);
}

/* --- power --- */

static const char *
find_warning (const MoeNoise *noise)
{
  if (noise->power == MOE_POWER_BATTERY)
    return _ ("On battery: the processor may be held back. Plug the machine in before you "
              "measure.");
  if (strcmp (noise->profile, "low-power") == 0)
    return _ ("The power mode is “Power Saver”. Choose another in the system menu before "
              "you measure.");
  if (strcmp (noise->governor, "powersave") == 0)
    return _ ("The CPU governor is “powersave”: its clock follows the load. “performance” "
              "gives steadier figures.");
  return NULL;
}

const char *
nullcurve_desktop_check_power (NullcurveDesktop *self, gboolean again)
{
  MoeNoise noise;
  gint64 now_us = self->calls->now_us ();
  if (again && now_us - self->power_checked_us < POWER_EVERY_US)
    return self->warning;
  moe_noise_look (self->sys_root, &noise);
  self->power_checked_us = now_us;
  return self->warning = find_warning (&noise);
}

NullcurveDesktop *
nullcurve_desktop_new (const NullcurveDesktopCalls *calls, gpointer window, const char *sys_root)
{
  NullcurveDesktop *self = g_new0 (NullcurveDesktop, 1);
  self->calls = calls != NULL ? calls : &real_calls;
  self->window = window;
  self->sys_root = g_strdup (sys_root);
  return self;
}

void
nullcurve_desktop_free (NullcurveDesktop *self)
{
  let_go (self);
  g_free (self->sys_root);
  g_free (self);
}
