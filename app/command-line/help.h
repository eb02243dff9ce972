/* SPDX-License-Identifier: Apache-2.0 */
/* The command line explained. */
#pragma once

#include "app/command-line/specs.h"

G_BEGIN_DECLS

/* --help */
GString *nullcurve_bench_help (void);

/* An engine option's help with its default; free with g_free (). */
char *nullcurve_bench_describe_option (const MoeOptionSpec *spec);

G_END_DECLS
