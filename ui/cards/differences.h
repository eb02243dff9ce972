/* SPDX-License-Identifier: Apache-2.0 */
/* In what the runs of a list differ, in few words for each: what stands dim behind its name. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* One text (char *, never NULL, may be "") for each of the `n` runs: its values of what differs
 * between runs that tell it, but for what the beginning of its title says already: "top-2, 4,
 * carry, laptop". Where nothing else differs but the time they were begun at, that.  Free with
 * g_ptr_array_unref
 * ().
 */
GPtrArray *nullcurve_differences_new (MoeRun *const *runs, gsize n);

/* On what they rest, so that they need not be made anew for every sample: as long as this is the
 * same, of the same runs, so are they.  Owned by the caller. */
char *nullcurve_differences_grounds (MoeRun *const *runs, gsize n);

G_END_DECLS
