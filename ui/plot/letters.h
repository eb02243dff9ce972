/* SPDX-License-Identifier: Apache-2.0 */
/* Words in a terminal: how many cells they take, cut to what there is, and without letters that its
 * locale does not have. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Cells that the words (UTF-8, one line) take: letters that are wide in East Asia take two, marks
 * that combine none. */
gsize nullcurve_letters_width (const char *words);

/* A copy that takes `most` cells at most, cut with an ellipsis (three points in ASCII). */
char *nullcurve_letters_cut (const char *words, gsize most, gboolean ascii);

/* A copy without control characters, with no-break spaces as spaces and, in `ascii`, with nothing
 * else than ASCII: what has no like becomes a question mark. */
char *nullcurve_letters_plain (const char *words, gboolean ascii);

/* The words wrapped at spaces into lines of `most` cells, each with a newline. */
void
nullcurve_letters_append_wrapped (GString *text, const char *words, gsize most, gboolean ascii);

G_END_DECLS
