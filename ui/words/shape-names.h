/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes in words: their dimensions, and the names that people know some of them by. */
#pragma once

#include "engine/records/run.h"

G_BEGIN_DECLS

/* "4096×2048×1408×60", with a shared expert " + shared 5632" after it; NULL when the shape is not
 * known.  Interned, as the others are. */
const char *nullcurve_shape_dimensions (const MoeRecord *record);

/* "S", "Mixtral 8x7B", "S/8" for an eighth of its tokens; the dimensions where it has no name. */
const char *nullcurve_shape_brief (const MoeRecord *record);

/* Both: "S/8  4096×2048×1408×60"; owned by the caller, NULL when the shape is not known. */
char *nullcurve_shape_title (const MoeRecord *record);

G_END_DECLS
