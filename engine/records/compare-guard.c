/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the way of taking a difference for one of the code. */
#include <string.h>

#include "engine/records/compare-private.h"

enum
{
  MAX_NAMED = 3,      /* values of a side that a warning names */
  MAX_CHARACTERS = 80 /* of each */
};

/* Facts of runs that should be the same.  Those with an axis are only looked at where the rows do
 * not tell it. */
typedef struct Guard
{
  const char *fact;
  const char *words;
  MoeAxis axis;
} Guard;

static const Guard guards[] = {
  { "host", "The machines differ", MOE_N_AXES },
  { "cpu", "The processors differ", MOE_N_AXES },
  { "device", "The devices differ", MOE_N_AXES },
  { "accelerator", "The accelerators differ", MOE_AXIS_ACCELERATOR },
  { "blas", "The matmul libraries differ", MOE_N_AXES },
  { "blas kernels", "The kernels of the matmul library differ", MOE_N_AXES },
  { "OPENBLAS_CORETYPE", "OPENBLAS_CORETYPE differs", MOE_N_AXES },
  { "dtype", "dtype differs", MOE_AXIS_DTYPE },
  { "threads", "The numbers of threads differ", MOE_N_AXES },
  { "ranks", "The numbers of ranks differ", MOE_N_AXES },
  { "governor", "The frequency governors differ", MOE_N_AXES },
  { "version", "The versions of the program differ", MOE_N_AXES },
  { "timed", "What was timed differs", MOE_N_AXES },
};

/* The different values of a fact among the runs of a side. */
static GPtrArray *
fact_values (const MoeSide *side, const char *fact)
{
  GPtrArray *values = g_ptr_array_new ();
  for (guint i = 0; i < side->runs->len; i++)
    {
      const char *value = moe_run_get_fact (g_ptr_array_index (side->runs, i), fact);
      if (value != NULL && !g_ptr_array_find_with_equal_func (values, value, g_str_equal, NULL))
        g_ptr_array_add (values, (gpointer)value);
    }
  return values;
}

static gboolean
same_values (const GPtrArray *a, const GPtrArray *b)
{
  for (guint i = 0; i < a->len; i++)
    if (!g_ptr_array_find_with_equal_func ((GPtrArray *)b, g_ptr_array_index (a, i), g_str_equal,
                                           NULL))
      return FALSE;
  return a->len == b->len;
}

static void
append_values (GString *text, const GPtrArray *values)
{
  for (guint i = 0; i < MIN (values->len, MAX_NAMED); i++)
    {
      const char *value = g_ptr_array_index (values, i);
      g_autofree char *start =
          g_utf8_substring (value, 0, MIN (g_utf8_strlen (value, -1), MAX_CHARACTERS));
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", start);
      if (strlen (start) < strlen (value))
        g_string_append (text, "…");
    }
  if (values->len > MAX_NAMED)
    g_string_append_printf (text, " and %u more", values->len - MAX_NAMED);
}

static void
warn_difference (GPtrArray *warnings, const char *words, const GPtrArray *a, const GPtrArray *b)
{
  GString *text = g_string_new (words);
  g_string_append (text, ": ");
  append_values (text, a);
  g_string_append (text, " in A, ");
  append_values (text, b);
  g_string_append (text, " in B.");
  g_ptr_array_add (warnings, g_string_free (text, FALSE));
}

/* Only a side that leaves something out says what it timed. */
static void
warn_one_sided (GPtrArray *warnings, const GPtrArray *a, const GPtrArray *b)
{
  const GPtrArray *values = a->len > 0 ? a : b;
  GString *text = g_string_new (a->len > 0 ? "A was timed " : "B was timed ");
  append_values (text, values);
  g_string_append (text, a->len > 0 ? "; B does not say so." : "; A does not say so.");
  g_ptr_array_add (warnings, g_string_free (text, FALSE));
}

static void
check_fact (const MoeComparison *comparison, const Guard *guard, GPtrArray *warnings)
{
  g_autoptr (GPtrArray) a = fact_values (&comparison->a, guard->fact);
  g_autoptr (GPtrArray) b = fact_values (&comparison->b, guard->fact);
  if (guard->axis != MOE_N_AXES && comparison->a.told[guard->axis]->len > 0
      && comparison->b.told[guard->axis]->len > 0)
    return;
  if (a->len > 0 && b->len > 0 && !same_values (a, b))
    warn_difference (warnings, guard->words, a, b);
  else if ((a->len > 0) != (b->len > 0) && strcmp (guard->fact, "timed") == 0)
    warn_one_sided (warnings, a, b);
}

/* An axis that rows need not agree in, since each side has one value. */
static void
check_axis (const MoeComparison *comparison, MoeAxis axis, GPtrArray *warnings)
{
  const GPtrArray *a = comparison->a.told[axis], *b = comparison->b.told[axis];
  if (comparison->is_key[axis] || a->len == 0 || b->len == 0 || same_values (a, b))
    return;
  g_autofree char *words = g_strconcat (moe_axis_title (axis), " differs", NULL);
  warn_difference (warnings, words, a, b);
}

char **
moe_compare_warn (const MoeComparison *comparison)
{
  GPtrArray *warnings = g_ptr_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (guards); i++)
    check_fact (comparison, &guards[i], warnings);
  for (MoeAxis axis = 0; axis < MOE_N_AXES; axis++)
    check_axis (comparison, axis, warnings);
  g_ptr_array_add (warnings, NULL);
  return (char **)g_ptr_array_free (warnings, FALSE);
}
