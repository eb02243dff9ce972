/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/tame.h"

/* Marks that turn the order of letters around, so that a name is not what it looks like. */
static gboolean
turns_letters (gunichar letter)
{
  return letter == 0x061C || letter == 0x200E || letter == 0x200F
         || (letter >= 0x202A && letter <= 0x202E) || (letter >= 0x2066 && letter <= 0x2069);
}

char *
moe_text_tame (const char *text, gsize most)
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
      gboolean breaks = g_unichar_iscntrl (letter) || letter == 0x2028 || letter == 0x2029;
      g_string_append_unichar (tame, breaks ? ' ' : letter);
    }
  return g_string_free (tame, FALSE);
}
