/* SPDX-License-Identifier: Apache-2.0 */
/* In which unit rates of work are told.  Records keep TF/s; a laptop's would read 0.0412.  One
 * question for chart and tables, so that all of them say the same of the same runs. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

typedef struct MoeWorkUnit
{
  double per_tflops; /* how many of it are one TF/s: 1 or 1000 */
  const char *name;  /* "TF/s" or "GF/s", static */
} MoeWorkUnit;

/* Of figures whose largest is `most` TF/s: GF/s where that is above 0 and below 1. */
MoeWorkUnit moe_work_unit (double most);

/* Of all that runs tell; where no row tells it, of what their machines can do. */
MoeWorkUnit moe_work_unit_of_runs (MoeRun *const *runs, gsize n_runs);

/* Why none of these runs' rows tells a rate of work: a sentence to be translated, static. */
const char *moe_work_missing (MoeRun *const *runs, gsize n_runs);

G_END_DECLS
