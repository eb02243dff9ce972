/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/read.h"

#include <glib/gi18n.h>
#include <stddef.h>
#include <string.h>

#include "app/command-line/error.h"

typedef struct Parser
{
  NullcurveBenchArgs *args;
  char **rest;         /* arguments that are still to be read, NULL-terminated */
  gboolean only_files; /* after "--" */
  gboolean is_changes; /* of a second setup: nothing but options of what is measured */
} Parser;

/* Levenshtein distance; names are short. */
static gsize
distance (const char *a, const char *b)
{
  gsize n = strlen (b);
  g_autofree gsize *row = g_new (gsize, n + 1);
  for (gsize j = 0; j <= n; j++)
    row[j] = j;
  for (gsize i = 0; a[i] != '\0'; i++)
    {
      gsize diagonal = row[0];
      row[0] = i + 1;
      for (gsize j = 0; j < n; j++)
        {
          gsize replaced = diagonal + (a[i] != b[j]);
          diagonal = row[j + 1];
          row[j + 1] = MIN (replaced, MIN (diagonal, row[j]) + 1);
        }
    }
  return row[n];
}

static void
consider (const char *name, const char *wanted, const char **nearest, gsize *best)
{
  gsize d = distance (wanted, name);
  if (d < *best)
    {
      *best = d;
      *nearest = name;
    }
}

/* `typed` is the argument up to its "=", `name` the same without its dashes. */
static gboolean
refuse_unknown (const char *typed, const char *name, GError **error)
{
  gsize n_options, n_own, best = strlen (name) / 3 + 2;
  const char *nearest = NULL;
  const MoeOptionSpec *options = moe_option_specs (&n_options);
  const NullcurveBenchSpec *own = nullcurve_bench_specs (&n_own);
  g_autofree char *shown = g_utf8_make_valid (typed, -1);
  g_autofree char *wanted = g_strdelimit (g_strdup (name), "_", '-');
  for (gsize i = 0; i < n_options; i++)
    consider (options[i].name, wanted, &nearest, &best);
  for (gsize i = 0; i < n_own; i++)
    if (own[i].group != NULL)
      consider (own[i].name, wanted, &nearest, &best);
  g_autofree char *hint =
      nearest != NULL
          ? g_strdup_printf (_ ("Did you mean --%s?  --help lists all of them."), nearest)
          : g_strdup (_ ("--help lists all of them."));
  return nullcurve_bench_refuse (error, _ ("There is no option \"%s\".  %s"), shown, hint);
}

/* The value of an option: what stood after "=", else the next argument. */
static gboolean
take_value (Parser *parser,
            const char *name,
            const char *placeholder,
            gboolean is_options,
            const char *inline_value,
            const char **value,
            GError **error)
{
  *value = inline_value;
  if (*value == NULL && *parser->rest != NULL
      && (is_options || !g_str_has_prefix (*parser->rest, "--")))
    *value = *parser->rest++;
  if (*value != NULL)
    return TRUE;
  return nullcurve_bench_refuse (error, _ ("--%s needs a value: %s."), name, placeholder);
}

static gboolean
take_option (Parser *parser, const MoeOptionSpec *spec, const char *inline_value, GError **error)
{
  MoeOptions scratch;
  MoeError engine_error;
  NullcurveBenchGiven given = { spec, inline_value };
  if (spec->value != NULL
      && !take_value (parser, spec->name, spec->value, FALSE, inline_value, &given.value, error))
    return FALSE;
  moe_options_init (&scratch);
  if (moe_options_set (&scratch, spec->name, given.value, &engine_error) != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, &engine_error);
  g_array_append_val (parser->args->given, given);
  return TRUE;
}

static gboolean
take_flag (Parser *parser, const NullcurveBenchSpec *spec, const char *inline_value, GError **error)
{
  if (inline_value != NULL)
    {
      return nullcurve_bench_refuse (error, _ ("--%s takes no value, but \"%s\" was given."),
                                     spec->name, inline_value);
    }
  G_STRUCT_MEMBER (gboolean, parser->args, spec->offset) = TRUE;
  g_ptr_array_add (parser->args->own, (gpointer)spec);
  return TRUE;
}

/* --- changes that make a second setup --- */

/* What both setups have in common, as they are measured in the same rounds. */
static gboolean
is_of_rounds (const MoeOptionSpec *spec)
{
  static const gsize offsets[] = {
    offsetof (MoeOptions, iters),        offsetof (MoeOptions, warmup),
    offsetof (MoeOptions, starts),       offsetof (MoeOptions, until_settled),
    offsetof (MoeOptions, precision),    offsetof (MoeOptions, budget_s),
    offsetof (MoeOptions, wait_quiet_s), offsetof (MoeOptions, min_sample_time_s),
  };
  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    if (spec->offset == offsets[i])
      return TRUE;
  return FALSE;
}

/* `option` and `own`: what the argument called `typed` is, at most one of them. */
static gboolean
check_change (const char *typed,
              const MoeOptionSpec *option,
              const NullcurveBenchSpec *own,
              GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (typed, -1);
  const char *format =
      own != NULL ? _ ("%s does not say what is measured: it is given beside --versus.")
      : option != NULL && is_of_rounds (option)
          ? _ ("%s says how much is measured, which is the same for both: it is given beside "
               "--versus.")
          : NULL;
  if (format == NULL)
    return TRUE;
  return nullcurve_bench_refuse (error, format, shown);
}

static gboolean
refuse_word (const char *word, GError **error)
{
  g_autofree char *shown = g_utf8_make_valid (word, -1);
  return nullcurve_bench_refuse (
      error, _ ("\"%s\" is no option: allowed is what changes the setup, as \"--topk 8\"."), shown);
}

/* --- arguments --- */

static gboolean
take_own_option (Parser *parser,
                 const NullcurveBenchSpec *spec,
                 const char *inline_value,
                 GError **error)
{
  const char *value;
  if (spec->value == NULL)
    return take_flag (parser, spec, inline_value, error);
  if (!take_value (parser, spec->name, spec->value, spec->is_options, inline_value, &value, error))
    return FALSE;
  if (*value == '\0')
    {
      return nullcurve_bench_refuse (error, _ ("--%s \"\" is empty: allowed is a %s."), spec->name,
                                     spec->value);
    }
  if (spec->is_file)
    {
      g_ptr_array_add (G_STRUCT_MEMBER (GPtrArray *, parser->args, spec->offset), g_strdup (value));
      g_ptr_array_add (parser->args->own, (gpointer)spec);
      return TRUE;
    }
  char **field = &G_STRUCT_MEMBER (char *, parser->args, spec->offset);
  g_free (*field);
  *field = g_strdup (value);
  g_ptr_array_add (parser->args->own, (gpointer)spec);
  return TRUE;
}

static gboolean
take_argument (Parser *parser, GError **error)
{
  const char *argument = *parser->rest++;
  if (strcmp (argument, "-h") == 0 && !parser->only_files)
    argument = "--help";
  if (parser->only_files || argument[0] != '-' || argument[1] == '\0')
    {
      if (parser->is_changes)
        return refuse_word (argument, error);
      g_ptr_array_add (parser->args->files, g_strdup (argument));
      return TRUE;
    }
  if (strcmp (argument, "--") == 0)
    {
      parser->only_files = TRUE;
      return TRUE;
    }

  const char *start = argument + (argument[1] == '-' ? 2 : 1);
  const char *equals = strchr (start, '=');
  const char *end = equals != NULL ? equals : start + strlen (start);
  g_autofree char *typed = g_strndup (argument, (gsize)(end - argument));
  const char *name = typed + (start - argument);
  const char *inline_value = equals != NULL ? equals + 1 : NULL;
  const MoeOptionSpec *option = argument[1] == '-' ? moe_option_spec_find (name) : NULL;
  const NullcurveBenchSpec *own = argument[1] == '-' ? nullcurve_bench_spec_find (name) : NULL;
  if (parser->is_changes && !check_change (typed, option, own, error))
    return FALSE;
  if (option != NULL)
    return take_option (parser, option, inline_value, error);
  if (own != NULL)
    return take_own_option (parser, own, inline_value, error);
  return refuse_unknown (typed, name, error);
}

static char *
quote_command_line (char **argv)
{
  g_autoptr (GString) line = g_string_new ("nullcurve-bench");
  for (char **argument = argv[0] != NULL ? argv + 1 : argv; *argument != NULL; argument++)
    {
      gboolean plain =
          **argument != '\0'
          && (*argument)[strspn (*argument, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "-_=.,/:+@%")]
                 == '\0';
      g_autofree char *quoted = plain ? g_strdup (*argument) : g_shell_quote (*argument);
      g_string_append_printf (line, " %s", quoted);
    }
  return g_utf8_make_valid (line->str, -1);
}

gboolean
nullcurve_bench_read (char **argv, NullcurveBenchArgs *args, GError **error)
{
  Parser parser = { args, argv[0] != NULL ? argv + 1 : argv };
  args->command_line = quote_command_line (argv);
  while (*parser.rest != NULL)
    if (!take_argument (&parser, error))
      return FALSE;
  return TRUE;
}

static gboolean
apply_changes (char **words, MoeOptions *options, GArray *given, GError **error)
{
  NullcurveBenchArgs scratch = { .given = given };
  Parser parser = { .args = &scratch, .rest = words, .is_changes = TRUE };
  while (*parser.rest != NULL)
    if (!take_argument (&parser, error))
      return FALSE;
  for (guint i = 0; i < given->len; i++)
    {
      NullcurveBenchGiven *change = &g_array_index (given, NullcurveBenchGiven, i);
      MoeError engine_error;
      if (moe_options_set (options, change->spec->name, change->value, &engine_error) != MOE_OK)
        return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED,
                                                  &engine_error);
      change->value = NULL; /* it is of `words` */
    }
  return TRUE;
}

gboolean
nullcurve_bench_read_changes (const char *changes,
                              MoeOptions *options,
                              GArray *given,
                              GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) shell_error = NULL;
  if (g_shell_parse_argv (changes, NULL, &words, &shell_error))
    return apply_changes (words, options, given, error);
  return nullcurve_bench_refuse (error, "%s.", shell_error->message);
}
