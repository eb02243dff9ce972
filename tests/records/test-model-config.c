/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes of models from their config.json. */
#include "engine/formats/model-config.h"

#include <string.h>

static MoeModelConfig *
read_text (const char *text, GError **error)
{
  return moe_model_config_read (moe_span (text, strlen (text)), "config.json", error);
}

static void
test_families (void)
{
  static const struct
  {
    const char *text;
    MoeModelConfig is;
  } cases[] = {
    { "{\"model_type\": \"mixtral\", \"hidden_size\": 4096, \"intermediate_size\": 14336,"
      " \"num_local_experts\": 8, \"num_experts_per_tok\": 2}",
      { "mixtral", 4096, 14336, 8, 2, 0, MOE_NULL_KIND_ZERO } },
    { "\xEF\xBB\xBF {\"_name_or_path\": \"Qwen/Qwen3-30B-A3B\", \"model_type\": \"qwen3_moe\","
      " \"hidden_size\": 2048, \"intermediate_size\": 6144, \"moe_intermediate_size\": 768,"
      " \"num_experts\": 128, \"num_experts_per_tok\": 8}\n",
      { "Qwen3-30B-A3B", 2048, 768, 128, 8, 0, MOE_NULL_KIND_ZERO } },
    { "{\"model_type\": \"deepseek_v3\", \"hidden_size\": 7168, \"intermediate_size\": 18432,"
      " \"moe_intermediate_size\": 2048, \"n_routed_experts\": 256, \"n_shared_experts\": 1,"
      " \"num_experts_per_tok\": 8}",
      { "deepseek_v3", 7168, 2048, 256, 8, 0, MOE_NULL_KIND_ZERO } },
    { "{\"model_type\": \"dbrx\", \"d_model\": 6144, \"ffn_config\": {\"ffn_hidden_size\": 10752,"
      " \"moe_num_experts\": 16, \"moe_top_k\": 4}}",
      { "dbrx", 6144, 10752, 16, 4, 0, MOE_NULL_KIND_ZERO } },
    { "{\"architectures\": [\"A\"], \"text_config\": {\"hidden_size\": 5120,"
      " \"intermediate_size\": 8192, \"num_local_experts\": 16, \"num_experts_per_tok\": 1}}",
      { "", 5120, 8192, 16, 1, 0, MOE_NULL_KIND_ZERO } },
    { "{\"model_type\": \"longcat_flash\", \"hidden_size\": 6144, \"expert_ffn_hidden_size\": 2048,"
      " \"n_routed_experts\": 512, \"moe_topk\": 12, \"zero_expert_num\": 256,"
      " \"zero_expert_type\": \"identity\"}",
      { "longcat_flash", 6144, 2048, 512, 12, 256, MOE_NULL_KIND_COPY } },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MoeModelConfig) config = read_text (cases[i].text, &error);
      const MoeModelConfig *is = &cases[i].is;
      g_assert_no_error (error);
      g_assert_cmpstr (config->name, ==, is->name);
      g_assert_cmpuint (config->hidden, ==, is->hidden);
      g_assert_cmpuint (config->mlp_dim, ==, is->mlp_dim);
      g_assert_cmpuint (config->experts, ==, is->experts);
      g_assert_cmpuint (config->topk, ==, is->topk);
      g_assert_cmpuint (config->null_experts, ==, is->null_experts);
      g_assert_cmpint (config->null_kind, ==, is->null_kind);
    }
}

static void
test_sentences (void)
{
  static const char *const cases[][2] = {
    { "[1]", "config.json is not the config.json of a model." },
    { "{\"rows\": 1}", "config.json is not the config.json of a model." },
    { "{\"hidden_size\": 64, \"moe_intermediate_size\": 32, \"num_experts\": 8}",
      "config.json has no key for the experts of a token: allowed are "
      "num_experts_per_tok, num_experts_per_token, moe_topk, moe_top_k, moe_k, experts_per_token, "
      "num_selected_experts." },
    { "{\"model_type\": \"llama\", \"hidden_size\": 64, \"intermediate_size\": 32}",
      "config.json has no key for the number of experts: allowed are num_experts, "
      "num_local_experts, n_routed_experts, moe_num_experts, num_moe_experts." },
    { "{\"hidden_size\": 64.5}", "config.json: hidden_size is not a whole number from 1." },
    { "{\"hidden_size\": 64, \"moe_intermediate_size\": [32, 16], \"num_experts\": 8}",
      "config.json: moe_intermediate_size is not a whole number from 1." },
    { "{\"hidden_size\": 64, \"moe_intermediate_size\": 32, \"num_experts\": 4,"
      " \"num_experts_per_tok\": 5}",
      "config.json: a token takes more experts than there are." },
    { "{\"hidden_size\": 64, \"moe_intermediate_size\": 32, \"num_experts\": 4,"
      " \"num_experts_per_tok\": 2, \"zero_expert_num\": 1, \"zero_expert_type\": \"odd\"}",
      "config.json: zero_expert_type is not known: allowed are identity and zero." },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (read_text (cases[i][0], &error));
      g_assert_cmpstr (error->message, ==, cases[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-config/families", test_families);
  g_test_add_func ("/model-config/sentences", test_sentences);
  return g_test_run ();
}
