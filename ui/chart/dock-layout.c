/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/chart/dock-layout.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/figure/readout.h"

enum
{
  MOST_BLOCKS = 4,
  LEAST_LINES = 2, /* a row, and what tells of the others */
  BELOW_HEADS = 1, /* title, and what is to be said of all on the same line */
  BESIDE_HEADS = 4 /* both on lines of their own, two each */
};

/* Shares of the chart, that it may take below and beside. */
static const double most_height = 0.2;
static const double most_width = 0.36;

/* In widths of letters: what a label has at least and is happy with, the widest that a name of a
 * column may make it, and what a chart has to be wide for a dock beside it. */
static const double least_label = 11.0;
static const double good_label = 15.0;
static const double most_label = 40.0;
static const double most_head = 9.0;
static const double least_beside = 44.0;

const char *const nullcurve_dock_bound_head = N_ ("of bound");

/* What planning works with. */
typedef struct Planner
{
  const NullcurveFigure *figure;
  NullcurveChartText *text;
  double em;
  gsize n_rows; /* of the facet that has most */
  double label; /* width of the widest */
  gboolean has_values[NULLCURVE_FIGURE_MAX_PANELS];
} Planner;

static double
width_of (const Planner *planner, const char *words)
{
  return ceil (nullcurve_chart_text_width (planner->text, NULLCURVE_FONT_TICK, words));
}

static gboolean
has_value (const NullcurveSeries *series, gsize panel)
{
  for (gsize i = 0; i < nullcurve_series_n_points (series, panel); i++)
    if (isfinite (nullcurve_series_get_point (series, panel, i)->y))
      return TRUE;
  return FALSE;
}

/* Hidden curves count: hiding one is no reason to move the others.  A panel without values has no
 * column. */
static void
look_at_rows (Planner *planner)
{
  const NullcurveFigure *figure = planner->figure;
  gsize counts[NULLCURVE_FIGURE_MAX_FACETS] = { 0 };
  gboolean any = FALSE; /* value at all: else there will be some in all */

  for (gsize i = 0; i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);

      if (!series->visible)
        continue;
      counts[MIN (series->facet, NULLCURVE_FIGURE_MAX_FACETS - 1)]++;
      planner->label = fmax (planner->label, width_of (planner, series->label));
      for (gsize p = 0; p < figure->n_panels; p++)
        planner->has_values[p] = planner->has_values[p] || has_value (series, p);
    }
  for (gsize p = 0; p < figure->n_panels; p++)
    any = any || planner->has_values[p];
  for (gsize p = 0; p < figure->n_panels; p++)
    planner->has_values[p] = planner->has_values[p] || !any;
  for (gsize i = 0; i < NULLCURVE_FIGURE_MAX_FACETS; i++)
    planner->n_rows = MAX (planner->n_rows, counts[i]);
  planner->label = fmin (planner->label, most_label * planner->em);
}

/* Wide enough for whatever is likely to be read, so that columns stay where they are. */
static void
measure_columns (const Planner *planner, NullcurveDock *dock)
{
  const NullcurveFigure *figure = planner->figure;
  const double number = width_of (planner, "000.00 M");

  dock->n_panels = 0;
  for (gsize p = 0; p < figure->n_panels; p++)
    {
      const double name = width_of (planner, nullcurve_panel_brief (&figure->panels[p]));

      if (!planner->has_values[p])
        continue;
      dock->panels[dock->n_panels] = p;
      dock->values[dock->n_panels++] = fmax (number, fmin (name, most_head * planner->em));
    }
  dock->spread = width_of (planner, _ (nullcurve_readout_wild));
  if (figure->bound_label != NULL)
    dock->bound = width_of (planner, _ (nullcurve_dock_bound_head));
  if (figure->note_label != NULL)
    dock->note = fmin (width_of (planner, figure->note_label), 12.0 * planner->em);
}

/* Of a block with labels this wide. */
static double
block_width (const NullcurveDock *dock, double label)
{
  double width = dock->swatch + label;

  for (gsize p = 0; p < dock->n_panels; p++)
    width += dock->column + dock->values[p];
  if (dock->spread > 0.0)
    width += 0.5 * dock->column + dock->spread;
  if (dock->bound > 0.0)
    width += dock->column + dock->bound;
  if (dock->note > 0.0)
    width += dock->column + dock->note;
  return width;
}

/* A comparison is worth more than the last panel, but not than the first. */
static void
drop_columns (const Planner *planner, NullcurveDock *dock, double width)
{
  const double label = fmin (planner->label, least_label * planner->em);
  const gsize n_panels = dock->n_panels;

  if (block_width (dock, label) > width)
    dock->bound = 0.0;
  while (dock->n_panels > 1 && dock->note > 0.0 && block_width (dock, label) > width)
    dock->n_panels--;
  if (block_width (dock, label) > width && dock->note > 0.0)
    {
      dock->note = 0.0;
      dock->n_panels = n_panels;
    }
  while (dock->n_panels > 1 && block_width (dock, label) > width)
    dock->n_panels--;
  if (block_width (dock, label) > width)
    dock->spread = 0.0;
}

static gsize
lines_in (const NullcurveDock *dock, double height)
{
  return (gsize)fmax (floor ((height - 2.0 * dock->pad) / dock->row), 0.0);
}

/* Columns have names where there are several, or where several take turns. */
static void
count_heads (const Planner *planner, NullcurveDock *dock, gsize lines)
{
  dock->named = planner->figure->n_panels > 1 || dock->bound > 0.0 || dock->note > 0.0;
  dock->heads = lines + (dock->named ? 1 : 0);
}

/* As many blocks as have room, the fewest of those that take as many lines. */
static void
plan_below (const Planner *planner, NullcurveDock *dock, double width)
{
  double good;
  gsize most;

  drop_columns (planner, dock, width);
  good = block_width (dock, fmin (planner->label, good_label * planner->em));
  most = (gsize)CLAMP (floor ((width + dock->gap) / (good + dock->gap)), 1.0, MOST_BLOCKS);
  count_heads (planner, dock, BELOW_HEADS);
  dock->lines = (planner->n_rows + most - 1) / most;
  dock->blocks = (planner->n_rows + dock->lines - 1) / dock->lines;
  dock->block = (width + dock->gap) / (double)dock->blocks - dock->gap;
  /* A comparison is said at whatever length it takes. */
  if (dock->note <= 0.0)
    dock->block = fmin (dock->block, block_width (dock, planner->label));
  dock->rect = (NullcurveRect){ 0.0, 0.0, width,
                                2.0 * dock->pad + dock->row * (double)(dock->heads + dock->lines) };
}

/* One block, at most a third of the chart. */
static void
plan_beside (const Planner *planner, NullcurveDock *dock, double width, double height)
{
  const double most = floor (most_width * width);

  measure_columns (planner, dock);
  drop_columns (planner, dock, most);
  dock->beside = TRUE;
  dock->blocks = 1;
  dock->block = fmin (most, block_width (dock, planner->label));
  count_heads (planner, dock, BESIDE_HEADS);
  dock->rect = (NullcurveRect){ 0.0, 0.0, dock->block, height };
}

void
nullcurve_dock_plan (NullcurveDock *dock,
                     const NullcurveFigure *figure,
                     const NullcurveChartStyle *style,
                     NullcurveChartText *text,
                     double width,
                     double height)
{
  Planner planner = { .figure = figure, .text = text, .em = style->font_size };
  gsize most;

  *dock = (NullcurveDock){ .pad = 6.0, .swatch = 16.0, .column = 12.0 };
  dock->row = nullcurve_chart_text_height (text, NULLCURVE_FONT_TICK) + 3.0;
  dock->gap = 2.5 * planner.em;
  look_at_rows (&planner);
  most = lines_in (dock, most_height * height);
  if (planner.n_rows == 0 || figure->n_panels == 0 || height < 9.0 * dock->row)
    return;
  measure_columns (&planner, dock);
  plan_below (&planner, dock, width);
  if (dock->heads + dock->lines <= most)
    return;
  if (width >= least_beside * planner.em)
    {
      plan_beside (&planner, dock, width, height);
      return;
    }
  dock->lines = MAX (most, dock->heads + LEAST_LINES) - dock->heads;
  dock->rect.height = 2.0 * dock->pad + dock->row * (double)(dock->heads + dock->lines);
}

void
nullcurve_dock_stand (NullcurveDock *dock, const NullcurveRect *room)
{
  const gsize lines = lines_in (dock, room->height);

  dock->rect = *room;
  dock->lines = MAX (lines, dock->heads + LEAST_LINES) - dock->heads;
}

gsize
nullcurve_dock_n_slots (const NullcurveDock *dock)
{
  return dock->lines * dock->blocks;
}
