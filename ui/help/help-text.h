/* SPDX-License-Identifier: Apache-2.0 */
/* As much of Markdown as the help pages use: headings, paragraphs, lists, bold, italics, code and
 * links. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Pango markup of one line's words. */
char *nullcurve_help_text_markup (const char *words);

/* What follows "# " in the first line; owned by the caller. */
char *nullcurve_help_text_title (const char *text);

/* A label for each block of the page, in a box that is appended to; links give "activate-link" with
 * their target as the URI. */
void nullcurve_help_text_fill (GtkBox *box, const char *text, GCallback link_cb, gpointer data);

G_END_DECLS
