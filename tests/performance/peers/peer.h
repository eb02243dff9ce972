/* SPDX-License-Identifier: Apache-2.0 */
/* What a peer brings: another program's way to compute the forward of the same block, to be
 * measured in turn with ours (against.c).  Built by hand from its own sources; see
 * docs/benchmarks.md. */
#pragma once

#include "engine/backends/backend.h"
#include "engine/moe/routing.h"

typedef struct PeerState PeerState;

/* Everything is borrowed until close (). */
typedef struct PeerProblem
{
  const MoeBackend *backend; /* read () gives x and the weights, rounded to the dtype, ... */
  MoeBackendState *state;    /* ... of this state */
  MoeShape shape;            /* without a shared expert */
  MoeDtype dtype;
  size_t topk;
  size_t threads;
} PeerProblem;

typedef struct Peer
{
  const char *name;

  /* Takes over x and the weights in the layout that it likes best, as those who use it do once,
   * before anything is timed.  NULL with a sentence in *error. */
  PeerState *(*open) (const PeerProblem *problem, MoeError *error);

  /* The experts of each token's slots, and their weights; ids of null slots are >= E. */
  void (*route) (PeerState *state, const MoeRouting *routing);

  /* One forward: this is what is timed. */
  bool (*step) (PeerState *state);

  /* y of the last step, [T,H]. */
  const float *(*output) (const PeerState *state);

  void (*close) (PeerState *state);
} Peer;

extern const Peer peer;
