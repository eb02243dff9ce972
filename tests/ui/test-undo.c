/* SPDX-License-Identifier: Apache-2.0 */
/* The stack of steps by itself. */
#include "ui/runs/undo-stack.h"

static int value, freed;

static void
add (gpointer data, gboolean forward)
{
  value += forward ? GPOINTER_TO_INT (data) : -GPOINTER_TO_INT (data);
}

static void
count_freed (gpointer data)
{
  freed++;
}

static void
do_add (NullcurveUndoStack *stack, const char *label, int n)
{
  nullcurve_undo_stack_do (stack, label, add, GINT_TO_POINTER (n), count_freed);
}

static void
count_cb (guint *count)
{
  (*count)++;
}

static void
test_undo_redo (void)
{
  g_autoptr (NullcurveUndoStack) stack = nullcurve_undo_stack_new ();
  guint changes = 0;
  value = freed = 0;
  g_signal_connect_swapped (stack, "changed", G_CALLBACK (count_cb), &changes);
  g_assert_false (nullcurve_undo_stack_undo (stack));
  g_assert_null (nullcurve_undo_stack_get_undo_label (stack));
  do_add (stack, "One", 1);
  do_add (stack, "Ten", 10);
  g_assert_cmpint (value, ==, 11);
  g_assert_cmpstr (nullcurve_undo_stack_get_undo_label (stack), ==, "Ten");
  g_assert_true (nullcurve_undo_stack_undo (stack));
  g_assert_cmpint (value, ==, 1);
  g_assert_cmpstr (nullcurve_undo_stack_get_redo_label (stack), ==, "Ten");
  g_assert_true (nullcurve_undo_stack_redo (stack));
  g_assert_false (nullcurve_undo_stack_redo (stack));
  g_assert_cmpint (value, ==, 11);

  /* What was taken back is forgotten once something else is done. */
  nullcurve_undo_stack_undo (stack);
  do_add (stack, "Hundred", 100);
  g_assert_cmpint (freed, ==, 1);
  g_assert_null (nullcurve_undo_stack_get_redo_label (stack));
  g_assert_cmpint (value, ==, 101);
  g_assert_cmpuint (changes, ==, 6);
  nullcurve_undo_stack_clear (stack);
  g_assert_cmpint (freed, ==, 3);
  g_assert_false (nullcurve_undo_stack_undo (stack));
}

static void
test_limit (void)
{
  NullcurveUndoStack *stack = nullcurve_undo_stack_new ();
  guint undone = 0;
  value = freed = 0;
  for (int i = 0; i < 150; i++)
    do_add (stack, "Step", 1);
  g_assert_cmpint (freed, ==, 50);
  while (nullcurve_undo_stack_undo (stack))
    undone++;
  g_assert_cmpuint (undone, ==, 100);
  g_assert_cmpint (value, ==, 50);
  g_assert_finalize_object (stack);
  g_assert_cmpint (freed, ==, 150);
}

static void
nested (gpointer data, gboolean forward)
{
  do_add (data, "Within", forward ? 5 : -5);
}

/* What a step brings about is part of it. */
static void
test_nested (void)
{
  g_autoptr (NullcurveUndoStack) stack = nullcurve_undo_stack_new ();
  value = freed = 0;
  nullcurve_undo_stack_do (stack, "Outer", nested, stack, NULL);
  g_assert_cmpint (value, ==, 5);
  g_assert_cmpint (freed, ==, 1);
  g_assert_true (nullcurve_undo_stack_undo (stack));
  g_assert_cmpint (value, ==, 0);
  g_assert_null (nullcurve_undo_stack_get_undo_label (stack));
  g_assert_cmpstr (nullcurve_undo_stack_get_redo_label (stack), ==, "Outer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/undo/undo-redo", test_undo_redo);
  g_test_add_func ("/undo/limit", test_limit);
  g_test_add_func ("/undo/nested", test_nested);
  return g_test_run ();
}
