/* SPDX-License-Identifier: Apache-2.0 */
/* That files are being read, and the way to stop that: a strip that is there once it takes longer
 * than a glance.  Main thread only. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define NULLCURVE_TYPE_READING_BAR (nullcurve_reading_bar_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveReadingBar, nullcurve_reading_bar, NULLCURVE, READING_BAR, AdwBin)

/* What is being read, in words; NULL: nothing.  Its button does win.stop-reading. */
void nullcurve_reading_bar_show (NullcurveReadingBar *self, const char *what);

G_END_DECLS
