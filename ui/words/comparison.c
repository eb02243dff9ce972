/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison for people: headline, table, and what was left out. */
#include "ui/words/comparison.h"

#include <glib/gi18n.h>
#include <math.h>

#include "ui/words/cells.h"
#include "ui/words/grid.h"
#include "ui/words/judged.h"

enum
{
  MAX_NAMED = 10,     /* rows without a partner */
  ANCHORED_COLUMN = 6 /* of the numbers */
};

/* --- table --- */

/* Axes that are not the same in all pairs. */
static void
find_shown (const MoeComparison *comparison, gboolean shown[MOE_N_AXES])
{
  const MoePair *first = moe_comparison_get_pair (comparison, 0);
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    shown[axis] = FALSE;
  for (gsize i = 1; i < comparison->pairs->len; i++)
    for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
      shown[axis] |=
          !moe_record_same_axis (first->a, moe_comparison_get_pair (comparison, i)->a, axis)
          || !moe_record_same_axis (first->b, moe_comparison_get_pair (comparison, i)->b, axis);
}

static void
add_axis (MoeGrid *grid, const MoePair *pair, MoeAxis axis)
{
  const char *a = moe_record_axis (pair->a, axis), *b = moe_record_axis (pair->b, axis);
  if (a == b || b == NULL || a == NULL)
    {
      moe_grid_add (grid, a != NULL ? a : b);
      return;
    }
  moe_grid_take (grid, g_strdup_printf ("%s / %s", a, b));
}

/* "24/24 in 3/3 starts" where there are several. */
static char *
count_samples (const MoeJudged *judged)
{
  g_autofree char *n = nullcurve_words_n (judged);
  if (n == NULL || MAX (judged->starts_a, judged->starts_b) < 2)
    return g_steal_pointer (&n);
  if (judged->method == MOE_METHOD_ROUNDS)
    return g_strdup_printf (_ ("%zu rounds, %zu starts"), judged->n_a, judged->starts_a);
  return g_strdup_printf (_ ("%s, %zu/%zu starts"), n, judged->starts_a, judged->starts_b);
}

static void
add_pair (MoeGrid *grid, const MoePair *pair, const gboolean shown[MOE_N_AXES], gboolean anchored)
{
  moe_grid_begin_row (grid);
  moe_grid_take (grid, moe_cell_shape (pair->b));
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (shown[axis])
      add_axis (grid, pair, axis);
  moe_grid_take (grid, moe_cell_topk (pair->b));
  moe_grid_take (grid, moe_cell_fraction (pair->b->null_target));
  moe_grid_take (grid, moe_cell_rate (pair->a->tokens_per_s));
  moe_grid_take (grid, moe_cell_rate (pair->b->tokens_per_s));
  moe_grid_take (grid, nullcurve_words_delta (pair->judged.ratio));
  moe_grid_take (grid, nullcurve_words_interval (&pair->judged));
  if (anchored)
    moe_grid_take (grid, nullcurve_words_delta (pair->judged.anchored));
  moe_grid_take (grid, nullcurve_words_p (&pair->judged));
  moe_grid_take (grid, count_samples (&pair->judged));
  moe_grid_take (grid, nullcurve_words_verdict (&pair->judged));
}

/* Only separate runs have anchors of their own. */
static gboolean
any_anchored (const MoeComparison *comparison)
{
  for (gsize i = 0; i < comparison->pairs->len; i++)
    if (!isnan (moe_comparison_get_pair (comparison, i)->judged.anchored))
      return TRUE;
  return FALSE;
}

static void
fill_grid (MoeGrid *grid, const MoeComparison *comparison)
{
  static const char *const numbers[] = { N_ ("top-k"),      "f",          N_ ("A tokens/s"),
                                         N_ ("B tokens/s"), N_ ("delta"), N_ ("interval"),
                                         N_ ("anchored"),   "p",          "n",
                                         N_ ("verdict") };
  gboolean anchored = any_anchored (comparison);
  gboolean shown[MOE_N_AXES];
  find_shown (comparison, shown);
  grid->left_end = TRUE;
  grid->drop_empty = TRUE;
  moe_grid_add (grid, _ ("shape"));
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (shown[axis])
      moe_grid_add (grid, _ (moe_axis_title (axis)));
  grid->n_left = grid->column;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (anchored || i != ANCHORED_COLUMN)
      moe_grid_add (grid, _ (numbers[i]));
  for (gsize i = 0; i < comparison->pairs->len; i++)
    add_pair (grid, moe_comparison_get_pair (comparison, i), shown, anchored);
}

/* --- what is below the table --- */

static gboolean
any_by (const MoeComparison *comparison, MoeMethod method)
{
  for (gsize i = 0; i < comparison->pairs->len; i++)
    if (moe_comparison_get_pair (comparison, i)->judged.method == method)
      return TRUE;
  return FALSE;
}

static void
add_line (GPtrArray *lines, const char *line)
{
  g_ptr_array_add (lines, g_strdup (line));
}

static void
add_notes (GPtrArray *lines, const MoeComparison *comparison)
{
  gboolean rounds = any_by (comparison, MOE_METHOD_ROUNDS);
  gboolean starts = any_by (comparison, MOE_METHOD_STARTS);
  if (rounds)
    add_line (lines, _ ("Both were measured in the same rounds: what is judged is the quotient of "
                        "each round, by start."));
  if (starts)
    add_line (lines, _ ("The samples are of separate starts: what starts of one thing differ by is "
                        "part of the interval."));
  if (rounds || starts)
    add_line (lines, _ ("Intervals are of 95 %; p is adjusted for the number of points (Holm). "
                        "Faster and slower need p < 0.05 and a difference of at least 1 %."));
  if (any_anchored (comparison))
    add_line (lines,
              _ ("Anchored: with each side divided by its anchors, a matmul that is timed in "
                 "every round, so that how fast the machine was at the time drops out."));
  if (any_by (comparison, MOE_METHOD_FIGURES))
    add_line (lines, _ ("Without samples on both sides there is no interval: less than 2 % is a "
                        "tie."));
}

/* "4096x512x352x60 top-4 f = 0.3 (take_until_null)" */
static void
append_row_name (GString *text, const MoeRecord *record)
{
  g_autofree char *shape = moe_cell_shape (record), *topk = moe_cell_topk (record);
  g_autofree char *fraction = moe_cell_fraction (record->null_target);
  g_string_append_printf (text, "%s top-%s f = %s", shape, topk, fraction);
  const char *const words[] = { record->choice[MOE_CHOICE_NULL_MODE],
                                record->choice[MOE_CHOICE_PASS], record->choice[MOE_CHOICE_IMPL] };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i] != NULL)
      g_string_append_printf (text, " %s", words[i]);
}

static void
add_unmatched (GPtrArray *lines, const GPtrArray *rows, const char *name)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gsize n = rows->len;
  if (n == 0)
    return;
  for (guint i = 0; i < MIN (n, MAX_NAMED); i++)
    {
      g_string_append (names, i > 0 ? "; " : "");
      append_row_name (names, g_ptr_array_index (rows, i));
    }
  if (n > MAX_NAMED)
    g_string_append_printf (names, _ ("; and %zu more"), n - MAX_NAMED);
  g_ptr_array_add (lines,
                   g_strdup_printf (g_dngettext (NULL, "%zu row of %s without a partner: %s.",
                                                 "%zu rows of %s without a partner: %s.", n),
                                    n, name, names->str));
}

static GPtrArray *
closing_lines (const MoeComparison *comparison)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  gsize repeats = comparison->n_repeats;
  add_notes (lines, comparison);
  add_unmatched (lines, comparison->unmatched_a, "A");
  add_unmatched (lines, comparison->unmatched_b, "B");
  if (repeats > 0)
    g_ptr_array_add (
        lines,
        g_strdup_printf (
            g_dngettext (NULL, "%zu row repeats a point of the same side; the first counts.",
                         "%zu rows repeat points of the same side; the first counts.", repeats),
            repeats));
  if (comparison->is_cut)
    g_ptr_array_add (lines, g_strdup_printf (_ ("Only the first %zu pairs are looked at."),
                                             (gsize)comparison->pairs->len));
  return lines;
}

/* --- both forms --- */

static void
append_markdown_lines (GString *text, const char *const *lines, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *line = moe_cell_text (lines[i]);
      g_string_append_printf (text, "- %s\n", line);
    }
  g_string_append (text, n > 0 ? "\n" : "");
}

/* The table of the pairs; NULL when there are none. */
static GString *
table_of (const MoeComparison *comparison, GString *(*write) (const MoeGrid *))
{
  MoeGrid grid;
  if (comparison->pairs->len == 0)
    return NULL;
  moe_grid_init (&grid);
  fill_grid (&grid, comparison);
  GString *table = write (&grid);
  moe_grid_clear (&grid);
  return table;
}

static void
free_text (GString *text)
{
  if (text != NULL)
    g_string_free (text, TRUE);
}

GString *
nullcurve_words_comparison_markdown (const MoeComparison *comparison)
{
  g_autofree char *words = nullcurve_words_headline (comparison, NULLCURVE_SIDES_LETTERS);
  g_autofree char *headline = moe_cell_text (words);
  g_autofree char *a = moe_cell_text (comparison->name_a);
  g_autofree char *b = moe_cell_text (comparison->name_b);
  g_autoptr (GPtrArray) lines = closing_lines (comparison);
  g_autofree char *guards = nullcurve_words_guards (comparison, NULLCURVE_SIDES_LETTERS);
  g_auto (GStrv) guard_lines = g_strsplit (guards, "\n", -1);
  GString *text = g_string_new (NULL), *table = table_of (comparison, moe_grid_to_markdown);
  g_string_append_printf (text, "**%s**\n\n- A: %s\n- B: %s\n\n", headline, a, b);
  if (guards[0] != '\0')
    g_string_append_printf (text, "%s\n\n", _ ("What differs between the sides:"));
  append_markdown_lines (text, (const char *const *)guard_lines, g_strv_length (guard_lines));
  if (table != NULL)
    g_string_append_printf (text, "%s\n", table->str);
  free_text (table);
  append_markdown_lines (text, (const char *const *)lines->pdata, lines->len);
  g_string_truncate (text, text->len - 1); /* one newline at the end */
  return text;
}

static void
append_line (GString *text, const char *before, const char *line)
{
  g_autofree char *clean = moe_cell_clean (line, "");
  g_string_append_printf (text, "%s%s\n", before, clean);
}

GString *
nullcurve_words_comparison_text (const MoeComparison *comparison)
{
  GString *text = g_string_new (NULL);
  g_autofree char *headline = nullcurve_words_headline (comparison, NULLCURVE_SIDES_LETTERS);
  g_autoptr (GPtrArray) lines = closing_lines (comparison);
  g_autofree char *guards = nullcurve_words_guards (comparison, NULLCURVE_SIDES_LETTERS);
  g_auto (GStrv) guard_lines = g_strsplit (guards, "\n", -1);
  GString *table = table_of (comparison, moe_grid_to_text);
  append_line (text, "", headline);
  append_line (text, "A: ", comparison->name_a);
  append_line (text, "B: ", comparison->name_b);
  for (gsize i = 0; guard_lines[i] != NULL; i++)
    append_line (text, _ ("Warning: "), guard_lines[i]);
  if (table != NULL)
    g_string_append_printf (text, "\n%s\n", table->str);
  free_text (table);
  for (guint i = 0; i < lines->len; i++)
    append_line (text, "", g_ptr_array_index (lines, i));
  return text;
}
