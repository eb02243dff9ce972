/* SPDX-License-Identifier: Apache-2.0 */
/* Nullcurve CSV and logbook CSV: one reader, since the first has the second's columns. */
#include "engine/formats/csv.h"

#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/columns.h"
#include "engine/formats/csv-row.h"
#include "engine/formats/lines.h"
#include "engine/records/rates.h"

enum
{
  MAX_NAMED = 8 /* columns, in a sentence */
};

/* The state of reading one file. */
typedef struct CsvFile
{
  MoeCsvReader reader;
  MoeRun *run;
  GPtrArray *columns; /* const MoeColumn *, NULL for one that is not known */
  MoeRow row;
  const char *name;
} CsvFile;

/* FALSE, with a sentence about the row that was read last. */
G_GNUC_PRINTF (3, 4)
static gboolean
refuse (const CsvFile *file, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *sentence = g_strdup_vprintf (moe_words (format), args);
  va_end (args);
  moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, file->name, file->reader.line, "%s", sentence);
  return FALSE;
}

static gboolean
refuse_row_syntax (CsvFile *file, GError **error)
{
  moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, file->name, file->reader.fault_line, "%s",
                 file->reader.fault);
  return FALSE;
}

static gboolean
has_column (const CsvFile *file, const char *name)
{
  for (guint i = 0; i < file->columns->len; i++)
    {
      const MoeColumn *column = g_ptr_array_index (file->columns, i);
      if (column != NULL && strcmp (column->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_required (CsvFile *file, GError **error)
{
  static const char *const required[] = { "shape", "topk", "null_target" };
  for (gsize i = 0; i < G_N_ELEMENTS (required); i++)
    if (!has_column (file, required[i]))
      return refuse (file, error, MOE_WORDS ("the header has no column “%s”."), required[i]);
  if (!has_column (file, "tokens_per_s") && !has_column (file, "tflops"))
    return refuse (file, error,
                   MOE_WORDS ("the header has neither a column “tokens_per_s” nor “tflops”."));
  return TRUE;
}

/* Of a later version, or of somebody's own: read over, and told. */
static void
note_unknown (const CsvFile *file)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gsize n = 0;
  for (guint i = 0; i < file->columns->len; i++)
    {
      MoeSpan span = moe_span_trim (g_array_index (file->reader.fields, MoeSpan, i));
      if (g_ptr_array_index (file->columns, i) != NULL || n++ >= MAX_NAMED)
        continue;
      g_autofree char *name = moe_fault_quote (span);
      g_string_append_printf (names, "%s“%s”", n > 1 ? ", " : "", name);
    }
  if (n > MAX_NAMED)
    moe_run_note (file->run, "%zu columns are not known and are left out: %s, ...", n, names->str);
  else if (n > 0)
    moe_run_note (file->run, "Columns that are not known are left out: %s.", names->str);
}

static gboolean
read_header (CsvFile *file, GError **error)
{
  if (!moe_csv_reader_next (&file->reader))
    {
      if (file->reader.fault != NULL)
        return refuse_row_syntax (file, error);
      moe_fault_set (error, MOE_FORMATS_ERROR_EMPTY, file->name, file->reader.next_line,
                     "there is no header row.");
      return FALSE;
    }
  for (guint i = 0; i < file->reader.fields->len; i++)
    {
      MoeSpan name = moe_span_trim (g_array_index (file->reader.fields, MoeSpan, i));
      const MoeColumn *column = moe_column_find (name);
      if (column != NULL && has_column (file, column->name))
        return refuse (file, error, MOE_WORDS ("the column “%s” is there twice."), column->name);
      g_ptr_array_add (file->columns, (gpointer)column);
    }
  note_unknown (file);
  return check_required (file, error);
}

static gboolean
read_field (CsvFile *file, guint index, GError **error)
{
  const MoeColumn *column = g_ptr_array_index (file->columns, index);
  MoeSpan field = g_array_index (file->reader.fields, MoeSpan, index);
  if (column == NULL)
    return TRUE;
  /* Names typed by hand may have blanks around them; what this program wrote is kept as it is. */
  if (moe_run_get_format (file->run) == MOE_RUN_FORMAT_LOGBOOK_CSV)
    field = moe_span_trim (field);
  const char *reason = moe_row_read (&file->row, column, field);
  if (reason == NULL)
    return TRUE;
  g_autofree char *quote = moe_fault_quote (field);
  return refuse (file, error, MOE_WORDS ("%s “%s” %s."), column->name, quote, moe_words (reason));
}

static gboolean
read_row (CsvFile *file, GError **error)
{
  guint n = file->reader.fields->len;
  if (n != file->columns->len)
    return refuse (file, error, MOE_WORDS ("the row has %u fields where the header has %u."), n,
                   file->columns->len);
  if (moe_run_get_n_records (file->run) >= MOE_FORMATS_MAX_ROWS)
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_LARGE, file->name, file->reader.line,
                     "there are more than %d rows, the most that are read.", MOE_FORMATS_MAX_ROWS);
      return FALSE;
    }
  moe_row_reset (&file->row);
  for (guint i = 0; i < n; i++)
    if (!read_field (file, i, error))
      return FALSE;
  const char *reason = moe_row_finish (&file->row);
  if (reason != NULL)
    return refuse (file, error, "%s.", moe_words (reason));
  if (file->row.record.choice[MOE_CHOICE_NULL_MODE] == NULL
      && moe_run_get_format (file->run) == MOE_RUN_FORMAT_LOGBOOK_CSV)
    file->row.record.choice[MOE_CHOICE_NULL_MODE] = g_intern_static_string ("independent");
  gsize index = moe_run_append (file->run, &file->row.record);
  /* Earlier versions counted padding as work; the samples tell what is useful. */
  if (moe_record_is_padded (&file->row.record) && file->row.record.n_samples > 0)
    moe_run_refresh (file->run, index);
  moe_run_edit_summary (file->run)->rows_read++;
  return TRUE;
}

static gboolean
is_comment (const CsvFile *file)
{
  MoeSpan first = g_array_index (file->reader.fields, MoeSpan, 0);
  return moe_run_get_format (file->run) == MOE_RUN_FORMAT_LOGBOOK_CSV && first.length > 0
         && first.text[0] == '#';
}

static gboolean
read_rows (CsvFile *file, GError **error)
{
  while (moe_csv_reader_next (&file->reader))
    if (!is_comment (file) && !read_row (file, error))
      return FALSE;
  if (file->reader.fault != NULL)
    return refuse_row_syntax (file, error);
  if (moe_run_get_n_records (file->run) > 0)
    return TRUE;
  moe_fault_set (error, MOE_FORMATS_ERROR_EMPTY, file->name, file->reader.next_line,
                 "the file ends without a row of data.");
  return FALSE;
}

/* Take the lines in front of the header: facts in a Nullcurve CSV, else comments. */
static gboolean
read_preamble (MoeSpan *text, gsize *line_number, MoeRun *run, const char *name, GError **error)
{
  MoeSpan rest = *text, line;
  gboolean facts = moe_run_get_format (run) == MOE_RUN_FORMAT_NULLCURVE_CSV;
  while (moe_lines_next (&rest, &line, NULL))
    {
      MoeSpan trimmed = moe_span_trim (line);
      if (trimmed.length > 0 && line.text[0] != '#')
        break;
      if (facts && *line_number == 1)
        {
          if (!moe_fault_check_version (line, MOE_CSV_MAGIC, name, error))
            return FALSE;
        }
      else if (facts && trimmed.length > 0
               && !moe_lines_read_fact (line, run, name, *line_number, error))
        return FALSE;
      *text = rest;
      ++*line_number;
    }
  return TRUE;
}

MoeRun *
moe_csv_read (MoeSpan text, MoeRunFormat format, const char *name, GError **error)
{
  gsize line_number = 1;
  g_autoptr (MoeRun) run = moe_run_new (format, name);
  if (!moe_fault_check_text (text, name, error)
      || !read_preamble (&text, &line_number, run, name, error))
    return NULL;

  CsvFile file = { .run = run, .columns = g_ptr_array_new (), .name = name };
  moe_csv_reader_init (&file.reader, text, line_number);
  moe_row_init (&file.row);
  gboolean good = read_header (&file, error) && read_rows (&file, error);
  moe_row_clear (&file.row);
  moe_csv_reader_clear (&file.reader);
  g_ptr_array_unref (file.columns);
  return good ? g_steal_pointer (&run) : NULL;
}

gboolean
moe_csv_is_logbook (MoeSpan text)
{
  MoeSpan line;
  do
    if (!moe_lines_next (&text, &line, NULL))
      return FALSE;
  while (moe_span_trim (line).length == 0 || line.text[0] == '#');

  /* Two names that it knows make a header; what is missing from it is then worth a sentence. */
  gsize known = 0;
  MoeCsvReader reader;
  moe_csv_reader_init (&reader, line, 1);
  moe_csv_reader_next (&reader); /* when it fails, the fields before the fault count */
  for (guint i = 0; i < reader.fields->len; i++)
    known += moe_column_find (moe_span_trim (g_array_index (reader.fields, MoeSpan, i))) != NULL;
  moe_csv_reader_clear (&reader);
  return known >= 2;
}

GString *
moe_formats_to_csv (const MoeRun *run)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%s %d\n", MOE_CSV_MAGIC, MOE_FORMATS_VERSION);
  moe_lines_append_facts (text, run);
  moe_columns_append_header (text);
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    moe_columns_append_row (text, moe_run_get_record (run, i));
  return text;
}
