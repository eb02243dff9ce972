/* SPDX-License-Identifier: Apache-2.0 */
/* The language that a program speaks: that of the locale, or one that is asked for. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Words follow the person, numbers do not.  Gives the engine its translator, too.  Once, at the
 * start of main ().  `code` ("de") wins over the locale; NULL: the locale and LANGUAGE tell. */
void nullcurve_language_init (const char *code);

/* The value of --lang among arguments that are not parsed yet; NULL when there is none.  Parsing
 * itself should complain in that language. */
const char *nullcurve_language_find (char *const *argv);

/* English from now on, for what is the same for everyone. */
void nullcurve_language_leave (void);

G_END_DECLS
