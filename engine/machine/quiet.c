/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/quiet.h"

#include "engine/machine/forecast.h"
#include "engine/machine/noise.h"
#include "engine/machine/taken.h"

#include <dirent.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum
{
  PATH_SIZE = 320 /* a directory entry's name and what stands around it */
};

static const double WATCH_S = 0.3, QUIET_PROCESSORS = 0.1;

/* The second number of a schedstat file: nanoseconds in a run queue. */
static bool
read_waiting (const char *thread, double *waited_s)
{
  char path[PATH_SIZE];
  uint64_t ran, waited;
  snprintf (path, sizeof path, "/proc/self/task/%s/schedstat", thread);
  FILE *file = fopen (path, "re");
  if (file == NULL)
    return false;
  bool good = fscanf (file, "%" SCNu64 " %" SCNu64, &ran, &waited) == 2;
  fclose (file);
  if (good)
    *waited_s += 1e-9 * (double)waited;
  return good;
}

/* Of all threads that there are now; NaN when the kernel does not count. */
static double
waiting_of_threads (void)
{
  DIR *folder = opendir ("/proc/self/task");
  double waited_s = 0;
  bool counted = false;
  if (folder == NULL)
    return NAN;
  for (const struct dirent *entry = readdir (folder); entry != NULL; entry = readdir (folder))
    if (entry->d_name[0] != '.')
      counted |= read_waiting (entry->d_name, &waited_s);
  closedir (folder);
  return counted ? waited_s : NAN;
}

static void
count_machine (void *data, MoeQuietCount *usage)
{
  MoeNoiseWatch watch;
  (void)data;
  moe_noise_start (&watch, "");
  *usage = (MoeQuietCount){ .own_s = watch.own_s,
                            .waited_s = waiting_of_threads (),
                            .busy_s = watch.busy_s,
                            .stolen_s = watch.stolen_s };
}

static void
pause_machine (void *data, double seconds)
{
  struct timespec left = { .tv_sec = (time_t)seconds,
                           .tv_nsec = (long)(1e9 * (seconds - floor (seconds))) };
  (void)data;
  while (nanosleep (&left, &left) != 0)
    ;
}

static size_t
available_here (void *data)
{
  (void)data;
  return moe_available_memory ();
}

MoeQuiet
moe_quiet_machine (void)
{
  return (MoeQuiet){ .clock = moe_clock_monotonic (),
                     .count = count_machine,
                     .pause = pause_machine,
                     .available = available_here };
}

double
moe_quiet_share (const MoeQuietCount *before,
                 const MoeQuietCount *after,
                 size_t threads,
                 double wall_s)
{
  double all_s = (double)threads * wall_s;
  double waited_s = after->waited_s - before->waited_s;
  double stolen_s = after->stolen_s - before->stolen_s;
  double had = (after->own_s - before->own_s) / all_s;
  double left = 1 - (waited_s + (stolen_s > 0 ? stolen_s : 0)) / all_s;
  /* Threads that measure nothing wait as well: what was had is the least there was. */
  double share = fmax (had, left);
  return isnan (share) ? NAN : fmin (1, fmax (0, share));
}

double
moe_quiet_others (const MoeQuietCount *before, const MoeQuietCount *after, double wall_s)
{
  double busy_s = after->busy_s - before->busy_s, own_s = after->own_s - before->own_s;
  double others = (busy_s - own_s) / wall_s;
  /* Where no times are kept they are missing or stand still. */
  return busy_s > 0 && isfinite (others) ? fmax (0, others) : NAN;
}

bool
moe_quiet_now (const MoeQuiet *quiet)
{
  MoeQuietCount before, after;
  quiet->count (quiet->data, &before);
  uint64_t start = moe_clock_now (&quiet->clock);
  quiet->pause (quiet->data, WATCH_S);
  double wall_s = 1e-9 * (double)(moe_clock_now (&quiet->clock) - start);
  quiet->count (quiet->data, &after);
  return !(moe_quiet_others (&before, &after, wall_s) >= QUIET_PROCESSORS);
}

void
moe_tries_init (MoeTries *tries)
{
  *tries = (MoeTries){ INFINITY, NAN, INFINITY, NAN, 0 };
}

static void
take_shorter (double seconds, double share, double *best_s, double *best_share)
{
  if (seconds < *best_s)
    {
      *best_s = seconds;
      *best_share = share;
    }
}

void
moe_tries_add (MoeTries *tries, double best_s, double mean_s, double share)
{
  double processor_s = share > 0 ? mean_s * share : best_s;
  take_shorter (processor_s, share, &tries->processor_s, &tries->processor_share);
  if (share < MOE_TAKEN_LEAST_SHARE) /* not where nothing is known */
    return;
  take_shorter (best_s, share, &tries->undisturbed_s, &tries->undisturbed_share);
  tries->undisturbed++;
}

bool
moe_tries_enough (const MoeTries *tries)
{
  return tries->undisturbed >= MOE_TRIES_WANTED;
}

double
moe_tries_seconds (const MoeTries *tries)
{
  return moe_tries_enough (tries) ? tries->undisturbed_s : tries->processor_s;
}

double
moe_tries_share (const MoeTries *tries)
{
  return moe_tries_enough (tries) ? tries->undisturbed_share : tries->processor_share;
}
