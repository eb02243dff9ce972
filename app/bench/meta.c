/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/meta.h"

#include "engine/sweep/json.h"

/* "a,b" as a list of strings. */
static void
append_names (GString *out, const char *names)
{
  g_auto (GStrv) list = g_strsplit (names, ",", -1);
  g_string_append_c (out, '[');
  for (gsize i = 0; list[i] != NULL; i++)
    {
      g_string_append (out, i > 0 ? ", " : "");
      moe_json_append_string (out, list[i]);
    }
  g_string_append_c (out, ']');
}

static void
append_value (GString *out, const MoeOptions *options, const MoeOptionSpec *spec)
{
  char value[MOE_OPTION_VALUE_SIZE];
  moe_options_format (options, spec, value, sizeof value);
  switch (spec->kind)
    {
    case MOE_OPTION_FLAG:
    case MOE_OPTION_SIZE:
    case MOE_OPTION_SEED:
    case MOE_OPTION_REAL:
      g_string_append (out, value);
      break;
    case MOE_OPTION_SIZE_LIST:
    case MOE_OPTION_FRACTION_LIST:
      g_string_append_printf (out, "[%s]", value);
      break;
    case MOE_OPTION_CHOICE_SET:
      append_names (out, value);
      break;
    case MOE_OPTION_CHOICE:
    case MOE_OPTION_FILE:
    case MOE_OPTION_ACCELERATOR:
      moe_json_append_string (out, value);
      break;
    }
}

static void
append_options (GString *out, const MoeOptions *options)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  g_string_append (out, "  \"options\": {\n");
  for (gsize i = 0; i < n; i++)
    {
      g_string_append_printf (out, "    \"%s\": ", specs[i].key);
      append_value (out, options, &specs[i]);
      g_string_append (out, i + 1 < n ? ",\n" : "\n");
    }
  g_string_append (out, "  }\n");
}

static void
append_point (GString *out, const MoePoint *point, const MoeRouting *routing, gsize dropped)
{
  const MoeShape *shape = &point->block.shape;
  g_string_append_printf (out,
                          "  \"tokens\": %zu,\n  \"hidden\": %zu,\n  \"mlp_dim\": %zu,\n"
                          "  \"experts\": %zu,\n  \"shared_expert_dim\": %zu,\n"
                          "  \"topk\": %zu,\n",
                          shape->tokens, shape->hidden, shape->mlp_dim, shape->experts,
                          shape->shared_dim, point->block.topk);
  g_string_append_printf (out, "  \"impl\": \"%s\",\n  \"distribution\": \"%s\",\n",
                          moe_choice_name (MOE_CHOICE_IMPL, point->block.choice[MOE_CHOICE_IMPL]),
                          moe_choice_name (MOE_CHOICE_DISTRIBUTION, point->routing.distribution));
  g_string_append_printf (out, "  \"k_rule\": \"%s\",\n",
                          moe_choice_name (MOE_CHOICE_K_RULE, point->routing.k_rule));
  if (point->routing.k_rule == MOE_K_RULE_TOKEN_ROUNDING)
    g_string_append_printf (out, "  \"tile\": %zu,\n", point->routing.tile);
  g_string_append_printf (out, "  \"null_mode\": \"%s\",\n  \"null_target\": ",
                          moe_choice_name (MOE_CHOICE_NULL_MODE, point->routing.null_mode));
  moe_json_append_real (out, point->routing.null_target);
  g_string_append_printf (
      out, ",\n  \"null_granularity\": \"%s\",\n  \"null_tokens\": \"%s\",\n  \"null_realized\": ",
      moe_choice_name (MOE_CHOICE_NULL_GRANULARITY, point->routing.null_granularity),
      moe_choice_name (MOE_CHOICE_NULL_TOKENS, point->routing.null_tokens));
  moe_json_append_real (out, routing->null_realized);
  g_string_append_printf (
      out,
      ",\n  \"null_kind\": \"%s\",\n  \"null_vectors\": %zu"
      ",\n  \"null_experts\": %zu,\n  \"null_assignments\": %zu,\n"
      "  \"real_assignments\": %zu,\n  \"dropped_assignments\": %zu,\n",
      moe_choice_name (MOE_CHOICE_NULL_KIND, point->block.choice[MOE_CHOICE_NULL_KIND]),
      shape->null_vectors, routing->null_experts, routing->null_assignments,
      routing->real_assignments, dropped);
}

GString *
nullcurve_bench_meta (const MoeOptions *options,
                      const MoePoint *point,
                      gsize threads,
                      const MoeBackend *backend,
                      const MoeRouting *routing,
                      gsize dropped,
                      double loss)
{
  MoeBackendFacts facts = { 0 };
  GString *out = g_string_new ("{\n  \"tool\": \"Nullcurve " NULLCURVE_VERSION "\",\n");
  backend->facts (moe_backend_device_of (options->accelerator), &facts);
  append_point (out, point, routing, dropped);
  g_string_append (out, "  \"loss\": ");
  moe_json_append_real (out, loss);
  g_string_append (out, ",\n  \"accelerator\": ");
  moe_json_append_string (out, backend->name);
  g_string_append (out, ",\n  \"library\": ");
  moe_json_append_string (out, facts.library);
  g_string_append_printf (out, ",\n  \"threads\": %zu,\n", threads);
  append_options (out, options);
  g_string_append (out, "}\n");
  return out;
}
