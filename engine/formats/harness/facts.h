/* SPDX-License-Identifier: Apache-2.0 */
/* The lines around a row of a harness's log ("[random] topk=2 run_stats mean=..."): facts of its
 * point that the row itself does not tell.  A record of facts has a value where something was said,
 * and a distribution as soon as anything was. */
#pragma once

#include "engine/formats/parts/columns.h"
#include "engine/formats/parts/lines.h"

G_BEGIN_DECLS

/* The column of that name; NULL when there is none. */
const MoeColumn *moe_facts_column (const char *name);

/* Read a line "[random] ..." or "[runs] ..." (something may stand before it) into *said, its
 * values through `row`.  FALSE when it is none of the harness's.  *fault, free with g_free (), is
 * NULL or says which value had to be left out. */
gboolean moe_facts_read (MoeSpan line, MoeRow *row, MoeRecord *said, char **fault);

/* Add what a line said to what the lines of its point said before.  FALSE, and nothing done, when
 * it speaks of another point, or tells again what was told: another point begins. */
gboolean moe_facts_add (MoeRecord *chatter, const MoeRecord *said);

/* Fill what rows never tell, if the chatter is surely this one's: nothing contradicts, and both
 * tell the same tokens_per_s. */
void moe_facts_fill_row (const MoeRecord *chatter, MoeRecord *row);

/* Give a row what `from` tells and rows never do, whosever it is. */
void moe_facts_fill_missing (MoeRecord *row, const MoeRecord *from);

/* The harness prints its stage times after the row.  TRUE when *said is such a line and was taken
 * into the row before it. */
gboolean moe_facts_take_stage (const MoeRecord *said, MoeRecord *row);

G_END_DECLS
