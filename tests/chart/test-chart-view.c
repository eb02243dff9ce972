/* SPDX-License-Identifier: Apache-2.0 */
/* The widget: keys, pointer, readout, what assistive technology is told. */
#include <adwaita.h>

#include "tests/chart/chart-stage.h"

static void
check_readout_x (ChartStage *stage, const char *x)
{
  g_autofree char *prefix = g_strdup_printf ("null fraction %s ", x);
  const char *readout = nullcurve_chart_view_get_readout (stage->view);

  g_assert_nonnull (readout);
  g_assert_true (g_str_has_prefix (readout, prefix));
  g_assert_cmpstr (stage->heard, ==, readout);
}

static void
test_keys (ChartStage *stage, gconstpointer data)
{
  g_assert_null (nullcurve_chart_view_get_readout (stage->view));
  g_assert_true (chart_stage_press (stage, GDK_KEY_Right, 0));
  check_readout_x (stage, "0.00");
  g_assert_true (chart_stage_press (stage, GDK_KEY_Right, 0));
  g_assert_true (chart_stage_press (stage, GDK_KEY_Right, 0));
  check_readout_x (stage, "0.20");
  g_assert_true (chart_stage_press (stage, GDK_KEY_Left, 0));
  check_readout_x (stage, "0.10");
  g_assert_true (chart_stage_press (stage, GDK_KEY_End, 0));
  check_readout_x (stage, "0.90");
  g_assert_true (chart_stage_press (stage, GDK_KEY_Right, 0));
  check_readout_x (stage, "0.90");
  g_assert_true (chart_stage_press (stage, GDK_KEY_Down, GDK_CONTROL_MASK));
  check_readout_x (stage, "0.90");
  g_assert_true (chart_stage_press (stage, GDK_KEY_Home, 0));
  check_readout_x (stage, "0.00");
  g_assert_true (chart_stage_press (stage, GDK_KEY_Escape, 0));
  g_assert_null (nullcurve_chart_view_get_readout (stage->view));
  g_assert_null (stage->heard);
  /* Nothing left to take away: Escape is for whoever is next. */
  g_assert_false (chart_stage_press (stage, GDK_KEY_Escape, 0));
}

static void
on_clipboard_text (GObject *source, GAsyncResult *result, gpointer data)
{
  *(char **)data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static gboolean
is_set (gpointer text)
{
  return *(char **)text != NULL;
}

static void
test_copy (ChartStage *stage, gconstpointer data)
{
  g_autofree char *copied = NULL;
  g_autofree char *read = NULL;

  g_assert_false (chart_stage_press (stage, GDK_KEY_c, GDK_CONTROL_MASK));
  g_assert_true (chart_stage_press (stage, GDK_KEY_End, 0));
  g_assert_true (chart_stage_press (stage, GDK_KEY_c, GDK_CONTROL_MASK));
  read = g_strdup (nullcurve_chart_view_get_readout (stage->view));
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (GTK_WIDGET (stage->view)), NULL,
                                 on_clipboard_text, &copied);
  chart_stage_wait (is_set, &copied);
  g_assert_cmpstr (copied, ==, read);
}

static void
test_pointer (ChartStage *stage, gconstpointer data)
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
test_new_figure_keeps_point (ChartStage *stage, gconstpointer data)
{
  chart_stage_press (stage, GDK_KEY_End, 0);
  chart_stage_press (stage, GDK_KEY_Left, 0);
  nullcurve_chart_view_set_figure (stage->view, chart_stage_figure ());
  check_readout_x (stage, "0.80");
  chart_stage_press (stage, GDK_KEY_Left, 0);
  check_readout_x (stage, "0.70");
  nullcurve_chart_view_set_figure (stage->view, NULL);
  g_assert_null (nullcurve_chart_view_get_readout (stage->view));
  g_assert_false (chart_stage_press (stage, GDK_KEY_Left, 0));
  g_assert_null (nullcurve_chart_view_get_figure (stage->view));
}

static void
test_accessible (ChartStage *stage, gconstpointer data)
{
  gtk_test_accessible_assert_role (GTK_ACCESSIBLE (stage->view), GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (stage->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Quick");
  g_assert_true (gtk_test_accessible_has_property (GTK_ACCESSIBLE (stage->view),
                                                   GTK_ACCESSIBLE_PROPERTY_DESCRIPTION));
  g_assert_true (gtk_widget_get_focusable (GTK_WIDGET (stage->view)));
}

static void
test_drawn (ChartStage *stage, gconstpointer data)
{
  g_autoptr (GdkTexture) bare = NULL;
  g_autoptr (GdkTexture) hovered = NULL;
  g_autoptr (GdkTexture) left = NULL;
  g_autoptr (GdkTexture) dark = NULL;

  nullcurve_chart_view_clear_readout (stage->view);
  chart_stage_draw (stage);
  bare = chart_stage_shoot (stage);
  nullcurve_chart_view_point_at (stage->view, 300.0, 100.0);
  chart_stage_draw (stage);
  hovered = chart_stage_shoot (stage);
  nullcurve_chart_view_clear_readout (stage->view);
  chart_stage_draw (stage);
  left = chart_stage_shoot (stage);
  g_assert_cmpuint (chart_stage_count_different (bare, hovered), >, 3000);
  g_assert_cmpuint (chart_stage_count_different (bare, left), ==, 0);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  chart_stage_draw (stage);
  dark = chart_stage_shoot (stage);
  g_assert_cmpuint (chart_stage_count_different (bare, dark), >, 3000);
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
}

static void
add (const char *path, void (*test) (ChartStage *stage, gconstpointer data))
{
  g_test_add (path, ChartStage, NULL, chart_stage_set_up, test, chart_stage_tear_down);
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
