/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/fake-backend.h"

#include "engine/moe/reference.h"

#include <math.h>
#include <string.h>

FakeMachine fake_machine;

struct MoeBackendState
{
  MoeProblem problem;
  const MoeRouting *routing;
  float *tensors[MOE_N_TENSORS];
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
fake_facts (MoeBackendFacts *facts)
{
  *facts = (MoeBackendFacts){ "Fake 1.0", "none", "CPU" };
}

static MoeStatus
fake_supports (const MoeBlock *block, MoeError *error)
{
  if (block->dtype == MOE_DTYPE_FLOAT32)
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
      size_t n = moe_tensor_elements ((MoeTensor)i, &problem->shape);
      s->tensors[i] = g_new0 (float, n);
      if (i < MOE_TENSOR_Y)
        moe_tensor_fill ((MoeTensor)i, &problem->shape, problem->seed, 0, n, s->tensors[i]);
    }
  g_string_append (fake_machine.calls, problem->shape.tokens > 96 ? "OPEN " : "");
  *state = s;
  return MOE_OK;
}

static MoeStatus
fake_prepare (MoeBackendState *state,
              const MoeBlock *block,
              const MoeRouting *routing,
              MoeError *error)
{
  state->routing = routing;
  return MOE_OK;
}

static bool
is_measured (const MoeBackendState *state)
{
  return state->problem.shape.tokens > 96; /* larger than the small check's block */
}

/* The right answer from the reference itself; time passes by decree. */
static MoeStatus
fake_forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error)
{
  size_t n = moe_tensor_elements (MOE_TENSOR_Y, &state->problem.shape);
  g_autofree double *y = g_new (double, n);
  MoeReferenceInputs in = { state->tensors[MOE_TENSOR_X], state->tensors[MOE_TENSOR_W1],
                            state->tensors[MOE_TENSOR_W3], state->tensors[MOE_TENSOR_W2] };
  MoeReferenceOutputs out = { .y = y };
  MoeStatus status = moe_reference_run (&state->problem.shape, state->routing, &in, &out, error);
  for (size_t i = 0; i < n; i++)
    state->tensors[MOE_TENSOR_Y][i] = (float)y[i];
  if (loss != NULL)
    *loss = out.loss;
  if (!is_measured (state))
    return status;

  g_string_append_printf (fake_machine.calls, "%.1f ", state->routing->null_realized);
  double step_s = fake_machine.step_s;
  if (fake_machine.steps < G_N_ELEMENTS (fake_machine.first_s)
      && fake_machine.first_s[fake_machine.steps] > 0)
    step_s = fake_machine.first_s[fake_machine.steps];
  fake_machine.now_ns += (uint64_t)(step_s * 1e9);
  fake_machine.steps++;
  if (times != NULL)
    times->time_s[MOE_STAGE_UP] += step_s;
  if (fake_machine.steps == fake_machine.fail_at_step)
    memset (state->tensors[MOE_TENSOR_Y], 0, n * sizeof (float));
  if (fake_machine.steps == fake_machine.cancel_at_step)
    moe_cancel_request (fake_machine.cancel);
  return status;
}

static MoeStatus
fake_backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error)
{
  return moe_error_set (error, MOE_ERROR_UNSUPPORTED, "the fake has no backward");
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
  size_t n = moe_tensor_elements (MOE_TENSOR_Y, &state->problem.shape);
  for (size_t i = 0; i < n; i++)
    state->tensors[MOE_TENSOR_Y][i] = NAN;
}

static void
fake_close (MoeBackendState *state)
{
  if (state == NULL)
    return;
  if (is_measured (state))
    g_string_append (fake_machine.calls, "CLOSE");
  for (int i = 0; i < MOE_N_TENSORS; i++)
    g_free (state->tensors[i]);
  g_free (state);
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
  .close = fake_close,
};
