/* SPDX-License-Identifier: Apache-2.0 */
/* Titles of runs where there is little room, as in a legend: what tells a run from the others
 * stays, what all of them say goes first. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* One text (char *, never NULL or empty, UTF-8) for each of the `n` runs: of its title, if
 * some are long, the parts between commas that not all titles have.  What is still longer than a
 * legend has room for loses words that all begin or end with, then its middle.  Two runs of one
 * title have one text.  Free with g_ptr_array_unref (). */
GPtrArray *nullcurve_brief_titles_new (MoeRun *const *runs, gsize n);

G_END_DECLS
