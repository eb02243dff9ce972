/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file that a person named, in the one way that all of the program's outputs are written.
 *
 * A plain file is whole or as it was before, also after a crash: what is new is written beside it
 * under a name that nothing has, brought to the disk, and put in its place.  It keeps mode and
 * owner; links are followed.  A file that has other hard links, or whose place cannot be taken (a
 * mount of its own, a folder that is not ours to write), is written in place.  What is no plain
 * file (a terminal, a pipe, /dev/stdout) is written to as it is.  Blocking; any thread. */
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

/* The same of a file that may be elsewhere, which GIO then replaces. */
gboolean moe_output_write_file (GFile *file, const void *bytes, gsize length, GError **error);

G_END_DECLS
