/* SPDX-License-Identifier: Apache-2.0 */
/* How well is what is being measured known by now?  Keeps the times of one group of points while
 * they are measured, and tells how wide the 95 % interval is of what is asked of each point:
 *
 * - of two setups side by side: the ratio of the second's time to the first's;
 * - of one setup with f = 0 in the group: the ratio to the time at f = 0;
 * - of one without: its time.
 *
 * Ratios are of times of the same start and round: of wall times, or, on a machine that does not
 * get quiet, of processor times. */
#pragma once

#include "engine/base/error.h"
#include "engine/machine/taken.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum
{
  MOE_SETTLE_NO_BASE = -1,
  MOE_SETTLE_ALL_STARTS = -1
};

typedef struct MoeSettle MoeSettle;

/* For `points` points of `setups` (1 or 2) setups; `base`: which of them is f = 0, or
 * MOE_SETTLE_NO_BASE.  Caller frees with moe_settle_free ().  MOE_ERROR_MEMORY. */
MoeStatus
moe_settle_new (size_t points, size_t setups, int base, MoeSettle **settle, MoeError *error);

void moe_settle_free (MoeSettle *settle); /* NULL is allowed */

/* One sample; of each point by ascending start and round.  What is disturbed counts by its
 * processor time, and only where a point gets too few undisturbed ones.  MOE_ERROR_MEMORY. */
MoeStatus moe_settle_add (MoeSettle *settle,
                          size_t setup,
                          size_t point,
                          const MoeTaken *taken,
                          double time_s,
                          MoeError *error);

/* Half the width of the interval of a point, as a natural logarithm (0.01: +-1 %), and how many
 * trials it is from; of one start, or MOE_SETTLE_ALL_STARTS.  INFINITY while nothing can be said; 0
 * for f = 0, which is known to be equal to itself. */
double
moe_settle_half_width (const MoeSettle *settle, size_t point, int64_t start, size_t *n_trials);
