/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/settle.h"

#include "engine/bench/contrast.h"

#include <math.h>
#include <stdlib.h>

/* Logarithms of the times of one point. */
typedef struct Times
{
  MoeTrial *trials;
  size_t n;
  size_t capacity;
} Times;

struct MoeSettle
{
  size_t points;
  size_t setups;
  int base;
  Times *times;     /* [setups, points] */
  MoeTrial *paired; /* scratch for as many as the longest has */
  size_t capacity;
};

MoeStatus
moe_settle_new (size_t points, size_t setups, int base, MoeSettle **out, MoeError *error)
{
  MoeSettle *settle = calloc (1, sizeof *settle);
  Times *times = calloc (points * setups, sizeof *times);
  if (settle == NULL || times == NULL)
    {
      free (settle);
      free (times);
      return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for %zu points.", points);
    }
  *settle = (MoeSettle){ .points = points, .setups = setups, .base = base, .times = times };
  *out = settle;
  return MOE_OK;
}

void
moe_settle_free (MoeSettle *settle)
{
  if (settle == NULL)
    return;
  for (size_t i = 0; i < settle->points * settle->setups; i++)
    free (settle->times[i].trials);
  free (settle->times);
  free (settle->paired);
  free (settle);
}

static bool
grow (MoeTrial **trials, size_t *capacity, size_t wanted)
{
  size_t larger = *capacity < 32 ? 64 : *capacity * 2;
  if (wanted <= *capacity)
    return true;
  MoeTrial *moved = realloc (*trials, larger * sizeof **trials);
  if (moved == NULL)
    return false;
  *trials = moved;
  *capacity = larger;
  return true;
}

MoeStatus
moe_settle_add (MoeSettle *settle,
                size_t setup,
                size_t point,
                uint32_t start,
                uint32_t round,
                double time_s,
                MoeError *error)
{
  Times *times = &settle->times[setup * settle->points + point];
  if (!(time_s > 0))
    return MOE_OK;
  if (!grow (&times->trials, &times->capacity, times->n + 1)
      || !grow (&settle->paired, &settle->capacity, times->n + 1))
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for %zu samples.",
                          times->n + 1);
  times->trials[times->n++] = (MoeTrial){ start, round, log (time_s) };
  return MOE_OK;
}

static int
compare_places (const MoeTrial *a, const MoeTrial *b)
{
  if (a->start != b->start)
    return a->start < b->start ? -1 : 1;
  return a->round < b->round ? -1 : a->round > b->round;
}

/* Quotients of the times that both have of a round; `below` NULL: the times themselves. */
static size_t
pair_up (const Times *above, const Times *below, int64_t start, MoeTrial *out)
{
  size_t n = 0;
  for (size_t i = 0, j = 0; i < above->n; i++)
    {
      const MoeTrial *trial = &above->trials[i];
      if (start >= 0 && trial->start != (uint32_t)start)
        continue;
      while (below != NULL && j < below->n && compare_places (&below->trials[j], trial) < 0)
        j++;
      if (below != NULL && (j == below->n || compare_places (&below->trials[j], trial) != 0))
        continue;
      out[n] = *trial;
      out[n++].value -= below != NULL ? below->trials[j].value : 0;
    }
  return n;
}

double
moe_settle_half_width (const MoeSettle *settle, size_t point, int64_t start, size_t *n_trials)
{
  const Times *times = &settle->times[point], *below = NULL;
  MoeStartSpread known = moe_start_spread_of_rounds ();
  MoeEstimate estimate;
  bool is_base = settle->setups == 1 && (int)point == settle->base;
  if (settle->setups == 2)
    {
      below = times;
      times += settle->points;
    }
  else if (settle->base != MOE_SETTLE_NO_BASE && !is_base)
    {
      below = &settle->times[settle->base];
    }
  MoeSeries series = { settle->paired, pair_up (times, below, start, settle->paired) };
  *n_trials = series.n;
  if (is_base)
    return 0;
  if (!moe_estimate_series (&series, 1, &known, &estimate))
    return INFINITY;
  double half = moe_estimate_half_width (&estimate);
  return isnan (half) ? INFINITY : half;
}
