/* SPDX-License-Identifier: Apache-2.0 */
/* The views of the window and the baseline that they are compared with. */
#include "engine/sweep/quantities.h"
#include "engine/text/intern.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/page/chart-view.h"
#include "ui/runs/run-list.h"
#include "ui/views/stages.h"
#include "ui/views/where.h"

#include <math.h>
#include <string.h>

static AdwApplication *application;

static NullcurveRunsModel *
runs_of (NullcurveWindow *window)
{
  return nullcurve_window_get_runs (window);
}

/* Five samples a point, one in a hundred apart, at f = 0 and 0.5; `rate` at f = 0. */
static MoeRun *
new_run (const char *title, double rate)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  for (int i = 0; i < 2; i++)
    {
      MoeRecord record;
      moe_record_init (&record);
      record.has_shape = TRUE;
      record.shape = (MoeShape){ 64, 32, 16, 8, 0 };
      record.topk = 4;
      record.null_target = record.null_realized = 0.5 * i;
      record.real_assignments = i == 0 ? 256 : 128;
      record.choice[MOE_CHOICE_PASS] = moe_text_intern ("forward");
      record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("independent");
      record.stage_s[MOE_STAGE_UP] = 32e-6 / (1 + i);
      moe_run_append (run, &record);
      for (int n = 0; n < 5; n++)
        moe_run_add_sample (run, (gsize)i, 64 / (rate * (1 + 0.8 * i)) * (1 + 0.01 * n), NULL,
                            NULL);
    }
  return run;
}

static NullcurveRunItem *
add_run (NullcurveWindow *window, const char *title, double rate)
{
  g_autoptr (MoeRun) run = new_run (title, rate);
  NullcurveRunItem *item = nullcurve_runs_model_add (runs_of (window), run);
  fixture_settle ();
  return item;
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_pin (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  guint changes = 0;
  g_signal_connect_swapped (runs_of (window), "notify::baseline", G_CALLBACK (count_cb), &changes);
  fixture_activate (window, "win.pin-baseline");
  g_assert_null (nullcurve_runs_model_get_baseline (runs_of (window)));

  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1100);
  nullcurve_runs_model_select (runs_of (window), a);
  fixture_activate (window, "win.pin-baseline");
  g_assert_true (nullcurve_runs_model_get_baseline (runs_of (window)) == a);
  nullcurve_runs_model_select (runs_of (window), b);
  fixture_activate (window, "win.pin-baseline");
  g_assert_true (nullcurve_runs_model_get_baseline (runs_of (window)) == b);
  fixture_activate (window, "win.pin-baseline");
  g_assert_null (nullcurve_runs_model_get_baseline (runs_of (window)));
  g_assert_cmpuint (changes, ==, 3);

  nullcurve_runs_model_set_baseline (runs_of (window), a);
  nullcurve_runs_model_remove (runs_of (window), a);
  fixture_settle ();
  g_assert_null (nullcurve_runs_model_get_baseline (runs_of (window)));
  g_assert_cmpuint (changes, ==, 5);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
choose (NullcurveWindow *window, const char *action, const char *name)
{
  gtk_widget_activate_action (GTK_WIDGET (window), action, "s", name);
  fixture_settle ();
}

static void
test_switch (void)
{
  static const char *const names[] = { "throughput", "where", "efficiency",
                                       "stages",     "load",  "table" };
  NullcurveWindow *window = fixture_window_new (application);
  add_run (window, "A", 1000);
  for (gsize view = G_N_ELEMENTS (names); view-- > 0;)
    {
      choose (window, "win.view", names[view]);
      fixture_assert_chosen (window, "view", names[view]);
      g_assert_cmpstr (gtk_stack_get_visible_child_name (fixture_page_child (window, "middle")), ==,
                       g_str_equal (names[view], "table") ? "table" : "chart");
      g_assert_cmpint (
          gtk_widget_get_visible (GTK_WIDGET (fixture_page_child (window, "scale_button"))), ==,
          view == 0);
    }
  choose (window, "win.scale", "relative");
  fixture_assert_chosen (window, "scale", "relative");
  g_assert_cmpstr (gtk_menu_button_get_label (fixture_page_child (window, "scale_button")), ==,
                   "Relative");
  choose (window, "win.scale", "absolute");
  fixture_assert_chosen (window, "scale", "absolute");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static char *
cell (NullcurveWindow *window, guint row, NullcurvePointColumn column)
{
  g_autoptr (NullcurvePointItem) point = g_list_model_get_item (fixture_rows (window), row);
  return nullcurve_point_item_dup_text (point, column);
}

static void
assert_cell (NullcurveWindow *window, guint row, NullcurvePointColumn column, const char *text)
{
  g_autofree char *got = cell (window, row, column);
  g_assert_cmpstr (got, ==, text);
}

static const NullcurveFigure *
shown (NullcurveWindow *window)
{
  return fixture_figure (window);
}

/* A row is a point of the chart, and the crosshair goes there. */
static void
test_row_to_point (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  add_run (window, "A", 1000);
  add_run (window, "B", 2000);
  choose (window, "win.view", "table");
  fixture_settle ();
  GtkWidget *table = fixture_page_child (window, "table");
  GtkWidget *view =
      GTK_WIDGET (gtk_widget_get_template_child (table, NULLCURVE_TYPE_POINTS_TABLE, "view"));
  GtkSelectionModel *rows = gtk_column_view_get_model (GTK_COLUMN_VIEW (view));
  guint last = g_list_model_get_n_items (G_LIST_MODEL (rows)) - 1;
  g_autofree char *fraction = cell (window, last, NULLCURVE_POINT_COLUMN_TARGET);
  g_assert_true (gtk_selection_model_select_item (rows, last, TRUE));
  choose (window, "win.view", "throughput");
  const char *readout = nullcurve_chart_view_get_readout (fixture_page_child (window, "chart"));
  g_assert_nonnull (readout);
  g_assert_nonnull (strstr (readout, fraction));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Chart, table and card say what B is against A, each in its way. */
static void
test_against_baseline (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1100);
  moe_run_set_fact (nullcurve_run_item_get_run (a), "threads", "2");
  moe_run_set_fact (nullcurve_run_item_get_run (b), "threads", "4");
  choose (window, "win.scale", "baseline");
  g_assert_false (nullcurve_figure_has_data (shown (window)));
  g_assert_nonnull (strstr (shown (window)->empty_text, "No run is pinned"));
  assert_cell (window, 2, NULLCURVE_POINT_COLUMN_DELTA, "–");

  nullcurve_runs_model_set_baseline (runs_of (window), a);
  nullcurve_runs_model_select (runs_of (window), b);
  fixture_settle ();
  const NullcurveSeries *series = nullcurve_figure_get_series (shown (window), 1);
  g_assert_cmpfloat_with_epsilon (nullcurve_series_get_point (series, 0, 1)->y, 1.1, 1e-9);
  assert_cell (window, 0, NULLCURVE_POINT_COLUMN_DELTA, "–");
  assert_cell (window, 2, NULLCURVE_POINT_COLUMN_DELTA, "+10.0\302\240%");
  assert_cell (window, 2, NULLCURVE_POINT_COLUMN_VERDICT, "faster");
  assert_cell (window, 2, NULLCURVE_POINT_COLUMN_P, "0.021");
  assert_cell (window, 2, NULLCURVE_POINT_COLUMN_N, "5/5");
  g_autofree char *range = cell (window, 2, NULLCURVE_POINT_COLUMN_DELTA_RANGE);
  g_assert_true (g_str_has_prefix (range, "+") && strstr (range, " to +") != NULL);
  const char *comparison = fixture_list_text (window, "comparison_text");
  const char *guard = fixture_list_text (window, "guard_text");
  g_assert_true (g_str_has_prefix (comparison, "This run is faster: +10.0\302\240% over 2 points"));
  g_assert_cmpstr (guard, ==, "The numbers of threads differ: 2 in the baseline, 4 in this run.");

  nullcurve_runs_model_set_baseline (runs_of (window), NULL);
  fixture_settle ();
  const char *nothing = fixture_list_text (window, "comparison_text");
  g_assert_cmpstr (nothing, ==, "");
  fixture_assert_chosen (window, "scale", "absolute");
  assert_cell (window, 2, NULLCURVE_POINT_COLUMN_DELTA, "–");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* A comparison follows what is measured while it is measured. */
static void
test_baseline_is_live (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1100);
  nullcurve_runs_model_set_baseline (runs_of (window), a);
  fixture_settle ();
  assert_cell (window, 3, NULLCURVE_POINT_COLUMN_N, "5/5");
  moe_run_add_sample (nullcurve_run_item_get_run (b), 1, 0.03, NULL, NULL);
  nullcurve_run_item_touch (b);
  fixture_settle ();
  assert_cell (window, 3, NULLCURVE_POINT_COLUMN_N, "5/6");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_stages_and_load (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) run = new_run ("A", 1000);
  MoeRecord record = *moe_run_get_record (run, 1);
  record.stage_s[MOE_STAGE_UP_WGRAD] = 16e-6;
  record.load_min = 1;
  record.load_max = 30;
  record.n_kept = 5;
  record.kept[2] = 64;
  moe_run_replace (run, 1, &record);
  nullcurve_runs_model_add (runs_of (window), run);
  fixture_settle ();
  choose (window, "win.view", "stages");
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (fixture_page_child (window, "phase_choice"))));
  g_assert_true (nullcurve_figure_get_series (shown (window), MOE_STAGE_KIND_FORWARD)->visible);
  gtk_drop_down_set_selected (fixture_page_child (window, "phase_choice"),
                              NULLCURVE_STAGE_PHASE_BACKWARD);
  fixture_settle ();
  g_assert_false (nullcurve_figure_get_series (shown (window), MOE_STAGE_KIND_FORWARD)->visible);
  choose (window, "win.view", "load");
  g_assert_false (
      gtk_widget_get_visible (GTK_WIDGET (fixture_page_child (window, "phase_choice"))));
  g_assert_cmpstr (shown (window)->panels[1].title, ==, "Experts kept per token");
  g_assert_true (nullcurve_figure_panel_has_data (shown (window), 1));

  g_assert_true (
      gtk_widget_get_visible (GTK_WIDGET (fixture_page_child (window, "load_scale_button"))));
  choose (window, "win.load-scale", "cost");
  g_assert_cmpstr (shown (window)->panels[0].title, ==, "Fullest over mean");
  g_assert_true (nullcurve_figure_panel_has_data (shown (window), 0));
  choose (window, "win.load-scale", "throughput");
  g_assert_true (shown (window)->scattered);
  g_assert_true (nullcurve_figure_panel_has_data (shown (window), 0));
  fixture_assert_chosen (window, "load-scale", "throughput");
  choose (window, "win.view", "stages");
  g_assert_false (
      gtk_widget_get_visible (GTK_WIDGET (fixture_page_child (window, "load_scale_button"))));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Three fractions, so that the marker has somewhere to go. */
static MoeRun *
new_run_of_three (void)
{
  MoeRun *run = new_run ("A", 1000);
  MoeRecord record = *moe_run_get_record (run, 1);
  record.null_target = record.null_realized = 0.8;
  record.n_samples = 0;
  record.samples_s = NULL;
  moe_run_append (run, &record);
  for (int n = 0; n < 5; n++)
    moe_run_add_sample (run, 2, 64 / 2000.0 * (1 + 0.01 * n), NULL, NULL);
  return run;
}

/* The marker is of all charts over null fractions, its place one choice; rows are chosen by
 * whoever points at them. */
static void
test_where (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) run = new_run_of_three ();
  double at;
  nullcurve_runs_model_add (runs_of (window), run);
  fixture_settle ();
  g_assert_cmpfloat (shown (window)->marker, ==, 0.8);
  g_assert_null (shown (window)->bars);
  choose (window, "win.view", "where");
  g_assert_cmpfloat (shown (window)->marker, ==, 0.8);
  g_assert_cmpint (shown (window)->bars->chosen, ==, 1);
  g_signal_emit_by_name (fixture_chart (window), "row-chosen", NULLCURVE_WHERE_STEP);
  fixture_settle ();
  g_assert_cmpint (shown (window)->bars->chosen, ==, (gssize)shown (window)->bars->rows->len - 1);
  g_signal_emit_by_name (fixture_chart (window), "marker-moved", 0.4);
  fixture_settle ();
  g_object_get (nullcurve_window_get_page (window), "at", &at, NULL);
  g_assert_cmpfloat (at, ==, 0.5);
  g_assert_cmpfloat (shown (window)->marker, ==, 0.5);
  g_signal_emit_by_name (fixture_chart (window), "marker-stepped", 1);
  fixture_settle ();
  g_assert_cmpfloat (shown (window)->marker, ==, 0.8);
  choose (window, "win.view", "efficiency");
  g_signal_emit_by_name (fixture_chart (window), "marker-stepped", -1);
  fixture_settle ();
  g_assert_cmpfloat (shown (window)->marker, ==, 0.5);
  /* The tiles lead to what eats the most at the largest fraction. */
  g_assert_true (gtk_widget_get_visible (fixture_page_child (window, "tiles")));
  g_signal_emit_by_name (fixture_page_child (window, "tiles"), "asked", 0);
  fixture_settle ();
  fixture_assert_chosen (window, "view", "where");
  g_assert_cmpfloat (shown (window)->marker, ==, 0.8);
  g_assert_cmpint (shown (window)->bars->chosen, ==, 1);
  choose (window, "win.view", "efficiency");
  /* A file has the marker only where the bars are of it. */
  g_autoptr (NullcurveFigure) exported =
      nullcurve_chart_page_make_figure (nullcurve_window_get_page (window));
  g_assert_true (isnan (exported->marker));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* The job of a comparison, until both its runs grow. */
static NullcurveJobItem *
begin_both (NullcurveWindow *window, MoeRun *a, MoeRun *b)
{
  g_autoptr (NullcurveJobItem) job =
      nullcurve_sweep_queue_take (nullcurve_window_get_queue (window));
  MoePlan plan;
  g_assert_cmpint (moe_plan_new (nullcurve_job_item_get_options (job), &plan, NULL), ==, MOE_OK);
  nullcurve_window_begin_run (window, a, b, &plan, NULL);
  moe_plan_clear (&plan);
  return g_steal_pointer (&job);
}

static void
end_both (NullcurveWindow *window, MoeRun *a, MoeRun *b)
{
  nullcurve_window_end_run (window, a, b, NULL);
  fixture_settle ();
}

/* One job of two sweeps that differ in the null mode; the first is pinned, and the view turns to
 * it. */
static void
test_ready_modes (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) run_a = new_run ("A", 1000), run_b = new_run ("B", 1100);
  fixture_activate (window, "win.compare-modes");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_queue (window))),
                    ==, 1);
  g_object_set (nullcurve_window_get_page (window), "view", "stages", NULL);
  g_autoptr (NullcurveJobItem) second = begin_both (window, run_a, run_b);
  NullcurveJobItem *first = nullcurve_job_item_get_first (second);
  g_assert_nonnull (nullcurve_runs_model_get_baseline (runs_of (window)));
  g_assert_true (nullcurve_run_item_get_run (nullcurve_runs_model_get_baseline (runs_of (window)))
                 == run_a);
  fixture_assert_chosen (window, "view", "throughput");
  fixture_assert_chosen (window, "scale", "baseline");
  /* Neither can be taken away while it is measured. */
  nullcurve_runs_model_select (runs_of (window),
                               nullcurve_runs_model_get_baseline (runs_of (window)));
  fixture_activate (window, "win.remove-run");
  fixture_activate (window, "win.clear-runs");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (runs_of (window))), ==, 2);
  end_both (window, run_a, run_b);
  MoeOptions a = *nullcurve_job_item_get_options (first);
  MoeOptions b = *nullcurve_job_item_get_options (second);
  g_assert_cmpint (a.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_INDEPENDENT);
  g_assert_cmpint (b.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_TAKE_UNTIL_NULL);
  g_assert_true (g_str_has_suffix (nullcurve_job_item_get_name (second), "take until null"));
  g_autofree char *line_a = moe_text_from_options (&a);
  b.choice[MOE_CHOICE_NULL_MODE] = a.choice[MOE_CHOICE_NULL_MODE];
  g_autofree char *line_b = moe_text_from_options (&b);
  g_assert_cmpstr (line_a, ==, line_b); /* nothing else differs */
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window))
                 != nullcurve_runs_model_get_baseline (runs_of (window)));
  g_assert_false (
      nullcurve_run_item_get_live (nullcurve_runs_model_get_baseline (runs_of (window))));
  const char *comparison = fixture_list_text (window, "comparison_text");
  g_assert_true (g_str_has_prefix (comparison, "This run is faster: +10.0\302\240% over 2 points"));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* The text of a label below the widget that begins so, or NULL. */
static const char *
find_label (GtkWidget *widget, const char *opening)
{
  if (GTK_IS_LABEL (widget) && g_str_has_prefix (gtk_label_get_text (GTK_LABEL (widget)), opening))
    return gtk_label_get_text (GTK_LABEL (widget));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      const char *text = find_label (child, opening);
      if (text != NULL)
        return text;
    }
  return NULL;
}

/* What a comparison says is of its own two runs, whatever is pinned or gone when it ends. */
static void
test_ready_another_pinned (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) other = new_run ("other", 4000);
  g_autoptr (MoeRun) a = new_run ("A", 1000), b = new_run ("B", 1100);
  NullcurveRunItem *other_item = nullcurve_runs_model_add (runs_of (window), other);
  fixture_activate (window, "win.compare-modes");
  g_object_unref (begin_both (window, a, b));
  nullcurve_runs_model_set_baseline (runs_of (window), other_item);
  end_both (window, a, b);
  const char *said = find_label (GTK_WIDGET (fixture_window_child (window, "toasts")),
                                 "Take until null against independent");
  g_assert_nonnull (said);
  g_assert_nonnull (strstr (said, "faster"));
  g_assert_nonnull (strstr (said, "+10.0\302\240%"));
  g_assert_null (nullcurve_runs_model_get_live (runs_of (window)));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* What was stopped on the way is kept, and nothing is said of it. */
static void
test_ready_stopped (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) a = new_run ("A", 1000), b = new_run ("B", 1100);
  fixture_activate (window, "win.compare-dispatch");
  g_autoptr (NullcurveJobItem) job = begin_both (window, a, b);
  g_assert_cmpint (nullcurve_job_item_get_options (nullcurve_job_item_get_first (job))
                       ->choice[MOE_CHOICE_NULL_DISPATCH],
                   ==, MOE_NULL_DISPATCH_COMPACT);
  fixture_activate (window, "win.stop");
  end_both (window, a, b);
  g_assert_null (
      find_label (GTK_WIDGET (fixture_window_child (window, "toasts")), "Carry against compact"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (runs_of (window))), ==, 2);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* A run's setup against what is set up: the fractions and the samples are those set up. */
static void
test_measure_against (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) run = new_run ("Earlier", 1000);
  MoeOptions options;
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_autofree char *line = moe_text_from_options (&options);
  moe_run_set_fact (run, "options", line);
  options.choice[MOE_CHOICE_NULL_DISPATCH] = MOE_NULL_DISPATCH_CARRY;
  options.iters += 2;
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
  nullcurve_runs_model_select (runs_of (window), nullcurve_runs_model_add (runs_of (window), run));
  fixture_settle ();
  fixture_activate (window, "win.measure-against");
  g_assert_nonnull (
      strstr (adw_message_dialog_get_body (fixture_find_dialog ()), "null_dispatch carry"));
  fixture_answer_dialog ("measure");
  g_autoptr (NullcurveJobItem) job =
      nullcurve_sweep_queue_take (nullcurve_window_get_queue (window));
  g_assert_nonnull (job);
  const MoeOptions *first = nullcurve_job_item_get_options (nullcurve_job_item_get_first (job));
  g_assert_cmpint (first->choice[MOE_CHOICE_NULL_DISPATCH], ==, MOE_NULL_DISPATCH_COMPACT);
  g_assert_cmpint (nullcurve_job_item_get_options (job)->choice[MOE_CHOICE_NULL_DISPATCH], ==,
                   MOE_NULL_DISPATCH_CARRY);
  g_assert_cmpuint (first->iters, ==, options.iters);

  /* Curves that have no partner cannot be measured in the same rounds. */
  options.topk_list = (MoeSizeList){ { 1, 2, 4 }, 3 };
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
  fixture_settle ();
  fixture_activate (window, "win.measure-against");
  g_assert_false (adw_message_dialog_get_response_enabled (fixture_find_dialog (), "measure"));
  fixture_answer_dialog ("cancel");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Without null slots, or where carry cannot be, the button says why. */
static void
test_ready_refused (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  MoeOptions options, plain;
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_true (gtk_widget_get_sensitive (fixture_window_child (window, "ready_modes")));
  plain = options;
  plain.null_route_frac_list.values[0] = 0;
  plain.null_route_frac_list.n = 1;
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &plain);
  fixture_settle ();
  g_assert_false (gtk_widget_get_sensitive (fixture_window_child (window, "ready_modes")));
  g_assert_nonnull (
      strstr (gtk_widget_get_tooltip_text (fixture_window_child (window, "ready_modes")),
              "null fraction above 0"));
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (window), &options);
  fixture_settle ();
  g_assert_true (gtk_widget_get_sensitive (fixture_window_child (window, "ready_modes")));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* What is known of the run while it goes on, in one line. */
static void
test_progress_line (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  g_autoptr (MoeRun) run = new_run ("Live", 1000);
  MoeOptions options;
  MoePlan plan;
  MoeProgress progress = { .phase = MOE_RUN_PHASE_MEASURE, .fraction = 0.61, .remaining_s = 42 };
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  moe_run_set_fact (run, "governor", "performance");
  nullcurve_window_begin_run (window, NULL, run, &plan, NULL);
  nullcurve_window_update_run (window, &progress, TRUE);
  const char *left =
      gtk_label_get_label (fixture_child (fixture_child (window, "progress"), "left"));
  g_assert_true (g_str_has_prefix (left, "42 s left · spread "));
  g_assert_true (g_str_has_suffix (left, " · governor performance"));
  nullcurve_window_end_run (window, NULL, run, NULL);
  /* And at its end what it shows. */
  g_assert_nonnull (find_label (GTK_WIDGET (fixture_window_child (window, "toasts")),
                                "At f = 0.5 null routing buys 1.80× of the ideal 2.00×"));
  moe_plan_clear (&plan);
  fixture_settle ();
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Settings of a version in which relative was a view of its own. */
static void
test_old_settings (void)
{
  g_autoptr (GSettings) settings = g_settings_new (NULLCURVE_APP_ID);
  NullcurveWindow *window = fixture_window_new (application);
  g_settings_set_string (settings, "view", "relative");
  nullcurve_window_set_settings (window, settings);
  fixture_assert_chosen (window, "view", "throughput");
  fixture_assert_chosen (window, "scale", "relative");
  g_autofree char *view = g_settings_get_string (settings, "view");
  g_autofree char *scale = g_settings_get_string (settings, "scale");
  g_assert_cmpstr (view, ==, "throughput");
  g_assert_cmpstr (scale, ==, "relative");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/window/views/pin", test_pin);
  g_test_add_func ("/window/views/switch", test_switch);
  g_test_add_func ("/window/views/row-to-point", test_row_to_point);
  g_test_add_func ("/window/views/against-baseline", test_against_baseline);
  g_test_add_func ("/window/views/baseline-is-live", test_baseline_is_live);
  g_test_add_func ("/window/views/stages-and-load", test_stages_and_load);
  g_test_add_func ("/window/views/where", test_where);
  g_test_add_func ("/window/views/ready/modes", test_ready_modes);
  g_test_add_func ("/window/views/ready/another-pinned", test_ready_another_pinned);
  g_test_add_func ("/window/views/ready/stopped", test_ready_stopped);
  g_test_add_func ("/window/views/ready/refused", test_ready_refused);
  g_test_add_func ("/window/views/measure-against", test_measure_against);
  g_test_add_func ("/window/views/progress-line", test_progress_line);
  g_test_add_func ("/window/views/old-settings", test_old_settings);
  int status = g_test_run ();
  g_clear_object (&application);
  return status;
}
