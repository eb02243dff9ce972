/* SPDX-License-Identifier: Apache-2.0 */
/* Overflow-checked size arithmetic.  Each function returns false, leaving *out
 * untouched, when the result does not fit a size_t. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

static inline bool
moe_size_mul (size_t a, size_t b, size_t *out)
{
  size_t product;
  if (__builtin_mul_overflow (a, b, &product))
    return false;
  *out = product;
  return true;
}

static inline bool
moe_size_add (size_t a, size_t b, size_t *out)
{
  size_t sum;
  if (__builtin_add_overflow (a, b, &sum))
    return false;
  *out = sum;
  return true;
}

/* a * b * c * d */
static inline bool
moe_size_mul4 (size_t a, size_t b, size_t c, size_t d, size_t *out)
{
  size_t ab, cd;
  return moe_size_mul (a, b, &ab) && moe_size_mul (c, d, &cd) && moe_size_mul (ab, cd, out);
}

static inline size_t
moe_size_min (size_t a, size_t b)
{
  return a < b ? a : b;
}

static inline size_t
moe_size_max (size_t a, size_t b)
{
  return a > b ? a : b;
}
