/* SPDX-License-Identifier: Apache-2.0 */
/* What is in a window, as its tests see it: by the names in its templates. */
#pragma once

#include "tests/ui/ui-fixture.h"
#include "ui/page/chart-view.h"
#include "ui/page/points-table.h"
#include "ui/runs/run-list.h"
#include "ui/window/window.h"

static inline gpointer
fixture_window_child (NullcurveWindow *window, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (window), NULLCURVE_TYPE_WINDOW, name);
}

static inline gpointer
fixture_page_child (NullcurveWindow *window, const char *name)
{
  return gtk_widget_get_template_child (GTK_WIDGET (nullcurve_window_get_page (window)),
                                        NULLCURVE_TYPE_CHART_PAGE, name);
}

static inline NullcurveChartView *
fixture_chart (NullcurveWindow *window)
{
  return NULLCURVE_CHART_VIEW (fixture_page_child (window, "chart"));
}

static inline const NullcurveFigure *
fixture_figure (NullcurveWindow *window)
{
  return nullcurve_chart_view_get_figure (fixture_chart (window));
}

static inline GListModel *
fixture_rows (NullcurveWindow *window)
{
  return nullcurve_points_table_get_rows (
      NULLCURVE_POINTS_TABLE (fixture_page_child (window, "table")));
}

/* A person removes this run. */
static inline void
fixture_delete_run (NullcurveRunsModel *runs, NullcurveRunItem *item)
{
  g_autoptr (GPtrArray) one = g_ptr_array_new ();
  g_ptr_array_add (one, item);
  nullcurve_runs_model_delete_all (runs, one);
}

/* Conditions to be waited for, of a window. */
static inline gboolean
fixture_is_running (gpointer window)
{
  return nullcurve_window_get_running (window);
}

static inline gboolean
fixture_is_done (gpointer window)
{
  return !nullcurve_window_get_running (window);
}

/* Is this what the page has chosen, of a property that is a name? */
static inline void
fixture_assert_chosen (NullcurveWindow *window, const char *property, const char *name)
{
  g_autofree char *chosen = NULL;
  g_object_get (nullcurve_window_get_page (window), property, &chosen, NULL);
  g_assert_cmpstr (chosen, ==, name);
}

/* What a label of the list of runs says. */
static inline const char *
fixture_list_text (NullcurveWindow *window, const char *label)
{
  return gtk_label_get_label (GTK_LABEL (gtk_widget_get_template_child (
      fixture_window_child (window, "run_list"), NULLCURVE_TYPE_RUN_LIST, label)));
}

/* A window at the size of most screens, with the backends of this build and the data that comes
 * with the program, drawn. */
static inline NullcurveWindow *
fixture_window_new (AdwApplication *application)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  nullcurve_window_set_data_dir (window, g_getenv ("NULLCURVE_DATA_DIR"));
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (window), fixture_backends ());
  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 760);
  gtk_window_present (GTK_WINDOW (window));
  fixture_settle ();
  return window;
}

/* Do what a menu or a key does. */
static inline void
fixture_activate (NullcurveWindow *window, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (window), action, NULL);
  fixture_settle ();
}

static inline guint
fixture_n_runs (NullcurveWindow *window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (window)));
}

/* Two points, f = 0 and 0.5. */
#define FIXTURE_CSV                                                                                \
  "shape,topk,null_target,null_realized,tflops,tokens_per_s\n"                                     \
  "4096x512x352x60,4,0.0,0.0,1.0,1000\n"                                                           \
  "4096x512x352x60,4,0.5,0.5,0.9,1800\n"

/* A condition to be waited for: no file of the window is being read. */
static inline gboolean
fixture_has_read (gpointer window)
{
  return !nullcurve_file_desk_get_loading (nullcurve_window_get_files (window));
}

/* Open a file of this text. */
static inline void
fixture_open_text (NullcurveWindow *window, const char *name, const char *text)
{
  g_autoptr (GFile) file = fixture_file_new (name, text);
  nullcurve_file_desk_open (nullcurve_window_get_files (window), &file, 1);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
}
