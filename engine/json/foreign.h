/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that others wrote: json-glib reads it, within bounds that json-glib does not keep. */
#pragma once

#include <json-glib/json-glib.h>

#include "engine/records/numbers.h"

G_BEGIN_DECLS

enum
{
  MOE_JSON_MAX_BYTES = 4 << 20, /* of a document */
  MOE_JSON_MAX_DEPTH = 32       /* of objects and arrays within each other */
};

/* Bytes of the object that `text` begins with, from its brace to the one that closes it.  0 when it
 * is never closed, larger or deeper than the bounds, or has a string with a line end in it or an
 * escape that JSON does not know.  *scanned (optional): bytes that were looked at.  Any thread. */
gsize moe_json_measure (MoeSpan text, gsize *scanned);

/* The object that `document` is, NULL when it is none or beyond the bounds; free with
 * json_node_unref ().  The NaN and Infinity that Python writes are null, halves of surrogates are
 * replaced, text that is not UTF-8 is refused.  Any thread. */
JsonNode *moe_json_parse (MoeSpan document);

/* Members of an object; NULL, or NAN, when there is none of that name and kind.  What is returned
 * belongs to the object.  A number may not be infinite. */
JsonObject *moe_json_get_object (JsonObject *object, const char *name);
JsonArray *moe_json_get_array (JsonObject *object, const char *name);
const char *moe_json_get_text (JsonObject *object, const char *name);
double moe_json_get_real (JsonObject *object, const char *name);

/* What a program said, of a line in which a container's log, a journal or a logger wraps it:
 * {"log":"...\n","stream":"stdout"}.  NULL when the line is none; free with g_free (). */
char *moe_json_dup_message (MoeSpan line);

G_END_DECLS
