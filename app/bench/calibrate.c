/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/calibrate.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>

#include "app/command-line/error.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"
#include "engine/host/environment.h"
#include "engine/host/machine-limits.h"
#include "engine/machine/forecast.h"
#include "engine/sweep/quantities.h"
#include "engine/threads/team.h"
#include "engine/threads/topology.h"

/* "2026-11-28 19:40, others used 0.1 of 2 processors" */
static char *
describe_circumstances (const MoeCircumstances *circumstances)
{
  g_autoptr (GDateTime) date =
      circumstances->date_s > 0 ? g_date_time_new_from_unix_local (circumstances->date_s) : NULL;
  g_autofree char *when =
      date != NULL ? g_date_time_format (date, "%Y-%m-%d %H:%M") : g_strdup (_ ("unknown"));
  g_autofree char *load =
      isnan (circumstances->others_busy)
          ? g_strdup ("")
          : g_strdup_printf (_ (", others used %.1f of %zu processors"), circumstances->others_busy,
                             moe_topology ()->processors);
  return g_strdup_printf ("%s%s%s", when, load, circumstances->disturbed ? _ (" (disturbed)") : "");
}

static void
append_row (GString *text, const MoeBackend *backend, const MoeLimits *limits)
{
  const double dense = limits->calibration.flops_per_s;
  g_autofree char *rate = moe_text_flop_rate (dense);
  g_autofree char *memory = g_strdup_printf ("%.1f GB/s", limits->read_bytes_per_s / 1e9);
  g_autofree char *how = describe_circumstances (&limits->calibration_circumstances);
  g_string_append_printf (text, "%-10s %13s %7.1f %% %12s  %s\n", backend->title, rate,
                          100 * dense / limits->peak_flops_per_s, memory, how);
}

GString *
nullcurve_bench_calibrate_table (const MoeBackend *const *backends,
                                 const MoeLimits *limits,
                                 const MoeError *errors,
                                 gsize n)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%-10s %13s %9s %12s  %s\n", _ ("backend"), _ ("dense matmul"),
                          _ ("of peak"), _ ("memory read"), _ ("measured"));
  for (gsize i = 0; i < n; i++)
    if (errors[i].status == MOE_OK)
      append_row (text, backends[i], &limits[i]);
    else
      g_string_append_printf (text, "%-10s %s\n", backends[i]->title, errors[i].message);
  return text;
}

static gboolean
is_any_disturbed (const MoeLimits *limits, const MoeError *errors, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (errors[i].status == MOE_OK && moe_limits_is_disturbed (&limits[i]))
      return TRUE;
  return FALSE;
}

static void
print_table (const MoeMeasureAsk *ask,
             const MoeBackend *const *backends,
             const MoeLimits *limits,
             const MoeError *errors,
             gsize n)
{
  GString *table = nullcurve_bench_calibrate_table (backends, limits, errors, n);
  nullcurve_bench_print (
      g_dngettext (NULL, "%s, %s, %zu thread\n", "%s, %s, %zu threads\n", ask->threads),
      moe_environment_cpu (), moe_choice_name (MOE_CHOICE_DTYPE, ask->dtype), ask->threads);
  nullcurve_bench_print_text (table->str);
  g_string_free (table, TRUE);
  if (is_any_disturbed (limits, errors, n))
    fputs (
        _ ("nullcurve-bench: Note: others used the processors; what was disturbed will be measured "
           "again at a quiet moment.\n"),
        stderr);
}

gboolean
nullcurve_bench_calibrate (const NullcurveBenchArgs *args, int *status, GError **error)
{
  const MoeBackend *backends[MOE_MAX_CONTENDERS];
  MoeLimits limits[MOE_MAX_CONTENDERS];
  MoeError errors[MOE_MAX_CONTENDERS], engine_error = { 0 };
  const MoeOptions *options = &args->options;
  MoeMeasureAsk ask = { .threads =
                            options->threads > 0 ? options->threads : moe_team_default_size (),
                        .dtype = options->choice[MOE_CHOICE_DTYPE],
                        .cancel = nullcurve_bench_signals_cancel () };
  gsize n = moe_machine_list (options->choice[MOE_CHOICE_DTYPE], backends, &engine_error);
  if (n == 0)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_FAILED, &engine_error);
  if (moe_forecast_require_threads (ask.threads, &engine_error) != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, &engine_error);
  nullcurve_bench_signals_watch ();
  if (moe_machine_calibrate (&ask, backends, n, TRUE, limits, errors) != MOE_OK)
    {
      *status = nullcurve_bench_signals_status ();
      return TRUE;
    }
  print_table (&ask, backends, limits, errors, n);
  *status = 0;
  return TRUE;
}
