/* SPDX-License-Identifier: Apache-2.0 */
#include "app/machine-watch.h"

#include "engine/machine/noise.h"
#include "engine/machine/vitals.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  FIRST_S = 1, /* enough for what others use to be known */
  MEASURING_S = 2,
  IDLE_S = 5,
  FORGET_LOOKS = 12 /* after so many without, nobody asks how often it was slowed down */
};

/* By less than this figures move all the time. */
static const double STEP_OTHERS = 0.15, STEP_HZ = 0.1e9, STEP_C = 1.5;

struct _NullcurveMachineWatch
{
  GObject parent_instance;

  char *root;
  GtkWindow *window;  /* not owned; NULL: none */
  MoeNoiseWatch last; /* since the last look */
  double others;      /* these three as they are shown */
  MoeVitals vitals;
  gint64 throttlings; /* since the run began; without one since they were forgotten */
  guint calm;         /* looks since the last of them */
  gboolean wanted;
  gboolean measuring;
  GString *text;
  guint timeout_id; /* 0: it does not look by itself */
};

G_DEFINE_FINAL_TYPE (NullcurveMachineWatch, nullcurve_machine_watch, G_TYPE_OBJECT)

static guint changed_signal;

static void
append (GString *text, char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
  g_free (part);
}

static void
append_throttlings (GString *text, gint64 n)
{
  if (n <= 0)
    return;
  append (text, g_strdup_printf (
                    g_dngettext (NULL, "slowed down %u time", "slowed down %u times", (gulong)n),
                    (guint)MIN (n, G_MAXUINT)));
}

static void
hold (double *shown, double now, double step)
{
  if (isnan (*shown) || isnan (now) || fabs (now - *shown) >= step)
    *shown = now;
}

static void
count_throttlings (NullcurveMachineWatch *self, gint64 more)
{
  self->calm = more > 0 ? 0 : self->calm + 1;
  self->throttlings += MAX (more, 0);
  if (!self->measuring && self->calm >= FORGET_LOOKS)
    self->throttlings = 0;
}

static void
set_text (NullcurveMachineWatch *self, const char *text)
{
  if (g_str_equal (self->text->str, text))
    return;
  g_string_assign (self->text, text);
  g_signal_emit (self, changed_signal, 0);
}

void
nullcurve_machine_watch_look (NullcurveMachineWatch *self)
{
  g_return_if_fail (NULLCURVE_IS_MACHINE_WATCH (self));
  MoeNoise now;
  MoeVitals vitals;
  g_autoptr (GString) text = g_string_new (NULL);
  moe_noise_stop (&self->last, self->root, 0, &now);
  moe_noise_start (&self->last, self->root);
  moe_vitals_look (self->root, &vitals);
  count_throttlings (self, now.throttlings);
  hold (&self->others, now.others_busy, STEP_OTHERS);
  hold (&self->vitals.clock_hz, vitals.clock_hz, STEP_HZ);
  hold (&self->vitals.temperature_c, vitals.temperature_c, STEP_C);
  if (!isnan (self->others))
    append (text, g_strdup_printf (g_dngettext (NULL, "others %.1f of %zu processor",
                                                "others %.1f of %zu processors", now.processors),
                                   self->others, now.processors));
  if (!isnan (self->vitals.clock_hz))
    append (text, g_strdup_printf (_ ("%.2f GHz"), self->vitals.clock_hz / 1e9));
  if (!isnan (self->vitals.temperature_c))
    append (text, g_strdup_printf (_ ("%.0f °C"), self->vitals.temperature_c));
  append_throttlings (text, self->throttlings);
  set_text (self, text->str);
}

const char *
nullcurve_machine_watch_get_text (NullcurveMachineWatch *self)
{
  g_return_val_if_fail (NULLCURVE_IS_MACHINE_WATCH (self), NULL);
  return self->text->str;
}

/* --- when --- */

static gboolean
tick_cb (gpointer data)
{
  NullcurveMachineWatch *self = data;
  self->timeout_id = g_timeout_add_seconds (self->measuring ? MEASURING_S : IDLE_S, tick_cb, self);
  nullcurve_machine_watch_look (self);
  return G_SOURCE_REMOVE;
}

static gboolean
is_seen (GtkWindow *window)
{
  GdkSurface *surface = gtk_widget_get_mapped (GTK_WIDGET (window))
                            ? gtk_native_get_surface (GTK_NATIVE (window))
                            : NULL;
  return surface != NULL
         && !(gdk_toplevel_get_state (GDK_TOPLEVEL (surface)) & GDK_TOPLEVEL_STATE_MINIMIZED);
}

/* What stood there while nobody saw it is old. */
static void
update (NullcurveMachineWatch *self)
{
  gboolean active = self->wanted && self->window != NULL && is_seen (self->window);
  if (active && self->timeout_id == 0)
    self->timeout_id = g_timeout_add_seconds (FIRST_S, tick_cb, self);
  else if (!active)
    g_clear_handle_id (&self->timeout_id, g_source_remove);
  if (!self->wanted)
    set_text (self, "");
}

static void
realized_cb (NullcurveMachineWatch *self)
{
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (self->window)), "notify::state",
                           G_CALLBACK (update), self, G_CONNECT_SWAPPED);
}

void
nullcurve_machine_watch_set_window (NullcurveMachineWatch *self, GtkWindow *window)
{
  g_return_if_fail (NULLCURVE_IS_MACHINE_WATCH (self) && self->window == NULL);
  g_set_weak_pointer (&self->window, window);
  g_signal_connect_object (window, "realize", G_CALLBACK (realized_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "map", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (window, "unmap", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  if (gtk_widget_get_realized (GTK_WIDGET (window)))
    realized_cb (self);
  update (self);
}

void
nullcurve_machine_watch_set_wanted (NullcurveMachineWatch *self, gboolean wanted)
{
  g_return_if_fail (NULLCURVE_IS_MACHINE_WATCH (self));
  if (self->wanted == wanted)
    return;
  self->wanted = wanted;
  update (self);
}

void
nullcurve_machine_watch_set_measuring (NullcurveMachineWatch *self, gboolean measuring)
{
  g_return_if_fail (NULLCURVE_IS_MACHINE_WATCH (self));
  if (self->measuring == measuring)
    return;
  self->measuring = measuring;
  self->throttlings = 0;
  moe_noise_start (&self->last, self->root);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  update (self);
}

gboolean
nullcurve_machine_watch_get_active (NullcurveMachineWatch *self)
{
  g_return_val_if_fail (NULLCURVE_IS_MACHINE_WATCH (self), FALSE);
  return self->timeout_id != 0;
}

static void
nullcurve_machine_watch_finalize (GObject *object)
{
  NullcurveMachineWatch *self = NULLCURVE_MACHINE_WATCH (object);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_weak_pointer (&self->window);
  g_string_free (self->text, TRUE);
  g_free (self->root);
  G_OBJECT_CLASS (nullcurve_machine_watch_parent_class)->finalize (object);
}

static void
nullcurve_machine_watch_class_init (NullcurveMachineWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_machine_watch_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_machine_watch_init (NullcurveMachineWatch *self)
{
  self->text = g_string_new (NULL);
  self->others = self->vitals.clock_hz = self->vitals.temperature_c = NAN;
  self->wanted = TRUE;
}

NullcurveMachineWatch *
nullcurve_machine_watch_new (const char *root)
{
  NullcurveMachineWatch *self = g_object_new (NULLCURVE_TYPE_MACHINE_WATCH, NULL);
  self->root = g_strdup (root);
  moe_noise_start (&self->last, root);
  return self;
}
