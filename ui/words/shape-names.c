/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/shape-names.h"

#include "engine/text/intern.h"

#define TIMES "\303\227"

typedef struct Known
{
  const char *name;
  MoeShape shape;
} Known;

/* Those of data/presets.csv; the published logbook's shapes go by their letters.  A file of results
 * must be read the same on a machine that lacks the presets. */
static const Known known_shapes[] = {
  { "Quick", { .tokens = 4096, .hidden = 512, .mlp_dim = 352, .experts = 60 } },
  { "S", { .tokens = 32768, .hidden = 2048, .mlp_dim = 1408, .experts = 60 } },
  { "M", { .tokens = 32768, .hidden = 2048, .mlp_dim = 2048, .experts = 64 } },
  { "L", { .tokens = 65536, .hidden = 3072, .mlp_dim = 3072, .experts = 128 } },
  { "Mixtral 8x7B", { .tokens = 32768, .hidden = 4096, .mlp_dim = 14336, .experts = 8 } },
  { "Llama 4 Scout", { .tokens = 32768, .hidden = 5120, .mlp_dim = 8192, .experts = 16 } },
  { "gpt-oss-20b", { .tokens = 32768, .hidden = 2880, .mlp_dim = 2880, .experts = 32 } },
  { "Ling-lite", { .tokens = 32768, .hidden = 2048, .mlp_dim = 1408, .experts = 64 } },
  { "OLMoE-1B-7B", { .tokens = 32768, .hidden = 2048, .mlp_dim = 1024, .experts = 64 } },
  { "Qwen3-30B-A3B", { .tokens = 32768, .hidden = 2048, .mlp_dim = 768, .experts = 128 } },
  { "Qwen3-235B-A22B", { .tokens = 32768, .hidden = 4096, .mlp_dim = 1536, .experts = 128 } },
  { "LongCat-Flash", { .tokens = 32768, .hidden = 6144, .mlp_dim = 2048, .experts = 512 } },
  { "DeepSeek-V3", { .tokens = 32768, .hidden = 7168, .mlp_dim = 2048, .experts = 256 } },
};

static const char *
intern_dimensions (const MoeShape *shape)
{
  char shared[32] = "";
  g_autofree char *words = NULL;

  if (shape->shared_dim > 0)
    g_snprintf (shared, sizeof shared, " + shared %" G_GSIZE_FORMAT, shape->shared_dim);
  words = g_strdup_printf ("%" G_GSIZE_FORMAT TIMES "%" G_GSIZE_FORMAT TIMES
                           "%" G_GSIZE_FORMAT TIMES "%" G_GSIZE_FORMAT "%s",
                           shape->tokens, shape->hidden, shape->mlp_dim, shape->experts, shared);
  return moe_text_intern (words);
}

const char *
nullcurve_shape_dimensions (const MoeRecord *record)
{
  return record->has_shape ? intern_dimensions (&record->shape) : NULL;
}

/* The same experts; the tokens of a step may be fewer, which the name then says. */
static gboolean
is_of (const MoeShape *shape, const MoeShape *known)
{
  return shape->hidden == known->hidden && shape->mlp_dim == known->mlp_dim
         && shape->experts == known->experts && shape->shared_dim == known->shared_dim
         && shape->tokens > 0 && known->tokens % shape->tokens == 0;
}

/* "S", "Mixtral 8x7B", and "S/8" for an eighth of its tokens; NULL when the shape has no name. */
static const char *
shape_name (const MoeRecord *record)
{
  for (gsize i = 0; record->has_shape && i < G_N_ELEMENTS (known_shapes); i++)
    {
      const Known *known = &known_shapes[i];
      g_autofree char *part = NULL;

      if (!is_of (&record->shape, &known->shape))
        continue;
      if (record->shape.tokens == known->shape.tokens)
        return known->name;
      part = g_strdup_printf ("%s/%" G_GSIZE_FORMAT, known->name,
                              known->shape.tokens / record->shape.tokens);
      return moe_text_intern (part);
    }
  return NULL;
}

const char *
nullcurve_shape_brief (const MoeRecord *record)
{
  const char *name = shape_name (record);

  return name != NULL ? name : nullcurve_shape_dimensions (record);
}

char *
nullcurve_shape_title (const MoeRecord *record)
{
  const char *name = shape_name (record);
  const char *dimensions = nullcurve_shape_dimensions (record);

  return name != NULL ? g_strdup_printf ("%s  %s", name, dimensions) : g_strdup (dimensions);
}
