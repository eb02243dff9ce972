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
 *     done 0                           point 0 has all its samples
 *     again 0                          point 0 begins again: its samples so far count until it and
 *                                      those that began with it are done
 *     end complete                     when it is gone on with, more may follow
 *     # title: ...                     what it is called since; what disturbed it; warnings
 */
#include "engine/formats/journal.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/words.h"
#include "engine/files/journal-file.h"
#include "engine/files/output.h"
#include "engine/formats/parts/columns.h"
#include "engine/formats/parts/lines.h"
#include "engine/records/run-noise.h"

enum
{
  MAX_BARE_BYTES = 64 << 10 /* of a journal without a sample: its facts and its points */
};

struct MoeJournal
{
  MoeJournalFile *file;   /* NULL: of one that is composed */
  GString *composed;      /* NULL: of one that has a file */
  gboolean other_columns; /* the file's own are of another version */
  GHashTable *known;      /* indices + 1 of the points that are in the file already */
};

static gboolean
write_text (MoeJournal *journal, const GString *text, GError **error)
{
  if (journal->file != NULL)
    return moe_journal_file_add (journal->file, text->str, text->len, error);
  g_string_append_len (journal->composed, text->str, (gssize)text->len);
  return TRUE;
}

/* `file` may be NULL; its owner is now the journal. */
static MoeJournal *
journal_new (MoeJournalFile *file)
{
  MoeJournal *journal = g_new0 (MoeJournal, 1);
  journal->file = file;
  journal->composed = file == NULL ? g_string_new (NULL) : NULL;
  journal->known = g_hash_table_new (NULL, NULL);
  return journal;
}

static void
append_columns (GString *text)
{
  g_string_append (text, "columns ");
  moe_columns_append_header (text);
}

/* What follows has the columns of this version; nothing follows a run that is only renamed. */
static void
need_columns (MoeJournal *journal)
{
  g_autoptr (GString) text = g_string_new (NULL);
  if (!journal->other_columns)
    return;
  append_columns (text);
  journal->other_columns = FALSE;
  write_text (journal, text, NULL); /* the line that needs them tells */
}

static gboolean
write_head (MoeJournal *journal, const MoeRun *run, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "%s %d\n", MOE_JOURNAL_MAGIC, MOE_FORMATS_VERSION);
  moe_lines_append_facts (text, run);
  append_columns (text);
  return write_text (journal, text, error);
}

MoeJournal *
moe_journal_create (const char *path, const MoeRun *run, GError **error)
{
  MoeJournalFile *file = moe_journal_file_create (path, error);
  if (file == NULL)
    return NULL;
  MoeJournal *journal = journal_new (file);
  write_head (journal, run, NULL); /* what cannot be written yet is told with the first point */
  return journal;
}

MoeJournal *
moe_journal_stream (int fd, const MoeRun *run, GError **error)
{
  MoeJournalFile *file = moe_journal_file_stream (fd, error);
  if (file == NULL)
    return NULL;
  MoeJournal *journal = journal_new (file);
  if (write_head (journal, run, error))
    return journal;
  moe_journal_close (journal, NULL);
  return NULL;
}

MoeJournal *
moe_journal_compose (const MoeRun *run)
{
  MoeJournal *journal = journal_new (NULL);
  write_head (journal, run, NULL);
  return journal;
}

gboolean
moe_journal_write (const MoeJournal *journal, const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_return_val_if_fail (journal->composed != NULL, FALSE);
  if (moe_output_write (path, journal->composed->str, journal->composed->len, &failure))
    return TRUE;
  g_autofree char *name = g_filename_display_name (path);
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED,
               moe_words ("The run file %s could not be written: %s."), name, failure->message);
  return FALSE;
}

static gboolean
write_word (MoeJournal *journal, const char *word, gsize index, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_string_append_printf (line, "%s %" G_GSIZE_FORMAT "\n", word, index);
  return write_text (journal, line, error);
}

gboolean
moe_journal_add_point (MoeJournal *journal,
                       gsize record_index,
                       const MoeRecord *record,
                       GError **error)
{
  need_columns (journal);
  if (!g_hash_table_add (journal->known, GSIZE_TO_POINTER (record_index + 1)))
    return write_word (journal, "again", record_index, error);
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
  need_columns (journal);
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

gboolean
moe_journal_add_done (MoeJournal *journal, gsize record_index, GError **error)
{
  return write_word (journal, "done", record_index, error);
}

gboolean
moe_journal_end (MoeJournal *journal, const char *state, GError **error)
{
  g_autoptr (GString) line = g_string_new ("end ");
  moe_lines_append_escaped (line, state, FALSE);
  g_string_append_c (line, '\n');
  return write_text (journal, line, error)
         && (journal->file == NULL || moe_journal_file_sync (journal->file, error));
}

void
moe_journal_close (MoeJournal *journal, const char *state)
{
  if (journal == NULL)
    return;
  if (state != NULL)
    moe_journal_end (journal, state, NULL);
  else if (journal->file != NULL)
    moe_journal_file_sync (journal->file, NULL);
  moe_journal_file_close (journal->file);
  if (journal->composed != NULL)
    g_string_free (journal->composed, TRUE);
  g_hash_table_unref (journal->known);
  g_free (journal);
}

const char *
moe_journal_get_path (const MoeJournal *journal)
{
  return moe_journal_file_get_path (journal->file);
}

char *
moe_journal_take_notice (MoeJournal *journal)
{
  return moe_journal_file_take_notice (journal->file);
}

gboolean
moe_journal_set_fact (MoeJournal *journal, const char *key, const char *value, GError **error)
{
  g_autoptr (GString) line = g_string_new (NULL);
  moe_lines_append_fact (line, key, value);
  return write_text (journal, line, error);
}

/* --- going on --- */

static void
find_points (MoeSpan text, GHashTable *known)
{
  MoeSpan line;
  while (moe_lines_next (&text, &line, NULL))
    {
      gint64 index;
      MoeSpan rest;
      if (moe_span_take_word (line, "point ", &rest)
          && moe_number_parse_count (moe_span_take (&rest, ' ', NULL), &index) && rest.length > 0)
        g_hash_table_add (known, GSIZE_TO_POINTER ((gsize)index + 1));
    }
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
fail_adopt (const MoeJournal *journal, const char *format, GError **error)
{
  g_autofree char *name = g_filename_display_name (moe_journal_get_path (journal));
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_FAILED, moe_words (format), name);
  return FALSE;
}

/* Look at it, cut it. */
static gboolean
adopt (MoeJournal *journal, GError **error)
{
  g_autoptr (GString) text = moe_journal_file_read (journal->file, error);
  if (text == NULL)
    return FALSE;
  if (!g_str_has_prefix (text->str, MOE_JOURNAL_MAGIC))
    return fail_adopt (journal, MOE_WORDS ("The run file %s is no journal."), error);
  gsize whole = whole_length (text->str, text->len);
  if (whole < text->len && !moe_journal_file_cut (journal->file, whole))
    return fail_adopt (journal, MOE_WORDS ("The run file %s could not be mended."), error);
  find_points (moe_span (text->str, whole), journal->known);
  journal->other_columns = !has_our_columns (moe_span (text->str, whole));
  return TRUE;
}

MoeJournal *
moe_journal_reopen (const char *path, GError **error)
{
  MoeJournalFile *file = moe_journal_file_open (path, error);
  if (file == NULL)
    return NULL;
  MoeJournal *journal = journal_new (file);
  if (adopt (journal, error))
    return journal;
  moe_journal_file_close (g_steal_pointer (&journal->file));
  moe_journal_close (journal, NULL);
  return NULL;
}

gboolean
moe_journal_is_busy (const char *path)
{
  return moe_journal_file_is_busy (path);
}

/* --- one that was broken off before it had anything --- */

/* Short enough to be read at once, of this version, and without a sample. */
static gboolean
is_bare (MoeJournalFile *file)
{
  g_autoptr (GString) text = moe_journal_file_read (file, NULL);
  g_autofree char *head = g_strdup_printf ("%s %d\n", MOE_JOURNAL_MAGIC, MOE_FORMATS_VERSION);
  return text != NULL && text->len <= MAX_BARE_BYTES
         && (text->len == 0 || g_str_has_prefix (text->str, head))
         && strstr (text->str, "\nsample ") == NULL;
}

gboolean
moe_journal_remove_bare (const char *path)
{
  struct stat facts;
  if (g_lstat (path, &facts) != 0 || !S_ISREG (facts.st_mode) || facts.st_size > MAX_BARE_BYTES)
    return FALSE;
  MoeJournalFile *file = moe_journal_file_open (path, NULL);
  gboolean removed = file != NULL && is_bare (file) && g_unlink (path) == 0;
  moe_journal_file_close (file);
  return removed;
}
