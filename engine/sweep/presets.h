/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes with a name, from data/presets.csv; Quick comes first. */
#pragma once

#include "engine/options/options.h"

#include <glib.h>

G_BEGIN_DECLS

enum
{
  MOE_PRESETS_MAX_BYTES = 1 << 20 /* of a list that is read from a file */
};

typedef struct MoePreset
{
  char *name;
  MoeShape shape;
  gsize topk;
  gsize null_experts;    /* beside the others in the top-k, as the router mode has it; 0: none */
  MoeNullKind null_kind; /* of those */
  char *source;          /* where the shape was published; "" when it is our own */
} MoePreset;

/* The presets that ship with the program, as MoePreset *; shared, do not change. */
GPtrArray *moe_presets_get (void);

/* Read presets from CSV text with the columns name,tokens,hidden,mlp_dim,experts,topk,source
 * after a header row.  Experts are "60", or "512+256 copy" with null experts of a kind.  Rows that
 * are not complete are left out.  Caller owns the array. */
GPtrArray *moe_presets_parse (const char *text);

/* The preset with the shape of `options`, or NULL.  Of several, one whose null experts and top-k
 * fit, then one without null experts whose top-k fits. */
const MoePreset *moe_presets_match (const MoeOptions *options);

/* What the window starts with: SPEC's defaults on a preset, narrowed to what one press of Run
 * should do (one implementation, one distribution, all fractions with f = 0). */
void moe_presets_init_options (MoeOptions *options);

/* Put shape and top-k of a preset into options, and its null experts: their number and kind, and
 * the router mode.  One without them leaves those that options have alone, unless they came from
 * such a preset. */
void moe_presets_apply (const MoePreset *preset, MoeOptions *options);

G_END_DECLS
