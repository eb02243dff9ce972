/* SPDX-License-Identifier: Apache-2.0 */
/* Files that routing comes from, read once and shared. */
#pragma once

#include "engine/draw/given.h"

/* Read it, or take what was found when the same part of the same file was read, be it that nothing
 * can be made of it; of the last few parts that is remembered.  MOE_ERROR_INVALID, of the option
 * "routing-file", with a sentence that says what is wrong with the file and where.  Blocks; any
 * thread, and two that ask for one part read it once.  Give *given back with moe_given_unref (). */
MoeStatus moe_given_open (const MoeGivenAsk *ask, const MoeGiven **given, MoeError *error);

/* Would opening it take no more than a moment: because there is none, it is a short one of the
 * program's own, or what it holds is remembered?  Looks at the file's name, size and times; any
 * thread. */
bool moe_given_is_quick (const MoeGivenAsk *ask);
/* Whether a file is one of these, or a folder is a dump with one, by what is in it: *distribution
 * is MOE_DISTRIBUTION_LOADS or _TRACE.  False: it is neither, or cannot be read; *distribution is
 * then untouched.  Reads the first bytes; any thread. */
bool moe_given_recognise_file (const char *path, MoeDistribution *distribution);

/* Where a name without a folder is looked for that is no file of the current folder: the program's
 * own data, so that a shipped table is meant by its name wherever the program is installed.
 * Copied; NULL: nowhere.  To be called before other threads open files. */
void moe_given_look_in (const char *folder);

const MoeGiven *moe_given_ref (const MoeGiven *given);
void moe_given_unref (const MoeGiven *given); /* NULL is allowed */
