/* SPDX-License-Identifier: Apache-2.0 */
/* Rows that the summary at a log's end says again, as keys (const MoeRecord *) of a GHashTable.
 * What a repeat repeats is the line, not the shape that the lines before it gave it; it may leave
 * the topk and choices to them, and TF/s may have been made of its time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

guint moe_repeat_hash (gconstpointer record);
gboolean moe_repeat_equal (gconstpointer left, gconstpointer right);

G_END_DECLS
