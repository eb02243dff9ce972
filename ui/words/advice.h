/* SPDX-License-Identifier: Apache-2.0 */
/* Why samples spread and what to do about it, in words. */
#pragma once

#include <glib.h>

#include "engine/bench/advice.h"

G_BEGIN_DECLS

/* How the reader says what is to be measured. */
typedef enum NullcurveVocabulary
{
  NULLCURVE_VOCABULARY_OPTIONS, /* of a command line */
  NULLCURVE_VOCABULARY_FORM,    /* the names of the window's form */
  NULLCURVE_N_VOCABULARIES
} NullcurveVocabulary;

/* A sentence for each cause, the likeliest first, with a remedy; NULL-terminated, owned by the
 * caller, empty when there is nothing to say. */
char **nullcurve_words_advice (const MoeAdvice *advice, NullcurveVocabulary vocabulary);

G_END_DECLS
