/* SPDX-License-Identifier: Apache-2.0 */
/* Nullcurve CSV and logbook CSV: one reader, since the first has the second's columns. */
#include "engine/formats/csv.h"

#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/parts/columns.h"
#include "engine/formats/parts/csv-row.h"
#include "engine/formats/parts/lines.h"
#include "engine/records/axes.h"
#include "engine/records/rates.h"
#include "engine/text/intern.h"

enum
{
  MAX_NAMED = 8, /* columns, in a sentence */
  N_DIMENSIONS = 4
};

/* Four columns that tell a shape where there is none of that name. */
static const char *const dimension_names[N_DIMENSIONS] = { "tokens", "hidden", "mlp_dim",
                                                           "experts" };

/* What others call a column: the harness's options, marin's tables. */
static const char *const aliases[][2] = {
  { "bench_pass", "pass" },
  { "comm", "ep_comm_path" },
  { "device", "accelerator" },
  { "ep", "ep_size" },
  { "implementation", "kernel" },
  { "null_route_frac", "null_target" },
  { "null_routing_mode", "null_mode" },
  { "pack", "routing_pack_strategy" },
  { "queue_mode", "mode" },
  { "remat", "remat_mode" },
};

/* What stands under one name of the header. */
typedef struct Cell
{
  const MoeColumn *column; /* NULL: it is one of the following, or not known */
  int dimension;           /* place among dimension_names, or -1 */
  gboolean parallel;       /* "EP8" */
} Cell;

/* The state of reading one file. */
typedef struct CsvFile
{
  MoeCsvReader reader;
  MoeRun *run;
  GArray *cells; /* Cell */
  MoeRow row;
  gint64 dimensions[N_DIMENSIONS]; /* of the row; 0: not told */
  char *fault;                     /* why the row is bad, for people, without a full stop */
  GHashTable *points;              /* const MoeRecord * of the run, by what makes one a repeat */
  gsize n_repeats;
  gsize first_repeat; /* its line */
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
  moe_fault_set (error, MOE_FORMATS_ERROR_INVALID, file->name, file->reader.fault_line, "%s.",
                 moe_words (file->reader.fault));
  return FALSE;
}

/* FALSE, with the reason in file->fault. */
G_GNUC_PRINTF (2, 3)
static gboolean
fault_row (CsvFile *file, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_free (file->fault);
  file->fault = g_strdup_vprintf (moe_words (format), args);
  va_end (args);
  return FALSE;
}

static const Cell *
get_cell (const CsvFile *file, guint index)
{
  return &g_array_index (file->cells, Cell, index);
}

static gboolean
is_foreign (const CsvFile *file)
{
  return moe_run_get_format (file->run) == MOE_RUN_FORMAT_LOGBOOK_CSV;
}

static gboolean
has_column (const CsvFile *file, const char *name)
{
  for (guint i = 0; i < file->cells->len; i++)
    {
      const MoeColumn *column = get_cell (file, i)->column;
      if (column != NULL && strcmp (column->name, name) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_dimensions (const CsvFile *file)
{
  guint told = 0;
  for (guint i = 0; i < file->cells->len; i++)
    if (get_cell (file, i)->dimension >= 0)
      told |= 1u << get_cell (file, i)->dimension;
  return told == (1u << N_DIMENSIONS) - 1;
}

/* Tables of f = 0 alone have no column for it; one without rates has at least the time. */
static gboolean
check_required (CsvFile *file, GError **error)
{
  if (!has_column (file, "shape") && !has_dimensions (file))
    return refuse (file, error, MOE_WORDS ("the header has no column “%s”."), "shape");
  if (!has_column (file, "topk"))
    return refuse (file, error, MOE_WORDS ("the header has no column “%s”."), "topk");
  if (!has_column (file, "tokens_per_s") && !has_column (file, "tflops")
      && !has_column (file, "time_s"))
    return refuse (file, error,
                   MOE_WORDS ("the header has neither a column “tokens_per_s” nor “tflops”."));
  if (!has_column (file, "null_target"))
    moe_run_note (file->run, "There is no column “null_target”: all rows count as f = 0.");
  return TRUE;
}

/* Without blanks, and without the hole that a copied file may have beside them. */
static MoeSpan
trim_cell (MoeSpan span)
{
  MoeSpan before;
  do
    {
      before = span = moe_span_trim (span);
      while (span.length > 0 && span.text[0] == '\0')
        span = moe_span (span.text + 1, span.length - 1);
      while (span.length > 0 && span.text[span.length - 1] == '\0')
        span.length--;
    }
  while (span.length < before.length);
  return span;
}

/* Of a later version, or of somebody's own: read over, and told. */
static void
note_unknown (const CsvFile *file)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gsize n = 0;
  for (guint i = 0; i < file->cells->len; i++)
    {
      const Cell *cell = get_cell (file, i);
      MoeSpan span = trim_cell (g_array_index (file->reader.fields, MoeSpan, i));
      /* A name that is empty is that of an index. */
      if (cell->column != NULL || cell->dimension >= 0 || cell->parallel || span.length == 0
          || n++ >= MAX_NAMED)
        continue;
      g_autofree char *name = moe_fault_quote (span);
      g_string_append_printf (names, "%s“%s”", n > 1 ? ", " : "", name);
    }
  if (n > MAX_NAMED)
    moe_run_note (file->run, "%zu columns are not known and are left out: %s, ...", n, names->str);
  else if (n > 0)
    moe_run_note (file->run, "Columns that are not known are left out: %s.", names->str);
}

static Cell
find_cell (const CsvFile *file, MoeSpan name)
{
  Cell cell = { .column = moe_column_find (name), .dimension = -1 };
  if (cell.column != NULL || !is_foreign (file))
    return cell;
  for (gsize i = 0; i < G_N_ELEMENTS (aliases); i++)
    if (moe_span_equal (name, aliases[i][0]))
      cell.column = moe_column_find (moe_span (aliases[i][1], strlen (aliases[i][1])));
  for (int i = 0; i < N_DIMENSIONS; i++)
    if (moe_span_equal (name, dimension_names[i]))
      cell.dimension = i;
  cell.parallel = moe_span_equal (name, "parallel");
  return cell;
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
      Cell cell = find_cell (file, trim_cell (g_array_index (file->reader.fields, MoeSpan, i)));
      if (cell.column != NULL && has_column (file, cell.column->name))
        return refuse (file, error, MOE_WORDS ("the column “%s” is there twice."),
                       cell.column->name);
      g_array_append_val (file->cells, cell);
    }
  note_unknown (file);
  return check_required (file, error);
}

/* What tables write where there is no value. */
static gboolean
is_missing (const MoeColumn *column, MoeSpan field)
{
  static const char *const words[] = { "nan", "NaN", "NAN",  "NA",   "N/A", "#N/A", "<NA>",
                                       "n/a", "na",  "null", "NULL", "nil", "None", "-" };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (moe_span_equal (field, words[i]))
      return TRUE;
  /* A name may well be none. */
  return column->kind != MOE_COLUMN_TEXT && moe_span_equal (field, "none");
}

/* Python and who counts write flags in ways of their own. */
static MoeSpan
flag_of (MoeSpan field)
{
  if (moe_span_equal (field, "1") || moe_span_equal (field, "True"))
    return moe_span ("true", 4);
  return moe_span_equal (field, "0") || moe_span_equal (field, "False") ? moe_span ("false", 5)
                                                                        : field;
}

/* "EP8": so many shards. */
static void
read_parallel (CsvFile *file, MoeSpan field)
{
  MoeSpan number;
  MoeRecord *record = &file->row.record;
  gboolean shards = moe_span_take_word (field, "EP", &number);
  if (!shards && !moe_span_equal (field, "none"))
    return;
  record->choice[MOE_CHOICE_PARALLEL_MODE] = moe_text_intern (
      moe_choice_name (MOE_CHOICE_PARALLEL_MODE, shards ? MOE_PARALLEL_EP : MOE_PARALLEL_NONE));
  if (shards && (!moe_number_parse_count (number, &record->ep_size) || record->ep_size < 1))
    record->ep_size = -1;
}

static gboolean
read_dimension (CsvFile *file, int dimension, MoeSpan field)
{
  static const gint64 most = G_GINT64_CONSTANT (1000000000000);
  gint64 *value = &file->dimensions[dimension];
  if (field.length == 0 || (moe_number_parse_whole (field, value) && *value >= 1 && *value <= most))
    return TRUE;
  g_autofree char *quote = moe_fault_quote (field);
  return fault_row (file, MOE_WORDS ("%s “%s” must be a whole number from 1 to 10^12"),
                    dimension_names[dimension], quote);
}

static gboolean
read_field (CsvFile *file, guint index)
{
  const Cell *cell = get_cell (file, index);
  const MoeColumn *column = cell->column;
  MoeSpan field = g_array_index (file->reader.fields, MoeSpan, index);
  /* Names typed by hand may have blanks around them; what this program wrote is kept as it is. */
  if (is_foreign (file))
    field = trim_cell (field);
  if (cell->dimension >= 0)
    return read_dimension (file, cell->dimension, field);
  if (cell->parallel)
    read_parallel (file, field);
  if (column == NULL || (is_foreign (file) && is_missing (column, field)))
    return TRUE;
  if (is_foreign (file) && strcmp (column->name, moe_choices[MOE_CHOICE_SHARED_FUSED].column) == 0)
    field = flag_of (field);
  const char *reason = moe_row_read (&file->row, column, field);
  if (reason == NULL)
    return TRUE;
  g_autofree char *quote = moe_fault_quote (field);
  return fault_row (file, MOE_WORDS ("%s “%s” %s"), column->name, quote, moe_words (reason));
}

static void
take_dimensions (CsvFile *file)
{
  const gint64 *told = file->dimensions;
  MoeRecord *record = &file->row.record;
  if (record->has_shape || MIN (MIN (told[0], told[1]), MIN (told[2], told[3])) < 1)
    return;
  record->has_shape = TRUE;
  record->shape = (MoeShape){ .tokens = (size_t)told[0],
                              .hidden = (size_t)told[1],
                              .mlp_dim = (size_t)told[2],
                              .experts = (size_t)told[3] };
}

/* What sources leave out since there was nothing else. */
static void
take_customs (CsvFile *file)
{
  MoeRecord *record = &file->row.record;
  if (is_foreign (file) && record->choice[MOE_CHOICE_NULL_MODE] == NULL)
    record->choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
  if (!has_column (file, "null_target"))
    record->null_target = 0;
  if (file->row.shared_dim <= 0 && is_foreign (file))
    record->choice[MOE_CHOICE_SHARED_FUSED] = NULL;
}

/* Read the fields into file->row; FALSE when the row is bad. */
static gboolean
read_fields (CsvFile *file)
{
  guint n = file->reader.fields->len;
  moe_row_reset (&file->row);
  memset (file->dimensions, 0, sizeof file->dimensions);
  if (n < file->cells->len)
    return fault_row (file,
                      n == 1 ? MOE_WORDS ("the row has %u field where the header has %u")
                             : MOE_WORDS ("the row has %u fields where the header has %u"),
                      n, file->cells->len);
  for (guint i = file->cells->len; i < n; i++)
    if (trim_cell (g_array_index (file->reader.fields, MoeSpan, i)).length > 0)
      return fault_row (file, MOE_WORDS ("the row has %u fields where the header has %u"), n,
                        file->cells->len);
  for (guint i = 0; i < file->cells->len; i++)
    if (!read_field (file, i))
      return FALSE;
  take_dimensions (file);
  take_customs (file);
  const char *reason = moe_row_finish (&file->row);
  return reason == NULL || fault_row (file, "%s", moe_words (reason));
}

static guint
hash_point (gconstpointer data)
{
  const MoeRecord *record = data;
  return moe_record_curve_hash (record) ^ (guint)moe_fraction_thousandths (record->null_target);
}

static gboolean
is_same_point (gconstpointer a, gconstpointer b)
{
  const MoeRecord *left = a, *right = b;
  return moe_fraction_equal (left->null_target, right->null_target)
         && moe_record_same_curve (left, right);
}

static void
add_row (CsvFile *file)
{
  gsize index = moe_run_append (file->run, &file->row.record);
  /* Earlier versions counted padding as work; the samples tell what is useful. */
  if (moe_record_is_padded (&file->row.record) && file->row.record.n_samples > 0)
    moe_run_refresh (file->run, index);
  moe_run_edit_summary (file->run)->rows_read++;
  if (g_hash_table_add (file->points, (gpointer)moe_run_get_record (file->run, index)))
    return;
  file->n_repeats++;
  if (file->first_repeat == 0)
    file->first_repeat = file->reader.line;
}

/* A row that cannot be read is told, and costs no other. */
static void
skip_row (CsvFile *file, gsize line)
{
  moe_run_note_skip (file->run, line, file->fault);
  moe_run_note (file->run, "Line %zu: %s; the row is skipped.", line, file->fault);
}

/* Remarks, and rows that a spreadsheet left empty. */
static gboolean
is_idle (const CsvFile *file)
{
  MoeSpan first = g_array_index (file->reader.fields, MoeSpan, 0);
  if (!is_foreign (file))
    return FALSE;
  for (guint i = 0; i < file->reader.fields->len; i++)
    if (trim_cell (g_array_index (file->reader.fields, MoeSpan, i)).length > 0)
      return first.length > 0 && first.text[0] == '#';
  return TRUE;
}

/* FALSE at the end of the text. */
static gboolean
read_row (CsvFile *file)
{
  if (moe_csv_reader_next (&file->reader))
    {
      if (is_idle (file))
        return TRUE;
      if (read_fields (file))
        add_row (file);
      else
        skip_row (file, file->reader.line);
      return TRUE;
    }
  if (file->reader.fault == NULL)
    return FALSE;
  fault_row (file, "%s", moe_words (file->reader.fault));
  skip_row (file, file->reader.fault_line);
  moe_csv_reader_skip_fault (&file->reader);
  return TRUE;
}

static void
note_repeats (const CsvFile *file)
{
  if (file->n_repeats == 1)
    moe_run_note (file->run, "Line %zu repeats the point of an earlier line; the first counts.",
                  file->first_repeat);
  else if (file->n_repeats > 1)
    moe_run_note (file->run,
                  "%zu lines repeat points of earlier ones, the first of them line %zu; the first "
                  "line of a point counts.",
                  file->n_repeats, file->first_repeat);
}

static gboolean
read_rows (CsvFile *file, GError **error)
{
  while (read_row (file))
    if (moe_run_get_n_records (file->run) > MOE_FORMATS_MAX_ROWS)
      {
        moe_fault_set (error, MOE_FORMATS_ERROR_LARGE, file->name, file->reader.line,
                       "there are more than %d rows, the most that are read.",
                       MOE_FORMATS_MAX_ROWS);
        return FALSE;
      }
  note_repeats (file);
  if (moe_run_get_n_records (file->run) > 0)
    return TRUE;
  const char *skip = moe_run_get_summary (file->run)->first_skip;
  if (skip != NULL)
    g_set_error (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_INVALID, "%s, %s.", file->name, skip);
  else
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
  if (!read_preamble (&text, &line_number, run, name, error))
    return NULL;

  CsvFile file = { .run = run,
                   .cells = g_array_new (FALSE, FALSE, sizeof (Cell)),
                   .points = g_hash_table_new (hash_point, is_same_point),
                   .name = name };
  moe_csv_reader_init (&file.reader, text, line_number);
  moe_row_init (&file.row);
  gboolean good = read_header (&file, error) && read_rows (&file, error);
  moe_row_clear (&file.row);
  moe_csv_reader_clear (&file.reader);
  g_hash_table_unref (file.points);
  g_array_unref (file.cells);
  g_free (file.fault);
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
    known += moe_column_find (trim_cell (g_array_index (reader.fields, MoeSpan, i))) != NULL;
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
