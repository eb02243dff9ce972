/* SPDX-License-Identifier: Apache-2.0 */
/* Words from a stranger's file. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  MOE_TEXT_MAX_NAME = 200, /* letters of a title, or of a word in a table: what is longer is cut */
  MOE_TEXT_MAX_SENTENCE =
      1500 /* letters of a sentence for people; what is longer loses its middle */
};

/* Text as it can go into a window, a terminal, XML and a file name: valid UTF-8 on one line,
 * without control characters and without the marks that turn the order of letters around, cut after
 * `most` letters, which an ellipsis tells.  Owned by the caller. */
char *moe_text_tame (const char *text, gsize most);

/* The same of a sentence, which tells at its end what is wrong and at its start with what: cut out
 * is the middle of one of more than MOE_TEXT_MAX_SENTENCE letters. */
char *moe_text_tame_sentence (const char *text);

/* The same of a text of several lines, which stay lines of any length. */
char *moe_text_tame_lines (const char *text);

G_END_DECLS
