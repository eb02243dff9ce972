/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of the chart view:
 *   chart-view.c          the widget, its life, figure and drawing
 *   chart-view-walk.c     crosshair, keyboard walk and what it reads
 *   chart-view-zoom.c     zoom and pan: drags, wheel, keys
 *   chart-view-legend.c   hiding and showing curves
 *   chart-view-menu.c     actions and the context menu */
#pragma once

#include "ui/page/chart-view.h"

#include "ui/chart/band.h"
#include "ui/chart/render.h"

typedef enum NullcurveDrag
{
  NULLCURVE_DRAG_NONE,
  NULLCURVE_DRAG_BAND,
  NULLCURVE_DRAG_PAN,
} NullcurveDrag;

/* What of the legend is below the pointer. */
typedef enum NullcurveLegendPlace
{
  NULLCURVE_LEGEND_NOTHING,
  NULLCURVE_LEGEND_ENTRY,
  NULLCURVE_LEGEND_MORE,
} NullcurveLegendPlace;

struct _NullcurveChartView
{
  GtkWidget parent_instance;

  NullcurveFigure *figure;
  NullcurveChartStyle style;

  /* Follow from figure, style and size; dropped together by nullcurve_chart_view_invalidate (). */
  NullcurveChartText *text;
  NullcurveLayout *layout;
  GskRenderNode *data; /* the chart without the crosshair: hovering does not draw it again */
  double data_scale;   /* device pixels to a pixel in it */

  gboolean has_crosshair; /* where there are no data, it waits for some at its x */
  gboolean by_pointer;    /* goes away with the pointer */
  NullcurveCrosshair crosshair;
  char *chosen; /* key of the curve chosen last, to be found in other figures; NULL: none */
  char *readout;
  char *spoken; /* what assistive technology was told last */

  NullcurveZoom zoom;
  gint64 turned_us; /* when the wheel was turned last */
  GtkWidget *reset_button;
  NullcurveDrag drag;
  double drag_x; /* where it began */
  double drag_y;
  gboolean drag_moved;
  NullcurveViewport drag_from;
  gboolean has_band;
  NullcurveBand band;
  double pinch;
  gboolean space_held;
  double pointer_x;
  double pointer_y;

  GHashTable *hidden; /* of char *: keys of the curves that the legend hides */
  NullcurveLegendPlace hovered;
  gsize hovered_item;
  GtkWidget *curves; /* popover with all curves; NULL when there is none */
  GtkWidget *menu;
};

/* chart-view.c */
gboolean nullcurve_chart_view_ensure_layout (NullcurveChartView *self);
void nullcurve_chart_view_invalidate (NullcurveChartView *self);

/* chart-view-walk.c */
void nullcurve_chart_view_install_walk (GtkWidgetClass *class);
/* Bring the readout up to date with crosshair and figure, and tell if it changed. */
void nullcurve_chart_view_update_readout (NullcurveChartView *self);
void nullcurve_chart_view_update_accessible (NullcurveChartView *self);
/* The chosen point in the present figure, if it is there; the crosshair keeps its x if not. */
void nullcurve_chart_view_find_again (NullcurveChartView *self, double x, gsize panel);

/* chart-view-zoom.c */
void nullcurve_chart_view_init_zoom (NullcurveChartView *self);
void nullcurve_chart_view_install_zoom (GtkWidgetClass *class);
/* Zoom to what is in `zoom.now`. */
void nullcurve_chart_view_apply_zoom (NullcurveChartView *self);
void nullcurve_chart_view_update_cursor (NullcurveChartView *self);

/* chart-view-legend.c */
void nullcurve_chart_view_init_legend (NullcurveChartView *self);
void nullcurve_chart_view_install_legend (GtkWidgetClass *class);
/* Follow the pointer; TRUE when it is on an entry. */
gboolean nullcurve_chart_view_hover_legend (NullcurveChartView *self, double x, double y);
gboolean nullcurve_chart_view_click_legend (
    NullcurveChartView *self, double x, double y, int n_press, GdkModifierType modifiers);
void nullcurve_chart_view_apply_hidden (NullcurveChartView *self, NullcurveFigure *figure);
void nullcurve_chart_view_show_curves (NullcurveChartView *self);

/* chart-view-menu.c */
void nullcurve_chart_view_init_menu (NullcurveChartView *self);
void nullcurve_chart_view_install_menu (GtkWidgetClass *class);
/* The one place that decides what can be done now. */
void nullcurve_chart_view_update_actions (NullcurveChartView *self);
