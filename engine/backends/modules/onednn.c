/* SPDX-License-Identifier: Apache-2.0 */
/* A module: the CPU block with oneDNN as the matmul, float32 and bfloat16. */
#include "engine/backends/backend.h"
#include "engine/backends/cpu/block.h"
#include "engine/backends/modules.h"
#include "engine/base/words.h"

#include <omp.h>
#include <oneapi/dnnl/dnnl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

extern __attribute__ ((visibility ("default"))) const MoeBackend moe_backend_module;

static dnnl_engine_t cpu_engine;
static dnnl_status_t cpu_engine_status;

static void
create_engine (void)
{
  cpu_engine_status = dnnl_engine_create (&cpu_engine, dnnl_cpu, 0);
}

static bool
have_engine (void)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, create_engine);
  return cpu_engine_status == dnnl_success;
}

static void
clear (const MoeMatmul *p, size_t element_bytes)
{
  for (size_t i = 0; i < p->m; i++)
    memset ((unsigned char *)p->c + i * p->ldc * element_bytes, 0, p->n * element_bytes);
}

/* The team's threads are ours, so each product runs on the thread that asks for it.  The setting is
 * the calling thread's own. */
static void
stay_on_this_thread (void)
{
  if (omp_get_max_threads () != 1)
    omp_set_num_threads (1);
}

static void
matmul_f32 (const MoeCpuKernels *kernels, const MoeMatmul *p, void *scratch)
{
  (void)kernels;
  (void)scratch;
  stay_on_this_thread ();
  if (p->k == 0)
    clear (p, sizeof (float));
  else
    dnnl_sgemm (p->transpose_a ? 'T' : 'N', p->transpose_b ? 'T' : 'N', (dnnl_dim_t)p->m,
                (dnnl_dim_t)p->n, (dnnl_dim_t)p->k, 1.0f, p->a, (dnnl_dim_t)p->lda, p->b,
                (dnnl_dim_t)p->ldb, 0.0f, p->c, (dnnl_dim_t)p->ldc);
}

/* [rows, columns] read from storage with row stride ld, or from its transpose. */
static dnnl_status_t
describe (dnnl_memory_desc_t *desc, size_t rows, size_t columns, size_t ld, bool transposed)
{
  dnnl_dims_t dims = { (dnnl_dim_t)rows, (dnnl_dim_t)columns };
  dnnl_dims_t strides = { transposed ? 1 : (dnnl_dim_t)ld, transposed ? (dnnl_dim_t)ld : 1 };
  return dnnl_memory_desc_init_by_strides (desc, 2, dims, dnnl_bf16, strides);
}

/* What one product needs of oneDNN; its own cache makes repeated shapes cheap. */
typedef struct Product
{
  dnnl_memory_desc_t a_desc, b_desc, c_desc;
  dnnl_memory_t a, b, c;
  dnnl_primitive_desc_t primitive_desc;
  dnnl_primitive_t primitive;
  dnnl_stream_t stream;
} Product;

static dnnl_status_t
product_init (Product *q, const MoeMatmul *p)
{
  dnnl_matmul_desc_t desc;
  dnnl_status_t status = describe (&q->a_desc, p->m, p->k, p->lda, p->transpose_a);
  if (status == dnnl_success)
    status = describe (&q->b_desc, p->k, p->n, p->ldb, p->transpose_b);
  if (status == dnnl_success)
    status = describe (&q->c_desc, p->m, p->n, p->ldc, false);
  if (status == dnnl_success)
    status = dnnl_matmul_desc_init (&desc, &q->a_desc, &q->b_desc, NULL, &q->c_desc);
  if (status == dnnl_success)
    status = dnnl_primitive_desc_create (&q->primitive_desc, &desc, NULL, cpu_engine, NULL);
  if (status == dnnl_success)
    status = dnnl_primitive_create (&q->primitive, q->primitive_desc);
  if (status == dnnl_success)
    status = dnnl_stream_create (&q->stream, cpu_engine, dnnl_stream_default_flags);
  if (status == dnnl_success)
    status = dnnl_memory_create (&q->a, &q->a_desc, cpu_engine, (void *)p->a);
  if (status == dnnl_success)
    status = dnnl_memory_create (&q->b, &q->b_desc, cpu_engine, (void *)p->b);
  if (status == dnnl_success)
    status = dnnl_memory_create (&q->c, &q->c_desc, cpu_engine, p->c);
  return status;
}

static void
product_clear (Product *q)
{
  dnnl_memory_destroy (q->a);
  dnnl_memory_destroy (q->b);
  dnnl_memory_destroy (q->c);
  dnnl_stream_destroy (q->stream);
  dnnl_primitive_destroy (q->primitive);
  dnnl_primitive_desc_destroy (q->primitive_desc);
}

/* A product that fails leaves not-a-numbers behind: the check against the reference then refuses
 * the run. */
static void
matmul_bf16 (const MoeCpuKernels *kernels, const MoeMatmul *p, void *scratch)
{
  (void)kernels;
  (void)scratch;
  stay_on_this_thread ();
  if (p->k == 0)
    {
      clear (p, sizeof (uint16_t));
      return;
    }
  Product q = { 0 };
  dnnl_status_t status = product_init (&q, p);
  if (status == dnnl_success)
    {
      dnnl_exec_arg_t args[] = { { DNNL_ARG_SRC, q.a },
                                 { DNNL_ARG_WEIGHTS, q.b },
                                 { DNNL_ARG_DST, q.c } };
      status = dnnl_primitive_execute (q.primitive, q.stream, 3, args);
    }
  if (status == dnnl_success)
    status = dnnl_stream_wait (q.stream);
  if (status != dnnl_success)
    for (size_t i = 0; i < p->m; i++)
      memset ((uint16_t *)p->c + i * p->ldc, 0xff, p->n * sizeof (uint16_t));
  product_clear (&q);
}

static const MoeCpuKernels kernels_f32 = { .dtype = MOE_DTYPE_FLOAT32, .matmul = matmul_f32 };
static const MoeCpuKernels kernels_bf16 = { .dtype = MOE_DTYPE_BFLOAT16, .matmul = matmul_bf16 };

static const MoeCpuKernels *
kernels_for (MoeDtype dtype)
{
  return dtype == MOE_DTYPE_BFLOAT16 ? &kernels_bf16 : &kernels_f32;
}

static MoeStatus
onednn_probe (MoeError *error)
{
  if (have_engine ())
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "accelerator",
                               "oneDNN has no engine for this processor (status %d).",
                               (int)cpu_engine_status);
}

static const char *
isa_name (void)
{
  dnnl_cpu_isa_t isa = dnnl_get_effective_cpu_isa ();
  if (isa >= dnnl_cpu_isa_avx512_core_bf16)
    return "AVX-512 with bfloat16";
  if (isa >= dnnl_cpu_isa_avx512_core)
    return "AVX-512";
  return isa >= dnnl_cpu_isa_avx2 ? "AVX2" : "SSE4.1";
}

static void
onednn_facts (size_t device, MoeBackendFacts *facts)
{
  const dnnl_version_t *version = dnnl_version ();
  (void)device;
  *facts = (MoeBackendFacts){ 0 };
  snprintf (facts->library, sizeof facts->library, "oneDNN %d.%d.%d", version->major,
            version->minor, version->patch);
  snprintf (facts->kernels, sizeof facts->kernels, "%s", isa_name ());
  snprintf (facts->device, sizeof facts->device, "CPU");
}

/* Below AVX-512 oneDNN 2.x has only a slow reference for bfloat16. */
static MoeStatus
onednn_supports (const MoeBlock *block, MoeError *error)
{
  if (block->choice[MOE_CHOICE_DTYPE] == MOE_DTYPE_BFLOAT16
      && dnnl_get_effective_cpu_isa () < dnnl_cpu_isa_avx512_core)
    return moe_error_set_option (error, MOE_ERROR_UNSUPPORTED, "dtype",
                                 "--dtype bfloat16: oneDNN needs AVX-512 for it, and this "
                                 "processor has %s.",
                                 isa_name ());
  MoeStatus status = moe_cpu_supports (block, error);
  return status == MOE_OK ? moe_block_refuse_prepack (block, error) : status;
}

static MoeStatus
onednn_memory (const MoeProblem *problem, MoeMemoryNeed *need, MoeError *error)
{
  return moe_cpu_memory (problem, kernels_for (problem->choice[MOE_CHOICE_DTYPE]), need, error);
}

static MoeStatus
onednn_open (const MoeProblem *problem,
             const MoeCancel *cancel,
             MoeBackendState **state,
             MoeError *error)
{
  MoeStatus status = onednn_probe (error);
  return status == MOE_OK ? moe_cpu_open (problem, kernels_for (problem->choice[MOE_CHOICE_DTYPE]),
                                          cancel, state, error)
                          : status;
}

const MoeBackend moe_backend_module = {
  MOE_CPU_BLOCK,
  .name = "onednn",
  .title = "oneDNN",
  .set_translator = moe_words_set_translator,
  .probe = onednn_probe,
  .facts = onednn_facts,
  .supports = onednn_supports,
  .memory = onednn_memory,
  .open = onednn_open,
};
