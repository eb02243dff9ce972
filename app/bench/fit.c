/* SPDX-License-Identifier: Apache-2.0 */
#include "app/bench/fit.h"

#include <glib/gi18n.h>

#include "app/command-line/error.h"
#include "engine/sweep/quantities.h"

enum
{
  MAX_SCALE = 32768 /* the tokens of the matrix's smallest shape */
};

char *
nullcurve_bench_leg_name (const MoeSweepLeg *leg)
{
  const MoeOptions *options = &leg->plan.options;
  g_autofree char *shape = moe_text_block_plain (options);
  g_autofree char *topk = moe_text_topk (options);
  return g_strdup_printf (
      "%s, %s, %s%s", shape, topk, options->beside_independent ? "independent, " : "",
      moe_choice_name (MOE_CHOICE_NULL_MODE, options->choice[MOE_CHOICE_NULL_MODE]));
}

/* Would sweep `index` of the matrix fit with these options and scale? */
static gboolean
scale_fits (const NullcurveBenchArgs *args,
            const MoeOptions *common,
            gsize tokens_scale,
            gsize index,
            const MoeBackend *backend,
            gsize available_bytes)
{
  MoeOptions sweeps[MOE_MATRIX_MAX_JOBS];
  MoePlan plan;
  MoeForecast forecast;
  const MoeMatrixScale scale = { .tokens = tokens_scale, .widths = args->scale.widths };
  size_t n;
  if (moe_matrix_jobs (args->matrix, common, scale, sweeps, &n, NULL) != MOE_OK || index >= n
      || moe_plan_new (&sweeps[index], &plan, NULL) != MOE_OK)
    return FALSE;
  gboolean good = moe_forecast (&plan, backend, NULL, available_bytes, &forecast, NULL) == MOE_OK
                  && forecast.fits;
  moe_plan_clear (&plan);
  return good;
}

/* The smallest scale that fits, by halving, since memory shrinks with it; 0 when none does. */
static gsize
least_scale (const NullcurveBenchArgs *args,
             const MoeOptions *common,
             gsize index,
             const MoeBackend *backend,
             gsize available_bytes)
{
  gsize low = args->scale.tokens, high = MAX_SCALE;
  if (!scale_fits (args, common, high, index, backend, available_bytes))
    return 0;
  while (low < high)
    {
      gsize middle = low + (high - low) / 2;
      if (scale_fits (args, common, middle, index, backend, available_bytes))
        high = middle;
      else
        low = middle + 1;
    }
  return low;
}

/* What to change so that a sweep of the matrix fits: as little as possible of it. */
static char *
advise_scale (const NullcurveBenchArgs *args,
              gsize index,
              const MoeBackend *backend,
              gsize available_bytes)
{
  static const struct
  {
    gboolean narrow, forward;
    const char *format;
  } changes[] = { { FALSE, FALSE, N_ ("--scale %zu would fit") },
                  { TRUE, FALSE, N_ ("--dtype bfloat16 with --scale %zu would fit") },
                  { FALSE, TRUE, N_ ("--bench-pass forward with --scale %zu would fit") },
                  { TRUE, TRUE,
                    N_ ("--dtype bfloat16 --bench-pass forward with --scale %zu would fit") } };
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      MoeOptions common = args->options;
      if (changes[i].narrow)
        common.choice[MOE_CHOICE_DTYPE] = MOE_DTYPE_BFLOAT16;
      if (changes[i].forward)
        common.choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD;
      gsize scale = least_scale (args, &common, index, backend, available_bytes);
      if (scale > 0)
        return g_strdup_printf (_ (changes[i].format), scale);
    }
  return g_strdup (_ ("no --scale would fit; --scale-widths makes the weights smaller"));
}

static char *
explain_left_out (const MoeSweepLeg *leg,
                  gsize index,
                  const NullcurveBenchArgs *args,
                  const MoeBackend *backend)
{
  const MoeForecast *forecast = &leg->forecast;
  if (!args->has_matrix)
    {
      MoeError engine_error;
      moe_forecast_require_fit (&leg->todo, backend, forecast, &engine_error);
      return g_strdup (engine_error.message);
    }
  g_autofree char *need = moe_text_bytes (forecast->memory.total_bytes
                                          + (forecast->on_device ? 0 : forecast->routing_bytes));
  g_autofree char *there = moe_text_bytes (forecast->available_bytes);
  g_autofree char *hint = advise_scale (args, index, backend, forecast->host_bytes);
  return g_strdup_printf (
      forecast->on_device
          ? _ (
              "it needs %s of device memory, with a reserve for the rest of the machine beside it, "
              "and %s are available; %s.")
          : _ ("it needs %s, with a reserve for the rest of the machine beside it, and %s are "
               "available; %s."),
      need, there, hint);
}

gboolean
nullcurve_bench_fit_leg (MoeSweep *sweep,
                         gsize side,
                         gsize leg,
                         const NullcurveBenchArgs *args,
                         gsize available_bytes,
                         GError **error)
{
  MoeError engine_error;
  MoeSweepLeg *of = moe_sweep_get_leg (sweep, side, leg);
  if (moe_sweep_forecast (sweep, side, leg, available_bytes, &engine_error) != MOE_OK)
    return nullcurve_bench_error_from_engine (error, NULLCURVE_BENCH_ERROR_REFUSED, &engine_error);
  if (!of->forecast.fits)
    of->left_out = explain_left_out (of, leg, args, sweep->sides[side].backend);
  return TRUE;
}

static gboolean
refuse_unfit (const MoeSweepLeg *unfit, gsize n_legs, GError **error)
{
  g_autofree char *name = nullcurve_bench_leg_name (unfit);
  if (n_legs == 1)
    return nullcurve_bench_refuse (error, "%s", unfit->left_out);
  return nullcurve_bench_refuse (error,
                                 _ ("None of the %u sweeps fits into memory.  The first, %s: %s"),
                                 (guint)n_legs, name, unfit->left_out);
}

gboolean
nullcurve_bench_fit_side (MoeSweep *sweep,
                          gsize side,
                          const NullcurveBenchArgs *args,
                          gsize available_bytes,
                          GError **error)
{
  const MoeSweepLeg *unfit = NULL;
  gboolean any = FALSE;
  for (guint i = 0; i < moe_sweep_n_legs (sweep); i++)
    {
      const MoeSweepLeg *leg = moe_sweep_get_leg (sweep, side, i);
      if (!nullcurve_bench_fit_leg (sweep, side, i, args, available_bytes, error))
        return FALSE;
      if (unfit == NULL && leg->left_out != NULL)
        unfit = leg;
      any |= leg->left_out == NULL && leg->todo.n_points > 0;
    }
  if (unfit == NULL || any || moe_sweep_count_carried (sweep) > 0)
    return TRUE;
  return refuse_unfit (unfit, moe_sweep_n_legs (sweep), error);
}
