/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/machine/limits.h"

#include "engine/base/assert.h"
#include "engine/machine/peak.h"
#include "engine/moe/flops.h"
#include "engine/threads/arena.h"
#include "engine/threads/team.h"

#include <math.h>
#include <stdatomic.h>
#include <unistd.h>

enum
{
  PEAK_ROUNDS = 4000000 /* about a hundredth of a second */
};

typedef struct Stream
{
  MoeTeam *team;
  unsigned char *memory;
  size_t bytes;
  MoeDtype dtype;
  MoePeakRead how;      /* to read */
  _Atomic double flops; /* of the last try */
  atomic_uint_fast64_t sink;
  atomic_uint_fast64_t float_sink;
} Stream;

/* A thread's share of the memory, in whole words. */
static uint64_t *
share_of (const Stream *stream, size_t thread, size_t *n)
{
  size_t threads = moe_team_size (stream->team), words = stream->bytes / sizeof (uint64_t);
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
  const uint64_t *words = share_of (stream, thread, &n);
  atomic_fetch_add (&stream->sink, moe_peak_read (words, n, stream->how));
}

static void
run_write (void *data, size_t thread)
{
  Stream *stream = data;
  size_t n;
  uint64_t *words = share_of (stream, thread, &n);
  moe_peak_write (words, n, thread + 1);
}

/* One try of `function`, with the share of the processors that the team had. */
static void
add_try (const MoeMeasureAsk *ask, Stream *stream, MoeTeamFunction function, MoeTries *tries)
{
  const MoeQuiet *quiet = ask->quiet;
  MoeQuietCount before, after;
  quiet->count (quiet->data, &before);
  uint64_t start = moe_clock_now (&quiet->clock);
  moe_team_run (stream->team, function, stream);
  double seconds = 1e-9 * (double)(moe_clock_now (&quiet->clock) - start);
  quiet->count (quiet->data, &after);
  moe_tries_add (tries, seconds, seconds, moe_quiet_share (&before, &after, ask->threads, seconds));
}

static double
least_share (const MoeTries *peak, const MoeTries *read, const MoeTries *write)
{
  return fmin (moe_tries_share (peak), fmin (moe_tries_share (read), moe_tries_share (write)));
}

/* Writing comes before reading: pages that were never written to may be read from nowhere. */
static MoeStatus
measure_rates (const MoeMeasureAsk *ask, Stream *stream, MoeLimits *limits, MoeError *error)
{
  const MoeQuiet *quiet = ask->quiet;
  MoeTries peak, read, write;
  MoeQuietCount before, after;
  bool enough = false;
  moe_tries_init (&peak);
  moe_tries_init (&read);
  moe_tries_init (&write);

  quiet->count (quiet->data, &before);
  uint64_t start = moe_clock_now (&quiet->clock);
  for (size_t round = 0; round < MOE_TRIES_ROUNDS && !enough; round++)
    {
      atomic_store (&stream->flops, 0);
      add_try (ask, stream, run_peak, &peak);
      add_try (ask, stream, run_write, &write);
      for (stream->how = 0; stream->how < MOE_PEAK_READ_WAYS; stream->how++)
        add_try (ask, stream, run_read, &read);
      if (moe_cancel_requested (ask->cancel))
        return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while measuring the machine");
      enough = moe_tries_enough (&peak) && moe_tries_enough (&read) && moe_tries_enough (&write);
    }
  double wall_s = 1e-9 * (double)(moe_clock_now (&quiet->clock) - start);
  quiet->count (quiet->data, &after);

  limits->peak_flops_per_s = atomic_load (&stream->flops) / moe_tries_seconds (&peak);
  limits->read_bytes_per_s = (double)stream->bytes / moe_tries_seconds (&read);
  limits->write_bytes_per_s = (double)stream->bytes / moe_tries_seconds (&write);
  limits->circumstances =
      (MoeCircumstances){ .disturbed = !enough,
                          .share = least_share (&peak, &read, &write),
                          .others_busy = moe_quiet_others (&before, &after, wall_s) };
  return MOE_OK;
}

size_t
moe_limits_stream_bytes (size_t cache_bytes, size_t available_bytes)
{
  const size_t least = (size_t)192 << 20, most = (size_t)1 << 30;
  size_t bytes = cache_bytes > most / 32 ? most : 32 * cache_bytes;
  bytes = bytes < least ? least : bytes;
  return bytes > available_bytes / 4 ? available_bytes / 4 : bytes;
}

static size_t
last_cache_bytes (void)
{
  long bytes = -1;
#ifdef _SC_LEVEL3_CACHE_SIZE
  bytes = sysconf (_SC_LEVEL3_CACHE_SIZE);
#endif
  return bytes > 0 ? (size_t)bytes : 0;
}

static MoeStatus
with_memory (const MoeMeasureAsk *ask, Stream *stream, MoeLimits *limits, MoeError *error)
{
  MoeArena *arena = NULL;
  stream->bytes =
      moe_limits_stream_bytes (last_cache_bytes (), ask->quiet->available (ask->quiet->data));
  MoeStatus status = moe_arena_new (stream->bytes, &arena, error);
  if (status == MOE_OK)
    status = moe_arena_touch (arena, stream->team, ask->cancel, error);
  if (status == MOE_OK)
    {
      stream->memory = moe_arena_take (arena, stream->bytes);
      MOE_ASSERT (stream->memory != NULL);
      status = measure_rates (ask, stream, limits, error);
    }
  moe_arena_free (arena);
  return status;
}

static MoeStatus
measure_host (const MoeMeasureAsk *ask, MoeLimits *limits, MoeError *error)
{
  Stream stream = { .dtype = ask->dtype };
  MoeStatus status = moe_team_new (ask->threads, &stream.team, error);
  if (status == MOE_OK)
    status = with_memory (ask, &stream, limits, error);
  moe_team_free (stream.team);
  return status;
}

static MoeStatus
measure_device (const MoeMeasureAsk *ask,
                const MoeBackend *backend,
                MoeLimits *limits,
                MoeError *error)
{
  MoeDeviceRates rates = { 0 };
  MoeStatus status = backend->rates (ask->device, ask->dtype, ask->cancel, &rates, error);
  limits->peak_flops_per_s = rates.peak_flops_per_s;
  limits->read_bytes_per_s = limits->write_bytes_per_s = rates.bytes_per_s;
  limits->circumstances = (MoeCircumstances){ .share = NAN, .others_busy = NAN };
  return status;
}

/* The roofs: of the host once, of every device for itself. */
static MoeStatus
measure_roofs (const MoeMeasureAsk *ask,
               const MoeBackend *const *backends,
               size_t n,
               MoeLimits *limits,
               MoeError *errors)
{
  const MoeLimits *host = NULL;
  for (size_t i = 0; i < n; i++)
    {
      limits[i] = (MoeLimits){ 0 };
      errors[i] = (MoeError){ .status = MOE_OK };
      if (backends[i]->rates != NULL)
        errors[i].status = measure_device (ask, backends[i], &limits[i], &errors[i]);
      else if (host != NULL)
        limits[i] = *host;
      else if ((errors[i].status = measure_host (ask, &limits[i], &errors[i])) == MOE_OK)
        host = &limits[i];
      if (moe_cancel_requested (ask->cancel))
        return MOE_ERROR_CANCELLED;
    }
  return MOE_OK;
}

/* A library may compute with units that the probe does not know (AMX): no roof is below what was
 * reached, by whichever backend on the same processors. */
static void
lift_peaks (const MoeBackend *const *backends, size_t n, MoeLimits *limits, const MoeError *errors)
{
  double host_peak = 0;
  for (size_t i = 0; i < n; i++)
    {
      MoeLimits *own = &limits[i];
      if (errors[i].status != MOE_OK)
        continue;
      own->peak_flops_per_s = fmax (own->peak_flops_per_s, own->calibration.flops_per_s);
      if (backends[i]->rates == NULL)
        host_peak = fmax (host_peak, own->peak_flops_per_s);
    }
  for (size_t i = 0; i < n; i++)
    if (errors[i].status == MOE_OK && backends[i]->rates == NULL)
      limits[i].peak_flops_per_s = host_peak;
}

MoeStatus
moe_limits_measure (const MoeMeasureAsk *ask,
                    const MoeBackend *const *backends,
                    size_t n,
                    MoeLimits *limits,
                    MoeError *errors)
{
  MoeCalibrated calibrated[MOE_MAX_CONTENDERS];
  MoeError error;
  MoeStatus status = measure_roofs (ask, backends, n, limits, errors);
  if (status == MOE_OK)
    status = moe_calibrate (ask, backends, n, calibrated, &error);
  if (status != MOE_OK)
    return status;
  for (size_t i = 0; i < n; i++)
    {
      limits[i].calibration = calibrated[i].calibration;
      limits[i].calibration_circumstances = calibrated[i].circumstances;
      if (errors[i].status == MOE_OK && calibrated[i].status != MOE_OK)
        errors[i] = calibrated[i].error;
    }
  lift_peaks (backends, n, limits, errors);
  return MOE_OK;
}

bool
moe_limits_is_disturbed (const MoeLimits *limits)
{
  return limits->circumstances.disturbed || limits->calibration_circumstances.disturbed;
}

MoeLeastBytes
moe_limits_least_bytes (const MoeBlock *block, size_t active_experts)
{
  double H = (double)block->shape.hidden, M = (double)block->shape.mlp_dim;
  double T = (double)block->shape.tokens, Z = (double)block->shape.zero_experts;
  double E = (double)block->shape.experts + Z;
  double element = (double)moe_dtype_bytes (block->choice[MOE_CHOICE_DTYPE]);
  double expert = 3 * H * M * element, rows = T * H * element;
  double shared = 3 * H * (double)block->shape.shared_dim * element;
  double weights = ((double)active_experts + Z) * expert + shared;
  double vectors = (double)block->shape.null_vectors * H * element;
  if (block->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return (MoeLeastBytes){ .read = weights + vectors + rows, .written = rows };
  return (MoeLeastBytes){ .read = 2 * weights + vectors + 3 * rows, /* x; x, y */
                          .written = E * expert + shared + vectors + 2 * rows };
}

double
moe_limits_least_time_s (const MoeLimits *limits,
                         const MoeBlock *block,
                         double flops,
                         size_t active_experts)
{
  MoeLeastBytes bytes = moe_limits_least_bytes (block, active_experts);
  return fmax (flops / limits->peak_flops_per_s, fmax (bytes.read / limits->read_bytes_per_s,
                                                       bytes.written / limits->write_bytes_per_s));
}

static bool
raise_to (double *rate, double reached)
{
  if (!(reached > *rate) || !isfinite (reached))
    return false;
  *rate = reached;
  return true;
}

bool
moe_limits_raise (
    MoeLimits *limits, const MoeBlock *block, double flops, size_t active_experts, double time_s)
{
  MoeLeastBytes bytes = moe_limits_least_bytes (block, active_experts);
  bool raised = raise_to (&limits->peak_flops_per_s, flops / time_s);
  raised |= raise_to (&limits->read_bytes_per_s, bytes.read / time_s);
  raised |= raise_to (&limits->write_bytes_per_s, bytes.written / time_s);
  return raised;
}
