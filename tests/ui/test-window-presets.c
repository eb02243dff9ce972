/* SPDX-License-Identifier: Apache-2.0 */
/* Presets of a person's own, and shapes of models. */
#include "engine/sweep/presets.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/presets/presets-dialog.h"

#include <string.h>

static const char model[] = "{\"_name_or_path\": \"Qwen/Qwen3-30B-A3B\", \"hidden_size\": 2048,\n"
                            " \"moe_intermediate_size\": 768, \"num_experts\": 128,\n"
                            " \"num_experts_per_tok\": 8, \"model_type\": \"qwen3_moe\"}\n";

static AdwApplication *application;
static GSettings *settings;

static NullcurveWindow *
new_window (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  nullcurve_setup_panel_set_backends (nullcurve_window_get_setup (window), fixture_backends ());
  nullcurve_window_set_settings (window, settings);
  gtk_window_present (GTK_WINDOW (window));
  fixture_settle ();
  return window;
}

static GtkDropDown *
list_of (NullcurveWindow *window)
{
  return GTK_DROP_DOWN (fixture_child (nullcurve_window_get_setup (window), "preset"));
}

static const char *
get_shown (NullcurveWindow *window)
{
  return gtk_string_object_get_string (gtk_drop_down_get_selected_item (list_of (window)));
}

static guint
n_listed (NullcurveWindow *window)
{
  return g_list_model_get_n_items (gtk_drop_down_get_model (list_of (window)));
}

static MoeOptions
options_of (NullcurveWindow *window)
{
  MoeOptions options;
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  return options;
}

static void
set_up (NullcurveWindow *window, gsize tokens, MoePass pass)
{
  MoeOptions options;
  moe_presets_init_options (&options);
  options.shape.tokens = tokens;
  options.choice[MOE_CHOICE_PASS] = (guint8)pass;
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
}

/* Ask for the name as a person does; what is proposed is `proposed`. */
static void
save_as (NullcurveWindow *window, const char *proposed, const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (window), "win.save-preset", NULL);
  fixture_settle ();
  GtkWidget *box = adw_message_dialog_get_extra_child (fixture_find_dialog ());
  GtkEditable *entry = GTK_EDITABLE (gtk_widget_get_first_child (box));
  g_assert_cmpstr (gtk_editable_get_text (entry), ==, proposed);
  gtk_editable_set_text (entry, "  ");
  g_assert_false (adw_message_dialog_get_response_enabled (fixture_find_dialog (), "save"));
  gtk_editable_set_text (entry, name);
  fixture_answer_dialog ("save");
  fixture_settle ();
}

static GtkWidget *
find_of_type (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_of_type (child, type);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_trash (GtkWidget *widget)
{
  if (GTK_IS_BUTTON (widget)
      && g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), "user-trash-symbolic") == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_trash (child);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_own_dialog (void)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    if (NULLCURVE_IS_PRESETS_DIALOG (l->data))
      return l->data;
  return NULL;
}

/* All of a setup is kept, not the shape alone, and stands before those that ship. */
static void
test_own (void)
{
  NullcurveWindow *window = new_window ();
  guint n = n_listed (window);
  set_up (window, 333, MOE_PASS_FORWARD);
  g_assert_cmpstr (get_shown (window), ==, "Own shape");
  save_as (window, "333x512x352x60", " Mine ");
  g_assert_cmpuint (n_listed (window), ==, n + 1);
  g_assert_cmpstr (get_shown (window), ==, "Mine");
  set_up (window, 4096, MOE_PASS_FORWARD_BACKWARD);
  g_assert_cmpstr (get_shown (window), ==, "Quick");
  gtk_drop_down_set_selected (list_of (window), 0);
  fixture_settle ();
  g_assert_cmpuint (options_of (window).shape.tokens, ==, 333);
  g_assert_cmpint (options_of (window).choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD);
  g_assert_cmpstr (get_shown (window), ==, "Mine");

  /* The same name replaces. */
  set_up (window, 444, MOE_PASS_FORWARD);
  save_as (window, "444x512x352x60", "Mine");
  g_assert_cmpuint (n_listed (window), ==, n + 1);
  g_assert_cmpstr (get_shown (window), ==, "Mine");
  fixture_assert_window_finalised (GTK_WINDOW (window));

  /* Without an end, as after a crash, it is there again. */
  window = new_window ();
  g_assert_cmpuint (n_listed (window), ==, n + 1);
  gtk_drop_down_set_selected (list_of (window), 0);
  fixture_settle ();
  g_assert_cmpuint (options_of (window).shape.tokens, ==, 444);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.presets", NULL);
  fixture_settle ();
  GtkWidget *dialog = find_own_dialog ();
  GtkWidget *row = find_of_type (dialog, ADW_TYPE_ENTRY_ROW);
  gtk_editable_set_text (GTK_EDITABLE (row), " ");
  g_signal_emit_by_name (row, "apply");
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (row)), ==, "Mine");
  gtk_editable_set_text (GTK_EDITABLE (row), "Ours");
  g_signal_emit_by_name (row, "apply");
  g_assert_cmpstr (get_shown (window), ==, "Ours");
  g_signal_emit_by_name (find_trash (row), "clicked");
  g_assert_cmpuint (n_listed (window), ==, n);
  g_assert_cmpstr (get_shown (window), ==, "Own shape");
  g_assert_cmpuint (options_of (window).shape.tokens, ==, 444);
  gtk_window_destroy (GTK_WINDOW (dialog));
  fixture_assert_window_finalised (GTK_WINDOW (window));
  g_autoptr (GVariant) kept = g_settings_get_value (settings, "presets");
  g_assert_cmpuint (g_variant_n_children (kept), ==, 0);
}

static void
drop (NullcurveWindow *window, const char *text)
{
  g_autoptr (GFile) file = fixture_file_new ("config.json", text);
  g_autoptr (GSList) files = g_slist_append (NULL, file);
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken;
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, files);
  g_signal_emit_by_name (fixture_find_drop_target (GTK_WIDGET (window)), "drop", &value, 5.0, 5.0,
                         &taken);
  g_assert_true (taken);
  fixture_wait (fixture_has_read, window);
  fixture_settle ();
}

static void
test_model (void)
{
  NullcurveWindow *window = new_window ();
  set_up (window, 333, MOE_PASS_FORWARD);
  drop (window, model);
  const MoeOptions options = options_of (window);
  g_assert_cmpuint (options.shape.tokens, ==, 333);
  g_assert_cmpuint (options.shape.hidden, ==, 2048);
  g_assert_cmpuint (options.shape.mlp_dim, ==, 768);
  g_assert_cmpuint (options.shape.experts, ==, 128);
  g_assert_cmpuint (options.topk, ==, 8);
  g_assert_cmpint (options.choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (window))),
                    ==, 0);

  /* What is missing is told, and nothing is changed. */
  drop (window, "{\"model_type\": \"llama\", \"hidden_size\": 64, \"intermediate_size\": 32}");
  g_assert_nonnull (strstr (adw_message_dialog_get_body (fixture_find_dialog ()),
                            "config.json has no key for the number of experts"));
  fixture_answer_dialog ("close");
  g_assert_cmpuint (options_of (window).shape.hidden, ==, 2048);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_autoptr (GSettingsSchema) schema = g_settings_schema_source_lookup (
      g_settings_schema_source_get_default (), NULLCURVE_APP_ID, TRUE);
  g_assert_nonnull (schema);
  settings = g_settings_new_full (schema, NULL, NULL);
  g_test_add_func ("/window/presets/own", test_own);
  g_test_add_func ("/window/presets/model", test_model);
  int result = g_test_run ();
  g_clear_object (&settings);
  g_object_unref (application);
  return result;
}
