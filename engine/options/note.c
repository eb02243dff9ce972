/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about values that change nothing beside the others. */
#include "engine/options/options.h"

#include "engine/base/words.h"
#include "engine/draw/k-rules.h"
#include "engine/threads/team.h"

#include <stdio.h>
#include <string.h>

static bool
prequeues_backward (const MoeOptions *o)
{
  return moe_options_ask (o, MOE_CHOICE_QUEUE_MODE, MOE_QUEUE_MODE_PREQUEUE)
         && o->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD_BACKWARD;
}

static bool
has_no_nulls (const MoeOptions *o)
{
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n = moe_options_fractions (o, fractions);
  return fractions[n - 1] == 0.0
         && !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_TRACE);
}

static bool
has_shards (const MoeOptions *o)
{
  return o->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_EP;
}

/* Of those that there are. */
static bool
has_one_shard (const MoeOptions *o)
{
  size_t threads = o->threads > 0 ? o->threads : moe_team_default_size ();
  return has_shards (o) && o->ranks == 0 && moe_options_shards (o, threads) == 1;
}

/* An exchange in which more than one shard could take part is chosen, or not, by its path. */
static bool
has_nothing_to_exchange (const MoeOptions *o)
{
  MoeOptions usual = *o;
  usual.choice[MOE_CHOICE_EP_COMM_PATH] = MOE_EP_COMPACT_PSUM;
  return !has_shards (o) || (has_one_shard (o) && has_one_shard (&usual));
}

static bool
has_one_slot (const MoeOptions *o)
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  size_t n = moe_options_topks (o, topks);
  return n == 1 && topks[0] == 1;
}

/* Where all logits of a token are equal, its null logit is above all or none of them. */
static bool
has_all_or_none (const MoeOptions *o)
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  size_t n = moe_options_topks (o, topks);
  if (o->choice[MOE_CHOICE_DISTRIBUTION] != 1u << MOE_DISTRIBUTION_BALANCED
      || o->choice[MOE_CHOICE_NULL_MODE] != MOE_NULL_MODE_ROUTER)
    return false;
  for (size_t i = 0; i < n; i++)
    if (o->null_experts > 0 && o->null_experts < topks[i])
      return false;
  return true;
}

static bool
has_null_tokens (const MoeOptions *o)
{
  return o->choice[MOE_CHOICE_NULL_GRANULARITY] == MOE_NULL_GRANULARITY_TOKEN;
}

static bool
keeps_null_weights (const MoeOptions *o)
{
  return moe_weighs_nulls (o->choice);
}

static bool
has_k_rule (const MoeOptions *o)
{
  return o->choice[MOE_CHOICE_K_RULE] != MOE_K_RULE_FIXED;
}

/* By whatever rule each token takes one expert, or all. */
static bool
has_idle_rule (const MoeOptions *o)
{
  size_t topks[MOE_OPTIONS_MAX_LIST], tokens[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  const size_t n_topks = moe_options_topks (o, topks), n_tokens = moe_options_batches (o, tokens);
  const size_t n_fractions = moe_options_fractions (o, fractions);
  bool idle = has_k_rule (o);
  for (size_t i = 0; idle && i < n_tokens; i++)
    for (size_t k = 0; idle && k < n_topks; k++)
      for (size_t f = 0; idle && f < n_fractions; f++)
        {
          MoeOptions batch = moe_options_of_batch (o, tokens[i]);
          MoeRoutingSpec spec = moe_options_rule_spec (&batch, topks[k], fractions[f]);
          idle = moe_k_rule_is_idle (&spec);
        }
  return idle;
}

static bool
has_zero_anyway (const MoeOptions *o)
{
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  MoeOptions others = *o;
  others.baseline = false;
  moe_options_fractions (&others, fractions);
  return fractions[0] == 0.0;
}

static bool
lacks (const MoeOptions *o, MoeNeeds needs)
{
  switch (needs)
    {
    case MOE_NEEDS_AUTODIFF:
      return true;
    case MOE_NEEDS_FORWARD:
      return prequeues_backward (o);
    case MOE_NEEDS_CAPACITY:
      return o->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE;
    case MOE_NEEDS_RUNS:
      return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_RUNS);
    case MOE_NEEDS_ZIPF:
      return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_ZIPF);
    case MOE_NEEDS_HOT:
      return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_HOT);
    case MOE_NEEDS_SHARED_EXPERT:
      return o->shape.shared_dim == 0;
    case MOE_NEEDS_SHARDS:
      return !has_shards (o);
    case MOE_NEEDS_TWO_SHARDS:
      return has_one_shard (o);
    case MOE_NEEDS_EXCHANGE:
      return has_nothing_to_exchange (o);
    case MOE_NEEDS_CHOICE:
      return has_idle_rule (o);
    case MOE_NEEDS_ROUNDING:
      return o->choice[MOE_CHOICE_K_RULE] != MOE_K_RULE_TOKEN_ROUNDING;
    case MOE_NEEDS_NO_RULE:
      return has_k_rule (o);
    case MOE_NEEDS_NULLS:
      return has_no_nulls (o) || has_k_rule (o);
    case MOE_NEEDS_NULL_MODES:
      return has_no_nulls (o) || has_k_rule (o) || has_null_tokens (o)
             || (has_one_slot (o)
                 && o->choice[MOE_CHOICE_NULL_MODE] == MOE_NULL_MODE_TAKE_UNTIL_NULL);
    case MOE_NEEDS_NULL_SLOTS:
      return has_no_nulls (o) || has_k_rule (o) || keeps_null_weights (o) || has_null_tokens (o)
             || has_one_slot (o) || has_all_or_none (o);
    case MOE_NEEDS_NULL_TOKENS:
      return has_no_nulls (o) || has_k_rule (o) || !has_null_tokens (o);
    case MOE_NEEDS_SLOTS:
      return has_null_tokens (o);
    case MOE_NEEDS_DROPPED_WEIGHTS:
      return keeps_null_weights (o);
    case MOE_NEEDS_UNEVEN:
      return has_all_or_none (o);
    case MOE_NEEDS_NUMBER:
      return o->until_settled;
    case MOE_NEEDS_SETTLED:
      return !o->until_settled;
    case MOE_NEEDS_RATIO:
      return !o->until_settled || (has_no_nulls (o) && !o->beside_another);
    case MOE_NEEDS_NO_SHARDS:
      return o->ranks == 0 && o->threads > 0 && moe_options_shards (o, 1) > o->threads;
    case MOE_NEEDS_NO_TOPKS:
      return o->topk_list.n > 0 || moe_options_reads_file (o);
    case MOE_NEEDS_FILE:
      return !moe_options_reads_file (o);
    case MOE_NEEDS_LOADS:
      return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_LOADS);
    case MOE_NEEDS_TRACE:
      return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_TRACE);
    case MOE_NEEDS_NO_FILE:
      return moe_options_reads_file (o);
    case MOE_NEEDS_NO_BATCHES:
      return o->tokens_list.n > 0 || moe_options_reads_file (o);
    case MOE_NEEDS_NO_FRACTIONS:
      return o->null_route_frac_list.n > 0 || o->null_route_sweep;
    case MOE_NEEDS_NO_LIST:
      return o->null_route_frac_list.n > 0;
    case MOE_NEEDS_NO_ZERO:
      return has_zero_anyway (o);
    case MOE_NEEDS_NOTHING:
    case MOE_NEEDS_BACKWARD:
    case MOE_N_NEEDS:
      break;
    }
  return false;
}

static const char *const reasons[MOE_N_NEEDS] = {
  [MOE_NEEDS_AUTODIFF] =
      MOE_WORDS ("the backward here is written by hand and has no autodiff variant"),
  [MOE_NEEDS_FORWARD] =
      MOE_WORDS ("prequeue is for --bench-pass forward only, so only full is measured"),
  [MOE_NEEDS_CAPACITY] = MOE_WORDS ("--capacity-policy is none"),
  [MOE_NEEDS_RUNS] = MOE_WORDS ("--distribution does not include runs"),
  [MOE_NEEDS_ZIPF] = MOE_WORDS ("--distribution does not include zipf"),
  [MOE_NEEDS_HOT] = MOE_WORDS ("--distribution does not include hot"),
  [MOE_NEEDS_CHOICE] = MOE_WORDS ("every token takes one expert, or all, by any rule"),
  [MOE_NEEDS_ROUNDING] = MOE_WORDS ("--k-rule is not token_rounding"),
  [MOE_NEEDS_NO_RULE] =
      MOE_WORDS ("--k-rule says how many experts tokens take, and no slot is null"),
  [MOE_NEEDS_SHARED_EXPERT] = MOE_WORDS ("--shared-expert-dim is 0"),
  [MOE_NEEDS_SHARDS] = MOE_WORDS ("--parallel-mode is none"),
  [MOE_NEEDS_TWO_SHARDS] = MOE_WORDS ("there is only one shard"),
  [MOE_NEEDS_NULLS] = MOE_WORDS ("no null fraction above 0 is measured"),
  [MOE_NEEDS_NULL_MODES] = MOE_WORDS ("with top-1 it is the same as independent"),
  [MOE_NEEDS_NULL_SLOTS] = MOE_WORDS ("with top-1 the weight of a slot is 1"),
  [MOE_NEEDS_NULL_TOKENS] = MOE_WORDS ("--null-granularity is slot"),
  [MOE_NEEDS_SLOTS] = MOE_WORDS ("--null-granularity is token"),
  [MOE_NEEDS_DROPPED_WEIGHTS] =
      MOE_WORDS ("null slots keep their weights with this --null-kind, and all "
                 "of a token's add up to 1"),
  [MOE_NEEDS_UNEVEN] = MOE_WORDS ("a token's slots are all null or none of them, as --distribution "
                                  "balanced has equal logits"),
  [MOE_NEEDS_NUMBER] = MOE_WORDS ("--until-settled takes as many samples as it needs"),
  [MOE_NEEDS_SETTLED] = MOE_WORDS ("--until-settled is not given"),
  [MOE_NEEDS_NO_SHARDS] = MOE_WORDS ("each of the --ep-size shards takes a thread of its own"),
  [MOE_NEEDS_NO_TOPKS] = MOE_WORDS ("--topk-list wins"),
  [MOE_NEEDS_FILE] = MOE_WORDS ("--distribution includes neither loads nor trace"),
  [MOE_NEEDS_LOADS] = MOE_WORDS ("--distribution does not include loads"),
  [MOE_NEEDS_TRACE] = MOE_WORDS ("--distribution does not include trace"),
  [MOE_NEEDS_NO_FILE] = MOE_WORDS ("the file of --distribution has its own"),
  [MOE_NEEDS_NO_BATCHES] = MOE_WORDS ("--tokens-list wins"),
  [MOE_NEEDS_NO_FRACTIONS] = MOE_WORDS ("--null-route-sweep wins"),
  [MOE_NEEDS_NO_LIST] = MOE_WORDS ("--null-route-frac-list wins"),
  [MOE_NEEDS_NO_ZERO] = MOE_WORDS ("fraction 0 is measured without it"),
};

static bool
is_about_nulls (MoeNeeds needs)
{
  return needs == MOE_NEEDS_NULLS || needs == MOE_NEEDS_NULL_MODES || needs == MOE_NEEDS_NULL_SLOTS
         || needs == MOE_NEEDS_SLOTS || needs == MOE_NEEDS_NULL_TOKENS || needs == MOE_NEEDS_UNEVEN
         || needs == MOE_NEEDS_DROPPED_WEIGHTS;
}

static const char *
reason (const MoeOptions *options, MoeNeeds needs)
{
  if ((needs == MOE_NEEDS_NO_BATCHES || needs == MOE_NEEDS_NO_TOPKS)
      && moe_options_reads_file (options))
    needs = MOE_NEEDS_NO_FILE;
  if (needs == MOE_NEEDS_RATIO)
    needs = options->until_settled ? MOE_NEEDS_NULLS : MOE_NEEDS_SETTLED;
  if (needs == MOE_NEEDS_NULL_SLOTS && has_all_or_none (options) && !has_no_nulls (options)
      && !has_one_slot (options))
    needs = MOE_NEEDS_UNEVEN;
  if ((needs == MOE_NEEDS_NULL_MODES || needs == MOE_NEEDS_NULL_SLOTS) && has_null_tokens (options))
    needs = MOE_NEEDS_SLOTS;
  if (needs == MOE_NEEDS_NULL_SLOTS && keeps_null_weights (options))
    needs = MOE_NEEDS_DROPPED_WEIGHTS;
  if (needs == MOE_NEEDS_EXCHANGE)
    needs = has_shards (options) ? MOE_NEEDS_TWO_SHARDS : MOE_NEEDS_SHARDS;
  if (needs == MOE_NEEDS_NO_FRACTIONS && options->null_route_frac_list.n > 0)
    needs = MOE_NEEDS_NO_LIST;
  if ((needs == MOE_NEEDS_NULL_MODES || needs == MOE_NEEDS_NULL_SLOTS || needs == MOE_NEEDS_SLOTS
       || needs == MOE_NEEDS_NULL_TOKENS || needs == MOE_NEEDS_DROPPED_WEIGHTS)
      && has_no_nulls (options))
    needs = MOE_NEEDS_NULLS;
  if (is_about_nulls (needs) && has_k_rule (options) && !has_no_nulls (options))
    needs = MOE_NEEDS_NO_RULE;
  return moe_words (reasons[needs]);
}

enum
{
  VALUE_SIZE = 128
};

/* A default nobody need have chosen. */
static bool
is_default (const MoeOptions *options, const MoeOptionSpec *spec)
{
  MoeOptions defaults;
  char usual[VALUE_SIZE], value[VALUE_SIZE];
  moe_options_init (&defaults);
  moe_options_format (&defaults, spec, usual, sizeof usual);
  moe_options_format (options, spec, value, sizeof value);
  return strcmp (value, usual) == 0;
}

const char *
moe_options_unneeded (const MoeOptions *options, const MoeOptionSpec *spec)
{
  return lacks (options, spec->needs) ? reason (options, spec->needs) : NULL;
}

const char *
moe_options_idle (const MoeOptions *options, const MoeOptionSpec *spec)
{
  if (!lacks (options, spec->needs) || is_default (options, spec))
    return NULL;
  return reason (options, spec->needs);
}

/* It does something else than its name promises. */
static bool
only_saves_memory (const MoeOptions *options, const MoeOptionSpec *spec)
{
  return spec->needs == MOE_NEEDS_BACKWARD && !is_default (options, spec)
         && options->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD;
}

static bool
moves_tokens (const MoeOptions *options)
{
  return options->choice[MOE_CHOICE_K_RULE] == MOE_K_RULE_TOKEN_ROUNDING;
}

bool
moe_options_note (const MoeOptions *options, const MoeOptionSpec *spec, char *text, size_t size)
{
  char value[VALUE_SIZE];
  bool flag = spec->kind == MOE_OPTION_FLAG;
  moe_options_format (options, spec, value, sizeof value);
  if (only_saves_memory (options, spec))
    {
      snprintf (text, size,
                moe_words ("--%s %s recomputes nothing, since --bench-pass is forward: it only "
                           "saves memory, as experts are worked on in waves."),
                spec->name, value);
      return true;
    }
  if (spec->needs == MOE_NEEDS_CHOICE && moves_tokens (options) && !lacks (options, spec->needs))
    {
      snprintf (text, size,
                moe_words ("--%s %s changes the function that is computed: tokens lose experts, or "
                           "get others, so that rows fill tiles."),
                spec->name, value);
      return true;
    }
  if (!lacks (options, spec->needs))
    return false;
  snprintf (text, size, moe_words ("--%s%s%s changes nothing: %s."), spec->name, flag ? "" : " ",
            flag ? "" : value, reason (options, spec->needs));
  return true;
}
