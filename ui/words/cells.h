/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of cells and of names in sentences. */
#pragma once

#include "engine/records/curves.h"
#include "ui/words/grid.h"

G_BEGIN_DECLS

/* The heading of a label's column. */
const char *nullcurve_words_label (MoeLabel label);

/* "TPU v5p host, independent": the shown labels of a curve, `skip` left out; "" when none are. */
char *moe_labels_describe (const MoeCurve *curve, const MoeLabels *labels, MoeLabel skip);

void moe_cell_append_percent (GString *text, double ratio);     /* "+7.23 %" for 1.0723 */
void moe_cell_append_fraction (GString *text, double fraction); /* "0.1", "0.25" */
void moe_cell_append_rate (GString *text, double tokens_per_s);
void moe_cell_append_tflops (GString *text, double tflops);
void moe_cell_append_shape (GString *text, const MoeRecord *record);
void moe_cell_append_topk (GString *text, const MoeRecord *record);
/* Text of others, so that it is no Markdown or HTML of its own and breaks no table. */
void moe_cell_append_text (GString *text, const char *value);

G_END_DECLS
