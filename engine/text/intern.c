/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/text/intern.h"

#include <glib.h>

/* A block of texts; a longer text has one of its own. */
#define BLOCK 4096

const char *
moe_text_intern (const char *text)
{
  static GMutex mutex;
  static GStringChunk *texts;
  if (text == NULL)
    return NULL;
  g_mutex_lock (&mutex);
  if (texts == NULL)
    texts = g_string_chunk_new (BLOCK);
  const char *one = g_string_chunk_insert_const (texts, text);
  g_mutex_unlock (&mutex);
  return one;
}
