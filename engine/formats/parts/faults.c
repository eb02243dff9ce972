/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/parts/faults.h"

#include <string.h>

#include "engine/base/words.h"

enum
{
  QUOTE_CHARACTERS = 40
};

G_DEFINE_QUARK (moe - formats - error - quark, moe_formats_error)

char *
moe_fault_quote (MoeSpan span)
{
  /* Four bytes a character at most, and room to see that there is more. */
  g_autofree char *valid =
      g_utf8_make_valid (span.text, (gssize)MIN (span.length, 4 * QUOTE_CHARACTERS + 4));
  GString *quote = g_string_new (NULL);
  const char *at = valid;
  for (gsize i = 0; *at != '\0' && i < QUOTE_CHARACTERS; i++, at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);
      g_string_append_unichar (quote, g_unichar_isprint (c) ? c : 0xFFFD);
    }
  if (*at != '\0')
    g_string_append (quote, "…");
  return g_string_free (quote, FALSE);
}

void
moe_fault_set (
    GError **error, MoeFormatsError code, const char *name, gsize line, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *sentence = g_strdup_vprintf (moe_words (format), args);
  va_end (args);
  g_set_error (error, MOE_FORMATS_ERROR, code, moe_words ("%s, line %zu: %s"), name, line,
               sentence);
}

static gsize
line_of (MoeSpan text, const char *at)
{
  gsize line = 1;
  for (const char *c = text.text; c < at; c++)
    line += *c == '\n';
  return line;
}

gboolean
moe_fault_check_text (MoeSpan text, const char *name, GError **error)
{
  const char *nul = text.length > 0 ? memchr (text.text, '\0', text.length) : NULL;
  if (nul != NULL)
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, name, line_of (text, nul),
                     "there is a NUL byte; the file must be plain text.");
      return FALSE;
    }
  const char *end;
  if (!g_utf8_validate_len (text.text, text.length, &end))
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, name, line_of (text, end),
                     "byte 0x%02X is not UTF-8 text; save the file as UTF-8.", (guint)(guchar)*end);
      return FALSE;
    }
  return TRUE;
}

gboolean
moe_fault_check_version (MoeSpan line, const char *magic, const char *name, GError **error)
{
  gint64 version;
  gsize skip = strlen (magic);
  MoeSpan number = moe_span_trim (moe_span (line.text + skip, line.length - skip));
  if (moe_number_parse_count (number, &version) && version == MOE_FORMATS_VERSION)
    return TRUE;
  g_autofree char *quote = moe_fault_quote (number);
  moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, name, 1,
                 "the file says format version “%s”; this program reads version %d.", quote,
                 MOE_FORMATS_VERSION);
  return FALSE;
}
