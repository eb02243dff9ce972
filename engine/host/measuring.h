/* SPDX-License-Identifier: Apache-2.0 */
/* That this process measures, told to others of the same user: two that measure at once take the
 * processors from each other.  A lock on a file of one's own in the runtime folder, which goes with
 * the process whatever becomes of it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct MoeMeasuring MoeMeasuring;

/* From now on it measures `what`, a title.  Never NULL: where it cannot be told nobody knows.  Any
 * thread. */
MoeMeasuring *moe_measuring_begin (const char *what);
void moe_measuring_end (MoeMeasuring *measuring);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeMeasuring, moe_measuring_end)

/* What another process of this user measures now, in a line; NULL: none does.  Reads a folder; any
 * thread.  Owned by the caller. */
char *moe_measuring_find_other (void);

G_END_DECLS
