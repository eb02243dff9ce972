/* SPDX-License-Identifier: Apache-2.0 */
/* bfloat16, the upper 16 bits of a float32, in plain C that compilers can vectorise. */
#pragma once

#include <stdint.h>
#include <string.h>

static inline __attribute__ ((always_inline)) float
moe_bf16_to_float (uint16_t value)
{
  uint32_t bits = (uint32_t)value << 16;
  float number;
  memcpy (&number, &bits, sizeof number);
  return number;
}

/* To nearest, ties to even.  Not-a-number stays one: the quiet bit is set, so that rounding cannot
 * make it infinite. */
static inline __attribute__ ((always_inline)) uint16_t
moe_bf16_from_float (float number)
{
  uint32_t bits;
  memcpy (&bits, &number, sizeof bits);
  uint32_t rounded = (bits + 0x7fffu + (bits >> 16 & 1u)) >> 16;
  uint32_t nan = bits >> 16 | 0x40u;
  return (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? nan : rounded);
}
