/* SPDX-License-Identifier: Apache-2.0 */
/* What a long measurement owes the desktop: that it does not fall asleep meanwhile, word when it is
 * over and nobody looks, and a warning when the machine is not at its best.  Main thread only. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct NullcurveDesktop NullcurveDesktop;

/* What is asked of the desktop on behalf of a window; the real one's, or one that is made up. */
typedef struct NullcurveDesktopCalls
{
  guint (*inhibit) (gpointer window); /* 0: it does not know how */
  void (*uninhibit) (gpointer window, guint cookie);
  gboolean (*is_looked_at) (gpointer window);
  void (*notify) (gpointer window, const char *title, const char *body);
  gint64 (*now_us) (void);
} NullcurveDesktopCalls;

/* `window` is handed to the calls, and must outlive it; without calls (NULL) the real desktop is
 * asked, for a GtkWindow.  `sys_root` stands in front of /sys: "" but for tests. */
NullcurveDesktop *
nullcurve_desktop_new (const NullcurveDesktopCalls *calls, gpointer window, const char *sys_root);
/* Lets the machine sleep again too. */
void nullcurve_desktop_free (NullcurveDesktop *self);

/* A run begins; it is over with so many points, or early since there was a `problem` (else NULL).
 */
void nullcurve_desktop_begin (NullcurveDesktop *self);
void nullcurve_desktop_end (NullcurveDesktop *self,
                            const char *title,
                            gsize measured,
                            const char *problem);

/* Look at what keeps the machine from its best: a sentence owned by the desktop, NULL: nothing.
 * `again`: only if that was a while ago, since somebody may pull the plug while it measures. */
const char *nullcurve_desktop_check_power (NullcurveDesktop *self, gboolean again);

G_END_DECLS
