/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/base/words.h"

#include <stddef.h>

static const char *(*translator) (const char *text);

void
moe_words_set_translator (const char *(*translate) (const char *text))
{
  translator = translate;
}

/* Nothing is the key of a catalogue's own description. */
const char *
moe_words (const char *text)
{
  return translator == NULL || text[0] == '\0' ? text : translator (text);
}
