/* SPDX-License-Identifier: Apache-2.0 */
/* The config.json of a model. */
#include "engine/formats/model-config.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  MoeSpan text = moe_span ((const char *)data, size);
  g_autoptr (GError) error = NULL;
  fuzz_begin ();
  gboolean is = moe_model_config_is (text);
  g_autoptr (MoeModelConfig) config = moe_model_config_read (text, "config.json", &error);
  fuzz_require_told (config != NULL, error);
  fuzz_require (is || config == NULL);
  if (config != NULL)
    {
      fuzz_require (config->hidden > 0 && config->mlp_dim > 0 && config->topk > 0);
      fuzz_require (config->topk <= config->experts + config->null_experts);
      fuzz_require (fuzz_is_plain (config->name));
    }
  fuzz_end ();
  return 0;
}
