/* SPDX-License-Identifier: Apache-2.0 */
/* What would make a setup fit that asks for more memory than there is: changes of one thing each,
 * of which every one has been tried to be enough. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/options/options.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct NullcurveRemedy
{
  char *label; /* what it changes, for a button */
  MoeOptions options;
} NullcurveRemedy;

/* Array of NullcurveRemedy *, perhaps empty; owned by the caller.  `available`: bytes of memory
 * that can be taken.  Computes plans and forecasts; takes no memory for blocks. */
GPtrArray *
nullcurve_remedies_new (const MoeOptions *options, const MoeBackend *backend, gsize available);

G_END_DECLS
