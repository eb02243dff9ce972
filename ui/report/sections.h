/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says, section by section. */
#pragma once

#include "ui/report/parts.h"

G_BEGIN_DECLS

/* Of NullcurveReportPart; free with g_ptr_array_unref ().  The figures are left out without
 * `figures`. */
GPtrArray *nullcurve_report_parts_new (GPtrArray *runs, gboolean figures);

/* "Null-Routed MoE Benchmark: my run", not escaped. */
char *nullcurve_report_title (const GPtrArray *runs);

G_END_DECLS
