/* SPDX-License-Identifier: Apache-2.0 */
/* Measuring what backends can do on this machine: a measurement like any other, so the backends
 * take turns, the best of several tries counts, and what others disturbed does not. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/machine/forecast.h"
#include "engine/machine/quiet.h"

/* How something was measured. */
typedef struct MoeCircumstances
{
  bool disturbed;     /* too few tries were undisturbed: made of processor time, an estimate */
  double share;       /* of the processors that the tries had that count, the least; NaN: unknown */
  double others_busy; /* processors that others kept busy meanwhile; NaN: unknown */
  int64_t date_s;     /* Unix time; 0: not told */
} MoeCircumstances;

/* What is asked of whatever measures. */
typedef struct MoeMeasureAsk
{
  size_t device;  /* of backends that have several */
  size_t threads; /* >= 1 */
  MoeDtype dtype;
  const MoeQuiet *quiet;   /* of which time and load are learnt */
  const MoeCancel *cancel; /* NULL: cannot be stopped */

  /* Called before each try, on the same thread; step counts from 1 and stays at n_steps in tries
   * that come on top because others disturbed.  NULL: not of interest. */
  void (*step) (void *data, const MoeBackend *backend, size_t step, size_t n_steps);
  void *data;
} MoeMeasureAsk;

enum
{
  MOE_MAX_CONTENDERS = 8
};

typedef struct MoeCalibrated
{
  MoeStatus status; /* MOE_OK, or what the backend failed with; see `error` */
  MoeError error;
  MoeCalibration calibration;
  MoeCircumstances circumstances; /* without a date */
} MoeCalibrated;

/* Calibrate n backends (1 .. MOE_MAX_CONTENDERS), each once in every round, every other round in
 * reverse (a third of a second each round and backend, under 300 MB; on a device with memory of its
 * own larger blocks, under 3 GB there).  Rounds go on until every backend has MOE_TRIES_WANTED
 * undisturbed tries of each of its blocks, up to MOE_TRIES_ROUNDS or for 10 seconds.  One that
 * fails is left out of further rounds and says so in results[n].  Blocks.  MOE_OK or
 * MOE_ERROR_CANCELLED. */
MoeStatus moe_calibrate (const MoeMeasureAsk *ask,
                         const MoeBackend *const *backends,
                         size_t n,
                         MoeCalibrated *results,
                         MoeError *error);
