/* SPDX-License-Identifier: Apache-2.0 */
/* Picking facts out of the system's text files; split off so that tests can give the text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The value of the first line "key <separator> value" of a text, without blanks and quotation
 * marks around it, or NULL.  `text` may be NULL. */
char *moe_environment_find_value (const char *text, const char *key, char separator);

/* The CPU's name out of /proc/cpuinfo, or "unknown MACHINE processor". */
char *moe_environment_cpu_from (const char *cpuinfo, const char *machine);

/* "23.4 GiB" out of /proc/meminfo, or NULL. */
char *moe_environment_memory_from (const char *meminfo);

/* The compiler that built this, "GCC 12.2.0". */
const char *moe_environment_compiler (void);

G_END_DECLS
