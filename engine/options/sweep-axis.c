/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/options/sweep-axis.h"

#include <stddef.h>

const MoeSweepAxisSpec moe_sweep_axes[MOE_N_SWEEPS] = {
  [MOE_SWEEP_TOKENS] = { "tokens", "tokens-list", 0 },
  [MOE_SWEEP_EXPERTS] = { "experts", "experts-list", 3 },
};

static const struct
{
  size_t size; /* in MoeShape */
  size_t list; /* in MoeOptions */
} fields[MOE_N_SWEEPS] = {
  [MOE_SWEEP_TOKENS] = { offsetof (MoeShape, tokens), offsetof (MoeOptions, tokens_list) },
  [MOE_SWEEP_EXPERTS] = { offsetof (MoeShape, experts), offsetof (MoeOptions, experts_list) },
};

static MoeSizeList *
list_along (MoeOptions *options, MoeSweepAxis axis)
{
  return (MoeSizeList *)((char *)options + fields[axis].list);
}

const MoeSizeList *
moe_options_list_along (const MoeOptions *options, MoeSweepAxis axis)
{
  return (const MoeSizeList *)((const char *)options + fields[axis].list);
}

size_t
moe_shape_size_along (const MoeShape *shape, MoeSweepAxis axis)
{
  return *(const size_t *)((const char *)shape + fields[axis].size);
}

MoeShape
moe_shape_with_size (const MoeShape *shape, MoeSweepAxis axis, size_t size)
{
  MoeShape other = *shape;
  *(size_t *)((char *)&other + fields[axis].size) = size;
  return other;
}

bool
moe_options_has_sizes (const MoeOptions *options)
{
  return moe_options_list_along (options, moe_options_axis (options))->n > 0;
}

MoeSweepAxis
moe_options_axis (const MoeOptions *options)
{
  for (int axis = 0; axis < MOE_N_SWEEPS; axis++)
    if (moe_options_list_along (options, (MoeSweepAxis)axis)->n > 0)
      return (MoeSweepAxis)axis;
  return MOE_SWEEP_TOKENS;
}

size_t
moe_options_sizes (const MoeOptions *options, size_t sizes[MOE_OPTIONS_MAX_LIST])
{
  const MoeSweepAxis axis = moe_options_axis (options);
  return moe_size_list_distinct (moe_options_list_along (options, axis),
                                 moe_shape_size_along (&options->shape, axis), sizes);
}

MoeOptions
moe_options_of_size (const MoeOptions *options, size_t size)
{
  const MoeSweepAxis axis = moe_options_axis (options);
  MoeOptions one = *options;
  one.shape = moe_shape_with_size (&one.shape, axis, size);
  if (moe_options_has_sizes (options))
    *list_along (&one, axis) = (MoeSizeList){ { size }, 1 };
  return one;
}

void
moe_options_set_sizes (MoeOptions *options, MoeSweepAxis axis, const MoeSizeList *sizes)
{
  moe_options_clear_sizes (options);
  *list_along (options, axis) = *sizes;
}

void
moe_options_clear_sizes (MoeOptions *options)
{
  for (int axis = 0; axis < MOE_N_SWEEPS; axis++)
    list_along (options, (MoeSweepAxis)axis)->n = 0;
}

const char *
moe_options_size_option (const MoeOptions *options, MoeSweepAxis axis)
{
  return moe_options_list_along (options, axis)->n > 0 ? moe_sweep_axes[axis].list
                                                       : moe_sweep_axes[axis].single;
}
