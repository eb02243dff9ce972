/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, and the escapes that keep a value on one. */
#pragma once

#include "engine/formats/parts/faults.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* The next line without its end (LF, CRLF, or a CR at the end of the text); FALSE at the end of
 * the text.  `terminated` (optional): whether the line had its end. */
gboolean moe_lines_next (MoeSpan *rest, MoeSpan *line, gboolean *terminated);

/* Without colours and other terminal escapes.  *buffer holds the text when there were any, else it
 * stays as it is; free it with g_free (). */
MoeSpan moe_lines_strip_escapes (MoeSpan text, char **buffer);

/* Backslash, LF and CR (and, with `colon`, the colon) become \\, \n, \r and \:. */
void moe_lines_append_escaped (GString *text, const char *value, gboolean colon);
char *moe_lines_unescape (MoeSpan span);

/* "# key: value" lines: the title and the facts of a run, and back. */
void moe_lines_append_fact (GString *text, const char *key, const char *value);
void moe_lines_append_facts (GString *text, const MoeRun *run);
/* FALSE with *error when the line is not of that form or there are too many. */
gboolean
moe_lines_read_fact (MoeSpan line, MoeRun *run, const char *name, gsize number, GError **error);

G_END_DECLS
