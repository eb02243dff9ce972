/* SPDX-License-Identifier: Apache-2.0 */
/* The table that every backend fills: who runs the block, on what.
 *
 * A backend owns the tensors and the whole step (dispatch, matmuls, combine and their
 * gradients); nothing outside engine/backends names a particular one.  A backend that is a
 * plugin includes this header and engine/moe only.
 *
 * Life of a state: open -> { prepare -> forward -> [backward] }* -> close, on one thread at a
 * time (the backend may use threads of its own inside a call). */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/routing.h"
#include "engine/moe/tensors.h"
#include "engine/moe/types.h"
#include "engine/threads/cancel.h"
#include "engine/threads/usage.h"

#include <stdatomic.h>

enum
{
  MOE_BACKEND_ABI = 14, /* raised whenever a struct or a meaning in this header changes */
  MOE_BACKEND_TEXT_SIZE = 256,
  MOE_DEVICE_ADDRESS_SIZE = 32
};

/* What all points of a sweep have in common, plus the largest of what differs, so that memory is
 * taken once. */
typedef struct MoeProblem
{
  MoeShape shape;
  size_t max_topk;        /* largest topk of any point */
  size_t max_rows;        /* largest number of dispatched rows of any point, padding included */
  size_t max_expert_rows; /* what one expert should get at most; more may be refused */
  size_t max_shard_rows;  /* what a routing that favours some experts may give the experts of one
                             shard; 0: no more than chance adds to an even part */
  uint8_t choice[MOE_N_CHOICES]; /* of all points, as the scope of each in moe_choices tells: the
                                    value, the last one, or a set in which bit i is value i */
  size_t ep_size;                /* shards; 1 without expert parallelism */
  /* NULL: all shards are in this process.  Else there is one on each of ep_size ranks, this rank's
   * here, and `threads` are its own; borrowed until close.  Then memory () tells what this rank
   * needs, read () what it holds, and forward () its part of the loss: the parts of all ranks add
   * up.  forward () and backward () are collective, and their comm_bytes are those that this rank
   * sent. */
  struct MoeRanks *ranks;
  size_t device;  /* of the backend's devices; 0 where it has none of its own */
  uint64_t seed;  /* initial values of x and the weights */
  size_t threads; /* >= 1 */
} MoeProblem;

/* Is the block, with this routing, one of those that the problem was made for?  What a backend asks
 * in prepare (). */
bool moe_problem_fits (const MoeProblem *problem, const MoeBlock *block, const MoeRouting *routing);

/* For supports () of a backend that keeps no packed weights: MOE_ERROR_UNSUPPORTED where the block
 * wants them. */
MoeStatus moe_block_refuse_prepack (const MoeBlock *block, MoeError *error);

/* Bytes that open () will take, by use. */
typedef struct MoeMemoryNeed
{
  size_t total_bytes;
  size_t weights_bytes;
  size_t gradients_bytes;
  size_t activations_bytes;
} MoeMemoryNeed;

/* Facts about the library and device behind a backend, for the environment of a run. */
typedef struct MoeBackendFacts
{
  char library[MOE_BACKEND_TEXT_SIZE]; /* "OpenBLAS 0.3.21" */
  char kernels[MOE_BACKEND_TEXT_SIZE]; /* "SkylakeX"; "" when unknown */
  char device[MOE_BACKEND_TEXT_SIZE];  /* "CPU", or a GPU's name */
  char driver[MOE_BACKEND_TEXT_SIZE];  /* of the device, "580.65.06, CUDA 13.0"; "" without one */
  char runtime[MOE_BACKEND_TEXT_SIZE]; /* "CUDA 13.0"; "" without one */
} MoeBackendFacts;

/* A device with memory of its own. */
typedef struct MoeDevice
{
  char name[MOE_BACKEND_TEXT_SIZE];      /* for people: "NVIDIA H200" */
  char address[MOE_DEVICE_ADDRESS_SIZE]; /* on the PCI bus, "00000000:1B:00.0": see telemetry.h */
  unsigned capability_major;             /* compute capability 9.0 */
  unsigned capability_minor;
  size_t total_bytes;
  size_t free_bytes;                  /* that can be taken now */
  char reason[MOE_BACKEND_TEXT_SIZE]; /* a sentence, why it cannot be used; "" when it can */
} MoeDevice;

/* What a device can do at most. */
typedef struct MoeDeviceRates
{
  double peak_flops_per_s; /* a large dense product, the best there is for a data type */
  double bytes_per_s;      /* its memory, reading and writing */
} MoeDeviceRates;

/* What one thread did during a step, for a trace. */
typedef struct MoeTraceEvent
{
  uint64_t begin_ns; /* CLOCK_MONOTONIC */
  uint64_t end_ns;
  MoeStage stage;
  uint32_t shard;
  uint32_t thread;
  int32_t expert; /* -1: none in particular */
  uint32_t rows;  /* rows or tokens worked on; 0: does not apply */
} MoeTraceEvent;

/* Room for events, taken beforehand.  Events beyond the capacity are counted and lost. */
typedef struct MoeTrace
{
  MoeTraceEvent *events; /* [capacity], in no particular order */
  size_t capacity;
  atomic_size_t n; /* that occurred; may exceed the capacity */
} MoeTrace;

typedef struct MoeBackendState MoeBackendState;

typedef struct MoeBackend
{
  uint32_t abi_version; /* MOE_BACKEND_ABI the backend was built with */
  const char *name;     /* value of --accelerator: "openblas" */
  const char *title;    /* for people: "OpenBLAS" */

  /* A module has a copy of engine/base/words.h of its own: this is its moe_words_set_translator (),
   * called before all others.  NULL in backends of the program itself. */
  void (*set_translator) (const char *(*translate) (const char *text));

  /* Can this backend work here at all?  MOE_ERROR_UNSUPPORTED with the reason in words. */
  MoeStatus (*probe) (MoeError *error);

  /* Of the library and of one device; what cannot be found out is "". */
  void (*facts) (size_t device, MoeBackendFacts *facts);

  /* Devices with memory of their own: how many there are (0 where probe () fails), what each of
   * them is, and what it can do (measured now, a second at most; honours `cancel`).  All three are
   * NULL in a backend that computes on the host's processors, in the host's memory. */
  size_t (*n_devices) (void);
  MoeStatus (*device) (size_t index, MoeDevice *device, MoeError *error);
  MoeStatus (*rates) (size_t device,
                      MoeDtype dtype,
                      const MoeCancel *cancel,
                      MoeDeviceRates *rates,
                      MoeError *error);

  /* Can it compute such a block?  MOE_ERROR_UNSUPPORTED, naming the option and what is allowed. */
  MoeStatus (*supports) (const MoeBlock *block, MoeError *error);

  /* Memory that open () would take, of the device where there is one; allocates nothing.
   * MOE_ERROR_INVALID on overflow. */
  MoeStatus (*memory) (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error);

  /* Take and touch the memory, fill x and the weights.  `cancel` (may be NULL) must outlive the
   * state and is honoured here and, in a step, at the next tile.  Caller closes *state. */
  MoeStatus (*open) (const MoeProblem *problem,
                     const MoeCancel *cancel,
                     MoeBackendState **state,
                     MoeError *error);

  /* Choose what the next steps compute.  `routing` is borrowed until the next prepare or close.
   * Takes no memory when block and routing stay within the problem.  With --queue-mode prequeue
   * this is where pack and gather happen, outside of what is timed. */
  MoeStatus (*prepare) (MoeBackendState *state,
                        const MoeBlock *block,
                        const MoeRouting *routing,
                        MoeError *error);

  /* y, every element; also the loss L = mean (y^2), which may be NULL.  This and backward () are
   * the timed region.  Adds the time of each stage to *times (may be NULL).
   * MOE_ERROR_CANCELLED when stopped half-way; the outputs are then undefined. */
  MoeStatus (*forward) (MoeBackendState *state,
                        MoeStageTimes *times,
                        double *loss,
                        MoeError *error);

  /* Every element of all gradients of the loss of the forward () before it. */
  MoeStatus (*backward) (MoeBackendState *state, MoeStageTimes *times, MoeError *error);

  /* Copy elements first .. first+count-1 (row-major in the tensor's own shape) out as float32. */
  MoeStatus (*read) (MoeBackendState *state,
                     MoeTensor tensor,
                     size_t first,
                     size_t count,
                     float *out,
                     MoeError *error);

  /* Overwrite every output and every intermediate with NaN, so that a check after the next step
   * proves that all of them are computed anew.  What prepare () gathered is no intermediate. */
  void (*poison) (MoeBackendState *state);

  /* From now on every step writes what its threads do into `trace`, until called with NULL.  The
   * caller owns the trace.  NULL in the table: this backend cannot tell. */
  void (*trace) (MoeBackendState *state, MoeTrace *trace);

  /* What the threads of this state used of the machine so far; outside of timed regions.  NULL in
   * the table: it computes elsewhere, and only wall time tells. */
  void (*usage) (MoeBackendState *state, MoeUsage *usage);

  /* Do the anchor: dense products of constant size on all threads, some 10 ms, the same for every
   * problem of one dtype, so that its time tells how fast the machine is at the moment.  Touches
   * nothing of the block.  Fails only where it was stopped.  NULL in the table: there is none. */
  MoeStatus (*anchor) (MoeBackendState *state, MoeError *error);

  void (*close) (MoeBackendState *state); /* NULL is allowed */
} MoeBackend;

/* The backends of this build, best first; usable or not (ask probe ()).  Static storage. */
const MoeBackend *const *moe_backends (size_t *n);

/* Find by name; "auto" is the first usable one that computes in `dtype`.  A number after the name,
 * "cuda:1", asks for that one of its devices, which must be usable too; without it the first.  NULL
 * and an error that names what is wrong, and what there is instead, when there is none. */
const MoeBackend *moe_backend_find (const char *name, MoeDtype dtype, MoeError *error);

/* Can this backend compute in `dtype` on that one of its devices (0 where it has none)?  Errors as
 * moe_backend_find (). */
MoeStatus
moe_backend_check (const MoeBackend *backend, size_t device, MoeDtype dtype, MoeError *error);

/* Is `accelerator`, a value of --accelerator, this backend, with or without a device? */
bool moe_backend_is_named (const MoeBackend *backend, const char *accelerator);

/* The device that a value of --accelerator asks for: 1 in "cuda:1", 0 without a number. */
size_t moe_backend_device_of (const char *accelerator);
