/* SPDX-License-Identifier: Apache-2.0 */
/* What runs show, in sentences and tables.  Every statement is a fact of engine/judge; new strings
 * are the caller's (g_free). */
#pragma once

#include "engine/judge/findings.h"

G_BEGIN_DECLS

/* The conclusion as Markdown: for each run a list of sentences, then a table of what is realised
 * and, where stage times are told, of what eats the rest. */
GString *nullcurve_words_findings_markdown (const GPtrArray *findings);

/* The same of one run in a handful of lines, for a window; NULL-terminated, never empty. */
char **nullcurve_words_findings_lines (MoeRun *run);

/* How tokens/s follows f, with `mark` around the verdict ("**" for Markdown, "" for none). */
char *nullcurve_words_trend (const MoeTrend *trend, const char *mark);

G_END_DECLS
