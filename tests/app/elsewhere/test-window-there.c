/* SPDX-License-Identifier: Apache-2.0 */
/* The window measures at another place: through commands that stand in for srun, good ones and bad
 * ones. */
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#define G_SETTINGS_ENABLE_BACKEND
#include <gio/gsettingsbackend.h>

#include "app/session.h"
#include "engine/elsewhere/arguments.h"
#include "engine/formats/formats.h"
#include "engine/remote/hosts.h"
#include "engine/sweep/presets.h"
#include "engine/text/tame.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/places/command-dialog.h"
#include "ui/places/place-row.h"
#include "ui/places/places-dialog.h"

static AdwApplication *application;
static char *folder;
static char *fake_srun; /* keeps its process id and its arguments, and becomes the program */

typedef struct Fixture
{
  NullcurveWindow *window;
  NullcurveSession *session;
} Fixture;

static char *
write_script (const char *name, const char *text)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree char *whole = g_strdup_printf ("#!/bin/sh\n%s\n", text);
  g_assert_true (g_file_set_contents (path, whole, -1, NULL));
  g_assert_cmpint (g_chmod (path, 0700), ==, 0);
  return path;
}

static char *
read_kept (const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return text;
}

/* --- what is waited for --- */

static NullcurveThere *
there_of (gpointer window)
{
  return nullcurve_setup_panel_get_there (nullcurve_window_get_setup (window));
}

static gboolean
is_known (gpointer window)
{
  MoeToldForecast told;
  return nullcurve_there_get_forecast (there_of (window), &told);
}

static gboolean
is_refused (gpointer window)
{
  return nullcurve_there_get_refusal (there_of (window)) != NULL;
}

static gboolean
is_wrong (gpointer window)
{
  return nullcurve_there_get_problem (there_of (window)) != NULL;
}

static gboolean
is_paused (gpointer window)
{
  return nullcurve_sweep_queue_get_state (nullcurve_window_get_queue (window))
         == NULLCURVE_SWEEP_PAUSED;
}

static gboolean
has_points (gpointer window)
{
  NullcurveRunItem *item = nullcurve_runs_model_get_selected (nullcurve_window_get_runs (window));
  return item != NULL && nullcurve_run_item_count_measured (item) >= 1;
}

static gboolean
has_dialog (gpointer unused)
{
  return fixture_find_dialog () != NULL;
}

/* --- a window --- */

static void
set_iters (Fixture *f, gsize iters)
{
  MoeOptions options;
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (f->window), &options);
  options.iters = iters;
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (f->window), &options);
}

static void
set_up (Fixture *f)
{
  MoeOptions options;
  f->window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  f->session = nullcurve_session_new (f->window);
  moe_presets_init_options (&options);
  options.shape = (MoeShape){ 64, 64, 48, 6, 0 };
  options.topk_list = (MoeSizeList){ { 1, 2 }, 2 };
  options.topk = 1;
  options.threads = 2;
  options.wait_quiet_s = 0;
  options.until_settled = false;
  options.null_route_sweep = false;
  options.null_route_frac_list = (MoeFractionList){ { 0.5 }, 1 };
  g_strlcpy (options.accelerator, "native", sizeof options.accelerator);
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (f->window), &options);
  set_iters (f, 2);
  /* Within the screen, and wide enough that nothing folds while a run begins. */
  gtk_window_set_default_size (GTK_WINDOW (f->window), 1240, 760);
  gtk_window_present (GTK_WINDOW (f->window));
}

static void
choose (Fixture *f, const char *through, const char *program)
{
  NullcurvePlaces *places = nullcurve_window_get_places (f->window);
  g_autoptr (NullcurvePlace) place =
      nullcurve_place_new ("rack", NULLCURVE_PLACE_COMMAND, through, program, "");
  nullcurve_places_add (places, place);
  nullcurve_places_choose (places, place);
}

static void
choose_good (Fixture *f)
{
  choose (f, fake_srun, g_getenv ("NULLCURVE_BENCH"));
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

static MoeRun *
run_in_hand (Fixture *f)
{
  NullcurveRunItem *item =
      nullcurve_runs_model_get_selected (nullcurve_window_get_runs (f->window));
  return item != NULL ? nullcurve_run_item_get_run (item) : NULL;
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

static const char *
row_text (Fixture *f, const char *row, const char *label)
{
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (f->window);
  return fixture_child_text (fixture_child (panel, row), label);
}

/* --- what is saved --- */

static void
test_saved (void)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();
  g_autoptr (GSettings) settings =
      g_settings_new_with_backend ("io.github.nullcurve.Nullcurve", backend);
  g_autoptr (NullcurvePlaces) places = nullcurve_places_new ();
  nullcurve_places_set_settings (places, settings);
  g_autoptr (NullcurvePlace) host =
      nullcurve_place_new (" h 1 ", NULLCURVE_PLACE_HOST, "me@h1", "~/bench", "A=1 B='x y'");
  g_autoptr (NullcurvePlace) command =
      nullcurve_place_new ("slurm", NULLCURVE_PLACE_COMMAND, "srun -p gpu", "", "");
  nullcurve_places_add (places, host);
  nullcurve_places_add (places, command);
  nullcurve_places_choose (places, command);

  g_autoptr (NullcurvePlaces) again = nullcurve_places_new ();
  nullcurve_places_set_settings (again, settings);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 2);
  g_assert_true (nullcurve_places_get_chosen (again) == nullcurve_places_find (again, "slurm"));
  NullcurvePlace *found = nullcurve_places_find (again, "h 1");
  const MoePlace engine = nullcurve_place_get_engine (found);
  g_assert_cmpstr (engine.host, ==, "me@h1");
  g_assert_cmpstr (engine.program, ==, "~/bench");
  g_assert_cmpstr (engine.environment[1], ==, "B=x y");
  g_assert_true (nullcurve_places_find_origin (again, "srun -p gpu")
                 == nullcurve_places_get_chosen (again));
  g_assert_null (nullcurve_places_find_origin (again, "rm -rf /"));

  g_autofree char *free_name = nullcurve_places_dup_free_name (again, "slurm");
  g_assert_cmpstr (free_name, ==, "slurm 2");
  g_autofree char *wild = g_strnfill (5000, 'x');
  g_autofree char *short_name = nullcurve_places_dup_free_name (again, wild);
  g_assert_cmpuint (strlen (short_name), <, 200);
  nullcurve_places_remove (again, nullcurve_places_get_chosen (again));
  g_assert_null (nullcurve_places_get_chosen (again));
  g_autofree char *kept = g_settings_get_string (settings, "place");
  g_assert_cmpstr (kept, ==, "");
}

/* Settings are a file that anybody may have written: what is shown of a place is one plain line. */
static void
test_wild_words (void)
{
  g_autoptr (NullcurvePlace) place =
      nullcurve_place_new ("\x0e a\nb \xff", NULLCURVE_PLACE_HOST, "h\x1b[31m", "", "A='\x07");
  g_autofree char *described = nullcurve_place_describe (place);
  g_autoptr (GError) error = NULL;
  g_assert_false (nullcurve_place_check (place, &error));
  const char *shown[] = { nullcurve_place_get_name (place), described, error->message };
  for (gsize i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      g_autofree char *tame = g_strstrip (moe_text_tame (shown[i], MOE_TEXT_MAX_NAME));
      g_assert_cmpstr (shown[i], ==, tame);
    }
  g_assert_nonnull (strstr (shown[0], "a b"));
}

/* What cannot be a place says why, in a sentence. */
static void
test_no_place (void)
{
  static const struct
  {
    NullcurvePlaceKind kind;
    const char *target, *environment, *told;
  } places[] = {
    { NULLCURVE_PLACE_HOST, "", "", "is no host" },
    { NULLCURVE_PLACE_HOST, "-oProxyCommand=x", "", "is no host" },
    { NULLCURVE_PLACE_COMMAND, "", "", "is no command" },
    { NULLCURVE_PLACE_COMMAND, "srun 'x", "", "is no command" },
    { NULLCURVE_PLACE_HOST, "h", "A='x", "is no environment" },
    { NULLCURVE_PLACE_HOST, "h", "A", "sets no variable" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autoptr (NullcurvePlace) place =
          nullcurve_place_new ("x", places[i].kind, places[i].target, "", places[i].environment);
      g_autoptr (GError) error = NULL;
      g_assert_false (nullcurve_place_check (place, &error));
      g_assert_nonnull (strstr (error->message, places[i].told));
    }
}

/* Names of the ssh configuration, without patterns and what would be an option. */
static void
test_hosts (void)
{
  g_auto (GStrv) hosts =
      moe_hosts_read ("# Host no\nHost gpu1  gpu2 *.lab\n  HostName x\nhost=gpu3\n\tHOST \"gpu4\"\n"
                      "Host -oProxyCommand=x !y gpu1\nHostname gpu5\nHost\nMatch host gpu6\n");
  const char *expected[] = { "gpu1", "gpu2", "gpu3", "gpu4", NULL };
  g_assert_true (g_strv_equal ((const char *const *)hosts, expected));
  g_autoptr (GString) many = g_string_new (NULL);
  for (int i = 0; i < 1000; i++)
    g_string_append_printf (many, "Host h%d\n", i);
  g_auto (GStrv) most = moe_hosts_read (many->str);
  g_assert_cmpuint (g_strv_length (most), ==, MOE_HOSTS_MOST);
}

static void
put (const char *home, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (home, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* Files are included as ssh does it, where they stand; what waits, turns in a circle or is too much
 * to look through is left alone. */
static void
test_hosts_included (void)
{
  g_autofree char *home = g_build_filename (folder, "home", NULL);
  g_autofree char *other = g_build_filename (home, "other", NULL);
  g_autofree char *fifo = g_build_filename (home, ".ssh", "fifo", NULL);
  g_autofree char *config =
      g_strdup_printf ("Host first\nInclude conf.d/*.conf \"with blank\"\nInclude ~/home.conf %s\n"
                       "INCLUDE=config\nInclude fifo nowhere ~nobody/x %%d/x 'open\n"
                       "Include */*/*/* /dev/zero\nHost last\n",
                       other);
  put (home, ".ssh/config", config);
  put (home, ".ssh/conf.d/b.conf", "Host b\n");
  put (home, ".ssh/conf.d/a.conf", "Host a\nInclude deep\n");
  put (home, ".ssh/conf.d/c.txt", "Host c\n");
  put (home, ".ssh/deep", "Host deep\nInclude deep deep\n");
  put (home, ".ssh/with blank", "Host blank\n");
  put (home, "home.conf", "Host home\n");
  put (home, "other", "Host other\n");
  g_assert_no_errno (mkfifo (fifo, 0600));
  g_auto (GStrv) hosts = moe_hosts_of_home (home);
  const char *expected[] = { "first", "a", "deep", "b", "blank", "home", "other", "last", NULL };
  g_assert_true (g_strv_equal ((const char *const *)hosts, expected));
}

/* Options become the arguments that mean them. */
static void
test_arguments (void)
{
  MoeOptions options;
  moe_options_init (&options);
  g_auto (GStrv) none = moe_options_to_arguments (&options);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
  options.shape.tokens = 64;
  options.baseline = true;
  options.null_route_frac_list = (MoeFractionList){ { 0.25, 0.5 }, 2 };
  g_auto (GStrv) some = moe_options_to_arguments (&options);
  const char *expected[] = { "--tokens=64", "--null-route-frac-list=0.25,0.5", "--baseline", NULL };
  g_assert_cmpuint (g_strv_length (some), ==, 3);
  for (gsize i = 0; expected[i] != NULL; i++)
    g_assert_true (g_strv_contains ((const char *const *)some, expected[i]));
}

/* --- the form --- */

/* What the place is, what it can and what a sweep takes there come from there. */
static void
test_form (void)
{
  Fixture f;
  set_up (&f);
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (f.window);
  choose_good (&f);
  fixture_wait (is_known, f.window);
  fixture_settle ();
  g_assert_nonnull (strstr (row_text (&f, "where_row", "note"), g_get_host_name ()));
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_null (nullcurve_setup_panel_get_machine (panel));
  MoeToldForecast told;
  g_assert_true (nullcurve_there_get_forecast (there_of (f.window), &told));
  g_assert_cmpuint (told.points, ==, 4);
  g_assert_cmpstr (told.accelerator, ==, "native");
  g_assert_true (isfinite (told.forecast.time_total_s));
  GtkDropDown *accelerator = fixture_child (panel, "accelerator");
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (accelerator)), ==,
                    moe_accelerators_get_n (fixture_backends ()) + 1);
  MoeOptions options;
  nullcurve_setup_panel_get_options (panel, &options);
  g_assert_cmpstr (options.accelerator, ==, "native");

  /* What does not fit there is refused in the words of there. */
  options.shape.tokens = 100000000;
  nullcurve_setup_panel_set_options (panel, &options);
  fixture_wait (is_refused, f.window);
  fixture_settle ();
  g_assert_nonnull (strstr (nullcurve_setup_panel_get_problem (panel), "GiB"));
  g_assert_false (g_str_has_prefix (nullcurve_setup_panel_get_problem (panel), "nullcurve-bench"));

  /* And here it is what it was. */
  nullcurve_places_choose (nullcurve_window_get_places (f.window), NULL);
  options.shape.tokens = 64;
  nullcurve_setup_panel_set_options (panel, &options);
  fixture_settle ();
  g_assert_null (nullcurve_setup_panel_get_problem (panel));
  g_assert_cmpuint (gtk_drop_down_get_selected (fixture_child (panel, "where")), ==, 0);
  tear_down (&f);
}

/* The list has this machine, the places and the way to them, and sets what is chosen. */
static void
test_list (void)
{
  Fixture f;
  set_up (&f);
  NullcurvePlaces *places = nullcurve_window_get_places (f.window);
  GtkDropDown *list = fixture_child (nullcurve_window_get_setup (f.window), "where");
  /* The hosts are read once: a list that changes under the hand is none to choose from. */
  g_autofree char *config = g_build_filename (folder, ".ssh", "config", NULL);
  g_assert_true (g_file_set_contents (config, "Host gpu1 gpu2\n", -1, NULL));
  choose_good (&f);
  g_assert_true (g_file_set_contents (config, "Host gpu1\n", -1, NULL));
  g_assert_cmpuint (gtk_drop_down_get_selected (list), ==, 1);
  /* This machine, the place, a host of ssh, and the dialog. */
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (list)), ==, 4);
  gtk_drop_down_set_selected (list, 0);
  fixture_settle ();
  g_assert_null (nullcurve_places_get_chosen (places));
  gtk_drop_down_set_selected (list, 2);
  fixture_settle ();
  g_assert_cmpstr (nullcurve_place_get_target (nullcurve_places_get_chosen (places)), ==, "gpu1");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (places)), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (gtk_drop_down_get_model (list)), ==, 4);
  tear_down (&f);
}

/* A place that is none keeps nobody in the dark: the row and the card say why, and Run waits. */
static void
test_wrong_place (void)
{
  static const struct
  {
    const char *script, *told;
  } peers[] = {
    { "exec /no/such/bench", "was not found" },
    { "yes", "is no answer" },
    { "head -c 100000000 /dev/zero | tr '\\0' x", "is no " },
    { "exit 3", "exit status 3" },
    { "echo nullcurve-interface=7", "interface 7" },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      Fixture f;
      g_autofree char *peer = write_script ("peer", peers[i].script);
      set_up (&f);
      choose (&f, peer, "");
      fixture_wait (is_wrong, f.window);
      fixture_settle ();
      const char *problem =
          nullcurve_setup_panel_get_problem (nullcurve_window_get_setup (f.window));
      g_assert_nonnull (strstr (problem, peers[i].told));
      g_assert_cmpstr (row_text (&f, "where_row", "problem"), ==, problem);
      tear_down (&f);
    }
}

/* --- a run --- */

static void
test_whole_run (void)
{
  Fixture f;
  set_up (&f);
  choose_good (&f);
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  g_assert_true (nullcurve_place_get_busy (nullcurve_there_get_place (there_of (f.window))));
  fixture_wait (fixture_is_done, f.window);
  MoeRun *run = run_in_hand (&f);
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 4);
  g_assert_cmpstr (moe_run_get_fact (run, "place"), ==, fake_srun);
  g_assert_nonnull (strstr (moe_run_get_title (run), "rack"));
  g_autoptr (MoeRun) kept = read_run (moe_run_get_source (run));
  g_assert_cmpstr (moe_run_get_fact (kept, "state"), ==, "complete");
  g_assert_cmpstr (moe_run_get_title (kept), ==, moe_run_get_title (run));
  g_assert_cmpuint (moe_run_get_n_records (kept), ==, 4);
  g_assert_false (nullcurve_place_get_busy (nullcurve_there_get_place (there_of (f.window))));
  fixture_wait (is_known, f.window);
  tear_down (&f);
}

/* What is shown is what is run, word by word. */
static void
test_command (void)
{
  Fixture f;
  set_up (&f);
  choose_good (&f);
  NullcurveSweepSetup setup;
  nullcurve_setup_panel_get_setup (nullcurve_window_get_setup (f.window), &setup);
  g_autofree char *line = nullcurve_command_line (setup.place, &setup.options, NULL);
  activate (&f, "win.run");
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  g_autofree char *kept = read_kept ("run-arguments");
  g_auto (GStrv) words = NULL;
  g_assert_true (g_shell_parse_argv (line, NULL, &words, NULL));
  g_assert_cmpstr (words[0], ==, fake_srun);
  g_autofree char *joined = g_strjoinv ("\n", words + 1);
  g_assert_cmpstr (g_strchomp (kept), ==, joined);

  activate (&f, "win.show-command");
  g_assert_true (fixture_has_label (GTK_WIDGET (fixture_find_dialog ()), line));
  fixture_answer_dialog ("close");
  nullcurve_places_choose (nullcurve_window_get_places (f.window), NULL);
  g_autofree char *here = nullcurve_command_line (NULL, &setup.options, NULL);
  g_assert_true (g_str_has_prefix (here, "nullcurve-bench --"));
  tear_down (&f);
}

/* It stands still between two samples, goes on, and ends with what it has. */
static void
test_pause_and_stop (void)
{
  Fixture f;
  set_up (&f);
  set_iters (&f, 5000);
  choose_good (&f);
  activate (&f, "win.run");
  fixture_wait (has_points, f.window);
  activate (&f, "win.pause");
  fixture_wait (is_paused, f.window);
  activate (&f, "win.pause");
  g_assert_cmpint (nullcurve_sweep_queue_get_state (nullcurve_window_get_queue (f.window)), ==,
                   NULLCURVE_SWEEP_GOING);
  fixture_settle ();
  activate (&f, "win.stop");
  fixture_wait (fixture_is_done, f.window);
  g_autoptr (MoeRun) kept = read_run (moe_run_get_source (run_in_hand (&f)));
  g_assert_cmpstr (moe_run_get_fact (kept, "state"), ==, "stopped");
  tear_down (&f);
}

/* Broken off there, it is kept, said, and gone on with at the same place. */
static void
test_broken (void)
{
  Fixture f;
  g_autofree char *script =
      g_strdup_printf ("case \"$*\" in *--journal*) if [ ! -e '%s/broken' ]; then touch "
                       "'%s/broken'; \"$@\" | sed '/^sample 2 /q'; exit 0; fi;; esac; exec \"$@\"",
                       folder, folder);
  g_autofree char *breaks = write_script ("breaks", script);
  set_up (&f);
  set_iters (&f, 3);
  choose (&f, breaks, g_getenv ("NULLCURVE_BENCH"));
  activate (&f, "win.run");
  fixture_wait (has_dialog, NULL);
  g_assert_true (fixture_is_done (f.window));
  g_assert_nonnull (strstr (adw_message_dialog_get_body (fixture_find_dialog ()), "Interrupted"));
  g_autofree char *path = g_strdup (moe_run_get_source (run_in_hand (&f)));
  g_autoptr (MoeRun) broken = read_run (path);
  g_assert_cmpstr (moe_run_get_fact (broken, "state"), ==, "interrupted");
  g_assert_cmpstr (moe_run_get_fact (broken, "place"), ==, breaks);
  fixture_answer_dialog ("resume");
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  g_assert_cmpstr (moe_run_get_source (run_in_hand (&f)), ==, path);
  g_autoptr (MoeRun) whole = read_run (path);
  g_assert_cmpstr (moe_run_get_fact (whole, "state"), ==, "complete");
  g_assert_cmpuint (moe_run_get_n_records (whole), ==, 4);
  for (gsize i = 0; i < 4; i++)
    g_assert_cmpuint (moe_run_get_record (whole, i)->n_samples, >=, 3);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (f.window))),
                    ==, 1);

  /* At a place that nobody has saved nothing is started. */
  nullcurve_places_remove (nullcurve_window_get_places (f.window),
                           nullcurve_places_get_chosen (nullcurve_window_get_places (f.window)));
  nullcurve_file_desk_resume (nullcurve_window_get_files (f.window), path);
  fixture_settle ();
  g_assert_false (fixture_is_running (f.window));
  tear_down (&f);
}

/* What ends before its first sample says why, and leaves nothing behind. */
static void
test_nothing_measured (void)
{
  Fixture f;
  g_autofree char *peer = write_script ("peer", "case \"$*\" in *--journal*) echo 'no room' >&2; "
                                                "exit 1;; esac; exec \"$@\"");
  set_up (&f);
  choose (&f, peer, g_getenv ("NULLCURVE_BENCH"));
  activate (&f, "win.run");
  fixture_wait (has_dialog, NULL);
  g_assert_cmpstr (adw_message_dialog_get_body (fixture_find_dialog ()), ==, "no room");
  fixture_answer_dialog ("close");
  g_assert_null (run_in_hand (&f));
  tear_down (&f);
}

/* What waits is measured where it was set up. */
static void
test_queue (void)
{
  Fixture f;
  set_up (&f);
  choose_good (&f);
  fixture_wait (is_known, f.window);
  nullcurve_sweep_queue_hold (nullcurve_window_get_queue (f.window), TRUE);
  activate (&f, "win.enqueue");
  nullcurve_places_choose (nullcurve_window_get_places (f.window), NULL);
  fixture_wait (fixture_is_running, f.window);
  fixture_wait (fixture_is_done, f.window);
  g_assert_cmpstr (moe_run_get_fact (run_in_hand (&f), "place"), ==, fake_srun);
  tear_down (&f);
}

static gboolean
is_gone (gpointer id)
{
  return kill ((pid_t)g_ascii_strtoll (id, NULL, 10), 0) != 0;
}

static gboolean
is_null (gpointer weak)
{
  return *(gpointer *)weak == NULL;
}

/* The window asks before it leaves a run, and what measures there ends with it. */
static void
test_close (void)
{
  Fixture f;
  set_up (&f);
  set_iters (&f, 5000);
  choose_good (&f);
  activate (&f, "win.run");
  fixture_wait (has_points, f.window);
  gtk_window_close (GTK_WINDOW (f.window));
  fixture_wait (has_dialog, NULL);
  fixture_answer_dialog ("cancel");
  g_assert_true (fixture_is_running (f.window));
  g_autofree char *id = read_kept ("run-id");
  g_assert_false (is_gone (id));
  tear_down (&f);
  fixture_wait (is_gone, id);
}

/* Stopped by the dialog, the window closes once it has ended there. */
static void
test_stop_and_close (void)
{
  Fixture f;
  set_up (&f);
  set_iters (&f, 5000);
  choose_good (&f);
  activate (&f, "win.run");
  fixture_wait (has_points, f.window);
  g_autofree char *id = read_kept ("run-id");
  gpointer window = f.window, session = f.session;
  g_object_add_weak_pointer (window, &window);
  g_object_add_weak_pointer (session, &session);
  g_object_unref (f.session);
  gtk_window_close (GTK_WINDOW (f.window));
  fixture_wait (has_dialog, NULL);
  fixture_answer_dialog ("stop");
  fixture_wait (is_null, &window);
  g_assert_null (session);
  fixture_wait (is_gone, id);
}

/* --- several at once --- */

static gboolean
has_side (gpointer window)
{
  return nullcurve_side_sweeps_get_n (nullcurve_window_get_sides (window)) == 1;
}

static gboolean
has_no_side (gpointer window)
{
  return nullcurve_side_sweeps_get_n (nullcurve_window_get_sides (window)) == 0;
}

static gboolean
has_three_runs (gpointer window)
{
  return g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_runs (window))) == 3;
}

static guint
n_waiting (Fixture *f)
{
  return g_list_model_get_n_items (G_LIST_MODEL (nullcurve_window_get_queue (f->window)));
}

/* What waits for another place begins at once, one at a time at each, and has a row of its own. */
static void
test_sides (void)
{
  Fixture f;
  g_autofree char *other = write_script ("other", "exec \"$@\"");
  set_up (&f);
  set_iters (&f, 5000);
  choose_good (&f);
  activate (&f, "win.run");
  fixture_wait (has_points, f.window);
  /* At the same place it waits. */
  set_iters (&f, 2);
  activate (&f, "win.enqueue");
  g_assert_true (has_no_side (f.window));
  g_assert_cmpuint (n_waiting (&f), ==, 1);
  choose (&f, other, g_getenv ("NULLCURVE_BENCH"));
  activate (&f, "win.enqueue");
  g_assert_true (has_side (f.window));
  activate (&f, "win.enqueue");
  g_assert_cmpuint (n_waiting (&f), ==, 2);
  /* The next one of that place begins when the first has ended. */
  fixture_wait (has_three_runs, f.window);
  g_assert_true (has_side (f.window) && fixture_is_running (f.window));
  g_assert_cmpuint (n_waiting (&f), ==, 1);
  GListModel *runs = G_LIST_MODEL (nullcurve_window_get_runs (f.window));
  g_autoptr (NullcurveRunItem) item = g_list_model_get_item (runs, 1);
  g_assert_false (nullcurve_run_item_get_live (item));
  MoeRun *run = nullcurve_run_item_get_run (item);
  g_assert_cmpstr (moe_run_get_fact (run, "place"), ==, other);
  g_assert_cmpstr (moe_run_get_fact (run, "state"), ==, "complete");
  g_assert_cmpuint (moe_run_get_n_records (run), ==, 4);
  fixture_wait (has_no_side, f.window);
  g_assert_true (fixture_is_running (f.window));
  tear_down (&f);
}

/* --- the test of a place --- */

static gboolean
has_answer (gpointer row)
{
  return !g_str_equal (nullcurve_place_row_get_result (row, NULL), "Asking…");
}

static void
test_row (void)
{
  static const struct
  {
    const char *script, *told;
    gboolean good;
  } peers[] = {
    { "exec \"$@\"", "OpenBLAS: ", TRUE },
    { "exec /no/such/bench", "was not found", FALSE },
    { "echo hello", "name its path", FALSE },
    { "\"$@\" | sed 's/^version=.*/version=0.0.9/'", "0.0.9", TRUE },
    { "\"$@\" | sed '/^option.tile=/d; /^option.distribution=/s/|zipf//'",
      "does not have --distribution zipf, --tile.", TRUE },
  };
  g_autoptr (NullcurvePlaces) places = nullcurve_places_new ();
  GtkWidget *dialog = g_object_ref_sink (nullcurve_places_dialog_new (NULL, places));
  gtk_window_present (GTK_WINDOW (dialog));
  for (gsize i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autofree char *peer = write_script ("peer", peers[i].script);
      g_autoptr (NullcurvePlace) place = nullcurve_place_new ("x", NULLCURVE_PLACE_COMMAND, peer,
                                                              g_getenv ("NULLCURVE_BENCH"), "");
      GtkWidget *row = g_object_ref_sink (nullcurve_place_row_new (places, place));
      gboolean good;
      nullcurve_place_row_test (NULLCURVE_PLACE_ROW (row));
      fixture_wait (has_answer, row);
      const char *result = nullcurve_place_row_get_result (NULLCURVE_PLACE_ROW (row), &good);
      g_assert_nonnull (strstr (result, peers[i].told));
      g_assert_cmpint (good, ==, peers[i].good);
      g_object_unref (row);
    }
  /* One that hangs can be left. */
  g_autofree char *hangs = write_script ("hangs", "exec sleep 1000");
  g_autoptr (NullcurvePlace) place =
      nullcurve_place_new ("x", NULLCURVE_PLACE_COMMAND, hangs, "", "");
  GtkWidget *row = g_object_ref_sink (nullcurve_place_row_new (places, place));
  nullcurve_place_row_test (NULLCURVE_PLACE_ROW (row));
  fixture_settle ();
  g_assert_false (has_answer (row));
  nullcurve_place_row_test (NULLCURVE_PLACE_ROW (row));
  g_assert_cmpstr (nullcurve_place_row_get_result (NULLCURVE_PLACE_ROW (row), NULL), ==, "");
  g_object_unref (row);

  GtkWidget *added = nullcurve_places_dialog_add (NULLCURVE_PLACES_DIALOG (dialog));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (places)), ==, 1);
  g_signal_emit_by_name (added, "remove");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (places)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_unref (dialog);
}

static gboolean
has_button (GtkWidget *widget, const char *words)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), words) == 0)
    return gtk_widget_is_sensitive (widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_button (child, words))
      return TRUE;
  return FALSE;
}

/* Who measures at a place holds on to what it was: it is not edited, removed or asked meanwhile. */
static void
test_busy_row (void)
{
  g_autofree char *hangs = write_script ("hangs", "exec sleep 1000");
  g_autoptr (NullcurvePlaces) places = nullcurve_places_new ();
  g_autoptr (NullcurvePlace) place =
      nullcurve_place_new ("x", NULLCURVE_PLACE_COMMAND, hangs, "", "");
  g_autoptr (NullcurvePlace) other =
      nullcurve_place_new ("y", NULLCURVE_PLACE_COMMAND, hangs, "", "");
  nullcurve_places_add (places, place);
  GtkWidget *dialog = g_object_ref_sink (nullcurve_places_dialog_new (NULL, places));
  GtkWidget *widget = g_object_ref_sink (nullcurve_place_row_new (places, place));
  NullcurvePlaceRow *row = NULLCURVE_PLACE_ROW (widget);
  g_assert_true (has_button (widget, "_Test") && has_button (widget, "_Remove"));

  /* A test that goes on ends. */
  nullcurve_place_row_test (row);
  g_assert_true (has_button (widget, "Sto_p"));
  nullcurve_place_set_busy (place, TRUE);
  g_assert_nonnull (strstr (nullcurve_place_row_get_result (row, NULL), "is being measured"));
  g_assert_false (has_button (widget, "_Test") || has_button (widget, "Sto_p")
                  || has_button (widget, "_Remove"));
  g_autofree char *said = g_strdup (nullcurve_place_row_get_result (row, NULL));
  nullcurve_place_row_test (row);
  nullcurve_place_row_apply (row);
  g_assert_cmpstr (nullcurve_place_row_get_result (row, NULL), ==, said);
  nullcurve_places_replace (places, place, other);
  nullcurve_places_remove (places, place);
  g_assert_true (nullcurve_places_find (places, "x") == place);

  /* One that comes while it is busy says so too. */
  GtkWidget *late = g_object_ref_sink (nullcurve_place_row_new (places, place));
  g_assert_cmpstr (nullcurve_place_row_get_result (NULLCURVE_PLACE_ROW (late), NULL), ==, said);
  g_object_unref (late);

  nullcurve_place_set_busy (place, FALSE);
  g_assert_true (has_button (widget, "_Test") && has_button (widget, "_Remove"));
  g_assert_cmpstr (nullcurve_place_row_get_result (row, NULL), ==, "");
  nullcurve_places_replace (places, place, other);
  g_assert_true (nullcurve_places_find (places, "y") == other);
  g_object_unref (widget);
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_object_unref (dialog);
}

int
main (int argc, char *argv[])
{
  folder = g_dir_make_tmp ("nullcurve-there-XXXXXX", NULL);
  g_autofree char *ssh = g_build_filename (folder, ".ssh", NULL);
  g_autofree char *config = g_build_filename (ssh, "config", NULL);
  g_mkdir (ssh, 0700);
  g_assert_true (g_file_set_contents (config, "Host gpu1\n", -1, NULL));
  g_setenv ("HOME", folder, TRUE);
  fixture_ui_init (&argc, &argv);
  g_autofree char *script = g_strdup_printf ("case \"$*\" in *--journal*) echo $$ >'%s/run-id'; "
                                             "printf '%%s\\n' \"$@\" >'%s/run-arguments';; esac\n"
                                             "exec \"$@\"",
                                             folder, folder);
  fake_srun = write_script ("srun", script);
  application = fixture_application_new ();
  fixture_keep_limits (2);
  g_test_add_func ("/there/saved", test_saved);
  g_test_add_func ("/there/wild-words", test_wild_words);
  g_test_add_func ("/there/no-place", test_no_place);
  g_test_add_func ("/there/hosts", test_hosts);
  g_test_add_func ("/there/hosts-included", test_hosts_included);
  g_test_add_func ("/there/arguments", test_arguments);
  g_test_add_func ("/there/form", test_form);
  g_test_add_func ("/there/list", test_list);
  g_test_add_func ("/there/wrong-place", test_wrong_place);
  g_test_add_func ("/there/whole-run", test_whole_run);
  g_test_add_func ("/there/command", test_command);
  g_test_add_func ("/there/pause-and-stop", test_pause_and_stop);
  g_test_add_func ("/there/broken", test_broken);
  g_test_add_func ("/there/nothing-measured", test_nothing_measured);
  g_test_add_func ("/there/queue", test_queue);
  g_test_add_func ("/there/close", test_close);
  g_test_add_func ("/there/stop-and-close", test_stop_and_close);
  g_test_add_func ("/there/sides", test_sides);
  g_test_add_func ("/there/row", test_row);
  g_test_add_func ("/there/busy-row", test_busy_row);
  int failed = g_test_run ();
  g_object_unref (application);
  return failed;
}
