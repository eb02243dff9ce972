/* SPDX-License-Identifier: Apache-2.0 */
/* Findings in sentences and tables. */
#include "ui/words/conclusion.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/numbers.h"
#include "ui/words/cells.h"
#include "ui/words/grid.h"
#include "ui/words/judged.h"
#include "ui/words/rest.h"

enum
{
  MAX_PARTS = 3 /* kinds of work that a sentence or a cell names */
};

static const MoeFinding *
get (const GPtrArray *findings, guint index)
{
  return g_ptr_array_index (findings, index);
}

/* "`4096x512x352x60` top-4 (router)" */
static char *
name_of (const MoeFinding *finding)
{
  g_autofree char *shape = moe_cell_shape (finding->last), *topk = moe_cell_topk (finding->last);
  g_autofree char *words = moe_cell_text (finding->words);
  return words[0] != '\0' ? g_strdup_printf ("`%s` top-%s (%s)", shape, topk, words)
                          : g_strdup_printf ("`%s` top-%s", shape, topk);
}

/* "21.7 %" from 0.217 */
static char *
share_text (double share)
{
  return moe_number_fixed (100 * share, 1, " %");
}

/* "1.98× to 2.05×" */
static char *
range_text (char *(*text) (double), double lower, double upper)
{
  g_autofree char *from = text (lower), *to = text (upper);
  return g_strconcat (from, _ (" to "), to, NULL);
}

/* --- does it rise? --- */

/* "−3.1 % from f = 0.8 to 0.9 at `...` top-4" */
static char *
describe_deepest (const MoeTrend *trend)
{
  const MoeStep *step = trend->deepest_step;
  g_autofree char *delta = nullcurve_words_delta (step->judged.ratio);
  g_autofree char *from = moe_cell_fraction (step->from->null_target);
  g_autofree char *to = moe_cell_fraction (step->to->null_target);
  g_autofree char *name = name_of (trend->deepest);
  return g_strdup_printf (_ ("The deepest fall is %s, from f = %s to %s at %s."), delta, from, to,
                          name);
}

/* What the steps say; one of these holds, whatever is shown beside it. */
static const char *
trend_verdict (const MoeTrend *trend)
{
  if (trend->falls > 0)
    return _ ("Tokens/s is not monotonic in f");
  if (trend->rises == trend->steps)
    return _ ("Tokens/s is monotonic in f, rising with every step");
  if (trend->open == 0)
    return _ ("Tokens/s is monotonic in f, never falling");
  if (trend->rising == trend->curves)
    return _ ("Tokens/s rises with f, and nowhere falls for sure");
  return _ ("Tokens/s nowhere falls for sure");
}

static void
add_count (GString *counts, gsize n, const char *words)
{
  if (n == 0)
    return;
  g_string_append (counts, counts->len > 0 ? ", " : "");
  g_string_append_printf (counts, words, n);
}

static char *
count_steps (const MoeTrend *trend)
{
  g_autoptr (GString) counts = g_string_new (NULL);
  add_count (counts, trend->rises, g_dngettext (NULL, "%zu rises", "%zu rise", trend->rises));
  add_count (counts, trend->same,
             g_dngettext (NULL, "%zu stays the same", "%zu stay the same", trend->same));
  add_count (counts, trend->falls, g_dngettext (NULL, "%zu falls", "%zu fall", trend->falls));
  add_count (counts, trend->open, g_dngettext (NULL, "%zu is open", "%zu are open", trend->open));
  return g_strdup_printf (g_dngettext (NULL, "of %zu step from one null fraction to the next %s",
                                       "of %zu steps from one null fraction to the next %s",
                                       trend->steps),
                          trend->steps, counts->str);
}

char *
nullcurve_words_trend (const MoeTrend *trend, const char *mark)
{
  g_autofree char *counts = count_steps (trend);
  g_autoptr (GString) text = g_string_new (mark);
  g_string_append_printf (text, "%s%s: %s.", trend_verdict (trend), mark, counts);
  if (trend->deepest != NULL)
    {
      g_autofree char *deepest = describe_deepest (trend);
      g_string_append_printf (text, " %s", deepest);
    }
  if (trend->curves > 1)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text,
                              _ ("From the lowest to the highest fraction %zu of %zu curves rise"),
                              trend->rising, trend->curves);
      if (trend->falling > 0)
        g_string_append_printf (text, _ (", %zu fall"), trend->falling);
      g_string_append_c (text, '.');
    }
  if (!trend->sampled)
    g_string_append_printf (text, " %s",
                            /* xgettext:no-c-format */
                            _ ("The figures have no samples; less than 2 % counts as the same."));
  else if (trend->open > 0 && trend->more_rounds > 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text,
                              g_dngettext (NULL, "After %zu more round some of it is settled.",
                                           "After %zu more rounds some of it is settled.",
                                           trend->more_rounds),
                              trend->more_rounds);
    }
  else if (trend->open > 0 && trend->more_starts > 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (text,
                              g_dngettext (NULL, "After %zu more start some of it is settled.",
                                           "After %zu more starts some of it is settled.",
                                           trend->more_starts),
                              trend->more_starts);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
append_trend (GString *text, const GPtrArray *findings, guint from, guint to)
{
  MoeTrend trend = moe_findings_trend (findings, from, to);
  g_autofree char *words = nullcurve_words_trend (&trend, "**");
  g_string_append_printf (text, "- %s\n", words);
}

/* --- how much is it, and of what? --- */

/* "1.98× to 2.05×, 95 % interval of 8 pairs" */
static char *
describe_interval (const MoeFinding *finding)
{
  const MoeSpread *speedup = &finding->speedup;
  if (finding->kind == MOE_SPEEDUP_RATES || speedup->n < 2)
    return g_strdup (_ ("no interval: single figures"));
  g_autofree char *lower = moe_cell_times (speedup->lower),
                  *upper = moe_cell_times (speedup->upper);
  if (finding->kind == MOE_SPEEDUP_UNPAIRED)
    return g_strdup_printf (_ ("%s to %s, from the intervals of two medians"), lower, upper);
  if (speedup->coverage >= 0.95)
    return g_strdup_printf (_ ("%s to %s, 95 %% interval of %zu pairs"), lower, upper, speedup->n);
  return g_strdup_printf (_ ("%s to %s, range of %zu pairs"), lower, upper, speedup->n);
}

static const char *
gain_doubt (const MoeFinding *finding)
{
  switch (finding->overall.verdict)
    {
    case MOE_VERDICT_FASTER:
    case MOE_VERDICT_SLOWER:
      return "";
    case MOE_VERDICT_SAME:
      return _ ("; that is the same");
    case MOE_VERDICT_OPEN:
      break;
    }
  return _ ("; whether that is a difference is open");
}

static void
append_largest (GString *text, const MoeFinding *best)
{
  if (best == NULL)
    {
      g_string_append_printf (text, "- %s\n",
                              _ ("No curve has a row at f = 0, so there is no gain to tell."));
      return;
    }
  g_autofree char *times = moe_cell_times (best->speedup.median);
  g_autofree char *fraction = moe_cell_fraction (best->last->null_target);
  g_autofree char *name = name_of (best);
  g_autofree char *before = moe_cell_rate (best->base->tokens_per_s);
  g_autofree char *after = moe_cell_rate (best->last->tokens_per_s);
  g_autofree char *interval = describe_interval (best);
  g_string_append (text, "- ");
  g_string_append_printf (text,
                          _ ("**The largest gain** is %s, from f = 0.0 to %s at %s: %s to %s "
                             "tokens/s (%s)%s."),
                          times, fraction, name, before, after, interval, gain_doubt (best));
  g_string_append_c (text, '\n');
}

/* "21.7 % (`...` top-8, f = 0.9)" */
static char *
describe_share (const MoeFinding *finding)
{
  g_autofree char *share = share_text (finding->realised), *name = name_of (finding);
  g_autofree char *fraction = moe_cell_fraction (finding->last->null_target);
  return g_strdup_printf ("%s (%s, f = %s)", share, name, fraction);
}

static void
append_realised (GString *text, const MoeGains *gains)
{
  const MoeFinding *least = gains->least, *most = gains->most;
  gsize without = gains->without_base;
  if (least == NULL)
    return;
  g_autofree char *low = describe_share (least), *high = describe_share (most);
  g_string_append (text, "- ");
  if (least == most)
    g_string_append_printf (
        text, _ ("**Of the ideal 1 / (1 - f)** %s is realised at the highest f."), low);
  else
    g_string_append_printf (
        text, _ ("**Of the ideal 1 / (1 - f)** %s to %s is realised at the highest f."), low, high);
  if (without > 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (
          text,
          g_dngettext (NULL, "%zu curve has no row at f = 0 to be held against.",
                       "%zu curves have no row at f = 0 to be held against.", without),
          without);
    }
  g_string_append_c (text, '\n');
}

/* --- what eats the rest? --- */

/* "1.2 ms (60.3 %) pack, ..." */
static char *
describe_parts (const MoeRest *rest)
{
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < MIN (rest->n_parts, MAX_PARTS) && rest->parts[i].excess_s > 0; i++)
    {
      const MoeRestPart *part = &rest->parts[i];
      g_autofree char *seconds = moe_cell_seconds (part->excess_s);
      g_autofree char *share = share_text (part->excess_s / rest->excess_s);
      g_string_append_printf (text, "%s%s (%s) %s", i > 0 ? ", " : "", seconds, share,
                              nullcurve_words_stage_kind (part->kind));
    }
  return g_string_free (text, FALSE);
}

static void
append_example (GString *text, const MoeFinding *finding)
{
  g_autofree char *name = name_of (finding);
  g_autofree char *fraction = moe_cell_fraction (finding->last->null_target);
  const MoeRest *rest = &finding->rest;
  g_autofree char *step = moe_cell_seconds (rest->measured_s);
  g_autofree char *ideal = moe_cell_seconds (rest->ideal_s);
  g_autofree char *excess = moe_cell_seconds (rest->excess_s);
  g_autofree char *parts = describe_parts (rest);
  g_string_append_c (text, ' ');
  if (rest->excess_s <= rest->doubt_s)
    g_string_append_printf (text,
                            _ ("At %s, f = %s, a step takes %s where ideal scaling would leave %s, "
                               "which is within the noise of the samples."),
                            name, fraction, step, ideal);
  else
    g_string_append_printf (text,
                            _ ("At %s, f = %s, a step takes %s where ideal scaling would leave %s; "
                               "of the %s between them %s."),
                            name, fraction, step, ideal, excess, parts);
}

static void
append_leaders (GString *text, const MoeGains *gains)
{
  const gsize *leads = gains->leads, told = gains->told, open = gains->undecided;
  const char *before = " ";
  for (int i = 0; i < MOE_N_STAGE_KINDS; i++)
    {
      if (leads[i] == 0)
        continue;
      g_string_append_printf (text, "%s%s", before, nullcurve_words_stage_kind (i));
      if (told > 1)
        g_string_append_printf (text, _ (" in %zu of %zu curves"), leads[i], told);
      before = "; ";
    }
  if (open > 0)
    {
      g_string_append (text, before);
      if (told > 1)
        g_string_append_printf (
            text, _ ("in %zu of %zu curves the samples do not tell which stage leads"), open, told);
      else
        g_string_append (text, _ ("the samples do not tell which stage leads"));
    }
  g_string_append_c (text, '.');
}

static void
append_rest (GString *text, const MoeGains *gains)
{
  const MoeFinding *worst = gains->worst;
  if (worst == NULL)
    return; /* which the answer has told */
  g_string_append_printf (text, "- %s", _ ("**What eats the rest**, above all:"));
  append_leaders (text, gains);
  append_example (text, worst);
  g_string_append_c (text, '\n');
}

/* --- tables --- */

static void
add_names (MoeGrid *grid, const MoeFinding *finding, gboolean several_runs, gboolean labels)
{
  moe_grid_begin_row (grid);
  if (several_runs)
    moe_grid_add (grid, moe_run_get_title (finding->run));
  if (labels)
    moe_grid_add (grid, finding->label[0] != '\0' ? finding->label : NULL);
  moe_grid_take (grid, moe_cell_shape (finding->last));
  moe_grid_take (grid, moe_cell_topk (finding->last));
  moe_grid_take (grid, moe_cell_fraction (finding->last->null_target));
}

static void
add_header (
    MoeGrid *grid, gboolean several_runs, gboolean labels, const char *const *numbers, gsize n)
{
  if (several_runs)
    moe_grid_add (grid, nullcurve_words_label (MOE_LABEL_RUN));
  if (labels)
    moe_grid_add (grid, _ ("Curve"));
  moe_grid_add (grid, _ ("Shape"));
  grid->n_left = grid->column;
  moe_grid_add (grid, "topk");
  moe_grid_add (grid, "f");
  for (gsize i = 0; i < n; i++)
    moe_grid_add (grid, _ (numbers[i]));
}

static void
add_gain_row (MoeGrid *grid, const MoeFinding *finding)
{
  const MoeSpread *speedup = &finding->speedup;
  gboolean interval = finding->kind > MOE_SPEEDUP_RATES && speedup->n > 1;
  moe_grid_take (grid, moe_cell_times (speedup->median));
  moe_grid_take (grid,
                 interval ? range_text (moe_cell_times, speedup->lower, speedup->upper) : NULL);
  moe_grid_take (grid, moe_cell_times (finding->ideal));
  moe_grid_take (grid, share_text (finding->realised));
  moe_grid_take (
      grid,
      interval ? range_text (share_text, finding->realised_lower, finding->realised_upper) : NULL);
}

static void
add_rest_row (MoeGrid *grid, const MoeFinding *finding)
{
  const MoeRest *rest = &finding->rest;
  moe_grid_take (grid, moe_cell_seconds (rest->measured_s));
  moe_grid_take (grid, moe_cell_seconds (rest->ideal_s));
  moe_grid_take (grid, moe_cell_seconds (rest->excess_s));
  moe_grid_take (grid, rest->excess_s > rest->doubt_s ? describe_parts (rest)
                                                      : g_strdup (_ ("within the noise")));
}

/* "15.7 ms (15.2 ms to 16.1 ms)" */
static char *
interval_text (double value_s, double lower_s, double upper_s)
{
  g_autofree char *value = moe_cell_seconds (value_s);
  if (isnan (lower_s))
    return g_steal_pointer (&value);
  g_autofree char *range = NULL, *lower = moe_cell_seconds (lower_s),
                  *upper = moe_cell_seconds (upper_s);
  range = g_strdup_printf (_ ("%s to %s"), lower, upper);
  return g_strdup_printf ("%s (%s)", value, range);
}

static void
add_cost_row (MoeGrid *grid, const MoeFinding *finding)
{
  const GPtrArray *points = finding->points;
  MoeCostModel model =
      moe_cost_model_fit_with_intervals ((const MoeRecord *const *)points->pdata, points->len);
  double k = finding->last->topk > 0 ? (double)finding->last->topk : 1;
  moe_grid_take (grid, interval_text (model.fixed_s, model.fixed_lower_s, model.fixed_upper_s));
  moe_grid_take (grid, interval_text (k * model.per_expert_s, k * model.per_expert_lower_s,
                                      k * model.per_expert_upper_s));
  moe_grid_take (grid, share_text (moe_cost_model_fixed_share (&model, k)));
  moe_grid_take (grid, share_text (moe_cost_model_fixed_share (
                           &model, moe_record_experts_per_token (finding->last))));
  moe_grid_take (grid, nullcurve_words_cost_state (&model, k));
}

static gboolean
has_gain (const MoeFinding *finding)
{
  return isfinite (finding->realised);
}

static gboolean
has_cost (const MoeFinding *finding)
{
  return finding->n_points > 1;
}

static gboolean
has_rest (const MoeFinding *finding)
{
  return finding->rest.has_stages;
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
  grid.left_end = add_row != add_gain_row;
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

/* Where several top-k of a shape lie on one line, null at f is the same as a top-k of k (1 - f). */
static void
append_joint (GString *text, const GPtrArray *findings)
{
  gboolean any = FALSE;
  for (guint i = 0; i < findings->len; i++)
    {
      MoeCostModel model;
      const MoeFinding *finding = get (findings, i);
      if (!moe_findings_joint_cost (findings, i, &model) || model.state == MOE_COST_NONE)
        continue;
      g_autofree char *shape = moe_cell_shape (finding->last);
      g_autofree char *words = moe_cell_text (finding->label);
      g_autofree char *fixed =
          interval_text (model.fixed_s, model.fixed_lower_s, model.fixed_upper_s);
      g_autofree char *each =
          interval_text (model.per_expert_s, model.per_expert_lower_s, model.per_expert_upper_s);
      g_autofree char *state = nullcurve_words_cost_state (&model, 0);
      g_string_append (text, any ? "" : "\n");
      any = TRUE;
      g_string_append_printf (
          text,
          _ ("- All top-k of `%s`%s%s together: %s fixed and %s for each expert that a token "
             "keeps (%s)."),
          shape, words[0] != '\0' ? ", " : "", words, fixed, each, state);
      g_string_append_c (text, '\n');
    }
}

static void
append_tables (GString *text, const GPtrArray *findings)
{
  static const char *const gain[] = { N_ ("speed-up"), N_ ("interval"), N_ ("ideal"),
                                      N_ ("realised"), N_ ("interval") };
  static const char *const rest[] = { N_ ("step"), N_ ("ideal scaling leaves"), N_ ("excess"),
                                      N_ ("largest parts of the excess") };
  static const char *const cost[] = { N_ ("fixed"), N_ ("slots"), N_ ("fixed share at f = 0"),
                                      N_ ("and at the f told"), N_ ("what it rests on") };
  append_table (text, findings, _ ("What is realised of the ideal at the highest null fraction:"),
                gain, G_N_ELEMENTS (gain), has_gain, add_gain_row);
  append_table (text, findings,
                _ ("Where the rest goes: time of a step at the highest null fraction, what is left "
                   "when every stage scales with 1 - f, and the excess over it by kind of work:"),
                rest, G_N_ELEMENTS (rest), has_rest, add_rest_row);
  append_table (text, findings,
                /* xgettext:no-c-format */
                _ ("What a step costs: fixed + (1 - f) slots, by least absolute deviations, with "
                   "95 % intervals from resampled rounds:"),
                cost, G_N_ELEMENTS (cost), has_cost, add_cost_row);
  append_joint (text, findings);
}

GString *
nullcurve_words_findings_markdown (const GPtrArray *findings)
{
  GString *text = g_string_new (NULL);
  if (findings->len == 0)
    g_string_append_printf (
        text, "%s\n",
        _ ("No curve has tokens/s at two null fractions, so there is nothing to "
           "conclude."));
  for (guint from = 0, to; from < findings->len; from = to)
    {
      to = moe_findings_end_of_run (findings, from);
      if (to - from < findings->len)
        {
          g_autofree char *title = moe_cell_text (moe_run_get_title (get (findings, from)->run));
          g_string_append_printf (text, "%s**%s**\n\n", from > 0 ? "\n" : "", title);
        }
      g_autofree char *answer = nullcurve_words_answer (findings, from, to, "**");
      if (answer != NULL)
        g_string_append_printf (text, "%s\n\n", answer);
      append_trend (text, findings, from, to);
      MoeGains gains = moe_findings_gains (findings, from, to);
      append_largest (text, gains.largest);
      append_realised (text, &gains);
      append_rest (text, &gains);
    }
  append_tables (text, findings);
  return text;
}

/* --- a few lines --- */

enum
{
  MAX_LINES = 4 /* curves that are told one by one */
};

/* "Top-8: 2.14× at f = 0.9, ideal 10×."; NULL when there is nothing to compare with. */
static char *
describe_gain (const MoeFinding *finding)
{
  double gain = finding->speedup.median, f = finding->last->null_target;
  if (finding->base == NULL || finding->base == finding->last || !isfinite (gain)
      || finding->last->topk <= 0)
    return NULL;
  return g_strdup_printf (_ ("Top-%d: %.2f× at f = %.2g, ideal %.3g×%s."), (int)finding->last->topk,
                          gain, f, finding->ideal, gain_doubt (finding));
}

static gboolean
same_but_topk (const GPtrArray *findings)
{
  for (guint i = 1; i < findings->len; i++)
    {
      const MoeRecord *a = get (findings, 0)->last, *b = get (findings, i)->last;
      if (!moe_record_same_shape (a, b) || get (findings, i)->words[0] != '\0')
        return FALSE;
    }
  return TRUE;
}

static void
take_line (GPtrArray *lines, char *line)
{
  if (line != NULL)
    g_ptr_array_add (lines, line);
}

char **
nullcurve_words_findings_lines (MoeRun *run)
{
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  GPtrArray *lines = g_ptr_array_new ();
  gboolean one_by_one = findings->len > 1 && findings->len <= MAX_LINES && same_but_topk (findings);
  if (findings->len == 0)
    take_line (lines, g_strdup (_ ("Two measured points of one curve are needed before anything "
                                   "can be said.")));
  else
    {
      MoeTrend trend = moe_findings_trend (findings, 0, findings->len);
      take_line (lines, nullcurve_words_answer (findings, 0, findings->len, ""));
      take_line (lines, nullcurve_words_trend (&trend, ""));
    }
  if (one_by_one)
    take_line (lines, g_strdup (_ ("Gain over f = 0:")));
  for (guint i = 0; one_by_one && i < findings->len; i++)
    take_line (lines, describe_gain (get (findings, i)));
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_free (lines, FALSE);
}
