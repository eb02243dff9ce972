/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/findings.h"

#include <glib/gi18n.h>

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
