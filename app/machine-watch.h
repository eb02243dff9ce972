/* SPDX-License-Identifier: Apache-2.0 */
/* What else the machine does while a run is measured: who else uses the processors, their clock and
 * temperature, and whether they are slowed down; read every two seconds.  Main thread only. */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_MACHINE_WATCH (nullcurve_machine_watch_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveMachineWatch, nullcurve_machine_watch, NULLCURVE, MACHINE_WATCH, GObject)

/* Signal "changed": the text is another.  `root` stands in front of /proc and /sys: "" but for
 * tests. */
NullcurveMachineWatch *nullcurve_machine_watch_new (const char *root);

/* Look now. */
void nullcurve_machine_watch_look (NullcurveMachineWatch *self);

/* "others 0.3 of 2 processors · 4.15 GHz · 62 °C · slowed down 3 times", as far as it is known;
 * "": nothing is.  Owned by the watch. */
const char *nullcurve_machine_watch_get_text (NullcurveMachineWatch *self);

G_END_DECLS
