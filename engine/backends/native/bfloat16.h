/* SPDX-License-Identifier: Apache-2.0 */
/* bfloat16 in plain C: the upper half of a float32. */
#pragma once

#include <stdint.h>
#include <string.h>

static inline float
moe_native_bf16_to_f32 (uint16_t bits)
{
  uint32_t wide = (uint32_t)bits << 16;
  float value;
  memcpy (&value, &wide, sizeof value);
  return value;
}

/* To nearest, ties to even; a NaN stays one. */
static inline uint16_t
moe_native_bf16_from_f32 (float value)
{
  uint32_t bits;
  memcpy (&bits, &value, sizeof bits);
  if ((bits & 0x7fffffffu) > 0x7f800000u)
    return (uint16_t)(bits >> 16 | 0x40u);
  return (uint16_t)((bits + 0x7fffu + (bits >> 16 & 1u)) >> 16);
}
