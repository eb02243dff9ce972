/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/judged.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/records/numbers.h"
#include "engine/text/tame.h"
#include "ui/words/cells.h"

#define NBSP "\302\240" /* keeps a number and its unit on one line */

enum
{
  MAX_NAMED = 3,      /* values of a side that a guard names */
  MAX_CHARACTERS = 80 /* of each */
};

/* --- parts --- */

char *
nullcurve_words_delta (double ratio)
{
  double percent = 100 * (ratio - 1);
  if (!isfinite (ratio))
    return g_strdup (MOE_TABLES_MISSING);
  if (ratio >= 1.995)
    return moe_number_fixed (ratio, ratio < 9.95 ? 2 : 0, "×");
  g_autofree char *number = moe_number_fixed (fabs (percent), 1, "");
  return g_strdup_printf ("%s%s" NBSP "%%", percent <= -0.05 ? "−" : "+", number);
}

char *
nullcurve_words_interval (const MoeJudged *judged)
{
  if (isnan (judged->lower) || isnan (judged->upper))
    return NULL;
  g_autofree char *lower = nullcurve_words_delta (judged->lower);
  g_autofree char *upper = nullcurve_words_delta (judged->upper);
  return g_strdup_printf (_ ("%s to %s"), lower, upper);
}

char *
nullcurve_words_p (const MoeJudged *judged)
{
  double p = judged->adjusted;
  if (isnan (p))
    return NULL;
  if (p < 0.001)
    return g_strdup ("p < 0.001");
  g_autofree char *number = moe_number_fixed (p, p < 0.0995 ? 3 : 2, "");
  return g_strdup_printf ("p = %s", number);
}

char *
nullcurve_words_n (const MoeJudged *judged)
{
  if (judged->n_a == 0 || judged->n_b == 0)
    return NULL;
  return g_strdup_printf ("%zu/%zu", judged->n_a, judged->n_b);
}

char *
nullcurve_words_verdict (const MoeJudged *judged)
{
  gboolean figures = judged->method == MOE_METHOD_FIGURES;
  switch (judged->verdict)
    {
    case MOE_VERDICT_FASTER:
      return g_strdup (figures ? _ ("faster (single figures)") : _ ("faster"));
    case MOE_VERDICT_SLOWER:
      return g_strdup (figures ? _ ("slower (single figures)") : _ ("slower"));
    case MOE_VERDICT_SAME:
      return figures ? g_strdup (_ ("a tie (single figures)"))
                     : g_strdup_printf (_ ("the same within %g %%"), 100 * judged->margin);
    case MOE_VERDICT_OPEN:
      break;
    }
  return g_strdup (_ ("open"));
}

char *
nullcurve_words_judged (const MoeJudged *judged)
{
  g_autofree char *delta = nullcurve_words_delta (judged->ratio);
  g_autofree char *verdict = nullcurve_words_verdict (judged);
  g_autofree char *p = nullcurve_words_p (judged);
  g_autofree char *n = nullcurve_words_n (judged);
  g_autoptr (GString) words = g_string_new (delta);
  g_string_append_printf (words, ", %s", verdict);
  if (p != NULL)
    g_string_append_printf (words, ", %s", p);
  if (n != NULL)
    g_string_append_printf (words, ", n = %s", n);
  return g_string_free (g_steal_pointer (&words), FALSE);
}

/* --- what is open --- */

static char *
settling (const MoeJudged *judged)
{
  if (judged->more_rounds > 0)
    return g_strdup_printf (
        g_dngettext (NULL, "The interval is too wide; about %zu more round would settle it.",
                     "The interval is too wide; about %zu more rounds would settle it.",
                     judged->more_rounds),
        judged->more_rounds);
  if (judged->more_starts > 0)
    return g_strdup_printf (
        g_dngettext (NULL,
                     "The interval is too wide; about %zu more start of each would settle it, or "
                     "measuring both side by side.",
                     "The interval is too wide; about %zu more starts of each would settle it, or "
                     "measuring both side by side.",
                     judged->more_starts),
        judged->more_starts);
  return g_strdup (_ ("The interval is too wide, and more of the same would hardly settle it; "
                      "measure both side by side on a quiet machine."));
}

char *
nullcurve_words_open (const MoeJudged *judged)
{
  g_autofree char *anchored = nullcurve_words_delta (judged->anchored);
  if (judged->verdict != MOE_VERDICT_OPEN)
    return NULL;
  switch (judged->hindrance)
    {
    case MOE_HINDRANCE_NOISE:
      return settling (judged);
    case MOE_HINDRANCE_SMALL:
      return g_strdup (_ ("They differ, but by less than 1 %."));
    case MOE_HINDRANCE_UNKNOWN_STARTS:
      return g_strdup (/* xgettext:no-c-format */
                       _ ("What two starts of the same thing differ by here is not known, so that "
                          "nothing below 5 % is called a difference; measure with several starts, "
                          "or both side by side."));
    case MOE_HINDRANCE_ANCHORS:
      return g_strdup_printf (_ ("Measured in anchors, a matmul that is timed in every round, it "
                                 "would be %s: the machine itself was not equally fast."),
                              anchored);
    case MOE_HINDRANCE_SOURCES:
      return g_strdup (_ ("One of them is processor time, since its machine did not get quiet, and "
                          "the other wall time: the two cannot be compared."));
    case MOE_HINDRANCE_FEW:
      return g_strdup (_ ("There are too few undisturbed samples to tell how sure that is."));
    case MOE_HINDRANCE_NONE:
      break;
    }
  return NULL;
}

/* --- headline --- */

static char *
points (gsize n)
{
  return g_strdup_printf (g_dngettext (NULL, "at %zu point", "over %zu points", n), n);
}

/* "+3.1 % over 10 points, 95 % interval +2.2 % to +4.0 %, p < 0.001" */
static char *
evidence (const MoeJudged *joint, gsize n)
{
  g_autofree char *delta = nullcurve_words_delta (joint->ratio);
  g_autofree char *where = points (n);
  g_autofree char *interval = nullcurve_words_interval (joint);
  g_autofree char *p = nullcurve_words_p (joint);
  if (interval == NULL)
    return g_strdup_printf ("%s %s", delta, where);
  return g_strdup_printf (_ ("%s %s, 95 %% interval %s, %s"), delta, where, interval,
                          p != NULL ? p : "");
}

/* Whole sentences, since other languages put their words elsewhere. */
static const char *
sentence (const MoeJudged *joint, NullcurveSides sides)
{
  static const struct
  {
    const char *letters, *baseline;
  } sentences[] = {
    [MOE_VERDICT_OPEN] = { N_ ("Whether B is faster or slower than A is open: %s."),
                           N_ ("Whether this run is faster or slower is open: %s.") },
    [MOE_VERDICT_FASTER] = { N_ ("B is faster: %s."), N_ ("This run is faster: %s.") },
    [MOE_VERDICT_SLOWER] = { N_ ("B is slower: %s."), N_ ("This run is slower: %s.") },
    [MOE_VERDICT_SAME] = { N_ ("A and B are equally fast: %s."),
                           N_ ("Both are equally fast: %s.") },
  };
  return _ (sides == NULLCURVE_SIDES_LETTERS ? sentences[joint->verdict].letters
                                             : sentences[joint->verdict].baseline);
}

static void
append_sentence (GString *text, const char *words)
{
  if (words != NULL)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "", words);
}

/* How the single points came out, where there are several. */
static void
append_counts (GString *text, const MoeComparison *comparison)
{
  static const struct
  {
    MoeVerdict verdict;
    const char *words;
  } kinds[] = {
    { MOE_VERDICT_FASTER, N_ ("faster at %zu") },
    { MOE_VERDICT_SLOWER, N_ ("slower at %zu") },
    { MOE_VERDICT_SAME, N_ ("the same at %zu") },
    { MOE_VERDICT_OPEN, N_ ("open at %zu") },
  };
  g_autoptr (GString) counts = g_string_new (NULL);
  if (comparison->pairs->len < 2)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gsize n = moe_comparison_count (comparison, kinds[i].verdict);
      if (n == 0)
        continue;
      g_string_append (counts, counts->len > 0 ? ", " : "");
      g_string_append_printf (counts, _ (kinds[i].words), n);
    }
  g_autofree char *words = g_strdup_printf (_ ("Point by point: %s."), counts->str);
  append_sentence (text, words);
}

char *
nullcurve_words_headline (const MoeComparison *comparison, NullcurveSides sides)
{
  const MoeJudged *joint = &comparison->joint;
  gsize n = comparison->pairs->len;
  if (n == 0)
    return g_strdup (_ ("No point of the one has a partner in the other: shape, top-k, null mode, "
                        "fraction and pass must agree."));
  g_autofree char *facts = evidence (joint, n);
  g_autofree char *open = nullcurve_words_open (joint);
  g_autofree char *headline = g_strdup_printf (sentence (joint, sides), facts);
  g_autoptr (GString) text = g_string_new (headline);
  append_counts (text, comparison);
  append_sentence (text, open);
  if (joint->method == MOE_METHOD_FIGURES)
    append_sentence (text, _ ("These are single figures without samples, so that there is no "
                              "interval; less than 2 % is a tie."));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* --- guards --- */

static const char *const guard_words[MOE_N_GUARD_FACTS] = {
  [MOE_GUARD_HOST] = N_ ("The machines differ"),
  [MOE_GUARD_CPU] = N_ ("The processors differ"),
  [MOE_GUARD_DEVICE] = N_ ("The devices differ"),
  [MOE_GUARD_ACCELERATOR] = N_ ("The accelerators differ"),
  [MOE_GUARD_LIBRARY] = N_ ("The matmul libraries differ"),
  [MOE_GUARD_KERNELS] = N_ ("The kernels of the matmul library differ"),
  [MOE_GUARD_CORETYPE] = N_ ("OPENBLAS_CORETYPE differs"),
  [MOE_GUARD_DTYPE] = N_ ("dtype differs"),
  [MOE_GUARD_THREADS] = N_ ("The numbers of threads differ"),
  [MOE_GUARD_RANKS] = N_ ("The numbers of ranks differ"),
  [MOE_GUARD_GOVERNOR] = N_ ("The frequency governors differ"),
  [MOE_GUARD_VERSION] = N_ ("The versions of the program differ"),
  [MOE_GUARD_TIMED] = N_ ("What was timed differs"),
};

static char *
join_values (char *const *values)
{
  GString *text = g_string_new (NULL);
  gsize n = g_strv_length ((char **)values);
  for (gsize i = 0; i < MIN (n, MAX_NAMED); i++)
    {
      g_autofree char *start = moe_text_tame (values[i], MAX_CHARACTERS);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", start);
    }
  if (n > MAX_NAMED)
    g_string_append_printf (text, _ (" and %zu more"), n - MAX_NAMED);
  return g_string_free (text, FALSE);
}

static char *
describe_load (const MoeGuard *guard, NullcurveSides sides)
{
  g_autofree char *a =
      isnan (guard->busy_a) ? g_strdup ("?") : moe_number_fixed (guard->busy_a, 1, "");
  g_autofree char *b =
      isnan (guard->busy_b) ? g_strdup ("?") : moe_number_fixed (guard->busy_b, 1, "");
  return g_strdup_printf (sides == NULLCURVE_SIDES_LETTERS
                              ? _ ("Other processes kept processors busy meanwhile: %s with A, %s "
                                   "with B.")
                              : _ ("Other processes kept processors busy meanwhile: %s with the "
                                   "baseline, %s with this run."),
                          a, b);
}

/* Only a side that leaves something out says what it timed. */
static char *
describe_one_sided (const MoeGuard *guard, NullcurveSides sides)
{
  gboolean of_a = guard->a[0] != NULL;
  g_autofree char *values = join_values (of_a ? guard->a : guard->b);
  if (sides == NULLCURVE_SIDES_LETTERS)
    return g_strdup_printf (of_a ? _ ("A was timed %s; B does not say so.")
                                 : _ ("B was timed %s; A does not say so."),
                            values);
  return g_strdup_printf (of_a ? _ ("The baseline was timed %s; this run does not say so.")
                               : _ ("This run was timed %s; the baseline does not say so."),
                          values);
}

char *
nullcurve_words_guard (const MoeGuard *guard, NullcurveSides sides)
{
  if (guard->kind == MOE_GUARD_LOAD)
    return describe_load (guard, sides);
  if (guard->a[0] == NULL || guard->b[0] == NULL)
    return describe_one_sided (guard, sides);
  g_autofree char *a = join_values (guard->a), *b = join_values (guard->b);
  g_autofree char *axis = guard->kind == MOE_GUARD_AXIS
                              ? g_strdup_printf (_ ("%s differs"), _ (moe_axis_title (guard->axis)))
                              : NULL;
  const char *what = axis != NULL ? axis : _ (guard_words[guard->kind]);
  return g_strdup_printf (sides == NULLCURVE_SIDES_LETTERS
                              ? _ ("%s: %s in A, %s in B.")
                              : _ ("%s: %s in the baseline, %s in this run."),
                          what, a, b);
}

char *
nullcurve_words_guards (const MoeComparison *comparison, NullcurveSides sides)
{
  GString *text = g_string_new (NULL);
  for (gsize i = 0; i < comparison->guards->len; i++)
    {
      g_autofree char *line =
          nullcurve_words_guard (&g_array_index (comparison->guards, MoeGuard, i), sides);
      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }
  return g_string_free (text, FALSE);
}
