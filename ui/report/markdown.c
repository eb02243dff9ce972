/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/report/markdown.h"

#include <string.h>

void
nullcurve_html_append_text (GString *html, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);
      if (character == '&')
        g_string_append (html, "&amp;");
      else if (character == '<')
        g_string_append (html, "&lt;");
      else if (character == '>')
        g_string_append (html, "&gt;");
      else if (character == '"')
        g_string_append (html, "&quot;");
      else if (character == '\'')
        g_string_append (html, "&#39;");
      else
        g_string_append_unichar (
            html, character != '\n' && g_unichar_iscntrl (character) ? ' ' : character);
    }
}

static void
append_span (GString *html, const char *text, gsize length)
{
  g_autofree char *copy = g_strndup (text, length);
  nullcurve_html_append_text (html, copy);
}

/* `code`: from the mark to the next one; FALSE when there is none. */
static gboolean
append_code (GString *html, const char **at)
{
  const char *end = strchr (*at + 1, '`');
  if (end == NULL)
    return FALSE;
  g_string_append (html, "<code>");
  append_span (html, *at + 1, (gsize)(end - *at) - 1);
  g_string_append (html, "</code>");
  *at = end + 1;
  return TRUE;
}

static void
append_inline (GString *html, const char *line)
{
  gboolean bold = FALSE;
  for (const char *at = line; *at != '\0';)
    {
      if (*at == '\\' && at[1] != '\0')
        {
          gsize length = (gsize)(g_utf8_next_char (at + 1) - (at + 1));
          append_span (html, at + 1, length);
          at += 1 + length;
        }
      else if (g_str_has_prefix (at, "**") && (bold || strstr (at + 2, "**") != NULL))
        {
          g_string_append (html, bold ? "</strong>" : "<strong>");
          bold = !bold;
          at += 2;
        }
      else if (*at != '`' || !append_code (html, &at))
        {
          gsize length = MAX (strcspn (at, "\\*`"), 1);
          append_span (html, at, length);
          at += length;
        }
    }
  g_string_append (html, bold ? "</strong>" : "");
}

/* --- blocks --- */

typedef struct Converter
{
  GString *html;
  char **lines;
  gsize at;
} Converter;

static const char *
current (const Converter *converter)
{
  return converter->lines[converter->at];
}

static gboolean
is_blank (const char *line)
{
  return line[strspn (line, " \t")] == '\0';
}

static gboolean
is_item (const char *line)
{
  return g_str_has_prefix (line, "- ") || g_str_has_prefix (line, "  - ");
}

static gboolean
starts_block (const char *line)
{
  return is_blank (line) || is_item (line) || line[0] == '#' || line[0] == '|'
         || g_str_has_prefix (line, "```");
}

void
nullcurve_markdown_append_id (GString *html, const char *heading)
{
  gboolean dash = FALSE;
  gsize start = html->len;
  for (const char *c = heading; *c != '\0' && html->len - start < 40; c++)
    {
      if (g_ascii_isalnum (*c))
        {
          if (dash && html->len > start)
            g_string_append_c (html, '-');
          g_string_append_c (html, g_ascii_tolower (*c));
        }
      dash = !g_ascii_isalnum (*c);
    }
}

static void
convert_heading (Converter *converter)
{
  const char *line = current (converter);
  gsize level = MIN (strspn (line, "#"), 6);
  const char *text = line + level + strspn (line + level, " ");
  g_string_append_printf (converter->html, "<h%" G_GSIZE_FORMAT, level);
  if (level == 2)
    {
      g_string_append (converter->html, " id=\"");
      nullcurve_markdown_append_id (converter->html, text);
      g_string_append_c (converter->html, '"');
    }
  g_string_append_c (converter->html, '>');
  append_inline (converter->html, text);
  g_string_append_printf (converter->html, "</h%" G_GSIZE_FORMAT ">\n", level);
  converter->at++;
}

static void
convert_code (Converter *converter)
{
  const char *fence = current (converter);
  gsize length = strspn (fence, "`");
  g_string_append (converter->html, "<pre><code>");
  for (converter->at++; current (converter) != NULL; converter->at++)
    {
      const char *line = current (converter);
      if (strspn (line, "`") >= length && is_blank (line + strspn (line, "`")))
        break;
      nullcurve_html_append_text (converter->html, line);
      g_string_append_c (converter->html, '\n');
    }
  converter->at += current (converter) != NULL;
  g_string_append (converter->html, "</code></pre>\n");
}

static void
convert_list (Converter *converter)
{
  gboolean nested = FALSE;
  g_string_append (converter->html, "<ul>\n");
  for (; current (converter) != NULL && is_item (current (converter)); converter->at++)
    {
      const char *line = current (converter);
      gboolean deeper = line[0] == ' ';
      if (deeper != nested)
        g_string_append (converter->html, deeper ? "<li class=\"sub\"><ul>\n" : "</ul></li>\n");
      nested = deeper;
      g_string_append (converter->html, "<li>");
      append_inline (converter->html, line + (deeper ? 4 : 2));
      g_string_append (converter->html, "</li>\n");
    }
  g_string_append (converter->html, nested ? "</ul></li>\n</ul>\n" : "</ul>\n");
}

/* Lines that follow each other are one paragraph. */
static void
convert_paragraph (Converter *converter)
{
  g_autoptr (GString) text = g_string_new (NULL);
  do
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", current (converter));
  while (converter->lines[++converter->at] != NULL && !starts_block (current (converter)));
  g_string_append (converter->html, "<p>");
  append_inline (converter->html, text->str);
  g_string_append (converter->html, "</p>\n");
}

/* --- tables --- */

/* The cells between the bars of a line; \| is no bar. */
static GPtrArray *
split_cells (const char *line)
{
  GPtrArray *cells = g_ptr_array_new_with_free_func (g_free);
  const char *start = line + 1;
  for (const char *c = start; *c != '\0'; c++)
    {
      if (*c == '\\' && c[1] != '\0')
        c++;
      else if (*c == '|')
        {
          g_ptr_array_add (cells, g_strstrip (g_strndup (start, (gsize)(c - start))));
          start = c + 1;
        }
    }
  return cells;
}

/* "---" or "---:" in every cell. */
static gboolean
is_rule (const char *line)
{
  return line != NULL && line[0] == '|' && line[strspn (line, "|-: ")] == '\0';
}

static gboolean
is_right (const GPtrArray *rule, guint column)
{
  return column < rule->len && g_str_has_suffix (g_ptr_array_index (rule, column), ":");
}

static void
append_row (GString *html, const GPtrArray *cells, const GPtrArray *rule, const char *element)
{
  g_string_append (html, "<tr>");
  for (guint i = 0; i < cells->len; i++)
    {
      g_string_append_printf (html, "<%s%s>", element, is_right (rule, i) ? " class=\"n\"" : "");
      append_inline (html, g_ptr_array_index (cells, i));
      g_string_append_printf (html, "</%s>", element);
    }
  g_string_append (html, "</tr>\n");
}

static void
convert_table (Converter *converter)
{
  g_autoptr (GPtrArray) header = split_cells (current (converter));
  g_autoptr (GPtrArray) rule = split_cells (converter->lines[converter->at + 1]);
  g_string_append (converter->html, "<div class=\"table\"><table>\n<thead>\n");
  append_row (converter->html, header, rule, "th");
  g_string_append (converter->html, "</thead>\n<tbody>\n");
  for (converter->at += 2; current (converter) != NULL && current (converter)[0] == '|';
       converter->at++)
    {
      g_autoptr (GPtrArray) cells = split_cells (current (converter));
      append_row (converter->html, cells, rule, "td");
    }
  g_string_append (converter->html, "</tbody>\n</table></div>\n");
}

void
nullcurve_markdown_to_html (GString *html, const char *markdown)
{
  g_autofree char *valid = g_utf8_make_valid (markdown, -1);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  Converter converter = { html, lines, 0 };
  while (current (&converter) != NULL)
    {
      const char *line = current (&converter);
      if (is_blank (line))
        converter.at++;
      else if (line[0] == '#')
        convert_heading (&converter);
      else if (g_str_has_prefix (line, "```"))
        convert_code (&converter);
      else if (is_item (line))
        convert_list (&converter);
      else if (line[0] == '|' && is_rule (lines[converter.at + 1]))
        convert_table (&converter);
      else
        convert_paragraph (&converter);
    }
}
