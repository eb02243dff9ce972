/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/findings.h"

#include <glib/gi18n.h>
#include <math.h>

enum
{
  MIN_SAMPLES = 4, /* 4 against 4 is the least that can reach p < 0.05 */
  MAX_CURVES = 4
};

static const double published_tie = 0.02; /* SPEC 6: under 2 % is a tie */

int
nullcurve_findings_compare (const MoeRecord *earlier, const MoeRecord *later)
{
  MoeSpread a, b;
  gboolean sampled_a = moe_record_rate_spread (earlier, &a);
  gboolean sampled_b = moe_record_rate_spread (later, &b);
  if (!sampled_a || !sampled_b)
    {
      double ratio = later->tokens_per_s / earlier->tokens_per_s;
      if (sampled_a || sampled_b || !(fabs (ratio - 1) >= published_tie))
        return 0;
      return ratio > 1 ? 1 : -1;
    }
  if (a.n < MIN_SAMPLES || b.n < MIN_SAMPLES)
    return 0;
  if (b.lower > a.upper)
    return 1;
  return b.upper < a.lower ? -1 : 0;
}

typedef struct Curve
{
  GPtrArray *records; /* of const MoeRecord *, ascending fraction */
  gsize rises, falls, ties;
} Curve;

static void
curve_free (gpointer data)
{
  Curve *curve = data;
  g_ptr_array_unref (curve->records);
  g_free (curve);
}

static int
compare_fractions (gconstpointer a, gconstpointer b)
{
  const MoeRecord *x = *(const MoeRecord *const *)a, *y = *(const MoeRecord *const *)b;
  return x->null_target < y->null_target ? -1 : x->null_target > y->null_target;
}

static Curve *
find_curve (GPtrArray *curves, const MoeRecord *record)
{
  for (guint i = 0; i < curves->len; i++)
    {
      Curve *curve = g_ptr_array_index (curves, i);
      if (moe_record_same_curve (g_ptr_array_index (curve->records, 0), record))
        return curve;
    }
  return NULL;
}

static void
finish_curve (Curve *curve)
{
  g_ptr_array_sort (curve->records, compare_fractions);
  for (guint i = 1; i < curve->records->len; i++)
    {
      int step = nullcurve_findings_compare (g_ptr_array_index (curve->records, i - 1),
                                             g_ptr_array_index (curve->records, i));
      curve->rises += step > 0;
      curve->falls += step < 0;
      curve->ties += step == 0;
    }
}

/* Curves with at least two measured points. */
static GPtrArray *
collect_curves (const MoeRun *run)
{
  GPtrArray *curves = g_ptr_array_new_with_free_func (curve_free);
  gsize n = moe_run_get_n_records (run);
  for (gsize i = 0; i < n; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (isnan (record->tokens_per_s) || isnan (record->null_target))
        continue;
      Curve *curve = find_curve (curves, record);
      if (curve == NULL)
        {
          curve = g_new0 (Curve, 1);
          curve->records = g_ptr_array_new ();
          g_ptr_array_add (curves, curve);
        }
      g_ptr_array_add (curve->records, (gpointer)record);
    }
  for (guint i = curves->len; i > 0; i--)
    {
      Curve *curve = g_ptr_array_index (curves, i - 1);
      if (curve->records->len < 2)
        g_ptr_array_remove_index (curves, i - 1);
      else
        finish_curve (curve);
    }
  return curves;
}

static gboolean
has_too_few_samples (const GPtrArray *curves)
{
  for (guint i = 0; i < curves->len; i++)
    {
      const Curve *curve = g_ptr_array_index (curves, i);
      for (guint j = 0; j < curve->records->len; j++)
        {
          const MoeRecord *record = g_ptr_array_index (curve->records, j);
          if (record->n_samples > 0 && record->n_samples < MIN_SAMPLES)
            return TRUE;
        }
    }
  return FALSE;
}

/* "Tokens/s rises with every step of f." or what stands in the way of saying so. */
static char *
describe_trend (const GPtrArray *curves)
{
  gsize rises = 0, falls = 0, ties = 0;
  for (guint i = 0; i < curves->len; i++)
    {
      const Curve *curve = g_ptr_array_index (curves, i);
      rises += curve->rises;
      falls += curve->falls;
      ties += curve->ties;
    }
  gsize steps = rises + falls + ties;
  if (rises == steps)
    return g_strdup (_ ("Tokens/s rises with every step of f."));
  if (falls == 0)
    return g_strdup_printf (_ ("Tokens/s rises in %zu of %zu steps of f; the others are too small "
                               "to tell."),
                            rises, steps);
  return g_strdup_printf (_ ("Tokens/s rises in %zu of %zu steps of f and falls in %zu."), rises,
                          steps, falls);
}

/* "At f = 0.9: 2.14× of f = 0, ideal 10×.", or, as one of several, "Top-8: 2.14× at f = 0.9,
 * ideal 10×."; NULL when there is nothing to compare with. */
static char *
describe_gain (const MoeRun *run, const Curve *curve, gboolean several, gboolean say_doubt)
{
  const MoeRecord *last = g_ptr_array_index (curve->records, curve->records->len - 1);
  const MoeRecord *baseline = moe_run_find_baseline (run, last);
  if (baseline == NULL || baseline == last || isnan (baseline->tokens_per_s))
    return NULL;
  double fraction = isnan (last->null_realized) ? last->null_target : last->null_realized;
  double gain = last->tokens_per_s / baseline->tokens_per_s, ideal = 1 / (1 - fraction);
  const char *doubt = say_doubt && nullcurve_findings_compare (baseline, last) == 0
                          ? _ (", too little to tell apart")
                          : "";
  if (several && last->topk > 0)
    return g_strdup_printf (_ ("Top-%d: %.2f× at f = %.2g, ideal %.3g×%s."), (int)last->topk, gain,
                            last->null_target, ideal, doubt);
  return g_strdup_printf (_ ("At f = %.2g: %.2f× of f = 0, ideal %.3g×%s."), last->null_target,
                          gain, ideal, doubt);
}

static gboolean
one_shape (const GPtrArray *curves)
{
  for (guint i = 1; i < curves->len; i++)
    {
      const Curve *first = g_ptr_array_index (curves, 0), *other = g_ptr_array_index (curves, i);
      const MoeRecord *a = g_ptr_array_index (first->records, 0);
      const MoeRecord *b = g_ptr_array_index (other->records, 0);
      if (a->has_shape != b->has_shape || !moe_shape_equal (&a->shape, &b->shape)
          || a->null_mode != b->null_mode)
        return FALSE;
    }
  return TRUE;
}

/* Where the curves are too many to tell one by one: the smallest and the largest gain. */
static char *
describe_gain_range (const MoeRun *run, const GPtrArray *curves)
{
  double lo = INFINITY, hi = -INFINITY, fraction = 0;
  for (guint i = 0; i < curves->len; i++)
    {
      const Curve *curve = g_ptr_array_index (curves, i);
      const MoeRecord *last = g_ptr_array_index (curve->records, curve->records->len - 1);
      const MoeRecord *baseline = moe_run_find_baseline (run, last);
      if (last->null_target < fraction || baseline == NULL || baseline == last)
        continue;
      double gain = last->tokens_per_s / baseline->tokens_per_s;
      if (isnan (gain))
        continue;
      if (last->null_target > fraction)
        lo = INFINITY, hi = -INFINITY;
      fraction = last->null_target;
      lo = MIN (lo, gain);
      hi = MAX (hi, gain);
    }
  if (!(hi >= lo))
    return NULL;
  return g_strdup_printf (_ ("At f = %.2g: %.2f× to %.2f× of f = 0, ideal %.3g×."), fraction, lo,
                          hi, 1 / (1 - fraction));
}

static void
add_line (GPtrArray *lines, char *line)
{
  if (line != NULL)
    g_ptr_array_add (lines, line);
}

char **
nullcurve_findings_describe (const MoeRun *run)
{
  g_autoptr (GPtrArray) curves = collect_curves (run);
  GPtrArray *lines = g_ptr_array_new ();
  gboolean too_few = has_too_few_samples (curves);
  if (curves->len == 0)
    add_line (lines, g_strdup (_ ("Two measured points of one curve are needed before anything "
                                  "can be said.")));
  else if (too_few)
    add_line (lines, g_strdup_printf (_ ("Fewer than %d samples a point: differences cannot be "
                                         "told from noise yet."),
                                      MIN_SAMPLES));
  else
    add_line (lines, describe_trend (curves));

  gboolean one_by_one = curves->len <= MAX_CURVES && one_shape (curves);
  if (one_by_one && curves->len > 1)
    add_line (lines, g_strdup (_ ("Gain over f = 0:")));
  if (one_by_one)
    for (guint i = 0; i < curves->len; i++)
      add_line (lines,
                describe_gain (run, g_ptr_array_index (curves, i), curves->len > 1, !too_few));
  else
    add_line (lines, describe_gain_range (run, curves));
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_free (lines, FALSE);
}

/* The engine speaks of options as the command line names them; the form has other words.  The
 * longer phrases come first. */
static char *
in_words_of_the_form (const char *sentence)
{
  static const struct
  {
    const char *flag, *field;
  } words[] = {
    { "give --iters", N_ ("set Samples to") },
    { "--iters", N_ ("Samples") },
    { "--threads", N_ ("Threads") },
    { "--warmup", N_ ("Warm-up") },
    { "--min-sample-time", N_ ("Sample time") },
  };
  g_autoptr (GString) text = g_string_new (sentence);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_string_replace (text, words[i].flag, _ (words[i].field), 0);
  return g_strdup (text->str);
}

char **
nullcurve_findings_warn (const MoeRun *run, const MoeNoise *noise)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  MoeAdvice advice;
  moe_run_advise (run, noise, &advice);
  for (gsize i = 0; i < advice.n; i++)
    g_ptr_array_add (lines, in_words_of_the_form (advice.text[i]));
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_steal (lines, NULL);
}

/* A comparison speaks of A and B; here A is the baseline and B the run in hand.
 * The engine speaks English, and a sentence half in another language would help nobody. */
static char *
in_words_of_the_list (const char *sentence)
{
  static const struct
  {
    const char *side, *words;
  } words[] = {
    { " in A, ", " in the baseline, " },
    { " in B.", " in this run." },
    { "A was timed", "The baseline was timed" },
    { "B was timed", "This run was timed" },
    { "A does not say so", "the baseline does not say so" },
    { "B does not say so", "this run does not say so" },
    { "B is ", "This run is " },
  };
  g_autoptr (GString) text = g_string_new (sentence);
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    g_string_replace (text, words[i].side, words[i].words, 0);
  return g_strdup (text->str);
}

char *
nullcurve_findings_against (const MoeComparison *comparison)
{
  if (moe_comparison_get_n_pairs (comparison) == 0)
    return g_strdup (
        _ ("No point of this run matches one of the baseline: shape, top-k, null mode, "
           "fraction and pass must agree."));
  return in_words_of_the_list (moe_comparison_get_headline (comparison));
}

char **
nullcurve_findings_guard (const MoeComparison *comparison)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  const char *const *warnings = moe_comparison_get_warnings (comparison);
  for (gsize i = 0; warnings[i] != NULL; i++)
    g_ptr_array_add (lines, in_words_of_the_list (warnings[i]));
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_steal (lines, NULL);
}
