/* SPDX-License-Identifier: Apache-2.0 */
/* --resume: what an earlier run has measured already is carried over. */
#pragma once

#include "app/bench-jobs.h"

G_BEGIN_DECLS

/* Read what --resume names.  *before stays NULL without --resume, and when the file is not there
 * but is where --csv writes: then this is the first start.  Fails with
 * NULLCURVE_BENCH_ERROR_REFUSED and a sentence when it cannot be read, tells no samples, or was
 * measured on another processor, with another dtype or other threads, or with options that make
 * other numbers. */
gboolean nullcurve_bench_resume_read (const NullcurveBenchArgs *args,
                                      const GPtrArray *jobs,
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

/* Tell the jobs' points what the earlier run has of them, and narrow the jobs to what is missing.
 * Which points are whole, moe_resume_find_carried () tells. */
void nullcurve_bench_resume_apply (GPtrArray *jobs, const MoeRun *before, const char *accelerator);

/* Points that are carried over, of all jobs. */
gsize nullcurve_bench_resume_count (const GPtrArray *jobs);

/* Set the fact "resumed" on `run`: how many points were carried over, from where, of when. */
void nullcurve_bench_resume_describe (const NullcurveBenchArgs *args,
                                      const GPtrArray *jobs,
                                      const MoeRun *before,
                                      MoeRun *run);

/* Append what the earlier run has of points that are in none of the jobs, so that a file that is
 * written over loses nothing. */
void nullcurve_bench_resume_append_others (const GPtrArray *jobs,
                                           const MoeRun *before,
                                           const char *accelerator,
                                           MoeRun *run);

G_END_DECLS
