/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/fake-contenders.h"

FakeContenders fake_contenders;

struct MoeBackendState
{
  double step_s;
  gboolean loud;
};

static void
advance (double seconds, double waiting)
{
  FakeContenders *fake = &fake_contenders;
  double own_s = FAKE_THREADS * (1 - waiting) * seconds;
  fake->now_s += seconds;
  fake->usage.own_s += own_s;
  fake->usage.waited_s += FAKE_THREADS * waiting * seconds;
  fake->usage.busy_s += own_s + fake->others * seconds;
}

/* Looking at the clock takes as long as a try of the machine's roofs, which are not faked; but no
 * time passes from a count to the look that goes with it, so that both tell of the same time. */
static uint64_t
now_ns (void *data)
{
  if (!fake_contenders.counted)
    advance (fake_contenders.peak_try_s, fake_contenders.waiting);
  fake_contenders.counted = FALSE;
  return (uint64_t)(1e9 * fake_contenders.now_s);
}

static void
count (void *data, MoeQuietCount *usage)
{
  *usage = fake_contenders.usage;
  fake_contenders.counted = TRUE;
}

static void
let_pass (void *data, double seconds)
{
  fake_contenders.now_s += seconds;
  fake_contenders.usage.busy_s += fake_contenders.others * seconds;
}

static size_t
available (void *data)
{
  return 8 << 20;
}

MoeQuiet
fake_contenders_quiet (void)
{
  return (MoeQuiet){
    .clock = { now_ns, NULL }, .count = count, .pause = let_pass, .available = available
  };
}

void
fake_contenders_reset (void)
{
  if (fake_contenders.calls != NULL)
    g_string_free (fake_contenders.calls, TRUE);
  fake_contenders = (FakeContenders){ .calls = g_string_new (NULL),
                                      .step_s = { 0.01, 0.02 },
                                      .peak_try_s = 1e-6 };
}

static MoeStatus
probe (MoeError *error)
{
  return MOE_OK;
}

static void
facts (size_t device, MoeBackendFacts *out)
{
  *out = (MoeBackendFacts){ "Fake 1.0", "none", "CPU" };
}

static MoeStatus
memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  *need = (MoeMemoryNeed){ .total_bytes = 1000 };
  return MOE_OK;
}

static MoeStatus
open_any (
    const MoeProblem *problem, double step_s, char letter, MoeBackendState **state, MoeError *e)
{
  FakeContenders *fake = &fake_contenders;
  fake->opens++;
  g_string_append_printf (fake->calls, "%c ", letter);
  if (fake->opens == fake->cancel_open)
    moe_cancel_request (fake->cancel_at);
  if (fake->opens == fake->fail_open)
    return moe_error_set (e, MOE_ERROR_BACKEND, "broken");
  advance (0.001, 0);
  *state = g_new0 (MoeBackendState, 1);
  (*state)->step_s = problem->shape.tokens > 1000 ? step_s : step_s / 2;
  (*state)->loud = fake->opens <= fake->loud_opens;
  return MOE_OK;
}

static MoeStatus
open_quick (const MoeProblem *problem,
            const MoeCancel *cancel,
            MoeBackendState **state,
            MoeError *error)
{
  return open_any (problem, fake_contenders.step_s[0], 'Q', state, error);
}

static MoeStatus
open_native (const MoeProblem *problem,
             const MoeCancel *cancel,
             MoeBackendState **state,
             MoeError *error)
{
  return open_any (problem, fake_contenders.step_s[1], 'N', state, error);
}

static MoeStatus
prepare (MoeBackendState *state, const MoeBlock *block, const MoeRouting *routing, MoeError *error)
{
  return MOE_OK;
}

/* A loud step would be the fastest if it counted. */
static MoeStatus
forward (MoeBackendState *state, MoeStageTimes *times, double *loss, MoeError *error)
{
  if (state->loud)
    advance (state->step_s / 2, 0.5);
  else
    advance (state->step_s, fake_contenders.waiting);
  return MOE_OK;
}

static MoeStatus
backward (MoeBackendState *state, MoeStageTimes *times, MoeError *error)
{
  return MOE_OK;
}

static void
close_any (MoeBackendState *state)
{
  g_free (state);
}

const MoeBackend fake_quick = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "quick",
  .title = "Quick",
  .probe = probe,
  .facts = facts,
  .memory = memory,
  .open = open_quick,
  .prepare = prepare,
  .forward = forward,
  .backward = backward,
  .close = close_any,
};

const MoeBackend fake_native = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "native",
  .title = "Native",
  .probe = probe,
  .facts = facts,
  .memory = memory,
  .open = open_native,
  .prepare = prepare,
  .forward = forward,
  .backward = backward,
  .close = close_any,
};
