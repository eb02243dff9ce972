/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/moe/routing.h"

#include <stdlib.h>
#include <string.h>

void
moe_routing_clear (MoeRouting *routing)
{
  free (routing->topk_idx);
  free (routing->topk_weights);
  free (routing->null_weights);
  *routing = (MoeRouting){ 0 };
}

float *
moe_routing_dup_weights (const MoeRouting *routing)
{
  const size_t slots = routing->tokens * routing->topk;
  float *weights = malloc (slots * sizeof *weights);
  for (size_t slot = 0; weights != NULL && slot < slots; slot++)
    weights[slot] = routing->topk_weights[slot]
                    + (routing->null_weights != NULL ? routing->null_weights[slot] : 0.0f);
  return weights;
}

void
moe_routing_expert_counts (const MoeRouting *routing, size_t *counts)
{
  const size_t slots = routing->tokens * routing->topk;
  memset (counts, 0, routing->experts * sizeof *counts);
  for (size_t slot = 0; slot < slots; slot++)
    if ((size_t)routing->topk_idx[slot] < routing->experts)
      counts[routing->topk_idx[slot]]++;
}

void
moe_routing_kept_histogram (const MoeRouting *routing, size_t *histogram)
{
  const size_t k = routing->topk;
  memset (histogram, 0, (k + 1) * sizeof *histogram);
  for (size_t token = 0; token < routing->tokens; token++)
    {
      size_t kept = 0;
      for (size_t j = 0; j < k; j++)
        kept += (size_t)routing->topk_idx[token * k + j] < routing->experts;
      histogram[kept]++;
    }
}
