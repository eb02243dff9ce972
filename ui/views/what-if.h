/* SPDX-License-Identifier: Apache-2.0 */
/* What would be if a step cost less, computed from the cost model (engine/judge/cost-model.h) or
 * from what stands above the ideal (engine/judge/rest.h) and never measured: faint lines beside the
 * curves that they are of. */
#pragma once

#include "ui/views/throughput.h"

G_BEGIN_DECLS

typedef enum NullcurveWhatIf
{
  NULLCURVE_WHAT_IF_NOTHING,
  NULLCURVE_WHAT_IF_FIXED_HALVED, /* the part of a step that no null slot removes, by half */
  NULLCURVE_WHAT_IF_WEIGHTS_ONCE, /* moe_rest_weights_once_s () */
  NULLCURVE_N_WHAT_IFS
} NullcurveWhatIf;

/* What the first panels of a figure of all curves of these runs show. */
typedef enum NullcurveWhatIfOf
{
  NULLCURVE_WHAT_IF_OF_RATE,    /* tokens/s */
  NULLCURVE_WHAT_IF_OF_GAIN,    /* that against f = 0, which would be faster too */
  NULLCURVE_WHAT_IF_OF_SPEEDUP, /* the same, and null efficiency below it */
} NullcurveWhatIfOf;

/* Add a line for each visible curve of the run in hand (of the first when there is none) for which
 * it can be computed: of the fixed part, of curves whose points are a straight line, from the least
 * to the largest fraction; of the weights, from point to point of curves that tell stages and a
 * read rate.  Where there is none the legend and the first panel say so.  Series of the figure are
 * in the order of nullcurve_curves_new (). */
void nullcurve_what_if_add (NullcurveFigure *figure,
                            NullcurveWhatIf what_if,
                            NullcurveWhatIfOf of,
                            MoeRun *const *runs,
                            gsize n_runs,
                            const NullcurveThroughputOptions *state);

G_END_DECLS
