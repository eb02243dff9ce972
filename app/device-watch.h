/* SPDX-License-Identifier: Apache-2.0 */
/* What a GPU's sensors show while a run goes on: its temperature, clocks and power, once a second.
 * A device whose sensors cannot be read is simply not told of; the reason stands in the run.
 * Everything here is for the main thread; the library is opened on another. */
#pragma once

#include <glib-object.h>

#include "engine/backends/backend.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_DEVICE_WATCH (nullcurve_device_watch_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveDeviceWatch, nullcurve_device_watch, NULLCURVE, DEVICE_WATCH, GObject)

/* Signals: "changed", there are new figures. */

/* Begin to watch.  `library` is NULL for the system's management library, a file in tests. */
NullcurveDeviceWatch *nullcurve_device_watch_new (const MoeDevice *device, const char *library);

/* "NVIDIA H200 · 64 °C · 1980 MHz · 612 W"; the name alone before the first figures.  Owned by the
 * watch, until it changes. */
const char *nullcurve_device_watch_get_text (NullcurveDeviceWatch *self);

/* Put what was seen on record: the range of each figure, or why there is none. */
void nullcurve_device_watch_describe (NullcurveDeviceWatch *self, MoeRun *run);

/* Stop watching; what was seen can still be described. */
void nullcurve_device_watch_stop (NullcurveDeviceWatch *self);

G_END_DECLS
