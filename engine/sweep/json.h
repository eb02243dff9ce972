/* SPDX-License-Identifier: Apache-2.0 */
/* Values as JSON writes them. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "text" in quotes, with what JSON reserves escaped; what is not UTF-8 is replaced. */
void moe_json_append_string (GString *out, const char *text);

/* The shortest decimal that reads back to the same double; null for NaN and infinity, which JSON
 * does not know. */
void moe_json_append_real (GString *out, double value);

G_END_DECLS
