/* SPDX-License-Identifier: Apache-2.0 */
/* What tells curves apart, in one place: equality, hashing and words all come from here. */
#include "engine/records/axes.h"

#include <math.h>

#include "engine/base/words.h"
#include "engine/records/numbers.h"
#include "engine/text/intern.h"

const char *
moe_axis_title (MoeAxis axis)
{
  if (axis == MOE_AXIS_DRAW)
    return MOE_WORDS ("Drawn with");
  return axis == MOE_AXIS_KERNEL ? MOE_WORDS ("Kernel") : moe_choices[axis].title;
}

static void
append_number (GString *text, const char *before, double value)
{
  if (!isfinite (value))
    return;
  g_string_append (text, before);
  moe_number_append_shortest (text, value);
}

/* The factor says the same for every top-k; rows only stand in for it. */
static const char *
capacity_words (const MoeRecord *record)
{
  const char *policy = record->choice[MOE_CHOICE_CAPACITY_POLICY];
  if (policy != NULL && g_str_equal (policy, "none"))
    return policy;
  if (policy == NULL && !(record->capacity_factor > 0))
    return NULL;
  g_autoptr (GString) words = g_string_new (policy != NULL ? policy : "factor");
  append_number (words, " ", record->capacity_factor);
  if (!isfinite (record->capacity_factor) && record->capacity >= 0)
    g_string_append_printf (words, " to %" G_GINT64_FORMAT " rows", record->capacity);
  return moe_text_intern (words->str);
}

static const char *
parallel_words (const MoeRecord *record)
{
  const char *mode = record->choice[MOE_CHOICE_PARALLEL_MODE];
  if (mode == NULL || g_str_equal (mode, "none"))
    return mode;
  g_autoptr (GString) words = g_string_new (mode);
  if (record->choice[MOE_CHOICE_EP_COMM_PATH] != NULL)
    g_string_append_printf (words, " %s", record->choice[MOE_CHOICE_EP_COMM_PATH]);
  if (record->ep_size >= 0)
    g_string_append_printf (words, ", %" G_GINT64_FORMAT " shards", record->ep_size);
  return moe_text_intern (words->str);
}

static const char *
rule_words (const MoeRecord *record)
{
  const char *rule = record->choice[MOE_CHOICE_K_RULE];
  if (rule == NULL || record->skew.tile < 0)
    return rule;
  g_autofree char *words = g_strdup_printf ("%s, tile %" G_GINT64_FORMAT, rule, record->skew.tile);
  return moe_text_intern (words);
}

static const char *
draw_words (const MoeRecord *record)
{
  const MoeRecordSkew *skew = &record->skew;
  g_autoptr (GString) words = g_string_new (NULL);
  append_number (words, "exponent ", skew->zipf_exponent);
  if (skew->hot_experts >= 0)
    g_string_append_printf (words, "%" G_GINT64_FORMAT " experts", skew->hot_experts);
  append_number (words, words->len > 0 ? ", share " : "share ", skew->hot_share);
  if (skew->file != NULL)
    g_string_append_printf (words, "%s%s", words->len > 0 ? ", " : "", skew->file);
  if (words->len > 0)
    return moe_text_intern (words->str);
  if (isnan (record->run_alpha) && isnan (record->run_noise_scale))
    return NULL;
  append_number (words, "alpha ", record->run_alpha);
  append_number (words, words->len > 0 ? ", noise " : "noise ", record->run_noise_scale);
  return moe_text_intern (words->str);
}

const char *
moe_record_axis (const MoeRecord *record, MoeAxis axis)
{
  switch (axis)
    {
    case MOE_CHOICE_CAPACITY_POLICY:
      return capacity_words (record);
    case MOE_CHOICE_SHARED_FUSED:
      return record->has_shape && record->shape.shared_dim > 0 ? record->choice[axis] : NULL;
    case MOE_CHOICE_PARALLEL_MODE:
      return parallel_words (record);
    case MOE_CHOICE_EP_COMM_PATH:
      return NULL;
    case MOE_CHOICE_K_RULE:
      return rule_words (record);
    case MOE_AXIS_DRAW:
      return draw_words (record);
    case MOE_AXIS_KERNEL:
      return record->kernel;
    default:
      return record->choice[axis];
    }
}

const char *
moe_record_identity (const MoeRecord *record, MoeAxis axis)
{
  static const char *missing[MOE_N_CHOICES]; /* interned; written by all alike */
  const char *words = moe_record_axis (record, axis);
  if (words != NULL || axis >= MOE_N_CHOICES)
    return words;
  words = g_atomic_pointer_get (&missing[axis]);
  if (words == NULL && moe_choices[axis].missing != NULL)
    {
      words = moe_text_intern (moe_choices[axis].missing);
      g_atomic_pointer_set (&missing[axis], words);
    }
  return words;
}

gboolean
moe_record_same_axis (const MoeRecord *a, const MoeRecord *b, MoeAxis axis)
{
  const char *x = moe_record_axis (a, axis), *y = moe_record_axis (b, axis);
  /* What is missing is looked up only where the other has something. */
  return x == y || moe_record_identity (a, axis) == moe_record_identity (b, axis);
}

gboolean
moe_record_same_shape (const MoeRecord *a, const MoeRecord *b)
{
  return a->has_shape == b->has_shape && (!a->has_shape || moe_shape_equal (&a->shape, &b->shape));
}

gboolean
moe_record_any_mode_equal (gconstpointer a, gconstpointer b)
{
  const MoeRecord *x = a, *y = b;
  if (x->topk != y->topk || !moe_record_same_shape (x, y))
    return FALSE;
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (axis != MOE_CHOICE_NULL_MODE && !moe_record_same_axis (a, b, axis))
      return FALSE;
  return TRUE;
}

gboolean
moe_record_same_curve (const MoeRecord *a, const MoeRecord *b)
{
  return a->choice[MOE_CHOICE_NULL_MODE] == b->choice[MOE_CHOICE_NULL_MODE]
         && moe_record_any_mode_equal (a, b);
}

gboolean
moe_record_curve_equal (gconstpointer a, gconstpointer b)
{
  return moe_record_same_curve (a, b);
}

static guint64
mix (guint64 hash, guint64 value)
{
  hash = (hash ^ value) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return hash ^ (hash >> 29);
}

guint
moe_record_any_mode_hash (gconstpointer data)
{
  const MoeRecord *record = data;
  guint64 hash = mix (1, (guint64)record->topk);
  if (record->has_shape)
    {
      const MoeShape *shape = &record->shape;
      const size_t dims[] = { shape->tokens, shape->hidden, shape->mlp_dim, shape->experts,
                              shape->shared_dim };
      for (gsize i = 0; i < G_N_ELEMENTS (dims); i++)
        hash = mix (hash, dims[i]);
    }
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (axis != MOE_CHOICE_NULL_MODE)
      hash = mix (hash, (guintptr)moe_record_identity (record, axis));
  return (guint)(hash >> 32);
}

guint
moe_record_curve_hash (gconstpointer data)
{
  const MoeRecord *record = data;
  return (
      guint)(mix (moe_record_any_mode_hash (record), (guintptr)record->choice[MOE_CHOICE_NULL_MODE])
             >> 32);
}
