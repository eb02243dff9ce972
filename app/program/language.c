/* SPDX-License-Identifier: Apache-2.0 */
#include "app/program/language.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "engine/base/words.h"

static const char *
translate (const char *text)
{
  return gettext (text);
}

/* A language can be asked for in every locale but the one without any, which knows no translations;
 * C.UTF-8 is everywhere and differs from it in nothing else. */
static void
ask_for (const char *code)
{
  const char *now = setlocale (LC_MESSAGES, NULL);
  g_setenv ("LANGUAGE", code, TRUE);
  if (strcmp (now, "C") == 0 || strcmp (now, "POSIX") == 0)
    setlocale (LC_MESSAGES, "C.UTF-8");
}

void
nullcurve_language_init (const char *code)
{
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  if (code != NULL)
    ask_for (code);
  /* Where an uninstalled program has its translations. */
  const char *folder = g_getenv ("NULLCURVE_LOCALE_DIR");
  bindtextdomain ("nullcurve", folder != NULL ? folder : NULLCURVE_LOCALEDIR);
  bind_textdomain_codeset ("nullcurve", "UTF-8");
  textdomain ("nullcurve");
  moe_words_set_translator (translate);
}

const char *
nullcurve_language_find (char *const *argv)
{
  for (gsize i = 1; argv[0] != NULL && argv[i] != NULL && strcmp (argv[i], "--") != 0; i++)
    if (g_str_has_prefix (argv[i], "--lang="))
      return argv[i] + strlen ("--lang=");
    else if (strcmp (argv[i], "--lang") == 0)
      return argv[i + 1];
  return NULL;
}

void
nullcurve_language_leave (void)
{
  setlocale (LC_MESSAGES, "C");
}
