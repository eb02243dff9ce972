/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/record.h"

#include <math.h>
#include <string.h>

#include "engine/draw/given.h"
#include "engine/text/intern.h"

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
    .skew = { NAN, -1, NAN, NULL, -1 },
    .runs = -1,
    .run_mean = NAN,
    .run_p95 = NAN,
    .run_max = -1,
    .active_experts = -1,
    .load_min = -1,
    .load_max = -1,
    .load_std = NAN,
    .balance = { NAN, NAN, NAN, { NAN, NAN, NAN }, -1 },
    .loss = NAN,
    .max_relative_error = NAN,
  };
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    record->stage_s[i] = NAN;
}

gboolean
moe_record_get_choice (const MoeRecord *record, MoeChoice choice, int *value)
{
  return record->choice[choice] != NULL
         && moe_name_parse (&moe_choices[choice].names, record->choice[choice], value);
}

gboolean
moe_record_is (const MoeRecord *record, MoeChoice choice, int value)
{
  return g_strcmp0 (record->choice[choice], moe_choice_name (choice, value)) == 0;
}

static int
value_of (const MoePoint *point, MoeChoice choice)
{
  if (choice == MOE_CHOICE_NULL_MODE)
    return (int)point->routing.null_mode;
  if (choice == MOE_CHOICE_DISTRIBUTION)
    return (int)point->routing.distribution;
  if (choice == MOE_CHOICE_NULL_GRANULARITY)
    return (int)point->routing.null_granularity;
  if (choice == MOE_CHOICE_NULL_TOKENS)
    return (int)point->routing.null_tokens;
  return point->block.choice[choice];
}

static void
name_choices (MoeRecord *record, const MoePoint *point, const char *accelerator)
{
  for (MoeChoice c = 0; c < MOE_N_CHOICES; c++)
    record->choice[c] = moe_text_intern (moe_choice_name (c, value_of (point, c)));
  record->choice[MOE_CHOICE_ACCELERATOR] = moe_text_intern (accelerator);
  if (point->block.shape.shared_dim == 0)
    record->choice[MOE_CHOICE_SHARED_FUSED] = NULL;
}

static void
take_routing (MoeRecord *record, const MoePointFacts *facts)
{
  const MoeRunLengths *lengths = &facts->run_lengths;
  record->active_experts = (gint64)facts->active_experts;
  record->load_min = (gint64)facts->expert_load_min;
  record->load_max = (gint64)facts->expert_load_max;
  record->load_std = facts->expert_load_std;
  record->balance.p25 = facts->expert_load_p25;
  record->balance.p50 = facts->expert_load_p50;
  record->balance.p75 = facts->expert_load_p75;
  memcpy (record->balance.tile_share, facts->tile_share, sizeof facts->tile_share);
  if (facts->shard_load_max > 0)
    record->balance.shard_load_max = (gint64)facts->shard_load_max;
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
  name_choices (record, point, accelerator);
  record->has_shape = TRUE;
  record->shape = block->shape;
  record->topk = (gint64)block->topk;
  record->null_target = point->routing.null_target;
  record->null_realized = facts->null_realized;
  record->null_assignments = (gint64)facts->null_assignments;
  record->real_assignments = (gint64)facts->real_assignments;
  if (block->choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_NONE)
    {
      record->capacity = (gint64)block->capacity;
      record->capacity_factor = facts->capacity_factor > 0 ? facts->capacity_factor : NAN;
    }
  if (block->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_EP)
    record->ep_size = (gint64)block->ep_size;
  if (point->routing.distribution == MOE_DISTRIBUTION_RUNS)
    {
      record->run_alpha = point->routing.run_alpha;
      record->run_noise_scale = point->routing.run_noise_scale;
    }
  if (point->routing.distribution == MOE_DISTRIBUTION_ZIPF)
    record->skew.zipf_exponent = point->routing.zipf_exponent;
  if (moe_distribution_is_given (point->routing.distribution) && point->routing.given != NULL)
    record->skew.file = moe_text_intern (point->routing.given->name);
  if (point->routing.distribution == MOE_DISTRIBUTION_HOT)
    {
      record->skew.hot_experts = (gint64)point->routing.hot_experts;
      record->skew.hot_share = point->routing.hot_share;
    }
  if (point->routing.k_rule == MOE_K_RULE_TOKEN_ROUNDING)
    record->skew.tile = (gint64)point->routing.tile;
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

void
moe_record_find_free_turn (const MoeRecord *record, guint32 *start, guint32 *round)
{
  if (record->n_samples > 0 && record->taken == NULL)
    {
      *start = MAX (*start, 1);
      *round = MAX (*round, (guint32)MIN (record->n_samples, G_MAXUINT32));
    }
  for (gsize i = 0; record->taken != NULL && i < record->n_samples; i++)
    {
      *start = MAX (*start, MIN (record->taken[i].start, G_MAXUINT32 - 1) + 1);
      *round = MAX (*round, MIN (record->taken[i].round, G_MAXUINT32 - 1) + 1);
    }
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
