/* SPDX-License-Identifier: Apache-2.0 */
/* Routing from files: tables of loads and recorded routings.  The first byte says which of them,
 * and which row, layer or top-k. */
#include "tests/fuzz/fuzz.h"

#include "engine/draw/given.h"
#include "engine/draw/sampling.h"

enum
{
  MOST_SLOTS = 1 << 16
};

static void
check_given (const MoeGiven *given, MoeDistribution distribution)
{
  MoeRouting routing;
  MoeError error;
  fuzz_require (given->tokens > 0 && given->topk > 0 && given->topk <= given->experts);
  fuzz_require (given->loads != NULL && given->n_loads > 0 && given->n_loads <= given->experts);
  fuzz_require (moe_given_fullest (given) <= given->tokens);
  if (given->tokens * given->topk > MOST_SLOTS || given->experts > MOST_SLOTS)
    return;
  const MoeRoutingSpec spec = { .tokens = given->tokens,
                                .experts = given->experts,
                                .topk = given->topk,
                                .distribution = distribution,
                                .given = given };
  MoeStatus status = moe_routing_sample (&spec, &routing, &error);
  fuzz_require_told_by_engine (status, &error);
  if (status != MOE_OK)
    return;
  fuzz_require (routing.real_assignments >= 1);
  for (size_t i = 0; i < given->tokens * given->topk; i++)
    fuzz_require (routing.topk_idx[i] >= 0 && routing.topk_weights[i] >= 0.0f);
  moe_routing_clear (&routing);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  MoeGiven given, weights = { .tokens = 2, .topk = 2 };
  MoeError error;
  fuzz_begin ();
  const guint8 kind = size > 0 ? data[0] : 0;
  const gsize length = size > 0 ? size - 1 : 0;
  g_autofree char *bytes = length > 0 ? g_memdup2 (data + 1, length) : g_strdup ("");
  const MoeGivenAsk ask = { .layer = kind / 3 % 5 == 4 ? MOE_GIVEN_ALL_LAYERS : kind / 3 % 5,
                            .topk = 1 + kind / 3 % 3 };
  MoeStatus status = kind % 3 == 0
                         ? moe_given_parse_loads (bytes, length, 1 + kind / 3 % 4, &given, &error)
                     : kind % 3 == 1 ? moe_given_parse_trace (bytes, length, &ask, &given, &error)
                                     : moe_given_parse_weights (bytes, length, &weights, &error);
  fuzz_require (status == MOE_OK || error.message[0] != '\0');
  MoeDistribution recognised;
  const bool known = moe_given_recognise (bytes, length, &recognised);
  /* What can be read is known by its first bytes, and by the same ones. */
  if (status == MOE_OK && kind % 3 != 2)
    {
      fuzz_require (known);
      for (const MoeGiven *layer = &given; layer != NULL; layer = layer->next)
        check_given (layer, kind % 3 == 0 ? MOE_DISTRIBUTION_LOADS : MOE_DISTRIBUTION_TRACE);
      moe_given_clear (&given);
    }
  moe_given_clear (&weights);
  fuzz_end ();
  return 0;
}
