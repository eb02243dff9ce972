/* SPDX-License-Identifier: Apache-2.0 */
/* What a written chart tells about itself beside what it shows. */
#pragma once

#include "ui/figure/figure.h"

G_BEGIN_DECLS

/* `bytes` is a whole document as cairo made it, and is one afterwards. */

/* Title and provenance as <title> and <desc>; the same figure gives the same bytes. */
void nullcurve_document_finish_svg (GByteArray *bytes,
                                    const NullcurveFigure *figure,
                                    const char *provenance);

/* Title, program, date and provenance as text chunks, and the resolution. */
void nullcurve_document_finish_png (GByteArray *bytes,
                                    const NullcurveFigure *figure,
                                    const char *provenance,
                                    double dpi);

G_END_DECLS
