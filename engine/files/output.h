/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file that a person named, in the one way that all of the program's outputs are written.
 *
 * A plain file is whole or as it was before, also after a crash: what is new is written without a
 * name, or where files must have one beside it under a name that nothing has, brought to the disk,
 * and put in its place.  What a crash may have left of that goes with the next output there.  It
 * keeps mode and owner; links are followed.  A file that has other hard links, or whose place
 * cannot be taken (a mount of its own, a folder that is not ours to write), is written in place.
 * What is no plain file (a terminal, a pipe, /dev/stdout) is written to as it is.  Blocking; any
 * thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Does the name lead to something that takes bytes one behind the other and keeps none to be
 * replaced?  That is to be written once, at the end.  FALSE also when there is nothing yet. */
gboolean moe_output_is_stream (const char *path);

/* Could it be written?  Changes nothing.  G_IO_ERROR and a part of a sentence when it could not. */
gboolean moe_output_check (const char *path, GError **error);

/* Do both names lead to the same file, one that is there or one that would be made? */
gboolean moe_output_same (const char *a, const char *b);

/* Write all of it.  On failure *error is a G_IO_ERROR with a part of a sentence, "No space left on
 * device"; a plain file is then as it was, unless it had to be written in place. */
gboolean moe_output_write (const char *path, const void *bytes, gsize length, GError **error);

/* Bring to the disk that there is a file of this name; nothing where that cannot be done. */
void moe_output_sync_folder (const char *path);

/* The same of a file that may be elsewhere, which GIO then replaces. */
gboolean moe_output_write_file (GFile *file, const void *bytes, gsize length, GError **error);

/* An output that comes piece by piece, without a name until it is whole. */
typedef struct MoeOutputDraft MoeOutputDraft;

/* To be placed in `folder`.  NULL and *error as above. */
MoeOutputDraft *moe_output_draft_new (const char *folder, GError **error);
/* To be written to; the draft's. */
int moe_output_draft_get_file (const MoeOutputDraft *draft);
/* Bring it to the disk and give it a name in its folder, which with `replace` may be another
 * file's.  Without, and with such a name, *error is G_IO_ERROR_EXISTS; another may be tried. */
gboolean
moe_output_draft_place (MoeOutputDraft *draft, const char *name, gboolean replace, GError **error);
/* Nothing is left of one that has no place; NULL is allowed. */
void moe_output_draft_free (MoeOutputDraft *draft);

/* Remove what crashed programs of this user left of their drafts in a folder. */
void moe_output_tidy (const char *folder);

G_END_DECLS
