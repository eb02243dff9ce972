/* SPDX-License-Identifier: Apache-2.0 */
/* Words and key=value pairs of a line of a log, between blanks.  Spans are borrowed from the line.
 */
#pragma once

#include "engine/formats/parts/lines.h"

G_BEGIN_DECLS

/* Does a word begin at `at`?  Launchers, loggers and progress bars write in front of it what they
 * like, without a blank too. */
gboolean moe_token_begins (MoeSpan line, const char *at);

/* Find `word`, followed by a blank or the end; *after is what follows it. */
gboolean moe_token_find (MoeSpan line, const char *word, MoeSpan *after);

/* The next piece between blanks, taken from *rest; FALSE at the end. */
gboolean moe_token_next (MoeSpan *rest, MoeSpan *token);

/* "key=value"; FALSE for a word without an equals sign. */
gboolean moe_token_split (MoeSpan token, MoeSpan *key, MoeSpan *value);

/* The value of the first pair of `key` among the tokens of `rest`. */
gboolean moe_token_value (MoeSpan rest, const char *key, MoeSpan *value);

G_END_DECLS
