/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench-resume.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/bench-error.h"
#include "engine/formats/formats.h"
#include "engine/sweep/resume.h"

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

/* The name of the option and of the file, in front of what is wrong with it. */
static char *
option_name (const NullcurveBenchArgs *args)
{
  g_autofree char *name = shown_name (args);
  return g_strdup_printf ("--resume %s", name);
}

static gboolean
check_same (const NullcurveBenchArgs *args,
            const MoeRun *before,
            const MoePlan *plan,
            GError **error)
{
  g_autofree char *name = option_name (args);
  char *hindrance = moe_resume_find_hindrance (before, plan, name);
  return hindrance == NULL || refuse (error, hindrance);
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
    return refuse (error, g_strdup_printf (_ ("--resume %s: %s"), name, read_error->message));
  if (!has_samples (run))
    return refuse (error, g_strdup_printf (_ ("--resume %s tells no samples: allowed is what --csv "
                                              "wrote, or a run file of the window."),
                                           name));
  if (!check_same (args, run, &first->plan, error))
    return FALSE;
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

/* --- points --- */

static void
apply_to_job (NullcurveBenchJob *job, const MoeRun *before, const char *accelerator)
{
  gsize n = job->plan.n_points;
  g_autofree const MoeRecord **records = g_new (const MoeRecord *, n);
  g_autofree gboolean *carried = g_new (gboolean, n);
  for (gsize i = 0; i < n; i++)
    {
      MoeRecord expected;
      moe_resume_expect (&job->plan.points[i], accelerator, &expected);
      records[i] = moe_resume_find_record (before, &expected);
    }
  moe_resume_find_carried (before, &job->plan, records, carried);
  for (gsize i = 0; i < n; i++)
    {
      job->points[i].before = records[i];
      job->points[i].carried = carried[i];
    }
}

void
nullcurve_bench_resume_apply (GPtrArray *jobs, const MoeRun *before, const char *accelerator)
{
  for (guint i = 0; before != NULL && i < jobs->len; i++)
    {
      apply_to_job (g_ptr_array_index (jobs, i), before, accelerator);
      nullcurve_bench_job_narrow (g_ptr_array_index (jobs, i));
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
          moe_resume_expect (&job->plan.points[p], accelerator, &expected);
          if (moe_resume_is_of_point (record, &expected))
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
