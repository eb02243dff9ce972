/* SPDX-License-Identifier: Apache-2.0 */
/* Private to engine/judge/compare*.c. */
#pragma once

#include "engine/judge/compare.h"
#include "engine/records/curves.h"

G_BEGIN_DECLS

typedef struct MoeSide
{
  GPtrArray *runs; /* MoeRun, references */
  char *name;
  GPtrArray *unmatched;          /* const MoeRecord * */
  GPtrArray *values[MOE_N_AXES]; /* different moe_record_identity (), in order of appearance */
  GPtrArray *told[MOE_N_AXES];   /* different moe_record_axis () */
  gboolean several_shapes;
  const MoeRecord *first; /* comparable */
} MoeSide;

struct MoeComparison
{
  MoeSide a;
  MoeSide b;
  gboolean is_key[MOE_N_AXES]; /* rows must agree in it */
  gboolean shape_is_key;
  GArray *pairs; /* MoePair */
  gsize n_repeats;
  gboolean is_cut;
  MoeJudged joint;
  GArray *guards; /* MoeGuard */
};

/* compare-guard.c: fill `guards`. */
void moe_compare_guard (MoeComparison *comparison);

G_END_DECLS
