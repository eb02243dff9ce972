/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge/rest.h"

#include <math.h>
#include <stdlib.h>

#include "engine/judge/bound.h"
#include "engine/judge/cost-model.h"
#include "engine/records/axes.h"
#include "engine/records/rates.h"

/* --- causes --- */

static MoeRestCause
cause_of_bytes (MoeRestCauseKind kind, double bytes, double time_s, double limit)
{
  double rate = time_s > 0 ? bytes / time_s : NAN;
  return (MoeRestCause){ .kind = bytes > 0 ? kind : MOE_REST_NONE,
                         .bytes = bytes,
                         .bytes_per_s = rate,
                         .share = rate / limit,
                         .count = NAN };
}

static MoeRestCause
cause_of_count (MoeRestCauseKind kind, double count)
{
  return (MoeRestCause){ .kind = isnan (count) ? MOE_REST_NONE : kind,
                         .bytes = NAN,
                         .bytes_per_s = NAN,
                         .share = NAN,
                         .count = count };
}

/* Rows of the fullest expert over the mean. */
static double
imbalance_of (const MoeRecord *record)
{
  double mean = (double)record->real_assignments / (double)record->shape.experts;
  return record->load_max > 0 && mean > 0 ? (double)record->load_max / mean : NAN;
}

/* What the kinds of work move; limits of 0 where the run tells none. */
static MoeRestCause
cause_of (const MoeRest *rest, MoeStageKind kind, double time_s)
{
  MoeLimits limits;
  MoeBlock block;
  gsize active;
  const MoeRecord *record = rest->record;
  if (moe_record_is_processor (record))
    return cause_of_count (MOE_REST_PROCESSOR, 1);
  if (kind == MOE_N_STAGE_KINDS || !moe_record_block (record, &block, &active))
    return cause_of_count (rest->has_stages ? MOE_REST_NONE : MOE_REST_FIXED, 1);
  moe_run_get_limits (rest->run, &limits);
  double element = (double)moe_dtype_bytes (block.choice[MOE_CHOICE_DTYPE]);
  double expert = 3.0 * (double)block.shape.hidden * (double)block.shape.mlp_dim * element;
  double rows = (double)block.shape.tokens * (double)block.shape.hidden * element;
  double read = limits.read_bytes_per_s > 0 ? limits.read_bytes_per_s : NAN;
  double write = limits.write_bytes_per_s > 0 ? limits.write_bytes_per_s : NAN;
  switch (kind)
    {
    case MOE_STAGE_KIND_FORWARD:
    case MOE_STAGE_KIND_DGRAD:
      return cause_of_bytes (MOE_REST_WEIGHTS, (double)active * expert, time_s, read);
    case MOE_STAGE_KIND_WGRAD:
      return cause_of_bytes (MOE_REST_GRADIENTS, (double)block.shape.experts * expert, time_s,
                             write);
    case MOE_STAGE_KIND_MOVE:
    case MOE_STAGE_KIND_MOVE_BWD:
      return cause_of_bytes (MOE_REST_TOKENS, rows, time_s, write);
    case MOE_STAGE_KIND_PACK:
      return cause_of_count (MOE_REST_SLOTS, record->topk > 0
                                                 ? (double)block.shape.tokens * (double)record->topk
                                                 : NAN);
    case MOE_STAGE_KIND_EXCHANGE:
    case MOE_STAGE_KIND_EXCHANGE_BWD:
      return cause_of_bytes (MOE_REST_EXCHANGE, record->comm_bytes, time_s, NAN);
    case MOE_STAGE_KIND_SHARED:
    case MOE_STAGE_KIND_SHARED_BWD:
      return cause_of_count (MOE_REST_SHARED, (double)block.shape.tokens);
    case MOE_STAGE_KIND_WAIT:
      return cause_of_count (MOE_REST_IMBALANCE, imbalance_of (record));
    default:
      return cause_of_count (MOE_REST_NONE, NAN);
    }
}

/* --- parts --- */

static double
half_width_s (const MoeRecord *record)
{
  MoeSpread rates;
  if (!moe_record_rate_spread (record, &rates) || rates.n < 2)
    return 0;
  return (record->has_shape ? (double)record->shape.tokens : 1)
         * (1 / rates.lower - 1 / rates.upper) / 2;
}

static void
add_part (MoeRest *rest, MoeStageKind kind, double at_0_s, double time_s, double excess_s)
{
  rest->parts[rest->n_parts++] =
      (MoeRestPart){ .kind = kind,
                     .at_0_s = at_0_s,
                     .time_s = time_s,
                     .excess_s = excess_s,
                     .sure = excess_s > rest->doubt_s && !moe_record_is_processor (rest->record),
                     .cause = cause_of (rest, kind, time_s) };
}

/* Both of them, or neither: a stage that only one record tells is part of what is left over. */
static void
find_parts (MoeRest *rest)
{
  double left = 1 - rest->realized, over_s = rest->excess_s;
  gboolean processor = moe_record_is_processor (rest->record);
  for (int i = 0; !processor && i < MOE_N_STAGE_KINDS; i++)
    {
      double before_s = moe_stage_kind_sum (rest->base->stage_s, (MoeStageKind)i);
      double after_s = moe_stage_kind_sum (rest->record->stage_s, (MoeStageKind)i);
      if (isnan (before_s) || isnan (after_s) || (before_s == 0 && after_s == 0))
        continue;
      rest->has_stages = TRUE;
      add_part (rest, (MoeStageKind)i, before_s, after_s, after_s - left * before_s);
      over_s -= after_s - left * before_s;
    }
  add_part (rest, MOE_N_STAGE_KINDS, NAN, NAN, over_s);
}

static int
compare_parts (const void *a, const void *b)
{
  const MoeRestPart *left = a, *right = b;
  return (left->excess_s < right->excess_s) - (left->excess_s > right->excess_s);
}

gboolean
moe_rest_find (const MoeRun *run, const MoeRecord *record, MoeRest *rest)
{
  const MoeRecord *base = moe_run_find_baseline (run, record);
  *rest = (MoeRest){ 0 };
  if (base == NULL || base == record || !(base->tokens_per_s > 0) || !(record->tokens_per_s > 0)
      || moe_record_is_processor (base) != moe_record_is_processor (record))
    return FALSE;
  *rest = (MoeRest){ .run = run,
                     .base = base,
                     .record = record,
                     .realized = moe_record_realized (record),
                     .base_s = moe_record_step_s (base),
                     .measured_s = moe_record_step_s (record) };
  rest->ideal_s = (1 - rest->realized) * rest->base_s;
  rest->excess_s = rest->measured_s - rest->ideal_s;
  rest->doubt_s = half_width_s (record) + (1 - rest->realized) * half_width_s (base);
  find_parts (rest);
  qsort (rest->parts, rest->n_parts, sizeof rest->parts[0], compare_parts);
  for (gsize i = 0; i < rest->n_parts; i++)
    rest->parts[i].share =
        rest->excess_s > rest->doubt_s ? rest->parts[i].excess_s / rest->excess_s : NAN;
  return TRUE;
}

double
moe_rest_weights_once_s (const MoeRest *rest)
{
  double lost_s = NAN;
  for (gsize i = 0; i < rest->n_parts; i++)
    {
      const MoeRestPart *part = &rest->parts[i];
      if (part->cause.kind != MOE_REST_WEIGHTS || !(part->cause.share > 0))
        continue;
      double read_s = part->cause.share * part->time_s;
      double least_s = MAX (read_s, (1 - rest->realized) * part->at_0_s);
      lost_s = (isnan (lost_s) ? 0 : lost_s) + MAX (part->time_s - least_s, 0);
    }
  return lost_s;
}
