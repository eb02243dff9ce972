/* SPDX-License-Identifier: Apache-2.0 */
/* Going on with a run: may new points stand beside those that it has, and which are missing? */
#pragma once

#include "engine/options/plan.h"
#include "engine/records/run.h"

G_BEGIN_DECLS

/* Why points of this plan, measured here, cannot stand beside those of `before`: another processor,
 * dtype, number of threads or ranks, or options that make other numbers.  A sentence that begins
 * with `name`; NULL when they can.  Free with g_free (). */
char *moe_resume_find_hindrance (const MoeRun *before, const MoePlan *plan, const char *name);

/* The same of the backend. */
char *moe_resume_find_other_backend (const MoeRun *before, const char *backend, const char *name);

/* What a record of the point looks like, before it is measured. */
void moe_resume_expect (const MoePoint *point, const char *accelerator, MoeRecord *record);

/* Is the record one of the point that was expected? */
gboolean moe_resume_is_of_point (const MoeRecord *record, const MoeRecord *expected);

/* What `before` has of the point: the record with the most samples; NULL when none has any. */
const MoeRecord *moe_resume_find_record (const MoeRun *before, const MoeRecord *expected);

/* The points of a group of the plan: first .. first + n - 1. */
gsize moe_resume_group_size (const MoePlan *plan, gsize first);

/* Which points of the plan an earlier run has measured to their end: carried[n_points].  `records`
 * [n_points] is what it has of each, or NULL.
 *
 * With a number of samples a point is whole when each start has its undisturbed ones, or twice as
 * many in all.  Until settled, a group is whole when all its points are settled, or when the run
 * was complete and asked for no less. */
void moe_resume_find_carried (const MoeRun *before,
                              const MoePlan *plan,
                              const MoeRecord *const *records,
                              gboolean *carried);

/* Narrow *todo, a copy of `plan`, to what is not carried over, with origin[i] the place in the plan
 * of its point i.
 *
 * A group is measured whole or not at all: its samples are paired round by round, and rounds of two
 * starts are no pairs.  So when one of its points is not `carried`, none of them stays so. */
void moe_resume_narrow (const MoePlan *plan, gboolean *carried, MoePlan *todo, gsize *origin);

G_END_DECLS
