/* SPDX-License-Identifier: Apache-2.0 */
/* The default backend: the CPU block with OpenBLAS as the matmul. */
#include "engine/backends/openblas.h"
#include "engine/backends/cpu/block.h"
#include "engine/base/assert.h"
#include "engine/base/size.h"

#include <cblas.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

enum
{
  PIECE_MIB = 129,       /* 128 and a page, on a machine of 64 bits */
  MAX_SIDE = INT_MAX / 2 /* OpenBLAS takes sides and strides as int; supports () refuses others */
};

static void
openblas_matmul (const MoeCpuKernels *kernels, const MoeMatmul *p, void *scratch)
{
  (void)kernels;
  (void)scratch;
  MOE_ASSERT (p->m <= INT_MAX && p->n <= INT_MAX && p->k <= INT_MAX);
  MOE_ASSERT (p->lda <= INT_MAX && p->ldb <= INT_MAX && p->ldc <= INT_MAX);
  if (p->k == 0)
    {
      for (size_t i = 0; i < p->m; i++)
        memset ((float *)p->c + i * p->ldc, 0, p->n * sizeof (float));
      return;
    }
  cblas_sgemm (CblasRowMajor, p->transpose_a ? CblasTrans : CblasNoTrans,
               p->transpose_b ? CblasTrans : CblasNoTrans, (blasint)p->m, (blasint)p->n,
               (blasint)p->k, 1.0f, p->a, (blasint)p->lda, p->b, (blasint)p->ldb, 0.0f, p->c,
               (blasint)p->ldc);
}

static const MoeCpuKernels openblas_kernels = { .dtype = MOE_DTYPE_FLOAT32,
                                                .matmul = openblas_matmul };

static MoeStatus
openblas_probe (MoeError *error)
{
  (void)error;
  return MOE_OK;
}

static void
openblas_facts (size_t device, MoeBackendFacts *facts)
{
  (void)device;
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

/* Products have as many rows as there are tokens at most: an expert gets none of them twice. */
static MoeStatus
check_sides (const MoeShape *shape, MoeError *error)
{
  const struct
  {
    const char *option;
    size_t side;
    size_t most;
  } sides[] = {
    { "tokens", shape->tokens, MAX_SIDE },
    { "hidden", shape->hidden, MAX_SIDE },
    { "mlp-dim", shape->mlp_dim, MAX_SIDE / 2 }, /* gate and up lie side by side */
    { "shared-expert-dim", shape->shared_dim, MAX_SIDE / 2 },
  };
  for (size_t i = 0; i < sizeof sides / sizeof sides[0]; i++)
    if (sides[i].side > sides[i].most)
      return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, sides[i].option,
                                   "--%s %zu: OpenBLAS counts rows and columns with 32 bits; with "
                                   "it up to %zu are allowed.",
                                   sides[i].option, sides[i].side, sides[i].most);
  return MOE_OK;
}

static MoeStatus
openblas_supports (const MoeBlock *block, MoeError *error)
{
  if (block->choice[MOE_CHOICE_DTYPE] != MOE_DTYPE_FLOAT32)
    return moe_error_set_option (
        error, MOE_ERROR_UNSUPPORTED, "dtype", "--dtype %s: OpenBLAS computes in float32 only.",
        moe_choice_name (MOE_CHOICE_DTYPE, block->choice[MOE_CHOICE_DTYPE]));
  MoeStatus status = check_sides (&block->shape, error);
  if (status == MOE_OK)
    status = moe_block_refuse_prepack (block, error);
  return status == MOE_OK ? moe_cpu_supports (block, error) : status;
}

static MoeStatus
openblas_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  return moe_cpu_memory (problem, &openblas_kernels, need, error);
}

static size_t n_own_threads;

static void
ask_own_threads (void)
{
  int n = openblas_get_num_threads ();
  n_own_threads = n > 1 ? (size_t)n - 1 : 0;
}

/* A thread that multiplies takes a piece of addresses from the library, and so does each of the
 * library's own, which nobody here asks for.  Refused one, the library asks again for ever, deaf to
 * signals: where addresses are limited (ulimit -v, -d) they are tried before it is called. */
static MoeStatus
check_addresses (const MoeProblem *problem, size_t own_threads, MoeError *error)
{
  struct rlimit addresses, data;
  size_t bytes = SIZE_MAX, pieces = problem->threads + own_threads;
  if (getrlimit (RLIMIT_AS, &addresses) != 0 || getrlimit (RLIMIT_DATA, &data) != 0
      || (addresses.rlim_cur == RLIM_INFINITY && data.rlim_cur == RLIM_INFINITY))
    return MOE_OK;
  void *tried = moe_size_mul (pieces, (size_t)PIECE_MIB << 20, &bytes)
                    ? mmap (NULL, bytes, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
                    : MAP_FAILED;
  if (tried == MAP_FAILED)
    return moe_error_set_option (
        error, MOE_ERROR_MEMORY, "accelerator",
        "OpenBLAS takes %d MiB of addresses for each of %zu threads, and "
        "the limit on this process (ulimit -v, -d) leaves too few: allowed "
        "are a higher limit, fewer --threads or --accelerator native.",
        (int)PIECE_MIB, pieces);
  munmap (tried, bytes);
  return MOE_OK;
}

/* Threads that the library started for itself when it was loaded; asked before they are told to
 * rest. */
static size_t
count_own_threads (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, ask_own_threads);
  return n_own_threads;
}

static MoeStatus
openblas_open (const MoeProblem *problem,
               const MoeCancel *cancel,
               MoeBackendState **state,
               MoeError *error)
{
  size_t own_threads = count_own_threads ();
  openblas_set_num_threads (1); /* threads are ours: one matmul on each */
  MoeStatus status = check_addresses (problem, own_threads, error);
  if (status != MOE_OK)
    return status;
  return moe_cpu_open (problem, &openblas_kernels, cancel, state, error);
}

const MoeBackend moe_backend_openblas = {
  MOE_CPU_BLOCK,
  .name = "openblas",
  .title = "OpenBLAS",
  .probe = openblas_probe,
  .facts = openblas_facts,
  .supports = openblas_supports,
  .memory = openblas_memory,
  .open = openblas_open,
};
