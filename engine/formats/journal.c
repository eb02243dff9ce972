/* SPDX-License-Identifier: Apache-2.0 */
/* The journal of a run that goes on.  Every event is one line, written whole with one write ():
 *
 *     # nullcurve-journal: 1
 *     # title: ...                     and the other facts
 *     columns shape,topk,...           of the points and, by the names of stages, of the samples
 *                                      that follow; named anew by another version that goes on
 *     point 0 32768x2048x1408x60,...   a row of those columns, on one line by escapes
 *     sample 0 0.123 pack;gather;... 7 0;3;0.122;0.99;0;2;0.0101;0.2
 *                                      seconds of a step and its stages, in the order of the
 *                                      columns, then bytes exchanged if there were any; steps in
 *                                      the sample; how it was taken: start;round;cpu_s;share;
 *                                      stolen_s;switches;anchor_s;others.  From the stages on
 *                                      anything may be missing
 *     check 0 1.25 3.1e-07             loss and reference error of point 0, as far as known
 *     again 0                          samples of point 0 so far do not count any more
 *     end complete                     when it is gone on with, more may follow
 *     # title: ...                     what it is called since; what disturbed it; warnings
 */
#include "engine/formats/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "engine/base/words.h"
#include "engine/formats/columns.h"
#include "engine/formats/csv-row.h"
#include "engine/formats/lines.h"
#include "engine/records/run-noise.h"

struct MoeJournal
{
  int fd;
  char *name;             /* for messages */
  gboolean broken;        /* a line was written in part: the next starts a new one */
  gboolean other_columns; /* the file's own are of another version */
  GHashTable *known;      /* indices + 1 of the points that are in the file already; may be NULL */
};

static gboolean
write_all (MoeJournal *journal, const char *text, gsize length, GError **error)
{
  while (length > 0)
    {
      gssize written = write (journal->fd, text, length);
      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        {
          int code = errno;
          journal->broken = TRUE;
          g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                       moe_words ("The run file %s could not be written: %s."), journal->name,
                       g_strerror (code));
          return FALSE;
        }
      text += written;
      length -= (gsize)written;
    }
  return TRUE;
}

static gboolean
write_text (MoeJournal *journal, GString *text, GError **error)
{
  if (journal->broken)
    g_string_prepend_c (text, '\n');
  journal->broken = FALSE;
  return write_all (journal, text->str, text->len, error);
}

static void
append_columns (GString *text)
{
  g_string_append (text, "columns ");
  moe_columns_append_header (text);
}

/* What follows has the columns of this version; nothing follows a run that is only renamed. */
static gboolean
need_columns (MoeJournal *journal, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  if (!journal->other_columns)
    return TRUE;
  append_columns (text);
  journal->other_columns = !write_text (journal, text, error);
  return !journal->other_columns;
}

MoeJournal *
moe_journal_create (const char *path, const MoeRun *run, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  g_autofree char *name = g_filename_display_name (path);
  if (fd < 0)
    {
      int code = errno;
      g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (code),
                   moe_words ("The run file %s could not be created: %s."), name,
                   g_strerror (code));
      return NULL;
    }
  MoeJournal *journal = g_new0 (MoeJournal, 1);
  journal->fd = fd;
  journal->name = g_steal_pointer (&name);
  /* Whoever finds the journal later can tell whether this process still writes it: the lock goes
   * with the process, however it ends.  Where files cannot be locked nobody can tell. */
  flock (fd, LOCK_EX | LOCK_NB);

  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "%s %d\n", MOE_JOURNAL_MAGIC, MOE_FORMATS_VERSION);
  moe_lines_append_facts (text, run);
  append_columns (text);
  if (write_text (journal, text, error))
    return journal;
  moe_journal_close (journal, NULL);
  return NULL;
}

static gboolean
begin_again (MoeJournal *journal, gsize index, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "again %" G_GSIZE_FORMAT "\n", index);
  return write_text (journal, line, error);
}

gboolean
moe_journal_add_point (MoeJournal *journal,
                       gsize record_index,
                       const MoeRecord *record,
                       GError **error)
{
  if (!need_columns (journal, error))
    return FALSE;
  if (journal->known != NULL
      && g_hash_table_contains (journal->known, GSIZE_TO_POINTER (record_index + 1)))
    return begin_again (journal, record_index, error);
  MoeRecord bare = *record;
  bare.samples_s = NULL;
  bare.taken = NULL;
  bare.time_source = NULL;
  bare.n_samples = 0;
  g_autoptr (GString) row = g_string_new (NULL);
  moe_columns_append_row (row, &bare);
  g_string_truncate (row, row->len - 1); /* its newline is not part of the row */

  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "point %" G_GSIZE_FORMAT " ", record_index);
  moe_lines_append_escaped (line, row->str, FALSE);
  g_string_append_c (line, '\n');
  return write_text (journal, line, error);
}

static void
append_count (GString *line, gint64 count)
{
  if (count >= 0)
    g_string_append_printf (line, "%" G_GINT64_FORMAT, count);
}

static void
append_known (GString *line, double value)
{
  g_string_append_c (line, ';');
  moe_number_append_shortest (line, value);
}

static void
append_taken (GString *line, const MoeTaken *taken)
{
  g_string_append_printf (line, "%" G_GUINT32_FORMAT ";%" G_GUINT32_FORMAT, taken->start,
                          taken->round);
  append_known (line, taken->cpu_s);
  append_known (line, taken->share);
  append_known (line, taken->stolen_s);
  g_string_append_c (line, ';');
  append_count (line, taken->switches);
  append_known (line, taken->anchor_s);
  append_known (line, taken->others);
}

gboolean
moe_journal_add_sample (MoeJournal *journal,
                        gsize record_index,
                        double time_s,
                        gsize steps,
                        const MoeStageTimes *stages,
                        const MoeTaken *taken,
                        GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  if (!need_columns (journal, error))
    return FALSE;
  g_string_append_printf (line, "sample %" G_GSIZE_FORMAT " ", record_index);
  moe_number_append_shortest (line, time_s);
  for (gsize i = 0; stages != NULL && i < MOE_N_STAGES; i++)
    {
      g_string_append_c (line, i == 0 ? ' ' : ';');
      moe_number_append_shortest (line, stages->time_s[i]);
    }
  if (stages != NULL && stages->comm_bytes > 0)
    append_known (line, stages->comm_bytes);
  if (steps > 0 || taken != NULL)
    g_string_append (line, stages == NULL ? "  " : " ");
  append_count (line, steps > 0 ? (gint64)steps : -1);
  if (taken != NULL)
    {
      g_string_append_c (line, ' ');
      append_taken (line, taken);
    }
  g_string_append_c (line, '\n');
  return write_text (journal, line, error);
}

gboolean
moe_journal_add_check (
    MoeJournal *journal, gsize record_index, double loss, double max_relative_error, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "check %" G_GSIZE_FORMAT " ", record_index);
  moe_number_append_shortest (line, loss);
  g_string_append_c (line, ' ');
  moe_number_append_shortest (line, max_relative_error);
  g_string_append_c (line, '\n');
  return write_text (journal, line, error);
}

gboolean
moe_journal_add_noise (MoeJournal *journal, const MoeRun *run, GError **error)
{
  g_autoptr (GString) lines = g_string_new (NULL);
  for (gsize i = 0; i < moe_run_get_n_facts (run); i++)
    if (moe_run_is_noise_fact (moe_run_get_fact_key (run, i)))
      moe_lines_append_fact (lines, moe_run_get_fact_key (run, i), moe_run_get_fact_value (run, i));
  return write_text (journal, lines, error);
}

void
moe_journal_close (MoeJournal *journal, const char *state)
{
  if (journal == NULL)
    return;
  if (state != NULL)
    {
      g_autoptr (GString) line = g_string_new ("end ");
      moe_lines_append_escaped (line, state, FALSE);
      g_string_append_c (line, '\n');
      write_text (journal, line, NULL);
    }
  close (journal->fd);
  g_clear_pointer (&journal->known, g_hash_table_unref);
  g_free (journal->name);
  g_free (journal);
}

gboolean
moe_journal_set_fact (MoeJournal *journal, const char *key, const char *value, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  moe_lines_append_fact (line, key, value);
  return write_text (journal, line, error);
}

/* --- going on --- */

static GHashTable *
known_points (MoeSpan text)
{
  GHashTable *known = g_hash_table_new (NULL, NULL);
  MoeSpan line;
  while (moe_lines_next (&text, &line, NULL))
    {
      gint64 index;
      MoeSpan rest;
      if (moe_span_take_word (line, "point ", &rest)
          && moe_number_parse_count (moe_span_take (&rest, ' ', NULL), &index) && rest.length > 0)
        g_hash_table_add (known, GSIZE_TO_POINTER ((gsize)index + 1));
    }
  return known;
}

/* Do the points and samples that follow have the columns of this version? */
static gboolean
has_our_columns (MoeSpan text)
{
  gboolean same = FALSE;
  MoeSpan line, rest;
  g_autoptr (GString) ours = g_string_new (NULL);
  moe_columns_append_header (ours);
  g_string_truncate (ours, ours->len - 1);
  while (moe_lines_next (&text, &line, NULL))
    if (moe_span_take_word (line, "columns ", &rest))
      same = moe_span_equal (rest, ours->str);
  return same;
}

/* The length up to the end of the last whole line; a tail of zeros is none. */
static gsize
whole_length (const char *text, gsize length)
{
  const char *nul = memchr (text, '\0', length);
  length = nul != NULL ? (gsize)(nul - text) : length;
  while (length > 0 && text[length - 1] != '\n')
    length--;
  return length;
}

static gboolean
fail_reopen (const char *path, const char *format, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, format, name);
  return FALSE;
}

/* Lock it, look at it, cut it. */
static gboolean
adopt (MoeJournal *journal, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  if (flock (journal->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return fail_reopen (path, moe_words ("The run file %s is being written already."), error);
  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  if (!g_str_has_prefix (text, MOE_JOURNAL_MAGIC))
    return fail_reopen (path, moe_words ("The run file %s is no journal."), error);
  gsize whole = whole_length (text, length);
  if (whole < length && ftruncate (journal->fd, (off_t)whole) != 0)
    return fail_reopen (path, moe_words ("The run file %s could not be mended."), error);
  journal->known = known_points (moe_span (text, whole));
  journal->other_columns = !has_our_columns (moe_span (text, whole));
  return TRUE;
}

MoeJournal *
moe_journal_reopen (const char *path, GError **error)
{
  int fd = g_open (path, O_WRONLY | O_APPEND | O_CLOEXEC, 0);
  if (fd < 0)
    {
      fail_reopen (path, g_strerror (errno), error);
      return NULL;
    }
  MoeJournal *journal = g_new0 (MoeJournal, 1);
  journal->fd = fd;
  journal->name = g_filename_display_name (path);
  if (adopt (journal, path, error))
    return journal;
  moe_journal_close (journal, NULL);
  return NULL;
}

gboolean
moe_journal_is_busy (const char *path)
{
  int fd = g_open (path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  gboolean busy = flock (fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  close (fd);
  return busy;
}

/* --- reading --- */

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
  const char *reason = read_row (file, rest);
  if (reason != NULL)
    return reason;
  gsize added = moe_run_append (file->run, &file->row.record);
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
  moe_run_add_sample_quietly (file->run, at, time_s, has_stages ? &stages : NULL,
                              has_taken ? &taken : NULL);
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

static const char *
read_again (JournalFile *file, MoeSpan rest)
{
  gsize at;
  const char *reason = take_known (file, &rest, MOE_WORDS ("the point's number cannot be read"),
                                   MOE_WORDS ("no point of that number is before it"), &at);
  if (reason != NULL)
    return reason;
  MoeRecord record = *moe_run_get_record (file->run, at);
  record.samples_s = NULL;
  record.taken = NULL;
  record.time_source = NULL;
  record.n_samples = 0;
  record.steps = -1;
  record.tokens_per_s = record.tflops = NAN;
  record.loss = record.max_relative_error = NAN;
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    record.stage_s[i] = NAN;
  moe_run_replace (file->run, at, &record);
  return NULL;
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
  if (moe_span_take_word (line, "columns ", &rest))
    reason = read_columns (file, rest);
  else if (moe_span_take_word (line, "point ", &rest))
    reason = read_point (file, rest);
  else if (moe_span_take_word (line, "sample ", &rest))
    reason = read_sample (file, rest);
  else if (moe_span_take_word (line, "again ", &rest))
    reason = read_again (file, rest);
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
  };
  moe_row_init (&file.row);
  gboolean good = read_lines (&file, text, error) && finish (&file, error);
  moe_row_clear (&file.row);
  g_hash_table_unref (file.records);
  g_ptr_array_unref (file.columns);
  g_array_unref (file.stages);
  return good ? g_steal_pointer (&run) : NULL;
}
