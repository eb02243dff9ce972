/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge/bound.h"

#include <math.h>

#include "engine/draw/laws.h"
#include "engine/moe/flops.h"
#include "engine/records/rates.h"

#define FACT_PEAK   "peak flop/s"
#define FACT_DENSE  "dense flop/s"
#define FACT_READ   "memory read byte/s"
#define FACT_WRITE  "memory write byte/s"
#define FACT_MEMORY "memory byte/s" /* of older files: one rate for both */
#define FACT_ORIGIN "limits"

static void
set_rate (MoeRun *run, const char *key, double rate)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  moe_run_set_fact (run, key, g_ascii_formatd (text, sizeof text, "%.6g", rate));
}

void
moe_run_set_limits (MoeRun *run, const MoeLimits *limits)
{
  set_rate (run, FACT_PEAK, limits->peak_flops_per_s);
  set_rate (run, FACT_DENSE, limits->calibration.flops_per_s);
  set_rate (run, FACT_READ, limits->read_bytes_per_s);
  set_rate (run, FACT_WRITE, limits->write_bytes_per_s);
  if (moe_limits_is_disturbed (limits))
    moe_run_set_fact (run, FACT_ORIGIN, "measured while others used the processors");
}

/* Files can say anything: only a positive number is a rate. */
static gboolean
get_rate (const MoeRun *run, const char *key, double *rate)
{
  *rate = moe_run_get_real (run, key);
  return *rate > 0;
}

static gboolean
get_memory (const MoeRun *run, MoeLimits *limits)
{
  if (get_rate (run, FACT_READ, &limits->read_bytes_per_s)
      && get_rate (run, FACT_WRITE, &limits->write_bytes_per_s))
    return TRUE;
  gboolean old = get_rate (run, FACT_MEMORY, &limits->read_bytes_per_s);
  limits->write_bytes_per_s = limits->read_bytes_per_s;
  return old;
}

gboolean
moe_run_get_limits (const MoeRun *run, MoeLimits *limits)
{
  *limits = (MoeLimits){ 0 };
  return get_rate (run, FACT_PEAK, &limits->peak_flops_per_s)
         && get_rate (run, FACT_DENSE, &limits->calibration.flops_per_s)
         && get_memory (run, limits);
}

gboolean
moe_record_block (const MoeRecord *record, MoeBlock *block, gsize *active_experts)
{
  int pass, dtype, kind;
  if (!record->has_shape || record->real_assignments <= 0
      || !moe_record_get_choice (record, MOE_CHOICE_PASS, &pass)
      || !moe_record_get_choice (record, MOE_CHOICE_DTYPE, &dtype))
    return FALSE;
  *block = (MoeBlock){ .shape = record->shape,
                       .choice[MOE_CHOICE_PASS] = (guint8)pass,
                       .choice[MOE_CHOICE_DTYPE] = (guint8)dtype };
  if (moe_record_get_choice (record, MOE_CHOICE_NULL_KIND, &kind))
    block->choice[MOE_CHOICE_NULL_KIND] = (guint8)kind;
  /* Sources older than the count tell nothing of their loads: even ones are taken for them. */
  const MoeRoutingSpec even = { .experts = record->shape.experts, .topk = 1 };
  *active_experts = record->active_experts >= 0
                        ? (gsize)record->active_experts
                        : (gsize)moe_law_active_experts (&even, (double)record->real_assignments);
  return TRUE;
}

/* What the roofline asks about a record. */
typedef struct Work
{
  MoeBlock block;
  double flops;          /* that are computed */
  size_t active_experts; /* as told, or expected from even loads */
} Work;

/* Padding, remapped null slots and those of experts of zeros must be computed too, and so bound the
 * rate. */
static double
computed_rows (const MoeRecord *record)
{
  if (moe_record_is (record, MOE_CHOICE_NULL_DISPATCH, MOE_NULL_DISPATCH_REMAP)
      || moe_record_is (record, MOE_CHOICE_NULL_DISPATCH, MOE_NULL_DISPATCH_ZERO_EXPERT))
    return record->null_assignments >= 0
               ? (double)(record->real_assignments + record->null_assignments)
               : NAN;
  if (!moe_record_is_padded (record))
    return (double)record->real_assignments;
  return record->capacity >= 0 ? (double)record->shape.experts * (double)record->capacity : NAN;
}

/* FALSE when the record does not tell. */
static gboolean
work_of (const MoeRecord *record, Work *work)
{
  if (!moe_record_block (record, &work->block, &work->active_experts))
    return FALSE;
  work->flops =
      moe_flops (&work->block.shape, work->block.choice[MOE_CHOICE_PASS], computed_rows (record));
  return !isnan (work->flops);
}

double
moe_run_bound_tokens_per_s (const MoeRun *run, const MoeRecord *record)
{
  Work work;
  MoeLimits limits;
  if (!work_of (record, &work) || !moe_run_get_limits (run, &limits))
    return NAN;
  return (double)work.block.shape.tokens
         / moe_limits_least_time_s (&limits, &work.block, work.flops, work.active_experts);
}

MoeFloor
moe_run_floor (const MoeRun *run, const MoeRecord *record)
{
  Work work;
  MoeLimits limits;
  if (!work_of (record, &work) || !moe_run_get_limits (run, &limits))
    return MOE_FLOOR_UNKNOWN;
  MoeLeastBytes bytes = moe_limits_least_bytes (&work.block, work.active_experts);
  double read_s = bytes.read / limits.read_bytes_per_s;
  double write_s = bytes.written / limits.write_bytes_per_s;
  if (work.flops / limits.peak_flops_per_s >= fmax (read_s, write_s))
    return MOE_FLOOR_COMPUTE;
  work.block.shape.tokens = 0;
  MoeLeastBytes weights = moe_limits_least_bytes (&work.block, work.active_experts);
  double share = read_s >= write_s ? weights.read / bytes.read : weights.written / bytes.written;
  return share > 0.5 ? MOE_FLOOR_WEIGHTS : MOE_FLOOR_TOKENS;
}

MoeWeightsState
moe_run_weights_state (const MoeRun *run, const MoeRecord *record)
{
  const double cache_bytes = moe_run_get_real (run, "cache bytes");
  MoeBlock block;
  gsize active;
  if (!(cache_bytes > 0) || moe_run_get_fact (run, "device memory") != NULL
      || !moe_record_block (record, &block, &active))
    return MOE_WEIGHTS_UNKNOWN;
  block.shape.tokens = 0;
  block.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
  return moe_limits_least_bytes (&block, active).read >= 4 * cache_bytes ? MOE_WEIGHTS_COLD
                                                                         : MOE_WEIGHTS_WARM;
}

double
moe_record_bytes_per_s (const MoeRecord *record)
{
  MoeBlock block;
  gsize active;
  if (!(record->tokens_per_s > 0) || !moe_record_block (record, &block, &active))
    return NAN;
  const MoeLeastBytes bytes = moe_limits_least_bytes (&block, active);
  return (bytes.read + bytes.written) * record->tokens_per_s / (double)record->shape.tokens;
}

double
moe_run_bound_share (const MoeRun *run, const MoeRecord *record)
{
  return record->tokens_per_s / moe_run_bound_tokens_per_s (run, record);
}

static gboolean
raise_by (MoeLimits *limits, const MoeRecord *record)
{
  Work work;
  return record->tokens_per_s > 0 && work_of (record, &work)
         && moe_limits_raise (limits, &work.block, work.flops, work.active_experts,
                              (double)work.block.shape.tokens / record->tokens_per_s);
}

gboolean
moe_run_raise_limits (MoeRun *run, MoeLimits *limits)
{
  MoeLimits of_run;
  gboolean any = FALSE, raised = FALSE;
  if (!moe_run_get_limits (run, &of_run))
    return FALSE;
  *limits = of_run;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      any |= raise_by (&of_run, record);
      if (!moe_record_is_processor (record))
        raised |= raise_by (limits, record);
    }
  if (any)
    {
      moe_run_set_limits (run, &of_run);
      moe_run_set_fact (run, FACT_ORIGIN, "raised to what a point of this run reached");
    }
  return raised;
}
