/* SPDX-License-Identifier: Apache-2.0 */
/* What else the machine does: who else uses the processors, their clock and temperature, and
 * whether they are slowed down; read every few seconds while somebody sees it.  Main thread
 * only. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_MACHINE_WATCH (nullcurve_machine_watch_get_type ())
G_DECLARE_FINAL_TYPE (
    NullcurveMachineWatch, nullcurve_machine_watch, NULLCURVE, MACHINE_WATCH, GObject)

/* Signal "changed": the text is another.  `root` stands in front of /proc and /sys: "" but for
 * tests. */
NullcurveMachineWatch *nullcurve_machine_watch_new (const char *root);

/* It looks only as long as this window is on a screen and not minimised; once. */
void nullcurve_machine_watch_set_window (NullcurveMachineWatch *self, GtkWindow *window);

/* FALSE: the machine is of no matter now, and the text is empty.  TRUE at first. */
void nullcurve_machine_watch_set_wanted (NullcurveMachineWatch *self, gboolean wanted);

/* A run begins or is over: while it is measured it looks more often, and tells how often the
 * processors were slowed down since it began. */
void nullcurve_machine_watch_set_measuring (NullcurveMachineWatch *self, gboolean measuring);

/* Does it look by itself now? */
gboolean nullcurve_machine_watch_get_active (NullcurveMachineWatch *self);

/* Look now. */
void nullcurve_machine_watch_look (NullcurveMachineWatch *self);

/* "others 0.3 of 2 processors · 4.15 GHz · 62 °C · slowed down 3 times", as far as it is known;
 * "": nothing is.  Figures stand still until they have moved by more than they always do.  Owned by
 * the watch. */
const char *nullcurve_machine_watch_get_text (NullcurveMachineWatch *self);

G_END_DECLS
