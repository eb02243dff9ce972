/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/top.h"

#include <float.h>
#include <math.h>
#include <string.h>

void
moe_top_select (const float *logit, size_t n_logits, size_t k, float *best, int32_t *id)
{
  size_t n = 0;
  for (size_t e = 0; e < n_logits; e++)
    {
      if (n == k && !(logit[e] > best[k - 1]))
        continue;
      size_t place = n < k ? n++ : k - 1;
      for (; place > 0 && logit[e] > best[place - 1]; place--)
        {
          best[place] = best[place - 1];
          id[place] = id[place - 1];
        }
      best[place] = logit[e];
      id[place] = (int32_t)e;
    }
}

/* A float's place in the order of floats, so that bisection visits floats and nothing between. */
static int64_t
order_of (float value)
{
  int32_t bits;
  memcpy (&bits, &value, sizeof bits);
  return bits >= 0 ? bits : (int64_t)INT32_MIN - bits;
}

static float
float_at (int64_t order)
{
  int32_t bits = (int32_t)(order >= 0 ? order : INT32_MIN - order);
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

float
moe_float_before (float value)
{
  return float_at (order_of (value) - 1);
}

size_t
moe_bound_count (const float *values, size_t n, float bound)
{
  size_t count = 0;
  for (size_t i = 0; i < n; i++)
    count += values[i] <= bound;
  return count;
}

float
moe_bound_find (const float *values, size_t n, double wanted, float low_bound, float high_bound)
{
  int64_t low = order_of (low_bound), high = order_of (high_bound);
  while (high - low > 1)
    {
      int64_t middle = low + (high - low) / 2;
      if ((double)moe_bound_count (values, n, float_at (middle)) < wanted)
        low = middle;
      else
        high = middle;
    }
  return float_at (high);
}

MoeLeast
moe_least_find (const float *values, size_t n, size_t wanted)
{
  MoeLeast least = { .bound = moe_bound_find (values, n, (double)wanted, -INFINITY, FLT_MAX) };
  size_t below = moe_bound_count (values, n, moe_float_before (least.bound));
  least.ties = wanted > below ? wanted - below : 0;
  return least;
}

bool
moe_least_takes (MoeLeast *least, float value)
{
  if (value < least->bound)
    return true;
  if (!(value == least->bound) || least->ties == 0)
    return false;
  least->ties--;
  return true;
}
