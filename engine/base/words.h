/* SPDX-License-Identifier: Apache-2.0 */
/* Sentences in the language of the person, for an engine that knows of no languages.
 *
 * Texts are written in English where they are needed and pass through moe_words (); what sits in a
 * table is marked with MOE_WORDS, so that translators find it, and passes through moe_words ()
 * where it is shown.  A text with arguments is translated before they are filled in and is a whole
 * sentence, or one that stands for itself.  What machines read never comes here. */
#pragma once

/* Marks a text that is translated where it is shown. */
#define MOE_WORDS(text) (text)

/* Where translations come from; NULL, as at the start: there are none.  `translate` returns static
 * or otherwise lasting storage, the text itself when it has no translation, and may be called from
 * any thread.  Set it before there are other threads. */
void moe_words_set_translator (const char *(*translate) (const char *text));

/* The text in the language of the person; "" stays "".  From any thread. */
const char *moe_words (const char *text) __attribute__ ((format_arg (1)));
