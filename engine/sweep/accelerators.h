/* SPDX-License-Identifier: Apache-2.0 */
/* What is known about this machine: which backends work here, what "auto" stands for, and how fast
 * it can be at most.  Found out off the main thread, since libraries are opened and rates are
 * measured for it; then shown and used on the main thread. */
#pragma once

#include "engine/host/machine-limits.h"

G_BEGIN_DECLS

/* What one can choose as accelerator: the backends of this build, one with several devices as often
 * as it has devices, each with what it can compute or why it cannot.  Reference-counted, never
 * changed: any thread may read it. */
typedef struct MoeAccelerators MoeAccelerators;

/* Ask every backend whether it works.  Opens libraries and may start devices: it may take a
 * second, so not on the main thread of a program that is in use. */
MoeAccelerators *moe_accelerators_look (void);

/* The same of a list of one's own; for tests. */
MoeAccelerators *moe_accelerators_look_at (const MoeBackend *const *list, gsize n);

/* Add one of another machine (strings are copied), while nobody else has the list; what is more
 * than 32 of them is left out. */
void moe_accelerators_add_told (MoeAccelerators *self,
                                const char *name,
                                const char *title,
                                const char *device_text,
                                const char *const reasons[]);

MoeAccelerators *moe_accelerators_ref (MoeAccelerators *self);
void moe_accelerators_unref (MoeAccelerators *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MoeAccelerators, moe_accelerators_unref)

enum
{
  MOE_N_DTYPES = MOE_DTYPE_BFLOAT16 + 1
};

/* One of them; all strings are the list's. */
typedef struct MoeAcceleratorChoice
{
  const MoeBackend *backend;   /* NULL: it is another machine's */
  gsize device;                /* of the backend's */
  char *name;                  /* as a value of --accelerator: "openblas", "cuda:1" */
  char *title;                 /* for people: "OpenBLAS", "CUDA 1" */
  char *device_text;           /* "NVIDIA H200, 139 GiB"; NULL where it is the processor */
  char *reasons[MOE_N_DTYPES]; /* why it cannot compute in a data type; NULL when it can */
} MoeAcceleratorChoice;

gsize moe_accelerators_get_n (const MoeAccelerators *self);
const MoeAcceleratorChoice *moe_accelerators_get (const MoeAccelerators *self, gsize index);

/* The choice that a value of --accelerator stands for; -1 for "auto" and what is not there. */
gssize moe_accelerators_find_choice (const MoeAccelerators *self, const char *accelerator);

/* Why no backend here computes in `dtype`; NULL when one does. */
const char *moe_accelerators_get_dtype_reason (const MoeAccelerators *self, MoeDtype dtype);

/* As moe_backend_find (), from what is known; error->option is "dtype" when nothing computes in it,
 * "accelerator" when only the named one does not. */
const MoeBackend *moe_accelerators_find (const MoeAccelerators *self,
                                         const char *name,
                                         MoeDtype dtype,
                                         MoeError *error);

/* One choice of accelerator, threads and data type, and what came out for it.  A plain struct
 * that owns `why` and `failure`. */
typedef struct MoeAccelerator
{
  char accelerator[MOE_OPTIONS_NAME_SIZE]; /* as in the options: "auto" too */
  gsize threads;                           /* resolved, >= 1 */
  MoeDtype dtype;
  const MoeBackend *backend; /* that it stands for; NULL: none */
  char *why;                 /* why "auto" stands for it; NULL for a named one */
  gboolean measured;         /* `limits` are there */
  MoeLimits limits;
  char *failure; /* why they are not; NULL when they are */
} MoeAccelerator;

/* What these options ask for; nothing is known about it yet.  Clear with
 * moe_accelerator_clear (). */
void moe_accelerator_init (MoeAccelerator *self, const MoeOptions *options);
void moe_accelerator_clear (MoeAccelerator *self);
void moe_accelerator_copy (MoeAccelerator *self, const MoeAccelerator *from);

/* Is it what the options ask for? */
gboolean moe_accelerator_fits (const MoeAccelerator *self, const MoeOptions *options);

/* A try of a backend is about to begin, number `step` (from 1) of n_steps.  Backends take turns;
 * when others disturb, more tries follow with step == n_steps. */
typedef void (*MoeAcceleratorStep) (gpointer data,
                                    const MoeBackend *backend,
                                    gsize step,
                                    gsize n_steps);

/* Find out the rest of *self: with "auto" the limits of every backend that can compete, and which
 * is the fastest.  What is in the cache is not measured, unless `again` is set or it was measured
 * under load and the machine is quiet now.  Blocks for seconds when it measures; `step`, which
 * may be NULL, is called on the same thread.  MOE_ERROR_CANCELLED when stopped half-way (nothing is
 * then filled in), else MOE_OK, also with self->failure. */
MoeStatus moe_accelerator_find_out (MoeAccelerator *self,
                                    gboolean again,
                                    const MoeCancel *cancel,
                                    MoeAcceleratorStep step,
                                    gpointer data);

/* "OpenBLAS float32: dense matmul 202 GF/s of 227 GF/s peak, memory 30 GB/s read, 28 GB/s written";
 * NULL when it was not measured.  Owned by the caller. */
char *moe_accelerator_describe (const MoeAccelerator *self);

G_END_DECLS
