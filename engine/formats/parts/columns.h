/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of a record as text. */
#pragma once

#include "engine/records/numbers.h"
#include "engine/records/record.h"

G_BEGIN_DECLS

enum
{
  MOE_N_FIXED_COLUMNS = 61 + MOE_N_CHOICES,
  MOE_N_COLUMNS = MOE_N_FIXED_COLUMNS + MOE_N_STAGES
};

typedef enum MoeColumnKind
{
  MOE_COLUMN_SHAPE,
  MOE_COLUMN_SHARED_DIM,
  MOE_COLUMN_NULL_VECTORS,
  MOE_COLUMN_ZERO_EXPERTS,
  MOE_COLUMN_COUNT,
  MOE_COLUMN_REAL,
  MOE_COLUMN_TEXT,
  MOE_COLUMN_SAMPLES,
  MOE_COLUMN_TAKEN_ORDINAL, /* lists of what each sample tells of how it was taken: uint32_t, */
  MOE_COLUMN_TAKEN_COUNT,   /* int64_t, */
  MOE_COLUMN_TAKEN_REAL,    /* double */
  MOE_COLUMN_N_SAMPLES,
  MOE_COLUMN_N_USED,
  MOE_COLUMN_KEPT,
  MOE_COLUMN_DERIVED, /* follows from the samples: written, and only checked when read, ... */
  MOE_COLUMN_TIME,    /* ... this one makes rates where there are none */
} MoeColumnKind;

typedef struct MoeColumn
{
  const char *name; /* CSV column and RESULT key */
  MoeColumnKind kind;
  gsize offset; /* of the field in MoeRecord; for DERIVED and TIME in MoeSpread, for TAKEN in
                   MoeTaken */
  double min;   /* of a number, inclusive */
  double max;
  const char *range;       /* the same in words, after "must be" */
  const MoeNames *names;   /* known values of a text; others are allowed */
  gboolean told_by_result; /* a RESULT line has this key, ... */
  int decimals;            /* ... a real with so many */
} MoeColumn;

/* All columns in the order of the Nullcurve CSV.  Static storage. */
const MoeColumn *moe_columns (gsize *n);

/* NULL when there is no such column. */
const MoeColumn *moe_column_find (MoeSpan name);

/* A row while its fields are read. */
typedef struct MoeRow
{
  MoeRecord record;
  GArray *samples;   /* double */
  GArray *taken;     /* MoeTaken, as many as the longest of its lists has entries */
  gsize least_taken; /* entries of the shortest; G_MAXSIZE: there is no list */
  gboolean has_rounds;
  gint64 n_samples; /* as told by its own column; -1 when not told */
  gint64 shared_dim;
  gint64 null_vectors;
  gint64 zero_experts;
  double time_s; /* of a step, as told; NaN when not */
} MoeRow;

void moe_row_init (MoeRow *row);
void moe_row_clear (MoeRow *row);
void moe_row_reset (MoeRow *row); /* ready for the next row */

/* Read one field.  Empty is missing.  NULL when all is well, else the reason for people, to stand
 * after column and value: "is not a number". */
const char *moe_row_read (MoeRow *row, const MoeColumn *column, MoeSpan field);

/* What concerns several fields at once; afterwards row->record is complete, its samples borrowed
 * from the row, and rates that it lacks made of the time that was told.  NULL or a whole reason. */
const char *moe_row_finish (MoeRow *row);

/* The header row and one row per record, each with its newline. */
void moe_columns_append_header (GString *text);
void moe_columns_append_row (GString *text, const MoeRecord *record);

/* Add 1 to the count of each column that is not empty in the record's row. */
void moe_columns_count (const MoeRecord *record, gsize counts[MOE_N_COLUMNS]);

G_END_DECLS
