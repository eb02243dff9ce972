/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/trials.h"

#include <math.h>

static MoeTaken
taken_at (const MoeRecord *record, gsize i)
{
  if (record->taken != NULL)
    return record->taken[i];
  MoeTaken taken = moe_taken_unknown ();
  taken.round = (uint32_t)i;
  return taken;
}

gboolean
moe_record_is_processor (const MoeRecord *record)
{
  return g_strcmp0 (record->time_source, "processor") == 0;
}

/* The time that sample `i` tells of a step; NaN when it is none of the point's figures. */
static double
figure_at (const MoeRecord *record, gsize i)
{
  MoeTaken taken = taken_at (record, i);
  if (moe_record_is_processor (record))
    return taken.cpu_s;
  return moe_taken_is_disturbed (&taken) ? NAN : record->samples_s[i];
}

static int
compare_trials (gconstpointer a, gconstpointer b)
{
  const MoeTrial *x = a, *y = b;
  if (x->start != y->start)
    return x->start < y->start ? -1 : 1;
  return x->round < y->round ? -1 : x->round > y->round;
}

static gboolean
is_sorted (const GArray *trials)
{
  for (guint i = 1; i < trials->len; i++)
    if (compare_trials (&g_array_index (trials, MoeTrial, i - 1),
                        &g_array_index (trials, MoeTrial, i))
        > 0)
      return FALSE;
  return TRUE;
}

GArray *
moe_record_trials (const MoeRecord *record, gboolean anchored)
{
  g_autoptr (GArray) trials =
      g_array_sized_new (FALSE, FALSE, sizeof (MoeTrial), (guint)record->n_samples);
  for (gsize i = 0; i < record->n_samples; i++)
    {
      MoeTaken taken = taken_at (record, i);
      double time_s = figure_at (record, i);
      if (!(time_s > 0))
        continue;
      if (anchored && !(taken.anchor_s > 0))
        return NULL;
      MoeTrial trial = { taken.start, taken.round,
                         log (anchored ? time_s / taken.anchor_s : time_s) };
      g_array_append_val (trials, trial);
    }
  if (!is_sorted (trials))
    g_array_sort (trials, compare_trials);
  return trials->len > 0 ? g_steal_pointer (&trials) : NULL;
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
  g_autoptr (GArray) left = moe_record_trials (a, FALSE), right = moe_record_trials (b, FALSE);
  g_autoptr (GArray) quotients = g_array_new (FALSE, FALSE, sizeof (MoeTrial));
  if (!tell_rounds (a, b))
    return NULL;
  for (guint i = 0, j = 0; left != NULL && right != NULL && i < left->len && j < right->len;)
    {
      const MoeTrial *x = &g_array_index (left, MoeTrial, i),
                     *y = &g_array_index (right, MoeTrial, j);
      int order = compare_trials (x, y);
      if (order == 0)
        {
          MoeTrial trial = { x->start, x->round, x->value - y->value };
          g_array_append_val (quotients, trial);
        }
      i += order <= 0;
      j += order >= 0;
    }
  return quotients->len > 0 ? g_steal_pointer (&quotients) : NULL;
}
