/* SPDX-License-Identifier: Apache-2.0 */
/* Every pair of the program's own options, which say where results go and what is read: the program
 * refuses it in words, or tells that one of the two changes nothing, or both leave what they are
 * for.  And an option that is given twice is told.
 *
 * An option that somebody adds has to say here by what it is known.
 *
 *   test-own-pairs [PART PARTS]   of the pairs, that share; otherwise all */
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/command-line/args.h"
#include "engine/formats/harness/harness.h"
#include "tests/app/bench-fixture.h"

/* What an option is for, and which others it goes with. */
typedef enum Use
{
  USE_MEASURE, /* something is measured */
  USE_READ,    /* files are read */
  USE_EITHER,
  USE_CHART,  /* the same; it says how the chart looks */
  USE_ANSWER, /* neither */
} Use;

/* By what it is known that an option was heeded. */
typedef enum Sign
{
  SIGN_FILE,   /* its value, which was not there before */
  SIGN_FOLDER, /* its value, with something in it */
  SIGN_TEXT,   /* a piece of what is printed */
  SIGN_CHART,  /* the chart is another one */
  SIGN_SHAPE,  /* another block is measured */
} Sign;

typedef struct Own
{
  const char *name;
  const char *value; /* NULL for a flag; a number is appended to files that must be new */
  Use use;
  Sign sign;
  const char *piece;  /* SIGN_TEXT; or one of several, in whatever language: "read|gelesen" */
  const char *beside; /* options without which it means nothing, in one word */
} Own;

static const Own owns[] = {
  { "preset", "Quick", USE_MEASURE, SIGN_SHAPE },
  { "matrix", "logbook", USE_MEASURE, SIGN_SHAPE },
  { "scale", "64", USE_MEASURE, SIGN_SHAPE, .beside = "--matrix=modes" },
  { "scale-widths", "8", USE_MEASURE, SIGN_SHAPE, .beside = "--matrix=modes" },
  { "resume", "before.csv", USE_MEASURE, SIGN_TEXT,
    "[note] 2 of 4 points|[note] 2 von 4 Punkten|points_to_measure=2" },
  { "versus", "--iters=1", USE_MEASURE, SIGN_TEXT, "[note] versus: " },
  { "csv", "out.csv", USE_MEASURE, SIGN_FILE },
  { "journal", "out.journal", USE_MEASURE, SIGN_FILE },
  { "chart", "out.svg", USE_EITHER, SIGN_FILE },
  { "report", "out.md", USE_EITHER, SIGN_FILE },
  { "table", NULL, USE_EITHER, SIGN_TEXT, "F/s" },
  { "logbook", NULL, USE_EITHER, SIGN_TEXT, "## (a) " },
  { "plot", NULL, USE_EITHER, SIGN_TEXT, "null fraction|Null-Anteil|at f = 0|bei f = 0" },
  { "convert", NULL, USE_READ, SIGN_TEXT, "# nullcurve|CSV ist in|CSV is in" },
  { "compare", NULL, USE_READ, SIGN_TEXT, "before.csv" },
  { "of", "before.csv", USE_READ, SIGN_TEXT, "before.csv: " },
  { "dump-tensors", "dump", USE_MEASURE, SIGN_FOLDER },
  { "trace-dir", "trace", USE_MEASURE, SIGN_FOLDER },
  { "chart-view", "load", USE_CHART, SIGN_CHART },
  { "chart-scale", "relative", USE_CHART, SIGN_CHART },
  { "chart-facets", "topk", USE_CHART, SIGN_CHART },
  { "chart-along", "topk", USE_CHART, SIGN_CHART },
  { "chart-x-ideal", NULL, USE_CHART, SIGN_CHART },
  { "chart-x-experts", NULL, USE_CHART, SIGN_CHART },
  { "chart-log-y", NULL, USE_CHART, SIGN_CHART },
  { "chart-limits", NULL, USE_CHART, SIGN_CHART },
  { "chart-run", "1", USE_CHART, SIGN_CHART },
  { "chart-curve", "2", USE_CHART, SIGN_CHART },
  { "chart-phase", "forward", USE_CHART, SIGN_CHART },
  { "chart-stage-scale", "excess", USE_CHART, SIGN_CHART },
  { "chart-load-scale", "cost", USE_CHART, SIGN_CHART },
  { "chart-what-if", "fixed-halved", USE_CHART, SIGN_CHART },
  { "chart-at", "0.5", USE_CHART, SIGN_CHART },
  { "chart-size", "slide", USE_CHART, SIGN_CHART },
  { "chart-letters", "14", USE_CHART, SIGN_CHART },
  { "chart-dpi", "60", USE_CHART, SIGN_CHART },
  { "chart-look", "dark", USE_CHART, SIGN_CHART },
  { "chart-caption", "Words", USE_CHART, SIGN_CHART },
  { "chart-no-title", NULL, USE_CHART, SIGN_CHART },
  { "chart-no-legend", NULL, USE_CHART, SIGN_CHART },
  { "calibrate", NULL, USE_ANSWER, SIGN_TEXT, "dense matmul" },
  { "on", "localhost", USE_MEASURE, SIGN_TEXT, "Measured at|Gemessen auf|Asked at|Gefragt auf" },
  { "through", "env", USE_MEASURE, SIGN_TEXT, "Measured at|Gemessen auf|Asked at|Gefragt auf" },
  { "there", "nullcurve-bench", USE_MEASURE, SIGN_TEXT,
    "Measured at|Gemessen auf|Asked at|Gefragt auf", .beside = "--through=env" },
  { "facts", NULL, USE_ANSWER, SIGN_TEXT, "nullcurve-interface=1" },
  { "forecast", NULL, USE_MEASURE, SIGN_TEXT, "forecast.1.fits=yes" },
  { "progress", "lines", USE_MEASURE, SIGN_TEXT, "progress phase=" },
  { "lang", "de", USE_EITHER, SIGN_TEXT, "gelesen|Vorhersage|Aufruf|rechnet nur" },
  { "help", NULL, USE_ANSWER, SIGN_TEXT, "--topk-list" },
  { "version", NULL, USE_ANSWER, SIGN_TEXT, "nullcurve-bench " NULLCURVE_VERSION },
  { "help-man", NULL, USE_ANSWER, SIGN_TEXT, ".SH NAME" },
  { "help-completion", "bash", USE_ANSWER, SIGN_TEXT, "complete -F" },
};

/* A block that takes no time, with a curve or two for charts; --resume finds half of it. */
#define BLOCK                                                                                      \
  "--tokens=32 --hidden=8 --mlp-dim=8 --experts=4 --impl=fused_w13 --distribution=random "         \
  "--threads=1 --warmup=0 --iters=1 --min-sample-time=0 --wait-quiet=0 --accelerator=native "      \
  "--null-route-frac=0.5 --baseline --bench-pass=forward_backward"

/* What came of a command line. */
typedef struct Outcome
{
  BenchResult result;
  char *chart; /* out.svg, or NULL */
} Outcome;

static char *start;          /* folder the test was begun in */
static guint part, parts;    /* of the pairs, these are tried */
static GHashTable *outcomes; /* of command lines that only read */

static void
outcome_free (gpointer data)
{
  Outcome *outcome = data;
  bench_result_clear (&outcome->result);
  g_free (outcome->chart);
  g_free (outcome);
}

static const Own *
own_of (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (owns); i++)
    if (strcmp (owns[i].name, name) == 0)
      return &owns[i];
  return NULL;
}

static gboolean
is_one_of (const Own *a, const Own *b, const char *name)
{
  return strcmp (a->name, name) == 0 || (b != NULL && strcmp (b->name, name) == 0);
}

static gboolean
uses (const Own *a, const Own *b, Use use)
{
  return a->use == use || (b != NULL && b->use == use);
}

static void
append (GString *line, const Own *own)
{
  if (own != NULL)
    g_string_append_printf (line, " --%s%s%s", own->name, own->value != NULL ? "=" : "",
                            own->value != NULL ? own->value : "");
}

/* Both options, with what they are given beside: a block to measure, or files to read. */
static char *
command_of (const Own *a, const Own *b)
{
  g_autoptr (GString) line = g_string_new (NULL);
  gboolean measures = uses (a, b, USE_MEASURE), reads = uses (a, b, USE_READ);
  gboolean sets_shape = a->sign == SIGN_SHAPE || (b != NULL && b->sign == SIGN_SHAPE);
  append (line, a);
  append (line, b);
  if (a->beside != NULL && !is_one_of (a, b, "matrix"))
    g_string_append_printf (line, " %s", a->beside);
  if (b != NULL && b->beside != NULL && !is_one_of (a, b, "matrix"))
    g_string_append_printf (line, " %s", b->beside);
  if (uses (a, b, USE_CHART) && !is_one_of (a, b, "chart"))
    g_string_append (line, " --chart=out.svg");
  if (measures && !reads && !sets_shape)
    g_string_append (line, " " BLOCK " --topk-list=1,2");
  else if (!measures && !uses (a, b, USE_ANSWER))
    {
      g_string_append (line, uses (a, b, USE_READ) || uses (a, b, USE_CHART)
                                     || is_one_of (a, b, "chart") || is_one_of (a, b, "report")
                                     || is_one_of (a, b, "table") || is_one_of (a, b, "logbook")
                                 ? ""
                                 : " --table");
      if (!is_one_of (a, b, "of"))
        g_string_append (line, " before.csv");
      g_string_append (line, " after.csv");
      if (is_one_of (a, b, "of") && !uses (a, b, USE_CHART) && !is_one_of (a, b, "compare")
          && !is_one_of (a, b, "table") && !is_one_of (a, b, "logbook")
          && !is_one_of (a, b, "report") && !is_one_of (a, b, "chart"))
        g_string_append (line, " --table");
    }
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
clear_outputs (void)
{
  static const char *const outputs[] = { "out.csv",     "out.versus.csv",
                                         "out.journal", "out.versus.journal",
                                         "out.svg",     "out.md" };
  for (gsize i = 0; i < G_N_ELEMENTS (outputs); i++)
    g_remove (outputs[i]);
  remove_tree ("dump");
  remove_tree ("trace");
}

static const Outcome *
run (const char *command)
{
  Outcome *outcome = g_hash_table_lookup (outcomes, command);
  if (outcome != NULL)
    return outcome;
  g_auto (GStrv) arguments = NULL;
  g_autoptr (GError) error = NULL;
  g_shell_parse_argv (command, NULL, &arguments, &error);
  g_assert_no_error (error);
  clear_outputs ();
  outcome = g_new0 (Outcome, 1);
  outcome->result = bench_run ((const char *const *)arguments);
  g_file_get_contents ("out.svg", &outcome->chart, NULL, NULL);
  g_hash_table_insert (outcomes, g_strdup (command), outcome);
  return outcome;
}

/* What is measured without one and with it, as far as the shape line tells. */
static char *
shape_of (const char *command)
{
  g_autofree char *line = g_strconcat ("nullcurve-bench ", command, NULL);
  g_auto (GStrv) argv = NULL;
  NullcurveBenchArgs args;
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  gsize n;
  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  if (!nullcurve_bench_args_parse (argv, &args, NULL))
    return NULL;
  char *shape = nullcurve_bench_args_sweeps (&args, sweeps, &n, NULL)
                    ? g_string_free (moe_formats_shape_line (&sweeps[0]), FALSE)
                    : NULL;
  nullcurve_bench_args_clear (&args);
  return shape;
}

static gboolean
has_piece (const char *text, const char *pieces)
{
  g_auto (GStrv) all = g_strsplit (pieces, "|", -1);
  for (char **piece = all; *piece != NULL; piece++)
    if (strstr (text, *piece) != NULL)
      return TRUE;
  return FALSE;
}

static char *
command_without (const char *command, const Own *own)
{
  g_autoptr (GString) given = g_string_new (NULL);
  append (given, own);
  const char *at = strstr (command, given->str);
  g_assert_nonnull (at);
  return g_strdup_printf ("%.*s%s", (int)(at - command), command, at + given->len);
}

static gboolean
is_heeded (const Own *own, const char *command, const Outcome *outcome)
{
  g_autofree char *text = g_strconcat (outcome->result.out, outcome->result.err, NULL);
  if (own->sign == SIGN_FILE)
    return g_file_test (own->value, G_FILE_TEST_EXISTS);
  if (own->sign == SIGN_FOLDER)
    {
      g_autoptr (GDir) folder = g_dir_open (own->value, 0, NULL);
      return folder != NULL && g_dir_read_name (folder) != NULL;
    }
  if (own->sign == SIGN_TEXT)
    return has_piece (text, own->piece);
  g_autofree char *without = command_without (command, own);
  if (own->sign == SIGN_SHAPE)
    {
      g_autofree char *a = shape_of (command), *b = shape_of (without);
      return g_strcmp0 (a, b) != 0;
    }
  g_autofree char *chart = g_strdup (outcome->chart);
  return chart != NULL && g_strcmp0 (chart, run (without)->chart) != 0;
}

/* A whole experiment, or the machine's calibration, is measured for nothing but this. */
static gboolean
takes_long (const Own *a, const Own *b)
{
  const Own *of[] = { a, b };
  for (gsize i = 0; i < G_N_ELEMENTS (of); i++)
    if (of[i] != NULL && (of[i]->sign == SIGN_SHAPE || strcmp (of[i]->name, "calibrate") == 0))
      return TRUE;
  return FALSE;
}

/* Refused, told or heeded? */
static gboolean
is_answered (const Own *own, const char *command, const Outcome *outcome)
{
  g_autofree char *notes =
      g_strdup_printf ("--%s changes nothing|--%s \303\244ndert nichts", own->name, own->name);
  if (outcome->result.status == 2)
    return strstr (outcome->result.err, "--") != NULL;
  return has_piece (outcome->result.err, notes)
         || (outcome->result.status == 0 && is_heeded (own, command, outcome));
}

/* Of what would take long only the reading is done: a shape that comes of it was heeded. */
static gboolean
is_answered_unrun (const Own *own, const char *command)
{
  g_autofree char *line = g_strconcat ("nullcurve-bench ", command, NULL);
  g_auto (GStrv) argv = NULL;
  NullcurveBenchArgs args;
  g_autoptr (GError) error = NULL;
  g_autofree char *note = g_strdup_printf ("--%s changes nothing", own->name);
  Outcome none = { 0 };
  gboolean told = FALSE;
  g_assert_true (g_shell_parse_argv (line, NULL, &argv, NULL));
  if (!nullcurve_bench_args_parse (argv, &args, &error))
    return strstr (error->message, "--") != NULL;
  for (guint i = 0; i < args.notes->len; i++)
    told = told || strstr (g_ptr_array_index (args.notes, i), note) != NULL;
  gboolean runs = !args.help && !args.help_man && !args.version && args.help_completion == NULL;
  nullcurve_bench_args_clear (&args);
  return told || !runs || own->sign != SIGN_SHAPE || is_heeded (own, command, &none);
}

static void
check (const Own *a, const Own *b, guint *faults)
{
  g_autofree char *command = command_of (a, b);
  const Own *of[] = { a, b };
  const gboolean unrun = takes_long (a, b);
  const Outcome *outcome = unrun ? NULL : run (command);
  for (gsize i = 0; i < G_N_ELEMENTS (of); i++)
    {
      if (of[i] == NULL)
        continue;
      if (unrun ? is_answered_unrun (of[i], command) : is_answered (of[i], command, outcome))
        continue;
      *faults += 1;
      g_test_message ("nullcurve-bench%s\n  --%s is taken in silence, and leaves nothing%s%s",
                      command, of[i]->name, unrun ? "" : ":\n", unrun ? "" : outcome->result.err);
    }
  if (!unrun)
    g_hash_table_remove (outcomes, command); /* its outputs are gone with the next */
}

static void
test_pairs (void)
{
  gsize n;
  guint faults = 0, tried = 0;
  const NullcurveBenchSpec *specs = nullcurve_bench_specs (&n);
  for (gsize i = 0; i < n; i++)
    for (gsize k = 0; k <= i; k++)
      {
        const Own *a = own_of (specs[i].name), *b = k < i ? own_of (specs[k].name) : NULL;
        if (a == NULL)
          g_error ("by what is --%s known to be heeded?  Add it to `owns` here", specs[i].name);
        if (tried++ % parts == part)
          check (a, b, &faults);
      }
  g_assert_cmpuint (faults, ==, 0);
}

/* --- given again --- */

static char *
note_of_repeat (const char *const *argv)
{
  NullcurveBenchArgs args;
  g_autoptr (GError) error = NULL;
  gboolean parsed = nullcurve_bench_args_parse ((char **)argv, &args, &error);
  g_assert_no_error (error);
  g_assert_true (parsed);
  g_ptr_array_add (args.notes, NULL);
  char *notes = g_strjoinv ("\n", (char **)args.notes->pdata);
  nullcurve_bench_args_clear (&args);
  return notes;
}

static void
test_repeats (void)
{
  static const struct
  {
    const char *const argv[6];
    const char *note;
  } cases[] = {
    { { "x", "--topk", "2", "--topk=3" }, "--topk is given 2 times: only the last counts." },
    { { "x", "--baseline", "--baseline", "--baseline" },
      "--baseline is given 3 times: once is enough." },
    { { "x", "--csv=a", "--csv=b" }, "--csv is given 2 times: only the last counts." },
    { { "x", "--table", "--table" }, "--table is given 2 times: once is enough." },
    { { "x", "--versus", "--topk=2 --topk=3" }, "--topk is given 2 times: only the last counts." },
    { { "x", "--versus", "--topk=4" },
      "--versus \"--topk=4\" changes nothing: both setups are the same." },
    { { "x", "--help", "--csv=a" }, "--csv changes nothing: --help answers alone." },
    { { "x", "--help-man", "--lang=de" }, "--lang changes nothing: --help-man answers alone." },
    { { "x", "--help", "--lang=de" }, "" },
    { { "x", "--of=a", "--of=b", "--table" }, "" },
    { { "x", "--topk=2", "--table" }, "" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *notes = note_of_repeat (cases[i].argv);
      g_assert_cmpstr (notes, ==, cases[i].note);
    }
}

/* A run of half of the block, and another of the same. */
static void
make_files (void)
{
  static const char *const names[] = { "before.csv", "after.csv" };
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *command =
          g_strdup_printf ("--csv=%s --topk-list=%s " BLOCK, names[i], i == 0 ? "1" : "1,2");
      g_auto (GStrv) arguments = g_strsplit (command, " ", -1);
      g_auto (BenchResult) result = bench_run ((const char *const *)arguments);
      assert_status (&result, 0);
    }
}

/* Places are reached by programs that are found first: ssh, which here has the shell do it. */
static void
make_places (const char *folder)
{
  g_autofree char *ssh = g_build_filename (folder, "ssh", NULL);
  g_autofree char *program = g_path_get_dirname (g_getenv ("NULLCURVE_BENCH"));
  g_autofree char *path = g_strjoin (":", folder, program, g_getenv ("PATH"), NULL);
  g_assert_true (g_file_set_contents (
      ssh, "#!/bin/sh\nfor last; do :; done\nexec sh -c \"$last\"\n", -1, NULL));
  g_assert_cmpint (g_chmod (ssh, 0700), ==, 0);
  g_setenv ("PATH", path, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  part = argc > 2 ? (guint)strtoul (argv[1], NULL, 10) - 1 : 0;
  parts = argc > 2 ? (guint)strtoul (argv[2], NULL, 10) : 1;
  g_assert_cmpuint (part, <, parts);
  start = g_get_current_dir ();
  g_autofree char *folder = temporary_folder ();
  g_assert_cmpint (g_chdir (folder), ==, 0);
  outcomes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, outcome_free);
  make_files ();
  make_places (folder);
  g_test_add_func ("/options/own/repeats", test_repeats);
  g_test_add_func ("/options/own/pairs", test_pairs);
  int status = g_test_run ();
  g_hash_table_unref (outcomes);
  g_assert_cmpint (g_chdir (start), ==, 0);
  remove_tree (folder);
  g_free (start);
  return status;
}
