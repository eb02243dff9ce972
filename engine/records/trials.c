/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/trials.h"

#include <math.h>

enum
{
  MOST_TRIALS = 2000 /* of one point; of more, neighbouring rounds are taken together */
};

/* The time that a sample tells of a step; NaN when it is none of the point's figures. */
static double
figure_of (const MoeTaken *taken, double time_s, gboolean processor)
{
  if (processor)
    return taken != NULL ? taken->cpu_s : NAN;
  return taken != NULL && moe_taken_is_disturbed (taken) ? NAN : time_s;
}

static int
compare_trials (gconstpointer a, gconstpointer b)
{
  const MoeTrial *x = a, *y = b;
  if (x->start != y->start)
    return x->start < y->start ? -1 : 1;
  return x->round < y->round ? -1 : x->round > y->round;
}

/* Times of a token, or such times in anchors, by start and round; NULL when an anchor lacks. */
static GArray *
plain_trials (const MoeRecord *record, gboolean anchored)
{
  g_autoptr (GArray) trials =
      g_array_sized_new (FALSE, FALSE, sizeof (MoeTrial), (guint)record->n_samples);
  gboolean sorted = TRUE, processor = moe_record_is_processor (record);
  MoeTrial *list = (MoeTrial *)(void *)trials->data;
  double tokens = record->has_shape ? (double)record->shape.tokens : 1;
  guint n = 0;
  for (gsize i = 0; i < record->n_samples; i++)
    {
      const MoeTaken *taken = record->taken != NULL ? &record->taken[i] : NULL;
      double time_s = figure_of (taken, record->samples_s[i], processor);
      if (!(time_s > 0))
        continue;
      if (anchored && !(taken != NULL && taken->anchor_s > 0))
        return NULL;
      list[n] =
          (MoeTrial){ taken != NULL ? taken->start : 0, taken != NULL ? taken->round : (uint32_t)i,
                      (anchored ? time_s / taken->anchor_s : time_s) / tokens };
      sorted = sorted && (n == 0 || compare_trials (&list[n - 1], &list[n]) <= 0);
      n++;
    }
  g_array_set_size (trials, n);
  if (!sorted)
    g_array_sort (trials, compare_trials);
  return g_steal_pointer (&trials);
}

/* What thousands of rounds of a start say, a few hundred means of neighbours say too, and sooner.
 * Blocks begin at the same rounds in every point, so that they still go together. */
static void
average (GArray *trials)
{
  guint each = trials->len / MOST_TRIALS + 1, n = 0;
  MoeTrial *list = (MoeTrial *)(void *)trials->data;
  for (guint i = 0, end; each > 1 && i < trials->len; i = end)
    {
      MoeTrial block = { list[i].start, list[i].round / each, 0 };
      for (end = i; end < trials->len && list[end].start == block.start
                    && list[end].round / each == block.round;
           end++)
        block.value += list[end].value;
      block.value /= (double)(end - i);
      list[n++] = block;
    }
  if (each > 1)
    g_array_set_size (trials, n);
}

static void
take_logarithms (GArray *trials)
{
  for (guint i = 0; i < trials->len; i++)
    {
      MoeTrial *trial = &g_array_index (trials, MoeTrial, i);
      trial->value = log (trial->value);
    }
}

/* NULL for an empty one. */
static GArray *
finish (GArray *trials)
{
  if (trials == NULL || trials->len == 0)
    {
      g_clear_pointer (&trials, g_array_unref);
      return NULL;
    }
  average (trials);
  take_logarithms (trials);
  return trials;
}

GArray *
moe_record_trials (const MoeRecord *record, gboolean anchored)
{
  return finish (plain_trials (record, anchored));
}

/* Sources that do not tell rounds have their samples in the order of them: as long as they have
 * equally many, but for one where a run was stopped in the middle of a round. */
static gboolean
tell_rounds (const MoeRecord *a, const MoeRecord *b)
{
  gsize more = MAX (a->n_samples, b->n_samples), less = MIN (a->n_samples, b->n_samples);
  if ((a->taken == NULL) != (b->taken == NULL))
    return FALSE;
  return a->taken != NULL || more <= less + 1;
}

GArray *
moe_record_quotients (const MoeRecord *a, const MoeRecord *b)
{
  if (!tell_rounds (a, b))
    return NULL;
  g_autoptr (GArray) left = plain_trials (a, FALSE), right = plain_trials (b, FALSE);
  GArray *quotients = g_array_sized_new (FALSE, FALSE, sizeof (MoeTrial), left->len);
  for (guint i = 0, j = 0; i < left->len && j < right->len;)
    {
      const MoeTrial *x = &g_array_index (left, MoeTrial, i),
                     *y = &g_array_index (right, MoeTrial, j);
      int order = compare_trials (x, y);
      if (order == 0)
        {
          MoeTrial trial = { x->start, x->round, x->value / y->value };
          g_array_append_val (quotients, trial);
        }
      i += order <= 0;
      j += order >= 0;
    }
  return finish (quotients);
}
