/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "engine/formats/harness-private.h"

/* What a repeat repeats: the line, not the shape that the lines before it gave it. */
static guint64
hash_row (const MoeRecord *record)
{
  guint64 bits[] = { 0,
                     0,
                     0,
                     (guint64)record->null_assignments,
                     (guint64)record->real_assignments,
                     (guintptr)record->null_mode,
                     (guintptr)record->distribution,
                     (guintptr)record->mode,
                     (guintptr)record->pass,
                     (guintptr)record->impl,
                     (guintptr)record->backend };
  memcpy (&bits[0], &record->tokens_per_s, sizeof (double));
  memcpy (&bits[1], &record->tflops, sizeof (double));
  memcpy (&bits[2], &record->null_target, sizeof (double));
  guint64 hash = 1;
  for (gsize i = 0; i < G_N_ELEMENTS (bits); i++)
    {
      hash = (hash ^ bits[i]) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
      hash ^= hash >> 32;
    }
  return hash;
}

static gboolean
same_number (double a, double b)
{
  return a == b || (isnan (a) && isnan (b));
}

static gboolean
same_row (const MoeRecord *a, const MoeRecord *b)
{
  return (a->topk < 0 || a->topk == b->topk) && same_number (a->null_target, b->null_target)
         && same_number (a->null_realized, b->null_realized) && same_number (a->tflops, b->tflops)
         && same_number (a->tokens_per_s, b->tokens_per_s)
         && a->null_assignments == b->null_assignments && a->real_assignments == b->real_assignments
         && a->null_mode == b->null_mode && a->distribution == b->distribution && a->mode == b->mode
         && a->pass == b->pass && a->impl == b->impl && a->backend == b->backend;
}

static void
remember_row (MoeRepeats *repeats, const MoeRun *run, gsize index)
{
  gsize next = G_MAXSIZE;
  guint64 hash = hash_row (moe_run_get_record (run, index));
  gpointer first = g_hash_table_lookup (repeats->first_with_hash, &hash);
  if (first != NULL)
    next = GPOINTER_TO_SIZE (first) - 1;
  g_array_append_val (repeats->next_with_hash, next);
  g_hash_table_insert (repeats->first_with_hash, g_memdup2 (&hash, sizeof hash),
                       GSIZE_TO_POINTER (index + 1));
}

gboolean
moe_repeats_contain (MoeRepeats *repeats, const MoeRun *run, const MoeRecord *record)
{
  if (repeats->first_with_hash == NULL)
    {
      repeats->first_with_hash = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      repeats->next_with_hash = g_array_new (FALSE, FALSE, sizeof (gsize));
    }
  while (repeats->next_with_hash->len < moe_run_get_n_records (run))
    remember_row (repeats, run, repeats->next_with_hash->len);

  guint64 hash = hash_row (record);
  gsize at = GPOINTER_TO_SIZE (g_hash_table_lookup (repeats->first_with_hash, &hash));
  for (at = at == 0 ? G_MAXSIZE : at - 1; at != G_MAXSIZE;
       at = g_array_index (repeats->next_with_hash, gsize, at))
    if (same_row (record, moe_run_get_record (run, at)))
      return TRUE;
  return FALSE;
}

void
moe_repeats_clear (MoeRepeats *repeats)
{
  g_clear_pointer (&repeats->first_with_hash, g_hash_table_unref);
  g_clear_pointer (&repeats->next_with_hash, g_array_unref);
}
