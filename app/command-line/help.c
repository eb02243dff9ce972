/* SPDX-License-Identifier: Apache-2.0 */
/* --help, made from the tables that parsing uses. */
#include "app/command-line/help.h"

#include <glib/gi18n.h>
#include <string.h>

#include "engine/base/words.h"

enum
{
  HELP_WIDTH = 79,
  HELP_COLUMN = 31
};

/* Append words, wrapped; the first line goes on at HELP_COLUMN. */
static void
append_wrapped (GString *out, const char *text)
{
  gsize column = HELP_COLUMN;
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  for (char **word = words; *word != NULL; word++)
    {
      gsize length = (gsize)g_utf8_strlen (*word, -1);
      if (column > HELP_COLUMN && column + 1 + length > HELP_WIDTH)
        {
          g_string_append_printf (out, "\n%*s", HELP_COLUMN, "");
          column = HELP_COLUMN;
        }
      else if (column > HELP_COLUMN)
        {
          g_string_append_c (out, ' ');
          column++;
        }
      g_string_append (out, *word);
      column += length;
    }
  g_string_append_c (out, '\n');
}

static void
append_option (GString *out, const char *name, const char *value, const char *help)
{
  g_autofree char *left =
      value != NULL ? g_strdup_printf ("  --%s %s", name, value) : g_strdup_printf ("  --%s", name);
  gsize column = strlen (left);
  g_string_append (out, left);
  if (column + 1 > HELP_COLUMN)
    {
      g_string_append_c (out, '\n');
      column = 0;
    }
  g_string_append_printf (out, "%*s", (int)(HELP_COLUMN - column), "");
  append_wrapped (out, help);
}

char *
nullcurve_bench_describe_option (const MoeOptionSpec *spec)
{
  MoeOptions defaults;
  char value[MOE_OPTION_VALUE_SIZE];
  moe_options_init (&defaults);
  moe_options_format (&defaults, spec, value, sizeof value);
  if (spec->kind == MOE_OPTION_FLAG || value[0] == '\0')
    return g_strdup (moe_words (spec->help));
  return g_strdup_printf (_ ("%s (default %s)"), moe_words (spec->help), value);
}

static void
append_engine_options (GString *out)
{
  gsize n;
  const char *group = NULL;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *help = nullcurve_bench_describe_option (&specs[i]);
      if (group == NULL || strcmp (group, specs[i].group) != 0)
        g_string_append_printf (out, "\n%s\n", moe_words (specs[i].group));
      group = specs[i].group;
      append_option (out, specs[i].name, specs[i].value, help);
    }
}

static void
append_own_options (GString *out)
{
  gsize n;
  const char *group = NULL;
  const NullcurveBenchSpec *specs = nullcurve_bench_specs (&n);
  for (gsize i = 0; i < n; i++)
    {
      if (specs[i].group == NULL)
        continue;
      if (group == NULL || strcmp (group, specs[i].group) != 0)
        g_string_append_printf (out, "\n%s\n", _ (specs[i].group));
      group = specs[i].group;
      append_option (out, specs[i].name, specs[i].value, _ (specs[i].help));
    }
}

GString *
nullcurve_bench_help (void)
{
  GString *out = g_string_new (
      _ ("Usage: nullcurve-bench [OPTION]...\n"
         "       nullcurve-bench --table|--plot|--logbook FILE...\n"
         "       nullcurve-bench --chart CHART|--report REPORT FILE...\n"
         "       nullcurve-bench --compare FILE FILE\n"
         "       nullcurve-bench --convert FILE... [--csv TARGET]\n"
         "\n"
         "Measures what null routing buys in a Mixture-of-Experts block: prints one RESULT\n"
         "line per point as the published harness does.  Options are --name VALUE or\n"
         "--name=VALUE; names may be written with _ for -.\n"));
  append_engine_options (out);
  append_own_options (out);
  g_string_append (
      out, _ ("\n"
              "Exit status\n"
              "  0    all points were measured and agree with the reference\n"
              "  1    something failed, or a sweep of a matrix did not fit; points\n"
              "       that were measured are kept\n"
              "  2    the request was refused before anything was begun\n"
              "  130  stopped by Ctrl-C (143 by SIGTERM, 129 by SIGHUP); points are kept\n"));
  return out;
}
