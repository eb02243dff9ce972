/* SPDX-License-Identifier: Apache-2.0 */
#include "app/resume-job.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/formats/formats.h"
#include "engine/sweep/quantities.h"

static NullcurveJobItem *
new_job (MoeRun *before, const char *path, GError **error)
{
  MoeOptions options;
  const char *line = moe_run_get_fact (before, "options");
  const char *accelerator = moe_run_get_fact (before, "accelerator");
  const char *reason =
      line == NULL ? _ ("This run does not tell how it was measured")
      : moe_run_get_fact (before, "matrix") != NULL
          ? _ ("This run has several sweeps: nullcurve-bench --resume goes on with it")
          : NULL;
  if (reason != NULL)
    {
      g_set_error_literal (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_INVALID, reason);
      return NULL;
    }
  moe_options_init_single (&options);
  moe_text_to_options (line, &options);
  if (accelerator != NULL)
    g_strlcpy (options.accelerator, accelerator, sizeof options.accelerator);
  NullcurveJobItem *job = nullcurve_job_item_new (moe_run_get_title (before), &options, NAN);
  nullcurve_job_item_set_before (job, before, path);
  return job;
}

static void
read_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (data);
  MoeRun *run = moe_formats_read_file (file, cancellable, &error);
  if (run != NULL)
    g_task_return_pointer (task, run, (GDestroyNotify)moe_run_unref);
  else
    g_task_return_error (task, error);
}

void
nullcurve_resume_job_read_async (const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, read_thread);
}

NullcurveJobItem *
nullcurve_resume_job_read_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (MoeRun) before = g_task_propagate_pointer (G_TASK (result), error);
  return before != NULL ? new_job (before, g_task_get_task_data (G_TASK (result)), error) : NULL;
}
