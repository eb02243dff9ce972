/* SPDX-License-Identifier: Apache-2.0 */
/* Tensors, fetched from the device, and poisoned there. */
#include "engine/backends/gpu/block.h"

#include "engine/backends/gpu/state.h"
#include "engine/base/bfloat16.h"
#include "engine/base/size.h"

#include <stdlib.h>
#include <string.h>

enum
{
  READ_ELEMENTS = 1 << 22 /* fetched at a time */
};

/* Elements of one row, or of several whole ones. */
static size_t
next_piece (const MoeGpuView *view, size_t first, size_t count)
{
  size_t column = first % view->width;
  if (column != 0 || count < view->width)
    return moe_size_min (moe_size_min (count, view->width - column), READ_ELEMENTS);
  if (view->width > READ_ELEMENTS)
    return READ_ELEMENTS;
  return moe_size_min (count, READ_ELEMENTS) / view->width * view->width;
}

static void
to_float (float *out, const void *from, size_t n, MoeDtype dtype)
{
  const uint16_t *narrow = from;
  if (dtype == MOE_DTYPE_FLOAT32)
    memcpy (out, from, n * sizeof *out);
  else
    for (size_t i = 0; i < n; i++)
      out[i] = moe_bf16_to_float (narrow[i]);
}

static MoeStatus
fetch (MoeBackendState *s,
       const MoeGpuView *view,
       size_t first,
       size_t n,
       void *buffer,
       MoeError *error)
{
  size_t b = moe_dtype_bytes (s->problem.choice[MOE_CHOICE_DTYPE]);
  size_t row = first / view->width, column = first % view->width;
  size_t width = moe_size_min (n, view->width);
  const unsigned char *from = view->data;
  from += (row * view->pitch + view->column + column) * b;
  return s->ops->download (s->gpu, buffer, from, width * b, view->pitch * b, n / width, error);
}

MoeStatus
moe_gpu_read (
    MoeBackendState *s, MoeTensor tensor, size_t first, size_t count, float *out, MoeError *error)
{
  if (!moe_tensor_exists (tensor, &s->problem.shape, s->problem.choice[MOE_CHOICE_PASS]))
    return moe_error_set (error, MOE_ERROR_INVALID,
                          "there is no tensor %s in this problem: gradients need a backward, "
                          "shared tensors a shared expert, v and dv constant null slots",
                          moe_name_of (&moe_tensor_names, (int)tensor));
  MoeGpuView view = moe_gpu_view (&s->a, &s->problem.shape, tensor);
  void *buffer = malloc (moe_size_min (moe_size_max (count, 1), READ_ELEMENTS)
                         * moe_dtype_bytes (s->problem.choice[MOE_CHOICE_DTYPE]));
  MoeStatus status = MOE_OK;
  if (buffer == NULL)
    return moe_error_set (error, MOE_ERROR_MEMORY, "no memory to read %zu elements", count);
  while (status == MOE_OK && count > 0)
    {
      size_t n = next_piece (&view, first, count);
      status = fetch (s, &view, first, n, buffer, error);
      if (status == MOE_OK)
        to_float (out, buffer, n, s->problem.choice[MOE_CHOICE_DTYPE]);
      out += n;
      first += n;
      count -= n;
    }
  free (buffer);
  return status;
}

/* Bytes of ones are not-a-numbers in both data types, and no row in an index.  What goes wrong here
 * is told by the next step. */
void
moe_gpu_poison (MoeBackendState *s)
{
  for (size_t i = 0; i < s->layout.n; i++)
    {
      const MoeGpuPlace *place = &s->layout.places[i];
      if (place->computed && !(place->packed && s->prequeued))
        s->ops->set_bytes (s->gpu, (unsigned char *)s->memory + place->offset, 0xff, place->bytes,
                           NULL);
    }
}
