/* SPDX-License-Identifier: Apache-2.0 */
/* The form edits options, explains, and says what is wrong at the field. */
#include "engine/draw/given-file.h"
#include "engine/sweep/presets.h"
#include "engine/sweep/quantities.h"
#include "engine/text/intern.h"
#include "tests/ui/ui-fixture.h"
#include "ui/setup/forecast-card.h"
#include "ui/setup/setup-panel.h"
#include "ui/setup/topk-chooser.h"
#include "ui/setup/typed.h"

#include <string.h>

static NullcurveSetupPanel *
new_panel (void)
{
  NullcurveSetupPanel *panel =
      NULLCURVE_SETUP_PANEL (g_object_ref_sink (nullcurve_setup_panel_new ()));
  nullcurve_setup_panel_set_backends (panel, fixture_backends ());
  return panel;
}

static void
free_panel (NullcurveSetupPanel *panel)
{
  gpointer weak = panel;
  g_object_add_weak_pointer (G_OBJECT (panel), &weak);
  g_object_unref (panel);
  g_assert_null (weak);
}

static NullcurveFieldRow *
row_of (NullcurveSetupPanel *panel, const char *option)
{
  return nullcurve_setup_panel_find_row (panel, option);
}

static GtkWidget *
control_of (NullcurveSetupPanel *panel, const char *option)
{
  return nullcurve_field_row_get_control (row_of (panel, option));
}

static void
type_number (NullcurveSetupPanel *panel, const char *option, const char *text)
{
  gtk_editable_set_text (GTK_EDITABLE (control_of (panel, option)), text);
}

static void
choose (NullcurveSetupPanel *panel, const char *option, guint choice)
{
  gtk_drop_down_set_selected (GTK_DROP_DOWN (control_of (panel, option)), choice);
}

/* One that edits no option by itself. */
static GtkDropDown *
list_of (NullcurveSetupPanel *panel, const char *name)
{
  return GTK_DROP_DOWN (fixture_child (panel, name));
}

/* What the card shows below its heading, a line each. */
static char *
forecast_text (NullcurveSetupPanel *panel)
{
  static const char *const names[] = { "note", "time", "work", "memory", "problem" };
  GtkWidget *card = fixture_child (panel, "forecast"), *facts = fixture_child (card, "facts");
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkWidget *label = fixture_child (card, names[i]);
      if (gtk_widget_get_visible (label)
          && (gtk_widget_get_visible (facts) || !gtk_widget_is_ancestor (label, facts)))
        g_string_append_printf (text, "%s\n", gtk_label_get_label (GTK_LABEL (label)));
    }
  return g_string_free (text, FALSE);
}

static const MoeBackend *
backend_of (NullcurveSetupPanel *panel)
{
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (panel, &setup);
  return setup.backend;
}

static void
test_starts_quick (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, ==, 4096);
  g_assert_cmpuint (options.shape.hidden, ==, 512);
  g_assert_cmpuint (options.shape.mlp_dim, ==, 352);
  g_assert_cmpuint (options.shape.experts, ==, 60);
  g_assert_cmpuint (options.topk, ==, 4);
  g_assert_true (options.baseline);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_autofree char *line = nullcurve_setup_panel_describe (panel);
  g_assert_true (g_str_has_prefix (line, "Quick · top-4 · forward + backward · "));
  free_panel (panel);
}

static void
test_fields_edit_options (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  type_number (panel, "tokens", "1024");
  type_number (panel, "iters", "7");
  type_number (panel, "seed", "18446744073709551615");
  choose (panel, "null-routing-mode", MOE_NULL_MODE_ROUTER);
  choose (panel, "null-dispatch", MOE_NULL_DISPATCH_CARRY);
  choose (panel, "bench-pass", MOE_PASS_FORWARD);
  gtk_switch_set_active (GTK_SWITCH (control_of (panel, "renormalize-real-after-null")), TRUE);
  nullcurve_topk_chooser_set (fixture_child (panel, "topk"), &(MoeSizeList){ { 2, 3, 8 }, 3 });
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, ==, 1024);
  g_assert_cmpuint (options.iters, ==, 7);
  g_assert_cmpuint (options.seed, ==, G_MAXUINT64);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_ROUTER);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_DISPATCH], ==, MOE_NULL_DISPATCH_CARRY);
  g_assert_cmpint (options.choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD);
  g_assert_true (options.renormalize_real_after_null);
  g_assert_cmpuint (options.topk_list.n, ==, 3);
  g_assert_cmpuint (options.topk_list.values[1], ==, 3);
  free_panel (panel);
}

static void
test_sampling (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_true (options.until_settled);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (row_of (panel, "precision"))));
  g_assert_false (gtk_widget_get_visible (control_of (panel, "iters")));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (control_of (panel, "precision"))), ==, "1");

  type_number (panel, "precision", "0.5");
  type_number (panel, "budget", "30");
  type_number (panel, "starts", "4");
  type_number (panel, "wait-quiet", "0");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpfloat_with_epsilon (options.precision, 0.005, 1e-12);
  g_assert_cmpfloat (options.budget_s, ==, 30);
  g_assert_cmpuint (options.starts, ==, 4);
  g_assert_cmpfloat (options.wait_quiet_s, ==, 0);
  type_number (panel, "precision", "");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (fixture_child_text (row_of (panel, "precision"), "problem"));

  type_number (panel, "precision", "2");
  gtk_drop_down_set_selected (list_of (panel, "sampling"), 1);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_false (options.until_settled);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (row_of (panel, "budget"))));
  g_assert_true (gtk_widget_get_visible (control_of (panel, "iters")));
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (list_of (panel, "sampling")), ==, 1);
  free_panel (panel);
}

/* Numbers of tokens are an axis of the sweep; what cannot be read is told at its row. */
static void
test_sweep (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.tokens_list.n, ==, 0);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture_child (panel, "size_list"))));
  gtk_drop_down_set_selected (list_of (panel, "sweep"), 1);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (fixture_child (panel, "size_list"))));
  g_assert_cmpuint (options.tokens_list.n, ==, 9);
  g_assert_cmpuint (options.tokens_list.values[8], ==, 256);
  gtk_editable_set_text (GTK_EDITABLE (fixture_child (panel, "size_list")), "4, x");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  gtk_editable_set_text (GTK_EDITABLE (fixture_child (panel, "size_list")), "4, 8");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.tokens_list.n, ==, 2);
  nullcurve_setup_panel_set_options (panel, &options);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.tokens_list.values[1], ==, 8);
  g_autofree char *words = nullcurve_setup_panel_describe (panel);
  g_assert_nonnull (strstr (words, "4…8×512"));
  /* Numbers of experts are another, which excludes it; what was typed for each is kept. */
  gtk_drop_down_set_selected (list_of (panel, "sweep"), 2);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.tokens_list.n, ==, 0);
  g_assert_cmpuint (options.experts_list.n, ==, 5);
  g_assert_cmpuint (options.experts_list.values[4], ==, 128);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  gtk_editable_set_text (GTK_EDITABLE (fixture_child (panel, "size_list")), "8, 32");
  g_autofree char *of_experts = nullcurve_setup_panel_describe (panel);
  g_assert_nonnull (strstr (of_experts, "×8…32"));
  gtk_drop_down_set_selected (list_of (panel, "sweep"), 1);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.experts_list.n, ==, 0);
  g_assert_cmpuint (options.tokens_list.n, ==, 2);
  options.tokens_list.n = 0;
  options.experts_list = (MoeSizeList){ { 8, 16 }, 2 };
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (list_of (panel, "sweep")), ==, 2);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.experts_list.values[1], ==, 16);
  options.experts_list.n = 0;
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (list_of (panel, "sweep")), ==, 0);
  free_panel (panel);
}

#define LOADS "tokens,topk,experts,rows\n6,2,3,6 4 2\n9,1,4,9\n"

static gboolean
shows (NullcurveSetupPanel *panel, const char *option)
{
  return gtk_widget_get_visible (GTK_WIDGET (row_of (panel, option)));
}

/* Each law of the list, with what belongs to it; several by ticking them; a file, which has its
 * sizes. */
static void
test_source (void)
{
  static const struct
  {
    guint position;
    MoeDistribution distribution;
    const char *part;
  } laws[] = { { 0, MOE_DISTRIBUTION_RANDOM, NULL },
               { 1, MOE_DISTRIBUTION_BALANCED, NULL },
               { 2, MOE_DISTRIBUTION_ZIPF, "zipf-exponent" },
               { 3, MOE_DISTRIBUTION_HOT, "hot-share" },
               { 4, MOE_DISTRIBUTION_RUNS, "run-alpha" } };
  NullcurveSetupPanel *panel = new_panel ();
  GtkDropDown *list = list_of (panel, "source");
  MoeOptions options;
  for (gsize i = 0; i < G_N_ELEMENTS (laws); i++)
    {
      gtk_drop_down_set_selected (list, laws[i].position);
      nullcurve_setup_panel_get_options (panel, &options);
      g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==, 1u << laws[i].distribution);
      g_assert_nonnull (fixture_child_text (row_of (panel, "routing-file"), "note"));
      g_assert_false (shows (panel, "distribution"));
      for (gsize j = 0; j < G_N_ELEMENTS (laws); j++)
        if (laws[j].part != NULL)
          g_assert_cmpint (shows (panel, laws[j].part), ==, i == j);
    }
  gtk_drop_down_set_selected (list, 6);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==, 1u << MOE_DISTRIBUTION_RUNS);
  g_assert_true (shows (panel, "distribution"));
  gtk_check_button_set_active (
      GTK_CHECK_BUTTON (gtk_widget_get_first_child (control_of (panel, "distribution"))), TRUE);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==,
                    1u << MOE_DISTRIBUTION_RANDOM | 1u << MOE_DISTRIBUTION_RUNS);
  g_assert_cmpuint (gtk_drop_down_get_selected (list), ==, 6);
  /* Without a file there is nothing to take from one. */
  gtk_drop_down_set_selected (list, 5);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (list), ==, 6);
  gtk_drop_down_set_selected (list, 0);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (list), ==, 0);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  free_panel (panel);
}

static gboolean
is_read (gpointer panel)
{
  const char *problem = nullcurve_setup_panel_get_problem (panel);
  return problem == NULL || strstr (problem, "Reading") == NULL;
}

/* A part of a file that was not read yet comes later. */
static void
type_part (NullcurveSetupPanel *panel, const char *option, const char *text)
{
  type_number (panel, option, text);
  fixture_wait (is_read, panel);
}

/* A file brings its sizes, and every row its own; a row that is not there is told at its field. */
static void
test_source_file (void)
{
  g_autoptr (GFile) file = fixture_file_new ("loads.csv", LOADS);
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  g_autofree char *none =
      nullcurve_setup_panel_take_routing (panel, "/no/such/file", MOE_DISTRIBUTION_LOADS);
  g_assert_nonnull (strstr (none, "/no/such/file"));
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==, 1u << MOE_DISTRIBUTION_RANDOM);

  g_assert_null (
      nullcurve_setup_panel_take_routing (panel, g_file_peek_path (file), MOE_DISTRIBUTION_LOADS));
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, ==, 6);
  g_assert_cmpuint (options.topk, ==, 2);
  g_assert_cmpuint (options.shape.experts, ==, 3);
  g_assert_cmpuint (gtk_drop_down_get_selected (list_of (panel, "source")), ==, 5);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (strstr (fixture_child_text (row_of (panel, "routing-file"), "note"),
                            "loads.csv, row 1: 6 tokens, top-2; 3 of 3 experts"));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (control_of (panel, "tokens"))), ==, "6");
  g_assert_false (gtk_widget_is_sensitive (control_of (panel, "experts")));

  type_part (panel, "loads-row", "2");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, ==, 9);
  g_assert_cmpuint (options.shape.experts, ==, 4);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (control_of (panel, "experts"))), ==, "4");
  type_part (panel, "loads-row", "3");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (
      strstr (fixture_child_text (row_of (panel, "loads-row"), "problem"), "allowed is 1 to 2"));
  type_part (panel, "loads-row", "1");
  g_assert_null (nullcurve_setup_panel_get_problem (panel));

  gtk_drop_down_set_selected (list_of (panel, "source"), 0);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_true (gtk_widget_is_sensitive (control_of (panel, "experts")));
  g_assert_null (fixture_child_text (row_of (panel, "experts"), "note"));
  g_assert_false (shows (panel, "loads-row"));
  /* It is remembered. */
  gtk_drop_down_set_selected (list_of (panel, "source"), 5);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==, 1u << MOE_DISTRIBUTION_LOADS);
  free_panel (panel);
}

/* A file is read on another thread: until then nothing can be measured, and the form says so;
 * a part of it that was read, or cannot be, is not read again. */
static void
test_reads_source (void)
{
  g_autoptr (GFile) file = fixture_file_new ("read.csv", LOADS);
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  nullcurve_setup_panel_get_options (panel, &options);
  options.choice[MOE_CHOICE_DISTRIBUTION] = 1u << MOE_DISTRIBUTION_LOADS;
  g_strlcpy (options.file.path, g_file_peek_path (file), sizeof options.file.path);
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_false (is_read (panel));
  g_assert_null (backend_of (panel));
  g_assert_nonnull (
      strstr (fixture_child_text (row_of (panel, "routing-file"), "note"), "Reading"));
  g_assert_false (gtk_widget_get_sensitive (fixture_child (panel, "routing_file")));
  fixture_wait (is_read, panel);
  g_assert_true (gtk_widget_get_sensitive (fixture_child (panel, "routing_file")));
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, ==, 6);

  type_number (panel, "loads-row", "3");
  g_assert_false (is_read (panel));
  fixture_wait (is_read, panel);
  g_assert_nonnull (
      strstr (fixture_child_text (row_of (panel, "loads-row"), "problem"), "allowed is 1 to 2"));
  type_number (panel, "loads-row", "1");
  g_assert_true (is_read (panel));
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  type_number (panel, "loads-row", "3");
  g_assert_true (is_read (panel));
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  /* Who goes while it is read leaves nobody who comes back to him. */
  type_number (panel, "loads-row", "2");
  g_assert_false (is_read (panel));
  free_panel (panel);
  fixture_settle ();
}

/* A recording has as many experts as it needs, or as many as somebody says. */
static void
test_source_trace (void)
{
  g_autoptr (GFile) file = fixture_file_new ("trace.csv", "token,layer,slot,expert\n0,0,0,90\n"
                                                          "1,0,0,2\n0,1,0,120\n1,1,0,3\n");
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  g_assert_null (
      nullcurve_setup_panel_take_routing (panel, g_file_peek_path (file), MOE_DISTRIBUTION_TRACE));
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.experts, ==, 91);
  g_assert_cmpuint (options.topk, ==, 1);
  type_number (panel, "experts", "128");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.experts, ==, 128);
  type_number (panel, "experts", "64");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.experts, ==, 64);
  type_part (panel, "trace-layer", "1");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.experts, ==, 121);
  type_part (panel, "trace-layer", "all");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_cmpuint (options.file.layer, ==, SIZE_MAX);
  g_assert_nonnull (
      strstr (fixture_child_text (row_of (panel, "routing-file"), "note"), "first of 2 layers"));
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (control_of (panel, "trace-layer"))), ==,
                   "all");
  type_part (panel, "trace-layer", "9");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (fixture_child_text (row_of (panel, "trace-layer"), "problem"));
  free_panel (panel);
}

/* The shipped rows are workloads with a name, and are known by it. */
static void
test_workloads (void)
{
  GPtrArray *presets = moe_presets_get ();
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  guint position = 0, n = 0;
  moe_given_look_in (g_getenv ("NULLCURVE_DATA_DIR"));
  for (guint i = 0; i < presets->len; i++)
    {
      const MoePreset *preset = g_ptr_array_index (presets, i);
      n += preset->loads_row > 0;
      if (g_str_equal (preset->name, "Qwen3-30B-A3B decode 32 c"))
        position = i;
    }
  g_assert_cmpuint (n, ==, 53);
  gtk_drop_down_set_selected (list_of (panel, "preset"), position);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==, 1u << MOE_DISTRIBUTION_LOADS);
  g_assert_cmpstr (options.file.path, ==, MOE_PRESETS_LOADS);
  g_assert_cmpuint (options.shape.tokens, ==, 32);
  g_assert_cmpuint (options.shape.experts, ==, 128);
  g_assert_cmpuint (options.topk, ==, 8);
  g_assert_nonnull (
      strstr (fixture_child_text (row_of (panel, "routing-file"), "note"), "40 of 128 experts"));
  g_autofree char *name = nullcurve_setup_panel_dup_shape_name (panel);
  g_assert_cmpstr (name, ==, "Qwen3-30B-A3B decode 32 c");
  /* A setup that was kept comes back to it, and another preset leaves it. */
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (list_of (panel, "preset")), ==, position);
  gtk_drop_down_set_selected (list_of (panel, "preset"), 0);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.choice[MOE_CHOICE_DISTRIBUTION], ==, 1u << MOE_DISTRIBUTION_RANDOM);
  g_assert_cmpuint (options.shape.tokens, ==, 4096);
  moe_given_look_in (NULL);
  free_panel (panel);
}

static void
test_fractions (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  guint own = g_list_model_get_n_items (gtk_drop_down_get_model (list_of (panel, "fractions"))) - 1;
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_true (options.null_route_sweep);

  gtk_drop_down_set_selected (list_of (panel, "fractions"), 2);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_false (options.null_route_sweep);
  g_assert_cmpuint (options.null_route_frac_list.n, ==, 1);
  g_assert_cmpfloat (options.null_route_frac_list.values[0], ==, 0.5);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (fixture_child (panel, "fraction_list"))));

  gtk_drop_down_set_selected (list_of (panel, "fractions"), own);
  gtk_editable_set_text (GTK_EDITABLE (fixture_child (panel, "fraction_list")), "0.05, 0.25");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (fixture_child (panel, "fraction_list"))));
  g_assert_cmpuint (options.null_route_frac_list.n, ==, 2);
  g_assert_cmpfloat (options.null_route_frac_list.values[1], ==, 0.25);
  g_assert_true (options.baseline);

  gtk_editable_set_text (GTK_EDITABLE (fixture_child (panel, "fraction_list")), "0.5, 1.5");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (
      strstr (fixture_child_text (row_of (panel, "null-route-frac-list"), "problem"), "1.5"));
  free_panel (panel);
}

static void
test_fault_at_field (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  type_number (panel, "tokens", "0");
  const char *problem = nullcurve_setup_panel_get_problem (panel);
  g_assert_nonnull (problem);
  const char *at_field = fixture_child_text (row_of (panel, "tokens"), "problem");
  g_assert_cmpstr (at_field, ==, problem);
  /* The sentence speaks of the field, not of a command line. */
  g_assert_true (g_str_has_prefix (at_field, "Tokens "));
  g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (row_of (panel, "tokens")), "invalid"));
  g_assert_null (fixture_child_text (row_of (panel, "hidden"), "problem"));
  gtk_test_accessible_assert_state (control_of (panel, "tokens"), GTK_ACCESSIBLE_STATE_INVALID,
                                    GTK_ACCESSIBLE_INVALID_TRUE);

  type_number (panel, "tokens", "512");
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_null (fixture_child_text (row_of (panel, "tokens"), "problem"));
  g_assert_false (gtk_widget_has_css_class (GTK_WIDGET (row_of (panel, "tokens")), "invalid"));
  free_panel (panel);
}

/* As people write them, with a decimal point and with a decimal comma. */
static void
test_typed (void)
{
  static const struct
  {
    const char *option;
    const char *typed;
    const char *with_point;
    const char *with_comma;
  } cases[] = {
    { "tokens", "64k", "65536", "65536" },
    { "tokens", " 2^15 ", "32768", "32768" },
    { "tokens", "2M", "2097152", "2097152" },
    { "tokens", "32768", "32768", "32768" },
    { "tokens", "65 k", "65 k", "65 k" },
    { "tokens", "1.5k", "1.5k", "1.5k" },
    { "tokens", "2^64", "2^64", "2^64" },
    { "tokens", "-4", "-4", "-4" },
    { "precision", "0,5", "0,5", "0.5" },
    { "precision", "0.5", "0.5", "0.5" },
    { "topk-list", "2 4;8, 16", "2,4,8,16", "2,4,8,16" },
    { "topk-list", "1:4", "1,2,3,4", "1,2,3,4" },
    { "tokens-list", "1k:4k:1k", "1024,2048,3072,4096", "1024,2048,3072,4096" },
    { "null-route-frac-list", "0.1, 0.5", "0.1,0.5", "0.1,0.5" },
    { "null-route-frac-list", "0,1 0,5", "0,1,0,5", "0.1,0.5" },
    { "null-route-frac-list", "0,1; 0,5", "0,1,0,5", "0.1,0.5" },
    { "null-route-frac-list", "0:0.9:0.3", "0,0.3,0.6,0.9", "0,0.3,0.6,0.9" },
    { "null-route-frac-list", "0.1:0.9", "0.1:0.9", "0.1:0.9" },
    { "null-route-frac-list", "0.9:0.1:0.1", "0.9:0.1:0.1", "0.9:0.1:0.1" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int comma = 0; comma < 2; comma++)
      {
        g_autofree char *plain = nullcurve_typed_plain (moe_option_spec_find (cases[i].option),
                                                        cases[i].typed, comma == 1);
        g_assert_cmpstr (plain, ==, comma == 1 ? cases[i].with_comma : cases[i].with_point);
      }
}

/* What was typed is measured, or told to be wrong, also when the focus has gone elsewhere. */
static void
test_nothing_is_cut (void)
{
  static const char *const wrong[] = { "65q", "1e3", "9999999999999", "", "-1", "64 000" };
  NullcurveSetupPanel *panel = new_panel ();
  GtkWidget *tokens = control_of (panel, "tokens");
  MoeOptions options;
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      type_number (panel, "tokens", wrong[i]);
      gtk_spin_button_update (GTK_SPIN_BUTTON (tokens));
      g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (tokens)), ==, wrong[i]);
      g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
      g_assert_true (gtk_widget_has_css_class (GTK_WIDGET (row_of (panel, "tokens")), "invalid"));
    }
  type_number (panel, "tokens", "64k");
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  gtk_spin_button_update (GTK_SPIN_BUTTON (tokens));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (tokens)), ==, "65536");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, ==, 65536);
  free_panel (panel);
}

/* The precision of a sweep that does not ask for one keeps nobody from measuring. */
static void
test_idle_field (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  GtkWidget *alpha = GTK_WIDGET (row_of (panel, "run-alpha"));
  type_number (panel, "precision", "nonsense");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  gtk_drop_down_set_selected (list_of (panel, "sampling"), 1);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  gtk_drop_down_set_selected (list_of (panel, "sampling"), 0);
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  type_number (panel, "precision", "1");

  type_number (panel, "run-alpha", "7");
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_true (gtk_widget_has_css_class (alpha, "idle"));
  g_assert_false (gtk_widget_has_css_class (alpha, "invalid"));
  free_panel (panel);
}

/* What was typed and could not be used goes too. */
static void
test_reset (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions first, options;
  nullcurve_setup_panel_get_options (panel, &first);
  type_number (panel, "hidden", "nonsense");
  choose (panel, "null-dispatch", MOE_NULL_DISPATCH_CARRY);
  gtk_drop_down_set_selected (list_of (panel, "fractions"), 2);
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  nullcurve_setup_panel_reset (panel);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  nullcurve_setup_panel_get_options (panel, &options);
  g_autofree char *before = moe_text_from_options (&first);
  g_autofree char *after = moe_text_from_options (&options);
  g_assert_cmpstr (after, ==, before);
  free_panel (panel);
}

static void
test_combination_at_field (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  nullcurve_topk_chooser_set (fixture_child (panel, "topk"), &(MoeSizeList){ { 4, 8 }, 2 });
  type_number (panel, "experts", "6");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (fixture_child_text (row_of (panel, "topk"), "problem"));
  free_panel (panel);
}

static void
test_nothing_chosen (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  nullcurve_topk_chooser_set (fixture_child (panel, "topk"), &(MoeSizeList){ .n = 0 });
  g_signal_emit_by_name (fixture_child (panel, "topk"), "changed");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (fixture_child_text (row_of (panel, "topk"), "problem"));
  free_panel (panel);
}

static void
test_notes_follow_mode (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  g_autofree char *independent =
      g_strdup (fixture_child_text (row_of (panel, "null-routing-mode"), "note"));
  choose (panel, "null-routing-mode", MOE_NULL_MODE_TAKE_UNTIL_NULL);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_nonnull (independent);
  g_assert_cmpstr (fixture_child_text (row_of (panel, "null-routing-mode"), "note"), !=,
                   independent);
  free_panel (panel);
}

static void
test_preset (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  GPtrArray *presets = moe_presets_get ();
  g_assert_cmpuint (presets->len, >, 10);
  gtk_drop_down_set_selected (list_of (panel, "preset"), 1);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, ==, 32768);
  g_assert_cmpuint (options.shape.mlp_dim, ==, 1408);
  type_number (panel, "hidden", "2049");
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (gtk_drop_down_get_selected (list_of (panel, "preset")), ==, presets->len);
  g_autofree char *name = nullcurve_setup_panel_dup_shape_name (panel);
  g_assert_cmpstr (name, ==, "32768x2049x1408x60");
  g_autofree char *line = nullcurve_setup_panel_describe (panel);
  g_assert_true (g_str_has_prefix (line, "32768×2049×1408×60 · "));
  free_panel (panel);
}

/* A preset with null experts sets them, and is known by them; the next one takes them away. */
static void
test_preset_of_nulls (void)
{
  GPtrArray *presets = moe_presets_get ();
  const MoePreset *plain = NULL, *zero = NULL, *copy = NULL;
  for (guint i = 0; i < presets->len; i++)
    {
      const MoePreset *preset = g_ptr_array_index (presets, i);
      if (g_str_equal (preset->name, "Qwen3-30B-A3B"))
        plain = preset;
      else if (preset->null_experts > 0)
        *(preset->null_kind == MOE_NULL_KIND_COPY ? &copy : &zero) = preset;
    }
  MoeOptions options;
  moe_presets_init_options (&options);
  options.choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_TAKE_UNTIL_NULL;
  moe_presets_apply (plain, &options);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_TAKE_UNTIL_NULL);
  g_assert_true (moe_presets_match (&options) == plain);
  moe_presets_apply (zero, &options);
  g_assert_cmpuint (options.null_experts, ==, 64);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_ROUTER);
  g_assert_true (moe_presets_match (&options) == zero);
  moe_presets_apply (copy, &options);
  g_assert_cmpuint (options.shape.experts, ==, 512);
  g_assert_cmpuint (options.null_experts, ==, 256);
  g_assert_cmpuint (options.topk, ==, 12);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_KIND], ==, MOE_NULL_KIND_COPY);
  g_assert_true (moe_presets_match (&options) == copy);
  moe_presets_apply (plain, &options);
  g_assert_cmpuint (options.null_experts, ==, 0);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_KIND], ==, MOE_NULL_KIND_ZERO);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_INDEPENDENT);
}

/* A refusal for want of memory offers what would help, and does it. */
static void
test_remedies (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  GtkWidget *box = fixture_child (fixture_child (panel, "forecast"), "remedies");
  MoeOptions options;
  g_assert_false (gtk_widget_get_visible (box));
  type_number (panel, "tokens", "64M");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_true (gtk_widget_get_visible (box));
  GtkWidget *first = gtk_widget_get_first_child (box);
  g_assert_true (g_str_has_prefix (gtk_button_get_label (GTK_BUTTON (first)), "Use "));
  g_signal_emit_by_name (first, "clicked");
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_false (gtk_widget_get_visible (box));
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpuint (options.shape.tokens, >=, 1024);
  g_assert_cmpuint (options.shape.tokens % 1024, ==, 0);
  g_assert_cmpuint (options.shape.hidden, ==, 512);

  /* What no change of one thing mends offers none; nor does what is wrong otherwise. */
  type_number (panel, "tokens", "0");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_assert_false (gtk_widget_get_visible (box));
  free_panel (panel);
}

static void
test_too_large (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  type_number (panel, "tokens", "4000000000");
  type_number (panel, "hidden", "65536");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  g_autofree char *text = forecast_text (panel);
  g_assert_nonnull (strstr (text, nullcurve_setup_panel_get_problem (panel)));
  free_panel (panel);
}

static void
test_forecast_time (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  MoeAccelerator machine;
  g_autofree char *before = forecast_text (panel);
  g_assert_nonnull (strstr (before, "Measuring this machine"));
  g_assert_nonnull (strstr (before, "10 points"));
  nullcurve_setup_panel_get_options (panel, &options);
  moe_accelerator_init (&machine, &options);
  machine.backend = backend_of (panel);
  machine.measured = TRUE;
  machine.limits = fixture_limits ();
  nullcurve_setup_panel_set_machine (panel, &machine);
  type_number (panel, "budget", "3600");
  nullcurve_setup_panel_get_options (panel, &options);
  g_autofree char *after = forecast_text (panel);
  /* Nobody knows how long settling takes; so many samples take so long. */
  g_assert_nonnull (strstr (after, " to "));
  gtk_drop_down_set_selected (list_of (panel, "sampling"), 1);
  nullcurve_setup_panel_get_options (panel, &options);
  g_autofree char *number = forecast_text (panel);
  g_assert_true (g_str_has_prefix (number, "About "));
  machine.measured = FALSE;
  machine.failure = g_strdup ("no clock");
  nullcurve_setup_panel_set_machine (panel, &machine);
  nullcurve_setup_panel_get_options (panel, &options);
  g_autofree char *failed = forecast_text (panel);
  g_assert_null (strstr (failed, "Measuring this machine"));
  g_assert_false (g_str_has_prefix (failed, "About "));
  moe_accelerator_clear (&machine);
  free_panel (panel);
}

/* Two times that are told alike are one. */
static void
test_forecast_alike (void)
{
  MoeForecast forecast = { .fits = true, .time_total_s = 60, .time_least_s = 58 };
  GtkWidget *card = g_object_ref_sink (g_object_new (NULLCURVE_TYPE_FORECAST_CARD, NULL));
  forecast.time_most_s = 65;
  nullcurve_forecast_card_show (NULLCURVE_FORECAST_CARD (card), &forecast, 10, NULL, NULL);
  g_assert_cmpstr (fixture_child_text (card, "time"), ==, "About 1 min");
  forecast.time_most_s = 130;
  nullcurve_forecast_card_show (NULLCURVE_FORECAST_CARD (card), &forecast, 10, NULL, NULL);
  g_assert_cmpstr (fixture_child_text (card, "time"), ==, "1 min to 2 min");
  g_object_unref (card);
}

/* What is not known for these very options is not used for them. */
static void
test_machine_of_other_options (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  MoeAccelerator machine;
  nullcurve_setup_panel_get_options (panel, &options);
  options.threads = 1;
  moe_accelerator_init (&machine, &options);
  machine.measured = TRUE;
  machine.limits = fixture_limits ();
  machine.why = g_strdup ("It is the only one.");
  machine.backend = backend_of (panel);
  nullcurve_setup_panel_set_machine (panel, &machine);
  type_number (panel, "threads", "2");
  g_assert_null (nullcurve_setup_panel_get_machine (panel));
  g_autofree char *waiting = forecast_text (panel);
  g_assert_nonnull (strstr (waiting, "Measuring this machine"));
  g_assert_cmpstr (fixture_child_text (row_of (panel, "accelerator"), "note"), !=,
                   "It is the only one.");
  type_number (panel, "threads", "1");
  g_assert_nonnull (nullcurve_setup_panel_get_machine (panel));
  g_assert_cmpstr (fixture_child_text (row_of (panel, "accelerator"), "note"), ==,
                   "It is the only one.");
  moe_accelerator_clear (&machine);
  free_panel (panel);
}

/* Before anybody looked, only "Automatic" is there, nothing is forecast, and a saved choice is
 * kept. */
static void
test_before_the_look (void)
{
  NullcurveSetupPanel *panel =
      NULLCURVE_SETUP_PANEL (g_object_ref_sink (nullcurve_setup_panel_new ()));
  MoeOptions options;
  const MoeBackend *last =
      moe_accelerators_get (fixture_backends (), moe_accelerators_get_n (fixture_backends ()) - 1)
          ->backend;
  moe_presets_init_options (&options);
  g_strlcpy (options.accelerator, last->name, sizeof options.accelerator);
  nullcurve_setup_panel_set_options (panel, &options);
  g_assert_cmpuint (
      g_list_model_get_n_items (gtk_drop_down_get_model (list_of (panel, "accelerator"))), ==, 1);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_null (backend_of (panel));
  g_autofree char *text = forecast_text (panel);
  g_assert_nonnull (strstr (text, "Looking at this machine"));
  type_number (panel, "tokens", "0");
  g_assert_nonnull (nullcurve_setup_panel_get_problem (panel));
  type_number (panel, "tokens", "64");

  nullcurve_setup_panel_set_backends (panel, fixture_backends ());
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpstr (options.accelerator, ==, last->name);
  g_assert_cmpuint (gtk_drop_down_get_selected (list_of (panel, "accelerator")), ==,
                    moe_accelerators_get_n (fixture_backends ()));
  g_assert_cmpuint (options.shape.tokens, ==, 64);
  free_panel (panel);
}

static gsize
forecast_bytes (NullcurveSetupPanel *panel)
{
  MoePlan plan;
  MoeForecast forecast;
  MoeOptions options;
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  g_assert_cmpint (moe_forecast (&plan, backend_of (panel), NULL, SIZE_MAX, &forecast, NULL), ==,
                   MOE_OK);
  moe_plan_clear (&plan);
  return forecast.memory.total_bytes;
}

static void
test_recompute (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  gsize bytes[3];
  const char *notes[3];
  for (guint mode = 0; mode < 3; mode++)
    {
      choose (panel, "remat-mode", mode);
      nullcurve_setup_panel_get_options (panel, &options);
      g_assert_cmpuint (options.choice[MOE_CHOICE_REMAT_MODE], ==, mode);
      bytes[mode] = forecast_bytes (panel);
      notes[mode] = moe_text_intern (fixture_child_text (row_of (panel, "remat-mode"), "note"));
    }
  g_assert_cmpuint (bytes[MOE_REMAT_EXPERT_MLP], <, bytes[MOE_REMAT_COMBINE]);
  g_assert_cmpuint (bytes[MOE_REMAT_COMBINE], <, bytes[MOE_REMAT_NONE]);
  g_assert_cmpstr (notes[0], !=, notes[1]);
  g_assert_cmpstr (notes[1], !=, notes[2]);

  /* The card shows it. */
  choose (panel, "remat-mode", MOE_REMAT_NONE);
  nullcurve_setup_panel_get_options (panel, &options);
  g_autofree char *much = forecast_text (panel);
  choose (panel, "remat-mode", MOE_REMAT_EXPERT_MLP);
  nullcurve_setup_panel_get_options (panel, &options);
  g_autofree char *little = forecast_text (panel);
  g_assert_cmpstr (much, !=, little);
  free_panel (panel);
}

/* bfloat16 either runs, or says at the field why not. */
static void
test_dtype (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options;
  MoeError error = { 0 };
  gboolean works = moe_backend_find ("auto", MOE_DTYPE_BFLOAT16, &error) != NULL;
  const char *note = fixture_child_text (row_of (panel, "dtype"), "note");
  g_assert_cmpstr (note, ==, works ? NULL : error.message);
  choose (panel, "dtype", MOE_DTYPE_BFLOAT16);
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpint (options.choice[MOE_CHOICE_DTYPE], ==, MOE_DTYPE_BFLOAT16);
  g_assert_true ((nullcurve_setup_panel_get_problem (panel) == NULL) == works);
  g_assert_true ((fixture_child_text (row_of (panel, "dtype"), "problem") == NULL) == works);
  choose (panel, "dtype", MOE_DTYPE_FLOAT32);
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  free_panel (panel);
}

/* An accelerator that cannot compute in the data type says so at its field. */
static void
test_accelerator_refuses (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeAccelerators *backends = fixture_backends ();
  gboolean any = moe_accelerators_get_dtype_reason (backends, MOE_DTYPE_BFLOAT16) == NULL;
  choose (panel, "dtype", MOE_DTYPE_BFLOAT16);
  for (gsize i = 0; i < moe_accelerators_get_n (backends); i++)
    {
      const char *reason = moe_accelerators_get (backends, i)->reasons[MOE_DTYPE_BFLOAT16];
      NullcurveFieldRow *row = any ? row_of (panel, "accelerator") : row_of (panel, "dtype");
      gtk_drop_down_set_selected (list_of (panel, "accelerator"), (guint)i + 1);
      g_assert_true ((nullcurve_setup_panel_get_problem (panel) != NULL)
                     == (reason != NULL || !any));
      if (reason != NULL)
        g_assert_nonnull (fixture_child_text (row, "problem"));
      else
        g_assert_true (backend_of (panel) == moe_accelerators_get (backends, i)->backend);
    }
  free_panel (panel);
}

static void
test_backends_find (void)
{
  MoeAccelerators *backends = fixture_backends ();
  MoeError error = { 0 };
  g_assert_true (moe_accelerators_find (backends, "auto", MOE_DTYPE_FLOAT32, &error)
                 == moe_backend_find ("auto", MOE_DTYPE_FLOAT32, NULL));
  g_assert_null (moe_accelerators_find (backends, "abacus", MOE_DTYPE_FLOAT32, &error));
  g_assert_cmpstr (error.option, ==, "accelerator");
  g_assert_nonnull (strstr (error.message, "abacus"));
}

static void
test_machine_words (void)
{
  MoeAccelerator machine = { .dtype = MOE_DTYPE_FLOAT32, .limits = fixture_limits () };
  g_assert_null (moe_accelerator_describe (&machine));
  machine.backend = moe_accelerators_get (fixture_backends (), 0)->backend;
  machine.measured = TRUE;
  g_autofree char *words = moe_accelerator_describe (&machine);
  g_assert_true (g_str_has_prefix (words, machine.backend->title));
  g_assert_nonnull (strstr (words, "100 GF/s of 200 GF/s peak, memory 40 GB/s"));
}

static void
test_round_trip (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  MoeOptions options, back;
  moe_presets_init_options (&options);
  options.shape.tokens = 777;
  options.topk_list = (MoeSizeList){ { 2, 5 }, 2 };
  options.topk = 2;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.125, 0.5 }, 2 };
  options.choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_ROUTER;
  options.threads = 3;
  options.choice[MOE_CHOICE_REMAT_MODE] = MOE_REMAT_COMBINE;
  options.min_sample_time_s = 0.25;
  g_autofree char *line = moe_text_from_options (&options);
  moe_presets_init_options (&back);
  moe_text_to_options (line, &back);
  nullcurve_setup_panel_set_options (panel, &back);
  nullcurve_setup_panel_get_options (panel, &back);
  g_autofree char *again = moe_text_from_options (&back);
  g_assert_cmpstr (again, ==, line);
  moe_text_to_options ("nonsense tokens=oops experts=9 future=1", &back);
  g_assert_cmpuint (back.shape.tokens, ==, 777);
  g_assert_cmpuint (back.shape.experts, ==, 9);
  free_panel (panel);
}

/* Numbers finer than the buttons' steps come from files and command lines, and stay. */
static void
test_fine_numbers (void)
{
  static const double times_s[] = { 0.005, 0.00025, 1e-5, 0.1, 2 };
  NullcurveSetupPanel *panel = new_panel ();
  for (gsize i = 0; i < G_N_ELEMENTS (times_s); i++)
    {
      MoeOptions options, back;
      nullcurve_setup_panel_get_options (panel, &options);
      options.until_settled = true;
      options.min_sample_time_s = times_s[i];
      options.wait_quiet_s = times_s[i];
      options.precision = 0.00125;
      options.budget_s = 12.5;
      nullcurve_setup_panel_set_options (panel, &options);
      g_assert_null (nullcurve_setup_panel_get_problem (panel));
      nullcurve_setup_panel_get_options (panel, &back);
      g_assert_cmpfloat (back.min_sample_time_s, ==, times_s[i]);
      g_assert_cmpfloat (back.wait_quiet_s, ==, times_s[i]);
      g_assert_cmpfloat_with_epsilon (back.precision, 0.00125, 1e-15);
      g_assert_cmpfloat (back.budget_s, ==, 12.5);
    }
  free_panel (panel);
}

static void
test_accessible_names (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  GtkWidget *controls[] = { control_of (panel, "tokens"), control_of (panel, "null-routing-mode"),
                            fixture_child (panel, "topk"),
                            control_of (panel, "renormalize-real-after-null") };
  for (gsize i = 0; i < G_N_ELEMENTS (controls); i++)
    g_assert_true (gtk_test_accessible_has_relation (GTK_ACCESSIBLE (controls[i]),
                                                     GTK_ACCESSIBLE_RELATION_LABELLED_BY));
  free_panel (panel);
}

static void
test_presets_parse (void)
{
  g_autoptr (GPtrArray) presets = moe_presets_parse (
      "name,tokens,hidden,mlp_dim,experts,topk,source\r\nA,1,2,3,4,2,here, and there\r\n"
      "broken,1,2\nB,0,2,3,4,1,x\nC,5,6,7,8,1,\nD,1,2,3,4+5 copy,2,x\nE,1,2,3,4+5,2,x\n"
      "F,1,2,3,4+0 copy,2,x\nG,1,2,3,4+5 odd,2,x\nH,1,2,3,+5 zero,2,x\n");
  g_assert_cmpuint (presets->len, ==, 3);
  const MoePreset *last = g_ptr_array_index (presets, 2);
  g_assert_cmpstr (last->name, ==, "D");
  g_assert_cmpuint (last->shape.experts, ==, 4);
  g_assert_cmpuint (last->null_experts, ==, 5);
  g_assert_cmpint (last->null_kind, ==, MOE_NULL_KIND_COPY);
  const MoePreset *first = g_ptr_array_index (presets, 0);
  g_assert_cmpstr (first->source, ==, "here, and there");
  g_assert_cmpuint (first->shape.experts, ==, 4);
}

static void
assert_takes (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_words (void)
{
  assert_takes (moe_text_duration (0.84), "0.8 s");
  assert_takes (moe_text_duration (42.4), "42 s");
  assert_takes (moe_text_duration (112), "1 min 52 s");
  assert_takes (moe_text_duration (7500), "2 h 05 min");
  assert_takes (moe_text_duration (__builtin_nan ("")), "unknown");
  /* Nobody foresees seconds of an hour. */
  assert_takes (moe_text_expected (0.2), "1 s");
  assert_takes (moe_text_expected (7.6), "8 s");
  assert_takes (moe_text_expected (42.4), "40 s");
  assert_takes (moe_text_expected (59), "1 min");
  assert_takes (moe_text_expected (232), "4 min");
  assert_takes (moe_text_expected (2040), "35 min");
  assert_takes (moe_text_expected (3671), "1 h");
  assert_takes (moe_text_expected (9100), "2.5 h");
  assert_takes (moe_text_expected (86400), "24 h");
  assert_takes (moe_text_bytes ((gsize)780 << 20), "780 MiB");
  assert_takes (moe_text_bytes ((gsize)6 << 30), "6.0 GiB");
  assert_takes (moe_text_flops (21.4e12), "21.4 TFLOP");
  assert_takes (moe_text_flops (310e9), "310 GFLOP");
}

/* Whatever can be chosen has a row, which stores what it shows. */
static void
test_choices (void)
{
  NullcurveSetupPanel *panel = new_panel ();
  for (int c = 0; c < MOE_N_CHOICES; c++)
    {
      NullcurveFieldRow *row = row_of (panel, moe_choices[c].option);
      g_test_message ("%s", moe_choices[c].option);
      g_assert_nonnull (row);
      g_assert_cmpstr (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), !=, "");
      if (moe_choices[c].note != NULL || moe_choices[c].notes.n > 0)
        g_assert_nonnull (fixture_child_text (row, "note"));
      if (moe_choices[c].ask != MOE_ASK_ONE)
        continue;
      MoeOptions options;
      for (guint value = 0; value < moe_choices[c].names.n; value++)
        {
          choose (panel, moe_choices[c].option, value);
          nullcurve_setup_panel_get_options (panel, &options);
          g_assert_cmpuint (options.choice[c], ==, value);
        }
    }
  free_panel (panel);
}

int
main (int argc, char *argv[])
{
  fixture_ui_init (&argc, &argv);
  g_test_add_func ("/setup/starts-quick", test_starts_quick);
  g_test_add_func ("/setup/fields-edit-options", test_fields_edit_options);
  g_test_add_func ("/setup/sampling", test_sampling);
  g_test_add_func ("/setup/source", test_source);
  g_test_add_func ("/setup/source-file", test_source_file);
  g_test_add_func ("/setup/source-trace", test_source_trace);
  g_test_add_func ("/setup/reads-source", test_reads_source);
  g_test_add_func ("/setup/workloads", test_workloads);
  g_test_add_func ("/setup/fractions", test_fractions);
  g_test_add_func ("/setup/sweep", test_sweep);
  g_test_add_func ("/setup/fault-at-field", test_fault_at_field);
  g_test_add_func ("/setup/typed", test_typed);
  g_test_add_func ("/setup/nothing-is-cut", test_nothing_is_cut);
  g_test_add_func ("/setup/idle-field", test_idle_field);
  g_test_add_func ("/setup/reset", test_reset);
  g_test_add_func ("/setup/combination-at-field", test_combination_at_field);
  g_test_add_func ("/setup/nothing-chosen", test_nothing_chosen);
  g_test_add_func ("/setup/notes-follow-mode", test_notes_follow_mode);
  g_test_add_func ("/setup/preset", test_preset);
  g_test_add_func ("/setup/preset-of-nulls", test_preset_of_nulls);
  g_test_add_func ("/setup/remedies", test_remedies);
  g_test_add_func ("/setup/too-large", test_too_large);
  g_test_add_func ("/setup/forecast-time", test_forecast_time);
  g_test_add_func ("/setup/forecast-time-alike", test_forecast_alike);
  g_test_add_func ("/setup/machine-of-other-options", test_machine_of_other_options);
  g_test_add_func ("/setup/before-the-look", test_before_the_look);
  g_test_add_func ("/setup/recompute", test_recompute);
  g_test_add_func ("/setup/dtype", test_dtype);
  g_test_add_func ("/setup/accelerator-refuses", test_accelerator_refuses);
  g_test_add_func ("/setup/backends-find", test_backends_find);
  g_test_add_func ("/setup/machine-words", test_machine_words);
  g_test_add_func ("/setup/round-trip", test_round_trip);
  g_test_add_func ("/setup/fine-numbers", test_fine_numbers);
  g_test_add_func ("/setup/accessible-names", test_accessible_names);
  g_test_add_func ("/setup/presets-parse", test_presets_parse);
  g_test_add_func ("/setup/words", test_words);
  g_test_add_func ("/setup/choices", test_choices);
  return g_test_run ();
}
