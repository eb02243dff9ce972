/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/records/figures.h"

#include "engine/text/intern.h"

typedef enum Figures
{
  FIGURES_NONE,
  FIGURES_UNDISTURBED,
  FIGURES_PROCESSOR,
  FIGURES_ALL
} Figures;

static Figures
choose (gsize n, gsize n_undisturbed, gsize n_cpu)
{
  if (n == 0)
    return FIGURES_NONE;
  if (n_undisturbed >= MIN (MOE_TAKEN_LEAST_UNDISTURBED, n))
    return FIGURES_UNDISTURBED;
  return n_cpu == n ? FIGURES_PROCESSOR : FIGURES_ALL;
}

static const char *
source_of (Figures figures)
{
  if (figures == FIGURES_NONE)
    return NULL;
  return moe_text_intern (figures == FIGURES_PROCESSOR ? "processor" : "wall");
}

gboolean
moe_record_is_disturbed (const MoeRecord *record, gsize index)
{
  return record->taken != NULL && moe_taken_is_disturbed (&record->taken[index]);
}

static gboolean
is_cpu_known (const MoeRecord *record, gsize index)
{
  return record->taken != NULL && record->taken[index].cpu_s > 0;
}

static Figures
figures_of (const MoeRecord *record)
{
  gsize n_undisturbed = 0, n_cpu = 0;
  for (gsize i = 0; i < record->n_samples; i++)
    {
      n_undisturbed += !moe_record_is_disturbed (record, i);
      n_cpu += is_cpu_known (record, i);
    }
  return choose (record->n_samples, n_undisturbed, n_cpu);
}

const char *
moe_record_find_time_source (const MoeRecord *record)
{
  return source_of (figures_of (record));
}

gsize
moe_record_figures (const MoeRecord *record, double **times)
{
  gsize n = 0;
  Figures figures = figures_of (record);
  *times = figures != FIGURES_NONE ? g_new (double, record->n_samples) : NULL;
  for (gsize i = 0; i < record->n_samples; i++)
    if (figures == FIGURES_PROCESSOR)
      (*times)[n++] = record->taken[i].cpu_s;
    else if (figures == FIGURES_ALL || !moe_record_is_disturbed (record, i))
      (*times)[n++] = record->samples_s[i];
  return n;
}

/* --- sample by sample --- */

void
moe_tally_follow (MoeTally *tally, const MoeRecord *record)
{
  for (gsize i = tally->n; i < record->n_samples; i++)
    {
      moe_running_median_add (&tally->all, record->samples_s[i]);
      if (!moe_record_is_disturbed (record, i))
        {
          tally->n_undisturbed++;
          moe_running_median_add (&tally->undisturbed, record->samples_s[i]);
        }
      if (is_cpu_known (record, i))
        {
          tally->n_cpu++;
          moe_running_median_add (&tally->cpu, record->taken[i].cpu_s);
        }
    }
  tally->n = record->n_samples;
}

/* The first sample that nobody disturbed takes the place of those that somebody did. */
void
moe_tally_add_stages (MoeTally *tally, const MoeStageTimes *stages, gboolean disturbed)
{
  if (tally->is_undisturbed && disturbed)
    return;
  if (!tally->is_undisturbed && !disturbed)
    moe_tally_forget_stages (tally);
  tally->is_undisturbed = !disturbed;
  tally->has_stages = TRUE;
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    moe_running_median_add (&tally->stages[i], stages->time_s[i]);
  moe_running_median_add (&tally->comm_bytes, stages->comm_bytes);
}

double
moe_tally_time_s (const MoeTally *tally, const char **source)
{
  Figures figures = choose (tally->n, tally->n_undisturbed, tally->n_cpu);
  const MoeRunningMedian *median = figures == FIGURES_UNDISTURBED ? &tally->undisturbed
                                   : figures == FIGURES_PROCESSOR ? &tally->cpu
                                                                  : &tally->all;
  *source = source_of (figures);
  return moe_running_median_get (median);
}

void
moe_tally_forget_samples (MoeTally *tally)
{
  tally->n = tally->n_undisturbed = tally->n_cpu = 0;
  moe_running_median_clear (&tally->undisturbed);
  moe_running_median_clear (&tally->cpu);
  moe_running_median_clear (&tally->all);
}

void
moe_tally_forget_stages (MoeTally *tally)
{
  tally->has_stages = tally->is_undisturbed = FALSE;
  for (gsize i = 0; i < MOE_N_STAGES; i++)
    moe_running_median_clear (&tally->stages[i]);
  moe_running_median_clear (&tally->comm_bytes);
}
