/* SPDX-License-Identifier: Apache-2.0 */
/* JSON that others wrote: benches, and lines of wrapped logs. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "engine/formats/benches.h"
#include "engine/json/foreign.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  MoeSpan text = moe_span ((const char *)data, size);
  gsize scanned;
  fuzz_begin ();
  gsize length = moe_json_measure (text, &scanned);
  fuzz_require (length <= size && scanned <= size && length <= MOE_JSON_MAX_BYTES);
  g_autoptr (JsonNode) root = length > 0 ? moe_json_parse (moe_span (text.text, length)) : NULL;
  fuzz_require (root == NULL || JSON_NODE_HOLDS_OBJECT (root));
  g_autofree char *message = moe_json_dup_message (text);
  fuzz_require (message == NULL || strlen (message) <= size);
  g_autoptr (MoeRun) run = moe_benches_read (text, "foreign");
  fuzz_require (run == NULL || moe_benches_may_be (text));
  if (run != NULL)
    {
      fuzz_require (moe_run_get_n_records (run) > 0);
      fuzz_require_sound (run);
    }
  fuzz_end ();
  return 0;
}
