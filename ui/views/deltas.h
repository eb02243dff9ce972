/* SPDX-License-Identifier: Apache-2.0 */
/* How the points of runs compare with those of a baseline.  The statistics are those of
 * engine/judge/compare.h; this only finds the pair of a record and puts it in words. */
#pragma once

#include "engine/judge/compare.h"

G_BEGIN_DECLS

typedef struct NullcurveDeltas NullcurveDeltas;

/* Compare each run with the baseline, which is left out where it is among them.  Keeps the runs
 * alive; the records are those of now.  Reference-counted, for one thread.
 *
 * What still holds is taken over from `earlier` (may be NULL): every comparison whose two runs have
 * not changed.  Where nothing has, these very deltas are returned, once more referenced. */
NullcurveDeltas *nullcurve_deltas_renew (NullcurveDeltas *earlier,
                                         MoeRun *baseline,
                                         MoeRun *const *runs,
                                         gsize n_runs);
NullcurveDeltas *nullcurve_deltas_ref (NullcurveDeltas *deltas);
void nullcurve_deltas_unref (NullcurveDeltas *deltas);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveDeltas, nullcurve_deltas_unref)

MoeRun *nullcurve_deltas_get_baseline (const NullcurveDeltas *deltas);

/* The pair whose b is this very record of one of the runs, or NULL; `deltas` may be NULL. */
const MoePair *nullcurve_deltas_find (const NullcurveDeltas *deltas, const MoeRecord *record);

/* The whole comparison of a run; NULL for the baseline itself and for runs that were not given. */
const MoeComparison *nullcurve_deltas_get (const NullcurveDeltas *deltas, const MoeRun *run);

G_END_DECLS
