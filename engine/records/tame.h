/* SPDX-License-Identifier: Apache-2.0 */
/* Words from a stranger's file. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  MOE_TEXT_MAX_NAME = 200 /* letters of a title, or of a word in a table: what is longer is cut */
};

/* Text as it can go into a window, a terminal, XML and a file name: valid UTF-8 on one line,
 * without control characters and without the marks that turn the order of letters around, cut after
 * `most` letters, which an ellipsis tells.  Owned by the caller. */
char *moe_text_tame (const char *text, gsize most);

G_END_DECLS
