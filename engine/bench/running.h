/* SPDX-License-Identifier: Apache-2.0 */
/* A run under way: its setups, its groups, and how far they are. */
#pragma once

#include "engine/base/clock.h"
#include "engine/bench/events.h"
#include "engine/bench/settle.h"
#include "engine/machine/forecast.h"

/* How long the steps of a point take, and how far its samples are. */
typedef struct MoePace
{
  double fastest_s; /* warm-up step so far; INFINITY before the first */
  size_t steps;     /* in one sample: expected, and fixed after the first warm-up */
  size_t pauses;    /* those of the runner when the point made a step last */
  size_t samples;   /* taken in the present block */
  size_t good;      /* of these, those that nobody disturbed */
  bool verified;    /* a step of it was checked */
} MoePace;

/* One setup, and what is open of it. */
typedef struct MoeSide
{
  size_t setup; /* its number */
  const MoePlan *plan;
  const MoeBackend *backend;
  const MoeCalibration *calibration;
  MoeBackendState *state; /* NULL while it is closed */
  MoeRouting *routings;   /* [points of the largest group], of the present block */
  MoePace *paces;         /* [points of the plan] */
  double check_error;     /* worst of the small checks */
} MoeSide;

/* The points of one group are consecutive, and have the same places in all setups.  The rounds of a
 * group in one start are a block. */
typedef struct MoeGroupRun
{
  size_t first;
  size_t n;
  int base;           /* which of them is f = 0, or MOE_SETTLE_NO_BASE */
  size_t turns;       /* rounds so far, those of warm-ups included */
  size_t first_round; /* of the present start */
  size_t next_round;
  double spent_s;    /* measuring; pauses do not count */
  bool over;         /* nothing of it is left to measure */
  MoeSettle *settle; /* NULL where the number of samples is given */
  bool *wants;       /* [n] more rounds in this block; likewise */
  bool *settled;     /* [n] */
  size_t *credits;   /* [n] starts in which it became known well enough */
} MoeGroupRun;

typedef struct MoeRunner
{
  MoeSide sides[MOE_MAX_SETUPS];
  size_t n_sides;
  bool alternate;
  const MoeOptions *options; /* of the first setup: how much is measured */
  const MoeClock *clock;
  const MoeCancel *cancel;
  const MoeRunEvents *events;
  MoeError *error;
  MoeGroupRun *groups; /* [n_groups] */
  size_t n_groups;
  size_t start;         /* the present one */
  size_t planned;       /* starts that there are to be at least */
  size_t quota;         /* undisturbed samples of each point in the present start */
  size_t pauses;        /* times that the run was paused */
  bool waited;          /* for other work on the machine to end */
  uint64_t held_ns;     /* and for how long together */
  double anchor_s;      /* of the present round; NaN without */
  uint64_t anchored_ns; /* when it was timed last */
  MoeProgress progress;
  double work_total; /* in forecast seconds, or in FLOPs without a calibration */
  double work_done;
  double steps_s; /* real time of the steps behind steps_work */
  double steps_work;
} MoeRunner;
