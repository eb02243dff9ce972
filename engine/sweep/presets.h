/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes with a name, from data/presets.csv; Quick comes first.  Behind them workloads with a name:
 * the rows of data/real-loads.csv, whose routing is from there. */
#pragma once

#include "engine/options/options.h"

#include <glib.h>

G_BEGIN_DECLS

enum
{
  MOE_PRESETS_MAX_BYTES = 1 << 20 /* of a list that is read from a file */
};

/* The table of loads that is shipped, by the name that --routing-file takes for it. */
#define MOE_PRESETS_LOADS "real-loads.csv"

typedef struct MoePreset
{
  char *name;
  MoeShape shape;
  gsize topk;
  gsize null_experts;    /* beside the others in the top-k, as the router mode has it; 0: none */
  MoeNullKind null_kind; /* of those */
  gsize loads_row;       /* of MOE_PRESETS_LOADS, which routing comes from; 0: it is drawn */
  char *source;          /* where the shape was published; "" when it is our own */
} MoePreset;

/* The presets that ship with the program, as MoePreset *; shared, do not change. */
GPtrArray *moe_presets_get (void);

/* Read presets from CSV text with the columns name,tokens,hidden,mlp_dim,experts,topk,source
 * after a header row.  Experts are "60", or "512+256 copy" with null experts of a kind.  Rows that
 * are not complete are left out.  Caller owns the array. */
GPtrArray *moe_presets_parse (const char *text);

/* Append one for each row of a table of loads with the columns model, phase, tokens, topk, experts,
 * hidden, mlp_dim and source, among others.  Rows that are not complete are left out; a text
 * without these headings adds none. */
void moe_presets_add_loads (GPtrArray *presets, const char *text);

/* The preset with the shape of `options`, or NULL.  Of several, one whose null experts and top-k or
 * whose row of loads fit, then one without either whose top-k fits. */
const MoePreset *moe_presets_match (const MoeOptions *options);

/* What the window starts with: SPEC's defaults on a preset, narrowed to what one press of Run
 * should do (one implementation, one distribution, all fractions with f = 0). */
void moe_presets_init_options (MoeOptions *options);

/* Put shape and top-k of a preset into options, and its null experts: their number and kind, and
 * the router mode; and where its routing comes from.  One without them leaves those that options
 * have alone, unless they came from such a preset. */
void moe_presets_apply (const MoePreset *preset, MoeOptions *options);

G_END_DECLS
