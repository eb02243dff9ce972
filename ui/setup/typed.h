/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers as people type them, made into what options read (engine/options/number.h is strict, and
 * so is the command line).  What is no number is left as it is: the option then says what is wrong
 * with it, so that nothing is ever cut or guessed.  Any thread. */
#pragma once

#include "engine/options/options.h"

#include <glib.h>

G_BEGIN_DECLS

/* A text typed for an option, as moe_options_set () reads it; owned by the caller.  Blanks around
 * it go.
 *
 * Whole numbers: "64k" is 65536 and "2M" 2097152, as batches and widths are counted; "2^15".
 * Others: a decimal comma where the language of the program's user has one.
 * Lists: separated by blanks, semicolons, and commas where these are not decimal ones;
 * "0.1:0.9:0.2" and, for whole numbers, "1:4" stand for all from the first to the second by steps
 * of the third. Where a comma could be either (a language with decimal commas, no point in the
 * text), it is decimal.  `comma`: the decimal mark is a comma, as nullcurve_typed_has_comma ()
 * tells. */
char *nullcurve_typed_plain (const MoeOptionSpec *spec, const char *typed, gboolean comma);

/* Is it a comma in the user's language, whatever locale the program computes in? */
gboolean nullcurve_typed_has_comma (void);

G_END_DECLS
