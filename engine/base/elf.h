/* SPDX-License-Identifier: Apache-2.0 */
/* Is a shared object whole?  Of one that was cut off the loader maps pages that are not there. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Does the file have the head of a shared object for this kind of machine, and lies everything that
 * a loader maps, and the table of sections, within its `size` bytes?  `file` is open for reading,
 * and its position stays.  Any bytes are borne.  Any thread. */
bool moe_elf_is_whole (int file, uint64_t size);
