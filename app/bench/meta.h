/* SPDX-License-Identifier: Apache-2.0 */
/* meta.json beside dumped tensors: what they are of, for programs and people. */
#pragma once

#include "engine/options/plan.h"

#include <glib.h>

G_BEGIN_DECLS

/* JSON (UTF-8, ends in a newline): tool, the point, its loss, every option by its name.  `routing`
 * is what a capacity policy left, without `dropped` assignments. */
GString *nullcurve_bench_meta (const MoeOptions *options,
                               const MoePoint *point,
                               gsize threads,
                               const MoeBackend *backend,
                               const MoeRouting *routing,
                               gsize dropped,
                               double loss);

G_END_DECLS
