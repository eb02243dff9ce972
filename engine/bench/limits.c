/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/bench/limits.h"

#include "engine/base/arena.h"
#include "engine/bench/peak.h"
#include "engine/moe/flops.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum
{
  TRIALS = 5,              /* the best counts: other load only ever slows a trial down */
  PEAK_ROUNDS = 4000000,   /* a few hundredths of a second */
  STREAM_BYTES = 192 << 20 /* larger than the last-level cache of a workstation */
};

typedef struct Stream
{
  MoeTeam *team;
  unsigned char *memory;
  size_t bytes;
  MoeDtype dtype;
  _Atomic double flops;
  atomic_uint_fast64_t sink;
  atomic_uint_fast64_t float_sink;
} Stream;

/* A thread's share of the first `bytes` bytes, in whole words. */
static uint64_t *
share_of (const Stream *stream, size_t bytes, size_t thread, size_t *n)
{
  size_t threads = moe_team_size (stream->team), words = bytes / sizeof (uint64_t);
  size_t first = words / 8 * thread / threads * 8, end = words / 8 * (thread + 1) / threads * 8;
  *n = end - first;
  return (uint64_t *)(void *)stream->memory + first;
}

static void
run_peak (void *data, size_t thread)
{
  Stream *stream = data;
  float sink = (float)thread;
  double flops = moe_peak_multiply_add (stream->dtype, PEAK_ROUNDS, &sink);
  double seen = atomic_load (&stream->flops);
  while (!atomic_compare_exchange_weak (&stream->flops, &seen, seen + flops))
    ;
  atomic_fetch_add (&stream->float_sink, sink > 1 ? 1 : 0);
}

static void
run_read (void *data, size_t thread)
{
  Stream *stream = data;
  size_t n;
  const uint64_t *words = share_of (stream, stream->bytes, thread, &n);
  atomic_fetch_add (&stream->sink, moe_peak_read (words, n));
}

static void
run_write (void *data, size_t thread)
{
  Stream *stream = data;
  size_t n;
  uint64_t *words = share_of (stream, stream->bytes, thread, &n);
  moe_peak_write (words, n, thread);
}

static void
run_copy (void *data, size_t thread)
{
  Stream *stream = data;
  size_t n;
  uint64_t *words = share_of (stream, stream->bytes / 2, thread, &n);
  memcpy (words + stream->bytes / 2 / sizeof *words, words, n * sizeof *words);
}

static double
best_seconds (Stream *stream, MoeTeamFunction function, const MoeClock *clock)
{
  double best = INFINITY;
  for (int trial = 0; trial < TRIALS; trial++)
    {
      uint64_t start = moe_clock_now (clock);
      moe_team_run (stream->team, function, stream);
      best = fmin (best, 1e-9 * (double)(moe_clock_now (clock) - start));
    }
  return best;
}

static void
measure_machine (Stream *stream, const MoeClock *clock, MoeLimits *limits)
{
  double seconds = best_seconds (stream, run_peak, clock);
  limits->peak_flops_per_s = atomic_load (&stream->flops) / TRIALS / seconds;
  double bytes = (double)stream->bytes;
  seconds = best_seconds (stream, run_read, clock);
  seconds = fmin (seconds, best_seconds (stream, run_write, clock));
  seconds = fmin (seconds, best_seconds (stream, run_copy, clock)); /* half read, half written */
  limits->bytes_per_s = bytes / seconds;
}

static MoeStatus
with_memory (Stream *stream,
             const MoeClock *clock,
             const MoeCancel *cancel,
             MoeLimits *limits,
             MoeError *error)
{
  MoeArena *arena = NULL;
  MoeStatus status = moe_arena_new (STREAM_BYTES, &arena, error);
  if (status == MOE_OK)
    status = moe_arena_touch (arena, stream->team, cancel, error);
  if (status == MOE_OK)
    {
      stream->memory = moe_arena_take (arena, STREAM_BYTES);
      stream->bytes = STREAM_BYTES;
      measure_machine (stream, clock, limits);
    }
  moe_arena_free (arena);
  return status;
}

static MoeStatus
measure_host (size_t threads,
              MoeDtype dtype,
              const MoeClock *clock,
              const MoeCancel *cancel,
              MoeLimits *limits,
              MoeError *error)
{
  Stream stream = { .dtype = dtype };
  MoeStatus status = moe_team_new (threads, &stream.team, error);
  if (status == MOE_OK)
    status = with_memory (&stream, clock, cancel, limits, error);
  moe_team_free (stream.team);
  return status;
}

static MoeStatus
measure_device (const MoeBackend *backend,
                size_t device,
                MoeDtype dtype,
                const MoeCancel *cancel,
                MoeLimits *limits,
                MoeError *error)
{
  MoeDeviceRates rates = { 0 };
  MoeStatus status = backend->rates (device, dtype, cancel, &rates, error);
  limits->peak_flops_per_s = rates.peak_flops_per_s;
  limits->bytes_per_s = rates.bytes_per_s;
  return status;
}

MoeStatus
moe_limits_measure (const MoeBackend *backend,
                    size_t device,
                    size_t threads,
                    MoeDtype dtype,
                    const MoeClock *clock,
                    const MoeCancel *cancel,
                    MoeLimits *limits,
                    MoeError *error)
{
  *limits = (MoeLimits){ 0 };
  MoeStatus status = backend->rates != NULL
                         ? measure_device (backend, device, dtype, cancel, limits, error)
                         : measure_host (threads, dtype, clock, cancel, limits, error);
  if (status == MOE_OK)
    status =
        moe_calibrate (backend, device, threads, dtype, clock, cancel, &limits->calibration, error);
  /* A library may compute with units that the probe does not know (AMX): no roof is below what was
   * reached. */
  if (status == MOE_OK)
    limits->peak_flops_per_s = fmax (limits->peak_flops_per_s, limits->calibration.flops_per_s);
  return status;
}

double
moe_limits_least_bytes (const MoeBlock *block, size_t active_experts)
{
  double H = (double)block->shape.hidden, M = (double)block->shape.mlp_dim;
  double T = (double)block->shape.tokens, E = (double)block->shape.experts;
  double element = (double)moe_dtype_bytes (block->dtype);
  double expert = 3 * H * M * element, rows = T * H * element;
  double shared = 3 * H * (double)block->shape.shared_dim * element;
  double weights = (double)active_experts * expert + shared;
  double forward = weights + 2 * rows; /* x in, y out */
  if (block->pass == MOE_PASS_FORWARD)
    return forward;
  return forward + weights + E * expert + shared + 3 * rows; /* gradients; x, y in, dx out */
}

double
moe_limits_least_time_s (const MoeLimits *limits,
                         const MoeBlock *block,
                         double flops,
                         size_t active_experts)
{
  return fmax (flops / limits->peak_flops_per_s,
               moe_limits_least_bytes (block, active_experts) / limits->bytes_per_s);
}
