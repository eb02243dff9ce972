/* SPDX-License-Identifier: Apache-2.0 */
/* --resume: what an earlier run has measured already is carried over. */
#pragma once

#include "app/command-line/args.h"
#include "engine/backends/backend.h"
#include "engine/options/plan.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Read what --resume names, to measure `plan`.  *before stays NULL without --resume, and when the
 * file is not there but is where --csv or --journal writes: then this is the first start.  Fails
 * with NULLCURVE_BENCH_ERROR_REFUSED and a sentence when it cannot be read, tells no samples, or
 * was measured on another processor, with another dtype or other threads, or with options that make
 * other numbers. */
gboolean nullcurve_bench_resume_read (const NullcurveBenchArgs *args,
                                      const MoePlan *plan,
                                      MoeRun **before,
                                      GError **error);

/* The accelerator to ask for: as given, but for "auto" what the earlier run computed with. `before`
 * may be NULL.  The string lives as long as `given` and `before`. */
const char *nullcurve_bench_resume_accelerator (const char *given, const MoeRun *before);

/* Refuse to go on with another backend than the earlier run's.  `before` may be NULL. */
gboolean nullcurve_bench_resume_check_backend (const NullcurveBenchArgs *args,
                                               const MoeRun *before,
                                               const MoeBackend *backend,
                                               GError **error);

G_END_DECLS
