/* SPDX-License-Identifier: Apache-2.0 */
/* Slow and obvious: what backends do in their own way is held against this. */
#include "engine/moe/capacity.h"

#include "engine/base/size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t
moe_capacity_rows (double factor, size_t tokens, size_t topk, size_t experts)
{
  double rows = ceil (factor * (double)tokens * (double)topk / (double)experts);
  if (!(rows < (double)tokens))
    return tokens;
  return rows > 1 ? (size_t)rows : 1;
}

/* A real slot, and where it stands in the queue of its expert. */
typedef struct Claim
{
  int32_t expert;
  float score; /* higher ones first; all equal where the position alone decides */
  size_t slot;
} Claim;

static int
compare_claims (const void *a, const void *b)
{
  const Claim *x = a, *y = b;
  if (x->expert != y->expert)
    return x->expert < y->expert ? -1 : 1;
  if (x->score > y->score || x->score < y->score)
    return x->score > y->score ? -1 : 1;
  return x->slot < y->slot ? -1 : 1;
}

static size_t
collect_claims (const MoeRouting *routing, MoePackStrategy strategy, Claim *claims)
{
  size_t n = 0;
  for (size_t slot = 0; slot < routing->tokens * routing->topk; slot++)
    {
      size_t first = slot - slot % routing->topk;
      bool scored = strategy == MOE_PACK_EXPERT_SCORE_SORT;
      if ((size_t)routing->topk_idx[slot] < routing->experts)
        claims[n++] =
            (Claim){ routing->topk_idx[slot], scored ? routing->topk_weights[first] : 0.0f, slot };
    }
  qsort (claims, n, sizeof *claims, compare_claims);
  return n;
}

/* Drops what stands beyond the capacity; returns how many. */
static size_t
drop_claims (MoeRouting *kept, const Claim *claims, size_t n, size_t capacity)
{
  size_t dropped = 0, place = 0;
  for (size_t i = 0; i < n; i++)
    {
      place = i > 0 && claims[i].expert == claims[i - 1].expert ? place + 1 : 0;
      if (place < capacity)
        continue;
      kept->topk_idx[claims[i].slot] = (int32_t)kept->experts;
      kept->topk_weights[claims[i].slot] = 0.0f;
      dropped++;
    }
  return dropped;
}

MoeStatus
moe_capacity_apply (const MoeRouting *routing,
                    MoePackStrategy strategy,
                    size_t capacity,
                    MoeRouting *kept,
                    size_t *dropped,
                    MoeError *error)
{
  const size_t slots = routing->tokens * routing->topk;
  MoeRouting made = *routing;
  Claim *claims = calloc (slots, sizeof *claims);
  made.null_weights = NULL; /* there is no capacity beside null slots */
  made.topk_idx = malloc (slots * sizeof *made.topk_idx);
  made.topk_weights = malloc (slots * sizeof *made.topk_weights);
  if (claims == NULL || made.topk_idx == NULL || made.topk_weights == NULL)
    {
      free (claims);
      moe_routing_clear (&made);
      return moe_error_set (error, MOE_ERROR_MEMORY,
                            "There is not enough memory to apply a capacity to %zu assignments.",
                            slots);
    }
  memcpy (made.topk_idx, routing->topk_idx, slots * sizeof *made.topk_idx);
  memcpy (made.topk_weights, routing->topk_weights, slots * sizeof *made.topk_weights);
  size_t n = collect_claims (routing, strategy, claims);
  size_t lost = drop_claims (&made, claims, n, capacity);
  free (claims);
  made.real_assignments -= lost;
  if (dropped != NULL)
    *dropped = lost;
  *kept = made;
  return MOE_OK;
}

bool
moe_capacity_bytes (size_t tokens, size_t topk, size_t *bytes)
{
  return moe_size_mul4 (tokens, topk, sizeof (Claim) + sizeof (int32_t) + sizeof (float), 1, bytes);
}
