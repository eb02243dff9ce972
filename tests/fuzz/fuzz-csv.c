/* SPDX-License-Identifier: Apache-2.0 */
/* Both tables: the program's own CSV where the input begins as one, else the logbook's. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/formats/csv.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  MoeSpan text = moe_span ((const char *)data, size);
  gsize magic = strlen (MOE_CSV_MAGIC);
  gboolean own = size >= magic && memcmp (data, MOE_CSV_MAGIC, magic) == 0;
  fuzz_begin ();
  g_autoptr (MoeRun) run = moe_csv_read (
      text, own ? MOE_RUN_FORMAT_NULLCURVE_CSV : MOE_RUN_FORMAT_LOGBOOK_CSV, "foreign", &error);
  fuzz_require_told (run != NULL, error);
  if (run != NULL)
    fuzz_require_sound (run);
  moe_csv_is_logbook (text);
  fuzz_end ();
  return 0;
}
