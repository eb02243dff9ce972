/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/text/tame.h"

/* Marks that turn the order of letters around, so that a name is not what it looks like. */
static gboolean
turns_letters (gunichar letter)
{
  return letter == 0x061C || letter == 0x200E || letter == 0x200F
         || (letter >= 0x202A && letter <= 0x202E) || (letter >= 0x2066 && letter <= 0x2069);
}

static gboolean
is_tame (gunichar letter)
{
  return !g_unichar_iscntrl (letter) && letter != 0x2028 && letter != 0x2029;
}

/* Without an end at `most` letters; of a text of lines '\n' stays. */
static char *
tame (const char *text, gsize most, gboolean lines)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *tame = g_string_new (NULL);
  gsize n = 0;
  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar letter = g_utf8_get_char (p);
      if (turns_letters (letter))
        continue;
      if (n++ == most)
        {
          g_string_append (tame, "…");
          break;
        }
      gboolean stays = is_tame (letter) || (lines && letter == '\n');
      g_string_append_unichar (tame, stays ? letter : ' ');
    }
  return g_string_free (tame, FALSE);
}

char *
moe_text_tame (const char *text, gsize most)
{
  return tame (text, most, FALSE);
}

char *
moe_text_tame_sentence (const char *text)
{
  char *whole = tame (text, G_MAXSIZE, FALSE);
  glong length = g_utf8_strlen (whole, -1), head = MOE_TEXT_MAX_SENTENCE / 2;
  if (length <= MOE_TEXT_MAX_SENTENCE)
    return whole;
  char *end = g_utf8_offset_to_pointer (whole, length - (MOE_TEXT_MAX_SENTENCE - head));
  *g_utf8_offset_to_pointer (whole, head) = '\0';
  char *cut = g_strconcat (whole, "…", end, NULL);
  g_free (whole);
  return cut;
}

char *
moe_text_tame_lines (const char *text)
{
  return tame (text, G_MAXSIZE, TRUE);
}
