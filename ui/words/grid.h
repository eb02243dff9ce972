/* SPDX-License-Identifier: Apache-2.0 */
/* A table of texts, written as aligned plain text or as Markdown. */
#pragma once

#include "engine/records/curves.h"

G_BEGIN_DECLS

typedef struct MoeGrid
{
  GPtrArray *cells;    /* char *, row by row; the first row is the header */
  GArray *widths;      /* glong, one a column, in characters */
  guint column;        /* of the next cell */
  guint n_left;        /* columns set to the left: the first ones */
  guint code;          /* the column that is code in Markdown, counted from 1; 0: none */
  gboolean drop_empty; /* leave out of Markdown what no row tells */
  gboolean left_end;   /* and the last one */
} MoeGrid;

void moe_grid_init (MoeGrid *grid);
void moe_grid_clear (MoeGrid *grid);

/* The cells that follow make a row; every row has as many as the first. */
void moe_grid_begin_row (MoeGrid *grid);

/* Text of anybody; NULL: missing. */
void moe_grid_add (MoeGrid *grid, const char *text);
/* Takes the string. */
void moe_grid_take (MoeGrid *grid, char *text);
void moe_grid_add_real (MoeGrid *grid, double value, int decimals, const char *unit);

/* A column for each label that is shown, and the cells of a curve below. */
void moe_grid_add_labels (MoeGrid *grid, const MoeLabels *labels);
void moe_grid_add_values (MoeGrid *grid, const MoeLabels *labels, const MoeCurve *curve);

GString *moe_grid_to_text (const MoeGrid *grid);
GString *moe_grid_to_markdown (const MoeGrid *grid);

G_END_DECLS
