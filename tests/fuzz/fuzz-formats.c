/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of whatever format, as a person opens it or drops it. */
#include "tests/fuzz/fuzz.h"

#include "engine/formats/formats.h"
#include "engine/records/curves.h"
#include "engine/sweep/run-options.h"

static void
require_usable (MoeRun *run)
{
  MoeOptions options;
  MoeError error;
  fuzz_require_sound (run);
  g_autoptr (GPtrArray) curves = moe_curves_collect (&run, 1);
  fuzz_require (curves->len <= moe_run_get_n_records (run));
  moe_options_init (&options);
  if (moe_run_to_options (run, &options))
    fuzz_require_told_by_engine (moe_options_validate (&options, &error), &error);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GError) error = NULL;
  fuzz_begin ();
  g_autoptr (MoeRun) run = moe_formats_read_data ((const char *)data, size, "foreign", &error);
  fuzz_require_told (run != NULL, error);
  fuzz_require (error == NULL || g_str_has_prefix (error->message, "foreign, line "));
  if (run != NULL)
    require_usable (run);
  fuzz_end ();
  return 0;
}
