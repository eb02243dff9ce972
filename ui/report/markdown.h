/* SPDX-License-Identifier: Apache-2.0 */
/* The Markdown that the tables of this program are written in, as HTML. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Append text, escaped; control characters become blanks, bytes that are not UTF-8 U+FFFD. */
void nullcurve_html_append_text (GString *html, const char *text);

/* Append what a heading is linked by: "(a) End-to-end delta" gives "a-end-to-end-delta". */
void nullcurve_markdown_append_id (GString *html, const char *heading);

/* Append a piece of Markdown as HTML: headings (#, ##, ###; ## with an id), paragraphs, lists of
 * one level and a second below it, tables, fenced code, and within lines **bold**, `code` and
 * \ before a character that stands for itself.  Nothing else is markup, and all text is escaped: no
 * input yields an element of its own. */
void nullcurve_markdown_to_html (GString *html, const char *markdown);

G_END_DECLS
