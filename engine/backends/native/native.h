/* SPDX-License-Identifier: Apache-2.0 */
/* Matrix products of our own for the grouped matmul of the block on CPU threads.
 *
 * They are made for what a library call is not: weights that come cold from memory once per
 * product, few rows per expert, and weight gradients that are written once and not read back soon.
 * One variant per instruction set and dtype; all of them give the same sums within rounding. */
#pragma once

#include "engine/backends/parts/matmul.h"

/* One variant; all fields are static. */
typedef struct MoeNativeVariant
{
  const char *isa_name; /* "AVX-512", "AVX2", "portable C" */
  MoeDtype dtype;
  const MoeCpuKernels *kernels;
  bool usable;        /* on this processor */
  const char *reason; /* why not, a whole sentence; NULL when usable */
} MoeNativeVariant;

/* Fill variants[capacity] with every variant in this build, fastest first for each dtype, and
 * return how many there are (which may exceed the capacity).  Any thread. */
size_t moe_native_variants (MoeNativeVariant *variants, size_t capacity);

/* The best kernels for this processor and dtype, with the name of their instruction set; or NULL
 * with a reason in words.  Either out parameter may be NULL.  The portable ones are always there.
 * Any thread. */
const MoeCpuKernels *
moe_native_kernels (MoeDtype dtype, const char **isa_name, const char **reason);
