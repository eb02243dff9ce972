/* SPDX-License-Identifier: Apache-2.0 */
/* Advice in the words of a command line and of a form. */
#include <math.h>
#include <string.h>

#include "ui/words/advice.h"

/* Twelve samples of f = 0.8 that spread by 15 %. */
static MoeAdvice
one_cause (MoeCause cause)
{
  return (MoeAdvice){
    .n = 1,
    .causes = { cause },
    .widest = { .topk = 8, .null_target = 0.8, .rate = { .n = 12 }, .sample_s = 0.0015 },
    .width = 0.15,
    .n_wide = 1,
    .noise = { .threads = 4,
               .processors = 2,
               .others_busy = 1.3,
               .others_waiting = 227.6,
               .stolen = 0.25,
               .throttlings = 3,
               .governor = "powersave",
               .coretype = "Haswell" },
  };
}

static void
assert_words (const MoeAdvice *advice, NullcurveVocabulary vocabulary, const char *expected)
{
  g_auto (GStrv) lines = nullcurve_words_advice (advice, vocabulary);
  g_autofree char *text = g_strjoinv ("\n", lines);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_sentences (void)
{
  MoeAdvice advice = one_cause (MOE_CAUSE_BUSY);
  assert_words (&advice, NULLCURVE_VOCABULARY_OPTIONS,
                "The samples of f = 0.8 spread by ±15 %: other processes use 1.3 of 2 processors; "
                "close them or raise --iters.");
  advice.several_topks = TRUE;
  advice.n_wide = 3;
  advice.n = 2;
  advice.causes[1] = MOE_CAUSE_STOLEN;
  assert_words (&advice, NULLCURVE_VOCABULARY_FORM,
                "The samples of f = 0.8 at top-8 spread by ±15 % (2 more points exceed ±5 %): "
                "other processes use 1.3 of 2 processors; close them or raise Samples.\n"
                "Besides, the hypervisor takes 0.25 of 2 processors away; measure when its host is "
                "quiet, or raise Samples.");
  advice.n = 0;
  assert_words (&advice, NULLCURVE_VOCABULARY_FORM, "");
  advice.coretype = TRUE;
  assert_words (&advice, NULLCURVE_VOCABULARY_FORM,
                "OPENBLAS_CORETYPE is set to Haswell, so OpenBLAS may not use the kernels made for "
                "this processor: unset it.");
}

/* What is to be done about samples that were taken for a budget is another thing. */
static void
test_until_settled (void)
{
  MoeAdvice advice = one_cause (MOE_CAUSE_UNSEEN);
  advice.until_settled = TRUE;
  assert_words (&advice, NULLCURVE_VOCABULARY_OPTIONS,
                "The samples of f = 0.8 spread by ±15 %: no cause is seen from here; raise "
                "--budget.");
  assert_words (&advice, NULLCURVE_VOCABULARY_FORM,
                "The samples of f = 0.8 spread by ±15 %: no cause is seen from here; raise "
                "Budget.");
}

/* No cause is without words, and none speaks of options to those who have a form. */
static void
test_all_causes (void)
{
  for (MoeCause cause = MOE_CAUSE_THREADS; cause <= MOE_CAUSE_UNSEEN; cause++)
    for (int settled = 0; settled < 2; settled++)
      {
        MoeAdvice advice = one_cause (cause);
        advice.until_settled = settled;
        g_auto (GStrv) form = nullcurve_words_advice (&advice, NULLCURVE_VOCABULARY_FORM);
        g_assert_cmpuint (g_strv_length (form), ==, 1);
        g_assert_null (strstr (form[0], "--"));
        g_assert_true (g_str_has_suffix (form[0], "."));
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/advice/sentences", test_sentences);
  g_test_add_func ("/words/advice/until-settled", test_until_settled);
  g_test_add_func ("/words/advice/all-causes", test_all_causes);
  return g_test_run ();
}
