/* SPDX-License-Identifier: Apache-2.0 */
/* What null routing buys, how much of the ideal that is and what eats the rest, each in a few words
 * to be read at a glance.  Every statement is a fact of engine/judge. */
#pragma once

#include "engine/judge/findings.h"

G_BEGIN_DECLS

typedef enum NullcurveTile
{
  NULLCURVE_TILE_GAIN,  /* "7.2× of 10×" */
  NULLCURVE_TILE_SHARE, /* "72 %" */
  NULLCURVE_TILE_REST,  /* "wait 53 %, row gradients 22 %" */
  NULLCURVE_N_TILES
} NullcurveTile;

typedef struct NullcurveTiles
{
  const MoeRecord *record;         /* of which they are; borrowed from its run */
  char *values[NULLCURVE_N_TILES]; /* NULL: nothing to tell */
  char *notes[NULLCURVE_N_TILES];  /* what the value is */
} NullcurveTiles;

/* Of the curve that reaches the largest fraction with a speed-up, of several the one that is
 * furthest from the ideal, among those with stages if there are any.  FALSE, and all NULL, where no
 * curve has an f = 0.  Clear with nullcurve_tiles_clear (). */
gboolean nullcurve_tiles_init (NullcurveTiles *tiles, const GPtrArray *findings);
void nullcurve_tiles_clear (NullcurveTiles *tiles);

G_END_DECLS
