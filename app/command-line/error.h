/* SPDX-License-Identifier: Apache-2.0 */
/* How nullcurve-bench ends when it does not end well. */
#pragma once

#include <glib.h>

#include "engine/base/error.h"

G_BEGIN_DECLS

#define NULLCURVE_BENCH_ERROR (nullcurve_bench_error_quark ())
GQuark nullcurve_bench_error_quark (void);

/* The code is the exit status, but that a signal's is 128 + its number. */
typedef enum NullcurveBenchError
{
  NULLCURVE_BENCH_ERROR_FAILED = 1,  /* something went wrong on the way */
  NULLCURVE_BENCH_ERROR_REFUSED = 2, /* the request cannot be served; nothing was begun */
} NullcurveBenchError;

/* The request cannot be served: a sentence.  Always returns FALSE. */
gboolean nullcurve_bench_refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Carry an engine's sentence over; always returns FALSE. */
gboolean nullcurve_bench_error_from_engine (GError **error,
                                            NullcurveBenchError code,
                                            const MoeError *engine_error);

G_END_DECLS
