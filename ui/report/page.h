/* SPDX-License-Identifier: Apache-2.0 */
/* The HTML page around a report's parts. */
#pragma once

#include "ui/report/sections.h"

G_BEGIN_DECLS

/* The whole document. */
GString *nullcurve_report_page (GPtrArray *runs, const GPtrArray *parts);

G_END_DECLS
