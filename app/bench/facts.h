/* SPDX-License-Identifier: Apache-2.0 */
/* --facts and --forecast: what this machine is and what a sweep would take, as lines of key=value
 * on standard output for a program at the other end of ssh.  The first is "nullcurve-interface=1";
 * the keys are told in the manual page and stay what they are while that number does. */
#pragma once

#include "app/command-line/args.h"

G_BEGIN_DECLS

/* The machine, its processors and memory, every accelerator with what it computes in or why not,
 * and the limits that are kept of them; measures nothing.  May take a second. */
void nullcurve_bench_facts (void);

/* What the sweeps of these arguments would take, each as forecast.N.*, and who would measure them;
 * what "auto" needs to know is measured the first time.  As nullcurve_bench_run () otherwise. */
gboolean nullcurve_bench_forecast (const NullcurveBenchArgs *args, int *status, GError **error);

G_END_DECLS
