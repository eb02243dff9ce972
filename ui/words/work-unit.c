/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/work-unit.h"

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
