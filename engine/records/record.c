/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/record.h"

#include <math.h>

void
moe_record_init (MoeRecord *record)
{
  *record = (MoeRecord){
    .topk = -1,
    .null_target = NAN,
    .null_realized = NAN,
    .null_assignments = -1,
    .real_assignments = -1,
    .steps = -1,
    .tflops = NAN,
    .tokens_per_s = NAN,
    .capacity_factor = NAN,
    .capacity = -1,
    .dropped_assignments = -1,
    .ep_size = -1,
    .comm_bytes = NAN,
    .run_alpha = NAN,
    .run_noise_scale = NAN,
    .runs = -1,
    .run_mean = NAN,
    .run_p95 = NAN,
    .run_max = -1,
    .load_min = -1,
    .load_max = -1,
    .load_std = NAN,
    .load_p25 = NAN,
    .load_p50 = NAN,
    .load_p75 = NAN,
    .loss = NAN,
    .max_relative_error = NAN,
  };
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    record->stage_s[i] = NAN;
}

static const char *
interned_name (const MoeNames *names, int value)
{
  return g_intern_string (moe_name_of (names, value));
}

static void
name_choices (MoeRecord *record, const MoePoint *point)
{
  const MoeBlock *block = &point->block;
  record->null_mode = interned_name (&moe_null_mode_names, (int)point->routing.null_mode);
  record->distribution = interned_name (&moe_distribution_names, (int)point->routing.distribution);
  record->mode = interned_name (&moe_queue_mode_names, (int)block->queue_mode);
  record->pass = interned_name (&moe_pass_names, (int)block->pass);
  record->impl = interned_name (&moe_impl_names, (int)block->impl);
  record->backend = interned_name (&moe_grouping_names, (int)block->grouping);
  record->dtype = interned_name (&moe_dtype_names, (int)block->dtype);
  record->null_dispatch = interned_name (&moe_null_dispatch_names, (int)block->null_dispatch);
  record->remat_mode = interned_name (&moe_remat_mode_names, (int)block->remat_mode);
  record->pack_strategy = interned_name (&moe_pack_strategy_names, (int)block->pack_strategy);
  record->permute_mode = interned_name (&moe_permute_mode_names, (int)block->permute_mode);
  record->capacity_policy = interned_name (&moe_capacity_policy_names, (int)block->capacity_policy);
  record->parallel_mode = interned_name (&moe_parallel_mode_names, (int)block->parallel_mode);
  record->ep_comm_path = interned_name (&moe_ep_comm_path_names, (int)block->ep_comm_path);
  if (block->shape.shared_dim > 0)
    record->shared_fused = g_intern_static_string (block->shared_fused ? "true" : "false");
}

static void
take_routing (MoeRecord *record, const MoePointFacts *facts)
{
  const MoeRunLengths *lengths = &facts->run_lengths;
  record->load_min = (gint64)facts->expert_load_min;
  record->load_max = (gint64)facts->expert_load_max;
  record->load_std = facts->expert_load_std;
  record->load_p25 = facts->expert_load_p25;
  record->load_p50 = facts->expert_load_p50;
  record->load_p75 = facts->expert_load_p75;
  record->n_kept = facts->n_kept;
  for (gsize i = 0; i < facts->n_kept; i++)
    record->kept[i] = (gint64)facts->kept[i];
  if (record->capacity >= 0)
    record->dropped_assignments = (gint64)facts->dropped_assignments;
  if (lengths->runs == 0)
    return;
  record->runs = (gint64)lengths->runs;
  record->run_mean = lengths->mean;
  record->run_p95 = lengths->p95;
  record->run_max = (gint64)lengths->max;
}

void
moe_record_from_point (MoeRecord *record,
                       const MoePoint *point,
                       const MoePointFacts *facts,
                       const char *accelerator)
{
  const MoeBlock *block = &point->block;
  moe_record_init (record);
  name_choices (record, point);
  record->accelerator = g_intern_string (accelerator);
  record->has_shape = TRUE;
  record->shape = block->shape;
  record->topk = (gint64)block->topk;
  record->null_target = point->routing.null_target;
  record->null_realized = facts->null_realized;
  record->null_assignments = (gint64)facts->null_assignments;
  record->real_assignments = (gint64)facts->real_assignments;
  if (block->capacity_policy != MOE_CAPACITY_NONE)
    {
      record->capacity = (gint64)block->capacity;
      record->capacity_factor = facts->capacity_factor > 0 ? facts->capacity_factor : NAN;
    }
  if (block->parallel_mode == MOE_PARALLEL_EP)
    record->ep_size = (gint64)block->ep_size;
  if (point->routing.distribution == MOE_DISTRIBUTION_RUNS)
    {
      record->run_alpha = point->routing.run_alpha;
      record->run_noise_scale = point->routing.run_noise_scale;
    }
  if (facts->real_assignments != SIZE_MAX)
    take_routing (record, facts);
}

gboolean
moe_record_is_processor (const MoeRecord *record)
{
  return g_strcmp0 (record->time_source, "processor") == 0;
}

double
moe_record_realized (const MoeRecord *record)
{
  return isnan (record->null_realized) ? record->null_target : record->null_realized;
}

gint64
moe_fraction_thousandths (double fraction)
{
  return isnan (fraction) ? -1 : llround (1000 * fraction);
}

gboolean
moe_fraction_equal (double a, double b)
{
  return !isnan (a) && moe_fraction_thousandths (a) == moe_fraction_thousandths (b);
}
