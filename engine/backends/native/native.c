/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernels there are, which of them this processor runs, and the way into a product. */
#include "engine/backends/native/native.h"
#include "engine/backends/native/kernel.h"
#include "engine/base/assert.h"
#include "engine/base/words.h"

static void
product_zero (const MoeNativeOps *ops, const MoeMatmul *p)
{
  size_t element = moe_dtype_bytes (ops->kernels.dtype);
  for (size_t i = 0; i < p->m; i++)
    ops->zero ((char *)p->c + i * p->ldc * element, p->n * element);
  ops->fence ();
}

void
moe_native_matmul (const MoeCpuKernels *kernels, const MoeMatmul *p, void *scratch)
{
  const MoeNativeOps *ops = (const MoeNativeOps *)kernels; /* its first member */
  MOE_ASSERT (p->m >= 1 && p->n >= 1 && (uintptr_t)scratch % 64 == 0);
  MOE_ASSERT (p->packed == NULL || (!p->transpose_a && !p->transpose_b));
  if (p->k == 0)
    product_zero (ops, p);
  else if (p->transpose_a)
    moe_native_outer (ops, p, scratch);
  else if (p->packed != NULL && moe_native_is_best_packed (ops, p))
    moe_native_rows (ops, p, scratch);
  else if (moe_native_is_dots (ops, p))
    moe_native_dots (ops, p);
  else if (moe_native_is_few (ops, p))
    moe_native_few (ops, p, scratch);
  else
    moe_native_rows (ops, p, scratch);
}

#if defined(__x86_64__)
/* The compiler's run-time check includes that the operating system saves the registers. */
static bool
has_avx512 (void)
{
  return __builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw")
         && __builtin_cpu_supports ("avx512vl") && __builtin_cpu_supports ("avx512dq")
         && __builtin_cpu_supports ("fma");
}

static bool
has_avx512_bf16 (void)
{
  return has_avx512 () && __builtin_cpu_supports ("avx512bf16");
}

static bool
has_avx2 (void)
{
  return __builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma");
}
#endif

static bool
has_everything (void)
{
  return true;
}

typedef struct Candidate
{
  MoeNativeVariant variant;
  bool (*usable) (void);
} Candidate;

/* Fastest first for each dtype. */
static const Candidate candidates[] = {
#if defined(__x86_64__)
  { { "AVX-512", MOE_DTYPE_FLOAT32, &moe_native_avx512_f32.kernels, false,
      MOE_WORDS ("This processor lacks AVX-512 (F, BW, DQ, VL).") },
    has_avx512 },
  { { "AVX-512 BF16", MOE_DTYPE_BFLOAT16, &moe_native_avx512_bf16.kernels, false,
      MOE_WORDS ("This processor lacks the AVX-512 bfloat16 dot product.") },
    has_avx512_bf16 },
  { { "AVX2", MOE_DTYPE_FLOAT32, &moe_native_avx2_f32.kernels, false,
      MOE_WORDS ("This processor lacks AVX2 with fused multiply-add.") },
    has_avx2 },
  { { "AVX2", MOE_DTYPE_BFLOAT16, &moe_native_avx2_bf16.kernels, false,
      MOE_WORDS ("This processor lacks AVX2 with fused multiply-add.") },
    has_avx2 },
#endif
  { { "portable C", MOE_DTYPE_FLOAT32, &moe_native_portable_f32.kernels, true, NULL },
    has_everything },
  { { "portable C", MOE_DTYPE_BFLOAT16, &moe_native_portable_bf16.kernels, true, NULL },
    has_everything },
};

enum
{
  N_CANDIDATES = sizeof candidates / sizeof candidates[0]
};

size_t
moe_native_variants (MoeNativeVariant *variants, size_t capacity)
{
  for (size_t i = 0; i < N_CANDIDATES && i < capacity; i++)
    {
      variants[i] = candidates[i].variant;
      variants[i].usable = candidates[i].usable ();
      if (variants[i].usable)
        variants[i].reason = NULL;
    }
  return N_CANDIDATES;
}

const MoeCpuKernels *
moe_native_kernels (MoeDtype dtype, const char **isa_name, const char **reason)
{
  const char *ignored;
  isa_name = isa_name != NULL ? isa_name : &ignored;
  reason = reason != NULL ? reason : &ignored;
  for (size_t i = 0; i < N_CANDIDATES; i++)
    if (candidates[i].variant.dtype == dtype && candidates[i].usable ())
      {
        *isa_name = candidates[i].variant.isa_name;
        *reason = NULL;
        return candidates[i].variant.kernels;
      }
  *isa_name = NULL;
  *reason = MOE_WORDS ("There are no native kernels for this dtype.");
  return NULL;
}
