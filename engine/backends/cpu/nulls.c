/* SPDX-License-Identifier: Apache-2.0 */
/* What null slots add to the tokens of this shard's own: p x or p v, and the gradients of that. */
#include "engine/backends/cpu/stages.h"

#include <string.h>

static bool
adds_constants (const MoeCpuShard *s)
{
  return s->block.choice[MOE_CHOICE_NULL_KIND] == MOE_NULL_KIND_CONSTANT;
}

static bool
adds_to (const MoeCpuShard *s, size_t token)
{
  return moe_weighs_nulls (s->block.choice) && s->routing->null_weights != NULL
         && token >= s->first_token && token < s->end_token;
}

/* The null expert of a slot; SIZE_MAX for a real one. */
static size_t
null_of (const MoeCpuShard *s, size_t slot)
{
  size_t id = (size_t)s->routing->topk_idx[slot];
  return id < s->routing->experts ? SIZE_MAX : id - s->routing->experts;
}

/* Slots that are copied are one row together: they add the sum of their weights times x. */
static float
copied_weight (const MoeCpuShard *s, size_t token)
{
  size_t k = s->routing->topk;
  float sum = 0;
  for (size_t slot = token * k; slot < (token + 1) * k; slot++)
    sum += s->routing->null_weights[slot];
  return sum;
}

size_t
moe_cpu_collect_nulls (const MoeCpuShard *s, MoeLane *lane, size_t token, size_t n)
{
  size_t k = s->routing->topk, H = s->shape.hidden;
  if (!adds_to (s, token))
    return n;
  if (!adds_constants (s))
    {
      lane->slot_weights[n] = copied_weight (s, token);
      lane->slot_rows[n] = moe_state_element (s, s->x, token * H);
      return n + (lane->slot_weights[n] > 0);
    }
  for (size_t slot = token * k; slot < (token + 1) * k; slot++)
    if (null_of (s, slot) != SIZE_MAX)
      {
        lane->slot_weights[n] = s->routing->null_weights[slot];
        lane->slot_rows[n++] = moe_state_element (s, s->nulls.v, null_of (s, slot) * H);
      }
  return n;
}

void
moe_cpu_accumulate_nulls (const MoeCpuShard *s, size_t token, float *sums, size_t first, size_t n)
{
  size_t k = s->routing->topk, H = s->shape.hidden;
  if (!adds_to (s, token))
    return;
  if (!adds_constants (s))
    {
      s->ops->accumulate (sums, moe_state_element (s, s->x, token * H + first),
                          copied_weight (s, token), n);
      return;
    }
  for (size_t slot = token * k; slot < (token + 1) * k; slot++)
    if (null_of (s, slot) != SIZE_MAX)
      s->ops->accumulate (sums, moe_state_element (s, s->nulls.v, null_of (s, slot) * H + first),
                          s->routing->null_weights[slot], n);
}

size_t
moe_cpu_collect_null_gradients (const MoeCpuShard *s, MoeLane *lane, size_t token, size_t n)
{
  size_t H = s->shape.hidden;
  float scale = (float)(2.0 / ((double)s->shape.tokens * (double)H));
  if (!adds_to (s, token) || adds_constants (s))
    return n;
  lane->slot_weights[n] = scale * copied_weight (s, token);
  lane->slot_rows[n] = moe_state_element (s, s->y, token * H);
  return n + 1;
}

bool
moe_cpu_has_null_gradients (const MoeCpuShard *s)
{
  return adds_constants (s) && s->block.shape.null_vectors > 0;
}

/* dv[e] = sum over the slots of null expert e of p dL/dy.  A thread owns columns, not vectors, so
 * that no two add to the same element and the order of the sums is always the same. */
void
moe_cpu_null_gradients (MoeCpuShard *s, const MoeTile *columns, MoeLane *lane)
{
  size_t k = s->routing->topk, H = s->shape.hidden, first = columns->first, n = columns->count;
  float scale = (float)(2.0 / ((double)s->shape.tokens * (double)H));
  size_t N = s->block.shape.null_vectors;
  for (size_t e = 0; e < N; e++)
    memset (s->nulls.sums + e * H + first, 0, n * sizeof (float));
  for (size_t slot = s->first_token * k; slot < s->end_token * k; slot++)
    if (null_of (s, slot) != SIZE_MAX)
      s->ops->accumulate (s->nulls.sums + null_of (s, slot) * H + first,
                          moe_state_element (s, s->y, slot / k * H + first),
                          scale * s->routing->null_weights[slot], n);
  for (size_t e = 0; e < N && s->nulls.dv != s->nulls.sums; e++)
    s->ops->from_float (moe_state_element (s, s->nulls.dv, e * H + first),
                        s->nulls.sums + e * H + first, n);
  moe_lane_mark (lane, MOE_STAGE_COMBINE_BWD);
}
