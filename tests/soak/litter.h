/* SPDX-License-Identifier: Apache-2.0 */
/* The files that a window meets in a soak: good ones, those that break readers, and damaged copies
 * of either; and whether a folder has only what it should.  Blocking. */
#pragma once

#include "tests/soak/chance.h"

/* Copy all plain files of a folder into another. */
void litter_copy (const char *from, const char *to);

/* The path of any file of a folder; owned by the caller.  NULL: it has none. */
char *litter_pick (const char *folder, Chance *chance);

/* Damage a file of a folder, if it has any: cut it, write over a part, repeat a part of it or empty
 * it. Files over a mebibyte stay as they are. */
void litter_damage (const char *folder, Chance *chance);

/* The number of files; all of the folder when `ending` is NULL.  Missing folders have none. */
gsize litter_count (const char *folder, const char *ending);

/* Remove files until there are `most`. */
void litter_bound (const char *folder, gsize most, Chance *chance);

/* Fail unless every file's name ends so or so (`endings`, up to NULL), and none is a draft of ours.
 */
void litter_assert_tidy (const char *folder, const char *const *endings);
