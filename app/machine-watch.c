/* SPDX-License-Identifier: Apache-2.0 */
#include "app/machine-watch.h"

#include "engine/machine/noise.h"
#include "engine/machine/vitals.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  PERIOD_S = 2
};

struct _NullcurveMachineWatch
{
  GObject parent_instance;

  char *root;
  MoeNoiseWatch last; /* since the last look */
  gint64 throttlings; /* since the run began */
  GString *text;
  guint timeout_id;
};

G_DEFINE_FINAL_TYPE (NullcurveMachineWatch, nullcurve_machine_watch, G_TYPE_OBJECT)

static guint changed_signal;

static void
append (GString *text, char *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
  g_free (part);
}

/* How often since the run began. */
static void
append_throttlings (GString *text, gint64 n)
{
  if (n <= 0)
    return;
  append (text, g_strdup_printf (
                    g_dngettext (NULL, "slowed down %u time", "slowed down %u times", (gulong)n),
                    (guint)MIN (n, G_MAXUINT)));
}

void
nullcurve_machine_watch_look (NullcurveMachineWatch *self)
{
  g_return_if_fail (NULLCURVE_IS_MACHINE_WATCH (self));
  MoeNoise now;
  MoeVitals vitals;
  moe_noise_stop (&self->last, self->root, 0, &now);
  moe_noise_start (&self->last, self->root);
  moe_vitals_look (self->root, &vitals);
  self->throttlings += MAX (now.throttlings, 0);
  g_string_truncate (self->text, 0);
  if (!isnan (now.others_busy))
    append (self->text,
            g_strdup_printf (g_dngettext (NULL, "others %.1f of %zu processor",
                                          "others %.1f of %zu processors", now.processors),
                             now.others_busy, now.processors));
  if (!isnan (vitals.clock_hz))
    append (self->text, g_strdup_printf (_ ("%.2f GHz"), vitals.clock_hz / 1e9));
  if (!isnan (vitals.temperature_c))
    append (self->text, g_strdup_printf (_ ("%.0f °C"), vitals.temperature_c));
  append_throttlings (self->text, self->throttlings);
  g_signal_emit (self, changed_signal, 0);
}

const char *
nullcurve_machine_watch_get_text (NullcurveMachineWatch *self)
{
  g_return_val_if_fail (NULLCURVE_IS_MACHINE_WATCH (self), NULL);
  return self->text->str;
}

static gboolean
tick_cb (gpointer data)
{
  nullcurve_machine_watch_look (data);
  return G_SOURCE_CONTINUE;
}

static void
nullcurve_machine_watch_finalize (GObject *object)
{
  NullcurveMachineWatch *self = NULLCURVE_MACHINE_WATCH (object);
  g_clear_handle_id (&self->timeout_id, g_source_remove);
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
}

NullcurveMachineWatch *
nullcurve_machine_watch_new (const char *root)
{
  NullcurveMachineWatch *self = g_object_new (NULLCURVE_TYPE_MACHINE_WATCH, NULL);
  self->root = g_strdup (root);
  moe_noise_start (&self->last, root);
  self->timeout_id = g_timeout_add_seconds (PERIOD_S, tick_cb, self);
  return self;
}
