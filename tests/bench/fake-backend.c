/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/fake-backend.h"

#include "engine/moe/capacity.h"
#include "engine/moe/reference.h"

#include <math.h>
#include <string.h>

FakeMachine fake_machine;

struct MoeBackendState
{
  MoeProblem problem;
  MoeBlock block;
  const MoeRouting *routing;
  MoeRouting kept; /* what is left with a capacity policy */
  MoeTrace *trace;
  float *tensors[MOE_N_TENSORS];   /* NULL: the problem has no such tensor */
  double *expected[MOE_N_TENSORS]; /* outputs in double */
};

static uint64_t
now_ns (void *data)
{
  return ((FakeMachine *)data)->now_ns;
}

MoeClock
fake_clock (void)
{
  return (MoeClock){ now_ns, &fake_machine };
}

void
fake_machine_reset (void)
{
  if (fake_machine.calls != NULL)
    g_string_free (fake_machine.calls, TRUE);
  fake_machine = (FakeMachine){ .calls = g_string_new (NULL), .step_s = 0.25 };
}

static MoeStatus
fake_probe (MoeError *error)
{
  return MOE_OK;
}

static void
fake_facts (size_t device, MoeBackendFacts *facts)
{
  *facts = (MoeBackendFacts){ "Fake 1.0", "none", "CPU" };
}

static MoeStatus
fake_supports (const MoeBlock *block, MoeError *error)
{
  if (block->choice[MOE_CHOICE_DTYPE] == MOE_DTYPE_FLOAT32)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "dtype", "only float32");
}

static MoeStatus
fake_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  *need = (MoeMemoryNeed){ .weights_bytes = fake_machine.memory_bytes };
  need->weights_bytes += problem->shape.experts * fake_machine.bytes_per_expert;
  need->activations_bytes = problem->shape.tokens * fake_machine.bytes_per_token;
  need->total_bytes = need->weights_bytes + need->activations_bytes;
  return MOE_OK;
}

static MoeStatus
fake_open (const MoeProblem *problem,
           const MoeCancel *cancel,
           MoeBackendState **state,
           MoeError *error)
{
  MoeBackendState *s = g_new0 (MoeBackendState, 1);
  s->problem = *problem;
  for (int i = 0; i < MOE_N_TENSORS; i++)
    {
      if (!moe_tensor_exists ((MoeTensor)i, &problem->shape, problem->choice[MOE_CHOICE_PASS]))
        continue;
      size_t n = moe_tensor_elements ((MoeTensor)i, &problem->shape);
      s->tensors[i] = g_new0 (float, n);
      if (moe_tensor_is_output ((MoeTensor)i))
        s->expected[i] = g_new0 (double, n);
      else
        moe_tensor_fill ((MoeTensor)i, &problem->shape, problem->seed, 0, n, s->tensors[i]);
    }
  g_string_append (fake_machine.calls, problem->shape.tokens > 96 ? "OPEN " : "");
  fake_machine.opens += problem->shape.tokens > 96;
  *state = s;
  return MOE_OK;
}

static bool
is_measured (const MoeBackendState *state)
{
  return state->problem.shape.tokens > 96; /* larger than the small check's block */
}

static MoeStatus
fake_prepare (MoeBackendState *state,
              const MoeBlock *block,
              const MoeRouting *routing,
              MoeError *error)
{
  state->block = *block;
  state->routing = routing;
  if (!is_measured (state))
    fake_machine.small_block = *block;
  moe_routing_clear (&state->kept);
  if (block->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE)
    return MOE_OK;
  return moe_capacity_apply (routing, block->choice[MOE_CHOICE_PACK_STRATEGY], block->capacity,
                             &state->kept, NULL, error);
}

/* The right answer from the reference itself. */
static MoeStatus
compute (MoeBackendState *state, bool backward, double *loss, MoeError *error)
{
  float *const *in_f = state->tensors;
  double *const *out_d = state->expected;
  MoeReferenceInputs in = { in_f[MOE_TENSOR_X],  in_f[MOE_TENSOR_W1],  in_f[MOE_TENSOR_W3],
                            in_f[MOE_TENSOR_W2], in_f[MOE_TENSOR_SW1], in_f[MOE_TENSOR_SW3],
                            in_f[MOE_TENSOR_SW2] };
  MoeReferenceOutputs out = { .y = out_d[MOE_TENSOR_Y] };
  if (backward)
    out = (MoeReferenceOutputs){
      out_d[MOE_TENSOR_Y],    out_d[MOE_TENSOR_DX],   out_d[MOE_TENSOR_DW1],
      out_d[MOE_TENSOR_DW3],  out_d[MOE_TENSOR_DW2],  out_d[MOE_TENSOR_DSW1],
      out_d[MOE_TENSOR_DSW3], out_d[MOE_TENSOR_DSW2], 0
    };
  MoeStatus status = moe_reference_run (
      &state->problem.shape, state->kept.topk_idx != NULL ? &state->kept : state->routing, &in,
      &out, error);
  for (int i = MOE_TENSOR_Y; i < MOE_N_TENSORS; i++)
    if (out_d[i] != NULL && (backward || i == MOE_TENSOR_Y))
      for (size_t j = 0; j < moe_tensor_elements ((MoeTensor)i, &state->problem.shape); j++)
        state->tensors[i][j] =
            (float)out_d[i][j] * (fake_machine.spoilt == (MoeTensor)i ? 1.01f : 1.0f);
  if (loss != NULL)
    *loss = out.loss;
  return status;
}

/* Time passes by decree. */
static void
pass_time (MoeBackendState *state, MoeStage stage, double step_s, MoeStageTimes *times)
{
  uint64_t begin_ns = fake_machine.now_ns;
  fake_machine.now_ns += (uint64_t)(int64_t)(step_s * 1e9);
  if (times != NULL)
    {
      times->time_s[stage] += step_s;
      times->comm_bytes += fake_machine.comm_bytes;
    }
  if (state->trace != NULL)
    state->trace->events[atomic_fetch_add (&state->trace->n, 1)] = (MoeTraceEvent){
      .begin_ns = begin_ns, .end_ns = fake_machine.now_ns, .stage = stage, .expert = -1
    };
}

static void
pass_planted (MoeBackendState *state, MoeStageTimes *times)
{
  const FakeMachine *m = &fake_machine;
  const MoeRouting *routing = state->routing;
  if (m->row_s == 0 && m->token_s == 0 && m->call_s == 0)
    return;
  pass_time (state, MOE_STAGE_UP, m->row_s * (double)routing->real_assignments, times);
  pass_time (state, MOE_STAGE_COMBINE, m->token_s * (double)state->problem.shape.tokens, times);
  pass_time (state, MOE_STAGE_PACK, m->call_s, times);
}

static MoeStatus
fake_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error)
{
  MoeStatus status = compute (state, false, loss, error);
  if (!is_measured (state))
    return status;

  g_string_append_printf (fake_machine.calls, "%.1f%s ", state->routing->null_realized,
                          state->trace != NULL ? "*" : "");
  const FakeMachine *m = &fake_machine;
  double step_s = m->cycle_s != NULL ? m->cycle_s[m->steps % m->n_cycle] : m->step_s;
  size_t opened = m->opens - 1;
  if (opened < G_N_ELEMENTS (m->uneven) && m->uneven[opened] > 0
      && state->routing->null_assignments > 0)
    step_s *= m->uneven[opened];
  if (fake_machine.steps < G_N_ELEMENTS (fake_machine.first_s)
      && fake_machine.first_s[fake_machine.steps] != 0)
    step_s = fake_machine.first_s[fake_machine.steps];
  pass_time (state, MOE_STAGE_UP, step_s, times);
  pass_planted (state, times);
  fake_machine.steps++;
  if (fake_machine.steps == fake_machine.fail_at_step)
    memset (state->tensors[MOE_TENSOR_Y], 0,
            moe_tensor_elements (MOE_TENSOR_Y, &state->problem.shape) * sizeof (float));
  if (fake_machine.steps == fake_machine.cancel_at_step)
    moe_cancel_request (fake_machine.cancel);
  return status;
}

static MoeStatus
fake_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error)
{
  MoeStatus status = compute (state, true, NULL, error);
  if (!is_measured (state))
    return status;
  g_string_append (fake_machine.calls, "b ");
  pass_time (state, MOE_STAGE_UP, fake_machine.step_s, times);
  return status;
}

static MoeStatus
fake_read (MoeBackendState *state,
           MoeTensor tensor,
           size_t first,
           size_t count,
           float *out,
           MoeError *error)
{
  memcpy (out, state->tensors[tensor] + first, count * sizeof *out);
  return MOE_OK;
}

static void
fake_poison (MoeBackendState *state)
{
  for (int i = MOE_TENSOR_Y; i < MOE_N_TENSORS; i++)
    for (size_t j = 0;
         state->tensors[i] != NULL && j < moe_tensor_elements ((MoeTensor)i, &state->problem.shape);
         j++)
      state->tensors[i][j] = NAN;
}

static void
fake_trace (MoeBackendState *state, MoeTrace *trace)
{
  state->trace = trace;
}

/* Of the time between two readings around a sample the threads got what share they were to get. */
static void
fake_usage (MoeBackendState *state, MoeUsage *usage)
{
  FakeMachine *m = &fake_machine;
  size_t sample = m->usages / 2, threads = state->problem.threads;
  double share = sample < G_N_ELEMENTS (m->shares) && m->shares[sample] > 0 ? m->shares[sample] : 1;
  if (m->usages % 2 == 1)
    m->cpu_s += share * (double)threads * 1e-9 * (double)(m->now_ns - m->read_ns);
  m->usages++;
  m->read_ns = m->now_ns;
  *usage = (MoeUsage){ .threads = threads, .cpu_s = m->cpu_s, .switches = (int64_t)m->usages };
}

static MoeStatus
fake_anchor (MoeBackendState *state, MoeError *error)
{
  fake_machine.anchors++;
  fake_machine.now_ns += (uint64_t)(fake_machine.anchor_s * 1e9);
  return MOE_OK;
}

static void
fake_close (MoeBackendState *state)
{
  if (state == NULL)
    return;
  if (is_measured (state))
    g_string_append (fake_machine.calls, "CLOSE");
  for (int i = 0; i < MOE_N_TENSORS; i++)
    {
      g_free (state->tensors[i]);
      g_free (state->expected[i]);
    }
  moe_routing_clear (&state->kept);
  g_free (state);
}

static size_t
fake_n_devices (void)
{
  return 2;
}

static MoeStatus
fake_device (size_t index, MoeDevice *device, MoeError *error)
{
  *device = (MoeDevice){ .name = "Fake device",
                         .total_bytes = 2 * fake_machine.device_bytes,
                         .free_bytes = fake_machine.device_bytes >> index };
  return MOE_OK;
}

static MoeStatus
fake_rates (
    size_t device, MoeDtype dtype, const MoeCancel *cancel, MoeDeviceRates *rates, MoeError *error)
{
  *rates = (MoeDeviceRates){ .peak_flops_per_s = 7e14 + (double)device, .bytes_per_s = 4e12 };
  return MOE_OK;
}

const MoeBackend fake_backend = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "fake",
  .title = "Fake",
  .probe = fake_probe,
  .facts = fake_facts,
  .supports = fake_supports,
  .memory = fake_memory,
  .open = fake_open,
  .prepare = fake_prepare,
  .forward = fake_forward,
  .backward = fake_backward,
  .read = fake_read,
  .poison = fake_poison,
  .trace = fake_trace,
  .usage = fake_usage,
  .anchor = fake_anchor,
  .close = fake_close,
};

const MoeBackend fake_device_backend = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "fake",
  .title = "Fake",
  .probe = fake_probe,
  .facts = fake_facts,
  .n_devices = fake_n_devices,
  .device = fake_device,
  .rates = fake_rates,
  .supports = fake_supports,
  .memory = fake_memory,
  .open = fake_open,
  .prepare = fake_prepare,
  .forward = fake_forward,
  .backward = fake_backward,
  .read = fake_read,
  .poison = fake_poison,
  .trace = fake_trace,
  .close = fake_close,
};
