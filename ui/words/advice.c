/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/words/advice.h"

#include <glib/gi18n.h>

/* What remedies turn, as the reader knows it. */
typedef enum Knob
{
  KNOB_SAMPLES,
  KNOB_BUDGET,
  KNOB_THREADS,
  KNOB_WARMUP,
  KNOB_SAMPLE_TIME,
} Knob;

static const char *const knobs[][NULLCURVE_N_VOCABULARIES] = {
  [KNOB_SAMPLES] = { "--iters", N_ ("Samples") },
  [KNOB_BUDGET] = { "--budget", N_ ("Budget") },
  [KNOB_THREADS] = { "--threads", N_ ("Threads") },
  [KNOB_WARMUP] = { "--warmup", N_ ("Warm-up") },
  [KNOB_SAMPLE_TIME] = { "--min-sample-time", N_ ("Sample time") },
};

static const char *
name_of (Knob knob, NullcurveVocabulary vocabulary)
{
  const char *name = knobs[knob][vocabulary];
  return vocabulary == NULLCURVE_VOCABULARY_FORM ? _ (name) : name;
}

/* What brings more samples. */
static const char *
more (const MoeAdvice *advice, NullcurveVocabulary vocabulary)
{
  return name_of (advice->until_settled ? KNOB_BUDGET : KNOB_SAMPLES, vocabulary);
}

/* "2 processors" */
static char *
processors (const MoeAdvice *advice)
{
  gsize n = advice->noise.processors;
  return g_strdup_printf (g_dngettext (NULL, "%zu processor", "%zu processors", n), n);
}

static char *
say_load (const MoeAdvice *advice, MoeCause cause, NullcurveVocabulary vocabulary)
{
  const MoeNoise *noise = &advice->noise;
  const char *samples = more (advice, vocabulary);
  g_autofree char *all = processors (advice);
  switch (cause)
    {
    case MOE_CAUSE_THREADS:
      return g_strdup_printf (_ ("%zu threads share %s; lower %s to %zu or fewer"), noise->threads,
                              all, name_of (KNOB_THREADS, vocabulary), noise->processors);
    case MOE_CAUSE_BUSY:
      return g_strdup_printf (_ ("other processes use %.1f of %s; close them or raise %s"),
                              noise->others_busy, all, samples);
    case MOE_CAUSE_WAITING:
      return g_strdup_printf (_ ("%.1f tasks of other processes run or wait for the %s; close them "
                                 "or raise %s"),
                              noise->others_waiting, all, samples);
    default:
      return g_strdup_printf (_ ("the hypervisor takes %.2f of %s away; measure when its host is "
                                 "quiet, or raise %s"),
                              noise->stolen, all, samples);
    }
}

static char *
say_clock (const MoeAdvice *advice, MoeCause cause, NullcurveVocabulary vocabulary)
{
  const MoeNoise *noise = &advice->noise;
  if (cause == MOE_CAUSE_BATTERY)
    return g_strdup (_ ("the machine runs on battery; plug it in"));
  if (cause == MOE_CAUSE_GOVERNOR)
    return g_strdup_printf (_ ("the governor %s changes the clock as it goes; choose the "
                               "performance governor or raise %s"),
                            noise->governor, name_of (KNOB_WARMUP, vocabulary));
  return g_strdup_printf (g_dngettext (NULL,
                                       "the processor slowed itself down %lld time for heat or "
                                       "power; cool it, or lower %s",
                                       "the processor slowed itself down %lld times for heat or "
                                       "power; cool it, or lower %s",
                                       (gulong)noise->throttlings),
                          (long long)noise->throttlings, name_of (KNOB_THREADS, vocabulary));
}

static char *
say_sampling (const MoeAdvice *advice, MoeCause cause, NullcurveVocabulary vocabulary)
{
  if (cause == MOE_CAUSE_SHORT)
    return g_strdup_printf (_ ("a sample lasts %.1f ms only; raise %s to %g or more"),
                            1e3 * advice->widest.sample_s, name_of (KNOB_SAMPLE_TIME, vocabulary),
                            MOE_ADVICE_SHORT_S);
  return g_strdup_printf (advice->noise.throttlings < 0
                              ? _ ("no cause is seen from here, where slowing down for heat cannot "
                                   "be read; raise %s")
                              : _ ("no cause is seen from here; raise %s"),
                          more (advice, vocabulary));
}

static char *
say_cause (const MoeAdvice *advice, MoeCause cause, NullcurveVocabulary vocabulary)
{
  if (cause <= MOE_CAUSE_STOLEN)
    return say_load (advice, cause, vocabulary);
  return cause <= MOE_CAUSE_GOVERNOR ? say_clock (advice, cause, vocabulary)
                                     : say_sampling (advice, cause, vocabulary);
}

/* "The samples of f = 0.8 spread by ±15 % (1 more point exceeds ±5 %)" */
static char *
say_what (const MoeAdvice *advice)
{
  gsize others = advice->n_wide - 1;
  g_autofree char *name = advice->several_topks
                              ? g_strdup_printf (_ ("f = %g at top-%zu"),
                                                 advice->widest.null_target, advice->widest.topk)
                              : g_strdup_printf ("f = %g", advice->widest.null_target);
  g_autofree char *width = g_strdup_printf ("%.0f", 100 * advice->width);
  if (others == 0)
    return g_strdup_printf (_ ("The samples of %s spread by ±%s %%"), name, width);
  return g_strdup_printf (
      g_dngettext (NULL, "The samples of %s spread by ±%s %% (%zu more point exceeds ±%.0f %%)",
                   "The samples of %s spread by ±%s %% (%zu more points exceed ±%.0f %%)", others),
      name, width, others, 100 * MOE_ADVICE_WIDE);
}

char **
nullcurve_words_advice (const MoeAdvice *advice, NullcurveVocabulary vocabulary)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new ();
  if (advice->coretype)
    g_ptr_array_add (lines, g_strdup_printf (_ ("OPENBLAS_CORETYPE is set to %s, so OpenBLAS may "
                                                "not use the kernels made for this processor: "
                                                "unset it."),
                                             advice->noise.coretype));
  g_autofree char *what = advice->n > 0 ? say_what (advice) : NULL;
  for (gsize i = 0; i < advice->n; i++)
    {
      g_autofree char *cause = say_cause (advice, advice->causes[i], vocabulary);
      g_ptr_array_add (lines, i == 0 ? g_strdup_printf ("%s: %s.", what, cause)
                                     : g_strdup_printf (_ ("Besides, %s."), cause));
    }
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_steal (lines, NULL);
}
