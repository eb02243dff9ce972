/* SPDX-License-Identifier: Apache-2.0 */
/* What the judge says, in words of the reader's language: the one place where verdicts become text,
 * for window, report and terminal.  New strings are the caller's (g_free). */
#pragma once

#include "engine/judge/compare.h"

G_BEGIN_DECLS

/* What the sides of a comparison are called. */
typedef enum NullcurveSides
{
  NULLCURVE_SIDES_LETTERS,  /* A and B */
  NULLCURVE_SIDES_BASELINE, /* the baseline and this run */
} NullcurveSides;

/* "faster", "slower", "the same within 1 %", "open"; with "(single figures)" where that is all. */
char *nullcurve_words_verdict (const MoeJudged *judged);

/* "+3.1 %"; beyond twice as fast "2.5×"; "–" when there is none. */
char *nullcurve_words_delta (double ratio);

/* "+2.2 % to +4.0 %"; NULL without an interval. */
char *nullcurve_words_interval (const MoeJudged *judged);

/* "p = 0.02", "p < 0.001", adjusted for being one of several points; NULL without samples. */
char *nullcurve_words_p (const MoeJudged *judged);

/* "24/24", samples of each side; NULL for single figures. */
char *nullcurve_words_n (const MoeJudged *judged);

/* "+8.1 %, faster, p = 0.02, n = 24/24" */
char *nullcurve_words_judged (const MoeJudged *judged);

/* Why it is open and what would settle it, in a sentence; NULL when it is not open. */
char *nullcurve_words_open (const MoeJudged *judged);

/* The conclusion of a comparison: its joint verdict, how the single points came out, and what would
 * settle it. */
char *nullcurve_words_headline (const MoeComparison *comparison, NullcurveSides sides);

/* What stands in the way of comparing the two, in a sentence. */
char *nullcurve_words_guard (const MoeGuard *guard, NullcurveSides sides);

/* All guards of a comparison, a line each; "" when there are none. */
char *nullcurve_words_guards (const MoeComparison *comparison, NullcurveSides sides);

G_END_DECLS
