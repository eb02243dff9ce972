/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench-args.h"

#include <string.h>

#include "app/bench-error.h"
#include "app/data-dir.h"
#include "ui/presets.h"

#define FIELD(member) G_STRUCT_OFFSET (NullcurveBenchArgs, member)

static const NullcurveBenchSpec specs[] = {
  { "preset", "NAME", "take shape and top-k from a preset; options given beside it win",
    FIELD (preset) },
  { "csv", "FILE", "write the points with every sample as Nullcurve CSV", FIELD (csv) },
  { "chart", "FILE", "draw the chart; FILE ends in .png, .svg or .pdf", FIELD (chart) },
  { "dump-tensors", "DIR", "write tensors and gradients as NPY files, to check a point elsewhere",
    FIELD (dump_dir) },
  { "logbook", NULL,
    "print the logbook's tables as Markdown, of what is measured or, without measuring, of the "
    "FILEs named",
    FIELD (logbook) },
  { "table", NULL, "print the points as an aligned table at the end", FIELD (table) },
  { "help", NULL, "print this help", FIELD (help) },
  { "version", NULL, "print the version", FIELD (version) },
  { "report", "FILE", NULL, 0 },
  { "matrix", "NAME", NULL, 0 },
  { "scale", "N", NULL, 0 },
  { "resume", "FILE", NULL, 0 },
  { "trace-dir", "DIR", NULL, 0 },
};

/* An engine option that the command line gave, kept until the preset has been applied. */
typedef struct Given
{
  const MoeOptionSpec *spec;
  const char *value; /* NULL for a flag; within argv */
} Given;

typedef struct Parser
{
  NullcurveBenchArgs *args;
  GArray *given; /* of Given */
  char **rest;   /* arguments that are still to be read, NULL-terminated */
} Parser;

const NullcurveBenchSpec *
nullcurve_bench_specs (gsize *n)
{
  *n = G_N_ELEMENTS (specs);
  return specs;
}

static char *
normalise (const char *name)
{
  return g_strdelimit (g_strdup (name), "_", '-');
}

static const NullcurveBenchSpec *
find_spec (const char *name)
{
  g_autofree char *wanted = normalise (name);
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    if (strcmp (specs[i].name, wanted) == 0)
      return &specs[i];
  return NULL;
}

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

static gboolean
refuse_unknown (const char *name, GError **error)
{
  gsize n_options, best = strlen (name) / 3 + 2;
  const char *nearest = NULL;
  const MoeOptionSpec *options = moe_option_specs (&n_options);
  g_autofree char *shown = g_utf8_make_valid (name, -1);
  g_autofree char *wanted = normalise (name);
  for (gsize i = 0; i < n_options; i++)
    consider (options[i].name, wanted, &nearest, &best);
  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++)
    if (specs[i].help != NULL)
      consider (specs[i].name, wanted, &nearest, &best);
  g_autofree char *hint =
      nearest != NULL ? g_strdup_printf ("Did you mean --%s?  --help lists all of them.", nearest)
                      : g_strdup ("--help lists all of them.");
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
               "There is no option \"--%s\".  %s", shown, hint);
  return FALSE;
}

/* The value of an option: what stood after "=", else the next argument. */
static gboolean
take_value (Parser *parser,
            const char *name,
            const char *placeholder,
            const char *inline_value,
            const char **value,
            GError **error)
{
  *value = inline_value;
  if (*value == NULL && *parser->rest != NULL && !g_str_has_prefix (*parser->rest, "--"))
    *value = *parser->rest++;
  if (*value != NULL)
    return TRUE;
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
               "--%s needs a value: %s.", name, placeholder);
  return FALSE;
}

static gboolean
take_option (Parser *parser, const MoeOptionSpec *spec, const char *inline_value, GError **error)
{
  MoeOptions scratch;
  MoeError engine_error;
  Given given = { spec, inline_value };
  if (spec->value != NULL
      && !take_value (parser, spec->name, spec->value, inline_value, &given.value, error))
    return FALSE;
  moe_options_init (&scratch);
  if (moe_options_set (&scratch, spec->name, given.value, &engine_error) != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, &engine_error);
  g_array_append_val (parser->given, given);
  return TRUE;
}

static gboolean
take_flag (Parser *parser, const NullcurveBenchSpec *spec, const char *inline_value, GError **error)
{
  if (inline_value != NULL)
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
                   "--%s takes no value, but \"%s\" was given.", spec->name, inline_value);
      return FALSE;
    }
  G_STRUCT_MEMBER (gboolean, parser->args, spec->offset) = TRUE;
  return TRUE;
}

static gboolean
take_own_option (Parser *parser,
                 const NullcurveBenchSpec *spec,
                 const char *inline_value,
                 GError **error)
{
  const char *value;
  if (spec->help == NULL)
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
                   "--%s comes with a later version of Nullcurve; this one does not have it.",
                   spec->name);
      return FALSE;
    }
  if (spec->value == NULL)
    return take_flag (parser, spec, inline_value, error);
  if (!take_value (parser, spec->name, spec->value, inline_value, &value, error))
    return FALSE;
  if (*value == '\0')
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
                   "--%s \"\" is empty: allowed is a %s.", spec->name, spec->value);
      return FALSE;
    }
  char **field = &G_STRUCT_MEMBER (char *, parser->args, spec->offset);
  g_free (*field);
  *field = g_strdup (value);
  return TRUE;
}

static gboolean
take_argument (Parser *parser, GError **error)
{
  const char *argument = *parser->rest++;
  if (strcmp (argument, "-h") == 0)
    argument = "--help";
  if (argument[0] != '-' || argument[1] == '\0')
    {
      g_ptr_array_add (parser->args->files, g_strdup (argument));
      return TRUE;
    }

  const char *start = argument + (argument[1] == '-' ? 2 : 1);
  const char *equals = strchr (start, '=');
  g_autofree char *name =
      equals != NULL ? g_strndup (start, (gsize)(equals - start)) : g_strdup (start);
  const char *inline_value = equals != NULL ? equals + 1 : NULL;
  const MoeOptionSpec *option = argument[1] == '-' ? moe_option_spec_find (name) : NULL;
  const NullcurveBenchSpec *own = argument[1] == '-' ? find_spec (name) : NULL;
  if (option != NULL)
    return take_option (parser, option, inline_value, error);
  if (own != NULL)
    return take_own_option (parser, own, inline_value, error);
  return refuse_unknown (name, error);
}

static gboolean
load_presets (GPtrArray **presets, GError **error)
{
  g_autofree char *path = nullcurve_data_dir_find ("presets.csv");
  g_autofree char *text = NULL;
  g_autoptr (GError) read_error = NULL;
  if (path == NULL || !g_file_get_contents (path, &text, NULL, &read_error))
    {
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_FAILED,
                   "--preset needs presets.csv, which cannot be read: %s.",
                   read_error != NULL ? read_error->message
                                      : "it is not in the data directory (NULLCURVE_DATA_DIR)");
      return FALSE;
    }
  *presets = nullcurve_presets_parse (text);
  return TRUE;
}

static gboolean
apply_preset (NullcurveBenchArgs *args, GError **error)
{
  g_autoptr (GPtrArray) presets = NULL;
  g_autoptr (GString) names = g_string_new (NULL);
  if (!load_presets (&presets, error))
    return FALSE;
  for (guint i = 0; i < presets->len; i++)
    {
      const NullcurvePreset *preset = g_ptr_array_index (presets, i);
      if (g_ascii_strcasecmp (preset->name, args->preset) == 0)
        {
          nullcurve_presets_apply (preset, &args->options);
          return TRUE;
        }
      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", preset->name);
    }
  g_autofree char *shown = g_utf8_make_valid (args->preset, -1);
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
               "--preset \"%s\" is not one of the presets: allowed is %s.", shown, names->str);
  return FALSE;
}

static gboolean
apply_given (const Parser *parser, GError **error)
{
  MoeError engine_error;
  for (guint i = 0; i < parser->given->len; i++)
    {
      const Given *given = &g_array_index (parser->given, Given, i);
      if (moe_options_set (&parser->args->options, given->spec->name, given->value, &engine_error)
          != MOE_OK)
        return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED,
                                                  &engine_error);
    }
  return TRUE;
}

/* Files are read instead of measuring, so nothing that a measurement would write may be asked
 * for beside them. */
static gboolean
check_files (const NullcurveBenchArgs *args, GError **error)
{
  const char *needless = args->csv != NULL        ? "--csv"
                         : args->chart != NULL    ? "--chart"
                         : args->dump_dir != NULL ? "--dump-tensors"
                         : args->table            ? "--table"
                                                  : NULL;
  if (args->files->len == 0)
    return TRUE;
  if (!args->logbook)
    {
      g_autofree char *shown = g_utf8_make_valid (g_ptr_array_index (args->files, 0), -1);
      g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
                   "\"%s\" is no option: files are read only with --logbook.", shown);
      return FALSE;
    }
  if (needless == NULL)
    return TRUE;
  g_set_error (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED,
               "%s shows what is measured, but with files named after --logbook nothing is.",
               needless);
  return FALSE;
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

static gboolean
parse_all (Parser *parser, GError **error)
{
  while (*parser->rest != NULL)
    if (!take_argument (parser, error))
      return FALSE;
  if (parser->args->preset != NULL && !apply_preset (parser->args, error))
    return FALSE;
  return apply_given (parser, error) && check_files (parser->args, error);
}

gboolean
nullcurve_bench_args_parse (int argc, char **argv, NullcurveBenchArgs *args, GError **error)
{
  g_autoptr (GArray) given = g_array_new (FALSE, FALSE, sizeof (Given));
  *args = (NullcurveBenchArgs){ .files = g_ptr_array_new_with_free_func (g_free) };
  moe_options_init (&args->options);
  args->command_line = quote_command_line (argv);
  Parser parser = { args, given, argc > 0 ? argv + 1 : argv };
  if (parse_all (&parser, error))
    return TRUE;
  nullcurve_bench_args_clear (args);
  return FALSE;
}

void
nullcurve_bench_args_clear (NullcurveBenchArgs *args)
{
  g_clear_pointer (&args->preset, g_free);
  g_clear_pointer (&args->csv, g_free);
  g_clear_pointer (&args->chart, g_free);
  g_clear_pointer (&args->dump_dir, g_free);
  g_clear_pointer (&args->files, g_ptr_array_unref);
  g_clear_pointer (&args->command_line, g_free);
}
