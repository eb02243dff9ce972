/* SPDX-License-Identifier: Apache-2.0 */
#include "app/program/language.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <string.h>

#include "app/program/places.h"
#include "engine/base/trust.h"
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

/* Translations say how numbers are printed, so that a file that anybody could have put there could
 * make the program read what is not its own: one such file, and the folder is left alone.  So is
 * one without any. */
static gboolean
has_translations (const char *folder)
{
  g_autoptr (GDir) languages = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  gboolean found = FALSE;
  const char *name;
  while (languages != NULL && (name = g_dir_read_name (languages)) != NULL)
    {
      char why[256];
      g_autofree char *path = g_build_filename (folder, name, "LC_MESSAGES", "nullcurve.mo", NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      if (!moe_trust_file (path, why, sizeof why))
        return FALSE;
      found = TRUE;
    }
  return found;
}

/* Named by the environment, installed with this program, built with it, or where it was installed
 * to before it was moved.  Caller owns it. */
static char *
find_translations (void)
{
  const char *chosen = g_getenv ("NULLCURVE_LOCALE_DIR");
  if (chosen != NULL)
    return g_strdup (chosen);
  g_autofree char *installed = nullcurve_places_locale ();
  if (has_translations (installed))
    return g_steal_pointer (&installed);
  g_autofree char *built = nullcurve_places_built ("po");
  return has_translations (built) ? g_steal_pointer (&built) : g_strdup (NULLCURVE_LOCALEDIR);
}

void
nullcurve_language_init (const char *code)
{
  setlocale (LC_ALL, "");
  setlocale (LC_NUMERIC, "C");
  if (code != NULL)
    ask_for (code);
  g_autofree char *folder = find_translations ();
  bindtextdomain ("nullcurve", folder);
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
