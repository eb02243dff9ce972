/* SPDX-License-Identifier: Apache-2.0 */
/* A backend that has the reference compute for it and a clock that it moves, so that tests can
 * assert the order of calls and the arithmetic of time exactly. */
#pragma once

#include <glib.h>

#include "engine/base/clock.h"
#include "engine/bench/verify.h"

typedef struct FakeMachine
{
  uint64_t now_ns;
  GString *calls;    /* measured steps: "OPEN 0.0 0.5 b 0.5* CLOSE", the null fraction of a forward,
                        with a star when it is traced, and b for a backward */
  double step_s;     /* what one forward or backward takes; below 0 the clock is put back */
  double first_s[8]; /* what the first of them take instead, where not 0 */
  size_t memory_bytes; /* what memory () says */
  size_t bytes_per_token;
  size_t bytes_per_expert;
  size_t fail_at_step; /* forward number that fails; 0: never */
  size_t cancel_at_step;
  size_t device_bytes;   /* free memory of the device's own, for fake_device_backend */
  size_t steps;          /* forwards so far */
  double comm_bytes;     /* of one forward or backward */
  double uneven[8];      /* factor on steps with nulls in the first openings; 0: 1 */
  const double *cycle_s; /* [n_cycle] what one forward takes, in turn; NULL: step_s */
  size_t n_cycle;
  size_t opens;         /* so far */
  double row_s;         /* of a forward, added to what it takes: for each row of an expert (up), */
  double token_s;       /* for each token, whatever it keeps (combine), */
  double call_s;        /* and for being called at all (pack) */
  double shares[16];    /* of the processors, that the first samples get; 0: all */
  size_t usages;        /* readings so far, two for each sample */
  uint64_t read_ns;     /* when the last one was */
  double cpu_s;         /* it told */
  double anchor_s;      /* what an anchor takes */
  size_t anchors;       /* so far */
  MoeTensor spoilt;     /* an output that is always wrong; MOE_TENSOR_X: none */
  MoeBlock small_block; /* prepared last for the small check */
  MoeCancel *cancel;
} FakeMachine;

/* There is one machine, since the backend table has no user data. */
extern FakeMachine fake_machine;
extern const MoeBackend fake_backend;
extern const MoeBackend fake_device_backend; /* the same with two devices that have memory */
MoeClock fake_clock (void);
void fake_machine_reset (void);
