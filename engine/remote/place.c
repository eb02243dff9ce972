/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/remote/place.h"

#include <string.h>

#include "engine/base/words.h"
#include "engine/text/tame.h"

#define PROGRAM "nullcurve-bench"

static gboolean
refuse (GError **error, const char *format, const char *what)
{
  g_autofree char *shown = moe_text_tame (what, MOE_TEXT_MAX_NAME);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, moe_words (format), shown);
  return FALSE;
}

/* What begins with a dash would be an option of ssh. */
static gboolean
is_host (const char *host)
{
  if (host[0] == '\0' || host[0] == '-')
    return FALSE;
  for (const char *p = host; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("@._-:%[]+", *p) == NULL)
      return FALSE;
  return TRUE;
}

static const char *
program_of (const MoePlace *place)
{
  return place->program != NULL && place->program[0] != '\0' ? place->program : PROGRAM;
}

static gboolean
is_setting (const char *setting)
{
  gsize n = strspn (setting, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "_");
  return n > 0 && setting[n] == '=' && !g_ascii_isdigit (setting[0]);
}

static gboolean
check_environment (const MoePlace *place, GError **error)
{
  for (gsize i = 0; place->environment != NULL && place->environment[i] != NULL; i++)
    if (!is_setting (place->environment[i]))
      return refuse (error, MOE_WORDS ("\"%s\" sets no variable: allowed is NAME=VALUE."),
                     place->environment[i]);
  return TRUE;
}

/* What is started there, with its arguments. */
static char **
list_words (const MoePlace *place, const char *const *arguments)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  if (place->environment != NULL && place->environment[0] != NULL)
    {
      g_strv_builder_add (words, "env");
      g_strv_builder_addv (words, (const char **)place->environment);
    }
  g_strv_builder_add (words, program_of (place));
  g_strv_builder_addv (words, (const char **)arguments);
  return g_strv_builder_end (words);
}

/* One word for the shell there, which takes it apart into what was given here. */
static char *
quote_all (const MoePlace *place, const char *const *arguments)
{
  GString *line = g_string_new ("exec");
  g_auto (GStrv) words = list_words (place, arguments);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      g_autofree char *quoted = g_shell_quote (words[i]);
      g_string_append_printf (line, " %s", quoted);
    }
  return g_string_free (line, FALSE);
}

static gboolean
add_ssh (GStrvBuilder *argv, const MoePlace *place, const char *const *arguments, GError **error)
{
  if (!is_host (place->host))
    return refuse (error,
                   MOE_WORDS ("\"%s\" is no host: allowed is a name of the ssh configuration, or "
                              "user@host."),
                   place->host);
  g_autofree char *line = quote_all (place, arguments);
  /* No terminal, no question, and an end where nothing is heard for a minute. */
  g_strv_builder_add_many (argv, "ssh", "-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15",
                           "-o", "ServerAliveCountMax=4", "--", place->host, line, NULL);
  return TRUE;
}

static gboolean
add_through (GStrvBuilder *argv,
             const MoePlace *place,
             const char *const *arguments,
             GError **error)
{
  g_auto (GStrv) words = NULL;
  g_auto (GStrv) there = list_words (place, arguments);
  if (place->through == NULL || !g_shell_parse_argv (place->through, NULL, &words, NULL))
    return refuse (
        error,
        MOE_WORDS ("\"%s\" is no command: allowed is a program and its arguments, quoted "
                   "as for a shell, as srun -p gpu."),
        place->through != NULL ? place->through : "");
  g_strv_builder_addv (argv, (const char **)words);
  g_strv_builder_addv (argv, (const char **)there);
  return TRUE;
}

char **
moe_place_command (const MoePlace *place, const char *const *arguments, GError **error)
{
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  gboolean good = check_environment (place, error)
                  && (place->host != NULL ? add_ssh (argv, place, arguments, error)
                                          : add_through (argv, place, arguments, error));
  return good ? g_strv_builder_end (argv) : NULL;
}

char *
moe_place_quote (const char *word)
{
  static const char plain[] = G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "@%_-+=:,./";
  return word[0] != '\0' && word[strspn (word, plain)] == '\0' ? g_strdup (word)
                                                               : g_shell_quote (word);
}

char *
moe_place_show (const MoePlace *place, const char *const *arguments, GError **error)
{
  g_auto (GStrv) argv = moe_place_command (place, arguments, error);
  if (argv == NULL)
    return NULL;
  GString *line = g_string_new (NULL);
  for (gsize i = 0; argv[i] != NULL; i++)
    {
      g_autofree char *quoted = moe_place_quote (argv[i]);
      g_string_append_printf (line, "%s%s", i > 0 ? " " : "", quoted);
    }
  return g_string_free (line, FALSE);
}

char *
moe_place_describe (const MoePlace *place)
{
  return moe_text_tame (place->host != NULL ? place->host : place->through, MOE_TEXT_MAX_NAME);
}
