/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/host/machine-limits.h"

#include <math.h>

#include "engine/base/words.h"
#include "engine/host/machine-file.h"
#include "engine/machine/choose.h"
#include "engine/threads/topology.h"

/* --- measuring --- */

typedef struct Wanted
{
  const MoeBackend *backends[MOE_MAX_CONTENDERS];
  gsize index[MOE_MAX_CONTENDERS]; /* in the caller's list */
  gsize n;
} Wanted;

/* What there is not, and what was taken under load if this is a quiet moment. */
static void
find_wanted (const MoeMeasureAsk *ask,
             const MoeBackend *const *backends,
             gsize n,
             gboolean again,
             MoeLimits *limits,
             Wanted *wanted)
{
  gboolean looked = FALSE, quiet = FALSE;
  wanted->n = 0;
  for (gsize i = 0; i < n; i++)
    {
      gboolean known =
          moe_machine_load (backends[i], ask->device, ask->threads, ask->dtype, &limits[i]);
      if (known && !again && moe_limits_is_disturbed (&limits[i]) && !looked)
        {
          quiet = moe_quiet_now (ask->quiet);
          looked = TRUE;
        }
      if (known && !again && !(moe_limits_is_disturbed (&limits[i]) && quiet))
        continue;
      wanted->backends[wanted->n] = backends[i];
      wanted->index[wanted->n++] = i;
    }
}

/* What stands afterwards, of what was kept and what was measured; the two parts are each on their
 * own. */
static void
reconcile (const MoeMachineKept *kept, gboolean again, MoeLimits *limits)
{
  const MoeLimits *old = &kept->limits;
  if (kept->has_roofs && limits->circumstances.disturbed && !old->circumstances.disturbed)
    moe_machine_copy_roofs (limits, old);
  else if (kept->has_roofs && !again && !old->circumstances.disturbed)
    moe_machine_lift_roofs (limits, old);
  if (kept->has_calibration && limits->calibration_circumstances.disturbed
      && !old->calibration_circumstances.disturbed)
    {
      limits->calibration = old->calibration;
      limits->calibration_circumstances = old->calibration_circumstances;
    }
}

static MoeStatus
measure_wanted (const MoeMeasureAsk *ask,
                const Wanted *wanted,
                gboolean again,
                MoeLimits *limits,
                MoeError *errors)
{
  MoeLimits measured[MOE_MAX_CONTENDERS];
  MoeError failures[MOE_MAX_CONTENDERS];
  MoeStatus status = moe_limits_measure (ask, wanted->backends, wanted->n, measured, failures);
  gint64 now_s = g_get_real_time () / G_USEC_PER_SEC;
  MoeMachineKept kept[MOE_MAX_CONTENDERS];
  if (status != MOE_OK)
    return status;
  /* All as it was before any of it is stored: the roofs of several are the same. */
  for (gsize i = 0; i < wanted->n; i++)
    moe_machine_recall (wanted->backends[i], ask->device, ask->threads, ask->dtype, &kept[i]);
  for (gsize i = 0; i < wanted->n; i++)
    {
      gsize at = wanted->index[i];
      errors[at] = failures[i];
      if (failures[i].status != MOE_OK)
        continue;
      measured[i].circumstances.date_s = measured[i].calibration_circumstances.date_s = now_s;
      reconcile (&kept[i], again, &measured[i]);
      limits[at] = measured[i];
      moe_machine_store (wanted->backends[i], ask->device, ask->threads, ask->dtype, &limits[at],
                         NULL);
    }
  return MOE_OK;
}

MoeStatus
moe_machine_calibrate (const MoeMeasureAsk *ask,
                       const MoeBackend *const *backends,
                       gsize n,
                       gboolean again,
                       MoeLimits *limits,
                       MoeError *errors)
{
  MoeQuiet machine = moe_quiet_machine ();
  MoeMeasureAsk mine = *ask;
  Wanted wanted;
  if (mine.quiet == NULL)
    mine.quiet = &machine;
  for (gsize i = 0; i < n; i++)
    errors[i] = (MoeError){ .status = MOE_OK };
  find_wanted (&mine, backends, n, again, limits, &wanted);
  return wanted.n > 0 ? measure_wanted (&mine, &wanted, again, limits, errors) : MOE_OK;
}

/* --- choosing --- */

/* "measured while others used 1.7 of 2 processors" of what was disturbed, else NULL. */
static char *
describe_load (const MoeCircumstances *circumstances)
{
  if (!circumstances->disturbed)
    return NULL;
  if (isnan (circumstances->others_busy))
    return g_strdup (moe_words ("measured while others used the processors"));
  return g_strdup_printf (moe_words ("measured while others used %.1f of %zu processors"),
                          circumstances->others_busy, moe_topology ()->processors);
}

static double
rate_of (const MoeContender *contender)
{
  return moe_choose_flops () / contender->step_s / 1e9;
}

static char *
describe_contenders (const MoeContender *contenders, gsize n)
{
  gboolean tie = FALSE;
  GString *text = g_string_new (NULL);
  for (gsize i = 1; i < n; i++)
    tie |= contenders[i].step_s < contenders[0].step_s;
  g_string_append_printf (
      text,
      tie ? moe_words ("%s is as fast as any, within 5 %%, here (%.0f GF/s expected on a typical "
                       "point")
          : moe_words ("%s is the fastest here (%.0f GF/s expected on a typical point"),
      contenders[0].backend->title, rate_of (&contenders[0]));
  for (gsize i = 1; i < n; i++)
    g_string_append_printf (text, "%s%s %.0f", i == 1 ? "; " : ", ", contenders[i].backend->title,
                            rate_of (&contenders[i]));
  g_string_append (text, ").");
  return g_string_free (text, FALSE);
}

/* The loudest of the calibrations that were disturbed, or NULL. */
static const MoeCircumstances *
find_disturbed (const MoeLimits *limits, const MoeError *errors, gsize n)
{
  const MoeCircumstances *found = NULL;
  for (gsize i = 0; i < n; i++)
    {
      const MoeCircumstances *own = &limits[i].calibration_circumstances;
      if (errors[i].status == MOE_OK && own->disturbed
          && (found == NULL || !(found->others_busy >= own->others_busy)))
        found = own;
    }
  return found;
}

gssize
moe_machine_fastest (const MoeBackend *const *backends,
                     const MoeLimits *limits,
                     const MoeError *errors,
                     gsize n,
                     MoeDtype dtype,
                     char **why)
{
  MoeContender contenders[MOE_MAX_CONTENDERS];
  gsize n_contenders = 0;
  gssize fastest = -1;
  for (gsize i = 0; i < n; i++)
    if (errors[i].status == MOE_OK) /* one that cannot run a small block is no contender */
      contenders[n_contenders++] =
          (MoeContender){ .backend = backends[i],
                          .calibration = limits[i].calibration,
                          .step_s = moe_choose_step_s (dtype, &limits[i].calibration) };
  if (n_contenders == 0)
    return -1;
  moe_choose_sort (contenders, n_contenders);
  for (gsize i = 0; i < n && fastest < 0; i++)
    if (backends[i] == contenders[0].backend)
      fastest = (gssize)i;
  if (why == NULL)
    return fastest;
  const MoeCircumstances *disturbed = find_disturbed (limits, errors, n);
  g_autofree char *load = disturbed != NULL ? describe_load (disturbed) : NULL;
  *why = describe_contenders (contenders, n_contenders);
  if (load != NULL)
    {
      g_autofree char *plain = *why;
      *why = g_strdup_printf (
          moe_words ("%s  This was %s and will be measured again at a quiet moment."), plain, load);
    }
  return fastest;
}

gsize
moe_machine_list (MoeDtype dtype, const MoeBackend **backends, MoeError *error)
{
  gsize n_all, n = 0;
  const MoeBackend *const *all = moe_backends (&n_all);
  for (gsize i = 0; i < n_all && n < MOE_MAX_CONTENDERS; i++)
    if (moe_backend_find (all[i]->name, dtype, error) != NULL)
      backends[n++] = all[i];
  return n;
}
