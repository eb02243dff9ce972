/* SPDX-License-Identifier: Apache-2.0 */
/* Picking facts out of the system's text files. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The value of the first line "key <separator> value" of a text, without blanks and quotation
 * marks around it, or NULL.  `text` may be NULL. */
char *moe_system_text_find (const char *text, const char *key, char separator);

/* The CPU's name out of /proc/cpuinfo, or "unknown MACHINE processor". */
char *moe_system_text_cpu (const char *cpuinfo, const char *machine);

/* "23.4 GiB" out of /proc/meminfo, or NULL. */
char *moe_system_text_memory (const char *meminfo);

G_END_DECLS
