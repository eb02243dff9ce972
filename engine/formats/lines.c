/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/lines.h"

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
