/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/json.h"

#include <math.h>

#include "engine/options/number.h"

void
moe_json_append_string (GString *out, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_string_append_c (out, '"');
  for (const char *c = valid; *c != '\0'; c++)
    if (*c == '"' || *c == '\\')
      g_string_append_printf (out, "\\%c", *c);
    else if ((guchar)*c < 0x20)
      g_string_append_printf (out, "\\u%04x", (unsigned)*c);
    else
      g_string_append_c (out, *c);
  g_string_append_c (out, '"');
}

void
moe_json_append_real (GString *out, double value)
{
  char text[64];
  moe_options_format_real (value, text, sizeof text);
  g_string_append (out, isfinite (value) ? text : "null");
}
