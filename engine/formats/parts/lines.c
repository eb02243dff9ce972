/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/parts/lines.h"

#include <string.h>

gboolean
moe_lines_next (MoeSpan *rest, MoeSpan *line, gboolean *terminated)
{
  if (rest->length == 0)
    return FALSE;
  const char *end = memchr (rest->text, '\n', rest->length);
  gsize length = end != NULL ? (gsize)(end - rest->text) : rest->length;
  gsize taken = end != NULL ? length + 1 : length;
  *line = moe_span (rest->text, length);
  gboolean carriage_return = length > 0 && line->text[length - 1] == '\r';
  line->length -= carriage_return;
  *rest = moe_span (rest->text + taken, rest->length - taken);
  if (terminated != NULL)
    *terminated = end != NULL || carriage_return;
  return TRUE;
}

/* The end of the terminal escape that starts at `at`; never past the end of its line, so that a
 * broken one costs no more than a line. */
static gsize
skip_escape (MoeSpan text, gsize at)
{
  at++; /* ESC */
  if (at >= text.length || text.text[at] == '\n')
    return at;
  char kind = text.text[at++];
  if (kind == '[')
    {
      while (at < text.length && text.text[at] >= 0x20 && text.text[at] < 0x40)
        at++;
      gboolean final = at < text.length && text.text[at] >= 0x40 && text.text[at] < 0x7f;
      return final ? at + 1 : at;
    }
  if (kind == ']')
    {
      while (at < text.length && text.text[at] != '\n' && text.text[at] != '\a'
             && text.text[at] != '\033')
        at++;
      if (at + 1 < text.length && text.text[at] == '\033' && text.text[at + 1] == '\\')
        return at + 2;
      return at < text.length && text.text[at] == '\a' ? at + 1 : at;
    }
  if (kind == '(' || kind == ')') /* which characters to use: one more byte */
    return at < text.length && text.text[at] != '\n' ? at + 1 : at;
  return at;
}

MoeSpan
moe_lines_strip_escapes (MoeSpan text, char **buffer)
{
  if (memchr (text.text, '\033', text.length) == NULL)
    return text;
  gsize kept = 0;
  *buffer = g_malloc (text.length);
  for (gsize at = 0; at < text.length;)
    {
      if (text.text[at] == '\033')
        at = skip_escape (text, at);
      else
        (*buffer)[kept++] = text.text[at++];
    }
  return moe_span (*buffer, kept);
}

void
moe_lines_append_escaped (GString *text, const char *value, gboolean colon)
{
  for (const char *c = value; *c != '\0'; c++)
    switch (*c)
      {
      case '\\':
        g_string_append (text, "\\\\");
        break;
      case '\n':
        g_string_append (text, "\\n");
        break;
      case '\r':
        g_string_append (text, "\\r");
        break;
      case ':':
        g_string_append (text, colon ? "\\:" : ":");
        break;
      default:
        g_string_append_c (text, *c);
      }
}

char *
moe_lines_unescape (MoeSpan span)
{
  GString *text = g_string_sized_new (span.length);
  for (gsize i = 0; i < span.length; i++)
    {
      char c = span.text[i];
      if (c == '\\' && i + 1 < span.length)
        {
          c = span.text[++i];
          c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        }
      g_string_append_c (text, c);
    }
  return g_string_free (text, FALSE);
}

void
moe_lines_append_fact (GString *text, const char *key, const char *value)
{
  g_string_append (text, "# ");
  moe_lines_append_escaped (text, key, TRUE);
  g_string_append (text, ": ");
  moe_lines_append_escaped (text, value, FALSE);
  g_string_append_c (text, '\n');
}

void
moe_lines_append_facts (GString *text, const MoeRun *run)
{
  moe_lines_append_fact (text, "title", moe_run_get_title (run));
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    moe_lines_append_fact (text, moe_run_get_fact_key (run, i), moe_run_get_fact_value (run, i));
}

/* Where the key of a fact ends: the first colon that is not escaped. */
static gboolean
find_colon (MoeSpan line, gsize *colon)
{
  for (gsize i = 0; i < line.length; i++)
    {
      if (line.text[i] == '\\')
        i++;
      else if (line.text[i] == ':')
        {
          *colon = i;
          return TRUE;
        }
    }
  return FALSE;
}

gboolean
moe_lines_read_fact (MoeSpan line, MoeRun *run, const char *name, gsize number, GError **error)
{
  gsize colon = 0;
  MoeSpan rest = moe_span (line.text + 1, line.length - 1); /* after the '#' */
  if (rest.length > 0 && rest.text[0] == ' ')
    rest = moe_span (rest.text + 1, rest.length - 1);
  if (!find_colon (rest, &colon) || colon == 0)
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, name, number,
                     "a line that starts with # must read “# key: value”.");
      return FALSE;
    }
  if (moe_run_get_n_facts (run) >= MOE_RUN_MAX_FACTS)
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, name, number,
                     "there are more than %d “# key: value” lines.", MOE_RUN_MAX_FACTS);
      return FALSE;
    }
  MoeSpan value = moe_span (rest.text + colon + 1, rest.length - colon - 1);
  if (value.length > 0 && value.text[0] == ' ')
    value = moe_span (value.text + 1, value.length - 1);
  g_autofree char *key_text = moe_lines_unescape (moe_span (rest.text, colon));
  g_autofree char *value_text = moe_lines_unescape (value);
  moe_run_set_fact (run, key_text, value_text);
  return TRUE;
}
