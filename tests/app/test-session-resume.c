/* SPDX-License-Identifier: Apache-2.0 */
/* A run that was broken off, measured to its end. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/session.h"
#include "engine/formats/formats.h"
#include "engine/sweep/library.h"
#include "engine/sweep/presets.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"

static AdwApplication *application;

typedef struct Fixture
{
  NullcurveWindow *window;
  NullcurveSession *session;
  MoeRun *measured; /* by measure () */
} Fixture;

static gboolean
is_read (gpointer window)
{
  return !nullcurve_file_desk_get_loading (nullcurve_window_get_files (window));
}

static gboolean
is_quiet (gpointer session)
{
  return !nullcurve_session_get_busy (session);
}

/* Two groups of four points, two samples each. */
static void
set_up (Fixture *f)
{
  MoeOptions options;
  f->window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  f->session = nullcurve_session_new (f->window);
  f->measured = NULL;
  moe_presets_init_options (&options);
  options.shape = (MoeShape){ 64, 64, 48, 6, 0 };
  options.topk_list = (MoeSizeList){ { 1, 2 }, 2 };
  options.topk = 1;
  options.threads = 2;
  options.wait_quiet_s = 0;
  options.iters = 2;
  options.until_settled = false;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.3, 0.6, 0.9 }, 3 };
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (f->window), &options);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
tear_down (Fixture *f)
{
  gpointer weak = f->session;
  g_object_add_weak_pointer (G_OBJECT (f->session), &weak);
  g_object_unref (f->session);
  g_clear_pointer (&f->measured, moe_run_unref);
  fixture_assert_window_finalised (GTK_WINDOW (f->window));
  g_assert_null (weak);
}

static MoeRun *
read_run (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  MoeRun *run = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  return run;
}

/* Measure the whole, and return its file. */
static char *
measure (Fixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.run", NULL);
  fixture_wait (fixture_is_running, f->window);
  fixture_wait (fixture_is_done, f->window);
  g_autoptr (NullcurveRunItem) item =
      g_list_model_get_item (G_LIST_MODEL (nullcurve_window_get_runs (f->window)), 0);
  f->measured = moe_run_ref (nullcurve_run_item_get_run (item));
  return g_strdup (moe_run_get_source (f->measured));
}

/* Cut the file off in the middle of the line that is number `sample` of the lines of the last
 * group's samples; how many the first has depends on how quiet the machine is. */
static void
cut_off (const char *path, guint sample)
{
  g_autofree char *text = NULL;
  gsize length;
  g_assert_true (g_file_get_contents (path, &text, &length, NULL));
  char *line = strstr (text, "\npoint 4 ");
  g_assert_nonnull (line);
  for (guint i = 0; i <= sample; i++)
    {
      line = strstr (line + 1, "\nsample ");
      g_assert_nonnull (line);
    }
  g_assert_true (g_file_set_contents (path, text, line + 12 - text, NULL));
}

/* In the list it takes the place of what there was of it. */
static gboolean
has_resumed (gpointer data)
{
  const Fixture *f = data;
  GListModel *runs = G_LIST_MODEL (nullcurve_window_get_runs (f->window));
  g_autoptr (NullcurveRunItem) item = g_list_model_get_item (runs, 0);
  return g_list_model_get_n_items (runs) == 1 && nullcurve_run_item_get_run (item) != f->measured
         && !nullcurve_window_get_running (f->window);
}

/* The last group was broken off: the first keeps its very samples, the last is measured anew. */
static void
test_resume (void)
{
  Fixture f;
  set_up (&f);
  g_autofree char *path = measure (&f);
  g_autofree char *dir = moe_library_dup_dir ();
  g_autoptr (MoeRun) whole = read_run (path);
  cut_off (path, 5);
  g_autoptr (MoeLibraryEntry) entry = moe_library_find_interrupted (dir, NULL);
  g_assert_nonnull (entry);
  g_assert_cmpuint (moe_library_entry_get_n_points (entry), ==, 8);
  /* The second round of the last group had begun: where nobody disturbed its samples, it has a
   * whole point. */
  g_assert_cmpuint (moe_library_entry_get_n_complete (entry), >=, 4);
  g_assert_cmpuint (moe_library_entry_get_n_complete (entry), <=, 5);
  g_assert_cmpuint (moe_library_entry_get_n_planned (entry), ==, 8);

  g_signal_emit_by_name (nullcurve_window_get_files (f.window), "resume-requested", path);
  fixture_wait (has_resumed, &f);
  g_autoptr (NullcurveRunItem) item =
      g_list_model_get_item (G_LIST_MODEL (nullcurve_window_get_runs (f.window)), 0);
  MoeRun *shown = nullcurve_run_item_get_run (item);
  g_assert_cmpstr (moe_run_get_title (shown), ==, moe_run_get_title (whole));
  g_assert_cmpstr (moe_run_get_source (shown), ==, path);
  g_assert_cmpuint (moe_run_get_n_records (shown), ==, 8);
  g_assert_nonnull (moe_run_get_fact (shown, "resumed"));

  g_autoptr (MoeRun) run = read_run (path);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 8);
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "complete");
  g_assert_true (g_str_has_prefix (moe_run_get_fact (run, "resumed"), "4 of 8 points"));
  for (gsize i = 0; i < 8; i++)
    {
      const MoeRecord *before = moe_run_get_record (whole, i), *now = moe_run_get_record (run, i);
      gboolean same = memcmp (before->samples_s, now->samples_s, 2 * sizeof (double)) == 0;
      g_assert_cmpuint (now->n_samples, >=, 2);
      g_assert_true (moe_record_same_curve (before, now));
      g_assert_true (same == (i < 4));
    }
  g_assert_null (moe_library_find_interrupted (dir, NULL));
  tear_down (&f);
}

/* Nothing but the end is missing: it gets one, and nothing is measured. */
static void
test_resume_whole (void)
{
  Fixture f;
  set_up (&f);
  g_autofree char *path = measure (&f);
  g_autofree char *dir = moe_library_dup_dir ();
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  *strstr (text, "\nend ") = '\0';
  g_autofree char *lines = g_strconcat (text, "\n", NULL);
  g_assert_true (g_file_set_contents (path, lines, -1, NULL));
  g_signal_emit_by_name (nullcurve_window_get_files (f.window), "resume-requested", path);
  fixture_wait (has_resumed, &f);
  g_assert_null (moe_library_find_interrupted (dir, NULL));
  fixture_wait (is_read, f.window);
  tear_down (&f);
}

static gboolean
has_left_queue (gpointer data)
{
  const Fixture *f = data;
  return g_object_get_data (G_OBJECT (f->window), "queued") != NULL
         && g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_queue (f->window))) == 0;
}

static void
queued_cb (NullcurveWindow *window)
{
  g_object_set_data (G_OBJECT (window), "queued", window);
}

/* Of another machine, it cannot be gone on with: the file stays as it is. */
static void
test_other_machine (void)
{
  Fixture f;
  set_up (&f);
  g_autofree char *path = measure (&f);
  cut_off (path, 1);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_auto (GStrv) parts = g_strsplit (text, "# cpu: ", 2);
  g_autofree char *other = g_strconcat (parts[0], "# cpu: Another, not ", parts[1], NULL);
  g_assert_true (g_file_set_contents (path, other, -1, NULL));
  g_signal_connect_swapped (nullcurve_window_get_queue (f.window), "changed",
                            G_CALLBACK (queued_cb), f.window);
  g_signal_emit_by_name (nullcurve_window_get_files (f.window), "resume-requested", path);
  fixture_wait (has_left_queue, &f);
  fixture_wait (is_quiet, f.session);
  fixture_settle ();
  g_assert_false (nullcurve_window_get_running (f.window));
  g_autofree char *after = NULL;
  g_assert_true (g_file_get_contents (path, &after, NULL, NULL));
  g_assert_cmpstr (after, ==, other);
  tear_down (&f);
}

static gboolean
is_one_and_read (gpointer window)
{
  GListModel *queue = G_LIST_MODEL (nullcurve_window_get_queue (window));
  g_autoptr (NullcurveJobItem) job = g_list_model_get_item (queue, 0);
  return g_list_model_get_n_items (queue) == 1 && !nullcurve_job_item_is_unread (job);
}

/* What waited at the end of the program is read again, and goes on once a person says so; what is
 * not there any more waits no longer. */
static void
test_waited (void)
{
  Fixture f;
  MoeOptions options;
  set_up (&f);
  g_autofree char *path = measure (&f);
  cut_off (path, 5);
  g_autoptr (GPtrArray) jobs = g_ptr_array_new_with_free_func (g_object_unref);
  const char *const paths[] = { "/nowhere/gone.journal", path };
  moe_presets_init_options (&options);
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      NullcurveJobItem *job = nullcurve_job_item_new ("Kept", &options, NAN);
      nullcurve_job_item_set_before (job, NULL, paths[i]);
      g_ptr_array_add (jobs, job);
    }
  NullcurveSweepQueue *queue = nullcurve_window_get_queue (f.window);
  nullcurve_sweep_queue_restore (queue, jobs);
  fixture_wait (is_one_and_read, f.window);
  g_autoptr (NullcurveJobItem) job = g_list_model_get_item (G_LIST_MODEL (queue), 0);
  g_assert_cmpstr (nullcurve_job_item_get_path (job), ==, path);
  g_assert_cmpuint (nullcurve_job_item_get_options (job)->shape.tokens, ==, 64);
  g_assert_true (nullcurve_sweep_queue_get_held (queue));
  g_assert_false (nullcurve_window_get_running (f.window));
  nullcurve_sweep_queue_hold (queue, FALSE);
  fixture_wait (has_resumed, &f);
  g_autoptr (MoeRun) whole = read_run (path);
  g_assert_cmpstr (moe_run_get_fact (whole, "state"), ==, "complete");
  tear_down (&f);
}

/* A name given while the run is measured is in its file too. */
static void
test_rename_live (void)
{
  Fixture f;
  set_up (&f);
  gtk_widget_activate_action (GTK_WIDGET (f.window), "win.run", NULL);
  fixture_wait (fixture_is_running, f.window);
  nullcurve_runs_model_rename (nullcurve_window_get_runs (f.window),
                               nullcurve_runs_model_get_live (nullcurve_window_get_runs (f.window)),
                               "Live name");
  fixture_wait (fixture_is_done, f.window);
  g_autoptr (MoeRun) run = read_run (moe_run_get_source (nullcurve_run_item_get_run (
      nullcurve_runs_model_get_selected (nullcurve_window_get_runs (f.window)))));
  g_assert_cmpstr (moe_run_get_title (run), ==, "Live name");
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "complete");
  tear_down (&f);
}

int
main (int argc, char *argv[])
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  fixture_keep_limits (2);
  g_test_add_func ("/session-resume/resume", test_resume);
  g_test_add_func ("/session-resume/whole", test_resume_whole);
  g_test_add_func ("/session-resume/other-machine", test_other_machine);
  g_test_add_func ("/session-resume/waited", test_waited);
  g_test_add_func ("/session-resume/rename-live", test_rename_live);
  int failed = g_test_run ();
  g_object_unref (application);
  return failed;
}
