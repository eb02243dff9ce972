/* SPDX-License-Identifier: Apache-2.0 */
/* A short calibration: two small blocks, one bound by matmuls, one by streaming weights, give the
 * two rates of the cost model time = flops / F + bytes / B. */
#include "engine/machine/calibrate.h"

#include "engine/base/assert.h"
#include "engine/draw/laws.h"
#include "engine/draw/sampling.h"
#include "engine/machine/cost.h"
#include "engine/moe/flops.h"

#include <math.h>

enum
{
  TRY_STEPS = 3 /* of one try; the fastest counts */
};

/* Nobody waits longer for a quiet moment. */
static const double PATIENCE_S = 10;

static const MoeShape narrow_dense = {
  .tokens = 2048, .hidden = 512, .mlp_dim = 512, .experts = 4
};
static const MoeShape narrow_sparse = {
  .tokens = 128, .hidden = 512, .mlp_dim = 512, .experts = 16
};
static const MoeShape wide_dense = {
  .tokens = 8192, .hidden = 2048, .mlp_dim = 1408, .experts = 4
};
static const MoeShape wide_sparse = {
  .tokens = 512, .hidden = 2048, .mlp_dim = 1408, .experts = 32
};

typedef struct Probe
{
  MoeShape shape;
  MoeTries steps;
  double open_s;
  double flops;
  double bytes;
  double opened_bytes;
} Probe;

typedef struct Contender
{
  const MoeBackend *backend;
  Probe dense, sparse;
  MoeCalibrated *result;
} Contender;

/* One try on an open state: the fastest of a few steps, with the share of the processors that all
 * of them had. */
static MoeStatus
time_steps (const MoeMeasureAsk *ask,
            const MoeBackend *backend,
            MoeBackendState *state,
            MoeTries *tries,
            MoeError *error)
{
  const MoeQuiet *quiet = ask->quiet;
  double best_s = INFINITY;
  MoeQuietCount before, after;
  quiet->count (quiet->data, &before);
  uint64_t begin = moe_clock_now (&quiet->clock), end = begin;
  for (int i = 0; i < TRY_STEPS; i++)
    {
      uint64_t start = end;
      MoeStatus status = backend->forward (state, NULL, NULL, error);
      if (status == MOE_OK)
        status = backend->backward (state, NULL, error);
      if (status != MOE_OK)
        return status;
      end = moe_clock_now (&quiet->clock);
      best_s = fmin (best_s, 1e-9 * (double)(end - start));
    }
  quiet->count (quiet->data, &after);
  double wall_s = 1e-9 * (double)(end - begin);
  /* What a device does is not seen from here. */
  bool seen = backend->n_devices == NULL;
  moe_tries_add (tries, best_s, wall_s / TRY_STEPS,
                 seen ? moe_quiet_share (&before, &after, ask->threads, wall_s) : NAN);
  return MOE_OK;
}

static MoeStatus
measure_open (const MoeMeasureAsk *ask,
              const MoeBackend *backend,
              const MoeProblem *problem,
              const MoeBlock *block,
              const MoeRouting *routing,
              Probe *probe,
              MoeError *error)
{
  MoeBackendState *state = NULL;
  MoeMemoryNeed need;
  uint64_t start = moe_clock_now (&ask->quiet->clock);
  MoeStatus status = backend->open (problem, ask->cancel, &state, error);
  probe->open_s = fmin (probe->open_s, 1e-9 * (double)(moe_clock_now (&ask->quiet->clock) - start));
  if (status == MOE_OK)
    status = backend->memory (problem, &need, error);
  if (status == MOE_OK)
    status = backend->prepare (state, block, routing, error);
  if (status == MOE_OK)
    status = time_steps (ask, backend, state, &probe->steps, error);
  if (status == MOE_OK)
    probe->opened_bytes = (double)need.total_bytes;
  backend->close (state);
  return status;
}

static MoeStatus
try_probe (const MoeMeasureAsk *ask, const MoeBackend *backend, Probe *probe, MoeError *error)
{
  MoeBlock block = { .shape = probe->shape,
                     .topk = 1,
                     .choice[MOE_CHOICE_DTYPE] = ask->dtype,
                     .choice[MOE_CHOICE_PASS] = MOE_PASS_FORWARD_BACKWARD,
                     .choice[MOE_CHOICE_IMPL] = MOE_IMPL_FUSED_W13,
                     .ep_size = 1 };
  MoeRoutingSpec spec = { .tokens = probe->shape.tokens,
                          .experts = probe->shape.experts,
                          .topk = 1 };
  MoeProblem problem;
  MoeRouting routing = { 0 };
  moe_problem_of_block (&block, 0, ask->threads, probe->shape.tokens, &problem);
  problem.device = ask->device;
  MoeStatus status = moe_routing_sample (&spec, &routing, error);
  if (status == MOE_OK)
    status = measure_open (ask, backend, &problem, &block, &routing, probe, error);
  probe->flops =
      moe_flops (&probe->shape, block.choice[MOE_CHOICE_PASS], (double)probe->shape.tokens);
  probe->bytes = moe_cost_bytes (
      &block, moe_law_active_experts (&spec, (double)probe->shape.tokens), probe->shape.tokens, 0);
  moe_routing_clear (&routing);
  return status;
}

static Probe
probe_of (const MoeShape *shape)
{
  Probe probe = { .shape = *shape, .open_s = INFINITY };
  moe_tries_init (&probe.steps);
  return probe;
}

static void
init_contender (Contender *contender, const MoeBackend *backend, MoeCalibrated *result)
{
  /* A device of its own is too wide for what fills a processor. */
  bool wide = backend->n_devices != NULL;
  *result = (MoeCalibrated){ .status = MOE_OK };
  *contender = (Contender){ .backend = backend,
                            .dense = probe_of (wide ? &wide_dense : &narrow_dense),
                            .sparse = probe_of (wide ? &wide_sparse : &narrow_sparse),
                            .result = result };
}

static bool
is_done (const Contender *contender)
{
  return contender->result->status != MOE_OK
         || (moe_tries_enough (&contender->dense.steps)
             && moe_tries_enough (&contender->sparse.steps));
}

static void
try_contender (const MoeMeasureAsk *ask, Contender *contender)
{
  MoeCalibrated *result = contender->result;
  result->status = try_probe (ask, contender->backend, &contender->dense, &result->error);
  if (result->status == MOE_OK)
    result->status = try_probe (ask, contender->backend, &contender->sparse, &result->error);
}

/* Solve flops / F + bytes / B = time for both probes; where noise makes a rate negative, give all
 * of the time to the other. */
static void
solve_rates (const Probe *dense, const Probe *sparse, MoeCalibration *calibration)
{
  double dense_s = moe_tries_seconds (&dense->steps);
  double sparse_s = moe_tries_seconds (&sparse->steps);
  double determinant = dense->flops * sparse->bytes - sparse->flops * dense->bytes;
  double per_flop = (dense_s * sparse->bytes - sparse_s * dense->bytes) / determinant;
  double per_byte = (sparse_s * dense->flops - dense_s * sparse->flops) / determinant;
  if (!(per_flop > 0))
    per_flop = dense_s / dense->flops;
  if (!(per_byte > 0))
    per_byte = 1e-12;
  calibration->flops_per_s = 1 / per_flop;
  calibration->bytes_per_s = 1 / per_byte;
  calibration->touch_bytes_per_s = sparse->opened_bytes / sparse->open_s;
}

static void
conclude (const Contender *contender, double others_busy)
{
  const MoeTries *dense = &contender->dense.steps, *sparse = &contender->sparse.steps;
  MoeCalibrated *result = contender->result;
  if (result->status != MOE_OK)
    return;
  solve_rates (&contender->dense, &contender->sparse, &result->calibration);
  result->circumstances = (MoeCircumstances){
    .disturbed = !moe_tries_enough (dense) || !moe_tries_enough (sparse),
    .share = fmin (moe_tries_share (dense), moe_tries_share (sparse)),
    .others_busy = others_busy,
  };
}

/* The next round, in which nobody tries who has tried enough; false when none did. */
static bool
run_round (const MoeMeasureAsk *ask, Contender *contenders, size_t n, size_t round)
{
  bool any = false;
  size_t n_steps = n * MOE_TRIES_WANTED;
  for (size_t i = 0; i < n && !moe_cancel_requested (ask->cancel); i++)
    {
      Contender *contender = &contenders[round % 2 == 0 ? i : n - 1 - i];
      size_t step = round * n + i + 1;
      if (is_done (contender))
        continue;
      if (ask->step != NULL)
        ask->step (ask->data, contender->backend, step < n_steps ? step : n_steps, n_steps);
      try_contender (ask, contender);
      any = true;
    }
  return any;
}

MoeStatus
moe_calibrate (const MoeMeasureAsk *ask,
               const MoeBackend *const *backends,
               size_t n,
               MoeCalibrated *results,
               MoeError *error)
{
  Contender contenders[MOE_MAX_CONTENDERS];
  const MoeQuiet *quiet = ask->quiet;
  MoeQuietCount before, after;
  MOE_ASSERT (n >= 1 && n <= MOE_MAX_CONTENDERS);
  for (size_t i = 0; i < n; i++)
    init_contender (&contenders[i], backends[i], &results[i]);

  quiet->count (quiet->data, &before);
  uint64_t start = moe_clock_now (&quiet->clock);
  double wall_s = 0;
  for (size_t round = 0;
       round < MOE_TRIES_ROUNDS && (round < MOE_TRIES_WANTED || wall_s < PATIENCE_S); round++)
    {
      if (!run_round (ask, contenders, n, round))
        break;
      wall_s = 1e-9 * (double)(moe_clock_now (&quiet->clock) - start);
    }
  quiet->count (quiet->data, &after);
  if (moe_cancel_requested (ask->cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "The calibration was stopped.");
  for (size_t i = 0; i < n; i++)
    conclude (&contenders[i], moe_quiet_others (&before, &after, wall_s));
  return MOE_OK;
}
