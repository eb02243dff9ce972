/* SPDX-License-Identifier: Apache-2.0 */
/* Private to engine/records/compare*.c. */
#pragma once

#include "engine/records/compare.h"

G_BEGIN_DECLS

typedef struct MoeSide
{
  GPtrArray *runs; /* MoeRun, references */
  char *name;
  GPtrArray *unmatched;          /* const MoeRecord * */
  GPtrArray *values[MOE_N_AXES]; /* different moe_record_identity (), in order of appearance */
  GPtrArray *told[MOE_N_AXES];   /* different moe_record_axis () */
} MoeSide;

struct MoeComparison
{
  MoeSide a;
  MoeSide b;
  gboolean is_key[MOE_N_AXES]; /* rows must agree in it */
  GArray *pairs;               /* MoePair */
  gsize n_repeats;
  gsize n_left_out; /* pairs beyond the most that are kept */
  char **warnings;
  char *headline;
};

/* compare-guard.c */
char **moe_compare_warn (const MoeComparison *comparison);

/* compare-text.c */
char *moe_compare_headline (const MoeComparison *comparison);

G_END_DECLS
