/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/advice.h"

#include <math.h>
#include <string.h>

/* Processors in use by others, tasks of others, or processors stolen, that are worth a word. */
static const double BUSY = 0.1, WAITING = 0.5, STOLEN = 0.02;

static void
add_cause (MoeAdvice *advice, bool is_one, MoeCause cause)
{
  if (is_one && advice->n < MOE_ADVICE_MAX)
    advice->causes[advice->n++] = cause;
}

static bool
changes_clock (const char *governor)
{
  return strcmp (governor, "powersave") == 0 || strcmp (governor, "ondemand") == 0
         || strcmp (governor, "conservative") == 0;
}

static void
find_causes (const MoeAdvicePoint *point, const MoeNoise *noise, MoeAdvice *advice)
{
  size_t n = noise->processors;
  add_cause (advice, noise->threads > n && n > 0, MOE_CAUSE_THREADS);
  add_cause (advice, noise->others_busy > BUSY, MOE_CAUSE_BUSY);
  add_cause (advice, noise->others_waiting > WAITING, MOE_CAUSE_WAITING);
  add_cause (advice, noise->stolen > STOLEN, MOE_CAUSE_STOLEN);
  add_cause (advice, noise->throttlings > 0, MOE_CAUSE_THROTTLED);
  add_cause (advice, noise->power == MOE_POWER_BATTERY, MOE_CAUSE_BATTERY);
  add_cause (advice, changes_clock (noise->governor), MOE_CAUSE_GOVERNOR);
  add_cause (advice, point->sample_s < 0.9 * MOE_ADVICE_SHORT_S, MOE_CAUSE_SHORT);
  add_cause (advice, advice->n == 0, MOE_CAUSE_UNSEEN);
}

/* 0 when it is narrow enough; with one sample there is no spread to judge. */
static double
doubt_of (const MoeAdvicePoint *point)
{
  double relative = point->rate.n > 1 ? moe_spread_relative (&point->rate) : NAN;
  return relative > MOE_ADVICE_WIDE ? relative : 0;
}

void
moe_advice_of (const MoeAdvicePoint *points, size_t n, const MoeNoise *noise, MoeAdvice *advice)
{
  *advice = (MoeAdvice){ .coretype = noise->coretype[0] != '\0', .noise = *noise };
  for (size_t i = 0; i < n; i++)
    {
      double doubt = doubt_of (&points[i]);
      advice->several_topks |= points[i].topk != points[0].topk;
      advice->n_wide += doubt > 0;
      if (!(doubt > advice->width))
        continue;
      advice->width = doubt;
      advice->widest = points[i];
    }
  if (advice->n_wide > 0)
    find_causes (&advice->widest, noise, advice);
}
