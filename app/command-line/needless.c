/* SPDX-License-Identifier: Apache-2.0 */
#include "app/command-line/needless.h"

#include <glib/gi18n.h>
#include <string.h>

enum
{
  NOTE_SIZE = 512
};

static guint
count_given (const GArray *given, const MoeOptionSpec *spec)
{
  guint n = 0;
  for (guint i = 0; i < given->len; i++)
    n += g_array_index (given, NullcurveBenchGiven, i).spec == spec;
  return n;
}

static guint
count_own (const GPtrArray *own, const NullcurveBenchSpec *spec)
{
  guint n = 0;
  for (guint i = 0; i < own->len; i++)
    n += g_ptr_array_index (own, i) == spec;
  return n;
}

GPtrArray *
nullcurve_bench_find_idle (const GArray *given, const MoeOptions *options)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  GPtrArray *notes = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < n; i++)
    {
      char note[NOTE_SIZE];
      if (count_given (given, &specs[i]) > 0
          && moe_options_note (options, &specs[i], note, sizeof note))
        g_ptr_array_add (notes, g_strdup (note));
    }
  return notes;
}

/* --- given again --- */

static void
note_repeat (GPtrArray *notes, const char *name, gboolean is_flag, guint n)
{
  if (n > 1)
    g_ptr_array_add (notes,
                     g_strdup_printf (is_flag ? _ ("--%s is given %u times: once is enough.")
                                              : _ ("--%s is given %u times: only the last counts."),
                                      name, n));
}

static void
note_repeats (GPtrArray *notes, const GArray *given, const GPtrArray *own)
{
  gsize n, n_own;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  const NullcurveBenchSpec *own_specs = nullcurve_bench_specs (&n_own);
  for (gsize i = 0; i < n; i++)
    note_repeat (notes, specs[i].name, specs[i].value == NULL, count_given (given, &specs[i]));
  for (gsize i = 0; own != NULL && i < n_own; i++)
    if (!own_specs[i].is_file)
      note_repeat (notes, own_specs[i].name, own_specs[i].value == NULL,
                   count_own (own, &own_specs[i]));
}

/* --- beside one that answers alone --- */

/* What the program does instead of anything else, or NULL; only its language may be chosen, and not
 * that of what programs read. */
static const char *
find_answer (const NullcurveBenchArgs *args, gboolean *heeds_language)
{
  *heeds_language = args->help;
  return args->help                      ? "help"
         : args->help_man                ? "help-man"
         : args->help_completion != NULL ? "help-completion"
         : args->version                 ? "version"
                                         : NULL;
}

static void
note_beside_answer (GPtrArray *notes, const char *name, const char *answer)
{
  g_ptr_array_add (notes,
                   g_strdup_printf (_ ("--%s changes nothing: --%s answers alone."), name, answer));
}

static void
note_all_beside_answer (NullcurveBenchArgs *args)
{
  gsize n, n_own;
  gboolean heeds_language;
  const char *answer = find_answer (args, &heeds_language);
  const MoeOptionSpec *specs = moe_option_specs (&n);
  const NullcurveBenchSpec *own = nullcurve_bench_specs (&n_own);
  for (gsize i = 0; answer != NULL && i < n; i++)
    if (count_given (args->given, &specs[i]) > 0)
      note_beside_answer (args->notes, specs[i].name, answer);
  for (gsize i = 0; answer != NULL && i < n_own; i++)
    {
      gboolean heeded = strcmp (own[i].name, answer) == 0
                        || (heeds_language && strcmp (own[i].name, "lang") == 0);
      if (!heeded && count_own (args->own, &own[i]) > 0)
        note_beside_answer (args->notes, own[i].name, answer);
    }
}

/* --- two equal setups --- */

static gboolean
are_equal (const MoeOptions *a, const MoeOptions *b)
{
  gsize n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (gsize i = 0; i < n; i++)
    if (!moe_options_same (a, b, &specs[i]))
      return FALSE;
  return TRUE;
}

/* That may be meant: to see how far equal setups differ. */
static void
note_versus (NullcurveBenchArgs *args)
{
  if (args->versus == NULL)
    return;
  note_repeats (args->notes, args->versus_given, NULL);
  if (!are_equal (&args->options, &args->versus_options))
    return;
  g_autofree char *shown = g_utf8_make_valid (args->versus, -1);
  g_ptr_array_add (
      args->notes,
      g_strdup_printf (_ ("--versus \"%s\" changes nothing: both setups are the same."), shown));
}

void
nullcurve_bench_note_needless (NullcurveBenchArgs *args)
{
  note_repeats (args->notes, args->given, args->own);
  note_all_beside_answer (args);
  note_versus (args);
}
