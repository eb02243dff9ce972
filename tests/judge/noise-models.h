/* SPDX-License-Identifier: Apache-2.0 */
/* Runs as machines of several kinds would measure them, with the true ratio known. */
#pragma once

#include <glib.h>

#include "engine/judge/judge.h"

G_BEGIN_DECLS

/* How samples of one and the same thing scatter; standard deviations of logarithms of times. */
typedef struct NoiseModel
{
  const char *name;
  double sample; /* each by itself */
  double start;  /* a start, all its points together */
  double layout; /* a start, each point and setup by itself */
  double drift;  /* over a run, all together */
  double burst;  /* chance that a round falls into a burst of other work */
} NoiseModel;

typedef struct NoisePlan
{
  gsize points, starts, rounds; /* rounds of each start */
} NoisePlan;

/* The models of issue and documentation: independent, 0.5 % and 2 % between starts, drift, bursts,
 * all together. */
const NoiseModel *noise_models (gsize *n);

/* Measure points [plan.points] of a and of b, whose steps take `slower` times as long: side by side
 * in the same rounds, or one run after the other.  The records are owned by the caller: see
 * noise_free (). */
void noise_measure (GRand *random,
                    const NoiseModel *model,
                    const NoisePlan *plan,
                    double slower,
                    gboolean side_by_side,
                    MoeJudgePair *pairs);
void noise_free (MoeJudgePair *pairs, gsize n);

G_END_DECLS
