/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/table-text.h"

#include <math.h>
#include <string.h>

static bool
is_blank (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static MoeTableText
trim (MoeTableText text)
{
  while (text.length > 0 && is_blank (text.text[0]))
    text = (MoeTableText){ text.text + 1, text.length - 1 };
  while (text.length > 0 && is_blank (text.text[text.length - 1]))
    text.length--;
  return text;
}

/* Up to the separator, which is taken away with it. */
static MoeTableText
take (MoeTableText *rest, char separator)
{
  const char *end = memchr (rest->text, separator, rest->length);
  const size_t length = end != NULL ? (size_t)(end - rest->text) : rest->length;
  const MoeTableText piece = { rest->text, length };
  if (end != NULL)
    *rest = (MoeTableText){ end + 1, rest->length - length - 1 };
  else
    *rest = (MoeTableText){ NULL, 0 };
  return piece;
}

bool
moe_table_line (MoeTableText *rest, MoeTableText *line)
{
  if (rest->text == NULL || rest->length == 0)
    return false;
  *line = take (rest, '\n');
  return true;
}

bool
moe_table_cell (MoeTableText *line, char separator, MoeTableText *cell)
{
  if (line->text == NULL)
    return false;
  *cell = trim (take (line, separator));
  return true;
}

bool
moe_table_whole (MoeTableText cell, int64_t *value)
{
  const bool negative = cell.length > 0 && cell.text[0] == '-';
  int64_t sum = 0;
  if (cell.length == (size_t)negative || cell.length > 14)
    return false;
  for (size_t i = negative; i < cell.length; i++)
    {
      if (cell.text[i] < '0' || cell.text[i] > '9')
        return false;
      sum = 10 * sum + (cell.text[i] - '0');
    }
  if (sum > 1000000000000)
    return false;
  *value = negative ? -sum : sum;
  return true;
}

/* Digits and a point by hand: the C library's reader follows the locale. */
bool
moe_table_real (MoeTableText cell, double *value)
{
  double sum = 0, place = 0;
  size_t digits = 0, at = 0;
  const bool negative = cell.length > 0 && cell.text[0] == '-';
  int exponent = 0;
  for (at = negative; at < cell.length && at < 64; at++)
    {
      const char c = cell.text[at];
      if (c == '.' && place == 0)
        place = 1;
      else if (c >= '0' && c <= '9')
        {
          sum = 10 * sum + (c - '0');
          place *= 10;
          digits++;
        }
      else
        break;
    }
  if (digits > 0 && at < cell.length && (cell.text[at] == 'e' || cell.text[at] == 'E'))
    {
      int64_t power;
      MoeTableText rest = { cell.text + at + 1, cell.length - at - 1 };
      if (rest.length > 0 && rest.text[0] == '+')
        rest = (MoeTableText){ rest.text + 1, rest.length - 1 };
      if (!moe_table_whole (rest, &power) || power > 300 || power < -300)
        return false;
      exponent = (int)power;
      at = cell.length;
    }
  if (digits == 0 || at < cell.length)
    return false;
  sum = sum / (place > 0 ? place : 1) * pow (10, exponent);
  *value = negative ? -sum : sum;
  return isfinite (sum);
}

bool
moe_table_is (MoeTableText cell, const char *word)
{
  return cell.length == strlen (word) && memcmp (cell.text, word, cell.length) == 0;
}
