/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/closing.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "app/bench/ranks.h"
#include "app/command-line/signals.h"
#include "app/command-line/tell.h"
#include "engine/judge/starts.h"
#include "engine/records/run-noise.h"
#include "engine/records/trials.h"
#include "ui/words/advice.h"

enum
{
  MAX_NAMED = 3 /* points, in a sentence */
};

/* Others that take less than a sample may lose without being disturbed are no cause. */
static const double WORTH_TELLING = 1 - MOE_TAKEN_LEAST_SHARE;

/* Sum of what others took of the time of a record's samples, and how many tell it. */
static void
add_taken_by_others (const MoeRecord *record, double *sum, gsize *n)
{
  for (gsize i = 0; record->taken != NULL && i < record->n_samples; i++)
    if (!isnan (record->taken[i].share))
      {
        *sum += MAX (0, 1 - record->taken[i].share);
        *n += 1;
      }
}

/* --- figures made of processor time --- */

static gboolean
has_several_topk (const MoeRun *run)
{
  for (gsize i = 1; i < moe_run_get_n_records (run); i++)
    if (moe_run_get_record (run, i)->topk != moe_run_get_record (run, 0)->topk)
      return TRUE;
  return FALSE;
}

static void
append_name (GString *names, const MoeRecord *record, gboolean with_topk)
{
  g_string_append_printf (names, "%sf = %g", names->len > 0 ? ", " : "", record->null_target);
  if (with_topk)
    g_string_append_printf (names, _ (" at top-%zu"), (gsize)record->topk);
}

static char *
describe_processors (const MoeRun *run)
{
  g_autoptr (GString) names = g_string_new (NULL);
  gsize all = moe_run_get_n_records (run), n = 0, told = 0;
  double taken = 0;
  for (gsize i = 0; i < all; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      if (!moe_record_is_processor (record))
        continue;
      if (n++ < MAX_NAMED)
        append_name (names, record, has_several_topk (run));
      add_taken_by_others (record, &taken, &told);
    }
  if (n == 0)
    return NULL;
  if (n > MAX_NAMED)
    g_string_append_printf (names, _ (" and %zu more"), n - MAX_NAMED);
  g_autofree char *why =
      told > 0 ? g_strdup_printf (_ (": other work took %.0f %% of the time of the samples"),
                                  100 * taken / (double)told)
               : g_strdup ("");
  return g_strdup_printf (g_dngettext (NULL,
                                       "%zu of %zu points is made of processor time (%s), since "
                                       "the machine did not get quiet%s.",
                                       "%zu of %zu points are made of processor time (%s), since "
                                       "the machine did not get quiet%s.",
                                       n),
                          n, all, names->str, why);
}

GPtrArray *
nullcurve_bench_closing (const MoeRun *run)
{
  GPtrArray *sentences = g_ptr_array_new_with_free_func (g_free);
  char *processors = describe_processors (run);
  if (processors != NULL)
    g_ptr_array_add (sentences, processors);
  return sentences;
}

/* --- until settled --- */

static void
count_settled (const MoeSweep *sweep, gsize *settled, gsize *all)
{
  for (guint i = 0; i < moe_sweep_n_legs (sweep); i++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (sweep, 0, i);
      gboolean settles = leg->plan.options.until_settled && leg->left_out == NULL;
      *settled += settles ? leg->settled : 0;
      *all += settles ? leg->todo.n_points : 0;
    }
}

/* ": other work took 12 % of the time of the samples", or nothing. */
static char *
describe_cause (const MoeSweep *sweep)
{
  double taken = 0;
  gsize told = 0;
  for (gsize s = 0; s < sweep->n_sides; s++)
    for (guint l = 0; l < moe_sweep_n_legs (sweep); l++)
      for (gsize i = 0; i < moe_sweep_get_leg (sweep, s, l)->plan.n_points; i++)
        if (moe_sweep_is_measured (sweep, s, l, i))
          add_taken_by_others (moe_sweep_get_record (sweep, s, l, i), &taken, &told);
  if (told == 0 || taken / (double)told < WORTH_TELLING)
    return g_strdup ("");
  return g_strdup_printf (_ (": other work took %.0f %% of the time of the samples"),
                          100 * taken / (double)told);
}

/* How many points did not settle, and why as far as is known; NULL when all did, or when nothing
 * was to settle. */
static char *
describe_unsettled (const MoeSweep *sweep)
{
  const MoeOptions *options = &moe_sweep_get_plan (sweep, 0)->options;
  gsize settled = 0, all = 0;
  count_settled (sweep, &settled, &all);
  if (settled >= all)
    return NULL;
  g_autofree char *cause = describe_cause (sweep);
  g_autofree char *starts =
      options->starts > 0 ? g_strdup_printf (_ ("%zu starts or "), options->starts) : g_strdup ("");
  return g_strdup_printf (g_dngettext (NULL,
                                       "%zu of %zu points is not known to ±%g %% after %sa budget "
                                       "of %g s for each group%s; raise --budget or --precision.",
                                       "%zu of %zu points are not known to ±%g %% after %sa budget "
                                       "of %g s for each group%s; raise --budget or --precision.",
                                       all - settled),
                          all - settled, all, 100 * options->precision, starts, options->budget_s,
                          cause);
}

/* --- all of it --- */

gboolean
nullcurve_bench_is_any_left_out (const NullcurveBench *bench)
{
  for (guint i = 0; i < moe_sweep_n_legs (bench->sweep); i++)
    if (moe_sweep_get_leg (bench->sweep, 0, i)->left_out != NULL)
      return TRUE;
  return FALSE;
}

/* Is anything of the plans left to measure? */
gboolean
nullcurve_bench_is_cut_short (const NullcurveBench *bench)
{
  return nullcurve_bench_signals_status () != 0 || nullcurve_bench_is_any_left_out (bench);
}

/* What is said about a run, and to be written with it. */
static GPtrArray *
advise (const MoeRun *run, const MoeNoise *noise)
{
  MoeAdvice advice;
  GPtrArray *sentences = nullcurve_bench_closing (run);
  moe_run_advise (run, noise, &advice);
  g_autofree GStrv words = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_OPTIONS);
  for (gsize i = 0; words[i] != NULL; i++)
    g_ptr_array_add (sentences, words[i]);
  return sentences;
}

/* Of the second setup under its name, but what was said of the first already. */
static void
add_notes (GPtrArray *notes, const GPtrArray *sentences, gsize setup)
{
  guint before = notes->len;
  for (guint i = 0; i < sentences->len; i++)
    {
      const char *sentence = g_ptr_array_index (sentences, i);
      gboolean said = FALSE;
      for (guint k = 0; k < before; k++)
        said |= strcmp (g_ptr_array_index (notes, k), sentence) == 0;
      if (!said)
        g_ptr_array_add (notes, g_strconcat (setup > 0 ? "B: " : "", sentence, NULL));
    }
}

/* Starts of several processes together are none of this machine.  Returns what is known now if the
 * run has taught something of it, else NaN. */
static double
learn_starts (const NullcurveBench *bench, gsize side, MoeRun *run)
{
  const MoePlan *plan = moe_sweep_get_plan (bench->sweep, side);
  gboolean teaches = moe_starts_measure (run).df >= MOE_PLAN_LEAST_STARTS - 1;
  if (nullcurve_bench_ranks_size () > 0 || !moe_sweep_has_measured (bench->sweep, side))
    return NAN;
  double sd = moe_starts_learn (run, bench->machines[side].backend, plan->threads,
                                plan->options.choice[MOE_CHOICE_DTYPE]);
  return teaches ? sd : NAN;
}

/* What a person should know of a setup's run, or NULL; a carried over one's is of its time. */
static GPtrArray *
find_sentences (const NullcurveBench *bench, gsize side, const MoeRun *run, const MoeNoise *noise)
{
  MoeNoise earlier;
  if (!moe_sweep_has_measured (bench->sweep, side))
    return moe_run_get_noise (run, &earlier) ? advise (run, &earlier) : NULL;
  GPtrArray *sentences = advise (run, noise);
  char *unsettled =
      side > 0 || nullcurve_bench_is_cut_short (bench) ? NULL : describe_unsettled (bench->sweep);
  if (unsettled != NULL)
    g_ptr_array_insert (sentences, 0, unsettled);
  return sentences;
}

/* All that there is of a side, with what disturbed it; what a person should know is added to
 * `notes`.  Of this machine only what this run has measured is kept; limits of several processes
 * together are none of it. */
static MoeRun *
close_side (NullcurveBench *bench,
            gsize side,
            const MoeNoise *noise,
            gboolean whole,
            double *spread,
            GPtrArray *notes)
{
  MoeRun *run = moe_sweep_collect (bench->sweep, side);
  g_autoptr (GPtrArray) sentences = find_sentences (bench, side, run, noise);
  moe_sweep_raise_limits (bench->sweep, side, run, nullcurve_bench_ranks_size () == 0);
  if (sentences != NULL)
    add_notes (notes, sentences, side);
  if (!moe_sweep_has_measured (bench->sweep, side))
    return run;
  moe_run_set_fact (run, "state",
                    whole && !nullcurve_bench_is_cut_short (bench) ? "complete" : "stopped");
  double learnt = learn_starts (bench, side, run);
  *spread = isnan (learnt) ? *spread : learnt;
  moe_sweep_tell (bench->sweep, side, run, noise, (const char *const *)sentences->pdata,
                  sentences->len);
  return run;
}

GPtrArray *
nullcurve_bench_close (NullcurveBench *bench,
                       const MoeNoise *noise,
                       gboolean whole,
                       GPtrArray *notes)
{
  double spread = NAN;
  GPtrArray *runs = g_ptr_array_new_with_free_func ((GDestroyNotify)moe_run_unref);
  for (gsize s = 0; s < bench->sweep->n_sides; s++)
    {
      g_autoptr (MoeRun) run = close_side (bench, s, noise, whole, &spread, notes);
      if (moe_run_get_n_records (run) == 0)
        break;
      g_ptr_array_add (runs, g_steal_pointer (&run));
    }
  if (!isnan (spread))
    nullcurve_bench_tell (_ ("Starts of this machine differ by %.1f %%.\n"), 100 * spread);
  return runs;
}
