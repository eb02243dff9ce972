/* SPDX-License-Identifier: Apache-2.0 */
/* C[m,n] = A[m,k] B[n,k]^T for few rows: the gradients of rows by the weights of an expert.
 *
 * Every row of B is one run of memory along k, and so is every row of A: their dot products need no
 * operand turned round, and B is read once, front to back, a few rows at a time.  With more rows of
 * A than there are registers for sums, B would be read again for each few of them, and packing it
 * brings more. */
#include "engine/backends/native/kernel.h"

bool
moe_native_is_dots (const MoeNativeOps *ops, const MoeMatmul *p)
{
  return ops->dots != NULL && !p->transpose_a && p->transpose_b && p->m <= ops->dot_rows;
}

void
moe_native_dots (const MoeNativeOps *ops, const MoeMatmul *p)
{
  MoeDtype dtype = ops->kernels.dtype;
  size_t many = ops->dot_columns (p->m), element = moe_dtype_bytes (dtype);
  MoeNativeDots dots = {
    .rows = p->m, .k = p->k, .a = p->a, .lda = p->lda, .ldb = p->ldb, .ldc = p->ldc
  };
  for (size_t j = 0; j < p->n; j += dots.columns)
    {
      dots.columns = j + many <= p->n ? many : 1;
      dots.b = moe_native_at (p->b, dtype, j * p->ldb);
      dots.c = (char *)p->c + j * element;
      dots.ahead = j + 2 * many <= p->n ? many * p->ldb * element : 0;
      ops->dots (&dots);
    }
}
