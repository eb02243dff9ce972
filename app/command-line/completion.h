/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* --help-completion SHELL: what that shell reads to complete the command line of nullcurve-bench,
 * made from the tables that parsing and --help use.  `presets` are the names of the presets
 * (NULL-terminated).  NULL when there is none for the shell; owned by the caller. */
GString *nullcurve_bench_completion (const char *shell, const char *const *presets);

G_END_DECLS
