/* SPDX-License-Identifier: Apache-2.0 */
/* What a sweep goes along besides null fractions and top-k: one size of the shape, of which several
 * are listed.  Each is opened by itself, with memory of its own. */
#pragma once

#include "engine/options/table.h"

typedef enum MoeSweepAxis
{
  MOE_SWEEP_TOKENS,
  MOE_SWEEP_EXPERTS,
  MOE_N_SWEEPS
} MoeSweepAxis;

/* The options of an axis, "tokens" and "tokens-list", and where that size stands in a shape as it
 * is written, counted from 0. */
typedef struct MoeSweepAxisSpec
{
  const char *single;
  const char *list;
  size_t place;
} MoeSweepAxisSpec;

extern const MoeSweepAxisSpec moe_sweep_axes[MOE_N_SWEEPS];

/* The list of one axis; not empty: it wins over the single size. */
const MoeSizeList *moe_options_list_along (const MoeOptions *options, MoeSweepAxis axis);

/* That size of a shape, and a shape with another. */
size_t moe_shape_size_along (const MoeShape *shape, MoeSweepAxis axis);
MoeShape moe_shape_with_size (const MoeShape *shape, MoeSweepAxis axis, size_t size);

/* Is there a list? */
bool moe_options_has_sizes (const MoeOptions *options);

/* The axis whose sizes are listed: one at most, in valid options; else that of tokens. */
MoeSweepAxis moe_options_axis (const MoeOptions *options);

/* The sizes along it that the options ask for, in the order given, each once; returns how many. */
size_t moe_options_sizes (const MoeOptions *options, size_t sizes[MOE_OPTIONS_MAX_LIST]);

/* The same options for one of those alone. */
MoeOptions moe_options_of_size (const MoeOptions *options, size_t size);

/* List these sizes, and none along another axis. */
void moe_options_set_sizes (MoeOptions *options, MoeSweepAxis axis, const MoeSizeList *sizes);

/* Without any list: the single sizes count. */
void moe_options_clear_sizes (MoeOptions *options);

/* The option that sizes along an axis are given by, "tokens-list" or "tokens". */
const char *moe_options_size_option (const MoeOptions *options, MoeSweepAxis axis);
