/* SPDX-License-Identifier: Apache-2.0 */
/* In which order a list shows its runs, and under which headings.  The charts keep the list's own.
 */
#pragma once

#include "engine/moe/choices.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

typedef enum NullcurveRunSort
{
  NULLCURVE_RUN_SORT_LIST, /* as they came, or were moved */
  NULLCURVE_RUN_SORT_NAME,
  NULLCURVE_RUN_SORT_DATE, /* the latest first */
  NULLCURVE_RUN_SORT_GAIN, /* the largest first */
  NULLCURVE_N_RUN_SORTS
} NullcurveRunSort;

typedef enum NullcurveRunGroup
{
  NULLCURVE_RUN_GROUP_NONE,
  NULLCURVE_RUN_GROUP_SHAPE,
  NULLCURVE_RUN_GROUP_MACHINE,
  NULLCURVE_RUN_GROUP_DTYPE,
  NULLCURVE_N_RUN_GROUPS
} NullcurveRunGroup;

extern const MoeNames nullcurve_run_sort_names;  /* "list", "name", "date", "gain" */
extern const MoeNames nullcurve_run_group_names; /* "none", "shape", "machine", "dtype" */

/* What a run gains at its highest null fraction against f = 0, of several curves the one that
 * nullcurve_tiles_init () tells of; NaN: it has no two such rows. */
double nullcurve_run_gain (MoeRun *run);

/* The heading that it goes under; owned by the caller, NULL for no grouping. */
char *nullcurve_run_group_title (const MoeRun *run, NullcurveRunGroup group);

/* Which of two comes first: below 0, 0, above 0; by heading, then as sorted.  0 means: as they are.
 */
int nullcurve_run_compare (MoeRun *a,
                           double gain_a,
                           MoeRun *b,
                           double gain_b,
                           NullcurveRunGroup group,
                           NullcurveRunSort sort);

G_END_DECLS
