/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep while it is measured: its runs grow by events, and every sample is in the journal before
 * anyone hears of it.
 *
 * Two threads may have a part in it.  moe_sweep_run () reads the plans and writes the journals; all
 * the rest belongs to the thread that shows the runs, which leaves plans and journals alone
 * meanwhile.  One thread may do both. */
#pragma once

#include "engine/machine/noise.h"
#include "engine/sweep/sweep.h"

G_BEGIN_DECLS

/* Make the side's run: title and, of a new run, all that the environment tells; `command_line` may
 * be NULL.  The caller may add facts before the run is kept. */
void moe_sweep_open (MoeSweep *self, gsize side, const char *title, const char *command_line);

/* Keep the side's run in a journal at `path`, with what is carried over in it; the file must be a
 * new one, or with `replace` takes the place of one that nobody writes.  FALSE and *error, and the
 * run is not kept. */
gboolean
moe_sweep_keep (MoeSweep *self, gsize side, const char *path, gboolean replace, GError **error);

/* The same through a descriptor, of which the caller keeps its own, to whoever reads it as it
 * grows; what moe_sweep_tell () has to add comes last. */
gboolean moe_sweep_keep_in_stream (MoeSweep *self, gsize side, int fd, GError **error);

/* The same in the run library, under the date and `name`. */
gboolean moe_sweep_keep_in_library (
    MoeSweep *self, gsize side, const char *name, GDateTime *now, GError **error);

/* The same in the journal of the earlier run itself, which goes on. */
gboolean moe_sweep_keep_in_place (MoeSweep *self, const char *path, GError **error);

typedef enum MoeSweepEventKind
{
  MOE_SWEEP_POINT,    /* `facts` */
  MOE_SWEEP_SAMPLE,   /* `sample` */
  MOE_SWEEP_VERIFIED, /* `verification` */
  MOE_SWEEP_DONE,     /* all samples of the point were taken */
} MoeSweepEventKind;

typedef struct MoeSweepEvent
{
  MoeSweepEventKind kind;
  gsize side, leg;
  gsize point; /* of the leg's plan, whatever is narrowed */
  union
  {
    MoePointFacts facts;
    MoeSample sample;
    MoeVerification verification;
  };
} MoeSweepEvent;

/* Called on the thread of moe_sweep_run (), never within a timed region; all but `event` may be
 * NULL. */
typedef struct MoeSweepHooks
{
  gpointer data;
  /* It is in the journal already. */
  void (*event) (gpointer data, const MoeSweepEvent *event);
  /* Of the leg alone; its point is that of the plan. */
  void (*progress) (gpointer data, const MoeProgress *progress);
  bool (*pause) (void *data); /* see MoeRunEvents */
  void (*traced) (gpointer data, gsize side, const MoePoint *point, const MoeTrace *step);
  /* Something happened to the journal: it cannot be written, or can be again, or was deleted.  A
   * sentence or two; measuring goes on. */
  void (*told) (gpointer data, gsize side, const char *sentence);
} MoeSweepHooks;

/* Measure what a leg has to measure, both sides of it: blocks; as moe_run_setups (). */
MoeStatus moe_sweep_run (MoeSweep *self,
                         gsize leg,
                         const MoeClock *clock,
                         const MoeCancel *cancel,
                         const MoeSweepHooks *hooks,
                         MoeError *error);

/* No more is measured: the journals end with this state ("complete", "stopped"); one without a
 * sample is removed.  What is to be told of that is the side's problem from now on. */
void moe_sweep_close_journals (MoeSweep *self, const char *state);

/* Let the run grow by an event. */
void moe_sweep_take (MoeSweep *self, const MoeSweepEvent *event);

/* Was the point measured now, at least in part? */
gboolean moe_sweep_is_measured (const MoeSweep *self, gsize side, gsize leg, gsize point);
gboolean moe_sweep_has_measured (const MoeSweep *self, gsize side);

/* What there is of a point to tell: new samples before old ones; NULL when there is nothing. */
const MoeRecord *moe_sweep_get_record (const MoeSweep *self, gsize side, gsize leg, gsize point);

/* A run of everything there is so far, in the order of the plans; owned by the caller.  What
 * an earlier run has of a group counts beside new samples until it is measured anew as a whole;
 * points of the earlier run that are in none of the plans come last. */
MoeRun *moe_sweep_collect (const MoeSweep *self, gsize side);

/* What a measured side teaches of the limits: `run`, of moe_sweep_collect (), gets them raised, and
 * with `of_machine` what is kept about this machine too.  Nothing where a point disagreed, and
 * nothing of the machine by what was carried over. */
void moe_sweep_raise_limits (const MoeSweep *self, gsize side, MoeRun *run, gboolean of_machine);

/* What disturbed the run, what is to be said about it and what its starts show stand in `run` and
 * in the side's closed journal. */
void moe_sweep_tell (MoeSweep *self,
                     gsize side,
                     MoeRun *run,
                     const MoeNoise *noise,
                     const char *const *warnings,
                     gsize n_warnings);

G_END_DECLS
