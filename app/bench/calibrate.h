/* SPDX-License-Identifier: Apache-2.0 */
/* --calibrate: measure this machine anew and say what came out. */
#pragma once

#include "app/command-line/args.h"
#include "engine/machine/limits.h"

G_BEGIN_DECLS

/* Measure all backends that compute in the dtype asked for, keep the results, and print a table on
 * standard output.  *status is 0, or that of a signal when one stopped it. */
gboolean nullcurve_bench_calibrate (const NullcurveBenchArgs *args, int *status, GError **error);

/* The table.  limits[n] and errors[n] as from moe_machine_calibrate (). */
GString *nullcurve_bench_calibrate_table (const MoeBackend *const *backends,
                                          const MoeLimits *limits,
                                          const MoeError *errors,
                                          gsize n);

G_END_DECLS
