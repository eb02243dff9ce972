/* SPDX-License-Identifier: Apache-2.0 */
/* Three tiles over the charts: what null routing buys in a run, how much of the ideal that is, and
 * what eats the rest.  A click on any of them asks for where it goes.
 *
 * Signal "asked" (guint curve): show the rest of this curve of the run.  Main thread only. */
#pragma once

#include <adwaita.h>

#include "engine/records/run.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_ANSWER_TILES (nullcurve_answer_tiles_get_type ())
G_DECLARE_FINAL_TYPE (NullcurveAnswerTiles, nullcurve_answer_tiles, NULLCURVE, ANSWER_TILES, AdwBin)

/* The run that they are of (NULL: none), as it is now.  They hide where there is nothing to tell.
 * Judges anew only when the run has changed. */
void nullcurve_answer_tiles_set_run (NullcurveAnswerTiles *self, MoeRun *run);

G_END_DECLS
