/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memmem () */
#include "engine/formats/harness/tokens.h"

#include <string.h>

gboolean
moe_token_begins (MoeSpan line, const char *at)
{
  return at == line.text || !(g_ascii_isalnum (at[-1]) || at[-1] == '_');
}

gboolean
moe_token_find (MoeSpan line, const char *word, MoeSpan *after)
{
  gsize length = strlen (word);
  const char *end = line.text + line.length, *at = line.text;
  while (at != NULL && (gsize)(end - at) >= length)
    {
      at = memmem (at, (gsize)(end - at), word, length);
      if (at == NULL)
        return FALSE;
      gboolean starts = moe_token_begins (line, at);
      gboolean ends = at + length == end || g_ascii_isspace (at[length]);
      if (starts && ends)
        {
          *after = moe_span (at + length, (gsize)(end - at) - length);
          return TRUE;
        }
      at += length;
    }
  return FALSE;
}

gboolean
moe_token_next (MoeSpan *rest, MoeSpan *token)
{
  gsize start = 0, end;
  while (start < rest->length && g_ascii_isspace (rest->text[start]))
    start++;
  for (end = start; end < rest->length && !g_ascii_isspace (rest->text[end]);)
    end++;
  *token = moe_span (rest->text + start, end - start);
  *rest = moe_span (rest->text + end, rest->length - end);
  return token->length > 0;
}

gboolean
moe_token_split (MoeSpan token, MoeSpan *key, MoeSpan *value)
{
  const char *equals = memchr (token.text, '=', token.length);
  if (equals == NULL)
    return FALSE;
  gsize length = (gsize)(equals - token.text);
  *key = moe_span (token.text, length);
  *value = moe_span (equals + 1, token.length - length - 1);
  return TRUE;
}

gboolean
moe_token_value (MoeSpan rest, const char *key, MoeSpan *value)
{
  MoeSpan token, name;
  while (moe_token_next (&rest, &token))
    if (moe_token_split (token, &name, value) && moe_span_equal (name, key))
      return TRUE;
  return FALSE;
}
