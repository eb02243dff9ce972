/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/cards/arrange.h"

#include <glib/gi18n.h>
#include <math.h>

#include "engine/judge/findings.h"
#include "ui/words/shape-names.h"

static const char *const sorts[] = { "list", "name", "date", "gain" };
static const char *const groups[] = { "none", "shape", "machine", "dtype" };

G_STATIC_ASSERT (G_N_ELEMENTS (sorts) == NULLCURVE_N_RUN_SORTS);
G_STATIC_ASSERT (G_N_ELEMENTS (groups) == NULLCURVE_N_RUN_GROUPS);

const MoeNames nullcurve_run_sort_names = { sorts, G_N_ELEMENTS (sorts) };
const MoeNames nullcurve_run_group_names = { groups, G_N_ELEMENTS (groups) };

double
nullcurve_run_gain (MoeRun *run)
{
  g_autoptr (GPtrArray) findings = moe_findings_new (&run, 1);
  const MoeFinding *foremost = moe_findings_foremost (findings, 0, findings->len);

  return foremost != NULL ? foremost->speedup.median : NAN;
}

static const MoeRecord *
first_of (const MoeRun *run)
{
  return moe_run_get_n_records (run) > 0 ? moe_run_get_record (run, 0) : NULL;
}

char *
nullcurve_run_group_title (const MoeRun *run, NullcurveRunGroup group)
{
  const MoeRecord *first = first_of (run);
  const char *words = NULL;

  if (group == NULLCURVE_RUN_GROUP_NONE)
    return NULL;
  if (group == NULLCURVE_RUN_GROUP_SHAPE && first != NULL && first->has_shape)
    words = nullcurve_shape_brief (first);
  if (group == NULLCURVE_RUN_GROUP_MACHINE)
    words = moe_run_get_fact (run, "host");
  if (group == NULLCURVE_RUN_GROUP_DTYPE && first != NULL)
    words = first->choice[MOE_CHOICE_DTYPE];
  return g_strdup (words != NULL ? words : _ ("not told"));
}

static int
compare_titles (const char *a, const char *b)
{
  g_autofree char *first = g_utf8_collate_key_for_filename (a, -1);
  g_autofree char *second = g_utf8_collate_key_for_filename (b, -1);

  return g_strcmp0 (first, second);
}

/* What has no date comes last. */
static int
compare_dates (const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return (a == NULL) - (b == NULL);
  return g_strcmp0 (b, a);
}

static int
compare_gains (double a, double b)
{
  if (isnan (a) || isnan (b))
    return isnan (a) - isnan (b);
  return a > b ? -1 : a < b;
}

int
nullcurve_run_compare (MoeRun *a,
                       double gain_a,
                       MoeRun *b,
                       double gain_b,
                       NullcurveRunGroup group,
                       NullcurveRunSort sort)
{
  g_autofree char *heading_a = nullcurve_run_group_title (a, group);
  g_autofree char *heading_b = nullcurve_run_group_title (b, group);
  const int heading = heading_a != NULL ? compare_titles (heading_a, heading_b) : 0;

  if (heading != 0)
    return heading;
  switch (sort)
    {
    case NULLCURVE_RUN_SORT_NAME:
      return compare_titles (moe_run_get_title (a), moe_run_get_title (b));
    case NULLCURVE_RUN_SORT_DATE:
      return compare_dates (moe_run_get_fact (a, "date"), moe_run_get_fact (b, "date"));
    case NULLCURVE_RUN_SORT_GAIN:
      return compare_gains (gain_a, gain_b);
    default:
      return 0;
    }
}
