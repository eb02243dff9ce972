/* SPDX-License-Identifier: Apache-2.0 */
/* Runs on disk (SPEC 5): Nullcurve CSV, logbook CSV, harness logs, and the journal that grows
 * while a run goes on.  Readers take hostile input: any bytes give a run or an error, never a
 * crash; errors name the line and the reason. */
#pragma once

#include <gio/gio.h>

#include "engine/records/run.h"

G_BEGIN_DECLS

#define MOE_FORMATS_ERROR (moe_formats_error_quark ())
GQuark moe_formats_error_quark (void);

typedef enum MoeFormatsError
{
  MOE_FORMATS_ERROR_UNKNOWN, /* not one of the formats */
  MOE_FORMATS_ERROR_INVALID, /* one of the formats, with a fault */
  MOE_FORMATS_ERROR_EMPTY,   /* no rows */
} MoeFormatsError;

#define MOE_FORMATS_MAX_BYTES (256u << 20) /* a larger file is refused */

/* Recognise and read text.  `name` is used as title and in messages.  On failure nothing is
 * returned and *error tells "NAME, line N: reason".
 *
 * How strict: tables (Nullcurve CSV, logbook CSV) are refused whole when one row has a fault - a
 * number that is not one, a value out of range, a wrong count of fields - since a table is
 * written in one go and a fault means that it was damaged.  Logs and journals grow line by line
 * among other output and may be cut off anywhere: there a faulty row is skipped, counted in
 * rows_skipped and noted with its line and reason; only when no row at all can be read is that an
 * error.  What a log's other lines ("[random] ... load_stats ...") tell of a row is added to it if
 * they surely belong to it; a version of the harness that prints no RESULT lines gives its rows by
 * such lines alone.  Empty fields are missing values.  Rows that tell no null mode are
 * "independent" (logbook CSV and harness logs).  NUL bytes and text that is not UTF-8 are refused
 * in tables; in a log they cost the row that they stand in. */
MoeRun *moe_formats_read_data (const char *data, gsize length, const char *name, GError **error);

/* The same from a file (blocking; call it off the main thread for large files). */
MoeRun *moe_formats_read_file (GFile *file, GCancellable *cancellable, GError **error);

/* How the titles of published runs end. */
#define MOE_PUBLISHED_REMARK " (published)"

/* The published rows that ship in `data_dir`/reference, as runs of their own with titles and
 * provenance: an array of MoeRun (moe_run_unref () as its free function), the rows with the
 * f = 0.1 -> 0.9 deltas first, then the mode comparison. */
GPtrArray *moe_formats_read_reference (const char *data_dir, GError **error);

/* Nullcurve CSV: "# key: value" lines, a header row, one row per record; the columns include
 * those of the logbook CSV by the same names.  What is written reads back to the same bytes.
 * Written to *.tmp beside the target, then renamed (a device such as /dev/stdout is written
 * straight). */
GString *moe_formats_to_csv (const MoeRun *run);
gboolean moe_formats_write_csv (const MoeRun *run, GFile *file, GError **error);

/* Any text to any file, in the same manner. */
gboolean moe_formats_write_text (const GString *text, GFile *file, GError **error);

/* Harness lines (SPEC 5), each ending in a newline.  A missing value's key is left out.  A RESULT
 * line that is made of processor time ends with time_source=processor. */
GString *moe_formats_shape_line (const MoeOptions *options);
GString *moe_formats_result_line (const MoeRecord *record);
/* The chatter around a point: mode line, remat/parallel/time/rates lines, run_stats, load_stats,
 * capacity, null_route, comm_stats (only with expert parallelism: shards and
 * bytes of one step), and with `stage_timing` the stage lines, those of a shared expert and of
 * communication only where there are such stages. */
GString *
moe_formats_chatter (const MoeRecord *record, const MoePointFacts *facts, gboolean stage_timing);

/* The journal: a text file in which every line is flushed as it is written, so that a crash loses
 * at most the sample in progress.  Reads back through moe_formats_read_*, with a fact "state":
 * what moe_journal_close () was told ("complete", "stopped"), or "interrupted" when the journal
 * has no end. */
typedef struct MoeJournal MoeJournal;

/* Create `path` (its folder must exist; must not exist already) and write the run's title and
 * facts.  NULL and *error when it cannot be written. */
MoeJournal *moe_journal_create (const char *path, const MoeRun *run, GError **error);
/* A point, before its first sample; once for each record_index.  Samples that the record has
 * already are not written. */
gboolean moe_journal_add_point (MoeJournal *journal,
                                gsize record_index,
                                const MoeRecord *record,
                                GError **error);
/* `time_s` and `stages` (may be NULL) of one step of a sample that has `steps` of them; 0 when that
 * is not known.  `taken` may be NULL: not told. */
gboolean moe_journal_add_sample (MoeJournal *journal,
                                 gsize record_index,
                                 double time_s,
                                 gsize steps,
                                 const MoeStageTimes *stages,
                                 const MoeTaken *taken,
                                 GError **error);
/* Loss and reference error of a point that was added, as far as they are known (NaN: not by this
 * line); later lines of a point add to earlier ones. */
gboolean moe_journal_add_check (MoeJournal *journal,
                                gsize record_index,
                                double loss,
                                double max_relative_error,
                                GError **error);
/* The facts of moe_run_set_noise () and moe_run_set_warnings () that the run tells. */
gboolean moe_journal_add_noise (MoeJournal *journal, const MoeRun *run, GError **error);
/* Marks the run as complete (or stopped) and closes; NULL is allowed. */
void moe_journal_close (MoeJournal *journal, const char *state);

/* Go on with a journal, also one of a version that had other columns; what a crash left of its last
 * line is cut off.  Record indices told from
 * now on stand for `origin` of them (NULL: for themselves).  A point that is in the file already
 * begins again when it is added: samples that it had do not count any more.  NULL and *error when
 * it cannot be written, is no journal, or is being written by somebody else. */
MoeJournal *
moe_journal_reopen (const char *path, const gsize *origin, gsize n_origin, GError **error);

/* Set a fact, whatever it was so far; the key "title" gives the run another title. */
gboolean
moe_journal_set_fact (MoeJournal *journal, const char *key, const char *value, GError **error);

/* Is the journal being written now, by whatever process? */
gboolean moe_journal_is_busy (const char *path);

/* What a journal tells without being read whole: its beginning, and its end.  Of a long one that
 * broke off all is read, to tell how far it came. */
typedef struct MoeJournalHead
{
  MoeRun *run;      /* title and facts ("state" too), no records */
  gsize n_points;   /* that have samples; of a very long journal that ended at least so many */
  gsize n_complete; /* of these, with all the undisturbed samples that the options ask for or twice
                       as many in all; until settled, with samples of three starts; likewise */
  gsize n_samples;  /* of all points; 0 where the journal is too long to tell */
  gboolean ended;   /* FALSE: interrupted, or still being written */
} MoeJournalHead;

/* FALSE and *error when it is no journal or cannot be read.  Free with moe_journal_head_clear ().
 */
gboolean moe_journal_read_head (const char *path, MoeJournalHead *head, GError **error);
void moe_journal_head_clear (MoeJournalHead *head);

G_END_DECLS
