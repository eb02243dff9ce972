/* SPDX-License-Identifier: Apache-2.0 */
/* The command line in German: sentences are, lines that programs read are not. */
#include "tests/app/bench-fixture.h"

#include <string.h>

#define GERMAN "--lang", "de"

/* What English sentences of these outputs begin with or turn on. */
static void
assert_no_english (const char *text)
{
  static const char *const english[] = { "The ",         "There ",           "Tokens/s is",
                                         "No ",          "Nothing ",         " is open",
                                         " allowed is ", " changes nothing", "Warning",
                                         " of memory",   "Whether ",         "Written by",
                                         " against ",    "Intervals " };
  for (gsize i = 0; i < G_N_ELEMENTS (english); i++)
    if (strstr (text, english[i]) != NULL)
      g_error ("“%s” is English in:\n%s", english[i], text);
}

static char *
reference (const char *name)
{
  return g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), "reference", name, NULL);
}

static void
test_refusal (void)
{
  g_auto (BenchResult) range = BENCH (GERMAN, "--topk", "0");
  g_auto (BenchResult) late = BENCH ("--toppk", "2", GERMAN);
  assert_refused (&range, "--topk \"0\" liegt außerhalb des Bereichs", "erlaubt ist 1 bis ");
  assert_refused (&late, "Es gibt keine Option", "War --topk gemeint?");
}

/* The lines that programs read, up to what is measured: that differs from run to run. */
static char *
lines_of_programs (const char *text)
{
  GString *kept = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      char *measured = strstr (*line, " real_assignments=");
      if (measured != NULL && g_str_has_prefix (*line, "RESULT"))
        measured[strcspn (measured + 1, " ") + 1] = '\0';
      if (g_str_has_prefix (*line, "RESULT") || g_str_has_prefix (*line, "shape"))
        g_string_append_printf (kept, "%s\n", *line);
    }
  return g_string_free (kept, FALSE);
}

static void
test_lines_of_programs (void)
{
  g_auto (BenchResult) english = BENCH (TINY, "--iters", "2", "--run-alpha", "0.5");
  g_auto (BenchResult) german = BENCH (TINY, "--iters", "2", "--run-alpha", "0.5", GERMAN);
  g_autofree char *lines = lines_of_programs (english.out);
  g_autofree char *same = lines_of_programs (german.out);
  assert_status (&english, 0);
  assert_status (&german, 0);
  g_assert_cmpuint (count_lines (lines, "RESULT"), >, 0);
  g_assert_cmpstr (lines, ==, same);
  assert_contains (german.out, "[note] --run-alpha 0.5 ändert nichts: ");
  assert_contains (german.err, "Vorhersage: ");
  assert_no_english (german.err);
}

static void
test_comparison (void)
{
  g_autofree char *a = reference ("logbook-v5p-deltas.csv");
  g_autofree char *b = reference ("logbook-v5p-modes.csv");
  g_auto (BenchResult) result = BENCH (GERMAN, "--compare", a, b);
  assert_status (&result, 0);
  assert_contains (result.out, "Urteil");
  assert_contains (result.out, "Dies sind einzelne Werte ohne Stichproben");
  assert_no_english (result.out);
}

static void
test_report (void)
{
  g_autofree char *folder = temporary_folder ();
  g_autofree char *path = g_build_filename (folder, "report.html", NULL);
  g_autofree char *a = reference ("logbook-v5p-deltas.csv");
  g_auto (BenchResult) result = BENCH (GERMAN, "--report", path, a);
  assert_status (&result, 0);
  g_autofree char *page = read_text (path);
  assert_contains (page, "<html lang=\"de\">");
  assert_contains (page, "Größter Gewinn");
  assert_contains (page, "Warnungen und Rat");
  assert_contains (page, "Tokens/s sind ");
  assert_no_english (page);
  remove_tree (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench-german/refusal", test_refusal);
  g_test_add_func ("/bench-german/lines-of-programs", test_lines_of_programs);
  g_test_add_func ("/bench-german/comparison", test_comparison);
  g_test_add_func ("/bench-german/report", test_report);
  return g_test_run ();
}
