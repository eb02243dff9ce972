/* SPDX-License-Identifier: Apache-2.0 */
/* The file below a journal: it only grows, and nothing that was added gets lost.
 *
 * What is added is in the file when the call returns, so that it outlives the process.  It outlives
 * the machine once it is on the disk, where it is brought by the same call: at least once a second
 * while lines come, after each of them where they come slower.  So that belongs between samples, on
 * the thread that adds them, where no clock runs; on a thread of its own it would take processors
 * from the sample in progress.
 *
 * What cannot be written, as the disk is full, is held and written first as soon as it can be.  A
 * file that was deleted, moved or replaced meanwhile is made anew with all it had.  Used by one
 * thread at a time; blocking. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct MoeJournalFile MoeJournalFile;

/* A new file (its folder must exist), with a lock that goes with the process, however it ends. NULL
 * and *error, a sentence, when it cannot be made or is there already. */
MoeJournalFile *moe_journal_file_create (const char *path, GError **error);
/* One that is there, to go on with.  NULL and *error when it cannot be written or is being written
 * by somebody else. */
MoeJournalFile *moe_journal_file_open (const char *path, GError **error);

/* What is added goes out through a descriptor, of which the caller keeps its own: a pipe or a
 * terminal, where nothing can be read back, cut, or kept for whoever reads no more.  NULL and
 * *error when it cannot be taken. */
MoeJournalFile *moe_journal_file_stream (int fd, GError **error);

/* FALSE and *error when not all that was added is in the file and, where it is due, on the disk:
 * the rest is held. */
gboolean
moe_journal_file_add (MoeJournalFile *self, const char *text, gsize length, GError **error);
/* Bring it to the disk now; likewise. */
gboolean moe_journal_file_sync (MoeJournalFile *self, GError **error);

/* All that is in it; NULL and *error when it cannot be read. */
GString *moe_journal_file_read (MoeJournalFile *self, GError **error);
gboolean moe_journal_file_cut (MoeJournalFile *self, gsize length);

/* Where it is: another name than it was opened by, when that was taken meanwhile.  NULL: it is a
 * stream. */
const char *moe_journal_file_get_path (const MoeJournalFile *self);
/* A sentence about what happened to the file since the last call, or NULL; free with g_free (). */
char *moe_journal_file_take_notice (MoeJournalFile *self);

/* What is held then is lost; NULL is allowed. */
void moe_journal_file_close (MoeJournalFile *self);

/* Is the file being written now, by whatever process? */
gboolean moe_journal_file_is_busy (const char *path);

G_END_DECLS
