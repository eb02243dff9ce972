/* SPDX-License-Identifier: Apache-2.0 */
/* Comparisons that are ready to be made: two sweeps of one setup that differ in one option,
 * measured side by side. */
#pragma once

#include "ui/queue/job-item.h"
#include "ui/setup/sweep-setup.h"

G_BEGIN_DECLS

typedef enum NullcurveReady
{
  NULLCURVE_READY_MODES,       /* independent, take_until_null */
  NULLCURVE_READY_DISPATCH,    /* compact, carry */
  NULLCURVE_READY_REMAP,       /* compact, remap */
  NULLCURVE_READY_ZERO_EXPERT, /* compact, zero_expert */
  NULLCURVE_READY_EASY_WAYS,   /* compact beside each of the three others */
  NULLCURVE_READY_K_RULES,     /* a fixed k beside each other rule that the setup allows */
  NULLCURVE_N_READY
} NullcurveReady;

/* What it measures, in a sentence without its full stop. */
const char *nullcurve_ready_describe (NullcurveReady ready);

/* The plans of a setup and of what the comparisons make of it, each made when first asked for and
 * once.  The setup is borrowed. */
typedef struct NullcurveReadyPlans NullcurveReadyPlans;

NullcurveReadyPlans *nullcurve_ready_plans_new (const NullcurveSweepSetup *setup);
void nullcurve_ready_plans_free (NullcurveReadyPlans *plans);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (NullcurveReadyPlans, nullcurve_ready_plans_free)

/* Why the comparison cannot be made of the setup, owned by the caller; NULL: it can. */
char *nullcurve_ready_dup_problem (NullcurveReady ready, NullcurveReadyPlans *plans);

/* The comparison as jobs of two sweeps each, one job but for EASY_WAYS and K_RULES; `shape_name` is
 * what their names begin with.  For a setup without a problem.  Caller owns the array of
 * NullcurveJobItem. */
GPtrArray *
nullcurve_ready_new_jobs (NullcurveReady ready, NullcurveReadyPlans *plans, const char *shape_name);

G_END_DECLS
