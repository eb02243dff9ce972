/* SPDX-License-Identifier: Apache-2.0 */
/* presets.csv. */
#include "tests/fuzz/fuzz.h"

#include "engine/sweep/presets.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  MoeOptions options;
  MoeError error;
  fuzz_begin ();
  g_autofree char *text = fuzz_text (data, size);
  g_autoptr (GPtrArray) presets = moe_presets_parse (text);
  for (guint i = 0; i < presets->len; i++)
    {
      const MoePreset *preset = g_ptr_array_index (presets, i);
      fuzz_require (*preset->name != '\0' && preset->source != NULL && preset->topk > 0);
      fuzz_require (fuzz_is_plain (preset->name) && fuzz_is_plain (preset->source));
      moe_options_init_single (&options);
      moe_presets_apply (preset, &options);
      fuzz_require_told_by_engine (moe_options_validate (&options, &error), &error);
    }
  fuzz_end ();
  return 0;
}
