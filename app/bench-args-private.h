/* SPDX-License-Identifier: Apache-2.0 */
/* What reading a command line and explaining it share. */
#pragma once

#include "app/bench-args.h"

G_BEGIN_DECLS

/* All arguments are read: find out what they mean together, put preset or matrix under the options
 * that were given, and refuse what does not go together. */
gboolean nullcurve_bench_args_finish (NullcurveBenchArgs *args, GError **error);

/* An engine option's help with its default, for --help and the manual page; free with g_free (). */
char *nullcurve_bench_describe_option (const MoeOptionSpec *spec);

G_END_DECLS
