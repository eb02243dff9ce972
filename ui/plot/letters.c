/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/plot/letters.h"

#include <string.h>

static gsize
width_of (gunichar letter)
{
  return g_unichar_iszerowidth (letter) ? 0 : g_unichar_iswide (letter) ? 2 : 1;
}

gsize
nullcurve_letters_width (const char *words)
{
  gsize width = 0;

  for (const char *at = words; *at != '\0'; at = g_utf8_next_char (at))
    width += width_of (g_utf8_get_char (at));
  return width;
}

char *
nullcurve_letters_cut (const char *words, gsize most, gboolean ascii)
{
  const char *ellipsis = ascii ? "..." : "…";
  const gsize room = most - MIN (most, ascii ? 3u : 1u);
  const char *at = words;
  gsize width = 0;

  if (nullcurve_letters_width (words) <= most)
    return g_strdup (words);
  for (; width + width_of (g_utf8_get_char (at)) <= room; at = g_utf8_next_char (at))
    width += width_of (g_utf8_get_char (at));
  return g_strdup_printf ("%.*s%s", (int)(at - words), words, most > room ? ellipsis : "");
}

/* Likenesses that read better than those of g_str_to_ascii (). */
static const struct
{
  gunichar letter;
  const char *like;
} likes[] = {
  { 0x2212, "-" },  { 0x2013, "-" },  { 0x2014, "-" },  { 0xd7, "x" },     { 0xb7, "-" },
  { 0xb1, "+-" },   { 0xb5, "u" },    { 0x3bc, "u" },   { 0x2026, "..." }, { 0x201c, "\"" },
  { 0x201d, "\"" }, { 0x201e, "\"" }, { 0x2264, "<=" }, { 0x2265, ">=" },
};

static void
append_ascii (GString *plain, gunichar letter)
{
  char one[7] = { 0 };
  g_autofree char *like = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (likes); i++)
    if (likes[i].letter == letter)
      {
        g_string_append (plain, likes[i].like);
        return;
      }
  g_unichar_to_utf8 (letter, one);
  like = g_str_to_ascii (one, "C");
  g_string_append (plain, like);
}

char *
nullcurve_letters_plain (const char *words, gboolean ascii)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autofree char *valid = g_utf8_make_valid (words, -1);

  for (const char *at = valid; *at != '\0'; at = g_utf8_next_char (at))
    {
      const gunichar letter = g_utf8_get_char (at);

      if (letter == 0xa0 || letter == 0x202f || g_unichar_iscntrl (letter))
        g_string_append_c (plain, ' ');
      else if (ascii && letter >= 0x80)
        append_ascii (plain, letter);
      else
        g_string_append_unichar (plain, letter);
    }
  return g_string_free (g_steal_pointer (&plain), FALSE);
}

void
nullcurve_letters_append_wrapped (GString *text, const char *words, gsize most, gboolean ascii)
{
  g_auto (GStrv) parts = g_strsplit (words, " ", -1);
  gsize column = 0;

  for (char **part = parts; *part != NULL; part++)
    {
      g_autofree char *word = nullcurve_letters_cut (*part, most, ascii);
      const gsize width = nullcurve_letters_width (word);

      if (column > 0 && column + 1 + width > most)
        {
          g_string_append_c (text, '\n');
          column = 0;
        }
      else if (column > 0)
        {
          g_string_append_c (text, ' ');
          column++;
        }
      g_string_append (text, word);
      column += width;
    }
  g_string_append_c (text, '\n');
}
