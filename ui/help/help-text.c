/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/help/help-text.h"

#include <string.h>

static void
append_escaped (GString *markup, const char *words, gssize length)
{
  g_autofree char *escaped = g_markup_escape_text (words, length);
  g_string_append (markup, escaped);
}

/* Words between two marks; returns what follows, or NULL when the second is missing. */
static const char *
append_marked (GString *markup, const char *at, const char *mark, const char *tag)
{
  const char *start = at + strlen (mark);
  const char *end = strstr (start, mark);
  if (end == NULL || end == start)
    return NULL;
  g_string_append_printf (markup, "<%s>", tag);
  append_escaped (markup, start, end - start);
  g_string_append_printf (markup, "</%s>", tag);
  return end + strlen (mark);
}

/* [words](target) */
static const char *
append_link (GString *markup, const char *at)
{
  const char *middle = strstr (at, "](");
  const char *end = middle != NULL ? strchr (middle, ')') : NULL;
  if (end == NULL)
    return NULL;
  g_string_append (markup, "<a href=\"");
  append_escaped (markup, middle + 2, end - middle - 2);
  g_string_append (markup, "\">");
  append_escaped (markup, at + 1, middle - at - 1);
  g_string_append (markup, "</a>");
  return end + 1;
}

char *
nullcurve_help_text_markup (const char *words)
{
  GString *markup = g_string_new (NULL);
  const char *at = words;
  while (*at != '\0')
    {
      const char *next = NULL;
      if (g_str_has_prefix (at, "**"))
        next = append_marked (markup, at, "**", "b");
      else if (*at == '*')
        next = append_marked (markup, at, "*", "i");
      else if (*at == '`')
        next = append_marked (markup, at, "`", "tt");
      else if (*at == '[')
        next = append_link (markup, at);
      if (next == NULL)
        {
          next = g_utf8_find_next_char (at, NULL); /* not past the end, whatever stands there */
          append_escaped (markup, at, next - at);
        }
      at = next;
    }
  return g_string_free (markup, FALSE);
}

char *
nullcurve_help_text_title (const char *text)
{
  if (!g_str_has_prefix (text, "# "))
    return NULL;
  return g_strndup (text + 2, strcspn (text + 2, "\n"));
}

static GtkWidget *
new_label (const char *words, GCallback link_cb, gpointer data)
{
  g_autofree char *markup = nullcurve_help_text_markup (words);
  GtkWidget *label = gtk_label_new (NULL);
  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_hexpand (label, TRUE);
  g_signal_connect (label, "activate-link", link_cb, data);
  return label;
}

/* "- " or "1. "; the words after it, or NULL. */
static const char *
after_bullet (const char *line)
{
  gsize digits = strspn (line, "0123456789");
  if (g_str_has_prefix (line, "- "))
    return line + 2;
  return digits > 0 && g_str_has_prefix (line + digits, ". ") ? line + digits + 2 : NULL;
}

static GtkWidget *
new_item (const char *line, const char *words, GCallback link_cb, gpointer data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  g_autofree char *bullet =
      *line == '-' ? g_strdup ("•") : g_strndup (line, (gsize)(words - line) - 1);
  GtkWidget *mark = gtk_label_new (bullet);
  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_widget_set_margin_start (box, 6);
  gtk_box_append (GTK_BOX (box), mark);
  gtk_box_append (GTK_BOX (box), new_label (words, link_cb, data));
  return box;
}

static GtkWidget *
new_block (const char *line, GCallback link_cb, gpointer data)
{
  const char *words = after_bullet (line);
  if (words != NULL)
    return new_item (line, words, link_cb, data);
  const char *heading = strncmp (line, "## ", 3) == 0  ? line + 3
                        : strncmp (line, "# ", 2) == 0 ? line + 2
                                                       : NULL;
  GtkWidget *label = new_label (heading != NULL ? heading : line, link_cb, data);
  if (heading != NULL)
    {
      gtk_widget_add_css_class (label, line[1] == '#' ? "title-3" : "title-1");
      gtk_widget_set_margin_top (label, line[1] == '#' ? 12 : 0);
    }
  return label;
}

void
nullcurve_help_text_fill (GtkBox *box, const char *text, GCallback link_cb, gpointer data)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (*lines[i] != '\0')
      gtk_box_append (box, new_block (lines[i], link_cb, data));
}
