/* SPDX-License-Identifier: Apache-2.0 */
/* The curves of a set of runs: which records belong together, in which order, and what tells curves
 * apart. */
#pragma once

#include "engine/records/axes.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* The records of one run that differ in the null fraction only. */
typedef struct MoeCurve
{
  const MoeRun *run;
  const MoeRecord *first; /* says what they have in common */
  GPtrArray *records;     /* const MoeRecord *, by fraction; those without one are left out */
  GArray *indices;        /* of gsize, in parallel: where they stand in the run */
} MoeCurve;

/* Every curve of every run, in order of appearance (free function set). */
GPtrArray *moe_curves_collect (MoeRun *const *runs, gsize n_runs);

/* The curve's first record at a fraction that has a tokens/s, or NULL.  `own`: do not fall back
 * on the f = 0 row of another null mode. */
const MoeRecord *moe_curve_at (const MoeCurve *curve, double null_target, gboolean own);

/* The curve's records with tokens/s, each fraction once, in order; the f = 0 row of another null
 * mode stands in for a missing one.  const MoeRecord *; free with g_ptr_array_unref (). */
GPtrArray *moe_curve_points (const MoeCurve *curve);

/* What can tell curves apart besides shape and top-k: their run, then every axis. */
typedef enum MoeLabel
{
  MOE_LABEL_RUN,
  MOE_LABEL_FIRST_AXIS,
  MOE_LABEL_NULL_MODE = MOE_LABEL_FIRST_AXIS + (int)MOE_CHOICE_NULL_MODE,
  MOE_N_LABELS = MOE_LABEL_FIRST_AXIS + (int)MOE_N_AXES
} MoeLabel;

/* What is not the same in all curves. */
typedef struct MoeLabels
{
  gboolean shown[MOE_N_LABELS];
  gboolean several_shapes;
} MoeLabels;

/* Of the curves of `run`, or of all: NULL. */
void moe_labels_find (const GPtrArray *curves, const MoeRun *run, MoeLabels *labels);

/* "TPU v5p host, independent": the shown labels of a curve, `skip` (MOE_N_LABELS: none) left out;
 * "" when none are.  Free with g_free (). */
char *moe_labels_join (const MoeCurve *curve, const MoeLabels *labels, MoeLabel skip);

const char *moe_label_value (const MoeCurve *curve, MoeLabel label); /* NULL when missing */

/* Equal in every label, shape and top-k aside; `skip` is left out of it (MOE_N_LABELS: none). */
gboolean moe_labels_same (const MoeCurve *a, const MoeCurve *b, MoeLabel skip);

G_END_DECLS
