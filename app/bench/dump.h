/* SPDX-License-Identifier: Apache-2.0 */
/* --dump-tensors: the tensors of every point of a plan as NPY files, so that anyone can compute
 * the point again in a framework of their own (docs/check-a-point.md). */
#pragma once

#include "engine/machine/forecast.h"

#include <glib.h>

G_BEGIN_DECLS

/* The plan that a dump computes: as measured, but always forward and backward, since the
 * gradients are part of what is written.  Caller clears *dump. */
MoeStatus nullcurve_bench_dump_plan (const MoePlan *plan, MoePlan *dump, MoeError *error);

/* Can it be written to `folder`?  The folder must not exist, or be empty, and its file system
 * must have the room.  Touches nothing. */
gboolean nullcurve_bench_dump_check (const MoePlan *dump, const char *folder, GError **error);

/* Compute one step of every point and write it, with `asked`, the options as they were given, in
 * meta.json: a plan of one point into `folder` itself, one of
 * several into a folder for each ("00-top4-f0.5").  Everything is written aside and renamed when
 * complete. */
gboolean nullcurve_bench_dump_write (const MoePlan *dump,
                                     const MoeOptions *asked,
                                     const MoeBackend *backend,
                                     const MoeCancel *cancel,
                                     const char *folder,
                                     GError **error);

G_END_DECLS
