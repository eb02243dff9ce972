/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/dispatch.h"

#include <string.h>

size_t
moe_dispatch_rows (const MoeRouting *routing, MoeNullDispatch mode)
{
  return mode == MOE_NULL_DISPATCH_CARRY ? routing->tokens * routing->topk
                                         : routing->real_assignments;
}

/* offset[e] = first row of expert e, offset[experts] = all real rows. */
static void
count_offsets (const MoeRouting *routing, size_t *offset)
{
  const size_t experts = routing->experts;
  const size_t slots = routing->tokens * routing->topk;
  memset (offset, 0, (experts + 1) * sizeof *offset);
  for (size_t slot = 0; slot < slots; slot++)
    {
      size_t expert = (size_t)routing->topk_idx[slot];
      if (expert < experts)
        offset[expert + 1]++;
    }
  for (size_t expert = 0; expert < experts; expert++)
    offset[expert + 1] += offset[expert];
}

void
moe_dispatch_pack (const MoeRouting *routing, MoeNullDispatch mode, MoeDispatch *dispatch)
{
  const size_t experts = routing->experts;
  size_t *offset = dispatch->expert_offset;

  count_offsets (routing, offset);
  dispatch->real_rows = offset[experts];
  dispatch->rows = moe_dispatch_rows (routing, mode);

  /* offset[e] walks from the start of expert e to the start of expert e + 1, so that no second
   * array of cursors is needed; null rows, if they have any, follow the last expert. */
  size_t null_row = offset[experts];
  size_t slot = 0;
  for (size_t token = 0; token < routing->tokens; token++)
    for (size_t j = 0; j < routing->topk; j++, slot++)
      {
        size_t expert = (size_t)routing->topk_idx[slot];
        size_t row;
        if (expert < experts)
          row = offset[expert]++;
        else if (mode == MOE_NULL_DISPATCH_CARRY)
          row = null_row++;
        else
          {
            dispatch->slot_row[slot] = MOE_DISPATCH_NO_ROW;
            continue;
          }
        dispatch->row_token[row] = (uint32_t)token;
        dispatch->row_weight[row] = routing->topk_weights[slot];
        dispatch->slot_row[slot] = (uint32_t)row;
      }

  memmove (offset + 1, offset, experts * sizeof *offset);
  offset[0] = 0;
}
