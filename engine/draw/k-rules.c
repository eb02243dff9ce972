/* SPDX-License-Identifier: Apache-2.0 */
/* Each rule gives every candidate a price that rises along what the rule prefers; the cheapest
 * candidates, as many as there are rows, are taken.  The price of the last one is the rule's
 * parameter: the mass of top_p, the ratio of min_p, the factor of entropy.  Candidates of one price
 * go in the order of their tokens, so that the rows are those that were asked for whatever the
 * ties.  `expert_choice` and `token_rounding` do so expert by expert. */
#include "engine/draw/k-rules.h"

#include "engine/base/size.h"
#include "engine/draw/exact.h"
#include "engine/draw/logits.h"
#include "engine/draw/runs.h"
#include "engine/draw/top.h"

#include <math.h>
#include <stdlib.h>

/* Beyond all prices: not for sale. */
#define NEVER INFINITY

typedef struct Work
{
  const MoeRoutingSpec *spec;
  size_t most;       /* experts of a token */
  MoeLogits *logits; /* of the routing */
  float *chunk;      /* [chunk_tokens,E] logits of a few tokens */
  size_t chunk_tokens;
  int32_t *id;     /* [T,most] experts of a token; by token they are candidates, best first */
  float *logit;    /* [T,most] theirs */
  uint32_t *kept;  /* [T] how many of them it keeps */
  int32_t *best;   /* [T] each token's best expert */
  float *price;    /* [T,most] of candidates, or [E,T] of what experts choose from */
  uint8_t *is_top; /* [E,T] token_rounding: is the expert among the token's best k? */
} Work;

/* --- what can be --- */

static bool
keeps_one (MoeKRule rule)
{
  return rule == MOE_K_RULE_TOP_P || rule == MOE_K_RULE_MIN_P;
}

static bool
is_by_expert (MoeKRule rule)
{
  return rule == MOE_K_RULE_EXPERT_CHOICE || rule == MOE_K_RULE_TOKEN_ROUNDING;
}

static const char *
name_of (const MoeRoutingSpec *spec)
{
  return moe_choice_name (MOE_CHOICE_K_RULE, (int)spec->k_rule);
}

/* T k (1 - f) */
static size_t
wanted_rows (const MoeRoutingSpec *spec)
{
  double rows = (double)spec->tokens * (double)spec->topk * (1.0 - spec->null_target);
  return moe_size_max (1, (size_t)round (rows));
}

/* Tiles that experts have together, at most those that fit into their tokens. */
static size_t
wanted_tiles (const MoeRoutingSpec *spec)
{
  size_t tiles = (size_t)round ((double)wanted_rows (spec) / (double)spec->tile);
  size_t most = spec->tokens / spec->tile * spec->experts;
  return moe_size_min (moe_size_min (tiles, most), spec->tokens * spec->topk / spec->tile);
}

size_t
moe_k_rule_rows (const MoeRoutingSpec *spec)
{
  if (spec->k_rule == MOE_K_RULE_TOKEN_ROUNDING)
    return wanted_tiles (spec) * spec->tile;
  return wanted_rows (spec);
}

bool
moe_k_rule_is_idle (const MoeRoutingSpec *spec)
{
  size_t rows = moe_k_rule_rows (spec);
  return rows == spec->tokens * spec->experts || (keeps_one (spec->k_rule) && rows == spec->tokens);
}

static MoeStatus
check_tile (const MoeRoutingSpec *spec, MoeError *error)
{
  if (spec->k_rule != MOE_K_RULE_TOKEN_ROUNDING)
    return MOE_OK;
  if (spec->tile < 1 || spec->tile > spec->tokens)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "tile",
                                 "--tile %zu is out of range with --k-rule token_rounding: an "
                                 "expert has whole tiles of the %zu tokens; allowed is 1 to %zu.",
                                 spec->tile, spec->tokens, spec->tokens);
  if (wanted_tiles (spec) == 0)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "tile",
                                 "--tile %zu is out of range with --k-rule token_rounding: %zu "
                                 "tokens at top-%zu and a null fraction of %g have %zu rows, and "
                                 "not one tile; allowed is up to %zu.",
                                 spec->tile, spec->tokens, spec->topk, spec->null_target,
                                 wanted_rows (spec), wanted_rows (spec));
  return MOE_OK;
}

MoeStatus
moe_k_rule_check (const MoeRoutingSpec *spec, MoeError *error)
{
  const double mean = (double)spec->topk * (1.0 - spec->null_target);
  if (spec->k_rule == MOE_K_RULE_FIXED)
    return MOE_OK;
  if (!moe_logits_are_of (spec->distribution))
    return moe_error_set_option (
        error, MOE_ERROR_INVALID, "k-rule",
        "--k-rule %s does not go with --distribution %s, which says where slots go and has no "
        "logits to decide by: allowed is --distribution random, runs or zipf.",
        name_of (spec), moe_choice_name (MOE_CHOICE_DISTRIBUTION, (int)spec->distribution));
  if (spec->null_granularity == MOE_NULL_GRANULARITY_TOKEN && spec->null_target > 0.0)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "null-granularity",
                                 "--null-granularity token does not go with --k-rule %s, which "
                                 "says itself which tokens keep how much: allowed is slot.",
                                 name_of (spec));
  if (keeps_one (spec->k_rule) && wanted_rows (spec) < spec->tokens)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "k-rule",
                                 "--k-rule %s leaves every token one expert at least, and top-%zu "
                                 "at a null fraction of %g is %g for each: allowed is --k-rule "
                                 "entropy, expert_choice or token_rounding, a larger top-k or a "
                                 "smaller fraction.",
                                 name_of (spec), spec->topk, spec->null_target, mean);
  if (spec->topk > MOE_RULE_MOST_KEPT)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "k-rule",
                                 "--k-rule %s gives no token more than %d experts and does not go "
                                 "with top-%zu: allowed is up to top-%d.",
                                 name_of (spec), (int)MOE_RULE_MOST_KEPT, spec->topk,
                                 (int)MOE_RULE_MOST_KEPT);
  return check_tile (spec, error);
}

/* --- memory --- */

static size_t
chunk_tokens (const MoeRoutingSpec *spec)
{
  return moe_size_max (1, 4096 / spec->experts);
}

/* Bytes of the price of all that is chosen from; false when they have no number. */
static bool
price_bytes (const MoeRoutingSpec *spec, size_t *bytes)
{
  size_t most = moe_most_kept (spec->k_rule, spec->topk, spec->experts);
  return moe_size_mul4 (spec->tokens, is_by_expert (spec->k_rule) ? spec->experts : most,
                        sizeof (float), 1, bytes);
}

bool
moe_k_rule_bytes (const MoeRoutingSpec *spec, size_t *bytes)
{
  size_t most = moe_most_kept (spec->k_rule, spec->topk, spec->experts), price, slots, tokens, tops;
  *bytes = 0;
  if (spec->k_rule == MOE_K_RULE_FIXED)
    return true;
  return price_bytes (spec, &price)
         && moe_size_mul4 (spec->tokens, most, sizeof (int32_t) + sizeof (float), 1, &slots)
         && moe_size_mul4 (spec->tokens, sizeof (uint32_t) + sizeof (int32_t), 1, 1, &tokens)
         && moe_size_mul4 (spec->k_rule == MOE_K_RULE_TOKEN_ROUNDING, spec->tokens, spec->experts,
                           1, &tops)
         && moe_size_add (price, slots, bytes) && moe_size_add (*bytes, tokens, bytes)
         && moe_size_add (*bytes, tops, bytes);
}

static void
clear_work (Work *w)
{
  moe_logits_free (w->logits);
  free (w->chunk);
  free (w->id);
  free (w->logit);
  free (w->kept);
  free (w->best);
  free (w->price);
  free (w->is_top);
}

static bool
prepare_work (const MoeRoutingSpec *spec, Work *w)
{
  const size_t T = spec->tokens, E = spec->experts;
  const bool rounds = spec->k_rule == MOE_K_RULE_TOKEN_ROUNDING;
  size_t prices, chunk, all;
  *w = (Work){ .spec = spec,
               .most = moe_most_kept (spec->k_rule, spec->topk, E),
               .chunk_tokens = chunk_tokens (spec) };
  if (!price_bytes (spec, &prices) || !moe_k_rule_bytes (spec, &all)
      || !moe_size_mul4 (w->chunk_tokens, E, sizeof (float), 1, &chunk))
    return false;
  w->logits = moe_logits_new (spec);
  w->chunk = malloc (chunk);
  w->id = malloc (T * w->most * sizeof *w->id);
  w->logit = malloc (T * w->most * sizeof *w->logit);
  w->kept = calloc (T, sizeof *w->kept);
  w->best = malloc (T * sizeof *w->best);
  w->price = malloc (prices);
  w->is_top = rounds ? calloc (T * E, sizeof *w->is_top) : NULL;
  return w->logits != NULL && w->chunk != NULL && w->id != NULL && w->logit != NULL
         && w->kept != NULL && w->best != NULL && w->price != NULL
         && (!rounds || w->is_top != NULL);
}

/* --- rules by token --- */

/* Sum of e^(logit - largest) over all experts, in their order. */
static double
sum_of (const float *logit, size_t experts, double largest)
{
  double sum = 0;
  for (size_t e = 0; e < experts; e++)
    sum += moe_exact_exp ((double)logit[e] - largest);
  return sum;
}

/* top_p takes an expert while the better ones have less than p of the mass: the less is left of it,
 * the dearer.  What is left is summed from the small end, since 1 - p may be tiny. */
static void
price_by_mass (const float *all, size_t experts, const float *logit, size_t most, float *price)
{
  double sum = sum_of (all, experts, logit[0]), chosen = 0;
  for (size_t j = 0; j < most; j++)
    chosen += moe_exact_exp ((double)logit[j] - (double)logit[0]);
  double left = most < experts ? fmax (0, sum - chosen) : 0;
  for (size_t j = most; j-- > 0;)
    {
      left += moe_exact_exp ((double)logit[j] - (double)logit[0]);
      price[j] = (float)(-left / sum);
    }
  price[0] = -1.0f;
}

/* min_p takes an expert whose probability is at least p times the best one's. */
static void
price_by_ratio (const float *logit, size_t most, float *price)
{
  for (size_t j = 0; j < most; j++)
    price[j] = (float)((double)logit[0] - (double)logit[j]);
}

/* entropy takes c e^H experts, rounded; H is the entropy of the token's probabilities and e^H the
 * number of experts that it is as if they were equal. */
static void
price_by_entropy (const float *all, size_t experts, double largest, size_t most, float *price)
{
  double sum = 0, lead = 0;
  for (size_t e = 0; e < experts; e++)
    {
      double part = moe_exact_exp ((double)all[e] - largest);
      sum += part;
      lead += part * ((double)all[e] - largest);
    }
  /* e^H = sum e^(-lead / sum), and lead is not above 0 */
  double fewer = moe_exact_exp (lead / sum) / sum;
  for (size_t j = 0; j < most; j++)
    price[j] = (float)(((double)j + 0.5) * fewer);
}

static void
price_token (Work *w, const float *all, size_t token)
{
  const size_t E = w->spec->experts, most = w->most;
  float *logit = w->logit + token * most, *price = w->price + token * most;
  moe_top_select (all, E, most, logit, w->id + token * most);
  w->best[token] = w->id[token * most];
  if (w->spec->k_rule == MOE_K_RULE_TOP_P)
    price_by_mass (all, E, logit, most, price);
  else if (w->spec->k_rule == MOE_K_RULE_MIN_P)
    price_by_ratio (logit, most, price);
  else
    price_by_entropy (all, E, logit[0], most, price);
}

/* A token's prices rise, so that it keeps its first candidates. */
static void
keep_cheapest (Work *w)
{
  const size_t T = w->spec->tokens, most = w->most;
  MoeLeast least = moe_least_find (w->price, T * most, moe_k_rule_rows (w->spec));
  for (size_t t = 0; t < T; t++)
    for (size_t j = 0; j < most; j++)
      w->kept[t] += moe_least_takes (&least, w->price[t * most + j]);
}

/* --- rules by expert --- */

/* What a token's probability of an expert is below 1, as a logarithm: the most probable is the
 * cheapest, and none is lost to rounding. */
static void
price_for_experts (Work *w, const float *all, size_t token)
{
  const size_t T = w->spec->tokens, E = w->spec->experts;
  size_t best = 0;
  for (size_t e = 1; e < E; e++)
    if (all[e] > all[best])
      best = e;
  double log_sum = (double)all[best] + moe_exact_ln (sum_of (all, E, all[best]));
  for (size_t e = 0; e < E; e++)
    w->price[e * T + token] = (float)(log_sum - (double)all[e]);
  w->best[token] = (int32_t)best;
}

static void
note_top (Work *w, const float *all, size_t token)
{
  const size_t T = w->spec->tokens, k = w->spec->topk;
  float *logit = w->logit + token * w->most;
  int32_t *id = w->id + token * w->most;
  moe_top_select (all, w->spec->experts, k, logit, id);
  for (size_t j = 0; j < k; j++)
    w->is_top[(size_t)id[j] * T + token] = 1;
}

/* An expert takes its `rows` cheapest tokens among those that `open` (NULL: all) says 1 of, and
 * that have room.  Returns how many it took. */
static size_t
take_tokens (Work *w, size_t expert, const uint8_t *open, float *price, size_t rows)
{
  const size_t T = w->spec->tokens, most = w->most;
  const float *own = w->price + expert * T;
  size_t taken = 0, sold = 0;
  for (size_t t = 0; t < T; t++)
    {
      bool for_sale = (open == NULL || open[t] == 1) && w->kept[t] < most;
      price[t] = for_sale ? own[t] : NEVER;
      sold += for_sale;
    }
  rows = moe_size_min (rows, sold);
  if (rows == 0)
    return 0;
  MoeLeast least = moe_least_find (price, T, rows);
  for (size_t t = 0; t < T; t++)
    if (isfinite (price[t]) && moe_least_takes (&least, price[t]))
      {
        w->id[t * most + w->kept[t]++] = (int32_t)expert;
        taken++;
      }
  return taken;
}

/* Rows of each expert are as equal as they can be. */
static void
choose_by_experts (Work *w, float *scratch)
{
  const size_t E = w->spec->experts, rows = moe_k_rule_rows (w->spec);
  for (size_t e = 0; e < E; e++)
    take_tokens (w, e, NULL, scratch, rows / E + (e < rows % E));
}

/* The nearest whole number of tiles to s times an expert's rows, at most those of all tokens.
 * Experts without rows come last. */
static size_t
tiles_at (const MoeRoutingSpec *spec, size_t rows, double s)
{
  const size_t most = spec->tokens / spec->tile;
  double tiles = floor (s * ((double)rows + 1e-9) / (double)spec->tile + 0.5);
  return tiles < (double)most ? (size_t)tiles : most;
}

static size_t
all_tiles (const MoeRoutingSpec *spec, const size_t *rows, double s)
{
  size_t tiles = 0;
  for (size_t e = 0; e < spec->experts; e++)
    tiles += tiles_at (spec, rows[e], s);
  return tiles;
}

/* Finds the s at which experts have as many tiles together as are wanted; of those that get one
 * more at the same s, the first do. */
static void
share_tiles (const MoeRoutingSpec *spec, const size_t *rows, size_t *tiles)
{
  const size_t wanted = wanted_tiles (spec);
  double low = 0, high = 1e18;
  for (double middle = 0.5 * high; middle > low && middle < high; middle = 0.5 * (low + high))
    if (all_tiles (spec, rows, middle) < wanted)
      low = middle;
    else
      high = middle;
  size_t left = wanted - all_tiles (spec, rows, low);
  for (size_t e = 0; e < spec->experts; e++)
    {
      size_t sure = tiles_at (spec, rows[e], low);
      size_t more = moe_size_min (left, tiles_at (spec, rows[e], high) - sure);
      tiles[e] = sure + more;
      left -= more;
    }
}

/* First the tokens whose top-k has the expert, then others. */
static void
round_tokens (Work *w, size_t *rows, size_t *tiles, float *scratch)
{
  const size_t T = w->spec->tokens, E = w->spec->experts;
  for (size_t e = 0; e < E; e++)
    for (size_t t = 0; t < T; t++)
      rows[e] += w->is_top[e * T + t];
  share_tiles (w->spec, rows, tiles);
  for (size_t e = 0; e < E; e++)
    {
      uint8_t *top = w->is_top + e * T;
      size_t wanted = tiles[e] * w->spec->tile;
      size_t taken = take_tokens (w, e, top, scratch, wanted);
      for (size_t t = 0; t < T; t++)
        top[t] = !top[t];
      take_tokens (w, e, top, scratch, wanted - taken);
    }
}

/* A token's experts, which came in their own order, become best first. */
static void
sort_token (Work *w, const float *all, size_t token)
{
  int32_t *id = w->id + token * w->most;
  float *logit = w->logit + token * w->most;
  for (size_t n = 0; n < w->kept[token]; n++)
    {
      int32_t expert = id[n];
      size_t place = n;
      for (; place > 0 && all[expert] > logit[place - 1]; place--)
        {
          logit[place] = logit[place - 1];
          id[place] = id[place - 1];
        }
      logit[place] = all[expert];
      id[place] = expert;
    }
}

/* --- all tokens --- */

static void
for_tokens (Work *w, void (*visit) (Work *w, const float *all, size_t token))
{
  const size_t T = w->spec->tokens;
  for (size_t first = 0; first < T; first += w->chunk_tokens)
    {
      size_t n = moe_size_min (w->chunk_tokens, T - first);
      moe_logits_make (w->logits, first, n, w->chunk);
      for (size_t t = 0; t < n; t++)
        visit (w, w->chunk + t * w->spec->experts, first + t);
    }
}

static bool
choose_for_experts (Work *w)
{
  const size_t T = w->spec->tokens, E = w->spec->experts;
  float *scratch = malloc (T * sizeof *scratch);
  size_t *counts = calloc (2 * E, sizeof *counts);
  bool good = scratch != NULL && counts != NULL;
  if (good)
    {
      for_tokens (w, price_for_experts);
      if (w->is_top != NULL)
        {
          for_tokens (w, note_top);
          round_tokens (w, counts, counts + E, scratch);
        }
      else
        choose_by_experts (w, scratch);
      for_tokens (w, sort_token);
    }
  free (counts);
  free (scratch);
  return good;
}

static bool
choose (Work *w)
{
  if (is_by_expert (w->spec->k_rule))
    return choose_for_experts (w);
  for_tokens (w, price_token);
  keep_cheapest (w);
  return true;
}

/* --- the routing --- */

static void
count_kept (const Work *w, size_t *rows, size_t *widest)
{
  *rows = 0;
  *widest = 1;
  for (size_t t = 0; t < w->spec->tokens; t++)
    {
      *rows += w->kept[t];
      *widest = moe_size_max (*widest, w->kept[t]);
    }
}

/* Slots that hold no expert get an id that none of their token has, and a logit that decides
 * nothing. */
static void
fill_slots (const Work *w, MoeRouting *made)
{
  const size_t k = made->topk;
  for (size_t t = 0; t < made->tokens; t++)
    for (size_t j = 0; j < k; j++)
      {
        bool real = j < w->kept[t];
        made->topk_idx[t * k + j] = real ? w->id[t * w->most + j] : (int32_t)(made->experts + j);
        made->topk_weights[t * k + j] =
            w->kept[t] > 0 ? w->logit[t * w->most + (real ? j : 0)] : 0.0f;
      }
}

/* Runs are those of the best experts, whether tokens keep them or not. */
static bool
measure_runs (const Work *w, MoeRouting *made)
{
  MoeRouting best = { .tokens = made->tokens, .topk = 1, .topk_idx = w->best };
  if (!moe_routing_measure_runs (&best))
    return false;
  made->run_lengths = best.run_lengths;
  return true;
}

static bool
make_routing (const Work *w, MoeRouting *made)
{
  const MoeRoutingSpec *spec = w->spec;
  const size_t asked = spec->tokens * spec->topk;
  size_t rows, widest;
  count_kept (w, &rows, &widest);
  *made = (MoeRouting){
    .tokens = spec->tokens,
    .experts = spec->experts,
    .topk = widest,
    .topk_idx = malloc (spec->tokens * widest * sizeof (int32_t)),
    .topk_weights = malloc (spec->tokens * widest * sizeof (float)),
    .real_assignments = rows,
    .null_assignments = asked - rows,
    .null_realized = (double)(asked - rows) / (double)asked,
  };
  if (made->topk_idx == NULL || made->topk_weights == NULL || !measure_runs (w, made))
    return false;
  fill_slots (w, made);
  moe_logits_weigh (made, NULL, true);
  return true;
}

MoeStatus
moe_k_rule_sample (const MoeRoutingSpec *spec, MoeRouting *routing, MoeError *error)
{
  Work w;
  MoeRouting made = { 0 };
  bool good = prepare_work (spec, &w) && choose (&w) && make_routing (&w, &made);
  clear_work (&w);
  if (!good)
    {
      moe_routing_clear (&made);
      return moe_error_set (error, MOE_ERROR_MEMORY,
                            "There is not enough memory for the routing of %zu tokens by --k-rule "
                            "%s.",
                            spec->tokens, name_of (spec));
    }
  *routing = made;
  return MOE_OK;
}
