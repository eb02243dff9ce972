/* SPDX-License-Identifier: Apache-2.0 */
/* Findings in sentences and tables. */
#include <math.h>

#include "engine/records/findings.h"
#include "engine/records/numbers.h"
#include "engine/records/tables-private.h"

enum
{
  MAX_PARTS = 3 /* stages that a sentence or a cell names */
};

static const char *const stage_words[MOE_N_STAGES] = {
  [MOE_STAGE_PACK] = "ordering the assignments",
  [MOE_STAGE_GATHER] = "copying rows into expert order",
  [MOE_STAGE_UP] = "matmuls with w1 and w3",
  [MOE_STAGE_ACTIVATION] = "the activation",
  [MOE_STAGE_DOWN] = "matmuls with w2",
  [MOE_STAGE_COMBINE] = "the weighted sums",
  [MOE_STAGE_COMBINE_BWD] = "gradients of the weighted sums",
  [MOE_STAGE_DOWN_DGRAD] = "gradients through w2",
  [MOE_STAGE_ACTIVATION_BWD] = "gradients of the activation",
  [MOE_STAGE_UP_DGRAD] = "gradients through w1 and w3",
  [MOE_STAGE_DOWN_WGRAD] = "gradients of w2",
  [MOE_STAGE_UP_WGRAD] = "gradients of w1 and w3",
  [MOE_STAGE_GATHER_BWD] = "gradients of the rows, summed",
  [MOE_STAGE_SHARED] = "the shared expert",
  [MOE_STAGE_SHARED_BWD] = "gradients of the shared expert",
  [MOE_STAGE_COMM] = "exchange between shards",
  [MOE_STAGE_COMM_BWD] = "exchange between shards, backward",
  [MOE_STAGE_WAIT] = "threads without work",
};

static const MoeFinding *
get (const GPtrArray *findings, guint index)
{
  return g_ptr_array_index (findings, index);
}

static void
append_name (GString *text, const MoeFinding *finding)
{
  g_string_append_c (text, '`');
  moe_cell_append_shape (text, finding->last);
  g_string_append (text, "` top-");
  moe_cell_append_topk (text, finding->last);
  if (finding->words[0] == '\0')
    return;
  g_string_append (text, " (");
  moe_cell_append_text (text, finding->words);
  g_string_append_c (text, ')');
}

/* "+7.2 %" from 1.072, "21.7 %" from 0.217 */
static void
append_share (GString *text, double share)
{
  moe_number_append_fixed (text, 100 * share, 1);
  g_string_append (text, " %");
}

static void
append_times (GString *text, double ratio)
{
  moe_number_append_fixed (text, ratio, ratio < 10 ? 2 : 1);
  g_string_append (text, "×");
}

/* "38.2 ms": three digits and a unit. */
static void
append_seconds (GString *text, double time_s)
{
  static const struct
  {
    double unit_s;
    const char *name;
  } units[] = { { 1, " s" }, { 1e-3, " ms" }, { 1e-6, " µs" }, { 1e-9, " ns" } };
  gsize i = 0;
  while (i + 1 < G_N_ELEMENTS (units) && fabs (time_s) < 0.9995 * units[i].unit_s)
    i++;
  double value = time_s / units[i].unit_s;
  moe_number_append_fixed (text, value, fabs (value) < 9.995 ? 2 : fabs (value) < 99.95 ? 1 : 0);
  g_string_append (text, units[i].name);
}

/* --- does it rise? --- */

typedef struct Steps
{
  gsize curves, steps, falls, clear_rises, clear_falls, hopeless;
  gsize sampled;         /* curves */
  gsize rising, falling; /* of these, clearly, over all fractions */
  const MoeFinding *deepest;
} Steps;

static double
fall_ratio (const MoeFinding *finding)
{
  return finding->fall_to->tokens_per_s / finding->fall_from->tokens_per_s;
}

static Steps
count_steps (const GPtrArray *findings, guint from, guint to)
{
  Steps sum = { 0 };
  for (guint i = from; i < to; i++)
    {
      const MoeFinding *finding = get (findings, i);
      gboolean clear = finding->tau_p < 0.05;
      sum.curves++;
      sum.steps += finding->n_steps;
      sum.falls += finding->n_falls;
      sum.clear_rises += finding->n_clear_rises;
      sum.clear_falls += finding->n_clear_falls;
      sum.hopeless += finding->n_hopeless;
      sum.sampled += !isnan (finding->tau);
      sum.rising += clear && finding->tau > 0;
      sum.falling += clear && finding->tau < 0;
      if (finding->fall_to != NULL
          && (sum.deepest == NULL || finding->fall_is_clear > sum.deepest->fall_is_clear
              || (finding->fall_is_clear == sum.deepest->fall_is_clear
                  && fall_ratio (finding) < fall_ratio (sum.deepest))))
        sum.deepest = finding;
    }
  return sum;
}

static void
append_deepest (GString *text, const MoeFinding *finding)
{
  g_string_append (text, " The deepest fall is ");
  moe_cell_append_percent (text, fall_ratio (finding));
  g_string_append (text, ", from f = ");
  moe_cell_append_fraction (text, finding->fall_from->null_target);
  g_string_append (text, " to ");
  moe_cell_append_fraction (text, finding->fall_to->null_target);
  g_string_append (text, " at ");
  append_name (text, finding);
  g_string_append_c (text, '.');
}

/* How far the samples bear that out. */
static void
append_certainty (GString *text, const Steps *sum)
{
  gsize open = sum->steps - sum->clear_rises - sum->clear_falls;
  if (sum->sampled == 0)
    {
      if (open > 0)
        g_string_append_printf (text,
                                " %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                                " steps are under 2 %%, which counts as a tie.",
                                open, sum->steps);
      g_string_append (text, " The figures have no samples, so there are no intervals.");
      return;
    }
  if (sum->hopeless == sum->steps)
    g_string_append (text,
                     " With fewer than 4 samples a point no single step can be told from noise.");
  else
    g_string_append_printf (text,
                            " Of %" G_GSIZE_FORMAT " steps %" G_GSIZE_FORMAT
                            " rise clearly, %" G_GSIZE_FORMAT " fall clearly, and %" G_GSIZE_FORMAT
                            " are too small to tell.",
                            sum->steps, sum->clear_rises, sum->clear_falls, open);
  g_string_append_printf (text,
                          " Over all fractions tokens/s rises clearly with f in %" G_GSIZE_FORMAT
                          " of %" G_GSIZE_FORMAT " curves",
                          sum->rising, sum->sampled);
  if (sum->falling > 0)
    g_string_append_printf (text, " and falls clearly in %" G_GSIZE_FORMAT, sum->falling);
  g_string_append (text, " (Kendall's rank correlation, p < 0.05).");
}

static void
append_trend (GString *text, const GPtrArray *findings, guint from, guint to)
{
  Steps sum = count_steps (findings, from, to);
  g_string_append (text, "- ");
  if (sum.falls == 0)
    {
      g_string_append (text,
                       "**Tokens/s is monotonic in f**: it never falls from one null fraction "
                       "to the next, ");
      if (sum.curves == 1)
        {
          g_string_append (text, "at ");
          append_name (text, get (findings, from));
        }
      else
        g_string_append_printf (text, "in all %" G_GSIZE_FORMAT " curves (shape and top-k)",
                                sum.curves);
      g_string_append_c (text, '.');
    }
  else
    {
      gboolean falls = sum.clear_falls > 0 || sum.falling > 0;
      g_string_append (text, falls ? "**Tokens/s is not monotonic in f**: it"
                                   : "**Tokens/s nowhere falls clearly**: it");
      g_string_append_printf (text,
                              " falls in %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                              " steps from one null fraction to the next, ",
                              sum.falls, sum.steps);
      if (sum.clear_falls > 0)
        g_string_append_printf (text, "in %" G_GSIZE_FORMAT " of them clearly.", sum.clear_falls);
      else
        g_string_append (text, "but in none by more than noise may be.");
      append_deepest (text, sum.deepest);
    }
  append_certainty (text, &sum);
  g_string_append_c (text, '\n');
}

/* --- how much is it, and of what? --- */

/* "1.98× to 2.05×, 95 % interval of 8 pairs" */
static void
append_interval (GString *text, const MoeFinding *finding)
{
  const MoeSpread *speedup = &finding->speedup;
  if (finding->kind == MOE_SPEEDUP_RATES || speedup->n < 2)
    {
      g_string_append (text, "no interval: single figures");
      return;
    }
  append_times (text, speedup->lower);
  g_string_append (text, " to ");
  append_times (text, speedup->upper);
  if (finding->kind == MOE_SPEEDUP_UNPAIRED)
    g_string_append (text, ", from the intervals of two medians");
  else if (speedup->coverage >= 0.95)
    g_string_append_printf (text, ", 95 %% interval of %zu pairs", speedup->n);
  else
    g_string_append_printf (text, ", range of %zu pairs", speedup->n);
}

static gboolean
is_clear_gain (const MoeFinding *finding)
{
  return finding->kind == MOE_SPEEDUP_RATES
             ? fabs (finding->speedup.median - 1) >= 0.02
             : finding->speedup.n >= 2
                   && (finding->speedup.lower > 1 || finding->speedup.upper < 1);
}

static void
append_largest (GString *text, const GPtrArray *findings, guint from, guint to)
{
  const MoeFinding *best = NULL;
  for (guint i = from; i < to; i++)
    if (isfinite (get (findings, i)->speedup.median)
        && (best == NULL || get (findings, i)->speedup.median > best->speedup.median))
      best = get (findings, i);
  if (best == NULL)
    {
      g_string_append (text, "- No curve has a row at f = 0, so there is no gain to tell.\n");
      return;
    }
  g_string_append (text, "- **The largest gain** is ");
  append_times (text, best->speedup.median);
  g_string_append (text, " (");
  moe_cell_append_percent (text, best->speedup.median);
  g_string_append (text, "), from f = 0.0 to ");
  moe_cell_append_fraction (text, best->last->null_target);
  g_string_append (text, " at ");
  append_name (text, best);
  g_string_append (text, ": ");
  moe_cell_append_rate (text, best->base->tokens_per_s);
  g_string_append (text, " to ");
  moe_cell_append_rate (text, best->last->tokens_per_s);
  g_string_append (text, " tokens/s (");
  append_interval (text, best);
  g_string_append (text, is_clear_gain (best) ? ").\n" : "); that is no clear difference.\n");
}

static void
append_realised (GString *text, const GPtrArray *findings, guint from, guint to)
{
  const MoeFinding *least = NULL, *most = NULL;
  gsize without = 0;
  for (guint i = from; i < to; i++)
    {
      const MoeFinding *finding = get (findings, i);
      without += finding->base == NULL;
      if (!isfinite (finding->realised))
        continue;
      if (least == NULL || finding->realised < least->realised)
        least = finding;
      if (most == NULL || finding->realised > most->realised)
        most = finding;
    }
  if (least == NULL)
    return;
  g_string_append (text, "- **Of the ideal 1 / (1 - f)**, ");
  append_share (text, least->realised);
  g_string_append (text, least == most ? " is realised at the highest f (" : " (");
  append_name (text, least);
  g_string_append (text, ", f = ");
  moe_cell_append_fraction (text, least->last->null_target);
  if (least != most)
    {
      g_string_append (text, ") to ");
      append_share (text, most->realised);
      g_string_append (text, " (");
      append_name (text, most);
      g_string_append (text, ", f = ");
      moe_cell_append_fraction (text, most->last->null_target);
    }
  g_string_append (text, least == most ? ")." : ") is realised at the highest f.");
  if (without > 0)
    g_string_append_printf (text,
                            " %" G_GSIZE_FORMAT " curve%s no row at f = 0 to be held against.",
                            without, without == 1 ? " has" : "s have");
  g_string_append_c (text, '\n');
}

/* --- what eats the rest? --- */

int
moe_finding_leading_stage (const MoeFinding *finding)
{
  int stages[MOE_N_STAGES];
  gsize n = moe_finding_rank_stages (finding, stages);
  if (n == 0 || finding->excess_s <= finding->doubt_s)
    return -1;
  double first = finding->stage_excess_s[stages[0]];
  double second = n > 1 ? finding->stage_excess_s[stages[1]] : 0;
  return first - second > finding->doubt_s ? stages[0] : -1;
}

static void
append_parts (GString *text, const MoeFinding *finding, gboolean spelt)
{
  int stages[MOE_N_STAGES];
  gsize n = moe_finding_rank_stages (finding, stages);
  for (gsize i = 0; i < MIN (n, MAX_PARTS) && finding->stage_excess_s[stages[i]] > 0; i++)
    {
      g_string_append (text, i > 0 ? ", " : "");
      append_seconds (text, finding->stage_excess_s[stages[i]]);
      g_string_append (text, " (");
      append_share (text, finding->stage_excess_s[stages[i]] / finding->excess_s);
      g_string_append_printf (text, spelt ? ") `%s`" : ") %s",
                              moe_name_of (&moe_stage_names, stages[i]));
      if (spelt)
        g_string_append_printf (text, " (%s)", stage_words[stages[i]]);
    }
}

static void
append_example (GString *text, const MoeFinding *finding)
{
  g_string_append (text, " At ");
  append_name (text, finding);
  g_string_append (text, ", f = ");
  moe_cell_append_fraction (text, finding->last->null_target);
  g_string_append (text, ", a step takes ");
  append_seconds (text, finding->ideal_s + finding->excess_s);
  g_string_append (text, " where ideal scaling would leave ");
  append_seconds (text, finding->ideal_s);
  if (finding->excess_s <= finding->doubt_s)
    {
      g_string_append (text, ", which is within the noise of the samples.");
      return;
    }
  g_string_append (text, "; of the ");
  append_seconds (text, finding->excess_s);
  g_string_append (text, " between them ");
  append_parts (text, finding, TRUE);
  g_string_append_c (text, '.');
}

static void
append_leaders (GString *text, const GPtrArray *findings, guint from, guint to)
{
  gsize leads[MOE_N_STAGES] = { 0 }, open = 0, told = 0;
  for (guint i = from; i < to; i++)
    if (get (findings, i)->has_stages)
      {
        int stage = moe_finding_leading_stage (get (findings, i));
        told++;
        if (stage >= 0)
          leads[stage]++;
        else
          open++;
      }
  gboolean any = FALSE;
  for (int i = 0; i < MOE_N_STAGES; i++)
    if (leads[i] > 0)
      {
        g_string_append_printf (text, "%s `%s` (%s)", any ? ";" : "",
                                moe_name_of (&moe_stage_names, i), stage_words[i]);
        if (told > 1)
          g_string_append_printf (text, " in %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " curves",
                                  leads[i], told);
        any = TRUE;
      }
  if (open > 0 && told > 1)
    g_string_append_printf (text,
                            "%s in %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
                            " curves the samples do not tell which stage leads",
                            any ? ";" : "", open, told);
  else if (open > 0)
    g_string_append (text, " the samples do not tell which stage leads");
  g_string_append_c (text, '.');
}

static void
append_rest (GString *text, const GPtrArray *findings, guint from, guint to)
{
  const MoeFinding *worst = NULL;
  for (guint i = from; i < to; i++)
    if (get (findings, i)->has_stages
        && (worst == NULL || get (findings, i)->realised < worst->realised))
      worst = get (findings, i);
  if (worst == NULL)
    {
      g_string_append (text,
                       "- **What eats the rest** is not known: the rows tell no stage times at "
                       "f = 0 and at the highest f.\n");
      return;
    }
  g_string_append (text, "- **What eats the rest**, above all:");
  append_leaders (text, findings, from, to);
  append_example (text, worst);
  g_string_append_c (text, '\n');
}

/* --- tables --- */

static void
add_names (MoeGrid *grid, const MoeFinding *finding, gboolean several_runs, gboolean labels)
{
  GString *cell = g_string_new (NULL);
  moe_grid_begin_row (grid);
  if (several_runs)
    moe_grid_add (grid, moe_run_get_title (finding->run));
  if (labels)
    moe_grid_add (grid, finding->label[0] != '\0' ? finding->label : NULL);
  moe_cell_append_shape (cell, finding->last);
  moe_grid_take (grid, cell);
  moe_cell_append_topk (cell = g_string_new (NULL), finding->last);
  moe_grid_take (grid, cell);
  moe_cell_append_fraction (cell = g_string_new (NULL), finding->last->null_target);
  moe_grid_take (grid, cell);
}

static void
add_header (
    MoeGrid *grid, gboolean several_runs, gboolean labels, const char *const *numbers, gsize n)
{
  if (several_runs)
    moe_grid_add (grid, "Run");
  if (labels)
    moe_grid_add (grid, "Curve");
  moe_grid_add (grid, "Shape");
  grid->n_left = grid->column;
  moe_grid_add (grid, "topk");
  moe_grid_add (grid, "f");
  for (gsize i = 0; i < n; i++)
    moe_grid_add (grid, numbers[i]);
}

static void
add_gain_row (MoeGrid *grid, const MoeFinding *finding)
{
  GString *cell = g_string_new (NULL);
  gboolean interval = finding->kind > MOE_SPEEDUP_RATES && finding->speedup.n > 1;
  append_times (cell, finding->speedup.median);
  moe_grid_take (grid, cell);
  cell = g_string_new (interval ? NULL : MOE_TABLES_MISSING);
  if (interval)
    {
      append_times (cell, finding->speedup.lower);
      g_string_append (cell, " to ");
      append_times (cell, finding->speedup.upper);
    }
  moe_grid_take (grid, cell);
  append_times (cell = g_string_new (NULL), finding->ideal);
  moe_grid_take (grid, cell);
  append_share (cell = g_string_new (NULL), finding->realised);
  moe_grid_take (grid, cell);
  cell = g_string_new (interval ? NULL : MOE_TABLES_MISSING);
  if (interval)
    {
      append_share (cell, finding->realised_lower);
      g_string_append (cell, " to ");
      append_share (cell, finding->realised_upper);
    }
  moe_grid_take (grid, cell);
}

static void
add_rest_row (MoeGrid *grid, const MoeFinding *finding)
{
  GString *cell = g_string_new (NULL);
  append_seconds (cell, finding->ideal_s + finding->excess_s);
  moe_grid_take (grid, cell);
  append_seconds (cell = g_string_new (NULL), finding->ideal_s);
  moe_grid_take (grid, cell);
  append_seconds (cell = g_string_new (NULL), finding->excess_s);
  moe_grid_take (grid, cell);
  cell = g_string_new (NULL);
  if (finding->excess_s > finding->doubt_s)
    append_parts (cell, finding, FALSE);
  else
    g_string_append (cell, "within the noise");
  moe_grid_take (grid, cell);
}

static gboolean
has_gain (const MoeFinding *finding)
{
  return isfinite (finding->realised);
}

static gboolean
has_rest (const MoeFinding *finding)
{
  return finding->has_stages;
}

static void
append_table (GString *text,
              const GPtrArray *findings,
              const char *heading,
              const char *const *numbers,
              gsize n_numbers,
              gboolean (*belongs) (const MoeFinding *),
              void (*add_row) (MoeGrid *, const MoeFinding *))
{
  MoeGrid grid;
  gboolean several_runs = FALSE, labels = FALSE, any = FALSE;
  for (guint i = 0; i < findings->len; i++)
    {
      several_runs |= get (findings, i)->run != get (findings, 0)->run;
      labels |= get (findings, i)->label[0] != '\0';
      any |= belongs (get (findings, i));
    }
  if (!any)
    return;
  moe_grid_init (&grid);
  grid.left_end = add_row == add_rest_row;
  grid.drop_empty = TRUE;
  add_header (&grid, several_runs, labels, numbers, n_numbers);
  for (guint i = 0; i < findings->len; i++)
    if (belongs (get (findings, i)))
      {
        add_names (&grid, get (findings, i), several_runs, labels);
        add_row (&grid, get (findings, i));
      }
  g_autoptr (GString) table = moe_grid_to_markdown (&grid);
  moe_grid_clear (&grid);
  g_string_append_printf (text, "\n%s\n\n%s", heading, table->str);
}

static void
append_tables (GString *text, const GPtrArray *findings)
{
  static const char *const gain[] = { "speed-up", "interval", "ideal", "realised", "interval" };
  static const char *const rest[] = { "step", "ideal scaling leaves", "excess",
                                      "largest parts of the excess" };
  append_table (text, findings, "What is realised of the ideal at the highest null fraction:", gain,
                G_N_ELEMENTS (gain), has_gain, add_gain_row);
  append_table (text, findings,
                "Where the rest goes: time of a step at the highest null fraction, what is left "
                "when every stage scales with 1 - f, and the excess over it by stage:",
                rest, G_N_ELEMENTS (rest), has_rest, add_rest_row);
}

GString *
moe_findings_to_markdown (const GPtrArray *findings)
{
  GString *text = g_string_new (NULL);
  if (findings->len == 0)
    g_string_append (text, "No curve has tokens/s at two null fractions, so there is nothing to "
                           "conclude.\n");
  for (guint from = 0, to; from < findings->len; from = to)
    {
      const MoeRun *run = get (findings, from)->run;
      for (to = from + 1; to < findings->len && get (findings, to)->run == run;)
        to++;
      if (to - from < findings->len)
        {
          g_string_append (text, from > 0 ? "\n**" : "**");
          moe_cell_append_text (text, moe_run_get_title (run));
          g_string_append (text, "**\n\n");
        }
      append_trend (text, findings, from, to);
      append_largest (text, findings, from, to);
      append_realised (text, findings, from, to);
      append_rest (text, findings, from, to);
    }
  append_tables (text, findings);
  return text;
}
