/* SPDX-License-Identifier: Apache-2.0 */
/* May a file be executed?  What root or this user put there and nobody else can change. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* True when `path` leads to a regular file that belongs to root or to this user and that nobody
 * else can write, and neither can anybody else put another in its place: the same holds of every
 * folder above it, but for folders where only owners may replace what is theirs (mode 1777, as
 * /tmp). Links are followed first.  False: `reason` has a part of a sentence that names what is
 * wrong,
 * "/srv/shared can be written by others".  Any thread. */
bool moe_trust_file (const char *path, char *reason, size_t reason_size);
