/* SPDX-License-Identifier: Apache-2.0 */
/* A window with nothing but a chart in it, for the tests of the chart view. */
#pragma once

#include "ui/page/chart-view.h"

typedef struct ChartStage
{
  GtkWidget *window;
  NullcurveChartView *view;
  char *heard; /* by "readout-changed" */
  guint n_heard;
} ChartStage;

/* For g_test_add (): a chart of chart_stage_figure () in a window of 700x500 that is on screen. */
void chart_stage_set_up (ChartStage *stage, gconstpointer data);
void chart_stage_tear_down (ChartStage *stage, gconstpointer data);

/* One run of two curves with ten points each. */
NullcurveFigure *chart_stage_figure (void);

/* Run the main loop until `condition (data)` holds; fails the test after half a minute. */
typedef gboolean (*ChartStageCondition) (gpointer data);
void chart_stage_wait (ChartStageCondition condition, gpointer data);

/* Until what has been changed is on screen: a frame that began after now is drawn. */
void chart_stage_draw (ChartStage *stage);

/* Activate the binding of a key as GTK would; what it returned. */
gboolean chart_stage_press (ChartStage *stage, guint key, GdkModifierType modifiers);

/* What the widget drew last, over the window's background, as it would be on screen. */
GdkTexture *chart_stage_shoot (ChartStage *stage);
gsize chart_stage_count_different (GdkTexture *a, GdkTexture *b);
