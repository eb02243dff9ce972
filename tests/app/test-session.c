/* SPDX-License-Identifier: Apache-2.0 */
/* The whole path in the window: Run, watch, stop, close. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "engine/formats/formats.h"
#include "engine/host/machine-file.h"
#include "engine/judge/bound.h"
#include "engine/records/run-noise.h"
#include "engine/sweep/library.h"
#include "engine/sweep/presets.h"
#include "tests/records/other-measuring.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/setup/setup-panel.h"

static AdwApplication *application;

typedef struct Fixture
{
  NullcurveWindow *window;
  NullcurveSession *session;
} Fixture;

static gboolean
is_quiet (gpointer session)
{
  return !nullcurve_session_get_busy (session);
}

static gboolean
is_known (gpointer window)
{
  return nullcurve_setup_panel_get_machine (nullcurve_window_get_setup (window)) != NULL;
}

static gboolean
is_gone (gpointer weak)
{
  return *(gpointer *)weak == NULL;
}

static gboolean
has_dialog (gpointer unused)
{
  return fixture_find_dialog () != NULL;
}

static gboolean
has_points (gpointer window)
{
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (nullcurve_window_get_runs (window));
  return item != NULL && nullcurve_run_item_count_measured (item) >= 1;
}

static void
set_up (Fixture *f, gsize tokens, gsize iters)
{
  MoeOptions options;
  f->window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  f->session = nullcurve_session_new (f->window);
  moe_presets_init_options (&options);
  options.shape = (MoeShape){ tokens, 64, 48, 6, 0 };
  options.topk_list = (MoeSizeList){ { 1, 2 }, 2 };
  options.topk = 1;
  options.threads = 2;
  options.wait_quiet_s = 0;
  options.iters = iters;
  options.until_settled = false;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.3, 0.6, 0.9 }, 3 };
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (f->window), &options);
  gtk_window_present (GTK_WINDOW (f->window));
}

/* The file of the run in hand; NULL when it is kept in none. */
static const char *
journal_path (Fixture *f)
{
  NullcurveRunsModel *runs = nullcurve_window_get_runs (f->window);
  return moe_run_get_source (nullcurve_run_item_get_run (nullcurve_runs_model_get_selected (runs)));
}

static void
tear_down (Fixture *f)
{
  gpointer weak = f->session;
  g_object_add_weak_pointer (G_OBJECT (f->session), &weak);
  g_object_unref (f->session);
  fixture_assert_window_finalised (GTK_WINDOW (f->window));
  g_assert_null (weak);
}

static void
activate (Fixture *f, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), action, NULL);
}

/* What is in the cache is there at once: nothing is measured, the forecast stands. */
static void
test_knows_at_start (void)
{
  Fixture f;
  set_up (&f, 64, 1);
  fixture_wait (is_known, f.window);
  fixture_wait (is_quiet, f.session);
  g_assert_false (gtk_revealer_get_reveal_child (
      fixture_child (fixture_window_child (f.window, "progress"), "revealer")));
  const MoeAccelerator *machine =
      nullcurve_setup_panel_get_machine (nullcurve_window_get_setup (f.window));
  MoeLimits expected = fixture_limits ();
  g_assert_true (machine->measured);
  g_assert_cmpfloat (machine->limits.peak_flops_per_s, ==, expected.peak_flops_per_s);
  g_autofree char *note = g_strdup (fixture_child_text (
      nullcurve_setup_panel_find_row (nullcurve_window_get_setup (f.window), "accelerator"),
      "note"));
  g_assert_true (g_str_has_prefix (note, machine->backend->title));
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (nullcurve_window_get_setup (f.window), &setup);
  g_assert_true (setup.backend == machine->backend);
  tear_down (&f);
}

static gboolean
is_measuring (gpointer window)
{
  GtkWidget *progress = fixture_window_child (window, "progress");
  return !nullcurve_window_get_running (window)
         && gtk_revealer_get_reveal_child (fixture_child (progress, "revealer"));
}

static gboolean
is_not_measuring (gpointer window)
{
  return !is_measuring (window);
}

/* As if all that is known had been measured under load: whatever the load is now, what comes out
 * of measuring again is then taken. */
static void
mark_disturbed (void)
{
  for (gsize i = 0; i < moe_accelerators_get_n (fixture_backends ()); i++)
    {
      const MoeBackend *backend = moe_accelerators_get (fixture_backends (), i)->backend;
      MoeLimits limits = fixture_limits ();
      limits.circumstances.disturbed = limits.calibration_circumstances.disturbed = true;
      moe_machine_store (backend, 0, 2, MOE_DTYPE_FLOAT32, &limits, NULL);
    }
}

/* Asked for by the menu: measured although it is known, with progress, and kept. */
static void
test_measures_again (void)
{
  Fixture f;
  double before = fixture_limits ().calibration.touch_bytes_per_s;
  mark_disturbed ();
  set_up (&f, 64, 1);
  fixture_wait (is_known, f.window);
  fixture_wait (is_quiet, f.session);
  activate (&f, "win.measure-machine");
  fixture_wait (is_measuring, f.window);
  g_assert_true (g_str_has_prefix (
      gtk_label_get_label (fixture_child (fixture_window_child (f.window, "progress"), "what")),
      "Measuring this machine: "));
  fixture_wait (is_quiet, f.session);
  fixture_wait (is_not_measuring, f.window);
  double after = nullcurve_setup_panel_get_machine (nullcurve_window_get_setup (f.window))
                     ->limits.calibration.touch_bytes_per_s;
  g_assert_cmpfloat (before, !=, after);
  tear_down (&f);
  fixture_keep_limits (2);
}

static gboolean
is_true (gpointer window)
{
  const MoeAccelerator *machine =
      nullcurve_setup_panel_get_machine (nullcurve_window_get_setup (window));
  return machine != NULL && !moe_limits_is_disturbed (&machine->limits);
}

/* What was measured under load is marked, and looked at again by itself until it is true: here
 * somebody else has measured it meanwhile. */
static void
test_made_again (void)
{
  Fixture f;
  mark_disturbed ();
  set_up (&f, 64, 1);
  fixture_wait (is_known, f.window);
  fixture_wait (is_quiet, f.session);
  const char *note = fixture_child_text (
      nullcurve_setup_panel_find_row (nullcurve_window_get_setup (f.window), "accelerator"),
      "note");
  if (!is_true (f.window))
    g_assert_nonnull (strstr (note, "again at a quiet moment."));
  fixture_keep_limits (2);
  fixture_wait (is_true, f.window);
  tear_down (&f);
}

/* Before a run it is told who else measures, and nothing begins unless that is wanted. */
static void
test_another_measures (void)
{
  Fixture f;
  set_up (&f, 64, 1);
  fixture_wait (is_known, f.window);
  fixture_wait (is_quiet, f.session);
  pid_t child = other_measuring_start ("The other");
  activate (&f, "win.run");
  g_assert_nonnull (strstr (adw_message_dialog_get_body (fixture_find_dialog ()), "“The other”"));
  fixture_answer_dialog ("cancel");
  fixture_settle ();
  g_assert_false (nullcurve_window_get_running (f.window));
  activate (&f, "win.run");
  fixture_answer_dialog ("run");
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  other_measuring_end (child);
  tear_down (&f);
}

/* Another data type is another machine: its rates are told once they are known. */
static void
test_follows_setup (void)
{
  Fixture f;
  MoeOptions options;
  set_up (&f, 64, 1);
  fixture_wait (is_known, f.window);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (f.window), &options);
  gsize n = moe_accelerators_get_n (fixture_backends ());
  for (gsize i = 0; i < n; i++)
    {
      const MoeBackend *backend = moe_accelerators_get (fixture_backends (), i)->backend;
      if (moe_accelerators_get (fixture_backends (), i)->reasons[MOE_DTYPE_FLOAT32] != NULL)
        continue;
      g_strlcpy (options.accelerator, backend->name, sizeof options.accelerator);
      nullcurve_setup_panel_set_options (nullcurve_window_get_setup (f.window), &options);
      fixture_wait (is_known, f.window);
      g_assert_true (
          nullcurve_setup_panel_get_machine (nullcurve_window_get_setup (f.window))->backend
          == backend);
    }
  tear_down (&f);
}

/* The one trace in the folder of run files, or NULL; removed. */
static char *
take_trace (void)
{
  g_autofree char *folder = moe_library_dup_dir ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  char *text = NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_assert_null (strstr (name, ".tmp-"));
      if (!g_str_has_suffix (name, ".json"))
        continue;
      g_assert_null (text);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  return text;
}

/* Asked for under Advanced: a process for each point, in a file beside the run's. */
static void
test_trace (void)
{
  Fixture f;
  set_up (&f, 64, 1);
  for (int wanted = 0; wanted < 2; wanted++)
    {
      gtk_switch_set_active (fixture_child (nullcurve_window_get_setup (f.window), "trace"),
                             wanted != 0);
      activate (&f, "win.run");
      fixture_wait (fixture_is_running, f.window);
      fixture_wait (fixture_is_done, f.window);
      g_autofree char *text = take_trace ();
      g_assert_cmpint (text != NULL, ==, wanted != 0);
      if (text == NULL)
        continue;
      g_assert_nonnull (strstr (text, "{\"name\":\"top-2 null 0.9 independent fused_w13\"}"));
      g_assert_nonnull (strstr (text, "\"title\":\"64x64x48x6, top-1, 2"));
    }
  tear_down (&f);
}

/* Two setups in the same rounds: two runs, each with a file of its own, that say so. */
static void
test_side_by_side (void)
{
  Fixture f;
  set_up (&f, 128, 3);
  fixture_wait (is_known, f.window);
  activate (&f, "win.compare-dispatch");
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  GListModel *runs = G_LIST_MODEL (nullcurve_window_get_runs (f.window));
  g_assert_cmpuint (g_list_model_get_n_items (runs), ==, 2);
  g_autoptr (NullcurveRunItem) first = g_list_model_get_item (runs, 0);
  g_autoptr (NullcurveRunItem) second = g_list_model_get_item (runs, 1);
  MoeRun *a = nullcurve_run_item_get_run (first), *b = nullcurve_run_item_get_run (second);
  g_assert_true (nullcurve_runs_model_get_baseline (nullcurve_window_get_runs (f.window)) == first);
  g_assert_nonnull (moe_run_get_fact (a, "rounds"));
  g_assert_cmpstr (moe_run_get_fact (a, "rounds"), ==, moe_run_get_fact (b, "rounds"));
  g_assert_cmpstr (moe_run_get_source (a), !=, moe_run_get_source (b));
  g_assert_cmpstr (moe_run_get_record (a, 0)->choice[MOE_CHOICE_NULL_DISPATCH], ==, "compact");
  g_assert_cmpstr (moe_run_get_record (b, 0)->choice[MOE_CHOICE_NULL_DISPATCH], ==, "carry");
  for (int i = 0; i < 2; i++)
    {
      MoeRun *run = i == 0 ? a : b;
      g_autoptr (GError) error = NULL;
      g_autoptr (GFile) file = g_file_new_for_path (moe_run_get_source (run));
      g_autoptr (MoeRun) journal = moe_formats_read_file (file, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (moe_run_get_n_records (run), ==, 8);
      g_assert_cmpuint (moe_run_get_n_records (journal), ==, 8);
      g_assert_cmpuint (moe_run_get_record (journal, 7)->n_samples, ==,
                        moe_run_get_record (run, 7)->n_samples);
      g_assert_cmpstr (moe_run_get_fact (journal, "rounds"), ==, moe_run_get_fact (a, "rounds"));
      g_assert_cmpstr (moe_run_get_fact (journal, "state"), ==, "complete");
    }
  tear_down (&f);
}

static void
test_whole_run (void)
{
  Fixture f;
  set_up (&f, 256, 4);
  /* Pressed at once: it waits until the machine is known. */
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (nullcurve_window_get_runs (f.window));
  MoeRun *run = nullcurve_run_item_get_run (item);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 8);
  for (gsize i = 0; i < 8; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      g_assert_cmpuint (record->n_samples, >=, 4); /* more where others disturb them */
      g_assert_cmpfloat (record->tokens_per_s, >, 0);
      g_assert_cmpfloat (fabs (record->null_realized - record->null_target), <, 0.2);
    }
  g_assert_false (nullcurve_run_item_get_live (item));
  g_assert_true (g_str_has_prefix (moe_run_get_title (run), "256x64x48x6, top-1, 2, "));
  g_assert_nonnull (moe_run_get_fact (run, "cpu"));

  /* "auto" took what it stands for, and says so; the limits travel with the run. */
  const MoeAccelerator *machine =
      nullcurve_setup_panel_get_machine (nullcurve_window_get_setup (f.window));
  MoeLimits limits;
  g_assert_cmpstr (moe_run_get_fact (run, "accelerator"), ==, machine->backend->name);
  g_assert_cmpstr (moe_run_get_record (run, 0)->choice[MOE_CHOICE_ACCELERATOR], ==,
                   machine->backend->name);
  g_assert_cmpstr (moe_run_get_fact (run, "accelerator chosen"), ==, machine->why);
  g_assert_true (moe_run_get_limits (run, &limits));
  g_assert_cmpfloat (limits.peak_flops_per_s, ==, fixture_limits ().peak_flops_per_s);

  /* What disturbed it is in its file, too. */
  MoeNoise noise, kept;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (journal_path (&f));
  g_autoptr (MoeRun) journal = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (moe_run_get_noise (run, &noise), ==, moe_run_get_noise (journal, &kept));
  g_assert_true (noise.others_busy == kept.others_busy || isnan (noise.others_busy));
  g_assert_cmpint (noise.power, ==, kept.power);
  g_assert_cmpstr (moe_run_get_fact (run, "warning 1"), ==,
                   moe_run_get_fact (journal, "warning 1"));
  g_assert_cmpstr (moe_run_get_fact (journal, "state"), ==, "complete");

  /* A second run is laid over the first. */
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (f.window))),
                    ==, 2);
  tear_down (&f);
}

static void
test_stop_keeps_points (void)
{
  Fixture f;
  g_autoptr (GError) error = NULL;
  set_up (&f, 4096, 100000);
  fixture_wait (is_known, f.window);
  fixture_wait (is_quiet, f.session);
  activate (&f, "win.run");
  fixture_wait (has_points, f.window);
  activate (&f, "win.stop");
  fixture_wait (fixture_is_done, f.window);
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (nullcurve_window_get_runs (f.window));
  g_assert_nonnull (item);
  MoeRun *run = nullcurve_run_item_get_run (item);
  gsize kept = moe_run_get_n_records (run), samples = 0, written = 0;
  g_assert_cmpuint (kept, >=, 1);
  for (gsize i = 0; i < kept; i++)
    {
      g_assert_cmpuint (moe_run_get_record (run, i)->n_samples, >, 0);
      samples += moe_run_get_record (run, i)->n_samples;
    }

  /* The run file has every sample that the window has. */
  g_autoptr (GFile) file = g_file_new_for_path (journal_path (&f));
  g_autoptr (MoeRun) journal = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < moe_run_get_n_records (journal); i++)
    written += moe_run_get_record (journal, i)->n_samples;
  g_assert_cmpuint (written, ==, samples);
  g_assert_cmpstr (moe_run_get_fact (journal, "state"), ==, "stopped");
  MoeLimits limits;
  g_assert_true (moe_run_get_limits (journal, &limits));
  tear_down (&f);
}

static gboolean
is_paused (gpointer window)
{
  return nullcurve_sweep_queue_get_state (nullcurve_window_get_queue (window))
         == NULLCURVE_SWEEP_PAUSED;
}

static gsize
count_samples (NullcurveWindow *window)
{
  MoeRun *run = nullcurve_run_item_get_run (
      nullcurve_runs_model_get_selected (nullcurve_window_get_runs (window)));
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

static gboolean
has_more_samples (gpointer data)
{
  const Fixture *f = data;
  gsize *before = g_object_get_data (G_OBJECT (f->window), "samples-before");
  return count_samples (f->window) > *before;
}

/* Nothing is measured during a pause; it goes on after, and a paused run can be stopped. */
static void
test_pause (void)
{
  Fixture f;
  set_up (&f, 4096, 100000);
  activate (&f, "win.run");
  fixture_wait (has_points, f.window);
  activate (&f, "win.pause");
  fixture_wait (is_paused, f.window);
  fixture_settle ();
  gsize before = count_samples (f.window);
  g_usleep (100000);
  fixture_settle ();
  g_assert_cmpuint (count_samples (f.window), ==, before);

  g_object_set_data (G_OBJECT (f.window), "samples-before", &before);
  activate (&f, "win.pause");
  fixture_wait (has_more_samples, &f);
  activate (&f, "win.pause");
  fixture_wait (is_paused, f.window);
  activate (&f, "win.stop");
  fixture_wait (fixture_is_done, f.window);
  tear_down (&f);

  /* Nor does a paused run hold up the window's end. */
  set_up (&f, 4096, 100000);
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  activate (&f, "win.pause");
  fixture_wait (is_paused, f.window);
  tear_down (&f);
}

static void
test_close_asks (void)
{
  Fixture f;
  set_up (&f, 4096, 100000);
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  gtk_window_close (GTK_WINDOW (f.window));
  fixture_wait (has_dialog, NULL);
  fixture_answer_dialog ("cancel");
  g_assert_true (nullcurve_window_get_running (f.window));

  gpointer weak = f.window;
  g_object_add_weak_pointer (G_OBJECT (f.window), &weak);
  gtk_window_close (GTK_WINDOW (f.window));
  fixture_wait (has_dialog, NULL);
  fixture_answer_dialog ("stop");
  fixture_wait (is_gone, &weak);
  g_assert_true (is_quiet (f.session));
  g_object_unref (f.session);
}

static void
test_destroy_during_run (void)
{
  Fixture f;
  set_up (&f, 4096, 100000);
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  tear_down (&f);
}

/* The run file cannot be made: the run goes on and the window says so. */
static void
test_no_run_file (void)
{
  Fixture f;
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *moved = g_strconcat (dir, ".kept", NULL);
  g_assert_cmpint (rename (dir, moved), ==, 0);
  g_assert_true (g_file_set_contents (dir, "in the way", -1, NULL));
  set_up (&f, 64, 4);
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  g_assert_null (journal_path (&f));
  g_assert_cmpuint (moe_run_get_n_records (nullcurve_run_item_get_run (
                        nullcurve_runs_model_get_selected (nullcurve_window_get_runs (f.window)))),
                    ==, 8);
  g_assert_cmpint (remove (dir), ==, 0);
  g_assert_cmpint (rename (moved, dir), ==, 0);
  tear_down (&f);
}

static gboolean
has_run_three_times (gpointer data)
{
  const Fixture *f = data;
  return g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (f->window))) == 3
         && !nullcurve_window_get_running (f->window);
}

static void
enqueue (NullcurveSweepQueue *queue, const char *name, const MoeOptions *options)
{
  g_autoptr (NullcurveJobItem) job = nullcurve_job_item_new (name, options, NAN);
  nullcurve_sweep_queue_append (queue, job);
}

/* Sweeps of the queue are measured one after the other, each as a run of its own; one that cannot
 * be does not stop the rest. */
static void
test_queue (void)
{
  Fixture f;
  MoeOptions options;
  set_up (&f, 64, 1);
  fixture_wait (is_known, f.window);
  fixture_wait (is_quiet, f.session);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (f.window), &options);
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (f.window);
  nullcurve_sweep_queue_hold (queue, TRUE);
  enqueue (queue, "First", &options);
  MoeOptions impossible = options;
  impossible.shape.tokens = 1u << 30;
  options.shape.tokens = 32;
  enqueue (queue, "Second", &options);
  enqueue (queue, "Impossible", &impossible);
  enqueue (queue, "Third", &options);
  nullcurve_sweep_queue_hold (queue, FALSE);
  fixture_wait (has_run_three_times, &f);
  g_autoptr (NullcurveRunItem) second =
      g_list_model_get_item (G_LIST_MODEL (nullcurve_window_get_runs (f.window)), 1);
  MoeRun *run = nullcurve_run_item_get_run (second);
  g_assert_true (g_str_has_prefix (moe_run_get_title (run), "Second"));
  g_assert_cmpuint (moe_run_get_record (run, 0)->shape.tokens, ==, 32);
  g_assert_cmpuint (nullcurve_run_item_count_measured (second), ==, 8);
  tear_down (&f);
}

/* Is there a label that says `piece`? */
static gboolean
says (GtkWidget *widget, const char *piece)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_label (GTK_LABEL (widget)), piece) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (says (child, piece))
      return TRUE;
  return FALSE;
}

static gboolean
misses_abacus (gpointer window)
{
  return says (window, "abacus");
}

/* One whose accelerator is not there says so when it leaves the queue. */
static void
test_missing_accelerator (void)
{
  Fixture f;
  MoeOptions options;
  set_up (&f, 64, 1);
  fixture_wait (is_known, f.window);
  fixture_wait (is_quiet, f.session);
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (f.window), &options);
  g_strlcpy (options.accelerator, "abacus", sizeof options.accelerator);
  enqueue (nullcurve_window_get_queue (f.window), "Counted", &options);
  fixture_wait (misses_abacus, f.window);
  g_assert_false (nullcurve_window_get_running (f.window));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_queue (f.window))),
                    ==, 0);
  tear_down (&f);
}

int
main (int argc, char *argv[])
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  fixture_keep_limits (2);
  g_test_add_func ("/session/knows-at-start", test_knows_at_start);
  g_test_add_func ("/session/measures-again", test_measures_again);
  g_test_add_func ("/session/made-again", test_made_again);
  g_test_add_func ("/session/another-measures", test_another_measures);
  g_test_add_func ("/session/follows-setup", test_follows_setup);
  g_test_add_func ("/session/whole-run", test_whole_run);
  g_test_add_func ("/session/side-by-side", test_side_by_side);
  g_test_add_func ("/session/trace", test_trace);
  g_test_add_func ("/session/queue", test_queue);
  g_test_add_func ("/session/missing-accelerator", test_missing_accelerator);
  g_test_add_func ("/session/stop-keeps-points", test_stop_keeps_points);
  g_test_add_func ("/session/pause", test_pause);
  g_test_add_func ("/session/close-asks", test_close_asks);
  g_test_add_func ("/session/destroy-during-run", test_destroy_during_run);
  g_test_add_func ("/session/no-run-file", test_no_run_file);
  int failed = g_test_run ();
  g_object_unref (application);
  return failed;
}
