/* SPDX-License-Identifier: Apache-2.0 */
/* Options as nullcurve-bench takes them. */
#pragma once

#include "engine/options/options.h"

#include <glib.h>

G_BEGIN_DECLS

/* The arguments that ask nullcurve-bench for the same sweep ("--tokens=64", "--baseline"): those of
 * options that are not its defaults and play a part.  What is no option is left out.  Free with
 * g_strfreev (). */
char **moe_options_to_arguments (const MoeOptions *options);

G_END_DECLS
