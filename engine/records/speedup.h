/* SPDX-License-Identifier: Apache-2.0 */
/* How much faster a record is than f = 0 of its curve. */
#pragma once

#include "engine/bench/stats.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* What a speed-up against f = 0 was made of. */
typedef enum MoeSpeedup
{
  MOE_SPEEDUP_NONE,     /* there is no f = 0 to compare with */
  MOE_SPEEDUP_RATES,    /* two rates without samples: no interval */
  MOE_SPEEDUP_UNPAIRED, /* samples, but not of the same rounds: the interval of the quotient of two
                           medians */
  MOE_SPEEDUP_PAIRED,   /* time of f = 0 / time of the record, round by round */
} MoeSpeedup;

/* Speed-up of a record of the run against the f = 0 record of its own curve, over the rounds in
 * which both have a sample that their figures are made of: one round takes all fractions in turn,
 * so that drift of the machine cancels out.  The median over the rounds, in an interval by start
 * (engine/bench/contrast.h) that holds it; of f = 0 itself 1.  Where neither tells rounds, samples
 * are in their order.
 *
 * FALSE (and *spread all NaN, n = 0) when there is no such record or no sample; when one is made of
 * processor time and the other of wall time - two of processor time make pairs; when one tells
 * rounds and the other does not; when neither does and their numbers of samples differ by more than
 * the one that the last round of a stopped run may lack; or when fewer than three rounds (than all,
 * of fewer samples) are left. */
gboolean moe_run_paired_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread);

/* The same, else the best there is, and what that is.  With MOE_SPEEDUP_RATES *spread holds the
 * single value and n = 0, with MOE_SPEEDUP_NONE all NaN. */
MoeSpeedup moe_run_speedup (const MoeRun *run, const MoeRecord *record, MoeSpread *spread);

/* Null efficiency (SPEC 3), from the very median that moe_run_speedup () tells; NaN when there is
 * no f = 0 to compare with, or the speed-up's interval is wild. */
double moe_run_null_efficiency (const MoeRun *run, const MoeRecord *record);

G_END_DECLS
