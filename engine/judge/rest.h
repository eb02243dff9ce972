/* SPDX-License-Identifier: Apache-2.0 */
/* Where the rest went: a step at one null fraction held against the ideal one, which is (1 - f) of
 * the step at f = 0 of the same curve.  What stands above the ideal is split by kind of work, each
 * with its cause where the engine knows it.  Values; ui/words makes sentences. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* Why a kind of work does not shrink with the rows. */
typedef enum MoeRestCauseKind
{
  MOE_REST_NONE,      /* nothing is known */
  MOE_REST_WEIGHTS,   /* the weights of every expert with a row are read: bytes */
  MOE_REST_GRADIENTS, /* the gradients of every expert are written: bytes */
  MOE_REST_TOKENS,    /* rows of [T,H] are touched for each token, whatever it keeps: bytes */
  MOE_REST_SLOTS,     /* each of the T k slots is looked at: count */
  MOE_REST_IMBALANCE, /* threads wait for the fullest expert: count is its rows over the mean */
  MOE_REST_SHARED,    /* the shared expert computes every token */
  MOE_REST_EXCHANGE,  /* shards exchange: bytes */
  MOE_REST_FIXED,     /* the part of the cost model that no slot removes; stages are not told */
  MOE_REST_PROCESSOR, /* the steps are made of processor time, which is not told stage by stage */
} MoeRestCauseKind;

typedef struct MoeRestCause
{
  MoeRestCauseKind kind;
  double bytes;       /* of one step, as expected from even loads; NaN where no bytes are meant */
  double bytes_per_s; /* those over the time of the kind, which does other work besides */
  double share;       /* of what the machine's memory can read or write; NaN when not known */
  double count;       /* see the kinds; NaN */
} MoeRestCause;

typedef struct MoeRestPart
{
  MoeStageKind kind; /* MOE_N_STAGE_KINDS: what the stages leave over */
  double at_0_s;     /* of the step at f = 0; NaN for what is left over */
  double time_s;     /* of the step at f */
  double excess_s;   /* time_s - (1 - f) at_0_s: negative when it shrank by more than the rows */
  double share;      /* of the whole excess; NaN unless there is one beyond doubt */
  gboolean sure;     /* the excess is larger than the doubt about both steps */
  MoeRestCause cause;
} MoeRestPart;

typedef struct MoeRest
{
  const MoeRun *run; /* borrowed, as the records are */
  const MoeRecord *base;
  const MoeRecord *record;
  double realized;   /* f */
  double base_s;     /* the step at f = 0, */
  double ideal_s;    /* (1 - f) of it, */
  double measured_s; /* and the step at f */
  double excess_s;   /* measured_s - ideal_s, the sum over the parts */
  double doubt_s;    /* half widths of the intervals of both steps; 0 for single figures */
  gboolean has_stages;
  gsize n_parts; /* largest excess first */
  MoeRestPart parts[MOE_N_STAGE_KINDS + 1];
} MoeRest;

/* FALSE, and *rest all 0, when the record's curve has no f = 0 in the run, either lacks a time, or
 * the record is that f = 0 itself.  A record without stage times, or made of processor time, has
 * one part, which is the whole excess.  Any thread. */
gboolean moe_rest_find (const MoeRun *run, const MoeRecord *record, MoeRest *rest);

/* Seconds that the step at f would lose if weights were read once for the forward and once for the
 * gradients of the rows: each of these kinds of work then takes as long as its share of the rows,
 * (1 - f) of what it took at f = 0, or as the bytes of the weights at the rate at which the machine
 * reads, whichever is longer.  NaN where stages or that rate are not told.  Any thread. */
double moe_rest_weights_once_s (const MoeRest *rest);

G_END_DECLS
