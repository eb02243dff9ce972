/* SPDX-License-Identifier: Apache-2.0 */
/* How the processors of this process are at this moment: facts for whoever watches. */
#pragma once

typedef struct MoeVitals
{
  double clock_hz;      /* the mean of their clocks; NaN where they do not tell it */
  double temperature_c; /* of the hottest sensor of a processor; NaN: there is none */
} MoeVitals;

/* Reads /proc and /sys; linux only, elsewhere nothing is known.  `root` stands in front of both.
 * A few hundred microseconds; any thread, outside of timed regions. */
void moe_vitals_look (const char *root, MoeVitals *vitals);
