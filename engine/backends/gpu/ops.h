/* SPDX-License-Identifier: Apache-2.0 */
/* What the GPU block asks of a device: memory, and lists of operations on it.
 *
 * A step is a list of operations, made on the host when the routing is known (see program.h) and
 * then run as often as wanted.  Each operation may use the whole device and must be complete before
 * the next one begins.  CUDA runs them (modules/cuda); tests run them on the host, so that all but
 * the kernels themselves can be held against the reference without a card.
 *
 * Readable by C and C++. */
#pragma once

#include "engine/base/error.h"
#include "engine/moe/types.h"

#ifdef __cplusplus
extern "C"
{
#endif

/* A row that no slot of a token has, a slot that has no row. */
#define MOE_GPU_NO_ROW UINT32_MAX

  typedef enum MoeGpuOpKind
  {
    MOE_GPU_PACK,         /* assignments into expert order */
    MOE_GPU_REPEAT,       /* x once for every slot */
    MOE_GPU_GATHER,       /* rows of an array by an index of them */
    MOE_GPU_MATMUL,       /* one product for each expert */
    MOE_GPU_CLEAR,        /* zeros */
    MOE_GPU_CLEAR_EMPTY,  /* zeros for the experts that have no rows */
    MOE_GPU_ACTIVATE,     /* silu (gate) * up */
    MOE_GPU_ACTIVATE_BWD, /* its gradients, and the activation once more */
    MOE_GPU_COMBINE,      /* weighted sums of the rows of a token; also their squares */
    MOE_GPU_NULL_SUMS,    /* gradients of the null experts' vectors */
    MOE_GPU_LOSS,         /* sum of the squares */
    MOE_GPU_SCALE,        /* rows of an array by an index of them, times a weight */
    MOE_GPU_COPY,         /* bytes */
  } MoeGpuOpKind;

  /* How assignments get rows: as moe_dispatch_pack () has it.  All arrays are the device's. */
  typedef struct MoeGpuPack
  {
    const int32_t *topk_idx;   /* [tokens, topk] ids >= experts are null */
    const float *topk_weights; /* [tokens, topk] */
    uint32_t *offset;    /* [experts + 2] first row of each expert, of the null rows; all rows */
    uint32_t *row_token; /* [rows] token of a row; MOE_GPU_NO_ROW for padding */
    uint32_t *row_slot;  /* [rows] flat slot of a row; likewise */
    float *row_weight;   /* [rows] combine weight; 0 for null rows and padding */
    uint32_t *slot_row;  /* [tokens, topk] row of a slot or MOE_GPU_NO_ROW */
    void *scratch;       /* of the device's own layout */
    size_t scratch_bytes;
    size_t tokens;
    size_t topk;
    size_t experts;
    size_t rows; /* in all */
    size_t capacity;
    MoeCapacityPolicy capacity_policy;
    bool carries_nulls;
    bool remaps_nulls;
    MoePackStrategy strategy;
  } MoeGpuPack;

  /* to[i,:] = from[index[first + i] / divide,:] for i < count; zeros where the index is
   * MOE_GPU_NO_ROW.  With `weight` or a scale other than 1 that times weight[first + i] * scale.
   * Without an index, index[i] is i. */
  typedef struct MoeGpuRows
  {
    const void *from;
    void *to; /* [count,width]; its first row is row `first` */
    const uint32_t *index;
    const float *weight; /* NULL: 1 */
    float scale;
    size_t first;
    size_t count;
    size_t width;
    size_t divide; /* >= 1 */
  } MoeGpuRows;

  /* Products of rows with a matrix of each expert, or of rows with rows.  With rows r of expert e,
   *   MOE_GPU_ROWS:  c[r,:n] = a[r,:k] b_e[:k,:n], or b_e^T where b_e is stored as [n,k];
   *   MOE_GPU_WGRAD: c_e[:m,:n] = sum over r of a[r,:m]^T b[r,:n].
   * Sums in float32.  Experts without rows have no product. */
  typedef enum MoeGpuForm
  {
    MOE_GPU_ROWS,
    MOE_GPU_ROWS_TRANSPOSED,
    MOE_GPU_WGRAD,
  } MoeGpuForm;

  typedef struct MoeGpuMatmul
  {
    MoeGpuForm form;
    bool accumulate; /* add to what is in c */
    bool grouped;    /* all experts by one kernel, where the device has one for it ... */
    bool if_faster;  /* ... and it is the faster one, as the device finds out by trying both */
    bool in_order;   /* one expert after the other, each on the whole device (ragged_dot) */
    const void *a;
    const void *b;
    void *c;
    size_t lda, ldb, ldc; /* elements from row to row */
    size_t n;
    size_t k;        /* with WGRAD m: columns of a, rows of c_e */
    size_t b_stride; /* elements from b_e to b_e+1; 0 with WGRAD */
    size_t c_stride; /* elements from c_e to c_e+1; 0 with ROWS */
    size_t first_expert, end_expert;
    size_t first_row;       /* the first row that a (and c with ROWS, b with WGRAD) hold */
    const size_t *rows;     /* [experts + 1] first rows of the experts, on the host */
    const uint32_t *offset; /* the same, on the device; NULL: only on the host */
  } MoeGpuMatmul;

  /* [count,width] gate and up beside each other in rows of 2 width. */
  typedef struct MoeGpuActivate
  {
    const void *h;
    void *act;           /* [count,width] */
    void *dh;            /* backward: gradients of h, may be h */
    const void *dact;    /* backward: gradients of act, may be act */
    const float *weight; /* [count] or NULL: factor of the activation */
    size_t count;
    size_t width;
  } MoeGpuActivate;

  /* y[t,:] = sum over j of weight[t,j] * rows[row[t,j],:], plus extra[t,:]. */
  typedef struct MoeGpuCombine
  {
    const void *rows;
    const uint32_t *row; /* [tokens,slots] or MOE_GPU_NO_ROW; NULL: no rows */
    const float *weight; /* [tokens,slots]; NULL: 1 */
    const void *extra;   /* [tokens,width] or NULL */
    void *y;
    double *squares; /* [tokens] sums of squares of what was written, or NULL */
    size_t tokens;
    size_t slots;
    size_t width;
    bool by_slot;   /* rows[t,j,:] instead of rows[row[t,j],:], where row[t,j] is a row */
    bool row_order; /* add in the order of the rows, not of the slots */
  } MoeGpuCombine;

  /* dv[e,:] = scale * sum over slots s of null expert e of weight[s] * y[s / topk,:], e < experts.
   * The slots of expert e are some of e, e + experts, e + 2 experts .. < tokens * topk: those for
   * which id[s] is first_id + e.  Added in the order of the slots. */
  typedef struct MoeGpuNullSums
  {
    const void *y;       /* [tokens,width] */
    const int32_t *id;   /* [tokens,topk] */
    const float *weight; /* [tokens,topk] */
    void *dv;            /* [experts,width] */
    float scale;
    int32_t first_id;
    size_t experts;
    size_t slots; /* tokens * topk */
    size_t topk;
    size_t width;
  } MoeGpuNullSums;

  typedef struct MoeGpuOp
  {
    MoeGpuOpKind kind;
    MoeStage stage;
    MoeDtype dtype;
    union
    {
      MoeGpuPack pack;
      MoeGpuRows rows; /* REPEAT, GATHER, SCALE */
      MoeGpuMatmul matmul;
      MoeGpuActivate activate;
      MoeGpuCombine combine;
      MoeGpuNullSums null_sums;
      struct
      {
        void *to;
        const void *from; /* COPY */
        size_t bytes;
      } bytes; /* CLEAR, COPY */
      struct
      {
        void *to; /* [experts] of `bytes` each */
        const uint32_t *offset;
        size_t bytes;
        size_t experts;
      } empty;
      struct
      {
        const double *squares; /* [n] */
        double *sum;           /* added in an order that is always the same */
        size_t n;
      } loss;
    } u;
  } MoeGpuOp;

  /* to[i * pitch + column + j], i < rows, j < width: numbers first + i * width + j of a stream of
   * normals (see moe_rng_normal ()), in `dtype`. */
  typedef struct MoeGpuFill
  {
    void *to;
    MoeDtype dtype;
    uint64_t seed;
    uint32_t stream;
    float scale;
    size_t rows;
    size_t width;
    size_t pitch;
    size_t column;
  } MoeGpuFill;

  /* What a device offers beyond what every one must. */
  typedef struct MoeGpuTraits
  {
    size_t scratch_bytes; /* that packing needs for max_slots assignments */
    size_t extra_bytes;   /* that the device takes besides: workspace of its libraries */
  } MoeGpuTraits;

  typedef struct MoeGpu MoeGpu; /* an open device with one piece of memory */

  enum
  {
    MOE_GPU_MAX_SLOTS = 40 /* lists of operations that can be kept at the same time */
  };

  typedef struct MoeGpuOps
  {
    /* What a device would take; takes nothing. */
    void (*traits) (size_t device, size_t max_slots, size_t experts, MoeGpuTraits *traits);

    /* Open a device and take `bytes` of its memory, 256-byte aligned.  Caller closes *gpu. */
    MoeStatus (*open) (size_t device, size_t bytes, MoeGpu **gpu, void **memory, MoeError *error);

    /* Whole bytes, when all that was begun is done. */
    MoeStatus (*upload) (MoeGpu *gpu, void *to, const void *from, size_t bytes, MoeError *error);
    /* `rows` pieces of `width` bytes that lie `pitch` apart, to one after the other. */
    MoeStatus (*download) (MoeGpu *gpu,
                           void *to,
                           const void *from,
                           size_t width,
                           size_t pitch,
                           size_t rows,
                           MoeError *error);
    MoeStatus (*set_bytes) (MoeGpu *gpu, void *to, int value, size_t bytes, MoeError *error);
    MoeStatus (*fill) (MoeGpu *gpu, const MoeGpuFill *fill, MoeError *error);

    /* Make list `slot` of these operations; replaces what it was.  Choices that take time are made
     * here.  The list is copied, the arrays of rows on the host are read now. */
    MoeStatus (*compile) (MoeGpu *gpu, size_t slot, const MoeGpuOp *ops, size_t n, MoeError *error);
    /* Begin list `slot`; the ones begun before it come first. */
    MoeStatus (*launch) (MoeGpu *gpu, size_t slot, MoeError *error);
    /* Wait until list `slot` is done, and add the time of its stages to *times (may be NULL).  What
     * went wrong on the device is told here. */
    MoeStatus (*wait) (MoeGpu *gpu, size_t slot, MoeStageTimes *times, MoeError *error);

    /* Does the grouped kernel work for such sides?  NULL: there is none. */
    bool (*has_grouped) (MoeGpu *gpu, MoeDtype dtype, size_t n, size_t k);

    void (*close) (MoeGpu *gpu); /* NULL is allowed */
  } MoeGpuOps;

#ifdef __cplusplus
}
#endif
