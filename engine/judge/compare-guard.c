/* SPDX-License-Identifier: Apache-2.0 */
/* What stands in the way of taking a difference for one of the code. */
#include <math.h>
#include <string.h>

#include "engine/judge/compare-private.h"

/* Processors in use by others from which on their load is worth a word, and by how much the sides
 * must differ in it. */
#define BUSY 0.1

/* Facts of runs that should be the same.  Those with an axis are only looked at where the rows do
 * not tell it. */
static const struct
{
  const char *fact;
  MoeAxis axis;
} guards[] = {
  [MOE_GUARD_HOST] = { "host", MOE_N_AXES },
  [MOE_GUARD_CPU] = { "cpu", MOE_N_AXES },
  [MOE_GUARD_DEVICE] = { "device", MOE_N_AXES },
  [MOE_GUARD_ACCELERATOR] = { "accelerator", MOE_AXIS_ACCELERATOR },
  [MOE_GUARD_LIBRARY] = { "blas", MOE_N_AXES },
  [MOE_GUARD_KERNELS] = { "blas kernels", MOE_N_AXES },
  [MOE_GUARD_CORETYPE] = { "OPENBLAS_CORETYPE", MOE_N_AXES },
  [MOE_GUARD_DTYPE] = { "dtype", MOE_AXIS_DTYPE },
  [MOE_GUARD_THREADS] = { "threads", MOE_N_AXES },
  [MOE_GUARD_RANKS] = { "ranks", MOE_N_AXES },
  [MOE_GUARD_GOVERNOR] = { "governor", MOE_N_AXES },
  [MOE_GUARD_VERSION] = { "version", MOE_N_AXES },
  [MOE_GUARD_TIMED] = { "timed", MOE_N_AXES },
};
G_STATIC_ASSERT (G_N_ELEMENTS (guards) == MOE_N_GUARD_FACTS);

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

static char **
copy_values (const GPtrArray *values)
{
  char **copy = g_new0 (char *, values->len + 1);
  for (guint i = 0; i < values->len; i++)
    copy[i] = g_strdup (g_ptr_array_index (values, i));
  return copy;
}

static void
guard_clear (gpointer data)
{
  MoeGuard *guard = data;
  g_strfreev (guard->a);
  g_strfreev (guard->b);
}

static void
add_guard (MoeComparison *comparison,
           MoeGuardKind kind,
           MoeAxis axis,
           const GPtrArray *a,
           const GPtrArray *b)
{
  MoeGuard guard = { .kind = kind,
                     .axis = axis,
                     .a = copy_values (a),
                     .b = copy_values (b),
                     .busy_a = NAN,
                     .busy_b = NAN };
  g_array_append_val (comparison->guards, guard);
}

/* Only a side that leaves something out says what it timed. */
static void
check_fact (MoeComparison *comparison, MoeGuardKind kind)
{
  MoeAxis axis = guards[kind].axis;
  g_autoptr (GPtrArray) a = fact_values (&comparison->a, guards[kind].fact);
  g_autoptr (GPtrArray) b = fact_values (&comparison->b, guards[kind].fact);
  if (axis != MOE_N_AXES && comparison->a.told[axis]->len > 0 && comparison->b.told[axis]->len > 0)
    return;
  gboolean both = a->len > 0 && b->len > 0, either = a->len > 0 || b->len > 0;
  if (both ? !same_values (a, b) : either && kind == MOE_GUARD_TIMED)
    add_guard (comparison, kind, MOE_N_AXES, a, b);
}

/* An axis that rows need not agree in, since each side has one value. */
static void
check_axis (MoeComparison *comparison, MoeAxis axis)
{
  const GPtrArray *a = comparison->a.told[axis], *b = comparison->b.told[axis];
  if (!comparison->is_key[axis] && a->len > 0 && b->len > 0 && !same_values (a, b))
    add_guard (comparison, MOE_GUARD_AXIS, axis, a, b);
}

/* The most that others used beside any run of the side. */
static double
load_of (const MoeSide *side)
{
  double most = NAN;
  for (guint i = 0; i < side->runs->len; i++)
    {
      const char *text = moe_run_get_fact (g_ptr_array_index (side->runs, i), "others busy");
      if (text != NULL)
        most = fmax (most, g_ascii_strtod (text, NULL));
    }
  return most;
}

/* Side by side both had the same company. */
static void
check_load (MoeComparison *comparison)
{
  MoeGuard guard = { .kind = MOE_GUARD_LOAD,
                     .axis = MOE_N_AXES,
                     .a = g_new0 (char *, 1),
                     .b = g_new0 (char *, 1),
                     .busy_a = load_of (&comparison->a),
                     .busy_b = load_of (&comparison->b) };
  if (comparison->joint.method == MOE_METHOD_STARTS && fmax (guard.busy_a, guard.busy_b) > BUSY)
    g_array_append_val (comparison->guards, guard);
  else
    guard_clear (&guard);
}

void
moe_compare_guard (MoeComparison *comparison)
{
  comparison->guards = g_array_new (FALSE, FALSE, sizeof (MoeGuard));
  g_array_set_clear_func (comparison->guards, guard_clear);
  check_load (comparison);
  for (MoeGuardKind kind = 0; kind < MOE_N_GUARD_FACTS; kind++)
    check_fact (comparison, kind);
  /* What differs between two that are measured side by side is what is asked. */
  for (MoeAxis axis = 0; comparison->joint.method != MOE_METHOD_ROUNDS && axis < MOE_N_AXES; axis++)
    check_axis (comparison, axis);
}
