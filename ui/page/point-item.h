/* SPDX-License-Identifier: Apache-2.0 */
/* One measured point as a row of the table. */
#pragma once

#include "ui/runs/run-item.h"
#include "ui/views/deltas.h"
#include "ui/words/work-unit.h"

G_BEGIN_DECLS

typedef enum NullcurvePointColumn
{
  NULLCURVE_POINT_COLUMN_RUN,
  NULLCURVE_POINT_COLUMN_SHAPE,
  NULLCURVE_POINT_COLUMN_TOPK,
  NULLCURVE_POINT_COLUMN_MODE,
  NULLCURVE_POINT_COLUMN_TARGET,
  NULLCURVE_POINT_COLUMN_SPEEDUP, /* beside the fraction that it is of */
  NULLCURVE_POINT_COLUMN_REALISED,
  NULLCURVE_POINT_COLUMN_RATE,
  NULLCURVE_POINT_COLUMN_SPREAD,
  NULLCURVE_POINT_COLUMN_DELTA, /* these against the baseline: per cent more tokens/s */
  NULLCURVE_POINT_COLUMN_DELTA_RANGE,
  NULLCURVE_POINT_COLUMN_VERDICT,
  NULLCURVE_POINT_COLUMN_P,
  NULLCURVE_POINT_COLUMN_N,
  NULLCURVE_POINT_COLUMN_TFLOPS,
  NULLCURVE_POINT_COLUMN_EFFICIENCY,
  NULLCURVE_POINT_COLUMN_BOUND, /* per cent of the roofline bound */
  NULLCURVE_POINT_COLUMN_SAMPLES,
  NULLCURVE_POINT_N_COLUMNS
} NullcurvePointColumn;

#define NULLCURVE_TYPE_POINT_ITEM (nullcurve_point_item_get_type ())
G_DECLARE_FINAL_TYPE (NullcurvePointItem, nullcurve_point_item, NULLCURVE, POINT_ITEM, GObject)

/* Signal "changed": its record has other values. */

NullcurvePointItem *nullcurve_point_item_new (NullcurveRunItem *run, gsize record);

/* Compare with a baseline from now on, or with none (NULL). */
void nullcurve_point_item_set_deltas (NullcurvePointItem *self, NullcurveDeltas *deltas);

/* Tell rates of work in a unit from now on: at first in TF/s. */
void nullcurve_point_item_set_work (NullcurvePointItem *self, MoeWorkUnit work);

/* The title of the column that the item is in, which says that unit. */
const char *nullcurve_point_item_title (NullcurvePointItem *self, NullcurvePointColumn column);

NullcurveRunItem *nullcurve_point_item_get_run (NullcurvePointItem *self);

/* Which of the run's records it is. */
gsize nullcurve_point_item_get_index (NullcurvePointItem *self);

/* What a cell shows; where nothing is known an en dash in columns of numbers, "" in those of words.
 * Owned by the caller. */
char *nullcurve_point_item_dup_text (NullcurvePointItem *self, NullcurvePointColumn column);

/* What a column is sorted by; NaN where nothing is known. */
double nullcurve_point_item_get_value (NullcurvePointItem *self, NullcurvePointColumn column);

/* Order of two rows in a column; what is unknown comes last.  By text in text columns. */
int nullcurve_point_item_compare (NullcurvePointItem *a,
                                  NullcurvePointItem *b,
                                  NullcurvePointColumn column);

/* A column's title, translated, and whether its cells are words. */
const char *nullcurve_point_column_title (NullcurvePointColumn column);
gboolean nullcurve_point_column_is_text (NullcurvePointColumn column);

G_END_DECLS
