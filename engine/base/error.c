/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine/base/words.h"

/* How many bytes the character at `text` has; 0: it is none, or is cut off.  Valid UTF-8 by its
 * lengths and continuations, which is what cutting and other encodings break. */
static size_t
character_size (const char *text)
{
  unsigned char first = (unsigned char)text[0];
  size_t size = first < 0x80                     ? 1
                : first >= 0xc2 && first <= 0xdf ? 2
                : (first & 0xf0) == 0xe0         ? 3
                : first >= 0xf0 && first <= 0xf4 ? 4
                                                 : 0;
  unsigned char second = size > 1 ? (unsigned char)text[1] : 0;
  for (size_t i = 1; i < size; i++)
    if (((unsigned char)text[i] & 0xc0) != 0x80)
      return 0;
  /* Overlong, beyond Unicode, or half of a pair of UTF-16. */
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f)
      || (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
    return 0;
  return size;
}

/* Sentences quote what somebody typed: whatever that was, they are one line of UTF-8 without
 * control characters. */
static void
make_plain (char *text)
{
  while (*text != '\0')
    {
      size_t size = character_size (text);
      bool control = size == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f);
      bool control_1 = size == 2 && (unsigned char)text[0] == 0xc2 && (unsigned char)text[1] < 0xa0;
      if (control_1)
        text[0] = text[1] = '?';
      else if (size == 0 || control)
        *text = '?';
      text += size > 0 ? size : 1;
    }
}

static MoeStatus
error_set_va (
    MoeError *error, MoeStatus status, const char *option, const char *format, va_list args)
{
  if (error != NULL)
    {
      error->status = status;
      error->option = option;
      vsnprintf (error->message, sizeof error->message, moe_words (format), args);
      make_plain (error->message);
    }
  return status;
}

MoeStatus
moe_error_set (MoeError *error, MoeStatus status, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  error_set_va (error, status, NULL, format, args);
  va_end (args);
  return status;
}

MoeStatus
moe_error_set_option (
    MoeError *error, MoeStatus status, const char *option, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  error_set_va (error, status, option, format, args);
  va_end (args);
  return status;
}
