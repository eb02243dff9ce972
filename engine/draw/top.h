/* SPDX-License-Identifier: Apache-2.0 */
/* The largest of some numbers, sorted, and the least of them, by a bound. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* best[k], id[k]: the k largest of logit[n], descending, equal ones by lower id first; k <= n. */
void moe_top_select (const float *logit, size_t n, size_t k, float *best, int32_t *id);

/* How many of values[n] are at most `bound`. */
size_t moe_bound_count (const float *values, size_t n, float bound);

/* The lowest bound above `low` that so many of values[n], or more, are at most: by bisection over
 * all floats between; `high` where there is none below it.  No value may be NaN. */
float moe_bound_find (const float *values, size_t n, double wanted, float low, float high);

/* The float before a number. */
float moe_float_before (float value);

/* The `wanted` least of some values, equal ones in their order: what is at most the bound, and of
 * those at the bound the first. */
typedef struct MoeLeast
{
  float bound;
  size_t ties; /* at the bound that are still taken */
} MoeLeast;

MoeLeast moe_least_find (const float *values, size_t n, size_t wanted);

/* Is this one of them?  Asked of each value in its order. */
bool moe_least_takes (MoeLeast *least, float value);
