/* SPDX-License-Identifier: Apache-2.0 */
/* --help and the manual page: made from one table, complete, and the committed page up to date. */
#include <gio/gio.h>
#include <string.h>

#include "engine/options/options.h"
#include "tests/app/bench-fixture.h"

static void
test_help (void)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  static const char *const own[] = {
    "--csv FILE",       "--chart FILE",  "--dump-tensors DIR",
    "--logbook",        "--preset NAME", "--table",
    "--report FILE",    "--compare",     "--matrix logbook|modes",
    "--scale N",        "--resume FILE", "--trace-dir DIR",
    "--calibrate",      "Exit status",   "(default 32768)",
    "--versus OPTIONS", "--of FILE...",  "--chart-size column|columns|slide|WxH"
  };
  g_auto (BenchResult) result = BENCH ("--help");
  assert_status (&result, 0);
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *option = g_strdup_printf ("\n  --%s", specs[i].name);
      g_autofree char *heading = g_strdup_printf ("\n%s\n", specs[i].group);
      assert_contains (result.out, option);
      assert_contains (result.out, heading);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    assert_contains (result.out, own[i]);
  g_assert_null (strstr (result.out, "later"));
  g_assert_null (strstr (result.out, "help-man"));
  g_auto (GStrv) lines = g_strsplit (result.out, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_assert_cmpuint (g_utf8_strlen (*line, -1), <=, 80);
      g_assert_false (g_str_has_suffix (*line, " "));
    }

  g_auto (BenchResult) version = BENCH ("--version");
  assert_status (&version, 0);
  assert_contains (version.out, NULLCURVE_VERSION);
}

static void
test_man_is_committed (void)
{
  g_autofree char *path =
      g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), "nullcurve-bench.1", NULL);
  g_autofree char *committed = read_text (path);
  g_auto (BenchResult) result = BENCH ("--help-man");
  assert_status (&result, 0);
  if (strcmp (result.out, committed) != 0)
    g_error ("data/nullcurve-bench.1 differs from what nullcurve-bench --help-man prints; write "
             "it anew with: nullcurve-bench --help-man > data/nullcurve-bench.1");
}

/* Everything that --help tells stands in the page too. */
static void
test_man_is_complete (void)
{
  static const char *const sections[] = { "NAME",     "SYNOPSIS", "DESCRIPTION", "OPTIONS",
                                          "OUTPUT",   "FILES",    "ENVIRONMENT", "EXIT STATUS",
                                          "EXAMPLES", "SEE ALSO" };
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  g_auto (BenchResult) help = BENCH ("--help");
  g_auto (BenchResult) man = BENCH ("--help-man");
  const char *at = man.out;
  for (gsize i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      g_autofree char *heading = g_strdup_printf ("\n.SH %s\n", sections[i]);
      at = strstr (at, heading);
      g_assert_nonnull (at);
    }
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *group = g_strdup_printf ("\n.SS %s\n", specs[i].group);
      assert_contains (man.out, group);
    }
  g_auto (GStrv) lines = g_strsplit (help.out, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, "  --"))
      {
        g_auto (GStrv) words = g_strsplit (*line + 4, " ", 2);
        g_auto (GStrv) parts = g_strsplit (words[0], "-", -1);
        g_autofree char *name = g_strjoinv ("\\-", parts);
        g_autofree char *entry = g_strdup_printf ("\n.TP\n\\fB\\-\\-%s\\fR", name);
        assert_contains (man.out, entry);
      }
}

/* `program` finds nothing to say about the page of that name. */
static void
assert_clean (const char *const *command, const char *page)
{
  g_autofree char *program = g_find_program_in_path (command[0]);
  g_autofree char *path = g_build_filename (g_getenv ("NULLCURVE_DATA_DIR"), page, NULL);
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) line = g_ptr_array_new ();
  if (program == NULL)
    {
      g_test_message ("%s is not installed", command[0]);
      return;
    }
  for (const char *const *word = command; *word != NULL; word++)
    g_ptr_array_add (line, (gpointer)*word);
  g_ptr_array_add (line, path);
  g_ptr_array_add (line, NULL);
  g_autoptr (GSubprocess) process =
      g_subprocess_newv ((const char *const *)line->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (out, ==, "");
  g_assert_cmpstr (err, ==, "");
  g_assert_cmpint (g_subprocess_get_exit_status (process), ==, 0);
}

static void
test_man_renders (void)
{
  static const char *const pages[] = { "nullcurve-bench.1", "nullcurve.1" };
  static const char *const groff[] = { "groff", "-man", "-Tutf8", "-ww", "-z", NULL };
  static const char *const mandoc[] = { "mandoc", "-Tlint", "-Werror", NULL };
  for (gsize i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      assert_clean (groff, pages[i]);
      assert_clean (mandoc, pages[i]);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/app/bench/help", test_help);
  g_test_add_func ("/app/bench/man/committed", test_man_is_committed);
  g_test_add_func ("/app/bench/man/complete", test_man_is_complete);
  g_test_add_func ("/app/bench/man/renders", test_man_renders);
  return g_test_run ();
}
