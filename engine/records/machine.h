/* SPDX-License-Identifier: Apache-2.0 */
/* What was measured once about this machine, kept in the XDG cache directory: limits and
 * calibration per backend, its library and kernels, dtype and thread count, and processor or
 * device. */
#pragma once

#include <gio/gio.h>

#include "engine/bench/limits.h"

G_BEGIN_DECLS

/* Where it is kept: "nullcurve/machine.ini" in the XDG cache directory.  Free with g_free (). */
char *moe_machine_cache_path (void);

/* FALSE when nothing was kept for this combination, or what was kept makes no sense. */
gboolean moe_machine_load (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, MoeLimits *limits);

/* Keep it; replaces what was there for the same combination.  A cache that cannot be written is an
 * error that callers may ignore. */
gboolean moe_machine_store (const MoeBackend *backend,
                            gsize device,
                            gsize threads,
                            MoeDtype dtype,
                            const MoeLimits *limits,
                            GError **error);

/* The kept limits, or, when there are none or `again` is set, measured now (seconds; blocks) and
 * kept. */
MoeStatus moe_machine_limits (const MoeBackend *backend,
                              gsize device,
                              gsize threads,
                              MoeDtype dtype,
                              gboolean again,
                              const MoeCancel *cancel,
                              MoeLimits *limits,
                              MoeError *error);

/* The backend that "auto" stands for: the fastest usable one by kept or new measurements, on its
 * first device where it has several.  *why,
 * when not NULL, receives a sentence for people that names the contenders with their rates; free it
 * with g_free ().  NULL with an error when no backend computes in `dtype`. */
const MoeBackend *moe_machine_choose (
    gsize threads, MoeDtype dtype, const MoeCancel *cancel, char **why, MoeError *error);

G_END_DECLS
