/* SPDX-License-Identifier: Apache-2.0 */
/* A comparison for people: headline, table, and what was left out. */
#include <math.h>

#include "engine/records/compare-private.h"
#include "engine/records/numbers.h"
#include "engine/records/tables-private.h"

enum
{
  MAX_NAMED = 10 /* rows without a partner */
};

/* --- headline --- */

/* "+8.1 %" */
static void
append_short_percent (GString *text, double ratio)
{
  double percent = 100 * (ratio - 1);
  if (fabs (percent) < 0.05)
    percent = 0;
  g_string_append (text, percent >= 0 ? "+" : "");
  moe_number_append_fixed (text, percent, 1);
  g_string_append (text, " %");
}

static double
median_ratio (const MoeComparison *comparison, MoeVerdict verdict)
{
  gsize n = 0;
  g_autofree double *ratios = g_new (double, comparison->pairs->len);
  for (guint i = 0; i < comparison->pairs->len; i++)
    {
      const MoePair *pair = &g_array_index (comparison->pairs, MoePair, i);
      if (pair->verdict == verdict)
        ratios[n++] = pair->ratio;
    }
  return moe_median (ratios, n);
}

static gsize
count_without_interval (const MoeComparison *comparison)
{
  gsize n = 0;
  for (guint i = 0; i < comparison->pairs->len; i++)
    n += isnan (g_array_index (comparison->pairs, MoePair, i).p);
  return n;
}

/* ", slower at 2 of 18 points (median -3.0 %)" */
static void
append_count (GString *text, const MoeComparison *comparison, MoeVerdict verdict, gboolean *begun)
{
  static const char *const words[] = {
    [MOE_VERDICT_UNCLEAR] = "no clear difference",
    [MOE_VERDICT_FASTER] = "faster",
    [MOE_VERDICT_SLOWER] = "slower",
  };
  gsize n = moe_comparison_count (comparison, verdict), all = comparison->pairs->len;
  gboolean first = !*begun;
  if (n == 0)
    return;
  if (verdict == MOE_VERDICT_UNCLEAR)
    g_string_append (text, first ? "There is " : ", ");
  else
    g_string_append (text, first ? "B is " : ", ");
  g_string_append_printf (text, "%s at ", words[verdict]);
  if (first && all == 1)
    g_string_append (text, "the one point");
  else if (first && n == all)
    g_string_append_printf (text, "%s %" G_GSIZE_FORMAT " points",
                            verdict == MOE_VERDICT_UNCLEAR ? "any of the" : "all", n);
  else if (first)
    g_string_append_printf (text, "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " points", n, all);
  else
    g_string_append_printf (text, "%" G_GSIZE_FORMAT, n);
  if (verdict != MOE_VERDICT_UNCLEAR)
    {
      g_string_append (text, n == 1 ? " (" : " (median ");
      append_short_percent (text, median_ratio (comparison, verdict));
      g_string_append_c (text, ')');
    }
  *begun = TRUE;
}

char *
moe_compare_headline (const MoeComparison *comparison)
{
  gboolean begun = FALSE;
  gsize bare = count_without_interval (comparison), all = comparison->pairs->len;
  GString *text = g_string_new (NULL);
  if (all == 0)
    {
      g_string_append (text, "No point of B has a partner in A: nothing can be compared.");
      return g_string_free (text, FALSE);
    }
  append_count (text, comparison, MOE_VERDICT_FASTER, &begun);
  append_count (text, comparison, MOE_VERDICT_SLOWER, &begun);
  append_count (text, comparison, MOE_VERDICT_UNCLEAR, &begun);
  g_string_append_c (text, '.');
  if (bare == all)
    g_string_append (text, " The figures have no samples, so there are no intervals.");
  else if (bare > 0)
    g_string_append_printf (text, " %" G_GSIZE_FORMAT " of the points %s no interval.", bare,
                            bare == 1 ? "has" : "have");
  return g_string_free (text, FALSE);
}

/* --- table --- */

/* Axes that are not the same in all pairs. */
static void
find_shown (const MoeComparison *comparison, gboolean shown[MOE_N_AXES])
{
  const MoePair *first = &g_array_index (comparison->pairs, MoePair, 0);
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    shown[axis] = FALSE;
  for (guint i = 1; i < comparison->pairs->len; i++)
    {
      const MoePair *pair = &g_array_index (comparison->pairs, MoePair, i);
      for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
        shown[axis] |= !moe_record_same_axis (first->a, pair->a, axis)
                       || !moe_record_same_axis (first->b, pair->b, axis);
    }
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
  g_autofree char *both = g_strdup_printf ("%s / %s", a, b);
  moe_grid_add (grid, both);
}

static void
add_interval (MoeGrid *grid, const MoePair *pair)
{
  GString *cell = g_string_new (NULL);
  if (!isnan (pair->p))
    {
      append_short_percent (cell, pair->lower);
      g_string_append (cell, " to ");
      append_short_percent (cell, pair->upper);
      g_string_append (cell, pair->coverage < 0.95 ? " *" : "");
    }
  else
    g_string_append (cell, MOE_TABLES_MISSING);
  moe_grid_take (grid, cell);
}

static void
add_p (MoeGrid *grid, const MoePair *pair)
{
  if (pair->p < 0.001)
    moe_grid_add (grid, "<0.001");
  else
    moe_grid_add_real (grid, pair->p, 3, "");
}

static void
add_pair (MoeGrid *grid, const MoePair *pair, const gboolean shown[MOE_N_AXES])
{
  GString *cell = g_string_new (NULL);
  moe_grid_begin_row (grid);
  moe_cell_append_shape (cell, pair->b);
  moe_grid_take (grid, cell);
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (shown[axis])
      add_axis (grid, pair, axis);
  moe_cell_append_topk (cell = g_string_new (NULL), pair->b);
  moe_grid_take (grid, cell);
  moe_cell_append_fraction (cell = g_string_new (NULL), pair->b->null_target);
  moe_grid_take (grid, cell);
  moe_cell_append_rate (cell = g_string_new (NULL), pair->a->tokens_per_s);
  moe_grid_take (grid, cell);
  moe_cell_append_rate (cell = g_string_new (NULL), pair->b->tokens_per_s);
  moe_grid_take (grid, cell);
  append_short_percent (cell = g_string_new (NULL), pair->ratio);
  moe_grid_take (grid, cell);
  add_interval (grid, pair);
  add_p (grid, pair);
  cell = g_string_new (NULL);
  g_string_printf (cell, "%" G_GSIZE_FORMAT " / %" G_GSIZE_FORMAT, pair->n_a, pair->n_b);
  moe_grid_take (grid, cell);
  moe_grid_add (grid, moe_pair_verdict (pair));
}

static void
fill_grid (MoeGrid *grid, const MoeComparison *comparison)
{
  static const char *const numbers[] = { "top-k",    "f", "A tokens/s", "B tokens/s", "delta",
                                         "interval", "p", "n",          "verdict" };
  gboolean shown[MOE_N_AXES];
  find_shown (comparison, shown);
  grid->left_end = TRUE;
  grid->drop_empty = TRUE;
  moe_grid_add (grid, "shape");
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    if (shown[axis])
      moe_grid_add (grid, moe_axis_title (axis));
  grid->n_left = grid->column;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    moe_grid_add (grid, numbers[i]);
  for (guint i = 0; i < comparison->pairs->len; i++)
    add_pair (grid, &g_array_index (comparison->pairs, MoePair, i), shown);
}

/* --- what is below the table --- */

static gboolean
any_pair (const MoeComparison *comparison, gboolean (*is_it) (const MoePair *))
{
  for (guint i = 0; i < comparison->pairs->len; i++)
    if (is_it (&g_array_index (comparison->pairs, MoePair, i)))
      return TRUE;
  return FALSE;
}

static gboolean
has_p (const MoePair *pair)
{
  return !isnan (pair->p);
}

static gboolean
has_no_p (const MoePair *pair)
{
  return isnan (pair->p);
}

static gboolean
is_too_few (const MoePair *pair)
{
  return pair->too_few;
}

static gboolean
is_narrow (const MoePair *pair)
{
  return pair->coverage < 0.95;
}

static void
add_notes (GPtrArray *lines, const MoeComparison *comparison)
{
  if (any_pair (comparison, has_p))
    g_ptr_array_add (lines,
                     g_strdup ("p: two-sided rank sum test (Mann and Whitney) of the samples; n "
                               "tells how many A and B have. Below 0.05 a difference is "
                               "clear; of 20 equal points one is expected there by chance."));
  if (any_pair (comparison, is_too_few))
    g_ptr_array_add (lines,
                     g_strdup ("Fewer than 4 samples against 4 cannot show a clear "
                               "difference, however large: measure with --iters 4 or more."));
  if (any_pair (comparison, is_narrow))
    g_ptr_array_add (lines, g_strdup ("*: the samples are too few for an interval of 95 %; all "
                                      "quotients of two samples lie in it."));
  if (any_pair (comparison, has_no_p))
    g_ptr_array_add (lines, g_strdup ("Without samples on both sides there is no interval: less "
                                      "than 2 % is no clear difference."));
}

/* "4096x512x352x60 top-4 f = 0.3 (take_until_null)" */
static void
append_row_name (GString *text, const MoeRecord *record)
{
  moe_cell_append_shape (text, record);
  g_string_append (text, " top-");
  moe_cell_append_topk (text, record);
  g_string_append (text, " f = ");
  moe_cell_append_fraction (text, record->null_target);
  const char *const words[] = { record->null_mode, record->pass, record->impl };
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i] != NULL)
      g_string_append_printf (text, " %s", words[i]);
}

static void
add_unmatched (GPtrArray *lines, const MoeSide *side, const char *name)
{
  guint n = side->unmatched->len;
  if (n == 0)
    return;
  GString *text = g_string_new (NULL);
  g_string_append_printf (text, "%u row%s of %s without a partner: ", n, n == 1 ? "" : "s", name);
  for (guint i = 0; i < MIN (n, MAX_NAMED); i++)
    {
      g_string_append (text, i > 0 ? "; " : "");
      append_row_name (text, g_ptr_array_index (side->unmatched, i));
    }
  if (n > MAX_NAMED)
    g_string_append_printf (text, "; and %u more", n - MAX_NAMED);
  g_string_append_c (text, '.');
  g_ptr_array_add (lines, g_string_free (text, FALSE));
}

static GPtrArray *
closing_lines (const MoeComparison *comparison)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (g_free);
  add_notes (lines, comparison);
  add_unmatched (lines, &comparison->a, "A");
  add_unmatched (lines, &comparison->b, "B");
  if (comparison->n_repeats > 0)
    g_ptr_array_add (lines, g_strdup_printf ("%" G_GSIZE_FORMAT
                                             " row%s repeat a point of the same side; the first "
                                             "counts.",
                                             comparison->n_repeats,
                                             comparison->n_repeats == 1 ? "" : "s"));
  if (comparison->n_left_out > 0)
    g_ptr_array_add (
        lines, g_strdup_printf ("Only the first %u pairs are shown.", comparison->pairs->len));
  return lines;
}

/* --- both forms --- */

static void
append_markdown_lines (GString *text, const char *const *lines, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      g_string_append (text, "- ");
      moe_cell_append_text (text, lines[i]);
      g_string_append_c (text, '\n');
    }
  g_string_append (text, n > 0 ? "\n" : "");
}

GString *
moe_compare_to_markdown (const MoeComparison *comparison)
{
  GString *text = g_string_new ("**");
  g_autoptr (GPtrArray) lines = closing_lines (comparison);
  const char *const *warnings = moe_comparison_get_warnings (comparison);
  moe_cell_append_text (text, comparison->headline);
  g_string_append (text, "**\n\n- A: ");
  moe_cell_append_text (text, comparison->a.name);
  g_string_append (text, "\n- B: ");
  moe_cell_append_text (text, comparison->b.name);
  g_string_append (text, "\n\n");
  if (warnings[0] != NULL)
    g_string_append (text, "What differs between the sides:\n\n");
  append_markdown_lines (text, warnings, g_strv_length (comparison->warnings));
  if (comparison->pairs->len > 0)
    {
      MoeGrid grid;
      moe_grid_init (&grid);
      fill_grid (&grid, comparison);
      g_autoptr (GString) table = moe_grid_to_markdown (&grid);
      moe_grid_clear (&grid);
      g_string_append_printf (text, "%s\n", table->str);
    }
  append_markdown_lines (text, (const char *const *)lines->pdata, lines->len);
  g_string_truncate (text, text->len - 1); /* one newline at the end */
  return text;
}

static void
append_line (GString *text, const char *before, const char *line)
{
  g_autofree char *valid = g_utf8_make_valid (line, -1);
  g_string_append (text, before);
  for (const char *c = valid; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);
      g_string_append_unichar (text, g_unichar_iscntrl (character) ? ' ' : character);
    }
  g_string_append_c (text, '\n');
}

GString *
moe_compare_to_text (const MoeComparison *comparison)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GPtrArray) lines = closing_lines (comparison);
  append_line (text, "", comparison->headline);
  append_line (text, "A: ", comparison->a.name);
  append_line (text, "B: ", comparison->b.name);
  for (char **warning = comparison->warnings; *warning != NULL; warning++)
    append_line (text, "Warning: ", *warning);
  if (comparison->pairs->len > 0)
    {
      MoeGrid grid;
      moe_grid_init (&grid);
      fill_grid (&grid, comparison);
      g_autoptr (GString) table = moe_grid_to_text (&grid);
      moe_grid_clear (&grid);
      g_string_append_printf (text, "\n%s\n", table->str);
    }
  for (guint i = 0; i < lines->len; i++)
    append_line (text, "", g_ptr_array_index (lines, i));
  return text;
}
