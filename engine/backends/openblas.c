/* SPDX-License-Identifier: Apache-2.0 */
/* The default backend: the CPU block with OpenBLAS as the matmul. */
#include "engine/backends/cpu/block.h"
#include "engine/backends/openblas.h"
#include "engine/base/size.h"

#include <cblas.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* OpenBLAS takes dimensions and strides as int: a larger one is refused in supports (). */
static void
openblas_matmul (bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float *a,
                 size_t lda, const float *b, size_t ldb, float *c, size_t ldc)
{
  if (k == 0)
    {
      for (size_t i = 0; i < m; i++)
        memset (c + i * ldc, 0, n * sizeof *c);
      return;
    }
  cblas_sgemm (CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
               transpose_b ? CblasTrans : CblasNoTrans, (blasint)m, (blasint)n, (blasint)k, 1.0f, a,
               (blasint)lda, b, (blasint)ldb, 0.0f, c, (blasint)ldc);
}

static MoeStatus
openblas_probe (MoeError *error)
{
  (void)error;
  return MOE_OK;
}

static void
openblas_facts (MoeBackendFacts *facts)
{
  const char *config = openblas_get_config ();
  *facts = (MoeBackendFacts){ 0 };
  /* "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...": the first two words are name and version. */
  const char *end = strchr (config, ' ');
  end = end != NULL ? strchr (end + 1, ' ') : NULL;
  int length = end != NULL ? (int)(end - config) : (int)strlen (config);
  snprintf (facts->library, sizeof facts->library, "%.*s", length, config);
  snprintf (facts->kernels, sizeof facts->kernels, "%s", openblas_get_corename ());
  snprintf (facts->device, sizeof facts->device, "CPU");
}

static MoeStatus
openblas_supports (const MoeBlock *block, MoeError *error)
{
  size_t largest = moe_size_max (block->shape.hidden, 2 * block->shape.mlp_dim);
  if (largest > INT_MAX / 2)
    return moe_error_set (error, MOE_ERROR_UNSUPPORTED,
                          "OpenBLAS takes matrix sides up to %d, and this shape has %zu",
                          INT_MAX / 2, largest);
  return moe_cpu_supports (block, error);
}

static MoeStatus
openblas_open (const MoeProblem *problem, const MoeCancel *cancel, MoeBackendState **state,
               MoeError *error)
{
  openblas_set_num_threads (1); /* threads are ours: one matmul on each */
  return moe_cpu_open (problem, openblas_matmul, cancel, state, error);
}

const MoeBackend moe_backend_openblas = {
  .abi_version = MOE_BACKEND_ABI,
  .name = "openblas",
  .title = "OpenBLAS",
  .probe = openblas_probe,
  .facts = openblas_facts,
  .supports = openblas_supports,
  .memory = moe_cpu_memory,
  .open = openblas_open,
  .prepare = moe_cpu_prepare,
  .forward = moe_cpu_forward,
  .backward = moe_cpu_backward,
  .read = moe_cpu_read,
  .poison = moe_cpu_poison,
  .close = moe_cpu_close,
};
