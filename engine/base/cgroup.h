/* SPDX-License-Identifier: Apache-2.0 */
/* What the control groups of this process leave to it (Linux; versions 1 and 2, and both beside
 * each other).  A group is bound by those above it as well, as far as they are seen from here: in a
 * container mostly up to the container's own. */
#pragma once

#include <stddef.h>

/* `root` stands before /proc and /sys in every name: "" but in tests.  Any thread; each call reads
 * a handful of small files. */

/* Bytes that may be taken before the first of the groups is full, where file pages that nobody uses
 * count as free: the kernel drops them first.  SIZE_MAX where no group has a limit. */
size_t moe_cgroup_memory (const char *root);

/* How many processors' worth of time the groups grant (cpu.max, cpu.cfs_quota_us), > 0; infinite
 * where there is no quota. */
double moe_cgroup_processors (const char *root);
