/* SPDX-License-Identifier: Apache-2.0 */
/* Which look says what of a curve, and the legend in parts that tells it: hue is the run, marker
 * and dash are the values in which curves of runs differ. */
#pragma once

#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* Words of values (borrowed char *, in any number, NULL among them), each once and by the numbers
 * in them: top-2 before top-16.  Free with g_ptr_array_unref (). */
GPtrArray *nullcurve_values_sort (const GPtrArray *words);

/* Where words stand among values so sorted; NULL, and what is not among them: behind the last. */
guint nullcurve_values_rank (GPtrArray *values, const char *words);

/* Say of a series what its run is called (`rank` and `facet` do not count), or a value that it has:
 * NULL when that is not known; its rank, by which it gets marker and dash; and the split that tells
 * it, too.  The palette of the series is that of its run. */
void nullcurve_series_set_part (NullcurveSeries *series,
                                NullcurvePart part,
                                const char *words,
                                guint rank,
                                NullcurveFaceting facet);

/* Give the series that say what they are markers and dashes by the ranks of their values.  Where
 * several runs with several values are drawn the figure gets keys, so that its legend names runs
 * and values and not each curve of each run.  To be called when all points are there, and again
 * when the figure is split by `split`, which its facets then tell. */
void nullcurve_figure_dress (NullcurveFigure *figure, NullcurveFaceting split);

/* Does a key stand for this series, of those that are visible? */
gboolean nullcurve_key_has (const NullcurveKey *key, const NullcurveSeries *series);

G_END_DECLS
