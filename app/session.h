/* SPDX-License-Identifier: Apache-2.0 */
/* Joins one window to one worker: what the window asks for is measured, what is measured is
 * shown.  Main thread only. */
#pragma once

#include "ui/window/window.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_SESSION (nullcurve_session_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveSession, nullcurve_session, NULLCURVE, SESSION, GObject)

/* The session lives as long as the window (which holds it): it stops and joins its threads when
 * the window is destroyed.  Returns a new reference. */
NullcurveSession *nullcurve_session_new (NullcurveWindow *window);

/* TRUE while a thread of the session works. */
gboolean nullcurve_session_get_busy (NullcurveSession *self);

G_END_DECLS
