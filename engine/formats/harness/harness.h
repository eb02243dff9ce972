/* SPDX-License-Identifier: Apache-2.0 */
/* The published harness's lines (SPEC 5), both ways. */
#pragma once

#include "engine/formats/parts/faults.h"
#include "engine/options/options.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* `text` has no BOM and no terminal escapes. */
MoeRun *moe_harness_read (MoeSpan text, const char *name, GError **error);

/* Harness lines (SPEC 5), each ending in a newline.  A missing value's key is left out.  A RESULT
 * line that is made of processor time ends with time_source=processor. */
GString *moe_formats_shape_line (const MoeOptions *options);
GString *moe_formats_result_line (const MoeRecord *record);
/* The chatter around a point: mode line, remat/parallel/time/rates lines, run_stats, load_stats,
 * capacity, null_route, comm_stats (only with expert parallelism: shards and
 * bytes of one step), and with `stage_timing` the stage lines, those of a shared expert and of
 * communication only where there are such stages. */
GString *
moe_formats_chatter (const MoeRecord *record, const MoePointFacts *facts, gboolean stage_timing);

G_END_DECLS
