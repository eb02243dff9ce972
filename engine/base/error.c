/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/error.h"

#include <stdarg.h>
#include <stdio.h>

#include "engine/base/words.h"

static MoeStatus
error_set_va (
    MoeError *error, MoeStatus status, const char *option, const char *format, va_list args)
{
  if (error != NULL)
    {
      error->status = status;
      error->option = option;
      vsnprintf (error->message, sizeof error->message, moe_words (format), args);
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
