/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/model-config.h"

#include <math.h>
#include <string.h>

#include "engine/base/words.h"
#include "engine/json/foreign.h"
#include "engine/text/tame.h"

enum
{
  MAX_NAMES = 8,
  MAX_WITHIN = 3, /* configs within each other that are looked into */
  MOST = 1 << 30  /* of any number */
};

/* What is needed, by the names that models have for it; those of experts before those that mean
 * their layers without experts too. */
typedef struct Need
{
  const char *what; /* in a sentence */
  const char *names[MAX_NAMES];
} Need;

enum
{
  NEED_HIDDEN,
  NEED_MLP_DIM,
  NEED_EXPERTS,
  NEED_TOPK,
  N_NEEDS
};

static const Need needs[N_NEEDS] = {
  [NEED_HIDDEN] = { MOE_WORDS ("the width of a token"), { "hidden_size", "d_model", "n_embd" } },
  [NEED_MLP_DIM] = { MOE_WORDS ("the width of an expert"),
                     { "moe_intermediate_size", "expert_ffn_hidden_size", "moe_ffn_hidden_size",
                       "ffn_hidden_size", "intermediate_size" } },
  [NEED_EXPERTS] = { MOE_WORDS ("the number of experts"),
                     { "num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts",
                       "num_moe_experts" } },
  [NEED_TOPK] = { MOE_WORDS ("the experts of a token"),
                  { "num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k",
                    "moe_k", "experts_per_token", "num_selected_experts" } },
};

/* Where a model of more than text keeps that of its text, and some models that of their experts. */
static const char *const inner[] = { "text_config", "llm_config", "language_config",
                                     "thinker_config", "ffn_config" };

void
moe_model_config_free (MoeModelConfig *config)
{
  if (config == NULL)
    return;
  g_free (config->name);
  g_free (config);
}

/* Without a byte order mark and blanks around it. */
static MoeSpan
strip (MoeSpan text)
{
  if (text.length >= 3 && memcmp (text.text, "\xEF\xBB\xBF", 3) == 0)
    text = moe_span (text.text + 3, text.length - 3);
  while (text.length > 0 && g_ascii_isspace (text.text[0]))
    text = moe_span (text.text + 1, text.length - 1);
  while (text.length > 0 && g_ascii_isspace (text.text[text.length - 1]))
    text.length--;
  return text;
}

/* NULL: it is none. */
static JsonNode *
parse (MoeSpan text)
{
  text = strip (text);
  JsonNode *root = text.length > 0 && text.text[0] == '{' ? moe_json_parse (text) : NULL;
  JsonObject *object = root != NULL ? json_node_get_object (root) : NULL;
  if (root == NULL || moe_json_get_text (object, "model_type") != NULL
      || moe_json_get_array (object, "architectures") != NULL
      || json_object_has_member (object, "hidden_size"))
    return root;
  json_node_unref (root);
  return NULL;
}

gboolean
moe_model_config_is (MoeSpan text)
{
  JsonNode *root = parse (text);
  gboolean is = root != NULL;
  g_clear_pointer (&root, json_node_unref);
  return is;
}

/* The member of any of these names, the outermost first; *found: its name. */
static JsonNode *
find (JsonObject *object, const char *const *names, int depth, const char **found)
{
  JsonNode *node = NULL;
  for (gsize i = 0; i < MAX_NAMES && names[i] != NULL && node == NULL; i++)
    if (json_object_has_member (object, names[i])
        && !JSON_NODE_HOLDS_NULL (json_object_get_member (object, names[i])))
      {
        node = json_object_get_member (object, names[i]);
        *found = names[i];
      }
  for (gsize i = 0; depth < MAX_WITHIN && i < G_N_ELEMENTS (inner) && node == NULL; i++)
    {
      JsonObject *within = moe_json_get_object (object, inner[i]);
      if (within != NULL)
        node = find (within, names, depth + 1, found);
    }
  return node;
}

static gboolean
read_whole (JsonNode *node, gsize *value)
{
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  gint64 wide = json_node_get_int (node);
  *value = (gsize)wide;
  return wide >= 1 && wide <= MOST;
}

/* Of layers that differ there is a list: one value that all have is meant. */
static gboolean
read_number (JsonNode *node, gsize *value)
{
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return read_whole (node, value);
  JsonArray *array = json_node_get_array (node);
  guint n = json_array_get_length (array);
  for (guint i = 0; i < n; i++)
    {
      gsize other;
      if (!read_whole (json_array_get_element (array, i), &other) || (i > 0 && other != *value))
        return FALSE;
      *value = other;
    }
  return n > 0;
}

static gboolean
fail (GError **error, char *sentence)
{
  g_set_error_literal (error, MOE_FORMATS_ERROR, MOE_FORMATS_ERROR_INVALID, sentence);
  g_free (sentence);
  return FALSE;
}

static gboolean
read_need (JsonObject *object, const Need *need, const char *name, gsize *value, GError **error)
{
  const char *found = NULL;
  JsonNode *node = find (object, need->names, 0, &found);
  if (node == NULL)
    {
      g_autofree char *allowed = g_strjoinv (", ", (char **)need->names);
      return fail (error, g_strdup_printf (moe_words ("%s has no key for %s: allowed are %s."),
                                           name, moe_words (need->what), allowed));
    }
  if (!read_number (node, value))
    return fail (error,
                 g_strdup_printf (moe_words ("%s: %s is not a whole number from 1."), name, found));
  return TRUE;
}

/* Experts that compute nothing, as LongCat-Flash has them: they are none unless it says so. */
static gboolean
read_nulls (JsonObject *object, const char *name, MoeModelConfig *config, GError **error)
{
  static const char *const number[] = { "zero_expert_num", NULL };
  static const char *const type[] = { "zero_expert_type", NULL };
  const char *found;
  JsonNode *node = find (object, number, 0, &found);
  JsonNode *kind = find (object, type, 0, &found);
  gboolean is_text = kind != NULL && JSON_NODE_HOLDS_VALUE (kind)
                     && json_node_get_value_type (kind) == G_TYPE_STRING;
  gboolean copies = is_text && g_str_equal (json_node_get_string (kind), "identity");
  gboolean zero = kind == NULL || (is_text && g_str_equal (json_node_get_string (kind), "zero"));
  if (node == NULL
      || (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64
          && json_node_get_int (node) == 0))
    return TRUE;
  if (!read_number (node, &config->null_experts))
    return fail (error, g_strdup_printf (moe_words ("%s: %s is not a whole number from 1."), name,
                                         number[0]));
  if (!copies && !zero)
    return fail (error, g_strdup_printf (moe_words ("%s: %s is not known: allowed are identity "
                                                    "and zero."),
                                         name, type[0]));
  config->null_kind = copies ? MOE_NULL_KIND_COPY : MOE_NULL_KIND_ZERO;
  return TRUE;
}

/* "Qwen/Qwen3-30B-A3B" is told by its last part; a folder of somebody's is none of our business. */
static char *
dup_name (JsonObject *object)
{
  const char *path = moe_json_get_text (object, "_name_or_path");
  const char *type = moe_json_get_text (object, "model_type");
  g_autofree char *base = path != NULL && *path != '\0' ? g_path_get_basename (path) : NULL;
  const char *name = base != NULL && strpbrk (base, "/.") != base ? base : type;
  return moe_text_tame (name != NULL ? name : "", MOE_TEXT_MAX_NAME);
}

MoeModelConfig *
moe_model_config_read (MoeSpan text, const char *name, GError **error)
{
  g_autofree char *label = moe_text_tame (name, MOE_TEXT_MAX_NAME);
  g_autoptr (MoeModelConfig) config = g_new0 (MoeModelConfig, 1);
  g_autoptr (JsonNode) root = parse (text);
  gsize *const values[N_NEEDS] = { &config->hidden, &config->mlp_dim, &config->experts,
                                   &config->topk };
  if (root == NULL)
    {
      fail (error, g_strdup_printf (moe_words ("%s is not the config.json of a model."), label));
      return NULL;
    }
  JsonObject *object = json_node_get_object (root);
  for (gsize i = 0; i < N_NEEDS; i++)
    if (!read_need (object, &needs[i], label, values[i], error))
      return NULL;
  if (!read_nulls (object, label, config, error))
    return NULL;
  if (config->topk > config->experts + config->null_experts)
    {
      fail (error,
            g_strdup_printf (moe_words ("%s: a token takes more experts than there are."), label));
      return NULL;
    }
  config->name = dup_name (object);
  return g_steal_pointer (&config);
}

/* All of a file that is not too large; NULL: it is, or cannot be read. */
static GByteArray *
read_small (GFile *file, GCancellable *cancellable)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  gsize got = 0;
  char first = 0;
  if (stream == NULL
      || !g_input_stream_read_all (G_INPUT_STREAM (stream), &first, 1, &got, cancellable, NULL)
      || got == 0 || (first != '{' && first != '\xEF' && !g_ascii_isspace (first)))
    return NULL;
  g_byte_array_set_size (bytes, MOE_JSON_MAX_BYTES + 1);
  bytes->data[0] = (guint8)first;
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), bytes->data + 1, MOE_JSON_MAX_BYTES, &got,
                                cancellable, NULL)
      || got == MOE_JSON_MAX_BYTES)
    return NULL;
  g_byte_array_set_size (bytes, (guint)got + 1);
  return g_steal_pointer (&bytes);
}

MoeModelConfig *
moe_model_config_read_file (GFile *file,
                            GCancellable *cancellable,
                            gboolean *recognised,
                            GError **error)
{
  g_autoptr (GByteArray) bytes = read_small (file, cancellable);
  g_autofree char *base = g_file_get_basename (file);
  g_autofree char *name = g_filename_display_name (base != NULL ? base : "config.json");
  MoeSpan text =
      bytes != NULL ? moe_span ((const char *)bytes->data, bytes->len) : moe_span ("", 0);
  *recognised = moe_model_config_is (text);
  return *recognised ? moe_model_config_read (text, name, error) : NULL;
}
