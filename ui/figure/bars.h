/* SPDX-License-Identifier: Apache-2.0 */
/* A waterfall: rows with a label, bars that begin where those of the row above ended, and what they
 * are worth in words.  A figure may have one beside its panels.  Two runs stand side by side: then
 * every row has a bar of each. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

enum
{
  NULLCURVE_BARS_MOST_SIDES = 2
};

typedef enum NullcurveBarKind
{
  NULLCURVE_BAR_IDEAL, /* what the others stand on */
  NULLCURVE_BAR_PART,
  NULLCURVE_BAR_WHOLE, /* what they add up to */
} NullcurveBarKind;

/* The bar of one side in a row. */
typedef struct NullcurveBar
{
  double from;       /* in the unit of all bars; NaN: this side has none here */
  double to;         /* less than `from` where it is negative */
  gboolean doubtful; /* it may as well be nothing */
  char *value;       /* "3.41"; NULL: nothing */
  char *share;       /* "53 %"; NULL: nothing */
} NullcurveBar;

typedef struct NullcurveBarRow
{
  NullcurveBarKind kind;
  int key; /* names the row when the figure is made anew */
  char *label;
  char *note;    /* one dim line below; NULL: nothing */
  guint palette; /* colour of its bar, where there is one side only */
  NullcurveBar bars[NULLCURVE_BARS_MOST_SIDES];
} NullcurveBarRow;

/* Owns everything reachable from it.  Text fields are set by nullcurve_figure_set_text (). */
typedef struct NullcurveBars
{
  char *title;
  char *subtitle;                            /* may be NULL, as the heads of the columns */
  char *value_label;                         /* what the values are: "µs per token" */
  char *share_label;                         /* what the shares are of: "of the rest" */
  gsize n_sides;                             /* 1 or 2 */
  guint palettes[NULLCURVE_BARS_MOST_SIDES]; /* colours of the sides, where there are two */
  char *sides[NULLCURVE_BARS_MOST_SIDES];    /* what they are called; NULL where there is one */
  GPtrArray *rows;                           /* of NullcurveBarRow, from the top */
  gssize chosen;                             /* the row that the panels beside are of; -1: none */
} NullcurveBars;

/* Without rows; free with nullcurve_bars_free (). */
NullcurveBars *nullcurve_bars_new (gsize n_sides);
void nullcurve_bars_free (NullcurveBars *bars);

/* The next row, owned by the bars; without bars yet. */
NullcurveBarRow *nullcurve_bars_add_row (
    NullcurveBars *bars, NullcurveBarKind kind, int key, const char *label, guint palette);
const NullcurveBarRow *nullcurve_bars_get_row (const NullcurveBars *bars, gsize index);

/* Ends of the axis on which all bars have room: 0 is among them. */
void nullcurve_bars_range (const NullcurveBars *bars, double *lo, double *hi);

/* Every row as a line of words, to be copied or spoken. */
char *nullcurve_bars_to_text (const NullcurveBars *bars);

G_END_DECLS
