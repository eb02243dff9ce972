/* SPDX-License-Identifier: Apache-2.0 */
/* What of a command line changes nothing: told, never ignored in silence. */
#pragma once

#include "app/command-line/specs.h"

G_BEGIN_DECLS

/* Append to args->notes a sentence about each option that was given more than once, that does
 * nothing beside one that answers alone (--help), and about a --versus of two equal setups.  What
 * engine options mean beside one another, moe_options_note () tells. */
void nullcurve_bench_note_needless (NullcurveBenchArgs *args);

/* A sentence for each engine option of `given` (of NullcurveBenchGiven) that changes nothing among
 * `options`, once each, in the order of --help; owned by the caller. */
GPtrArray *nullcurve_bench_find_idle (const GArray *given, const MoeOptions *options);

G_END_DECLS
