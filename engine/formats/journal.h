/* SPDX-License-Identifier: Apache-2.0 */
/* The run file that grows while a run goes on. */
#pragma once

#include "engine/formats/parts/faults.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

#define MOE_JOURNAL_MAGIC "# nullcurve-journal:"

/* `text` has no BOM. */
MoeRun *moe_journal_read (MoeSpan text, const char *name, GError **error);

/* The journal: a text file in which every line is as it is written, so that a crash loses at most
 * the sample in progress, and one of the machine what the last second brought (journal-file.h).
 * Reads back through moe_formats_read_*, with a fact "state": what moe_journal_end () was told
 * ("complete", "stopped"), or "interrupted" when the journal has no end.
 *
 * Everything that adds returns FALSE with *error, a sentence, when not all that was added so far is
 * in the file: it is held then, and written before what is added next.  Used by one thread at a
 * time; blocking. */
typedef struct MoeJournal MoeJournal;

/* Create `path` (its folder must exist; must not exist already) and write the run's title and
 * facts.  NULL and *error when it cannot be made. */
MoeJournal *moe_journal_create (const char *path, const MoeRun *run, GError **error);
/* The same through a descriptor, of which the caller keeps its own, to whoever reads it as it
 * grows. After its end facts may follow, as in a file. */
MoeJournal *moe_journal_stream (int fd, const MoeRun *run, GError **error);
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
/* The point has all its samples. */
gboolean moe_journal_add_done (MoeJournal *journal, gsize record_index, GError **error);
/* The facts of moe_run_set_noise () and moe_run_set_warnings () that the run tells. */
gboolean moe_journal_add_noise (MoeJournal *journal, const MoeRun *run, GError **error);
/* The run is complete (or stopped); all is brought to the disk. */
gboolean moe_journal_end (MoeJournal *journal, const char *state, GError **error);
/* End it if `state` is not NULL, and close, whether or not all could be written; NULL is allowed.
 */
void moe_journal_close (MoeJournal *journal, const char *state);

/* Where it is: a file whose name was taken while it was written goes on under another.  Not of one
 * that is composed; NULL of a stream. */
const char *moe_journal_get_path (const MoeJournal *journal);
/* A sentence about what happened to the file since the last call, or NULL; free with g_free (). */
char *moe_journal_take_notice (MoeJournal *journal);

/* One that has no file yet, to which the same is added, and which is then written whole, as all
 * outputs are (output.h). */
MoeJournal *moe_journal_compose (const MoeRun *run);
gboolean moe_journal_write (const MoeJournal *journal, const char *path, GError **error);

/* Go on with a journal, also one of a version that had other columns; what a crash left of its last
 * line is cut off.  A point that is in the file already begins again when it is added, and with it
 * the others that are added before its first sample: what they had counts beside their new samples,
 * as that of another start, until all of them are done, and then no more.  NULL and *error when it
 * cannot be written, is no journal, or is being written by somebody else. */
MoeJournal *moe_journal_reopen (const char *path, GError **error);

/* Set a fact, whatever it was so far; the key "title" gives the run another title. */
gboolean
moe_journal_set_fact (MoeJournal *journal, const char *key, const char *value, GError **error);

/* Is the journal being written now, by whatever process? */
gboolean moe_journal_is_busy (const char *path);

/* Remove a journal that has no sample, was broken off and is written by nobody; FALSE: it is
 * another. */
gboolean moe_journal_remove_bare (const char *path);

G_END_DECLS
