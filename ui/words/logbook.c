/* SPDX-License-Identifier: Apache-2.0 */
/* The logbook's tables (SPEC 6) in Markdown. */
#include "ui/words/logbook.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/records/numbers.h"
#include "engine/text/intern.h"
#include "ui/words/cells.h"
#include "ui/words/conclusion.h"
#include "ui/words/grid.h"
#include "ui/words/judged.h"

enum
{
  MAX_FALLS = 20 /* that a trend statement lists */
};

typedef struct Tables
{
  GString *text;
  GPtrArray *curves; /* MoeCurve */
  MoeLabels labels;
} Tables;

static const MoeCurve *
get_curve (const Tables *tables, guint index)
{
  return g_ptr_array_index (tables->curves, index);
}

/* A table whose header has a column for every shown label, then the `n` named ones; those from the
 * `first_number`th on are set to the right. */
static void
begin_table (
    MoeGrid *grid, const Tables *tables, const char *const *columns, gsize n, gsize first_number)
{
  moe_grid_init (grid);
  moe_grid_add_labels (grid, &tables->labels);
  grid->n_left = grid->column + (guint)first_number;
  grid->code = first_number > 0 ? grid->n_left : 0; /* the shape */
  for (gsize i = 0; i < n; i++)
    moe_grid_add (grid, _ (columns[i]));
}

static void
begin_row (MoeGrid *grid, const Tables *tables, const MoeCurve *curve)
{
  moe_grid_begin_row (grid);
  moe_grid_add_values (grid, &tables->labels, curve);
}

/* FALSE when it has no rows, which `none` then says. */
static gboolean
end_table (MoeGrid *grid, const Tables *tables, const char *none)
{
  gboolean any = grid->cells->len > grid->widths->len;
  g_autoptr (GString) table = moe_grid_to_markdown (grid);
  if (any)
    g_string_append (tables->text, table->str);
  else
    g_string_append_printf (tables->text, "%s\n", none);
  moe_grid_clear (grid);
  return any;
}

/* --- (a) --- */

static void
add_delta_row (MoeGrid *grid,
               const Tables *tables,
               const MoeCurve *curve,
               const MoeRecord *low,
               const MoeRecord *high)
{
  begin_row (grid, tables, curve);
  moe_grid_take (grid, moe_cell_shape (curve->first));
  moe_grid_take (grid, moe_cell_topk (curve->first));
  moe_grid_take (grid, moe_cell_rate (low->tokens_per_s));
  moe_grid_take (grid, moe_cell_rate (high->tokens_per_s));
  moe_grid_take (grid, moe_cell_percent (high->tokens_per_s / low->tokens_per_s));
  moe_grid_take (grid, moe_cell_tflops (low->tflops));
  moe_grid_take (grid, moe_cell_tflops (high->tflops));
  moe_grid_take (grid, moe_cell_percent (high->tflops / low->tflops));
}

static void
append_deltas (Tables *tables)
{
  static const char *const columns[] = { N_ ("Shape"),          "topk",
                                         N_ ("tokens/s @0.1"),  N_ ("tokens/s @0.9"),
                                         N_ ("delta tokens/s"), "TF/s @0.1",
                                         "TF/s @0.9",           N_ ("delta TF/s") };
  MoeGrid grid;
  begin_table (&grid, tables, columns, G_N_ELEMENTS (columns), 1);
  g_string_append_printf (tables->text, "## (a) %s\n\n",
                          _ ("End-to-end delta, null fraction 0.1 to 0.9"));
  for (guint i = 0; i < tables->curves->len; i++)
    {
      const MoeCurve *curve = get_curve (tables, i);
      const MoeRecord *low = moe_curve_at (curve, 0.1, TRUE);
      const MoeRecord *high = moe_curve_at (curve, 0.9, TRUE);
      if (low == NULL || high == NULL)
        continue;
      add_delta_row (&grid, tables, curve, low, high);
    }
  end_table (
      &grid, tables,
      _ ("No shape and top-k has tokens/s at both null fractions 0.1 and 0.9, so there is no "
         "delta to tell."));
}

/* --- (b) --- */

static gboolean
find_gain (const MoeCurve *curve, const MoeRecord **zero, const MoeRecord **tenth)
{
  *zero = moe_curve_at (curve, 0, FALSE);
  *tenth = moe_curve_at (curve, 0.1, TRUE);
  return *zero != NULL && *tenth != NULL;
}

static gint64
largest_gain_topk (const Tables *tables)
{
  gint64 largest = -1;
  const MoeRecord *zero, *tenth;
  for (guint i = 0; i < tables->curves->len; i++)
    if (find_gain (get_curve (tables, i), &zero, &tenth))
      largest = MAX (largest, get_curve (tables, i)->first->topk);
  return largest;
}

static char *
describe_labels (const Tables *tables, const MoeCurve *curve, MoeLabel skip)
{
  g_autofree char *words = moe_labels_join (curve, &tables->labels, skip);
  return moe_cell_text (words);
}

/* The means over the shapes of one group of curves. */
static void
append_gain_means (Tables *tables, const MoeCurve *group, gint64 topk)
{
  double sum = 0, log_sum = 0;
  guint n = 0;
  const MoeRecord *zero, *tenth;
  for (guint i = 0; i < tables->curves->len; i++)
    {
      const MoeCurve *curve = get_curve (tables, i);
      if (curve->first->topk != topk || !moe_labels_same (curve, group, MOE_N_LABELS)
          || !find_gain (curve, &zero, &tenth))
        continue;
      double ratio = tenth->tokens_per_s / zero->tokens_per_s;
      sum += ratio;
      log_sum += log (ratio);
      n++;
    }
  g_autofree char *label = describe_labels (tables, group, MOE_N_LABELS);
  g_autofree char *arithmetic = moe_cell_percent (sum / n),
                  *geometric = moe_cell_percent (exp (log_sum / n));
  g_string_append_printf (tables->text, "- %s%s", label, label[0] != '\0' ? ": " : "");
  g_string_append_printf (
      tables->text,
      g_dngettext (NULL, "arithmetic mean gain across %u shape %s, geometric mean %s",
                   "arithmetic mean gain across %u shapes %s, geometric mean %s", n),
      n, arithmetic, geometric);
  g_string_append_c (tables->text, '\n');
}

static void
append_gains (Tables *tables, gint64 topk)
{
  static const char *const columns[] = { N_ ("Shape"), N_ ("tokens/s @0.0"), N_ ("tokens/s @0.1"),
                                         N_ ("gain") };
  /* Groups in order of appearance; a curve whose group had its rows is passed over. */
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();
  MoeGrid grid;
  const MoeRecord *zero, *tenth;
  begin_table (&grid, tables, columns, G_N_ELEMENTS (columns), 1);
  for (guint i = 0; i < tables->curves->len; i++)
    {
      const MoeCurve *curve = get_curve (tables, i);
      if (curve->first->topk != topk || !find_gain (curve, &zero, &tenth))
        continue;
      begin_row (&grid, tables, curve);
      moe_grid_take (&grid, moe_cell_shape (curve->first));
      moe_grid_take (&grid, moe_cell_rate (zero->tokens_per_s));
      moe_grid_take (&grid, moe_cell_rate (tenth->tokens_per_s));
      moe_grid_take (&grid, moe_cell_percent (tenth->tokens_per_s / zero->tokens_per_s));

      gboolean known = FALSE;
      for (guint j = 0; !known && j < groups->len; j++)
        known = moe_labels_same (curve, g_ptr_array_index (groups, j), MOE_N_LABELS);
      if (!known)
        g_ptr_array_add (groups, (gpointer)curve);
    }
  if (!end_table (&grid, tables,
                  _ ("No shape has tokens/s at both null fractions 0.0 and 0.1 at this top-k, so "
                     "there is no gain to tell.")))
    return;
  g_string_append_c (tables->text, '\n');
  for (guint i = 0; i < groups->len; i++)
    append_gain_means (tables, g_ptr_array_index (groups, i), topk);
}

static void
append_gain_section (Tables *tables, gsize gain_topk)
{
  gint64 topk = gain_topk > 0 ? (gint64)gain_topk : largest_gain_topk (tables);
  g_string_append (tables->text, "\n## (b) ");
  if (topk > 0)
    g_string_append_printf (tables->text, _ ("tokens/s gain, null fraction 0.0 to 0.1, at top-%zu"),
                            (gsize)topk);
  else
    g_string_append (tables->text, _ ("tokens/s gain, null fraction 0.0 to 0.1"));
  g_string_append (tables->text, "\n\n");
  append_gains (tables, topk);
}

/* --- (c) --- */

typedef struct Accuracy
{
  const MoeCurve *curve; /* says run and null mode */
  guint n;
  double sum;
  double max;
} Accuracy;

/* Realised fraction: in full when the assignments are told, else as written (three decimals). */
static double
realized_fraction (const MoeRecord *record)
{
  if (record->null_assignments >= 0 && record->has_shape && record->topk > 0)
    return (double)record->null_assignments / ((double)record->shape.tokens * (double)record->topk);
  return record->null_realized;
}

static Accuracy *
find_accuracy (GArray *groups, const MoeCurve *curve)
{
  for (guint i = 0; i < groups->len; i++)
    {
      Accuracy *group = &g_array_index (groups, Accuracy, i);
      if (group->curve->run == curve->run
          && group->curve->first->choice[MOE_CHOICE_NULL_MODE]
                 == curve->first->choice[MOE_CHOICE_NULL_MODE])
        return group;
    }
  Accuracy added = { .curve = curve };
  g_array_append_val (groups, added);
  return &g_array_index (groups, Accuracy, groups->len - 1);
}

static void
measure_accuracy (GArray *groups, const MoeCurve *curve)
{
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      double realized = realized_fraction (record);
      if (isnan (realized) || moe_fraction_equal (record->null_target, 0))
        continue; /* nothing is sampled at f = 0 */
      Accuracy *group = find_accuracy (groups, curve);
      double distance = fabs (realized - record->null_target);
      group->n++;
      group->sum += distance;
      group->max = MAX (group->max, distance);
    }
}

static void
append_accuracy (Tables *tables)
{
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (Accuracy));
  g_string_append_printf (tables->text, "\n## (c) %s\n\n",
                          _ ("Realised null fraction against the target"));
  for (guint i = 0; i < tables->curves->len; i++)
    measure_accuracy (groups, get_curve (tables, i));
  MoeGrid grid;
  moe_grid_init (&grid);
  grid.n_left = 2;
  moe_grid_add (&grid, nullcurve_words_label (MOE_LABEL_RUN));
  moe_grid_add (&grid, _ ("Null mode"));
  moe_grid_add (&grid, _ ("rows"));
  moe_grid_add (&grid, _ ("max abs(realised - target)"));
  moe_grid_add (&grid, _ ("mean abs(realised - target)"));
  for (guint i = 0; i < groups->len; i++)
    {
      const Accuracy *group = &g_array_index (groups, Accuracy, i);
      moe_grid_begin_row (&grid);
      moe_grid_add (&grid, moe_run_get_title (group->curve->run));
      moe_grid_add (&grid, group->curve->first->choice[MOE_CHOICE_NULL_MODE]);
      moe_grid_add_real (&grid, group->n, 0, "");
      moe_grid_add_real (&grid, group->max, 6, "");
      moe_grid_add_real (&grid, group->sum / group->n, 6, "");
    }
  end_table (&grid, tables, _ ("No row with a null fraction above 0 tells its realised fraction."));
}

/* --- (d) --- */

enum
{
  LEAST_SAMPLES = 4 /* 4 against 4 is the least that can show a difference */
};

/* How alike the work of two modes was that are compared. */
typedef struct Work
{
  guint n;                         /* pairs that tell their real assignments */
  double largest;                  /* relative difference among them */
  const MoeRecord *record, *other; /* where that is; NULL: nowhere */
} Work;

typedef struct Comparison
{
  const MoeCurve *curve;       /* of the mode that is compared with independent */
  const MoeCurve *independent; /* the first one that it is compared with */
  guint n;
  double sum; /* of ratios - 1 */
  double min;
  double max;
  guint n_zero; /* pairs at f = 0, where all modes do the same work */
  double sum_zero;
  guint n_tested; /* of the n, those that have the samples for a test */
} Comparison;

static Comparison *
find_comparison (GArray *groups, const MoeCurve *curve, const MoeCurve *independent)
{
  for (guint i = 0; i < groups->len; i++)
    {
      Comparison *group = &g_array_index (groups, Comparison, i);
      if (group->curve->first->topk == curve->first->topk
          && group->independent->run == independent->run
          && moe_labels_same (group->curve, curve, MOE_N_LABELS))
        return group;
    }
  Comparison added = {
    .curve = curve, .independent = independent, .min = INFINITY, .max = -INFINITY
  };
  g_array_append_val (groups, added);
  return &g_array_index (groups, Comparison, groups->len - 1);
}

static void
compare_work (Work *work, const MoeRecord *record, const MoeRecord *other)
{
  if (record->real_assignments <= 0 || other->real_assignments <= 0)
    return;
  double ratio = (double)record->real_assignments / (double)other->real_assignments;
  double distance = fabs (ratio - 1);
  work->n++;
  if (distance <= work->largest)
    return;
  work->largest = distance;
  work->record = record;
  work->other = other;
}

static void
compare_curves (GArray *groups, Work *work, const MoeCurve *curve, const MoeCurve *independent)
{
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      const MoeRecord *other = moe_curve_at (independent, record->null_target, TRUE);
      if (isnan (record->tokens_per_s) || other == NULL)
        continue;
      Comparison *group = find_comparison (groups, curve, independent);
      double delta = record->tokens_per_s / other->tokens_per_s - 1;
      if (moe_fraction_equal (record->null_target, 0))
        {
          group->n_zero++;
          group->sum_zero += delta;
          continue;
        }
      group->n++;
      group->n_tested += MIN (record->n_samples, other->n_samples) >= LEAST_SAMPLES;
      compare_work (work, record, other);
      group->sum += delta;
      group->min = MIN (group->min, delta);
      group->max = MAX (group->max, delta);
    }
}

/* `across`: between runs of the same host instead of within each run. */
static gboolean
is_partner (const MoeCurve *curve, const MoeCurve *independent, gboolean across)
{
  if (!across)
    return curve->run == independent->run;
  return curve->run != independent->run
         && g_strcmp0 (moe_run_get_fact (curve->run, "host"),
                       moe_run_get_fact (independent->run, "host"))
                == 0;
}

static void
collect_comparisons (Tables *tables, GArray *groups, Work *work, gboolean across)
{
  const char *name = moe_text_intern ("independent");
  /* The `independent` curves that differ in their run only. */
  g_autoptr (GHashTable) partners = g_hash_table_new_full (
      moe_record_any_mode_hash, moe_record_any_mode_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < tables->curves->len; i++)
    {
      const MoeCurve *curve = get_curve (tables, i);
      GPtrArray *same = g_hash_table_lookup (partners, curve->first);
      if (curve->first->choice[MOE_CHOICE_NULL_MODE] != name)
        continue;
      if (same == NULL)
        g_hash_table_insert (partners, (gpointer)curve->first, same = g_ptr_array_new ());
      g_ptr_array_add (same, (gpointer)curve);
    }
  for (guint i = 0; i < tables->curves->len; i++)
    {
      const MoeCurve *curve = get_curve (tables, i);
      const GPtrArray *same = g_hash_table_lookup (partners, curve->first);
      if (curve->first->choice[MOE_CHOICE_NULL_MODE] == name
          || curve->first->choice[MOE_CHOICE_NULL_MODE] == NULL || same == NULL)
        continue;
      for (guint j = 0; j < same->len; j++)
        if (is_partner (curve, g_ptr_array_index (same, j), across))
          compare_curves (groups, work, curve, g_ptr_array_index (same, j));
    }
}

static void
append_partners (Tables *tables, const GArray *groups)
{
  g_string_append_printf (tables->text, "\n%s\n\n",
                          _ ("No run has rows of both modes, so these are rows of different runs "
                             "of one host; the deltas hold whatever else changed between the "
                             "runs:"));
  for (guint i = 0; i < groups->len; i++)
    {
      const Comparison *group = &g_array_index (groups, Comparison, i);
      g_autofree char *one = moe_cell_text (moe_run_get_title (group->curve->run));
      g_autofree char *other = moe_cell_text (moe_run_get_title (group->independent->run));
      g_autofree char *topk = moe_cell_topk (group->curve->first);
      g_autofree char *both = g_strdup_printf (_ ("%s against %s"), one, other);
      g_string_append_printf (tables->text, "- top-%s: %s\n", topk, both);
    }
}

static void
add_comparison_row (MoeGrid *grid, const Tables *tables, const Comparison *group)
{
  begin_row (grid, tables, group->curve);
  moe_grid_take (grid, moe_cell_topk (group->curve->first));
  moe_grid_add_real (grid, group->n, 0, "");
  moe_grid_take (grid, moe_cell_percent (group->n > 0 ? 1 + group->sum / group->n : NAN));
  moe_grid_take (grid, moe_cell_percent (group->n > 0 ? 1 + group->min : NAN));
  moe_grid_take (grid, moe_cell_percent (group->n > 0 ? 1 + group->max : NAN));
  moe_grid_take (grid,
                 moe_cell_percent (group->n_zero > 0 ? 1 + group->sum_zero / group->n_zero : NAN));
}

/* A delta that no test stands behind is no finding, and it is said. */
static void
append_untested (Tables *tables, const GArray *groups)
{
  guint n = 0, n_tested = 0;
  for (guint i = 0; i < groups->len; i++)
    {
      n += g_array_index (groups, Comparison, i).n;
      n_tested += g_array_index (groups, Comparison, i).n_tested;
    }
  if (n_tested == n)
    return;
  g_string_append_c (tables->text, '\n');
  if (n_tested > 0)
    g_string_append_printf (
        tables->text,
        _ ("Not tested: %u of %u pairs have fewer than %d samples on a side, too "
           "few to tell a difference from noise."),
        n - n_tested, n, LEAST_SAMPLES);
  else if (n > 1)
    g_string_append_printf (tables->text,
                            _ ("Not tested: all %u pairs have fewer than %d samples on a side, too "
                               "few to tell a difference from noise."),
                            n, LEAST_SAMPLES);
  else
    g_string_append_printf (tables->text,
                            _ ("Not tested: the pair has fewer than %d samples on a side, too few "
                               "to tell a difference from noise."),
                            LEAST_SAMPLES);
  g_string_append_c (tables->text, '\n');
}

/* Whether the two did the same work, as far as it is told. */
static void
append_work (Tables *tables, const Work *work)
{
  if (work->n == 0)
    return;
  if (work->record == NULL)
    {
      g_string_append_printf (tables->text, "\n%s\n",
                              _ ("Both sides of each pair have the same real assignments."));
      return;
    }
  g_autofree char *fraction = moe_cell_fraction (work->record->null_target);
  g_autofree char *most = moe_number_fixed (100 * work->largest, 2, "");
  g_autofree char *topk = moe_cell_topk (work->record);
  g_autofree char *one = moe_number_grouped ((double)work->record->real_assignments);
  g_autofree char *other = moe_number_grouped ((double)work->other->real_assignments);
  g_string_append_c (tables->text, '\n');
  g_string_append_printf (tables->text,
                          _ ("Real assignments of a pair differ by up to %s %% (top-%s, f = %s: %s "
                             "against %s): so much of a delta is another amount of work."),
                          most, topk, fraction, one, other);
  g_string_append_c (tables->text, '\n');
}

static void
append_comparisons (Tables *tables)
{
  static const char *const columns[] = {
    "topk",          N_ ("pairs"),   N_ ("mean delta"),
    N_ ("smallest"), N_ ("largest"), N_ ("mean delta at f = 0")
  };
  g_autoptr (GArray) groups = g_array_new (FALSE, FALSE, sizeof (Comparison));
  Work work = { 0 };
  MoeGrid grid;
  g_string_append_printf (tables->text, "\n## (d) %s\n\n",
                          _ ("Null modes against `independent`: tokens/s"));
  collect_comparisons (tables, groups, &work, FALSE);
  gboolean across = groups->len == 0;
  if (across)
    collect_comparisons (tables, groups, &work, TRUE);
  begin_table (&grid, tables, columns, G_N_ELEMENTS (columns), 0);
  for (guint i = 0; i < groups->len; i++)
    add_comparison_row (&grid, tables, &g_array_index (groups, Comparison, i));
  if (!end_table (&grid, tables,
                  _ ("There are no rows of `independent` and of another null mode at the same "
                     "shape, top-k and null fraction, so there are no modes to compare.")))
    return;
  g_string_append_printf (tables->text, "\n%s\n",
                          _ ("At f = 0 all modes do the same work; the last column tells how far "
                             "apart equal work was measured."));
  append_untested (tables, groups);
  append_work (tables, &work);
  if (across)
    append_partners (tables, groups);
}

/* --- (e) --- */

/* The largest gain of a run over the first fraction of a curve. */
typedef struct Gain
{
  const MoeCurve *curve;
  const MoeRecord *low;
  const MoeRecord *high;
  double ratio;
} Gain;

static char *
describe_place (const Tables *tables, const MoeCurve *curve)
{
  g_autofree char *label = describe_labels (tables, curve, MOE_LABEL_RUN);
  g_autofree char *shape = moe_cell_shape (curve->first), *topk = moe_cell_topk (curve->first);
  return label[0] != '\0' ? g_strdup_printf ("`%s` top-%s (%s)", shape, topk, label)
                          : g_strdup_printf ("`%s` top-%s", shape, topk);
}

static void
look_for_gain (const MoeCurve *curve, Gain *best)
{
  const MoeRecord *first = moe_curve_at (curve, 0, FALSE);
  for (guint i = 0; i < curve->records->len; i++)
    {
      const MoeRecord *record = g_ptr_array_index (curve->records, i);
      if (isnan (record->tokens_per_s))
        continue;
      if (first == NULL)
        first = record;
      double ratio = record->tokens_per_s / first->tokens_per_s;
      if (record->null_target > first->null_target && !(ratio <= best->ratio))
        *best = (Gain){ curve, first, record, ratio };
    }
}

static void
append_largest_gain (Tables *tables, const MoeRun *run)
{
  GString *text = tables->text;
  Gain best = { .ratio = NAN };
  for (guint i = 0; i < tables->curves->len; i++)
    if (get_curve (tables, i)->run == run)
      look_for_gain (get_curve (tables, i), &best);
  if (best.curve == NULL)
    return;
  g_autofree char *gain = moe_cell_percent (best.ratio);
  g_autofree char *low = moe_cell_fraction (best.low->null_target);
  g_autofree char *high = moe_cell_fraction (best.high->null_target);
  g_autofree char *before = moe_cell_rate (best.low->tokens_per_s);
  g_autofree char *after = moe_cell_rate (best.high->tokens_per_s);
  g_autofree char *place = describe_place (tables, best.curve);
  g_string_append_c (text, ' ');
  g_string_append_printf (text,
                          _ ("The largest gain is %s, from f = %s to %s at %s (%s to %s "
                             "tokens/s)."),
                          gain, low, high, place, before, after);
}

/* What the judge calls falls, one by one. */
static void
append_falls (Tables *tables, const GPtrArray *findings, guint from, guint to)
{
  guint n = 0;
  for (guint i = from; i < to; i++)
    {
      const MoeFinding *finding = g_ptr_array_index (findings, i);
      for (guint j = 0; j < finding->steps->len; j++)
        {
          const MoeStep *step = &g_array_index (finding->steps, MoeStep, j);
          if (step->judged.verdict != MOE_VERDICT_SLOWER || ++n > MAX_FALLS)
            continue;
          const MoeCurve curve = { .run = finding->run, .first = step->to };
          g_autofree char *judged = nullcurve_words_judged (&step->judged);
          g_autofree char *place = describe_place (tables, &curve);
          g_autofree char *low = moe_cell_fraction (step->from->null_target);
          g_autofree char *high = moe_cell_fraction (step->to->null_target);
          g_string_append (tables->text, "  - ");
          g_string_append_printf (tables->text, _ ("%s falls from f = %s to %s: %s"), place, low,
                                  high, judged);
          g_string_append_c (tables->text, '\n');
        }
    }
  if (n > MAX_FALLS)
    {
      g_string_append (tables->text, "  - ");
      g_string_append_printf (
          tables->text, g_dngettext (NULL, "and %u more fall", "and %u more falls", n - MAX_FALLS),
          n - MAX_FALLS);
      g_string_append_c (tables->text, '\n');
    }
}

static void
append_trend (Tables *tables, const GPtrArray *findings, guint from, guint to)
{
  const MoeFinding *first = g_ptr_array_index (findings, from);
  MoeTrend trend = moe_findings_trend (findings, from, to);
  g_autofree char *words = nullcurve_words_trend (&trend, "");
  g_autofree char *title = moe_cell_text (moe_run_get_title (first->run));
  g_string_append_printf (tables->text, "- %s: %s", title, words);
  append_largest_gain (tables, first->run);
  g_string_append_c (tables->text, '\n');
  append_falls (tables, findings, from, to);
}

static void
append_trends (Tables *tables, MoeRun *const *runs, gsize n_runs)
{
  g_autoptr (GPtrArray) findings = moe_findings_new (runs, n_runs);
  g_string_append_printf (tables->text, "\n## (e) %s\n\n", _ ("Trend"));
  if (findings->len == 0)
    g_string_append_printf (tables->text, "%s\n",
                            _ ("No shape and top-k has tokens/s at two null fractions, so there is "
                               "no trend to tell."));
  for (guint from = 0, to; from < findings->len; from = to)
    {
      to = moe_findings_end_of_run (findings, from);
      append_trend (tables, findings, from, to);
    }
}

GString *
moe_tables_logbook (MoeRun *const *runs, gsize n_runs, gsize gain_topk)
{
  g_autoptr (GPtrArray) curves = moe_curves_collect (runs, n_runs);
  Tables tables = { .text = g_string_new (NULL), .curves = curves };
  moe_labels_find (curves, NULL, &tables.labels);
  append_deltas (&tables);
  append_gain_section (&tables, gain_topk);
  append_accuracy (&tables);
  append_comparisons (&tables);
  append_trends (&tables, runs, n_runs);
  return tables.text;
}
