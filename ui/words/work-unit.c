/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/work-unit.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/judge/bound.h"

MoeWorkUnit
moe_work_unit (double most)
{
  return most > 0 && most < 1 ? (MoeWorkUnit){ 1000, "GF/s" } : (MoeWorkUnit){ 1, "TF/s" };
}

static double
most_of_run (const MoeRun *run)
{
  double most = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    most = fmax (most, moe_run_get_record (run, i)->tflops);
  return most;
}

static double
most_of_machine (const MoeRun *run)
{
  MoeLimits limits;
  return moe_run_get_limits (run, &limits) ? limits.calibration.flops_per_s / 1e12 : 0;
}

MoeWorkUnit
moe_work_unit_of_runs (MoeRun *const *runs, gsize n_runs)
{
  double most = 0;
  for (gsize i = 0; i < n_runs; i++)
    most = fmax (most, most_of_run (runs[i]));
  for (gsize i = 0; most <= 0 && i < n_runs; i++)
    most = fmax (most, most_of_machine (runs[i]));
  return moe_work_unit (most);
}

const char *
moe_work_missing (MoeRun *const *runs, gsize n_runs)
{
  for (gsize i = 0; i < n_runs; i++)
    for (gsize k = 0; k < moe_run_get_n_records (runs[i]); k++)
      if (moe_record_is_processor (moe_run_get_record (runs[i], k)))
        return N_ ("Too few samples were undisturbed to tell TF/s.");
  return N_ ("These rows tell no TF/s.");
}
