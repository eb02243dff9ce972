/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/chart/chart-stage.h"

#include "tests/chart/chart-fixtures.h"
#include "ui/views/throughput.h"

enum
{
  PATIENCE_S = 90
};

static void
on_readout (NullcurveChartView *view, const char *text, ChartStage *stage)
{
  g_free (stage->heard);
  stage->heard = g_strdup (text);
  stage->n_heard++;
}

void
chart_stage_wait (ChartStageCondition condition, gpointer data)
{
  const gint64 end = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;

  while (!condition (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

static void
on_after_paint (GdkFrameClock *clock, gboolean *painted)
{
  *painted = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

void
chart_stage_draw (ChartStage *stage)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (stage->view));
  gboolean painted = FALSE;
  const gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_after_paint), &painted);

  gtk_widget_queue_draw (GTK_WIDGET (stage->view));
  chart_stage_wait (is_true, &painted);
  g_signal_handler_disconnect (clock, id);
}

NullcurveFigure *
chart_stage_figure (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  NullcurveThroughputOptions options;

  fixture_run_add_curve (run, 2, "compact", 2000.0);
  fixture_run_add_curve (run, 4, "compact", 1000.0);
  nullcurve_throughput_options_init (&options);
  options.current_run = 0;
  return nullcurve_figure_throughput (&run, 1, &options);
}

static gboolean
has_size (gpointer view)
{
  return gtk_widget_get_width (GTK_WIDGET (view)) > 0;
}

void
chart_stage_set_up (ChartStage *stage, gconstpointer data)
{
  stage->window = gtk_window_new ();
  stage->view = NULLCURVE_CHART_VIEW (nullcurve_chart_view_new ());
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 700, 500);
  gtk_window_set_child (GTK_WINDOW (stage->window), GTK_WIDGET (stage->view));
  g_signal_connect (stage->view, "readout-changed", G_CALLBACK (on_readout), stage);
  nullcurve_chart_view_set_figure (stage->view, chart_stage_figure ());
  gtk_window_present (GTK_WINDOW (stage->window));
  chart_stage_wait (has_size, stage->view);
  /* The pointer may rest where the window opens: the server says so before it answers, and GTK once
   * more after a frame.  A test begins when both have been heard. */
  chart_stage_draw (stage);
  gdk_display_sync (gtk_widget_get_display (GTK_WIDGET (stage->view)));
  chart_stage_draw (stage);
  nullcurve_chart_view_clear_readout (stage->view);
  stage->n_heard = 0;
}

static gboolean
is_gone (gpointer view)
{
  return *(gpointer *)view == NULL;
}

void
chart_stage_tear_down (ChartStage *stage, gconstpointer data)
{
  NullcurveChartView *view = stage->view;

  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *)&view);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  chart_stage_wait (is_gone, &view);
  g_free (stage->heard);
}

gboolean
chart_stage_press (ChartStage *stage, guint key, GdkModifierType modifiers)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (stage->view));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint k = 0; k < g_list_model_get_n_items (G_LIST_MODEL (controller)); k++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), k);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger)
              && gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)) == key
              && gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger)) == modifiers)
            return gtk_shortcut_action_activate (gtk_shortcut_get_action (shortcut), 0,
                                                 GTK_WIDGET (stage->view),
                                                 gtk_shortcut_get_arguments (shortcut));
        }
    }
  g_assert_not_reached ();
}

GdkTexture *
chart_stage_shoot (ChartStage *stage)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (GTK_WIDGET (stage->view));
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot),
                          gtk_widget_get_width (GTK_WIDGET (stage->view)),
                          gtk_widget_get_height (GTK_WIDGET (stage->view)));
  node = gtk_snapshot_to_node (snapshot);
  g_assert_nonnull (node);
  return gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (stage->window)), node,
                                      NULL);
}

gsize
chart_stage_count_different (GdkTexture *a, GdkTexture *b)
{
  const gsize width = (gsize)gdk_texture_get_width (a);
  const gsize height = (gsize)gdk_texture_get_height (a);
  g_autofree guint32 *pa = g_new (guint32, width * height);
  g_autofree guint32 *pb = g_new (guint32, width * height);
  gsize n = 0;

  g_assert_cmpint (gdk_texture_get_width (b), ==, (int)width);
  g_assert_cmpint (gdk_texture_get_height (b), ==, (int)height);
  gdk_texture_download (a, (guchar *)pa, 4 * width);
  gdk_texture_download (b, (guchar *)pb, 4 * width);
  for (gsize i = 0; i < width * height; i++)
    n += pa[i] != pb[i] ? 1 : 0;
  return n;
}
