/* SPDX-License-Identifier: Apache-2.0 */
/* A backend that computes nothing and a clock that it moves, so that tests can assert the order
 * of calls and the arithmetic of time exactly. */
#pragma once

#include <glib.h>

#include "engine/base/clock.h"
#include "engine/bench/verify.h"

typedef struct FakeMachine
{
  uint64_t now_ns;
  GString *calls;      /* "open prepare forward backward ..." */
  double step_s;       /* what one forward or backward takes */
  double first_s[8];   /* what the first of them take instead, where not 0 */
  size_t memory_bytes; /* what memory () says */
  size_t bytes_per_token;
  size_t bytes_per_expert;
  size_t fail_at_step; /* forward number that fails; 0: never */
  size_t cancel_at_step;
  size_t steps;
  MoeCancel *cancel;
} FakeMachine;

/* There is one machine, since the backend table has no user data. */
extern FakeMachine fake_machine;
extern const MoeBackend fake_backend;
MoeClock fake_clock (void);
void fake_machine_reset (void);
