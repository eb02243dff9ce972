/* SPDX-License-Identifier: Apache-2.0 */
/* What a run's data says, in a few sentences.  Nothing is claimed that the samples do not
 * support: two medians differ only when their intervals do not meet and both rest on at least
 * four samples, or, for published rows without samples, when they differ by 2 % or more. */
#pragma once

#include "engine/records/compare.h"

G_BEGIN_DECLS

/* One sentence a line, at most a handful; a NULL-terminated vector owned by the caller, never
 * empty. */
char **nullcurve_findings_describe (const MoeRun *run);

/* Why some of the run's figures spread too wide to conclude from, and what to do about it: a
 * sentence each, in the words of the form; NULL-terminated and owned by the caller, empty when
 * there is nothing to warn of. */
char **nullcurve_findings_warn (const MoeRun *run, const MoeNoise *noise);

/* How a run compares with the pinned one, in a sentence or two that call them this run and the
 * baseline; owned by the caller. */
char *nullcurve_findings_against (const MoeComparison *comparison);

/* What makes the two hard to compare, as nullcurve_findings_warn (). */
char **nullcurve_findings_guard (const MoeComparison *comparison);

/* How two points of one curve compare: 1 the later is faster, -1 slower, 0 not told apart. */
int nullcurve_findings_compare (const MoeRecord *earlier, const MoeRecord *later);

G_END_DECLS
