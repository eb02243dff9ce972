/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/error.h"

G_DEFINE_QUARK (nullcurve - bench - error - quark, nullcurve_bench_error)

gboolean
nullcurve_bench_error_from_engine (GError **error,
                                   NullcurveBenchError code,
                                   const MoeError *engine_error)
{
  g_set_error_literal (error, NULLCURVE_BENCH_ERROR, code, engine_error->message);
  return FALSE;
}

gboolean
nullcurve_bench_refuse (GError **error, const char *format, ...)
{
  va_list list;
  va_start (list, format);
  g_autofree char *sentence = g_strdup_vprintf (format, list);
  va_end (list);
  g_set_error_literal (error, NULLCURVE_BENCH_ERROR, NULLCURVE_BENCH_ERROR_REFUSED, sentence);
  return FALSE;
}
