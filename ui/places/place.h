/* SPDX-License-Identifier: Apache-2.0 */
/* Another place to measure at, as a person has named and described it; immutable but for whether it
 * measures. */
#pragma once

#include "engine/remote/place.h"

G_BEGIN_DECLS

#define NULLCURVE_TYPE_PLACE (nullcurve_place_get_type ())
G_DECLARE_FINAL_TYPE (NullcurvePlace, nullcurve_place, NULLCURVE, PLACE, GObject)

/* Signal "busy-changed". */

typedef enum NullcurvePlaceKind
{
  NULLCURVE_PLACE_HOST,    /* `target` is a host of ssh */
  NULLCURVE_PLACE_COMMAND, /* or a command that runs what follows it */
  NULLCURVE_N_PLACE_KINDS
} NullcurvePlaceKind;

/* `program` and `environment` ("OMP_NUM_THREADS=8 A='b c'", quoted as for a shell) may be empty.
 * Whether a place can be like that, nullcurve_place_check () says.  The name is kept tamed (see
 * engine/text/tame.h), so it may be another one than was given. */
NullcurvePlace *nullcurve_place_new (const char *name,
                                     NullcurvePlaceKind kind,
                                     const char *target,
                                     const char *program,
                                     const char *environment);

const char *nullcurve_place_get_name (NullcurvePlace *self);
NullcurvePlaceKind nullcurve_place_get_kind (NullcurvePlace *self);
const char *nullcurve_place_get_target (NullcurvePlace *self);
const char *nullcurve_place_get_program (NullcurvePlace *self);
const char *nullcurve_place_get_environment (NullcurvePlace *self);

/* "ssh gpu1", "srun -p gpu": owned by the caller. */
char *nullcurve_place_describe (NullcurvePlace *self);

/* The place as the engine takes it; its strings are this one's.  Of one that cannot be, what can be
 * said is. */
MoePlace nullcurve_place_get_engine (NullcurvePlace *self);

/* Could something be started there?  FALSE and *error, a sentence for people. */
gboolean nullcurve_place_check (NullcurvePlace *self, GError **error);

/* Is a run being measured there?  Then nothing else is asked of it. */
gboolean nullcurve_place_get_busy (NullcurvePlace *self);
void nullcurve_place_set_busy (NullcurvePlace *self, gboolean busy);

G_END_DECLS
