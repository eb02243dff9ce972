/* SPDX-License-Identifier: Apache-2.0 */
/* A person who does whatever comes to hand, for as long as is asked: sets up, types nonsense, runs,
 * pauses, stops, opens good files and broken ones, exports, drags, resizes, hides, undoes, looks
 * through the library, closes the window and opens it again.  Nothing of it may bring a warning or
 * a critical message (either ends the program), and after every step model, view and files must
 * agree.
 *
 *   soak [--seconds N | --steps N] [--seed N] [--files FOLDER]...
 *
 * The seed is printed; with the same seed and --steps the same is done in the same order, though
 * threads never run the same twice.  Every hundred steps it tells how much memory is in use. Should
 * it end early, the last steps are told on standard error. */
#include <execinfo.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/session.h"
#include "engine/formats/formats.h"
#include "engine/sweep/library.h"
#include "engine/sweep/presets.h"
#include "tests/soak/litter.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/export/export-choice.h"
#include "ui/files/library-dialog.h"

enum
{
  MOST_RUNS = 12,  /* in the list: more of the same tell nothing */
  MOST_FILES = 60, /* in the library, likewise */
  TOLD_EVERY = 100,
  MOST_MIB = 3072, /* resident, sanitizers' own among it; a leak of every step shows long before */
  LEAST_SETTLE = 3,
  MOST_SOURCES = 16,
  REMEMBERED = 40, /* steps to be told when it ends early */
  REMEMBERED_SIZE = 200
};

typedef struct Soak
{
  AdwApplication *application;
  NullcurveWindow *window;
  NullcurveSession *session;
  GSettings *settings;
  char *exports;               /* the folder that exports go to */
  char *files;                 /* the folder of what is opened; damaged on the way */
  char *sources[MOST_SOURCES]; /* where those come from */
  gsize n_sources;
  Chance chance;
  guint64 seed;
  gsize steps, runs, windows, n_exports, n_opened;
  gint64 begin_us;
} Soak;

/* --- what was done --- */

static char remembered[REMEMBERED][REMEMBERED_SIZE];
static gsize n_remembered;

/* What the step under way does, to be told should it be the last. */
static void G_GNUC_PRINTF (2, 3) note (Soak *s, const char *format, ...)
{
  char *line = remembered[n_remembered++ % REMEMBERED];
  int n = g_snprintf (line, REMEMBERED_SIZE, "# step %zu: ", s->steps);
  va_list args;
  va_start (args, format);
  g_vsnprintf (line + n, (gulong)(REMEMBERED_SIZE - n), format, args);
  va_end (args);
  if (g_getenv ("SOAK_VERBOSE") != NULL)
    {
      puts (line);
      fflush (stdout);
    }
}

/* Whatever the state of the program: no more than write (). */
static void
tell_last_steps (void)
{
  for (gsize i = n_remembered > REMEMBERED ? n_remembered - REMEMBERED : 0; i < n_remembered; i++)
    {
      const char *line = remembered[i % REMEMBERED];
      if (write (STDERR_FILENO, line, strlen (line)) < 0 || write (STDERR_FILENO, "\n", 1) < 0)
        return;
    }
}

static void
fatal_cb (int number)
{
  void *frames[64];
  tell_last_steps ();
  backtrace_symbols_fd (frames, backtrace (frames, 64), STDERR_FILENO);
  signal (number, SIG_DFL);
  raise (number);
}

/* The sanitizers' own way of being told; there only with them. */
extern void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

/* Words that are no fault of the program's: GTK 4.8 says of itself now and then that its entries
 * find words selected while the cursor blinks, and that a tooltip's popover has gone meanwhile; and
 * nobody shows notifications in a test's session. */
static gboolean
is_known (const char *message)
{
  static const char *const known[] = { "GtkText - unexpected blinking selection. Removing",
                                       "gdk_monitor_get_geometry: assertion 'GDK_IS_MONITOR",
                                       "gdk_surface_get_device_position: assertion 'GDK_IS_SURFACE",
                                       "unable to send notifications through org.freedesktop" };
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_has_prefix (message, known[i]))
      return TRUE;
  return FALSE;
}

/* GTK's newer messages come here, those by g_log () below. */
static GLogWriterOutput
write_log_cb (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && fields[i].length < 0
        && is_known (fields[i].value))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, data);
}

/* Of GLib's tests, which would announce the end at a message that could be fatal. */
static GLogFunc tell_log;

static void
tell_log_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (!is_known (message))
    tell_log (domain, level, message, data);
}

static gboolean
is_fatal_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return !is_known (message);
}

static void
remember_steps (void)
{
  g_log_set_writer_func (write_log_cb, NULL, NULL);
  signal (SIGABRT, fatal_cb);
  signal (SIGTRAP, fatal_cb);
  signal (SIGTERM, fatal_cb); /* of whoever loses patience with one that hangs */
  if (__sanitizer_set_death_callback != NULL)
    __sanitizer_set_death_callback (tell_last_steps);
}

/* --- chance --- */

static gsize
below (Soak *s, gsize n)
{
  return chance_below (&s->chance, n);
}

static gboolean
one_in (Soak *s, gsize n)
{
  return chance_one_in (&s->chance, n);
}

static double
within (Soak *s, double low, double high)
{
  return chance_within (&s->chance, low, high);
}

/* --- what there is --- */

static GListModel *
list (Soak *s)
{
  return G_LIST_MODEL (nullcurve_window_get_runs (s->window));
}

/* Owned by the list; NULL when there is none. */
static NullcurveRunItem *
any_run (Soak *s)
{
  gsize n = g_list_model_get_n_items (list (s));
  g_autoptr (NullcurveRunItem) item =
      n > 0 ? g_list_model_get_item (list (s), (guint)below (s, n)) : NULL;
  return item;
}

static gboolean
is_idle (gpointer data)
{
  const Soak *s = data;
  return !nullcurve_window_get_running (s->window) && !nullcurve_session_get_busy (s->session)
         && !nullcurve_file_desk_get_loading (nullcurve_window_get_files (s->window));
}

static gsize
count_samples (const MoeRun *run)
{
  gsize n = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    n += moe_run_get_record (run, i)->n_samples;
  return n;
}

/* --- the window --- */

static void
open_window (Soak *s)
{
  s->window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (s->application)));
  s->session = nullcurve_session_new (s->window);
  nullcurve_window_set_data_dir (s->window, g_getenv ("NULLCURVE_DATA_DIR"));
  nullcurve_window_set_settings (s->window, s->settings);
  gtk_window_present (GTK_WINDOW (s->window));
  if (one_in (s, 2))
    nullcurve_file_desk_restore (nullcurve_window_get_files (s->window));
  if (one_in (s, 2))
    nullcurve_file_desk_look_for_interrupted (nullcurve_window_get_files (s->window), NULL);
  s->windows++;
}

static void
close_window (Soak *s)
{
  gpointer session = s->session;
  g_object_add_weak_pointer (G_OBJECT (s->session), &session);
  g_clear_object (&s->session);
  fixture_assert_window_finalised (GTK_WINDOW (s->window));
  g_assert_null (session);
  s->window = NULL;
}

static void
activate (Soak *s, const char *action)
{
  gtk_widget_activate_action (GTK_WIDGET (s->window), action, NULL);
}

/* --- steps --- */

/* A value for an option, of those that are cheap to measure. */
static void
vary_option (Soak *s, const MoeOptionSpec *spec, MoeOptions *options)
{
  static const char *const odd[] = {
    "0", "1", "7", "1e9", "0.5", "2,1,4", "0.9,0.1", "-1", "auto"
  };
  const char *value = odd[below (s, G_N_ELEMENTS (odd))];
  if (spec->names != NULL && spec->names->n > 0)
    value = spec->names->names[below (s, spec->names->n)];
  moe_options_set (options, spec->name, value, NULL);
}

static void
set_up (Soak *s)
{
  static const gsize tokens[] = { 1, 16, 64, 100 }, widths[] = { 1, 16, 33, 64 };
  gsize n_specs;
  const MoeOptionSpec *specs = moe_option_specs (&n_specs);
  MoeOptions options;
  moe_presets_init_options (&options);
  for (gsize i = 0; i < 4; i++)
    vary_option (s, &specs[below (s, n_specs)], &options);
  fixture_shrink_options (&options);
  options.shape = (MoeShape){ tokens[below (s, 4)], widths[below (s, 4)], widths[below (s, 4)],
                              1 + below (s, 8), one_in (s, 4) ? 8 : 0 };
  options.topk = 1 + below (s, 4);
  options.topk_list.n = 0;
  options.iters = 1 + below (s, 4);
  options.starts = below (s, 3);
  options.null_route_sweep = one_in (s, 2);
  options.null_route_frac_list.n = 0;
  options.null_route_frac = within (s, 0, 0.95);
  options.ep_size = below (s, 3);
  g_strlcpy (options.accelerator, one_in (s, 3) ? "native" : "auto", sizeof options.accelerator);
  note (s, "set up, %zu tokens, top-%zu", options.shape.tokens, options.topk);
  nullcurve_setup_panel_set_options (nullcurve_window_get_setup (s->window), &options);
}

/* All that can be typed in, switched or chosen in there. */
static void
collect_controls (GtkWidget *widget, GPtrArray *controls)
{
  if (GTK_IS_EDITABLE (widget) || GTK_IS_SWITCH (widget) || GTK_IS_DROP_DOWN (widget)
      || GTK_IS_CHECK_BUTTON (widget))
    {
      g_ptr_array_add (controls, widget);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    collect_controls (child, controls);
}

/* By hand, field by field, sense or nonsense. */
static void
fill_in (Soak *s)
{
  static const char *const typed[] = { "",
                                       "0",
                                       "1",
                                       "16",
                                       "-1",
                                       "2,4",
                                       "0.5",
                                       "0,5",
                                       "0.1,0.9,0.1",
                                       "1;2",
                                       "1e99",
                                       "nan",
                                       "99999999999999999999",
                                       "64 ",
                                       "0x10",
                                       "\xef\xbc\x99",
                                       "\342\200\25642",
                                       "<b>&amp;%s%n" };
  g_autoptr (GPtrArray) controls = g_ptr_array_new ();
  collect_controls (GTK_WIDGET (nullcurve_window_get_setup (s->window)), controls);
  gsize which = below (s, controls->len);
  GtkWidget *control = controls->pdata[which];
  const char *words = typed[below (s, G_N_ELEMENTS (typed))];
  note (s, "control %zu of %u, a %s: %s", which, controls->len, G_OBJECT_TYPE_NAME (control),
        words);
  if (GTK_IS_EDITABLE (control))
    gtk_editable_set_text (GTK_EDITABLE (control), words);
  else if (GTK_IS_DROP_DOWN (control))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (control),
                                (guint)below (s, g_list_model_get_n_items (gtk_drop_down_get_model (
                                                     GTK_DROP_DOWN (control)))));
  else
    g_object_set (control, "active", one_in (s, 2), NULL);
}

/* What was set up, in a size that is measured in moments. */
static void
shrink_setup (Soak *s)
{
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (s->window);
  MoeOptions options;
  nullcurve_setup_panel_get_options (panel, &options);
  MoeShape shape = options.shape;
  gsize iters = options.iters;
  fixture_shrink_options (&options);
  options.iters = MIN (iters, 4);
  options.shape =
      (MoeShape){ MIN (shape.tokens, 128), MIN (shape.hidden, 64), MIN (shape.mlp_dim, 64),
                  MIN (shape.experts, 8), MIN (shape.shared_dim, 16) };
  options.starts = MIN (options.starts, 2);
  options.topk_list.n = MIN (options.topk_list.n, 2);
  options.null_route_frac_list.n = MIN (options.null_route_frac_list.n, 4);
  nullcurve_setup_panel_set_options (panel, &options);
}

static void
run (Soak *s)
{
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (s->window);
  gboolean can = nullcurve_setup_panel_get_problem (panel) == NULL;
  const char *action = one_in (s, 4) ? "win.enqueue" : "win.run";
  if (can)
    shrink_setup (s);
  else if (one_in (s, 2))
    set_up (s); /* or else it is tried all the same, and nothing may come of it */
  note (s, "%s", action);
  if (nullcurve_setup_panel_get_problem (panel) == NULL)
    s->runs++;
  else
    can = FALSE;
  gboolean running = nullcurve_window_get_running (s->window);
  activate (s, action);
  g_assert_true (can || running || nullcurve_setup_panel_get_problem (panel) == NULL
                 || !nullcurve_window_get_running (s->window));
}

static void
interfere (Soak *s)
{
  static const char *const actions[] = { "win.stop", "win.pause", "win.pause", "win.queue-go-on" };
  const char *action = actions[below (s, G_N_ELEMENTS (actions))];
  note (s, "%s", action);
  activate (s, action);
}

/* A file that was put there, was exported, was measured, or is none. */
static GFile *
any_file (Soak *s)
{
  g_autofree char *library = moe_library_dup_dir ();
  const char *const folders[] = { s->files, s->files, s->exports, library };
  g_autofree char *path = litter_pick (folders[below (s, G_N_ELEMENTS (folders))], &s->chance);
  note (s, "file %s", path != NULL ? path : "that is none");
  s->n_opened++;
  return g_file_new_for_path (path != NULL ? path : "/nonexistent/a.csv");
}

/* What others do to files meanwhile. */
static void
damage_files (Soak *s)
{
  g_autofree char *library = moe_library_dup_dir ();
  switch (below (s, 8))
    {
    case 0:
      note (s, "a file of the library is gone");
      litter_bound (library, MAX (litter_count (library, NULL), 1) - 1, &s->chance);
      break;
    case 1:
      note (s, "an export is gone");
      litter_bound (s->exports, MAX (litter_count (s->exports, NULL), 1) - 1, &s->chance);
      break;
    case 2:
      note (s, "the files are as they were");
      for (gsize i = 0; i < s->n_sources; i++)
        litter_copy (s->sources[i], s->files);
      break;
    default:
      note (s, "a file is damaged");
      litter_damage (one_in (s, 3) ? s->exports : s->files, &s->chance);
    }
}

static void
open_files (Soak *s)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  for (gsize n = 1 + below (s, 3); n > 0; n--)
    g_ptr_array_add (files, any_file (s));
  nullcurve_file_desk_open (nullcurve_window_get_files (s->window), (GFile **)files->pdata,
                            files->len);
}

static void
drop_file (Soak *s)
{
  g_autoptr (GFile) file = any_file (s);
  GSList only = { .data = file };
  GdkFileList *files = gdk_file_list_new_from_list (&only);
  GtkDropTarget *target = fixture_find_drop_target (GTK_WIDGET (s->window));
  gboolean taken;
  GValue value = G_VALUE_INIT;
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, files);
  if (target != NULL)
    g_signal_emit_by_name (target, "drop", &value, 5.0, 5.0, &taken);
  g_value_unset (&value);
}

/* What was written is what was to be written. */
static void
check_export (Soak *s, const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  if (g_str_has_suffix (path, ".png"))
    g_assert_true (length > 8 && memcmp (text, "\x89PNG\r\n\x1a\n", 8) == 0);
  else if (g_str_has_suffix (path, ".pdf"))
    g_assert_true (g_str_has_prefix (text, "%PDF-"));
  else
    g_assert_true (length > 0 && g_utf8_validate (text, (gssize)length, NULL));
  if (g_str_has_suffix (path, ".svg"))
    g_assert_true (g_str_has_suffix (g_strchomp (text), "</svg>"));
  if (!g_str_has_suffix (path, ".csv"))
    return;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (MoeRun) read = moe_formats_read_file (file, NULL, &error);
  g_assert_no_error (error);
  NullcurveRunItem *item =
      nullcurve_runs_model_get_selected (nullcurve_window_get_runs (s->window));
  g_assert_cmpuint (moe_run_get_n_records (read), ==,
                    moe_run_get_n_records (nullcurve_run_item_get_run (item)));
}

static gboolean
export_to (Soak *s, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  NullcurveChartPage *page = nullcurve_window_get_page (s->window);
  if (g_str_has_suffix (path, ".csv"))
    return nullcurve_chart_page_export_csv (page, file);
  if (g_str_has_suffix (path, ".md") || g_str_has_suffix (path, ".html"))
    return nullcurve_chart_page_export_report (page, file);
  return nullcurve_chart_page_export_chart (page, file);
}

static void export(Soak *s)
{
  static const char *const names[] = {
    "a.png", "a.svg", "a.pdf", "b.svg", "a.csv", "a.md", "a.html"
  };
  NullcurveRunItem *selected =
      nullcurve_runs_model_get_selected (nullcurve_window_get_runs (s->window));
  const char *folder = one_in (s, 8) ? "/nonexistent" : s->exports;
  const char *name = names[below (s, G_N_ELEMENTS (names))];
  g_autofree char *path = g_build_filename (folder, name, NULL);
  if (selected == NULL || moe_run_get_n_records (nullcurve_run_item_get_run (selected)) == 0)
    return;
  note (s, "export to %s", path);
  gboolean done = export_to (s, path);
  g_assert_false (done && folder != s->exports);
  if (!done)
    return;
  check_export (s, path);
  s->n_exports++;
}

static void
handle_chart (Soak *s)
{
  static const char *const actions[] = { "chart.zoom-in",     "chart.zoom-out",
                                         "chart.zoom-undo",   "chart.zoom-reset",
                                         "chart.hide-curve",  "chart.show-curves",
                                         "chart.copy-readout" };
  NullcurveChartView *chart = fixture_chart (s->window);
  double width = gtk_widget_get_width (GTK_WIDGET (chart)) + 20.0;
  double height = gtk_widget_get_height (GTK_WIDGET (chart)) + 20.0;
  double x = within (s, -20, width), y = within (s, -20, height);
  gsize what = below (s, 6);
  note (s, "chart %zu at %g, %g", what, x, y);
  switch (what)
    {
    case 0:
      nullcurve_chart_view_drag (chart, x, y, within (s, -20, width), within (s, -20, height),
                                 one_in (s, 2));
      break;
    case 1:
      nullcurve_chart_view_turn (chart, x, y, one_in (s, 2) ? 0.8 : 1.25, one_in (s, 2));
      break;
    case 2:
      nullcurve_chart_view_point_at (chart, x, y);
      break;
    case 3:
      if (nullcurve_chart_view_get_figure (chart) != NULL
          && nullcurve_chart_view_get_figure (chart)->series->len > 0)
        nullcurve_chart_view_toggle (
            chart, below (s, nullcurve_chart_view_get_figure (chart)->series->len), one_in (s, 2));
      break;
    default:
      gtk_widget_activate_action (GTK_WIDGET (chart), actions[below (s, G_N_ELEMENTS (actions))],
                                  NULL);
    }
}

static void
choose_view (Soak *s)
{
  static const char *const names[][6] = {
    { "view", "throughput", "efficiency", "stages", "load", "table" },
    { "scale", "absolute", "relative", "baseline", "absolute", "none such" },
    { "facets", "none", "shape", "topk", "none", "shape" },
  };
  static const char *const flags[] = { "log-y", "x-ideal", "limits" };
  NullcurveChartPage *page = nullcurve_window_get_page (s->window);
  gsize which = below (s, 6);
  note (s, "choice %zu", which);
  if (which < 3)
    g_object_set (page, names[which][0], names[which][1 + below (s, 5)], NULL);
  else
    g_object_set (page, flags[which - 3], one_in (s, 2), NULL);
}

static void
change_runs (Soak *s)
{
  static const char *const titles[] = { "Another name", "", "  ",
                                        "Ein sehr langer Name, der umbricht", "<b>&amp;" };
  NullcurveRunsModel *runs = nullcurve_window_get_runs (s->window);
  NullcurveRunItem *item = any_run (s);
  if (item == NULL)
    return;
  gsize what = below (s, 10);
  note (s, "runs %zu", what);
  switch (what)
    {
    case 0:
      nullcurve_runs_model_rename (runs, item, titles[below (s, G_N_ELEMENTS (titles))]);
      break;
    case 1:
      nullcurve_runs_model_recolour (runs, item, (int)below (s, 8));
      break;
    case 2:
      nullcurve_runs_model_move (runs, item, (guint)below (s, MOST_RUNS));
      break;
    case 3:
      nullcurve_runs_model_show (runs, item, one_in (s, 2));
      break;
    case 4:
      nullcurve_runs_model_pin (runs, one_in (s, 3) ? NULL : item);
      break;
    case 5:
      fixture_delete_run (runs, item);
      break;
    case 6:
      nullcurve_runs_model_undo (runs);
      break;
    case 7:
      nullcurve_runs_model_redo (runs);
      break;
    case 8:
      nullcurve_runs_model_select (runs, item);
      break;
    default:
      if (one_in (s, 5))
        nullcurve_runs_model_clear (runs);
    }
}

static void
resize (Soak *s)
{
  /* Within the screen of tests/session: GTK has critical words for popovers beyond every monitor.
   */
  int width = (int)(360 + below (s, 921)), height = (int)(300 + below (s, 501));
  note (s, "%d by %d", width, height);
  gtk_window_set_default_size (GTK_WINDOW (s->window), width, height);
  if (one_in (s, 3))
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                        one_in (s, 2) ? ADW_COLOR_SCHEME_FORCE_DARK
                                                      : ADW_COLOR_SCHEME_DEFAULT);
}

/* Whatever the window offers, but what asks the desktop or measures for minutes. */
static void
activate_any (Soak *s)
{
  static const char *const left_out[] = { "open", "export-csv", "report", "open-folder", NULL };
  static const char *const formats[] = { "markdown", "csv", "tsv" };
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (s->window));
  const char *name = names[below (s, g_strv_length (names))];
  const GVariantType *type =
      g_action_group_get_action_parameter_type (G_ACTION_GROUP (s->window), name);
  GVariant *parameter = NULL;
  if (g_strv_contains (left_out, name))
    return;
  note (s, "action %s", name);
  if (strcmp (name, "copy-table") == 0)
    parameter = g_variant_new_string (formats[below (s, 3)]);
  else if (strcmp (name, "open-recent") == 0)
    parameter = g_variant_new_string ("file:///nonexistent/b.csv");
  else if (type != NULL)
    return; /* a choice: choose_view () makes those */
  g_action_group_activate_action (G_ACTION_GROUP (s->window), name, parameter);
}

/* In the library, when it is open: search, choose, open, trash, take back. */
static void
handle_library (Soak *s, NullcurveLibraryDialog *dialog)
{
  static const char *const actions[] = { "library.open", "library.trash", "library.untrash" };
  static const char *const words[] = { "", "top", "64", "native", "nothing such" };
  GtkListView *view = fixture_child (dialog, "view");
  GtkSelectionModel *selection = gtk_list_view_get_model (view);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (selection));
  gtk_editable_set_text (fixture_child (dialog, "search"), words[below (s, G_N_ELEMENTS (words))]);
  n = g_list_model_get_n_items (G_LIST_MODEL (selection));
  for (gsize i = 0; i < 3 && n > 0; i++)
    gtk_selection_model_select_item (selection, (guint)below (s, n), i == 0);
  const char *action = actions[below (s, 3)];
  note (s, "%s of %u", action, n);
  gtk_widget_activate_action (GTK_WIDGET (dialog), action, NULL);
}

/* Any of the answers that the program's questions have; one that a question lacks is none. */
static void
answer (Soak *s, AdwMessageDialog *dialog)
{
  static const char *const answers[] = { "add",     "cancel", "discard", "keep", "later",
                                         "replace", "resume", "stop",    "close" };
  const char *word = answers[below (s, G_N_ELEMENTS (answers))];
  if (!adw_message_dialog_has_response (dialog, word))
    word = adw_message_dialog_get_close_response (dialog);
  note (s, "\"%s\" to: %s", word, adw_message_dialog_get_heading (dialog));
  adw_message_dialog_response (dialog, word);
  gtk_window_close (GTK_WINDOW (dialog));
}

/* What has opened is answered, looked through or closed, now or later. */
static void
handle_dialogs (Soak *s)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();
  for (GList *l = toplevels; l != NULL; l = l->next)
    {
      if (l->data == s->window || !GTK_IS_WINDOW (l->data) || one_in (s, 3))
        continue;
      if (NULLCURVE_IS_LIBRARY_DIALOG (l->data) && one_in (s, 2))
        handle_library (s, l->data);
      else if (ADW_IS_MESSAGE_DIALOG (l->data))
        answer (s, l->data);
      else
        {
          note (s, "a %s is closed", G_OBJECT_TYPE_NAME (l->data));
          gtk_window_close (l->data);
        }
      return; /* what closes one may close others */
    }
}

static void
begin_again (Soak *s)
{
  if (!one_in (s, 10))
    return;
  note (s, "the window is closed and opened");
  close_window (s);
  open_window (s);
}

/* --- what must hold --- */

static void
check_list (Soak *s)
{
  NullcurveRunsModel *runs = nullcurve_window_get_runs (s->window);
  NullcurveRunItem *selected = nullcurve_runs_model_get_selected (runs);
  NullcurveRunItem *baseline = nullcurve_runs_model_get_baseline (runs);
  NullcurveRunItem *live = nullcurve_runs_model_get_live (runs);
  guint n = g_list_model_get_n_items (list (s)), at;
  g_assert_true ((selected != NULL) == (n > 0));
  g_assert_true (selected == NULL || nullcurve_runs_model_find (runs, selected, &at));
  g_assert_true (baseline == NULL || nullcurve_runs_model_find (runs, baseline, &at));
  g_assert_true (live == NULL || nullcurve_runs_model_find (runs, live, &at));
  g_assert_true (live == NULL || nullcurve_window_get_running (s->window));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (list (s), i);
      g_assert_nonnull (nullcurve_run_item_get_run (item));
      g_assert_true (g_utf8_validate (nullcurve_run_item_get_title (item), -1, NULL));
      g_assert_true (*nullcurve_run_item_get_title (item) != '\0');
    }
}

/* What the list of runs shows is what there is. */
static void
check_rows (Soak *s)
{
  NullcurveRunsModel *runs = nullcurve_window_get_runs (s->window);
  GtkListBox *rows = GTK_LIST_BOX (gtk_widget_get_template_child (
      fixture_window_child (s->window, "run_list"), NULLCURVE_TYPE_RUN_LIST, "list"));
  guint n = g_list_model_get_n_items (list (s));
  g_assert_null (gtk_list_box_get_row_at_index (rows, (int)n));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (list (s), i);
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (rows, (int)i);
      g_assert_true (NULLCURVE_IS_RUN_ROW (row));
      g_assert_true (nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)) == item);
    }
  GtkListBoxRow *selected = gtk_list_box_get_selected_row (rows);
  g_assert_true (n == 0
                 || nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (selected))
                        == nullcurve_runs_model_get_selected (runs));
}

/* Without a sentence at a field what is set up can be measured. */
static void
check_setup (Soak *s)
{
  NullcurveSetupPanel *panel = nullcurve_window_get_setup (s->window);
  MoeOptions options;
  MoeError error = { 0 };
  nullcurve_setup_panel_get_options (panel, &options);
  if (nullcurve_setup_panel_get_problem (panel) == NULL
      && moe_options_validate (&options, &error) != MOE_OK)
    g_error ("the form finds nothing wrong, but: %s", error.message);
}

/* A figure's points are in order, and finite where they are drawn from. */
static void
check_figure (Soak *s)
{
  const NullcurveFigure *figure = fixture_figure (s->window);
  for (gsize i = 0; figure != NULL && i < figure->series->len; i++)
    {
      const NullcurveSeries *series = nullcurve_figure_get_series (figure, i);
      g_assert_true (g_utf8_validate (series->label, -1, NULL));
      for (gsize panel = 0; panel < NULLCURVE_FIGURE_MAX_PANELS; panel++)
        for (guint k = 0; series->points[panel] != NULL && k < series->points[panel]->len; k++)
          {
            const NullcurvePoint *point = &g_array_index (series->points[panel], NullcurvePoint, k);
            g_assert_true (isfinite (point->x));
            g_assert_true (k == 0 || point[-1].x <= point->x);
          }
    }
}

/* Neither drafts nor anything else lies about. */
static void
check_folders (Soak *s)
{
  static const char *const exported[] = { ".png", ".svg", ".pdf", ".csv", ".md", ".html", NULL };
  /* Traces lie beside the run that they are of. */
  static const char *const kept[] = { ".journal", ".json", NULL };
  g_autofree char *library = moe_library_dup_dir ();
  litter_assert_tidy (s->exports, exported);
  litter_assert_tidy (library, kept);
}

/* What was measured here and is over is in its file, sample for sample. */
static void
check_files (Soak *s)
{
  for (guint i = 0; i < g_list_model_get_n_items (list (s)); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (list (s), i);
      MoeRun *shown = nullcurve_run_item_get_run (item);
      const char *path = moe_run_get_source (shown);
      if (nullcurve_run_item_get_live (item) || !moe_library_owns (path)
          || !g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      g_autoptr (GError) error = NULL;
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (MoeRun) kept = moe_formats_read_file (file, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (count_samples (kept), >=, count_samples (shown));
    }
}

static gsize
resident_mib (void)
{
  g_autofree char *text = NULL;
  gsize pages = 0;
  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*s %zu", &pages);
  return pages * (gsize)sysconf (_SC_PAGESIZE) >> 20;
}

static void
tell (Soak *s)
{
  gsize mib = resident_mib ();
  printf (
      "# %zu steps, %.0f s: %zu MiB, %zu runs begun, %zu files opened, %zu exports, %zu windows\n",
      s->steps, 1e-6 * (double)(g_get_monotonic_time () - s->begin_us), mib, s->runs, s->n_opened,
      s->n_exports, s->windows);
  fflush (stdout);
  g_assert_cmpuint (mib, <, MOST_MIB);
}

/* --- all of it --- */

static void
step (Soak *s)
{
  static void (*const steps[]) (Soak *) = {
    set_up,    fill_in,        fill_in,        run,          run,          interfere,   open_files,
    drop_file, damage_files,   export,         handle_chart, handle_chart, choose_view, change_runs,
    resize,    handle_dialogs, handle_dialogs, activate_any, begin_again,
  };
  steps[below (s, G_N_ELEMENTS (steps))](s);
  for (gsize n = LEAST_SETTLE + below (s, 200); n > 0; n--)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (200);
  if (s->window == NULL)
    return;
  check_list (s);
  check_rows (s);
  check_setup (s);
  check_figure (s);
  if (g_list_model_get_n_items (list (s)) > MOST_RUNS)
    fixture_delete_run (nullcurve_window_get_runs (s->window), any_run (s));
  if (++s->steps % TOLD_EVERY != 0)
    return;
  check_files (s);
  tell (s);
  g_autofree char *library = moe_library_dup_dir ();
  litter_bound (library, MOST_FILES, &s->chance);
}

static void
finish (Soak *s)
{
  activate (s, "win.queue-clear");
  nullcurve_sweep_queue_clear (nullcurve_window_get_queue (s->window));
  activate (s, "win.stop");
  fixture_wait (is_idle, s);
  check_files (s);
  close_window (s);
  check_folders (s);
  tell (s);
}

static guint64
take_number (int argc, char **argv, const char *name, guint64 otherwise)
{
  for (int i = 1; i + 1 < argc; i++)
    if (strcmp (argv[i], name) == 0)
      otherwise = g_ascii_strtoull (argv[i + 1], NULL, 10);
  return otherwise;
}

static void
take_sources (Soak *s, int argc, char **argv)
{
  for (int i = 1; i + 1 < argc && s->n_sources < MOST_SOURCES; i++)
    if (strcmp (argv[i], "--files") == 0)
      {
        s->sources[s->n_sources++] = argv[i + 1];
        litter_copy (argv[i + 1], s->files);
      }
}

/* Nothing of it is left where temporary files are. */
static void
clean_up (Soak *s)
{
  litter_bound (s->exports, 0, &s->chance);
  litter_bound (s->files, 0, &s->chance);
  g_assert_cmpint (g_rmdir (s->exports), ==, 0);
  g_assert_cmpint (g_rmdir (s->files), ==, 0);
  g_free (s->exports);
  g_free (s->files);
}

int
main (int argc, char **argv)
{
  int own = 1; /* GLib's tests would take the seed for theirs */
  guint64 seconds = take_number (argc, argv, "--seconds", 0);
  guint64 steps = seconds > 0 ? G_MAXUINT64 : take_number (argc, argv, "--steps", 300);
  Soak s = { .seed = take_number (argc, argv, "--seed", (guint64)g_get_real_time ()) };
  char **none = argv;
  remember_steps ();
  fixture_ui_init (&own, &none);
  g_test_log_set_fatal_handler (is_fatal_cb, NULL);
  tell_log = g_log_set_default_handler (tell_log_cb, NULL);
  s.chance = chance_from_seed (s.seed);
  s.application = fixture_application_new ();
  s.settings = g_settings_new (NULLCURVE_APP_ID);
  s.exports = g_dir_make_tmp ("nullcurve-soak-XXXXXX", NULL);
  s.files = g_dir_make_tmp ("nullcurve-soak-XXXXXX", NULL);
  take_sources (&s, argc, argv);
  s.begin_us = g_get_monotonic_time ();
  printf ("# seed %" G_GUINT64_FORMAT "\n", s.seed);
  fflush (stdout);
  /* No step shall wait for measurements of the machine. */
  fixture_keep_limits (1);
  fixture_keep_limits (2);
  open_window (&s);
  while (
      s.steps < steps
      && (seconds == 0 || g_get_monotonic_time () - s.begin_us < (gint64)seconds * G_USEC_PER_SEC))
    step (&s);
  finish (&s);
  clean_up (&s);
  g_object_unref (s.settings);
  g_object_unref (s.application);
  printf ("ok 1 /soak\n1..1\n");
  return 0;
}
