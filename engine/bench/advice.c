/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/advice.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Relative half-width from which a point's figure is in doubt; NOTES tell 5 to 8 % for a busy
 * machine, 1 to 2 % for a quiet one. */
static const double WIDE = 0.05;
/* A speed-up nearer to 1 than this is a tie. */
static const double TIE = 0.01;
/* Processors in use by others, tasks of others, or processors stolen, that are worth a word. */
static const double BUSY = 0.1, WAITING = 0.5, STOLEN = 0.02;
/* A sample shorter than this sees single interrupts. */
static const double SHORT_SAMPLE_S = 0.02;

enum
{
  LEAST_SAMPLES = 6, /* for an interval of 95 % */
  CAUSE_SIZE = 200
};

/* Why samples may spread, most likely first; each names a remedy. */
typedef struct Causes
{
  size_t n;
  char text[MOE_ADVICE_MAX + 4][CAUSE_SIZE];
} Causes;

__attribute__ ((format (printf, 2, 3))) static void
add_cause (Causes *causes, const char *format, ...)
{
  va_list args;
  if (causes->n == sizeof causes->text / sizeof causes->text[0])
    return;
  va_start (args, format);
  vsnprintf (causes->text[causes->n++], CAUSE_SIZE, format, args);
  va_end (args);
}

__attribute__ ((format (printf, 2, 3))) static void
say (MoeAdvice *advice, const char *format, ...)
{
  va_list args;
  if (advice->n == MOE_ADVICE_MAX)
    return;
  va_start (args, format);
  vsnprintf (advice->text[advice->n++], MOE_ADVICE_TEXT_SIZE, format, args);
  va_end (args);
}

static const char *
processors (size_t n)
{
  return n == 1 ? "processor" : "processors";
}

static void
find_load (const MoeNoise *noise, Causes *causes)
{
  size_t n = noise->processors;
  if (noise->threads > n && n > 0)
    add_cause (causes, "%zu threads share %zu %s; lower --threads to %zu or fewer", noise->threads,
               n, processors (n), n);
  if (noise->others_busy > BUSY)
    add_cause (causes, "other processes use %.1f of %zu %s; close them or raise --iters",
               noise->others_busy, n, processors (n));
  if (noise->others_waiting > WAITING)
    add_cause (causes,
               "%.1f tasks of other processes run or wait for the %zu %s; close them or raise "
               "--iters",
               noise->others_waiting, n, processors (n));
  if (noise->stolen > STOLEN)
    add_cause (causes,
               "the hypervisor takes %.2f of %zu %s away; measure when its host is quiet, or raise "
               "--iters",
               noise->stolen, n, processors (n));
}

static void
find_clock (const MoeNoise *noise, Causes *causes)
{
  if (noise->throttlings > 0)
    add_cause (causes,
               "the processor slowed itself down %lld times for heat or power; cool it, or lower "
               "--threads",
               (long long)noise->throttlings);
  if (noise->power == MOE_POWER_BATTERY)
    add_cause (causes, "the machine runs on battery; plug it in");
  if (strcmp (noise->governor, "powersave") == 0 || strcmp (noise->governor, "ondemand") == 0
      || strcmp (noise->governor, "conservative") == 0)
    add_cause (causes,
               "the governor %s changes the clock as it goes; choose the performance governor or "
               "raise --warmup",
               noise->governor);
}

static void
find_sampling (const MoeAdvicePoint *point, Causes *causes)
{
  if (point->rate.n < LEAST_SAMPLES)
    add_cause (causes, "%zu %s too few for an interval of 95 %%; give --iters %d or more",
               point->rate.n, point->rate.n == 1 ? "sample is" : "samples are", (int)LEAST_SAMPLES);
  if (point->sample_s < 0.9 * SHORT_SAMPLE_S)
    add_cause (causes, "a sample lasts %.1f ms only; raise --min-sample-time to %g or more",
               1e3 * point->sample_s, SHORT_SAMPLE_S);
}

static void
find_causes (const MoeAdvicePoint *point, const MoeNoise *noise, Causes *causes)
{
  *causes = (Causes){ 0 };
  find_load (noise, causes);
  find_clock (noise, causes);
  find_sampling (point, causes);
  if (causes->n == 0)
    add_cause (causes, "no cause is seen from here%s; raise --iters",
               noise->throttlings < 0 ? ", where slowing down for heat cannot be read" : "");
}

/* With one sample there is no spread to judge. */
static double
doubt_of (const MoeAdvicePoint *point)
{
  double relative = point->rate.n > 1 ? moe_spread_relative (&point->rate) : NAN;
  return relative > WIDE ? relative : 0;
}

static bool
is_undecided (const MoeAdvicePoint *point)
{
  const MoeSpread *s = &point->speedup;
  return s->n > 1 && s->lower < 1 - TIE && s->upper > 1 + TIE;
}

/* "f = 0.8", and the top-k where the run has several. */
static void
name_point (const MoeAdvicePoint *points, size_t n, const MoeAdvicePoint *point, char text[64])
{
  bool several = false;
  for (size_t i = 0; i < n; i++)
    several |= points[i].topk != point->topk;
  int length = snprintf (text, 64, "f = %g", point->null_target);
  if (several)
    snprintf (text + length, 64 - (size_t)length, " at top-%zu", point->topk);
}

/* The point with the widest samples, and how many others are too wide; NULL when none is. */
static const MoeAdvicePoint *
find_widest (const MoeAdvicePoint *points, size_t n, size_t *others)
{
  const MoeAdvicePoint *widest = NULL;
  size_t wide = 0;
  for (size_t i = 0; i < n; i++)
    if (doubt_of (&points[i]) > 0)
      {
        wide++;
        if (widest == NULL || doubt_of (&points[i]) > doubt_of (widest))
          widest = &points[i];
      }
  *others = wide > 0 ? wide - 1 : 0;
  return widest;
}

static const MoeAdvicePoint *
find_undecided (const MoeAdvicePoint *points, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (is_undecided (&points[i]))
      return &points[i];
  return NULL;
}

static void
say_others (size_t others, char text[64])
{
  text[0] = '\0';
  if (others > 0)
    snprintf (text, 64, " (%zu more %s ±%.0f %%)", others,
              others == 1 ? "point exceeds" : "points exceed", 100 * WIDE);
}

/* What is wrong, with the first cause, then the other causes. */
static void
say_causes (MoeAdvice *advice, const char *what, const Causes *causes)
{
  say (advice, "%s: %s.", what, causes->text[0]);
  for (size_t i = 1; i < causes->n; i++)
    say (advice, "Besides, %s.", causes->text[i]);
}

void
moe_advice_of (const MoeAdvicePoint *points, size_t n, const MoeNoise *noise, MoeAdvice *advice)
{
  size_t others;
  Causes causes;
  char name[64], more[64], what[256];
  const MoeAdvicePoint *widest = find_widest (points, n, &others);
  const MoeAdvicePoint *undecided = find_undecided (points, n);
  *advice = (MoeAdvice){ 0 };
  if (noise->coretype[0] != '\0')
    say (advice,
         "OPENBLAS_CORETYPE is set to %s, so OpenBLAS may not use the kernels made for this "
         "processor: unset it.",
         noise->coretype);
  if (undecided != NULL)
    {
      name_point (points, n, undecided, name);
      snprintf (what, sizeof what,
                "Whether %s is faster or slower than f = 0 is open (%.2f to %.2f times as fast)",
                name, undecided->speedup.lower, undecided->speedup.upper);
      find_causes (undecided, noise, &causes);
      if (widest == NULL)
        say_causes (advice, what, &causes);
      else
        say (advice, "%s.", what);
    }
  if (widest == NULL)
    return;
  name_point (points, n, widest, name);
  say_others (others, more);
  snprintf (what, sizeof what, "The samples of %s spread by ±%.0f %%%s", name,
            100 * doubt_of (widest), more);
  find_causes (widest, noise, &causes);
  say_causes (advice, what, &causes);
}
