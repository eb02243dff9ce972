/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/backends/gpu/rates.h"

#include "engine/base/bfloat16.h"
#include "engine/base/size.h"

#include <math.h>
#include <stdlib.h>

enum
{
  TRIALS = 8, /* the best counts: other load only ever slows a trial down */
  SIDE_BF16 = 8192,
  SIDE_F32 = 4096,
  COPY_BYTES = 1 << 29
};

/* Seconds of the fastest of a few runs of list 0. */
static MoeStatus
best_seconds (
    const MoeGpuOps *ops, MoeGpu *gpu, const MoeCancel *cancel, double *best_s, MoeError *error)
{
  *best_s = INFINITY;
  for (int trial = 0; trial < TRIALS; trial++)
    {
      MoeStageTimes times = { 0 };
      if (moe_cancel_requested (cancel))
        return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while rates were measured");
      MoeStatus status = ops->launch (gpu, 0, error);
      if (status == MOE_OK)
        status = ops->wait (gpu, 0, &times, error);
      if (status != MOE_OK)
        return status;
      *best_s = fmin (*best_s, times.time_s[MOE_STAGE_UP]);
    }
  return MOE_OK;
}

static MoeStatus
fill_square (
    const MoeGpuOps *ops, MoeGpu *gpu, void *to, MoeDtype dtype, size_t side, MoeError *error)
{
  MoeGpuFill fill = {
    .to = to, .dtype = dtype, .stream = 1, .scale = 1, .rows = side, .width = side, .pitch = side
  };
  return ops->fill (gpu, &fill, error);
}

/* Random numbers: zeros would be multiplied faster. */
static MoeStatus
measure_matmul (const MoeGpuOps *ops,
                MoeGpu *gpu,
                unsigned char *memory,
                MoeDtype dtype,
                const MoeCancel *cancel,
                double *flops_per_s,
                MoeError *error)
{
  size_t side = dtype == MOE_DTYPE_BFLOAT16 ? SIDE_BF16 : SIDE_F32;
  size_t bytes = side * side * moe_dtype_bytes (dtype);
  const size_t rows[2] = { 0, side };
  double seconds;
  MoeGpuOp op = { .kind = MOE_GPU_MATMUL, .stage = MOE_STAGE_UP, .dtype = dtype };
  op.u.matmul = (MoeGpuMatmul){ .form = MOE_GPU_ROWS,
                                .a = memory,
                                .b = memory + bytes,
                                .c = memory + 2 * bytes,
                                .lda = side,
                                .ldb = side,
                                .ldc = side,
                                .n = side,
                                .k = side,
                                .end_expert = 1,
                                .rows = rows };
  MoeStatus status = fill_square (ops, gpu, memory, dtype, side, error);
  if (status == MOE_OK)
    status = fill_square (ops, gpu, memory + bytes, dtype, side, error);
  if (status == MOE_OK)
    status = ops->compile (gpu, 0, &op, 1, error);
  if (status == MOE_OK)
    status = best_seconds (ops, gpu, cancel, &seconds, error);
  if (status == MOE_OK)
    *flops_per_s = 2.0 * (double)side * (double)side * (double)side / seconds;
  return status;
}

static MoeStatus
measure_copy (const MoeGpuOps *ops,
              MoeGpu *gpu,
              unsigned char *memory,
              const MoeCancel *cancel,
              double *bytes_per_s,
              MoeError *error)
{
  double seconds;
  MoeGpuOp op = { .kind = MOE_GPU_COPY, .stage = MOE_STAGE_UP };
  op.u.bytes.to = memory + COPY_BYTES;
  op.u.bytes.from = memory;
  op.u.bytes.bytes = COPY_BYTES;
  MoeStatus status = ops->compile (gpu, 0, &op, 1, error);
  if (status == MOE_OK)
    status = best_seconds (ops, gpu, cancel, &seconds, error);
  if (status == MOE_OK)
    *bytes_per_s = 2.0 * COPY_BYTES / seconds; /* read and written */
  return status;
}

MoeStatus
moe_gpu_rates (const MoeGpuOps *ops,
               size_t device,
               MoeDtype dtype,
               const MoeCancel *cancel,
               MoeDeviceRates *rates,
               MoeError *error)
{
  MoeGpu *gpu = NULL;
  void *memory = NULL;
  MoeStatus status = ops->open (device, (size_t)2 * COPY_BYTES, &gpu, &memory, error);
  if (status == MOE_OK)
    status = measure_matmul (ops, gpu, memory, dtype, cancel, &rates->peak_flops_per_s, error);
  if (status == MOE_OK)
    status = measure_copy (ops, gpu, memory, cancel, &rates->bytes_per_s, error);
  ops->close (gpu);
  return status;
}

/* --- grouped against single --- */

enum
{
  CHECK_EXPERTS = 7,
  CHECK_N = 192,
  CHECK_K = 320,
  CHECK_ROWS = 517,
  CHECK_ELEMENTS = 1 << 19 /* of each array: more than any has */
};

/* Odd counts, a single row, and no rows at the beginning, in the middle and at the end. */
static const size_t check_rows[CHECK_EXPERTS + 1] = { 0, 0, 130, 131, 131, 388, 517, 517 };

typedef struct Check
{
  const MoeGpuOps *ops;
  MoeGpu *gpu;
  uint16_t *memory; /* a, b, c of single products, c of the grouped kernel; offsets */
  uint16_t *single; /* the two on the host */
  uint16_t *grouped;
} Check;

static MoeStatus
check_run (Check *c, MoeGpuForm form, bool grouped, bool accumulate, uint16_t *out, MoeError *error)
{
  MoeGpuOp op = { .kind = MOE_GPU_MATMUL, .stage = MOE_STAGE_UP, .dtype = MOE_DTYPE_BFLOAT16 };
  bool wgrad = form == MOE_GPU_WGRAD;
  uint16_t *to = c->memory + 2 * CHECK_ELEMENTS;
  op.u.matmul = (MoeGpuMatmul){ .form = form,
                                .accumulate = accumulate,
                                .grouped = grouped,
                                .a = c->memory,
                                .b = c->memory + CHECK_ELEMENTS,
                                .c = to,
                                .lda = CHECK_K,
                                .ldb = form == MOE_GPU_ROWS_TRANSPOSED ? CHECK_K : CHECK_N,
                                .ldc = CHECK_N,
                                .n = CHECK_N,
                                .k = CHECK_K,
                                .b_stride = wgrad ? 0 : (size_t)CHECK_N * CHECK_K,
                                .c_stride = wgrad ? (size_t)CHECK_N * CHECK_K : 0,
                                .end_expert = CHECK_EXPERTS,
                                .rows = check_rows,
                                .offset = (uint32_t *)(void *)(c->memory + 3 * CHECK_ELEMENTS) };
  /* Compiling may try the product.  After it, what is added to are numbers that both runs get;
   * otherwise nothing is there that could pass for right. */
  MoeStatus status = c->ops->compile (c->gpu, 0, &op, 1, error);
  if (status == MOE_OK)
    status = accumulate ? c->ops->upload (c->gpu, to, c->single, CHECK_ELEMENTS * sizeof *to, error)
                        : c->ops->set_bytes (c->gpu, to, 0xff, CHECK_ELEMENTS * sizeof *to, error);
  if (status == MOE_OK)
    status = c->ops->launch (c->gpu, 0, error);
  if (status == MOE_OK)
    status = c->ops->wait (c->gpu, 0, NULL, error);
  if (status == MOE_OK)
    status = c->ops->download (c->gpu, out, to, CHECK_ELEMENTS * sizeof *to,
                               CHECK_ELEMENTS * sizeof *to, 1, error);
  return status;
}

/* What neither wrote is not-a-number in both, and what only one wrote makes the result one. */
static double
check_difference (const Check *c)
{
  double difference = 0, norm = 0;
  for (size_t i = 0; i < CHECK_ELEMENTS; i++)
    {
      double a = (double)moe_bf16_to_float (c->grouped[i]);
      double b = (double)moe_bf16_to_float (c->single[i]);
      if (isnan (a) && isnan (b))
        continue;
      difference += (a - b) * (a - b);
      norm += b * b;
    }
  return norm > 0 ? sqrt (difference / norm) : NAN;
}

static MoeStatus
check_form (Check *c, MoeGpuForm form, bool accumulate, double *worst, MoeError *error)
{
  for (size_t i = 0; accumulate && i < CHECK_ELEMENTS; i++)
    c->single[i] = moe_bf16_from_float ((float)(i % 17) - 8.0f);
  MoeStatus status = check_run (c, form, true, accumulate, c->grouped, error);
  if (status == MOE_OK)
    status = check_run (c, form, false, accumulate, c->single, error);
  double difference = status == MOE_OK ? check_difference (c) : NAN;
  if (!(difference <= *worst))
    *worst = difference;
  return status;
}

static MoeStatus
check_inputs (Check *c, MoeError *error)
{
  uint32_t offset[CHECK_EXPERTS + 1];
  for (size_t e = 0; e <= CHECK_EXPERTS; e++)
    offset[e] = (uint32_t)check_rows[e];
  MoeGpuFill fill = { .to = c->memory,
                      .dtype = MOE_DTYPE_BFLOAT16,
                      .seed = 12,
                      .stream = 1,
                      .scale = 1,
                      .rows = 2,
                      .width = CHECK_ELEMENTS,
                      .pitch = CHECK_ELEMENTS };
  MoeStatus status = c->ops->fill (c->gpu, &fill, error);
  return status == MOE_OK
             ? c->ops->upload (c->gpu, c->memory + 3 * CHECK_ELEMENTS, offset, sizeof offset, error)
             : status;
}

MoeStatus
moe_gpu_compare_grouped (const MoeGpuOps *ops, size_t device, double *difference, MoeError *error)
{
  Check c = { .ops = ops };
  void *memory = NULL;
  const size_t bytes = CHECK_ELEMENTS * sizeof (uint16_t);
  *difference = 0;
  c.single = malloc (bytes);
  c.grouped = malloc (bytes);
  MoeStatus status = c.single != NULL && c.grouped != NULL
                         ? ops->open (device, 4 * bytes, &c.gpu, &memory, error)
                         : moe_error_set (error, MOE_ERROR_MEMORY, "no memory for a check");
  c.memory = memory;
  if (status == MOE_OK)
    status = check_inputs (&c, error);
  for (int form = MOE_GPU_ROWS; status == MOE_OK && form <= MOE_GPU_WGRAD; form++)
    status = check_form (&c, (MoeGpuForm)form, false, difference, error);
  if (status == MOE_OK)
    status = check_form (&c, MOE_GPU_ROWS_TRANSPOSED, true, difference, error);
  ops->close (c.gpu);
  free (c.single);
  free (c.grouped);
  return status;
}
