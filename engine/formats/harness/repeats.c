/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/formats/harness/repeats.h"

#include <math.h>
#include <string.h>

#include "engine/records/record.h"

static guint64
mix (guint64 hash, guint64 value)
{
  hash = (hash ^ value) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  return hash ^ (hash >> 32);
}

guint
moe_repeat_hash (gconstpointer data)
{
  const MoeRecord *record = data;
  guint64 bits[] = { 0, 0, (guint64)record->null_assignments, (guint64)record->real_assignments };
  guint64 hash = 1;
  memcpy (&bits[0], &record->tokens_per_s, sizeof (double));
  memcpy (&bits[1], &record->null_target, sizeof (double));
  for (gsize i = 0; i < G_N_ELEMENTS (bits); i++)
    hash = mix (hash, bits[i]);
  return (guint)mix (hash, (guintptr)record->kernel);
}

static gboolean
same_or_missing (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

gboolean
moe_repeat_equal (gconstpointer left, gconstpointer right)
{
  const MoeRecord *a = left, *b = right;
  for (MoeChoice c = 0; c < MOE_N_CHOICES; c++)
    if (moe_choices[c].told_by_result && a->choice[c] != NULL && b->choice[c] != NULL
        && a->choice[c] != b->choice[c])
      return FALSE;
  return a->kernel == b->kernel && (a->topk < 0 || b->topk < 0 || a->topk == b->topk)
         && same_or_missing (a->null_target, b->null_target)
         && same_or_missing (a->null_realized, b->null_realized)
         && (same_or_missing (a->tflops, b->tflops) || isnan (a->tflops) || isnan (b->tflops))
         && same_or_missing (a->tokens_per_s, b->tokens_per_s)
         && a->null_assignments == b->null_assignments
         && a->real_assignments == b->real_assignments;
}
