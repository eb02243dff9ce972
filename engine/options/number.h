/* SPDX-License-Identifier: Apache-2.0 */
/* Strict numbers in text, whatever the locale: "12abc", "", "-3" and "1,5" are no numbers. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum MoeNumberFault
{
  MOE_NUMBER_OK,
  MOE_NUMBER_MALFORMED,
  MOE_NUMBER_TOO_LARGE, /* does not fit the type */
} MoeNumberFault;

/* Read text[length], decimal digits and nothing else. */
MoeNumberFault moe_options_parse_whole (const char *text, size_t length, uint64_t *value);

/* Read text[length]: digits with an optional point and an optional exponent, finite; no sign in
 * front, no blanks. */
MoeNumberFault moe_options_parse_real (const char *text, size_t length, double *value);

/* The shortest decimal that reads back to the same double, with a point whatever the locale.
 * Returns the length as snprintf does. */
int moe_options_format_real (double value, char *text, size_t size);
