/* SPDX-License-Identifier: Apache-2.0 */
/* A command line, one argument a line; and the first line as what --versus says. */
#include "engine/text/tame.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "app/command-line/args.h"
#include "app/command-line/read.h"

/* As it comes to the terminal. */
static void
require_told (gboolean good, const GError *error)
{
  g_autofree char *tame = error != NULL ? moe_text_tame_sentence (error->message) : NULL;
  fuzz_require (good == (error == NULL));
  if (tame != NULL && !fuzz_is_sentence (tame))
    fuzz_fail (tame, "a sentence", 0);
}

static void
check_command_line (const char *text)
{
  g_autoptr (GError) error = NULL, of_sweeps = NULL;
  g_autofree char *line = g_strconcat ("nullcurve-bench\n", text, NULL);
  g_auto (GStrv) argv = g_strsplit (line, "\n", -1);
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  NullcurveBenchArgs args;
  gsize n;
  gboolean good = nullcurve_bench_args_parse (argv, &args, &error);
  require_told (good, error);
  if (!good)
    return;
  fuzz_require (g_utf8_validate (args.command_line, -1, NULL));
  good = nullcurve_bench_args_sweeps (&args, sweeps, &n, &of_sweeps);
  require_told (good, of_sweeps);
  fuzz_require (!good || (n > 0 && n <= MOE_MATRIX_MAX_JOBS));
  nullcurve_bench_args_clear (&args);
}

static void
check_changes (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *changes = g_strndup (text, strcspn (text, "\n"));
  g_autoptr (GArray) given = g_array_new (FALSE, FALSE, sizeof (NullcurveBenchGiven));
  MoeOptions options;
  moe_options_init (&options);
  gboolean good = nullcurve_bench_read_changes (changes, &options, given, &error);
  require_told (good, error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  check_command_line (text);
  check_changes (text);
  fuzz_end ();
  return 0;
}
