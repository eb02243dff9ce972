/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/resume.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <unistd.h>

#include "app/command-line/error.h"
#include "app/results/output.h"
#include "engine/base/input.h"
#include "engine/files/output.h"
#include "engine/formats/formats.h"
#include "engine/remote/relay.h"
#include "engine/sweep/resume.h"

static gboolean
refuse (GError **error, char *sentence)
{
  g_set_error_literal (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED, sentence);
  g_free (sentence);
  return FALSE;
}

static gboolean
has_samples (const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    if (moe_run_get_record (run, i)->n_samples > 0)
      return TRUE;
  return FALSE;
}

static gboolean
is_standard_input (const char *path)
{
  return strcmp (path, "-") == 0;
}

static gboolean
is_same (const char *target, const char *resume)
{
  return target != NULL && !is_standard_input (resume) && moe_output_same (target, resume);
}

/* A journal that was broken off before its first sample is as good as none. */
static gboolean
is_first_start (const NullcurveBenchArgs *args, const MoeRun *run, const GError *error)
{
  if (is_same (args->journal, args->resume))
    return run != NULL ? moe_run_get_format (run) == MOE_RUN_FORMAT_JOURNAL && !has_samples (run)
                       : !g_file_test (args->resume, G_FILE_TEST_EXISTS)
                             || g_error_matches (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_EMPTY);
  return is_same (args->csv, args->resume) && !g_file_test (args->resume, G_FILE_TEST_EXISTS);
}

/* What is no journal is not written over by one. */
static gboolean
check_format (const NullcurveBenchArgs *args, const MoeRun *run, GError **error)
{
  if (!is_same (args->journal, args->resume) || moe_run_get_format (run) == MOE_RUN_FORMAT_JOURNAL)
    return TRUE;
  return nullcurve_bench_output_refuse_journal (args->journal, error);
}

/* The name of the option and of the file, in front of what is wrong with it. */
static char *
option_name (const NullcurveBenchArgs *args)
{
  g_autofree char *name = g_utf8_make_valid (args->resume, -1);
  return g_strdup_printf ("--resume %s", name);
}

/* Up to the line that ends it.  Nothing but the end of the input comes after that line, and its end
 * can be read again. */
static MoeRun *
read_standard_input (GError **error)
{
  static const char end[] = "\n" MOE_RELAY_RESUME_END "\n";
  g_autoptr (GString) text = g_string_new (NULL);
  char piece[4096];
  gssize n;
  while (!g_str_has_suffix (text->str, end) && text->len < MOE_INPUT_MAX_BYTES
         && (n = read (STDIN_FILENO, piece, sizeof piece)) != 0)
    if (n > 0)
      g_string_append_len (text, piece, n);
    else if (errno != EINTR)
      break;
  if (g_str_has_suffix (text->str, end))
    g_string_truncate (text, text->len - strlen (MOE_RELAY_RESUME_END "\n"));
  return moe_formats_read_data (text->str, text->len, "-", error);
}

static MoeRun *
read_before (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  return is_standard_input (path) ? read_standard_input (error)
                                  : moe_formats_read_file (file, NULL, error);
}

gboolean
nullcurve_bench_resume_read (const NullcurveBenchArgs *args,
                             const MoePlan *plan,
                             MoeRun **before,
                             GError **error)
{
  *before = NULL;
  if (args->resume == NULL)
    return TRUE;
  g_autoptr (GError) read_error = NULL;
  g_autofree char *name = option_name (args);
  g_autoptr (MoeRun) run = read_before (args->resume, &read_error);
  if (is_first_start (args, run, read_error))
    return TRUE;
  if (run == NULL)
    return refuse (error, g_strdup_printf ("%s: %s", name, read_error->message));
  if (!check_format (args, run, error))
    return FALSE;
  if (!has_samples (run))
    return refuse (error, g_strdup_printf (_ ("%s tells no samples: allowed is what --csv wrote, "
                                              "or a run file of the window."),
                                           name));
  char *hindrance = moe_resume_find_hindrance (run, plan, name);
  if (hindrance != NULL)
    return refuse (error, hindrance);
  *before = g_steal_pointer (&run);
  return TRUE;
}

const char *
nullcurve_bench_resume_accelerator (const char *given, const MoeRun *before)
{
  const char *then = before != NULL ? moe_run_get_fact (before, "accelerator") : NULL;
  return then != NULL && strcmp (given, "auto") == 0 ? then : given;
}

gboolean
nullcurve_bench_resume_check_backend (const NullcurveBenchArgs *args,
                                      const MoeRun *before,
                                      const MoeBackend *backend,
                                      GError **error)
{
  g_autofree char *name = before != NULL ? option_name (args) : NULL;
  char *hindrance =
      before != NULL ? moe_resume_find_other_backend (before, backend->name, name) : NULL;
  return hindrance == NULL || refuse (error, hindrance);
}
