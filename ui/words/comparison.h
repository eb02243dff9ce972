/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison for people: headline, table, and what was left out. */
#pragma once

#include "engine/judge/compare.h"

G_BEGIN_DECLS

/* Headline, guards, a table of the pairs, the rows without partners. */
GString *nullcurve_words_comparison_markdown (const MoeComparison *comparison);
GString *nullcurve_words_comparison_text (const MoeComparison *comparison);

G_END_DECLS
