/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for other work on the machine to end: worth while as long as it is ending. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Seconds between two looks at what others do. */
#define MOE_LULL_LOOK_S 0.25

enum
{
  MOE_LULL_MEAN = 4 /* looks that are averaged: one second */
};

/* Zeroed before the first look. */
typedef struct MoeLull
{
  double last[MOE_LULL_MEAN];
  size_t looks;
  double lowest; /* mean of a second so far */
  size_t steady; /* looks since it fell last */
} MoeLull;

/* Others kept `busy` processors busy since the last look (NaN: not known).  Is it worth while to
 * wait on?  Not when they use less than a tenth of one, nor when their use has not fallen by a
 * tenth for three seconds: that is no backlog that is ending.  Pure. */
bool moe_lull_wait_on (MoeLull *lull, double busy);
