/* SPDX-License-Identifier: Apache-2.0 */
/* The widget: keys, pointer, readout, what assistive technology is told. */
#include <adwaita.h>
#include <math.h>

#include "tests/ui/chart-fixtures.h"
#include "ui/chart-view.h"
#include "ui/chart/throughput.h"

typedef struct Stage
{
  GtkWidget *window;
  NullcurveChartView *view;
  char *heard; /* by "readout-changed" */
  guint n_heard;
} Stage;

static void
on_readout (NullcurveChartView *view, const char *text, Stage *stage)
{
  g_free (stage->heard);
  stage->heard = g_strdup (text);
  stage->n_heard++;
}

static void
spin (guint ms)
{
  const gint64 end = g_get_monotonic_time () + (gint64)ms * 1000;

  while (g_get_monotonic_time () < end)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (1000);
}

static NullcurveFigure *
two_curves (void)
{
  g_autoptr (MoeRun) run = fixture_run_new ("Quick");
  NullcurveThroughputOptions options;

  fixture_run_add_curve (run, 2, "compact", 2000.0);
  fixture_run_add_curve (run, 4, "compact", 1000.0);
  nullcurve_throughput_options_init (&options);
  options.current_run = 0;
  return nullcurve_figure_throughput (&run, 1, &options);
}

static void
stage_set_up (Stage *stage, gconstpointer data)
{
  stage->window = gtk_window_new ();
  stage->view = NULLCURVE_CHART_VIEW (nullcurve_chart_view_new ());
  gtk_window_set_default_size (GTK_WINDOW (stage->window), 700, 500);
  gtk_window_set_child (GTK_WINDOW (stage->window), GTK_WIDGET (stage->view));
  g_signal_connect (stage->view, "readout-changed", G_CALLBACK (on_readout), stage);
  nullcurve_chart_view_set_figure (stage->view, two_curves ());
  gtk_window_present (GTK_WINDOW (stage->window));
  for (int i = 0; i < 100 && gtk_widget_get_width (GTK_WIDGET (stage->view)) == 0; i++)
    spin (10);
  nullcurve_chart_view_clear_readout (stage->view);
  stage->n_heard = 0;
}

static void
stage_tear_down (Stage *stage, gconstpointer data)
{
  NullcurveChartView *view = stage->view;

  g_object_add_weak_pointer (G_OBJECT (view), (gpointer *)&view);
  gtk_window_destroy (GTK_WINDOW (stage->window));
  spin (20);
  g_assert_null (view);
  g_free (stage->heard);
}

/* Activate the binding of a key as GTK would. */
static gboolean
press (Stage *stage, guint key, GdkModifierType modifiers)
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

static void
check_readout_x (Stage *stage, const char *x)
{
  g_autofree char *prefix = g_strdup_printf ("null fraction %s ", x);
  const char *readout = nullcurve_chart_view_get_readout (stage->view);

  g_assert_nonnull (readout);
  g_assert_true (g_str_has_prefix (readout, prefix));
  g_assert_cmpstr (stage->heard, ==, readout);
}

static void
test_keys (Stage *stage, gconstpointer data)
{
  g_assert_null (nullcurve_chart_view_get_readout (stage->view));
  g_assert_true (press (stage, GDK_KEY_Right, 0));
  check_readout_x (stage, "0.00");
  g_assert_true (press (stage, GDK_KEY_Right, 0));
  g_assert_true (press (stage, GDK_KEY_Right, 0));
  check_readout_x (stage, "0.20");
  g_assert_true (press (stage, GDK_KEY_Left, 0));
  check_readout_x (stage, "0.10");
  g_assert_true (press (stage, GDK_KEY_End, 0));
  check_readout_x (stage, "0.90");
  g_assert_true (press (stage, GDK_KEY_Right, 0));
  check_readout_x (stage, "0.90");
  g_assert_true (press (stage, GDK_KEY_Down, GDK_CONTROL_MASK));
  check_readout_x (stage, "0.90");
  g_assert_true (press (stage, GDK_KEY_Home, 0));
  check_readout_x (stage, "0.00");
  g_assert_true (press (stage, GDK_KEY_Escape, 0));
  g_assert_null (nullcurve_chart_view_get_readout (stage->view));
  g_assert_null (stage->heard);
  /* Nothing left to take away: Escape is for whoever is next. */
  g_assert_false (press (stage, GDK_KEY_Escape, 0));
}

static void
on_clipboard_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_copy (Stage *stage, gconstpointer data)
{
  g_autofree char *copied = NULL;

  g_assert_false (press (stage, GDK_KEY_c, GDK_CONTROL_MASK));
  g_assert_true (press (stage, GDK_KEY_End, 0));
  g_assert_true (press (stage, GDK_KEY_c, GDK_CONTROL_MASK));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (stage->view)), NULL,
                                 on_clipboard_text, &copied);
  for (int i = 0; i < 100 && copied == NULL; i++)
    spin (10);
  g_assert_cmpstr (copied, ==, nullcurve_chart_view_get_readout (stage->view));
}

static void
test_pointer (Stage *stage, gconstpointer data)
{
  const int width = gtk_widget_get_width (GTK_WIDGET (stage->view));

  nullcurve_chart_view_point_at (stage->view, width - 20.0, 60.0);
  check_readout_x (stage, "0.90");
  g_assert_cmpuint (stage->n_heard, ==, 1);
  /* The same x again is no news. */
  nullcurve_chart_view_point_at (stage->view, width - 21.0, 60.0);
  g_assert_cmpuint (stage->n_heard, ==, 1);
  nullcurve_chart_view_point_at (stage->view, 0.0, 60.0);
  check_readout_x (stage, "0.00");
}

/* New samples arrive while somebody reads a point: it stays chosen. */
static void
test_new_figure_keeps_point (Stage *stage, gconstpointer data)
{
  press (stage, GDK_KEY_End, 0);
  press (stage, GDK_KEY_Left, 0);
  nullcurve_chart_view_set_figure (stage->view, two_curves ());
  check_readout_x (stage, "0.80");
  press (stage, GDK_KEY_Left, 0);
  check_readout_x (stage, "0.70");
  nullcurve_chart_view_set_figure (stage->view, NULL);
  g_assert_null (nullcurve_chart_view_get_readout (stage->view));
  g_assert_false (press (stage, GDK_KEY_Left, 0));
  g_assert_null (nullcurve_chart_view_get_figure (stage->view));
}

static void
test_accessible (Stage *stage, gconstpointer data)
{
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (stage->view), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (stage->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Quick");
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (stage->view),
                                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (stage->view)));
}

/* What the widget draws, over the window's background, as it would be on screen. */
static GdkTexture *
shoot (Stage *stage)
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

static gsize
count_different (GdkTexture *a, GdkTexture *b)
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

static void
test_drawn (Stage *stage, gconstpointer data)
{
  g_autoptr (GdkTexture) bare = NULL;
  g_autoptr (GdkTexture) hovered = NULL;
  g_autoptr (GdkTexture) left = NULL;
  g_autoptr (GdkTexture) dark = NULL;

  spin (150);
  nullcurve_chart_view_clear_readout (stage->view);
  spin (50);
  bare = shoot (stage);
  nullcurve_chart_view_point_at (stage->view, 300.0, 100.0);
  spin (50);
  hovered = shoot (stage);
  nullcurve_chart_view_clear_readout (stage->view);
  spin (50);
  left = shoot (stage);
  g_assert_cmpuint (count_different (bare, hovered), >, 3000);
  g_assert_cmpuint (count_different (bare, left), ==, 0);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  spin (400);
  dark = shoot (stage);
  g_assert_cmpuint (count_different (bare, dark), >, 3000);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

static void
add (const char *path, void (*test) (Stage *stage, gconstpointer data))
{
  g_test_add (path, Stage, NULL, stage_set_up, test, stage_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  /* A style that changes while it is still changing makes GTK 4.8 lose a list, when it is slow
   * enough for that; and waiting for fades tests nothing. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  add ("/chart-view/keys", test_keys);
  add ("/chart-view/copy", test_copy);
  add ("/chart-view/pointer", test_pointer);
  add ("/chart-view/new-figure-keeps-point", test_new_figure_keeps_point);
  add ("/chart-view/accessible", test_accessible);
  add ("/chart-view/drawn", test_drawn);
  return g_test_run ();
}
