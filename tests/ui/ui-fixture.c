/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/ui-fixture.h"

#include <string.h>
#include <time.h>

#include "engine/host/machine-file.h"
#include "ui/resources.h"

enum
{
  PATIENCE_S = 90,
  SETTLE_S = 3,    /* of processor time */
  TOOLTIP_MS = 700 /* more than the 500 after which one is shown */
};

static char *
temporary_dir (void)
{
  static char *dir = NULL;
  if (dir == NULL)
    dir = g_dir_make_tmp ("nullcurve-test-XXXXXX", NULL);
  g_assert_nonnull (dir);
  return dir;
}

gboolean
fixture_ui_init_check (int *argc, char ***argv)
{
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
  g_setenv ("GTK_A11Y", "test", FALSE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  g_setenv ("XDG_DATA_HOME", temporary_dir (), TRUE);
  g_setenv ("XDG_CONFIG_HOME", temporary_dir (), TRUE);
  g_setenv ("XDG_CACHE_HOME", temporary_dir (), TRUE);
  g_test_init (argc, argv, NULL);
  if (!gtk_init_check ())
    return FALSE;
  adw_init ();
  /* A style that changes while it is still changing makes GTK 4.8 lose a list, when it is slow
   * enough for that; and waiting for fades tests nothing. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  nullcurve_resources_init ();
  return TRUE;
}

void
fixture_ui_init (int *argc, char ***argv)
{
  if (!fixture_ui_init_check (argc, argv))
    g_error ("there is no display: scripts/test brings one");
}

void
fixture_wait (FixtureCondition condition, gpointer data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  while (!condition (data))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      if (!g_main_context_iteration (NULL, FALSE))
        g_usleep (1000);
    }
}

void
fixture_settle (void)
{
  /* Animations never leave nothing to do; of a busy machine's time others have the larger part. */
  clock_t end = clock () + SETTLE_S * CLOCKS_PER_SEC;
  while (g_main_context_iteration (NULL, FALSE) && clock () < end)
    ;
}

static void
after_paint_cb (gboolean *painted)
{
  *painted = TRUE;
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *)data;
}

void
fixture_wait_frame (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean painted = FALSE;
  gulong id =
      g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (after_paint_cb), &painted);
  gtk_widget_queue_draw (widget);
  fixture_wait (is_true, &painted);
  g_signal_handler_disconnect (clock, id);
}

AdwApplication *
fixture_application_new (void)
{
  g_autoptr (GError) error = NULL;
  AdwApplication *application =
      adw_application_new ("io.github.nullcurve.Test", G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  return application;
}

AdwMessageDialog *
fixture_find_dialog (void)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (ADW_IS_MESSAGE_DIALOG (l->data) && gtk_widget_get_visible (l->data))
      return l->data;
  return NULL;
}

void
fixture_answer_dialog (const char *response)
{
  AdwMessageDialog *dialog = fixture_find_dialog ();
  g_assert_nonnull (dialog);
  g_assert_true (adw_message_dialog_has_response (dialog, response));
  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

MoeAccelerators *
fixture_backends (void)
{
  static MoeAccelerators *backends = NULL;
  if (backends == NULL)
    backends = moe_accelerators_look ();
  return backends;
}

void
fixture_keep_limits (gsize threads)
{
  gsize n = moe_accelerators_get_n (fixture_backends ());
  for (gsize i = 0; i < n; i++)
    for (int dtype = MOE_DTYPE_FLOAT32; dtype <= MOE_DTYPE_BFLOAT16; dtype++)
      {
        MoeLimits limits = fixture_limits ();
        g_autoptr (GError) error = NULL;
        /* The last one is the fastest. */
        limits.calibration.flops_per_s *= (double)(i + 1) / (double)n;
        limits.calibration.bytes_per_s *= (double)(i + 1) / (double)n;
        moe_machine_store (moe_accelerators_get (fixture_backends (), i)->backend, 0, threads,
                           (MoeDtype)dtype, &limits, &error);
        g_assert_no_error (error);
      }
}

void
fixture_shrink_options (MoeOptions *options)
{
  options->shape = (MoeShape){ 64, 32, 16, 8, 0 };
  options->iters = 1;
  options->until_settled = false;
  options->wait_quiet_s = 0;
  options->warmup = 0;
  options->min_sample_time_s = 0;
  options->threads = 1;
  fixture_keep_limits (options->threads);
}

MoeLimits
fixture_limits (void)
{
  return (MoeLimits){ .peak_flops_per_s = 2e11,
                      .read_bytes_per_s = 4e10,
                      .write_bytes_per_s = 4e10,
                      .calibration = {
                          .flops_per_s = 1e11, .bytes_per_s = 1e10, .touch_bytes_per_s = 1e9 } };
}

gpointer
fixture_child (gpointer widget, const char *name)
{
  GObject *child = gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), name);
  g_assert_nonnull (child);
  return child;
}

const char *
fixture_child_text (gpointer widget, const char *name)
{
  const char *text = gtk_label_get_label (fixture_child (widget, name));
  return *text != '\0' ? text : NULL;
}

gboolean
fixture_has_label (GtkWidget *widget, const char *words)
{
  if (GTK_IS_LABEL (widget) && strcmp (gtk_label_get_text (GTK_LABEL (widget)), words) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (fixture_has_label (child, words))
      return TRUE;
  return FALSE;
}

GtkDropTarget *
fixture_find_drop_target (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GObject) controller = g_list_model_get_item (controllers, i);
      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  return NULL;
}

static gboolean
is_later (gpointer end_us)
{
  return g_get_monotonic_time () >= *(gint64 *)end_us;
}

void
fixture_pop_down (GtkPopover *popover)
{
  gint64 end_us = g_get_monotonic_time () + TOOLTIP_MS * 1000;
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  gtk_popover_popdown (popover);
  fixture_wait (is_later, &end_us);
  g_log_set_always_fatal (fatal);
}

static void
watched_free (gpointer data)
{
  g_clear_weak_pointer ((gpointer *)data);
  g_free (data);
}

/* Weak pointers to the window and what of the program is in it. */
static void
watch_own (GtkWidget *widget, GPtrArray *widgets)
{
  if (g_str_has_prefix (G_OBJECT_TYPE_NAME (widget), "Nullcurve") || GTK_IS_WINDOW (widget))
    {
      gpointer *watched = g_new0 (gpointer, 1);
      g_set_weak_pointer (watched, widget);
      g_ptr_array_add (widgets, watched);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    watch_own (child, widgets);
}

static gboolean
are_gone (gpointer widgets)
{
  for (guint i = 0; i < ((GPtrArray *)widgets)->len; i++)
    if (*(gpointer *)g_ptr_array_index ((GPtrArray *)widgets, i) != NULL)
      return FALSE;
  return TRUE;
}

void
fixture_assert_window_finalised (GtkWindow *window)
{
  g_autoptr (GPtrArray) widgets = g_ptr_array_new_with_free_func (watched_free);
  watch_own (GTK_WIDGET (window), widgets);
  gtk_window_destroy (window);
  fixture_wait (are_gone, widgets);
}

GFile *
fixture_file_new (const char *name, const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (temporary_dir (), name, NULL);
  if (text != NULL)
    g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  return g_file_new_for_path (path);
}
