/* SPDX-License-Identifier: Apache-2.0 */
/* Files that routing comes from, read once and shared. */
#pragma once

#include "engine/draw/given.h"

/* Read it, or take what was read of the same part of the same file last.  MOE_ERROR_INVALID, of the
 * option "routing-file", with a sentence that says what is wrong with the file and where.  Blocks;
 * any thread.  Give *given back with moe_given_unref (). */
MoeStatus moe_given_open (const MoeGivenAsk *ask, const MoeGiven **given, MoeError *error);
const MoeGiven *moe_given_ref (const MoeGiven *given);
void moe_given_unref (const MoeGiven *given); /* NULL is allowed */
