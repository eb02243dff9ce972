/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/sweep/presets.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#include "engine/options/sweep-axis.h"
#include "engine/text/tame.h"

/* Among the resources of a program that ships the lists. */
#define RESOURCES "/io/github/nullcurve/Nullcurve/"

enum
{
  N_COLUMNS = 7
};

static void
preset_free (gpointer data)
{
  MoePreset *preset = data;
  g_free (preset->name);
  g_free (preset->source);
  g_free (preset);
}

static MoePreset *
preset_new (const char *name, const MoeShape *shape, gsize topk, const char *source)
{
  MoePreset *preset = g_new0 (MoePreset, 1);
  preset->name = moe_text_tame (name, MOE_TEXT_MAX_NAME);
  preset->shape = *shape;
  preset->topk = topk;
  preset->source = moe_text_tame (source, MOE_TEXT_MAX_NAME);
  return preset;
}

static gboolean
parse_size (const char *text, gsize *value)
{
  guint64 wide;
  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXSIZE, &wide, NULL))
    return FALSE;
  *value = wide;
  return TRUE;
}

/* "60", or "512+256 copy". */
static gboolean
parse_experts (const char *text, MoePreset *parsed)
{
  g_auto (GStrv) parts = g_strsplit (text, "+", 2);
  int kind;
  if (parts[0] == NULL || !parse_size (parts[0], &parsed->shape.experts))
    return FALSE;
  if (parts[1] == NULL)
    return TRUE;
  g_auto (GStrv) nulls = g_strsplit (parts[1], " ", 2);
  if (nulls[0] == NULL || nulls[1] == NULL || !parse_size (nulls[0], &parsed->null_experts)
      || !moe_name_parse (&moe_choices[MOE_CHOICE_NULL_KIND].names, nulls[1], &kind))
    return FALSE;
  parsed->null_kind = (MoeNullKind)kind;
  return TRUE;
}

static MoePreset *
parse_row (const char *line)
{
  /* The last column may hold commas: it is free text. */
  g_auto (GStrv) cells = g_strsplit (line, ",", N_COLUMNS);
  MoePreset parsed = { 0 };
  MoeShape *shape = &parsed.shape;
  if (g_strv_length (cells) < N_COLUMNS - 1 || cells[0][0] == '\0'
      || !parse_size (cells[1], &shape->tokens) || !parse_size (cells[2], &shape->hidden)
      || !parse_size (cells[3], &shape->mlp_dim) || !parse_experts (cells[4], &parsed)
      || !parse_size (cells[5], &parsed.topk))
    return NULL;
  MoePreset *preset = preset_new (cells[0], shape, parsed.topk, cells[6] != NULL ? cells[6] : "");
  preset->null_experts = parsed.null_experts;
  preset->null_kind = parsed.null_kind;
  return preset;
}

GPtrArray *
moe_presets_parse (const char *text)
{
  GPtrArray *presets = g_ptr_array_new_with_free_func (preset_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 1; lines[0] != NULL && lines[i] != NULL; i++)
    {
      MoePreset *preset = parse_row (g_strchomp (lines[i]));
      if (preset != NULL)
        g_ptr_array_add (presets, preset);
    }
  return presets;
}

/* --- workloads: rows of the shipped table of loads --- */

enum
{
  LOADS_MODEL,
  LOADS_PHASE,
  LOADS_TOKENS,
  LOADS_TOPK,
  LOADS_EXPERTS,
  LOADS_HIDDEN,
  LOADS_MLP_DIM,
  LOADS_SOURCE,
  N_LOADS
};

/* Where each stands in a row; FALSE: one is not among the headings. */
static gboolean
find_headings (char *const *cells, guint places[N_LOADS])
{
  static const char *const names[N_LOADS] = { "model",   "phase",  "tokens",  "topk",
                                              "experts", "hidden", "mlp_dim", "source" };
  for (guint i = 0; i < N_LOADS; i++)
    {
      guint at = 0;
      while (cells[at] != NULL && !g_str_equal (cells[at], names[i]))
        at++;
      if (cells[at] == NULL)
        return FALSE;
      places[i] = at;
    }
  return TRUE;
}

/* As the list of shapes calls it. */
static const char *
model_title (const char *model)
{
  static const char *const titles[][2] = { { "gpt_oss", "gpt-oss-20b" },
                                           { "mixtral", "Mixtral 8x7B" },
                                           { "qwen3_30b", "Qwen3-30B-A3B" } };
  for (gsize i = 0; i < G_N_ELEMENTS (titles); i++)
    if (g_str_equal (model, titles[i][0]))
      return titles[i][1];
  return model;
}

/* "gpt-oss-20b decode 16 a": rows of one model, phase and number of tokens are told apart by a
 * letter, in the order of the table. */
static char *
dup_workload_name (const GPtrArray *presets, const char *model, const char *phase, gsize tokens)
{
  g_autofree char *stem =
      g_strdup_printf ("%s %s %" G_GSIZE_FORMAT " ", model_title (model), phase, tokens);
  guint same = 0;
  for (guint i = 0; i < presets->len; i++)
    same += g_str_has_prefix (((const MoePreset *)g_ptr_array_index (presets, i))->name, stem);
  return same < 26 ? g_strdup_printf ("%s%c", stem, 'a' + (char)same)
                   : g_strdup_printf ("%s%u", stem, same + 1);
}

static void
add_workload (GPtrArray *presets, char *const *cells, const guint places[N_LOADS], gsize row)
{
  MoeShape shape = { 0 };
  gsize topk;
  if (!parse_size (cells[places[LOADS_TOKENS]], &shape.tokens)
      || !parse_size (cells[places[LOADS_TOPK]], &topk)
      || !parse_size (cells[places[LOADS_EXPERTS]], &shape.experts)
      || !parse_size (cells[places[LOADS_HIDDEN]], &shape.hidden)
      || !parse_size (cells[places[LOADS_MLP_DIM]], &shape.mlp_dim))
    return;
  g_autofree char *name = dup_workload_name (presets, cells[places[LOADS_MODEL]],
                                             cells[places[LOADS_PHASE]], shape.tokens);
  MoePreset *preset = preset_new (name, &shape, topk, cells[places[LOADS_SOURCE]]);
  preset->loads_row = row;
  g_ptr_array_add (presets, preset);
}

/* Rows are counted as the reader of loads does. */
void
moe_presets_add_loads (GPtrArray *presets, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  guint places[N_LOADS], n_cells = 0;
  gsize row = 0;
  for (gsize i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) cells = g_strsplit (g_strchomp (lines[i]), ",", -1);
      if (lines[i][0] == '\0' || lines[i][0] == '#')
        continue;
      if (n_cells == 0)
        {
          n_cells = g_strv_length (cells);
          if (!find_headings (cells, places))
            return;
          continue;
        }
      row++;
      if (g_strv_length (cells) == n_cells)
        add_workload (presets, cells, places, row);
    }
}

/* --- the shipped ones --- */

static char *
dup_resource (const char *name)
{
  g_autofree char *path = g_strconcat (RESOURCES, name, NULL);
  g_autoptr (GBytes) bytes = g_resources_lookup_data (path, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  return bytes == NULL ? g_strdup ("")
                       : g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

GPtrArray *
moe_presets_get (void)
{
  static GPtrArray *shipped = NULL;
  if (shipped != NULL)
    return shipped;

  g_autofree char *text = dup_resource ("presets.csv");
  g_autofree char *loads = dup_resource (MOE_PRESETS_LOADS);
  shipped = moe_presets_parse (text);
  moe_presets_add_loads (shipped, loads);
  const MoePreset *first = shipped->len > 0 ? g_ptr_array_index (shipped, 0) : NULL;
  if (first != NULL && strcmp (first->name, "Quick") == 0)
    return shipped;
  /* A program without the shipped list still starts on Quick. */
  MoeShape quick = { .tokens = 4096, .hidden = 512, .mlp_dim = 352, .experts = 60 };
  g_ptr_array_insert (shipped, 0, preset_new (_ ("Quick"), &quick, 4, ""));
  return shipped;
}

/* Does it have null experts, and do options have the same? */
static gboolean
has_nulls_of (const MoePreset *preset, const MoeOptions *options)
{
  return preset->null_experts > 0 && !moe_options_has_sizes (options)
         && preset->null_experts == options->null_experts
         && options->choice[MOE_CHOICE_NULL_KIND] == preset->null_kind
         && moe_shape_equal (&preset->shape, &options->shape);
}

/* Is routing from the shipped table of loads, and nothing else? */
static gboolean
has_shipped_loads (const MoeOptions *options)
{
  return options->choice[MOE_CHOICE_DISTRIBUTION] == 1u << MOE_DISTRIBUTION_LOADS
         && strcmp (options->file.path, MOE_PRESETS_LOADS) == 0;
}

/* The file has its own tokens, top-k and experts, whatever the options say. */
static gboolean
has_loads_of (const MoePreset *preset, const MoeOptions *options)
{
  return preset->loads_row > 0 && has_shipped_loads (options)
         && options->file.row == preset->loads_row && options->shape.hidden == preset->shape.hidden
         && options->shape.mlp_dim == preset->shape.mlp_dim;
}

const MoePreset *
moe_presets_match (const MoeOptions *options)
{
  GPtrArray *presets = moe_presets_get ();
  const MoePreset *match = NULL;
  for (guint i = 0; i < presets->len; i++)
    if (has_nulls_of (g_ptr_array_index (presets, i), options)
        || has_loads_of (g_ptr_array_index (presets, i), options))
      return g_ptr_array_index (presets, i);
  for (guint i = 0; i < presets->len; i++)
    {
      const MoePreset *preset = g_ptr_array_index (presets, i);
      if (preset->null_experts > 0 || preset->loads_row > 0 || moe_options_has_sizes (options)
          || !moe_shape_equal (&preset->shape, &options->shape))
        continue;
      if (options->topk_list.n == 0 && preset->topk == options->topk)
        return preset;
      if (match == NULL)
        match = preset;
    }
  return match;
}

void
moe_presets_apply (const MoePreset *preset, MoeOptions *options)
{
  const MoePreset *before = moe_presets_match (options);
  MoeOptions usual;
  moe_options_init (&usual);
  if (preset->null_experts > 0 || (before != NULL && before->null_experts > 0))
    {
      options->null_experts = preset->null_experts;
      options->choice[MOE_CHOICE_NULL_KIND] = (guint8)preset->null_kind;
      options->choice[MOE_CHOICE_NULL_MODE] =
          preset->null_experts > 0 ? MOE_NULL_MODE_ROUTER : usual.choice[MOE_CHOICE_NULL_MODE];
    }
  if (preset->loads_row > 0)
    {
      options->choice[MOE_CHOICE_DISTRIBUTION] = 1u << MOE_DISTRIBUTION_LOADS;
      g_strlcpy (options->file.path, MOE_PRESETS_LOADS, sizeof options->file.path);
      options->file.row = preset->loads_row;
    }
  else if (has_shipped_loads (options))
    {
      options->choice[MOE_CHOICE_DISTRIBUTION] = 1u << MOE_DISTRIBUTION_RANDOM;
      options->file = usual.file;
    }
  options->shape = preset->shape;
  moe_options_clear_sizes (options);
  options->topk = preset->topk;
  options->topk_list.n = 0;
}

void
moe_presets_init_options (MoeOptions *options)
{
  moe_options_init_single (options);
  options->choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD;
  options->null_route_sweep = true;
  options->baseline = true;
  options->until_settled = true;
  moe_presets_apply (g_ptr_array_index (moe_presets_get (), 0), options);
}
