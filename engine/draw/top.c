/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/top.h"

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
