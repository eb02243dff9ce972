/* SPDX-License-Identifier: Apache-2.0 */
/* A short calibration: two small blocks, one bound by matmuls, one by streaming weights, give the
 * two rates of the cost model time = flops / F + bytes / B. */
#include "engine/bench/forecast.h"

#include "engine/bench/cost.h"
#include "engine/moe/flops.h"

#include <math.h>

enum
{
  PROBE_STEPS = 5 /* the fastest counts: other load only ever slows a step down */
};

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
  double step_s;
  double open_s;
  double flops;
  double bytes;
  double opened_bytes;
} Probe;

/* Seconds of the fastest of a few steps on an open state. */
static MoeStatus
time_steps (const MoeBackend *backend,
            MoeBackendState *state,
            const MoeClock *clock,
            double *best_s,
            MoeError *error)
{
  *best_s = INFINITY;
  for (int i = 0; i < PROBE_STEPS; i++)
    {
      uint64_t start = moe_clock_now (clock);
      MoeStatus status = backend->forward (state, NULL, NULL, error);
      if (status == MOE_OK)
        status = backend->backward (state, NULL, error);
      if (status != MOE_OK)
        return status;
      *best_s = fmin (*best_s, 1e-9 * (double)(moe_clock_now (clock) - start));
    }
  return MOE_OK;
}

static MoeStatus
measure_open (const MoeBackend *backend,
              const MoeProblem *problem,
              const MoeBlock *block,
              const MoeRouting *routing,
              const MoeClock *clock,
              const MoeCancel *cancel,
              Probe *probe,
              MoeError *error)
{
  MoeBackendState *state = NULL;
  MoeMemoryNeed need;
  uint64_t start = moe_clock_now (clock);
  MoeStatus status = backend->open (problem, cancel, &state, error);
  probe->open_s = 1e-9 * (double)(moe_clock_now (clock) - start);
  if (status == MOE_OK)
    status = backend->memory (problem, &need, error);
  if (status == MOE_OK)
    status = backend->prepare (state, block, routing, error);
  if (status == MOE_OK)
    status = time_steps (backend, state, clock, &probe->step_s, error);
  if (status == MOE_OK)
    probe->opened_bytes = (double)need.total_bytes;
  backend->close (state);
  return status;
}

static MoeStatus
run_probe (const MoeBackend *backend,
           size_t device,
           size_t threads,
           MoeDtype dtype,
           const MoeClock *clock,
           const MoeCancel *cancel,
           Probe *probe,
           MoeError *error)
{
  MoeBlock block = { .shape = probe->shape,
                     .topk = 1,
                     .dtype = dtype,
                     .pass = MOE_PASS_FORWARD_BACKWARD,
                     .impl = MOE_IMPL_FUSED_W13,
                     .ep_size = 1 };
  MoeRoutingSpec spec = { .tokens = probe->shape.tokens,
                          .experts = probe->shape.experts,
                          .topk = 1 };
  MoeProblem problem;
  MoeRouting routing = { 0 };
  moe_problem_of_block (&block, 0, threads, probe->shape.tokens, &problem);
  problem.device = device;
  MoeStatus status = moe_routing_sample (&spec, &routing, error);
  if (status == MOE_OK)
    status = measure_open (backend, &problem, &block, &routing, clock, cancel, probe, error);
  probe->flops = moe_flops (&probe->shape, block.pass, (double)probe->shape.tokens);
  probe->bytes = moe_cost_bytes (&block, (double)probe->shape.tokens, probe->shape.tokens);
  moe_routing_clear (&routing);
  return status;
}

/* Solve flops / F + bytes / B = time for both probes; where noise makes a rate negative, give all
 * of the time to the other. */
static void
solve_rates (const Probe *dense, const Probe *sparse, MoeCalibration *calibration)
{
  double determinant = dense->flops * sparse->bytes - sparse->flops * dense->bytes;
  double per_flop = (dense->step_s * sparse->bytes - sparse->step_s * dense->bytes) / determinant;
  double per_byte = (sparse->step_s * dense->flops - dense->step_s * sparse->flops) / determinant;
  if (!(per_flop > 0))
    per_flop = dense->step_s / dense->flops;
  if (!(per_byte > 0))
    per_byte = 1e-12;
  calibration->flops_per_s = 1 / per_flop;
  calibration->bytes_per_s = 1 / per_byte;
}

MoeStatus
moe_calibrate (const MoeBackend *backend,
               size_t device,
               size_t threads,
               MoeDtype dtype,
               const MoeClock *clock,
               const MoeCancel *cancel,
               MoeCalibration *calibration,
               MoeError *error)
{
  /* A device of its own is too wide for what fills a processor. */
  bool wide = backend->n_devices != NULL;
  Probe dense = { .shape = wide ? wide_dense : narrow_dense };
  Probe sparse = { .shape = wide ? wide_sparse : narrow_sparse };
  MoeStatus status = run_probe (backend, device, threads, dtype, clock, cancel, &dense, error);
  if (status == MOE_OK)
    status = run_probe (backend, device, threads, dtype, clock, cancel, &sparse, error);
  if (status != MOE_OK)
    return status;
  solve_rates (&dense, &sparse, calibration);
  calibration->touch_bytes_per_s = sparse.opened_bytes / sparse.open_s;
  return MOE_OK;
}
