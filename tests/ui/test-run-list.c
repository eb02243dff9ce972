/* SPDX-License-Identifier: Apache-2.0 */
/* The list of runs: what its rows say, and every change that can be made there. */
#include "engine/sweep/quantities.h"
#include "engine/sweep/resume.h"
#include "engine/sweep/run-options.h"
#include "engine/text/intern.h"
#include "tests/ui/ui-fixture.h"
#include "tests/ui/window-fixture.h"
#include "ui/cards/arrange.h"
#include "ui/cards/differences.h"
#include "ui/figure/style.h"
#include "ui/runs/run-colours.h"
#include "ui/runs/run-row.h"

#include <math.h>
#include <string.h>

static AdwApplication *application;

static NullcurveWindow *
new_window (void)
{
  NullcurveWindow *window = fixture_window_new (application);
  fixture_wait_frame (GTK_WIDGET (window));
  return window;
}

static NullcurveRunsModel *
runs_of (NullcurveWindow *window)
{
  return nullcurve_window_get_runs (window);
}

/* Five samples a point, one in a hundred apart, at f = 0 and 0.5. */
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
      record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("take_until_null");
      record.choice[MOE_CHOICE_DTYPE] = moe_text_intern ("float32");
      moe_run_append (run, &record);
      for (int n = 0; n < 5; n++)
        moe_run_add_sample (run, (gsize)i, 64 / (rate * (1 + 0.8 * i)) * (1 + 0.01 * n), NULL,
                            NULL);
    }
  return run;
}

static NullcurveRunItem *
add_one_of_many_runs (NullcurveWindow *window, const char *title, double rate)
{
  g_autoptr (MoeRun) run = new_run (title, rate);
  moe_run_set_fact (run, "host", "workstation");
  moe_run_set_fact (run, "date", "2026-11-02T17:42:00Z");
  moe_run_set_fact (run, "blas", "OpenBLAS 0.3.21 with flags");
  moe_run_set_fact (run, "threads", "2");
  return nullcurve_runs_model_add (runs_of (window), run);
}

static NullcurveRunItem *
add_run (NullcurveWindow *window, const char *title, double rate)
{
  NullcurveRunItem *item = add_one_of_many_runs (window, title, rate);
  fixture_settle ();
  return item;
}

static NullcurveRunRow *
row_of (NullcurveWindow *window, NullcurveRunItem *item)
{
  NullcurveRunRow *row =
      nullcurve_run_list_get_row (fixture_window_child (window, "run_list"), item);
  g_assert_nonnull (row);
  return row;
}

/* The first widget below `widget` that has the type and the name in the template. */
static GtkWidget *
find_child (GtkWidget *widget, const char *id)
{
  const char *name = gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget));
  if (g_strcmp0 (name, id) == 0)
    return widget;
  GtkWidget *found = NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_child (child, id);
  return found;
}

static const char *
label_of (NullcurveWindow *window, NullcurveRunItem *item, const char *id)
{
  return gtk_label_get_label (GTK_LABEL (find_child (GTK_WIDGET (row_of (window, item)), id)));
}

static guint
position_of (NullcurveWindow *window, NullcurveRunItem *item)
{
  guint position = G_MAXUINT;
  nullcurve_runs_model_find (runs_of (window), item, &position);
  return position;
}

static gboolean
has_words (gpointer item)
{
  return *nullcurve_run_item_get_words (item) != '\0';
}

static gboolean
has_height (gpointer row)
{
  return gtk_widget_get_height (row) > 0;
}

/* One line: the name, in what it differs, and one figure.  The rest is told when asked, and in the
 * properties. */
static void
test_words (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *item = add_run (window, "A run", 1000);
  g_assert_cmpstr (label_of (window, item, "title"), ==, "A run");
  g_assert_cmpstr (label_of (window, item, "words"), ==, "");
  g_assert_cmpstr (label_of (window, item, "figure"), ==, "1.80×");
  GtkWidget *box = find_child (GTK_WIDGET (row_of (window, item)), "name_box");
  const char *told = gtk_widget_get_tooltip_text (box);
  g_assert_nonnull (strstr (told, "64×32×16×8"));
  g_assert_nonnull (strstr (told, "workstation"));
  g_assert_nonnull (strstr (told, "2026-11-02"));
  g_assert_nonnull (strstr (told, "float32"));
  g_assert_null (strstr (told, "flags"));
  fixture_wait (has_height, row_of (window, item));
  int one_line = gtk_widget_get_height (GTK_WIDGET (row_of (window, item)));
  g_assert_cmpint (one_line, <, 40);

  g_autoptr (MoeRun) other = new_run ("Another, which has a long name of its own", 1000);
  moe_run_set_fact (other, "host", "laptop");
  NullcurveRunItem *second = nullcurve_runs_model_add (runs_of (window), other);
  fixture_wait (has_words, second);
  g_assert_cmpstr (label_of (window, item, "words"), ==, "workstation");
  g_assert_cmpstr (label_of (window, second, "words"), ==, "laptop");
  fixture_wait (has_height, row_of (window, second));
  g_assert_cmpint (gtk_widget_get_height (GTK_WIDGET (row_of (window, second))), ==, one_line);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* What differs, but for what a title says; of runs that differ in nothing the time. */
static void
test_differences (void)
{
  g_autoptr (MoeRun) a = new_run ("A, carry", 1000);
  g_autoptr (MoeRun) b = new_run ("B", 1000);
  MoeRun *const runs[2] = { a, b };
  MoeRecord record = *moe_run_get_record (b, 0);
  record.topk = 8;
  moe_run_append (b, &record);
  record = *moe_run_get_record (a, 0);
  record.choice[MOE_CHOICE_NULL_DISPATCH] = moe_text_intern ("carry");
  moe_run_replace (a, 0, &record);
  record = *moe_run_get_record (b, 0);
  record.choice[MOE_CHOICE_NULL_DISPATCH] = moe_text_intern ("compact");
  moe_run_replace (b, 0, &record);
  g_autoptr (GPtrArray) words = nullcurve_differences_new (runs, 2);
  g_assert_cmpstr (g_ptr_array_index (words, 0), ==, "top-4");
  g_assert_cmpstr (g_ptr_array_index (words, 1), ==, "top-4, 8, compact");

  /* Nobody sees the end of a long title. */
  moe_run_set_title (a, "A block of some size, with carry");
  g_autoptr (GPtrArray) cut = nullcurve_differences_new (runs, 2);
  g_assert_cmpstr (g_ptr_array_index (cut, 0), ==, "top-4, carry");

  g_autoptr (MoeRun) c = new_run ("C", 1000);
  g_autoptr (MoeRun) d = new_run ("C", 1000);
  MoeRun *const alike[2] = { c, d };
  moe_run_set_fact (c, "date", "2026-11-02");
  moe_run_set_fact (d, "date", "2026-11-03");
  g_autoptr (GPtrArray) dates = nullcurve_differences_new (alike, 2);
  g_assert_cmpstr (g_ptr_array_index (dates, 0), !=, g_ptr_array_index (dates, 1));
  g_autoptr (GPtrArray) alone = nullcurve_differences_new (alike, 1);
  g_assert_cmpstr (g_ptr_array_index (alone, 0), ==, "");

  /* One more sample changes nothing of that; a point, a fact, a name may. */
  g_autofree char *before = nullcurve_differences_grounds (alike, 2);
  moe_run_add_sample (c, 0, 0.1, NULL, NULL);
  g_autofree char *sampled = nullcurve_differences_grounds (alike, 2);
  g_assert_cmpstr (sampled, ==, before);
  moe_run_append (c, moe_run_get_record (c, 0));
  g_autofree char *longer = nullcurve_differences_grounds (alike, 2);
  g_assert_cmpstr (longer, !=, before);
  moe_run_set_fact (d, "threads", "4");
  g_autofree char *told = nullcurve_differences_grounds (alike, 2);
  g_assert_cmpstr (told, !=, longer);
  moe_run_set_title (d, "D");
  g_autofree char *named = nullcurve_differences_grounds (alike, 2);
  g_assert_cmpstr (named, !=, told);
}

static gboolean
finds_nothing (gpointer list)
{
  return gtk_widget_get_visible (find_child (list, "nothing"));
}

static gboolean
finds_one (gpointer list)
{
  const char *count = gtk_label_get_label (GTK_LABEL (find_child (list, "count")));
  return g_str_equal (count, "1 of 2");
}

static gboolean
has_no_words (gpointer item)
{
  return !has_words (item);
}

/* What is told of runs follows them, and the filter what is told. */
static void
test_words_follow (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *a = add_run (window, "A", 1000);
  NullcurveRunItem *b = add_run (window, "B", 1000);
  GtkWidget *list = fixture_window_child (window, "run_list");
  GtkWidget *find = find_child (list, "find");
  fixture_activate (window, "win.find-run");
  gtk_editable_set_text (GTK_EDITABLE (find), "top-4,");
  fixture_wait (finds_nothing, list);
  /* The first point of another top-k is what the runs differ in, and what was sought. */
  MoeRecord record = *moe_run_get_record (nullcurve_run_item_get_run (b), 0);
  record.topk = 8;
  moe_run_append (nullcurve_run_item_get_run (b), &record);
  nullcurve_run_item_touch (b);
  fixture_wait (finds_one, list);
  g_assert_nonnull (strstr (nullcurve_run_item_get_words (b), "top-4, 8"));
  g_assert_false (finds_nothing (list));
  /* Alone it differs from nothing. */
  nullcurve_runs_model_remove (runs_of (window), a);
  fixture_wait (has_no_words, b);
  fixture_wait (finds_nothing, list);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* A run that stands still does not tell those who listen that it goes on. */
static void
test_paused (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *item = add_run (window, "A", 1000);
  GtkWidget *row = GTK_WIDGET (row_of (window, item));
  GtkWidget *mark = find_child (row, "live_mark");
  nullcurve_run_item_set_live (item, TRUE);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "A, being measured");
  nullcurve_run_item_set_paused (item, TRUE);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "A, paused");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (mark), ==, "Paused");
  nullcurve_run_item_set_paused (item, FALSE);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "A, being measured");
  nullcurve_run_item_set_paused (item, TRUE);
  nullcurve_run_item_set_live (item, FALSE);
  g_assert_false (nullcurve_run_item_get_paused (item));
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "A");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static gboolean
is_elsewhere (gpointer item)
{
  return g_str_equal (nullcurve_run_item_get_title (item), "Elsewhere");
}

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

static gboolean
is_unmapped (gpointer widget)
{
  return !gtk_widget_get_mapped (widget);
}

static gboolean
has_focus_within (gpointer widget)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  return focus != NULL && gtk_widget_is_ancestor (focus, widget);
}

/* Names are written where the focus is, which a row has only once it is on screen. */
static GtkWidget *
start_rename (NullcurveWindow *window, NullcurveRunItem *item)
{
  fixture_activate (window, "win.rename-run");
  GtkWidget *entry = find_child (GTK_WIDGET (row_of (window, item)), "entry");
  fixture_wait (is_mapped, entry);
  fixture_wait (has_focus_within, entry);
  return entry;
}

static void
test_rename (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *item = add_run (window, "Before", 1000);
  fixture_wait_frame (GTK_WIDGET (window));
  GtkWidget *entry = start_rename (window, item);
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (entry)), ==, "Before");
  gtk_editable_set_text (GTK_EDITABLE (entry), "  After ");
  g_signal_emit_by_name (entry, "activate");
  fixture_wait (is_unmapped, entry);
  g_assert_cmpstr (nullcurve_run_item_get_title (item), ==, "After");
  g_assert_cmpstr (label_of (window, item, "title"), ==, "After");

  fixture_activate (window, "win.undo");
  g_assert_cmpstr (nullcurve_run_item_get_title (item), ==, "Before");
  fixture_activate (window, "win.redo");
  g_assert_cmpstr (nullcurve_run_item_get_title (item), ==, "After");

  /* Who goes elsewhere has said enough. */
  start_rename (window, item);
  gtk_editable_set_text (GTK_EDITABLE (entry), "Elsewhere");
  gtk_widget_grab_focus (fixture_window_child (window, "run_button"));
  fixture_wait (is_elsewhere, item);
  fixture_wait (is_unmapped, entry);
  fixture_activate (window, "win.undo");

  /* An empty name is none. */
  nullcurve_runs_model_rename (runs_of (window), item, " ");
  g_assert_cmpstr (nullcurve_run_item_get_title (item), ==, "After");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* A colour stays with its run, whatever comes and goes. */
static void
test_colours (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1000);
  g_assert_cmpint (nullcurve_run_item_get_palette (a), ==, 0);
  g_assert_cmpint (nullcurve_run_item_get_palette (b), ==, 1);
  fixture_delete_run (runs_of (window), a);
  fixture_settle ();
  const NullcurveFigure *figure = fixture_figure (window);
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 0)->palette, ==, 1);

  nullcurve_runs_model_recolour (runs_of (window), b, 5);
  fixture_settle ();
  g_assert_cmpint (nullcurve_run_item_get_palette (b), ==, 5);
  figure = fixture_figure (window);
  g_assert_cmpuint (nullcurve_figure_get_series (figure, 0)->palette, ==, 5);

  /* The same colour again, with another marker. */
  NullcurveRunItem *c = add_run (window, "C", 1000);
  nullcurve_runs_model_recolour (runs_of (window), c, 5);
  g_assert_cmpint (nullcurve_run_item_get_palette (c), ==, 5 + NULLCURVE_STYLE_N_COLOURS);
  fixture_activate (window, "win.undo");
  fixture_activate (window, "win.undo");
  g_assert_cmpint (nullcurve_run_item_get_palette (b), ==, 1);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static gboolean
is_in_view (GtkWidget *row)
{
  graphene_rect_t place;
  GtkWidget *window = gtk_widget_get_ancestor (row, GTK_TYPE_SCROLLED_WINDOW);
  return gtk_widget_compute_bounds (row, window, &place) && place.origin.y >= 0
         && place.origin.y + place.size.height <= (float)gtk_widget_get_height (window);
}

static gboolean
is_row_in_view (gpointer row)
{
  return is_in_view (row);
}

static gboolean
is_open (gpointer button)
{
  GtkPopover *popover = gtk_menu_button_get_popover (button);
  return popover != NULL && gtk_widget_get_mapped (GTK_WIDGET (popover));
}

/* Of a row far below the end of the window and of the screen: GDK would have critical words for it.
 */
static void
test_colours_out_of_sight (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *last = NULL;
  for (int i = 0; i < 31; i++)
    last = add_run (window, "A run", 1000);
  GtkWidget *bottom = GTK_WIDGET (row_of (window, last));
  GtkAdjustment *scroll = gtk_scrolled_window_get_vadjustment (
      GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (bottom, GTK_TYPE_SCROLLED_WINDOW)));
  nullcurve_runs_model_select (runs_of (window), last);
  fixture_wait (is_row_in_view, bottom);
  /* It is looked at once more in the next frame, whether it is there. */
  fixture_wait_frame (GTK_WIDGET (window));
  fixture_wait_frame (GTK_WIDGET (window));
  gtk_adjustment_set_value (scroll, 0);
  fixture_wait_frame (GTK_WIDGET (window));
  g_assert_false (is_in_view (bottom));
  fixture_activate (window, "win.recolour-run");
  fixture_wait (is_open, find_child (bottom, "colour"));
  g_assert_true (is_in_view (bottom));
  fixture_pop_down (gtk_menu_button_get_popover (GTK_MENU_BUTTON (find_child (bottom, "colour"))));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* The popovers themselves open only where there is a monitor, and complain where there is none. */
static void
test_popovers (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *a = add_run (window, "A", 1000);
  add_run (window, "B", 1000);
  /* The menu acts on the run that it belongs to. */
  GLogLevelFlags fatal = g_log_set_always_fatal (G_LOG_FATAL_MASK);
  nullcurve_run_row_open_menu (row_of (window, a));
  g_log_set_always_fatal (fatal);
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window)) == a);
  GtkWidget *more = find_child (GTK_WIDGET (row_of (window, a)), "more");
  g_assert_nonnull (gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (more)));
  gtk_test_accessible_assert_property (more, GTK_ACCESSIBLE_PROPERTY_LABEL, "What to do with “A”");
  fixture_pop_down (gtk_menu_button_get_popover (GTK_MENU_BUTTON (more)));

  GtkWidget *colours = g_object_ref_sink (nullcurve_run_colours_new ("row.recolour", 2));
  gtk_widget_set_parent (colours, GTK_WIDGET (row_of (window, a)));
  GtkGrid *grid = GTK_GRID (gtk_popover_get_child (GTK_POPOVER (colours)));
  g_signal_emit_by_name (gtk_grid_get_child_at (grid, 3, 0), "clicked");
  g_assert_cmpint (nullcurve_run_item_get_palette (a), ==, 3);
  gtk_widget_unparent (colours);
  g_assert_finalize_object (colours);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_move (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1000),
                   *c = add_run (window, "C", 1000);
  nullcurve_runs_model_set_baseline (runs_of (window), c);
  nullcurve_runs_model_select (runs_of (window), c);
  fixture_activate (window, "win.run-down");
  g_assert_cmpuint (position_of (window, c), ==, 2);
  fixture_activate (window, "win.run-up");
  g_assert_cmpuint (position_of (window, c), ==, 1);
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window)) == c);
  /* For no moment was it gone. */
  g_assert_true (nullcurve_runs_model_get_baseline (runs_of (window)) == c);

  /* Dropped onto another, it takes that one's place. */
  g_auto (GValue) dropped = G_VALUE_INIT;
  gboolean taken = FALSE;
  g_value_init (&dropped, NULLCURVE_TYPE_RUN_ITEM);
  g_value_set_object (&dropped, c);
  g_signal_emit_by_name (fixture_find_drop_target (GTK_WIDGET (row_of (window, a))), "drop",
                         &dropped, 5.0, 5.0, &taken);
  g_assert_true (taken);
  fixture_settle ();
  g_assert_cmpuint (position_of (window, c), ==, 0);
  g_assert_cmpuint (position_of (window, b), ==, 2);
  fixture_activate (window, "win.undo");
  fixture_activate (window, "win.undo");
  g_assert_cmpuint (position_of (window, a), ==, 0);
  g_assert_cmpuint (position_of (window, c), ==, 2);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_show (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *item = add_run (window, "A", 1000);
  GtkWidget *show = find_child (GTK_WIDGET (row_of (window, item)), "show");
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (show), FALSE);
  g_assert_false (nullcurve_run_item_get_visible (item));
  fixture_activate (window, "win.undo");
  g_assert_true (nullcurve_run_item_get_visible (item));
  g_assert_true (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (show)));
  fixture_activate (window, "win.hide-run");
  g_assert_false (nullcurve_run_item_get_visible (item));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* Removed, and back where it was, with its colour and as the baseline. */
static void
test_remove (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1000);
  nullcurve_runs_model_set_baseline (runs_of (window), a);
  nullcurve_runs_model_select (runs_of (window), a);
  fixture_activate (window, "win.remove-run");
  g_assert_cmpuint (position_of (window, a), ==, G_MAXUINT);
  g_assert_true (fixture_has_label (GTK_WIDGET (window), "“A” removed from the list"));
  g_assert_null (nullcurve_runs_model_get_baseline (runs_of (window)));
  NullcurveRunItem *c = add_run (window, "C", 1000);
  fixture_activate (window, "win.undo");
  g_assert_cmpuint (position_of (window, a), ==, 0);
  g_assert_cmpuint (position_of (window, b), ==, 1);
  g_assert_cmpuint (position_of (window, c), ==, 2);
  g_assert_true (nullcurve_runs_model_get_baseline (runs_of (window)) == a);
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window)) == a);

  fixture_activate (window, "win.clear-runs");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (runs_of (window))), ==, 0);
  fixture_activate (window, "win.undo");
  g_assert_cmpuint (position_of (window, c), ==, 2);
  g_assert_true (nullcurve_runs_model_get_baseline (runs_of (window)) == a);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_baseline (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1250);
  MoeRun *run_b = nullcurve_run_item_get_run (b);
  moe_run_set_fact (run_b, "host", "laptop");
  moe_run_set_fact (run_b, "dtype", "bfloat16");
  g_assert_null (nullcurve_run_item_get_delta (b));
  nullcurve_runs_model_select (runs_of (window), a);
  fixture_activate (window, "win.pin-baseline");
  GtkWidget *mark = find_child (GTK_WIDGET (row_of (window, a)), "pin_mark");
  g_assert_true (gtk_widget_get_visible (mark));
  g_assert_null (nullcurve_run_item_get_delta (a));
  g_assert_cmpstr (label_of (window, b, "figure"), ==, "1.25×");
  GtkWidget *figure = find_child (GTK_WIDGET (row_of (window, b)), "figure");
  GtkWidget *guard = find_child (GTK_WIDGET (row_of (window, b)), "guard");
  g_assert_true (gtk_widget_has_css_class (figure, "success"));
  const char *verdict = gtk_widget_get_tooltip_text (figure);
  const char *doubt = gtk_widget_get_tooltip_text (guard);
  g_assert_cmpstr (verdict, ==, "1.25× baseline, faster");
  g_assert_true (gtk_widget_get_visible (guard));
  g_assert_nonnull (strstr (doubt, "other machine, other dtype"));
  fixture_activate (window, "win.undo");
  g_assert_null (nullcurve_runs_model_get_baseline (runs_of (window)));
  g_assert_null (nullcurve_run_item_get_delta (b));
  g_assert_false (gtk_widget_get_visible (mark));
  g_assert_false (gtk_widget_get_visible (guard));
  g_assert_cmpstr (label_of (window, b, "figure"), ==, "1.80×");
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_delta_without_pairs (void)
{
  g_autoptr (MoeRun) a = new_run ("A", 1000);
  g_autoptr (MoeRun) b = moe_run_new (MOE_RUN_FORMAT_MEASURED, "B");
  g_autoptr (MoeComparison) none = moe_compare (&a, 1, &b, 1);
  g_autoptr (NullcurveRunDelta) nothing = nullcurve_run_delta_new (none, a, b);
  g_assert_cmpint (nothing->verdict, ==, MOE_VERDICT_OPEN);
  g_assert_nonnull (strstr (nothing->ratio_text, "no point in common"));

  g_autoptr (MoeRun) c = new_run ("C", 500);
  g_autoptr (MoeComparison) all = moe_compare (&a, 1, &c, 1);
  g_autoptr (NullcurveRunDelta) slower = nullcurve_run_delta_new (all, a, c);
  g_assert_cmpint (slower->verdict, ==, MOE_VERDICT_SLOWER);
  g_assert_cmpstr (slower->guard, ==, "");
}

/* From the recorded options, from a command line, from rows alone. */
static void
test_setup (void)
{
  g_autoptr (MoeRun) run = new_run ("A", 1000);
  g_autoptr (MoeRun) empty = moe_run_new (MOE_RUN_FORMAT_MEASURED, "B");
  MoeOptions options, before;
  moe_options_init_single (&options);
  before = options;
  g_assert_false (moe_run_to_options (empty, &options));
  g_assert_cmpmem (&options, sizeof options, &before, sizeof before);
  g_assert_true (moe_run_to_options (run, &options));
  g_assert_cmpuint (options.shape.hidden, ==, 32);
  g_assert_cmpuint (options.topk_list.n, ==, 1);
  g_assert_cmpuint (options.topk_list.values[0], ==, 4);
  g_assert_cmpfloat (options.null_route_frac_list.values[0], ==, 0.5);
  g_assert_cmpint (options.choice[MOE_CHOICE_PASS], ==, MOE_PASS_FORWARD);
  g_assert_cmpint (options.choice[MOE_CHOICE_NULL_MODE], ==, MOE_NULL_MODE_TAKE_UNTIL_NULL);

  moe_run_set_fact (run, "command", "nullcurve-bench --iters 9 --seed=7 --csv 'a b.csv' --warmup");
  options.until_settled = true;
  g_assert_true (moe_run_to_options (run, &options));
  g_assert_cmpuint (options.iters, ==, 9);
  /* It told of samples by number, whatever the form says. */
  g_assert_false (options.until_settled);
  g_assert_cmpuint (options.seed, ==, 7);
  moe_run_set_fact (run, "options", "tokens=128 hidden=48 topk=2 what=ever");
  g_assert_true (moe_run_to_options (run, &options));
  g_assert_cmpuint (options.shape.tokens, ==, 128);
}

/* Of rows that differ in one size of the shape the setup sweeps along that. */
static void
test_setup_along (void)
{
  g_autoptr (MoeRun) tokens = new_run ("A", 1000);
  g_autoptr (MoeRun) experts = new_run ("B", 1000);
  MoeRecord record = *moe_run_get_record (tokens, 0);
  MoeOptions options;
  record.shape.tokens *= 2;
  moe_run_append (tokens, &record);
  moe_options_init_single (&options);
  g_assert_true (moe_run_to_options (tokens, &options));
  g_assert_cmpuint (options.tokens_list.n, ==, 2);
  g_assert_cmpuint (options.tokens_list.values[1], ==, record.shape.tokens);
  record = *moe_run_get_record (experts, 0);
  record.shape.experts *= 2;
  moe_run_append (experts, &record);
  g_assert_true (moe_run_to_options (experts, &options));
  g_assert_cmpuint (options.tokens_list.n, ==, 0);
  g_assert_cmpuint (options.experts_list.n, ==, 2);
  g_assert_cmpuint (options.experts_list.values[0] * 2, ==, options.experts_list.values[1]);
}

/* One point of a run that has several of everything: what is planned for it is that point alone. */
static void
test_setup_of_point (void)
{
  MoeOptions options, first;
  MoePlan plan;
  moe_options_init_single (&options);
  options.shape = (MoeShape){ 64, 32, 16, 8, 0 };
  options.topk_list = (MoeSizeList){ { 2, 4 }, 2 };
  options.null_route_frac_list = (MoeFractionList){ { 0.25, 0.5 }, 2 };
  options.tokens_list = (MoeSizeList){ { 32, 64 }, 2 };
  options.iters = 7;
  options.choice[MOE_CHOICE_NULL_MODE] = MOE_NULL_MODE_ROUTER;
  g_assert_cmpint (moe_options_set (&options, "impl", "both", NULL), ==, MOE_OK);
  g_assert_cmpint (moe_plan_new (&options, &plan, NULL), ==, MOE_OK);
  g_autofree char *line = moe_text_from_options (&options);
  g_autoptr (MoeRun) run = moe_run_new (MOE_RUN_FORMAT_MEASURED, "A");
  moe_run_set_fact (run, "options", line);
  moe_options_init (&first);
  for (gsize i = 0; i < plan.n_points; i++)
    {
      MoeRecord record, again;
      MoePlan one;
      moe_resume_expect (&plan.points[i], "native", &record);
      options = first;
      g_assert_true (moe_run_point_to_options (run, &record, &options));
      g_assert_cmpuint (options.iters, ==, 7);
      g_assert_cmpint (moe_plan_new (&options, &one, NULL), ==, MOE_OK);
      g_assert_cmpuint (one.n_points, ==, 1);
      moe_resume_expect (&one.points[0], "native", &again);
      g_assert_true (moe_resume_is_of_point (&record, &again));
      moe_plan_clear (&one);
    }
  MoeRecord record;
  moe_resume_expect (&plan.points[0], "native", &record);
  record.choice[MOE_CHOICE_NULL_MODE] = moe_text_intern ("of_another_version");
  options = first;
  g_assert_false (moe_run_point_to_options (run, &record, &options));
  g_assert_cmpmem (&options, sizeof options, &first, sizeof first);
  moe_plan_clear (&plan);
}

static void
test_use_setup (void)
{
  NullcurveWindow *window = new_window ();
  MoeOptions options;
  gtk_widget_activate_action (GTK_WIDGET (window), "win.show-reference", "s", "null-rows");
  gint64 end = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  while (nullcurve_file_desk_get_loading (nullcurve_window_get_files (window))
         && g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, FALSE);
  fixture_settle ();
  g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (runs_of (window)), 0);
  nullcurve_runs_model_select (runs_of (window), item);
  fixture_activate (window, "win.use-setup");
  nullcurve_setup_panel_get_options (nullcurve_window_get_setup (window), &options);
  g_assert_cmpuint (options.shape.tokens, ==, 32768);
  g_assert_cmpuint (options.topk_list.n, ==, 3);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static guint
count_rows (NullcurveWindow *window)
{
  GtkListBox *list = GTK_LIST_BOX (find_child (fixture_window_child (window, "run_list"), "list"));
  guint n = 0;
  while (gtk_list_box_get_row_at_index (list, (int)n) != NULL)
    n++;
  return n;
}

static const char *
title_at (NullcurveWindow *window, int index)
{
  GtkListBox *list = GTK_LIST_BOX (find_child (fixture_window_child (window, "run_list"), "list"));
  GtkListBoxRow *row = gtk_list_box_get_row_at_index (list, index);
  return nullcurve_run_item_get_title (nullcurve_run_row_get_item (NULLCURVE_RUN_ROW (row)));
}

static gboolean
is_alone_in_list (gpointer window)
{
  return count_rows (window) == 1;
}

static gboolean
is_whole_list (gpointer window)
{
  return count_rows (window) == 40;
}

/* Forty runs: what the data says of the one in hand stays in sight, and so does its row. */
static void
test_forty (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *items[40];
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *title = g_strdup_printf ("Run %d%s", i, i == 17 ? " on purpose" : "");
      items[i] = add_one_of_many_runs (window, title, 1000 + 10 * (39 - i));
    }
  fixture_settle ();
  fixture_wait_frame (GTK_WIDGET (window));
  GtkWidget *findings = find_child (fixture_window_child (window, "run_list"), "findings_text");
  g_assert_true (is_in_view (findings));
  nullcurve_runs_model_select (runs_of (window), items[39]);
  fixture_wait (is_row_in_view, row_of (window, items[39]));
  nullcurve_runs_model_select (runs_of (window), items[0]);
  fixture_wait (is_row_in_view, row_of (window, items[0]));
  g_assert_true (is_in_view (findings));

  /* Found by its name; what a filter leaves out is drawn all the same. */
  fixture_activate (window, "win.find-run");
  GtkWidget *find = find_child (fixture_window_child (window, "run_list"), "find");
  gtk_editable_set_text (GTK_EDITABLE (find), "PURPOSE run");
  fixture_wait (is_alone_in_list, window);
  g_assert_cmpstr (title_at (window, 0), ==, "Run 17 on purpose");
  g_assert_cmpstr (gtk_label_get_label (
                       GTK_LABEL (find_child (fixture_window_child (window, "run_list"), "count"))),
                   ==, "1 of 40");
  g_assert_true (nullcurve_run_item_get_visible (items[0]));
  /* To be renamed the run in hand comes back. */
  g_assert_nonnull (row_of (window, items[0]));
  fixture_wait (is_whole_list, window);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_sort_and_group (void)
{
  NullcurveWindow *window = new_window ();
  add_run (window, "Run 10", 1000);
  NullcurveRunItem *two = add_run (window, "Run 2", 1000);
  NullcurveRunItem *other = add_run (window, "Run 3", 1000);
  moe_run_set_fact (nullcurve_run_item_get_run (other), "host", "laptop");
  nullcurve_run_item_touch (other);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sort-runs", "s", "name");
  fixture_settle ();
  g_assert_cmpstr (title_at (window, 0), ==, "Run 2");
  g_assert_cmpstr (title_at (window, 2), ==, "Run 10");
  /* In the list itself, and so in the charts, they stand as before. */
  g_assert_cmpuint (position_of (window, two), ==, 1);
  nullcurve_runs_model_select (runs_of (window), two);
  fixture_activate (window, "win.run-up");
  g_assert_cmpuint (position_of (window, two), ==, 1);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.group-runs", "s", "machine");
  fixture_settle ();
  g_assert_cmpstr (title_at (window, 0), ==, "Run 3");
  g_assert_cmpstr (title_at (window, 1), ==, "Run 2");
  GtkListBoxRow *first = GTK_LIST_BOX_ROW (row_of (window, other));
  GtkListBoxRow *last = GTK_LIST_BOX_ROW (row_of (window, two));
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (gtk_list_box_row_get_header (first))), ==,
                   "laptop");
  g_assert_cmpstr (gtk_label_get_label (GTK_LABEL (gtk_list_box_row_get_header (last))), ==,
                   "workstation");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.sort-runs", "s", "list");
  gtk_widget_activate_action (GTK_WIDGET (window), "win.group-runs", "s", "none");
  fixture_settle ();
  g_assert_cmpstr (title_at (window, 0), ==, "Run 10");
  fixture_activate (window, "win.run-up");
  g_assert_cmpuint (position_of (window, two), ==, 0);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

/* The largest first, what has none last. */
static void
test_sort_by_gain (void)
{
  g_autoptr (MoeRun) a = new_run ("A", 1000);
  g_autoptr (MoeRun) b = new_run ("B", 1000);
  g_assert_cmpfloat_with_epsilon (nullcurve_run_gain (a), 1.8, 1e-3);
  g_assert_cmpint (
      nullcurve_run_compare (a, 1.8, b, 4.0, NULLCURVE_RUN_GROUP_NONE, NULLCURVE_RUN_SORT_GAIN), >,
      0);
  g_assert_cmpint (
      nullcurve_run_compare (a, NAN, b, 4.0, NULLCURVE_RUN_GROUP_NONE, NULLCURVE_RUN_SORT_GAIN), >,
      0);
  moe_run_set_fact (a, "date", "2026-11-02");
  g_assert_cmpint (
      nullcurve_run_compare (a, 0, b, 0, NULLCURVE_RUN_GROUP_NONE, NULLCURVE_RUN_SORT_DATE), <, 0);
  moe_run_set_fact (b, "date", "2026-11-03");
  g_assert_cmpint (
      nullcurve_run_compare (a, 0, b, 0, NULLCURVE_RUN_GROUP_NONE, NULLCURVE_RUN_SORT_DATE), >, 0);
}

/* What is done with several is one step to undo. */
static void
test_several (void)
{
  NullcurveWindow *window = new_window ();
  NullcurveRunItem *a = add_run (window, "A", 1000), *b = add_run (window, "B", 1000),
                   *c = add_run (window, "C", 1000);
  GtkListBox *list = GTK_LIST_BOX (find_child (fixture_window_child (window, "run_list"), "list"));
  /* A list of which rows are activated by one click adds each to what is selected. */
  g_assert_false (gtk_list_box_get_activate_on_single_click (list));
  nullcurve_runs_model_select (runs_of (window), c);
  gtk_list_box_select_row (list, GTK_LIST_BOX_ROW (row_of (window, a)));
  fixture_settle ();
  /* Both are selected, the last one is in hand. */
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window)) == a);
  g_assert_true (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (row_of (window, c))));
  fixture_activate (window, "win.show-only-runs");
  g_assert_true (nullcurve_run_item_get_visible (a));
  g_assert_false (nullcurve_run_item_get_visible (b));
  g_assert_true (nullcurve_run_item_get_visible (c));
  fixture_activate (window, "win.show-all-runs");
  g_assert_true (nullcurve_run_item_get_visible (b));
  fixture_activate (window, "win.undo");
  g_assert_false (nullcurve_run_item_get_visible (b));
  fixture_activate (window, "win.undo");
  fixture_activate (window, "win.hide-run");
  g_assert_false (nullcurve_run_item_get_visible (a));
  g_assert_true (nullcurve_run_item_get_visible (b));
  g_assert_false (nullcurve_run_item_get_visible (c));
  fixture_activate (window, "win.undo");
  fixture_activate (window, "win.remove-run");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (runs_of (window))), ==, 1);
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window)) == b);
  fixture_activate (window, "win.undo");
  g_assert_cmpuint (position_of (window, a), ==, 0);
  g_assert_cmpuint (position_of (window, c), ==, 2);

  /* One that is left out again is not in hand. */
  nullcurve_runs_model_select (runs_of (window), a);
  gtk_list_box_select_row (list, GTK_LIST_BOX_ROW (row_of (window, b)));
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window)) == b);
  gtk_list_box_unselect_row (list, GTK_LIST_BOX_ROW (row_of (window, b)));
  g_assert_true (nullcurve_runs_model_get_selected (runs_of (window)) == a);
  gtk_list_box_unselect_row (list, GTK_LIST_BOX_ROW (row_of (window, a)));
  g_assert_true (gtk_list_box_row_is_selected (GTK_LIST_BOX_ROW (row_of (window, a))));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static gboolean
is_unfolded (gpointer flap)
{
  return !adw_flap_get_folded (flap);
}

/* Below 1100 pixels the setup makes room for the runs as soon as there is one. */
static void
test_narrow (void)
{
  NullcurveWindow *window = NULLCURVE_WINDOW (nullcurve_window_new (GTK_APPLICATION (application)));
  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  gtk_window_present (GTK_WINDOW (window));
  fixture_wait_frame (GTK_WIDGET (window));
  fixture_settle ();
  AdwFlap *setup = fixture_window_child (window, "setup_flap");
  g_assert_false (adw_flap_get_folded (setup));
  NullcurveRunItem *item = add_run (window, "A", 1000);
  fixture_wait_frame (GTK_WIDGET (window));
  g_assert_true (adw_flap_get_folded (setup));
  g_assert_false (adw_flap_get_reveal_flap (setup));
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (row_of (window, item))));
  fixture_delete_run (runs_of (window), item);
  fixture_wait (is_unfolded, setup);
  g_assert_true (adw_flap_get_reveal_flap (setup));
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

static void
test_properties (void)
{
  NullcurveWindow *window = new_window ();
  add_run (window, "A run", 1000);
  fixture_activate (window, "win.run-properties");
  GtkWindow *properties = NULL;
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  for (GList *at = windows; at != NULL; at = at->next)
    if (g_strcmp0 (gtk_window_get_title (at->data), "Properties of the Run") == 0)
      properties = at->data;
  g_assert_nonnull (properties);
  g_assert_true (fixture_has_label (GTK_WIDGET (properties), "OpenBLAS 0.3.21 with flags"));
  g_assert_true (fixture_has_label (GTK_WIDGET (properties), "A run"));
  gtk_window_destroy (properties);
  fixture_assert_window_finalised (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  fixture_ui_init (&argc, &argv);
  application = fixture_application_new ();
  g_test_add_func ("/run-list/words", test_words);
  g_test_add_func ("/run-list/words-follow", test_words_follow);
  g_test_add_func ("/run-list/paused", test_paused);
  g_test_add_func ("/run-list/differences", test_differences);
  g_test_add_func ("/run-list/forty", test_forty);
  g_test_add_func ("/run-list/sort-and-group", test_sort_and_group);
  g_test_add_func ("/run-list/sort-by-gain", test_sort_by_gain);
  g_test_add_func ("/run-list/several", test_several);
  g_test_add_func ("/run-list/narrow", test_narrow);
  g_test_add_func ("/run-list/properties", test_properties);
  g_test_add_func ("/run-list/rename", test_rename);
  g_test_add_func ("/run-list/colours", test_colours);
  g_test_add_func ("/run-list/popovers", test_popovers);
  g_test_add_func ("/run-list/colours-out-of-sight", test_colours_out_of_sight);
  g_test_add_func ("/run-list/move", test_move);
  g_test_add_func ("/run-list/show", test_show);
  g_test_add_func ("/run-list/remove", test_remove);
  g_test_add_func ("/run-list/baseline", test_baseline);
  g_test_add_func ("/run-list/delta-without-pairs", test_delta_without_pairs);
  g_test_add_func ("/run-list/setup", test_setup);
  g_test_add_func ("/run-list/setup-along", test_setup_along);
  g_test_add_func ("/run-list/setup-of-point", test_setup_of_point);
  g_test_add_func ("/run-list/use-setup", test_use_setup);
  int status = g_test_run ();
  g_clear_object (&application);
  return status;
}
