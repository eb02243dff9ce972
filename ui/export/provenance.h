/* SPDX-License-Identifier: Apache-2.0 */
/* Where the data of a chart come from, in words: for its metadata and its caption. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* Everything that lets somebody measure it again: a paragraph for each run, one fact a line; NULL
 * when there are no runs.  Owned by the caller. */
char *nullcurve_provenance_full (MoeRun *const *runs, gsize n_runs);

/* One short line for each run: what measured it, where and when; NULL likewise. */
char *nullcurve_provenance_caption (MoeRun *const *runs, gsize n_runs);

G_END_DECLS
