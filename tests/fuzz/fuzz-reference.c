/* SPDX-License-Identifier: Apache-2.0 */
/* The published rows' files, as somebody may have changed them: the first file up to a line of
 * "====", the second after it. */
#define _GNU_SOURCE /* memmem */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/formats/reference-rows.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char mark[] = "====\n";
  g_autoptr (GError) error = NULL;
  fuzz_begin ();
  const uint8_t *between = memmem (data, size, mark, strlen (mark));
  gsize first = between != NULL ? (gsize)(between - data) : size;
  gsize second = between != NULL ? first + strlen (mark) : 0;
  g_autofree char *deltas = fuzz_write ("reference/logbook-v5p-deltas.csv", data, first);
  g_autofree char *modes =
      fuzz_write ("reference/logbook-v5p-modes.csv", data + second, size - second);
  fuzz_require (deltas != NULL && modes != NULL);
  g_autoptr (GPtrArray) runs = moe_formats_read_reference (fuzz_folder (), &error);
  fuzz_require_told (runs != NULL, error);
  for (guint i = 0; runs != NULL && i < runs->len; i++)
    fuzz_require_sound (g_ptr_array_index (runs, i));
  fuzz_end ();
  return 0;
}
