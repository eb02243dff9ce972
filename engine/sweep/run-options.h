/* SPDX-License-Identifier: Apache-2.0 */
/* The setup that a run was measured with, as far as it tells. */
#pragma once

#include "engine/options/options.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Change *options to what the run was measured with: from the options or the command line that it
 * recorded, else from what its rows agree in (shape, top-k, fractions, null mode).  What it does
 * not tell stays as it is.  FALSE, and nothing is changed, when it does not even tell a shape. */
gboolean moe_run_to_options (const MoeRun *run, MoeOptions *options);

/* The same of one of its points alone: its shape, top-k, fraction, modes and capacity, and how it
 * was measured as the run tells.  FALSE, and nothing is changed, when the run or the record does
 * not tell enough, or tells what this version cannot measure. */
gboolean moe_run_point_to_options (const MoeRun *run, const MoeRecord *record, MoeOptions *options);

G_END_DECLS
