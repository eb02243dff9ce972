/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench-resume.h"

#include <string.h>

#include "app/bench-error.h"
#include "engine/records/environment.h"
#include "engine/records/formats.h"
#include "ui/text.h"

enum
{
  VALUE_SIZE = 256
};

static gboolean
refuse (GError **error, char *sentence)
{
  g_set_error_literal (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED, sentence);
  g_free (sentence);
  return FALSE;
}

static char *
shown_name (const NullcurveBenchArgs *args)
{
  return g_utf8_make_valid (args->resume, -1);
}

/* Do both name the same file, there or not? */
static gboolean
is_csv_target (const NullcurveBenchArgs *args)
{
  if (args->csv == NULL)
    return FALSE;
  g_autofree char *csv = g_canonicalize_filename (args->csv, NULL);
  g_autofree char *resume = g_canonicalize_filename (args->resume, NULL);
  return strcmp (csv, resume) == 0;
}

static gboolean
has_samples (const MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    if (moe_run_get_record (run, i)->n_samples > 0)
      return TRUE;
  return FALSE;
}

/* --- is it the same experiment? --- */

static gboolean
check_fact (const NullcurveBenchArgs *args,
            const MoeRun *before,
            const char *key,
            const char *now,
            GError **error)
{
  const char *then = moe_run_get_fact (before, key);
  g_autofree char *name = shown_name (args);
  if (g_strcmp0 (then, now) == 0)
    return TRUE;
  if (then == NULL)
    return refuse (error, g_strdup_printf ("--resume %s: the file does not tell its %s, so its "
                                           "points cannot stand beside new ones.",
                                           name, key));
  return refuse (error, g_strdup_printf ("--resume %s: its points were measured with %s %s, and "
                                         "this is %s; points of both in one run could not be "
                                         "compared.",
                                         name, key, then, now));
}

/* Options that change the numbers and that a row of the file does not tell in all versions. */
static const char *const decisive[] = {
  "shared-expert-dim",
  "shared-fused",
  "routing-pack-strategy",
  "dispatch-permute-mode",
  "remat-mode",
  "capacity-policy",
  "capacity-factor",
  "run-alpha",
  "run-noise-scale",
  "seed",
  "null-experts",
  "null-route-seed",
  "renormalize-real-after-null",
  "parallel-mode",
  "ep-comm-path",
  "ep-size",
  "warmup",
  "min-sample-time",
};

/* Is it of no effect beside the others? */
static gboolean
is_idle (const MoeOptionSpec *spec, const MoeOptions *options)
{
  return g_str_has_prefix (spec->name, "run-")
         && !options->distributions.has[MOE_DISTRIBUTION_RUNS];
}

static gboolean
check_options (const NullcurveBenchArgs *args,
               const MoeRun *before,
               const MoeOptions *now,
               GError **error)
{
  MoeOptions then;
  const char *line = moe_run_get_fact (before, "options");
  g_autofree char *name = shown_name (args);
  if (line == NULL)
    return refuse (error, g_strdup_printf ("--resume %s: the file does not tell its options, so "
                                           "its points cannot stand beside new ones.",
                                           name));
  moe_options_init (&then);
  nullcurve_text_to_options (line, &then);
  for (gsize i = 0; i < G_N_ELEMENTS (decisive); i++)
    {
      char old_value[VALUE_SIZE], new_value[VALUE_SIZE];
      const MoeOptionSpec *spec = moe_option_spec_find (decisive[i]);
      moe_options_format (&then, spec, old_value, sizeof old_value);
      moe_options_format (now, spec, new_value, sizeof new_value);
      if (!is_idle (spec, now) && strcmp (old_value, new_value) != 0)
        return refuse (error, g_strdup_printf ("--resume %s: its points were measured with --%s "
                                               "%s, and now it is %s: allowed is the same value.",
                                               name, spec->name, old_value, new_value));
    }
  return TRUE;
}

/* A file does not tell of ranks when one process measured it alone. */
static gboolean
check_ranks (const NullcurveBenchArgs *args, const MoeRun *before, gsize ranks, GError **error)
{
  const char *then = moe_run_get_fact (before, "ranks");
  g_autofree char *now = g_strdup_printf ("%zu", MAX (ranks, 1));
  g_autofree char *name = shown_name (args);
  if (strcmp (then != NULL ? then : "1", now) == 0)
    return TRUE;
  return refuse (error, g_strdup_printf ("--resume %s: its points were measured on %s %s, and here "
                                         "is %s: allowed is the same number.",
                                         name, then != NULL ? then : "1",
                                         then != NULL ? "ranks" : "rank", now));
}

static gboolean
check_same (const NullcurveBenchArgs *args,
            const MoeRun *before,
            const MoePlan *plan,
            GError **error)
{
  g_autofree char *threads = g_strdup_printf ("%zu", plan->threads);
  return check_fact (args, before, "cpu", moe_environment_cpu (), error)
         && check_fact (args, before, "dtype",
                        moe_name_of (&moe_dtype_names, (int)plan->options.dtype), error)
         && check_fact (args, before, "threads", threads, error)
         && check_ranks (args, before, plan->options.ranks, error)
         && check_options (args, before, &plan->options, error);
}

gboolean
nullcurve_bench_resume_read (const NullcurveBenchArgs *args,
                             const GPtrArray *jobs,
                             MoeRun **before,
                             GError **error)
{
  *before = NULL;
  if (args->resume == NULL
      || (is_csv_target (args) && !g_file_test (args->resume, G_FILE_TEST_EXISTS)))
    return TRUE;
  const NullcurveBenchJob *first = g_ptr_array_index (jobs, 0);
  g_autoptr (GError) read_error = NULL;
  g_autofree char *name = shown_name (args);
  g_autoptr (GFile) file = g_file_new_for_path (args->resume);
  g_autoptr (MoeRun) run = moe_formats_read_file (file, NULL, &read_error);
  if (run == NULL)
    return refuse (error,
                   g_strdup_printf ("--resume %s cannot be read: %s", name, read_error->message));
  if (!has_samples (run))
    return refuse (error, g_strdup_printf ("--resume %s tells no samples: allowed is what --csv "
                                           "wrote, or a run file of the window.",
                                           name));
  if (!check_same (args, run, &first->plan, error))
    return FALSE;
  *before = g_steal_pointer (&run);
  return TRUE;
}

const char *
nullcurve_bench_resume_accelerator (const NullcurveBenchArgs *args, const MoeRun *before)
{
  const char *then = before != NULL ? moe_run_get_fact (before, "accelerator") : NULL;
  return then != NULL && strcmp (args->options.accelerator, "auto") == 0
             ? then
             : args->options.accelerator;
}

gboolean
nullcurve_bench_resume_check_backend (const NullcurveBenchArgs *args,
                                      const MoeRun *before,
                                      const MoeBackend *backend,
                                      GError **error)
{
  return before == NULL || check_fact (args, before, "accelerator", backend->name, error);
}

/* --- points --- */

static void
expect_record (const MoePoint *point, const char *accelerator, MoeRecord *record)
{
  const MoePointFacts unknown = { .real_assignments = SIZE_MAX };
  moe_record_from_point (record, point, &unknown, accelerator);
}

static gboolean
is_of_point (const MoeRecord *record, const MoeRecord *expected)
{
  return record->null_target == expected->null_target && moe_record_same_curve (record, expected);
}

/* The fullest of what there is; NULL when there is nothing. */
static const MoeRecord *
find_record (const MoeRun *before, const MoeRecord *expected)
{
  const MoeRecord *found = NULL;
  for (gsize i = 0; i < moe_run_get_n_records (before); i++)
    {
      const MoeRecord *record = moe_run_get_record (before, i);
      if (record->n_samples > 0 && is_of_point (record, expected)
          && (found == NULL || record->n_samples > found->n_samples))
        found = record;
    }
  return found;
}

void
nullcurve_bench_resume_apply (GPtrArray *jobs, const MoeRun *before, const char *accelerator)
{
  for (guint i = 0; before != NULL && i < jobs->len; i++)
    {
      NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      for (gsize p = 0; p < job->plan.n_points; p++)
        {
          MoeRecord expected;
          NullcurveBenchPoint *point = &job->points[p];
          expect_record (&job->plan.points[p], accelerator, &expected);
          point->before = find_record (before, &expected);
          point->carried =
              point->before != NULL && point->before->n_samples >= job->plan.options.iters;
        }
      nullcurve_bench_job_narrow (job);
    }
}

gsize
nullcurve_bench_resume_count (const GPtrArray *jobs)
{
  gsize n = 0;
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      n += job->plan.n_points - job->todo.n_points;
    }
  return n;
}

static gsize
count_points (const GPtrArray *jobs)
{
  gsize n = 0;
  for (guint i = 0; i < jobs->len; i++)
    n += ((const NullcurveBenchJob *)g_ptr_array_index (jobs, i))->plan.n_points;
  return n;
}

void
nullcurve_bench_resume_describe (const NullcurveBenchArgs *args,
                                 const GPtrArray *jobs,
                                 const MoeRun *before,
                                 MoeRun *run)
{
  const char *date = moe_run_get_fact (before, "date");
  const char *earlier = moe_run_get_fact (before, "resumed");
  g_autofree char *name = shown_name (args);
  g_autofree char *fact = g_strdup_printf (
      "%zu of %zu points were carried over from %s, of %s%s%s", nullcurve_bench_resume_count (jobs),
      count_points (jobs), name, date != NULL ? date : "an unknown date",
      earlier != NULL ? "; there " : "", earlier != NULL ? earlier : "");
  moe_run_set_fact (run, "resumed", fact);
}

static gboolean
is_in_jobs (const GPtrArray *jobs, const MoeRecord *record, const char *accelerator)
{
  for (guint i = 0; i < jobs->len; i++)
    {
      const NullcurveBenchJob *job = g_ptr_array_index (jobs, i);
      for (gsize p = 0; p < job->plan.n_points; p++)
        {
          MoeRecord expected;
          expect_record (&job->plan.points[p], accelerator, &expected);
          if (is_of_point (record, &expected))
            return TRUE;
        }
    }
  return FALSE;
}

void
nullcurve_bench_resume_append_others (const GPtrArray *jobs,
                                      const MoeRun *before,
                                      const char *accelerator,
                                      MoeRun *run)
{
  for (gsize i = 0; i < moe_run_get_n_records (before); i++)
    {
      const MoeRecord *record = moe_run_get_record (before, i);
      if (!is_in_jobs (jobs, record, accelerator))
        moe_run_append (run, record);
    }
}
