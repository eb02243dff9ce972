/* SPDX-License-Identifier: Apache-2.0 */
/* Initial values of x and the weights, made by all threads. */
#include "engine/backends/cpu/state.h"
#include "engine/base/size.h"

/* Initial values are made in chunks so that a stop is seen in between. */
typedef struct Fill
{
  MoeBackendState *state;
  atomic_size_t next;
  size_t x_chunks, w13_chunks, w2_chunks;
  size_t chunk_rows; /* rows of x, w13 or w2 in a chunk */
} Fill;

static size_t
chunks_of (size_t rows, size_t chunk)
{
  return rows / chunk + (rows % chunk != 0);
}

/* Rows of `width` initial values, `stride` apart, rounded to the storage dtype. */
static void
fill_rows (MoeBackendState *s,
           MoeTensor tensor,
           void *out,
           size_t width,
           size_t stride,
           size_t first,
           size_t count)
{
  float values[1024];
  for (size_t row = first; row < first + count; row++)
    for (size_t column = 0; column < width; column += 1024)
      {
        size_t n = moe_size_min (1024, width - column);
        moe_tensor_fill (tensor, &s->problem.shape, s->problem.seed, row * width + column, n,
                         values);
        s->ops->from_float (moe_state_element (s, out, row * stride + column), values, n);
      }
}

static void
fill_chunk (Fill *fill, size_t chunk)
{
  MoeBackendState *s = fill->state;
  const MoeShape *shape = &s->problem.shape;
  size_t H = shape->hidden, M = shape->mlp_dim, E = shape->experts;
  size_t rows, first;

  if (chunk < fill->w13_chunks)
    {
      first = chunk * fill->chunk_rows;
      rows = moe_size_min (fill->chunk_rows, E * H - first);
      fill_rows (s, MOE_TENSOR_W1, s->w13, M, 2 * M, first, rows);
      fill_rows (s, MOE_TENSOR_W3, moe_state_element (s, s->w13, M), M, 2 * M, first, rows);
      return;
    }
  chunk -= fill->w13_chunks;
  if (chunk < fill->w2_chunks)
    {
      first = chunk * fill->chunk_rows;
      rows = moe_size_min (fill->chunk_rows, E * M - first);
      fill_rows (s, MOE_TENSOR_W2, s->w2, H, H, first, rows);
      return;
    }
  chunk -= fill->w2_chunks;
  first = chunk * fill->chunk_rows;
  rows = moe_size_min (fill->chunk_rows, shape->tokens - first);
  fill_rows (s, MOE_TENSOR_X, s->x, H, H, first, rows);
}

static void
fill_share (void *data, size_t thread)
{
  (void)thread;
  Fill *fill = data;
  size_t total = fill->w13_chunks + fill->w2_chunks + fill->x_chunks;
  size_t chunk;
  while (!moe_cancel_requested (fill->state->cancel)
         && (chunk = atomic_fetch_add (&fill->next, 1)) < total)
    fill_chunk (fill, chunk);
}

MoeStatus
moe_cpu_fill_inputs (MoeBackendState *state, MoeError *error)
{
  const MoeShape *shape = &state->problem.shape;
  Fill fill = { .state = state, .chunk_rows = 256 };
  atomic_init (&fill.next, 0);
  fill.w13_chunks = chunks_of (shape->experts * shape->hidden, fill.chunk_rows);
  fill.w2_chunks = chunks_of (shape->experts * shape->mlp_dim, fill.chunk_rows);
  fill.x_chunks = chunks_of (shape->tokens, fill.chunk_rows);
  moe_team_run (state->team, fill_share, &fill);
  if (moe_cancel_requested (state->cancel))
    return moe_error_set (error, MOE_ERROR_CANCELLED, "stopped while filling the weights");
  return MOE_OK;
}
