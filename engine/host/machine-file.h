/* SPDX-License-Identifier: Apache-2.0 */
/* What was measured once about this machine, kept in the XDG cache directory as a file that people
 * can read: the roofs of each processor or device, dtype and thread count; the calibration of each
 * backend there, with its library and kernels; and what two starts of the same thing differ by.
 * With each stand its date and what others did meanwhile. */
#pragma once

#include <gio/gio.h>

#include "engine/machine/limits.h"

G_BEGIN_DECLS

/* Where it is kept: "nullcurve/machine.ini" in the XDG cache directory.  Free with g_free (). */
char *moe_machine_cache_path (void);

/* FALSE when nothing was kept for this combination, or what was kept makes no sense. */
gboolean moe_machine_load (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, MoeLimits *limits);

/* Keep it; replaces what was there for the same combination, and, when an older version wrote the
 * file, all of it.  A cache that cannot be written is an error that callers may ignore. */
gboolean moe_machine_store (const MoeBackend *backend,
                            gsize device,
                            gsize threads,
                            MoeDtype dtype,
                            const MoeLimits *limits,
                            GError **error);

/* Keep roofs that a measured step has raised: only those that are higher than what is kept. */
void moe_machine_raise (const MoeBackend *backend,
                        gsize device,
                        gsize threads,
                        MoeDtype dtype,
                        const MoeLimits *limits);

/* What is kept of a combination: all of it, a part, or nothing. */
typedef struct MoeMachineKept
{
  gboolean has_roofs;
  gboolean has_calibration;
  MoeLimits limits;
} MoeMachineKept;

void moe_machine_recall (
    const MoeBackend *backend, gsize device, gsize threads, MoeDtype dtype, MoeMachineKept *kept);

/* Take over the roofs with their circumstances, leaving the calibration alone. */
void moe_machine_copy_roofs (MoeLimits *limits, const MoeLimits *from);

/* Take over the roofs that are higher; TRUE when one was. */
gboolean moe_machine_lift_roofs (MoeLimits *limits, const MoeLimits *from);

/* Several starts of one setup differed by a relative standard deviation `sd` of their figures, with
 * `df` degrees of freedom (starts less one).  Pooled with what is kept, of which no more than 100
 * degrees count, so that an old machine can still change.  What makes no sense is ignored. */
void moe_machine_learn_starts (
    const MoeBackend *backend, gsize threads, MoeDtype dtype, double sd, guint df);

/* What is kept of it; FALSE when nothing is. */
gboolean moe_machine_start_spread (
    const MoeBackend *backend, gsize threads, MoeDtype dtype, double *sd, guint *df);

G_END_DECLS
