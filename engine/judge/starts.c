/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/judge/starts.h"

#include <math.h>

#include "engine/host/machine-file.h"
#include "engine/records/numbers.h"
#include "engine/records/trials.h"

#define FACT "starts differ by"

enum
{
  LEAST_STARTS = 3 /* fewer teach chance rather than the machine */
};

static const double LEAST_SAMPLE_S = 0.01;

MoeStartSpread
moe_starts_measure (const MoeRun *run)
{
  gsize n = moe_run_get_n_records (run);
  g_autoptr (GPtrArray) lists = g_ptr_array_new_with_free_func ((GDestroyNotify)g_array_unref);
  for (gsize i = 0; i < n; i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      GArray *trials = record->taken != NULL && !moe_record_is_processor (record)
                           ? moe_record_trials (record, FALSE)
                           : NULL;
      if (trials != NULL)
        g_ptr_array_add (lists, trials);
    }
  g_autofree MoeSeries *series = g_new (MoeSeries, lists->len);
  for (guint i = 0; i < lists->len; i++)
    {
      const GArray *trials = g_ptr_array_index (lists, i);
      series[i] = (MoeSeries){ (const MoeTrial *)(const void *)trials->data, trials->len };
    }
  return moe_start_spread_measure (series, lists->len);
}

gboolean
moe_starts_told (const MoeRun *run, MoeStartSpread *spread)
{
  const char *text = moe_run_get_fact (run, FACT);
  char *end = NULL;
  *spread = (MoeStartSpread){ 0 };
  if (text == NULL)
    return FALSE;
  double sd = g_ascii_strtod (text, &end);
  if (end == text || *end != ' ')
    return FALSE;
  double df = g_ascii_strtod (end, NULL);
  if (!(sd > 0 && sd < 1 && df > 0 && df < 1e6))
    return FALSE;
  *spread = (MoeStartSpread){ sd, df };
  return TRUE;
}

/* Shorter samples tell of single interrupts rather than of starts. */
static gboolean
lasts_long_enough (const MoeRun *run)
{
  double longest_s = 0;
  for (gsize i = 0; i < moe_run_get_n_records (run); i++)
    {
      const MoeRecord *record = moe_run_get_record (run, i);
      double tokens = record->has_shape ? (double)record->shape.tokens : NAN;
      double time_s = (double)MAX (record->steps, 1) * tokens / record->tokens_per_s;
      longest_s = time_s > longest_s ? time_s : longest_s;
    }
  return longest_s >= LEAST_SAMPLE_S;
}

double
moe_starts_learn (MoeRun *run, const MoeBackend *backend, gsize threads, MoeDtype dtype)
{
  MoeStartSpread shown = moe_starts_measure (run);
  double sd;
  guint df;
  if (shown.df >= LEAST_STARTS - 1 && lasts_long_enough (run))
    moe_machine_learn_starts (backend, threads, dtype, shown.sd, (guint)shown.df);
  if (!moe_machine_start_spread (backend, threads, dtype, &sd, &df))
    return NAN;
  g_autofree char *number = moe_number_significant (sd, 3);
  g_autofree char *fact = g_strdup_printf ("%s %u", number, df);
  moe_run_set_fact (run, FACT, fact);
  return sd;
}
