/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep under way: what is to be measured, what an earlier run has of it, the run as it grows and
 * its journal.  Whoever measures - the window through worker.h, the command line on its own
 * thread - fills in what it wants, opens the runs, and takes the events.
 *
 * A sweep has one setup, or two that are measured side by side, in the same rounds: its sides.  A
 * side has one plan, or several that follow one another into the same run: its legs.  Sides have
 * their legs and points place by place.
 *
 * Here is what is to be measured, how long it should take and how far it is; growth.h has what
 * happens while it is.  A sweep belongs to one thread, but for moe_sweep_run () there. */
#pragma once

#include "engine/bench/runner.h"
#include "engine/formats/journal.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* What is known of one point. */
typedef struct MoeSweepPoint
{
  MoePointFacts facts;     /* once its routing was sampled */
  const MoeRecord *before; /* what the earlier run has of it, perhaps in part; NULL */
  gboolean carried;        /* `before` is all of it, and it is not measured again */
  gboolean done;           /* all its samples were taken now */
} MoeSweepPoint;

/* One plan of a side. */
typedef struct MoeSweepLeg
{
  MoePlan plan;          /* every point */
  gsize first;           /* of its points in the side's run */
  MoeSweepPoint *points; /* [plan.n_points] */
  MoePlan todo;          /* those that are to be measured, in the same order */
  gsize *origin;         /* [todo.n_points] their index in the plan */
  MoeForecast forecast;  /* of todo, as far as one was made */
  gsize settled;         /* points of todo that are, until settled */
  char *left_out;        /* why it is not measured, the owner's to set; NULL: it is */
} MoeSweepLeg;

typedef struct MoeSweepSide
{
  GPtrArray *legs; /* of MoeSweepLeg *, owned */
  const MoeBackend *backend;
  gboolean has_calibration;
  MoeCalibration calibration;
  MoeRun *run;        /* record leg->first + i is of point i; without samples until they come */
  char *journal_path; /* NULL: it is not kept */
  char *problem;      /* why it is not kept at present, told once; at the end, what is to be told
                         of it; NULL: nothing */
  gboolean disagreed; /* a point failed the reference check */
  /* moe_sweep_run () only */
  MoeJournal *journal;
  gboolean *loss_told; /* [records of the run] in the journal */
} MoeSweepSide;

typedef struct MoeSweep
{
  gatomicrefcount references;
  MoeSweepSide sides[MOE_MAX_SETUPS];
  gsize n_sides;
  gboolean alternate; /* both sides do not fit into memory at once */
  MoeRun *before;     /* that is gone on with, or NULL; then there is one side */
  gboolean in_place;  /* in its own journal */
} MoeSweep;

/* Nothing to measure yet; fill it in order: legs, backends, resume, forecast, open. */
MoeSweep *moe_sweep_new (void);
MoeSweep *moe_sweep_ref (MoeSweep *self);
void moe_sweep_unref (MoeSweep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeSweep, moe_sweep_unref)

/* Multiply the options out into one more leg of side `side` (0, or 1 once there is one).  Errors as
 * moe_options_validate (). */
MoeStatus
moe_sweep_add_leg (MoeSweep *self, gsize side, const MoeOptions *options, MoeError *error);

gsize moe_sweep_n_legs (const MoeSweep *self);
MoeSweepLeg *moe_sweep_get_leg (const MoeSweep *self, gsize side, gsize leg);
/* Of the first leg: threads, device and data type are those of all. */
const MoePlan *moe_sweep_get_plan (const MoeSweep *self, gsize side);

/* Who measures a side; `calibration` (copied) may be NULL. */
void moe_sweep_set_backend (MoeSweep *self,
                            gsize side,
                            const MoeBackend *backend,
                            const MoeCalibration *calibration);
/* NULL: none. */
const MoeCalibration *moe_sweep_get_calibration (const MoeSweep *self, gsize side);

/* Have the sides their points place by place?  Else MOE_ERROR_INVALID. */
MoeStatus moe_sweep_check (const MoeSweep *self, MoeError *error);

/* Go on with an earlier run (kept): tell the points what it has of them, and narrow the legs to
 * what is missing; a group is measured whole or not at all.  `in_place`: the run's own journal is
 * what will be written.  Whether its points may stand beside new ones, resume.h tells. */
void moe_sweep_resume (MoeSweep *self, MoeRun *before, gboolean in_place);

/* Points that are carried over, of all legs, and that there are. */
gsize moe_sweep_count_carried (const MoeSweep *self);
gsize moe_sweep_count_points (const MoeSweep *self, gsize side);

/* "4 of 8 points were carried over from FILE, of 2026-11-28"; `name` of the file may be NULL.  Free
 * with g_free (). */
char *moe_sweep_describe_carried (const MoeSweep *self, const char *name);

/* Records of the earlier run that are of no point of the sweep, appended to `run`: a file that is
 * written over loses nothing. */
void moe_sweep_append_others (const MoeSweep *self, MoeRun *run);

/* Forecast what a leg has to measure, with host_bytes as from moe_available_memory (), and forget
 * why it was left out.  That it does not fit is no error: leg->forecast.fits tells.  Errors as
 * moe_forecast (). */
MoeStatus
moe_sweep_forecast (MoeSweep *self, gsize side, gsize leg, gsize host_bytes, MoeError *error);

/* Two sides are open at once where both fit by their forecasts. */
void moe_sweep_choose_turns (MoeSweep *self);

/* Everything that is to be measured, what is left out aside. */
typedef struct MoeSweepTotal
{
  gsize legs;         /* of a side, with points to measure */
  gsize points;       /* to measure */
  gsize memory_bytes; /* the most that is taken at a time */
  double flops;
  double time_s;       /* NaN without a calibration */
  double time_least_s; /* until settled; otherwise both are time_s */
  double time_most_s;
} MoeSweepTotal;

MoeSweepTotal moe_sweep_total (const MoeSweep *self);

/* Where the whole sweep stands when leg `current` stands at *state: shares are weighted by forecast
 * times, and what the legs to come will take is corrected by what the work so far took (`elapsed_s`
 * since the first began).  Samples and settled points are those of all legs. */
void moe_sweep_progress (MoeSweep *self,
                         gsize current,
                         const MoeProgress *state,
                         double elapsed_s,
                         MoeProgress *overall);

G_END_DECLS
