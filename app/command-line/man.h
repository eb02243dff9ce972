/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* --help-man: the manual page nullcurve-bench(1), as roff with the man macros. */
GString *nullcurve_bench_man (void);
