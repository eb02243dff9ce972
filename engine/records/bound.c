/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/bound.h"

#include <math.h>

#include "engine/bench/cost.h"
#include "engine/records/run-private.h"

#define FACT_PEAK   "peak flop/s"
#define FACT_DENSE  "dense flop/s"
#define FACT_MEMORY "memory byte/s"

static void
set_rate (MoeRun *run, const char *key, double rate)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  moe_run_set_fact (run, key, g_ascii_formatd (text, sizeof text, "%.4g", rate));
}

void
moe_run_set_limits (MoeRun *run, const MoeLimits *limits)
{
  set_rate (run, FACT_PEAK, limits->peak_flops_per_s);
  set_rate (run, FACT_DENSE, limits->calibration.flops_per_s);
  set_rate (run, FACT_MEMORY, limits->bytes_per_s);
}

/* Files can say anything: only a positive number is a rate. */
static gboolean
get_rate (const MoeRun *run, const char *key, double *rate)
{
  const char *text = moe_run_get_fact (run, key);
  char *end = NULL;
  if (text == NULL)
    return FALSE;
  *rate = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && isfinite (*rate) && *rate > 0;
}

gboolean
moe_run_get_limits (const MoeRun *run, MoeLimits *limits)
{
  *limits = (MoeLimits){ 0 };
  return get_rate (run, FACT_PEAK, &limits->peak_flops_per_s)
         && get_rate (run, FACT_DENSE, &limits->calibration.flops_per_s)
         && get_rate (run, FACT_MEMORY, &limits->bytes_per_s);
}

static gboolean
block_of (const MoeRecord *record, MoeBlock *block)
{
  int pass, dtype;
  if (!record->has_shape || record->pass == NULL || record->dtype == NULL
      || record->real_assignments <= 0 || !moe_name_parse (&moe_pass_names, record->pass, &pass)
      || !moe_name_parse (&moe_dtype_names, record->dtype, &dtype))
    return FALSE;
  *block = (MoeBlock){ .shape = record->shape, .pass = (MoePass)pass, .dtype = (MoeDtype)dtype };
  return TRUE;
}

/* What the roofline asks about a record. */
typedef struct Roof
{
  MoeLimits limits;
  MoeBlock block;
  double flops;
  size_t active_experts; /* as expected from even loads */
} Roof;

static gboolean
roof_of (const MoeRun *run, const MoeRecord *record, Roof *roof)
{
  roof->flops = moe_record_flops (record);
  if (isnan (roof->flops) || !moe_run_get_limits (run, &roof->limits)
      || !block_of (record, &roof->block))
    return FALSE;
  roof->active_experts = (size_t)moe_cost_active_experts ((double)roof->block.shape.experts,
                                                          (double)record->real_assignments);
  return TRUE;
}

double
moe_run_bound_tokens_per_s (const MoeRun *run, const MoeRecord *record)
{
  Roof roof;
  if (!roof_of (run, record, &roof))
    return NAN;
  return (double)roof.block.shape.tokens
         / moe_limits_least_time_s (&roof.limits, &roof.block, roof.flops, roof.active_experts);
}

MoeFloor
moe_run_floor (const MoeRun *run, const MoeRecord *record)
{
  Roof roof;
  if (!roof_of (run, record, &roof))
    return MOE_FLOOR_UNKNOWN;
  double bytes = moe_limits_least_bytes (&roof.block, roof.active_experts);
  if (roof.flops / roof.limits.peak_flops_per_s >= bytes / roof.limits.bytes_per_s)
    return MOE_FLOOR_COMPUTE;
  roof.block.shape.tokens = 0;
  double weights = moe_limits_least_bytes (&roof.block, roof.active_experts);
  return weights > 0.5 * bytes ? MOE_FLOOR_WEIGHTS : MOE_FLOOR_TOKENS;
}

double
moe_run_bound_share (const MoeRun *run, const MoeRecord *record)
{
  return record->tokens_per_s / moe_run_bound_tokens_per_s (run, record);
}
