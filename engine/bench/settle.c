/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/settle.h"

#include "engine/base/assert.h"
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
  Times *wall;      /* [setups, points] of undisturbed samples */
  Times *cpu;       /* [setups, points] of all samples that tell */
  MoeTrial *paired; /* scratch for as many as the longest has */
  size_t capacity;
};

MoeStatus
moe_settle_new (size_t points, size_t setups, int base, MoeSettle **out, MoeError *error)
{
  MoeSettle *settle = calloc (1, sizeof *settle);
  Times *wall = calloc (points * setups, sizeof *wall);
  Times *cpu = calloc (points * setups, sizeof *cpu);
  if (settle == NULL || wall == NULL || cpu == NULL)
    {
      free (settle);
      free (wall);
      free (cpu);
      return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for %zu points.", points);
    }
  *settle =
      (MoeSettle){ .points = points, .setups = setups, .base = base, .wall = wall, .cpu = cpu };
  *out = settle;
  return MOE_OK;
}

void
moe_settle_free (MoeSettle *settle)
{
  if (settle == NULL)
    return;
  for (size_t i = 0; i < settle->points * settle->setups; i++)
    {
      free (settle->wall[i].trials);
      free (settle->cpu[i].trials);
    }
  free (settle->wall);
  free (settle->cpu);
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

static MoeStatus
add_time (MoeSettle *settle, Times *times, const MoeTaken *taken, double time_s, MoeError *error)
{
  if (!(time_s > 0))
    return MOE_OK;
  if (!grow (&times->trials, &times->capacity, times->n + 1)
      || !grow (&settle->paired, &settle->capacity, times->n + 1))
    return moe_error_set (error, MOE_ERROR_MEMORY, "There is no memory for %zu samples.",
                          times->n + 1);
  times->trials[times->n++] = (MoeTrial){ taken->start, taken->round, log (time_s) };
  return MOE_OK;
}

MoeStatus
moe_settle_add (MoeSettle *settle,
                size_t setup,
                size_t point,
                const MoeTaken *taken,
                double time_s,
                MoeError *error)
{
  MOE_ASSERT (setup < settle->setups && point < settle->points);
  size_t at = setup * settle->points + point;
  MoeStatus status = add_time (settle, &settle->cpu[at], taken, taken->cpu_s, error);
  if (status == MOE_OK && !moe_taken_is_disturbed (taken))
    status = add_time (settle, &settle->wall[at], taken, time_s, error);
  return status;
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

/* The points that a point's quotient is made of; `below` SIZE_MAX: it is its time. */
static void
find_sides (const MoeSettle *settle, size_t point, size_t *above, size_t *below)
{
  *above = point;
  *below = SIZE_MAX;
  if (settle->setups == 2)
    {
      *above = settle->points + point;
      *below = point;
    }
  else if (settle->base != MOE_SETTLE_NO_BASE)
    *below = (size_t)settle->base;
}

/* Times of one kind for both sides: those that the figures will be made of. */
static const Times *
choose_times (const MoeSettle *settle, size_t above, size_t below)
{
  size_t wall = settle->wall[above].n;
  if (below != SIZE_MAX && settle->wall[below].n < wall)
    wall = settle->wall[below].n;
  return wall >= MOE_TAKEN_LEAST_UNDISTURBED || settle->cpu[above].n == 0 ? settle->wall
                                                                          : settle->cpu;
}

double
moe_settle_half_width (const MoeSettle *settle, size_t point, int64_t start, size_t *n_trials)
{
  size_t above, below;
  MoeStartSpread known = moe_start_spread_of_rounds ();
  MoeEstimate estimate;
  find_sides (settle, point, &above, &below);
  const Times *times = choose_times (settle, above, below);
  const Times *under = below != SIZE_MAX && below != above ? &times[below] : NULL;
  MoeSeries series = { settle->paired, pair_up (&times[above], under, start, settle->paired) };
  *n_trials = series.n;
  if (above == below)
    return 0;
  if (!moe_estimate_series (&series, 1, &known, &estimate))
    return INFINITY;
  double half = moe_estimate_half_width (&estimate);
  return isnan (half) ? INFINITY : half;
}
