/* SPDX-License-Identifier: Apache-2.0 */
/* The published rows that ship with the program, and where they come from (SPEC 6). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How the titles of published runs end. */
#define MOE_PUBLISHED_REMARK " (published)"

/* The published rows that ship in `data_dir`/reference, as runs of their own with titles and
 * provenance: an array of MoeRun (moe_run_unref () as its free function), the rows with the
 * f = 0.1 -> 0.9 deltas first, then the mode comparison. */
GPtrArray *moe_formats_read_reference (const char *data_dir, GError **error);

G_END_DECLS
