/* SPDX-License-Identifier: Apache-2.0 */
/* Runs on disk (SPEC 5): Nullcurve CSV, logbook CSV, harness logs, and the journal that grows
 * while a run goes on.  Readers take hostile input: any bytes give a run or an error, never a
 * crash; errors name the line and the reason. */
#pragma once

#include <gio/gio.h>

#include "engine/formats/parts/faults.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Recognise and read text.  `name` is used as title and in messages.  On failure nothing is
 * returned and *error tells "NAME, line N: reason".
 *
 * Bounds: a file of more than MOE_FORMATS_MAX_BYTES and a table of more than MOE_FORMATS_MAX_ROWS
 * rows are refused; of a log or a journal the rows behind so many are left out, and noted.
 *
 * How strict: a row with a fault - a number that is not one, a value out of range, a wrong count of
 * fields - is skipped, counted in rows_skipped and noted with its line and reason, in tables as in
 * logs and journals; only when no row at all can be read is that an error, and a table whose header
 * has a fault is refused.  What a table has no value for it may call nan, NA or None, a whole
 * number may have a point, a row of empty fields is none, and a row that repeats a point is noted.
 * Other programs' names of columns (the harness's options, a shape in four columns) are understood
 * where there is no magic. What a log's other lines ("[random] ... load_stats ...") tell of a row
 * is added to it if they surely belong to it; a version of the harness that prints no RESULT lines
 * gives its rows by such lines alone.  Empty fields are missing values.  Rows that tell no null
 * mode are "independent" (logbook CSV and harness logs), those of a source without a word on nulls
 * f = 0. NUL bytes and text that is not UTF-8 cost the row that they stand in; they are refused in
 * journals.
 */
MoeRun *moe_formats_read_data (const char *data, gsize length, const char *name, GError **error);

/* The same from a file (blocking; call it off the main thread for large files). */
MoeRun *moe_formats_read_file (GFile *file, GCancellable *cancellable, GError **error);

/* Nullcurve CSV: "# key: value" lines, a header row, one row per record; the columns include
 * those of the logbook CSV by the same names.  What is written reads back to the same bytes.
 * Written as engine/files/output.h tells. */
gboolean moe_formats_write_csv (const MoeRun *run, GFile *file, GError **error);

/* Any text to any file, in the same manner. */
gboolean moe_formats_write_text (const GString *text, GFile *file, GError **error);

G_END_DECLS
