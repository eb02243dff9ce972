/* SPDX-License-Identifier: Apache-2.0 */
/* What eats the rest, in words.  Every statement is a fact of engine/judge; new strings are the
 * caller's (g_free). */
#pragma once

#include "engine/judge/cost-model.h"
#include "engine/judge/findings.h"

G_BEGIN_DECLS

/* "weight gradients"; of MOE_N_STAGE_KINDS "the rest of the step". */
const char *nullcurve_words_stage_kind (MoeStageKind kind);

/* "writes all gradients: 1.04 GB at 21.3 GB/s (46 % of the limit)", which is what memory can write;
 * NULL where nothing is known. */
char *nullcurve_words_rest_cause (const MoeRestCause *cause);

/* "wait 53 %, row gradients 22 %": the largest parts of the excess, at most two, of which the
 * judge is sure; NULL when there are none. */
char *nullcurve_words_rest_parts (const MoeRest *rest);

/* Two sentences on findings[from .. to), those of one run: what null routing buys at the largest
 * fraction, and what eats the rest there; NULL when no curve has an f = 0.  `mark` is put around
 * the figures ("**" or ""). */
char *nullcurve_words_answer (const GPtrArray *findings, guint from, guint to, const char *mark);

/* "a straight line, median error 1.2 %", "from two points", "not a straight line: it bends at f =
 * 0.7", of a model of several top-k (topk 0) "at 2.4 experts per token". */
char *nullcurve_words_cost_state (const MoeCostModel *model, double topk);

G_END_DECLS
