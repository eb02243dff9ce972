/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/draw/given.h"

#include "engine/base/size.h"
#include "engine/moe/rng.h"

#include <stdlib.h>
#include <string.h>

static void
free_contents (MoeGiven *given)
{
  free (given->loads);
  free (given->id);
  free (given->weight);
}

void
moe_given_clear (MoeGiven *given)
{
  MoeGiven *next = given->next;
  free_contents (given);
  memset (given, 0, sizeof *given);
  while (next != NULL)
    {
      MoeGiven *layer = next;
      next = layer->next;
      free_contents (layer);
      free (layer);
    }
}

size_t
moe_given_count (const MoeGiven *given)
{
  size_t n = 0;
  for (; given != NULL; given = given->next)
    n++;
  return n;
}

/* --- dealing --- */

/* Whole numbers below a bound, one after the other. */
typedef struct Dice
{
  uint64_t seed;
  uint64_t at;
} Dice;

static size_t
throw_below (Dice *dice, size_t n)
{
  float high, low;
  moe_rng_uniform (dice->seed, MOE_STREAM_DEAL, dice->at++, 1, &high);
  moe_rng_uniform (dice->seed, MOE_STREAM_DEAL, dice->at++, 1, &low);
  double part = (double)high + (double)low / 16777216.0; /* 24 bits each */
  size_t value = (size_t)(part * (double)n);
  return value < n ? value : n - 1;
}

static void
shuffle (Dice *dice, uint32_t *values, size_t n)
{
  for (size_t i = n; i > 1; i--)
    {
      size_t other = throw_below (dice, i);
      uint32_t value = values[i - 1];
      values[i - 1] = values[other];
      values[other] = value;
    }
}

/* Tokens in a new random order, in which those that hold the expert at hand, the last `holders` of
 * the old order, come after the first `rest`, who get the rest of its rows. */
static void
next_round (Dice *dice, uint32_t *tokens, size_t n, size_t holders, size_t rest)
{
  shuffle (dice, tokens, n - holders);
  shuffle (dice, tokens + rest, n - rest);
}

static bool
has_expert (const int32_t *id, size_t topk, int32_t expert)
{
  for (size_t j = 0; j < topk; j++)
    if (id[j] == expert)
      return true;
  return false;
}

/* Dealing in rounds gives neighbours in the deck to neighbours: exchanges between tokens that keep
 * every expert's rows make all deals likely. */
static void
mix (Dice *dice, const MoeGiven *given, int32_t *id)
{
  const size_t k = given->topk, slots = given->tokens * k;
  for (size_t i = 0; i < 2 * slots; i++)
    {
      size_t a = throw_below (dice, slots), b = throw_below (dice, slots);
      int32_t of_a = id[a], of_b = id[b];
      if (has_expert (id + a / k * k, k, of_b) || has_expert (id + b / k * k, k, of_a))
        continue;
      id[a] = of_b;
      id[b] = of_a;
    }
}

/* Every token gets one row in each round, in slot `round`. */
static void
deal_rounds (Dice *dice,
             const MoeGiven *given,
             const uint32_t *deck,
             const uint32_t *expert_of,
             uint32_t *tokens,
             int32_t *id)
{
  const size_t T = given->tokens, k = given->topk;
  size_t at = 0, round = 0;
  shuffle (dice, tokens, T);
  for (size_t d = 0; d < given->n_loads; d++)
    {
      const size_t rows = given->loads[deck[d]];
      for (size_t dealt = 0; dealt < rows; dealt++)
        {
          if (at == T)
            {
              next_round (dice, tokens, T, dealt, rows - dealt);
              at = 0;
              round++;
            }
          id[(size_t)tokens[at++] * k + round] = (int32_t)expert_of[deck[d]];
        }
    }
}

bool
moe_given_deal (const MoeGiven *given, const uint32_t *order, uint64_t seed, int32_t *id)
{
  Dice dice = { .seed = seed };
  uint32_t *tokens = malloc (given->tokens * sizeof *tokens);
  uint32_t *deck = malloc (given->n_loads * sizeof *deck);
  const bool good = tokens != NULL && deck != NULL;
  if (good)
    {
      for (size_t i = 0; i < given->tokens; i++)
        tokens[i] = (uint32_t)i;
      for (size_t i = 0; i < given->n_loads; i++)
        deck[i] = (uint32_t)i;
      shuffle (&dice, deck, given->n_loads);
      deal_rounds (&dice, given, deck, order, tokens, id);
      mix (&dice, given, id);
    }
  free (tokens);
  free (deck);
  return good;
}

size_t
moe_given_fullest (const MoeGiven *given)
{
  size_t most = 0;
  for (size_t i = 0; i < given->n_loads; i++)
    most = moe_size_max (most, given->loads[i]);
  return most;
}
