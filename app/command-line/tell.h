/* SPDX-License-Identifier: Apache-2.0 */
/* All that nullcurve-bench prints for people.  Names of files, modules and devices come from
 * strangers: nothing reaches the terminal but tame text (engine/text/tame.h). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Print one line on standard error, or on standard output.  An end of line that `format` has is not
 * doubled; whatever else would break the line becomes a blank.  Any thread. */
void nullcurve_bench_tell (const char *format, ...) G_GNUC_PRINTF (1, 2);
void nullcurve_bench_print (const char *format, ...) G_GNUC_PRINTF (1, 2);

/* Print a text of several lines on standard output as it is, but tame. */
void nullcurve_bench_print_text (const char *text);

/* From now on what libraries warn of is told in the same way; and where memory ends inside of one
 * that cannot say so to its caller (GLib), the program ends with a sentence and
 * NULLCURVE_BENCH_ERROR_FAILED instead of a crash.  At the start of main (). */
void nullcurve_bench_tell_warnings (void);

G_END_DECLS
