/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges and combinations. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/backends/backend.h"
#include "engine/base/size.h"
#include "engine/base/words.h"
#include "engine/draw/k-rules.h"
#include "engine/draw/laws.h"
#include "engine/moe/capacity.h"
#include "engine/options/number.h"
#include "engine/options/options.h"
#include "engine/options/sweep-axis.h"

enum
{
  NAMES_SIZE = 160,
  MAX_SHARDS = 1024,
  MAX_EXPERTS = 1 << 24 /* as --experts has it */
};

/* Assignments are numbered in 32 bits, with one number kept for "none". */
#define MAX_ASSIGNMENTS ((uint64_t)UINT32_MAX - 1)

size_t
moe_options_topks (const MoeOptions *options, size_t topks[MOE_OPTIONS_MAX_LIST])
{
  return moe_size_list_distinct (&options->topk_list, options->topk, topks);
}

bool
moe_options_reads_file (const MoeOptions *options)
{
  return moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_LOADS)
         || moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_TRACE);
}

static bool
names_file (const MoeOptions *options)
{
  return moe_options_reads_file (options) && options->file.path[0] != '\0';
}

static MoeGivenAsk
ask_of (const MoeOptions *options)
{
  const bool trace = moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_TRACE);
  return (MoeGivenAsk){
    .distribution = trace ? MOE_DISTRIBUTION_TRACE : MOE_DISTRIBUTION_LOADS,
    .path = options->file.path,
    .row = options->file.row,
    .layer = options->file.layer,
    .topk = options->topk,
  };
}

bool
moe_options_reads_quickly (const MoeOptions *options)
{
  const MoeGivenAsk ask = ask_of (options);
  return !names_file (options) || moe_given_is_quick (&ask);
}

MoeStatus
moe_options_read_file (const MoeOptions *options,
                       MoeOptions *resolved,
                       const MoeGiven **given,
                       MoeError *error)
{
  const MoeGivenAsk ask = ask_of (options);
  *resolved = *options;
  *given = NULL;
  if (!names_file (options))
    return MOE_OK;
  MoeStatus status = moe_given_open (&ask, given, error);
  if (status != MOE_OK)
    return status;
  resolved->shape.tokens = (*given)->tokens;
  resolved->topk = (*given)->topk;
  resolved->topk_list.n = 0;
  moe_options_clear_sizes (resolved);
  if (ask.distribution != MOE_DISTRIBUTION_TRACE || !options->file.keeps_experts)
    resolved->shape.experts = (*given)->experts;
  return MOE_OK;
}

/* The option that a number of tokens was given by. */
static const char *
tokens_option (const MoeOptions *options)
{
  return moe_options_size_option (options, MOE_SWEEP_TOKENS);
}

static size_t
insert_fraction (double *fractions, size_t n, double value)
{
  size_t at = n;
  while (at > 0 && fractions[at - 1] > value)
    at--;
  if (at > 0 && fractions[at - 1] == value)
    return n;
  memmove (fractions + at + 1, fractions + at, (n - at) * sizeof *fractions);
  fractions[at] = value;
  return n + 1;
}

size_t
moe_options_fractions (const MoeOptions *options, double fractions[MOE_OPTIONS_MAX_LIST + 1])
{
  const MoeFractionList *list = &options->null_route_frac_list;
  size_t n = 0;
  if (options->baseline)
    n = insert_fraction (fractions, n, 0.0);
  if (list->n > 0)
    for (size_t i = 0; i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
      n = insert_fraction (fractions, n, list->values[i]);
  else if (options->null_route_sweep)
    for (int tenths = 1; tenths <= 9; tenths++)
      n = insert_fraction (fractions, n, tenths / 10.0);
  else
    n = insert_fraction (fractions, n, options->null_route_frac);
  return n;
}

/* Weights that a step updates are not there to be packed before it. */
static MoeStatus
check_prepack (const MoeOptions *options, MoeError *error)
{
  if (!options->choice[MOE_CHOICE_PREPACK] || options->choice[MOE_CHOICE_PASS] == MOE_PASS_FORWARD)
    return MOE_OK;
  return moe_error_set_option (
      error, MOE_ERROR_INVALID, "prepack",
      "--prepack does not go with --bench-pass %s: training changes the weights in every step; "
      "allowed is --bench-pass forward.",
      moe_choice_name (MOE_CHOICE_PASS, options->choice[MOE_CHOICE_PASS]));
}

static MoeStatus
check_whole (const MoeOptionSpec *spec, uint64_t value, MoeError *error)
{
  if ((value >= spec->min && value <= spec->max) || (spec->every != NULL && value == SIZE_MAX))
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                               "--%s %" PRIu64 " is out of range: allowed is %" PRIu64
                               " to %" PRIu64 ".",
                               spec->name, value, spec->min, spec->max);
}

static MoeStatus
check_real (const MoeOptionSpec *spec, double value, MoeError *error)
{
  bool above = spec->high_open ? !(value < spec->high) : !(value <= spec->high);
  if (value >= spec->low && !above)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                               spec->high_open
                                   ? MOE_WORDS ("--%s %g is out of range: allowed is %g up to, but "
                                                "not including, %g.")
                                   : MOE_WORDS ("--%s %g is out of range: allowed is %g to %g."),
                               spec->name, value, spec->low, spec->high);
}

static MoeStatus
check_choice (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  unsigned choice = *((const uint8_t *)options + spec->offset);
  if (spec->kind == MOE_OPTION_CHOICE && choice >= spec->names->n)
    return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                                 "--%s %u is not one of its values: allowed is %s.", spec->name,
                                 choice, spec->value);
  if (spec->kind == MOE_OPTION_CHOICE_SET && (choice & ((1u << spec->names->n) - 1)) == 0)
    return moe_error_set_option (error, MOE_ERROR_INVALID, spec->name,
                                 "--%s has no value: allowed is %s.", spec->name, spec->value);
  return MOE_OK;
}

static MoeStatus
check_accelerator (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  size_t n, length = 0;
  char names[NAMES_SIZE] = "auto";
  if (strcmp (options->accelerator, "auto") == 0)
    return MOE_OK;
  const MoeBackend *const *backends = moe_backends (&n); /* opens libraries: only if it must */
  length = strlen (names);
  for (size_t i = 0; i < n && length < sizeof names; i++)
    {
      if (moe_backend_is_named (backends[i], options->accelerator))
        return MOE_OK;
      length += (size_t)snprintf (names + length, sizeof names - length, moe_words (" and %s"),
                                  backends[i]->name);
    }
  return moe_error_set_option (
      error, MOE_ERROR_UNSUPPORTED, "accelerator",
      "--accelerator %s: this build of Nullcurve has none of that name; it "
      "has %s.",
      options->accelerator, names);
}

static MoeStatus
check_size_list (const MoeSizeList *list, const MoeOptionSpec *spec, MoeError *error)
{
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
    status = check_whole (spec, list->values[i], error);
  return status;
}

static MoeStatus
check_fraction_list (const MoeFractionList *list, const MoeOptionSpec *spec, MoeError *error)
{
  MoeStatus status = MOE_OK;
  for (size_t i = 0; status == MOE_OK && i < list->n && i < MOE_OPTIONS_MAX_LIST; i++)
    status = check_real (spec, list->values[i], error);
  return status;
}

static MoeStatus
check_one (const MoeOptions *options, const MoeOptionSpec *spec, MoeError *error)
{
  const void *field = (const char *)options + spec->offset;
  switch (spec->kind)
    {
    case MOE_OPTION_SIZE:
      return check_whole (spec, *(const size_t *)field, error);
    case MOE_OPTION_REAL:
      return check_real (spec, *(const double *)field, error);
    case MOE_OPTION_CHOICE:
    case MOE_OPTION_CHOICE_SET:
      return check_choice (options, spec, error);
    case MOE_OPTION_SIZE_LIST:
      return check_size_list (field, spec, error);
    case MOE_OPTION_FRACTION_LIST:
      return check_fraction_list (field, spec, error);
    case MOE_OPTION_ACCELERATOR:
      return check_accelerator (options, spec, error);
    case MOE_OPTION_FLAG:
    case MOE_OPTION_SEED:
    case MOE_OPTION_FILE:
      break;
    }
  return MOE_OK;
}

static MoeStatus
check_topk (const MoeOptions *options, size_t topk, MoeError *error)
{
  const char *name = options->topk_list.n > 0 ? "topk-list" : "topk";
  uint64_t assignments = (uint64_t)options->shape.tokens * topk;
  if (topk > options->shape.experts)
    return moe_error_set_option (error, MOE_ERROR_INVALID, name,
                                 "--%s %zu is out of range: allowed is 1 to %zu, the number of "
                                 "experts.",
                                 name, topk, options->shape.experts);
  if (assignments > MAX_ASSIGNMENTS)
    return moe_error_set_option (error, MOE_ERROR_INVALID, tokens_option (options),
                                 "--%s %zu is out of range with --%s %zu, which makes %" PRIu64
                                 " assignments: allowed is up to %" PRIu64 " tokens.",
                                 tokens_option (options), options->shape.tokens, name, topk,
                                 assignments, MAX_ASSIGNMENTS / topk);
  return MOE_OK;
}

/* No token has an expert twice, so both kinds must have as many as its slots may ask for. */
static MoeStatus
check_hot (const MoeOptions *options, size_t topk, MoeError *error)
{
  const size_t experts = options->shape.experts, hot = options->hot_experts;
  if (!moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_HOT))
    return MOE_OK;
  if (!(options->hot_share > 0))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "hot-share",
                                 "--hot-share %g is out of range: allowed is above 0 and below 1.",
                                 options->hot_share);
  size_t hot_slots = moe_law_most_slots (topk, options->hot_share);
  size_t cold_slots = moe_law_most_slots (topk, 1.0 - options->hot_share);
  if (hot_slots + cold_slots > experts)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "hot-share",
                                 "--hot-share %g is out of range with top-%zu of %zu experts: a "
                                 "token may need %zu hot experts and %zu others; allowed is a "
                                 "share, a top-k or a number of experts with which there are as "
                                 "many.",
                                 options->hot_share, topk, experts, hot_slots, cold_slots);
  if (hot < hot_slots || hot > experts - cold_slots)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "hot-experts",
                                 "--hot-experts %zu is out of range: with top-%zu and --hot-share "
                                 "%g a token may need %zu hot experts and %zu others of the %zu; "
                                 "allowed is %zu to %zu.",
                                 hot, topk, options->hot_share, hot_slots, cold_slots, experts,
                                 hot_slots, experts - cold_slots);
  return MOE_OK;
}

MoeRoutingSpec
moe_options_rule_spec (const MoeOptions *options, size_t topk, double fraction)
{
  return (MoeRoutingSpec){
    .tokens = options->shape.tokens,
    .experts = options->shape.experts,
    .topk = topk,
    .k_rule = (MoeKRule)options->choice[MOE_CHOICE_K_RULE],
    .tile = moe_size_max (1, options->tile),
    .null_granularity = (MoeNullGranularity)options->choice[MOE_CHOICE_NULL_GRANULARITY],
    .null_target = fraction,
  };
}

/* A rule decides by logits, whatever draws them, and leaves no slot null. */
static MoeStatus
check_rule (const MoeOptions *options, size_t topk, double fraction, MoeError *error)
{
  MoeRoutingSpec spec = moe_options_rule_spec (options, topk, fraction);
  const size_t most = moe_most_kept (spec.k_rule, topk, spec.experts);
  MoeStatus status = MOE_OK;
  for (unsigned d = 0; status == MOE_OK && d < moe_choices[MOE_CHOICE_DISTRIBUTION].names.n; d++)
    {
      spec.distribution = (MoeDistribution)d;
      if (moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, d))
        status = moe_k_rule_check (&spec, error);
    }
  if (status == MOE_OK && spec.k_rule != MOE_K_RULE_FIXED && spec.tokens > MAX_ASSIGNMENTS / most)
    return moe_error_set_option (error, MOE_ERROR_INVALID, tokens_option (options),
                                 "--%s %zu is out of range with --k-rule %s, by which a token may "
                                 "take %zu experts: allowed is up to %" PRIu64 " tokens.",
                                 tokens_option (options), spec.tokens,
                                 moe_choice_name (MOE_CHOICE_K_RULE, (int)spec.k_rule), most,
                                 MAX_ASSIGNMENTS / most);
  return status;
}

/* What is done with null slots, of which there are none, or with the slots of a common k. */
static MoeStatus
check_beside_rule (const MoeOptions *options, MoeError *error)
{
  static const struct
  {
    MoeChoice choice;
    const char *why;
  } others[] = {
    { MOE_CHOICE_NULL_DISPATCH, MOE_WORDS ("leaves no slot null") },
    { MOE_CHOICE_NULL_KIND, MOE_WORDS ("leaves no slot null") },
    { MOE_CHOICE_CAPACITY_POLICY, MOE_WORDS ("says itself how many rows there are") },
    { MOE_CHOICE_PERMUTE_MODE, MOE_WORDS ("gives tokens no common k to be repeated by") },
  };
  const char *rule = moe_choice_name (MOE_CHOICE_K_RULE, options->choice[MOE_CHOICE_K_RULE]);
  if (options->choice[MOE_CHOICE_K_RULE] == MOE_K_RULE_FIXED)
    return MOE_OK;
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    {
      const MoeChoiceSpec *spec = &moe_choices[others[i].choice];
      if (options->choice[others[i].choice] != 0)
        return moe_error_set_option (
            error, MOE_ERROR_INVALID, spec->option,
            "--%s %s does not go with --k-rule %s, which %s: allowed is %s.", spec->option,
            moe_choice_name (others[i].choice, options->choice[others[i].choice]), rule,
            moe_words (others[i].why), moe_choice_name (others[i].choice, 0));
    }
  if (options->beside_independent)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "k-rule",
                                 "--k-rule %s does not go with --matrix modes, which compares ways "
                                 "to make slots null: allowed is fixed.",
                                 rule);
  return MOE_OK;
}

static const char *
fraction_option (const MoeOptions *options)
{
  if (options->null_route_frac_list.n > 0)
    return "null-route-frac-list";
  return options->null_route_sweep ? "null-route-sweep" : "null-route-frac";
}

/* The vectors of null experts must have a size, whatever else there is. */
static MoeStatus
check_null_vectors (const MoeOptions *options,
                    size_t null_experts,
                    const char *name,
                    MoeError *error)
{
  size_t bytes;
  if (options->choice[MOE_CHOICE_NULL_KIND] != MOE_NULL_KIND_CONSTANT
      || (moe_size_mul4 (null_experts, options->shape.hidden, 64, MAX_SHARDS, &bytes)
          && bytes < SIZE_MAX / 4))
    return MOE_OK;
  return moe_error_set_option (
      error, MOE_ERROR_INVALID, name,
      "--%s is out of range with --null-kind constant: %zu null experts "
      "would have %zu trainable vectors of %zu elements; allowed is fewer, "
      "by --null-experts.",
      name, null_experts, null_experts, options->shape.hidden);
}

/* Experts of zeros have weights like any other. */
static MoeStatus
check_zero_experts (const MoeOptions *options,
                    size_t null_experts,
                    const char *name,
                    MoeError *error)
{
  const MoeShape *s = &options->shape;
  size_t bytes;
  if (!moe_has_zero_experts (options->choice))
    return MOE_OK;
  if (options->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_EP)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "null-dispatch",
                                 "--null-dispatch zero_expert does not go with --parallel-mode ep: "
                                 "allowed is compact, carry or remap.");
  if (null_experts + s->experts <= MAX_EXPERTS
      && moe_size_mul4 (null_experts, s->hidden, s->mlp_dim, 64, &bytes) && bytes < SIZE_MAX / 4)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, name,
                               "--%s is out of range with --null-dispatch zero_expert: it stands "
                               "for %zu more experts beside %zu, each with weights; allowed are up "
                               "to %d together, by --null-experts.",
                               name, null_experts, s->experts, MAX_EXPERTS);
}

static MoeStatus
check_fraction (const MoeOptions *options, size_t topk, double fraction, MoeError *error)
{
  const char *name = fraction_option (options);
  size_t experts = options->shape.experts, n = options->null_experts;
  /* Null slots carry ids experts + 0 .. N-1 in 32 bits. */
  double room = (double)INT32_MAX - (double)experts;
  double derived = (double)experts * fraction / (1.0 - fraction);
  if (n == 0 && derived > room)
    return moe_error_set_option (error, MOE_ERROR_INVALID, name,
                                 "--%s %.17g is out of range: with %zu experts it stands for %.3g "
                                 "null experts, and allowed is up to %.0f.",
                                 name, fraction, experts, derived, room);
  const size_t null_experts = n > 0 ? n : moe_size_max (topk, (size_t)derived);
  const char *culprit = n > 0 ? "null-experts" : name;
  MoeStatus status = check_null_vectors (options, null_experts, culprit, error);
  if (status == MOE_OK && fraction > 0)
    status = check_zero_experts (options, null_experts, culprit, error);
  if (status != MOE_OK
      || options->choice[MOE_CHOICE_NULL_GRANULARITY] == MOE_NULL_GRANULARITY_TOKEN)
    return status;
  double reach = n == 0 || n >= topk ? 1.0 : (double)n / (double)topk;
  if (options->choice[MOE_CHOICE_NULL_MODE] == MOE_NULL_MODE_ROUTER && fraction > reach)
    return moe_error_set_option (error, MOE_ERROR_INVALID, name,
                                 "--%s %g is out of range with --null-routing-mode router: "
                                 "%zu null experts at top-%zu reach at most %g; allowed is up to "
                                 "that, or --null-experts 0 or at least %zu.",
                                 name, fraction, n, topk, reach, topk);
  return MOE_OK;
}

/* With `pad` every expert has rows for its whole capacity. */
static MoeStatus
check_padding (const MoeOptions *options, size_t topk, size_t *rows, MoeError *error)
{
  const MoeShape *s = &options->shape;
  *rows = s->tokens * topk;
  if (options->choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_PAD
      || !(options->capacity_factor > 0))
    return MOE_OK;
  size_t capacity = moe_capacity_rows (options->capacity_factor, s->tokens, topk, s->experts);
  if (moe_size_mul (capacity, s->experts, rows) && *rows <= MAX_ASSIGNMENTS)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, "capacity-factor",
                               "--capacity-factor %g is out of range: %zu rows for each of %zu "
                               "experts are too many; allowed is up to %" PRIu64 " rows in all.",
                               options->capacity_factor, capacity, s->experts, MAX_ASSIGNMENTS);
}

/* Everything that a step may hold, in bytes of float32, must have a size at all. */
static MoeStatus
check_bytes (const MoeOptions *options, size_t topk, MoeError *error)
{
  const MoeShape *s = &options->shape;
  size_t max_rows, weights, rows, shared, tokens, sum;
  size_t shards = options->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_NONE ? 1
                  : options->ep_size > 0                                         ? options->ep_size
                                                                                 : MAX_SHARDS;
  MoeStatus status = check_padding (options, topk, &max_rows, error);
  if (status != MOE_OK)
    return status;
  bool fits = moe_size_mul4 (s->experts, s->hidden, s->mlp_dim, 64, &weights)
              && moe_size_mul4 (s->shared_dim, s->hidden + s->tokens, 64, 1, &shared)
              && moe_size_mul4 (max_rows, s->hidden + s->mlp_dim, 64, 1, &rows)
              && moe_size_mul4 (s->tokens, s->hidden + s->experts, 64, shards, &tokens)
              && moe_size_add (weights, rows, &sum) && moe_size_add (sum, shared, &sum)
              && moe_size_add (sum, tokens, &sum);
  if (fits)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, tokens_option (options),
                               "--%s %zu --hidden %zu --mlp-dim %zu --experts %zu with top-%zu "
                               "is out of range: the tensors would need more bytes than can be "
                               "counted, and allowed is up to %zu.",
                               tokens_option (options), s->tokens, s->hidden, s->mlp_dim,
                               s->experts, topk, SIZE_MAX);
}

/* A capacity is for routings without null slots, which a recording may have. */
static MoeStatus
check_file (const MoeOptions *options, MoeError *error)
{
  const bool trace = moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_TRACE);
  if (moe_options_reads_file (options) && options->file.path[0] == '\0')
    return moe_error_set_option (error, MOE_ERROR_INVALID, "distribution",
                                 "--distribution %s needs a file: allowed is %s:FILE.",
                                 trace ? "trace" : "loads", trace ? "trace" : "loads");
  if (trace && moe_options_ask (options, MOE_CHOICE_DISTRIBUTION, MOE_DISTRIBUTION_LOADS))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "distribution",
                                 "--distribution loads and trace are two files: allowed is one.");
  if (trace
      && (options->choice[MOE_CHOICE_NULL_KIND] != MOE_NULL_KIND_ZERO
          || options->choice[MOE_CHOICE_NULL_DISPATCH] == MOE_NULL_DISPATCH_ZERO_EXPERT))
    return moe_error_set_option (
        error, MOE_ERROR_INVALID, "distribution",
        "--distribution trace does not go with null slots that are computed "
        "as experts of their own, since it does not tell which: allowed is "
        "--null-kind zero, and --null-dispatch compact, carry or remap.");
  if (trace && options->choice[MOE_CHOICE_CAPACITY_POLICY] != MOE_CAPACITY_NONE)
    return moe_error_set_option (
        error, MOE_ERROR_INVALID, "capacity-policy",
        "--capacity-policy %s does not go with --distribution trace, which "
        "may hold null slots: allowed is none.",
        moe_choice_name (MOE_CHOICE_CAPACITY_POLICY, options->choice[MOE_CHOICE_CAPACITY_POLICY]));
  return MOE_OK;
}

static MoeStatus
check_capacity (const MoeOptions *options, MoeError *error)
{
  const char *policy =
      moe_choice_name (MOE_CHOICE_CAPACITY_POLICY, options->choice[MOE_CHOICE_CAPACITY_POLICY]);
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n = moe_options_fractions (options, fractions);
  if (options->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_NONE)
    return MOE_OK;
  if (!(options->capacity_factor > 0))
    return moe_error_set_option (error, MOE_ERROR_INVALID, "capacity-factor",
                                 "--capacity-factor %g is out of range with --capacity-policy %s: "
                                 "allowed is above 0.",
                                 options->capacity_factor, policy);
  if (fractions[n - 1] > 0)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "capacity-policy",
                                 "--capacity-policy %s does not go with null routing (--%s asks "
                                 "for %g): allowed is none.",
                                 policy, fraction_option (options), fractions[n - 1]);
  if (options->choice[MOE_CHOICE_CAPACITY_POLICY] == MOE_CAPACITY_PAD
      && options->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_EP)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "capacity-policy",
                                 "--capacity-policy pad does not go with --parallel-mode ep: "
                                 "allowed is none or drop.");
  return MOE_OK;
}

/* "1, 2, 4, 8": the numbers of shards that divide what must be divided. */
static void
list_divisors (size_t number, char *text, size_t size)
{
  size_t length = 0;
  text[0] = '\0';
  for (size_t d = 1; d <= moe_size_min (number, MAX_SHARDS) && length + 24 < size; d++)
    if (number % d == 0)
      length += (size_t)snprintf (text + length, size - length, "%s%zu", length > 0 ? ", " : "", d);
}

static size_t
common_divisor (size_t a, size_t b)
{
  while (b != 0)
    {
      size_t rest = a % b;
      a = b;
      b = rest;
    }
  return a;
}

/* What the shards must divide of one shape: the experts, and the tokens where those are spread
 * too. */
static size_t
shared_of (const MoeOptions *options)
{
  const MoeShape *shape = &options->shape;
  return options->choice[MOE_CHOICE_EP_COMM_PATH] == MOE_EP_COMPACT_PSUM
             ? shape->experts
             : common_divisor (shape->experts, shape->tokens);
}

/* Of all shapes. */
static size_t
shared_out (const MoeOptions *options)
{
  size_t sizes[MOE_OPTIONS_MAX_LIST], divisor = 0;
  const size_t n = moe_options_sizes (options, sizes);
  for (size_t i = 0; i < n; i++)
    {
      const MoeOptions one = moe_options_of_size (options, sizes[i]);
      divisor = common_divisor (divisor, shared_of (&one));
    }
  return divisor;
}

/* Of several shapes the first that the shards do not divide. */
static MoeShape
undivided_shape (const MoeOptions *options, size_t shards)
{
  size_t sizes[MOE_OPTIONS_MAX_LIST];
  const size_t n = moe_options_sizes (options, sizes);
  for (size_t i = 0; i < n; i++)
    {
      const MoeOptions one = moe_options_of_size (options, sizes[i]);
      if (shared_of (&one) % shards != 0)
        return one.shape;
    }
  return options->shape;
}

/* Each rank is one shard. */
static MoeStatus
check_ranks (const MoeOptions *options, MoeError *error)
{
  if (options->ranks == 0)
    return MOE_OK;
  if (options->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_NONE)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "parallel-mode",
                                 "--parallel-mode none on %zu ranks would measure on one and leave "
                                 "the others idle: allowed is ep, or a start without mpirun.",
                                 options->ranks);
  if (options->ep_size != 0 && options->ep_size != options->ranks)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "ep-size",
                                 "--ep-size %zu is out of range: there are %zu ranks, each of them "
                                 "one shard; allowed is 0 or %zu.",
                                 options->ep_size, options->ranks, options->ranks);
  return MOE_OK;
}

/* Shards that were asked for by number; 0: as many as there can be. */
static size_t
asked_shards (const MoeOptions *options)
{
  return options->ranks > 0 ? options->ranks : options->ep_size;
}

static MoeStatus
check_shards (const MoeOptions *options, MoeError *error)
{
  char divisors[NAMES_SIZE];
  size_t shards = asked_shards (options);
  MoeStatus status = check_ranks (options, error);
  if (status != MOE_OK || options->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_NONE
      || shards == 0 || shared_out (options) % shards == 0)
    return status;
  list_divisors (shared_out (options), divisors, sizeof divisors);
  const MoeShape shape = undivided_shape (options, shards);
  if (options->choice[MOE_CHOICE_EP_COMM_PATH] == MOE_EP_COMPACT_PSUM)
    return moe_error_set_option (error, MOE_ERROR_INVALID, "ep-size",
                                 "--ep-size %zu is out of range: it must divide the %zu experts; "
                                 "allowed is %s.",
                                 shards, shape.experts, divisors);
  return moe_error_set_option (error, MOE_ERROR_INVALID, "ep-size",
                               "--ep-size %zu is out of range: with --ep-comm-path ring_ag_rs it "
                               "must divide the %zu experts and the %zu tokens; allowed is %s.",
                               shards, shape.experts, shape.tokens, divisors);
}

size_t
moe_options_shards (const MoeOptions *options, size_t threads)
{
  if (options->choice[MOE_CHOICE_PARALLEL_MODE] == MOE_PARALLEL_NONE)
    return 1;
  if (asked_shards (options) > 0)
    return asked_shards (options);
  size_t shards = threads;
  while (shards > 1 && shared_out (options) % shards != 0)
    shards--;
  return shards > 0 ? shards : 1;
}

/* Every start has a sample of each point at least. */
static MoeStatus
check_starts (const MoeOptions *options, MoeError *error)
{
  if (options->until_settled || options->starts <= options->iters)
    return MOE_OK;
  return moe_error_set_option (error, MOE_ERROR_INVALID, "starts",
                               "--starts %zu is out of range: there are --iters %zu samples to "
                               "spread over them; allowed is 0 to %zu.",
                               options->starts, options->iters, options->iters);
}

/* Every top-k and fraction of one shape. */
static MoeStatus
check_shape (const MoeOptions *options, MoeError *error)
{
  size_t topks[MOE_OPTIONS_MAX_LIST];
  double fractions[MOE_OPTIONS_MAX_LIST + 1];
  size_t n_topks = moe_options_topks (options, topks);
  size_t n_fractions = moe_options_fractions (options, fractions);
  MoeStatus status = MOE_OK;
  for (size_t k = 0; status == MOE_OK && k < n_topks; k++)
    {
      status = check_topk (options, topks[k], error);
      if (status == MOE_OK)
        status = check_bytes (options, topks[k], error);
      if (status == MOE_OK)
        status = check_hot (options, topks[k], error);
      for (size_t f = 0; status == MOE_OK && f < n_fractions; f++)
        {
          status = check_fraction (options, topks[k], fractions[f], error);
          if (status == MOE_OK)
            status = check_rule (options, topks[k], fractions[f], error);
        }
    }
  return status;
}

/* A sweep goes along one of them. */
static MoeStatus
check_axes (const MoeOptions *options, MoeError *error)
{
  const MoeSweepAxisSpec *first = &moe_sweep_axes[moe_options_axis (options)];
  for (int axis = moe_options_axis (options) + 1; axis < MOE_N_SWEEPS; axis++)
    if (moe_options_list_along (options, (MoeSweepAxis)axis)->n > 0)
      return moe_error_set_option (error, MOE_ERROR_INVALID, moe_sweep_axes[axis].list,
                                   "--%s does not go with --%s: a sweep goes along one of them; "
                                   "allowed is one list.",
                                   moe_sweep_axes[axis].list, first->list);
  return MOE_OK;
}

static MoeStatus
check_combinations (const MoeOptions *options, MoeError *error)
{
  size_t sizes[MOE_OPTIONS_MAX_LIST];
  const size_t n = moe_options_sizes (options, sizes);
  MoeStatus status = check_axes (options, error);
  if (status == MOE_OK)
    status = check_beside_rule (options, error);
  for (size_t i = 0; status == MOE_OK && i < n; i++)
    {
      const MoeOptions one = moe_options_of_size (options, sizes[i]);
      status = check_shape (&one, error);
    }
  if (status == MOE_OK)
    status = check_file (options, error);
  if (status == MOE_OK)
    status = check_capacity (options, error);
  if (status == MOE_OK)
    status = check_starts (options, error);
  if (status == MOE_OK)
    status = check_prepack (options, error);
  return status == MOE_OK ? check_shards (options, error) : status;
}

MoeStatus
moe_options_validate (const MoeOptions *options, MoeError *error)
{
  size_t n;
  const MoeOptionSpec *specs = moe_option_specs (&n);
  for (size_t i = 0; i < n; i++)
    {
      MoeStatus status = check_one (options, &specs[i], error);
      if (status != MOE_OK)
        return status;
    }
  return check_combinations (options, error);
}
