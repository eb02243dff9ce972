/* SPDX-License-Identifier: Apache-2.0 */
/* The table of points as text, to be pasted elsewhere. */
#pragma once

#include "ui/page/point-item.h"

G_BEGIN_DECLS

/* "markdown": cells as the table shows them; "csv" and "tsv": numbers in full, with a point, for
 * programs.  `rows` is a model of NullcurvePointItem.  NULL for a format that is none of these, or
 * when there are no rows; owned by the caller. */
char *nullcurve_table_text (GListModel *rows, const char *format);

G_END_DECLS
