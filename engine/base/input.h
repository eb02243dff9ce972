/* SPDX-License-Identifier: Apache-2.0 */
/* Reading files that the program finds for itself: run files of a folder, settings, lists.  Anybody
 * may have put anything there, so that only plain files are read, and none that is too large; one
 * that waits for a writer or has no end is not even opened for long.  Blocking; any thread. */
#pragma once

#include "engine/base/error.h"

#define MOE_INPUT_MAX_BYTES (256u << 20) /* of a file with results */

/* Opens a plain file of at most `most` bytes for reading.  *fd is the caller's to close, *bytes its
 * size.  MOE_ERROR_INVALID with a sentence that names the file: it is not there, may not be read,
 * or is no plain file; MOE_ERROR_MEMORY: it is larger. */
MoeStatus moe_input_open (const char *path, size_t most, int *fd, size_t *bytes, MoeError *error);

/* Is what was opened a plain file of at most `most` bytes?  Otherwise errno tells: EFBIG, EISDIR or
 * EINVAL. */
bool moe_input_is_plain (int fd, size_t most);

/* The whole of it, with a NUL byte behind the last; free *text with free ().  `length` may be NULL.
 * The same errors, and MOE_ERROR_MEMORY also where there is none for it. */
MoeStatus
moe_input_read (const char *path, size_t most, char **text, size_t *length, MoeError *error);
