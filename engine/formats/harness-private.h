/* SPDX-License-Identifier: Apache-2.0 */
/* The lines around the rows of a harness log.  Private to the harness reader. */
#pragma once

#include "engine/formats/formats-private.h"

G_BEGIN_DECLS

/* --- harness-words.c: blanks, words and pairs --- */

/* Find `word` at the start of the line or after a blank, and followed by a blank or the end. */
gboolean moe_harness_find_word (MoeSpan line, const char *word, MoeSpan *after);

/* The next piece between blanks; FALSE at the end. */
gboolean moe_harness_next_token (MoeSpan *rest, MoeSpan *token);

/* "key=value"; FALSE for a word without an equals sign. */
gboolean moe_harness_split_token (MoeSpan token, MoeSpan *key, MoeSpan *value);

/* The value of `key` among the tokens of a line. */
gboolean moe_harness_find_value (MoeSpan rest, const char *key, MoeSpan *value);

/* --- harness-chatter.c: "[random] ..." lines --- */

enum
{
  MOE_CHATTER_MAX_TOLD = 64
};

/* What the lines of one point said: a record in which only the columns told[n_told] have values. */
typedef struct MoeChatter
{
  MoeRecord record;
  const MoeColumn *told[MOE_CHATTER_MAX_TOLD];
  gsize n_told;
} MoeChatter;

void moe_chatter_clear (MoeChatter *chatter);

/* Read a line "[random] ..." or "[runs] ..." (something may stand before it) into *said, its
 * values through `row`.  FALSE when it is none of the harness's.  *fault, free with g_free (), is
 * NULL or says which value had to be left out. */
gboolean moe_chatter_read (MoeSpan line, MoeRow *row, MoeChatter *said, char **fault);

/* Add what a line said to what was said before.  FALSE, and nothing done, when it speaks of another
 * point, or tells again what was told: another point begins. */
gboolean moe_chatter_add (MoeChatter *chatter, const MoeChatter *said);

/* Fill what rows never tell, if the chatter is surely this one's: nothing contradicts, and both
 * tell the same tokens_per_s. */
void moe_chatter_fill (const MoeChatter *chatter, MoeRecord *record);

/* The harness prints its stage times after the row.  TRUE when *said is such a line and was taken
 * into the row before it. */
gboolean moe_chatter_take_stage (const MoeChatter *said, MoeRecord *record);

/* --- harness-repeats.c: rows that a summary says again --- */

/* Finds rows of a run by what their lines said.  Zeroed when new. */
typedef struct MoeRepeats
{
  GHashTable *first_with_hash;
  GArray *next_with_hash; /* gsize, per record; G_MAXSIZE ends a chain */
} MoeRepeats;

/* Does a row of the run say the same?  Rows are indexed once this is asked for. */
gboolean moe_repeats_contain (MoeRepeats *repeats, const MoeRun *run, const MoeRecord *record);
void moe_repeats_clear (MoeRepeats *repeats);

G_END_DECLS
