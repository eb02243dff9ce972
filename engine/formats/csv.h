/* SPDX-License-Identifier: Apache-2.0 */
/* Nullcurve CSV and logbook CSV as text. */
#pragma once

#include "engine/formats/parts/faults.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

#define MOE_CSV_MAGIC "# nullcurve-csv:"

/* `text` has no BOM, and begins with the magic for MOE_RUN_FORMAT_NULLCURVE_CSV. */
MoeRun *moe_csv_read (MoeSpan text, MoeRunFormat format, const char *name, GError **error);

/* Do these bytes start with a logbook CSV's header? */
gboolean moe_csv_is_logbook (MoeSpan text);

/* "# key: value" lines, a header row, one row per record; the columns include those of the logbook
 * CSV by the same names.  What is written reads back to the same bytes. */
GString *moe_formats_to_csv (const MoeRun *run);

G_END_DECLS
