/* SPDX-License-Identifier: Apache-2.0 */
/* What another machine tells of itself: the facts of an answer (engine/remote/relay.h) as what is
 * known of this one. */
#pragma once

#include "engine/machine/forecast.h"
#include "engine/sweep/accelerators.h"

G_BEGIN_DECLS

/* The accelerators that --facts told, without backends here; those that cannot be chosen have
 * their reasons. */
MoeAccelerators *moe_told_accelerators (GHashTable *facts);

/* What --forecast told of its one sweep; times that were not told are NaN. */
typedef struct MoeToldForecast
{
  MoeForecast forecast;
  gsize points;
  const char *accelerator; /* that would measure, and why, in the facts; NULL: not told */
  const char *why;
  const char *problem; /* why it does not fit, likewise; NULL when it does */
} MoeToldForecast;

void moe_told_forecast (GHashTable *facts, MoeToldForecast *told);

/* Of --facts: "workstation · AMD EPYC 9654 · 96 cores · 755 GiB"; what it does not tell is left
 * out. Free with g_free (). */
char *moe_told_machine (GHashTable *facts);

/* A line for every accelerator: "CUDA: NVIDIA H200, 139 GiB", "OpenBLAS: 202 GF/s in float32", or
 * why it does not work.  Free with g_free (). */
char *moe_told_limits (GHashTable *facts);

/* The options of this version, and values of them ("--tile", "--distribution zipf"), that the one
 * there does not have, as --facts told them: free with g_strfreev ().  NULL when it does not tell
 * what it has. */
char **moe_told_lacks (GHashTable *facts);

/* That another version is there, and which options it lacks, in a sentence; NULL when it has this
 * one's version and options.  Free with g_free (). */
char *moe_told_version (GHashTable *facts);

G_END_DECLS
