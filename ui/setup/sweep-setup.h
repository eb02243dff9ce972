/* SPDX-License-Identifier: Apache-2.0 */
/* What is set up, as a value, and what is known of the machine that it is for: enough to tell
 * whether a sweep fits, and how long it takes. */
#pragma once

#include "engine/machine/forecast.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct NullcurveSweepSetup
{
  MoeOptions options;
  const MoeBackend *backend; /* that the options name, for "auto" what it stands for as far as that
                                is known; NULL: none works, or nobody has looked yet */
  gboolean calibrated;       /* its rates are known: `calibration` */
  MoeCalibration calibration;
} NullcurveSweepSetup;

/* Does a sweep of `options` fit, and how long will it take?  Else FALSE, and *problem (may be NULL)
 * says why not.  *expected_s: NaN where it is not known. */
gboolean nullcurve_sweep_setup_estimate (const NullcurveSweepSetup *self,
                                         const MoeOptions *options,
                                         double *expected_s,
                                         MoeError *problem);

/* Can the two be measured in the same rounds?  Likewise; *expected_s is of both. */
gboolean nullcurve_sweep_setup_estimate_beside (const NullcurveSweepSetup *self,
                                                const MoeOptions *first,
                                                const MoeOptions *second,
                                                double *expected_s,
                                                MoeError *problem);

/* Give `options` these options of another setup: names without dashes, NULL-terminated. */
void
nullcurve_sweep_setup_take (MoeOptions *options, const MoeOptions *from, const char *const *names);

G_END_DECLS
