/* SPDX-License-Identifier: Apache-2.0 */
/* The runs by themselves, without a window: what can be changed, taken back and asked for. */
#include "ui/runs/runs-model.h"

#include "tests/ui/window-fixture.h"
#include "ui/figure/style.h"

static MoeRun *
new_run (const char *title, const char *source)
{
  MoeRun *run = moe_run_new (MOE_RUN_FORMAT_MEASURED, title);
  MoeRecord record;
  moe_record_init (&record);
  record.has_shape = TRUE;
  record.shape = (MoeShape){ 64, 32, 16, 8, 0 };
  record.topk = 4;
  record.tokens_per_s = 1000;
  moe_run_append (run, &record);
  moe_run_set_source (run, source);
  return run;
}

static NullcurveRunItem *
add (NullcurveRunsModel *runs, const char *title)
{
  g_autoptr (MoeRun) run = new_run (title, NULL);
  return nullcurve_runs_model_add (runs, run);
}

/* The titles in order. */
static void
assert_titles (NullcurveRunsModel *runs, const char *titles)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (runs)); i++)
    {
      g_autoptr (NullcurveRunItem) item = g_list_model_get_item (G_LIST_MODEL (runs), i);
      g_string_append (text, nullcurve_run_item_get_title (item));
    }
  g_assert_cmpstr (text->str, ==, titles);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

/* What is in hand, and what is pinned, are of the list at all times. */
static void
test_selected (void)
{
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  g_assert_null (nullcurve_runs_model_get_selected (runs));
  NullcurveRunItem *a = add (runs, "A"), *b = add (runs, "B"), *c = add (runs, "C");
  g_assert_true (nullcurve_runs_model_get_selected (runs) == a);
  nullcurve_runs_model_set_baseline (runs, a);
  g_assert_true (nullcurve_run_item_get_pinned (a));
  nullcurve_runs_model_remove (runs, a);
  g_assert_true (nullcurve_runs_model_get_selected (runs) == c);
  g_assert_null (nullcurve_runs_model_get_baseline (runs));
  nullcurve_runs_model_select (runs, b);
  nullcurve_runs_model_clear (runs);
  g_assert_null (nullcurve_runs_model_get_selected (runs));
  nullcurve_runs_model_undo (runs);
  g_assert_true (nullcurve_runs_model_get_selected (runs) == b);
}

static void
test_colours (void)
{
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  NullcurveRunItem *a = add (runs, "A"), *b = add (runs, "B");
  g_assert_cmpint (nullcurve_run_item_get_palette (a), ==, 0);
  g_assert_cmpint (nullcurve_run_item_get_palette (b), ==, 1);
  nullcurve_runs_model_recolour (runs, b, 0); /* again, with another marker */
  g_assert_cmpint (nullcurve_run_item_get_palette (b), ==, NULLCURVE_STYLE_N_COLOURS);
  nullcurve_runs_model_remove (runs, a);
  g_assert_cmpint (nullcurve_run_item_get_palette (add (runs, "C")), ==, 1);
  nullcurve_runs_model_undo (runs);
  g_assert_cmpint (nullcurve_run_item_get_palette (b), ==, 1);
}

/* Forty runs have forty looks, and each keeps its own whatever is selected, moved or hidden; one
 * that comes back finds its look taken and gets another. */
static void
test_colours_stay (void)
{
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  NullcurveRunItem *items[40];
  for (int i = 0; i < 40; i++)
    {
      g_autofree char *title = g_strdup_printf ("Run %d", i);
      items[i] = add (runs, title);
      g_assert_cmpint (nullcurve_run_item_get_palette (items[i]), ==, i);
    }
  nullcurve_runs_model_select (runs, items[3]);
  nullcurve_runs_model_move (runs, items[39], 0);
  nullcurve_runs_model_move (runs, items[0], 20);
  nullcurve_runs_model_show (runs, items[7], FALSE);
  for (int i = 0; i < 40; i++)
    g_assert_cmpint (nullcurve_run_item_get_palette (items[i]), ==, i);

  g_autoptr (NullcurveRunItem) gone = g_object_ref (items[5]);
  fixture_delete_run (runs, gone);
  NullcurveRunItem *next = add (runs, "Next");
  g_assert_cmpint (nullcurve_run_item_get_palette (next), ==, 5);
  nullcurve_runs_model_undo (runs);
  g_assert_cmpint (nullcurve_run_item_get_palette (next), ==, 5);
  g_assert_cmpint (nullcurve_run_item_get_palette (gone), ==, 40);
}

/* Each change, there and back and there again. */
static void
test_undo (void)
{
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  guint steps = 0;
  NullcurveRunItem *a = add (runs, "A"), *b = add (runs, "B");
  add (runs, "C");
  g_signal_connect_swapped (runs, "history-changed", G_CALLBACK (count_cb), &steps);
  g_assert_false (nullcurve_runs_model_undo (runs));
  g_assert_null (nullcurve_runs_model_get_undo_label (runs));

  nullcurve_runs_model_rename (runs, a, " X ");
  nullcurve_runs_model_rename (runs, a, "  ");
  nullcurve_runs_model_rename (runs, a, "X");
  nullcurve_runs_model_move (runs, a, 2);
  nullcurve_runs_model_move (runs, a, 3);
  nullcurve_runs_model_show (runs, a, FALSE);
  nullcurve_runs_model_show (runs, a, FALSE);
  nullcurve_runs_model_pin (runs, b);
  fixture_delete_run (runs, b);
  g_assert_cmpuint (steps, ==, 5); /* what changes nothing is none */
  assert_titles (runs, "CX");
  g_assert_cmpstr (nullcurve_runs_model_get_undo_label (runs), ==, "Remove Run");
  g_assert_null (nullcurve_runs_model_get_redo_label (runs));
  g_assert_null (nullcurve_runs_model_get_baseline (runs));

  g_assert_true (nullcurve_runs_model_undo (runs));
  assert_titles (runs, "BCX");
  g_assert_true (nullcurve_runs_model_get_baseline (runs) == b);
  while (nullcurve_runs_model_undo (runs))
    ;
  assert_titles (runs, "ABC");
  g_assert_null (nullcurve_runs_model_get_baseline (runs));
  g_assert_true (nullcurve_run_item_get_visible (a));
  g_assert_cmpstr (nullcurve_runs_model_get_redo_label (runs), ==, "Rename Run");
  while (nullcurve_runs_model_redo (runs))
    ;
  assert_titles (runs, "CX");
  g_assert_cmpuint (steps, ==, 15);

  /* What was taken back is forgotten once something else is done. */
  nullcurve_runs_model_undo (runs);
  nullcurve_runs_model_clear (runs);
  g_assert_null (nullcurve_runs_model_get_redo_label (runs));
  nullcurve_runs_model_undo (runs);
  assert_titles (runs, "BCX");
}

static void
test_undo_limit (void)
{
  NullcurveRunsModel *runs = nullcurve_runs_model_new ();
  NullcurveRunItem *item = add (runs, "0");
  guint undone = 0;
  for (int i = 1; i <= 150; i++)
    {
      g_autofree char *title = g_strdup_printf ("%d", i);
      nullcurve_runs_model_rename (runs, item, title);
    }
  while (nullcurve_runs_model_undo (runs))
    undone++;
  g_assert_cmpuint (undone, ==, 100);
  assert_titles (runs, "50");
  g_assert_finalize_object (runs);
}

/* For no moment is a run gone that only moves. */
static void
assert_moved_cb (NullcurveRunsModel *runs, guint position, guint removed, guint added)
{
  g_assert_cmpuint (position, ==, 1);
  g_assert_cmpuint (removed, ==, 2);
  g_assert_cmpuint (added, ==, 2);
  assert_titles (runs, "ACB");
}

static void
test_move (void)
{
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  add (runs, "A");
  NullcurveRunItem *b = add (runs, "B");
  add (runs, "C");
  nullcurve_runs_model_set_baseline (runs, b);
  g_signal_connect (runs, "items-changed", G_CALLBACK (assert_moved_cb), NULL);
  nullcurve_runs_model_move (runs, b, 2);
  g_assert_true (nullcurve_runs_model_get_baseline (runs) == b);
  g_assert_true (nullcurve_runs_model_get_selected (runs) == b);
}

static void
take_title_cb (NullcurveRunsModel *runs, NullcurveRunItem *item, char **title)
{
  g_free (*title);
  *title = g_strdup (nullcurve_run_item_get_title (item));
}

/* A run that is gone on with takes the place of what was listed, and its new name is told late. */
static void
test_live (void)
{
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  g_autoptr (MoeRun) old = new_run ("Old", "/tmp/a.journal");
  g_autoptr (MoeRun) growing = new_run ("New", "/tmp/a.journal");
  g_autofree char *renamed = NULL;
  g_signal_connect (runs, "renamed", G_CALLBACK (take_title_cb), &renamed);
  nullcurve_runs_model_set_baseline (runs, nullcurve_runs_model_add (runs, old));
  g_assert_nonnull (nullcurve_runs_model_find_source (runs, "file:///tmp/a.journal"));
  NullcurveRunItem *item = nullcurve_runs_model_begin (runs, growing);
  assert_titles (runs, "New");
  g_assert_true (nullcurve_runs_model_get_live (runs) == item);
  g_assert_true (nullcurve_runs_model_get_baseline (runs) == item);

  fixture_delete_run (runs, item);
  nullcurve_runs_model_clear (runs);
  nullcurve_runs_model_remove (runs, item);
  assert_titles (runs, "New");
  nullcurve_runs_model_rename (runs, item, "Mine");
  g_assert_null (renamed);
  g_assert_cmpuint (nullcurve_runs_model_end (runs, item, growing), ==, 1);
  g_assert_cmpstr (renamed, ==, "Mine");
  g_assert_null (nullcurve_runs_model_get_live (runs));

  /* Of two one may stay. */
  g_autoptr (MoeRun) a = new_run ("A", NULL), b = new_run ("B", NULL);
  g_autoptr (MoeRun) none = moe_run_new (MOE_RUN_FORMAT_MEASURED, "None");
  NullcurveRunItem *first = nullcurve_runs_model_begin (runs, a);
  NullcurveRunItem *second = nullcurve_runs_model_begin (runs, b);
  nullcurve_runs_model_end (runs, first, a);
  g_assert_true (nullcurve_runs_model_get_live (runs) == second);
  g_assert_cmpuint (nullcurve_runs_model_end (runs, second, none), ==, 0);
  assert_titles (runs, "MineA");
}

static gboolean
is_compared (guint *count, guint n)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  return *count == n;
}

/* Compared before the next frame, and only when something is another. */
static void
test_deltas (void)
{
  g_autoptr (NullcurveRunsModel) runs = nullcurve_runs_model_new ();
  guint compared = 0;
  NullcurveRunItem *a = add (runs, "A"), *b = add (runs, "B");
  g_signal_connect_swapped (runs, "compared", G_CALLBACK (count_cb), &compared);
  g_assert_null (nullcurve_runs_model_get_deltas (runs));
  nullcurve_runs_model_set_baseline (runs, a);
  g_assert_true (is_compared (&compared, 1));
  g_assert_nonnull (nullcurve_runs_model_get_deltas (runs));
  g_assert_nonnull (nullcurve_run_item_get_delta (b));
  g_assert_null (nullcurve_run_item_get_delta (a));
  nullcurve_run_item_set_visible (b, FALSE);
  g_assert_true (is_compared (&compared, 1));
  moe_run_set_fact (nullcurve_run_item_get_run (b), "host", "other");
  nullcurve_run_item_touch (b);
  g_assert_true (is_compared (&compared, 2));
  nullcurve_runs_model_set_baseline (runs, NULL);
  g_assert_null (nullcurve_runs_model_get_deltas (runs));
  g_assert_null (nullcurve_run_item_get_delta (b));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/runs-model/selected", test_selected);
  g_test_add_func ("/runs-model/colours", test_colours);
  g_test_add_func ("/runs-model/colours-stay", test_colours_stay);
  g_test_add_func ("/runs-model/undo", test_undo);
  g_test_add_func ("/runs-model/undo-limit", test_undo_limit);
  g_test_add_func ("/runs-model/move", test_move);
  g_test_add_func ("/runs-model/live", test_live);
  g_test_add_func ("/runs-model/deltas", test_deltas);
  return g_test_run ();
}
