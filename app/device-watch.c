/* SPDX-License-Identifier: Apache-2.0 */
#include "app/device-watch.h"

#include "engine/base/telemetry.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <math.h>

enum
{
  PERIOD_MS = 1000
};

typedef struct Range
{
  double lo; /* NaN: nothing seen */
  double hi;
} Range;

struct _NullcurveDeviceWatch
{
  GObject parent_instance;

  char *name;
  char *address;
  char *library;           /* NULL: the system's */
  MoeTelemetry *telemetry; /* NULL: not open, or not to be had */
  char *reason;            /* why it is not to be had */
  char *text;
  gboolean stopped;
  guint timeout_id;
  Range temperature_c, sm_clock_mhz, memory_clock_mhz, power_w;
};

G_DEFINE_FINAL_TYPE (NullcurveDeviceWatch, nullcurve_device_watch, G_TYPE_OBJECT)

static guint changed_signal;

static void
widen (Range *range, double value)
{
  if (isnan (value))
    return;
  /* fmin () and fmax () pass over NaN. */
  range->lo = fmin (range->lo, value);
  range->hi = fmax (range->hi, value);
}

static void
append_figure (GString *text, const char *format, double value)
{
  if (isnan (value))
    return;
  g_autofree char *figure = g_strdup_printf (format, value);
  g_string_append_printf (text, " · %s", figure);
}

static void
take_sample (NullcurveDeviceWatch *self)
{
  MoeTelemetrySample sample;
  g_autoptr (GString) text = g_string_new (self->name);
  moe_telemetry_sample (self->telemetry, &sample);
  widen (&self->temperature_c, sample.temperature_c);
  widen (&self->sm_clock_mhz, sample.sm_clock_hz / 1e6);
  widen (&self->memory_clock_mhz, sample.memory_clock_hz / 1e6);
  widen (&self->power_w, sample.power_w);
  append_figure (text, _ ("%.0f °C"), sample.temperature_c);
  append_figure (text, _ ("%.0f MHz"), sample.sm_clock_hz / 1e6);
  append_figure (text, _ ("memory %.0f MHz"), sample.memory_clock_hz / 1e6);
  append_figure (text, _ ("%.0f W"), sample.power_w);
  g_free (self->text);
  self->text = g_strdup (text->str);
  g_signal_emit (self, changed_signal, 0);
}

static gboolean
tick_cb (gpointer data)
{
  take_sample (data);
  return G_SOURCE_CONTINUE;
}

/* On a thread of its own: the first opening can take a tenth of a second. */
static void
open_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  NullcurveDeviceWatch *self = source;
  MoeTelemetry *telemetry = NULL;
  MoeError error = { 0 };
  if (moe_telemetry_open (self->library, self->address, &telemetry, &error) == MOE_OK)
    g_task_return_pointer (task, telemetry, (GDestroyNotify)moe_telemetry_close);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", error.message);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  NullcurveDeviceWatch *self = NULLCURVE_DEVICE_WATCH (source);
  g_autoptr (GError) error = NULL;
  self->telemetry = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->telemetry == NULL)
    self->reason = g_strdup (error->message);
  else if (self->stopped)
    g_clear_pointer (&self->telemetry, moe_telemetry_close);
  else
    {
      take_sample (self);
      self->timeout_id = g_timeout_add (PERIOD_MS, tick_cb, self);
    }
}

NullcurveDeviceWatch *
nullcurve_device_watch_new (const MoeDevice *device, const char *library)
{
  NullcurveDeviceWatch *self = g_object_new (NULLCURVE_TYPE_DEVICE_WATCH, NULL);
  self->name = g_strdup (device->name);
  self->address = g_strdup (device->address);
  self->library = g_strdup (library);
  self->text = g_strdup (device->name);
  g_autoptr (GTask) task = g_task_new (self, NULL, opened_cb, NULL);
  g_task_run_in_thread (task, open_thread);
  return self;
}

const char *
nullcurve_device_watch_get_text (NullcurveDeviceWatch *self)
{
  g_return_val_if_fail (NULLCURVE_IS_DEVICE_WATCH (self), NULL);
  return self->text;
}

static void
describe_range (MoeRun *run, const char *key, const Range *range, const char *unit)
{
  if (isnan (range->lo))
    return;
  g_autofree char *text = range->lo == range->hi
                              ? g_strdup_printf ("%.0f %s", range->lo, unit)
                              : g_strdup_printf ("%.0f to %.0f %s", range->lo, range->hi, unit);
  moe_run_set_fact (run, key, text);
}

void
nullcurve_device_watch_describe (NullcurveDeviceWatch *self, MoeRun *run)
{
  g_return_if_fail (NULLCURVE_IS_DEVICE_WATCH (self));
  describe_range (run, "device temperature", &self->temperature_c, "C");
  describe_range (run, "device clock", &self->sm_clock_mhz, "MHz");
  describe_range (run, "device memory clock", &self->memory_clock_mhz, "MHz");
  describe_range (run, "device power", &self->power_w, "W");
  if (self->reason != NULL)
    moe_run_set_fact (run, "device telemetry", self->reason);
}

void
nullcurve_device_watch_stop (NullcurveDeviceWatch *self)
{
  g_return_if_fail (NULLCURVE_IS_DEVICE_WATCH (self));
  self->stopped = TRUE;
  g_clear_handle_id (&self->timeout_id, g_source_remove);
  g_clear_pointer (&self->telemetry, moe_telemetry_close);
}

static void
nullcurve_device_watch_finalize (GObject *object)
{
  NullcurveDeviceWatch *self = NULLCURVE_DEVICE_WATCH (object);
  nullcurve_device_watch_stop (self);
  g_free (self->name);
  g_free (self->address);
  g_free (self->library);
  g_free (self->reason);
  g_free (self->text);
  G_OBJECT_CLASS (nullcurve_device_watch_parent_class)->finalize (object);
}

static void
nullcurve_device_watch_class_init (NullcurveDeviceWatchClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = nullcurve_device_watch_finalize;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
nullcurve_device_watch_init (NullcurveDeviceWatch *self)
{
  const Range nothing = { NAN, NAN };
  self->temperature_c = self->sm_clock_mhz = self->memory_clock_mhz = self->power_w = nothing;
}
