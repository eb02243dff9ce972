/* SPDX-License-Identifier: Apache-2.0 */
/* --journal -: the run on standard output as it grows, for a program that reads it, on this machine
 * or at the other end of ssh. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Standard output becomes the journal's alone, and what is printed besides goes to standard error
 * from now on.  The run is asked to stop, as by a hang-up, when nobody reads it any more, or when
 * standard input ends, if that is a pipe or a socket: what else it can be (a terminal, a file,
 * /dev/null) tells nothing.  The journal's descriptor, which lives for ever; -1 and
 * NULLCURVE_BENCH_ERROR_FAILED.  Call once, from the main thread, after
 * nullcurve_bench_signals_watch (). */
int nullcurve_bench_stream_begin (GError **error);

/* Has whoever is at the other end of standard input said "pause", and not "continue" since?  Not of
 * a run that is to stop.  Any thread. */
gboolean nullcurve_bench_stream_is_paused (void);

G_END_DECLS
