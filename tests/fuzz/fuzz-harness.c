/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of the published harness.  A row that was read is written as a line that reads the same. */
#include "tests/fuzz/fuzz.h"

#include "engine/formats/harness/harness.h"

static void
require_line (const MoeRecord *record)
{
  g_autoptr (GString) line = moe_formats_result_line (record);
  fuzz_require (line->len > 0 && line->str[line->len - 1] == '\n');
  fuzz_require (memchr (line->str, '\n', line->len - 1) == NULL);
  g_autoptr (MoeRun) back = moe_harness_read (moe_span (line->str, line->len), "back.log", NULL);
  if (back == NULL)
    return; /* of what is missing there is no row */
  g_autoptr (GString) again = moe_formats_result_line (moe_run_get_record (back, 0));
  if (!g_string_equal (line, again))
    fuzz_fail (line->str, again->str, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  fuzz_begin ();
  g_autoptr (MoeRun) run =
      moe_harness_read (moe_span ((const char *)data, size), "foreign", &error);
  fuzz_require_told (run != NULL, error);
  if (run != NULL)
    {
      fuzz_require_sound (run);
      for (gsize i = 0; i < moe_run_get_n_records (run); i++)
        require_line (moe_run_get_record (run, i));
    }
  fuzz_end ();
  return 0;
}
