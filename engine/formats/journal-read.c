/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a journal, of whatever version; journal.c says what its lines are. */
#include "engine/formats/journal.h"

#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/formats/parts/columns.h"
#include "engine/formats/parts/csv-row.h"
#include "engine/formats/parts/lines.h"

typedef struct JournalFile
{
  const char *name;
  MoeRun *run;
  gsize line;
  GPtrArray *columns;  /* const MoeColumn * */
  GArray *stages;      /* int: the stages that samples tell, in that order; -1 one not known here */
  GHashTable *records; /* index in the journal + 1 -> index in the run + 1 */
  MoeRow row;
  gboolean ended;
  GArray *attempts;        /* Attempt: what the text tells of them, before it is read */
  gsize n_attempts;        /* of these, begun so far */
  gboolean gathering;      /* the last one's points are being told */
  GHashTable *attempts_of; /* index in the run + 1 -> number of its last attempt, from 1 on */
} JournalFile;

/* A point's number as a key of file->records; NULL when it cannot be read. */
static gpointer
take_key (MoeSpan *rest)
{
  gint64 index;
  if (!moe_number_parse_count (moe_span_take (rest, ' ', NULL), &index) || index > G_MAXINT32)
    return NULL;
  return GSIZE_TO_POINTER ((gsize)index + 1);
}

/* --- attempts --- */

/* Points that begin together, as those of a group do: their samples are paired round by round.
 *
 * A point that a resumed run begins again had samples before, which stand until all the attempt's
 * points are done.  If that never comes, as this run broke off too, both count: the later ones as
 * those of other starts and rounds, of which no pairs are made with the earlier ones.  So a chain
 * of runs that broke off loses nothing. */
typedef struct Attempt
{
  gsize n_points, n_done;
  gboolean whole;       /* all are done, or the run was complete */
  guint32 start, round; /* that its own starts and rounds follow on */
  gboolean placed;      /* these are known */
} Attempt;

typedef struct Search
{
  GArray *attempts;
  GHashTable *last; /* key of a point -> number of its last attempt, from 1 on */
  gboolean gathering;
} Search;

static gboolean
is_begin (MoeSpan line, MoeSpan *rest)
{
  return moe_span_take_word (line, "point ", rest) || moe_span_take_word (line, "again ", rest);
}

/* What may stand among the lines that begin points. */
static gboolean
is_aside (MoeSpan line)
{
  MoeSpan rest;
  return line.length == 0 || line.text[0] == '#' || moe_span_take_word (line, "columns ", &rest);
}

static Attempt *
get_attempt (GArray *attempts, gsize number)
{
  return &g_array_index (attempts, Attempt, number - 1);
}

static void
see_begin (Search *search, MoeSpan rest)
{
  gpointer key = take_key (&rest);
  if (!search->gathering)
    {
      Attempt none = { 0 };
      g_array_append_val (search->attempts, none);
    }
  get_attempt (search->attempts, search->attempts->len)->n_points++;
  if (key != NULL)
    g_hash_table_insert (search->last, key, GSIZE_TO_POINTER ((gsize)search->attempts->len));
}

static void
see_done (Search *search, MoeSpan rest)
{
  gpointer key = take_key (&rest);
  gsize number = key != NULL ? GPOINTER_TO_SIZE (g_hash_table_lookup (search->last, key)) : 0;
  if (number == 0)
    return;
  Attempt *attempt = get_attempt (search->attempts, number);
  attempt->whole = ++attempt->n_done >= attempt->n_points;
}

static void
see_line (Search *search, MoeSpan line)
{
  MoeSpan rest;
  gboolean begins = is_begin (line, &rest);
  if (begins)
    see_begin (search, rest);
  else if (moe_span_take_word (line, "done ", &rest))
    see_done (search, rest);
  else if (moe_span_equal (line, "end complete"))
    for (gsize i = 1; i <= search->attempts->len; i++)
      get_attempt (search->attempts, i)->whole = TRUE;
  search->gathering = begins || (search->gathering && is_aside (line));
}

/* Whether an attempt comes to its end, its beginning does not tell. */
static GArray *
find_attempts (MoeSpan text)
{
  Search search = { .attempts = g_array_new (FALSE, FALSE, sizeof (Attempt)),
                    .last = g_hash_table_new (NULL, NULL) };
  gboolean terminated;
  MoeSpan line;
  while (moe_lines_next (&text, &line, &terminated))
    if (terminated)
      see_line (&search, line);
  g_hash_table_unref (search.last);
  return search.attempts;
}

/* The same division of the text as find_attempts () made. */
static void
follow_attempts (JournalFile *file, MoeSpan line)
{
  MoeSpan rest;
  gboolean begins = is_begin (line, &rest);
  file->n_attempts += begins && !file->gathering;
  file->gathering = begins || (file->gathering && is_aside (line));
}

static void
join_attempt (JournalFile *file, gsize at)
{
  g_hash_table_insert (file->attempts_of, GSIZE_TO_POINTER (at + 1),
                       GSIZE_TO_POINTER (file->n_attempts));
}

/* Its first sample comes: where do its starts and rounds go on? */
static void
place_attempt (JournalFile *file, gpointer number, Attempt *attempt)
{
  GHashTableIter iter;
  gpointer key, of;
  attempt->placed = TRUE;
  g_hash_table_iter_init (&iter, file->attempts_of);
  while (g_hash_table_iter_next (&iter, &key, &of))
    if (of == number)
      moe_record_find_free_turn (moe_run_get_record (file->run, GPOINTER_TO_SIZE (key) - 1),
                                 &attempt->start, &attempt->round);
}

static const Attempt *
attempt_of (JournalFile *file, gsize at)
{
  gpointer number = g_hash_table_lookup (file->attempts_of, GSIZE_TO_POINTER (at + 1));
  Attempt *attempt = get_attempt (file->attempts, GPOINTER_TO_SIZE (number));
  if (!attempt->placed)
    place_attempt (file, number, attempt);
  return attempt;
}

/* --- lines --- */

/* Whose point was told before.  `unreadable` and `unknown` are the reasons when there is none. */
static const char *
take_known (
    JournalFile *file, MoeSpan *rest, const char *unreadable, const char *unknown, gsize *at)
{
  gpointer key = take_key (rest);
  gpointer found = key != NULL ? g_hash_table_lookup (file->records, key) : NULL;
  *at = GPOINTER_TO_SIZE (found) - 1;
  return key == NULL ? unreadable : found == NULL ? unknown : NULL;
}

/* Stages come and go with versions: a file's own columns say which its samples tell. */
static void
note_stage (JournalFile *file, MoeSpan name)
{
  int stage = -1;
  if (name.length < strlen ("stage_x_s") || memcmp (name.text, "stage_", 6) != 0
      || memcmp (name.text + name.length - 2, "_s", 2) != 0)
    return;
  for (int i = 0; i < MOE_N_STAGES; i++)
    if (moe_span_equal (moe_span (name.text + 6, name.length - 8),
                        moe_name_of (&moe_stage_names, i)))
      stage = i;
  g_array_append_val (file->stages, stage);
}

static const char *
read_columns (JournalFile *file, MoeSpan rest)
{
  g_ptr_array_set_size (file->columns, 0);
  g_array_set_size (file->stages, 0);
  while (rest.length > 0 && file->columns->len < MOE_N_COLUMNS * 4)
    {
      MoeSpan name = moe_span_take (&rest, ',', NULL);
      note_stage (file, name);
      g_ptr_array_add (file->columns, (gpointer)moe_column_find (name));
    }
  return NULL;
}

static const char *
read_row (JournalFile *file, MoeSpan escaped)
{
  const char *reason = NULL;
  g_autofree char *text = moe_lines_unescape (escaped);
  MoeCsvReader reader;
  moe_csv_reader_init (&reader, moe_span (text, strlen (text)), 1);
  moe_row_reset (&file->row);
  if (!moe_csv_reader_next (&reader) || reader.fields->len != file->columns->len)
    reason = MOE_WORDS ("the point's fields do not match the columns");
  for (guint i = 0; reason == NULL && i < file->columns->len; i++)
    {
      const MoeColumn *column = g_ptr_array_index (file->columns, i);
      if (column != NULL
          && moe_row_read (&file->row, column, g_array_index (reader.fields, MoeSpan, i)) != NULL)
        reason = MOE_WORDS ("a field of the point cannot be read");
    }
  moe_csv_reader_clear (&reader);
  return reason != NULL ? reason : moe_row_finish (&file->row);
}

static const char *
read_point (JournalFile *file, MoeSpan rest)
{
  gpointer key = take_key (&rest);
  if (key == NULL)
    return MOE_WORDS ("the point's number cannot be read");
  if (g_hash_table_contains (file->records, key))
    return MOE_WORDS ("the point is there already");
  if (moe_run_get_n_records (file->run) >= MOE_FORMATS_MAX_ROWS)
    return MOE_WORDS ("there are more points than are read");
  const char *reason = read_row (file, rest);
  if (reason != NULL)
    return reason;
  gsize added = moe_run_append (file->run, &file->row.record);
  join_attempt (file, added);
  g_hash_table_insert (file->records, key, GSIZE_TO_POINTER (added + 1));
  moe_run_edit_summary (file->run)->rows_read++;
  return NULL;
}

static gboolean
is_time (double time_s, double least)
{
  return time_s >= least && time_s <= 1e9;
}

static gboolean
read_stages (const JournalFile *file, MoeSpan rest, MoeStageTimes *stages)
{
  stages->comm_bytes = 0;
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    stages->time_s[i] = NAN;
  for (guint i = 0; i < file->stages->len; i++)
    {
      double time_s = NAN;
      int stage = g_array_index (file->stages, int, i);
      MoeSpan part = moe_span_take (&rest, ';', NULL);
      if (part.length > 0 && (!moe_number_parse_real (part, &time_s) || !is_time (time_s, 0)))
        return FALSE;
      if (stage >= 0)
        stages->time_s[stage] = time_s;
    }
  return rest.length == 0
         || (moe_number_parse_real (rest, &stages->comm_bytes) && stages->comm_bytes >= 0);
}

static gboolean
read_ordinal (MoeSpan part, uint32_t *value)
{
  gint64 count;
  if (!moe_number_parse_count (part, &count) || count > G_MAXUINT32)
    return FALSE;
  *value = (uint32_t)count;
  return TRUE;
}

/* Empty is missing. */
static gboolean
read_known (MoeSpan part, double most, double *value)
{
  return part.length == 0 || (moe_number_parse_real (part, value) && *value >= 0 && *value <= most);
}

/* The first version that told how samples were taken did not tell of others. */
static gboolean
read_taken (MoeSpan rest, MoeTaken *taken)
{
  MoeSpan switches;
  gsize separators = 0;
  for (gsize i = 0; i < rest.length; i++)
    separators += rest.text[i] == ';';
  if (separators != 6 && separators != 7)
    return FALSE;
  *taken = moe_taken_unknown ();
  if (!read_ordinal (moe_span_take (&rest, ';', NULL), &taken->start)
      || !read_ordinal (moe_span_take (&rest, ';', NULL), &taken->round)
      || !read_known (moe_span_take (&rest, ';', NULL), 1e9, &taken->cpu_s)
      || !read_known (moe_span_take (&rest, ';', NULL), 1e15, &taken->share)
      || !read_known (moe_span_take (&rest, ';', NULL), 1e9, &taken->stolen_s))
    return FALSE;
  switches = moe_span_take (&rest, ';', NULL);
  return (switches.length == 0 || moe_number_parse_count (switches, &taken->switches))
         && read_known (moe_span_take (&rest, ';', NULL), 1e9, &taken->anchor_s)
         && read_known (rest, 1e15, &taken->others);
}

/* The steps of a record's samples are told with each of them. */
static void
note_steps (JournalFile *file, gsize index, gint64 steps)
{
  MoeRecord record = *moe_run_get_record (file->run, index);
  if (record.steps >= 0)
    return;
  record.steps = steps;
  moe_run_replace (file->run, index, &record);
}

static const char *
read_sample (JournalFile *file, MoeSpan rest)
{
  gsize at;
  gint64 steps = -1;
  double time_s;
  MoeStageTimes stages;
  MoeTaken taken;
  const char *reason = take_known (file, &rest, MOE_WORDS ("the sample's point cannot be read"),
                                   MOE_WORDS ("the sample belongs to no point before it"), &at);
  if (reason != NULL)
    return reason;
  if (!moe_number_parse_real (moe_span_take (&rest, ' ', NULL), &time_s)
      || !is_time (time_s, 1e-12))
    return MOE_WORDS ("the sample's time cannot be read");
  MoeSpan stage_times = moe_span_take (&rest, ' ', NULL);
  gboolean has_stages = stage_times.length > 0;
  if (has_stages && !read_stages (file, stage_times, &stages))
    return MOE_WORDS ("the sample's stage times cannot be read");
  MoeSpan step_count = moe_span_take (&rest, ' ', NULL);
  if (step_count.length > 0 && (!moe_number_parse_count (step_count, &steps) || steps < 1))
    return MOE_WORDS ("the number of the sample's steps cannot be read");
  gboolean has_taken = rest.length > 0;
  if (has_taken && !read_taken (rest, &taken))
    return MOE_WORDS ("how the sample was taken cannot be read");
  if (steps > 0)
    note_steps (file, at, steps);
  const Attempt *attempt = attempt_of (file, at);
  moe_run_add_sample_at (file->run, at, time_s, has_stages ? &stages : NULL,
                         has_taken ? &taken : NULL, attempt->start, attempt->round);
  return NULL;
}

static const char *
read_check (JournalFile *file, MoeSpan rest)
{
  gsize at;
  const char *reason = take_known (file, &rest, MOE_WORDS ("the check's point cannot be read"),
                                   MOE_WORDS ("the check belongs to no point before it"), &at);
  if (reason != NULL)
    return reason;
  double loss = NAN, max_relative_error = NAN;
  MoeSpan first = moe_span_take (&rest, ' ', NULL);
  if ((first.length > 0 && !moe_number_parse_real (first, &loss))
      || !read_known (rest, G_MAXDOUBLE, &max_relative_error))
    return MOE_WORDS ("loss or reference error of the check cannot be read");
  moe_run_set_check (file->run, at, loss, max_relative_error);
  return NULL;
}

/* None of its samples count any more, nor what was found out of them. */
static void
forget_samples (MoeRun *run, gsize at)
{
  MoeRecord record = *moe_run_get_record (run, at);
  record.samples_s = NULL;
  record.taken = NULL;
  record.time_source = NULL;
  record.n_samples = 0;
  record.steps = -1;
  record.tokens_per_s = record.tflops = NAN;
  record.loss = record.max_relative_error = NAN;
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    record.stage_s[i] = NAN;
  moe_run_replace (run, at, &record);
}

static const char *
read_again (JournalFile *file, MoeSpan rest)
{
  gsize at;
  const char *reason = take_known (file, &rest, MOE_WORDS ("the point's number cannot be read"),
                                   MOE_WORDS ("no point of that number is before it"), &at);
  if (reason != NULL)
    return reason;
  if (get_attempt (file->attempts, file->n_attempts)->whole)
    forget_samples (file->run, at);
  join_attempt (file, at);
  return NULL;
}

static const char *
read_done (JournalFile *file, MoeSpan rest)
{
  gsize at;
  return take_known (file, &rest, MOE_WORDS ("the point's number cannot be read"),
                     MOE_WORDS ("no point of that number is before it"), &at);
}

static void
skip_line (JournalFile *file, const char *reason)
{
  moe_run_note_skip (file->run, file->line, moe_words (reason));
  moe_run_note (file->run, "Line %zu: %s; it is skipped.", file->line, moe_words (reason));
}

static void
read_event (JournalFile *file, MoeSpan line)
{
  MoeSpan rest;
  const char *reason = MOE_WORDS ("the line is not one of a run file");
  if (line.length == 0)
    return; /* written after a line that could not be written whole */
  file->ended = FALSE;
  follow_attempts (file, line);
  if (moe_span_take_word (line, "columns ", &rest))
    reason = read_columns (file, rest);
  else if (moe_span_take_word (line, "point ", &rest))
    reason = read_point (file, rest);
  else if (moe_span_take_word (line, "sample ", &rest))
    reason = read_sample (file, rest);
  else if (moe_span_take_word (line, "again ", &rest))
    reason = read_again (file, rest);
  else if (moe_span_take_word (line, "done ", &rest))
    reason = read_done (file, rest);
  else if (moe_span_take_word (line, "check ", &rest))
    reason = read_check (file, rest);
  else if (moe_span_take_word (line, "end ", &rest))
    {
      g_autofree char *state = moe_lines_unescape (rest);
      moe_run_set_fact (file->run, "state", state);
      file->ended = TRUE;
      return;
    }
  if (reason == NULL)
    return;
  skip_line (file, reason);
}

static gboolean
read_lines (JournalFile *file, MoeSpan text, GError **error)
{
  MoeSpan line;
  gboolean terminated;
  while (moe_lines_next (&text, &line, &terminated))
    {
      file->line++;
      if (!terminated)
        skip_line (file, MOE_WORDS ("the file is cut off in this line"));
      else if (file->line == 1)
        {
          if (!moe_fault_check_version (line, MOE_JOURNAL_MAGIC, file->name, error))
            return FALSE;
        }
      else if (line.length > 0 && line.text[0] == '#')
        {
          if (!moe_lines_read_fact (line, file->run, file->name, file->line, error))
            return FALSE;
        }
      else
        read_event (file, line);
    }
  return TRUE;
}

static gboolean
finish (JournalFile *file, GError **error)
{
  if (moe_run_get_n_records (file->run) == 0)
    {
      moe_fault_set (error, MOE_FORMATS_ERROR_EMPTY, file->name, file->line,
                     "the run file ends before its first point.");
      return FALSE;
    }
  for (gsize i = 0; i < moe_run_get_n_records (file->run); i++)
    moe_run_refresh (file->run, i);
  if (!file->ended)
    {
      moe_run_set_fact (file->run, "state", "interrupted");
      moe_run_note (file->run, "The run was interrupted; the samples up to then are complete.");
    }
  return TRUE;
}

/* A crash may leave half a character at the end, or (of the machine) a tail of zeros. */
static MoeSpan
drop_torn_end (MoeSpan text)
{
  const char *nul = memchr (text.text, '\0', text.length);
  gsize length = nul != NULL ? (gsize)(nul - text.text) : text.length;
  const char *valid_end;
  MoeSpan whole = moe_span (text.text, length);
  if (!g_utf8_validate_len (text.text, length, &valid_end)
      && memchr (valid_end, '\n', length - (gsize)(valid_end - text.text)) == NULL)
    whole.length = (gsize)(valid_end - text.text);
  return whole;
}

MoeRun *
moe_journal_read (MoeSpan text, const char *name, GError **error)
{
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_JOURNAL, name);
  text = drop_torn_end (text);
  if (!moe_fault_check_text (text, name, error))
    return NULL;
  JournalFile file = {
    .name = name,
    .run = run,
    .columns = g_ptr_array_new (),
    .stages = g_array_new (FALSE, FALSE, sizeof (int)),
    .records = g_hash_table_new (NULL, NULL),
    .attempts = find_attempts (text),
    .attempts_of = g_hash_table_new (NULL, NULL),
  };
  moe_row_init (&file.row);
  gboolean good = read_lines (&file, text, error) && finish (&file, error);
  moe_row_clear (&file.row);
  g_hash_table_unref (file.records);
  g_ptr_array_unref (file.columns);
  g_array_unref (file.stages);
  g_array_unref (file.attempts);
  g_hash_table_unref (file.attempts_of);
  return good ? g_steal_pointer (&run) : NULL;
}
