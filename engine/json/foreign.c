/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/json/foreign.h"

#include <math.h>
#include <string.h>

/* May it stand outside of strings?  json-glib takes comments and strings in other marks too, in
 * which what bounds a document could hide. */
static gboolean
is_plain (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("{}[]:,\"+-. \t\r\n", c) != NULL);
}

/* "\ud83d" of four digits at `at`, behind the "\u"; FALSE when it is no such. */
static gboolean
read_unit (MoeSpan text, gsize at, guint *unit)
{
  *unit = 0;
  if (at + 4 > text.length)
    return FALSE;
  for (gsize i = at; i < at + 4; i++)
    {
      if (!g_ascii_isxdigit (text.text[i]))
        return FALSE;
      *unit = *unit * 16 + (guint)g_ascii_xdigit_value (text.text[i]);
    }
  return TRUE;
}

/* The bytes of the escape at `at`; 0 when JSON knows no such.  json-glib reads four bytes behind a
 * "\u" whatever they are, the end of the string among them. */
static gsize
measure_escape (MoeSpan text, gsize at)
{
  guint unit;
  char c = at + 1 < text.length ? text.text[at + 1] : '\0';
  if (c == 'u')
    return read_unit (text, at + 2, &unit) ? 6 : 0;
  return c != '\0' && strchr ("\"\\/bfnrt", c) != NULL ? 2 : 0;
}

gsize
moe_json_measure (MoeSpan text, gsize *scanned)
{
  gsize depth = 0, at, most = MIN (text.length, MOE_JSON_MAX_BYTES), end = 0;
  gboolean quoted = FALSE, sound = most > 0 && text.text[0] == '{';
  for (at = 0; sound && end == 0 && at < most; at++)
    {
      char c = text.text[at];
      if (quoted && c == '\\')
        {
          gsize escape = measure_escape (text, at);
          sound = escape > 0;
          at += sound ? escape - 1 : 0;
        }
      else if (c == '"')
        quoted = !quoted;
      else if (quoted)
        sound = (guchar)c >= 0x20;
      else if (!is_plain (c))
        sound = FALSE;
      else if (c == '{' || c == '[')
        sound = ++depth <= MOE_JSON_MAX_DEPTH;
      else if ((c == '}' || c == ']') && --depth == 0)
        end = at + 1;
    }
  if (scanned != NULL)
    *scanned = MIN (at, most);
  return sound ? end : 0;
}

static gboolean
is_low (guint unit)
{
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* An escape of a string, as json-glib can take it; returns its bytes. */
static gsize
copy_escape (GString *clean, MoeSpan text, gsize at)
{
  guint unit, low;
  gsize length = measure_escape (text, at);
  if (length == 6 && read_unit (text, at + 2, &unit))
    {
      gboolean pair = unit >= 0xD800 && unit <= 0xDBFF && at + 7 < text.length
                      && text.text[at + 6] == '\\' && text.text[at + 7] == 'u'
                      && read_unit (text, at + 8, &low) && is_low (low);
      if (pair)
        length = 12;
      else if (unit == 0 || (unit >= 0xD800 && unit <= 0xDFFF))
        {
          g_string_append (clean, "\\ufffd");
          return length;
        }
    }
  g_string_append_len (clean, text.text + at, (gssize)length);
  return length;
}

/* A word outside of strings: true, false, null, or what Python makes of numbers that are none. */
static gsize
copy_word (GString *clean, MoeSpan text, gsize at)
{
  gsize start = text.text[at] == '-' ? at + 1 : at, end = start;
  while (end < text.length && g_ascii_isalpha (text.text[end]))
    end++;
  MoeSpan word = moe_span (text.text + start, end - start);
  if (moe_span_equal (word, "NaN") || moe_span_equal (word, "Infinity"))
    g_string_append (clean, "null");
  else
    {
      end = MAX (end, at + 1);
      g_string_append_len (clean, text.text + at, (gssize)(end - at));
    }
  return end - at;
}

static GString *
clean_up (MoeSpan text)
{
  GString *clean = g_string_sized_new (text.length + 1);
  gboolean quoted = FALSE;
  for (gsize at = 0; at < text.length;)
    {
      char c = text.text[at];
      if (quoted && c == '\\')
        at += copy_escape (clean, text, at);
      else if (!quoted && (c == '-' || g_ascii_isalpha (c)))
        at += copy_word (clean, text, at);
      else
        {
          quoted ^= c == '"';
          g_string_append_c (clean, c);
          at++;
        }
    }
  return clean;
}

JsonNode *
moe_json_parse (MoeSpan document)
{
  if (document.length == 0 || moe_json_measure (document, NULL) != document.length
      || !g_utf8_validate_len (document.text, document.length, NULL))
    return NULL;
  g_autoptr (GString) clean = clean_up (document);
  g_autoptr (JsonParser) parser = json_parser_new ();
  if (!json_parser_load_from_data (parser, clean->str, (gssize)clean->len, NULL))
    return NULL;
  JsonNode *root = json_parser_steal_root (parser);
  if (root != NULL && JSON_NODE_HOLDS_OBJECT (root))
    return root;
  g_clear_pointer (&root, json_node_unref);
  return NULL;
}

static JsonNode *
get_member (JsonObject *object, const char *name)
{
  return object != NULL && json_object_has_member (object, name)
             ? json_object_get_member (object, name)
             : NULL;
}

JsonObject *
moe_json_get_object (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

JsonArray *
moe_json_get_array (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);
  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

const char *
moe_json_get_text (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);
  return node != NULL && JSON_NODE_HOLDS_VALUE (node)
                 && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : NULL;
}

double
moe_json_get_real (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name);
  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return NAN;
  GType type = json_node_get_value_type (node);
  double value = type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ? json_node_get_double (node) : NAN;
  return isfinite (value) ? value : NAN;
}

char *
moe_json_dup_message (MoeSpan line)
{
  /* Docker, most loggers, journald, Google's. */
  static const char *const names[] = { "log",  "message",     "msg",   "MESSAGE",
                                       "text", "textPayload", "event", "line" };
  line = moe_span_trim (line);
  if (line.length < 2 || line.text[0] != '{' || line.text[line.length - 1] != '}')
    return NULL;
  g_autoptr (JsonNode) root = moe_json_parse (line);
  if (root == NULL)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *text = moe_json_get_text (json_node_get_object (root), names[i]);
      if (text != NULL)
        return g_strdup (text);
    }
  return NULL;
}
