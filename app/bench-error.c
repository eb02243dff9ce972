/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench-error.h"

G_DEFINE_QUARK (nullcurve - bench - error - quark, nullcurve_bench_error)

gboolean
nullcurve_bench_error_from_engine (GError **error,
                                   NullcurveBenchError code,
                                   const MoeError *engine_error)
{
  g_set_error_literal (error, NULLCURVE_BENCH_ERROR, code, engine_error->message);
  return FALSE;
}
