/* SPDX-License-Identifier: Apache-2.0 */
/* What every benchmark takes: "--check" as its only argument does all of it for a moment, at sizes
 * whose figures mean nothing, so that a test tells when it no longer works. */
#pragma once

#include <stdbool.h>
#include <string.h>

/* The exit status that test runners read as "could not be run here". */
enum
{
  BENCH_EXIT_SKIPPED = 77
};

/* Whether "--check" is the only argument, which is then taken away. */
static inline bool
bench_take_check (int *argc, char **argv)
{
  if (*argc != 2 || strcmp (argv[1], "--check") != 0)
    return false;
  *argc = 1;
  return true;
}
