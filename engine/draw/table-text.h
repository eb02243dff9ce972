/* SPDX-License-Identifier: Apache-2.0 */
/* Reading tables of numbers out of text that anybody may have written. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Part of a text. */
typedef struct MoeTableText
{
  const char *text;
  size_t length;
} MoeTableText;

/* Take the next line, without its end, from the front; false where there is none. */
bool moe_table_line (MoeTableText *rest, MoeTableText *line);

/* Take the next cell up to `separator`, blanks around it trimmed; false where there is none.  An
 * empty line has one empty cell. */
bool moe_table_cell (MoeTableText *line, char separator, MoeTableText *cell);

/* A whole number and nothing else, perhaps with a sign; false where it is none, or beyond +-1e12.
 */
bool moe_table_whole (MoeTableText cell, int64_t *value);

/* A finite decimal number and nothing else. */
bool moe_table_real (MoeTableText cell, double *value);

bool moe_table_is (MoeTableText cell, const char *word);
