/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: the monotonic clock is put by NULLCURVE_TEST_CLOCK_BY seconds, forward or back, at
 * each reading that is a multiple of NULLCURVE_TEST_CLOCK_EVERY. */
#define _GNU_SOURCE
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const int64_t SECOND_NS = 1000000000;
/* The clock of a machine that was just started cannot go back far. */
static atomic_llong offset_ns = 1000000 * SECOND_NS;
static atomic_long readings;
static long every;
static int64_t by_ns;

__attribute__ ((constructor)) static void
begin (void)
{
  const char *by = getenv ("NULLCURVE_TEST_CLOCK_BY");
  const char *at = getenv ("NULLCURVE_TEST_CLOCK_EVERY");
  by_ns = by != NULL ? (int64_t)(atof (by) * (double)SECOND_NS) : 0;
  every = at != NULL ? atol (at) : 0;
}

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  int code = (int)syscall (SYS_clock_gettime, clock, now);
  if (code != 0 || clock != CLOCK_MONOTONIC)
    return code;
  if (every > 0 && atomic_fetch_add (&readings, 1) % every == every - 1)
    atomic_fetch_add (&offset_ns, by_ns);
  int64_t time_ns = now->tv_sec * SECOND_NS + now->tv_nsec + atomic_load (&offset_ns);
  now->tv_sec = time_ns / SECOND_NS;
  now->tv_nsec = time_ns % SECOND_NS;
  return 0;
}
