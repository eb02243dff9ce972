/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/options/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum
{
  MAX_REAL_TEXT = 64
};

static bool
is_digit (char c)
{
  return c >= '0' && c <= '9';
}

MoeNumberFault
moe_options_parse_whole (const char *text, size_t length, uint64_t *value)
{
  uint64_t sum = 0;
  bool too_large = false;
  if (length == 0)
    return MOE_NUMBER_MALFORMED;
  for (size_t i = 0; i < length; i++)
    {
      if (!is_digit (text[i]))
        return MOE_NUMBER_MALFORMED;
      too_large = too_large || __builtin_mul_overflow (sum, (uint64_t)10, &sum)
                  || __builtin_add_overflow (sum, (uint64_t)(text[i] - '0'), &sum);
    }
  if (too_large)
    return MOE_NUMBER_TOO_LARGE;
  *value = sum;
  return MOE_NUMBER_OK;
}

/* digits [. digits] [e [sign] digits], with at least one digit before the exponent. */
static bool
looks_real (const char *text, size_t length)
{
  size_t i = 0, digits = 0;
  for (; i < length && is_digit (text[i]); i++)
    digits++;
  if (i < length && text[i] == '.')
    for (i++; i < length && is_digit (text[i]); i++)
      digits++;
  if (digits == 0)
    return false;
  if (i < length && (text[i] == 'e' || text[i] == 'E'))
    {
      i++;
      if (i < length && (text[i] == '+' || text[i] == '-'))
        i++;
      size_t exponent = i;
      while (i < length && is_digit (text[i]))
        i++;
      if (i == exponent)
        return false;
    }
  return i == length;
}

/* A program with a window runs in the user's locale, where the decimal point may be a comma. */
static locale_t
enter_c_locale (locale_t *plain)
{
  *plain = newlocale (LC_NUMERIC_MASK, "C", (locale_t)0);
  return uselocale (*plain);
}

static void
leave_c_locale (locale_t plain, locale_t previous)
{
  uselocale (previous);
  if (plain != (locale_t)0)
    freelocale (plain);
}

MoeNumberFault
moe_options_parse_real (const char *text, size_t length, double *value)
{
  char copy[MAX_REAL_TEXT];
  if (length >= sizeof copy || !looks_real (text, length))
    return MOE_NUMBER_MALFORMED;
  memcpy (copy, text, length);
  copy[length] = '\0';

  locale_t plain;
  locale_t previous = enter_c_locale (&plain);
  double parsed = strtod (copy, NULL);
  leave_c_locale (plain, previous);

  if (!isfinite (parsed))
    return MOE_NUMBER_TOO_LARGE;
  *value = parsed;
  return MOE_NUMBER_OK;
}

int
moe_options_format_real (double value, char *text, size_t size)
{
  char shortest[MAX_REAL_TEXT] = "", candidate[MAX_REAL_TEXT];
  locale_t plain;
  locale_t previous = enter_c_locale (&plain);
  for (int digits = 1; digits <= 17; digits++)
    {
      snprintf (candidate, sizeof candidate, "%.*g", digits, value);
      bool exact = strtod (candidate, NULL) == value || digits == 17;
      /* With more digits 6e+01 becomes 60. */
      if (exact && (shortest[0] == '\0' || strlen (candidate) < strlen (shortest)))
        memcpy (shortest, candidate, sizeof shortest);
    }
  leave_c_locale (plain, previous);
  return snprintf (text, size, "%s", shortest);
}
