/* SPDX-License-Identifier: Apache-2.0 */
/* Which columns of the table of points have something to say, and what the others would say in
 * every row.  Values; main thread only. */
#pragma once

#include "ui/page/point-item.h"

G_BEGIN_DECLS

typedef struct NullcurveTableColumns
{
  char *first[NULLCURVE_POINT_N_COLUMNS]; /* what the first row says; NULL: there is none */
  gboolean differs[NULLCURVE_POINT_N_COLUMNS];
  gboolean many; /* there is more than one row */
  gboolean live; /* some of them were being measured at the last look */
} NullcurveTableColumns;

/* Look through all rows, a model of NullcurvePointItem. */
void nullcurve_table_columns_look (NullcurveTableColumns *self, GListModel *rows);

/* Some of the rows may have other values, but none came or went: look again at those of runs that
 * are being measured, and at all once none is any more.  What differed once does so until then, so
 * that no column comes and goes. */
void nullcurve_table_columns_look_again (NullcurveTableColumns *self, GListModel *rows);

/* The rows are compared with something else, or with nothing. */
void nullcurve_table_columns_look_compared (NullcurveTableColumns *self, GListModel *rows);

/* FALSE: it is empty, or the same in all rows.  The fraction and the rate are what a row is read
 * for, and what was measured is worth a column in a table of one row too. */
gboolean nullcurve_table_columns_tells (const NullcurveTableColumns *self,
                                        NullcurvePointColumn column);

/* What these columns would say in every row: "Same in all rows: Top-k 4 · Samples 5"; NULL: they
 * would say nothing, or not the same.  Owned by the caller. */
char *nullcurve_table_columns_dup_same (const NullcurveTableColumns *self,
                                        GListModel *rows,
                                        const gboolean columns[NULLCURVE_POINT_N_COLUMNS]);

void nullcurve_table_columns_clear (NullcurveTableColumns *self);

G_END_DECLS
