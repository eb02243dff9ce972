/* SPDX-License-Identifier: Apache-2.0 */
/* What starts of one and the same thing differ by on this machine: learnt from runs, told to
 * runs. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/judge/judge.h"

G_BEGIN_DECLS

/* At the end of a run that was measured here, before it is written: what its starts show, if it has
 * at least three and samples of 10 ms, is kept beside the calibration (see moe_machine_learn_starts
 * ()), and what is known then becomes the run's fact "starts differ by", standard deviation and
 * degrees of freedom, "0.0081 14".  Returns the standard deviation, NaN when nothing is known. */
double moe_starts_learn (MoeRun *run, const MoeBackend *backend, gsize threads, MoeDtype dtype);

/* Reads the fact of a run; FALSE, df = 0, when it does not tell. */
gboolean moe_starts_told (const MoeRun *run, MoeStartSpread *spread);

/* What the records of one run show of its starts; df = 0 with fewer than two. */
MoeStartSpread moe_starts_measure (const MoeRun *run);

G_END_DECLS
