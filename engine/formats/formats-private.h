/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers and writers of engine/formats/formats.h share. */
#pragma once

#include "engine/formats/formats.h"
#include "engine/records/numbers.h"
#include "engine/records/run-private.h"

G_BEGIN_DECLS

#define MOE_CSV_MAGIC       "# nullcurve-csv:"
#define MOE_JOURNAL_MAGIC   "# nullcurve-journal:"
#define MOE_FORMATS_VERSION 1

/* --- faults.c: sentences about somebody else's text --- */

/* Up to 40 characters of `span`, valid UTF-8 without control characters, for messages. */
char *moe_fault_quote (MoeSpan span);

/* "NAME, line N: " and the sentence. */
void moe_fault_set (
    GError **error, MoeFormatsError code, const char *name, gsize line, const char *format, ...)
    G_GNUC_PRINTF (5, 6);

/* Text that must be clean (CSV, journal): no NUL bytes, valid UTF-8. */
gboolean moe_fault_check_text (MoeSpan text, const char *name, GError **error);

/* The number of a "# nullcurve-xxx: 1" line must be one that this program reads. */
gboolean
moe_fault_check_version (MoeSpan line, const char *magic, const char *name, GError **error);

/* --- lines.c: lines and the escapes that keep a value on one --- */

/* The next line without its end (LF, CRLF, or a CR at the end of the text); FALSE at the end of
 * the text.  `terminated` (optional): whether the line had its end. */
gboolean moe_lines_next (MoeSpan *rest, MoeSpan *line, gboolean *terminated);

/* Backslash, LF and CR (and, with `colon`, the colon) become \\, \n, \r and \:. */
void moe_lines_append_escaped (GString *text, const char *value, gboolean colon);
char *moe_lines_unescape (MoeSpan span);

/* "# key: value" lines: the title and the facts of a run, and back. */
void moe_lines_append_fact (GString *text, const char *key, const char *value);
void moe_lines_append_facts (GString *text, const MoeRun *run);
/* FALSE with *error when the line is not of that form or there are too many. */
gboolean
moe_lines_read_fact (MoeSpan line, MoeRun *run, const char *name, gsize number, GError **error);

/* --- columns.c: the fields of a record as text --- */

enum
{
  MOE_N_FIXED_COLUMNS = 64,
  MOE_N_COLUMNS = MOE_N_FIXED_COLUMNS + MOE_N_STAGES
};

typedef enum MoeColumnKind
{
  MOE_COLUMN_SHAPE,
  MOE_COLUMN_SHARED_DIM,
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
  MOE_COLUMN_DERIVED, /* follows from the samples: written, and only checked when read */
} MoeColumnKind;

typedef struct MoeColumn
{
  const char *name; /* CSV column and RESULT key */
  MoeColumnKind kind;
  gsize offset; /* of the field in MoeRecord; for DERIVED in MoeSpread, for TAKEN in MoeTaken */
  double min;   /* of a number, inclusive */
  double max;
  const char *range;     /* the same in words, after "must be" */
  const MoeNames *names; /* known values of a text; others are allowed */
  int decimals;          /* on a RESULT line; -1 when the line does not have this key */
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
} MoeRow;

void moe_row_init (MoeRow *row);
void moe_row_clear (MoeRow *row);
void moe_row_reset (MoeRow *row); /* ready for the next row */

/* Read one field.  Empty is missing.  NULL when all is well, else the reason for people, to stand
 * after column and value: "is not a number". */
const char *moe_row_read (MoeRow *row, const MoeColumn *column, MoeSpan field);

/* What concerns several fields at once; afterwards row->record is complete, its samples borrowed
 * from the row.  NULL or a whole reason. */
const char *moe_row_finish (MoeRow *row);

/* The header row and one row per record, each with its newline. */
void moe_columns_append_header (GString *text);
void moe_columns_append_row (GString *text, const MoeRecord *record);

/* --- csv-row.c: rows of RFC 4180 --- */

typedef struct MoeCsvReader
{
  MoeSpan rest;
  gsize line; /* of the row last read, from 1 */
  gsize next_line;
  GArray *fields;    /* MoeSpan, good until the next row */
  GPtrArray *pool;   /* fields that had to be unquoted */
  const char *fault; /* why the last call failed; NULL at the end of the text */
  gsize fault_line;
} MoeCsvReader;

void moe_csv_reader_init (MoeCsvReader *reader, MoeSpan text, gsize first_line);
void moe_csv_reader_clear (MoeCsvReader *reader);
/* Read the next row, blank lines left out. */
gboolean moe_csv_reader_next (MoeCsvReader *reader);
void moe_csv_append_field (GString *text, const char *value);

/* --- the readers, each for text without a BOM --- */

MoeRun *moe_csv_read (MoeSpan text, MoeRunFormat format, const char *name, GError **error);
/* Do these bytes start with a logbook CSV's header? */
gboolean moe_csv_is_logbook (MoeSpan text);
MoeRun *moe_harness_read (MoeSpan text, const char *name, GError **error);
MoeRun *moe_journal_read (MoeSpan text, const char *name, GError **error);

G_END_DECLS
