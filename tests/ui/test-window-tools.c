/* SPDX-License-Identifier: Apache-2.0 */
/* Views, reports, comparison, the queue, and the harness's options in the form: all without a
 * worker. */
#include "engine/options/matrix.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/runs/compare-dialog.h"
#include "ui/setup/setup-panel.h"

#include <math.h>
#include <string.h>

static AdwApplication *application;

static const char slow_csv[] = "shape,topk,null_target,null_realized,tflops,tokens_per_s\n"
                               "4096x512x352x60,4,0.0,0.0,1.0,500\n"
                               "4096x512x352x60,4,0.5,0.5,0.9,900\n";

static NullcurveSweepQueue *
queue_of (NullcurveWindow *window)
{
  return nullcurve_window_get_queue (window);
}

static guint
n_waiting (NullcurveWindow *window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (queue_of (window)));
}

static void
test_efficiency_view (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "fast.csv", FIXTURE_CSV);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", "efficiency");
  fixture_settle ();
  const NullcurveFigure *figure = fixture_figure (window);
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  g_assert_cmpuint (figure->n_panels, ==, 3);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series, 1, 1)->y, 0.9, 1e-9);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", "nonsense");
  fixture_assert_chosen (window, "view", "throughput");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Two curves of one run: which of them the stages are of can be chosen. */
static void
test_stages_view (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "Run");
  for (int topk = 2; topk <= 4; topk += 2)
    {
      MoeRecord record;
      moe_record_init (&record);
      record.has_shape = TRUE;
      record.shape = (MoeShape){ 64, 32, 16, 8, 0 };
      record.topk = topk;
      record.null_target = 0;
      record.tokens_per_s = 100;
      record.stage_s[MOE_STAGE_UP] = 64e-6 * topk;
      moe_run_append (run, &record);
    }
  nullcurve_runs_model_add (nullcurve_window_get_runs (window), run);
  moe_run_unref (run);
  fixture_settle ();
  g_assert_false (
      gtk_widget_get_visible (GTK_WIDGET (fixture_page_child (window, "curve_choice"))));
  gtk_widget_activate_action (GTK_WIDGET (window), "win.view", "s", "stages");
  fixture_settle ();
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (fixture_page_child (window, "curve_choice"))));
  gtk_drop_down_set_selected (fixture_page_child (window, "curve_choice"), 1);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.stage-scale", "s", "token");
  fixture_settle ();
  const NullcurveFigure *figure = fixture_figure (window);
  const NullcurveSeries *series = nullcurve_figure_get_series (figure, 0);
  g_assert_true (figure->panels[0].stacked);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series, 0, 0)->y, 4.0, 1e-9);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_report (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (GFile) page = fixture_file_new ("report.html", NULL);
  g_autoptr (GFile) wrong = fixture_file_new ("report.doc", NULL);
  g_autofree char *text = NULL;
  fixture_open_text (window, "fast.csv", FIXTURE_CSV);
  g_assert_true (nullcurve_chart_page_export_report (nullcurve_window_get_page (window), page));
  g_assert_true (g_file_load_contents (page, NULL, &text, NULL, NULL, NULL));
  g_assert_nonnull (strstr (text, "fast.csv"));
  g_assert_false (nullcurve_chart_page_export_report (nullcurve_window_get_page (window), wrong));
  fixture_answer_dialog ("close");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_compare (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "fast.csv", FIXTURE_CSV);
  fixture_open_text (window, "slow.csv", slow_csv);
  g_autoptr (GPtrArray) runs =
      nullcurve_runs_model_dup_runs (nullcurve_window_get_runs (window), TRUE);
  NullcurveCompareDialog *dialog =
      NULLCURVE_COMPARE_DIALOG (nullcurve_compare_dialog_new (GTK_WINDOW (window), runs, 0, 1));
  gtk_window_present (GTK_WINDOW (dialog));
  fixture_settle ();
  GtkLabel *headline = GTK_LABEL (gtk_widget_get_template_child (
      GTK_WIDGET (dialog), NULLCURVE_TYPE_COMPARE_DIALOG, "headline"));
  g_assert_nonnull (strstr (gtk_label_get_label (headline), "B is slower"));
  gtk_window_destroy (GTK_WINDOW (dialog));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_queue (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  guint changes = 0;
  g_signal_connect_swapped (queue_of (window), "changed", G_CALLBACK (count_cb), &changes);
  g_assert_false (gtk_widget_get_visible (fixture_window_child (window, "queue_list")));
  fixture_activate (window, "win.enqueue");
  fixture_activate (window, "win.enqueue");
  g_assert_cmpuint (n_waiting (window), ==, 2);
  g_assert_cmpuint (changes, ==, 2);
  g_assert_true (gtk_widget_get_visible (fixture_window_child (window, "queue_list")));

  /* Held, as after a stop: nothing is taken until a person goes on. */
  nullcurve_sweep_queue_hold (queue_of (window), TRUE);
  g_assert_null (nullcurve_sweep_queue_take (queue_of (window)));
  fixture_activate (window, "win.queue-go-on");
  g_autoptr (NullcurveJobItem) job = nullcurve_sweep_queue_take (queue_of (window));
  g_assert_nonnull (job);
  g_assert_cmpstr (nullcurve_job_item_get_name (job), ==, "Quick");
  g_assert_cmpuint (nullcurve_job_item_get_options (job)->shape.tokens, ==, 4096);
  g_assert_cmpuint (n_waiting (window), ==, 1);
  fixture_activate (window, "win.queue-clear");
  g_assert_cmpuint (n_waiting (window), ==, 0);
  g_assert_false (gtk_widget_get_visible (fixture_window_child (window, "queue_list")));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Sweeps that fit are added, the others are named. */
static void
test_experiment (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_activate (window, "win.experiment");
  fixture_answer_dialog ("add");
  fixture_settle ();
  g_assert_cmpuint (n_waiting (window), >=, 1);
  g_autoptr (NullcurveJobItem) job = nullcurve_sweep_queue_take (queue_of (window));
  const MoeOptions *options = nullcurve_job_item_get_options (job);
  g_assert_cmpuint (options->shape.tokens, ==, 32768 / 64);
  g_assert_cmpuint (options->topk_list.n, ==, 3);
  g_assert_true (options->baseline && options->null_route_sweep);
  g_assert_cmpint (options->choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD_BACKWARD);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Every option of the table has a row in the form, or is one of those that a window does without.
 */
static void
test_form_has_all_options (void)
{
  static const char *const elsewhere[] = {
    "tokens", "hidden", "mlp-dim", "experts", "topk", "topk-list", "tokens-list", "experts-list",
    "dtype", "bench-pass", "remat-mode", "seed", "null-route-frac", "null-route-frac-list",
    "null-route-sweep", "null-routing-mode", "null-experts", "null-route-seed",
    "renormalize-real-after-null", "null-dispatch", "accelerator", "threads", "iters", "warmup",
    "min-sample-time", "until-settled", "precision", "budget", "starts", "wait-quiet",
    /* always on, always kept, and without meaning here */
    "baseline", "stage-timing", "use-custom-sort-vjp", NULL
  };
  NullcurveWindow *window = fixture_window_new (application);
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    g_assert_true (
        g_strv_contains (elsewhere, specs[i].name)
        || nullcurve_setup_panel_find_row (nullcurve_window_get_setup (window), specs[i].name)
               != NULL);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* What is set shows, what is wrong is told at its row, what is idle says so. */
static void
test_form_options (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  NullcurveSetupPanel *setup = nullcurve_window_get_setup (window);
  MoeOptions options, back;
  nullcurve_setup_panel_get_options (setup, &options);
  options.choice[MOE_CHOICE_GROUPING] = MOE_GROUPING_RAGGED_DOT;
  options.choice[MOE_CHOICE_IMPL] |= 1u << MOE_IMPL_FAST;
  options.shape.shared_dim = 128;
  options.choice[MOE_CHOICE_SHARED_FUSED] = true;
  options.run_alpha = 0.5;
  options.ep_size = 2;
  nullcurve_setup_panel_set_options (setup, &options);
  nullcurve_setup_panel_get_options (setup, &back);
  g_assert_cmpmem (&options, sizeof options, &back, sizeof back);
  g_assert_null (nullcurve_setup_panel_get_problem (setup));
  NullcurveFieldRow *alpha = nullcurve_setup_panel_find_row (setup, "run-alpha");
  NullcurveFieldRow *shards = nullcurve_setup_panel_find_row (setup, "ep-size");
  g_assert_nonnull (strstr (fixture_child_text (shards, "note"), "changes nothing"));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (alpha)));

  options.choice[MOE_CHOICE_PARALLEL_MODE] = MOE_PARALLEL_EP;
  options.ep_size = 7;
  nullcurve_setup_panel_set_options (setup, &options);
  g_assert_nonnull (nullcurve_setup_panel_get_problem (setup));
  g_assert_nonnull (strstr (fixture_child_text (shards, "problem"), "divide the 60 experts"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* The colours that are being opened when their window is closed do not keep it. */
static void
test_closed_at_once (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_open_text (window, "fast.csv", FIXTURE_CSV);
  g_assert_true (g_action_group_get_action_enabled (G_ACTION_GROUP (window), "recolour-run"));
  g_action_group_activate_action (G_ACTION_GROUP (window), "recolour-run", NULL);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/window/efficiency-view", test_efficiency_view);
  g_test_add_func ("/window/stages-view", test_stages_view);
  g_test_add_func ("/window/report", test_report);
  g_test_add_func ("/window/compare", test_compare);
  g_test_add_func ("/window/queue", test_queue);
  g_test_add_func ("/window/experiment", test_experiment);
  g_test_add_func ("/window/form-has-all-options", test_form_has_all_options);
  g_test_add_func ("/window/form-options", test_form_options);
  g_test_add_func ("/window/closed-at-once", test_closed_at_once);
  int status = g_test_run ();
  g_object_unref (application);
  return status;
}
