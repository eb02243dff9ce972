/* SPDX-License-Identifier: Apache-2.0 */
/* A CUDA runtime and a cuBLASLt with one card that is none: memory is the host's, work is done when
 * it is asked for or, once captured, when the graph is launched; products are column-major, as the
 * real one's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct FakeCuda
  {
    int count_error; /* what cudaGetDeviceCount () says; 0: there is a card */
    int driver;      /* its version, 13000; 0: there is none */
    int major, minor;
    size_t free_bytes;
    size_t products;     /* so far */
    size_t allocations;  /* not yet freed */
    size_t graphs;       /* likewise */
    size_t fail_product; /* number of the product that fails; 0: none */
  } FakeCuda;
  extern FakeCuda fake_cuda;

#ifdef __cplusplus
}
#endif
