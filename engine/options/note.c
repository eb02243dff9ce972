/* SPDX-License-Identifier: Apache-2.0 */
/* What is said about values that change nothing beside the others. */
#include "engine/options/options.h"

#include "engine/base/words.h"
#include "engine/draw/k-rules.h"
#include "engine/options/sweep-axis.h"
#include "engine/threads/team.h"

#include <stdio.h>

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
  size_t topks[MOE_OPTIONS_MAX_LIST], sizes[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  const size_t n_topks = moe_options_topks (o, topks), n_sizes = moe_options_sizes (o, sizes);
  const size_t n_fractions = moe_options_fractions (o, fractions);
  bool idle = has_k_rule (o);
  for (size_t i = 0; idle && i < n_sizes; i++)
    for (size_t k = 0; idle && k < n_topks; k++)
      for (size_t f = 0; idle && f < n_fractions; f++)
        {
          MoeOptions one = moe_options_of_size (o, sizes[i]);
          MoeRoutingSpec spec = moe_options_rule_spec (&one, topks[k], fractions[f]);
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
has_no_capacity (const MoeOptions *o)
{
  return o->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE;
}

static bool
has_no_runs (const MoeOptions *o)
{
  return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_RUNS);
}

static bool
has_no_zipf (const MoeOptions *o)
{
  return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_ZIPF);
}

static bool
has_no_hot (const MoeOptions *o)
{
  return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_HOT);
}

static bool
has_no_loads (const MoeOptions *o)
{
  return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_LOADS);
}

static bool
has_no_trace (const MoeOptions *o)
{
  return !moe_options_ask (o, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_TRACE);
}

static bool
has_no_file (const MoeOptions *o)
{
  return !moe_options_reads_file (o);
}

static bool
has_no_rounding (const MoeOptions *o)
{
  return o->choice[MOE_CHOICE_K_RULE] != MOE_K_RULE_TOKEN_ROUNDING;
}

static bool
has_no_shared_expert (const MoeOptions *o)
{
  return o->shape.shared_dim == 0;
}

static bool
has_no_shards (const MoeOptions *o)
{
  return !has_shards (o);
}

static bool
has_null_slots (const MoeOptions *o)
{
  return !has_null_tokens (o);
}

static bool
has_equal_modes (const MoeOptions *o)
{
  return has_one_slot (o) && o->choice[MOE_CHOICE_NULL_MODE] == MOE_NULL_MODE_TAKE_UNTIL_NULL;
}

static bool
has_several_all_or_none (const MoeOptions *o)
{
  return has_all_or_none (o) && !has_one_slot (o);
}

static bool
is_settled_alone (const MoeOptions *o)
{
  return has_no_nulls (o) && !o->beside_another;
}

static bool
takes_what_it_needs (const MoeOptions *o)
{
  return o->until_settled;
}

static bool
takes_a_number (const MoeOptions *o)
{
  return !o->until_settled;
}

static bool
has_threads_by_shards (const MoeOptions *o)
{
  return o->ranks == 0 && o->threads > 0 && moe_options_shards (o, 1) > o->threads;
}

static bool
has_topk_list (const MoeOptions *o)
{
  return o->topk_list.n > 0;
}

static bool
has_tokens_list (const MoeOptions *o)
{
  return moe_options_list_along (o, MOE_SWEEP_TOKENS)->n > 0;
}

/* That of a file leaves the list without effect. */
static bool
has_experts_list (const MoeOptions *o)
{
  return moe_options_list_along (o, MOE_SWEEP_EXPERTS)->n > 0 && has_no_file (o);
}

static bool
has_fraction_list (const MoeOptions *o)
{
  return o->null_route_frac_list.n > 0;
}

static bool
has_fraction_sweep (const MoeOptions *o)
{
  return o->null_route_sweep;
}

static bool
always (const MoeOptions *o)
{
  return true;
}

#define BIT(needs)  (UINT64_C (1) << (needs))
#define ABOUT_NULLS (BIT (MOE_NEEDS_NULLS) | ABOUT_SOME_NULLS)
#define ABOUT_SOME_NULLS                                                                           \
  (BIT (MOE_NEEDS_NULL_MODES) | BIT (MOE_NEEDS_NULL_SLOTS) | BIT (MOE_NEEDS_NULL_TOKENS))
#define ABOUT_SLOTS (BIT (MOE_NEEDS_NULL_MODES) | BIT (MOE_NEEDS_NULL_SLOTS))

/* What keeps a value from changing anything, by what it needs; of several causes the first is told.
 */
static const struct
{
  uint64_t needs; /* a bit for each */
  bool (*holds) (const MoeOptions *o);
  const char *why;
} causes[] = {
  { BIT (MOE_NEEDS_AUTODIFF), always,
    MOE_WORDS ("the backward here is written by hand and has no autodiff variant") },
  { BIT (MOE_NEEDS_FORWARD), prequeues_backward,
    MOE_WORDS ("prequeue is for --bench-pass forward only, so only full is measured") },
  { BIT (MOE_NEEDS_CAPACITY), has_no_capacity, MOE_WORDS ("--capacity-policy is none") },
  { BIT (MOE_NEEDS_RUNS), has_no_runs, MOE_WORDS ("--distribution does not include runs") },
  { BIT (MOE_NEEDS_ZIPF), has_no_zipf, MOE_WORDS ("--distribution does not include zipf") },
  { BIT (MOE_NEEDS_HOT), has_no_hot, MOE_WORDS ("--distribution does not include hot") },
  { BIT (MOE_NEEDS_FILE), has_no_file,
    MOE_WORDS ("--distribution includes neither loads nor trace") },
  { BIT (MOE_NEEDS_LOADS), has_no_loads, MOE_WORDS ("--distribution does not include loads") },
  { BIT (MOE_NEEDS_TRACE), has_no_trace, MOE_WORDS ("--distribution does not include trace") },
  { BIT (MOE_NEEDS_CHOICE), has_idle_rule,
    MOE_WORDS ("every token takes one expert, or all, by any rule") },
  { BIT (MOE_NEEDS_ROUNDING), has_no_rounding, MOE_WORDS ("--k-rule is not token_rounding") },
  { BIT (MOE_NEEDS_SHARED_EXPERT), has_no_shared_expert, MOE_WORDS ("--shared-expert-dim is 0") },
  { BIT (MOE_NEEDS_SHARDS) | BIT (MOE_NEEDS_EXCHANGE), has_no_shards,
    MOE_WORDS ("--parallel-mode is none") },
  { BIT (MOE_NEEDS_TWO_SHARDS), has_one_shard, MOE_WORDS ("there is only one shard") },
  { BIT (MOE_NEEDS_EXCHANGE), has_nothing_to_exchange, MOE_WORDS ("there is only one shard") },

  { ABOUT_NULLS, has_no_nulls, MOE_WORDS ("no null fraction above 0 is measured") },
  { ABOUT_NULLS, has_k_rule,
    MOE_WORDS ("--k-rule says how many experts tokens take, and no slot is null") },
  { BIT (MOE_NEEDS_NULL_SLOTS), has_several_all_or_none,
    MOE_WORDS ("a token's slots are all null or none of them, as --distribution balanced has equal "
               "logits") },
  { ABOUT_SLOTS, has_null_tokens, MOE_WORDS ("--null-granularity is token") },
  { BIT (MOE_NEEDS_NULL_TOKENS), has_null_slots, MOE_WORDS ("--null-granularity is slot") },
  { BIT (MOE_NEEDS_NULL_MODES), has_equal_modes,
    MOE_WORDS ("with top-1 it is the same as independent") },
  { BIT (MOE_NEEDS_NULL_SLOTS), keeps_null_weights,
    MOE_WORDS (
        "null slots keep their weights with this --null-kind, and all of a token's add up to "
        "1") },
  { BIT (MOE_NEEDS_NULL_SLOTS), has_one_slot, MOE_WORDS ("with top-1 the weight of a slot is 1") },

  { BIT (MOE_NEEDS_NUMBER), takes_what_it_needs,
    MOE_WORDS ("--until-settled takes as many samples as it needs") },
  { BIT (MOE_NEEDS_SETTLED) | BIT (MOE_NEEDS_RATIO), takes_a_number,
    MOE_WORDS ("--until-settled is not given") },
  { BIT (MOE_NEEDS_RATIO), is_settled_alone, MOE_WORDS ("no null fraction above 0 is measured") },
  { BIT (MOE_NEEDS_NO_SHARDS), has_threads_by_shards,
    MOE_WORDS ("each of the --ep-size shards takes a thread of its own") },

  { BIT (MOE_NEEDS_NO_FILE) | BIT (MOE_NEEDS_NO_TOPKS) | BIT (MOE_NEEDS_NO_BATCHES),
    moe_options_reads_file, MOE_WORDS ("the file of --distribution has its own") },
  { BIT (MOE_NEEDS_NO_TOPKS), has_topk_list, MOE_WORDS ("--topk-list wins") },
  { BIT (MOE_NEEDS_NO_BATCHES), has_tokens_list, MOE_WORDS ("--tokens-list wins") },
  { BIT (MOE_NEEDS_NO_EXPERT_COUNTS), has_experts_list, MOE_WORDS ("--experts-list wins") },
  { BIT (MOE_NEEDS_NO_FRACTIONS) | BIT (MOE_NEEDS_NO_LIST), has_fraction_list,
    MOE_WORDS ("--null-route-frac-list wins") },
  { BIT (MOE_NEEDS_NO_FRACTIONS), has_fraction_sweep, MOE_WORDS ("--null-route-sweep wins") },
  { BIT (MOE_NEEDS_NO_ZERO), has_zero_anyway, MOE_WORDS ("fraction 0 is measured without it") },
};

_Static_assert(MOE_N_NEEDS <= 64, "every one has a bit");

/* NULL: nothing does. */
static const char *
cause_of (const MoeOptions *options, MoeNeeds needs)
{
  for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
    if ((causes[i].needs & BIT (needs)) != 0 && causes[i].holds (options))
      return moe_words (causes[i].why);
  return NULL;
}

/* A default nobody need have chosen. */
static bool
is_default (const MoeOptions *options, const MoeOptionSpec *spec)
{
  MoeOptions defaults;
  moe_options_init (&defaults);
  return moe_options_same (options, &defaults, spec);
}

const char *
moe_options_unneeded (const MoeOptions *options, const MoeOptionSpec *spec)
{
  return cause_of (options, spec->needs);
}

const char *
moe_options_idle (const MoeOptions *options, const MoeOptionSpec *spec)
{
  const char *cause = cause_of (options, spec->needs);
  return cause != NULL && !is_default (options, spec) ? cause : NULL;
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
  char value[MOE_OPTION_VALUE_SIZE];
  bool flag = spec->kind == MOE_OPTION_FLAG;
  const char *cause = cause_of (options, spec->needs);
  moe_options_format (options, spec, value, sizeof value);
  if (only_saves_memory (options, spec))
    {
      snprintf (text, size,
                moe_words ("--%s %s recomputes nothing, since --bench-pass is forward: it only "
                           "saves memory, as experts are worked on in waves."),
                spec->name, value);
      return true;
    }
  if (spec->needs == MOE_NEEDS_CHOICE && moves_tokens (options) && cause == NULL)
    {
      snprintf (text, size,
                moe_words ("--%s %s changes the function that is computed: tokens lose experts, or "
                           "get others, so that rows fill tiles."),
                spec->name, value);
      return true;
    }
  if (cause == NULL)
    return false;
  snprintf (text, size, moe_words ("--%s%s%s changes nothing: %s."), spec->name, flag ? "" : " ",
            flag ? "" : value, cause);
  return true;
}
