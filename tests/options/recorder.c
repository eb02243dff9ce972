/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/options/recorder.h"

#include <stdatomic.h>
#include <time.h>

#include "engine/backends/cpu/block.h"
#include "engine/backends/native/native.h"
#include "engine/bench/verify.h"
#include "engine/threads/arena.h"

enum
{
  MAX_EVENTS = 1 << 16,
  STEP_NS = 1000000
};

GString *recorder_log;

static uint64_t fake_now_ns;
static size_t steps;                /* so far */
static gboolean has_waited;         /* told already */
static atomic_uint_fast64_t matter; /* sum over what threads did in a step, in whatever order */
static MoeTraceEvent events[MAX_EVENTS];
static MoeTrace trace = { .events = events, .capacity = MAX_EVENTS };

/* The runner waits for other work on the machine in this way alone; here the wait is told and over.
 */
int
nanosleep (const struct timespec *wanted, struct timespec *left)
{
  if (recorder_log != NULL && !has_waited)
    g_string_append (recorder_log, "waits for quiet\n");
  has_waited = TRUE;
  return 0;
}

/* The linker puts these in place of the engine's: memory that is taken by nobody but the step that
 * needs it, no anchor, which is not asked for, and no comparison with the reference, which other
 * tests are for.  That would be nine tenths of the time. */
MoeStatus
__wrap_moe_arena_touch (MoeArena *arena, MoeTeam *team, const MoeCancel *cancel, MoeError *error);
void __wrap_moe_cpu_fill_anchor (MoeBackendState *state);
MoeStatus __wrap_moe_verify_block (const MoeBackend *backend,
                                   size_t device,
                                   const MoeBlock *block,
                                   const MoeRoutingSpec *routing,
                                   uint64_t seed,
                                   size_t threads,
                                   MoeVerifyResult *result,
                                   MoeError *error);

MoeStatus
__wrap_moe_arena_touch (MoeArena *arena, MoeTeam *team, const MoeCancel *cancel, MoeError *error)
{
  return MOE_OK;
}

void
__wrap_moe_cpu_fill_anchor (MoeBackendState *state)
{
}

MoeStatus
__wrap_moe_verify_block (const MoeBackend *backend,
                         size_t device,
                         const MoeBlock *block,
                         const MoeRoutingSpec *routing,
                         uint64_t seed,
                         size_t threads,
                         MoeVerifyResult *result,
                         MoeError *error)
{
  *result = (MoeVerifyResult){ 0 };
  return MOE_OK;
}

static uint64_t
mix (uint64_t sum, uint64_t value)
{
  sum ^= value + 0x9e3779b97f4a7c15u + (sum << 6) + (sum >> 2);
  return sum * 0xff51afd7ed558ccdu;
}

static uint64_t
mix_bytes (uint64_t sum, const void *data, size_t n)
{
  const unsigned char *bytes = data;
  for (size_t i = 0; i < n; i++)
    sum = (sum ^ bytes[i]) * 0x100000001b3u;
  return sum;
}

/* --- products --- */

static const MoeCpuKernels *
native_of (const MoeCpuKernels *kernels)
{
  return moe_native_kernels (kernels->dtype, NULL, NULL);
}

static uint64_t
mix_operand (
    uint64_t sum, const void *data, size_t rows, size_t columns, size_t stride, size_t size)
{
  for (size_t i = 0; i < rows; i++)
    sum = mix_bytes (sum, (const char *)data + i * stride * size, columns * size);
  return sum;
}

static void
recorder_matmul (const MoeCpuKernels *kernels, const MoeMatmul *p, void *scratch)
{
  size_t size = moe_dtype_bytes (kernels->dtype);
  uint64_t sum = mix (mix (mix (kernels->dtype, p->m), p->n), p->k);
  sum = mix_operand (sum, p->a, p->transpose_a ? p->k : p->m, p->transpose_a ? p->m : p->k, p->lda,
                     size);
  sum = mix_operand (sum, p->b, p->transpose_b ? p->n : p->k, p->transpose_b ? p->k : p->n, p->ldb,
                     size);
  sum = mix (sum, p->packed != NULL);
  atomic_fetch_add (&matter, sum);
  native_of (kernels)->matmul (native_of (kernels), p, scratch);
}

static size_t
recorder_packed_bytes (const MoeCpuKernels *kernels, size_t k, size_t n)
{
  return native_of (kernels)->packed_bytes (native_of (kernels), k, n);
}

static void
recorder_pack (
    const MoeCpuKernels *kernels, const void *b, size_t ldb, size_t k, size_t n, void *packed)
{
  native_of (kernels)->pack (native_of (kernels), b, ldb, k, n, packed);
}

static const void *
recorder_packed_columns (const MoeCpuKernels *kernels, const void *packed, size_t k, size_t first)
{
  return native_of (kernels)->packed_columns (native_of (kernels), packed, k, first);
}

static const MoeCpuKernels *
kernels_of (const MoeProblem *problem)
{
  static MoeCpuKernels kernels[MOE_DTYPE_BFLOAT16 + 1];
  MoeCpuKernels *self = &kernels[problem->choice[MOE_CHOICE_DTYPE]];
  self->dtype = problem->choice[MOE_CHOICE_DTYPE];
  self->scratch_bytes = native_of (self)->scratch_bytes;
  self->matmul = recorder_matmul;
  self->packed_bytes = recorder_packed_bytes;
  self->pack = recorder_pack;
  self->packed_columns = recorder_packed_columns;
  return self;
}

/* --- the table --- */

static MoeStatus
recorder_probe (MoeError *error)
{
  return MOE_OK;
}

static void
recorder_facts (size_t device, MoeBackendFacts *facts)
{
  *facts = (MoeBackendFacts){ "Recorder", "", "CPU" };
}

static MoeStatus
recorder_supports (const MoeBlock *block, MoeError *error)
{
  return MOE_OK;
}

static MoeStatus
recorder_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  return moe_cpu_memory (problem, kernels_of (problem), need, error);
}

static MoeStatus
recorder_open (const MoeProblem *problem,
               const MoeCancel *cancel,
               MoeBackendState **state,
               MoeError *error)
{
  MoeMemoryNeed need = { 0 };
  recorder_memory (problem, &need, NULL);
  g_string_append_printf (recorder_log, "open %zu threads, %zu shards, %zu bytes\n",
                          problem->threads, problem->ep_size, need.total_bytes);
  MoeStatus status = moe_cpu_open (problem, kernels_of (problem), cancel, state, error);
  if (status == MOE_OK)
    moe_cpu_trace (*state, &trace);
  return status;
}

static MoeStatus
recorder_prepare (MoeBackendState *state,
                  const MoeBlock *block,
                  const MoeRouting *routing,
                  MoeError *error)
{
  size_t slots = routing->tokens * routing->topk;
  uint64_t sum = mix_bytes (1, routing->topk_idx, slots * sizeof *routing->topk_idx);
  sum = mix_bytes (sum, routing->topk_weights, slots * sizeof *routing->topk_weights);
  if (routing->null_weights != NULL)
    sum = mix_bytes (sum, routing->null_weights, slots * sizeof *routing->null_weights);
  g_string_append_printf (recorder_log, "prepare %zx\n", (size_t)sum);
  return moe_cpu_prepare (state, block, routing, error);
}

/* Which piece of work it was; who did it, and when, chance decides, and with it which expert a
 * thread had last when it packs. */
static uint64_t
sum_event (const MoeTraceEvent *event)
{
  uint64_t sum = mix (event->stage, event->shard);
  if (event->stage == MOE_STAGE_WAIT)
    return 0;
  if (event->stage == MOE_STAGE_PACK)
    return sum;
  return mix (mix (sum, (uint64_t)(event->expert + 1)), event->rows);
}

static uint64_t
sum_events (void)
{
  uint64_t sum = 0;
  size_t n = MIN (atomic_load (&trace.n), (size_t)MAX_EVENTS);
  for (size_t i = 0; i < n; i++)
    sum += sum_event (&events[i]);
  atomic_store (&trace.n, 0);
  return sum;
}

/* Steps differ by up to a third, in a fixed order. */
static void
end_step (const char *name)
{
  uint64_t odd = mix (7, steps++) % 1000;
  fake_now_ns += STEP_NS + odd * (STEP_NS / 3000);
  g_string_append_printf (recorder_log, "%s %zx %zx\n", name, (size_t)atomic_exchange (&matter, 0),
                          (size_t)sum_events ());
}

static MoeStatus
recorder_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error)
{
  double own = 0; /* which tells of the combine, as no product does */
  MoeStatus status = moe_cpu_forward (state, times, &own, error);
  if (loss != NULL)
    *loss = own;
  end_step ("forward");
  g_string_append_printf (recorder_log, "loss %a\n", own);
  return status;
}

static MoeStatus
recorder_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error)
{
  MoeStatus status = moe_cpu_backward (state, times, error);
  end_step ("backward");
  return status;
}

const MoeBackend recorder_backend = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "recorder",
  .title = "Recorder",
  .probe = recorder_probe,
  .facts = recorder_facts,
  .supports = recorder_supports,
  .memory = recorder_memory,
  .open = recorder_open,
  .prepare = recorder_prepare,
  .forward = recorder_forward,
  .backward = recorder_backward,
  .read = moe_cpu_read,
  .poison = moe_cpu_poison,
  .close = moe_cpu_close,
};

/* --- the clock --- */

static uint64_t
now_ns (void *data)
{
  return fake_now_ns;
}

MoeClock
recorder_clock (void)
{
  return (MoeClock){ now_ns, NULL };
}

void
recorder_reset (void)
{
  if (recorder_log == NULL)
    recorder_log = g_string_new (NULL);
  g_string_truncate (recorder_log, 0);
  fake_now_ns = 0;
  steps = 0;
  has_waited = FALSE;
  atomic_store (&matter, 0);
  atomic_store (&trace.n, 0);
}
