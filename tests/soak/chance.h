/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that look like chance and come again with the same seed, on any machine. */
#pragma once

#include <glib.h>

typedef struct Chance
{
  guint64 state; /* never 0 */
} Chance;

static inline Chance
chance_from_seed (guint64 seed)
{
  return (Chance){ (seed + 1) * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15) | 1 };
}

static inline guint64
chance_draw (Chance *chance)
{
  chance->state ^= chance->state << 13;
  chance->state ^= chance->state >> 7;
  chance->state ^= chance->state << 17;
  return chance->state;
}

/* From 0 to n - 1; 0 for n = 0. */
static inline gsize
chance_below (Chance *chance, gsize n)
{
  return n > 0 ? (gsize)(chance_draw (chance) % n) : 0;
}

static inline gboolean
chance_one_in (Chance *chance, gsize n)
{
  return chance_below (chance, n) == 0;
}

static inline double
chance_within (Chance *chance, double low, double high)
{
  return low + (high - low) * (double)chance_below (chance, 10001) / 10000;
}
